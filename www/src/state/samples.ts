/**
 * Made-up tables beside the shop's orders of the engine: contracts with a survey, and deals of a sales team. Seeded, so that
 * everybody sees the same; nobody in them exists. What leaves or wins follows from the columns, with chance added.
 */
import type { Locale, RoleMap } from "../types/engine.ts";
import type { Params } from "./guess.ts";

export type Sample = "contracts" | "deals";

export interface Made {
  name: string;
  text: string;
  /** What the columns are; the rest stays as guessed. */
  roles: RoleMap;
  params: Record<string, Params>;
}

class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** 0 ≤ x < 1: a mulberry generator, the same on every machine. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** An index, as often as its weight says. */
  pick(weights: readonly number[]): number {
    let x = this.next() * weights.reduce((a, b) => a + b, 0);
    for (let i = 0; i < weights.length; i += 1) {
      x -= weights[i] ?? 0;
      if (x < 0) return i;
    }
    return weights.length - 1;
  }

  /** Mean 0, deviation 1, near enough: a sum of twelve. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += this.next();
    return sum;
  }

  waiting(rate: number): number {
    return -Math.log(1 - this.next()) / rate;
  }
}

const WORDS = {
  contracts: {
    en: {
      file: "sample_service_contracts.csv", head: ["customer", "plan", "contract", "channel", "region", "monthly_fee", "devices", "tickets_last_year", "hours_to_answer", "satisfaction", "months_as_customer", "left"],
      plan: ["Basic", "Plus", "Business"], contract: ["monthly", "one year", "two years"], channel: ["Web", "Telephone", "Partner"], region: ["North", "East", "South", "West"], yes: ["no", "yes"],
    },
    zh: {
      file: "示例_服务合约.csv", head: ["客户编号", "套餐", "合约", "渠道", "地区", "月费", "设备数", "近一年工单数", "平均响应小时", "满意度", "在网月数", "是否流失"],
      plan: ["基础版", "增强版", "商务版"], contract: ["按月", "一年期", "两年期"], channel: ["网站", "电话", "代理商"], region: ["华北", "华东", "华南", "西南"], yes: ["否", "是"],
    },
  },
  deals: {
    en: {
      file: "sample_b2b_deals.csv", head: ["deal", "industry", "source", "owner", "employees", "deal_size", "discount", "meetings", "competitor", "days_in_pipeline", "won"],
      industry: ["Manufacturing", "Retail", "Logistics", "Education", "Health"], source: ["Recommendation", "Trade fair", "Website", "Cold call"], owner: ["Team 1", "Team 2", "Team 3", "Team 4"], yes: ["no", "yes"],
    },
    zh: {
      file: "示例_企业商机.csv", head: ["商机编号", "行业", "来源", "负责团队", "员工人数", "商机规模", "折扣率", "拜访次数", "有竞争对手", "跟进历时天数", "是否赢单"],
      industry: ["制造", "零售", "物流", "教育", "医疗"], source: ["客户推荐", "展会", "官网", "陌生拜访"], owner: ["一组", "二组", "三组", "四组"], yes: ["否", "是"],
    },
  },
} as const;

const lines = (head: readonly string[], rows: readonly (string | number)[][]): string => [head, ...rows].map((r) => r.join(",")).join("\n") + "\n";

export function make(sample: Sample, locale: Locale): Made {
  return sample === "contracts" ? contracts(locale) : deals(locale);
}

/** Two and a half thousand contracts over five years: short contracts, slow answers and low satisfaction end sooner. */
function contracts(locale: Locale): Made {
  const w = WORDS.contracts[locale === "zh-CN" ? "zh" : "en"];
  const c = new Chance(7);
  const rows: (string | number)[][] = [];
  for (let i = 0; i < 2500; i += 1) {
    const plan = c.pick([5, 3, 2]);
    const contract = c.pick([5, 3, 2]);
    const channel = c.pick([5, 3, 2]);
    const answer = Math.max(0.5, 14 + 6 * c.normal() + (channel === 1 ? -5 : 0));
    const tickets = Math.max(0, Math.round(c.waiting(0.45)));
    const mood = 4.3 - 0.06 * answer - 0.12 * tickets + 0.7 * c.normal();
    const satisfaction = Math.min(5, Math.max(1, Math.round(mood)));
    const hazard = 0.012 * [2.6, 1, 0.45][contract]! * Math.exp(0.45 * (3.5 - mood)) * (plan === 2 ? 0.7 : 1);
    const since = c.whole(1, 60);
    const until = Math.max(1, Math.ceil(c.waiting(hazard)));
    const left = until <= since;
    const fee = [19, 35, 79][plan]! + c.whole(-2, 6) - (contract === 2 ? 3 : 0);
    // One in twenty-five did not answer the survey.
    rows.push([`K${String(10_001 + i)}`, w.plan[plan]!, w.contract[contract]!, w.channel[channel]!, w.region[c.pick([3, 4, 2, 2])]!, fee, 1 + c.pick([6, 3, 2, 1]), tickets, answer.toFixed(1), c.next() < 0.04 ? "" : satisfaction, left ? until : since, w.yes[left ? 1 : 0]!]);
  }
  const [customer, , contract, , region, , , , , , months, left] = w.head;
  return {
    name: w.file, text: lines(w.head, rows), roles: { customer: customer!, region: region!, event: left!, amount: null, unit_price: null, quantity: null, rating: null, channel: null },
    params: { survival: { duration: months, event: left, by: contract } },
  };
}

/** Twelve hundred deals: recommendations and visits win, rivals and long waits lose. */
function deals(locale: Locale): Made {
  const w = WORDS.deals[locale === "zh-CN" ? "zh" : "en"];
  const c = new Chance(11);
  const rows: (string | number)[][] = [];
  for (let i = 0; i < 1200; i += 1) {
    const source = c.pick([2, 3, 4, 3]);
    const industry = c.pick([4, 3, 2, 2, 2]);
    const employees = Math.round(Math.exp(4.6 + 1.1 * c.normal()));
    const size = Math.round((2500 + 45 * employees ** 0.9) * Math.exp(0.5 * c.normal()) / 100) * 100;
    const rival = c.next() < 0.42;
    const meetings = Math.max(1, Math.round(2.5 + 1.6 * c.normal() + (source === 0 ? 1 : 0)));
    const discount = Math.max(0, Math.min(30, Math.round(8 + 6 * c.normal() + (rival ? 4 : 0))));
    const days = Math.max(3, Math.round(28 + 0.02 * employees + c.waiting(1 / 30) + (rival ? 12 : 0)));
    const lean = -0.9 + [1.3, 0.3, 0, -0.8][source]! + 0.28 * (meetings - 2.5) - (rival ? 0.9 : 0) + 0.02 * discount - 0.006 * (days - 60) + 0.5 * c.normal();
    const won = c.next() < 1 / (1 + Math.exp(-lean));
    rows.push([`D${String(1001 + i)}`, w.industry[industry]!, w.source[source]!, w.owner[c.pick([3, 3, 2, 2])]!, employees, size, discount, meetings, w.yes[rival ? 1 : 0]!, days, w.yes[won ? 1 : 0]!]);
  }
  const [, , source, , , , , , , days, won] = w.head;
  return {
    // A deal that was lost brought no money: sizes are not revenue here, and nobody has bought yet.
    name: w.file, text: lines(w.head, rows), roles: { target: won!, customer: null, amount: null, quantity: null, discount: null, date: null, order: null, channel: null },
    params: { survival: { duration: days, event: won, by: source }, compare: { measure: won, by: source } },
  };
}

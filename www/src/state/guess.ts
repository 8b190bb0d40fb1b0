/**
 * What a room is asked when nobody chose anything: the columns and days that a person would pick first. Pure. Guesses are
 * parameters like any other: the settings show them, and a choice replaces them one by one.
 */
import type { AnalysisMeta, ColumnSchema, ColumnWant, Role } from "../types/engine.ts";

export type Params = Record<string, unknown>;

const DAY = 86_400_000;
const IDS: (Role | null)[] = ["customer", "order", "product", "session", "phone", "name", "email", "text", "product_name"];
const GROUPED: Role[] = ["region", "channel", "category", "segment", "status"];
const LEAVING = /churn|attrit|exited|cancel|left\b|lapsed|流失|离网|退订|离职/i;
const ANSWER = /respon|convert|conversion|purchas|subscri|default|fraud|clicked|转化|响应|购买|违约|欺诈|^y$|^label$|^target$/i;
const DURATION = /tenure|duration|lifetime|survival|loyalty|(^|[\s_-])(months?|weeks?|days?|years?)[\s_-]+(as|since|with|active|to|until|in)(?=[\s_-]|$)|(^|[\s_-])time[\s_-]to(?=[\s_-]|$)|在网|时长|存续|历时|入网月|(^|[\s_-])(days?|months?|weeks?)$|^(time|t)$/i;
const NAMED_NUMBER = /year|birth|(^|[\s_-])age$|年份|出生|年龄/i;
/** A column with more gaps than this leaves a model with few rows: nobody would pick it unasked. */
const GAPS = 0.2;
const MONEY = /amount|price|cost|revenue|sales|profit|charge|income|spend|mnt|paid|fee|premium|claim|discount|quantity|qty|金额|单价|价格|成本|利润|收入|费|折扣|数量/i;
const WORTH = /value|size|worth|规模|价值|总额/i;
const WHO = /cust|client|member|user|buyer|account|patient|guest|客户|会员|买家|用户|顾客/i;
const NUMBERED = /(^|[\s_-])(no|nr|code|zip|index|row|key)([\s_-]|$)|id$|postal|categor|编号|编码|邮编|序号|单号|类目|品类/i;

export const isNumber = (c: ColumnSchema): boolean => c.type === "integer" || c.type === "decimal";

/** Numbers that measure something: no ids, no postal codes, more than two values. */
export function measures(schema: readonly ColumnSchema[]): ColumnSchema[] {
  return schema.filter((c) => isNumber(c) && !IDS.includes(c.role) && !(c.role && GROUPED.includes(c.role)) && (c.role !== null || !NUMBERED.test(c.name)) && c.distinct > 2);
}

/** Columns with few enough values to be groups. */
export function groups(schema: readonly ColumnSchema[], most = 12): ColumnSchema[] {
  return schema.filter((c) => (c.type === "text" || c.type === "boolean" || (c.type === "integer" && c.distinct === 2)) && !IDS.includes(c.role) && c.distinct >= 2 && c.distinct <= most);
}

/** Columns with two values, those that sound like an outcome first. */
export function outcomes(schema: readonly ColumnSchema[]): ColumnSchema[] {
  const rank = (c: ColumnSchema): number => (c.role === "target" || c.role === "event" ? 0 : LEAVING.test(c.name) ? 1 : ANSWER.test(c.name) ? 2 : c.type === "boolean" ? 3 : 4);
  return schema.filter((c) => c.distinct === 2 && !IDS.includes(c.role) && c.type !== "date" && c.type !== "timestamp").sort((a, b) => rank(a) - rank(b));
}

/** The column that says who left or answered; null when none sounds like it. */
export function outcome(schema: readonly ColumnSchema[]): ColumnSchema | null {
  const [first] = outcomes(schema);
  return first && (first.role === "target" || first.role === "event" || LEAVING.test(first.name) || ANSWER.test(first.name)) ? first : null;
}

/** The column that says who left: an outcome that sounds like leaving, or an event. */
export function leaving(schema: readonly ColumnSchema[]): ColumnSchema | null {
  return outcomes(schema).find((c) => c.role === "event" || LEAVING.test(c.name)) ?? null;
}

export function duration(schema: readonly ColumnSchema[]): ColumnSchema | null {
  return durations(schema).find((c) => DURATION.test(c.name)) ?? null;
}

/** Columns that may hold a time until something happened: whole or broken numbers, no money, no pieces, no years; those that sound like it first. */
export function durations(schema: readonly ColumnSchema[]): ColumnSchema[] {
  const list = measures(schema).filter((c) => c.role === null && !NAMED_NUMBER.test(c.name) && !MONEY.test(c.name));
  const named = list.filter((c) => DURATION.test(c.name));
  // A list of orders says when by its dates: only a column that says so is a time there.
  return named.length > 0 || schema.some((c) => c.role === "order" || c.role === "amount") ? named : list.filter((c) => c.type === "integer");
}

/** The dimensions the filter bar has, in its order; those of hundreds of values split nothing a person reads. */
export function dimensions(schema: readonly ColumnSchema[]): Role[] {
  return GROUPED.slice(0, 4).filter((r) => schema.some((c) => c.role === r && c.distinct > 1 && c.distinct <= 200));
}

export const isoOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
export const msOf = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
export const daysOf = (span: [string, string]): number => Math.round((msOf(span[1]) - msOf(span[0])) / DAY) + 1;

/** The span of the same length just before. */
export function spanBefore([from, to]: [string, string]): [string, string] {
  const a = msOf(from);
  return [isoOf(a - daysOf([from, to]) * DAY), isoOf(a - DAY)];
}

export function yearBefore(span: [string, string]): [string, string] {
  return span.map((iso) => {
    const d = new Date(msOf(iso));
    d.setUTCFullYear(d.getUTCFullYear() - 1);
    return isoOf(d.getTime());
  }) as [string, string];
}

/** What “lately” means for these data: the last 30 days where there are 60, else 7 where there are 14, else a day where there are two. */
export function lately(span: [string, string] | null): [string, string] | null {
  if (!span) return null;
  const all = daysOf(span);
  const length = all >= 60 ? 30 : all >= 14 ? 7 : all >= 2 ? 1 : 0;
  return length === 0 ? null : [isoOf(msOf(span[1]) - (length - 1) * DAY), span[1]];
}

/** What is asked for when `chosen` is all a person has said. */
export function guess(meta: Pick<AnalysisMeta, "id">, schema: readonly ColumnSchema[], span: [string, string] | null, chosen: Params = {}, rows = Number.POSITIVE_INFINITY): Params {
  const has = (role: Role): boolean => schema.some((c) => c.role === role);
  const named = (key: string): ColumnSchema | null => schema.find((c) => c.name === columnOf(chosen[key])) ?? null;
  const names = (list: readonly ColumnSchema[], n: number, ...not: (ColumnSchema | null | undefined)[]): string[] => list.filter((c) => !not.includes(c)).slice(0, n).map((c) => c.name);
  const full = (c: ColumnSchema): boolean => !Number.isFinite(rows) || c.nulls <= rows * GAPS;
  // A whole number that is another in every row counts the rows.
  const counts = (c: ColumnSchema): boolean => c.type === "integer" && c.role === null && Number.isFinite(rows) && rows > 20 && c.distinct >= rows;
  const numbers = measures(schema).filter((c) => full(c) && !counts(c));
  const sorts = groups(schema, 6).filter(full);
  const money = schema.find((c) => c.role === "amount" && isNumber(c)) ?? numbers.find((c) => MONEY.test(c.name) && c.role !== "discount" && c.type === "decimal") ?? numbers.find((c) => WORTH.test(c.name)) ?? numbers.find((c) => c.type === "decimal") ?? numbers.find((c) => c.distinct > 10 && !/year|birth|age|年/i.test(c.name)) ?? null;
  switch (meta.id) {
    case "overview": {
      const window = lately(span);
      return window ? { from: window[0], to: window[1] } : {};
    }
    case "explain_change": {
      const window = lately(span);
      return { by: dimensions(schema).slice(0, 3), ...(window ? { after: { from: window[0], to: window[1] } } : {}) };
    }
    case "revenue":
      return { by: dimensions(schema).slice(0, 1) };
    case "classify": {
      const target = named("target") ?? outcome(schema);
      return target ? { target: target.name, features: [...names(numbers, 8, target), ...names(sorts, 10, target)] } : {};
    }
    case "regress": {
      const target = named("target") ?? money;
      return target ? { target: target.name, features: [...names(numbers.filter((c) => c.type === "integer" || c.distinct < 200), 3, target), ...names(sorts, 4, target, outcome(schema))] } : {};
    }
    case "compare": {
      const measure = named("measure") ?? money;
      const by = named("by") ?? outcome(schema) ?? dimensions(schema).map((r) => schema.find((c) => c.role === r)).find((c) => c && c.distinct <= 12) ?? groups(schema)[0] ?? null;
      return measure && by && measure !== by ? { measure: measure.name, by: by.name } : {};
    }
    case "correlate": {
      // Rows with a gap are left out: a column that is mostly empty would take the others with it.
      const kept = schema.filter((c) => full(c) && !IDS.includes(c.role));
      return kept.length >= 2 && schema.some((c) => !full(c)) ? { columns: kept.filter((c) => isNumber(c) || (c.distinct >= 2 && c.distinct <= 30)).map((c) => c.name) } : {};
    }
    case "segment":
      // Several rows a customer: how they buy. One row a customer: what the columns say of them.
      if (has("date") && schema.some((c) => c.role === "customer" && c.distinct < rows)) return { features: [{ fact: "recency_days" }, { fact: "frequency" }, ...(has("amount") || (has("quantity") && has("unit_price")) ? [{ fact: "monetary" }] : [])] };
      return numbers.length > 0 ? { features: names(numbers, 5) } : {};
    case "survival":
    case "churn": {
      const target = named("event") ?? leaving(schema);
      const time = named("duration") ?? duration(schema);
      // A list of orders tells who leaves by its dates; a list of contracts by its two columns.
      if (!target || !time || (meta.id !== "survival" && has("date"))) return {};
      const by = sorts.find((c) => c !== target && /contract|plan|合约|套餐/i.test(c.name)) ?? null;
      return { duration: time.name, event: target.name, ...(meta.id === "survival" && by ? { by: by.name } : {}) };
    }
    default:
      return {};
  }
}

/** Columns that could be a role, the likeliest first: what a person would try one after the other. */
export function couldBe(role: Role, schema: readonly ColumnSchema[], rows = Number.POSITIVE_INFINITY): ColumnSchema[] {
  const free = schema.filter((c) => c.role === null && c.distinct > 1);
  const byName = (test: RegExp) => (a: ColumnSchema, b: ColumnSchema): number => Number(test.test(b.name)) - Number(test.test(a.name));
  switch (role) {
    case "date":
      return free.filter((c) => c.type === "date" || c.type === "timestamp");
    case "amount":
    case "unit_price":
    case "cost": {
      const list = measures(free).filter((c) => !NAMED_NUMBER.test(c.name) && !DURATION.test(c.name));
      const named = list.filter((c) => MONEY.test(c.name) || WORTH.test(c.name));
      return (named.length > 0 ? named : list).sort((a, b) => Number(b.type === "decimal") - Number(a.type === "decimal"));
    }
    case "quantity":
      return measures(free).filter((c) => !NAMED_NUMBER.test(c.name)).sort((a, b) => Number(b.type === "integer") - Number(a.type === "integer"));
    case "customer":
      // Numbers that measure are nobody; a number without a telling name may be an id.
      return free.filter((c) => (c.type === "text" || (c.type === "integer" && (WHO.test(c.name) || NUMBERED.test(c.name) || /^(c|column)_?\d+$|^列\d+$/i.test(c.name)))) && c.distinct > Math.min(50, rows / 20) && !MONEY.test(c.name)).sort(byName(WHO));
    case "region":
    case "channel":
    case "category":
    case "segment":
    case "status":
      return groups(free, 60);
    default:
      return free.filter((c) => c.type === "text" || c.type === "integer").sort((a, b) => b.distinct - a.distinct);
  }
}

/** What a room asks of the columns beyond their roles, and the file does not hold: a word of ours for `want.*`. */
export type Want = "yesno" | "time" | "number" | "groups";

export function wants(meta: Pick<AnalysisMeta, "wants">, schema: readonly ColumnSchema[], asked: Params): Want | null {
  const has = (role: Role): boolean => schema.some((c) => c.role === role) || (role === "amount" && has("quantity") && has("unit_price"));
  const fitting: Record<ColumnWant["holds"], () => number> = {
    yes_no: () => outcomes(schema).length,
    duration: () => durations(schema).length,
    number: () => measures(schema).length,
    groups: () => groups(schema).length,
    either: () => measures(schema).length + groups(schema, 30).length,
  };
  const word: Record<ColumnWant["holds"], Want> = { yes_no: "yesno", duration: "time", number: "number", groups: "groups", either: "number" };
  const lacking = meta.wants.find((w) => !asked[w.param] && !(w.unless.length > 0 && w.unless.every(has)) && fitting[w.holds]() < w.least);
  return lacking ? word[lacking.holds] : null;
}

/** The column a parameter names. */
export function columnOf(v: unknown): string {
  if (typeof v === "string") return v;
  if (typeof v === "object" && v !== null && "column" in v) return String((v as { column: unknown }).column);
  return "";
}

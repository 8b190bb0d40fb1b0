/**
 * Which customers a mark stands for, chart by chart, where the chart itself does not say it by the columns of its room's
 * table: found in the room's rows, or asked from the engine by what the mark means. What a mark means stands here alone;
 * a chart that is not named here and names no columns leads nowhere, and does not look as if it did.
 */
import { columnOf, isoOf, msOf } from "../state/guess.ts";
import { isEngineError, session } from "../state/session.ts";
import { t } from "../i18n/index.ts";
import type { Analysis, Chart, Filter } from "../types/engine.ts";
import { buyersOf, customersAt, customersOf, daysOfPeriod } from "./behind.ts";
import type { Mark } from "./frame.ts";

type Json = Record<string, unknown>;
type Params = Record<string, unknown>;

export interface Stand {
  label: string;
  /** Rows of the room's table. */
  rows?: number[];
  /** The customers, where the rows do not say them. */
  people?: () => Promise<string[] | null>;
}

interface Asked {
  room: string;
  out: Analysis;
  chart: Chart;
  mark: Mark;
  params: Params;
  /** The filter in force, with what the mark adds to it. */
  within: (leaf: Filter) => Filter;
}

type Rule = (a: Asked) => Stand | null;

const list = (v: unknown): Json[] => (Array.isArray(v) ? (v as Json[]) : v ? [v as Json] : []);
const record = (v: unknown): Json => (typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Json) : {});
/** A mark's own values: a point's two, a cell's place and value. */
const valueOf = (mark: Mark): unknown[] => {
  const v = Array.isArray(mark.data) ? mark.data : record(mark.data)["value"];
  return Array.isArray(v) ? v : [];
};
const numbers = (a: Asked, name: string): ArrayLike<number> => (a.out.frame.columns[name] ?? []) as ArrayLike<number>;
const texts = (a: Asked, name: string): readonly (string | null)[] => {
  const v = a.out.frame.columns[name];
  return Array.isArray(v) ? (v as (string | null)[]) : [];
};
/** Categories of an axis as the engine wrote them. */
const category = (chart: Chart, axis: "xAxis" | "yAxis", i: number): string => {
  const c = (list(chart.option[axis])[0]?.["data"] as unknown[] | undefined)?.[i];
  const words = record(c)["$words"] ?? record(record(c)["value"])["$words"];
  return String(words ? record(words)["en"] : (record(c)["value"] ?? c ?? ""));
};
const nameOfAxis = (chart: Chart, axis: "xAxis" | "yAxis"): string => {
  const name = list(chart.option[axis])[0]?.["name"];
  return String(record(record(name)["$words"])["en"] ?? name ?? "");
};
const between = (from: string, to: string): Filter => ({ role: "date", between: [from, to] });
const rowsWhere = (n: number, keep: (i: number) => boolean): number[] => {
  const out: number[] = [];
  for (let i = 0; i < n; i += 1) if (keep(i)) out.push(i);
  return out;
};

/** Days of the period that lies `steps` after the one of this label. */
export function periodAfter(label: string, steps: number): [string, string] | null {
  const days = daysOfPeriod(label);
  if (!days) return null;
  const [y, m, d] = days[0].split("-").map(Number) as [number, number, number];
  const months = /-Q/.test(label) ? 3 : /^\d{4}$/.test(label) ? 12 : /^\d{4}-\d\d$/.test(label) ? 1 : 0;
  const step = months === 0 ? (/-W/.test(label) ? 7 : 1) : 0;
  const at = (k: number): number => (months ? Date.UTC(y, m - 1 + k * months, 1) : Date.UTC(y, m - 1, d + k * step));
  return [isoOf(at(steps)), isoOf(at(steps + 1) - 86_400_000)];
}

/** The room that lists customers with their orders, under a filter. */
async function roster(filter: Filter | null, room = "cohort", params: Params = {}): Promise<Analysis> {
  const out = await session.glimpse(room, params, filter);
  await out.ready();
  return out;
}

const idsWhere = (out: Analysis, keep: (i: number) => boolean): string[] => {
  const ids = out.frame.columns["customer"] as (string | null)[];
  return [...new Set(rowsWhere(out.frame.rows, keep).map((i) => String(ids[i])))];
};

// Rules

interface CohortRow {
  cohort: string;
  active: number[];
  open_cells: number;
}

/** Cohorts whose k-th period is over. */
function reached(a: Asked, k: number, share = 1): CohortRow[] {
  const all = (a.out.summary as { rows?: CohortRow[] }).rows ?? [];
  return all.slice(0, Math.floor(all.length * share)).filter((r) => r.active.length > k + r.open_cells);
}

/** Those of the cohorts who ordered in the k-th period after their first. */
function cameBack(a: Asked, cohorts: readonly string[], k: number): Promise<string[] | null> {
  const ids = texts(a, "customer");
  const of = texts(a, "cohort");
  const any: Filter[] = cohorts.flatMap((c) => {
    const days = periodAfter(c, k);
    return days ? [{ and: [{ customers: rowsWhere(a.out.frame.rows, (i) => of[i] === c).map((i) => String(ids[i])) }, between(...days)] }] : [];
  });
  return any.length > 0 ? buyersOf(a.within({ or: any })) : Promise.resolve([]);
}

/** The largest share of the items of a curve that begins with the largest. */
function largest(a: Asked, column: string, role: string): Stand | null {
  const share = valueOf(a.mark)[0];
  const n = typeof share === "number" ? Math.round(share * a.out.frame.rows) : 0;
  if (n === 0) return null;
  const rows = rowsWhere(n, () => true);
  const values = texts(a, column).slice(0, n).filter((v): v is string => v !== null);
  const held = session.table?.schema.find((c) => c.name === role) ?? session.table?.schema.find((c) => c.role === role);
  return {
    label: t("stand.largest", { n }), rows,
    people: async () => (!held ? null : held.role === "customer" ? values : buyersOf(a.within({ column: held.name, in: values }))),
  };
}

/** A term of a model, “Region=West”: the rows of that level. Terms of numbers have no rows of their own. */
function level(name: string): { column: string; value: string } | null {
  const term = name.replace(/^[+\u2212-] /, "");
  const column = session.table?.schema.filter((c) => term.startsWith(`${c.name}=`)).sort((x, y) => y.name.length - x.name.length)[0];
  return column ? { column: column.name, value: term.slice(column.name.length + 1) } : null;
}

const term: Rule = (a) => {
  const found = level(category(a.chart, "yAxis", a.mark.dataIndex));
  return found ? { label: `${found.column} = ${found.value}`, people: () => customersOf(a.within({ column: found.column, in: [found.value] })) } : null;
};

/** A point of the plane: the rows of the table that lie on it. */
const point = (x: string, y: string): Rule => (a) => {
  const [px, py] = valueOf(a.mark) as [number, number];
  const [xs, ys, rows] = [numbers(a, x), numbers(a, y), numbers(a, "row")];
  const near = (v: number, w: number): boolean => Math.abs(v - w) <= 1e-9 * Math.max(1, Math.abs(w));
  const found = rowsWhere(a.out.frame.rows, (i) => near(xs[i] as number, px) && near(ys[i] as number, py));
  return found.length > 0 ? { label: a.mark.name || t("stand.point"), rows: found, people: () => customersAt(found.map((i) => rows[i] as number)) } : null;
};

/** Rows whose numbers are these, but for the last digits of a computation. */
const values = (pairs: [string, unknown][]): Filter | null =>
  pairs.every(([column, v]) => column && typeof v === "number" && session.table?.schema.some((c) => c.name === column))
    ? { and: pairs.map(([column, v]) => ({ column, between: [(v as number) - 1e-9 * Math.abs(v as number), (v as number) + 1e-9 * Math.abs(v as number)] })) } : null;
const brief = (v: number): string => String(Number(v.toPrecision(6)));
/** Name of a series as the engine wrote it. */
const series = (chart: Chart, i: number): string => {
  const name = list(chart.option["series"])[i]?.["name"];
  return String(record(record(name)["$words"])["en"] ?? name ?? "");
};

/** Customers of a period: all of it, those who first bought in it, or those who had bought before. */
const inPeriod = (parts: readonly ("all" | "new" | "known")[]): Rule => (a) => {
  const period = category(a.chart, "xAxis", a.mark.dataIndex);
  const days = daysOfPeriod(period);
  const part = parts[a.mark.seriesIndex];
  if (!days || !part) return null;
  const name = a.mark.series ? `${period} · ${a.mark.series}` : period;
  return {
    label: name,
    people: async () => {
      const bought = (await buyersOf(a.within(between(...days)))) ?? [];
      if (part === "all" || bought.length === 0) return bought;
      const out = await roster(a.within({ and: [] }));
      const first = out.frame.columns["first_date"] as (string | null)[];
      const fresh = new Set(idsWhere(out, (i) => { const d = first[i]; return typeof d === "string" && d >= days[0] && d <= days[1]; }));
      return bought.filter((id) => fresh.has(id) === (part === "new"));
    },
  };
};

const bin: Rule = (a) => {
  const column = nameOfAxis(a.chart, "xAxis");
  const { from, to } = record(record(a.mark.data)["drill"]) as { from?: number; to?: number };
  if (!session.table?.schema.some((c) => c.name === column) || from === undefined || to === undefined) return null;
  const leaf: Filter = { and: [{ column, ge: from }, a.mark.last ? { column, le: to } : { column, lt: to }] };
  return { label: `${column} ${from}–${to}`, people: () => customersOf(a.within(leaf)) };
};

/** Nobody has bought on two days yet. */
function tooLittle(error: unknown): null {
  if (isEngineError(error) && error.code === "too_little_data") return null;
  throw error;
}

/**
 * Customers in these stages on a day of the past. The flow measures whoever has no rhythm of their own by everybody's, known
 * today; a room asked about that day knows only what was known then, so the rules are stretched by as much for them.
 */
async function stagesOn(a: Asked, day: string, stages: readonly string[]): Promise<string[]> {
  const typical = Number(a.out.summary["median_gap_days"]);
  const schema = record(record(session.meta("lifecycle")?.params["properties"])["rules"]);
  const rules = { at_risk_after: 1.5, lapsed_after: 3, ...record(schema["default"]), ...record(a.params["rules"]) } as Record<string, number>;
  const ask = (more: Params): Promise<Analysis> => roster(a.within({ and: [] }), "lifecycle", { ...a.params, as_of: day, ...more });
  const own = await ask({}).catch(tooLittle);
  if (!own) {
    // Nobody had bought on two days yet: all wait since their first.
    const out = await roster(a.within(between("0001-01-01", day)));
    const first = out.frame.columns["first_date"] as (string | null)[];
    return idsWhere(out, (i) => {
      const waited = (msOf(day) - msOf(String(first[i]))) / 86_400_000;
      return stages.includes(waited > (rules["lapsed_after"] as number) * typical ? "lapsed" : waited > (rules["at_risk_after"] as number) * typical ? "at_risk" : "new");
    });
  }
  const then = Number(own.summary["median_gap_days"]);
  const stretch = typical / then;
  const other = stretch === 1 ? own : await ask({ rules: { ...record(a.params["rules"]), at_risk_after: (rules["at_risk_after"] as number) * stretch, lapsed_after: (rules["lapsed_after"] as number) * stretch } });
  const gap = own.frame.columns["gap_days"] as ArrayLike<number>;
  const ids = own.frame.columns["customer"] as (string | null)[];
  // A rhythm of one's own may happen to be as long as everybody's: asked among those of long rhythms, everybody's is another and one's own is not.
  const long = idsWhere(own, (i) => (gap[i] as number) >= then);
  const among = stretch === 1 || long.length === 0 ? null : await roster(a.within({ customers: long }), "lifecycle", { ...a.params, as_of: day }).catch(tooLittle);
  const told = among && Number(among.summary["median_gap_days"]) !== then ? among.frame.columns["gap_days"] as ArrayLike<number> : null;
  const rhythm = new Set(told && among ? idsWhere(among, (i) => told[i] === then) : []);
  const [mine, theirs] = [own, other].map((o) => o.frame.columns["stage"] as (string | null)[]);
  return idsWhere(own, (i) => stages.includes(String((gap[i] === then && !rhythm.has(String(ids[i])) ? theirs : mine)?.[i])));
}

interface Backtest {
  from: string;
  by_frequency: { frequency: number }[];
  cumulative: { date: string }[];
}
const backtest = (a: Asked): Backtest | null => (a.out.summary["holdout"] ?? a.out.summary["backtest"] ?? null) as Backtest | null;

/** Lower ends of the classes of repeat purchases that the map of who is still there has. */
const CLASSES = [0, 1, 2, 3, 5, 8, 13];
const FLOW = [["new", "active", "loyal", "won_back"], ["at_risk"], ["lapsed"]];

const RULES: Record<string, Rule> = {
  "overview/revenue": inPeriod(["known", "new"]),
  "overview/customers": inPeriod(["all", "new"]),
  // One bar a period where customers are not told apart: that is the period's own.
  "revenue/timeline": (a) => (list(a.chart.option["series"]).length === 2 ? inPeriod(["known", "new"])(a) : null),
  "overview/frequency": (a) => {
    const { order_counts, from, to } = a.out.summary as { order_counts?: { orders: number }[]; from?: string; to?: string };
    const k = order_counts?.[a.mark.dataIndex]?.orders;
    if (k === undefined) return null;
    const more = k === 6;
    return {
      label: t(more ? "stand.ordersMore" : "stand.orders", { n: k }),
      people: async () => {
        const out = await roster(from && to ? a.within(between(from, to)) : a.within({ and: [] }));
        const orders = out.frame.columns["orders"] as ArrayLike<number>;
        return idsWhere(out, (i) => (more ? (orders[i] as number) >= k : orders[i] === k));
      },
    };
  },
  "pareto/curve": (a) => largest(a, "value", columnOf(a.params["of"]) || String(record(a.params["of"])["role"] ?? a.out.summary["of"] ?? "customer")),
  "product/curve": (a) => largest(a, "product", "product"),
  "cohort/retention": (a) => {
    const cohort = String(record(record(a.mark.data)["drill"])["cohort"] ?? "");
    const k = Number(category(a.chart, "xAxis", Number(valueOf(a.mark)[0])));
    return cohort && Number.isFinite(k) ? { label: a.mark.name, people: () => cameBack(a, [cohort], k) } : null;
  },
  "cohort/curve": (a) => {
    const k = a.mark.dataIndex;
    const cohorts = reached(a, k, a.mark.seriesIndex === 0 ? 1 : 0.5).map((r) => r.cohort);
    return cohorts.length > 0 ? { label: t("stand.age", { n: k }), people: () => cameBack(a, cohorts, k) } : null;
  },
  "cohort/worth": (a) => {
    const cohorts = new Set(reached(a, a.mark.dataIndex).map((r) => r.cohort));
    const of = texts(a, "cohort");
    return cohorts.size > 0 ? { label: t("stand.reached", { n: a.mark.dataIndex }), rows: rowsWhere(a.out.frame.rows, (i) => cohorts.has(String(of[i]))) } : null;
  },
  "clv/forecast": (a) => {
    const h = backtest(a);
    const day = h?.cumulative[a.mark.dataIndex]?.date;
    if (!h || !day || !session.span) return null;
    const start = session.span[0];
    return {
      label: t("stand.repeatBy", { date: day }),
      people: async () => {
        // Purchase days differ from orders: two orders of one day are one purchase.
        const last = await roster(a.within(between(start, day)), "lifecycle").catch(tooLittle);
        if (!last) return [];
        const first = await roster(a.within(between(start, day)));
        const [ids, dates] = [last.frame.columns["customer"], last.frame.columns["last_date"]] as [(string | null)[], (string | null)[]];
        const lastDay = new Map(ids.map((id, i) => [id, dates[i]]));
        const [who, firstDay] = [first.frame.columns["customer"], first.frame.columns["first_date"]] as [(string | null)[], (string | null)[]];
        return idsWhere(first, (i) => String(firstDay[i]) <= h.from && (lastDay.get(who[i] ?? null) ?? "") > String(firstDay[i]));
      },
    };
  },
  "clv/calibration": (a) => {
    const h = backtest(a);
    const at = Number(valueOf(a.mark)[1]);
    const b = h?.by_frequency[at];
    if (!h || !b) return null;
    const more = at === h.by_frequency.length - 1;
    return {
      label: t(more ? "stand.repeatsMore" : "stand.repeats", { n: b.frequency, date: h.from }),
      people: async () => {
        const out = await roster(a.within({ and: [] }), "clv", { ...a.params, calibration_end: h.from });
        const x = out.frame.columns["frequency"] as ArrayLike<number>;
        return idsWhere(out, (i) => (more ? (x[i] as number) >= b.frequency : x[i] === b.frequency));
      },
    };
  },
  "clv/alive": (a) => {
    const [x, last, span] = [numbers(a, "frequency"), numbers(a, "recency"), numbers(a, "T")];
    const since = Array.from(span, (T, i) => T - (last[i] as number));
    const longest = since.reduce((m, v) => Math.max(m, v), 0);
    const width = longest > 0 ? longest / 8 : 1;
    const [column, row] = valueOf(a.mark) as [number, number];
    const classOf = (f: number): number => CLASSES.filter((c) => c <= f).length - 1;
    return { label: a.mark.name, rows: rowsWhere(a.out.frame.rows, (i) => Math.min(7, Math.floor((since[i] as number) / width)) === column && classOf(x[i] as number) === row) };
  },
  "lifecycle/flow": (a) => {
    const period = category(a.chart, "xAxis", a.mark.dataIndex);
    const end = daysOfPeriod(period)?.[1];
    const stages = FLOW[a.mark.seriesIndex];
    const last = String(a.out.summary["as_of"] ?? "");
    if (!end || !stages) return null;
    // The period that goes on is judged on the room's own day.
    const day = last && end > last ? last : end;
    return {
      label: `${period} · ${t(`stand.flow${a.mark.seriesIndex as 0 | 1 | 2}`)}`,
      people: () => stagesOn(a, day, stages),
    };
  },
  "regress/coefficients": term,
  "regress/ratios": term,
  "survival/hazard_ratios": term,
  "regress/residuals": point("fitted", "residual"),
  "classify/calibration": (a) => {
    const m = /^(\d+)\D+(\d+)%$/.exec(category(a.chart, "xAxis", a.mark.dataIndex));
    if (!m) return null;
    const [low, high] = [Number(m[1]) / 100, Number(m[2]) / 100];
    const [p, rows] = [numbers(a, "probability"), numbers(a, "row")];
    const found = rowsWhere(a.out.frame.rows, (i) => (p[i] as number) >= low && ((p[i] as number) < high || (high === 1 && p[i] === 1)));
    return { label: m[0], rows: found, people: () => customersAt(found.map((i) => rows[i] as number)) };
  },
  "classify/gains": (a) => {
    const [p, rows] = [numbers(a, "probability"), numbers(a, "row")];
    const found = rowsWhere(a.out.frame.rows, (i) => p[i] === p[i]).sort((x, y) => (p[y] as number) - (p[x] as number)).slice(0, Math.round((a.out.frame.rows * a.mark.dataIndex) / 10));
    return found.length > 0 ? { label: t("stand.top", { share: `${a.mark.dataIndex * 10}%` }), rows: found, people: () => customersAt(found.map((i) => rows[i] as number)) } : null;
  },
  "correlate/scatter": (a) => {
    const [x, y] = valueOf(a.mark) as [number, number];
    const [cx, cy] = [nameOfAxis(a.chart, "xAxis"), series(a.chart, a.mark.seriesIndex)];
    const leaf = values([[cx, x], [cy, y]]);
    return leaf ? { label: `${cx} ${brief(x)} · ${cy} ${brief(y)}`, people: () => customersOf(a.within(leaf)) } : null;
  },
  "elasticity/scatter": (a) => {
    const of = (param: string, role: string): string => columnOf(a.params[param]) || (session.table?.schema.find((c) => c.role === role)?.name ?? "");
    const [x, y] = valueOf(a.mark) as [number, number];
    const [price, quantity] = [of("price", "unit_price"), of("quantity", "quantity")];
    const amount = of("", "amount");
    // Without a column of prices a row's price is its amount over its quantity.
    const leaf = values(price ? [[price, x], [quantity, y]] : [[amount, x * y], [quantity, y]]);
    return leaf ? { label: `${brief(x)} × ${brief(y)}`, people: () => customersOf(a.within(leaf)) } : null;
  },
  "describe/histogram_1": bin,
  "describe/histogram_2": bin,
  "describe/top": (a) => {
    const value = category(a.chart, "yAxis", a.mark.dataIndex);
    const columns = (a.out.summary as { columns?: { name: string; top?: { value: string }[]; n: number; distinct: number; mean: number | null; first: string | null; identifier: boolean }[] }).columns ?? [];
    const c = columns.find((x) => !x.identifier && x.mean === null && x.first === null && x.distinct > 1 && x.distinct < x.n);
    return c?.top?.[a.mark.dataIndex]?.value === value ? { label: `${c.name} = ${value}`, people: () => customersOf(a.within({ column: c.name, in: [value] })) } : null;
  },
  "describe/missing": (a) => {
    const column = String(record(record(a.mark.data)["drill"])["name"] ?? a.mark.name);
    if (!column) return null;
    return { label: t("stand.missing", { column }), people: () => customersOf(a.within({ column, present: false })) };
  },
  "explain_change/bridge": (a) => {
    const { before_span: b, after_span: c } = a.out.summary as { before_span?: { from: string; to: string }; after_span?: { from: string; to: string } };
    if (!b || !c) return null;
    const who = (s: { from: string; to: string }): Promise<string[] | null> => buyersOf(a.within(between(s.from, s.to)));
    const both = async (keep: (inB: boolean, inC: boolean) => boolean): Promise<string[] | null> => {
      const [x, y] = [new Set((await who(b)) ?? []), new Set((await who(c)) ?? [])];
      return [...new Set([...x, ...y])].filter((id) => keep(x.has(id), y.has(id)));
    };
    const steps: Stand[] = [
      { label: t("stand.before"), people: () => who(b) },
      { label: t("stand.cameOrWent"), people: () => both((x, y) => x !== y) },
      { label: t("stand.either"), people: () => both(() => true) },
      { label: t("stand.either"), people: () => both(() => true) },
      { label: t("stand.after"), people: () => who(c) },
    ];
    return steps[a.mark.dataIndex] ?? null;
  },
  "survival/survival": (a) => {
    const duration = columnOf(a.params["duration"]);
    const at = valueOf(a.mark)[0];
    const name = series(a.chart, a.mark.seriesIndex);
    const by = columnOf(a.params["by"]);
    if (!duration || typeof at !== "number") return null;
    const leaf: Filter[] = [{ column: duration, ge: at }, ...(by && name ? [{ column: by, in: [name] }] : [])];
    return { label: [name, t("stand.still", { n: at })].filter(Boolean).join(" · "), people: () => customersOf(a.within({ and: leaf })) };
  },
};

/** Whether a chart's marks lead to anybody; of some charts only those with rows of their own. */
export function leads(room: string, chart: Chart): boolean {
  const at = `${room}/${chart.id}`;
  if (at === "survival/survival" && !columnOf(session.params({ id: room })["duration"])) return false;
  return at in RULES || Boolean(chart.drill);
}

/** Marks of a chart that leads, which themselves stand for nobody: a model's weight of a number. */
export function blind(room: string, chart: Chart, i: number): boolean {
  return RULES[`${room}/${chart.id}`] === term && level(category(chart, "yAxis", i)) === null;
}

/** What a mark stands for by its rule; null where there is none, or the chart's own columns say it. */
export function stand(a: Omit<Asked, "within"> & { filter: Filter | null }): Stand | null {
  const rule = RULES[`${a.room}/${a.chart.id}`];
  const within = (leaf: Filter): Filter => (a.filter ? { and: [a.filter, leaf] } : leaf);
  return rule ? rule({ ...a, within }) : null;
}


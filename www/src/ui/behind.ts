/** The customers behind a mark: found in the room's own rows where these are customers, else asked from the engine by what the mark stands for. */
import { breathe } from "../engine/breathe.ts";
import { columnOf, isoOf, msOf } from "../state/guess.ts";
import { isEngineError, session } from "../state/session.ts";
import type { Analysis, AnalysisMeta, Chart, Filter } from "../types/engine.ts";
import type { Mark } from "./frame.ts";

export interface Hit {
  label: string;
  /** Rows of the room's table. */
  rows: number[];
  /** Columns the mark stands for, and their values. */
  tests: { name: string; value: unknown }[];
}

/** The rows of the room's table that a mark stands for; null where the mark stands for none. */
export function hit(out: Analysis, chart: Chart, mark: Mark): Hit | null {
  if (!chart.drill) return null;
  const data = (typeof mark.data === "object" && mark.data !== null ? mark.data : {}) as Record<string, unknown>;
  const wanted = (typeof data["drill"] === "object" && data["drill"] !== null ? data["drill"] : {}) as Record<string, unknown>;
  const columns = chart.drill.columns;
  // A bar of a histogram stands for a range of its one column; the last one holds its upper end.
  const [only] = columns;
  if (columns.length === 1 && only && typeof wanted["from"] === "number" && typeof wanted["to"] === "number") {
    const { from, to } = wanted as { from: number; to: number };
    const values = out.frame.columns[only] as ArrayLike<number> | undefined;
    if (!values) return null;
    const last = mark.last === true;
    const rows: number[] = [];
    for (let i = 0; i < out.frame.rows; i += 1) {
      const v = values[i] as number;
      if (v >= from && (v < to || (last && v <= to))) rows.push(i);
    }
    return { label: `${only} ${from}–${to}`, rows, tests: [{ name: only, value: { from, to } }] };
  }
  const tests = columns.map((name) => ({ name, value: name in wanted ? wanted[name] : name in data ? data[name] : columns.length === 1 && mark.name ? mark.name : undefined }));
  if (tests.some((x) => out.frame.columns[x.name] === undefined || x.value === undefined)) return null;
  const checks = tests.map(({ name, value }) => {
    const column = out.frame.columns[name] as ArrayLike<unknown>;
    const any = Array.isArray(value) ? new Set(value) : null;
    const [n, text] = [Number(value), value === null ? null : String(value)];
    return (i: number): boolean => {
      const v = column[i];
      return any ? any.has(v) : typeof v === "number" ? v === n : v === text;
    };
  });
  const rows: number[] = [];
  for (let i = 0; i < out.frame.rows; i += 1) {
    let all = true;
    for (const check of checks) if (!check(i)) { all = false; break; }
    if (all) rows.push(i);
  }
  return { label: mark.name || tests.map((x) => String(x.value ?? "—")).join(" "), rows, tests };
}

/** The days of a period's label. */
export function daysOfPeriod(label: string): [string, string] | null {
  const until = (y: number, m: number): string => isoOf(Date.UTC(y, m, 1) - 86_400_000);
  let m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(label);
  if (m) return [label, label];
  m = /^(\d{4})-(\d\d)$/.exec(label);
  if (m) return [`${label}-01`, until(Number(m[1]), Number(m[2]))];
  m = /^(\d{4})-Q([1-4])$/.exec(label);
  if (m) return [isoOf(Date.UTC(Number(m[1]), (Number(m[2]) - 1) * 3, 1)), until(Number(m[1]), Number(m[2]) * 3)];
  m = /^(\d{4})-W(\d\d)$/.exec(label);
  if (m) {
    // Week 1 of ISO 8601 holds 4 January; weeks begin on Monday.
    const fourth = Date.UTC(Number(m[1]), 0, 4);
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * 86_400_000 + (Number(m[2]) - 1) * 7 * 86_400_000;
    return [isoOf(monday), isoOf(monday + 6 * 86_400_000)];
  }
  m = /^(\d{4})$/.exec(label);
  return m ? [`${label}-01-01`, `${label}-12-31`] : null;
}

/** What the mark stands for as a filter of rows; null where it stands for something that no row has, such as a pair of columns. */
export function filterOf(meta: Pick<AnalysisMeta, "id">, params: Record<string, unknown>, out: Analysis, found: Hit): Filter | null {
  const schema = session.table?.schema ?? [];
  const leaf = (name: string, values: (string | number)[]): Filter | null => {
    const column = schema.find((c) => c.name === name) ?? schema.find((c) => c.role === name);
    return column ? { column: column.name, in: values } : null;
  };
  const text = (v: unknown): (string | number)[] => (Array.isArray(v) ? v : [v]).filter((x) => x !== null && x !== undefined).map((x) => (typeof x === "number" ? x : String(x)));
  const all: Filter[] = [];
  const columnValues = (name: string): string[] => {
    const list = out.frame.columns[name];
    return Array.isArray(list) ? [...new Set(found.rows.map((i) => list[i]).filter((v): v is string => typeof v === "string"))] : [];
  };
  if (meta.id === "product") {
    return leaf("product", columnValues("product"));
  }
  for (const { name, value } of found.tests) {
    let one: Filter | null;
    if (name === "period") {
      const days = daysOfPeriod(String(value));
      one = days ? { role: "date", between: days } : null;
    } else if (name === "value" && meta.id === "explain_change") {
      const [dimension] = columnValues("dimension");
      const span = (out.summary as { after_span?: { from: string; to: string }; before_span?: { from: string; to: string } });
      one = dimension === undefined ? null : leaf(dimension, text(value));
      if (one && span.after_span && span.before_span) {
        const [a, b] = [span.before_span, span.after_span].sort((x, y) => msOf(x.from) - msOf(y.from));
        if (a && b) all.push({ or: [{ role: "date", between: [a.from, a.to] }, { role: "date", between: [b.from, b.to] }] });
      }
    } else if (name === "value" && meta.id === "pareto") {
      const of = columnOf(params["of"]) || (params["of"] as { role?: string } | undefined)?.role || "customer";
      one = leaf(of, text(value));
    } else if (name === "group") one = leaf(columnOf(params["by"]) || String((params["by"] as { role?: string } | undefined)?.role ?? ""), text(value));
    else one = leaf(name, text(value));
    if (!one) return null;
    all.push(one);
  }
  return all.length === 0 ? null : all.length === 1 ? (all[0] ?? null) : { and: all };
}

/** Rooms whose rows are customers, the cheapest first. */
const LISTS = ["cohort", "rfm", "lifecycle"];

/** The customers of rows of a room's table, each once, in slices that let the page breathe. */
export async function idsOf(rows: readonly number[], ids: ArrayLike<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  let since = performance.now();
  for (let k = 0; k < rows.length; k += 1) {
    seen.add(String(ids[rows[k] as number]));
    if ((k & 4095) !== 4095 || performance.now() - since < 8) continue;
    await breathe();
    since = performance.now();
  }
  return [...seen];
}

/** Customers with an order among the rows a filter keeps, as the rooms that count orders count them. */
export const buyersOf = async (filter: Filter | null): Promise<string[] | null> => (await listed(filter)) ?? customersOf(filter);

async function listed(filter: Filter | null): Promise<string[] | null> {
  for (const id of LISTS) {
    const meta = session.meta(id);
    if (!meta || session.missing(meta).length > 0) continue;
    try {
      const out = await session.glimpse(id, {}, filter);
      await out.ready();
      const ids = out.frame.columns["customer"];
      if (Array.isArray(ids)) return [...new Set(ids.map(String))];
    } catch (error) {
      // One order is too little for a room, not for a list of customers: the next one is asked, at last the rows themselves.
      if (isEngineError(error) && error.code === "no_rows") return [];
      if (!isEngineError(error) || error.code === "cancelled") throw error;
    }
  }
  return null;
}

/** Ids of all customers of the rows a filter keeps, those with nothing but a refund among them too. */
export async function customersOf(filter: Filter | null): Promise<string[] | null> {
  const table = session.table;
  const column = session.column("customer");
  if (!table || !column) return null;
  const known = (await listed(filter)) ?? [];
  const { customers } = await table.count(filter);
  if (customers === known.length) return known;
  // The others' rows are asked for as text, and the one column is taken from them.
  const at = table.schema.findIndex((c) => c.name === column.name);
  const others: Filter[] = known.length > 0 ? [{ not: { customers: known } }] : [];
  const bytes = await table.toCsv({ header: false, guard: false, filter: { and: [...(filter ? [filter] : []), ...others] }, encoding: "utf-8-bom" });
  return [...new Set([...known, ...(await cells(bytes, at))])].filter(Boolean);
}

/** Up to so many rows are asked for one by one; beyond that the whole table is cheaper. */
const FEW = 64;

/** Customers of rows of the table by their numbers, as rooms tell them whose rows are those of the file. */
export async function customersAt(rows: readonly number[]): Promise<string[] | null> {
  const table = session.table;
  const column = session.column("customer");
  if (!table || !column) return null;
  const at = table.schema.findIndex((c) => c.name === column.name);
  if (rows.length <= FEW) {
    const found = await Promise.all(rows.map((i) => table.rowsAt(i, 1)));
    return [...new Set(found.map((r) => r.rows[0]?.[at] ?? "").filter(Boolean))];
  }
  const ids = await cells(await table.toCsv({ header: false, guard: false, encoding: "utf-8-bom" }), at);
  return [...new Set(rows.map((i) => ids[i] ?? "").filter(Boolean))];
}

/** One column of RFC 4180 text in UTF-8, in slices that let the page breathe. */
export async function cells(bytes: Uint8Array, at: number): Promise<string[]> {
  const out: string[] = [];
  const decoder = new TextDecoder();
  let column = 0;
  let i = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let start = i;
  let since = performance.now();
  const take = (end: number): void => {
    if (column !== at) return;
    const raw = decoder.decode(bytes.subarray(start, end));
    out.push(raw.startsWith('"') ? raw.slice(1, -1).replace(/""/g, '"') : raw);
  };
  while (i < bytes.length) {
    const c = bytes[i];
    if (c === 34) {
      i += 1;
      while (i < bytes.length && !(bytes[i] === 34 && bytes[i + 1] !== 34)) i += bytes[i] === 34 ? 2 : 1;
      i += 1;
    } else if (c === 44) {
      take(i);
      column += 1;
      start = i += 1;
    } else if (c === 10 || c === 13) {
      take(i);
      column = 0;
      i += c === 13 && bytes[i + 1] === 10 ? 2 : 1;
      start = i;
      if ((out.length & 1023) === 0 && performance.now() - since > 8) {
        await breathe();
        since = performance.now();
      }
    } else i += 1;
  }
  if (start < bytes.length) take(bytes.length);
  return out;
}

/**
 * What a chart may show to readers who may not see single customers. Pure: the chart comes back without the figures of groups below k and without those
 * that would give them away; a chart of single customers or single records does not come back at all.
 *
 * Group sizes are the chart's own counts, and for every mark that says whom it stands for (`drill`) the rows of the room's table behind it.
 */
import type { Chart, Frame } from "../types/engine.ts";

type Json = Record<string, unknown>;

export interface Suppressed {
  chart: Chart;
  /** Marks that were taken out. */
  hidden: number;
}

export type Refusal = "customers" | "records";

const isRecord = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
const list = (v: unknown): Json[] => (Array.isArray(v) ? v.filter(isRecord) : isRecord(v) ? [v] : []);

/** Columns of a room's table that say how many customers (or rows) a line stands for. */
const SIZES = ["customers", "n", "at_risk"] as const;

export function suppress(chart: Chart, frame: Frame, summary: unknown, k: number, people: ReadonlySet<string> = new Set()): Suppressed | Refusal {
  const drill = chart.drill?.columns ?? [];
  if (drill.includes("customer") || (isRecord(summary) && summary["of"] === "customer" && drill.includes("value"))) return "customers";
  const series = list(chart.option["series"]);
  const labels = labelsOf(chart.option, series);
  if (labels.length > 0 && labels.filter((l) => people.has(l)).length * 2 >= labels.length) return "customers";
  if (records(chart.option, series)) return "records";
  if (k <= 1) return { chart, hidden: 0 };
  const counts = formatOf(chart.option["tooltip"]) === "count";
  const sizes = sizesOf(frame, drill);
  let hidden = 0;
  const places = new Set<number>();
  const out = series.map((s) => {
    const data = s["data"];
    if (!Array.isArray(data) || s["silent"] === true) return s;
    const own = s["tooltip"] !== undefined ? formatOf(s["tooltip"]) : undefined;
    const counted = own === undefined ? counts : own === "count";
    const known = data.map((item: unknown) => (isRecord(item) && isRecord(item["drill"]) ? sizes(item["drill"]) : counted ? figure(item) : null));
    const gone = small(known, k);
    if (gone.size === 0) return s;
    hidden += gone.size;
    return { ...s, data: data.map((item: unknown, i) => (gone.has(i) ? blank(item, k, places, i) : item)) };
  });
  if (hidden === 0) return { chart, hidden };
  // Lines that link the marks of one place would still point at what is gone.
  const linked = out.map((s) => (s["silent"] === true && Array.isArray(s["data"])
    ? { ...s, data: s["data"].map((item: unknown) => (Array.isArray(item) && typeof item[1] === "number" && places.has(item[1]) ? [null, item[1]] : item)) } : s));
  return { chart: { ...chart, option: { ...chart.option, series: linked } }, hidden };
}

/** Indexes of groups with 1 to k − 1 members; of exactly one such group also the next smallest, since the sum would tell it. */
function small(sizes: readonly (number | null)[], k: number): Set<number> {
  const gone = new Set<number>();
  sizes.forEach((n, i) => {
    if (n !== null && Number.isInteger(n) && Math.abs(n) > 0 && Math.abs(n) < k) gone.add(i);
  });
  if (gone.size !== 1) return gone;
  let next = -1;
  sizes.forEach((n, i) => {
    if (n !== null && n > 0 && !gone.has(i) && (next < 0 || n < (sizes[next] ?? Infinity))) next = i;
  });
  if (next >= 0) gone.add(next);
  return gone;
}

/** The last number of a mark: its height, or the third figure of a cell. */
function figure(item: unknown): number | null {
  const v = isRecord(item) ? item["value"] : item;
  const n = Array.isArray(v) ? v[v.length - 1] : v;
  return typeof n === "number" && Number.isFinite(n) ? n : null;
}

/** The mark keeps its place and loses its figures; the table beside it reads `<k`. */
function blank(item: unknown, k: number, places: Set<number>, i: number): Json {
  const v = isRecord(item) ? item["value"] : item;
  const text = `<${k}`;
  const base = isRecord(item) && "name" in item ? { name: item["name"] } : {};
  if (!Array.isArray(v)) {
    places.add(i);
    return { ...base, value: text };
  }
  if (v.length === 2) {
    // A point over a category keeps the category, whichever axis holds it.
    if (typeof v[1] === "number") places.add(v[1]);
    return { ...base, value: [text, v[1]] };
  }
  return { ...base, value: [...v.slice(0, -1), text] };
}

/** What the marks are called, on axes or themselves. */
function labelsOf(option: Json, series: readonly Json[]): string[] {
  const text = (v: unknown): string => (isRecord(v) ? text(v["value"] ?? v["name"]) : String(v ?? ""));
  const axes = [...list(option["xAxis"]), ...list(option["yAxis"])].flatMap((a) => (Array.isArray(a["data"]) ? a["data"].map(text) : []));
  return [...axes, ...series.flatMap((s) => (Array.isArray(s["data"]) ? s["data"].filter((d) => isRecord(d) && typeof d["name"] === "string").map((d) => String((d as Json)["name"])) : []))];
}

/** Points with two free coordinates and no name each stand for one record. */
function records(option: Json, series: readonly Json[]): boolean {
  const free = [...list(option["xAxis"]), ...list(option["yAxis"])].every((a) => a["type"] !== "category");
  return free && series.some((s) => s["type"] === "scatter" && Array.isArray(s["data"]) && s["data"].length > 0 && s["data"].every((d) => !isRecord(d) || (!("name" in d) && !isRecord(d["drill"]))));
}

function formatOf(tooltip: unknown): string | undefined {
  if (!isRecord(tooltip)) return undefined;
  for (const key of ["valueFormatter", "formatter"]) {
    const f = tooltip[key];
    if (isRecord(f) && typeof f["$format"] === "string") return f["$format"];
  }
  return undefined;
}

/** How many a mark stands for: rows of customers, or what the table's line says. Unknown where the table has neither. */
function sizesOf(frame: Frame, drill: readonly string[]): (wanted: Json) => number | null {
  const columns = frame.columns;
  const people = columns["customer"];
  const sizes = SIZES.map((name) => columns[name]).find(Boolean);
  if (drill.length === 0 || (!people && !sizes) || drill.some((name) => !columns[name])) return () => null;
  const totals = new Map<string, number>();
  for (let i = 0; i < frame.rows; i += 1) {
    const key = JSON.stringify(drill.map((name) => String(columns[name]?.[i])));
    totals.set(key, (totals.get(key) ?? 0) + (people ? 1 : Number(sizes?.[i] ?? 0)));
  }
  return (wanted) => {
    // A mark may stand for several values of a column at once.
    const lists = drill.map((name) => (Array.isArray(wanted[name]) ? (wanted[name] as unknown[]) : [wanted[name]]).map(String));
    if (drill.some((name) => !(name in wanted))) return null;
    let keys: string[][] = [[]];
    for (const values of lists) keys = keys.flatMap((k) => values.map((v) => [...k, v]));
    return keys.reduce((n, key) => n + (totals.get(JSON.stringify(key)) ?? 0), 0);
  };
}

/** A sentence that counts fewer than k people: it may not be printed. */
export function tellsFew(text: string, k: number): boolean {
  for (const [, n, before] of text.matchAll(/(?<![\d.,%¥$€£])(\d+)(?![\d.,%])\s*(?:of [\d,]+ )?(customers?\b|people\b|buyers?\b|位|名|个?(?:客户|顾客|人))/g))
    if (before && Number(n) > 0 && Number(n) < k) return true;
  return false;
}

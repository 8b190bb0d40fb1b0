/**
 * Turns the engine's chart tokens into an ECharts option for one locale and theme. Pure: no DOM, no global state, no
 * change to its input, so the dashboard, the package and a server may all call it.
 *
 * | token | becomes |
 * |---|---|
 * | `{ "$words": { en, zh } }` | the text of the locale, money in the currency |
 * | `"$color:cat-1"`, `"$color:cat-1/40"` | the colour of the theme, optionally at 40 % |
 * | `{ "$format": "money", "dim"?, "place"?, "suffix"? }` | a function that writes a number, date or period for its place |
 *
 * A formatter under `axisLabel` writes for an axis, one under `valueFormatter` or `tooltip` in full, any other for a mark.
 */
import type { Chart, Look, ResolvedChart, Words } from "../types/engine.ts";
import { format, priced, type Place, type Style } from "../i18n/format.ts";
import { palettes } from "../style/palette.ts";
import { reach } from "./hold.ts";

function say(words: Words | string | null | undefined, { locale, currency }: Look): string {
  if (words === null || words === undefined) return "";
  if (typeof words === "string") return words;
  return priced(locale === "zh-CN" ? words.zh : words.en, currency);
}

/** A `$color:` token of the theme; an unknown name falls back to ink, so that a mark is never invisible. */
export function color(token: string, look: Pick<Look, "theme" | "colors">): string {
  const [name = "", alpha] = token.split("/");
  const palette = palettes[look.theme];
  const value = look.colors?.[name] ?? palette[name] ?? palette["ink"] ?? "#000";
  if (alpha === undefined || !/^#[0-9a-f]{6}$/i.test(value)) return value;
  const share = Math.max(0, Math.min(100, Number(alpha))) / 100;
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(value.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${share})`;
}

type Json = Record<string, unknown>;

interface FormatToken {
  $format: string;
  /** Which element of an array value, or which field of a data item. */
  dim?: number | string;
  place?: Place;
  prefix?: Words | string;
  suffix?: Words | string;
  /** Only so many letters of a text: the month of a day. */
  cut?: number;
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** ECharts hands formatters a plain value (axes, valueFormatter) or an object with `value` (marks). */
function pick(argument: unknown, dim: number | string | undefined): unknown {
  let value = argument;
  if (isRecord(value)) {
    if (typeof dim === "string" && isRecord(value["data"]) && dim in value["data"]) return value["data"][dim];
    value = "value" in value ? value["value"] : value["data"];
    if (isRecord(value)) value = value["value"];
  }
  if (Array.isArray(value)) {
    if (typeof dim === "number") return value[dim];
    return value[value.length - 1];
  }
  return value;
}

function formatter(token: FormatToken, place: Place, look: Look): (argument: unknown) => string {
  const style: Style = { locale: look.locale };
  if (look.currency !== undefined) style.currency = look.currency;
  if (look.grouping !== undefined) style.grouping = look.grouping;
  const before = say(token.prefix, look);
  const after = say(token.suffix, look);
  const cut = (value: unknown): unknown => (token.cut && typeof value === "string" ? value.slice(0, token.cut) : value);
  return (argument) => before + format(cut(pick(argument, token.dim)), token.$format, style, token.place ?? place) + after;
}

const HEATMAP = "#heatmap";

function placeOf(path: readonly string[]): Place {
  for (let i = path.length - 1; i >= 0; i -= 1) {
    const key = path[i];
    if (key === "axisLabel" || key === "axisPointer") return key === "axisLabel" ? "axis" : "full";
    if (key === "tooltip" || key === "valueFormatter") return "full";
    if (key === "label" || key === "endLabel" || key === "markPoint" || key === "markLine") return path.includes(HEATMAP) ? "cell" : "tile";
  }
  return path[path.length - 1] === "valueFormatter" ? "full" : "tile";
}

function walk(value: unknown, path: string[], look: Look): unknown {
  if (typeof value === "string") return value.startsWith("$color:") ? color(value.slice(7), look) : value;
  if (Array.isArray(value)) {
    // Long data arrays of plain numbers are the bulk of an option: nothing to resolve inside.
    if (typeof value[0] === "number" && value.every((v) => typeof v === "number" || v === null)) return value;
    return value.map((item) => walk(item, path, look));
  }
  if (!isRecord(value)) return value;
  if (isRecord(value["$words"])) return say(value["$words"] as unknown as Words, look);
  if (typeof value["$format"] === "string") return formatter(value as unknown as FormatToken, placeOf(path), look);
  const out: Json = {};
  const depth = path.length;
  if (value["type"] === "heatmap") path.push(HEATMAP);
  for (const key of Object.keys(value)) {
    path.push(key);
    out[key] = walk(value[key], path, look);
    path.pop();
  }
  path.length = depth;
  return out;
}

/** Replaces every token of an option. */
export function resolveOption(option: Json, look: Look): Json {
  return walk(crowded(dated(whole(option))), [], look) as Json;
}

/** Days over more than a year are marked by month and year: “5 Sep” would be any of them. */
function dated(option: Json): Json {
  const axis = option["xAxis"];
  const days = isRecord(axis) && Array.isArray(axis["data"]) ? (axis["data"] as unknown[]) : [];
  const label = isRecord(axis) && isRecord(axis["axisLabel"]) ? axis["axisLabel"] : null;
  const form = label && isRecord(label["formatter"]) ? label["formatter"] : null;
  const [first, last] = [String(days[0] ?? ""), String(days[days.length - 1] ?? "")];
  if (!isRecord(axis) || !["date", "period"].includes(String(form?.["$format"])) || !/^\d{4}-\d\d-\d\d$/.test(first) || last.slice(0, 4) <= first.slice(0, 4)) return option;
  return { ...option, xAxis: { ...axis, axisLabel: { ...label, formatter: { ...form, $format: "month", place: "full", cut: 7 } } } };
}

/** Beyond this many columns the figures of a heat map lie over each other: the colours and the table say them. */
const CELLS = 24;

function crowded(option: Json): Json {
  const axis = option["xAxis"];
  const series = option["series"];
  const n = isRecord(axis) && Array.isArray(axis["data"]) ? axis["data"].length : 0;
  if (n <= CELLS || !Array.isArray(series) || !series.some((s) => isRecord(s) && s["type"] === "heatmap")) return option;
  return { ...option, series: series.map((s: unknown) => (isRecord(s) && s["type"] === "heatmap" && isRecord(s["label"]) ? { ...s, label: { ...s["label"], show: false } } : s)) };
}

/** Shares that come near the whole are drawn up to it, in quarters: no axis says 120%. Between 1 and 2 customers there is none. */
function whole(option: Json): Json {
  const out: Json = { ...option };
  for (const key of ["xAxis", "yAxis"] as const) {
    const axis = option[key];
    if (!isRecord(axis) || axis["type"] !== "value" || axis["interval"] !== undefined) continue;
    const label = isRecord(axis["axisLabel"]) ? axis["axisLabel"]["formatter"] : undefined;
    if (isRecord(label) && label["$format"] === "count" && (reach(option, key) ?? []).every(Number.isInteger)) out[key] = { minInterval: 1, ...axis };
    if (!isRecord(label) || label["$format"] !== "percent") continue;
    const ends = axis["max"] === undefined && (axis["min"] ?? 0) === 0 && axis["scale"] !== true ? reach(option, key) : null;
    if (axis["max"] === 1 || (ends && ends[0] >= 0 && ends[1] > 0.8 && ends[1] <= 1 + 1e-9)) out[key] = { ...axis, min: axis["min"] ?? 0, max: 1, interval: 0.25 };
  }
  return out;
}

export function resolveChart(chart: Chart, look: Look): ResolvedChart {
  const out: ResolvedChart = {
    id: chart.id,
    title: say(chart.title, look),
    subtitle: say(chart.subtitle, look),
    alt: say(chart.alt, look),
    option: resolveOption(chart.option, look),
  };
  if (chart.drill) out.drill = chart.drill;
  return out;
}

export function resolveCharts(charts: readonly Chart[], look: Look): ResolvedChart[] {
  return charts.map((chart) => resolveChart(chart, look));
}

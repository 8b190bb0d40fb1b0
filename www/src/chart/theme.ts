/** The look that every chart shares, and what the page adds to an option before it is drawn. Pure. */
import type { Look } from "../types/engine.ts";
import { FONTS } from "../style/palette.ts";
import { color } from "./resolve.ts";

type Json = Record<string, unknown>;

/** Names in single quotes: in an SVG picture the list stands inside a double-quoted attribute. */
const faces = (look: Look): string => FONTS[look.locale].replace(/"/g, "'");

export function theme(look: Look): Json {
  const c = (name: string): string => color(name, look);
  const label = { color: c("ink-3"), fontSize: 12, hideOverlap: true };
  const line = { show: true, lineStyle: { color: c("line-strong") } };
  const grid = { show: true, lineStyle: { color: c("line"), width: 1 } };
  const value = { axisLine: { show: false }, axisTick: { show: false }, axisLabel: label, splitLine: grid, splitNumber: 4, nameTextStyle: { color: c("ink-3"), fontSize: 12 } };
  const none = { show: false };
  return {
    color: Array.from({ length: 8 }, (_, i) => c(`cat-${i + 1}`)),
    backgroundColor: "transparent",
    textStyle: { fontFamily: faces(look), fontSize: 12, color: c("ink-2") },
    title: { show: false },
    legend: { textStyle: { color: c("ink-2"), fontSize: 12 }, itemWidth: 12, itemHeight: 8, icon: "rect", itemGap: 16, inactiveColor: c("context") },
    categoryAxis: { axisLine: line, axisTick: none, axisLabel: label, splitLine: none, splitArea: none, nameTextStyle: { color: c("ink-3"), fontSize: 12 } },
    timeAxis: { axisLine: line, axisTick: { show: true, length: 4, lineStyle: { color: c("line-strong") } }, axisLabel: label, splitLine: none },
    valueAxis: value,
    logAxis: value,
    line: { symbol: "none", symbolSize: 6, smooth: false, lineStyle: { width: 2 } },
    bar: { barMaxWidth: 28, itemStyle: { borderRadius: 0 } },
    scatter: { symbolSize: 7, itemStyle: { opacity: 0.85 } },
    heatmap: { itemStyle: { borderColor: c("bg"), borderWidth: 1 } },
    treemap: { itemStyle: { borderColor: c("bg"), borderWidth: 1, gapWidth: 1 }, breadcrumb: { show: false }, label: { color: c("ink") } },
    sankey: { lineStyle: { color: c("context"), opacity: 0.45 }, label: { color: c("ink-2"), fontSize: 12 } },
    visualMap: { textStyle: { color: c("ink-3"), fontSize: 12 } },
    markLine: { lineStyle: { color: c("ink-2"), type: "dashed", width: 1 }, label: { color: c("ink-2"), fontSize: 12 } },
    tooltip: {
      backgroundColor: c("surface"), borderColor: c("line-strong"), borderWidth: 1, padding: [8, 10],
      textStyle: { color: c("ink"), fontSize: 12, fontFamily: faces(look) },
      axisPointer: { lineStyle: { color: c("line-strong") }, crossStyle: { color: c("line-strong") }, shadowStyle: { color: c("line/50") }, label: { backgroundColor: c("ink-2"), color: c("bg") } },
    },
  };
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : value ? [value as Json] : [];
}

/** Still, described, and without markup in tooltips: what no room has to say again. */
export function dress(option: Json, alt: string, patterns: boolean, dark = false): Json {
  const out: Json = { ...option };
  // The ground is transparent: without this, labels beside dark marks get a white halo.
  out["darkMode"] = dark;
  out["animation"] = false;
  if (out["yAxis"] && !Array.isArray(out["yAxis"])) out["yAxis"] = nameApart(out["yAxis"] as Json);
  // A value axis with a name beside it: the name is kept within the picture too, not only the figures.
  const value = record(out["yAxis"]);
  if (value["type"] === "value" && value["name"]) {
    const { containLabel: _, ...grid } = record(out["grid"]);
    // Names and figures are kept inside by themselves: what was left free for them would stay empty. A legend keeps its line.
    out["grid"] = { ...grid, left: 4, bottom: out["legend"] ? 28 : 4, outerBoundsMode: "same", outerBoundsContain: "all" };
  }
  out["aria"] = { enabled: true, label: { enabled: true, description: alt }, decal: { show: patterns && told(option) } };
  out["tooltip"] = { trigger: list(option["series"]).some((s) => s["type"] === "line" || s["type"] === "bar") ? "axis" : "item", ...record(option["tooltip"]), renderMode: "richText", appendTo: undefined, confine: true };
  // The figure stands in its cell already: what it is the figure of is what one asks.
  const { formatter } = record(out["tooltip"]);
  if (columnsOf(option) > 0 && typeof formatter === "function") out["tooltip"] = { ...record(out["tooltip"]), formatter: (p: { value?: unknown }) => [cellName(option, p.value), (formatter as (p: unknown) => unknown)(p)].filter(Boolean).join("\n") };
  return out;
}

/** Series that a pattern tells apart. A cell or a single series has none to be told from, and there a hatch already means: not over yet. */
function told(option: Json): boolean {
  const series = list(option["series"]).filter((s) => s["silent"] !== true);
  return series.length > 1 && series.every((s) => s["type"] !== "heatmap");
}

/** About how wide a label is at 12 px. */
export const labelWidth = (text: string): number => [...text].reduce((n, c) => n + (c > "\u2e7f" ? 12 : 6.6), 0);

/** The names along an axis of names, as they are written. */
function names(axis: Json): string[] {
  const write = record(axis["axisLabel"])["formatter"];
  return (Array.isArray(axis["data"]) ? (axis["data"] as unknown[]) : []).map((d) => {
    const v = record(d)["value"] ?? d ?? "";
    return String(typeof write === "function" ? (write as (v: unknown) => unknown)(v) : v);
  });
}

const widest = (axis: Json): number => Math.max(0, ...names(axis).map(labelWidth));

/** The name of an axis of names stands left of the longest of them, whatever the language. */
function nameApart(axis: Json): Json {
  if (axis["type"] !== "category" || !axis["name"] || axis["nameLocation"] !== "middle" || !Array.isArray(axis["data"])) return axis;
  return { ...axis, nameGap: Math.round(widest(axis)) + 14 };
}

/** A cell of a grid by its row and its column; null where the chart is none. */
export function cellName(option: Json, value: unknown): string | null {
  const [x, y] = [list(option["xAxis"])[0] ?? {}, list(option["yAxis"])[0] ?? {}];
  if (!Array.isArray(value) || !Array.isArray(x["data"]) || !Array.isArray(y["data"])) return null;
  const label = (axis: Json, i: unknown): string => [String(axis["name"] ?? ""), names(axis)[Number(i)] ?? ""].filter(Boolean).join(" ");
  return `${label(y, value[1])} · ${label(x, value[0])}`;
}

/** A figure of a heat map and the air around it, and how many columns stay in sight where not all have room. */
const CELL = 24, IN_SIGHT = 6;

/** What stands left of the cells. */
function besideCells(option: Json): number {
  const y = list(option["yAxis"])[0] ?? {};
  return Number(record(option["grid"])["left"] ?? 0) + widest(y) + 8;
}

const columnsOf = (option: Json): number => (list(option["series"]).some((s) => s["type"] === "heatmap") ? names(list(option["xAxis"])[0] ?? {}).length : 0);

/** How wide a chart is drawn in a frame of this width: a heat map whose figures would lie over each other goes on beyond the edge, six columns and a bit in sight. */
export function laneOf(option: Json, width: number): number {
  const columns = columnsOf(option);
  const left = besideCells(option);
  if (columns <= IN_SIGHT || (width - left) / columns >= CELL) return width;
  return Math.round(left + columns * Math.max(CELL, (width - left) / (IN_SIGHT + 0.4)));
}

/** The marks that are selected, outlined: each as “series:item”. Cells of a grid are drawn once more on top, since neighbours cover a border. */
export function outline(option: Json, marks: readonly string[], ink: string): Json {
  if (marks.length === 0) return option;
  const above: Json[] = [];
  const series = list(option["series"]).map((s, i) => {
    const mine = marks.map((m) => m.split(":")).filter(([a]) => Number(a) === i).map(([, b]) => Number(b));
    const data = s["data"];
    if (mine.length === 0 || !Array.isArray(data) || !["bar", "heatmap", "scatter"].includes(String(s["type"]))) return s;
    const next = data.slice() as unknown[];
    for (const at of mine) {
      const item = next[at];
      if (item === undefined || item === null) continue;
      const own: Json = typeof item === "object" && !Array.isArray(item) ? (item as Json) : { value: item };
      next[at] = { ...own, itemStyle: { ...record(own["itemStyle"]), borderColor: ink, borderWidth: 2 } };
      if (s["type"] === "heatmap") above.push({ ...s, name: "", data: [next[at]], silent: true, z: 9, tooltip: { show: false } });
    }
    return { ...s, data: next };
  });
  return { ...option, series: [...series, ...above] };
}

/** Height a chart needs before its data is drawn: categories down the side need a line each. */
export function heightOf(option: Json, width: number): number {
  const y = list(option["yAxis"]);
  const category = y.find((a) => a["type"] === "category");
  const legend = option["legend"] ? 28 : 0;
  if (category) {
    const data = category["data"];
    let n = Array.isArray(data) ? data.length : 0;
    if (n === 0) {
      const series = list(option["series"]);
      const first = record(option["dataset"])["source"];
      n = Array.isArray(first) ? first.length : Math.max(0, ...series.map((s) => (Array.isArray(s["data"]) ? s["data"].length : 0)));
      if (series.some((s) => s["type"] === "heatmap")) n = Math.round(Math.sqrt(n * 2));
    }
    // The few cells of a matrix are places, not lines of a list: they are given room. Names in two lines are, too.
    const each = n <= 8 && list(option["series"]).some((s) => s["type"] === "heatmap") ? 56 : 14 * lines(category ?? {}, width) + 12;
    return Math.max(180, Math.min(760, n * each + 72 + legend));
  }
  return (width < 420 ? 240 : 300) + legend;
}

/** Points drawn in one go; more are drawn in pieces, one per frame of the page. */
const AT_ONCE = 300;

/** On the page, clouds of points come in pieces, so that the page answers in between. A picture that is taken away is drawn whole. */
export function pieces(option: Json): Json {
  const series = list(option["series"]);
  if (!series.some((s) => s["type"] === "scatter" && Array.isArray(s["data"]) && s["data"].length > AT_ONCE)) return option;
  return { ...option, series: series.map((s) => (s["type"] === "scatter" ? { ...s, progressive: AT_ONCE, progressiveThreshold: AT_ONCE } : s)) };
}

/** Long names beside bars: as much as they need, up to two fifths of the picture. */
const beside = (width: number): number => Math.round(Math.max(88, Math.min(280, width * 0.4)));
/** A little more where that keeps a name in one line. */
const whole = (width: number): number => Math.round(beside(width) * 1.15);
/** The widest word of the names: no word is torn apart. */
const word = (axis: Json): number => Math.max(0, ...names(axis).flatMap((n) => n.split(/\s+|(?<=[\u2e80-\uffff])|(?=[\u2e80-\uffff])/)).map(labelWidth));

/** How many lines the longest name beside a bar takes. Where the bars are many, or a name is longer than three lines, each has one and is cut. */
function lines(axis: Json, width: number): number {
  if (record(axis["axisLabel"])["overflow"] !== "truncate" || names(axis).length > 16) return 1;
  // Words do not fill their lines.
  const n = widest(axis) <= whole(width) ? 1 : Math.ceil((widest(axis) * 1.15) / beside(width));
  return n > LINES ? 1 : Math.max(1, n);
}

/** Narrow frames: fewer ticks, nothing that needs a margin at the side. Names along an axis break into lines before any is left out. */
export function fit(option: Json, width: number): Json {
  const out: Json = { ...option };
  const thin = (axis: unknown): unknown =>
    Array.isArray(axis) ? axis.map(thin) : axis ? { ...(axis as Json), splitNumber: 3, axisLabel: { ...record((axis as Json)["axisLabel"]), hideOverlap: true } } : axis;
  if (width < 420) {
    if (out["xAxis"]) out["xAxis"] = thin(out["xAxis"]);
    if (out["yAxis"]) out["yAxis"] = thin(out["yAxis"]);
  }
  if (width < 420 && record(out["yAxis"])["type"] === "value" && record(out["yAxis"])["name"]) out["yAxis"] = { ...record(out["yAxis"]), nameGap: 40 };
  const [x, y] = [record(out["xAxis"]), record(out["yAxis"])];
  if (x["type"] === "category") {
    const room = (width - besideCells(option) - (y["type"] === "value" ? 40 : 0) - Number(record(option["grid"])["right"] ?? 0)) / Math.max(1, names(x).length);
    out["xAxis"] = months(broken(x, room, columnsOf(option) > 0 ? 30 : 12), room);
  }
  if (Array.isArray(out["xAxis"])) out["xAxis"] = (out["xAxis"] as Json[]).map((axis) => edges(axis, width - 56));
  const label = record(y["axisLabel"]);
  if (y["type"] === "category" && label["overflow"] === "truncate") {
    const n = lines(y, width);
    out["yAxis"] = { ...y, axisLabel: { ...label, ...(n > 1 ? { width: Math.min(whole(width), Math.max(Math.ceil(word(y)) + 4, Math.min(beside(width), Math.ceil(widest(y) / n) + 30))), overflow: "break", lineHeight: 14 } : { width: widest(y) <= whole(width) ? whole(width) : beside(width) }) } };
  }
  // Bars to the left of zero: their figures stand between them and the names, which needs a place.
  const low = Number(x["min"] ?? 0);
  if (y["type"] === "category" && x["type"] === "value" && x["show"] === false && low < 0) {
    const more = 1 + 2 * Math.min(0.35, 56 / Math.max(80, width - besideCells(option)));
    out["xAxis"] = { ...record(out["xAxis"]), min: low * more, ...(typeof x["max"] === "number" ? { max: x["max"] * more } : {}) };
  }
  return out;
}

/** At most so many lines for a name under its mark, and how long a line of a leaning one is. */
const LINES = 3, LEANING = 84;

/** Few names that do not fit side by side: each in lines of its own mark's width, where that is enough. */
function broken(axis: Json, room: number, most: number): Json {
  const all = names(axis);
  const label = record(axis["axisLabel"]);
  const width = Math.floor(room) - 4;
  const longest = Math.max(0, ...all.map(labelWidth));
  // Names that have their place are all written: left to itself, a chart leaves out every second one out of caution.
  if (all.length > 0 && all.length <= most && typeof label["formatter"] !== "function" && label["interval"] === undefined && longest <= width) return { ...axis, axisLabel: { ...label, interval: 0 } };
  // A day or a month is not torn apart: of those some are left out.
  if (all.length === 0 || all.length > most || typeof label["formatter"] === "function" || label["interval"] !== undefined || longest <= width || (longest > width * LINES * 0.9 && most === 12)) return axis;
  const words = all.flatMap((n) => n.split(/[\s\u2e80-\uffff]+/)).map(labelWidth);
  // A word is not torn apart either: names of long words lean.
  const leans = Math.max(...words) > width || longest > width * LINES * 0.9;
  // The name of the axis stands below its labels, as tall as they are now.
  const tall = leans ? Math.min(longest, LEANING) * 0.71 + 18 : Math.ceil(longest / width) * 14 + 8;
  const gap = axis["name"] && axis["nameLocation"] === "middle" && axis["position"] !== "top" ? { nameGap: Math.round(tall) + 10 } : {};
  return { ...axis, ...gap, axisLabel: { ...label, interval: 0, hideOverlap: false, ...(leans ? { rotate: 45, width: LEANING, overflow: "break", lineHeight: 13 } : { width: even(all, width), overflow: "break", lineHeight: 14 }) } };
}

/** As many lines as are needed, all about as long: no single letter is left for the last. */
function even(all: readonly string[], width: number): number {
  return Math.max(...all.map((name) => {
    const long = labelWidth(name);
    if (long <= width) return long;
    return /^[^\x00-\xff]+$/.test(name) ? Math.min(width, Math.ceil(long / Math.ceil(long / width) / 12) * 12 + 2) : width;
  }));
}

/** Edges of bars that are marked: every second, third … where not all have room, zero among them. Left to the chart, single ones would be missing. */
function edges(axis: Json, room: number): Json {
  const [label, tick] = [record(axis["axisLabel"]), record(axis["axisTick"])];
  const all = label["customValues"];
  if (!Array.isArray(all) || all.length < 3) return axis;
  const write = label["formatter"];
  const wide = Math.max(...all.map((v) => labelWidth(String(typeof write === "function" ? (write as (v: unknown) => unknown)(v) : v)))) + 12;
  const step = Math.ceil((all.length * wide) / Math.max(1, room));
  const zero = Math.max(0, all.indexOf(0)) % step;
  const kept = (all as unknown[]).filter((_, i) => i % step === zero);
  return step <= 1 ? axis : { ...axis, axisLabel: { ...label, customValues: kept }, axisTick: { ...tick, customValues: kept } };
}

/** Months that are marked: as many as have room, counted from January, whose mark names the year. */
const EVERY = [1, 2, 3, 6, 12, 24, 36, 60];

function months(axis: Json, room: number): Json {
  const label = record(axis["axisLabel"]);
  const data = Array.isArray(axis["data"]) ? (axis["data"] as unknown[]) : [];
  if (data.length < 4 || label["interval"] !== undefined || !data.every((d) => /^\d{4}-\d\d$/.test(String(d)))) return axis;
  const count = data.map((d) => Number(String(d).slice(0, 4)) * 12 + Number(String(d).slice(5)) - 1);
  const step = EVERY.find((n) => n * room >= widest(axis) + 6);
  if (!step || count.filter((n) => n % step === 0).length < 2) return axis;
  return { ...axis, axisLabel: { ...label, interval: (i: number) => (count[i] ?? 1) % step === 0 } };
}

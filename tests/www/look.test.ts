import assert from "node:assert/strict";
import { test } from "node:test";
import { dress, fit, heightOf, laneOf } from "../../www/src/chart/theme.ts";
import { precisionOf } from "../../www/src/i18n/format.ts";
import { en } from "../../www/src/i18n/en.ts";
import { zh } from "../../www/src/i18n/zh.ts";
import { FONTS } from "../../www/src/style/palette.ts";

const names = (n: number, name = (i: number): string => String(i + 1)): string[] => Array.from({ length: n }, (_, i) => name(i));
const map = (columns: string[], rows: string[]): Record<string, unknown> => ({
  grid: { left: 4, right: 16 }, xAxis: { type: "category", data: columns }, yAxis: { type: "category", data: rows },
  series: [{ type: "heatmap", data: columns.flatMap((_, x) => rows.map((_, y) => [x, y, 1])) }],
});

test("a heat map goes on beyond a narrow frame with six columns in sight, and keeps to a wide one", () => {
  const months = map(names(18), ["Jan 2024 120", "Feb 2024 98"]);
  assert.equal(laneOf(months, 900), 900);
  const lane = laneOf(months, 328), left = 4 + 12 * 6.6 + 8, cell = (lane - left) / 18;
  assert.ok(lane > 328 && (328 - left) / cell > 6 && (328 - left) / cell < 7, `${lane}`);
  assert.equal(laneOf(map(names(5), ["a"]), 328), 328, "few columns have room");
  assert.equal(laneOf({ xAxis: { type: "category", data: names(40) }, yAxis: { type: "value" }, series: [{ type: "bar", data: [] }] }, 328), 328, "bars are no cells");
});

test("names along an axis break between words, and lean where a word is longer than its place; days are left as they are", () => {
  const bars = (data: string[], label = {}): Record<string, unknown> => ({ grid: { left: 4, right: 16 }, xAxis: { type: "category", data, axisLabel: label }, yAxis: { type: "value" }, series: [{ type: "bar", data: [1] }] });
  const axis = (o: Record<string, unknown>, width: number): any => (fit(o, width) as any).xAxis.axisLabel;
  assert.equal(axis(bars(["Before", "From new customers", "After"]), 330).overflow, "break");
  assert.equal(axis(bars(["Before", "Uninterruptedly", "b", "c", "d"]), 330).rotate, 45);
  assert.equal(axis(bars(["a", "b", "c"]), 330).interval, 0, "names that have their place are all written");
  const named = bars(["over 358 days", "203 to 358 days", "105 to 202 days", "c", "d"]);
  Object.assign(named["xAxis"] as object, { name: "Days since last order", nameLocation: "middle", nameGap: 28 });
  const x = (fit(named, 330) as any).xAxis;
  assert.ok(x.axisLabel.rotate === 45 ? x.nameGap > 70 : x.nameGap > 36, `the name of the axis stands below its labels: ${x.nameGap}`);
  assert.equal(axis(bars(["2024-01", "2024-02", "2024-03"], { formatter: () => "a month with a long name" }), 330).interval, undefined);
});

test("months are marked at even steps counted from January, whose mark names the year", () => {
  const data = names(24, (i) => `${2023 + Math.floor((i + 6) / 12)}-${String(((i + 6) % 12) + 1).padStart(2, "0")}`);
  const marked = (width: number, write: (v: unknown) => string): string[] => {
    const { interval } = (fit({ xAxis: { type: "category", data, axisLabel: { formatter: write } }, yAxis: { type: "value" }, series: [{ type: "bar", data: [] }] }, width) as any).xAxis.axisLabel;
    return data.filter((_, i) => interval(i));
  };
  assert.deepEqual(marked(328, () => "2024"), ["2023-07", "2023-10", "2024-01", "2024-04", "2024-07", "2024-10", "2025-01", "2025-04"]);
  assert.deepEqual(marked(328, () => "2024年"), ["2023-07", "2024-01", "2024-07", "2025-01"]);
  assert.equal(marked(1200, () => "2024年").length, 24);
});

test("edges of bars are marked at even steps, zero among them", () => {
  const all = [-1200, -900, -600, -300, 0, 300, 600, 900, 1200, 1500, 1800], axis = { type: "value", axisLabel: { customValues: all }, axisTick: { customValues: all } };
  const at = (width: number): number[] => (fit({ xAxis: [{ type: "category", data: [] }, axis], yAxis: { type: "value" }, series: [] }, width) as any).xAxis[1].axisLabel.customValues;
  assert.deepEqual(at(900), all);
  assert.deepEqual(at(328), [-1200, -600, 0, 600, 1200, 1800]);
  const { axisLabel, axisTick } = (fit({ xAxis: [{}, axis], series: [] }, 400) as any).xAxis[1];
  assert.deepEqual(axisTick.customValues, axisLabel.customValues);
});

test("long names beside few bars are written in lines, and each bar is given their height; among many they are cut", () => {
  const option = (data: string[]): Record<string, unknown> => ({ xAxis: { type: "value", show: false }, yAxis: { type: "category", data, axisLabel: { overflow: "truncate" } }, series: [{ type: "bar", data: data.map(() => 1) }] });
  const long = option(names(8, (i) => `Segment ${i} · near the average in everything`)), label = (o: Record<string, unknown>): any => (fit(o, 328) as any).yAxis.axisLabel;
  assert.equal(label(long).overflow, "break");
  assert.ok(heightOf(long, 328) >= 8 * 40 + 72, `${heightOf(long, 328)}`);
  assert.equal(label(option(names(8))).overflow, "truncate");
  assert.equal(label(option(["+ channel=Marketplace", "+ region=North"])).overflow, "truncate", "a little more room keeps a name in one line");
  assert.ok(label(option(["+ channel=Marketplace", "a name that is far too long to stand in one line there"])).width > 19 * 6.6, "no word is torn apart");
  assert.equal(heightOf(option(names(8)), 328), 8 * 26 + 72);
  assert.equal(label(option(names(40, () => "Segment 1 · near the average in everything"))).overflow, "truncate");
});

test("where a value axis has its name, nothing is left free for what is kept inside anyway", () => {
  const grid = (legend: boolean): any => (dress({ ...(legend && { legend: {} }), grid: { left: 24, right: 16, bottom: 56, containLabel: true }, xAxis: { type: "value" }, yAxis: { type: "value", name: "residual" }, series: [] }, "", false) as any).grid;
  assert.deepEqual([grid(true).left, grid(true).bottom, grid(false).bottom], [4, 28, 4]);
});

test("Chinese names under marks break into lines of about one length", () => {
  const x = (fit({ xAxis: { type: "category", data: ["距上次购买天数", "订单数", "消费金额"] }, yAxis: { type: "category", data: ["分群 1"] }, grid: { left: 4, right: 16 }, series: [{ type: "heatmap", data: [] }] }, 300) as any).xAxis.axisLabel;
  assert.ok(x.overflow === "break" && x.width < 60, `${x.width} px: four letters and three`);
});

test("patterns tell series apart, and never cover a cell or a single series, where a hatch means: not over", () => {
  const shown = (o: Record<string, unknown>): boolean => (dress(o, "", true) as any).aria.decal.show;
  assert.equal(shown({ series: [{ type: "bar", data: [] }, { type: "bar", data: [] }] }), true);
  assert.equal(shown({ series: [{ type: "bar", data: [] }] }), false);
  assert.equal(shown(map(["a"], ["b"])), false);
});

test("a column has one precision, unless its rows lie too far apart for one", () => {
  assert.equal(precisionOf([1205, 989.96, 12.5], "money"), 0);
  assert.equal(precisionOf([34.5, 49, 7], "money"), 2);
  assert.equal(precisionOf([3, 1204, 0], "number"), 0);
  assert.equal(precisionOf([0.531, 1.09, -0.0924], "number"), 2);
  assert.equal(precisionOf([81.5, 36, 41], "days"), 1);
  assert.equal(precisionOf([0.75, 3.4e-6], "number"), null);
  assert.equal(precisionOf(["a", null], "number"), null);
});

test("in English every Latin face goes before the first Han one", () => {
  const faces = FONTS.en.split(",").map((f) => f.trim().replace(/"/g, ""));
  const han = faces.findIndex((f) => /PingFang|YaHei|HarmonyOS|CJK|Source Han|MiSans/.test(f));
  for (const latin of ["Liberation Sans", "Arial", "DejaVu Sans"]) assert.ok(faces.indexOf(latin) >= 0 && faces.indexOf(latin) < han, latin);
});

test("slots of sentences are not put into each other: such a sentence would show its braces", () => {
  for (const [locale, words] of Object.entries({ en, zh })) for (const [key, text] of Object.entries(words as Record<string, string>)) {
    const rest = text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, _n, one = "", many = "") => one + many);
    assert.ok(!/[{}]/.test(rest), `${locale} ${key}: ${text}`);
  }
});

test("the tooltip of a cell names its row and its column, as they are written, before the figure", () => {
  const option = {
    xAxis: { type: "category", name: "Days", data: ["39–104", { value: "0–38" }] },
    yAxis: { type: "category", data: ["a", "b"], axisLabel: { formatter: (v: unknown) => String(v).toUpperCase() } },
    series: [{ type: "heatmap", data: [{ value: [1, 0, 7] }] }],
    tooltip: { formatter: (p: { value: number[] }) => String(p.value[2]) },
  };
  const { formatter } = dress(option, "", false)["tooltip"] as { formatter: (p: unknown) => string };
  assert.equal(formatter({ value: [1, 0, 7] }), "A · Days 0–38\n7");
  assert.equal(formatter({ value: [0, 1, 3] }), "B · Days 39–104\n3");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { dress, fit, laneOf } from "../../www/src/chart/theme.ts";
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

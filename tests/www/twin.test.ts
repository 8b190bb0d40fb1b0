import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, twin } from "../../www/src/chart/twin.ts";

test("bars over categories, several series", () => {
  const t = twin({ xAxis: { type: "category", data: ["a", "b"], name: "k" }, yAxis: { type: "value" }, series: [{ name: "n", type: "bar", data: [1, { value: 2 }] }, { name: "m", type: "line", data: [["b", 5]] }] });
  assert.deepEqual(t, { columns: ["k", "n", "m"], rows: [["a", 1, null], ["b", 2, 5]] });
});

test("horizontal bars", () => {
  const t = twin({ yAxis: { type: "category", data: ["a", "b"] }, xAxis: { type: "value" }, series: [{ name: "n", type: "bar", data: [[3, "b"], [1, 0]] }] });
  assert.deepEqual(t.rows, [["a", 1], ["b", 3]]);
});

test("a heat map is a matrix with its top row first", () => {
  const t = twin({ xAxis: { type: "category", data: ["x1", "x2"] }, yAxis: { type: "category", data: ["y1", "y2"] }, series: [{ type: "heatmap", data: [[0, 0, 1], { value: [1, 1, 4] }] }] });
  assert.deepEqual(t, { columns: ["", "x1", "x2"], rows: [["y2", null, 4], ["y1", 1, null]] });
});

test("flows, trees, points, pies", () => {
  assert.deepEqual(twin({ series: [{ type: "sankey", links: [{ source: "a", target: "b", value: 2 }] }] }).rows, [["a", "b", 2]]);
  assert.deepEqual(twin({ series: [{ type: "treemap", data: [{ name: "a", children: [{ name: "b", value: 2 }] }] }] }).rows, [["a / b", 2]]);
  assert.deepEqual(twin({ xAxis: { type: "time" }, yAxis: {}, series: [{ type: "line", data: [[0, 5]] }] }).rows, [["1970-01-01", 5]]);
  assert.deepEqual(twin({ series: [{ type: "funnel", data: [{ name: "s", value: 3 }] }] }).rows, [["s", 3]]);
});

test("the CSV is quoted and guarded against formulas", () => {
  assert.equal(csv({ columns: ["a", "b"], rows: [["=1+1", 2], ['say "hi", you', null], ["-5", -5]] }), `a,b\r\n'=1+1,2\r\n"say ""hi"", you",\r\n'-5,-5\r\n`);
});

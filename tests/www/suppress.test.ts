import assert from "node:assert/strict";
import { test } from "node:test";
import { suppress, tellsFew } from "../../www/src/chart/suppress.ts";
import { resolveChart } from "../../www/src/chart/resolve.ts";
import { twin } from "../../www/src/chart/twin.ts";
import type { Chart, Frame } from "../../www/src/types/engine.ts";

const words = { en: "x", zh: "x" };
const bars = (values: unknown[], drill: Chart["drill"] = null, format = "count"): Chart => ({
  id: "c", title: words, subtitle: words, alt: words, drill,
  option: { tooltip: { valueFormatter: { $format: format } }, xAxis: { type: "category", data: values.map((_, i) => `g${i}`) }, yAxis: { type: "value" }, series: [{ type: "bar", name: "n", data: values }] },
});
const none: Frame = { columns: {}, rows: 0 };
const numbers = (out: ReturnType<typeof suppress>): unknown[] => {
  assert.ok(typeof out === "object");
  return twin(resolveChart(out.chart, { locale: "en", theme: "light" }).option).rows.map((r) => r[1]);
};

test("a count below k is gone from the picture, and one more so that the sum does not tell it", () => {
  assert.deepEqual(numbers(suppress(bars([10, 3, 40, 8]), none, {}, 5)), [10, "<5", 40, "<5"]);
  assert.deepEqual(numbers(suppress(bars([3, 2, 40, 8]), none, {}, 5)), ["<5", "<5", 40, 8], "two hide each other");
  assert.deepEqual(numbers(suppress(bars([0, 5, 40]), none, {}, 5)), [0, 5, 40], "zero and k itself are no small groups");
  assert.deepEqual(numbers(suppress(bars([10, 3]), none, {}, 0)), [10, 3]);
});

test("shares and money of a small group go with it: sizes come from the rows behind the mark", () => {
  const frame: Frame = { columns: { customer: ["a", "b", "c", "d", "e", "f", "g", "h", "i"], segment: ["x", "x", "x", "x", "x", "y", "z", "z", "z"] }, rows: 9 };
  const mark = (segment: string, value: number): unknown => ({ value, drill: { segment } });
  const out = suppress(bars([mark("x", 0.5), mark("y", 0.1), mark("z", 0.4)], { columns: ["segment"] }, "percent"), frame, {}, 3);
  assert.deepEqual(numbers(out), [0.5, "<3", "<3"]);
  const sized: Frame = { columns: { period: ["p", "q"], customers: Float64Array.of(900, 2) }, rows: 2 };
  const money = suppress(bars([{ value: 5, drill: { period: "p" } }, { value: 7, drill: { period: "q" } }], { columns: ["period"] }, "money"), sized, {}, 5);
  assert.deepEqual(numbers(money), ["<5", "<5"]);
});

test("charts of single customers and of single records are not for others", () => {
  assert.equal(suppress(bars([1], { columns: ["customer"] }), none, {}, 5), "customers");
  assert.equal(suppress(bars([1], { columns: ["value"] }), none, { of: "customer" }, 0), "customers");
  const cloud = { ...bars([]), option: { xAxis: { type: "value" }, yAxis: { type: "value" }, series: [{ type: "scatter", data: [{ value: [1, 2] }, { value: [3, 4] }] }] } };
  assert.equal(suppress(cloud, none, {}, 5), "records");
});

test("sentences that count a few people are seen, other numbers are not", () => {
  assert.ok(tellsFew("3 customers bring 39% of revenue.", 5));
  assert.ok(tellsFew("只有 2 位客户已晚于自己的节奏。", 5));
  assert.ok(!tellsFew("1,153 customers are late; 4 months are shown.", 5));
  assert.ok(!tellsFew("近 3 个月有 5 位客户。", 5));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { hold, scalesOf, shared } from "../../www/src/chart/hold.ts";
import { resolveOption } from "../../www/src/chart/resolve.ts";
import { duration, guess, lately, leaving, outcome, spanBefore, yearBefore } from "../../www/src/state/guess.ts";
import { cells, daysOfPeriod } from "../../www/src/ui/behind.ts";
import type { ColumnSchema, ColumnType, Role } from "../../www/src/types/engine.ts";

const column = (name: string, type: ColumnType, distinct: number, role: Role | null = null): ColumnSchema => ({ name, type, distinct, role, confidence: 1, reason_words: { en: "", zh: "" }, nulls: 0, issues: 0 });
const telco = [column("id", "text", 7043, "customer"), column("gender", "text", 2), column("Partner", "boolean", 2), column("tenure", "integer", 73), column("Contract", "text", 3), column("MonthlyCharges", "decimal", 1585), column("Churn", "boolean", 2, "target")];
const orders = [column("Row ID", "integer", 9994), column("Customer", "text", 793, "customer"), column("Day", "date", 1236, "date"), column("Sales", "decimal", 5825, "amount"), column("Quantity", "integer", 14, "quantity"), column("Postal Code", "integer", 630), column("Region", "text", 4, "region"), column("Category", "text", 3, "category")];

test("what left and how long is found by role, name and values", () => {
  assert.equal(outcome(telco)?.name, "Churn");
  assert.equal(leaving(telco)?.name, "Churn");
  assert.equal(duration(telco)?.name, "tenure");
  assert.equal(outcome(orders), null, "orders hold no yes or no");
  assert.deepEqual(guess({ id: "survival" }, telco, null), { duration: "tenure", event: "Churn", by: "Contract" });
  assert.deepEqual(guess({ id: "survival" }, orders, null), {});
  const asked = guess({ id: "classify" }, telco, null) as { target: string; features: string[] };
  assert.equal(asked.target, "Churn");
  assert.ok(asked.features.includes("tenure") && !asked.features.includes("Churn") && !asked.features.includes("id"));
});

test("numbers that number things are no measures, and a choice replaces a guess", () => {
  assert.deepEqual(guess({ id: "compare" }, orders, null), { measure: "Sales", by: "Region" });
  assert.deepEqual(guess({ id: "compare" }, orders, null, { by: "Category" }), { measure: "Sales", by: "Category" });
  const { features } = guess({ id: "regress" }, orders, null) as { features: string[] };
  assert.ok(!features.includes("Row ID") && !features.includes("Postal Code") && !features.includes("Sales"), features.join());
});

test("customers of many rows are grouped by what they do, of one row by what is written", () => {
  assert.deepEqual(guess({ id: "segment" }, orders, null, {}, 9994), { features: [{ fact: "recency_days" }, { fact: "frequency" }, { fact: "monetary" }] });
  assert.deepEqual(guess({ id: "segment" }, telco, null, {}, 7043), { features: ["tenure", "MonthlyCharges"] });
});

test("lately is 30 days where there is something before them", () => {
  assert.deepEqual(lately(["2015-01-03", "2018-12-30"]), ["2018-12-01", "2018-12-30"]);
  assert.deepEqual(lately(["2024-01-01", "2024-01-20"]), ["2024-01-14", "2024-01-20"]);
  assert.equal(lately(["2024-01-01", "2024-01-01"]), null);
  assert.deepEqual(spanBefore(["2018-12-01", "2018-12-30"]), ["2018-11-01", "2018-11-30"]);
  assert.deepEqual(yearBefore(["2024-03-01", "2024-03-31"]), ["2023-03-01", "2023-03-31"]);
});

test("periods are days; weeks are those of ISO 8601", () => {
  assert.deepEqual(daysOfPeriod("2024-02"), ["2024-02-01", "2024-02-29"]);
  assert.deepEqual(daysOfPeriod("2023-Q4"), ["2023-10-01", "2023-12-31"]);
  // 2020 has 53 weeks; week 1 of 2021 begins on 4 January.
  assert.deepEqual(daysOfPeriod("2020-W53"), ["2020-12-28", "2021-01-03"]);
  assert.deepEqual(daysOfPeriod("2021-W01"), ["2021-01-04", "2021-01-10"]);
  assert.equal(daysOfPeriod("spring"), null);
});

test("one column of quoted text", async () => {
  const column = (text: string, at: number): Promise<string[]> => cells(new TextEncoder().encode(text), at);
  assert.deepEqual(await column('a,"b ""1"", x",c\r\n"d\ne",f,\n,g', 1), ['b "1", x', "f", "g"]);
  assert.deepEqual(await column("a,b\nc,d\n", 0), ["a", "c"]);
  assert.deepEqual(await column("\ufeff客户,1\n顾客,2", 0), ["客户", "顾客"]);
});

const bars = (months: string[], values: (number | null)[]) => ({ xAxis: { type: "category", data: months }, yAxis: { type: "value", min: 0 }, series: [{ type: "bar", stack: "all", data: values.map((value) => ({ value })) }, { type: "bar", stack: "all", data: values.map(() => 10) }] });

test("axes hold still: the scale stays, months that are gone keep their place", () => {
  const was = scalesOf(bars(["01", "02", "03"], [5, 90, 40]));
  const held = hold(bars(["03"], [40]), was) as { xAxis: { data: string[] }; yAxis: { min: number; max: number }; series: { data: unknown[] }[] };
  assert.deepEqual(held.xAxis.data, ["01", "02", "03"]);
  assert.deepEqual([held.yAxis.min, held.yAxis.max], [0, 100]);
  assert.deepEqual(held.series[0]?.data, [null, null, { value: 40 }]);
});

test("two charts side by side share the wider scale", () => {
  const [a, b] = [bars(["01"], [20]), bars(["07"], [180])];
  const scale = shared(scalesOf(a), scalesOf(b));
  assert.equal((hold(a, scale) as { yAxis: { max: number } }).yAxis.max, 200);
  assert.equal((hold(b, scale) as { yAxis: { max: number } }).yAxis.max, 200);
});

test("a scale that holds ends on a line of its grid, below zero too", () => {
  for (const [low, high] of [[0, 9789], [0, 0.31], [-14.8, 246], [-99.1, 0], [0, 3], [-2e6, 5.64e6]] as const) {
    const option = bars(["01", "02"], [low, high - 10]) as ReturnType<typeof bars> & { yAxis: { min?: number } };
    delete option.yAxis.min;
    const one = { ...option, series: [{ type: "bar", data: [low, high] }] };
    const { min, max, interval } = (hold(one, scalesOf(one)) as unknown as { yAxis: { min: number; max: number; interval: number } }).yAxis;
    assert.ok(min <= Math.min(0, low) && max >= high, `${low} to ${high} lies in ${min} to ${max}`);
    const whole = (v: number) => Math.abs(v / interval - Math.round(v / interval)) < 1e-9;
    assert.ok(whole(min) && whole(max), `${min} and ${max} are on lines of ${interval}`);
    const lines = (max - min) / interval;
    assert.ok(lines >= 2 && lines <= 6, `${lines} steps for ${low} to ${high}`);
    assert.ok(max - min <= (high - low) * 2, "the picture fills its frame");
  }
});

test("shares near the whole are drawn up to it", () => {
  const share = (top: number) => (resolveOption({ yAxis: { type: "value", min: 0, axisLabel: { formatter: { $format: "percent" } } }, series: [{ type: "line", data: [0.1, top] }] }, { locale: "en", theme: "light" }) as { yAxis: { max?: number } }).yAxis.max;
  assert.equal(share(1), 1);
  assert.equal(share(0.4), undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { format } from "../../www/src/i18n/format.ts";
import { couldBe, durations, guess, wants } from "../../www/src/state/guess.ts";
import { records } from "../../www/src/state/csv.ts";
import { make } from "../../www/src/state/samples.ts";
import { dayOf, numberOf } from "../../www/src/state/whole.ts";
import { resolveOption } from "../../www/src/chart/resolve.ts";
import registry from "../../www/src/types/registry.json" with { type: "json" };
import type { AnalysisMeta, ColumnSchema, ColumnType, Role } from "../../www/src/types/engine.ts";

const column = (name: string, type: ColumnType, distinct: number, role: Role | null = null, nulls = 0): ColumnSchema => ({ name, type, distinct, role, confidence: 1, reason_words: { en: "", zh: "" }, nulls, issues: 0 });
const room = (id: string): Pick<AnalysisMeta, "wants"> => registry.find((a) => a.id === id) as unknown as AnalysisMeta;
const orders = [column("Customer ID", "text", 793, "customer"), column("Order Date", "date", 1236, "date"), column("Sales", "decimal", 5825, "amount"), column("Profit", "decimal", 7287), column("Discount", "decimal", 12), column("Region", "text", 4, "region")];
const claims = [column("months_as_customer", "integer", 391), column("age", "integer", 46), column("total_claim_amount", "integer", 763, "amount"), column("capital-gains", "integer", 338), column("fraud_reported", "text", 2, "target"), column("collision_type", "text", 3, null, 300)];

test("texts of numbers become the numbers they mean, and what is in doubt stays text", () => {
  for (const [written, mark, meant] of [["1,234.50", ".", 1234.5], ["1.234,50", ",", 1234.5], ["¥1,234", ".", 1234], ["-¥12", ".", -12], ["(1,234)", ".", -1234], ["($30)", ".", -30], ["12.5%", ".", 0.125], ["1.2万", ".", 12000], ["\u22123", ".", -3], ["１２３", ".", 123], ["1 234 567", ".", 1234567]] as const) {
    assert.ok(Math.abs((numberOf(written, mark) ?? Number.NaN) - meant) < 1e-9, `${written}: ${numberOf(written, mark)}`);
  }
  for (const written of ["", "free", "1-2", "12 kg", "--3", "90071992547409931"]) assert.equal(numberOf(written, "."), null, written);
});

test("days are read in the order their column is written in", () => {
  assert.equal(dayOf("03/04/2024", "mdy"), "2024-03-04");
  assert.equal(dayOf("03/04/2024", "dmy"), "2024-04-03");
  assert.equal(dayOf("2024年3月5日", "ymd"), "2024-03-05");
  assert.equal(dayOf("20240305", "ymd"), "2024-03-05");
  assert.equal(dayOf("2024/2/30", "ymd"), null, "there is no such day");
  assert.equal(dayOf("3/4/24", "mdy"), null, "which century is not said");
});

test("quoted text is taken apart", () => {
  assert.deepEqual([...records('a,"b ""1"", x",\r\n"d\ne",,f\n,\n')], [["a", 'b "1", x', ""], ["d\ne", "", "f"], ["", ""]]);
});

test("money is never offered as a time, and a list of orders has none", () => {
  assert.deepEqual(durations(orders), []);
  assert.equal(wants(room("survival"), orders, guess({ id: "survival" }, orders, null)), "time");
  assert.deepEqual(durations(claims).map((c) => c.name), ["months_as_customer"]);
  assert.equal(wants(room("classify"), orders, {}), "yesno");
  assert.equal(wants(room("compare"), orders, guess({ id: "compare" }, orders, null)), null);
});

test("a column that is mostly empty takes no rows from a model unasked", () => {
  const { features } = guess({ id: "classify" }, claims, null, {}, 1000) as { features: string[] };
  assert.ok(!features.includes("collision_type") && features.includes("months_as_customer"), features.join());
});

test("what could be a role, the likeliest first", () => {
  const free = [column("notes", "text", 900), column("fee", "decimal", 80), column("started", "date", 300), column("client", "text", 700), column("employees", "integer", 400)];
  assert.deepEqual(couldBe("date", free).map((c) => c.name), ["started"]);
  assert.deepEqual(couldBe("customer", free, 1000).map((c) => c.name), ["client", "notes"]);
  assert.equal(couldBe("amount", free)[0]?.name, "fee");
});

test("samples are the same for everybody, and what happens in them has causes", () => {
  for (const sample of ["contracts", "deals"] as const) {
    const [en, zh] = [make(sample, "en"), make(sample, "zh-CN")];
    assert.equal(en.text, make(sample, "en").text);
    assert.equal(en.text.split("\n").length, zh.text.split("\n").length);
    assert.ok(/[\u4e00-\u9fff]/.test(zh.text.split("\n")[0] ?? "") && !/[\u4e00-\u9fff]/.test(en.text));
    const [head = [], ...rows] = [...records(en.text)];
    const by = new Map<string, [number, number]>();
    const [group, outcome] = [head.indexOf(sample === "deals" ? "source" : "contract"), head.length - 1];
    for (const r of rows) {
      const [n, yes] = by.get(r[group] ?? "") ?? [0, 0];
      by.set(r[group] ?? "", [n + 1, yes + Number(r[outcome] === "yes")]);
    }
    const rates = [...by.values()].map(([n, yes]) => yes / n);
    assert.ok(Math.max(...rates) - Math.min(...rates) > 0.2, rates.join());
  }
});

test("a small number is not written as zero", () => {
  const style = { locale: "en" as const };
  assert.equal(format(3.2e-7, "number", style, "table"), "3.2\u202f×\u202f10⁻⁷");
  assert.equal(format(-1.5e-12, "number", style, "table"), "−1.5\u202f×\u202f10⁻¹²");
  assert.equal(format(0, "number", style, "table"), "0");
  assert.equal(format(0.00012, "number", style, "table"), "0.000120");
});

test("days over years are marked by month and year; a crowded heat map shows its colours only", () => {
  const axis = (data: string[]) => resolveOption({ xAxis: { type: "category", data, axisLabel: { formatter: { $format: "period" } } } }, { locale: "zh-CN", theme: "light" }) as { xAxis: { axisLabel: { formatter: (v: string) => string } } };
  assert.equal(axis(["2023-01-14", "2024-05-14"]).xAxis.axisLabel.formatter("2024-05-14"), "2024年5月");
  assert.equal(axis(["2024-01-14", "2024-05-14"]).xAxis.axisLabel.formatter("2024-05-14"), "5月14日");
  const map = (n: number) => (resolveOption({ xAxis: { type: "category", data: Array.from({ length: n }, String) }, series: [{ type: "heatmap", label: { show: true }, data: [] }] }, { locale: "en", theme: "light" }) as { series: { label: { show: boolean } }[] }).series[0]?.label.show;
  assert.equal(map(12), true);
  assert.equal(map(30), false);
});

test("between one customer and two there is no line of the grid; means of counts keep theirs", () => {
  const axis = (data: number[]) => (resolveOption({ xAxis: { type: "category", data: ["a", "b"] }, yAxis: { type: "value", axisLabel: { formatter: { $format: "count" } } }, series: [{ type: "bar", data }] }, { locale: "en", theme: "light" }) as { yAxis: { minInterval?: number } }).yAxis.minInterval;
  assert.equal(axis([1, 3]), 1);
  assert.equal(axis([0.4, 1.2]), undefined);
});

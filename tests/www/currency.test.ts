import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { resolveChart } from "../../www/src/chart/resolve.ts";
import { MONEY, priced } from "../../www/src/i18n/format.ts";
import { say, setCurrency, setLocale } from "../../www/src/i18n/index.ts";
import { currencyOf } from "../../www/src/state/currency.ts";

test("the sign in the cells tells the currency, where the cells agree", () => {
  assert.equal(currencyOf("amount", ["¥1,234.50", "￥3", null, "(¥20)", "18元"]), "¥");
  assert.equal(currencyOf("amount", ["$1.2M", "US$ 5", "-$3"]), "$");
  assert.equal(currencyOf("amount", ["1.234,50 €", "EUR 3", "2"]), "€");
  assert.equal(currencyOf("amount", ["£1", "£2"]), "£");
  assert.equal(currencyOf("amount", ["£1", "$2"]), "", "two currencies are none");
  assert.equal(currencyOf("amount", ["HK$1", "A$2"]), "", "whose dollar it is, is not guessed");
  assert.equal(currencyOf("amount", ["$1", "2", "3", "4"]), "", "one cell of four is no rule");
});

test("without a sign the column's name may tell, by a unit and not by a part of a word", () => {
  assert.equal(currencyOf("金额（元）", ["12", "13"]), "¥");
  assert.equal(currencyOf("销售额(万元)", ["12"]), "¥");
  assert.equal(currencyOf("revenue_usd", ["12"]), "$");
  assert.equal(currencyOf("dollar_value", ["12"]), "$");
  assert.equal(currencyOf("Total EUR", ["12"]), "€");
  for (const plain of ["amount", "单元数", "neuron", "europe", "金额", "元素"]) assert.equal(currencyOf(plain, ["12"]), "", plain);
});

test("a sentence of the engine takes the currency in force, and none leaves no trace", () => {
  const words = { en: `Revenue fell 3% to ${MONEY}1.2k.`, zh: `销售额下降 3% 至 ${MONEY}1.2万。` };
  try {
    assert.equal(say(words), "Revenue fell 3% to 1.2k.");
    setCurrency("$");
    assert.equal(say(words), "Revenue fell 3% to $1.2k.");
    setLocale("zh-CN");
    setCurrency("¥");
    assert.equal(say(words), "销售额下降 3% 至 ¥1.2万。");
  } finally {
    setCurrency("");
    setLocale("en");
  }
  // A sign that a replacement would take for a pattern.
  assert.equal(priced(`${MONEY}1 and \u2212${MONEY}2`, "$&"), "$&1 and \u2212$&2");
});

test("titles, texts and labels of a chart follow the currency of the look", () => {
  const both = (text: string): { en: string; zh: string } => ({ en: text, zh: text });
  const chart = { id: "c", title: both(`Most: ${MONEY}5`), subtitle: both(`of ${MONEY}9`), alt: both(`Most: ${MONEY}5.`), option: { xAxis: { name: { $words: both(`up to ${MONEY}5`) } } } };
  for (const sign of ["€", ""]) {
    const seen = resolveChart(chart, { locale: "en", theme: "light", currency: sign });
    assert.deepEqual([seen.title, seen.subtitle, seen.alt, seen.option["xAxis"]], [`Most: ${sign}5`, `of ${sign}9`, `Most: ${sign}5.`, { name: `up to ${sign}5` }]);
  }
});

test("the mark of money is the engine's", () => {
  const [, hex = ""] = /pub const MONEY: char = '\\u\{(\w+)\}'/.exec(readFileSync(new URL("../../src/analysis/say.rs", import.meta.url), "utf8")) ?? [];
  assert.equal(MONEY, String.fromCodePoint(parseInt(hex, 16)));
});

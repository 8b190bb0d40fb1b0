import assert from "node:assert/strict";
import { test } from "node:test";
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

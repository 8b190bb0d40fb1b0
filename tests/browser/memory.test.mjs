// The same in Node, where WebAssembly memory can be weighed: tables that are closed give their memory back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { at } from "../../tools/build/common.mjs";
import { ordersFile } from "./harness.mjs";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");
const weight = async () => {
  for (let i = 0; i < 4; i++) { gc(); await new Promise((r) => setTimeout(r, 5)); }
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return external + arrayBuffers + heapUsed;
};

test("a table that is closed gives its memory back", async () => {
  const { open } = await import(at("pkg/node.js"));
  const bytes = readFileSync(ordersFile(20_000));
  const kelan = await open({ workers: 0 });
  const round = async () => {
    const table = await kelan.read(bytes, { name: "orders.csv" });
    await table.assign({ customer: "客户ID", order: "订单号", date: "下单日期", amount: "金额" });
    await table.analyze("rfm");
    await table.close();
  };
  for (let i = 0; i < 5; i++) await round();
  const early = await weight();
  for (let i = 0; i < 25; i++) await round();
  const late = await weight();
  await kelan.close();
  assert.ok(late - early < 4e6, `memory grew from ${early} to ${late} bytes over 25 tables`);
});

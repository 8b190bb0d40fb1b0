// The same in Node, where WebAssembly memory can be weighed: tables that are closed give their memory back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { at } from "../../tools/build/common.mjs";
import { dashboard, launchChromium, ordersFile, show } from "./harness.mjs";

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

test("a day of use: hundreds of rooms and filters leave the page as heavy as a few dozen", async () => {
  const browser = await launchChromium();
  const view = await dashboard(browser, "site", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 1440, height: 900 } });
  try {
    const { page } = view, cdp = await view.context.newCDPSession(page);
    await cdp.send("Performance.enable");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose files" }).first().click()]);
    await chooser.setFiles(ordersFile(20_000));
    await page.locator("kl-import .btn.pri").first().click({ timeout: 60_000 });
    await show(page, "overview");
    // One change of the filters, which undo and redo then bring back and forth.
    await page.locator(".filters kl-pop", { hasText: "Region" }).locator("button").first().click();
    await page.locator(".pop:popover-open input[type=checkbox]").first().check();
    await page.keyboard.press("Escape");
    const rooms = ["rfm", "cohort", "revenue", "pareto", "lifecycle", "overview", "describe", "explain_change"];
    let turn = 0;
    const use = async (visits) => {
      for (let i = 0; i < visits; i++) {
        if (i % 3 === 2) await page.keyboard.press(turn++ % 2 ? "Control+Shift+z" : "Control+z");
        await show(page, rooms[i % rooms.length]);
        if (i % rooms.length !== 0) continue;
        // A mark, its customers, and the customers' own page.
        await page.locator("kl-frame .ch").first().focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await page.evaluate(() => { location.hash = "#/customers"; });
        await page.locator("kl-customers .dtr").first().waitFor();
      }
    };
    const weigh = async () => {
      await show(page, "rfm");
      for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
      const { metrics } = await cdp.send("Performance.getMetrics"), of = (name) => metrics.find((m) => m.name === name).value;
      return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners"), documents: of("Documents") };
    };
    await use(48);
    const early = await weigh();
    await use(192);
    const late = await weigh();
    console.log(`# after 48 rooms ${(early.heap / 1e6).toFixed(1)} MB, ${early.nodes} nodes; after 240 ${(late.heap / 1e6).toFixed(1)} MB, ${late.nodes} nodes`);
    assert.ok(late.heap - early.heap < 6e6, `the heap grew from ${early.heap} to ${late.heap} bytes`);
    assert.ok(late.nodes - early.nodes < 2000, `nodes: ${early.nodes} to ${late.nodes}`);
    assert.ok(late.listeners - early.listeners < 300, `listeners: ${early.listeners} to ${late.listeners}`);
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
    await browser.close();
  }
});

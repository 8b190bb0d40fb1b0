// The page's thread answers while the engine works: its tasks are short. The aim is 50 ms of processor time; the gate stands at twice that.
//
// Counted is the processor time of a task of the page's own thread (tdur of the trace), not the time on the clock, which on a
// busy machine holds the turns of others too. What shares a core still makes the same work take longer, so a walk is made up to
// three times and each step counts with its best: a step that is too long is too long every time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dashboard, launchChromium, ordersFile, show } from "./harness.mjs";

/** What is aimed at is 50 ms, and what was measured is printed. The gate stands at twice that, so that a slower processor does not fail what is right. */
const BUDGET = 50, GATE = 2 * BUDGET, WALKS = 3;
/** Many customers: what a room lists is as long as the table. */
const ROWS = Number(process.env.KELAN_THREAD_ROWS ?? 200_000);
const FILE = ordersFile(ROWS, Math.round(ROWS * 0.6));
const ROOMS = ["rfm", "cohort", "revenue", "pareto", "describe", "regress", "compare", "lifecycle", "churn", "explain_change", "overview"];
let browser, cdp;
before(async () => {
  browser = await launchChromium();
  cdp = await browser.newBrowserCDPSession();
});
after(() => browser?.close());

/** The longest task of the page while something is done, in ms. */
async function longest(work) {
  const events = [], got = (e) => events.push(...e.value);
  cdp.on("Tracing.dataCollected", got);
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["devtools.timeline", "toplevel"] } });
  await work();
  const complete = new Promise((done) => cdp.once("Tracing.tracingComplete", done));
  await cdp.send("Tracing.end");
  await complete;
  cdp.off("Tracing.dataCollected", got);
  const thread = (e) => `${e.pid}:${e.tid}`, full = events.filter((e) => e.ph === "X" && e.tdur !== undefined);
  const names = new Set(events.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map(thread));
  const pages = new Set(events.filter((e) => e.name === "FunctionCall" && /^http:\/\/(127\.0\.0\.1|localhost)/.test(e.args?.data?.url ?? "")).map(thread).filter((t) => names.has(t)));
  const tasks = full.filter((e) => pages.has(thread(e)) && /RunTask$/.test(e.name));
  assert.ok(tasks.length > 10, "the trace holds the page's tasks");
  return { task: Math.max(0, ...tasks.map((t) => t.tdur)) / 1000 };
}

async function walk(best) {
  const view = await dashboard(browser, "site", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 1440, height: 900 } });
  const { page } = view;
  const drawn = () => page.waitForFunction(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].every((f) => f.plot && !f.stale));
  const step = async (name, work) => {
    const found = await longest(work), before = best.get(name);
    if (!before || found.task < before.task) best.set(name, found);
  };
  try {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose files" }).first().click()]);
    await step("read", async () => {
      await chooser.setFiles(FILE);
      await page.locator("kl-import .btn.pri").first().waitFor({ timeout: 120_000 });
      await page.locator(".sheetbox tbody tr").nth(199).waitFor();
      // The charts are made ready while the rows are looked through.
      await page.waitForTimeout(1500);
    });
    await step("first room", async () => {
      await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .btn.pri").click());
      await show(page, "overview");
      await drawn();
    });
    for (const id of ROOMS) await step(id, async () => { await show(page, id, 120_000); await drawn(); });
    await step("sort", async () => {
      await page.evaluate(() => { location.hash = "#/customers"; });
      await page.locator("kl-customers .dtr").first().waitFor();
      const sorted = (label) => page.waitForFunction((l) => { const r = document.querySelector("kelan-dashboard").shadowRoot, t = r.querySelector("kl-customers kl-table"); return t && !t.busy && [...r.querySelectorAll("kl-customers .dth > [aria-sort]")].some((h) => h.getAttribute("aria-sort") !== "none" && h.textContent.trim().startsWith(l)); }, label);
      await sorted("");
      for (const label of ["Orders", "Customer"]) {
        await page.evaluate((l) => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-customers .dth button")].find((b) => b.textContent.trim().startsWith(l)).click(), label);
        await sorted(label);
      }
    });
    await step("drag the period", async () => {
      await show(page, "revenue");
      await drawn();
      await page.locator(".filters kl-pop button").first().click();
      const brush = page.locator("kl-brush .brush:visible").first();
      await brush.waitFor();
      await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".filters kl-brush rect").length > 5);
      const box = await brush.boundingBox();
      await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 12 });
      await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame").still);
      await page.mouse.up();
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => / of /.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent));
      await show(page, "revenue");
      await drawn();
    });
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
  }
}

test("the page's thread has no long task, from reading to every room", async () => {
  const best = new Map();
  const over = (limit) => [...best].map(([name, b]) => [name, b.task]).filter(([, ms]) => ms > limit);
  for (let i = 0; i < WALKS && (i === 0 || over(BUDGET).length > 0); i++) await walk(best);
  console.log(`# longest tasks, ms of processor time: ${[...best].map(([name, b]) => `${name} ${b.task.toFixed(0)}`).join(", ")}`);
  assert.deepEqual(over(GATE).map(([name, ms]) => `${name}: ${ms.toFixed(0)} ms`), []);
});

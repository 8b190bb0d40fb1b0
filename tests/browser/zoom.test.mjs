// The page at twice its size (WCAG 1.4.4, 1.4.10): as the browser enlarges it, a window of half as many pixels, and where only the text grows.
// Nothing runs out of its place, nothing is swiped in two directions, and whatever a wide window offers is still to be had.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dashboard, launchChromium, lists, ordersFile, show } from "./harness.mjs";

let browser;
before(async () => { browser = await launchChromium(); });
after(() => browser?.close());

const ROOMS = ["overview", "rfm", "cohort", "revenue", "product", "survival", "describe"];

async function walk(page, found) {
  const look = async (where) => found.push(...(await lists.wide(page)).map((what) => `${where}: ${what}`));
  await look("landing");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.locator("kl-landing .btn.pri").first().click()]);
  await chooser.setFiles(ordersFile(20_000));
  await page.locator("kl-import tbody tr").nth(10).waitFor();
  await look("import");
  await page.locator("kl-import .dock .btn.pri").click();
  for (const room of ROOMS) {
    await show(page, room);
    await look(room);
  }
  await page.evaluate(() => { location.hash = "#/customers"; });
  await page.locator("kl-customers .dtr").first().waitFor();
  await look("customers");
  await page.locator("kl-customers .dtr").first().click();
  // With what the models say of the customer, which comes last.
  await page.locator("kl-customer .kpi").nth(5).waitFor();
  await look("a customer");
}

for (const locale of ["en-US", "zh-CN"]) {
  test(`at 200 % in a window of 1280 × 900 everything stays in its place and in reach (${locale})`, async () => {
    const view = await dashboard(browser, "site", { locale, reducedMotion: "reduce", viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 });
    try {
      const { page } = view, found = [];
      await walk(page, found);
      assert.deepEqual(found, []);
      // What the wide bars offer: compare, undo, the count among the filters; all that can be done with a selection; the report.
      await show(page, "rfm");
      await page.locator(".rh .rep:visible").waitFor();
      await page.locator(".narrowfilters button").first().click();
      for (const part of [".narrowcount", ".pastnarrow button", ".cmpnarrow summary"]) await page.locator(`${part}:visible`).first().waitFor();
      await page.keyboard.press("Escape");
      const chart = page.locator("kl-frame .ch").first();
      await chart.focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.locator(".selbar .btn.pri").waitFor();
      assert.equal(await page.locator(".selbar .btn:visible").count(), 4);
      assert.ok((await page.locator(".selbar").boundingBox()).height < 225, "the bar leaves half of the window");
      // Settings and dialogs fit the window or scroll within it.
      await page.keyboard.press("Escape");
      await page.locator(".rh .rep").click();
      await page.locator("dialog.modal[open]").waitFor();
      const box = await page.locator("dialog.modal").boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= 450 && box.x >= 0 && box.x + box.width <= 640, JSON.stringify(box));
      await page.locator("dialog.modal .foot .btn").last().scrollIntoViewIfNeeded();
      await page.locator("dialog.modal .foot .btn").first().click();
      // An empty board begins at the top.
      await page.evaluate(() => { location.hash = "#/board"; });
      await page.locator("kl-board h1").waitFor();
      assert.equal((await page.locator(".bar").boundingBox()).y, 0);
      assert.deepEqual(view.errors, []);
    } finally { await view.close(); }
  });

  test(`text alone at 200 % keeps its place (${locale})`, async () => {
    const view = await dashboard(browser, "site", { locale, reducedMotion: "reduce" });
    try {
      const { page } = view, found = [];
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      await walk(page, found);
      assert.deepEqual(found, []);
      // Heads of columns are read whole.
      await page.evaluate(() => { location.hash = "#/import"; });
      await page.locator("kl-import .cname b").first().waitFor();
      const cut = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-import .cname b")].filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => b.textContent));
      assert.deepEqual(cut, []);
      assert.deepEqual(view.errors, []);
    } finally { await view.close(); }
  });
}

test("at 400 %, a window of 320 × 256, nothing stays in the way of the rows", async () => {
  const view = await dashboard(browser, "site", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 320, height: 256 } });
  try {
    const { page } = view, found = [];
    await walk(page, found);
    assert.deepEqual(found, []);
    assert.deepEqual(await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".bar")].map((e) => getComputedStyle(e).position)), ["static"]);
  } finally { await view.close(); }
});

// The rooms that are not in the core: had from disk by every worker, and what the page says and does while their file cannot be had.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../tools/build/common.mjs";
import { serve } from "../../tools/serve.mjs";
import { dashboard, give, launchChromium, ordersFile, show } from "./harness.mjs";

let browser;
before(async () => { browser = await launchChromium(); });
after(() => browser?.close());

const open = async (page) => {
  await give(page, ordersFile(2_000));
  await page.evaluate(() => { void document.querySelector("kelan-dashboard").openFile(globalThis.given); });
  await page.locator("kl-import .dock .btn.pri").click();
  await show(page, "overview");
};

test("a room whose tasks go to several workers answers from disk", async () => {
  const view = await dashboard(browser, "disk", { locale: "en-US" });
  try {
    await open(view.page);
    await show(view.page, "segment");
    assert.equal(await view.page.locator("kl-room .state").count(), 0);
    assert.match(await view.page.locator("[part=headline]").textContent(), /customers/);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

test("without kelan-rooms.wasm the first rooms answer, a further one says what is missing, and answers when the file is there again", async () => {
  const folder = at("build/browser/site"), late = `${folder}/kelan-rooms.wasm`, away = at("build/browser/kelan-rooms.away.wasm");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(at("dist"), folder, { recursive: true });
  renameSync(late, away);
  const server = await serve(folder), context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
  context.setDefaultTimeout(60_000);
  try {
    const page = await context.newPage(), thrown = [];
    page.on("pageerror", (e) => thrown.push(e.message));
    await page.goto(server.url);
    await page.waitForFunction(() => "kelan" in globalThis);
    await open(page);
    const head = () => page.locator("kl-room [part=headline]").textContent();
    assert.match(await head(), /^Revenue (fell|rose)/);
    for (const id of ["rfm", "cohort", "revenue"]) {
      await show(page, id);
      assert.equal(await page.locator("kl-room .state.danger").count(), 0, id);
      assert.match(await head(), /\d/, id);
    }
    // A further room and, at the same time, what the core can answer: one says what is missing, the other stands.
    await page.evaluate(() => { location.hash = "#/segment"; });
    const said = page.locator("kl-room .state.danger");
    await said.waitFor();
    assert.match(await said.textContent(), /kelan-rooms\.wasm could not be loaded/);
    assert.match(await said.textContent(), /see that all files of the package are served, and try again/);
    await show(page, "rfm");
    assert.match(await head(), /\d/);
    await page.evaluate(() => { location.hash = "#/customers"; });
    await page.locator("kl-customers .dtr").first().waitFor();
    // The page as a whole: filters count, and a mark leads to its customers.
    await page.evaluate(() => { location.hash = "#/pareto"; });
    await said.waitFor();
    renameSync(away, late);
    await page.locator("kl-room .retry button").click();
    await said.waitFor({ state: "detached" });
    await show(page, "pareto");
    assert.match(await head(), /customers/);
    await show(page, "segment");
    assert.match(await head(), /customers/);
    assert.deepEqual(thrown, []);
  } finally {
    await context.close();
    await server.close();
  }
});

// The examples of examples/ are built as their readers would build them, and used in Chromium: a file in, one room, a mark chosen, the page told.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../tools/build/common.mjs";
import { launchChromium } from "../../tools/browser.mjs";
import { serve } from "../../tools/serve.mjs";
import { CSV } from "./orders.mjs";

const home = at("build/examples");
let browser;
before(async () => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(`${home}/orders.csv`, CSV);
  browser = await launchChromium();
});
after(async () => { await browser?.close(); });

async function example(name, entry) {
  const folder = `${home}/${name}`;
  cpSync(at("examples", name), folder, { recursive: true });
  cpSync(at("pkg"), `${folder}/node_modules/kelan`, { recursive: true });
  if (entry) {
    const { build } = await import("esbuild");
    await build({ absWorkingDir: folder, entryPoints: [entry], bundle: true, splitting: true, format: "esm", outdir: "out", jsx: "automatic", nodePaths: [at("node_modules")], define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error" });
  }
  const site = await serve(folder), page = await browser.newPage(), errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  try {
    await page.goto(site.url);
    await page.evaluate(() => customElements.whenDefined("kelan-dashboard").then(() => undefined));
    await page.setInputFiles("#file", `${home}/orders.csv`);
    await page.waitForFunction(() => document.body.dataset.rows === "8", null, { timeout: 30_000 });
    const headline = page.locator("kelan-dashboard [part=headline]:not(.held)");
    await headline.waitFor();
    assert.match(await headline.textContent(), /customer/);
    assert.equal(await page.locator("kelan-dashboard kl-nav").count(), 0, "one room has no navigation");
    // A mark is chosen with the keyboard, and the host page hears whom it stands for.
    await page.evaluate(() => document.querySelector("kelan-dashboard").addEventListener("kelan-selection", (e) => { if (e.detail) document.body.dataset.selected = JSON.stringify(e.detail.customers); }));
    const chart = page.locator("kelan-dashboard [part=chart]").first();
    await chart.locator("canvas").first().waitFor();
    await chart.focus();
    for (let i = 0; i < 30 && !(await page.evaluate(() => (JSON.parse(document.body.dataset.selected ?? "[]") ?? []).length)); i++) {
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
    }
    const chosen = JSON.parse(await page.evaluate(() => document.body.dataset.selected ?? "null"));
    assert.ok(chosen?.length > 0 && chosen.every((c) => ["ann", "bob", "cid", "dee", "eve"].includes(c)), `chosen: ${chosen}`);
    assert.deepEqual(errors, []);
    return await page.evaluate(() => getComputedStyle(document.querySelector("kelan-dashboard").shadowRoot.querySelector("[part=headline]")).fontStyle);
  } finally {
    await page.close();
    await site.close();
  }
}

test("a plain page shows one room, dressed by the host", async () => assert.equal(await example("plain"), "italic"));
test("React", () => example("react", "main.jsx"));
test("Vue", () => example("vue", "main.js"));

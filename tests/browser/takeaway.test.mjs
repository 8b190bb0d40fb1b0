// What a person does with the page, in Chromium served and from disk, and the smoke story in Firefox.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { at } from "../../tools/build/common.mjs";
import { dashboard, give, launchChromium, launchFirefox, lists, ONE_FILE, ordersFile, show, site } from "./harness.mjs";

let browser;
before(async () => { browser = await launchChromium(); });
after(async () => { await browser?.close(); });

/** Gives the dashboard a file and waits for the room of that name. */
async function open(page, path, room = "overview") {
  await give(page, path);
  await page.evaluate(() => { void document.querySelector("kelan-dashboard").openFile(globalThis.given); });
  await page.locator("kl-import .btn.pri").first().click({ timeout: 60_000 });
  // The page writes its own address when the room opens: another one is asked for once it stands.
  await show(page, "overview");
  if (room !== "overview") await show(page, room);
}

/** Chooses from the menu behind a button and answers the file that is saved. */
async function saved(page, button, item) {
  await button.click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).filter({ visible: true }).first().click()]);
  return readFileSync(await download.path());
}

const dataBases = (page) => page.evaluate(async () => {
  const left = { bases: (await indexedDB.databases()).map((d) => d.name), local: Object.keys(localStorage), caches: await globalThis.caches?.keys(), opfs: [] };
  try { for await (const name of (await navigator.storage.getDirectory()).keys()) left.opfs.push(name); } catch { /* from disk there is none */ }
  return left;
});

test("every room is axe clean in both themes, keeps its layout while it loads, and fits 360 px in both languages", async () => {
  const view = await dashboard(browser, "site", { locale: "en-US" });
  try {
    const { page } = view, found = [];
    const note = (where, list) => found.push(...list.map((what) => `${where}: ${what}`));
    await page.evaluate(readFileSync(at("node_modules/axe-core/axe.min.js"), "utf8"));
    const bothThemes = async (where) => {
      for (const [i, colorScheme] of ["light", "dark", "light"].entries()) {
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction((theme) => document.querySelector("kelan-dashboard").dataset.theme === theme, colorScheme);
        await page.waitForTimeout(120);
        if (i < 2) note(`${where}, ${colorScheme}`, await lists.axe(page));
      }
    };
    await page.emulateMedia({ colorScheme: "light" });
    await bothThemes("landing");
    await give(page, ordersFile(20_000));
    await page.evaluate(() => { void document.querySelector("kelan-dashboard").openFile(globalThis.given); });
    await page.locator("kl-import .btn.pri").first().waitFor({ timeout: 60_000 });
    await bothThemes("import");
    await page.locator("kl-import .btn.pri").first().click();
    await page.evaluate(() => {
      globalThis.shift = 0;
      new PerformanceObserver((l) => { for (const e of l.getEntries()) if (!e.hadRecentInput) globalThis.shift += e.value; }).observe({ type: "layout-shift" });
    });
    const rooms = [...JSON.parse(readFileSync(at("www/src/types/registry.json"))).map((a) => a.id), "customers", "board"];
    for (const room of rooms) {
      await page.evaluate(() => { globalThis.shift = 0; });
      await show(page, room);
      await page.waitForTimeout(200);
      const shift = await page.evaluate(() => globalThis.shift);
      if (shift >= 0.1) note(room, [`the layout moved by ${shift.toFixed(3)}`]);
      await bothThemes(room);
    }
    for (const locale of ["en", "zh-CN"]) {
      if (locale === "zh-CN") {
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.locator("kl-prefs").first().getByText("中文").click();
      }
      await page.setViewportSize({ width: 360, height: 740 });
      for (const room of rooms) {
        await show(page, room);
        note(`${room}, ${locale}, 360 px`, await lists.wide(page));
      }
    }
    assert.deepEqual(found, []);
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
  }
});

test("a table leaves as a workbook with numbers and dates, as CSV in two encodings, served and from disk", async () => {
  for (const from of ["site", "disk"]) {
    const view = await dashboard(browser, from, { locale: "en-US", acceptDownloads: true });
    try {
      const { page } = view;
      await open(page, ordersFile(2_000), "rfm");
      const button = page.locator("kl-table kl-menu button").first();
      const xlsx = await saved(page, button, "XLSX");
      const seen = await page.evaluate(async (base64) => {
        const kelan = await globalThis.kelan.open({ workers: 1 });
        const table = await kelan.read(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], "rfm.xlsx"));
        const out = { rows: table.rows, types: table.schema.map((c) => c.type), names: table.schema.map((c) => c.name), first: (await table.rowsAt(0, 1)).rows[0] };
        const own = await kelan.read(globalThis.given);
        out.customers = (await own.analyze("rfm", {})).summary.customers;
        await kelan.close();
        return out;
      }, xlsx.toString("base64"));
      assert.equal(seen.rows, seen.customers, "every customer is a row");
      const list = JSON.parse((await saved(page, button, "JSON")).toString("utf8"));
      assert.equal(list.length, seen.customers);
      assert.deepEqual([typeof list[0].customer, typeof list[0].monetary], ["string", "number"]);
      const chart = JSON.parse((await saved(page, page.locator("kl-frame kl-menu button").first(), "JSON")).toString("utf8"));
      assert.equal(chart.rows.length > 0 && chart.rows.every((r) => r.length === chart.columns.length), true);
      assert.ok(seen.types.filter((t) => t === "date").length >= 2 && seen.types.filter((t) => /int|float|number|money|decimal/.test(t)).length >= 3, `typed columns: ${seen.types}`);
      const csv = await saved(page, button, "UTF-8");
      assert.equal(csv.subarray(0, 3).toString("hex"), "efbbbf");
      assert.equal(csv.toString("utf8").trimEnd().split("\r\n").length, seen.customers + 1);
      const gb = await saved(page, button, "GB18030");
      assert.equal(new TextDecoder("gb18030").decode(gb), csv.toString("utf8").slice(1));
      const more = page.locator("kl-frame header kl-menu button").first();
      assert.match((await saved(page, more, "SVG")).toString(), /^<svg /);
      assert.equal((await saved(page, more, "PNG")).subarray(1, 4).toString(), "PNG");
      assert.equal((await saved(page, more, "XLSX")).subarray(0, 2).toString(), "PK");
      assert.deepEqual(view.errors, []);
    } finally {
      await view.close();
    }
  }
});

test("a report names no customer, hides small groups in every picture, and needs nothing", async () => {
  const view = await dashboard(browser, "disk", { locale: "en-US", acceptDownloads: true });
  try {
    const { page } = view;
    await open(page, ordersFile(300), "rfm");
    await page.locator(".rep").first().click();
    const boxes = page.locator("dialog fieldset.checks input");
    await boxes.first().waitFor();
    for (let i = 0; i < await boxes.count(); i++) await boxes.nth(i).check();
    const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), page.locator("dialog .btn.pri").click()]);
    const text = readFileSync(await download.path(), "utf8");
    assert.deepEqual(text.match(/.{0,60}[CO][01]\d{4,5}\b.{0,20}/g), null, "a customer or an order of the file stands in the report");
    for (const [what, is] of [["a script or an address", !/<script|(?:src|href)="?https?:/.test(text)], ["no <5", text.includes("&#60;5")], ["nothing said at the picture", text.includes("of groups below 5")],
      ["nothing said of charts left out", text.includes("single customers and is not part of a report")], ["no paper", text.includes("@page{size:A4")]]) assert.ok(is, what);
    // A share of one is 100%, no group below five; columns and segments are nobody.
    assert.match(text, /<td class="n">100(\.0)?%<\/td>/);
    assert.match(text, /<dt>Columns<\/dt><dd>6<\/dd>/);
    assert.ok(/<dt>Columns of numbers<\/dt><dd>\d<\/dd>/.test(text), "a count of columns is written");
    const paper = await view.context.newPage();
    await paper.setContent(text);
    // On paper a table goes on beside its picture's page: the first page holds a picture, and lines of many columns are one line each.
    await paper.emulateMedia({ media: "print" });
    await paper.setViewportSize({ width: 658, height: 987 });
    const tall = await paper.evaluate(() => [Math.max(...[...document.querySelectorAll("table.wide tbody tr")].map((r) => r.getBoundingClientRect().height)), getComputedStyle(document.querySelector("figure")).breakInside]);
    assert.ok(tall[0] < 30, `${tall[0]} px`);
    assert.equal(tall[1], "auto");
    const pdf = await paper.pdf({ preferCSSPageSize: true });
    assert.ok((pdf.toString("latin1").match(/\/Type \/Page\b/g) ?? []).length > 5, "one room starts one page");
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
  }
});

test("work survives a crash of the page, and “forget everything” leaves nothing", async () => {
  const server = await site(), context = await browser.newContext({ locale: "en-US" });
  try {
    let page = await context.newPage();
    const start = async () => { await page.goto(server.url); await page.waitForFunction(() => "kelan" in globalThis); };
    await start();
    await open(page, ordersFile(2_000), "cohort");
    const kept = () => page.evaluate(() => new Promise((done) => {
      const request = indexedDB.open("kelan");
      request.onsuccess = () => { const all = request.result.transaction("workspaces").objectStore("workspaces").getAll(); all.onsuccess = () => { request.result.close(); done(all.result.map((w) => w.room)); }; };
    }));
    // Asked from here: a predicate that answers a promise would count as true at once.
    for (const until = Date.now() + 60_000; !(await kept()).includes("cohort");) {
      assert.ok(Date.now() < until, "the work is saved within a moment");
      await page.waitForTimeout(100);
    }
    const headline = await page.locator("main h1").first().textContent();
    const dead = page.waitForEvent("crash");
    page.goto("chrome://crash").catch(() => undefined);
    await dead;
    page = await context.newPage();
    await start();
    await page.locator(".lside .ruled button b", { hasText: "orders-2000" }).click();
    await page.waitForFunction(() => location.hash === "#/cohort");
    await page.locator("main h1:not(.held)").waitFor();
    assert.equal(await page.locator("main h1").first().textContent(), headline);

    await page.goto(server.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const before = await dataBases(page);
    assert.ok(before.bases.includes("kelan") && before.caches.length === 1, JSON.stringify(before));
    await page.locator(".lside").getByRole("button", { name: "Forget everything" }).click();
    await page.locator("dialog .btn.danger").click();
    await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("dialog[open]") === null);
    const nothing = { bases: [], local: [], caches: [], opfs: [] };
    let left = await dataBases(page);
    for (const until = Date.now() + 60_000; Date.now() < until && JSON.stringify(left) !== JSON.stringify(nothing); left = await dataBases(page)) await page.waitForTimeout(100);
    assert.deepEqual(left, nothing);
    // And nothing comes back afterwards.
    await page.waitForTimeout(1500);
    assert.deepEqual(await dataBases(page), nothing);
  } finally {
    await context.close();
    await server.close();
  }
});

test("once loaded, the site works without a network", async () => {
  const server = await site(), context = await browser.newContext({ locale: "en-US" });
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    assert.equal(await page.evaluate(async () => (await caches.keys()).length), 1, "the files are kept before the page counts as ready");
    await server.close();
    await context.setOffline(true);
    await page.reload();
    await page.waitForFunction(() => "kelan" in globalThis);
    await open(page, ordersFile(2_000), "rfm");
    assert.match(await page.locator("main h1").first().textContent(), /customer/);
  } finally {
    await context.close();
    await server.close();
  }
});

test("the first page needs less than 100 kB of script, brotli", async () => {
  const view = await dashboard(browser, "site");
  try {
    await view.page.waitForTimeout(300);
    const scripts = [...new Set(await view.page.evaluate(() => performance.getEntriesByType("resource").map((e) => new URL(e.name).pathname)))].filter((p) => /\.js$/.test(p) && p.includes("/assets/"));
    const bytes = scripts.reduce((n, p) => n + brotliCompressSync(readFileSync(at("dist", p))).length, 0);
    assert.ok(scripts.length > 0 && bytes < 100_000, `${bytes} bytes in ${scripts.join(", ")}`);
  } finally {
    await view.close();
  }
});

test("Firefox opens a file in the one page from disk and on the site, and shows its customers", async () => {
  const server = await site(), firefox = await launchFirefox();
  try {
    for (const url of [server.url, ONE_FILE]) {
      const page = await firefox.newPage(), errors = [];
      page.on("pageerror", (e) => errors.push(e.message));
      await page.goto(url);
      await page.waitForFunction(() => "kelan" in globalThis);
      await page.evaluate((text) => { void document.querySelector("kelan-dashboard").openFile(new File([text], "orders.csv")); }, readFileSync(ordersFile(2_000), "utf8"));
      await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .btn.pri:not([disabled])"), { timeout: 60_000 });
      await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .btn.pri").click());
      await page.evaluate(() => { location.hash = "#/rfm"; });
      await page.waitForFunction(() => { const h = document.querySelector("kelan-dashboard").shadowRoot.querySelector("main h1"); return location.hash === "#/rfm" && h && /customer|客户/.test(h.textContent) && document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame canvas"); }, { timeout: 60_000 });
      assert.deepEqual(errors, [], url);
      await page.close();
    }
  } finally {
    await firefox.close();
    await server.close();
  }
});

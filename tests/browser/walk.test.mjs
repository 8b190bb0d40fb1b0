// The walk of somebody who has only a file: what a table without dates or amounts answers, which lines were left out, what a type
// would do, what a step would lose; joined files that come back from a workspace; an address; the whole table as a workbook.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import { at } from "../../tools/build/common.mjs";
import { command, dashboard, launchChromium, lists, show } from "./harness.mjs";

const made = (name, content) => { mkdirSync(at("build/browser"), { recursive: true }); const path = at(`build/browser/${name}`); writeFileSync(path, content); return path; };
const text = (locator) => locator.textContent().then((t) => t.trim().replace(/\s+/g, " "));

async function choose(page, button, files) {
  const chooser = page.waitForEvent("filechooser");
  await page.locator(button).first().click();
  await (await chooser).setFiles(files);
}
const open = async (page, files) => { await choose(page, "kl-landing .btn.pri", files); await page.locator("kl-import .dock").waitFor(); };
const use = (page) => page.locator("kl-import .dock .btn.pri").click();
/** Waits until the page's own root satisfies a function of it. */
const when = async (page, test, argument = null) => {
  // Asked again and again: the page's policy lets nothing in it be made from text.
  const expression = `(${test})(document.querySelector("kelan-dashboard").shadowRoot, ${JSON.stringify(argument)})`;
  for (const end = Date.now() + 60_000; !(await page.evaluate(expression)); await new Promise((done) => setTimeout(done, 50))) assert.ok(Date.now() < end, `never came: ${test}`);
};
const go = (page, screen) => page.evaluate((id) => { location.hash = `#/${id}`; }, screen);

const begin = async (from, options = {}) => { const view = await dashboard(browser, from, { locale: "en-US", reducedMotion: "reduce", acceptDownloads: true, ...options }); return view; };

const REPORT = 'Monthly sales,,,\nMade by: Ann,,,\n\ncustomer,date,amount,region\nA1,2024-01-02,"1,200.50",East\nB2,2024-01-03,300,North\nC3,2024-02-05,,East\nD4,2024-02-09,88,South\nA1,2024-03-01,120,East\nB2,2024-03-11,75,North\n\nTotal,,"1,783.50",\n';

/** Somebody's orders under headers that tell nothing. */
const UNTOLD = ["who,day_of,worth", ...Array.from({ length: 240 }, (_, i) => `P${1 + ((i * 7) % 60)},${new Date(Date.UTC(2023, 0, 1) + i * 2 * 86_400_000).toISOString().slice(0, 10)},${(10 + ((i * 37) % 90)).toFixed(2)}`)].join("\n") + "\n";

let browser;
before(async () => { browser = await launchChromium(); });
after(() => browser?.close());

test("a table without dates answers what it can, lists its customers, and says which column would open the rest", async () => {
  const view = await begin("site");
  try {
    const { page } = view;
    await page.locator(".lside .ruled button", { hasText: "Service contracts" }).click();
    await page.locator("kl-import .dock").waitFor();
    await use(page);
    await show(page, "overview");
    await when(page, (root) => root.querySelectorAll("kl-start .mv li").length >= 4);
    assert.match(await text(page.locator("kl-start h1")), /customers.*(left|gone)/);
    assert.match(await text(page.locator("kl-start .prov")), /without date, amount/);
    assert.match(await text(page.locator("kl-start .could")), /Date ?opens .*Cohorts.*Amount ?opens .*Concentration/);
    const needs = await page.locator("kl-nav .it", { hasText: "Cohorts" }).textContent();
    assert.match(needs, /needs date/);
    await show(page, "survival");
    assert.match(await text(page.locator("[part=headline]")), /“monthly” half have .*“one year”/);
    await go(page, "customers");
    await page.locator("kl-customers .dtr").first().waitFor();
    assert.equal(await text(page.locator("kl-customers h1")), "2,500 customers, one row each.");
    await page.locator("kl-customers input[type=search]").fill("K10042");
    await when(page, (root) => root.querySelectorAll("kl-customers .dtr").length === 1);
    await page.locator("kl-customers .dtr").click();
    await page.locator("kl-customer .asis dd").first().waitFor();
    assert.equal(await page.locator("kl-customer .asis dt").allTextContents().then((l) => l.includes("months_as_customer")), true);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

test("without dates a mark's customers are shown, and nobody else", async () => {
  const view = await begin("site");
  try {
    const { page } = view;
    // Several rows for some, so that no room lists them either.
    const rows = Array.from({ length: 300 }, (_, i) => `P${1 + (i % 80)},${["East", "West", "North"][(i % 80) % 3]},${10 + ((i * 37) % 90)}`);
    await open(page, made("undated.csv", ["customer_id,region,score", ...rows].join("\n") + "\n"));
    await use(page);
    await show(page, "compare");
    await page.waitForFunction(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].every((f) => f.plot && !f.stale));
    await page.locator("kl-frame .ch").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const bar = page.locator(".selbar");
    await bar.getByRole("button", { name: "Save as audience" }).waitFor();
    const n = Number((await text(bar.locator("b"))).replace(/\D/g, ""));
    assert.ok(n === 26 || n === 27, `${n} customers of one region`);
    await bar.getByRole("button", { name: "Show customers" }).click();
    await page.locator("kl-customers .dtr").first().waitFor();
    await when(page, (root, wanted) => root.querySelector("kl-customers h1").textContent.trim() === `${wanted} of 80 customers`, n);
    const regions = new Set(await page.locator("kl-customers .dtr > :nth-child(2)").allTextContents());
    assert.equal(regions.size, 1, "rows of one region alone");
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

test("columns under names that tell nothing are chosen where they are missed, one click each", async () => {
  const view = await begin("disk");
  try {
    const { page } = view;
    await open(page, made("untold.csv", UNTOLD));
    await use(page);
    await page.locator("kl-start .could").waitFor();
    for (const [role, column] of [["Date", "day_of"], ["Amount", "worth"], ["Customer", "who"]]) {
      const term = page.locator("kl-start .could dt", { hasText: role });
      if (await term.count() === 0) continue;
      await term.locator("+ dd .chip", { hasText: column }).click();
      await when(page, (root, r) => ![...root.querySelectorAll("kl-start .could dt")].some((d) => d.textContent.trim() === r), role);
    }
    await show(page, "overview");
    assert.match(await text(page.locator("kl-room [part=headline]")), /^Revenue/);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

test("a room that the file cannot answer says what it needs, and never offers money as a time", async () => {
  const view = await begin("disk");
  try {
    const { page } = view;
    await open(page, made("orders-few.csv", UNTOLD.replace("who,day_of,worth", "customer_id,order_date,amount")));
    await use(page);
    await show(page, "overview");
    assert.match(await page.locator("kl-nav .it", { hasText: "survival" }).textContent(), /needs times/);
    await show(page, "survival");
    assert.match(await text(page.locator(".state h2").first()), /Needed: a column of times/);
    assert.equal(await page.locator(".state .chip", { hasText: "amount" }).count(), 0);
    await page.locator(".state .chip", { hasText: "Life stages" }).click();
    await show(page, "lifecycle");
  } finally { await view.close(); }
});

for (const from of ["site", "disk"]) {
  test(`lines left out stand in their place with the reason, and rows bear their number in the file (${from})`, async () => {
    const view = await begin(from);
    try {
      const { page } = view;
      await open(page, made("report.csv", REPORT));
      await page.locator("kl-import tr.out").nth(4).waitFor();
      const lines = await page.locator("kl-import tr.out").evaluateAll((rows) => rows.map((r) => r.innerText.replace(/\s+/g, " ").trim()));
      assert.deepEqual(lines, ["1 Monthly sales title, left out", "2 Made by: Ann title, left out", "3 blank, left out", "11 blank, left out", "12 Total · 1,783.50 total, left out"]);
      const numbers = await page.locator("kl-import tbody tr:not(.out) .rn").allTextContents();
      assert.deepEqual(numbers.map((n) => n.trim()), ["5", "6", "7", "8", "9", "10"]);
      // The problem leads to its cell.
      await page.locator("kl-import .prob", { hasText: "rows without" }).or(page.locator("kl-import .prob", { hasText: "row without" })).first().getByRole("button", { name: "Go to the cell" }).click();
      await page.locator("kl-import td.ring").waitFor();
      assert.equal(await page.locator("kl-import tr:has(td.ring) .rn").textContent().then((t) => t.trim()), "7");
      assert.deepEqual(view.errors, []);
    } finally { await view.close(); }
  });
}

test("the sheet of rows is laid out in pieces, and no column moves when more come", async () => {
  const view = await begin("site");
  try {
    const { page } = view;
    await page.evaluate(() => {
      globalThis.pieces = [];
      new MutationObserver((list) => {
        const n = list.flatMap((m) => [...m.addedNodes]).filter((e) => e.nodeName === "TR" && e.closest("tbody")).length;
        if (n > 0) globalThis.pieces.push(n);
      }).observe(document.querySelector("kelan-dashboard").shadowRoot, { childList: true, subtree: true });
    });
    const columns = 12, wide = [Array.from({ length: columns }, (_, i) => `c${i}`).join(","), ...Array.from({ length: 400 }, (_, r) => Array.from({ length: columns }, (_, i) => (r > 150 && i === 3 ? `a much longer text than those before ${r}` : `${r}x${i}`)).join(","))].join("\n");
    await open(page, made("wide.csv", wide + "\n"));
    const edges = () => page.locator("kl-import thead th").evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().width)));
    await page.locator("kl-import tbody tr").first().waitFor();
    const before = await edges();
    await page.locator("kl-import tbody tr").nth(199).waitFor();
    assert.deepEqual(await edges(), before);
    const pieces = await page.evaluate(() => globalThis.pieces);
    assert.ok(Math.max(...pieces) * columns <= 240, `cells of the largest piece: ${Math.max(...pieces) * columns}`);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

test("a type shows beforehand what it would read; a step asks before undone ones are lost; the steps leave undo in reach", async () => {
  const view = await begin("disk");
  try {
    const { page } = view;
    await open(page, made("report.csv", REPORT));
    const head = (column) => page.locator("kl-import th", { has: page.locator(`.cname b[title="${column}"]`) });
    await head("amount").locator("button.ctype").click();
    const item = (label) => head("amount").locator(".mi", { has: page.locator(`.ml > span:text-is("${label}")`) });
    await item("number").locator("small").waitFor();
    assert.match(await text(item("number").locator("small")), /1,201 \| 300 \| 88|1,200\.5\d* \| 300 \| 88/);
    assert.match(await text(item("date").locator("small")), /✕ \| ✕ \| ✕/);
    assert.match(await text(item("date").locator(".mh")), /^\d of \d do not fit$/);
    await item("text").click();
    await when(page, (root) => /2 steps/.test(root.querySelector("kl-import .chips .btn.q").textContent));
    const undo = page.locator("kl-import .chips button[aria-label=Undo]");
    await page.locator("kl-import .chips .btn.q").click();
    await page.locator("kl-sheet .steps li").nth(1).waitFor();
    // At 1280 px the panel stands beside the table: a click on undo reaches it.
    await undo.click();
    await when(page, (root) => root.querySelectorAll("kl-sheet .steps li").length === 1);
    await page.keyboard.press("Escape");
    const retype = async (label) => { await head("region").locator("button.tag").click(); await head("region").locator(".mi", { has: page.locator(`.ml > span:text-is("${label}")`) }).click(); };
    await retype("channel");
    await page.locator("dialog.modal", { hasText: "Lose 1 undone step?" }).waitFor();
    await page.locator("dialog.modal").getByRole("button", { name: "Cancel" }).click();
    await page.locator("dialog.modal").waitFor({ state: "hidden" });
    assert.equal(await page.locator("kl-import .chips button[aria-label=Redo]").isEnabled(), true, "nothing was lost");
    await retype("channel");
    await page.locator("dialog.modal").getByRole("button", { name: "Go on" }).click();
    await when(page, (root) => root.querySelector("kl-import .chips button[aria-label=Redo]").disabled && /2 steps/.test(root.querySelector("kl-import .chips .btn.q").textContent));
    // Another header changes the columns: asked, and refused.
    await page.locator('kl-menu[data-chip="header"] button').first().click();
    await page.locator('kl-menu[data-chip="header"] .mi').last().click();
    await page.locator("dialog.modal", { hasText: "Read the file again?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.modal").waitFor({ state: "hidden" });
    assert.match(await text(page.locator("kl-import h1")), /^6 rows/);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

const month = (m, rows) => ["order_no,customer,order_date,amount,region", ...Array.from({ length: rows }, (_, i) => `N${m}${String(i).padStart(3, "0")},C${1 + ((i * 7 + m) % 40)},2024-0${m}-${String(1 + (i % 28)).padStart(2, "0")},${(20 + ((i * 13) % 80)).toFixed(2)},${["East", "West", "North"][i % 3]}`)].join("\n") + "\n";

describe("a workspace of joined files goes to a file and comes back whole", () => {
  for (const from of ["site", "disk"]) {
    test(from, async () => {
      const view = await begin(from);
      try {
        const { page } = view;
        await open(page, made("jan.csv", month(1, 90)));
        await choose(page, "kl-import .dock .btn:not(.pri)", made("feb.csv", month(2, 60)));
        await page.locator("[data-test=join-counts]").waitFor();
        await page.locator("kl-dialogs .opt").first().click();
        await when(page, (root) => /^150 rows/.test(root.querySelector("kl-import h1")?.textContent ?? ""));
        // A step of the recipe, beside the reading and the file that was taken in.
        const head = page.locator("kl-import th", { has: page.locator('.cname b[title="region"]') });
        await head.locator("button.tag").click();
        await head.locator(".mi", { has: page.locator('.ml > span:text-is("channel")') }).click();
        await when(page, (root) => /3 steps/.test(root.querySelector("kl-import .chips .btn.q").textContent));
        await use(page);
        await show(page, "rfm");
        // An audience, a pin, a note.
        const chart = page.locator("kl-frame .ch").first();
        await chart.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await page.locator(".selbar").getByRole("button", { name: "Save as audience" }).click();
        await page.locator("#aud").fill("kept");
        await page.locator("dialog.modal").getByRole("button", { name: "Save as audience" }).click();
        await page.locator("dialog.modal").waitFor({ state: "hidden" });
        await page.locator("kl-frame").first().getByRole("button", { name: "More" }).click();
        await page.getByRole("menuitem", { name: "Pin to my board" }).filter({ visible: true }).first().click();
        await page.locator("kl-nav .it", { hasText: "My board" }).locator(".need", { hasText: "1" }).waitFor();
        await go(page, "customers");
        const size = await text(page.locator("kl-customers .auds li span").first());
        await page.locator("kl-customers .dtr").first().click();
        await page.locator("kl-customer .face").waitFor();
        const who = await text(page.locator("kl-customer .face b"));
        await page.getByRole("button", { name: "Add a note" }).click();
        await page.locator("#note").fill("asked for an invoice");
        await page.getByRole("button", { name: "Keep the note" }).click();
        await page.locator("kl-customer blockquote").waitFor();
        // To a file.
        await page.locator("kl-prefs button[aria-label=Preferences]").first().click();
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save to a file" }).click()]);
        const path = at(`build/browser/kept-${from}.kelan`);
        await file.saveAs(path);
        // Nothing is left but the file.
        await page.keyboard.press("Escape");
        await command(page, "forget everything");
        await page.locator("dialog.modal .btn.danger").click();
        await page.locator("kl-landing").waitFor();
        await choose(page, "kl-landing .btn.pri", path);
        await page.locator("kl-room, kl-customer, kl-customers").first().waitFor();
        await when(page, (root) => /of|customers/.test(root.querySelector(".cnt")?.textContent ?? ""));
        await go(page, "import");
        await when(page, (root) => /^150 rows/.test(root.querySelector("kl-import h1")?.textContent ?? ""));
        // The file that was taken in stands among the steps again.
        await when(page, (root) => /3 steps/.test(root.querySelector("kl-import .chips .btn.q")?.textContent ?? ""));
        assert.match(await page.locator("kl-import th", { has: page.locator('.cname b[title="region"]') }).locator("button.tag").textContent(), /channel/);
        await go(page, "customers");
        await page.locator("kl-customers .auds li b", { hasText: "kept" }).waitFor();
        assert.equal(await text(page.locator("kl-customers .auds li span").first()), size);
        await page.locator("kl-customers .dtr").first().click();
        await page.locator("kl-customer blockquote", { hasText: "asked for an invoice" }).waitFor();
        assert.equal(await text(page.locator("kl-customer .face b")), who);
        await go(page, "board");
        await page.locator("kl-board kl-frame canvas").first().waitFor();
        // Both files are named where the workspace is listed.
        const stored = JSON.parse(readFileSync(path, "utf8").split("\n")[0]);
        assert.deepEqual(stored.files.map((f) => f.name), ["jan.csv", "feb.csv"]);
        // What is no workspace is refused in words, and what is open stays.
        await page.evaluate(() => document.querySelector("kelan-dashboard").openFile(new File(["{}\n"], "wrong.kelan")));
        await when(page, (root) => /wrong\.kelan is not a workspace/.test(root.querySelector(".toast")?.textContent ?? ""));
        assert.deepEqual(view.errors, []);
      } finally { await view.close(); }
    });
  }
});

test("an address: read where the host allows it, and otherwise the reason", async () => {
  const csv = month(3, 50);
  // What leaves the page for these hosts is answered here, by the rules a browser keeps.
  const view = await begin("site");
  const plain = createServer((request, response) => response.writeHead(200, { "access-control-allow-origin": "*" }).end(csv));
  await new Promise((done) => plain.listen(0, "127.0.0.1", done));
  try {
    const { page } = view, asked = [];
    const answer = (url, reply) => page.route(url, (route) => { asked.push(route.request().url()); return route.fulfill(reply); });
    await answer("https://data.example/shop/march%20orders.csv", { status: 200, headers: { "access-control-allow-origin": "*", "content-type": "text/csv" }, body: csv });
    await answer("https://data.example/page", { status: 200, headers: { "access-control-allow-origin": "*", "content-type": "text/html" }, body: "<!doctype html><title>Sign in</title>" });
    await answer("https://data.example/gone.csv", { status: 404, headers: { "access-control-allow-origin": "*" }, body: "no" });
    await page.route("https://closed.example/**", (route) => { asked.push(route.request().url()); return route.abort("failed"); });
    await page.getByRole("button", { name: "From an address" }).click();
    const ask = async (address, expected) => {
      await page.locator("#url").fill(address);
      await page.locator("dialog.modal .btn.pri").click();
      await when(page, (root, words) => root.querySelector("dialog.modal .err")?.textContent.includes(words), expected);
    };
    await ask("not an address", "This is not an address");
    await ask(`http://127.0.0.1:${plain.address().port}/orders.csv`, "https addresses only");
    assert.deepEqual(asked, [], "nothing was asked yet");
    await ask("https://closed.example/orders.csv", "closed.example could not be read");
    await ask("https://data.example/gone.csv", "HTTP 404");
    await ask("https://data.example/page", "gave a web page");
    await page.locator("#url").fill("https://data.example/shop/march%20orders.csv");
    await page.locator("dialog.modal .btn.pri").click();
    await page.locator("kl-import .dock").waitFor();
    assert.match(await text(page.locator("kl-import h1")), /^50 rows read/);
    assert.equal(await text(page.locator("kl-import .file")), "march orders.csv");
    await use(page);
    await show(page, "overview");
    assert.match(await text(page.locator("kl-nav .zero b")), /data\.example/, "whom the page asked is said");
    // The host the page came from may be asked as well.
    const own = await page.evaluate(async () => (await fetch("./manifest.webmanifest")).status);
    assert.equal(own, 200);
  } finally {
    await new Promise((done) => { plain.closeAllConnections(); plain.close(done); });
    await view.close();
  }
});

test("an address from disk: the one file says why it cannot", async () => {
  const view = await begin("disk");
  try {
    await view.page.getByRole("button", { name: "From an address" }).click();
    assert.match(await text(view.page.locator("dialog.modal")), /opened from disk.*connect-src 'none'.*Download the file/);
    assert.equal(await view.page.locator("#url").count(), 0);
  } finally { await view.close(); }
});

test("the whole table leaves as a workbook: numbers as numbers, days as days, ids as text, under the filters", async () => {
  const view = await begin("disk");
  try {
    const { page } = view;
    await open(page, made("orders-us.csv", 'customer_id,order_date,amount,region\n00017,03/25/2024,"1,200.50",East\n00018,12/01/2024,($30),West\n00017,01/13/2025,80,East\n'));
    await use(page);
    await page.locator("kl-room h1").waitFor();
    await page.locator("kl-prefs button[aria-label=Preferences]").first().click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".takeout").getByRole("button", { name: "XLSX" }).click()]);
    const parts = unzipSync(new Uint8Array(readFileSync(await file.path())));
    const sheet = strFromU8(parts["xl/worksheets/sheet1.xml"]), shared = strFromU8(parts["xl/sharedStrings.xml"] ?? new Uint8Array());
    for (const value of ["1200.5", "-30", "80"]) assert.ok(sheet.includes(`<v>${value}</v>`), `${value} is a number`);
    assert.ok(shared.includes("00017") || sheet.includes("00017"), "leading zeros stay");
    // 2024-03-25 is day 45376 of the calendar of workbooks.
    assert.ok(sheet.includes("<v>45376</v>"), "a day is a day");
    assert.ok(sheet.includes("45627") && sheet.includes("45670"));
    assert.equal((await page.locator(".takeout").getByRole("button").allTextContents()).length, 4);
  } finally { await view.close(); }
});

test("deals of a sales team: what wins is told, and nothing is called revenue", async () => {
  const view = await begin("disk", { locale: "zh-CN" });
  try {
    const { page } = view;
    await page.locator(".lside .ruled button", { hasText: "企业商机" }).click();
    await page.locator("kl-import .dock").waitFor();
    await use(page);
    await show(page, "overview");
    await when(page, (root) => root.querySelectorAll("kl-start .mv li").length >= 4);
    assert.match(await text(page.locator("kl-start .prov")), /没有客户、日期、金额列/);
    await show(page, "compare");
    assert.match(await text(page.locator("[part=headline]")), /客户推荐/);
    await show(page, "survival");
    assert.equal(await page.locator("kl-room .state").count(), 0);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

test("what the walk shows is axe clean in both themes and fits 360 px in both languages", async () => {
  const view = await begin("site", { locale: "zh-CN" });
  try {
    const { page } = view, found = [];
    const note = (where, list) => found.push(...list.map((what) => `${where}: ${what}`));
    await page.evaluate(readFileSync(at("node_modules/axe-core/axe.min.js"), "utf8"));
    const look = async (where) => {
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction((theme) => document.querySelector("kelan-dashboard").dataset.theme === theme, colorScheme);
        note(`${where}, ${colorScheme}`, await lists.axe(page));
      }
      for (const locale of ["en", "zh-CN"]) {
        await page.evaluate((l) => { document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-prefs [lang]").lang === l && document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-prefs [lang]").click(); }, locale);
        await page.waitForFunction((l) => document.documentElement.lang === l, locale);
        await page.setViewportSize({ width: 360, height: 740 });
        note(`${where}, ${locale}, 360 px`, await lists.wide(page));
        await page.setViewportSize({ width: 1280, height: 900 });
        note(`${where}, ${locale}, 1280 px`, await lists.wide(page));
      }
    };
    await look("landing");
    await open(page, made("report.csv", REPORT));
    await page.locator("kl-import tr.out").nth(4).waitFor();
    await page.locator("kl-import .chips .btn.q").click();
    await page.locator("kl-sheet .steps li").first().waitFor();
    await look("import with its steps");
    await page.keyboard.press("Escape");
    await go(page, "customers");
    await page.evaluate(() => { location.hash = "#/survival"; });
    await show(page, "survival");
    await look("a room that lacks a column");
    await page.locator("kl-nav .brand").click();
    await page.locator(".lside .ruled button").nth(2).click();
    await page.locator("kl-import .dock").waitFor();
    await use(page);
    await show(page, "overview");
    await when(page, (root) => root.querySelectorAll("kl-start .mv li").length >= 5);
    await look("start");
    await go(page, "customers");
    await page.locator("kl-customers .dtr").first().waitFor();
    await look("customers as in the file");
    await page.locator("kl-customers .dtr").first().click();
    await page.locator("kl-customer .asis dd").first().waitFor();
    await look("a customer as in the file");
    await page.locator("kl-prefs button[aria-label]").first().click();
    await page.locator(".takeout").waitFor();
    await look("preferences");
    assert.deepEqual(found, []);
    assert.deepEqual(view.errors, []);
  } finally { await view.close(); }
});

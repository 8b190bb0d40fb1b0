// The way in, as a person walks it: a file, its preview, its room; sheets, a second file, a correction taken back, a reading
// stopped. On the site and from disk; real files where the shared data are there.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { zipSync } from "fflate";
import { at } from "../../tools/build/common.mjs";
import { dashboard, launchChromium, ordersFile } from "./harness.mjs";

const WAIT = 15_000;
const SHOP_ZH = at("../shared/data/superstore_zh/示例-超市.xls"), skip = existsSync(SHOP_ZH) ? false : "../shared/data is absent";
const made = (name, content) => { mkdirSync(at("build/browser"), { recursive: true }); const path = at(`build/browser/${name}`); writeFileSync(path, content); return path; };

/** Chooses files with the button of the landing page or of the dock. */
async function choose(page, button, files) {
  const chooser = page.waitForEvent("filechooser");
  await page.locator(button).first().click();
  await (await chooser).setFiles(files);
}
const open = async (page, files) => { await choose(page, "kl-landing .btn.pri", files); await page.locator("kl-import .dock").waitFor({ timeout: 60_000 }); };
const state = (page) => page.locator("kl-import h1").textContent();
const finding = (page) => page.waitForFunction(() => {
  const head = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room [part=headline]");
  return head && !head.classList.contains("held") && head.textContent.trim() !== "—" && head.textContent.trim();
}, null, { timeout: 60_000 }).then((h) => h.jsonValue());

let browser;
before(async () => { browser = await launchChromium(); });
after(() => browser?.close());

for (const from of ["site", "disk"]) {
  describe(`from ${from}`, () => {
    test("a CSV becomes a finding in two clicks", async () => {
      const it = await dashboard(browser, from, { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
      try {
        await open(it.page, ordersFile(2000));
        assert.match(await state(it.page), /^2,000 rows read/);
        await it.page.locator("kl-import .dock .btn.pri").click();
        assert.match(await finding(it.page), /\d/);
        assert.deepEqual(it.errors, []);
      } finally { await it.close(); }
    });

    test("a Chinese workbook: its sheets, its preview, its room", { skip }, async () => {
      const it = await dashboard(browser, from, { locale: "zh-CN" });
  it.page.setDefaultTimeout(WAIT);
      try {
        await open(it.page, SHOP_ZH);
        const sheets = it.page.locator('kl-menu[data-chip="sheet"]');
        await sheets.locator("button").first().click();
        await sheets.locator(".mi").nth(1).waitFor();
        const names = await sheets.locator(".mi .ml > span").allTextContents();
        assert.ok(names.length >= 2, `sheets: ${names.join(", ")}`);
        await sheets.locator(".mi").nth(1).click();
        await it.page.waitForFunction((name) => document.querySelector("kelan-dashboard").shadowRoot.querySelector('kl-menu[data-chip="sheet"] em')?.textContent === name, names[1], { timeout: 60_000 });
        await sheets.locator("button").first().click();
        await sheets.locator(".mi").nth(0).click();
        await it.page.waitForFunction(() => /10,000/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent ?? ""), null, { timeout: 60_000 });
        await it.page.locator("kl-import .dock .btn.pri").click();
        assert.match(await finding(it.page), /[\u4e00-\u9fff]/);
        assert.deepEqual(it.errors, []);
      } finally { await it.close(); }
    });

    test("a second file: counted before it is taken in, never twice, and the steps stay", async () => {
      const text = readFileSync(ordersFile(2000), "utf8").replace(/"[^"]*"/g, "x").trimEnd().split("\n");
      const head = `行号,${text[0]}`, rows = text.slice(1).map((l, i) => `R${10_000 + i},${l}`);
      const first = made("january.csv", [head, ...rows.slice(0, 1500)].join("\n") + "\n");
      const changed = rows.slice(1400).map((l, i) => `${i < 4 ? l.replace(/,(-?)\d+\.\d\d,/, ",$112345.67,") : l},门店`);
      const second = made("february.csv", [`${head},渠道`, ...changed].join("\n") + "\n");
      const it = await dashboard(browser, from, { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
      try {
        await open(it.page, first);
        await role(it.page, "备注", "text");
        await choose(it.page, "kl-import .dock .btn:not(.pri)", second);
        assert.equal(await it.page.locator("[data-test=join-counts]").textContent(), "+500 rows, 4 changed, 1 new column");
        await it.page.locator("kl-dialogs .opt").first().click();
        await it.page.waitForFunction(() => /^2,000 rows/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent ?? ""), null, { timeout: 60_000 });
        const columns = await it.page.locator("kl-import .cname b").allTextContents();
        assert.ok(columns.includes("渠道"));
        assert.match(await it.page.locator("kl-import .chips .btn.q").textContent(), /3 steps/);
        // Next month's file in its place: what was said of the columns is said of its columns.
        await choose(it.page, "kl-import .dock .btn:not(.pri)", made("march.csv", [head, ...rows.slice(0, 700)].join("\n") + "\n"));
        await it.page.locator("[data-test=join-counts]").waitFor();
        await it.page.locator("kl-dialogs .opt").nth(1).click();
        await it.page.waitForFunction(() => /^700 rows/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent ?? ""), null, { timeout: 60_000 });
        await it.page.waitForFunction(() => /4 steps/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .chips .btn.q")?.textContent ?? ""));
        // What each file brought is given back by itself, the last one first; what was said of the columns stays.
        const lines = () => it.page.locator("kl-sheet .steps li").allTextContents().then((all) => all.map((l) => l.trim()));
        const said = "备注 is the text";
        for (const [rows, list] of [
          ["2,000", ["Read january.csv", "Rows of february.csv appended: +500, 4 changed", said]],
          ["1,500", ["Read january.csv", said]],
        ]) {
          await it.page.locator("kl-import .chips .btn.q").click();
          await it.page.locator("kl-sheet .steps li").nth(list.length).waitFor();
          await it.page.locator("kl-sheet .steps li", { hasText: /february.csv|march.csv/ }).locator("button").click();
          await it.page.waitForFunction((n) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent.startsWith(`${n} rows`), rows);
          await it.page.locator("kl-import .chips .btn.q").click();
          await it.page.locator("kl-sheet .steps li").nth(list.length - 1).waitFor();
          assert.deepEqual(await lines(), list);
          await it.page.keyboard.press("Escape");
        }
        const left = await it.page.locator("kl-import .cname b").allTextContents();
        assert.ok(!left.includes("渠道") && left.includes("备注"), left.join());
        assert.deepEqual(it.errors, []);
      } finally { await it.close(); }
    });

    test("a type corrected, taken back, and taken back from the middle of the steps", async () => {
      const it = await dashboard(browser, from, { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
      const kind = (column) => it.page.locator("kl-import th", { has: it.page.locator(`.cname b[title="${column}"]`) }).locator("button.ctype");
      try {
        await open(it.page, ordersFile(2000));
        await retype(it.page, "金额", "text");
        assert.match(await kind("金额").textContent(), /text/);
        await role(it.page, "备注", "text");
        await it.page.locator("kl-import .chips .btn.q").click();
        await it.page.locator("kl-sheet .steps li button").first().click();
        await it.page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-sheet .steps li").length === 2);
        assert.match(await kind("金额").textContent(), /decimal|number/i);
        await it.page.keyboard.press("Escape");
        await it.page.locator("kl-import .chips button[aria-label=Undo]").click();
        await it.page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .chips button[aria-label=Undo]").disabled);
        assert.deepEqual(it.errors, []);
      } finally { await it.close(); }
    });

    test("a reading that is cancelled stops, and its first rows were there before", async () => {
      const part = readFileSync(ordersFile(2000), "utf8"), body = part.slice(part.indexOf("\n") + 1);
      const big = made("big.csv", part + body.repeat(600));
      const it = await dashboard(browser, from, { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
      try {
        await choose(it.page, "kl-landing .btn.pri", big);
        // Pressed in the page in the same turn in which the first rows come: the reading is not over by then, however quick it is.
        await it.page.evaluate(() => new Promise((done, failed) => {
          const root = document.querySelector("kelan-dashboard").shadowRoot;
          const look = () => {
            if (!root.querySelector("kl-import .sheetbox tbody tr")) return;
            watch.disconnect();
            if (!root.querySelector("kl-import .progress")) return failed(new Error("rows are not shown while the file is read"));
            root.querySelector("kl-import").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true }));
            done();
          };
          const watch = new MutationObserver(look);
          watch.observe(root, { childList: true, subtree: true });
          look();
        }));
        await it.page.locator("kl-landing").waitFor({ timeout: 60_000 });
        // The engine is free again: another file opens at once.
        await open(it.page, ordersFile(2000));
        assert.match(await state(it.page), /^2,000 rows read/);
      } finally { await it.close(); }
    });
  });
}

test("a zip gives its tables, with names from older archives", async () => {
  const csv = new TextEncoder().encode("客户ID,下单日期,金额\nC1,2024-01-02,3.50\nC2,2024-01-03,4.50\n");
  const it = await dashboard(browser, "disk", { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
  try {
    await open(it.page, made("tables.zip", zipSync({ "导出/订单.csv": csv, "__MACOSX/._订单.csv": csv, "readme.md": csv })));
    assert.match(await state(it.page), /^2 rows read/);
    assert.equal(await it.page.locator("kl-import .file").textContent(), "订单.csv");
  } finally { await it.close(); }
});

test("a zip that is cut off or damaged says which, and what to do; what a file is its bytes say, not its name", async () => {
  const rows = Array.from({ length: 4000 }, (_, i) => `C${i % 97},2024-01-${String(1 + (i % 28)).padStart(2, "0")},${(i * 7919) % 1000}.50`);
  const csv = new TextEncoder().encode(["客户ID,下单日期,金额", ...rows].join("\n") + "\n"), whole = zipSync({ "a.csv": csv, "b.csv": csv });
  const it = await dashboard(browser, "disk", { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
  try {
    const said = async (name, bytes, words) => {
      await choose(it.page, "kl-landing .btn.pri", made(name, bytes));
      const alert = it.page.locator("kl-landing [role=alert]", { hasText: words });
      await alert.waitFor();
      assert.match(await alert.textContent(), /Get the archive again, or unpack it yourself/);
      assert.ok((await alert.textContent()).includes(name));
    };
    // In the middle of the second table, and behind both of them.
    await said("cut.zip", whole.subarray(0, Math.floor(whole.length * 0.7)), /ends too early/);
    await said("cut-late.zip", whole.subarray(0, whole.length - 30), /ends too early/);
    const broken = Uint8Array.from(whole);
    broken.fill(0xff, 60, 900);
    await said("broken.zip", broken, /is damaged/);
    // A note behind the list is no damage.
    await choose(it.page, "kl-landing .btn.pri", made("noted.zip", zipSync({ "a.csv": csv }, { comment: "made by hand" })));
    await it.page.locator("kl-import .dock").waitFor();
    assert.match(await state(it.page), /^4,000 rows read/);
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
  for (const [name, bytes] of [["text.zip", csv], ["archive.csv", zipSync({ "a.csv": csv })]]) {
    const other = await dashboard(browser, "disk", { locale: "en" });
    try {
      await open(other.page, made(name, bytes));
      assert.match(await state(other.page), /^4,000 rows read/, name);
      assert.deepEqual(other.errors, []);
    } finally { await other.close(); }
  }
});

test("what holds no table is refused in words, whatever its name; a file of its head alone says so", async () => {
  const it = await dashboard(browser, "disk", { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
  try {
    const alert = (words) => it.page.locator("[role=alert]", { hasText: words }).first().waitFor();
    await choose(it.page, "kl-landing .btn.pri", made("orders-picture.csv", readFileSync(at("www/screenshots/overview-en.png"))));
    await alert(/This is a picture, not a table/);
    await choose(it.page, "kl-landing .btn.pri", made("nothing.csv", ""));
    await alert(/The file is empty/);
    // Text that begins like such a file is text.
    await open(it.page, made("id3.csv", "ID3,amount\nMZ1,2\n"));
    assert.match(await state(it.page), /^1 row read/);
    await choose(it.page, "kl-import .dock .btn:not(.pri)", made("a.pdf.csv", "%PDF-1.7\n%\xe2\xe3"));
    await it.page.locator("dialog.modal .err", { hasText: "This is a PDF, not a table" }).waitFor();
    await it.page.keyboard.press("Escape");
    await choose(it.page, "kl-import .dock .btn:not(.pri)", made("head.csv", "客户ID,下单日期,金额\n"));
    await it.page.locator("kl-dialogs .opt").nth(1).click();
    await it.page.waitForFunction(() => /^Only a line of heads/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent ?? ""));
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
});

test("rooms that wait for a kind of column are told of beside the number that are ready; without filters too few rows are no fault of a filter", async () => {
  const it = await dashboard(browser, "disk", { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
  try {
    await open(it.page, ordersFile(2000));
    assert.match(await it.page.locator("kl-import .dock p").textContent(), /Others need: .*times/);
    await choose(it.page, "kl-import .dock .btn:not(.pri)", made("three.csv", "customer_id,order_date,amount\nA,2024-01-02,10\nB,2024-01-05,20\nC,2024-02-01,5\nA,2024-02-03,7\n"));
    await it.page.locator("kl-dialogs .opt").nth(2).click();
    await it.page.waitForFunction(() => /^4 rows/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent ?? ""));
    await it.page.evaluate(() => { location.hash = "#/explain_change"; });
    await it.page.locator("kl-room .state").waitFor();
    assert.equal(await it.page.locator("kl-room h1").textContent(), "Too little data here for this room.");
    assert.ok(!/filter/.test(await it.page.locator("kl-room .state").textContent()));
    // What to change is called as its control is.
    await it.page.evaluate(() => { location.hash = "#/rfm"; });
    await it.page.locator("kl-room .state", { hasText: "a later “As of”" }).waitFor();
  } finally { await it.close(); }
});

test("each problem leads to its cell: what could not be read, what is empty, and a word that means so", async () => {
  const it = await dashboard(browser, "disk", { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
  const rows = Array.from({ length: 1500 }, (_, i) => `C${i % 90},O${i},${i === 900 ? "2024-13-45" : `2024-${String(1 + (i % 12)).padStart(2, "0")}-${String(1 + (i % 28)).padStart(2, "0")}`},${i === 1200 ? "NULL" : i === 1400 ? "abc" : (i % 97) + 0.5}`);
  try {
    await open(it.page, made("problems.csv", ["customer_id,order_id,order_date,amount", ...rows].join("\n") + "\n"));
    for (const [title, text] of [["is not numbers", "abc"], ["is not dates", "2024-13-45"], ["without “amount”", "empty"], ["without “order_date”", "2024-13-45"]]) {
      await it.page.locator(".problems li", { hasText: title }).getByRole("button", { name: "Go to the cell" }).click();
      await it.page.locator(".cells td.ring", { hasText: text }).waitFor();
      await it.page.waitForFunction(() => { const r = document.querySelector("kelan-dashboard").shadowRoot, [cell, box] = [".cells td.ring", ".sheetbox"].map((s) => r.querySelector(s)?.getBoundingClientRect()); return Boolean(cell && cell.top >= box.top && cell.bottom <= box.bottom); });
    }
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
});

test("the steps of one month are saved and done again on the next month's file; a file that holds none is refused in words", async () => {
  const it = await dashboard(browser, "disk", { locale: "en", acceptDownloads: true });
  it.page.setDefaultTimeout(WAIT);
  const csv = (month) => ["customer,day,sum,jotting", ...Array.from({ length: 60 }, (_, i) => `C${i % 9},2024-${month}-${String(1 + (i % 28)).padStart(2, "0")},${i}.5,note ${i}`)].join("\n") + "\n";
  const steps = () => it.page.locator("kl-sheet .steps li").allTextContents().then((all) => all.map((l) => l.trim()));
  try {
    await open(it.page, made("month-1.csv", csv("01")));
    await role(it.page, "jotting", "text");
    await retype(it.page, "sum", "text");
    await it.page.locator("kl-import .chips .btn.q").click();
    await it.page.locator("kl-sheet .steps li").nth(2).waitFor();
    const [file] = await Promise.all([it.page.waitForEvent("download"), it.page.getByRole("button", { name: "Save the steps" }).click()]);
    const kept = at("build/browser/month.recipe.json");
    await file.saveAs(kept);
    await it.page.reload();
    await open(it.page, made("month-2.csv", csv("02")));
    await it.page.locator("kl-import .chips .btn.q").click();
    await it.page.locator("kl-sheet input[type=file]").setInputFiles(made("none.json", "{no"));
    await it.page.locator(".toast", { hasText: "none.json holds no steps" }).waitFor();
    await it.page.locator("kl-sheet input[type=file]").setInputFiles(kept);
    await it.page.locator("kl-sheet .steps li").nth(2).waitFor();
    assert.deepEqual(await steps(), ["Read month-2.csv", "jotting is the text", "sum read as text"]);
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
});

test("the reader's word on dates, decimal mark and missing words holds, and each menu shows what it would do", async () => {
  const it = await dashboard(browser, "disk", { locale: "en" });
  it.page.setDefaultTimeout(WAIT);
  try {
    await open(it.page, made("said.csv", "customer;date;amount\nA;03/04/2024;1,50\nB;05/06/2024;keine\nC;07/08/2024;2,25\nD;01/02/2024;4,00\n"));
    const dates = it.page.locator('kl-menu[data-chip="dates"]');
    await dates.locator("button").first().click();
    // What each choice would read is asked from the engine when the menu opens.
    await dates.locator(".mi small").nth(2).waitFor();
    assert.deepEqual((await dates.locator(".mi small").allTextContents()).slice(1).map((s) => s.split(/\s+\|\s+/)[0]), ["2024-03-04", "2024-04-03"]);
    await dates.locator(".mi").nth(2).click();
    await it.page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector('kl-menu[data-chip="dates"] em')?.textContent === "day, month, year");
    await it.page.locator('kl-pop[data-chip="missing"] > button').click();
    await it.page.locator('kl-pop[data-chip="missing"] input').fill("keine");
    await it.page.locator('kl-pop[data-chip="missing"] .btn.pri').click();
    await it.page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector('kl-pop[data-chip="missing"] em')?.textContent === "keine");
    assert.match(await it.page.locator('kl-menu[data-chip="decimal"] em').textContent(), /1\.234,50/);
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
});

test("of several tables in a file the longest is read, the others are named and chosen by a chip", async () => {
  for (const from of ["site", "disk"]) {
    const it = await dashboard(browser, from, { locale: "en" });
    it.page.setDefaultTimeout(WAIT);
    try {
      const orders = Array.from({ length: 40 }, (_, i) => `${i + 1},C${i % 9},2024-${String(1 + (i % 12)).padStart(2, "0")}-05,${i + 5}.50`);
      await open(it.page, made("two-tables.csv", `Shop report\n\nregion,goal\nNorth,100\nSouth,80\n\nOrders\norder,customer,day,amount\n${orders.join("\n")}\n`));
      assert.match(await state(it.page), /^40 rows read/);
      const chip = it.page.locator('kl-menu[data-chip="table"]');
      assert.equal(await chip.locator("em").textContent(), "2 of 2");
      await it.page.locator("kl-import .prob", { hasText: "holds 2 tables one below another; you see number 2" }).waitFor();
      assert.equal(await it.page.locator("kl-import .prob", { hasText: "skipped" }).count(), 0, "the other table is no title");
      await chip.locator("button").first().click();
      await chip.locator(".mi small").nth(1).waitFor();
      assert.deepEqual(await chip.locator(".mi small").allTextContents(), ["region, goal", "order, customer, day, amount"]);
      await chip.locator(".mi").nth(0).click();
      await it.page.waitForFunction(() => /^2 rows read/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent ?? ""), null, { timeout: 60_000 });
      await it.page.locator("kl-import .cname b", { hasText: "goal" }).waitFor();
      assert.deepEqual(await it.page.locator("kl-import .cname b").allTextContents(), ["region", "goal"]);
      assert.deepEqual(it.errors, []);
    } finally { await it.close(); }
  }
});

async function pick(page, column, menu, label) {
  const head = page.locator("kl-import th", { has: page.locator(`.cname b[title="${column}"]`) });
  const before = await page.locator("kl-import .chips .btn.q").textContent();
  await head.locator(menu).click();
  await head.locator(".mi", { has: page.locator(`.ml > span:text-is("${label}")`) }).click();
  await page.waitForFunction((b) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .chips .btn.q")?.textContent !== b, before);
}
const role = (page, column, label) => pick(page, column, "button.tag", label);
const retype = (page, column, label) => pick(page, column, "button.ctype", label);

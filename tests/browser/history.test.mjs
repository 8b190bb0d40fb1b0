// What was changed of filters, comparison and settings is a list that a person sees, goes back in, and takes single changes out of.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { at } from "../../tools/build/common.mjs";
import { dashboard, launchChromium, lists, ordersFile, show } from "./harness.mjs";

let browser, view, page;
before(async () => {
  browser = await launchChromium();
  view = await dashboard(browser, "site", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 1440, height: 900 } });
  page = view.page;
  page.setDefaultTimeout(20_000);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose files" }).first().click()]);
  await chooser.setFiles(ordersFile(20_000));
  await page.locator("kl-import .btn.pri").first().click({ timeout: 60_000 });
  await show(page, "rfm");
});
after(async () => { await view?.close(); await browser?.close(); });

const lines = () => page.locator(".changes .when b").allTextContents();
const stands = (wanted) => page.waitForFunction((w) => JSON.stringify([...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".changes .when b")].map((b) => b.textContent)) === w, JSON.stringify(wanted))
  .catch(async () => assert.deepEqual(await lines(), wanted));
const now = () => page.locator(".changes [aria-current=step] b").textContent();
const filters = () => page.evaluate(() => { const { filters, params } = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-filterbar").app; return { period: filters.period, regions: filters.dimensions.flatMap((d) => d.values), params }; });
const customers = () => page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent);
const tick = async (value) => {
  await page.locator(".filters kl-pop", { hasText: "Region" }).locator("button").first().click();
  await page.locator(".pop:popover-open label", { hasText: value }).locator("input").click();
  await page.keyboard.press("Escape");
};

test("every change stands in the list in words; a line leads back to its moment", async () => {
  await page.locator(".bar .past [aria-label='What was changed']").click();
  await page.locator("kl-history", { hasText: "Nothing has been changed yet." }).waitFor();
  const all = await customers();
  await page.locator(".filters kl-pop", { hasText: "Period" }).locator("button").first().click();
  await page.locator(".pop:popover-open").getByRole("button", { name: "Last 180 days" }).click();
  await page.keyboard.press("Escape");
  await tick("华东");
  await tick("华南");
  await stands(["Region: 华东, 华南", "Region: 华东", "Period: 21 Dec 2023 – 17 Jun 2024", "As opened"]);
  assert.equal(await now(), "Region: 华东, 华南");
  await page.waitForFunction(() => / of /.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent));
  await page.locator(".changes .when", { hasText: "Period" }).click();
  assert.deepEqual((await filters()).regions, []);
  assert.equal(await now(), "Period: 21 Dec 2023 – 17 Jun 2024");
  assert.equal(await page.locator(".changes .off").count(), 2, "what came later stands there as undone");
  await page.locator(".changes .when", { hasText: "As opened" }).click();
  await page.waitForFunction((was) => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent === was, all);
  await page.locator(".changes .when", { hasText: "Region: 华东, 华南" }).click();
  assert.deepEqual((await filters()).regions, ["华东", "华南"]);
});

test("one change is taken back alone, and what is undone survives the next change", async () => {
  await page.getByRole("button", { name: "Take back: Period" }).click();
  const left = await filters();
  assert.deepEqual([left.period, left.regions], [null, ["华东", "华南"]]);
  await stands(["Period: all", "Region: 华东, 华南", "Region: 华东", "Period: 21 Dec 2023 – 17 Jun 2024", "As opened"]);
  // The region as it was first is covered by the later choice: nothing to take back there.
  assert.equal(await page.locator(".changes li", { hasText: "changed again later" }).locator(".ib").count(), 0);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.deepEqual((await filters()).regions, []);
  await tick("华南");
  await stands(["Region: 华南", "Period: all", "Region: 华东, 华南", "Region: 华东", "Period: 21 Dec 2023 – 17 Jun 2024", "As opened"]);
  assert.equal(await page.locator(".bar .past [aria-label=Redo]").isDisabled(), true);
  await page.getByRole("button", { name: "Do again: Region: 华东, 华南" }).click();
  assert.deepEqual((await filters()).regions, ["华东", "华南"]);
  await page.keyboard.press("Control+z");
  assert.deepEqual((await filters()).regions, ["华南"]);
});

test("settings and comparisons stand there too, in the words of their room, and in Chinese", async () => {
  await page.keyboard.press("Escape");
  await page.locator(".rh .acts .btn").first().click();
  await page.locator("kl-settings select").first().waitFor();
  const name = await page.locator("kl-settings .formline:has(select) > label").first().textContent();
  await page.locator("kl-settings select").first().selectOption({ index: 1 });
  await page.keyboard.press("Escape");
  await page.locator("kl-pop.cmp button").first().click();
  await page.locator(".cmpbody .mi", { hasText: /everyone|everybody|all/i }).first().click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("h");
  const [compared, set] = await lines();
  assert.match(compared, /^Compared with \S/);
  assert.ok(set.startsWith(`Value segments (RFM) · ${name.trim()}: `), set);
  assert.deepEqual(await lists.wide(page), []);
  await page.getByRole("button", { name: "中文" }).first().click();
  await page.locator(".changes b", { hasText: "打开时的样子" }).waitFor();
  assert.ok((await lines()).every((l) => !/[A-Za-z]{4,}/.test(l)), (await lines()).join(" | "));
  await page.getByRole("button", { name: "English" }).first().click();
  await page.locator(".changes b", { hasText: "As opened" }).waitFor();
});

test("the list is axe clean in both themes and worked by keys alone", async () => {
  await page.evaluate(readFileSync(at("node_modules/axe-core/axe.min.js"), "utf8"));
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((t) => document.querySelector("kelan-dashboard").dataset.theme === t, colorScheme);
    assert.deepEqual(await lists.axe(page), [], colorScheme);
  }
  // From the head of the panel: the close button is behind, the lines follow, to the beginning of all.
  const was = await now();
  await page.locator("kl-sheet h2").focus();
  for (let i = 0; i < 24 && !(await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.activeElement?.matches(".changes li:last-child .when"))); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction((w) => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".changes [aria-current=step] b").textContent !== w, was);
  assert.equal(await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.activeElement?.getAttribute("aria-current")), "step", "the focus stays with the moment that holds");
  await page.locator(".changes .when").first().click();
  assert.equal(await now(), was);
});

test("the list goes with the workspace: after a reload undo still reaches back", async () => {
  const before = await lines();
  await page.waitForTimeout(1500);
  await page.reload();
  await page.locator("kl-landing .ruled button", { hasText: /orders-20000/ }).first().click();
  await show(page, "rfm");
  await page.keyboard.press("h");
  await stands(before);
  await page.keyboard.press("Control+z");
  assert.equal(await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-filterbar").app.compare), null);
  assert.deepEqual(view.errors, []);
});

const two = () => {
  const text = readFileSync(ordersFile(2000), "utf8").replace(/"[^"]*"/g, "x").trimEnd().split("\n"), [head, ...rows] = text;
  mkdirSync(at("build/browser"), { recursive: true });
  return [["first-part.csv", rows.slice(0, 1200)], ["second-part.csv", rows.slice(1100)]].map(([name, part]) => { const path = at(`build/browser/${name}`); writeFileSync(path, [head, ...part].join("\n") + "\n"); return path; });
};
const heading = (page, rows) => page.waitForFunction((n) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import h1")?.textContent.startsWith(`${n} rows`), rows);
async function joined(page) {
  const choose = async (button, file) => { const chooser = page.waitForEvent("filechooser"); await page.locator(button).first().click(); await (await chooser).setFiles(file); };
  const [first, second] = two();
  await choose("kl-landing .btn.pri", first);
  await page.locator("kl-import .dock").waitFor();
  await choose("kl-import .dock .btn:not(.pri)", second);
  await page.locator("[data-test=join-counts]").waitFor();
  await page.locator("kl-dialogs .opt").first().click();
  await heading(page, "2,000");
}
const reopen = async (page) => {
  await page.waitForTimeout(1500);
  await page.reload();
  await page.locator("kl-landing .ruled button", { hasText: /first-part/ }).first().click();
  await page.waitForFunction(() => location.hash.startsWith("#/") && document.querySelector("kelan-dashboard").shadowRoot.querySelector("main h1:not(.held)"));
  await page.evaluate(() => { location.hash = "#/import"; });
  await page.locator("kl-import .chips .btn.q").click();
  await page.locator("kl-sheet .steps li").nth(1).waitFor();
};

for (const from of ["site", "disk"]) test(`what a joined file brought is given back after a reload and from a workspace file, ${from}`, async () => {
  const it = await dashboard(browser, from, { locale: "en-US", viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  it.page.setDefaultTimeout(20_000);
  try {
    await joined(it.page);
    await reopen(it.page);
    const step = it.page.locator("kl-sheet .steps li", { hasText: "Rows of second-part.csv appended: +800, 0 changed" });
    await step.waitFor();
    await it.page.keyboard.press("Escape");
    // The file holds it too.
    await it.page.locator("[aria-label=Preferences]").first().click();
    const [file] = await Promise.all([it.page.waitForEvent("download"), it.page.getByRole("button", { name: "Save to a file" }).click()]);
    const path = at(`build/browser/joined-${from}.kelan`);
    await file.saveAs(path);
    await it.page.keyboard.press("Escape");
    await it.page.locator("kl-import .chips .btn.q").click();
    await step.locator("button").click();
    await heading(it.page, "1,200");
    await reopenFile(it.page, path);
    await it.page.evaluate(() => { location.hash = "#/import"; });
    await heading(it.page, "2,000");
    await it.page.locator("kl-import .chips .btn.q").click();
    await step.locator("button").click();
    await heading(it.page, "1,200");
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
});

const reopenFile = async (page, path) => {
  await page.reload();
  const chooser = page.waitForEvent("filechooser");
  await page.locator("kl-landing .btn.pri").first().click();
  await (await chooser).setFiles(path);
  await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room main h1:not(.held), kl-start h1:not(.held)"));
};

test("where a browser has no room for the table before, the step says so; where it keeps nothing, the page does", async () => {
  const it = await dashboard(browser, "site", { locale: "en-US", viewport: { width: 1440, height: 900 } });
  it.page.setDefaultTimeout(20_000);
  try {
    await it.page.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (value, ...rest) { if (value.earlier?.some(Boolean)) throw new DOMException("full", "QuotaExceededError"); return put.call(this, value, ...rest); };
    });
    await joined(it.page);
    await reopen(it.page);
    const step = it.page.locator("kl-sheet .steps li", { hasText: "second-part.csv" });
    assert.match(await step.textContent(), /Cannot be taken back: the table before it was not kept/);
    assert.equal(await step.locator("button").count(), 0);
    assert.deepEqual(it.errors, []);
  } finally { await it.close(); }
  const none = await dashboard(browser, "site", { locale: "en-US", viewport: { width: 1440, height: 900 } });
  none.page.setDefaultTimeout(20_000);
  try {
    await none.page.evaluate(() => { IDBFactory.prototype.open = () => { throw new DOMException("private", "SecurityError"); }; });
    await joined(none.page);
    await none.page.locator("[role=alert]", { hasText: "This workspace is not kept." }).waitFor();
    await none.page.locator("[role=alert] .link", { hasText: /close/i }).first().click();
    await none.page.locator("kl-import .dock .btn.pri").click();
    await show(none.page, "overview");
    assert.equal(await none.page.locator("[role=alert]", { hasText: "not kept" }).count(), 0, "said once");
  } finally { await none.close(); }
});

// What an analyst does on the built page, by mouse and keyboard: marks lead to customers, the hand moves the period, views are compared.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { dashboard, launchChromium, ordersFile, show } from "./harness.mjs";

let browser, view, page;
const text = (locator) => locator.textContent().then((t) => t.trim());
const number = async (locator) => Number((await text(locator)).replace(/[^\d]/g, ""));
const state = (script) => page.evaluate(script);

const room = (id) => show(page, id);

before(async () => {
  browser = await launchChromium();
  view = await dashboard(browser, "site", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  page = view.page;
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose files" }).first().click()]);
  await chooser.setFiles(ordersFile(20_000));
  await page.locator("kl-import .btn.pri").first().click({ timeout: 60_000 });
  await room("overview");
});
after(async () => { await view?.close(); await browser?.close(); });

test("the overview sets the last days against those before, with past values and what moved", async () => {
  assert.match(await text(page.locator(".rh p.q")), /last 30 days against the 30 before/);
  assert.match(await text(page.locator("[part=headline]")), /^Revenue (fell|rose) \d/);
  assert.ok(await page.locator(".kpi .spark").count() >= 5, "sparklines");
  assert.ok(await page.locator(".kpi .d b").count() >= 5, "changes");
  const moves = page.locator(".mv li");
  assert.equal(await moves.count(), 3);
  assert.match(await text(moves.first()), /(chance|usual|unusual)/);
});

test("a mark leads to its customers, an audience, a file and everything filtered", async () => {
  await room("rfm");
  const all = await number(page.locator(".cnt"));
  // By keyboard: the first cell of the grid, as a screen reader's user reaches it.
  const chart = page.locator("kl-frame .ch").first();
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const bar = page.locator(".selbar");
  await bar.waitFor();
  const n = await number(bar.locator("b"));
  assert.ok(n > 0 && n < all, `${n} of ${all}`);
  assert.equal(await number(page.locator(".behind .n")), n, "the table shows them");
  const [file] = await Promise.all([page.waitForEvent("download"), bar.getByRole("button", { name: "Export CSV" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trimEnd().split(/\r\n/);
  assert.equal(lines.length - 1, n);
  assert.equal(lines[0], "\ufeffcustomer");
  await page.keyboard.press("s");
  await page.locator("#aud").fill("picked");
  await page.locator("dialog.modal").getByRole("button", { name: "Save as audience" }).click();
  await bar.getByRole("button", { name: "Filter everything" }).click();
  await page.waitForFunction((wanted) => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent.replace(/,/g, "").startsWith(`${wanted} of`), n);
  await page.keyboard.press("Control+z");
  await page.waitForFunction((wanted) => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent.replace(/\D/g, "") === String(wanted), all);
});

test("where a room's rows are not customers, the engine names those behind a mark", async () => {
  await room("revenue");
  const chart = page.locator("kl-frame .ch").first();
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  // From those who had bought before to the new ones, who in the first month are all there are.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const bar = page.locator(".selbar");
  await bar.getByRole("button", { name: "Save as audience" }).waitFor();
  const n = await number(bar.locator("b"));
  // January 2022, counted by the engine itself.
  const table = await page.evaluate(async () => {
    const root = document.querySelector("kelan-dashboard").shadowRoot, frame = root.querySelector("kl-table");
    const at = frame.columns.find((c) => c.id === "period").values.indexOf("2022-01");
    return frame.columns.find((c) => c.id === "customers").values[at];
  }).catch(() => null);
  assert.ok(n > 0);
  if (table !== null) assert.ok(n >= table, `${n} customers behind, ${table} in one region`);
  await page.keyboard.press("Escape");
});

test("dragging the period moves charts and figures before the hand lets go, and the axes hold still", async () => {
  await room("revenue");
  await page.locator(".filters kl-pop button").first().click();
  const brush = page.locator("kl-brush .brush:visible").first();
  await brush.waitFor();
  await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".filters kl-brush rect").length > 5);
  const axis = () => page.evaluate(() => {
    const frame = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame"), plot = frame.plot;
    return { y: plot.getModel().getComponent("yAxis", 0).axis.scale.getExtent(), x: plot.getModel().getComponent("xAxis", 0).axis.scale.getExtent(), sum: plot.getOption().series[0].data.reduce((a, v) => a + (typeof v === "number" ? v : v?.value ?? 0), 0) };
  });
  const before = await axis();
  const box = await brush.boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 30, { steps: 6 });
  await page.waitForFunction((was) => {
    const frame = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame");
    return frame.still && frame.plot.getOption().series[0].data.reduce((a, v) => a + (typeof v === "number" ? v : v?.value ?? 0), 0) < was * 0.6;
  }, before.sum, { timeout: 60_000 });
  const during = await axis();
  assert.deepEqual(during.x, before.x, "the months stay where they are");
  assert.ok(during.y[1] >= before.y[1] * 0.99, `the scale does not shrink: ${before.y} to ${during.y}`);
  assert.match(await text(page.locator(".brushline:visible")), /customers · [\d,]+ orders/);
  await page.mouse.up();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => / of /.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent));
  assert.equal(await page.locator(".cnt").getAttribute("aria-live"), "polite");
  await page.keyboard.press("Control+z");
});

test("two halves side by side on one scale, with the differences in figures", async () => {
  await room("revenue");
  await page.locator("kl-pop.cmp button").first().click();
  await page.getByRole("button", { name: /later half/ }).click();
  await page.keyboard.press("Escape");
  await page.locator(".sides kl-frame canvas").nth(1).waitFor();
  const tops = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".sides kl-frame")].slice(0, 2).map((f) => f.plot.getModel().getComponent("yAxis", 0).axis.scale.getExtent()[1]));
  assert.equal(tops[0], tops[1]);
  assert.ok(await page.locator(".versus tbody tr").count() >= 3);
  await page.locator("kl-pop.cmp button").first().click();
  await page.getByRole("button", { name: /Stop/ }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
});

test("a rule counts while it is written, says where it is wrong, and becomes an audience", async () => {
  await room("rfm");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("write a rule");
  await page.keyboard.press("Enter");
  const area = page.locator("#rule");
  await area.waitFor();
  await area.fill("frequency >= and 3");
  await page.locator(".rulestate.err").waitFor();
  assert.match(await text(page.locator(".rulestate")), /at character/);
  await area.fill("frequency >= 3");
  await page.locator(".rulestate b").waitFor();
  const n = await number(page.locator(".rulestate b"));
  assert.ok(n > 0);
  await page.locator("#rule-name").fill("frequent");
  await page.getByRole("button", { name: "Filter everything" }).click();
  await page.waitForFunction((wanted) => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent.replace(/,/g, "").startsWith(`${wanted} of`), n);
  await page.keyboard.press("Control+z");
});

test("the palette finds rooms by the initials of their pinyin, columns and customers", async () => {
  const finds = async (query, wanted) => {
    await page.keyboard.press("Control+k");
    await page.locator(".palin input").fill(query);
    await page.locator(".palit", { hasText: wanted }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".palin").waitFor({ state: "detached" });
  };
  await finds("tqq", "Cohorts");
  await finds("下单", "下单日期");
  await page.keyboard.press("Control+k");
  await page.locator(".palin input").fill("#C00042");
  await page.locator(".palit", { hasText: "C00042" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator("kl-customer .face").waitFor();
  assert.match(await text(page.locator("kl-customer .face")), /C00042/);
});

test("customers are sorted, found and opened; J and K walk the list one came from", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  const rows = page.locator("kl-customers .dtr");
  await rows.first().waitFor();
  const column = (n) => page.locator(`kl-customers .dtr > :nth-child(${n})`).allTextContents();
  const heads = await page.locator("kl-customers .dth button").allTextContents();
  const orders = heads.findIndex((h) => h.startsWith("Orders")) + 1;
  await page.locator("kl-customers .dth button", { hasText: "Orders" }).click();
  await page.waitForFunction((n) => { const c = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(`kl-customers .dtr > :nth-child(${n})`)].map((e) => Number(e.textContent)); return c.length > 3 && c.every((v, i) => i === 0 || v <= c[i - 1]); }, orders);
  // Whatever else changes on the page, the order stays.
  await page.getByRole("button", { name: "Dark" }).first().click();
  await page.getByRole("button", { name: "Light" }).first().click();
  assert.equal(await page.locator("kl-customers .dth > [aria-sort=descending]").textContent().then((t) => t.trim().startsWith("Orders")), true);
  await page.locator("kl-customers input[type=search]").fill("c0004");
  await page.waitForFunction(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-customers .dtr > :first-child")].every((e) => e.textContent.includes("C0004")));
  const [first, second] = await column(1);
  await rows.first().click();
  const face = page.locator("kl-customer .face");
  const shows = (id) => page.waitForFunction((wanted) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-customer .face")?.textContent.includes(wanted), id.trim());
  await shows(first);
  await page.keyboard.press("j");
  await shows(second);
  await page.keyboard.press("k");
  await shows(first);
  await page.locator("kl-customer .kpi", { hasText: "Customer lifetime value" }).waitFor({ timeout: 60_000 });
  assert.match(await text(face), /C0004/);
});

test("charts are pinned to the board, arranged, and stay under the filters", async () => {
  await room("rfm");
  for (const i of [0, 1]) {
    await page.locator("kl-frame kl-menu button").nth(i).click();
    await page.locator(".mi:visible", { hasText: "Pin" }).click();
  }
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await page.locator("kl-board kl-frame canvas").nth(1).waitFor();
  const titles = () => page.locator("kl-board kl-frame h2").allTextContents();
  const [a, b] = await titles();
  await page.getByRole("button", { name: "Later" }).first().click();
  await page.waitForFunction((first) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-board kl-frame h2").textContent === first, b);
  assert.deepEqual(await titles(), [b, a]);
});

test("nothing was thrown and nothing was asked of the network on the way", () => {
  assert.deepEqual(view.errors, []);
  assert.deepEqual(view.requests.filter((u) => !u.startsWith(view.url)), []);
});

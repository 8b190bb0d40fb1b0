// What an analyst does on the built page, by mouse and keyboard: marks lead to customers, the hand moves the period, views are compared.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { command, dashboard, launchChromium, ordersFile, show } from "./harness.mjs";

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
  // Past values and what moved come after the figures themselves.
  await page.locator(".kpi .spark").nth(4).waitFor();
  await page.locator(".kpi .d b").nth(4).waitFor();
  const moves = page.locator(".mv li");
  await moves.nth(2).waitFor();
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
  // The table shows them, once it has put them in order.
  await page.waitForFunction((wanted) => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".behind .n").textContent.replace(/\D/g, "") === String(wanted), n);
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
  // A room that answers slowly does not follow the hand: asked a second time, it has its answer at once, however busy the machine.
  await room("rfm");
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
  await page.mouse.move(box.x + box.width * 0.5, box.y + 30);
  await page.waitForFunction((was) => {
    const frame = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame");
    return frame.still && frame.plot.getOption().series[0].data.reduce((a, v) => a + (typeof v === "number" ? v : v?.value ?? 0), 0) < was * 0.6;
  }, before.sum, { timeout: 60_000 });
  const during = await axis();
  assert.deepEqual(during.x, before.x, "the months stay where they are");
  assert.ok(during.y[1] >= before.y[1] * 0.99, `the scale does not shrink: ${before.y} to ${during.y}`);
  await page.locator(".brushline:visible", { hasText: /customers · [\d,]+ orders/ }).waitFor();
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
  // Undo covers the comparison too: its end, then its beginning.
  await page.keyboard.press("Control+z");
  await page.locator(".sides").first().waitFor();
  await page.keyboard.press("Control+z");
  await page.locator(".sides").first().waitFor({ state: "detached" });
});

test("a rule counts while it is written, says where it is wrong, and becomes an audience", async () => {
  await room("rfm");
  await command(page, "write a rule");
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
  await page.waitForFunction(() => { const ids = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-customers .dtr > :first-child")]; return ids.length > 1 && ids.every((e) => e.textContent.includes("C0004")); });
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

/** The customers of the file that these tests are about, by what their rows say. */
const customersWhere = (keep) => new Set([...readFileSync(ordersFile(20_000), "utf8").matchAll(/^(C\d+),(O\d+),([\d-]+),(-?[\d.]+),([^,]+),/gm)].filter(([, , , day, amount, region]) => keep(day, Number(amount), region)).map((m) => m[1]));

/** By keyboard to the n-th mark of a series of a chart, and in. */
async function enter(chart, item, series = 0) {
  const frame = page.locator("kl-frame").nth(await page.evaluate((id) => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].findIndex((f) => f.chart?.id === id), chart));
  await frame.locator("canvas").first().waitFor();
  await page.waitForFunction((id) => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart?.id === id)?.plot?.getOption(), chart);
  await frame.locator(".ch").focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowUp");
  // Down to the series: what is silent is passed over.
  for (let i = 0; i < 6 && (await page.evaluate((id) => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart?.id === id).at.series, chart)) < series; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  for (let i = 0; i < item; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
}

/** Enters a mark and answers how many customers stand behind it; the selection is cleared again. */
async function behind(chart, item, series = 0) {
  await enter(chart, item, series);
  const bar = page.locator(".selbar");
  await bar.getByRole("button", { name: "Show customers" }).waitFor();
  const n = await number(bar.locator("b"));
  await page.locator("h1").first().focus().catch(() => undefined);
  await bar.getByRole("button", { name: "Clear the selection" }).click();
  await bar.waitFor({ state: "detached" });
  return n;
}

/** What the room's answer says, and the value of a mark. */
const told = (path) => page.evaluate((keys) => keys.split(".").reduce((v, k) => v?.[k], document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room").out.summary), path);
const drawn = (chart, item, series = 0) => page.evaluate(([id, s, i]) => {
  const frame = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart?.id === id), v = [].concat(frame.resolved.option.series)[s].data[i];
  return v?.step ?? v?.value ?? v;
}, [chart, series, item]);

test("every kind of mark leads to as many customers as it draws", async () => {
  await room("lifecycle");
  for (const [item, series] of [[3, 0], [12, 1], [20, 2]]) assert.equal(await behind("flow", item, series), await drawn("flow", item, series), `flow ${series}:${item}`);

  await room("cohort");
  const rows = await told("rows");
  const pooled = rows.filter((r) => r.active.length > 2 + r.open_cells);
  assert.equal(await behind("curve", 2), pooled.reduce((n, r) => n + r.active[2], 0), "all cohorts, two periods on");
  const [age, , share] = await drawn("retention", 5);
  const cohort = await page.evaluate(() => [].concat([...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart.id === "retention").chart.option.series)[0].data[5].drill.cohort);
  const row = rows.find((r) => r.cohort === cohort);
  assert.equal(row.active[age + 1] / row.size, share);
  assert.equal(await behind("retention", 5), row.active[age + 1], "the cell, not its whole cohort");

  await room("pareto");
  const n = await told("n");
  assert.equal(await behind("curve", 100), Math.round((await drawn("curve", 100))[0] * n), "the largest of the curve");

  await room("clv");
  assert.equal(await behind("calibration", 1, 1), (await told("holdout.by_frequency") ?? await told("backtest.by_frequency"))[1].customers, "one repeat purchase before");

  await room("regress");
  const at = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart.id === "coefficients").chart.option.yAxis.data.findIndex((d) => d.includes("=")));
  const region = await page.evaluate((i) => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart.id === "coefficients").chart.option.yAxis.data[i].split("=")[1], at);
  assert.equal(await behind("coefficients", at), customersWhere((_, __, r) => r === region).size, "a term that is a value has its rows");
  assert.equal(await behind("residuals", 7), 1, "a point is a row of one customer");

  await room("explain_change");
  const { from, to } = await told("before_span");
  assert.equal(await behind("bridge", 0, 1), customersWhere((day, amount) => amount > 0 && day >= from && day <= to).size, "before: those who bought");

  await room("describe");
  const { name, bin, last } = await page.evaluate(() => { const f = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].find((f) => f.chart.id === "histogram_1"), d = f.chart.option.series[0].data; return { name: [].concat(f.chart.option.xAxis)[0].name.$words.en, bin: d[3].drill, last: d.length === 4 }; });
  assert.equal(name, "金额");
  assert.equal(await behind("histogram_1", 3), customersWhere((_, amount) => amount >= bin.from && (amount < bin.to || (last && amount === bin.to))).size, "a bin of a histogram");
});

test("a chart whose marks stand for nobody neither leads nor looks as if it did", async () => {
  await room("segment");
  await enter("numbers", 1);
  assert.equal(await page.locator(".selbar").count(), 0);
  const cursors = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].map((f) => [f.chart.id, [].concat(f.plot.getOption().series).every((s) => s.cursor === "default")]));
  assert.deepEqual(cursors.filter(([, still]) => still).map(([id]) => id), ["numbers"]);
});

test("a comparison with nobody in it says so, and stops at a click", async () => {
  await room("pareto");
  await enter("largest", 0);
  const bar = page.locator(".selbar");
  await bar.getByRole("button", { name: "Filter everything" }).click();
  await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent.startsWith("1 of"));
  const id = await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room").app.audiences.at(-1)?.customers[0] ?? "");
  await room("revenue");
  const bought = new Set([...readFileSync(ordersFile(20_000), "utf8").matchAll(new RegExp(`^${id},O\\d+,([\\d-]+),`, "gm"))].map((m) => m[1]));
  const day = ["2022-03-04", "2022-03-05", "2022-03-06", "2022-03-07"].find((d) => !bought.has(d));
  await page.locator("kl-pop.cmp button").first().click();
  const dates = page.locator(".cmpbody input[type=date]");
  await dates.nth(0).fill(day);
  await dates.nth(1).fill(day);
  await page.locator(".cmpbody button[type=submit]").click();
  await page.keyboard.press("Escape");
  const said = page.locator(".versus[role=status]");
  await said.waitFor();
  assert.match(await text(said.locator("p")), /No row is left/);
  await said.getByRole("button", { name: "Stop comparing" }).click();
  await said.waitFor({ state: "detached" });
  // The end of the comparison, its beginning, the filter.
  for (let i = 0; i < 3; i++) await page.keyboard.press("Control+z");
});

test("two saved audiences side by side: counted apart, on one scale, and a figure of another month is not set against this one", async () => {
  await room("rfm");
  const keep = async (steps, name) => {
    await page.locator("kl-frame .ch").first().focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < steps; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const n = await number(page.locator(".selbar b"));
    await page.locator(".selbar").getByRole("button", { name: "Save as audience" }).click();
    await page.locator("#aud").fill(name);
    await page.locator("dialog.modal").getByRole("button", { name: "Save as audience" }).click();
    await page.locator("dialog.modal").waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    return n;
  };
  const counts = [await keep(1, "Alpha"), await keep(4, "Beta")];
  assert.notEqual(counts[0], counts[1]);
  await page.evaluate(() => { location.hash = "#/customers"; });
  const line = (name) => page.locator(".auds li", { hasText: name });
  await line("Alpha").getByRole("button", { name: "Filter everything" }).click();
  await line("Beta").getByRole("button", { name: "Compare" }).click();
  await room("revenue");
  await page.locator(".sides kl-frame canvas").nth(1).waitFor();
  assert.deepEqual(await page.locator(".versus thead th").allTextContents().then((all) => all.slice(0, 2)), ["Alpha", "Beta"]);
  assert.deepEqual(await page.locator(".versus tr", { hasText: "Customers" }).locator("td").allTextContents().then((all) => all.slice(0, 2).map(Number)), counts);
  const lines = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".sides kl-frame")].slice(0, 2).map((f) => { const s = f.plot.getModel().getComponent("yAxis", 0).axis.scale; return [s.getExtent(), s.getTicks().map((t) => t.value)]; }));
  assert.deepEqual(lines[0], lines[1]);
  // The last month of one is not the last month of the other: it is named, and no difference is drawn.
  const last = page.locator(".versus tbody tr").last();
  const [first, other] = [await text(last.locator("th")), (await last.locator(".alien").allTextContents())[0]];
  if (other !== undefined) assert.deepEqual([first === other, await text(last.locator("td").last())], [false, "—"]);
  // The cross on the audience's chip ends the filter.
  const chip = page.locator(".filters .chipwrap", { hasText: "Alpha" });
  const cross = await chip.getByRole("button", { name: "Remove Audience" }).boundingBox();
  assert.ok(cross.width >= 24 && cross.height >= 24, "it can be hit");
  await chip.getByRole("button", { name: "Remove Audience" }).click();
  await chip.waitFor({ state: "detached" });
  for (let i = 0; i < 3; i++) await page.keyboard.press("Control+z");
  await page.locator(".sides").first().waitFor({ state: "detached" });
  // Undo does not bring an audience back: it is asked for before it goes.
  await page.evaluate(() => { location.hash = "#/customers"; });
  await line("Beta").getByRole("button", { name: "Remove the audience" }).click();
  const asked = page.locator("dialog.modal", { hasText: "Remove the audience “Beta”?" });
  await asked.getByRole("button", { name: "Cancel" }).click();
  await asked.waitFor({ state: "hidden" });
  assert.equal(await line("Beta").count(), 1);
  await line("Beta").getByRole("button", { name: "Remove the audience" }).click();
  await asked.getByRole("button", { name: "Remove the audience" }).click();
  await line("Beta").waitFor({ state: "detached" });
  assert.equal(await line("Alpha").count(), 1);
});

test("heads of frames keep their shape when a room has more or fewer charts than before", async () => {
  await room("revenue");
  const shapes = () => page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].map((f) => {
    const head = f.querySelector("header"), [a, b] = [head.querySelector("h2").getBoundingClientRect(), head.querySelector(".tools").getBoundingClientRect()];
    return { chart: f.chart.id, size: getComputedStyle(head.querySelector("h2")).fontSize, beside: b.left >= a.right && b.top <= a.bottom };
  }));
  const before = await shapes();
  await page.locator(".filters kl-pop", { hasText: "Region" }).locator("button").first().click();
  await page.locator(".pop:popover-open input[type=checkbox]").first().check();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => / of /.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector(".cnt").textContent));
  await room("revenue");
  for (const f of [...before, ...(await shapes())]) assert.deepEqual({ size: f.size, beside: f.beside }, { size: before[0].size, beside: true }, f.chart);
  await page.keyboard.press("Control+z");
});

test("charts are pinned to the board, arranged by keys and by hand, and lead to customers there", async () => {
  await room("rfm");
  for (const i of [0, 1]) {
    await page.locator("kl-frame kl-menu button").nth(i).click();
    await page.locator(".mi:visible", { hasText: "Pin" }).click();
  }
  await room("lifecycle");
  await page.locator("kl-frame kl-menu button").nth(0).click();
  await page.locator(".mi:visible", { hasText: "Pin" }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await page.waitForFunction(() => { const f = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board .board kl-frame")]; return f.length === 3 && f.every((x) => x.querySelector("canvas") && x.querySelector("h2")); });
  const titles = () => page.locator("kl-board .board kl-frame h2").allTextContents();
  const stands = (list) => page.waitForFunction((wanted) => JSON.stringify([...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board .board kl-frame h2")].map((e) => e.textContent)) === wanted, JSON.stringify(list));
  const [a, b, c] = await titles();
  await page.getByRole("button", { name: "Later" }).first().click();
  await stands([b, a, c]);
  // By keys: the handle keeps the focus while its chart moves.
  await page.locator("kl-board .grab").first().focus();
  await page.keyboard.press("End");
  await stands([a, c, b]);
  await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.activeElement?.classList.contains("grab"));
  await page.keyboard.press("Home");
  await stands([b, a, c]);
  // By hand: the last before the first.
  await page.locator("kl-board .grab").nth(2).scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board .pin")[1].scrollIntoView({ block: "start" }));
  const grip = await page.locator("kl-board .grab").nth(2).boundingBox(), first = await page.locator("kl-board .pin").nth(0).boundingBox();
  await page.mouse.move(grip.x + 5, grip.y + 5);
  await page.mouse.down();
  await page.mouse.move(first.x + 20, first.y + first.height / 2, { steps: 4 });
  await page.locator("kl-board .pin.before").waitFor();
  await page.mouse.up();
  await stands([c, b, a]);
  // A mark of the board: the stage drawn first, as many as it draws.
  const drawnHere = await page.evaluate(() => [].concat([...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board kl-frame")][0].resolved.option.series)[0].data[0].value);
  await enter("stages", 0);
  await page.locator(".selbar").getByRole("button", { name: "Save as audience" }).waitFor();
  assert.equal(await number(page.locator(".selbar b")), drawnHere);
  await page.locator(".selbar").getByRole("button", { name: "Show customers" }).click();
  await page.locator("kl-customers .dtr").first().waitFor();
  await page.waitForFunction((n) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-customers .dtbar .n").textContent.replace(/\D/g, "") === String(n), drawnHere);
});

test("a chart taken off the board and put back is drawn again, on the board and in its room", async () => {
  const drawn = (where, n) => page.waitForFunction(([w, count]) => {
    const f = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(w)];
    // Ink, not only a canvas: an empty picture has none.
    const inked = (frame) => [...frame.querySelectorAll("canvas")].some((c) => c.width > 0 && c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0));
    return f.length === count && f.every((x) => x.querySelector("h2") && inked(x));
  }, [where, n]);
  const toggle = async (i) => { await page.locator("kl-room kl-frame kl-menu button").nth(i).click(); await page.locator(".mi:visible", { hasText: /[Pp]in/ }).click(); };
  await room("lifecycle");
  await toggle(0);
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await drawn("kl-board .board kl-frame", 2);
  await room("lifecycle");
  await drawn("kl-room kl-frame", await page.locator("kl-room kl-frame").count());
  await toggle(0);
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await drawn("kl-board .board kl-frame", 3);
  // On the board itself: out by its own button, and the others stay drawn.
  await page.locator("kl-board .pin").last().getByRole("button", { name: /Unpin|Take off|Remove/ }).first().click();
  await drawn("kl-board .board kl-frame", 2);
  await room("lifecycle");
  await toggle(0);
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await drawn("kl-board .board kl-frame", 3);
});

test("the board is presented a chart at a time; keys turn, Escape leaves", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await page.waitForFunction(() => { const f = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board .board kl-frame")]; return f.length === 3 && f.every((x) => x.querySelector("canvas") && x.querySelector("h2")); });
  const titles = await page.locator("kl-board .board kl-frame h2").allTextContents();
  await page.getByRole("button", { name: "Present" }).click();
  const slide = (i) => page.waitForFunction((title) => { const deck = document.querySelector("kelan-dashboard").shadowRoot.querySelector(".deck"); return deck?.querySelector("h2")?.textContent === title && deck.querySelector("canvas"); }, titles[i]);
  await slide(0);
  const box = await page.locator(".deck").boundingBox(), window = await page.evaluate(() => [innerWidth, innerHeight]);
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, ...window], "over the whole page");
  await page.keyboard.press("ArrowRight");
  await slide(1);
  await page.keyboard.press("End");
  await slide(2);
  await page.keyboard.press("PageUp");
  await slide(1);
  await page.keyboard.press("Home");
  await slide(0);
  await page.keyboard.press("Escape");
  await page.locator(".deck").waitFor({ state: "detached" });
  await page.waitForFunction(() => !document.fullscreenElement);
  assert.equal(await page.locator("kl-board .board kl-frame").count(), 3);
});

test("nothing was thrown and nothing was asked of the network on the way", () => {
  assert.deepEqual(view.errors, []);
  assert.deepEqual(view.requests.filter((u) => !u.startsWith(view.url)), []);
});

test("the head of a column says what it means: under the pointer, to the keys, and in the list of columns; nothing moves", async () => {
  await room("rfm");
  const head = page.locator("kl-room [role=columnheader]", { hasText: "Days since last order" }), tip = page.locator("kl-room .tip:popover-open");
  const tops = () => page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-room .dtr, kl-room .dth")].map((r) => r.getBoundingClientRect().top + scrollY));
  await head.scrollIntoViewIfNeeded();
  const before = await tops();
  await head.hover();
  await tip.waitFor();
  assert.match(await text(tip), /From the last order to the day of reference$/);
  assert.deepEqual(await tops(), before);
  // The pointer may go over to the words; Escape sends them away.
  await tip.hover();
  await page.waitForTimeout(300);
  assert.equal(await tip.count(), 1);
  await page.mouse.move(5, 5);
  await tip.waitFor({ state: "detached" });
  // By keys: up from the first row to the heads, along them, and Enter puts the rows in order.
  const box = page.locator("kl-room .dtbox");
  await box.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  await tip.waitFor();
  assert.match(await text(tip), /^Customer/);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => /^Days since/.test(document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room .tip").textContent.trim()));
  const active = await page.evaluate(() => { const root = document.querySelector("kelan-dashboard").shadowRoot, on = root.getElementById(root.querySelector("kl-room .dtbox").getAttribute("aria-activedescendant")); return { role: on.getAttribute("role"), described: root.getElementById(on.getAttribute("aria-describedby"))?.textContent.trim() }; });
  assert.deepEqual([active.role, /From the last order/.test(active.described)], ["columnheader", true]);
  await page.keyboard.press("Enter");
  await page.locator("kl-room [role=columnheader][aria-sort=descending]", { hasText: "Days since" }).waitFor();
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  assert.equal(await tip.count(), 0);
  await page.locator("kl-room .dtbar").getByRole("button", { name: "Columns" }).click();
  await page.locator("kl-room .cols small").first().waitFor();
  assert.equal(await page.locator("kl-room .cols small").count(), await page.locator("kl-room .cols label").count());
  await page.keyboard.press("Escape");
});

test("the currency that is chosen by hand stands in sentences, titles and tiles at once; without one none is left", async () => {
  await room("revenue");
  const told = () => page.evaluate(() => { const root = document.querySelector("kelan-dashboard").shadowRoot, frame = root.querySelector("kl-room kl-frame"); return { headline: root.querySelector("kl-room [part=headline]").textContent, title: frame.querySelector("h2").textContent, alt: frame.querySelector(".ch").getAttribute("aria-label"), tile: root.querySelector("kl-room .kpi .v").textContent }; });
  const plain = await told();
  await page.locator("kl-prefs button[aria-label=Preferences]").first().click();
  for (const sign of ["€", "¥"]) {
    await page.locator("kl-sheet").getByRole("radio", { name: sign, exact: true }).check();
    await page.waitForFunction((s) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room .kpi .v").textContent.includes(s), sign);
    const now = await told();
    for (const [at, words] of Object.entries(now)) {
      assert.ok(words.includes(sign), `${at}: ${words}`);
      assert.equal(words.replaceAll(sign, ""), plain[at], at);
      assert.doesNotMatch(words, /[\ufdd0-\ufdef]/, at);
    }
  }
  await page.locator("kl-sheet").getByRole("radio", { name: "none", exact: false }).first().check();
  await page.waitForFunction((s) => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room .kpi .v").textContent === s, plain.tile);
  assert.deepEqual(await told(), plain);
  assert.ok(Object.values(plain).every((words) => !/[¥€$£\ufdd0]/.test(words)), JSON.stringify(plain));
  await page.keyboard.press("Escape");
});

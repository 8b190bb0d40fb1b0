// The page on a telephone's screen, 360 px wide, and the faces that its letters come from.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dashboard, launchChromium, lists, ordersFile, show } from "./harness.mjs";

let browser, view, page;
before(async () => {
  browser = await launchChromium();
  view = await dashboard(browser, "site", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 360, height: 760 }, hasTouch: true, isMobile: true });
  page = view.page;
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose files" }).first().click()]);
  await chooser.setFiles(ordersFile(20_000));
  await page.locator("kl-import .dock .btn.pri").click();
  await show(page, "overview");
});
after(async () => { await view?.close(); await browser?.close(); });

const drawn = () => page.waitForFunction(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].every((f) => f.plot && !f.stale));

test("figures of a heat map have their place: about six columns in sight, the rest by swiping, row names staying", async () => {
  await show(page, "cohort");
  await drawn();
  await page.waitForFunction(() => { const s = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame .stay"); return s !== null; });
  const look = () => page.evaluate(() => {
    const f = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-frame"), box = f.querySelector(".ch"), stay = f.querySelector(".stay");
    const at = (i) => f.plot.convertToPixel({ xAxisIndex: 0 }, i);
    const inked = stay.getContext("2d").getImageData(0, 0, stay.width, stay.height).data.some((v, i) => i % 4 === 3 && v > 0);
    return { frame: box.clientWidth, lane: f.plot.getWidth(), cell: at(1) - at(0), left: stay.getBoundingClientRect().left - box.getBoundingClientRect().left, strip: stay.offsetWidth, scroll: box.scrollLeft, inked, columns: f.resolved.option.xAxis.data.length };
  });
  const start = await look();
  assert.ok(start.columns > 12 && start.lane > start.frame, "the picture goes on beyond the frame");
  const inSight = (start.frame - start.strip) / start.cell;
  assert.ok(inSight > 5.2 && inSight < 8, `${inSight.toFixed(1)} columns in sight`);
  assert.ok(start.inked, "row names are drawn on the strip that stays");
  // The keys walk on to a mark beyond the edge: the picture follows, the names of the rows do not.
  await page.locator("kl-frame .ch").first().focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 11; i++) await page.keyboard.press("ArrowRight");
  const far = await look();
  assert.ok(far.scroll > 0, "swiped");
  assert.equal(far.left, 0, "the names stay");
  assert.deepEqual(await lists.wide(page), []);
});

test("no heat map of any room prints a figure over another", async () => {
  for (const room of ["rfm", "lifecycle", "clv", "correlate", "segment"]) {
    await show(page, room);
    await drawn();
    const cells = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-frame")].filter((f) => [].concat(f.resolved.option.series).some((s) => s.type === "heatmap")).map((f) => {
      const at = (i) => f.plot.convertToPixel({ xAxisIndex: 0 }, i), pen = document.createElement("canvas").getContext("2d");
      pen.font = `12px ${f.plot.getOption().textStyle.fontFamily.replace(/'/g, '"')}`;
      const s = [].concat(f.resolved.option.series)[0];
      const shown = s.label?.show ? s.data.filter((d) => d.label?.show !== false) : [];
      const widest = Math.max(0, ...shown.map((d) => pen.measureText(s.label.formatter({ value: d.value, data: d })).width));
      return { chart: f.chart.id, cell: Math.abs(at(1) - at(0)), widest, shown: shown.length };
    }));
    if (room === "rfm") assert.ok(cells.some((c) => c.shown > 0), "figures stand in the grid");
    for (const c of cells) assert.ok(!(c.cell < c.widest), `${room}/${c.chart}: ${c.widest} px in ${c.cell}`);
  }
});

test("labels of figures are read whole", async () => {
  for (const room of ["overview", "rfm", "explain_change", "compare"]) {
    await show(page, room);
    const cut = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll(".kpi .l")].filter((l) => l.scrollHeight > l.clientHeight + 1 || l.scrollWidth > l.clientWidth + 1).map((l) => l.textContent));
    assert.deepEqual(cut, [], room);
  }
});

test("the head of the page says where one is; undo and the whole tag have moved out of its way", async () => {
  await show(page, "rfm");
  const head = await page.evaluate(() => { const b = document.querySelector("kelan-dashboard").shadowRoot.querySelector(".bar .where"); return [b.scrollHeight, b.clientHeight, b.scrollWidth, b.clientWidth]; });
  assert.ok(head[0] <= head[1] + 1 && head[2] <= head[3] + 1, `the name of the room is cut: ${head}`);
  await page.locator(".narrowfilters button").first().click();
  await page.locator(".pastnarrow:visible").waitFor();
  await page.keyboard.press("Escape");
});

test("a row of a table is read without swiping: who, the figure it is ordered by, and two more; a touch shows the rest", async () => {
  await page.evaluate(() => { location.hash = "#/customers"; });
  const rows = page.locator("kl-customers .stacked .dtr");
  await rows.nth(3).waitFor();
  const look = () => page.evaluate(() => {
    const box = document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-table .dtbox"), edge = box.getBoundingClientRect();
    return { swipes: box.scrollWidth > box.clientWidth + 1, rows: [...box.querySelectorAll(".dtr")].slice(0, 4).map((r) => [...r.querySelectorAll("[role=rowheader], [role=gridcell]")].map((c) => { const b = c.getBoundingClientRect(); return { text: c.textContent.trim(), inside: b.left >= edge.left - 1 && b.right <= edge.right + 1 }; })) };
  });
  const { swipes, rows: seen } = await look();
  assert.equal(swipes, false);
  for (const cells of seen) assert.deepEqual([cells.length, cells.every((c) => c.text && c.inside)], [4, true], JSON.stringify(cells));
  assert.match(seen[0][0].text, /^C\d{5}$/);
  const figure = async () => (await page.locator("kl-table .stacked .by b").allTextContents()).slice(0, 6).map((v) => Number(v.replace(/,/g, "").replace("\u2212", "-")));
  const money = await figure();
  assert.deepEqual(money, [...money].sort((a, b) => b - a), "ordered by the figure that is shown");
  // Ordered by another column, that one is shown.
  await page.locator("kl-customers kl-menu", { hasText: "Sort" }).locator("button").first().click();
  await page.locator(".mi:visible", { hasText: "Orders" }).first().click();
  await page.waitForFunction(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-customers .by small")?.textContent.startsWith("Orders"));
  const orders = await figure();
  assert.deepEqual(orders, [...orders].sort((a, b) => b - a));
  assert.deepEqual(await lists.wide(page), []);
  await rows.first().click();
  await page.locator("kl-customer .face").waitFor();
  // Rows that are no customers show all of their columns in a sheet, by touch and by key.
  await show(page, "revenue");
  const first = page.locator("kl-room .stacked .dtr").first();
  await first.click();
  await page.locator("kl-sheet dt").first().waitFor();
  const labels = await page.locator("kl-sheet dt").allTextContents();
  const columns = await page.evaluate(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-room kl-table").columns.length);
  assert.equal(labels.length, columns - 1);
  assert.deepEqual(await page.locator("kl-sheet dt:not(:has(small))").allTextContents(), ["Region"], "every column of ours says what it means; the file's own speaks for itself");
  assert.ok((await page.locator("kl-sheet dd").allTextContents()).every((v) => v.trim()), "every column has its value");
  await page.keyboard.press("Escape");
  await page.locator("kl-room .dtbox").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("kl-sheet dl").waitFor();
  assert.equal(await page.locator("kl-sheet h2").textContent(), await page.locator("kl-room .stacked .who").nth(1).textContent());
  await page.keyboard.press("Escape");
});

test("the table behind a chart is read without swiping: each figure with the name of its column", async () => {
  for (const room of ["rfm", "cohort", "revenue", "clv"]) {
    await show(page, room);
    await drawn();
    const n = await page.locator("kl-room kl-frame").count();
    for (let i = 0; i < n; i++) await page.locator("kl-room kl-frame").nth(i).locator("button.ib").first().click();
    await page.waitForFunction((all) => document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-room .twin").length === all, n);
    const seen = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-room .twin")].map((box) => {
      const edge = box.getBoundingClientRect(), heads = [...box.querySelectorAll("thead th")].map((h) => h.textContent);
      const cells = [...box.querySelectorAll("tbody tr")].slice(0, 5).flatMap((r) => [...r.querySelectorAll("td")].filter((c) => c.checkVisibility()));
      return { swiped: box.scrollWidth > box.clientWidth + 1, out: cells.filter((c) => c.getBoundingClientRect().right > edge.right + 1).length, named: cells.every((c) => heads.includes(c.dataset.head) && (heads.length === 2 || getComputedStyle(c, "::before").content.includes(c.dataset.head))), cells: cells.length };
    }));
    for (const twin of seen) assert.deepEqual({ ...twin, cells: twin.cells > 0 }, { swiped: false, out: 0, named: true, cells: true }, room);
    for (let i = 0; i < n; i++) await page.locator("kl-room kl-frame").nth(i).locator("button.ib").first().click();
  }
});

test("what a room offers stands in one line, and no figure of a row has its name cut", async () => {
  await page.evaluate(() => { location.hash = "#/clv"; });
  await page.locator("kl-room .stacked .dtr").nth(3).waitFor();
  const seen = await page.evaluate(() => {
    const root = document.querySelector("kelan-dashboard").shadowRoot, line = (e) => Math.round(e.getBoundingClientRect().top);
    const rests = [...root.querySelectorAll("kl-room .stacked .rest")].slice(0, 5).map((r) => [...r.children].filter((c) => c.getBoundingClientRect().top < r.getBoundingClientRect().bottom - 4).map((c) => c.scrollWidth <= c.clientWidth + 1));
    return { acts: new Set([...root.querySelectorAll(".rh .acts .btn")].map(line)).size, rests };
  });
  assert.equal(seen.acts, 1);
  for (const rest of seen.rests) assert.ok(rest.length >= 1 && rest.every(Boolean), JSON.stringify(rest));
});

test("a comparison stands line by line, each figure beside the name of its view", async () => {
  await show(page, "rfm");
  await page.locator(".narrowfilters > button").click();
  await page.locator(".cmpnarrow summary").click();
  await page.locator(".cmpnarrow .mi", { hasText: "later half against earlier half" }).click();
  await page.locator(".versus tbody tr").first().waitFor();
  await page.keyboard.press("Escape");
  const seen = await page.evaluate(() => { const box = document.querySelector("kelan-dashboard").shadowRoot.querySelector(".versus"); return { swiped: box.scrollWidth > box.clientWidth + 1, heads: [...box.querySelectorAll("thead th")].map((h) => h.textContent), rows: [...box.querySelectorAll("tbody tr")].map((r) => [...r.querySelectorAll("td")].map((c) => [c.dataset.head, c.getBoundingClientRect().right <= innerWidth])) }; });
  assert.equal(seen.swiped, false);
  assert.ok(seen.rows.length > 2);
  for (const row of seen.rows) assert.deepEqual(row, seen.heads.map((h) => [h, true]));
  assert.deepEqual(await lists.wide(page), []);
  await page.keyboard.press("Control+z");
  await page.locator(".versus").waitFor({ state: "detached" });
});

test("the rows of a file say that they go on, and the first column stays while the others are swiped", async () => {
  await page.evaluate(() => { location.hash = "#/import"; });
  await page.locator("kl-import .cells tbody tr").nth(5).waitFor();
  assert.match(await page.locator("kl-import .swipe").textContent(), /^Swipe for all 6 columns/);
  const at = () => page.evaluate(() => { const box = document.querySelector("kelan-dashboard").shadowRoot.querySelector(".sheetbox"), row = box.querySelectorAll("tbody tr")[4].children; const left = (i) => Math.round(row[i].getBoundingClientRect().left); return { scroll: box.scrollLeft, first: left(1), other: left(3), held: row[1].getBoundingClientRect().right }; });
  const before = await at();
  await page.evaluate(() => { document.querySelector("kelan-dashboard").shadowRoot.querySelector(".sheetbox").scrollLeft = 200; });
  const after = await at();
  assert.equal(after.scroll, 200);
  assert.deepEqual([after.first, after.other], [before.first, before.other - 200]);
  assert.ok(after.held < 230, `the held columns end at ${after.held} of 360 px`);
});

test("in English an apostrophe is as narrow as one, since Latin faces go before Han ones", async () => {
  const width = () => page.evaluate(() => { const d = document.querySelector("kelan-dashboard"), pen = document.createElement("canvas").getContext("2d"); pen.font = `100px ${getComputedStyle(d).getPropertyValue("--kl-font")}`; return pen.measureText("\u2019").width; });
  assert.ok((await width()) < 60, "not a full-width mark");
  const order = await page.evaluate(() => getComputedStyle(document.querySelector("kelan-dashboard")).getPropertyValue("--kl-font"));
  assert.ok(order.indexOf("Arial") > 0 && order.indexOf("Arial") < order.indexOf("PingFang SC"));
  assert.deepEqual(view.errors, []);
});

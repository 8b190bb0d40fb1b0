// The engine inside the built page, served and from disk: same numbers, no request, nothing left behind.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../tools/build/common.mjs";
import { dashboard, give, launchChromium, launchFirefox, listener, ONE_FILE, ordersFile } from "./harness.mjs";

let browser;
before(async () => { browser = await launchChromium(); });
after(async () => { await browser?.close(); });

const ROLES = { customer: "客户ID", order: "订单号", date: "下单日期", amount: "金额" };

/** Runs in the page: reads the given file and returns every summary as text, so that the last bit counts. */
const analyse = async ({ roles, ids, workers }) => {
  const kelan = await globalThis.kelan.open({ workers });
  try {
    const table = await kelan.read(globalThis.given);
    await table.assign(roles);
    const out = { rows: table.source.rows };
    for (const id of ids) out[id] = JSON.stringify((await table.analyze(id, id === "rfm" ? { as_of: "2025-01-01" } : {})).summary);
    return out;
  } finally {
    await kelan.close();
  }
};

test("100,000 rows give the same numbers served, from disk, and for any number of workers", async () => {
  const path = ordersFile(100_000), answers = [];
  const ids = JSON.parse(readFileSync(at("www/src/types/registry.json"))).map((a) => a.id).filter((id) => ["overview", "rfm", "cohort", "revenue"].includes(id));
  assert.ok(ids.includes("rfm"), "the registry lists rfm");
  for (const [from, workers] of [["site", 2], ["disk", 2], ["disk", 0], ["site", 1]]) {
    const view = await dashboard(browser, from);
    try {
      await give(view.page, path);
      answers.push(await view.page.evaluate(analyse, { roles: ROLES, ids, workers }));
      assert.deepEqual(view.errors, [], `${from} with ${workers} workers`);
      if (from === "disk") assert.deepEqual(view.requests.filter((u) => u !== ONE_FILE), [], "the one file asks for nothing");
    } finally {
      await view.close();
    }
  }
  assert.equal(answers[0].rows, 100_000);
  for (const other of answers.slice(1)) assert.deepEqual(other, answers[0]);
});

test("the one file cannot reach anybody, however it tries", async () => {
  const ear = await listener();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(ONE_FILE);
    await page.waitForFunction(() => "kelan" in globalThis);
    const outcomes = await page.evaluate(async (host) => {
      const url = `http://${host}/`, attempts = {};
      const attempt = async (name, run) => { try { attempts[name] = await run(); } catch (e) { attempts[name] = "blocked"; } };
      const element = (tag, attributes) => new Promise((done) => {
        const e = Object.assign(document.createElement(tag), attributes);
        e.onload = () => done("loaded"); e.onerror = () => done("blocked");
        document.body.append(e); setTimeout(() => done("blocked"), 500);
      });
      await attempt("fetch", async () => { await fetch(url + "fetch", { mode: "no-cors" }); return "sent"; });
      await attempt("xhr", () => new Promise((done) => { const x = new XMLHttpRequest(); x.onload = () => done("sent"); x.onerror = () => done("blocked"); x.open("GET", url + "xhr"); x.send(); }));
      await attempt("beacon", () => { navigator.sendBeacon(url + "beacon", "x"); return "blocked"; });
      await attempt("websocket", () => new Promise((done) => { const w = new WebSocket(`ws://${host}/ws`); w.onopen = () => done("sent"); w.onerror = () => done("blocked"); }));
      await attempt("eventsource", () => new Promise((done) => { const s = new EventSource(url + "events"); s.onopen = () => done("sent"); s.onerror = () => { s.close(); done("blocked"); }; }));
      await attempt("image", () => element("img", { src: url + "image" }));
      await attempt("script", () => element("script", { src: url + "script" }));
      await attempt("style", () => element("link", { rel: "stylesheet", href: url + "style" }));
      await attempt("prefetch", () => element("link", { rel: "prefetch", href: url + "prefetch" }));
      await attempt("frame", () => element("iframe", { src: url + "frame" }).then(() => "blocked"));
      await attempt("import", async () => { await import(url + "module.js"); return "sent"; });
      await attempt("form", () => { const f = Object.assign(document.createElement("form"), { action: url + "form", method: "post" }); document.body.append(f); f.submit(); return "blocked"; });
      await attempt("worker", () => new Promise((done) => {
        const w = new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url + "worker")}, { mode: "no-cors" }).then(() => postMessage("sent"), () => postMessage("blocked"))`])));
        w.onmessage = (e) => done(e.data); w.onerror = () => done("blocked");
      }));
      await new Promise((r) => setTimeout(r, 500));
      return attempts;
    }, ear.host);
    assert.deepEqual([...new Set(Object.values(outcomes))], ["blocked"], JSON.stringify(outcomes));
    assert.deepEqual(ear.heard, [], "a server on this machine heard the page");
  } finally {
    await context.close();
    await ear.close();
  }
});

test("the policies of both pages say what the README says", () => {
  const policy = (file) => /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(at(file), "utf8"))?.[1] ?? "";
  const one = policy("dist/kelan.html");
  for (const part of ["default-src 'none'", "connect-src 'none'", "worker-src blob:", "base-uri 'none'", "form-action 'none'"]) assert.ok(one.includes(part), `${part} in ${one}`);
  assert.ok(!/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:/.test(one), one);
  assert.match(policy("dist/index.html"), /default-src 'none'/);
});

test("a trapped engine is replaced, the request fails cleanly, the table lives on", async () => {
  const path = ordersFile(2_000);
  for (const workers of [2, 0]) {
    const view = await dashboard(browser, "disk");
    try {
      await give(view.page, path);
      const seen = await view.page.evaluate(async ({ roles, workers }) => {
        const kelan = await globalThis.kelan.open({ workers });
        const table = await kelan.read(globalThis.given);
        await table.assign(roles);
        const before = JSON.stringify((await table.analyze("rfm")).summary);
        const error = await kelan.trap().then(() => null, (e) => ({ name: e.name, code: e.code, remedy: e.remedy }));
        const again = JSON.stringify((await table.analyze("rfm")).summary);
        await kelan.close();
        return { error, same: before === again };
      }, { roles: ROLES, workers });
      assert.equal(seen.error?.name, "KelanError");
      assert.equal(seen.error.code, "internal");
      assert.ok(seen.error.remedy.length > 0);
      assert.ok(seen.same, "the same figures after the restart");
    } finally {
      await view.close();
    }
  }
});

/** In the page: segments and predictions of the given file; how many workers there were; what became of a trapped reader and of a cancelled analysis. */
const apart = async ({ roles, workers }) => {
  const Real = globalThis.Worker;
  let started = 0;
  globalThis.Worker = class extends Real { constructor(...args) { super(...args); started++; } };
  const kelan = await globalThis.kelan.open({ workers });
  try {
    const table = await kelan.read(globalThis.given);
    await table.assign(roles);
    const segment = { features: [{ fact: "recency_days" }, { fact: "frequency" }, { fact: "monetary" }], k: [3, 5], as_of: "2025-01-01" };
    const classify = { target: { column: "地区", equals: "华东" }, features: ["金额", { expr: "log1p(abs(金额))" }], models: ["logistic", "boosted_trees"] };
    const run = async () => {
      const found = await Promise.all([table.analyze("segment", segment), table.analyze("classify", classify)]);
      return JSON.stringify(found.map(({ summary, frame, headline }) => ({ summary, headline, columns: Object.fromEntries(Object.entries(frame.columns).map(([name, values]) => [name, Array.from(values)])) })));
    };
    const text = await run(), hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    const out = { summary: text.slice(0, 20_000), hash: Array.from(hash).join() }, needed = started;
    if (workers !== 2) return { out, needed };
    // A reader traps while both analyses wait for it: they fail in words or end well, and the table lives on.
    const [first, second] = await Promise.allSettled([run(), kelan.trap("reader")]);
    const alive = (await run()) === text;
    const stop = new AbortController(), cancelled = table.analyze("segment", segment, { signal: stop.signal }).then(() => "done", (e) => e.code);
    stop.abort();
    return { out, needed, failed: first.reason?.code ?? null, trapped: second.reason?.code, alive, cancelled: await cancelled, after: (await run()) === text };
  } finally {
    globalThis.Worker = Real;
    await kelan.close();
  }
};

test("segments and predictions are the same for any number of workers, and outlive one that is lost", { timeout: 600_000 }, async () => {
  const path = ordersFile(20_000), answers = [];
  const view = await dashboard(browser, "site");
  try {
    await give(view.page, path);
    for (const workers of [2, 0, 1, 3]) {
      const { out, needed, ...fate } = await view.page.evaluate(apart, { roles: ROLES, workers });
      answers.push(out);
      assert.equal(needed, [0, 1, 3, 4][workers], `${workers} workers: the engine's own, and the readers that did its tasks`);
      if (workers !== 2) continue;
      assert.ok([null, "internal"].includes(fate.failed), `the analyses beside the trap: ${fate.failed}`);
      assert.deepEqual({ ...fate, failed: null }, { failed: null, trapped: "internal", alive: true, cancelled: "cancelled", after: true });
    }
    for (const other of answers.slice(1)) assert.deepEqual(other, answers[0]);
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
  }
});

test("opening, analysing and closing many times leaves nothing behind", async () => {
  const path = ordersFile(2_000);
  const view = await dashboard(browser, "site");
  try {
    await give(view.page, path);
    const cdp = await view.context.newCDPSession(view.page);
    const round = (times) => view.page.evaluate(async ({ roles, times }) => {
      for (let i = 0; i < times; i++) {
        const kelan = await globalThis.kelan.open({ workers: 1 });
        const table = await kelan.read(globalThis.given);
        await table.assign(roles);
        await table.analyze("rfm");
        await kelan.close();
      }
    }, { roles: ROLES, times });
    const heap = async () => {
      await cdp.send("HeapProfiler.collectGarbage");
      return (await cdp.send("Runtime.getHeapUsage")).usedSize;
    };
    await round(5);
    const early = await heap();
    await round(25);
    const late = await heap();
    for (const until = Date.now() + 30_000; view.page.workers().length > 0; await view.page.waitForTimeout(50)) assert.ok(Date.now() < until, "no worker outlives close()");
    assert.ok(late - early < 2e6, `the page's heap grew from ${early} to ${late} bytes over 25 rounds`);
  } finally {
    await view.close();
  }
});

test("Firefox opens the one file from disk and finds the same customers", async () => {
  const path = ordersFile(2_000), text = readFileSync(path, "utf8");
  const firefox = await launchFirefox();
  try {
    const page = await firefox.newPage();
    await page.goto(ONE_FILE);
    await page.waitForFunction(() => "kelan" in globalThis);
    const seen = await page.evaluate(async (csv) => {
      const kelan = await globalThis.kelan.open({ workers: 2 });
      const table = await kelan.read(new File([csv], "orders.csv"));
      await table.assign({ customer: "客户ID", order: "订单号", date: "下单日期", amount: "金额" });
      const { summary } = await table.analyze("rfm", {});
      await kelan.close();
      return { customers: summary.customers, rows: table.source.rows };
    }, text);
    const customers = new Set(text.split("\n").filter((l) => /^C\d{5},/.test(l)).map((l) => l.slice(0, 6)));
    assert.equal(seen.rows, 2_000);
    assert.ok(seen.customers > 0.9 * customers.size && seen.customers <= customers.size, `${seen.customers} of ${customers.size}: those with refunds only are no customers of rfm`);
  } finally {
    await firefox.close();
  }
});

test("Firefox presents the board over the whole screen: keys turn, Escape leaves", async () => {
  const firefox = await launchFirefox();
  try {
    const page = await firefox.newPage(), errors = [];
    page.on("pageerror", (e) => errors.push(e.message));
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(ONE_FILE);
    await page.waitForFunction(() => "kelan" in globalThis);
    // The page's own root, asked until it says yes.
    const when = (test, ...args) => page.waitForFunction(test, { timeout: 60_000 }, ...args);
    await page.evaluate((csv) => document.querySelector("kelan-dashboard").openFile(new File([csv], "orders.csv")), readFileSync(ordersFile(2_000), "utf8"));
    await when(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-import .dock .btn.pri"));
    await page.evaluate(() => { location.hash = "#/rfm"; });
    await when(() => document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-room kl-frame canvas").length >= 2);
    await page.evaluate(() => { for (const f of [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-room kl-frame")].slice(0, 2)) f.tell("pin", f.chart.id); location.hash = "#/board"; });
    await when(() => { const f = [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board .board kl-frame")]; return f.length === 2 && f.every((x) => x.querySelector("canvas") && x.querySelector("h2")); });
    const titles = await page.evaluate(() => [...document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("kl-board .board kl-frame h2")].map((h) => h.textContent));
    const slide = (i) => when((title) => { const deck = document.querySelector("kelan-dashboard").shadowRoot.querySelector(".deck"); return deck?.querySelector("h2")?.textContent === title && deck.querySelector("canvas"); }, titles[i]);
    const present = await page.evaluateHandle(() => document.querySelector("kelan-dashboard").shadowRoot.querySelector("kl-board .acts .btn"));
    await present.click();
    await slide(0);
    await when(() => { const b = document.querySelector("kelan-dashboard").shadowRoot.querySelector(".deck").getBoundingClientRect(); return document.fullscreenElement && b.x === 0 && b.y === 0 && b.width === innerWidth && b.height === innerHeight; });
    await page.keyboard.press("ArrowRight");
    await slide(1);
    await page.keyboard.press("Home");
    await slide(0);
    await page.keyboard.press("Escape");
    await when(() => !document.querySelector("kelan-dashboard").shadowRoot.querySelector(".deck") && !document.fullscreenElement);
    assert.deepEqual(errors, []);
  } finally {
    await firefox.close();
  }
});

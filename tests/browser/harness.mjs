// Starts the built page, served or from disk, in the browsers of this machine. For every test under tests/browser.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { at } from "../../tools/build/common.mjs";
import { launchChromium, launchFirefox } from "../../tools/browser.mjs";
import { serve } from "../../tools/serve.mjs";

export { launchChromium, launchFirefox };
export const ONE_FILE = pathToFileURL(at("dist/kelan.html")).href;
export const site = () => serve(at("dist"));

/**
 * A page of the dashboard. `from` is "site" or "disk"; from disk the context is offline. `requests` lists every address
 * asked for beyond the page's own, `errors` what the page threw or logged as an error.
 */
export async function dashboard(browser, from, options = {}) {
  const server = from === "site" ? await site() : null;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  if (from === "disk") await context.setOffline(true);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage(), requests = [], errors = [];
  context.on("request", (r) => { if (!/^(blob|data):/.test(r.url())) requests.push(r.url()); });
  page.on("pageerror", (e) => errors.push(e.message));
  page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
  await page.goto(server ? server.url : ONE_FILE);
  await page.waitForFunction(() => "kelan" in globalThis);
  return { page, context, requests, errors, url: server?.url ?? ONE_FILE, close: async () => { await context.close(); await server?.close(); } };
}

/** Gives the page a file as a person would, and leaves it in `globalThis.given`. */
export async function give(page, path) {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), { type: "file", id: "kelan-test-file", hidden: true });
    input.onchange = () => { globalThis.given = input.files[0]; };
    document.body.append(input);
  });
  await page.setInputFiles("#kelan-test-file", path);
  await page.waitForFunction(() => globalThis.given !== undefined);
}

/** Goes to a room by its address and waits until its own finding stands, not that of the room before. */
export async function show(page, room, timeout = 60_000) {
  await page.evaluate((id) => { location.hash = `#/${id}`; }, room);
  await page.waitForFunction((id) => {
    const shown = document.querySelector("kelan-dashboard").shadowRoot.querySelector(`kl-room, kl-${id}`), main = shown?.querySelector("main"), head = main?.querySelector("h1");
    // A plain yes or no: an element that is answered would be held by the browser for the test, and its page with it.
    return Boolean((shown?.room ?? id) === id && head && !head.classList.contains("held") && main.getAttribute("aria-busy") !== "true" &&
      // A chart hears keys once it is drawn.
      (shown.room === undefined || (main.querySelector("kl-frame") ? main.querySelector("kl-frame").querySelector("canvas, .twin") : main.querySelector(".state, kl-table"))));
  }, room, { timeout }).catch(async (error) => {
    // What stood there instead tells more than that the time is over.
    const stood = await page.evaluate(() => {
      const root = document.querySelector("kelan-dashboard").shadowRoot, shown = root.querySelector("kl-room, kl-customers, kl-customer, kl-board, kl-import"), main = root.querySelector("main");
      return [location.hash, shown?.localName, shown?.room, main?.getAttribute("aria-busy"), main?.querySelector("h1")?.className, main?.querySelector("h1")?.textContent.trim(), [...root.querySelectorAll("kl-frame")].map((f) => [f.chart?.id, Boolean(f.querySelector("canvas")), f.width]), root.querySelector(".toast, .state")?.textContent.trim().slice(0, 200)];
    }).catch(() => "no page");
    throw new Error(`${room} was not shown in ${timeout} ms; there stood ${JSON.stringify(stood)}`, { cause: error });
  });
}

/** Chooses an action in the palette, found by its words; it is chosen when it stands first. */
export async function command(page, words) {
  await page.keyboard.press("Control+k");
  await page.locator(".palin input").fill(words);
  await page.locator(".palit[aria-selected=true]", { hasText: new RegExp(words, "i") }).waitFor();
  await page.keyboard.press("Enter");
}

/** What is wrong with the page as it stands. Axe must have been put into it. */
export const lists = {
  /** What axe finds under WCAG 2.2 AA and its good practice. */
  axe: (page) => page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then((r) => r.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`))),
  /** The page, or a box of text, that is wider than its place. */
  wide: (page) => page.evaluate(async () => {
    // A window that was made narrower a moment ago: the page has heard of it with the next picture.
    for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
    const out = document.documentElement.scrollWidth > innerWidth ? [`the page: ${document.documentElement.scrollWidth} px`] : [];
    for (const e of document.querySelector("kelan-dashboard").shadowRoot.querySelectorAll("h1,h2,h3,p,button,label,dt,dd,legend,summary,li,span,b")) {
      if (!e.textContent.trim() || e.closest(".dtbox,.twin,.vh,.skiprow,[hidden]") || !e.checkVisibility()) continue;
      const { display, overflowX, textOverflow } = getComputedStyle(e);
      if (display !== "inline" && overflowX !== "auto" && textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1) out.push(`${e.tagName}.${e.className} ${e.scrollWidth} in ${e.clientWidth}: ${e.textContent.trim().slice(0, 40)}`);
    }
    return out;
  }),
};

/** A server on the loopback address that must hear nothing. */
export async function listener() {
  const heard = [];
  const server = createServer((request, response) => { heard.push(`${request.method} ${request.url}`); response.end(); });
  server.on("upgrade", (request, socket) => { heard.push(`UPGRADE ${request.url}`); socket.destroy(); });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { heard, host: `127.0.0.1:${server.address().port}`, close: () => new Promise((r) => { server.closeAllConnections(); server.close(r); }) };
}

/** A shop's orders, the same for every call: seeded, with quoted line ends, Chinese text and refunds in it. */
export function ordersFile(rows, customers = 8000) {
  let state = 20240101;
  const next = (n) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state % n; };
  const lines = ["客户ID,订单号,下单日期,金额,地区,备注"];
  for (let i = 0; i < rows; i++) {
    const day = new Date(Date.UTC(2022, 0, 1) + next(900) * 86_400_000).toISOString().slice(0, 10);
    const amount = ((next(100) < 3 ? -1 : 1) * (100 + next(49_900))) / 100;
    lines.push(`C${String(1 + next(customers)).padStart(5, "0")},O${100_000 + (i >> 1)},${day},${amount.toFixed(2)},${["华东", "华北", "华南", "西南"][next(4)]},${next(50) === 0 ? '"第一行\n第二行"' : ""}`);
  }
  mkdirSync(at("build/browser"), { recursive: true });
  const path = at(`build/browser/orders-${rows}${customers === 8000 ? "" : `-${customers}`}.csv`);
  writeFileSync(path, lines.join("\n") + "\n");
  return path;
}

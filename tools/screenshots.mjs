// screenshots.mjs [--readme] [--rooms rfm,clv | --rooms none] [--locale en] [--theme dark] [--width 360] [--file orders.csv] [--out shots]: the built one-file
// page photographed screen by screen (every room, settings, method, report, import, customers, board, palette) in both languages, both themes, on a wide
// screen and a telephone's, so that a person can look through them. --readme writes the two pictures that the READMEs show.
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { at } from "./build/common.mjs";
import { launchChromium } from "./browser.mjs";

const args = process.argv.slice(2), option = (name, other) => { const i = args.indexOf("--" + name); return i < 0 ? other : args[i + 1]; };
const readme = args.includes("--readme"), out = at(readme ? "www/screenshots" : option("out", "shots")), file = option("file", "");
const wanted = (name, all) => all.filter((v) => !option(name, "") || String(v).startsWith(option(name, "")));
const LOCALES = wanted("locale", ["en", "zh-CN"]), THEMES = readme ? ["light"] : wanted("theme", ["light", "dark"]), WIDTHS = readme ? [1440] : wanted("width", [1440, 360]);

mkdirSync(out, { recursive: true });
const browser = await launchChromium();
try {
  for (const locale of LOCALES) for (const width of WIDTHS) await walk(locale, width);
} finally {
  await browser.close();
}
console.error(`kelan: pictures are in ${out}`);

async function walk(locale, width) {
  const narrow = width < 768, lang = locale.slice(0, 2);
  const context = await browser.newContext({ locale, colorScheme: THEMES[0], viewport: { width, height: narrow ? 760 : 900 }, hasTouch: narrow, isMobile: narrow, reducedMotion: "reduce", acceptDownloads: true });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on("pageerror", (e) => console.error(`kelan: ${locale} ${width}: ${e.message}`));
  await page.goto(pathToFileURL(at("dist/kelan.html")).href);

  /** One picture per theme. A chart that is drawn anew with the colours is waited for. */
  async function shoot(what, fullPage = false) {
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction((t) => { const d = document.querySelector("kelan-dashboard"); return d.dataset.theme === t && [...d.shadowRoot.querySelectorAll("kl-frame")].every((f) => !f.chart || !f.stale); }, theme).catch(() => console.error(`kelan: ${what} was not drawn (${locale} ${theme} ${width})`));
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${out}/${what}-${readme ? lang : `${lang}-${theme}-${width}`}.png`, fullPage: fullPage && !readme });
    }
  }
  /** Does something on the page's own root, where the page's policy forbids text to become a function. */
  const act = (work, argument) => page.evaluate(`(${work})(document.querySelector("kelan-dashboard").shadowRoot, ${JSON.stringify(argument ?? null)})`);
  async function show(room) {
    await page.evaluate((id) => { location.hash = `#/${id}`; }, room);
    await page.waitForFunction((id) => {
      const root = document.querySelector("kelan-dashboard")?.shadowRoot, head = root?.querySelector("[part=headline]");
      return location.hash === `#/${id}` && head && !head.classList.contains("held") && head.textContent.trim() !== "—" && root.querySelector("main").getAttribute("aria-busy") !== "true";
    }, room).catch(() => console.error(`kelan: ${room} shows no headline (${locale})`));
    await page.waitForTimeout(readme ? 600 : 300);
  }
  const one = async (what, work) => work().catch((e) => console.error(`kelan: ${what} was not reached (${locale} ${width}): ${e.message.split("\n")[0]}`));

  if (!readme) await shoot("0-landing", true);
  if (file) {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.locator("kl-landing .btn.pri").first().click()]);
    await chooser.setFiles(resolve(file));
  } else await page.locator(".lside .ruled button").nth(locale === "en" ? 1 : 0).click();
  await page.locator("kl-import .btn.pri").first().waitFor({ timeout: 120_000 });
  await page.waitForTimeout(600);
  if (!readme) await shoot("1-import");
  await act((root) => root.querySelector("kl-import .dock .btn.pri").click());

  const ids = await page.evaluate(async () => { const k = await globalThis.kelan.open({ workers: 0 }); const all = k.analyses().map((a) => a.id); await k.close(); return all; });
  const rooms = readme ? ["overview"] : option("rooms", "") === "none" ? [] : option("rooms", "")?.split(",").filter(Boolean).length ? option("rooms", "").split(",") : ids;
  for (const room of rooms) {
    await show(room);
    await shoot(readme ? room : `2-${room}`, true);
  }
  if (!readme && (!option("rooms", "") || option("rooms", "") === "none")) {
    for (const room of ["rfm", "clv", "cohort"]) {
      await show(room);
      for (const [kind, n] of [["settings", 0], ["method", 1]]) {
        await act((root, i) => root.querySelectorAll(".rh .acts .btn")[i].click(), n);
        await page.locator("kl-sheet .shbody").waitFor();
        await shoot(`3-${kind}-${room}`);
        await page.keyboard.press("Escape");
      }
    }
    await show("rfm");
    for (let i = 0; i < 3; i++) await act((root, n) => { const f = root.querySelectorAll("kl-frame")[n % 2]; f.dispatchEvent(new CustomEvent("pin", { detail: f.chart.id, bubbles: true })); }, i % 2 === 0 && i > 0 ? 1 : i).catch(() => undefined);
    await one("mark", async () => {
      await page.locator("kl-frame .ch").first().focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.locator(".selbar").waitFor();
      await shoot("4-selection");
      await page.keyboard.press("Escape");
    });
    await one("table twin", async () => { await page.keyboard.press("t"); await page.locator(".twin").first().waitFor(); await shoot("4-twin"); await page.keyboard.press("t"); });
    await one("menu of a chart", async () => { await act((root) => root.querySelector("kl-frame kl-menu button").click()); await shoot("4-chartmenu"); await page.keyboard.press("Escape"); });
    await one("period", async () => { await act((root) => (root.querySelector(".filters kl-pop button")?.checkVisibility() ? root.querySelector(".filters kl-pop button") : root.querySelector(".narrowfilters button, button.narrowfilters")).click()); await page.waitForTimeout(500); await shoot("4-period"); await page.keyboard.press("Escape"); });
    await one("customers", async () => { await page.evaluate(() => { location.hash = "#/customers"; }); await page.locator("kl-customers .dtr").first().waitFor(); await shoot("5-customers", true); });
    await one("customer", async () => { await act((root) => root.querySelectorAll("kl-customers .dtr")[2].click()); await page.locator("kl-customer .kpi").nth(1).waitFor(); await page.waitForTimeout(1500); await shoot("5-customer", true); });
    await one("palette", async () => { await page.keyboard.press("Control+k"); await page.locator(".palit").first().waitFor(); await shoot("6-palette"); await page.keyboard.press("Escape"); });
    await one("keys", async () => { await page.keyboard.press("?"); await page.locator("kl-sheet .shbody").waitFor(); await shoot("6-keys"); await page.keyboard.press("Escape"); });
    await one("board", async () => { await page.evaluate(() => { location.hash = "#/board"; }); await page.locator("kl-board h1").waitFor(); await page.waitForTimeout(400); await shoot("6-board", true); });
    await one("presenting", async () => {
      await act((root) => root.querySelector("kl-board .acts .btn")?.click());
      await page.locator(".deck").waitFor({ timeout: 5000 });
      await shoot("6-present");
      await page.keyboard.press("Escape");
    });
    await one("navigation", async () => { if (!narrow) return; await show("overview"); await act((root) => root.querySelector(".burger").click()); await shoot("6-navigation"); await page.keyboard.press("Escape"); });
    await one("report", async () => {
      await show("rfm");
      await act((root) => root.querySelector(".rh .acts .rep").click());
      await page.locator("dialog.modal h2").waitFor();
      await shoot("7-report");
      const [download] = await Promise.all([page.waitForEvent("download"), act((root) => root.querySelector("dialog.modal .btn.pri").click())]);
      const path = `${out}/7-report-${lang}-${width}.html`;
      await download.saveAs(path);
      const paper = await context.newPage();
      await paper.goto(pathToFileURL(path).href);
      await paper.screenshot({ path: `${out}/7-reportfile-${lang}-${width}.png`, fullPage: true });
      await paper.close();
    });
    await one("steps", async () => { await page.keyboard.press("Escape"); await page.evaluate(() => { location.hash = "#/import"; }); await page.locator("kl-import .chips .btn.q").click(); await page.locator("kl-sheet .steps").waitFor(); await shoot("8-steps"); });
  }
  await context.close();
}

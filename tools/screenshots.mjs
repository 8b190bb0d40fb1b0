// screenshots.mjs [--readme] [--rooms rfm,clv] [--out shots]: the built one-file page with sample data, photographed room by room in both languages and both
// themes, so that a person can look through them. --readme writes the two pictures that the READMEs show.
import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { at } from "./build/common.mjs";
import { launchChromium } from "./browser.mjs";

const args = process.argv.slice(2), option = (name, other) => { const i = args.indexOf("--" + name); return i < 0 ? other : args[i + 1]; };
const readme = args.includes("--readme"), out = at(readme ? "www/screenshots" : option("out", "shots"));
const only = option("locale", "");
const looks = readme ? [["en", "light"], ["zh-CN", "light"]].filter(([l]) => !only || l.startsWith(only)) : [["en", "light"], ["en", "dark"], ["zh-CN", "light"], ["zh-CN", "dark"]];
const short = (locale) => locale.slice(0, 2);

mkdirSync(out, { recursive: true });
const browser = await launchChromium();
try {
  for (const [locale, theme] of looks) {
    const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    const page = await context.newPage(), name = (what) => `${out}/${what}-${readme ? short(locale) : `${short(locale)}-${theme}`}.png`;
    page.on("pageerror", (e) => console.error(`kelan: ${locale} ${theme}: ${e.message}`));
    await page.goto(pathToFileURL(at("dist/kelan.html")).href);
    if (!readme) await page.screenshot({ path: name("0-landing") });
    await page.locator(".lside .ruled button").nth(locale === "en" ? 1 : 0).click();
    await page.locator("kl-import .btn.pri").first().waitFor({ timeout: 120_000 });
    if (!readme) await page.screenshot({ path: name("1-import") });
    await page.locator("kl-import .btn.pri").first().click();
    const rooms = readme ? ["overview"] : (option("rooms", "") || (await page.evaluate(async () => { const k = await globalThis.kelan.open({ workers: 0 }); const ids = k.analyses().map((a) => a.id).join(","); await k.close(); return ids; }))).split(",");
    for (const room of rooms) {
      await page.evaluate((id) => { location.hash = `#/${id}`; }, room);
      await page.waitForFunction((id) => {
        const root = document.querySelector("kelan-dashboard")?.shadowRoot, head = root?.querySelector("[part=headline]");
        return location.hash === `#/${id}` && head && !head.classList.contains("held") && head.textContent.trim() !== "—";
      }, room, { timeout: 60_000 }).catch(() => console.error(`kelan: ${room} shows no headline (${locale})`));
      await page.waitForTimeout(600);
      await page.screenshot({ path: name(readme ? room : `2-${room}`), fullPage: !readme });
    }
    await context.close();
  }
} finally {
  await browser.close();
}
console.error(`kelan: pictures are in ${out}`);

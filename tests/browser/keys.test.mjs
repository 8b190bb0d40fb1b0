// The whole story by keys alone: where the focus is after each step is where a person would go on, and it is seen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { dashboard, launchChromium } from "./harness.mjs";

let browser, view, page;
before(async () => {
  browser = await launchChromium();
  view = await dashboard(browser, "disk", { locale: "en-US", reducedMotion: "reduce", viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  page = view.page;
  page.setDefaultTimeout(20_000);
});
after(async () => { await view?.close(); await browser?.close(); });

/** What has the focus, in whatever shadow it is. */
const focus = () => page.evaluate(() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const box = e.getBoundingClientRect(), { outlineStyle, outlineWidth } = getComputedStyle(e);
  return { tag: e.localName, text: (e.getAttribute("aria-label") ?? e.textContent).trim().replace(/\s+/g, " "), seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight, part: e.className };
});
const focused = async (test, what) => { for (let i = 0; i < 100; i++) { if (test(await focus())) return; await page.waitForTimeout(50); } assert.fail(`${what}: the focus is on ${JSON.stringify(await focus())}`); };
async function tab(to, most = 60) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const now = await focus();
    if (to.test(now.text) || to.test(now.part)) { assert.ok(now.seen, `the focus is not seen on ${now.text}`); return; }
  }
  assert.fail(`${to} was not reached in ${most} steps; the focus is on ${JSON.stringify(await focus())}`);
}

test("sample, room, mark, customers, audience, export and report by keys alone", async () => {
  await tab(/^Tea shop, in English/, 12);
  await page.keyboard.press("Enter");
  await page.locator("kl-import .dock").waitFor();
  await focused((f) => f.tag === "h1" && /rows read/.test(f.text), "after reading, at the head of what was read");
  await page.keyboard.press("Control+Enter");
  await page.locator("kl-room h1:not(.held)").waitFor();
  await focused((f) => f.tag === "h1", "in the room, at its finding");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.locator("kl-frame canvas").nth(1).waitFor();
  await tab(/^ch\b/, 60);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.locator(".selbar").waitFor();
  await tab(/^Save as audience/, 20);
  await page.keyboard.press("Enter");
  await page.locator("#aud").waitFor();
  await page.keyboard.press("Escape");
  await focused((f) => /^Save as audience/.test(f.text), "given back by the dialog");
  await page.keyboard.press("Enter");
  await page.locator("#aud").fill("by keys");
  await page.keyboard.press("Enter");
  await page.locator(".selbar .kept").waitFor();
  await focused((f) => f.part.includes("btn") && /^Show customers/.test(f.text), "still in the bar");
  await tab(/^Export CSV/, 3);
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.ok(readFileSync(await file.path(), "utf8").split("\r\n").length > 2);
  await page.keyboard.press("Escape");
  await focused((f) => /^ch\b/.test(f.part), "back at the chart");
  await page.keyboard.down("Shift");
  await tab(/^Report$/, 30);
  await page.keyboard.up("Shift");
  await page.keyboard.press("Enter");
  await page.locator("dialog.modal h2").waitFor();
  await tab(/^Make the report|^Save the report|report/i, 40);
  await page.keyboard.press("Escape");
  await focused((f) => /^Report$/.test(f.text), "given back by the report");
});

test("menus and panels that are closed by Escape give the focus back to their buttons", async () => {
  await tab(/^More$/, 20);
  await page.keyboard.press("Enter");
  await focused((f) => /^Save as PNG/.test(f.text), "in the menu");
  await page.keyboard.press("Escape");
  await focused((f) => f.text === "More", "back");
  await page.keyboard.press("/");
  await page.keyboard.press("Enter");
  await page.locator(".pop:popover-open").waitFor();
  await focused((f) => f.tag === "input" || f.tag === "button", "in the panel");
  await page.keyboard.press("Escape");
  await focused((f) => /^Period/.test(f.text), "back");
  assert.deepEqual(view.errors, []);
});

// Files and folders that are dropped on the page by the browser's own hand, served and from disk.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { at } from "../../tools/build/common.mjs";
import { dashboard, launchChromium } from "./harness.mjs";

const FOLDER = at("build/browser/dropped"), EMPTY = at("build/browser/dropped-empty");
const month = (m, rows) => ["order_no,customer,order_date,amount,region", ...Array.from({ length: rows }, (_, i) => `N${m}${String(i).padStart(3, "0")},C${1 + ((i * 7 + m) % 40)},2024-${String(m).padStart(2, "0")}-${String(1 + (i % 28)).padStart(2, "0")},${(20 + ((i * 13) % 80)).toFixed(2)},${["East", "West", "North"][i % 3]}`)].join("\n") + "\n";

let browser;
before(async () => {
  browser = await launchChromium();
  for (const folder of [FOLDER, EMPTY]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${FOLDER}/later/.hidden`, { recursive: true });
  mkdirSync(EMPTY, { recursive: true });
  // Month 10 comes after month 9, whatever the letters say.
  writeFileSync(`${FOLDER}/orders 9.csv`, month(9, 40));
  writeFileSync(`${FOLDER}/orders 10.csv`, month(10, 30));
  writeFileSync(`${FOLDER}/later/orders 11.csv`, month(11, 20));
  writeFileSync(`${FOLDER}/later/.hidden/orders 12.csv`, month(12, 500));
  writeFileSync(`${FOLDER}/notes.md`, "# not a table\n");
  writeFileSync(`${FOLDER}/.DS_Store`, "\0\0");
  writeFileSync(`${EMPTY}/notes.md`, "# not a table\n");
});
after(() => browser?.close());

async function drop(view, files) {
  const { page, context } = view;
  const hand = await context.newCDPSession(page), data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver"]) await hand.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  await page.locator(".veil:visible").waitFor();
  await hand.send("Input.dispatchDragEvent", { type: "drop", x: 300, y: 300, data });
  await page.locator(".veil").waitFor({ state: "hidden" });
  await hand.detach();
}
const begin = (from) => dashboard(browser, from, { locale: "en-US", reducedMotion: "reduce" }).then((view) => { view.page.setDefaultTimeout(20_000); return view; });
const rows = (page, n) => page.locator("kl-import h1", { hasText: new RegExp(`^${n} rows`) }).waitFor();

for (const from of ["site", "disk"]) describe(from, () => {
  test("a folder opens with all tables in it, in the order of their names, all appended at one answer", async () => {
    const view = await begin(from);
    try {
      const { page } = view;
      await drop(view, [FOLDER]);
      const dialog = page.locator("dialog.modal");
      await dialog.locator("[data-test=join-counts]").waitFor();
      await rows(page, 20);
      assert.match(await dialog.locator(".file").textContent(), /^orders 9\.csv, then 1 more$/);
      await dialog.getByLabel("The same for the 1 file that follows").check();
      await dialog.locator(".opt").first().click();
      await rows(page, 90);
      await dialog.waitFor({ state: "hidden" });
      assert.deepEqual(view.errors, []);
    } finally { await view.close(); }
  });

  test("two files: the first opens, the second is asked about and kept apart", async () => {
    const view = await begin(from);
    try {
      const { page } = view;
      await drop(view, [`${FOLDER}/orders 9.csv`, `${FOLDER}/orders 10.csv`]);
      const dialog = page.locator("dialog.modal");
      await dialog.locator("[data-test=join-counts]", { hasText: "+30 rows" }).waitFor();
      assert.equal(await dialog.locator(".file").textContent(), "orders 10.csv");
      assert.equal(await dialog.locator("input[name=same]").count(), 0, "nothing follows");
      await dialog.getByRole("button", { name: "Keep apart" }).click();
      await rows(page, 30);
      assert.deepEqual(view.errors, []);
    } finally { await view.close(); }
  });

  test("a folder without a table says so, and the page goes on", async () => {
    const view = await begin(from);
    try {
      const { page } = view;
      await drop(view, [EMPTY]);
      await page.getByText("There is no table in dropped-empty.").first().waitFor();
      await drop(view, [`${FOLDER}/orders 9.csv`]);
      await rows(page, 40);
      assert.deepEqual(view.errors, []);
    } finally { await view.close(); }
  });
});

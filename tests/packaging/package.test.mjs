// The package as its users meet it: packed, installed from the tarball, and used in every place it promises to work in.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";
import { at } from "../../tools/build/common.mjs";
import { launchChromium } from "../../tools/browser.mjs";
import { serve } from "../../tools/serve.mjs";
import { appCode, EXPECTED } from "./orders.mjs";

const require = createRequire(import.meta.url);
const home = at("build/packaging");
const PAGE = `<!doctype html><meta charset="utf-8"><title>app</title><body><script type="module" src="./main.js"></script></body>`;
let browser, tarball;

const sh = (program, args, cwd, env = {}) => {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, ...env } });
  assert.equal(done.status, 0, `${program} ${args.join(" ")}\n${done.stdout}\n${done.stderr}${done.error ?? ""}`);
  return done.stdout;
};

/** A new app with nothing installed but the package. */
function app(name, files) {
  const folder = `${home}/${name}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, JSON.stringify({ name: `app-${name}`, private: true, type: "module" }));
  for (const [file, text] of Object.entries(files)) writeFileSync(`${folder}/${file}`, text);
  sh("npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", tarball], folder);
  return folder;
}

/** Opens a page and waits for what the app reports; errors of the page fail the test. */
async function resultAt(url) {
  const page = await browser.newPage(), errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  try {
    await page.goto(url);
    const deadline = Date.now() + 60_000;
    for (;;) {
      const text = await page.evaluate(() => document.body?.dataset.result ?? null).catch(() => null);
      if (text) return JSON.parse(text);
      assert.deepEqual(errors, [], "the page failed");
      assert.ok(Date.now() < deadline, "the app reported nothing within a minute");
      await new Promise((r) => setTimeout(r, 50));
    }
  } finally {
    await page.close();
  }
}

async function served(folder) {
  const site = await serve(folder);
  try { return { result: await resultAt(site.url), seen: site.seen }; } finally { await site.close(); }
}

before(async () => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const [packed] = JSON.parse(sh("npm", ["pack", at("pkg"), "--pack-destination", home, "--json"], home));
  tarball = `${home}/${packed.filename}`;
  browser = await launchChromium();
});
after(async () => { await browser?.close(); });

test("Node reads, analyses and answers in its own thread", () => {
  const folder = app("node", { "main.mjs": appCode("kelan", "{ workers: 0 }") });
  assert.deepEqual(JSON.parse(sh("node", ["main.mjs"], folder)), EXPECTED);
});

test("the core answers without the further rooms, and says what is missing when one of them is wanted", () => {
  const folder = app("core-alone", { "main.mjs": `
import { open } from "kelan";
const kelan = await open({ workers: 0 }), table = await kelan.read(await kelan.sampleData({ rows: 2000, seed: 3 }), { name: "orders.csv" });
const done = [];
for (const id of ${readFileSync(at("www/src/engine/first-rooms.json"), "utf8").trim()}) { await table.analyze(id); done.push(id); }
await table.glance({ role: "region", in: [] }); await table.issues(); table.schema; kelan.fn.adjustPValues([0.01, 0.04], "holm");
await table.assign({ amount: null }); await table.undo(); await table.toCsv();
const { frame } = await table.analyze("rfm"); await table.customer(frame.columns.customer[0]);
const failed = await table.analyze("describe").catch((e) => e);
await table.analyze("rfm");
console.log(JSON.stringify({ done, code: failed.code, says: failed.message.includes("kelan-rooms.wasm"), helps: failed.remedy !== "" }));` });
  rmSync(`${folder}/node_modules/kelan/kelan-rooms.wasm`);
  assert.deepEqual(JSON.parse(sh("node", ["main.mjs"], folder)), { done: ["overview", "rfm", "cohort", "revenue", "product"], code: "unsupported", says: true, helps: true });
});

test("what the core says is the same before and after the further rooms came with texts of their own", () => {
  const folder = app("core-words", { "main.mjs": `
import { createHash } from "node:crypto";
import { open } from "kelan";
const kelan = await open({ workers: 0 }), table = await kelan.read(await kelan.sampleData({ rows: 2000, seed: 3 }), { name: "orders.csv" });
const odd = await kelan.read("who,day,paid\\na,2024-01-05,1\\nb,soon,2,3\\nc,\\"2024-02-09,x\\n");
if (process.argv[2] === "all") await table.analyze("describe");
const said = [kelan.analyses(), table.schema, odd.schema, await odd.issues(), await table.glance({ role: "region", in: [] })];
const ask = async (...q) => said.push(await table.analyze(...q).then((a) => [a.summary, a.words, a.charts()], (e) => [e.code, e.message, e.remedy, e.toJSON?.()]));
for (const id of ${readFileSync(at("www/src/engine/first-rooms.json"), "utf8").trim()}) {
  for (const params of [{}, { refunds: "drop" }, { period: "week" }, { period: "moon" }, { from: "2024-13-01" }, { as_of: "1990-01-01" }, { by: ["channel", "nothing"] }, { scoring: "rank_first", scheme: "eight" }, { oops: 1 }]) await ask(id, params);
  for (const filter of [{ role: "region", in: [] }, { column: "x", eq: 1 }, { expr: "monetary > " }, { role: "channel" }, { and: 1 }]) await ask(id, {}, { filter });
}
await ask("nothing");
for (const op of [() => table.assign({ customer: "nothing" }), () => table.retype("amount", "moon"), () => kelan.read(new Uint8Array([0xff, 0xfe, 0x00])), () => kelan.read("a\\n1\\n", { table: 7 })])
  said.push(await op().then(() => null, (e) => [e.code, e.message, e.remedy]));
const text = JSON.stringify(said);
console.log(JSON.stringify({ length: text.length, hash: createHash("sha256").update(text).digest("hex"), holes: text.includes("\\\\u0000") }));` });
  const [alone, all] = [[], ["all"]].map((args) => JSON.parse(sh("node", ["main.mjs", ...args], folder)));
  assert.ok(alone.length > 100_000);
  assert.equal(alone.holes, false);
  assert.deepEqual(alone, all);
});

test("sentences and titles name the currency that was given, and without one they are plain text", () => {
  const folder = app("currency", { "main.mjs": `
import { open } from "kelan";
const kelan = await open({ workers: 0 }), table = await kelan.read("client,day,paid\\na,2024-01-05,1200\\nb,2024-02-05,34000\\nb,2024-02-09,500\\nc,2024-03-02,10\\n");
await table.assign({ customer: "client", date: "day", amount: "paid" });
const told = {};
for (const currency of [undefined, "CHF "]) {
  const out = await table.analyze("revenue", {}, { currency }), [chart] = out.charts(), [zh] = out.charts({ locale: "zh-CN" });
  told[currency ?? "none"] = { headline: out.headline, words: out.words.headline.zh, title: chart.title, zh: zh.title, tip: chart.option.tooltip.valueFormatter?.(1200) ?? null, odd: /[\\ufdd0-\\ufdef]/.test(JSON.stringify([out.headline, out.words, out.method, out.summary])) };
}
console.log(JSON.stringify(told));` });
  const { none, "CHF ": francs } = JSON.parse(sh("node", ["main.mjs"], folder));
  assert.equal(none.headline, "Feb 2024 brought 34.5k, 2,775% more than the period before.");
  assert.equal(francs.headline, "Feb 2024 brought CHF 34.5k, 2,775% more than the period before.");
  assert.deepEqual([none.title, francs.title, francs.zh], ["The best period was Feb 2024 with 34.5k", "The best period was Feb 2024 with CHF 34.5k", "销售额最高的周期是 2024年2月，为 CHF 3.5万"]);
  assert.match(francs.words, /CHF 3\.5万/);
  assert.deepEqual([none.odd, francs.odd], [false, false], "help: a mark of the engine reached the caller");
  if (francs.tip !== null) assert.equal(francs.tip, "CHF 1,200");
});

test("importing on a server touches no window, document or Worker", () => {
  const guard = `for (const name of ["window", "document", "Worker", "self", "navigator", "location"]) Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error("touched " + name); } });\n`;
  const folder = app("server", { "main.mjs": `${guard}for (const entry of ["kelan", "kelan/core", "kelan/inline", "./node_modules/kelan/index.js", "./node_modules/kelan/core.js"]) { const { open } = await import(entry); if (typeof open !== "function") throw new Error(entry); }\nconsole.log("silent");` });
  assert.equal(sh("node", ["main.mjs"], folder).trim(), "silent");
});

test("a plain module script loads the core as one file beside it", async () => {
  const folder = app("plain", { "index.html": PAGE, "main.js": appCode("./node_modules/kelan/index.js") });
  const { result, seen } = await served(folder);
  assert.deepEqual(result, EXPECTED);
  assert.ok(seen.some((p) => p.endsWith("/kelan.wasm")), "the core is fetched as a file");
  assert.ok(seen.some((p) => p.endsWith("/kelan-rooms.wasm")), "and the further rooms once one of them is asked for");
  assert.ok(!seen.some((p) => /inline|sheets/.test(p)), `what is not needed is not fetched: ${seen.join(" ")}`);
});

test("Vite bundles it without configuration", async () => {
  const folder = app("vite", { "index.html": PAGE, "main.js": appCode("kelan") });
  const { build } = await import("vite");
  await build({ root: folder, configFile: false, logLevel: "error", build: { target: "es2022" } });
  const { result, seen } = await served(`${folder}/dist`);
  assert.deepEqual(result, EXPECTED);
  assert.ok(seen.some((p) => p.endsWith(".wasm")), "the core stays a file of its own");
});

test("Vite's development server runs it without configuration", async () => {
  const folder = app("vite-dev", { "index.html": PAGE, "main.js": appCode("kelan") });
  const { createServer } = await import("vite");
  const server = await createServer({ root: folder, configFile: false, logLevel: "error", server: { port: 0, host: "127.0.0.1" } });
  try {
    await server.listen();
    assert.deepEqual(await resultAt(`http://127.0.0.1:${server.httpServer.address().port}/`), EXPECTED);
  } finally {
    await server.close();
  }
});

for (const splitting of [true, false]) test(`esbuild bundles it without configuration (${splitting ? "with" : "without"} splitting)`, async () => {
  const folder = app(`esbuild-${splitting ? "split" : "single"}`, { "index.html": PAGE.replace("main.js", "out/main.js"), "main.js": appCode("kelan") });
  const { build } = await import("esbuild");
  await build({ absWorkingDir: folder, entryPoints: ["main.js"], bundle: true, format: "esm", splitting, outdir: "out", logLevel: "error" });
  assert.deepEqual((await served(folder)).result, EXPECTED);
});

test("kelan/core in one piece holds no copy of the WebAssembly, and says where it looked for it", async () => {
  const lost = `import { open } from "kelan/core"; open().catch((e) => { document.body.dataset.result = JSON.stringify({ code: e.code, message: e.message }); });`;
  const folder = app("core-entry", { "index.html": PAGE.replace("main.js", "out/main.js"), "lost.html": PAGE.replace("main.js", "out/lost.js"), "main.js": appCode("kelan/core"), "lost.js": lost });
  const { build } = await import("esbuild");
  await build({ absWorkingDir: folder, entryPoints: ["main.js", "lost.js"], bundle: true, minify: true, format: "esm", outdir: "out", logLevel: "error" });
  const size = statSync(`${folder}/out/main.js`).size;
  assert.ok(size < 600_000, `${size} bytes`);
  const site = await serve(folder);
  try {
    const { code, message } = await resultAt(`${site.url}lost.html`);
    assert.equal(code, "bad_file");
    assert.match(message, /out\/kelan\.wasm/);
    for (const file of ["kelan.wasm", "kelan-rooms.wasm"]) cpSync(`${folder}/node_modules/kelan/${file}`, `${folder}/out/${file}`);
    assert.deepEqual(await resultAt(site.url), EXPECTED);
  } finally { await site.close(); }
});

test("Rollup bundles it with its resolver", async () => {
  const folder = app("rollup", { "index.html": PAGE.replace("main.js", "out/main.js"), "main.js": appCode("kelan") });
  const [{ rollup }, { nodeResolve }] = await Promise.all([import("rollup"), import("@rollup/plugin-node-resolve")]);
  const bundle = await rollup({ input: `${folder}/main.js`, plugins: [nodeResolve({ browser: true })], onwarn: (w) => assert.fail(w.message) });
  await bundle.write({ dir: `${folder}/out`, format: "es" });
  await bundle.close();
  assert.deepEqual((await served(folder)).result, EXPECTED);
});

test("webpack bundles it without configuration", async () => {
  const folder = app("webpack", { "index.html": PAGE.replace("main.js", "dist/main.js"), "main.js": appCode("kelan") });
  const { default: webpack } = await import("webpack");
  await new Promise((done, failed) => {
    webpack({ context: folder, entry: "./main.js", mode: "production", output: { path: `${folder}/dist` } }, (error, stats) =>
      error || stats.hasErrors() ? failed(error ?? new Error(stats.toString({ all: false, errors: true }))) : done());
  });
  const { result, seen } = await served(folder);
  assert.deepEqual(result, EXPECTED);
  assert.ok(seen.some((p) => p.endsWith(".wasm")), "the core stays a file of its own");
});

test("kelan/inline needs one request for everything", async () => {
  const folder = app("inline", { "index.html": PAGE.replace("main.js", "out/main.js"), "main.js": appCode("kelan/inline") });
  const { build } = await import("esbuild");
  await build({ absWorkingDir: folder, entryPoints: ["main.js"], bundle: true, format: "esm", outdir: "out", logLevel: "error" });
  const { result, seen } = await served(folder);
  assert.deepEqual(result, EXPECTED);
  assert.deepEqual(seen.filter((p) => p !== "/" && p !== "/favicon.ico"), ["/out/main.js"]);
});

test("the types are exact in a strict TypeScript app", () => {
  const code = `
import { open, KelanError, type Kelan, type Table } from "kelan";
import { open as inline } from "kelan/inline";
const kelan: Kelan = await open({ workers: 0 });
const table: Table = await kelan.read("a,b", { name: "x.csv" });
const out = await table.analyze("rfm", { as_of: "2024-07-01" });
const customers: number = out.summary.customers;
const rows: number = out.frame.rows;
// @ts-expect-error a parameter that does not exist
await table.analyze("rfm", { as_off: "2024-07-01" });
// @ts-expect-error a figure that does not exist
out.summary.custommers;
export const same: typeof open = inline;
export const failed = (e: unknown): string => (e instanceof KelanError ? e.code + e.remedy : "");
export { customers, rows };
`;
  const folder = app("types", { "main.ts": code });
  for (const [module, moduleResolution] of [["esnext", "bundler"], ["nodenext", "nodenext"]]) {
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: { strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: false, module, moduleResolution }, files: ["main.ts"] }));
    sh("node", [at("node_modules/typescript/bin/tsc"), "-p", folder], folder);
  }
});

test("publint and are-the-types-wrong find nothing", async () => {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: at("pkg"), strict: true });
  assert.deepEqual(messages.map((m) => `${m.type} ${m.code} ${JSON.stringify(m.args)}`), []);
  // The package is ESM only, and four of its entries are not modules.
  sh("node", [require.resolve("@arethetypeswrong/cli/package.json").replace("package.json", "dist/index.js"), tarball, "--profile", "esm-only", "--exclude-entrypoints", "worker", "wasm", "rooms.wasm", "arrow.wasm", "sheets.wasm"], home);
});

test("the core weighs no more than is promised", () => {
  const bytes = readFileSync(at("pkg/kelan.wasm"));
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
  assert.ok(brotli <= 600_000, `${brotli} bytes with brotli: see which function grew, or which room could be loaded later (www/src/engine/first-rooms.json)`);
});

test("nothing runs on installation and nothing comes along", () => {
  const manifest = JSON.parse(readFileSync(at("pkg/package.json")));
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.dependencies, undefined);
});

// Scripts bundled by esbuild: the classic worker, and the modules whose contents only the build knows.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { at, problem } from "./common.mjs";

let worker;
const texts = {};

/** The worker as one classic script. It runs from a file, from a Blob, and from inside a page, so it may not end a script element. */
export async function workerText() {
  if (worker !== undefined) return worker;
  const { outputFiles, warnings } = await build({
    entryPoints: [at("www/src/worker/worker.ts")], bundle: true, write: false, format: "iife", minify: true, target: "es2022", legalComments: "none", logLevel: "error",
  });
  if (warnings.length) throw problem(`the worker's bundle: ${warnings[0].text}`, "A classic script has no import.meta and no top-level await.");
  worker = outputFiles[0].text.trim().replaceAll("</script", "<\\/script");
  return worker;
}

/** A WebAssembly file as gzip in base64, for where no second file can be fetched. */
export const wasmText = (file) => (texts[file] ??= gzipSync(readFileSync(at("www/src/wasm", file)), { level: 9 }).toString("base64"));

const VIRTUAL = {
  "virtual:kelan-worker": async () => `export const text = ${JSON.stringify(await workerText())};`,
  "virtual:kelan-wasm": async () => `export const gzipBase64 = ${JSON.stringify(wasmText("kelan.wasm"))};`,
  "virtual:kelan-arrow": async () => `export const gzipBase64 = ${JSON.stringify(wasmText("kelan-arrow.wasm"))};`,
  "virtual:kelan-rooms": async () => `export const gzipBase64 = ${JSON.stringify(wasmText("kelan-rooms.wasm"))};`,
  "virtual:kelan-sheets": async () => `export const gzipBase64 = ${JSON.stringify(wasmText("kelan-sheets.wasm"))};`,
};

/** For esbuild. */
export const virtualModules = {
  name: "kelan-virtual",
  setup(build) {
    build.onResolve({ filter: /^virtual:kelan-/ }, ({ path }) => ({ path, namespace: "kelan" }));
    build.onLoad({ filter: /.*/, namespace: "kelan" }, async ({ path }) => ({ contents: await VIRTUAL[path](), loader: "js" }));
  },
};

/** For esbuild: `import text from "./a.css?inline"`, as Vite reads it. */
export const inlineStyles = {
  name: "inline-styles",
  setup(build) {
    build.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path.replace("?inline", "")), namespace: "style" }));
    build.onLoad({ filter: /.*/, namespace: "style" }, async ({ path }) => ({ contents: (await transform(readFileSync(path, "utf8"), { loader: "css", minify: true })).code, loader: "text" }));
  },
};

export function needWasm() {
  if (!existsSync(at("www/src/wasm/kelan.js"))) throw problem("the WebAssembly is not built", "Run: make package (or: node tools/build.mjs wasm)");
}

// What a visitor downloads, and what the package weighs: raw, gzip -9, brotli -q 11.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { at, filesUnder, hashOf } from "./build/common.mjs";

const scripts = (folder, test) => (existsSync(at(folder)) ? filesUnder(at(folder)).filter((f) => test(f)) : []);
const ROWS = [
  ["core", "core (kelan.wasm)", [at("pkg/kelan.wasm")]],
  ["rooms", "further rooms, on demand (kelan-rooms.wasm)", [at("pkg/kelan-rooms.wasm")]],
  ["arrow", "Arrow files, on demand (kelan-arrow.wasm)", [at("pkg/kelan-arrow.wasm")]],
  ["sheets", "workbooks, on demand (kelan-sheets.wasm)", [at("pkg/kelan-sheets.wasm")]],
  ["script", "package: script beside the core", [at("pkg/index.js"), ...scripts("pkg/chunks", (f) => f.endsWith(".js") && !readFileSync(f, "utf8").includes("H4sIA"))]],
  ["worker", "worker", [at("pkg/worker.js")]],
  ["site", "site: scripts and styles, all rooms", scripts("dist/assets", (f) => /\.(js|css)$/.test(f))],
  ["onefile", "one file (dist/kelan.html)", [at("dist/kelan.html")]],
];
// Brotli at its best takes seconds on megabytes: measured once per content.
const memory = at("build/sizes.json");
const known = existsSync(memory) ? JSON.parse(readFileSync(memory)) : {};
const size = (file) => {
  const key = hashOf([file]);
  return (known[key] ??= (() => {
    const bytes = readFileSync(file);
    return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length];
  })());
};
const kilo = (n) => (n / 1000).toFixed(1).padStart(10);
console.log(`${"kB".padEnd(42)}${"raw".padStart(10)}${"gzip".padStart(10)}${"brotli".padStart(10)}`);
const out = {};
for (const [key, name, files] of ROWS) {
  const present = files.filter((f) => existsSync(f) && statSync(f).isFile());
  if (!present.length) continue;
  const sums = present.map(size).reduce((a, b) => a.map((v, i) => v + b[i]));
  out[key] = sums;
  console.log(`${name.padEnd(42)}${sums.map(kilo).join("")}`);
}
writeFileSync(memory, JSON.stringify(known));
writeFileSync(at("build/sizes-now.json"), JSON.stringify(out));

// What a visitor downloads, and what the package weighs: raw, gzip -9, brotli -q 11.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { at, filesUnder, hashOf } from "./build/common.mjs";

const scripts = (folder, test) => (existsSync(at(folder)) ? filesUnder(at(folder)).filter((f) => test(f)) : []);
const ROWS = [
  ["core (kelan.wasm)", [at("pkg/kelan.wasm")]],
  ["workbooks, on demand (kelan-sheets.wasm)", [at("pkg/kelan-sheets.wasm")]],
  ["package: script beside the core", [at("pkg/index.js"), ...scripts("pkg/chunks", (f) => /\.js$/.test(f) && !/inline/.test(f) && !readFileSync(f, "utf8").includes("gzipBase64"))]],
  ["worker", [at("pkg/worker.js")]],
  ["site: scripts and styles, all rooms", scripts("dist/assets", (f) => /\.(js|css)$/.test(f))],
  ["one file (dist/kelan.html)", [at("dist/kelan.html")]],
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
for (const [name, files] of ROWS) {
  const present = files.filter((f) => existsSync(f) && statSync(f).isFile());
  if (!present.length) continue;
  const sums = present.map(size).reduce((a, b) => a.map((v, i) => v + b[i]));
  out[name] = sums;
  console.log(`${name.padEnd(42)}${sums.map(kilo).join("")}`);
}
writeFileSync(memory, JSON.stringify(known));

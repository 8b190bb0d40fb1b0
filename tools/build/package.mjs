// pkg/: the npm package, ready for `npm pack`.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { at, run } from "./common.mjs";
import { needWasm, virtualModules, workerText } from "./bundle.mjs";
import { MODULES } from "./wasm.mjs";

/** Entry points: name of the written file → source. An entry whose source is not there is left out of the exports map. */
const ENTRIES = {
  index: "www/src/engine/index.ts", inline: "www/src/engine/inline.ts", node: "www/src/engine/node.ts", element: "www/src/element.ts",
};

export async function buildPackage() {
  needWasm();
  const out = at("pkg");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const entries = Object.fromEntries(Object.entries(ENTRIES).filter(([, source]) => existsSync(at(source))).map(([name, source]) => [name, at(source)]));
  await build({
    entryPoints: entries, outdir: out, bundle: true, splitting: true, format: "esm", target: "es2022", platform: "neutral", external: ["node:*"],
    minifySyntax: true, minifyWhitespace: true, legalComments: "none", chunkNames: "chunks/[name]-[hash]", plugins: [virtualModules], logLevel: "error",
    mainFields: ["module", "main"], conditions: ["import", "module", "default"],
  });
  for (const { wasm } of MODULES) cpSync(at("www/src/wasm", wasm), at("pkg", wasm));
  writeFileSync(at("pkg/worker.js"), await workerText());
  run(at("node_modules/.bin/tsc"), ["-p", at("pkg-config/tsconfig.json")]);

  const manifest = JSON.parse(readFileSync(at("pkg-config/package.json")));
  manifest.version = /^version = "([^"]+)"/m.exec(readFileSync(at("Cargo.toml"), "utf8"))[1];
  if (!entries.element) {
    delete manifest.exports["./element"];
    manifest.sideEffects = manifest.sideEffects.filter((f) => !f.includes("element"));
    if (manifest.sideEffects.length === 0) manifest.sideEffects = false;
  }
  writeFileSync(at("pkg/package.json"), JSON.stringify(manifest, null, 2) + "\n");
  for (const [from, to] of [["pkg-config/README.md", "README.md"], ["LICENSE", "LICENSE"], ["LICENSE-APACHE", "LICENSE-APACHE"], ["LICENSE-MIT", "LICENSE-MIT"], ["CHANGELOG.md", "CHANGELOG.md"]])
    if (existsSync(at(from))) cpSync(at(from), at("pkg", to));
}

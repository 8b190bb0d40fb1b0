// pkg/: the npm package, ready for `npm pack`.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { at, run } from "./common.mjs";
import { inlineStyles, needWasm, virtualModules, workerText } from "./bundle.mjs";
import { MODULES } from "./wasm.mjs";

/** Entry points: name of the written file → source. */
const ENTRIES = { index: "www/src/engine/index.ts", inline: "www/src/engine/inline.ts", core: "www/src/engine/lean.ts", node: "www/src/engine/node.ts" };
const ELEMENT = { element: "www/src/element.ts" };

const absolute = (entries) => Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, at(source)]));

/** The element uses the engine's entry as its users do: that entry must stay beside its WebAssembly, in no chunk. */
const entryStays = {
  name: "entry-stays",
  setup(build) { build.onResolve({ filter: /\/engine\/index\.js$/ }, ({ kind }) => (kind === "entry-point" ? undefined : { path: "./index.js", external: true })); },
};

export async function buildPackage() {
  needWasm();
  const out = at("pkg");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const settings = {
    outdir: out, bundle: true, splitting: true, format: "esm", target: "es2022", platform: "neutral", external: ["node:*"], minify: true, legalComments: "none",
    chunkNames: "chunks/[name]-[hash]", logLevel: "error", mainFields: ["module", "main"], conditions: ["import", "module", "default"],
    define: { "process.env.NODE_ENV": '"production"' }, tsconfig: at("www/tsconfig.json"),
  };
  await build({ ...settings, entryPoints: absolute(ENTRIES), plugins: [virtualModules] });
  await build({ ...settings, entryPoints: absolute(ELEMENT), plugins: [entryStays, inlineStyles, virtualModules] });
  for (const { wasm } of MODULES) cpSync(at("www/src/wasm", wasm), at("pkg", wasm));
  writeFileSync(at("pkg/worker.js"), await workerText());
  run(at("node_modules/.bin/tsc"), ["-p", at("pkg-config/tsconfig.json")]);

  const manifest = JSON.parse(readFileSync(at("pkg-config/package.json")));
  manifest.version = /^version = "([^"]+)"/m.exec(readFileSync(at("Cargo.toml"), "utf8"))[1];
  writeFileSync(at("pkg/package.json"), JSON.stringify(manifest, null, 2) + "\n");
  for (const [from, to] of [["pkg-config/README.md", "README.md"], ["LICENSE", "LICENSE"], ["LICENSE-APACHE", "LICENSE-APACHE"], ["LICENSE-MIT", "LICENSE-MIT"], ["CHANGELOG.md", "CHANGELOG.md"]])
    if (existsSync(at(from))) cpSync(at(from), at("pkg", to));
}

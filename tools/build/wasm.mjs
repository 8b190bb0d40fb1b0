// Rust → WebAssembly → glue → optimised. Results are kept by the hash of everything that goes in, outside the checkout, so
// that a fresh clone of a known state builds nothing.
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { at, filesUnder, hashOf, problem, run } from "./common.mjs";

const TARGET = "wasm32-unknown-unknown";
const KEPT = 12;
const cache = join(process.env.KELAN_CACHE || join(homedir(), ".cache/kelan"), "wasm");

/** The WebAssembly files of the product, all from the one crate: the core, and what is heavy and rarely needed.
 * `embedded` is the id of the element that holds it in the one-file page (www/src/engine/page.ts). */
export const MODULES = [
  { glue: "kelan", wasm: "kelan.wasm", embedded: "kelan-wasm", features: ["engine"] },
  { glue: "kelan_arrow", wasm: "kelan-arrow.wasm", embedded: "kelan-arrow", features: ["arrow"] },
  { glue: "kelan_sheets", wasm: "kelan-sheets.wasm", embedded: "kelan-sheets", features: ["sheets"] },
];

/** What is written: the glue and its declarations for TypeScript, the WebAssembly beside them. */
const FILES = MODULES.flatMap(({ glue, wasm }) => [`${glue}.js`, `${glue}.d.ts`, wasm]);

/** KELAN_QUICK=1 leaves out link-time optimisation and wasm-opt: minutes less, a bigger and slower file. For development only. */
const quick = process.env.KELAN_QUICK === "1";

export function buildWasm() {
  const out = at("www/src/wasm");
  const optimiser = JSON.parse(readFileSync(at("node_modules/binaryen/package.json"))).version;
  const versions = [run("rustc", ["-vV"]), run("wasm-bindgen", ["--version"]), optimiser, quick ? "quick" : "release"].join("\n");
  const inputs = [...filesUnder(at("src")), at("Cargo.toml"), at("Cargo.lock"), at(".cargo/config.toml"), at("tools/build/wasm.mjs")];
  const key = hashOf(inputs, versions), kept = join(cache, key);
  if (!FILES.every((f) => existsSync(join(kept, f))))
    make(kept, () => { if (hashOf(inputs, versions) !== key) throw problem("the Rust sources changed while they were built", "Run the same command again."); });
  else utimesSync(kept, new Date(), new Date());
  mkdirSync(out, { recursive: true });
  for (const file of FILES) cpSync(join(kept, file), join(out, file));
  forget();
}

function make(kept, unchanged) {
  const profile = quick ? ["--config", 'profile.release.lto="off"', "--config", "profile.release.codegen-units=16", "--config", "profile.release.opt-level=1"] : [];
  const target = quick ? at("target/quick-wasm") : process.env.CARGO_TARGET_DIR || at("target");
  const work = at("build/wasm");
  rmSync(work, { recursive: true, force: true });
  for (const { glue, wasm, features } of MODULES) {
    run("cargo", ["build", "--release", "--lib", "--target", TARGET, "--target-dir", target, "--no-default-features", "--features", features.join(","), ...profile]);
    // The address of the .wasm is the entry points' business: the glue holds none, so that bundlers find exactly one.
    run("wasm-bindgen", ["--target", "web", "--omit-default-module-path", "--out-dir", work, "--out-name", glue, join(target, TARGET, "release/kelan.wasm")]);
    // A file on which a further WebAssembly trapped must not spoil the next one: its instance can be forgotten.
    appendFileSync(join(work, `${glue}.js`), "\nexport function reset() { wasm = undefined; }\n");
    appendFileSync(join(work, `${glue}.d.ts`), "\nexport function reset(): void;\n");
    const bound = join(work, `${glue}_bg.wasm`);
    if (quick) renameSync(bound, join(work, wasm));
    else run(at("node_modules/.bin/wasm-opt"), ["-O3", bound, "-o", join(work, wasm)]);
  }
  unchanged();
  mkdirSync(cache, { recursive: true });
  // Another build may be making the same: copy aside, then move into place at once.
  const aside = `${kept}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  for (const file of FILES) cpSync(join(work, file), join(aside, file));
  rmSync(kept, { recursive: true, force: true });
  renameSync(aside, kept);
}

/** Keeps the results used last. */
function forget() {
  const all = readdirSync(cache).map((name) => ({ path: join(cache, name), time: statSync(join(cache, name)).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { path } of all.slice(KEPT)) rmSync(path, { recursive: true, force: true });
}

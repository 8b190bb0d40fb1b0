// Rust → WebAssembly → glue → optimised. Results are kept by the hash of everything that goes in, outside the checkout, so
// that a fresh clone of a known state builds nothing.
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { at, filesUnder, hashOf, problem, run } from "./common.mjs";
import { split } from "./split.mjs";

const TARGET = "wasm32-unknown-unknown";
const KEPT = 12;
const cache = join(process.env.KELAN_CACHE || join(homedir(), ".cache/kelan"), "wasm");

/** What is built, all from the one crate: the engine, and what is heavy and rarely needed. */
const BUILDS = [
  { glue: "kelan", wasm: "kelan.wasm", features: ["engine"], late: "kelan-rooms.wasm" },
  { glue: "kelan_arrow", wasm: "kelan-arrow.wasm", features: ["arrow"] },
  { glue: "kelan_sheets", wasm: "kelan-sheets.wasm", features: ["sheets"] },
];

/** The WebAssembly files of the product: the core, and what is loaded when it is first asked for. `embedded` is the id of the element
 * that holds it in the one-file page (www/src/engine/page.ts). */
export const MODULES = BUILDS.flatMap(({ wasm, late }) => [wasm, ...(late ? [late] : [])])
  .map((wasm) => ({ wasm, embedded: wasm === "kelan.wasm" ? "kelan-wasm" : wasm.replace(".wasm", "") }));

/** What is written: the glue and its declarations for TypeScript, the WebAssembly beside them. */
const FILES = [...BUILDS.flatMap(({ glue }) => [`${glue}.js`, `${glue}.d.ts`]), ...MODULES.map(({ wasm }) => wasm)];

/** Analyses that are asked for at once; the others are split off. */
const FIRST_ROOMS = at("www/src/engine/first-rooms.json"), REGISTRY = at("www/src/types/registry.json");

/** Names of the rooms that are split off. */
function lateRooms() {
  const first = JSON.parse(readFileSync(FIRST_ROOMS));
  return JSON.parse(readFileSync(REGISTRY)).map(({ id }) => id).filter((id) => !first.includes(id));
}

/** Whether a function that is called through the table belongs to one of them. Glue that frees a value stays in the core: it is
 * small, and the optimiser may have found it equal to another's. */
function isLate(late) {
  const rooms = new RegExp(String.raw`\bkelan(\[\w+\])?::analysis::(${late.join("|")})\b`);
  return (name) => rooms.test(name) && !name.includes("drop_in_place");
}

/** A function that is kept apart for the browser's compiler (src/num/blocks.rs) is not put back where it is called. */
const OPTIMISE = ["-O3", "--one-caller-inline-max-function-size", "30"];

/** KELAN_QUICK=1 leaves out link-time optimisation and wasm-opt: minutes less, a bigger and slower file. For development only. */
const quick = process.env.KELAN_QUICK === "1";

export function buildWasm() {
  const out = at("www/src/wasm");
  const optimiser = JSON.parse(readFileSync(at("node_modules/binaryen/package.json"))).version;
  const versions = [run("rustc", ["-vV"]), run("wasm-bindgen", ["--version"]), optimiser, quick ? "quick" : "release", ...lateRooms()].join("\n");
  // Tests are in files of their own, and in no build.
  const inputs = [...filesUnder(at("src")).filter((path) => !path.endsWith("tests.rs")), at("Cargo.toml"), at("Cargo.lock"), at(".cargo/config.toml"), at("tools/build/wasm.mjs"), at("tools/build/split.mjs")];
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
  mkdirSync(work, { recursive: true });
  for (const { glue, wasm, features, late } of BUILDS) {
    // The linker says what it put where, into a file of a new name: one that is known would not be written again.
    const map = join(work, `${glue}-${Date.now()}.map`);
    run("cargo", ["rustc", "--release", "--lib", "--target", TARGET, "--target-dir", target, "--no-default-features", "--features", features.join(","), ...profile, ...(late && !quick ? ["--", `-Clink-arg=-Map=${map}`] : [])]);
    // The address of the .wasm is the entry points' business: the glue holds none, so that bundlers find exactly one.
    run("wasm-bindgen", ["--target", "web", "--omit-default-module-path", "--out-dir", work, "--out-name", glue, join(target, TARGET, "release/kelan.wasm")]);
    // A file on which a further WebAssembly trapped must not spoil the next one: its instance can be forgotten.
    appendFileSync(join(work, `${glue}.js`), "\nexport function reset() { wasm = undefined; }\n");
    appendFileSync(join(work, `${glue}.d.ts`), "\nexport function reset(): void;\n");
    const bound = join(work, `${glue}_bg.wasm`);
    if (quick) {
      renameSync(bound, join(work, wasm));
      // Nothing is split off: a module without content.
      if (late) writeFileSync(join(work, late), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    } else if (late) {
      const named = join(work, `${glue}_named.wasm`);
      run(at("node_modules/.bin/wasm-opt"), [...OPTIMISE, "-g", bound, "-o", named]);
      split(named, join(work, wasm), join(work, late), isLate(lateRooms()), readFileSync(map, "utf8"));
    } else run(at("node_modules/.bin/wasm-opt"), [...OPTIMISE, bound, "-o", join(work, wasm)]);
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

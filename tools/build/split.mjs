// One linked WebAssembly becomes two: a core that runs by itself, and the rooms that are not asked for at once. The second works in
// the core's memory and with the core's functions, so that no data crosses between them.
//
// The two meet only in the table of functions: a room is reached through the registry, whose entries are function pointers. So the
// core is what can be reached from its exports and from the pointers that do not name a late room; the slots of the others stay
// empty in it, and are filled when the second is instantiated with `{ core: <the first one's exports> }`. Slots that are called
// before that trap; www/src/engine/core.ts sees to it that they are not.
//
// It works on the text form (one line per module field, one block per function), with binaryen's own disassembler and assembler.
import { readFileSync, writeFileSync } from "node:fs";
import { at, problem, run } from "./common.mjs";

/** What rustc's output uses; not `--all-features`, which also writes what browsers do not read yet. */
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "simd"].map((name) => `--enable-${name}`);

const bin = (name) => at("node_modules/.bin", name);
const ID = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()"]+)`;
const USES = new RegExp(String.raw`(?:return_call|call|ref\.func) (${ID})`, "g");

/** Splits `named` (with its names) into `core` and `late`; `isLate` tells by its Rust name whether a function in the table is a late room's. */
export function split(named, core, late, isLate) {
  const text = `${named}.wat`;
  run(bin("wasm-dis"), [named, ...FEATURES, "-o", text]);
  const { primary, secondary } = splitText(readFileSync(text, "utf8"), isLate);
  for (const [out, wat] of [[core, primary], [late, secondary]]) {
    writeFileSync(`${out}.wat`, wat);
    run(bin("wasm-as"), [`${out}.wat`, ...FEATURES, "-o", out]);
    if (!WebAssembly.validate(readFileSync(out))) throw problem(`${out} is not WebAssembly that runs here`, "See whether binaryen now writes a newer form: FEATURES in tools/build/split.mjs.");
  }
}

/** The fields of a module in its text form: those of one line, and functions of several. */
function fields(text) {
  const found = [];
  for (const line of text.split("\n").slice(1)) {
    if (line.startsWith(" (")) found.push(line);
    else if (line !== ")" && line !== "" && !/^ *;;/.test(line)) found[found.length - 1] += `\n${line}`;
  }
  return found;
}

const nameIn = (field) => new RegExp(String.raw`^ \(\w+ (${ID})`).exec(field)?.[1];
const bare = (id) => id.replace(/^\$"?|"$/g, "");

export function splitText(text, isLate) {
  const all = fields(text), of = (kind) => all.filter((f) => f.startsWith(` (${kind} `));
  const functions = new Map(of("func").map((f) => [nameIn(f), f]));
  const uses = new Map([...functions].map(([name, f]) => [name, [...f.matchAll(USES)].map((m) => m[1])]));
  const segments = of("elem").map(segment), [table, ...tables] = of("table").filter((f) => f.endsWith(" funcref)"));
  if (!table || tables.length > 0 || segments.length === 0) throw problem("the WebAssembly has no single table of functions", "tools/build/split.mjs expects what rustc and wasm-bindgen write: see whether they changed.");

  const kept = new Set();
  const keep = (name) => {
    const stack = [name];
    for (let next; (next = stack.pop()); ) {
      if (kept.has(next) || !functions.has(next)) continue;
      kept.add(next);
      stack.push(...uses.get(next));
    }
  };
  for (const f of of("export")) keep(new RegExp(String.raw`\(func (${ID})\)`).exec(f)?.[1]);
  for (const f of of("start")) keep(nameIn(f));
  for (const { names } of segments) for (const name of names) if (!isLate(bare(name))) keep(name);
  for (const f of of("global")) for (const [, name] of f.matchAll(USES)) keep(name);

  const late = [...functions.keys()].filter((name) => !kept.has(name));
  if (late.length === 0) throw problem("no function belongs to the late rooms", "Names are needed to tell them: the linker and wasm-opt must keep the name section.");
  // What the late rooms call in the core, functions that JavaScript gives included.
  const shared = [...new Set(late.flatMap((name) => uses.get(name)))].filter((name) => !late.includes(name)).sort();
  const types = of("type"), tableName = nameIn(table), limits = table.slice(table.indexOf(tableName) + tableName.length, -1).trim();
  const globals = of("global").filter((f) => f.includes("(mut "));
  const memory = of("memory")[0], memoryName = nameIn(memory);
  const exports = [
    ...shared.map((name, i) => ` (export "${i.toString(36)}!" (func ${name}))`),
    ...globals.map((f, i) => ` (export "global${i}" (global ${nameIn(f)}))`),
    ` (export "table" (table ${tableName}))`,
  ];
  const signatures = new Map([...functions, ...of("import").filter((f) => f.includes("(func ")).map((f) => [new RegExp(String.raw`\(func (${ID})`).exec(f)[1], f])]);
  const isKept = (name) => !late.includes(name);
  const primary = ["(module", ...all.filter((f) => !f.startsWith(" (func ") && !f.startsWith(" (elem ")),
    ...segments.flatMap((s) => runs(s, isKept, tableName)), ...exports, ...[...functions].filter(([name]) => kept.has(name)).map(([, f]) => f), ")"];
  const secondary = ["(module", ...types,
    ` (import "core" "memory" (memory ${memoryName} ${memory.slice(memory.indexOf(memoryName) + memoryName.length).replace(")", "").trim()}))`,
    ` (import "core" "table" (table ${tableName} ${limits}))`,
    ...globals.map((f, i) => ` (import "core" "global${i}" (global ${nameIn(f)} ${/\(mut \w+\)/.exec(f)[0]}))`),
    ...shared.map((name, i) => ` (import "core" "${i.toString(36)}!" (func ${name} ${signature(signatures.get(name))}))`),
    ...segments.flatMap((s) => runs(s, (name) => !isKept(name), tableName)), ...late.map((name) => functions.get(name)), ")"];
  return { primary: primary.join("\n"), secondary: secondary.join("\n") };
}

/** `(elem $0 (i32.const 1) func $a $b)` or without `func`. */
function segment(field) {
  const found = /^ \(elem (?:\$\S+ )?(?:\(table \S+\) )?\(i32\.const (\d+)\)(?: func)?/.exec(field);
  if (!found) throw problem(`an unknown form of function table: ${field.slice(0, 80)}`, "tools/build/split.mjs expects what wasm-dis writes: see whether it changed.");
  return { from: Number(found[1]), names: field.slice(found[0].length).match(new RegExp(ID, "g")) ?? [] };
}

/** The stretches of a segment whose functions are wanted, each a segment. */
function runs({ from, names }, wanted, table) {
  const out = [];
  for (let i = 0; i < names.length; i++) {
    if (!wanted(names[i])) continue;
    const begin = i;
    while (i < names.length && wanted(names[i])) i++;
    out.push(` (elem (table ${table}) (i32.const ${from + begin}) func ${names.slice(begin, i).join(" ")})`);
  }
  return out;
}

/** The type of a function, as an import states it: parameters without their names, and results. */
const signature = (field) => {
  const head = field.split("\n", 1)[0], list = (kind) => [...head.matchAll(new RegExp(String.raw`\(${kind} (?:\$\S+ )?([^)]*)\)`, "g"))].map((m) => m[1]).join(" ");
  return `(param ${list("param")}) (result ${list("result")})`;
};

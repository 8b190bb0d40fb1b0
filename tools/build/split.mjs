// One linked WebAssembly becomes two: a core that runs by itself, and the rooms that are not asked for at once. The second works in
// the core's memory and with the core's functions, so that no data crosses between them.
//
// The two meet only in the table of functions: a room is reached through the registry, whose entries are function pointers. So the
// core is what can be reached from its exports and from the pointers that do not name a late room; the slots of the others stay
// empty in it, and are filled when the second is instantiated with `{ core: <the first one's exports> }`. Slots that are called
// before that trap; www/src/engine/core.ts sees to it that they are not. A text that only late rooms name goes with them: what the linker
// laid down as one object, reads as text, and whose address stands neither in the core's code nor in any other data.
//
// It works on the text form (one line per module field, one block per function), with binaryen's own disassembler and assembler.
import { readFileSync, writeFileSync } from "node:fs";
import { at, problem, run } from "./common.mjs";

/** What rustc's output uses; not `--all-features`, which also writes what browsers do not read yet. */
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "simd"].map((name) => `--enable-${name}`);

const bin = (name) => at("node_modules/.bin", name);
const ID = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()"]+)`;
const USES = new RegExp(String.raw`(?:return_call|call|ref\.func) (${ID})`, "g");

/** Splits `named` (with its names) into `core` and `late`; `isLate` tells by its Rust name whether a function in the table is a late room's,
 * `map` is what the linker says of its memory. */
export function split(named, core, late, isLate, map) {
  const text = `${named}.wat`;
  run(bin("wasm-dis"), [named, ...FEATURES, "-o", text]);
  const { primary, secondary } = splitText(readFileSync(text, "utf8"), isLate, objectsOf(map));
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

/** The constants of a linker's map, by address: `address offset size file:(.rodata…)`, hexadecimal. Those that end with a zero byte, as the
 * templates of sentences do, it puts together into one of its own. */
function objectsOf(map) {
  const found = [...map.matchAll(/^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +(\S*):\(\.rodata[^)]*\)$/gm)]
    .map(([, at, size, file]) => ({ from: parseInt(at, 16), to: parseInt(at, 16) + parseInt(size, 16), templates: file === "<internal>" }));
  if (found.length === 0) throw problem("the linker's map names no constants", "tools/build/split.mjs expects what wasm-ld writes with -Map: see whether it changed.");
  return found.sort((a, b) => a.from - b.from);
}

function splitText(text, isLate, objects) {
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
  const bodies = (names) => [...functions].filter(([name]) => names(name)).map(([, f]) => f);
  const [data, moved] = lateTexts(of("data").map(dataOf), objects, bodies((name) => kept.has(name)), bodies((name) => !kept.has(name)));
  const primary = ["(module", ...all.filter((f) => !/^ \((?:func|elem|data) /.test(f)), ...data.map(dataField),
    ...segments.flatMap((s) => runs(s, isKept, tableName)), ...exports, ...bodies((name) => kept.has(name)), ")"];
  const secondary = ["(module", ...types,
    ` (import "core" "memory" (memory ${memoryName} ${memory.slice(memory.indexOf(memoryName) + memoryName.length).replace(")", "").trim()}))`,
    ` (import "core" "table" (table ${tableName} ${limits}))`,
    ...globals.map((f, i) => ` (import "core" "global${i}" (global ${nameIn(f)} ${/\(mut \w+\)/.exec(f)[0]}))`),
    ...shared.map((name, i) => ` (import "core" "${i.toString(36)}!" (func ${name} ${signature(signatures.get(name))}))`),
    ...segments.flatMap((s) => runs(s, (name) => !isKept(name), tableName)), ...moved.map(dataField), ...late.map((name) => functions.get(name)), ")"];
  return { primary: primary.join("\n"), secondary: secondary.join("\n") };
}

/** Shorter ones would cost more than they weigh. */
const SHORTEST = 12;

/** The data without the texts that only late functions name, and those texts. */
function lateTexts(data, objects, core, late) {
  const first = data[0]?.from ?? 0, last = data.at(-1);
  const memory = new Uint8Array(last ? last.from + last.bytes.length - first : 0);
  for (const { from, bytes } of data) memory.set(bytes, from - first);
  const byCore = new Set(core.flatMap(addresses)), byLate = new Set(late.flatMap(addresses));
  // A pointer among the data: who reads it is not asked.
  const words = new DataView(memory.buffer);
  for (let at = -first & 3; at + 4 <= memory.length; at += 4) byCore.add(words.getUint32(at, true));
  const inCore = [...byCore].sort((a, b) => a - b), inLate = [...byLate].sort((a, b) => a - b);
  const names = (sorted, { from, to }) => { const at = sorted[lowest(sorted, from)]; return at !== undefined && at < to; };
  const moved = [];
  const inMemory = objects.filter((o) => o.from >= first && o.to <= first + memory.length);
  for (const object of inMemory.flatMap((o) => (o.templates ? pieces(o, memory, first) : [o]))) {
    if (object.to - object.from < SHORTEST || names(inCore, object) || !names(inLate, object)) continue;
    const bytes = memory.slice(object.from - first, object.to - first), before = moved.at(-1);
    if (!object.templates && !isText(bytes)) continue;
    if (before?.from + before?.bytes.length === object.from) before.bytes = Uint8Array.from([...before.bytes, ...bytes]);
    else moved.push({ from: object.from, bytes });
  }
  return [moved.reduce((rest, hole) => rest.flatMap((piece) => without(piece, hole)), data), moved];
}

/** What lies between zero bytes, each with the one that ends it. */
function pieces({ from, to }, memory, first) {
  const found = [];
  for (let end; from < to; from = end) {
    end = memory.indexOf(0, from - first) + first + 1;
    if (end <= first || end > to) end = to;
    found.push({ from, to: end, templates: true });
  }
  return found;
}

/** Every number in a function that could be an address; two may stand in one of twice the width. */
const addresses = (body) => [...body.matchAll(/i32\.const (\d+)|offset=(\d+)|i64\.const (-?\d+)/g)].flatMap(([, one, offset, two]) =>
  two === undefined ? [Number(one ?? offset)] : [Number(BigInt(two) & 0xffffffffn), Number((BigInt(two) >> 32n) & 0xffffffffn)]);

/** The place of the first number that is not below `wanted`. */
function lowest(sorted, wanted) {
  let from = 0, to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** UTF-8 without control characters. */
function isText(bytes) {
  try {
    return !/[\0-\x08\x0b-\x1f\x7f]/.test(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

function without(piece, hole) {
  const end = piece.from + piece.bytes.length, to = hole.from + hole.bytes.length;
  if (to <= piece.from || hole.from >= end) return [piece];
  const left = { from: piece.from, bytes: piece.bytes.subarray(0, Math.max(0, hole.from - piece.from)) };
  const right = { from: to, bytes: piece.bytes.subarray(Math.min(piece.bytes.length, to - piece.from)) };
  return [left, right].filter((p) => p.bytes.length > 0);
}

/** `(data $0 (i32.const 1048576) "bytes")` */
function dataOf(field) {
  const found = /^ \(data (?:\$\S+ )?\(i32\.const (\d+)\) "((?:[^"\\]|\\.)*)"\)$/.exec(field);
  if (!found) throw problem(`an unknown form of data: ${field.slice(0, 80)}`, "tools/build/split.mjs expects what wasm-dis writes: see whether it changed.");
  const plain = { n: "\n", t: "\t", r: "\r" };
  const bytes = found[2].replace(/\\(?:([0-9a-f]{2})|(.))/g, (_, code, letter) => (code ? String.fromCharCode(parseInt(code, 16)) : (plain[letter] ?? letter)));
  return { from: Number(found[1]), bytes: Uint8Array.from(bytes, (c) => c.charCodeAt(0)) };
}

const dataField = ({ from, bytes }) => ` (data (i32.const ${from}) "${Array.from(bytes, (b) => (b >= 32 && b < 127 && b !== 34 && b !== 92 ? String.fromCharCode(b) : `\\${b.toString(16).padStart(2, "0")}`)).join("")}")`;

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

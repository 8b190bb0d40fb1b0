// The tool that splits a WebAssembly in two, on a module small enough to follow by hand.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../tools/build/common.mjs";
import { split } from "../../tools/build/split.mjs";

const home = at("build/split");
// Constants, each an object of the linker: what it holds, who names it, and whether it goes with the late room.
const hex = (text) => [...new TextEncoder().encode(text)].map((b) => `\\${b.toString(16).padStart(2, "0")}`).join("");
const OBJECTS = [
  { data: hex('late \\ "text"; 客览'), late: true, goes: true },
  { data: hex("and a second one"), late: true, goes: true },
  { data: hex("text of both, the core's from within"), late: true, core: 5 },
  { data: hex("text behind a pointer"), late: true },
  { data: hex("text that nobody names") },
  { data: hex("short"), late: true },
  { data: hex("no text\0\u0001\u0002\u0003."), late: true },
  { data: hex("\u0010late template\u00c0\0"), late: true, goes: true, template: true },
  { data: hex("\u0010core template\u00c0\0"), late: true, core: 0, template: true },
];
let next = 64;
for (const o of OBJECTS) { o.at = next; o.size = o.data.length / 3; next += o.size; }
const templates = OBJECTS.filter((o) => o.template), others = OBJECTS.filter((o) => !o.template);
const pointer = Math.ceil(next / 4) * 4, behind = OBJECTS[3];
const line = (at, size, name) => `${at.toString(16).padStart(8)}       10 ${size.toString(16).padStart(8)}         ${name}`;
const MAP = [`    Addr      Off     Size Out     In      Symbol`, line(templates[0].at, next - templates[0].at, "<internal>:(.rodata)"),
  ...others.map((o, i) => line(o.at, o.size, `kelan.o:(.rodata..Lanon.${i})`))].join("\n");
// Slot 1: a core function. Slot 2: a late room, which calls a function of its own, one of the core, and one of JavaScript, and leaves
// traces in memory and in a global. Slot 3: another late one. Slot 4: glue of the late room that stays.
const WHOLE = `(module
  (type $f (func (param i32) (result i32)))
  (import "js" "add" (func $add (param i32 i32) (result i32)))
  (memory $m 1) (data (i32.const 8) "\\2a\\00\\00\\00") (data (i32.const 64) "${OBJECTS.map((o) => o.data).join("")}")
  (data (i32.const ${pointer}) "\\${behind.at.toString(16).padStart(2, "0")}\\00\\00\\00")
  (global $top (mut i32) (i32.const 7))
  (table $t 8 8 funcref)
  (elem (i32.const 1) $core $"crate::rooms::late<T, \\22x\\22>" $"crate::rooms::other" $"drop_in_place<crate::rooms::T>")
  (export "memory" (memory $m)) (export "call" (func $call)) (export "top" (func $top_of))
  (func $call (param $slot i32) (param $x i32) (result i32) (call_indirect (type $f) (local.get $x) (local.get $slot)))
  (func $top_of (result i32) (global.get $top))
  (func $core (param $x i32) (result i32) ${OBJECTS.filter((o) => o.core !== undefined).map((o) => `(drop (i32.load8_u (i32.const ${o.at + o.core})))`).join(" ")} (i32.mul (local.get $x) (i32.const 2)))
  (func $"crate::rooms::late<T, \\22x\\22>" (param $x i32) (result i32)
    (global.set $top (i32.const 9))
    (i32.store (i32.const 8) (local.get $x))
    ${OBJECTS.filter((o) => o.late).map((o) => `(drop (i32.load8_u (i32.const ${o.at})))`).join(" ")}
    (call $add (call $core (local.get $x)) (call $own (local.get $x))))
  (func $own (param $x i32) (result i32) (i32.load (i32.const 8)))
  (func $"crate::rooms::other" (param $x i32) (result i32) (i32.const 5))
  (func $"drop_in_place<crate::rooms::T>" (param $x i32) (result i32) (i32.load (i32.const 8))))`;

test("a late room stays out of the core, and works in its memory once it is there", async () => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(`${home}/whole.wat`, WHOLE);
  const done = spawnSync(at("node_modules/.bin/wasm-as"), [`${home}/whole.wat`, "-g", "--enable-bulk-memory", "--enable-reference-types", "--enable-mutable-globals", "-o", `${home}/whole.wasm`], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  split(`${home}/whole.wasm`, `${home}/core.wasm`, `${home}/late.wasm`, (name) => name.includes("rooms::") && !name.startsWith("drop_in_place"), MAP);

  const core = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${home}/core.wasm`)), { js: { add: (a, b) => a + b } }).exports;
  assert.equal(core.call(1, 21), 42, "what is in the core runs");
  const whole = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${home}/whole.wasm`)), { js: { add: (a, b) => a + b } }).exports;
  const bytes = (of, { at, size }) => [...new Uint8Array(of.memory.buffer, at, size)];
  for (const o of OBJECTS) assert.deepEqual(bytes(core, o), o.goes ? Array(o.size).fill(0) : bytes(whole, o), JSON.stringify(o));
  assert.equal(core.call(4, 0), 42, "and so does glue that stayed, on the core's data");
  for (const slot of [2, 3]) assert.throws(() => core.call(slot, 21), WebAssembly.RuntimeError, "a late room is not there yet");

  const late = new WebAssembly.Module(readFileSync(`${home}/late.wasm`));
  assert.deepEqual(WebAssembly.Module.exports(late), []);
  assert.deepEqual(new Set(WebAssembly.Module.imports(late).map((i) => i.module)), new Set(["core"]));
  new WebAssembly.Instance(late, { core });
  for (const o of OBJECTS) assert.deepEqual(bytes(core, o), bytes(whole, o), JSON.stringify(o));
  assert.equal(core.call(2, 21), 42 + 21, "it calls the core, JavaScript and its own");
  assert.equal(core.call(3, 0), 5);
  assert.equal(core.top(), 9, "it shares globals");
  assert.equal(new Int32Array(core.memory.buffer)[2], 21, "and memory");
  assert.equal(core.call(1, 21), 42, "and the core is as it was");
});

test("a module in which nothing is late, or a map without constants, is refused in words", () => {
  assert.throws(() => split(`${home}/whole.wasm`, `${home}/core.wasm`, `${home}/late.wasm`, () => false, MAP), /no function belongs to the late rooms/);
  assert.throws(() => split(`${home}/whole.wasm`, `${home}/core.wasm`, `${home}/late.wasm`, () => true, ""), /the linker's map names no constants/);
});

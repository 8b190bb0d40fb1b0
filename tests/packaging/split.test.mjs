// The tool that splits a WebAssembly in two, on a module small enough to follow by hand.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../tools/build/common.mjs";
import { split } from "../../tools/build/split.mjs";

const home = at("build/split");
// Slot 1: a core function. Slot 2: a late room, which calls a function of its own, one of the core, and one of JavaScript, and leaves
// traces in memory and in a global. Slot 3: another late one. Slot 4: glue of the late room that stays.
const WHOLE = `(module
  (type $f (func (param i32) (result i32)))
  (import "js" "add" (func $add (param i32 i32) (result i32)))
  (memory $m 1) (data (i32.const 8) "\\2a\\00\\00\\00")
  (global $top (mut i32) (i32.const 7))
  (table $t 8 8 funcref)
  (elem (i32.const 1) $core $"crate::rooms::late<T, \\22x\\22>" $"crate::rooms::other" $"drop_in_place<crate::rooms::T>")
  (export "memory" (memory $m)) (export "call" (func $call)) (export "top" (func $top_of))
  (func $call (param $slot i32) (param $x i32) (result i32) (call_indirect (type $f) (local.get $x) (local.get $slot)))
  (func $top_of (result i32) (global.get $top))
  (func $core (param $x i32) (result i32) (i32.mul (local.get $x) (i32.const 2)))
  (func $"crate::rooms::late<T, \\22x\\22>" (param $x i32) (result i32)
    (global.set $top (i32.const 9))
    (i32.store (i32.const 8) (local.get $x))
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
  split(`${home}/whole.wasm`, `${home}/core.wasm`, `${home}/late.wasm`, (name) => name.includes("rooms::") && !name.startsWith("drop_in_place"));

  const core = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${home}/core.wasm`)), { js: { add: (a, b) => a + b } }).exports;
  assert.equal(core.call(1, 21), 42, "what is in the core runs");
  assert.equal(core.call(4, 0), 42, "and so does glue that stayed, on the core's data");
  for (const slot of [2, 3]) assert.throws(() => core.call(slot, 21), WebAssembly.RuntimeError, "a late room is not there yet");

  const late = new WebAssembly.Module(readFileSync(`${home}/late.wasm`));
  assert.deepEqual(WebAssembly.Module.exports(late), []);
  assert.deepEqual(new Set(WebAssembly.Module.imports(late).map((i) => i.module)), new Set(["core"]));
  new WebAssembly.Instance(late, { core });
  assert.equal(core.call(2, 21), 42 + 21, "it calls the core, JavaScript and its own");
  assert.equal(core.call(3, 0), 5);
  assert.equal(core.top(), 9, "it shares globals");
  assert.equal(new Int32Array(core.memory.buffer)[2], 21, "and memory");
  assert.equal(core.call(1, 21), 42, "and the core is as it was");
});

test("a module in which nothing is late is refused in words", () => {
  assert.throws(() => split(`${home}/whole.wasm`, `${home}/core.wasm`, `${home}/late.wasm`, () => false), /no function belongs to the late rooms/);
});

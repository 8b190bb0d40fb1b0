// A machine that lacks something is told what and what to do, in words.
import assert from "node:assert/strict";
import { spawnSync, execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../tools/build/common.mjs";

const BASICS = ["bash", "sh", "dirname", "mkdir", "mktemp", "rm", "cat", "awk", "grep", "tail", "id", "env", "mv", "touch", "cmp", "cp"];

/** A PATH with nothing on it but the basics and what is named. */
function machineWith(name, tools, fakes = {}) {
  const folder = at("build/machines", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const tool of [...BASICS, ...tools]) symlinkSync(execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(), `${folder}/${tool}`);
  for (const [tool, script] of Object.entries(fakes)) writeFileSync(`${folder}/${tool}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
const setup = (PATH, env = {}) => spawnSync("bash", ["tools/setup.sh", at("build/machines/env.sh")], { cwd: at("."), encoding: "utf8", env: { PATH, HOME: at("build/machines"), ...env } });

function refused(done, what, remedy) {
  assert.equal(done.status, 1, done.stderr);
  assert.match(done.stderr, what);
  assert.match(done.stderr, remedy);
  assert.doesNotMatch(done.stderr, /^\s+at |panicked|line \d+: .*command not found/m, "no trace, in words only");
}

test("no Node.js", () => refused(setup(machineWith("no-node", [])), /Node\.js is missing/, /Install Node\.js 20\.19/));

test("an old Node.js", () => {
  const folder = machineWith("old-node", [], { node: 'case "$1" in --version) echo v18.0.0;; *) exit 1;; esac' });
  refused(setup(folder), /Node\.js v18\.0\.0 is too old/, /20\.19 or newer/);
});

test("no compiler of C", () => refused(setup(machineWith("no-cc", ["node", "npm"])), /C linker \(cc\) is missing/, /xcode-select --install/));

test("no Rust, and nothing to install it with", () => refused(setup(machineWith("no-rust", ["node", "npm", "cc"])), /no Rust compiler for wasm32-unknown-unknown/, /rustup target add/));

test("Debian's compiler asked for on another system", () =>
  refused(setup(machineWith("no-apt", ["node", "npm", "cc"]), { KELAN_TOOLCHAIN: "debian" }), /needs a Debian or Ubuntu machine/, /Unset it/));

test("a page that is not built is not served", () => {
  const done = spawnSync("node", ["tools/serve.mjs", at("build/machines/nowhere")], { cwd: at("."), encoding: "utf8" });
  refused(done, /is not built/, /make run/);
});

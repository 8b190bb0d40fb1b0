// Every check, one after the other: `node tools/test.mjs [--only fmt,shape]`. Prints a line per step, the output of what failed,
// and one closing line of counts. Logs stay in build/logs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { at, filesUnder } from "./build/common.mjs";

const cargo = (command, ...args) => ["cargo", [command, ...(command === "fmt" ? [] : ["--config", "tools/quick.toml"]), ...args]];
const nodeTests = (folder) => ["node", ["--test", "--test-reporter=tap", "--test-concurrency=1",
  ...(existsSync(at("tests", folder)) ? filesUnder(at("tests", folder)).filter((f) => f.endsWith(".test.mjs")) : [])]];
const TARGET = ["--target", "wasm32-unknown-unknown"];

/** What is built once is built by make: a step names what it needs and make knows whether that is there. */
const STEPS = [
  { name: "fmt", title: "Rust is formatted", run: cargo("fmt", "--check") },
  { name: "clippy", title: "clippy, native", run: cargo("clippy", "--all-targets", "--profile", "quick", "--message-format", "short", "--", "-D", "warnings") },
  { name: "clippy-wasm", title: "clippy, WebAssembly", run: cargo("clippy", "--lib", "--profile", "quick", "--message-format", "short", ...TARGET, "--", "-D", "warnings") },
  { name: "native", title: "Rust tests", run: cargo("test", "--profile", "quick", "--no-fail-fast") },
  { name: "wasm", title: "Rust tests in Chromium", run: ["node", ["tools/test-wasm.mjs"]] },
  { name: "types", title: "generated types are fresh", run: ["node", ["tools/types.mjs", "--check"]] },
  { name: "readme", title: "the READMEs list the methods of the registry", run: ["node", ["tools/readme.mjs", "--check"]] },
  { name: "build", title: "the page, the one file and the package build", run: ["make", ["-s", "build/stamp/package"]] },
  { name: "typescript", title: "TypeScript is strict and clean", run: ["node_modules/.bin/tsc", ["-p", "www/tsconfig.json"]] },
  { name: "www", title: "tests of the page's code", run: nodeTests("www"), when: "tests/www" },
  { name: "packaging", title: "the package in bundlers, browsers and Node", run: nodeTests("packaging"), when: "tests/packaging" },
  { name: "browser", title: "the page and the one file in browsers", run: nodeTests("browser"), when: "tests/browser" },
  { name: "golden", title: "reference results", run: ["node", ["../shared/golden/check.mjs", "pkg"]], when: "../shared/golden/check.mjs", absent: "../shared is not beside this checkout" },
];

const wanted = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1].split(",") : null;
if (wanted?.includes("?")) { for (const s of STEPS) console.log(`${s.name.padEnd(12)} ${s.title}`); process.exit(0); }
const unknown = wanted?.filter((w) => !STEPS.some((s) => s.name === w)) ?? [];
if (unknown.length) { console.error(`kelan: no step is called ${unknown.join(", ")}\n       Steps: ${STEPS.map((s) => s.name).join(", ")}`); process.exit(2); }

/** How many tests an output reports; a program that reports none is one check. */
function counts(text, ok) {
  let passed = 0, failed = 0, skipped = 0;
  for (const [, p, f, i] of text.matchAll(/^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm)) { passed += +p; failed += +f; skipped += +i; }
  for (const [, kind, n] of text.matchAll(/^# (pass|fail|cancelled|skipped) (\d+)$/gm)) { if (kind === "pass") passed += +n; else if (kind === "skipped") skipped += +n; else failed += +n; }
  const golden = /^golden \S+: (\d+) of \d+ cases right, (\d+) wrong, (\d+) missing/m.exec(text);
  if (golden) { passed += +golden[1]; failed += +golden[2]; }
  if (passed + failed === 0) return ok ? [1, 0, skipped] : [0, 1, skipped];
  return [passed, !ok && failed === 0 ? 1 : failed, skipped];
}

mkdirSync(at("build/logs"), { recursive: true });
const total = [0, 0, 0], began = performance.now();
for (const step of STEPS) {
  if (wanted && !wanted.includes(step.name)) continue;
  if (step.when && !existsSync(at(step.when))) {
    if (step.absent) console.log(`-- ${step.title}: left out, ${step.absent}`);
    continue;
  }
  const started = performance.now(), [program, args] = step.run;
  const done = spawnSync(program, args, { cwd: at("."), encoding: "utf8", maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, CARGO_TERM_COLOR: "never" } });
  const text = `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ? String(done.error) : ""}`, ok = done.status === 0;
  writeFileSync(at(`build/logs/${step.name}.log`), text);
  const [passed, failed, skipped] = counts(text, ok);
  total[0] += passed; total[1] += failed; total[2] += skipped;
  console.log(`${ok ? "ok" : "NO"} ${step.title} (${passed} passed${failed ? `, ${failed} failed` : ""}) ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (!ok) console.log(essence(text).replace(/^/gm, "   "));
}
console.log(`in ${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${total[0]} passed, ${total[1]} failed${total[2] ? `, ${total[2]} skipped` : ""}`);
process.exit(total[1] ? 1 : 0);

/** The lines of a failure that tell what failed: passing tests are left out, and the middle of what is very long. */
function essence(text) {
  const lines = text.split("\n").filter((l) => !/^(test .* ok|ok \d+|    Finished|   Compiling|    Checking|# Subtest| *duration_ms| *---| *\.\.\.|  type: )/.test(l.trimEnd()) && l.trim());
  return lines.length > 90 ? [...lines.slice(0, 40), `… ${lines.length - 90} lines left out; all of it is in build/logs …`, ...lines.slice(-50)].join("\n") : lines.join("\n");
}

// make bench: Kelan beside its peers in the shared benchmark harness (../shared/bench), in Chromium, in one run.
//   make bench ARGS="--size 1000000 --peers kelan,duckdb-eh,udsv-js --reps 5 --rounds 2"
//   make bench ARGS="--cold"     from an empty browser profile to the first answer on a small file
//   make bench ARGS="--models"   the models beside scikit-learn and lifetimes: bench-models.mjs
// Peers are installed and data is made once, under BENCH_HOME (default: peerbench in the temp folder).
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { models } from "./bench-models.mjs";
import { at, problem, run } from "./build/common.mjs";

const shared = at("../shared/bench"), harness = at("build/bench");
const home = process.env.BENCH_HOME ?? join(tmpdir(), "peerbench");
const args = process.argv.slice(2), given = (name, other) => { const i = args.indexOf("--" + name); return i < 0 ? other : args[i + 1]; };
const cold = args.includes("--cold");
const size = cold ? "1000" : given("size", "100000"), peers = given("peers", "kelan,duckdb-eh,udsv-js"), reps = given("reps", "3"), rounds = given("rounds", "1");

try {
  if (!existsSync(shared)) throw problem("the benchmark harness is not beside this checkout", "It is expected at ../shared/bench.");
  // The harness is read-only where it stands: a copy takes our adapter.
  rmSync(harness, { recursive: true, force: true });
  cpSync(shared, harness, { recursive: true });
  spawnSync("chmod", ["-R", "u+w", harness]);
  for (const file of existsSync(at("benches/browser")) ? readdirSync(at("benches/browser")) : []) cpSync(at("benches/browser", file), join(harness, "adapters", file));

  const env = { ...process.env, BENCH_HOME: home };
  mkdirSync(home, { recursive: true });
  const data = join(home, "data", `tx-${size}.csv`);
  if (!existsSync(data)) { mkdirSync(join(home, "data"), { recursive: true }); run("node", [join(harness, "gen.mjs"), size, data], { env }); }
  if (args.includes("--models")) {
    await models({ harness, home, size, rounds: Number(given("rounds", "3")) });
    process.exit(0);
  }
  const wanted = peers.split(",").filter((p) => p !== "kelan");
  if (!existsSync(join(home, "node_modules/playwright-core")) || wanted.some((p) => p.startsWith("duckdb") && !existsSync(join(home, "node_modules/@duckdb/duckdb-wasm")))) {
    console.error("kelan: installing the benchmark's peers (once)");
    cpSync(join(harness, "package.json"), join(home, "package.json"));
    run("npm", ["install", "--prefix", home, "--no-audit", "--no-fund"], { env });
  }
  rmSync(join(home, "node_modules/kelan"), { recursive: true, force: true });
  cpSync(at("pkg"), join(home, "node_modules/kelan"), { recursive: true });
  run("node", [join(harness, "build.mjs"), ...peers.split(",")], { env });
  for (const file of readdirSync(at("pkg")).filter((f) => f.endsWith(".wasm"))) cpSync(at("pkg", file), join(home, "dist/adapters", file));
  mkdirSync(join(home, "results"), { recursive: true });
  if (cold) {
    console.log(run("node", [join(harness, "coldstart.mjs"), peers, reps], { cwd: harness, env }).trimEnd());
    process.exit(0);
  }
  const out = join(home, "results", `kelan-${size}.jsonl`);
  const done = spawnSync("node", [join(harness, "run.mjs"), "--size", size, "--peers", peers, "--reps", reps, "--rounds", rounds, "--out", out], { cwd: harness, env, stdio: "inherit" });
  console.error(`kelan: results are in ${out}`);
  process.exit(done.status ?? 1);
} catch (error) {
  console.error(`kelan: ${error.remedy ? error.message : error.stack}${error.remedy ? `\n       ${error.remedy}` : ""}`);
  process.exit(1);
}

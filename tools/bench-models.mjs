// make bench ARGS="--models": k-means, logistic regression, boosted trees, BG/NBD and Gamma–Gamma of the built package beside
// scikit-learn and lifetimes on one thread, on the same customers, in one run, in turns. Data and the Python side are those of the shared
// harness (its Gamma–Gamma of lifetimes has a penalty of 0.001, so it stops short of the greatest likelihood). KELAN_PYTHON names a Python with polars, scikit-learn and lifetimes; without one Kelan is timed alone, on data made here.
//   make bench ARGS="--models --size 1000000 --rounds 3"
import { readFileSync, existsSync, writeFileSync, mkdirSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { at, problem } from "./build/common.mjs";

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];
const floats = (path) => { const b = readFileSync(path); return new Float64Array(b.buffer, b.byteOffset, b.length / 8); };

/** CPU milliseconds of a call in this thread. */
async function timed(call) {
  const before = process.cpuUsage(), found = await call(), used = process.cpuUsage(before);
  return { ms: (used.user + used.system) / 1000, found };
}

// The anchors time the fit alone. So do we: the tasks that a room hands to its workers are fits, packed as src/analysis/*/apart.rs says.
const seed = (n) => [Math.floor(n / 2 ** 32), n % 2 ** 32];
const list = (values) => [values.length, ...values];

function pack(...parts) {
  const out = new Float64Array(parts.reduce((n, p) => n + (typeof p === "number" ? 1 : p.length), 0));
  let at = 0;
  for (const p of parts) { if (typeof p === "number") out[at++] = p; else { out.set(p, at); at += p.length; } }
  return out;
}

function kmeans(glue, { rfm, n }, k, starts) {
  const tasks = (kind) => new glue.Tasks(kind, pack(n, 3, rfm.length, rfm));
  const start = tasks("segment.start"), rest = tasks("segment.rest");
  try {
    const loose = Array.from({ length: starts }, (_, s) => start.run(pack(k, s, seed(1)))).sort((a, b) => a[0] - b[0]).slice(0, 3);
    const kept = loose.filter((run, i) => loose.slice(0, i).every((other) => Math.abs(other[0] - run[0]) > 1e-9 * run[0]));
    return { inertia: Math.min(...kept.map((run) => rest.run(pack(k, run.subarray(1)))[0])) };
  } finally { start.free(); rest.free(); }
}

function fit(glue, { x, y }, recipe) {
  const n = y.length, width = x.length / n, columns = new Float64Array(x.length);
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) columns[j * n + i] = x[i * width + j];
  const terms = Array.from({ length: width }, (_, j) => j), all = Float64Array.from({ length: n }, (_, i) => i);
  // One round that tests all rows learns from all rows, too: its scores are those of the training rows.
  const shared = pack(n, width, columns.length, columns, list(terms), 0, n, y, seed(1), 1, n, all);
  return { shared, task: pack(recipe, 0), n };
}

/** Log-loss from an answered task: model, notes, scores. */
function logLoss(answer, y) {
  let at = 0;
  const next = () => answer[at++], skip = () => { const n = next(); at += n; };
  if (next() === 0) { next(); skip(); skip(); skip(); } else { next(); for (let t = next(); t > 0; t--) at += 1 + 6 * answer[at]; }
  skip(); skip();
  const n = next();
  if (n !== y.length) throw new Error(`a score for each of ${y.length} rows, not ${n}`);
  let sum = 0;
  for (let i = 0; i < n; i++) { const p = Math.min(1 - 1e-12, Math.max(1e-12, answer[at + i])); sum -= y[i] * Math.log(p) + (1 - y[i]) * Math.log(1 - p); }
  return sum / n;
}

/** Customers as of the benchmark's shape, where no Python prepares those of the file. */
function madeUp(n) {
  let state = 7;
  const uniform = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state + 0.5) / 2 ** 32; };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = (shape) => { const d = shape + 1 - 1 / 3, c = 1 / Math.sqrt(9 * d); for (;;) { const z = normal(), v = (1 + c * z) ** 3; if (v > 0 && Math.log(uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v * uniform() ** (1 / shape); } };
  const rfm = Float64Array.from({ length: 3 * n }, normal), x = Float64Array.from({ length: 20 * n }, normal);
  const y = Float64Array.from({ length: n }, (_, i) => { let s = 0; for (let j = 0; j < 20; j++) s += x[20 * i + j] * Math.sin(j + 1) * 0.5; return Number(uniform() < 1 / (1 + Math.exp(-s))); });
  const btyd = new Float64Array(4 * n);
  for (let i = 0; i < n; i++) {
    const rate = gamma(0.6) / 60, a = gamma(0.8), stop = a / (a + gamma(2.5)), until = 1 + Math.floor(uniform() * 700);
    let time = 0, last = 0, count = 0;
    for (;;) { time += -Math.log(uniform()) / rate; if (time > until) break; count++; last = time; if (uniform() < stop) break; }
    btyd.set([count, Math.floor(last), until, count > 0 ? (6 * gamma(6 * Math.max(1, count))) / Math.max(1, count) / Math.max(0.3, gamma(3.7)) : 0], 4 * i);
  }
  return { rfm, x, y, btyd };
}

export async function models({ harness, home, size, rounds }) {
  const python = process.env.KELAN_PYTHON ?? "python3", env = { ...process.env, BENCH_HOME: home };
  const can = spawnSync(python, ["-c", "import polars, sklearn"]).status === 0, lifetimes = spawnSync(python, ["-c", "import lifetimes"]).status === 0;
  const script = join(harness, "native/ml.py"), results = join(home, `results/native-ml-${size}.jsonl`);
  mkdirSync(join(home, "results"), { recursive: true });
  const anchor = (tasks) => {
    writeFileSync(results, "");
    const done = spawnSync(python, [script, size, "1", "1", tasks], { env, encoding: "utf8" });
    if (done.status !== 0) throw problem(`the Python side failed: ${done.stderr.trim().split("\n").pop()}`, "KELAN_PYTHON must name a Python with polars, scikit-learn and, for CLV, lifetimes.");
    return readFileSync(results, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  };
  // Boosting of our shape, and lifetimes' fit with what it foretells of each customer.
  const further = () => {
    const done = spawnSync(python, [at("tools/bench-models.py"), join(home, "data"), String(size)], { env, encoding: "utf8" });
    if (done.status !== 0) throw problem(`the Python side failed: ${done.stderr.trim().split("\n").pop()}`, "KELAN_PYTHON must name a Python with scikit-learn.");
    return done.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  };
  let data;
  if (can) {
    anchor("export");
    const of = (name) => floats(join(home, `data/${name}-${size}.bin`));
    data = { rfm: of("rfm"), x: of("churnX"), y: of("churnY"), btyd: of("btyd") };
    if (!lifetimes) console.error(`kelan: ${python} has no lifetimes: CLV of Kelan alone`);
  } else {
    console.error(`kelan: ${python} has no polars and scikit-learn: Kelan alone, on made-up customers. KELAN_PYTHON names another Python.`);
    data = madeUp(Math.round(size / 18));
  }
  data.n = data.rfm.length / 3;

  if (!existsSync(at("www/src/wasm/kelan.js"))) throw problem("the engine was not built", "make package");
  const glue = await import(pathToFileURL(at("www/src/wasm/kelan.js")));
  const module = (name) => new WebAssembly.Module(readFileSync(at("pkg", name)));
  // The rooms whose tasks are timed work in the core's memory.
  new WebAssembly.Instance(module("kelan-rooms.wasm"), { core: glue.initSync({ module: module("kelan.wasm") }) });
  const { open } = await import(pathToFileURL(at("pkg/node.js"))), kelan = await open();
  const lines = ["id,x,t_x,t,value"];
  for (let i = 0; i < data.btyd.length / 4; i++) lines.push(`c${i},${data.btyd.subarray(4 * i, 4 * i + 4).join()}`);
  const table = await kelan.read(lines.join("\n") + "\n"), columns = { customer: "id", frequency: "x", recency: "t_x", T: "t" };
  const clv = async (params) => (await table.analyze("clv", { time_unit: "day", horizon: 90, ...params })).summary;
  const money = { ...columns, monetary: "value" };
  const { parameters, spend: { parameters: spend_parameters } } = await clv({ columns: money });
  const logistic = fit(glue, data, [0, 0]), boosted = fit(glue, data, [1, 100, 5, 0.1, 20]);
  const trained = ({ shared, task }) => { const tasks = new glue.Tasks("classify.fit", shared); try { return { log_loss: logLoss(tasks.run(task), data.y) }; } finally { tasks.free(); } };
  const ours = {
    kmeans: () => kmeans(glue, data, 5, 10),
    logistic: () => trained(logistic),
    gbdt: () => trained(boosted),
    bgnbd: async () => ({ log_likelihood: (await clv({ columns, spend: null })).log_likelihood, parameters }),
    bgnbd_given: () => clv({ columns, spend: null, parameters }),
    gammagamma: async () => ({ log_likelihood: (await clv({ columns: money, parameters })).spend.log_likelihood, parameters: spend_parameters }),
    gammagamma_given: () => clv({ columns: money, parameters, spend_parameters }),
  };
  const peers = { kmeans: "kmeans", logistic: "churn", bgnbd: "btyd", gammagamma: "btyd" };
  const seen = new Map([...Object.keys(ours), "bgnbd_room"].map((task) => [task, { ours: [], theirs: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [task, run] of Object.entries(ours)) {
      const { ms, found } = await timed(run);
      Object.assign(seen.get(task), { found }).ours.push(ms);
    }
    if (!can) continue;
    const heard = further();
    for (const group of new Set(Object.values(peers))) {
      if (group === "btyd" && !lifetimes) continue;
      heard.push(...anchor(group).filter((r) => r.task in peers));
    }
    for (const r of heard) Object.assign(seen.get(r.task), { peer: `${r.peer} ${r.version}`, theirsFound: r.q }).theirs.push(...r.cpu);
  }
  console.log(`${data.n} customers, ${rounds} rounds in turns, CPU ms of one thread (medians), load ${loadavg()[0].toFixed(1)}`);
  const line = (name, own, other, peer) => console.log(`${name}: Kelan ${own.toFixed(0)}${other ? `; ${peer} ${other.toFixed(0)}; ${(own / other).toFixed(2)} of it` : ""}`);
  for (const [task, { ours, theirs, found, peer, theirsFound }] of seen) {
    if (task.endsWith("_given") || task.endsWith("_room")) continue;
    const other = theirs.length ? median(theirs) : null, given = seen.get(`${task}_given`), room = seen.get(`${task}_room`);
    // Fit against fit: the room less the same room with the parameters given is the fit with its standard errors, and what only a fit has: intervals.
    if (given) line(`${task}, the fit${task === "bgnbd" ? " and its intervals" : ""}`, Math.max(0, median(ours.map((ms, i) => ms - given.ours[i]))), other, peer);
    // Whole against whole, where the peer has more than a fit.
    const whole = room ? (room.theirs.length ? median(room.theirs) : null) : given ? null : other;
    line(given ? `${task}, the room` : task, median(ours), whole, room?.peer ?? peer);
    console.log(`  Kelan ${JSON.stringify(found)}${theirsFound ? `\n  peer  ${JSON.stringify(theirsFound)}` : ""}`);
    if (!theirsFound?.params) continue;
    const there = task === "bgnbd" ? (await clv({ columns, spend: null, parameters: theirsFound.params })).log_likelihood
      : (await clv({ columns: money, parameters, spend_parameters: theirsFound.params })).spend.log_likelihood;
    console.log(`  log-likelihood at the peer's parameters: ${there}`);
  }
  await kelan.close();
}

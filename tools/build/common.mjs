// Paths, and running other programs, for the steps of the build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const at = (...parts) => join(root, ...parts);

export const problem = (message, remedy) => Object.assign(new Error(message), { remedy });

/** Runs a program; what it prints is shown only when it fails. */
export function run(program, args, { remedy, ...options } = {}) {
  const done = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (done.error?.code === "ENOENT") throw problem(`${program} is missing`, remedy ?? "Run: make setup");
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
    throw problem(`${program} ${args[0] ?? ""} failed (${done.status ?? done.signal})`, remedy ?? "Read what it says above.");
  }
  return done.stdout;
}

export function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? filesUnder(join(folder, e.name)) : [join(folder, e.name)])).sort();
}

/** One hash over names and contents, so that equal inputs are found again whatever the clock says. */
export function hashOf(files, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const file of files) hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

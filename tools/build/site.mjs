// dist/: the dashboard as a static site, by Vite.
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { build } from "vite";
import { at, filesUnder, hashOf } from "./common.mjs";
import { needWasm, workerText } from "./bundle.mjs";
import { MODULES } from "./wasm.mjs";

/**
 * What the served page may do. It may fetch its own files, and over https what a person names in the "open a URL" box;
 * the one-file page may fetch nothing at all (onefile.mjs).
 */
export const SITE_POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self' blob:", "style-src 'self'", "img-src 'self' data: blob:",
  "connect-src 'self' https:", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'",
].join("; ");

export const policyTag = (policy) => `<meta http-equiv="Content-Security-Policy" content="${policy}">`;

/** The policy stands first in the head: what comes before it would not be covered. */
export const withPolicy = (html, policy) => html.replace(/<head>|<head [^>]*>/, (head) => `${head}\n    <meta charset="utf-8">\n    ${policyTag(policy)}`).replace(/(<meta charset="utf-8">[\s\S]*?)<meta charset="[^"]*"\s*\/?>\s*/i, "$1");

export async function buildSite() {
  needWasm();
  await build({ configFile: at("www/vite.config.ts"), logLevel: "error" });
  for (const { wasm } of MODULES) copyFileSync(at("www/src/wasm", wasm), at("dist", wasm));
  writeFileSync(at("dist/worker.js"), await workerText());
  const page = at("dist/index.html");
  writeFileSync(page, withPolicy(readFileSync(page, "utf8"), SITE_POLICY));
  writeServiceWorkerList();
}

/** The service worker, where the page has one, keeps exactly the files of this build. */
function writeServiceWorkerList() {
  const file = at("dist/sw.js");
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  rmSync(file);
  const files = filesUnder(at("dist")).filter((f) => !f.endsWith("kelan.html") && !f.endsWith(".map"));
  const version = hashOf(files).slice(0, 16);
  const kept = files.map((f) => relative(at("dist"), f).replaceAll("\\", "/")).filter((f) => f !== "index.html");
  writeFileSync(file, text.replaceAll("__KELAN_VERSION__", version).replace('["__KELAN_FILES__"]', JSON.stringify(kept)));
}

// The page's pure code, written in TypeScript: each test file beside this one is bundled and run here.
import { build } from "esbuild";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../../build/www-tests", import.meta.url));
mkdirSync(out, { recursive: true });
const files = readdirSync(here).filter((f) => f.endsWith(".test.ts"));
await build({ entryPoints: files.map((f) => join(here, f)), outdir: out, bundle: true, platform: "node", format: "esm", outExtension: { ".js": ".mjs" }, logLevel: "warning" });
for (const file of files) await import(pathToFileURL(join(out, file.replace(/\.ts$/, ".mjs"))).href);

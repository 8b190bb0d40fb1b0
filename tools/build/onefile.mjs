// dist/kelan.html: the whole dashboard in one file that opens from disk and can talk to nobody.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { build } from "vite";
import { at, problem } from "./common.mjs";
import { needWasm, wasmText, workerText } from "./bundle.mjs";
import { withPolicy } from "./site.mjs";
import { MODULES } from "./wasm.mjs";

const sha256 = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const safe = (script) => script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

export async function buildOneFile() {
  needWasm();
  const { output } = await build({
    configFile: at("www/vite.config.ts"), logLevel: "error", publicDir: false,
    build: { write: false, emptyOutDir: false, cssCodeSplit: false, rollupOptions: { output: { codeSplitting: false } } },
  });
  const page = output.find((o) => o.fileName === "index.html")?.source;
  const scripts = output.filter((o) => o.type === "chunk"), styles = output.filter((o) => o.type === "asset" && o.fileName.endsWith(".css"));
  if (!page || scripts.length !== 1) throw problem(`the one-file page needs one script, the bundle has ${scripts.length}`, "Import nothing in a way that cannot be inlined.");
  const others = output.filter((o) => o.type === "asset" && !o.fileName.endsWith(".css") && o.fileName !== "index.html");
  if (others.length) throw problem(`the one-file page cannot load ${others.map((o) => o.fileName).join(", ")}`, "Inline it, or write it as a data: URI.");

  const script = safe(scripts[0].code.trim()), style = styles.map((s) => String(s.source)).join("\n").trim();
  // Styles that the page sets on itself through the CSSOM need no permission; what stands in the markup needs its hash.
  const policy = ["default-src 'none'", `script-src 'wasm-unsafe-eval' ${sha256(script)}`, "worker-src blob:", `style-src ${styleSources(String(page), style)}`,
    "img-src data: blob:", "connect-src 'none'", "base-uri 'none'", "form-action 'none'"].join("; ");

  let html = String(page)
    .replace(/\s*<link\b[^>]*\brel="?(?:stylesheet|modulepreload|manifest|icon|apple-touch-icon)"?[^>]*>/g, (link) => (/href="data:/.test(link) ? link : ""))
    .replace(/\s*<script\b[^>]*\bsrc="[^"]*"[^>]*><\/script>/g, "");
  const put = (before, text) => { html = html.replace(before, () => `${text}\n${before}`); };
  if (style) put("</head>", `<style>${style}</style>`);
  put("</body>", `<script type="text/plain" id="kelan-worker">${await workerText()}</script>`);
  for (const { wasm, embedded } of MODULES) put("</body>", `<script type="text/plain" id="${embedded}">${wasmText(wasm)}</script>`);
  put("</body>", `<script type="module">${script}</script>`);
  writeFileSync(at("dist/kelan.html"), withPolicy(html, policy));
}

function styleSources(page, style) {
  const inline = [...page.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/g)].map(([, text]) => text);
  const sources = [...inline, ...(style ? [style] : [])].map(sha256);
  return sources.length ? sources.join(" ") : "'none'";
}

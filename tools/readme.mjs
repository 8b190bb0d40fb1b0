// readme.mjs [--check]: the table of methods (from the registry) and of sizes (from the last `make package`) in both READMEs.
// --check fails when the methods are not those of the registry; sizes move with every change and are only written.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { at } from "./build/common.mjs";

const check = process.argv.includes("--check");
const registry = JSON.parse(readFileSync(at("www/src/types/registry.json")));
const sizes = existsSync(at("build/sizes-now.json")) ? JSON.parse(readFileSync(at("build/sizes-now.json"))) : null;

const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (head, rows) => [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`, ...rows.map((r) => `| ${r.map(cell).join(" | ")} |`)].join("\n");

const SIZE_NAMES = { core: ["core, `kelan.wasm`", "核心 `kelan.wasm`"], rooms: ["further rooms, loaded on demand", "其余分析，按需加载"], arrow: ["Arrow files, loaded on demand", "Arrow 文件，按需加载"], sheets: ["workbooks, loaded on demand", "工作簿读取，按需加载"], script: ["package script beside the core", "npm 包脚本（不含核心）"],
  worker: ["worker", "后台线程脚本"], site: ["site: scripts and styles of all rooms", "网站：全部脚本与样式"], onefile: ["one file, `dist/kelan.html`", "单文件 `dist/kelan.html`"] };
const kilo = (n) => Math.round(n / 1000).toLocaleString("en");

const files = [
  { file: "README.md", lang: "en", methods: ["id", "what it tells", "source"], sizes: ["kB", "raw", "gzip", "brotli"] },
  { file: "README.zh-CN.md", lang: "zh", methods: ["id", "回答什么", "出处"], sizes: ["kB", "原始", "gzip", "brotli"] },
];
let stale = false;
for (const { file, lang, methods, sizes: head } of files) {
  const before = readFileSync(at(file), "utf8");
  const fill = (text, name, content) => text.replace(new RegExp(`(<!-- ${name}:[^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`), (_, open, close) => `${open}${content}\n${close}`);
  let after = fill(before, "methods", table(methods, registry.map((a) => [`\`${a.id}\``, `**${a.title[lang]}**: ${a.about[lang]}`, a.source])));
  stale ||= after !== before;
  if (check) continue;
  if (sizes) after = fill(after, "sizes", table(head, Object.entries(sizes).map(([key, n]) => [SIZE_NAMES[key][lang === "en" ? 0 : 1], ...n.map(kilo)])));
  if (after !== before) { writeFileSync(at(file), after); console.error(`kelan: wrote ${file}`); }
}
if (check && stale) { console.error("the READMEs' tables of methods are not those of the registry\nhelp: run `node tools/readme.mjs` and commit what it writes"); process.exit(1); }

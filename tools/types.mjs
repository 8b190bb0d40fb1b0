// Writes www/src/types/generated.ts and registry.json from the Rust structs: `node tools/types.mjs [--check]`.
// With --check nothing is written; it fails when what is committed is not what the structs say.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { compile } from "json-schema-to-typescript";

const check = process.argv.includes("--check");
const folder = new URL("../www/src/types/", import.meta.url);
const NUMBERS = "Float64Array | Int32Array | Uint8Array", TEXTS = "(string | null)[]";

const pascal = (id) => id.split(/[_\W]+/).map((w) => w[0].toUpperCase() + w.slice(1)).join("");

/** Calls `visit` on every schema object inside, children first. */
function walk(schema, visit) {
  if (schema === null || typeof schema !== "object") return;
  for (const child of Object.values(schema)) walk(child, visit);
  if (!Array.isArray(schema)) visit(schema);
}

/** One schema of both roots, in which no definition of one analysis can clash with another's. */
function joined(entry) {
  const name = pascal(entry.meta.id), $defs = {};
  for (const [part, root] of [["Params", entry.params], ["Summary", entry.summary]]) {
    const { $defs: definitions = {}, $schema, ...schema } = structuredClone(root);
    const renamed = {};
    for (const [key, definition] of Object.entries(definitions)) {
      const wanted = key.startsWith(name) ? key : name + key;
      renamed[key] = wanted in $defs && !isDeepStrictEqual($defs[wanted].original, definition) || wanted === name + "Params" || wanted === name + "Summary" ? name + part + key : wanted;
    }
    const point = (node) => {
      if (typeof node.$ref === "string" && node.$ref.startsWith("#/$defs/")) node.$ref = "#/$defs/" + renamed[node.$ref.slice(8)];
      // Only the name of a type may come from a title; a property's title would make an alias of its own.
      delete node.title;
      // A format or a range is not a type; a default and an example only make long comments.
      for (const key of ["format", "minimum", "maximum", "default", "examples", "x-zh"]) if (typeof node[key] !== "object" || key !== "format") delete node[key];
    };
    for (const [key, definition] of Object.entries(definitions)) {
      const clean = structuredClone(definition);
      walk(clean, point);
      $defs[renamed[key]] = { ...clean, original: definition };
    }
    walk(schema, point);
    $defs[name + part] = schema;
  }
  for (const definition of Object.values($defs)) delete definition.original;
  return { name, schema: { type: "object", additionalProperties: false, required: ["params", "summary"], $defs,
    properties: { params: { $ref: `#/$defs/${name}Params` }, summary: { $ref: `#/$defs/${name}Summary` } } } };
}

const comment = (text, indent = "") => `${indent}/** ${text.replaceAll("*/", "* /")} */\n`;

function frameType(name, columns) {
  const fields = columns.map((c) => comment(`${c.label.en} (${c.format})`, "  ") + `  ${JSON.stringify(c.name)}: ${c.format === "text" || c.format === "date" ? TEXTS : NUMBERS};\n`);
  return `/** Columns of the frame. */\nexport interface ${name}Frame {\n${fields.join("")}}\n`;
}

async function generated(entries) {
  let text = "// Generated from the Rust structs by tools/types.mjs (`make types`). Not edited by hand.\n\n";
  const map = [];
  for (const entry of entries) {
    const { name, schema } = joined(entry);
    const types = await compile(schema, name, { bannerComment: "", additionalProperties: false, style: { printWidth: 120 }, unknownAny: true, enableConstEnums: false });
    text += `// ---- ${entry.meta.id} ----\n\n${types.trim()}\n\n${frameType(name, entry.meta.frame)}\n`;
    map.push(comment(entry.meta.about.en, "  ") + `  ${entry.meta.id}: { params: ${name}Params; summary: ${name}Summary; frame: ${name}Frame };\n`);
  }
  return `${text}/** What each analysis takes and gives. */\nexport interface AnalysisMap {\n${map.join("")}}\n`;
}

const registry = (entries) => JSON.stringify(entries.map(({ meta, params, summary }) => ({ ...meta, params, result: summary })), null, 1) + "\n";

const printed = execFileSync("cargo", ["run", "--config", "tools/quick.toml", "-q", "--profile", process.env.KELAN_TEST_PROFILE ?? "quick", "--example", "registry"], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
const entries = JSON.parse(printed);
const files = { "generated.ts": await generated(entries), "registry.json": registry(entries) };
const stale = Object.entries(files).filter(([file, text]) => { const at = new URL(file, folder); return !existsSync(at) || readFileSync(at, "utf8") !== text; });
if (check) {
  if (stale.length) { console.error(`stale: ${stale.map(([f]) => "www/src/types/" + f).join(", ")}\nhelp: run \`make types\` and commit what it writes`); process.exit(1); }
} else for (const [file, text] of stale) { writeFileSync(new URL(file, folder), text); console.error(`kelan: wrote www/src/types/${file}`); }

import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../../www/src/i18n/en.ts";
import { zh } from "../../www/src/i18n/zh.ts";

const slots = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1] ?? ""))].sort();

test("both languages have the same words with the same slots", () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    const other = (zh as Record<string, string>)[key] ?? "";
    // Chinese has no plural: a slot that only chooses between "is" and "are" may be missing there.
    const counted = new Set([...text.matchAll(/\{(\w+)\|/g)].map((m) => m[1] ?? ""));
    assert.deepEqual(slots(other).filter((s) => !slots(text).includes(s)), [], `${key}: a slot that English lacks`);
    assert.deepEqual(slots(text).filter((s) => !slots(other).includes(s) && !counted.has(s)), [], `${key}: a slot that Chinese lacks`);
  }
});

test("Chinese texts are Chinese", () => {
  // Names of things that are written so in Chinese too.
  const NAMES = /\b(Kelan|CSV|XLSX?|ODS|XLSB|HTML|PNG|SVG|JSON|Excel|Arrow|Parquet|UTF-8|GBK|GB18030|BOM|A4|CORS|DBSCAN|RFM|CLV|NPS|Ctrl|Shift|Esc|Enter|Tab|Alt|AUC|BG|NBD|SKU|ID|URL|https?|Chrome|Firefox|DevTools|Network|WebAssembly|Worker|Windows|Mac|gzip|TSV|SQL|MB|GB|kB|Feather|Content-Security-Policy|connect-src|self|none|PWA|OPFS|IndexedDB|K|J|M|T|S|G|O|U|B|D|V|Z|V1|ANOVA|OLS|ROC|KM|Cox|Welch|Spearman|Pearson|Kendall|Cramer|Ward|Efron|Breslow|MBG|Pareto|sBG|Gamma|WOE|MAD|HC[0-3]|eps|NULL|N\/A|p|n|k|y|x|R|English|kelan)\b/gi;
  for (const [key, text] of Object.entries(zh as Record<string, string>)) {
    const rest = text.replace(/\{[^}]*\}/g, " ").replace(NAMES, " ");
    const english = rest.match(/[A-Za-z]{4,}/g) ?? [];
    assert.ok(english.length === 0, `${key}: “${text}” has ${english.join(", ")}`);
    if (/[A-Za-z]{3,}/.test((en as Record<string, string>)[key] ?? "") && text === (en as Record<string, string>)[key]) assert.ok(rest.replace(/[\W\d_]/g, "") === "", `${key} is not translated`);
  }
});

/** Ids of ours and what a person reads for them, gathered from a summary: every `{ id, name: { en, zh } }` in it. Pure. */
import type { Words } from "../types/engine.ts";

export function namesIn(summary: unknown): Map<string, Words> {
  const out = new Map<string, Words>();
  const visit = (value: unknown, depth: number): void => {
    if (depth > 4 || typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      // Lists of a summary are short; a long one holds no names.
      if (value.length <= 200) for (const v of value) visit(v, depth + 1);
      return;
    }
    const { id, name } = value as { id?: unknown; name?: unknown };
    if (typeof id === "string" && isWords(name)) out.set(id, name);
    for (const v of Object.values(value)) visit(v, depth + 1);
  };
  visit(summary, 0);
  return out;
}

function isWords(value: unknown): value is Words {
  return typeof value === "object" && value !== null && typeof (value as Words).en === "string" && typeof (value as Words).zh === "string";
}

/**
 * A table as a workbook: numbers stay numbers, days are dates, shares are per cent, the head stays in sight. Text is written as text, so nothing in it
 * can run as a formula. The library that packs it is loaded when it is first asked for.
 */
import type { Words } from "../types/engine.ts";
import { say } from "../i18n/index.ts";

export interface SheetColumn {
  id?: string;
  label: string;
  /** `text`, `date`, `money`, `count`, `number`, `percent`, `days`. */
  format: string;
  values: ArrayLike<string | number | null | undefined>;
  names?: ReadonlyMap<string, Words | string>;
}

/** A workbook is made in the page's memory; longer tables go out as CSV, which every spreadsheet reads as well. */
export const MAX_ROWS = 200_000;
const MAX_TEXT = 32_767;

interface Cell {
  value: string | number | Date;
  type: StringConstructor | NumberConstructor | DateConstructor;
  format?: string;
  fontWeight?: "bold";
  align?: "right";
}

const FORMATS: Record<string, string> = { money: "#,##0.00", count: "#,##0", percent: "0.0%", days: "#,##0.##", date: "yyyy-mm-dd" };

export async function workbook(columns: readonly SheetColumn[], order: ArrayLike<number>, name: string): Promise<Blob> {
  const { default: write } = await import("write-excel-file/browser");
  const widths = columns.map((c) => wide(c.label));
  const rows: (Cell | null)[][] = [columns.map((c) => ({ value: c.label || " ", type: String, fontWeight: "bold", ...(c.format === "text" || c.format === "date" ? {} : { align: "right" as const }) }))];
  for (let i = 0; i < order.length && i < MAX_ROWS; i += 1) {
    const row = order[i] ?? 0;
    rows.push(columns.map((c, k) => {
      const made = cell(c, row);
      if (made && i < 2000) widths[k] = Math.max(widths[k] ?? 0, made.type === Number ? 4 + String(Math.round(made.value as number)).length * 1.35 : made.type === Date ? 11 : wide(made.value as string));
      return made;
    }));
    // The page answers in between.
    if (i % 5000 === 4999) await new Promise((done) => setTimeout(done));
  }
  return write(rows as never, { sheet: sheetName(name), columns: widths.map((w) => ({ width: Math.max(8, Math.min(60, Math.ceil(w) + 2)) })), stickyRowsCount: 1 }).toBlob();
}

function cell(c: SheetColumn, row: number): Cell | null {
  const v = c.values[row];
  if (v === null || v === undefined || v === "" || (typeof v === "number" && !Number.isFinite(v))) return null;
  if (c.format === "date") {
    const day = typeof v === "number" ? new Date(v * 86_400_000) : /^\d{4}-\d\d-\d\d$/.test(v) ? new Date(`${v}T00:00:00Z`) : null;
    // Spreadsheets count days from 1900 and count one in that year that never was: older days stay text.
    if (day && day.getTime() >= Date.UTC(1900, 2, 1) && day.getTime() < Date.UTC(9999, 11, 31)) return { value: day, type: Date, format: "yyyy-mm-dd" };
  }
  // Rows of the file are counted from one, as a person counts them.
  if (c.id === "row" && typeof v === "number") return { value: v + 1, type: Number };
  if (typeof v === "number") return { value: v, type: Number, ...(FORMATS[c.format] ? { format: FORMATS[c.format] as string } : {}) };
  const text = c.names?.has(v) ? say(c.names.get(v)) : v;
  return { value: clean(text), type: String };
}

/** What a workbook cannot hold: control characters, halves of characters, more than a cell's length. */
function clean(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

/** Width in characters; those of Chinese, Japanese and Korean take two. */
function wide(text: string): number {
  let n = 0;
  for (const ch of text.slice(0, 80)) n += (ch.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
  return n;
}

function sheetName(name: string): string {
  return name.replace(/[\\/?*[\]:]/g, " ").replace(/^'+|'+$/g, "").trim().slice(0, 31) || "Kelan";
}

/**
 * The open table as columns with their types, from its text: for a workbook of the whole, and for lists of customers that no
 * room can make. What does not fit its column stays the text it is.
 */
import type { ColumnSchema, Filter, Table } from "../types/engine.ts";
import { isNumber } from "./guess.ts";
import { records } from "./csv.ts";

export interface WholeColumn {
  id: string;
  label: string;
  format: string;
  values: (string | number | null)[];
}

const PIECE = 5000;

export async function wholeTable(table: Table, filter: Filter | null, most = Number.POSITIVE_INFINITY): Promise<{ columns: WholeColumn[]; rows: number }> {
  const text = await table.toCsv({ header: false, guard: false, filter });
  const columns: WholeColumn[] = table.schema.map((c) => ({ id: c.name, label: c.name, format: c.type === "date" ? "date" : isNumber(c) && c.role !== "customer" && c.role !== "order" ? "number" : "text", values: [] }));
  const typed = table.schema.map((c) => reader(c));
  let rows = 0;
  for (const cells of records(text)) {
    if (rows >= most) break;
    // A table of one column writes its empty cells as empty lines.
    columns.forEach((c, i) => c.values.push(cells[i] === undefined || cells[i] === "" ? null : (typed[i]?.(cells[i] as string) ?? null)));
    rows += 1;
    if (rows % PIECE === 0) await new Promise((done) => setTimeout(done));
  }
  return { columns, rows };
}

/** How a column's text becomes a value of a workbook. */
function reader(c: ColumnSchema): (text: string) => string | number {
  if (isNumber(c)) return (text) => numberOf(text, c.decimal ?? ".") ?? text;
  if (c.type === "date") return (text) => dayOf(text, c.date_order ?? "ymd") ?? text;
  return (text) => text;
}

const HAN: Record<string, number> = { 万: 1e4, 亿: 1e8 };

/** `¥1,234.50`, `(1,234)`, `12.5%`, `1.2万` → a number; whatever is in doubt, and whatever a number of a workbook cannot hold, is not one. */
export function numberOf(text: string, decimal: "." | ","): number | null {
  let s = text.normalize("NFKC").replace(/[\u2212\u2013]/g, "-").replace(/[\s'\u00a0\u202f]/g, "");
  let sign = 1;
  const bracketed = /^\((.+)\)$/.exec(s);
  if (bracketed) {
    s = bracketed[1] as string;
    sign = -1;
  }
  s = s.replace(/^(-?)[¥$€£]|[¥$€£元]$/g, "$1");
  const unit = /[万亿%]$/.exec(s)?.[0] ?? "";
  if (unit) s = s.slice(0, -1);
  const group = decimal === "." ? "," : ".";
  const plain = s.split(group).join("").replace(decimal, ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain) * sign * (unit === "%" ? 0.01 : (HAN[unit] ?? 1));
  return Number.isFinite(value) && (Math.abs(value) <= Number.MAX_SAFE_INTEGER || /[.e]/i.test(plain)) ? value : null;
}

/** A day as `2024-03-05`, by the order its column is written in. */
export function dayOf(text: string, order: "ymd" | "mdy" | "dmy"): string | null {
  const s = text.normalize("NFKC").trim();
  const figures = /^(\d{4})(\d\d)(\d\d)$/.exec(s) ?? /^(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})\D*$/.exec(s);
  if (!figures) return null;
  const [a, b, c] = figures.slice(1, 4) as [string, string, string];
  const [y, m, d] = a.length === 4 || order === "ymd" ? [a, b, c] : order === "mdy" ? [c, a, b] : [c, b, a];
  if (y.length !== 4 || Number(m) < 1 || Number(m) > 12 || Number(d) < 1 || Number(d) > 31) return null;
  const iso = `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
  return new Date(`${iso}T00:00:00Z`).toISOString().slice(0, 10) === iso ? iso : null;
}

/**
 * Rows of the file that are not rows of the table: titles and blanks above the header, totals below the last row. The engine
 * counts what it leaves out; here the lines themselves are found again around the first and the last row of the table, so that
 * the preview can show them in their place, and so that rows bear the numbers they have in the file.
 */
import type { ReadOptions, Table } from "../types/engine.ts";
import { session } from "./session.ts";

export type Reason = "title" | "blank" | "total" | "comment" | "header";

export interface OutsideRow {
  /** As the file counts its lines, from one. */
  line: number;
  cells: string[];
  reason: Reason;
}

export interface Outside {
  above: OutsideRow[];
  below: OutsideRow[];
  /** Left out elsewhere: comments and repeated headers between the rows. */
  between: number;
  /** The line of the first row of the table, as the file counts, from one. */
  start: number;
}

const PIECE = 1 << 16;
/** Packed files and workbooks have to be read whole to see their first lines. */
const WHOLE = 12 << 20;
const MOST = 12;
const TOTAL = /合计|总计|小计|共计|汇总|total|sum\b|subtotal/i;
const COMMENT = /^\s*(#|\/\/|%|--)/;

let known: { version: number; found: Outside | null } = { version: -1, found: null };

/** What was found for the table that is open, once it was looked for. */
export function outsideOf(version: number): Outside | null {
  return known.version === version ? known.found : null;
}

/** The number a row of the table has in its file: exact where its surroundings were found, counted by the engine's word otherwise. */
export function lineOf(row: number, version: number): number {
  const found = outsideOf(version);
  const source = session.table?.source;
  return row + (found ? found.start : (source?.header_rows ?? 1) + (source?.skipped_rows ?? 0) + 1);
}

export async function findOutside(version: number): Promise<Outside | null> {
  if (known.version === version) return known.found;
  const found = await look().catch(() => null);
  known = { version, found };
  return found;
}

async function look(): Promise<Outside | null> {
  const table = session.table;
  const [file] = session.blobs;
  if (!table || !file || table.rows === 0) return null;
  const { source } = table;
  const [first, last] = await Promise.all([table.rowsAt(0, 1), table.rowsAt(table.rows - 1, 1)]);
  const [head, tail] = await ends(table, file.blob);
  if (!head || !first.rows[0] || !last.rows[0]) return null;
  const cut = splitter(table);
  const lines = head.map(cut);
  const at = lines.findIndex((cells) => same(cells, first.rows[0] as (string | null)[]));
  if (at < 0) return null;
  // The header stands on the last lines that are not blank before the first row.
  let heads = source.header_rows;
  let top = at;
  while (top > 0 && heads > 0) {
    top -= 1;
    if (!blank(lines[top])) heads -= 1;
  }
  const row = (cells: string[], line: number, title: Reason): OutsideRow => ({
    line, cells, reason: blank(cells) ? "blank" : COMMENT.test(cells[0] ?? "") ? "comment" : cells.some((c) => TOTAL.test(c)) && title === "total" ? "total" : title,
  });
  // Where the file holds several tables, what stands around this one are the others.
  if (source.tables.length > 1) return { above: [], below: [], between: 0, start: at + 1 };
  const above = lines.slice(0, top).map((cells, i) => row(cells, i + 1, "title"));
  const below: OutsideRow[] = [];
  if (tail) {
    const cutTail = tail.map(cut);
    let end = cutTail.length - 1;
    while (end >= 0 && !same(cutTail[end] ?? [], last.rows[0] as (string | null)[])) end -= 1;
    if (end >= 0) {
      const after = cutTail.slice(end + 1);
      while (after.length > 0 && blank(after[after.length - 1])) after.pop();
      below.push(...after.map((cells, i) => row(cells, at + table.rows + i + 1, "total")));
    }
  }
  const seen = [...above, ...below].filter((r) => r.reason !== "blank").length;
  return { above: above.slice(-MOST), below: below.slice(0, MOST), between: Math.max(0, source.skipped_rows - seen), start: at + 1 };
}

const blank = (cells: readonly string[] | undefined): boolean => !cells || cells.every((c) => c.trim() === "");

/** A line is the row whose every known cell it holds; the table keeps missing words as nothing. */
function same(cells: readonly string[], row: readonly (string | null)[]): boolean {
  let met = 0;
  for (let i = 0; i < row.length; i += 1) {
    const v = row[i];
    if (v === null || v === undefined || v === "") continue;
    if ((cells[i] ?? "").trim() !== v.trim()) return false;
    met += 1;
  }
  return met > 0;
}

function splitter(table: Table): (line: string) => string[] {
  const workbook = (table.sheets?.length ?? 0) > 0;
  const d = workbook ? "," : (table.source.delimiter ?? "none");
  const quote = workbook ? '"' : table.source.quote;
  if (d === "none") return (line) => [line];
  if (d === "whitespace") return (line) => line.trim().split(/\s+/);
  return (line) => {
    if (!quote || !line.includes(quote)) return line.split(d);
    const out: string[] = [];
    let cell = "";
    let inside = false;
    for (let i = 0; i < line.length; i += 1) {
      if (line[i] === quote) {
        if (inside && line[i + 1] === quote) {
          cell += quote;
          i += 1;
        } else inside = !inside;
      } else if (!inside && line.startsWith(d, i)) {
        out.push(cell);
        cell = "";
        i += d.length - 1;
      } else cell += line[i];
    }
    return [...out, cell];
  };
}

/** The first lines of the file and its last ones. */
async function ends(table: Table, blob: Blob): Promise<[string[] | null, string[] | null]> {
  if ((table.sheets?.length ?? 0) > 0) {
    if (blob.size > WHOLE) return [null, null];
    // A sheet comes as lines of text, read by the engine as one column of them.
    const kelan = await session.engine();
    const { sheet } = table;
    const options: ReadOptions & { comment?: string } = { ...(sheet ? { sheet } : {}), delimiter: "none", quote: "", header: false, skip_rows: 0, types: "text", comment: "" };
    const raw = await kelan.read(blob, { ...options, name: table.source.name });
    try {
      if (raw.rows > 400_000) return [null, null];
      const [head, tail] = await Promise.all([raw.rowsAt(0, 60), raw.rowsAt(Math.max(0, raw.rows - 60), 60)]);
      return [head.rows.map((r) => r[0] ?? ""), tail.rows.map((r) => r[0] ?? "")];
    } finally {
      await raw.close();
    }
  }
  const packed = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  let text: Blob = blob;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    if (blob.size > WHOLE) return [null, null];
    text = await new Response(blob.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  }
  const label = table.source.encoding || "utf-8";
  const from = Math.max(0, text.size - PIECE) & ~3;
  const [head, tail] = await Promise.all([text.slice(0, PIECE).arrayBuffer(), text.slice(from).arrayBuffer()]);
  const cut = (bytes: ArrayBuffer): string[] => new TextDecoder(label).decode(bytes).split(/\r\n|\r|\n/);
  const first = cut(head);
  if (text.size > PIECE) first.pop();
  const end = cut(tail);
  if (from > 0) end.shift();
  return [first, end];
}


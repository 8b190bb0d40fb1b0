/** What was found out about a file, one chip each: its menu shows the other ways with the first cells as each would read. */
import { html, nothing, type TemplateResult } from "lit";
import { t, type Key } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store } from "../state/store.ts";
import type { ColumnSchema, ReadOptions, Rows, Table } from "../types/engine.ts";
import { ask } from "./ask.ts";
import { icon } from "./icons.ts";
import type { MenuItem } from "./menu.ts";
import "./menu.ts";

const ENCODINGS = ["utf-8", "gb18030", "gbk", "big5", "utf-16le", "utf-16be", "shift_jis", "euc-kr", "windows-1252", "windows-1251", "windows-1250"];
const DELIMITERS: [string, Key][] = [[",", "sep.comma"], [";", "sep.semicolon"], ["\t", "sep.tab"], ["|", "sep.bar"], ["whitespace", "sep.blanks"], ["none", "sep.none"]];
const HEAD = 1 << 14;

/** The first bytes of the file that is open, for the previews; none where they are packed. */
export class Head {
  private bytes: Uint8Array<ArrayBuffer> = new Uint8Array();

  async load(): Promise<void> {
    const [first] = session.blobs;
    const bytes = first ? new Uint8Array(await first.blob.slice(0, HEAD).arrayBuffer()) : new Uint8Array();
    this.bytes = bytes[0] === 0x1f && bytes[1] === 0x8b ? new Uint8Array() : bytes;
  }

  /** The first lines that hold more than ASCII, or else simply the first. */
  private lines(encoding: string): string[] {
    try {
      const lines = new TextDecoder(encoding).decode(this.bytes).split(/\r\n|\r|\n/).filter(Boolean);
      if (this.bytes.length === HEAD) lines.pop();
      return lines;
    } catch {
      return [];
    }
  }

  encoding(label: string): string {
    const cells = this.lines(label).flatMap((l) => l.split(/[,;\t|]/)).map((c) => c.trim().replace(/^"|"$/g, "")).filter(Boolean);
    const telling = cells.filter((c) => /[^\x20-\x7e]/.test(c));
    return cellsLine(telling.length > 0 ? telling : cells);
  }

  delimiter(d: string, encoding: string, skip: number): string {
    const line = this.lines(encoding)[skip] ?? "";
    return cellsLine(d === "none" ? [line] : d === "whitespace" ? line.trim().split(/\s+/) : line.split(d));
  }

  get empty(): boolean {
    return this.bytes.length === 0;
  }
}

function cellsLine(cells: readonly string[]): string {
  return cells.slice(0, 3).map((c) => (c.length > 18 ? `${c.slice(0, 17)}…` : c)).join("  |  ");
}

function firstCells(rows: Rows | null, columns: readonly ColumnSchema[]): string[] {
  const at = columns.map((c) => rows?.columns.indexOf(c.name) ?? -1).filter((i) => i >= 0);
  return (rows?.rows ?? []).flatMap((r) => at.map((i) => r[i])).filter((v): v is string => Boolean(v));
}

/** A date of figures as year, month, day under an order; for the preview of a menu only. */
function asDay(cell: string, order: "mdy" | "dmy"): string {
  const m = /^(\d{1,2})\D(\d{1,2})\D(\d{4}|\d{2})/.exec(cell);
  if (!m) return cell;
  const [month, day] = order === "mdy" ? [m[1], m[2]] : [m[2], m[1]];
  const year = m[3]?.length === 2 ? `20${m[3]}` : m[3];
  return Number(month) > 12 || Number(day) > 31 ? `${cell} ✕` : `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
}

function asNumber(cell: string, mark: "." | ","): string {
  const plain = cell.replace(mark === "." ? /,/g : /\./g, "").replace(",", ".");
  return /\d/.test(plain) && Number.isFinite(Number(plain.replace(/[^\d.+-]/g, ""))) ? plain : `${cell} ✕`;
}

export function chips(table: Table, rows: Rows | null, head: Head): TemplateResult {
  const source = table.source;
  const again = (options: ReadOptions): void => void afresh(options);
  const given = session.readOptions;
  const chip = (id: string, label: string, value: string, items: MenuItem[], choose: (id: string) => void): TemplateResult =>
    html`<kl-menu data-chip=${id} kind="chip" .label=${`${label}: ${value}`} .face=${html`<span>${label}</span> <em>${value}</em> ${icon("down")}`} .items=${items} @choose=${(e: CustomEvent<string>) => choose(e.detail)}></kl-menu>`;
  const detail = (text: string): { detail?: string } => (text ? { detail: text } : {});
  const workbook = (table.sheets?.length ?? 0) > 0;

  const sheets = (table.sheets ?? []).map((x) => ({ id: x.name, label: x.name, hint: `${x.rows} × ${x.columns}`, checked: x.name === table.sheet, ...(x.hidden ? { detail: t("chip.hidden") } : {}) }));
  const sep = DELIMITERS.find(([d]) => d === source.delimiter)?.[1];
  const text = workbook ? html`${chip("sheet", t("chip.sheet"), table.sheet ?? "", sheets, (sheet) => again({ sheet }))}`
    : html`${chip("encoding", t("chip.encoding"), source.encoding.toUpperCase(), ENCODINGS.map((e) => ({ id: e, label: e.toUpperCase(), checked: e === source.encoding.toLowerCase(), ...detail(head.encoding(e)) })), (encoding) => again({ encoding }))}
      ${chip("delimiter", t("chip.delimiter"), sep ? t(sep) : (source.delimiter ?? t("sep.none")), DELIMITERS.map(([id, label]) => ({ id, label: t(label), checked: id === source.delimiter, ...detail(head.delimiter(id, source.encoding, source.skipped_rows)) })), (delimiter) => again({ delimiter }))}`;

  const days = table.schema.filter((c) => c.date_order);
  const orders = [...new Set(days.map((c) => c.date_order))];
  const dayCells = firstCells(rows, days);
  const dateChip = days.length === 0 ? nothing
    : chip("dates", t("chip.order"), orders.length === 1 ? t(`order.${orders[0]}` as Key) : t("order.mixed"), [
      { id: "", label: t("chip.auto"), checked: given.date_order === undefined, ...detail(cellsLine(dayCells)) },
      ...(["mdy", "dmy"] as const).map((o) => ({ id: o, label: t(`order.${o}`), checked: given.date_order === o, disabled: orders.length === 1 && orders[0] === "ymd" && given.date_order === undefined, ...detail(cellsLine(dayCells.map((c) => asDay(c, o)))) })),
    ], (id) => change("date_order", id));

  const figures = table.schema.filter((c) => c.type === "decimal" || (given.decimal !== undefined && c.type === "integer"));
  const marks = [...new Set(figures.map((c) => c.decimal).filter((m): m is "." | "," => m === "." || m === ","))];
  const numbers = firstCells(rows, figures);
  const decimalChip = marks.length === 0 ? nothing
    : chip("decimal", t("chip.decimal"), marks.length === 1 ? t(marks[0] === "," ? "decimal.comma" : "decimal.point") : t("order.mixed"), [
      { id: "", label: t("chip.auto"), checked: given.decimal === undefined, ...detail(cellsLine(numbers)) },
      ...([".", ","] as const).map((m) => ({ id: m, label: t(m === "," ? "decimal.comma" : "decimal.point"), checked: given.decimal === m, ...detail(cellsLine(numbers.map((c) => asNumber(c, m)))) })),
    ], (id) => change("decimal", id));

  const { tables } = source;
  const tableChip = tables.length < 2 ? nothing
    : chip("table", t("chip.table"), t("chip.tableOf", { n: source.table, all: tables.length }),
      tables.map((detail, i) => ({ id: String(i + 1), label: t("chip.tableOf", { n: i + 1, all: tables.length }), detail, checked: i + 1 === source.table })), (id) => again({ table: Number(id) }));

  return html`${text}${tableChip}
    ${chip("header", t("chip.header"), source.header_rows === 0 ? t("header.none") : tables.length > 1 ? t("header.rows", { n: source.header_rows }) : t("header.row", { n: source.skipped_rows + source.header_rows }), [
      { id: "auto", label: t("header.auto"), ...detail(cellsLine(table.schema.map((c) => c.name))) }, { id: "1", label: t("header.rows", { n: 1 }), checked: source.header_rows === 1 },
      { id: "2", label: t("header.rows", { n: 2 }), checked: source.header_rows === 2 }, { id: "0", label: t("header.none"), detail: t("header.noneHint"), checked: source.header_rows === 0 },
    ], (id) => again({ header: id === "auto" ? "auto" : id === "0" ? false : Number(id) }))}
    ${dateChip}${decimalChip}
    <kl-pop data-chip="missing" kind="chip" .label=${t("chip.missing")} .face=${html`<span>${t("chip.missing")}</span> <em>${given.missing?.join(t("list.comma")) || t("chip.usual")}</em> ${icon("down")}`} .body=${() => missingBody(given.missing ?? [], again)}></kl-pop>
    ${source.skipped_rows > 0 && tables.length < 2 ? html`<span class="chip fact"><span>${t("chip.skipped")}</span> ${source.skipped_rows}</span>` : nothing}`;
}

/** Read with other columns, some steps may fit no more: said before, not after. */
async function afresh(options: ReadOptions): Promise<void> {
  const steps = (session.table?.recipe() ?? []).filter((s) => s.op !== "read").length + store.changes.length;
  const columns = ["encoding", "delimiter", "header", "sheet", "table"].some((o) => o in options);
  if (steps > 0 && columns && !(await ask({ title: t("warn.readTitle"), text: t("warn.readText", { n: steps }), yes: t("warn.read") }))) return;
  // Where the file is cut otherwise, its tables are others.
  if (columns && !("table" in options)) {
    const { table: _, ...rest } = session.readOptions;
    session.readOptions = rest;
  }
  await session.readAgain(options);
}

function change(option: "date_order" | "decimal", id: string): void {
  const { [option]: _, ...rest } = session.readOptions;
  session.readOptions = rest;
  void session.readAgain(id ? { [option]: id } : {});
}

function missingBody(words: readonly string[], again: (o: ReadOptions) => void): TemplateResult {
  return html`<form @submit=${(e: Event) => {
    e.preventDefault();
    const text = (e.currentTarget as HTMLFormElement).querySelector("input")?.value ?? "";
    again({ missing: text.split(/[,，、]/).map((w) => w.trim()).filter(Boolean) });
  }}><p class="note">${t("chip.missingText")}</p><label class="formline">${t("chip.missing")}<input type="text" .value=${words.join(", ")}></label>
    <button class="btn pri" type="submit">${t("chip.missingUse")}</button></form>`;
}

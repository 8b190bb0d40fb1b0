/**
 * A table of any length: only the rows in sight exist. Sorting and searching a million rows happen in short slices, so the
 * page answers in between. Columns are arrays of the engine's frame; nothing is copied.
 */
import { html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { format, group, parts, precisionOf } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { breathe } from "../engine/breathe.ts";
import { store, style } from "../state/store.ts";
import type { Words } from "../types/engine.ts";
import { counting, search, sortIndex, type Values } from "./order.ts";
import { Piece, save, vars } from "./element.ts";
import { icon } from "./icons.ts";
import { textWidth } from "./measure.ts";
import { MAX_ROWS, workbook } from "./xlsx.ts";
import { place } from "./menu.ts";

export interface TableColumn {
  id: string;
  label: string;
  /** What its figures mean: told at its head, in the list of columns and with all of a row. */
  about?: string;
  /** `text`, `date`, `money`, `count`, `number`, `percent`, `days`. */
  format: string;
  values: Values;
  /** A bar on its own zero line beside the number. */
  bar?: boolean;
  hidden?: boolean;
  /** Digits after the point that the column is written with, where it has one precision. */
  decimals?: number;
  /** What a person reads for an id of ours: `at_risk` is “At risk”. */
  names?: ReadonlyMap<string, Words | string>;
  /** R and F of each row: a segment is shown by its place in the grid, not by a colour. */
  place?: [Values, Values] | undefined;
  /** The same column's texts in Chinese, where a room writes both. */
  zh?: Values;
}

/** Written to the left: texts, days and periods. */
const left = (format: string): boolean => format === "text" || format === "date" || format === "period" || format === "month";

/** Browsers end their scroll heights between 17 and 33 million px: beyond this the bar is scaled. */
const MAX_HEIGHT = 15_000_000;

/** Narrower than this, a row is a name and three figures, one under the other; all of it is one touch away. */
const NARROW = 520;
const STACKED = 60;

/** Rows written in one go. */
const PIECE = 5000;

@customElement("kl-table")
export class DataTable extends Piece {
  @property({ attribute: false }) columns: TableColumn[] = [];
  @property({ type: Number }) rows = 0;
  @property() caption = "";
  @property() file = "table";
  @property({ type: Boolean }) searchable = false;
  @property({ type: Number }) limit = 12;
  /** Rows can be opened: Enter or click tells `open` with the row number. */
  @property({ type: Boolean }) opens = false;
  /** The order it opens with; the reader's own choice goes before it for as long as its column is there. */
  @property({ attribute: false }) sortBy: { id: string; down: boolean } | null = null;
  private chosen: { id: string; down: boolean } | null = null;
  @property({ attribute: false }) only: Uint32Array | null = null;
  private order: Uint32Array | null = null;
  private shown: Set<string> | null = null;
  private query = "";
  private top = 0;
  /** The cell that the keys are at; row −1 is the heads. */
  private active: { row: number; column: number } = { row: 0, column: 0 };
  /** The column whose meaning is shown under its head. */
  private told: TableColumn | null = null;
  private leaving: ReturnType<typeof setTimeout> | undefined;
  private narrow = innerWidth < NARROW;
  private sized: ResizeObserver | null = null;
  private work = 0;
  private busy = false;
  private maxima = new WeakMap<object, number>();
  private precisions = new WeakMap<object, number | null>();

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("dt");
    this.sized = new ResizeObserver(([entry]) => {
      const narrow = entry !== undefined && entry.contentRect.width < NARROW;
      if (!entry?.contentRect.width || narrow === this.narrow) return;
      this.narrow = narrow;
      this.requestUpdate();
    });
    this.sized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized?.disconnect();
    this.hush();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("columns") || changed.has("only") || changed.has("sortBy")) void this.arrange();
  }

  private get visible(): TableColumn[] {
    const shown = this.shown;
    return this.columns.filter((c) => (shown ? shown.has(c.id) : !c.hidden));
  }

  get count(): number {
    return this.order ? this.order.length : (this.only?.length ?? this.rows);
  }

  rowAt(i: number): number {
    return this.order ? (this.order[i] ?? 0) : this.only ? (this.only[i] ?? 0) : i;
  }

  /** The rows in the order shown. */
  sequence(): Uint32Array {
    return this.order ?? this.only ?? counting(this.rows);
  }

  private get ranking(): { id: string; down: boolean } | null {
    return this.chosen && this.columns.some((c) => c.id === this.chosen?.id) ? this.chosen : this.sortBy;
  }

  private async arrange(): Promise<void> {
    const ticket = ++this.work;
    const current = (): boolean => ticket === this.work && this.isConnected;
    this.busy = true;
    let index = this.only;
    if (this.query.trim()) index = await search(this.columns.filter((c) => left(c.format)).map((c) => c.values), this.rows, this.query.trim(), index, current);
    const asked = this.ranking;
    const by = asked && this.columns.find((c) => c.id === asked.id);
    if (by && current()) index = await sortIndex(by.values, this.rows, asked.down, index, current);
    if (!current()) return;
    this.order = index;
    this.busy = false;
    this.requestUpdate();
  }

  private get rowHeight(): number {
    return this.narrow ? STACKED : matchMedia("(pointer: coarse)").matches ? 44 : 34;
  }

  override render(): TemplateResult {
    const columns = this.visible;
    const count = this.count;
    const h = this.rowHeight;
    const real = count * h;
    const height = Math.min(real, MAX_HEIGHT);
    const view = this.viewRows;
    const scale = real > MAX_HEIGHT ? (count - view) / Math.max(1, height - view * h) : 1 / h;
    const first = Math.max(0, Math.min(count - view, Math.floor(this.top * scale)));
    const from = Math.max(0, first - 4);
    const to = Math.min(count, first + view + 6);
    const offset = real > MAX_HEIGHT ? this.top - (first - from) * h : from * h;
    const tracks = columns.map((c, i) => this.track(c, i));
    // Every row is a grid of its own: equal least widths and one common width keep the columns under their heads.
    const template = tracks.map(([least, share]) => `minmax(${least}px, ${share}fr)`).join(" ");
    const least = tracks.reduce((n, [px]) => n + px, 0);
    return html`<div class="dtbar ${this.narrow ? "tight" : ""}">
        ${this.searchable
          ? html`<label class="field find">${icon("search")}<span class="vh">${t("table.search")}</span><input type="search" placeholder=${t("table.search")} .value=${this.query} @input=${this.onSearch}></label>`
          : nothing}
        <span class="n">${t("table.rows", { n: format(count, "count", style()) })}${this.busy ? ` · ${t("table.working")}` : ""}</span>
        <span class="sp"></span>
        ${this.narrow ? this.sorter(columns) : nothing}
        <kl-pop kind="btn q" .face=${html`${icon("columns")} <span class=${this.narrow ? "vh" : ""}>${t("table.columns")}</span>`} .label=${t("table.columns")} .body=${() => this.chooser()}></kl-pop>
        <kl-menu kind="btn q" .face=${html`${icon("download")} <span class=${this.narrow ? "vh" : ""}>${t("table.export")}</span>`} .label=${t("table.export")} .items=${[
          { id: "xlsx", label: t("export.xlsx"), detail: this.count > MAX_ROWS ? t("export.xlsxTooLong", { n: format(MAX_ROWS, "count", style()) }) : t("export.xlsxHint"), disabled: this.count > MAX_ROWS },
          { id: "utf-8-bom", label: t("export.csvBom"), detail: t("export.csvBomHint") },
          { id: "gb18030", label: t("export.csvGb"), detail: t("export.csvGbHint") },
          { id: "json", label: "JSON", detail: t("export.jsonHint") },
          { id: "tsv", label: t("export.copy") },
        ]} @choose=${this.onExport}></kl-menu>
      </div>
      <div class="dtbox ${this.narrow ? "stacked" : ""}" role="grid" tabindex="0" aria-label=${this.caption} aria-rowcount=${count + (this.narrow ? 0 : 1)} aria-colcount=${this.narrow ? Math.min(4, columns.length) : columns.length} aria-activedescendant="dt-active"
        ${vars({ "--cols": this.narrow ? null : template, "--least": this.narrow ? null : `${least}px`, height: `${Math.min(Math.max(count, 1), this.most) * h + (this.narrow ? 1 : 40)}px` })} @scroll=${this.onScroll} @keydown=${this.onKey} @focus=${() => this.tellActive()} @blur=${() => this.hush()}>
        ${this.narrow ? nothing : html`<div class="dth" role="row" aria-rowindex="1">${columns.map((c, i) => this.head(c, i))}</div>`}
        <div class="dtbody" role="rowgroup" ${vars({ height: `${height}px` })}>
          <div class="dtpane" role="presentation" ${vars({ transform: `translateY(${offset}px)` })}>
            ${Array.from({ length: Math.max(0, to - from) }, (_, i) => (this.narrow ? this.stacked(from + i, columns) : this.row(from + i, columns)))}
          </div>
        </div>
        ${count === 0 ? html`<p class="note">${this.query ? t("table.none", { query: this.query }) : t("table.empty")}</p>` : nothing}
      </div>
      <div id="dt-tip" class="tip over" popover="manual" role="tooltip" @pointerenter=${() => clearTimeout(this.leaving)} @pointerleave=${() => this.hush()}>${this.told ? html`<b>${this.titleOf(this.told)}</b> ${this.told.about}` : nothing}</div>`;
  }

  /** Rows in sight at once: on a narrow page no more than leave a place to scroll the page by. */
  private get most(): number {
    return this.narrow ? Math.min(this.limit, 8) : this.limit;
  }

  private get viewRows(): number {
    return Math.min(this.count, this.most);
  }

  /** Least width and share of the rest: what the head and the first cells need, within bounds. */
  private track(c: TableColumn, i: number): [number, number] {
    // The column that the rows are ordered by is written bolder, with an arrow.
    const sorted = this.ranking?.id === c.id;
    const head = Math.min(240, Math.ceil(textWidth(this.titleOf(c)) * (sorted ? 1.12 : 1)) + (sorted ? 38 : 20));
    if (c.format === "text") {
      const cells = Array.from({ length: Math.min(24, this.rows) }, (_, k) => textWidth(written(c, c.values[k]))).reduce((a, b) => Math.max(a, b), 0) + 18;
      return [Math.max(head, i === 0 ? 132 : c.place ? 136 : 96, Math.min(cells, 260)), Math.max(1.3, Math.min(4, cells / 120))];
    }
    if (i === 0) return [Math.max(head, 96), 1];
    if (c.format === "date") return [Math.max(head, 100), 1];
    // The head of a column with bars stands over its figures alone.
    return [c.bar ? Math.max(head + 82, 184) : Math.max(head, 80), c.bar ? 1.4 : 1];
  }

  /** The unit of money stands in the head, not before every figure. */
  private titleOf(c: TableColumn): string {
    const { locale, currency } = style();
    return c.format !== "money" || !currency ? c.label : locale === "zh-CN" ? `${c.label}（${currency}）` : `${c.label} (${currency})`;
  }

  private head(c: TableColumn, i: number): TemplateResult {
    const by = this.ranking;
    const sorted = by?.id === c.id;
    const down = by?.down ?? false;
    const on = this.active.row < 0 && this.active.column === i;
    return html`<div role="columnheader" aria-colindex=${i + 1} aria-sort=${sorted ? (down ? "descending" : "ascending") : "none"} id=${on ? "dt-active" : nothing} aria-describedby=${this.told?.id === c.id ? "dt-tip" : nothing}
        class="${i === 0 || left(c.format) ? "" : "num"} ${c.bar ? "overbar" : ""} ${on ? "on" : ""}" @pointerenter=${(e: PointerEvent) => e.pointerType !== "touch" && this.explain(c, e.currentTarget as HTMLElement)} @pointerleave=${(e: PointerEvent) => e.pointerType !== "touch" && this.leave()}>
      <button type="button" tabindex="-1" title=${c.about ? nothing : this.titleOf(c)} @click=${(e: Event) => {
        this.sort(c);
        // A finger does not hover: it is told with the touch.
        this.explain(c, (e.currentTarget as HTMLElement).parentElement as HTMLElement);
      }}>${this.titleOf(c)}${sorted ? html`<span aria-hidden="true">${down ? " ↓" : " ↑"}</span>` : nothing}</button></div>`;
  }

  // What a column means, over the page so that nothing moves

  private get tip(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".tip");
  }

  private explain(c: TableColumn, head: HTMLElement): void {
    clearTimeout(this.leaving);
    if (!c.about) return this.hush();
    this.told = c;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const { tip } = this;
      if (!tip || this.told !== c) return;
      if (!tip.matches(":popover-open")) tip.showPopover();
      place(head, tip);
    });
    document.addEventListener("pointerdown", this.hush, { once: true });
  }

  /** The pointer may go over to the words to read or mark them. */
  private leave(): void {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(this.hush, 150);
  }

  private hush = (): void => {
    clearTimeout(this.leaving);
    document.removeEventListener("pointerdown", this.hush);
    if (!this.told) return;
    this.told = null;
    if (this.tip?.matches(":popover-open")) this.tip.hidePopover();
    this.requestUpdate();
  };

  /** The keys have come to a head. */
  private tellActive(): void {
    const c = this.active.row < 0 ? this.visible[this.active.column] : undefined;
    if (!c) return this.hush();
    void this.updateComplete.then(() => {
      const head = this.querySelectorAll<HTMLElement>("[role=columnheader]")[this.active.column];
      head?.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (head) this.explain(c, head);
    });
  }

  private row(i: number, columns: TableColumn[]): TemplateResult {
    const row = this.rowAt(i);
    return html`<div class="dtr ${i % 2 ? "odd" : ""}" role="row" aria-rowindex=${i + 2} @click=${() => this.openRow(i)}>
      ${columns.map((c, k) => {
        const on = i === this.active.row && k === this.active.column;
        return html`<div role=${k === 0 ? "rowheader" : "gridcell"} aria-colindex=${k + 1} id=${on ? "dt-active" : nothing} class="${k === 0 || left(c.format) ? "" : "num"} ${on ? "on" : ""}" title=${this.whole(c, row) ?? nothing}>${this.cell(c, row)}</div>`;
      })}
    </div>`;
  }

  /** Who or what a row is, the figure the rows are ordered by, and the next two. */
  private few(columns: TableColumn[]): TableColumn[] {
    const [name, ...rest] = columns;
    const by = rest.find((c) => c.id === this.ranking?.id) ?? rest.find((c) => c.bar) ?? rest.find((c) => !left(c.format));
    // What a row is of comes before what it counts; a long text has no place in a line.
    const more = rest.filter((c) => c !== by && !this.wordy(c));
    const texts = more.filter((c) => c.format === "text" || c.format === "period" || c.format === "month");
    return [...(name ? [name] : []), ...(by ? [by] : []), ...texts, ...more.filter((c) => !texts.includes(c))];
  }

  /** A column of sentences. */
  private wordy(c: TableColumn): boolean {
    return c.format === "text" && Array.from({ length: Math.min(8, this.rows) }, (_, i) => written(c, c.values[i])).some((text) => text.length > 28);
  }

  private stacked(i: number, columns: TableColumn[]): TemplateResult {
    const row = this.rowAt(i);
    const [name, by, ...others] = this.few(columns);
    const more = others.filter((c) => !absent(c.values[row])).slice(0, 2);
    const value = (c: TableColumn): TemplateResult | string => this.cell({ ...c, bar: false, values: c.values }, row);
    return html`<div class="dtr" role="row" aria-rowindex=${i + 1} @click=${() => this.openRow(i)}>
      ${name ? html`<div role="rowheader" aria-colindex="1" class="who ${i === this.active.row ? "on" : ""}" id=${i === this.active.row ? "dt-active" : nothing}>${value(name)}</div>` : nothing}
      ${by ? html`<div role="gridcell" aria-colindex="2" class="by"><b>${value(by)}</b><small>${this.titleOf(by)}</small></div>` : nothing}
      <div role="presentation" class="rest">${more.map((c, k) => html`<span role="gridcell" aria-colindex=${k + 3}>${value(c)}${left(c.format) ? nothing : html` <small>${this.titleOf(c)}</small>`}</span>`)}</div>
    </div>`;
  }

  /** Without heads to press, the order is chosen from a list. */
  private sorter(columns: TableColumn[]): TemplateResult {
    const by = this.ranking;
    return html`<kl-menu kind="btn q" .face=${html`${icon("sort")} ${t("table.sort")}`} .label=${t("table.sort")} .items=${columns.map((c) => ({
      id: c.id, label: c.label, checked: by?.id === c.id, ...(by?.id === c.id && { hint: t(by.down ? "table.down" : "table.up") }),
    }))} @choose=${(e: CustomEvent<string>) => {
      const c = columns.find((x) => x.id === e.detail);
      if (c) this.sort(c);
    }}></kl-menu>`;
  }

  /** All of a row, where the page is too narrow for its columns side by side. */
  private showRow(row: number): void {
    const [name] = this.visible;
    if (!name) return;
    const text = (c: TableColumn): string => {
      const cell = this.cell({ ...c, bar: false, place: undefined }, row);
      return typeof cell === "string" ? cell : "";
    };
    store.set({ sheet: { kind: "row", title: text(name), pairs: this.columns.filter((c) => c !== name).map((c) => [this.titleOf(c), text(c), c.about ?? ""]) } });
  }

  /** Long texts are cut in their cell and shown whole under the pointer. */
  private whole(c: TableColumn, row: number): string | null {
    const value = c.values[row];
    return c.format === "text" && typeof value === "string" && value.length > 14 ? (c.names?.has(value) ? say(c.names.get(value)) : value) : null;
  }

  private cell(c: TableColumn, row: number): TemplateResult | string {
    const value = c.values[row];
    if (absent(value)) return "—";
    // A probability below a thousandth has no digits that a person needs.
    if (/^p(_|$)/.test(c.id) && c.format === "number" && typeof value === "number" && value < 0.001) return "<0.001";
    // Rows of the file are counted from one, as a person counts them.
    if (c.id === "row" && typeof value === "number") return format(value + 1, "count", style(), "table");
    if (c.format === "text") {
      const text = c.names?.has(String(value)) ? say(c.names.get(String(value))) : String(value);
      return c.place ? html`${gridPlace(Number(c.place[0][row]), Number(c.place[1][row]))}${text}` : text;
    }
    if (typeof value === "string") return format(value, c.format, style(), "table");
    const decimals = c.decimals ?? this.precision(c);
    const p = decimals === null ? parts(value, c.format, { ...style(), currency: "" }, "table") : { text: group(value, decimals), unit: "" };
    const text = c.format === "percent" ? p.text + p.unit : p.text;
    if (!c.bar) return text;
    const max = this.max(c);
    return html`<span class="barred"><span>${text}</span><i ${vars({ width: `${max > 0 ? Math.max(0, Math.min(100, (Number(value) / max) * 100)) : 0}%` })}></i></span>`;
  }

  /** One precision for a column, found once: what its larger values deserve. Null where each value is written for itself, as where the rows have units of their own. */
  private precision(c: TableColumn): number | null {
    if (!["money", "number", "days"].includes(c.format)) return null;
    const key = c.values as unknown as object;
    let found = this.precisions.get(key);
    if (found === undefined) {
      found = precisionOf(c.values, c.format);
      this.precisions.set(key, found);
    }
    return found;
  }

  /** Largest value of a column, found once. */
  private max(c: TableColumn): number {
    const key = c.values as unknown as object;
    let max = this.maxima.get(key);
    if (max === undefined) {
      max = 0;
      for (let i = 0; i < c.values.length; i += 1) {
        const v = Number(c.values[i]);
        if (v > max) max = v;
      }
      this.maxima.set(key, max);
    }
    return max;
  }

  private chooser(): TemplateResult {
    const shown = new Set(this.visible.map((c) => c.id));
    return html`<fieldset class="checks cols"><legend>${t("table.columns")}</legend>${this.columns.map(
      (c) => html`<label><input type="checkbox" .checked=${shown.has(c.id)} @change=${(e: Event) => {
        if ((e.target as HTMLInputElement).checked) shown.add(c.id);
        else if (shown.size > 1) shown.delete(c.id);
        this.shown = shown;
        this.requestUpdate();
      }}> ${c.label}</label>${c.about ? html`<small>${c.about}</small>` : nothing}`,
    )}</fieldset>`;
  }

  private sort(c: TableColumn): void {
    const text = c.format === "text";
    const by = this.ranking;
    this.chosen = by?.id === c.id ? { id: c.id, down: !by.down } : { id: c.id, down: !text };
    void this.arrange();
    this.requestUpdate();
  }

  private onScroll = (e: Event): void => {
    const box = e.currentTarget as HTMLElement;
    // The words would stay where the head no longer is.
    if (this.active.row >= 0) this.hush();
    if (box.scrollTop === this.top) return;
    this.top = box.scrollTop;
    this.requestUpdate();
  };

  private onSearch = (e: Event): void => {
    this.query = (e.target as HTMLInputElement).value;
    this.top = 0;
    void this.arrange();
  };

  private openRow(i: number): void {
    if (this.opens) this.tell("open", { row: this.rowAt(i), at: i });
    else if (this.narrow) this.showRow(this.rowAt(i));
  }

  private onKey = (e: KeyboardEvent): void => {
    let { row, column } = this.active;
    const page = Math.max(1, this.viewRows - 1);
    if (e.key === "ArrowDown" || (e.key === "j" && this.app.letters)) row += 1;
    else if (e.key === "ArrowUp" || (e.key === "k" && this.app.letters)) row -= 1;
    else if (e.key === "ArrowRight") column += 1;
    else if (e.key === "ArrowLeft") column -= 1;
    else if (e.key === "PageDown") row += page;
    else if (e.key === "PageUp") row -= page;
    else if (e.key === "Home") row = 0;
    else if (e.key === "End") row = this.count - 1;
    else if (e.key === "Enter") {
      const head = row < 0 ? this.visible[column] : undefined;
      if (head) this.sort(head);
      else this.openRow(row);
      return;
    } else if (e.key === "Escape" && this.told) this.hush();
    else if (e.key === "s" && this.app.letters) {
      const c = this.visible[column];
      if (c) this.sort(c);
      return;
    } else return;
    e.preventDefault();
    e.stopPropagation();
    this.active = { row: Math.max(this.narrow ? 0 : -1, Math.min(this.count - 1, row)), column: Math.max(0, Math.min(this.visible.length - 1, column)) };
    if (this.active.row >= 0) this.reveal(this.active.row);
    this.requestUpdate();
    if (e.key !== "Escape") this.tellActive();
  };

  private reveal(row: number): void {
    const box = this.querySelector<HTMLElement>(".dtbox");
    if (!box) return;
    const h = this.rowHeight;
    const real = this.count * h;
    const view = this.viewRows;
    if (real > MAX_HEIGHT) {
      box.scrollTop = (row / Math.max(1, this.count - view)) * (MAX_HEIGHT - view * h);
    } else if (row * h < box.scrollTop) box.scrollTop = row * h;
    else if ((row + 1) * h > box.scrollTop + view * h) box.scrollTop = (row + 1 - view) * h;
    this.top = box.scrollTop;
  }

  /** The table as shown: its columns, its order, its rows; text that a spreadsheet would run is guarded. */
  csv(separator: "," | "\t"): string {
    const columns = this.visible;
    const lines = [columns.map((c) => quote(c.label, separator)).join(separator)];
    const order = this.sequence();
    for (const row of order) {
      lines.push(columns.map((c) => {
        const v = c.values[row];
        if (v === null || v === undefined || (typeof v === "number" && Number.isNaN(v))) return "";
        return typeof v === "number" ? String(v) : quote(/^[=+\-@\t\r]/.test(v) ? `'${v}` : v, separator);
      }).join(separator));
    }
    return lines.join(separator === "\t" ? "\n" : "\r\n") + (separator === "\t" ? "" : "\r\n");
  }

  /** One object a row, numbers as numbers; made in pieces, so that the page answers in between. */
  private async json(): Promise<Blob> {
    const columns = this.visible;
    const order = this.sequence();
    const parts: BlobPart[] = [];
    for (let at = 0; at < order.length; at += PIECE) {
      const lines = [...order.subarray(at, at + PIECE)].map((row) => JSON.stringify(Object.fromEntries(columns.map((c) => {
        const v = c.values[row];
        return [c.id, v === undefined || (typeof v === "number" && !Number.isFinite(v)) ? null : v];
      }))));
      parts.push((at > 0 ? ",\n" : "[\n") + lines.join(",\n"));
      await breathe();
    }
    return new Blob(parts.length > 0 ? [...parts, "\n]\n"] : ["[]\n"], { type: "application/json" });
  }

  private onExport = async (e: CustomEvent<string>): Promise<void> => {
    if (e.detail === "tsv") {
      await navigator.clipboard.writeText(this.csv("\t")).catch(() => undefined);
      return;
    }
    if (e.detail === "xlsx") {
      save(await workbook(this.visible, this.sequence(), this.caption || this.file), `${this.file}.xlsx`);
      return;
    }
    if (e.detail === "json") {
      save(await this.json(), `${this.file}.json`);
      return;
    }
    const text = this.csv(",");
    if (e.detail === "gb18030") {
      const { encodeGb18030 } = await import("../engine/gb18030.js");
      save(new Blob([encodeGb18030(text)], { type: "text/csv;charset=gb18030" }), `${this.file}.csv`);
    } else save(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }), `${this.file}.csv`);
  };
}

const absent = (value: unknown): value is null | undefined => value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));

/** A text as it stands in its cell. */
function written(c: TableColumn, value: unknown): string {
  return value === null || value === undefined ? "" : c.names?.has(String(value)) ? say(c.names.get(String(value))) : String(value);
}

/** Where a row lies in the 5 × 5 grid: recency to the right, frequency upwards. */
function gridPlace(r: number, f: number): TemplateResult | typeof nothing {
  if (!(r >= 1 && r <= 5 && f >= 1 && f <= 5)) return nothing;
  return html`<svg class="gp" viewBox="0 0 15 15" aria-hidden="true">${svg`<rect class="all" x="0.5" y="0.5" width="14" height="14"></rect><rect class="at" x=${(r - 1) * 3} y=${(5 - f) * 3} width="3" height="3"></rect>`}</svg>`;
}

function quote(text: string, separator: string): string {
  return /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replace(/"/g, '""')}"` : text;
}

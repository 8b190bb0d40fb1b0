/** Reading and import: the rows as written, what each column was taken for and why, and what needs a decision. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { bytes, format, wait } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store, style, type State } from "../state/store.ts";
import { findOutside, lineOf, outsideOf, type OutsideRow } from "../state/outside.ts";
import { readAs, type Reading as ReadAs } from "../state/preview.ts";
import * as workspace from "../state/workspace.ts";
import type { ColumnSchema, ColumnType, Role, RoleMap, Rows, Table } from "../types/engine.ts";
import { announce, mac, Piece, vars } from "./element.ts";
import { chooseFiles, go, openFiles, setWaiting } from "./actions.ts";
import { chips, Head } from "./chips.ts";
import { mayLose } from "./ask.ts";
import { icon } from "./icons.ts";
import { textWidth } from "./measure.ts";
import { roleName } from "./states.ts";
import { problemsOf, type DataProblem } from "./problems.ts";
import type { MenuItem } from "./menu.ts";
import "./menu.ts";

const TYPES: ColumnType[] = ["text", "integer", "decimal", "boolean", "date", "timestamp"];
export const ROLES: Role[] = [
  "customer", "order", "date", "amount", "quantity", "unit_price", "cost", "discount", "product", "product_name", "category", "channel", "region", "status", "segment",
  "name", "phone", "email", "text", "rating", "event", "session", "target",
];
const WINDOW = 200;
/** Cells laid out at first, beside the heads of the columns, and in each task of the page after that. */
const PIECE = { first: 80, then: 200 };

const burger = (): TemplateResult => html`<button class="ib burger" type="button" aria-label=${t("nav.label")} @click=${() => store.set({ nav: true })}>${icon("menu")}</button>`;

/** Windows narrower than this hold the first column (style/data.css). */
const HELD = 768;

@customElement("kl-import")
export class Import extends Piece {
  private rows: Rows | null = null;
  private rowsFor = -1;
  private bad = new Map<string, string>();
  private ring: { row: number; column: string } | null = null;
  private chosen = "";
  private busy = false;
  private turn: Promise<void> = Promise.resolve();
  private lastTold = -1;
  private head = new Head();
  /** How many of the rows at hand are laid out already. */
  private laid: { rows: Rows | null; n: number } = { rows: null, n: 0 };
  private growing = 0;
  private shapes = new Map<string, number[]>();
  /** What a column's first cells would be under each type, once its menu was opened. */
  private readings = new Map<string, Map<ColumnType, ReadAs>>();
  /** The column whose types were looked at last: a menu may be open before the rows are there. */
  private asked: string | null = null;

  protected override get watchesReading(): boolean {
    return true;
  }

  protected override onStore(state: State, before: State): void {
    super.onStore(state, before);
    const r = state.reading;
    if (r && r.total > 0) {
      const quarter = Math.floor((r.bytes / r.total) * 4) * 25;
      if (quarter !== this.lastTold) {
        this.lastTold = quarter;
        announce(this.root, t("reading.told", { percent: quarter }));
      }
    } else this.lastTold = -1;
  }

  private async load(first = 0): Promise<void> {
    const version = this.app.version;
    this.rowsFor = version;
    const [rows] = await Promise.all([session.rows(WINDOW, first), this.head.load()]);
    if (version !== this.app.version) return;
    this.rows = rows;
    this.readings.clear();
    const asked = session.table?.schema.find((c) => c.name === this.asked);
    if (asked) void this.readings_(asked);
    void findOutside(version).then(() => this.requestUpdate());
    this.bad = new Map(session.issues.filter((i) => i.row !== null && i.column !== null).map((i) => [`${i.row}\u0001${i.column}`, say(i.reason_words)]));
    this.requestUpdate();
    if (first === 0) void this.shape(version);
  }

  /** How each column's values spread: bins of numbers and days, the most frequent of few words. After the rows, which come first. */
  private async shape(version: number): Promise<void> {
    const table = session.table;
    const shapes = new Map<string, number[]>();
    this.shapes = shapes;
    if (!table) return;
    const counted = table.schema.filter((c) => c.type === "integer" || c.type === "decimal").map((c) => ({ column: c.name }));
    try {
      if (counted.length > 0 && session.meta("describe")) {
        const { summary } = await session.run("describe", { columns: counted.slice(0, 60), bins: 14 }, null);
        for (const c of (summary as { columns?: { name: string; histogram?: { n: number }[] | null }[] }).columns ?? []) if (c.histogram) shapes.set(c.name, c.histogram.map((b) => b.n));
      }
      for (const c of table.schema.filter((x) => !shapes.has(x.name) && x.distinct > 0 && x.distinct <= 60).slice(0, 60)) {
        if (version !== this.app.version) return;
        shapes.set(c.name, (await session.values(c.name)).values.slice(0, 14).map((v) => v.n));
      }
    } catch {
      // The heads do without.
    }
    if (version === this.app.version) this.requestUpdate();
  }

  override render(): TemplateResult {
    const { reading } = this.app;
    if (this.app.screen === "reading") return reading ? this.progress() : html``;
    const table = session.table;
    if (!table) return html`<main id="main" class="main"><h1>${t("import.nothing")}</h1></main>`;
    if (this.rowsFor !== this.app.version) void this.load();
    const problems = problemsOf(table, session.issues);
    const between = outsideOf(this.app.version)?.between ?? 0;
    const open = problems.filter((p) => !p.settled).length;
    return html`<main id="main" class="main import">
      <div class="rh"><p class="q">${burger()}<span>${t("question.can_i_trust_this_data")}</span><span aria-hidden="true">/</span><span class="file">${table.name || table.source.name}</span></p>
        <h1 part="headline">${table.rows === 0 ? t("import.noRows") : open === 0 ? t("import.readyTitle", { rows: format(table.rows, "count", style()) }) : t("import.title", { rows: format(table.rows, "count", style()), n: open })}</h1></div>
      <div class="chips">${chips(table, this.rows, this.head)}<span class="sp"></span>
        <button class="ib" type="button" aria-label=${t("undo")} title=${t("undo")} ?disabled=${table.undoSteps === 0 || this.busy} @click=${() => this.undo()}>${icon("undo")}</button>
        <button class="ib" type="button" aria-label=${t("redo")} title=${t("redo")} ?disabled=${table.redoSteps === 0 || this.busy} @click=${() => this.redo()}>${icon("redo")}</button>
        <button class="btn q" type="button" @click=${() => store.set({ sheet: { kind: "steps" } })}>${icon("list")} ${t("import.steps", { n: table.recipe().length + session.taken.length })}</button>
      </div>
      <div class="imp">
        ${this.sheet(table.schema, this.rows)}
        <aside class="problems" aria-label=${t("import.problems")}>
          <header><h2>${t("import.problems")}</h2><span>${t("import.openSettled", { open, settled: problems.length - open })}</span></header>
          <ul>${problems.map((p) => this.problem(p))}</ul>${between > 0 ? html`<p class="note">${t("skipped.between", { n: between })}</p>` : nothing}
        </aside>
      </div>
      ${this.dock()}
    </main>`;
  }

  // Reading

  private progress(): TemplateResult {
    const r = this.app.reading;
    if (!r) return html``;
    const share = r.total > 0 ? Math.min(1, r.bytes / r.total) : 0;
    const s = style();
    return html`<main id="main" class="main import">
      <div class="rh"><p class="q"><span>${t("question.can_i_trust_this_data")}</span><span aria-hidden="true">/</span><span class="file">${r.name}</span></p>
        <h1>${r.first ? t("reading.titleRows") : t("reading.title")}</h1></div>
      <div class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)} aria-label=${t("reading.title")}><i ${vars({ width: `${share * 100}%` })}></i></div>
      <div class="pline"><b>${Math.round(share * 100)}%</b><span>${bytes(r.bytes)} / ${bytes(r.total)}</span><span>${t("reading.rows", { n: format(r.rows, "count", s) })}</span>
        ${r.rate > 0 ? html`<span>${t("reading.rate", { n: format(Math.round(r.rate), "count", s) })}</span>` : nothing}
        ${r.finishing ? html`<span>${t("reading.finishing")}</span>` : r.eta !== null && r.eta > 0.5 ? html`<span>${wait(r.eta, s.locale)}</span>` : nothing}
        <span class="sp"></span><button class="btn" type="button" @click=${() => session.cancelReading()}>${icon("close")} ${t("cancel")} <kbd>Esc</kbd></button></div>
      ${r.first ? html`<div class="imp one">${this.sheet(null, r.first)}</div>` : nothing}
    </main>`;
  }

  // The sheet of rows

  /** Ends of the pieces laid out now. The browser lays out a sheet in one go, which takes long where it is long: it is given in pieces, a task each. */
  private pieces(rows: Rows): number[] {
    const of = (cells: number): number => Math.max(4, Math.floor(cells / Math.max(1, rows.columns.length)));
    const all = rows.rows.length;
    if (this.laid.rows !== rows) this.laid = { rows, n: Math.min(all, of(PIECE.first)) };
    // As far as the cell that is to be seen.
    if (this.ring && this.ring.row >= rows.first && this.ring.row < rows.first + all) this.laid.n = Math.max(this.laid.n, this.ring.row - rows.first + 1);
    if (this.laid.n < all && this.growing === 0) {
      this.growing = requestAnimationFrame(() => setTimeout(() => {
        this.growing = 0;
        if (!this.isConnected) return;
        if (this.laid.rows === rows) this.laid.n = Math.min(all, this.laid.n + of(PIECE.then));
        this.requestUpdate();
      }));
    }
    const ends: number[] = [];
    for (let at = of(PIECE.first); at < this.laid.n; at += of(PIECE.then)) ends.push(at);
    return [...ends, this.laid.n];
  }

  /** Rows from one to another; drawn anew only where something about them has changed. */
  private piece(rows: Rows, from: number, to: number, schema: ColumnSchema[] | null): unknown {
    const { ring } = this;
    const ringed = ring && ring.row >= rows.first + from && ring.row < rows.first + to ? ring : null;
    return guard([rows, to, schema !== null, this.app.version, this.bad, ringed, schema ? outsideOf(this.app.version) : null, this.app.locale], () => rows.rows.slice(from, to).map((cells, k) => html`<tr>
      <th class="rn" scope="row">${schema ? lineOf(rows.first + from + k, this.app.version) : from + k + 2}</th>
      ${cells.map((v, i) => this.cell(v, rows.first + from + k, rows.columns[i] ?? "", schema?.[i]))}
    </tr>`));
  }

  private widthsFor: { key: string; rows: Rows; px: number[] } | null = null;

  /** The width of each column, from its head and its first cells: the browser need not look through all rows for it, and no column moves when more come. */
  private widths(rows: Rows | null, schema: ColumnSchema[] | null, names: readonly string[]): number[] {
    // The schema is made anew whenever it is asked for; it changes with the version.
    const key = `${this.app.locale} ${this.app.version} ${schema !== null} ${innerWidth < HELD}`;
    if (rows && this.widthsFor?.rows === rows && this.widthsFor.key === key) return this.widthsFor.px;
    const px = names.map((name, i) => {
      const c = schema?.[i];
      const cells = (rows?.rows.slice(0, 40) ?? []).reduce((n, r) => Math.max(n, textWidth(r[i] ?? "")), 0);
      const head = [Math.min(190, Math.ceil(textWidth(name) * 1.08)) + (c?.role ? 30 : 0), c ? textWidth(this.typeWords(c)) : 0, c ? textWidth(c.role ? roleName(c.role) : t("role.none")) + 28 : 0];
      const px = Math.max(118, ...head.map((n) => n + 22), Math.min(260, cells + 22));
      // On a telephone the first column stays while the others are swiped, and must leave them room.
      return i === 0 && innerWidth < HELD ? Math.min(px, 140) : px;
    });
    if (rows) this.widthsFor = { key, rows, px };
    return px;
  }

  private typeWords(c: ColumnSchema): string {
    return `${t(`type.${c.type}` as Key)}${c.type === "text" && c.distinct > 0 && c.distinct < 100 ? `${t("list.more")}${t("import.values", { n: c.distinct })}` : ""}`;
  }

  private sheet(schema: ColumnSchema[] | null, rows: Rows | null): TemplateResult {
    const names = schema ? schema.map((c) => c.name) : (rows?.columns ?? []);
    const first = rows?.first ?? 0;
    const whole = schema ? outsideOf(this.app.version) : null;
    const ends = rows ? this.pieces(rows) : [];
    const laid = ends[ends.length - 1] ?? 0;
    const end = laid === rows?.rows.length && first + laid >= (session.table?.rows ?? 0);
    const widths = this.widths(rows, schema, names);
    const holders = new Map((schema ?? []).flatMap((c) => (c.role ? [[c.role, c.name] as const] : [])));
    const across = widths.reduce((a, b) => a + b, 0);
    const numbers = Math.max(44, String(first + (rows?.rows.length ?? 0) + 10).length * 9 + 22);
    return html`<div class="sheetbox" tabindex="0" role="region" aria-label=${t("import.rows")}>
    ${numbers + across > innerWidth ? html`<p class="swipe">${t("import.swipe", { n: names.length })} <span aria-hidden="true">→</span></p>` : nothing}
    <table class="cells" ${vars({ width: `max(100%, ${numbers + across}px)`, "--rn": `${numbers}px` })}>
      <colgroup><col ${vars({ width: `${numbers}px` })}>${widths.map((px) => html`<col ${vars({ width: `${px}px` })}>`)}</colgroup>
      <thead><tr><th class="rn" scope="col"><span class="vh">${t("import.row")}</span></th>${names.map((name, i) => html`<th scope="col" class=${schema?.[i]?.role ? "has" : ""}>${schema?.[i] ? this.columnHead(schema[i], holders) : html`<b>${name}</b>`}</th>`)}</tr></thead>
      <tbody>${first === 0 ? whole?.above.map((r) => this.skipped(r, names.length)) : nothing}
        ${rows ? ends.map((to, i) => this.piece(rows, ends[i - 1] ?? 0, to, schema)) : nothing}
        ${end ? whole?.below.map((r) => this.skipped(r, names.length)) : nothing}</tbody>
    </table>
    ${schema && rows && rows.first + rows.rows.length < (session.table?.rows ?? 0) ? html`<div class="more"><button class="btn q" type="button" @click=${() => this.load(rows.first + WINDOW)}>${t("import.next", { n: WINDOW })}</button></div>` : nothing}
    ${rows && rows.first > 0 ? html`<div class="more"><button class="btn q" type="button" @click=${() => this.load(Math.max(0, rows.first - WINDOW))}>${t("import.previous")}</button></div>` : nothing}</div>`;
  }

  /** A line of the file that is no row of the table: in its place, hatched, with the reason. */
  private skipped(r: OutsideRow, columns: number): TemplateResult {
    return html`<tr class="out"><th class="rn" scope="row">${r.line}</th><td colspan=${columns}>${r.reason === "blank" ? nothing : html`<span>${r.cells.map((c) => c.trim()).filter(Boolean).join("  ·  ")}</span> `}<em class="tag">${t(`skipped.${r.reason}`)}</em></td></tr>`;
  }

  private cell(v: string | null, row: number, column: string, schema: ColumnSchema | undefined): TemplateResult {
    const reason = this.bad.get(`${row}\u0001${column}`);
    const on = this.ring?.row === row && this.ring.column === column;
    const number = schema && (schema.type === "integer" || schema.type === "decimal");
    const empty = v === null || v === "";
    return html`<td class="${number ? "num" : ""} ${empty ? "none" : ""} ${reason ? "bad" : ""} ${on ? "ring" : ""}" title=${reason ?? nothing} data-at=${on ? "ring" : nothing}>${empty ? html`<span class="vh">${t("import.empty")}</span>` : v}</td>`;
  }

  private columnHead(c: ColumnSchema, holders: ReadonlyMap<Role, string>): TemplateResult {
    const rows = session.table?.rows ?? 0;
    const roles: MenuItem[] = [
      { id: "", label: t("role.none"), checked: c.role === null },
      ...ROLES.map((r) => {
        const holder = holders.get(r);
        const item: MenuItem = { id: r, label: roleName(r), checked: c.role === r };
        if (holder !== undefined && holder !== c.name) item.hint = holder;
        return item;
      }),
    ];
    const level = c.role === null ? 0 : c.confidence >= 0.9 ? 4 : c.confidence >= 0.7 ? 3 : c.confidence >= 0.45 ? 2 : 1;
    const words = [t("sure.0"), t("sure.1"), t("sure.2"), t("sure.3"), t("sure.4")][level] ?? "";
    const missing = rows > 0 ? c.nulls / rows : 0;
    return html`<div class="chead">
      <div class="cname"><b title=${c.name}>${c.name}</b>${c.role ? html`<span class="conf l${level}" role="img" aria-label=${words} title=${`${words}${say(c.reason_words) ? ` · ${say(c.reason_words)}` : ""}`}><i></i><i></i><i></i><i></i></span>` : nothing}</div>
      <kl-menu kind="tag ${c.role ? "role" : ""}" .label=${t("import.roleOf", { column: c.name })} .hint=${say(c.reason_words)} .face=${html`<span class="vh">${t("import.roleOf", { column: c.name })}: </span>${c.role ? roleName(c.role) : t("role.none")} ${icon("down")}`} .items=${roles}
        @choose=${(e: CustomEvent<string>) => this.assign(c, e.detail as Role | "")}></kl-menu>
      <kl-menu kind="ctype" .label=${t("import.typeOf", { column: c.name })} .face=${html`<span class="vh">${t("import.typeOf", { column: c.name })}: </span>${this.typeWords(c)}`}
        .items=${TYPES.map((x) => this.typeItem(c, x))} @kl-menu-open=${() => void this.readings_(c)} @choose=${(e: CustomEvent<string>) => this.retype(c, e.detail as ColumnType)}></kl-menu>
      ${c.issues > 0
        ? html`<button class="cprob" type="button" @click=${() => this.jumpTo(c.name)}>${t("import.nProblems", { n: format(c.issues, "count", style()) })}</button>`
        : html`<span class="cmiss">${missing === 0 ? t("import.complete") : t("import.emptyShare", { share: format(missing, "percent", style(), "tile") })}</span>`}
      ${this.spread(c.name)}
    </div>`;
  }

  /** A type in the menu, with the first cells as it would read them and how many would not fit. */
  private typeItem(c: ColumnSchema, type: ColumnType): MenuItem {
    const item: MenuItem = { id: type, label: t(`type.${type}` as Key), checked: c.type === type };
    const read = this.readings.get(c.name)?.get(type);
    const cells = type === "text" ? this.cells(c.name).slice(0, 3) : (read?.cells.map((v) => (v === null ? "✕" : typeof v === "number" ? format(v, "number", style(), "table") : type === "timestamp" ? v.replace("T", " ").slice(0, 16) : v)) ?? []);
    if (cells.length > 0) item.detail = cells.map((v) => (v.length > 18 ? `${v.slice(0, 17)}…` : v)).join("  |  ");
    if (read && read.bad > 0) item.hint = t("import.notFit", { n: read.bad, of: read.of });
    return item;
  }

  /** Cells of a column in the rows at hand, each once. */
  private cells(column: string): string[] {
    const at = this.rows?.columns.indexOf(column) ?? -1;
    return at < 0 ? [] : [...new Set((this.rows?.rows ?? []).map((r) => r[at]).filter((v): v is string => Boolean(v)))].slice(0, 100);
  }

  private async readings_(c: ColumnSchema): Promise<void> {
    this.asked = c.name;
    const cells = this.cells(c.name);
    if (cells.length === 0 || this.readings.has(c.name)) return;
    const { version } = this.app;
    const found = await readAs(c, cells).catch(() => null);
    if (!found || version !== this.app.version) return;
    this.readings.set(c.name, found);
    this.requestUpdate();
  }

  private spread(column: string): TemplateResult {
    const bins = this.shapes.get(column) ?? [];
    const most = Math.max(1, ...bins);
    const width = 112 / Math.max(bins.length, 8);
    return html`<svg class="shape" viewBox="0 0 112 18" preserveAspectRatio="none" aria-hidden="true">${bins.map((n, i) => svg`<rect x=${i * width} y=${18 - (n / most) * 18} width=${width - 1} height=${(n / most) * 18}></rect>`)}</svg>`;
  }

  // Problems

  private problem(p: DataProblem): TemplateResult {
    return html`<li class="prob ${p.id === this.chosen ? "on" : ""}">
      <span class="pi ${p.settled ? "good" : p.grave ? "bad" : ""}">${icon(p.settled ? "check" : p.grave ? "warn" : "info")}</span>
      <div><b>${p.title}</b><p>${p.detail}</p>
        ${(p.row !== null || p.empty) && p.column !== null ? html`<button class="link" type="button" @click=${() => this.show(p)}>${t("import.goto")}</button>` : nothing}
        ${p.actions.map((a) => html`<button class="link" type="button" @click=${() => session.table && void this.change(session.table, a.run)}>${a.label}</button>`)}
      </div></li>`;
  }

  private jumpTo(column: string): void {
    const issue = session.issues.find((i) => i.column === column && i.row !== null);
    if (issue?.row !== null && issue?.row !== undefined) void this.ringAt(issue.row, column);
  }

  private show(p: DataProblem): void {
    this.chosen = p.id;
    if (p.row !== null && p.column !== null) void this.ringAt(p.row, p.column);
    else if (p.empty && p.column !== null) void this.firstEmpty(p.column).then((row) => (row !== null && p.column !== null ? this.ringAt(row, p.column) : undefined));
  }

  /** The first row without a value there: empty, or what could not be read. The rows are looked through in pieces. */
  private async firstEmpty(column: string): Promise<number | null> {
    const table = session.table;
    for (let at = 0; table && at < table.rows; at += 5000) {
      const piece = await table.rowsAt(at, 5000);
      const i = piece.columns.indexOf(column);
      const found = piece.rows.findIndex((r, k) => r[i] === null || r[i] === "" || this.bad.has(`${at + k}\u0001${column}`));
      if (found >= 0) return at + found;
    }
    return null;
  }

  private async ringAt(row: number, column: string): Promise<void> {
    this.ring = { row, column };
    const rows = this.rows;
    if (!rows || row < rows.first || row >= rows.first + rows.rows.length) await this.load(Math.max(0, row - 5));
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector('[data-at="ring"]')?.scrollIntoView({ block: "center", inline: "center" });
  }

  /** One step after the other: what is chosen while another is done waits for its turn, and is not lost. */
  private run(work: () => Promise<void>): Promise<void> {
    return (this.turn = this.turn.then(() => this.step(work)));
  }

  private async step(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.requestUpdate();
    try {
      await work();
      await session.changed();
      void workspace.save();
    } catch (error) {
      const { problemOf } = await import("../state/session.ts");
      store.set({ problem: problemOf(error) });
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  private assign(c: ColumnSchema, role: Role | ""): void {
    const table = session.table;
    if (!table || (role || null) === c.role) return;
    const roles: RoleMap = {};
    if (c.role) (roles as Record<string, string | null>)[c.role] = null;
    if (role) (roles as Record<string, string | null>)[role] = c.name;
    void this.change(table, () => table.assign(roles));
  }

  private async change(table: Table, work: () => Promise<void>): Promise<void> {
    if (await mayLose(table)) await this.run(work);
  }

  private retype(c: ColumnSchema, type: ColumnType): void {
    const table = session.table;
    if (table && type !== c.type) void this.change(table, () => table.retype(c.name, type));
  }

  private undo(): void {
    const table = session.table;
    if (table) void this.run(() => (table.undoSteps > 0 ? table.undo() : Promise.resolve()));
  }

  private redo(): void {
    const table = session.table;
    if (table) void this.run(() => table.redo());
  }

  private dock(): TemplateResult {
    const metas = session.metas();
    const ready = metas.filter((m) => session.ready(m));
    const lacking = [...new Set(metas.flatMap((m) => session.needs(m)))].slice(0, 3);
    return html`<div class="dock">
      <p><b>${t("import.ready", { n: ready.length, of: metas.length })}</b> ${lacking.length > 0 ? t("import.lacking", { roles: lacking.join(t("list.comma")) }) : t("import.all")}</p>
      <kl-pop kind="link" .label=${t("import.whatFor")} .face=${t("import.whatFor")} .body=${() => html`<dl class="pairs">${metas.map((m) => {
        const lack = session.needs(m);
        return html`<dt>${say(m.words.title)}</dt><dd>${lack.length === 0 ? t("import.roomReady") : t("import.roomNeeds", { roles: lack.join(t("list.comma")) })}</dd>`;
      })}</dl>`}></kl-pop>
      <span class="sp"></span>
      <button class="btn" type="button" @click=${() => chooseFiles((files) => {
        setWaiting(files);
        if (session.table) store.set({ dialog: "join" });
        else void openFiles(files);
      })}>${t("import.another")}</button>
      <button class="btn pri" type="button" @click=${() => go("room", "overview")}>${t("import.use")} <kbd>${mac() ? "⌘" : "Ctrl"} ↵</kbd></button>
    </div>`;
  }
}

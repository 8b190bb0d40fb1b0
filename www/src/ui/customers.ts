/** All customers as one table: virtualised, sorted, searched; a row opens the customer's page. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { format } from "../i18n/format.ts";
import { t } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store, style, type Audience } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import { wholeTable, type WholeColumn } from "../state/whole.ts";
import type { Analysis, AnalysisMeta, Filter } from "../types/engine.ts";
import { Piece } from "./element.ts";
import { exportSelection, openCustomer } from "./actions.ts";
import { ask } from "./ask.ts";
import { icon, type Icon } from "./icons.ts";
import { columnsFor } from "./columns.ts";
import { failure, missingRole } from "./states.ts";
import type { TableColumn } from "./table.ts";
import "./table.ts";

/** A list as in the file is made in the page's memory: longer ones are filtered first. */
const PLAIN_ROWS = 100_000;

/** Rooms whose frame has one row per customer, the richest first. */
const SOURCES = ["rfm", "lifecycle", "cohort"];

@customElement("kl-customers")
export class Customers extends Piece {
  private out: Analysis | null = null;
  private meta: AnalysisMeta | null = null;
  private error: unknown = null;
  private asked = "";
  private plain: { columns: TableColumn[]; rows: number } | null = null;

  protected override willUpdate(): void {
    const meta = SOURCES.map((id) => session.meta(id)).find((m) => m && session.missing(m).length === 0) ?? null;
    this.meta = meta;
    if (!meta) {
      if (this.asFile) this.loadPlain();
      return;
    }
    const { params, filter } = session.ask(meta.id);
    const key = session.key(meta.id, params, filter);
    if (key === this.asked) return;
    this.asked = key;
    session.run(meta.id, params, filter).then((out) => out.ready().then(() => out)).then(
      (out) => {
        if (key !== this.asked) return;
        this.out = out;
        this.error = null;
        this.requestUpdate();
      },
      (error: unknown) => {
        if (key !== this.asked) return;
        this.out = null;
        this.error = error;
        this.requestUpdate();
      },
    );
  }

  /** No dates, and a row for each customer: the list is the file itself. With several rows for some, it is so for those who are selected. */
  private get asFile(): boolean {
    const customer = session.column("customer");
    return Boolean(customer && (this.single || this.app.selection?.customers));
  }

  /** One row for each customer. */
  private get single(): boolean {
    const { table } = session;
    const customer = session.column("customer");
    return Boolean(table && customer && customer.distinct >= table.rows - customer.nulls);
  }

  private loadPlain(): void {
    const table = session.table;
    const ids = this.app.selection?.customers;
    const base = session.filter();
    // Those who are selected are asked for, however long the file is.
    const filter: Filter | null = ids ? { and: [...(base ? [base] : []), { customers: [...ids] }] } : base;
    const key = session.key("customers", {}, filter);
    if (!table || key === this.asked) return;
    this.asked = key;
    const name = session.column("customer")?.name;
    wholeTable(table, filter, PLAIN_ROWS).then(({ columns, rows }) => {
      if (key !== this.asked) return;
      const list = columns.map(shown);
      // Who it is comes first.
      this.plain = { columns: [...list.filter((c) => c.id === name), ...list.filter((c) => c.id !== name)], rows };
      this.error = null;
      this.requestUpdate();
    }, (error: unknown) => {
      if (key !== this.asked) return;
      this.error = error;
      this.requestUpdate();
    });
  }

  override render(): TemplateResult {
    const s = style();
    const n = this.out?.frame.rows ?? this.app.count?.customers ?? this.app.total?.customers ?? 0;
    const chosen = this.app.selection?.customers ? this.app.selection : null;
    const title = chosen?.customers ? t("count.customersOf", { n: format(chosen.customers.length, "count", s), of: format(n, "count", s) }) : t("customers.title", { n: format(n, "count", s) });
    const any = session.metas().find((m) => SOURCES.includes(m.id));
    return html`<main id="main" class="main"><div class="rh"><p class="q"><span>${t("question.who_are_my_customers")}</span><span aria-hidden="true">/</span><span>${t("nav.customers")}</span></p>
      <h1 part="headline">${session.column("customer") ? title : t("nav.customers")}</h1><div class="meta"><p class="prov">${chosen ? html`<span>${chosen.label}</span> · ` : ""}${!this.meta && this.asFile ? `${t("customers.plain")}${this.app.locale === "zh-CN" ? "" : " "}` : ""}${t("customers.text")}</p></div></div>
      ${!this.meta && any && !this.asFile ? missingRole(any, session.missing(any)) : this.error ? failure(this.error, this.meta ?? undefined, () => {
        this.asked = "";
        this.requestUpdate();
      }) : html`${this.audiences()}${this.table()}`}</main>`;
  }

  /** Saved audiences: what each is, and everything one does with it. */
  private audiences(): TemplateResult {
    const { audiences, filters, compare } = this.app;
    const s = style();
    const act = (label: string, i: Icon, run: () => void): TemplateResult => html`<button class="ib" type="button" aria-label=${label} title=${label} @click=${run}>${icon(i)}</button>`;
    return html`<section class="auds" aria-label=${t("audiences.title")}><header class="fx"><h2>${t("audiences.title")}</h2><span class="sp"></span>
        <button class="btn q" type="button" @click=${() => store.set({ sheet: { kind: "rule" } })}>${icon("fx")} ${t("rule.write")}</button></header>
      ${audiences.length === 0 ? html`<p class="note">${t("audiences.none")}</p>` : html`<ul>${audiences.map((a) => html`<li class=${filters.audience === a.id ? "on" : ""}>
        <b>${a.name}</b><span>${t("count.customers", { n: format(a.customers.length, "count", s) })}</span><span class="from">${a.from}</span><span class="fx">
        ${act(t(filters.audience === a.id ? "filter.clear" : "select.filter"), "filter", () => store.change({ filters: { ...filters, audience: filters.audience === a.id ? null : a.id } }))}
        ${act(t("compare.start"), "compare", () => store.change({ compare: compare?.audience === a.id ? null : { ...filters, audience: a.id } }))}
        ${act(t("select.export"), "download", () => exportSelection({ label: a.name, customers: a.customers, rows: a.customers.length, room: "", chart: "", marks: [] }))}
        ${a.rule ? act(t("audiences.edit"), "fx", () => store.set({ sheet: { kind: "rule", audience: a.id } })) : ""}
        ${act(t("audiences.remove"), "trash", () => void this.forgetAudience(a))}</span></li>`)}</ul>`}</section>`;
  }

  /** An audience does not come back by undo: asked before. */
  private async forgetAudience(a: Audience): Promise<void> {
    const text = t("audiences.removeText", { n: format(a.customers.length, "count", style()) });
    if (!(await ask({ title: t("audiences.removeTitle", { name: a.name }), text, yes: t("audiences.remove") }))) return;
    const { audiences, filters, compare } = this.app;
    store.set({ audiences: audiences.filter((x) => x.id !== a.id) });
    store.change({ ...(filters.audience === a.id && { filters: { ...filters, audience: null } }), ...(compare?.audience === a.id && { compare: null }) });
    void workspace.save();
  }

  private chosenFor: { out: Analysis; ids: readonly string[]; rows: Uint32Array } | null = null;

  /** Those of a selection that was made elsewhere, for as long as it stands. */
  private chosen(out: Analysis): Uint32Array | null {
    const ids = this.app.selection?.customers;
    if (!ids) return null;
    if (this.chosenFor?.out !== out || this.chosenFor.ids !== ids) {
      const wanted = new Set(ids);
      const all = out.frame.columns["customer"] as (string | null)[];
      const rows: number[] = [];
      all.forEach((id, i) => wanted.has(String(id)) && rows.push(i));
      this.chosenFor = { out, ids, rows: Uint32Array.from(rows) };
    }
    return this.chosenFor.rows;
  }

  private table(): TemplateResult {
    if (!this.meta && this.asFile) return this.plain ? this.list(this.plain.columns, this.plain.rows, this.plain.columns[0]?.values as (string | null)[], null) : html`<div class="hold"></div>`;
    const out = this.out;
    const meta = this.meta;
    if (!out || !meta) return html`<div class="hold"></div>`;
    const { columns, sort } = columnsFor(out, meta);
    return this.list(columns, out.frame.rows, out.frame.columns["customer"] as (string | null)[], sort, this.chosen(out));
  }

  private list(columns: TableColumn[], rows: number, ids: readonly (string | null)[], sort: { id: string; down: boolean } | null, only: Uint32Array | null = null): TemplateResult {
    return html`<kl-table .columns=${columns} .rows=${rows} .only=${only} .limit=${18} .caption=${t("nav.customers")} file="customers" searchable opens .sortBy=${sort}
      @open=${(e: CustomEvent<{ row: number }>) => {
        const table = this.querySelector("kl-table") as (HTMLElement & { sequence(): Uint32Array }) | null;
        const order = table ? [...table.sequence().subarray(0, 50_000)].map((i) => String(ids[i])) : [];
        openCustomer(String(ids[e.detail.row]), order, t("nav.customers"));
      }}></kl-table>`;
  }
}

/** Numbers where all are, else the texts: a column is sorted as one or the other. */
function shown(c: WholeColumn): TableColumn {
  if (c.format === "number" && c.values.every((v) => v === null || typeof v === "number")) {
    const digits = (v: string | number | null): number => (v === null || Number.isInteger(v) ? 0 : (String(v).split(".")[1]?.length ?? 0));
    return { ...c, decimals: Math.min(4, c.values.reduce<number>((n, v) => Math.max(n, digits(v)), 0)), values: Float64Array.from(c.values, (v) => (v === null ? Number.NaN : Number(v))) };
  }
  return { ...c, format: c.format === "number" ? "text" : c.format, values: c.values.map((v) => (v === null ? null : String(v))) };
}

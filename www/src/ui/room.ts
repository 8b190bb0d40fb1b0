/** One room for every analysis of the registry: finding, provenance, figures, charts, the table behind them. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { dateRange, format } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store, style, type Filters, type State } from "../state/store.ts";
import type { Analysis, AnalysisMeta, Chart } from "../types/engine.ts";
import { announce, Piece } from "./element.ts";
import { openCustomer, togglePin } from "./actions.ts";
import type { Mark } from "./frame.ts";
import { icon } from "./icons.ts";
import { namesIn } from "./names.ts";
import { problemsOf } from "./problems.ts";
import { failure, missingRole, roleTitle, tooLittleTitle } from "./states.ts";
import type { TableColumn } from "./table.ts";
import { verdict } from "./tiles.ts";
import "./frame.ts";
import "./table.ts";
import "./tiles.ts";

/** The result a room shows now: sheets and keys ask the room for it. */
export let shown: { meta: AnalysisMeta; out: Analysis | null } | null = null;

@customElement("kl-room")
export class Room extends Piece {
  @property() room = "overview";
  private out: Analysis | null = null;
  private against: Analysis | null = null;
  private error: unknown = null;
  private asked = "";
  private slow = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private columnsOf: { out: Analysis; list: TableColumn[] } | null = null;
  private only: Uint32Array | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("room");
  }

  protected override onStore(state: State, before: State): void {
    super.onStore(state, before);
    if (state.selection !== before.selection) this.only = null;
  }

  private get meta(): AnalysisMeta | undefined {
    return session.meta(this.room);
  }

  protected override willUpdate(_: PropertyValues): void {
    const meta = this.meta;
    if (!meta || !session.table || session.missing(meta).length > 0) return;
    const params = this.app.params[this.room] ?? {};
    const filter = session.filter();
    const versus = this.app.compare ? session.filter(this.app.compare) : undefined;
    const key = session.key(this.room, params, filter) + (versus === undefined ? "" : ` against ${JSON.stringify(versus)}`);
    if (key === this.asked) return;
    const other = !this.asked.startsWith(JSON.stringify([this.app.version, this.room]).slice(0, -1));
    this.asked = key;
    if (other) {
      this.out = null;
      this.against = null;
    }
    this.error = null;
    void this.compute(key, params, filter, versus);
  }

  private async compute(key: string, params: Record<string, unknown>, filter: ReturnType<typeof session.filter>, versus: ReturnType<typeof session.filter> | undefined): Promise<void> {
    this.slow = false;
    clearTimeout(this.timer);
    // Nothing is shown for what takes less than 400 ms.
    this.timer = setTimeout(() => {
      this.slow = true;
      this.requestUpdate();
    }, 400);
    try {
      const out = await session.run(this.room, params, filter, "room");
      const against = versus === undefined ? null : await session.run(this.room, params, versus, "compare").catch(() => null);
      if (key !== this.asked) return;
      this.out = out;
      this.against = against;
      this.error = null;
      const meta = this.meta;
      if (meta) shown = { meta, out };
      if (this.app.sheet) store.set({});
      announce(this.root, say(out.words.headline));
    } catch (error) {
      if (key !== this.asked) return;
      if ((error as { code?: string }).code === "cancelled" && this.out) return;
      this.error = error;
      this.out = null;
    } finally {
      if (key === this.asked) {
        clearTimeout(this.timer);
        this.slow = false;
        this.requestUpdate();
      }
    }
  }

  override render(): TemplateResult {
    const meta = this.meta;
    if (!meta) return html`<main id="main" class="main"><div class="rh"><h1>${t("room.unknown")}</h1></div></main>`;
    shown = { meta, out: this.out };
    const missing = session.missing(meta);
    const out = this.out;
    const head = missing.length > 0 ? say(meta.words.title) : this.error ? (tooLittleTitle(this.error) ?? say(meta.words.title)) : out ? say(out.words.headline) : "";
    return html`<main id="main" class="main" aria-busy=${this.slow}>
      <div class="rh">
        <p class="q">${meta.id === "overview" ? nothing : html`<span>${t(`question.${meta.question}` as Key)}</span><span aria-hidden="true">/</span>`}<span>${say(meta.words.title)}</span></p>
        <h1 part="headline" class=${head ? "" : "held"}>${head || "—"}</h1>
        <div class="meta"><p class="prov" part="provenance">${missing.length > 0 ? say(meta.words.about) : this.provenance(out)}</p>
          <div class="acts">
            ${Object.keys((meta.params as { properties?: object }).properties ?? {}).length > 0 ? html`<button class="btn q" type="button" @click=${() => this.toggle("settings")}>${icon("sliders")} ${t("room.settings")}</button>` : nothing}
            <button class="btn q" type="button" @click=${() => this.toggle("method")}>${icon("fx")} ${t("room.method")}</button>
            <button class="btn q rep" type="button" @click=${() => store.set({ dialog: "report" })}>${icon("report")} ${t("room.report")}</button>
          </div></div>
      </div>
      ${this.slow ? this.working(meta) : nothing}
      ${missing.length > 0 ? missingRole(meta, missing)
        : this.error ? failure(this.error, meta, () => {
            this.asked = "";
            this.requestUpdate();
          })
        : this.content(out, meta)}
    </main>`;
  }

  private toggle(kind: "settings" | "method"): void {
    store.set({ sheet: this.app.sheet?.kind === kind ? null : { kind } });
  }

  private provenance(out: Analysis | null): TemplateResult {
    const s = style();
    const { count, total, filters } = this.app;
    const parts: (string | TemplateResult)[] = [];
    const now = count ?? total;
    if (now?.customers !== null && now?.customers !== undefined) parts.push(t("count.customers", { n: format(now.customers, "count", s) }));
    if (out) parts.push(t("prov.rows", { n: format(out.words.method.used_rows, "count", s) }));
    const period = filters.period ?? session.span;
    if (period && session.column("date")) parts.push(dateRange(period[0], period[1], s));
    for (const d of filters.dimensions) if (d.values.length > 0) parts.push(d.values.length <= 3 ? d.values.join(t("list.comma")) : t("prov.values", { column: d.column, n: d.values.length }));
    for (const c of out?.words.method.choices.slice(0, 2) ?? []) parts.push(say(c).replace(/[.。]$/, ""));
    const left = out?.words.method.left_out.reduce((n, l) => n + l.rows, 0) ?? 0;
    if (left > 0) parts.push(html`<button class="link" type="button" @click=${() => store.set({ sheet: { kind: "method" } })}>${t("prov.leftOut", { n: format(left, "count", s) })}</button>`);
    return html`${parts.map((p, i) => html`${i > 0 ? " · " : nothing}<span>${p}</span>`)}`;
  }

  private working(meta: AnalysisMeta): TemplateResult {
    return html`<div class="working" role="status"><b>${t("state.working", { room: say(meta.words.title) })}</b>
      <div class="progress busy"><i></i></div>
      <button class="btn" type="button" @click=${() => session.cancel("room")}>${icon("close")} ${t("cancel")} <kbd>Esc</kbd></button><span class="note">${t("state.goOn")}</span></div>`;
  }

  private content(out: Analysis | null, meta: AnalysisMeta): TemplateResult {
    if (!out) return html`<kl-tiles .tiles=${null}></kl-tiles><div class="frames"><div class="w7 hold"></div><div class="w5 hold"></div></div>`;
    const overview = meta.id === "overview";
    return html`
      ${out.words.tiles.length > 0 ? html`<kl-tiles .tiles=${out.words.tiles} @tile=${(e: CustomEvent<string>) => store.set({ sheet: { kind: "method", tile: e.detail } })}></kl-tiles>` : nothing}
      ${this.against ? this.versus(out, this.against) : nothing}
      ${this.charts(out, overview)}
      ${this.table(out, meta)}`;
  }

  // Charts

  private charts(out: Analysis, overview: boolean): TemplateResult {
    const charts = out.words.charts;
    const widths = overview ? ["w8", "w4", "w4", "w4"] : [["w12"], ["w12"], ["w7", "w5"], ["w8", "w4", "w12"], ["w7", "w5", "w6", "w6"]][Math.min(charts.length, 4)] ?? [];
    const frame = (c: Chart, i: number): TemplateResult => html`<kl-frame class=${widths[i] ?? "w6"} .chart=${c} room=${this.room} ?pinned=${this.app.pins.some((p) => p.room === this.room && p.chart === c.id)}
      .marked=${this.app.selection?.chart === c.id ? this.app.selection.marks : []}
      @mark=${(e: CustomEvent<Mark>) => this.select(e.detail, c)} @pin=${() => togglePin(this.room, c.id)}></kl-frame>`;
    if (!overview) return charts.length > 0 ? html`<div class="frames" part="charts">${charts.map(frame)}</div>` : html``;
    const [first, ...rest] = charts;
    return html`<div class="frames" part="charts">
      ${first ? frame(first, 0) : nothing}${this.movements(out)}
      ${rest.map((c, i) => frame(c, i + 1))}${this.problems()}
    </div>`;
  }

  /** The largest changes in words, those beyond their usual range first. */
  private movements(out: Analysis): TemplateResult {
    const moved = out.words.tiles
      .map((tile) => ({ tile, v: verdict(tile) }))
      .filter((m): m is { tile: typeof m.tile; v: NonNullable<typeof m.v> } => m.v !== null)
      .sort((a, b) => Number(b.v.beyond) - Number(a.v.beyond) || size(b.tile) - size(a.tile))
      .slice(0, 3);
    const s = style();
    return html`<section class="fr w4 mv"><header><h2>${t("moves.title")}</h2><p>${t("moves.subtitle")}</p></header>
      ${moved.length === 0 ? html`<p class="note">${t("moves.none")}</p>` : html`<ul>${moved.map(({ tile, v }) => html`<li>
        <span class="t">${t(v.up ? "moves.up" : "moves.down", { what: say(tile.label), to: format(tile.value, tile.format, s, "tile"), from: format(tile.previous, tile.format, s, "tile") })}</span>
        <span class="a ${v.beyond ? (v.up ? "good" : "bad") : ""}">${v.text}</span>
        <span class="w"><span>${v.word}</span><button class="link" type="button" @click=${() => store.set({ sheet: { kind: "method", tile: tile.id } })}>${t("moves.how")}</button></span></li>`)}</ul>`}
    </section>`;
  }

  private problems(): TemplateResult {
    const list = session.table ? problemsOf(session.table, session.issues).filter((p) => !p.settled) : [];
    return html`<section class="fr w4 dp"><header><h2>${list.length === 0 ? t("problems.none") : t("problems.n", { n: list.length })}</h2><p>${t("problems.subtitle")}</p></header>
      <ul>${list.slice(0, 6).map((p) => html`<li><span class=${p.grave ? "bad" : ""}>${icon(p.grave ? "warn" : "info")}</span><span>${p.title}</span>
        <button class="link" type="button" @click=${() => store.set({ screen: "import" })}>${t("problems.show")}</button></li>`)}</ul></section>`;
  }

  // Compare

  private versus(out: Analysis, other: Analysis): TemplateResult {
    const s = style();
    const name = (f: Filters | null): string => {
      if (!f) return "";
      const list = [f.period ? dateRange(f.period[0], f.period[1], s) : "", ...f.dimensions.filter((d) => d.values.length > 0).map((d) => d.values.slice(0, 2).join(t("list.comma")))];
      const a = this.app.audiences.find((x) => x.id === f.audience);
      if (a) list.push(a.name);
      return list.filter(Boolean).join(" · ") || t("compare.everyone");
    };
    const rows = out.words.tiles.map((tile) => ({ tile, b: other.words.tiles.find((x) => x.id === tile.id) ?? null }));
    return html`<section class="versus fr"><header><h2>${t("compare.title")}</h2><p>${t("compare.text")}</p></header>
      <table><thead><tr><th scope="col"></th><th scope="col" class="num">${name(this.app.filters)}</th><th scope="col" class="num">${name(this.app.compare)}</th><th scope="col" class="num">${t("compare.difference")}</th></tr></thead>
      <tbody>${rows.map(({ tile, b }) => {
        const v = b ? verdict({ ...tile, previous: b.value, usual: null, interval: tile.interval }) : null;
        return html`<tr><th scope="row">${say(tile.label)}</th><td class="num">${format(tile.value, tile.format, s, "tile")}</td><td class="num">${b ? format(b.value, b.format, s, "tile") : "—"}</td><td class="num">${v ? v.text : "—"}</td></tr>`;
      })}</tbody></table></section>`;
  }

  // The table behind, and what is behind a mark

  private columns(out: Analysis, meta: AnalysisMeta): TableColumn[] {
    if (this.columnsOf?.out === out) return relabel(this.columnsOf.list, meta);
    const frame = out.frame;
    const names = Object.keys(frame.columns);
    const described = meta.frame.filter((c) => names.includes(c.name)).map((c) => c.name);
    const order = [...described, ...names.filter((n) => !described.includes(n))];
    let barred = false;
    const named = namesIn(out.summary);
    const list = order.map((name) => {
      const i = meta.frame.findIndex((c) => c.name === name);
      const values = frame.columns[name] ?? [];
      const fmt = meta.frame[i]?.format ?? (Array.isArray(values) ? "text" : "number");
      const bar: boolean = !barred && fmt === "money";
      if (bar) barred = true;
      const column: TableColumn = { id: name, label: name, format: fmt, values, bar };
      if (fmt === "text" && i > 0 && named.size > 0) column.names = named;
      return column;
    });
    this.columnsOf = { out, list };
    return relabel(list, meta);
  }

  private table(out: Analysis, meta: AnalysisMeta): TemplateResult {
    if (out.frame.rows === 0) return html``;
    const columns = this.columns(out, meta);
    const customers = columns[0]?.id === "customer";
    const sort = columns.find((c) => c.bar) ?? null;
    return html`<section class="fr behind"><header><h2>${customers ? t("behind.customers") : t("behind.rows")}</h2><p>${this.app.selection && this.only ? this.app.selection.label : t("behind.text", { n: format(out.frame.rows, "count", style()) })}</p></header>
      <kl-table .columns=${columns} .rows=${out.frame.rows} .only=${this.only} .caption=${say(out.words.headline)} file=${this.room} searchable ?opens=${customers} .sortBy=${sort ? { id: sort.id, down: true } : null}
        @open=${(e: CustomEvent<{ row: number }>) => this.open(out, e.detail.row)}></kl-table></section>`;
  }

  private open(out: Analysis, row: number): void {
    const ids = out.frame.columns["customer"];
    if (!Array.isArray(ids)) return;
    const table = this.querySelector("kl-table") as (HTMLElement & { sequence(): Uint32Array }) | null;
    const order = table ? [...table.sequence().subarray(0, 50_000)] : [row];
    openCustomer(String(ids[row]), order.map((i) => String(ids[i])), this.app.selection?.label ?? say(this.meta?.words.title));
  }

  private select(mark: Mark, chart: Chart): void {
    const out = this.out;
    if (!out || !chart.drill) return;
    const data = (typeof mark.data === "object" && mark.data !== null ? mark.data : {}) as Record<string, unknown>;
    const wanted = (data["drill"] ?? {}) as Record<string, unknown>;
    const tests = chart.drill.columns.map((name) => {
      const value = name in wanted ? wanted[name] : name in data ? data[name] : chart.drill?.columns.length === 1 ? mark.name : undefined;
      return { values: out.frame.columns[name], value };
    });
    if (tests.some((x) => x.values === undefined || x.value === undefined)) return;
    const hits: number[] = [];
    for (let i = 0; i < out.frame.rows; i += 1) {
      if (tests.every((x) => {
        const v = (x.values as ArrayLike<unknown>)[i];
        return Array.isArray(x.value) ? x.value.includes(v) : typeof v === "number" ? v === Number(x.value) : v === String(x.value);
      })) hits.push(i);
    }
    const ids = out.frame.columns["customer"];
    const customers = Array.isArray(ids) ? [...new Set(hits.map((i) => String(ids[i])))] : null;
    const label = mark.name || tests.map((x) => String(x.value)).join(" ");
    store.set({ selection: { label, customers, rows: hits.length, room: say(this.meta?.words.title), chart: chart.id, marks: [mark.name] } });
    this.only = Uint32Array.from(hits);
    this.requestUpdate();
  }

  scrollToTable(): void {
    this.querySelector(".behind")?.scrollIntoView({ block: "start" });
    (this.querySelector(".dtbox") as HTMLElement | null)?.focus();
  }
}

function size(tile: { value: number | null; previous: number | null; format: string }): number {
  if (tile.value === null || tile.previous === null || tile.previous === 0) return 0;
  return Math.abs((tile.value - tile.previous) / tile.previous);
}

/** Labels follow the language; values stay the engine's arrays. */
function relabel(list: TableColumn[], meta: AnalysisMeta): TableColumn[] {
  return list.map((c) => {
    const i = meta.frame.findIndex((m) => m.name === c.id);
    const words = meta.words.frame[i];
    return { ...c, label: words ? say(words) : roleTitle(c.id) };
  });
}

/** One room for every analysis of the registry: finding, provenance, figures, charts, the table behind them. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { dateRange, format } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { columnOf } from "../state/guess.ts";
import { isEngineError, problemOf, session } from "../state/session.ts";
import { store, style, type Filters, type State } from "../state/store.ts";
import type { Analysis, AnalysisMeta, Chart, Filter } from "../types/engine.ts";
import { announce, Piece, whole } from "./element.ts";
import { openCustomer, togglePin } from "./actions.ts";
import { columnsFor } from "./columns.ts";
import { chartKey, pursue } from "./drill.ts";
import type { Mark } from "./frame.ts";
import { icon } from "./icons.ts";
import { beside, headline, moves, pictures, spanWords, type Beside } from "./overview.ts";
import { problemsOf } from "./problems.ts";
import { failure, missingRole, tooLittleTitle } from "./states.ts";
import { titled, verdict } from "./tiles.ts";
import "./frame.ts";
import "./start.ts";
import "./table.ts";
import "./tiles.ts";

/** A room that answers more slowly than this does not follow the hand: a picture that comes so late belongs to a place the hand has left. */
const LIVE_MS = 1000;

/** The result a room shows now: sheets and keys ask the room for it. */
export let shown: { meta: AnalysisMeta; out: Analysis | null } | null = null;

@customElement("kl-room")
export class Room extends Piece {
  @property() room = "overview";
  private out: Analysis | null = null;
  private against: Analysis | null = null;
  /** Why the other view could not be set beside this one. */
  private unlike: unknown = null;
  private beside: Beside = { whole: null, why: null };
  private error: unknown = null;
  private asked = "";
  private slow = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private only: Uint32Array | null = null;
  /** One answer at a time while something is dragged; what was asked for meanwhile is asked when it is there. */
  private flying: AbortController | null = null;
  /** What the last answer took: rooms that are slow wait for the hand to let go. */
  private took = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("room");
  }

  protected override onStore(state: State, before: State): void {
    super.onStore(state, before);
    if (state.selection !== before.selection && state.selection?.room !== before.selection?.room) this.only = null;
    if (!state.selection) this.only = null;
  }

  private get meta(): AnalysisMeta | undefined {
    return session.meta(this.room);
  }

  /** The filters shown: those of a drag that goes on, else those of the bar. */
  private get filters(): Filters {
    return this.app.live ?? this.app.filters;
  }

  private get dragged(): boolean {
    return this.app.live !== null;
  }

  protected override willUpdate(_: PropertyValues): void {
    const meta = this.meta;
    if (!meta || !session.table || session.missing(meta).length > 0) return;
    if (session.spanPending && (this.room === "overview" || this.room === "explain_change")) return;
    if (this.dragged && (this.flying || this.took > LIVE_MS)) return;
    const { params, filter } = session.ask(this.room, this.filters);
    const versus = this.app.compare && !this.dragged ? session.ask(this.room, this.app.compare) : undefined;
    // What is seen in passing is not the answer: when the hand lets go the whole room is asked.
    const key = session.key(this.room, params, filter) + (this.dragged ? " live" : "") + (versus === undefined ? "" : ` against ${JSON.stringify(versus)}`);
    if (key === this.asked) return;
    const other = !this.asked.startsWith(JSON.stringify([this.app.version, this.room]).slice(0, -1));
    this.asked = key;
    if (other) {
      this.out = null;
      this.against = null;
      this.unlike = null;
      this.beside = { whole: null, why: null };
      this.took = 0;
    }
    this.error = null;
    if (this.dragged) void this.follow(key, params, filter);
    // The hand has let go: what it passed over is not waited for.
    else {
      this.flying?.abort();
      void this.compute(key, params, filter, versus);
    }
  }

  /** While dragging: the last wish counts, errors keep what is shown. */
  private async follow(key: string, params: Record<string, unknown>, filter: Filter | null): Promise<void> {
    const control = new AbortController();
    this.flying = control;
    const started = performance.now();
    try {
      const out = await session.glimpse(this.room, params, filter, control.signal);
      await out.ready();
      if (key === this.asked) this.out = out;
    } catch {
      // Nobody is left under the hand: what is shown stays until it lets go.
    } finally {
      if (!control.signal.aborted) this.took = performance.now() - started;
      this.flying = null;
      this.requestUpdate();
    }
  }

  private async compute(key: string, params: Record<string, unknown>, filter: Filter | null, versus: { params: Record<string, unknown>; filter: Filter | null } | undefined): Promise<void> {
    this.slow = false;
    clearTimeout(this.timer);
    // Nothing is shown for what takes less than 400 ms.
    this.timer = setTimeout(() => {
      this.slow = true;
      this.requestUpdate();
    }, 400);
    const started = performance.now();
    const { filters } = this;
    try {
      const out = await session.run(this.room, params, filter, "room");
      await out.ready();
      if (key === this.asked) this.took = performance.now() - started;
      let failed: unknown = null;
      const against = versus === undefined ? null : await session.run(this.room, versus.params, versus.filter, "compare").catch((error: unknown) => {
        failed = error;
        return null;
      });
      await against?.ready();
      if (this.room === "overview") {
        // What stands beside it is waited for as long as nobody notices; after that the figures come first.
        const extra = beside(filters).then((found) => {
          if (key !== this.asked) return;
          this.beside = found;
          this.requestUpdate();
        });
        await Promise.race([extra, new Promise((done) => setTimeout(done, 300))]);
      }
      if (key !== this.asked) return;
      this.out = out;
      this.against = against;
      this.unlike = failed;
      this.error = null;
      const meta = this.meta;
      if (meta) shown = { meta, out };
      if (this.app.sheet) store.set({});
      announce(this.root, this.finding(out));
    } catch (error) {
      if (key !== this.asked) return;
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

  private finding(out: Analysis): string {
    return this.room === "overview" ? headline(out, this.dragged ? null : this.beside.why) : say(out.words.headline);
  }

  override render(): TemplateResult {
    const meta = this.meta;
    if (!meta) return html`<main id="main" class="main"><div class="rh"><h1>${t("room.unknown")}</h1></div></main>`;
    shown = { meta, out: this.out };
    const missing = session.missing(meta);
    // Without all it needs the overview says what the other rooms find.
    if (meta.id === "overview" && missing.length > 0) return html`<kl-start></kl-start>`;
    const out = this.out;
    const head = missing.length > 0 ? say(meta.words.title) : this.error ? (tooLittleTitle(this.error) ?? say(meta.words.title)) : out ? this.finding(out) : "";
    const span = meta.id === "overview" && out ? spanWords(out, Boolean(this.filters.period ?? (this.app.params["overview"]?.["from"] || this.app.params["overview"]?.["to"]))) : "";
    return html`<main id="main" class="main" aria-busy=${this.slow}>
      <div class="rh">
        <p class="q">${meta.id === "overview" ? nothing : html`<span>${t(`question.${meta.question}` as Key)}</span><span aria-hidden="true">/</span>`}<span>${say(meta.words.title)}</span>${span ? html`<span aria-hidden="true">/</span><span>${span}</span>` : nothing}</p>
        <h1 part="headline" class=${head ? "" : "held"}>${whole(head || "—")}</h1>
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
    const looked = out && (this.room === "overview" || this.room === "explain_change") ? spanOf(out) : null;
    const period = looked ?? filters.period ?? session.span;
    if (period && session.column("date")) parts.push(dateRange(period[0], period[1], s));
    for (const d of filters.dimensions) if (d.values.length > 0) parts.push(d.values.length <= 3 ? d.values.join(t("list.comma")) : t("prov.values", { column: d.column, n: d.values.length }));
    const guessed = this.meta ? guessedWords(this.meta, this.app.params[this.room] ?? {}) : "";
    if (guessed) parts.push(html`<button class="link" type="button" title=${t("prov.guessedHint")} @click=${() => this.toggle("settings")}>${guessed}</button>`);
    for (const c of out?.words.method.choices.slice(0, 2) ?? []) parts.push(say(c).replace(/[.。]$/, ""));
    const left = out?.words.method.left_out.reduce((n, l) => n + l.rows, 0) ?? 0;
    if (left > 0) parts.push(html`<button class="link" type="button" @click=${() => store.set({ sheet: { kind: "method" } })}>${t("prov.leftOut", { n: format(left, "count", s) })}</button>`);
    return html`${parts.map((p, i) => html`${i > 0 ? " · " : nothing}<span>${typeof p === "string" ? whole(p) : p}</span>`)}`;
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
      ${out.words.tiles.length > 0 ? html`<kl-tiles .tiles=${out.words.tiles} .trend=${(out.summary as { trend?: Record<string, (number | null)[]> }).trend ?? {}} @tile=${(e: CustomEvent<string>) => store.set({ sheet: { kind: "method", tile: e.detail } })}></kl-tiles>` : nothing}
      ${this.against ? this.versus(out, this.against) : this.unlike && this.app.compare ? this.alone(this.unlike) : nothing}
      ${this.against ? this.pairs(out, this.against) : this.charts(out, overview)}
      ${this.table(overview && !this.dragged ? (this.beside.whole ?? out) : out, meta)}`;
  }

  // Charts

  private frame(c: Chart, out: Analysis, width: string, room = this.room): TemplateResult {
    return html`<kl-frame class="fr ${width}" .chart=${c} room=${room} .still=${this.dragged} ?pinned=${this.app.pins.some((p) => p.room === room && p.chart === c.id)}
      .marked=${this.app.selection?.chart === chartKey(room, c) ? this.app.selection.marks : []}
      @mark=${(e: CustomEvent<Mark>) => void this.select(e.detail, c, out, room)} @pin=${() => togglePin(room, c.id)}></kl-frame>`;
  }

  private charts(out: Analysis, overview: boolean): TemplateResult {
    const charts = out.words.charts;
    if (!overview) {
      const widths = [["w12"], ["w12"], ["w7", "w5"], ["w8", "w4", "w12"], ["w7", "w5", "w6", "w6"]][Math.min(charts.length, 4)] ?? [];
      return charts.length > 0 ? html`<div class="frames" part="charts">${charts.map((c, i) => this.frame(c, out, widths[i] ?? "w6"))}</div>` : html``;
    }
    const [first, ...rest] = pictures(out, this.dragged ? { whole: null, why: null } : this.beside);
    return html`<div class="frames" part="charts">
      ${first ? this.frame(first.chart, first.out, "w8", first.room) : nothing}${this.movements(out)}
      ${rest.map((p) => this.frame(p.chart, p.out, "w4", p.room))}${this.problems()}
    </div>`;
  }

  /** Compared: each chart twice, side by side on one scale, this view left. */
  private pairs(out: Analysis, other: Analysis): TemplateResult {
    const [mine, theirs] = [this.nameOf(this.app.filters), this.nameOf(this.app.compare)];
    const side = (chart: Chart, beside: Chart, name: string, on: boolean): TemplateResult => html`<div class="w6"><p class="side ${on ? "on" : ""}">${name}</p><kl-frame .chart=${chart} .beside=${beside} room=${this.room} ?pinned=${on && this.app.pins.some((p) => p.room === this.room && p.chart === chart.id)}
      @mark=${(e: CustomEvent<Mark>) => void this.select(e.detail, chart, on ? out : other, this.room, on ? this.app.filters : (this.app.compare ?? this.app.filters))} @pin=${() => on && togglePin(this.room, chart.id)}></kl-frame></div>`;
    return html`<div class="frames sides" part="charts">${out.words.charts.map((c) => {
      const twin = other.words.charts.find((x) => x.id === c.id) ?? null;
      return twin ? html`${side(c, twin, mine, true)}${side(twin, c, theirs, false)}` : this.frame(c, out, "w12");
    })}</div>`;
  }

  /** The largest changes in words, those beyond chance or their usual range first. */
  private movements(out: Analysis): TemplateResult {
    const list = moves(out, this.dragged ? null : this.beside.why, this.filters);
    return html`<section class="fr w4 mv"><header><h2>${t("moves.title")}</h2><p>${(out.summary as { previous?: unknown }).previous ? spanWords(out, Boolean(this.filters.period)) : t("moves.subtitle")}</p></header>
      ${list.length === 0 ? html`<p class="note">${t("moves.none")}</p>` : html`<ul>${list.map((m) => html`<li>
        <span class="t">${whole(m.text)}</span>
        <span class="a ${m.beyond ? (m.up ? "good" : "bad") : ""}">${m.amount}</span>
        <span class="w"><span>${m.word}</span><span class="fx">${m.tile ? html`<button class="link" type="button" @click=${() => store.set({ sheet: { kind: "method", tile: m.tile ?? "" } })}>${t("moves.how")}</button>` : nothing}<button class="link" type="button" @click=${m.customers}>${t("moves.customers")}</button></span></span></li>`)}</ul>`}
    </section>`;
  }

  private problems(): TemplateResult {
    const list = session.table ? problemsOf(session.table, session.issues).filter((p) => !p.settled) : [];
    return html`<section class="fr w4 dp"><header><h2>${list.length === 0 ? t("problems.none") : t("problems.n", { n: list.length })}</h2>${list.length === 0 ? nothing : html`<p>${t("problems.subtitle")}</p>`}</header>
      <ul>${list.slice(0, 6).map((p) => html`<li><span class=${p.grave ? "bad" : ""}>${icon(p.grave ? "warn" : "info")}</span><span>${p.title}</span>
        <button class="link" type="button" @click=${() => store.set({ screen: "import" })}>${t("problems.show")}</button></li>`)}</ul></section>`;
  }

  // Compare

  private nameOf(f: Filters | null): string {
    if (!f) return "";
    const list = [f.period ? dateRange(f.period[0], f.period[1], style()) : "", ...f.dimensions.filter((d) => d.values.length > 0).map((d) => d.values.slice(0, 2).join(t("list.comma")))];
    const a = this.app.audiences.find((x) => x.id === f.audience);
    if (a) list.push(a.name);
    return list.filter(Boolean).join(" · ") || t("compare.everyone");
  }

  /** The other view has no answer: said where it would have stood. */
  private alone(error: unknown): TemplateResult {
    const name = this.nameOf(this.app.compare);
    const nobody = isEngineError(error) && error.code === "no_rows";
    const p = problemOf(error);
    return html`<section class="versus fr" role="status"><header><h2>${t("compare.failed", { name })}</h2><p>${nobody ? t("compare.nobody") : [p.title, p.remedy].filter(Boolean).join(" ")}</p></header>
      <button class="btn" type="button" @click=${() => store.change({ compare: null })}>${t("compare.stop")}</button></section>`;
  }

  private versus(out: Analysis, other: Analysis): TemplateResult {
    const s = style();
    const heads = [this.nameOf(this.app.filters), this.nameOf(this.app.compare), t("compare.difference")];
    const cell = (at: number, value: TemplateResult | string): TemplateResult => html`<td role="cell" class="num" data-head=${heads[at] ?? ""}><span>${value}</span></td>`;
    const rows = out.words.tiles.map((tile) => ({ tile, b: other.words.tiles.find((x) => x.id === tile.id) ?? null }));
    return html`<section class="versus fr"><header><h2>${t("compare.title")}</h2><p>${t("compare.text")}</p></header>
      <table role="table" class="stacks"><thead role="rowgroup"><tr role="row"><td role="cell"></td>${heads.map((h) => html`<th role="columnheader" scope="col" class="num">${h}</th>`)}</tr></thead>
      <tbody role="rowgroup">${rows.map(({ tile, b }) => {
        // A figure of another month or group is named, and not set off against this one.
        const [name, other] = [say(tile.label), say(b?.label ?? tile.label)];
        const v = b && name === other ? verdict({ ...tile, previous: b.value, usual: null, interval: tile.interval }) : null;
        return html`<tr role="row"><th role="rowheader" scope="row">${titled(name)}</th>${cell(0, format(tile.value, tile.format, s, "tile"))}${
          cell(1, html`${b ? format(b.value, b.format, s, "tile") : "—"}${name === other ? nothing : html`<small class="alien">${titled(other)}</small>`}`)}${cell(2, v ? v.text : "—")}</tr>`;
      })}</tbody></table></section>`;
  }

  // The table behind, and what is behind a mark

  private table(out: Analysis, meta: AnalysisMeta): TemplateResult {
    if (out.frame.rows === 0) return html``;
    const { columns, sort } = columnsFor(out, meta);
    const customers = columns[0]?.id === "customer";
    return html`<section class="fr behind"><header><h2>${customers ? t("behind.customers") : t("behind.rows")}</h2><p>${this.app.selection && this.only ? this.app.selection.label : t("behind.text", { n: format(out.frame.rows, "count", style()) })}</p></header>
      <kl-table .columns=${columns} .rows=${out.frame.rows} .only=${this.only} .caption=${say(out.words.headline)} file=${this.room} searchable ?opens=${customers} .sortBy=${sort}
        @open=${(e: CustomEvent<{ row: number }>) => this.open(out, e.detail.row)}></kl-table></section>`;
  }

  private open(out: Analysis, row: number): void {
    const ids = out.frame.columns["customer"];
    if (!Array.isArray(ids)) return;
    const table = this.querySelector("kl-table") as (HTMLElement & { sequence(): Uint32Array }) | null;
    const order = table ? [...table.sequence().subarray(0, 50_000)] : [row];
    openCustomer(String(ids[row]), order.map((i) => String(ids[i])), this.app.selection?.label ?? say(this.meta?.words.title));
  }

  private async select(mark: Mark, chart: Chart, out: Analysis, room: string, filters = this.filters): Promise<void> {
    const rows = await pursue(mark, chart, out, room, filters);
    // Rows of this room's own table are shown there.
    if (rows && room === this.room && out === this.out) this.only = Uint32Array.from(rows);
    this.requestUpdate();
  }

  /** The table of this room holds the customers that are selected: no other list is needed to show them. */
  get holdsSelection(): boolean {
    return this.only !== null && this.out !== null && columnsFor(this.out, this.meta as AnalysisMeta).columns[0]?.id === "customer";
  }

  scrollToTable(): void {
    this.querySelector(".behind")?.scrollIntoView({ block: "start" });
    (this.querySelector(".dtbox") as HTMLElement | null)?.focus();
  }
}

/** The days an answer is about, where it looks at a part of the data. */
function spanOf(out: Analysis): [string, string] | null {
  const { from, to, before_span, after_span } = out.summary as { from?: string; to?: string; before_span?: { from: string }; after_span?: { to: string } };
  const [a, b] = [before_span?.from ?? from, after_span?.to ?? to];
  return a && b ? [a, b] : null;
}

/** Columns that nobody chose, named where the finding stands, so that a guess is never silent. */
function guessedWords(meta: AnalysisMeta, chosen: Record<string, unknown>): string {
  const params = session.params(meta);
  const name = (key: string): string => (key in chosen ? "" : columnOf(params[key]));
  const main = name("target") || name("measure") || name("event");
  const by = name("by");
  if (!main) return "";
  return by ? t("prov.guessedBy", { column: main, by }) : t("prov.guessed", { column: main });
}

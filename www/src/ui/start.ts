/**
 * The overview of a file without an amount, a date or a customer: what the rooms that can answer find, the most telling
 * first, and which column would open the others.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { leaving } from "../state/guess.ts";
import { session } from "../state/session.ts";
import { store, style } from "../state/store.ts";
import type { Analysis, AnalysisMeta, Role } from "../types/engine.ts";
import { go, togglePin } from "./actions.ts";
import { announce, Piece, whole } from "./element.ts";
import { icon } from "./icons.ts";
import { choices, more, roleName } from "./states.ts";
import "./frame.ts";
import "./tiles.ts";

/** What a person would look at first, in this order; the description of the columns can always be given. */
const ORDER = ["churn", "revenue", "explain_change", "lifecycle", "cohort", "pareto", "product", "survival", "classify", "compare", "correlate", "describe"];
/** Rooms that look at one customer's orders over time say nothing where hardly anybody has more than one row. */
const REPEATED = ["lifecycle", "cohort"];
const HARDLY = 0.95;
/** What is quick whatever the length. */
const QUICK = ["revenue", "cohort", "pareto", "product", "lifecycle", "describe"];
const MANY = 300_000;
const SHOWN = 6;

interface Finding {
  meta: AnalysisMeta;
  out: Analysis;
}

@customElement("kl-start")
export class Start extends Piece {
  private found: Finding[] = [];
  private asked = "";
  private done = false;
  /** The room that is asked now, once it takes longer than a moment. */
  private working: AnalysisMeta | null = null;

  protected override willUpdate(): void {
    const table = session.table;
    if (!table) return;
    const { filters } = this.app;
    const rooms = this.rooms();
    const key = JSON.stringify([this.app.version, session.filter(filters), rooms.map((m) => [m.id, session.params(m)])]);
    if (key === this.asked || (session.spanPending && rooms.some((m) => m.id === "explain_change"))) return;
    this.asked = key;
    this.found = [];
    this.done = false;
    this.working = null;
    void this.compute(key, rooms);
  }

  private rooms(): AnalysisMeta[] {
    const table = session.table;
    if (!table) return [];
    const customer = session.column("customer");
    const once = !customer || customer.distinct >= HARDLY * (table.rows - customer.nulls);
    const gone = leaving(table.schema) !== null;
    const known = ["customer", "date", "amount", "target"].some((r) => session.column(r as Role));
    const ids = ORDER.filter((id) => (table.rows <= MANY || QUICK.includes(id)) && !(once && (REPEATED.includes(id) || (id === "churn" && !gone))));
    // Where nobody leaves, what happened is told by what goes along with it before how long it took.
    if (!gone) ids.unshift("classify", "compare");
    // Nothing is known of the columns: what they hold comes before what moves together.
    if (!known) ids.unshift("describe");
    return [...new Set(ids)].map((id) => session.meta(id)).filter((m): m is AnalysisMeta => m !== undefined && session.ready(m));
  }

  /** One after the other, each shown when it is there; what cannot be said of these data is passed over. */
  private async compute(key: string, rooms: AnalysisMeta[]): Promise<void> {
    for (const meta of rooms) {
      if (this.found.length >= SHOWN) break;
      const { params, filter } = session.ask(meta.id);
      const slow = setTimeout(() => {
        this.working = meta;
        this.requestUpdate();
      }, 400);
      const out = await session.run(meta.id, params, filter, `start ${meta.id}`).catch(() => null);
      clearTimeout(slow);
      if (key !== this.asked) return;
      this.working = null;
      if (!out) continue;
      this.found = [...this.found, { meta, out }];
      if (this.found.length === 1) announce(this.root, say(out.words.headline));
      this.requestUpdate();
    }
    this.done = true;
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const meta = session.meta("overview");
    const table = session.table;
    if (!meta || !table) return html``;
    const missing = session.missing(meta);
    const s = style();
    const [first, ...rest] = this.found;
    const n = this.app.count ?? this.app.total;
    const customers = n?.customers;
    const facts = [
      ...(customers !== null && customers !== undefined ? [t("count.customers", { n: format(customers, "count", s) })] : []),
      t("count.rows", { n: format(n?.rows ?? table.rows, "count", s) }), t("start.columns", { n: table.columns }), t("start.without", { roles: missing.map(roleName).join(t("list.comma")) }),
    ];
    const head = first ? say(first.out.words.headline) : this.done ? t("start.nothing") : "";
    return html`<main id="main" class="main" aria-busy=${!this.done}>
      <div class="rh"><p class="q"><span>${say(meta.words.title)}</span>${first ? html`<span aria-hidden="true">/</span><button class="link" type="button" @click=${() => go("room", first.meta.id)}>${say(first.meta.words.title)}</button>` : nothing}</p>
        <h1 part="headline" class=${head ? "" : "held"}>${whole(head || "—")}</h1>
        <div class="meta"><p class="prov" part="provenance">${facts.map((f, i) => html`${i > 0 ? " · " : nothing}<span>${f}</span>`)}</p>
          <div class="acts"><button class="btn q rep" type="button" @click=${() => store.set({ dialog: "report" })}>${icon("report")} ${t("room.report")}</button></div></div></div>
      ${this.working ? this.wait(this.working) : nothing}
      ${first ? html`${first.out.words.tiles.length > 0 ? html`<kl-tiles .tiles=${first.out.words.tiles} @tile=${() => go("room", first.meta.id)}></kl-tiles>` : nothing}
        <div class="frames" part="charts">${this.frame(first, "w8")}
          <section class="fr w4 mv"><header><h2>${t("start.found")}</h2><p>${t(this.done && rest.length === 0 ? "start.onlyThis" : "start.foundText")}</p></header>
            <ul>${rest.map((f) => html`<li><span class="t">${whole(say(f.out.words.headline))}</span><span class="w"><span>${say(f.meta.words.title)}</span><button class="link" type="button" @click=${() => go("room", f.meta.id)}>${t("customer.openRoom")}</button></span></li>`)}</ul></section>
          ${rest.filter((f) => f.meta.id !== "describe").slice(0, 2).map((f) => this.frame(f, "w6"))}</div>`
        : this.done ? nothing : html`<kl-tiles .tiles=${null}></kl-tiles><div class="frames"><div class="w8 hold"></div><div class="w4 hold"></div></div>`}
      <section class="state"><h2>${t("start.more")}</h2><p>${t("state.needsText")}</p>
        ${choices(missing, (role) => this.opens(role))}${more()}</section>
    </main>`;
  }

  /** A model may take its time on many columns: said, and passed over at a click; the others are asked then. */
  private wait(meta: AnalysisMeta): TemplateResult {
    return html`<div class="working" role="status"><b>${t("state.working", { room: say(meta.words.title) })}</b>
      <div class="progress busy"><i></i></div>
      <button class="btn" type="button" @click=${() => session.cancel(`start ${meta.id}`)}>${icon("close")} ${t("start.pass")}</button><span class="note">${t("state.goOn")}</span></div>`;
  }

  private frame({ meta, out }: Finding, width: string): TemplateResult {
    const [chart] = out.words.charts;
    if (!chart) return html``;
    return html`<kl-frame class=${width} .chart=${chart} room=${meta.id} ?pinned=${this.app.pins.some((p) => p.room === meta.id && p.chart === chart.id)}
      @mark=${() => go("room", meta.id)} @pin=${() => togglePin(meta.id, chart.id)}></kl-frame>`;
  }

  /** The rooms that wait for this column. */
  private opens(role: Role): string {
    const rooms = session.metas().filter((m) => session.missing(m).includes(role)).map((m) => say(m.words.title));
    return t("start.opens", { rooms: rooms.join(t("list.comma")) });
  }
}

/** The filter bar: period, the dimensions the data has, saved audiences, the live count, compare, undo and redo. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { dateRange, format } from "../i18n/format.ts";
import { t } from "../i18n/index.ts";
import { isEmpty } from "../state/filter.ts";
import { session } from "../state/session.ts";
import { noFilters, store, style, type Filters, type State } from "../state/store.ts";
import type { ColumnSchema, Role } from "../types/engine.ts";
import { Piece } from "./element.ts";
import { icon } from "./icons.ts";
import { say } from "../i18n/index.ts";
import { roleTitle } from "./states.ts";
import { isoOf, msOf, spanBefore, yearBefore } from "../state/guess.ts";
import "./brush.ts";
import "./menu.ts";

const DIMENSIONS: Role[] = ["region", "channel", "category", "segment"];

@customElement("kl-filterbar")
export class FilterBar extends Piece {
  private counts = new Map<string, { value: string; n: number }[]>();
  private distinct = new Map<string, number>();
  private countFor = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private find = "";
  private seen = -1;

  protected override onStore(state: State, before: State): void {
    super.onStore(state, before);
    if (state.filters !== before.filters || state.version !== before.version || state.audiences !== before.audiences) this.recount();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.recount();
  }

  /** The count settles a moment after the last change, so that a screen reader hears one number. */
  private recount(): void {
    const filter = session.filter();
    const key = JSON.stringify([this.app.version, filter]);
    if (key === this.countFor || !session.table) return;
    this.countFor = key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!session.table) return;
      if (!filter) store.set({ count: null });
      else void session.table.count(filter).then((count) => this.countFor === key && store.set({ count })).catch(() => undefined);
    }, 400);
  }

  private columns(): ColumnSchema[] {
    const found: ColumnSchema[] = [];
    for (const role of DIMENSIONS) {
      const c = session.column(role);
      if (c) found.push(c);
    }
    return found;
  }

  private listOf(column: string): { value: string; n: number }[] | null {
    if (this.seen !== this.app.version) {
      this.seen = this.app.version;
      this.counts.clear();
      this.distinct.clear();
    }
    const known = this.counts.get(column);
    if (known) return known;
    this.counts.set(column, []);
    void session.values(column).then(({ values, distinct }) => {
      this.counts.set(column, values);
      this.distinct.set(column, distinct);
      this.requestUpdate();
    }).catch(() => undefined);
    return null;
  }

  override render(): TemplateResult {
    const { filters, count, total, synthetic, audiences, compare } = this.app;
    const s = style();
    const shown = this.columns();
    const extra = filters.dimensions.filter((d) => !shown.some((c) => c.name === d.column));
    const audience = audiences.find((a) => a.id === filters.audience);
    const customers = total?.customers;
    const n = (v: number | null | undefined): string => (v === null || v === undefined ? "—" : format(v, "count", s));
    const text = customers !== null && customers !== undefined
      ? count ? t("count.customersOf", { n: n(count.customers), of: n(customers) }) : t("count.customers", { n: n(customers) })
      : count ? t("count.rowsOf", { n: n(count.rows), of: n(total?.rows) }) : t("count.rows", { n: n(total?.rows) });
    const items = html`
      ${session.column("date") ? this.period(filters) : nothing}
      ${shown.map((c) => this.dimension(c.name, c.role ? roleTitle(c.role) : c.name, filters))}
      ${extra.map((d) => this.dimension(d.column, d.column, filters))}
      ${audience ? html`<span class="chipwrap on"><span class="chip on" title=${audience.name}><span>${t("filter.audience")}</span> <em>${audience.name}</em></span>${this.clear(t("filter.audience"), { ...filters, audience: null })}</span>` : nothing}
      ${this.more(filters, shown)}`;
    return html`<div class="bar" role="region" aria-label=${t("filter.label")}>
      <button class="ib burger" type="button" aria-label=${t("nav.label")} @click=${() => store.set({ nav: true })}>${icon("menu")}</button>
      <b class="where">${this.where()}</b>
      <div class="filters">${items}</div>
      <kl-pop class="narrowfilters" kind="btn q" .face=${html`${icon("filter")} <span class="word">${t("filter.narrow")}</span>${isEmpty(filters) ? nothing : html` <b class="dot"></b>`}`} .label=${t("filter.label")} .body=${() => html`<div class="filtersheet">${items}<p class="note narrowcount">${text}</p><div class="fx pastnarrow"><button class="btn q" type="button" ?disabled=${!store.canUndo} @click=${() => store.undo()}>${icon("undo")} ${t("undo")}</button><button class="btn q" type="button" ?disabled=${!store.canRedo} @click=${() => store.redo()}>${icon("redo")} ${t("redo")}</button><button class="btn q" type="button" @click=${() => store.set({ sheet: { kind: "steps" } })}>${icon("history")} ${t("nav.steps")}</button></div><details class="cmpnarrow" ?open=${compare !== null}><summary>${t("compare.start")}</summary>${this.compareBody()}</details></div>`}></kl-pop>
      <span class="sp"></span>
      ${synthetic ? html`<span class="tag syn"><span class="whole">${t("filter.synthetic")}</span><span class="brief">${t("filter.syntheticBrief")}</span></span>` : nothing}
      <span class="cnt" aria-live="polite">${text}</span><span class="vr"></span>
      <kl-pop class="cmp" kind="btn q ${compare ? "on" : ""}" .label=${t("compare.start")} .face=${html`${icon("compare")} <span class="txt">${t("compare.start")}</span>${compare ? html` <b class="dot"></b>` : nothing}`} .body=${() => this.compareBody()}></kl-pop>
      <span class="past">
      <button class="ib" type="button" aria-label=${t("undo")} title=${t("undo")} ?disabled=${!store.canUndo} @click=${() => store.undo()}>${icon("undo")}</button>
      <button class="ib" type="button" aria-label=${t("redo")} title=${t("redo")} ?disabled=${!store.canRedo} @click=${() => store.redo()}>${icon("redo")}</button>
      <button class="ib" type="button" aria-label=${t("nav.steps")} title=${t("nav.steps")} @click=${() => store.set({ sheet: this.app.sheet?.kind === "steps" ? null : { kind: "steps" } })}>${icon("history")}</button>
      </span>
      <button class="ib nsearch" type="button" aria-label=${t("nav.search")} @click=${() => store.set({ palette: true })}>${icon("search")}</button>
    </div>`;
  }

  private where(): string {
    const { screen, room } = this.app;
    if (screen === "customers" || screen === "customer") return t("nav.customers");
    if (screen === "board") return t("nav.board");
    return say(session.meta(room)?.words.title);
  }

  private clear(name: string, without: Filters): TemplateResult {
    return html`<button class="x" type="button" aria-label=${t("filter.remove", { name })} @click=${(e: Event) => {
      e.stopPropagation();
      store.change({ filters: without });
    }}>${icon("close")}</button>`;
  }

  private period(filters: Filters): TemplateResult {
    const set = filters.period;
    const span = session.span;
    const face = html`<span>${t("filter.period")}</span> ${set ? dateRange(set[0], set[1], style()) : span ? dateRange(span[0], span[1], style()) : t("filter.all")} ${icon("down")}`;
    return html`<span class="chipwrap ${set ? "on" : ""}"><kl-pop kind="chip ${set ? "on" : ""}" .label=${t("filter.period")} .face=${face} .body=${() => this.periodBody(filters)}></kl-pop>${set ? this.clear(t("filter.period"), { ...filters, period: null }) : nothing}</span>`;
  }

  private periodBody(filters: Filters): TemplateResult {
    const span = session.span;
    const [from, to] = filters.period ?? span ?? ["", ""];
    const put = (a: string, b: string): void => {
      if (a && b) store.change({ filters: { ...filters, period: a <= b ? [a, b] : [b, a] } });
    };
    const last = (days: number): void => {
      if (!span) return;
      const end = Date.parse(`${span[1]}T00:00:00Z`);
      put(new Date(end - (days - 1) * 86_400_000).toISOString().slice(0, 10), span[1]);
    };
    return html`<kl-brush .filters=${filters}></kl-brush><form class="periodform" @submit=${(e: Event) => e.preventDefault()}>
      <label>${t("filter.from")}<input type="date" .value=${from} min=${span?.[0] ?? nothing} max=${span?.[1] ?? nothing} @change=${(e: Event) => put((e.target as HTMLInputElement).value, to)}></label>
      <label>${t("filter.to")}<input type="date" .value=${to} min=${span?.[0] ?? nothing} max=${span?.[1] ?? nothing} @change=${(e: Event) => put(from, (e.target as HTMLInputElement).value)}></label>
      ${span ? html`<div class="quick">${[30, 90, 180, 365].map((d) => html`<button class="btn q" type="button" @click=${() => last(d)}>${t("filter.lastDays", { n: d })}</button>`)}
        <button class="btn q" type="button" @click=${() => store.change({ filters: { ...filters, period: null } })}>${t("filter.all")}</button></div>` : nothing}
    </form>`;
  }

  private dimension(column: string, label: string, filters: Filters): TemplateResult {
    const mine = filters.dimensions.find((d) => d.column === column);
    const list = this.listOf(column);
    const chosen = mine?.values ?? [];
    const total = this.distinct.get(column) ?? list?.length ?? 0;
    const value = chosen.length === 0 ? t("filter.allN", { n: format(total, "count", style()) }) : chosen.length === 1 ? (chosen[0] ?? "") : t("filter.nOf", { n: chosen.length, of: total });
    const without = { ...filters, dimensions: filters.dimensions.filter((d) => d.column !== column) };
    return html`<span class="chipwrap ${chosen.length ? "on" : ""}"><kl-pop kind="chip ${chosen.length ? "on" : ""}" .label=${label} .face=${html`<span>${label}</span> <em>${value}</em> ${icon("down")}`}
      @kl-pop-open=${() => (this.find = "")} .body=${() => this.valuesBody(column, label, filters)}></kl-pop>${chosen.length ? this.clear(label, without) : nothing}</span>`;
  }

  private valuesBody(column: string, label: string, filters: Filters): TemplateResult {
    const list = this.counts.get(column) ?? [];
    const chosen = new Set(filters.dimensions.find((d) => d.column === column)?.values ?? []);
    const wanted = this.find.toLocaleLowerCase();
    const shown = list.filter((v) => !wanted || v.value.toLocaleLowerCase().includes(wanted)).slice(0, 200);
    const put = (values: string[]): void => {
      const rest = filters.dimensions.filter((d) => d.column !== column);
      const role = session.table?.schema.find((c) => c.name === column)?.role ?? null;
      store.change({ filters: { ...filters, dimensions: values.length > 0 ? [...rest, { column, role, values }] : rest } });
    };
    return html`${list.length > 8 ? html`<label class="field find">${icon("search")}<span class="vh">${t("table.search")}</span><input type="search" placeholder=${t("table.search")} .value=${this.find} @input=${(e: Event) => {
        this.find = (e.target as HTMLInputElement).value;
        this.requestUpdate();
        const pop = (e.target as HTMLElement).closest("kl-pop") as Piece | null;
        pop?.requestUpdate();
      }}></label>` : nothing}
      <fieldset class="checks"><legend class="vh">${label}</legend>${shown.map((v) => html`<label><input type="checkbox" .checked=${chosen.has(v.value)} @change=${(e: Event) => {
        if ((e.target as HTMLInputElement).checked) chosen.add(v.value);
        else chosen.delete(v.value);
        put([...chosen]);
      }}> <span>${v.value}</span><small>${format(v.n, "count", style())}</small></label>`)}</fieldset>
      ${list.length > 200 ? html`<p class="note">${t("filter.tooMany")}</p>` : nothing}
      <div class="quick"><button class="btn q" type="button" @click=${() => put([])}>${t("filter.allValues")}</button></div>`;
  }

  private more(filters: Filters, shown: ColumnSchema[]): TemplateResult {
    const columns = (session.table?.schema ?? []).filter((c) => !shown.includes(c) && !filters.dimensions.some((d) => d.column === c.name) && c.type !== "date" && c.type !== "timestamp" && c.distinct > 1 && c.distinct <= 500);
    const items = [
      ...this.app.audiences.map((a) => ({ id: `a:${a.id}`, label: a.name, icon: "bookmark" as const, hint: format(a.customers.length, "count", style()) })),
      ...columns.slice(0, 40).map((c, i) => ({ id: `c:${c.name}`, label: c.name, hint: format(c.distinct, "count", style()), separated: i === 0 && this.app.audiences.length > 0 })),
      ...(session.table ? [{ id: "rule", label: t("rule.write"), icon: "fx" as const, separated: true }] : []),
      ...(isEmpty(filters) ? [] : [{ id: "clear", label: t("filter.clear"), icon: "close" as const, separated: true }]),
    ];
    if (items.length === 0) return html``;
    return html`<kl-menu kind="chip dash" .label=${t("filter.add")} .face=${html`${icon("plus")} ${t("filter.add")}`} .items=${items} @choose=${(e: CustomEvent<string>) => {
      const id = e.detail;
      if (id === "rule") store.set({ sheet: { kind: "rule" } });
      else if (id === "clear") store.change({ filters: noFilters() });
      else if (id.startsWith("a:")) store.change({ filters: { ...filters, audience: id.slice(2) } });
      else {
        const column = id.slice(2);
        const role = session.table?.schema.find((c) => c.name === column)?.role ?? null;
        store.set({ filters: { ...filters, dimensions: [...filters.dimensions, { column, role, values: [] }] } });
      }
    }}></kl-menu>`;
  }

  /** What this view is set against: an earlier time, everyone, or a saved audience. */
  private compareBody(): TemplateResult {
    const { compare, filters, audiences } = this.app;
    const span = session.span;
    const now = filters.period ?? null;
    const set = (to: Filters | null, mine: Filters = filters): void => {
      store.change({ filters: mine, compare: to });
    };
    const same = (f: Filters): boolean => JSON.stringify(f) === JSON.stringify(compare);
    const choice = (label: string, hint: string, to: Filters, mine: Filters = filters): TemplateResult =>
      html`<button class="mi" type="button" aria-pressed=${same(to)} @click=${() => set(to, mine)}><span class="mk">${same(to) ? icon("check") : nothing}</span><span class="ml"><span>${label}</span><small>${hint}</small></span></button>`;
    const words = (p: [string, string]): string => dateRange(p[0], p[1], style());
    const half = (): TemplateResult | typeof nothing => {
      if (!span || now) return nothing;
      const middle = msOf(span[0]) + Math.floor((msOf(span[1]) - msOf(span[0])) / 2 / 86_400_000) * 86_400_000;
      const [a, b]: [string, string][] = [[span[0], isoOf(middle)], [isoOf(middle + 86_400_000), span[1]]];
      return a && b ? choice(t("compare.halves"), `${words(b)} / ${words(a)}`, { ...filters, period: a }, { ...filters, period: b }) : nothing;
    };
    const others = audiences.filter((x) => x.id !== filters.audience);
    return html`<div class="cmpbody" role="group" aria-label=${t("compare.start")}>
      <p class="note">${t("compare.with")}</p>
      ${now ? choice(t("option.previous"), words(spanBefore(now)), { ...filters, period: spanBefore(now) }) : nothing}
      ${now ? choice(t("option.year_ago"), words(yearBefore(now)), { ...filters, period: yearBefore(now) }) : nothing}
      ${half()}
      ${isEmpty(filters) ? nothing : choice(t("compare.everyone"), t("filter.clear"), noFilters())}
      ${others.map((x) => choice(x.name, t("count.customers", { n: format(x.customers.length, "count", style()) }), { ...filters, audience: x.id }))}
      ${span ? html`<form class="periodform" @submit=${(e: Event) => {
        e.preventDefault();
        const [from, to] = [...(e.target as HTMLElement).querySelectorAll("input")].map((i) => i.value);
        if (from && to) set({ ...filters, period: from <= to ? [from, to] : [to, from] });
      }}><label>${t("filter.from")}<input type="date" min=${span[0]} max=${span[1]} .value=${compare?.period?.[0] ?? ""}></label><label>${t("filter.to")}<input type="date" min=${span[0]} max=${span[1]} .value=${compare?.period?.[1] ?? ""}></label><button class="btn" type="submit">${t("compare.set")}</button></form>` : nothing}
      ${compare ? html`<button class="btn q" type="button" @click=${() => set(null)}>${icon("close")} ${t("compare.stop")}</button>` : nothing}</div>`;
  }
}

/** One customer: who, since when, what was bought, how late, notes; and places for what other rooms know. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { date, format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { noFilters, store, style } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import type { Analysis, Chart, Role, Tile } from "../types/engine.ts";
import { Piece } from "./element.ts";
import { go, trailOf, walk } from "./actions.ts";
import { icon } from "./icons.ts";
import { namesIn } from "./names.ts";
import { mask, readCustomer, readRow, type CustomerData } from "./customer-data.ts";
import { problemCard, roleTitle } from "./states.ts";
import { problemOf } from "../state/session.ts";
import type { TableColumn } from "./table.ts";
import "./frame.ts";
import "./table.ts";
import "./tiles.ts";

/** Beyond this many rows a model is fitted in its own room only. */
const MODEL_ROWS = 300_000;

@customElement("kl-customer")
export class Customer extends Piece {
  private data: CustomerData | null = null;
  private scores: { label: string; value: string; room: string }[] = [];
  /** What models say of this customer: tiles beside the counted figures, reasons in words. */
  private foretold: Tile[] = [];
  private reasons = new Map<string, string>();
  private error: unknown = null;
  private asked = "";
  private charts: Chart[] = [];
  private adding = false;

  protected override willUpdate(): void {
    const id = this.app.customer;
    if (!id || !session.table) return;
    const key = `${this.app.version} ${id}`;
    if (key === this.asked) return;
    this.asked = key;
    this.adding = false;
    void this.load(id, key);
  }

  private async load(id: string, key: string): Promise<void> {
    try {
      const table = session.table!;
      const dated = session.column("date") !== undefined;
      const data = dated ? readCustomer(id, await table.customer(id)) : readRow(id, table, await table.toCsv({ header: false, guard: false, filter: { customers: [id] } }));
      if (key !== this.asked) return;
      this.data = data;
      this.charts = dated ? [timeline(data), ...bought(data)] : [];
      this.error = null;
      this.scores = [];
      this.foretold = [];
      this.reasons.clear();
      this.requestUpdate();
      await this.loadScores(id, key);
    } catch (error) {
      if (key !== this.asked) return;
      this.error = error;
      this.data = null;
      this.requestUpdate();
    }
  }

  /** What rooms that were already computed say of this customer. Nothing heavy is started for it. */
  private async loadScores(id: string, key: string): Promise<void> {
    for (const room of ["rfm", "lifecycle"]) {
      const meta = session.meta(room);
      if (!meta || session.missing(meta).length > 0) continue;
      const out: Analysis | null = await session.run(room, this.app.params[room] ?? {}, null).catch(() => null);
      await out?.ready();
      if (!out || key !== this.asked) return;
      const ids = out.frame.columns["customer"];
      const at = Array.isArray(ids) ? ids.indexOf(id) : -1;
      if (at < 0) continue;
      const s = style();
      for (const name of room === "rfm" ? ["segment", "r", "f", "m"] : ["stage", "lateness"]) {
        const i = meta.frame.findIndex((c) => c.name === name);
        const values = out.frame.columns[name];
        if (!values) continue;
        const words = meta.words.frame[i];
        const named = namesIn(out.summary).get(String(values[at]));
        this.scores.push({ label: name === "segment" ? say(meta.words.title) : words ? say(words) : name, value: named ? say(named) : format(values[at], meta.frame[i]?.format ?? "text", s, "tile"), room });
      }
      this.requestUpdate();
    }
    await this.foretell(id, key);
  }

  /** Predicted value and the chance to leave, where the models can be fitted quickly. */
  private async foretell(id: string, key: string): Promise<void> {
    if ((session.table?.rows ?? 0) > MODEL_ROWS) return;
    for (const room of ["clv", "churn"]) {
      const meta = session.meta(room);
      if (!meta || session.missing(meta).length > 0) continue;
      const { params, filter } = session.ask(room, noFilters());
      const out = await session.run(room, params, filter).catch(() => null);
      await out?.ready();
      if (key !== this.asked) return;
      const ids = out?.frame.columns["customer"];
      const at = Array.isArray(ids) ? ids.indexOf(id) : -1;
      if (!out || at < 0) continue;
      const number = (name: string): number | null => {
        const v = (out.frame.columns[name] as ArrayLike<number> | undefined)?.[at];
        return v === undefined || v === null || Number.isNaN(v) ? null : Number(v);
      };
      const tile = (name: string, low: number | null = null, high: number | null = null): void => {
        const i = meta.frame.findIndex((c) => c.name === name);
        const value = number(name);
        if (value === null || i < 0) return;
        this.foretold.push({ id: name, label: name === "clv" ? meta.words.title : (meta.words.frame[i] ?? meta.words.title), value, format: meta.frame[i]?.format ?? "number", previous: null, interval: low !== null && high !== null ? [low, high] : null, usual: null, n: null, definition: meta.words.about });
      };
      if (room === "clv") {
        tile("clv", number("clv_low"), number("clv_high"));
        if (number("clv") === null) tile("expected_purchases");
      } else {
        tile("probability");
        const words = out.frame.columns[this.app.locale === "zh-CN" ? "reasons_zh" : "reasons"];
        const text = Array.isArray(words) ? words[at] : null;
        if (text) this.reasons.set(room, String(text));
      }
      this.requestUpdate();
    }
  }

  override render(): TemplateResult {
    const id = this.app.customer ?? "";
    if (this.error) return html`<main id="main" class="main">${problemCard(problemOf(this.error))}<button class="btn" type="button" @click=${() => go("customers")}>${t("nav.customers")}</button></main>`;
    const d = this.data;
    const trail = trailOf();
    const at = trail.ids.indexOf(id);
    const s = style();
    return html`<main id="main" class="main cust">
      <aside class="who" part="profile">${this.who(id, d)}</aside>
      <div class="story">
        <div class="rh"><p class="q">${trail.label ? html`<button class="link" type="button" @click=${() => go("customers")}>${trail.label}</button>` : html`<span>${t("nav.customers")}</span>`}
            ${at >= 0 ? html`<span aria-hidden="true">/</span><span>${t("customer.nth", { n: format(at + 1, "count", s), of: format(trail.ids.length, "count", s) })}</span>` : nothing}<span class="sp"></span>
            <button class="ib" type="button" aria-label=${t("customer.previous")} title=${`${t("customer.previous")} (K)`} ?disabled=${at <= 0} @click=${() => walk(-1)}>${icon("up")}</button>
            <button class="ib" type="button" aria-label=${t("customer.next")} title=${`${t("customer.next")} (J)`} ?disabled=${at < 0 || at >= trail.ids.length - 1} @click=${() => walk(1)}>${icon("down")}</button></p>
          <h1 part="headline">${d ? d.headline : "—"}</h1></div>
        <kl-tiles .tiles=${d ? this.tiles(d) : null}></kl-tiles>
        ${d?.row ? html`<section class="fr behind"><header><h2>${t("customer.columns")}</h2><p>${t("customer.fromRow", { n: d.row.rows, columns: session.table?.columns ?? 0 })}</p></header><dl class="pairs asis">${d.row.cells.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`
          : d ? html`<div class="frames">${this.charts.map((c, i) => html`<kl-frame class=${i === 0 ? "w12" : "w6"} .chart=${c} room="customer"></kl-frame>`)}</div>${this.orders(d)}` : nothing}
      </div></main>`;
  }

  private tiles(d: CustomerData): Tile[] {
    const tile = (id: string, en: string, zh: string, value: number | null, fmt: string, den: string, dzh: string): Tile =>
      ({ id, label: { en, zh }, value, format: fmt, previous: null, interval: null, usual: null, n: null, definition: { en: den, zh: dzh } });
    return [
      tile("revenue", "Revenue", "累计销售额", d.revenue, "money", "Sum of the amounts of all orders, refunds taken off.", "全部订单金额之和，已扣除退款。"),
      tile("orders", "Orders", "订单", d.row ? null : d.orders.length, "count", "Distinct orders.", "不重复的订单数。"),
      tile("gap", "Usual gap", "惯常间隔", d.gap, "days", "Median of the days between purchase days.", "相邻购买日间隔天数的中位数。"),
      tile("since", "Days since last order", "距上次购买", d.since, "days", "To the last day in the data.", "截至数据中的最后一天。"),
    ].filter((x) => x.value !== null).concat(this.foretold);
  }

  private who(id: string, d: CustomerData | null): TemplateResult {
    const { unmasked, audiences, notes } = this.app;
    const personal = d?.attributes.filter((a) => a.personal) ?? [];
    const shown = (a: CustomerData["attributes"][number]): string => (a.personal && !unmasked ? mask(a.value, a.role) : a.value);
    const name = personal.find((a) => a.role === "name");
    const mine = audiences.filter((a) => a.customers.includes(id));
    const own = notes.filter((n) => n.customer === id);
    const s = style();
    return html`<div class="face"><span class="letter" aria-hidden="true">${[...(name ? shown(name) : id)][0]?.toUpperCase() ?? "?"}</span><div><b>${name ? shown(name) : id}</b>${name ? html`<small>${id}</small>` : nothing}</div></div>
      <dl class="pairs facts">${this.scores.map((x) => html`<dt>${x.label}</dt><dd>${x.value}</dd>`)}
        ${(d?.attributes ?? []).filter((a) => a !== name).map((a) => html`<dt title=${a.column}>${a.role ? roleTitle(a.role) : a.column}</dt><dd>${shown(a)}</dd>`)}
        ${d && !d.row ? html`<dt>${t("customer.first")}</dt><dd>${d.first}</dd><dt>${t("customer.last")}</dt><dd>${d.last}</dd>` : nothing}</dl>
      ${personal.length > 0 ? html`<p class="note">${unmasked ? t("customer.shown") : t("customer.masked")} <button class="link" type="button" @click=${() => store.set({ unmasked: !unmasked })}>${unmasked ? t("customer.mask") : t("customer.unmask")}</button></p>` : nothing}
      <h3>${t("customer.audiences")}</h3>${mine.length > 0 ? html`<p class="tags">${mine.map((a) => html`<span class="tag">${a.name}</span>`)}</p>` : html`<p class="note">${t("customer.noAudience")}</p>`}
      <h3>${t("customer.notes")}</h3>${own.map((n) => html`<blockquote><p>${n.text}</p><small>${format(n.date, "date", s)} · ${t("customer.kept")}</small></blockquote>`)}
      ${this.adding ? html`<form @submit=${(e: Event) => {
        e.preventDefault();
        const text = (this.querySelector("#note") as HTMLTextAreaElement).value.trim();
        if (text) store.set({ notes: [...notes, { customer: id, text, date: new Date().toISOString().slice(0, 10) }] });
        this.adding = false;
        void workspace.save();
        this.requestUpdate();
      }}><textarea id="note" rows="3" aria-label=${t("customer.addNote")}></textarea><button class="btn" type="submit">${t("customer.saveNote")}</button></form>`
        : html`<button class="btn q" type="button" @click=${() => {
            this.adding = true;
            this.requestUpdate();
          }}>${icon("plus")} ${t("customer.addNote")}</button>`}
      ${["clv", "churn", "recommend"].map((room) => this.slot_(room))}`;
  }

  /** A place for what another room knows; it says what it needs. */
  private slot_(room: string): TemplateResult | typeof nothing {
    const meta = session.meta(room);
    if (!meta) return nothing;
    const missing = session.needs(meta);
    return html`<h3>${say(meta.words.title)}</h3><div class="slotbox">${missing.length > 0 ? t("nav.needs", { role: missing.join(t("list.comma")) }) : html`${this.reasons.has(room) ? html`<p>${this.reasons.get(room)}</p>` : nothing}${this.foretold.filter((x) => (room === "clv" ? ["p_alive", "clv", "expected_purchases"] : ["probability"]).includes(x.id)).map((x) => html`<p>${t("pair", { name: say(x.label), value: "" })}<b>${format(x.value, x.format, style(), "tile")}</b></p>`)}<button class="link" type="button" @click=${() => go("room", room)}>${t("customer.openRoom")}</button>`}</div>`;
  }

  private listed: { of: CustomerData; locale: string; columns: TableColumn[] } | null = null;

  /** The orders as columns, the latest first; the same arrays for the same customer, so that the table keeps its order. */
  private columns(d: CustomerData): TableColumn[] {
    const { locale } = this.app;
    if (this.listed?.of === d && this.listed.locale === locale) return this.listed.columns;
    const list = [...d.orders].reverse();
    const text = (id: string, label: string, of: (o: CustomerData["orders"][number]) => string | undefined): TableColumn => ({ id, label, format: "text", values: list.map((o) => of(o) || null) });
    const columns: TableColumn[] = [
      { id: "date", label: roleTitle("date"), format: "date", values: list.map((o) => o.date) },
      ...(list.some((o) => o.id) ? [text("order", roleTitle("order"), (o) => o.id)] : []),
      ...d.columns.map((c) => text(c, roleTitle(c as Role), (o) => o.extra[c])),
      { id: "amount", label: roleTitle("amount"), format: "money", values: list.map((o) => o.amount) },
      { id: "gap", label: t("customer.gap"), format: "count", values: list.map((o) => o.gap) },
    ];
    this.listed = { of: d, locale, columns };
    return columns;
  }

  private orders(d: CustomerData): TemplateResult {
    return html`<section class="fr behind"><header><h2>${t("customer.orders")}</h2></header>
      <kl-table .columns=${this.columns(d)} .rows=${d.orders.length} .sortBy=${LATEST} .caption=${t("customer.orders")} file="orders" ?searchable=${d.orders.length > 12}></kl-table></section>`;
  }
}

const LATEST = { id: "date", down: true };

/** One stem per order; shaded: when the next one was due. Positions only, no statistics. */
function timeline(d: CustomerData): Chart {
  const points = d.orders.filter((o) => o.amount !== null).map((o) => [o.date, o.amount]);
  const due = d.due;
  const n = String(d.orders.length);
  const last = (locale: "en" | "zh-CN"): string => date(d.last, { locale });
  return {
    id: "timeline",
    title: { en: d.orders.length === 1 ? `One order, on ${last("en")}` : `${n} orders, the last on ${last("en")}`, zh: d.orders.length === 1 ? `只有一单，在${last("zh-CN")}` : `共 ${n} 单，最近一单在${last("zh-CN")}` },
    subtitle: { en: due ? "one stem per order; shaded: when the next order was due" : "one stem per order", zh: due ? "每条线为一单；阴影：预计下单时间" : "每条线为一单" },
    alt: { en: `${n} orders from ${d.first} to ${d.last}`, zh: `${d.first} 至 ${d.last} 共 ${n} 单` },
    option: {
      grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
      xAxis: { type: "time", max: d.asOf ?? undefined, name: "" },
      yAxis: { type: "value", axisLabel: { formatter: { $format: "money" } } },
      tooltip: { trigger: "item", valueFormatter: { $format: "money" } },
      series: [
        { type: "bar", name: "", barWidth: 1.5, itemStyle: { color: "$color:seq-5" }, data: points, silent: true },
        {
          type: "scatter", name: { $words: { en: "order", zh: "订单" } }, symbolSize: 7, itemStyle: { color: "$color:cat-1" }, data: points,
          ...(due ? { markArea: { silent: true, itemStyle: { color: "$color:bad/15" }, label: { color: "$color:bad", position: ["100%", -16], align: "right", formatter: { $words: { en: "next order was due", zh: "预计下单窗口" } } }, data: [[{ xAxis: due[0] }, { xAxis: due[1] }]] } } : {}),
        },
      ],
    },
  };
}

function bought(d: CustomerData): Chart[] {
  const [dimension] = d.groups;
  if (!dimension || dimension.values.length === 0) return [];
  const list = dimension.values.slice(0, 10);
  const top = list[0];
  return [{
    id: "bought",
    title: { en: `Most is spent on ${top?.name ?? ""}`, zh: `花费最多的是「${top?.name ?? ""}」` },
    subtitle: { en: `amount by ${dimension.column}`, zh: `按「${dimension.column}」的金额` },
    alt: { en: list.slice(0, 3).map((v) => `${v.name}: ${v.amount}`).join(", "), zh: list.slice(0, 3).map((v) => `${v.name}：${v.amount}`).join("，") },
    option: {
      grid: { left: 8, right: 64, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: { type: "category", inverse: true, data: list.map((v) => v.name), axisLine: { show: true, lineStyle: { color: "$color:ink" } } },
      tooltip: { trigger: "item", valueFormatter: { $format: "money" } },
      series: [{ type: "bar", name: "", barMaxWidth: 14, itemStyle: { color: "$color:cat-1" }, label: { show: true, position: "right", formatter: { $format: "money" } }, data: list.map((v) => v.amount) }],
    },
  }];
}

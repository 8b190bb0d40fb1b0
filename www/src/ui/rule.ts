/** An audience by rule: an expression with its live count, what may stand in it, and what is wrong with it and where. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { isEngineError, session } from "../state/session.ts";
import { store, style } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import type { Words } from "../types/engine.ts";
import { announce, Piece } from "./element.ts";
import { customersOf } from "./behind.ts";
import { icon } from "./icons.ts";

/** Facts of a customer that a rule may name, with what they are. */
const FACTS: [string, Words][] = [
  ["recency_days", { en: "days since the last order", zh: "距上次购买天数" }],
  ["frequency", { en: "orders", zh: "订单数" }],
  ["monetary", { en: "sum spent", zh: "累计消费" }],
  ["average_order_value", { en: "average order", zh: "客单价" }],
  ["tenure_days", { en: "days since the first order", zh: "距首次购买天数" }],
  ["gap_days", { en: "mean days between orders", zh: "平均购买间隔" }],
];

@customElement("kl-rule")
export class Rule extends Piece {
  private text = "";
  private name = "";
  private count: { rows: number; customers: number | null } | null = null;
  private wrong: { message: string; remedy: string } | null = null;
  private ticket = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private from: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const { sheet } = this.app;
    this.from = sheet?.kind === "rule" ? sheet.audience : undefined;
    const known = this.app.audiences.find((a) => a.id === this.from);
    this.text = known?.rule ?? "";
    this.name = known?.name ?? "";
    if (this.text) void this.check();
  }

  protected override updated(_: PropertyValues): void {
    // The value is set by hand: typing must not be undone by a late render.
    const area = this.querySelector<HTMLTextAreaElement>("#rule");
    if (area && area.value !== this.text && this.root.activeElement !== area) area.value = this.text;
  }

  private get usable(): [string, string][] {
    const facts = session.column("customer") && session.column("date") ? FACTS.map(([id, w]): [string, string] => [id, say(w)]) : [];
    const columns = (session.table?.schema ?? []).map((c): [string, string] => [/^[\p{L}_][\p{L}\p{N}_]*$/u.test(c.name) ? c.name : `\`${c.name}\``, t(`type.${c.type}`)]);
    return [...facts, ...columns];
  }

  private type(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), 180);
  }

  private async check(): Promise<void> {
    const table = session.table;
    const ticket = ++this.ticket;
    if (!table || !this.text.trim()) {
      this.count = null;
      this.wrong = null;
      this.requestUpdate();
      return;
    }
    try {
      const count = await table.count({ expr: this.text });
      if (ticket !== this.ticket) return;
      this.count = count;
      this.wrong = null;
    } catch (error) {
      if (ticket !== this.ticket) return;
      this.count = null;
      this.wrong = isEngineError(error) ? { message: say(error.words.message), remedy: say(error.words.remedy) } : { message: t("problem.unknown"), remedy: "" };
    }
    this.requestUpdate();
  }

  private insert(piece: string): void {
    const area = this.querySelector<HTMLTextAreaElement>("#rule");
    if (!area) return;
    const [a, b] = [area.selectionStart, area.selectionEnd];
    const before = area.value.slice(0, a);
    const glue = before && !/\s$/.test(before) ? " " : "";
    area.value = `${before}${glue}${piece} ${area.value.slice(b)}`;
    area.focus();
    area.selectionStart = area.selectionEnd = a + glue.length + piece.length + 1;
    this.type(area.value);
  }

  private async save(filterToo: boolean): Promise<void> {
    if (this.busy || !this.count) return;
    this.busy = true;
    this.requestUpdate();
    try {
      const customers = await customersOf({ expr: this.text });
      if (!customers) return;
      const id = this.from ?? crypto.randomUUID();
      const name = this.name.trim() || this.text.trim();
      const audience = { id, name, customers, from: `${t("rule.title")}: ${this.text}`, created: new Date().toISOString(), rule: this.text };
      store.set({ audiences: [...this.app.audiences.filter((a) => a.id !== id), audience] });
      if (filterToo) store.change({ filters: { ...this.app.filters, audience: id } });
      void workspace.save();
      announce(this.root, t("rule.saved", { name, n: format(customers.length, "count", style()) }));
      store.set({ sheet: null });
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  override render(): TemplateResult {
    const s = style();
    const customers = this.count?.customers ?? null;
    const n = customers ?? this.count?.rows ?? 0;
    const total = customers === null ? session.table?.rows : this.app.total?.customers;
    const own = this.app.audiences.filter((a) => a.rule);
    const can = this.count !== null && customers !== null && customers > 0;
    return html`<form class="form rule" @submit=${(e: Event) => {
        e.preventDefault();
        void this.save(true);
      }}>
      <div class="formline"><label for="rule">${t("rule.label")}</label>
        <textarea id="rule" rows="4" spellcheck="false" autocapitalize="off" aria-describedby="rule-state rule-help" aria-invalid=${this.wrong !== null} placeholder="monetary > 1000 and recency_days < 60"
          @input=${(e: Event) => this.type((e.target as HTMLTextAreaElement).value)}></textarea>
        <p class="note" id="rule-help">${t("rule.help")}</p></div>
      <p id="rule-state" class="rulestate ${this.wrong ? "err" : ""}" aria-live="polite">${this.wrong ? html`${this.wrong.message}${this.wrong.remedy ? html`<br><small>${this.wrong.remedy.length > 160 ? `${this.wrong.remedy.slice(0, 160)}…` : this.wrong.remedy}</small>` : nothing}`
        : this.count ? html`<b>${format(n, "count", s)}</b> ${customers === null ? t("rule.rows", { of: format(total ?? 0, "count", s) }) : t("rule.customers", { of: format(total ?? 0, "count", s) })}` : t("rule.empty")}</p>
      <div class="formline"><label for="rule-name">${t("audience.name")}</label><input id="rule-name" type="text" .value=${this.name} @input=${(e: Event) => (this.name = (e.target as HTMLInputElement).value)}></div>
      <div class="fx"><button class="btn pri" type="submit" ?disabled=${!can || this.busy}>${icon("filter")} ${t("rule.filter")}</button>
        <button class="btn" type="button" ?disabled=${!can || this.busy} @click=${() => void this.save(false)}>${icon("bookmark")} ${t("select.save")}</button></div>
      ${this.count && customers === null ? html`<p class="note">${t("state.needs", { room: t("rule.title"), roles: t("role.customer") })}</p>` : nothing}
      <section><h3>${t("rule.names")}</h3><div class="chips">${this.usable.map(([id, hint]) => html`<button class="chip" type="button" title=${hint} @click=${() => this.insert(id)}>${id}</button>`)}</div></section>
      <section><h3>${t("rule.signs")}</h3><div class="chips">${["=", "!=", ">", "<", ">=", "<=", "and", "or", "not", "in", "between", "is missing"].map((x) => html`<button class="chip" type="button" @click=${() => this.insert(x)}>${x}</button>`)}</div></section>
      ${own.length > 0 ? html`<section><h3>${t("rule.own")}</h3><ul class="plain">${own.map((a) => html`<li><button class="link" type="button" @click=${() => {
        this.from = a.id;
        this.text = a.rule ?? "";
        this.name = a.name;
        const area = this.querySelector<HTMLTextAreaElement>("#rule");
        if (area) area.value = this.text;
        void this.check();
      }}>${a.name}</button> <small>${a.rule}</small></li>`)}</ul></section>` : nothing}</form>`;
  }
}

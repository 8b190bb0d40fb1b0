/** One's own page of charts: pinned from any room, put in order, shown full screen. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say, t } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store, type Pin } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import type { Chart } from "../types/engine.ts";
import { Piece } from "./element.ts";
import { go, togglePin } from "./actions.ts";
import { icon } from "./icons.ts";
import "./frame.ts";

@customElement("kl-board")
export class Board extends Piece {
  override render(): TemplateResult {
    const { pins, presenting } = this.app;
    return html`<main id="main" class="main"><div class="rh"><p class="q"><span>${t("nav.board")}</span></p>
      <h1 part="headline">${pins.length === 0 ? t("board.emptyTitle") : (this.app.workspace?.name ?? t("nav.board"))}</h1>
      <div class="meta"><p class="prov">${pins.length === 0 ? t("board.emptyText") : t("board.text", { n: pins.length })}</p>
        ${pins.length > 0 ? html`<div class="acts"><button class="btn q" type="button" @click=${() => this.present()}>${icon("present")} ${t("board.present")}</button><button class="btn q" type="button" @click=${() => print()}>${icon("print")} ${t("board.print")}</button></div>` : nothing}</div></div>
      <div class="frames board ${presenting ? "presenting" : ""}">${pins.map((p, i) => html`<div class="pin ${p.wide ? "w12" : "w6"}">
        <div class="pintools"><button class="link" type="button" @click=${() => go("room", p.room)}>${say(session.meta(p.room)?.words.title ?? p.room)}</button><span class="sp"></span>
          <button class="ib" type="button" aria-label=${t("board.earlier")} title=${t("board.earlier")} ?disabled=${i === 0} @click=${() => this.move(i, -1)}>${icon("left")}</button>
          <button class="ib" type="button" aria-label=${t("board.later")} title=${t("board.later")} ?disabled=${i === pins.length - 1} @click=${() => this.move(i, 1)}>${icon("right")}</button>
          <button class="ib" type="button" aria-label=${t("board.width")} title=${t("board.width")} @click=${() => this.widen(p)}>${icon("full")}</button>
          <button class="ib" type="button" aria-label=${t("frame.unpin")} title=${t("frame.unpin")} @click=${() => togglePin(p.room, p.chart)}>${icon("close")}</button></div>
        <kl-pinned .pin=${p}></kl-pinned></div>`)}</div></main>`;
  }

  private put(pins: Pin[]): void {
    store.set({ pins });
    void workspace.save();
  }

  private move(i: number, by: number): void {
    const pins = [...this.app.pins];
    const [p] = pins.splice(i, 1);
    if (p) pins.splice(i + by, 0, p);
    this.put(pins);
  }

  private widen(p: Pin): void {
    this.put(this.app.pins.map((x) => (x === p ? { ...x, wide: !x.wide } : x)));
  }

  private present(): void {
    void (this as HTMLElement).requestFullscreen?.();
  }
}

@customElement("kl-pinned")
export class Pinned extends Piece {
  @property({ attribute: false }) pin: Pin | null = null;
  private chart: Chart | null = null;
  private asked = "";
  private failed = false;

  protected override willUpdate(): void {
    const p = this.pin;
    if (!p) return;
    if (session.spanPending) return;
    const { params, filter } = session.ask(p.room, this.app.filters, p.params);
    const key = session.key(p.room, params, filter) + p.chart;
    if (key === this.asked || !session.table) return;
    this.asked = key;
    session.run(p.room, params, filter).then(
      (out) => {
        this.chart = out.words.charts.find((c) => c.id === p.chart) ?? null;
        this.failed = this.chart === null;
        this.requestUpdate();
      },
      () => {
        this.failed = true;
        this.requestUpdate();
      },
    );
  }

  override render(): TemplateResult {
    return this.failed ? html`<p class="note">${t("board.gone")}</p>` : html`<kl-frame .chart=${this.chart} room=${this.pin?.room ?? ""} pinned @pin=${() => this.pin && togglePin(this.pin.room, this.pin.chart)}></kl-frame>`;
  }
}

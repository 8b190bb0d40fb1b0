/** One's own page of charts: pinned from any room, put in order by hand or by keys, presented one at a time over the whole screen. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { say, t } from "../i18n/index.ts";
import { problemOf, session } from "../state/session.ts";
import { store, type Pin, type State } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import type { Analysis, Chart } from "../types/engine.ts";
import { announce, Piece } from "./element.ts";
import { go, togglePin } from "./actions.ts";
import { chartKey, pursue } from "./drill.ts";
import type { Mark } from "./frame.ts";
import { icon } from "./icons.ts";
import { history } from "./overview.ts";
import "./frame.ts";

/** Room that a slide leaves for what stands above and below its chart. */
const AROUND = 190;

@customElement("kl-board")
export class Board extends Piece {
  /** The pin in hand, and before which it would be put down. */
  private hand: { id: string; to: number } | null = null;
  private slide = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("fullscreenchange", this.onFullscreen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("fullscreenchange", this.onFullscreen);
    if (this.app.presenting) this.leave();
  }

  protected override onStore(state: State, before: State): void {
    super.onStore(state, before);
    if (before.presenting && !state.presenting && document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  }

  override render(): TemplateResult {
    const { pins, presenting } = this.app;
    return html`<main id="main" class="main" ?inert=${presenting}><div class="rh"><p class="q"><span>${t("nav.board")}</span></p>
      <h1 part="headline">${pins.length === 0 ? t("board.emptyTitle") : (this.app.workspace?.name ?? t("nav.board"))}</h1>
      <div class="meta"><p class="prov">${pins.length === 0 ? t("board.emptyText") : t("board.text", { n: pins.length })}</p>
        ${pins.length > 0 ? html`<div class="acts"><button class="btn q" type="button" @click=${() => this.present()}>${icon("present")} ${t("board.present")}</button><button class="btn q" type="button" @click=${() => print()}>${icon("print")} ${t("board.print")}</button></div>` : nothing}</div></div>
      <div class="frames board">${repeat(pins, (p) => p.id, (p, i) => this.pin(p, i, pins.length))}</div></main>
      ${presenting ? this.deck(pins) : nothing}`;
  }

  private pin(p: Pin, i: number, n: number): TemplateResult {
    const { hand } = this;
    const name = say(session.meta(p.room)?.words.title ?? p.room);
    return html`<div class="pin ${p.wide ? "w12" : "w6"} ${hand?.id === p.id ? "held" : hand?.to === i ? "before" : hand?.to === n && i === n - 1 ? "after" : ""}" data-pin=${p.id}>
      <div class="pintools"><button class="ib grab" type="button" aria-label=${t("board.moveOf", { name, at: i + 1, n })} title=${t("board.move")} @pointerdown=${(e: PointerEvent) => this.take(e, p)} @pointermove=${this.carry} @pointerup=${this.put} @pointercancel=${this.drop} @keydown=${(e: KeyboardEvent) => this.moveByKey(e, i)}>${icon("grip")}</button>
        <button class="link" type="button" @click=${() => go("room", p.room)}>${name}</button><span class="sp"></span>
        <button class="ib" type="button" aria-label=${t("board.earlier")} title=${t("board.earlier")} ?disabled=${i === 0} @click=${() => this.move(i, i - 1)}>${icon("left")}</button>
        <button class="ib" type="button" aria-label=${t("board.later")} title=${t("board.later")} ?disabled=${i === n - 1} @click=${() => this.move(i, i + 1)}>${icon("right")}</button>
        <button class="ib" type="button" aria-label=${t("board.width")} title=${t("board.width")} aria-pressed=${p.wide} @click=${() => this.keep(this.app.pins.map((x) => (x === p ? { ...x, wide: !x.wide } : x)))}>${icon("full")}</button>
        <button class="ib" type="button" aria-label=${t("frame.unpin")} title=${t("frame.unpin")} @click=${() => togglePin(p.room, p.chart)}>${icon("close")}</button></div>
      <kl-pinned .pin=${p}></kl-pinned></div>`;
  }

  // Arranging

  private keep(pins: Pin[]): void {
    store.set({ pins });
    void workspace.save();
  }

  /** The pin of one place to another. */
  private move(from: number, to: number): void {
    const pins = [...this.app.pins];
    const at = Math.max(0, Math.min(pins.length - 1, to));
    const [p] = pins.splice(from, 1);
    if (!p || at === from) return;
    pins.splice(at, 0, p);
    this.keep(pins);
    announce(this.root, t("board.moved", { at: at + 1, n: pins.length }));
  }

  private moveByKey(e: KeyboardEvent, i: number): void {
    const last = this.app.pins.length - 1;
    const to = e.key === "ArrowLeft" || e.key === "ArrowUp" ? i - 1 : e.key === "ArrowRight" || e.key === "ArrowDown" ? i + 1 : e.key === "Home" ? 0 : e.key === "End" ? last : null;
    if (to === null) return;
    e.preventDefault();
    e.stopPropagation();
    const id = this.app.pins[i]?.id;
    this.move(i, to);
    // The chart went to another place, and the focus with it.
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-pin="${id}"] .grab`)?.focus());
  }

  private take(e: PointerEvent, p: Pin): void {
    if (e.button !== 0) return;
    (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
    this.hand = { id: p.id, to: -1 };
    this.requestUpdate();
  }

  /** Before the pin whose nearer half the pointer is over; after the last one below all. */
  private carry = (e: PointerEvent): void => {
    if (!this.hand) return;
    const boxes = [...this.querySelectorAll<HTMLElement>(".pin")].map((el) => el.getBoundingClientRect());
    let to = boxes.length;
    for (const [i, b] of boxes.entries()) {
      if (e.clientY >= b.bottom || (e.clientY >= b.top && e.clientX >= b.right)) continue;
      const narrow = b.width < (this.querySelector(".board")?.clientWidth ?? 0) * 0.75;
      const late = narrow ? e.clientX > b.left + b.width / 2 : e.clientY > b.top + b.height / 2;
      to = late ? i + 1 : i;
      break;
    }
    if (to === this.hand.to) return;
    this.hand = { ...this.hand, to };
    this.requestUpdate();
  };

  private put = (): void => {
    const { hand } = this;
    this.drop();
    const from = this.app.pins.findIndex((p) => p.id === hand?.id);
    if (!hand || hand.to < 0 || from < 0) return;
    this.move(from, hand.to > from ? hand.to - 1 : hand.to);
  };

  private drop = (): void => {
    this.hand = null;
    this.requestUpdate();
  };

  // Presenting

  private present(): void {
    this.slide = 0;
    store.set({ presenting: true, sheet: null, nav: false });
    // Over the whole screen where the browser lets it; over the whole page in any case.
    const host = this.root instanceof ShadowRoot ? (this.root.host as HTMLElement) : null;
    // Who has left already is not followed by it.
    void host?.requestFullscreen?.().then(() => (this.app.presenting ? undefined : document.exitFullscreen())).catch(() => undefined);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".deck")?.focus());
  }

  private leave(): void {
    store.set({ presenting: false });
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".acts button")?.focus());
  }

  private turn(to: number): void {
    const n = this.app.pins.length;
    this.slide = Math.max(0, Math.min(n - 1, to));
    store.set({ selection: null });
    announce(this.root, t("board.slide", { at: this.slide + 1, n }));
    this.requestUpdate();
  }

  private onFullscreen = (): void => {
    if (!document.fullscreenElement && this.app.presenting) this.leave();
    this.requestUpdate();
  };

  private onKey = (e: KeyboardEvent): void => {
    const { presenting, selection, dialog, palette } = this.app;
    if (!presenting || dialog || palette || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
    const button = (e.composedPath()[0] as HTMLElement | undefined)?.closest?.("button");
    if (e.key === "Escape") {
      if (selection || this.querySelector(":popover-open")) return;
      this.leave();
    } else if (e.key === "ArrowRight" || e.key === "ArrowDown" || e.key === "PageDown" || (e.key === " " && !button)) this.turn(this.slide + 1);
    else if (e.key === "ArrowLeft" || e.key === "ArrowUp" || e.key === "PageUp") this.turn(this.slide - 1);
    else if (e.key === "Home") this.turn(0);
    else if (e.key === "End") this.turn(this.app.pins.length - 1);
    else return;
    e.preventDefault();
  };

  private deck(pins: readonly Pin[]): TemplateResult {
    const at = Math.min(this.slide, pins.length - 1);
    const p = pins[at];
    if (!p) return html``;
    return html`<section class="deck" role="dialog" aria-modal="true" aria-label=${t("board.present")} tabindex="-1">
      <header><span>${say(session.meta(p.room)?.words.title ?? p.room)}</span><span class="sp"></span><span class="n">${at + 1} / ${pins.length}</span>
        <button class="ib" type="button" aria-label=${t("board.previous")} title=${t("board.previous")} ?disabled=${at === 0} @click=${() => this.turn(at - 1)}>${icon("left")}</button>
        <button class="ib" type="button" aria-label=${t("board.next")} title=${t("board.next")} ?disabled=${at === pins.length - 1} @click=${() => this.turn(at + 1)}>${icon("right")}</button>
        <button class="ib" type="button" aria-label=${t("board.leave")} title=${t("board.leave")} @click=${() => this.leave()}>${icon("close")}</button></header>
      ${repeat([p], (x) => x.id, (x) => html`<kl-pinned .pin=${x} .tall=${Math.max(240, innerHeight - AROUND)}></kl-pinned>`)}
    </section>`;
  }
}

@customElement("kl-pinned")
export class Pinned extends Piece {
  @property({ attribute: false }) pin: Pin | null = null;
  /** Height of the picture, where the place has one. */
  @property({ type: Number }) tall = 0;
  private chart: Chart | null = null;
  private out: Analysis | null = null;
  private asked = "";
  private error: unknown = null;

  protected override willUpdate(): void {
    const p = this.pin;
    if (!p) return;
    if (session.spanPending) return;
    // The overview's charts are those of the whole history, as they are where they were pinned.
    const { params, filter } = p.room === "overview" ? history(this.app.filters, p.params) : session.ask(p.room, this.app.filters, p.params);
    const key = session.key(p.room, params, filter) + p.chart;
    if (key === this.asked || !session.table) return;
    this.asked = key;
    session.run(p.room, params, filter).then((out) => out.ready().then(() => out)).then(
      (out) => {
        if (key !== this.asked) return;
        this.out = out;
        this.chart = out.words.charts.find((c) => c.id === p.chart) ?? null;
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

  override render(): TemplateResult {
    const { pin, chart, out } = this;
    if (this.error) {
      const { title, remedy } = problemOf(this.error);
      return html`<p class="note">${[title, remedy].filter(Boolean).join(" ")} <button class="link" type="button" @click=${() => {
        this.asked = "";
        this.error = null;
        this.requestUpdate();
      }}>${t("state.retry")}</button></p>`;
    }
    if (out && !chart) return html`<p class="note">${t("board.gone")}</p>`;
    return html`<kl-frame .chart=${chart} room=${pin?.room ?? ""} .tall=${this.tall} pinned .marked=${pin && chart && this.app.selection?.chart === chartKey(pin.room, chart) ? this.app.selection.marks : []}
      @mark=${(e: CustomEvent<Mark>) => pin && chart && out && void pursue(e.detail, chart, out, pin.room, this.app.filters, pin.params)} @pin=${() => pin && togglePin(pin.room, pin.chart)}></kl-frame>`;
  }
}

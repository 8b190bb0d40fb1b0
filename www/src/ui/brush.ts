/** A strip of months under the period filter: drag its ends or the span between them, and every chart follows the hand. */
import { html, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { dateRange, format } from "../i18n/format.ts";
import { t } from "../i18n/index.ts";
import { daysOfPeriod } from "./behind.ts";
import { isoOf, msOf } from "../state/guess.ts";
import { session } from "../state/session.ts";
import { store, style, type Filters } from "../state/store.ts";
import { Piece, vars } from "./element.ts";

const DAY = 86_400_000;
const WIDTH = 480;
const HEIGHT = 72;

interface Glance {
  months?: { period: string; revenue: number }[];
  customers?: number;
  orders?: number;
  revenue?: number;
}

@customElement("kl-brush")
export class Brush extends Piece {
  @property({ attribute: false }) filters: Filters | null = null;
  private months: { days: [string, string]; value: number }[] = [];
  private monthsFor = "";
  private now: Glance | null = null;
  private hand: { part: "from" | "to" | "span"; start: number; was: [number, number] } | null = null;
  private flying = false;
  private wanted = false;

  private get span(): [number, number] | null {
    return session.span ? [msOf(session.span[0]), msOf(session.span[1])] : null;
  }

  private get value(): [number, number] {
    const p = (this.app.live ?? this.filters)?.period ?? session.span ?? ["1970-01-01", "1970-01-01"];
    return [msOf(p[0]), msOf(p[1])];
  }

  protected override willUpdate(): void {
    const { filters } = this;
    if (!filters || !session.table) return;
    const key = JSON.stringify([this.app.version, { ...filters, period: null }]);
    if (key === this.monthsFor) return;
    this.monthsFor = key;
    void this.ask(null);
  }

  /** Bars of the whole stand still; the line under them tells the span in hand. */
  private async ask(period: [string, string] | null): Promise<void> {
    const { filters } = this;
    if (!filters || !session.table) return;
    if (this.flying) {
      this.wanted = true;
      return;
    }
    this.flying = true;
    try {
      const found = (await session.table.glance(session.filter({ ...filters, period }))) as Glance;
      this.now = period ? found : null;
      if (!period) this.months = (found.months ?? []).flatMap((m) => {
        const days = daysOfPeriod(m.period);
        return days ? [{ days, value: m.revenue }] : [];
      });
    } catch {
      this.now = null;
    } finally {
      this.flying = false;
      this.requestUpdate();
      if (this.wanted) {
        this.wanted = false;
        const live = this.app.live?.period;
        if (live) void this.ask(live);
      }
    }
  }

  override render(): TemplateResult {
    const span = this.span;
    if (!span) return html``;
    const [a, b] = span;
    const [from, to] = this.value;
    const x = (ms: number): number => ((ms - a) / Math.max(DAY, b + DAY - a)) * WIDTH;
    const most = Math.max(1e-9, ...this.months.map((m) => m.value));
    const s = style();
    const words = dateRange(isoOf(from), isoOf(to), s);
    const left = x(from);
    const right = x(to + DAY);
    const handle = (part: "from" | "to", at: number, ms: number): TemplateResult => html`<span class="grip" role="slider" tabindex="0" data-part=${part} aria-label=${t(part === "from" ? "filter.from" : "filter.to")}
      aria-valuemin=${Math.round(a / DAY)} aria-valuemax=${Math.round(b / DAY)} aria-valuenow=${Math.round(ms / DAY)} aria-valuetext=${format(isoOf(ms), "date", s)}
      ${vars({ left: `${(at / WIDTH) * 100}%` })} @keydown=${(e: KeyboardEvent) => this.key(e, part)}></span>`;
    return html`<div class="brush" @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up} @pointercancel=${this.up}>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${this.months.map((m) => {
        const [l, r] = [Math.max(0, x(msOf(m.days[0]))), Math.min(WIDTH, x(msOf(m.days[1]) + DAY))];
        const h = Math.max(1, (Math.max(0, m.value) / most) * (HEIGHT - 6));
        return svg`<rect x=${l + 0.5} width=${Math.max(0.5, r - l - 1)} y=${HEIGHT - h} height=${h} class=${l < right && r > left ? "in" : ""}></rect>`;
      })}${svg`<rect class="sel" x=${left} width=${Math.max(1, right - left)} y="0" height=${HEIGHT}></rect>`}</svg>
      ${handle("from", left, from)}${handle("to", right, to)}</div>
      <p class="brushline"><b>${words}</b>${this.now && this.app.live ? html`<span>${[
        this.now.customers === undefined ? "" : t("count.customers", { n: format(this.now.customers, "count", s) }),
        this.now.orders === undefined ? "" : t("brush.orders", { n: format(this.now.orders, "count", s) }),
        this.now.revenue ? format(this.now.revenue, "money", s, "tile") : "",
      ].filter(Boolean).join(" · ")}</span>` : html`<span>${t("brush.hint")}</span>`}</p>`;
  }

  private at(e: PointerEvent): number {
    const box = (this.querySelector(".brush") as HTMLElement).getBoundingClientRect();
    const [a, b] = this.span ?? [0, 0];
    const share = Math.max(0, Math.min(1, (e.clientX - box.left) / Math.max(1, box.width)));
    return a + Math.round((share * (b + DAY - a)) / DAY) * DAY;
  }

  private down = (e: PointerEvent): void => {
    if (e.button !== 0 || !this.filters) return;
    const box = e.currentTarget as HTMLElement;
    box.setPointerCapture(e.pointerId);
    const ms = this.at(e);
    const [from, to] = this.value;
    const part = (e.target as HTMLElement).dataset["part"] as "from" | "to" | undefined;
    const whole = this.span && from === this.span[0] && to === this.span[1];
    if (part) this.hand = { part, start: ms, was: [from, to] };
    // On the chosen span: move it. Elsewhere, or on the whole: draw a new one.
    else if (!whole && ms >= from && ms <= to + DAY) this.hand = { part: "span", start: ms, was: [from, to] };
    else this.hand = { part: "to", start: ms, was: [ms, ms] };
    e.preventDefault();
  };

  private move = (e: PointerEvent): void => {
    const { hand, filters } = this;
    const span = this.span;
    if (!hand || !filters || !span) return;
    const ms = this.at(e);
    let [from, to] = hand.was;
    if (hand.part === "from") from = Math.min(ms, to);
    else if (hand.part === "to") to = ms - DAY;
    else {
      const by = Math.max(span[0] - from, Math.min(span[1] - to, ms - hand.start));
      from += by;
      to += by;
    }
    // Drawn leftwards: the ends change places.
    if (to < from) [from, to] = hand.part === "to" ? [Math.min(ms, from), Math.max(to, from)] : [to, from];
    this.show([from, to]);
  };

  private show([from, to]: [number, number]): void {
    const { filters } = this;
    const span = this.span;
    if (!filters || !span) return;
    const period: [string, string] = [isoOf(Math.max(span[0], from)), isoOf(Math.min(span[1], Math.max(from, to)))];
    store.set({ live: { ...filters, period } });
    void this.ask(period);
  }

  private up = (): void => {
    if (!this.hand) return;
    this.hand = null;
    this.settle();
  };

  /** The hand lets go: what was shown becomes the filter. */
  private settle(): void {
    const live = this.app.live;
    if (!live) return;
    const all = session.span && live.period && live.period[0] === session.span[0] && live.period[1] === session.span[1];
    store.set({ live: null });
    store.change({ filters: { ...live, period: all ? null : live.period } });
  }

  private key(e: KeyboardEvent, part: "from" | "to"): void {
    const step = e.key === "ArrowLeft" || e.key === "ArrowDown" ? -1 : e.key === "ArrowRight" || e.key === "ArrowUp" ? 1 : e.key === "PageDown" ? -30 : e.key === "PageUp" ? 30 : 0;
    if (step === 0) return;
    e.preventDefault();
    e.stopPropagation();
    const [from, to] = this.value;
    this.show(part === "from" ? [Math.min(from + step * DAY, to), to] : [from, Math.max(to + step * DAY, from)]);
    this.settle();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.app.live) store.set({ live: null });
  }
}

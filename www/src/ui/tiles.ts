/** The KPI strip: label, value, change with its verdict, the interval or usual range as a glyph, and where it comes from. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { change, format, interval, parts } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { style } from "../state/store.ts";
import type { Tile } from "../types/engine.ts";
import { Piece, vars } from "./element.ts";

export interface Verdict {
  text: string;
  word: string;
  up: boolean;
  beyond: boolean;
}

/** A change has a colour only if it lies outside the usual range, or the old value outside the interval of the new one. */
export function verdict(tile: Tile): Verdict | null {
  const { value, previous, usual, interval: ci } = tile;
  if (value === null || previous === null || previous === undefined) return null;
  const share = tile.format === "percent";
  if (!share && previous === 0) return null;
  const relative = share ? value - previous : (value - previous) / Math.abs(previous);
  const text = change(relative, share ? "points" : "percent", style());
  let word = "";
  let beyond = false;
  if (usual) {
    beyond = relative < usual[0] || relative > usual[1];
    word = beyond ? t("tile.unusual") : t("tile.usual");
  } else if (ci) {
    beyond = previous < ci[0] || previous > ci[1];
    word = beyond ? t("tile.beyond") : t("tile.within");
  }
  return { text, word, up: relative > 0, beyond };
}

/** Labels begin with a capital; the name of a column stays as the file has it. */
export function titled(label: string): string {
  return session.table?.schema.some((c) => c.name === label) ? label : label.charAt(0).toLocaleUpperCase() + label.slice(1);
}

@customElement("kl-tiles")
export class Tiles extends Piece {
  @property({ attribute: false }) tiles: Tile[] | null = null;
  @property({ type: Number }) held = 5;
  /** Up to 13 past values per tile, the present one last. */
  private short = false;
  @property({ attribute: false }) trend: Record<string, (number | null)[]> = {};

  override render(): TemplateResult {
    if (!this.tiles) {
      return html`<div class="kpis" aria-hidden="true" ${vars({ "--k": this.held })}>${Array.from({ length: this.held }, () => html`<div class="kpi"><span class="l">&nbsp;</span><span class="v">—</span></div>`)}</div>`;
    }
    // A strip of changes without one usual range: the past is too short for it.
    const changes = this.tiles.filter((x) => verdict(x));
    this.short = changes.length >= 3 && changes.every((x) => !x.usual && !x.interval);
    const anyChange = changes.length > 0;
    const anyGlyph = this.tiles.some((x) => x.interval || x.usual);
    return html`<div class="kpis ${this.tiles.length > 4 ? "many" : ""} ${anyChange ? "" : "nochange"} ${anyGlyph ? "" : "noglyph"}" part="tiles" ${vars({ "--k": this.tiles.length })}>${this.tiles.map((x) => this.tile(x))}</div>`;
  }

  private tile(tile: Tile): TemplateResult {
    const s = style();
    // A probability below a thousandth has no digits that a person needs.
    const value = /(^|_)p$/.test(tile.id) && tile.value !== null && tile.value < 0.001 ? { text: "<0.001", unit: "" } : parts(tile.value, tile.format, s);
    const v = verdict(tile);
    return html`<button class="kpi" part="tile" type="button" title=${say(tile.definition)} @click=${() => this.tell("tile", tile.id)}>
      <span class="l">${titled(say(tile.label))}</span>
      <span class="v">${value.text}${value.unit ? html`<small>${value.unit}</small>` : nothing}${spark(this.trend[tile.id])}</span>
      <span class="d">${v ? html`<b class=${v.beyond ? (v.up ? "good" : "bad") : ""}>${/[1-9]/.test(v.text) ? arrow(v.up) : nothing}${v.text}</b> <span>${v.word || (this.short ? t("tile.tooShort") : "")}</span>` : nothing}</span>
      <span class="g">${glyph(tile)}</span>
      <span class="f">${this.foot(tile)}</span>
    </button>`;
  }

  private foot(tile: Tile): string {
    const s = style();
    const out: string[] = [];
    if (tile.interval) out.push(`95% ${interval(tile.interval[0], tile.interval[1], tile.format, s)}`);
    else if (tile.previous !== null && tile.previous !== undefined) out.push(t("tile.from", { value: format(tile.previous, tile.format, s, "tile") }));
    if (tile.n !== null && tile.n !== undefined) out.push(`n\u00a0${format(tile.n, "count", s)}`);
    // Only what is set against its past is told from an estimate by this word.
    if (!tile.interval && out.length < 2 && (tile.usual || tile.previous !== null)) out.push(t("tile.counted"));
    return out.join(" · ");
  }
}

export function arrow(up: boolean): TemplateResult {
  return html`<svg class="aw" viewBox="0 0 8 8" aria-hidden="true">${svg`<path d=${up ? "M4 1 7.500 7H.5z" : "M4 7 .5 1h7z"}></path>`}</svg>`;
}

/** The last 13 periods as a line: grey, the present one marked, no axis. */
export function spark(values: (number | null)[] | undefined): TemplateResult | typeof nothing {
  const known = (values ?? []).filter((v): v is number => v !== null);
  if (!values || known.length < 4) return nothing;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (i: number): number => 2 + (i / (values.length - 1)) * 56;
  const y = (v: number): number => (high === low ? 10 : 17 - ((v - low) / (high - low)) * 14);
  let path = "";
  let pen = "M";
  values.forEach((v, i) => {
    if (v === null) pen = "M";
    else {
      path += `${pen}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = "L";
    }
  });
  const last = values[values.length - 1];
  return html`<svg class="spark" viewBox="0 0 60 20" aria-hidden="true">${svg`<path d=${path}></path>${last === null || last === undefined ? nothing : svg`<path class="now" d=${`M${x(values.length - 1).toFixed(1)} ${y(last).toFixed(1)}h.001`}></path>`}`}</svg>`;
}

const clamp = (v: number): number => Math.max(2, Math.min(98, v));

/** Estimated: thin whisker, dot now, tick before. Counted: grey bar of usual changes, dot for this change, tick for none. */
export function glyph(tile: Tile): TemplateResult | typeof nothing {
  if (tile.value === null) return nothing;
  if (tile.interval) {
    const [lo, hi] = tile.interval;
    const ends = [lo, hi, tile.value, ...(tile.previous !== null ? [tile.previous] : [])];
    const min = Math.min(...ends);
    const span = Math.max(...ends) - min || 1;
    const x = (v: number): number => clamp(10 + ((v - min) / span) * 80);
    return html`<svg class="iv" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      ${svg`<path class="base" d="M0 6H100"></path><path class="whisker" d=${`M${x(lo)} 2.500V9.500M${x(lo)} 6H${x(hi)}M${x(hi)} 2.500V9.500`}></path>
      ${tile.previous !== null ? svg`<path class="tick" d=${`M${x(tile.previous)} 1V11`}></path>` : nothing}<path class="dot" d=${`M${x(tile.value)} 6h.001`}></path>`}</svg>`;
  }
  if (tile.usual && tile.previous) {
    const now = tile.format === "percent" ? tile.value - tile.previous : (tile.value - tile.previous) / Math.abs(tile.previous);
    const [lo, hi] = tile.usual;
    const min = Math.min(lo, 0, now);
    const span = Math.max(hi, 0, now) - min || 1;
    const x = (v: number): number => clamp(8 + ((v - min) / span) * 84);
    return html`<svg class="iv" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      ${svg`<path class="base" d="M0 6H100"></path><path class="range" d=${`M${x(lo)} 6H${x(hi)}`}></path><path class="tick" d=${`M${x(0)} 1V11`}></path><path class="dot" d=${`M${x(now)} 6h.001`}></path>`}</svg>`;
  }
  return nothing;
}

/**
 * Base of the dashboard's elements. They render into the dashboard's one shadow root (no root of their own), so that one
 * style sheet, one focus order and one set of ids serve them all, and a host page can style every `part`.
 */
import { html, LitElement, noChange, type ElementPart, type PropertyValues, type TemplateResult } from "lit";
import { Directive, directive, PartType, type PartInfo } from "lit/directive.js";
import { store, type State } from "../state/store.ts";

export class Piece extends LitElement {
  private off: (() => void) | null = null;

  protected override createRenderRoot(): this {
    return this;
  }

  get app(): State {
    return store.state;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.off = store.subscribe((state, before) => this.onStore(state, before));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.off?.();
    this.off = null;
  }

  protected onStore(state: State, before: State): void {
    // Progress of a reading comes many times a second and concerns one screen.
    if (state.reading !== before.reading && state.reading && before.reading && !this.watchesReading) return;
    this.requestUpdate();
  }

  protected get watchesReading(): boolean {
    return false;
  }

  protected override updated(_changed: PropertyValues): void {}

  tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** The shadow root (or document) that holds the whole dashboard. */
  get root(): ShadowRoot | Document {
    return this.getRootNode() as ShadowRoot | Document;
  }
}

/** Sets style properties one by one: a `style` attribute in markup is what a strict policy refuses. */
class Vars extends Directive {
  private before: Record<string, string> = {};

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error("vars() belongs on an element");
  }

  render(_values: Record<string, string | number | null>): unknown {
    return noChange;
  }

  override update(part: ElementPart, [values]: [Record<string, string | number | null>]): unknown {
    const { style } = part.element as HTMLElement;
    for (const name of Object.keys(this.before)) if (!(name in values) || values[name] === null) style.removeProperty(name);
    const next: Record<string, string> = {};
    for (const [name, value] of Object.entries(values)) {
      if (value === null) continue;
      const text = String(value);
      if (this.before[name] !== text) style.setProperty(name, text);
      next[name] = text;
    }
    this.before = next;
    return noChange;
  }
}

export const vars = directive(Vars);

/** Figures with their units, dates, and n with its number: what no line may break. */
const WHOLE = /(\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\b[np] ?[=<≤] ?[\d.,]*\d|[−-]?[¥$€£]?\d[\d.,]*\s?(?:万|亿|百分点|%|pp\b)元?)/;

/** A sentence whose figures stay whole at the end of a line. */
export function whole(text: string): TemplateResult | string {
  // A dot that joins two things ends a line, and begins none.
  const parts = text.replace(/(?: (\d+))? · /g, (_, n?: string) => `${n === undefined ? "" : `\u00a0${n}`}\u00a0· `).split(WHOLE);
  return parts.length === 1 ? (parts[0] ?? "") : html`${parts.map((p, i) => (i % 2 ? html`<span class="nb">${p}</span>` : p))}`;
}

/** Speaks to screen readers. `assertive` for errors only. */
export function announce(root: ShadowRoot | Document, text: string, assertive = false): void {
  const region = root.querySelector(assertive ? "#kl-alert" : "#kl-status");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 30);
}

/** Saves a file. Works under every policy: a blob address and a link, no request. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const a = document.createElement("a");
  a.href = url;
  a.download = name.replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_");
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 30_000);
}

export const mac = (): boolean => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** A button with a menu: native popover, arrow keys, one way of working everywhere. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Piece, vars } from "./element.ts";
import { icon, type Icon } from "./icons.ts";

export interface MenuItem {
  id: string;
  label: string;
  hint?: string;
  icon?: Icon;
  checked?: boolean;
  disabled?: boolean;
  /** Lines under the label, as plain text: what a choice would make of the data. */
  detail?: string;
  separated?: boolean;
}

@customElement("kl-menu")
export class Menu extends Piece {
  @property({ attribute: false }) items: MenuItem[] = [];
  @property({ attribute: false }) face: TemplateResult | string = "";
  @property() label = "";
  @property() kind = "btn";
  @property() hint = "";
  @property({ attribute: false }) head: TemplateResult | null = null;
  private open = false;
  /** Closed by key: the focus goes back to the button. */
  private escaped = false;

  override render(): TemplateResult {
    return html`<button class=${this.kind} type="button" aria-haspopup="menu" aria-expanded=${this.open} aria-label=${/\bib\b/.test(this.kind) && this.label ? this.label : nothing}
        title=${this.hint || nothing} @click=${this.toggle} @keydown=${this.onButtonKey}>${this.face}</button>
      <div class="menu over" popover="auto" role="menu" aria-label=${this.label || nothing} @toggle=${this.onToggle} @keydown=${this.onKey}>
        ${this.open
          ? html`${this.head ?? nothing}${this.items.map(
              (item) => html`<button type="button" class="mi ${item.separated ? "sep" : ""}" role=${item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked=${item.checked === undefined ? nothing : item.checked} ?disabled=${item.disabled ?? false} tabindex="-1" @click=${() => this.choose(item)}>
                <span class="mk">${item.checked ? icon("check") : item.icon ? icon(item.icon) : nothing}</span>
                <span class="ml"><span>${item.label}</span>${item.detail ? html`<small>${item.detail}</small>` : nothing}</span>
                ${item.hint ? html`<span class="mh">${item.hint}</span>` : nothing}
              </button>`,
            )}`
          : nothing}
      </div>`;
  }

  private get pop(): HTMLElement {
    return this.querySelector(".menu") as HTMLElement;
  }

  private get entries(): HTMLButtonElement[] {
    return [...this.pop.querySelectorAll<HTMLButtonElement>(".mi:not(:disabled)")];
  }

  private toggle = (): void => {
    this.tell("kl-menu-open");
    this.pop.togglePopover();
  };

  private onButtonKey = (e: KeyboardEvent): void => {
    if (e.key === "ArrowDown") {
      e.preventDefault();
      if (!this.open) this.toggle();
    }
  };

  private onToggle = async (e: Event): Promise<void> => {
    const open = (e as ToggleEvent).newState === "open";
    this.open = open;
    this.requestUpdate();
    await this.updateComplete;
    if (!open) {
      if (this.escaped && !elsewhere(this)) this.querySelector("button")?.focus();
      this.escaped = false;
      return;
    }
    place(this.querySelector("button") as HTMLElement, this.pop);
    const on = this.entries.find((b) => b.getAttribute("aria-checked") === "true");
    (on ?? this.entries[0])?.focus();
  };

  private onKey = (e: KeyboardEvent): void => {
    this.escaped = e.key === "Escape";
    const list = this.entries;
    const at = list.indexOf(this.root.activeElement as HTMLButtonElement);
    const to = e.key === "ArrowDown" ? at + 1 : e.key === "ArrowUp" ? at - 1 : e.key === "Home" ? 0 : e.key === "End" ? list.length - 1 : null;
    if (e.key === "Tab") {
      this.pop.hidePopover();
      return;
    }
    if (to === null) return;
    e.preventDefault();
    e.stopPropagation();
    list[(to + list.length) % list.length]?.focus();
  };

  private choose(item: MenuItem): void {
    this.pop.hidePopover();
    (this.querySelector("button") as HTMLElement).focus();
    this.tell("choose", item.id);
  }
}

/** Whether the focus has found another place since the key was pressed: a popover tells late that it was closed. */
function elsewhere(piece: HTMLElement): boolean {
  const at = (piece.getRootNode() as ShadowRoot | Document).activeElement;
  return at !== null && at !== document.body && !piece.contains(at);
}

/** Puts an open popover under its button, inside the window. */
export function place(anchor: HTMLElement, pop: HTMLElement): void {
  const a = anchor.getBoundingClientRect();
  const { width, height } = pop.getBoundingClientRect();
  const left = Math.max(8, Math.min(a.left, innerWidth - width - 8));
  const below = a.bottom + 4;
  const top = below + height > innerHeight - 8 && a.top - height - 4 > 8 ? a.top - height - 4 : Math.max(8, Math.min(below, innerHeight - height - 8));
  pop.style.left = `${left}px`;
  pop.style.top = `${top}px`;
}

/** A button that opens a panel with anything in it. */
@customElement("kl-pop")
export class Pop extends Piece {
  @property({ attribute: false }) face: TemplateResult | string = "";
  @property({ attribute: false }) body: (() => TemplateResult) | null = null;
  @property() label = "";
  @property() kind = "chip";
  private open = false;
  private escaped = false;

  override render(): TemplateResult {
    return html`<button class=${this.kind} type="button" aria-haspopup="dialog" aria-expanded=${this.open} @click=${() => this.pop.togglePopover()}>${this.face}</button>
      <div class="pop over" popover="auto" role="dialog" aria-label=${this.label || nothing} ${vars({})} @toggle=${this.onToggle} @keydown=${(e: KeyboardEvent) => (this.escaped = e.key === "Escape")}>${this.open && this.body ? this.body() : nothing}</div>`;
  }

  private get pop(): HTMLElement {
    return this.querySelector(".pop") as HTMLElement;
  }

  close(): void {
    if (this.open) this.pop.hidePopover();
  }

  private onToggle = async (e: Event): Promise<void> => {
    if (e.target !== this.pop) return;
    this.open = (e as ToggleEvent).newState === "open";
    if (this.open) this.tell("kl-pop-open");
    this.requestUpdate();
    await this.updateComplete;
    if (!this.open) {
      if (this.escaped && !elsewhere(this)) this.querySelector("button")?.focus();
      this.escaped = false;
      return;
    }
    place(this.querySelector("button") as HTMLElement, this.pop);
    this.pop.querySelector<HTMLElement>("input,button,select")?.focus();
  };
}

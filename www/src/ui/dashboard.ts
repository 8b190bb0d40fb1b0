/**
 * `<kelan-dashboard>`: the whole page as one element. Attributes: `room` (one room, without the shell), `locale`, `theme`.
 * Methods: `openFile(file)`. Events: `kelan-selection`, `kelan-open`, `kelan-error`.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store, type State } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import { sheets } from "../style/sheet.ts";
import { chooseFiles, go, openDrop, openFiles, openText, setTheme, walk } from "./actions.ts";
import { FocusKeeper } from "./focus.ts";
import { GOTO } from "./shell.ts";
import type { Frame } from "./frame.ts";
import "./landing.ts";
import "./shell.ts";
import type { Room } from "./room.ts";

/** Elements that are not there yet stand empty in their places until this is. */
const work = (): Promise<typeof import("./work.ts")> => import("./work.ts");

/** What a workspace keeps: a change of any of these is saved. */
const KEPT = ["filters", "compare", "params", "pins", "audiences", "notes", "currency", "room", "version"] as const;

@customElement("kelan-dashboard")
export class Dashboard extends LitElement {
  /** Shows one room only, without navigation and filter bar. */
  @property() room = "";
  @property() locale = "";
  @property() theme = "";
  private off: (() => void) | null = null;
  private dragging = 0;
  private chord = "";
  private chordTimer: ReturnType<typeof setTimeout> | undefined;
  private own = false;
  /** The address last written or answered. */
  private place: string | null = null;
  private media: MediaQueryList | null = null;
  private keeper: FocusKeeper | null = null;

  protected override createRenderRoot(): ShadowRoot {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets();
    this.keeper = new FocusKeeper(root);
    return root;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    workspace.recall();
    if (this.locale === "en" || this.locale === "zh-CN") store.set({ locale: this.locale });
    setThemeQuietly(this.theme);
    this.off = store.subscribe((state, before) => this.onStore(state, before));
    this.media = matchMedia("(prefers-color-scheme: dark)");
    this.media.addEventListener("change", this.onScheme);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("paste", this.onPaste);
    // The page of ours takes drops anywhere; embedded, only the element does.
    this.own = this.parentElement === document.body && !this.room;
    const target: EventTarget = this.own ? document : this;
    target.addEventListener("dragover", this.onDrag as EventListener);
    target.addEventListener("dragenter", this.onDragEnter as EventListener);
    target.addEventListener("dragleave", this.onDragLeave as EventListener);
    target.addEventListener("drop", this.onDrop as EventListener);
    addEventListener("hashchange", this.onHash);
    this.onStore(store.state, store.state);
    void workspace.list().then((recent) => store.set({ recent }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.off?.();
    this.media?.removeEventListener("change", this.onScheme);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("paste", this.onPaste);
    const target: EventTarget = this.own ? document : this;
    target.removeEventListener("dragover", this.onDrag as EventListener);
    target.removeEventListener("dragenter", this.onDragEnter as EventListener);
    target.removeEventListener("dragleave", this.onDragLeave as EventListener);
    target.removeEventListener("drop", this.onDrop as EventListener);
    removeEventListener("hashchange", this.onHash);
  }

  /** Opens a file as if it had been dropped. */
  async openFile(file: File): Promise<void> {
    await openFiles([file]);
  }

  private onStore(state: State, before: State): void {
    this.setAttribute("lang", state.locale);
    this.dataset["theme"] = state.theme;
    if (this.own) {
      document.documentElement.lang = state.locale;
      document.documentElement.dataset["theme"] = state.theme;
      document.title = state.workspace && state.screen !== "landing" ? `${state.workspace.name} · Kelan 客览` : "Kelan 客览";
      const hash = state.screen === "room" ? `#/${state.room}` : state.screen === "landing" || state.screen === "reading" ? "" : `#/${state.screen}`;
      // Written only when the place changes: an address the visitor has just asked for is not overwritten before it is heard.
      if (hash !== this.place) {
        this.place = hash;
        if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
      }
    }
    if (state.selection !== before.selection) this.dispatchEvent(new CustomEvent("kelan-selection", { detail: state.selection, bubbles: true, composed: true }));
    if (state.version !== before.version) this.dispatchEvent(new CustomEvent("kelan-open", { detail: { rows: session.table?.rows ?? 0 }, bubbles: true, composed: true }));
    if (state.problem && state.problem !== before.problem) this.dispatchEvent(new CustomEvent("kelan-error", { detail: state.problem, bubbles: true, composed: true }));
    if (KEPT.some((key) => state[key] !== before[key])) void workspace.save();
    if (state.reading !== before.reading && state.reading && before.reading && state.screen === before.screen) return;
    if (state.screen !== before.screen) this.leave();
    this.keeper?.changed(state, before);
    // While the rows are looked through, what draws the rooms is made ready.
    if (state.screen === "import" && before.screen !== "import") setTimeout(() => void work().then(({ echarts }) => echarts()), 500);
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { screen, sheet, nav, problem, presenting, dialog, palette } = store.state;
    if (this.room || screen !== "landing" || sheet || dialog || palette) void work();
    const live = html`<div id="kl-status" class="vh" role="status" aria-live="polite"></div><div id="kl-alert" class="vh" role="alert"></div>`;
    if (this.room) return html`${live}<div class="embed">${session.table ? html`<kl-room room=${this.room}></kl-room><kl-selection @show-rows=${() => this.showRows()}></kl-selection><kl-sheet></kl-sheet>` : html`<kl-landing></kl-landing>`}</div><kl-dialogs></kl-dialogs>`;
    if (screen === "landing") return html`${live}<kl-landing></kl-landing>${this.veil()}<kl-sheet></kl-sheet><kl-dialogs></kl-dialogs><kl-palette></kl-palette>`;
    const importing = screen === "import" || screen === "reading";
    return html`<header class="skiprow"><button class="skip" type="button" @click=${() => this.skip()}>${t("skip")}</button></header>${live}
      <div class="shell ${importing ? "rail" : ""} ${nav ? "navopen" : ""} ${sheet ? "sheeted" : ""}">
        <div class="navscrim" @click=${() => store.set({ nav: false })}></div>
        <kl-nav ?inert=${presenting}></kl-nav>
        <div class="page">
          ${importing ? nothing : html`<kl-filterbar ?inert=${presenting}></kl-filterbar>`}
          ${problem && screen !== "reading" ? html`<div class="toast" role="alert"><b>${problem.title}</b> ${problem.remedy} <button class="link" type="button" @click=${() => store.set({ problem: null })}>${t("close")}</button></div>` : nothing}
          ${this.screen()}
        </div>
        <kl-sheet></kl-sheet>
      </div>
      <kl-selection @show-rows=${() => this.showRows()}></kl-selection>
      ${this.veil()}<kl-dialogs></kl-dialogs><kl-palette></kl-palette>`;
  }

  private screen(): TemplateResult {
    const { screen, room } = store.state;
    switch (screen) {
      case "reading":
      case "import":
        return html`<kl-import></kl-import>`;
      case "customers":
        return html`<kl-customers></kl-customers>`;
      case "customer":
        return html`<kl-customer></kl-customer>`;
      case "board":
        return html`<kl-board></kl-board>`;
      default:
        return html`<kl-room room=${room}></kl-room>`;
    }
  }

  /** A screen that goes takes its focus with it first: removing what has the focus would lay out the whole of it once more. */
  private leave(): void {
    const active = (this.renderRoot as ShadowRoot).activeElement as HTMLElement | null;
    if (active?.closest("main")) active.blur();
  }

  private veil(): TemplateResult {
    return html`<div class="veil" ?hidden=${this.dragging === 0}><p>${t("drop.here")}</p></div>`;
  }

  private skip(): void {
    const main = this.renderRoot.querySelector<HTMLElement>("#main");
    main?.setAttribute("tabindex", "-1");
    main?.focus();
  }

  private showRows(): void {
    const room = this.renderRoot.querySelector("kl-room") as Room | null;
    // A room whose rows are something else, such as periods, sends to the list of customers; so does the board, which has no table of its own.
    if (room && (this.room || room.holdsSelection || !store.state.selection?.customers)) room.scrollToTable();
    else if (!this.room) store.set({ screen: "customers", presenting: false });
  }

  // Drop and paste

  private onDrag = (e: DragEvent): void => {
    if (e.dataTransfer?.types.includes("Files")) e.preventDefault();
  };

  private onDragEnter = (e: DragEvent): void => {
    if (!e.dataTransfer?.types.includes("Files")) return;
    this.dragging += 1;
    this.requestUpdate();
  };

  private onDragLeave = (e: DragEvent): void => {
    if (!e.dataTransfer?.types.includes("Files")) return;
    this.dragging = Math.max(0, this.dragging - 1);
    this.requestUpdate();
  };

  private onDrop = (e: DragEvent): void => {
    if (!e.dataTransfer?.types.includes("Files")) return;
    e.preventDefault();
    this.dragging = 0;
    this.requestUpdate();
    void openDrop(e.dataTransfer);
  };

  private onPaste = (e: ClipboardEvent): void => {
    if (typing(e.composedPath()[0]) || store.state.dialog) return;
    const files = [...(e.clipboardData?.files ?? [])];
    if (files.length > 0) void openFiles(files);
    else {
      const text = e.clipboardData?.getData("text/plain") ?? "";
      if (text.includes("\n")) void openText(text);
    }
  };

  private onScheme = (): void => {
    if (store.state.themeChoice === "system") setThemeQuietly("");
  };

  private onHash = (): void => {
    const id = location.hash.replace(/^#\//, "");
    if (!session.table || !id || (store.state.screen === "room" && id === store.state.room)) return;
    if (id === "customers" || id === "board" || id === "import") go(id);
    else if (session.meta(id)) go("room", id);
  };

  // Keys

  private onKey = (e: KeyboardEvent): void => {
    this.keeper?.key(e);
    if (e.defaultPrevented || e.isComposing) return;
    const state = store.state;
    const command = e.ctrlKey || e.metaKey;
    const target = e.composedPath()[0];
    if (command && e.key.toLowerCase() === "k") {
      e.preventDefault();
      store.set({ palette: !state.palette });
      return;
    }
    if (command && e.key.toLowerCase() === "z" && !typing(target) && state.screen !== "import") {
      e.preventDefault();
      if (e.shiftKey) store.redo();
      else store.undo();
      return;
    }
    if (command && e.key === "Enter" && state.screen === "import" && !state.dialog && !state.palette) {
      e.preventDefault();
      go("room", "overview");
      return;
    }
    if (e.key === "Escape") {
      if (state.reading) session.cancelReading();
      // A menu that is open takes the key for itself: the browser closes it.
      else if (state.palette || state.dialog || this.renderRoot.querySelector(":popover-open")) return;
      else if (state.nav) store.set({ nav: false });
      else if (state.sheet) store.set({ sheet: null });
      else if (state.selection) store.set({ selection: null });
      else if (state.presenting) return;
      else session.cancel("room");
      return;
    }
    if (command || e.altKey || typing(target) || !state.letters || state.palette || state.dialog) return;
    const key = e.key;
    if (this.chord === "g") {
      this.chord = "";
      const id = GOTO[key.toLowerCase()];
      if (id && session.meta(id)) go("room", id);
      else if (key === "u") go("customers");
      else if (key === "b") go("board");
      else if (key === "d") go("import");
      return;
    }
    switch (key) {
      case "g":
        this.chord = "g";
        clearTimeout(this.chordTimer);
        this.chordTimer = setTimeout(() => (this.chord = ""), 3000);
        break;
      case "/":
        e.preventDefault();
        this.renderRoot.querySelector<HTMLElement>(".filters button")?.focus();
        break;
      case "?":
        store.set({ sheet: state.sheet?.kind === "keys" ? null : { kind: "keys" } });
        break;
      case "m":
        if (state.screen === "room") store.set({ sheet: state.sheet?.kind === "method" ? null : { kind: "method" } });
        break;
      case "h":
        if (session.table) store.set({ sheet: state.sheet?.kind === "steps" ? null : { kind: "steps" } });
        break;
      case "s":
        if (state.selection?.customers) store.set({ dialog: "audience" });
        break;
      case "t":
        this.frame()?.toggleTable();
        break;
      case "[":
      case "]":
        this.nextFrame(key === "]" ? 1 : -1);
        break;
      case "j":
      case "k":
        if (state.screen === "customer") walk(key === "j" ? 1 : -1);
        break;
      case "o":
        if (state.screen === "landing") chooseFiles();
        break;
    }
  };

  private frames(): Frame[] {
    return [...this.renderRoot.querySelectorAll<Frame>("kl-frame")];
  }

  private frame(): Frame | null {
    const active = (this.renderRoot as ShadowRoot).activeElement;
    return this.frames().find((f) => f.contains(active)) ?? this.frames()[0] ?? null;
  }

  private nextFrame(step: number): void {
    const list = this.frames();
    const active = (this.renderRoot as ShadowRoot).activeElement;
    const at = list.findIndex((f) => f.contains(active));
    const next = list[(at + step + list.length) % list.length];
    next?.querySelector<HTMLElement>(".ch")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
}

function setThemeQuietly(theme: string): void {
  if (theme === "light" || theme === "dark") setTheme(theme);
  else {
    const { themeChoice } = store.state;
    store.set({ theme: themeChoice === "system" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : themeChoice });
  }
}

function typing(target: EventTarget | undefined): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) && !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));
}

/**
 * Where the focus goes when what had it is gone: for those who work by keys. A pointer puts it where it wants, and a focus
 * that is set for it would move the page under the hand.
 */
import type { State } from "../state/store.ts";

/** How long a screen that is being fetched or drawn is waited for. */
const PATIENCE = 4000;

export class FocusKeeper {
  private byKeys = false;
  /** The chart or table in which something was chosen last. */
  private work: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly root: ShadowRoot) {
    root.addEventListener("keydown", (e) => {
      if (!["Enter", " "].includes((e as KeyboardEvent).key)) return;
      const at = (e.target as HTMLElement).closest<HTMLElement>("main .ch, main .dtbox");
      if (at) this.work = at;
    }, true);
    root.addEventListener("pointerdown", () => (this.byKeys = false), true);
  }

  /** A key was pressed: what follows is worked by keys. */
  key(e: KeyboardEvent): void {
    if (!["Shift", "Control", "Alt", "Meta"].includes(e.key)) this.byKeys = true;
  }

  changed(state: State, before: State): void {
    const screen = state.screen !== before.screen || state.customer !== before.customer;
    const closed = before.dialog !== null && state.dialog === null;
    const cleared = before.selection !== null && state.selection === null;
    if (!this.byKeys || !(screen || closed || cleared)) return;
    const keep = screen ? null : this.work;
    this.seek(() => {
      if (state.screen === "reading") return null;
      if (keep?.isConnected && !closed) return keep;
      const bar = closed ? this.root.querySelector<HTMLElement>(".selbar button") : null;
      return bar ?? (keep?.isConnected ? keep : this.root.querySelector<HTMLElement>("main h1"));
    });
  }

  /** Gives the focus once there is something to give it to, unless it has found a place by itself. */
  private seek(place: () => HTMLElement | null): void {
    clearTimeout(this.timer);
    const end = performance.now() + PATIENCE;
    const look = (): void => {
      if (this.root.activeElement || this.root.querySelector("dialog[open]")) return;
      const to = place();
      if (!to) {
        if (performance.now() < end) this.timer = setTimeout(look, 60);
        return;
      }
      if (to.localName === "h1") to.tabIndex = -1;
      to.focus({ preventScroll: to.localName !== "h1" });
    };
    this.timer = setTimeout(look, 60);
  }
}

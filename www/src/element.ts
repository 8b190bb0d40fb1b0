// `kelan/element`: defines <kelan-dashboard> with the package's own engine. On a server it defines nothing and touches nothing.
import { open } from "./engine/index.js";

/** The dashboard as an element. Events: `kelan-open`, `kelan-selection`, `kelan-error`. */
export interface KelanDashboard extends HTMLElement {
  /** One analysis' id: shows that room alone, without navigation and filter bar. */
  room: string;
  /** "en" or "zh-CN". */
  locale: string;
  /** "light", "dark" or empty for the system's. */
  theme: string;
  openFile(file: File): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap { "kelan-dashboard": KelanDashboard }
}

/** Settles when the element is defined. */
export const ready: Promise<void> = typeof customElements === "undefined" ? Promise.resolve() : import("./ui/embedded.ts").then(({ use }) => use(open));

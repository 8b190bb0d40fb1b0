/** One plain store. Engine handles and large arrays stay out of it (session.ts): what is here is small and can be saved. */
import type { Locale, Rows, Role, Theme } from "../types/engine.ts";
import { preferred, setCurrency, setLocale } from "../i18n/index.ts";
import { differences, goTo, put, record, redoable, standing, undoable, type Change, type View } from "./history.ts";

export type Screen = "landing" | "reading" | "import" | "room" | "customers" | "customer" | "board" | "steps";

export interface Reading {
  name: string;
  bytes: number;
  total: number;
  rows: number;
  rate: number;
  eta: number | null;
  first: Rows | null;
  /** The file is whole, the table is being closed. */
  finishing: boolean;
}

export interface DimensionFilter {
  column: string;
  role: Role | null;
  values: string[];
}

/** What the filter bar holds. */
export interface Filters {
  period: [string, string] | null;
  dimensions: DimensionFilter[];
  audience: string | null;
}

export interface Audience {
  id: string;
  name: string;
  customers: string[];
  /** Where it came from, in words. */
  from: string;
  created: string;
  /** The rule it was built by, where it was. */
  rule?: string;
}

export interface Pin {
  id: string;
  room: string;
  chart: string;
  params: Record<string, unknown>;
  wide: boolean;
}

export interface Note {
  customer: string;
  text: string;
  date: string;
}

export interface Selection {
  /** What was selected, in words. */
  label: string;
  /** Customers behind the marks, when the room's rows are customers. */
  customers: string[] | null;
  rows: number;
  room: string;
  chart: string;
  /** The marks that are outlined. */
  marks: string[];
  /** Who stands behind the marks is being asked. */
  pending?: boolean;
}

export interface Problem {
  code: string;
  title: string;
  detail: string;
  remedy: string;
  raw: string;
}

export type Sheet =
  | { kind: "settings" }
  | { kind: "method"; tile?: string }
  | { kind: "steps" }
  | { kind: "keys" }
  | { kind: "privacy" }
  | { kind: "preferences" }
  | { kind: "rule"; audience?: string }
  | { kind: "row"; title: string; pairs: [label: string, value: string, about: string][] };

export type Dialog = "paste" | "url" | "forget" | "report" | "audience" | "join" | "confirm" | null;

export interface Recent {
  id: string;
  name: string;
  saved: number;
  bytes: number;
  files: number;
}

export interface State {
  locale: Locale;
  themeChoice: Theme | "system";
  theme: Theme;
  currency: string;
  grouping: "wan" | "thousand";
  /** Single-letter keys work (WCAG 2.1.4 asks for a switch). */
  letters: boolean;
  patterns: boolean;
  screen: Screen;
  room: string;
  customer: string | null;
  reading: Reading | null;
  problem: Problem | null;
  /** Grows whenever rows, types or roles change. */
  version: number;
  synthetic: boolean;
  workspace: { id: string; name: string } | null;
  files: { name: string; bytes: number }[];
  filters: Filters;
  count: { rows: number; customers: number | null } | null;
  total: { rows: number; customers: number | null } | null;
  compare: Filters | null;
  /** What the filters would be if the hand let go now: charts follow it, nothing is kept. */
  live: Filters | null;
  params: Record<string, Record<string, unknown>>;
  selection: Selection | null;
  sheet: Sheet | null;
  dialog: Dialog;
  palette: boolean;
  nav: boolean;
  audiences: Audience[];
  notes: Note[];
  pins: Pin[];
  recent: Recent[];
  presenting: boolean;
  unmasked: boolean;
  /** Bytes sent by this page, and to whom: only an address that the user typed is ever asked. */
  sent: { bytes: number; hosts: string[] };
}

export const noFilters = (): Filters => ({ period: null, dimensions: [], audience: null });

const initial: State = {
  locale: preferred(typeof navigator === "undefined" ? [] : navigator.languages),
  themeChoice: "system",
  theme: "light",
  currency: "",
  grouping: "wan",
  letters: true,
  patterns: false,
  screen: "landing",
  room: "overview",
  customer: null,
  reading: null,
  problem: null,
  version: 0,
  synthetic: false,
  workspace: null,
  files: [],
  filters: noFilters(),
  count: null,
  total: null,
  compare: null,
  live: null,
  params: {},
  selection: null,
  sheet: null,
  dialog: null,
  palette: false,
  nav: false,
  audiences: [],
  notes: [],
  pins: [],
  recent: [],
  presenting: false,
  unmasked: false,
  sent: { bytes: 0, hosts: [] },
};

type Listener = (state: State, before: State) => void;

class Store {
  state: State = initial;
  private listeners = new Set<Listener>();
  /** What was changed since the table was opened, the oldest first. */
  changes: readonly Change[] = [];

  set(patch: Partial<State>): void {
    const before = this.state;
    this.state = { ...before, ...patch };
    if (patch.locale) setLocale(patch.locale);
    if (patch.currency !== undefined) setCurrency(patch.currency);
    for (const listener of [...this.listeners]) listener(this.state, before);
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private get view(): View {
    const { filters, compare, params } = this.state;
    return { filters, compare, params };
  }

  /** A change of filters, comparison or parameters that undo takes back. */
  change(patch: Partial<View>): void {
    this.changes = record(this.changes, differences(this.view, { ...this.view, ...patch }), Date.now());
    this.set({ ...patch, selection: null });
  }

  get canUndo(): boolean {
    return undoable(this.changes) >= 0;
  }

  get canRedo(): boolean {
    return redoable(this.changes) >= 0;
  }

  undo(): void {
    if (this.canUndo) this.goTo(undoable(this.changes) - 1);
  }

  redo(): void {
    if (this.canRedo) this.goTo(redoable(this.changes));
  }

  /** To the moment just after a change; −1 is the beginning. */
  goTo(at: number): void {
    const { list, view } = goTo(this.changes, this.view, at);
    this.changes = list;
    this.set({ ...view, selection: null });
  }

  /** Takes back one change and leaves the later ones: a change of its own, so that it can be undone too. */
  takeBack(at: number): void {
    this.change(put(this.view, standing(this.changes, at), "before"));
  }

  /** Does one change again that was undone. */
  doAgain(at: number): void {
    this.change(put(this.view, this.changes[at]?.parts ?? [], "after"));
  }

  /** Another file has no history here; a workspace that was kept brings its own. */
  startHistory(changes: readonly Change[] = []): void {
    this.changes = changes;
  }
}

export const store = new Store();
setLocale(store.state.locale);

/** How numbers are written, from the settings in force. */
export function style(): { locale: Locale; currency: string; grouping: "wan" | "thousand" } {
  const { locale, currency, grouping } = store.state;
  return { locale, currency, grouping };
}

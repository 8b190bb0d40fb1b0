/**
 * The changes of filters, comparison and settings, so that each is seen, gone back to, and taken back alone. A change is kept
 * as the parts it moved: taking one back leaves all others as they are. Pure.
 */
import type { DimensionFilter, Filters, State } from "./store.ts";

/** What undo covers. */
export interface View {
  filters: Filters;
  compare: Filters | null;
  params: State["params"];
}

/** One part of a view: `["period"]`, `["audience"]`, `["dimension", column]`, `["compare"]`, `["param", room, name]`. */
export type PartKey = readonly [kind: "period" | "audience" | "dimension" | "compare" | "param", ...names: string[]];

export interface Part {
  key: PartKey;
  /** Null where nothing was chosen. */
  before: unknown;
  after: unknown;
}

export interface Change {
  /** When, in milliseconds since 1970. */
  at: number;
  parts: Part[];
  /** `undone` is next in line for redo; `aside` was undone before something else was done, and can still be done again. */
  state: "done" | "undone" | "aside";
}

/** So many changes are kept. */
export const MOST = 200;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const sameKey = (a: PartKey, b: PartKey): boolean => same(a, b);
const dimensions = (f: Filters): DimensionFilter[] => f.dimensions.filter((d) => d.values.length > 0);

/** The parts in which two views differ. A filter that chooses nothing is none. */
export function differences(from: View, to: View): Part[] {
  const out: Part[] = [];
  const look = (key: PartKey, before: unknown, after: unknown): void => {
    if (!same(before, after)) out.push({ key, before: before ?? null, after: after ?? null });
  };
  look(["period"], from.filters.period, to.filters.period);
  const columns = new Set([...dimensions(from.filters), ...dimensions(to.filters)].map((d) => d.column));
  for (const column of columns) {
    const of = (f: Filters): DimensionFilter | undefined => dimensions(f).find((d) => d.column === column);
    look(["dimension", column], of(from.filters), of(to.filters));
  }
  look(["audience"], from.filters.audience, to.filters.audience);
  look(["compare"], from.compare, to.compare);
  for (const room of new Set([...Object.keys(from.params), ...Object.keys(to.params)])) {
    const [a, b] = [from.params[room] ?? {}, to.params[room] ?? {}];
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) look(["param", room, name], a[name], b[name]);
  }
  return out;
}

/** The view with some parts as they were, or as they became. */
export function put(view: View, parts: readonly Part[], side: "before" | "after"): View {
  let { filters, compare, params } = view;
  for (const part of parts) {
    const [kind, name = "", own = ""] = part.key;
    const value = part[side];
    if (kind === "period") filters = { ...filters, period: value as Filters["period"] };
    else if (kind === "audience") filters = { ...filters, audience: value as string | null };
    else if (kind === "compare") compare = value as Filters | null;
    else if (kind === "dimension") {
      const at = filters.dimensions.findIndex((d) => d.column === name);
      const list = filters.dimensions.filter((d) => d.column !== name);
      if (value) list.splice(at < 0 ? list.length : at, 0, value as DimensionFilter);
      filters = { ...filters, dimensions: list };
    } else {
      const { [own]: _, ...rest } = params[name] ?? {};
      const room = value === null ? rest : { ...rest, [own]: value };
      const { [name]: __, ...others } = params;
      params = Object.keys(room).length > 0 ? { ...others, [name]: room } : others;
    }
  }
  return { filters, compare, params };
}

/** One more change. What had been undone is set aside, not thrown away. */
export function record(list: readonly Change[], parts: Part[], at: number): Change[] {
  if (parts.length === 0) return [...list];
  const before = list.map((c) => (c.state === "undone" ? { ...c, state: "aside" as const } : c));
  return [...before, { at, parts, state: "done" as const }].slice(-MOST);
}

/** The change that undo takes back, or that redo does again; −1 where there is none. */
export function undoable(list: readonly Change[]): number {
  return list.findLastIndex((c) => c.state === "done");
}

export function redoable(list: readonly Change[]): number {
  return list.findIndex((c, i) => c.state === "undone" && i > undoable(list));
}

/** Goes to the moment just after a change, or to the beginning (−1): undoes what came later, does again what came before. */
export function goTo(list: readonly Change[], view: View, target: number): { list: Change[]; view: View } {
  const next = [...list];
  let now = view;
  for (let i = undoable(next); i > target && i >= 0; i = undoable(next)) {
    const c = next[i] as Change;
    now = put(now, c.parts, "before");
    next[i] = { ...c, state: "undone" };
  }
  for (let i = redoable(next); i >= 0 && i <= target; i = redoable(next)) {
    const c = next[i] as Change;
    now = put(now, c.parts, "after");
    next[i] = { ...c, state: "done" };
  }
  return { list: next, view: now };
}

/** Parts of a change that nothing later has moved again: only these can be taken back alone. */
export function standing(list: readonly Change[], at: number): Part[] {
  const later = list.slice(at + 1).filter((c) => c.state === "done");
  return (list[at]?.parts ?? []).filter((p) => !later.some((c) => c.parts.some((q) => sameKey(p.key, q.key))));
}

/** Without what a table does not have any more: filters of its columns, and changes of them. */
export function fit(list: readonly Change[], has: (column: string) => boolean): Change[] {
  return list.map((c) => ({
    ...c,
    parts: c.parts.filter((p) => p.key[0] !== "dimension" || has(p.key[1] ?? "")).map((p) => (p.key[0] !== "compare" ? p : { ...p, before: fitting(p.before as Filters | null, has), after: fitting(p.after as Filters | null, has) })),
  })).filter((c) => c.parts.length > 0);
}

export function fitting<F extends Filters | null>(filters: F, has: (column: string) => boolean): F {
  return filters ? { ...filters, dimensions: filters.dimensions.filter((d) => has(d.column)) } : filters;
}

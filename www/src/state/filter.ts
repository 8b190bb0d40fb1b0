/** Filters of the bar as the engine's filter, and in words. */
import type { Filter } from "../types/engine.ts";
import type { Audience, Filters } from "./store.ts";

export function toFilter(filters: Filters, audiences: readonly Audience[]): Filter | null {
  const all: Filter[] = [];
  if (filters.period) all.push({ role: "date", between: filters.period });
  for (const d of filters.dimensions) {
    if (d.values.length > 0) all.push({ column: d.column, in: d.values });
  }
  if (filters.audience) {
    const audience = audiences.find((a) => a.id === filters.audience);
    if (audience) all.push({ customers: audience.customers });
  }
  if (all.length === 0) return null;
  const [only] = all;
  return all.length === 1 && only ? only : { and: all };
}

export function isEmpty(filters: Filters): boolean {
  return !filters.period && !filters.audience && filters.dimensions.every((d) => d.values.length === 0);
}

/** The filters as short pairs, in the order of the bar: name, value, and the filters without it. */
export function pieces(filters: Filters, audiences: readonly Audience[]): { id: string; without: Filters }[] {
  const out: { id: string; without: Filters }[] = [];
  if (filters.period) out.push({ id: "period", without: { ...filters, period: null } });
  for (const d of filters.dimensions) {
    if (d.values.length > 0) out.push({ id: d.column, without: { ...filters, dimensions: filters.dimensions.filter((x) => x !== d) } });
  }
  if (filters.audience && audiences.some((a) => a.id === filters.audience)) out.push({ id: "audience", without: { ...filters, audience: null } });
  return out;
}

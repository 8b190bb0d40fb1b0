/** What the overview shows beside its own figures: the whole history, and what moved, from other rooms' answers. */
import { change, dateRange, format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { daysOf } from "../state/guess.ts";
import { session } from "../state/session.ts";
import { store, style, type Filters } from "../state/store.ts";
import type { Analysis, Chart, Filter } from "../types/engine.ts";
import { go } from "./actions.ts";
import { roleName } from "./states.ts";
import { verdict } from "./tiles.ts";

export interface Beside {
  /** The same figures over the whole of the data, for the chart of the history. */
  whole: Analysis | null;
  /** The change by region, channel, category or segment. */
  why: Analysis | null;
}

interface Part {
  value: string | null;
  before: number | null;
  after: number | null;
  contribution: number;
  ci_low: number | null;
  ci_high: number | null;
}

interface Why {
  before: number | null;
  change: number;
  dimensions: { dimension: string; values: Part[] }[];
}

/** The question for the whole of the data under the filters but that of time. */
export function history(filters: Filters, chosen?: Record<string, unknown>): { params: Record<string, unknown>; filter: Filter | null } {
  const { from: _, to: __, ...rest } = session.ask("overview", filters, chosen).params;
  return { params: { ...rest, compare: null }, filter: session.filter({ ...filters, period: null }) };
}

export async function beside(filters: Filters): Promise<Beside> {
  const { params } = session.ask("overview", filters);
  const { from, to, compare, ...rest } = params as { from?: string; to?: string; compare?: string | null };
  const past = history(filters);
  const all = past.filter;
  const whole = from || to ? await session.run("overview", past.params, all).catch(() => null) : null;
  const meta = session.meta("explain_change");
  const by = meta ? session.params(meta, {})["by"] : [];
  const why = meta && from && to && compare !== null && compare !== "year_ago" && Array.isArray(by) && by.length > 0
    ? await session.run("explain_change", { by, after: { from, to }, ...(rest as object) }, all).catch(() => null) : null;
  await whole?.ready();
  return { whole, why };
}

/** The span in words: “last 30 days against the 30 before”. */
export function spanWords(out: Analysis, chosen: boolean): string {
  const s = out.summary as { from?: string; to?: string; previous?: unknown };
  if (!s.from || !s.to) return "";
  const n = daysOf([s.from, s.to]);
  if (!s.previous) return dateRange(s.from, s.to, style());
  return chosen ? t("overview.spanChosen", { span: dateRange(s.from, s.to, style()), n }) : t("overview.span", { n });
}

const beyond = (p: Part): boolean => p.ci_low !== null && p.ci_high !== null && (p.ci_low > 0 || p.ci_high < 0);

/** Of each dimension the value that moved most. */
function leaders(why: Analysis | null): { dimension: string; part: Part; share: number }[] {
  const s = why?.summary as Why | undefined;
  return (s?.dimensions ?? []).flatMap((d) => {
    const part = d.values.filter((v) => v.value !== null).reduce<Part | null>((a, b) => (a && Math.abs(a.contribution) >= Math.abs(b.contribution) ? a : b), null);
    return part && part.contribution !== 0 ? [{ dimension: d.dimension, part, share: s?.before ? Math.abs(part.contribution / s.before) : 0 }] : [];
  });
}

/** The engine's finding, and who moved most where one value carries at least half of the change. */
export function headline(out: Analysis, why: Analysis | null): string {
  const text = say(out.words.headline);
  const total = (why?.summary as Why | undefined)?.change ?? 0;
  const [first] = leaders(why).filter(({ part }) => Math.sign(part.contribution) === Math.sign(total) && Math.abs(part.contribution) >= Math.abs(total) / 2).sort((a, b) => Number(beyond(b.part)) - Number(beyond(a.part)) || b.share - a.share);
  if (!first) return text;
  return text.replace(/[.。]$/, "") + t(total < 0 ? "overview.lostMost" : "overview.gainedMost", { value: first.part.value ?? "" });
}

export interface Move {
  text: string;
  amount: string;
  word: string;
  up: boolean;
  beyond: boolean;
  customers: () => void;
  tile: string | null;
}

/** The three largest movements in words; those beyond chance or their usual range first. */
export function moves(out: Analysis, why: Analysis | null, filters: Filters): Move[] {
  const s = style();
  const money = (v: number | null): string => format(v, "money", s, "tile");
  const list: (Move & { size: number })[] = [];
  for (const tile of out.words.tiles) {
    const v = verdict(tile);
    // Revenue is what the parts below add up to; said once, in the headline.
    if (!v || tile.id === "revenue" || tile.previous === null || tile.value === null) continue;
    list.push({
      text: t(v.up ? "moves.up" : "moves.down", { what: say(tile.label), to: format(tile.value, tile.format, s, "tile"), from: format(tile.previous, tile.format, s, "tile") }),
      amount: v.text, word: v.word, up: v.up, beyond: v.beyond, size: tile.previous ? Math.abs((tile.value - tile.previous) / tile.previous) * (v.beyond ? 1 : 0.2) : 0,
      customers: () => go("customers"), tile: tile.id,
    });
  }
  for (const { dimension, part, share } of leaders(why)) {
    const up = part.contribution > 0;
    const column = session.table?.schema.find((c) => c.role === dimension || c.name === dimension);
    list.push({
      text: t(up ? "overview.partUp" : "overview.partDown", { value: part.value ?? "", dimension: roleName(dimension), after: money(part.after), before: money(part.before) }),
      amount: change(part.contribution, "money", s), word: part.ci_low === null ? "" : t(beyond(part) ? "tile.beyond" : "tile.within"), up, beyond: beyond(part), size: share,
      customers: () => {
        if (column && part.value !== null) store.change({ filters: { ...filters, dimensions: [...filters.dimensions.filter((d) => d.column !== column.name), { column: column.name, role: column.role, values: [part.value] }] } });
        go("customers");
      },
      tile: null,
    });
  }
  return list.sort((a, b) => Number(b.beyond) - Number(a.beyond) || b.size - a.size).slice(0, 3);
}

/** The history first, then where the change sits, then how customers come; each drawn from the room that knows it. */
export function pictures(out: Analysis, { whole, why }: Beside): { chart: Chart; room: string; out: Analysis }[] {
  const history = whole ?? out;
  const of = (from: Analysis | null, id: string, room: string): { chart: Chart; room: string; out: Analysis }[] => {
    const chart = from?.words.charts.find((c) => c.id === id);
    return from && chart ? [{ chart, room, out: from }] : [];
  };
  return [...of(history, "revenue", "overview"), ...of(why, "dimension", "explain_change"), ...of(history, "customers", "overview"), ...(why ? [] : of(history, "frequency", "overview"))];
}

/** A room's frame as the columns of a table: order, words, formats. The same arrays for the same result, so that a table keeps its order. */
import { say, t, type Key } from "../i18n/index.ts";
import { store } from "../state/store.ts";
import type { Analysis, AnalysisMeta, Locale } from "../types/engine.ts";
import { namesIn } from "./names.ts";
import { roleTitle } from "./states.ts";
import type { TableColumn } from "./table.ts";

interface Shown {
  locale: Locale;
  columns: TableColumn[];
  /** The order it opens with: the first money, largest first. */
  sort: { id: string; down: boolean } | null;
}

/** What a list of customers is about, where it is not its first column of money. */
const MAIN = ["clv", "money_at_risk"];

const known = new WeakMap<Analysis, Shown>();

export function columnsFor(out: Analysis, meta: AnalysisMeta): Shown {
  const { locale } = store.state;
  const before = known.get(out);
  if (before?.locale === locale) return before;
  const frame = out.frame;
  const names = Object.keys(frame.columns);
  const described = meta.frame.filter((c) => names.includes(c.name)).map((c) => c.name);
  // A column that says another's content in the other language is not a second column.
  const foreign = (name: string): boolean => name.endsWith("_zh") && names.includes(name.slice(0, -3));
  const all = [...described, ...names.filter((n) => !described.includes(n))].filter((n) => !foreign(n));
  // What the list is about stands beside whom it is of, and is seen without scrolling.
  const main = (name: string, at: number): boolean => at > 0 && MAIN.includes(name);
  const order = [...all.slice(0, 1), ...all.filter(main), ...all.slice(1).filter((n) => !MAIN.includes(n))];
  const named = namesIn(out.summary);
  let barred = false;
  const columns = order.map((name, at) => {
    const i = meta.frame.findIndex((c) => c.name === name);
    const zh = frame.columns[`${name}_zh`];
    const values = (locale === "zh-CN" ? zh : undefined) ?? frame.columns[name] ?? [];
    const format = meta.frame[i]?.format ?? (Array.isArray(values) ? "text" : "number");
    const empty = nothingIn(values);
    const bar = format === "money" && !empty && (MAIN.some((m) => m === name) || (!barred && !MAIN.some((m) => order.includes(m))));
    if (bar) barred = true;
    const words = meta.words.frame[i];
    const label = words ? say(words) : roleTitle(name);
    const about = meta.words.frame_about[i];
    const column: TableColumn = { id: name, label: zh ? label.replace(/\s*[(（][^)）]*[)）]$/, "") : label, format, values, bar, hidden: empty && at > 0 };
    if (about) column.about = say(about);
    if (format === "text" && at > 0 && named.size > 0) column.names = named;
    if (name === "segment" && frame.columns["r"] && frame.columns["f"]) column.place = [frame.columns["r"], frame.columns["f"]];
    // Types and splits are named in words where they have some.
    const own = name === "type" ? (v: string): string => t(`type.${v}` as Key) || v : name === "dimension" ? roleTitle : null;
    if (own && Array.isArray(values)) column.names = new Map([...new Set(values)].map((v) => [String(v), own(String(v))]));
    return column;
  });
  const money = columns.find((c) => c.bar);
  const shown = { locale, columns, sort: money ? { id: money.id, down: true } : null };
  known.set(out, shown);
  return shown;
}

/** A column without a single value is left to the column chooser. */
function nothingIn(values: ArrayLike<unknown>): boolean {
  for (let i = 0; i < values.length; i += 1) {
    const v = values[i];
    if (v !== null && v !== undefined && v === v && v !== "") return false;
  }
  return true;
}

/** One customer as the engine tells it, made ready for the page. What the engine does not say stays unsaid. */
import { date } from "../i18n/format.ts";
import { t } from "../i18n/index.ts";
import { style } from "../state/store.ts";
import { records } from "../state/csv.ts";
import type { CustomerRecord, Role, Table } from "../types/engine.ts";

export interface CustomerData {
  headline: string;
  orders: { id: string; date: string; amount: number | null; gap: number | null; extra: Record<string, string> }[];
  columns: string[];
  attributes: { column: string; role: Role | null; value: string; personal: boolean }[];
  groups: { column: string; values: { name: string; amount: number }[] }[];
  revenue: number | null;
  gap: number | null;
  since: number | null;
  first: string;
  last: string;
  asOf: string | null;
  due: [string, string] | null;
  /** Without dates: the columns of the file, as they say it. */
  row: { rows: number; cells: [string, string][] } | null;
}

const PERSONAL: (Role | null)[] = ["name", "phone", "email"];

export function readCustomer(id: string, raw: Partial<CustomerRecord> | Record<string, unknown>): CustomerData {
  const r = raw as Partial<CustomerRecord>;
  const orders = (Array.isArray(r.orders) ? r.orders : [])
    .filter((o) => o.date)
    .map((o) => ({
      id: o.order ?? "", date: String(o.date).slice(0, 10), amount: o.amount, gap: o.gap_days,
      extra: Object.fromEntries(Object.entries(o.values ?? {}).filter((e): e is [string, string] => e[1] !== null)),
    }));
  const columns = [...new Set(orders.flatMap((o) => Object.keys(o.extra)))].slice(0, 3);
  const gap = r.median_gap_days ?? null;
  const since = r.recency_days ?? null;
  const last = r.last_date ?? orders[orders.length - 1]?.date ?? "—";
  const add = (days: number): string => new Date(Date.parse(`${last}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const due: [string, string] | null = gap !== null && last !== "—" && r.gap_p25 != null && r.gap_p75 != null ? [add(Math.round(r.gap_p25)), add(Math.round(r.gap_p75))] : null;
  let headline = t("customer.plain", { id, n: orders.length });
  const rounded = gap === null ? 0 : Math.round(gap);
  if (gap !== null && since !== null && since > gap * 1.5) headline = t("customer.overdue", { gap: rounded, since });
  else if (gap !== null && since !== null) headline = t("customer.steady", { gap: rounded, since });
  else if (orders.length === 1) headline = t("customer.once", { date: date(last, style()) });
  return {
    headline, orders, columns,
    attributes: (r.attributes ?? []).map((a) => ({ ...a, personal: a.personal ?? PERSONAL.includes(a.role) })),
    groups: (r.groups ?? []).map((g) => ({ column: g.column, values: g.values.map((v) => ({ name: v.value, amount: v.amount })) })),
    revenue: r.revenue ?? null, gap, since, first: r.first_date ?? "—", last, asOf: r.as_of ?? null, due, row: null,
  };
}

/** A customer of a file without dates: the columns of its row, personal ones masked like everywhere. */
export function readRow(id: string, table: Table, text: string): CustomerData {
  const [cells = [], ...others] = [...records(text)];
  const schema = table.schema;
  const said = schema.flatMap((c, i) => (c.role === "customer" || !cells[i] ? [] : [{ column: c.name, role: c.role, value: cells[i] as string, personal: PERSONAL.includes(c.role) }]));
  const list = said.filter((a) => !a.personal).map((a): [string, string] => [a.column, a.value]);
  return {
    headline: t("customer.asIs", { id }), orders: [], columns: [], attributes: said.filter((a) => a.personal), groups: [], revenue: null, gap: null, since: null, first: "—", last: "—", asOf: null, due: null,
    row: { rows: others.length + 1, cells: list },
  };
}

/** A name, a telephone number or an address, with what identifies a person hidden. */
export function mask(value: string, role: Role | null): string {
  const chars = [...value];
  if (role === "phone") return chars.length > 7 ? chars.slice(0, 3).join("") + "****" + chars.slice(-4).join("") : "****";
  if (role === "email") {
    const at = value.indexOf("@");
    return at > 0 ? `${value[0]}***${value.slice(at)}` : "***";
  }
  if (/[\u4e00-\u9fff]/.test(value)) return `${chars[0]}${"*".repeat(Math.max(1, Math.min(2, chars.length - 1)))}`;
  return value.split(/\s+/).map((w, i) => (i === 0 ? w : "**")).join(" ");
}

/** What in the data needs a decision, most costly first, with remedies; what was settled silently is listed too. */
import { format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { SIGNS } from "../state/currency.ts";
import { couldBe } from "../state/guess.ts";
import { lineOf } from "../state/outside.ts";
import { store, style } from "../state/store.ts";
import type { Issue, Role, RoleMap, Table } from "../types/engine.ts";
import { roleName } from "./states.ts";

export interface DataProblem {
  id: string;
  title: string;
  detail: string;
  grave: boolean;
  settled: boolean;
  count: number;
  row: number | null;
  column: string | null;
  /** The cells it is about are empty: the first is looked for when one goes there. */
  empty?: boolean;
  actions: { label: string; run: () => Promise<void> }[];
}

const quote = (text: string): string => (style().locale === "zh-CN" ? `「${text}」` : `“${text}”`);
const short = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

export function problemsOf(table: Table, issues: readonly Issue[]): DataProblem[] {
  const out: DataProblem[] = [];
  const n = (v: number): string => format(v, "count", style());
  const version = store.state.version;

  for (const c of table.schema) {
    if (c.issues === 0) continue;
    const mine = issues.filter((i) => i.column === c.name);
    const raws = [...new Set(mine.map((i) => i.raw ?? "").filter(Boolean))].slice(0, 3).map((r) => quote(short(r)));
    const first = mine.find((i) => i.row !== null);
    out.push({
      id: `cells ${c.name}`,
      title: t("problem.cells", { n: n(c.issues), column: quote(c.name), type: t(`many.${c.type}` as "many.text") }),
      detail: [raws.join(" "), first?.row !== null && first?.row !== undefined ? t("problem.row", { row: n(lineOf(first.row, version)) }) : "", t("problem.kept")].filter(Boolean).join(" · "),
      grave: c.role !== null, settled: false, count: c.issues, row: first?.row ?? null, column: c.name,
      actions: c.type === "text" ? [] : [{ label: t("problem.asText"), run: () => table.retype(c.name, "text") }],
    });
  }

  const loose = issues.filter((i) => i.column === null);
  if (loose.length > 0) {
    const groups = new Map<string, Issue[]>();
    for (const i of loose) groups.set(say(i.reason_words), [...(groups.get(say(i.reason_words)) ?? []), i]);
    for (const [reason, list] of groups) {
      out.push({ id: `rows ${reason}`, title: t("problem.rows", { n: n(list.length) }), detail: reason, grave: true, settled: false, count: list.length, row: list.find((i) => i.row !== null)?.row ?? null, column: table.schema[0]?.name ?? null, actions: [] });
    }
  }

  for (const c of table.schema) {
    if (!c.role || c.confidence >= 0.7) continue;
    const role: Role = c.role;
    out.push({
      id: `role ${c.name}`, title: t("problem.role", { column: quote(c.name), role: roleName(role) }), detail: say(c.reason_words), grave: false, settled: false, count: 0, row: null, column: null,
      actions: [
        { label: t("problem.yes"), run: () => table.assign({ [role]: c.name } as RoleMap) },
        { label: t("problem.no"), run: () => table.assign({ [role]: null } as RoleMap) },
      ],
    });
  }

  for (const role of ["customer", "date", "amount"] as const) {
    const c = table.schema.find((x) => x.role === role);
    if (c && c.nulls > 0) {
      out.push({
        id: `missing ${c.name}`, title: t("problem.missing", { n: n(c.nulls), column: quote(c.name) }), detail: t(`problem.missing.${role}`), grave: false, settled: false, count: c.nulls, row: null, column: c.name, empty: true, actions: [],
      });
    }
  }

  const trials = table.tests;
  if (trials.rows > 0) {
    const dropped = trials.policy === "drop";
    out.push({
      id: "tests", title: t(dropped ? "problem.testsOut" : "problem.tests", { n: n(trials.rows) }), detail: t("problem.testsText"), grave: false, settled: false, count: trials.rows, row: null, column: null,
      actions: [{ label: t(dropped ? "problem.testsCount" : "problem.testsDrop"), run: () => table.assign({ tests: dropped ? "keep" : "drop" }) }],
    });
  }

  // What nobody recognised is asked for, where there is something that could be it.
  const has = (role: Role): boolean => table.schema.some((c) => c.role === role);
  const orders = has("date") || has("order") || !(has("customer") || has("target") || has("amount"));
  for (const role of ["customer", "date", "amount"] as const) {
    if (has(role) || (role === "amount" && has("quantity") && has("unit_price"))) continue;
    if (role !== "date" && !orders) continue;
    const list = couldBe(role, table.schema, table.rows).slice(0, 4);
    if (list.length === 0) continue;
    out.push({
      id: `which ${role}`, title: t("problem.which", { role: roleName(role) }), detail: t(`problem.which.${role}`), grave: false, settled: false, count: 0, row: null, column: null,
      actions: list.map((c) => ({ label: c.name, run: () => table.assign({ [role]: c.name } as RoleMap) })),
    });
  }

  out.sort((a, b) => Number(b.grave) - Number(a.grave) || b.count - a.count);

  const { tables } = table.source;
  if (tables.length > 1) {
    // What stands above this one are titles and the others.
    out.push({ id: "tables", title: t("problem.tables", { n: n(tables.length), this: n(table.source.table) }), detail: t("problem.tablesText"), grave: false, settled: true, count: 0, row: null, column: null, actions: [] });
  } else if (table.source.skipped_rows > 0) {
    out.push({ id: "skipped", title: t("problem.skipped", { n: n(table.source.skipped_rows) }), detail: t("problem.skippedText"), grave: false, settled: true, count: 0, row: null, column: null, actions: [] });
  }
  if (table.source.encoding && !/^utf-?8$/i.test(table.source.encoding)) {
    out.push({ id: "encoding", title: t("problem.encoding", { encoding: table.source.encoding.toUpperCase() }), detail: t("problem.encodingText"), grave: false, settled: true, count: 0, row: null, column: null, actions: [] });
  }
  const clocks = table.schema.filter((c) => c.type === "timestamp");
  if (clocks.length > 0) {
    out.push({ id: "zone", title: t("problem.zone"), detail: t("problem.zoneText", { columns: clocks.map((c) => quote(c.name)).join(t("list.comma")) }), grave: false, settled: true, count: 0, row: null, column: null, actions: [] });
  }
  const money = table.schema.filter((c) => c.role === "amount" || c.role === "unit_price");
  if (money.length > 0) {
    const { currency } = store.state;
    out.push({
      id: "currency", title: currency ? t("problem.currency", { sign: currency }) : t("problem.noCurrency"), detail: t("problem.currencyText"), grave: false, settled: true, count: 0, row: null, column: null,
      actions: SIGNS.filter((s) => s !== currency).map((s) => ({ label: s, run: async () => store.set({ currency: s }) })),
    });
  }
  const sure = table.schema.filter((c) => c.role && c.confidence >= 0.7);
  if (sure.length > 0) {
    out.push({
      id: "roles", title: t("problem.roles", { n: sure.length }), detail: sure.map((c) => t("pair", { name: c.name, value: roleName(c.role ?? "") })).join(t("list.comma")), grave: false, settled: true, count: 0, row: null, column: null, actions: [],
    });
  }
  return out;
}

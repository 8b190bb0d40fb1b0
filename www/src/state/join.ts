/** A second file: what it would change, and the three ways to take it in. Done on the files' text, so that the recipe still replays. */
import type { Role, Table } from "../types/engine.ts";
import { session } from "./session.ts";
import { noFilters, store } from "./store.ts";
import * as workspace from "./workspace.ts";

export interface Plan {
  rows: number;
  /** Rows that the open table does not hold yet. */
  added: number;
  /** Rows that are there already, cell for cell. */
  same: number;
  /** Rows that are there under the same key with other values. */
  changed: number;
  /** The columns that tell rows apart; empty when none do. */
  key: string[];
  compared: boolean;
  common: number;
  newColumns: string[];
  missingColumns: string[];
}

interface Comparison extends Plan {
  columns: string[];
  /** Open row → row of the second file that takes its place. */
  replaced: Map<number, (string | null)[]>;
  fresh: (string | null)[][];
}

const MANY = 200_000;
const PIECE = 20_000;

/** Rows of a table under the given columns, in pieces. */
async function* pieces(table: Table, columns: readonly string[]): AsyncGenerator<(string | null)[][]> {
  for (let at = 0; at < table.rows; at += PIECE) {
    const rows = await table.rowsAt(at, PIECE);
    const where = columns.map((c) => rows.columns.indexOf(c));
    yield rows.rows.map((r) => where.map((i) => (i < 0 ? null : (r[i] ?? null))));
  }
}

async function all(table: Table, columns: readonly string[]): Promise<(string | null)[][]> {
  const out: (string | null)[][] = [];
  for await (const piece of pieces(table, columns)) for (const row of piece) out.push(row);
  return out;
}

const keyOf = (row: readonly (string | null)[], at: readonly number[]): string => at.map((i) => row[i] ?? "").join("\u0001");

/** The fewest columns under which no two open rows are alike: an id of rows, orders, orders and products, customers. */
function keyColumns(table: Table, rows: readonly (string | null)[][], common: readonly string[]): number[] {
  const of = (role: Role): number => common.indexOf(table.schema.find((c) => c.role === role)?.name ?? "");
  const ids = table.schema.filter((c) => c.type !== "decimal" && c.distinct === table.rows && c.nulls === 0 && c.role !== "amount").map((c) => common.indexOf(c.name));
  // A running number counts the file's rows and says nothing of another file's: what the roles name comes first.
  const sets = [[of("order")], [of("order"), of("product")], [of("order"), of("product"), of("date")], ...ids.map((i) => [i]), [of("customer")]];
  return sets.find((set) => set.every((i) => i >= 0) && new Set(rows.map((r) => keyOf(r, set))).size === rows.length) ?? [];
}

async function compare(file: Blob & { name: string }): Promise<Comparison> {
  const open = session.table;
  const kelan = await session.engine();
  const other = await kelan.read(file, { name: file.name, types: "text" });
  try {
    const mine = open?.schema.map((c) => c.name) ?? [];
    const theirs = other.schema.map((c) => c.name);
    const common = theirs.filter((c) => mine.includes(c));
    const newColumns = theirs.filter((c) => !mine.includes(c));
    const columns = [...mine, ...newColumns];
    const plan: Comparison = {
      rows: other.rows, added: other.rows, same: 0, changed: 0, key: [], compared: false, common: common.length, newColumns, missingColumns: mine.filter((c) => !theirs.includes(c)), columns,
      replaced: new Map(), fresh: [],
    };
    if (!open || common.length === 0 || open.rows > MANY || other.rows > MANY) {
      if (open && common.length > 0) plan.fresh = await all(other, columns);
      return plan;
    }
    plan.compared = true;
    const have = await all(open, common);
    const key = keyColumns(open, have, common);
    plan.key = key.map((i) => common[i] ?? "");
    const every = common.map((_, i) => i);
    const at = new Map<string, number[]>();
    have.forEach((row, i) => {
      const k = keyOf(row, key.length > 0 ? key : every);
      const list = at.get(k);
      if (list) list.push(i);
      else at.set(k, [i]);
    });
    const back = common.map((c) => columns.indexOf(c));
    const grown = newColumns.map((c) => columns.indexOf(c));
    for (const row of await all(other, columns)) {
      const k = keyOf(row, (key.length > 0 ? key : every).map((i) => back[i] ?? 0));
      const row0 = at.get(k)?.shift();
      if (row0 === undefined) plan.fresh.push(row);
      else if (every.some((i) => (have[row0]?.[i] ?? "") !== (row[back[i] ?? 0] ?? ""))) {
        plan.changed += 1;
        plan.replaced.set(row0, row);
      } else {
        plan.same += 1;
        if (grown.some((i) => row[i] !== null && row[i] !== "")) plan.replaced.set(row0, row);
      }
    }
    plan.added = plan.fresh.length;
    return plan;
  } finally {
    await other.close();
  }
}

/** Reads the second file beside the open one and counts what it brings. */
export async function plan(file: Blob & { name: string }): Promise<Plan> {
  const { replaced: _r, fresh: _f, ...counts } = await compare(file);
  return counts;
}

function line(cells: readonly (string | null)[]): string {
  return cells.map((c) => (c === null ? "" : /[",\r\n]/.test(c) ? `"${c.replace(/"/g, '""')}"` : c)).join(",") + "\n";
}

/** The open table with what the second file changes and adds, as UTF-8 CSV. */
async function joined(table: Table, c: Comparison): Promise<Blob> {
  const parts: string[] = [line(c.columns)];
  const kept = c.missingColumns.map((name) => c.columns.indexOf(name));
  let at = 0;
  for await (const piece of pieces(table, c.columns)) {
    parts.push(piece.map((row) => {
      const other = c.replaced.get(at++);
      return line(other ? other.map((v, i) => (kept.includes(i) ? (row[i] ?? null) : v)) : row);
    }).join(""));
  }
  for (let i = 0; i < c.fresh.length; i += PIECE) parts.push(c.fresh.slice(i, i + PIECE).map(line).join(""));
  return new Blob(parts, { type: "text/csv" });
}

/** Takes a second file in; false where its reading was stopped or failed. */
export async function join(file: Blob & { name: string }, how: "append" | "replace" | "apart"): Promise<boolean> {
  const table = session.table;
  if (!table || how === "apart") {
    // Its own workspace: the open one was saved and waits in the list.
    await workspace.saveNow();
    const read = await session.read(file, file.name);
    await workspace.saveNow();
    return read;
  }
  const [first] = session.blobs;
  if (!first) return false;
  let blob: Blob = file;
  let name = file.name;
  let options = session.readOptions;
  const before = { ...first, options, files: store.state.files, synthetic: store.state.synthetic };
  let [added, changed] = [0, 0];
  if (how === "append") {
    const found = await compare(file);
    [added, changed] = [found.fresh.length, found.changed];
    blob = await joined(table, found);
    name = first.name.replace(/\.(xlsx|xlsm|xlsb|xls|ods|gz|arrows?|feather)$/i, ".csv");
    // The joined text is of our own making: of what was said about the first file only how values are written still holds.
    const { date_order, decimal, missing } = options;
    options = { encoding: "utf-8", delimiter: ",", header: 1, ...(date_order && { date_order }), ...(decimal && { decimal }), ...(missing && { missing }) };
  }
  const other = { name: file.name, bytes: file.size };
  const taken = [...session.taken, { name: file.name, how, added, changed, before }];
  if (!(await session.readInstead(blob, name, options, how === "append" ? [...before.files, other] : [other], taken, false))) return false;
  // Other rows are shown whole; undo brings the filters back.
  if (how === "replace") store.change({ filters: noFilters(), compare: null });
  await workspace.saveNow();
  return true;
}

/** Gives back what the last file brought: the table is read as it was before. What was said of columns since then stays where it fits. */
export async function giveBack(): Promise<boolean> {
  const { taken } = session;
  const last = taken[taken.length - 1];
  if (!last) return false;
  const { blob, name, options, files, synthetic } = last.before;
  if (!blob) return false;
  if (!(await session.readInstead(blob, name, options, files, taken.slice(0, -1), synthetic))) return false;
  await workspace.saveNow();
  return true;
}

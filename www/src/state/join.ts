/** A second file: what it would change, and the three ways to take it in. Done on the files' text, so that the recipe still replays. */
import type { Rows } from "../types/engine.ts";
import { session } from "./session.ts";
import { store } from "./store.ts";
import * as workspace from "./workspace.ts";

export interface Plan {
  rows: number;
  /** Rows that the open table does not hold yet. */
  added: number;
  /** Rows that are there already, cell for cell. */
  same: number;
  common: number;
  newColumns: string[];
  missingColumns: string[];
}

const MANY = 200_000;

function keys(rows: Rows, columns: readonly string[]): string[] {
  const at = columns.map((c) => rows.columns.indexOf(c));
  return rows.rows.map((r) => at.map((i) => r[i] ?? "").join("\u0001"));
}

/** Reads the second file beside the open one and counts what it brings. */
export async function plan(file: Blob & { name: string }): Promise<Plan> {
  const open = session.table;
  const kelan = await session.engine();
  const other = await kelan.read(file, { name: file.name, types: "text" });
  try {
    const mine = new Set(open?.schema.map((c) => c.name) ?? []);
    const theirs = other.schema.map((c) => c.name);
    const common = theirs.filter((c) => mine.has(c));
    let same = 0;
    if (open && common.length > 0 && open.rows <= MANY && other.rows <= MANY) {
      const have = new Map<string, number>();
      for (const k of keys(await open.rowsAt(0, open.rows), common)) have.set(k, (have.get(k) ?? 0) + 1);
      for (const k of keys(await other.rowsAt(0, other.rows), common)) {
        const n = have.get(k) ?? 0;
        if (n > 0) {
          same += 1;
          have.set(k, n - 1);
        }
      }
    }
    return { rows: other.rows, added: other.rows - same, same, common: common.length, newColumns: theirs.filter((c) => !mine.has(c)), missingColumns: [...mine].filter((c) => !theirs.includes(c)) };
  } finally {
    await other.close();
  }
}

function line(cells: readonly (string | null)[]): string {
  return cells.map((c) => (c === null ? "" : /[",\r\n]/.test(c) ? `"${c.replace(/"/g, '""')}"` : c)).join(",") + "\n";
}

/** The rows of a table as UTF-8 CSV under the given columns, in pieces. */
async function asCsv(blob: Blob, name: string, columns: readonly string[], head: boolean): Promise<Blob> {
  const kelan = await session.engine();
  const table = await kelan.read(blob, { name, types: "text" });
  try {
    const parts: string[] = head ? [line(columns)] : [];
    for (let at = 0; at < table.rows; at += 20_000) {
      const rows = await table.rowsAt(at, 20_000);
      const where = columns.map((c) => rows.columns.indexOf(c));
      parts.push(rows.rows.map((r) => line(where.map((i) => (i < 0 ? null : (r[i] ?? null))))).join(""));
    }
    return new Blob(parts, { type: "text/csv" });
  } finally {
    await table.close();
  }
}

export async function join(file: Blob & { name: string }, how: "append" | "replace" | "apart"): Promise<void> {
  const table = session.table;
  if (!table || how === "apart") {
    // Its own workspace: the open one was saved and waits in the list.
    await workspace.saveNow();
    await session.read(file, file.name);
    await workspace.saveNow();
    return;
  }
  const recipe = table.recipe();
  const before = store.state;
  const [first] = session.blobs;
  if (!first) return;
  let blob: Blob = file;
  let name = file.name;
  if (how === "append") {
    const kelan = await session.engine();
    const other = await kelan.read(file, { name: file.name, types: "text" });
    const columns = [...table.schema.map((c) => c.name), ...other.schema.map((c) => c.name).filter((c) => !table.schema.some((m) => m.name === c))];
    await other.close();
    const [a, b] = [await asCsv(first.blob, first.name, columns, true), await asCsv(file, file.name, columns, false)];
    blob = new Blob([a, b], { type: "text/csv" });
    name = first.name;
  }
  if (!(await session.read(blob, name))) return;
  await session.table?.replay(recipe.filter((s) => s.op !== "read")).catch(() => undefined);
  await session.changed();
  store.set({
    workspace: before.workspace, audiences: before.audiences, notes: before.notes, pins: before.pins, currency: before.currency, params: before.params,
    files: how === "append" ? [...before.files, { name: file.name, bytes: file.size }] : [{ name: file.name, bytes: file.size }],
  });
  await workspace.saveNow();
}

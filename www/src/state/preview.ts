/** What cells would be read as under each type, by the engine itself: the cells as a small file, read once for all types. */
import type { ColumnSchema, ColumnType, ReadOptions } from "../types/engine.ts";
import { session } from "./session.ts";

export interface Reading {
  /** The first cells, as the type would have them; null where one does not fit. */
  cells: (string | number | null)[];
  /** Of so many cells looked at, so many would not fit. */
  bad: number;
  of: number;
}

const TYPES: ColumnType[] = ["integer", "decimal", "boolean", "date", "timestamp"];
const quote = (v: string): string => `"${v.replace(/"/g, '""')}"`;

export async function readAs(column: ColumnSchema, cells: readonly string[]): Promise<Map<ColumnType, Reading>> {
  const out = new Map<ColumnType, Reading>();
  const few = [...new Set(cells)].slice(0, 3);
  if (few.length === 0) return out;
  const kelan = await session.engine();
  const how: ReadOptions = { delimiter: ",", header: 1, ...(column.date_order && column.date_order !== "ymd" ? { date_order: column.date_order } : {}), ...(column.decimal ? { decimal: column.decimal } : {}) };
  // One column a cell: what is described of it is the cell's value. One column a type: how many cells fit.
  const names = TYPES.flatMap((type) => few.map((_, i) => `${type}${i}`));
  const single = new Blob([`${names.join(",")}\n${TYPES.flatMap(() => few.map(quote)).join(",")}\n`]);
  const many = new Blob([`${TYPES.join(",")}\n${cells.map((c) => TYPES.map(() => quote(c)).join(",")).join("\n")}\n`]);
  const [one, all] = await Promise.all([
    kelan.read(single, { ...how, types: Object.fromEntries(TYPES.flatMap((type) => few.map((_, i) => [`${type}${i}`, type]))) }),
    kelan.read(many, { ...how, types: Object.fromEntries(TYPES.map((type) => [type, type])) }),
  ]);
  try {
    const { summary } = await one.analyze("describe", {});
    const described = new Map((summary as { columns: { name: string; min?: number | null; first?: string | null; top?: { value: string }[] | null }[] }).columns.map((c) => [c.name, c]));
    for (const type of TYPES) {
      const schema = all.schema.find((c) => c.name === type);
      out.set(type, {
        cells: few.map((raw, i) => {
          const name = `${type}${i}`;
          const c = one.schema.find((x) => x.name === name);
          const d = described.get(name);
          if (!c || c.issues > 0 || c.nulls > 0) return null;
          return type === "boolean" ? raw : (d?.first ?? d?.min ?? raw);
        }),
        bad: schema?.issues ?? 0, of: cells.length,
      });
    }
    return out;
  } finally {
    await Promise.all([one.close(), all.close()]);
  }
}

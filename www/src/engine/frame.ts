// Frames cross the border packed; text is decoded when it is first looked at.
import type { FrameData } from "./api.js";
import type { Answer, PackedColumn } from "./glue.js";

const DAY = 86_400_000;

export const isoDay = (days: number): string => new Date(days * DAY).toISOString().slice(0, 10);

/** `Array.from` with a function takes several times as long over a million values. */
function each(values: Uint32Array | Int32Array, of: (v: number) => string | null): (string | null)[] {
  const out: (string | null)[] = new Array<string | null>(values.length);
  for (let i = 0; i < values.length; i++) out[i] = of(values[i] as number);
  return out;
}

function unpack(column: PackedColumn, rows: number): FrameData["columns"][string] {
  const { kind, values } = column;
  if (kind === "number" || kind === "integer" || kind === "small") return values as Float64Array;
  if (kind === "coded") {
    const labels = column.labels ?? [];
    return each(values as Uint32Array, (code) => labels[code] ?? null);
  }
  if (kind === "date") {
    const seen = new Map<number, string | null>([[-0x8000_0000, null]]);
    return each(values as Int32Array, (day) => {
      let text = seen.get(day);
      if (text === undefined) seen.set(day, (text = isoDay(day)));
      return text;
    });
  }
  const bytes = column.bytes ?? new Uint8Array(), offsets = column.offsets ?? new Uint32Array(1), missing = column.missing;
  const all = new TextDecoder().decode(bytes);
  // Where every byte is a character, cells are cut from one string; else each cell is decoded by itself.
  const ascii = all.length === bytes.length, decoder = new TextDecoder();
  const out: (string | null)[] = new Array<string | null>(rows);
  for (let i = 0; i < rows; i++) {
    const from = offsets[i] ?? 0, to = offsets[i + 1] ?? from;
    out[i] = missing && ((missing[i >> 3] ?? 0) >> (i & 7)) & 1 ? null : ascii ? all.slice(from, to) : decoder.decode(bytes.subarray(from, to));
  }
  return out;
}

export function unpackFrame(packed: Answer["frame"]): FrameData {
  const rows = packed?.rows ?? 0;
  const columns = {} as FrameData["columns"], nulls: Record<string, number> = {};
  for (const column of packed?.columns ?? []) {
    nulls[column.name] = column.nulls;
    let seen: FrameData["columns"][string] | undefined;
    Object.defineProperty(columns, column.name, { enumerable: true, configurable: true, get: () => (seen ??= unpack(column, rows)) });
  }
  return { columns, rows, nulls };
}

/** The buffers of an answer that can be handed over instead of copied. */
export function transferables(answer: Answer): ArrayBuffer[] {
  const out: ArrayBuffer[] = answer.bytes ? [answer.bytes.buffer] : [];
  for (const c of answer.frame?.columns ?? [])
    for (const v of [c.values, c.bytes, c.offsets, c.missing]) if (v) out.push(v.buffer);
  return out;
}

// Frames cross the border packed; text is decoded when it is first looked at.
import type { FrameData } from "./api.js";
import type { Answer, PackedColumn } from "./glue.js";
import { breathe } from "./breathe.js";

const DAY = 86_400_000;
/** A stretch of work in the page's thread before it lets others in. */
const SLICE_MS = 6;

export const isoDay = (days: number): string => new Date(days * DAY).toISOString().slice(0, 10);

/** Rows decoded between two looks at the clock. */
const STRETCH = 16_384;

/** `Array.from` with a function takes several times as long over a million values. */
function* each(values: Uint32Array | Int32Array, of: (v: number) => string | null): Generator<void, (string | null)[]> {
  const out: (string | null)[] = new Array<string | null>(values.length);
  for (let at = 0; at < values.length; at += STRETCH) {
    const end = Math.min(values.length, at + STRETCH);
    for (let i = at; i < end; i++) out[i] = of(values[i] as number);
    yield;
  }
  return out;
}

function* texts(column: PackedColumn, rows: number): Generator<void, (string | null)[]> {
  const bytes = column.bytes ?? new Uint8Array(), offsets = column.offsets ?? new Uint32Array(1), missing = column.missing;
  const out: (string | null)[] = new Array<string | null>(rows), decoder = new TextDecoder();
  for (let at = 0; at < rows; at += STRETCH) {
    const end = Math.min(rows, at + STRETCH), start = offsets[at] ?? 0, stop = offsets[end] ?? start;
    const all = decoder.decode(bytes.subarray(start, stop));
    // Where every byte is a character, cells are cut from one string; else each cell is decoded by itself.
    const ascii = all.length === stop - start;
    for (let i = at; i < end; i++) {
      const from = offsets[i] ?? 0, to = offsets[i + 1] ?? from;
      out[i] = missing && ((missing[i >> 3] ?? 0) >> (i & 7)) & 1 ? null : ascii ? all.slice(from - start, to - start) : decoder.decode(bytes.subarray(from, to));
    }
    yield;
  }
  return out;
}

function* unpack(column: PackedColumn, rows: number): Generator<void, FrameData["columns"][string]> {
  const { kind, values } = column;
  if (kind === "number" || kind === "integer" || kind === "small") return values as Float64Array;
  if (kind === "coded") {
    const labels = column.labels ?? [];
    return yield* each(values as Uint32Array, (code) => labels[code] ?? null);
  }
  if (kind === "text") return yield* texts(column, rows);
  const seen = new Map<number, string | null>([[-0x8000_0000, null]]);
  return yield* each(values as Int32Array, (day) => {
    let text = seen.get(day);
    if (text === undefined) seen.set(day, (text = isoDay(day)));
    return text;
  });
}

/** A packed frame whose text is decoded when a column is first looked at, or before that in short slices by `ready`. */
export function unpackFrame(packed: Answer["frame"]): { frame: FrameData; ready: () => Promise<void> } {
  const rows = packed?.rows ?? 0;
  const columns = {} as FrameData["columns"], nulls: Record<string, number> = {};
  const slow: (() => Generator<void, void>)[] = [];
  for (const column of packed?.columns ?? []) {
    nulls[column.name] = column.nulls;
    let seen: FrameData["columns"][string] | undefined;
    const work = function* (): Generator<void, void> {
      if (!seen) { const found = yield* unpack(column, rows); seen ??= found; }
    };
    slow.push(work);
    Object.defineProperty(columns, column.name, {
      enumerable: true, configurable: true,
      get: () => { if (!seen) for (const _ of work()); return seen; },
    });
  }
  const ready = async (): Promise<void> => {
    let since = performance.now();
    for (const work of slow) for (const _ of work()) {
      if (performance.now() - since < SLICE_MS) continue;
      await breathe();
      since = performance.now();
    }
  };
  return { frame: { columns, rows, nulls }, ready };
}

/** The buffers of an answer that can be handed over instead of copied. */
export function transferables(answer: Answer): ArrayBuffer[] {
  const out: ArrayBuffer[] = answer.bytes ? [answer.bytes.buffer] : [];
  for (const c of answer.frame?.columns ?? [])
    for (const v of [c.values, c.bytes, c.offsets, c.missing]) if (v) out.push(v.buffer);
  return out;
}

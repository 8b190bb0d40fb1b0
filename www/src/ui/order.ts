/** Sorting and searching long columns in slices of a few milliseconds, so that no task of the page's thread is long. Pure. */

import { breathe as pause } from "../engine/breathe.ts";

export type Values = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | (string | null)[] | (number | null)[];

const SLICE_MS = 12;

/** Lets the page breathe every few milliseconds; false when the work is no longer wanted. */
function breather(current: () => boolean): () => Promise<boolean> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE_MS) return true;
    await pause();
    last = performance.now();
    return current();
  };
}

const CHUNK = 16_384;
const LAST = 0xffff_ffff;

/**
 * Each row's key as two 32-bit halves whose unsigned order is the order wanted. Missing values have the greatest key in
 * both directions, so they come last.
 */
async function keys(values: Values, rows: Uint32Array, down: boolean, breathe: () => Promise<boolean>): Promise<[Uint32Array, Uint32Array] | null> {
  const n = rows.length;
  const high = new Uint32Array(n);
  const low = new Uint32Array(n);
  const text = Array.isArray(values);
  const ranks = text ? await ranksOf(values, rows, breathe) : null;
  if (text && !ranks) return null;
  const float = new Float64Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let i = 0; i < n; i += 1) {
    const raw = values[rows[i] as number];
    const v = ranks ? (raw === null || raw === undefined ? Number.NaN : (ranks.get(raw) as number)) : (raw as number);
    if (v !== v) {
      high[i] = LAST;
      low[i] = LAST;
    } else {
      float[0] = v === 0 ? 0 : v;
      const negative = (bits[1] as number) >>> 31 === 1;
      let h = negative ? ~(bits[1] as number) >>> 0 : ((bits[1] as number) | 0x8000_0000) >>> 0;
      let l = negative ? ~(bits[0] as number) >>> 0 : (bits[0] as number);
      if (down) {
        h = ~h >>> 0;
        l = ~l >>> 0;
      }
      high[i] = h;
      low[i] = l;
    }
    if (i % CHUNK === 0 && !(await breathe())) return null;
  }
  return [high, low];
}

/** Texts in the order a person expects (“C-9” before “C-10”). */
async function ranksOf(values: (string | number | null)[], rows: Uint32Array, breathe: () => Promise<boolean>): Promise<Map<string | number, number> | null> {
  const seen = new Set<string | number>();
  for (let i = 0; i < rows.length; i += 1) {
    const v = values[rows[i] as number];
    if (v !== null && v !== undefined) seen.add(v);
    if (i % CHUNK === 0 && !(await breathe())) return null;
  }
  let from = [...seen];
  const natural = new Intl.Collator(undefined, { numeric: true });
  const compare = from.length <= NATURAL ? (a: string | number, b: string | number) => natural.compare(String(a), String(b)) || (a < b ? -1 : a > b ? 1 : 0) : (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  const piece = 2048;
  for (let i = 0; i < from.length; i += piece) {
    const part = from.slice(i, i + piece).sort(compare);
    for (let k = 0; k < part.length; k += 1) from[i + k] = part[k] as string;
    if (!(await breathe())) return null;
  }
  let to = from.slice();
  for (let width = piece; width < from.length; width *= 2) {
    for (let i = 0; i < from.length; i += 2 * width) {
      const middle = Math.min(from.length, i + width);
      const end = Math.min(from.length, i + 2 * width);
      let a = i;
      let b = middle;
      for (let k = i; k < end; k += 1) {
        const left = b >= end || (a < middle && compare(from[a] as string, from[b] as string) <= 0);
        to[k] = left ? (from[a++] as string) : (from[b++] as string);
        if (k % 4096 === 0 && !(await breathe())) return null;
      }
    }
    [from, to] = [to, from];
  }
  const ranks = new Map<string | number, number>();
  for (let i = 0; i < from.length; i += 1) {
    ranks.set(from[i] as string, i);
    if (i % CHUNK === 0 && !(await breathe())) return null;
  }
  return ranks;
}

/** 0, 1, 2 … */
export function counting(n: number): Uint32Array {
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) out[i] = i;
  return out;
}

/** Up to this many different texts are compared as a person orders them (“C-9” before “C-10”); more are ordered by their codes. */
const NATURAL = 50_000;

/** One stable pass: rows move to the place of their bucket. */
async function pass(from: Uint32Array, to: Uint32Array, bucket: (at: number) => number, buckets: number, breathe: () => Promise<boolean>): Promise<"moved" | "same" | "stopped"> {
  const n = from.length;
  const starts = new Uint32Array(buckets + 1);
  for (let i = 0; i < n; i += 1) {
    const at = bucket(i) + 1;
    starts[at] = (starts[at] as number) + 1;
    if (i % CHUNK === 0 && !(await breathe())) return "stopped";
  }
  // A part that is the same everywhere orders nothing.
  if (starts.includes(n, 1)) return "same";
  for (let b = 1; b <= buckets; b += 1) starts[b] = (starts[b] as number) + (starts[b - 1] as number);
  for (let i = 0; i < n; i += 1) {
    const at = from[i] as number;
    const b = bucket(at);
    to[starts[b] as number] = at;
    starts[b] = (starts[b] as number) + 1;
    if (i % CHUNK === 0 && !(await breathe())) return "stopped";
  }
  return "moved";
}

/** Many different texts: a radix sort from the last letter to the first, two letters at a time where all are ASCII. Null where texts are too long for it. */
async function byLetters(values: (string | number | null)[], rows: Uint32Array, down: boolean, breathe: () => Promise<boolean>): Promise<Uint32Array | null | "stopped"> {
  const n = rows.length;
  const different = new Set<string | number | null>();
  for (let i = 0; i < n && different.size <= NATURAL; i += 1) {
    different.add(values[rows[i] as number] ?? null);
    if (i % CHUNK === 0 && !(await breathe())) return "stopped";
  }
  if (different.size <= NATURAL) return null;
  let longest = 0;
  let top = 0;
  for (let i = 0; i < n; i += 1) {
    const v = values[rows[i] as number];
    if (v === null || v === undefined) continue;
    const text = String(v);
    if (text.length > longest) longest = text.length;
    for (let k = 0; k < text.length; k += 1) {
      const c = text.charCodeAt(k);
      if (c > top) top = c;
    }
    if (i % CHUNK === 0 && !(await breathe())) return "stopped";
  }
  const wide = top < 128 ? 2 : 1;
  const passes = Math.ceil(longest / wide);
  if (passes > 24) return null;
  const base = wide === 2 ? 129 : top + 2;
  const buckets = base ** wide + 1;
  let from = counting(n);
  let to: Uint32Array = new Uint32Array(n);
  const keys = new Uint32Array(n);
  for (let p = passes - 1; p >= 0; p -= 1) {
    for (let i = 0; i < n; i += 1) {
      const v = values[rows[i] as number];
      if (v === null || v === undefined) keys[i] = buckets - 1;
      else {
        const text = typeof v === "string" ? v : String(v);
        // The end of a text comes before every letter.
        let key = 0;
        for (let k = p * wide; k < (p + 1) * wide; k += 1) key = key * base + (k < text.length ? text.charCodeAt(k) + 1 : 0);
        keys[i] = down ? buckets - 2 - key : key;
      }
      if (i % CHUNK === 0 && !(await breathe())) return "stopped";
    }
    const done = await pass(from, to, (at) => keys[at] as number, buckets, breathe);
    if (done === "stopped") return "stopped";
    if (done === "moved") [from, to] = [to, from];
  }
  return from;
}

/**
 * Row numbers in order: a stable radix sort, in slices that let the page breathe. Equal values keep the order they had;
 * missing ones come last in both directions. Gives up when `current` says so.
 */
export async function sortIndex(values: Values, rows: number, down: boolean, only: Uint32Array | null, current: () => boolean = () => true): Promise<Uint32Array> {
  const breathe = breather(current);
  const index = only ?? counting(rows);
  const n = index.length;
  let from = counting(n);
  let to: Uint32Array = new Uint32Array(n);
  const letters = Array.isArray(values) && n > NATURAL ? await byLetters(values, index, down, breathe) : null;
  if (letters === "stopped") return index;
  if (letters) from = letters;
  else {
    const found = await keys(values, index, down, breathe);
    if (!found) return index;
    const [high, low] = found;
    for (const [half, shift] of [[low, 0], [low, 16], [high, 0], [high, 16]] as const) {
      const done = await pass(from, to, (at) => ((half[at] as number) >>> shift) & 0xffff, 65_536, breathe);
      if (done === "stopped") return index;
      if (done === "moved") [from, to] = [to, from];
    }
  }
  for (let i = 0; i < n; i += 1) to[i] = index[from[i] as number] as number;
  return to;
}

/** Rows where any of the columns contains the text, upper or lower case. */
export async function search(columns: readonly Values[], rows: number, query: string, only: Uint32Array | null, current: () => boolean = () => true): Promise<Uint32Array> {
  const wanted = query.toLocaleLowerCase();
  const found = new Uint32Array(only ? only.length : rows);
  let n = 0;
  let last = performance.now();
  const count = only ? only.length : rows;
  for (let k = 0; k < count; k += 1) {
    const i = only ? (only[k] as number) : k;
    for (const c of columns) {
      const v = c[i];
      if (v !== null && v !== undefined && String(v).toLocaleLowerCase().includes(wanted)) {
        found[n++] = i;
        break;
      }
    }
    if ((k & 4095) === 0 && performance.now() - last > SLICE_MS) {
      await pause();
      last = performance.now();
      if (!current()) break;
    }
  }
  return found.slice(0, n);
}

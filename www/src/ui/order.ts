/** Sorting and searching long columns in slices of a few milliseconds, so that no task of the page's thread is long. Pure. */

export type Values = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | (string | null)[] | (number | null)[];

const SLICE_MS = 12;

const pause = (): Promise<void> =>
  new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(0);
  });

function all(rows: number): Uint32Array {
  const index = new Uint32Array(rows);
  for (let i = 0; i < rows; i += 1) index[i] = i;
  return index;
}

/** Missing values come last in both directions; equal values keep the order of the file. */
function comparer(values: Values, down: boolean): (a: number, b: number) => number {
  const missing = (v: unknown): boolean => v === null || v === undefined || v !== v;
  const turn = down ? -1 : 1;
  const collator = Array.isArray(values) ? new Intl.Collator(undefined, { numeric: true }) : null;
  return (a, b) => {
    const x = values[a];
    const y = values[b];
    const mx = missing(x);
    const my = missing(y);
    if (mx || my) return mx === my ? a - b : mx ? 1 : -1;
    const order = typeof x === "string" && typeof y === "string" && collator ? collator.compare(x, y) : (x as number) < (y as number) ? -1 : (x as number) > (y as number) ? 1 : 0;
    return order === 0 ? a - b : order * turn;
  };
}

/** Row numbers in order. A merge sort that lets the page breathe; gives up when `current` says so. */
export async function sortIndex(values: Values, rows: number, down: boolean, only: Uint32Array | null, current: () => boolean = () => true): Promise<Uint32Array> {
  let from: Uint32Array = only ? only.slice() : all(rows);
  const n = from.length;
  const compare = comparer(values, down);
  const piece = 4096;
  let last = performance.now();
  const breathe = async (): Promise<boolean> => {
    if (performance.now() - last < SLICE_MS) return true;
    await pause();
    last = performance.now();
    return current();
  };
  for (let i = 0; i < n; i += piece) {
    from.subarray(i, Math.min(n, i + piece)).sort(compare);
    if (!(await breathe())) return from;
  }
  let to: Uint32Array = new Uint32Array(n);
  for (let width = piece; width < n; width *= 2) {
    for (let i = 0; i < n; i += 2 * width) {
      const middle = Math.min(n, i + width);
      const end = Math.min(n, i + 2 * width);
      let a = i;
      let b = middle;
      for (let k = i; k < end; k += 1) {
        const left = b >= end || (a < middle && compare(from[a] as number, from[b] as number) <= 0);
        to[k] = left ? (from[a++] as number) : (from[b++] as number);
        if ((k & 8191) === 0 && !(await breathe())) return from;
      }
    }
    [from, to] = [to, from];
  }
  return from;
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

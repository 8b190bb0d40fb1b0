/**
 * Axes that hold still: a chart redrawn while something is dragged keeps the scale it had, and two charts side by side
 * share one. Pure: options in, options out.
 */
type Json = Record<string, unknown>;

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : value ? [value as Json] : []);

/** One axis as it was: its categories, or the ends of its scale. */
export interface Held {
  categories: unknown[] | null;
  extent: [number, number] | null;
}

export type Scales = Record<"xAxis" | "yAxis", Held[]>;

function numberOf(v: unknown, dim: number): number {
  const raw = typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Json)["value"] : v;
  const n = Array.isArray(raw) ? raw[dim] : raw;
  return typeof n === "number" ? n : Number.NaN;
}

/** The ends that the values of an option reach on a value axis; stacks are added up. Null for what is not bars, lines or points. */
export function reach(option: Json, axis: "xAxis" | "yAxis", free = false): [number, number] | null {
  let low = free ? Number.POSITIVE_INFINITY : 0;
  let high = free ? Number.NEGATIVE_INFINITY : 0;
  let any = false;
  const stacks = new Map<string, number[]>();
  for (const s of list(option["series"])) {
    if (!["bar", "line", "scatter"].includes(String(s["type"])) || !Array.isArray(s["data"])) continue;
    const stack = typeof s["stack"] === "string" ? s["stack"] : null;
    const sums = stack ? (stacks.get(stack) ?? []) : [];
    (s["data"] as unknown[]).forEach((v, i) => {
      const n = numberOf(v, axis === "xAxis" ? 0 : 1);
      if (!Number.isFinite(n)) return;
      any = true;
      const at = stack ? (sums[i] = (sums[i] ?? 0) + n) : n;
      low = Math.min(low, at);
      high = Math.max(high, at);
    });
    if (stack) stacks.set(stack, sums);
  }
  return any ? [low, high] : null;
}

/** Round ends around what is reached, with a line of the grid on each of them. */
function round(low: number, high: number): { min: number; max: number; interval?: number } {
  const span = high - low;
  if (!(span > 0)) return { min: low, max: high };
  const size = 10 ** Math.floor(Math.log10(span / 4));
  const step = ([1, 2, 2.5, 5, 10].find((k) => k * size >= (span / 4) * (1 - 1e-9)) ?? 10) * size;
  // Steps counted in whole numbers: 3 × 0.1 is not 0.3.
  const at = (n: number): number => Number((n * step).toPrecision(12));
  return { min: at(Math.floor(low / step + 1e-9)), max: at(Math.ceil(high / step - 1e-9)), interval: step };
}

/** The scales of an option as they should stay. */
export function scalesOf(option: Json): Scales {
  const of = (key: "xAxis" | "yAxis"): Held[] =>
    list(option[key]).map((a) => ({
      categories: a["type"] === "category" && Array.isArray(a["data"]) ? (a["data"] as unknown[]) : null,
      extent: a["type"] === "value" && a["max"] === undefined ? reach(option, key, a["scale"] === true) : null,
    }));
  return { xAxis: of("xAxis"), yAxis: of("yAxis") };
}

const labelOf = (c: unknown): string => String(typeof c === "object" && c !== null ? (c as Json)["value"] : c);

/** The option on these scales: categories that are gone keep their place, empty. */
export function hold(option: Json, scales: Scales): Json {
  const out: Json = { ...option };
  for (const key of ["xAxis", "yAxis"] as const) {
    const axes = list(option[key]);
    const next = axes.map((axis, i) => {
      const held = scales[key][i];
      if (held?.extent && axis["type"] === "value" && axis["max"] === undefined) {
        const [low, high] = held.extent;
        if (axis["scale"] === true) return { ...axis, min: low, max: high };
        const ends = round(low, high);
        return { ...axis, ...ends, min: axis["min"] ?? ends.min };
      }
      if (held?.categories && Array.isArray(axis["data"])) {
        const was = held.categories.map(labelOf);
        const now = (axis["data"] as unknown[]).map(labelOf);
        const place = new Map(was.map((label, at) => [label, at]));
        if (now.length === was.length || !now.every((label) => place.has(label))) return axis;
        out["series"] = list(out["series"]).map((s) => {
          const data = s["data"];
          if (!Array.isArray(data) || data.length !== now.length || data.some((v) => Array.isArray(v) || Array.isArray((v as Json | null)?.["value"]))) return s;
          const moved: unknown[] = was.map(() => null);
          data.forEach((v, at) => (moved[place.get(now[at] as string) as number] = v));
          return { ...s, data: moved };
        });
        return { ...axis, data: held.categories };
      }
      return axis;
    });
    if (axes.length > 0) out[key] = Array.isArray(option[key]) ? next : next[0];
  }
  return out;
}

/** One scale for two options: the wider of the two. */
export function shared(a: Scales, b: Scales): Scales {
  const of = (key: "xAxis" | "yAxis"): Held[] =>
    a[key].map((h, i) => {
      const other = b[key][i]?.extent;
      return { categories: null, extent: h.extent && other ? [Math.min(h.extent[0], other[0]), Math.max(h.extent[1], other[1])] : null };
    });
  return { xAxis: of("xAxis"), yAxis: of("yAxis") };
}

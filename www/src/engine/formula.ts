// `kelan.fn`: formulas without a table. They answer at once, so they run in an instance of this thread.
import type { Locale } from "./api.js";
import { asErrorData, KelanError } from "./error.js";
import type { Executor } from "./executor.js";

export interface Formulas {
  sampleSize(options:
    | { test: "two_proportions"; p1: number; p2: number; alpha?: number; power?: number }
    | { test: "two_means"; d: number; alpha?: number; power?: number }): { n_per_group: number; n_per_group_arcsine?: number; cohens_h?: number };
  power(options: { test: "two_proportions"; p1: number; p2: number; alpha?: number; n_per_group: number }): { power: number };
  adjustPValues(p: readonly number[], method: "benjamini_hochberg" | "holm" | "bonferroni"): number[];
}

export function formulas(executor: Executor, locale: Locale): Formulas {
  const ask = (name: string, args: Record<string, unknown>): unknown => {
    try {
      return executor.now({ op: "formula", name, args }).value;
    } catch (error) {
      throw new KelanError(asErrorData(error), locale);
    }
  };
  return {
    sampleSize: (options) => ask("sample_size", options) as ReturnType<Formulas["sampleSize"]>,
    power: (options) => ask("power", options) as { power: number },
    adjustPValues: (p, method) => ask("adjust_p_values", { p: Array.from(p), method }) as number[],
  };
}

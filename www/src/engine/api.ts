// The public API of the engine, as the npm package documents it. Names are fixed: add, do not rename.
import type { AnalysisMap } from "../types/generated.js";

/** A piece of prose in both languages of the product. */
export interface Words { en: string; zh: string }
export type Locale = "en" | "zh-CN";

export type Role =
  | "customer" | "order" | "date" | "amount" | "quantity" | "unit_price" | "cost" | "discount" | "product" | "product_name"
  | "category" | "channel" | "region" | "status" | "segment" | "name" | "phone" | "email" | "text" | "rating" | "event"
  | "session" | "target";
export type ColumnType = "text" | "integer" | "decimal" | "boolean" | "date" | "timestamp";

export interface OpenOptions {
  /** Reader workers beside the engine's own. 0 runs everything in this thread (Node, tests). Default: 2 in a browser, 0 elsewhere. */
  workers?: number;
  /** Language of messages, titles and reasons. Both languages are always available under `words`. Default "en". */
  locale?: Locale;
  /** Where the WebAssembly file is, when a bundler moved it; or its bytes; or the compiled module. */
  wasm?: string | URL | BufferSource | WebAssembly.Module;
}

export type Source = Blob | ArrayBuffer | Uint8Array | string | URL;

export interface ReadOptions {
  /** File name, for messages and `table.name`; a `File` brings its own. */
  name?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** WHATWG encoding label; detected when absent. */
  encoding?: string;
  /** One or more characters, "whitespace" (runs of blanks and tabs) or "none" (whole lines); detected when absent. */
  delimiter?: string;
  quote?: string | null;
  escape?: string | null;
  comment?: string | null;
  /** true, false, "auto", or how many header rows: their names are joined by a blank. */
  header?: boolean | "auto" | number;
  /** Column names, with `header: false`. */
  names?: string[];
  /** Lines to leave out before the header. */
  skip_rows?: number;
  /** A type per column name, or "text" for all: every cell stays as in the file. */
  types?: "text" | Record<string, ColumnType>;
  layout?: "table" | "baskets";
  /** Sheet name or index, for workbooks. */
  sheet?: string | number;
  /** Which of several tables that stand one below another in the file, from 1; the longest when absent. Told apart in files up to 256 kB. */
  table?: number;
  /** Dates whose year does not come first: month or day first; found in the data when absent. */
  date_order?: "mdy" | "dmy";
  /** The decimal mark; found in the data when absent. */
  decimal?: "." | ",";
  /** Words that mean an empty cell here, besides the usual ones. */
  missing?: string[];
}

export interface Progress {
  phase: "decoding" | "reading" | "finishing";
  bytes: number;
  total_bytes: number;
  rows: number;
  rows_per_second: number;
  /** Seconds left, once a second of data is known. */
  eta_seconds: number | null;
  /** The first rows, once, as soon as they are parsed. */
  first_rows?: Rows;
}

export interface Rows { columns: string[]; rows: (string | null)[][]; first: number }

export interface ColumnSchema {
  name: string;
  type: ColumnType;
  role: Role | null;
  /** 0–1: how sure the guess of the role is; 1 when it was assigned. */
  confidence: number;
  reason: string;
  reason_words: Words;
  nulls: number;
  distinct: number;
  /** Cells that do not fit the type. */
  issues: number;
  /** Date columns: the order in which the cells write year, month and day. */
  date_order?: "ymd" | "mdy" | "dmy" | null;
  /** Columns of numbers: the decimal mark. */
  decimal?: "." | "," | null;
}

export interface SourceInfo {
  name: string; bytes: number; rows: number; encoding: string; delimiter: string | null; quote: string | null;
  escape: string | null; header_rows: number; skipped_rows: number; newline: string;
  /** The headers of the tables that stand one below another in the file, where there are several, and which of them this is, from 1. */
  tables: string[]; table: number;
}

export interface Issue { row: number | null; column: string | null; raw: string | null; reason: string; reason_words: Words }

export interface Sniffed {
  encoding: string; confidence: number; bom: boolean; delimiter: string | null; quote: string | null; escape: string | null;
  header: boolean | number; preview: string;
}

export type OrderKey = string | { each: "row" | "customer_day" } | string[];
export type RoleMap = { [R in Exclude<Role, "order">]?: string | null } & {
  order?: OrderKey | null;
  /** Lines that look like a test of the shop (“Test Customer”, 测试订单): counted and told of ("keep", the default) or left out ("drop"). */
  tests?: "keep" | "drop" | null;
};

export type Scalar = string | number | boolean;
export type Filter =
  | { and: Filter[] } | { or: Filter[] } | { not: Filter } | { customers: string[] } | { expr: string }
  | ({ column: string } & Test) | ({ role: Role } & Test);
type Test =
  | { in: Scalar[] } | { not_in: Scalar[] } | { eq: Scalar } | { ne: Scalar } | { gt: Scalar } | { ge: Scalar }
  | { lt: Scalar } | { le: Scalar } | { between: [Scalar, Scalar] } | { present: boolean };

export interface AnalyzeOptions {
  filter?: Filter | null;
  signal?: AbortSignal;
  /** Sign that sentences, chart titles and tooltips write before amounts of money: `"$"`, `"CHF "`. Nothing is converted. Default: none. */
  currency?: string;
}

/** A fitted model as JSON, version 1: keep it in a file, apply it to another table. What is inside may change with the version. */
export interface SavedModel { format: "kelan.model"; version: number; [key: string]: unknown }

/** `as_of`: the day (ISO) customer facts are measured at; the day after the last order when absent. */
export interface ApplyOptions extends AnalyzeOptions { as_of?: string }

export type ModelName = "logistic" | "boosted_trees" | "tree" | "random_forest";

/** One saved model on a table. */
export interface JudgedModel {
  model: ModelName;
  /** Rows the model was fitted to. */
  fitted_to: number;
  /** Rows that have all its features. */
  scored: number;
  /** Population stability index of each feature and of `(score)`: stable to 0.1, moved to 0.25, then another population. */
  psi: { feature: string; psi: number; verdict: "stable" | "moved" | "other" }[];
  /** Rows with levels the model has not seen, and which level they were taken as. */
  unseen: { feature: string; rows: number; levels: string[]; taken_as: string }[];
  /** Null where the table does not hold the answers. */
  outcomes: {
    n: number; positives: number; base_rate: number; mean_probability: number; auc: number | null; log_loss: number; brier: number;
    average_precision: number | null; ece: number;
    calibration: { low: number; high: number; n: number; mean_p: number | null; rate: number | null }[];
  } | null;
}

/** Figures of the first model, and of the others beside it. Frame: row or customer, probability, reasons, probability_2 …, actual where known. */
export interface Applied extends JudgedModel {
  unit: "row" | "customer";
  /** Rows (customers) under the filter. */
  rows: number;
  challengers: (JudgedModel & {
    /** Challenger minus champion on the rows both have scored and whose answer is known; 95 % intervals, the AUC's by DeLong. */
    versus: {
      n: number; auc_difference: number | null; auc_ci: [number, number] | null; auc_p: number | null;
      log_loss_difference: number; log_loss_ci: [number, number] | null; better: "champion" | "challenger" | "neither";
    } | null;
  })[];
}

/** A table of typed columns. A missing number is NaN and counted in `nulls`. */
export interface FrameData {
  columns: Record<string, Float64Array | Int32Array | Uint8Array | (string | null)[]>;
  rows: number;
  nulls: Record<string, number>;
}

export interface MethodText {
  id: string; title: string; formula: string; source: string; used_rows: number;
  left_out: { reason: string; rows: number }[]; warnings: string[]; choices: string[];
}
export interface MethodWords {
  id: string; title: Words; formula: Words; source: string; used_rows: number;
  left_out: { reason: Words; rows: number }[]; warnings: Words[]; choices: Words[];
}
export type NumberFormat = "money" | "count" | "number" | "percent" | "days";
export interface TileWords {
  id: string; label: Words; value: number | null; format: NumberFormat; previous: number | null;
  interval: [number, number] | null; usual: [number, number] | null; n: number | null; definition: Words;
}
export interface ChartData {
  id: string; title: Words; subtitle: Words; alt: Words; option: Record<string, unknown>;
  drill?: { columns: string[] };
}
export interface Chart { id: string; title: string; subtitle: string; alt: string; option: Record<string, unknown>; drill?: { columns: string[] } }

export interface Analysis<S = Record<string, unknown>> {
  summary: S;
  frame: FrameData;
  /** Decodes the texts of a long frame in short slices, so that a page that then looks at it does not stand still. */
  ready(): Promise<void>;
  method: MethodText;
  /** The finding as one sentence. */
  headline: string;
  /** Everything that is worded, in both languages. */
  words: { headline: Words; method: MethodWords; tiles: TileWords[]; charts: ChartData[] };
  /** ECharts options in a language and a theme. */
  charts(look?: { locale?: Locale; theme?: "light" | "dark" }): Chart[];
}

/** A column that an analysis cannot do without and that no role names. */
export interface ColumnWant {
  /** The parameter that takes it. */
  param: string;
  /** `yes_no`: two values, of which one is the event; `duration`: a time until something happened; `either`: a number or groups. */
  holds: "yes_no" | "number" | "duration" | "groups" | "either";
  /** Such columns the table must have. */
  least: number;
  /** Roles that, when all are assigned, stand in for it. */
  unless: Role[];
}

export interface AnalysisMeta {
  id: string; title: string; about: string; question: string; needs: Role[]; uses: Role[];
  formula: string; source: string;
  /** Columns that a parameter must name, since no role does: what each must hold. In the order to ask for them. */
  wants: ColumnWant[];
  frame: { name: string; label: string; format: string; about: string }[];
  /** JSON Schema (2020-12) of the parameters. */
  params: Record<string, unknown>;
  /** JSON Schema of the summary. */
  result: Record<string, unknown>;
  words: { title: Words; about: Words; formula: Words; frame: Words[]; frame_about: Words[] };
}

export interface RecipeStep { op: "read" | "assign" | "retype" | "append"; [key: string]: unknown }

export type ParamsOf<K> = K extends keyof AnalysisMap ? Partial<AnalysisMap[K]["params"]> : Record<string, unknown>;
export type SummaryOf<K> = K extends keyof AnalysisMap ? AnalysisMap[K]["summary"] : Record<string, unknown>;

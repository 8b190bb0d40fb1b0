/**
 * What the dashboard asks of the engine: the package's public API as the page sees it. The page depends on these shapes
 * only, so that it can be built, tested and embedded with any engine that satisfies them.
 */

/** A text that a person reads, in both languages. */
export interface Words {
  en: string;
  zh: string;
}

export type Locale = "en" | "zh-CN";
export type Theme = "light" | "dark";

export type Role =
  | "customer" | "order" | "date" | "amount" | "quantity" | "unit_price" | "cost" | "discount" | "product" | "product_name"
  | "category" | "channel" | "region" | "status" | "segment" | "name" | "phone" | "email" | "text" | "rating" | "event"
  | "session" | "target";

export type ColumnType = "text" | "integer" | "decimal" | "boolean" | "date" | "timestamp";

export interface ColumnSchema {
  name: string;
  type: ColumnType;
  role: Role | null;
  /** 0–1, how sure the guess of the role is. */
  confidence: number;
  reason_words: Words;
  /** Cells without a value. */
  nulls: number;
  distinct: number;
  /** Cells that do not fit the type. */
  issues: number;
  date_order?: "ymd" | "mdy" | "dmy" | null;
  decimal?: "." | "," | null;
}

export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  "x-zh"?: string;
}

/** What the registry knows of an analysis without running it. */
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
  id: string;
  question: string;
  needs: Role[];
  uses: Role[];
  source: string;
  /** Columns that a parameter must name, since no role does: what each must hold. In the order to ask for them. */
  wants: ColumnWant[];
  frame: { name: string; label: string; format: string; about: string }[];
  params: Record<string, unknown>;
  words: { title: Words; about: Words; formula: Words; frame: Words[]; frame_about: Words[] };
}

export type FrameValues = Float64Array | Int32Array | Uint8Array | (string | null)[];

/** A missing number is NaN. Columns may be decoded when they are first looked at. */
export interface Frame {
  columns: Record<string, FrameValues>;
  rows: number;
}

export interface LeftOut {
  reason: Words;
  rows: number;
}

export interface Method {
  id: string;
  title: Words;
  formula: Words;
  source: string;
  used_rows: number;
  left_out: LeftOut[];
  warnings: Words[];
  choices: Words[];
}

export interface Tile {
  id: string;
  label: Words;
  value: number | null;
  format: string;
  previous: number | null;
  interval: [number, number] | null;
  /** Usual range of the relative change. */
  usual: [number, number] | null;
  n: number | null;
  definition: Words;
}

export interface Drill {
  columns: string[];
}

/** A chart as the engine sends it: words, colours and formats are tokens (chart/resolve.ts replaces them). */
export interface Chart {
  id: string;
  title: Words;
  subtitle: Words;
  alt: Words;
  option: Record<string, unknown>;
  drill?: Drill | null;
}

/** A chart for one locale and theme; `option` can be given to ECharts. */
export interface ResolvedChart {
  id: string;
  title: string;
  subtitle: string;
  alt: string;
  option: Record<string, unknown>;
  drill?: Drill;
}

/** How numbers, words and colours come out. */
export interface Look {
  locale: Locale;
  theme: Theme;
  /** Sign before amounts of money; empty when the file names no currency. */
  currency?: string;
  /** 万 and 亿 in Chinese (the default), or groups of three digits. */
  grouping?: "wan" | "thousand";
  /** Values of `--kl-*` colours that a host page overrides, by name without the prefix. */
  colors?: Record<string, string>;
}

export interface Analysis {
  summary: Record<string, unknown>;
  readonly frame: Frame;
  /** Decodes the frame's texts in short slices: to be waited for before a long frame is looked at. */
  ready(): Promise<void>;
  words: { headline: Words; method: Method; tiles: Tile[]; charts: Chart[] };
}

export type Scalar = string | number | boolean;
export type Test =
  | { in: Scalar[] } | { not_in: Scalar[] } | { eq: Scalar } | { ne: Scalar } | { gt: Scalar } | { ge: Scalar }
  | { lt: Scalar } | { le: Scalar } | { between: [Scalar, Scalar] } | { present: boolean };
export type Filter =
  | { and: Filter[] } | { or: Filter[] } | { not: Filter } | { customers: string[] } | { expr: string }
  | ({ column: string } & Test) | ({ role: Role } & Test);

/** Rows as text, as in the file; `first` is the 0-based number of the first one. */
export interface Rows {
  columns: string[];
  rows: (string | null)[][];
  first: number;
}

export interface Progress {
  phase: string;
  bytes: number;
  total_bytes: number;
  rows: number;
  rows_per_second: number;
  eta_seconds: number | null;
  /** The first rows, once, before the file is fully read. */
  first_rows?: Rows;
}

export interface ReadOptions {
  name?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  encoding?: string;
  delimiter?: string;
  header?: boolean | "auto" | number;
  sheet?: string | number;
  table?: number;
  types?: "text" | Record<string, ColumnType>;
  skip_rows?: number;
  quote?: string | null;
  date_order?: "mdy" | "dmy";
  decimal?: "." | ",";
  missing?: string[];
}

export interface SourceInfo {
  name: string;
  bytes: number;
  rows: number;
  encoding: string;
  delimiter: string | null;
  quote: string | null;
  escape: string | null;
  header_rows: number;
  skipped_rows: number;
  newline: string;
  /** The headers of the tables that stand one below another in the file, where there are several, and which of them this is, from 1. */
  tables: string[];
  table: number;
}

export interface Issue {
  /** 0-based data row of the file. */
  row: number | null;
  column: string | null;
  raw: string | null;
  reason_words: Words;
}

export type RoleMap = { [R in Exclude<Role, "order">]?: string | null } & { order?: string | { each: "row" | "customer_day" } | string[] | null; tests?: "keep" | "drop" | null };

export interface RecipeStep {
  op: string;
  [key: string]: unknown;
}

/** One customer, for the 360° page. Money in the unit of the amount column; days are ISO dates. */
export interface CustomerRecord {
  customer: string;
  /** One per order, oldest first; `gap_days` to the purchase day before. */
  orders: { order: string | null; date: string | null; amount: number | null; gap_days: number | null; values?: Record<string, string | null> }[];
  revenue: number | null;
  /** Median of the days between purchase days. */
  median_gap_days: number | null;
  gap_p25?: number | null;
  gap_p75?: number | null;
  first_date: string | null;
  last_date: string | null;
  /** Last day in the data. */
  as_of: string | null;
  recency_days: number | null;
  /** What the customer's rows agree on, or their most frequent value: one per column that describes the customer. */
  attributes: { column: string; role: Role | null; value: string; personal?: boolean }[];
  /** Amount by what was bought, largest first. */
  groups: { column: string; role: Role | null; values: { value: string; amount: number; orders: number }[] }[];
}

export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly schema: ColumnSchema[];
  readonly source: SourceInfo;
  readonly issueCount: number;
  /** Rows that look like tests of the shop, and whether they count. */
  readonly tests: { rows: number; policy: "keep" | "drop" };
  readonly undoSteps: number;
  readonly redoSteps: number;
  /** Of a workbook: its sheets and the one that was read. */
  readonly sheet?: string | null;
  readonly sheets?: readonly { name: string; rows: number; columns: number; hidden: boolean }[];
  assign(roles: RoleMap): Promise<void>;
  retype(column: string, type: ColumnType): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  recipe(): RecipeStep[];
  replay(recipe: RecipeStep[]): Promise<void>;
  /** `currency` stands before amounts in sentences and titles; with the mark itself (i18n/format.ts) they are left to be written when shown. */
  analyze(id: string, params?: Record<string, unknown>, options?: { filter?: Filter | null; signal?: AbortSignal; currency?: string }): Promise<Analysis>;
  issues(options?: { limit?: number; offset?: number; column?: string }): Promise<Issue[]>;
  rowsAt(first: number, count: number): Promise<Rows>;
  values(column: string, limit?: number): Promise<{ distinct: number; values: { value: string; n: number }[] }>;
  count(filter: Filter | null): Promise<{ rows: number; customers: number | null }>;
  customer(id: string, filter?: Filter | null): Promise<CustomerRecord | Record<string, unknown>>;
  /** Revenue by month and customers by segment under a filter: what a filter bar redraws while it is dragged. */
  glance(filter?: Filter | null, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
  toCsv(options: { header?: boolean; guard?: boolean; filter?: Filter | null; encoding?: "utf-8" }): Promise<string>;
  toCsv(options: { header?: boolean; guard?: boolean; encoding: "utf-8-bom" | "gb18030"; filter?: Filter | null }): Promise<Uint8Array<ArrayBuffer>>;
  toArrow(): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Kelan {
  readonly formats: readonly string[];
  read(source: Blob | URL, options?: ReadOptions): Promise<Table>;
  sampleData(options?: { locale?: Locale; seed?: number; rows?: number }): Promise<Blob>;
  analyses(locale?: Locale): AnalysisMeta[];
  close(): Promise<void>;
}

/** What the engine throws. */
export interface EngineError extends Error {
  code: string;
  where: { file?: string; row?: number; column?: string; roles?: string[]; param?: string };
  words: { message: Words; remedy: Words };
}

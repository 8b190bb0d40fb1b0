/**
 * What the dashboard asks of the engine: the public API of the package as the page sees it.
 * Everything but the frame's columns is plain JSON with the names the Rust structs have.
 */

/** A text that a person reads, in both languages. */
export interface Words {
  en: string;
  zh: string;
}

export type Locale = "en" | "zh-CN";
export type Theme = "light" | "dark";

export type RoleId =
  | "customer" | "order" | "date" | "amount" | "quantity" | "unit_price" | "cost" | "discount" | "product" | "product_name"
  | "category" | "channel" | "region" | "status" | "segment" | "name" | "phone" | "email" | "text" | "rating" | "event"
  | "session" | "target" | (string & {});

export type ColumnType = "text" | "integer" | "decimal" | "boolean" | "date" | "timestamp" | (string & {});

export type Question =
  | "overview" | "who_are_my_customers" | "will_they_stay" | "what_do_they_buy" | "where_do_they_come_from"
  | "what_comes_next" | "can_i_trust_this_data";

export interface SchemaColumn {
  name: string;
  type: ColumnType;
  role: RoleId | null;
  /** 0–1, how sure the guess of the role is. */
  confidence: number;
  reason: Words | string | null;
  /** Cells without a value. */
  nulls: number;
  /** Distinct values, where counted. */
  distinct: number | null;
  /** Cells that do not fit the type. */
  issues: number;
}

export interface FrameColumnMeta {
  name: string;
  label: Words;
  /** `text`, `date`, `money`, `count`, `number`, `percent`, `days`. */
  format: string;
}

/** What the registry knows of an analysis without running it. */
export interface AnalysisMeta {
  id: string;
  title: Words;
  about: Words;
  question: Question;
  needs: RoleId[];
  uses: RoleId[];
  frame: FrameColumnMeta[];
  formula: Words;
  source: string;
  /** JSON Schema of the parameters; absent where the build carries none. */
  params?: JsonSchema;
  result?: JsonSchema;
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
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  "x-zh"?: string;
  "x-en"?: string;
}

export type FrameValues = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | (string | null)[] | (number | null)[];

export interface Frame {
  columns: Record<string, FrameValues>;
  rows: number;
  nulls?: Record<string, number>;
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

export interface Output {
  summary: Record<string, unknown>;
  frame: Frame;
  method: Method;
  headline: Words;
  tiles: Tile[];
  charts(look: Look): ResolvedChart[];
}

export type Filter =
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | { customers: string[] }
  | { expr: string }
  | FilterLeaf;

export interface FilterLeaf {
  column?: string;
  role?: RoleId;
  in?: (string | number | boolean)[];
  not_in?: (string | number | boolean)[];
  eq?: string | number | boolean;
  ne?: string | number | boolean;
  gt?: string | number;
  ge?: string | number;
  lt?: string | number;
  le?: string | number;
  between?: [string | number, string | number];
  present?: boolean;
}

export interface Progress {
  /** Bytes read so far, of `total`. */
  bytes: number;
  total: number;
  rows: number;
  /** The first rows as text, sent once, before the file is fully read. */
  first?: { columns: string[]; rows: (string | null)[][] };
}

export interface ReadOptions {
  name?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  encoding?: string;
  delimiter?: string;
  header?: boolean | "auto" | number;
  sheet?: string | number;
  types?: "text" | Record<string, ColumnType>;
  skip_rows?: number;
  quote?: string;
}

export interface Source {
  name: string;
  bytes: number;
  rows: number;
  encoding: string;
  delimiter: string;
  quote: string | null;
  escape: string | null;
  header_rows: number;
  skipped_rows: number;
  newline: string;
}

export interface Issue {
  /** 0-based data row of the file. */
  row: number;
  column: string | null;
  raw: string;
  reason: Words | string;
}

export type Cell = string | number | boolean | null;
export type Row = Record<string, Cell> | Cell[];

export interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly schema: SchemaColumn[];
  readonly source: Source;
  assign(roles: Partial<Record<RoleId, string | null | { each: "row" | "customer_day" } | string[]>>): Promise<void> | void;
  analyze(id: string, params?: Record<string, unknown>, options?: { filter?: Filter | null; signal?: AbortSignal; onProgress?: (p: Progress) => void }): Promise<Output>;
  issues(options?: { limit?: number }): Promise<Issue[]> | Issue[];
  sample(n: number): Promise<Row[]> | Row[];
  retype(column: string, type: ColumnType): Promise<void> | void;
  recipe(): Promise<unknown[]> | unknown[];
  toCsv(options?: { encoding?: string; guard?: boolean; header?: boolean }): Promise<Uint8Array | string>;
  toArrow(): Promise<Uint8Array>;
  close(): Promise<void> | void;
}

export interface Kelan {
  readonly formats: string[];
  read(source: Blob | ArrayBuffer | Uint8Array | string | URL, options?: ReadOptions): Promise<Table>;
  analyses(): AnalysisMeta[];
  close(): Promise<void> | void;
}

/** What the engine throws. */
export interface EngineError extends Error {
  code: string;
  where?: { file?: string; row?: number; column?: string; roles?: string[]; param?: string };
  remedy?: string;
  /** The same message and remedy in both languages, where the engine gives them. */
  words?: { message: Words; remedy: Words };
}

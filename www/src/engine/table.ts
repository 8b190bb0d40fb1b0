// A table as its user holds it: a handle. The data lives in the engine; what was done to it is kept here as a recipe, so that
// a table survives the loss of the instance that held it.
import type {
  Analysis, AnalyzeOptions, Applied, ApplyOptions, Chart, ColumnSchema, ColumnType, Issue, Locale, MethodText, MethodWords, ParamsOf, RecipeStep, RoleMap, Rows,
  SavedModel, SourceInfo, SummaryOf, Filter, Words, ChartData, TileWords,
} from "./api.js";
import { resolveChart } from "../chart/resolve.js";
import { MONEY, priced } from "../i18n/format.js";
import { asErrorData, KelanError, problem, say } from "./error.js";
import type { CallOptions, Executor } from "./executor.js";
import { unpackFrame } from "./frame.js";
import type { Answer, SheetInfo } from "./glue.js";
import type { CoreReadOptions } from "./ingest.js";
import type { Closed, Request } from "./core.js";

/** What the engine says of a table; sent after every change. */
export interface TableState {
  table: number;
  name: string;
  rows: number;
  source: SourceInfo;
  schema: (Omit<ColumnSchema, "reason"> & { reason_words: Words })[];
  recipe: RecipeStep[];
  issues: number;
  /** Steps that can be undone and redone. */
  undo: number;
  redo: number;
  order: Words;
  /** Rows that look like tests of the shop, and what becomes of them. */
  tests: { rows: number; policy: "keep" | "drop" };
  /** Workbooks: the sheet that was read, and all there are. Told once, when read. */
  sheet?: string;
  sheets?: SheetInfo[];
}

export interface CsvOptions { header?: boolean; guard?: boolean; filter?: Filter | null }

interface WireIssue { row: number | null; column: string | null; raw: string | null; reason: Words }

export class Table {
  private state: TableState;
  private readonly workbook: { sheet: string | undefined; sheets: SheetInfo[] | undefined };
  private generation: number;
  private closed = false;
  private restoring: Promise<void> | undefined;

  /** @internal */
  constructor(private readonly executor: Executor, private readonly from: { blob: Blob; options: CoreReadOptions }, state: TableState, private readonly locale: Locale,
    private readonly forgotten: (table: Table, held: number) => void = () => undefined) {
    this.state = state;
    this.workbook = { sheet: state.sheet, sheets: state.sheets };
    this.generation = executor.generation;
  }

  get name(): string { return this.state.name; }
  get rows(): number { return this.state.rows; }
  /** Number of columns. */
  get columns(): number { return this.state.schema.length; }
  /** What was detected or given when the file was read. */
  get source(): SourceInfo { return this.state.source; }
  get schema(): ColumnSchema[] {
    return this.state.schema.map((c) => ({ ...c, reason: say(c.reason_words, this.locale) }));
  }
  /** Issues in all; `issues({ limit })` lists them. */
  get issueCount(): number { return this.state.issues; }
  /** Workbooks: the sheet that was read, and the others; read again with `{ sheet }` for another. */
  get sheet(): string | null { return this.workbook.sheet ?? null; }
  get sheets(): SheetInfo[] { return this.workbook.sheets ?? []; }
  /** Rows that look like a test of the shop, and whether they count; `assign({ tests: "drop" })` leaves them out. */
  get tests(): { rows: number; policy: "keep" | "drop" } { return { ...this.state.tests }; }
  get undoSteps(): number { return this.state.undo; }
  get redoSteps(): number { return this.state.redo; }
  /** What was done to the data, in order; replays on another file with `replay`. */
  recipe(): RecipeStep[] { return structuredClone(this.state.recipe); }

  /** Assigns the roles it names; `null` clears one; guesses fill the rest. */
  async assign(roles: RoleMap): Promise<void> { await this.change({ op: "assign", roles }); }
  /** Changes a column's type, from the text of its cells: the file is not read again. */
  async retype(column: string, type: ColumnType): Promise<void> { await this.change({ op: "retype", column, type }); }
  /** Does to this table what a recipe of another says. */
  async replay(recipe: RecipeStep[]): Promise<void> { await this.change({ op: "replay", recipe }); }
  async undo(): Promise<void> { await this.change({ op: "undo" }); }
  async redo(): Promise<void> { await this.change({ op: "redo" }); }

  async analyze<K extends string>(id: K, params: ParamsOf<K> = {} as ParamsOf<K>, options: AnalyzeOptions = {}): Promise<Analysis<SummaryOf<K>>> {
    return this.finding(await this.job({ op: "analyze", id, params, filter: options.filter ?? null }, { signal: options.signal }), options.currency);
  }

  /**
   * Scores this table with a model saved by `classify` (`summary.model`, with `export: true`): probability and reasons of each row,
   * drift since the fit, and how right it was where the answers are known. Of several models the first is the champion, the others are compared with it.
   */
  async apply(model: SavedModel | readonly SavedModel[], options: ApplyOptions = {}): Promise<Analysis<Applied>> {
    const models = Array.isArray(model) ? model : [model];
    return this.finding(await this.job({ op: "apply", models, as_of: options.as_of ?? null, filter: options.filter ?? null }, { signal: options.signal }), options.currency);
  }

  private finding<S>(answer: Answer, currency = ""): Analysis<S> {
    const { summary, ...words } = answer.value as { summary: S; method: MethodWords; headline: Words; tiles: TileWords[]; charts: ChartData[] };
    // Who gives the mark itself for a sign writes the sentences later, as often as the currency changes.
    if (currency !== MONEY) writeCurrency(words, currency);
    const value = { summary, ...words };
    const home = this.locale;
    let frame: ReturnType<typeof unpackFrame> | undefined;
    const unpacked = (): ReturnType<typeof unpackFrame> => (frame ??= unpackFrame(answer.frame));
    return {
      summary: value.summary,
      get frame() { return unpacked().frame; },
      ready: () => unpacked().ready(),
      method: methodText(value.method, home),
      headline: say(value.headline, home),
      words: { headline: value.headline, method: value.method, tiles: value.tiles, charts: value.charts },
      charts: ({ locale = home, theme = "light" } = {}): Chart[] => value.charts.map((c) => resolveChart(c, { locale, theme, currency })),
    };
  }

  /** Cells that do not fit their column and records that do not fit the table, with row and column. */
  async issues({ limit = 1000, offset = 0, column }: { limit?: number; offset?: number; column?: string } = {}): Promise<Issue[]> {
    const { value } = await this.job({ op: "issues", limit, offset, column: column ?? null });
    return (value as WireIssue[]).map(({ reason, ...rest }) => ({ ...rest, reason: say(reason, this.locale), reason_words: reason }));
  }

  /** The first `n` rows, each as its cells' text by column name; a missing cell is null. */
  async sample(n = 100): Promise<Record<string, string | null>[]> {
    const { columns, rows } = await this.rowsAt(0, n);
    return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
  }

  /** `count` rows from `first` on, as text as in the file. */
  async rowsAt(first: number, count: number): Promise<Rows> {
    return (await this.job({ op: "sample", n: count, first })).value as Rows;
  }

  /** The distinct values of a column, most frequent first. */
  async values(column: string, limit = 200): Promise<{ distinct: number; values: { value: string; n: number }[] }> {
    return (await this.job({ op: "values", column, limit })).value as { distinct: number; values: { value: string; n: number }[] };
  }

  /** How many rows and customers a filter keeps. */
  async count(filter: Filter | null): Promise<{ rows: number; customers: number | null }> {
    return (await this.job({ op: "count", filter })).value as { rows: number; customers: number | null };
  }

  /** One customer's orders and figures, for the 360° page. */
  async customer(id: string, filter: Filter | null = null): Promise<Record<string, unknown>> {
    return (await this.job({ op: "customer", id, filter })).value as Record<string, unknown>;
  }

  /** Revenue by month and customers by RFM segment under a filter: what a filter bar redraws while it is dragged. */
  async glance(filter: Filter | null = null, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return (await this.job({ op: "glance", filter, params })).value as Record<string, unknown>;
  }

  /** RFC 4180: text, or bytes in another encoding. `guard` (default) puts an apostrophe before cells that a spreadsheet would run as formulas. */
  async toCsv(options?: CsvOptions & { encoding?: "utf-8" }): Promise<string>;
  async toCsv(options: CsvOptions & { encoding: "utf-8-bom" | "gb18030" }): Promise<Uint8Array<ArrayBuffer>>;
  async toCsv({ header = true, guard = true, encoding = "utf-8", filter = null }: CsvOptions & { encoding?: "utf-8" | "utf-8-bom" | "gb18030" } = {}): Promise<string | Uint8Array<ArrayBuffer>> {
    const bytes = (await this.job({ op: "to_csv", header, guard, encoding, filter })).bytes ?? new Uint8Array();
    if (encoding === "utf-8-bom") return bytes;
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    if (encoding === "utf-8") return text;
    const { encodeGb18030 } = await import("./gb18030.js");
    return encodeGb18030(text);
  }

  /** Arrow IPC (file format): opens in apache-arrow, pyarrow, Polars, DuckDB. */
  async toArrow(): Promise<Uint8Array> {
    return (await this.job({ op: "to_arrow" })).bytes ?? new Uint8Array();
  }

  /** Frees the table's memory in the engine. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const answer = this.generation === this.executor.generation
      ? await this.executor.call({ op: "job", job: { op: "close", table: this.state.table } }).catch(() => undefined) : undefined;
    this.forgotten(this, (answer?.value as Closed | undefined)?.held ?? 0);
  }

  private async change(job: { op: string } & Record<string, unknown>): Promise<void> {
    this.state = (await this.job(job)).value as TableState;
  }

  private async job(job: { op: string } & Record<string, unknown>, options: CallOptions = {}): Promise<Answer> {
    try {
      if (this.closed) throw problem("cancelled", "the table was closed", "表已关闭");
      await this.restore();
      return await this.executor.call({ op: "job", job: { ...job, table: this.state.table } } as Request, options);
    } catch (error) {
      throw new KelanError(asErrorData(error), this.locale);
    }
  }

  /** After the loss of an instance: reads the file again and replays the recipe. */
  private async restore(): Promise<void> {
    if (this.generation === this.executor.generation) return;
    this.restoring ??= (async () => {
      const generation = this.executor.generation, recipe = this.state.recipe;
      const read = await this.executor.call({ op: "read", source: this.from.blob, options: this.from.options });
      this.state = read.value as TableState;
      const replayed = await this.executor.call({ op: "job", job: { op: "replay", recipe, table: this.state.table } });
      this.state = replayed.value as TableState;
      this.generation = generation;
    })().finally(() => { this.restoring = undefined; });
    await this.restoring;
  }
}

/** Every sentence inside gets the sign of the currency, where it stands. */
function writeCurrency(value: object, currency: string): void {
  // Rows of figures are the bulk of a chart.
  if (Array.isArray(value) && typeof value[0] === "number") return;
  const inside = value as Record<string, unknown>;
  for (const key of Object.keys(inside)) {
    const part = inside[key];
    if (typeof part === "string") inside[key] = priced(part, currency);
    else if (typeof part === "object" && part !== null) writeCurrency(part, currency);
  }
}

export function methodText(method: MethodWords, locale: Locale): MethodText {
  return {
    ...method, title: say(method.title, locale), formula: say(method.formula, locale),
    left_out: method.left_out.map((l) => ({ ...l, reason: say(l.reason, locale) })),
    warnings: method.warnings.map((w) => say(w, locale)), choices: method.choices.map((c) => say(c, locale)),
  };
}

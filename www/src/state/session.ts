/**
 * What is open: the engine, the table and the results already computed. Kept out of the reactive store, since a handle to
 * the engine must be closed and arrays of a million rows must not be watched.
 */
import type { Analysis, AnalysisMeta, ColumnSchema, EngineError, Filter, Issue, Kelan, ReadOptions, RecipeStep, Role, Rows, Table } from "../types/engine.ts";
import { MONEY } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { currencyOf } from "./currency.ts";
import { toFilter } from "./filter.ts";
import { fit, fitting, type Change } from "./history.ts";
import { guess, wants, type Params, type Want } from "./guess.ts";
import { noFilters, store, type Filters, type Problem, type State } from "./store.ts";

type OpenEngine = () => Promise<Kelan>;

/** A file that was taken into the table, and the table before it: what it brought can be given back. */
export interface Taken {
  name: string;
  how: "append" | "replace";
  /** Rows it added, and rows that it changed. */
  added: number;
  changed: number;
  /** Without its bytes where they were not kept between visits. */
  before: { name: string; blob: Blob | null; options: ReadOptions; files: State["files"]; synthetic: boolean };
}

/** An analysis that was asked for: running while it has a control, and by whom it is waited for. */
interface Ask {
  key: string;
  result: Promise<Analysis>;
  control: AbortController | null;
  wanted: Set<string>;
}

class Session {
  kelan: Kelan | null = null;
  table: Table | null = null;
  /** The files behind the table, so that a workspace can be saved and read again. */
  blobs: { name: string; blob: Blob }[] = [];
  readOptions: ReadOptions = {};
  /** Files taken in since the table was first opened, in order. */
  taken: Taken[] = [];
  issues: Issue[] = [];
  span: [string, string] | null = null;
  /** The first and last day are still being looked up: rooms that ask for “lately” wait for them. */
  spanPending = false;
  private opening: Promise<Kelan> | null = null;
  private results = new Map<string, Ask>();
  private valueLists = new Map<string, Promise<{ distinct: number; values: { value: string; n: number }[] }>>();
  private running = new Map<string, Ask>();
  private reading: AbortController | null = null;
  private makeEngine: OpenEngine | null = null;

  /** Who makes the engine: the site, the one file and the embedding page each know another way. */
  use(open: OpenEngine): void {
    this.makeEngine = open;
  }

  async engine(): Promise<Kelan> {
    if (this.kelan) return this.kelan;
    if (!this.makeEngine) throw new Error("no engine was given");
    this.opening ??= this.makeEngine();
    try {
      this.kelan = await this.opening;
    } catch (error) {
      this.opening = null;
      throw error;
    }
    return this.kelan;
  }

  metas(): AnalysisMeta[] {
    return this.kelan?.analyses() ?? [];
  }

  meta(id: string): AnalysisMeta | undefined {
    return this.metas().find((m) => m.id === id);
  }

  column(role: Role): ColumnSchema | undefined {
    return this.table?.schema.find((c) => c.role === role);
  }

  /** Roles an analysis needs and the table lacks; quantity × unit price stand in for an amount, contract columns for dates. */
  missing(meta: AnalysisMeta): Role[] {
    if (!this.table) return meta.needs;
    const { duration, event, price, quantity } = this.params(meta);
    if (duration && event) return [];
    const have = new Set(this.table.schema.map((c) => c.role));
    const needs: Role[] = meta.id === "elasticity" && !(price && quantity) ? [have.has("unit_price") ? "unit_price" : "amount", "quantity"] : meta.needs;
    return needs.filter((r) => !have.has(r) && !(r === "amount" && have.has("quantity") && have.has("unit_price")) && !(r === "order" && have.has("customer") && have.has("date")));
  }

  /** What a room asks of the columns beyond roles and the file lacks: a yes or no, a time, groups. */
  want(meta: AnalysisMeta): Want | null {
    return this.table ? wants(meta, this.table.schema, this.params(meta)) : null;
  }

  /** The room can answer with the columns there are. */
  ready(meta: AnalysisMeta): boolean {
    return this.missing(meta).length === 0 && this.want(meta) === null;
  }

  /** What a room still needs, in words for a list; empty when it can answer. */
  needs(meta: AnalysisMeta): string[] {
    const missing = this.missing(meta);
    const want = missing.length === 0 ? this.want(meta) : null;
    return want ? [t(`want.${want}.short`)] : missing.map((r) => t(`role.${r}` as Key) || r);
  }

  /** What a room asks for: what was chosen, and for the rest what a person would pick first. */
  params(meta: Pick<AnalysisMeta, "id">, chosen: Params = store.state.params[meta.id] ?? {}): Params {
    return { ...guess(meta, this.table?.schema ?? [], this.span, chosen, this.table?.rows), ...chosen };
  }

  /**
   * A room's question under the filters. Rooms that set a span against another keep the days outside the chosen period,
   * since those are what the period is compared with.
   */
  ask(id: string, filters: Filters = store.state.filters, chosen: Params = store.state.params[id] ?? {}): { params: Params; filter: Filter | null } {
    const params = this.params({ id }, chosen);
    const { period } = filters;
    if (!period || (id !== "overview" && id !== "explain_change")) return { params, filter: this.filter(filters) };
    const span = { from: period[0], to: period[1] };
    return { params: id === "overview" ? { ...params, ...span, ...chosen } : { ...params, after: span, ...chosen }, filter: this.filter({ ...filters, period: null }) };
  }

  // Reading

  /** Reads a file, with the steps that are to be done before it is shown: nobody works on a table that is about to change. */
  async read(blob: Blob, name: string, options: ReadOptions = {}, synthetic = false, steps: readonly RecipeStep[] = []): Promise<boolean> {
    // For a program an empty file is a table of nothing; a person has chosen the wrong one.
    if (blob.size === 0) {
      store.set({ problem: { code: "bad_file", title: t("drop.empty"), detail: name, remedy: t("drop.emptyRemedy"), raw: "" } });
      return false;
    }
    this.cancelReading();
    const control = new AbortController();
    this.reading = control;
    const { problem } = store.state;
    store.set({
      // What is true of the workspace stays true while a file is read.
      screen: "reading", problem: problem?.code === "unkept" ? problem : null, selection: null, sheet: null, dialog: null, synthetic,
      reading: { name, bytes: 0, total: blob.size, rows: 0, rate: 0, eta: null, first: null, finishing: false },
    });
    try {
      const kelan = await this.engine();
      let last = 0;
      const table = await kelan.read(blob, {
        ...options, name, signal: control.signal,
        onProgress: (p) => {
          const now = performance.now();
          const before = store.state.reading;
          if (!before || control.signal.aborted || (now - last < 80 && !p.first_rows)) return;
          last = now;
          store.set({
            reading: { ...before, bytes: p.bytes, total: p.total_bytes, rows: p.rows, rate: p.rows_per_second, eta: p.eta_seconds, first: p.first_rows ?? before.first, finishing: p.phase === "finishing" },
          });
        },
      });
      const before = this.table;
      this.table = table;
      if (steps.some((s) => s.op !== "read")) await this.replay(steps);
      else await this.changed();
      const currency = await this.currency();
      // Until the new table is shown, a person may still cancel, and keeps the one that was open.
      if (control.signal.aborted) {
        await table.close();
        if (this.table === table) {
          this.table = before;
          await this.changed();
        } else await before?.close();
        return this.stopped();
      }
      await before?.close();
      this.blobs = [{ name, blob }];
      this.readOptions = options;
      this.taken = [];
      store.startHistory();
      store.set({
        reading: null, screen: "import", currency, filters: noFilters(), compare: null, params: {}, customer: null, files: [{ name, bytes: blob.size }],
        workspace: { id: crypto.randomUUID(), name: name.replace(/\.[a-z0-9]{1,6}$/i, "") }, audiences: [], notes: [], pins: [],
      });
      return true;
    } catch (error) {
      if (control.signal.aborted) return this.stopped();
      store.set({ reading: null, problem: problemOf(error, name), screen: this.table ? store.state.screen === "reading" ? "import" : store.state.screen : "landing" });
      return false;
    } finally {
      if (this.reading === control) this.reading = null;
    }
  }

  /** After a reading that was cancelled: back to where the person was, unless another file is being read already. */
  private stopped(): false {
    if (!this.reading) store.set({ reading: null, screen: this.table ? "import" : "landing" });
    return false;
  }

  cancelReading(): void {
    this.reading?.abort();
    this.reading = null;
  }

  /** The same bytes with another encoding, delimiter or header row. */
  async readAgain(options: ReadOptions): Promise<void> {
    const [first] = this.blobs;
    if (!first) return;
    await this.readInstead(first.blob, first.name, { ...this.readOptions, ...options }, store.state.files, this.taken);
  }

  /** Reads other bytes in place of those that are open: steps, filters and the workspace go on. */
  async readInstead(blob: Blob, name: string, options: ReadOptions, files: State["files"], taken: Taken[], synthetic = store.state.synthetic): Promise<boolean> {
    const { workspace, audiences, notes, pins, params, currency, filters, compare } = store.state;
    const steps = this.table?.recipe() ?? [];
    const { changes } = store;
    if (!(await this.read(blob, name, options, synthetic, steps))) return false;
    this.taken = taken;
    this.carryOn({ filters, compare }, changes);
    store.set({ files, workspace, audiences, notes, pins, params, currency });
    return true;
  }

  /** Filters and what was changed of them stay where their columns do. */
  carryOn(view: Pick<State, "filters" | "compare">, changes: readonly Change[]): void {
    const has = (column: string): boolean => this.table?.schema.some((c) => c.name === column) ?? false;
    store.startHistory(fit(changes, has));
    store.set({ filters: fitting(view.filters, has), compare: fitting(view.compare, has) });
  }

  /** Does the steps of a recipe that fit the table that is open, and says which do not: nothing is lost without a word. */
  async replay(steps: readonly RecipeStep[]): Promise<RecipeStep[]> {
    const table = this.table;
    const wanted = steps.filter((s) => s.op !== "read");
    if (!table || wanted.length === 0) return [];
    const kept: RecipeStep[] = [];
    const lost: RecipeStep[] = [];
    await table.replay(wanted).catch(async () => {
      for (const step of wanted) await table.replay([...kept, step]).then(() => kept.push(step), () => lost.push(step));
      if (lost.length > 0) await table.replay(kept);
    });
    await this.changed();
    if (lost.length > 0) {
      const columns = [...new Set(lost.flatMap((s) => (s.op === "retype" ? [String(s["column"])] : Object.values((s["roles"] ?? {}) as object).filter((c): c is string => typeof c === "string"))))];
      store.set({ problem: { code: "bad_param", title: t("steps.lost", { n: lost.length, of: wanted.length }), detail: columns.join(t("list.comma")), remedy: t("steps.lostRemedy", { columns: columns.join(t("list.comma")) }), raw: "" } });
    }
    return lost;
  }

  /** After every change of rows, types or roles: nothing computed before holds. */
  async changed(): Promise<void> {
    this.stopAll();
    this.results.clear();
    this.valueLists.clear();
    this.span = null;
    this.spanPending = Boolean(this.table && this.column("date"));
    if (this.table) {
      this.issues = this.table.issueCount > 0 ? await this.table.issues({ limit: 2000 }) : [];
      const total = await this.table.count(null).catch(() => ({ rows: this.table?.rows ?? 0, customers: null }));
      store.set({ total, count: null });
    }
    store.set({ version: store.state.version + 1 });
    void this.findSpan();
  }

  /** The currency that the table's amounts are written in, as far as they say. */
  private async currency(): Promise<string> {
    const column = this.column("amount") ?? this.column("unit_price") ?? this.column("cost");
    if (!this.table || !column) return "";
    const { columns, rows } = await this.table.rowsAt(0, 100);
    const at = columns.indexOf(column.name);
    return currencyOf(column.name, rows.map((r) => r[at] ?? null));
  }

  /** First and last day of the data, for the period filter. */
  private async findSpan(): Promise<void> {
    const column = this.column("date");
    if (!this.table || !column) return;
    const version = store.state.version;
    this.spanPending = true;
    try {
      const { summary } = await this.run("describe", { columns: [column.name] }, null).catch(() => this.run("overview", {}, null));
      const { columns, from, to } = summary as { columns?: { first?: string | null; last?: string | null }[]; from?: string; to?: string };
      // Where the rooms beyond the core cannot be had, the overview knows the days of the orders.
      const found = columns ? columns[0] : { first: from, last: to };
      if (store.state.version === version && found?.first && found.last) this.span = [found.first.slice(0, 10), found.last.slice(0, 10)];
    } catch {
      // Without a span the period filter offers free dates.
    } finally {
      if (store.state.version === version) {
        this.spanPending = false;
        store.set({});
      }
    }
  }

  async rows(n: number, first: number): Promise<Rows> {
    if (!this.table) return { columns: [], rows: [], first };
    return this.table.rowsAt(first, n);
  }

  values(column: string): Promise<{ distinct: number; values: { value: string; n: number }[] }> {
    let list = this.valueLists.get(column);
    if (!list) {
      list = this.table ? this.table.values(column, 500) : Promise.resolve({ distinct: 0, values: [] });
      this.valueLists.set(column, list);
      list.catch(() => this.valueLists.delete(column));
    }
    return list;
  }

  // Results

  key(id: string, params: Record<string, unknown>, filter: Filter | null): string {
    return JSON.stringify([store.state.version, id, params, filter]);
  }

  /** A result, from memory where it was computed before. A newer request for the same place cancels an older one. */
  run(id: string, params: Record<string, unknown>, filter: Filter | null, place?: string): Promise<Analysis> {
    const table = this.table;
    if (!table) return Promise.reject(new Error("no table is open"));
    const key = this.key(id, params, filter);
    const mine = place ?? key;
    let ask = this.results.get(key);
    // What only this place was waiting for is stopped; what another waits for goes on.
    const before = place ? this.running.get(place) : undefined;
    if (before && before !== ask) {
      before.wanted.delete(mine);
      if (before.wanted.size === 0) this.stop(before);
    }
    if (!ask) {
      const control = new AbortController();
      ask = { key, control, wanted: new Set(), result: table.analyze(id, params, { filter, signal: control.signal, currency: MONEY }) };
      this.results.set(key, ask);
      // The cache keeps what was asked for last; a day of use must not grow without end.
      if (this.results.size > 60) {
        const [oldest] = this.results.keys();
        if (oldest !== undefined) this.results.delete(oldest);
      }
      const own = ask;
      own.result.catch(() => this.forget(own)).finally(() => {
        for (const [at, running] of this.running) if (running === own) this.running.delete(at);
        own.control = null;
      });
    }
    if (ask.control) {
      ask.wanted.add(mine);
      if (place) this.running.set(place, ask);
    }
    return ask.result;
  }

  private forget(ask: Ask): void {
    if (this.results.get(ask.key) === ask) this.results.delete(ask.key);
  }

  /** Forgotten at once, so that whoever asks the same a moment later is not handed the cancelled answer. */
  private stop(ask: Ask): void {
    ask.control?.abort();
    this.forget(ask);
  }

  /** A result that is looked at once, while something is dragged: not kept. */
  glimpse(id: string, params: Params, filter: Filter | null, signal?: AbortSignal): Promise<Analysis> {
    return this.table ? this.table.analyze(id, params, { filter, currency: MONEY, ...(signal && { signal }) }) : Promise.reject(new Error("no table is open"));
  }

  cancel(place: string): void {
    const ask = this.running.get(place);
    if (ask) this.stop(ask);
  }

  private stopAll(): void {
    for (const ask of this.running.values()) this.stop(ask);
    this.running.clear();
  }

  filter(filters: Filters = store.state.filters): Filter | null {
    return toFilter(filters, store.state.audiences);
  }

  async close(): Promise<void> {
    this.cancelReading();
    this.stopAll();
    this.results.clear();
    this.valueLists.clear();
    await this.table?.close();
    this.table = null;
    this.blobs = [];
    this.issues = [];
    this.span = null;
  }
}

export const session = new Session();

export function isEngineError(error: unknown): error is EngineError {
  return error instanceof Error && "code" in error && "words" in error;
}

/** Whatever was thrown, as something a person can act on. */
export function problemOf(error: unknown, name = ""): Problem {
  if (isEngineError(error)) {
    return {
      // Messages of the engine begin small, since programs put a name before them; names of files stay as they are.
      code: error.code, title: say(error.words.message).replace(/^[a-z]+(?=[\s,:])/, (word) => word.charAt(0).toUpperCase() + word.slice(1)), detail: name, remedy: say(error.words.remedy),
      raw: JSON.stringify({ code: error.code, where: error.where }),
    };
  }
  return { code: "internal", title: t("problem.unknown"), detail: name, remedy: t("problem.report"), raw: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

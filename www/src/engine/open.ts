// `open()`: the way in. Entry points differ only in how they find the engine's code.
import registryJson from "../types/registry.json" with { type: "json" };
import type { AnalysisMeta, Locale, OpenOptions, ReadOptions, Sniffed, Source, Words } from "./api.js";
import { asErrorData, KelanError, problem, say } from "./error.js";
import { InlineExecutor, WorkerExecutor, type Executor, type Loader } from "./executor.js";
import { formulas, type Formulas } from "./formula.js";
import { Table, type TableState } from "./table.js";

/** What the registry says of an analysis, in both languages. */
export interface RegistryEntry extends Omit<AnalysisMeta, "title" | "about" | "formula" | "frame" | "words"> {
  title: Words; about: Words; formula: Words;
  frame: { name: string; label: Words; format: string; about: Words }[];
}

const registry = registryJson as unknown as RegistryEntry[];

/** With no table open, an engine that holds more memory than this is let go: bytes. A new one starts in a moment. */
const KEPT = 256 << 20;

export class Kelan {
  /** File endings this build reads. */
  readonly formats: readonly string[] = ["csv", "tsv", "txt", "psv", "gz", "xlsx", "xlsm", "xlsb", "xls", "ods", "arrow", "arrows", "feather"];
  /** Formulas that need no table. */
  readonly fn: Formulas;
  private readonly tables = new Set<Table>();

  /** @internal */
  constructor(private readonly executor: Executor, readonly locale: Locale) {
    this.fn = formulas(executor, locale);
  }

  async read(source: Source, options: ReadOptions = {}): Promise<Table> {
    const { signal, onProgress, ...rest } = options;
    try {
      const blob = await blobOf(source, signal);
      const name = rest.name ?? nameOf(source);
      const known = Object.fromEntries(Object.entries({ ...rest, name }).filter(([, v]) => v !== undefined && v !== null));
      if (rest.quote === null) known.quote = "";
      const answer = await this.executor.call({ op: "read", source: blob, options: known }, { signal, onProgress });
      const table = new Table(this.executor, { blob, options: known }, answer.value as TableState, this.locale, (t, held) => this.forget(t, held));
      this.tables.add(table);
      return table;
    } catch (error) {
      throw new KelanError(asErrorData(error), this.locale);
    }
  }

  private forget(table: Table, held: number): void {
    this.tables.delete(table);
    if (this.tables.size === 0 && held > KEPT) this.executor.rest();
  }

  /** What `read` would decide about a file, from its first bytes. */
  async sniff(source: Source, options: Pick<ReadOptions, "encoding" | "delimiter" | "header" | "quote" | "signal"> = {}): Promise<Sniffed> {
    const { signal, ...rest } = options;
    try {
      const blob = await blobOf(source, signal);
      const known = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined && v !== null));
      return (await this.executor.call({ op: "sniff", source: blob, options: known }, { signal })).value as Sniffed;
    } catch (error) {
      throw new KelanError(asErrorData(error), this.locale);
    }
  }

  /** A synthetic shop's orders as CSV bytes: seeded, so equal options give equal bytes. Clearly not real data: customers are numbered. */
  async sampleData(options: { locale?: Locale; seed?: number; rows?: number } = {}): Promise<Blob> {
    try {
      const { bytes } = await this.executor.call({ op: "generate", options: { locale: this.locale, ...options } });
      return new Blob([bytes ?? new Uint8Array()], { type: "text/csv;charset=utf-8" });
    } catch (error) {
      throw new KelanError(asErrorData(error), this.locale);
    }
  }

  /** The registry: every analysis with what it needs, takes and gives. */
  analyses(locale: Locale = this.locale): AnalysisMeta[] {
    return registry.map((a) => ({
      ...a, title: say(a.title, locale), about: say(a.about, locale), formula: say(a.formula, locale),
      frame: a.frame.map((c) => ({ ...c, label: say(c.label, locale), about: say(c.about, locale) })),
      words: { title: a.title, about: a.about, formula: a.formula, frame: a.frame.map((c) => c.label), frame_about: a.frame.map((c) => c.about) },
    }));
  }

  /** Frees everything: tables, workers, memory. */
  async close(): Promise<void> {
    await Promise.all([...this.tables].map((t) => t.close()));
    this.tables.clear();
    this.executor.close();
  }

  /** @internal Traps the engine, or one of the workers beside it, to test that it recovers. */
  async trap(where: "engine" | "reader" = "engine"): Promise<void> {
    await this.executor.call({ op: "trap", where }).catch((e: unknown) => { throw new KelanError(asErrorData(e), this.locale); });
  }
}

export type Open = (options?: OpenOptions) => Promise<Kelan>;

export function makeOpen(loader: Loader): Open {
  return async ({ workers, locale = "en", wasm }: OpenOptions = {}) => {
    try {
      const module = wasm === undefined ? await loader.module() : await compile(wasm);
      const threads = workers ?? 2, canWork = typeof Worker === "function" && typeof MessageChannel === "function" && typeof document !== "undefined";
      const glue = await loader.glue();
      return new Kelan(threads > 0 && canWork ? new WorkerExecutor(loader, glue, module, threads) : new InlineExecutor(loader, glue, module), locale);
    } catch (error) {
      throw new KelanError(asErrorData(error), locale);
    }
  };
}

export async function compile(wasm: NonNullable<OpenOptions["wasm"]>): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm === "string" || wasm instanceof URL) {
    const response = await fetch(wasm);
    if (!response.ok) throw problem("bad_file", `the engine was not found at ${String(wasm)} (HTTP ${response.status})`, `在 ${String(wasm)} 未找到引擎（HTTP ${response.status}）`,
      "Give `open({ wasm })` the address of kelan.wasm, or import “kelan/inline”.", "请用 `open({ wasm })` 指明 kelan.wasm 的地址，或改为导入 “kelan/inline”。");
    // Compiled while it arrives, where the server says what it is.
    const streams = response.headers.get("content-type") === "application/wasm";
    return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  }
  return WebAssembly.compile(wasm);
}

const nameOf = (source: Source): string =>
  typeof File !== "undefined" && source instanceof File ? source.name : source instanceof URL ? (source.pathname.split("/").pop() ?? "") : "";

async function blobOf(source: Source, signal?: AbortSignal): Promise<Blob> {
  if (source instanceof Blob) return source;
  if (typeof source === "string") return new Blob([source]);
  if (source instanceof URL) {
    let response: Response;
    try {
      response = await fetch(source, signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted) throw problem("cancelled", "cancelled by the caller", "已由调用方取消");
      throw problem("bad_file", `${source.host} could not be read: ${String(error)}`, `无法读取 ${source.host}：${String(error)}`,
        "The server may not allow other pages to read it (CORS): download the file and open it from disk.", "该服务器可能不允许其他网页读取（CORS）：请先下载文件，再从本机打开。");
    }
    if (!response.ok) throw problem("bad_file", `${source.host} answered HTTP ${response.status}`, `${source.host} 返回 HTTP ${response.status}`);
    return response.blob();
  }
  return new Blob([source as BlobPart]);
}

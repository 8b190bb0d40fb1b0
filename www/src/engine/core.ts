// The engine in one thread: a WebAssembly instance that holds the tables. Runs in the engine's worker, or inline.
import type { Progress } from "./api.js";
import { runBatch, type Runner } from "./batch.js";
import { isErrorData, isTrap, problem } from "./error.js";
import type { AddonName, Addons, Answer, Glue, WasmEngine } from "./glue.js";
import { bytesOf, ingest, InlineParser, type CoreReadOptions, type Parser } from "./ingest.js";
import { joinRooms, needsRooms } from "./rooms.js";

/** A request to the engine. `read` and `sniff` carry a Blob; everything else is plain data for `job/` in Rust. */
export type Request =
  | { op: "read"; source: Blob; options: CoreReadOptions }
  | { op: "sniff"; source: Blob; options: CoreReadOptions }
  | { op: "generate"; options: Record<string, unknown> }
  /** `reader`: in one of the workers that read and do tasks. */
  | { op: "trap"; where: "engine" | "reader" }
  | ({ op: "job" } & { job: Record<string, unknown> & { op: string } });

/** Memory that the engine holds after a table was closed, in bytes: WebAssembly never gives any back. */
export interface Closed { held: number }

export interface Control { onProgress?: ((p: Progress) => void) | undefined; cancelled: () => boolean }

/** How a further WebAssembly is had when it is first needed. */
export interface AddonSource { glue: <N extends keyof Addons>(name: N) => Promise<Addons[N]>; module: (name: AddonName) => Promise<WebAssembly.Module> }

/** Another worker: parses slices, does tasks. */
export interface Reader extends Parser, Runner { trap(): Promise<void> }

/** The workers beside this thread. */
export interface Helpers {
  /** How many there may be. */
  count: number;
  /** Those to read so many bytes with; none where that is not worth it. */
  parsers(bytes: number): Promise<readonly Parser[]>;
  /** All of them, started where they were not. */
  readers(): Promise<readonly Reader[]>;
}

export const NO_HELPERS: Helpers = { count: 0, parsers: async () => [], readers: async () => [] };

export class Core {
  private readonly engine: WasmEngine;
  private readonly inline: Parser;
  private readonly exports: WebAssembly.Exports;
  constructor(private readonly glue: Glue, module: WebAssembly.Module, private readonly addons: AddonSource) {
    this.exports = glue.initSync({ module });
    this.engine = new glue.Engine();
    this.inline = new InlineParser(glue);
  }

  async handle(request: Request, control: Control, helpers: Helpers): Promise<Answer> {
    switch (request.op) {
      case "read": {
        const found = await helpers.parsers(request.source.size);
        const parsers = found.length > 0 ? found : [this.inline];
        return { value: await ingest(this.glue, this.engine, request.source, request.options, parsers, control, (name, work) => this.within(name, work)) };
      }
      case "sniff": {
        const head = await bytesOf(request.source.slice(0, 1 << 18)), given = JSON.stringify(request.options);
        const found = this.glue.sniff(head, given) as { kind: string; encoding: string };
        if (found.kind !== "text") return { value: { ...found, delimiter: null, quote: null, escape: null, header: true, preview: "" } };
        const preview = new TextDecoder(found.encoding).decode(head, { stream: request.source.size > head.length });
        const dialect = this.glue.dialect(new TextEncoder().encode(preview), request.source.size <= head.length, given) as object;
        return { value: { ...found, ...dialect, preview: preview.slice(0, 64_000) } };
      }
      case "generate":
        return { value: null, bytes: this.glue.generate(JSON.stringify(request.options)) as Uint8Array<ArrayBuffer> };
      case "trap":
        if (request.where === "reader") await (await helpers.readers())[0]?.trap();
        else this.glue.trap();
        return { value: null };
      case "job": {
        const wanted = needsRooms(request.job) && !this.rooms;
        // Later requests wait for their turn; those that the core answers also when the rooms could not be had.
        if (wanted) await (this.joining ??= this.join());
        else if (this.joining) await this.joining.catch(() => undefined);
        // With one worker beside it, this thread would only wait for it.
        if (request.job.op === "analyze" && helpers.count > 1) return this.apart(request.job, control, helpers);
        if (request.job.op === "close") {
          this.now(request.job);
          return { value: { held: (this.exports.memory as WebAssembly.Memory).buffer.byteLength } satisfies Closed };
        }
        if (request.job.op !== "to_arrow") return this.now(request.job);
        const { bytes: packed = new Uint8Array() } = this.now({ ...request.job, op: "pack" });
        return { value: null, bytes: (await this.addon("arrow")).packed_to_arrow(packed) };
      }
    }
  }

  private async module(name: AddonName): Promise<WebAssembly.Module> {
    try {
      return await this.addons.module(name);
    } catch (thrown) {
      const why = isErrorData(thrown) ? thrown.message : { en: String(thrown), zh: String(thrown) };
      throw problem("unsupported", `kelan-${name}.wasm could not be loaded: ${why.en}`, `无法加载 kelan-${name}.wasm：${why.zh}`,
        "It belongs beside kelan.wasm: see that all files of the package are served, and try again.", "该文件应与 kelan.wasm 放在一起：请确认程序包的所有文件均可访问，然后重试。");
    }
  }

  private rooms = false;
  private joining: Promise<void> | undefined;
  /** One that could not be had is asked for again. */
  private async join(): Promise<void> {
    try {
      joinRooms(this.exports, await this.module("rooms"));
      this.rooms = true;
    } finally {
      this.joining = undefined;
    }
  }

  private readonly ready: { [N in keyof Addons]?: Promise<Addons[N]> } = {};
  private addon<N extends keyof Addons>(name: N): Promise<Addons[N]> {
    const start = async (): Promise<Addons[N]> => {
      const glue = await this.addons.glue(name);
      glue.initSync({ module: await this.module(name) });
      return glue;
    };
    // One that could not be had is asked for again.
    return (this.ready[name] as Promise<Addons[N]> | undefined) ?? (this.ready[name] = start().catch((error: unknown) => { delete this.ready[name]; throw error; }) as (typeof this.ready)[N]) as Promise<Addons[N]>;
  }

  /** Reads a file with a further WebAssembly. One on which it traps is damaged; the next one meets a fresh instance. */
  private async within<N extends keyof Addons, T>(name: N, work: (glue: Addons[N]) => T): Promise<T> {
    const glue = await this.addon(name);
    try {
      return work(glue);
    } catch (thrown) {
      if (!isTrap(thrown)) throw thrown;
      glue.reset();
      delete this.ready[name];
      throw problem("bad_file", "the file is damaged: its parts contradict each other, or it needs more memory than there is", "文件已损坏：内部结构自相矛盾，或所需内存超出可用范围",
        "Write it again where it came from, or export it as CSV.", "请在来源处重新导出，或另存为 CSV。");
    }
  }

  /** An analysis whose independent tasks are done by the helpers, where that is worth it. */
  private async apart(job: Record<string, unknown> & { op: string }, control: Control, helpers: Helpers): Promise<Answer> {
    let answer = this.now({ ...job, apart: true });
    while (answer.batch) {
      const { batch } = answer;
      let answers: Awaited<ReturnType<typeof runBatch>>;
      try {
        answers = await runBatch(batch, await helpers.readers(), this.rooms, control.cancelled);
      } catch (error) {
        this.engine.give_up(batch.id);
        throw error;
      }
      answer = this.engine.resume(batch.id, answers);
    }
    return answer;
  }

  /** A request that needs no table and no waiting. */
  now(job: Record<string, unknown> & { op: string }): Answer {
    return this.engine.call(JSON.stringify(job));
  }

  /** A trap says only "unreachable"; the panic hook kept the words. */
  explain(thrown: unknown): unknown {
    if (!(thrown instanceof WebAssembly.RuntimeError)) return thrown;
    let text = "";
    try { text = this.glue.last_panic(); } catch { /* the instance is beyond answering */ }
    return problem("internal", `the engine failed: ${text || thrown.message}`, `引擎出错：${text || thrown.message}`,
      "It was restarted and the files are read again when they are needed.", "引擎已重新启动，需要时会重新读取文件。");
  }
}

// Where requests go: to a worker, or to a core in this thread. Both answer alike; a trap ends the instance and starts a new one.
import type { Progress } from "./api.js";
import { Core, NO_HELPERS, type Request } from "./core.js";
import { asErrorData, cancelled, isTrap, problem, type ErrorData } from "./error.js";
import type { AddonName, Addons, Answer, Glue } from "./glue.js";
import type { FromEngine, FromReader, ToEngine, ToReader } from "../worker/protocol.js";

export interface CallOptions { signal?: AbortSignal | undefined; onProgress?: ((p: Progress) => void) | undefined }

/** Fails with `ErrorData`. */
export interface Executor {
  call(request: Request, options?: CallOptions): Promise<Answer>;
  /** Counts the instances so far: a table made by an earlier one must be made again. */
  readonly generation: number;
  /** A request that needs no table, answered in this thread at once. */
  now(job: Record<string, unknown> & { op: string }): Answer;
  /** No table is open: the memory they needed is given back, unless something is under way. */
  rest(): void;
  close(): void;
}

/** How an entry point of the package gets at the engine's code. */
export interface Loader {
  module(): Promise<WebAssembly.Module>;
  /** A further WebAssembly; fetched when it is first needed. */
  addon(name: AddonName): Promise<WebAssembly.Module>;
  worker(): Worker;
  glue(): Promise<Glue>;
  addonGlue<N extends keyof Addons>(name: N): Promise<Addons[N]>;
}

const newCore = (glue: Glue, module: WebAssembly.Module, loader: Loader): Core => new Core(glue, module, { glue: loader.addonGlue, module: loader.addon });

export class InlineExecutor implements Executor {
  generation = 0;
  private core: Core | undefined;
  private closed = false;
  private queue: Promise<unknown> = Promise.resolve();
  constructor(private readonly loader: Loader, private readonly glue: Glue, private readonly module: WebAssembly.Module) {}

  call(request: Request, options: CallOptions = {}): Promise<Answer> {
    // One at a time: a trap must not take a neighbour down with it.
    const run = this.queue.then(() => this.run(request, options));
    this.queue = run.catch(() => undefined);
    return run;
  }

  private async run(request: Request, { signal, onProgress }: CallOptions): Promise<Answer> {
    if (this.closed) throw closed();
    if (signal?.aborted) throw cancelled();
    const core = (this.core ??= newCore(this.glue, this.module, this.loader));
    try {
      const answer = await core.handle(request, { onProgress, cancelled: () => this.closed || (signal?.aborted ?? false) }, NO_HELPERS);
      if (signal?.aborted) throw cancelled();
      return answer;
    } catch (thrown) {
      const error = asErrorData(core.explain(thrown));
      if (isTrap(thrown)) { this.core = undefined; this.generation++; }
      throw error;
    }
  }

  now(job: Record<string, unknown> & { op: string }): Answer {
    return (this.core ??= newCore(this.glue, this.module, this.loader)).now(job);
  }

  /** All engines of one thread share one instance: it cannot be let go for one of them. */
  rest(): void {}

  close(): void { this.closed = true; this.core = undefined; }
}

interface Pending { done: (a: Answer) => void; failed: (e: ErrorData) => void; onProgress: ((p: Progress) => void) | undefined; release: () => void }

export class WorkerExecutor implements Executor {
  generation = 0;
  private engine: Worker | undefined;
  private readers: Worker[] = [];
  private readonly pending = new Map<number, Pending>();
  private next = 0;
  private closed = false;
  private aside: Core | undefined;
  constructor(private readonly loader: Loader, private readonly glue: Glue, private readonly module: WebAssembly.Module, private readonly workers: number) {}

  now(job: Record<string, unknown> & { op: string }): Answer {
    return (this.aside ??= newCore(this.glue, this.module, this.loader)).now(job);
  }

  call(request: Request, { signal, onProgress }: CallOptions = {}): Promise<Answer> {
    if (this.closed) return Promise.reject(closed());
    if (signal?.aborted) return Promise.reject(cancelled());
    const engine = (this.engine ??= this.start());
    const id = this.next++;
    return new Promise((done, failed) => {
      const abort = (): void => {
        this.pending.delete(id);
        engine.postMessage({ kind: "cancel", id } satisfies ToEngine);
        failed(cancelled());
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.pending.set(id, { done, failed, onProgress, release: () => signal?.removeEventListener("abort", abort) });
      engine.postMessage({ kind: "call", id, request } satisfies ToEngine);
    });
  }

  private start(): Worker {
    const engine = this.loader.worker();
    engine.onmessage = ({ data }: MessageEvent<FromEngine>) => this.hear(engine, data);
    engine.onerror = (event) => this.replace(engine, problem("internal", `the worker failed: ${event.message}`, `工作线程出错：${event.message}`));
    engine.postMessage({ kind: "start", role: "engine", module: this.module, workers: this.workers } satisfies ToEngine);
    return engine;
  }

  private hear(engine: Worker, data: FromEngine): void {
    switch (data.kind) {
      case "answer": this.settle(data.id)?.done(data.answer); break;
      case "error":
        this.settle(data.id)?.failed(data.error);
        if (data.trapped) this.replace(engine, data.error);
        break;
      case "progress": this.pending.get(data.id)?.onProgress?.(data.progress); break;
      case "want_readers": this.startReaders(engine); break;
      case "want_addon":
        this.give(engine, data.name);
        break;
      case "reader_lost": this.endReaders(); break;
      case "ready": break;
    }
  }

  /** Compiled once, whichever worker wants it; one that could not be had is asked for again. */
  private readonly addons = new Map<AddonName, Promise<WebAssembly.Module>>();
  private give(worker: Worker, name: AddonName): void {
    let module = this.addons.get(name);
    if (!module) {
      this.addons.set(name, (module = this.loader.addon(name)));
      module.catch(() => this.addons.delete(name));
    }
    void module.catch(asErrorData).then((found) => worker.postMessage({ kind: "addon", name, module: found } satisfies ToEngine));
  }

  private settle(id: number): Pending | undefined {
    const waiter = this.pending.get(id);
    this.pending.delete(id);
    waiter?.release();
    return waiter;
  }

  private startReaders(engine: Worker): void {
    this.endReaders();
    const ports = Array.from({ length: this.workers }, () => {
      const { port1, port2 } = new MessageChannel();
      const reader = this.loader.worker();
      reader.onmessage = ({ data }: MessageEvent<FromReader>) => this.give(reader, data.name);
      // One that does not come up would be waited for in vain.
      reader.onerror = (event) => this.replace(engine, problem("internal", `a worker failed: ${event.message}`, `工作线程出错：${event.message}`));
      reader.postMessage({ kind: "start", role: "reader", module: this.module, port: port1 } satisfies ToReader, [port1]);
      this.readers.push(reader);
      return port2;
    });
    engine.postMessage({ kind: "readers", ports } satisfies ToEngine, ports);
  }

  private endReaders(): void {
    for (const reader of this.readers) reader.terminate();
    this.readers = [];
  }

  /** The instance is lost: whatever waits fails, and the next call starts a new one. */
  private replace(engine: Worker, error: ErrorData): void {
    if (this.engine !== engine) return;
    engine.terminate();
    this.endReaders();
    this.engine = undefined;
    this.generation++;
    for (const id of [...this.pending.keys()]) this.settle(id)?.failed(error);
  }

  rest(): void {
    if (this.pending.size > 0) return;
    this.engine?.terminate();
    this.engine = undefined;
    this.endReaders();
  }

  close(): void {
    this.closed = true;
    this.engine?.terminate();
    this.engine = undefined;
    this.endReaders();
    for (const id of [...this.pending.keys()]) this.settle(id)?.failed(closed());
  }
}

const closed = (): ErrorData => problem("cancelled", "the engine was closed", "引擎已关闭", "Open it again with `open()`.", "请用 `open()` 重新打开。");

// The one worker script, classic, for both roles: the engine that holds the tables, and the readers that parse slices and do independent tasks for it.
import { Core, type Helpers, type Reader } from "../engine/core.js";
import { asErrorData, isTrap, problem, type ErrorData } from "../engine/error.js";
import { transferables } from "../engine/frame.js";
import type { AddonName, Addons, Batch, Glue, SliceAt, WasmTasks } from "../engine/glue.js";
import { parseSlice, type Bytes, type Parsed } from "../engine/ingest.js";
import { joinRooms } from "../engine/rooms.js";
import * as wasm from "../wasm/kelan.js";
import * as arrowWasm from "../wasm/kelan_arrow.js";
import * as sheetWasm from "../wasm/kelan_sheets.js";
import type { FromEngine, ReaderAnswer, ReaderAsk, ToEngine, ToReader } from "./protocol.js";

const glue = wasm as unknown as Glue;
const ADDON_GLUE = { sheets: sheetWasm, arrow: arrowWasm } as unknown as Addons;
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

/** Below this the start of further workers costs more than they save. */
const READERS_FROM = 6 << 20;

type Asked = ReaderAsk extends infer Ask ? Ask extends { id: number } ? Omit<Ask, "id"> : never : never;

/** A reader as the engine's worker sees it. */
class RemoteReader implements Reader {
  private readonly pending = new Map<number, { done: (answer: unknown) => void; failed: (e: unknown) => void }>();
  private next = 0;
  private lost: ErrorData | undefined;
  constructor(private readonly port: MessagePort) {
    port.onmessage = ({ data }: MessageEvent<ReaderAnswer>) => {
      const waiter = this.pending.get(data.id);
      this.pending.delete(data.id);
      if ("answer" in data) waiter?.done(data.answer);
      else {
        waiter?.failed(data.error);
        if (data.trapped) loseReaders(data.error);
      }
    };
  }
  private ask<T>(ask: Asked, transfer: Transferable[] = []): Promise<T> {
    if (this.lost) return Promise.reject(this.lost);
    const id = this.next++;
    return new Promise((done, failed) => {
      this.pending.set(id, { done: done as (answer: unknown) => void, failed });
      this.port.postMessage({ id, ...ask }, transfer);
    });
  }
  parse(plan: string, blob: Blob, at: SliceAt, bytes?: Bytes): Promise<Parsed> {
    return this.ask({ kind: "parse", plan, blob, at, bytes }, bytes ? [bytes.buffer] : []);
  }
  open({ id, kind, shared }: Batch, rooms: boolean): Promise<void> { return this.ask({ kind: "open", batch: { id, kind, shared }, rooms }); }
  run(batch: number, task: Float64Array<ArrayBuffer>): Promise<Float64Array<ArrayBuffer>> { return this.ask({ kind: "run", batch, task }, [task.buffer]); }
  close(batch: number): void { if (!this.lost) this.port.postMessage({ id: -1, kind: "close", batch } satisfies ReaderAsk); }
  trap(): Promise<void> { return this.ask({ kind: "trap" }); }
  /** Whoever waits is told; nothing more is asked of it. */
  lose(error: ErrorData): void {
    this.lost = error;
    this.port.close();
    for (const { failed } of this.pending.values()) failed(error);
    this.pending.clear();
  }
}

let core: Core | undefined;
const gotAddon = new Map<AddonName, (module: WebAssembly.Module | ErrorData) => void>();
let workers = 0;
let remotes: RemoteReader[] = [];
let starting: Promise<RemoteReader[]> | undefined;
let gotReaders: ((ports: MessagePort[]) => void) | undefined;
const cancelledIds = new Set<number>();

const post = (message: FromEngine, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);

async function readers(): Promise<readonly Reader[]> {
  if (remotes.length > 0) return remotes;
  // Two requests at once ask for readers once.
  starting ??= new Promise<MessagePort[]>((done) => { gotReaders = done; post({ kind: "want_readers" }); }).then((ports) => {
    starting = undefined;
    return (remotes = ports.map((port) => new RemoteReader(port)));
  });
  return starting;
}

/** One reader trapped: all are replaced when the next are needed, and whoever waits for any of them is told. */
function loseReaders(error: ErrorData): void {
  const lost = remotes;
  remotes = [];
  for (const reader of lost) reader.lose(error);
  post({ kind: "reader_lost" });
}

const helpers: Helpers = { get count() { return workers; }, parsers: async (bytes) => (bytes < READERS_FROM ? [] : readers()), readers };

/** The page's thread knows where the further WebAssemblies are. */
async function addon(name: AddonName): Promise<WebAssembly.Module> {
  const found = await new Promise<WebAssembly.Module | ErrorData>((done) => { gotAddon.set(name, done); post({ kind: "want_addon", name }); });
  if (found instanceof WebAssembly.Module) return found;
  throw found;
}

async function answer(id: number, request: Extract<ToEngine, { kind: "call" }>["request"]): Promise<void> {
  if (!core) return;
  try {
    const result = await core.handle(request, {
      onProgress: (progress) => post({ kind: "progress", id, progress }),
      cancelled: () => cancelledIds.has(id),
    }, helpers);
    post({ kind: "answer", id, answer: result }, transferables(result));
  } catch (thrown) {
    post({ kind: "error", id, error: asErrorData(core.explain(thrown)), trapped: isTrap(thrown) });
  } finally {
    cancelledIds.delete(id);
  }
}

function serve(port: MessagePort, core: WebAssembly.Exports): void {
  const open = new Map<number, WasmTasks>();
  let joining: Promise<void> | undefined;
  const answer = async (ask: ReaderAsk): Promise<Parsed | Float64Array<ArrayBuffer> | null> => {
    switch (ask.kind) {
      case "parse": return parseSlice(glue, ask.plan, ask.blob, ask.at, ask.bytes);
      case "open":
        // Two batches at once join them once; what failed is tried again.
        if (ask.rooms) await (joining ??= addon("rooms").then((rooms) => joinRooms(core, rooms), (error: unknown) => { joining = undefined; throw error; }));
        open.set(ask.batch.id, new glue.Tasks(ask.batch.kind, ask.batch.shared));
        return null;
      case "run": {
        const tasks = open.get(ask.batch);
        if (!tasks) throw problem("internal", "the tasks are not open", "任务尚未打开");
        return tasks.run(ask.task);
      }
      case "close":
        open.get(ask.batch)?.free();
        open.delete(ask.batch);
        return null;
      case "trap":
        glue.trap();
        return null;
    }
  };
  port.onmessage = async ({ data }: MessageEvent<ReaderAsk>) => {
    try {
      const done = await answer(data);
      if (data.kind === "close") return;
      const moved = done === null ? [] : done instanceof Float64Array ? [done.buffer] : [done.blob.buffer, ...(done.room ? [done.room] : [])];
      port.postMessage({ id: data.id, answer: done } satisfies ReaderAnswer, moved);
    } catch (thrown) {
      const trapped = isTrap(thrown);
      const error = trapped ? problem("internal", `a reader failed: ${glue.last_panic() || String(thrown)}`, `读取线程出错：${glue.last_panic() || String(thrown)}`) : asErrorData(thrown);
      port.postMessage({ id: data.id, error, trapped } satisfies ReaderAnswer);
    }
  };
}

scope.onmessage = ({ data }: MessageEvent<ToEngine | ToReader>) => {
  switch (data.kind) {
    case "start":
      if (data.role === "engine") {
        workers = data.workers;
        core = new Core(glue, data.module, { glue: async (name) => ADDON_GLUE[name], module: addon });
        post({ kind: "ready" });
      } else {
        serve(data.port, glue.initSync({ module: data.module }));
      }
      break;
    case "call":
      void answer(data.id, data.request);
      break;
    case "cancel":
      cancelledIds.add(data.id);
      break;
    case "addon":
      gotAddon.get(data.name)?.(data.module);
      gotAddon.delete(data.name);
      break;
    case "readers":
      gotReaders?.(data.ports);
      gotReaders = undefined;
      break;
  }
};

// The one worker script, classic, for both roles: the engine that holds the tables, and the readers that parse slices for it.
import { Core } from "../engine/core.js";
import { asErrorData, isTrap, problem, type ErrorData } from "../engine/error.js";
import { transferables } from "../engine/frame.js";
import type { AddonName, Addons, Glue, PartData, SliceAt } from "../engine/glue.js";
import { parseSlice, type Parser } from "../engine/ingest.js";
import * as wasm from "../wasm/kelan.js";
import * as arrowWasm from "../wasm/kelan_arrow.js";
import * as sheetWasm from "../wasm/kelan_sheets.js";
import type { FromEngine, ReaderAnswer, ReaderAsk, ToEngine, ToReader } from "./protocol.js";

const glue = wasm as unknown as Glue;
const ADDON_GLUE = { sheets: sheetWasm, arrow: arrowWasm } as unknown as Addons;
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

/** Below this the start of further workers costs more than they save. */
const READERS_FROM = 6 << 20;

class RemoteParser implements Parser {
  private readonly pending = new Map<number, { done: (p: PartData) => void; failed: (e: unknown) => void }>();
  private next = 0;
  lost = false;
  constructor(private readonly port: MessagePort) {
    port.onmessage = ({ data }: MessageEvent<ReaderAnswer>) => {
      const waiter = this.pending.get(data.id);
      this.pending.delete(data.id);
      if ("part" in data) waiter?.done(data.part);
      else {
        if (data.trapped) { this.lost = true; post({ kind: "reader_lost" }); }
        waiter?.failed(data.error);
      }
    };
  }
  parse(plan: string, blob: Blob, at: SliceAt): Promise<PartData> {
    if (this.lost) return Promise.reject(problem("internal", "a reader failed", "读取线程出错"));
    const id = this.next++;
    return new Promise((done, failed) => {
      this.pending.set(id, { done, failed });
      this.port.postMessage({ id, plan, blob, at } satisfies ReaderAsk);
    });
  }
  close(): void { this.port.close(); }
}

let core: Core | undefined;
const gotAddon = new Map<AddonName, (module: WebAssembly.Module | ErrorData) => void>();
let parsers: RemoteParser[] = [];
let gotReaders: ((ports: MessagePort[]) => void) | undefined;
const cancelledIds = new Set<number>();

const post = (message: FromEngine, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);

async function readers(bytes: number): Promise<readonly Parser[]> {
  if (bytes < READERS_FROM) return [];
  if (parsers.some((p) => p.lost)) { parsers.forEach((p) => p.close()); parsers = []; }
  if (parsers.length === 0) {
    const ports = await new Promise<MessagePort[]>((done) => { gotReaders = done; post({ kind: "want_readers" }); });
    parsers = ports.map((port) => new RemoteParser(port));
  }
  return parsers;
}

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
    }, readers);
    post({ kind: "answer", id, answer: result }, transferables(result));
  } catch (thrown) {
    post({ kind: "error", id, error: asErrorData(core.explain(thrown)), trapped: isTrap(thrown) });
  } finally {
    cancelledIds.delete(id);
  }
}

function serveParts(port: MessagePort): void {
  port.onmessage = async ({ data }: MessageEvent<ReaderAsk>) => {
    try {
      const part = await parseSlice(glue, data.plan, data.blob, data.at);
      port.postMessage({ id: data.id, part } satisfies ReaderAnswer, [part.blob.buffer]);
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
        core = new Core(glue, data.module, { glue: async (name) => ADDON_GLUE[name], module: addon });
        post({ kind: "ready" });
      } else {
        glue.initSync({ module: data.module });
        serveParts(data.port);
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

// Messages between the page's thread, the engine's worker and the reader workers. Every request has an id; late answers are dropped.
import type { Progress } from "../engine/api.js";
import type { Request } from "../engine/core.js";
import type { ErrorData } from "../engine/error.js";
import type { Bytes, Parsed } from "../engine/ingest.js";
import type { AddonName, Answer, Batch, SliceAt } from "../engine/glue.js";

export type ToEngine =
  /** `workers`: how many may be started beside it. */
  | { kind: "start"; role: "engine"; module: WebAssembly.Module; workers: number }
  | { kind: "call"; id: number; request: Request }
  | { kind: "cancel"; id: number }
  /** Ports to reader workers, in answer to `want_readers`. */
  | { kind: "readers"; ports: MessagePort[] }
  /** A further WebAssembly, compiled, or why it could not be had, in answer to `want_addon`. */
  | { kind: "addon"; name: AddonName; module: WebAssembly.Module | ErrorData };

export type FromEngine =
  | { kind: "ready" }
  | { kind: "answer"; id: number; answer: Answer }
  | { kind: "error"; id: number; error: ErrorData; trapped: boolean }
  | { kind: "progress"; id: number; progress: Progress }
  | { kind: "want_readers" }
  | { kind: "want_addon"; name: AddonName }
  /** A reader trapped: it must be replaced. */
  | { kind: "reader_lost" };

export type ToReader = { kind: "start"; role: "reader"; module: WebAssembly.Module; port: MessagePort } | Extract<ToEngine, { kind: "addon" }>;
/** A reader answers through its port; of the page it asks only the further rooms, since from disk no port between workers carries a WebAssembly.Module. */
export type FromReader = Extract<FromEngine, { kind: "want_addon" }>;

/** What a reader is asked; `close` alone is not answered. */
export type ReaderAsk = { id: number } & (
  | { kind: "parse"; plan: string; blob: Blob; at: SliceAt; bytes: Bytes | undefined }
  | { kind: "open"; batch: Omit<Batch, "tasks">; rooms: boolean }
  | { kind: "run"; batch: number; task: Float64Array<ArrayBuffer> }
  | { kind: "close"; batch: number }
  | { kind: "trap" });
export type ReaderAnswer = { id: number; answer: Parsed | Float64Array<ArrayBuffer> | null } | { id: number; error: ErrorData; trapped: boolean };

// What the WebAssembly border offers, as wasm-bindgen writes it (src/wasm in Rust). The generated declarations are looser.

/** A parsed slice of a file: one flat buffer that travels between instances. */
export interface PartData {
  /** The bytes given ended inside a record: parse again with more. */
  need_more: boolean;
  blob: Uint8Array<ArrayBuffer>;
}

/** The records that begin in [base, end). The first begins at `begin`, or (null, a guess) after the first line end. */
export interface SliceAt { base: number; end: number; begin: number | null; last: boolean }

export interface WasmReading {
  /** What parsers need: dialect and expected types, as JSON text. */
  plan(): string;
  /** Offset of the first data record. */
  begin(): number;
  /** Where the table ends in a text of so many bytes: the file may go on with another. */
  end(size: number): number;
  /** Takes the parts in any order; answers the slice that must be parsed again, when it was guessed wrong where it begins. */
  push(part: Uint8Array): { base: number; end: number; begin: number } | undefined;
  rows(): number;
  /** Bytes joined so far. */
  joined(): number;
  sample(n: number): unknown;
  /** Builds the table into the engine; answers what `call("schema")` answers. */
  finish(engine: WasmEngine): unknown;
  free(): void;
}

export interface WasmEngine {
  /** One request, one answer; see job/ in Rust. */
  call(request: string): Answer;
  /** The answers of a batch, in the order of its tasks; answers as `call` does. */
  resume(batch: number, answers: Float64Array<ArrayBuffer>[]): Answer;
  /** Nobody will answer this batch. */
  give_up(batch: number): void;
  free(): void;
}

/** A worker's side of a batch: what its tasks share, unpacked once. */
export interface WasmTasks {
  run(task: Float64Array): Float64Array<ArrayBuffer>;
  free(): void;
}

/** Independent tasks that an analysis waits for. */
export interface Batch {
  id: number;
  kind: string;
  shared: Float64Array<ArrayBuffer>;
  tasks: Float64Array<ArrayBuffer>[];
}

export interface PackedColumn {
  name: string;
  kind: "number" | "integer" | "small" | "text" | "coded" | "date";
  values?: Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  /** Text: all cells in UTF-8, and where each begins; a cell that is missing has its bit set in `missing`. */
  bytes?: Uint8Array<ArrayBuffer>;
  offsets?: Uint32Array<ArrayBuffer>;
  missing?: Uint8Array<ArrayBuffer>;
  labels?: string[];
  nulls: number;
}

export interface Answer {
  /** JSON-like plain value. */
  value: unknown;
  frame?: { rows: number; columns: PackedColumn[] };
  bytes?: Uint8Array<ArrayBuffer>;
  /** There is no answer yet: these tasks come first. Never leaves the engine's thread. */
  batch?: Batch;
}

/** What is heavy and rarely needed: each in a WebAssembly of its own with glue of its own, compiled when it is first asked for. */
export interface Addons { sheets: SheetGlue; arrow: ArrowGlue }
/** `rooms`: the analyses that are not in the core. They have no glue, and work in the core's memory (`joinRooms`). */
export type AddonName = keyof Addons | "rooms";

/** Arrow's IPC files; tables come and go packed in one buffer. */
export interface ArrowGlue {
  initSync(arg: { module: WebAssembly.Module }): unknown;
  /** Forgets the instance: `initSync` makes another. */
  reset(): void;
  arrow_to_packed(bytes: Uint8Array, name: string): Uint8Array<ArrayBuffer>;
  packed_to_arrow(packed: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** Workbooks as CSV. */
export interface SheetGlue {
  initSync(arg: { module: WebAssembly.Module }): unknown;
  reset(): void;
  sheet_to_csv(bytes: Uint8Array, sheet: string | undefined): SheetText;
}
export interface SheetInfo { name: string; rows: number; columns: number; hidden: boolean }
export interface SheetText { sheet: string; sheets: SheetInfo[]; csv: Uint8Array<ArrayBuffer> }

export interface Glue {
  /** Answers what the instance exports; the same instance when called again. */
  initSync(arg: { module: WebAssembly.Module }): WebAssembly.Exports;
  Engine: { new (): WasmEngine };
  Tasks: { new (kind: string, shared: Float64Array): WasmTasks };
  /** `size` of the UTF-8 text, `bytes` of the file as it was given. */
  Reading: { new (options: string, head: Uint8Array, size: number, bytes: number): WasmReading };
  /** Detects encoding and dialect of a file's first bytes. */
  sniff(head: Uint8Array, options: string): unknown;
  parse(plan: string, bytes: Uint8Array, base: number, end: number, begin: number | undefined, last: boolean): PartData;
  /** Delimiter, quote, escape and header of UTF-8 text. */
  dialect(head: Uint8Array, complete: boolean, options: string): unknown;
  /** A table that another module read and packed, into the engine. */
  read_packed(engine: WasmEngine, packed: Uint8Array, bytes: number, options: string): unknown;
  /** A synthetic shop as CSV. */
  generate(options: string): Uint8Array;
  /** Text of the last panic of this instance. */
  last_panic(): string;
  /** Traps, so that recovery can be tested. */
  trap(): void;
  version(): string;
}

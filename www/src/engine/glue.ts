// What the WebAssembly border offers, as wasm-bindgen writes it (src/wasm in Rust). The generated declarations are looser.

/** A parsed slice of a file: one flat buffer that travels between instances. */
export interface PartData {
  /** Byte offset of the first record parsed, and of the record after the last. */
  begin: number; next: number; rows: number;
  /** The slice ended inside a record: parse again with more bytes. */
  need_more: boolean;
  blob: Uint8Array<ArrayBuffer>;
}

/** Where the first record of a slice begins: exactly at its start, or (a guess) after its first line end. */
export interface SliceAt { base: number; end: number; exact: boolean; last: boolean }

export interface WasmReading {
  /** What parsers need: dialect and expected types, as JSON text. */
  plan(): string;
  /** Offset of the first data record. */
  begin(): number;
  /** Takes a part; answers the offset that must be parsed again when the part did not begin where the last one ended. */
  push(part: PartData): number | undefined;
  rows(): number;
  sample(n: number): unknown;
  /** Builds the table into the engine; answers what `call("schema")` answers. */
  finish(engine: WasmEngine): unknown;
  free(): void;
}

export interface WasmEngine {
  /** One request, one answer; see job/ in Rust. */
  call(request: string): Answer;
  free(): void;
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
}

/** The second WebAssembly: workbooks as CSV. */
export interface SheetGlue {
  initSync(arg: { module: WebAssembly.Module }): unknown;
  sheet_to_csv(bytes: Uint8Array, sheet: string | undefined): SheetText;
}
export interface SheetInfo { name: string; rows: number; columns: number; hidden: boolean }
export interface SheetText { sheet: string; sheets: SheetInfo[]; csv: Uint8Array<ArrayBuffer> }

export interface Glue {
  initSync(arg: { module: WebAssembly.Module }): unknown;
  Engine: { new (): WasmEngine };
  /** `size` of the UTF-8 text, `bytes` of the file as it was given. */
  Reading: { new (options: string, head: Uint8Array, size: number, bytes: number): WasmReading };
  /** Detects encoding and dialect of a file's first bytes. */
  sniff(head: Uint8Array, options: string): unknown;
  parse(plan: string, bytes: Uint8Array, at: SliceAt): PartData;
  /** A table from Arrow IPC bytes, into the engine. */
  read_arrow(engine: WasmEngine, bytes: Uint8Array, options: string): unknown;
  /** A synthetic shop as CSV. */
  generate(options: string): Uint8Array;
  /** Text of the last panic of this instance. */
  last_panic(): string;
  /** Traps, so that recovery can be tested. */
  trap(): void;
  version(): string;
}

// Reads one file: slices go to parsers, parts come back in any order and are taken in file order.
//
// A parser guesses that the first line end of its slice ends a record. The reading checks that each part began where the
// last one ended and asks for a slice again where the guess was wrong (a quoted line end across the border), so that the
// table is the same for any slicing and any number of parsers.
import type { Progress, ReadOptions, Rows } from "./api.js";
import { breathe } from "./breathe.js";
import { cancelled, problem } from "./error.js";
import type { Addons, Glue, PartData, SliceAt, WasmEngine } from "./glue.js";

export interface Parser {
  /** Parses the records that begin in [at.base, at.end) of the blob. `bytes`: its text from `at.base` on with some look-ahead, where
   * that was read already; it is handed over, and its buffer comes back with the answer. */
  parse(plan: string, blob: Blob, at: SliceAt, bytes?: Bytes): Promise<Parsed>;
}

export type Bytes = Uint8Array<ArrayBuffer>;
export interface Parsed extends PartData { room: ArrayBuffer | undefined }

export interface Hooks { onProgress?: ((p: Progress) => void) | undefined; cancelled: () => boolean }

export type CoreReadOptions = Omit<ReadOptions, "signal" | "onProgress">;

const SLICE = 4 << 20, FIRST_SLICE = 1 << 18, HEAD = 1 << 18, MOST_HEAD = 16 << 20, LOOK_AHEAD = 1 << 16;

/** The whole of a blob. */
export const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> => {
  // In a worker the synchronous reader saves a copy of the event loop's overhead per slice.
  const Sync = (globalThis as { FileReaderSync?: new () => { readAsArrayBuffer(b: Blob): ArrayBuffer } }).FileReaderSync;
  return new Uint8Array(Sync ? new Sync().readAsArrayBuffer(blob) : await blob.arrayBuffer());
};

/** The first bytes of a file: enough for its header and some rows, also where the header alone is very long. */
async function headOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  for (let size = HEAD; ; size *= 4) {
    const head = await bytesOf(blob.slice(0, size));
    let lines = 0;
    for (let at = head.indexOf(0x0a); at >= 0 && lines < 3; at = head.indexOf(0x0a, at + 1)) lines++;
    if (lines >= 3 || head.length >= blob.size || size >= MOST_HEAD) return head;
  }
}

/** Parses in this thread, in the instance that also holds the tables. */
export class InlineParser implements Parser {
  constructor(private readonly glue: Glue) {}
  async parse(plan: string, blob: Blob, at: SliceAt, bytes?: Bytes): Promise<Parsed> {
    return parseSlice(this.glue, plan, blob, at, bytes);
  }
}

/** Parses a slice with some look-ahead, and with more while its last record is not whole. */
export async function parseSlice(glue: Glue, plan: string, blob: Blob, at: SliceAt, bytes?: Bytes): Promise<Parsed> {
  for (let ahead = LOOK_AHEAD, given = bytes; ; ahead *= 8, given = undefined) {
    const to = Math.min(blob.size, at.end + ahead), last = to >= blob.size;
    given ??= await bytesOf(blob.slice(at.base, to));
    // A record longer than the parser's limit is refused by the parser, in words.
    const part = glue.parse(plan, given, at.base, at.end, at.begin ?? undefined, last);
    if (!part.need_more) return { ...part, room: bytes?.buffer };
  }
}

/** How often a stream is looked at (ms): one that gave nothing since the last time is given up. */
const STALLED = 150;

/** A text read once, from its front to its end, slice by slice into buffers that come back: a request for each slice, and a new
 * buffer for each, cost the browser two to three times as much. Where that cannot be had, each parser asks for its slices. */
export class Feed {
  private stream: ReadableStreamBYOBReader | undefined;
  private readonly rooms: ArrayBuffer[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  private tries = 3;

  /** `known`: what is known already, from `at` on, where the first slice begins. */
  constructor(private readonly text: Blob, private known: Bytes, at: number) {
    this.open(at + known.length);
  }

  private open(at: number): void {
    this.close();
    if (at >= this.text.size) return;
    try {
      if (this.tries-- > 0) this.stream = this.text.slice(at).stream().getReader({ mode: "byob" });
    } catch { /* not every browser reads into buffers that it is given */ }
  }

  /** The bytes of a slice and its look-ahead. Slices are asked for in their order. */
  take(base: number, end: number): Promise<Bytes | undefined> {
    const taken = this.turn.then(() => this.next(base, end));
    this.turn = taken.catch(() => undefined);
    return taken;
  }

  private async next(base: number, end: number): Promise<Bytes | undefined> {
    const length = Math.min(this.text.size, end + LOOK_AHEAD) - base, { known } = this;
    while (this.stream || known.length >= length) {
      const room = this.room(length);
      new Uint8Array(room).set(known.subarray(0, length));
      const full = known.length < length ? await this.fill(room, known.length, length) : room;
      if (full) {
        const bytes = new Uint8Array(full, 0, length);
        this.known = length < known.length ? known.subarray(end - base) : bytes.slice(end - base);
        return bytes;
      }
      // The stream stood still, and what it had given is lost with the buffer.
      this.open(base + known.length);
    }
    this.known = new Uint8Array();
    return undefined;
  }

  /** Nothing where the stream stands still: Chromium's forgets a reader, about once in some thousand reads (seen in version 156). */
  private async fill(room: ArrayBuffer, from: number, to: number): Promise<ArrayBuffer | undefined> {
    let at = from, seen = -1, watch: ReturnType<typeof setInterval> | undefined;
    const still = new Promise<undefined>((stop) => { watch = setInterval(() => { if (seen === at) stop(undefined); seen = at; }, STALLED); });
    try {
      while (at < to) {
        const read = await Promise.race([this.stream?.read(new Uint8Array(room, at, to - at)), still]);
        if (!read) return undefined;
        if (!read.value?.length) throw problem("bad_file", "the file ended before its end was reached", "文件在读到末尾之前已结束",
          "It may have been changed while it was read: choose it again.", "读取期间文件可能被改动，请重新选择。");
        room = read.value.buffer;
        at += read.value.length;
      }
      return room;
    } finally {
      clearInterval(watch);
    }
  }

  private room(length: number): ArrayBuffer {
    const free = this.rooms.pop();
    return free && free.byteLength >= length ? free : new ArrayBuffer(Math.max(length, Math.min(SLICE + LOOK_AHEAD, this.text.size)));
  }

  /** A buffer that is free again. */
  back(room: ArrayBuffer): void { this.rooms.push(room); }

  /** No more is wanted. */
  close(): void {
    void this.stream?.cancel().catch(() => undefined);
    this.stream = undefined;
  }
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Files that hold no table, by their first bytes (one letter a byte), whatever they are called. */
const NO_TABLE: readonly [RegExp, string, string][] = [
  [/^(\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF[^]{4}WEBP|II\*\0|MM\0\*|BM[^]{4}\0\0\0\0|\0\0[^]{2}ftyp(avif|heic|heix|mif1))/, "a picture", "图片"],
  [/^%PDF-/, "a PDF", "PDF"],
  [/^(\0\0[^]{2}ftyp|ID3[\x02-\x04]\0|RIFF[^]{4}(WAVE|AVI )|OggS\0|fLaC\0|\x1aE\xdf\xa3)/, "sound or film", "音频或视频"],
  [/^(MZ[^]{58}[^]{2}\0\0|\x7fELF|\0asm|\xcf\xfa\xed\xfe)/, "a program", "程序"],
  [/^(Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\xfd7zXZ\0|BZh[1-9]1AY&SY|\x28\xb5\x2f\xfd)/, "an archive of a kind that is not opened here", "此处无法打开的压缩包"],
  [/^SQLite format 3\0/, "a SQLite data base", "SQLite 数据库"],
];

function refuse(head: Uint8Array): void {
  const start = String.fromCharCode(...head.subarray(0, 64)), found = NO_TABLE.find(([first]) => first.test(start));
  if (found)
    throw problem("unsupported", `this is ${found[1]}, not a table, whatever its name says`, `无论文件名如何，这是${found[2]}，不是表格`,
      "Choose the export itself: CSV, XLSX, XLS, ODS or Arrow.", "请选择导出的表格文件：CSV、XLSX、XLS、ODS 或 Arrow。");
}

async function unzip(source: Blob): Promise<Blob> {
  try {
    return await new Response(source.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  } catch (error) {
    throw problem("bad_file", `the gzip file is damaged: ${String(error)}`, `gzip 文件已损坏：${String(error)}`);
  }
}

/** Any encoding the platform knows → UTF-8, piece by piece; the pieces live in the blob store, not in this heap. */
async function transcode(source: Blob, encoding: string, hooks: Hooks): Promise<Blob> {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding);
  } catch {
    throw problem("unsupported", `the encoding “${encoding}” is not known here`, `不支持编码「${encoding}」`,
      "Use a WHATWG label, such as utf-8, gb18030, big5, shift_jis, windows-1252.", "请使用 WHATWG 编码名，如 utf-8、gb18030、big5、shift_jis、windows-1252。");
  }
  const parts: Blob[] = [], encoder = new TextEncoder(), started = performance.now();
  for (let at = 0; at < source.size; at += SLICE) {
    if (hooks.cancelled()) throw cancelled();
    const bytes = await bytesOf(source.slice(at, at + SLICE));
    parts.push(new Blob([encoder.encode(decoder.decode(bytes, { stream: true }))]));
    hooks.onProgress?.(progress("decoding", Math.min(at + SLICE, source.size), source.size, 0, started));
  }
  parts.push(new Blob([encoder.encode(decoder.decode())]));
  return new Blob(parts);
}

function progress(phase: Progress["phase"], bytes: number, total: number, rows: number, started: number): Progress {
  const seconds = (performance.now() - started) / 1000;
  return {
    phase, bytes, total_bytes: total, rows, rows_per_second: seconds > 0 ? rows / seconds : 0,
    eta_seconds: seconds >= 1 && bytes > 0 ? (seconds * (total - bytes)) / bytes : null,
  };
}

export interface Sniff { encoding: string; kind?: "text" | "arrow" | "workbook" | "parquet" }

export async function ingest(glue: Glue, engine: WasmEngine, source: Blob, options: CoreReadOptions, parsers: readonly Parser[], hooks: Hooks,
  within: <N extends keyof Addons, T>(name: N, work: (glue: Addons[N]) => T) => Promise<T>): Promise<unknown> {
  let head = await headOf(source);
  if (isGzip(head)) {
    source = await unzip(source);
    head = await headOf(source);
  }
  refuse(head);
  const { sheet, ...plain } = options;
  const given = JSON.stringify(plain);
  const sniffed = glue.sniff(head, given) as Sniff;
  if (sniffed.kind === "workbook") {
    const bytes = await bytesOf(source);
    const { csv, ...which } = await within("sheets", (glue) => glue.sheet_to_csv(bytes, sheet === undefined ? undefined : String(sheet)));
    // A sheet's text is already UTF-8 CSV of our own making: only what it says is still to be found out.
    const options = { ...plain, encoding: "utf-8", delimiter: ",", quote: "\"" };
    return { ...((await ingest(glue, engine, new Blob([csv]), options, parsers, hooks, within)) as object), ...which };
  }
  if (sniffed.kind === "arrow") {
    const bytes = await bytesOf(source);
    const packed = await within("arrow", (glue) => glue.arrow_to_packed(bytes, plain.name ?? ""));
    return glue.read_packed(engine, packed, source.size, given);
  }
  if (sniffed.kind && sniffed.kind !== "text")
    throw problem("unsupported", `this looks like a ${sniffed.kind} file, which this build does not read`, `这似乎是 ${sniffed.kind} 文件，此版本无法读取`,
      "Save it as CSV and open that.", "请另存为 CSV 后再打开。");
  let text = source;
  if (sniffed.encoding !== "utf-8") {
    text = await transcode(source, sniffed.encoding, hooks);
    head = await headOf(text);
  } else if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    text = source.slice(3);
    head = head.subarray(3);
  }

  const reading = new glue.Reading(JSON.stringify({ ...plain, encoding: sniffed.encoding }), head, text.size, source.size);
  try {
    await readSlices(reading, text.slice(0, reading.end(text.size)), head, parsers, hooks);
    return reading.finish(engine);
  } finally {
    reading.free();
  }
}

async function readSlices(reading: InstanceType<Glue["Reading"]>, text: Blob, head: Bytes, parsers: readonly Parser[], hooks: Hooks): Promise<void> {
  const plan = reading.plan(), size = text.size, started = performance.now();
  const borders = [reading.begin()];
  for (let at = Math.min(size, reading.begin() + FIRST_SLICE); at < size; at += SLICE) borders.push(at);
  borders.push(size);
  const slices = borders.length - 1, feed = new Feed(text, head.subarray(reading.begin()), reading.begin());

  let handedOut = 0, first: Rows | undefined, failed: unknown;
  const take = async (parser: Parser, part: PartData): Promise<void> => {
    for (let again = reading.push(part.blob); again; )
      again = reading.push((await parser.parse(plan, text, { ...again, last: again.end >= size })).blob);
    const now = progress("reading", reading.joined(), size, reading.rows(), started);
    if (!first && now.rows > 0) now.first_rows = first = reading.sample(100) as Rows;
    hooks.onProgress?.(now);
  };
  const work = async (parser: Parser): Promise<void> => {
    while (handedOut < slices && failed === undefined) {
      if (hooks.cancelled()) throw cancelled();
      const i = handedOut++, base = borders[i] ?? 0, end = borders[i + 1] ?? size;
      const part = await parser.parse(plan, text, { base, end, begin: i === 0 ? base : null, last: end >= size }, await feed.take(base, end));
      if (part.room) feed.back(part.room);
      await take(parser, part);
      if (parsers.length === 1) await breathe();
    }
  };
  const results = await Promise.allSettled(parsers.map((p) => work(p).catch((e: unknown) => { failed ??= e; throw e; })));
  feed.close();
  const lost = results.find((r) => r.status === "rejected");
  if (lost) throw failed ?? lost.reason;
  if (hooks.cancelled()) throw cancelled();
}

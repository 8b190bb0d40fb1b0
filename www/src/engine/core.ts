// The engine in one thread: a WebAssembly instance that holds the tables. Runs in the engine's worker, or inline.
import type { Progress } from "./api.js";
import { problem } from "./error.js";
import type { Answer, Glue, SheetGlue, SheetText, WasmEngine } from "./glue.js";
import { bytesOf, ingest, InlineParser, type CoreReadOptions, type Parser } from "./ingest.js";

/** A request to the engine. `read` and `sniff` carry a Blob; everything else is plain data for `job/` in Rust. */
export type Request =
  | { op: "read"; source: Blob; options: CoreReadOptions }
  | { op: "sniff"; source: Blob; options: CoreReadOptions }
  | { op: "generate"; options: Record<string, unknown> }
  | { op: "trap" }
  | ({ op: "job" } & { job: Record<string, unknown> & { op: string } });

export interface Control { onProgress?: ((p: Progress) => void) | undefined; cancelled: () => boolean }

/** How the second WebAssembly is had when the first workbook comes. */
export interface Sheets { glue: SheetGlue | (() => Promise<SheetGlue>); module: () => Promise<WebAssembly.Module> }

export class Core {
  private readonly engine: WasmEngine;
  private readonly inline: Parser;
  constructor(private readonly glue: Glue, module: WebAssembly.Module, private readonly sheets: Sheets) {
    glue.initSync({ module });
    this.engine = new glue.Engine();
    this.inline = new InlineParser(glue);
  }

  async handle(request: Request, control: Control, readers: (bytes: number) => Promise<readonly Parser[]>): Promise<Answer> {
    switch (request.op) {
      case "read": {
        const found = await readers(request.source.size);
        const parsers = found.length > 0 ? found : [this.inline];
        return { value: await ingest(this.glue, this.engine, request.source, request.options, parsers, control, (b, s) => this.sheetToCsv(b, s)) };
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
        this.glue.trap();
        return { value: null };
      case "job":
        return this.engine.call(JSON.stringify(request.job));
    }
  }

  private readySheets: Promise<SheetGlue> | undefined;
  private async sheetToCsv(bytes: Uint8Array, sheet: string | number | undefined): Promise<SheetText> {
    this.readySheets ??= (async () => {
      const glue = typeof this.sheets.glue === "function" ? await this.sheets.glue() : this.sheets.glue;
      glue.initSync({ module: await this.sheets.module() });
      return glue;
    })();
    return (await this.readySheets).sheet_to_csv(bytes, sheet === undefined ? undefined : String(sheet));
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

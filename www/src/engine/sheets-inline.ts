// The second WebAssembly, inlined: fetched as a chunk of its own when the first workbook is opened.
import { gzipBase64 } from "virtual:kelan-sheets";
import { compileBase64 } from "./wasm-inline-decode.js";

export const module = (): Promise<WebAssembly.Module> => compileBase64(gzipBase64);

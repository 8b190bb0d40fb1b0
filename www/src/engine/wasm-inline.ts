// The WebAssembly as gzip in base64: a third larger than the file, but in no need of a second request.
import { gzipBase64 } from "virtual:kelan-wasm";
import { compileBase64 } from "./wasm-inline-decode.js";

export const module = (): Promise<WebAssembly.Module> => compileBase64(gzipBase64);

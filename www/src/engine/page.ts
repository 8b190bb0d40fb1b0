// The dashboard's entry. Served, it streams kelan.wasm; in the one-file page both texts stand in the page itself.
import type { Loader } from "./executor.js";
import { addonGlue } from "./addon-glue.js";
import type { Glue } from "./glue.js";
import { makeOpen, type Open } from "./open.js";
import { compileBase64 } from "./wasm-inline-decode.js";

const embedded = (id: string): string | null => document.getElementById(id)?.textContent ?? null;
let workerUrl: string | undefined;

const loader: Loader = {
  async module() {
    const base64 = embedded("kelan-wasm");
    if (base64 !== null) return compileBase64(base64.trim());
    return WebAssembly.compileStreaming(fetch(new URL("kelan.wasm", document.baseURI)));
  },
  worker() {
    const text = embedded("kelan-worker");
    if (text === null) return new Worker(new URL("worker.js", document.baseURI), { name: "kelan" });
    workerUrl ??= URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    return new Worker(workerUrl, { name: "kelan" });
  },
  glue: async () => (await import("../wasm/kelan.js")) as unknown as Glue,
  async addon(name) {
    const base64 = embedded(`kelan-${name}`);
    if (base64 !== null) return compileBase64(base64.trim());
    return WebAssembly.compileStreaming(fetch(new URL(`kelan-${name}.wasm`, document.baseURI)));
  },
  addonGlue,
};

/** Whether this page is the one file, opened from disk or not. */
export const oneFile = (): boolean => embedded("kelan-wasm") !== null;

export const open: Open = makeOpen(loader);
export { KelanError } from "./error.js";
export type { Kelan } from "./open.js";
export type { Table } from "./table.js";

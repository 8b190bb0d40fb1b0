// The entry for Node (and for servers that render pages): reads its WebAssembly from beside itself, works in the calling thread.
import { readFile } from "node:fs/promises";
import type { Loader } from "./executor.js";
import { addonGlue } from "./addon-glue.js";
import type { Glue } from "./glue.js";
import { makeOpen, type Open } from "./open.js";
import { problem } from "./error.js";

export type * from "./api.js";
export { KelanError, type ErrorCode } from "./error.js";
export type { Formulas } from "./formula.js";
export type { Kelan, Open } from "./open.js";
export type { Table } from "./table.js";

const loader: Loader = {
  module: async () => WebAssembly.compile(await readFile(new URL("./kelan.wasm", import.meta.url))),
  addon: async (name) => WebAssembly.compile(await readFile(new URL(`./kelan-${name}.wasm`, import.meta.url))),
  worker: () => { throw problem("unsupported", "there are no web workers here", "此环境没有 Web Worker"); },
  glue: async () => (await import("../wasm/kelan.js")) as unknown as Glue,
  addonGlue,
};

/** Starts the engine. */
export const open: Open = makeOpen(loader);

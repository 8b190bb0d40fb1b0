// The package's entry: finds its WebAssembly beside itself, and where a bundler lost that file falls back to the inlined copy.
import type { Loader } from "./executor.js";
import { addonGlue } from "./addon-glue.js";
import type { AddonName, Glue } from "./glue.js";
import { compile, makeOpen, type Open } from "./open.js";
import { workerFromText } from "./worker-text.js";

export type * from "./api.js";
export { KelanError, type ErrorCode } from "./error.js";
export type { Formulas } from "./formula.js";
export type { Kelan, Open } from "./open.js";
export type { Table } from "./table.js";

/** Written out one by one: bundlers find a file only by a plain text in this form. */
const ADDONS: { [N in AddonName]: () => URL } = {
  sheets: () => new URL("./kelan-sheets.wasm", import.meta.url),
  arrow: () => new URL("./kelan-arrow.wasm", import.meta.url),
  rooms: () => new URL("./kelan-rooms.wasm", import.meta.url),
};

const loader: Loader = {
  // Not there, or not WebAssembly: the inlined copy is.
  module: () => compile(new URL("./kelan.wasm", import.meta.url)).catch(async () => (await import("./wasm-inline.js")).module()),
  worker: workerFromText,
  glue: async () => (await import("../wasm/kelan.js")) as unknown as Glue,
  addon: (name) => compile(ADDONS[name]()).catch(async () => (await import("./addon-inline.js")).addonModule(name)),
  addonGlue,
};

/** Starts the engine. */
export const open: Open = makeOpen(loader);

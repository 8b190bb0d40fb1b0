// The entry without an inlined copy: its WebAssembly lies beside the script, or where `open({ wasm })` says. For bundles in one piece.
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
  module: () => compile(new URL("./kelan.wasm", import.meta.url)),
  worker: workerFromText,
  glue: async () => (await import("../wasm/kelan.js")) as unknown as Glue,
  addon: (name) => compile(ADDONS[name]()),
  addonGlue,
};

/** Starts the engine. */
export const open: Open = makeOpen(loader);

// The package's entry: finds its WebAssembly beside itself, and where a bundler lost that file falls back to the inlined copy.
import type { Loader } from "./executor.js";
import { addonGlue } from "./addon-glue.js";
import type { AddonName, Glue } from "./glue.js";
import { makeOpen, type Open } from "./open.js";
import { workerFromText } from "./worker-text.js";

export type * from "./api.js";
export { KelanError, type ErrorCode } from "./error.js";
export type { Formulas } from "./formula.js";
export type { Kelan, Open } from "./open.js";
export type { Table } from "./table.js";

const inlined = async (): Promise<WebAssembly.Module> => (await import("./wasm-inline.js")).module();

async function beside(): Promise<WebAssembly.Module> {
  const url = new URL("./kelan.wasm", import.meta.url);
  try {
    const response = await fetch(url);
    if (response.ok) return await WebAssembly.compile(await response.arrayBuffer());
  } catch { /* not there, or not WebAssembly: the inlined copy is */ }
  return inlined();
}

/** Written out one by one: bundlers find a file only by a plain text in this form. */
const ADDONS: { [N in AddonName]: () => URL } = {
  sheets: () => new URL("./kelan-sheets.wasm", import.meta.url),
  arrow: () => new URL("./kelan-arrow.wasm", import.meta.url),
  rooms: () => new URL("./kelan-rooms.wasm", import.meta.url),
};

const loader: Loader = {
  module: beside,
  worker: workerFromText,
  glue: async () => (await import("../wasm/kelan.js")) as unknown as Glue,
  addon: async (name) => {
    try {
      const response = await fetch(ADDONS[name]());
      if (response.ok) return await WebAssembly.compile(await response.arrayBuffer());
    } catch { /* not there: the inlined copy is */ }
    return (await import("./addon-inline.js")).addonModule(name);
  },
  addonGlue,
};

/** Starts the engine. */
export const open: Open = makeOpen(loader);

// The entry for places where no second file can be fetched: the WebAssembly is inside the script.
import type { Loader } from "./executor.js";
import { addonGlue } from "./addon-glue.js";
import { addonModule } from "./addon-inline.js";
import type { Glue } from "./glue.js";
import { makeOpen, type Open } from "./open.js";
import { module } from "./wasm-inline.js";
import { workerFromText } from "./worker-text.js";
import * as glue from "../wasm/kelan.js";

export type * from "./api.js";
export { KelanError, type ErrorCode } from "./error.js";
export type { Formulas } from "./formula.js";
export type { Kelan, Open } from "./open.js";
export type { Table } from "./table.js";

const loader: Loader = {
  module,
  worker: workerFromText,
  glue: () => Promise.resolve(glue as unknown as Glue),
  addon: addonModule,
  addonGlue,
};

/** Starts the engine. */
export const open: Open = makeOpen(loader);

// The further WebAssemblies, inlined: each a chunk of its own, fetched when it is first needed.
import type { AddonName } from "./glue.js";
import { compileBase64 } from "./wasm-inline-decode.js";

const TEXT: { [N in AddonName]: () => Promise<{ gzipBase64: string }> } = {
  sheets: () => import("virtual:kelan-sheets"),
  arrow: () => import("virtual:kelan-arrow"),
  rooms: () => import("virtual:kelan-rooms"),
};

export const addonModule = async (name: AddonName): Promise<WebAssembly.Module> => compileBase64((await TEXT[name]()).gzipBase64);

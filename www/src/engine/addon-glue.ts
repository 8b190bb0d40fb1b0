// The glue of the further WebAssemblies: chunks of their own, fetched with them.
import type { Addons } from "./glue.js";

const GLUE: { [N in keyof Addons]: () => Promise<unknown> } = {
  sheets: () => import("../wasm/kelan_sheets.js"),
  arrow: () => import("../wasm/kelan_arrow.js"),
};

export const addonGlue = async <N extends keyof Addons>(name: N): Promise<Addons[N]> => (await GLUE[name]()) as Addons[N];

// The glue of the further WebAssemblies: chunks of their own, fetched with them.
import type { AddonName, Addons } from "./glue.js";

const GLUE: { [N in AddonName]: () => Promise<unknown> } = {
  sheets: () => import("../wasm/kelan_sheets.js"),
  arrow: () => import("../wasm/kelan_arrow.js"),
};

export const addonGlue = async <N extends AddonName>(name: N): Promise<Addons[N]> => (await GLUE[name]()) as Addons[N];

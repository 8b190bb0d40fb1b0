// The analyses that are not in the core: kelan-rooms.wasm, split off when it is built (tools/build/split.mjs).
import firstRooms from "./first-rooms.json" with { type: "json" };

const first: ReadonlySet<unknown> = new Set(firstRooms);

/** Whether a request may call a function that is not in the core. */
export const needsRooms = (job: { op: string; id?: unknown }): boolean => job.op === "apply" || (job.op === "analyze" && !first.has(job.id));

/** Puts the functions of the further rooms into the core's table of functions; they work in the core's memory. */
export function joinRooms(core: WebAssembly.Exports, rooms: WebAssembly.Module): void {
  new WebAssembly.Instance(rooms, { core });
}

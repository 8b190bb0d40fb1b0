// Modules that the build makes (tools/build.mjs): the bundled worker's text, and the optimised WebAssembly.
declare module "virtual:kelan-worker" { export const text: string }
declare module "virtual:kelan-arrow" { export const gzipBase64: string }
declare module "virtual:kelan-rooms" { export const gzipBase64: string }
declare module "virtual:kelan-sheets" { export const gzipBase64: string }
declare module "virtual:kelan-wasm" { export const gzipBase64: string }

// The one thing the Node entry needs of Node: declared here, so that the page's code sees no Node types.
declare module "node:fs/promises" { export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> }

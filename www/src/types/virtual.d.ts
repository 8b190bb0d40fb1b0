// Modules that the build makes (tools/build.mjs): the bundled worker's text, and the optimised WebAssembly.
declare module "virtual:kelan-worker" { export const text: string }
declare module "virtual:kelan-wasm" { export const gzipBase64: string }

import { defineConfig } from "vite";
import { fileURLToPath } from "node:url";

// The site. The wasm glue (www/src/wasm) and the classic worker (build/worker.js) are made by tools/build.mjs before Vite runs.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  publicDir: "public",
  build: {
    outDir: fileURLToPath(new URL("../dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

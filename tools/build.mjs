// build.mjs STEP…: wasm, site, onefile, package. The Makefile says what depends on what; a step here always does its work.
import { buildWasm } from "./build/wasm.mjs";
import { buildSite } from "./build/site.mjs";
import { buildOneFile } from "./build/onefile.mjs";
import { buildPackage } from "./build/package.mjs";

const steps = { wasm: buildWasm, site: buildSite, onefile: buildOneFile, package: buildPackage };
for (const name of process.argv.slice(2)) {
  const started = performance.now();
  try {
    await steps[name]();
  } catch (error) {
    // A tool that ran has printed what it had to say; our own refusals carry their remedy; anything else is a fault in here.
    console.error(`kelan: building ${name} failed: ${error.remedy ? error.message : error.stack}`);
    if (error.remedy) console.error(`       ${error.remedy}`);
    process.exit(1);
  }
  console.error(`kelan: ${name} built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

// The tests of tests/wasm.rs, compiled to WebAssembly and run in headless Chromium.
import { existsSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { at } from "./build/common.mjs";
import { chromedriver, chromium, chromiumArgs } from "./browser.mjs";

if (!existsSync(at("tests/wasm.rs"))) { console.log("no tests/wasm.rs"); process.exit(0); }
// The runner reads the browser's capabilities from this file in the current folder; they depend on the machine and the user.
writeFileSync(at("webdriver.json"), JSON.stringify({ "goog:chromeOptions": { binary: chromium(), args: ["--headless=new", ...chromiumArgs] } }, null, 1) + "\n");
const { status } = spawnSync("cargo", ["test", "--config", "tools/quick.toml", "--profile", "quick", "--target", "wasm32-unknown-unknown",
  "--no-default-features", "--features", "engine", "--test", "wasm"],
  { cwd: at("."), stdio: "inherit", env: { ...process.env, CHROMEDRIVER: chromedriver(), WASM_BINDGEN_TEST_TIMEOUT: "240" } });
process.exit(status ?? 1);

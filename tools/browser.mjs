// The browsers of this machine, for tests and screenshots.
import { existsSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const onPath = (name) => {
  try { return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim() || null; } catch { return null; }
};
const first = (env, names, files) => process.env[env] || names.map(onPath).find(Boolean) || files.find((f) => existsSync(f)) || null;

export const chromium = () => first("KELAN_CHROMIUM", ["chromium", "google-chrome", "chromium-browser"], [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"]);
export const chromedriver = () => first("CHROMEDRIVER", ["chromedriver"], []);
export const firefox = () => first("KELAN_FIREFOX", ["firefox-esr", "firefox"], ["/Applications/Firefox.app/Contents/MacOS/firefox"]);

// Without these Chromium talks to its maker's hosts at start; root needs no-sandbox.
export const chromiumArgs = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--no-default-browser-check",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
];

export async function launchChromium(options = {}) {
  const { chromium: engine } = await import("playwright-core");
  return engine.launch({ executablePath: chromium(), ...options, args: [...chromiumArgs, ...(options.args ?? [])] });
}

/** Firefox with the privacy of a user's own profile: a page from disk may not read its siblings. */
export async function launchFirefox() {
  const { default: puppeteer } = await import("puppeteer-core");
  return puppeteer.launch({
    browser: "firefox", executablePath: firefox(), headless: true,
    extraPrefsFirefox: { "security.fileuri.strict_origin_policy": true },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = [
    [chromium(), "Chromium or Chrome is missing", "Install it (Debian: apt-get install chromium) or set KELAN_CHROMIUM to its path."],
    [chromedriver(), "chromedriver is missing", "Install the one of your Chromium (Debian: apt-get install chromium-driver; macOS: brew install chromedriver) or set CHROMEDRIVER."],
    [firefox(), "Firefox is missing", "Install it (Debian: apt-get install firefox-esr) or set KELAN_FIREFOX to its path."],
  ].filter(([found]) => !found);
  for (const [, what, remedy] of missing) console.error(`kelan: ${what}\n       ${remedy}`);
  if (missing.length) process.exit(1);
}

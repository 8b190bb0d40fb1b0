// The page's entry. The engine and its registry are fetched when the first file is opened, so that the first paint is light.
import { session } from "./state/session.ts";
import { store } from "./state/store.ts";
import "./style/page.css";
import "./ui/dashboard.ts";

type Open = typeof import("./engine/page.js").open;
const open: Open = async (options) => (await import("./engine/page.js")).open(options);

session.use(() => open({ locale: store.state.locale }));

// Whatever the page asks of another host is seen and said. Without a typed address there is nothing to see.
new PerformanceObserver((list) => {
  const hosts = list.getEntries().map((e) => e.name).filter((n) => /^https?:/.test(n)).map((n) => new URL(n)).filter((u) => u.origin !== location.origin).map((u) => u.host);
  const { sent } = store.state;
  const all = [...new Set([...sent.hosts, ...hosts])];
  if (all.length > sent.hosts.length) store.set({ sent: { ...sent, hosts: all } });
}).observe({ type: "resource", buffered: true });

Object.assign(globalThis, { kelan: { open } });

// Served, the page keeps its own files for work without a network. From disk there is nothing to keep.
if (/^https?:$/.test(location.protocol) && "serviceWorker" in navigator && document.getElementById("kelan-wasm") === null) {
  addEventListener("load", () => void navigator.serviceWorker.register("./sw.js").catch(() => undefined));
}

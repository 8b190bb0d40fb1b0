// Keeps the files of one build, so that the page opens without a network. It holds no data of anybody: only the page itself.
const NAME = "kelan-__KELAN_VERSION__";
const FILES = /* the build writes the list */ ["__KELAN_FILES__"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(["./", ...FILES.filter((f) => !f.startsWith("__"))])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n.startsWith("kelan-") && n !== NAME).map((n) => caches.delete(n)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  // Looking does not make a store: after “forget everything” there is none.
  const kept = (what) => caches.match(what, { cacheName: NAME, ignoreSearch: true });
  event.respondWith((async () => {
    // Pages come fresh where there is a network; what has its version in its name comes from the cache.
    if (event.request.mode === "navigate") {
      try {
        return await fetch(event.request);
      } catch {
        return (await kept("./")) ?? Response.error();
      }
    }
    return (await kept(event.request)) ?? fetch(event.request);
  })());
});

// serve.mjs FOLDER [PORT]: the built site on this machine only; prints its address.
import { createServer } from "node:http";
import { createReadStream, existsSync, statSync } from "node:fs";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".wasm": "application/wasm",
  ".json": "application/json", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".png": "image/png", ".csv": "text/csv; charset=utf-8", ".map": "application/json" };

/** A server of one folder on the loopback address. `seen` collects the paths that were asked for. */
export function serve(folder, port = 0, seen = []) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    seen.push(path);
    let file = normalize(join(root, path));
    if (file !== root && !file.startsWith(root + sep)) { response.writeHead(403).end(); return; }
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (!existsSync(file)) { response.writeHead(404, { "content-type": "text/plain" }).end("not found"); return; }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "cache-control": "no-cache", "x-content-type-options": "nosniff" });
    createReadStream(file).pipe(response);
  });
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => done({ server, seen, port: server.address().port, url: `http://localhost:${server.address().port}/`, close: () => new Promise((r) => { server.closeAllConnections(); server.close(r); }) }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? "dist";
  if (!existsSync(folder)) { console.error(`kelan: ${folder} is not built\n       Run: make run`); process.exit(1); }
  let port = Number(process.argv[3] ?? process.env.PORT ?? 8080);
  for (let tries = 0; ; tries++, port++) {
    try {
      const { url } = await serve(folder, port);
      console.log(`Kelan is at ${url}   (Ctrl-C ends it)`);
      break;
    } catch (error) {
      if (error.code !== "EADDRINUSE" || tries > 20) { console.error(`kelan: port ${port} cannot be used: ${error.code}\n       Run: PORT=8123 make run`); process.exit(1); }
    }
  }
}

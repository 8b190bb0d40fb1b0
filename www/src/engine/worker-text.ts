// The worker is a classic script made from a text: one form for the site, the package under any bundler, and a file on disk.
import { text } from "virtual:kelan-worker";

let url: string | undefined;

export function workerFromText(): Worker {
  url ??= URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Worker(url, { name: "kelan" });
}

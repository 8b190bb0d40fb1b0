/** What the page may do here: read from the policy and the address in force, never assumed. */

/** `none`: no connection at all. `self`: only to where the page came from. `https`: there, and to other hosts over https. `open`: an embedding page decides. */
export function policy(): "none" | "self" | "https" | "open" {
  if (typeof document === "undefined") return "open";
  for (const meta of document.querySelectorAll('meta[http-equiv="Content-Security-Policy" i]')) {
    const rule = /connect-src\s+([^;]+)/.exec(meta.getAttribute("content") ?? "")?.[1]?.trim();
    if (rule === "'none'" || rule === "data:") return "none";
    if (rule === "'self'") return "self";
    if (rule === "'self' https:") return "https";
  }
  return "open";
}

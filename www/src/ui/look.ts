/** How charts and numbers come out now: from the settings, and from colours that a host page overrides. */
import type { Look } from "../types/engine.ts";
import { palettes } from "../style/palette.ts";
import { store } from "../state/store.ts";

export function look(host: Element | null = null): Look {
  const { locale, theme, currency, grouping } = store.state;
  const out: Look = { locale, theme, currency, grouping };
  const colors = host ? overrides(host) : null;
  if (colors) out.colors = colors;
  return out;
}

/** Reads the computed tokens; only those that differ from our own count as overridden. */
function overrides(host: Element): Record<string, string> | null {
  const style = getComputedStyle(host);
  const own = palettes[store.state.theme];
  let out: Record<string, string> | null = null;
  for (const [name, value] of Object.entries(own)) {
    const now = style.getPropertyValue(`--kl-${name}`).trim();
    if (now && now.toLowerCase() !== value.toLowerCase()) (out ??= {})[name] = now;
  }
  return out;
}

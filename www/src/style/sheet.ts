/** The dashboard's style as constructed sheets: no style element, no attribute, so the strictest policy allows it. */
import { colourSheet, FONTS } from "./palette.ts";
import tokens from "./tokens.css?inline";
import base from "./base.css?inline";
import shell from "./shell.css?inline";
import room from "./room.css?inline";
import data from "./data.css?inline";
import screens from "./screens.css?inline";

let made: CSSStyleSheet[] | null = null;

export function sheets(): CSSStyleSheet[] {
  if (made) return made;
  made = [`${colourSheet()}:host{--kl-font:${FONTS.en}}:host(:lang(zh)){--kl-font:${FONTS["zh-CN"]}}`, tokens, base, shell, room, data, screens].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return made;
}

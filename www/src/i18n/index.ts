/** The page's own words. The engine's words arrive in both languages with every result. */
import type { Locale, Words } from "../types/engine.ts";
import { priced } from "./format.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type Key = keyof typeof en;
export type Dictionary = Record<Key, string>;

const dictionaries: Record<Locale, Dictionary> = { en, "zh-CN": zh };

let locale: Locale = "en";
/** The sign of the currency that the engine's sentences speak of. */
let currency = "";

export function setLocale(next: Locale): void {
  locale = next;
}

export function setCurrency(next: string): void {
  currency = next;
}

export function getLocale(): Locale {
  return locale;
}

/** A sentence of the page: `{name}` slots are filled; `{n|order|orders}` chooses by the number. */
export function t(key: Key, slots: Record<string, string | number> = {}): string {
  // Keys made from the engine's names (roles, parameters) may be unknown here: the caller then writes the name itself.
  const text: string | undefined = dictionaries[locale][key];
  return text === undefined ? "" : fill(text, slots);
}

export function fill(text: string, slots: Record<string, string | number>): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, many?: string) => {
    const value = slots[name];
    if (one !== undefined && many !== undefined) return String(value).replace(/,/g, "") === "1" ? one : many;
    return value === undefined ? "" : String(value);
  });
}

/** A text of the engine in the page's language, money in the currency of the file. */
export function say(words: Words | string | null | undefined): string {
  if (words === null || words === undefined) return "";
  if (typeof words === "string") return words;
  return priced(locale === "zh-CN" ? words.zh : words.en, currency);
}

/** The language a browser asks for, as one of ours. */
export function preferred(languages: readonly string[]): Locale {
  for (const l of languages) {
    if (/^zh/i.test(l)) return "zh-CN";
    if (/^en/i.test(l)) return "en";
  }
  return "en";
}

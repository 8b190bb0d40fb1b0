/**
 * The colours of both themes, once: the style sheet of the dashboard is written from this table, and charts resolve
 * `$color:` tokens against it without a DOM. Names are the `--kl-*` custom properties without the prefix.
 */
import type { Theme } from "../types/engine.ts";

export type Palette = Record<string, string>;

const light: Palette = {
  bg: "#FCFCFA", surface: "#FFFFFF", sunk: "#F3F4F0", hover: "#ECEEE9", selected: "#E0F0F0",
  line: "#E3E6E1", "line-strong": "#C9CFCB", rule: "#16201F", ctl: "#858F8D",
  ink: "#16201F", "ink-2": "#4A5654", "ink-3": "#5F6A68",
  accent: "#0B6B70", "accent-strong": "#07545A", "on-accent": "#FFFFFF",
  good: "#0B6B70", "good-wash": "#E0F0F0", bad: "#9A5600", "bad-wash": "#FBF0E2",
  danger: "#B3261E", "danger-wash": "#FBEAE8",
  context: "#B4BCB8", "context-ink": "#5F6A68", hatch: "#C9CFCB", mark: "#FFE9A8", focus: "#0A4FA3",
};

const dark: Palette = {
  bg: "#121817", surface: "#1B2322", sunk: "#0D1211", hover: "#222B2A", selected: "#16383A",
  line: "#28312F", "line-strong": "#3B4644", rule: "#7D8A87", ctl: "#6C7875",
  ink: "#E4EBE9", "ink-2": "#A9B5B2", "ink-3": "#94A19E",
  accent: "#63CDCD", "accent-strong": "#8ADEDE", "on-accent": "#06302F",
  good: "#63CDCD", "good-wash": "#16383A", bad: "#F0B25A", "bad-wash": "#35270F",
  danger: "#FF8A80", "danger-wash": "#3A1B19",
  context: "#56625F", "context-ink": "#94A19E", hatch: "#3B4644", mark: "#5A4A12", focus: "#8FC2FF",
};

/** Ramps by name, light then dark, step 1 first. */
const ramps: Record<string, [string[], string[]]> = {
  cat: [
    ["#10777C", "#5A92DC", "#61384F", "#A86A02", "#959166", "#7F61B9", "#134880", "#526141"],
    ["#57C5C5", "#4C7DC6", "#B55772", "#B9985A", "#EBDFAB", "#9995EC", "#B7D9FE", "#BCC66A"],
  ],
  seq: [
    ["#EBF6F6", "#CFEBEC", "#ABDCDD", "#80C6C7", "#53ACAE", "#2B9094", "#097174", "#005355", "#053839"],
    ["#182020", "#172D2E", "#163F40", "#185456", "#1B6D6F", "#278A8C", "#3EA7A9", "#61C7C9", "#A0E6E7"],
  ],
  risk: [
    ["#FBF1EB", "#FBDECC", "#F6C6A6", "#E9A679", "#D68549", "#BA6826", "#944E12", "#6C380D"],
    ["#231D18", "#382719", "#54351A", "#724720", "#955C28", "#BB773A", "#DF9555", "#FBBB87"],
  ],
  div: [
    ["#9A541B", "#C3773E", "#DEA279", "#F2CBB2", "#F1F1EC", "#B3DEDF", "#7ABFC1", "#3F999C", "#097174"],
    ["#E0995C", "#AE703A", "#774D2A", "#4B3421", "#242B2A", "#1D4040", "#226364", "#2F9092", "#5EC4C6"],
  ],
};

for (const [name, [l, d]] of Object.entries(ramps)) {
  l.forEach((value, i) => (light[`${name}-${i + 1}`] = value));
  d.forEach((value, i) => (dark[`${name}-${i + 1}`] = value));
}

export const palettes: Record<Theme, Palette> = { light, dark };

/** Shadows and scrims are no plain colours, so charts never ask for them. */
const over: Record<Theme, string> = {
  light: "--kl-shadow:0 1px 2px rgb(22 32 31/.06),0 8px 28px rgb(22 32 31/.12);--kl-scrim:rgb(22 32 31/.28);",
  dark: "--kl-shadow:0 0 0 1px #3B4644,0 12px 32px rgb(0 0 0/.5);--kl-scrim:rgb(0 0 0/.5);",
};

function declarations(theme: Theme): string {
  return Object.entries(palettes[theme]).map(([name, value]) => `--kl-${name}:${value};`).join("") + over[theme];
}

/** The colour rules of the host element. Paper always gets the light values. */
export function colourSheet(): string {
  return `:host{color-scheme:light;${declarations("light")}}` +
    `@media screen{:host([data-theme="dark"]){color-scheme:dark;${declarations("dark")}}}`;
}

const LATIN = '-apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Inter, Roboto, "Noto Sans"';
const HAN = '"PingFang SC", "HarmonyOS Sans SC", MiSans, "Microsoft YaHei UI", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC"';

/**
 * Faces by language. In English every Latin face that a computer may have goes before the first Han one: a Han face draws ’ as wide as a
 * character. In Chinese the marks belong to the Han face, and so do the letters where none of the better Latin faces is there.
 */
export const FONTS: Record<"en" | "zh-CN", string> = {
  en: `${LATIN}, Ubuntu, Cantarell, "Liberation Sans", "Helvetica Neue", Arial, "DejaVu Sans", ${HAN}, sans-serif`,
  "zh-CN": `${LATIN}, ${HAN}, sans-serif`,
};

/**
 * Numbers and dates as a person reads them, in both languages. Pure: no DOM, no Intl, so that every machine prints the same.
 *
 * A value is written for a place: `tile` (short, three or four figures), `axis` (shortest, no currency sign), `full`
 * (tooltips: every figure that means something), `table` (one precision per column) and `cell` (a small cell of a heat map).
 */
import type { Locale } from "../types/engine.ts";

export type Place = "tile" | "axis" | "full" | "table" | "cell";

export interface Style {
  locale: Locale;
  currency?: string;
  grouping?: "wan" | "thousand";
}

/** A number taken apart, for tiles that set the unit smaller. */
export interface Parts {
  text: string;
  unit: string;
}

/**
 * Stands in the engine's sentences before every amount of money, where the sign of the currency belongs; `src/analysis/say.rs` writes
 * it. A noncharacter of Unicode, which no text of a file may hold.
 */
export const MONEY = "\ufdd0";

/** A sentence of the engine with the sign of the currency, or with none. */
export function priced(text: string, currency = ""): string {
  return text.includes(MONEY) ? text.replaceAll(MONEY, () => currency) : text;
}

export const ABSENT = "—";
const MINUS = "\u2212";
const NNBSP = "\u202f";

/** `1234567.8, 1` → `1,234,567.8`, with a true minus sign. */
export function group(value: number, decimals = 0): string {
  const fixed = Math.abs(value).toFixed(decimals);
  const [whole = "0", part] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const text = part === undefined ? grouped : `${grouped}.${part}`;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

interface Scale {
  from: number;
  by: number;
  unit: string;
  decimals: number;
}

const SCALES: Record<"en" | "zh", Scale[]> = {
  en: [
    { from: 1e9, by: 1e9, unit: "B", decimals: 2 },
    { from: 1e6, by: 1e6, unit: "M", decimals: 2 },
    { from: 1e4, by: 1e3, unit: "k", decimals: 1 },
  ],
  zh: [
    { from: 1e8, by: 1e8, unit: "亿", decimals: 2 },
    { from: 1e4, by: 1e4, unit: "万", decimals: 1 },
  ],
};

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Large numbers by k, M, B or 万, 亿. The rounded figure decides the step, so 999,960 is 1.00M and not 1000.0k. */
function scaled(value: number, style: Style, axis: boolean): Parts | null {
  const wan = style.locale === "zh-CN" && style.grouping !== "thousand";
  const scales = SCALES[wan ? "zh" : "en"];
  const size = Math.abs(value);
  for (let i = 0; i < scales.length; i += 1) {
    const s = scales[i];
    if (!s) continue;
    const above = scales[i - 1];
    const from = axis && s.unit === "k" ? 1e3 : s.from;
    if (size < from) continue;
    if (above && Number((size / s.by).toFixed(s.decimals)) * s.by >= above.from) {
      return { text: trimAxis(group(value / above.by, above.decimals), axis), unit: above.unit };
    }
    return { text: trimAxis(group(value / s.by, s.decimals), axis), unit: s.unit };
  }
  return null;
}

function trimAxis(text: string, axis: boolean): string {
  return axis ? trim(text) : text;
}

/** Decimals that a plain number deserves: three significant figures, none above a thousand. */
function decimalsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 1000 || Number.isInteger(value)) return 0;
  if (size >= 100) return 1;
  if (size >= 1) return 2;
  if (size === 0) return 0;
  return Math.min(6, 2 - Math.floor(Math.log10(size)));
}

function moneyDecimals(value: number): number {
  const size = Math.abs(value);
  if (size >= 1000 || Number.isInteger(value)) return 0;
  return size >= 100 ? 1 : 2;
}

function sign(text: string, prefix: string): string {
  return text.startsWith(MINUS) ? MINUS + prefix + text.slice(1) : prefix + text;
}

/** The number in two pieces. `unit` is set smaller in tiles and follows without a space of its own. */
export function parts(value: number | null | undefined, format: string, style: Style, place: Place = "tile"): Parts {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: ABSENT, unit: "" };
  const zh = style.locale === "zh-CN";
  if (place === "cell") {
    if (format === "percent") return { text: group(value * 100, 0), unit: "" };
    // A cell has room for three figures.
    if (format === "number") return { text: Math.abs(value) < 10 ? group(value, Number.isInteger(value) ? 0 : 2) : group(value, Math.abs(value) < 100 ? 1 : 0), unit: "" };
    if (format === "money" || format === "count") return parts(value, "count", style, Math.abs(value) >= 1e4 ? "axis" : "table");
  }
  const currency = place === "axis" ? "" : (style.currency ?? "");
  switch (format) {
    case "money": {
      if (place === "tile" || place === "axis") {
        const big = scaled(value, style, place === "axis");
        if (big) return { text: sign(big.text, currency), unit: big.unit };
      }
      const decimals = place === "table" ? tableMoney(value) : moneyDecimals(value);
      const text = group(value, decimals);
      return { text: sign(place === "axis" ? trim(text) : text, currency), unit: "" };
    }
    case "count": {
      if (place === "axis") {
        const big = scaled(value, style, true);
        if (big) return big;
        return { text: trim(group(value, Number.isInteger(value) ? 0 : 1)), unit: "" };
      }
      if (place === "tile" && Math.abs(value) >= 1e7) {
        const big = scaled(value, style, false);
        if (big) return big;
      }
      return { text: group(value, 0), unit: "" };
    }
    case "percent": {
      const p = value * 100;
      const size = Math.abs(p);
      const decimals = place === "axis" ? (Number.isInteger(Math.round(p * 100) / 100) ? 0 : 1) : size > 0 && size < 0.1 ? 2 : 1;
      return { text: group(p, decimals), unit: "%" };
    }
    case "points": {
      const p = value * 100;
      return { text: group(p, 1), unit: zh ? "百分点" : `${NNBSP}pp` };
    }
    case "days": {
      const text = trim(group(value, Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1));
      if (place === "table") return { text, unit: "" };
      if (zh) return { text, unit: " 天" };
      return { text, unit: place === "axis" ? `${NNBSP}d` : Math.abs(value) === 1 ? " day" : " days" };
    }
    default: {
      if (place === "axis") {
        const big = scaled(value, style, true);
        if (big) return big;
        return { text: trim(group(value, decimalsFor(value))), unit: "" };
      }
      if (value !== 0 && Math.abs(value) < 1e-5) return { text: powers(value), unit: "" };
      return { text: group(value, decimalsFor(value)), unit: "" };
    }
  }
}

/** `3.2 × 10⁻⁷`: a small number is not zero. */
function powers(value: number): string {
  const [digits = "0", power = "0"] = Math.abs(value).toExponential(1).split("e");
  const raised = [...String(Number(power))].map((c) => (c === "-" ? "⁻" : ("⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? c))).join("");
  return `${value < 0 ? MINUS : ""}${digits}${NNBSP}×${NNBSP}10${raised}`;
}

function tableMoney(value: number): number {
  return Math.abs(value) >= 1000 || Number.isInteger(value) ? 0 : 2;
}

/** So many values of a column are looked at for its precision. */
const LOOKED_AT = 50_000;

/** Digits after the point for all values of a column; null where they lie so far apart that one precision would hide some. */
export function precisionOf(values: ArrayLike<unknown>, format: string): number | null {
  let [most, least, whole, fine] = [0, Number.POSITIVE_INFINITY, true, false];
  const step = Math.max(1, Math.ceil(values.length / LOOKED_AT));
  for (let i = 0; i < values.length; i += step) {
    const v = values[i];
    if (typeof v !== "number" || !Number.isFinite(v) || v === 0) continue;
    const size = Math.abs(v);
    if (size > most) most = size;
    if (size < least) least = size;
    if (!Number.isInteger(v)) {
      whole = false;
      fine ||= Math.abs(v * 10 - Math.round(v * 10)) > 1e-9;
    }
  }
  if (whole) return most === 0 ? null : 0;
  if (format === "money") return most >= 1000 ? 0 : 2;
  if (most / least > 1e4 || most < 0.1) return null;
  if (format === "days") return most >= 1000 ? 0 : 1;
  return most >= 1000 ? 0 : !fine ? 1 : most >= 100 ? 1 : most >= 1 ? 2 : 3;
}

/** One string for a value of a column or mark. Dates may be ISO strings or days since 1970-01-01. */
export function format(value: unknown, kind: string, style: Style, place: Place = "full"): string {
  if (value === null || value === undefined || value === "") return ABSENT;
  if (kind === "date") return date(value as string | number, style, place);
  if (kind === "month" || kind === "period") return period(String(value), style.locale, place);
  if (kind === "text") return String(value);
  if (typeof value === "boolean") return String(value);
  const number = typeof value === "number" ? value : Number(value);
  if (typeof value === "string" && !Number.isFinite(number)) return value;
  const p = parts(number, kind, style, place);
  return p.text + p.unit;
}

/** A signed change: `+21.5%`, `−1.1 pp`, `+1,859`. */
export function change(value: number, kind: string, style: Style): string {
  const p = parts(value, kind, style, "tile");
  const text = p.text + p.unit;
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Days since 1970-01-01 → ISO date. */
export function isoDay(day: number): string {
  if (!Number.isFinite(day) || Math.abs(day) > 4e6) return ABSENT;
  return new Date(Math.round(day) * 86_400_000).toISOString().slice(0, 10);
}

export function date(value: string | number, style: Style, place: Place = "full"): string {
  const iso = typeof value === "number" ? isoDay(value) : value;
  const m = /^(-?\d{4,6})-(\d\d)-(\d\d)/.exec(iso);
  if (!m) return iso;
  const [, y, mm, dd] = m;
  if (place === "table") return iso.slice(0, 10);
  const month = Number(mm);
  if (style.locale === "zh-CN") return place === "axis" ? `${month}月${Number(dd)}日` : `${y}年${month}月${Number(dd)}日`;
  const name = MONTHS[month - 1] ?? mm;
  return place === "axis" ? `${Number(dd)} ${name}` : `${Number(dd)} ${name} ${y}`;
}

/** Labels of periods: `2024-12-09`, `2024-W50`, `2024-12`, `2024-Q4`, `2024`. */
export function period(label: string, locale: Locale, place: Place = "full"): string {
  const zh = locale === "zh-CN";
  let m = /^(\d{4})-(\d\d)$/.exec(label);
  if (m) {
    const month = Number(m[2]);
    if (place === "table") return label;
    if (place === "axis" && month !== 1) return zh ? `${month}月` : (MONTHS[month - 1] ?? label);
    if (place === "axis") return zh ? `${m[1]}年` : `${m[1]}`;
    return zh ? `${m[1]}年${month}月` : `${MONTHS[month - 1] ?? m[2]} ${m[1]}`;
  }
  m = /^(\d{4})-Q([1-4])$/.exec(label);
  if (m) return zh ? `${m[1]}年${"一二三四"[Number(m[2]) - 1]}季度` : `Q${m[2]} ${m[1]}`;
  m = /^(\d{4})-W(\d\d)$/.exec(label);
  if (m) return zh ? `${m[1]}年第${Number(m[2])}周` : `week ${Number(m[2])}, ${m[1]}`;
  if (/^\d{4}-\d\d-\d\d/.test(label)) return date(label, { locale }, place);
  return label;
}

/** `2024-01-01 – 2025-06-18`, written once per language; a range within one year names it once. */
export function dateRange(from: string, to: string, style: Style): string {
  const a = /^(\d{4})-(\d\d)-(\d\d)/.exec(from);
  const b = /^(\d{4})-(\d\d)-(\d\d)/.exec(to);
  if (!a || !b) return `${from} – ${to}`;
  if (style.locale === "zh-CN") return `${a[0]} – ${a[1] === b[1] ? b[0].slice(5) : b[0]}`;
  const short = a[1] === b[1] ? `${Number(a[3])} ${MONTHS[Number(a[2]) - 1]}` : date(from, style);
  return `${short} – ${date(to, style)}`;
}

/** `95% 32.7–36.9%`; words instead of a dash where a sign follows. */
export function interval(low: number, high: number, kind: string, style: Style): string {
  const a = parts(low, kind, style, "tile");
  const b = parts(high, kind, style, "tile");
  if (low < 0 || high < 0) {
    const to = style.locale === "zh-CN" ? " 至 " : " to ";
    return `${change(low, kind, style)}${to}${change(high, kind, style)}`;
  }
  const first = a.unit === b.unit ? a.text : a.text + a.unit;
  return `${first}–${b.text}${b.unit}`;
}

const BYTES = ["B", "kB", "MB", "GB", "TB"];

export function bytes(value: number): string {
  let v = value;
  let step = 0;
  while (v >= 1000 && step < BYTES.length - 1) {
    v /= 1000;
    step += 1;
  }
  const text = step === 0 || v >= 100 ? v.toFixed(0) : v.toFixed(1);
  return `${text} ${BYTES[step]}`;
}

/** A waiting time, rounded up so that it is not over-promised. */
export function wait(seconds: number, locale: Locale): string {
  const zh = locale === "zh-CN";
  if (seconds < 60) {
    const s = Math.max(1, Math.ceil(seconds));
    return zh ? `约剩 ${s} 秒` : `about ${s} s left`;
  }
  const minutes = Math.ceil(seconds / 60);
  return zh ? `约剩 ${minutes} 分钟` : `about ${minutes} min left`;
}

/** Shares that must add up to 100.0 in a table: largest remainder at one decimal. */
export function sharesToHundred(shares: readonly number[]): number[] {
  const total = shares.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return shares.map(() => 0);
  const exact = shares.map((s) => (s / total) * 1000);
  const floor = exact.map(Math.floor);
  let rest = 1000 - floor.reduce((a, b) => a + b, 0);
  const order = exact.map((e, i) => [e - (floor[i] ?? 0), i] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (const [, i] of order) {
    if (rest <= 0) break;
    floor[i] = (floor[i] ?? 0) + 1;
    rest -= 1;
  }
  return floor.map((v) => v / 1000);
}

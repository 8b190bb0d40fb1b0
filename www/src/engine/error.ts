import type { Locale, Words } from "./api.js";

export type ErrorCode =
  | "unknown_analysis" | "unknown_param" | "bad_param" | "unknown_column" | "wrong_type" | "missing_role" | "no_rows" | "no_events"
  | "too_little_data" | "no_variation" | "separation" | "not_converged" | "bad_file" | "unsupported" | "too_large" | "cancelled" | "internal";

export interface Where { file?: string; row?: number; column?: string; roles?: string[]; param?: string }

/** The error as it crosses the border: in both languages. */
export interface ErrorData { code: ErrorCode; message: Words; where: Where; remedy: Words }

export const say = (words: Words, locale: Locale): string => (locale === "zh-CN" ? words.zh : words.en);

/** What went wrong, where, and what to do about it. */
export class KelanError extends Error {
  readonly code: ErrorCode;
  readonly where: Where;
  readonly remedy: string;
  readonly words: { message: Words; remedy: Words };
  constructor(data: ErrorData, locale: Locale = "en") {
    super(say(data.message, locale));
    this.name = "KelanError";
    this.code = data.code;
    this.where = data.where;
    this.remedy = say(data.remedy, locale);
    this.words = { message: data.message, remedy: data.remedy };
  }
}

export const problem = (code: ErrorCode, en: string, zh: string, remedyEn = "", remedyZh = ""): ErrorData =>
  ({ code, message: { en, zh }, where: {}, remedy: { en: remedyEn, zh: remedyZh } });

export const cancelled = (): ErrorData => problem("cancelled", "cancelled by the caller", "已由调用方取消");

export const isErrorData = (value: unknown): value is ErrorData =>
  typeof value === "object" && value !== null && "code" in value && "message" in value && "remedy" in value;

/** Whatever was thrown, as data: our own errors as they are, a trap or a fault of the platform as `internal`. */
export function asErrorData(thrown: unknown): ErrorData {
  if (isErrorData(thrown) && !(thrown instanceof KelanError)) return thrown;
  if (thrown instanceof KelanError)
    return { code: thrown.code, message: thrown.words.message, where: thrown.where, remedy: thrown.words.remedy };
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof DOMException && thrown.name === "NotReadableError")
    return problem("bad_file", `the file can no longer be read: ${text}`, `文件已无法读取：${text}`,
      "It may have been moved or changed since it was chosen: choose it again.", "选择之后文件可能已移动或更改，请重新选择。");
  return problem("internal", `the engine failed: ${text}`, `引擎出错：${text}`,
    "The engine was restarted; please report this with the steps that led here.", "引擎已重新启动，请附上操作步骤报告此问题。");
}

/** A trap leaves the instance unusable: every later call on it would fail. */
export const isTrap = (thrown: unknown): boolean => thrown instanceof WebAssembly.RuntimeError;

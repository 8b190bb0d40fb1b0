import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, change, date, dateRange, format, group, interval, isoDay, parts, period, sharesToHundred, wait } from "../../www/src/i18n/format.ts";

const en = { locale: "en", currency: "¥" } as const;
const zh = { locale: "zh-CN", currency: "¥" } as const;
const text = (v: number, f: string, s: typeof en | typeof zh, p: "tile" | "axis" | "full" | "table" = "tile") => {
  const x = parts(v, f, s, p);
  return x.text + x.unit;
};

test("money is short in tiles and exact in tables", () => {
  assert.equal(text(428_390, "money", en), "¥428.4k");
  assert.equal(text(5_643_964, "money", en), "¥5.64M");
  assert.equal(text(428_390, "money", zh), "¥42.8万");
  assert.equal(text(184_000_000, "money", zh), "¥1.84亿");
  assert.equal(text(9_999, "money", en), "¥9,999");
  assert.equal(text(169.93, "money", en), "¥169.9");
  assert.equal(text(1_414_001, "money", en, "table"), "¥1,414,001");
  assert.equal(text(1_414_001, "money", zh, "table"), "¥1,414,001");
  assert.equal(text(12.5, "money", en, "table"), "¥12.50");
});

test("rounding moves to the next unit instead of printing 1000.0k", () => {
  assert.equal(text(999_960, "money", en), "¥1.00M");
  assert.equal(text(99_999_999, "money", zh), "¥1.00亿");
  assert.equal(text(-999_960, "money", en), "−¥1.00M");
});

test("groups of three digits may replace 万", () => {
  const s = { ...zh, grouping: "thousand" } as const;
  assert.equal(text(428_390, "money", s as never), "¥428.4k");
});

test("axes drop the sign and needless zeros", () => {
  assert.equal(text(150_000, "money", en, "axis"), "150k");
  assert.equal(text(1_500, "money", en, "axis"), "1.5k");
  assert.equal(text(150_000, "money", zh, "axis"), "15万");
  assert.equal(text(0, "money", en, "axis"), "0");
  assert.equal(text(0.4, "percent", en, "axis"), "40%");
});

test("negative numbers have a true minus, and minus zero has none", () => {
  assert.equal(group(-1234.5, 1), "−1,234.5");
  assert.equal(group(-0.04, 1), "0.0");
  assert.equal(text(-22_700, "money", en), "−¥22.7k");
});

test("shares, points, days, counts", () => {
  assert.equal(text(0.347, "percent", en), "34.7%");
  assert.equal(text(0.0004, "percent", en), "0.04%");
  assert.equal(change(-0.011, "points", en), "−1.1\u202fpp");
  assert.equal(change(-0.011, "points", zh), "−1.1百分点");
  assert.equal(change(0.215, "percent", en), "+21.5%");
  assert.equal(change(0, "count", en), "0");
  assert.equal(text(22, "days", en), "22 days");
  assert.equal(text(1, "days", en), "1 day");
  assert.equal(text(22, "days", en, "axis"), "22\u202fd");
  assert.equal(text(22, "days", zh), "22 天");
  assert.equal(text(10_330, "count", en), "10,330");
  assert.equal(text(1.4567, "number", en), "1.46");
  assert.equal(text(0.01234, "number", en), "0.0123");
});

test("what is absent is a dash, what is zero is 0", () => {
  assert.equal(parts(null, "money", en).text, "—");
  assert.equal(parts(Number.NaN, "count", en).text, "—");
  assert.equal(format(null, "text", en), "—");
  assert.equal(format(0, "count", en), "0");
});

test("dates and periods", () => {
  assert.equal(date("2025-06-18", en), "18 Jun 2025");
  assert.equal(date("2025-06-18", zh), "2025年6月18日");
  assert.equal(date("2025-06-18T10:11:12", en, "table"), "2025-06-18");
  assert.equal(date(0, en, "table"), "1970-01-01");
  assert.equal(isoDay(-1), "1969-12-31");
  assert.equal(period("2025-03", "en"), "Mar 2025");
  assert.equal(period("2025-03", "zh-CN"), "2025年3月");
  assert.equal(period("2025-01", "en", "axis"), "2025");
  assert.equal(period("2024-Q4", "zh-CN"), "2024年四季度");
  assert.equal(period("2024-W05", "en"), "week 5, 2024");
  assert.equal(dateRange("2025-04-24", "2025-06-18", en), "24 Apr – 18 Jun 2025");
  assert.equal(dateRange("2025-04-24", "2025-06-18", zh), "2025-04-24 – 06-18");
});

test("intervals use words where a sign follows", () => {
  assert.equal(interval(0.327, 0.369, "percent", en), "32.7–36.9%");
  assert.equal(interval(-0.1, 0.12, "percent", en), "−10.0% to +12.0%");
});

test("bytes and waiting times", () => {
  assert.equal(bytes(85_500_000), "85.5 MB");
  assert.equal(bytes(12), "12 B");
  assert.equal(wait(5.2, "en"), "about 6 s left");
  assert.equal(wait(61, "zh-CN"), "约剩 2 分钟");
});

test("shares of one table add up to a hundred", () => {
  const s = sharesToHundred([1, 1, 1]);
  assert.equal(Math.round(s.reduce((a, b) => a + b, 0) * 1000), 1000);
  assert.deepEqual(s, [0.334, 0.333, 0.333]);
  assert.deepEqual(sharesToHundred([0, 0]), [0, 0]);
});

//! Figures in sentences, in both languages: as many digits as a person reads, thousands grouped, one and many told apart.
//!
//! A share that is not nothing is never written as 0 %, one that is not all never as 100 %, and a figure that is not 0 never as 0.00.

use crate::error::Words;
use crate::time;

fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, part) = text.split_once('.').map_or((text.as_str(), None), |(w, p)| (w, Some(p)));
    let mut out = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    signed(value, out)
}

/// With a minus, unless nothing but zeros is printed.
fn signed(value: f64, text: String) -> String {
    let zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if value < 0.0 && !zero { format!("\u{2212}{text}") } else { text }
}

/// Decimals that leave a size three significant digits, two below 0.1.
fn digits(size: f64) -> usize {
    match size {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.0995 => 2,
        v if v > 0.0 => (1.0 - v.log10().floor()).clamp(2.0, 12.0) as usize,
        _ => 0,
    }
}

/// Stands before every amount of money in a sentence: who shows it puts the sign of the currency there, or nothing. Rooms know no
/// currency, and another one must not ask them anew. A noncharacter of Unicode, which no text of a file may hold.
/// `www/src/i18n/format.ts` has the same.
pub const MONEY: char = '\u{fdd0}';

/// An [`amount`] of money: [`MONEY`] before its first digit.
pub fn money(value: f64) -> Words {
    let marked = |text: String| match text.find(|c: char| c.is_ascii_digit()) {
        Some(at) => format!("{}{MONEY}{}", &text[..at], &text[at..]),
        None => text,
    };
    let Words { en, zh } = amount(value);
    Words::new(marked(en), marked(zh))
}

/// `428.4k`, `5.64M`; `42.8万`, `1.84亿`; to the cent below a hundred: `16.99`.
pub fn amount(value: f64) -> Words {
    let size = value.abs();
    let plain = || {
        let cents = (0.995..99.995).contains(&size) && value != value.round();
        if cents { grouped(value, 2) } else { number(value) }
    };
    if size.is_finite() && size >= BEYOND {
        return Words::same(power(value));
    }
    let en = if size >= 999.95e6 {
        format!("{}B", grouped(value / 1e9, 2))
    } else if size >= 999_950.0 {
        format!("{}M", grouped(value / 1e6, 2))
    } else if size >= 1e4 {
        format!("{}k", grouped(value / 1e3, 1))
    } else {
        plain()
    };
    let zh = if size >= 99_995_000.0 {
        format!("{}亿", grouped(value / 1e8, 2))
    } else if size >= 1e4 {
        format!("{}万", grouped(value / 1e4, 1))
    } else {
        plain()
    };
    Words::new(en, zh)
}

/// `1,234`
pub fn count(n: usize) -> String {
    grouped(n as f64, 0)
}

/// English: `no customers`, `1 customer`, `1,234 customers`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", count(n)),
    }
}

/// English: the form of a verb (or a noun) for one or for many.
pub fn form<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

/// English: `1st`, `2nd`, `12th`.
pub fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(n))
}

/// English: a sentence begins with a capital.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// From here on digits are no longer counted by eye.
const BEYOND: f64 = 1e15;
/// Below this zeros are no longer counted by eye.
const TINY: f64 = 1e-6;

fn has_power(size: f64) -> bool {
    size >= BEYOND || (size > 0.0 && size < TINY)
}

/// `5.41 × 10⁴⁵`, `1.00 × 10⁻³⁰⁰`
fn power(value: f64) -> String {
    let mut exponent = value.abs().log10().floor();
    // In two steps: 10³⁰⁸ is the largest power there is, and the smallest numbers need a larger one.
    let half = (exponent / 2.0).trunc();
    let mut lead = format!("{:.2}", value.abs() / 10f64.powf(half) / 10f64.powf(exponent - half));
    if lead == "10.00" {
        (lead, exponent) = ("1.00".into(), exponent + 1.0);
    }
    let raised: String = format!("{exponent}")
        .chars()
        .filter_map(|c| {
            if c == '-' { Some('⁻') } else { "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c.to_digit(10)? as usize) }
        })
        .collect();
    signed(value, format!("{lead} × 10{raised}"))
}

/// Three significant digits; whole numbers whole.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "—".into();
    }
    if has_power(value.abs()) {
        return power(value);
    }
    let whole = value == value.round() || value.abs() >= 1000.0;
    grouped(value, if whole { 0 } else { digits(value.abs()) })
}

/// Three significant digits without closing zeros, `12.3k` / `1.23万` from 10,000 on.
pub fn short(v: f64) -> Words {
    let a = v.abs();
    if !v.is_finite() {
        return Words::same("—");
    }
    if has_power(a) {
        return Words::same(power(v));
    }
    if a < 9_999.5 {
        return Words::same(signed(v, significant(a)));
    }
    let scaled = |steps: &[(f64, &str)]| {
        let (unit, name) = steps.iter().rev().find(|s| a >= s.0 * 0.9995).copied().unwrap_or((1.0, ""));
        signed(v, format!("{}{name}", significant(a / unit)))
    };
    Words::new(
        scaled(&[(1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T")]),
        scaled(&[(1e4, "万"), (1e8, "亿"), (1e12, "万亿")]),
    )
}

/// Three significant digits without an exponent; whole numbers from 100 on.
fn significant(a: f64) -> String {
    if a == 0.0 || a >= 99.95 {
        return grouped(a, 0);
    }
    let digits = (2 - a.log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{a:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// `34.7%` as `35%`, below 10 % one decimal, below 0.1 % two digits. What is near 0 % or 100 % is not said to be it.
pub fn percent(share: f64) -> String {
    // Sums of shares miss a whole percent by a rounding error.
    let near = (share * 100.0).round();
    let p = if (share * 100.0 - near).abs() < 1e-9 { near } else { share * 100.0 };
    let size = p.abs();
    if !p.is_finite() {
        return "—".into();
    }
    if size > 0.0 && size < 0.000_95 {
        return format!("{}0.001%", if p < 0.0 { "> \u{2212}" } else { "< " });
    }
    if (99.5..100.0).contains(&size) {
        return if size < 99.95 { format!("{}%", grouped(p, 1)) } else { signed(p, "> 99.9%".into()) };
    }
    let whole = size == size.round();
    let decimals = match size {
        v if v >= 9.95 || whole => 0,
        v if v >= 0.0995 => 1,
        v => (1.0 - v.log10().floor()).clamp(2.0, 4.0) as usize,
    };
    format!("{}%", grouped(p, decimals))
}

/// The level of an interval: `95%`, `99.9%`.
pub fn level(level: f64) -> String {
    let p = (level * 1e4).round() / 1e2;
    format!("{p}%")
}

/// A correlation, an elasticity, another figure of two decimals; more where two would say 0.00, or 1.00 of what is nearly 1.
pub fn two(v: f64) -> String {
    let (size, sign) = (v.abs(), if v < 0.0 { "\u{2212}" } else { "" });
    if (0.995..1.0).contains(&size) {
        return if size < 0.9995 {
            grouped(v, 3)
        } else {
            format!("{sign}{}", if size < 1.0 - 1e-9 { "0.999" } else { "1.00" })
        };
    }
    if v.is_finite() { grouped(v, if v == 0.0 { 0 } else { digits(v.abs()).max(2) }) } else { "—".into() }
}

/// `p < 0.001` or `p = 0.031`.
pub fn p(p: f64) -> String {
    if p < 0.001 { "p < 0.001".into() } else { format!("p = {p:.3}") }
}

/// `18 Jun 2025`, `2025年6月18日`.
pub fn date(day: i32) -> Words {
    let (y, m, d) = time::civil_from_days(day);
    Words::new(format!("{d} {} {y}", month_name(m)), format!("{y}年{m}月{d}日"))
}

/// A day written in ISO, as a person reads it; anything else as it is.
pub fn iso_date(text: &str) -> Words {
    time::parse_iso(text).map_or_else(|| Words::same(text), date)
}

fn month_name(m: u32) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(m as usize - 1).copied().unwrap_or("")
}

/// A period label as a person reads it: `Mar 2025`, `2025年3月`; other labels stay.
pub fn period(label: &str) -> Words {
    let month = label.split_once('-').filter(|(_, m)| m.len() == 2).and_then(|(y, m)| Some((y, m.parse().ok()?)));
    match month {
        Some((y, m)) if (1..=12).contains(&m) => Words::new(format!("{} {y}", month_name(m)), format!("{y}年{m}月")),
        _ => Words::same(label),
    }
}

/// What a split is by.
pub enum By {
    /// A role, in words.
    Role(Words),
    /// A column, by its quoted name.
    Column(Words),
}

/// What a split is by: a role in words, a column by its name.
pub fn dimension(name: &str) -> Words {
    match split_by(name) {
        By::Role(words) | By::Column(words) => words,
    }
}

/// As [`dimension`], and which of the two it is.
pub fn split_by(name: &str) -> By {
    let (en, zh) = match name {
        "region" => ("region", "地区"),
        "channel" => ("channel", "渠道"),
        "category" => ("category", "品类"),
        "segment" => ("segment", "分层"),
        "product" => ("product", "商品"),
        "product_name" => ("product name", "商品名称"),
        "status" => ("status", "状态"),
        "customer" => ("customer", "客户"),
        other => return By::Column(Words::new(format!("“{other}”"), format!("「{other}」"))),
    };
    By::Role(Words::new(en, zh))
}

/// `1 Jan 2024 – 18 Jun 2025`
pub fn span(from: i32, to: i32) -> Words {
    let (a, b) = (date(from), date(to));
    Words::new(format!("{} \u{2013} {}", a.en, b.en), format!("{}\u{2013}{}", a.zh, b.zh))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_the_design_says() {
        assert_eq!(amount(428_432.0), Words::new("428.4k", "42.8万"));
        assert_eq!(amount(5_640_000.0), Words::new("5.64M", "564.0万"));
        assert_eq!(amount(999_960.0).en, "1.00M");
        assert_eq!(amount(-22_700.0).en, "\u{2212}22.7k");
        assert_eq!(amount(169.92).en, "170");
        assert_eq!(
            [16.99, 16.5, 16.0, 99.999, 0.996, 0.5, 0.003_2].map(|v| amount(v).en),
            ["16.99", "16.50", "16", "100", "1.00", "0.50", "0.0032"]
        );
        assert_eq!(amount(0.0).en, "0");
        assert_eq!(percent(0.1449), "14%");
        assert_eq!(percent(-0.011), "\u{2212}1.1%");
        assert_eq!(count(1_414_001), "1,414,001");
        assert_eq!(period("2025-03"), Words::new("Mar 2025", "2025年3月"));
        assert_eq!(period("2025-W03"), Words::same("2025-W03"));
        for (v, en, zh) in [
            (428_400.0, "428k", "42.8万"),
            (184_000_000.0, "184M", "1.84亿"),
            (-1234.4, "−1,234", "−1,234"),
            (0.012_345, "0.0123", "0.0123"),
            (-0.0, "0", "0"),
            (12.0, "12", "12"),
            (10_000.0, "10k", "1万"),
        ] {
            assert_eq!(short(v), Words::new(en, zh));
        }
        assert_eq!(
            (number(5.4145e45), short(-1e15).en, amount(2.5e20).zh),
            ("5.41 × 10⁴⁵".into(), "−1.00 × 10¹⁵".into(), "2.50 × 10²⁰".into())
        );
        assert_eq!(
            (number(1e-300), short(-5e-324).en, short(0.000_001).en, number(0.0)),
            ("1.00 × 10⁻³⁰⁰".into(), "−4.94 × 10⁻³²⁴".into(), "0.000001".into(), "0".into())
        );
        assert_eq!(
            (two(0.9978), two(-0.99999), two(1.0), two(0.99)),
            ("0.998".into(), "−0.999".into(), "1.00".into(), "0.99".into())
        );
        assert_eq!((p(0.0312), p(1e-9)), ("p = 0.031".to_string(), "p < 0.001".to_string()));
        assert_eq!((level(0.95), level(0.999), level(0.9)), ("95%".into(), "99.9%".into(), "90%".into()));
    }

    #[test]
    fn the_mark_of_money_stands_between_the_minus_and_the_digits() {
        let priced = |v: f64| {
            let Words { en, zh } = money(v);
            (en.replace(MONEY, "$"), zh.replace(MONEY, "¥"))
        };
        assert_eq!(priced(428_432.0), ("$428.4k".into(), "¥42.8万".into()));
        assert_eq!(priced(-22_700.0), ("\u{2212}$22.7k".into(), "\u{2212}¥2.3万".into()));
        assert_eq!(priced(-2.5e20), ("\u{2212}$2.50 × 10²⁰".into(), "\u{2212}¥2.50 × 10²⁰".into()));
        assert_eq!(priced(f64::NAN).0, "—");
    }

    #[test]
    fn what_is_something_is_not_called_nothing() {
        for (share, text) in [
            (0.0, "0%"),
            (0.000_4, "0.040%"),
            (1e-7, "< 0.001%"),
            (-1e-7, "> \u{2212}0.001%"),
            (0.002, "0.2%"),
            (0.05, "5%"),
            (0.996, "99.6%"),
            (0.999_99, "> 99.9%"),
            (1.0, "100%"),
            (1.234, "123%"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(
            (two(0.0), two(0.001_57), two(-0.004), two(-1.234)),
            ("0".into(), "0.0016".into(), "\u{2212}0.0040".into(), "\u{2212}1.23".into())
        );
        assert_eq!((number(0.003_2), number(0.0), number(0.5)), ("0.0032".into(), "0".into(), "0.50".into()));
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(0, "customer", "customers"), "no customers");
        assert_eq!(counted(1, "customer", "customers"), "1 customer");
        assert_eq!(counted(7032, "customer", "customers"), "7,032 customers");
        assert_eq!((form(1, "is", "are"), form(0, "is", "are")), ("is", "are"));
        assert_eq!(sentence("no customer"), "No customer");
        assert_eq!([1, 2, 3, 11, 12, 23].map(ordinal), ["1st", "2nd", "3rd", "11th", "12th", "23rd"]);
    }
}

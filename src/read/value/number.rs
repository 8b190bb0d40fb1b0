//! Numbers as people write them: `¥1,234.50`, `(1,234)`, `12%`, `1.2万`, `1 234,5`, `１２３`.
//!
//! Which mark is the decimal one is a property of the column, not of the cell: `1,234` is a thousand or one and a bit.

use std::borrow::Cow;

use crate::table::decimal;

/// The decimal mark of a column. Grouping marks are whatever is left of `, . '` and blanks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mark {
    #[default]
    Point,
    Comma,
}

/// A parsed number. Exact as long as its digits fit 18 places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// `mantissa` × 10^−`scale`.
    Exact {
        mantissa: i64,
        scale: u8,
    },
    Float(f64),
}

impl Number {
    pub fn to_f64(self) -> f64 {
        match self {
            Number::Exact { mantissa, scale } => decimal::nearest(mantissa, u32::from(scale)),
            Number::Float(v) => v,
        }
    }

    /// The mantissa at this many decimals; `None` when it has more of them or does not fit.
    pub fn at_scale(self, wanted: u8) -> Option<i64> {
        let Number::Exact { mut mantissa, mut scale } = self else { return None };
        while scale > wanted {
            if mantissa % 10 != 0 {
                return None;
            }
            mantissa /= 10;
            scale -= 1;
        }
        mantissa.checked_mul(10i64.checked_pow(u32::from(wanted - scale))?)
    }

    /// Decimals written, trailing zeros included; `None` for floats.
    pub fn scale(self) -> Option<u8> {
        match self {
            Number::Exact { scale, .. } => Some(scale),
            Number::Float(_) => None,
        }
    }
}

/// What a cell's spelling told beside its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    pub currency: bool,
    pub percent: bool,
    /// 万, 亿 and the like.
    pub unit: bool,
    pub exponent: bool,
    pub grouped: bool,
    pub point: bool,
}

impl Spelling {
    /// Anything but digits and a sign.
    pub fn plain(self) -> bool {
        self == Spelling::default()
    }
}

const CURRENCIES: [&str; 49] = [
    "¥", "￥", "$", "＄", "€", "£", "₩", "₹", "₽", "฿", "₫", "₺", "₴", "₱", "₪", "US$", "HK$", "NT$", "MX$", "A$",
    "C$", "R$", "S$", "CN¥", "JP¥", "RMB", "元", "块", "圆", "円", "圓", "원", "zł", "Kč", "kr.", "kr", "Ft", "lei",
    "руб.", "руб", "р.", "грн", "Rs.", "Rs", "RM", "Rp", "Fr.", "TL", "лв",
];
const CODES: [&str; 29] = [
    "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "INR", "AUD", "CAD", "CHF", "PLN", "CZK", "SEK", "NOK",
    "DKK", "HUF", "TRY", "BRL", "MXN", "SGD", "NZD", "ZAR", "THB", "MYR", "IDR", "PHP", "RUB",
];
/// Words behind the digits and the power of ten that they mean; the longer word first.
pub const UNITS: [(&str, i8); 8] =
    [("万亿", 12), ("萬億", 12), ("亿", 8), ("億", 8), ("百万", 6), ("万", 4), ("萬", 4), ("千", 3)];
/// Likewise, but of money only: `$1.2M` is a sum, `12M` may be a size.
pub const MONEY_UNITS: [(&str, i8); 6] = [("K", 3), ("k", 3), ("M", 6), ("B", 9), ("bn", 9), ("mn", 6)];

/// Full-width forms (U+FF01–U+FF5E) as ASCII, other spaces as a blank; borrowed when there is nothing to do.
pub fn narrow(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() {
        return Cow::Borrowed(cell);
    }
    let map = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
        '\u{2212}' | '\u{2013}' => '-',
        '\u{2019}' => '\'',
        '\u{3002}' => '.',
        other => other,
    };
    if cell.chars().all(|c| map(c) == c) { Cow::Borrowed(cell) } else { Cow::Owned(cell.chars().map(map).collect()) }
}

fn strip_currency(text: &str) -> Option<&str> {
    // Most cells begin and end with a digit, and most of the others as no currency does: nothing to strip.
    let (first, last) = (*text.as_bytes().first()?, *text.as_bytes().last()?);
    if first.is_ascii_digit() && last.is_ascii_digit() {
        return None;
    }
    let may_fit = |w: &&&str| w.as_bytes().first() == Some(&first) || w.as_bytes().last() == Some(&last);
    // Longest first, so that `US$` is not read as `US` before `$`.
    let is_ascii_word = |w: &str| w.bytes().all(|b| b.is_ascii_alphabetic());
    for word in CODES.iter().chain(CURRENCIES.iter()).filter(may_fit) {
        for rest in [text.strip_prefix(word), text.strip_suffix(word)].into_iter().flatten() {
            if is_ascii_word(word) && rest.starts_with(|c: char| c.is_alphabetic()) {
                continue;
            }
            return Some(rest.trim());
        }
    }
    None
}

/// Parses one cell under a column's decimal mark. `None`: not a number. Leading zeros are for the planner to judge.
pub fn parse(cell: &[u8], mark: Mark) -> Option<(Number, Spelling)> {
    // Numbers are short; a megabyte of digits is text.
    if cell.is_empty() || cell.len() > 64 {
        return None;
    }
    if let Some(v) = plain_integer(cell) {
        return Some((Number::Exact { mantissa: v, scale: 0 }, Spelling::default()));
    }
    let text = std::str::from_utf8(cell).ok()?;
    let text = narrow(text);
    let mut text = text.trim();
    let mut spelling = Spelling::default();
    let mut negative = false;
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        negative = true;
        text = inner.trim();
    }
    let mut signed = negative;
    let mut shift: i32 = 0;
    // Signs, currencies and units may come in any order around the digits: `-$5`, `$-5`, `5.0万元`, `5-`.
    loop {
        if !signed && let Some(rest) = text.strip_prefix('-') {
            (negative, signed, text) = (true, true, rest.trim_start());
        } else if !signed && let Some(rest) = text.strip_prefix('+') {
            (signed, text) = (true, rest.trim_start());
        } else if !signed && text.ends_with('-') && text.len() > 1 {
            (negative, signed, text) = (true, true, text[..text.len() - 1].trim_end());
        } else if !spelling.currency
            && let Some(rest) = strip_currency(text)
        {
            spelling.currency = true;
            text = rest;
        } else if !spelling.percent
            && let Some(rest) = text.strip_suffix('%')
        {
            spelling.percent = true;
            shift -= 2;
            text = rest.trim_end();
        } else if !spelling.percent
            && let Some(rest) = text.strip_suffix('‰')
        {
            spelling.percent = true;
            shift -= 3;
            text = rest.trim_end();
        } else if !signed && let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            // `$ (1,234)`
            (negative, signed, text) = (true, true, inner.trim());
        } else if !spelling.unit
            && let Some((rest, power)) = strip_unit(text, spelling.currency)
        {
            spelling.unit = true;
            shift += power;
            text = rest;
        } else {
            break;
        }
    }
    let number = digits(text.as_bytes(), mark, negative, shift, &mut spelling)?;
    Some((number, spelling))
}

fn strip_unit(text: &str, money: bool) -> Option<(&str, i32)> {
    if text.as_bytes().last().is_none_or(u8::is_ascii_digit) {
        return None;
    }
    let letters = MONEY_UNITS.iter().filter(|_| money);
    UNITS
        .iter()
        .chain(letters)
        .find_map(|(word, power)| text.strip_suffix(word).map(|rest| (rest.trim_end(), i32::from(*power))))
}

fn plain_integer(cell: &[u8]) -> Option<i64> {
    let (negative, rest) = match cell.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, cell),
    };
    if rest.is_empty() || rest.len() > 18 {
        return None;
    }
    let mut v = 0i64;
    for &b in rest {
        if !b.is_ascii_digit() {
            return None;
        }
        v = v * 10 + i64::from(b - b'0');
    }
    Some(if negative { -v } else { v })
}

/// The bare number: digits, grouping, decimal mark, exponent.
fn digits(text: &[u8], mark: Mark, negative: bool, shift: i32, spelling: &mut Spelling) -> Option<Number> {
    let point = if mark == Mark::Point { b'.' } else { b',' };
    let end = text.iter().position(|b| matches!(b, b'e' | b'E')).unwrap_or(text.len());
    let (body, exponent) = text.split_at(end);
    let mut power = 0i32;
    if !exponent.is_empty() {
        spelling.exponent = true;
        let e = std::str::from_utf8(&exponent[1..]).ok()?;
        if e.is_empty() || e.len() > 4 || spelling.unit {
            return None;
        }
        power = e.parse().ok()?;
    }
    let cut = body.iter().position(|&b| b == point);
    let (whole, fraction) = match cut {
        Some(i) => (&body[..i], &body[i + 1..]),
        None => (body, &body[..0]),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    spelling.point = cut.is_some();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut all: Vec<u8> = Vec::with_capacity(body.len());
    ungroup(whole, point, &mut all, spelling)?;
    if all.is_empty() && fraction.is_empty() {
        return None;
    }
    all.extend_from_slice(fraction);
    let scale = fraction.len() as i32 - shift - power;
    let significant = all.iter().position(|&b| b != b'0').unwrap_or(all.len());
    let places = &all[significant..];
    if places.len() <= 18 && scale <= 18 && !spelling.exponent {
        let mut mantissa = 0i64;
        for &b in places {
            mantissa = mantissa * 10 + i64::from(b - b'0');
        }
        let signed = if negative { -mantissa } else { mantissa };
        if scale >= 0 {
            return Some(Number::Exact { mantissa: signed, scale: scale as u8 });
        }
        if let Some(m) = 10i64.checked_pow(scale.unsigned_abs()).and_then(|p| signed.checked_mul(p)) {
            return Some(Number::Exact { mantissa: m, scale: 0 });
        }
    }
    let printed = std::str::from_utf8(&all).ok()?;
    let v: f64 = format!("{}{printed}e{}", if negative { "-" } else { "" }, -scale).parse().ok()?;
    v.is_finite().then_some(Number::Float(v))
}

/// Copies the digits of the whole part. Groups are three digits (or two and a last three, as in India), with one mark.
fn ungroup(whole: &[u8], point: u8, out: &mut Vec<u8>, spelling: &mut Spelling) -> Option<()> {
    if whole.iter().all(u8::is_ascii_digit) {
        out.extend_from_slice(whole);
        return Some(());
    }
    let sep = *whole.iter().find(|b| !b.is_ascii_digit())?;
    if sep == point || !matches!(sep, b',' | b'.' | b' ' | b'\'') {
        return None;
    }
    let groups: Vec<&[u8]> = whole.split(|&b| b == sep).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let digits_only = groups.iter().all(|g| g.iter().all(u8::is_ascii_digit));
    let thousands = middle.iter().all(|g| g.len() == 3);
    let indian = !middle.is_empty() && first.len() <= 2 && middle.iter().all(|g| g.len() == 2);
    // `0,123` is no grouping: a first group of zero has nothing to group.
    let leads = (1..=3).contains(&first.len()) && first[0] != b'0';
    if !digits_only || !leads || last.len() != 3 || !(thousands || indian) {
        return None;
    }
    spelling.grouped = true;
    groups.iter().for_each(|g| out.extend_from_slice(g));
    Some(())
}

/// The number as written has a zero before another digit: an identifier, a postal code, a phone number.
pub fn leading_zero(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(cell: &str, mark: Mark) -> Option<f64> {
        parse(cell.as_bytes(), mark).map(|n| n.0.to_f64())
    }

    #[test]
    fn spellings_of_money_and_shares() {
        for (cell, wanted) in [
            ("1234", 1234.0),
            ("-7", -7.0),
            ("+7", 7.0),
            ("¥1,234.50", 1234.5),
            ("￥１，２３４．５", 1234.5),
            ("$-5", -5.0),
            ("$ (1,234.50)", -1234.5),
            ("$1.2M", 1_200_000.0),
            ("€340k", 340_000.0),
            ("15,256원", 15_256.0),
            ("9,334円", 9_334.0),
            ("1 234.5 zł", 1234.5),
            ("-Rs. 12,34,567.50", -1_234_567.5),
            ("1 234.50 руб.", 1234.5),
            ("-$5", -5.0),
            ("($5.25)", -5.25),
            ("(1,234)", -1234.0),
            ("1,234-", -1234.0),
            ("€ 12", 12.0),
            ("12 €", 12.0),
            ("USD 12.5", 12.5),
            ("12.5元", 12.5),
            ("1.2万", 12_000.0),
            ("1.2万元", 12_000.0),
            ("3亿", 300_000_000.0),
            ("12%", 0.12),
            ("-0.5%", -0.005),
            ("5‰", 0.005),
            ("1 234.5", 1234.5),
            ("1'234.5", 1234.5),
            ("1,23,456", 123_456.0),
            ("1.5e3", 1500.0),
            ("1E-05", 1e-5),
            (".5", 0.5),
            ("5.", 5.0),
            ("−3", -3.0),
            ("１２３", 123.0),
        ] {
            assert_eq!(value(cell, Mark::Point), Some(wanted), "{cell}");
        }
    }

    #[test]
    fn the_decimal_mark_belongs_to_the_column() {
        assert_eq!(value("1.234,56", Mark::Comma), Some(1234.56));
        assert_eq!(value("1 234,5", Mark::Comma), Some(1234.5));
        assert_eq!(value("1.234.567", Mark::Comma), Some(1_234_567.0));
        assert_eq!(value("1,234", Mark::Point), Some(1234.0));
        assert_eq!(value("1,234", Mark::Comma), Some(1.234));
        assert_eq!(value("1.234,56", Mark::Point), None);
        assert_eq!(value("12,5", Mark::Point), None);
        assert_eq!(value("0,123", Mark::Point), None);
    }

    #[test]
    fn what_is_no_number() {
        for cell in [
            "", "-", "12M", "12K", "abc", "1-2", "12a", "1,23", "1,,234", "1..2", "()", "$", "%", "e5", "1e", "inf",
            "NaN", "1 2",
        ] {
            assert_eq!(value(cell, Mark::Point), None, "{cell}");
        }
    }

    #[test]
    fn exact_until_eighteen_places() {
        let n = parse(b"123456789012.345678", Mark::Point).map(|n| n.0);
        assert_eq!(n, Some(Number::Exact { mantissa: 123_456_789_012_345_678, scale: 6 }));
        assert!(matches!(parse(b"1234567890123.4567890", Mark::Point), Some((Number::Float(_), _))));
        assert_eq!(Number::Exact { mantissa: 1250, scale: 2 }.at_scale(1), Some(125));
        assert_eq!(Number::Exact { mantissa: 1255, scale: 2 }.at_scale(1), None);
        assert_eq!(Number::Exact { mantissa: 12, scale: 0 }.at_scale(2), Some(1200));
    }
}

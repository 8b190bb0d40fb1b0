//! How a column writes its numbers and dates: the majority's spelling, so that values print as they stood in the file.

use std::collections::BTreeMap;

use super::date::{Order, zone_by_name};
use super::number::{MONEY_UNITS, Mark, Spelling, UNITS, narrow};
use crate::table::{DatePart, Format, NumberFormat};

/// The item that was counted most.
fn majority<T: Ord>(items: impl Iterator<Item = (T, usize)>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    items.for_each(|(item, n)| *counts.entry(item).or_default() += n);
    // The first among equals, so that the same cells always give the same format.
    counts
        .into_iter()
        .fold(None, |best: Option<(T, usize)>, (item, n)| match best {
            Some((_, most)) if most >= n => best,
            _ => Some((item, n)),
        })
        .map(|b| b.0)
}

/// The format of a number column, from cells that parse under `mark`.
pub fn numbers(cells: &[(&[u8], Spelling)], mark: Mark) -> Format {
    let decimal = if mark == Mark::Point { b'.' } else { b',' };
    let mut format = NumberFormat { decimal, ..NumberFormat::default() };
    let texts: Vec<std::borrow::Cow<str>> =
        cells.iter().filter_map(|c| std::str::from_utf8(c.0).ok()).map(|t| narrow(t.trim())).collect();
    let core = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ' | '-' | '+' | '(' | ')');
    let affixes = texts.iter().map(|t| {
        let t = t.trim_start_matches(['-', '+', '(']).trim_end_matches([')', '-']);
        let from = t.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let to = t.rfind(|c: char| c.is_ascii_digit()).map_or(t.len(), |i| i + 1);
        let before = t[..from].trim_end_matches(['-', '+', '.', ',']);
        (before.to_string(), t[to.max(from)..].trim_start_matches(['.', ',']).to_string())
    });
    if let Some((before, after)) = majority(affixes.map(|a| (a, 1))) {
        format.shift = shift(&after);
        (format.before, format.after) = (before, after);
    }
    let mut grouped: BTreeMap<u8, usize> = BTreeMap::new();
    let mut bare = 0;
    for text in &texts {
        let whole = text.split(char::from(decimal)).next().unwrap_or("");
        let run = whole.trim_matches(|c: char| !c.is_ascii_digit());
        match run.bytes().find(|b| !b.is_ascii_digit()) {
            Some(b) if core(char::from(b)) => *grouped.entry(b).or_default() += 1,
            _ => bare += usize::from(run.len() > 3),
        }
    }
    if let Some((&mark, &n)) = grouped.iter().max_by_key(|g| *g.1)
        && n >= bare
    {
        format.group = mark;
    }
    format.min_decimals = texts
        .iter()
        .map(|t| t.split_once(char::from(decimal)).map_or(0, |p| p.1.bytes().take_while(u8::is_ascii_digit).count()))
        .min()
        .unwrap_or(0)
        .min(9) as u8;
    format.parentheses = texts.iter().any(|t| t.starts_with('('));
    if format == NumberFormat::default() { Format::Plain } else { Format::Number(format) }
}

fn shift(after: &str) -> i8 {
    let after = after.trim_start();
    let whole = MONEY_UNITS.iter().find(|(word, _)| after.trim_end() == *word);
    let begin = [("%", -2), ("‰", -3)].iter().chain(&UNITS).find(|(word, _)| after.starts_with(word));
    whole.or(begin).map_or(0, |(_, power)| *power)
}

/// The format of a date column, from cells that parse under `order`. `None`: no two cells have a spelling we can print.
pub fn dates<'a>(cells: impl Iterator<Item = &'a [u8]>, order: Order) -> Option<Format> {
    // A column has few shapes: each once, with how many cells have it.
    let mut shapes: Vec<(Vec<DatePart>, usize)> = Vec::new();
    for shape in cells.filter_map(|c| parts(std::str::from_utf8(c).ok()?.trim(), order)) {
        match shapes.iter_mut().find(|known| known.0 == shape) {
            Some(known) => known.1 += 1,
            None => shapes.push((shape, 1)),
        }
    }
    let kind = majority(shapes.iter().map(|(shape, n)| (skeleton(shape), *n)))?;
    let mut format: Option<Vec<DatePart>> = None;
    for (shape, _) in shapes.into_iter().filter(|s| skeleton(&s.0) == kind) {
        match &mut format {
            None => format = Some(shape),
            Some(known) => known.iter_mut().zip(shape).for_each(|(a, b)| unpad(a, &b)),
        }
    }
    Some(Format::Date(format?))
}

/// The shape without padding: the same for `9/12/2024` and `10/2/2024`.
fn skeleton(parts: &[DatePart]) -> String {
    parts
        .iter()
        .map(|p| match p {
            DatePart::Month { .. } => "M".to_string(),
            DatePart::Day { .. } => "D".to_string(),
            DatePart::Hour { .. } => "H".to_string(),
            DatePart::Hour12 { .. } => "h".to_string(),
            other => format!("{other:?}"),
        })
        .collect()
}

/// One cell with a single digit shows that the column does not pad.
fn unpad(known: &mut DatePart, seen: &DatePart) {
    if let (
        DatePart::Month { padded } | DatePart::Day { padded } | DatePart::Hour { padded } | DatePart::Hour12 { padded },
        DatePart::Month { padded: false }
        | DatePart::Day { padded: false }
        | DatePart::Hour { padded: false }
        | DatePart::Hour12 { padded: false },
    ) = (known, seen)
    {
        *padded = false;
    }
}

/// The parts of one cell that is known to be a date. `None` where it has a spelling that cannot be printed back.
fn parts(text: &str, order: Order) -> Option<Vec<DatePart>> {
    let mut out = Vec::new();
    let mut rest = text;
    // Which numbers were met: 0–2 date parts, then hour, minute, second, fraction.
    let mut date: Vec<char> = Vec::new();
    let mut clock = 0;
    let half = ["AM", "PM", "上午", "下午"].iter().any(|h| text.contains(h));
    while let Some(c) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let taken = if digits > 0 {
            if date.is_empty() && digits == 14 {
                let (hour, minute) = (DatePart::Hour { padded: true }, DatePart::Minute);
                out.extend([DatePart::Year, DatePart::Month { padded: true }, DatePart::Day { padded: true }]);
                out.extend([hour, minute, DatePart::Second]);
                date.extend(['y', 'm', 'd']);
                clock = 3;
            } else if date.is_empty() && digits == 8 {
                out.extend([DatePart::Year, DatePart::Month { padded: true }, DatePart::Day { padded: true }]);
                date.extend(['y', 'm', 'd']);
            } else if date.len() < 3
                && clock == 0
                && !(date.len() == 2 && date[0] == 'y' && date[1] == 'm' && digits > 2)
            {
                out.push(date_number(digits, &mut date, order)?);
            } else {
                out.push(match clock {
                    0 if half => DatePart::Hour12 { padded: digits == 2 },
                    0 => DatePart::Hour { padded: digits == 2 },
                    1 if digits == 2 => DatePart::Minute,
                    2 if digits == 2 => DatePart::Second,
                    3 if digits <= 6 && text.as_bytes().get(text.len() - rest.len() - 1) == Some(&b'.') => {
                        DatePart::Fraction(digits as u8)
                    }
                    _ => return None,
                });
                clock += 1;
            }
            digits
        } else if letters > 0 {
            let word = &rest[..letters];
            if word == "AM" || word == "PM" {
                out.push(DatePart::HalfEn);
            } else if letters >= 3 && !date.contains(&'m') && word.starts_with(|c: char| c.is_uppercase()) {
                date.push('m');
                // "May" is both; another month of the column decides.
                out.push(if letters == 3 { DatePart::MonthShort } else { DatePart::MonthLong });
            } else if word == "T" {
                out.push(DatePart::Literal("T".into()));
            } else if letters == rest.len() && clock >= 2 && zone_by_name(word).is_some() {
                match out.last_mut() {
                    Some(DatePart::Literal(text)) => text.push_str(word),
                    _ => out.push(DatePart::Literal(word.into())),
                }
            } else {
                return None;
            }
            letters
        } else if rest.starts_with("上午") || rest.starts_with("下午") {
            out.push(DatePart::HalfZh);
            "上午".len()
        } else if matches!(c, '+' | '-') && clock >= 2 {
            let zone = &rest[1..];
            let colon = zone.len() == 5 && zone.as_bytes()[2] == b':';
            if !colon && (zone.len() != 4 || !zone.bytes().all(|b| b.is_ascii_digit())) {
                return None;
            }
            out.push(DatePart::Offset { colon });
            rest.len()
        } else {
            match out.last_mut() {
                Some(DatePart::Literal(text)) => text.push(c),
                _ => out.push(DatePart::Literal(c.to_string())),
            }
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    (date.len() == 3).then_some(out)
}

fn date_number(digits: usize, date: &mut Vec<char>, order: Order) -> Option<DatePart> {
    let padded = digits == 2;
    let (kind, part) = if digits == 4 && !date.contains(&'y') {
        ('y', DatePart::Year)
    } else if digits > 2 {
        return None;
    } else {
        let month = DatePart::Month { padded };
        let day = DatePart::Day { padded };
        let two = DatePart::Year2;
        match (date.as_slice(), order) {
            (['y'], _) => ('m', month),
            (['y', 'm'] | ['m'], _) => ('d', day),
            ([], Order::MonthFirst) => ('m', month),
            ([], Order::DayFirst) => ('d', day),
            (['d'], _) => ('m', month),
            (['m', 'd'] | ['d', 'm'], _) => ('y', two),
            _ => return None,
        }
    };
    if kind == 'y' && digits != 4 && !padded {
        return None;
    }
    date.push(kind);
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DatePart::*;

    fn lit(s: &str) -> DatePart {
        Literal(s.into())
    }
    fn shape(cells: &[&str], order: Order) -> Option<Format> {
        dates(cells.iter().map(|c| c.as_bytes()), order)
    }

    #[test]
    fn dates_print_as_they_stood() {
        let (m, d) = (Month { padded: false }, Day { padded: false });
        assert_eq!(
            shape(&["11/8/2017", "11/11/2017", "6/12/2017"], Order::MonthFirst),
            Some(Format::Date(vec![m.clone(), lit("/"), d.clone(), lit("/"), Year]))
        );
        assert_eq!(
            shape(&["2024年3月5日 上午9:00"], Order::MonthFirst),
            Some(Format::Date(vec![
                Year,
                lit("年"),
                m,
                lit("月"),
                d,
                lit("日 "),
                HalfZh,
                Hour12 { padded: false },
                lit(":"),
                Minute
            ]))
        );
        assert_eq!(
            shape(&["2024-03-05T09:00:01.250+08:00"], Order::MonthFirst),
            Some(Format::Date(vec![
                Year,
                lit("-"),
                Month { padded: true },
                lit("-"),
                Day { padded: true },
                lit("T"),
                Hour { padded: true },
                lit(":"),
                Minute,
                lit(":"),
                Second,
                lit("."),
                Fraction(3),
                Offset { colon: true }
            ]))
        );
        assert_eq!(
            shape(&["28/01/18"], Order::DayFirst),
            Some(Format::Date(vec![Day { padded: true }, lit("/"), Month { padded: true }, lit("/"), Year2]))
        );
        assert_eq!(
            shape(&["5-Mar-2024"], Order::DayFirst),
            Some(Format::Date(vec![Day { padded: false }, lit("-"), MonthShort, lit("-"), Year]))
        );
    }

    #[test]
    fn numbers_print_as_they_stood() {
        let of = |cells: &[&str], mark| {
            let cells: Vec<(&[u8], Spelling)> = cells
                .iter()
                .filter_map(|c| crate::read::value::number::parse(c.as_bytes(), mark).map(|n| (c.as_bytes(), n.1)))
                .collect();
            numbers(&cells, mark)
        };
        let plain = NumberFormat::default();
        assert_eq!(of(&["1", "2.5"], Mark::Point), Format::Plain);
        assert_eq!(
            of(&["$74.69", "$29.81"], Mark::Point),
            Format::Number(NumberFormat { before: "$".into(), min_decimals: 2, ..plain.clone() })
        );
        assert_eq!(
            of(&["1,234.50", "12.00", "-3.10"], Mark::Point),
            Format::Number(NumberFormat { group: b',', min_decimals: 2, ..plain.clone() })
        );
        assert_eq!(
            of(&["1.234,5", "12,0"], Mark::Comma),
            Format::Number(NumberFormat { decimal: b',', group: b'.', min_decimals: 1, ..plain.clone() })
        );
        assert_eq!(
            of(&["12%", "7%"], Mark::Point),
            Format::Number(NumberFormat { after: "%".into(), shift: -2, ..plain.clone() })
        );
        assert_eq!(
            of(&["1.2万", "3万"], Mark::Point),
            Format::Number(NumberFormat { after: "万".into(), shift: 4, ..plain })
        );
    }
}

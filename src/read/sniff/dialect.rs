//! Which character separates the cells, which one quotes them, which one escapes.
//!
//! Every plausible dialect cuts the sample; the one whose records have the most consistent shape and whose cells look most
//! like values wins. The idea (pattern score × type score) is of G. J. J. van den Burg, A. Nazábal, C. Sutton: Wrangling
//! messy CSV files by detecting row and type patterns, Data Mining and Knowledge Discovery 33, 2019. Ours differs: shapes
//! are weighed by the perplexity of the record widths instead of their number, so that a few ragged rows cost little.

use std::collections::BTreeMap;

use crate::read::csv::record::{Kind, Record, Rules, records};
use crate::read::value::date::{self, DateForm, Order};
use crate::read::value::number::{self, Mark};
use crate::read::value::{missing, truth};
use crate::read::{Delimiter, Options};

/// Bytes and records that are enough to tell dialects apart.
const ENOUGH_BYTES: usize = 24 << 10;
const ENOUGH_RECORDS: usize = 250;
/// Cells whose plausibility is judged.
const ENOUGH_CELLS: f64 = 600.0;

/// Single separators with what is taken off for being rare as such and common inside cells.
const SEPARATORS: [(&str, f64); 14] = [
    (",", 1.0),
    (";", 1.0),
    ("\t", 1.0),
    ("|", 0.98),
    ("\u{1}", 0.98),
    ("\u{1f}", 0.98),
    ("¦", 0.95),
    ("§", 0.95),
    ("~", 0.9),
    ("^", 0.9),
    ("，", 0.8),
    ("；", 0.8),
    (" ", 0.8),
    (":", 0.6),
];

/// Separators of several characters are tried where they occur: the single one would leave an empty cell or a blank.
const LONG: [&str; 12] = ["||", "|~|", "~|~", "^|^", "<>", "::", ";;", ",,", "\t\t", "|+|", "###", "@@"];

struct Candidate {
    rules: Rules,
    weight: f64,
}

/// The rules by which the sample is cut best, from what the user gave and what the sample shows.
pub fn detect(sample: &[u8], options: &Options, comment: Option<Vec<u8>>) -> (Rules, f64) {
    let cut = sample.len().min(ENOUGH_BYTES);
    let window = sample.get(..cut).unwrap_or(sample);
    let mut best: Option<(f64, Rules)> = None;
    for candidate in candidates(window, options, comment.clone()) {
        let score = candidate.weight * score(window, cut < sample.len(), &candidate.rules);
        if best.as_ref().is_none_or(|b| score > b.0 + 1e-9) {
            best = Some((score, candidate.rules));
        }
    }
    let sure = best.as_ref().map_or(0.0, |b| b.0);
    let fallback = || Rules {
        delimiter: delimiter_given(options).unwrap_or(Delimiter::Bytes(b",".to_vec())),
        quote: quote_given(options).unwrap_or(Some(b'"')),
        escape: escape_given(options).flatten(),
        comment,
        trim_around_quotes: false,
    };
    let mut rules = match best {
        Some((score, rules)) if score >= 0.04 || delimiter_given(options).is_some() => rules,
        Some((_, rules)) if occurs(window, &rules.delimiter) => Rules { delimiter: Delimiter::None, ..fallback() },
        _ => fallback(),
    };
    if delimiter_given(options).is_none() {
        lengthen(window, &mut rules);
    }
    if rules.quote.is_none() && quote_given(options).is_none() {
        // Nothing in the sample is quoted; what comes later may be.
        rules.quote = Some(b'"').filter(|q| !window.contains(q));
    }
    rules.trim_around_quotes = spaced_quotes(window, &rules);
    (rules, sure)
}

pub fn delimiter_given(options: &Options) -> Option<Delimiter> {
    options.delimiter.as_deref().map(|d| match d {
        "whitespace" => Delimiter::Whitespace,
        "none" | "" => Delimiter::None,
        "\\t" | "tab" => Delimiter::Bytes(b"\t".to_vec()),
        other => Delimiter::Bytes(other.as_bytes().to_vec()),
    })
}

/// Outer `None`: not said.
pub fn quote_given(options: &Options) -> Option<Option<u8>> {
    options.quote.as_ref().map(|q| q.bytes().next())
}

/// A quote that escapes itself is the ordinary doubling.
pub fn escape_given(options: &Options) -> Option<Option<u8>> {
    let quote = quote_given(options).flatten().unwrap_or(b'"');
    options.escape.as_ref().map(|e| e.bytes().next().filter(|&e| e != quote && e != b'"'))
}

fn occurs(bytes: &[u8], delimiter: &Delimiter) -> bool {
    match delimiter {
        Delimiter::Bytes(d) => contains(bytes, d),
        Delimiter::Whitespace => bytes.contains(&b' ') || bytes.contains(&b'\t'),
        Delimiter::None => false,
    }
}

#[inline(never)]
pub fn contains(bytes: &[u8], what: &[u8]) -> bool {
    match what {
        [] => false,
        [b] => bytes.contains(b),
        [first, ..] => bytes.windows(what.len()).any(|w| w[0] == *first && w == what),
    }
}

/// The short text never stands outside the long one.
#[inline(never)]
fn always_within(window: &[u8], short: &str, long: &str) -> bool {
    let count = |what: &[u8]| window.windows(what.len()).filter(|w| *w == what).count();
    let per = long.matches(short).count();
    let mut at = 0;
    let mut longs = 0;
    while let Some(i) = window[at..].windows(long.len()).position(|w| w == long.as_bytes()) {
        longs += 1;
        at += i + long.len();
    }
    count(short.as_bytes()) == longs * per
}

#[inline(never)]
fn candidates(window: &[u8], options: &Options, comment: Option<Vec<u8>>) -> Vec<Candidate> {
    let mut delimiters: Vec<(Delimiter, f64)> = Vec::new();
    match delimiter_given(options) {
        Some(given) => delimiters.push((given, 1.0)),
        None => {
            let long: Vec<&str> = LONG.into_iter().filter(|t| contains(window, t.as_bytes())).collect();
            for (text, weight) in SEPARATORS {
                let part = long.iter().any(|t| t.contains(text) && always_within(window, text, t));
                if contains(window, text.as_bytes()) && !part {
                    delimiters.push((Delimiter::Bytes(text.as_bytes().to_vec()), weight));
                }
            }
            for text in long {
                delimiters.push((Delimiter::Bytes(text.as_bytes().to_vec()), 0.97));
            }
            if contains(window, b"  ") || contains(window, b"\t ") || contains(window, b" \t") {
                delimiters.push((Delimiter::Whitespace, 0.85));
            }
        }
    }
    let mut out = Vec::new();
    for (delimiter, weight) in delimiters {
        let quotes: Vec<Option<u8>> = match quote_given(options) {
            Some(given) => vec![given],
            None => {
                let mut quotes: Vec<Option<u8>> =
                    [b'"', b'\''].into_iter().filter(|&q| is_quote(window, q, &delimiter)).map(Some).collect();
                if !quotes.contains(&Some(b'"')) {
                    quotes.push(None);
                }
                quotes
            }
        };
        for quote in quotes {
            let mut escapes = vec![escape_given(options).flatten()];
            if let (None, Some(q)) = (escape_given(options), quote)
                && contains(window, &[b'\\', q])
            {
                escapes.push(Some(b'\\'));
            }
            for escape in escapes {
                let rules = Rules {
                    delimiter: delimiter.clone(),
                    quote,
                    escape,
                    comment: comment.clone(),
                    trim_around_quotes: quote.is_some() && delimiter != Delimiter::Bytes(b" ".to_vec()),
                };
                out.push(Candidate { rules, weight });
            }
        }
    }
    out
}

/// The character opens a cell somewhere and closes one somewhere.
#[inline(never)]
fn is_quote(window: &[u8], quote: u8, delimiter: &Delimiter) -> bool {
    let edge = |b: Option<&u8>| match (b, delimiter) {
        (None | Some(b'\n' | b'\r'), _) => true,
        (Some(b), Delimiter::Bytes(d)) => d.contains(b),
        (Some(b' ' | b'\t'), Delimiter::Whitespace) => true,
        _ => false,
    };
    let (mut opens, mut closes) = (0, 0);
    for (i, _) in window.iter().enumerate().filter(|b| *b.1 == quote) {
        let mut before = i;
        while before > 0 && window[before - 1] == b' ' {
            before -= 1;
        }
        let starts = i == 0 || edge(window.get(i - 1)) || before == 0 || edge(window.get(before - 1));
        let ends = edge(window.get(i + 1));
        opens += usize::from(starts);
        closes += usize::from(ends);
    }
    // An apostrophe needs more proof than one 'tis.
    opens.min(closes) >= if quote == b'"' { 1 } else { 2 }
}

/// How well the rules explain the window: 0–1.
#[inline(never)]
fn score(window: &[u8], cut: bool, rules: &Rules) -> f64 {
    let mut found: Vec<Record> = Vec::new();
    for record in records(window, 0, rules).filter(|r| r.kind == Kind::Data) {
        found.push(record);
        if found.len() >= ENOUGH_RECORDS {
            break;
        }
    }
    if cut && found.len() > 1 {
        // The window ends inside the last record.
        found.pop();
    }
    if found.is_empty() {
        return 0.0;
    }
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for record in &found {
        *widths.entry(record.cells.len()).or_default() += 1;
    }
    let n = found.len() as f64;
    let entropy: f64 = widths.values().map(|&k| k as f64 / n).map(|p| -p * p.ln()).sum();
    let columns: f64 = widths.iter().map(|(&w, &k)| k as f64 / n * (w as f64 - 1.0) / w as f64).sum();
    if columns == 0.0 {
        return 0.0;
    }
    let Some(modal) = widths.iter().max_by_key(|w| (*w.1, *w.0)).map(|w| *w.0) else { return 0.0 };
    let mut plausible = 0.0;
    let mut cells = 0.0;
    for record in found.iter().filter(|r| r.cells.len() == modal) {
        if cells >= ENOUGH_CELLS {
            break;
        }
        for cell in &record.cells {
            plausible += if cell.unclosed { 0.2 } else { plausibility(&cell.text, cell.quoted, rules) };
            cells += 1.0;
        }
    }
    if modal == 1 || cells == 0.0 {
        return columns * 0.1;
    }
    if whole_lines_are_values(window, rules) {
        return columns * 0.02;
    }
    // Quotes that are neither doubled nor escaped nor closing speak against the reading.
    let odd = found.iter().filter(|r| r.odd).count() as f64 / n;
    columns / entropy.exp() * plausible / cells * (1.0 - 0.2 * odd)
}

/// A blank or a colon inside a column of times is no separator.
#[inline(never)]
fn whole_lines_are_values(window: &[u8], rules: &Rules) -> bool {
    let suspicious = match &rules.delimiter {
        Delimiter::Bytes(d) => matches!(d.as_slice(), b" " | b":"),
        Delimiter::Whitespace => true,
        Delimiter::None => false,
    };
    if !suspicious {
        return false;
    }
    let lines = || window.split(|&b| b == b'\n' || b == b'\r').filter(|l| !l.trim_ascii().is_empty()).skip(1).take(50);
    let n = lines().count();
    n > 0 && lines().filter(|l| is_typed(l.trim_ascii())).count() * 10 >= n * 9
}

pub fn is_time(cell: &[u8]) -> bool {
    let parts: Vec<&[u8]> = cell.split(|&b| b == b':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.iter().all(u8::is_ascii_digit))
}

/// A number, a date, a time, a truth value.
pub fn is_typed(cell: &[u8]) -> bool {
    let first = cell.first().copied().unwrap_or(b' ');
    let digit = cell.iter().any(u8::is_ascii_digit) || !first.is_ascii();
    let marked = || cell.iter().any(|b| matches!(b, b'.' | b',') || !b.is_ascii());
    (digit
        && (number::parse(cell, Mark::Point).is_some()
            || marked() && number::parse(cell, Mark::Comma).is_some()
            || is_time(cell)
            || date::parse(cell, DateForm::Written(Order::MonthFirst)).is_some()
            || date::parse(cell, DateForm::Written(Order::DayFirst)).is_some()))
        || truth::parse(cell).is_some()
}

#[inline(never)]
fn plausibility(cell: &[u8], quoted: bool, rules: &Rules) -> f64 {
    if quoted {
        return 0.95;
    }
    let cell = cell.trim_ascii();
    if cell.is_empty() || missing::is_any(cell) {
        return 0.9;
    }
    if cell.len() <= 40 && is_typed(cell) {
        return 1.0;
    }
    let separators = [b',', b';', b'\t', b'|'];
    let own = |b: u8| matches!(&rules.delimiter, Delimiter::Bytes(d) if d.contains(&b));
    let foreign = separators.iter().filter(|&&b| !own(b) && cell.contains(&b)).count();
    let edge =
        [b'"', b'\''].iter().any(|q| Some(*q) != rules.quote && (cell.starts_with(&[*q]) || cell.ends_with(&[*q])));
    let stray = cell.contains(&b'"');
    match (foreign, edge, stray) {
        (0, false, false) => 0.9,
        (0, false, true) => 0.75,
        (0, true, _) => 0.5,
        (1, false, false) => 0.7,
        _ => 0.4,
    }
}

/// `, ` instead of `,`: every separator outside quotes is followed by one blank (and some cell has more than the blank).
#[inline(never)]
fn lengthen(window: &[u8], rules: &mut Rules) {
    let Delimiter::Bytes(short) = &rules.delimiter else { return };
    if short.as_slice() == b" " || short.as_slice() == b"\t" {
        return;
    }
    let (mut blanks, mut others) = (0, 0);
    let tight = Rules { trim_around_quotes: true, ..rules.clone() };
    for record in records(window, 0, &tight).filter(|r| r.kind == Kind::Data).take(ENOUGH_RECORDS) {
        // A quoted cell has lost its blank when it arrives here.
        for cell in record.cells.iter().skip(1) {
            if cell.quoted {
                continue;
            }
            match cell.text.first() {
                Some(b' ') => blanks += 1,
                // The end of the window may cut a last cell to nothing.
                None if record.next >= window.len() => {}
                _ => others += 1,
            }
        }
    }
    if blanks > 3 && others == 0 {
        let mut long = short.clone();
        long.push(b' ');
        if contains(window, &long) {
            rules.delimiter = Delimiter::Bytes(long);
        }
    }
}

/// Somewhere a blank stands between a separator and a quote.
fn spaced_quotes(window: &[u8], rules: &Rules) -> bool {
    let (Some(quote), Delimiter::Bytes(d)) = (rules.quote, &rules.delimiter) else { return false };
    if d.ends_with(b" ") {
        return false;
    }
    let mut before = d.clone();
    before.extend([b' ', quote]);
    let mut behind = vec![quote, b' '];
    behind.extend(d);
    contains(window, &before) || contains(window, &behind)
}

//! Cutting bytes into records and cells, one byte at a time: for samples, and as the plain twin of the fast way.

use std::borrow::Cow;

use super::super::{Delimiter, Dialect};

/// A quoted cell that is not closed within this many bytes is no quoted cell: its quote is a literal character.
/// So a stray quote costs a few rows' shape, never the rest of the file.
pub const MAX_QUOTED: usize = 1 << 20;

/// Nor is one in which this many quotes follow a stray one. Files full of quotes that open and never close are so read in time
/// proportional to their size: every quote is looked at from a bounded number of others.
pub const MAX_STRAYS: usize = 64;

/// The rules by which bytes become records and cells; the part of a [`Dialect`] that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub delimiter: Delimiter,
    pub quote: Option<u8>,
    pub escape: Option<u8>,
    pub comment: Option<Vec<u8>>,
    pub trim_around_quotes: bool,
}

impl Rules {
    pub fn of(dialect: &Dialect) -> Self {
        Self {
            delimiter: dialect.delimiter.clone(),
            quote: dialect.quote,
            escape: dialect.escape,
            comment: dialect.comment.as_ref().filter(|c| !c.is_empty()).map(|c| c.clone().into_bytes()),
            trim_around_quotes: dialect.trim_around_quotes,
        }
    }
}

/// One record: where it begins, where the next one begins, and its cells, unquoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    pub begin: usize,
    pub next: usize,
    pub kind: Kind,
    pub cells: Vec<Cell<'a>>,
    /// A quoted cell holds a quote that is neither doubled nor closing: the quotes of this record are broken.
    pub odd: bool,
}

impl Record<'_> {
    /// Whether bytes beyond the first `len` could change the record.
    pub fn ends_in_sight(&self, len: usize) -> bool {
        let unclosed = self.cells.iter().any(|c| c.unclosed);
        self.next + if unclosed { MAX_QUOTED } else { 0 } < len
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Data,
    /// No character at all, or blanks only.
    Blank,
    Comment,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    pub text: Cow<'a, [u8]>,
    pub quoted: bool,
    /// A quote opened the cell and nothing closed it: the text is literal.
    pub unclosed: bool,
}

/// Records from `at` on. Ends at the end of the bytes; the last record needs no newline.
pub fn records<'a>(bytes: &'a [u8], at: usize, rules: &'a Rules) -> impl Iterator<Item = Record<'a>> + 'a {
    let mut at = at;
    std::iter::from_fn(move || {
        (at < bytes.len()).then(|| {
            let record = record(bytes, at, rules);
            at = record.next;
            record
        })
    })
}

/// How broken quotes are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A quote inside a quoted cell that is neither doubled nor closing is literal.
    Lenient,
    /// A cell with such a quote was not quoted at all: its first quote is literal too.
    Literal,
    /// A doubled quote before a separator is a literal one and the closing one: the file doubles nothing.
    Eager,
}

/// The record by the reading that gives it the table's width, if its quotes are broken and the first reading does not.
///
/// A stray quote so costs its own cell and not the cells, or rows, up to the next quote.
pub fn refit<'a>(bytes: &'a [u8], first: Record<'a>, rules: &Rules, width: usize) -> Record<'a> {
    if !first.odd {
        return first;
    }
    // No reading looks beyond the first one's end: else it would depend on how many bytes are at hand.
    let bytes = bytes.get(..first.next).unwrap_or(bytes);
    if first.cells.len() == width {
        // A stray quote may have swallowed a row and still give the right width: then the lines are two good records.
        let lines = record_as(bytes, first.begin, rules, Reading::Literal);
        let two = lines.cells.len() == width && lines.next < first.next && {
            let second = record(bytes, lines.next, rules);
            second.cells.len() == width && second.next <= first.next
        };
        return if two { lines } else { first };
    }
    for reading in [Reading::Eager, Reading::Literal] {
        let again = record_as(bytes, first.begin, rules, reading);
        if again.cells.len() == width && again.next <= first.next {
            return again;
        }
    }
    first
}

/// The record that begins at `begin` (which must lie inside `bytes`).
pub fn record<'a>(bytes: &'a [u8], begin: usize, rules: &Rules) -> Record<'a> {
    record_as(bytes, begin, rules, Reading::Lenient)
}

fn record_as<'a>(bytes: &'a [u8], begin: usize, rules: &Rules, reading: Reading) -> Record<'a> {
    let rest = bytes.get(begin..).unwrap_or_default();
    let line_end = rest.iter().position(|&b| b == b'\n' || b == b'\r').unwrap_or(rest.len());
    let line = &rest[..line_end];
    let plain =
        |kind| Record { begin, next: behind_newline(bytes, begin + line_end), kind, cells: Vec::new(), odd: false };
    if rules.comment.as_ref().is_some_and(|c| line.starts_with(c)) {
        return plain(Kind::Comment);
    }
    if line.iter().all(|&b| b == b' ' || b == b'\t') && !is_tab_row(line, &rules.delimiter) {
        return plain(Kind::Blank);
    }
    let mut cells = Vec::new();
    let mut odd = false;
    let mut at = begin;
    if rules.delimiter == Delimiter::Whitespace {
        at = skip_blanks(bytes, at);
    }
    loop {
        let (cell, end) = cell(bytes, at, rules, reading, &mut odd);
        cells.push(cell);
        match separator(bytes, end, &rules.delimiter) {
            Some(behind) => at = behind,
            None => {
                let end = if rules.delimiter == Delimiter::Whitespace { skip_blanks(bytes, end) } else { end };
                return Record { begin, next: behind_newline(bytes, end), kind: Kind::Data, cells, odd };
            }
        }
    }
}

/// A line of tabs is a record of empty cells where the tab separates.
fn is_tab_row(line: &[u8], delimiter: &Delimiter) -> bool {
    match delimiter {
        Delimiter::Bytes(d) => !d.is_empty() && line.windows(d.len()).any(|w| w == d.as_slice()),
        _ => false,
    }
}

fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

fn behind_newline(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => at + 2,
        (Some(_), _) => at + 1,
        (None, _) => at,
    }
}

/// Where the next cell begins, if a separator stands at `at` and another cell follows.
fn separator(bytes: &[u8], at: usize, delimiter: &Delimiter) -> Option<usize> {
    match delimiter {
        Delimiter::Bytes(d) if d.is_empty() => None,
        Delimiter::Bytes(d) => bytes.get(at..)?.starts_with(d).then_some(at + d.len()),
        Delimiter::None => None,
        Delimiter::Whitespace => {
            let behind = skip_blanks(bytes, at);
            (behind > at && !matches!(bytes.get(behind), None | Some(b'\n' | b'\r'))).then_some(behind)
        }
    }
}

fn ends_cell(bytes: &[u8], at: usize, delimiter: &Delimiter) -> bool {
    match bytes.get(at) {
        None | Some(b'\n' | b'\r') => true,
        Some(&b) => match delimiter {
            Delimiter::Bytes(d) => d.first() == Some(&b) && bytes[at..].starts_with(d),
            Delimiter::Whitespace => b == b' ' || b == b'\t',
            Delimiter::None => false,
        },
    }
}

/// The cell that begins at `at`, and the offset behind it: of a separator, a newline or the end.
fn cell<'a>(bytes: &'a [u8], at: usize, rules: &Rules, reading: Reading, odd: &mut bool) -> (Cell<'a>, usize) {
    let mut unclosed = false;
    if let Some(quote) = rules.quote {
        let from = if rules.trim_around_quotes { skip_spaces(bytes, at, &rules.delimiter) } else { at };
        if bytes.get(from) == Some(&quote) {
            let mut broken = false;
            let found = quoted(bytes, from, quote, rules, reading == Reading::Eager, &mut broken);
            *odd |= broken;
            match found {
                Some(_) if broken && reading == Reading::Literal => {}
                Some(found) => return found,
                None => unclosed = true,
            }
        }
    }
    let mut end = at;
    let mut escaped = false;
    while !ends_cell(bytes, end, &rules.delimiter) {
        if rules.escape.is_some() && rules.escape != rules.quote && bytes.get(end) == rules.escape.as_ref() {
            // An escaped newline or separator belongs to the cell.
            escaped = true;
            end += 1;
            if end == bytes.len() {
                break;
            }
        }
        end += 1;
    }
    let raw = &bytes[at..end];
    let text = match rules.escape {
        Some(escape) if escaped => Cow::Owned(unescape(raw, escape, rules)),
        _ => Cow::Borrowed(raw),
    };
    (Cell { text, quoted: false, unclosed }, end)
}

fn skip_spaces(bytes: &[u8], mut at: usize, delimiter: &Delimiter) -> usize {
    while bytes.get(at) == Some(&b' ') && !ends_cell(bytes, at, delimiter) {
        at += 1;
    }
    at
}

/// An escape is one where it protects something: a quote, an escape, a separator, a line end. `C:\\new` keeps its own.
fn protects(next: Option<&u8>, escape: u8, rules: &Rules) -> bool {
    let Some(&b) = next else { return false };
    let separates = match &rules.delimiter {
        Delimiter::Bytes(d) => d.first() == Some(&b),
        Delimiter::Whitespace => b == b' ' || b == b'\t',
        Delimiter::None => false,
    };
    b == escape || rules.quote == Some(b) || separates || b == b'\n' || b == b'\r'
}

fn unescape(raw: &[u8], escape: u8, rules: &Rules) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(&b) = bytes.next() {
        if b == escape && protects(bytes.as_slice().first(), escape, rules) {
            out.extend(bytes.next());
        } else {
            out.push(b);
        }
    }
    out
}

/// A quoted cell from its opening quote. `None`: never closed (within [`MAX_QUOTED`]).
///
/// A quote inside that is neither doubled nor followed by the end of the cell is literal: the cell goes on.
fn quoted<'a>(
    bytes: &'a [u8],
    open: usize,
    quote: u8,
    rules: &Rules,
    eager: bool,
    odd: &mut bool,
) -> Option<(Cell<'a>, usize)> {
    let mut text: Option<Vec<u8>> = None;
    let from = open + 1;
    let mut copied = from;
    let mut at = from;
    let limit = bytes.len().min(open.saturating_add(MAX_QUOTED));
    // The first stray quote and all quotes behind it.
    let mut strays = 0usize;
    while at < limit && strays <= MAX_STRAYS {
        let b = bytes[at];
        if rules.escape == Some(b) && b != quote && protects(bytes.get(at + 1), b, rules) {
            text.get_or_insert_default().extend_from_slice(&bytes[copied..at]);
            copied = at + 1;
            at += 2;
        } else if b == quote {
            let closes = eager && ends_cell(bytes, at + 2, &rules.delimiter);
            if bytes.get(at + 1) == Some(&quote) && !closes {
                text.get_or_insert_default().extend_from_slice(&bytes[copied..=at]);
                copied = at + 2;
                at += 2;
                strays += usize::from(strays > 0);
                continue;
            }
            let end = if rules.trim_around_quotes { skip_spaces(bytes, at + 1, &rules.delimiter) } else { at + 1 };
            if closes && bytes.get(at + 1) == Some(&quote) {
                // The first of the two belongs to the cell, the second closes it.
                let mut kept = text.unwrap_or_default();
                kept.extend_from_slice(&bytes[copied.min(at)..=at]);
                return Some((Cell { text: Cow::Owned(kept), quoted: true, unclosed: false }, at + 2));
            }
            if ends_cell(bytes, end, &rules.delimiter) {
                let text = match text {
                    Some(mut text) => {
                        text.extend_from_slice(&bytes[copied.min(at)..at]);
                        Cow::Owned(text)
                    }
                    None => Cow::Borrowed(&bytes[from..at]),
                };
                return Some((Cell { text, quoted: true, unclosed: false }, end));
            }
            *odd = true;
            strays += 1;
            at += 1;
        } else {
            at += 1;
        }
    }
    None
}

//! What a file is, from its first bytes: encoding, dialect, header, and what each column holds.

pub mod dialect;
pub mod encoding;
pub mod header;
mod tables;

use std::borrow::Cow;

use super::csv::record::{Kind, Record, Rules, record, records, refit};
use super::total;
use super::value::{self, Hints};
use super::{ColumnPlan, Delimiter, Dialect, Header, Layout, Newline, Options, Types, Writing};
use crate::table::Type;

/// Bytes of a file that are worth looking at; more do not change the answer.
pub const SAMPLE: usize = 256 << 10;
/// Cells of a column that its plan is made from.
const CELLS: usize = 1_500;

/// Everything decided about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sniffed {
    pub dialect: Dialect,
    /// One per column.
    pub plans: Vec<ColumnPlan>,
}

/// How much of the sample is looked at: more than usual when a header of very many columns alone is longer.
#[inline(never)]
fn reach(sample: &[u8]) -> usize {
    let third = sample.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(2);
    third.map_or(SAMPLE, |(at, _)| SAMPLE.max(at + 1))
}

/// Decides what the file is. `sample` is UTF-8 (transcoded if need be, without the mark of encoding) and the file's
/// beginning; `complete` says that it is the whole file.
///
/// Never fails: an empty sample is a table without columns.
pub fn sniff(sample: &[u8], complete: bool, options: &Options) -> Sniffed {
    let reach = reach(sample);
    let complete = complete && sample.len() <= reach;
    let sample = sample.get(..reach).unwrap_or(sample);
    if options.layout == Some(Layout::Baskets) {
        return baskets(sample, options);
    }
    let (mut whole, parts) = table(sample, complete, options);
    if parts.len() < 2 || (options.table.is_none() && !may_be_cut(options)) {
        return whole;
    }
    // Each of the tables is one text; the longest is meant, the first of those as long.
    let longest = (0..parts.len()).max_by_key(|&i| (parts[i].rows, std::cmp::Reverse(i))).unwrap_or(0);
    let this = options.table.map_or(longest, |n| n.saturating_sub(1).min(parts.len() - 1));
    let part = &parts[this];
    let (told, _) = separator_line(sample, options);
    let options = Options { skip_rows: options.skip_rows.filter(|_| this == 0), ..told.into_owned() };
    let (found, _) = table(sample.get(part.begin..part.end).unwrap_or_default(), true, &options);
    let rules = Rules::of(&whole.dialect);
    let above = records(sample, 0, &rules).take_while(|r| r.begin < part.begin);
    let skipped = found.dialect.skipped_rows + above.filter(|r| r.kind != Kind::Blank).count();
    whole.plans = found.plans;
    whole.dialect = Dialect {
        skipped_rows: skipped,
        start: found.dialect.start + part.begin as u64,
        stop: Some(part.end as u64).filter(|_| part.end < sample.len()),
        tables: parts.iter().map(|p| p.header.clone()).collect(),
        table: this + 1,
        ..found.dialect
    };
    whole
}

/// One of several tables in a text.
struct Part {
    begin: usize,
    end: usize,
    rows: usize,
    header: String,
}

/// Whoever says that there is no header, or what the columns are called, has one table in mind.
fn may_be_cut(options: &Options) -> bool {
    !matches!(options.header, Some(Header::Given(false) | Header::Records(0))) && options.names.is_none()
}

/// The text as one table; and, where it holds several, what they are.
fn table(sample: &[u8], complete: bool, options: &Options) -> (Sniffed, Vec<Part>) {
    let (told, mut at) = separator_line(sample, options);
    let options = told.as_ref();
    let comment = options.comment.as_ref().filter(|c| !c.is_empty()).map(|c| c.clone().into_bytes());
    let body = sample.get(at..).unwrap_or_default();
    let (mut rules, sure) = dialect::detect(body, options, comment);
    if options.comment.is_none() {
        for mark in marks(body) {
            let (without, surer) = dialect::detect(body, options, Some(mark.to_vec()));
            // The comments may be what hides the dialect.
            let cut_by = Rules { comment: None, ..if surer > sure { without.clone() } else { rules.clone() } };
            if is_comment(body, &cut_by, mark) {
                rules = without;
                break;
            }
        }
    }
    let mut skipped = usize::from(at > 0);
    if let Some(n) = options.skip_rows {
        at = skip_lines(sample, n);
        skipped = n;
    }
    let mut found: Vec<Record> = records(sample, at, &rules).collect();
    // Records with broken quotes are cut again, now that the table's width is known.
    let width = header::usual_width(&found);
    if found.iter().any(|r| r.odd) {
        found = fitted(sample, at, &rules, width);
    }
    if !complete && found.len() > 1 {
        found.pop();
    }
    let rows = match &options.header {
        Some(Header::Given(true)) => Some(1),
        Some(Header::Given(false)) => Some(0),
        Some(Header::Records(n)) => Some(*n),
        Some(Header::Auto(_)) | None => options.names.as_ref().map(|_| 0),
    };
    let titles = options.skip_rows.is_none();
    let place = header::find(&found, 0, rows, titles);
    let mut below: Vec<usize> = (place.first..found.len()).filter(|&i| found[i].kind == Kind::Data).collect();
    let free = rules.comment.is_none() && options.comment.is_none();
    let repeated = header_again(sample, &found, &below, place.rows).filter(|_| free);
    if let Some(line) = repeated {
        let head = below.first().copied();
        below.retain(|&i| Some(i) == head || !sample.get(found[i].begin..).unwrap_or_default().starts_with(line));
    }
    skipped += found[..place.first.min(found.len())].iter().filter(|r| r.kind != Kind::Blank).count();
    let heads: Vec<&Record> = below.iter().take(place.rows).map(|&i| &found[i]).collect();
    let mut names = header::names(&heads, place.width);
    if let Some(given) = &options.names {
        let mut raw = given.clone();
        raw.resize(raw.len().max(place.width), String::new());
        names = header::unique(&raw);
    }
    let start = below
        .get(place.rows)
        .map(|&i| found[i].begin)
        .or_else(|| below.last().filter(|_| place.rows > 0).map(|&i| found[i].next));
    let plans = plans(&names, &found, below.get(place.rows..).unwrap_or_default(), &rules, options);
    // Only a text that is there as a whole can be cut: the others may go on with anything.
    // Where tables differ much, the header of the first may not be seen before they are apart, or all of it looks like titles.
    let above = (0..place.first).find(|&i| titles && tables::begins(&found, i));
    let parts = match (above, below.as_slice()) {
        (Some(head), _) if complete => parts(sample.len(), &found, &found[head], head + 1),
        (None, [head, rest @ ..]) if complete => match rest.get(place.rows.saturating_sub(1)) {
            Some(&first) => parts(sample.len(), &found, &found[*head], first),
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    let dialect = Dialect {
        delimiter: rules.delimiter.clone(),
        quote: rules.quote,
        escape: rules.escape,
        comment: rules.comment.as_deref().or(repeated).and_then(|c| String::from_utf8(c.to_vec()).ok()),
        skipped_rows: skipped,
        header_rows: heads.len(),
        start: start.unwrap_or(sample.len()) as u64,
        stop: None,
        tables: Vec::new(),
        table: 1,
        names,
        newline: newline(sample),
        trim_around_quotes: rules.trim_around_quotes,
        drop_totals: true,
        layout: None,
        writing: Writing::of(options),
        encoding: options.encoding.clone().unwrap_or_else(|| "utf-8".into()),
    };
    (Sniffed { dialect, plans }, parts)
}

/// The tables of a text whose first one has the header `head` and its rows from the record `first` on.
fn parts(end: usize, found: &[Record], head: &Record, first: usize) -> Vec<Part> {
    let line = |r: &Record| {
        r.cells.iter().map(|c| String::from_utf8_lossy(c.text.trim_ascii())).collect::<Vec<_>>().join(", ")
    };
    let mut parts = vec![Part { begin: 0, end, rows: 0, header: line(head) }];
    for border in tables::borders(found, head, first) {
        let begin = found[border.begins].begin;
        if let Some(before) = parts.last_mut() {
            before.end = begin;
        }
        parts.push(Part { begin, end, rows: 0, header: line(&found[border.header]) });
    }
    for part in &mut parts {
        let inside = |r: &&Record| r.kind == Kind::Data && (part.begin..part.end).contains(&r.begin);
        part.rows = found.iter().filter(inside).filter(|r| tables::is_filled(r)).count();
    }
    parts
}

/// Marks of comments with which some line begins.
#[inline(never)]
fn marks(body: &[u8]) -> Vec<&'static [u8]> {
    let mut marks: Vec<&[u8]> = vec![b"#", b"//", b"%", b"--"];
    let mut found = [false; 4];
    let mut look = |line: &[u8]| {
        for (found, mark) in found.iter_mut().zip(&marks) {
            *found |= line.starts_with(mark);
        }
    };
    look(body);
    body.iter().enumerate().filter(|(_, b)| **b == b'\n').for_each(|(i, _)| look(&body[i + 1..]));
    let mut kept = found.iter();
    marks.retain(|_| kept.next() == Some(&true));
    marks
}

/// The header's line, if it stands again further down as files put end to end have it: there it is skipped and counted.
#[inline(never)]
fn header_again<'a>(sample: &'a [u8], found: &[Record], below: &[usize], rows: usize) -> Option<&'a [u8]> {
    let (&[head, _, ref data @ ..], 1) = (below, rows) else { return None };
    let head = &found[head];
    let line = sample.get(head.begin..head.next)?.trim_ascii_end();
    // A header over several lines, or of one short word, could be something else.
    if head.cells.len() < 2 || line.contains(&b'\n') || line.contains(&b'\r') {
        return None;
    }
    data.iter()
        .any(|&i| sample.get(found[i].begin..found[i].next).is_some_and(|l| l.trim_ascii_end() == line))
        .then_some(line)
}

/// `sep=;` on the first line, as spreadsheets write and read it: the separator, and where the rest begins.
fn separator_line<'a>(sample: &[u8], options: &'a Options) -> (Cow<'a, Options>, usize) {
    let end = sample.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(sample.len());
    let line = sample[..end].trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")).unwrap_or(line);
    let value =
        line.strip_prefix(b"sep=").or_else(|| line.strip_prefix(b"SEP=")).or_else(|| line.strip_prefix(b"Sep="));
    let Some(Ok(value)) = value.map(std::str::from_utf8) else { return (Cow::Borrowed(options), 0) };
    if value.is_empty() && end < sample.len() || value.chars().count() > 2 {
        return (Cow::Borrowed(options), 0);
    }
    let behind = if sample[end..].starts_with(b"\r\n") { end + 2 } else { (end + 1).min(sample.len()) };
    let mut options = options.clone();
    options.delimiter.get_or_insert_with(|| value.to_string());
    (Cow::Owned(options), behind)
}

fn fitted<'a>(sample: &'a [u8], from: usize, rules: &Rules, width: usize) -> Vec<Record<'a>> {
    let mut found = Vec::new();
    let mut at = from;
    while at < sample.len() {
        let record = refit(sample, record(sample, at, rules), rules, width);
        at = record.next;
        found.push(record);
    }
    found
}

/// The offset behind `n` lines.
fn skip_lines(sample: &[u8], n: usize) -> usize {
    let mut at = 0;
    for _ in 0..n {
        let rest = sample.get(at..).unwrap_or_default();
        let Some(end) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) else { return sample.len() };
        at += if rest[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
    }
    at
}

/// Lines that begin with a mark and do not have the table's shape are comments.
#[inline(never)]
fn is_comment(sample: &[u8], rules: &Rules, mark: &[u8]) -> bool {
    let (mut comments, mut tabular) = (0usize, 0usize);
    let mut widths = std::collections::BTreeMap::new();
    let mut marked = Vec::new();
    for (i, record) in records(sample, 0, rules).filter(|r| r.kind == Kind::Data).take(1000).enumerate() {
        let line = sample.get(record.begin..).unwrap_or_default();
        if line.starts_with(mark) {
            marked.push((i, record.cells.len()));
        } else {
            *widths.entry(record.cells.len()).or_insert(0usize) += 1;
        }
    }
    let Some((&modal, _)) = widths.iter().max_by_key(|w| (*w.1, *w.0)) else { return false };
    for (_, width) in &marked {
        if *width == modal && modal > 1 { tabular += 1 } else { comments += 1 }
    }
    // In a table of one column everything has its shape: only marks at the top count.
    let at_top = marked.iter().enumerate().all(|(k, m)| m.0 == k);
    (modal > 1 && comments > 0 && tabular <= comments / 4) || (modal == 1 && comments > 0 && at_top && mark == b"#")
}

#[inline(never)]
fn newline(sample: &[u8]) -> Newline {
    let (mut lf, mut crlf, mut cr) = (0usize, 0usize, 0usize);
    let mut at = 0;
    while let Some(i) = sample.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'\n' | b'\r'))) {
        at += i;
        if sample[at] == b'\n' {
            lf += 1;
        } else if sample.get(at + 1) == Some(&b'\n') {
            crlf += 1;
            at += 1;
        } else {
            cr += 1;
        }
        at += 1;
    }
    match (lf, crlf, cr) {
        (_, 0, 0) => Newline::Lf,
        (0, _, 0) => Newline::Crlf,
        (0, 0, _) => Newline::Cr,
        _ => Newline::Mixed,
    }
}

#[inline(never)]
fn plans(names: &[String], found: &[Record], data: &[usize], rules: &Rules, options: &Options) -> Vec<ColumnPlan> {
    let writing = Writing::of(options);
    let semicolon = rules.delimiter == Delimiter::Bytes(b";".to_vec());
    let hints = Hints { semicolon, writing: Some(&writing), ..Hints::default() };
    // A trailing total is no value of its column.
    let data: Vec<usize> = data.iter().copied().filter(|&i| !is_total(&found[i])).collect();
    names
        .iter()
        .enumerate()
        .map(|(c, name)| {
            // Spread over the sample: the top of a sorted file is not the whole of it.
            let step = data.len().div_ceil(CELLS).max(1);
            let cells: Vec<&[u8]> =
                data.iter().step_by(step).filter_map(|&i| found[i].cells.get(c)).map(|c| c.text.as_ref()).collect();
            match given_type(options, name) {
                Some(kind) => value::plan::plan_as(kind, &cells, hints),
                None => value::plan(name, &cells, hints),
            }
        })
        .collect()
}

fn given_type(options: &Options, name: &str) -> Option<Type> {
    match options.types.as_ref()? {
        Types::All(kind) => Some(*kind),
        Types::Columns(map) => map.get(name).copied(),
    }
}

/// A row of sums under a table: its first filled cell says so, alone or with a colon.
#[inline(never)]
pub fn is_total(record: &Record) -> bool {
    let Some(cell) = record.cells.iter().map(|c| c.text.trim_ascii()).find(|c| !c.is_empty()) else { return false };
    record.cells.len() > 1 && std::str::from_utf8(cell).is_ok_and(total::is_total)
}

/// One basket a line: every line is a record, items are separated by the delimiter.
fn baskets(sample: &[u8], options: &Options) -> Sniffed {
    let delimiter = dialect::delimiter_given(options).unwrap_or_else(|| {
        let count = |b: u8| sample.iter().filter(|&&x| x == b).count();
        let best = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|&b| (count(b), b == b','));
        Delimiter::Bytes(vec![best.unwrap_or(b',')])
    });
    let dialect = Dialect {
        delimiter,
        quote: dialect::quote_given(options).unwrap_or(Some(b'"')),
        escape: dialect::escape_given(options).flatten(),
        comment: None,
        skipped_rows: 0,
        header_rows: 0,
        start: 0,
        stop: None,
        tables: Vec::new(),
        table: 1,
        names: vec!["basket".into(), "item".into()],
        newline: newline(sample),
        trim_around_quotes: false,
        drop_totals: false,
        layout: Some(Layout::Baskets),
        writing: Writing::of(options),
        encoding: options.encoding.clone().unwrap_or_else(|| "utf-8".into()),
    };
    Sniffed { dialect, plans: vec![ColumnPlan::new(Type::Integer, crate::table::Format::Plain), ColumnPlan::text()] }
}

#[cfg(test)]
mod tests;

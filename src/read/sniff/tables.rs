//! Several tables one below another in one file: where each begins.

use std::collections::BTreeSet;

use super::dialect::is_typed;
use crate::read::csv::record::{Kind, Record};
use crate::read::value::missing;

/// Records below a header that are looked at.
const LOOK: usize = 20;
/// Titles that may stand between a gap and a header.
const TITLES: usize = 2;

/// Where a further table begins, with its titles, and which record is its header.
pub struct Border {
    pub begins: usize,
    pub header: usize,
}

/// The further tables among the records from `first` on, below the header `head`: words over values, behind a gap or of another
/// width. A header that is repeated begins none.
pub fn borders(records: &[Record], head: &Record, first: usize) -> Vec<Border> {
    let mut own = words(head);
    let mut borders = Vec::new();
    // The table so far: how wide it is, and whether it has rows.
    let (mut width, mut rows) = (None, 0usize);
    let mut gap = false;
    let mut at = first;
    while let Some(record) = records.get(at) {
        if filled(record) == 0 {
            gap |= record.kind != Kind::Comment;
            at += 1;
            continue;
        }
        let other = width.is_some_and(|w| w != record.cells.len());
        if rows > 0
            && (gap || other)
            && let Some((header, names)) = header(records, at, gap, other)
            && own.as_ref() != Some(&names)
        {
            borders.push(Border { begins: at, header });
            (own, width, rows, at) = (Some(names), None, 0, header + 1);
        } else {
            width.get_or_insert(record.cells.len());
            rows += 1;
            at += 1;
        }
        gap = false;
    }
    borders
}

/// Whether the record `at` is the header of a table.
pub fn begins(records: &[Record], at: usize) -> bool {
    header(records, at, false, false).is_some()
}

/// The header of the table that begins at `at`, if one does: behind a gap there may be titles above it.
fn header(records: &[Record], at: usize, gap: bool, other: bool) -> Option<(usize, Vec<String>)> {
    let mut header = at;
    let mut titles = 0;
    while gap && titles < TITLES && records.get(header).is_some_and(|r| filled(r) == 1) {
        titles += 1;
        header += 1;
        while records.get(header).is_some_and(|r| filled(r) == 0) {
            header += 1;
        }
    }
    let names = words(records.get(header)?)?;
    let below: Vec<&Record> = records[header + 1..]
        .iter()
        .filter(|r| r.kind != Kind::Comment)
        .take_while(|r| filled(r) > 0)
        .take(LOOK)
        .collect();
    // Without a gap the new width must last.
    let width = records[header].cells.len();
    let same = below.iter().filter(|r| r.cells.len() == width).count();
    if below.is_empty() || (other && !gap && (below.len() < 2 || same < below.len())) {
        return None;
    }
    let values = (0..width).filter(|&c| {
        let cells = below.iter().filter_map(|r| r.cells.get(c)).map(|c| c.text.trim_ascii());
        let (n, typed) = cells
            .filter(|c| !missing::is_no_value(c))
            .fold((0usize, 0usize), |(n, typed), c| (n + 1, typed + usize::from(is_typed(c))));
        n > 0 && typed * 10 >= n * 9
    });
    (values.count() > 0).then_some((header, names))
}

/// The cells of a record that can only be names: at least two words, none of them twice, without a hole.
fn words(record: &Record) -> Option<Vec<String>> {
    let width = extent(record);
    let mut seen = BTreeSet::new();
    let names: Vec<String> = record
        .cells
        .get(..width)?
        .iter()
        .map(|c| c.text.trim_ascii())
        .take_while(|c| !missing::is_no_value(c) && !is_typed(c) && c.len() <= 64)
        .map(|c| String::from_utf8_lossy(c).to_lowercase())
        .filter(|c| c.chars().any(char::is_alphabetic) && seen.insert(c.clone()))
        .collect();
    (record.kind == Kind::Data && width >= 2 && names.len() == width).then_some(names)
}

pub fn is_filled(record: &Record) -> bool {
    filled(record) > 0
}

fn filled(record: &Record) -> usize {
    if record.kind != Kind::Data {
        return 0;
    }
    record.cells.iter().filter(|c| !c.text.trim_ascii().is_empty()).count()
}

/// Cells up to the last one that is filled.
fn extent(record: &Record) -> usize {
    record.cells.iter().rposition(|c| !c.text.trim_ascii().is_empty()).map_or(0, |at| at + 1)
}

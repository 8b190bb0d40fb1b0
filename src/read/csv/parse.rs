//! A slice of bytes → a [`Part`].

use std::cell::RefCell;

use super::convert::Converter;
use super::part::{Part, PartColumn, Values};
use super::record::{self, Kind, Rules};
use super::scan::{Batch, Scanner, Stop};
use crate::error::{Code, Error, Result};
use crate::read::{ColumnPlan, Dialect, Layout};

/// A record longer than this is refused: nothing that a person made is.
pub const MAX_RECORD: usize = 64 << 20;

/// Where the first record of a slice begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At this offset in the file, which lies in the slice.
    At(u64),
    /// Behind the first newline: a guess, which the builder checks.
    Guess,
}

/// Parses slices of one file, in any order; each worker has its own.
pub struct Parser {
    rules: Rules,
    plans: Vec<ColumnPlan>,
    baskets: bool,
    /// Distinct texts of each column in the slice before: the next will have about as many.
    texts: RefCell<Vec<usize>>,
}

impl Parser {
    /// `plans`: one per name of the dialect; missing ones are text.
    pub fn new(dialect: &Dialect, plans: &[ColumnPlan]) -> Self {
        let mut plans = plans.to_vec();
        plans.resize(dialect.names.len(), ColumnPlan::text());
        let texts = RefCell::new(vec![0; plans.len()]);
        Self { rules: Rules::of(dialect), plans, baskets: dialect.layout == Some(Layout::Baskets), texts }
    }

    /// Parses every record that begins in `slice` (offsets in the file). `bytes` begin at `slice[0]` and go beyond `slice[1]`
    /// far enough for the last record to end (else the part says `need_more`); `is_last`: they reach the end of the file.
    pub fn parse(&self, bytes: &[u8], slice: [u64; 2], begin: Begin, is_last: bool) -> Result<Part> {
        let limit = slice[1].saturating_sub(slice[0]) as usize;
        // What no record of this slice can need is not looked at; offsets within a slice are 31 bits.
        let reach = limit.saturating_add(2 * MAX_RECORD).min(1 << 30);
        let (bytes, is_last) = match bytes.get(..reach) {
            Some(near) if near.len() < bytes.len() => (near, false),
            _ => (bytes, is_last),
        };
        let at = match begin {
            Begin::At(at) => at.saturating_sub(slice[0]) as usize,
            Begin::Guess => guess(bytes, limit),
        };
        let mut part = Part { slice, begin: slice[0] + at as u64, next: slice[0] + at as u64, ..Part::default() };
        let mut converters: Vec<Converter> = self.plans.iter().map(Converter::new).collect();
        if at >= limit {
            // No record begins here.
            part.begin = slice[1];
            part.next = slice[1];
            part.columns = converters.into_iter().map(Converter::finish).collect();
            return Ok(part);
        }
        if self.baskets {
            return self.baskets(bytes, part, at, limit, is_last);
        }
        converters.iter_mut().zip(self.texts.borrow().iter()).for_each(|(converter, &texts)| converter.reserve(texts));
        let mut batch = Batch::new(self.plans.len());
        let mut scanner = Scanner::new(bytes, at, limit, is_last, &self.rules, self.plans.len());
        loop {
            let stop = scanner.fill(&mut batch);
            if stop == Stop::NeedMore {
                if bytes.len() > limit.saturating_add(MAX_RECORD) {
                    return Err(too_long());
                }
                return Ok(Part { slice, need_more: true, ..Part::default() });
            }
            for (i, converter) in converters.iter_mut().enumerate() {
                converter.add(bytes, &batch, i);
            }
            part.rows += batch.rows as u32;
            if stop == Stop::Done {
                break;
            }
        }
        part.next = slice[0] + scanner.at as u64;
        part.comments = scanner.comments;
        part.blanks = scanner.blanks;
        part.newlines = scanner.newlines;
        part.ragged = std::mem::take(&mut scanner.ragged);
        part.columns = converters.into_iter().map(Converter::finish).collect();
        *self.texts.borrow_mut() = part.columns.iter().map(|c| c.text_ends.len()).collect();
        Ok(part)
    }
}

impl Parser {
    /// One basket a record, of any number of items → a row for each item: `basket` (numbered from 0 in the part), `item`.
    /// Items are trimmed; blank ones are none.
    fn baskets(&self, bytes: &[u8], mut part: Part, mut at: usize, limit: usize, is_last: bool) -> Result<Part> {
        let mut numbers = Vec::new();
        let mut items = Converter::new(&ColumnPlan::text());
        while at < limit && at < bytes.len() {
            let record = record::record(bytes, at, &self.rules);
            if !is_last && !record.ends_in_sight(bytes.len()) {
                if bytes.len() > limit.saturating_add(MAX_RECORD) {
                    return Err(too_long());
                }
                return Ok(Part { slice: part.slice, need_more: true, ..Part::default() });
            }
            at = record.next;
            match record.kind {
                Kind::Comment => part.comments += 1,
                Kind::Blank => part.blanks += 1,
                Kind::Data => {
                    for cell in record.cells.iter().map(|c| c.text.trim_ascii()).filter(|c| !c.is_empty()) {
                        numbers.push(part.records as i32);
                        items.add_one(cell);
                    }
                    part.records += 1;
                }
            }
        }
        part.next = part.slice[0] + at as u64;
        part.rows = numbers.len() as u32;
        let number = PartColumn { values: Values::Int32(numbers), ..Converter::new(&ColumnPlan::text()).finish() };
        part.columns = vec![number, items.finish()];
        Ok(part)
    }
}

/// Behind the first line end; `limit` when there is none before it.
fn guess(bytes: &[u8], limit: usize) -> usize {
    let within = bytes.get(..limit).unwrap_or(bytes);
    match within.iter().position(|&b| b == b'\n' || b == b'\r') {
        Some(i) if bytes[i] == b'\r' && bytes.get(i + 1) == Some(&b'\n') => i + 2,
        Some(i) => i + 1,
        None => limit,
    }
}

fn too_long() -> Error {
    Error::new(
        Code::TooLarge,
        format!("a record of this file is longer than {} MB", MAX_RECORD >> 20),
        format!("文件中有一条记录超过 {} MB", MAX_RECORD >> 20),
    )
    .remedy(
        "Check the delimiter and the quote character: a quote that is never closed makes one record of many.",
        "请检查分隔符和引号：没有闭合的引号会把许多行连成一条记录。",
    )
}

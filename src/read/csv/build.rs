//! Parts in any order → one table. Each part must begin exactly where the one before it ended; if not, it is asked for again.

use std::collections::BTreeMap;

use super::part::{OddKind, Part};
use super::scan::RaggedKind;
use super::store::Store;
use super::{Begin, decide};
use crate::error::{Code, Error, Result, Words};
use crate::read::total::is_total;
use crate::read::value::Hints;
use crate::read::{ColumnPlan, Delimiter, Dialect, Issue, Layout, Newline, Source};
use crate::table::{Format, Table, Type};

/// A slice to be parsed again, with its first record at `begin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    pub slice: [u64; 2],
    pub begin: Begin,
}

/// A whole file, read.
pub struct Outcome {
    pub table: Table,
    pub source: Source,
    /// Records of the wrong shape. Cells that do not fit their column are listed by [`crate::read::issues`].
    pub records: Vec<Issue>,
}

pub struct Builder {
    dialect: Dialect,
    stores: Vec<Store>,
    /// Parts that wait for one before them, by the beginning of their slice.
    waiting: BTreeMap<u64, Part>,
    /// Where the next slice begins, and where the next record must.
    slice: u64,
    expected: u64,
    rows: u64,
    records: Vec<Issue>,
    comments: u64,
    newlines: [u64; 3],
    baskets: u64,
}

impl Builder {
    pub fn new(dialect: &Dialect, plans: &[ColumnPlan]) -> Self {
        let mut plans = plans.to_vec();
        plans.resize(dialect.names.len(), ColumnPlan::text());
        if dialect.layout == Some(Layout::Baskets) {
            let number = ColumnPlan { given: true, ..ColumnPlan::new(Type::Integer, Format::Plain) };
            plans = vec![number, ColumnPlan::text()];
        }
        Self {
            stores: plans.into_iter().map(Store::new).collect(),
            waiting: BTreeMap::new(),
            slice: dialect.start,
            expected: dialect.start,
            rows: 0,
            records: Vec::new(),
            comments: 0,
            newlines: [0; 3],
            baskets: 0,
            dialect: dialect.clone(),
        }
    }

    /// Rows in the table so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Where the next slice to be joined begins: what lies before is in the table.
    pub fn joined(&self) -> u64 {
        self.slice
    }

    /// Takes a part of [`super::Parser`], whose slices together cover the file from `dialect.start` on without gap or overlap.
    /// `Some`: this slice was guessed wrong and is wanted again, from the given record on.
    pub fn push(&mut self, part: Part) -> Result<Option<Again>> {
        self.waiting.insert(part.slice[0], part);
        while let Some(part) = self.waiting.remove(&self.slice) {
            let slice = part.slice;
            if self.expected >= slice[1] {
                // A record of an earlier slice reaches beyond this one: nothing begins here.
                self.slice = slice[1];
                continue;
            }
            if part.begin != self.expected {
                return Ok(Some(Again { slice, begin: Begin::At(self.expected) }));
            }
            self.slice = slice[1];
            self.expected = part.next.max(slice[1]);
            self.join(part)?;
        }
        Ok(None)
    }

    fn join(&mut self, part: Part) -> Result<()> {
        let first = self.rows;
        self.rows += u64::from(part.rows);
        if self.rows >= u64::from(u32::MAX) {
            return Err(too_large("4 294 967 294 rows", "4 294 967 294 行"));
        }
        self.comments += part.comments;
        for (sum, n) in self.newlines.iter_mut().zip(part.newlines) {
            *sum += n;
        }
        for ragged in part.ragged {
            let row = first + u64::from(ragged.row);
            let wanted = self.dialect.names.len();
            let (column, reason) = match ragged.kind {
                RaggedKind::Short => (None, short(ragged.cells, wanted)),
                RaggedKind::Long => (None, long(ragged.cells, wanted)),
                RaggedKind::Unclosed => (self.dialect.names.get(ragged.cells as usize).cloned(), unclosed()),
            };
            self.records.push(Issue { row, column, raw: String::from_utf8_lossy(&ragged.raw).into_owned(), reason });
        }
        let bad_text = part.columns.iter().enumerate().flat_map(|(i, c)| {
            c.odd
                .iter()
                .filter(|o| o.1 == OddKind::BadText)
                .map(move |o| (i, o.0, String::from_utf8_lossy(o.2).into_owned()))
        });
        for (i, row, raw) in bad_text {
            let column = self.dialect.names.get(i).cloned();
            self.records.push(Issue { row: first + u64::from(row), column, raw, reason: bad_bytes() });
        }
        for (i, (store, mut column)) in self.stores.iter_mut().zip(part.columns).enumerate() {
            if i == 0 && self.dialect.layout == Some(Layout::Baskets) {
                column.shift(self.baskets);
            }
            if !store.push(column) {
                return Err(too_large("2 GB of distinct texts in one column", "单列不同文本超过 2 GB")
                    .column(self.dialect.names.get(i).cloned().unwrap_or_default()));
            }
        }
        self.baskets += u64::from(part.records);
        Ok(())
    }

    /// The first rows so far, as in the file.
    pub fn preview(&self, rows: usize) -> Vec<Vec<String>> {
        let n = self.rows.min(rows as u64) as u32;
        (0..n).map(|row| self.stores.iter().map(|s| s.exact(row).into_owned()).collect()).collect()
    }

    /// The table. `name` and `bytes` are of the file.
    pub fn finish(mut self, name: &str, bytes: u64) -> Result<Outcome> {
        if !self.waiting.is_empty() {
            return Err(Error::new(Code::Internal, "a slice of the file was not read", "文件有一段未读取"));
        }
        let totals = if self.dialect.drop_totals { self.drop_totals() } else { 0 };
        let rows = self.rows;
        let dialect = self.dialect;
        let semicolon = dialect.delimiter == Delimiter::Bytes(b";".to_vec());
        let hints = Hints { semicolon, writing: Some(&dialect.writing), ..Hints::default() };
        let columns =
            dialect.names.iter().zip(self.stores).map(|(name, store)| decide::column(name, store, hints)).collect();
        let source = Source {
            name: name.to_string(),
            bytes,
            rows,
            encoding: dialect.encoding.clone(),
            delimiter: match &dialect.delimiter {
                Delimiter::Bytes(d) => String::from_utf8_lossy(d).into_owned(),
                Delimiter::Whitespace => "whitespace".into(),
                Delimiter::None => "none".into(),
            },
            quote: dialect.quote.map(|q| char::from(q).to_string()),
            escape: dialect.escape.map(|e| char::from(e).to_string()),
            header_rows: dialect.header_rows,
            skipped_rows: dialect.skipped_rows + self.comments as usize + totals,
            newline: newline(self.newlines, dialect.newline),
            tables: dialect.tables,
            table: dialect.table,
        };
        self.records.sort_by_key(|issue| issue.row);
        let table = Table { name: name.to_string(), columns, rows: rows as usize };
        Ok(Outcome { table, source, records: self.records })
    }

    /// Takes the rows 合计, 总计, total from the end; at most three.
    fn drop_totals(&mut self) -> usize {
        let mut dropped = 0;
        while dropped < 3 && self.rows > 1 {
            let last = self.rows as u32 - 1;
            let first = self.stores.iter().map(|s| s.exact(last)).find(|t| !t.trim().is_empty());
            if !first.is_some_and(|text| is_total(&text)) {
                break;
            }
            self.rows -= 1;
            self.stores.iter_mut().for_each(|s| s.truncate(last));
            self.records.retain(|issue| issue.row < u64::from(last));
            dropped += 1;
        }
        dropped
    }
}

/// The line ends found; the sniffed ones where a file has but one line.
fn newline(counts: [u64; 3], sniffed: Newline) -> Newline {
    match counts {
        [0, 0, 0] => sniffed,
        [_, 0, 0] => Newline::Lf,
        [0, _, 0] => Newline::Crlf,
        [0, 0, _] => Newline::Cr,
        _ => Newline::Mixed,
    }
}

fn too_large(en: &str, zh: &str) -> Error {
    Error::new(Code::TooLarge, format!("this file has more than {en}"), format!("文件超过上限：{zh}"))
        .remedy("Split the file, or leave out what is not needed.", "请拆分文件，或去掉不需要的内容。")
}

fn short(found: u32, wanted: usize) -> Words {
    Words::new(
        format!("the record has {found} of {wanted} cells; the rest is missing"),
        format!("该行只有 {found} 个单元格，应有 {wanted} 个，其余按缺失处理"),
    )
}

fn long(found: u32, wanted: usize) -> Words {
    Words::new(
        format!("the record has {found} cells, {wanted} are wanted; the surplus is listed here"),
        format!("该行有 {found} 个单元格，应有 {wanted} 个，多出的内容列在这里"),
    )
}

fn unclosed() -> Words {
    Words::new(
        "a quote opens the cell and none closes it; it is taken as a character",
        "单元格以引号开头但没有闭合，引号按普通字符处理",
    )
}

fn bad_bytes() -> Words {
    Words::new("some bytes are no text in this encoding and are shown as �", "有些字节不是该编码的文字，以 � 显示")
}

//! Bytes in chunks → typed columns and a list of row issues. No I/O, no panic, no silent loss.
//!
//! ```text
//! sample ──sniff──▶ Dialect + ColumnPlan per column ──┐
//! file in slices of UTF-8 bytes ──────────────────────┴─▶ csv::Parser (any number) ─▶ Part ─▶ csv::Builder ─▶ Table
//! ```
//!
//! `csv` cuts records and keeps cells in typed parts; `value` says what one cell means; `sniff` decides, from a sample,
//! what a file is. Bytes are always UTF-8 here: other encodings are transcoded before (see `sniff`).

pub mod csv;
#[cfg(feature = "sheets")]
pub mod sheet;
pub mod sniff;
mod total;
pub mod value;

pub use csv::retype;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Words;
use crate::table::{Format, Type};

/// Everything a user may say about a file; what is left out is detected.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    pub name: Option<String>,
    /// A WHATWG label.
    pub encoding: Option<String>,
    /// One or several characters, `"whitespace"` or `"none"`.
    pub delimiter: Option<String>,
    /// One character; `""` says that nothing is quoted.
    pub quote: Option<String>,
    pub escape: Option<String>,
    /// Lines that begin with this are comments; `""` says that there are none.
    pub comment: Option<String>,
    pub header: Option<Header>,
    /// Column names, with `header: false`.
    pub names: Option<Vec<String>>,
    /// Records (lines) above the header.
    pub skip_rows: Option<usize>,
    pub types: Option<Types>,
    pub layout: Option<Layout>,
    pub sheet: Option<String>,
    /// Which of several tables that stand one below another in the file, from 1; unsaid, the longest. Files up to 256 kB.
    pub table: Option<usize>,
    /// Dates whose year does not come first: `"mdy"` or `"dmy"`.
    pub date_order: Option<DateOrder>,
    /// `"."` or `","`.
    pub decimal: Option<Decimal>,
    /// Words that mean an empty cell here, besides the usual ones.
    pub missing: Vec<String>,
}

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    Mdy,
    Dmy,
}

/// The decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decimal {
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

/// How values are written in a file, as far as its reader said so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    pub date_order: Option<DateOrder>,
    pub decimal: Option<Decimal>,
    pub missing: Vec<String>,
}

impl Writing {
    pub fn of(options: &Options) -> Self {
        Self { date_order: options.date_order, decimal: options.decimal, missing: options.missing.clone() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Header {
    Given(bool),
    /// How many records; their names are joined by a blank.
    Records(usize),
    /// `"auto"`
    Auto(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Types {
    /// `"text"`: every cell stays as in the file.
    All(Type),
    Columns(BTreeMap<String, Type>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One basket a line, no header → columns `basket`, `item`.
    Baskets,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// One or several bytes. A single byte takes the fast way.
    Bytes(Vec<u8>),
    /// Runs of blanks and tabs; those at either end of a line do not count.
    Whitespace,
    /// One column of whole lines.
    None,
}

/// What a file is: decided once, from a sample and the user's options. The same for every slice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    pub delimiter: Delimiter,
    /// Opens a quoted cell at its first byte and closes it; doubled inside it stands for itself.
    pub quote: Option<u8>,
    /// Inside and outside quotes: the next byte is meant literally.
    pub escape: Option<u8>,
    /// A record that begins with these bytes is skipped and counted.
    pub comment: Option<String>,
    /// Title and other records above the header, for the report.
    pub skipped_rows: usize,
    /// Header records, for the report (0: none).
    pub header_rows: usize,
    /// Offset, in UTF-8 bytes behind the mark of encoding, of the first data record.
    pub start: u64,
    /// Offset at which the table ends, where the file goes on with another; `None`: with the file.
    pub stop: Option<u64>,
    /// The headers of the tables that stand one below another, where there are several; and which of them this is, from 1.
    pub tables: Vec<String>,
    pub table: usize,
    /// One name per column, made unique; their number is the number of columns.
    pub names: Vec<String>,
    pub newline: Newline,
    /// Blanks before the first quote and behind the last one of a cell do not belong to it.
    pub trim_around_quotes: bool,
    /// Rows 合计/总计/total at the end of the file are skipped and counted, not data.
    pub drop_totals: bool,
    pub layout: Option<Layout>,
    pub writing: Writing,
    /// WHATWG label, for the report.
    pub encoding: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Newline {
    #[default]
    Lf,
    Crlf,
    Cr,
    Mixed,
}

/// What the sample says about one column. The parts are parsed by it; the whole column has the last word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnPlan {
    pub kind: Type,
    /// How the file writes this column's values.
    pub format: Format,
    /// Boolean columns: how false and true are spelled.
    pub spelling: [String; 2],
    /// Spellings of a missing cell in this column, besides the empty cell.
    pub missing: Vec<String>,
    /// Dates: no cell of the sample tells day and month apart.
    pub ambiguous: bool,
    /// Dates: the user said which of day and month comes first.
    pub order_given: bool,
    /// The user said so: the whole column must not change the type.
    pub given: bool,
    /// The sample had no value: the whole column decides.
    pub empty: bool,
}

impl ColumnPlan {
    pub fn new(kind: Type, format: Format) -> Self {
        Self {
            kind,
            format,
            spelling: ["false".into(), "true".into()],
            missing: Vec::new(),
            ambiguous: false,
            order_given: false,
            given: false,
            empty: false,
        }
    }
    pub fn text() -> Self {
        Self::new(Type::Text, Format::Plain)
    }
}

/// What was detected or given: `table.source` of the contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Source {
    pub name: String,
    /// Of the file.
    pub bytes: u64,
    pub rows: u64,
    pub encoding: String,
    /// As `Options::delimiter`.
    pub delimiter: String,
    pub quote: Option<String>,
    pub escape: Option<String>,
    pub header_rows: usize,
    /// Titles, comments, totals.
    pub skipped_rows: usize,
    pub newline: Newline,
    /// The headers of the tables that stand one below another in the file, where there are several.
    pub tables: Vec<String>,
    /// Which of them this is, from 1.
    pub table: usize,
}

/// A cell or a record that is not as its column or its table wants it. Nothing is dropped: `raw` is its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// 0-based among the data rows.
    pub row: u64,
    /// `None`: the whole record.
    pub column: Option<String>,
    pub raw: String,
    pub reason: Words,
}

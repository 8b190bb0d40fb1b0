//! What one cell means: numbers, dates, truth values, missing; and what a column of them is.
//!
//! The parsers here know every spelling and are exact. The csv room has faster ones for the plain spellings and comes
//! here with the rest.

pub mod date;
pub mod missing;
mod month;
pub mod number;
pub mod plan;
mod shape;
pub mod truth;

pub use plan::{Hints, plan};

use crate::read::ColumnPlan;
use crate::table::{DatePart, Format, Type};
pub use crate::text::name::words;

use date::{DateForm, Order};
use number::{Mark, Number};

/// One cell, read by its column's plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Missing,
    /// The cell as text stands for itself; see [`text`].
    Text,
    Integer(i64),
    Number(Number),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00 as written, and minutes east of UTC where stated.
    Timestamp(i64, Option<i16>),
    /// Not a value of the column's type: kept raw and listed.
    Misfit,
}

/// A column's plan, made ready for reading many cells.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    plan: &'a ColumnPlan,
    mark: Mark,
    form: DateForm,
}

impl<'a> Reader<'a> {
    pub fn new(plan: &'a ColumnPlan) -> Self {
        let mark = match &plan.format {
            Format::Number(f) if f.decimal == b',' => Mark::Comma,
            _ => Mark::Point,
        };
        Self { plan, mark, form: date_form(&plan.format) }
    }

    pub fn read(&self, cell: &[u8]) -> Value {
        if is_missing(cell, self.plan) {
            return Value::Missing;
        }
        let value = match self.plan.kind {
            Type::Text => Some(Value::Text),
            Type::Integer => number::parse(cell, self.mark).and_then(|n| n.0.at_scale(0)).map(Value::Integer),
            Type::Decimal => number::parse(cell, self.mark).map(|n| Value::Number(n.0)),
            Type::Boolean => truth::parse(cell).map(Value::Boolean),
            Type::Date => self.stamp(cell).filter(|s| s.micros.is_none_or(|m| m == 0)).map(|s| Value::Date(s.days)),
            Type::Timestamp => self.stamp(cell).map(|s| Value::Timestamp(s.timestamp(), s.offset)),
        };
        value.unwrap_or(Value::Misfit)
    }

    fn stamp(&self, cell: &[u8]) -> Option<date::Stamp> {
        date::parse(cell, self.form).or_else(|| match self.form {
            // Dates typed by hand among serials, and the other way round, are common in spreadsheets.
            DateForm::Serial { .. } => date::parse(cell, DateForm::Written(Order::default())),
            _ => None,
        })
    }

    /// Whether a later cell is what the plan says.
    pub fn fits(&self, cell: &[u8]) -> bool {
        self.read(cell) != Value::Misfit
    }
}

/// How the parts of a date column are to be read back.
pub fn date_form(format: &Format) -> DateForm {
    let Format::Date(parts) = format else { return DateForm::Written(Order::default()) };
    for part in parts {
        match part {
            DatePart::Serial1900 => return DateForm::Serial { epoch_1904: false },
            DatePart::Serial1904 => return DateForm::Serial { epoch_1904: true },
            DatePart::Epoch(unit) => return DateForm::Epoch { unit: *unit },
            DatePart::Day { .. } => return DateForm::Written(Order::DayFirst),
            DatePart::Month { .. } => return DateForm::Written(Order::MonthFirst),
            _ => {}
        }
    }
    DateForm::Written(Order::default())
}

/// Empty, blank, or one of the column's words for missing.
pub fn is_missing(cell: &[u8], plan: &ColumnPlan) -> bool {
    let cell = cell.trim_ascii();
    cell.is_empty() || plan.missing.iter().any(|word| word.as_bytes() == cell)
}

/// The text of a text cell: as it is, but `="00123"`, `'00123` and a tab before or behind an identifier are ways to keep a spreadsheet
/// from taking it for a number, and no part of it.
pub fn text(cell: &[u8]) -> &[u8] {
    if let Some(inner) = cell.strip_prefix(b"=\"").and_then(|c| c.strip_suffix(b"\"")) {
        return inner;
    }
    if let Some(digits) = cell.strip_prefix(b"'")
        && digits.len() >= 5
        && digits.iter().all(u8::is_ascii_digit)
    {
        return digits;
    }
    match cell.strip_prefix(b"\t").or_else(|| cell.strip_suffix(b"\t")) {
        Some(rest) if !rest.is_empty() && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-') => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_behind_spreadsheet_guards() {
        assert_eq!(text(b"=\"00123\""), b"00123");
        assert_eq!(text(b"\t00123"), b"00123");
        assert_eq!(text(b"00123\t"), b"00123");
        assert_eq!(text(b"'00123"), b"00123");
        assert_eq!(text(b"'90s"), b"'90s");
        assert_eq!(text(b" plain "), b" plain ");
    }
}

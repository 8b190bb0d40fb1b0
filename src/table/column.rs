//! One column: Arrow chunks of one type, and the raw spelling of every cell whose printed value would differ from it.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal32Type, Decimal64Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type,
    UInt16Type, UInt32Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal64Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow_schema::DataType;
use serde::{Deserialize, Serialize};

use super::format::{Format, print_date};
use super::sparse::Sparse;
use crate::error::{Code, Error};
use crate::time;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
}

/// How each type is held (a chunk's `data_type()` says which):
///
/// | type | Arrow |
/// |---|---|
/// | text | keys `UInt8`, `UInt16` or `UInt32` into `dictionary` |
/// | integer | `Int32` or `Int64` |
/// | decimal | `Decimal32(9, scale)` or `Decimal64(18, scale)` with one scale for the column, else `Float64` |
/// | boolean | `Boolean`, spelled as in `spelling` |
/// | date | `Date32` |
/// | timestamp | `Timestamp(µs)`: the local wall time as written; offsets in `offsets` |
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: Type,
    pub chunks: Vec<ArrayRef>,
    /// Text columns: the distinct values, shared by all chunks.
    pub dictionary: Option<Arc<StringArray>>,
    /// Boolean columns: how false and true are spelled in the file.
    pub spelling: [String; 2],
    /// Timestamp columns: minutes east of UTC where a cell stated one; ascending rows.
    pub offsets: Vec<(u32, i16)>,
    /// Cells whose text in the file is not what the value prints as. A cell that does not fit the type is null and stands here.
    pub raw: Sparse,
    /// Missing cells that the file spells with a word.
    pub blanks: Sparse,
    /// How the file writes the values.
    pub format: Format,
    /// Row at which each chunk begins.
    starts: Vec<usize>,
}

/// Cells for [`Column::from_cells`].
pub enum Cells {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
    /// Mantissas and the number of decimals.
    Decimal(Vec<Option<i64>>, i8),
    Boolean(Vec<Option<bool>>),
    /// Days since 1970-01-01.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01T00:00, local.
    Timestamp(Vec<Option<i64>>),
}

/// A column seen as categories: a code per row into `labels`; `MISSING` where there is none.
pub struct Category {
    pub codes: Vec<u32>,
    pub labels: Vec<String>,
}

impl Category {
    pub const MISSING: u32 = u32::MAX;
}

/// A column of money or quantities in fixed point: value = `values[i]` × 10^−`scale`; 0 and invalid where missing.
pub struct Fixed {
    pub values: Vec<i64>,
    pub scale: u32,
    /// `None`: nothing is missing.
    pub valid: Option<arrow_buffer::BooleanBuffer>,
}

/// A missing day in the `Vec<i32>` of [`Column::days`].
pub const MISSING_DAY: i32 = i32::MIN;
pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Column {
    pub fn new(name: impl Into<String>, kind: Type, chunks: Vec<ArrayRef>) -> Self {
        Self {
            name: name.into(),
            kind,
            dictionary: None,
            spelling: ["false".into(), "true".into()],
            offsets: Vec::new(),
            raw: Sparse::default(),
            blanks: Sparse::default(),
            starts: starts(&chunks),
            chunks,
            format: Format::Plain,
        }
    }

    pub fn from_cells(name: &str, cells: Cells) -> Self {
        match cells {
            Cells::Text(v) => {
                let mut labels: Vec<String> = Vec::new();
                let mut seen = std::collections::HashMap::new();
                let keys: UInt32Array = v
                    .into_iter()
                    .map(|cell| {
                        cell.map(|text| {
                            *seen.entry(text.clone()).or_insert_with(|| {
                                labels.push(text);
                                labels.len() as u32 - 1
                            })
                        })
                    })
                    .collect();
                let mut column = Self::new(name, Type::Text, vec![Arc::new(keys)]);
                column.dictionary = Some(Arc::new(StringArray::from(labels)));
                column
            }
            Cells::Integer(v) => Self::new(name, Type::Integer, vec![Arc::new(Int64Array::from(v))]),
            Cells::Number(v) => Self::new(name, Type::Decimal, vec![Arc::new(Float64Array::from(v))]),
            Cells::Decimal(v, scale) => {
                let array = Decimal64Array::from(v).with_data_type(DataType::Decimal64(18, scale));
                Self::new(name, Type::Decimal, vec![Arc::new(array)])
            }
            Cells::Boolean(v) => Self::new(name, Type::Boolean, vec![Arc::new(BooleanArray::from(v))]),
            Cells::Date(v) => Self::new(name, Type::Date, vec![Arc::new(Date32Array::from(v))]),
            Cells::Timestamp(v) => Self::new(name, Type::Timestamp, vec![Arc::new(TimestampMicrosecondArray::from(v))]),
        }
    }

    pub fn len(&self) -> usize {
        self.chunks.iter().map(|c| c.len()).sum()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Missing cells, and cells that do not fit the type.
    pub fn nulls(&self) -> usize {
        self.chunks.iter().map(|c| c.null_count()).sum()
    }

    pub(super) fn locate(&self, row: usize) -> Option<(&ArrayRef, usize)> {
        let i = self.starts.partition_point(|&start| start <= row).checked_sub(1)?;
        let (chunk, at) = (self.chunks.get(i)?, row - self.starts[i]);
        (at < chunk.len()).then_some((chunk, at))
    }

    /// The cell as printed: as in the file where that is known, else the value's print. `None` when missing.
    ///
    /// Text cells give their value: `00123` for `="00123"`.
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        if self.kind != Type::Text
            && let Some(raw) = self.raw.get(row)
        {
            return Some(Cow::Borrowed(raw));
        }
        self.print(row)
    }

    /// The cell exactly as in the file, words for missing included.
    pub fn exact(&self, row: usize) -> Cow<'_, str> {
        match self.raw.get(row).or_else(|| self.blanks.get(row)) {
            Some(raw) => Cow::Borrowed(raw),
            None => self.print(row).unwrap_or_default(),
        }
    }

    pub fn is_null(&self, row: usize) -> bool {
        self.locate(row).is_none_or(|(chunk, i)| chunk.is_null(i))
    }

    /// The value as the file would write it.
    fn print(&self, row: usize) -> Option<Cow<'_, str>> {
        let (chunk, i) = self.locate(row)?;
        if chunk.is_null(i) {
            return None;
        }
        let mut out = String::new();
        match chunk.data_type() {
            DataType::UInt8 => return Some(self.label(chunk.as_primitive::<UInt8Type>().value(i).into())),
            DataType::UInt16 => return Some(self.label(chunk.as_primitive::<UInt16Type>().value(i).into())),
            DataType::UInt32 => return Some(self.label(chunk.as_primitive::<UInt32Type>().value(i) as usize)),
            DataType::Boolean => return Some(Cow::Borrowed(&self.spelling[usize::from(chunk.as_boolean().value(i))])),
            DataType::Int32 => self.number(chunk.as_primitive::<Int32Type>().value(i).into(), 0, &mut out),
            DataType::Int64 => self.number(chunk.as_primitive::<Int64Type>().value(i), 0, &mut out),
            DataType::Decimal32(_, scale) => {
                self.number(chunk.as_primitive::<Decimal32Type>().value(i).into(), *scale, &mut out);
            }
            DataType::Decimal64(_, scale) => {
                self.number(chunk.as_primitive::<Decimal64Type>().value(i), *scale, &mut out);
            }
            DataType::Float64 => match (&self.format, chunk.as_primitive::<Float64Type>().value(i)) {
                (Format::Number(f), v) => f.print_float(v, &mut out),
                (_, v) => out = v.to_string(),
            },
            DataType::Date32 => match (&self.format, chunk.as_primitive::<Date32Type>().value(i)) {
                (Format::Date(parts), day) => print_date(day, 0, None, parts, &mut out),
                (_, day) => out = time::iso(day),
            },
            _ => match (&self.format, chunk.as_primitive::<TimestampMicrosecondType>().value(i)) {
                (Format::Date(parts), v) => {
                    let offset = self.offsets.binary_search_by_key(&(row as u32), |o| o.0).ok();
                    let minutes = offset.map(|k| self.offsets[k].1);
                    let day = v.div_euclid(MICROS_PER_DAY) as i32;
                    print_date(day, v.rem_euclid(MICROS_PER_DAY), minutes, parts, &mut out);
                }
                (_, v) => out = print_timestamp(v),
            },
        }
        Some(Cow::Owned(out))
    }

    fn number(&self, mantissa: i64, scale: i8, out: &mut String) {
        match &self.format {
            Format::Number(f) => f.print(mantissa, scale.max(0) as u8, out),
            _ => *out = print_decimal(mantissa, scale),
        }
    }

    fn label(&self, key: usize) -> Cow<'_, str> {
        self.dictionary.as_ref().map_or(Cow::Borrowed(""), |d| Cow::Borrowed(d.value(key)))
    }

    pub(super) fn wrong_type(&self, en: &str, zh: &str) -> Error {
        let name = &self.name;
        Error::new(
            Code::WrongType,
            format!("column “{name}” holds {:?}, not {en}", self.kind).to_lowercase(),
            format!("列「{name}」的内容不是{zh}"),
        )
        .column(name)
        .remedy("Choose another column, or change the type of this one.", "请换一列，或更改此列的类型。")
    }
}

fn starts(chunks: &[ArrayRef]) -> Vec<usize> {
    let mut end = 0;
    let begin = |c: &ArrayRef| {
        end += c.len();
        end - c.len()
    };
    chunks.iter().map(begin).collect()
}

/// `1234` with scale 2 prints `12.34`.
pub fn print_decimal(mantissa: i64, scale: i8) -> String {
    if scale <= 0 {
        return mantissa.to_string();
    }
    let scale = scale as usize;
    let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{part}", if mantissa < 0 { "-" } else { "" })
}

/// `2024-03-05T09:00:00`, with a fraction only where there is one.
pub fn print_timestamp(micros: i64) -> String {
    let (day, rest) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
    let seconds = rest / 1_000_000;
    let (h, m, s, fraction) = (seconds / 3600, seconds / 60 % 60, seconds % 60, rest % 1_000_000);
    let date = time::iso(day as i32);
    if fraction == 0 {
        format!("{date}T{h:02}:{m:02}:{s:02}")
    } else {
        let fraction = format!("{fraction:06}");
        format!("{date}T{h:02}:{m:02}:{s:02}.{}", fraction.trim_end_matches('0'))
    }
}

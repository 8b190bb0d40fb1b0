//! One column: Arrow chunks of one type, and the raw spelling of every cell whose printed value would differ from it.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal64Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type,
    UInt32Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal64Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow_schema::DataType;
use serde::{Deserialize, Serialize};

use super::format::Format;
use crate::error::{Code, Error, Result};
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
/// | decimal | `Decimal64(18, scale)` with one scale for the column, else `Float64` |
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
    /// Cells whose text is not what the value prints as; ascending rows. A cell that does not fit the type is null and stands here.
    pub raw: Vec<(u32, Box<str>)>,
    /// How the file writes the values.
    pub format: Format,
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
const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Column {
    pub fn new(name: impl Into<String>, kind: Type, chunks: Vec<ArrayRef>) -> Self {
        Self {
            name: name.into(),
            kind,
            chunks,
            dictionary: None,
            spelling: ["false".into(), "true".into()],
            offsets: Vec::new(),
            raw: Vec::new(),
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

    fn locate(&self, mut row: usize) -> Option<(&ArrayRef, usize)> {
        for chunk in &self.chunks {
            if row < chunk.len() {
                return Some((chunk, row));
            }
            row -= chunk.len();
        }
        None
    }

    /// The cell as printed: as in the file where that is known, else the value's canonical print. `None` when missing.
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        if let Ok(i) = self.raw.binary_search_by_key(&(row as u32), |r| r.0) {
            return Some(Cow::Borrowed(&self.raw[i].1));
        }
        self.print(row)
    }

    /// The value's canonical print.
    fn print(&self, row: usize) -> Option<Cow<'_, str>> {
        let (chunk, i) = self.locate(row)?;
        if chunk.is_null(i) {
            return None;
        }
        Some(match chunk.data_type() {
            DataType::UInt8 => self.label(chunk.as_primitive::<UInt8Type>().value(i).into()),
            DataType::UInt16 => self.label(chunk.as_primitive::<UInt16Type>().value(i).into()),
            DataType::UInt32 => self.label(chunk.as_primitive::<UInt32Type>().value(i) as usize),
            DataType::Int32 => Cow::Owned(chunk.as_primitive::<Int32Type>().value(i).to_string()),
            DataType::Int64 => Cow::Owned(chunk.as_primitive::<Int64Type>().value(i).to_string()),
            DataType::Decimal64(_, scale) => {
                Cow::Owned(print_decimal(chunk.as_primitive::<Decimal64Type>().value(i), *scale))
            }
            DataType::Float64 => Cow::Owned(chunk.as_primitive::<Float64Type>().value(i).to_string()),
            DataType::Boolean => Cow::Borrowed(&self.spelling[usize::from(chunk.as_boolean().value(i))]),
            DataType::Date32 => Cow::Owned(time::iso(chunk.as_primitive::<Date32Type>().value(i))),
            _ => Cow::Owned(print_timestamp(chunk.as_primitive::<TimestampMicrosecondType>().value(i))),
        })
    }

    fn label(&self, key: usize) -> Cow<'_, str> {
        self.dictionary.as_ref().map_or(Cow::Borrowed(""), |d| Cow::Borrowed(d.value(key)))
    }

    /// Numbers as f64, missing as NaN. Booleans are 0 and 1. Text, dates and timestamps are a `wrong_type` error.
    pub fn numbers(&self) -> Result<Vec<f64>> {
        let mut out = Vec::with_capacity(self.len());
        for chunk in &self.chunks {
            match chunk.data_type() {
                DataType::Int32 => extend(&mut out, chunk.as_primitive::<Int32Type>().iter(), f64::NAN, f64::from),
                DataType::Int64 => extend(&mut out, chunk.as_primitive::<Int64Type>().iter(), f64::NAN, |v| v as f64),
                DataType::Decimal64(_, scale) => {
                    // Division, not multiplication by 10^-scale: it rounds to the double nearest to the decimal.
                    let unit = 10f64.powi(i32::from(*scale));
                    extend(&mut out, chunk.as_primitive::<Decimal64Type>().iter(), f64::NAN, |v| v as f64 / unit);
                }
                DataType::Float64 => extend(&mut out, chunk.as_primitive::<Float64Type>().iter(), f64::NAN, |v| v),
                DataType::Boolean => extend(&mut out, chunk.as_boolean().iter(), f64::NAN, |v| f64::from(u8::from(v))),
                _ => return Err(self.wrong_type("numbers", "数字")),
            }
        }
        Ok(out)
    }

    /// Days since 1970-01-01 (time of day dropped), missing as [`MISSING_DAY`].
    pub fn days(&self) -> Result<Vec<i32>> {
        let mut out = Vec::with_capacity(self.len());
        for chunk in &self.chunks {
            match chunk.data_type() {
                DataType::Date32 => extend(&mut out, chunk.as_primitive::<Date32Type>().iter(), MISSING_DAY, |v| v),
                DataType::Timestamp(..) => {
                    let cells = chunk.as_primitive::<TimestampMicrosecondType>().iter();
                    extend(&mut out, cells, MISSING_DAY, |v| v.div_euclid(MICROS_PER_DAY) as i32);
                }
                _ => return Err(self.wrong_type("dates", "日期")),
            }
        }
        Ok(out)
    }

    /// Any column as categories, by the text of its cells; labels in order of first appearance.
    pub fn category(&self) -> Category {
        if let (Some(dictionary), true) = (&self.dictionary, self.raw.is_empty()) {
            let mut codes = Vec::with_capacity(self.len());
            for chunk in &self.chunks {
                match chunk.data_type() {
                    DataType::UInt8 => {
                        extend(&mut codes, chunk.as_primitive::<UInt8Type>().iter(), Category::MISSING, u32::from)
                    }
                    DataType::UInt16 => {
                        extend(&mut codes, chunk.as_primitive::<UInt16Type>().iter(), Category::MISSING, u32::from)
                    }
                    _ => extend(&mut codes, chunk.as_primitive::<UInt32Type>().iter(), Category::MISSING, |v| v),
                }
            }
            let labels = dictionary.iter().map(|v| v.unwrap_or("").to_string()).collect();
            return Category { codes, labels };
        }
        let mut labels: Vec<String> = Vec::new();
        let mut seen: std::collections::HashMap<String, u32> = std::collections::HashMap::new();
        let codes = (0..self.len())
            .map(|row| match self.text(row) {
                None => Category::MISSING,
                Some(text) => match seen.get(text.as_ref()) {
                    Some(&code) => code,
                    None => {
                        let code = labels.len() as u32;
                        labels.push(text.to_string());
                        seen.insert(text.into_owned(), code);
                        code
                    }
                },
            })
            .collect();
        Category { codes, labels }
    }

    fn wrong_type(&self, en: &str, zh: &str) -> Error {
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

fn extend<T, U>(out: &mut Vec<U>, cells: impl Iterator<Item = Option<T>>, missing: U, f: impl Fn(T) -> U)
where
    U: Copy,
{
    out.extend(cells.map(|cell| cell.map_or(missing, &f)));
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

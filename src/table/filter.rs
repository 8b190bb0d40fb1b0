//! Tests on one column: a bitmap of the rows whose value passes. Text is tested once per distinct value.

use std::cmp::Ordering;

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_schema::DataType;

use super::{Column, Mask, Type};
use crate::error::{Code, Error, Result};
use crate::time;

/// A value to compare with, as written in a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    Text(String),
    Number(f64),
    Bool(bool),
}

/// What a value must be. A missing value passes only `Present(false)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    In(Vec<Scalar>),
    NotIn(Vec<Scalar>),
    Gt(Scalar),
    Ge(Scalar),
    Lt(Scalar),
    Le(Scalar),
    /// Both ends are in.
    Between(Scalar, Scalar),
    Present(bool),
}

impl Scalar {
    /// As a cell would print it: whole numbers without a fraction.
    pub fn text(&self) -> String {
        match self {
            Scalar::Text(t) => t.clone(),
            Scalar::Number(n) => n.to_string(),
            Scalar::Bool(b) => b.to_string(),
        }
    }
    pub fn number(&self) -> Option<f64> {
        match self {
            Scalar::Text(t) => t.trim().parse().ok().filter(|v: &f64| v.is_finite()),
            Scalar::Number(n) => Some(*n),
            Scalar::Bool(b) => Some(f64::from(u8::from(*b))),
        }
    }
}

impl Test {
    fn scalars(&self) -> Vec<&Scalar> {
        match self {
            Test::In(list) | Test::NotIn(list) => list.iter().collect(),
            Test::Gt(v) | Test::Ge(v) | Test::Lt(v) | Test::Le(v) => vec![v],
            Test::Between(a, b) => vec![a, b],
            Test::Present(_) => vec![],
        }
    }

    /// The verdict from how the value compares with each scalar of the test, in order.
    fn verdict(&self, compare: impl Fn(usize) -> Ordering) -> bool {
        let any = |n: usize| (0..n).any(|i| compare(i) == Ordering::Equal);
        match self {
            Test::In(list) => any(list.len()),
            Test::NotIn(list) => !any(list.len()),
            Test::Gt(_) => compare(0) == Ordering::Greater,
            Test::Ge(_) => compare(0) != Ordering::Less,
            Test::Lt(_) => compare(0) == Ordering::Less,
            Test::Le(_) => compare(0) != Ordering::Greater,
            Test::Between(..) => compare(0) != Ordering::Less && compare(1) != Ordering::Greater,
            Test::Present(yes) => *yes,
        }
    }

    /// Whether a number passes; NaN is missing.
    pub fn number(&self, value: f64, scalars: &[f64]) -> bool {
        if value.is_nan() {
            return *self == Test::Present(false);
        }
        self.verdict(|i| value.partial_cmp(&scalars[i]).unwrap_or(Ordering::Less))
    }

    /// The scalars as numbers, or `None` when one is not.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        self.scalars().into_iter().map(Scalar::number).collect()
    }

    fn text(&self, value: &str, scalars: &[String]) -> bool {
        self.verdict(|i| value.cmp(scalars[i].as_str()))
    }
}

/// The rows of `column` that pass. Values compare in the column's type: text by code point, numbers as numbers, dates as
/// days (as moments where the filter names a time of day). A scalar of another type is a `wrong_type` error.
pub fn matches(column: &Column, test: &Test) -> Result<Mask> {
    if let Test::Present(yes) = test {
        return Ok(by_chunk(column, |chunk, i| chunk.is_valid(i) == *yes));
    }
    match column.kind {
        Type::Text => Ok(text(column, test)),
        Type::Boolean => boolean(column, test),
        Type::Integer | Type::Decimal => {
            let scalars = test.numbers().ok_or_else(|| wrong(column, "a number", "数字"))?;
            let values = column.numbers()?;
            Ok(BooleanBuffer::collect_bool(values.len(), |i| test.number(values[i], &scalars)))
        }
        Type::Date | Type::Timestamp => dates(column, test),
    }
}

fn by_chunk(column: &Column, keep: impl Fn(&ArrayRef, usize) -> bool) -> Mask {
    let mut out = BooleanBufferBuilder::new(column.len());
    for chunk in &column.chunks {
        out.append_buffer(&BooleanBuffer::collect_bool(chunk.len(), |i| keep(chunk, i)));
    }
    out.finish()
}

/// Which of some texts pass.
pub fn texts(test: &Test, texts: impl Iterator<Item = impl AsRef<str>>) -> Vec<bool> {
    let scalars: Vec<String> = test.scalars().into_iter().map(Scalar::text).collect();
    texts.map(|t| test.text(t.as_ref(), &scalars)).collect()
}

/// Which of some days pass; `None` when the test names a time of day, or something that is no date.
pub fn days(test: &Test, days: impl ExactSizeIterator<Item = i32>) -> Option<Mask> {
    let wanted: Option<Vec<i32>> =
        moments(test)?.into_iter().map(|(day, time)| time.is_none().then_some(day)).collect();
    let wanted = wanted?;
    Some(days.map(|day| test.verdict(|i| day.cmp(&wanted[i]))).collect())
}

fn text(column: &Column, test: &Test) -> Mask {
    let (Some(dictionary), true) = (&column.dictionary, column.raw.is_empty()) else {
        let scalars: Vec<String> = test.scalars().into_iter().map(Scalar::text).collect();
        return BooleanBuffer::collect_bool(column.len(), |row| {
            column.text(row).is_some_and(|t| test.text(&t, &scalars))
        });
    };
    let pass = texts(test, (0..dictionary.len()).map(|k| dictionary.value(k)));
    let hit = |key: usize| pass.get(key).copied().unwrap_or(false);
    let mut out = BooleanBufferBuilder::new(column.len());
    for chunk in &column.chunks {
        let bits = match chunk.data_type() {
            DataType::UInt8 => {
                let keys = chunk.as_primitive::<UInt8Type>().values();
                BooleanBuffer::collect_bool(chunk.len(), |i| hit(keys[i].into()))
            }
            DataType::UInt16 => {
                let keys = chunk.as_primitive::<UInt16Type>().values();
                BooleanBuffer::collect_bool(chunk.len(), |i| hit(keys[i].into()))
            }
            _ => {
                let keys = chunk.as_primitive::<UInt32Type>().values();
                BooleanBuffer::collect_bool(chunk.len(), |i| hit(keys[i] as usize))
            }
        };
        match chunk.nulls().filter(|n| n.null_count() > 0) {
            None => out.append_buffer(&bits),
            Some(nulls) => out.append_buffer(&(&bits & nulls.inner())),
        }
    }
    out.finish()
}

fn boolean(column: &Column, test: &Test) -> Result<Mask> {
    let scalars: Option<Vec<f64>> = test
        .scalars()
        .into_iter()
        .map(|s| match s {
            Scalar::Text(t) => match column.spelling.iter().position(|word| word == t) {
                Some(i) => Some(i as f64),
                None => ["false", "true"].iter().position(|word| word == t).map(|i| i as f64),
            },
            other => other.number(),
        })
        .collect();
    let scalars = scalars.ok_or_else(|| {
        let [no, yes] = &column.spelling;
        wrong(column, &format!("{no} or {yes}"), &format!("{no} 或 {yes}"))
    })?;
    let values = column.numbers()?;
    Ok(BooleanBuffer::collect_bool(values.len(), |i| test.number(values[i], &scalars)))
}

/// The days a test names, each with its time of day in microseconds where there is one.
fn moments(test: &Test) -> Option<Vec<(i32, Option<i64>)>> {
    let scalars = test.scalars().into_iter();
    let day = |s: &Scalar| match s {
        Scalar::Text(t) => Some((time::parse_iso(t)?, moment(t)?)),
        _ => None,
    };
    scalars.map(day).collect()
}

fn dates(column: &Column, test: &Test) -> Result<Mask> {
    let parsed = moments(test).ok_or_else(|| wrong(column, "a date such as 2024-03-05", "日期，例如 2024-03-05"))?;
    let days = column.days()?;
    let micros: Option<Vec<Option<i64>>> = (column.kind == Type::Timestamp && parsed.iter().any(|p| p.1.is_some()))
        .then(|| {
            let chunks = column.chunks.iter();
            chunks.flat_map(|c| c.as_primitive::<arrow_array::types::TimestampMicrosecondType>().iter()).collect()
        });
    Ok(BooleanBuffer::collect_bool(days.len(), |row| {
        days[row] != i32::MIN
            && test.verdict(|i| match (parsed[i].1, micros.as_ref().and_then(|m| m[row])) {
                (Some(want), Some(have)) => have.cmp(&want),
                _ => days[row].cmp(&parsed[i].0),
            })
    }))
}

/// Microseconds of `2024-03-05T09:30[:15[.5]]`; `Some(None)` for a bare date, `None` for what is neither.
fn moment(text: &str) -> Option<Option<i64>> {
    let day = i64::from(time::parse_iso(text)?);
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(None);
    }
    let mut parts = rest[1..].splitn(3, ':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let second: f64 = parts.next().map_or(Some(0.0), |s| s.parse().ok())?;
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0.0..60.0).contains(&second);
    fits.then(|| Some(day * 86_400_000_000 + (hour * 3600 + minute * 60) * 1_000_000 + (second * 1e6).round() as i64))
}

fn wrong(column: &Column, en: &str, zh: &str) -> Error {
    let name = &column.name;
    Error::new(
        Code::WrongType,
        format!("the filter on “{name}” needs {en} to compare with"),
        format!("对「{name}」的筛选需要与{zh}比较"),
    )
    .column(name)
    .remedy("Change the value, or the type of the column.", "请修改比较值，或更改该列的类型。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    fn rows(column: &Column, test: Test) -> Vec<usize> {
        matches(column, &test).unwrap().set_indices().collect()
    }
    fn t(s: &str) -> Scalar {
        Scalar::Text(s.into())
    }
    const fn n(v: f64) -> Scalar {
        Scalar::Number(v)
    }

    #[test]
    fn text_is_tested_by_distinct_value_and_missing_never_passes() {
        let cells = ["app", "web", "", "app"].iter().map(|s| (!s.is_empty()).then(|| s.to_string())).collect();
        let c = Column::from_cells("channel", Cells::Text(cells));
        assert_eq!(rows(&c, Test::In(vec![t("app")])), [0, 3]);
        assert_eq!(rows(&c, Test::NotIn(vec![t("app")])), [1]);
        assert_eq!(rows(&c, Test::Gt(t("b"))), [1]);
        assert_eq!(rows(&c, Test::Present(false)), [2]);
        assert_eq!(rows(&c, Test::Present(true)), [0, 1, 3]);
    }

    #[test]
    fn numbers_compare_as_numbers() {
        let c = Column::from_cells("v", Cells::Decimal(vec![Some(1010), Some(900), None, Some(-5)], 2));
        assert_eq!(rows(&c, Test::In(vec![n(10.1)])), [0]);
        assert_eq!(rows(&c, Test::Between(n(9.0), t("10.10"))), [0, 1]);
        assert_eq!(rows(&c, Test::Lt(n(9.0))), [3]);
        assert_eq!(matches(&c, &Test::Gt(t("abc"))).unwrap_err().code, Code::WrongType);
    }

    #[test]
    fn a_day_in_a_filter_covers_the_whole_day_of_a_timestamp() {
        let at = |h: i64| Some(86_400_000_000 + h * 3_600_000_000);
        let c = Column::from_cells("at", Cells::Timestamp(vec![at(0), at(15), at(30), None]));
        assert_eq!(rows(&c, Test::Between(t("1970-01-01"), t("1970-01-02"))), [0, 1]);
        assert_eq!(rows(&c, Test::Ge(t("1970-01-02T15:00"))), [1, 2]);
        assert_eq!(matches(&c, &Test::Gt(t("soon"))).unwrap_err().code, Code::WrongType);
    }

    #[test]
    fn booleans_answer_to_the_spelling_of_their_file() {
        let mut c = Column::from_cells("churn", Cells::Boolean(vec![Some(true), Some(false), None]));
        c.spelling = ["No".into(), "Yes".into()];
        assert_eq!(rows(&c, Test::In(vec![t("Yes")])), [0]);
        assert_eq!(rows(&c, Test::In(vec![Scalar::Bool(false)])), [1]);
        assert_eq!(matches(&c, &Test::In(vec![t("maybe")])).unwrap_err().code, Code::WrongType);
    }
}

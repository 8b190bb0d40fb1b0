//! The whole column has the last word: its type, its scale, the order of day and month; then its Arrow arrays.

use std::sync::Arc;

use arrow_array::types::{Date32Type, Decimal32Type, Decimal64Type, Float64Type, Int32Type, Int64Type};
use arrow_array::types::{TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::convert::{MAX_MANTISSA, floats_of, number_format};
use super::part::{Odd, OddKind, Values};
use super::store::{Chunk, Store};
use crate::read::ColumnPlan;
use crate::read::value::{self, Hints, date, number};
use crate::table::{Column, DatePart, Format, Sparse, Type};
use crate::time::civil_from_days;

/// More than one misfit in so many cells, and the column is text.
const MISFIT_SHARE: usize = 20;

/// A column of digits longer than this names things; it does not count them.
const MAX_DIGITS: usize = 18;

/// Decides and builds.
pub fn column(name: &str, mut store: Store, hints: Hints) -> Column {
    if store.plan.empty && !store.plan.given && store.plan.kind == Type::Text && store.dict.len() > 0 {
        store = replanned(name, store, hints);
    }
    if matches!(store.plan.kind, Type::Date | Type::Timestamp) {
        store = settle_order(store);
    }
    if store.plan.kind != Type::Text && !store.plan.given && is_text(&store) {
        store = store.into_text();
    }
    build(name, store)
}

/// Builds a column of which the type is given; only the order of day and month is still open.
pub fn settled(name: &str, store: Store) -> Column {
    let store = if matches!(store.plan.kind, Type::Date | Type::Timestamp) { settle_order(store) } else { store };
    build(name, store)
}

/// Of this column the sample had no value: now there are some, and their distinct ones tell what it is.
fn replanned(name: &str, store: Store, hints: Hints) -> Store {
    const ENOUGH: usize = 2000;
    let cells: Vec<&[u8]> = (0..store.dict.len().min(ENOUGH)).map(|i| store.dict.get(i)).collect();
    let plan = ColumnPlan { empty: false, ..value::plan(name, &cells, hints) };
    if plan.kind == Type::Text && plan.missing == store.plan.missing { store } else { store.reread(plan) }
}

fn is_text(store: &Store) -> bool {
    let is_number = matches!(store.plan.kind, Type::Integer | Type::Decimal);
    let mut misfits = 0usize;
    let mut names = false;
    for (_, kind, text) in store.odd.iter() {
        match kind {
            OddKind::Misfit => {
                misfits += 1;
                names |= is_number && number::leading_zero(text);
            }
            OddKind::Raw if is_number => {
                names |= text.len() > MAX_DIGITS && text.iter().all(u8::is_ascii_digit);
            }
            _ => {}
        }
    }
    if names {
        return true;
    }
    if misfits == 0 {
        return false;
    }
    let missing: usize = store.chunks.iter().map(|c| (0..c.values.len()).filter(|&i| !c.is_valid(i)).count()).sum();
    let present = store.rows as usize - missing + misfits;
    misfits * MISFIT_SHARE > present
}

/// Day and month as most of the cells have them that tell.
fn settle_order(store: Store) -> Store {
    let Format::Date(parts) = &store.plan.format else { return store };
    if store.plan.order_given {
        return store;
    }
    let Some(flipped) = flip(parts) else { return store };
    let format = Format::Date(flipped);
    let form = value::date_form(&format);
    let swaps = |text: &[u8]| date::parse(text, form).is_some();
    let against = store.odd.iter().filter(|(_, kind, text)| *kind == OddKind::Misfit && swaps(text)).count();
    if against == 0 {
        return store;
    }
    let is_date = store.plan.kind == Type::Date;
    let tells = |v: i64| {
        let day = if is_date { v as i32 } else { v.div_euclid(date::DAY_MICROS) as i32 };
        civil_from_days(day).2 > 12
    };
    let with: usize = store
        .chunks
        .iter()
        .map(|c| match &c.values {
            Values::Int32(v) => v.iter().enumerate().filter(|(i, v)| c.is_valid(*i) && tells(i64::from(**v))).count(),
            Values::Int64(v) => v.iter().enumerate().filter(|(i, v)| c.is_valid(*i) && tells(**v)).count(),
            _ => 0,
        })
        .sum();
    if against <= with {
        return store;
    }
    let plan = ColumnPlan { format, ambiguous: false, ..store.plan.clone() };
    store.reread(plan)
}

/// The same parts with day and month exchanged; `None` where the year comes first and nothing is in question.
fn flip(parts: &[DatePart]) -> Option<Vec<DatePart>> {
    let day = parts.iter().position(|p| matches!(p, DatePart::Day { .. }))?;
    let month = parts.iter().position(|p| matches!(p, DatePart::Month { .. }))?;
    let year = parts.iter().position(|p| matches!(p, DatePart::Year | DatePart::Year2))?;
    if year < day.max(month) {
        return None;
    }
    let mut out = parts.to_vec();
    out.swap(day, month);
    Some(out)
}

fn build(name: &str, store: Store) -> Column {
    let Store { plan, mut chunks, dict, mut odd, offsets, rows } = store;
    let mut kind = plan.kind;
    let mut scale = 0;
    if matches!(kind, Type::Integer | Type::Decimal) {
        (scale, odd) = unify(&mut chunks, odd, &plan);
        let floats = chunks.iter().any(|c| matches!(c.values, Values::Float(_)));
        kind = if floats || scale > 0 || (plan.given && kind == Type::Decimal) { Type::Decimal } else { Type::Integer };
    }
    let arrays: Vec<ArrayRef> = chunks.into_iter().map(|chunk| array(chunk, kind, scale)).collect();
    let mut column = Column::new(name, kind, arrays);
    if kind == Type::Text {
        column.dictionary = Some(Arc::new(strings(dict.bytes, &dict.ends)));
    }
    let _ = rows;
    column.spelling = plan.spelling;
    column.format = match plan.format {
        Format::Plain if matches!(kind, Type::Integer | Type::Decimal) => Format::Number(number_format(&Format::Plain)),
        other => other,
    };
    column.offsets = offsets;
    let (mut raw, mut blanks) = (Sparse::default(), Sparse::default());
    for (row, kind, text) in odd.iter() {
        let text = String::from_utf8_lossy(text);
        match kind {
            OddKind::Missing => blanks.push(row, &text),
            OddKind::BadText => {}
            OddKind::Raw | OddKind::Misfit => raw.push(row, &text),
        }
    }
    (column.raw, column.blanks) = (raw, blanks);
    column
}

/// One scale for all chunks, or doubles for all.
fn unify(chunks: &mut [Chunk], odd: Odd, plan: &ColumnPlan) -> (u32, Odd) {
    let scale = chunks.iter().map(|c| c.scale).max().unwrap_or(0);
    let fits = |c: &Chunk| {
        let Some(factor) = 10i64.checked_pow(scale - c.scale) else { return false };
        let small = |m: i64| m.checked_mul(factor).is_some_and(|m| m.abs() <= MAX_MANTISSA);
        match &c.values {
            Values::Int32(v) => v.iter().all(|&m| small(m.into())),
            Values::Int64(v) => v.iter().all(|&m| small(m)),
            _ => false,
        }
    };
    if chunks.iter().all(|c| c.scale == scale && !matches!(c.values, Values::Float(_))) {
        return (scale, odd);
    }
    if chunks.iter().all(fits) {
        for c in chunks.iter_mut().filter(|c| c.scale < scale) {
            let factor = 10i64.pow(scale - c.scale);
            let longs: Vec<i64> = match &c.values {
                Values::Int32(v) => v.iter().map(|&m| i64::from(m) * factor).collect(),
                Values::Int64(v) => v.iter().map(|&m| m * factor).collect(),
                _ => continue,
            };
            c.values = super::convert::narrow(longs);
            c.scale = scale;
        }
        return (scale, odd);
    }
    // Some cell needs a double: so do all.
    let format = number_format(&plan.format);
    let mut all = Odd::default();
    let mut next = 0;
    for c in chunks.iter_mut() {
        let end = c.start + c.values.len() as u32;
        let mut own = Odd::default();
        while next < odd.len() && odd.get(next).0 < end {
            let (row, kind, text) = odd.get(next);
            own.push(row - c.start, kind, text);
            next += 1;
        }
        let longs = match &c.values {
            Values::Int32(v) => v.iter().map(|&m| i64::from(m)).collect(),
            Values::Int64(v) => v.clone(),
            _ => Vec::new(),
        };
        if !matches!(c.values, Values::Float(_)) {
            let (floats, with) = floats_of(&longs, c.scale, c.valid.as_deref(), &format, &own);
            (c.values, own) = (Values::Float(floats), with);
        }
        c.scale = 0;
        own.iter().for_each(|(row, kind, text)| all.push(row + c.start, kind, text));
    }
    (0, all)
}

fn primitive<T: ArrowPrimitiveType>(values: Vec<T::Native>, nulls: Option<NullBuffer>) -> PrimitiveArray<T> {
    PrimitiveArray::new(ScalarBuffer::from(values), nulls)
}

fn array(chunk: Chunk, kind: Type, scale: u32) -> ArrayRef {
    let len = chunk.values.len();
    // The bits may be more than the rows, never fewer; a count of nulls comes with the buffer.
    let nulls = chunk.valid.map(|mut bits| {
        bits.resize(len.div_ceil(8).max(bits.len()), 0xff);
        NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(bits), 0, len))
    });
    let nulls = nulls.filter(|n| n.null_count() > 0);
    let scale = scale as i8;
    match (chunk.values, kind) {
        (Values::Key8(v), _) => Arc::new(primitive::<UInt8Type>(v, nulls)),
        (Values::Key16(v), _) => Arc::new(primitive::<UInt16Type>(v, nulls)),
        (Values::Key32(v), _) => Arc::new(primitive::<UInt32Type>(v, nulls)),
        (Values::Bool(v), _) => {
            let bits = BooleanBuffer::collect_bool(len, |i| v[i] != 0);
            Arc::new(BooleanArray::new(bits, nulls))
        }
        (Values::Float(v), _) => Arc::new(primitive::<Float64Type>(v, nulls)),
        (Values::Int32(v), Type::Date) => Arc::new(primitive::<Date32Type>(v, nulls)),
        (Values::Int64(v), Type::Date) => {
            Arc::new(primitive::<Date32Type>(v.into_iter().map(|d| d as i32).collect(), nulls))
        }
        (Values::Int64(v), Type::Timestamp) => Arc::new(primitive::<TimestampMicrosecondType>(v, nulls)),
        (Values::Int32(v), Type::Timestamp) => {
            Arc::new(primitive::<TimestampMicrosecondType>(v.into_iter().map(i64::from).collect(), nulls))
        }
        (Values::Int32(v), Type::Decimal) => {
            let array = primitive::<Decimal32Type>(v, nulls);
            Arc::new(array.with_data_type(DataType::Decimal32(9, scale.min(9))))
        }
        (Values::Int64(v), Type::Decimal) => {
            let array = primitive::<Decimal64Type>(v, nulls);
            Arc::new(array.with_data_type(DataType::Decimal64(18, scale)))
        }
        (Values::Int32(v), _) => Arc::new(primitive::<Int32Type>(v, nulls)),
        (Values::Int64(v), _) => Arc::new(primitive::<Int64Type>(v, nulls)),
    }
}

/// The dictionary as Arrow strings, its bytes not copied.
fn strings(bytes: Vec<u8>, ends: &[u32]) -> StringArray {
    let offsets: Vec<i32> = std::iter::once(0).chain(ends.iter().map(|&e| e as i32)).collect();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    // Parts check every text they add, so the fallback is for parts that no parser made.
    StringArray::try_new(offsets, Buffer::from_vec(bytes), None)
        .unwrap_or_else(|_| StringArray::from(vec![""; ends.len()]))
}

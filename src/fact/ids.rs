//! Names of customers and orders as small codes; the text itself stays where the table holds it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal32Type, Decimal64Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, StringArray};
use arrow_schema::DataType;

use crate::table::{Column, Type};

/// A row without a value.
pub const NONE: u32 = u32::MAX;

/// The distinct values of a key column, in no particular order; not all of them need to occur.
#[derive(Clone, Debug)]
pub enum Labels {
    Text(Arc<StringArray>),
    Number(Arc<Vec<i64>>),
    Own(Arc<Vec<String>>),
}

impl Default for Labels {
    fn default() -> Self {
        Labels::Own(Arc::default())
    }
}

impl Labels {
    pub fn len(&self) -> usize {
        match self {
            Labels::Text(v) => v.len(),
            Labels::Number(v) => v.len(),
            Labels::Own(v) => v.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn get(&self, code: u32) -> Cow<'_, str> {
        match self {
            Labels::Text(v) if (code as usize) < v.len() => Cow::Borrowed(v.value(code as usize)),
            Labels::Number(v) => v.get(code as usize).map_or(Cow::Borrowed(""), |n| Cow::Owned(n.to_string())),
            Labels::Own(v) => v.get(code as usize).map_or(Cow::Borrowed(""), |s| Cow::Borrowed(s.as_str())),
            Labels::Text(_) => Cow::Borrowed(""),
        }
    }
}

/// A key column as codes.
pub struct Keys {
    /// One per row; [`NONE`] where the cell is missing.
    pub codes: Vec<u32>,
    pub labels: Labels,
}

/// Multiply-and-fold for integer keys that are already spread out; not for hostile text.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u64(&mut self, v: u64) {
        let x = (self.0 ^ v).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = x ^ (x >> 32);
    }
    fn write_u32(&mut self, v: u32) {
        self.write_u64(u64::from(v));
    }
    fn write_i64(&mut self, v: i64) {
        self.write_u64(v as u64);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// For lookups only: its iteration order is never used.
pub type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

impl Keys {
    /// Text keys are the dictionary's own; whole numbers print without a fraction; anything else by its printed text.
    pub fn of(column: &Column) -> Keys {
        if let (Type::Text, Some(dictionary), true) = (column.kind, &column.dictionary, column.raw.is_empty()) {
            let mut codes = Vec::with_capacity(column.len());
            for chunk in &column.chunks {
                match chunk.data_type() {
                    DataType::UInt8 => {
                        push(&mut codes, chunk, chunk.as_primitive::<UInt8Type>().values(), NONE, |v| v.into())
                    }
                    DataType::UInt16 => {
                        push(&mut codes, chunk, chunk.as_primitive::<UInt16Type>().values(), NONE, |v| v.into())
                    }
                    _ => push(&mut codes, chunk, chunk.as_primitive::<UInt32Type>().values(), NONE, |v| v),
                }
            }
            return Keys { codes, labels: Labels::Text(dictionary.clone()) };
        }
        if let Some(numbers) = whole_numbers(column) {
            return from_numbers(&numbers);
        }
        let category = column.category();
        Keys { codes: category.codes, labels: Labels::Own(Arc::new(category.labels)) }
    }
}

#[inline(never)]
fn push<T: Copy, U: Copy>(out: &mut Vec<U>, chunk: &dyn Array, cells: &[T], none: U, f: impl Fn(T) -> U) {
    match chunk.nulls().filter(|n| n.null_count() > 0) {
        None => out.extend(cells.iter().map(|v| f(*v))),
        Some(nulls) => out.extend(cells.iter().zip(nulls.iter()).map(|(v, ok)| if ok { f(*v) } else { none })),
    }
}

/// The column as integers when every present cell is one; `i64::MIN` is missing.
fn whole_numbers(column: &Column) -> Option<Vec<i64>> {
    let mut out = Vec::with_capacity(column.len());
    for chunk in &column.chunks {
        match chunk.data_type() {
            DataType::Int32 => push(&mut out, chunk, chunk.as_primitive::<Int32Type>().values(), i64::MIN, i64::from),
            DataType::Int64 => push(&mut out, chunk, chunk.as_primitive::<Int64Type>().values(), i64::MIN, |v| v),
            DataType::Decimal32(_, scale) => {
                let unit = 10i32.checked_pow((*scale).max(0) as u32)?;
                let cells = chunk.as_primitive::<Decimal32Type>();
                if cells.iter().flatten().any(|v| v % unit != 0) {
                    return None;
                }
                push(&mut out, chunk, cells.values(), i64::MIN, |v| i64::from(v / unit));
            }
            DataType::Decimal64(_, scale) => {
                let unit = 10i64.checked_pow((*scale).max(0) as u32)?;
                let cells = chunk.as_primitive::<Decimal64Type>();
                if cells.iter().flatten().any(|v| v % unit != 0) {
                    return None;
                }
                push(&mut out, chunk, cells.values(), i64::MIN, |v| v / unit);
            }
            DataType::Float64 => {
                let cells = chunk.as_primitive::<arrow_array::types::Float64Type>();
                if cells.iter().flatten().any(|v| v.fract() != 0.0 || v.abs() > 9e15) {
                    return None;
                }
                push(&mut out, chunk, cells.values(), i64::MIN, |v| v as i64);
            }
            _ => return None,
        }
    }
    Some(out)
}

fn from_numbers(numbers: &[i64]) -> Keys {
    let present = || numbers.iter().copied().filter(|v| *v != i64::MIN);
    let (low, high) = present().fold((i64::MAX, i64::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)));
    let span = high.checked_sub(low).filter(|s| *s >= 0 && (*s as u64) < 4 * numbers.len() as u64 + 1024);
    if let Some(span) = span {
        let codes = numbers.iter().map(|&v| if v == i64::MIN { NONE } else { (v - low) as u32 }).collect();
        return Keys { codes, labels: Labels::Number(Arc::new((low..=low + span).collect())) };
    }
    let mut seen: FastMap<i64, u32> = FastMap::default();
    let mut labels = Vec::new();
    let codes = numbers
        .iter()
        .map(|&v| {
            if v == i64::MIN {
                return NONE;
            }
            *seen.entry(v).or_insert_with(|| {
                labels.push(v);
                labels.len() as u32 - 1
            })
        })
        .collect();
    Keys { codes, labels: Labels::Number(Arc::new(labels)) }
}

/// Codes sorted as the contract orders ids: as numbers when all are numbers, else by code point.
pub fn sort_codes(codes: &mut [u32], labels: &Labels) {
    if let Labels::Number(numbers) = labels {
        return codes.sort_unstable_by_key(|c| numbers.get(*c as usize).copied().unwrap_or(i64::MIN));
    }
    let parsed: Option<Vec<(f64, u32)>> = codes.iter().map(|c| as_number(&labels.get(*c)).map(|v| (v, *c))).collect();
    if let Some(mut parsed) = parsed {
        parsed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then_with(|| labels.get(a.1).cmp(&labels.get(b.1))));
        for (slot, (_, code)) in codes.iter_mut().zip(parsed) {
            *slot = code;
        }
        return;
    }
    // Sixteen bytes decide nearly every comparison, without following a pointer. Shared beginnings are skipped first.
    let skip = shared_prefix(codes, labels);
    let mut keyed: Vec<(u128, u32)> = codes.iter().map(|c| (head(labels.get(*c).as_bytes(), skip), *c)).collect();
    keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| labels.get(a.1).cmp(&labels.get(b.1))));
    for (slot, (_, code)) in codes.iter_mut().zip(keyed) {
        *slot = code;
    }
}

fn shared_prefix(codes: &[u32], labels: &Labels) -> usize {
    let Some(&first) = codes.first() else { return 0 };
    let first = labels.get(first);
    let first = first.as_bytes();
    let mut shared = first.len();
    for &code in codes {
        let text = labels.get(code);
        shared = first.iter().zip(text.as_bytes()).take(shared).take_while(|(a, b)| a == b).count();
        if shared == 0 {
            break;
        }
    }
    shared
}

fn head(text: &[u8], skip: usize) -> u128 {
    let mut bytes = [0u8; 16];
    let rest = text.get(skip..).unwrap_or(&[]);
    let n = rest.len().min(16);
    bytes[..n].copy_from_slice(&rest[..n]);
    u128::from_be_bytes(bytes)
}

/// Plain decimal numbers only: `inf`, `1e5` and blanks are names, not numbers.
pub fn as_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain { text.parse().ok() } else { None }
}

/// Two ids in the order of [`sort_codes`], when it is known whether all ids are numbers.
pub fn compare_ids(a: &str, b: &str, numeric: bool) -> Ordering {
    match (numeric, as_number(a), as_number(b)) {
        (true, Some(x), Some(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// The ids in force: `codes[i]` names the i-th of them in `labels`.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    pub codes: Vec<u32>,
    pub labels: Labels,
}

impl Ids {
    pub fn len(&self) -> usize {
        self.codes.len()
    }
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
    pub fn get(&self, i: usize) -> Cow<'_, str> {
        self.codes.get(i).map_or(Cow::Borrowed(""), |c| self.labels.get(*c))
    }
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.codes.iter().map(|c| self.labels.get(*c))
    }
    pub fn position(&self, id: &str) -> Option<usize> {
        self.iter().position(|text| text == id)
    }
    pub fn from_texts(texts: Vec<String>) -> Self {
        Ids { codes: (0..texts.len() as u32).collect(), labels: Labels::Own(Arc::new(texts)) }
    }
}

/// Ids are equal when their texts are, wherever they are kept.
impl PartialEq for Ids {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(texts: &[&str]) -> Vec<String> {
        let labels = Labels::Own(Arc::new(texts.iter().map(|t| t.to_string()).collect()));
        let mut codes: Vec<u32> = (0..texts.len() as u32).collect();
        sort_codes(&mut codes, &labels);
        codes.iter().map(|c| labels.get(*c).into_owned()).collect()
    }

    #[test]
    fn ids_that_are_all_numbers_sort_as_numbers() {
        assert_eq!(sorted(&["10", "9", "-1", "2.5"]), ["-1", "2.5", "9", "10"]);
        assert_eq!(sorted(&["10", "9", "x"]), ["10", "9", "x"]);
    }

    #[test]
    fn a_shared_beginning_longer_than_the_key_does_not_disturb_the_order() {
        let long = "customer-with-a-long-name-";
        let ids: Vec<String> = ["3", "1", "22", "2", ""].iter().map(|t| format!("{long}{t}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut expected = ids.clone();
        expected.sort();
        assert_eq!(sorted(&ids), expected);
    }
}

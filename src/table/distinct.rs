//! How many different values a column has.

use std::collections::HashSet;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Float64Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use super::column::Column;
use crate::num::blocks::BLOCK;

/// Which integers occur: a bit for each of a narrow range, a set for a wide one.
struct Seen {
    low: i64,
    /// How many integers the range has.
    size: usize,
    bits: Vec<u64>,
    wide: HashSet<i64>,
}

impl Seen {
    fn new(low: i64, high: i64, rows: usize) -> Self {
        // A bit a value is cheaper than a set as long as the bits are no more than the set would be.
        let span = high.abs_diff(low);
        let narrow = span / 64 < rows as u64 * 2 + 1024;
        let bits = if narrow { vec![0; (span / 64 + 1) as usize] } else { Vec::new() };
        Self { low, size: (span as usize).saturating_add(1), bits, wide: HashSet::new() }
    }

    #[inline(never)]
    fn see(&mut self, values: &[i64]) {
        if self.bits.is_empty() {
            self.wide.extend(values);
            return;
        }
        for v in values {
            let at = v.wrapping_sub(self.low) as u64;
            // Bits are only set here and counted once at the end: half the time of counting while seeing.
            if let Some(word) = self.bits.get_mut((at / 64) as usize) {
                *word |= 1u64 << (at % 64);
            }
        }
    }

    fn count(&self) -> usize {
        self.wide.len() + self.bits.iter().map(|w| w.count_ones() as usize).sum::<usize>()
    }

    /// All of a narrow range have occurred: there is nothing left to see. Asked only where that is quickly told.
    fn is_full(&self) -> bool {
        !self.bits.is_empty() && self.bits.len() <= BLOCK / 64 && self.count() == self.size
    }
}

impl Column {
    /// How many different values there are, missing ones not counted.
    pub fn distinct(&self) -> usize {
        let (low, high) = match &self.dictionary {
            Some(dictionary) => (0, dictionary.len() as i64 - 1),
            None => {
                let mut range = (i64::MAX, i64::MIN);
                self.chunks.iter().for_each(|chunk| in_blocks(chunk, &mut |values| widen(&mut range, values)));
                range
            }
        };
        if low > high {
            return 0;
        }
        let mut seen = Seen::new(low, high, self.len());
        for chunk in &self.chunks {
            if seen.is_full() {
                break;
            }
            in_blocks(chunk, &mut |values| seen.see(values));
        }
        seen.count()
    }
}

/// Every value that is there, as an integer that is its own; of text its code.
fn in_blocks(chunk: &ArrayRef, f: &mut dyn FnMut(&[i64])) {
    match chunk.data_type() {
        DataType::UInt8 => blocks::<UInt8Type>(chunk, i64::from, f),
        DataType::UInt16 => blocks::<UInt16Type>(chunk, i64::from, f),
        DataType::UInt32 => blocks::<UInt32Type>(chunk, i64::from, f),
        DataType::Int32 => blocks::<Int32Type>(chunk, i64::from, f),
        DataType::Int64 => blocks::<Int64Type>(chunk, |v| v, f),
        DataType::Decimal32(..) => blocks::<Decimal32Type>(chunk, i64::from, f),
        DataType::Decimal64(..) => blocks::<Decimal64Type>(chunk, |v| v, f),
        // Zero has two signs and is one value.
        DataType::Float64 => blocks::<Float64Type>(chunk, |v| (v + 0.0).to_bits() as i64, f),
        DataType::Date32 => blocks::<Date32Type>(chunk, i64::from, f),
        DataType::Boolean => {
            let values: Vec<i64> = chunk.as_boolean().iter().flatten().map(i64::from).collect();
            f(&values);
        }
        _ => blocks::<TimestampMicrosecondType>(chunk, |v| v, f),
    }
}

#[inline(never)]
fn widen(range: &mut (i64, i64), values: &[i64]) {
    for &v in values {
        *range = (range.0.min(v), range.1.max(v));
    }
}

#[inline(never)]
fn blocks<T: ArrowPrimitiveType>(chunk: &ArrayRef, own: impl Fn(T::Native) -> i64, f: &mut dyn FnMut(&[i64])) {
    let array = chunk.as_primitive::<T>();
    let all = array.null_count() == 0;
    let mut block = [0; BLOCK];
    for (i, values) in array.values().chunks(BLOCK).enumerate() {
        let mut n = 0;
        for (k, &v) in values.iter().enumerate() {
            // The place is always written and kept only if the value is there.
            block[n] = own(v);
            n += usize::from(all || array.is_valid(i * BLOCK + k));
        }
        f(&block[..n]);
    }
}

//! Money as whole numbers of a fixed unit, so that a sum does not depend on the order of the rows.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal32Type, Decimal64Type, Float64Type, Int32Type, Int64Type};
use arrow_schema::DataType;

use crate::error::{Code, Error, Result};
use crate::num::blocks::BLOCK;
use crate::table::Column;

/// A missing cell in [`Money::values`].
pub const MISSING: i64 = i64::MIN;

/// One whole number per row: value = `values[i]` × 10^−`scale`; [`MISSING`] where there is none.
/// The sum of all absolute values is guaranteed to fit an `i64`.
pub struct Money {
    pub values: Vec<i64>,
    pub scale: u32,
}

/// Decimals beyond these are rounded: 10^-9 of any currency is nothing, and the headroom is needed for sums.
const MAX_SCALE: u32 = 9;

impl Money {
    /// Reads a numeric column. Decimals keep their scale; floats take the smallest scale that writes every value exactly
    /// (at most [`MAX_SCALE`], less where the sum would not fit). Text and dates are a `wrong_type` error.
    pub fn of(column: &Column) -> Result<Money> {
        let exact = column.chunks.iter().all(|c| {
            matches!(
                c.data_type(),
                DataType::Int32 | DataType::Int64 | DataType::Decimal32(..) | DataType::Decimal64(..)
            )
        });
        if !exact {
            return from_numbers(&column.numbers()?, &column.name);
        }
        let scale = column
            .chunks
            .iter()
            .map(|c| match c.data_type() {
                DataType::Decimal32(_, s) | DataType::Decimal64(_, s) => (*s).max(0) as u32,
                _ => 0,
            })
            .max()
            .unwrap_or(0);
        let mut values = Vec::with_capacity(column.len());
        for chunk in &column.chunks {
            match chunk.data_type() {
                DataType::Int32 => push(&mut values, chunk, chunk.as_primitive::<Int32Type>().values(), |v| v as i64),
                DataType::Int64 => push(&mut values, chunk, chunk.as_primitive::<Int64Type>().values(), |v| v),
                DataType::Decimal32(..) => {
                    push(&mut values, chunk, chunk.as_primitive::<Decimal32Type>().values(), |v| v as i64)
                }
                DataType::Decimal64(..) => {
                    push(&mut values, chunk, chunk.as_primitive::<Decimal64Type>().values(), |v| v)
                }
                _ => push(&mut values, chunk, chunk.as_primitive::<Float64Type>().values(), |v| v as i64),
            }
        }
        let money = Money { values, scale };
        if money.sum_fits() { Ok(money) } else { from_numbers(&column.numbers()?, &column.name) }
    }

    /// Quantity × unit price, row by row; missing where either is.
    pub fn product(quantity: &Money, price: &Money, name: &str) -> Result<Money> {
        let scale = quantity.scale + price.scale;
        let mut values = Vec::with_capacity(quantity.values.len());
        let mut total: i64 = 0;
        for (&q, &p) in quantity.values.iter().zip(&price.values) {
            let cell = if q == MISSING || p == MISSING { Some(MISSING) } else { q.checked_mul(p) };
            let sum = cell.and_then(|v| if v == MISSING { Some(total) } else { total.checked_add(v.checked_abs()?) });
            let (Some(cell), Some(sum)) = (cell, sum) else {
                let f = |m: &Money, v: i64| if v == MISSING { f64::NAN } else { v as f64 / 10f64.powi(m.scale as i32) };
                let numbers: Vec<f64> =
                    quantity.values.iter().zip(&price.values).map(|(&q, &p)| f(quantity, q) * f(price, p)).collect();
                return from_numbers(&numbers, name);
            };
            values.push(cell);
            total = sum;
        }
        Ok(Money { values, scale })
    }

    fn sum_fits(&self) -> bool {
        let total = self.values.chunks(BLOCK).try_fold(0i64, |total, part| sum_of_sizes(part)?.checked_add(total));
        total.is_some()
    }
}

/// The sum of the absolute values, if it fits.
#[inline(never)]
fn sum_of_sizes(values: &[i64]) -> Option<i64> {
    let mut present = values.iter().filter(|v| **v != MISSING);
    present.try_fold(0i64, |total, v| total.checked_add(v.checked_abs()?))
}

#[inline(never)]
fn push<T: Copy>(out: &mut Vec<i64>, chunk: &dyn Array, cells: &[T], f: impl Fn(T) -> i64) {
    match chunk.nulls().filter(|n| n.null_count() > 0) {
        None => out.extend(cells.iter().map(|v| f(*v))),
        Some(nulls) => out.extend(cells.iter().zip(nulls.iter()).map(|(v, ok)| if ok { f(*v) } else { MISSING })),
    }
}

fn from_numbers(numbers: &[f64], name: &str) -> Result<Money> {
    let largest = numbers.iter().filter(|v| v.is_finite()).fold(0f64, |m, v| m.max(v.abs()));
    // Half of the range, so that rounding cannot push the sum over the edge.
    let room = (i64::MAX / 2) as f64 / (largest.max(1e-9) * numbers.len().max(1) as f64);
    if room < 1.0 {
        return Err(Error::new(
            Code::TooLarge,
            format!("the values of “{name}” are too large to be summed exactly"),
            format!("「{name}」的数值过大，无法精确求和"),
        )
        .column(name)
        .remedy("Express them in thousands or millions.", "请换用更大的单位，例如千或百万。"));
    }
    let most = (room.log10().floor() as u32).min(MAX_SCALE);
    let exact = |scale: u32| {
        let unit = 10f64.powi(scale as i32);
        numbers.iter().filter(|v| v.is_finite()).all(|v| (v * unit).round() / unit == *v)
    };
    let scale = (0..most).find(|s| exact(*s)).unwrap_or(most);
    let unit = 10f64.powi(scale as i32);
    let values = numbers.iter().map(|v| if v.is_finite() { (v * unit).round() as i64 } else { MISSING }).collect();
    Ok(Money { values, scale })
}

/// Whole numbers in the narrowest form that holds them all: a million lines of money usually fit four bytes each.
#[derive(Clone, Debug, PartialEq)]
pub enum Narrow {
    Four(Vec<i32>),
    Eight(Vec<i64>),
}

impl Default for Narrow {
    fn default() -> Self {
        Narrow::Four(Vec::new())
    }
}

impl Narrow {
    /// The values, 0 where one is missing.
    pub fn of(mut values: Vec<i64>) -> Narrow {
        values.iter_mut().filter(|v| **v == MISSING).for_each(|v| *v = 0);
        if !values.chunks(BLOCK).all(all_short) {
            return Narrow::Eight(values);
        }
        let mut out = Vec::with_capacity(values.len());
        values.chunks(BLOCK).for_each(|some| shorten(&mut out, some));
        Narrow::Four(out)
    }
    /// The value at each of `places`.
    pub fn gather(&self, places: &[u32]) -> Narrow {
        match self {
            // A table without an amount.
            Narrow::Four(v) if v.is_empty() => Narrow::default(),
            Narrow::Four(v) => Narrow::Four(gather(v, places)),
            Narrow::Eight(v) => Narrow::Eight(gather(v, places)),
        }
    }
    pub fn get(&self, i: usize) -> i64 {
        match self {
            Narrow::Four(v) => i64::from(v[i]),
            Narrow::Eight(v) => v[i],
        }
    }
    /// As [`Narrow::get`]; 0 where there is none, as in a table without an amount.
    pub fn at(&self, i: usize) -> i64 {
        match self {
            Narrow::Four(v) => v.get(i).map_or(0, |v| i64::from(*v)),
            Narrow::Eight(v) => v.get(i).copied().unwrap_or(0),
        }
    }
    pub fn len(&self) -> usize {
        match self {
            Narrow::Four(v) => v.len(),
            Narrow::Eight(v) => v.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[inline(never)]
fn all_short(values: &[i64]) -> bool {
    values.iter().all(|&v| i32::try_from(v).is_ok())
}

#[inline(never)]
fn shorten(out: &mut Vec<i32>, values: &[i64]) {
    out.extend(values.iter().map(|&v| v as i32));
}

pub(super) fn gather<T: Copy>(values: &[T], places: &[u32]) -> Vec<T> {
    let mut out = Vec::with_capacity(places.len());
    places.chunks(BLOCK).for_each(|places| gather_some(&mut out, values, places));
    out
}

#[inline(never)]
fn gather_some<T: Copy>(out: &mut Vec<T>, values: &[T], places: &[u32]) {
    out.extend(places.iter().map(|&i| values[i as usize]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    #[test]
    fn floats_take_the_smallest_scale_that_writes_them_exactly() {
        let column = Column::from_cells("v", Cells::Number(vec![Some(29.33), Some(-0.5), None, Some(12.0)]));
        let money = Money::of(&column).unwrap();
        assert_eq!((money.scale, money.values), (2, vec![2933, -50, MISSING, 1200]));
    }

    #[test]
    fn decimals_keep_their_scale() {
        let column = Column::from_cells("v", Cells::Decimal(vec![Some(1234), None], 3));
        let money = Money::of(&column).unwrap();
        assert_eq!((money.scale, money.values), (3, vec![1234, MISSING]));
    }

    #[test]
    fn values_beyond_any_sum_are_refused_in_words() {
        let column = Column::from_cells("v", Cells::Number(vec![Some(1e300)]));
        assert_eq!(Money::of(&column).err().unwrap().code, Code::TooLarge);
        let column = Column::from_cells("v", Cells::Integer(vec![Some(i64::MAX), Some(i64::MAX)]));
        assert_eq!(Money::of(&column).err().unwrap().code, Code::TooLarge);
    }

    #[test]
    fn quantity_times_price_is_exact() {
        let q = Money { values: vec![3, MISSING], scale: 0 };
        let p = Money { values: vec![1999, 5], scale: 2 };
        let m = Money::product(&q, &p, "amount").unwrap();
        assert_eq!((m.scale, m.values), (2, vec![5997, MISSING]));
    }
}

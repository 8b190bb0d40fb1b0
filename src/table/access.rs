//! A column as analyses want it: numbers, days, categories, fixed-point money.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Float64Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_schema::DataType;

use super::column::{Category, Column, Fixed, MICROS_PER_DAY, MISSING_DAY, Type};
use super::decimal;
use crate::error::Result;
use crate::time;

/// Float amounts get as many decimals as their sum allows, up to this: more than any currency, less than noise.
const MAX_FLOAT_DECIMALS: i32 = 13;

#[inline(never)]
fn extend<T: ArrowPrimitiveType, U: Copy>(out: &mut Vec<U>, chunk: &ArrayRef, missing: U, f: impl Fn(T::Native) -> U) {
    let array = chunk.as_primitive::<T>();
    if array.null_count() == 0 {
        out.extend(array.values().iter().map(|&v| f(v)));
    } else {
        out.extend(array.iter().map(|cell| cell.map_or(missing, &f)));
    }
}

impl Column {
    /// Numbers as f64, missing as NaN. Booleans are 0 and 1. Text, dates and timestamps are a `wrong_type` error.
    pub fn numbers(&self) -> Result<Vec<f64>> {
        let mut out = Vec::with_capacity(self.len());
        for chunk in &self.chunks {
            match chunk.data_type() {
                DataType::Int32 => extend::<Int32Type, _>(&mut out, chunk, f64::NAN, f64::from),
                DataType::Int64 => extend::<Int64Type, _>(&mut out, chunk, f64::NAN, |v| v as f64),
                DataType::Decimal32(_, scale) => {
                    // Division, not multiplication by 10^-scale: it rounds to the double nearest to the decimal.
                    let unit = 10f64.powi(i32::from(*scale));
                    extend::<Decimal32Type, _>(&mut out, chunk, f64::NAN, |v| f64::from(v) / unit);
                }
                DataType::Decimal64(_, scale) => {
                    let scale = u32::from(scale.unsigned_abs());
                    extend::<Decimal64Type, _>(&mut out, chunk, f64::NAN, |v| decimal::nearest(v, scale));
                }
                DataType::Float64 => extend::<Float64Type, _>(&mut out, chunk, f64::NAN, |v| v),
                DataType::Boolean => {
                    let cells = chunk.as_boolean().iter();
                    out.extend(cells.map(|v| v.map_or(f64::NAN, |v| f64::from(u8::from(v)))));
                }
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
                DataType::Date32 => extend::<Date32Type, _>(&mut out, chunk, MISSING_DAY, |v| v),
                DataType::Timestamp(..) => {
                    let day = |v: i64| v.div_euclid(MICROS_PER_DAY) as i32;
                    extend::<TimestampMicrosecondType, _>(&mut out, chunk, MISSING_DAY, day);
                }
                _ => return Err(self.wrong_type("dates", "日期")),
            }
        }
        Ok(out)
    }

    /// Exact scaled integers: money and quantities that can be summed in any order. The scale is the column's; for doubles
    /// it is the largest (at most 13) at which the sum of all magnitudes fits, and values are rounded to it.
    pub fn fixed(&self) -> Result<Fixed> {
        let mut values: Vec<i64> = Vec::with_capacity(self.len());
        let mut scale = 0u32;
        if self.chunks.iter().any(|c| c.data_type() == &DataType::Float64) {
            let numbers = self.numbers()?;
            let sum: f64 = numbers.iter().filter(|v| v.is_finite()).map(|v| v.abs()).sum();
            // Half of i64's range, for the rounding of the sum itself.
            let room = (i64::MAX / 2) as f64;
            let decimals = (0..=MAX_FLOAT_DECIMALS).rev().find(|&d| sum * 10f64.powi(d) < room).unwrap_or(0);
            let unit = 10f64.powi(decimals);
            // A cast from float to integer saturates; beyond the range it is the nearest there is.
            values.extend(numbers.iter().map(|v| if v.is_finite() { (v * unit).round() as i64 } else { 0 }));
            scale = decimals as u32;
            let valid = BooleanBuffer::collect_bool(numbers.len(), |i| numbers[i].is_finite());
            let valid = (valid.count_set_bits() < numbers.len()).then_some(valid);
            return Ok(Fixed { values, scale, valid });
        }
        for chunk in &self.chunks {
            match chunk.data_type() {
                DataType::Int32 => extend::<Int32Type, _>(&mut values, chunk, 0, i64::from),
                DataType::Int64 => extend::<Int64Type, _>(&mut values, chunk, 0, |v| v),
                DataType::Decimal32(_, s) => {
                    scale = s.unsigned_abs().into();
                    extend::<Decimal32Type, _>(&mut values, chunk, 0, i64::from);
                }
                DataType::Decimal64(_, s) => {
                    scale = s.unsigned_abs().into();
                    extend::<Decimal64Type, _>(&mut values, chunk, 0, |v| v);
                }
                DataType::Boolean => {
                    values.extend(chunk.as_boolean().iter().map(|v| i64::from(v.unwrap_or(false))));
                }
                _ => return Err(self.wrong_type("numbers", "数字")),
            }
        }
        Ok(Fixed { values, scale, valid: self.validity() })
    }

    /// One bit per row, set where there is a value; `None` when all have one.
    pub fn validity(&self) -> Option<BooleanBuffer> {
        if self.nulls() == 0 {
            return None;
        }
        let mut bits = BooleanBufferBuilder::new(self.len());
        for chunk in &self.chunks {
            match chunk.nulls() {
                Some(nulls) => bits.append_buffer(nulls.inner()),
                None => bits.append_n(chunk.len(), true),
            }
        }
        Some(bits.finish())
    }

    /// Any column as categories; labels in order of first appearance. Text by its values, booleans by their spelling, numbers
    /// in plain digits (a whole number without decimals), dates in ISO form; a cell that does not fit its column by its text.
    pub fn category(&self) -> Category {
        if self.kind == Type::Text
            && let Some(dictionary) = &self.dictionary
        {
            let mut codes = Vec::with_capacity(self.len());
            for chunk in &self.chunks {
                match chunk.data_type() {
                    DataType::UInt8 => extend::<UInt8Type, _>(&mut codes, chunk, Category::MISSING, u32::from),
                    DataType::UInt16 => extend::<UInt16Type, _>(&mut codes, chunk, Category::MISSING, u32::from),
                    _ => extend::<UInt32Type, _>(&mut codes, chunk, Category::MISSING, |v| v),
                }
            }
            let labels = dictionary.iter().map(|v| v.unwrap_or("").to_string()).collect();
            return Category { codes, labels };
        }
        let mut labels = Labels::default();
        let mut codes = Vec::with_capacity(self.len());
        for chunk in &self.chunks {
            self.coded(chunk, &mut labels, &mut codes);
        }
        for (row, text) in self.raw.iter() {
            let row = row as usize;
            if codes.get(row) == Some(&Category::MISSING) {
                codes[row] = labels.of_text(text);
            }
        }
        labels.in_order(codes)
    }

    fn coded(&self, chunk: &ArrayRef, labels: &mut Labels, codes: &mut Vec<u32>) {
        let mut code = |value: Option<i64>, print: &dyn Fn(i64) -> String| {
            codes.push(value.map_or(Category::MISSING, |v| labels.of_value(v, print)));
        };
        match chunk.data_type() {
            DataType::Int32 => {
                chunk.as_primitive::<Int32Type>().iter().for_each(|v| code(v.map(i64::from), &|v| v.to_string()));
            }
            DataType::Int64 => chunk.as_primitive::<Int64Type>().iter().for_each(|v| code(v, &|v| v.to_string())),
            DataType::Decimal32(_, s) => {
                let cells = chunk.as_primitive::<Decimal32Type>().iter();
                cells.for_each(|v| code(v.map(i64::from), &|v| plain_decimal(v, *s)));
            }
            DataType::Decimal64(_, s) => {
                chunk.as_primitive::<Decimal64Type>().iter().for_each(|v| code(v, &|v| plain_decimal(v, *s)));
            }
            DataType::Float64 => {
                let cells = chunk.as_primitive::<Float64Type>().iter();
                // Zero has two signs and one label.
                let bits = |v: f64| (v + 0.0).to_bits() as i64;
                cells.for_each(|v| code(v.map(bits), &|v| f64::from_bits(v as u64).to_string()));
            }
            DataType::Boolean => {
                let cells = chunk.as_boolean().iter();
                cells.for_each(|v| code(v.map(i64::from), &|v| self.spelling[usize::from(v != 0)].clone()));
            }
            DataType::Date32 => {
                let cells = chunk.as_primitive::<Date32Type>().iter();
                cells.for_each(|v| code(v.map(i64::from), &|v| time::iso(v as i32)));
            }
            _ => {
                let cells = chunk.as_primitive::<TimestampMicrosecondType>().iter();
                cells.for_each(|v| code(v, &super::column::print_timestamp));
            }
        }
    }
}

fn plain_decimal(mantissa: i64, scale: i8) -> String {
    let text = super::column::print_decimal(mantissa, scale);
    if scale > 0 { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

#[derive(Default)]
struct Labels {
    values: HashMap<i64, u32>,
    texts: HashMap<String, u32>,
    labels: Vec<String>,
    last: Option<(i64, u32)>,
}

impl Labels {
    fn of_value(&mut self, value: i64, print: &dyn Fn(i64) -> String) -> u32 {
        if let Some((v, code)) = self.last
            && v == value
        {
            return code;
        }
        let code = match self.values.get(&value) {
            Some(&code) => code,
            None => {
                let code = self.of_text(&print(value));
                self.values.insert(value, code);
                code
            }
        };
        self.last = Some((value, code));
        code
    }

    fn of_text(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.texts.get(text) {
            return code;
        }
        let code = self.labels.len() as u32;
        self.labels.push(text.to_string());
        self.texts.insert(text.to_string(), code);
        code
    }

    /// Codes renumbered by first appearance, since misfits came last.
    fn in_order(self, mut codes: Vec<u32>) -> Category {
        let mut new = vec![Category::MISSING; self.labels.len()];
        let mut labels = Vec::with_capacity(self.labels.len());
        for code in codes.iter_mut().filter(|c| **c != Category::MISSING) {
            let slot = &mut new[*code as usize];
            if *slot == Category::MISSING {
                *slot = labels.len() as u32;
                labels.push(self.labels[*code as usize].clone());
            }
            *code = *slot;
        }
        Category { codes, labels }
    }
}

//! Small typed summaries that analyses consume instead of raw rows.

use std::ops::Range;

/// One entry per order, sorted by customer (ids ascending: as numbers when all ids are numbers, else by code point), then
/// day, then order. Orders without a customer stand behind those of the last customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Orders {
    pub customer_ids: Vec<String>,
    /// The orders of customer `c` are `starts[c]..starts[c + 1]`; the last range, `starts[n]..`, has no customer.
    pub starts: Vec<u32>,
    /// Days since 1970-01-01 of the order's first line.
    pub day: Vec<i32>,
    /// Sum of the order's lines in fixed point: money = `amount` × 10^−`scale`. Empty when the table has no amount.
    pub amount: Vec<i64>,
    pub scale: u32,
}

impl Orders {
    pub fn customers(&self) -> usize {
        self.customer_ids.len()
    }
    pub fn of(&self, customer: usize) -> Range<usize> {
        self.starts[customer] as usize..self.starts[customer + 1] as usize
    }
    pub fn money(&self, order: usize) -> f64 {
        self.amount[order] as f64 / 10f64.powi(self.scale as i32)
    }
}

/// Facts already built for a table, by (roles, filter, refunds).
#[derive(Default)]
pub struct Cache {}

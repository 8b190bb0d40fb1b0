//! Small typed summaries that analyses consume instead of raw rows. Money, the purchase day, what an order is and what a
//! customer is are defined here, once.
//!
//! [`Cache::get`] builds [`Facts`] from a table (once per refund policy) and narrows them to a filter; [`Orders`] and
//! [`customers`](fn@customers) are what the model rooms read, [`cube`] is the calendar of period × dimension. Facts of parts
//! [`merge`](Facts::merge) to the facts of the whole, so customers and cubes do too.

mod assemble;
mod build;
mod cache;
mod customers;
mod dimension;
mod expr;
mod filter;
mod ids;
mod merge;
mod money;
mod periods;
pub mod select;
#[cfg(test)]
mod tests;
mod trial;

use std::borrow::Cow;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Words;

pub use cache::{Cache, Facts};
pub use customers::{Customers, customers};
pub use dimension::{Codes, Cube, Dimension, Measure, Tally, count, cube, each_order, sums};
pub use ids::{FastMap, Ids, Keys, Labels, NONE, as_number, compare_ids, sort_codes};
pub use money::{Money, Narrow};
pub use periods::Periods;
pub use select::{Scope, mask, orders};
pub use trial::trial_rows;

/// What negative and zero lines mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refunds {
    /// Negative lines lower revenue; an order of negative lines only is a refund, not an order; zero-value orders count.
    #[default]
    Net,
    /// Negative lines are left out.
    Drop,
    /// Negative and zero lines are left out.
    PositiveOnly,
}

/// Rows an analysis could not use, and why.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    pub reason: Words,
    pub rows: usize,
}

/// One entry per order, sorted by customer (ids ascending: as numbers when all ids are numbers, else by code point), then
/// day, then order id. Orders without a customer stand behind those of the last customer. Every customer has an order.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    pub ids: Ids,
    /// The orders of customer `c` are `starts[c]..starts[c + 1]`; the last range, `starts[n]..`, has no customer.
    pub starts: Vec<u32>,
    /// Days since 1970-01-01 of the order's first line; 0 throughout when the table has no date.
    pub day: Vec<i32>,
    /// Sum of the order's lines in fixed point: money = `amount` × 10^−`scale`. Empty when the table has no amount.
    pub amount: Vec<i64>,
    pub scale: u32,
    /// Lines per order.
    pub lines: Vec<u32>,
    /// The order ids: codes into `key_labels`, [`NONE`] where an order has no id of its own.
    pub keys: Vec<u32>,
    pub key_labels: Labels,
    /// Groups of negative lines only (see [`Refunds::Net`]). Same order as orders; customer [`NONE`] stands last.
    pub refunds: Vec<Refund>,
    /// Every row is an order of its own, so that two orders are never the same one.
    pub each_row: bool,
    /// Some order id stands in several entries, since its lines have several days or customers: count orders with
    /// [`Orders::distinct`] and [`Orders::distinct_by`], not entries.
    pub split: bool,
}

/// Money given back in a group of lines that holds nothing else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refund {
    /// Position of the customer, or [`NONE`]: nobody is named, or who is named has no order.
    pub customer: u32,
    /// Who is named, as a code into the labels of `Orders::ids`, with or without an order; [`NONE`] when nobody is.
    pub named: u32,
    pub day: i32,
    pub amount: i64,
    pub lines: u32,
    pub key: u32,
}

/// Equal when they say the same, wherever the ids are kept.
impl PartialEq for Orders {
    fn eq(&self, other: &Self) -> bool {
        let key = |o: &Orders, k: u32| (k != NONE).then(|| o.key_labels.get(k).into_owned());
        let who = |o: &Orders, r: &Refund| (r.named != NONE).then(|| o.ids.labels.get(r.named).into_owned());
        let refund = |o: &Orders, r: &Refund| (r.customer, who(o, r), r.day, r.amount, r.lines, key(o, r.key));
        self.ids == other.ids
            && self.starts == other.starts
            && self.day == other.day
            && (self.amount == other.amount && self.scale == other.scale && self.lines == other.lines)
            && self.each_row == other.each_row
            && self.keys.iter().map(|k| key(self, *k)).eq(other.keys.iter().map(|k| key(other, *k)))
            && self.refunds.iter().map(|r| refund(self, r)).eq(other.refunds.iter().map(|r| refund(other, r)))
    }
}

impl Orders {
    pub fn customers(&self) -> usize {
        self.ids.len()
    }
    /// The orders of customer `c`.
    pub fn of(&self, c: usize) -> Range<usize> {
        self.starts[c] as usize..self.starts[c + 1] as usize
    }
    /// How many orders there are, with and without a customer.
    pub fn len(&self) -> usize {
        self.day.len()
    }
    pub fn is_empty(&self) -> bool {
        self.day.is_empty()
    }
    /// How many orders have a customer: they are `0..named()`.
    pub fn named(&self) -> usize {
        self.starts.last().map_or(0, |s| *s as usize)
    }
    pub fn customer_id(&self, c: usize) -> Cow<'_, str> {
        self.ids.get(c)
    }
    pub fn has_money(&self) -> bool {
        !self.amount.is_empty()
    }
    /// Fixed point to money.
    pub fn value(&self, fixed: i64) -> f64 {
        fixed as f64 / 10f64.powi(self.scale as i32)
    }
    /// Value of one order; 0 when the table has no amount.
    pub fn money(&self, order: usize) -> f64 {
        self.amount.get(order).map_or(0.0, |v| self.value(*v))
    }
    /// The id of an order, if it has one of its own.
    pub fn order_id(&self, order: usize) -> Option<Cow<'_, str>> {
        self.keys.get(order).filter(|k| **k != NONE).map(|k| self.key_labels.get(*k))
    }
    /// Sum over orders and refunds, in fixed point.
    pub fn revenue(&self) -> i64 {
        self.amount.iter().sum::<i64>() + self.refunds.iter().map(|r| r.amount).sum::<i64>()
    }
    /// How many orders the entries are: an id counts once.
    pub fn distinct(&self, entries: impl Iterator<Item = usize>) -> usize {
        if !self.split {
            return entries.count();
        }
        let mut alone = 0;
        let mut keys: Vec<u32> = Vec::new();
        for key in entries.map(|o| self.keys[o]) {
            if key == NONE {
                alone += 1;
            } else {
                keys.push(key);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys.len() + alone
    }
    /// How many orders fall into each of `places`, an id once a place; `None` when counting entries is right.
    pub fn distinct_by(&self, places: usize, place: impl Fn(usize) -> usize) -> Option<Vec<usize>> {
        if !self.split {
            return None;
        }
        let mut out = vec![0; places];
        let mut found: Vec<(usize, u32)> = Vec::with_capacity(self.len());
        for o in 0..self.len() {
            match (place(o), self.keys[o]) {
                (at, _) if at >= places => {}
                (at, NONE) => out[at] += 1,
                (at, key) => found.push((at, key)),
            }
        }
        found.sort_unstable();
        found.dedup();
        found.iter().for_each(|(at, _)| out[*at] += 1);
        Some(out)
    }
    /// First and last day of an order or refund; `None` without an order.
    pub fn span(&self) -> Option<(i32, i32)> {
        let days = || self.day.iter().copied().chain(self.refunds.iter().map(|r| r.day));
        if self.is_empty() { None } else { days().min().zip(days().max()) }
    }
    /// The distinct days on which customer `c` ordered, ascending.
    pub fn purchase_days(&self, c: usize) -> impl Iterator<Item = i32> + '_ {
        let days = &self.day[self.of(c)];
        days.iter().enumerate().filter(move |(i, d)| *i == 0 || days[i - 1] != **d).map(|(_, d)| *d)
    }
    /// Refunds of customer `c`.
    pub fn refunds_of(&self, c: usize) -> &[Refund] {
        let from = self.refunds.partition_point(|r| (r.customer as usize) < c);
        let to = self.refunds.partition_point(|r| (r.customer as usize) <= c);
        &self.refunds[from..to]
    }
}

/// The rows behind the orders, in their order: what a product or a category is counted over.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Table rows; those of order `o` are `rows[starts[o]..starts[o + 1]]`; the groups behind the orders are the refunds.
    pub rows: Vec<u32>,
    pub starts: Vec<u32>,
    /// Money of each line, parallel to `rows`; empty without an amount.
    pub amount: Narrow,
}

impl Lines {
    pub fn of(&self, order: usize) -> Range<usize> {
        self.starts[order] as usize..self.starts[order + 1] as usize
    }
}

//! Columns by which money is split: coded in the order of the lines, gathered once.

use std::rc::Rc;

use arrow_buffer::BooleanBufferBuilder;

use super::ids::{Keys, Labels, NONE, sort_codes};
use super::{Facts, Narrow, Orders, Periods, Refund};
use crate::table::{Column, Mask};

/// Codes in the narrowest form.
#[derive(Clone, Debug)]
pub enum Codes {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Codes {
    fn gather(codes: &[u32], rows: &[u32], size: usize) -> Codes {
        let missing = size as u32;
        let one = |r: &u32| codes[*r as usize].min(missing);
        if size < 256 {
            Codes::One(rows.iter().map(|r| one(r) as u8).collect())
        } else if size < 65_536 {
            Codes::Two(rows.iter().map(|r| one(r) as u16).collect())
        } else {
            Codes::Four(rows.iter().map(one).collect())
        }
    }
    pub fn get(&self, i: usize) -> usize {
        match self {
            Codes::One(v) => usize::from(v[i]),
            Codes::Two(v) => usize::from(v[i]),
            Codes::Four(v) => v[i] as usize,
        }
    }
}

/// A column as a dimension: value `0..labels`, and `labels` itself for a missing cell.
#[derive(Clone, Debug)]
pub struct Dimension {
    pub name: String,
    pub labels: Labels,
    /// Per line, in the order of `Lines`.
    pub lines: Codes,
    /// Per order and refund, when all lines of each agree: what is true of an order as a whole (region, channel).
    pub orders: Option<Codes>,
}

impl Dimension {
    /// How many values there are, the missing one included.
    pub fn size(&self) -> usize {
        self.labels.len() + 1
    }
    pub fn label(&self, code: usize) -> Option<String> {
        (code < self.labels.len()).then(|| self.labels.get(code as u32).into_owned())
    }
    /// Codes in the contract's order of ids, the missing one last.
    pub fn sorted(&self) -> Vec<usize> {
        let mut codes: Vec<u32> = (0..self.labels.len() as u32).collect();
        sort_codes(&mut codes, &self.labels);
        codes.into_iter().map(|c| c as usize).chain([self.labels.len()]).collect()
    }
}

impl Facts {
    /// The column at position `at` of the table as a dimension; kept for the next question.
    pub fn dimension(&self, column: &Column, at: usize) -> Rc<Dimension> {
        if let Some(known) = self.dimensions.borrow().get(&at) {
            return known.clone();
        }
        let keys = Keys::of(column);
        let lines = Codes::gather(&keys.codes, &self.lines.rows, keys.labels.len());
        let groups = self.lines.starts.len().saturating_sub(1);
        let same = |g: usize| {
            let range = self.lines.of(g);
            let first = lines.get(range.start);
            range.skip(1).all(|l| lines.get(l) == first)
        };
        let orders = (0..groups).all(same).then(|| {
            let first: Vec<u32> = self.lines.starts[..groups].iter().map(|l| self.lines.rows[*l as usize]).collect();
            Codes::gather(&keys.codes, &first, keys.labels.len())
        });
        let dimension = Rc::new(Dimension { name: column.name.clone(), labels: keys.labels, lines, orders });
        self.dimensions.borrow_mut().insert(at, dimension.clone());
        dimension
    }
}

impl Facts {
    /// The rows of orders and refunds whose day lies in `from..=to`.
    pub fn within(&self, from: i32, to: i32, rows: usize) -> Mask {
        let mut bits = BooleanBufferBuilder::new(rows);
        bits.append_n(rows, false);
        let days = self.orders.day.iter().copied().chain(self.orders.refunds.iter().map(|r| r.day));
        for (group, _) in days.enumerate().filter(|(_, d)| (from..=to).contains(d)) {
            self.lines.of(group).for_each(|l| bits.set_bit(self.lines.rows[l] as usize, true));
        }
        bits.finish()
    }
}

/// What a cell of a cube holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Fixed point, refunds included.
    pub revenue: i64,
    /// Distinct orders.
    pub orders: u32,
    /// Distinct customers.
    pub customers: u32,
    /// Customers with at least two orders in the cell.
    pub repeat: u32,
}

#[derive(Clone, Copy)]
struct Seen {
    tally: Tally,
    order: u32,
    customer: u32,
    /// Orders of `customer` so far.
    run: u32,
}

const FRESH: Seen =
    Seen { tally: Tally { revenue: 0, orders: 0, customers: 0, repeat: 0 }, order: NONE, customer: NONE, run: 0 };

impl Seen {
    fn order(&mut self, order: u32, customer: u32) {
        if self.order == order {
            return;
        }
        self.order = order;
        self.tally.orders += 1;
        if customer == NONE {
            return;
        }
        if self.customer == customer {
            self.run += 1;
            self.tally.repeat += u32::from(self.run == 2);
        } else {
            self.customer = customer;
            self.run = 1;
            self.tally.customers += 1;
        }
    }
}

/// Counts every combination of values, or of values and periods: cell = value × periods + period.
///
/// Lines stand in the order of customers and orders, so the last order and the last customer seen in a cell say whether
/// this one is new: one sequential pass, no hash set.
pub fn cube(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>) -> Vec<Tally> {
    let values: usize = dimensions.iter().map(|d| d.size()).product();
    let width = periods.map_or(1, Periods::len);
    let mut cells = vec![FRESH; values * width];
    let orders = &facts.orders;
    let place = |day: i32| periods.map_or(0, |p| p.of(day));
    let by_order: Vec<&Codes> = dimensions.iter().filter_map(|d| d.orders.as_ref()).collect();
    // Where each dimension's code is added: its stride among the values.
    let mut stride = values;
    let strides: Vec<usize> = dimensions
        .iter()
        .map(|d| {
            stride /= d.size();
            stride
        })
        .collect();
    let whole = by_order.len() == dimensions.len();
    let base = |group: usize| -> usize {
        dimensions.iter().zip(&strides).filter_map(|(d, s)| Some(d.orders.as_ref()?.get(group) * s)).sum()
    };
    let loose: Vec<(&Dimension, usize)> =
        dimensions.iter().zip(&strides).filter(|(d, _)| d.orders.is_none()).map(|(d, s)| (d.as_ref(), *s)).collect();
    let visit = |o: usize, customer: u32| {
        let (from, at) = (base(o), place(orders.day[o]));
        if whole {
            let cell = &mut cells[from * width + at];
            cell.tally.revenue += orders.amount.get(o).copied().unwrap_or(0);
            cell.order(o as u32, customer);
            return;
        }
        let amounts = !facts.lines.amount.is_empty();
        let range = facts.lines.of(o);
        if let [(d, s)] = loose.as_slice() {
            for l in range {
                let cell = &mut cells[(from + d.lines.get(l) * s) * width + at];
                cell.tally.revenue += if amounts { facts.lines.amount.get(l) } else { 0 };
                cell.order(o as u32, customer);
            }
            return;
        }
        for l in range {
            let value = from + loose.iter().map(|(d, s)| d.lines.get(l) * s).sum::<usize>();
            let cell = &mut cells[value * width + at];
            cell.tally.revenue += if amounts { facts.lines.amount.get(l) } else { 0 };
            cell.order(o as u32, customer);
        }
    };
    each_order(orders, visit);
    for (i, refund) in orders.refunds.iter().enumerate() {
        let group = orders.len() + i;
        let (from, at) = (base(group), place(refund.day));
        for l in facts.lines.of(group) {
            let value = from + loose.iter().map(|(d, s)| d.lines.get(l) * s).sum::<usize>();
            cells[value * width + at].tally.revenue += facts.lines.amount.get(l);
        }
    }
    cells.into_iter().map(|c| c.tally).collect()
}

impl Facts {
    /// Revenue per value in fixed point, refunds included: one pass over the lines.
    pub fn revenue_by(&self, dimension: &Dimension) -> Vec<i64> {
        let mut out = vec![0i64; dimension.size()];
        match (&dimension.lines, &self.lines.amount) {
            (Codes::One(codes), Narrow::Four(v)) => add(&mut out, codes, v),
            (Codes::Two(codes), Narrow::Four(v)) => add(&mut out, codes, v),
            (codes, amount) => (0..amount.len()).for_each(|l| out[codes.get(l)] += amount.get(l)),
        }
        out
    }
}

fn add<C: Copy + Into<usize>>(out: &mut [i64], codes: &[C], amounts: &[i32]) {
    for (code, v) in codes.iter().zip(amounts) {
        out[(*code).into()] += i64::from(*v);
    }
}

/// Every order with its customer ([`NONE`] behind the last), in order.
pub fn each_order(orders: &Orders, mut f: impl FnMut(usize, u32)) {
    for c in 0..orders.customers() {
        for o in orders.of(c) {
            f(o, c as u32);
        }
    }
    for o in orders.named()..orders.len() {
        f(o, NONE);
    }
}

/// Sums of a per-row quantity by cell, as [`cube`] numbers them.
pub fn sums(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>, per_row: &[i64]) -> Vec<i64> {
    let values: usize = dimensions.iter().map(|d| d.size()).product();
    let width = periods.map_or(1, Periods::len);
    let mut out = vec![0i64; values * width];
    let orders = &facts.orders;
    let groups = facts.lines.starts.len().saturating_sub(1);
    for group in 0..groups {
        let day = orders.day.get(group).copied().or_else(|| refund_at(orders, group).map(|r| r.day)).unwrap_or(0);
        let at = periods.map_or(0, |p| p.of(day));
        for l in facts.lines.of(group) {
            let value = dimensions.iter().fold(0, |v, d| v * d.size() + d.lines.get(l));
            let q = per_row[facts.lines.rows[l] as usize];
            if q != super::money::MISSING {
                out[value * width + at] += q;
            }
        }
    }
    out
}

fn refund_at(orders: &Orders, group: usize) -> Option<&Refund> {
    orders.refunds.get(group.checked_sub(orders.len())?)
}

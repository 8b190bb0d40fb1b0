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
    /// Adds each code × `stride` to its place in `sums`.
    fn add_to(&self, sums: &mut [u32], stride: u32) {
        fn add<C: Copy + Into<u32>>(sums: &mut [u32], codes: &[C], stride: u32) {
            sums.iter_mut().zip(codes).for_each(|(s, c)| *s += (*c).into() * stride);
        }
        match self {
            Codes::One(v) => add(sums, v, stride),
            Codes::Two(v) => add(sums, v, stride),
            Codes::Four(v) => add(sums, v, stride),
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

/// Where lines fall in a cube: what each order adds as a whole, and what each line adds of its own.
struct Places<'a> {
    /// Codes per order or refund, with what they are multiplied by.
    whole: Vec<(&'a Codes, usize)>,
    /// Per line, from the dimensions whose value changes within an order; `None` when no dimension's does.
    lines: Option<Vec<u32>>,
    values: usize,
}

impl<'a> Places<'a> {
    fn of(facts: &Facts, dimensions: &'a [Rc<Dimension>]) -> Self {
        let values: usize = dimensions.iter().map(|d| d.size()).product();
        let (mut whole, mut lines, mut stride) = (Vec::new(), None, values);
        for d in dimensions {
            stride /= d.size();
            match &d.orders {
                Some(codes) => whole.push((codes, stride)),
                None => d.lines.add_to(lines.get_or_insert_with(|| vec![0; facts.lines.rows.len()]), stride as u32),
            }
        }
        Places { whole, lines, values }
    }
    fn group(&self, group: usize) -> usize {
        self.whole.iter().map(|(codes, stride)| codes.get(group) * stride).sum()
    }
}

/// Counts every combination of values, or of values and periods: cell = value × periods + period.
///
/// Lines stand in the order of customers and orders, so the last order and the last customer seen in a cell say whether
/// this one is new: one sequential pass, no hash set.
pub fn cube(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>) -> Vec<Tally> {
    match &facts.lines.amount {
        Narrow::Four(v) if v.is_empty() => count(facts, dimensions, periods, |_| 0),
        Narrow::Four(v) => count(facts, dimensions, periods, |l| i64::from(v[l])),
        Narrow::Eight(v) => count(facts, dimensions, periods, |l| v[l]),
    }
}

fn count(
    facts: &Facts,
    dimensions: &[Rc<Dimension>],
    periods: Option<&Periods>,
    amount: impl Fn(usize) -> i64,
) -> Vec<Tally> {
    let places = Places::of(facts, dimensions);
    let width = periods.map_or(1, Periods::len);
    let mut cells = vec![FRESH; places.values * width];
    let orders = &facts.orders;
    let place = |day: i32| periods.map_or(0, |p| p.of(day));
    let mut ids = orders.split.then(OrderIds::default);
    each_order(orders, |o, customer| {
        let (from, at) = (places.group(o), place(orders.day[o]));
        let mut add = |cell: usize, money: i64| {
            let seen = &mut cells[cell];
            seen.tally.revenue += money;
            seen.order(o as u32, customer);
            if let Some(ids) = &mut ids {
                ids.add(cell, customer, orders.keys[o], o);
            }
        };
        match &places.lines {
            None => add(from * width + at, orders.amount.get(o).copied().unwrap_or(0)),
            Some(values) => facts.lines.of(o).for_each(|l| add((from + values[l] as usize) * width + at, amount(l))),
        }
    });
    for (i, refund) in orders.refunds.iter().enumerate() {
        let group = orders.len() + i;
        let (from, at) = (places.group(group), place(refund.day));
        for l in facts.lines.of(group) {
            let value = from + places.lines.as_ref().map_or(0, |v| v[l] as usize);
            cells[value * width + at].tally.revenue += amount(l);
        }
    }
    let mut tallies: Vec<Tally> = cells.into_iter().map(|c| c.tally).collect();
    if let Some(ids) = ids {
        ids.correct(&mut tallies);
    }
    tallies
}

/// Order ids by cell, kept only where an id stands in several entries (its lines have several days or customers): such an
/// order counts once a cell.
#[derive(Default)]
struct OrderIds {
    /// Cell, customer, order: the id's code, or beyond all codes the number of an entry without one.
    found: Vec<(u32, u32, u64)>,
}

impl OrderIds {
    fn add(&mut self, cell: usize, customer: u32, key: u32, entry: usize) {
        let order = if key == NONE { (1 << 32) | entry as u64 } else { u64::from(key) };
        self.found.push((cell as u32, customer, order));
    }
    fn correct(mut self, tallies: &mut [Tally]) {
        self.found.sort_unstable();
        self.found.dedup();
        for tally in tallies.iter_mut() {
            (tally.orders, tally.repeat) = (0, 0);
        }
        for person in self.found.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            tallies[person[0].0 as usize].repeat += u32::from(person[0].1 != NONE && person.len() > 1);
        }
        // An id that several customers share is one order of the cell.
        self.found.iter_mut().for_each(|f| f.1 = 0);
        self.found.sort_unstable();
        self.found.dedup();
        self.found.iter().for_each(|f| tallies[f.0 as usize].orders += 1);
    }
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
    let places = Places::of(facts, dimensions);
    let width = periods.map_or(1, Periods::len);
    let mut out = vec![0i64; places.values * width];
    let orders = &facts.orders;
    for group in 0..facts.lines.starts.len().saturating_sub(1) {
        let day = orders.day.get(group).copied().or_else(|| refund_at(orders, group).map(|r| r.day)).unwrap_or(0);
        let (from, at) = (places.group(group), periods.map_or(0, |p| p.of(day)));
        for l in facts.lines.of(group) {
            let q = per_row[facts.lines.rows[l] as usize];
            if q != super::money::MISSING {
                out[(from + places.lines.as_ref().map_or(0, |v| v[l] as usize)) * width + at] += q;
            }
        }
    }
    out
}

fn refund_at(orders: &Orders, group: usize) -> Option<&Refund> {
    orders.refunds.get(group.checked_sub(orders.len())?)
}

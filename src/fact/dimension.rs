//! Columns by which money is split: coded in the order of the lines, gathered once.

use std::rc::Rc;

use arrow_buffer::BooleanBufferBuilder;

use super::ids::{Keys, Labels, NONE, sort_codes};
use super::money::MISSING;
use super::{Facts, Money, Narrow, Orders, Periods};
use crate::error::Result;
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

/// A column of numbers in the order of the lines, as whole numbers: what is summed beside the money.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Per line; 0 where the cell is missing.
    pub lines: Narrow,
    /// Value = `lines` × 10^−`scale`.
    pub scale: u32,
}

impl Facts {
    /// The column at position `at` of the table as a measure; kept for the next question.
    pub fn measure(&self, column: &Column, at: usize) -> Result<Rc<Measure>> {
        if let Some(known) = self.measures.borrow().get(&at) {
            return Ok(known.clone());
        }
        let Money { mut values, scale } = Money::of(column)?;
        values.iter_mut().filter(|v| **v == MISSING).for_each(|v| *v = 0);
        let measure = Rc::new(Measure { lines: Narrow::gather(&values, &self.lines.rows), scale });
        self.measures.borrow_mut().insert(at, measure.clone());
        Ok(measure)
    }

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
    /// Counts an order and its customer; whether the order is new here.
    fn order(&mut self, order: u32, customer: u32) -> bool {
        if self.order == order {
            return false;
        }
        self.order = order;
        self.tally.orders += 1;
        if customer == NONE {
            return true;
        }
        if self.customer == customer {
            self.run += 1;
            self.tally.repeat += u32::from(self.run == 2);
        } else {
            self.customer = customer;
            self.run = 1;
            self.tally.customers += 1;
        }
        true
    }
}

/// Where lines fall in a cube: codes with what they are multiplied by.
struct Places<'a> {
    /// Of dimensions that are true of an order or refund as a whole, one code each.
    whole: Vec<(&'a Codes, usize)>,
    /// Of dimensions whose value changes within an order, one code per line.
    lines: Vec<(&'a Codes, usize)>,
    values: usize,
}

impl<'a> Places<'a> {
    fn of(dimensions: &'a [Rc<Dimension>]) -> Self {
        let values: usize = dimensions.iter().map(|d| d.size()).product();
        let (mut whole, mut lines, mut stride) = (Vec::new(), Vec::new(), values);
        for d in dimensions {
            stride /= d.size();
            match &d.orders {
                Some(codes) => whole.push((codes, stride)),
                None => lines.push((&d.lines, stride)),
            }
        }
        Places { whole, lines, values }
    }
    fn group(&self, group: usize) -> usize {
        self.whole.iter().map(|(codes, stride)| codes.get(group) * stride).sum()
    }
    fn line(&self, line: usize) -> usize {
        match self.lines.as_slice() {
            [(codes, stride)] => codes.get(line) * stride,
            list => list.iter().map(|(codes, stride)| codes.get(line) * stride).sum(),
        }
    }
}

/// Combinations of values, counted: cell = value × periods + period.
#[derive(Debug, Default)]
pub struct Cube {
    pub cells: Vec<Tally>,
    /// Each value over all periods; empty when it was not asked for.
    pub values: Vec<Tally>,
    /// The measure summed by cell; empty when there is none.
    pub sums: Vec<i64>,
}

/// Counts every combination of values, or of values and periods.
pub fn cube(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>) -> Vec<Tally> {
    count(facts, dimensions, periods, None, false).cells
}

/// [`cube`], with a measure summed and the values over all periods counted on the way.
///
/// Lines stand in the order of customers and orders, so the last order and the last customer seen in a cell say whether
/// this one is new: one sequential pass, no hash set. An entry of `Orders` lies on one day, so an order that is new to a
/// cell is new to the cell's value.
pub fn count(
    facts: &Facts,
    dimensions: &[Rc<Dimension>],
    periods: Option<&Periods>,
    measure: Option<&Narrow>,
    by_value: bool,
) -> Cube {
    let places = Places::of(dimensions);
    let width = periods.map_or(1, Periods::len);
    let mut cells = vec![FRESH; places.values * width];
    let mut values = vec![FRESH; if by_value { places.values } else { 0 }];
    let mut sums = vec![0i64; measure.map_or(0, |_| cells.len())];
    let (orders, lines) = (&facts.orders, &facts.lines);
    let place = |day: i32| periods.map_or(0, |p| p.of(day));
    let mut ids = orders.split.then(<(OrderIds, OrderIds)>::default);
    each_order(orders, |o, customer| {
        let (from, at) = (places.group(o), place(orders.day[o]));
        let mut add = |value: usize, money: i64| {
            let seen = &mut cells[value * width + at];
            seen.tally.revenue += money;
            if seen.order(o as u32, customer) && by_value {
                values[value].order(o as u32, customer);
            }
            if let Some((by_cell, by_value)) = &mut ids {
                by_cell.add(value * width + at, customer, orders.keys[o], o);
                by_value.add(value, customer, orders.keys[o], o);
            }
        };
        if places.lines.is_empty() {
            add(from, orders.amount.get(o).copied().unwrap_or(0));
        } else {
            lines.of(o).for_each(|l| add(from + places.line(l), lines.amount.at(l)));
        }
    });
    for (i, refund) in orders.refunds.iter().enumerate() {
        let group = orders.len() + i;
        let (from, at) = (places.group(group), place(refund.day));
        for l in lines.of(group) {
            cells[(from + places.line(l)) * width + at].tally.revenue += lines.amount.at(l);
        }
    }
    if let Some(measure) = measure {
        sum_into(&mut sums, facts, &places, periods, measure);
    }
    let mut cells: Vec<Tally> = cells.into_iter().map(|c| c.tally).collect();
    let mut values: Vec<Tally> = values.into_iter().map(|c| c.tally).collect();
    for (value, own) in values.iter_mut().zip(cells.chunks_exact(width)) {
        value.revenue = own.iter().map(|c| c.revenue).sum();
    }
    if let Some((by_cell, by_value)) = ids {
        by_cell.correct(&mut cells);
        if !values.is_empty() {
            by_value.correct(&mut values);
        }
    }
    Cube { cells, values, sums }
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

/// Sums of a measure by cell, as [`cube`] numbers them.
pub fn sums(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>, measure: &Narrow) -> Vec<i64> {
    let places = Places::of(dimensions);
    let mut out = vec![0i64; places.values * periods.map_or(1, Periods::len)];
    sum_into(&mut out, facts, &places, periods, measure);
    out
}

fn sum_into(out: &mut [i64], facts: &Facts, places: &Places<'_>, periods: Option<&Periods>, measure: &Narrow) {
    let (orders, width) = (&facts.orders, periods.map_or(1, Periods::len));
    let days = orders.day.iter().copied().chain(orders.refunds.iter().map(|r| r.day));
    for (group, day) in days.enumerate() {
        let (from, at) = (places.group(group), periods.map_or(0, |p| p.of(day)));
        if places.lines.is_empty() {
            out[from * width + at] += facts.lines.of(group).map(|l| measure.at(l)).sum::<i64>();
        } else {
            facts.lines.of(group).for_each(|l| out[(from + places.line(l)) * width + at] += measure.at(l));
        }
    }
}

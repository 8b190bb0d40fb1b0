//! Columns by which money is split: coded in the order of the lines, gathered once.

use std::ops::Range;
use std::rc::Rc;

use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};

use super::ids::{Keys, Labels, NONE, sort_codes};
use super::{Facts, Lines, Money, Narrow, Orders, Periods, money};
use crate::error::Result;
use crate::num::blocks::{BLOCK, blocks};
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
        if size < 256 {
            Codes::One(gather(codes, rows, missing, |c| c as u8))
        } else if size < 65_536 {
            Codes::Two(gather(codes, rows, missing, |c| c as u16))
        } else {
            Codes::Four(gather(codes, rows, missing, |c| c))
        }
    }
    fn at(&self, places: &[u32]) -> Codes {
        match self {
            Codes::One(v) => Codes::One(money::gather(v, places)),
            Codes::Two(v) => Codes::Two(money::gather(v, places)),
            Codes::Four(v) => Codes::Four(money::gather(v, places)),
        }
    }
    /// Adds code × `stride` of every place in the range to `out`.
    fn add_to(&self, range: Range<usize>, stride: usize, out: &mut [u32]) {
        match self {
            Codes::One(v) => add_codes(&v[range], stride, out),
            Codes::Two(v) => add_codes(&v[range], stride, out),
            Codes::Four(v) => add_codes(&v[range], stride, out),
        }
    }
    /// A bit for each code: whether it passes.
    pub(super) fn mask(&self, pass: &[bool]) -> Mask {
        let mut out = BooleanBufferBuilder::new(self.len());
        for some in blocks(self.len()) {
            match self {
                Codes::One(v) => bits(&v[some], pass, &mut out),
                Codes::Two(v) => bits(&v[some], pass, &mut out),
                Codes::Four(v) => bits(&v[some], pass, &mut out),
            }
        }
        out.finish()
    }
    fn len(&self) -> usize {
        match self {
            Codes::One(v) => v.len(),
            Codes::Two(v) => v.len(),
            Codes::Four(v) => v.len(),
        }
    }
    /// Whether the lines of every group have one code.
    fn agree(&self, starts: &[u32]) -> bool {
        blocks(starts.len().saturating_sub(1)).all(|groups| {
            let starts = &starts[groups.start..=groups.end];
            match self {
                Codes::One(v) => agree(v, starts),
                Codes::Two(v) => agree(v, starts),
                Codes::Four(v) => agree(v, starts),
            }
        })
    }
    pub fn get(&self, i: usize) -> usize {
        match self {
            Codes::One(v) => usize::from(v[i]),
            Codes::Two(v) => usize::from(v[i]),
            Codes::Four(v) => v[i] as usize,
        }
    }
}

/// Made narrow first: what is read here and there should lie close together.
fn gather<T: Copy>(codes: &[u32], rows: &[u32], missing: u32, narrow: impl Fn(u32) -> T) -> Vec<T> {
    let mut close = Vec::with_capacity(codes.len());
    codes.chunks(BLOCK).for_each(|codes| narrow_some(codes, missing, &narrow, &mut close));
    money::gather(&close, rows)
}

#[inline(never)]
fn narrow_some<T>(codes: &[u32], missing: u32, narrow: &impl Fn(u32) -> T, out: &mut Vec<T>) {
    out.extend(codes.iter().map(|c| narrow((*c).min(missing))));
}

#[inline(never)]
fn add_codes<C: Copy + Into<u32>>(codes: &[C], stride: usize, out: &mut [u32]) {
    for (sum, code) in out.iter_mut().zip(codes) {
        *sum += (*code).into() * stride as u32;
    }
}

#[inline(never)]
fn bits<C: Copy + TryInto<usize>>(codes: &[C], pass: &[bool], out: &mut BooleanBufferBuilder) {
    let passes = |code: C| code.try_into().ok().and_then(|c: usize| pass.get(c)).copied().unwrap_or(false);
    out.append_buffer(&BooleanBuffer::collect_bool(codes.len(), |i| passes(codes[i])));
}

#[inline(never)]
fn agree<C: PartialEq>(codes: &[C], starts: &[u32]) -> bool {
    starts.windows(2).all(|w| codes[w[0] as usize..w[1] as usize].windows(2).all(|pair| pair[0] == pair[1]))
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
        let orders = lines.agree(&self.lines.starts).then(|| lines.at(&self.lines.starts[..groups]));
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
        let Money { values, scale } = Money::of(column)?;
        let measure = Rc::new(Measure { lines: Narrow::of(values).gather(&self.lines.rows), scale });
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
    /// The measure so far.
    sum: i64,
    order: u32,
    customer: u32,
    /// Orders of `customer` so far.
    run: u32,
}

const FRESH: Seen = Seen {
    tally: Tally { revenue: 0, orders: 0, customers: 0, repeat: 0 },
    sum: 0,
    order: NONE,
    customer: NONE,
    run: 0,
};

impl Seen {
    /// Counts an order and its customer, where they are new. Without branches: whether they are is anyone's guess.
    #[inline(always)]
    fn order(&mut self, order: u32, customer: u32) {
        let new = u32::from(self.order != order);
        let again = u32::from(self.customer == customer);
        let named = u32::from(customer != NONE);
        self.order = order;
        self.customer = customer;
        self.run = self.run * again + new;
        self.tally.orders += new;
        self.tally.customers += new & named & (1 - again);
        self.tally.repeat += new & named & u32::from(self.run == 2);
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
}

/// Where a block of groups, and their lines, fall.
#[derive(Default)]
struct Block {
    /// By group: the part of the value that is true of all its lines, and the position of its period.
    value: Vec<u32>,
    at: Vec<u32>,
    /// By line from `first`: what it adds to the value; empty when no dimension changes within an order.
    line: Vec<u32>,
    first: usize,
}

impl Block {
    fn fill(
        &mut self,
        places: &Places<'_>,
        groups: Range<usize>,
        days: &[i32],
        periods: Option<&Periods>,
        lines: &Lines,
    ) {
        reset(&mut self.value, groups.len());
        reset(&mut self.at, groups.len());
        places.whole.iter().for_each(|(codes, stride)| codes.add_to(groups.clone(), *stride, &mut self.value));
        if let Some(periods) = periods {
            periods.place(days, &mut self.at);
        }
        let (from, to) = (lines.starts[groups.start] as usize, lines.starts[groups.end] as usize);
        self.first = from;
        self.line.clear();
        if !places.lines.is_empty() {
            reset(&mut self.line, to - from);
            places.lines.iter().for_each(|(codes, stride)| codes.add_to(from..to, *stride, &mut self.line));
        }
    }
}

fn reset(list: &mut Vec<u32>, n: usize) {
    list.clear();
    list.resize(n, 0);
}

/// Combinations of values, counted: cell = value × periods + period.
#[derive(Debug, Default)]
pub struct Cube {
    pub cells: Vec<Tally>,
    /// The measure summed by cell; empty when there is none.
    pub sums: Vec<i64>,
}

/// Counts every combination of values, or of values and periods.
pub fn cube(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>) -> Vec<Tally> {
    match dimensions {
        [one] if periods.is_none() && one.size() <= FEW && !facts.orders.split => few(facts, one),
        _ => count(facts, dimensions, periods, None).cells,
    }
}

/// [`cube`], with a measure summed on the way.
///
/// Lines stand in the order of customers and orders, so the last order and the last customer seen in a cell say whether
/// this one is new: one sequential pass, no hash set.
pub fn count(facts: &Facts, dimensions: &[Rc<Dimension>], periods: Option<&Periods>, measure: Option<&Narrow>) -> Cube {
    let places = Places::of(dimensions);
    let width = periods.map_or(1, Periods::len);
    let mut counting = Counting {
        facts,
        periods,
        places: &places,
        width,
        measured: measure.is_some(),
        cells: vec![FRESH; places.values * width],
        ids: facts.orders.split.then(Default::default),
        customer: 0,
    };
    // Nearly always both are short, and then no line asks which.
    match (&facts.lines.amount, measure) {
        (Narrow::Four(money), None) => counting.all(&|l| (short(money, l), 0)),
        (Narrow::Four(money), Some(Narrow::Four(measure))) => counting.all(&|l| (short(money, l), short(measure, l))),
        (money, measure) => counting.all(&|l| (money.at(l), measure.map_or(0, |m| m.at(l)))),
    }
    let Counting { cells, ids, .. } = counting;
    let sums = if measure.is_some() { cells.iter().map(|c| c.sum).collect() } else { Vec::new() };
    let mut cells: Vec<Tally> = cells.into_iter().map(|c| c.tally).collect();
    if let Some(ids) = ids {
        ids.correct(&mut cells);
    }
    Cube { cells, sums }
}
/// Nothing in a table without an amount.
fn short(values: &[i32], line: usize) -> i64 {
    values.get(line).map_or(0, |v| i64::from(*v))
}

/// A cube in the making.
struct Counting<'a> {
    facts: &'a Facts,
    periods: Option<&'a Periods>,
    places: &'a Places<'a>,
    width: usize,
    measured: bool,
    cells: Vec<Seen>,
    ids: Option<OrderIds>,
    /// Whose orders come next.
    customer: usize,
}

impl Counting<'_> {
    /// `line`: money and measure of a line.
    fn all(&mut self, line: &impl Fn(usize) -> (i64, i64)) {
        let (orders, lines) = (&self.facts.orders, &self.facts.lines);
        let mut block = Block::default();
        for range in blocks(orders.len()) {
            block.fill(self.places, range.clone(), &orders.day[range.clone()], self.periods, lines);
            self.orders(range, &block, line);
        }
        let days: Vec<i32> = orders.refunds.iter().map(|r| r.day).collect();
        for range in blocks(days.len()) {
            let groups = orders.len() + range.start..orders.len() + range.end;
            block.fill(self.places, groups.clone(), &days[range], self.periods, lines);
            self.refunds(groups, &block, line);
        }
    }

    #[inline(never)]
    fn orders(&mut self, range: Range<usize>, block: &Block, line: &impl Fn(usize) -> (i64, i64)) {
        let (orders, lines) = (&self.facts.orders, &self.facts.lines);
        let customers = orders.customers();
        for (i, o) in range.enumerate() {
            while self.customer < customers && orders.starts[self.customer + 1] as usize <= o {
                self.customer += 1;
            }
            let customer = if self.customer < customers { self.customer as u32 } else { NONE };
            let (from, at) = (block.value[i] as usize, block.at[i] as usize);
            if block.line.is_empty() {
                let money = orders.amount.get(o).copied().unwrap_or(0);
                let measure = if self.measured { lines.of(o).map(|l| line(l).1).sum() } else { 0 };
                self.add(o, customer, from * self.width + at, (money, measure));
            } else {
                for l in lines.of(o) {
                    let value = from + block.line[l - block.first] as usize;
                    self.add(o, customer, value * self.width + at, line(l));
                }
            }
        }
    }

    #[inline(always)]
    fn add(&mut self, order: usize, customer: u32, cell: usize, (money, measure): (i64, i64)) {
        let seen = &mut self.cells[cell];
        seen.tally.revenue += money;
        seen.sum += measure;
        seen.order(order as u32, customer);
        if let Some(ids) = &mut self.ids {
            ids.add(cell, customer, self.facts.orders.keys[order], order);
        }
    }

    #[inline(never)]
    fn refunds(&mut self, groups: Range<usize>, block: &Block, line: &impl Fn(usize) -> (i64, i64)) {
        for (i, group) in groups.enumerate() {
            for l in self.facts.lines.of(group) {
                let value = block.value[i] + block.line.get(l - block.first).copied().unwrap_or(0);
                let seen = &mut self.cells[value as usize * self.width + block.at[i] as usize];
                let (money, measure) = line(l);
                seen.tally.revenue += money;
                seen.sum += measure;
            }
        }
    }
}

/// Values that a word holds a bit for.
const FEW: usize = 64;

/// [`cube`] of one dimension of few values, where an order id stands in one entry: the values of an order, and of a
/// customer, are bits of a word.
fn few(facts: &Facts, dimension: &Dimension) -> Vec<Tally> {
    let orders = &facts.orders;
    let revenue = facts.revenue_by(dimension);
    let mut cells: Vec<Tally> = revenue.into_iter().map(|revenue| Tally { revenue, ..Tally::default() }).collect();
    let mut bits = Vec::new();
    for customers in blocks(orders.customers()) {
        let entries = orders.starts[customers.start] as usize..orders.starts[customers.end] as usize;
        dimension.bits(entries, &facts.lines, &mut bits);
        count_bits(customers, &bits, &orders.starts, &mut cells);
    }
    for entries in blocks(orders.len() - orders.named()) {
        dimension.bits(orders.named() + entries.start..orders.named() + entries.end, &facts.lines, &mut bits);
        bits.iter().for_each(|b| each_bit(*b, |v| cells[v].orders += 1));
    }
    cells
}

/// The orders of some customers, those of the first from `bits[0]`.
#[inline(never)]
fn count_bits(customers: Range<usize>, bits: &[u64], starts: &[u32], cells: &mut [Tally]) {
    let first = starts[customers.start] as usize;
    for c in customers {
        let (mut once, mut twice) = (0, 0);
        for &order in &bits[starts[c] as usize - first..starts[c + 1] as usize - first] {
            each_bit(order, |v| cells[v].orders += 1);
            twice |= once & order;
            once |= order;
        }
        each_bit(once, |v| cells[v].customers += 1);
        each_bit(twice, |v| cells[v].repeat += 1);
    }
}

fn each_bit(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

impl Dimension {
    /// A word for each of some entries of `Orders`: bit `v` where a line has value `v`. For at most 64 values.
    fn bits(&self, entries: Range<usize>, lines: &Lines, out: &mut Vec<u64>) {
        out.clear();
        match (&self.orders, &self.lines) {
            (Some(codes), _) => out.extend(entries.map(|o| 1 << codes.get(o))),
            (None, Codes::One(codes)) => line_bits(codes, &lines.starts[entries.start..=entries.end], out),
            (None, codes) => out.extend(entries.map(|o| lines.of(o).fold(0, |word, l| word | 1 << codes.get(l)))),
        }
    }
}

#[inline(never)]
fn line_bits(codes: &[u8], starts: &[u32], out: &mut Vec<u64>) {
    let word = |w: &[u32]| codes[w[0] as usize..w[1] as usize].iter().fold(0, |word, c| word | 1 << (c % 64));
    out.extend(starts.windows(2).map(word));
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
    /// Revenue per value in fixed point, refunds included: one pass over the lines, or over the orders where a value is true of them
    /// as a whole.
    pub fn revenue_by(&self, dimension: &Dimension) -> Vec<i64> {
        let mut out = vec![0i64; dimension.size()];
        if let (Some(codes), true) = (&dimension.orders, self.orders.has_money()) {
            let refunds = self.orders.refunds.iter().map(|r| r.amount);
            let amounts = self.orders.amount.iter().copied().chain(refunds);
            amounts.enumerate().for_each(|(group, v)| out[codes.get(group)] += v);
            return out;
        }
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
    sums_in(facts, &Places::of(dimensions), periods, measure)
}

fn sums_in(facts: &Facts, places: &Places<'_>, periods: Option<&Periods>, measure: &Narrow) -> Vec<i64> {
    let (orders, width) = (&facts.orders, periods.map_or(1, Periods::len));
    let mut out = vec![0i64; places.values * width];
    let days: Vec<i32> = orders.day.iter().copied().chain(orders.refunds.iter().map(|r| r.day)).collect();
    let mut block = Block::default();
    for groups in blocks(days.len()) {
        block.fill(places, groups.clone(), &days[groups.clone()], periods, &facts.lines);
        sum_block(groups, &block, &facts.lines, measure, width, &mut out);
    }
    out
}

#[inline(never)]
fn sum_block(groups: Range<usize>, block: &Block, lines: &Lines, measure: &Narrow, width: usize, out: &mut [i64]) {
    for (i, group) in groups.enumerate() {
        let (from, at) = (block.value[i] as usize, block.at[i] as usize);
        if block.line.is_empty() {
            out[from * width + at] += lines.of(group).map(|l| measure.at(l)).sum::<i64>();
        } else {
            for l in lines.of(group) {
                out[(from + block.line[l - block.first] as usize) * width + at] += measure.at(l);
            }
        }
    }
}

//! Narrowing facts to a filter without going back to the table.

use std::ops::Range;

use crate::num::blocks::blocks;
use crate::table::Mask;

use super::assemble::{name_of, sort_by_two, tie_key};
use super::cache::{Dropped, Facts};
use super::ids::{Ids, NONE};
use super::money::gather;
use super::{Lines, Orders, Refund};

/// What is left of a group of lines.
#[derive(Clone, Copy)]
struct Part {
    /// Its number among orders and refunds before.
    from: u32,
    /// Customer before, [`NONE`] if unnamed.
    customer: u32,
    /// Code of who is named, as in [`Refund::named`].
    named: u32,
    day: i32,
    amount: i64,
    lines: u32,
}

/// The groups of lines that a mask leaves.
struct Left<'a> {
    facts: &'a Facts,
    mask: &'a Mask,
    orders: Vec<Part>,
    /// Refunds, and orders of which only negative lines are left.
    back: Vec<Part>,
    /// Whose orders come next.
    customer: usize,
}

impl<'a> Left<'a> {
    fn of(facts: &'a Facts, mask: &'a Mask) -> Self {
        let mut left = Left { facts, mask, orders: Vec::new(), back: Vec::new(), customer: 0 };
        blocks(facts.orders.len()).for_each(|orders| left.look(orders));
        for (i, r) in facts.orders.refunds.iter().enumerate() {
            let part = Part { from: 0, customer: r.customer, named: r.named, day: r.day, amount: r.amount, lines: 0 };
            left.keep(facts.orders.len() + i, part, false);
        }
        left
    }

    #[inline(never)]
    fn look(&mut self, range: Range<usize>) {
        let orders = &self.facts.orders;
        let customers = orders.customers();
        for o in range {
            while self.customer < customers && orders.starts[self.customer + 1] as usize <= o {
                self.customer += 1;
            }
            let (customer, named) = match orders.ids.codes.get(self.customer) {
                Some(&code) => (self.customer as u32, code),
                None => (NONE, NONE),
            };
            let amount = orders.amount.get(o).copied().unwrap_or(0);
            self.keep(o, Part { from: 0, customer, named, day: orders.day[o], amount, lines: 0 }, true);
        }
    }

    /// Group `from`, which as a whole is `part`, if the mask leaves something of it.
    #[inline(always)]
    fn keep(&mut self, from: usize, part: Part, is_order: bool) {
        let lines = &self.facts.lines;
        let range = lines.of(from);
        let n = lines.rows[range.clone()].iter().map(|r| usize::from(self.mask.value(*r as usize))).sum::<usize>();
        if n == 0 {
            return;
        }
        let mut part = Part { from: from as u32, lines: n as u32, ..part };
        let mut order = is_order;
        if n < range.len() && self.facts.orders.has_money() {
            (part.amount, order) = self.rest(range, is_order);
        }
        if order { self.orders.push(part) } else { self.back.push(part) }
    }

    /// The money of the lines that are left of a group, and whether they still are an order.
    #[inline(never)]
    fn rest(&self, range: Range<usize>, is_order: bool) -> (i64, bool) {
        let lines = &self.facts.lines;
        let left = || range.clone().filter(|l| self.mask.value(lines.rows[*l] as usize)).map(|l| lines.amount.get(l));
        (left().sum(), is_order && left().any(|amount| amount >= 0))
    }

    /// The orders that are left, and by how many customers; refunds in their new order.
    fn into_orders(mut self) -> (Orders, Vec<Part>, Vec<Part>) {
        let orders = &self.facts.orders;
        let key = |p: &Part| key_of(orders, p.from);
        // Renumber the customers that still have an order.
        let mut rank = vec![NONE; orders.customers()];
        let mut codes = Vec::new();
        let mut starts = vec![0u32];
        for part in self.orders.iter().filter(|p| p.customer != NONE) {
            let slot = &mut rank[part.customer as usize];
            if *slot == NONE {
                *slot = codes.len() as u32;
                codes.push(part.named);
                starts.push(starts[starts.len() - 1]);
            }
            if let Some(end) = starts.last_mut() {
                *end += 1;
            }
        }
        for part in &mut self.back {
            if part.customer != NONE {
                part.customer = rank[part.customer as usize];
            }
        }
        resort(&mut self.back, codes.len(), orders);
        let new = Orders {
            ids: Ids { codes, labels: orders.ids.labels.clone() },
            starts,
            day: self.orders.iter().map(|p| p.day).collect(),
            amount: if orders.has_money() { self.orders.iter().map(|p| p.amount).collect() } else { Vec::new() },
            scale: orders.scale,
            lines: self.orders.iter().map(|p| p.lines).collect(),
            keys: self.orders.iter().map(key).collect(),
            key_labels: orders.key_labels.clone(),
            refunds: refunds(&self.back, orders),
            each_row: orders.each_row,
            split: orders.split,
        };
        (new, self.orders, self.back)
    }
}

/// The orders of the rows that `mask` keeps, without their lines: a third of the work of [`filter`].
pub fn orders(facts: &Facts, mask: &Mask) -> Orders {
    Left::of(facts, mask).into_orders().0
}

/// The orders, and behind them the refunds, that `kept` has: what [`orders`] makes of a mask that keeps or drops all lines of each.
pub fn whole_orders(facts: &Facts, kept: &Mask) -> Orders {
    let orders = &facts.orders;
    let mut whole = Whole { places: vec![0; orders.len()], starts: vec![0], ..Whole::default() };
    blocks(orders.customers()).for_each(|customers| whole.add(customers, kept, orders));
    blocks(orders.len() - orders.named())
        .for_each(|some| whole.keep(orders.named() + some.start..orders.named() + some.end, kept));
    let Whole { mut places, n, rank, codes, starts } = whole;
    places.truncate(n);
    let part = |(i, r): (usize, &Refund)| {
        let customer = if r.customer == NONE { NONE } else { rank[r.customer as usize] };
        let from = (orders.len() + i) as u32;
        Part { from, customer, named: r.named, day: r.day, amount: r.amount, lines: r.lines }
    };
    let all = orders.refunds.iter().enumerate();
    let mut back: Vec<Part> = all.filter(|(i, _)| kept.value(orders.len() + i)).map(part).collect();
    resort(&mut back, codes.len(), orders);
    Orders {
        ids: Ids { codes, labels: orders.ids.labels.clone() },
        starts,
        day: gather(&orders.day, &places),
        amount: if orders.has_money() { gather(&orders.amount, &places) } else { Vec::new() },
        scale: orders.scale,
        lines: gather(&orders.lines, &places),
        keys: gather(&orders.keys, &places),
        key_labels: orders.key_labels.clone(),
        refunds: refunds(&back, orders),
        each_row: orders.each_row,
        split: orders.split,
    }
}

/// Which orders are kept, customer by customer.
#[derive(Default)]
struct Whole {
    /// The first `n` are the orders kept so far.
    places: Vec<u32>,
    n: usize,
    /// By customer before: the customer now, or [`NONE`].
    rank: Vec<u32>,
    codes: Vec<u32>,
    starts: Vec<u32>,
}

impl Whole {
    #[inline(never)]
    fn add(&mut self, customers: Range<usize>, kept: &Mask, orders: &Orders) {
        for c in customers {
            let before = self.n;
            self.keep(orders.of(c), kept);
            let some = self.n > before;
            self.rank.push(if some { self.codes.len() as u32 } else { NONE });
            if some {
                self.codes.push(orders.ids.codes[c]);
                self.starts.push(self.n as u32);
            }
        }
    }

    /// Without branches: whether an order is kept is anyone's guess.
    #[inline]
    fn keep(&mut self, orders: Range<usize>, kept: &Mask) {
        for o in orders {
            self.places[self.n] = o as u32;
            self.n += usize::from(kept.value(o));
        }
    }
}

/// The facts of the rows that `mask` keeps: the same as building them from those rows.
pub fn filter(facts: &Facts, mask: &Mask) -> Facts {
    let (new, kept, back) = Left::of(facts, mask).into_orders();
    let lines = &facts.lines;
    let groups = || kept.iter().chain(&back);
    let total: usize = groups().map(|p| p.lines as usize).sum();
    let mut rows = Vec::with_capacity(total);
    let mut from = Vec::with_capacity(total);
    let mut line_starts = Vec::with_capacity(kept.len() + back.len() + 1);
    for part in groups() {
        line_starts.push(rows.len() as u32);
        let range = lines.of(part.from as usize);
        let whole = range.len() == part.lines as usize;
        for l in range {
            if whole || mask.value(lines.rows[l] as usize) {
                rows.push(lines.rows[l]);
                from.push(l as u32);
            }
        }
    }
    line_starts.push(rows.len() as u32);
    let amount = lines.amount.gather(&from);
    let dropped = facts
        .dropped
        .iter()
        .map(|d| Dropped {
            reason: d.reason,
            rows: d.rows.iter().copied().filter(|r| mask.value(*r as usize)).collect(),
        })
        .filter(|d| !d.rows.is_empty())
        .collect();
    let mut narrowed = facts.with(new, Lines { rows, starts: line_starts, amount }, dropped, facts.about);
    narrowed.tests = facts.tests.iter().copied().filter(|r| mask.value(*r as usize)).collect();
    narrowed
}

fn refunds(back: &[Part], orders: &Orders) -> Vec<Refund> {
    let refund = |p: &Part| Refund {
        customer: p.customer,
        named: p.named,
        day: p.day,
        amount: p.amount,
        lines: p.lines,
        key: key_of(orders, p.from),
    };
    back.iter().map(refund).collect()
}

fn key_of(orders: &Orders, group: u32) -> u32 {
    let i = group as usize;
    if i < orders.len() { orders.keys[i] } else { orders.refunds.get(i - orders.len()).map_or(NONE, |r| r.key) }
}

fn resort(parts: &mut Vec<Part>, people: usize, orders: &Orders) {
    sort_by_two(parts, people + 1, |p| if p.customer == NONE { people } else { p.customer as usize }, |p| p.day);
    let same = |a: &Part, b: &Part| (a.customer, a.day) == (b.customer, b.day);
    for run in parts.chunk_by_mut(same).filter(|r| r.len() > 1) {
        run.sort_by_cached_key(|p| {
            let key = tie_key(key_of(orders, p.from), &orders.key_labels);
            (key, p.amount, p.lines, name_of(p.named, &orders.ids.labels))
        });
    }
}

//! Counting both spans by value and by jackknife group, and turning counts into contributions.

use super::Metric;
use crate::fact::{Dimension, Facts, NONE, each_order};

/// Groups of customers for the jackknife.
pub const GROUPS: usize = 20;

/// What is counted in a span. Orders and customers may be shares of one, where they have several values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Fixed point.
    pub revenue: f64,
    pub orders: f64,
    pub customers: f64,
}

impl Counts {
    pub fn figure(&self, metric: Metric, unit: f64) -> Option<f64> {
        match metric {
            Metric::Revenue => Some(self.revenue / unit),
            Metric::Orders => Some(self.orders),
            Metric::Customers => Some(self.customers),
            Metric::AverageOrderValue => (self.orders > 0.0).then(|| self.revenue / unit / self.orders),
        }
    }
    fn add(&mut self, other: &Counts, sign: f64) {
        self.revenue += sign * other.revenue;
        self.orders += sign * other.orders;
        self.customers += sign * other.customers;
    }
    fn times(&self, k: f64) -> Counts {
        Counts { revenue: self.revenue * k, orders: self.orders * k, customers: self.customers * k }
    }
}

fn span_of(day: i32, spans: [(i32, i32); 2]) -> impl Iterator<Item = usize> {
    (0..2).filter(move |s| (spans[*s].0..=spans[*s].1).contains(&day))
}

pub fn totals(facts: &Facts, spans: [(i32, i32); 2]) -> [Counts; 2] {
    let orders = &facts.orders;
    let mut out = [Counts::default(); 2];
    let mut last = [NONE; 2];
    each_order(orders, |o, c| {
        for s in span_of(orders.day[o], spans) {
            out[s].revenue += orders.amount.get(o).copied().unwrap_or(0) as f64;
            if c != NONE && last[s] != c {
                last[s] = c;
                out[s].customers += 1.0;
            }
        }
    });
    for refund in &orders.refunds {
        span_of(refund.day, spans).for_each(|s| out[s].revenue += refund.amount as f64);
    }
    for (counts, (from, to)) in out.iter_mut().zip(spans) {
        let inside = (0..orders.len()).filter(|o| (from..=to).contains(&orders.day[*o]));
        counts.orders = orders.distinct(inside) as f64;
    }
    out
}

/// Both spans by jackknife group. An order id that several customers share counts once in each of their groups.
pub fn by_group(facts: &Facts, spans: [(i32, i32); 2]) -> Vec<[Counts; 2]> {
    let orders = &facts.orders;
    let mut out = vec![[Counts::default(); 2]; GROUPS];
    let mut inside: Vec<[Vec<usize>; 2]> = vec![Default::default(); GROUPS];
    let mut last = [NONE; 2];
    each_order(orders, |o, c| {
        let group = if c == NONE { o % GROUPS } else { c as usize % GROUPS };
        for s in span_of(orders.day[o], spans) {
            out[group][s].revenue += orders.amount.get(o).copied().unwrap_or(0) as f64;
            inside[group][s].push(o);
            if c != NONE && last[s] != c {
                last[s] = c;
                out[group][s].customers += 1.0;
            }
        }
    });
    for (i, refund) in orders.refunds.iter().enumerate() {
        let group = if refund.customer == NONE { i % GROUPS } else { refund.customer as usize % GROUPS };
        span_of(refund.day, spans).for_each(|s| out[group][s].revenue += refund.amount as f64);
    }
    for (counts, lists) in out.iter_mut().zip(inside) {
        for (c, list) in counts.iter_mut().zip(lists) {
            c.orders = orders.distinct(list.into_iter()) as f64;
        }
    }
    out
}

/// The sum of all groups but one, scaled up to the whole.
pub fn without(groups: &[[Counts; 2]], left_out: usize) -> [Counts; 2] {
    let mut out = [Counts::default(); 2];
    for (_, pair) in groups.iter().enumerate().filter(|(g, _)| *g != left_out) {
        (0..2).for_each(|s| out[s].add(&pair[s], 1.0));
    }
    let n = groups.len() as f64;
    out.map(|c| c.times(n / (n - 1.0)))
}

/// Counts per group, value and span: `cells[(group · values + value) · 2 + span]`.
pub struct Cells {
    values: usize,
    cells: Vec<Counts>,
}

pub fn by_value(facts: &Facts, dimension: &Dimension, spans: [(i32, i32); 2]) -> Cells {
    let orders = &facts.orders;
    let values = dimension.size();
    let mut cells = vec![Counts::default(); GROUPS * values * 2];
    // The distinct values of the order at hand, and of the customer at hand per span.
    let mut of_order: Vec<usize> = Vec::new();
    let mut of_customer: [Vec<usize>; 2] = Default::default();
    let mut current = NONE;
    // Span, order id, value, group: parts of orders whose lines have several days or customers.
    let mut scattered: Vec<(usize, u32, usize, usize)> = Vec::new();
    let flush = |cells: &mut Vec<Counts>, c: u32, lists: &mut [Vec<usize>; 2]| {
        for (s, list) in lists.iter_mut().enumerate() {
            list.sort_unstable();
            list.dedup();
            let part = 1.0 / list.len().max(1) as f64;
            for v in list.drain(..) {
                cells[((c as usize % GROUPS) * values + v) * 2 + s].customers += part;
            }
        }
    };
    each_order(orders, |o, c| {
        if c != current {
            if current != NONE {
                flush(&mut cells, current, &mut of_customer);
            }
            current = c;
        }
        let group = if c == NONE { o % GROUPS } else { c as usize % GROUPS };
        for s in span_of(orders.day[o], spans) {
            of_order.clear();
            for l in facts.lines.of(o) {
                let v = dimension.lines.get(l);
                if !facts.lines.amount.is_empty() {
                    cells[(group * values + v) * 2 + s].revenue += facts.lines.amount.get(l) as f64;
                }
                of_order.push(v);
            }
            of_order.sort_unstable();
            of_order.dedup();
            if orders.split && orders.keys[o] != NONE {
                scattered.extend(of_order.iter().map(|v| (s, orders.keys[o], *v, group)));
            } else {
                share(&mut cells, &of_order, |v| (group * values + v) * 2 + s);
            }
            if c != NONE {
                of_customer[s].extend(&of_order);
            }
        }
    });
    if current != NONE {
        flush(&mut cells, current, &mut of_customer);
    }
    // An id counts once a span and value; where customers share it, the first of them carries it.
    scattered.sort_unstable();
    scattered.dedup_by_key(|p| (p.0, p.1, p.2));
    for order in scattered.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        share(&mut cells, order, |(s, _, v, group)| (group * values + v) * 2 + s);
    }
    for (i, refund) in orders.refunds.iter().enumerate() {
        let group = if refund.customer == NONE { i % GROUPS } else { refund.customer as usize % GROUPS };
        for s in span_of(refund.day, spans) {
            for l in facts.lines.of(orders.len() + i) {
                cells[(group * values + dimension.lines.get(l)) * 2 + s].revenue += facts.lines.amount.get(l) as f64;
            }
        }
    }
    Cells { values, cells }
}

/// One order, spread evenly over the places it stands in.
fn share<T: Copy>(cells: &mut [Counts], places: &[T], cell: impl Fn(T) -> usize) {
    let part = 1.0 / places.len().max(1) as f64;
    places.iter().for_each(|p| cells[cell(*p)].orders += part);
}

impl Cells {
    /// Both spans by value: `[value][span]`.
    pub fn all(&self) -> Vec<[Counts; 2]> {
        let mut out = vec![[Counts::default(); 2]; self.values];
        for (i, cell) in self.cells.iter().enumerate() {
            out[i / 2 % self.values][i % 2].add(cell, 1.0);
        }
        out
    }
    /// As [`Cells::all`] without one group, scaled up to the whole.
    pub fn without(&self, group: usize) -> Vec<[Counts; 2]> {
        let mut out = self.all();
        let scale = GROUPS as f64 / (GROUPS as f64 - 1.0);
        for (v, pair) in out.iter_mut().enumerate() {
            for (s, counts) in pair.iter_mut().enumerate() {
                counts.add(&self.cells[(group * self.values + v) * 2 + s], -1.0);
                *counts = counts.times(scale);
            }
        }
        out
    }
}

/// One value's part of the change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub contribution: f64,
    pub mix: f64,
    pub rate: f64,
    /// Share of the orders of both spans, for the comparison with an even change.
    pub weight: f64,
    pub present: bool,
}

/// Contributions of the values; they sum to the change of the whole.
pub fn contributions(cells: &[[Counts; 2]], metric: Metric, unit: f64) -> Vec<Part> {
    let mut whole = [Counts::default(); 2];
    for pair in cells {
        (0..2).for_each(|s| whole[s].add(&pair[s], 1.0));
    }
    let orders = whole[0].orders + whole[1].orders;
    cells
        .iter()
        .map(|[a, b]| {
            let mean = |c: &Counts| if c.orders > 0.0 { Some(c.revenue / unit / c.orders) } else { None };
            let (mix, rate) = match metric {
                Metric::Customers => (b.customers - a.customers, 0.0),
                // Orders are customers × orders per customer; midpoints make the two parts sum exactly.
                Metric::Orders => product([a.customers, b.customers], [a.orders, b.orders]),
                Metric::Revenue => product([a.orders, b.orders], [a.revenue / unit, b.revenue / unit]),
                Metric::AverageOrderValue => mean_parts(a, b, &whole, unit),
            };
            Part {
                before: a.figure(metric, unit),
                after: b.figure(metric, unit),
                contribution: mix + rate,
                mix,
                rate,
                weight: if orders > 0.0 { (a.orders + b.orders) / orders } else { 0.0 },
                present: *a != Counts::default() || *b != Counts::default() || mean(a).is_some(),
            }
        })
        .collect()
}

/// A total is volume × level: the parts of its change due to each. Without volume on one side all is volume.
fn product(volume: [f64; 2], total: [f64; 2]) -> (f64, f64) {
    let change = total[1] - total[0];
    if volume[0] <= 0.0 || volume[1] <= 0.0 {
        return (change, 0.0);
    }
    let level = [total[0] / volume[0], total[1] / volume[1]];
    let mix = (volume[1] - volume[0]) * (level[0] + level[1]) / 2.0;
    (mix, change - mix)
}

/// Part of a change of the mean: the value's weight moved towards or away from a level, or its own level moved.
fn mean_parts(a: &Counts, b: &Counts, whole: &[Counts; 2], unit: f64) -> (f64, f64) {
    let [w0, w1] = [a.orders / whole[0].orders.max(1e-300), b.orders / whole[1].orders.max(1e-300)];
    let level = |c: &Counts| c.revenue / unit / c.orders;
    // A value absent on one side has no level there: its own other level stands in, so that all is mix.
    let (r0, r1) = match (a.orders > 0.0, b.orders > 0.0) {
        (true, true) => (level(a), level(b)),
        (true, false) => (level(a), level(a)),
        (false, true) => (level(b), level(b)),
        (false, false) => {
            // Refunds without an order here still move the mean.
            let lone = b.revenue / unit / whole[1].orders.max(1e-300) - a.revenue / unit / whole[0].orders.max(1e-300);
            return (lone, 0.0);
        }
    };
    let overall = (level(&whole[0]) + level(&whole[1])) / 2.0;
    let mut mix = (w1 - w0) * ((r0 + r1) / 2.0 - overall);
    // Revenue of refunds in a span where the value has no order.
    if a.orders == 0.0 {
        mix -= a.revenue / unit / whole[0].orders.max(1e-300);
    }
    if b.orders == 0.0 {
        mix += b.revenue / unit / whole[1].orders.max(1e-300);
    }
    (mix, (r1 - r0) * (w0 + w1) / 2.0)
}

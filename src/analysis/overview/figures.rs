//! The figures of a span of days.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Frequency;
use crate::analysis::common::{growth, ratio};
use crate::fact::{NONE, Orders};
use crate::num::quantile;

/// Days between a customer's consecutive purchase days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Gaps {
    /// Number of gaps.
    pub n: usize,
    /// Days.
    pub mean: Option<f64>,
    /// Days, n − 1.
    pub sd: Option<f64>,
    /// Days.
    pub median: Option<f64>,
    /// Days.
    pub p25: Option<f64>,
    /// Days.
    pub p75: Option<f64>,
    /// Days.
    pub p90: Option<f64>,
    /// Mean of the customers' own mean gaps, days.
    pub customer_mean: Option<f64>,
    /// Median of the customers' own mean gaps, days.
    pub customer_median: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Figures {
    /// Sum of amounts, refunds netted as chosen.
    pub revenue: f64,
    /// Distinct orders.
    pub orders: usize,
    /// Distinct customers with an order.
    pub customers: usize,
    /// Customers whose first order in the data lies in the span.
    pub new_customers: usize,
    /// Customers who had ordered before the span.
    pub returning_customers: usize,
    /// Revenue over orders.
    pub average_order_value: Option<f64>,
    /// Orders with a customer over customers.
    pub orders_per_customer: Option<f64>,
    /// Share of customers with at least two orders in the span, 0–1.
    pub repeat_rate: Option<f64>,
    /// Share of customers with at least two purchase days in the span, 0–1.
    pub repeat_rate_days: Option<f64>,
    /// Median days between consecutive purchase days.
    pub median_gap_days: Option<f64>,
    /// More on these gaps.
    pub gap_days: Gaps,
}

impl Figures {
    fn named(&self) -> [(&'static str, Option<f64>); 10] {
        [
            ("revenue", Some(self.revenue)),
            ("orders", Some(self.orders as f64)),
            ("customers", Some(self.customers as f64)),
            ("new_customers", Some(self.new_customers as f64)),
            ("returning_customers", Some(self.returning_customers as f64)),
            ("average_order_value", self.average_order_value),
            ("orders_per_customer", self.orders_per_customer),
            ("repeat_rate", self.repeat_rate),
            ("repeat_rate_days", self.repeat_rate_days),
            ("median_gap_days", self.median_gap_days),
        ]
    }
    pub fn changes(&self, before: &Figures) -> BTreeMap<String, Option<f64>> {
        let pairs = self.named().into_iter().zip(before.named());
        pairs.map(|((name, a), (_, b))| (name.to_string(), a.zip(b).and_then(|(a, b)| growth(a, b)))).collect()
    }
}

/// The orders of customer `c` within the span, as a range.
fn within(orders: &Orders, c: usize, from: i32, to: i32) -> std::ops::Range<usize> {
    let all = orders.of(c);
    let days = &orders.day[all.clone()];
    all.start + days.partition_point(|d| *d < from)..all.start + days.partition_point(|d| *d <= to)
}

pub fn of(orders: &Orders, from: i32, to: i32) -> Figures {
    let basics = basics(orders, &[(from, to)]).pop().unwrap_or_default();
    let mut named = 0usize;
    let (mut repeat, mut repeat_days) = (0usize, 0usize);
    let mut histogram = vec![0u32; (to - from).max(0) as usize + 1];
    let mut own: Vec<f64> = Vec::new();
    for c in 0..orders.customers() {
        let range = within(orders, c, from, to);
        if range.is_empty() {
            continue;
        }
        let placed = orders.distinct(range.clone());
        named += placed;
        repeat += usize::from(placed > 1);
        let days = &orders.day[range];
        let mut gaps = 0u32;
        for pair in days.windows(2).filter(|p| p[1] > p[0]) {
            gaps += 1;
            histogram[(pair[1] - pair[0]) as usize] += 1;
        }
        if gaps > 0 {
            repeat_days += 1;
            own.push(f64::from(days[days.len() - 1] - days[0]) / f64::from(gaps));
        }
    }
    let customers = basics.customers as usize;
    let revenue = orders.value(basics.revenue);
    let gap_days = gap_figures(&histogram, &mut own);
    Figures {
        revenue,
        orders: basics.orders as usize,
        customers,
        new_customers: basics.new_customers as usize,
        returning_customers: customers - basics.new_customers as usize,
        average_order_value: ratio(revenue, f64::from(basics.orders)),
        orders_per_customer: ratio(named as f64, customers as f64),
        repeat_rate: ratio(repeat as f64, customers as f64),
        repeat_rate_days: ratio(repeat_days as f64, customers as f64),
        median_gap_days: gap_days.median,
        gap_days,
    }
}

/// Gaps are whole days: their histogram holds them all, and quantiles need no sorting.
fn gap_figures(histogram: &[u32], own: &mut [f64]) -> Gaps {
    let cells = || histogram.iter().enumerate().map(|(gap, n)| (gap as i128, i128::from(*n)));
    let n = cells().map(|c| c.1).sum::<i128>();
    let (sum, squares) = cells().fold((0, 0), |(s, q), (gap, k)| (s + gap * k, q + gap * gap * k));
    let at = |rank: i128| {
        let mut below = 0;
        cells().find(|(_, k)| {
            below += k;
            below > rank
        })
    };
    // Type 7 at k/100, its place as a fraction of whole numbers.
    let quantile_at = |percent: i128| {
        let (lo, rest) = ((n - 1) * percent / 100, (n - 1) * percent % 100);
        let (a, b) = (at(lo)?.0 as f64, at((lo + 1).min(n - 1))?.0 as f64);
        Some(a + (b - a) * (rest as f64 / 100.0))
    };
    if n == 0 {
        return Gaps::default();
    }
    // n·Σg² − (Σg)² in whole numbers: no cancellation.
    let variance = (n > 1).then(|| (n * squares - sum * sum) as f64 / (n * (n - 1)) as f64);
    Gaps {
        n: n as usize,
        mean: Some(sum as f64 / n as f64),
        sd: variance.map(f64::sqrt),
        median: quantile_at(50),
        p25: quantile_at(25),
        p75: quantile_at(75),
        p90: quantile_at(90),
        customer_mean: crate::num::sum::mean(own),
        customer_median: quantile::select(own, 0.5),
    }
}

/// What one pass counts for several spans.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Basics {
    pub revenue: i64,
    pub orders: u32,
    pub customers: u32,
    pub new_customers: u32,
    /// Revenue of the customers new in the span.
    pub new_revenue: i64,
}

pub type Pick = fn(&Basics) -> f64;

/// The figures that have a usual range.
pub const BASICS: [(&str, Pick); 5] = [
    ("revenue", |b| b.revenue as f64),
    ("orders", |b| f64::from(b.orders)),
    ("customers", |b| f64::from(b.customers)),
    ("new_customers", |b| f64::from(b.new_customers)),
    ("average_order_value", |b| if b.orders == 0 { f64::NAN } else { b.revenue as f64 / f64::from(b.orders) }),
];

/// One pass over the orders for spans that do not overlap.
pub fn basics(orders: &Orders, spans: &[(i32, i32)]) -> Vec<Basics> {
    let mut out = vec![Basics::default(); spans.len()];
    let low = spans.iter().map(|s| s.0).min().unwrap_or(0);
    let high = spans.iter().map(|s| s.1).max().unwrap_or(-1);
    let mut table = vec![NONE; (i64::from(high) - i64::from(low) + 1).max(0) as usize];
    for (i, span) in spans.iter().enumerate() {
        table[(span.0 - low) as usize..=(span.1 - low) as usize].fill(i as u32);
    }
    let place =
        |day: i32| day.checked_sub(low).and_then(|i| table.get(usize::try_from(i).ok()?)).copied().unwrap_or(NONE);
    let money = |o: usize| orders.amount.get(o).copied().unwrap_or(0);
    let mut first_span = vec![NONE; orders.customers()];
    for c in 0..orders.customers() {
        let mut last = NONE;
        for (k, o) in orders.of(c).enumerate() {
            let at = place(orders.day[o]);
            if k == 0 {
                first_span[c] = at;
            }
            if at == NONE {
                continue;
            }
            let b = &mut out[at as usize];
            b.revenue += money(o);
            b.orders += 1;
            b.customers += u32::from(at != last);
            b.new_customers += u32::from(k == 0);
            b.new_revenue += if at == first_span[c] { money(o) } else { 0 };
            last = at;
        }
    }
    for o in orders.named()..orders.len() {
        if let Some(b) = out.get_mut(place(orders.day[o]) as usize) {
            b.revenue += money(o);
            b.orders += 1;
        }
    }
    for refund in &orders.refunds {
        let at = place(refund.day);
        if let Some(b) = out.get_mut(at as usize) {
            b.revenue += refund.amount;
            b.new_revenue += if first_span.get(refund.customer as usize) == Some(&at) { refund.amount } else { 0 };
        }
    }
    if let Some(ids) = orders.distinct_by(spans.len(), |o| place(orders.day[o]) as usize) {
        out.iter_mut().zip(ids).for_each(|(b, n)| b.orders = n as u32);
    }
    out
}

/// Orders without a customer in the span.
pub fn unnamed(orders: &Orders, from: i32, to: i32) -> usize {
    orders.day[orders.named()..].iter().filter(|d| (from..=to).contains(*d)).count()
}

/// Customers with one, two … and with six or more orders.
pub fn order_counts(orders: &Orders, from: i32, to: i32) -> Vec<Frequency> {
    let mut counts = [0usize; 6];
    for c in 0..orders.customers() {
        let n = orders.distinct(within(orders, c, from, to));
        if n > 0 {
            counts[n.min(6) - 1] += 1;
        }
    }
    counts.iter().enumerate().map(|(i, n)| Frequency { orders: i + 1, customers: *n }).collect()
}

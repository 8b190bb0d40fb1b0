//! What a filter bar redraws while it is dragged: revenue by month and customers by segment, without frame, words or charts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Params, Rfm, score, scored, values};
use crate::analysis::{Analysis, common};
use crate::error::Result;
use crate::fact::{self, Orders, Scope};
use crate::time::Period;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Glance {
    /// Every month from the first order to the last.
    pub months: Vec<Month>,
    /// Customers per RFM cell, "111" to "555", none empty.
    pub cells: BTreeMap<String, usize>,
    /// Customers per segment.
    pub segments: BTreeMap<&'static str, usize>,
    pub customers: usize,
    pub orders: usize,
    pub revenue: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Month {
    pub period: String,
    pub revenue: f64,
}

/// Under a filter, with the parameters of `rfm`. Empty rather than an error when the filter keeps nothing.
pub fn glance(scope: &Scope<'_>, filter: &Value, params: &Params) -> Result<Glance> {
    Rfm::check(params)?;
    let found = fact::orders(filter, scope, params.refunds)?;
    let orders: &Orders = &found;
    let mut out = Glance {
        months: Vec::new(),
        cells: BTreeMap::new(),
        segments: BTreeMap::new(),
        customers: 0,
        orders: orders.distinct(0..orders.len()),
        revenue: orders.value(orders.revenue()),
    };
    let Some((first, last)) = orders.span() else { return Ok(out) };
    let (from, to) = (Period::Month.index(first), Period::Month.index(last));
    let mut sums = vec![0i64; (to - from + 1) as usize];
    // Months by day, so that the loop over orders does no calendar arithmetic.
    let month: Vec<u32> = (first..=last).map(|day| (Period::Month.index(day) - from) as u32).collect();
    for (day, amount) in orders.day.iter().zip(&orders.amount) {
        sums[month[(day - first) as usize] as usize] += amount;
    }
    for refund in &orders.refunds {
        let at = Period::Month.index(refund.day) - from;
        if let Some(sum) = usize::try_from(at).ok().and_then(|at| sums.get_mut(at)) {
            *sum += refund.amount;
        }
    }
    out.months = (from..=to)
        .zip(&sums)
        .map(|(index, sum)| Month { period: Period::Month.label(index), revenue: orders.value(*sum) })
        .collect();

    let end = orders.day[..orders.named()].iter().max().map_or(last, |d| *d);
    let as_of = common::day(&params.as_of, "as_of")?.unwrap_or(end + 1);
    let v = values(orders, as_of);
    out.customers = v.who.len();
    if v.who.is_empty() {
        return Ok(out);
    }
    let s = scored(&v, params);
    let names = score::names(params.scheme);
    let mut cells = [0usize; 125];
    let mut segments = vec![0usize; names.len()];
    for i in 0..v.who.len() {
        cells[usize::from(s.r[i] - 1) * 25 + usize::from(s.f[i] - 1) * 5 + usize::from(s.m[i] - 1)] += 1;
        segments[usize::from(s.segment[i])] += 1;
    }
    let name = |i: usize| format!("{}{}{}", i / 25 + 1, i / 5 % 5 + 1, i % 5 + 1);
    out.cells = cells.iter().enumerate().filter(|(_, n)| **n > 0).map(|(i, n)| (name(i), *n)).collect();
    out.segments = names.iter().zip(segments).map(|(n, count)| (n.0, count)).collect();
    Ok(out)
}

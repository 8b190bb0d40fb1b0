//! How well the model foretells a stretch it has not seen, against two guesses anybody could make.

use schemars::JsonSchema;
use serde::Serialize;

use super::TimeUnit;
use super::data::{self, Histories};
use crate::fact::Orders;
use crate::num::btyd::{Fit, Forecast, Groups, QuickMap};
use crate::time;

/// Purchases foretold and made after the end of calibration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Holdout {
    /// Last day the model saw.
    pub from: String,
    /// Last day foretold.
    pub to: String,
    /// Customers foretold.
    pub customers: usize,
    /// Purchases they made.
    pub actual: f64,
    /// Purchases expected.
    pub expected: f64,
    /// Mean absolute error per customer, in purchases.
    pub mae: f64,
    /// Root mean squared error per customer.
    pub rmse: f64,
    /// What a guess would have scored.
    pub baselines: Vec<Baseline>,
    /// The model's mean absolute error is below that of every baseline.
    pub wins: bool,
    /// By the purchases before: customers, and mean purchases made and expected.
    pub by_frequency: Vec<ByFrequency>,
    /// All repeat purchases since the first day, made and expected.
    pub cumulative: Vec<Cumulative>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Baseline {
    /// `same_rate`: as often as so far; `everyone`: as often as all customers on average.
    pub id: &'static str,
    /// Mean absolute error per customer.
    pub mae: f64,
    /// Root mean squared error per customer.
    pub rmse: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ByFrequency {
    /// Repeat purchases in calibration; the last one means "or more".
    pub frequency: u32,
    /// Customers with so many.
    pub customers: usize,
    /// Mean purchases made.
    pub actual: f64,
    /// Mean purchases expected.
    pub expected: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cumulative {
    /// ISO date.
    pub date: String,
    /// Repeat purchases made up to and on it.
    pub actual: f64,
    /// Repeat purchases expected.
    pub expected: f64,
}

/// Frequencies shown apart; more are one class.
const MOST: u32 = 7;

pub fn score(
    fit: &Fit,
    h: &Histories,
    groups: &Groups,
    orders: &Orders,
    end: i32,
    to: i32,
    unit: TimeUnit,
) -> Option<Holdout> {
    let n = h.len();
    if n == 0 || to <= end {
        return None;
    }
    let span = f64::from(to - end) / unit.days();
    let forecast = Forecast { model: fit.model, parameters: fit.parameters };
    let mut known: QuickMap<(u32, u64), f64> = QuickMap::default();
    let expected_of: Vec<f64> = (0..groups.len())
        .map(|g| {
            let (x, t) = (f64::from(groups.x[g]), groups.t[g]);
            let growth = *known
                .entry((groups.x[g], t.to_bits()))
                .or_insert_with(|| forecast.if_alive(x, t, &[span]).first().copied().unwrap_or(0.0));
            forecast.p_alive(x, groups.t_x[g], t) * growth
        })
        .collect();
    let time: f64 = h.t.iter().sum();
    let everyone = if time > 0.0 { h.x.iter().map(|x| f64::from(*x)).sum::<f64>() / time * span } else { 0.0 };
    let (mut actual_sum, mut expected_sum) = (0.0, 0.0);
    // Model, same rate, everyone: absolute and squared errors.
    let mut errors = [[0.0; 2]; 3];
    let mut classes = vec![(0usize, 0.0, 0.0); MOST as usize + 1];
    for i in 0..n {
        let actual = f64::from(data::purchases_between(orders, h.who[i] as usize, end, to));
        let expected = expected_of[groups.of[i] as usize];
        let same = if h.t[i] > 0.0 { f64::from(h.x[i]) / h.t[i] * span } else { 0.0 };
        for (e, guess) in errors.iter_mut().zip([expected, same, everyone]) {
            e[0] += (guess - actual).abs();
            e[1] += (guess - actual).powi(2);
        }
        actual_sum += actual;
        expected_sum += expected;
        let class = &mut classes[h.x[i].min(MOST) as usize];
        *class = (class.0 + 1, class.1 + actual, class.2 + expected);
    }
    let count = n as f64;
    let score = |k: usize| (errors[k][0] / count, (errors[k][1] / count).sqrt());
    let baselines =
        [(1, "same_rate"), (2, "everyone")].map(|(k, id)| Baseline { id, mae: score(k).0, rmse: score(k).1 }).to_vec();
    let (mae, rmse) = score(0);
    Some(Holdout {
        from: time::iso(end),
        to: time::iso(to),
        customers: n,
        actual: actual_sum,
        expected: expected_sum,
        mae,
        rmse,
        wins: baselines.iter().all(|b| mae < b.mae),
        baselines,
        by_frequency: classes
            .iter()
            .enumerate()
            .filter(|(_, c)| c.0 > 0)
            .map(|(f, c)| ByFrequency {
                frequency: f as u32,
                customers: c.0,
                actual: c.1 / c.0 as f64,
                expected: c.2 / c.0 as f64,
            })
            .collect(),
        cumulative: track(&forecast, h, orders, end, to, unit),
    })
}

/// Repeat purchases of the customers in calibration, from their first days to `to`, at up to 60 days in between.
pub fn track(f: &Forecast, h: &Histories, orders: &Orders, end: i32, to: i32, unit: TimeUnit) -> Vec<Cumulative> {
    let firsts = h.who.iter().filter_map(|c| orders.purchase_days(*c as usize).next());
    let Some(from) = firsts.min().filter(|from| *from <= to) else { return Vec::new() };
    // By day since `from`: customers that began, and repeat purchases.
    let mut starts = vec![0.0; (to - from) as usize + 1];
    let mut repeats = starts.clone();
    for &c in &h.who {
        let mut days = orders.purchase_days(c as usize).take_while(|d| *d <= to);
        if let Some(first) = days.next() {
            starts[(first - from) as usize] += 1.0;
            days.for_each(|day| repeats[(day - from) as usize] += 1.0);
        }
    }
    let step = ((to - from) / 60).max(1);
    // The end of calibration is one of the points.
    let first = from + (end - from).rem_euclid(step);
    (first..=to)
        .step_by(step as usize)
        .map(|day| {
            let until = (day - from) as usize;
            let (counts, ages): (Vec<f64>, Vec<f64>) = starts[..=until]
                .iter()
                .enumerate()
                .filter(|(_, n)| **n > 0.0)
                .map(|(since, n)| (*n, (until - since) as f64 / unit.days()))
                .unzip();
            let expected = f.new_customer(&ages).iter().zip(&counts).map(|(e, n)| e * n).sum();
            Cumulative { date: time::iso(day), actual: repeats[..=until].iter().sum(), expected }
        })
        .collect()
}

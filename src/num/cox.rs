//! Cox's proportional hazards by partial likelihood, with tied events after Efron or Breslow.
//!
//! Sources: Cox 1972; Breslow 1974; Efron 1977; Grambsch & Therneau 1994, Biometrika 81, 515–526 (test of proportionality on
//! scaled Schoenfeld residuals against 1 − Kaplan–Meier); Harrell 1982 (concordance); Therneau & Watson 2015, Mayo Clinic technical report 85
//! (its error).
//! Cost: one sort, then time and memory linear in rows × covariates² an iteration.

// One index runs over several arrays at once: iterators would hide which.
#![allow(clippy::needless_range_loop)]

use super::newton::{self, Local, invert};
use super::survival::Curve;
use crate::num::order::Order;

/// How events at the same time share the risk set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    Efron,
    Breslow,
}

/// A fitted model. Vectors have one entry per covariate kept.
#[derive(Clone, Debug)]
pub struct Cox {
    /// Positions of the covariates kept, ascending; the others are constant or follow from earlier ones.
    pub kept: Vec<usize>,
    /// Log hazard ratio per unit.
    pub estimate: Vec<f64>,
    pub std_error: Vec<f64>,
    /// Row-major.
    pub covariance: Vec<f64>,
    pub log_likelihood: f64,
    pub log_likelihood_null: f64,
    pub wald_chi2: f64,
    pub score_chi2: f64,
    pub concordance: f64,
    /// Its standard error; `None` where no two rows can be compared.
    pub concordance_error: Option<f64>,
    pub schoenfeld_chi2: Vec<Option<f64>>,
    /// Means of the covariates kept: the baseline is a row of means.
    pub means: Vec<f64>,
    /// Times of events, ascending, and the baseline's cumulative hazard there (Breslow).
    pub baseline: Vec<(f64, f64)>,
    pub converged: bool,
}

/// Why there is no model.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    NoEvents,
    /// No covariate varies.
    NoVariation,
    /// The coefficient of this covariate runs to infinity: one side of it never has the event first.
    Separation(usize),
    NotConverged,
}

/// Standard error of a standardised coefficient beyond which the likelihood is flat: the estimate runs to infinity.
const FLAT: f64 = 50.0;
/// Share of a column's variance not explained by earlier columns below which it is a copy of them.
const COPY: f64 = 1e-10;

struct Sorted {
    /// Rows by descending time; standardised covariates, row-major.
    x: Vec<f64>,
    k: usize,
    event: Vec<bool>,
    /// Ends (exclusive) of the runs of equal time.
    runs: Vec<usize>,
    time: Vec<f64>,
}

/// Fits a model to `columns` (each as long as `duration`).
pub fn fit(duration: &[f64], event: &[bool], columns: &[Vec<f64>], ties: Ties) -> Result<Cox, Failure> {
    let n = duration.len();
    if !event.iter().any(|e| *e) {
        return Err(Failure::NoEvents);
    }
    let (kept, means, sds) = independent(columns, n);
    let k = kept.len();
    if k == 0 {
        return Err(Failure::NoVariation);
    }
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.order_by(|&a, &b| duration[b as usize].total_cmp(&duration[a as usize]));
    let mut sorted = Sorted {
        x: Vec::with_capacity(n * k),
        k,
        event: Vec::with_capacity(n),
        runs: Vec::new(),
        time: Vec::with_capacity(n),
    };
    for (at, &row) in order.iter().enumerate() {
        let row = row as usize;
        for (j, &c) in kept.iter().enumerate() {
            sorted.x.push((columns[c][row] - means[j]) / sds[j]);
        }
        sorted.event.push(event[row]);
        sorted.time.push(duration[row]);
        let last = order.get(at + 1).is_none_or(|next| duration[*next as usize] != duration[row]);
        if last {
            sorted.runs.push(at + 1);
        }
    }
    let null = partial(&sorted, &vec![0.0; k], ties);
    let peak = newton::maximise(|b| Some(partial(&sorted, b, ties)), &vec![0.0; k], &vec![[-60.0, 60.0]; k], 200)
        .ok_or(Failure::NotConverged)?;
    let information: Vec<f64> = peak.local.hessian.iter().map(|v| -v).collect();
    let flattest = (0..k).min_by(|&a, &b| information[a * k + a].total_cmp(&information[b * k + b])).unwrap_or(0);
    let Some(inverse) = invert(&information, k) else {
        return Err(Failure::Separation(kept[flattest]));
    };
    if let Some(j) = (0..k)
        .filter(|&j| inverse[j * k + j].sqrt() > FLAT)
        .max_by(|&a, &b| inverse[a * k + a].total_cmp(&inverse[b * k + b]))
    {
        return Err(Failure::Separation(kept[j]));
    }
    if !peak.converged {
        return Err(Failure::NotConverged);
    }
    let beta = &peak.at;
    let null_information: Vec<f64> = null.hessian.iter().map(|v| -v).collect();
    let score_chi2 = newton::cholesky(&null_information, k)
        .map(|l| newton::cholesky_solve(&l, k, &null.gradient))
        .map_or(0.0, |s| s.iter().zip(&null.gradient).map(|(a, b)| a * b).sum());
    let wald_chi2 = (0..k * k).map(|q| beta[q / k] * information[q] * beta[q % k]).sum();
    let risk: Vec<f64> = (0..n).map(|i| dot(&sorted.x[i * k..(i + 1) * k], beta)).collect();
    let residuals = schoenfeld(&sorted, &risk, ties);
    let (concordance, concordance_error) = concordance(&sorted.time, &sorted.event, &risk);
    Ok(Cox {
        estimate: (0..k).map(|j| beta[j] / sds[j]).collect(),
        std_error: (0..k).map(|j| inverse[j * k + j].sqrt() / sds[j]).collect(),
        covariance: (0..k * k).map(|q| inverse[q] / (sds[q / k] * sds[q % k])).collect(),
        log_likelihood: peak.local.value,
        log_likelihood_null: null.value,
        wald_chi2,
        score_chi2,
        concordance,
        concordance_error,
        schoenfeld_chi2: proportionality(&residuals, &inverse, k, &Curve::new(duration, event)),
        baseline: baseline(&sorted, &risk),
        means,
        kept,
        converged: peak.converged,
    })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Columns that vary and do not follow from earlier ones (modified Gram–Schmidt on standardised columns), their means and sds.
fn independent(columns: &[Vec<f64>], n: usize) -> (Vec<usize>, Vec<f64>, Vec<f64>) {
    let (mut kept, mut means, mut sds) = (Vec::new(), Vec::new(), Vec::new());
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for (c, column) in columns.iter().enumerate() {
        let mean = column.iter().sum::<f64>() / n as f64;
        let sd = (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
        if !sd.is_finite() || sd <= 1e-12 * mean.abs().max(1e-300) {
            continue;
        }
        let mut rest: Vec<f64> = column.iter().map(|v| (v - mean) / sd).collect();
        for _ in 0..2 {
            for b in &basis {
                let share = dot(&rest, b);
                rest.iter_mut().zip(b).for_each(|(r, b)| *r -= share * b);
            }
        }
        let left = dot(&rest, &rest);
        if left <= COPY * n as f64 {
            continue;
        }
        let length = left.sqrt();
        rest.iter_mut().for_each(|r| *r /= length);
        basis.push(rest);
        kept.push(c);
        means.push(mean);
        sds.push(sd);
    }
    (kept, means, sds)
}

/// Log partial likelihood with derivatives. Sums over tied events after Efron need only scalars:
/// Σ_l (S − l/d·D)/(s − l/d·δ) = S·Σ 1/q − D·Σ (l/d)/q, and the same for the outer products.
fn partial(data: &Sorted, beta: &[f64], ties: Ties) -> Local {
    let (k, n) = (data.k, data.event.len());
    let risk: Vec<f64> = (0..n).map(|i| dot(&data.x[i * k..(i + 1) * k], beta)).collect();
    let top = risk.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut value, mut gradient, mut hessian) = (0.0, vec![0.0; k], vec![0.0; k * k]);
    let (mut s0, mut s1, mut s2) = (0.0, vec![0.0; k], vec![0.0; k * k]);
    let (mut d1, mut d2) = (vec![0.0; k], vec![0.0; k * k]);
    let mut from = 0;
    for &to in &data.runs {
        let (mut d, mut d0) = (0usize, 0.0);
        d1.fill(0.0);
        d2.fill(0.0);
        for i in from..to {
            let x = &data.x[i * k..(i + 1) * k];
            let w = (risk[i] - top).exp();
            s0 += w;
            for p in 0..k {
                let wx = w * x[p];
                s1[p] += wx;
                for q in p..k {
                    s2[p * k + q] += wx * x[q];
                }
            }
            if data.event[i] {
                d += 1;
                d0 += w;
                value += risk[i] - top;
                for p in 0..k {
                    gradient[p] += x[p];
                    let wx = w * x[p];
                    d1[p] += wx;
                    for q in p..k {
                        d2[p * k + q] += wx * x[q];
                    }
                }
            }
        }
        from = to;
        if d == 0 {
            continue;
        }
        // Σ 1/q, Σ f/q, and Σ 1/q², Σ f/q², Σ f²/q² with f = l/d.
        let (mut a0, mut a1, mut b0, mut b1, mut b2) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for l in 0..d {
            let f = if ties == Ties::Efron { l as f64 / d as f64 } else { 0.0 };
            let q = s0 - f * d0;
            value -= q.ln();
            let i = 1.0 / q;
            a0 += i;
            a1 += f * i;
            b0 += i * i;
            b1 += f * i * i;
            b2 += f * f * i * i;
        }
        for p in 0..k {
            gradient[p] -= a0 * s1[p] - a1 * d1[p];
            for q in p..k {
                let second = a0 * s2[p * k + q] - a1 * d2[p * k + q];
                let outer = b0 * s1[p] * s1[q] - b1 * (s1[p] * d1[q] + d1[p] * s1[q]) + b2 * d1[p] * d1[q];
                hessian[p * k + q] -= second - outer;
            }
        }
    }
    for p in 0..k {
        for q in 0..p {
            hessian[p * k + q] = hessian[q * k + p];
        }
    }
    Local { value, gradient, hessian }
}

/// Schoenfeld residuals: for every event, its covariates less their mean over the risk set. `(time, residuals)`.
fn schoenfeld(data: &Sorted, risk: &[f64], ties: Ties) -> Vec<(f64, Vec<f64>)> {
    let k = data.k;
    let top = risk.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut out = Vec::new();
    let (mut s0, mut s1) = (0.0, vec![0.0; k]);
    let mut from = 0;
    for &to in &data.runs {
        let (mut d0, mut d1) = (0.0, vec![0.0; k]);
        let mut events = Vec::new();
        for i in from..to {
            let w = (risk[i] - top).exp();
            s0 += w;
            for p in 0..k {
                s1[p] += w * data.x[i * k + p];
            }
            if data.event[i] {
                d0 += w;
                for p in 0..k {
                    d1[p] += w * data.x[i * k + p];
                }
                events.push(i);
            }
        }
        from = to;
        let d = events.len();
        let mut mean = vec![0.0; k];
        for l in 0..d {
            let f = if ties == Ties::Efron { l as f64 / d as f64 } else { 0.0 };
            for p in 0..k {
                mean[p] += (s1[p] - f * d1[p]) / (s0 - f * d0) / d as f64;
            }
        }
        for i in events {
            out.push((data.time[i], (0..k).map(|p| data.x[i * k + p] - mean[p]).collect()));
        }
    }
    out
}

/// χ² (1 df) of each covariate's scaled residuals against 1 − Kaplan–Meier just before the event.
fn proportionality(residuals: &[(f64, Vec<f64>)], v: &[f64], k: usize, curve: &Curve) -> Vec<Option<f64>> {
    let d = residuals.len() as f64;
    let place: Vec<f64> = residuals
        .iter()
        .map(|(t, _)| {
            let before = curve.t.partition_point(|u| u < t);
            1.0 - if before == 0 { 1.0 } else { curve.survival[before - 1] }
        })
        .collect();
    let mean = place.iter().sum::<f64>() / d;
    let spread: f64 = place.iter().map(|g| (g - mean).powi(2)).sum();
    let mut sums = vec![0.0; k];
    for (g, (_, r)) in place.iter().zip(residuals) {
        for p in 0..k {
            sums[p] += (g - mean) * r[p];
        }
    }
    (0..k)
        .map(|p| {
            let scaled: f64 = d * (0..k).map(|q| v[p * k + q] * sums[q]).sum::<f64>();
            let chi2 = scaled * scaled / (d * v[p * k + p] * spread);
            chi2.is_finite().then_some(chi2)
        })
        .collect()
}

/// Sums over risk ranks: a Fenwick tree.
struct Tally {
    tree: Vec<f64>,
    inside: f64,
}

impl Tally {
    fn new(levels: usize) -> Self {
        Self { tree: vec![0.0; levels + 1], inside: 0.0 }
    }
    fn add(&mut self, rank: usize) {
        self.inside += 1.0;
        let mut i = rank + 1;
        while i < self.tree.len() {
            self.tree[i] += 1.0;
            i += i & i.wrapping_neg();
        }
    }
    /// Below this rank, and at it.
    fn below(&self, rank: usize) -> [f64; 2] {
        let sum = |mut i: usize| {
            let mut s = 0.0;
            while i > 0 {
                s += self.tree[i];
                i &= i - 1;
            }
            s
        };
        let less = sum(rank);
        [less, sum(rank + 1) - less]
    }
}

/// Harrell's C: of pairs whose order is known, the share in which the riskier one had the event first; equal risks count ½. With its
/// standard error by the infinitesimal jackknife, √Σ ((aᵢ − C·nᵢ)/pairs)² with nᵢ the pairs of row i and aᵢ those ordered rightly
/// (Therneau & Watson 2015, as R's `concordance`). `time` descending; n·ln n. Without a pair there is nothing to say: ½, no error.
pub fn concordance(time: &[f64], event: &[bool], risk: &[f64]) -> (f64, Option<f64>) {
    let n = time.len();
    // A zero has one sign here: −0 and 0 are one level.
    let risk: Vec<f64> = risk.iter().map(|r| r + 0.0).collect();
    let mut levels = risk.clone();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    let rank: Vec<usize> = risk.iter().map(|r| levels.partition_point(|l| l.total_cmp(r).is_lt())).collect();
    let mut runs = Vec::new();
    let mut from = 0;
    for to in 1..=n {
        if to == n || time[to] != time[from] {
            runs.push(from..to);
            from = to;
        }
    }
    // Of every row: its pairs, and those ordered rightly.
    let (mut of, mut right) = (vec![0.0; n], vec![0.0; n]);
    // As the one whose event came first. Those censored at this time outlived it; two events now have no order.
    let mut later = Tally::new(levels.len());
    for run in &runs {
        run.clone().filter(|r| !event[*r]).for_each(|r| later.add(rank[r]));
        for row in run.clone().filter(|r| event[*r]) {
            let [less, equal] = later.below(rank[row]);
            of[row] += later.inside;
            right[row] += less + 0.5 * equal;
        }
        run.clone().filter(|r| event[*r]).for_each(|r| later.add(rank[r]));
    }
    let (pairs, concordant): (f64, f64) = (of.iter().sum(), right.iter().sum());
    if pairs == 0.0 {
        return (0.5, None);
    }
    // As the one that outlived.
    let mut earlier = Tally::new(levels.len());
    let outlived = |tally: &Tally, row: usize| {
        let [less, equal] = tally.below(rank[row]);
        (tally.inside, tally.inside - less - 0.5 * equal)
    };
    for run in runs.iter().rev() {
        let before: Vec<usize> = run.clone().filter(|r| event[*r]).collect();
        let add = |(row, (n, a)): (usize, (f64, f64)), of: &mut [f64], right: &mut [f64]| {
            of[row] += n;
            right[row] += a;
        };
        for &row in &before {
            add((row, outlived(&earlier, row)), &mut of, &mut right);
        }
        before.iter().for_each(|r| earlier.add(rank[*r]));
        for row in run.clone().filter(|r| !event[*r]) {
            add((row, outlived(&earlier, row)), &mut of, &mut right);
        }
    }
    let c = concordant / pairs;
    let variance: f64 = of.iter().zip(&right).map(|(n, a)| ((a - c * n) / pairs).powi(2)).sum();
    (c, Some(variance.sqrt()))
}

/// Breslow's cumulative hazard of a row of means.
fn baseline(data: &Sorted, risk: &[f64]) -> Vec<(f64, f64)> {
    let mut steps = Vec::new();
    let mut s0 = 0.0;
    let mut from = 0;
    for &to in &data.runs {
        s0 += risk[from..to].iter().map(|r| r.exp()).sum::<f64>();
        let d = data.event[from..to].iter().filter(|e| **e).count() as f64;
        if d > 0.0 && s0 > 0.0 {
            steps.push((data.time[from], d / s0));
        }
        from = to;
    }
    steps.reverse();
    let mut sum = 0.0;
    for step in &mut steps {
        sum += step.1;
        step.1 = sum;
    }
    steps
}

impl Cox {
    /// ln hazard against a row of means; `row` holds the covariates in the order given to [`fit`].
    pub fn log_risk(&self, row: impl Fn(usize) -> f64) -> f64 {
        self.kept.iter().enumerate().map(|(j, &c)| self.estimate[j] * (row(c) - self.means[j])).sum()
    }
    /// Cumulative baseline hazard up to and at t.
    pub fn cumulative_hazard(&self, t: f64) -> f64 {
        match self.baseline.partition_point(|b| b.0 <= t) {
            0 => 0.0,
            i => self.baseline[i - 1].1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn golden(case: &str) -> Option<Value> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/04_survival.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: the shared reference results are not here");
            return None;
        };
        let book: Value = serde_json::from_str(&text).expect("json");
        book["cases"].as_array()?.iter().find(|c| c["id"] == case).map(|c| c["expected"].clone())
    }

    fn rossi() -> Option<(Vec<f64>, Vec<bool>, Vec<Vec<f64>>)> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/data/rossi/rossi.csv");
        let text = std::fs::read_to_string(path).ok()?;
        let rows: Vec<Vec<f64>> =
            text.lines().skip(1).map(|l| l.split(',').map(|c| c.trim().parse().expect("number")).collect()).collect();
        let column = |j: usize| rows.iter().map(|r| r[j]).collect::<Vec<f64>>();
        Some((column(0), column(1).iter().map(|e| *e == 1.0).collect(), (2..9).map(column).collect()))
    }

    const NAMES: [&str; 7] = ["fin", "age", "race", "wexp", "mar", "paro", "prio"];

    #[test]
    fn rossi_as_in_r() {
        let (Some(want), Some((t, e, x))) = (golden("rossi/cox"), rossi()) else { return };
        for (ties, key) in [(Ties::Efron, "efron"), (Ties::Breslow, "breslow")] {
            let want = &want[key];
            let got = fit(&t, &e, &x, ties).expect("fits");
            let number = |v: &Value| v.as_f64().expect("number");
            for (j, name) in NAMES.iter().enumerate() {
                let (b, s) = (number(&want["coef"][name]), number(&want["se"][name]));
                assert!((got.estimate[j] / b - 1.0).abs() < 1e-8, "{key} {name} {} {b}", got.estimate[j]);
                assert!((got.std_error[j] / s - 1.0).abs() < 1e-7, "{key} {name}");
            }
            assert!((got.log_likelihood - number(&want["loglik"])).abs() < 1e-8);
            if ties == Ties::Efron {
                assert!((got.log_likelihood_null - number(&want["loglik_null"])).abs() < 1e-8);
                assert!((got.score_chi2 - number(&want["score_chi2"])).abs() < 1e-6);
                assert!((got.wald_chi2 - number(&want["wald_chi2"])).abs() < 5.1e-3);
                assert!((got.concordance - number(&want["concordance_R"])).abs() < 1e-9, "{}", got.concordance);
            }
        }
    }

    /// Fox & Weisberg, appendix on Cox regression: on these data only age and work experience depart from proportionality.
    #[test]
    fn rossi_departs_from_proportional_hazards_in_age_and_work() {
        let Some((t, e, x)) = rossi() else { return };
        let got = fit(&t, &e, &x, Ties::Efron).expect("fits");
        let beyond: Vec<&str> = NAMES
            .iter()
            .zip(&got.schoenfeld_chi2)
            .filter(|(_, chi2)| chi2.is_some_and(|c| c > 3.84))
            .map(|(n, _)| *n)
            .collect();
        assert_eq!(beyond, ["age", "wexp"]);
    }

    /// J. Fox 2002, Cox Proportional-Hazards Regression for Survival Data, section 4.1: `cox.zph(mod.allison.4)`, financial aid, age and priors.
    #[test]
    fn rossi_s_printed_test_of_proportional_hazards() {
        let Some((t, e, x)) = rossi() else { return };
        let at = |name: &str| NAMES.iter().position(|n| *n == name).map(|i| x[i].clone()).expect("a covariate");
        let got = fit(&t, &e, &["fin", "age", "prio"].map(at), Ties::Efron).expect("fits");
        for (chi2, printed) in got.schoenfeld_chi2.iter().zip([0.00507, 6.54147, 0.77288]) {
            assert!((chi2.expect("a value") - printed).abs() < 5.1e-6, "{chi2:?} {printed}");
        }
    }

    #[test]
    fn a_copy_of_a_column_is_left_out_and_the_rest_stays() {
        let Some((t, e, mut x)) = rossi() else { return };
        let plain = fit(&t, &e, &x, Ties::Efron).expect("fits");
        x.insert(2, x[0].iter().zip(&x[1]).map(|(a, b)| 3.0 * a - 2.0 * b + 7.0).collect());
        x.push(vec![1.0; t.len()]);
        let more = fit(&t, &e, &x, Ties::Efron).expect("fits");
        assert_eq!(more.kept, [0, 1, 3, 4, 5, 6, 7]);
        assert!((more.log_likelihood - plain.log_likelihood).abs() < 1e-9);
    }

    #[test]
    fn a_group_without_events_is_named_as_separation() {
        let t: Vec<f64> = (0..40).map(|i| f64::from(i % 20 + 1)).collect();
        let e: Vec<bool> = (0..40).map(|i| i < 20).collect();
        let x: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i >= 20))).collect();
        let noise: Vec<f64> = (0..40).map(|i| f64::from((i * 7) % 11)).collect();
        assert_eq!(fit(&t, &e, &[noise, x], Ties::Efron).expect_err("no maximum"), Failure::Separation(1));
    }

    #[test]
    fn rows_in_any_order_give_the_same_model() {
        let Some((t, e, x)) = rossi() else { return };
        let back = |v: &Vec<f64>| v.iter().rev().copied().collect::<Vec<f64>>();
        let plain = fit(&t, &e, &x, Ties::Efron).expect("fits");
        let turned = fit(
            &back(&t),
            &e.iter().rev().copied().collect::<Vec<bool>>(),
            &x.iter().map(back).collect::<Vec<_>>(),
            Ties::Efron,
        )
        .expect("fits");
        for (a, b) in plain.estimate.iter().zip(&turned.estimate) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn risks_of_minus_zero_and_zero_are_alike() {
        let (t, e) = ([3.0, 2.0, 1.0, 1.0], [true; 4]);
        assert_eq!(concordance(&t, &e, &[0.0, -0.0, 0.0, -0.0]).0, 0.5);
        // Two arms with the same times: the coefficient is nothing, and no panic.
        let x: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
        let got = fit(&[5.0; 40], &[true; 40], &[x], Ties::Efron).expect("fits");
        assert!(got.estimate[0].abs() < 1e-9 && got.concordance == 0.5);
    }

    /// R 4.2.2, survival 3.5.3: `concordance(coxph(…))`, `sqrt(var)`.
    #[test]
    fn errors_of_concordance_as_in_r() {
        // Acute myelogenous leukaemia (`aml`): two groups, so most risks are tied.
        let time = [
            9., 13., 13., 18., 23., 28., 31., 34., 45., 48., 161., 5., 5., 8., 8., 12., 16., 23., 27., 30., 33., 43.,
            45.,
        ];
        let event = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1].map(|e| e == 1);
        let x: Vec<f64> = (0..23).map(|i| f64::from(u8::from(i >= 11))).collect();
        let got = fit(&time, &event, &[x], Ties::Efron).expect("fits");
        assert!((got.concordance - 0.619047619047619).abs() < 1e-14);
        assert!((got.concordance_error.expect("an error") - 0.0631849960441082).abs() < 1e-14);
        let Some((t, e, x)) = rossi() else { return };
        for (columns, want) in [(&x[..], 0.0266581227726475), (&x[1..2], 0.027191776033651)] {
            let got = fit(&t, &e, columns, Ties::Efron).expect("fits").concordance_error.expect("an error");
            assert!((got - want).abs() < 1e-12, "{got} {want}");
        }
    }

    /// Every pair counted by hand, and the jackknife that it approximates: each row left out in turn.
    #[test]
    fn error_of_concordance_is_close_to_leaving_rows_out() {
        let mut rng = crate::num::rng::Rng::new(5);
        let n = 400;
        let risk: Vec<f64> = (0..n).map(|_| (rng.uniform() * 40.0).floor() / 10.0).collect();
        let mut rows: Vec<(f64, bool, f64)> = risk
            .iter()
            .map(|r| ((20.0 * rng.exponential() / (0.4 * r).exp()).ceil(), rng.uniform() < 0.7, *r))
            .collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let of = |rows: &[(f64, bool, f64)]| {
            let column = |f: fn(&(f64, bool, f64)) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
            concordance(&column(|r| r.0), &rows.iter().map(|r| r.1).collect::<Vec<bool>>(), &column(|r| r.2))
        };
        let (c, error) = of(&rows);
        let (mut right, mut pairs) = (0.0, 0.0);
        for a in rows.iter().filter(|a| a.1) {
            for b in rows.iter().filter(|b| b.0 > a.0 || b.0 == a.0 && !b.1) {
                pairs += 1.0;
                right += if a.2 > b.2 { 1.0 } else { 0.5 * f64::from(u8::from(a.2 == b.2)) };
            }
        }
        assert!((c - right / pairs).abs() < 1e-14);
        let without: Vec<f64> = (0..n)
            .map(|i| {
                let mut rest = rows.clone();
                rest.remove(i);
                of(&rest).0
            })
            .collect();
        let spread: f64 = without.iter().map(|v| (v - c).powi(2)).sum();
        assert!((error.expect("an error") / spread.sqrt() - 1.0).abs() < 0.02);
        assert_eq!(concordance(&[2.0, 1.0], &[false, false], &[1.0, 2.0]), (0.5, None));
    }
}

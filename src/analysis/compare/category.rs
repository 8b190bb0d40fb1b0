//! Categories and yes/no by group.

use schemars::JsonSchema;
use serde::Serialize;

use super::Summary;
use crate::analysis::col::show::finite;
use crate::error::{Code, Error, Result};
use crate::num::dist;

/// Rows per group (rows) and value (columns), each by code point.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Crosstab {
    pub rows: Vec<String>,
    pub cols: Vec<String>,
    pub counts: Vec<Vec<usize>>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Chi2 {
    pub chi2: f64,
    pub df: f64,
    pub p: Option<f64>,
    /// With Yates' correction for 2 × 2 tables; equal to `chi2` beyond.
    pub chi2_yates: f64,
    /// Smallest expected count: below 5 the p is rough.
    pub smallest_expected: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GTest {
    pub g: f64,
    pub p: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fisher {
    /// Of the sample, ad/bc; null when bc is 0.
    pub odds_ratio: Option<f64>,
    /// Its interval on the logarithm (Woolf 1955); null with an empty cell.
    pub odds_ratio_ci: Option<[f64; 2]>,
    pub p: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Proportion {
    pub group: String,
    /// Rows that say yes.
    pub x: usize,
    pub n: usize,
    pub rate: f64,
    pub wilson: [f64; 2],
    pub clopper_pearson: [f64; 2],
    /// rate ± z·√(rate(1 − rate)/n); may leave 0–1.
    pub normal: [f64; 2],
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Proportions {
    pub a: Proportion,
    pub b: Proportion,
    /// Pooled.
    pub z: Option<f64>,
    pub p: Option<f64>,
    /// Rate of a − rate of b.
    pub difference: f64,
    pub ci_wald: [f64; 2],
    pub ci_newcombe: [f64; 2],
    /// a/b − 1.
    pub relative_lift: Option<f64>,
    /// Its interval on the logarithm of a/b (Katz et al. 1978); null where a group has no yes.
    pub relative_lift_ci: Option<[f64; 2]>,
}

/// A contingency table.
pub struct Counts {
    rows: Vec<String>,
    cols: Vec<String>,
    counts: Vec<Vec<usize>>,
}

impl Counts {
    pub fn of(groups: &[u32], rows: &[String], codes: &[u32], cols: &[String]) -> Self {
        let mut counts = vec![vec![0; cols.len()]; rows.len()];
        for (&g, &c) in groups.iter().zip(codes) {
            counts[g as usize][c as usize] += 1;
        }
        Self { rows: rows.to_vec(), cols: cols.to_vec(), counts }
    }
    fn row(&self, i: usize) -> usize {
        self.counts[i].iter().sum()
    }
    fn col(&self, j: usize) -> usize {
        self.counts.iter().map(|r| r[j]).sum()
    }
}

pub fn compare(base: Summary, t: &Counts, yes_no: bool, pair: (usize, usize), level: f64) -> Result<Summary> {
    let present = (0..t.cols.len()).filter(|&j| t.col(j) > 0).count();
    if present < 2 {
        let name = &base.measure;
        return Err(Error::new(
            Code::NoVariation,
            format!("“{name}” has one value only"),
            format!("「{name}」只有一个值"),
        )
        .column(name));
    }
    if t.rows.len() * t.cols.len() > 1_000_000 {
        return Err(Error::new(
            Code::TooLarge,
            "the table of counts has more than a million cells",
            "计数表超过一百万格",
        ));
    }
    let n = base.n as f64;
    let (r, c) = (t.rows.len(), t.cols.len());
    let square = r == 2 && c == 2;
    let (rows, cols): (Vec<f64>, Vec<f64>) =
        ((0..r).map(|i| t.row(i) as f64).collect(), (0..c).map(|j| t.col(j) as f64).collect());
    let (mut chi2, mut yates, mut g, mut smallest) = (0.0, 0.0, 0.0, f64::INFINITY);
    for (row, list) in rows.iter().zip(&t.counts) {
        for (col, &o) in cols.iter().zip(list) {
            let (e, o) = (row * col / n, o as f64);
            smallest = smallest.min(e);
            chi2 += (o - e).powi(2) / e;
            let distance = (o - e).abs();
            yates += (distance - distance.min(0.5)).powi(2) / e;
            if o > 0.0 {
                g += 2.0 * o * (o / e).ln();
            }
        }
    }
    let df = (r as f64 - 1.0) * (c as f64 - 1.0);
    Ok(Summary {
        kind: if yes_no { "yes_no" } else { "category" },
        chi2: Some(Chi2 {
            chi2,
            df,
            p: finite(dist::chi2_sf(chi2, df)),
            chi2_yates: if square { yates } else { chi2 },
            smallest_expected: smallest,
        }),
        g_test: Some(GTest { g, p: finite(dist::chi2_sf(g.max(0.0), df)) }),
        cramers_v: finite((chi2 / (n * ((r - 1).min(c - 1)) as f64)).sqrt()),
        fisher: Some(square.then(|| fisher([t.counts[0][0], t.counts[0][1], t.counts[1][0], t.counts[1][1]], level))),
        proportions: yes_no.then(|| proportions(t, pair, level)),
        crosstab: Some(Crosstab { rows: t.rows.clone(), cols: t.cols.clone(), counts: t.counts.clone() }),
        ..base
    })
}

fn fisher([a, b, c, d]: [usize; 4], level: f64) -> Fisher {
    let p = dist::fisher_two_sided([a, b, c, d]);
    let ratio = (a * d) as f64 / (b * c) as f64;
    let variance: f64 = [a, b, c, d].iter().map(|n| 1.0 / *n as f64).sum();
    Fisher { odds_ratio: finite(ratio), odds_ratio_ci: ratio_interval(ratio, variance, level), p }
}

/// Interval of a ratio whose logarithm has this variance.
fn ratio_interval(ratio: f64, variance: f64, level: f64) -> Option<[f64; 2]> {
    let spread = (dist::normal_quantile(0.5 + level / 2.0) * variance.sqrt()).exp();
    (ratio > 0.0 && (ratio * spread).is_finite()).then(|| [ratio / spread, ratio * spread])
}

/// Wilson's score interval.
pub fn wilson(x: f64, n: f64, level: f64) -> [f64; 2] {
    let z = dist::normal_quantile(0.5 + level / 2.0);
    let p = x / n;
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    [if x == 0.0 { 0.0 } else { centre - half }, if x == n { 1.0 } else { centre + half }]
}

fn proportion(t: &Counts, i: usize, level: f64) -> Proportion {
    let (x, n) = (t.counts[i].last().copied().unwrap_or(0), t.row(i));
    let (xf, nf) = (x as f64, n as f64);
    let tail = (1.0 - level) / 2.0;
    let rate = xf / nf;
    let half = dist::normal_quantile(0.5 + level / 2.0) * (rate * (1.0 - rate) / nf).sqrt();
    Proportion {
        group: t.rows[i].clone(),
        x,
        n,
        rate,
        wilson: wilson(xf, nf, level),
        clopper_pearson: [
            if x == 0 { 0.0 } else { dist::beta_quantile(tail, xf, nf - xf + 1.0) },
            if x == n { 1.0 } else { dist::beta_quantile(1.0 - tail, xf + 1.0, nf - xf) },
        ],
        // Shares have no values beyond 0 and 1; statsmodels cuts here, too.
        normal: [(rate - half).max(0.0), (rate + half).min(1.0)],
    }
}

fn proportions(t: &Counts, pair: (usize, usize), level: f64) -> Proportions {
    let (a, b) = (proportion(t, pair.0, level), proportion(t, pair.1, level));
    let (na, nb) = (a.n as f64, b.n as f64);
    let difference = a.rate - b.rate;
    let pooled = (a.x + b.x) as f64 / (na + nb);
    let z = finite(difference / (pooled * (1.0 - pooled) * (1.0 / na + 1.0 / nb)).sqrt());
    let half =
        dist::normal_quantile(0.5 + level / 2.0) * (a.rate * (1.0 - a.rate) / na + b.rate * (1.0 - b.rate) / nb).sqrt();
    let ([la, ua], [lb, ub]) = (a.wilson, b.wilson);
    Proportions {
        z,
        p: z.map(dist::normal_two_sided),
        difference,
        ci_wald: [difference - half, difference + half],
        ci_newcombe: [
            difference - ((a.rate - la).powi(2) + (ub - b.rate).powi(2)).sqrt(),
            difference + ((ua - a.rate).powi(2) + (b.rate - lb).powi(2)).sqrt(),
        ],
        relative_lift: finite(a.rate / b.rate - 1.0),
        relative_lift_ci: ratio_interval(
            a.rate / b.rate,
            1.0 / a.x as f64 - 1.0 / na + 1.0 / b.x as f64 - 1.0 / nb,
            level,
        )
        .map(|ci| ci.map(|v| v - 1.0)),
        a,
        b,
    }
}

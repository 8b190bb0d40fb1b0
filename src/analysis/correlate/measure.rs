//! The measures of one pair of columns.

use super::{Measure, Pair};
use crate::analysis::col::show::finite;
use crate::analysis::col::{Data, Variable};
use crate::num::moment::Moments;
use crate::num::sum::{Folds, dot};
use crate::num::{dist, rank, sum};

/// A column prepared once for all of its pairs.
pub enum Ranked {
    Number {
        /// Values minus their mean.
        centred: Vec<f64>,
        /// Average ranks minus their mean.
        ranks: Vec<f64>,
        /// Dense ranks from 0, and the positions that sort them.
        dense: Vec<u32>,
        order: Vec<u32>,
        ties: Vec<u64>,
    },
    Category {
        codes: Vec<u32>,
        levels: usize,
    },
}

impl Ranked {
    pub fn of(v: &Variable) -> Self {
        match &v.data {
            Data::Number(values) => Self::numbers(values),
            Data::Category { codes, labels } => Ranked::Category { codes: codes.clone(), levels: labels.len() },
        }
    }

    fn numbers(values: &[f64]) -> Self {
        let m = Moments::of(values);
        let centre = if m.is_constant() { None } else { Some(m.mean) };
        let rank::Ranks { ranks, ties } = rank::average(values);
        let middle = (values.len() as f64 + 1.0) / 2.0;
        let order = rank::order(&ranks);
        let mut dense = vec![0u32; values.len()];
        let (mut next, mut last) = (0, f64::NAN);
        for &i in &order {
            let r = ranks[i as usize];
            if r != last && !last.is_nan() {
                next += 1;
            }
            last = r;
            dense[i as usize] = next;
        }
        Ranked::Number {
            centred: values.iter().map(|v| centre.map_or(0.0, |c| v - c)).collect(),
            ranks: ranks.into_iter().map(|r| r - middle).collect(),
            dense,
            order,
            ties,
        }
    }
}

/// Both columns in the rows where both have a value.
pub fn both(a: &Variable, b: &Variable) -> (Ranked, Ranked) {
    let rows: Vec<usize> = (0..a.data.len()).filter(|&i| !a.data.is_missing(i) && !b.data.is_missing(i)).collect();
    let pick = |v: &Variable| match &v.data {
        Data::Number(values) => Ranked::numbers(&rows.iter().map(|&i| values[i]).collect::<Vec<_>>()),
        Data::Category { codes, labels } => {
            Ranked::Category { codes: rows.iter().map(|&i| codes[i]).collect(), levels: labels.len() }
        }
    };
    (pick(a), pick(b))
}

/// All measures that fit and are wanted; names are the caller's.
pub fn pair(a: &Ranked, b: &Ranked, wanted: &dyn Fn(Measure) -> bool) -> Pair {
    match (a, b) {
        (Ranked::Number { .. }, Ranked::Number { .. }) => numbers(a, b, wanted),
        (Ranked::Category { codes: x, levels: r }, Ranked::Category { codes: y, levels: c }) => {
            let mut out = Pair { n: x.len(), ..Pair::default() };
            if wanted(Measure::CramersV) {
                (out.cramers_v, out.chi2_p) = cramers_v(x, *r, y, *c);
            }
            out
        }
        (Ranked::Number { centred, .. }, Ranked::Category { codes, levels })
        | (Ranked::Category { codes, levels }, Ranked::Number { centred, .. }) => {
            mixed(centred, codes, *levels, wanted)
        }
    }
}

fn numbers(a: &Ranked, b: &Ranked, wanted: &dyn Fn(Measure) -> bool) -> Pair {
    let (
        Ranked::Number { centred: x, ranks: rx, dense: dx, order, ties: tx },
        Ranked::Number { centred: y, ranks: ry, dense: dy, ties: ty, .. },
    ) = (a, b)
    else {
        return Pair::default();
    };
    let mut out = Pair { n: x.len(), ..Pair::default() };
    if wanted(Measure::Pearson) {
        (out.pearson, out.pearson_p) = with_p(cosine(x, y), x.len());
        out.pearson_ci = out.pearson.and_then(|r| fisher(r, x.len()));
    }
    if wanted(Measure::Spearman) {
        (out.spearman, out.spearman_p) = with_p(cosine(rx, ry), x.len());
    }
    if wanted(Measure::Kendall) {
        (out.kendall, out.kendall_p) = kendall(dx, dy, order, tx, ty);
    }
    out
}

/// Of centred columns: their correlation.
fn cosine(x: &[f64], y: &[f64]) -> Option<f64> {
    let (xx, yy) = (dot(x, x), dot(y, y));
    (xx > 0.0 && yy > 0.0).then(|| (dot(x, y) / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0))
}

/// Interval at 95 %: atanh r is about normal with variance 1/(n − 3) (Fisher 1921).
fn fisher(r: f64, n: usize) -> Option<[f64; 2]> {
    let half = dist::normal_quantile(0.975) / (n as f64 - 3.0).sqrt();
    (n > 3).then(|| [(r.atanh() - half).tanh(), (r.atanh() + half).tanh()])
}

/// p by Student's t with n − 2 degrees of freedom.
fn with_p(r: Option<f64>, n: usize) -> (Option<f64>, Option<f64>) {
    let p = r.filter(|_| n > 2).map(|r| {
        let df = n as f64 - 2.0;
        let rest = (1.0 - r) * (1.0 + r);
        if rest <= 0.0 { 0.0 } else { dist::t_two_sided(r * (df / rest).sqrt(), df) }
    });
    (r, p)
}

/// τ-b and its p. `order` sorts x.
fn kendall(x: &[u32], y: &[u32], order: &[u32], tx: &[u64], ty: &[u64]) -> (Option<f64>, Option<f64>) {
    let n = x.len();
    if n < 2 {
        return (None, None);
    }
    // By x, then y: equal x count neither for nor against.
    let mut by_x: Vec<u32> = order.iter().map(|&i| y[i as usize]).collect();
    let mut joint = 0u64;
    let mut start = 0;
    while start < n {
        let value = x[order[start] as usize];
        let end = start + order[start..].iter().take_while(|&&i| x[i as usize] == value).count();
        let group = &mut by_x[start..end];
        group.sort_unstable();
        for run in group.chunk_by(|a, b| a == b) {
            joint += pairs(run.len() as u64);
        }
        start = end;
    }
    let discordant = inversions(&mut by_x);
    let total = pairs(n as u64);
    let tied = |t: &[u64]| t.iter().map(|&t| pairs(t)).sum::<u64>();
    let (xt, yt) = (tied(tx), tied(ty));
    if xt == total || yt == total {
        return (None, None);
    }
    let score = total as f64 - xt as f64 - yt as f64 + joint as f64 - 2.0 * discordant as f64;
    let tau = (score / (total as f64 - xt as f64).sqrt() / (total as f64 - yt as f64).sqrt()).clamp(-1.0, 1.0);
    let no_ties = xt == 0 && yt == 0;
    let least = discordant.min(total - discordant.min(total));
    let p = if no_ties && (n <= 33 || least <= 1) {
        exact_p(n, least)
    } else {
        let cubes = |t: &[u64], f: fn(f64) -> f64| t.iter().map(|&t| f(t as f64)).sum::<f64>();
        let m = n as f64 * (n as f64 - 1.0);
        let nf = n as f64;
        let (x0, y0) = (cubes(tx, |t| t * (t - 1.0) * (t - 2.0)), cubes(ty, |t| t * (t - 1.0) * (t - 2.0)));
        let (x1, y1) = (cubes(tx, |t| t * (t - 1.0) * (2.0 * t + 5.0)), cubes(ty, |t| t * (t - 1.0) * (2.0 * t + 5.0)));
        let mut variance = (m * (2.0 * nf + 5.0) - x1 - y1) / 18.0 + 2.0 * xt as f64 * yt as f64 / m;
        if n > 2 {
            variance += x0 * y0 / (9.0 * m * (nf - 2.0));
        }
        dist::normal_two_sided(score / variance.sqrt())
    };
    (Some(tau), finite(p))
}

fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

/// Pairs out of order, by merge sort.
fn inversions(v: &mut [u32]) -> u64 {
    let mut count = 0;
    let mut from = v.to_vec();
    let mut to = v.to_vec();
    let mut width = 1;
    while width < from.len() {
        for start in (0..from.len()).step_by(2 * width) {
            let (middle, end) = ((start + width).min(from.len()), (start + 2 * width).min(from.len()));
            let (mut i, mut j) = (start, middle);
            for slot in &mut to[start..end] {
                if i < middle && (j >= end || from[i] <= from[j]) {
                    *slot = from[i];
                    i += 1;
                } else {
                    *slot = from[j];
                    count += (middle - i) as u64;
                    j += 1;
                }
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    count
}

/// Two-sided: twice the share of the n! orders with at most `c` inversions (c at most half of all pairs).
fn exact_p(n: usize, c: u64) -> f64 {
    if 4 * c >= 2 * pairs(n as u64) {
        return 1.0;
    }
    let c = c as usize;
    let mut share = vec![0.0; c + 1];
    share[0] = 1.0;
    for j in 2..=n {
        // The j-th item adds 0 … j−1 inversions, each as likely.
        let mut next = vec![0.0; c + 1];
        let mut window = 0.0;
        for k in 0..=c {
            window += share[k];
            if k >= j {
                window -= share[k - j];
            }
            next[k] = window / j as f64;
        }
        share = next;
    }
    (2.0 * share.iter().sum::<f64>()).min(1.0)
}

/// Bias-corrected V and the p of the chi-squared test, over levels that occur.
fn cramers_v(x: &[u32], r: usize, y: &[u32], c: usize) -> (Option<f64>, Option<f64>) {
    let n = x.len() as f64;
    let (mut rows, mut cols) = (vec![0f64; r], vec![0f64; c]);
    let mut cells: Vec<u64> = Vec::with_capacity(x.len());
    for (&a, &b) in x.iter().zip(y) {
        rows[a as usize] += 1.0;
        cols[b as usize] += 1.0;
        cells.push(u64::from(a) << 32 | u64::from(b));
    }
    cells.sort_unstable();
    // Σ o²/e − n: cells without rows add nothing.
    let mut ratio = 0.0;
    for run in cells.chunk_by(|a, b| a == b) {
        let expected = rows[(run[0] >> 32) as usize] * cols[(run[0] & 0xffff_ffff) as usize];
        ratio += (run.len() as f64).powi(2) / expected;
    }
    let chi2 = (n * (ratio - 1.0)).max(0.0);
    let used = |v: &[f64]| v.iter().filter(|n| **n > 0.0).count() as f64;
    let (r, c) = (used(&rows), used(&cols));
    if r < 2.0 || c < 2.0 {
        return (None, None);
    }
    let df = (r - 1.0) * (c - 1.0);
    let phi2 = (chi2 / n - df / (n - 1.0)).max(0.0);
    let corrected = |k: f64| k - (k - 1.0).powi(2) / (n - 1.0);
    let v = (phi2 / (corrected(r) - 1.0).min(corrected(c) - 1.0)).sqrt();
    (finite(v).map(|v| v.min(1.0)), finite(dist::chi2_sf(chi2, df)))
}

/// Of each level, whatever the order of the rows.
fn sums_by_level(values: &[f64], codes: &[u32], levels: usize) -> Vec<f64> {
    let bound = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if let Some(folds) = Folds::new(bound, values.len()) {
        let mut parts = vec![[0.0; 3]; levels];
        for (&v, &c) in values.iter().zip(codes) {
            folds.add(&mut parts[c as usize], v);
        }
        return parts.into_iter().map(Folds::value).collect();
    }
    // Sizes at the ends of what a double can hold: level by level, exactly.
    let mut by_level = vec![Vec::new(); levels];
    for (&v, &c) in values.iter().zip(codes) {
        by_level[c as usize].push(v);
    }
    by_level.iter().map(|v| sum::sum(v)).collect()
}

fn mixed(centred: &[f64], codes: &[u32], levels: usize, wanted: &dyn Fn(Measure) -> bool) -> Pair {
    let n = centred.len();
    let mut out = Pair { n, ..Pair::default() };
    let mut counts = vec![0.0; levels];
    for &c in codes {
        counts[c as usize] += 1.0;
    }
    let sums = sums_by_level(centred, codes, levels);
    let total = dot(centred, centred);
    let used: Vec<usize> = (0..levels).filter(|&l| counts[l] > 0.0).collect();
    if used.len() < 2 || total <= 0.0 {
        return out;
    }
    let between: f64 = used.iter().map(|&l| sums[l] * sums[l] / counts[l]).sum::<f64>().min(total);
    if wanted(Measure::CorrelationRatio) {
        out.correlation_ratio = finite((between / total).sqrt());
        let (df1, df2) = (used.len() as f64 - 1.0, n as f64 - used.len() as f64);
        if df2 > 0.0 {
            let within = total - between;
            let f = (between / df1) / (within / df2);
            out.correlation_ratio_p = if within <= 0.0 { Some(0.0) } else { finite(dist::f_sf(f, df1, df2)) };
        }
    }
    if wanted(Measure::PointBiserial) && used.len() == 2 {
        let later = used[1];
        let share = counts[later] / n as f64;
        let indicator: Vec<f64> = codes.iter().map(|&c| f64::from(u8::from(c as usize == later)) - share).collect();
        (out.point_biserial, out.point_biserial_p) = with_p(cosine(centred, &indicator), n);
    }
    out
}

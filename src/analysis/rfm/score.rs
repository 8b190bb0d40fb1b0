//! Values to scores, scores to segments.

use schemars::JsonSchema;
use serde::Serialize;

use super::Scheme;
use crate::error::Words;

/// Four edges per dimension, ascending.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Edges {
    /// Days.
    pub recency: [f64; 4],
    /// Orders.
    pub frequency: [f64; 4],
    /// Money.
    pub monetary: [f64; 4],
}

impl Edges {
    /// Type 7 quantiles at 20, 40, 60, 80 %. Money is divided by `scale` to its unit.
    pub fn quantiles(recency: &[i64], frequency: &[i64], monetary: &[i64], scale: f64) -> Self {
        Edges {
            recency: quintiles(recency, 1.0),
            frequency: quintiles(frequency, 1.0),
            monetary: quintiles(monetary, scale),
        }
    }
}

/// The place of a quantile is kept as a fraction of whole numbers: 0.6 × 5 must not fall just below 3.
#[inline(never)]
fn quintiles(values: &[i64], scale: f64) -> [f64; 4] {
    let mut values = values.to_vec();
    let n = values.len();
    let mut out = [0.0; 4];
    let mut done = 0;
    for k in 1..=4usize {
        let (lo, rest) = (k * (n - 1) / 5, k * (n - 1) % 5);
        let (_, low, above) = values[done..].select_nth_unstable(lo - done);
        let low = *low;
        let high = if rest == 0 { low } else { above.iter().min().copied().unwrap_or(low) };
        let (a, b) = (low as f64 / scale, high as f64 / scale);
        out[k - 1] = a + (b - a) * (rest as f64 / 5.0);
        done = lo;
    }
    out
}

/// 1 + the number of edges below the value.
#[inline(never)]
pub fn by_edges(values: &[i64], scale: f64, edges: &[f64; 4]) -> Vec<u8> {
    values
        .iter()
        .map(|v| {
            let v = *v as f64 / scale;
            1 + edges.iter().map(|e| u8::from(v > *e)).sum::<u8>()
        })
        .collect()
}

/// Rank k of n (ascending, ties as they stand) scores the smallest s with k ≤ 1 + (n − 1)·s/5.
#[inline(never)]
pub fn by_rank(values: &[i64]) -> Vec<u8> {
    let n = values.len();
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_by_key(|i| values[*i as usize]);
    let mut out = vec![1u8; n];
    for (before, i) in order.iter().enumerate() {
        let score = (5 * before).div_ceil((n - 1).max(1)).clamp(1, 5);
        out[*i as usize] = score as u8;
    }
    out
}

/// 1 + ⌊5 · (values below) / n⌋: ties share the score of the lowest of them.
#[inline(never)]
pub fn by_min_rank(values: &[i64]) -> Vec<u8> {
    let n = values.len();
    let mut some = values.to_vec();
    // The smallest value that reaches each score: the first one with enough values strictly below it.
    let mut edges = [None; 4];
    let mut done = 0;
    for k in 0..4 {
        let needed = ((k + 1) * n).div_ceil(5);
        if needed >= n {
            break;
        }
        edges[k] = if needed == done { edges[k - 1] } else { reaches(&mut some[done..], needed - done) };
        done = needed;
    }
    values.iter().map(|v| 1 + edges.iter().map(|e| u8::from(e.is_some_and(|e| *v >= e))).sum::<u8>()).collect()
}

/// The smallest value with at least `needed` others strictly below it; puts the values below the place `needed` before it.
fn reaches(values: &mut [i64], needed: usize) -> Option<i64> {
    let (below, at, above) = values.select_nth_unstable(needed);
    let tied = below.contains(at);
    if tied { above.iter().filter(|v| *v > at).min().copied() } else { Some(*at) }
}

/// A segment's id and its name in both languages.
pub type Named = (&'static str, fn() -> Words);

/// The ten segments, best first.
pub const SEGMENTS: [Named; 10] = [
    ("champion", || Words::new("Champions", "冠军客户")),
    ("loyal", || Words::new("Loyal", "忠诚客户")),
    ("potential_loyalist", || Words::new("Growing", "潜力客户")),
    ("new", || Words::new("New", "新客户")),
    ("promising", || Words::new("Once, recent", "有望客户")),
    ("need_attention", || Words::new("Cooling", "需要关注")),
    ("about_to_sleep", || Words::new("About to lapse", "即将沉睡")),
    ("at_risk", || Words::new("At risk", "有流失风险")),
    ("cant_lose", || Words::new("Can’t lose", "不可流失")),
    ("hibernating", || Words::new("Lapsed", "沉睡客户")),
];

/// The eight groups.
pub const GROUPS: [Named; 8] = [
    ("important_value", || Words::new("Important, valued", "重要价值")),
    ("important_develop", || Words::new("Important, to develop", "重要发展")),
    ("important_keep", || Words::new("Important, to keep", "重要保持")),
    ("important_win_back", || Words::new("Important, to win back", "重要挽留")),
    ("general_value", || Words::new("General, valued", "一般价值")),
    ("general_develop", || Words::new("General, to develop", "一般发展")),
    ("general_keep", || Words::new("General, to keep", "一般保持")),
    ("general_win_back", || Words::new("General, to win back", "一般挽留")),
];

pub fn names(scheme: Scheme) -> &'static [Named] {
    match scheme {
        Scheme::Ten => &SEGMENTS,
        Scheme::Eight => &GROUPS,
    }
}

/// Position in [`SEGMENTS`] of a recency and a frequency score.
pub fn ten(r: u8, f: u8) -> u8 {
    match (r, f) {
        (5, 4..) => 0,
        (4, 4..) | (3, 4..) => 1,
        (4.., 2 | 3) => 2,
        (5, _) => 3,
        (4, _) => 4,
        (3, 3) => 5,
        (3, _) => 6,
        (_, 5) => 8,
        (_, 3 | 4) => 7,
        _ => 9,
    }
}

/// Positions in [`GROUPS`]: recent means fewer days than the mean; often and much mean more than the mean.
pub fn eight(recency: &[i64], frequency: &[i64], monetary: &[i64]) -> Vec<u8> {
    // v against Σ/n as v·n against Σ: exact.
    let sum = |v: &[i64]| v.iter().map(|x| i128::from(*x)).sum::<i128>();
    let n = recency.len() as i128;
    let (sr, sf, sm) = (sum(recency), sum(frequency), sum(monetary));
    (0..recency.len())
        .map(|i| {
            let recent = i128::from(recency[i]) * n < sr;
            let often = i128::from(frequency[i]) * n > sf;
            let much = i128::from(monetary[i]) * n > sm;
            let group = match (recent, often) {
                (true, true) => 0,
                (true, false) => 1,
                (false, true) => 2,
                (false, false) => 3,
            };
            if much { group } else { group + 4 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_its_segment_of_the_contract() {
        // The patterns of the contract on "RF", in the order in which they are listed there.
        let expected = |r: u8, f: u8| match (r, f) {
            (1 | 2, 1 | 2) => "hibernating",
            (1 | 2, 3 | 4) => "at_risk",
            (1 | 2, 5) => "cant_lose",
            (3, 1 | 2) => "about_to_sleep",
            (3, 3) => "need_attention",
            (3 | 4, 4 | 5) => "loyal",
            (4, 1) => "promising",
            (5, 1) => "new",
            (4 | 5, 2 | 3) => "potential_loyalist",
            _ => "champion",
        };
        for r in 1..=5 {
            for f in 1..=5 {
                assert_eq!(SEGMENTS[usize::from(ten(r, f))].0, expected(r, f), "{r}{f}");
            }
        }
    }

    #[test]
    fn quintiles_are_type_7() {
        // R: quantile(c(10, 1, 4, 2, 7, 7), c(.2, .4, .6, .8)) gives 2, 4, 7, 7.
        assert_eq!(quintiles(&[10, 1, 4, 2, 7, 7], 1.0), [2.0, 4.0, 7.0, 7.0]);
        // R: quantile(1:4, …) gives 1.6, 2.2, 2.8, 3.4.
        let q = quintiles(&[3, 1, 4, 2], 1.0);
        assert!(q.iter().zip([1.6, 2.2, 2.8, 3.4]).all(|(a, b)| (a - b).abs() < 1e-12), "{q:?}");
    }

    #[test]
    fn ties_share_the_lowest_rank() {
        // By hand: values below each are 0,0,2,3,3,3,6,7,8,9 of 10.
        assert_eq!(by_min_rank(&[1, 1, 2, 3, 3, 3, 4, 5, 6, 7]), [1, 1, 2, 2, 2, 2, 4, 4, 5, 5]);
        assert_eq!(by_min_rank(&[4; 7]), [1; 7]);
        for n in 1..40usize {
            let values: Vec<i64> = (0..n).map(|i| (i * 7919 % 13) as i64).collect();
            let scores = by_min_rank(&values);
            for (v, s) in values.iter().zip(scores) {
                let below = values.iter().filter(|w| *w < v).count();
                assert_eq!(usize::from(s), 5 * below / n + 1, "{values:?}");
            }
        }
    }

    #[test]
    fn ranks_split_into_fifths_and_ties_stay_in_order() {
        assert_eq!(by_rank(&[5, 5, 5, 5, 5]), [1, 2, 3, 4, 5]);
        assert_eq!(by_rank(&[9]), [1]);
        let mut counts = [0; 6];
        by_rank(&(0..101).collect::<Vec<_>>()).iter().for_each(|s| counts[usize::from(*s)] += 1);
        assert_eq!(counts, [0, 21, 20, 20, 20, 20]);
    }
}

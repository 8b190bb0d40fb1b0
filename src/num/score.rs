//! How good scores of a yes/no outcome are. `y` is 0 or 1, `p` a score (for losses a probability); higher means likelier.

/// Positions by descending score; equal scores keep their order.
pub fn descending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    order
}

/// Counts after each different score, best first: (true positives, false positives).
fn steps(y: &[f64], p: &[f64], order: &[usize]) -> Vec<(f64, f64)> {
    let (mut tp, mut fp) = (0.0, 0.0);
    let mut out = Vec::new();
    for (i, &row) in order.iter().enumerate() {
        if y[row] > 0.5 {
            tp += 1.0
        } else {
            fp += 1.0
        }
        if order.get(i + 1).is_none_or(|&next| p[next] != p[row]) {
            out.push((tp, fp));
        }
    }
    out
}

/// What the order of the scores tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// Probability that a positive scores above a negative, ties half: Mann–Whitney U / (P·N).
    pub auc: f64,
    /// Largest gap between the two classes' cumulative shares.
    pub ks: f64,
    /// Σ (gain in recall) · precision over the different scores.
    pub average_precision: f64,
}

/// `None` with one class only.
pub fn ranking(y: &[f64], p: &[f64]) -> Option<Ranking> {
    let order = descending(p);
    let points = steps(y, p, &order);
    let &(positives, negatives) = points.last()?;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let (mut area, mut ks, mut precision) = (0.0, 0.0f64, 0.0);
    let (mut tp0, mut fp0) = (0.0, 0.0);
    for &(tp, fp) in &points {
        area += (fp - fp0) * (tp + tp0) / 2.0;
        precision += (tp - tp0) / positives * tp / (tp + fp);
        ks = ks.max((tp / positives - fp / negatives).abs());
        (tp0, fp0) = (tp, fp);
    }
    Some(Ranking { auc: area / (positives * negatives), ks, average_precision: precision })
}

pub fn auc(y: &[f64], p: &[f64]) -> Option<f64> {
    ranking(y, p).map(|r| r.auc)
}

/// Mean −ln of the probability given to what happened; probabilities are kept 1e-15 away from 0 and 1.
pub fn log_loss(y: &[f64], p: &[f64]) -> f64 {
    let sum = super::sum::compensated(y.iter().zip(p).map(|(&y, &p)| {
        let p = p.clamp(1e-15, 1.0 - 1e-15);
        -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
    }));
    sum / y.len().max(1) as f64
}

/// Mean squared error of the probabilities.
pub fn brier(y: &[f64], p: &[f64]) -> f64 {
    super::sum::compensated(y.iter().zip(p).map(|(&y, &p)| (p - y) * (p - y))) / y.len().max(1) as f64
}

/// A bin of equal width: rows, mean probability, share of positives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    pub n: usize,
    pub mean_p: Option<f64>,
    pub rate: Option<f64>,
}

/// Ten equal bins of probability, the last one closed.
pub fn calibration(y: &[f64], p: &[f64]) -> [Bin; 10] {
    let mut sums = [(0usize, 0.0, 0.0); 10];
    for (&y, &p) in y.iter().zip(p) {
        // Comparison, not multiplication: 0.3 * 10 would round into the wrong bin.
        let bin = (1..10).filter(|&b| p >= b as f64 / 10.0).count();
        sums[bin].0 += 1;
        sums[bin].1 += p;
        sums[bin].2 += y;
    }
    sums.map(|(n, p, y)| {
        let mean = |s: f64| (n > 0).then(|| s / n as f64);
        Bin { n, mean_p: mean(p), rate: mean(y) }
    })
}

/// Expected calibration error: |mean probability − rate| over the ten bins, weighted by rows.
pub fn ece(bins: &[Bin; 10]) -> f64 {
    let total: usize = bins.iter().map(|b| b.n).sum();
    let gap = |b: &Bin| (b.mean_p.unwrap_or(0.0) - b.rate.unwrap_or(0.0)).abs() * b.n as f64;
    bins.iter().map(gap).sum::<f64>() / total.max(1) as f64
}

/// (true positives, false positives, false negatives, true negatives) when a score of at least `threshold` says yes.
pub fn confusion(y: &[f64], p: &[f64], threshold: f64) -> [usize; 4] {
    let mut counts = [0; 4];
    for (&y, &p) in y.iter().zip(p) {
        let at = match (p >= threshold, y > 0.5) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        counts[at] += 1;
    }
    counts
}

/// (rows, positives) of ten groups by descending score: positions ⌊n(d−1)/10⌋ to ⌊nd/10⌋.
pub fn deciles(y: &[f64], p: &[f64]) -> [(usize, usize); 10] {
    let order = descending(p);
    let n = order.len();
    std::array::from_fn(|d| {
        let rows = &order[n * d / 10..n * (d + 1) / 10];
        (rows.len(), rows.iter().filter(|&&i| y[i] > 0.5).count())
    })
}

/// The threshold of least cost, and that cost per row: a false alarm costs `false_positive`, a missed case `false_negative`.
pub fn cheapest_threshold(y: &[f64], p: &[f64], false_positive: f64, false_negative: f64) -> Option<(f64, f64)> {
    let order = descending(p);
    let positives: f64 = y.iter().sum();
    let top = p[*order.first()?];
    // Above every score nobody is called positive.
    let (mut best, mut least) = (f64::midpoint(top, 1.0).max(top + f64::EPSILON), positives * false_negative);
    let (mut tp, mut fp) = (0.0, 0.0);
    for (i, &row) in order.iter().enumerate() {
        if y[row] > 0.5 {
            tp += 1.0
        } else {
            fp += 1.0
        }
        if order.get(i + 1).is_none_or(|&next| p[next] != p[row]) {
            let cost = fp * false_positive + (positives - tp) * false_negative;
            if cost < least {
                (best, least) = (p[row], cost);
            }
        }
    }
    Some((best, least / y.len() as f64))
}

/// Two scores of the same rows: the second AUC minus the first, and its standard error (DeLong, DeLong & Clarke-Pearson
/// 1988, by midranks as Sun & Xu 2014). `None` without two rows of each answer.
pub fn auc_difference(y: &[f64], first: &[f64], second: &[f64]) -> Option<(f64, f64)> {
    let (yes, no): (Vec<usize>, Vec<usize>) = (0..y.len()).partition(|&i| y[i] > 0.5);
    let (m, n) = (yes.len(), no.len());
    if m < 2 || n < 2 {
        return None;
    }
    // For each row the share of rows of the other answer that it is on the right side of.
    let placements = |p: &[f64]| {
        let all = midranks(&(0..y.len()).map(|i| p[i]).collect::<Vec<f64>>());
        let of = |rows: &[usize], others: usize| {
            let own = midranks(&rows.iter().map(|&i| p[i]).collect::<Vec<f64>>());
            rows.iter().zip(own).map(|(&i, own)| (all[i] - own) / others as f64).collect::<Vec<f64>>()
        };
        (of(&yes, n), of(&no, m).iter().map(|v| 1.0 - v).collect::<Vec<f64>>())
    };
    let (a, b) = (placements(first), placements(second));
    let difference = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| y - x).collect::<Vec<f64>>();
    let (yes, no) = (difference(&a.0, &b.0), difference(&a.1, &b.1));
    let (one, two) = (super::moment::Moments::of(&yes), super::moment::Moments::of(&no));
    let variance = one.variance()? / m as f64 + two.variance()? / n as f64;
    Some((yes.iter().sum::<f64>() / m as f64, variance.max(0.0).sqrt()))
}

/// Ranks from 1, equal values sharing their mean rank.
fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut i = 0;
    while i < order.len() {
        let end = i + order[i..].iter().take_while(|&&o| values[o] == values[order[i]]).count();
        let end = end.max(i + 1);
        order[i..end].iter().for_each(|&o| ranks[o] = (i + end + 1) as f64 / 2.0);
        i = end;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::rng::Rng;

    #[test]
    fn auc_is_the_share_of_pairs_in_the_right_order() {
        let mut rng = Rng::new(9);
        let y: Vec<f64> = (0..200).map(|_| f64::from(u8::from(rng.uniform() < 0.3))).collect();
        let p: Vec<f64> = y.iter().map(|y| ((y * 0.2 + rng.uniform()) * 20.0).round() / 20.0).collect();
        let (mut won, mut pairs) = (0.0, 0.0);
        for i in 0..200 {
            for j in 0..200 {
                if y[i] > y[j] {
                    pairs += 1.0;
                    won += if p[i] > p[j] {
                        1.0
                    } else if p[i] == p[j] {
                        0.5
                    } else {
                        0.0
                    };
                }
            }
        }
        assert!((auc(&y, &p).unwrap() - won / pairs).abs() < 1e-12);
        let turned: Vec<f64> = p.iter().map(|p| -p).collect();
        assert!((auc(&y, &turned).unwrap() - (1.0 - won / pairs)).abs() < 1e-12);
    }

    /// numpy 2.4.6, structural components by all pairs: difference 0.20833333333333326, error 0.1451372275290348.
    #[test]
    fn two_aucs_are_compared_as_delong_did() {
        let y = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
        let a = [0.9, 0.3, 0.6, 0.4, 0.4, 0.2, 0.8, 0.7, 0.5, 0.1, 0.6, 0.3];
        let b = [0.7, 0.4, 0.9, 0.6, 0.3, 0.1, 0.8, 0.4, 0.4, 0.2, 0.5, 0.7];
        let (difference, error) = auc_difference(&y, &a, &b).unwrap();
        assert!((difference - 0.208_333_333_333_333_26).abs() < 1e-12);
        assert!((error - 0.145_137_227_529_034_8).abs() < 1e-12);
        assert_eq!(auc_difference(&y, &a, &a), Some((0.0, 0.0)));
        assert!(auc_difference(&[1.0, 0.0, 0.0], &[0.1; 3], &[0.2; 3]).is_none());
    }

    #[test]
    fn scores_that_know_nothing_score_one_half_and_the_base_rate() {
        let y = [0.0, 1.0, 0.0, 1.0, 0.0];
        let r = ranking(&y, &[0.4; 5]).unwrap();
        assert_eq!((r.auc, r.ks), (0.5, 0.0));
        assert!((r.average_precision - 0.4).abs() < 1e-15);
        assert!((log_loss(&y, &[0.4; 5]) + 0.4 * 0.4f64.ln() + 0.6 * 0.6f64.ln()).abs() < 1e-15);
        assert!(ranking(&[1.0, 1.0], &[0.1, 0.2]).is_none());
    }

    #[test]
    fn the_cheapest_threshold_beats_every_other() {
        let mut rng = Rng::new(4);
        let p: Vec<f64> = (0..300).map(|_| rng.uniform()).collect();
        let y: Vec<f64> = p.iter().map(|&p| f64::from(u8::from(rng.uniform() < p))).collect();
        let (threshold, cost) = cheapest_threshold(&y, &p, 1.0, 4.0).unwrap();
        for t in p.iter().copied().chain([0.0, 1.1]) {
            let [_, fp, missed, _] = confusion(&y, &p, t);
            assert!(cost <= (fp as f64 + 4.0 * missed as f64) / 300.0 + 1e-12);
        }
        assert!((threshold - 0.2).abs() < 0.15, "with fair probabilities near 1 / (1 + 4)");
    }
}

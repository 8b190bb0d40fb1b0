//! Isotonic regression: the non-decreasing steps nearest to 0/1 answers in squares (pool adjacent violators, Ayer et al. 1955).

/// Scores from `low` to `high` and the share of positives the fit gives them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub rate: f64,
}

/// Ascending steps; equal scores share one.
pub fn isotonic(y: &[f64], p: &[f64]) -> Vec<Step> {
    let mut order: Vec<usize> = (0..p.len().min(y.len())).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    // (low, high, rows, sum)
    let mut blocks: Vec<(f64, f64, usize, f64)> = Vec::new();
    let mut i = 0;
    while i < order.len() {
        let score = p[order[i]];
        let (mut n, mut sum) = (0, 0.0);
        while i < order.len() && (n == 0 || p[order[i]] == score) {
            sum += y[order[i]];
            n += 1;
            i += 1;
        }
        let mut block = (score, score, n, sum);
        while let Some(&(low, _, n, sum)) = blocks.last() {
            if sum * (block.2 as f64) < block.3 * n as f64 {
                break;
            }
            block = (low, block.1, block.2 + n, block.3 + sum);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.into_iter().map(|(low, high, n, sum)| Step { low, high, n, rate: sum / n as f64 }).collect()
}

/// The fit at a score: its step, straight between two steps, flat beyond the ends.
pub fn value(steps: &[Step], score: f64) -> Option<f64> {
    let at = steps.partition_point(|s| s.high < score);
    let Some(here) = steps.get(at) else { return steps.last().map(|s| s.rate) };
    match at.checked_sub(1).and_then(|b| steps.get(b)) {
        Some(before) if score < here.low => {
            let share = (score - before.high) / (here.low - before.high);
            Some(before.rate + share * (here.rate - before.rate))
        }
        _ => Some(here.rate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.9.1, IsotonicRegression(out_of_bounds="clip").
    #[test]
    fn steps_are_those_of_the_reference() {
        let p = [0.1, 0.2, 0.2, 0.35, 0.4, 0.5, 0.55, 0.6, 0.7, 0.9];
        let y = [0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0];
        let steps = isotonic(&y, &p);
        for (score, want) in REFERENCE {
            assert!((value(&steps, score).unwrap() - want).abs() < 1e-12, "{score}");
        }
        assert_eq!(steps.iter().map(|s| s.n).sum::<usize>(), 10);
        assert!(steps.windows(2).all(|w| w[0].rate < w[1].rate && w[0].high < w[1].low));
        assert!(isotonic(&[], &[]).is_empty());
    }

    const REFERENCE: [(f64, f64); 14] = [
        (0.0, 0.0),
        (0.1, 0.0),
        (0.15, 0.1666666666666666),
        (0.2, 0.3333333333333333),
        (0.3, 0.3333333333333333),
        (0.35, 0.3333333333333333),
        (0.38, 0.43333333333333335),
        (0.45, 0.5),
        (0.52, 0.5666666666666667),
        (0.55, 0.6666666666666666),
        (0.65, 0.6666666666666666),
        (0.8, 0.8333333333333334),
        (0.9, 1.0),
        (1.0, 1.0),
    ];
}

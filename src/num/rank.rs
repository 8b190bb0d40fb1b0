//! Ranks with ties.

/// Average ranks (1-based) and the tie sizes greater than one.
pub struct Ranks {
    pub ranks: Vec<f64>,
    pub ties: Vec<u64>,
}

impl Ranks {
    /// Σ (t³ − t) over ties, the correction of every rank test.
    pub fn tie_sum(&self) -> f64 {
        self.ties.iter().map(|&t| (t as f64).powi(3) - t as f64).sum()
    }
}

/// Positions that would sort `values`; equal values keep their order.
pub fn order(values: &[f64]) -> Vec<u32> {
    let mut ix: Vec<u32> = (0..values.len() as u32).collect();
    ix.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    ix
}

/// Average ranks. −0 and 0 are equal.
pub fn average(values: &[f64]) -> Ranks {
    let plain: Vec<f64> = values.iter().map(|v| v + 0.0).collect();
    let ix = order(&plain);
    let mut ranks = vec![0.0; values.len()];
    let mut ties = Vec::new();
    let mut start = 0;
    while start < ix.len() {
        let value = plain[ix[start] as usize];
        let mut end = start + 1;
        while end < ix.len() && plain[ix[end] as usize] == value {
            end += 1;
        }
        let rank = (start + 1 + end) as f64 / 2.0;
        for &i in &ix[start..end] {
            ranks[i as usize] = rank;
        }
        if end - start > 1 {
            ties.push((end - start) as u64);
        }
        start = end;
    }
    Ranks { ranks, ties }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_mean_rank() {
        let r = average(&[10.0, 20.0, 10.0, 30.0, 10.0]);
        assert_eq!(r.ranks, [2.0, 4.0, 2.0, 5.0, 2.0]);
        assert_eq!((r.ties.clone(), r.tie_sum()), (vec![3], 24.0));
        assert_eq!(average(&[0.0, -0.0]).ranks, [1.5, 1.5]);
    }
}

//! P-values of many tests at once, adjusted; in the order given.

/// Benjamini–Hochberg adjusted p-values.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let order = super::rank::order(p);
    let mut out = vec![0.0; p.len()];
    let mut least = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i as usize] * p.len() as f64 / (rank + 1) as f64);
        out[i as usize] = least;
    }
    out
}

/// Holm adjusted p-values.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = super::rank::order(p);
    let mut out = vec![0.0; p.len()];
    let mut most = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        most = most.max((p[i as usize] * (p.len() - rank) as f64).min(1.0));
        out[i as usize] = most;
    }
    out
}

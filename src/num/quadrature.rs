//! Gauss–Legendre nodes and weights on [−1, 1].
//!
//! Source: Abramowitz and Stegun 25.4.30; the nodes are found by Newton on Legendre's three-term recurrence.

/// `(nodes, weights)` of order `n`: exact for polynomials up to degree 2n − 1.
pub fn gauss_legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut nodes, mut weights) = (vec![0.0; n], vec![0.0; n]);
    for i in 0..n.div_ceil(2) {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut p0, mut p1) = (1.0, x);
            for k in 2..=n {
                let k = k as f64;
                (p0, p1) = (p1, ((2.0 * k - 1.0) * x * p1 - (k - 1.0) * p0) / k);
            }
            slope = n as f64 * (x * p1 - p0) / (x * x - 1.0);
            let step = p1 / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        let w = 2.0 / ((1.0 - x * x) * slope * slope);
        (nodes[i], nodes[n - 1 - i]) = (-x, x);
        (weights[i], weights[n - 1 - i]) = (w, w);
    }
    (nodes, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_and_the_exponential_are_integrated_exactly() {
        let (x, w) = gauss_legendre(16);
        let of = |f: &dyn Fn(f64) -> f64| x.iter().zip(&w).map(|(x, w)| w * f(*x)).sum::<f64>();
        assert!((of(&|x| x.powi(30)) - 2.0 / 31.0).abs() < 1e-15);
        assert!((of(&f64::exp) - 2.0 * 1f64.sinh()).abs() < 1e-14);
    }
}

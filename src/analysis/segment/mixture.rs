//! Gaussian mixture with full covariances, fitted by EM (Dempster, Laird & Rubin 1977) from k-means; k by BIC.

use super::kmeans;
use super::points::Points;

pub struct Fit {
    /// The likeliest component of each row.
    pub labels: Vec<u32>,
    /// k × d.
    pub means: Vec<f64>,
    pub log_likelihood: f64,
    pub bic: f64,
}

/// Added to every variance so that a component on few rows cannot collapse to a point.
const FLOOR: f64 = 1e-6;
const MAX_ITERATIONS: usize = 300;
/// EM stops when the mean log-likelihood of a row grows by less.
const TOLERANCE: f64 = 1e-7;

pub fn fit(points: &Points, k: usize, starts: usize, seed: u64) -> Option<Fit> {
    let (n, d) = (points.n, points.d);
    let base = kmeans::fit(points, k, starts, seed);
    // Hard memberships of the k-means partition to begin with.
    let mut share = vec![0.0; n * k];
    for (i, &label) in base.labels.iter().enumerate() {
        share[i * k + label as usize] = 1.0;
    }
    let mut last = f64::NEG_INFINITY;
    let mut parts = maximise(points, k, &share)?;
    for _ in 0..MAX_ITERATIONS {
        let log_likelihood = expect(points, &parts, &mut share);
        if (log_likelihood - last).abs() < TOLERANCE * n as f64 {
            break;
        }
        last = log_likelihood;
        parts = maximise(points, k, &share)?;
    }
    let log_likelihood = expect(points, &parts, &mut share);
    let free = (k - 1 + k * d + k * d * (d + 1) / 2) as f64;
    let labels = share
        .chunks_exact(k)
        .map(|p| {
            let mut best = 0;
            for c in 1..k {
                if p[c] > p[best] {
                    best = c;
                }
            }
            best as u32
        })
        .collect();
    Some(Fit {
        labels,
        means: parts.iter().flat_map(|p| p.mean.clone()).collect(),
        log_likelihood,
        bic: free * (n as f64).ln() - 2.0 * log_likelihood,
    })
}

struct Part {
    log_weight: f64,
    mean: Vec<f64>,
    /// Lower Cholesky factor of the covariance, d × d.
    factor: Vec<f64>,
    /// −½ (d ln 2π + ln det).
    constant: f64,
}

fn maximise(points: &Points, k: usize, share: &[f64]) -> Option<Vec<Part>> {
    let (n, d) = (points.n, points.d);
    (0..k)
        .map(|c| {
            let weight: f64 = (0..n).map(|i| share[i * k + c]).sum::<f64>().max(1e-10);
            let mut mean = vec![0.0; d];
            for (i, row) in points.rows().enumerate() {
                for j in 0..d {
                    mean[j] += share[i * k + c] * row[j];
                }
            }
            mean.iter_mut().for_each(|m| *m /= weight);
            let mut cov = vec![0.0; d * d];
            for (i, row) in points.rows().enumerate() {
                let p = share[i * k + c];
                if p > 0.0 {
                    for a in 0..d {
                        for b in 0..=a {
                            cov[a * d + b] += p * (row[a] - mean[a]) * (row[b] - mean[b]);
                        }
                    }
                }
            }
            for a in 0..d {
                for b in 0..=a {
                    cov[a * d + b] = cov[a * d + b] / weight + if a == b { FLOOR } else { 0.0 };
                }
            }
            let factor = cholesky(cov, d)?;
            let log_det: f64 = (0..d).map(|a| factor[a * d + a].ln()).sum::<f64>() * 2.0;
            let constant = -0.5 * (d as f64 * (2.0 * std::f64::consts::PI).ln() + log_det);
            Some(Part { log_weight: (weight / n as f64).ln(), mean, factor, constant })
        })
        .collect()
}

/// Memberships given the parts; the log-likelihood.
fn expect(points: &Points, parts: &[Part], share: &mut [f64]) -> f64 {
    let (k, d) = (parts.len(), points.d);
    let mut z = vec![0.0; d];
    let mut total = 0.0;
    for (row, p) in points.rows().zip(share.chunks_exact_mut(k)) {
        for (part, p) in parts.iter().zip(p.iter_mut()) {
            let mut square = 0.0;
            for a in 0..d {
                let mut v = row[a] - part.mean[a];
                for b in 0..a {
                    v -= part.factor[a * d + b] * z[b];
                }
                z[a] = v / part.factor[a * d + a];
                square += z[a] * z[a];
            }
            *p = part.log_weight + part.constant - 0.5 * square;
        }
        let top = p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = p.iter().map(|v| (v - top).exp()).sum();
        let log = top + sum.ln();
        total += log;
        p.iter_mut().for_each(|v| *v = (*v - log).exp());
    }
    total
}

/// In place, lower triangle; `None` when the matrix is not positive definite.
fn cholesky(mut m: Vec<f64>, d: usize) -> Option<Vec<f64>> {
    for a in 0..d {
        for b in 0..=a {
            let mut v = m[a * d + b];
            for c in 0..b {
                v -= m[a * d + c] * m[b * d + c];
            }
            if a == b {
                if v <= 0.0 {
                    return None;
                }
                m[a * d + a] = v.sqrt();
            } else {
                m[a * d + b] = v / m[b * d + b];
            }
        }
    }
    Some(m)
}

//! Principal components of the scaled features (Pearson 1901): eigenvectors of the covariance matrix (divisor n − 1).

use super::Pca;
use super::points::Points;
use crate::num::dense::{Matrix, eigen_symmetric};

/// The components and every row's scores, component by component.
pub fn pca(points: &Points, components: usize) -> (Pca, Vec<Vec<f64>>) {
    let (n, d) = (points.n, points.d);
    let keep = components.min(d);
    let mut mean = vec![0.0; d];
    for row in points.rows() {
        for j in 0..d {
            mean[j] += row[j];
        }
    }
    mean.iter_mut().for_each(|m| *m /= n.max(1) as f64);
    let mut cov = Matrix::zeros(d, d);
    let mut centered = vec![0.0; d];
    for row in points.rows() {
        for j in 0..d {
            centered[j] = row[j] - mean[j];
        }
        for a in 0..d {
            for b in 0..=a {
                cov.data[b * d + a] += centered[a] * centered[b];
            }
        }
    }
    for a in 0..d {
        for b in 0..=a {
            let v = cov.get(a, b) / (n.max(2) - 1) as f64;
            cov.set(a, b, v);
            cov.set(b, a, v);
        }
    }
    let total: f64 = (0..d).map(|j| cov.get(j, j)).sum();
    let (values, vectors) = eigen_symmetric(&cov);
    let loadings: Vec<Vec<f64>> = (0..keep)
        .map(|c| {
            let v = vectors.col(c);
            let top = v.iter().copied().fold(0.0f64, |m, x| if x.abs() > m.abs() + 1e-12 { x } else { m });
            v.iter().map(|x| if top < 0.0 { -x } else { *x }).collect()
        })
        .collect();
    let scores = loadings
        .iter()
        .map(|l| points.rows().map(|r| r.iter().zip(&mean).zip(l).map(|((x, m), w)| (x - m) * w).sum()).collect())
        .collect();
    let explained_variance: Vec<f64> = values.iter().take(keep).map(|v| v.max(0.0)).collect();
    let explained_ratio = explained_variance.iter().map(|v| if total > 0.0 { v / total } else { 0.0 }).collect();
    (Pca { explained_variance, explained_ratio, loadings }, scores)
}

//! How good a partition is: silhouette (Rousseeuw 1987), Davies–Bouldin (1979), Caliński–Harabasz (1974).

use super::kmeans::means;
use super::points::{Points, squared};
use crate::num::rng::Rng;

/// Rows up to which the silhouette is computed from all pairs.
pub const EXACT_ROWS: usize = 10_000;
/// Rows drawn beyond that.
pub const SAMPLE_ROWS: usize = 5_000;

/// Mean silhouette of several partitions of the same rows, distances computed once. `true`: from a seeded sample.
pub fn silhouettes(points: &Points, partitions: &[(&[u32], usize)], seed: u64) -> (Vec<Option<f64>>, bool) {
    if points.n <= EXACT_ROWS {
        return (exact(points, partitions), false);
    }
    let mut rng = Rng::stream(seed, 77);
    let rows = rng.sample(points.n, SAMPLE_ROWS);
    let sample = points.take(&rows);
    let labels: Vec<Vec<u32>> = partitions.iter().map(|(l, _)| rows.iter().map(|&i| l[i]).collect()).collect();
    let thin: Vec<(&[u32], usize)> = labels.iter().zip(partitions).map(|(l, p)| (l.as_slice(), p.1)).collect();
    (exact(&sample, &thin), true)
}

/// Silhouette of every row of one partition; 0 for a row alone in its segment.
pub fn silhouette_rows(points: &Points, labels: &[u32], k: usize) -> Vec<f64> {
    let sizes = sizes(labels, k);
    (0..points.n)
        .map(|i| {
            let mut sums = vec![0.0; k];
            for (row, &label) in points.rows().zip(labels) {
                sums[label as usize] += squared(points.row(i), row).sqrt();
            }
            one(&sums, &sizes, labels[i] as usize)
        })
        .collect()
}

fn exact(points: &Points, partitions: &[(&[u32], usize)]) -> Vec<Option<f64>> {
    // Pairs are visited once; every partition has n × k sums.
    let n = points.n;
    let mut sums: Vec<Vec<f64>> = partitions.iter().map(|p| vec![0.0; n * p.1]).collect();
    for i in 0..n {
        let row = points.row(i);
        for j in i + 1..n {
            let distance = squared(row, points.row(j)).sqrt();
            for ((labels, k), s) in partitions.iter().zip(&mut sums) {
                s[i * k + labels[j] as usize] += distance;
                s[j * k + labels[i] as usize] += distance;
            }
        }
    }
    partitions
        .iter()
        .zip(&sums)
        .map(|((labels, k), s)| {
            let sizes = sizes(labels, *k);
            if sizes.iter().filter(|&&c| c > 0).count() < 2 {
                return None;
            }
            let total: f64 = (0..n).map(|i| one(&s[i * k..(i + 1) * k], &sizes, labels[i] as usize)).sum();
            Some(total / n as f64)
        })
        .collect()
}

fn one(sums: &[f64], sizes: &[usize], own: usize) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let inside = sums[own] / (sizes[own] - 1) as f64;
    let outside = sums
        .iter()
        .zip(sizes)
        .enumerate()
        .filter(|&(c, (_, &size))| c != own && size > 0)
        .map(|(_, (sum, &size))| sum / size as f64)
        .fold(f64::INFINITY, f64::min);
    let larger = inside.max(outside);
    if larger > 0.0 && larger.is_finite() { (outside - inside) / larger } else { 0.0 }
}

pub fn sizes(labels: &[u32], k: usize) -> Vec<usize> {
    let mut sizes = vec![0; k];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    sizes
}

/// Mean over segments of the worst ratio of spreads to the distance of the means; smaller is better.
pub fn davies_bouldin(points: &Points, labels: &[u32], k: usize) -> Option<f64> {
    let d = points.d;
    let (centers, counts) = means(points, k, labels);
    let mut spread = vec![0.0; k];
    for (row, &label) in points.rows().zip(labels) {
        let c = label as usize;
        spread[c] += squared(row, &centers[c * d..(c + 1) * d]).sqrt();
    }
    let used: Vec<usize> = (0..k).filter(|&c| counts[c] > 0).collect();
    for &c in &used {
        spread[c] /= counts[c] as f64;
    }
    let worst = |a: usize| {
        used.iter()
            .filter(|&&b| b != a)
            .map(|&b| {
                let apart = squared(&centers[a * d..(a + 1) * d], &centers[b * d..(b + 1) * d]).sqrt();
                (spread[a] + spread[b]) / apart
            })
            .fold(0.0, f64::max)
    };
    let value = used.iter().map(|&a| worst(a)).sum::<f64>() / used.len() as f64;
    (used.len() > 1 && value.is_finite()).then_some(value)
}

/// Between-segment over within-segment variance, each by its degrees of freedom; larger is better.
pub fn calinski_harabasz(points: &Points, labels: &[u32], k: usize) -> Option<f64> {
    let (n, d) = (points.n as f64, points.d);
    let (centers, counts) = means(points, k, labels);
    let (all, _) = means(points, 1, &vec![0; points.n]);
    let between: f64 = (0..k).map(|c| counts[c] as f64 * squared(&centers[c * d..(c + 1) * d], &all)).sum();
    let within = super::kmeans::inertia(points, &centers, labels);
    let value = between / (k as f64 - 1.0) / (within / (n - k as f64));
    (k > 1 && value.is_finite()).then_some(value)
}

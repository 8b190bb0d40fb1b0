//! How good a partition is: silhouette (Rousseeuw 1987), Davies–Bouldin (1979), Caliński–Harabasz (1974).

use std::ops::Range;

use super::kmeans::means;
use super::points::{Points, squared};
use crate::num::rng::Rng;

/// Rows up to which the silhouette is computed from all pairs.
pub const EXACT_ROWS: usize = 10_000;
/// Rows drawn beyond that.
pub const SAMPLE_ROWS: usize = 5_000;

/// Labels of rows, and how many segments they name.
pub type Partition = (Vec<u32>, usize);

/// A seeded sample of the rows, where there are too many for all pairs.
pub fn sample(points: &Points, partitions: &[Partition], seed: u64) -> Option<(Points, Vec<Partition>)> {
    if points.n <= EXACT_ROWS {
        return None;
    }
    let rows = Rng::stream(seed, 77).sample(points.n, SAMPLE_ROWS);
    let thin = partitions.iter().map(|(labels, k)| (rows.iter().map(|&i| labels[i]).collect(), *k)).collect();
    Some((points.take(&rows), thin))
}

/// Whether more than one segment has rows: else there is no silhouette.
pub fn has_neighbours((labels, k): &Partition) -> bool {
    sizes(labels, *k).iter().filter(|&&c| c > 0).count() > 1
}

/// The sum of the silhouettes of `rows` in every partition; distances are computed once for all of them.
pub fn silhouette_sums(points: &Points, partitions: &[Partition], rows: Range<usize>) -> Vec<f64> {
    let sizes: Vec<Vec<usize>> = partitions.iter().map(|(labels, k)| sizes(labels, *k)).collect();
    let mut distances = vec![0.0; points.n];
    let mut totals = vec![0.0; partitions.len()];
    for i in rows {
        for (distance, row) in distances.iter_mut().zip(points.rows()) {
            *distance = squared(points.row(i), row).sqrt();
        }
        for (((labels, k), sizes), total) in partitions.iter().zip(&sizes).zip(&mut totals) {
            let mut sums = vec![0.0; *k];
            for (&label, distance) in labels.iter().zip(&distances) {
                sums[label as usize] += distance;
            }
            *total += one(&sums, sizes, labels[i] as usize);
        }
    }
    totals
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

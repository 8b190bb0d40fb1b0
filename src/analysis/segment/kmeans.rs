//! k-means: greedy k-means++ starts (Arthur & Vassilvitskii 2007), Lloyd's iterations made cheap by Hamerly's bounds
//! (2010; they skip only what cannot change), run on until no row changes its segment.
//!
//! Of tables with many rows a part, every so many rows in sorted order, says where the centres of a start come to rest, and all
//! rows what that is worth; the best starts then run on to rest on all of them.
//!
//! Our own, since the generic crates looked at offer neither greedy starts, which decide the inertia, nor bounds that skip
//! distances.

use super::points::{Points, squared};
use crate::num::order::Order;
use crate::num::rng::Rng;

#[derive(Clone, Debug)]
pub struct Fit {
    /// Segment of each row.
    pub labels: Vec<u32>,
    /// k × d, row by row.
    pub centers: Vec<f64>,
    /// Sum of squared distances to the centres.
    pub inertia: f64,
    pub iterations: usize,
}

const MAX_ITERATIONS: usize = 500;
/// Starts stop when the centres' squared move falls below this share of the mean variance; the best ones then run on to rest.
const LOOSE: f64 = 1e-4;
/// How many of the starts are run on to rest.
const FINALISTS: usize = 3;
/// Rows of the part on which the starts of larger tables come to rest.
const PART: usize = 8_192;

/// What becomes of a centre without rows.
#[derive(Clone, Copy, PartialEq)]
enum Empty {
    /// It stays: rows that a part of the table lacks may be there.
    Kept,
    /// It takes the row that lies farthest from its own centre.
    Revived,
}

/// The best of `starts` runs. Each start draws from its own stream of `seed`, so starts may run anywhere, in any order.
pub fn fit(points: &Points, k: usize, starts: usize, seed: u64) -> Fit {
    let runs: Vec<Fit> = (0..starts.max(1)).map(|s| start(points, k, seed, s)).collect();
    let chosen = finalists(&runs.iter().map(|r| r.inertia).collect::<Vec<_>>());
    let mut finals: Vec<Fit> = chosen.into_iter().map(|c| rest(points, k, runs[c].centers.clone())).collect();
    finals.order_by(|a, b| a.inertia.total_cmp(&b.inertia)); // stable: the better start wins a tie
    finals.swap_remove(0)
}

/// One start. Of many rows a part says where the centres come to rest, and all rows what that is worth; of few the centres
/// stop loosely.
pub fn start(points: &Points, k: usize, seed: u64, number: usize) -> Fit {
    let mut rng = Rng::stream(seed, (number * 1_000 + k) as u64);
    let columns = Columns::new(points);
    let centers = plus_plus(&columns, k, &mut rng);
    if points.n < 4 * PART {
        return lloyd(points, k, centers, LOOSE * mean_variance(points), Empty::Kept);
    }
    let rows: Vec<usize> = (0..PART).map(|i| i * points.n / PART).collect();
    let part = lloyd(&points.take(&rows), k, centers, 0.0, Empty::Kept);
    let mut labels = vec![0; points.n];
    let inertia = assign(&columns, &part.centers, &mut labels);
    Fit { labels, inertia, ..part }
}

/// A start's centres run on until no row changes its segment.
pub fn rest(points: &Points, k: usize, centers: Vec<f64>) -> Fit {
    lloyd(points, k, centers, 0.0, Empty::Revived)
}

/// Which starts are run on, best first. Starts that already agree to nine digits come to rest in the same place: one of them will do.
pub fn finalists(inertias: &[f64]) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..inertias.len()).collect();
    ranked.order_by(|&a, &b| inertias[a].total_cmp(&inertias[b])); // stable: the earlier start wins a tie
    ranked.truncate(FINALISTS);
    let mut kept: Vec<usize> = Vec::new();
    for run in ranked {
        if kept.iter().all(|&k| (inertias[k] - inertias[run]).abs() > 1e-9 * inertias[run]) {
            kept.push(run);
        }
    }
    kept
}

fn mean_variance(points: &Points) -> f64 {
    let (n, d) = (points.n as f64, points.d);
    let mut total = 0.0;
    for j in 0..d {
        let mean = points.rows().map(|r| r[j]).sum::<f64>() / n;
        total += points.rows().map(|r| (r[j] - mean) * (r[j] - mean)).sum::<f64>() / n;
    }
    total / d.max(1) as f64
}

/// Rows whose distances are taken together.
const BLOCK: usize = 512;

/// The rows feature by feature, so that the distances of a block of rows are taken side by side.
struct Columns<'a> {
    points: &'a Points,
    x: Vec<f64>,
}

impl<'a> Columns<'a> {
    fn new(points: &'a Points) -> Self {
        let mut x = Vec::with_capacity(points.x.len());
        for j in 0..points.d {
            x.extend(points.rows().map(|r| r[j]));
        }
        Self { points, x }
    }

    fn blocks(&self) -> usize {
        self.points.n.div_ceil(BLOCK)
    }

    /// Squared distances of a block's rows to a centre.
    fn squared<'o>(&self, block: usize, center: &[f64], out: &'o mut [f64; BLOCK]) -> &'o [f64] {
        let from = block * BLOCK;
        let out = &mut out[..BLOCK.min(self.points.n - from)];
        out.fill(0.0);
        for (column, &c) in self.x.chunks_exact(self.points.n).zip(center) {
            for (o, x) in out.iter_mut().zip(&column[from..]) {
                *o += (x - c) * (x - c);
            }
        }
        out
    }
}

/// Σ min(a, b), four terms side by side.
fn sum_of_least(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (mut left, mut right) = (a.chunks_exact(4), b.chunks_exact(4));
    for (a, b) in (&mut left).zip(&mut right) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += if a < b { a } else { b };
        }
    }
    let rest = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a.min(*b)).sum::<f64>();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Each next centre is drawn with probability ∝ squared distance to the nearest one; of several draws the one that lowers
/// the total most is kept (2 + ln k draws).
fn plus_plus(columns: &Columns<'_>, k: usize, rng: &mut Rng) -> Vec<f64> {
    let points = columns.points;
    let draws = 2 + (k as f64).ln() as usize;
    let mut centers = Vec::with_capacity(k * points.d);
    let mut near = vec![f64::INFINITY; points.n]; // squared distance to the nearest centre
    let mut weights = vec![0.0; columns.blocks()]; // their sums by block
    let mut place = [0.0; BLOCK];
    let mut chosen = rng.below(points.n);
    for c in 0..k {
        let mut least = f64::INFINITY;
        for _ in 0..if c == 0 { 0 } else { draws } {
            let candidate = draw(&near, &weights, rng);
            let at = points.row(candidate);
            let mut total = 0.0;
            for (b, near) in near.chunks(BLOCK).enumerate() {
                total += sum_of_least(columns.squared(b, at, &mut place), near);
            }
            if total < least {
                (least, chosen) = (total, candidate);
            }
        }
        let at = points.row(chosen);
        for (b, (near, weight)) in near.chunks_mut(BLOCK).zip(&mut weights).enumerate() {
            for (old, &new) in near.iter_mut().zip(columns.squared(b, at, &mut place)) {
                *old = if new < *old { new } else { *old };
            }
            *weight = near.iter().sum();
        }
        centers.extend_from_slice(at);
    }
    centers
}

/// A row with probability ∝ its weight; `sums` are those of its blocks.
fn draw(weights: &[f64], sums: &[f64], rng: &mut Rng) -> usize {
    let mut left = rng.uniform() * sums.iter().sum::<f64>();
    let mut block = 0;
    while block + 1 < sums.len() && left >= sums[block] {
        left -= sums[block];
        block += 1;
    }
    let from = block * BLOCK;
    let mut last = from;
    for (i, &w) in weights[from..].iter().enumerate() {
        if w > 0.0 {
            last = from + i;
            left -= w;
            if left < 0.0 {
                break;
            }
        }
    }
    last
}

/// Lloyd's iterations until the centres' squared move is at most `tolerance` (0: until no row changes its segment).
fn lloyd(points: &Points, k: usize, mut centers: Vec<f64>, tolerance: f64, empty: Empty) -> Fit {
    let (n, d) = (points.n, points.d);
    let mut labels = vec![0u32; n];
    let mut upper = vec![0.0; n]; // at least the distance to the own centre
    let mut lower = vec![0.0; n]; // at most the distance to the second nearest
    let (mut sums, mut counts) = assign_all(points, &centers, k, &mut labels, &mut upper, &mut lower);
    let mut half = vec![0.0; k]; // half the distance from each centre to its nearest neighbour
    let mut moved = vec![0.0; k];
    let mut iterations = 0;
    while iterations < MAX_ITERATIONS {
        iterations += 1;
        if empty == Empty::Revived
            && let Some(none) = counts.iter().position(|&c| c == 0)
        {
            revive(points, &mut centers, &labels, none);
            (sums, counts) = assign_all(points, &centers, k, &mut labels, &mut upper, &mut lower);
            continue;
        }
        let mut shift = 0.0;
        for c in 0..k {
            let mut square = 0.0;
            if counts[c] == 0 {
                moved[c] = 0.0;
                continue;
            }
            for j in 0..d {
                let new = sums[c * d + j] / f64::from(counts[c]);
                let step = new - centers[c * d + j];
                square += step * step;
                centers[c * d + j] = new;
            }
            shift += square;
            moved[c] = square.sqrt();
        }
        if shift <= tolerance {
            break;
        }
        let (far, farthest) = two_largest(&moved);
        for c in 0..k {
            half[c] = (0..k)
                .filter(|&o| o != c)
                .map(|o| squared(&centers[c * d..(c + 1) * d], &centers[o * d..(o + 1) * d]))
                .fold(f64::INFINITY, f64::min)
                .sqrt()
                / 2.0;
        }
        let mut changed = false;
        for (i, row) in points.rows().enumerate() {
            let own = labels[i] as usize;
            upper[i] += moved[own];
            lower[i] -= if own == far { farthest } else { moved[far] };
            let bound = half[own].max(lower[i]);
            if upper[i] <= bound {
                continue;
            }
            upper[i] = squared(row, &centers[own * d..(own + 1) * d]).sqrt();
            if upper[i] <= bound {
                continue;
            }
            let (near, first, second) = two_nearest(row, &centers, d);
            (upper[i], lower[i]) = (first.sqrt(), second.sqrt());
            if near != own {
                changed = true;
                labels[i] = near as u32;
                counts[own] -= 1;
                counts[near] += 1;
                for j in 0..d {
                    sums[own * d + j] -= row[j];
                    sums[near * d + j] += row[j];
                }
            }
        }
        if !changed && tolerance == 0.0 {
            // Sums were kept by differences: take them anew once, so that centres are exact means.
            break;
        }
    }
    settle(points, k, &mut centers, &mut labels, tolerance == 0.0);
    let inertia = inertia(points, &centers, &labels);
    Fit { labels, centers, inertia, iterations }
}

/// Every row to its nearest centre, from scratch; sums and counts per centre.
fn assign_all(
    points: &Points,
    centers: &[f64],
    k: usize,
    labels: &mut [u32],
    upper: &mut [f64],
    lower: &mut [f64],
) -> (Vec<f64>, Vec<u32>) {
    let d = points.d;
    let (mut sums, mut counts) = (vec![0.0; k * d], vec![0u32; k]);
    for (i, row) in points.rows().enumerate() {
        let (near, first, second) = two_nearest(row, centers, d);
        labels[i] = near as u32;
        (upper[i], lower[i]) = (first.sqrt(), second.sqrt());
        counts[near] += 1;
        for j in 0..d {
            sums[near * d + j] += row[j];
        }
    }
    (sums, counts)
}

/// Every row to its nearest centre; the inertia.
fn assign(columns: &Columns<'_>, centers: &[f64], labels: &mut [u32]) -> f64 {
    let mut place = [0.0; BLOCK];
    let (mut first, mut near) = ([0.0; BLOCK], [0u64; BLOCK]);
    let mut inertia = 0.0;
    for (b, labels) in labels.chunks_mut(BLOCK).enumerate() {
        first.fill(f64::INFINITY);
        for (c, center) in centers.chunks_exact(columns.points.d).enumerate() {
            let distances = columns.squared(b, center, &mut place);
            for ((first, near), &distance) in first.iter_mut().zip(&mut near).zip(distances) {
                let closer = distance < *first;
                *first = if closer { distance } else { *first };
                *near = if closer { c as u64 } else { *near };
            }
        }
        for (label, &near) in labels.iter_mut().zip(&near) {
            *label = near as u32;
        }
        inertia += first[..labels.len()].iter().sum::<f64>();
    }
    inertia
}

/// Index of the nearest centre, its squared distance, and that of the second nearest.
fn two_nearest(row: &[f64], centers: &[f64], d: usize) -> (usize, f64, f64) {
    let (mut near, mut first, mut second) = (0, f64::INFINITY, f64::INFINITY);
    for (c, center) in centers.chunks_exact(d).enumerate() {
        let distance = squared(row, center);
        if distance < first {
            (near, first, second) = (c, distance, first);
        } else if distance < second {
            second = distance;
        }
    }
    (near, first, second)
}

/// Which centre moved most, and how far the most moved of the others did.
fn two_largest(moved: &[f64]) -> (usize, f64) {
    let mut far = 0;
    for (c, &m) in moved.iter().enumerate() {
        if m > moved[far] {
            far = c;
        }
    }
    let second = moved.iter().enumerate().filter(|&(c, _)| c != far).map(|(_, &m)| m).fold(0.0, f64::max);
    (far, second)
}

/// A centre without rows takes the row that lies farthest from its own.
fn revive(points: &Points, centers: &mut [f64], labels: &[u32], empty: usize) {
    let d = points.d;
    let (mut far, mut most) = (0, -1.0);
    for (i, row) in points.rows().enumerate() {
        let own = labels[i] as usize;
        let distance = squared(row, &centers[own * d..(own + 1) * d]);
        if distance > most {
            (far, most) = (i, distance);
        }
    }
    centers[empty * d..(empty + 1) * d].copy_from_slice(points.row(far));
}

/// Labels and centres that agree: a last exact assignment, then exact means.
fn settle(points: &Points, k: usize, centers: &mut [f64], labels: &mut [u32], exact: bool) {
    if !exact {
        for (label, row) in labels.iter_mut().zip(points.rows()) {
            *label = two_nearest(row, centers, points.d).0 as u32;
        }
    }
    let (means, counts) = means(points, k, labels);
    for c in 0..k {
        if counts[c] > 0 {
            centers[c * points.d..(c + 1) * points.d].copy_from_slice(&means[c * points.d..(c + 1) * points.d]);
        }
    }
}

/// Mean of each segment's rows (k × d) and the segments' sizes.
pub fn means(points: &Points, k: usize, labels: &[u32]) -> (Vec<f64>, Vec<usize>) {
    let d = points.d;
    let (mut sums, mut counts) = (vec![0.0; k * d], vec![0usize; k]);
    for (row, &label) in points.rows().zip(labels) {
        let c = label as usize;
        counts[c] += 1;
        for j in 0..d {
            sums[c * d + j] += row[j];
        }
    }
    for c in 0..k {
        for j in 0..d {
            sums[c * d + j] /= counts[c].max(1) as f64;
        }
    }
    (sums, counts)
}

pub fn inertia(points: &Points, centers: &[f64], labels: &[u32]) -> f64 {
    let d = points.d;
    points.rows().zip(labels).map(|(row, &c)| squared(row, &centers[c as usize * d..(c as usize + 1) * d])).sum()
}

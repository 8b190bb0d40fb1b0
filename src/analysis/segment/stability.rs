//! Would another sample of the same customers give the same segments? Bootstrap Jaccard similarity (Hennig 2007).
//!
//! A sample with replacement is grouped anew by the same method; every original segment is compared with the most similar
//! new one over the rows drawn: |both| / |either|. The mean over the samples is its stability: above 0.75 a segment can be
//! given a name, below 0.6 it may be an accident of the sample.

use super::points::Points;
use crate::num::rng::Rng;

pub const SAMPLES: usize = 20;
/// Rows drawn per sample at most; large tables are as telling by a part.
pub const ROWS: usize = 5_000;

/// Mean Jaccard similarity per segment; `None` for a segment that no sample met. `regroup` groups the rows of a sample
/// (its number is given, for the seed) into at most `k`.
pub fn jaccard(
    points: &Points,
    labels: &[u32],
    k: usize,
    most_rows: usize,
    seed: u64,
    regroup: impl Fn(&Points, usize) -> Option<Vec<u32>>,
) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0usize); k];
    for sample in 0..SAMPLES {
        let mut rng = Rng::stream(seed, 10_000 + sample as u64);
        let drawn = points.n.min(most_rows);
        let mut rows: Vec<usize> = (0..drawn).map(|_| rng.below(points.n)).collect();
        rows.sort_unstable();
        let Some(new) = regroup(&points.take(&rows), sample) else { continue };
        // Each row counts once however often it was drawn; copies share a group.
        let groups = new.iter().map(|&g| g as usize + 1).max().unwrap_or(0);
        let mut both = vec![0usize; k * groups];
        let (mut old_size, mut new_size) = (vec![0usize; k], vec![0usize; groups]);
        let mut before = usize::MAX;
        for (&row, &group) in rows.iter().zip(&new) {
            if row == before {
                continue;
            }
            before = row;
            let (old, group) = (labels[row] as usize, group as usize);
            both[old * groups + group] += 1;
            old_size[old] += 1;
            new_size[group] += 1;
        }
        for c in (0..k).filter(|&c| old_size[c] > 0) {
            let most = (0..groups)
                .map(|g| {
                    let shared = both[c * groups + g];
                    shared as f64 / (old_size[c] + new_size[g] - shared) as f64
                })
                .fold(0.0, f64::max);
            sums[c].0 += most;
            sums[c].1 += 1;
        }
    }
    sums.into_iter().map(|(sum, n)| (n > 0).then(|| sum / n as f64)).collect()
}

//! Would another sample of the same customers give the same segments? Bootstrap Jaccard similarity (Hennig 2007).
//!
//! A sample with replacement is grouped anew by the same method; every original segment is compared with the most similar
//! new one over the rows drawn: |both| / |either|. The mean over the samples is its stability: above 0.75 a segment can be
//! given a name, below 0.6 it may be an accident of the sample.

use crate::num::rng::Rng;

pub const SAMPLES: usize = 20;
/// Rows drawn per sample at most; large tables are as telling by a part.
pub const ROWS: usize = 5_000;

/// The rows of a sample, ascending, drawn with replacement.
pub fn draw(n: usize, most_rows: usize, seed: u64, sample: usize) -> Vec<usize> {
    let mut rng = Rng::stream(seed, 10_000 + sample as u64);
    let mut rows: Vec<usize> = (0..n.min(most_rows)).map(|_| rng.below(n)).collect();
    rows.sort_unstable();
    rows
}

/// Jaccard similarity of each of `k` segments with the most similar group of the sample; NaN for one that the sample did not meet.
/// `labels` are those of all rows, `new` those of the sample's.
pub fn likeness(rows: &[usize], labels: &[u32], new: &[u32], k: usize) -> Vec<f64> {
    // Each row counts once however often it was drawn; copies share a group.
    let groups = new.iter().map(|&g| g as usize + 1).max().unwrap_or(0);
    let mut both = vec![0usize; k * groups];
    let (mut old_size, mut new_size) = (vec![0usize; k], vec![0usize; groups]);
    let mut before = usize::MAX;
    for (&row, &group) in rows.iter().zip(new) {
        if row == before {
            continue;
        }
        before = row;
        let (old, group) = (labels[row] as usize, group as usize);
        both[old * groups + group] += 1;
        old_size[old] += 1;
        new_size[group] += 1;
    }
    let most = |c: usize| {
        (0..groups)
            .map(|g| {
                let shared = both[c * groups + g];
                shared as f64 / (old_size[c] + new_size[g] - shared) as f64
            })
            .fold(0.0, f64::max)
    };
    (0..k).map(|c| if old_size[c] > 0 { most(c) } else { f64::NAN }).collect()
}

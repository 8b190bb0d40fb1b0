//! Trees in numbers: gradient boosting (Friedman 2001, Newton leaves as in Chen & Guestrin 2016), random forest (Breiman 2001), a
//! single tree (CART, Breiman et al. 1984).

use super::tree::{Bins, Grow, Tree, grow};
use crate::num::dense::Matrix;
use crate::num::rng::Rng;
use crate::num::special::sigmoid;

/// Added to the second derivatives of a boosted leaf: one row's worth of doubt, so that a leaf of few rows cannot run away.
const RIDGE: f64 = 1.0;

pub struct Boosting {
    pub trees: usize,
    pub max_depth: usize,
    pub learning_rate: f64,
    pub min_leaf: usize,
}

/// Log-odds to start from, and the trees to add to it.
pub fn boost(x: &Matrix, y: &[f64], rows: &[u32], how: &Boosting, seed: u64) -> (f64, Vec<Tree>) {
    let bins = Bins::new(x, rows);
    let positives: f64 = rows.iter().map(|&r| y[r as usize]).sum();
    let share = (positives / rows.len().max(1) as f64).clamp(1e-9, 1.0 - 1e-9);
    let base = (share / (1.0 - share)).ln();
    let mut score = vec![base; x.rows];
    let (mut g, mut h) = (vec![0.0; x.rows], vec![0.0; x.rows]);
    let grow_by =
        Grow { max_depth: how.max_depth, min_leaf: how.min_leaf, ridge: RIDGE, rate: how.learning_rate, columns: None };
    let mut rng = Rng::new(seed);
    let mut order = rows.to_vec();
    let trees = (0..how.trees)
        .map(|_| {
            for &r in rows {
                let r = r as usize;
                let p = sigmoid(score[r]);
                g[r] = p - y[r];
                h[r] = (p * (1.0 - p)).max(1e-16);
            }
            order.copy_from_slice(rows);
            grow(&bins, &mut order, &g, &h, &grow_by, &mut rng, |leaf, value| {
                leaf.iter().for_each(|&r| score[r as usize] += value);
            })
        })
        .collect();
    (base, trees)
}

/// One tree whose leaves are shares of positives.
pub fn cart(x: &Matrix, y: &[f64], rows: &[u32], max_depth: usize, min_leaf: usize) -> Tree {
    let bins = Bins::new(x, rows);
    let how = Grow { max_depth, min_leaf, ridge: 0.0, rate: 1.0, columns: None };
    let g: Vec<f64> = y.iter().map(|y| -y).collect();
    grow(&bins, &mut rows.to_vec(), &g, &vec![1.0; x.rows], &how, &mut Rng::new(0), |_, _| {})
}

/// Trees on bootstrap samples, √p columns tried at each split; the forest's probability is the mean of the leaves' shares.
/// Each tree draws from its own stream, so trees may grow anywhere, in any order.
pub fn forest(x: &Matrix, y: &[f64], rows: &[u32], trees: usize, min_leaf: usize, seed: u64) -> Vec<Tree> {
    const DEEP: usize = 60;
    let bins = Bins::new(x, rows);
    let columns = Some(((x.cols as f64).sqrt().round() as usize).max(1));
    let how = Grow { max_depth: DEEP, min_leaf, ridge: 0.0, rate: 1.0, columns };
    let g: Vec<f64> = y.iter().map(|y| -y).collect();
    let h = vec![1.0; x.rows];
    (0..trees)
        .map(|t| {
            let mut rng = Rng::stream(seed, t as u64);
            let mut drawn: Vec<u32> = (0..rows.len()).map(|_| rows[rng.below(rows.len())]).collect();
            drawn.sort_unstable();
            grow(&bins, &mut drawn, &g, &h, &how, &mut rng, |_, _| {})
        })
        .collect()
}

//! The trees and what explains them, by laws that need no reference.

use super::ensemble::{Boosting, boost, cart, forest};
use super::shap::{Explainer, contributions, expected};
use super::tree::{Bins, Grow, Tree, grow};
use crate::num::dense::Matrix;
use crate::num::rng::Rng;
use crate::num::score::{auc, log_loss};
use crate::num::special::sigmoid;

fn made(n: usize, p: usize, seed: u64) -> (Matrix, Vec<f64>) {
    let mut rng = Rng::new(seed);
    let columns: Vec<Vec<f64>> = (0..p)
        .map(|j| (0..n).map(|_| if j % 3 == 2 { (rng.uniform() < 0.4) as u8 as f64 } else { rng.normal() }).collect())
        .collect();
    let y = (0..n)
        .map(|i| {
            let eta = columns[0][i] + if columns[1][i] > 0.3 { 1.5 } else { -0.5 } * columns[2][i] - 0.4;
            f64::from(u8::from(rng.uniform() < sigmoid(eta)))
        })
        .collect();
    (Matrix::from_columns(n, &columns), y)
}

#[test]
fn contributions_and_the_expected_value_add_up_to_the_answer() {
    let (x, y) = made(600, 6, 1);
    let rows: Vec<u32> = (0..600).collect();
    let how = Boosting { trees: 30, max_depth: 4, learning_rate: 0.2, min_leaf: 1 };
    let (base, trees) = boost(&x, &y, &rows, &how, 1);
    let mut explainers: Vec<Explainer> = trees.iter().map(Explainer::new).collect();
    for i in 0..60 {
        let at = |j: usize| x.get(i, j);
        let score: f64 = base + trees.iter().map(|t| t.value(at)).sum::<f64>();
        let mut told = base + trees.iter().map(expected).sum::<f64>();
        for e in &mut explainers {
            told += e.row(at).iter().map(|c| c.1).sum::<f64>();
        }
        assert!((told - score).abs() < 1e-9, "{told} {score}");
    }
}

/// Mean answer when only the columns of `known` are known: both ways, by cover, where a node asks for another.
fn conditional(tree: &Tree, at: usize, known: u32, x: &impl Fn(usize) -> f64) -> f64 {
    let n = &tree.nodes[at];
    if n.left == 0 {
        return n.value;
    }
    let (l, r) = (n.left as usize, n.right as usize);
    if known >> n.feature & 1 == 1 {
        return conditional(tree, if x(n.feature as usize) <= n.threshold { l } else { r }, known, x);
    }
    (conditional(tree, l, known, x) * tree.nodes[l].cover + conditional(tree, r, known, x) * tree.nodes[r].cover)
        / n.cover
}

#[test]
fn contributions_are_the_shapley_values_by_their_definition() {
    let (x, y) = made(400, 5, 2);
    let rows: Vec<u32> = (0..400).collect();
    let tree = cart(&x, &y, &rows, 6, 1);
    let factorial = |n: usize| (1..=n).map(|v| v as f64).product::<f64>();
    for i in 0..25 {
        let at = |j: usize| x.get(i, j);
        let fast = contributions(&tree, &at);
        for j in 0..5usize {
            let mut slow = 0.0;
            for set in (0..32u32).filter(|s| s >> j & 1 == 0) {
                let size = set.count_ones() as usize;
                let weight = factorial(size) * factorial(4 - size) / factorial(5);
                slow += weight * (conditional(&tree, 0, set | 1 << j, &at) - conditional(&tree, 0, set, &at));
            }
            let got = fast.iter().find(|c| c.0 == j as u32).map_or(0.0, |c| c.1);
            assert!((got - slow).abs() < 1e-10, "row {i} column {j}: {got} {slow}");
        }
    }
}

#[test]
fn the_first_cut_is_the_best_of_all_cuts() {
    let (x, y) = made(200, 4, 3);
    let rows: Vec<u32> = (0..200).collect();
    let tree = cart(&x, &y, &rows, 1, 1);
    let impurity = |inside: &[usize]| {
        let p = inside.iter().map(|&i| y[i]).sum::<f64>() / inside.len() as f64;
        inside.len() as f64 * p * (1.0 - p)
    };
    let after = |j: usize, t: f64| {
        let (l, r): (Vec<usize>, Vec<usize>) = (0..200).partition(|&i| x.get(i, j) <= t);
        if l.is_empty() || r.is_empty() { f64::INFINITY } else { impurity(&l) + impurity(&r) }
    };
    let best = (0..4)
        .flat_map(|j| x.col(j).iter().map(move |&t| (j, t)))
        .map(|(j, t)| after(j, t))
        .fold(f64::INFINITY, f64::min);
    let root = tree.nodes[0];
    assert!((after(root.feature as usize, root.threshold) - best).abs() < 1e-9);
}

#[test]
fn leaves_hold_enough_rows_and_bins_split_as_thresholds_do() {
    let (x, y) = made(3_000, 4, 4);
    let rows: Vec<u32> = (0..3_000).collect();
    let bins = Bins::new(&x, &rows);
    assert!(bins.edges.iter().all(|e| e.len() <= 255 && e.windows(2).all(|w| w[0] < w[1])));
    let g: Vec<f64> = y.iter().map(|v| -v).collect();
    let how = Grow { max_depth: 8, min_leaf: 25, ridge: 0.0, rate: 1.0, columns: None };
    let mut told = vec![f64::NAN; 3_000];
    let tree = grow(&bins, &mut rows.clone(), &g, &vec![1.0; 3_000], &how, &mut Rng::new(1), |leaf, v| {
        assert!(leaf.len() >= 25);
        leaf.iter().for_each(|&r| told[r as usize] = v);
    });
    for i in 0..3_000 {
        assert_eq!(tree.value(|j| x.get(i, j)), told[i], "a row falls into the leaf it was grown in");
    }
}

#[test]
fn boosting_lowers_the_loss_and_the_forest_ranks() {
    let (x, y) = made(4_000, 6, 5);
    let rows: Vec<u32> = (0..2_000).collect();
    let test: Vec<usize> = (2_000..4_000).collect();
    let truth: Vec<f64> = test.iter().map(|&i| y[i]).collect();
    let mut last = f64::INFINITY;
    for trees in [1, 10, 40] {
        let how = Boosting { trees, max_depth: 3, learning_rate: 0.1, min_leaf: 5 };
        let (base, list) = boost(&x, &y, &rows, &how, 1);
        let p: Vec<f64> =
            test.iter().map(|&i| sigmoid(base + list.iter().map(|t| t.value(|j| x.get(i, j))).sum::<f64>())).collect();
        assert!(log_loss(&truth, &p) < last);
        last = log_loss(&truth, &p);
    }
    let list = forest(&x, &y, &rows, 60, 5, 1);
    let p: Vec<f64> = test.iter().map(|&i| list.iter().map(|t| t.value(|j| x.get(i, j))).sum::<f64>() / 60.0).collect();
    assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
    assert!(auc(&truth, &p).unwrap() > 0.72, "{:?}", auc(&truth, &p));
    assert_eq!(list, forest(&x, &y, &rows, 60, 5, 1), "equal seeds, equal trees");
}

//! What each column adds to a tree's answer for one row: TreeSHAP (Lundberg, Erion & Lee 2018, algorithm 2), exact Shapley values of
//! the tree's expectation over the training rows. Together with the expected value they add up to the answer.

use super::tree::Tree;
use crate::num::order::Order;

#[derive(Clone, Copy)]
struct Element {
    feature: u32,
    /// Share of paths that get here when the feature is unknown, and when it is known.
    zero: f64,
    one: f64,
    weight: f64,
}

const NONE: u32 = u32::MAX;

/// Contributions of many rows to one tree. Which way each inner node sends a row is all that matters, so rows that are sent alike share
/// one calculation: a hundred trees of depth 3 cost a few additions a row.
pub struct Explainer<'a> {
    tree: &'a Tree,
    inner: Vec<usize>,
    seen: std::collections::HashMap<u64, Vec<(u32, f64)>>,
}

impl<'a> Explainer<'a> {
    pub fn new(tree: &'a Tree) -> Self {
        let inner = (0..tree.nodes.len()).filter(|&i| tree.nodes[i].left != 0).collect();
        Self { tree, inner, seen: std::collections::HashMap::new() }
    }

    /// (column, contribution) of this row.
    pub fn row(&mut self, x: impl Fn(usize) -> f64) -> Vec<(u32, f64)> {
        if self.inner.len() > 63 {
            return contributions(self.tree, &x);
        }
        let mut key = 0u64;
        for (bit, &i) in self.inner.iter().enumerate() {
            let node = &self.tree.nodes[i];
            key |= u64::from(x(node.feature as usize) <= node.threshold) << bit;
        }
        self.seen.entry(key).or_insert_with(|| contributions(self.tree, &x)).clone()
    }
}

/// The tree's mean answer over its training rows.
pub fn expected(tree: &Tree) -> f64 {
    let total = tree.nodes.first().map_or(1.0, |n| n.cover);
    tree.nodes.iter().filter(|n| n.left == 0).map(|n| n.value * n.cover / total).sum()
}

/// (column, contribution), columns ascending.
pub fn contributions(tree: &Tree, x: &impl Fn(usize) -> f64) -> Vec<(u32, f64)> {
    let mut out: Vec<(u32, f64)> = Vec::new();
    walk(tree, 0, &[], [1.0, 1.0], NONE, x, &mut out);
    out.order_by_key(|c| c.0);
    out.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    out
}

fn walk(
    tree: &Tree,
    at: usize,
    above: &[Element],
    [zero, one]: [f64; 2],
    feature: u32,
    x: &impl Fn(usize) -> f64,
    out: &mut Vec<(u32, f64)>,
) {
    let Some(node) = tree.nodes.get(at) else { return };
    let mut path = above.to_vec();
    extend(&mut path, zero, one, feature);
    if node.left == 0 {
        for i in 1..path.len() {
            let mut without = path.clone();
            unwind(&mut without, i);
            let weight: f64 = without.iter().map(|e| e.weight).sum();
            out.push((path[i].feature, weight * (path[i].one - path[i].zero) * node.value));
        }
        return;
    }
    let (left, right) = (node.left as usize, node.right as usize);
    let (hot, cold) = if x(node.feature as usize) <= node.threshold { (left, right) } else { (right, left) };
    let (mut zero, mut one) = (1.0, 1.0);
    if let Some(k) = (1..path.len()).find(|&k| path[k].feature == node.feature) {
        (zero, one) = (path[k].zero, path[k].one);
        unwind(&mut path, k);
    }
    let share = |child: usize| tree.nodes.get(child).map_or(0.0, |c| c.cover) / node.cover;
    walk(tree, hot, &path, [zero * share(hot), one], node.feature, x, out);
    walk(tree, cold, &path, [zero * share(cold), 0.0], node.feature, x, out);
}

fn extend(path: &mut Vec<Element>, zero: f64, one: f64, feature: u32) {
    let depth = path.len();
    path.push(Element { feature, zero, one, weight: if depth == 0 { 1.0 } else { 0.0 } });
    for i in (0..depth).rev() {
        let weight = path[i].weight;
        path[i + 1].weight += one * weight * (i + 1) as f64 / (depth + 1) as f64;
        path[i].weight = zero * weight * (depth - i) as f64 / (depth + 1) as f64;
    }
}

fn unwind(path: &mut Vec<Element>, gone: usize) {
    let depth = path.len() - 1;
    let (zero, one) = (path[gone].zero, path[gone].one);
    let mut next = path[depth].weight;
    for i in (0..depth).rev() {
        if one != 0.0 {
            let weight = path[i].weight;
            path[i].weight = next * (depth + 1) as f64 / ((i + 1) as f64 * one);
            next = weight - path[i].weight * zero * (depth - i) as f64 / (depth + 1) as f64;
        } else {
            path[i].weight = path[i].weight * (depth + 1) as f64 / (zero * (depth - i) as f64);
        }
    }
    for i in gone..depth {
        (path[i].feature, path[i].zero, path[i].one) = (path[i + 1].feature, path[i + 1].zero, path[i + 1].one);
    }
    path.pop();
}

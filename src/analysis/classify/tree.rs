//! Regression trees on binned columns: the one grower behind CART, the forest and boosting.
//!
//! Our own because none of the crates at hand has the histogram form, which costs O(n) per level instead of O(n log n), nor
//! Newton leaves, covers for TreeSHAP, or a stable seed. A column has at most 255 cuts, at quantiles of the training rows;
//! with fewer different values every cut is exact.

use serde::{Deserialize, Serialize};

use crate::num::dense::Matrix;
use crate::num::rng::Rng;

/// A node; a leaf has `left` = 0. Rows with x[feature] ≤ threshold go left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    pub feature: u32,
    pub threshold: f64,
    pub left: u32,
    pub right: u32,
    pub value: f64,
    /// Training rows that passed here.
    pub cover: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

/// Deeper than any tree grown here; a file may claim more, and walking it would exhaust the stack.
const DEEPEST: u16 = 500;

impl Tree {
    /// Whether this is a tree over `width` terms: every child comes after its parent and has one parent only.
    pub fn is_sound(&self, width: usize) -> bool {
        let n = self.nodes.len();
        let mut depth = vec![u16::MAX; n];
        if let Some(root) = depth.first_mut() {
            *root = 0;
        }
        self.nodes.iter().enumerate().all(|(i, node)| {
            let mine = depth[i];
            let numbers = node.value.is_finite() && node.cover > 0.0 && node.cover.is_finite();
            numbers
                && mine <= DEEPEST
                && (node.left == 0
                    || (node.feature as usize) < width
                        && [node.left, node.right].into_iter().all(|child| {
                            let child = child as usize;
                            let fresh = child > i && child < n && depth[child] == u16::MAX;
                            if fresh {
                                depth[child] = mine + 1;
                            }
                            fresh
                        }))
        }) && n > 0
    }

    pub fn value(&self, x: impl Fn(usize) -> f64) -> f64 {
        let mut at = 0usize;
        // A model read from a file may hold any numbers: the walk ends after as many steps as there are nodes.
        for _ in 0..=self.nodes.len() {
            let Some(node) = self.nodes.get(at) else { return 0.0 };
            if node.left == 0 {
                return node.value;
            }
            at = if x(node.feature as usize) <= node.threshold { node.left } else { node.right } as usize;
        }
        0.0
    }
}

/// Columns as small codes. A value's code is the number of edges below it.
pub struct Bins {
    pub edges: Vec<Vec<f64>>,
    codes: Vec<Vec<u8>>,
}

const MOST_EDGES: usize = 255;

impl Bins {
    /// Edges from `rows`, codes of all rows.
    pub fn new(x: &Matrix, rows: &[u32]) -> Self {
        let mut edges = Vec::with_capacity(x.cols);
        let mut codes = Vec::with_capacity(x.cols);
        for j in 0..x.cols {
            let column = x.col(j);
            let cuts = cuts(column, rows);
            codes.push(column.iter().map(|v| cuts.partition_point(|e| e < v) as u8).collect());
            edges.push(cuts);
        }
        Self { edges, codes }
    }
}

/// Middles between neighbouring different values, at most 255 of them, evenly spread over the rows.
fn cuts(column: &[f64], rows: &[u32]) -> Vec<f64> {
    // Two values only (a coded level): no need to sort.
    let first = rows.first().map_or(0.0, |&r| column[r as usize]);
    let other = rows.iter().map(|&r| column[r as usize]).find(|&v| v != first);
    let Some(other) = other else { return Vec::new() };
    if rows.iter().all(|&r| column[r as usize] == first || column[r as usize] == other) {
        return vec![f64::midpoint(first, other)];
    }
    let mut sorted: Vec<f64> = rows.iter().map(|&r| column[r as usize]).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let different = 1 + sorted.windows(2).filter(|w| w[0] < w[1]).count();
    let mut out: Vec<f64> = Vec::new();
    if different <= MOST_EDGES + 1 {
        out.extend(sorted.windows(2).filter(|w| w[0] < w[1]).map(|w| f64::midpoint(w[0], w[1])));
        return out;
    }
    for b in 1..=MOST_EDGES {
        let low = sorted[n * b / (MOST_EDGES + 1)];
        let next = sorted.partition_point(|&v| v <= low);
        if next < n {
            let cut = f64::midpoint(low, sorted[next]);
            if out.last().is_none_or(|&last| cut > last) {
                out.push(cut);
            }
        }
    }
    out
}

/// How a tree grows.
pub struct Grow {
    pub max_depth: usize,
    /// Fewest rows in a leaf.
    pub min_leaf: usize,
    /// Added to the sum of h of a leaf.
    pub ridge: f64,
    /// Leaves are −G / (H + ridge) times this.
    pub rate: f64,
    /// Columns tried at each split, drawn anew; `None`: all.
    pub columns: Option<usize>,
}

/// Sum of gradients, of second derivatives, rows.
type Sums = [f64; 3];

/// Grows a tree that minimises Σ g·f + ½ h·f² over `rows` (which is reordered: each leaf's rows stand together). `leaf` is told the
/// rows and the value of each leaf. With g = −y and h = 1 the leaves are means and splits lower the Gini impurity most.
pub fn grow(
    bins: &Bins,
    rows: &mut [u32],
    g: &[f64],
    h: &[f64],
    how: &Grow,
    rng: &mut Rng,
    mut leaf: impl FnMut(&[u32], f64),
) -> Tree {
    let mut grower = Grower { bins, g, h, how, nodes: Vec::new(), spare: Vec::new() };
    let histogram = grower.whole(rows);
    grower.node(rows, 0, histogram, rng, &mut leaf);
    Tree { nodes: grower.nodes }
}

/// Adds every row to the bin of its code; a code is always one of the 256.
fn count(codes: &[u8], rows: &[u32], slopes: &[[f64; 2]], bins: &mut [Sums; 256]) {
    for (&r, [g, h]) in rows.iter().zip(slopes) {
        let bin = &mut bins[codes[r as usize] as usize];
        bin[0] += g;
        bin[1] += h;
        bin[2] += 1.0;
    }
}

struct Grower<'a> {
    bins: &'a Bins,
    g: &'a [f64],
    h: &'a [f64],
    how: &'a Grow,
    nodes: Vec<Node>,
    spare: Vec<u32>,
}

struct Split {
    feature: usize,
    bin: u8,
    gain: f64,
}

/// Rows below which a column's codes are sorted instead of counted into 256 bins.
const FEW: usize = 64;

impl Grower<'_> {
    /// Histograms of all columns, one after the other, when splits look at all of them.
    fn whole(&self, rows: &[u32]) -> Option<Vec<Sums>> {
        self.how.columns.is_none().then(|| self.histogram(rows))
    }

    fn histogram(&self, rows: &[u32]) -> Vec<Sums> {
        let mut out = vec![[0.0; 3]; self.bins.codes.len() * 256];
        let slopes = self.slopes(rows);
        for (codes, bins) in self.bins.codes.iter().zip(out.as_chunks_mut::<256>().0) {
            count(codes, rows, &slopes, bins);
        }
        out
    }

    /// Gradients and second derivatives of these rows, side by side: every column reads them in this order.
    fn slopes(&self, rows: &[u32]) -> Vec<[f64; 2]> {
        rows.iter().map(|&r| [self.g[r as usize], self.h[r as usize]]).collect()
    }

    fn node(
        &mut self,
        rows: &mut [u32],
        depth: usize,
        histogram: Option<Vec<Sums>>,
        rng: &mut Rng,
        leaf: &mut impl FnMut(&[u32], f64),
    ) -> u32 {
        let total = rows.iter().fold([0.0; 3], |t, &r| {
            let r = r as usize;
            [t[0] + self.g[r], t[1] + self.h[r], t[2] + 1.0]
        });
        let at = self.nodes.len();
        let value = -total[0] / (total[1] + self.how.ridge).max(1e-12) * self.how.rate;
        self.nodes.push(Node { feature: 0, threshold: 0.0, left: 0, right: 0, value, cover: rows.len() as f64 });
        let split = if depth < self.how.max_depth && rows.len() >= 2 * self.how.min_leaf.max(1) {
            self.best(rows, &total, histogram.as_deref(), rng)
        } else {
            None
        };
        let Some(split) = split else {
            leaf(rows, value);
            return at as u32;
        };
        let middle = self.partition(rows, split.feature, split.bin);
        let (left, right) = rows.split_at_mut(middle);
        let (mut below_left, mut below_right) = (None, None);
        if depth + 1 < self.how.max_depth
            && let Some(mut parent) = histogram
        {
            // The larger side is the parent less the smaller one.
            let small_left = left.len() <= right.len();
            let small = self.histogram(if small_left { left } else { right });
            for (p, s) in parent.iter_mut().zip(&small) {
                for k in 0..3 {
                    p[k] -= s[k];
                }
            }
            (below_left, below_right) =
                if small_left { (Some(small), Some(parent)) } else { (Some(parent), Some(small)) };
        }
        let left = self.node(left, depth + 1, below_left, rng, leaf);
        let right = self.node(right, depth + 1, below_right, rng, leaf);
        let node = &mut self.nodes[at];
        node.feature = split.feature as u32;
        node.threshold = self.bins.edges[split.feature][split.bin as usize];
        (node.left, node.right) = (left, right);
        at as u32
    }

    /// Rows with code ≤ bin first, order kept on both sides.
    fn partition(&mut self, rows: &mut [u32], feature: usize, bin: u8) -> usize {
        let codes = &self.bins.codes[feature];
        self.spare.clear();
        let mut kept = 0;
        for i in 0..rows.len() {
            let r = rows[i];
            if codes[r as usize] <= bin {
                rows[kept] = r;
                kept += 1;
            } else {
                self.spare.push(r);
            }
        }
        rows[kept..].copy_from_slice(&self.spare);
        kept
    }

    fn best(&self, rows: &[u32], total: &Sums, histogram: Option<&[Sums]>, rng: &mut Rng) -> Option<Split> {
        let p = self.bins.codes.len();
        let mut best: Option<Split> = None;
        match (histogram, self.how.columns) {
            (Some(all), _) => {
                for (feature, bins) in all.chunks_exact(256).enumerate() {
                    let used = self.bins.edges[feature].len();
                    self.scan(feature, bins[..used].iter().enumerate().map(|(b, s)| (b as u8, *s)), total, &mut best);
                }
            }
            (None, columns) => {
                let tried = rng.sample(p, columns.unwrap_or(p).min(p));
                let mut bins = [[0.0; 3]; 256];
                let slopes = if rows.len() < FEW { Vec::new() } else { self.slopes(rows) };
                for feature in tried {
                    let codes = &self.bins.codes[feature];
                    if rows.len() < FEW {
                        let mut few: Vec<(u8, Sums)> = rows
                            .iter()
                            .map(|&r| (codes[r as usize], [self.g[r as usize], self.h[r as usize], 1.0]))
                            .collect();
                        few.sort_by_key(|f| f.0);
                        few.dedup_by(|next, kept| {
                            let same = next.0 == kept.0;
                            if same {
                                (0..3).for_each(|k| kept.1[k] += next.1[k]);
                            }
                            same
                        });
                        few.pop(); // nothing is right of the last value
                        self.scan(feature, few.into_iter(), total, &mut best);
                    } else {
                        bins.iter_mut().for_each(|b| *b = [0.0; 3]);
                        count(codes, rows, &slopes, &mut bins);
                        let used = self.bins.edges[feature].len();
                        self.scan(
                            feature,
                            bins[..used].iter().enumerate().map(|(b, s)| (b as u8, *s)),
                            total,
                            &mut best,
                        );
                    }
                }
            }
        }
        best
    }

    /// Tries a cut after each bin. The first of equally good cuts stays.
    fn scan(&self, feature: usize, bins: impl Iterator<Item = (u8, Sums)>, total: &Sums, best: &mut Option<Split>) {
        let ridge = self.how.ridge;
        let score = |g: f64, h: f64| g * g / (h + ridge).max(1e-12);
        let base = score(total[0], total[1]);
        let least = self.how.min_leaf.max(1) as f64;
        let mut left = [0.0; 3];
        for (bin, sums) in bins {
            if sums[2] < 0.5 {
                continue;
            }
            (0..3).for_each(|k| left[k] += sums[k]);
            let right = total[2] - left[2];
            if left[2] < least {
                continue;
            }
            if right < least {
                break;
            }
            let gain = score(left[0], left[1]) + score(total[0] - left[0], total[1] - left[1]) - base;
            // Rounding of the sums must not count as a gain.
            if gain > 1e-9 * base.abs().max(1e-3) && best.as_ref().is_none_or(|b| gain > b.gain * (1.0 + 1e-12)) {
                *best = Some(Split { feature, bin, gain });
            }
        }
    }
}

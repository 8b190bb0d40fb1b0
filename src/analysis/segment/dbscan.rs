//! DBSCAN (Ester, Kriegel, Sander & Xu 1996): groups of rows that lie densely, and noise.
//!
//! A row is a core when at least `min_points` rows, itself included, lie within `eps` (distance ≤ eps). Groups are numbered
//! by their first core in file order; a border row in reach of two groups belongs to the one that was found first.

use std::collections::HashMap;

use super::points::{Points, squared};

pub const NOISE: u32 = u32::MAX;

pub struct Fit {
    /// Group of each row, [`NOISE`] outside all.
    pub labels: Vec<u32>,
    pub core: Vec<bool>,
    pub clusters: usize,
}

pub fn fit(points: &Points, eps: f64, min_points: usize) -> Fit {
    let near = Neighbours::new(points, eps);
    let core: Vec<bool> = (0..points.n).map(|i| near.of(i).count() >= min_points).collect();
    let mut labels = vec![NOISE; points.n];
    let mut clusters = 0;
    let mut queue = Vec::new();
    for seed in 0..points.n {
        if !core[seed] || labels[seed] != NOISE {
            continue;
        }
        labels[seed] = clusters;
        queue.push(seed);
        while let Some(i) = queue.pop() {
            for j in near.of(i) {
                if labels[j] == NOISE {
                    labels[j] = clusters;
                    if core[j] {
                        queue.push(j);
                    }
                }
            }
        }
        clusters += 1;
    }
    Fit { labels, core, clusters: clusters as usize }
}

/// A grid of cells of side eps over the first three features: neighbours lie in a row's own cell or one beside it.
struct Neighbours<'a> {
    points: &'a Points,
    limit: f64,
    cells: HashMap<[i64; 3], Vec<u32>>,
    cell_of: Vec<[i64; 3]>,
}

impl<'a> Neighbours<'a> {
    fn new(points: &'a Points, eps: f64) -> Self {
        let cell = |row: &[f64]| -> [i64; 3] {
            std::array::from_fn(|j| row.get(j).map_or(0, |v| (v / eps).floor().clamp(-9e15, 9e15) as i64))
        };
        let cell_of: Vec<[i64; 3]> = points.rows().map(cell).collect();
        let mut cells: HashMap<[i64; 3], Vec<u32>> = HashMap::new();
        for (i, &c) in cell_of.iter().enumerate() {
            cells.entry(c).or_default().push(i as u32);
        }
        Self { points, limit: eps * eps, cells, cell_of }
    }

    /// Rows within eps of row `i`, itself included, in a fixed order.
    fn of(&self, i: usize) -> impl Iterator<Item = usize> + '_ {
        let at = self.cell_of[i];
        let row = self.points.row(i);
        let depth = self.points.d.min(3);
        (0..3usize.pow(depth as u32))
            .filter_map(move |code| {
                let step: [i64; 3] = [code % 3, code / 3 % 3, code / 9 % 3].map(|s| s as i64 - 1);
                let cell: [i64; 3] = std::array::from_fn(|j| if j < depth { at[j].saturating_add(step[j]) } else { 0 });
                self.cells.get(&cell)
            })
            .flatten()
            .map(|&j| j as usize)
            .filter(move |&j| squared(row, self.points.row(j)) <= self.limit)
    }
}

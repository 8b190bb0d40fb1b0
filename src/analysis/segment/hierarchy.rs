//! Agglomerative clustering: nearest-neighbour chain (Murtagh 1983; Müllner 2011) with the Lance–Williams updates for
//! ward, complete and average linkage; a minimum spanning tree (Prim) for single linkage.
//!
//! Time O(n²); memory n(n−1)/2 distances, single linkage O(n). Equal distances are settled by the order of the rows.

use crate::num::order::Order;
use serde::{Deserialize, Serialize};

use super::points::{Points, squared};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Linkage {
    /// Least growth of the sum of squares; height √(2|A||B| / (|A|+|B|)) · ‖mean A − mean B‖.
    Ward,
    /// Largest distance between two rows of the groups.
    Complete,
    /// Mean distance between the rows of the groups.
    Average,
    /// Smallest distance between two rows of the groups.
    Single,
}

/// One merge: two rows that stand for their groups, and the height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    pub a: usize,
    pub b: usize,
    pub height: f64,
}

/// The n − 1 merges by ascending height.
pub fn tree(points: &Points, linkage: Linkage) -> Vec<Merge> {
    let mut merges = match linkage {
        Linkage::Single => spanning_tree(points),
        _ => chain(points, linkage),
    };
    merges.order_by(|x, y| x.height.total_cmp(&y.height)); // stable
    merges
}

/// The groups that remain after n − k merges, numbered by first row.
pub fn cut(n: usize, merges: &[Merge], k: usize) -> Vec<u32> {
    let mut parent: Vec<usize> = (0..n).collect();
    fn find(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    for merge in merges.iter().take(n.saturating_sub(k)) {
        let (a, b) = (find(&mut parent, merge.a), find(&mut parent, merge.b));
        parent[a.max(b)] = a.min(b);
    }
    let mut number = vec![u32::MAX; n];
    let mut next = 0;
    (0..n)
        .map(|i| {
            let root = find(&mut parent, i);
            if number[root] == u32::MAX {
                number[root] = next;
                next += 1;
            }
            number[root]
        })
        .collect()
}

/// Place of the pair i ≠ j among the n(n−1)/2.
fn pair(n: usize, i: usize, j: usize) -> usize {
    let (i, j) = if i < j { (i, j) } else { (j, i) };
    i * (2 * n - i - 1) / 2 + j - i - 1
}

fn chain(points: &Points, linkage: Linkage) -> Vec<Merge> {
    let n = points.n;
    let mut distance = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for i in 0..n {
        for j in i + 1..n {
            distance.push(squared(points.row(i), points.row(j)).sqrt());
        }
    }
    let mut size = vec![1.0f64; n];
    let mut alive: Vec<usize> = (0..n).collect();
    let mut stack: Vec<usize> = Vec::new();
    let mut merges = Vec::with_capacity(n.saturating_sub(1));
    while alive.len() > 1 {
        if stack.is_empty() {
            stack.push(alive[0]);
        }
        let (x, y, height) = loop {
            let x = stack[stack.len() - 1];
            // The previous group is preferred among equals, so that the chain cannot circle.
            let previous = if stack.len() > 1 { Some(stack[stack.len() - 2]) } else { None };
            let (mut near, mut least) = (usize::MAX, f64::INFINITY);
            if let Some(p) = previous {
                (near, least) = (p, distance[pair(n, x, p)]);
            }
            for &i in &alive {
                if i != x && distance[pair(n, x, i)] < least {
                    (near, least) = (i, distance[pair(n, x, i)]);
                }
            }
            if previous == Some(near) || near == usize::MAX {
                break (x, previous.unwrap_or(alive[usize::from(alive[0] == x)]), least);
            }
            stack.push(near);
        };
        stack.truncate(stack.len().saturating_sub(2));
        // The group of the larger number lives on under it.
        let (gone, stays) = (x.min(y), x.max(y));
        let (ng, ns) = (size[gone], size[stays]);
        merges.push(Merge { a: gone, b: stays, height });
        alive.retain(|&i| i != gone);
        for &i in &alive {
            if i == stays {
                continue;
            }
            let (dg, ds) = (distance[pair(n, i, gone)], distance[pair(n, i, stays)]);
            distance[pair(n, i, stays)] = match linkage {
                Linkage::Ward => {
                    let t = 1.0 / (ng + ns + size[i]);
                    ((size[i] + ng) * t * dg * dg + (size[i] + ns) * t * ds * ds - size[i] * t * height * height)
                        .max(0.0)
                        .sqrt()
                }
                Linkage::Complete => dg.max(ds),
                Linkage::Average => (ng * dg + ns * ds) / (ng + ns),
                Linkage::Single => dg.min(ds),
            };
        }
        size[stays] = ng + ns;
        size[gone] = 0.0;
    }
    merges
}

fn spanning_tree(points: &Points) -> Vec<Merge> {
    let n = points.n;
    let mut reach = vec![f64::INFINITY; n];
    let mut open: Vec<bool> = vec![true; n];
    let mut merges = Vec::with_capacity(n.saturating_sub(1));
    let mut at = 0;
    for _ in 1..n {
        open[at] = false;
        let (mut next, mut least) = (at, f64::INFINITY);
        for i in 0..n {
            if open[i] {
                let d = squared(points.row(at), points.row(i));
                if d < reach[i] {
                    reach[i] = d;
                }
                if reach[i] < least {
                    (next, least) = (i, reach[i]);
                }
            }
        }
        // Joining the new row to the row reached last is enough: merges are applied by ascending height.
        merges.push(Merge { a: at, b: next, height: least.sqrt() });
        at = next;
    }
    merges
}

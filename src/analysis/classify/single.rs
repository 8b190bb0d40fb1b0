//! Each column on its own: weight of evidence, information value, and whether it knows the answer too well.

use super::*;
use crate::num::order::Order;
use crate::num::{quantile, score};
use crate::table::Category;

/// AUC of one column from which on it is suspected to be written after the fact.
pub const TOO_GOOD: f64 = 0.95;
/// Levels beyond which a category is shown by its most frequent ones only.
const MOST_LEVELS: usize = 50;

pub fn information(v: &Variable, y: &[f64], bins: usize) -> Information {
    let (positives, negatives) = totals(y);
    let (edges, groups): (Vec<f64>, Vec<(Option<String>, Vec<usize>)>) = match &v.data {
        Data::Number(values) => {
            let sorted = quantile::ascending(values);
            let mut edges: Vec<f64> =
                (1..bins).filter_map(|b| quantile::sorted(&sorted, b as f64 / bins as f64)).collect();
            edges.dedup();
            let mut groups = vec![(None, Vec::new()); edges.len() + 1];
            for (i, value) in values.iter().enumerate() {
                groups[edges.partition_point(|e| e < value)].1.push(i);
            }
            (edges, groups)
        }
        Data::Category { codes, labels } => {
            let mut groups: Vec<(Option<String>, Vec<usize>)> =
                labels.iter().map(|l| (Some(l.clone()), Vec::new())).collect();
            groups.push((Some("~missing".into()), Vec::new()));
            for (i, &c) in codes.iter().enumerate() {
                let at = if c == Category::MISSING { labels.len() } else { c as usize };
                groups[at].1.push(i);
            }
            if groups.len() > MOST_LEVELS {
                groups.order_by_key(|g| std::cmp::Reverse(g.1.len()));
                let rest: Vec<usize> = groups.split_off(MOST_LEVELS).into_iter().flat_map(|g| g.1).collect();
                groups.push((Some("~other".into()), rest));
            }
            (Vec::new(), groups)
        }
    };
    let bins: Vec<WoeBin> = groups
        .into_iter()
        .filter(|g| !g.1.is_empty())
        .map(|(level, rows)| {
            let pos = rows.iter().filter(|&&i| y[i] > 0.5).count();
            let neg = rows.len() - pos;
            let (a, d) = ((pos as f64 + 0.5) / (positives + 0.5), (neg as f64 + 0.5) / (negatives + 0.5));
            let woe = (a / d).ln();
            WoeBin { level, n: rows.len(), positives: pos, negatives: neg, woe, iv: (a - d) * woe }
        })
        .collect();
    Information { column: v.name.clone(), edges, iv: bins.iter().map(|b| b.iv).sum(), bins }
}

fn totals(y: &[f64]) -> (f64, f64) {
    let positives: f64 = y.iter().sum();
    (positives, y.len() as f64 - positives)
}

/// What makes a column suspicious, if anything.
pub fn leak(v: &Variable, y: &[f64]) -> Option<Leak> {
    let n = y.len();
    let scores = match &v.data {
        Data::Number(values) => values.clone(),
        Data::Category { codes, labels } => {
            let different = labels.len();
            if different as f64 > 0.9 * n as f64 {
                return Some(Leak {
                    column: v.name.clone(),
                    auc: 0.5,
                    why: Words::new(
                        "almost every row has its own value, as an id does: it tells rows apart, not kinds of rows",
                        "几乎每行取值都不同，像是编号：它区分的是行，而不是类型",
                    ),
                });
            }
            // A row must not vote for itself: the rate of the other half of the rows stands for its level.
            let half = |i: usize| i % 2;
            let mut sums = vec![[[0.0; 2]; 2]; labels.len() + 1];
            let at = |c: u32| if c == Category::MISSING { labels.len() } else { c as usize };
            for (i, &c) in codes.iter().enumerate() {
                sums[at(c)][half(i)][0] += y[i];
                sums[at(c)][half(i)][1] += 1.0;
            }
            let base = totals(y).0 / n as f64;
            codes
                .iter()
                .enumerate()
                .map(|(i, &c)| {
                    let [p, m] = sums[at(c)][1 - half(i)];
                    (p + 5.0 * base) / (m + 5.0)
                })
                .collect()
        }
    };
    let auc = score::auc(y, &scores)?;
    let auc = auc.max(1.0 - auc);
    (auc >= TOO_GOOD).then(|| Leak {
        column: v.name.clone(),
        auc,
        why: Words::new(
            format!("alone it tells yes from no with an AUC of {auc:.3}: is it known before the outcome?"),
            format!("仅凭此列区分是与否的 AUC 就达 {auc:.3}：它在结果发生之前就已知吗？"),
        ),
    })
}

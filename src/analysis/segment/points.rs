//! The rows to be grouped: a dense matrix, how it was scaled, and an order of rows that does not depend on the file's.

use crate::num::order::Order;
use serde::{Deserialize, Serialize};

/// `n` rows of `d` features, row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    pub n: usize,
    pub d: usize,
    pub x: Vec<f64>,
}

impl Points {
    /// From equally long feature columns.
    pub fn from_columns(columns: &[Vec<f64>]) -> Self {
        let d = columns.len();
        let n = columns.first().map_or(0, Vec::len);
        let mut x = Vec::with_capacity(n * d);
        for i in 0..n {
            x.extend(columns.iter().map(|c| c[i]));
        }
        Self { n, d, x }
    }

    pub fn row(&self, i: usize) -> &[f64] {
        &self.x[i * self.d..(i + 1) * self.d]
    }

    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.x.chunks_exact(self.d.max(1))
    }

    pub fn take(&self, rows: &[usize]) -> Self {
        let mut x = Vec::with_capacity(rows.len() * self.d);
        for &i in rows {
            x.extend_from_slice(self.row(i));
        }
        Self { n: rows.len(), d: self.d, x }
    }

    /// Row numbers sorted by value, first feature first. Rows that change places here are equal in every feature, so
    /// whatever runs in this order gives the same answer however the file was sorted.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.n).collect();
        order.order_by(|&a, &b| {
            self.row(a)
                .iter()
                .zip(self.row(b))
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| o.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        order
    }

    /// Number of different rows, given [`Points::order`].
    pub fn distinct(&self, order: &[usize]) -> usize {
        usize::from(self.n > 0) + order.windows(2).filter(|w| self.row(w[0]) != self.row(w[1])).count()
    }
}

pub fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// How features are brought to one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// (x − mean) / population standard deviation.
    Standard,
    /// (x − median) / interquartile range.
    Robust,
    /// As they are.
    None,
}

/// Centre and unit of one feature: scaled = (x − centre) / unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    pub center: f64,
    pub unit: f64,
}

/// Mean and population standard deviation by a sum that forgives the order of its terms (Neumaier).
pub fn mean_sd(values: impl Iterator<Item = f64> + Clone, n: usize) -> (f64, f64) {
    let n = n.max(1) as f64;
    let mean = neumaier(values.clone()) / n;
    let variance = neumaier(values.map(|v| (v - mean) * (v - mean))) / n;
    (mean, variance.sqrt())
}

fn neumaier(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for v in values {
        let t: f64 = sum + v;
        lost += if sum.abs() >= v.abs() { (sum - t) + v } else { (v - t) + sum };
        sum = t;
    }
    sum + lost
}

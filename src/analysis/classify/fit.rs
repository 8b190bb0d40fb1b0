//! A fitted model over the terms: training, probabilities, contributions.

use serde::{Deserialize, Serialize};

use super::Recipe;
use super::ensemble::{Boosting, boost, cart, forest};
use super::shap::{Explainer, expected};
use super::tree::Tree;
use crate::error::{Code, Error, Result};
use crate::num::dense::Matrix;
use crate::num::logit;
use crate::num::special::sigmoid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fitted {
    /// Weights of the terms as they are; `means` are those of the training rows.
    Logistic { intercept: f64, weights: Vec<f64>, means: Vec<f64>, sds: Vec<f64> },
    /// Log-odds: `base` + the trees.
    Boosted { base: f64, trees: Vec<Tree> },
    /// Probability: the mean of the trees.
    Forest { trees: Vec<Tree> },
}

/// What a fit had to do that the user should know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// Terms left out because earlier ones explain them.
    pub dropped: Vec<usize>,
    /// The term whose weight ran to infinity, so that a small penalty had to hold it.
    pub separated: Option<usize>,
}

/// Penalty that holds a separated logistic regression.
const RESCUE: f64 = 0.1;

pub fn fit(x: &Matrix, y: &[f64], rows: &[u32], recipe: &Recipe, seed: u64) -> Result<(Fitted, Notes)> {
    Ok(match recipe {
        Recipe::Logistic { l2 } => logistic(x, y, rows, *l2)?,
        Recipe::BoostedTrees { trees, max_depth, learning_rate, min_leaf } => {
            let how =
                Boosting { trees: *trees, max_depth: *max_depth, learning_rate: *learning_rate, min_leaf: *min_leaf };
            let (base, trees) = boost(x, y, rows, &how, seed);
            (Fitted::Boosted { base, trees }, Notes::default())
        }
        Recipe::Tree { max_depth, min_leaf } => {
            (Fitted::Forest { trees: vec![cart(x, y, rows, *max_depth, *min_leaf)] }, Notes::default())
        }
        Recipe::RandomForest { trees, min_leaf } => {
            (Fitted::Forest { trees: forest(x, y, rows, *trees, *min_leaf, seed) }, Notes::default())
        }
    })
}

fn logistic(x: &Matrix, y: &[f64], rows: &[u32], l2: f64) -> Result<(Fitted, Notes)> {
    let mut notes = Notes::default();
    let (mut means, mut sds) = (vec![0.0; x.cols], vec![0.0; x.cols]);
    let mut varying = Vec::new();
    let mut columns = Vec::new();
    for j in 0..x.cols {
        let column: Vec<f64> = rows.iter().map(|&r| x.get(r as usize, j)).collect();
        let constant = column.iter().all(|v| *v == column[0]);
        let (mean, sd) = scale(&column);
        (means[j], sds[j]) = (mean, if constant { 0.0 } else { sd });
        if sds[j] > 0.0 {
            varying.push(j);
            columns.push(column.iter().map(|v| (v - mean) / sd).collect::<Vec<f64>>());
        }
    }
    let z = Matrix::from_columns(rows.len(), &columns);
    let kept = logit::independent(&z);
    let used: Vec<usize> = kept.iter().map(|&k| varying[k]).collect();
    notes.dropped = varying.iter().copied().filter(|j| !used.contains(j)).collect();
    let z = if kept.len() == z.cols { z } else { z.select(&kept) };
    let answer: Vec<f64> = rows.iter().map(|&r| y[r as usize]).collect();
    let fit = match logit::fit(&z, &answer, l2, true) {
        Err(logit::Failure::Separation(k)) if l2 < RESCUE => {
            notes.separated = used.get(k).copied();
            logit::fit(&z, &answer, RESCUE, true)
        }
        other => other,
    };
    let fit = fit.map_err(|_| {
        Error::new(Code::NotConverged, "the logistic regression did not come to rest", "逻辑回归未能收敛")
            .remedy("Leave out columns with extreme values, or set l2.", "请去掉含极端值的列，或设置 l2。")
    })?;
    let mut weights = vec![0.0; x.cols];
    let mut intercept = fit.intercept;
    for (&j, w) in used.iter().zip(&fit.weights) {
        weights[j] = w / sds[j];
        intercept -= weights[j] * means[j];
    }
    Ok((Fitted::Logistic { intercept, weights, means, sds }, notes))
}

/// Mean and population standard deviation, closely enough for terms to be brought to one scale: the weights are told in their own.
fn scale(column: &[f64]) -> (f64, f64) {
    let n = column.len() as f64;
    let near = column.iter().sum::<f64>() / n;
    let (mut sum, mut squares) = (0.0, 0.0);
    for v in column {
        sum += v - near;
        squares += (v - near) * (v - near);
    }
    let off = sum / n;
    (near + off, (squares / n - off * off).max(0.0).sqrt())
}

impl Fitted {
    pub fn probability(&self, x: impl Fn(usize) -> f64) -> f64 {
        match self {
            Fitted::Logistic { intercept, weights, .. } => {
                sigmoid(intercept + weights.iter().enumerate().map(|(j, w)| w * x(j)).sum::<f64>())
            }
            Fitted::Boosted { base, trees } => sigmoid(base + trees.iter().map(|t| t.value(&x)).sum::<f64>()),
            Fitted::Forest { trees } => {
                (trees.iter().map(|t| t.value(&x)).sum::<f64>() / trees.len().max(1) as f64).clamp(0.0, 1.0)
            }
        }
    }

    pub fn probabilities(&self, x: &Matrix, rows: &[u32]) -> Vec<f64> {
        let Fitted::Logistic { intercept, weights, .. } = self else {
            return rows.iter().map(|&r| self.probability(|j| x.get(r as usize, j))).collect();
        };
        let mut scores = vec![0.0; rows.len()];
        for (j, w) in weights.iter().enumerate() {
            let column = x.col(j);
            scores.iter_mut().zip(rows).for_each(|(score, &r)| *score += w * column[r as usize]);
        }
        scores.into_iter().map(|score| sigmoid(intercept + score)).collect()
    }

    /// Steps one row's contributions cost, roughly; forests of deep trees are dear.
    pub fn explaining_cost(&self) -> usize {
        match self {
            Fitted::Forest { trees } if trees.len() > 1 => trees.iter().map(|t| t.nodes.len() * 60).sum(),
            _ => 1_000,
        }
    }

    /// What each variable adds to the score (log-odds; for forests the probability), against the mean training row, for each of `rows`;
    /// `variable` gives each term's variable. Contributions and [`Fitted::middle`] add up to the score.
    pub fn contributions(&self, x: &Matrix, rows: &[u32], variable: &[usize], variables: usize) -> Vec<Vec<f64>> {
        match self {
            Fitted::Logistic { weights, means, .. } => rows
                .iter()
                .map(|&r| {
                    let mut out = vec![0.0; variables];
                    for j in 0..weights.len() {
                        out[variable[j]] += weights[j] * (x.get(r as usize, j) - means[j]);
                    }
                    out
                })
                .collect(),
            Fitted::Boosted { trees, .. } | Fitted::Forest { trees } => {
                let scale = if matches!(self, Fitted::Forest { .. }) { 1.0 / trees.len().max(1) as f64 } else { 1.0 };
                let mut out = vec![vec![0.0; variables]; rows.len()];
                for tree in trees {
                    let mut explainer = Explainer::new(tree);
                    for (o, &r) in out.iter_mut().zip(rows) {
                        for (j, c) in explainer.row(|j| x.get(r as usize, j)) {
                            o[variable[j as usize]] += c * scale;
                        }
                    }
                }
                out
            }
        }
    }

    /// The score without knowing anything of a row.
    pub fn middle(&self) -> f64 {
        match self {
            Fitted::Logistic { intercept, weights, means, .. } => {
                intercept + weights.iter().zip(means).map(|(w, m)| w * m).sum::<f64>()
            }
            Fitted::Boosted { base, trees } => base + trees.iter().map(expected).sum::<f64>(),
            Fitted::Forest { trees } => trees.iter().map(expected).sum::<f64>() / trees.len().max(1) as f64,
        }
    }
}

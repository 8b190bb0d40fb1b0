//! The design: terms centred and scaled on the fly, collinear ones dropped.

use super::Coefficient;
use crate::analysis::col::Term;
use crate::error::{Error, Result, Words};
use crate::num::dense::{Matrix, independent_columns, tall_r};
use crate::num::moment::Moments;
use crate::num::tolerance::COLLINEAR;

/// Kept terms with their centres and scales. Standardised value = (value − centre) / scale.
pub struct Design<'a> {
    pub n: usize,
    pub intercept: bool,
    pub kept: Vec<&'a Term>,
    pub centre: Vec<f64>,
    pub scale: Vec<f64>,
    pub dropped: Vec<String>,
}

impl<'a> Design<'a> {
    /// Without an intercept nothing is centred: scales are then root mean squares.
    pub fn of(terms: &'a [Term], n: usize, intercept: bool) -> Result<Self> {
        let mut d =
            Design { n, intercept, kept: Vec::new(), centre: Vec::new(), scale: Vec::new(), dropped: Vec::new() };
        let mut out = Vec::new();
        for t in terms {
            let m = Moments::of(&t.values);
            let (centre, scale) = if intercept {
                (m.mean, if m.is_constant() { 0.0 } else { m.population_sd().unwrap_or(0.0) })
            } else {
                (0.0, (m.s2 / n as f64 + m.mean * m.mean).sqrt())
            };
            if scale > 0.0 && scale.is_finite() {
                d.kept.push(t);
                d.centre.push(centre);
                d.scale.push(scale);
            } else {
                out.push(t.name.clone());
            }
        }
        let r = d.factor(&[]);
        let independent = independent_columns(&r, COLLINEAR);
        for j in (0..d.kept.len()).rev() {
            if !independent.contains(&j) {
                out.push(d.kept.remove(j).name.clone());
                d.centre.remove(j);
                d.scale.remove(j);
            }
        }
        // In the order of the terms.
        d.dropped = terms.iter().filter(|t| out.contains(&t.name)).map(|t| t.name.clone()).collect();
        let needed = d.width() + 1;
        if n < needed {
            let what = Words::new("rows, more than there are coefficients", "行数据（须多于系数个数）");
            return Err(Error::too_little(what, needed, n).remedy(
                "Take fewer features, merge rare levels with min_count, or give more rows.",
                "请减少特征、用 min_count 合并少见水平，或提供更多数据。",
            ));
        }
        if d.kept.is_empty() && !intercept {
            return Err(Error::new(
                crate::error::Code::NoVariation,
                "none of the features varies",
                "所选特征都没有变化",
            ));
        }
        Ok(d)
    }

    /// Number of coefficients.
    pub fn width(&self) -> usize {
        self.kept.len() + usize::from(self.intercept)
    }

    /// Rows `start..end` of the standardised terms, followed by `extra` columns, into `block`.
    pub fn fill(&self, start: usize, end: usize, extra: &[&[f64]], block: &mut Matrix) {
        let p = self.kept.len();
        for (j, t) in self.kept.iter().enumerate() {
            let (c, s) = (self.centre[j], self.scale[j]);
            for (o, v) in block.col_mut(j).iter_mut().zip(&t.values[start..end]) {
                *o = (v - c) / s;
            }
        }
        for (k, column) in extra.iter().enumerate() {
            block.col_mut(p + k).copy_from_slice(&column[start..end]);
        }
    }

    /// R of the standardised terms and `extra` columns.
    pub fn factor(&self, extra: &[&[f64]]) -> Matrix {
        tall_r(self.n, self.kept.len() + extra.len(), |start, end, block| self.fill(start, end, extra, block))
    }

    /// The standardised terms, whole.
    pub fn matrix(&self) -> Matrix {
        let mut m = Matrix::zeros(self.n, self.kept.len());
        self.fill(0, self.n, &[], &mut m);
        m
    }

    /// Calls `f(row, standardised terms)` for every row.
    pub fn each_row(&self, mut f: impl FnMut(usize, &[f64])) {
        const BLOCK: usize = 512;
        let p = self.kept.len();
        let mut row = vec![0.0; p];
        let mut start = 0;
        while start < self.n {
            let end = (start + BLOCK).min(self.n);
            let mut block = Matrix::zeros(end - start, p);
            self.fill(start, end, &[], &mut block);
            for i in 0..end - start {
                for (j, v) in row.iter_mut().enumerate() {
                    *v = block.get(i, j);
                }
                f(start + i, &row);
            }
            start = end;
        }
    }

    /// Coefficients in the units of the file from those of the standardised terms (intercept first when there is one), names filled in.
    pub fn coefficients(&self, w: &[f64]) -> Vec<Coefficient> {
        let first = usize::from(self.intercept);
        let mut out = Vec::with_capacity(w.len());
        if self.intercept {
            let shift =
                crate::num::sum::compensated((0..self.kept.len()).map(|j| w[j + 1] * self.centre[j] / self.scale[j]));
            out.push(Coefficient {
                name: "(intercept)".into(),
                estimate: w[0] - shift,
                estimate_standardized: Some(w[0]),
                ..Coefficient::default()
            });
        }
        for (j, t) in self.kept.iter().enumerate() {
            out.push(Coefficient {
                name: t.name.clone(),
                column: Some(t.column.clone()),
                level: t.level.clone(),
                estimate: w[j + first] / self.scale[j],
                estimate_standardized: Some(w[j + first]),
                ..Coefficient::default()
            });
        }
        out
    }

    /// Variances of the coefficients in the units of the file from the covariance of the standardised ones.
    pub fn variances(&self, covariance: &Matrix) -> Vec<f64> {
        let first = usize::from(self.intercept);
        let p = self.kept.len();
        let mut out = Vec::with_capacity(p + first);
        if self.intercept {
            let t: Vec<f64> = std::iter::once(1.0).chain((0..p).map(|j| -self.centre[j] / self.scale[j])).collect();
            out.push(crate::num::dense::dot(&t, &covariance.times_vector(&t)));
        }
        out.extend((0..p).map(|j| covariance.get(j + first, j + first) / (self.scale[j] * self.scale[j])));
        out
    }

    /// Largest over smallest singular value of the raw design.
    pub fn condition_number(&self) -> f64 {
        let first = usize::from(self.intercept);
        let r = tall_r(self.n, self.width(), |start, end, block| {
            if first == 1 {
                block.col_mut(0).fill(1.0);
            }
            for (j, t) in self.kept.iter().enumerate() {
                block.col_mut(j + first).copy_from_slice(&t.values[start..end]);
            }
        });
        let s = crate::num::dense::singular_values(&r);
        match (s.first(), s.last()) {
            (Some(a), Some(b)) => a / b,
            _ => f64::NAN,
        }
    }
}

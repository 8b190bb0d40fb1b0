//! Least squares.

use super::design::Design;
use super::{Linear, Params, Prepared, Robust, Summary, infer};
use crate::analysis::col::show::finite;
use crate::error::{Code, Error, Result};
use crate::num::dense::{Matrix, axpy, dot, inverse_spd, inverse_upper, solve_upper, solve_upper_transposed};
use crate::num::moment::Moments;
use crate::num::{dist, sum};

pub fn fit(p: &Prepared, d: &Design<'_>, params: &Params) -> Result<(Summary, Vec<f64>)> {
    let (n, k) = (d.n, d.kept.len());
    let ym = Moments::of(&p.y);
    if ym.is_constant() {
        let name = &p.target;
        return Err(Error::new(
            Code::NoVariation,
            format!("“{name}” has one value only: there is nothing to explain"),
            format!("「{name}」只有一个值，没有可解释的变化"),
        )
        .column(name));
    }
    let base = if d.intercept { ym.mean } else { 0.0 };
    let y: Vec<f64> = p.y.iter().map(|v| v - base).collect();
    let r = d.factor(&[]);
    let mut w = if params.l2 > 0.0 { ridge(d, &r, &y, params.l2)? } else { vec![0.0; k] };
    if params.l2 == 0.0 {
        // Solved from Rᵀ R w = Xᵀ y and refined twice with fresh residuals: QR's accuracy without keeping Q.
        for _ in 0..3 {
            let residual = residuals(d, &y, &w);
            let mut step = products(d, &residual);
            solve_upper_transposed(&r, &mut step);
            let step = solve_upper(&r, &step);
            axpy(1.0, &step, &mut w);
        }
    }
    let residual = residuals(d, &y, &w);
    let rss = sum::sum_of(residual.iter().map(|e| e * e));
    let width = d.width();
    let df = n as f64 - width as f64;
    let mut all = Vec::with_capacity(width);
    if d.intercept {
        all.push(base);
    }
    all.extend(&w);
    let mut coefficients = d.coefficients(&all);
    // (XᵀX)⁻¹ of the standardised terms; the centred intercept stands apart.
    let upper = inverse_upper(&r);
    let inverse = upper.times(&upper.transpose());
    let sigma2 = rss / df;
    if params.l2 == 0.0 {
        let covariance = covariance(d, &r, &inverse, &residual, sigma2, params.robust());
        for (c, v) in coefficients.iter_mut().zip(d.variances(&covariance)) {
            infer(c, v, Some(df), params.level);
        }
    }
    let first = usize::from(d.intercept);
    for j in 0..k {
        coefficients[j + first].vif = finite(inverse.get(j, j) * n as f64);
    }
    let nf = n as f64;
    let log_likelihood = -nf / 2.0 * ((2.0 * std::f64::consts::PI).ln() + (rss / nf).ln() + 1.0);
    let total = if d.intercept { ym.s2 } else { sum::sum_of(p.y.iter().map(|v| v * v)) };
    let (r2, model_df) = (1.0 - rss / total, k as f64);
    let f = ((total - rss) / model_df) / sigma2;
    let kf = width as f64;
    let errors = Moments::of(&residual);
    let jb = match (errors.skewness_biased(), errors.kurtosis_biased()) {
        (Some(s), Some(c)) => finite(nf / 6.0 * (s * s + c * c / 4.0)),
        _ => None,
    };
    let differences = sum::sum_of(residual.windows(2).map(|e| (e[1] - e[0]).powi(2)));
    let bp = if d.intercept { breusch_pagan(d, &r, &residual) } else { None };
    let fitted = p.y.iter().zip(&residual).map(|(y, e)| y - e).collect();
    let summary = Summary {
        family: Some("linear"),
        dropped: d.dropped.clone(),
        coefficients,
        log_likelihood: finite(log_likelihood),
        aic: finite(-2.0 * log_likelihood + 2.0 * kf),
        bic: finite(-2.0 * log_likelihood + kf * nf.ln()),
        linear: Some(Linear {
            r2: finite(r2),
            adj_r2: finite(1.0 - (1.0 - r2) * (nf - first as f64) / df),
            f: finite(f).filter(|_| k > 0 && params.l2 == 0.0),
            f_p: finite(dist::f_sf(f, model_df, df)).filter(|_| k > 0 && params.l2 == 0.0),
            df_residual: df,
            residual_se: finite(sigma2.sqrt()),
            durbin_watson: finite(differences / rss),
            jarque_bera: jb,
            jarque_bera_p: jb.map(|v| dist::chi2_sf(v, 2.0)),
            breusch_pagan: bp,
            breusch_pagan_p: bp.map(|v| dist::chi2_sf(v, model_df)),
            condition_number: finite(d.condition_number()),
        }),
        ..Summary::default()
    };
    Ok((summary, fitted))
}

/// Minimises ½‖y − Xw‖² + l2/2·‖w‖² over the standardised terms.
fn ridge(d: &Design<'_>, r: &Matrix, y: &[f64], l2: f64) -> Result<Vec<f64>> {
    let mut gram = r.transpose().times(r);
    for j in 0..gram.rows {
        let v = gram.get(j, j) + l2;
        gram.set(j, j, v);
    }
    let inverse = inverse_spd(&gram).ok_or_else(|| {
        Error::new(Code::NotConverged, "the penalised equations cannot be solved", "带惩罚的方程无法求解")
    })?;
    Ok(inverse.times_vector(&products(d, y)))
}

fn residuals(d: &Design<'_>, y: &[f64], w: &[f64]) -> Vec<f64> {
    let mut out = y.to_vec();
    d.each_row(|i, row| out[i] -= dot(row, w));
    out
}

/// Xᵀ v.
fn products(d: &Design<'_>, v: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; d.kept.len()];
    d.each_row(|i, row| axpy(v[i], row, &mut out));
    out
}

/// Covariance of (centred intercept, standardised weights).
fn covariance(
    d: &Design<'_>,
    r: &Matrix,
    inverse: &Matrix,
    residual: &[f64],
    sigma2: f64,
    robust: Option<Robust>,
) -> Matrix {
    let (k, first) = (d.kept.len(), usize::from(d.intercept));
    let q = k + first;
    let mut bread = Matrix::zeros(q, q);
    if d.intercept {
        bread.set(0, 0, 1.0 / d.n as f64);
    }
    for a in 0..k {
        for b in 0..k {
            bread.set(a + first, b + first, inverse.get(a, b));
        }
    }
    let Some(kind) = robust else {
        bread.data.iter_mut().for_each(|v| *v *= sigma2);
        return bread;
    };
    let mut meat = Matrix::zeros(q, q);
    let mut full = vec![1.0; q];
    let mut z = vec![0.0; k];
    d.each_row(|i, row| {
        let e2 = residual[i] * residual[i];
        let weight = match kind {
            Robust::HC0 | Robust::HC1 => e2,
            Robust::HC2 | Robust::HC3 => {
                z.copy_from_slice(row);
                solve_upper_transposed(r, &mut z);
                let h = dot(&z, &z) + if first == 1 { 1.0 / d.n as f64 } else { 0.0 };
                // A row that determines its own fit has no residual; it says nothing about the spread.
                let free = (1.0 - h).max(1e-12);
                if kind == Robust::HC2 { e2 / free } else { e2 / (free * free) }
            }
        };
        full[first..].copy_from_slice(row);
        for (b, f) in full.iter().enumerate() {
            axpy(weight * f, &full, meat.col_mut(b));
        }
    });
    if kind == Robust::HC1 {
        let factor = d.n as f64 / (d.n as f64 - q as f64);
        meat.data.iter_mut().for_each(|v| *v *= factor);
    }
    bread.times(&meat).times(&bread)
}

/// n · R² of the squared residuals on the same terms (Koenker's studentised form).
fn breusch_pagan(d: &Design<'_>, r: &Matrix, residual: &[f64]) -> Option<f64> {
    if d.kept.is_empty() {
        return None;
    }
    let squares: Vec<f64> = residual.iter().map(|e| e * e).collect();
    let m = Moments::of(&squares);
    if m.is_constant() {
        return None;
    }
    let centred: Vec<f64> = squares.iter().map(|v| v - m.mean).collect();
    let mut z = products(d, &centred);
    solve_upper_transposed(r, &mut z);
    finite(d.n as f64 * (dot(&z, &z) / m.s2).min(1.0))
}

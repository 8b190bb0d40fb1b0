//! Logistic and Poisson regression by Newton's method on the likelihood.

use super::design::Design;
use super::{Family, General, Params, Prepared, Robust, Summary, infer};
use crate::analysis::col::show::finite;
use crate::error::{Code, Error, Result};
use crate::num::dense::{Matrix, axpy, cholesky, cholesky_solve, dot, inverse_spd};
use crate::num::logit::{self, Failure};
use crate::num::special::{ln_gamma, sigmoid};
use crate::num::tolerance::{NEWTON_STEP, SEPARATION_ETA};
use crate::num::{dist, sum};

/// Weights (intercept first when there is one), inverse Hessian, log-likelihood, what was minimised.
struct Fit {
    w: Vec<f64>,
    inverse: Matrix,
    log_likelihood: f64,
    objective: f64,
}

pub fn fit(p: &Prepared, d: &Design<'_>, params: &Params) -> Result<(Summary, Vec<f64>)> {
    let n = d.n as f64;
    let total = sum::sum(&p.y);
    let logistic = params.family == Family::Logistic;
    let flat = if logistic { total == 0.0 || total == n } else { p.y.windows(2).all(|v| v[0] == v[1]) };
    if flat {
        let name = &p.target;
        return Err(Error::new(
            Code::NoVariation,
            format!("“{name}” has one value only: there is nothing to explain"),
            format!("「{name}」只有一个值，没有可解释的变化"),
        )
        .column(name));
    }
    if !logistic && p.y.iter().any(|v| *v < 0.0) {
        return Err(Error::new(
            Code::WrongType,
            format!("“{}” has negative values; Poisson regression explains counts", p.target),
            format!("「{}」含有负数；泊松回归只用于计数", p.target),
        )
        .column(&p.target)
        .remedy("Use family \"linear\".", "请改用 family \"linear\"。"));
    }
    if params.l2 == 0.0 {
        pure_term(p, d, logistic)?;
    }
    let x = d.matrix();
    let fit = if logistic { by_logit(d, &x, &p.y, params.l2)? } else { poisson(d, &x, &p.y, params.l2)? };
    let first = usize::from(d.intercept);
    let eta: Vec<f64> = {
        let mut eta = x.times_vector(&fit.w[first..]);
        if d.intercept {
            eta.iter_mut().for_each(|e| *e += fit.w[0]);
        }
        eta
    };
    let mean = |e: f64| if logistic { sigmoid(e) } else { e.exp() };
    let fitted: Vec<f64> = eta.iter().map(|&e| mean(e)).collect();
    let mut coefficients = d.coefficients(&fit.w);
    if params.l2 == 0.0 {
        let covariance = match params.robust() {
            None => fit.inverse.clone(),
            Some(kind) => sandwich(&x, &p.y, &fitted, &fit.inverse, logistic, d.intercept, kind),
        };
        for (c, v) in coefficients.iter_mut().zip(d.variances(&covariance)) {
            infer(c, v, None, params.level);
        }
    }
    let gram = inverse_spd(&{
        let r = d.factor(&[]);
        r.transpose().times(&r)
    });
    for (j, c) in coefficients.iter_mut().skip(first).enumerate() {
        c.vif = gram.as_ref().and_then(|g| finite(g.get(j, j) * n));
    }
    coefficients.iter_mut().for_each(|c| c.odds_ratio = finite(c.estimate.exp()));
    let null = null_likelihood(&p.y, total, logistic, d.intercept);
    let k = d.width() as f64;
    let chi2 = 2.0 * (fit.log_likelihood - null);
    let df = d.kept.len() as f64;
    let mle = params.l2 == 0.0;
    let summary = Summary {
        family: Some(if logistic { "logistic" } else { "poisson" }),
        dropped: d.dropped.clone(),
        coefficients,
        log_likelihood: finite(fit.log_likelihood),
        aic: finite(-2.0 * fit.log_likelihood + 2.0 * k).filter(|_| mle),
        bic: finite(-2.0 * fit.log_likelihood + k * n.ln()).filter(|_| mle),
        general: Some(General {
            positives: logistic.then_some(total as usize),
            log_likelihood_null: finite(null),
            mcfadden_r2: finite(1.0 - fit.log_likelihood / null),
            lr_chi2: finite(chi2).filter(|_| mle),
            lr_p: finite(dist::chi2_sf(chi2.max(0.0), df)).filter(|_| mle && df > 0.0),
            objective: finite(fit.objective),
            dispersion: finite(sum::compensated(p.y.iter().zip(&fitted).map(|(y, m)| (y - m).powi(2) / m)) / (n - k))
                .filter(|_| !logistic && mle && n > k),
        }),
        ..Summary::default()
    };
    Ok((summary, fitted))
}

/// Log-likelihood of the intercept alone (of η = 0 without one).
fn null_likelihood(y: &[f64], total: f64, logistic: bool, intercept: bool) -> f64 {
    let n = y.len() as f64;
    if logistic {
        let share = if intercept { total / n } else { 0.5 };
        return total * share.ln() + (n - total) * (1.0 - share).ln();
    }
    let mean = if intercept { total / n } else { 1.0 };
    total * mean.ln() - n * mean - sum::sum_of(y.iter().map(|v| ln_gamma(v + 1.0)))
}

fn separation(name: &str) -> Error {
    Error::new(
        Code::Separation,
        format!("the coefficient of “{name}” runs to infinity: it tells some of the cases apart without error"),
        format!("「{name}」的系数趋于无穷：它能毫无误差地区分部分样本"),
    )
    .column(name)
    .remedy(
        "Leave it out, merge its rare levels (`min_count`), or set `l2`, for example 1.",
        "请去掉该列，用 min_count 合并稀少水平，或设置 l2（例如 1）。",
    )
}

/// A 0/1 term that is only ever yes or only ever no (or 0 counts) has no finite coefficient; so has a number that splits the classes.
fn pure_term(p: &Prepared, d: &Design<'_>, logistic: bool) -> Result<()> {
    for t in &d.kept {
        if t.level.is_some() {
            let (mut n, mut s) = (0.0, 0.0);
            for (v, y) in t.values.iter().zip(&p.y) {
                n += v;
                s += v * y;
            }
            if s == 0.0 || (logistic && s == n) {
                return Err(separation(&t.name));
            }
        } else if logistic {
            let (mut no, mut yes) = ([f64::INFINITY, f64::NEG_INFINITY], [f64::INFINITY, f64::NEG_INFINITY]);
            for (v, y) in t.values.iter().zip(&p.y) {
                let range = if *y > 0.0 { &mut yes } else { &mut no };
                *range = [range[0].min(*v), range[1].max(*v)];
            }
            if no[1] <= yes[0] || yes[1] <= no[0] {
                return Err(separation(&t.name));
            }
        }
    }
    Ok(())
}

fn by_logit(d: &Design<'_>, x: &Matrix, y: &[f64], l2: f64) -> Result<Fit> {
    match logit::fit(x, y, l2, d.intercept) {
        Ok(f) => {
            let mut w = f.weights;
            if d.intercept {
                w.insert(0, f.intercept);
            }
            Ok(Fit { w, inverse: f.covariance, log_likelihood: f.log_likelihood, objective: f.objective })
        }
        Err(Failure::Separation(j)) => Err(separation(d.kept.get(j).map_or("", |t| &t.name))),
        Err(Failure::Singular) => Err(not_converged()),
    }
}

fn not_converged() -> Error {
    Error::new(Code::NotConverged, "the likelihood found no maximum", "似然函数没有找到最大值")
        .remedy("Leave out features, or set `l2`.", "请减少特征，或设置 l2。")
}

fn poisson(d: &Design<'_>, x: &Matrix, y: &[f64], l2: f64) -> Result<Fit> {
    let (n, p) = (x.rows, x.cols);
    let first = usize::from(d.intercept);
    let q = p + first;
    let constant = sum::sum_of(y.iter().map(|v| ln_gamma(v + 1.0)));
    let mut w = vec![0.0; q];
    if d.intercept {
        w[0] = (sum::sum(y) / n as f64).ln();
    }
    let predictor = |w: &[f64]| {
        let mut eta = x.times_vector(&w[first..]);
        if first == 1 {
            eta.iter_mut().for_each(|e| *e += w[0]);
        }
        eta
    };
    let loss = |eta: &[f64], w: &[f64]| {
        sum::compensated(eta.iter().zip(y).map(|(e, y)| e.exp() - y * e)) + l2 / 2.0 * dot(&w[first..], &w[first..])
    };
    let mut eta = predictor(&w);
    let mut value = loss(&eta, &w);
    for _ in 0..100 {
        let mean: Vec<f64> = eta.iter().map(|e| e.exp()).collect();
        let error: Vec<f64> = mean.iter().zip(y).map(|(m, y)| m - y).collect();
        let mut gradient = vec![0.0; q];
        if first == 1 {
            gradient[0] = error.iter().sum();
        }
        for j in 0..p {
            gradient[j + first] = dot(x.col(j), &error) + l2 * w[j + first];
        }
        let hessian = information(x, &mean, first == 1, l2);
        let Some(factor) = cholesky(&hessian) else { return Err(runaway(d, x, &w, &eta, first)) };
        let step = cholesky_solve(&factor, &gradient);
        let mut scale = 1.0;
        let (mut next, mut next_eta, mut next_value);
        loop {
            next = w.clone();
            axpy(-scale, &step, &mut next);
            next_eta = predictor(&next);
            next_value = loss(&next_eta, &next);
            if next_value <= value + 1e-12 * value.abs() || scale < 1e-9 {
                break;
            }
            scale *= 0.5;
        }
        let rest = step.iter().zip(&next).all(|(s, w)| (scale * s).abs() <= NEWTON_STEP * (1.0 + w.abs()));
        (w, eta, value) = (next, next_eta, next_value);
        if rest {
            let mean: Vec<f64> = eta.iter().map(|e| e.exp()).collect();
            let inverse = inverse_spd(&information(x, &mean, first == 1, l2)).ok_or_else(not_converged)?;
            let penalty = l2 / 2.0 * dot(&w[first..], &w[first..]);
            return Ok(Fit { w, inverse, log_likelihood: penalty - value - constant, objective: value + constant });
        }
    }
    Err(runaway(d, x, &w, &eta, first))
}

/// Σ weight · x xᵀ + l2, intercept first.
fn information(x: &Matrix, weight: &[f64], intercept: bool, l2: f64) -> Matrix {
    let first = usize::from(intercept);
    let q = x.cols + first;
    let mut h = Matrix::zeros(q, q);
    if intercept {
        h.set(0, 0, weight.iter().sum());
    }
    for a in 0..x.cols {
        let scaled: Vec<f64> = x.col(a).iter().zip(weight).map(|(v, w)| v * w).collect();
        if intercept {
            let s = scaled.iter().sum();
            h.set(a + 1, 0, s);
            h.set(0, a + 1, s);
        }
        for b in 0..=a {
            let v = dot(&scaled, x.col(b)) + if a == b { l2 } else { 0.0 };
            h.set(a + first, b + first, v);
            h.set(b + first, a + first, v);
        }
    }
    h
}

/// Names the term whose part of η reaches farthest, when η is beyond reason.
fn runaway(d: &Design<'_>, x: &Matrix, w: &[f64], eta: &[f64], first: usize) -> Error {
    if !eta.iter().any(|e| e.abs() > SEPARATION_ETA) {
        return not_converged();
    }
    let reach = |j: usize| {
        let (low, high) = x.col(j).iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        (high - low) * w[j + first].abs()
    };
    let worst = (0..x.cols).max_by(|&a, &b| reach(a).total_cmp(&reach(b)).then(b.cmp(&a)));
    worst.and_then(|j| d.kept.get(j)).map_or_else(not_converged, |t| separation(&t.name))
}

/// Inverse · Σ score scoreᵀ · inverse.
fn sandwich(
    x: &Matrix,
    y: &[f64],
    fitted: &[f64],
    inverse: &Matrix,
    logistic: bool,
    intercept: bool,
    kind: Robust,
) -> Matrix {
    let first = usize::from(intercept);
    let q = x.cols + first;
    let mut meat = Matrix::zeros(q, q);
    let mut row = vec![1.0; q];
    for (i, (y, m)) in y.iter().zip(fitted).enumerate() {
        for j in 0..x.cols {
            row[j + first] = x.get(i, j);
        }
        let e2 = (y - m).powi(2);
        let weight = match kind {
            Robust::HC0 | Robust::HC1 => e2,
            Robust::HC2 | Robust::HC3 => {
                let variance = if logistic { m * (1.0 - m) } else { *m };
                let free = (1.0 - variance * dot(&row, &inverse.times_vector(&row))).max(1e-12);
                if kind == Robust::HC2 { e2 / free } else { e2 / (free * free) }
            }
        };
        for (b, v) in row.iter().enumerate() {
            axpy(weight * v, &row, meat.col_mut(b));
        }
    }
    if kind == Robust::HC1 {
        let factor = x.rows as f64 / (x.rows as f64 - q as f64);
        meat.data.iter_mut().for_each(|v| *v *= factor);
    }
    inverse.times(&meat).times(inverse)
}

//! Logistic regression by Newton's method (iteratively reweighted least squares), maximum likelihood or with a ridge penalty.
//!
//! Minimises Σ ln(1 + e^η) − y·η + l2/2 · ‖w‖², η = b + Xw, the intercept b free of the penalty. The objective is convex, so
//! where Newton comes to rest is the answer; steps that do not lower it are halved.

use super::dense::{Matrix, cholesky, cholesky_solve, dot, independent_columns, inverse_spd, tall_r};
use super::special::{sigmoid, softplus};
use super::tolerance::{COLLINEAR, NEWTON_STEP, SEPARATION_ETA};

#[derive(Clone, Debug)]
pub struct Fit {
    /// 0 when fitted without.
    pub intercept: f64,
    pub weights: Vec<f64>,
    /// Inverse of the objective's Hessian, intercept first when there is one: for l2 = 0 the covariance of the estimates.
    pub covariance: Matrix,
    pub log_likelihood: f64,
    /// Σ log-loss + l2/2 · ‖w‖².
    pub objective: f64,
    pub iterations: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This column (of the weights) runs to infinity: some combination of columns tells the classes apart without error.
    Separation(usize),
    /// Columns are collinear, or the numbers are beyond f64.
    Singular,
}

const MAX_ITERATIONS: usize = 100;
/// Rows handled at once, so that a block of all columns stays in the cache.
const BLOCK: usize = 512;

/// `x`: n rows, any number of columns, not constant, not collinear (see [`independent`]), best centred and scaled. `y`: 0 or 1.
pub fn fit(x: &Matrix, y: &[f64], l2: f64, intercept: bool) -> Result<Fit, Failure> {
    let (n, p) = (x.rows, x.cols);
    let first = usize::from(intercept);
    let q = p + first;
    let mut w = vec![0.0; q];
    if intercept {
        let share = (y.iter().sum::<f64>() / n as f64).clamp(1e-12, 1.0 - 1e-12);
        w[0] = (share / (1.0 - share)).ln();
    }
    let mut eta = predictor(x, &w, intercept);
    let mut objective = total(&eta, y, &w[first..], l2);
    for iteration in 1..=MAX_ITERATIONS {
        let (gradient, hessian) = derivatives(x, y, &eta, &w, l2, intercept);
        let Some(factor) = cholesky(&hessian) else {
            return Err(runaway(x, &w, &eta, first));
        };
        let step = cholesky_solve(&factor, &gradient);
        let mut scale = 1.0;
        let mut halvings = 0;
        let (next, next_eta, next_objective) = loop {
            let next: Vec<f64> = w.iter().zip(&step).map(|(w, s)| w - scale * s).collect();
            let next_eta = predictor(x, &next, intercept);
            let value = total(&next_eta, y, &next[first..], l2);
            // Rounding of a sum of n terms must not look like a rise.
            if value <= objective + 1e-12 * objective.abs() || halvings >= 30 {
                break (next, next_eta, value);
            }
            scale *= 0.5;
            halvings += 1;
        };
        let rest = step.iter().zip(&next).all(|(s, w)| (scale * s).abs() <= NEWTON_STEP * (1.0 + w.abs()));
        (w, eta, objective) = (next, next_eta, next_objective);
        if rest || halvings >= 30 {
            let (_, hessian) = derivatives(x, y, &eta, &w, l2, intercept);
            let Some(covariance) = inverse_spd(&hessian) else {
                return Err(runaway(x, &w, &eta, first));
            };
            let penalty = l2 / 2.0 * dot(&w[first..], &w[first..]);
            return Ok(Fit {
                intercept: if intercept { w[0] } else { 0.0 },
                weights: w[first..].to_vec(),
                covariance,
                log_likelihood: penalty - objective,
                objective,
                iterations: iteration,
            });
        }
        // Without a penalty a separating direction grows by about one unit of η an iteration, for ever.
        if iteration >= 25 && eta.iter().any(|e| e.abs() > SEPARATION_ETA) {
            return Err(runaway(x, &w, &eta, first));
        }
    }
    Err(runaway(x, &w, &eta, first))
}

/// Columns that earlier ones (and the intercept, when `centred`) do not explain; a constant column is explained by nothing else
/// and is left to the caller.
pub fn independent(x: &Matrix) -> Vec<usize> {
    if x.rows < x.cols {
        return independent_columns(x, COLLINEAR);
    }
    // The products of the columns settle nearly every table at a tenth of the price of the factorisation.
    let p = x.cols;
    let mut gram = Matrix::zeros(p, p);
    for start in (0..x.rows).step_by(BLOCK) {
        let end = (start + BLOCK).min(x.rows);
        for a in 0..p {
            for b in 0..=a {
                gram.data[b * p + a] += dot(&x.col(a)[start..end], &x.col(b)[start..end]);
            }
        }
    }
    for a in 0..p {
        for b in 0..a {
            let scale = (gram.get(a, a) * gram.get(b, b)).sqrt();
            let v = gram.get(a, b) / scale;
            gram.set(a, b, v);
            gram.set(b, a, v);
        }
    }
    (0..p).for_each(|a| gram.set(a, a, 1.0));
    match cholesky(&gram) {
        // Pivots are squares of what is left of a unit column.
        Some(l) if (0..p).all(|a| l.get(a, a) > 1e-5) => (0..p).collect(),
        _ => {
            let r = tall_r(x.rows, p, |start, end, block| {
                for j in 0..p {
                    block.col_mut(j).copy_from_slice(&x.col(j)[start..end]);
                }
            });
            independent_columns(&r, COLLINEAR)
        }
    }
}

/// η of every row. `w` holds the intercept first when there is one.
fn predictor(x: &Matrix, w: &[f64], intercept: bool) -> Vec<f64> {
    let first = usize::from(intercept);
    let mut eta = vec![if intercept { w[0] } else { 0.0 }; x.rows];
    for start in (0..x.rows).step_by(BLOCK) {
        let end = (start + BLOCK).min(x.rows);
        for (j, &weight) in w[first..].iter().enumerate() {
            super::dense::axpy(weight, &x.col(j)[start..end], &mut eta[start..end]);
        }
    }
    eta
}

fn total(eta: &[f64], y: &[f64], w: &[f64], l2: f64) -> f64 {
    let loss: f64 = super::sum::compensated(eta.iter().zip(y).map(|(&e, &y)| softplus(e) - y * e));
    loss + l2 / 2.0 * dot(w, w)
}

fn derivatives(x: &Matrix, y: &[f64], eta: &[f64], w: &[f64], l2: f64, intercept: bool) -> (Vec<f64>, Matrix) {
    let (n, p) = (x.rows, x.cols);
    let first = usize::from(intercept);
    let q = p + first;
    let mut gradient = vec![0.0; q];
    let mut hessian = Matrix::zeros(q, q);
    let (mut residual, mut weight, mut scaled) = (vec![0.0; BLOCK], vec![0.0; BLOCK], vec![0.0; BLOCK]);
    for start in (0..n).step_by(BLOCK) {
        let end = (start + BLOCK).min(n);
        let len = end - start;
        for i in 0..len {
            let probability = sigmoid(eta[start + i]);
            residual[i] = probability - y[start + i];
            weight[i] = (probability * (1.0 - probability)).max(1e-300);
        }
        if intercept {
            gradient[0] += residual[..len].iter().sum::<f64>();
            hessian.data[0] += weight[..len].iter().sum::<f64>();
        }
        for a in 0..p {
            let column = &x.col(a)[start..end];
            gradient[a + first] += dot(column, &residual[..len]);
            for ((s, c), v) in scaled[..len].iter_mut().zip(column).zip(&weight[..len]) {
                *s = c * v;
            }
            if intercept {
                hessian.data[a + 1] += scaled[..len].iter().sum::<f64>();
            }
            for b in 0..=a {
                hessian.data[(b + first) * q + a + first] += dot(&scaled[..len], &x.col(b)[start..end]);
            }
        }
    }
    for a in first..q {
        gradient[a] += l2 * w[a];
        hessian.data[a * q + a] += l2;
    }
    for a in 0..q {
        for b in 0..a {
            let v = hessian.get(a, b);
            hessian.set(b, a, v);
        }
    }
    (gradient, hessian)
}

/// Names what went wrong: the column whose part of η reaches farthest, when η is beyond reason.
fn runaway(x: &Matrix, w: &[f64], eta: &[f64], first: usize) -> Failure {
    if !eta.iter().any(|e| e.abs() > SEPARATION_ETA) {
        return Failure::Singular;
    }
    let reach = |j: usize| {
        let column = x.col(j);
        let (low, high) = column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        (high - low) * w[j + first].abs()
    };
    let mut worst = 0;
    for j in 1..x.cols {
        if reach(j) > reach(worst) {
            worst = j;
        }
    }
    Failure::Separation(worst)
}

/// Probabilities under a fit.
pub fn predict(x: &Matrix, intercept: f64, weights: &[f64]) -> Vec<f64> {
    let w: Vec<f64> = std::iter::once(intercept).chain(weights.iter().copied()).collect();
    predictor(x, &w, true).into_iter().map(sigmoid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::rng::Rng;

    fn made(n: usize, seed: u64) -> (Matrix, Vec<f64>) {
        let mut rng = Rng::new(seed);
        let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..n).map(|_| rng.normal()).collect()).collect();
        let y = (0..n)
            .map(|i| {
                let eta = -0.5 + columns[0][i] - 0.7 * columns[1][i];
                f64::from(u8::from(rng.uniform() < sigmoid(eta)))
            })
            .collect();
        (Matrix::from_columns(n, &columns), y)
    }

    #[test]
    fn one_yes_no_feature_gives_the_log_odds_of_its_table() {
        // 10 of 30 without, 25 of 40 with: intercept ln(10/20), weight ln(25/15) − ln(10/20).
        let x: Vec<f64> = (0..70).map(|i| f64::from(u8::from(i >= 30))).collect();
        let y: Vec<f64> = (0..70).map(|i| f64::from(u8::from(i < 10 || (30..55).contains(&i)))).collect();
        let fit = fit(&Matrix::from_columns(70, &[x]), &y, 0.0, true).unwrap();
        assert!((fit.intercept - 0.5f64.ln()).abs() < 1e-12);
        assert!((fit.weights[0] - ((25.0f64 / 15.0).ln() - 0.5f64.ln())).abs() < 1e-12);
        // Variance of a log odds ratio: the sum of the reciprocals of the four counts.
        let variance = 1.0 / 10.0 + 1.0 / 20.0 + 1.0 / 25.0 + 1.0 / 15.0;
        assert!((fit.covariance.get(1, 1) - variance).abs() < 1e-10);
    }

    #[test]
    fn at_rest_the_gradient_is_zero_and_fitted_positives_equal_the_real_ones() {
        let (x, y) = made(2_000, 3);
        for l2 in [0.0, 5.0] {
            let fit = fit(&x, &y, l2, true).unwrap();
            let p = predict(&x, fit.intercept, &fit.weights);
            assert!((p.iter().sum::<f64>() - y.iter().sum::<f64>()).abs() < 1e-7);
            for j in 0..3 {
                let g: f64 = (0..2_000).map(|i| x.get(i, j) * (p[i] - y[i])).sum::<f64>() + l2 * fit.weights[j];
                assert!(g.abs() < 1e-6, "{g}");
            }
        }
    }

    #[test]
    fn separation_is_named_and_a_penalty_cures_it() {
        let x = Matrix::from_columns(6, &[vec![0.1, -0.2, 0.3, 0.1, -0.1, 0.2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]);
        let y = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        assert_eq!(fit(&x, &y, 0.0, true).unwrap_err(), Failure::Separation(1));
        assert!(fit(&x, &y, 1.0, true).is_ok());
    }

    #[test]
    fn a_sum_of_earlier_columns_is_not_independent() {
        let (x, _) = made(300, 5);
        let columns = vec![
            x.col(0).to_vec(),
            x.col(1).to_vec(),
            x.col(0).iter().zip(x.col(1)).map(|(a, b)| a + b).collect(),
            x.col(2).to_vec(),
        ];
        assert_eq!(independent(&Matrix::from_columns(300, &columns)), [0, 1, 3]);
        assert_eq!(independent(&x), [0, 1, 2]);
    }
}

//! Logistic regression by Newton's method (iteratively reweighted least squares), maximum likelihood or with a ridge penalty.
//!
//! Minimises Σ ln(1 + e^η) − y·η + l2/2 · ‖w‖², η = b + Xw, the intercept b free of the penalty. The objective is convex, so
//! where Newton comes to rest is the answer; steps that do not lower it are halved. Most of the time goes into the Hessian: a part of
//! the rows says where to begin, and a Hessian serves for further steps as long as each is a tenth of the one before.

use super::dense::{Matrix, cholesky, cholesky_solve, dot, independent_columns, inverse_spd, tall_r};
use super::special::sigmoid;
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
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This column (of the weights) runs to infinity: some combination of columns tells the classes apart without error.
    Separation(usize),
    /// Columns are collinear, or the numbers are beyond f64.
    Singular,
}

const MAX_ITERATIONS: usize = 100;
/// Rows handled at once, so that a block of all columns stays in the cache, and a product of as many numbers up to 2 in f64.
const BLOCK: usize = 512;
/// Rows that say where to begin, where there are several times as many.
const SCOUTS: usize = 5_000;

/// `x`: n rows, any number of columns, not constant, not collinear (see [`independent`]), best centred and scaled. `y`: 0 or 1.
pub fn fit(x: &Matrix, y: &[f64], l2: f64, intercept: bool) -> Result<Fit, Failure> {
    let task = Task { x, y, l2, first: usize::from(intercept) };
    let mut here = task.at(task.origin());
    let step = x.rows / SCOUTS;
    if step >= 3 {
        let picked = |v: &[f64]| v.iter().step_by(step).copied().collect::<Vec<f64>>();
        let rows = x.rows.div_ceil(step);
        let columns: Vec<Vec<f64>> = (0..x.cols).map(|j| picked(x.col(j))).collect();
        let (x, y) = (Matrix::from_columns(rows, &columns), picked(y));
        let few = Task { x: &x, y: &y, l2: l2 / step as f64, first: task.first };
        // Where the part has no answer, or a worse one than no knowledge, the climb begins at the origin.
        if let Ok((found, _)) = few.climb(few.at(few.origin())) {
            let there = task.at(found.w);
            if there.objective < here.objective {
                here = there;
            }
        }
    }
    let (end, hessian) = task.climb(here)?;
    let Some(covariance) = inverse_spd(&hessian) else {
        return Err(task.runaway(&end));
    };
    let weights = end.w[task.first..].to_vec();
    Ok(Fit {
        intercept: if intercept { end.w[0] } else { 0.0 },
        covariance,
        log_likelihood: l2 / 2.0 * dot(&weights, &weights) - end.objective,
        objective: end.objective,
        weights,
    })
}

/// What is minimised. Parameters hold the intercept first when there is one (`first` = 1).
struct Task<'a> {
    x: &'a Matrix,
    y: &'a [f64],
    l2: f64,
    first: usize,
}

/// Parameters with everything but the Hessian.
struct Point {
    w: Vec<f64>,
    objective: f64,
    gradient: Vec<f64>,
    /// p(1 − p) of every row.
    weight: Vec<f64>,
    /// Largest |η|.
    reach: f64,
}

impl Task<'_> {
    /// Nothing known but the share of 1.
    fn origin(&self) -> Vec<f64> {
        let mut w = vec![0.0; self.x.cols + self.first];
        if self.first == 1 {
            let share = (self.y.iter().sum::<f64>() / self.x.rows as f64).clamp(1e-12, 1.0 - 1e-12);
            w[0] = (share / (1.0 - share)).ln();
        }
        w
    }

    fn at(&self, w: Vec<f64>) -> Point {
        let (n, first) = (self.x.rows, self.first);
        let mut gradient = vec![0.0; w.len()];
        let (mut weight, mut losses, mut reach) = (vec![0.0; n], Vec::with_capacity(n / BLOCK + 1), 0.0f64);
        let (mut eta, mut residual) = (vec![0.0; BLOCK], vec![0.0; BLOCK]);
        for start in (0..n).step_by(BLOCK) {
            let len = BLOCK.min(n - start);
            let (eta, residual) = (&mut eta[..len], &mut residual[..len]);
            predictor(self.x, start, &w, first, eta);
            let (mut line, mut product) = (0.0, 1.0);
            for i in 0..len {
                let (e, y) = (eta[i], self.y[start + i]);
                reach = reach.max(e.abs());
                let small = (-e.abs()).exp();
                // ln(1 + e^η) = max(η, 0) + ln(1 + e^−|η|), the logarithms as one of their product.
                line += e.max(0.0) - y * e;
                product *= 1.0 + small;
                let most = 1.0 / (1.0 + small);
                residual[i] = if e >= 0.0 { most } else { small * most } - y;
                weight[start + i] = (small * most * most).max(1e-300);
            }
            losses.push(line + product.ln());
            if first == 1 {
                gradient[0] += residual.iter().sum::<f64>();
            }
            for (j, g) in gradient[first..].iter_mut().enumerate() {
                *g += dot(&self.x.col(j)[start..start + len], residual);
            }
        }
        let weights = &w[first..];
        for (g, w) in gradient[first..].iter_mut().zip(weights) {
            *g += self.l2 * w;
        }
        let objective = super::sum::compensated(losses) + self.l2 / 2.0 * dot(weights, weights);
        Point { w, objective, gradient, weight, reach }
    }

    fn hessian(&self, here: &Point) -> Matrix {
        let (n, p, first) = (self.x.rows, self.x.cols, self.first);
        let q = p + first;
        let mut hessian = Matrix::zeros(q, q);
        let mut scaled = vec![0.0; BLOCK];
        for start in (0..n).step_by(BLOCK) {
            let end = (start + BLOCK).min(n);
            let (weight, scaled) = (&here.weight[start..end], &mut scaled[..end - start]);
            if first == 1 {
                hessian.data[0] += weight.iter().sum::<f64>();
            }
            for a in 0..p {
                let column = &self.x.col(a)[start..end];
                for ((s, c), v) in scaled.iter_mut().zip(column).zip(weight) {
                    *s = c * v;
                }
                if first == 1 {
                    hessian.data[a + 1] += scaled.iter().sum::<f64>();
                }
                products(scaled, self.x, start, a + 1, |b, v| hessian.data[(b + first) * q + a + first] += v);
            }
        }
        for a in 0..q {
            if a >= first {
                hessian.data[a * q + a] += self.l2;
            }
            for b in 0..a {
                let v = hessian.get(a, b);
                hessian.set(b, a, v);
            }
        }
        hessian
    }

    /// From a point to the minimum, with the Hessian there.
    fn climb(&self, mut here: Point) -> Result<(Point, Matrix), Failure> {
        let mut factor = None;
        let mut before = f64::INFINITY;
        for iteration in 1..=MAX_ITERATIONS {
            let fresh = factor.is_none();
            let known = match factor.take() {
                Some(known) => known,
                None => cholesky(&self.hessian(&here)).ok_or_else(|| self.runaway(&here))?,
            };
            let step = cholesky_solve(&known, &here.gradient);
            let mut scale = 1.0;
            let mut halvings = 0;
            let next = loop {
                let next = self.at(here.w.iter().zip(&step).map(|(w, s)| w - scale * s).collect());
                // Rounding of a sum of n terms must not look like a rise.
                if next.objective <= here.objective + 1e-12 * here.objective.abs() {
                    break Some(next);
                }
                if !fresh || halvings >= 30 {
                    break None;
                }
                scale *= 0.5;
                halvings += 1;
            };
            // A step of an earlier Hessian that leads up: the one of here is made.
            let Some(next) = next.or_else(|| fresh.then(|| self.at(here.w.clone()))) else { continue };
            let length = step.iter().zip(&next.w).map(|(s, w)| (scale * s).abs() / (1.0 + w.abs())).fold(0.0, f64::max);
            here = next;
            if length <= NEWTON_STEP || halvings >= 30 {
                let hessian = self.hessian(&here);
                return Ok((here, hessian));
            }
            // Without a penalty a separating direction grows by about one unit of η an iteration, for ever.
            if iteration >= 25 && here.reach > SEPARATION_ETA {
                return Err(self.runaway(&here));
            }
            if length <= 0.1 * before.min(1.0) && halvings == 0 {
                factor = Some(known);
            }
            before = length;
        }
        Err(self.runaway(&here))
    }

    /// Names what went wrong: the column whose part of η reaches farthest, when η is beyond reason.
    fn runaway(&self, here: &Point) -> Failure {
        if here.reach <= SEPARATION_ETA {
            return Failure::Singular;
        }
        let reach = |j: usize| {
            let column = self.x.col(j);
            let (low, high) = column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
            (high - low) * here.w[j + self.first].abs()
        };
        let mut worst = 0;
        for j in 1..self.x.cols {
            if reach(j) > reach(worst) {
                worst = j;
            }
        }
        Failure::Separation(worst)
    }
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
            products(&x.col(a)[start..end], x, start, a + 1, |b, v| gram.data[b * p + a] += v);
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

/// η of the rows from `start`. `w` holds the intercept first when there is one.
fn predictor(x: &Matrix, start: usize, w: &[f64], first: usize, eta: &mut [f64]) {
    eta.fill(if first == 1 { w[0] } else { 0.0 });
    for (j, &weight) in w[first..].iter().enumerate() {
        super::dense::axpy(weight, &x.col(j)[start..start + eta.len()], eta);
    }
}

/// `add(b, Σ rows · column b)` for the first `count` columns, over the rows from `start`.
fn products(rows: &[f64], x: &Matrix, start: usize, count: usize, mut add: impl FnMut(usize, f64)) {
    let column = |b: usize| &x.col(b)[start..start + rows.len()];
    for b in (0..count / 4 * 4).step_by(4) {
        let four = dot4(rows, [column(b), column(b + 1), column(b + 2), column(b + 3)]);
        four.into_iter().enumerate().for_each(|(k, v)| add(b + k, v));
    }
    (count / 4 * 4..count).for_each(|b| add(b, dot(rows, column(b))));
}

/// Products with four columns at once: what is common to them is loaded once.
fn dot4(a: &[f64], b: [&[f64]; 4]) -> [f64; 4] {
    let n = a.len();
    let b = b.map(|b| &b[..n]);
    let mut s = [[0.0f64; 2]; 4];
    for i in (0..n / 2 * 2).step_by(2) {
        for k in 0..4 {
            s[k][0] += a[i] * b[k][i];
            s[k][1] += a[i + 1] * b[k][i + 1];
        }
    }
    let rest = if n % 2 == 1 { Some(n - 1) } else { None };
    std::array::from_fn(|k| s[k][0] + s[k][1] + rest.map_or(0.0, |i| a[i] * b[k][i]))
}

/// Probabilities under a fit.
pub fn predict(x: &Matrix, intercept: f64, weights: &[f64]) -> Vec<f64> {
    let w: Vec<f64> = std::iter::once(intercept).chain(weights.iter().copied()).collect();
    let mut eta = vec![0.0; x.rows];
    for (block, start) in eta.chunks_mut(BLOCK).zip((0..).step_by(BLOCK)) {
        predictor(x, start, &w, 1, block);
    }
    eta.into_iter().map(sigmoid).collect()
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
        // With 25,000 rows a part of them says where to begin.
        for (n, l2) in [(2_000, 0.0), (2_000, 5.0), (25_000, 0.0), (25_000, 5.0)] {
            let (x, y) = made(n, 3);
            at_rest(&x, &y, l2);
        }
    }

    #[track_caller]
    fn at_rest(x: &Matrix, y: &[f64], l2: f64) {
        let fit = fit(x, y, l2, true).unwrap();
        let p = predict(x, fit.intercept, &fit.weights);
        assert!((p.iter().sum::<f64>() - y.iter().sum::<f64>()).abs() < 1e-7);
        for j in 0..x.cols {
            let g: f64 = (0..x.rows).map(|i| x.get(i, j) * (p[i] - y[i])).sum::<f64>() + l2 * fit.weights[j];
            assert!(g.abs() < 1e-6, "{g}");
        }
    }

    /// Rows in an order such that those which say where to begin are all of one kind, or mislead.
    #[test]
    fn the_order_of_rows_does_not_matter() {
        let (x, y) = made(25_000, 4);
        let fifth = |i: usize| i.is_multiple_of(5);
        let mut constant = x.clone();
        (0..25_000).filter(|i| fifth(*i)).for_each(|i| constant.set(i, 1, 0.0));
        at_rest(&constant, &y, 0.0);
        let separated: Vec<f64> =
            (0..25_000).map(|i| if fifth(i) { f64::from(u8::from(x.get(i, 0) > 0.0)) } else { y[i] }).collect();
        at_rest(&x, &separated, 0.0);
        let against: Vec<f64> = (0..25_000).map(|i| if fifth(i) { 1.0 - y[i] } else { y[i] }).collect();
        at_rest(&x, &against, 0.0);
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

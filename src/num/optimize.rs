//! Minimisers of smooth functions of few parameters.

use super::dense::{Matrix, cholesky, cholesky_solve, dot};
use super::tolerance::{GRADIENT, NEWTON_STEP};
use crate::num::order::Order;

/// Where a minimiser ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    pub x: Vec<f64>,
    pub value: f64,
    pub iterations: usize,
    pub converged: bool,
}

/// Value, gradient and Hessian at a point.
pub type Second = (f64, Vec<f64>, Matrix);

/// Damped Newton: the Hessian is lifted until it is positive definite, the step halved until the value falls.
pub fn newton(start: &[f64], max_iterations: usize, f: impl Fn(&[f64]) -> Second) -> Minimum {
    let mut x = start.to_vec();
    let (mut value, mut gradient, mut hessian) = f(&x);
    for iteration in 0..max_iterations {
        let Some(step) = newton_step(&gradient, &hessian) else {
            return Minimum { x, value, iterations: iteration, converged: false };
        };
        let slope = dot(&gradient, &step);
        let mut scale = 1.0;
        let mut accepted = None;
        for _ in 0..50 {
            let trial: Vec<f64> = x.iter().zip(&step).map(|(a, s)| a + scale * s).collect();
            let second = f(&trial);
            if second.0.is_finite() && second.0 <= value + 1e-4 * scale * slope {
                accepted = Some((trial, second));
                break;
            }
            scale *= 0.5;
        }
        let small = |x: &[f64], scale: f64| {
            x.iter().zip(&step).all(|(a, s)| (s * scale).abs() <= NEWTON_STEP * a.abs().max(1.0))
        };
        let Some((next, second)) = accepted else {
            // No step lowers the value: at the minimum to rounding, or nowhere to go.
            let converged = small(&x, 1.0) || slope.abs() <= 1e-12 * value.abs().max(1.0);
            return Minimum { x, value, iterations: iteration, converged };
        };
        let done = small(&next, scale);
        x = next;
        (value, gradient, hessian) = second;
        if done {
            return Minimum { x, value, iterations: iteration + 1, converged: true };
        }
    }
    Minimum { x, value, iterations: max_iterations, converged: false }
}

fn newton_step(gradient: &[f64], hessian: &Matrix) -> Option<Vec<f64>> {
    if gradient.iter().chain(&hessian.data).any(|v| !v.is_finite()) {
        return None;
    }
    let n = gradient.len();
    let largest = (0..n).map(|i| hessian.get(i, i).abs()).fold(0.0, f64::max).max(1e-300);
    let minus: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut lift = 0.0;
    for _ in 0..60 {
        let mut h = hessian.clone();
        for i in 0..n {
            let v = h.get(i, i) + lift;
            h.set(i, i, v);
        }
        if let Some(l) = cholesky(&h) {
            return Some(cholesky_solve(&l, &minus));
        }
        lift = if lift == 0.0 { 1e-10 * largest } else { lift * 10.0 };
    }
    None
}

/// Value and gradient at a point.
pub type First = (f64, Vec<f64>);

/// BFGS with a backtracking line search.
pub fn bfgs(start: &[f64], max_iterations: usize, f: impl Fn(&[f64]) -> First) -> Minimum {
    let n = start.len();
    let mut x = start.to_vec();
    let (mut value, mut gradient) = f(&x);
    let mut inverse = Matrix::identity(n);
    let mut fresh = true;
    for iteration in 0..max_iterations {
        let norm = gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
        if norm <= GRADIENT * value.abs().max(1.0) {
            return Minimum { x, value, iterations: iteration, converged: true };
        }
        let mut direction: Vec<f64> = inverse.times_vector(&gradient).iter().map(|v| -v).collect();
        let mut slope = dot(&gradient, &direction);
        if slope.is_nan() || slope >= 0.0 {
            inverse = Matrix::identity(n);
            fresh = true;
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&gradient, &direction);
        }
        let length = dot(&direction, &direction).sqrt();
        let mut scale = if fresh && length > 1.0 { 1.0 / length } else { 1.0 };
        let mut accepted = None;
        for _ in 0..60 {
            let trial: Vec<f64> = x.iter().zip(&direction).map(|(a, d)| a + scale * d).collect();
            let first = f(&trial);
            if first.0.is_finite() && first.1.iter().all(|g| g.is_finite()) && first.0 <= value + 1e-4 * scale * slope {
                accepted = Some((trial, first));
                break;
            }
            scale *= 0.5;
        }
        let Some((next, (next_value, next_gradient))) = accepted else {
            if fresh {
                return Minimum { x, value, iterations: iteration, converged: norm <= 1e-5 * value.abs().max(1.0) };
            }
            inverse = Matrix::identity(n);
            fresh = true;
            continue;
        };
        let s: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let sy = dot(&s, &y);
        if sy > 1e-14 * dot(&s, &s).sqrt() * dot(&y, &y).sqrt() {
            if fresh {
                let f = sy / dot(&y, &y);
                inverse.data.iter_mut().for_each(|v| *v *= f);
            }
            let hy = inverse.times_vector(&y);
            let yhy = dot(&y, &hy);
            for j in 0..n {
                for i in 0..n {
                    let v =
                        inverse.get(i, j) + (1.0 + yhy / sy) * s[i] * s[j] / sy - (hy[i] * s[j] + s[i] * hy[j]) / sy;
                    inverse.set(i, j, v);
                }
            }
            fresh = false;
        }
        let stalled = (value - next_value).abs() <= 1e-15 * value.abs().max(1e-300);
        (x, value, gradient) = (next, next_value, next_gradient);
        if stalled {
            let norm = gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
            return Minimum { x, value, iterations: iteration + 1, converged: norm <= 1e-5 * value.abs().max(1.0) };
        }
    }
    Minimum { x, value, iterations: max_iterations, converged: false }
}

/// Nelder and Mead's simplex (1965), restarted once from its end; `step` is the size of the first simplex per coordinate.
pub fn nelder_mead(start: &[f64], step: &[f64], max_iterations: usize, f: impl Fn(&[f64]) -> f64) -> Minimum {
    let f = |x: &[f64]| {
        let v = f(x);
        if v.is_nan() { f64::INFINITY } else { v }
    };
    let first = simplex_run(start, step, max_iterations, &f);
    let smaller: Vec<f64> = step.iter().map(|s| s * 0.1).collect();
    let second = simplex_run(&first.x, &smaller, max_iterations, &f);
    Minimum { iterations: first.iterations + second.iterations, ..second }
}

fn simplex_run(start: &[f64], step: &[f64], max_iterations: usize, f: &impl Fn(&[f64]) -> f64) -> Minimum {
    let n = start.len();
    let mut points: Vec<(Vec<f64>, f64)> = Vec::with_capacity(n + 1);
    points.push((start.to_vec(), f(start)));
    for i in 0..n {
        let mut p = start.to_vec();
        p[i] += step.get(i).copied().unwrap_or(0.1);
        let v = f(&p);
        points.push((p, v));
    }
    let blend = |a: &[f64], b: &[f64], t: f64| -> Vec<f64> { a.iter().zip(b).map(|(x, y)| x + t * (y - x)).collect() };
    for iteration in 0..max_iterations {
        points.order_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (points[0].1, points[n].1);
        let spread =
            (0..n).map(|i| (points[n].0[i] - points[0].0[i]).abs() / points[0].0[i].abs().max(1.0)).fold(0.0, f64::max);
        if (worst - best).abs() <= 1e-14 * best.abs().max(1e-300) && spread < 1e-8 || spread < 1e-13 {
            let (x, value) = points.swap_remove(0);
            return Minimum { x, value, iterations: iteration, converged: true };
        }
        let mut centre = vec![0.0; n];
        for p in &points[..n] {
            for (c, v) in centre.iter_mut().zip(&p.0) {
                *c += v / n as f64;
            }
        }
        let reflected = blend(&centre, &points[n].0, -1.0);
        let fr = f(&reflected);
        if fr < best {
            let expanded = blend(&centre, &points[n].0, -2.0);
            let fe = f(&expanded);
            points[n] = if fe < fr { (expanded, fe) } else { (reflected, fr) };
        } else if fr < points[n - 1].1 {
            points[n] = (reflected, fr);
        } else {
            let toward = if fr < worst { -0.5 } else { 0.5 };
            let contracted = blend(&centre, &points[n].0, toward);
            let fc = f(&contracted);
            if fc < worst.min(fr) {
                points[n] = (contracted, fc);
            } else {
                let anchor = points[0].0.clone();
                for p in &mut points[1..] {
                    p.0 = blend(&anchor, &p.0, 0.5);
                    p.1 = f(&p.0);
                }
            }
        }
    }
    points.order_by(|a, b| a.1.total_cmp(&b.1));
    let (x, value) = points.swap_remove(0);
    Minimum { x, value, iterations: max_iterations, converged: false }
}

/// Central-difference gradient with steps fitted to each coordinate.
pub fn gradient(x: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut p = x.to_vec();
    (0..x.len())
        .map(|i| {
            let h = f64::EPSILON.cbrt() * x[i].abs().max(1.0);
            p[i] = x[i] + h;
            let up = f(&p);
            p[i] = x[i] - h;
            let down = f(&p);
            p[i] = x[i];
            (up - down) / (2.0 * h)
        })
        .collect()
}

/// Central-difference Hessian from values.
pub fn hessian(x: &[f64], f: impl Fn(&[f64]) -> f64) -> Matrix {
    let n = x.len();
    let h: Vec<f64> = x.iter().map(|v| f64::EPSILON.powf(0.25) * v.abs().max(1.0)).collect();
    let at = |i: usize, a: f64, j: usize, b: f64| {
        let mut p = x.to_vec();
        p[i] += a;
        p[j] += b;
        f(&p)
    };
    let middle = f(x);
    let mut out = Matrix::zeros(n, n);
    for i in 0..n {
        let v = (at(i, h[i], i, 0.0) - 2.0 * middle + at(i, -h[i], i, 0.0)) / (h[i] * h[i]);
        out.set(i, i, v);
        for j in 0..i {
            let v = (at(i, h[i], j, h[j]) - at(i, h[i], j, -h[j]) - at(i, -h[i], j, h[j]) + at(i, -h[i], j, -h[j]))
                / (4.0 * h[i] * h[j]);
            out.set(i, j, v);
            out.set(j, i, v);
        }
    }
    out
}

/// Root of an increasing or decreasing `f` in [low, high] by bisection; `None` without a sign change.
pub fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    let (fl, fh) = (f(low), f(high));
    if fl == 0.0 {
        return Some(low);
    }
    if fh == 0.0 {
        return Some(high);
    }
    if fl.is_nan() || fh.is_nan() || fl.signum() == fh.signum() {
        return None;
    }
    for _ in 0..200 {
        let mid = 0.5 * (low + high);
        if mid == low || mid == high {
            break;
        }
        let fm = f(mid);
        if fm == 0.0 {
            return Some(mid);
        }
        if fm.signum() == fl.signum() { low = mid } else { high = mid }
    }
    Some(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rosenbrock's valley: minimum 0 at (1, 1).
    fn valley(x: &[f64]) -> f64 {
        100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)
    }
    fn slope(x: &[f64]) -> Vec<f64> {
        vec![-400.0 * x[0] * (x[1] - x[0] * x[0]) - 2.0 * (1.0 - x[0]), 200.0 * (x[1] - x[0] * x[0])]
    }

    #[test]
    fn all_three_find_the_end_of_the_valley() {
        let start = [-1.2, 1.0];
        let a = newton(&start, 100, |x| {
            let h = Matrix {
                rows: 2,
                cols: 2,
                data: vec![1200.0 * x[0] * x[0] - 400.0 * x[1] + 2.0, -400.0 * x[0], -400.0 * x[0], 200.0],
            };
            (valley(x), slope(x), h)
        });
        let b = bfgs(&start, 500, |x| (valley(x), slope(x)));
        let c = nelder_mead(&start, &[0.5, 0.5], 2000, valley);
        for m in [a, b, c] {
            assert!(m.converged && (m.x[0] - 1.0).abs() < 1e-6 && (m.x[1] - 1.0).abs() < 1e-6, "{m:?}");
        }
    }

    #[test]
    fn differences_agree_with_derivatives() {
        let x = [0.3, -0.7];
        for (a, b) in gradient(&x, valley).iter().zip(slope(&x)) {
            assert!((a - b).abs() < 1e-6 * b.abs().max(1.0));
        }
        assert!((hessian(&x, valley).get(1, 1) - 200.0).abs() < 1e-3);
        assert!((bisect(0.0, 2.0, |v| v * v - 2.0).unwrap() - 2f64.sqrt()).abs() < 1e-15);
    }
}

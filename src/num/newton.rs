//! Newton's method with Levenberg damping for small smooth maximisation problems (up to a few dozen unknowns), inside a box.
//!
//! Method: Levenberg 1944, Marquardt 1963; J. Nocedal and S. Wright, Numerical Optimization (2006), chapters 3 and 4.
//! The step solves (−H + μI)·step = g; μ grows until the matrix is positive definite and the value rises, and shrinks after
//! every success, so that near the maximum the plain Newton step is taken and convergence is quadratic.

/// Value, gradient and Hessian (row-major, symmetric) at a point.
#[derive(Clone, Debug)]
pub struct Local {
    pub value: f64,
    pub gradient: Vec<f64>,
    pub hessian: Vec<f64>,
}

/// Where the climb ended.
#[derive(Clone, Debug)]
pub struct Peak {
    pub at: Vec<f64>,
    pub local: Local,
    pub iterations: usize,
    /// The next Newton step would have gained less than the tolerance.
    pub converged: bool,
}

/// Expected gain of the next step below which the climb ends, relative to 1 + |value|. A log-likelihood of −10⁷ is known to
/// about 10⁻⁹; parameters are then within a millionth of a standard error of the maximum.
pub const GAIN: f64 = 1e-15;

/// Climbs from `start` to a maximum of `f` inside `bounds` (`[low, high]` per coordinate). `f` returns `None` where it is undefined.
pub fn maximise<F>(mut f: F, start: &[f64], bounds: &[[f64; 2]], max_iterations: usize) -> Option<Peak>
where
    F: FnMut(&[f64]) -> Option<Local>,
{
    let k = start.len();
    let mut at: Vec<f64> = start.iter().zip(bounds).map(|(v, b)| v.clamp(b[0], b[1])).collect();
    let mut local = f(&at).filter(finite)?;
    let mut damping = 1e-3;
    for iterations in 0..max_iterations {
        let free: Vec<usize> = (0..k).filter(|&i| !pushes_out(at[i], local.gradient[i], bounds[i])).collect();
        if free.is_empty() {
            return Some(Peak { at, local, iterations, converged: true });
        }
        let mut tries = 0;
        loop {
            let step = damped_step(&local, &free, damping, k);
            if let Some((step, gain)) = step {
                let next: Vec<f64> = (0..k).map(|i| (at[i] + step[i]).clamp(bounds[i][0], bounds[i][1])).collect();
                if gain < GAIN * (1.0 + local.value.abs()) {
                    // The value cannot tell any more, but the parameters can: a last step squares what error is left.
                    if gain > 1e-6 * GAIN * (1.0 + local.value.abs())
                        && let Some(last) = f(&next).filter(finite)
                        && last.value >= local.value - 1e-12 * (1.0 + local.value.abs())
                    {
                        (at, local) = (next, last);
                    }
                    return Some(Peak { at, local, iterations, converged: true });
                }
                if let Some(trial) = f(&next).filter(finite)
                    && trial.value > local.value
                {
                    let good = trial.value - local.value > 0.5 * gain;
                    damping = if good { damping * 0.1 } else { damping };
                    if damping < 1e-9 {
                        damping = 0.0;
                    }
                    at = next;
                    local = trial;
                    break;
                }
                // No rise although one below rounding was promised: this is the maximum as far as f64 can tell.
                if gain < 1e-10 * (1.0 + local.value.abs()) && tries > 3 {
                    return Some(Peak { at, local, iterations, converged: true });
                }
            }
            damping = if damping == 0.0 { 1e-6 } else { damping * 10.0 };
            tries += 1;
            if tries > 40 {
                return Some(Peak { at, local, iterations, converged: false });
            }
        }
    }
    Some(Peak { at, local, iterations: max_iterations, converged: false })
}

fn finite(l: &Local) -> bool {
    l.value.is_finite() && l.gradient.iter().all(|g| g.is_finite()) && l.hessian.iter().all(|h| h.is_finite())
}

fn pushes_out(at: f64, gradient: f64, [low, high]: [f64; 2]) -> bool {
    (at <= low && gradient <= 0.0) || (at >= high && gradient >= 0.0)
}

/// The damped step over the free coordinates and the gain the quadratic model promises. `None`: not positive definite.
/// The damping is relative to the curvature of each coordinate, so that it does not depend on their units.
fn damped_step(local: &Local, free: &[usize], damping: f64, k: usize) -> Option<(Vec<f64>, f64)> {
    let m = free.len();
    let mut a = vec![0.0; m * m];
    for (i, &p) in free.iter().enumerate() {
        for (j, &q) in free.iter().enumerate() {
            a[i * m + j] = -local.hessian[p * k + q];
        }
        a[i * m + i] += damping * (local.hessian[p * k + p].abs() + 1e-6 * (1.0 + local.value.abs()));
    }
    let g: Vec<f64> = free.iter().map(|&p| local.gradient[p]).collect();
    let factor = cholesky(&a, m)?;
    let s = cholesky_solve(&factor, m, &g);
    let longest = s.iter().fold(0.0f64, |l, v| l.max(v.abs()));
    // Coordinates are logarithms or standardised: a step beyond 3 leaves the region where the quadratic model means anything.
    let scale = if longest > 3.0 { 3.0 / longest } else { 1.0 };
    let mut step = vec![0.0; k];
    for (i, &p) in free.iter().enumerate() {
        step[p] = s[i] * scale;
    }
    let gain = 0.5 * g.iter().zip(&s).map(|(g, s)| g * s).sum::<f64>();
    (gain.is_finite() && step.iter().all(|v| v.is_finite())).then_some((step, gain))
}

/// Lower Cholesky factor of a symmetric row-major matrix; `None` unless it is positive definite beyond rounding.
pub fn cholesky(a: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut l = vec![0.0; n * n];
    for j in 0..n {
        let mut d = a[j * n + j];
        for k in 0..j {
            d -= l[j * n + k] * l[j * n + k];
        }
        if d.is_nan() || d <= 1e-14 * a[j * n + j].abs() || d <= 0.0 {
            return None;
        }
        let d = d.sqrt();
        l[j * n + j] = d;
        for i in j + 1..n {
            let mut s = a[i * n + j];
            for k in 0..j {
                s -= l[i * n + k] * l[j * n + k];
            }
            l[i * n + j] = s / d;
        }
    }
    Some(l)
}

/// Solves L·Lᵀ·x = b.
pub fn cholesky_solve(l: &[f64], n: usize, b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for i in 0..n {
        for k in 0..i {
            x[i] -= l[i * n + k] * x[k];
        }
        x[i] /= l[i * n + i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            x[i] -= l[k * n + i] * x[k];
        }
        x[i] /= l[i * n + i];
    }
    x
}

/// Inverse of a symmetric positive definite matrix; `None` where it is not.
pub fn invert(a: &[f64], n: usize) -> Option<Vec<f64>> {
    let l = cholesky(a, n)?;
    let mut out = vec![0.0; n * n];
    for j in 0..n {
        let mut e = vec![0.0; n];
        e[j] = 1.0;
        for (i, v) in cholesky_solve(&l, n, &e).into_iter().enumerate() {
            out[i * n + j] = v;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −(1−x)² − 100(y−x²)²: Rosenbrock's valley, turned over.
    fn rosenbrock(p: &[f64]) -> Option<Local> {
        let (x, y) = (p[0], p[1]);
        let d = y - x * x;
        Some(Local {
            value: -(1.0 - x).powi(2) - 100.0 * d * d,
            gradient: vec![2.0 * (1.0 - x) + 400.0 * d * x, -200.0 * d],
            hessian: vec![-2.0 + 400.0 * (y - 3.0 * x * x), 400.0 * x, 400.0 * x, -200.0],
        })
    }

    #[test]
    fn the_bent_valley_is_followed_to_its_end() {
        let peak = maximise(rosenbrock, &[-1.2, 1.0], &[[-5.0, 5.0]; 2], 200).expect("climbs");
        assert!(peak.converged);
        assert!((peak.at[0] - 1.0).abs() < 1e-6 && (peak.at[1] - 1.0).abs() < 1e-6, "{:?}", peak.at);
    }

    #[test]
    fn a_maximum_outside_the_box_ends_on_its_wall() {
        let peak = maximise(rosenbrock, &[-1.2, 1.0], &[[-5.0, 0.5], [-5.0, 5.0]], 200).expect("climbs");
        assert_eq!(peak.at[0], 0.5);
        assert!((peak.at[1] - 0.25).abs() < 1e-6);
    }

    #[test]
    fn the_inverse_times_the_matrix_is_the_identity() {
        let a = [4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
        let b = invert(&a, 3).expect("positive definite");
        for i in 0..3 {
            for j in 0..3 {
                let s: f64 = (0..3).map(|k| a[i * 3 + k] * b[k * 3 + j]).sum();
                assert!((s - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
        assert!(invert(&[1.0, 1.0, 1.0, 1.0], 2).is_none());
    }
}

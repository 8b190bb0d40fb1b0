//! Expected purchases in the future of a customer, and of a new one.
//!
//! BG and MBG: given alive, λ ~ Gamma(R, A) with R = r+x, A = α+T, and p ~ Beta(a, b+k). Then
//! E[X(t) | alive] = ∫ (1 − (1 + p·t/A)^−R) / p · Beta(p; a, b+k) dp. The published ₂F₁ form divides by a − 1 and subtracts
//! nearly equal numbers; with ε = a − 1, c = a+b+k, y = t/A, z = y/(1+y), D = b+k+ε−R and Pfaff's transformation it becomes
//!
//! (c−1)·(1 − (1+y)^−ε)/ε − (1+y)^−ε · Σ_{n≥1} (D)_n (1+ε)_{n−1} / (c)_{n−1} · zⁿ/n!
//!
//! which is smooth through a = 1 and c = 1, and whose terms stay small because D does not grow with x. Where the series is
//! long (a far horizon) or D is large (an edge of the model) the integral itself is summed by the trapezoid rule, which
//! converges exponentially after p = logistic(v₀ + σ sinh τ).
//!
//! Pareto/NBD: E[X(t) | alive] = (r+x)/(α+T) · (β+T)/(s−1) · (1 − ((β+T)/(β+T+t))^(s−1)), a logarithm at s = 1.

use super::Model;

/// Forecasts at one set of parameters.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    pub model: Model,
    pub parameters: [f64; 4],
}

/// (1 − e^(−ε·l))/ε, smooth through ε = 0.
fn shrink(epsilon: f64, l: f64) -> f64 {
    if (epsilon * l).abs() < 1e-12 { l } else { -(-epsilon * l).exp_m1() / epsilon }
}

impl Forecast {
    /// Expected purchases in (T, T + t] of a customer with x repeat purchases in T who is still alive, for every t ≥ 0 asked.
    pub fn if_alive(&self, x: f64, t: f64, horizons: &[f64]) -> Vec<f64> {
        let [r, alpha, third, fourth] = self.parameters;
        let (big_r, a) = (r + x, alpha + t);
        if third == 0.0 {
            return horizons.iter().map(|h| big_r / a * h.max(0.0)).collect();
        }
        match self.model {
            Model::ParetoNbd => {
                let b = fourth + t;
                horizons.iter().map(|h| big_r / a * b * shrink(third - 1.0, (h.max(0.0) / b).ln_1p())).collect()
            }
            _ => beta_growth(big_r, a, third, fourth + self.model.chances(x), horizons),
        }
    }

    /// Expected repeat purchases of a new customer in the first t, for every t asked.
    pub fn new_customer(&self, horizons: &[f64]) -> Vec<f64> {
        let stays = match (self.model, self.parameters) {
            (Model::MbgNbd, [_, _, a, b]) if a > 0.0 => b / (a + b),
            _ => 1.0,
        };
        self.if_alive(0.0, 0.0, horizons).into_iter().map(|v| v * stays).collect()
    }

    pub fn p_alive(&self, x: f64, t_x: f64, t: f64) -> f64 {
        self.model.p_alive(self.parameters, x, t_x, t)
    }
}

/// E[X(t) | alive] for p ~ Beta(a, bk), λ ~ Gamma(R, A).
fn beta_growth(big_r: f64, big_a: f64, a: f64, bk: f64, horizons: &[f64]) -> Vec<f64> {
    let c = a + bk;
    let (epsilon, d) = (a - 1.0, c - 1.0 - big_r);
    let mut weights: Option<Vec<[f64; 2]>> = None;
    horizons
        .iter()
        .map(|&t| {
            if t <= 0.0 {
                return 0.0;
            }
            let y = t / big_a;
            if d.abs() < 40.0
                && c < 1e5
                && let Some(v) = series(y, d, epsilon, c)
            {
                return v;
            }
            let nodes = weights.get_or_insert_with(|| beta_nodes(a, bk));
            nodes.iter().map(|[p, w]| w * kernel(big_r, y, *p)).sum()
        })
        .collect()
}

/// (1 − (1 + p·y)^−R)/p, which is R·y at p = 0.
fn kernel(big_r: f64, y: f64, p: f64) -> f64 {
    if p < 1e-300 { big_r * y } else { -(-big_r * (p * y).ln_1p()).exp_m1() / p }
}

/// `None` when the series does not settle soon, or cancels.
fn series(y: f64, d: f64, epsilon: f64, c: f64) -> Option<f64> {
    let (z, l) = (y / (1.0 + y), y.ln_1p());
    // n = 1 term: D·z; next by D+n−1, 1+ε+n−2, c+n−2, n.
    let mut term = d * z;
    let (mut sum, mut largest) = (term, term.abs());
    let mut n = 1.0;
    while term != 0.0 {
        term *= (d + n) * (epsilon + n) / ((c + n - 1.0) * (n + 1.0)) * z;
        n += 1.0;
        sum += term;
        largest = largest.max(term.abs());
        // The ratio of terms tends to z: what is left is at most a geometric rest.
        if term.abs() <= 1e-17 * sum.abs().max(1e-300) * (1.0 - z) && n > d.abs() {
            break;
        }
        if n > 3000.0 {
            return None;
        }
    }
    let (first, second) = ((c - 1.0) * shrink(epsilon, l), (-epsilon * l).exp() * sum);
    let value = first - second;
    let scale = first.abs().max((-epsilon * l).exp() * largest);
    (value > 0.0 && scale * 1e-16 < 1e-9 * value).then_some(value)
}

/// Nodes p and normalised weights for expectations under Beta(a, b).
fn beta_nodes(a: f64, b: f64) -> Vec<[f64; 2]> {
    // Density of v = logit p: p^a (1−p)^b; mode at ln(a/b), curvature ab/(a+b).
    let log_density = |v: f64| -a * (-v).exp().ln_1p().min(700.0 + v.abs()) - b * v.exp().ln_1p().min(700.0 + v.abs());
    let (mode, width) = ((a / b).ln(), ((a + b) / (a * b)).sqrt());
    let top = log_density(mode);
    // τ on both sides until nothing is left of the density; it falls at least as e^(−min(a,b)·|v|).
    let reach = |side: f64| {
        let mut tau = 0.5;
        while tau < 40.0 && log_density(mode + side * width * f64::sinh(tau)) - top > -46.0 {
            tau += 0.5;
        }
        tau
    };
    let (low, high) = (-reach(-1.0), reach(1.0));
    let count = 240;
    let step = (high - low) / f64::from(count);
    let mut nodes: Vec<[f64; 2]> = (0..=count)
        .map(|i| {
            let tau = low + step * f64::from(i);
            let v = mode + width * tau.sinh();
            let p = if v > 0.0 { 1.0 / (1.0 + (-v).exp()) } else { v.exp() / (1.0 + v.exp()) };
            [p, (log_density(v) - top).exp() * tau.cosh()]
        })
        .collect();
    let total: f64 = nodes.iter().map(|n| n[1]).sum();
    nodes.iter_mut().for_each(|n| n[1] /= total);
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_integral_agree() {
        for (big_r, big_a, a, bk) in [
            (2.24, 43.3, 0.79, 4.4),
            (7.2, 30.0, 1.0, 9.0),
            (26.2, 35.0, 0.8, 28.4),
            (0.24, 4.4, 0.3, 0.4),
            (3.0, 50.0, 2.5, 3.0),
            (5.0, 5.0, 1.0000001, 2.0),
        ] {
            let nodes = beta_nodes(a, bk);
            for t in [0.1, 1.0, 39.0, 300.0] {
                let y: f64 = t / big_a;
                let whole: f64 = nodes.iter().map(|[p, w]| w * kernel(big_r, y, *p)).sum();
                let s = series(y, a + bk - 1.0 - big_r, a - 1.0, a + bk).expect("settles");
                assert!((whole / s - 1.0).abs() < 1e-9, "R {big_r} A {big_a} a {a} bk {bk} t {t}: {whole} {s}");
            }
        }
    }

    #[test]
    fn nothing_is_expected_at_once_and_more_later() {
        for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
            let f = Forecast { model, parameters: [0.5, 8.0, 0.9, 2.0] };
            for (x, t) in [(0.0, 10.0), (3.0, 30.0), (40.0, 60.0), (900.0, 60.0)] {
                let v = f.if_alive(x, t, &[0.0, 1.0, 10.0, 100.0, 1000.0, 1e5]);
                assert_eq!(v[0], 0.0);
                assert!(v.windows(2).all(|w| w[0] < w[1] && w[1].is_finite()), "{model:?} {v:?}");
            }
        }
    }
}

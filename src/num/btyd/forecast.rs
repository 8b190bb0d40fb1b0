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
    let ys: Vec<f64> = horizons.iter().map(|t| t.max(0.0) / big_a).collect();
    let mut values = if d.abs() < 40.0 && c < 1e5 { series(&ys, d, epsilon, c) } else { vec![None; ys.len()] };
    if values.iter().any(Option::is_none) {
        let nodes = beta_nodes(a, bk);
        let integral = |y: f64| nodes.iter().map(|[p, w]| w * kernel(big_r, y, *p)).sum();
        values.iter_mut().zip(&ys).for_each(|(v, y)| *v = v.or_else(|| Some(integral(*y))));
    }
    values.into_iter().flatten().collect()
}

/// (1 − (1 + p·y)^−R)/p, which is R·y at p = 0.
fn kernel(big_r: f64, y: f64, p: f64) -> f64 {
    if p < 1e-300 { big_r * y } else { -(-big_r * (p * y).ln_1p()).exp_m1() / p }
}

/// The sum so far of one horizon's series.
struct Sum {
    z: f64,
    term: f64,
    sum: f64,
    largest: f64,
}

impl Sum {
    /// The ratio of terms tends to z: what is left is at most a geometric rest.
    fn settled(&self) -> bool {
        self.term.abs() <= 1e-17 * self.sum.abs().max(1e-300) * (1.0 - self.z)
    }
}

/// For every y ≥ 0; `None` where the series does not settle soon, or cancels. What is common to all terms is computed once.
fn series(ys: &[f64], d: f64, epsilon: f64, c: f64) -> Vec<Option<f64>> {
    // n = 1 term: D·z; next by D+n−1, 1+ε+n−2, c+n−2, n.
    let first = |y: &f64| {
        let (z, term) = (y / (1.0 + y), d * (y / (1.0 + y)));
        Sum { z, term, sum: term, largest: term.abs() }
    };
    let mut sums: Vec<Sum> = ys.iter().map(first).collect();
    let mut n = 1.0;
    while n < 3000.0 && !(n > d.abs() && sums.iter().all(Sum::settled)) {
        let ratio = (d + n) * (epsilon + n) / ((c + n - 1.0) * (n + 1.0));
        n += 1.0;
        for s in &mut sums {
            s.term *= ratio * s.z;
            s.sum += s.term;
            s.largest = s.largest.max(s.term.abs());
        }
    }
    let value = |(s, y): (&Sum, &f64)| {
        let l = y.ln_1p();
        let fall = (-epsilon * l).exp();
        let (first, second) = ((c - 1.0) * shrink(epsilon, l), fall * s.sum);
        let value = first - second;
        let exact = s.settled() && value > 0.0 && first.abs().max(fall * s.largest) * 1e-16 < 1e-9 * value;
        if *y == 0.0 { Some(0.0) } else { exact.then_some(value) }
    };
    sums.iter().zip(ys).map(value).collect()
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
                let s = series(&[y], a + bk - 1.0 - big_r, a - 1.0, a + bk)[0].expect("settles");
                assert!((whole / s - 1.0).abs() < 1e-9, "R {big_r} A {big_a} a {a} bk {bk} t {t}: {whole} {s}");
            }
        }
    }

    /// Horizons are summed together; what one of them needs changes nothing in the others.
    #[test]
    fn horizons_together_are_horizons_alone() {
        let f = Forecast { model: Model::BgNbd, parameters: [0.5, 8.0, 0.9, 2.0] };
        let horizons = [0.0, 0.3, 4.0, 52.0, 1e3, 1e9];
        for (x, t) in [(0.0, 10.0), (3.0, 30.0), (40.0, 60.0)] {
            for (h, together) in horizons.iter().zip(f.if_alive(x, t, &horizons)) {
                let alone = f.if_alive(x, t, &[*h])[0];
                assert!((alone - together).abs() <= 1e-13 * alone, "x {x} t {h}: {alone} {together}");
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

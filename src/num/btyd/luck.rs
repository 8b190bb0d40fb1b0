//! How many purchases one customer will make: the distribution, not only its mean.
//!
//! Given that the customer is alive, λ ~ Gamma(R, A) with R = r+x, A = α+T, and N, the purchases they would make in t if they stayed, is
//! negative binomial. BG and MBG: n purchases need n arrivals and n − 1 times the decision to stay, p ~ Beta(a, b+k), so
//! P(X ≥ n) = B(a, b+k+n−1)/B(a, b+k) · P(N ≥ n) (from Fader, Hardie & Lee 2005, equation 8). Pareto/NBD: the customer leaves at
//! τ with density s·B^s/(B+τ)^(s+1), B = β+T, so P(X ≥ n) is the mean of P(N ≥ n) over min(τ, t), by Gauss–Legendre in ln(1 + τ/min(A, B)).

use std::sync::OnceLock;

use super::{Forecast, Model};
use crate::num::quadrature::gauss_legendre;

/// Purchases beyond which a distribution is not followed.
const MOST: usize = 100_000;

/// Terms of a negative binomial, one after the other, and what is left above them.
struct Arrivals {
    size: f64,
    odds: f64,
    term: f64,
    /// The logarithm of the term, as long as f64 cannot hold the term itself.
    ln_term: Option<f64>,
    below: f64,
    next: f64,
}

/// Where f64 begins to lose digits.
const LEAST_LN: f64 = -700.0;

impl Arrivals {
    fn new(size: f64, scale: f64, t: f64) -> Self {
        let first = -size * (t / scale).ln_1p();
        let ln_term = (first < LEAST_LN).then_some(first);
        Self { size, odds: t / (scale + t), term: first.exp(), ln_term, below: 0.0, next: 0.0 }
    }
    /// P(N > n) for n = 0, 1, 2 … in turn.
    fn step(&mut self) -> f64 {
        self.below += self.term;
        let ratio = (self.size + self.next) / (self.next + 1.0) * self.odds;
        match &mut self.ln_term {
            None => self.term *= ratio,
            Some(ln) => {
                *ln += ratio.ln();
                self.term = ln.exp();
                if *ln > LEAST_LN {
                    self.ln_term = None;
                }
            }
        }
        self.next += 1.0;
        (1.0 - self.below).max(0.0)
    }
}

impl Forecast {
    /// P(X ≤ n) for n = 0, 1, 2 …, until it reaches `enough`: purchases in (T, T + ahead] of a customer with x in T who is still alive.
    pub fn counts_if_alive(&self, x: f64, t: f64, ahead: f64, enough: f64) -> Vec<f64> {
        let [r, alpha, third, fourth] = self.parameters;
        let (size, scale) = (r + x, alpha + t);
        if ahead <= 0.0 {
            return vec![1.0];
        }
        if third == 0.0 {
            let mut arrivals = Arrivals::new(size, scale, ahead);
            return follow(enough, || arrivals.step());
        }
        match self.model {
            Model::ParetoNbd => {
                let mut stays = lengths(third, fourth + t, scale, ahead);
                let mut list: Vec<(f64, Arrivals)> =
                    stays.drain(..).map(|(u, w)| (w, Arrivals::new(size, scale, u))).collect();
                follow(enough, || list.iter_mut().map(|(w, a)| *w * a.step()).sum())
            }
            _ => {
                let mut arrivals = Arrivals::new(size, scale, ahead);
                // B(a, b+k+n)/B(a, b+k): n times the decision to stay.
                let (mut stayed, mut b) = (1.0, fourth + self.model.chances(x));
                follow(enough, || {
                    let above = stayed * arrivals.step();
                    stayed *= b / (third + b);
                    b += 1.0;
                    above
                })
            }
        }
    }
}

fn follow(enough: f64, mut above: impl FnMut() -> f64) -> Vec<f64> {
    let mut list = Vec::new();
    loop {
        let p = (1.0 - above()).clamp(list.last().copied().unwrap_or(0.0), 1.0);
        list.push(p);
        if p >= enough || list.len() > MOST {
            return list;
        }
    }
}

/// How long a living customer will be there within `ahead`: times and their weights, the end among them.
fn lengths(s: f64, b: f64, a: f64, ahead: f64) -> Vec<(f64, f64)> {
    static RULE: OnceLock<(Vec<f64>, Vec<f64>)> = OnceLock::new();
    let (nodes, weights) = RULE.get_or_init(|| gauss_legendre(48));
    let near = a.min(b);
    let end = (ahead / near).ln_1p();
    let mut list = vec![(ahead, (-s * (ahead / b).ln_1p()).exp())];
    for (v, weight) in nodes.iter().zip(weights) {
        let w = 0.5 * end * (v + 1.0);
        let u = near * w.exp_m1();
        let density = s / (b + u) * (-s * (u / b).ln_1p()).exp();
        list.push((u, density * (near + u) * weight * 0.5 * end));
    }
    list
}

/// Smallest number of purchases that is not exceeded with probability `q` by a customer who is alive with probability `alive`.
pub fn quantile(counts: &[f64], alive: f64, q: f64) -> f64 {
    counts.partition_point(|p| 1.0 - alive + alive * p < q).min(counts.len().saturating_sub(1)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(got: &[f64], want: &[f64]) {
        for (n, (g, w)) in got.iter().zip(want).enumerate() {
            assert!((g - w).abs() < 2e-7, "n = {n}: {g}, wanted {w}");
        }
        assert!(got.len() >= want.len());
    }

    /// scipy 1.17.1: equation 8 of Fader, Hardie & Lee 2005 (BG) and the count given λ and μ of Schmittlein, Morrison & Colombo 1987,
    /// each integrated over the Gamma and Beta posteriors of a customer of CDNOW by Gauss–Legendre on panels of their quantiles.
    #[test]
    fn distributions_are_the_published_ones_integrated() {
        let bg = [0.243, 4.414, 0.793, 2.426];
        let of = |model, parameters, x, t| Forecast { model, parameters }.counts_if_alive(x, t, 39.0, 0.9999);
        near(&of(Model::BgNbd, bg, 2.0, 38.86), &BG_2);
        near(&of(Model::BgNbd, bg, 26.0, 30.86), &BG_26);
        near(&of(Model::MbgNbd, bg, 2.0, 38.86), &MBG_2);
        let pareto = [0.553, 10.578, 0.606, 11.669];
        near(&of(Model::ParetoNbd, pareto, 2.0, 38.86), &PARETO_2);
        near(&of(Model::ParetoNbd, pareto, 26.0, 30.86), &PARETO_26);
    }

    #[test]
    fn their_means_are_the_expected_purchases() {
        for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
            for (x, t) in [(0.0, 10.0), (3.0, 30.0), (40.0, 60.0), (400.0, 60.0)] {
                for parameters in [[0.5, 8.0, 0.9, 2.0], [0.5, 8.0, 0.0, f64::NAN], [3.0, 20.0, 2.5, 40.0]] {
                    let f = Forecast { model, parameters };
                    let counts = f.counts_if_alive(x, t, 25.0, 1.0 - 1e-12);
                    let mean: f64 = counts.iter().map(|p| 1.0 - p).sum();
                    let want = f.if_alive(x, t, &[25.0])[0];
                    assert!((mean / want - 1.0).abs() < 1e-6, "{model:?} {parameters:?} x {x}: {mean}, wanted {want}");
                }
            }
        }
    }

    #[test]
    fn quantiles_count_those_who_have_left_as_nothing() {
        let counts = [0.2, 0.5, 0.9, 1.0];
        assert_eq!((quantile(&counts, 1.0, 0.025), quantile(&counts, 1.0, 0.975)), (0.0, 3.0));
        assert_eq!((quantile(&counts, 1.0, 0.5), quantile(&counts, 0.1, 0.975)), (1.0, 2.0));
        assert_eq!(quantile(&counts, 0.0, 0.975), 0.0);
    }
    const BG_2: [f64; 8] =
        [0.236659102, 0.566037021, 0.764478357, 0.875753392, 0.935684927, 0.967152705, 0.983391037, 0.991666291];
    const BG_26: [f64; 8] =
        [0.000000003, 0.027139922, 0.052669795, 0.076734584, 0.099464231, 0.120978746, 0.141394904, 0.160835023];
    const MBG_2: [f64; 8] =
        [0.236659102, 0.553534607, 0.752787521, 0.867627920, 0.930685149, 0.964273166, 0.981799557, 0.990810904];
    const PARETO_2: [f64; 8] =
        [0.318960688, 0.571256687, 0.745856532, 0.855910509, 0.921001117, 0.957797210, 0.977913633, 0.988632513];
    const PARETO_26: [f64; 8] =
        [0.021772543, 0.042331565, 0.061784147, 0.080227531, 0.097755324, 0.114467432, 0.130484753, 0.145968238];
}

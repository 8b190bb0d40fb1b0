//! Shifted-beta-geometric: contracts that may be ended at each renewal, with a chance of the customer's own, θ ~ Beta(α, β).
//!
//! S(t) = B(α, β+t)/B(α, β); retention in period t is (β+t−1)/(α+β+t−1). Source: Fader & Hardie 2007, J. Interactive
//! Marketing 21(1), 76–90.

// One index runs over several arrays at once: iterators would hide which.
#![allow(clippy::needless_range_loop)]

use super::fit::Boundary;
use crate::num::newton::{self, Local, invert};

/// A fitted sBG model.
#[derive(Clone, Debug)]
pub struct Sbg {
    /// α, β
    pub parameters: [f64; 2],
    pub std_errors: [Option<f64>; 2],
    pub covariance: [[f64; 2]; 2],
    pub log_likelihood: f64,
    pub boundary: Option<Boundary>,
    pub converged: bool,
}

/// Expected number of the next `periods` renewals that a customer who has stayed `t` periods makes: Σ S(t+j)/S(t).
pub fn expected_renewals([alpha, beta]: [f64; 2], t: f64, periods: usize) -> f64 {
    let (mut alive, mut sum) = (1.0, 0.0);
    for j in 0..periods {
        alive *= retention([alpha, beta], t + j as f64 + 1.0);
        sum += alive;
    }
    sum
}

/// Smallest number of the next `periods` renewals that a customer who has stayed `t` periods does not exceed with probability `q`:
/// P(more than n) = S(t+n+1)/S(t).
pub fn renewals_quantile(parameters: [f64; 2], t: f64, periods: usize, q: f64) -> f64 {
    let mut more = 1.0;
    for n in 0..periods {
        more *= retention(parameters, t + n as f64 + 1.0);
        if 1.0 - more >= q {
            return n as f64;
        }
    }
    periods as f64
}

/// Share of those who stayed t − 1 periods that stay the t-th.
pub fn retention([alpha, beta]: [f64; 2], t: f64) -> f64 {
    if alpha == 0.0 { 1.0 } else { (beta + t - 1.0) / (alpha + beta + t - 1.0) }
}

/// `ended[t]` customers left in period t (counted from 1), `open[t]` had stayed t periods when last seen.
pub fn fit(ended: &[f64], open: &[f64]) -> Option<Sbg> {
    let lost: f64 = ended.iter().skip(1).sum();
    if lost <= 0.0 {
        return None;
    }
    // At risk in period t, and kept in it: the likelihood is a product of Bernoulli trials with retention (β+t−1)/(α+β+t−1).
    let last = ended.len().max(open.len());
    let at = |v: &[f64], t: usize| v.get(t).copied().unwrap_or(0.0);
    let mut kept = vec![0.0; last];
    let mut beyond = 0.0;
    for t in (1..last).rev() {
        kept[t] = beyond + at(open, t);
        beyond += at(ended, t) + at(open, t);
    }
    let trials: f64 = kept.iter().sum::<f64>() + lost;
    let pi = lost / trials;
    let local = |c: &[f64]| {
        let p = 1.0 / (1.0 + (-c[0]).exp());
        let (a, b) = (c[1].exp() * p, c[1].exp() / (1.0 + c[0].exp()));
        let (mut value, mut g, mut h) = (0.0, [0.0; 2], [0.0; 3]);
        for t in 1..last {
            let (d, k) = (at(ended, t), kept[t]);
            let (up, all) = (b + t as f64 - 1.0, a + b + t as f64 - 1.0);
            if k > 0.0 {
                value += k * (up / all).ln();
                g[1] += k / up;
                h[2] -= k / (up * up);
            }
            if d > 0.0 {
                value += d * (a / all).ln();
                g[0] += d / a;
                h[0] -= d / (a * a);
            }
            let (n, i) = (d + k, 1.0 / all);
            g[0] -= n * i;
            g[1] -= n * i;
            h.iter_mut().for_each(|v| *v += n * i * i);
        }
        // To logarithms, then to (logit mean, ln size) as in the purchase models.
        let l = [a * g[0], b * g[1]];
        let m = [a * a * h[0] + l[0], a * b * h[1], b * b * h[2] + l[1]];
        let j = [[1.0 - p, -p], [1.0, 1.0]];
        let hess = |u: usize, v: usize| {
            j[u][0] * j[v][0] * m[0] + (j[u][0] * j[v][1] + j[u][1] * j[v][0]) * m[1] + j[u][1] * j[v][1] * m[2]
        };
        Some(Local {
            value,
            gradient: vec![j[0][0] * l[0] + j[0][1] * l[1], l[0] + l[1]],
            hessian: vec![hess(0, 0) - p * (1.0 - p) * (l[0] + l[1]), hess(0, 1), hess(1, 0), hess(1, 1)],
        })
    };
    let bounds = [[-20.0, 20.0], [-9.0, 16.0]];
    let start = (pi.clamp(1e-6, 0.999) / (1.0 - pi.clamp(1e-6, 0.999))).ln();
    let mut best: Option<newton::Peak> = None;
    for size in [1.0f64, 10.0, 0.2] {
        if let Some(p) = newton::maximise(local, &[start, size.ln()], &bounds, 300)
            && best.as_ref().is_none_or(|b| p.local.value > b.local.value)
        {
            best = Some(p);
        }
    }
    let peak = best?;
    // The same chance for everybody: the geometric law, α, β → ∞.
    let geometric = lost * pi.ln() + (trials - lost) * (-pi).ln_1p();
    let same = peak.local.value - geometric < 1e-3 || peak.at[1] >= 15.0;
    let size = if same { 1e7 } else { peak.at[1].exp() };
    let mean = if same { pi } else { 1.0 / (1.0 + (-peak.at[0]).exp()) };
    let (a, b) = (size * mean, size * (1.0 - mean));
    let mut covariance = [[0.0; 2]; 2];
    let mut std_errors = [None; 2];
    let negative: Vec<f64> = peak.local.hessian.iter().map(|v| -v).collect();
    if !same && let Some(v) = invert(&negative, 2) {
        let slopes = [[a * (1.0 - mean), a], [-b * mean, b]];
        for i in 0..2 {
            for j in 0..2 {
                covariance[i][j] = (0..4).map(|k| slopes[i][k / 2] * v[k] * slopes[j][k % 2]).sum();
            }
            std_errors[i] = Some(covariance[i][i].sqrt());
        }
    }
    Some(Sbg {
        parameters: [a, b],
        std_errors,
        covariance,
        log_likelihood: if same { geometric.max(peak.local.value) } else { peak.local.value },
        boundary: same.then_some(Boundary::NoHeterogeneity),
        converged: peak.converged,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fader & Hardie 2007, "regular" and "high end" customers, 1,000 each, survivors after 1 … 7 years.
    #[test]
    fn the_published_customers_give_the_published_parameters() {
        for (stay, alpha, beta) in [
            ([1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0], 0.668, 3.806),
            ([1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0], 0.704, 1.182),
        ] {
            let mut ended = vec![0.0; 8];
            for t in 1..8 {
                ended[t] = stay[t - 1] - stay[t];
            }
            let mut open = vec![0.0; 8];
            open[7] = stay[7];
            let fit = fit(&ended, &open).expect("fits");
            assert!(fit.converged);
            assert!((fit.parameters[0] - alpha).abs() < 6e-4, "{:?}", fit.parameters);
            assert!((fit.parameters[1] - beta).abs() < 1.5e-3, "{:?}", fit.parameters);
        }
    }

    #[test]
    fn equal_chances_are_named() {
        // Half leave in every period: exactly geometric.
        let ended = [0.0, 512.0, 256.0, 128.0, 64.0];
        let open = [0.0, 0.0, 0.0, 0.0, 64.0];
        let fit = fit(&ended, &open).expect("fits");
        assert_eq!(fit.boundary, Some(Boundary::NoHeterogeneity));
        assert!((retention(fit.parameters, 3.0) - 0.5).abs() < 1e-6);
    }
}

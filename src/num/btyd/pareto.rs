//! Pareto/NBD: purchases at rate λ ~ Gamma(r, α) until the customer leaves at rate μ ~ Gamma(s, β), at any moment.
//!
//! L = Γ(r+x)/Γ(r) · α^r β^s · [ (α+T)^−(r+x) (β+T)^−s + s ∫ (α+u)^−(r+x) (β+u)^−(s+1) du, u from t_x to T ]
//!
//! The published form writes the integral as a difference of two ₂F₁, which cancels when T − t_x is small. Here it is taken
//! by Gauss–Legendre in w = ln(1 + u'/min(α+t_x, β+t_x)): the nearest singularity is then π away from the real axis.
//! Derivatives come from the same nodes: with weights w(u), ∇ ln L = E[∇h] and ∇² ln L = E[∇²h] + Cov[∇h].

use crate::num::quadrature::gauss_legendre;

use super::beta::Ladder;
use super::{Groups, Natural};

/// Nodes for long and for short intervals.
pub(crate) struct Rule {
    long: (Vec<f64>, Vec<f64>),
    short: (Vec<f64>, Vec<f64>),
}

impl Rule {
    /// The nodes are found once and kept.
    pub fn shared() -> &'static Self {
        static RULE: std::sync::OnceLock<Rule> = std::sync::OnceLock::new();
        RULE.get_or_init(|| Self { long: gauss_legendre(32), short: gauss_legendre(12) })
    }

    /// Calls `node(weight, u', L1, L2)` for every node of s∫₀ᴰ e^(−R·L1 − s·L2)/(B+u') du' with L1 = ln(1+u'/A), L2 = ln(1+u'/B).
    #[inline]
    fn integrate(&self, big_r: f64, s: f64, a: f64, b: f64, d: f64, mut node: impl FnMut(f64, f64, f64, f64)) {
        if d <= 0.0 {
            return;
        }
        let near = a.min(b);
        let full = (d / near).ln_1p();
        let decay = big_r * (d / a).ln_1p() + s * (d / b).ln_1p();
        // Beyond e^−45 of the start nothing is left that a double could hold.
        let end = if decay > 45.0 {
            let by_rate = a * ((45.0 / big_r).min(600.0).exp() - 1.0);
            full.min((by_rate / near).ln_1p())
        } else {
            full
        };
        // 12 nodes give 1e-16 for e^(−4v) and for singularities 4 half-lengths away.
        let (nodes, weights) = if decay < 4.0 && end < 1.5 { &self.short } else { &self.long };
        for (v, weight) in nodes.iter().zip(weights) {
            let w = 0.5 * end * (v + 1.0);
            let u = near * w.exp_m1();
            let (l1, l2) = if a <= b { (w, (u / b).ln_1p()) } else { ((u / a).ln_1p(), w) };
            let f = s * (-big_r * l1 - s * l2).exp() * (near + u) / (b + u);
            node(f * weight * 0.5 * end, u, l1, l2);
        }
    }
}

pub(crate) fn evaluate(data: &Groups, [r, alpha, s, beta]: [f64; 4]) -> Natural {
    let rule = Rule::shared();
    let steps = data.x.iter().max().map_or(0, |m| *m as usize + 1);
    let rate = Ladder::new(r, alpha, steps);
    let mut out = Natural::default();
    for i in 0..data.len() {
        let (x, n, t_x) = (data.x[i] as usize, data.n[i], data.t_x[i]);
        let big_r = r + x as f64;
        let (a, b, d) = (alpha + t_x, beta + t_x, (data.t[i] - t_x).max(0.0));
        // Sums over the end point and the nodes: weight, ∇h, ∇h∇hᵀ, ∇²h; L1 and L2 are counted from t_x on.
        let mut q = 0.0;
        let mut g = [0.0; 4];
        let mut gg = [[0.0; 4]; 4];
        let mut hh = [0.0; 5]; // rα, αα, ss, sβ, ββ
        let mut add = |w: f64, u: f64, l1: f64, l2: f64, inside: f64| {
            let (ia, ib) = (1.0 / (a + u), 1.0 / (b + u));
            let h = [-l1, -big_r * ia, -l2 + inside / s, -(s + inside) * ib];
            q += w;
            for p in 0..4 {
                let wh = w * h[p];
                g[p] += wh;
                for k in p..4 {
                    gg[p][k] += wh * h[k];
                }
            }
            hh[0] -= w * ia;
            hh[1] += w * big_r * ia * ia;
            hh[2] -= w * inside / (s * s);
            hh[3] -= w * ib;
            hh[4] += w * (s + inside) * ib * ib;
        };
        let (l1, l2) = ((d / a).ln_1p(), (d / b).ln_1p());
        add((-big_r * l1 - s * l2).exp(), d, l1, l2, 0.0);
        rule.integrate(big_r, s, a, b, d, |w, u, l1, l2| add(w, u, l1, l2, 1.0));

        let (la, lb) = ((t_x / alpha).ln_1p(), (t_x / beta).ln_1p());
        out.value += n * (rate.ln[x] - big_r * la - s * lb + q.ln());
        let mean = g.map(|v| v / q);
        out.g[0] += n * (rate.inverse[x] - la + mean[0]);
        out.g[1] += n * (r / alpha + mean[1]);
        out.g[2] += n * (mean[2] - lb);
        out.g[3] += n * (s / beta + mean[3]);
        for p in 0..4 {
            for k in p..4 {
                out.h[p][k] += n * (gg[p][k] / q - mean[p] * mean[k]);
            }
        }
        out.h[0][0] -= n * rate.square[x];
        out.h[0][1] += n * (1.0 / alpha + hh[0] / q);
        out.h[1][1] += n * (hh[1] / q - r / (alpha * alpha));
        out.h[2][2] += n * hh[2] / q;
        out.h[2][3] += n * (1.0 / beta + hh[3] / q);
        out.h[3][3] += n * (hh[4] / q - s / (beta * beta));
    }
    out.mirror()
}

/// P(alive), the share of the end point in the bracket of the likelihood, and ∂ ln P / ∂ (r, α, s, β).
pub(crate) fn p_alive([r, alpha, s, beta]: [f64; 4], x: f64, t_x: f64, t: f64) -> (f64, [f64; 4]) {
    let (a, b, d) = (alpha + t_x, beta + t_x, (t - t_x).max(0.0));
    let big_r = r + x;
    let slope =
        |u: f64, l1: f64, l2: f64, inside: f64| [-l1, -big_r / (a + u), -l2 + inside / s, -(s + inside) / (b + u)];
    let (l1, l2) = ((d / a).ln_1p(), (d / b).ln_1p());
    let stayed = (-big_r * l1 - s * l2).exp();
    let end = slope(d, l1, l2, 0.0);
    let mut total = stayed;
    let mut mean = end.map(|v| v * stayed);
    Rule::shared().integrate(big_r, s, a, b, d, |w, u, l1, l2| {
        total += w;
        mean.iter_mut().zip(slope(u, l1, l2, 1.0)).for_each(|(m, v)| *m += w * v);
    });
    if total <= 0.0 || total.is_nan() {
        return (0.0, [0.0; 4]);
    }
    let mut slopes = end;
    slopes.iter_mut().zip(mean).for_each(|(e, m)| *e -= m / total);
    (stayed / total, slopes)
}

//! BG/NBD and MBG/NBD: purchases come at a customer's own rate λ ~ Gamma(r, α); after a purchase the customer leaves with
//! a probability of their own, p ~ Beta(a, b). In MBG/NBD the first purchase is such a moment too.
//!
//! With k chances to leave (x in BG/NBD, x + 1 in MBG/NBD) both have one likelihood:
//!
//! L = Γ(r+x)/Γ(r) · α^r · B(a, b+k)/B(a, b) · [ (α+T)^−(r+x) + 1{k>0} · a/(b+k−1) · (α+t_x)^−(r+x) ]
//!
//! Quotients of gamma functions at whole distances are products, so no special function is evaluated and nothing is lost
//! to cancellation when r or b is large.

use super::{Groups, Natural, softplus};

/// Sums over whole steps that depend on x alone: Σ ln((r+j)/α), Σ 1/(r+j), Σ 1/(r+j)² for j < x.
pub(crate) struct Ladder {
    pub ln: Vec<f64>,
    pub inverse: Vec<f64>,
    pub square: Vec<f64>,
}

impl Ladder {
    pub fn new(start: f64, unit: f64, steps: usize) -> Self {
        let (mut ln, mut inverse, mut square) = (vec![0.0], vec![0.0], vec![0.0]);
        let (mut l, mut i, mut s) = (0.0, 0.0, 0.0);
        for j in 0..steps {
            let v = start + j as f64;
            l += (v / unit).ln();
            i += 1.0 / v;
            s += 1.0 / (v * v);
            ln.push(l);
            inverse.push(i);
            square.push(s);
        }
        Self { ln, inverse, square }
    }
}

/// ln(1 + v/α) and 1/(α + v) of every distinct value, and which one each group has.
pub(crate) struct Distinct {
    pub values: Vec<f64>,
    pub of: Vec<u32>,
}

impl Distinct {
    pub fn new(v: &[f64]) -> Self {
        let mut values = v.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let of = v.iter().map(|x| values.partition_point(|y| y.total_cmp(x).is_lt()) as u32).collect();
        Self { values, of }
    }
    pub fn logs(&self, alpha: f64) -> Vec<[f64; 2]> {
        self.values.iter().map(|v| [(v / alpha).ln_1p(), 1.0 / (alpha + v)]).collect()
    }
}

/// The parts of a data set that do not change from one evaluation to the next.
pub(crate) struct Ready<'a> {
    groups: &'a Groups,
    t_x: Distinct,
    t: Distinct,
    /// Customers by x.
    by_x: Vec<f64>,
}

impl<'a> Ready<'a> {
    pub fn new(groups: &'a Groups) -> Self {
        let mut by_x = vec![0.0; groups.x.iter().max().map_or(0, |m| *m as usize + 1)];
        for (&x, n) in groups.x.iter().zip(&groups.n) {
            by_x[x as usize] += n;
        }
        Self { groups, t_x: Distinct::new(&groups.t_x), t: Distinct::new(&groups.t), by_x }
    }
}

pub(crate) fn evaluate(groups: &Groups, p: [f64; 4], modified: bool) -> Natural {
    evaluate_ready(&Ready::new(groups), p, modified)
}

/// Log-likelihood with exact first and second derivatives in (r, α, a, b); one exponential and one logarithm a group.
pub(crate) fn evaluate_ready(ready: &Ready<'_>, [r, alpha, a, b]: [f64; 4], modified: bool) -> Natural {
    let data = ready.groups;
    let steps = ready.by_x.len() + 1;
    let (rate, lost, kept) = (Ladder::new(r, alpha, steps), Ladder::new(a + b, 1.0, steps), Ladder::new(b, 1.0, steps));
    let (log_t, log_tx) = (ready.t.logs(alpha), ready.t_x.logs(alpha));
    let mut out = Natural::default();
    // What depends on x alone is added once per x.
    for (x, &n) in ready.by_x.iter().enumerate().filter(|(_, n)| **n > 0.0) {
        let k = x + usize::from(modified);
        out.value += n * (rate.ln[x] + kept.ln[k] - lost.ln[k]);
        out.g[0] += n * rate.inverse[x];
        out.h[0][0] -= n * rate.square[x];
        out.g[2] -= n * lost.inverse[k];
        out.g[3] += n * (kept.inverse[k] - lost.inverse[k]);
        out.h[2][2] += n * lost.square[k];
        out.h[2][3] += n * lost.square[k];
        out.h[3][3] += n * (lost.square[k] - kept.square[k]);
    }
    // The second term of the sum over the first is eᵘ, u = ln(a/(b+k−1)) + (r+x)·ln((α+T)/(α+t_x)); w = P(left).
    let chance: Vec<[f64; 2]> = (0..ready.by_x.len() + usize::from(modified))
        .map(|k| 1.0 / (b + k as f64 - 1.0))
        .map(|ik| [ik, a.ln() + ik.ln()])
        .collect();
    for i in 0..data.len() {
        let (x, n) = (data.x[i], data.n[i]);
        let xf = f64::from(x);
        let k = x + u32::from(modified);
        let big_r = r + xf;
        let ([l_t, d_t], [l_x, d_x]) = (log_t[ready.t.of[i] as usize], log_tx[ready.t_x.of[i] as usize]);
        out.value -= n * big_r * l_t;
        out.g[0] -= n * l_t;
        out.g[1] -= n * big_r * d_t;
        out.h[0][1] -= n * d_t;
        out.h[1][1] += n * big_r * d_t * d_t;
        if k == 0 {
            continue;
        }
        let [ik, odds] = chance[k as usize];
        let u = odds + big_r * (l_t - l_x);
        let (soft, w) = softplus(u);
        out.value += n * soft;
        let (nw, nv) = (n * w, n * w * (1.0 - w));
        let (u_r, u_alpha, u_a, u_b) = (l_t - l_x, big_r * (d_t - d_x), 1.0 / a, -ik);
        out.g[0] += nw * u_r;
        out.g[1] += nw * u_alpha;
        out.g[2] += nw * u_a;
        out.g[3] += nw * u_b;
        out.h[0][0] += nv * u_r * u_r;
        out.h[0][1] += nw * (d_t - d_x) + nv * u_r * u_alpha;
        out.h[0][2] += nv * u_r * u_a;
        out.h[0][3] += nv * u_r * u_b;
        out.h[1][1] += nw * big_r * (d_x * d_x - d_t * d_t) + nv * u_alpha * u_alpha;
        out.h[1][2] += nv * u_alpha * u_a;
        out.h[1][3] += nv * u_alpha * u_b;
        out.h[2][2] += (nv - nw) * u_a * u_a;
        out.h[2][3] += nv * u_a * u_b;
        out.h[3][3] += (nw + nv) * u_b * u_b;
    }
    // The derivatives of r·ln α, which the ladder and ln(1 + T/α) hold between them.
    let (ia, count) = (1.0 / alpha, data.n.iter().sum::<f64>());
    out.g[1] += ia * r * count;
    out.h[0][1] += ia * count;
    out.h[1][1] -= ia * ia * r * count;
    out.mirror()
}

/// P(alive) = 1 / (1 + a/(b+k−1) · ((α+T)/(α+t_x))^(r+x)), 1 when there was no chance to leave, and ∂ ln P / ∂ (r, α, a, b).
pub(crate) fn p_alive([r, alpha, a, b]: [f64; 4], x: f64, k: f64, t_x: f64, t: f64) -> (f64, [f64; 4]) {
    if k <= 0.0 {
        return (1.0, [0.0; 4]);
    }
    let l = ((t - t_x) / (alpha + t_x)).ln_1p();
    let (_, left) = softplus((a / (b + k - 1.0)).ln() + (r + x) * l);
    let slopes = [l, (r + x) * (1.0 / (alpha + t) - 1.0 / (alpha + t_x)), 1.0 / a, -1.0 / (b + k - 1.0)];
    (1.0 - left, slopes.map(|v| -left * v))
}

//! Gamma–Gamma: a customer's transactions vary around their own mean, which varies over customers, independently of how
//! often they buy. z̄ | ν ~ Gamma(p·x, ν·x), ν ~ Gamma(q, v).
//!
//! ln L = Σ lnΓ(px+q) − lnΓ(px) − lnΓ(q) + q ln v + (px−1) ln z̄ + px ln x − (px+q) ln(x z̄ + v)

use statrs::function::gamma::ln_gamma;

use crate::num::newton::{self, Local, invert};
use crate::num::polygamma::{digamma, trigamma};

/// A fitted Gamma–Gamma model. Money is in the unit of the data.
#[derive(Clone, Debug)]
pub struct Spend {
    /// p, q, v
    pub parameters: [f64; 3],
    pub std_errors: [Option<f64>; 3],
    pub covariance: [[f64; 3]; 3],
    pub log_likelihood: f64,
    /// Customers used: x > 0 and mean spend > 0.
    pub n: usize,
    /// A parameter ran to the edge: all customers spend alike (q), or each always the same (p).
    pub at_edge: bool,
    pub converged: bool,
}

/// What a customer is expected to spend a purchase: the population mean for x = 0, else between it and their own mean.
/// `None` where it is infinite (q too small for x).
pub fn expected_spend([p, q, v]: [f64; 3], x: f64, mean: f64) -> Option<f64> {
    let below = p * x + q - 1.0;
    let value = p * (v + x * mean) / below;
    (below > 0.0 && value.is_finite()).then_some(value)
}

struct Data {
    /// Per distinct x: x, customers, Σ ln z̄.
    by_x: Vec<(f64, f64, f64)>,
    /// Ordered as `by_x`: z̄ of every customer and the index of its x.
    z: Vec<(u32, f64)>,
}

/// Fits to customers with x > 0 and mean > 0. `None`: fewer than 3 of them.
pub fn fit(x: &[u32], mean: &[f64]) -> Option<Spend> {
    let mut used: Vec<(u32, f64)> =
        x.iter().zip(mean).filter(|(x, z)| **x > 0 && **z > 0.0 && z.is_finite()).map(|(x, z)| (*x, *z)).collect();
    if used.len() < 3 {
        return None;
    }
    // Sorted, so that the order of customers cannot change a rounding; in units of the mean, so that money scales out.
    used.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let n = used.len() as f64;
    let unit = used.iter().map(|u| u.1).sum::<f64>() / n;
    let mut data = Data { by_x: Vec::new(), z: Vec::with_capacity(used.len()) };
    for &(x, z) in &used {
        let z = z / unit;
        if data.by_x.last().is_none_or(|b| b.0 != f64::from(x)) {
            data.by_x.push((f64::from(x), 0.0, 0.0));
        }
        let ix = data.by_x.len() - 1;
        data.by_x[ix].1 += 1.0;
        data.by_x[ix].2 += z.ln();
        data.z.push((ix as u32, z));
    }
    let step = data.z.len().div_ceil(4000);
    let bounds = [[-7.0, 14.0], [-7.0, 14.0], [-16.0, 18.0]];
    let mut best: Option<newton::Peak> = None;
    let few = thinned(&data, step);
    for start in [[6.0, 4.0, 0.5], [1.0, 2.0, 1.0], [20.0, 10.0, 0.5], [2.0, 1.2, 0.2]] {
        let start: Vec<f64> = start.iter().map(|v: &f64| v.ln()).collect();
        let peak = newton::maximise(|c| Some(local(few.as_ref().unwrap_or(&data), c)), &start, &bounds, 200);
        if let Some(p) = peak
            && best.as_ref().is_none_or(|b| p.local.value > b.local.value)
        {
            best = Some(p);
        }
    }
    let mut peak = best?;
    if few.is_some() {
        peak = newton::maximise(|c| Some(local(&data, c)), &peak.at, &bounds, 300)?;
    }
    let c = &peak.at;
    let at_edge = c[0] > 11.0 || c[1] > 11.0;
    let parameters = [c[0].exp(), c[1].exp(), c[2].exp() * unit];
    let negative: Vec<f64> = peak.local.hessian.iter().map(|v| -v).collect();
    let mut covariance = [[0.0; 3]; 3];
    let mut std_errors = [None; 3];
    if !at_edge && let Some(inverse) = invert(&negative, 3) {
        for i in 0..3 {
            for j in 0..3 {
                covariance[i][j] = parameters[i] * inverse[i * 3 + j] * parameters[j];
            }
            std_errors[i] = Some(covariance[i][i].sqrt());
        }
    }
    Some(Spend {
        parameters,
        std_errors,
        covariance,
        // The density of z̄ in its own unit: every customer's density is divided by the unit.
        log_likelihood: peak.local.value - n * unit.ln(),
        n: used.len(),
        at_edge,
        converged: peak.converged,
    })
}

fn thinned(data: &Data, step: usize) -> Option<Data> {
    if step <= 1 {
        return None;
    }
    let mut out = Data { by_x: Vec::new(), z: Vec::new() };
    for &(ix, z) in data.z.iter().step_by(step) {
        let x = data.by_x[ix as usize].0;
        if out.by_x.last().is_none_or(|b| b.0 != x) {
            out.by_x.push((x, 0.0, 0.0));
        }
        let at = out.by_x.len() - 1;
        out.by_x[at].1 += 1.0;
        out.by_x[at].2 += z.ln();
        out.z.push((at as u32, z));
    }
    Some(out)
}

/// Log-likelihood of given parameters, in the unit of the data.
pub fn log_likelihood(x: &[u32], mean: &[f64], [p, q, v]: [f64; 3]) -> f64 {
    let mut total = 0.0;
    for (&x, &z) in x.iter().zip(mean).filter(|(x, z)| **x > 0 && **z > 0.0) {
        let x = f64::from(x);
        total +=
            ln_gamma(p * x + q) - ln_gamma(p * x) - ln_gamma(q) + q * v.ln() + (p * x - 1.0) * z.ln() + p * x * x.ln()
                - (p * x + q) * (x * z + v).ln();
    }
    total
}

/// Value and derivatives in (ln p, ln q, ln v).
fn local(data: &Data, c: &[f64]) -> Local {
    let (p, q, v) = (c[0].exp(), c[1].exp(), c[2].exp());
    let (lg_q, psi_q, tri_q, ln_v) = (ln_gamma(q), digamma(q), trigamma(q), c[2]);
    let mut value = 0.0;
    let mut g = [0.0; 3];
    let mut h = [[0.0; 3]; 3];
    for &(x, n, ln_z) in &data.by_x {
        let px = p * x;
        let (both, psi, tri) = (ln_gamma(px + q), digamma(px + q), trigamma(px + q));
        value += n * (both - ln_gamma(px) - lg_q + q * ln_v + px * x.ln()) + (px - 1.0) * ln_z;
        g[0] += n * x * (psi - digamma(px) + x.ln()) + x * ln_z;
        g[1] += n * (psi - psi_q + ln_v);
        g[2] += n * q / v;
        h[0][0] += n * x * x * (tri - trigamma(px));
        h[0][1] += n * x * tri;
        h[1][1] += n * (tri - tri_q);
        h[1][2] += n / v;
        h[2][2] -= n * q / (v * v);
    }
    for &(ix, z) in &data.z {
        let x = data.by_x[ix as usize].0;
        let sum = x * z + v;
        let (l, i, power) = (sum.ln(), 1.0 / sum, p * x + q);
        value -= power * l;
        g[0] -= x * l;
        g[1] -= l;
        g[2] -= power * i;
        h[0][2] -= x * i;
        h[1][2] -= i;
        h[2][2] += power * i * i;
    }
    let at = [p, q, v];
    let gradient: Vec<f64> = (0..3).map(|i| at[i] * g[i]).collect();
    let hessian = (0..9)
        .map(|k| {
            let (i, j) = (k / 3, k % 3);
            let hij = if i <= j { h[i][j] } else { h[j][i] };
            at[i] * at[j] * hij + if i == j { gradient[i] } else { 0.0 }
        })
        .collect();
    Local { value, gradient, hessian }
}

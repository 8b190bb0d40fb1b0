//! BG/NBD and MBG/NBD: purchases come at a customer's own rate λ ~ Gamma(r, α); after a purchase the customer leaves with
//! a probability of their own, p ~ Beta(a, b). In MBG/NBD the first purchase is such a moment too.
//!
//! With k chances to leave (x in BG/NBD, x + 1 in MBG/NBD) both have one likelihood:
//!
//! L = Γ(r+x)/Γ(r) · α^r · B(a, b+k)/B(a, b) · [ (α+T)^−(r+x) + 1{k>0} · a/(b+k−1) · (α+t_x)^−(r+x) ]
//!
//! Quotients of gamma functions at whole distances are products, so no special function is evaluated and nothing is lost
//! to cancellation when r or b is large.

use super::{Groups, Natural, QuickMap};

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

/// The distinct values of a list, ascending, and which one each entry has.
struct Distinct {
    values: Vec<f64>,
    of: Vec<u32>,
}

impl Distinct {
    fn new(v: &[f64]) -> Self {
        let mut seen: QuickMap<u64, u32> = QuickMap::default();
        let mut found: Vec<(f64, u32)> = Vec::new();
        let mut of: Vec<u32> = v
            .iter()
            .map(|v| {
                *seen.entry(v.to_bits()).or_insert_with(|| {
                    found.push((*v, found.len() as u32));
                    found.len() as u32 - 1
                })
            })
            .collect();
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut place = vec![0; found.len()];
        for (i, (_, first)) in found.iter().enumerate() {
            place[*first as usize] = i as u32;
        }
        of.iter_mut().for_each(|i| *i = place[*i as usize]);
        Self { values: found.into_iter().map(|f| f.0).collect(), of }
    }
    /// ln(1 + v/α) and 1/(α + v).
    fn logs(&self, alpha: f64) -> Vec<[f64; 2]> {
        self.values.iter().map(|v| [(v / alpha).ln_1p(), 1.0 / (alpha + v)]).collect()
    }
}

/// The parts of a data set that do not change from one evaluation to the next.
pub(crate) struct Ready<'a> {
    groups: &'a Groups,
    t: Distinct,
    t_x: Distinct,
    /// Customers by x.
    by_x: Vec<f64>,
    /// Customers, and their purchases, by T: in the order of `t`.
    by_t: Vec<[f64; 2]>,
}

impl<'a> Ready<'a> {
    pub fn new(groups: &'a Groups) -> Self {
        let (t, t_x) = (Distinct::new(&groups.t), Distinct::new(&groups.t_x));
        let mut by_x = vec![0.0; groups.x.iter().max().map_or(0, |m| *m as usize + 1)];
        let mut by_t = vec![[0.0; 2]; t.values.len()];
        for ((&x, &n), &at) in groups.x.iter().zip(&groups.n).zip(&t.of) {
            by_x[x as usize] += n;
            by_t[at as usize][0] += n;
            by_t[at as usize][1] += n * f64::from(x);
        }
        Self { groups, t, t_x, by_x, by_t }
    }
}

/// The NBD, in which nobody leaves: Γ(r+x)/Γ(r) · α^r · (α+T)^−(r+x), with its derivatives in r and α.
pub(crate) fn stay(ready: &Ready<'_>, r: f64, alpha: f64) -> Natural {
    let mut out = Natural::default();
    add_stay(ready, r, alpha, &ready.t.logs(alpha), &mut out);
    out.mirror()
}

fn add_stay(ready: &Ready<'_>, r: f64, alpha: f64, log_t: &[[f64; 2]], out: &mut Natural) {
    let rate = Ladder::new(r, alpha, ready.by_x.len());
    for (x, &n) in ready.by_x.iter().enumerate().filter(|(_, n)| **n > 0.0) {
        out.value += n * rate.ln[x];
        out.g[0] += n * rate.inverse[x];
        out.h[0][0] -= n * rate.square[x];
    }
    let mut count = 0.0;
    for (&[n, purchases], &[l, d]) in ready.by_t.iter().zip(log_t) {
        let all = r * n + purchases;
        count += n;
        out.value -= all * l;
        out.g[0] -= n * l;
        out.g[1] -= all * d;
        out.h[0][1] -= n * d;
        out.h[1][1] += all * d * d;
    }
    // The derivatives of r·ln α, which the ladder and ln(1 + T/α) hold between them.
    out.g[1] += r * count / alpha;
    out.h[0][1] += count / alpha;
    out.h[1][1] -= r * count / (alpha * alpha);
}

pub(crate) fn evaluate(groups: &Groups, p: [f64; 4], modified: bool) -> Natural {
    evaluate_ready(&Ready::new(groups), p, modified)
}

/// Log-likelihood with exact first and second derivatives in (r, α, a, b); one exponential and one logarithm a group.
pub(crate) fn evaluate_ready(ready: &Ready<'_>, [r, alpha, a, b]: [f64; 4], modified: bool) -> Natural {
    let steps = ready.by_x.len() + 1;
    let (lost, kept) = (Ladder::new(a + b, 1.0, steps), Ladder::new(b, 1.0, steps));
    let (log_t, log_tx) = (ready.t.logs(alpha), ready.t_x.logs(alpha));
    let mut out = Natural::default();
    add_stay(ready, r, alpha, &log_t, &mut out);
    for (x, &n) in ready.by_x.iter().enumerate().filter(|(_, n)| **n > 0.0) {
        let k = x + usize::from(modified);
        out.value += n * (kept.ln[k] - lost.ln[k]);
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
    let sums = leavers(ready, r, modified, [&log_t, &log_tx, &chance]);
    let ia = 1.0 / a;
    out.value += sums.value;
    out.g[0] += sums.w_r;
    out.g[1] += sums.w_alpha;
    out.g[2] += sums.w * ia;
    out.g[3] -= sums.w_b;
    out.h[0][0] += sums.v_rr;
    out.h[0][1] += sums.v_ra;
    out.h[0][2] += sums.v_r * ia;
    out.h[0][3] -= sums.v_rb;
    out.h[1][1] += sums.v_aa;
    out.h[1][2] += sums.v_alpha * ia;
    out.h[1][3] -= sums.v_ab;
    out.h[2][2] += (sums.v - sums.w) * ia * ia;
    out.h[2][3] -= sums.v_b * ia;
    out.h[3][3] += sums.v_bb;
    out.mirror()
}

/// Sums over those who had a chance to leave, of w = P(left) and v = w(1 − w) with the derivatives of u.
#[derive(Default)]
struct Left {
    value: f64,
    w: f64,
    w_r: f64,
    w_alpha: f64,
    w_b: f64,
    v: f64,
    v_r: f64,
    v_alpha: f64,
    v_b: f64,
    v_rr: f64,
    v_ra: f64,
    v_rb: f64,
    v_aa: f64,
    v_ab: f64,
    v_bb: f64,
}

fn leavers(ready: &Ready<'_>, r: f64, modified: bool, [log_t, log_tx, chance]: [&[[f64; 2]]; 3]) -> Left {
    let data = ready.groups;
    let mut s = Left::default();
    // The logarithms of 1 + e^−|u| are taken as one of their product, while that is far from the end of f64.
    let mut product = 1.0f64;
    // Groups are in ascending x: those without a chance to leave stand first.
    let first = if modified { 0 } else { data.x.partition_point(|x| *x == 0) };
    for i in first..data.len() {
        let (x, n) = (data.x[i], data.n[i]);
        let big_r = r + f64::from(x);
        let ([l_t, d_t], [l_x, d_x]) = (log_t[ready.t.of[i] as usize], log_tx[ready.t_x.of[i] as usize]);
        let [ik, odds] = chance[(x + u32::from(modified)) as usize];
        let (u_r, d) = (l_t - l_x, d_t - d_x);
        let u = odds + big_r * u_r;
        let small = (-u.abs()).exp();
        let most = 1.0 / (1.0 + small);
        let w = n * if u > 0.0 { most } else { small * most };
        let v = n * small * most * most;
        let u_alpha = big_r * d;
        let (v_r, v_alpha, v_b) = (v * u_r, v * u_alpha, v * ik);
        s.value += n * u.max(0.0);
        if n == 1.0 {
            product *= 1.0 + small;
            if product > 1e290 {
                s.value += product.ln();
                product = 1.0;
            }
        } else {
            s.value += n * small.ln_1p();
        }
        s.w += w;
        s.w_r += w * u_r;
        s.w_alpha += w * u_alpha;
        s.w_b += w * ik;
        s.v += v;
        s.v_r += v_r;
        s.v_alpha += v_alpha;
        s.v_b += v_b;
        s.v_rr += v_r * u_r;
        s.v_ra += w * d + v_r * u_alpha;
        s.v_rb += v_r * ik;
        s.v_aa += v_alpha * u_alpha - w * u_alpha * (d_t + d_x);
        s.v_ab += v_alpha * ik;
        s.v_bb += (w + v) * ik * ik;
    }
    s.value += product.ln();
    s
}

/// P(alive) = 1 / (1 + a/(b+k−1) · ((α+T)/(α+t_x))^(r+x)), 1 when there was no chance to leave, and ∂ ln P / ∂ (r, α, a, b).
pub(crate) fn p_alive([r, alpha, a, b]: [f64; 4], x: f64, k: f64, t_x: f64, t: f64) -> (f64, [f64; 4]) {
    if k <= 0.0 {
        return (1.0, [0.0; 4]);
    }
    let l = ((t - t_x) / (alpha + t_x)).ln_1p();
    let odds = a / (b + k - 1.0) * ((r + x) * l).exp();
    let left = if odds > 1.0 { 1.0 / (1.0 + 1.0 / odds) } else { odds / (1.0 + odds) };
    let slopes = [l, (r + x) * (1.0 / (alpha + t) - 1.0 / (alpha + t_x)), 1.0 / a, -1.0 / (b + k - 1.0)];
    (1.0 / (1.0 + odds), slopes.map(|v| -left * v))
}

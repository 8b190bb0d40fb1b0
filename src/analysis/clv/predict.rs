//! Every customer's future at given parameters, with what the uncertainty of the parameters makes of it.

use std::collections::BTreeMap;

use super::data::Histories;
use crate::num::btyd::{Fit, Forecast, Groups, QuickMap, luck, spend};

/// Weeks of a month in the contract: 365.25 / 12 / 7, rounded to three decimals.
pub const WEEKS_PER_MONTH: f64 = 4.345;

/// What is asked of the future.
pub struct Ask {
    /// Time ahead, in the unit of the histories.
    pub horizon: f64,
    pub months: usize,
    /// Of the interval of one customer's purchases.
    pub level: f64,
    /// Length of a month in the unit of the histories.
    pub month: f64,
    pub discount_rate: f64,
}

impl Ask {
    /// The horizon, then the end of every month.
    fn times(&self) -> Vec<f64> {
        std::iter::once(self.horizon).chain((1..=self.months).map(|j| j as f64 * self.month)).collect()
    }
    /// Expected purchases at those times → (by the horizon, discounted over the months).
    fn fold(&self, at: &[f64]) -> (f64, f64) {
        let mut sum = 0.0;
        let mut before = 0.0;
        for (j, v) in at.iter().skip(1).enumerate() {
            sum += (v - before) / (1.0 + self.discount_rate).powi(j as i32 + 1);
            before = *v;
        }
        (at.first().copied().unwrap_or(0.0), sum)
    }
}

/// Parallel to the customers.
pub struct Futures {
    pub p_alive: Vec<f64>,
    /// By the horizon.
    pub expected: Vec<f64>,
    /// Interval of the customer's own number of purchases by the horizon, at the fitted parameters.
    pub purchases: [Vec<f64>; 2],
    /// Discounted expected purchases over the months.
    pub discounted: Vec<f64>,
    /// Standard error of ln(discounted) from the errors of the parameters; `None` when they were given.
    pub log_error: Option<Vec<f64>>,
    /// One per group of equal histories.
    pub by_group: Vec<Group>,
}

/// What a sum over customers needs of one history.
#[derive(Clone, Copy, Debug, Default)]
pub struct Group {
    /// ∂ ln(discounted) / ∂ parameters.
    pub slopes: [f64; 4],
    /// E[Σ δ²] over the customer's own purchases, each discounted by δ.
    pub squares: f64,
    /// E[(Σ δ)²].
    pub second: f64,
}

/// `histories` grouped as `groups`.
pub fn futures(fit: &Fit, groups: &Groups, ask: &Ask) -> Futures {
    let forecast = Forecast { model: fit.model, parameters: fit.parameters };
    let times = ask.times();
    let known = fit.covariance.iter().flatten().any(|v| *v > 0.0);
    // Given that a customer is alive, the future depends on x and T alone.
    let mut pairs: QuickMap<(u32, u64), u32> = QuickMap::default();
    let mut list: Vec<(f64, f64)> = Vec::new();
    let of: Vec<u32> = (0..groups.len())
        .map(|g| {
            *pairs.entry((groups.x[g], groups.t[g].to_bits())).or_insert_with(|| {
                list.push((f64::from(groups.x[g]), groups.t[g]));
                list.len() as u32 - 1
            })
        })
        .collect();
    let growth = along::<2, FINE>(&list, fit.parameters[1], |x, t| log_growth(&forecast, x, t, &times, ask));
    let slopes = if known {
        along::<4, COARSE>(&list, fit.parameters[1], |x, t| log_slopes(&forecast, x, t, &times, ask))
    } else {
        Vec::new()
    };
    let moments = along::<2, COARSE>(&list, fit.parameters[1], |x, t| log_moments(&forecast, x, t, &times, ask));
    let tail = (1.0 - ask.level) / 2.0;
    let counts: Vec<Vec<f64>> =
        list.iter().map(|(x, t)| forecast.counts_if_alive(*x, *t, ask.horizon, 1.0 - tail)).collect();

    let m = groups.len();
    let (mut p, mut e, mut d, mut err) = (vec![0.0; m], vec![0.0; m], vec![0.0; m], vec![0.0; m]);
    let (mut few, mut many) = (vec![0.0; m], vec![0.0; m]);
    let mut by_group = vec![Group::default(); m];
    let grown: Vec<[f64; 2]> = growth.into_iter().map(|g| g.map(f64::exp)).collect();
    for g in 0..m {
        let (alive, alive_slopes) =
            fit.model.p_alive_slopes(fit.parameters, f64::from(groups.x[g]), groups.t_x[g], groups.t[g]);
        let pair = of[g] as usize;
        let [by, discounted] = grown[pair];
        (p[g], e[g], d[g]) = (alive, alive * by, alive * discounted);
        few[g] = luck::quantile(&counts[pair], alive, tail);
        many[g] = luck::quantile(&counts[pair], alive, 1.0 - tail);
        let [squares, second] = moments[pair].map(|v| alive * v.exp());
        by_group[g] = Group { squares, second, ..Group::default() };
        if known {
            by_group[g].slopes = std::array::from_fn(|i| alive_slopes[i] + slopes[pair][i]);
            err[g] = quadratic(&by_group[g].slopes, &fit.covariance).sqrt();
        }
    }
    let spread = |v: &[f64]| groups.of.iter().map(|g| v[*g as usize]).collect::<Vec<f64>>();
    Futures {
        p_alive: spread(&p),
        expected: spread(&e),
        purchases: [spread(&few), spread(&many)],
        discounted: spread(&d),
        log_error: known.then(|| spread(&err)),
        by_group,
    }
}

/// Chebyshev points that a curve is drawn through. All are smooth in ln(α + T): the polynomial gives purchases to eleven digits, and standard
/// errors, whose differences hold about eight, to seven.
const FINE: usize = 24;
const COARSE: usize = 14;

/// `f(x, T)` for every pair. Where an x has more T than a curve has points, `f` is evaluated at those and interpolated.
fn along<const N: usize, const POINTS: usize>(
    pairs: &[(f64, f64)],
    alpha: f64,
    f: impl Fn(f64, f64) -> [f64; N],
) -> Vec<[f64; N]> {
    let mut by_x: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for (i, (x, _)) in pairs.iter().enumerate() {
        by_x.entry(x.to_bits()).or_default().push(i as u32);
    }
    // cos(π·j·k / (POINTS − 1)): the points, and the sums that make coefficients of the values there.
    let half_turns = (POINTS - 1) as f64;
    let cosine: Vec<f64> = (0..2 * POINTS).map(|i| (std::f64::consts::PI * i as f64 / half_turns).cos()).collect();
    let edge = |j: usize| if j == 0 || j == POINTS - 1 { 0.5 } else { 1.0 };
    let mut out = vec![[0.0; N]; pairs.len()];
    for mine in by_x.values() {
        let places: Vec<f64> = mine.iter().map(|&i| (alpha + pairs[i as usize].1).ln()).collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if mine.len() <= POINTS || !(high > low) {
            mine.iter().for_each(|&i| out[i as usize] = f(pairs[i as usize].0, pairs[i as usize].1));
            continue;
        }
        let x = pairs[mine[0] as usize].0;
        let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
        let values: Vec<[f64; N]> =
            (0..POINTS).map(|j| f(x, ((middle + half * cosine[j]).exp() - alpha).max(0.0))).collect();
        // Interpolation in Chebyshev points of the second kind and Clenshaw's sum (Trefethen 2013, chapters 2 and 3).
        let coefficients: Vec<[f64; N]> = (0..POINTS)
            .map(|k| {
                let mut sum = [0.0; N];
                for (j, value) in values.iter().enumerate() {
                    let weight = edge(j) * edge(k) * cosine[j * k % (2 * (POINTS - 1))] * 2.0 / half_turns;
                    (0..N).for_each(|c| sum[c] += weight * value[c]);
                }
                sum
            })
            .collect();
        for (&i, place) in mine.iter().zip(&places) {
            let at = (place - middle) / half;
            let (mut next, mut after) = ([0.0; N], [0.0; N]);
            for c in coefficients[1..].iter().rev() {
                let here = std::array::from_fn(|n| c[n] + 2.0 * at * next[n] - after[n]);
                (after, next) = (next, here);
            }
            out[i as usize] = std::array::from_fn(|n| coefficients[0][n] + at * next[n] - after[n]);
        }
    }
    out
}

/// Logarithms of what a living customer will buy: by the horizon, and discounted over the months.
fn log_growth(f: &Forecast, x: f64, t: f64, times: &[f64], ask: &Ask) -> [f64; 2] {
    let (by, discounted) = ask.fold(&f.if_alive(x, t, times));
    [by.ln(), discounted.ln()]
}

/// What a living customer will buy, discounted by δ: ln E[Σ δ²] and ln E[(Σ δ)²]. Pairs of purchases are discounted by the square of the mean
/// δ, which is exact where nobody leaves, since then a purchase is as likely at any time.
fn log_moments(f: &Forecast, x: f64, t: f64, times: &[f64], ask: &Ask) -> [f64; 2] {
    let at = f.if_alive(x, t, times);
    let twice = Ask { discount_rate: (1.0 + ask.discount_rate).powi(2) - 1.0, ..*ask };
    let (squares, discounted, all) = (twice.fold(&at).1, ask.fold(&at).1, at[at.len() - 1]);
    let counts = f.counts_if_alive(x, t, times[times.len() - 1], 1.0 - 1e-9);
    // E[X(X − 1)] = 2·Σ n·P(X > n).
    let pairs: f64 = counts.iter().enumerate().map(|(n, p)| 2.0 * n as f64 * (1.0 - p)).sum();
    [squares.ln(), (squares + pairs * (discounted / all).powi(2)).ln()]
}

/// ∂ ln(discounted purchases, if alive) / ∂ parameters, by central differences in the logarithm of each.
fn log_slopes(f: &Forecast, x: f64, t: f64, times: &[f64], ask: &Ask) -> [f64; 4] {
    let mut out = [0.0; 4];
    for (i, slope) in out.iter_mut().enumerate() {
        let p = f.parameters[i];
        if p == 0.0 || p.is_nan() || f.parameters[2] == 0.0 && i > 1 {
            continue;
        }
        let at = |factor: f64| {
            let mut moved = *f;
            moved.parameters[i] = p * factor;
            log_growth(&moved, x, t, times, ask)[1]
        };
        let h = 1e-4f64;
        let v = (at(h.exp()) - at((-h).exp())) / (2.0 * h * p);
        *slope = if v.is_finite() { v } else { 0.0 };
    }
    out
}

pub fn quadratic<const N: usize>(slope: &[f64], covariance: &[[f64; N]; N]) -> f64 {
    let mut sum = 0.0;
    for (i, row) in covariance.iter().enumerate() {
        for (j, v) in row.iter().enumerate() {
            sum += slope[i] * v * slope[j];
        }
    }
    if sum.is_finite() { sum.max(0.0) } else { 0.0 }
}

/// Money per purchase: parameters, and their covariance where they were fitted.
pub struct Purse {
    pub parameters: [f64; 3],
    pub covariance: Option<[[f64; 3]; 3]>,
}

impl Purse {
    /// Expected spend a purchase; NaN where the model gives none.
    pub fn expected(&self, x: f64, mean: f64) -> f64 {
        spend::expected_spend(self.parameters, x, mean).unwrap_or(f64::NAN)
    }
    /// Variance of its logarithm from the errors of p, q, v.
    pub fn log_variance(&self, x: f64, mean: f64) -> f64 {
        let Some(covariance) = &self.covariance else { return 0.0 };
        quadratic(&self.log_slopes(x, mean), covariance)
    }
    /// ∂ ln(expected spend) / ∂ (p, q, v).
    fn log_slopes(&self, x: f64, mean: f64) -> [f64; 3] {
        let [p, q, v] = self.parameters;
        let below = p * x + q - 1.0;
        [1.0 / p - x / below, -1.0 / below, 1.0 / (v + x * mean)]
    }
    /// E[ν⁻²], with which purchases of z | ν ~ Gamma(p, ν) each bring E[(Σ δ·z)²] = E[ν⁻²]·(p²·E[(Σ δ)²] + p·E[Σ δ²]). Infinite where px + q ≤ 2.
    fn second(&self, x: f64, mean: f64) -> f64 {
        let [p, q, v] = self.parameters;
        let shape = p * x + q;
        if shape <= 2.0 { f64::INFINITY } else { (v + x * mean).powi(2) / ((shape - 1.0) * (shape - 2.0)) }
    }
}

/// Standard errors of the value of all customers together.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// From the errors of the fitted parameters; `None` where nothing was fitted.
    pub fit: Option<f64>,
    /// From what each customer happens to do at these parameters; `None` where it has no variance (q ≤ 2).
    pub luck: Option<f64>,
}

/// `value` of each customer as `margin · spend · discounted`.
pub fn errors(
    fit: &Fit,
    groups: &Groups,
    h: &Histories,
    futures: &Futures,
    purse: &Purse,
    margin: f64,
    value: &[f64],
) -> Errors {
    let (mut spend, mut luck) = ([0.0; 3], 0.0);
    // By history: Σ value, and Σ E[ν⁻²].
    let mut sums = vec![[0.0; 2]; groups.len()];
    for (i, v) in value.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let (x, mean) = (f64::from(h.x[i]), h.monetary.as_ref().map_or(0.0, |m| m[i]));
        let sum = &mut sums[groups.of[i] as usize];
        *sum = [sum[0] + v, sum[1] + purse.second(x, mean)];
        spend.iter_mut().zip(purse.log_slopes(x, mean)).for_each(|(sum, s)| *sum += v * s);
        luck -= v * v;
    }
    let mut purchases = [0.0; 4];
    let p = purse.parameters[0];
    for (of, [value, second]) in futures.by_group.iter().zip(sums) {
        purchases.iter_mut().zip(of.slopes).for_each(|(sum, s)| *sum += value * s);
        luck += margin * margin * second * (p * p * of.second + p * of.squares);
    }
    let fitted = [
        futures.log_error.as_ref().map(|_| quadratic(&purchases, &fit.covariance)),
        purse.covariance.as_ref().map(|c| quadratic(&spend, c)),
    ];
    let known: Vec<f64> = fitted.into_iter().flatten().collect();
    Errors {
        fit: (!known.is_empty()).then(|| known.iter().sum::<f64>().sqrt()),
        luck: luck.is_finite().then(|| luck.max(0.0).sqrt()),
    }
}

/// What a new customer will bring: discounted purchases, and the standard error of their logarithm.
pub fn newcomer(fit: &Fit, ask: &Ask) -> (f64, Option<f64>) {
    let times = ask.times();
    let value = |parameters: [f64; 4]| ask.fold(&Forecast { model: fit.model, parameters }.new_customer(&times)).1;
    let base = value(fit.parameters);
    if fit.covariance.iter().flatten().all(|v| *v == 0.0) {
        return (base, None);
    }
    let mut slope = [0.0; 4];
    for i in 0..4 {
        let p = fit.parameters[i];
        if p > 0.0 && (i < 2 || fit.parameters[2] > 0.0) {
            let at = |factor: f64| {
                let mut moved = fit.parameters;
                moved[i] = p * factor;
                value(moved).ln()
            };
            let v = (at(1.0001) - at(0.9999)) / (0.0002 * p);
            slope[i] = if v.is_finite() { v } else { 0.0 };
        }
    }
    (base, Some(quadratic(&slope, &fit.covariance).sqrt()))
}

/// Pearson's correlation of purchases and mean spend over those with both: Gamma–Gamma assumes there is none.
pub fn correlation(h: &Histories) -> Option<f64> {
    let monetary = h.monetary.as_ref()?;
    let used: Vec<(f64, f64)> =
        h.x.iter().zip(monetary).filter(|(x, m)| **x > 0 && **m > 0.0).map(|(x, m)| (f64::from(*x), *m)).collect();
    let n = used.len() as f64;
    let (mx, my) = (used.iter().map(|u| u.0).sum::<f64>() / n, used.iter().map(|u| u.1).sum::<f64>() / n);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in &used {
        xy += (x - mx) * (y - my);
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
    }
    let r = xy / (xx * yy).sqrt();
    r.is_finite().then_some(r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::btyd::Model;

    #[test]
    fn the_curve_gives_what_every_customer_has() {
        let ask = Ask { horizon: 52.0, months: 12, level: 0.95, month: WEEKS_PER_MONTH, discount_rate: 0.01 };
        for (model, parameters) in [
            (Model::BgNbd, [0.24, 4.4, 0.79, 2.43]),
            (Model::MbgNbd, [1.1, 31.0, 0.97, 8.9]),
            (Model::ParetoNbd, [0.55, 10.6, 0.61, 11.7]),
        ] {
            let forecast = Forecast { model, parameters };
            let slope = |x: f64, t: f64| log_slopes(&forecast, x, t, &ask.times(), &ask);
            let pairs: Vec<(f64, f64)> = [0.0, 2.0, 19.0]
                .iter()
                .flat_map(|x| (0..300).map(move |day| (*x, f64::from(day) * 2.5 / 7.0)))
                .collect();
            let growth = |x: f64, t: f64| log_growth(&forecast, x, t, &ask.times(), &ask);
            for ((x, t), got) in pairs.iter().zip(along::<2, FINE>(&pairs, parameters[1], growth)) {
                for (g, w) in got.iter().zip(growth(*x, *t)) {
                    assert!((g - w).abs() <= 1e-11, "{model:?} {x} {t}: {g} {w}");
                }
            }
            let drawn = along::<4, COARSE>(&pairs, parameters[1], slope);
            for ((x, t), got) in pairs.iter().zip(&drawn) {
                for (g, w) in got.iter().zip(slope(*x, *t)) {
                    // The differences behind both hold about eight digits.
                    assert!((g - w).abs() <= 1e-6 * w.abs() + 1e-9, "{model:?} {x} {t}: {g} {w}");
                }
            }
        }
    }

    /// scipy 1.17.1, given λ and p (or μ) in closed form, E[X(X − 1)] = 2(1−p)/p²·(1 − e^(−pλt)(1 + pλt)) and 2λ²/μ²·(1 − e^(−μt)(1 + μt)),
    /// integrated over the posteriors of a customer of CDNOW by Gauss–Legendre. Undiscounted, E[(Σ δ)²] is E[X] + E[X(X − 1)].
    #[test]
    fn second_moments_are_those_integrated() {
        let ask = Ask { horizon: 1.0, months: 12, level: 0.95, month: WEEKS_PER_MONTH, discount_rate: 0.0 };
        let bg = [0.243, 4.414, 0.793, 2.426];
        let pareto = [0.553, 10.578, 0.606, 11.669];
        for (model, parameters, x, t, mean, pairs) in [
            (Model::BgNbd, bg, 2.0, 38.86, 2.150014184067292, 6.448629450094108),
            (Model::BgNbd, bg, 26.0, 30.86, 26.714173183074482, 927.5675472330112),
            (Model::BgNbd, bg, 0.0, 10.0, 0.6277388251753875, 1.6650112876858436),
            (Model::MbgNbd, bg, 2.0, 38.86, 2.218301407758668, 6.891238993891026),
            (Model::ParetoNbd, pareto, 2.0, 38.86, 2.134131168839119, 7.429836604726988),
            (Model::ParetoNbd, pareto, 26.0, 30.86, 25.636452656912287, 817.8296306799897),
        ] {
            let forecast = Forecast { model, parameters };
            let [squares, second] = log_moments(&forecast, x, t, &ask.times(), &ask).map(f64::exp);
            assert!((squares / mean - 1.0).abs() < 1e-7, "{model:?} {x}: {squares}");
            assert!((second / (mean + pairs) - 1.0).abs() < 1e-6, "{model:?} {x}: {second}");
        }
    }
}

//! Distribution functions: lower and upper tails (the upper ones never by subtraction) and quantiles.

use std::sync::OnceLock;

use super::quadrature::gauss_legendre;
use super::special::{beta_pq, erfc, gamma_pq, ln_choose, poisson_term};
use super::tolerance::ROOT;

/// P(Z ≤ z).
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}
/// P(Z > z).
pub fn normal_sf(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}
/// P(|Z| > |z|).
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).min(1.0)
}
/// Standard normal quantile; ±∞ at 0 and 1. Wichura's AS 241, relative error 1e-16.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let num = poly(
            r,
            &[
                3.387_132_872_796_366_5,
                133.141_667_891_784_38,
                1_971.590_950_306_551_3,
                13_731.693_765_509_46,
                45_921.953_931_549_87,
                67_265.770_927_008_7,
                33_430.575_583_588_13,
                2_509.080_928_730_122_7,
            ],
        );
        let den = poly(
            r,
            &[
                1.0,
                42.313_330_701_600_91,
                687.187_007_492_057_9,
                5_394.196_021_424_751,
                21_213.794_301_586_597,
                39_307.895_800_092_71,
                28_729.085_735_721_943,
                5_226.495_278_852_854,
            ],
        );
        return q * num / den;
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = (-tail.ln()).sqrt();
    let z = if r <= 5.0 {
        let r = r - 1.6;
        poly(
            r,
            &[
                1.423_437_110_749_683_5,
                4.630_337_846_156_546,
                5.769_497_221_460_691,
                3.647_848_324_763_204_5,
                1.270_458_252_452_368_4,
                0.241_780_725_177_450_6,
                0.022_723_844_989_269_184,
                7.745_450_142_783_414e-4,
            ],
        ) / poly(
            r,
            &[
                1.0,
                2.053_191_626_637_759,
                1.676_384_830_183_803_8,
                0.689_767_334_985_1,
                0.148_103_976_427_480_08,
                0.015_198_666_563_616_457,
                5.475_938_084_995_345e-4,
                1.050_750_071_644_416_9e-9,
            ],
        )
    } else {
        let r = r - 5.0;
        poly(
            r,
            &[
                6.657_904_643_501_103,
                5.463_784_911_164_114,
                1.784_826_539_917_291_3,
                0.296_560_571_828_504_87,
                0.026_532_189_526_576_124,
                1.242_660_947_388_078_4e-3,
                2.711_555_568_743_487_6e-5,
                2.010_334_399_292_288_1e-7,
            ],
        ) / poly(
            r,
            &[
                1.0,
                0.599_832_206_555_888,
                0.136_929_880_922_735_8,
                0.014_875_361_290_850_615,
                7.868_691_311_456_133e-4,
                1.846_318_317_510_054_7e-5,
                1.421_511_758_316_446e-7,
                2.044_263_103_389_939_8e-15,
            ],
        )
    };
    if q < 0.0 { -z } else { z }
}

fn poly(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |s, &c| s * x + c)
}

/// P(T > t).
pub fn t_sf(t: f64, df: f64) -> f64 {
    let half = 0.5 * t_two_sided(t, df);
    if t >= 0.0 { half } else { 1.0 - half }
}
/// P(T ≤ t).
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_sf(-t, df)
}
/// P(|T| > |t|).
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if !t.is_finite() {
        return 0.0;
    }
    let d = df + t * t;
    beta_pq(df / 2.0, 0.5, df / d, t * t / d).0
}
/// Student's t quantile.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if p == 0.5 {
        return 0.0;
    }
    if p < 0.5 {
        return -t_quantile_upper(p, df);
    }
    t_quantile_upper(1.0 - p, df)
}
fn t_quantile_upper(tail: f64, df: f64) -> f64 {
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    decreasing_root(|t| t_sf(t, df), tail, -normal_quantile(tail).min(0.0))
}

/// P(X > x) of chi-squared.
pub fn chi2_sf(x: f64, df: f64) -> f64 {
    if x.is_nan() || df.is_nan() || df <= 0.0 { f64::NAN } else { gamma_pq(df / 2.0, x / 2.0).1 }
}
pub fn chi2_cdf(x: f64, df: f64) -> f64 {
    gamma_pq(df / 2.0, x / 2.0).0
}
pub fn chi2_quantile(p: f64, df: f64) -> f64 {
    decreasing_root(|x| chi2_sf(x, df), 1.0 - p, df)
}

/// P(F > f).
pub fn f_sf(f: f64, df1: f64, df2: f64) -> f64 {
    if f.is_nan() || df1.is_nan() || df2.is_nan() || df1 <= 0.0 || df2 <= 0.0 {
        return f64::NAN;
    }
    if f <= 0.0 {
        return 1.0;
    }
    if !f.is_finite() {
        return 0.0;
    }
    let d = df2 + df1 * f;
    beta_pq(df2 / 2.0, df1 / 2.0, df2 / d, df1 * f / d).0
}

/// P(X ≤ x) of Beta(a, b).
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    beta_pq(a, b, x, 1.0 - x).0
}
/// Quantile of Beta(a, b) by bisection on whichever tail is small.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..1100 {
        let mid = 0.5 * (low + high);
        if high - low <= ROOT * mid || mid == low || mid == high {
            break;
        }
        if beta_cdf(mid, a, b) < p { low = mid } else { high = mid }
    }
    0.5 * (low + high)
}

/// P(X ≤ x) of a gamma law with shape and rate.
pub fn gamma_cdf(x: f64, shape: f64, rate: f64) -> f64 {
    gamma_pq(shape, x * rate).0
}
pub fn gamma_sf(x: f64, shape: f64, rate: f64) -> f64 {
    gamma_pq(shape, x * rate).1
}

/// P(X ≤ k) of a binomial.
pub fn binomial_cdf(k: i64, n: u64, p: f64) -> f64 {
    if k < 0 {
        0.0
    } else if k as u64 >= n {
        1.0
    } else {
        beta_pq(k as f64 + 1.0, (n - k as u64) as f64, p, 1.0 - p).1
    }
}
/// P(X > k) of a binomial.
pub fn binomial_sf(k: i64, n: u64, p: f64) -> f64 {
    if k < 0 {
        1.0
    } else if k as u64 >= n {
        0.0
    } else {
        beta_pq(k as f64 + 1.0, (n - k as u64) as f64, p, 1.0 - p).0
    }
}
/// Fisher's exact test of a table of two rows, `[a, b]` and `[c, d]`: the tables with the same margins that are at most as likely
/// as this one. As many terms as the smallest margin.
pub fn fisher_two_sided([a, b, c, d]: [usize; 4]) -> f64 {
    let (row, col, n) = ((a + b) as u64, (a + c) as u64, (a + b + c + d) as u64);
    let low = (row + col).saturating_sub(n);
    let high = row.min(col);
    let base = ln_choose(n, col);
    let log = |x: u64| ln_choose(row, x) + ln_choose(n - row, col - x) - base;
    // Tables as likely as this one differ from it by rounding only.
    let limit = log(a as u64) + 1e-7;
    let likely: Vec<f64> = (low..=high).map(log).filter(|l| *l <= limit).collect();
    let top = likely.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (top.exp() * super::sum::compensated(likely.iter().map(|l| (l - top).exp()))).clamp(0.0, 1.0)
}

/// P(X ≤ k) of a Poisson law.
pub fn poisson_cdf(k: i64, mean: f64) -> f64 {
    if k < 0 { 0.0 } else { gamma_pq(k as f64 + 1.0, mean).1 }
}

/// P(T ≤ t) of the non-central t: Lenth 1989 (AS 243), for t ≥ 0; reflected below. Shifts whose e^(−δ²/2) nears the end of f64 are integrated.
pub fn noncentral_t_cdf(t: f64, df: f64, delta: f64) -> f64 {
    if t < 0.0 {
        return 1.0 - noncentral_t_cdf(-t, df, -delta);
    }
    if delta.abs() > FAR_SHIFT { far_noncentral_t_cdf(t, df, delta) } else { noncentral_t_series(t, df, delta) }
}

fn noncentral_t_series(t: f64, df: f64, delta: f64) -> f64 {
    let base = normal_cdf(-delta);
    if t == 0.0 {
        return base;
    }
    let (x, y) = (t * t / (t * t + df), df / (t * t + df));
    let lambda = delta * delta / 2.0;
    let weight_half = |j: f64| {
        // δ / √2 · e^−λ λ^j / Γ(j + 3/2)
        let sign = if delta < 0.0 { -1.0 } else { 1.0 };
        sign * poisson_term(j + 0.5, lambda)
    };
    let centre = lambda.floor();
    let term = |j: f64| {
        poisson_term(j, lambda) * beta_pq(j + 0.5, df / 2.0, x, y).0
            + if lambda > 0.0 { weight_half(j) * beta_pq(j + 1.0, df / 2.0, x, y).0 } else { 0.0 }
    };
    let mut s = 0.0;
    let mut j = centre;
    while j >= 0.0 {
        let v = term(j);
        s += v;
        if v.abs() < 1e-17 && centre - j > 20.0 {
            break;
        }
        j -= 1.0;
    }
    let mut j = centre + 1.0;
    for _ in 0..100_000 {
        let v = term(j);
        s += v;
        if v.abs() < 1e-17 {
            break;
        }
        j += 1.0;
    }
    (base + 0.5 * s).clamp(0.0, 1.0)
}

const FAR_SHIFT: f64 = 30.0;

/// T = (Z + δ)/S with S = √(χ²/df): the distribution of the one given the other, integrated over the narrower of the two (t·S and Z), so that the
/// integrand is smooth. t ≥ 0 and |δ| > [`FAR_SHIFT`], so that Z + δ has the sign of δ.
fn far_noncentral_t_cdf(t: f64, df: f64, delta: f64) -> f64 {
    static RULE: OnceLock<(Vec<f64>, Vec<f64>)> = OnceLock::new();
    let (nodes, weights) = RULE.get_or_init(|| gauss_legendre(16));
    // Nine standard deviations on both sides, a panel for every two.
    let over = |middle: f64, sd: f64, f: &dyn Fn(f64) -> f64| -> f64 {
        let panel = |k: i32| {
            let centre = middle + 2.0 * sd * f64::from(k);
            nodes.iter().zip(weights).map(|(x, w)| w * sd * f(centre + sd * x)).sum::<f64>()
        };
        (-4..=4).map(panel).sum()
    };
    if delta < 0.0 {
        return 1.0;
    }
    let sd = (2.0 * df).sqrt().recip();
    if t * (1.0 + 9.0 * sd) < delta - 9.0 {
        return 0.0;
    }
    if t * sd > 1.0 {
        let density = |z: f64| (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        return over(0.0, 1.0, &|z| density(z) * chi2_sf(df * ((z + delta) / t).powi(2), df)).clamp(0.0, 1.0);
    }
    // Of s, up to a factor; its logarithm about 1, where large df would cancel.
    let density = |s: f64| {
        let e = s - 1.0;
        if s > 0.0 { ((df - 1.0) * e.ln_1p() - df * e * (1.0 + e / 2.0)).exp() } else { 0.0 }
    };
    over(1.0, sd, &|s| density(s) * normal_cdf(t * s - delta)) / over(1.0, sd, &density)
}

/// x ≥ 0 with f(x) = target for a decreasing f: doubles to a bracket, then bisects on log f (ITP would gain little here).
fn decreasing_root(f: impl Fn(f64) -> f64, target: f64, start: f64) -> f64 {
    if target >= f(0.0) {
        return 0.0;
    }
    if target <= 0.0 {
        return f64::INFINITY;
    }
    let mut high = start.max(1.0);
    while f(high) > target && high < 1e300 {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..200 {
        let mid = 0.5 * (low + high);
        if high - low <= ROOT * high || mid == low || mid == high {
            break;
        }
        if f(mid) > target { low = mid } else { high = mid }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, rel: f64) {
        assert!((a - b).abs() <= rel * b.abs(), "{a} is not {b}");
    }

    #[test]
    fn printed_critical_values() {
        // NIST/SEMATECH e-Handbook, tables 1.3.6.7, and Fisher's classics.
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-14);
        close(normal_quantile(0.8), 0.841_621_233_572_914_3, 1e-14);
        close(normal_quantile(1e-10), -6.361_340_902_404_056, 1e-12);
        close(t_quantile(0.975, 10.0), 2.228_138_851_964_939, 1e-11);
        // One degree of freedom is Cauchy: tan(0.475 π).
        close(t_quantile(0.975, 1.0), 12.706_204_736_174_7, 1e-11);
        close(chi2_quantile(0.95, 1.0), 3.841_458_820_694_124, 1e-11);
        close(chi2_quantile(0.95, 10.0), 18.307_038_053_275_146, 1e-11);
        close(f_sf(4.964_602_743_730_711, 1.0, 10.0), 0.05, 1e-10);
    }

    #[test]
    fn quantiles_invert_the_distribution() {
        for p in [1e-9, 0.01, 0.3, 0.5, 0.9, 0.999] {
            close(normal_cdf(normal_quantile(p)), p, 1e-11);
            // A step of one ulp near probability ½ is what the tail function can tell apart.
            close(t_cdf(t_quantile(p, 7.0), 7.0), p, 1e-9);
            close(beta_cdf(beta_quantile(p, 2.5, 80.0), 2.5, 80.0), p, 1e-9);
        }
    }

    #[test]
    fn far_tails_are_not_lost() {
        // erfc asymptotics: φ(z)/z · (1 − 1/z² + 3/z⁴ − 15/z⁶).
        let z = 30.0f64;
        let w = 1.0 / (z * z);
        let phi = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        close(normal_sf(z), phi / z * (1.0 - w + 3.0 * w * w - 15.0 * w * w * w), 1e-8);
        // Two degrees of freedom: exactly e^(−x/2).
        close(chi2_sf(1_184.596_572_083_792_6, 2.0), (-1_184.596_572_083_792_6f64 / 2.0).exp(), 1e-12);
        // One degree of freedom is the square of a normal.
        close(chi2_sf(900.0, 1.0), normal_two_sided(30.0), 1e-8);
    }

    #[test]
    fn the_noncentral_t_without_shift_is_students() {
        for t in [-2.0, 0.0, 0.7, 3.0] {
            close(noncentral_t_cdf(t, 9.0, 0.0), t_cdf(t, 9.0), 1e-10);
        }
    }

    #[test]
    fn series_and_integral_of_the_noncentral_t_agree() {
        // On both sides of where the integral turns from S to Z (t against √(2 df)).
        for (df, delta) in [(5.0f64, 31.0f64), (400.0, 33.0), (481.0, 31.0), (3000.0, 35.0)] {
            for shift in [-1.5, -0.2, 0.0, 0.4, 1.0] {
                let t = delta + shift * (1.0 + delta * delta / (2.0 * df)).sqrt();
                let series = noncentral_t_series(t, df, delta);
                let integral = noncentral_t_cdf(t, df, delta);
                assert!((series - integral).abs() < 1e-11, "t {t} df {df} δ {delta}: {series} {integral}");
            }
        }
        assert_eq!(noncentral_t_cdf(3.0, 10.0, -50.0), 1.0);
        assert_eq!(noncentral_t_cdf(-3.0, 10.0, 50.0), 0.0);
    }
}

//! How large a test must be, and what a test of a given size can find. Two-sided, both tails count.
//!
//! Sources: Fleiss, Levin and Paik 2003, formula 4.14 without continuity correction (two proportions, pooled under the null); Cohen 1988,
//! chapters 2 and 6 (power of the t test by the non-central t, arcsine effect size h).

use super::dist::{noncentral_t_cdf, normal_cdf, normal_quantile, t_quantile};
use super::optimize::bisect;

/// h of p2 against p1, signed: 2 arcsin √p2 − 2 arcsin √p1.
pub fn cohens_h(p1: f64, p2: f64) -> f64 {
    2.0 * p2.sqrt().asin() - 2.0 * p1.sqrt().asin()
}

/// Power for Cohen's h at n per group.
pub fn arcsine_power(h: f64, alpha: f64, n: f64) -> f64 {
    let (z, shift) = (normal_quantile(1.0 - alpha / 2.0), h * (n / 2.0).sqrt());
    normal_cdf(shift - z) + normal_cdf(-shift - z)
}

/// Rows per group for Cohen's h, unrounded.
pub fn arcsine_size(h: f64, alpha: f64, power: f64) -> Option<f64> {
    bisect(-20.0, 60.0, |ln_n| arcsine_power(h, alpha, ln_n.exp()) - power).map(f64::exp)
}

/// Rows per group to tell p1 from p2, unrounded.
pub fn proportions_size(p1: f64, p2: f64, alpha: f64, power: f64) -> f64 {
    let (za, zb) = (normal_quantile(1.0 - alpha / 2.0), normal_quantile(power));
    let mean = (p1 + p2) / 2.0;
    let spread = za * (2.0 * mean * (1.0 - mean)).sqrt() + zb * (p1 * (1.0 - p1) + p2 * (1.0 - p2)).sqrt();
    (spread / (p2 - p1)).powi(2)
}

/// Power of the pooled z test of two proportions with groups of `n`.
pub fn proportions_power(p: [f64; 2], n: [f64; 2], alpha: f64) -> f64 {
    let pooled = (p[0] * n[0] + p[1] * n[1]) / (n[0] + n[1]);
    let null = (pooled * (1.0 - pooled) * (1.0 / n[0] + 1.0 / n[1])).sqrt();
    let real = (p[0] * (1.0 - p[0]) / n[0] + p[1] * (1.0 - p[1]) / n[1]).sqrt();
    let (limit, shift) = (normal_quantile(1.0 - alpha / 2.0) * null, (p[0] - p[1]).abs());
    normal_cdf((shift - limit) / real) + normal_cdf((-shift - limit) / real)
}

/// The smallest rise above the rate `base` of the second group that groups of `n` find with this power; `None` where not even a rise to 1 is found.
pub fn detectable_rise(base: f64, n: [f64; 2], alpha: f64, power: f64) -> Option<f64> {
    let room = 1.0 - base;
    bisect(room * 1e-12, room * (1.0 - 1e-12), |d| proportions_power([base + d, base], n, alpha) - power)
}

/// Power of the t test for a difference of `d` pooled standard deviations.
pub fn t_power(d: f64, alpha: f64, n: [f64; 2]) -> f64 {
    let df = n[0] + n[1] - 2.0;
    let delta = d * (n[0] * n[1] / (n[0] + n[1])).sqrt();
    // Beyond this shift the answer is 1 to every digit, and the series would be long.
    if delta > 37.0 {
        return 1.0;
    }
    let t = t_quantile(1.0 - alpha / 2.0, df);
    (1.0 - noncentral_t_cdf(t, df, delta)) + noncentral_t_cdf(-t, df, delta)
}

/// Rows per group for a difference of `d` standard deviations, unrounded; `None` beyond a trillion per group.
pub fn t_size(d: f64, alpha: f64, power: f64) -> Option<f64> {
    let at = |ln_n: f64| t_power(d, alpha, [ln_n.exp(); 2]) - power;
    // Below 1.05 rows a group, no t has a quantile within f64.
    bisect(1.05f64.ln(), 28.0, at).map(f64::exp)
}

/// The smallest difference, in pooled standard deviations, that groups of `n` find with this power.
pub fn detectable_d(n: [f64; 2], alpha: f64, power: f64) -> Option<f64> {
    if n[0] + n[1] <= 2.0 {
        return None;
    }
    bisect(-30.0, 7.0, |ln_d| t_power(ln_d.exp(), alpha, n) - power).map(f64::exp)
}

/// Interval of a difference of `d` pooled standard deviations: the shifts of the non-central t under which the t at hand is its upper
/// and its lower quantile (Steiger & Fouladi 1997). `None` without spread or degrees of freedom.
pub fn d_interval(d: f64, n: [f64; 2], level: f64) -> Option<[f64; 2]> {
    let (df, scale) = (n[0] + n[1] - 2.0, (n[0] * n[1] / (n[0] + n[1])).sqrt());
    let t = d * scale;
    if !(df > 0.0 && t.is_finite()) {
        return None;
    }
    // T = (Z + δ)/S, S with standard deviation 1/√(2 df) about 1.
    let reach = 9.0 + 9.0 * t.abs() / (2.0 * df).sqrt();
    let shift = |p: f64| bisect(t - reach, t + reach, |delta| p - noncentral_t_cdf(t, df, delta));
    let (low, high) = (shift(0.5 + level / 2.0)?, shift(0.5 - level / 2.0)?);
    Some([low / scale, high / scale])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: Option<f64>, want: f64) {
        let got = got.expect("a number");
        assert!((got / want - 1.0).abs() < 1e-9, "{got}, wanted {want}");
    }

    /// scipy 1.17.1: roots by brentq of the power by `stats.nct`, both tails (the far one as `sf(t, df, −δ)`); statsmodels 0.15.0's `TTestIndPower.power` at the first of them is
    /// 0.8 to 1e-15 (its own `solve_power` stops six digits earlier).
    #[test]
    fn smallest_difference_of_means() {
        close(detectable_d([50.0, 50.0], 0.05, 0.8), 0.5658822437555724);
        close(detectable_d([120.0, 60.0], 0.05, 0.9), 0.5153167268901446);
        close(detectable_d([8.0, 5.0], 0.1, 0.8), 1.5134917643960213);
        close(t_size(0.35, 0.05, 0.8), 129.11207656917395);
        for (d, alpha, power, n) in [
            (1.5, 0.01, 0.9, 14.979591639910991),
            (0.05, 0.1, 0.95, 8658.395027980827),
            (3.0, 0.05, 0.8, 3.0700090816768997),
            (8.0, 0.05, 0.8, 1.7720238172210843),
        ] {
            close(t_size(d, alpha, power), n);
        }
        assert_eq!(detectable_d([1.0, 1.0], 0.05, 0.8), None);
    }

    /// statsmodels 0.15.0, roots of `power_proportions_2indep(diff, prop2, nobs1, ratio, alpha).power − power` by scipy 1.17.1's brentq.
    #[test]
    fn smallest_rise_of_a_rate() {
        close(detectable_rise(0.1, [1000.0, 1000.0], 0.05, 0.8), 0.040745102629916825);
        close(detectable_rise(0.12, [4006.0, 4071.0], 0.05, 0.8), 0.020996594828504838);
        close(detectable_rise(0.5, [300.0, 900.0], 0.01, 0.9), 0.12735289790988724);
        assert_eq!(detectable_rise(0.5, [2.0, 2.0], 0.05, 0.8), None, "two against two find nothing");
    }

    #[test]
    fn sizes_and_detectable_differences_are_inverse() {
        for (base, d) in [(0.05, 0.01), (0.3, 0.1)] {
            let n = proportions_size(base + d, base, 0.05, 0.8);
            // The size formula leaves the far tail out, which holds less than a millionth here.
            let back = detectable_rise(base, [n, n], 0.05, 0.8).expect("found");
            assert!((back / d - 1.0).abs() < 1e-5, "{back} {d}");
        }
        let n = t_size(0.2, 0.05, 0.9).expect("a size");
        close(detectable_d([n, n], 0.05, 0.9), 0.2);
    }

    /// scipy 1.17.1: brentq on stats.nct.cdf. The first are alcohol of the first two cultivars of scikit-learn's wine.
    #[test]
    fn interval_of_d_as_by_scipy() {
        for (t, n, level, want) in [
            (16.478551495156502, [59.0, 71.0], 0.95, [2.404654528990631, 3.3954108636658296]),
            (-2.3, [12.0, 9.0], 0.9, [-1.775408888356104, -0.2283804457372752]),
            (0.4, [30.0, 200.0], 0.95, [-0.30557683110705086, 0.46203643982071696]),
            // Far out, by brentq on stats.nct.cdf and on the integral over Z (scipy's integrate.quad), which agree; the last by the integral alone.
            (20.0, [2.0, 1.0], 0.95, [0.484075489023501, 54.97151573014797]),
            (25.0, [2.0, 2.0], 0.95, [3.8565105244546345, 48.08248973829639]),
            (31.5, [60.0, 70.0], 0.95, [4.778539573618156, 6.299973920146197]),
            (-45.0, [12.0, 9.0], 0.9, [-25.04074822648395, -14.427059124474953]),
            (150.0, [500.0, 800.0], 0.95, [8.2036973691645, 8.898_438_751_669_38]),
            (60.0, [200_000.0, 300_000.0], 0.99, [0.1657558436044601, 0.18065414587058537]),
            (2500.0, [40.0, 40.0], 0.95, [471.3989521453152, 646.4780035342931]),
            (1e6, [50.0, 50.0], 0.95, [172023.89427677155, 227929.52040561923]),
        ] {
            let d = t / f64::sqrt(n[0] * n[1] / (n[0] + n[1]));
            let got = d_interval(d, n, level).expect("an interval");
            for (g, w) in got.iter().zip(want) {
                assert!((g - w).abs() < 1e-8 * (1.0 + w.abs()), "{t}: {g} {w}");
            }
        }
        assert_eq!(d_interval(f64::NAN, [5.0, 5.0], 0.95), None);
        assert_eq!(d_interval(3.0, [1.0, 1.0], 0.95), None);
    }
}

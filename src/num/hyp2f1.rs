//! Gauss's hypergeometric function ₂F₁(a, b; c; z) for real arguments, z < 1.
//!
//! Sources: NIST DLMF 15.8.1 (Pfaff, Euler), 15.8.4 (z → 1 − z), 15.2.1 (series). The purchase models do not need it (they
//! use forms without its cancellations); it is the independent check of theirs, written as the papers print it.

use statrs::function::gamma::ln_gamma;

/// ₂F₁(a, b; c; z); `None` where it is infinite, complex, or would not be right to about ten digits.
pub fn hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    if z >= 1.0 || (c <= 0.0 && c.fract() == 0.0) || ![a, b, c, z].iter().all(|v| v.is_finite()) {
        return None;
    }
    let value = if z < 0.0 {
        // Pfaff: of the two ways, the one whose free parameter is smaller keeps its terms small.
        let w = z / (z - 1.0);
        if (c - b).abs() < (c - a).abs() {
            inside(a, c - b, c, w).map(|v| v * (-a * (-z).ln_1p()).exp())
        } else {
            inside(c - a, b, c, w).map(|v| v * (-b * (-z).ln_1p()).exp())
        }
    } else {
        inside(a, b, c, z)
    };
    value.filter(|v| v.is_finite())
}

/// 0 ≤ z < 1.
fn inside(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let excess = c - a - b;
    // Near 1 the series is long; the reflection needs c − a − b away from whole numbers, or it divides 0 by 0.
    if z > 0.9 && (excess - excess.round()).abs() > 0.05 && a.abs().max(b.abs()).max(c.abs()) < 60.0 {
        let g = |v: f64| gamma_signed(v);
        let first = g(c)? * g(excess)? * reciprocal(c - a) * reciprocal(c - b) * series(a, b, 1.0 - excess, 1.0 - z)?;
        let second = g(c)?
            * g(-excess)?
            * reciprocal(a)
            * reciprocal(b)
            * (1.0 - z).powf(excess)
            * series(c - a, c - b, 1.0 + excess, 1.0 - z)?;
        let sum = first + second;
        if sum.abs() > 1e-5 * first.abs().max(second.abs()) {
            return Some(sum);
        }
    }
    // Euler: the parameters c−a, c−b when they are the smaller ones (fewer and calmer terms).
    if (c - a).abs() + (c - b).abs() < a.abs() + b.abs() {
        return series(c - a, c - b, c, z).map(|v| v * (excess * (-z).ln_1p()).exp());
    }
    series(a, b, c, z)
}

fn gamma_signed(v: f64) -> Option<f64> {
    if v > 0.0 {
        return Some(ln_gamma(v).exp());
    }
    if v.fract() == 0.0 {
        return None;
    }
    let pi = std::f64::consts::PI;
    Some(pi / ((pi * v).sin() * ln_gamma(1.0 - v).exp()))
}

/// 1/Γ(v), which is 0 at the poles.
fn reciprocal(v: f64) -> f64 {
    gamma_signed(v).map_or(0.0, |g| 1.0 / g)
}

/// The defining series; `None` when it does not settle or cancels beyond ten digits.
fn series(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let (mut term, mut sum, mut largest) = (1.0f64, 1.0f64, 1.0f64);
    for n in 0..200_000 {
        let n = f64::from(n);
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        sum += term;
        largest = largest.max(term.abs());
        if !sum.is_finite() {
            return None;
        }
        if term.abs() <= 1e-17 * sum.abs() * (1.0 - z) && n > a.abs().max(b.abs()).max(c.abs()) || term == 0.0 {
            return (largest * 1e-16 < 1e-9 * sum.abs()).then_some(sum);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::btyd::{Forecast, Model};

    #[test]
    fn values_of_high_precision() {
        for (a, b, c, z, want) in VALUES {
            let got = hyp2f1(a, b, c, z).expect("a value");
            assert!((got / want - 1.0).abs() < 1e-10, "2F1({a}, {b}; {c}; {z}) = {got}, wanted {want}");
        }
        assert_eq!(hyp2f1(1.0, 1.0, 2.0, 1.0), None);
        assert_eq!(hyp2f1(1.0, 1.0, -2.0, 0.5), None);
    }

    /// The printed BG/NBD expectation (Fader, Hardie & Lee 2005, equation 10) against our form.
    #[test]
    fn the_printed_expectation_equals_ours() {
        let (r, alpha, a, b) = (0.243, 4.414, 0.793, 2.426);
        for (x, t) in [(0.0, 38.86), (2.0, 38.86), (7.0, 30.0), (26.0, 31.0)] {
            for h in [1.0, 39.0, 200.0] {
                let f = hyp2f1(r + x, b + x, a + b + x - 1.0, h / (alpha + t + h)).expect("a value");
                let printed = (a + b + x - 1.0) / (a - 1.0) * (1.0 - ((alpha + t) / (alpha + t + h)).powf(r + x) * f);
                let ours = Forecast { model: Model::BgNbd, parameters: [r, alpha, a, b] }.if_alive(x, t, &[h])[0];
                assert!((printed / ours - 1.0).abs() < 1e-9, "x {x} T {t} h {h}: {printed} {ours}");
            }
        }
    }

    /// The printed Pareto/NBD likelihood (difference of two ₂F₁) against the integral.
    #[test]
    fn the_printed_pareto_likelihood_equals_ours() {
        let (r, alpha, s, beta) = (0.553, 10.578, 0.606, 11.669);
        for (x, t_x, t) in [(0u32, 0.0, 38.86), (2, 30.43, 38.86), (7, 5.0, 38.0), (26, 30.0, 31.0)] {
            let xf = f64::from(x);
            let all = r + s + xf;
            let term = |u: f64| {
                hyp2f1(all, r + xf, all + 1.0, (beta - alpha) / (beta + u)).expect("a value") / (beta + u).powf(all)
            };
            let a0 = term(t_x) - term(t);
            let ladder: f64 = (0..x).map(|j| (r + f64::from(j)).ln()).sum();
            let printed = ladder
                + r * f64::ln(alpha)
                + s * f64::ln(beta)
                + ((alpha + t).powf(-r - xf) * (beta + t).powf(-s) + s / all * a0).ln();
            let groups = crate::num::btyd::Groups::new(&[x], &[t_x], &[t]);
            let ours = Model::ParetoNbd.log_likelihood(&groups, [r, alpha, s, beta]).expect("finite");
            assert!((printed - ours).abs() < 1e-9 * printed.abs().max(1.0), "x {x}: {printed} {ours}");
        }
    }

    /// mpmath 1.4.1, 40 digits.
    const VALUES: [(f64, f64, f64, f64, f64); 16] = [
        (0.5, 0.5, 1.5, 0.25, 1.0471975511965976),
        (1.0, 1.0, 2.0, -3.0, 0.4620981203732969),
        (0.243, 2.426, 2.219, 0.9, 1.947631169818602),
        (2.243, 4.426, 4.219, 0.5, 5.161693901383613),
        (26.243, 28.426, 28.219, 0.55, 1475610541.9014685),
        (0.243, 2.426, 2.219, 0.999, 11.096504288680494),
        (-0.207, 7.9, 11.2, -8.0, 1.476633589367486),
        (5.5, -2.5, 3.25, 0.97, 0.0409492158671259),
        (101.2, 3.3, 105.9, 0.8, 121.7503375246417),
        (1.159, 0.553, 2.159, 0.0935, 1.0292232068251321),
        (28.1, 27.5, 29.2, 0.3, 12528.981687201262),
        (0.3, 0.4, -0.25, 0.6, 0.16623595022448615),
        (12.5, 0.2, 13.1, -50.0, 0.45990274941320414),
        (2.0, 3.0, 4.0, 0.95, 48.84164613929262),
        (0.9, 1.2, 2.7, -1000.0, 0.009019269001832251),
        (3.3, 2.2, 1.1, 0.85, 12296.35907832125),
    ];
}

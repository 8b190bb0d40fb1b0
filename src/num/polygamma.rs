//! Digamma and trigamma for positive arguments.
//!
//! Source: Abramowitz and Stegun 6.3.18 and 6.4.12 (asymptotic series), shifted by the recurrences 6.3.5 and 6.4.6.

/// ψ(x) for x > 0.
pub fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= 1.0 / x;
        x += 1.0;
    }
    let w = 1.0 / (x * x);
    let tail = w
        * (1.0 / 12.0
            - w * (1.0 / 120.0
                - w * (1.0 / 252.0 - w * (1.0 / 240.0 - w * (1.0 / 132.0 - w * (691.0 / 32_760.0 - w / 12.0))))));
    shift + x.ln() - 0.5 / x - tail
}

/// ψ′(x) for x > 0.
pub fn trigamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let w = 1.0 / (x * x);
    let tail = w
        * (1.0 / 6.0
            - w * (1.0 / 30.0
                - w * (1.0 / 42.0 - w * (1.0 / 30.0 - w * (5.0 / 66.0 - w * (691.0 / 2730.0 - w * 7.0 / 6.0))))));
    shift + 1.0 / x + 0.5 * w + tail / x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath 1.4.1, 25 digits.
    #[test]
    fn values_of_high_precision() {
        for (x, psi, tri) in POLYGAMMA {
            assert!((digamma(x) - psi).abs() <= 4e-15 * psi.abs().max(1.0), "{x}: {} {psi}", digamma(x));
            assert!((trigamma(x) / tri - 1.0).abs() <= 4e-15, "{x}: {} {tri}", trigamma(x));
        }
    }

    const POLYGAMMA: [(f64, f64, f64); 7] = [
        (0.001, -1000.5755719318103, 1000001.6425331958),
        (0.25, -4.2274535333762655, 17.197329154507113),
        (1.0, -0.5772156649015329, 1.6449340668482264),
        (2.5, 0.7031566406452432, 0.49035775610023485),
        (9.75, 2.225109535044576, 0.10800324333663185),
        (40.0, 3.676327374034843, 0.02531510384129103),
        (123456.5, 11.723640096268134, 8.10005184028749e-06),
    ];
}

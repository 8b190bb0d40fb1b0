//! Mean, variance and shape of a sample.

use super::sum::{ExactSum, sum};

/// Count, exact mean and central sums of powers: Σ(x−m)², Σ(x−m)³, Σ(x−m)⁴, each summed exactly, hence free of row order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    pub n: usize,
    pub sum: f64,
    pub mean: f64,
    pub s2: f64,
    pub s3: f64,
    pub s4: f64,
}

impl Moments {
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let (n, total) = (values.len(), sum(values));
        let mean = total / n as f64;
        let (mut first, mut second, mut third, mut fourth) =
            (ExactSum::new(), ExactSum::new(), ExactSum::new(), ExactSum::new());
        for &v in values {
            let d = v - mean;
            let d2 = d * d;
            first.add(d);
            second.add(d2);
            third.add(d2 * d);
            fourth.add(d2 * d2);
        }
        // The rounded mean is off by first/n; the shift is taken back in the square, where it is largest.
        let e = first.value();
        Self {
            n,
            sum: total,
            mean,
            s2: (second.value() - e * e / n as f64).max(0.0),
            s3: third.value(),
            s4: fourth.value(),
        }
    }

    /// Variance with divisor n − 1; `None` below two values.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.s2 / (self.n - 1) as f64)
    }
    pub fn sd(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }
    /// Standard deviation with divisor n.
    pub fn population_sd(&self) -> Option<f64> {
        (self.n > 0).then(|| (self.s2 / self.n as f64).sqrt())
    }
    /// Whether all values are one, up to the rounding of their mean.
    pub fn is_constant(&self) -> bool {
        let scale = self.mean.abs().max(f64::MIN_POSITIVE);
        self.n == 0 || (self.s2 / self.n as f64).sqrt() <= 1e-14 * scale
    }
    /// g1 = m3 / m2^1.5.
    pub fn skewness_biased(&self) -> Option<f64> {
        if self.is_constant() {
            return None;
        }
        let n = self.n as f64;
        Some((self.s3 / n) / (self.s2 / n).powf(1.5))
    }
    /// G1, adjusted for bias under normality (as pandas, SAS, Excel print it).
    pub fn skewness(&self) -> Option<f64> {
        let n = self.n as f64;
        (self.n > 2).then(|| self.skewness_biased().map(|g| g * (n * (n - 1.0)).sqrt() / (n - 2.0))).flatten()
    }
    /// g2 = m4 / m2² − 3.
    pub fn kurtosis_biased(&self) -> Option<f64> {
        if self.is_constant() {
            return None;
        }
        let n = self.n as f64;
        Some((self.s4 / n) / (self.s2 / n).powi(2) - 3.0)
    }
    /// G2, adjusted excess kurtosis.
    pub fn kurtosis(&self) -> Option<f64> {
        let n = self.n as f64;
        (self.n > 3)
            .then(|| self.kurtosis_biased().map(|g| (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g + 6.0)))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let m = Moments::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((m.mean, m.population_sd()), (5.0, Some(2.0)));
        assert!((m.skewness_biased().unwrap() - 0.65625).abs() < 1e-15);
    }

    #[test]
    fn a_large_offset_loses_nothing() {
        // NIST StRD NumAcc4: mean 10000000.2, sd 0.1 exactly.
        let mut v = vec![10_000_000.2];
        for _ in 0..500 {
            v.extend([10_000_000.1, 10_000_000.3]);
        }
        let m = Moments::of(&v);
        assert!((m.mean - 10_000_000.2).abs() < 1e-8 && (m.sd().unwrap() - 0.1).abs() < 1e-8);
    }

    #[test]
    fn nothing_and_one_value_have_no_spread() {
        assert_eq!(Moments::of(&[]).variance(), None);
        assert_eq!(Moments::of(&[3.0]).variance(), None);
        assert_eq!(Moments::of(&[0.1; 7]).skewness(), None);
    }
}

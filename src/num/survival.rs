//! Time until an event when some are still waiting: product-limit curves and rank tests.
//!
//! Sources: Kaplan & Meier 1958; Greenwood 1926; Nelson 1972, Aalen 1978; Kalbfleisch & Prentice 2002, chapter 1 (log-log
//! interval); Mantel 1966, Peto & Peto 1972 (log-rank); Gehan 1965, Breslow 1970 (Gehan–Wilcoxon for k groups).

// One index runs over several arrays at once: iterators would hide which.
#![allow(clippy::needless_range_loop)]

/// A step curve: one entry per distinct time at which something happens (event or end of watching), ascending.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    pub n: usize,
    pub events: usize,
    pub t: Vec<f64>,
    /// Duration ≥ t.
    pub at_risk: Vec<f64>,
    pub died: Vec<f64>,
    /// P(duration > t).
    pub survival: Vec<f64>,
    /// Greenwood's Σ d/(n(n−d)).
    pub greenwood: Vec<f64>,
    /// Nelson–Aalen: Σ d/n.
    pub hazard: Vec<f64>,
}

/// Everything about one moment of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub at_risk: f64,
    pub survival: f64,
    pub ci: [f64; 2],
    pub std_error: f64,
    pub hazard: f64,
}

impl Curve {
    /// `duration` finite and ≥ 0; `event` true where it happened, false where watching ended.
    pub fn new(duration: &[f64], event: &[bool]) -> Self {
        let mut order: Vec<u32> = (0..duration.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| duration[a as usize].total_cmp(&duration[b as usize]));
        let n = duration.len();
        let mut out = Self { n, events: event.iter().filter(|e| **e).count(), ..Self::default() };
        let (mut s, mut green, mut hazard) = (1.0f64, 0.0f64, 0.0f64);
        let mut i = 0;
        while i < n {
            let t = duration[order[i] as usize];
            let risk = (n - i) as f64;
            let (mut d, mut j) = (0.0, i);
            while j < n && duration[order[j] as usize] == t {
                d += f64::from(u8::from(event[order[j] as usize]));
                j += 1;
            }
            if d > 0.0 {
                s *= (risk - d) / risk;
                green += d / (risk * (risk - d));
                hazard += d / risk;
            }
            out.t.push(t);
            out.at_risk.push(risk);
            out.died.push(d);
            out.survival.push(s);
            out.greenwood.push(green);
            out.hazard.push(hazard);
            i = j;
        }
        out
    }

    /// Index of the last step at or before t; `None` before the first.
    fn step(&self, t: f64) -> Option<usize> {
        self.t.partition_point(|v| *v <= t).checked_sub(1)
    }

    /// Survival just after t, with a log-log interval at `z` standard errors.
    pub fn at(&self, t: f64, z: f64) -> Moment {
        let at_risk = self.t.partition_point(|v| *v < t);
        let at_risk = self.at_risk.get(at_risk).copied().unwrap_or(0.0);
        match self.step(t) {
            None => Moment { at_risk, survival: 1.0, ci: [1.0, 1.0], std_error: 0.0, hazard: 0.0 },
            Some(i) => {
                let s = self.survival[i];
                let std_error = if s > 0.0 { s * self.greenwood[i].sqrt() } else { 0.0 };
                Moment { at_risk, survival: s, ci: self.interval(i, z), std_error, hazard: self.hazard[i] }
            }
        }
    }

    /// Log-log interval at step `i`: S^exp(±z·σ) with σ = √Greenwood / |ln S|. At S = 0 or 1 it is the point itself.
    pub fn interval(&self, i: usize, z: f64) -> [f64; 2] {
        let s = self.survival[i];
        if s <= 0.0 || s >= 1.0 {
            return [s, s];
        }
        let width = z * self.greenwood[i].sqrt() / -s.ln();
        [s.powf(width.exp()), s.powf((-width).exp())]
    }

    /// First time at which survival is `share` or less; `None` when it never falls so far.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        // A curve that lands on the share exactly does so up to rounding of the product.
        self.survival.iter().position(|s| *s <= share + 1e-12).map(|i| self.t[i])
    }

    /// Median with its interval: the first times at which the lower and the upper bound of survival are ½ or less.
    pub fn median_ci(&self, z: f64) -> [Option<f64>; 2] {
        let first =
            |side: usize| (0..self.t.len()).find(|&i| self.interval(i, z)[side] <= 0.5 + 1e-12).map(|i| self.t[i]);
        [first(0), first(1)]
    }

    /// Area under the curve up to `tau` (mean time within the first `tau`) and its standard error: Σ A(t)²·d/(n(n−d)) with A(t) the
    /// area from t to `tau` (Klein & Moeschberger 2003, section 4.5).
    pub fn restricted_mean(&self, tau: f64) -> (f64, f64) {
        let steps = self.t.partition_point(|t| *t < tau);
        let height = |i: usize| if i == 0 { 1.0 } else { self.survival[i - 1] };
        let (mut beyond, mut variance, mut to) = (0.0, 0.0, tau);
        for i in (0..steps).rev() {
            beyond += (to - self.t[i]) * height(i + 1);
            to = self.t[i];
            let (n, d) = (self.at_risk[i], self.died[i]);
            if n > d {
                variance += beyond * beyond * d / (n * (n - d));
            }
        }
        (beyond + to * height(0), f64::sqrt(variance))
    }
}

/// Weights of a rank test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Every event counts the same.
    LogRank,
    /// Events count by the number at risk: early differences weigh more.
    Gehan,
}

/// χ² over k groups and its degrees of freedom (groups that can be told apart, less one). `None`: nothing to compare.
pub fn rank_test(duration: &[f64], event: &[bool], group: &[u32], k: usize, weight: Weight) -> Option<(f64, usize)> {
    let n = duration.len();
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_unstable_by(|&a, &b| duration[a as usize].total_cmp(&duration[b as usize]));
    let mut at_risk = vec![0.0; k];
    for &g in group {
        at_risk[g as usize] += 1.0;
    }
    let mut difference = vec![0.0; k];
    let mut variance = vec![0.0; k * k];
    let mut i = 0;
    while i < n {
        let t = duration[order[i] as usize];
        let mut died = vec![0.0; k];
        let mut gone = vec![0.0; k];
        let mut j = i;
        while j < n && duration[order[j] as usize] == t {
            let row = order[j] as usize;
            gone[group[row] as usize] += 1.0;
            died[group[row] as usize] += f64::from(u8::from(event[row]));
            j += 1;
        }
        let (d, all) = (died.iter().sum::<f64>(), (n - i) as f64);
        if d > 0.0 {
            let w = if weight == Weight::Gehan { all } else { 1.0 };
            for g in 0..k {
                difference[g] += w * (died[g] - d * at_risk[g] / all);
            }
            if all > 1.0 {
                let f = w * w * d * (all - d) / (all - 1.0);
                for g in 0..k {
                    let share = at_risk[g] / all;
                    for h in 0..k {
                        variance[g * k + h] += f * share * (f64::from(u8::from(g == h)) - at_risk[h] / all);
                    }
                }
            }
        }
        for g in 0..k {
            at_risk[g] -= gone[g];
        }
        i = j;
    }
    // The differences sum to zero: one group is left out, and groups never at risk at an event say nothing.
    let largest = (0..k).map(|g| variance[g * k + g]).fold(0.0f64, f64::max);
    let live: Vec<usize> = (0..k).filter(|&g| variance[g * k + g] > 1e-12 * largest).collect();
    if live.len() < 2 {
        return None;
    }
    let kept = &live[..live.len() - 1];
    let m = kept.len();
    let v: Vec<f64> = (0..m * m).map(|q| variance[kept[q / m] * k + kept[q % m]]).collect();
    let z: Vec<f64> = kept.iter().map(|&g| difference[g]).collect();
    let l = super::newton::cholesky(&v, m)?;
    let x = super::newton::cholesky_solve(&l, m, &z);
    Some((z.iter().zip(&x).map(|(a, b)| a * b).sum(), m))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Freireich 1963, remission of leukaemia in weeks, 6-MP arm: the textbook curve (Kalbfleisch & Prentice; Cox & Oakes).
    const T: [f64; 21] =
        [6., 6., 6., 6., 7., 9., 10., 10., 11., 13., 16., 17., 19., 20., 22., 23., 25., 32., 32., 34., 35.];
    const E: [u8; 21] = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0];
    const PLACEBO: [f64; 21] =
        [1., 1., 2., 2., 3., 4., 4., 5., 5., 8., 8., 8., 8., 11., 11., 12., 12., 15., 17., 22., 23.];

    #[test]
    fn remission_of_the_treated_as_printed() {
        let curve = Curve::new(&T, &E.map(|e| e == 1));
        for (t, s) in
            [(6.0, 0.857), (7.0, 0.807), (10.0, 0.753), (13.0, 0.690), (16.0, 0.627), (22.0, 0.538), (23.0, 0.448)]
        {
            assert!((curve.at(t, 1.96).survival - s).abs() < 6e-4, "{t}");
        }
        assert_eq!(curve.quantile(0.5), Some(23.0));
        assert_eq!(curve.at(6.0, 1.96).at_risk, 21.0);
        assert_eq!(curve.at(6.5, 1.96).at_risk, 17.0);
    }

    #[test]
    fn treated_against_placebo_as_printed() {
        let duration: Vec<f64> = T.iter().chain(&PLACEBO).copied().collect();
        let event: Vec<bool> = E.iter().map(|e| *e == 1).chain([true; 21]).collect();
        let group: Vec<u32> = [0; 21].into_iter().chain([1; 21]).collect();
        let (chi2, df) = rank_test(&duration, &event, &group, 2, Weight::LogRank).expect("a test");
        assert!((chi2 - 16.793).abs() < 6e-4 && df == 1, "{chi2}");
        let (chi2, _) = rank_test(&duration, &event, &group, 2, Weight::Gehan).expect("a test");
        assert!((chi2 - 13.458).abs() < 6e-4, "{chi2}");
    }

    #[test]
    fn without_censoring_the_curve_is_the_empirical_distribution() {
        let curve = Curve::new(&PLACEBO, &[true; 21]);
        for t in [0.0, 1.0, 4.5, 8.0, 22.0, 23.0, 40.0] {
            let share = PLACEBO.iter().filter(|v| **v > t).count() as f64 / 21.0;
            assert!((curve.at(t, 1.96).survival - share).abs() < 1e-14);
        }
        let mean = PLACEBO.iter().sum::<f64>() / 21.0;
        assert!((curve.restricted_mean(23.0).0 - mean).abs() < 1e-12);
    }

    #[test]
    fn equal_groups_differ_by_nothing() {
        let duration: Vec<f64> = T.iter().chain(&T).copied().collect();
        let event: Vec<bool> = E.iter().chain(&E).map(|e| *e == 1).collect();
        let group: Vec<u32> = [0; 21].into_iter().chain([1; 21]).collect();
        let (chi2, _) = rank_test(&duration, &event, &group, 2, Weight::LogRank).expect("a test");
        assert!(chi2 < 1e-20);
        assert!(rank_test(&T, &[false; 21], &[0; 21], 1, Weight::LogRank).is_none());
    }

    /// R's survival, `print(survfit(Surv(time, status) ~ x, aml), rmean = 161)`: 52.6 (se 19.83) maintained, 22.7 (4.18) not;
    /// more digits by the formula written out in numpy 2.4.6.
    #[test]
    fn restricted_mean_of_leukaemia_has_the_printed_error() {
        let maintained = ([9., 13., 13., 18., 23., 28., 31., 34., 45., 48., 161.], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]);
        let not = ([5., 5., 8., 8., 12., 16., 23., 27., 30., 33., 43., 45.], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]);
        let event = |e: &[u8]| e.iter().map(|e| *e == 1).collect::<Vec<bool>>();
        for (t, e, mean, error) in [
            (&maintained.0[..], event(&maintained.1), 52.64545454545455, 19.828602795562585),
            (&not.0[..], event(&not.1), 22.708333333333336, 4.180941981033155),
        ] {
            let (m, se) = Curve::new(t, &e).restricted_mean(161.0);
            assert!((m - mean).abs() < 1e-12 && (se - error).abs() < 1e-12, "{m} {se}");
        }
    }
}

//! Seeded randomness: xoshiro256** (Blackman and Vigna 2018) started by SplitMix64 (Steele, Lea, Flood 2014).
//!
//! The same seed gives the same numbers on every machine. Work that is spread over workers takes one [`Rng::stream`] per task, so that the
//! number of workers cannot change a result.

/// A generator of 64-bit numbers; period 2²⁵⁶ − 1.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
    spare: Option<f64>,
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    pub fn new(seed: u64) -> Self {
        let mut s = seed;
        Self { state: std::array::from_fn(|_| splitmix(&mut s)), spare: None }
    }

    /// The generator of task `index` (a start, a fold, a bootstrap) under `seed`.
    pub fn stream(seed: u64, index: u64) -> Self {
        let mut s = seed;
        let mut mixed = splitmix(&mut s) ^ index.wrapping_mul(0xd134_2543_de82_ef95);
        Self::new(splitmix(&mut mixed))
    }

    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in [0, 1), 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in 0 … n − 1, without bias (Lemire 2019); 0 for n = 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        if n == 0 {
            return 0;
        }
        let threshold = n.wrapping_neg() % n;
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(n);
            if wide as u64 >= threshold {
                return (wide >> 64) as usize;
            }
        }
    }

    /// Standard normal, by Marsaglia's polar method.
    pub fn normal(&mut self) -> f64 {
        if let Some(z) = self.spare.take() {
            return z;
        }
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let f = (-2.0 * s.ln() / s).sqrt();
                self.spare = Some(v * f);
                return u * f;
            }
        }
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }

    /// Gamma with this shape and scale 1 (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let u = 1.0 - self.uniform();
            return self.gamma(shape + 1.0) * u.powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Fisher–Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// `k` distinct positions of 0 … n − 1, ascending (all of them when k ≥ n). Floyd 1987.
    pub fn sample(&mut self, n: usize, k: usize) -> Vec<usize> {
        if k >= n {
            return (0..n).collect();
        }
        let mut chosen = std::collections::BTreeSet::new();
        for j in n - k..n {
            let t = self.below(j + 1);
            if !chosen.insert(t) {
                chosen.insert(j);
            }
        }
        chosen.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_its_published_numbers() {
        // Reference output of Vigna's splitmix64.c for seed 1234567.
        let mut s = 1_234_567;
        assert_eq!(splitmix(&mut s), 6_457_827_717_110_365_317);
        assert_eq!(splitmix(&mut s), 3_203_168_211_198_807_973);
    }

    #[test]
    fn xoshiro_gives_its_published_numbers() {
        // State 1, 2, 3, 4, as in the reference implementation's test vectors.
        let mut r = Rng { state: [1, 2, 3, 4], spare: None };
        assert_eq!([r.next_u64(), r.next_u64(), r.next_u64()], [11520, 0, 1_509_978_240]);
    }

    #[test]
    fn moments_of_the_draws_are_those_of_the_laws() {
        let mut r = Rng::new(1);
        let n = 100_000;
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let u: Vec<f64> = (0..n).map(|_| r.uniform()).collect();
        let z: Vec<f64> = (0..n).map(|_| r.normal()).collect();
        let g: Vec<f64> = (0..n).map(|_| r.gamma(0.7)).collect();
        assert!((mean(&u) - 0.5).abs() < 0.005 && mean(&z).abs() < 0.015 && (mean(&g) - 0.7).abs() < 0.015);
        let square: Vec<f64> = z.iter().map(|v| v * v).collect();
        assert!((mean(&square) - 1.0).abs() < 0.02);
    }

    #[test]
    fn samples_are_distinct_and_shuffles_keep_all() {
        let mut r = Rng::new(7);
        let s = r.sample(1000, 100);
        assert_eq!(s.len(), 100);
        assert!(s.windows(2).all(|w| w[0] < w[1]));
        let mut v: Vec<usize> = (0..50).collect();
        r.shuffle(&mut v);
        assert_ne!(v, (0..50).collect::<Vec<_>>());
        v.sort_unstable();
        assert_eq!(v, (0..50).collect::<Vec<_>>());
        assert_ne!(Rng::stream(1, 0).next_u64(), Rng::stream(1, 1).next_u64());
    }
}

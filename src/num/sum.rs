//! Sums that do not depend on the order of their terms.
//!
//! Method: Radford M. Neal, "Fast exact summation using small and large superaccumulators" (2015), the small one: the exact sum is kept as a
//! fixed-point number and rounded once. Hence order, chunking and merging cannot change a printed figure.

/// Bits per chunk; a chunk holds signed carries above them.
const CHUNK_BITS: u32 = 32;
/// 2^-1074 … 2^1024 in chunks of 32 bits, with room for 2^30 carries.
const CHUNKS: usize = 68;
/// Terms that may be added before chunks must be normalised: each adds less than 2^32 to a chunk of 63 bits.
const TERMS_BEFORE_CARRY: u32 = 1 << 29;

/// An exact accumulator of f64 terms.
#[derive(Clone, Debug)]
pub struct ExactSum {
    chunks: [i64; CHUNKS],
    pending: u32,
    /// Sum of the infinite and NaN terms: decides the result alone once there is one.
    special: f64,
    has_special: bool,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { chunks: [0; CHUNKS], pending: 0, special: 0.0, has_special: false }
    }
}

impl ExactSum {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, x: f64) {
        let bits = x.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as u32;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0x7ff {
            self.special += x;
            self.has_special = true;
            return;
        }
        // Position of the lowest mantissa bit above 2^-1074.
        let (mantissa, shift) = if exponent == 0 { (fraction, 0) } else { (fraction | 1 << 52, exponent - 1) };
        let (chunk, offset) = ((shift / CHUNK_BITS) as usize, shift % CHUNK_BITS);
        let wide = u128::from(mantissa) << offset;
        let parts = [wide as u32, (wide >> 32) as u32, (wide >> 64) as u32];
        for (i, part) in parts.into_iter().enumerate() {
            let part = i64::from(part);
            self.chunks[chunk + i] += if x.is_sign_negative() { -part } else { part };
        }
        self.pending += 1;
        if self.pending >= TERMS_BEFORE_CARRY {
            self.carry();
        }
    }

    /// Adds another accumulator: the result is that of adding all of its terms.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (a, b) in self.chunks.iter_mut().zip(other.chunks) {
            *a += b;
        }
        self.carry();
        if other.has_special {
            self.special += other.special;
            self.has_special = true;
        }
    }

    /// Brings every chunk but the last into 0 … 2^32 − 1.
    fn carry(&mut self) {
        let mut carry = 0i64;
        for chunk in &mut self.chunks[..CHUNKS - 1] {
            let v = *chunk + carry;
            carry = v >> CHUNK_BITS;
            *chunk = v & 0xffff_ffff;
        }
        self.chunks[CHUNKS - 1] += carry;
        self.pending = 1;
    }

    /// The exact sum, rounded to the nearest double (ties to even).
    pub fn value(&self) -> f64 {
        if self.has_special {
            return self.special;
        }
        let mut normal = self.clone();
        normal.carry();
        let negative = normal.chunks[CHUNKS - 1] < 0;
        if negative {
            for chunk in &mut normal.chunks {
                *chunk = -*chunk;
            }
            normal.carry();
        }
        let Some(top) = (0..CHUNKS).rev().find(|&i| normal.chunks[i] != 0) else { return 0.0 };
        // The leading 128 bits, with everything below folded into the lowest one: enough to round 53 bits correctly.
        let chunk = |i: usize| normal.chunks[i] as u128;
        let mut wide = chunk(top) << 64;
        let mut low = top;
        for shift in [32, 0] {
            if low > 0 {
                low -= 1;
                wide |= chunk(low) << shift;
            } else {
                wide <<= 0;
            }
        }
        let used = top - low;
        if (0..low).any(|i| normal.chunks[i] != 0) {
            wide |= 1;
        }
        wide >>= 32 * (2 - used);
        let bits_to_units = (low as i32) * CHUNK_BITS as i32 - 1074;
        let value = scale(wide, bits_to_units);
        if negative { -value } else { value }
    }
}

/// `wide` × 2^exponent, rounded once: normal results round in the conversion, subnormal ones need no rounding since bits below 2^-1074 do not exist.
fn scale(wide: u128, exponent: i32) -> f64 {
    let rounded = wide as f64;
    // Two steps, so that 2^exponent itself never leaves the range of a double.
    let half = exponent / 2;
    rounded * 2f64.powi(half) * 2f64.powi(exponent - half)
}

/// The correctly rounded sum, the same for every order of the terms.
pub fn sum(values: &[f64]) -> f64 {
    let mut s = ExactSum::new();
    for &v in values {
        s.add(v);
    }
    s.value()
}

/// The correctly rounded sum of an iterator's terms.
pub fn sum_of(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut s = ExactSum::new();
    for v in values {
        s.add(v);
    }
    s.value()
}

/// Arithmetic mean from the exact sum; `None` when empty.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values) / values.len() as f64)
}

/// Neumaier's compensated sum: for hot loops where the order of terms is fixed.
pub fn compensated(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut s, mut c) = (0.0f64, 0.0f64);
    for v in values {
        let t = s + v;
        c += if s.abs() >= v.abs() { (s - t) + v } else { (v - t) + s };
        s = t;
    }
    s + c
}

/// Sums of many terms of known size, the same for every order of the terms and as fast as a loop of doubles.
///
/// Method: J. Demmel and H. D. Nguyen, "Fast reproducible floating-point summation" (2013), with three folds: each term is cut at grids that
/// depend on the bound and the number of terms alone, so coarse that the sum of the cut parts is exact. What the third grid drops is below
/// 2^−95 of bound × terms for a million terms.
#[derive(Clone, Copy, Debug)]
pub struct Folds {
    /// 1.5 · 2^e of each fold: adding and subtracting it rounds to multiples of 2^(e − 52).
    grids: [f64; 3],
}

impl Folds {
    /// For at most `terms` terms of at most `bound` in size; `None` where the grids would leave the range of a double.
    pub fn new(bound: f64, terms: usize) -> Option<Self> {
        let total = bound * terms.max(2) as f64;
        if !(1e-200..=1e290).contains(&total) {
            return None;
        }
        // 2^e ≥ bound · terms; the rest of a fold is at most 2^(e − 53) a term.
        let above = |v: f64| ((v.to_bits() >> 52) & 0x7ff) as i32 - 1022;
        let (first, room) = (above(total), above(terms.max(2) as f64));
        let e = [first, first - 53 + room, first - 106 + 2 * room];
        Some(Self { grids: e.map(|e| 1.5 * 2f64.powi(e)) })
    }

    /// Adds one term to the parts of a sum.
    #[inline(always)]
    pub fn add(&self, parts: &mut [f64; 3], term: f64) {
        let mut rest = term;
        for (part, grid) in parts.iter_mut().zip(self.grids) {
            let cut = (rest + grid) - grid;
            *part += cut;
            rest -= cut;
        }
    }

    pub fn value(parts: [f64; 3]) -> f64 {
        parts[0] + (parts[1] + parts[2])
    }
}

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m, x| if x.abs() > m || x.is_nan() { x.abs() } else { m })
}

/// Σ a·b, the same for every order of the pairs: the rounded products are summed in [`Folds`], or exactly where their size forbids that.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let products = || a.iter().zip(b).map(|(x, y)| x * y);
    let Some(folds) = Folds::new(largest(a) * largest(b), a.len()) else { return sum_of(products()) };
    // Four lanes: partial sums are exact, so how they are split does not show.
    let mut lanes = [[0.0; 3]; 4];
    let (ca, cb) = (a.chunks_exact(4), b.chunks_exact(4));
    for (x, y) in ca.remainder().iter().zip(cb.remainder()) {
        folds.add(&mut lanes[0], x * y);
    }
    for (x, y) in ca.zip(cb) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            folds.add(lane, x * y);
        }
    }
    Folds::value([0, 1, 2].map(|f| (lanes[0][f] + lanes[1][f]) + (lanes[2][f] + lanes[3][f])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cancellation_leaves_the_small_term() {
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[1e308, 1e308, -1e308, -1e308, 5e-324]), 5e-324);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[-0.1; 10]), -1.0);
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[1e308, 1e308]), f64::INFINITY);
        assert_eq!(sum(&[5e-324, 5e-324]), 1e-323);
        assert_eq!(sum(&[2f64.powi(53), 1.0, 2f64.powi(-60)]), 2f64.powi(53) + 2.0, "the sticky bit breaks the tie");
        assert_eq!(sum(&[2f64.powi(53), 1.0]), 2f64.powi(53), "ties go to even");
    }

    #[test]
    fn products_of_any_size_are_summed() {
        assert_eq!(dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
        assert_eq!(dot(&[], &[]), 0.0);
        assert_eq!(dot(&[0.0, 0.0], &[1.0, 2.0]), 0.0);
        assert_eq!(dot(&[1e200, 1.0], &[1e105, 1.0]), 1e305, "beyond the grids");
        assert_eq!(dot(&[1e-150, 1e-150], &[1e-150, 1e-150]), 2e-300);
        assert!(dot(&[f64::NAN, 1.0], &[1.0, 1.0]).is_nan());
        assert_eq!(dot(&[1e16, 1.0, -1e16], &[1.0, 1.0, 1.0]), 1.0);
    }

    proptest! {
        #[test]
        fn the_order_of_products_does_not_matter(
            pairs in proptest::collection::vec((-1e3f64..1e3, -1e-3f64..1e6), 0..300), turn in 0usize..300
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let whole = dot(&a, &b);
            let mut moved = pairs.clone();
            moved.rotate_left(if pairs.is_empty() { 0 } else { turn % pairs.len() });
            moved.reverse();
            let (c, d): (Vec<f64>, Vec<f64>) = moved.into_iter().unzip();
            prop_assert_eq!(dot(&c, &d).to_bits(), whole.to_bits());
            // Nothing is lost against the exact sum of the same products.
            let exact = sum_of(a.iter().zip(&b).map(|(x, y)| x * y));
            prop_assert!((whole - exact).abs() <= 1e-15 * exact.abs().max(1e-12), "{} {}", whole, exact);
        }

        #[test]
        fn order_and_chunks_do_not_matter(mut v in proptest::collection::vec(-1e12f64..1e12, 0..200), cut in 0usize..200) {
            let whole = sum(&v);
            let cut = cut.min(v.len());
            let mut left = ExactSum::new();
            let mut right = ExactSum::new();
            v[..cut].iter().for_each(|&x| left.add(x));
            v[cut..].iter().for_each(|&x| right.add(x));
            left.merge(&right);
            prop_assert_eq!(left.value().to_bits(), whole.to_bits());
            v.reverse();
            prop_assert_eq!(sum(&v).to_bits(), whole.to_bits());
        }

        #[test]
        fn integers_are_exact(v in proptest::collection::vec(-1_000_000_000i64..1_000_000_000, 0..300)) {
            let exact: i64 = v.iter().sum();
            let terms: Vec<f64> = v.iter().map(|&x| x as f64).collect();
            prop_assert_eq!(sum(&terms), exact as f64);
        }
    }
}

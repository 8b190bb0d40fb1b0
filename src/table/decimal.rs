//! Decimal fractions as the doubles nearest to them.

/// Powers of ten up to here, and whole numbers up to 2^53, are doubles: dividing one by the other rounds once.
const EXACT_POWER: u32 = 22;
const EXACT_WHOLE: u64 = 1 << 53;

/// The double nearest to `mantissa` × 10^−`scale`, ties to even, as a parser of the written number gives it.
#[inline]
pub fn nearest(mantissa: i64, scale: u32) -> f64 {
    if mantissa.unsigned_abs() <= EXACT_WHOLE && scale <= EXACT_POWER {
        return mantissa as f64 / 10f64.powi(scale as i32);
    }
    long(mantissa, scale)
}

/// More digits than a double holds: rounding the mantissa first would round twice.
#[cold]
fn long(mantissa: i64, scale: u32) -> f64 {
    format!("{mantissa}e-{scale}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::rng::Rng;

    #[test]
    fn as_the_written_number_is_read() {
        let mut rng = Rng::new(4);
        for _ in 0..20_000 {
            let mantissa = (rng.uniform() * 1e18) as i64 / 10i64.pow(rng.below(18) as u32) + 1;
            let scale = rng.below(19) as u32;
            let written: f64 = format!("-{mantissa}e-{scale}").parse().expect("a number");
            assert_eq!(nearest(-mantissa, scale).to_bits(), written.to_bits(), "{mantissa} {scale}");
        }
        // Rounded to a double before the division, this one ends one unit off.
        assert_eq!(Ok(nearest(99_999_999_997_641_785, 8)), "999999999.97641785".parse());
    }
}

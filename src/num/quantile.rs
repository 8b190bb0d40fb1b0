//! Quantiles of type 7 (Hyndman and Fan 1996): linear between order statistics, the default of R, NumPy and Excel.

/// Type 7 quantile of ascending values; `p` in 0–1. `None` when empty.
pub fn sorted(values: &[f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let h = last as f64 * p.clamp(0.0, 1.0);
    let low = h.floor() as usize;
    let (a, b) = (*values.get(low)?, *values.get((low + 1).min(last))?);
    Some(interpolate(a, b, h - low as f64))
}

fn interpolate(a: f64, b: f64, t: f64) -> f64 {
    if t == 0.0 || a == b { a } else { a + (b - a) * t }
}

/// Type 7 quantile by selection, O(n); reorders `values`.
pub fn select(values: &mut [f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let h = last as f64 * p.clamp(0.0, 1.0);
    let low = h.floor() as usize;
    let (_, &mut a, above) = values.select_nth_unstable_by(low, f64::total_cmp);
    let t = h - low as f64;
    if t == 0.0 {
        return Some(a);
    }
    let b = above.iter().copied().min_by(f64::total_cmp)?;
    Some(interpolate(a, b, t))
}

/// Sorts a copy (`total_cmp`) and returns it.
pub fn ascending(values: &[f64]) -> Vec<f64> {
    let mut v = values.to_vec();
    v.sort_unstable_by(f64::total_cmp);
    v
}

/// Median of unsorted values.
pub fn median(values: &[f64]) -> Option<f64> {
    select(&mut values.to_vec(), 0.5)
}

/// Raw median absolute deviation around `centre` (multiply by 1.4826 for a normal sd).
pub fn mad(values: &[f64], centre: f64) -> Option<f64> {
    let mut d: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    select(&mut d, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        let v = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(sorted(&v, 0.25), Some(1.75));
        assert_eq!(sorted(&v, 0.5), Some(2.5));
        assert_eq!(sorted(&v, 1.0), Some(4.0));
        assert_eq!(sorted(&[], 0.5), None);
        assert_eq!(mad(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0], 2.0), Some(1.0));
    }

    proptest! {
        #[test]
        fn selection_agrees_with_sorting(v in proptest::collection::vec(-1e6f64..1e6, 1..100), p in 0.0f64..=1.0) {
            let s = ascending(&v);
            let q = sorted(&s, p).unwrap();
            prop_assert_eq!(select(&mut v.clone(), p), Some(q));
            prop_assert!(s[0] <= q && q <= s[s.len() - 1]);
        }
    }
}

//! Eight bytes at a time: loading, comparing, hashing and converting the short texts that cells are.

/// The eight bytes from `at` on as a little-endian word; bytes beyond the end are 0.
#[inline(always)]
pub fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
        Some(b) => u64::from_le_bytes(b),
        None => load_tail(bytes, at),
    }
}

#[cold]
fn load_tail(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).unwrap_or_default().iter().take(8).rev().fold(0, |w, &b| w << 8 | u64::from(b))
}

/// The first `n` (0–8) bytes of a word; the others 0.
#[inline(always)]
pub fn keep(word: u64, n: usize) -> u64 {
    if n >= 8 { word } else { word & ((1u64 << (8 * n)) - 1) }
}

#[inline(always)]
pub fn same(a: &[u8], a_at: usize, b: &[u8], b_at: usize, len: usize) -> bool {
    if len <= 8 {
        return keep(load(a, a_at) ^ load(b, b_at), len) == 0;
    }
    let mut i = 0;
    while i + 8 < len {
        if load(a, a_at + i) != load(b, b_at + i) {
            return false;
        }
        i += 8;
    }
    // The last word overlaps the one before.
    load(a, a_at + len - 8) == load(b, b_at + len - 8)
}

/// A text of at most [`SHORT`] bytes: its bytes, zeros behind them, and its length in the last one.
pub type Short = [u64; 3];

pub const SHORT: usize = 23;

/// No short text: none is that long.
pub const LONG: Short = [0, 0, 0xff << 56];

/// By length: which bits of three words a short text has.
static KEPT: [Short; SHORT + 1] = {
    let mut kept = [[0; 3]; SHORT + 1];
    let mut byte = 0;
    while byte < SHORT {
        let mut len = byte + 1;
        while len <= SHORT {
            kept[len][byte / 8] |= 0xff << (8 * (byte % 8));
            len += 1;
        }
        byte += 1;
    }
    kept
};

#[inline(always)]
pub fn short(bytes: &[u8], at: usize, len: usize) -> Option<Short> {
    let kept = KEPT.get(len)?;
    let [a, b, c] = match bytes.get(at..at + 24) {
        Some(near) => [load(near, 0), load(near, 8), load(near, 16)],
        None => [load_tail(bytes, at), load_tail(bytes, at + 8), load_tail(bytes, at + 16)],
    };
    Some([a & kept[0], b & kept[1], c & kept[2] | (len as u64) << 56])
}

/// The bytes of a short text, zeros and its length behind them; and its length.
pub fn spell(&[a, b, c]: &Short) -> ([u8; 24], usize) {
    let mut bytes = [0; 24];
    for (eight, word) in bytes.chunks_exact_mut(8).zip([a, b, c]) {
        eight.copy_from_slice(&word.to_le_bytes());
    }
    (bytes, (c >> 56) as usize)
}

/// ASCII alone, and neither at the front nor at the end a character that may be no part of the text (`value::text`).
#[inline(always)]
pub fn is_bare(short: &Short) -> bool {
    let [a, b, c] = *short;
    let len = (c >> 56) as usize;
    let first = a as u8;
    let last = len.checked_sub(1).map_or(0, |i| (short[i / 8] >> (8 * (i % 8))) as u8);
    (a | b | c) & 0x8080_8080_8080_8080 == 0 && !matches!(first, b'=' | b'\'' | b'\t') && last != b'\t'
}

#[inline(always)]
pub fn is(a: &Short, b: &Short) -> bool {
    (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) == 0
}

/// Whether `a` comes after `b`: by the first byte that differs, length last.
#[inline(always)]
pub fn above(a: &Short, b: &Short) -> bool {
    let word = if a[0] != b[0] { 0 } else { 1 + usize::from(a[1] == b[1]) };
    let first = (a[word] ^ b[word]).trailing_zeros() & 56;
    (a[word] >> first) as u8 > (b[word] >> first) as u8
}

const M: u64 = 0xff51_afd7_ed55_8ccd;

/// Not for hostile keys of millions, but mixed well enough that they cost time only in proportion.
#[inline(always)]
pub fn hash_short(&[a, b, c]: &Short) -> u32 {
    // Three products side by side, then all bits into the upper half.
    let h = a.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(21)
        ^ c.wrapping_mul(0x1656_67b1_9e37_79f9).rotate_left(42);
    ((h ^ h >> 32).wrapping_mul(M) >> 32) as u32
}

#[inline(always)]
pub fn hash(bytes: &[u8], at: usize, len: usize) -> u32 {
    short(bytes, at, len).as_ref().map_or_else(|| hash_long(bytes, at, len), hash_short)
}

fn hash_long(bytes: &[u8], at: usize, len: usize) -> u32 {
    let mut h = (len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut i = 0;
    while i + 8 < len {
        h = (h ^ load(bytes, at + i)).wrapping_mul(M);
        h ^= h >> 32;
        i += 8;
    }
    h = (h ^ keep(load(bytes, at + i), len - i)).wrapping_mul(M);
    h ^= h >> 29;
    (h.wrapping_mul(M) >> 32) as u32
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

#[inline(always)]
fn all_digits(w: u64) -> bool {
    ((w & 0xf0f0_f0f0_f0f0_f0f0) | ((w.wrapping_add(0x0606_0606_0606_0606) & 0xf0f0_f0f0_f0f0_f0f0) >> 4))
        == 0x3333_3333_3333_3333
}

/// Eight ASCII digits, the first in the lowest byte.
#[inline(always)]
fn eight(w: u64) -> u64 {
    let w = (w & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(2561) >> 8;
    let w = (w & 0x00ff_00ff_00ff_00ff).wrapping_mul(6_553_601) >> 16;
    (w & 0x0000_ffff_0000_ffff).wrapping_mul(42_949_672_960_001) >> 32
}

/// `len` (1–8) digits from `at` on.
#[inline(always)]
pub fn digits(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let up = 64 - 8 * len as u32;
    let w = load(bytes, at).checked_shl(up).unwrap_or(0) | ZEROS.checked_shr(64 - up).unwrap_or(0);
    all_digits(w).then(|| eight(w))
}

/// A number in the plain form `-?(0|[1-9][0-9]*)(\.[0-9]+)?` of at most 16 digits: mantissa and decimals.
/// Everything else, `-0` too, is `None` and goes the general way.
#[inline(always)]
pub fn number(bytes: &[u8], start: usize, end: usize) -> Option<(i64, u32)> {
    let negative = bytes.get(start) == Some(&b'-');
    let at = start + usize::from(negative);
    let len = end.wrapping_sub(at);
    let first = *bytes.get(at)?;
    let (value, decimals) =
        if len.wrapping_sub(1) < 8 { short_number(bytes, at, len)? } else { long_number(bytes, at, len)? };
    // A leading zero is canonical only as `0` or `0.…`.
    if first == b'0' && len != 1 && (decimals == 0 || decimals as usize + 2 != len) {
        return None;
    }
    if negative { (value != 0).then_some((-value, decimals)) } else { Some((value, decimals)) }
}

#[inline(always)]
fn short_number(bytes: &[u8], at: usize, len: usize) -> Option<(i64, u32)> {
    let up = 64 - 8 * len as u32;
    let right = load(bytes, at) << up;
    // The lowest byte that is a point; borrow makes only higher ones unreliable.
    let x = right ^ 0x2e2e_2e2e_2e2e_2e2e;
    let points = x.wrapping_sub(0x0101_0101_0101_0101) & !x & 0x8080_8080_8080_8080;
    if points == 0 {
        let w = right | ZEROS.checked_shr(64 - up).unwrap_or(0);
        return all_digits(w).then(|| (eight(w) as i64, 0));
    }
    let bit = points.trailing_zeros() & !7;
    let decimals = (56 - bit) / 8;
    if decimals == 0 || bit == up {
        return None;
    }
    let behind = !0u64 << (bit + 8);
    let w = (right & behind) | ((right << 8) & !behind) | (ZEROS >> (56 - up));
    all_digits(w).then(|| (eight(w) as i64, decimals))
}

/// Nine digits and more: in two words where nothing but digits stands there.
#[inline(never)]
fn long_number(bytes: &[u8], at: usize, len: usize) -> Option<(i64, u32)> {
    if len == 0 || len > 17 {
        return None;
    }
    if len <= 16
        && let (Some(high), Some(low)) = (digits(bytes, at, len - 8), digits(bytes, at + len - 8, 8))
    {
        return Some(((high * 100_000_000 + low) as i64, 0));
    }
    let text = bytes.get(at..at + len)?;
    let mut value = 0i64;
    let mut point = None;
    for (i, &b) in text.iter().enumerate() {
        let digit = b.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + i64::from(digit);
        } else if b == b'.' && point.is_none() && i > 0 && i + 1 < len {
            point = Some(i);
        } else {
            return None;
        }
    }
    let decimals = point.map_or(0, |p| len - 1 - p);
    (len - usize::from(point.is_some()) <= 16).then_some((value, decimals as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_spelled_and_found_bare() {
        let text = b"abcdefghijklmnopqrstuvwxyz";
        for len in 0..=SHORT {
            let short = short(text, 1, len).expect("short enough");
            let (bytes, n) = spell(&short);
            assert_eq!(&bytes[..n], &text[1..1 + len]);
            assert!(is_bare(&short));
        }
        assert!(short(text, 1, SHORT + 1).is_none());
        let bare = |t: &str| is_bare(&short(t.as_bytes(), 0, t.len()).expect("short enough"));
        for odd in ["=\"1\"", "'00123", "\t1", "1\t", "é", "12345678901234567890\t", "123456789012345é"] {
            assert!(!bare(odd), "{odd:?}");
        }
        assert!(bare("a=b't\tc") && bare(" spaces ") && bare(""));
    }

    #[test]
    fn short_texts_have_an_order() {
        let texts: Vec<String> = ["", "\0", "\0a", "a", "a\0", "ab", "b", "é"].map(String::from).to_vec();
        let texts = texts.iter().cloned().chain((0..3).map(|i| format!("{}{i}", "x".repeat(10 * i))));
        let mut shorts: Vec<Short> = texts.map(|t| short(t.as_bytes(), 0, t.len()).expect("short enough")).collect();
        shorts.sort_by_key(|s| s.map(u64::swap_bytes));
        for (i, a) in shorts.iter().enumerate() {
            for (k, b) in shorts.iter().enumerate() {
                assert_eq!(above(a, b), i > k, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn plain_numbers_are_converted_and_all_others_refused() {
        let padded = |t: &str| format!("x{t}yyyyyyyyyyyyyyyyy").into_bytes();
        for (text, value) in [
            ("0", Some((0, 0))),
            ("7", Some((7, 0))),
            ("-7", Some((-7, 0))),
            ("12345678", Some((12_345_678, 0))),
            ("123456789", Some((123_456_789, 0))),
            ("1234567890123456", Some((1_234_567_890_123_456, 0))),
            ("16.82", Some((1682, 2))),
            ("0.5", Some((5, 1))),
            ("-0.05", Some((-5, 2))),
            ("123456.7", Some((1_234_567, 1))),
            ("1.234567", Some((1_234_567, 6))),
            ("123456789.25", Some((12_345_678_925, 2))),
            ("", None),
            ("-", None),
            ("-0", None),
            ("007", None),
            ("00", None),
            ("00.5", None),
            ("01234567", None),
            ("0123456789", None),
            (".5", None),
            ("5.", None),
            ("1.2.3", None),
            ("12a", None),
            ("1,234", None),
            (" 12", None),
            ("1e5", None),
            ("+5", None),
            ("12345678901234567890", None),
            ("/:", None),
            ("1.2345678.9", None),
        ] {
            let bytes = padded(text);
            assert_eq!(number(&bytes, 1, 1 + text.len()), value, "{text:?} with bytes behind");
            assert_eq!(number(&bytes[..1 + text.len()], 1, 1 + text.len()), value, "{text:?} at the end");
        }
    }

    #[test]
    fn texts_compare_and_hash_by_their_own_bytes_only() {
        let a = b"..abcdefghijklmnopq!!";
        let b = b"abcdefghijklmnopqZZZZZZZZ";
        for len in 0..=17 {
            assert!(same(a, 2, b, 0, len));
            assert_eq!(short(a, 2, len), short(b, 0, len));
            assert_eq!(hash(a, 2, len), hash(b, 0, len));
            if len > 0 {
                assert!(!same(a, 1, b, 0, len), "{len}");
            }
        }
        assert!(!same(a, 2, b, 0, 18));
        assert!(short(b, 0, SHORT).is_some() && short(b, 0, SHORT + 1).is_none());
    }
}

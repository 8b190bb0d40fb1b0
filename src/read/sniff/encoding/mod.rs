//! Which encoding a file is in, from its bytes.
//!
//! Marks at the beginning, then validity, then how much the text looks like text: UTF-8 is proven by its own grammar,
//! two-byte encodings by rows and frequent characters, one-byte encodings by alphabets. Transcoding is the platform's work.

mod double;
mod single;

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detected {
    /// A WHATWG label.
    pub label: &'static str,
    /// 0–1.
    pub confidence: f64,
    /// Bytes of the mark of encoding at the beginning; not part of the text.
    pub bom: usize,
}

/// Bytes that are enough.
const ENOUGH: usize = 256 << 10;

/// Detects the encoding of a file from its beginning.
pub fn detect(bytes: &[u8]) -> Detected {
    let found = |label, confidence, bom| Detected { label, confidence, bom };
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => return found("utf-8", 1.0, 3),
        [0xff, 0xfe, ..] => return found("utf-16le", 1.0, 2),
        [0xfe, 0xff, ..] => return found("utf-16be", 1.0, 2),
        [0x84, 0x31, 0x95, 0x33, ..] => return found("gb18030", 1.0, 4),
        _ => {}
    }
    let bytes = bytes.get(..ENOUGH).unwrap_or(bytes);
    if let Some((label, confidence)) = utf16(bytes) {
        return found(label, confidence, 0);
    }
    if bytes.is_ascii() {
        // Seven-bit Japanese switches its sets by escapes.
        let escape = bytes.windows(3).any(|w| matches!(w, [0x1b, b'$', b'B' | b'@']));
        return if escape { found("iso-2022-jp", 0.99, 0) } else { found("utf-8", 1.0, 0) };
    }
    let (wide, wrong) = utf8(bytes);
    if wrong == 0 {
        // Two-byte letters can be an accident, ten of them cannot.
        return found("utf-8", if wide >= 4 { 1.0 } else { 0.9 }, 0);
    }
    if wide >= 20 * wrong {
        return found("utf-8", 0.8, 0);
    }
    // Prior weights where scores come close: GB 18030 and windows-1252 are what customer files are in.
    let (alphabet, single) = single::best(bytes);
    let mut best = (alphabet, single);
    for (label, score) in [
        ("gb18030", double::gb18030(bytes)),
        ("big5", double::big5(bytes)),
        ("shift_jis", double::shift_jis(bytes)),
        ("euc-jp", double::euc_jp(bytes)),
        ("euc-kr", double::euc_kr(bytes)),
    ] {
        if score > best.1 {
            best = (label, score);
        }
    }
    if best.1 < 0.2 {
        return found("windows-1252", 0.1, 0);
    }
    found(best.0, (best.1 * 0.95).min(0.99), 0)
}

/// Characters of several bytes, and bytes that are no UTF-8 (a last character cut by the sample's end is not wrong).
fn utf8(bytes: &[u8]) -> (usize, usize) {
    let (mut wide, mut wrong) = (0, 0);
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return (wide + firsts(rest), wrong),
            Err(e) => {
                let (good, bad) = rest.split_at(e.valid_up_to());
                wide += firsts(good);
                let Some(skip) = e.error_len() else { return (wide, wrong) };
                wrong += 1;
                // A file with so many wrong bytes is no UTF-8; no need to count on.
                if wrong > 1000 {
                    return (wide, wrong);
                }
                rest = bad.get(skip..).unwrap_or_default();
            }
        }
    }
}

/// First bytes of characters of several bytes, in UTF-8.
fn firsts(text: &[u8]) -> usize {
    text.iter().filter(|b| **b >= 0xc0).count()
}

/// UTF-16 without a mark: zeros, newlines and commas stand on one side of the pairs.
fn utf16(bytes: &[u8]) -> Option<(&'static str, f64)> {
    let pairs = bytes.chunks_exact(2);
    let n = pairs.len();
    // Blanks, digits and line ends of any script leave zeros.
    if n < 4 || !bytes.contains(&0) {
        return None;
    }
    let (mut little, mut big, mut little_bad, mut big_bad) = (0usize, 0usize, 0usize, 0usize);
    for pair in pairs {
        let ascii = |b: u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
        little += usize::from(pair[1] == 0 && ascii(pair[0]));
        big += usize::from(pair[0] == 0 && ascii(pair[1]));
        // Unassigned and private code units.
        let bad = |unit: u16| matches!(unit, 0 | 0xe000..=0xf8ff | 0xfffe | 0xffff) || matches!(unit, 1..=8);
        little_bad += usize::from(bad(u16::from_le_bytes([pair[0], pair[1]])));
        big_bad += usize::from(bad(u16::from_be_bytes([pair[0], pair[1]])));
    }
    // An 8-bit text with stray zeros has line ends too, but no zero beside them.
    let lines = |unit: [u8; 2]| bytes.chunks_exact(2).any(|p| p == unit) || !bytes.contains(&b'\n');
    // Text in any script has blanks, digits or line ends; text in an 8-bit encoding has no zeros.
    if little > big && little * 25 >= n && little_bad * 100 <= n && lines(*b"\n\0") {
        return Some(("utf-16le", if little * 4 >= n { 0.99 } else { 0.85 }));
    }
    if big > little && big * 25 >= n && big_bad * 100 <= n && lines(*b"\0\n") {
        return Some(("utf-16be", if big * 4 >= n { 0.99 } else { 0.85 }));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_grammar() {
        for (bytes, label, bom) in [
            (&b"\xef\xbb\xbfa,b"[..], "utf-8", 3),
            (b"\xff\xfea\0", "utf-16le", 2),
            (b"\xfe\xff\0a", "utf-16be", 2),
            (b"a\0,\0b\0\n\0" as &[u8], "utf-16le", 0),
            (b"\0a\0,\0b\0\n", "utf-16be", 0),
            (b"id,n\n0,a\0b\n1,a\0b\n2,a\0b\n", "utf-8", 0),
            (b"id,nn\n0,a\0b\n1,a\0b\n2,a\0b\n", "utf-8", 0),
            (b"", "utf-8", 0),
            (b"plain", "utf-8", 0),
            ("客户,金额\n张三,5\n".as_bytes(), "utf-8", 0),
            ("caf\u{e9}".as_bytes(), "utf-8", 0),
            (b"caf\xe9,cr\xe8me\n", "windows-1252", 0),
            (b"\xbf\xcd\xbb\xa7,\xbd\xf0\xb6\xee\n\xd5\xc5\xc8\xfd,5\n", "gb18030", 0),
            (b"\x1b$B4A;z\x1b(B", "iso-2022-jp", 0),
        ] {
            let d = detect(bytes);
            assert_eq!((d.label, d.bom), (label, bom), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_character_cut_by_the_sample_is_not_wrong() {
        let text = "客户金额".as_bytes();
        assert_eq!(detect(&text[..text.len() - 1]).label, "utf-8");
    }
}

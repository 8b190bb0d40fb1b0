//! What a column's values look like, from a sample of its rows.

use std::collections::HashMap;

use crate::table::{Column, Type};
use crate::text::name::words;

/// Rows looked at: half of them at the beginning (lines of one order stand together), half spread over the table.
const SAMPLE: usize = 2000;

#[derive(Clone, Debug)]
pub struct Profile {
    pub words: Vec<String>,
    pub kind: Type,
    /// Present cells in the sample.
    pub n: usize,
    pub distinct: usize,
    /// Shares of the present cells.
    pub email: f64,
    pub phone: f64,
    pub national_id: f64,
    /// `#1001`
    pub hash_number: f64,
    /// Mean number of characters.
    pub length: f64,
    /// Share of text cells with a blank, or of more than 12 Han characters: sentences.
    pub sentences: f64,
    /// Numbers 1, 2, 3 … in row order.
    pub counts_up: bool,
    pub min: f64,
    pub max: f64,
    pub whole: bool,
}

impl Profile {
    pub fn of(column: &Column) -> Self {
        let rows = column.len();
        let picked: Vec<usize> = if rows <= SAMPLE {
            (0..rows).collect()
        } else {
            let spread = (0..SAMPLE / 2).map(|i| SAMPLE / 2 + i * (rows - SAMPLE / 2) / (SAMPLE / 2));
            (0..SAMPLE / 2).chain(spread).collect()
        };
        let mut profile = Self {
            words: words(&column.name),
            kind: column.kind,
            n: 0,
            distinct: 0,
            email: 0.0,
            phone: 0.0,
            national_id: 0.0,
            hash_number: 0.0,
            length: 0.0,
            sentences: 0.0,
            counts_up: true,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            whole: true,
        };
        let mut seen: HashMap<String, Looks> = HashMap::new();
        let mut last: Option<f64> = None;
        let numeric = profile.is_number();
        profile.counts_up = numeric;
        for row in picked {
            if column.is_null(row) {
                continue;
            }
            let Some(text) = column.text(row) else { continue };
            let text = text.trim();
            // What one text looks like is found out once.
            let looks = match seen.get(text) {
                Some(looks) => *looks,
                None => *seen.entry(text.to_string()).or_insert(Looks::of(text, numeric)),
            };
            profile.n += 1;
            profile.length += looks.length;
            profile.email += f64::from(u8::from(looks.email));
            profile.phone += f64::from(u8::from(looks.phone));
            profile.national_id += f64::from(u8::from(looks.national_id));
            profile.hash_number += f64::from(u8::from(looks.hash_number));
            profile.sentences += f64::from(u8::from(looks.sentence));
            if let Some(v) = looks.number {
                profile.min = profile.min.min(v);
                profile.max = profile.max.max(v);
                profile.whole &= v.fract() == 0.0;
                profile.counts_up &= last.is_none_or(|l| v > l) && (last.is_some() || (0.0..=1.0).contains(&v));
                last = Some(v);
            }
        }
        profile.distinct = seen.len();
        let n = profile.n.max(1) as f64;
        profile.email /= n;
        profile.phone /= n;
        profile.national_id /= n;
        profile.hash_number /= n;
        profile.length /= n;
        profile.sentences /= n;
        profile.counts_up &= profile.n > 2;
        profile
    }

    pub fn is_number(&self) -> bool {
        matches!(self.kind, Type::Integer | Type::Decimal)
    }
    pub fn is_day(&self) -> bool {
        matches!(self.kind, Type::Date | Type::Timestamp)
    }
    /// Every value of the sample is another one.
    pub fn unique(&self) -> bool {
        self.n > 1 && self.distinct == self.n
    }
    /// Distinct values per present cell.
    pub fn variety(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.distinct as f64 / self.n as f64 }
    }
    pub fn constant(&self) -> bool {
        self.distinct <= 1 && self.n > 1
    }
    /// Whole numbers or text: what can name something.
    pub fn can_name(&self) -> bool {
        self.kind == Type::Text || (self.kind == Type::Integer && self.whole)
    }
}

/// What one text of a column looks like.
#[derive(Clone, Copy)]
struct Looks {
    length: f64,
    email: bool,
    phone: bool,
    national_id: bool,
    hash_number: bool,
    sentence: bool,
    /// In columns of numbers.
    number: Option<f64>,
}

impl Looks {
    fn of(text: &str, numeric: bool) -> Self {
        let bare = || -> String { text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect() };
        // Four words have seven bytes at the least.
        let words = text.len() >= 7 && text.split_whitespace().nth(3).is_some();
        Self {
            length: text.chars().count() as f64,
            email: is_email(text),
            phone: is_phone(text),
            national_id: is_national_id(text),
            hash_number: text.strip_prefix('#').is_some_and(|d| d.len() > 2 && d.bytes().all(|b| b.is_ascii_digit())),
            sentence: words || text.chars().filter(|c| !c.is_ascii()).count() > 12,
            number: if numeric { bare().parse().ok() } else { None },
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    !user.is_empty()
        && !user.contains(char::is_whitespace)
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && host.chars().all(label)
}

/// Mainland mobile numbers, and international spellings: 7 to 15 digits with the marks of telephone numbers.
fn is_phone(text: &str) -> bool {
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '*' | 'x')) {
        return false;
    }
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let marks = text.len() - digits.len();
    // 2024-03-05 has the marks of a telephone number and is none.
    if text.len() >= 10 && matches!(text.as_bytes()[..2], [b'1', b'9'] | [b'2', b'0']) && text.as_bytes()[4] == b'-' {
        return false;
    }
    let mobile = digits.len() == 11 && digits[0] == b'1' && digits[1] >= b'3' && marks <= 4;
    let marked = (7..=15).contains(&digits.len())
        && (text.starts_with('+')
            || text.starts_with('(')
            || text.bytes().filter(|b| *b == b'-' || *b == b' ').count() >= 2)
        && marks <= 6;
    mobile || marked
}

/// A Chinese identity number: 17 digits and a check digit (GB 11643-1999, weights 2^i mod 11).
fn is_national_id(text: &str) -> bool {
    let b = text.as_bytes();
    if b.len() != 18 || !b[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let sum: u32 = b.iter().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
    CHECKS[(sum % 11) as usize] == b[17].to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_personal_data() {
        assert!(is_email("a.b@example.com") && !is_email("a b@c.d") && !is_email("@x.y") && !is_email("x@y"));
        assert!(
            is_phone("13812345678")
                && is_phone("+44 20 7946 0958")
                && is_phone("138-1234-5678")
                && !is_phone("138****5678")
        );
        assert!(!is_phone("2024-03-05x1") && !is_phone("12345") && !is_phone("41098319944"));
        // The example of the standard.
        assert!(is_national_id("11010519491231002X") && !is_national_id("110105194912310021"));
    }
}

//! Figures in sentences, and small helpers that the model rooms share when they present.

use crate::analysis::Tile;
use crate::error::Words;

/// A figure for a sentence: three significant digits, `12.3k` / `1.23万` from 10,000 on.
pub fn short(v: f64) -> Words {
    let a = v.abs();
    if !v.is_finite() {
        return Words::same("—");
    }
    if a < 9_999.5 {
        return Words::same(sign(v, &significant(a)));
    }
    let scaled = |steps: &[(f64, &str)]| {
        let (unit, name) = steps.iter().rev().find(|s| a >= s.0 * 0.9995).copied().unwrap_or((1.0, ""));
        sign(v, &format!("{}{name}", significant(a / unit)))
    };
    Words::new(
        scaled(&[(1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T")]),
        scaled(&[(1e4, "万"), (1e8, "亿"), (1e12, "万亿")]),
    )
}

fn sign(v: f64, text: &str) -> String {
    if v < 0.0 && text.chars().any(|c| ('1'..='9').contains(&c)) { format!("\u{2212}{text}") } else { text.to_string() }
}

/// Three significant digits without an exponent; whole numbers from 100 on.
fn significant(a: f64) -> String {
    if a == 0.0 || a >= 99.95 {
        return group(&format!("{a:.0}"));
    }
    let digits = (2 - a.log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{a:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// `1234567` → `1,234,567`.
pub fn group(digits: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A count: `1,234`.
pub fn count(n: usize) -> String {
    group(&n.to_string())
}

/// A share: `34.7%`.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "—".into();
    }
    sign(share, &format!("{:.1}%", (share * 100.0).abs()))
}

/// A correlation or another figure of two decimals.
pub fn two(v: f64) -> String {
    if v.is_finite() { sign(v, &format!("{:.2}", v.abs())) } else { "—".into() }
}

/// `p < 0.001` or `p = 0.031`.
pub fn p(p: f64) -> String {
    if p < 0.001 { "p < 0.001".into() } else { format!("p = {p:.3}") }
}

/// A finite figure, or nothing.
pub fn finite(v: f64) -> Option<f64> {
    v.is_finite().then_some(v)
}

/// A tile without a period of comparison.
pub fn tile(
    id: &'static str,
    label: (&str, &str),
    value: Option<f64>,
    format: &'static str,
    says: (&str, &str),
) -> Tile {
    Tile {
        id,
        label: Words::new(label.0, label.1),
        value: value.filter(|v| v.is_finite()),
        format,
        previous: None,
        interval: None,
        usual: None,
        n: None,
        definition: Words::new(says.0, says.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_the_design_language() {
        for (v, en, zh) in [
            (428_400.0, "428k", "42.8万"),
            (184_000_000.0, "184M", "1.84亿"),
            (-1234.4, "−1,234", "−1,234"),
            (0.012_345, "0.0123", "0.0123"),
            (-0.0, "0", "0"),
            (12.0, "12", "12"),
            (10_000.0, "10k", "1万"),
        ] {
            let w = short(v);
            assert_eq!((w.en.as_str(), w.zh.as_str()), (en, zh));
        }
        assert_eq!(percent(0.3466), "34.7%");
        assert_eq!((p(0.0312), p(1e-9)), ("p = 0.031".to_string(), "p < 0.001".to_string()));
    }
}

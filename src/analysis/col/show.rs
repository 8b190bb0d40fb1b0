//! Small helpers that the model rooms share when they present; figures in sentences are those of [`say`](crate::analysis::say).

use crate::analysis::Tile;
use crate::error::Words;

pub use crate::analysis::say::{count, p, percent, short, two};

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

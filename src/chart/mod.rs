//! The chart vocabulary as Apache ECharts options.
//!
//! An option is built once, for both languages and both themes: where a word stands there is a token object, where a
//! colour stands a token name. The page (and the npm package) replaces tokens when it draws, so that switching the
//! language or the theme asks the engine nothing:
//!
//! | in the option | becomes |
//! |---|---|
//! | `{"$words": {"en": "Revenue", "zh": "销售额"}}` | the string of the locale |
//! | `"$color:cat-1"` (any string value starting so) | the value of the design token `--kl-cat-1` in the theme |
//! | `{"$format": "money"}` (as a `formatter` or `valueFormatter`) | a number formatter of the locale: `money`, `count`, `number`, `percent`, `days`, `month` … |

use serde::Serialize;
use serde_json::Value;

use crate::error::Words;

/// One chart of a room.
#[derive(Clone, Debug, Serialize)]
pub struct Chart {
    /// Stable within its analysis: `segments`, `retention`.
    pub id: &'static str,
    /// The finding as a sentence without full stop; what is shown where there is nothing to say.
    pub title: Words,
    /// What is drawn, unit, n, period, what a texture means.
    pub subtitle: Words,
    /// The title and the three numbers that prove it.
    pub alt: Words,
    /// ECharts option with tokens (see the module's text).
    pub option: Value,
    /// Which frame rows stand behind a mark: the frame column a mark's `name` (or `value[i]`) selects on, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drill: Option<Drill>,
}

/// Clicking a mark lists the rows of `frame` where every named column equals the mark's value at `data.drill[column]`.
#[derive(Clone, Debug, Serialize)]
pub struct Drill {
    pub columns: Vec<String>,
}

/// A token for a piece of prose inside an option.
pub fn words(en: impl Into<String>, zh: impl Into<String>) -> Value {
    serde_json::json!({ "$words": { "en": en.into(), "zh": zh.into() } })
}

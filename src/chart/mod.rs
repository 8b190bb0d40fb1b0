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
//! | `{"$format": "money"}` (as a `formatter` or `valueFormatter`) | a number formatter of the locale: `money`, `count`, `number`, `percent`, `points`, `days`, `date`, `period` |
//!
//! The vocabulary: [`lines`], [`fan`], [`steps`] · [`bars`], [`diverging`], [`columns`], [`histogram`], [`waterfall`],
//! [`pareto`] · [`heat_map`], [`matrix`] · [`scatter`], [`cloud`], [`dumbbell`] · [`sankey`]. Each takes plain data and returns a
//! whole option; [`base`] and the axes are there for what they do not cover. Marks are at most [`MOST_MARKS`]: what is
//! more must be binned first; only the points of a [`cloud`], which are no marks, may be up to [`MOST_POINTS`].

mod bar;
mod flow;
mod grid;
mod line;
mod point;
#[cfg(test)]
mod tests;

pub use bar::{Bar, Stack, bars, columns, diverging, histogram, pareto, waterfall};
pub use flow::{Link, sankey};
pub use grid::{Cell, div_step, heat_map, matrix, seq_step};
pub use line::{Fan, Line, Step, fan, lines, steps};
pub use point::{Pair, Point, cloud, dumbbell, scatter, with_diagonal};

use std::f64::consts::FRAC_PI_4;

use serde::Serialize;
use serde_json::{Value, json};

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

/// A token for a formatter of numbers: `format("money")`.
pub fn format(kind: &str) -> Value {
    json!({ "$format": kind })
}

/// No chart draws more marks than this; beyond it a picture is a texture and a browser is slow.
pub const MOST_MARKS: usize = 2000;

/// Points of a [`cloud`]; beyond it they hide each other, and a raster says more.
pub const MOST_POINTS: usize = 50_000;

/// The categorical colour of slot `i` (0-based); beyond eight the rest is context grey.
pub fn slot(i: usize) -> String {
    if i < 8 { format!("$color:cat-{}", i + 1) } else { "$color:context".into() }
}

/// The hatch for what is not finished or not there, over the colour of the mark.
pub fn hatch() -> Value {
    json!({ "symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 3], "rotation": -FRAC_PI_4, "color": "$color:bg" })
}

/// An option with what every chart has: room for labels, rich-text tooltips, a description for screen readers, no motion.
pub fn base(x: Value, y: Value, series: Vec<Value>) -> Value {
    json!({
        "animation": false,
        "aria": { "enabled": true },
        "grid": { "left": 4, "right": 16, "top": 16, "bottom": 4, "containLabel": true },
        "tooltip": { "renderMode": "richText", "confine": true, "trigger": "item" },
        "xAxis": x,
        "yAxis": y,
        "series": series,
    })
}

/// Sets one entry of an option: `with(option, "/grid/right", json!(80))`. Objects on the way must exist.
pub fn with(mut option: Value, pointer: &str, value: Value) -> Value {
    if let Some((parent, key)) = pointer.rsplit_once('/')
        && let Some(Value::Object(map)) = option.pointer_mut(parent)
    {
        map.insert(key.to_string(), value);
    }
    option
}

/// One line of series names under the plot, in their order.
pub fn with_legend(option: Value, names: &[Words]) -> Value {
    let data: Vec<Value> = names.iter().map(token).collect();
    let legend = json!({ "bottom": 0, "left": 0, "icon": "rect", "itemWidth": 12, "itemHeight": 8, "data": data });
    with(with(option, "/legend", legend), "/grid/bottom", json!(28))
}

/// Hovering shows all series at that place of the axis, in full figures.
pub fn axis_tooltip(option: Value, kind: &str) -> Value {
    let tooltip =
        json!({ "renderMode": "richText", "confine": true, "trigger": "axis", "valueFormatter": format(kind) });
    with(option, "/tooltip", tooltip)
}

/// A value axis from zero, its numbers short. `kind` as in [`format`].
pub fn value_axis(kind: &str) -> Value {
    json!({ "type": "value", "min": 0, "splitNumber": 4, "axisLabel": { "formatter": format(kind) } })
}

/// A value axis that starts where the data does.
pub fn free_axis(kind: &str) -> Value {
    json!({ "type": "value", "scale": true, "splitNumber": 4, "axisLabel": { "formatter": format(kind) } })
}

/// A named axis: the name stands in the middle, below or beside it.
pub fn named(axis: Value, name: &Words, gap: u32) -> Value {
    let mut axis = axis;
    if let Value::Object(map) = &mut axis {
        map.insert("name".into(), token(name));
        map.insert("nameLocation".into(), json!("middle"));
        map.insert("nameGap".into(), json!(gap));
        map.insert("nameTextStyle".into(), json!({ "color": "$color:ink-2" }));
    }
    axis
}

/// An axis of calendar periods, labels as in the contract (`2024-12`, `2024-W50`, …).
pub fn period_axis(labels: &[String]) -> Value {
    json!({ "type": "category", "data": labels, "axisLabel": { "formatter": format("period"), "hideOverlap": true } })
}

/// An axis of names. Each is a text or a token of [`words`].
pub fn name_axis(labels: Vec<Value>) -> Value {
    json!({ "type": "category", "data": labels, "axisTick": { "show": false } })
}

/// A number for an option: what is not finite is absent.
pub fn number(v: f64) -> Value {
    if v.is_finite() { json!(v) } else { Value::Null }
}

pub(crate) fn token(w: &Words) -> Value {
    words(w.en.clone(), w.zh.clone())
}

impl Drill {
    pub fn on(columns: &[&str]) -> Option<Drill> {
        Some(Drill { columns: columns.iter().map(|c| c.to_string()).collect() })
    }
}

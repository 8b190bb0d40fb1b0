//! Heat maps and matrices: one coloured cell per pair of categories, its figure printed in it.

use serde_json::{Value, json};

use super::{base, format, hatch, name_axis, named, number, with};
use crate::error::Words;

/// One cell. `x` and `y` are positions on the axes.
pub struct Cell {
    pub x: usize,
    pub y: usize,
    pub value: Option<f64>,
    /// A ramp step: `"seq-3"`, `"div-5"`, `"risk-2"`; see [`seq_step`] and [`div_step`].
    pub tone: String,
    /// Not finished: hatched.
    pub open: bool,
    pub drill: Value,
}

/// Text on a step of a ramp: the ink where the step is pale, the page colour where it is strong.
fn ink_on(tone: &str) -> &'static str {
    match tone.split_once('-').and_then(|(ramp, step)| Some((ramp, step.parse::<u32>().ok()?))) {
        Some(("seq", s)) if s >= 7 => "$color:bg",
        Some(("risk", s)) if s >= 7 => "$color:bg",
        Some(("div", 1 | 9)) => "$color:bg",
        _ => "$color:ink",
    }
}

/// A share of the largest value (0–1) as a step of the sequential ramp. Step 6 is skipped: no ink reads well on it in
/// both themes.
pub fn seq_step(share: f64) -> String {
    let steps = [1, 2, 3, 4, 5, 7, 8];
    let i = (share.clamp(0.0, 1.0) * steps.len() as f64) as usize;
    format!("seq-{}", steps[i.min(steps.len() - 1)])
}

/// A difference as a step of the diverging ramp; `cap` is where it ends. Steps 2 and 8 are skipped, as above.
pub fn div_step(difference: f64, cap: f64) -> String {
    let steps = [1, 3, 4, 5, 6, 7, 9];
    let i = (difference / cap * 3.0).round().clamp(-3.0, 3.0) as i32 + 3;
    format!("div-{}", steps.get(i as usize).copied().unwrap_or(5))
}

/// Rows from top to bottom, columns with their names above. Values are printed in the cells by `kind`.
pub fn heat_map(columns: Vec<Value>, rows: Vec<Value>, cells: &[Cell], kind: &str) -> Value {
    let x = with(with(name_axis(columns), "/position", json!("top")), "/axisLine", json!({ "show": false }));
    let y = with(with(name_axis(rows), "/inverse", json!(true)), "/axisLine", json!({ "show": false }));
    let data = cells.iter().map(cell).collect();
    finish(base(x, y, vec![series(data, kind)]), kind)
}

/// As [`heat_map`], with named axes that grow to the right and upwards: place has meaning (RFM).
pub fn matrix(columns: Vec<Value>, rows: Vec<Value>, names: [&Words; 2], cells: &[Cell], kind: &str) -> Value {
    let x = named(with(name_axis(columns), "/axisLine", json!({ "show": false })), names[0], 28);
    let y = named(with(name_axis(rows), "/axisLine", json!({ "show": false })), names[1], 76);
    let data = cells.iter().map(cell).collect();
    let option = finish(base(x, y, vec![series(data, kind)]), kind);
    with(with(option, "/grid/bottom", json!(32)), "/grid/left", json!(28))
}

fn series(data: Vec<Value>, kind: &str) -> Value {
    json!({
        "type": "heatmap",
        "data": data,
        "itemStyle": { "borderColor": "$color:bg", "borderWidth": 1 },
        "label": { "show": true, "formatter": { "$format": kind, "dim": 2 } },
    })
}

fn cell(cell: &Cell) -> Value {
    let mut style = json!({ "color": format!("$color:{}", cell.tone) });
    let mut ink = ink_on(&cell.tone);
    if cell.open {
        style = json!({ "color": "$color:hatch", "decal": hatch() });
        ink = "$color:ink-2";
    }
    let label = if cell.value.is_some() { json!({ "color": ink }) } else { json!({ "show": false }) };
    json!({
        "value": [cell.x, cell.y, cell.value.map_or(Value::Null, number)],
        "itemStyle": style,
        "label": label,
        "drill": cell.drill,
    })
}

/// Colours are set cell by cell; the visual map is there because ECharts wants one for heat maps, and stays unseen.
fn finish(option: Value, kind: &str) -> Value {
    let unseen = json!({ "show": false, "min": 0, "max": 1, "dimension": 2, "inRange": { "opacity": [1, 1] }, "outOfRange": { "opacity": [1, 1] } });
    let option = with(option, "/visualMap", unseen);
    let option = with(option, "/tooltip/formatter", json!({ "$format": kind, "dim": 2 }));
    with(option, "/tooltip/valueFormatter", format(kind))
}

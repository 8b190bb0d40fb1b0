//! Lines over calendar periods, forecast fans, survival steps.

use serde_json::{Value, json};

use super::{axis_tooltip, base, named, number, period_axis, token, value_axis, with, with_legend};
use crate::error::Words;

/// One line. `values` stand at the labels of the axis; `None` is a gap.
pub struct Line {
    pub name: Words,
    pub values: Vec<Option<f64>>,
    /// The line the chart is about is drawn in qing and stronger; the others are context.
    pub subject: bool,
}

/// Lines over periods. One subject and any context; or, with several subjects, the categorical colours and dashes.
pub fn lines(periods: &[String], list: &[Line], kind: &str) -> Value {
    let subjects = list.iter().filter(|l| l.subject).count();
    let mut slot = 0;
    let series = list
        .iter()
        .map(|line| {
            let color = if line.subject {
                slot += 1;
                super::slot(slot - 1)
            } else {
                "$color:context".to_string()
            };
            let dash = if subjects > 3 && slot > 1 { json!([2 + 2 * slot, 3]) } else { json!("solid") };
            series(
                &line.name,
                line.values.iter().map(|v| v.map_or(Value::Null, number)).collect(),
                &color,
                line.subject,
                dash,
            )
        })
        .collect();
    let option = axis_tooltip(base(period_axis(periods), value_axis(kind), series), kind);
    if list.len() < 2 { option } else { with_legend(option, &list.iter().map(|l| l.name.clone()).collect::<Vec<_>>()) }
}

fn series(name: &Words, data: Vec<Value>, color: &str, subject: bool, dash: Value) -> Value {
    json!({
        "type": "line", "name": token(name), "data": data, "symbol": "none", "connectNulls": false,
        "lineStyle": { "color": color, "width": if subject { 2.0 } else { 1.5 }, "type": dash },
        "itemStyle": { "color": color },
    })
}

/// Values along the axis; `None` is a gap.
pub type Values = Vec<Option<f64>>;

/// A forecast: history, then the median with its bands. All vectors are as long as the axis.
pub struct Fan {
    pub history: Vec<Option<f64>>,
    pub median: Vec<Option<f64>>,
    /// Widest band first: (level in percent, low, high).
    pub bands: Vec<(u32, Values, Values)>,
    /// The naive forecast it has to beat.
    pub baseline: Option<Vec<Option<f64>>>,
}

pub fn fan(periods: &[String], fan: &Fan, kind: &str) -> Value {
    let data = |v: &[Option<f64>]| v.iter().map(|x| x.map_or(Value::Null, number)).collect::<Vec<_>>();
    let mut all = Vec::new();
    for (i, (level, low, high)) in fan.bands.iter().enumerate() {
        all.extend(band(&format!("band-{level}"), low, high, "$color:seq-4", if i == 0 { 0.28 } else { 0.45 }));
    }
    if let Some(naive) = &fan.baseline {
        all.push(series(
            &Words::new("Naive forecast", "朴素预测"),
            data(naive),
            "$color:context",
            false,
            json!("solid"),
        ));
    }
    all.push(series(&Words::new("Forecast", "预测"), data(&fan.median), "$color:cat-1", false, json!([4, 3])));
    all.push(series(&Words::new("Actual", "实际"), data(&fan.history), "$color:cat-1", true, json!("solid")));
    axis_tooltip(base(period_axis(periods), super::free_axis(kind), all), kind)
}

/// A band as two stacked lines: an unseen floor, and the filled width above it.
fn band(id: &str, low: &[Option<f64>], high: &[Option<f64>], color: &str, opacity: f64) -> [Value; 2] {
    let floor: Vec<Value> = low.iter().map(|v| v.map_or(Value::Null, number)).collect();
    let width: Vec<Value> =
        low.iter().zip(high).map(|(l, h)| l.zip(*h).map_or(Value::Null, |(l, h)| number(h - l))).collect();
    let common = |data: Vec<Value>| {
        json!({
            "type": "line", "stack": id, "stackStrategy": "all", "data": data, "symbol": "none", "silent": true,
            "lineStyle": { "opacity": 0 }, "tooltip": { "show": false },
        })
    };
    let mut top = common(width);
    top["areaStyle"] = json!({ "color": color, "opacity": opacity });
    [common(floor), top]
}

/// (time, value, low, high)
pub type Place = (f64, f64, f64, f64);

/// A step curve with its band, such as a survival function.
pub struct Step {
    pub name: Words,
    /// Ascending in time; at most a few hundred points.
    pub points: Vec<Place>,
    pub subject: bool,
}

/// Step curves over a numeric axis, values as shares from 0 to 1. `x` names the axis.
pub fn steps(list: &[Step], x: &Words) -> Value {
    let mut all = Vec::new();
    for (i, step) in list.iter().enumerate() {
        let color = if step.subject || list.len() > 2 { super::slot(i) } else { "$color:ink-3".to_string() };
        let xy = |f: fn(&Place) -> f64| -> Vec<Value> {
            step.points.iter().map(|p| json!([number(p.0), number(f(p))])).collect()
        };
        let id = format!("band-{i}");
        for (data, opacity) in [(xy(|p| p.2), 0.0), (xy(|p| p.3 - p.2), 0.18)] {
            all.push(json!({
                "type": "line", "step": "end", "stack": id, "stackStrategy": "all", "data": data, "symbol": "none",
                "silent": true, "lineStyle": { "opacity": 0 }, "tooltip": { "show": false },
                "areaStyle": { "color": color, "opacity": opacity },
            }));
        }
        all.push(json!({
            "type": "line", "step": "end", "name": token(&step.name), "data": xy(|p| p.1), "symbol": "none",
            "lineStyle": { "color": color, "width": if step.subject { 2.0 } else { 1.5 } }, "itemStyle": { "color": color },
            "endLabel": { "show": true, "color": color, "formatter": token(&step.name) },
        }));
    }
    let axis = json!({ "type": "value", "splitLine": { "show": false }, "axisLine": { "show": true } });
    let y = with(value_axis("percent"), "/max", json!(1));
    let option = axis_tooltip(base(named(axis, x, 26), y, all), "percent");
    with(with(option, "/grid/right", json!(96)), "/grid/bottom", json!(28))
}

//! Bars from zero: horizontal with names, vertical over periods, histograms, waterfalls, Pareto curves.

use serde_json::{Value, json};

use super::{
    axis_tooltip, base, format, hatch, name_axis, named, number, period_axis, token, value_axis, with, with_legend,
};
use crate::error::Words;

/// One horizontal bar.
pub struct Bar {
    /// A text, or a token of `words`.
    pub name: Value,
    pub value: f64,
    /// Drawn as a thin whisker.
    pub interval: Option<[f64; 2]>,
    /// The bar the title speaks of; the others are context.
    pub subject: bool,
    /// What a click selects in the frame: `{"segment": "loyal"}`; `Null` for nothing.
    pub drill: Value,
}

impl Bar {
    pub fn new(name: Value, value: f64) -> Self {
        Self { name, value, interval: None, subject: true, drill: Value::Null }
    }
    pub fn drill(mut self, column: &str, value: impl Into<Value>) -> Self {
        self.drill = json!({ column: value.into() });
        self
    }
    pub fn context(mut self, yes: bool) -> Self {
        self.subject = !yes;
        self
    }
}

/// Horizontal bars, first on top, each with its figure at the end.
pub fn bars(list: &[Bar], kind: &str) -> Value {
    let item = |bar: &Bar| {
        let color = if bar.subject { "$color:cat-1" } else { "$color:context" };
        json!({ "value": number(bar.value), "itemStyle": { "color": color }, "drill": bar.drill })
    };
    let data: Vec<Value> = list.iter().map(item).collect();
    let whiskers = list.iter().any(|b| b.interval.is_some());
    let label = json!({ "show": !whiskers, "position": "right", "formatter": format(kind), "color": "$color:ink-2" });
    let mut series = vec![json!({ "type": "bar", "barWidth": 14, "data": data, "label": label })];
    if whiskers {
        series.push(interval_series(list));
    }
    let x = if whiskers { value_axis(kind) } else { json!({ "type": "value", "min": 0, "show": false }) };
    let option = base(x, row_axis(list.iter().map(|b| b.name.clone()).collect()), series);
    with(with(option, "/tooltip/valueFormatter", format(kind)), "/grid/right", json!(if whiskers { 24 } else { 72 }))
}

fn row_axis(names: Vec<Value>) -> Value {
    let axis = with(name_axis(names), "/inverse", json!(true));
    let axis = with(axis, "/axisLine", json!({ "show": true, "onZero": true, "lineStyle": { "color": "$color:ink" } }));
    with(axis, "/axisLabel", json!({ "color": "$color:ink-2", "width": 160, "overflow": "truncate" }))
}

/// Whiskers as one broken line with upright caps.
fn interval_series(list: &[Bar]) -> Value {
    let mut data = Vec::new();
    for (i, bar) in list.iter().enumerate() {
        if let Some([low, high]) = bar.interval {
            data.extend([json!([number(low), i]), json!([number(high), i]), json!([null, i])]);
        }
    }
    json!({
        "type": "line", "data": data, "silent": true, "symbol": "rect", "symbolSize": [1.5, 8], "connectNulls": false,
        "lineStyle": { "color": "$color:ink", "width": 1.25 }, "itemStyle": { "color": "$color:ink" }, "z": 5,
        "tooltip": { "show": false },
    })
}

/// Contributions around a zero line, the total (first) in grey; they sum to it.
pub fn diverging(total: (Value, f64), list: &[Bar], kind: &str) -> Value {
    let color = |v: f64| if v < 0.0 { "$color:div-2" } else { "$color:cat-1" };
    let item = |value: f64, color: &str, drill: &Value, weight: u32| {
        let side = if value < 0.0 { "left" } else { "right" };
        json!({
            "value": number(value), "itemStyle": { "color": color }, "drill": drill,
            "label": { "show": true, "position": side, "fontWeight": weight, "formatter": format(kind), "color": "$color:ink-2" },
        })
    };
    let mut data = vec![item(total.1, "$color:ink-3", &Value::Null, 600)];
    data.extend(list.iter().map(|b| item(b.value, color(b.value), &b.drill, 400)));
    let mut names = vec![total.0];
    names.extend(list.iter().map(|b| b.name.clone()));
    let widest = list.iter().map(|b| b.value.abs()).fold(total.1.abs(), f64::max) * 1.45;
    let x = json!({ "type": "value", "min": number(-widest), "max": number(widest), "show": false });
    let y = with(row_axis(names), "/axisLine", json!({ "show": false, "onZero": false }));
    let zero = json!({
        "silent": true, "symbol": "none", "data": [{ "xAxis": 0 }], "label": { "show": false },
        "lineStyle": { "color": "$color:ink", "type": "solid", "width": 1 },
    });
    let series = json!({ "type": "bar", "barWidth": 13, "data": data, "markLine": zero });
    with(base(x, y, vec![series]), "/tooltip/valueFormatter", format(kind))
}

/// One part of stacked columns.
pub struct Stack {
    pub name: Words,
    pub values: Vec<f64>,
}

/// Columns over periods, stacked when there are several parts (biggest first: it is the base). `open`: the last period is
/// not over and is hatched. `column`: the frame column a click selects the period on.
pub fn columns(periods: &[String], parts: &[Stack], kind: &str, open: bool, column: Option<&str>) -> Value {
    let last = periods.len().saturating_sub(1);
    let series = parts
        .iter()
        .enumerate()
        .map(|(p, part)| {
            let color = super::slot(p);
            let data: Vec<Value> = part
                .values
                .iter()
                .enumerate()
                .map(|(i, v)| {
                    let mut item = json!({ "value": number(*v) });
                    if open && i == last {
                        item["itemStyle"] = json!({ "color": color, "decal": hatch() });
                    }
                    if let (Some(column), Some(label)) = (column, periods.get(i)) {
                        item["drill"] = json!({ column: label });
                    }
                    item
                })
                .collect();
            json!({
                "type": "bar", "name": token(&part.name), "stack": "all", "barCategoryGap": "22%", "data": data,
                "itemStyle": { "color": color },
            })
        })
        .collect();
    let option = axis_tooltip(base(period_axis(periods), value_axis(kind), series), kind);
    if parts.len() < 2 {
        option
    } else {
        with_legend(option, &parts.iter().map(|p| p.name.clone()).collect::<Vec<_>>())
    }
}

/// Counts per bin: (from, to, n), adjacent, ascending and of one width, but for a first and a last that may be `open`: all below, all from there on.
/// `x` names what is binned, `kind` formats its values.
pub fn histogram(bins: &[(f64, f64, usize)], open: [bool; 2], x: &Words, kind: &str) -> Value {
    let closed = &bins[usize::from(open[0])..bins.len().saturating_sub(usize::from(open[1]))];
    let width = closed.first().map_or(0.0, |b| b.1 - b.0);
    let mut names: Vec<Value> = closed.iter().map(|b| json!(stretch(b.0, b.1, kind))).collect();
    if let (true, Some(first)) = (open[0], closed.first()) {
        names.insert(0, json!(format!("< {}", edge(first.0, width, kind))));
    }
    if let (true, Some(last)) = (open[1], closed.last()) {
        names.push(json!(format!("\u{2265} {}", edge(last.1, width, kind))));
    }
    let data: Vec<Value> =
        bins.iter().map(|b| json!({ "value": b.2, "drill": { "from": number(b.0), "to": number(b.1) } })).collect();
    let series =
        json!({ "type": "bar", "barCategoryGap": "4%", "data": data, "itemStyle": { "color": "$color:cat-1" } });
    // Bars stand on an axis of categories; the figures stand on a second one, at the edges between the bars.
    let mut stretches = with(name_axis(names), "/axisLabel", json!({ "show": false }));
    stretches = with(named(stretches, x, 26), "/position", json!("bottom"));
    let (Some(first), Some(last)) = (closed.first(), closed.last()) else {
        return base(stretches, value_axis("count"), vec![series]);
    };
    let stride = closed.len().div_ceil(MOST_EDGES);
    let mut edges: Vec<f64> = closed.iter().step_by(stride).map(|b| b.0).collect();
    if closed.len().is_multiple_of(stride) || open[1] {
        edges.push(last.1);
    }
    // An open bar is as wide as the others.
    let room = |open: bool| if open { width } else { 0.0 };
    let edges: Vec<Value> = edges.into_iter().map(number).collect();
    let scale = json!({
        "type": "value", "position": "bottom", "min": number(first.0 - room(open[0])), "max": number(last.1 + room(open[1])),
        "axisLine": { "show": false }, "splitLine": { "show": false },
        "axisTick": { "show": true, "customValues": edges },
        "axisLabel": { "formatter": format(kind), "hideOverlap": true, "customValues": edges },
    });
    // A single value has no width: its bar is named by itself.
    let axes = if first.0 < last.1 { json!([stretches, scale]) } else { with(stretches, "/axisLabel", json!({})) };
    axis_tooltip(with(base(axes, value_axis("count"), vec![series]), "/grid/bottom", json!(28)), "count")
}

/// Edges that carry a figure; more would not be read.
const MOST_EDGES: usize = 10;

/// From where to where a bar of a histogram stands.
fn stretch(from: f64, to: f64, kind: &str) -> String {
    let (width, unit) = (to - from, if kind == "percent" { "%" } else { "" });
    if from == to {
        format!("{}{unit}", figure(from, width, kind))
    } else {
        format!("{} \u{2013} {}{unit}", figure(from, width, kind), figure(to, width, kind))
    }
}

fn edge(v: f64, width: f64, kind: &str) -> String {
    format!("{}{}", figure(v, width, kind), if kind == "percent" { "%" } else { "" })
}

/// As many digits as tell one edge from the next.
fn figure(v: f64, width: f64, kind: &str) -> String {
    let scale = if kind == "percent" { 100.0 } else { 1.0 };
    let width = width.abs() * scale;
    let places = if width > 0.0 { (1.0 - width.log10().floor()).clamp(0.0, 12.0) as usize } else { 6 };
    let text = format!("{:.places$}", v * scale);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    match text {
        "-0" => "0".to_string(),
        text => text.replace('-', "\u{2212}"),
    }
}

/// From a start to an end in steps: the first and the last bar stand on zero, the others hang where the one before ended.
pub fn waterfall(start: (Words, f64), list: &[(Words, f64)], end: (Words, f64), kind: &str) -> Value {
    let mut names = vec![token(&start.0)];
    let mut floor = vec![json!(0)];
    let label = |v: f64| {
        let side = if v < 0.0 { "bottom" } else { "top" };
        json!({ "show": true, "position": side, "formatter": format_dim(kind), "color": "$color:ink" })
    };
    let bar = |height: f64, value: f64, color: &str| json!({ "value": number(height), "step": number(value), "itemStyle": { "color": color }, "label": label(value) });
    let mut data = vec![bar(start.1, start.1, "$color:ink-3")];
    let mut at = start.1;
    for (name, value) in list {
        names.push(token(name));
        floor.push(number(at.min(at + value)));
        data.push(bar(value.abs(), *value, if *value < 0.0 { "$color:div-2" } else { "$color:cat-1" }));
        at += value;
    }
    names.push(token(&end.0));
    floor.push(json!(0));
    data.push(bar(end.1, end.1, "$color:ink-3"));
    let unseen = json!({
        "type": "bar", "stack": "all", "data": floor, "silent": true, "itemStyle": { "color": "transparent" },
        "tooltip": { "show": false },
    });
    let shown = json!({ "type": "bar", "stack": "all", "barCategoryGap": "30%", "data": data });
    let option = base(name_axis(names), value_axis(kind), vec![unseen, shown]);
    with(with(option, "/tooltip/formatter", format_dim(kind)), "/grid/top", json!(24))
}

/// Formats the mark's own figure (`data.step`), not the height it is drawn with.
fn format_dim(kind: &str) -> Value {
    json!({ "$format": kind, "dim": "step" })
}

/// Cumulative share of the total over the share of items, largest first. `cuts` are drawn and named (0.8: "A").
pub fn pareto(shares: &[f64], cuts: &[(f64, &str)], items: &Words) -> Value {
    let n = shares.len().max(1);
    let stride = n.div_ceil(400);
    let mut data = vec![json!([0, 0])];
    let mut sum = 0.0;
    for (i, share) in shares.iter().enumerate() {
        sum += share;
        if (i + 1) % stride == 0 || i + 1 == shares.len() {
            data.push(json!([(i + 1) as f64 / n as f64, number(sum.min(1.0))]));
        }
    }
    let marks: Vec<Value> = cuts
        .iter()
        .map(|(at, name)| json!({ "yAxis": at, "label": { "formatter": name, "position": "insideStartTop", "color": "$color:ink-2" } }))
        .collect();
    let series = json!({
        "type": "line", "data": data, "symbol": "none", "lineStyle": { "color": "$color:cat-1", "width": 2 },
        "areaStyle": { "color": "$color:seq-2", "opacity": 0.5 },
        "markLine": { "silent": true, "symbol": "none", "data": marks, "lineStyle": { "color": "$color:ink-3", "type": "dashed" } },
    });
    let share = || with(value_axis("percent"), "/max", json!(1));
    let option = base(named(share(), items, 26), share(), vec![series]);
    axis_tooltip(with(option, "/grid/bottom", json!(28)), "percent")
}

//! Points: scatter plots and dumbbells.

use serde_json::{Value, json};

use super::{
    MOST_MARKS, MOST_POINTS, base, format, free_axis, name_axis, named, number, token, value_axis, with, with_legend,
};
use crate::error::Words;

pub struct Point {
    pub x: f64,
    pub y: f64,
    /// Colour slot: a segment, a group.
    pub group: usize,
    pub drill: Value,
}

/// A scatter plot of at most [`MOST_MARKS`] points (further ones are not drawn: sample or bin them, and say so in the
/// subtitle). `groups` names the colour slots; one group is drawn in qing without a legend.
pub fn scatter(points: &[Point], groups: &[Words], axes: [(&Words, &str); 2]) -> Value {
    let shapes = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "circle"];
    let series = (0..groups.len().max(1))
        .map(|g| {
            let data: Vec<Value> = points
                .iter()
                .take(MOST_MARKS)
                .filter(|p| p.group == g)
                .map(|p| json!({ "value": [number(p.x), number(p.y)], "drill": p.drill }))
                .collect();
            let shape = if groups.len() > 3 { shapes[g % shapes.len()] } else { "circle" };
            json!({
                "type": "scatter", "name": groups.get(g).map_or(Value::Null, token), "symbolSize": 5, "symbol": shape,
                "data": data, "itemStyle": { "color": super::slot(g), "opacity": 0.7 },
            })
        })
        .collect();
    plane(series, groups, axes)
}

fn plane(series: Vec<Value>, groups: &[Words], [x, y]: [(&Words, &str); 2]) -> Value {
    let option = base(named(free_axis(x.1), x.0, 26), named(free_axis(y.1), y.0, 56), series);
    let option = with(with(option, "/grid/left", json!(24)), "/grid/bottom", json!(32));
    if groups.len() < 2 { option } else { with(with_legend(option, groups), "/grid/bottom", json!(56)) }
}

/// Adds the line on which both coordinates are equal.
pub fn with_diagonal(mut option: Value, [from, to]: [f64; 2]) -> Value {
    if let Some(series) = option.get_mut("series").and_then(Value::as_array_mut) {
        series.push(json!({
            "type": "line", "data": [[number(from), number(from)], [number(to), number(to)]], "symbol": "none", "silent": true, "z": 1,
            "lineStyle": { "color": "$color:ink-3", "width": 1, "type": "dashed" },
        }));
    }
    option
}

/// A scatter plot of up to [`MOST_POINTS`] points, one path a group instead of a mark a point: pairs of coordinates to a
/// thousandth of the picture's width, and what a click stands for said once a group (`drills`).
pub fn cloud(points: &[Point], groups: &[Words], drills: &[Value], axes: [(&Words, &str); 2]) -> Value {
    let points = &points[..points.len().min(MOST_POINTS)];
    let span = |of: fn(&Point) -> f64| {
        let (low, high) = points
            .iter()
            .map(of)
            .filter(|v| v.is_finite())
            .fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        (high - low).max(f64::MIN_POSITIVE)
    };
    // Decimal places that tell 1/4,000 of the span apart.
    let places = |span: f64| (4.0 - span.log10()).ceil().clamp(-300.0, 300.0) as i32;
    let (px, py) = (places(span(|p| p.x)), places(span(|p| p.y)));
    let short = |v: f64, places: i32| {
        let unit = 10f64.powi(places.abs());
        let v = if places >= 0 { (v * unit).round() / unit } else { (v / unit).round() * unit };
        number(v)
    };
    let mut data: Vec<Vec<Value>> = vec![Vec::new(); groups.len().max(1)];
    for p in points {
        if let Some(list) = data.get_mut(p.group) {
            list.push(json!([short(p.x, px), short(p.y, py)]));
        }
    }
    let series = data
        .into_iter()
        .enumerate()
        .map(|(g, data)| {
            json!({
                "type": "scatter", "name": groups.get(g).map_or(Value::Null, token), "symbolSize": 3, "symbol": "rect",
                "large": true, "largeThreshold": MOST_MARKS, "data": data, "drill": drills.get(g),
                "itemStyle": { "color": super::slot(g), "opacity": 0.5 },
            })
        })
        .collect();
    plane(series, groups, axes)
}

/// One row of a dumbbell: the reference (hollow) and the subject (filled).
pub struct Pair {
    pub name: Value,
    pub reference: f64,
    pub subject: f64,
    pub drill: Value,
}

/// Two figures per row on one scale: the distance is the message. First row on top.
pub fn dumbbell(rows: &[Pair], names: [&Words; 2], kind: &str) -> Value {
    let mut links = Vec::new();
    for (i, r) in rows.iter().enumerate() {
        links.extend([json!([number(r.reference), i]), json!([number(r.subject), i]), json!([null, i])]);
    }
    let link = json!({
        "type": "line", "data": links, "silent": true, "symbol": "none", "connectNulls": false,
        "lineStyle": { "color": "$color:seq-5", "width": 3 }, "tooltip": { "show": false },
    });
    // The label stands to the right of whichever dot is further right: left of a small value it would cover the names.
    let dots = |value: fn(&Pair) -> f64, name: &Words, style: Value, of: fn(&Pair) -> bool| {
        let data: Vec<Value> = rows
            .iter()
            .enumerate()
            .map(|(i, r)| {
                let label = json!({ "show": of(r), "position": "right", "formatter": { "$format": kind, "dim": "shown" }, "color": "$color:ink" });
                json!({ "value": [number(value(r)), i], "shown": number(r.subject), "drill": r.drill, "label": label })
            })
            .collect();
        json!({ "type": "scatter", "name": token(name), "symbolSize": 10, "data": data, "itemStyle": style, "z": 4 })
    };
    let hollow = json!({ "color": "$color:bg", "borderColor": "$color:ink-3", "borderWidth": 1.5 });
    let series = vec![
        link,
        dots(|r| r.reference, names[0], hollow, |r| r.subject < r.reference),
        dots(|r| r.subject, names[1], json!({ "color": "$color:cat-1" }), |r| r.subject >= r.reference),
    ];
    let y = with(name_axis(rows.iter().map(|r| r.name.clone()).collect()), "/inverse", json!(true));
    let y = with(y, "/axisLine", json!({ "show": false }));
    let option = with_legend(base(value_axis(kind), y, series), &[names[0].clone(), names[1].clone()]);
    let option = with(option, "/tooltip/formatter", json!({ "$format": kind, "dim": 0 }));
    with(with(option, "/grid/right", json!(48)), "/xAxis/axisLabel", json!({ "formatter": format(kind) }))
}

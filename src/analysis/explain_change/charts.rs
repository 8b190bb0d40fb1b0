//! The change in words and pictures.

use serde_json::{Value as Json, json};

use super::{Metric, Output, Params, Presentation, Split, Summary, Value};
use crate::analysis::Tile;
use crate::analysis::common::{growth, say, tile};
use crate::chart::{self, Bar, Chart, Drill};
use crate::error::Words;
use crate::time;

const MOST: usize = 12;

pub fn present(output: &Output<Summary>, _: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts: Vec<Chart> = bridge(s).into_iter().collect();
    let ids = ["dimension", "dimension_2", "dimension_3"];
    charts.extend(s.dimensions.iter().zip(ids).map(|(d, id)| contributions(s, d, id)));
    Presentation { headline: headline(s), tiles: tiles(s), charts }
}

fn name(metric: Metric) -> Words {
    match metric {
        Metric::Revenue => Words::new("Revenue", "销售额"),
        Metric::Orders => Words::new("Orders", "订单数"),
        Metric::Customers => Words::new("Customers", "客户数"),
        Metric::AverageOrderValue => Words::new("The average order", "客单价"),
    }
}

fn kind(metric: Metric) -> &'static str {
    if matches!(metric, Metric::Revenue | Metric::AverageOrderValue) { "money" } else { "number" }
}

/// A figure of the change: money, or a count.
fn figure(s: &Summary, value: f64) -> Words {
    if kind(s.metric) == "money" { say::money(value) } else { say::amount(value) }
}

fn label(value: &Value) -> Words {
    value.value.as_ref().map_or_else(|| Words::new("(missing)", "（缺失）"), Words::same)
}

fn json_label(value: &Value) -> Json {
    let w = label(value);
    chart::words(w.en, w.zh)
}

/// The contribution that stands out most: its interval leaves out zero.
fn clearest(s: &Summary) -> Option<(&Split, &Value)> {
    let sure = |v: &&Value| v.ci_low.zip(v.ci_high).is_some_and(|(lo, hi)| lo > 0.0 || hi < 0.0);
    let all = s.dimensions.iter().flat_map(|d| d.values.iter().filter(sure).map(move |v| (d, v)));
    all.max_by(|a, b| a.1.contribution.abs().total_cmp(&b.1.contribution.abs()))
}

fn headline(s: &Summary) -> Words {
    let metric = name(s.metric);
    if s.change == 0.0 {
        return Words::new(format!("{} did not change.", metric.en), format!("{}没有变化。", metric.zh));
    }
    let (en, zh) = if s.change < 0.0 { ("fell", "下降") } else { ("rose", "上升") };
    let size = figure(s, s.change.abs());
    // Of less than nothing there is no percentage.
    let before = s.before.filter(|b| *b > 0.0 && b + s.change >= 0.0);
    let share = before.and_then(|b| growth(b + s.change, b)).map(|g| say::percent(g.abs()));
    let (by, by_zh) = share.map_or((size.en.clone(), size.zh.clone()), |p| (p.clone(), p));
    let mut words = match clearest(s) {
        Some((_, v)) => {
            let (who, part) = (label(v), figure(s, v.contribution));
            Words::new(
                format!("{} {en} by {by}; {} accounts for {}.", metric.en, who.en, part.en),
                format!("{}{zh} {by_zh}，其中「{}」为 {}。", metric.zh, who.zh, part.zh),
            )
        }
        None => Words::new(format!("{} {en} by {by}.", metric.en), format!("{}{zh} {by_zh}。", metric.zh)),
    };
    if s.change_ci.is_some_and(|ci| (ci[0]..=ci[1]).contains(&0.0)) {
        words.en += " A change of this size is within chance.";
        words.zh += "这一变化未超出偶然。";
    }
    words
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let k = kind(s.metric);
    let mut first = tile("after", name(s.metric), s.after, k, Words::new("In the later span", "后一时段"));
    first.previous = s.before;
    let mut change = tile(
        "change",
        Words::new("Change", "变化"),
        Some(s.change),
        k,
        Words::new("Later span minus earlier span", "后一时段减前一时段"),
    );
    change.interval = s.change_ci;
    let mut list = vec![first, change];
    let (b, ci) = (&s.bridge, &s.bridge_ci);
    let parts = [
        ("customers", Words::new("From customers", "客户数带来"), b.customers, ci.customers),
        ("frequency", Words::new("From orders per customer", "人均订单数带来"), b.frequency, ci.frequency),
        ("order_value", Words::new("From order value", "客单价带来"), b.order_value, ci.order_value),
    ];
    for (id, label, value, interval) in parts {
        let meaning = Words::new(
            "Shapley value of this factor; the three sum to the change",
            "该因素的 Shapley 值，三项之和等于总变化",
        );
        let mut part = tile(id, label, value, k, meaning);
        // A factor that is not in the figure is 0 for sure.
        part.interval = interval.filter(|ci| ci[0] < ci[1]);
        list.push(part);
    }
    list
}

fn spans(s: &Summary) -> Words {
    let words = |span: &super::Span| match (time::parse_iso(&span.from), time::parse_iso(&span.to)) {
        (Some(a), Some(b)) => say::span(a, b),
        _ => Words::default(),
    };
    let (a, b) = (words(&s.before_span), words(&s.after_span));
    Words::new(format!("{} against {}", b.en, a.en), format!("{} 对比 {}", b.zh, a.zh))
}

fn bridge(s: &Summary) -> Option<Chart> {
    let steps = [
        (Words::new("Customers", "客户数"), s.bridge.customers?),
        (Words::new("Orders per customer", "人均订单数"), s.bridge.frequency?),
        (Words::new("Order value", "客单价"), s.bridge.order_value?),
    ];
    let largest = steps.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let part = figure(s, largest.1);
    let title = Words::new(
        format!("Most of the change comes from {}: {}", largest.0.en.to_lowercase(), part.en),
        format!("变化主要来自{}：{}", largest.0.zh, part.zh),
    );
    let span = spans(s);
    let metric = name(s.metric);
    let subtitle = Words::new(
        format!("{}, {}; steps add up", metric.en.to_lowercase(), span.en),
        format!("{}，{}；各步相加等于总变化", metric.zh, span.zh),
    );
    let figures: Vec<Words> = steps.iter().map(|p| figure(s, p.1)).collect();
    let alt = Words::new(
        format!(
            "{}. Customers {}, frequency {}, order value {}.",
            title.en, figures[0].en, figures[1].en, figures[2].en
        ),
        format!("{}。客户数 {}，人均订单数 {}，客单价 {}。", title.zh, figures[0].zh, figures[1].zh, figures[2].zh),
    );
    let ends = (Words::new("Before", "之前"), Words::new("After", "之后"));
    let option =
        chart::waterfall((ends.0, s.before.unwrap_or(0.0)), &steps, (ends.1, s.after.unwrap_or(0.0)), kind(s.metric));
    Some(Chart { id: "bridge", title, subtitle, alt, option, drill: None })
}

fn contributions(s: &Summary, split: &Split, id: &'static str) -> Chart {
    let bars: Vec<Bar> = split
        .values
        .iter()
        .take(MOST)
        .map(|v| Bar::new(json_label(v), v.contribution).drill("value", v.value.clone()))
        .collect();
    let total = chart::words("All", "合计");
    let option = chart::diverging((total, s.change), &bars, kind(s.metric));
    let first = split.values.first();
    let by = say::dimension(&split.dimension);
    let title = match first {
        Some(v) => {
            let (who, part) = (label(v), figure(s, v.contribution));
            Words::new(format!("{} moved most: {}", who.en, part.en), format!("「{}」变化最大：{}", who.zh, part.zh))
        }
        None => Words::new(format!("Change by {}", by.en), format!("按{}的变化", by.zh)),
    };
    let span = spans(s);
    let cut = split.values.len().saturating_sub(MOST);
    let (en, zh) = if cut > 0 {
        (format!("; {cut} smaller ones not drawn"), format!("；另有 {cut} 项较小未绘出"))
    } else {
        Default::default()
    };
    let metric = name(s.metric);
    let subtitle = Words::new(
        format!("contribution to the change of {} by {}, {}{en}", metric.en.to_lowercase(), by.en, span.en),
        format!("按{}的{}变化贡献，{}{zh}", by.zh, metric.zh, span.zh),
    );
    let change = figure(s, s.change);
    let alt = Words::new(format!("{}. In all {}.", title.en, change.en), format!("{}。合计 {}。", title.zh, change.zh));
    let option = chart::with(option, "/yAxis/axisTick", json!({ "show": false }));
    Chart { id, title, subtitle, alt, option, drill: Drill::on(&["value"]) }
}

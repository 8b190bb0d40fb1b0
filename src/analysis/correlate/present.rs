//! The words and pictures of `correlate`.

use serde_json::{Value, json};

use super::{Pair, Params, Summary};
use crate::analysis::col::Labels;
use crate::analysis::col::show::{count, p, tile, two};
use crate::analysis::{Presentation, say};
use crate::chart::{self, Bar, Cell, Chart, Drill, Point};
use crate::error::Words;
use crate::num::order::Order;

pub fn present(s: &Summary, params: &Params) -> Presentation {
    let labels = &Labels::of(&params.columns);
    let name = |n: &str| labels.get(n);
    let mut ranked: Vec<&Pair> = s.pairs.iter().filter(|p| p.strength().is_some()).collect();
    ranked.order_by(|a, b| size(b).total_cmp(&size(a)));
    let beyond = s.pairs.iter().filter(|p| p.p_adjusted.is_some_and(|p| p < 0.05)).count();
    let headline = match ranked.first() {
        Some(top) if top.p_adjusted.is_some_and(|p| p < 0.05) => {
            let (r, word) = (two(top.strength().unwrap_or(0.0)), direction(top));
            Words::new(
                format!("{} and {} {} most closely ({r}).", name(&top.x).en, name(&top.y).en, word.en),
                format!("「{}」与「{}」{}（{r}）。", name(&top.x).zh, name(&top.y).zh, word.zh),
            )
        }
        Some(_) => Words::new("No two columns move together by more than chance.", "没有任何两列的关联超出偶然。"),
        None => Words::new("The columns do not vary, so nothing can move together.", "各列没有变化，无从谈起关联。"),
    };
    let strongest = ranked.first().and_then(|p| p.strength());
    Presentation {
        headline,
        tiles: vec![
            tile("n", ("Rows", "行数"), Some(s.n as f64), "count", ("Rows used.", "参与计算的行。")),
            tile(
                "pairs",
                ("Pairs", "对数"),
                Some(s.pairs.len() as f64),
                "count",
                ("Pairs of columns compared.", "被比较的列对。"),
            ),
            tile(
                "beyond_chance",
                ("More than chance", "超出偶然"),
                Some(beyond as f64),
                "count",
                ("Pairs with an adjusted p below 0.05.", "校正后 p 小于 0.05 的列对。"),
            ),
            tile(
                "strongest",
                ("Strongest", "最强关联"),
                strongest,
                "number",
                ("Largest correlation in size.", "绝对值最大的关联。"),
            ),
        ],
        charts: charts(s, labels, &ranked),
    }
}

fn size(p: &Pair) -> f64 {
    p.strength().unwrap_or(0.0).abs()
}

fn direction(p: &Pair) -> Words {
    if p.cramers_v.is_some() || p.correlation_ratio.is_some() {
        Words::new("go together", "关联最强")
    } else if p.strength().unwrap_or(0.0) < 0.0 {
        Words::new("move against each other", "反向变化最明显")
    } else {
        Words::new("move together", "同向变化最明显")
    }
}

/// `x · y` for a bar.
fn pair(x: &Words, y: &Words) -> Value {
    let (en, zh) = (format!("{} · {}", x.en, y.en), format!("{} · {}", x.zh, y.zh));
    if en == zh { json!(en) } else { chart::words(en, zh) }
}

fn charts(s: &Summary, labels: &Labels, ranked: &[&Pair]) -> Vec<Chart> {
    let name = |n: &str| labels.get(n);
    let mut out = Vec::new();
    let Some(top) = ranked.first() else { return out };
    let of = |a: &str, b: &str| s.pairs.iter().find(|p| (p.x == a && p.y == b) || (p.x == b && p.y == a));
    let mut cells = Vec::new();
    for (i, a) in s.order.iter().enumerate() {
        for (j, b) in s.order.iter().enumerate() {
            let Some(pair) = of(a, b) else { continue };
            let value = pair.strength();
            let sure = pair.p_adjusted.is_some_and(|p| p < 0.05);
            let tone = if sure { chart::div_step(value.unwrap_or(0.0), 1.0) } else { "div-5".to_string() };
            cells.push(Cell {
                x: i,
                y: j,
                value: value.map(rounded),
                tone,
                open: false,
                drill: json!({ "x": pair.x, "y": pair.y }),
            });
        }
    }
    let names: Vec<Value> = s.order.iter().map(|n| labels.token(n)).collect();
    let strongest = two(top.strength().unwrap_or(0.0));
    out.push(Chart {
        id: "matrix",
        title: if top.p_adjusted.is_some_and(|p| p < 0.05) {
            Words::new(
                format!("{} and {} stand closest: {strongest}", name(&top.x).en, name(&top.y).en),
                format!("「{}」与「{}」关联最强：{strongest}", name(&top.x).zh, name(&top.y).zh),
            )
        } else {
            Words::new("No pair stands closer than chance allows", "没有一对的关联超出偶然")
        },
        subtitle: Words::new(
            format!(
                "Correlation (numbers), Cramér's V or η (categories); neutral where within chance; n = {}",
                count(s.n)
            ),
            format!("数值列为相关系数，类别列为克拉默 V 或 η；未超出偶然者不着色；n = {}", count(s.n)),
        ),
        alt: Words::new(
            format!("Matrix of associations between {} columns; the strongest is {strongest}.", s.order.len()),
            format!("{} 列之间的关联矩阵，最强为 {strongest}。", s.order.len()),
        ),
        option: chart::heat_map(names.clone(), names, &cells, "number"),
        drill: Drill::on(&["x", "y"]),
    });
    let list: Vec<Bar> = ranked
        .iter()
        .take(12)
        .map(|p| {
            Bar::new(pair(&name(&p.x), &name(&p.y)), size(p))
                .drill("x", p.x.clone())
                .context(!p.p_adjusted.is_some_and(|v| v < 0.05))
        })
        .collect();
    out.push(Chart {
        id: "strongest",
        title: Words::new("The strongest pairs", "关联最强的列对"),
        subtitle: Words::new(
            format!(
                "Size of the association, grey: within chance after adjusting for {}",
                say::counted(s.pairs.len(), "pair", "pairs")
            ),
            format!("关联强度；灰色：经 {} 对校正后未超出偶然", s.pairs.len()),
        ),
        alt: Words::new(
            format!("Strongest pairs; first {} and {} with {strongest}.", name(&top.x).en, name(&top.y).en),
            format!("最强的列对；第一为「{}」与「{}」，{strongest}。", name(&top.x).zh, name(&top.y).zh),
        ),
        option: chart::bars(&list, "number"),
        drill: Drill::on(&["x"]),
    });
    if let Some(sample) = &s.sample {
        let (x, y) = (name(&sample.x), name(&sample.y));
        let pair = of(&sample.x, &sample.y);
        let r = pair.and_then(|p| p.pearson.or(p.spearman)).unwrap_or(0.0);
        let chance = pair.and_then(|q| q.pearson_p.or(q.spearman_p)).map(p).unwrap_or_default();
        let points: Vec<Point> =
            sample.points.iter().map(|&(x, y)| Point { x, y, group: 0, drill: Value::Null }).collect();
        let shown = count(points.len());
        out.push(Chart {
            id: "scatter",
            title: Words::new(
                format!("{} against {}: {}", y.en, x.en, two(r)),
                format!("「{}」与「{}」：{}", x.zh, y.zh, two(r)),
            ),
            subtitle: Words::new(
                format!("One point per row, {shown} of {} shown, {chance}", count(sample.n)),
                format!("每点一行，显示 {shown} / {}，{chance}", count(sample.n)),
            ),
            alt: Words::new(
                format!("Scatter of {} against {}, correlation {}.", y.en, x.en, two(r)),
                format!("「{}」与「{}」的散点图，相关系数 {}。", x.zh, y.zh, two(r)),
            ),
            option: chart::scatter(&points, std::slice::from_ref(&y), [(&x, "number"), (&y, "number")]),
            drill: None,
        });
    }
    out
}

/// Two decimals; three, cut off, of what is not quite ±1.
fn rounded(v: f64) -> f64 {
    let two = (v * 100.0).round() / 100.0;
    if two.abs() == 1.0 && v.abs() < 1.0 { (v * 1000.0).trunc() / 1000.0 } else { two }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_not_quite_one_is_not_printed_as_one() {
        let got = [0.999, -0.9999, 1.0, -1.0, 0.994, 0.0].map(super::rounded);
        assert_eq!(got, [0.999, -0.999, 1.0, -1.0, 0.99, 0.0]);
    }
}

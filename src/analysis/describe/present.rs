//! The words and pictures of `describe`.

use serde_json::json;

use super::{Description, Summary};
use crate::analysis::col::Labels;
use crate::analysis::col::show::{count, percent, short, tile};
use crate::analysis::{Presentation, Tile, say};
use crate::chart::{self, Bar, Chart, Drill};
use crate::error::Words;
use crate::num::order::Order;

pub fn present(s: &Summary, labels: &Labels) -> Presentation {
    let cells = s.rows * s.columns.len();
    let missing: usize = s.columns.iter().map(|c| c.missing).sum();
    let share = if cells > 0 { missing as f64 / cells as f64 } else { f64::NAN };
    let worst = s.columns.iter().filter(|c| c.missing > 0).max_by_key(|c| c.missing);
    let table = Words::new(
        format!("{} in {}", say::counted(s.rows, "row", "rows"), say::counted(s.columns.len(), "column", "columns")),
        format!("{} 行、{} 列", count(s.rows), count(s.columns.len())),
    );
    let headline = match worst {
        None => Words::new(
            format!("{}, and no cell is missing.", say::sentence(&table.en)),
            format!("{}，没有缺失。", table.zh),
        ),
        Some(w) => {
            let (part, name) = (percent(w.missing as f64 / s.rows.max(1) as f64), labels.get(&w.name));
            Words::new(
                format!("{}; {} lacks most: {part} missing.", say::sentence(&table.en), name.en),
                format!("{}；「{}」缺失最多，占 {part}。", table.zh, name.zh),
            )
        }
    };
    let numbers = s.columns.iter().filter(|c| c.mean.is_some() && !c.identifier).count();
    let named: Vec<Words> = s.columns.iter().filter(|c| c.identifier).map(|c| labels.quoted(&c.name)).collect();
    Presentation {
        headline,
        tiles: vec![
            tile("rows", ("Rows", "行数"), Some(s.rows as f64), "count", ("Rows looked at.", "参与统计的行。")),
            tile(
                "columns",
                ("Columns", "列数"),
                Some(s.columns.len() as f64),
                "count",
                ("Columns described.", "被描述的列。"),
            ),
            tile(
                "numbers",
                ("Columns of numbers", "数值列"),
                Some(numbers as f64),
                "count",
                ("Columns whose mean says something.", "均值有意义的列。"),
            ),
            identifiers(&named),
            tile(
                "missing",
                ("Missing cells", "缺失单元格"),
                Some(share),
                "percent",
                ("Missing cells ÷ all cells.", "缺失单元格 ÷ 全部单元格。"),
            ),
        ],
        charts: charts(s, labels),
    }
}

/// How many columns name things, and which.
fn identifiers(named: &[Words]) -> Tile {
    let list = |f: fn(&Words) -> &str, by: &str| named.iter().take(8).map(f).collect::<Vec<_>>().join(by);
    let (mut en, mut zh) = (
        "Ids, names, codes and numbers of rows: told by how many there are, not by a mean.".to_string(),
        "编号、姓名、代码与行号：只看有多少个，不看均值。".to_string(),
    );
    if !named.is_empty() {
        en = format!("{en} Here: {}.", list(|w| &w.en, ", "));
        zh = format!("{zh}此处为 {}。", list(|w| &w.zh, "、"));
    }
    let value = Some(named.len() as f64);
    Tile {
        definition: Words::new(en, zh), ..tile("identifiers", ("Identifiers", "标识列"), value, "count", ("", ""))
    }
}

/// An identifier in a sentence: how many, what is missing, how it is written.
pub fn identifier(c: &Description) -> Words {
    let (form, form_zh) = match &c.shape {
        Some(shape) => (format!(", written like {shape}"), format!("，写法形如 {shape}")),
        None => Default::default(),
    };
    let (missing, missing_zh) = match c.missing {
        0 => ("none missing".to_string(), "无缺失".to_string()),
        n => (format!("{} missing", count(n)), format!("缺失 {}", count(n))),
    };
    Words::new(
        format!(
            "“{}” names things and measures nothing: {}, {missing}{form}",
            c.name,
            say::counted(c.distinct, "different value", "different values")
        ),
        format!("「{}」是标识而非度量：{} 个不同值，{missing_zh}{form_zh}", c.name, count(c.distinct)),
    )
}

fn charts(s: &Summary, labels: &Labels) -> Vec<Chart> {
    let mut out = Vec::new();
    let mut gaps: Vec<&Description> = s.columns.iter().filter(|c| c.missing > 0).collect();
    gaps.order_by(|a, b| b.missing.cmp(&a.missing).then_with(|| a.name.cmp(&b.name)));
    if !gaps.is_empty() {
        let list: Vec<Bar> = gaps
            .iter()
            .take(20)
            .map(|c| {
                Bar::new(labels.token(&c.name), c.missing as f64 / s.rows.max(1) as f64).drill("name", c.name.clone())
            })
            .collect();
        out.push(Chart {
            id: "missing",
            title: Words::new(
                if s.columns.len() == 1 {
                    "The column has gaps".to_string()
                } else {
                    format!(
                        "{} of {} columns {} gaps",
                        gaps.len(),
                        s.columns.len(),
                        say::form(gaps.len(), "has", "have")
                    )
                },
                format!("{} 列中有 {} 列存在缺失", s.columns.len(), gaps.len()),
            ),
            subtitle: Words::new(
                format!("Share of cells missing, n = {}", say::counted(s.rows, "row", "rows")),
                format!("缺失单元格占比，n = {} 行", count(s.rows)),
            ),
            alt: Words::new(
                format!("Missing share by column; the largest is {}.", labels.get(&gaps[0].name).en),
                format!("各列缺失占比；「{}」最高。", labels.get(&gaps[0].name).zh),
            ),
            option: chart::bars(&list, "percent"),
            drill: Drill::on(&["name"]),
        });
    }
    // Few columns look like codes when they have few values; the histograms go to those that spread.
    let mut spread: Vec<&Description> =
        s.columns.iter().filter(|c| c.histogram.is_some() && c.distinct > 1 && !c.identifier).collect();
    spread.order_by_key(|c| c.distinct <= 12);
    for (c, id) in spread.into_iter().zip(["histogram_1", "histogram_2"]) {
        out.push(shape(c, labels, id));
    }
    let grouped = |c: &&Description| c.mean.is_none() && c.first.is_none() && c.distinct > 1 && c.distinct < c.n;
    if let Some(c) = s.columns.iter().filter(|c| !c.identifier).find(grouped) {
        let list: Vec<Bar> = c.top.iter().map(|t| Bar::new(json!(t.value), t.n as f64)).collect();
        let first = &c.top[0];
        let part = percent(first.n as f64 / c.n.max(1) as f64);
        out.push(Chart {
            id: "top",
            title: Words::new(
                format!("“{}” is the most frequent {}: {part}", first.value, c.name),
                format!("「{}」中「{}」最常见，占 {part}", c.name, first.value),
            ),
            subtitle: Words::new(
                if c.top.len() == c.distinct {
                    format!("Rows by {}, n = {}", c.name, count(c.n))
                } else {
                    format!("Rows by {}, the {} most frequent of {} values", c.name, c.top.len(), count(c.distinct))
                },
                if c.top.len() == c.distinct {
                    format!("按「{}」统计行数，n = {}", c.name, count(c.n))
                } else {
                    format!("按「{}」统计行数，{} 个值中最常见的 {} 个", c.name, count(c.distinct), c.top.len())
                },
            ),
            alt: Words::new(
                format!(
                    "Most frequent values of {}: {} with {}.",
                    c.name,
                    first.value,
                    say::counted(first.n, "row", "rows")
                ),
                format!("「{}」最常见的值：{}，{} 行。", c.name, first.value, count(first.n)),
            ),
            option: chart::bars(&list, "count"),
            drill: None,
        });
    }
    out
}

fn shape(c: &Description, labels: &Labels, id: &'static str) -> Chart {
    let histogram: Vec<&super::Bin> = c.histogram.iter().flatten().collect();
    let bins: Vec<(f64, f64, usize)> = histogram.iter().map(|b| (b.from, b.to, b.n)).collect();
    let open = [histogram.first(), histogram.last()].map(|b| b.is_some_and(|b| b.open));
    let far: usize = histogram.iter().filter(|b| b.open).map(|b| b.n).sum();
    // A year is written as a year: no thousands, no decimals.
    let figure = |v: Option<f64>| match v {
        Some(v) if c.year => Words::same(format!("{v:.0}")),
        v => short(v.unwrap_or(f64::NAN)),
    };
    let name = labels.get(&c.name);
    let (median, low, high) = (figure(c.median), figure(c.min), figure(c.max));
    let skewed = c.skewness.is_some_and(|g| g.abs() > 1.0);
    let title = if skewed && !c.year {
        Words::new(
            format!("Half of {} is at most {}; the mean is {}", name.en, median.en, figure(c.mean).en),
            format!("「{}」有一半不超过 {}，均值为 {}", name.zh, median.zh, figure(c.mean).zh),
        )
    } else {
        Words::new(format!("{} centres on {}", name.en, median.en), format!("「{}」集中在 {} 附近", name.zh, median.zh))
    };
    let missing = if c.missing == 0 {
        Words::default()
    } else {
        Words::new(format!(", {} missing", count(c.missing)), format!("，缺失 {}", count(c.missing)))
    };
    let ends = if far == 0 {
        Words::default()
    } else {
        Words::new(
            format!("; {} far out, up to {}, in an open bar", count(far), if open[1] { &high.en } else { &low.en }),
            format!(
                "；{} 个远离其余的值（最远 {}）计入开口的一组",
                count(far),
                if open[1] { &high.zh } else { &low.zh }
            ),
        )
    };
    Chart {
        id,
        title,
        subtitle: Words::new(
            format!("Rows by {}, n = {}{}{}", name.en, count(c.n), missing.en, ends.en),
            format!("按「{}」统计行数，n = {}{}{}", name.zh, count(c.n), missing.zh, ends.zh),
        ),
        alt: Words::new(
            format!("Distribution of {}: from {} to {}, median {}.", name.en, low.en, high.en, median.en),
            format!("「{}」的分布：{} 至 {}，中位数 {}。", name.zh, low.zh, high.zh, median.zh),
        ),
        option: chart::histogram(&bins, open, &name, if c.year { "text" } else { "number" }),
        drill: None,
    }
}

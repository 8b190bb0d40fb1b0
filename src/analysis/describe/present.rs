//! The words and pictures of `describe`.

use serde_json::json;

use super::{Description, Summary};
use crate::analysis::Presentation;
use crate::analysis::col::show::{count, percent, short, tile};
use crate::chart::{self, Bar, Chart, Drill};
use crate::error::Words;
use crate::num::order::Order;

pub fn present(s: &Summary) -> Presentation {
    let cells = s.rows * s.columns.len();
    let missing: usize = s.columns.iter().map(|c| c.missing).sum();
    let share = if cells > 0 { missing as f64 / cells as f64 } else { f64::NAN };
    let worst = s.columns.iter().filter(|c| c.missing > 0).max_by_key(|c| c.missing);
    let headline = match worst {
        None => Words::new(
            format!("{} rows in {} columns, and no cell is missing.", count(s.rows), s.columns.len()),
            format!("{} 行、{} 列，没有缺失。", count(s.rows), s.columns.len()),
        ),
        Some(w) => {
            let part = percent(w.missing as f64 / s.rows.max(1) as f64);
            Words::new(
                format!(
                    "{} rows in {} columns; {} lacks most: {part} missing.",
                    count(s.rows),
                    s.columns.len(),
                    w.name
                ),
                format!("{} 行、{} 列；「{}」缺失最多，占 {part}。", count(s.rows), s.columns.len(), w.name),
            )
        }
    };
    let numbers = s.columns.iter().filter(|c| c.mean.is_some()).count();
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
                ("Columns with a mean.", "可计算均值的列。"),
            ),
            tile(
                "missing",
                ("Missing cells", "缺失单元格"),
                Some(share),
                "percent",
                ("Missing cells ÷ all cells.", "缺失单元格 ÷ 全部单元格。"),
            ),
        ],
        charts: charts(s),
    }
}

fn charts(s: &Summary) -> Vec<Chart> {
    let mut out = Vec::new();
    let mut gaps: Vec<&Description> = s.columns.iter().filter(|c| c.missing > 0).collect();
    gaps.order_by(|a, b| b.missing.cmp(&a.missing).then_with(|| a.name.cmp(&b.name)));
    if !gaps.is_empty() {
        let list: Vec<Bar> = gaps
            .iter()
            .take(20)
            .map(|c| Bar::new(json!(c.name), c.missing as f64 / s.rows.max(1) as f64).drill("name", c.name.clone()))
            .collect();
        out.push(Chart {
            id: "missing",
            title: Words::new(
                format!("{} of {} columns have gaps", gaps.len(), s.columns.len()),
                format!("{} 列中有 {} 列存在缺失", s.columns.len(), gaps.len()),
            ),
            subtitle: Words::new(
                format!("Share of cells missing, n = {} rows", count(s.rows)),
                format!("缺失单元格占比，n = {} 行", count(s.rows)),
            ),
            alt: Words::new(
                format!("Missing share by column; the largest is {}.", gaps[0].name),
                format!("各列缺失占比；「{}」最高。", gaps[0].name),
            ),
            option: chart::bars(&list, "percent"),
            drill: Drill::on(&["name"]),
        });
    }
    // Few columns look like codes when they have few values; the histograms go to those that spread.
    let mut spread: Vec<&Description> = s.columns.iter().filter(|c| c.histogram.is_some() && c.distinct > 1).collect();
    spread.order_by_key(|c| c.distinct <= 12);
    for (c, id) in spread.into_iter().zip(["histogram_1", "histogram_2"]) {
        out.push(shape(c, id));
    }
    if let Some(c) =
        s.columns.iter().find(|c| c.mean.is_none() && c.first.is_none() && c.distinct > 1 && c.distinct < c.n)
    {
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
                format!("Rows by {}, the {} most frequent of {} values", c.name, c.top.len(), count(c.distinct)),
                format!("按「{}」统计行数，{} 个值中最常见的 {} 个", c.name, count(c.distinct), c.top.len()),
            ),
            alt: Words::new(
                format!("Most frequent values of {}: {} with {} rows.", c.name, first.value, count(first.n)),
                format!("「{}」最常见的值：{}，{} 行。", c.name, first.value, count(first.n)),
            ),
            option: chart::bars(&list, "count"),
            drill: None,
        });
    }
    out
}

fn shape(c: &Description, id: &'static str) -> Chart {
    let bins: Vec<(f64, f64, usize)> = c.histogram.iter().flatten().map(|b| (b.from, b.to, b.n)).collect();
    let figure = |v: Option<f64>| short(v.unwrap_or(f64::NAN));
    let (median, low, high) = (figure(c.median), figure(c.min), figure(c.max));
    let skewed = c.skewness.is_some_and(|g| g.abs() > 1.0);
    let title = if skewed {
        Words::new(
            format!("Half of {} lies below {}; the mean is {}", c.name, median.en, figure(c.mean).en),
            format!("「{}」有一半低于 {}，均值为 {}", c.name, median.zh, figure(c.mean).zh),
        )
    } else {
        Words::new(format!("{} centres on {}", c.name, median.en), format!("「{}」集中在 {} 附近", c.name, median.zh))
    };
    Chart {
        id,
        title,
        subtitle: Words::new(
            format!("Rows by {}, n = {}, {} missing", c.name, count(c.n), count(c.missing)),
            format!("按「{}」统计行数，n = {}，缺失 {}", c.name, count(c.n), count(c.missing)),
        ),
        alt: Words::new(
            format!("Distribution of {}: from {} to {}, median {}.", c.name, low.en, high.en, median.en),
            format!("「{}」的分布：{} 至 {}，中位数 {}。", c.name, low.zh, high.zh, median.zh),
        ),
        option: chart::histogram(&bins, &Words::same(c.name.clone()), "number"),
        drill: None,
    }
}

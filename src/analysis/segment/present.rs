//! Headline, tiles and charts: the segments' cards, their sizes, the choice of k, the map.

use serde_json::{Value, json};

use super::*;
use crate::analysis::Tile;
use crate::chart::{self, Bar, Cell, Chart, Drill, Line, MOST_MARKS, MOST_POINTS, Point};
use crate::num::order::Order;
use crate::table::{Frame, Series};

/// Segments with a name on the charts; more would not be told apart.
const SHOWN: usize = 8;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let (s, labels) = (&output.summary, Labels::of(&params.features));
    let mut charts = Vec::new();
    if !s.segments.is_empty() {
        charts.push(cards(s, &labels));
        // Four charts at most: who moved says more than how many there are.
        match &s.migration {
            Some(m) => charts.push(migration::chart(m, SHOWN)),
            None => charts.push(sizes(s)),
        }
    }
    if s.candidates.len() > 1 {
        charts.push(numbers(s));
    }
    charts.extend(map(s, &output.frame));
    Presentation { headline: headline(s), tiles: tiles(s), charts }
}

fn noun(s: &Summary) -> (&'static str, &'static str) {
    if s.unit == "customer" { ("customers", "位客户") } else { ("rows", "行") }
}

fn headline(s: &Summary) -> Words {
    let (en, zh) = noun(s);
    let Some(first) = s.segments.first() else {
        return Words::new("No dense groups were found.", "没有找到密集的群。");
    };
    let (n, k, share) = (say::count(s.n), s.segments.len(), say::percent(first.share));
    if k == 1 {
        return if first.size == s.n {
            Words::new(
                format!("All {n} {en} fall into one segment: nothing tells them apart."),
                format!("全部 {n} {zh}都归入一群，没有可区分之处。"),
            )
        } else {
            Words::new(
                format!("One dense group holds {share} of {n} {en}; the others lie outside it."),
                format!("{n} {zh}中有 {share} 属于唯一的密集群，其余在群外。"),
            )
        };
    }
    let named = label(first);
    Words::new(
        format!("{n} {en} in {k} segments; the largest holds {share}: {}.", named.en),
        format!("{n} {zh}分成 {k} 群；最大的一群占 {share}：「{}」。", named.zh),
    )
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let chosen = s.candidates.iter().find(|c| c.k == s.k);
    let tile = |id, label: Words, value: Option<f64>, format, definition: Words| Tile {
        id,
        label,
        value,
        format,
        previous: None,
        interval: None,
        usual: None,
        n: Some(s.n),
        definition,
    };
    let mut tiles = vec![
        tile("segments", Words::new("Segments", "分群数"), Some(s.segments.len() as f64), "count", s.k_reason.clone()),
        tile(
            "silhouette",
            Words::new("Separation (silhouette)", "区分度（轮廓系数）"),
            chosen.and_then(|c| c.silhouette),
            "number",
            Words::new(
                "How much nearer each is to its own segment than to the next: 1 apart, 0 on the border.",
                "各自离本群比离最近的另一群近多少：1 为分明，0 为交界。",
            ),
        ),
    ];
    let stable: Vec<f64> = s.segments.iter().filter_map(|g| g.stability).collect();
    if !stable.is_empty() {
        tiles.push(tile(
            "stability",
            Words::new("Least stable segment", "最不稳定的一群"),
            stable.iter().copied().reduce(f64::min),
            "number",
            Words::new(
                "Mean overlap (Jaccard) with the segments of 20 bootstrap samples; from 0.75 on a segment holds.",
                "与 20 次自助抽样分群的平均重合度（Jaccard），0.75 以上算稳固。",
            ),
        ));
    }
    if let Some(noise) = s.noise {
        tiles.push(tile(
            "noise",
            Words::new("Outside all segments", "不属于任何群"),
            Some(noise as f64),
            "count",
            Words::new(
                "With too few neighbours within the radius, and near no dense group.",
                "邻域内点数过少，也不在任何密集群附近。",
            ),
        ));
    }
    tiles
}

/// "Segment 1 · high monetary"; a segment without a name is "Segment 1" already.
fn label(g: &Segment) -> Words {
    let number = numbered(g.id);
    if g.name == number {
        return number;
    }
    Words::new(format!("{} · {}", number.en, g.name.en), format!("{} · {}", number.zh, g.name.zh))
}

fn cards(s: &Summary, labels: &Labels) -> Chart {
    const CAP: f64 = 2.0;
    let mut cells = Vec::new();
    for (y, g) in s.segments.iter().take(SHOWN).enumerate() {
        for (x, feature) in s.features.iter().enumerate() {
            // Near the average the card is empty: only differences are coloured and printed.
            let difference = g.differs.iter().find(|d| &d.feature == feature).map(|d| d.difference);
            cells.push(Cell {
                x,
                y,
                value: difference,
                tone: chart::div_step(difference.unwrap_or(0.0), CAP),
                open: false,
                drill: json!({ "segment": g.id }),
            });
        }
    }
    let short = |g: &Segment| {
        let number = numbered(g.id);
        chart::words(number.en, number.zh)
    };
    let rows = s.segments.iter().take(SHOWN).map(short).collect();
    let columns = s.features.iter().map(|f| labels.token(f)).collect();
    let told: Vec<Words> = s.segments.iter().take(3).map(label).collect();
    Chart {
        id: "cards",
        title: Words::new("What sets each segment apart", "各群与平均相比有何不同"),
        subtitle: Words::new(
            "difference from the average in standard deviations; empty: less than half of one",
            "与平均之差（以标准差计）；空白：不足半个标准差",
        ),
        alt: Words::new(
            format!(
                "Segments and what sets them apart: {}",
                told.iter().map(|w| w.en.as_str()).collect::<Vec<_>>().join("; ")
            ),
            format!("各群特点：{}", told.iter().map(|w| w.zh.as_str()).collect::<Vec<_>>().join("；")),
        ),
        option: chart::heat_map(columns, rows, &cells, "number"),
        drill: Drill::on(&["segment"]),
    }
}

fn sizes(s: &Summary) -> Chart {
    let en = noun(s).0;
    let bars: Vec<Bar> = s
        .segments
        .iter()
        .take(20)
        .map(|g| {
            let w = label(g);
            Bar::new(chart::words(w.en, w.zh), g.size as f64).drill("segment", g.id)
        })
        .collect();
    let top = s.segments.first();
    let (share, n) = (say::percent(top.map_or(0.0, |g| g.share)), say::count(s.n));
    Chart {
        id: "sizes",
        title: Words::new(format!("The largest segment holds {share} of the {en}"), format!("最大的一群占 {share}")),
        subtitle: Words::new(
            format!("{en} per segment, n = {n}"),
            format!("各群{}数，n = {n}", if s.unit == "customer" { "客户" } else { "行" }),
        ),
        alt: Words::new(
            format!("Sizes: {}", s.segments.iter().take(3).map(|g| say::count(g.size)).collect::<Vec<_>>().join(", ")),
            format!(
                "各群大小：{}",
                s.segments.iter().take(3).map(|g| say::count(g.size)).collect::<Vec<_>>().join("、")
            ),
        ),
        option: chart::bars(&bars, "count"),
        drill: Drill::on(&["segment"]),
    }
}

/// Silhouette (or BIC, for mixtures) by number of segments.
fn numbers(s: &Summary) -> Chart {
    let mut candidates: Vec<&Candidate> = s.candidates.iter().collect();
    candidates.order_by_key(|c| c.k);
    let labels: Vec<String> = candidates.iter().map(|c| c.k.to_string()).collect();
    let bic = s.method == Method::GaussianMixture;
    let (name, values): (Words, Vec<Option<f64>>) = if bic {
        (Words::same("BIC"), candidates.iter().map(|c| c.bic).collect())
    } else {
        (Words::new("silhouette", "轮廓系数"), candidates.iter().map(|c| c.silhouette).collect())
    };
    Chart {
        id: "numbers",
        title: s.k_reason.clone(),
        subtitle: if bic {
            Words::new("BIC by number of segments; lower is better", "各分群个数的 BIC，越低越好")
        } else {
            Words::new("silhouette by number of segments; higher is better", "各分群个数的轮廓系数，越高越好")
        },
        alt: s.k_reason.clone(),
        option: chart::lines(&labels, &[Line { name, values, subject: true }], "number"),
        drill: None,
    }
}

/// The rows on the first two principal components: points, or from 50,000 on a raster of them coloured by the segment that
/// most rows of a cell belong to.
fn map(s: &Summary, frame: &Frame) -> Option<Chart> {
    let (Some(Series::Number(x)), Some(Series::Number(y)), Some(Series::Number(segment))) =
        (frame.get("pc1"), frame.get("pc2"), frame.get("segment"))
    else {
        return None;
    };
    let group = |i: usize| if segment[i].is_finite() { (segment[i] as usize).clamp(1, SHOWN + 1) } else { 0 };
    let mut names = vec![Words::new("outside", "群外")];
    names.extend((1..=s.segments.len().min(SHOWN)).map(numbered));
    if s.segments.len() > SHOWN {
        names.push(Words::new("further segments", "其他群"));
    }
    let raster = x.len() > MOST_POINTS;
    let mut points = Vec::new();
    let mut weights = Vec::new();
    if raster {
        let cells = grid(x, y, group, names.len());
        let most = cells.iter().map(|c| c.3).max().unwrap_or(1) as f64;
        for (cx, cy, g, n) in cells {
            points.push(Point { x: cx, y: cy, group: g, drill: json!({ "segment": g }) });
            weights.push(0.15 + 0.85 * (n as f64 / most).sqrt());
        }
    } else {
        for i in 0..x.len() {
            points.push(Point { x: x[i], y: y[i], group: group(i), drill: json!({ "segment": group(i) }) });
        }
    }
    let mut drills: Vec<Value> = (0..names.len()).map(|g| json!({ "segment": g })).collect();
    // Slot 0 is for rows outside all segments; without any the segments start there.
    if points.iter().all(|p| p.group > 0) {
        points.iter_mut().for_each(|p| p.group -= 1);
        names.remove(0);
        drills.remove(0);
    }
    let axis = |c: usize| {
        let share = say::percent(s.pca.explained_ratio.get(c).copied().unwrap_or(0.0));
        Words::new(
            format!("component {} ({share} of the variance)", c + 1),
            format!("主成分 {}（方差的 {share}）", c + 1),
        )
    };
    let (first, second) = (axis(0), axis(1));
    let axes = [(&first, "number"), (&second, "number")];
    let mut option = if !raster && points.len() > MOST_MARKS {
        chart::cloud(&points, &names, &drills, axes)
    } else {
        chart::scatter(&points, &names, axes)
    };
    if raster {
        fade(&mut option, &points, &weights);
    }
    let share = say::percent(s.pca.explained_ratio.iter().take(2).sum::<f64>());
    let k = s.segments.len();
    let title = if k == 1 {
        Words::new(
            format!("A map of the segment, which keeps {share} of the variance"),
            format!("保留 {share} 方差的平面上，该群的位置"),
        )
    } else {
        Words::new(
            format!("On a map that keeps {share} of the variance, the {k} segments lie like this"),
            format!("保留 {share} 方差的平面上，{k} 群的位置"),
        )
    };
    let (n, (en, zh)) = (say::count(x.len()), noun(s));
    Some(Chart {
        id: "map",
        alt: title.clone(),
        title,
        subtitle: if raster {
            Words::new(
                format!(
                    "n = {n} {en}; a mark is a cell of the map, stronger where more lie, in the colour of its most frequent segment"
                ),
                format!("n = {n} {zh}；每个点是一格，越多颜色越深，颜色取格内最多的群"),
            )
        } else {
            Words::new(
                format!("one point each, n = {n} {en}"),
                format!("每点为一{}，n = {n} {zh}", if s.unit == "customer" { "位客户" } else { "行" }),
            )
        },
        option,
        drill: Drill::on(&["segment"]),
    })
}

/// Occupied cells of a grid of at most [`MOST_MARKS`]: centre, most frequent group, rows.
fn grid(x: &[f64], y: &[f64], group: impl Fn(usize) -> usize, groups: usize) -> Vec<(f64, f64, usize, usize)> {
    const ACROSS: usize = 50;
    const DOWN: usize = 40;
    let span = |v: &[f64]| v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
    let ((x0, x1), (y0, y1)) = (span(x), span(y));
    let (w, h) = ((x1 - x0).max(1e-12) / ACROSS as f64, (y1 - y0).max(1e-12) / DOWN as f64);
    let mut counts = vec![0usize; ACROSS * DOWN * groups];
    for i in 0..x.len() {
        let cx = (((x[i] - x0) / w) as usize).min(ACROSS - 1);
        let cy = (((y[i] - y0) / h) as usize).min(DOWN - 1);
        counts[(cy * ACROSS + cx) * groups + group(i).min(groups - 1)] += 1;
    }
    counts
        .chunks_exact(groups)
        .enumerate()
        .filter_map(|(cell, c)| {
            let n: usize = c.iter().sum();
            let top = (0..groups).max_by_key(|&g| (c[g], groups - g))?;
            let (cx, cy) = ((cell % ACROSS) as f64 + 0.5, (cell / ACROSS) as f64 + 0.5);
            (n > 0).then_some((x0 + cx * w, y0 + cy * h, top, n))
        })
        .collect()
}

/// Squares whose strength says how many rows lie in the cell.
fn fade(option: &mut Value, points: &[Point], weights: &[f64]) {
    let Some(series) = option.get_mut("series").and_then(Value::as_array_mut) else { return };
    for (g, one) in series.iter_mut().enumerate() {
        one["symbol"] = json!("rect");
        one["symbolSize"] = json!(8);
        let strength: Vec<f64> = points
            .iter()
            .zip(weights)
            .filter(|(p, _)| p.group == g)
            .map(|(_, w)| (w * 100.0).round() / 100.0)
            .collect();
        if let Some(data) = one.get_mut("data").and_then(Value::as_array_mut) {
            for (mark, s) in data.iter_mut().zip(strength) {
                mark["itemStyle"] = json!({ "opacity": s });
            }
        }
    }
}

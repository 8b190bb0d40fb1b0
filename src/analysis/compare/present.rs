//! The words and pictures of `compare`.

use serde_json::json;

use super::category::{Crosstab, Proportions, wilson};
use super::number::{Group, PairTests};
use super::{Params, Summary};
use crate::analysis::col::show::{count, p, percent, short, tile, two};
use crate::analysis::col::{Labels, YesNo};
use crate::analysis::{Presentation, Tile, say};
use crate::chart::{self, Bar, Cell, Chart, Drill};
use crate::error::Words;
use crate::num::order::Order;

pub fn present(s: &Summary, params: &Params) -> Presentation {
    let level = params.level;
    let names = Names::of(s, params);
    let m = &names;
    if let (Some(groups), Some(pair)) = (&s.groups, &s.pair) {
        return numbers(s, m, groups, pair, level);
    }
    match (&s.proportions, &s.crosstab) {
        (Some(two), Some(table)) => proportions(s, m, two, table, level),
        (None, Some(table)) => categories(s, m, table),
        _ => Presentation::default(),
    }
}

/// What the measure and the groups are called: columns by their own names, customer facts in words.
struct Names {
    measure: Words,
    by: Words,
}

impl Names {
    fn of(s: &Summary, params: &Params) -> Self {
        let labels = Labels::of([&params.measure, &params.by].into_iter().flatten());
        let measure = match &params.measure {
            // Which value is counted is half of the sentence.
            Some(col) if col.spec().equals.is_some() => Words::same(YesNo(col.clone()).label()),
            _ => labels.get(&s.measure),
        };
        Self { measure, by: labels.get(&s.by) }
    }
}

fn numbers(s: &Summary, m: &Names, groups: &[Group], pair: &PairTests, level: f64) -> Presentation {
    let chance = s.kruskal.as_ref().and_then(|k| k.p).or(s.anova.as_ref().and_then(|a| a.p)).unwrap_or(1.0);
    let mut sorted: Vec<&Group> = groups.iter().collect();
    sorted.order_by(|a, b| b.mean.total_cmp(&a.mean).then_with(|| a.group.cmp(&b.group)));
    let (top, low) = (sorted[0], sorted[sorted.len() - 1]);
    let (high, bottom) = (short(top.mean), short(low.mean));
    let headline = if chance < 0.05 {
        Words::new(
            format!(
                "{} is highest where {} is “{}” ({}) and lowest where it is “{}” ({}).",
                m.measure.en, m.by.en, top.group, high.en, low.group, bottom.en
            ),
            format!(
                "按「{}」看，「{}」最高的是「{}」（{}），最低的是「{}」（{}）。",
                m.by.zh, m.measure.zh, top.group, high.zh, low.group, bottom.zh
            ),
        )
    } else {
        Words::new(
            format!("{} differs between the groups by no more than chance ({}).", m.measure.en, p(chance)),
            format!("各组的「{}」差异未超出偶然（{}）。", m.measure.zh, p(chance)),
        )
    };
    let difference = groups
        .iter()
        .find(|g| g.group == pair.a)
        .zip(groups.iter().find(|g| g.group == pair.b))
        .map(|(a, b)| a.mean - b.mean);
    let tiles = vec![
        tile("n", ("Rows", "行数"), Some(s.n as f64), "count", ("Rows used.", "参与比较的行。")),
        tile("groups", ("Groups", "组数"), Some(groups.len() as f64), "count", ("Groups compared.", "被比较的组。")),
        Tile {
            interval: pair.welch.ci,
            n: Some(s.n),
            label: Words::new(format!("{} − {}", pair.a, pair.b), format!("{} − {}", pair.a, pair.b)),
            ..tile(
                "difference",
                ("", ""),
                difference,
                "number",
                ("Difference of the means, interval after Welch.", "均值之差，区间按 Welch 方法。"),
            )
        },
        tile(
            "eta_squared",
            ("Explained by the group", "组间可解释"),
            s.anova.as_ref().and_then(|a| a.eta_squared),
            "percent",
            ("η²: share of the variance that lies between the groups.", "η²：组间方差占总方差的比例。"),
        ),
        tile(
            "p",
            ("Chance (Kruskal–Wallis)", "偶然概率（Kruskal–Wallis）"),
            Some(chance),
            "number",
            ("How often chance alone gives groups this far apart.", "仅凭偶然出现如此差异的概率。"),
        ),
        detectable(s, "number"),
    ];
    let bars = |f: &dyn Fn(&Group) -> (f64, Option<[f64; 2]>)| -> Vec<Bar> {
        sorted
            .iter()
            .take(20)
            .map(|g| {
                let (value, interval) = f(g);
                let mut bar = Bar::new(json!(g.group), value).drill("group", g.group.clone());
                bar.interval = interval;
                bar
            })
            .collect()
    };
    let percentage = say::level(level);
    let charts = vec![
        Chart {
            id: "means",
            title: if chance < 0.05 {
                Words::new(
                    format!("“{}” has the highest mean: {}", top.group, high.en),
                    format!("「{}」均值最高：{}", top.group, high.zh),
                )
            } else {
                Words::new("The means differ by no more than chance", "各组均值的差异未超出偶然")
            },
            subtitle: Words::new(
                format!("Mean {} by {}, {percentage} intervals, n = {}", m.measure.en, m.by.en, count(s.n)),
                format!("按「{}」的「{}」均值，{percentage} 区间，n = {}", m.by.zh, m.measure.zh, count(s.n)),
            ),
            alt: Words::new(
                format!(
                    "Mean {} by group: from {} in “{}” to {} in “{}”.",
                    m.measure.en, bottom.en, low.group, high.en, top.group
                ),
                format!(
                    "各组「{}」均值：从「{}」的 {} 到「{}」的 {}。",
                    m.measure.zh, low.group, bottom.zh, top.group, high.zh
                ),
            ),
            option: chart::bars(&bars(&|g| (g.mean, g.mean_ci)), "number"),
            drill: Drill::on(&["group"]),
        },
        Chart {
            id: "medians",
            title: Words::new("Medians, which outliers do not move", "中位数（不受极端值影响）"),
            subtitle: Words::new(
                format!("Median {} by {}", m.measure.en, m.by.en),
                format!("按「{}」的「{}」中位数", m.by.zh, m.measure.zh),
            ),
            alt: Words::new(
                format!("Median {} by group.", m.measure.en),
                format!("各组「{}」的中位数。", m.measure.zh),
            ),
            option: chart::bars(&bars(&|g| (g.median, None)), "number"),
            drill: Drill::on(&["group"]),
        },
    ];
    Presentation { headline, tiles, charts }
}

/// What groups of this size could have found, and what a new test needs.
fn detectable(s: &Summary, format: &'static str) -> Tile {
    let plan = s.plan.as_ref();
    let figure = |v: f64| if format == "percent" { Words::same(percent(v)) } else { short(v) };
    let chance = percent(plan.map_or(0.8, |p| p.power));
    let (mut en, mut zh) = (
        format!("Smallest true difference that groups of this size find in {chance} of tests."),
        format!("当前规模的两组以 {chance} 的概率能发现的最小真实差异。"),
    );
    if let Some((effect, n)) = plan.and_then(|p| p.effect.zip(p.n_per_group)) {
        let (effect, n) = (figure(effect), count(n.ceil() as usize));
        en += &format!(" A difference of {} takes {n} rows in each group.", effect.en);
        zh += &format!("要发现 {} 的差异，每组需 {n} 行。", effect.zh);
    }
    Tile {
        definition: Words::new(en, zh),
        ..tile(
            "detectable",
            ("Could have found", "可检出的最小差异"),
            plan.and_then(|p| p.detectable),
            format,
            ("", ""),
        )
    }
}

fn proportions(s: &Summary, m: &Names, two: &Proportions, table: &Crosstab, level: f64) -> Presentation {
    let (a, b) = (&two.a, &two.b);
    let chance = two.p.unwrap_or(1.0);
    let (ra, rb) = (percent(a.rate), percent(b.rate));
    let headline = if chance < 0.05 {
        Words::new(
            format!(
                "{}: {ra} where {} is “{}”, {rb} where it is “{}”; more than chance ({}).",
                m.measure.en,
                m.by.en,
                a.group,
                b.group,
                p(chance)
            ),
            format!(
                "「{}」占比：「{}」{ra}，「{}」{rb}，差异超出偶然（{}）。",
                m.measure.zh,
                a.group,
                b.group,
                p(chance)
            ),
        )
    } else {
        Words::new(
            format!(
                "{} in “{}” ({ra}) and “{}” ({rb}) differs by no more than chance ({}).",
                m.measure.en,
                a.group,
                b.group,
                p(chance)
            ),
            format!(
                "「{}」占比在「{}」（{ra}）与「{}」（{rb}）之间的差异未超出偶然（{}）。",
                m.measure.zh,
                a.group,
                b.group,
                p(chance)
            ),
        )
    };
    let rate = |id, g: &super::Proportion| Tile {
        label: Words::same(g.group.clone()),
        interval: Some(g.wilson),
        n: Some(g.n),
        ..tile(id, ("", ""), Some(g.rate), "percent", ("Share of yes, Wilson interval.", "「是」的占比，Wilson 区间。"))
    };
    let tiles = vec![
        rate("rate_a", a),
        rate("rate_b", b),
        Tile {
            interval: Some(two.ci_newcombe),
            n: Some(a.n + b.n),
            ..tile(
                "difference",
                ("Difference", "差值"),
                Some(two.difference),
                "percent",
                (
                    "Rate of the first − rate of the second, interval after Newcombe.",
                    "前者占比 − 后者占比，Newcombe 区间。",
                ),
            )
        },
        Tile {
            interval: two.relative_lift_ci,
            n: Some(a.n + b.n),
            ..tile(
                "relative_lift",
                ("Relative lift", "相对提升"),
                two.relative_lift,
                "percent",
                ("First rate ÷ second rate − 1.", "前者 ÷ 后者 − 1。"),
            )
        },
        tile(
            "p",
            ("Chance", "偶然概率"),
            two.p,
            "number",
            ("How often chance alone gives rates this far apart.", "仅凭偶然出现如此差异的概率。"),
        ),
        detectable(s, "percent"),
    ];
    let list: Vec<Bar> = table
        .rows
        .iter()
        .zip(&table.counts)
        .take(30)
        .map(|(group, counts)| {
            let (x, n) = (counts.last().copied().unwrap_or(0) as f64, counts.iter().sum::<usize>() as f64);
            let mut bar = Bar::new(json!(group), x / n.max(1.0))
                .drill("group", group.clone())
                .context(*group != a.group && *group != b.group);
            bar.interval = Some(wilson(x, n.max(1.0), level));
            bar
        })
        .collect();
    let charts = vec![
        Chart {
            id: "rates",
            title: Words::new(
                format!("“{}”: {ra}, “{}”: {rb}", a.group, b.group),
                format!("「{}」{ra}，「{}」{rb}", a.group, b.group),
            ),
            subtitle: Words::new(
                format!("Share of yes by {}, {} Wilson intervals, n = {}", m.by.en, say::level(level), count(s.n)),
                format!("按「{}」的「是」占比，{} Wilson 区间，n = {}", m.by.zh, say::level(level), count(s.n)),
            ),
            alt: Words::new(
                format!("Rates by group: {} {ra}, {} {rb}.", a.group, b.group),
                format!("各组占比：「{}」{ra}，「{}」{rb}。", a.group, b.group),
            ),
            option: chart::bars(&list, "percent"),
            drill: Drill::on(&["group"]),
        },
        matrix(s, m, table),
    ];
    Presentation { headline, tiles, charts }
}

fn categories(s: &Summary, m: &Names, table: &Crosstab) -> Presentation {
    let chance = s.chi2.as_ref().and_then(|c| c.p).unwrap_or(1.0);
    let v = s.cramers_v.unwrap_or(0.0);
    let strength = match v {
        v if v < 0.1 => Words::new("weakly", "较弱"),
        v if v < 0.3 => Words::new("moderately", "中等"),
        _ => Words::new("strongly", "较强"),
    };
    let headline = if chance < 0.05 {
        Words::new(
            format!("{} depends {} on {} (V = {}).", m.measure.en, strength.en, m.by.en, two(v)),
            format!("「{}」与「{}」关联{}（V = {}）。", m.measure.zh, m.by.zh, strength.zh, two(v)),
        )
    } else {
        Words::new(
            format!("{} does not depend on {} by more than chance ({}).", m.measure.en, m.by.en, p(chance)),
            format!("「{}」与「{}」的关联未超出偶然（{}）。", m.measure.zh, m.by.zh, p(chance)),
        )
    };
    let tiles = vec![
        tile("n", ("Rows", "行数"), Some(s.n as f64), "count", ("Rows used.", "参与比较的行。")),
        tile(
            "cramers_v",
            ("Cramér's V", "克拉默 V"),
            s.cramers_v,
            "number",
            ("Strength of the dependence, 0 to 1.", "关联强度，0 至 1。"),
        ),
        tile(
            "chi2",
            ("χ²", "χ²"),
            s.chi2.as_ref().map(|c| c.chi2),
            "number",
            ("Σ(observed − expected)²/expected.", "Σ(实际 − 期望)²/期望。"),
        ),
        tile(
            "p",
            ("Chance", "偶然概率"),
            s.chi2.as_ref().and_then(|c| c.p),
            "number",
            ("How often chance alone gives a table this uneven.", "仅凭偶然出现如此不均的概率。"),
        ),
    ];
    let mut charts = vec![matrix(s, m, table)];
    let totals: Vec<Bar> = table
        .rows
        .iter()
        .zip(&table.counts)
        .take(20)
        .map(|(group, counts)| {
            Bar::new(json!(group), counts.iter().sum::<usize>() as f64).drill("group", group.clone())
        })
        .collect();
    charts.push(Chart {
        id: "sizes",
        title: Words::new("How large the groups are", "各组的大小"),
        subtitle: Words::new(
            format!("Rows by {}, n = {}", m.by.en, count(s.n)),
            format!("按「{}」的行数，n = {}", m.by.zh, count(s.n)),
        ),
        alt: Words::new(format!("Rows by {}.", m.by.en), format!("按「{}」的行数。", m.by.zh)),
        option: chart::bars(&totals, "count"),
        drill: Drill::on(&["group"]),
    });
    Presentation { headline, tiles, charts }
}

/// Shares within each group; at most 20 by 12 cells.
fn matrix(s: &Summary, m: &Names, table: &Crosstab) -> Chart {
    let n = s.n.max(1) as f64;
    let cols: Vec<usize> = (0..table.cols.len().min(12)).collect();
    let mut cells = Vec::new();
    for (y, (group, counts)) in table.rows.iter().zip(&table.counts).take(20).enumerate() {
        let total = counts.iter().sum::<usize>().max(1) as f64;
        for &x in &cols {
            let share = counts[x] as f64 / total;
            let overall = table.counts.iter().map(|r| r[x]).sum::<usize>() as f64 / n;
            cells.push(Cell {
                x,
                y,
                value: Some(share),
                tone: chart::div_step(share - overall, 0.3),
                open: false,
                drill: json!({ "group": group }),
            });
        }
    }
    let names = |list: &[String], most: usize| list.iter().take(most).map(|v| json!(v)).collect();
    Chart {
        id: "matrix",
        title: Words::new(
            format!("{} within each {}", m.measure.en, m.by.en),
            format!("各「{}」内的「{}」构成", m.by.zh, m.measure.zh),
        ),
        subtitle: Words::new(
            "Share of the group's rows; colour: above or below the average of all",
            "占本组行数的比例；颜色：高于或低于总体平均",
        ),
        alt: Words::new(
            format!(
                "Table of {} by {}.",
                say::counted(table.rows.len(), "group", "groups"),
                say::counted(table.cols.len(), "value", "values")
            ),
            format!("{} 组 × {} 个值的构成表。", table.rows.len(), table.cols.len()),
        ),
        option: chart::heat_map(names(&table.cols, 12), names(&table.rows, 20), &cells, "percent"),
        drill: Drill::on(&["group"]),
    }
}

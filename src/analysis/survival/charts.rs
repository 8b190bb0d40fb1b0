//! Curves, and who goes sooner.

use super::{Output, Params, Presentation, Summary};
use crate::analysis::col;
use crate::analysis::common::{say, tile};
use crate::chart::{self, Bar, Chart, Drill, Step};
use crate::error::Words;
use crate::num::order::Order;
use crate::table::Series;

/// Where fewer remain, a curve says little and is not drawn (design language, section 7).
const FEW: f64 = 30.0;
const MOST_POINTS: usize = 300;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = vec![curves(output, params)];
    if s.cox.is_some() {
        charts.push(hazards(s, &col::Labels::of(&params.covariates)));
    }
    let rate = s.events as f64 / s.n as f64;
    let what = event(params);
    let mut tiles = vec![
        tile(
            "median",
            Words::new("Half have it by", "半数发生的时长"),
            s.median,
            "number",
            Words::new("First time at which the curve is at or below one half", "曲线首次降到一半或以下的时间"),
        ),
        tile(
            "restricted_mean",
            Words::new("Mean time", "平均时长"),
            Some(s.restricted_mean.value),
            "number",
            Words::new("Area under the curve up to tau", "曲线在 tau 以内的面积"),
        ),
        tile(
            "events",
            Words::new("Events", "事件数"),
            Some(s.events as f64),
            "count",
            Words::new(format!("Rows in which {} happened", what.en), format!("{}已发生的行数", what.zh)),
        ),
        tile(
            "event_share",
            Words::new("Share with the event", "已发生占比"),
            Some(rate),
            "percent",
            Words::new(
                "Events over rows; says nothing about how long they were watched",
                "事件数除以行数，不反映观察时长",
            ),
        ),
    ];
    if let [Some(low), Some(high)] = s.median_ci {
        tiles[0].interval = Some([low, high]);
    }
    tiles[0].n = Some(s.n);
    if let Some(cox) = &s.cox {
        tiles.push(tile(
            "concordance",
            Words::new("Right order (concordance)", "排序正确率（一致性）"),
            Some(cox.concordance),
            "number",
            Words::new(
                "Share of comparable pairs the model orders rightly; 0.5 is chance",
                "模型排序正确的可比对子占比，0.5 为随机",
            ),
        ));
    }
    Presentation { headline: headline(output, params), tiles, charts }
}

/// What is waited for, as the person's table calls it: “Churn”, 「Churn」.
fn event(params: &Params) -> Words {
    match params.event.as_ref().map(|e| e.0.label()).filter(|l| !l.is_empty()) {
        Some(name) => Words::new(format!("“{name}”"), format!("「{name}」")),
        None => Words::new("the event", "事件"),
    }
}

/// The time in the unit of its column: “tenure” 12.
fn time(params: &Params) -> Words {
    match params.duration.as_ref().map(|c| col::Labels::of([c]).get(&c.label())).filter(|l| !l.en.is_empty()) {
        Some(name) => Words::new(format!("“{}” ", name.en), format!("「{}」", name.zh)),
        None => Words::default(),
    }
}

fn headline(output: &Output<Summary>, params: &Params) -> Words {
    let s = &output.summary;
    let longest = match output.frame.get("t") {
        Some(Series::Number(t)) => t.iter().copied().fold(0.0, f64::max),
        _ => 0.0,
    };
    let (what, time) = (event(params), time(params));
    let spread = |f: fn(f64, f64) -> f64| s.groups.iter().filter_map(|g| g.median).reduce(f);
    if let Some(test) = &s.logrank {
        let differ = test.p < 0.05;
        return match (differ, spread(f64::min), spread(f64::max)) {
            (true, Some(a), Some(b)) if a < b => Words::new(
                format!(
                    "The groups differ by more than chance: half have {} by {}{} to {}.",
                    what.en,
                    time.en,
                    say::number(a),
                    say::number(b)
                ),
                format!(
                    "各组差异超出偶然：半数发生{}时，{}为 {} 至 {}。",
                    what.zh,
                    if time.zh.is_empty() { "时长" } else { &time.zh },
                    say::number(a),
                    say::number(b)
                ),
            ),
            (true, ..) => Words::new(
                format!("The groups differ in how soon {} comes, by more than chance.", what.en),
                format!("各组发生{}的快慢不同，差异超出偶然。", what.zh),
            ),
            _ => Words::new("The groups do not differ by more than chance.", "各组之间没有超出偶然的差异。"),
        };
    }
    match s.median {
        Some(m) => Words::new(
            format!("Half have {} by {}{}.", what.en, time.en, say::number(m)),
            format!("{}到 {} 时，半数已发生{}。", time.zh, say::number(m), what.zh),
        ),
        None => Words::new(
            format!(
                "At the last time watched, {}{}, more than half are still without {}.",
                time.en,
                say::number(longest),
                what.en
            ),
            format!("到最长观察时间（{}{}）为止，过半仍未发生{}。", time.zh, say::number(longest), what.zh),
        ),
    }
}

fn curves(output: &Output<Summary>, params: &Params) -> Chart {
    let s = &output.summary;
    let numbers = |name: &str| match output.frame.get(name) {
        Some(Series::Number(v)) => v.as_slice(),
        _ => &[],
    };
    let (t, low, high, survival, risk) =
        (numbers("t"), numbers("ci_low"), numbers("ci_high"), numbers("survival"), numbers("at_risk"));
    let codes: &[u32] = match output.frame.get("group") {
        Some(Series::Coded(codes, _)) => codes,
        _ => &[],
    };
    // The five largest groups; beyond that a plot of curves is not read.
    let mut shown: Vec<usize> = (0..s.groups.len()).collect();
    shown.order_by_key(|g| std::cmp::Reverse(s.groups[*g].n));
    shown.truncate(5);
    shown.sort_unstable();
    let list: Vec<(Words, u32)> = if s.groups.is_empty() {
        vec![(Words::new("All", "全部"), u32::MAX)]
    } else {
        shown.iter().map(|&g| (Words::same(&s.groups[g].group), g as u32)).collect()
    };
    let steps: Vec<Step> = list
        .into_iter()
        .map(|(name, code)| {
            let rows: Vec<usize> = (0..codes.len()).filter(|&i| codes[i] == code).collect();
            let many = rows.first().is_some_and(|&i| risk[i] >= 4.0 * FEW);
            let rows: Vec<usize> = rows.into_iter().filter(|&i| !many || risk[i] >= FEW).collect();
            let every = rows.len().div_ceil(MOST_POINTS).max(1);
            let mut points = vec![(0.0, 1.0, 1.0, 1.0)];
            points.extend(rows.iter().step_by(every).map(|&i| (t[i], survival[i], low[i], high[i])));
            Step { name, points, subject: true }
        })
        .collect();
    let x = params.duration.as_ref().map_or_else(Words::default, |c| col::Labels::of([c]).get(&c.label()));
    let left = if s.groups.len() > 5 { s.groups.len() - 5 } else { 0 };
    let more = if left > 0 {
        Words::new(format!("; {left} smaller groups not drawn"), format!("；另有 {left} 个较小的组未画出"))
    } else {
        Words::default()
    };
    let title = match &s.logrank {
        Some(r) if r.p < 0.05 => Words::new("The curves part by more than chance", "各曲线的分离超出偶然"),
        Some(_) => Words::new("The curves do not part by more than chance", "各曲线的分离未超出偶然"),
        None => Words::new(
            format!("Share still without {} over time", event(params).en),
            format!("随时间仍未发生{}的占比", event(params).zh),
        ),
    };
    let level = say::level(params.level);
    Chart {
        id: "survival",
        subtitle: Words::new(
            format!("Share without the event, band {level}, n = {}; drawn while 30 remain{}", say::count(s.n), more.en),
            format!("未发生事件的占比，色带 {level}，n = {}；不足 30 时不再画出{}", say::count(s.n), more.zh),
        ),
        alt: Words::new(
            format!(
                "{}: {} rows, {}, median {}",
                title.en,
                say::count(s.n),
                say::counted(s.events, "event", "events"),
                s.median.map_or("not reached".into(), say::number)
            ),
            format!(
                "{}：{} 行，{} 次事件，中位数 {}",
                title.zh,
                say::count(s.n),
                say::count(s.events),
                s.median.map_or("未达到".into(), say::number)
            ),
        ),
        title,
        option: chart::steps(&steps, &if x.en.is_empty() { Words::new("time", "时间") } else { x }),
        drill: Drill::on(&["t"]),
    }
}

fn hazards(s: &Summary, labels: &col::Labels) -> Chart {
    let all = s.cox.as_ref().map_or(&[][..], |c| &c.coefficients);
    let mut list: Vec<_> = all.iter().collect();
    list.order_by(|a, b| b.z.abs().total_cmp(&a.z.abs()).then(a.name.cmp(&b.name)));
    list.truncate(12);
    list.order_by(|a, b| b.hazard_ratio.total_cmp(&a.hazard_ratio).then(a.name.cmp(&b.name)));
    let beyond = all.iter().filter(|c| c.p < 0.05).count();
    // A whisker far beyond the others would flatten them all.
    let cap = list.iter().map(|c| c.hazard_ratio).fold(1.0f64, f64::max) * 4.0;
    let bars: Vec<Bar> = list
        .iter()
        .map(|c| {
            let mut bar = Bar::new(labels.token(&c.name), c.hazard_ratio).context(c.p >= 0.05);
            bar.interval = Some([c.ci_low, c.ci_high.min(cap)]);
            bar
        })
        .collect();
    let strongest = list.iter().max_by(|a, b| a.z.abs().total_cmp(&b.z.abs()));
    let (name, ratio) = strongest.map_or((Words::default(), 1.0), |c| (labels.get(&c.name), c.hazard_ratio));
    Chart {
        id: "hazard_ratios",
        title: match (beyond, all.len()) {
            (0, _) => Words::new(
                "No covariate goes with an earlier or later event by more than chance",
                "没有协变量与事件早晚的关系超出偶然",
            ),
            (1, 1) => Words::new(
                format!("“{}” goes with an earlier or later event, by more than chance", name.en),
                format!("「{}」与事件早晚有关，超出偶然", name.zh),
            ),
            (b, n) => Words::new(
                format!(
                    "{b} of {n} covariates {} with an earlier or later event, by more than chance",
                    say::form(b, "goes", "go")
                ),
                format!("{n} 个协变量中有 {b} 个与事件早晚有关，超出偶然"),
            ),
        },
        subtitle: Words::new(
            format!(
                "Hazard ratio per unit with interval; 1 is no difference; grey: within chance; n = {}",
                say::count(s.n)
            ),
            format!("每单位的风险比及区间；1 为无差异；灰色：在偶然范围内；n = {}", say::count(s.n)),
        ),
        alt: Words::new(
            format!(
                "Hazard ratios; the clearest is {} with {}, {beyond} of {} beyond chance",
                name.en,
                say::number(ratio),
                all.len()
            ),
            format!(
                "风险比；最明显的是 {}，为 {}；{} 个中有 {beyond} 个超出偶然",
                name.zh,
                say::number(ratio),
                all.len()
            ),
        ),
        option: chart::bars(&bars, "number"),
        drill: None,
    }
}

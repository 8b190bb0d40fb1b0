//! Curves, and who goes sooner.

use super::{Group, Output, Params, Presentation, Summary, YesNo};
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
        charts.push(hazards(s, params));
    }
    let rate = s.events as f64 / s.n as f64;
    let what = event(params);
    let mut tiles = vec![
        tile(
            "median",
            Words::new("Half have it by", "一半发生于"),
            s.median,
            "number",
            Words::new("First time at which the curve is at or below one half", "曲线首次降到一半或以下的时间"),
        ),
        tile(
            "restricted_mean",
            Words::new("Mean time until it", "平均时长"),
            Some(s.restricted_mean.value),
            "number",
            Words::new(
                format!("Area under the curve up to {}: nobody counts for longer", say::number(s.restricted_mean.tau)),
                format!("曲线在 {} 以内的面积；更长的时间不计入", say::number(s.restricted_mean.tau)),
            ),
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
    tiles[1].interval = Some(s.restricted_mean.ci);
    tiles[1].n = Some(s.n);
    if let Some(cox) = &s.cox {
        let mut concordance = tile(
            "concordance",
            Words::new("Right order (concordance)", "排序正确率（一致性）"),
            Some(cox.concordance),
            "number",
            Words::new(
                "Share of comparable pairs the model orders rightly; 0.5 is chance",
                "模型排序正确的可比对子占比，0.5 为随机",
            ),
        );
        concordance.interval = cox.concordance_ci;
        concordance.n = Some(s.n);
        tiles.push(concordance);
    }
    Presentation { headline: headline(output, params), tiles, charts }
}

/// What is waited for, as the person's table calls it: “Churn”, 「Churn」; “deal_stage = Won” where the value matters.
fn event(params: &Params) -> Words {
    match params.event.as_ref().map(YesNo::label).filter(|l| !l.is_empty()) {
        Some(name) => Words::new(format!("“{name}”"), format!("「{name}」")),
        None => Words::new("the event", "事件"),
    }
}

/// A time on the clock of its column: “tenure” = 12.
fn at(params: &Params, t: f64) -> Words {
    let t = say::number(t);
    match params.duration.as_ref().map(|c| col::Labels::of([c]).get(&c.label())).filter(|l| !l.en.is_empty()) {
        Some(name) => Words::new(format!("“{}” = {t}", name.en), format!("「{}」= {t}", name.zh)),
        None => Words::new(format!("time {t}"), format!("时长 {t}")),
    }
}

/// What the rows are grouped by.
fn grouping(params: &Params) -> Words {
    match params.by.as_ref().map(|c| col::Labels::of([c]).get(&c.label())).filter(|l| !l.en.is_empty()) {
        Some(name) => Words::new(format!("the groups of “{}”", name.en), format!("「{}」各组", name.zh)),
        None => Words::new("the groups", "各组"),
    }
}

/// A group by its label; a bare number with the column that it is a value of.
fn member(params: &Params, label: &str) -> String {
    match &params.by {
        Some(by) if label.parse::<f64>().is_ok() => format!("{} = {label}", by.label()),
        _ => label.to_string(),
    }
}

fn headline(output: &Output<Summary>, params: &Params) -> Words {
    let s = &output.summary;
    let what = event(params);
    let Some(test) = &s.logrank else { return one_curve(output, params) };
    let (p, groups) = (say::p(test.p), grouping(params));
    if !(test.p < 0.05) {
        return Words::new(
            format!(
                "{} do not differ in how soon {} comes by more than chance (log-rank {p}).",
                say::sentence(&groups.en),
                what.en
            ),
            format!("{}发生{}的早晚没有超出偶然的差异（对数秩 {p}）。", groups.zh, what.zh),
        );
    }
    match (soonest(s), latest(s)) {
        (Some((a, from)), Some((b, to))) if to.is_none_or(|t| t > from) => {
            let (start, end) = (at(params, from), to.map(say::number));
            Words::new(
                format!(
                    "In “{}” half have {} by {}, in “{}” {} (log-rank {p}).",
                    member(params, &a.group),
                    what.en,
                    start.en,
                    member(params, &b.group),
                    end.as_ref().map_or("more than half never do while watched".into(), |t| format!("only by {t}"))
                ),
                format!(
                    "「{}」到{} 时已有一半发生{}，「{}」{}（对数秩 {p}）。",
                    member(params, &a.group),
                    start.zh,
                    what.zh,
                    member(params, &b.group),
                    end.as_ref().map_or("在观察期内过半未发生".into(), |t| format!("则要到 {t}"))
                ),
            )
        }
        _ => Words::new(
            format!(
                "{} differ in how soon {} comes by more than chance (log-rank {p}).",
                say::sentence(&groups.en),
                what.en
            ),
            format!("{}发生{}的早晚有差异，超出偶然（对数秩 {p}）。", groups.zh, what.zh),
        ),
    }
}

/// Fewer than so many rows are not held up as an example.
const EXAMPLE: usize = 10;

/// The group in which half have the event first, and when.
fn soonest(s: &Summary) -> Option<(&Group, f64)> {
    let with = s.groups.iter().filter(|g| g.n >= EXAMPLE).filter_map(|g| Some((g, g.median?)));
    with.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The group in which it comes last: the largest that never gets to one half, else the one with the largest median.
fn latest(s: &Summary) -> Option<(&Group, Option<f64>)> {
    let groups = || s.groups.iter().filter(|g| g.n >= EXAMPLE);
    match groups().filter(|g| g.median.is_none()).max_by_key(|g| g.n) {
        Some(never) => Some((never, None)),
        None => {
            groups().max_by(|a, b| a.median.unwrap_or(0.0).total_cmp(&b.median.unwrap_or(0.0))).map(|g| (g, g.median))
        }
    }
}

fn one_curve(output: &Output<Summary>, params: &Params) -> Words {
    let what = event(params);
    if let Some(m) = output.summary.median {
        let when = at(params, m);
        return Words::new(
            format!("Half have {} by {}.", what.en, when.en),
            format!("到{} 时，一半已发生{}。", when.zh, what.zh),
        );
    }
    let last = |name: &str| match output.frame.get(name) {
        Some(Series::Number(v)) => v.last().copied().unwrap_or(0.0),
        _ => 0.0,
    };
    let (when, share) = (at(params, last("t")), say::percent(last("survival")));
    Words::new(
        format!("{share} are still without {} at {}, the longest watched.", what.en, when.en),
        format!("观察最久到{} 时，仍有 {share} 未发生{}。", when.zh, what.zh),
    )
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
    let (what, groups) = (event(params), grouping(params));
    let title = match &s.logrank {
        Some(r) if r.p < 0.05 => Words::new(
            format!("{} comes sooner in some of {} than in others", say::sentence(&what.en), groups.en),
            format!("{}中有的更早发生{}", groups.zh, what.zh),
        ),
        Some(_) => Words::new(
            format!("No difference between {} beyond chance", groups.en),
            format!("{}之间没有超出偶然的差异", groups.zh),
        ),
        None => Words::new(
            format!("How many are still without {} as time goes by", what.en),
            format!("随时间推移，尚未发生{}的占比", what.zh),
        ),
    };
    let test = s.logrank.as_ref().map_or(Words::default(), |r| {
        let p = say::p(r.p);
        Words::new(format!(", log-rank {p}"), format!("，对数秩 {p}"))
    });
    let level = say::level(params.level);
    Chart {
        id: "survival",
        subtitle: Words::new(
            format!(
                "Kaplan–Meier, band {level}, n = {}{}; drawn while 30 are still watched{}",
                say::count(s.n),
                test.en,
                more.en
            ),
            format!(
                "Kaplan–Meier 曲线，色带为 {level} 区间，n = {}{}；仍在观察者不足 30 时不再画出{}",
                say::count(s.n),
                test.zh,
                more.zh
            ),
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

fn hazards(s: &Summary, params: &Params) -> Chart {
    let (labels, what) = (col::Labels::of(&params.covariates), event(params));
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
                format!("Nothing here goes with an earlier or later {} by more than chance", what.en),
                format!("没有因素与{}的早晚有超出偶然的关系", what.zh),
            ),
            // More of a number, or one group against another.
            (1, 1) if all[0].level.is_none() => Words::new(
                format!(
                    "A higher “{}” goes with {} {} by more than chance",
                    name.en,
                    if ratio > 1.0 { "an earlier" } else { "a later" },
                    what.en
                ),
                format!("「{}」越高，{}发生得越{}，超出偶然", name.zh, what.zh, if ratio > 1.0 { "早" } else { "晚" }),
            ),
            (1, 1) => Words::new(
                format!(
                    "“{}” goes with {} {} by more than chance",
                    name.en,
                    if ratio > 1.0 { "an earlier" } else { "a later" },
                    what.en
                ),
                format!("「{}」者{}发生{}，超出偶然", name.zh, if ratio > 1.0 { "更早" } else { "更晚" }, what.zh),
            ),
            (b, n) => Words::new(
                format!(
                    "{b} of {n} factors {} with an earlier or later {} by more than chance, “{}” most clearly",
                    say::form(b, "goes", "go"),
                    what.en,
                    name.en
                ),
                format!("{n} 个因素中有 {b} 个与{}的早晚有关，超出偶然；以「{}」最明显", what.zh, name.zh),
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

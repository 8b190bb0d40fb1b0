//! Value in words and pictures, and whether to believe it.

use serde_json::{Value, json};

use super::{Holdout, ModelId, Output, Params, Presentation, Summary};
use crate::analysis::Tile;
use crate::analysis::common::{say, tile};
use crate::chart::{self, Cell, Chart, Line, Pair};
use crate::error::Words;
use crate::table::Series;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let check = s.holdout.as_ref().or(s.backtest.as_ref());
    let mut charts = Vec::new();
    if let Some(h) = check {
        charts.push(cumulative(h, s));
        charts.push(calibration(h));
    }
    if s.model != ModelId::SBg {
        charts.push(alive(output));
    } else {
        charts.push(retention(output));
    }
    let mut headline = headline(s, check, params);
    match check.map(|h| (h.wins, super::missed_share(h))) {
        Some((false, _)) => {}
        // Where the check went wrong by a fifth or more, no sum is promised.
        Some((true, Some(share))) => {
            headline.en += &format!(" In the check the model expected {share} of what was bought.");
            headline.zh += &format!("检验中，模型预期为实际购买的 {share}。");
        }
        _ => {
            if let Some((low, high)) = s.clv.low.zip(s.clv.high) {
                let (a, b) = (say::money(low), say::money(high));
                headline.en += &format!(" All of today's customers together should bring {} to {}.", a.en, b.en);
                headline.zh += &format!("现有客户合计预计带来 {} 至 {}。", a.zh, b.zh);
            }
        }
    }
    Presentation { headline, tiles: tiles(s, check), charts }
}

fn headline(s: &Summary, check: Option<&Holdout>, params: &Params) -> Words {
    if let Some(h) = check
        && !h.wins
    {
        let best = h.baselines.iter().min_by(|a, b| a.mae.total_cmp(&b.mae)).map_or("everyone", |b| b.id);
        return if best == "same_rate" {
            Words::new(
                "The model foretells no better than “as often as so far”; do not plan with it.",
                "模型不比「与以往同样频繁」更准，不宜据此规划。",
            )
        } else {
            Words::new(
                "The model foretells no better than “everyone like the average”; do not plan with it.",
                "模型不比「人人等于平均」更准，不宜据此规划。",
            )
        };
    }
    let months = params.months;
    if let Some(v) = &s.new_customer_value {
        return match (v.low, v.high) {
            (Some(low), Some(high)) => {
                let (a, b) = (say::money(low), say::money(high));
                Words::new(
                    format!("A new customer is worth {} to {} in repeat purchases over {months} months.", a.en, b.en),
                    format!("一位新客未来 {months} 个月的复购价值约为 {} 至 {}。", a.zh, b.zh),
                )
            }
            _ => {
                let a = say::money(v.value);
                Words::new(
                    format!("A new customer is worth {} in repeat purchases over {months} months.", a.en),
                    format!("一位新客未来 {months} 个月的复购价值约为 {}。", a.zh),
                )
            }
        };
    }
    let ahead = s.time_unit.say(&say::number(s.horizon));
    let (n, m) = (say::count(s.customers), say::number(s.expected_purchases.round()));
    if s.model == ModelId::SBg {
        return Words::new(
            format!("{n} contracts should bring {m} renewals in the next {}.", ahead.en),
            format!("{n} 份合约未来 {}预计续约 {m} 次。", ahead.zh),
        );
    }
    Words::new(
        format!("{n} customers should buy {m} more times in the next {}.", ahead.en),
        format!("{n} 位客户未来 {}预计再购买 {m} 次。", ahead.zh),
    )
}

fn tiles(s: &Summary, check: Option<&Holdout>) -> Vec<Tile> {
    let ahead = s.time_unit.say(&say::number(s.horizon));
    let n = Some(s.customers);
    let mut list = Vec::new();
    if let Some(total) = s.clv.total {
        let months = s.clv.months;
        let mut t = tile(
            "clv",
            Words::new(format!("Value of all, {months} months"), format!("全部客户 {months} 个月价值")),
            Some(total),
            "money",
            Words::new(
                "Discounted margin of the expected purchases of today's customers",
                "现有客户预期购买的折现毛利",
            ),
        );
        t.interval = s.clv.low.zip(s.clv.high).map(|(a, b)| [a, b]);
        list.push(t);
    }
    if let Some(v) = &s.new_customer_value {
        let mut t = tile(
            "new_customer",
            Words::new("A new customer", "一位新客户"),
            Some(v.value),
            "money",
            Words::new("Discounted margin of the repeat purchases of a new customer", "新客户复购的折现毛利"),
        );
        t.interval = v.low.zip(v.high).map(|(a, b)| [a, b]);
        list.push(t);
    }
    list.push(tile(
        "expected_purchases",
        Words::new(format!("Purchases, next {}", ahead.en), format!("未来 {}购买次数", ahead.zh)),
        Some(s.expected_purchases),
        "count",
        Words::new("Expected purchases of all customers", "全部客户的预期购买次数"),
    ));
    list.push(tile(
        "p_alive",
        Words::new("Will still buy", "仍会购买"),
        Some(s.mean_p_alive),
        "percent",
        Words::new("Mean probability that a customer has not left", "客户尚未流失的平均概率"),
    ));
    if let Some(h) = check {
        let off = (h.actual > 0.0).then(|| h.expected / h.actual - 1.0);
        list.push(tile(
            "check",
            Words::new("Foretold against made", "预测相对实际"),
            off,
            "percent",
            Words::new(
                format!(
                    "Purchases expected over purchases made, {} to {}, less 1",
                    say::iso_date(&h.from).en,
                    say::iso_date(&h.to).en
                ),
                format!("{}至{}预期次数与实际次数之比减 1", say::iso_date(&h.from).zh, say::iso_date(&h.to).zh),
            ),
        ));
    }
    list.iter_mut().for_each(|t| t.n = n);
    list
}

fn cumulative(h: &Holdout, s: &Summary) -> Chart {
    let from = say::iso_date(&h.from);
    let labels: Vec<String> = h.cumulative.iter().map(|c| c.date.clone()).collect();
    let values = |f: fn(&super::holdout::Cumulative) -> f64| h.cumulative.iter().map(|c| Some(f(c))).collect();
    let list = [
        Line { name: Words::new("Made", "实际"), values: values(|c| c.actual), subject: true },
        Line { name: Words::new("Expected", "预期"), values: values(|c| c.expected), subject: false },
    ];
    let ratio = if h.actual > 0.0 { h.expected / h.actual } else { 0.0 };
    let title = if h.wins {
        Words::new(
            format!("The model expected {} of what was bought after {}", say::percent(ratio), from.en),
            format!("{}之后，模型预期为实际购买的 {}", from.zh, say::percent(ratio)),
        )
    } else {
        Words::new("A plain guess foretells better than the model", "简单猜测比模型更准")
    };
    Chart {
        id: "forecast",
        subtitle: Words::new(
            format!(
                "Repeat purchases so far, {}, n = {}; the model saw up to {}",
                s.model.name(),
                say::count(h.customers),
                from.en
            ),
            format!("累计复购次数，{}，n = {}；模型只见到{}为止", s.model.name(), say::count(h.customers), from.zh),
        ),
        alt: Words::new(
            format!(
                "{}: expected {}, made {}, mean error {} a customer",
                title.en,
                say::number(h.expected),
                say::number(h.actual),
                say::number(h.mae)
            ),
            format!(
                "{}：预期 {}，实际 {}，每位客户平均误差 {}",
                title.zh,
                say::number(h.expected),
                say::number(h.actual),
                say::number(h.mae)
            ),
        ),
        title,
        option: chart::lines(&labels, &list, "count"),
        drill: None,
    }
}

fn calibration(h: &Holdout) -> Chart {
    let last = h.by_frequency.last().map_or(0, |b| b.frequency);
    let rows: Vec<Pair> = h
        .by_frequency
        .iter()
        .map(|b| {
            let name =
                if b.frequency == last && last >= 7 { format!("{}+", b.frequency) } else { b.frequency.to_string() };
            Pair { name: json!(name), reference: b.expected, subject: b.actual, drill: Value::Null }
        })
        .collect();
    let (from, to) = (say::iso_date(&h.from), say::iso_date(&h.to));
    Chart {
        id: "calibration",
        title: Words::new("Purchases made and expected, by purchases before", "按此前复购次数比较实际与预期"),
        subtitle: Words::new(
            format!("Mean purchases a customer, {} to {}, n = {}", from.en, to.en, say::count(h.customers)),
            format!("{}至{}每位客户平均购买次数，n = {}", from.zh, to.zh, say::count(h.customers)),
        ),
        alt: Words::new(
            format!(
                "Mean error {} a customer; {} for “as often as so far”, {} for “everyone like the average”",
                say::number(h.mae),
                say::number(h.baselines[0].mae),
                say::number(h.baselines[1].mae)
            ),
            format!(
                "每位客户平均误差 {}；「与以往同样频繁」为 {}，「人人等于平均」为 {}",
                say::number(h.mae),
                say::number(h.baselines[0].mae),
                say::number(h.baselines[1].mae)
            ),
        ),
        option: chart::dumbbell(&rows, [&Words::new("Expected", "预期"), &Words::new("Made", "实际")], "number"),
        drill: None,
    }
}

fn numbers<'a>(output: &'a Output<Summary>, name: &str) -> &'a [f64] {
    match output.frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => &[],
    }
}

/// Classes of repeat purchases: lower bounds.
const CLASSES: [f64; 7] = [0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0];

fn alive(output: &Output<Summary>) -> Chart {
    let s = &output.summary;
    let (x, t_x, t, p) =
        (numbers(output, "frequency"), numbers(output, "recency"), numbers(output, "T"), numbers(output, "p_alive"));
    let since: Vec<f64> = t.iter().zip(t_x).map(|(t, r)| t - r).collect();
    let longest = since.iter().copied().fold(0.0f64, f64::max);
    // Eight equal steps of time since the last purchase.
    let width = if longest > 0.0 { longest / 8.0 } else { 1.0 };
    let mut sums = vec![(0usize, 0.0); 8 * CLASSES.len()];
    for i in 0..x.len() {
        let column = ((since[i] / width) as usize).min(7);
        let row = CLASSES.partition_point(|c| *c <= x[i]).saturating_sub(1);
        let slot = &mut sums[row * 8 + column];
        *slot = (slot.0 + 1, slot.1 + p[i]);
    }
    let cells: Vec<Cell> = sums
        .iter()
        .enumerate()
        .filter(|(_, c)| c.0 > 0)
        .map(|(i, c)| {
            let mean = c.1 / c.0 as f64;
            Cell { x: i % 8, y: i / 8, value: Some(mean), tone: chart::seq_step(mean), open: false, drill: Value::Null }
        })
        .collect();
    let columns = (0..8)
        .map(|k| {
            json!(format!(
                "{}\u{2013}{}",
                say::number((k as f64 * width).round()),
                say::number(((k + 1) as f64 * width).round())
            ))
        })
        .collect();
    let rows = (0..CLASSES.len())
        .map(|k| match CLASSES.get(k + 1) {
            Some(next) if next - CLASSES[k] > 1.0 => json!(format!("{}\u{2013}{}", CLASSES[k], next - 1.0)),
            Some(_) => json!(CLASSES[k].to_string()),
            None => json!(format!("{}+", CLASSES[k])),
        })
        .collect();
    let low = p.iter().filter(|p| **p < 0.5).count();
    let share = low as f64 / p.len().max(1) as f64;
    let unit = s.time_unit.say("");
    let names = [
        Words::new(
            format!("Time since the last purchase ({})", unit.en.trim()),
            format!("距上次购买（{}）", unit.zh.trim()),
        ),
        Words::new("Repeat purchases", "复购次数"),
    ];
    Chart {
        id: "alive",
        title: if low == 0 {
            let least = p.iter().copied().fold(1.0, f64::min);
            if least > 0.9995 {
                Words::new("The model counts everybody as still there", "模型认为所有客户都未流失")
            } else {
                let least = say::percent(least);
                Words::new(
                    format!("Nobody has more likely left than not: {least} or more for everyone"),
                    format!("没有客户流失的可能大于留存，概率均不低于 {least}"),
                )
            }
        } else {
            Words::new(
                format!(
                    "{} ({}) {} more likely left than not",
                    say::counted(low, "customer", "customers"),
                    say::percent(share),
                    say::form(low, "has", "have")
                ),
                format!("{} 位客户（{}）流失的可能大于留存", say::count(low), say::percent(share)),
            )
        },
        subtitle: Words::new(
            format!(
                "Mean probability to buy again, by {} since the last purchase and repeat purchases; n = {}",
                s.time_unit.say("").en.trim(),
                say::count(s.customers)
            ),
            format!(
                "按距上次购买（{}）与复购次数分组的平均再购概率；n = {}",
                s.time_unit.say("").zh.trim(),
                say::count(s.customers)
            ),
        ),
        alt: Words::new(
            format!(
                "Of {} customers {} below one half; the mean is {}",
                say::count(s.customers),
                if low == 0 {
                    "none is".into()
                } else {
                    format!("{} {}", say::count(low), say::form(low, "is", "are"))
                },
                say::percent(s.mean_p_alive)
            ),
            format!(
                "{} 位客户中{}低于一半；平均为 {}",
                say::count(s.customers),
                if low == 0 { "没有".into() } else { format!("有 {} 位", say::count(low)) },
                say::percent(s.mean_p_alive)
            ),
        ),
        option: chart::matrix(columns, rows, [&names[0], &names[1]], &cells, "percent"),
        drill: None,
    }
}

/// Contracts: expected share that stays each period.
fn retention(output: &Output<Summary>) -> Chart {
    let s = &output.summary;
    let get = |k: &str| s.parameters.get(k).copied().flatten().unwrap_or(1.0);
    let (a, b) = (get("alpha"), get("beta"));
    let rate = |t: f64| crate::num::btyd::sbg::retention([a, b], t);
    let periods: Vec<f64> = (1..=12).map(f64::from).collect();
    let list = [Line {
        name: Words::new("Renewed", "续约"),
        values: periods.iter().map(|t| Some(rate(*t))).collect(),
        subject: true,
    }];
    let labels: Vec<String> = periods.iter().map(|t| t.to_string()).collect();
    let (first, last) = (say::percent(rate(1.0)), say::percent(rate(12.0)));
    Chart {
        id: "retention",
        title: Words::new(
            format!("{first} renew at first, {last} of those who reach period 12"),
            format!("首期续约率 {first}，到第 12 期者为 {last}"),
        ),
        subtitle: Words::new(
            format!("Share that renews, by period, fitted; n = {}", say::count(s.customers)),
            format!("各期续约率（拟合）；n = {}", say::count(s.customers)),
        ),
        alt: Words::new(
            format!("Renewal rises from {first} to {last} over 12 periods, n = {}", say::count(s.customers)),
            format!("12 期内续约率由 {first} 升至 {last}，n = {}", say::count(s.customers)),
        ),
        option: chart::lines(&labels, &list, "percent"),
        drill: None,
    }
}

//! The watch list in words and pictures.

use serde_json::json;

use super::{Kind, Output, Params, Presentation, Summary};
use crate::analysis::common::{say, tile};
use crate::chart::{self, Bar, Chart, Drill};
use crate::error::Words;
use crate::table::Series;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let n = Some(s.customers);
    let mut tiles = vec![
        tile(
            "churned",
            Words::new("Gone", "已流失"),
            Some(s.rate),
            "percent",
            Words::new("Customers gone by the definition, over all", "按定义已流失的客户占比"),
        ),
        tile(
            "expected",
            Words::new("Expected to leave", "预期流失人数"),
            Some(s.expected_churned),
            "count",
            Words::new("Sum of the probabilities on the watch list", "名单上各概率之和"),
        ),
    ];
    if let Some(money) = s.money_at_risk {
        tiles.push(tile(
            "money",
            Words::new("Money at risk", "风险金额"),
            Some(money),
            "money",
            Words::new(format!("Σ probability × {}", worth(s).en), format!("Σ 概率 × {}", worth(s).zh)),
        ));
    }
    if let Some(days) = s.definition.churned_after_days {
        tiles.push(tile(
            "definition",
            Words::new("Gone after", "多久视为流失"),
            Some(days),
            "days",
            Words::new(s.definition.reason.en.clone(), s.definition.reason.zh.clone()),
        ));
    }
    if let Some(h) = &s.holdout {
        tiles.push(tile(
            "auc",
            Words::new("Right order (AUC)", "排序正确率（AUC）"),
            h.auc,
            "number",
            Words::new(
                "Chance that one who left was scored above one who stayed; 0.5 is chance",
                "流失者得分高于留存者的概率，0.5 为随机",
            ),
        ));
    }
    tiles.iter_mut().for_each(|t| t.n = n);
    Presentation { headline: headline(output), tiles, charts: vec![spread(output, params), top(output)] }
}

/// What a customer's value is.
fn worth(s: &Summary) -> Words {
    if s.kind == Kind::Contractual {
        Words::new("the amount in the customer's row", "该客户行中的金额")
    } else {
        Words::new("what the customer spent in the last year", "该客户近一年消费")
    }
}

fn numbers<'a>(output: &'a Output<Summary>, name: &str) -> &'a [f64] {
    match output.frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => &[],
    }
}

fn headline(output: &Output<Summary>) -> Words {
    let s = &output.summary;
    if let Some(h) = &s.holdout
        && !h.wins
    {
        return if s.kind == Kind::Contractual {
            Words::new(
                "The features tell no better than the overall rate who leaves.",
                "这些特征并不比总体流失率更能说明谁会流失。",
            )
        } else {
            Words::new(
                "The model does no better than days since the last purchase; use those.",
                "模型不比「距上次购买天数」更准，请直接看天数。",
            )
        };
    }
    if s.kind == Kind::Contractual {
        let (n, rate, more) = (s.churned, say::percent(s.rate), s.expected_churned.round() as usize);
        return Words::new(
            format!(
                "{} ({rate}) {} left; {} more {} like them.",
                say::sentence(&say::counted(n, "customer", "customers")),
                say::form(n, "has", "have"),
                if more == 0 { "none".into() } else { say::count(more) },
                say::form(more.max(1), "looks", "look"),
            ),
            format!("{} 位客户（{rate}）已流失；另有约 {} 位与之相似。", say::count(n), say::count(more)),
        );
    }
    let (lateness, value) = (numbers(output, "lateness"), numbers(output, "value"));
    let late: Vec<usize> = (0..lateness.len()).filter(|&i| lateness[i] > 2.0).collect();
    if late.is_empty() {
        return Words::new("No customer is twice as late as their own rhythm.", "没有客户晚于自己购买节奏的两倍。");
    }
    let (n, who) = (say::count(late.len()), say::counted(late.len(), "customer", "customers"));
    let (is, rhythm) = (say::form(late.len(), "is", "are"), "twice as late as their own rhythm");
    let spent: f64 = late.iter().map(|&i| value[i]).filter(|v| v.is_finite()).sum();
    if spent > 0.0 {
        let money = say::money(spent);
        return Words::new(
            format!("{who} {is} {rhythm}; they spent {} last year.", money.en),
            format!("{n} 位客户已晚于自己购买节奏的两倍，近一年共消费 {}。", money.zh),
        );
    }
    Words::new(format!("{who} {is} {rhythm}."), format!("{n} 位客户已晚于自己购买节奏的两倍。"))
}

fn spread(output: &Output<Summary>, params: &Params) -> Chart {
    let s = &output.summary;
    let p = numbers(output, "probability");
    let mut bins = [0usize; 10];
    p.iter().for_each(|p| bins[super::bar(*p)] += 1);
    let list: Vec<(f64, f64, usize)> =
        bins.iter().enumerate().map(|(i, n)| (i as f64 / 10.0, (i + 1) as f64 / 10.0, *n)).collect();
    let high = p.iter().filter(|p| **p >= 0.5).count();
    let share = say::percent(high as f64 / p.len().max(1) as f64);
    let what = if s.kind == Kind::Contractual {
        Words::new("Customers still there, by probability to leave", "现有客户按流失概率分布")
    } else {
        Words::new(
            format!("Customers by probability of no purchase in {} days", say::number(params.horizon_days)),
            format!("客户按未来 {} 天内不购的概率分布", say::number(params.horizon_days)),
        )
    };
    Chart {
        id: "probability",
        title: spread_title(s, p, high, &share),
        subtitle: Words::new(
            format!("{}, n = {}", what.en, say::count(p.len())),
            format!("{}，n = {}", what.zh, say::count(p.len())),
        ),
        alt: Words::new(
            format!(
                "{}: {} of {} at one half or more, {} expected to leave",
                what.en,
                say::count(high),
                say::count(p.len()),
                say::number(s.expected_churned.round())
            ),
            format!(
                "{}：{} 位中 {} 位不低于一半，预期流失 {} 位",
                what.zh,
                say::count(p.len()),
                say::count(high),
                say::number(s.expected_churned.round())
            ),
        ),
        option: chart::histogram(&list, [false; 2], &Words::new("Probability", "概率"), "percent"),
        drill: Drill::on(&["probability"]),
    }
}

/// What the picture shows, as far as the probabilities can be believed.
fn spread_title(s: &Summary, p: &[f64], high: usize, share: &str) -> Words {
    let (low, most) = p.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    if s.holdout.as_ref().is_some_and(|h| !h.wins) {
        return if s.kind == Kind::Contractual {
            Words::new("These probabilities say no more than the overall rate", "这些概率并不比总体流失率更有用")
        } else {
            Words::new(
                "These probabilities tell no better than days since the last purchase",
                "这些概率不比「距上次购买天数」更准",
            )
        };
    }
    if p.len() > 1 && super::bar(low) == super::bar(most) {
        let between = super::between(low, most);
        return Words::new(
            format!("All customers have nearly the same probability: {}", between.en),
            format!("所有客户的概率几乎相同：{}", between.zh),
        );
    }
    if high == 0 {
        return Words::new("Nobody is more likely to leave than to stay", "没有客户离开的可能大于留下");
    }
    Words::new(
        format!(
            "{} ({share}) {} more likely to leave than to stay",
            say::counted(high, "customer", "customers"),
            say::form(high, "is", "are")
        ),
        format!("{} 位客户（{share}）离开的可能大于留下", say::count(high)),
    )
}

fn top(output: &Output<Summary>) -> Chart {
    let s = &output.summary;
    let money = s.money_at_risk.is_some();
    let values = numbers(output, if money { "money_at_risk" } else { "probability" });
    let names: &[Option<String>] = match output.frame.get("customer") {
        Some(Series::Text(v)) => v,
        _ => &[],
    };
    let bars: Vec<Bar> = names
        .iter()
        .zip(values)
        .filter(|(_, v)| v.is_finite())
        .take(15)
        .map(|(name, v)| {
            let name = name.clone().unwrap_or_default();
            Bar::new(json!(name), *v).drill("customer", name)
        })
        .collect();
    let first: f64 = values.iter().filter(|v| v.is_finite()).take(15).sum();
    let kind = if money { "money" } else { "percent" };
    let (title, subtitle) = match s.money_at_risk {
        Some(total) if total > 0.0 && s.holdout.as_ref().is_some_and(|h| !h.wins) => (
            Words::new("Where most money is at stake", "涉及金额最多的客户"),
            Words::new(
                format!("Probability to leave × {}; the probabilities alone tell little", worth(s).en),
                format!("流失概率 × {}；概率本身区分力不足", worth(s).zh),
            ),
        ),
        Some(total) if total > 0.0 => {
            let share = say::percent(first / total);
            (
                Words::new(
                    format!(
                        "{} {} {share} of the money at risk",
                        say::counted(bars.len(), "customer", "customers"),
                        say::form(bars.len(), "holds", "hold")
                    ),
                    format!("{} 位客户占风险金额的 {share}", bars.len()),
                ),
                Words::new(format!("Probability to leave × {}", worth(s).en), format!("流失概率 × {}", worth(s).zh)),
            )
        }
        _ => (
            Words::new("The customers most likely to leave", "最可能流失的客户"),
            Words::new("Probability to leave", "流失概率"),
        ),
    };
    Chart {
        id: "watch_list",
        alt: Words::new(
            format!(
                "{}; {} listed of {}, {} expected to leave",
                title.en,
                bars.len(),
                say::count(s.customers),
                say::number(s.expected_churned.round())
            ),
            format!(
                "{}；列出 {} 位，共 {} 位，预期流失 {} 位",
                title.zh,
                bars.len(),
                say::count(s.customers),
                say::number(s.expected_churned.round())
            ),
        ),
        title,
        subtitle,
        option: chart::bars(&bars, kind),
        drill: Drill::on(&["customer"]),
    }
}

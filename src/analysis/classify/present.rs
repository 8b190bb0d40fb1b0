//! Headline, tiles and charts: gains, calibration, importance, thresholds.

use serde_json::Value;

use super::compute::name;
use super::*;
use crate::analysis::Tile;
use crate::chart::{self, Bar, Chart, Line};
use crate::num::order::Order;

pub fn present(output: &Output<Summary>, _: &Params) -> Presentation {
    let s = &output.summary;
    let Some(model) = s.chosen.and_then(|id| s.models.iter().find(|m| m.id == id)) else {
        return Presentation { headline: alone(s), tiles: base_tiles(s), charts: vec![information(s)] };
    };
    let mut tiles = vec![Tile {
        id: "auc",
        label: Words::new("AUC", "AUC"),
        value: model.mean_fold_auc.or(model.auc),
        format: "number",
        previous: None,
        interval: interval(model),
        usual: None,
        n: Some(s.n),
        definition: Words::new(
            "Chance that a row with yes scores above one with no; 0.5 is guessing. On rows the model has not seen.",
            "「是」的行得分高于「否」的行的概率，0.5 等于猜；以模型没见过的行计算。",
        ),
    }];
    tiles.extend(base_tiles(s));
    let top = model.gains.first();
    tiles.push(tile(
        "lift",
        Words::new("Lift of the top tenth", "最高一成的提升度"),
        top.and_then(|g| g.lift),
        "number",
        s.n,
        Words::new(
            "Rate of yes among the tenth with the highest scores over the rate of all.",
            "得分最高一成中「是」的比例与总体比例之比。",
        ),
    ));
    tiles.push(tile(
        "log_loss",
        Words::new("Log loss", "对数损失"),
        Some(model.log_loss),
        "number",
        s.n,
        Words::new(
            format!("Saying the base rate to everybody scores {:.3}; lower is better.", s.baseline.log_loss),
            format!("对所有行都报总体比例时为 {:.3}，越低越好。", s.baseline.log_loss),
        ),
    ));
    Presentation {
        headline: headline(s, model),
        tiles,
        charts: vec![gains(s, model), precision(s, model), calibration(s, model), importance(s, model)],
    }
}

fn interval(m: &ModelResult) -> Option<[f64; 2]> {
    let folds: Vec<f64> = m.fold_auc.iter().copied().flatten().collect();
    let (mean, k) = (m.mean_fold_auc?, folds.len() as f64);
    if folds.len() < 3 {
        return None;
    }
    let sd = (folds.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (k - 1.0)).sqrt();
    let reach = crate::num::dist::t_quantile(0.975, k - 1.0) * sd / k.sqrt();
    Some([(mean - reach).max(0.0), (mean + reach).min(1.0)])
}

fn tile(id: &'static str, label: Words, value: Option<f64>, format: &'static str, n: usize, definition: Words) -> Tile {
    Tile { id, label, value, format, previous: None, interval: None, usual: None, n: Some(n), definition }
}

fn base_tiles(s: &Summary) -> Vec<Tile> {
    vec![tile(
        "base_rate",
        Words::new("Share of yes", "「是」的比例"),
        Some(s.base_rate),
        "percent",
        s.n,
        Words::new(format!("{} of {} rows.", s.positives, s.n), format!("{} 行中的 {} 行。", s.n, s.positives)),
    )]
}

fn headline(s: &Summary, m: &ModelResult) -> Words {
    let Some(top) = m.gains.first() else { return alone(s) };
    let value = m.mean_fold_auc.or(m.auc).unwrap_or(0.5);
    if value < 0.55 {
        return Words::new(
            "These columns do not tell yes from no better than guessing.",
            "这些列区分是与否的能力不比猜测好。",
        );
    }
    Words::new(
        format!(
            "The tenth with the highest scores holds {:.0}% of all yes ({}, AUC {value:.2}).",
            top.cum_gain * 100.0,
            name(m.id).en
        ),
        format!("得分最高的一成含有全部「是」的 {:.0}%（{}，AUC {value:.2}）。", top.cum_gain * 100.0, name(m.id).zh),
    )
}

fn alone(s: &Summary) -> Words {
    match strongest(s) {
        Some(i) => Words::new(
            format!("On its own, {} tells most about the answer (information value {:.2}).", i.column, i.iv),
            format!("单看一列，{} 与答案关系最大（信息值 {:.2}）。", i.column, i.iv),
        ),
        None => Words::new("No column was looked at.", "没有可看的列。"),
    }
}

fn strongest(s: &Summary) -> Option<&Information> {
    s.information_value.iter().max_by(|a, b| a.iv.total_cmp(&b.iv))
}

fn gains(s: &Summary, m: &ModelResult) -> Chart {
    let mut labels = vec!["0%".to_string()];
    labels.extend((1..=10).map(|d| format!("{}%", d * 10)));
    let line = |name: Words, values: Vec<f64>, subject: bool| Line {
        name,
        values: std::iter::once(0.0).chain(values).map(Some).collect(),
        subject,
    };
    let lines = [
        line(name(m.id), m.gains.iter().map(|g| g.cum_gain).collect(), true),
        line(Words::new("at random", "随机"), (1..=10).map(|d| f64::from(d) / 10.0).collect(), false),
    ];
    let half = m.gains.get(2).map_or(0.0, |g| g.cum_gain * 100.0);
    let title = Words::new(
        format!("The 30% with the highest scores hold {half:.0}% of all yes"),
        format!("得分最高的 30% 含有全部「是」的 {half:.0}%"),
    );
    Chart {
        id: "gains",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("share of all yes found, by share of rows taken in order of score, n = {}", s.n),
            format!("按得分由高到低取行时找到的「是」的比例，n = {}", s.n),
        ),
        option: chart::lines(&labels, &lines, "percent"),
        drill: None,
    }
}

/// The rate the isotonic fit gives a score.
fn isotonic(m: &ModelResult, score: f64) -> Option<f64> {
    let at = m.isotonic.partition_point(|s| s.high < score);
    m.isotonic.get(at).or(m.isotonic.last()).map(|s| s.rate)
}

fn precision(s: &Summary, m: &ModelResult) -> Chart {
    let labels: Vec<String> = (1..=m.precision_recall.len()).map(|d| format!("{}%", d * 5)).collect();
    let lines = [
        Line {
            name: name(m.id),
            values: m.precision_recall.iter().map(|p| Some(p.precision)).collect(),
            subject: true,
        },
        Line {
            name: Words::new("at random", "随机"),
            values: labels.iter().map(|_| Some(s.base_rate)).collect(),
            subject: false,
        },
    ];
    let half = m.precision_recall.get(9).map_or(s.base_rate, |p| p.precision) * 100.0;
    let title = Words::new(
        format!("To find half of all yes, {half:.0}% of those called are right"),
        format!("找到一半的「是」时，判为「是」的有 {half:.0}% 正确"),
    );
    Chart {
        id: "precision_recall",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("precision by recall; at random {:.0}%, n = {}", s.base_rate * 100.0, s.n),
            format!("各召回率下的精确率；随机为 {:.0}%，n = {}", s.base_rate * 100.0, s.n),
        ),
        option: chart::lines(&labels, &lines, "percent"),
        drill: None,
    }
}

fn calibration(s: &Summary, m: &ModelResult) -> Chart {
    let used: Vec<&Calibration> = m.calibration.iter().filter(|c| c.n > 0).collect();
    let labels: Vec<String> = used.iter().map(|c| format!("{:.0}–{:.0}%", c.low * 100.0, c.high * 100.0)).collect();
    let lines = [
        Line {
            name: Words::new("what happened", "实际比例"),
            values: used.iter().map(|c| c.rate).collect(),
            subject: true,
        },
        Line {
            name: Words::new("what was said", "预测概率"),
            values: used.iter().map(|c| c.mean_p).collect(),
            subject: false,
        },
        Line {
            name: Words::new("isotonic fit", "保序回归"),
            values: used.iter().map(|c| c.mean_p.and_then(|p| isotonic(m, p))).collect(),
            subject: true,
        },
    ];
    let title = Words::new(
        format!("Probabilities are off by {:.1} points on average", m.ece * 100.0),
        format!("概率平均偏差 {:.1} 个百分点", m.ece * 100.0),
    );
    Chart {
        id: "calibration",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("share of yes by predicted probability, ten equal bins, n = {}", s.n),
            format!("按预测概率分十等宽箱的「是」的比例，n = {}", s.n),
        ),
        option: chart::lines(&labels, &lines, "percent"),
        drill: None,
    }
}

fn importance(s: &Summary, m: &ModelResult) -> Chart {
    let bars: Vec<Bar> =
        m.importance.iter().take(15).map(|i| Bar::new(Value::String(i.feature.clone()), i.auc_drop.max(0.0))).collect();
    let first = m.importance.first();
    let feature = first.map_or("—", |i| i.feature.as_str());
    let title = Words::new(format!("{feature} matters most"), format!("{feature} 最重要"));
    let told: Vec<String> = m.importance.iter().take(3).map(|i| format!("{} {:.3}", i.feature, i.auc_drop)).collect();
    Chart {
        id: "importance",
        title,
        subtitle: Words::new(
            format!("fall of the AUC on unseen rows when the column is shuffled, n = {}", s.n),
            format!("打乱该列后在未见数据上 AUC 的下降，n = {}", s.n),
        ),
        alt: Words::same(told.join("; ")),
        option: chart::bars(&bars, "number"),
        drill: None,
    }
}

fn information(s: &Summary) -> Chart {
    let mut list: Vec<&Information> = s.information_value.iter().collect();
    list.order_by(|a, b| b.iv.total_cmp(&a.iv));
    let bars: Vec<Bar> = list.iter().take(15).map(|i| Bar::new(Value::String(i.column.clone()), i.iv)).collect();
    let told: Vec<String> = list.iter().take(3).map(|i| format!("{} {:.2}", i.column, i.iv)).collect();
    Chart {
        id: "information",
        title: alone(s),
        subtitle: Words::new(
            format!("information value of each column on its own, n = {}", s.n),
            format!("各列单独的信息值，n = {}", s.n),
        ),
        alt: Words::same(told.join("; ")),
        option: chart::bars(&bars, "number"),
        drill: None,
    }
}

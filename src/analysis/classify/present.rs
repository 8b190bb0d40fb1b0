//! Headline, tiles and charts: gains, calibration, importance, thresholds.

use super::compute::name;
use super::*;
use crate::analysis::Tile;
use crate::analysis::col::Labels;
use crate::analysis::say;
use crate::chart::{self, Bar, Chart, Line};
use crate::num::order::Order;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let (s, labels) = (&output.summary, &Labels::of(&params.features));
    let Some(model) = s.chosen.and_then(|id| s.models.iter().find(|m| m.id == id)) else {
        return Presentation {
            headline: full_stop(alone(s, labels)),
            tiles: base_tiles(s),
            charts: vec![information(s, labels)],
        };
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
        headline: headline(s, model, labels),
        tiles,
        charts: vec![gains(s, model), precision(s, model), calibration(s, model), importance(s, model, labels)],
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
        Words::new(
            format!("{} of {} rows.", say::count(s.positives), say::count(s.n)),
            format!("{} 行中的 {} 行。", say::count(s.n), say::count(s.positives)),
        ),
    )]
}

fn headline(s: &Summary, m: &ModelResult, labels: &Labels) -> Words {
    let Some(top) = m.gains.first() else { return full_stop(alone(s, labels)) };
    let found = say::percent(top.cum_gain);
    let value = area(m);
    if value < 0.55 {
        return Words::new(
            "These columns do not tell yes from no better than guessing.",
            "这些列区分是与否的能力不比猜测好。",
        );
    }
    Words::new(
        format!("The tenth with the highest scores holds {found} of all yes ({}, AUC {value:.2}).", name(m.id).en),
        format!("得分最高的一成含有全部「是」的 {found}（{}，AUC {value:.2}）。", name(m.id).zh),
    )
}

fn area(m: &ModelResult) -> f64 {
    m.mean_fold_auc.or(m.auc).unwrap_or(0.5)
}

fn full_stop(words: Words) -> Words {
    Words::new(format!("{}.", words.en), format!("{}。", words.zh))
}

fn alone(s: &Summary, labels: &Labels) -> Words {
    match strongest(s).map(|i| (labels.quoted(&i.column), say::two(i.iv))) {
        Some((column, iv)) => Words::new(
            format!("On its own, {} tells most about the answer (information value {iv})", column.en),
            format!("单看一列，{}与答案关系最大（信息值 {iv}）", column.zh),
        ),
        None => Words::new("No column was looked at", "没有可看的列"),
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
    let found = say::percent(m.gains.get(2).map_or(0.0, |g| g.cum_gain));
    let title = Words::new(
        format!("The 30% with the highest scores hold {found} of all yes"),
        format!("得分最高的 30% 含有全部「是」的 {found}"),
    );
    Chart {
        id: "gains",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("share of all yes found, by share of rows taken in order of score, n = {}", say::count(s.n)),
            format!("按得分由高到低取行时找到的「是」的比例，n = {}", say::count(s.n)),
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
    let right = say::percent(m.precision_recall.get(9).map_or(s.base_rate, |p| p.precision));
    let title = Words::new(
        format!("To find half of all yes, {right} of those called are right"),
        format!("找到一半的「是」时，判为「是」的有 {right} 正确"),
    );
    Chart {
        id: "precision_recall",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("precision by recall; at random {}, n = {}", say::percent(s.base_rate), say::count(s.n)),
            format!("各召回率下的精确率；随机为 {}，n = {}", say::percent(s.base_rate), say::count(s.n)),
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
        format!("Probabilities are off by {} points on average", say::short(m.ece * 100.0).en),
        format!("概率平均偏差 {} 个百分点", say::short(m.ece * 100.0).zh),
    );
    Chart {
        id: "calibration",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("share of yes by predicted probability, ten equal bins, n = {}", say::count(s.n)),
            format!("按预测概率分十等宽箱的「是」的比例，n = {}", say::count(s.n)),
        ),
        option: chart::lines(&labels, &lines, "percent"),
        drill: None,
    }
}

fn importance(s: &Summary, m: &ModelResult, labels: &Labels) -> Chart {
    let bars: Vec<Bar> =
        m.importance.iter().take(15).map(|i| Bar::new(labels.token(&i.feature), i.auc_drop.max(0.0))).collect();
    let first = m.importance.first();
    let title = match first.filter(|i| i.auc_drop > 0.0 && area(m) >= 0.55).map(|i| labels.quoted(&i.feature)) {
        Some(feature) => Words::new(format!("{} matters most", feature.en), format!("{}最重要", feature.zh)),
        None => Words::new("No column matters on rows the model has not seen", "在未见数据上，没有哪一列起作用"),
    };
    Chart {
        id: "importance",
        title,
        subtitle: Words::new(
            format!("fall of the AUC on unseen rows when the column is shuffled, n = {}", say::count(s.n)),
            format!("打乱该列后在未见数据上 AUC 的下降，n = {}", say::count(s.n)),
        ),
        alt: told(labels, m.importance.iter().map(|i| (i.feature.as_str(), i.auc_drop))),
        option: chart::bars(&bars, "number"),
        drill: None,
    }
}

/// The first three with their figures.
fn told<'a>(labels: &Labels, list: impl Iterator<Item = (&'a str, f64)>) -> Words {
    let three: Vec<(Words, String)> = list.take(3).map(|(name, v)| (labels.get(name), say::two(v))).collect();
    let join = |f: fn(&(Words, String)) -> String, by: &str| three.iter().map(f).collect::<Vec<_>>().join(by);
    Words::new(join(|t| format!("{} {}", t.0.en, t.1), "; "), join(|t| format!("{} {}", t.0.zh, t.1), "；"))
}

fn information(s: &Summary, labels: &Labels) -> Chart {
    let mut list: Vec<&Information> = s.information_value.iter().collect();
    list.order_by(|a, b| b.iv.total_cmp(&a.iv));
    let bars: Vec<Bar> = list.iter().take(15).map(|i| Bar::new(labels.token(&i.column), i.iv)).collect();
    Chart {
        id: "information",
        title: alone(s, labels),
        subtitle: Words::new(
            format!("information value of each column on its own, n = {}", say::count(s.n)),
            format!("各列单独的信息值，n = {}", say::count(s.n)),
        ),
        alt: told(labels, list.iter().map(|i| (i.column.as_str(), i.iv))),
        option: chart::bars(&bars, "number"),
        drill: None,
    }
}

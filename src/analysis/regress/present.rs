//! The words and pictures of `regress`.

use serde_json::Value;

use super::{Coefficient, Family, Params, Summary};
use crate::analysis::col::show::{count, p, percent, short, tile};
use crate::analysis::col::{Labels, YesNo};
use crate::analysis::{Presentation, Tile, say};
use crate::chart::{self, Bar, Chart, Point};
use crate::error::Words;
use crate::num::order::Order;

pub fn present(s: &Summary, params: &Params) -> Presentation {
    let mut ranked: Vec<&Coefficient> = s.coefficients.iter().filter(|c| c.column.is_some()).collect();
    ranked.order_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    let labels = Labels::of(params.features.iter().chain(&params.target));
    Presentation {
        headline: headline(s, params, &labels, &ranked),
        tiles: tiles(s, params),
        charts: charts(s, params, &labels, &ranked),
    }
}

fn size(c: &Coefficient) -> f64 {
    c.estimate_standardized.unwrap_or(0.0).abs()
}

fn headline(s: &Summary, params: &Params, labels: &Labels, ranked: &[&Coefficient]) -> Words {
    let target = match &params.target {
        Some(col) if params.family == Family::Logistic => Words::same(YesNo(col.clone()).label()),
        _ => labels.get(&s.target),
    };
    let fit = s.linear.as_ref().and_then(|l| l.r2).or(s.general.as_ref().and_then(|g| g.mcfadden_r2));
    let sure = ranked.iter().find(|c| params.l2 > 0.0 || c.p.is_some_and(|p| p < 0.05));
    let (Some(top), Some(fit)) = (sure, fit) else {
        return Words::new(
            format!("None of the features goes along with {} by more than chance.", target.en),
            format!("没有任何特征与「{}」的关系超出偶然。", target.zh),
        );
    };
    let up = top.estimate > 0.0;
    let name = labels.get(&top.name);
    if params.family == Family::Linear {
        let part = percent(fit.max(0.0));
        Words::new(
            format!(
                "The features explain {part} of {}; {} matters most ({}).",
                target.en,
                name.en,
                if up { "up" } else { "down" }
            ),
            format!(
                "所选特征解释了「{}」{part} 的变化；「{}」影响最大（{}）。",
                target.zh,
                name.zh,
                if up { "正向" } else { "负向" }
            ),
        )
    } else {
        let odds = params.family == Family::Logistic;
        let (en, zh) = if odds { ("odds", "发生比") } else { ("rate", "发生率") };
        // A number by its own spread: one unit may be the whole range of it, or nothing. A level against its baseline.
        let factor = match &top.level {
            Some(_) => top.odds_ratio,
            None => top.estimate_standardized.map(f64::exp),
        }
        .unwrap_or(f64::NAN);
        let times = match factor {
            f if f >= 1000.0 => Words::new("more than 1,000", "1,000 以上"),
            f if f <= 0.001 => Words::new("less than 0.001", "不足 0.001"),
            f => short(f),
        };
        match &top.level {
            Some(_) => Words::new(
                format!("{} matters most for {}: it multiplies the {en} by {}.", name.en, target.en, times.en),
                format!("「{}」对「{}」影响最大：{zh}乘以 {}。", name.zh, target.zh, times.zh),
            ),
            None => Words::new(
                format!(
                    "{} matters most for {}: one standard deviation more multiplies the {en} by {}.",
                    name.en, target.en, times.en
                ),
                format!("「{}」对「{}」影响最大：每增加一个标准差，{zh}乘以 {}。", name.zh, target.zh, times.zh),
            ),
        }
    }
}

fn tiles(s: &Summary, _: &Params) -> Vec<Tile> {
    let mut out = vec![tile("n", ("Rows", "行数"), Some(s.n as f64), "count", ("Rows used.", "参与计算的行。"))];
    if let Some(l) = &s.linear {
        out.push(tile(
            "r2",
            ("Explained", "解释比例"),
            l.r2,
            "percent",
            ("R²: share of the target's variance that the features explain.", "R²：特征解释的目标方差比例。"),
        ));
        out.push(tile(
            "residual_se",
            ("Typical error", "典型误差"),
            l.residual_se,
            "number",
            ("Residual standard error, in units of the target.", "残差标准误，单位同目标列。"),
        ));
        out.push(tile(
            "f_p",
            ("Chance", "偶然概率"),
            l.f_p,
            "number",
            ("p of the F test: how often chance alone explains as much.", "F 检验的 p：仅凭偶然达到同等解释力的概率。"),
        ));
    }
    if let Some(g) = &s.general {
        if let Some(n) = g.positives {
            out.push(tile(
                "positives",
                ("Share of yes", "「是」的占比"),
                Some(n as f64 / s.n.max(1) as f64),
                "percent",
                ("Rows that say yes ÷ rows.", "「是」的行 ÷ 全部行。"),
            ));
        }
        out.push(tile(
            "mcfadden_r2",
            ("Fit (McFadden)", "拟合度（McFadden）"),
            g.mcfadden_r2,
            "number",
            (
                "1 − log-likelihood ÷ that of the intercept alone; 0.2 to 0.4 is very good.",
                "1 − 对数似然 ÷ 仅截距的对数似然；0.2–0.4 已很好。",
            ),
        ));
        out.push(tile(
            "lr_p",
            ("Chance", "偶然概率"),
            g.lr_p,
            "number",
            ("p of the likelihood ratio test against the intercept alone.", "相对仅截距模型的似然比检验 p 值。"),
        ));
    }
    out
}

fn charts(s: &Summary, params: &Params, labels: &Labels, ranked: &[&Coefficient]) -> Vec<Chart> {
    let Some(first) = ranked.first() else { return Vec::new() };
    // The largest that is beyond chance leads, as in the sentence above.
    let top = ranked.iter().find(|c| params.l2 > 0.0 || c.p.is_some_and(|p| p < 0.05)).unwrap_or(first);
    // Bars start at zero and grow one way: sizes of the weights, sign in the name.
    let list: Vec<Bar> = ranked
        .iter()
        .take(20)
        .map(|c| {
            let sign = if c.estimate < 0.0 { "\u{2212}" } else { "+" };
            let mut bar = Bar::new(labels.term(sign, &c.name), size(c))
                .context(params.l2 == 0.0 && !c.p.is_some_and(|p| p < 0.05));
            // The interval on the same scale and the same side; bars start at zero.
            bar.interval = c.ci_low.zip(c.ci_high).and_then(|(low, high)| {
                let scale = c.estimate_standardized? / c.estimate;
                let side = if c.estimate < 0.0 { [-high, -low] } else { [low, high] };
                let ends = side.map(|v| (v * scale).max(0.0));
                ends.iter().all(|v| v.is_finite()).then_some(ends)
            });
            bar
        })
        .collect();
    let (estimate, first) = (short(top.estimate), labels.get(&top.name));
    let mut out = vec![Chart {
        id: "coefficients",
        title: if params.l2 > 0.0 || ranked.iter().any(|c| c.p.is_some_and(|p| p < 0.05)) {
            Words::new(format!("{} weighs most", first.en), format!("「{}」权重最大", first.zh))
        } else {
            Words::new("No weight is beyond chance", "没有任何权重超出偶然")
        },
        subtitle: Words::new(
            format!(
                "Size of the weight per standard deviation of the feature, {} interval; + and − give the direction; grey: within chance; n = {}",
                say::level(params.level),
                count(s.n)
            ),
            format!(
                "特征每变化一个标准差的权重大小，{} 区间；+、− 为方向；灰色：未超出偶然；n = {}",
                say::level(params.level),
                count(s.n)
            ),
        ),
        alt: Words::new(
            format!(
                "Weights of {}; the largest is {} with {} per unit.",
                say::counted(ranked.len(), "term", "terms"),
                first.en,
                estimate.en
            ),
            format!("{} 项的权重，最大为「{}」，每单位 {}。", ranked.len(), first.zh, estimate.zh),
        ),
        option: chart::bars(&list, "number"),
        drill: None,
    }];
    if params.family != Family::Logistic && !s.points.is_empty() {
        let points: Vec<Point> = s.points.iter().map(|&(x, y)| Point { x, y, group: 0, drill: Value::Null }).collect();
        let uneven = s.linear.as_ref().and_then(|l| l.breusch_pagan_p);
        let title = match uneven {
            Some(v) if v < 0.05 => Words::new(
                format!("The error spreads unevenly ({}): trust robust errors", p(v)),
                format!("误差离散不均（{}），宜用稳健标准误", p(v)),
            ),
            _ => Words::new("What the model misses, by what it expects", "残差与拟合值"),
        };
        let (x, y) = (Words::new("fitted", "拟合值"), Words::new("residual", "残差"));
        out.push(Chart {
            id: "residuals",
            title,
            subtitle: Words::new(
                format!("One point per row, {} of {} shown", count(points.len()), count(s.n)),
                format!("每点一行，显示 {} / {}", count(points.len()), count(s.n)),
            ),
            alt: Words::new("Residuals against fitted values.", "残差对拟合值的散点图。"),
            option: chart::scatter(&points, std::slice::from_ref(&y), [(&x, "number"), (&y, "number")]),
            drill: None,
        });
    }
    out.extend(normal(s));
    if params.family != Family::Linear {
        let ratios: Vec<Bar> = ranked
            .iter()
            .take(20)
            .filter_map(|c| {
                let mut bar = Bar::new(labels.token(&c.name), c.odds_ratio.filter(|r| *r < 1e6)?)
                    .context(params.l2 == 0.0 && !c.p.is_some_and(|p| p < 0.05));
                bar.interval = c.ci_low.zip(c.ci_high).map(|(l, h)| [l.exp(), h.exp()]).filter(|ci| ci[1] < 1e6);
                Some(bar)
            })
            .collect();
        let logistic = params.family == Family::Logistic;
        let (en, zh) = if logistic { ("Odds ratio", "优势比") } else { ("Rate ratio", "发生率比") };
        out.push(Chart {
            id: "ratios",
            title: Words::new(format!("{en} per unit of each feature"), format!("各特征每单位的{zh}")),
            subtitle: Words::new("1 changes nothing; whiskers: interval", "1 表示无影响；须线为区间"),
            alt: Words::new(
                format!("{en} of {}.", say::counted(ratios.len(), "term", "terms")),
                format!("{} 项的{zh}。", ratios.len()),
            ),
            option: chart::bars(&ratios, "number"),
            drill: None,
        });
    }
    out
}

/// Residuals against the normal law.
fn normal(s: &Summary) -> Option<Chart> {
    let linear = s.linear.as_ref()?;
    if s.normal_points.len() < 3 {
        return None;
    }
    let departs = linear.jarque_bera_p.filter(|p| *p < 0.05).map(p);
    let title = match &departs {
        // Weights lean on the mean of many residuals, single rows on one.
        Some(p) => Words::new(
            format!("Residuals are not normal ({p}): single rows may lie further off than two standard errors"),
            format!("残差不服从正态分布（{p}）：单行的偏差可能超出两个标准误"),
        ),
        None => Words::new("Residuals are as a normal law has them", "残差与正态分布相符"),
    };
    let points: Vec<Point> =
        s.normal_points.iter().map(|&(x, y)| Point { x, y, group: 0, drill: Value::Null }).collect();
    let (x, y) =
        (Words::new("normal quantile", "正态分位数"), Words::new("residual ÷ standard error", "残差 ÷ 标准误"));
    let option = chart::scatter(&points, std::slice::from_ref(&y), [(&x, "number"), (&y, "number")]);
    Some(Chart {
        id: "normal",
        title,
        subtitle: Words::new(
            format!(
                "Ordered residuals; on the line: normal; {} of {} shown, test: Jarque–Bera",
                count(points.len()),
                count(s.n)
            ),
            format!("残差由小到大；落在线上即为正态；显示 {} / {}；检验：Jarque–Bera", count(points.len()), count(s.n)),
        ),
        alt: Words::new(
            format!(
                "Residuals against normal quantiles, from {} to {} standard errors.",
                short(s.normal_points[0].1).en,
                short(s.normal_points[s.normal_points.len() - 1].1).en
            ),
            format!(
                "残差对正态分位数，由 {} 至 {} 个标准误。",
                short(s.normal_points[0].1).zh,
                short(s.normal_points[s.normal_points.len() - 1].1).zh
            ),
        ),
        option: chart::with_diagonal(option, [points[0].x, points[points.len() - 1].x]),
        drill: None,
    })
}

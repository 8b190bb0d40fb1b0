//! The cohorts in words and pictures.

use serde_json::json;

use super::{Output, Params, Presentation, Row, Step, Summary, pooled, wilson};
use crate::analysis::Tile;
use crate::analysis::common::{ratio, say, tile};
use crate::chart::{self, Cell, Chart, Drill, Line};
use crate::error::Words;
use crate::num::dist;
use crate::num::order::Order;

/// What fits a page and an eye.
const ROWS: usize = 24;
const COLUMNS: usize = 18;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = vec![heat(s), curve(s)];
    charts.extend(worth(s));
    Presentation { headline: headline(s, params), tiles: tiles(s), charts }
}

fn unit(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Week => ("week", "周"),
        Step::Month => ("month", "个月"),
        Step::Quarter => ("quarter", "个季度"),
    }
}

fn headline(s: &Summary, params: &Params) -> Words {
    let (en, zh) = unit(params.period);
    let (x, n) = pooled(&s.rows, 1);
    match ratio(x as f64, n as f64) {
        Some(_) if never(s) => {
            let n = say::count(s.customers);
            if s.rows.iter().flat_map(|r| &r.orders).sum::<usize>() <= s.customers {
                Words::new(
                    format!("Every one of {n} customers bought only once: nobody has come back."),
                    format!("{n} 位客户都只买过一次，尚无人回购。"),
                )
            } else {
                Words::new(
                    format!("None of {n} customers has come back in a later {en}."),
                    format!("{n} 位客户中，尚无人在之后的{}回购。", zh.trim_start_matches('个')),
                )
            }
        }
        Some(0.0) => Words::new(
            format!("No new customer bought again in the next {en}; some came back later."),
            format!("没有新客户在下一{}再次购买，之后才有人回购。", zh.trim_start_matches('个')),
        ),
        // A share of so few is no figure.
        Some(rate) if rate < 0.001 => Words::new(
            format!("Only {} of {} new customers bought again in the next {en}.", say::count(x), say::count(n)),
            format!(
                "{} 位新客户中只有 {} 位在下一{}再次购买。",
                say::count(n),
                say::count(x),
                zh.trim_start_matches('个')
            ),
        ),
        Some(rate) => {
            let rate = say::percent(rate);
            Words::new(
                format!("{rate} of new customers bought again in the next {en}."),
                format!("{rate} 的新客户在下一{}再次购买。", zh.trim_start_matches('个')),
            )
        }
        None => {
            let (n, last) = (say::count(s.customers), say::period(&s.last_period));
            Words::new(
                format!("It is too early to see returns: {n} customers, all of them up to {}.", last.en),
                format!("目前尚无法观察回购：{n} 位客户，数据截至 {}。", last.zh),
            )
        }
    }
}

/// Nobody has ordered in a later period than their first.
fn never(s: &Summary) -> bool {
    s.sum_active <= s.customers
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let (en, zh) = unit(s.period);
    let ages: [(&'static str, usize); 4] = [("return_1", 1), ("return_3", 3), ("return_6", 6), ("return_12", 12)];
    let mut list: Vec<Tile> = ages
        .into_iter()
        .filter_map(|(id, k)| {
            let (x, n) = pooled(&s.rows, k);
            let mut t = tile(
                id,
                Words::new(format!("Bought in {en} {k}"), format!("第 {k} {zh}回购")),
                Some(ratio(x as f64, n as f64)?),
                "percent",
                Words::new(
                    format!(
                        "Customers with an order in the {} {en} after their first, of those observed that long",
                        say::ordinal(k)
                    ),
                    format!("首单后第 {k} {zh}有订单的客户占比（仅计已观察满该期的客户）"),
                ),
            );
            t.interval = wilson(x, n);
            t.n = Some(n);
            Some(t)
        })
        .collect();
    if let Some(largest) = s.rows.iter().max_by_key(|r| r.size) {
        let name = say::period(&largest.cohort);
        list.push(tile(
            "largest",
            Words::new(format!("Largest cohort: {}", name.en), format!("最大群：{}", name.zh)),
            Some(largest.size as f64),
            "count",
            Words::new("Customers with their first order in that period", "首单在该周期的客户数"),
        ));
    }
    list
}

fn heat(s: &Summary) -> Chart {
    let shown = &s.rows[s.rows.len().saturating_sub(ROWS)..];
    let columns = shown.iter().map(|r| r.active.len()).max().unwrap_or(1).saturating_sub(1).clamp(1, COLUMNS);
    // Difference to the other cohorts of the column, tested cell by cell.
    let mut tested: Vec<(usize, usize, f64, f64)> = Vec::new();
    let mut cells = Vec::new();
    for (y, row) in shown.iter().enumerate() {
        for k in 1..row.active.len().min(columns + 1) {
            let open = k + row.open_cells >= row.active.len();
            let (x, n) = pooled(&s.rows, k);
            if !open && let Some((difference, p)) = against(row.active[k], row.size, x, n) {
                tested.push((cells.len(), y, difference, p));
            }
            cells.push(Cell {
                x: k - 1,
                y,
                value: Some(row.retention[k]),
                tone: "div-5".into(),
                open,
                drill: json!({ "cohort": row.cohort }),
            });
        }
    }
    let beyond = beyond_chance(&tested.iter().map(|t| t.3).collect::<Vec<_>>());
    let mut odd: Option<(usize, f64)> = None;
    for (t, _) in tested.iter().zip(&beyond).filter(|(_, b)| **b) {
        cells[t.0].tone = chart::div_step(t.2, 0.08);
        if odd.is_none_or(|(_, d)| t.2.abs() > d.abs()) {
            odd = Some((t.1, t.2));
        }
    }
    let title = match odd.and_then(|(y, d)| Some((shown.get(y)?, d))) {
        Some((row, d)) => {
            let name = say::period(&row.cohort);
            let (en, zh) = if d < 0.0 { ("less", "低于") } else { ("more", "高于") };
            Words::new(
                format!("Customers of {} return {en} than the others", name.en),
                format!("{}的客户回购{zh}其他群", name.zh),
            )
        }
        None if never(s) => Words::new("No cohort has come back so far", "目前各群均无回购"),
        None => Words::new("No cohort differs from the others by more than chance", "各群之间的差异均在随机范围内"),
    };
    let cut =
        if s.rows.len() > ROWS { format!("; the latest {ROWS} of {} cohorts", s.rows.len()) } else { String::new() };
    let cut_zh = if s.rows.len() > ROWS { format!("；仅显示最近 {ROWS} 群") } else { String::new() };
    let (en, zh) = unit(s.period);
    let n = say::count(s.customers);
    let subtitle = Words::new(
        format!(
            "% of the cohort that ordered in {en} 1, 2, 3 … after the first; colour: beyond chance against the column; hatched: not over; n = {n}{cut}"
        ),
        format!(
            "首单后第 1、2、3…{zh}有订单的比例（%）；着色：与该列相比超出随机范围；斜纹：尚未结束；n = {n}{cut_zh}"
        ),
    );
    let figures: Vec<String> = (1..=3)
        .filter_map(|k| {
            let (x, n) = pooled(&s.rows, k);
            ratio(x as f64, n as f64).map(say::percent)
        })
        .collect();
    let alt = Words::new(
        format!("{}. Returns in {en} 1 to 3: {}.", title.en, figures.join(", ")),
        format!("{}。第 1 至 3 {zh}回购率：{}。", title.zh, figures.join("、")),
    );
    let names = shown.iter().map(|r| {
        let name = say::period(&r.cohort);
        chart::words(format!("{}  {}", name.en, say::count(r.size)), format!("{}  {}", name.zh, say::count(r.size)))
    });
    let option =
        chart::heat_map((1..=columns).map(|k| json!(k.to_string())).collect(), names.collect(), &cells, "percent");
    Chart { id: "retention", title, subtitle, alt, option, drill: Drill::on(&["cohort"]) }
}

/// `x` of `n` against the others of `all_x` of `all_n`: difference of the rates and its p. `None` where there are no others.
/// By Fisher's exact test where fewer than five are expected, since the normal one would call a single customer beyond chance.
fn against(x: usize, n: usize, all_x: usize, all_n: usize) -> Option<(f64, f64)> {
    let (others_x, others) = (all_x.checked_sub(x)?, all_n.checked_sub(n)?);
    let difference = ratio(x as f64, n as f64)? - ratio(others_x as f64, others as f64)?;
    let rate = all_x as f64 / all_n as f64;
    if rate.min(1.0 - rate) * n.min(others) as f64 >= 5.0 {
        let se = (rate * (1.0 - rate) * (1.0 / n as f64 + 1.0 / others as f64)).sqrt();
        return Some((difference, dist::normal_two_sided(difference / se)));
    }
    Some((difference, dist::fisher_two_sided([x, n - x, others_x, others.checked_sub(others_x)?])))
}

/// Benjamini–Hochberg at 5 %.
fn beyond_chance(p: &[f64]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.order_by(|a, b| p[*a].total_cmp(&p[*b]));
    let m = p.len() as f64;
    let pass = order.iter().enumerate().rposition(|(i, at)| p[*at] <= 0.05 * (i + 1) as f64 / m);
    let mut out = vec![false; p.len()];
    if let Some(last) = pass {
        order[..=last].iter().for_each(|at| out[*at] = true);
    }
    out
}

fn ages(s: &Summary) -> usize {
    s.rows.iter().map(|r| r.active.len().saturating_sub(r.open_cells)).max().unwrap_or(0).min(37)
}

fn curve(s: &Summary) -> Chart {
    let n = ages(s).max(1);
    let labels: Vec<String> = (0..n).map(|k| k.to_string()).collect();
    let rate = |rows: &[Row], k| {
        let (x, size) = pooled(rows, k);
        ratio(x as f64, size as f64)
    };
    let half = s.rows.len() / 2;
    let mut list = vec![Line {
        name: Words::new("All cohorts", "全部"),
        values: (0..n).map(|k| rate(&s.rows, k)).collect(),
        subject: true,
    }];
    if s.rows.len() >= 6 {
        list.push(Line {
            name: Words::new("Earlier half", "较早一半"),
            values: (0..n).map(|k| rate(&s.rows[..half], k)).collect(),
            subject: false,
        });
    }
    let (en, zh) = unit(s.period);
    let at = [1, 3, 6, 12].into_iter().rfind(|k| rate(&s.rows, *k).is_some()).unwrap_or(0);
    let end = say::percent(rate(&s.rows, at).unwrap_or(1.0));
    let title = if at == 0 {
        Words::new("It is too early to see returns", "目前尚无法观察回购")
    } else if rate(&s.rows, at) == Some(0.0) {
        Words::new(format!("Nobody orders in {en} {at} after their first"), format!("首单后第 {at} {zh}没有客户下单"))
    } else {
        Words::new(
            format!("{end} order in {en} {at} after their first"),
            format!("首单后第 {at} {zh}有 {end} 的客户下单"),
        )
    };
    let (_, base) = pooled(&s.rows, at);
    let subtitle = Words::new(
        format!(
            "share of customers with an order, by {en}s since the first; finished cells pooled; n = {}",
            say::count(base)
        ),
        format!(
            "按首单后{}数计的下单客户占比；合并已结束的单元；n = {}",
            zh.trim_start_matches('个'),
            say::count(base)
        ),
    );
    let alt = Words::new(format!("{}.", title.en), format!("{}。", title.zh));
    let option = chart::lines(&labels, &list, "percent");
    let axis = json!({ "formatter": "{value}", "hideOverlap": true });
    Chart { id: "curve", title, subtitle, alt, option: chart::with(option, "/xAxis/axisLabel", axis), drill: None }
}

/// What a customer brings in the k-th period after the first: revenue over customers, of the cohorts in which it is over.
fn brought(rows: &[Row], k: usize) -> Option<f64> {
    let list = rows.iter().filter(|r| r.active.len() > k + r.open_cells);
    let sums = list.filter_map(|r| Some((*r.revenue.as_ref()?.get(k)?, r.size)));
    let (money, size) = sums.fold((0.0, 0usize), |(a, n), (m, k)| (a + m, n + k));
    ratio(money, size as f64)
}

/// What a customer has brought by each age: period upon period, each from the cohorts that were watched through it. Were the sums of cohorts
/// pooled instead, the line would jump, or fall, wherever a cohort drops out that brought more, or less, than the others.
fn worth(s: &Summary) -> Option<Chart> {
    let n = ages(s);
    let mut sum = 0.0;
    let values: Vec<Option<f64>> = (0..n)
        .map(|k| {
            sum += brought(&s.rows, k)?;
            Some(sum)
        })
        .collect();
    let last = values.iter().rposition(Option::is_some).filter(|k| *k > 0)?;
    let (start, end) = (say::money(values[0]?), say::money(values[last]?));
    let (en, zh) = unit(s.period);
    let title = if values[0] == values[last] {
        Words::new(
            format!("A customer brings {} at first, and no more by {en} {last}", start.en),
            format!("每位客户首期带来 {}，到第 {last} {zh}再无增加", start.zh),
        )
    } else {
        Words::new(
            format!("A customer brings {} at first, {} by {en} {last}", start.en, end.en),
            format!("每位客户首期带来 {}，到第 {last} {zh}累计 {}", start.zh, end.zh),
        )
    };
    let subtitle = Words::new(
        format!(
            "cumulative revenue per customer by {en}s since the first order, each {en} from the cohorts watched through it; n = {}",
            say::count(s.customers)
        ),
        format!("按首单后{zh}数计的人均累计销售额，每期取已观察满该期的各群；n = {}", say::count(s.customers)),
    );
    let alt = Words::new(format!("{}.", title.en), format!("{}。", title.zh));
    let labels: Vec<String> = (0..n).map(|k| k.to_string()).collect();
    let line = Line { name: Words::new("Revenue per customer", "人均销售额"), values, subject: true };
    let option = chart::lines(&labels, &[line], "money");
    let axis = json!({ "formatter": "{value}", "hideOverlap": true });
    Some(Chart {
        id: "worth",
        title,
        subtitle,
        alt,
        option: chart::with(option, "/xAxis/axisLabel", axis),
        drill: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_customer_is_not_beyond_chance_and_many_are() {
        // One of one against 10 of 100: the hypergeometric share of such tables, 11 of 101.
        let (difference, p) = against(1, 1, 11, 101).unwrap();
        assert!((difference - 0.9).abs() < 1e-12 && (p - 11.0 / 101.0).abs() < 1e-12, "{difference} {p}");
        // Summed by whole numbers: 3 of 6 against 20 of 190.
        assert!((against(3, 6, 23, 196).unwrap().1 - 0.022_494_406_253_503_397).abs() < 1e-12);
        // By erfc: 60 of 200 against 150 of 800.
        let (difference, p) = against(60, 200, 210, 1000).unwrap();
        assert!((difference - 0.1125).abs() < 1e-12 && (p - 0.000_476_322_749_469_867).abs() < 1e-12, "{p}");
        assert_eq!(against(3, 6, 3, 6), None, "there are no others");
        assert_eq!(against(0, 6, 0, 60).unwrap().1, 1.0);
    }
}

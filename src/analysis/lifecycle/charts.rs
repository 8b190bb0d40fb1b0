//! The stages in words and pictures.

use serde_json::json;

use super::{Output, Params, Presentation, STAGES, Stage, Summary};
use crate::analysis::Tile;
use crate::analysis::common::{say, tile};
use crate::chart::{self, Bar, Cell, Chart, Drill, Stack};
use crate::error::Words;

pub fn present(output: &Output<Summary>, _: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = vec![stages(s), flow(s)];
    charts.extend(moves(s));
    Presentation { headline: headline(s), tiles: tiles(s), charts }
}

fn stage<'a>(s: &'a Summary, id: &str) -> Option<&'a Stage> {
    s.stages.iter().find(|g| g.id == id)
}

fn headline(s: &Summary) -> Words {
    let late = stage(s, "at_risk");
    let at_risk = late.map_or(0, |g| g.customers);
    let all = say::count(s.customers);
    let gone = stage(s, "lapsed").filter(|g| g.customers > 0);
    let lapsed = gone.map(|g| {
        let (n, share) = (say::count(g.customers), say::percent(g.share.unwrap_or(0.0)));
        Words::new(
            format!("{n} ({share}) {} lapsed", say::form(g.customers, "has", "have")),
            format!("{n} 位（{share}）已流失"),
        )
    });
    if at_risk == 0 {
        return match lapsed {
            Some(l) => Words::new(
                format!("Of {} {}; nobody is just late.", say::counted(s.customers, "customer", "customers"), l.en),
                format!("{all} 位客户中有 {}，没有刚逾期未购的。", l.zh),
            ),
            None if s.customers == 1 => Words::new("The only customer is not late.", "唯一的客户并未逾期。"),
            None => Words::new(format!("None of {all} customers is late."), format!("{all} 位客户均未逾期。")),
        };
    }
    let (n, share) = (say::count(at_risk), say::percent(late.and_then(|g| g.share).unwrap_or(0.0)));
    let spent = match late.and_then(|g| g.revenue).filter(|v| *v > 0.0).map(say::money) {
        Some(sum) => Words::new(format!(" and have spent {}", sum.en), format!("，累计消费 {}", sum.zh)),
        None => Words::default(),
    };
    let spent_en = if at_risk == 1 { spent.en.replace("have", "has") } else { spent.en };
    let (end_en, end_zh) =
        lapsed.map_or_else(Default::default, |l| (format!("; {} already", l.en), format!("；另有 {}", l.zh)));
    Words::new(
        format!(
            "{n} of {all} customers ({share}) {} later than usual{spent_en}{end_en}.",
            say::form(at_risk, "is", "are")
        ),
        format!("{all} 位客户中有 {n} 位（{share}）迟于平常{}{end_zh}。", spent.zh),
    )
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let meaning = |id: &str| match id {
        "new" => Words::new("One purchase day so far, not late", "仅在一天购买过，尚未逾期"),
        "active" => Words::new("Bought on several days, within the usual gap", "多次购买，间隔正常"),
        "loyal" => {
            Words::new("At least the orders that make a customer loyal, not late", "订单数达到忠诚标准，且未逾期")
        }
        "at_risk" => Words::new("Later than usual, not yet lapsed", "晚于常规，尚未流失"),
        "lapsed" => Words::new("So late that a return is unlikely", "超过流失界限"),
        _ => Words::new("Bought again after a lapse", "流失后再次购买"),
    };
    let count = |g: &Stage| {
        let mut t = tile(g.id, g.name.clone(), Some(g.customers as f64), "count", meaning(g.id));
        t.n = Some(s.customers);
        t
    };
    s.stages.iter().map(count).collect()
}

fn stages(s: &Summary) -> Chart {
    let bars: Vec<Bar> = s
        .stages
        .iter()
        .map(|g| {
            let late = matches!(g.id, "at_risk" | "lapsed");
            Bar::new(chart::words(g.name.en.clone(), g.name.zh.clone()), g.customers as f64)
                .drill("stage", g.id)
                .context(late)
        })
        .collect();
    let share = |id: &str| stage(s, id).and_then(|g| g.share).unwrap_or(0.0);
    let p = say::percent(share("lapsed"));
    let title = if share("lapsed") == 0.0 {
        Words::new("No customer has lapsed", "没有客户流失")
    } else {
        Words::new(format!("{p} of customers have lapsed"), format!("{p} 的客户已流失"))
    };
    let n = say::count(s.customers);
    let subtitle = {
        let day = say::iso_date(&s.as_of);
        Words::new(format!("customers by stage on {}; n = {n}", day.en), format!("{}各阶段客户数；n = {n}", day.zh))
    };
    let (loyal, risk) = (say::percent(share("loyal")), say::percent(share("at_risk")));
    let alt = Words::new(
        format!("{}. Loyal {loyal}, at risk {risk}.", title.en),
        format!("{}。忠诚 {loyal}，有流失风险 {risk}。", title.zh),
    );
    Chart { id: "stages", title, subtitle, alt, option: chart::bars(&bars, "count"), drill: Drill::on(&["stage"]) }
}

/// Three parts, since more layers cannot be compared: buying, late, lost.
fn flow(s: &Summary) -> Chart {
    let shown = &s.flow[s.flow.len().saturating_sub(60)..];
    let sum = |ids: &[&str]| -> Vec<f64> {
        shown.iter().map(|f| ids.iter().filter_map(|id| f.stages.get(id)).sum::<usize>() as f64).collect()
    };
    let parts = [
        Stack { name: Words::new("buying", "购买中"), values: sum(&["new", "active", "loyal", "won_back"]) },
        Stack { name: Words::new("at risk", "有流失风险"), values: sum(&["at_risk"]) },
        Stack { name: Words::new("lapsed", "已流失"), values: sum(&["lapsed"]) },
    ];
    let buying = |i: Option<usize>| i.and_then(|i| parts[0].values.get(i)).copied().unwrap_or(0.0);
    let (now, before) = (buying(shown.len().checked_sub(1)), buying(shown.len().checked_sub(2)));
    let (n, change) = (say::count(now as usize), now - before);
    let (en, zh) = if change < 0.0 { ("fewer", "减少") } else { ("more", "增加") };
    let by = say::count(change.abs() as usize);
    let (who, are) = (say::counted(now as usize, "customer", "customers"), say::form(now as usize, "is", "are"));
    let title = if shown.len() < 2 || change == 0.0 {
        let (tail, tail_zh) =
            if shown.len() < 2 { ("", "") } else { (", as many as a period ago", "，与上期相同") };
        Words::new(format!("{who} {are} buying{tail}"), format!("{n} 位客户在购买{tail_zh}"))
    } else {
        Words::new(
            format!("{who} {are} buying, {by} {en} than a period ago"),
            format!("{n} 位客户在购买，较上期{zh} {by} 位"),
        )
    };
    let subtitle = Words::new(
        format!("customers by stage at the end of each period; n = {}", say::count(s.customers)),
        format!("各周期末的客户阶段；n = {}", say::count(s.customers)),
    );
    let alt = Words::new(format!("{}.", title.en), format!("{}。", title.zh));
    let labels: Vec<String> = shown.iter().map(|f| f.period.clone()).collect();
    Chart {
        id: "flow",
        title,
        subtitle,
        alt,
        option: chart::columns(&labels, &parts, "count", false, None),
        drill: None,
    }
}

fn moves(s: &Summary) -> Option<Chart> {
    let at = |id: &str| STAGES.iter().position(|g| g.0 == id);
    let cells: Vec<Cell> = s
        .transitions
        .iter()
        .filter_map(|t| {
            Some(Cell {
                x: at(t.to)?,
                y: at(t.from)?,
                value: Some(t.p),
                tone: chart::seq_step(t.p),
                open: false,
                drill: json!({ "stage": t.to }),
            })
        })
        .collect();
    let back: usize = s.transitions.iter().filter(|t| t.from == "lapsed" && t.to != "lapsed").map(|t| t.n).sum();
    let lost: usize = s.transitions.iter().filter(|t| t.from == "lapsed").map(|t| t.n).sum();
    if cells.is_empty() {
        return None;
    }
    let p = say::percent(if lost > 0 { back as f64 / lost as f64 } else { 0.0 });
    let title = match (lost, back) {
        (0, _) => Words::new("Nobody has lapsed, so nobody could return", "没有流失客户，也就没有人回来"),
        (_, 0) => Words::new("No lapsed customer has returned", "没有流失客户回来"),
        _ => Words::new(format!("{p} of lapsed customers return per period"), format!("每期有 {p} 的流失客户回来")),
    };
    let n: usize = s.transitions.iter().map(|t| t.n).sum();
    let subtitle = Words::new(
        format!(
            "share of a stage (row) that is in another (column) a period later; n = {}",
            say::counted(n, "change", "changes")
        ),
        format!("某阶段（行）客户一期后所处阶段（列）的比例；n = {} 次", say::count(n)),
    );
    let alt = Words::new(format!("{}.", title.en), format!("{}。", title.zh));
    let names = || STAGES.iter().map(|g| (g.1)()).map(|w| chart::words(w.en, w.zh)).collect();
    let option = chart::heat_map(names(), names(), &cells, "percent");
    Some(Chart { id: "transitions", title, subtitle, alt, option, drill: Drill::on(&["stage"]) })
}

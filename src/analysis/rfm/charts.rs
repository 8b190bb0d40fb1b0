//! The segments in words and pictures.

use serde_json::{Value, json};

use super::{Output, Params, Presentation, Scheme, Summary, score};
use crate::analysis::Tile;
use crate::analysis::common::{say, tile};
use crate::chart::{self, Cell, Chart, Drill, Link, Pair};
use crate::error::Words;
use crate::num::order::Order;
use crate::table::Series;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = Vec::new();
    if params.scheme == Scheme::Ten {
        charts.push(grid(output, params));
    }
    charts.push(shares(s));
    if let Some(moves) = &s.migration {
        charts.push(moves_chart(s, moves, params));
    }
    Presentation { headline: headline(s), tiles: tiles(s), charts }
}

/// The segments that earn most of their share, and what they bring.
fn best(s: &Summary) -> (usize, f64, f64) {
    let top: Vec<_> = s
        .segments
        .iter()
        .filter(|g| ["champion", "loyal", "important_value", "important_keep"].contains(&g.id))
        .collect();
    let customers = top.iter().map(|g| g.customers).sum();
    let sum = |f: fn(&super::Segment) -> Option<f64>| top.iter().filter_map(|g| f(g)).sum();
    (customers, sum(|g| g.share_customers), sum(|g| g.share_revenue))
}

fn headline(s: &Summary) -> Words {
    let (best, share, revenue) = best(s);
    let (n, share, revenue) = (say::count(best), say::percent(share), say::percent(revenue));
    let all = say::counted(s.customers, "customer", "customers");
    if s.segments.iter().all(|g| g.share_revenue.is_none()) {
        let k = s.segments.iter().filter(|g| g.customers > 0).count();
        return Words::new(
            format!("{} in {}.", say::sentence(&all), say::counted(k, "segment", "segments")),
            format!("{} 位客户分为 {k} 类。", say::count(s.customers)),
        );
    }
    // Nobody stands out yet: the largest group is what there is to say.
    if best == 0 {
        let Some(largest) = s.segments.iter().max_by_key(|g| g.customers).filter(|g| g.customers > 0) else {
            return Words::new("No customer has an order up to this day.", "到这一天为止没有客户下过单。");
        };
        let part = say::percent(largest.share_customers.unwrap_or(0.0));
        return Words::new(
            format!("None of {all} stands out; the largest segment is “{}” ({part}).", largest.name.en),
            format!(
                "{} 位客户中尚无优质客户；人数最多的是「{}」（{part}）。",
                say::count(s.customers),
                largest.name.zh
            ),
        );
    }
    Words::new(
        format!(
            "{} ({share}) {} {revenue} of revenue.",
            say::counted(best, "customer", "customers"),
            say::form(best, "brings", "bring")
        ),
        format!("{n} 位客户（{share}）贡献 {revenue} 的销售额。"),
    )
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let (_, share, revenue) = best(s);
    let quiet: Vec<_> = s
        .segments
        .iter()
        .filter(|g| ["at_risk", "cant_lose", "important_keep", "important_win_back"].contains(&g.id))
        .collect();
    let n = Some(s.customers);
    let once = Words::new("Customers scored by recency, frequency and revenue", "参与评分的客户数");
    let mut list = vec![
        tile("customers", Words::new("Customers", "客户数"), Some(s.customers as f64), "count", once),
        tile(
            "best",
            Words::new("Best customers", "优质客户占比"),
            Some(share),
            "percent",
            Words::new("Champions and loyal customers among all", "冠军客户与忠诚客户占全部客户的比例"),
        ),
        tile(
            "best_revenue",
            Words::new("Their share of revenue", "其销售额占比"),
            Some(revenue),
            "percent",
            Words::new("What champions and loyal customers bring", "冠军客户与忠诚客户贡献的销售额占比"),
        ),
        tile(
            "quiet",
            Words::new("At risk or can’t lose", "有流失风险"),
            Some(quiet.iter().map(|g| g.customers).sum::<usize>() as f64),
            "count",
            Words::new("Customers who bought often and have been silent for long", "曾经常购买而久未下单的客户"),
        ),
        tile(
            "quiet_revenue",
            Words::new("Their revenue so far", "其历史销售额"),
            Some(quiet.iter().map(|g| g.revenue).sum()),
            "money",
            Words::new("What they have spent up to the day of reference", "截至基准日的累计消费"),
        ),
    ];
    list.iter_mut().for_each(|t| t.n = n);
    list
}

#[inline(never)]
fn grid(output: &Output<Summary>, params: &Params) -> Chart {
    let s = &output.summary;
    // Revenue per cell of recency and frequency score, from the frame.
    let mut sums = [(0usize, 0f64); 25];
    if let (Some(Series::Small(r)), Some(Series::Small(f)), Some(Series::Number(m))) =
        (output.frame.get("r"), output.frame.get("f"), output.frame.get("monetary"))
    {
        for i in 0..r.len() {
            let slot = &mut sums[usize::from(r[i].clamp(1, 5) - 1) * 5 + usize::from(f[i].clamp(1, 5) - 1)];
            *slot = (slot.0 + 1, slot.1 + m[i]);
        }
    }
    let most = sums.iter().map(|c| c.1).fold(0.0, f64::max);
    // Where many are tied, a score may be nobody's: a row of zeros would look like a finding.
    let taken = |of: fn(usize, usize) -> usize| -> Vec<usize> {
        (0..5).filter(|score| (0..5).any(|other| sums[of(*score, other)].0 > 0)).collect()
    };
    let (r_taken, f_taken) = (taken(|r, f| r * 5 + f), taken(|f, r| r * 5 + f));
    let cells: Vec<Cell> = r_taken
        .iter()
        .enumerate()
        .flat_map(|(x, r)| f_taken.iter().enumerate().map(move |(y, f)| (x, y, *r, *f)))
        .map(|(x, y, r, f)| Cell {
            x,
            y,
            value: Some(sums[r * 5 + f].0 as f64),
            tone: chart::seq_step(if most > 0.0 { sums[r * 5 + f].1 / most } else { 0.0 }),
            open: false,
            drill: json!({ "r": r + 1, "f": f + 1 }),
        })
        .collect();
    let (days, orders) = (ranges(&s.edges.recency), ranges(&s.edges.frequency));
    let option = chart::matrix(
        r_taken.iter().map(|r| days[4 - r].clone()).collect(),
        f_taken.iter().map(|f| orders[*f].clone()).collect(),
        [&Words::new("Days since last order", "距最近一次购买的天数"), &Words::new("Orders", "订单数")],
        &cells,
        "count",
    );
    let quiet: usize =
        s.segments.iter().filter(|g| ["at_risk", "cant_lose"].contains(&g.id)).map(|g| g.customers).sum();
    let (n, all) = (say::count(quiet), say::count(s.customers));
    let title = if quiet > 0 {
        let (who, have) = (say::counted(quiet, "customer", "customers"), say::form(quiet, "has", "have"));
        Words::new(format!("{who} who bought often {have} gone quiet"), format!("{n} 位常客已久未购买"))
    } else {
        Words::new("Customers by recency and frequency", "按最近购买与频次的客户分布")
    };
    let mut subtitle = Words::new(
        format!("customers per cell, stronger tone: more revenue; n = {all}, as of {}", say::iso_date(&s.as_of).en),
        format!("每格客户数，颜色越深销售额越高；n = {all}，截至 {}", say::iso_date(&s.as_of).zh),
    );
    for (letter, list) in [("R", &r_taken), ("F", &f_taken)] {
        let none: Vec<String> = (0..5).filter(|i| !list.contains(i)).map(|i| (i + 1).to_string()).collect();
        if !none.is_empty() {
            // Customers with equal values share a score, unless cuts of one's own leave it empty.
            let why = match params.scoring {
                super::Scoring::Cuts(_) => Words::new("nobody lies between these cuts", "没有客户落在该区间"),
                _ => Words::new("too many customers are tied", "数值相同的客户过多"),
            };
            subtitle.en += &format!("; {letter} {} not given: {}", none.join(", "), why.en);
            subtitle.zh += &format!("；无 {letter} {} 分：{}", none.join("、"), why.zh);
        }
    }
    let alt = Words::new(
        format!(
            "{}. {}, {} with the best recency score, {} with the lowest.",
            title.en,
            say::sentence(&say::counted(s.customers, "customer", "customers")),
            say::count(s.scores.R["5"]),
            say::count(s.scores.R["1"])
        ),
        format!(
            "{}。共 {all} 位客户，R 得分最高 {} 位，最低 {} 位。",
            title.zh,
            say::count(s.scores.R["5"]),
            say::count(s.scores.R["1"])
        ),
    );
    Chart { id: "grid", title, subtitle, alt, option, drill: Drill::on(&["r", "f"]) }
}

/// What a score from 1 to 5 means, from its edges: "17 or less", "18–45", …, "183 or more".
fn ranges(edges: &[f64; 4]) -> Vec<Value> {
    let whole = |v: f64| say::number(v.floor());
    (0..5)
        .map(|i| {
            let low = if i == 0 { f64::NEG_INFINITY } else { edges[i - 1].floor() + 1.0 };
            match edges.get(i) {
                None => chart::words(format!("{} or more", whole(low)), format!("{} 及以上", whole(low))),
                Some(e) if i == 0 => chart::words(format!("{} or less", whole(*e)), format!("{} 以内", whole(*e))),
                Some(e) if low > *e => Value::String("\u{2013}".into()),
                Some(e) if low == e.floor() => Value::String(whole(*e)),
                Some(e) => Value::String(format!("{}\u{2013}{}", whole(low), whole(*e))),
            }
        })
        .collect()
}

fn shares(s: &Summary) -> Chart {
    let mut rows: Vec<_> = s.segments.iter().filter(|g| g.customers > 0).collect();
    let lead = |g: &super::Segment| g.share_revenue.unwrap_or(0.0) - g.share_customers.unwrap_or(0.0);
    rows.order_by(|a, b| lead(b).total_cmp(&lead(a)).then(a.id.cmp(b.id)));
    let pairs: Vec<Pair> = rows
        .iter()
        .map(|g| Pair {
            name: chart::words(g.name.en.clone(), g.name.zh.clone()),
            reference: g.share_customers.unwrap_or(0.0),
            subject: g.share_revenue.unwrap_or(0.0),
            drill: json!({ "segment": g.id }),
        })
        .collect();
    let names = [&Words::new("of customers", "客户占比"), &Words::new("of revenue", "销售额占比")];
    let over = rows.iter().filter(|g| lead(g) > 0.0).count();
    let k = rows.len();
    let title = match (over, rows.first()) {
        (0, _) | (_, None) => {
            Words::new("Every segment earns about what its head count says", "各类客户的销售额占比与人数占比相当")
        }
        (1, Some(g)) => Words::new(
            format!("“{}” alone earns more than its head count", g.name.en),
            format!("只有「{}」的销售额占比高于人数占比", g.name.zh),
        ),
        _ => Words::new(
            format!("{over} of {k} segments earn more than their head count"),
            format!("{k} 类客户中有 {over} 类的销售额占比高于人数占比"),
        ),
    };
    let (n, revenue) = (say::count(s.customers), say::money(s.revenue));
    let subtitle = Words::new(
        format!(
            "share of {} and of {} revenue, as of {}",
            say::counted(s.customers, "customer", "customers"),
            revenue.en,
            say::iso_date(&s.as_of).en
        ),
        format!("占 {n} 位客户与 {} 销售额的比例，截至 {}", revenue.zh, say::iso_date(&s.as_of).zh),
    );
    let alt = match rows.first() {
        Some(g) => {
            let (a, b) = (say::percent(g.share_customers.unwrap_or(0.0)), say::percent(g.share_revenue.unwrap_or(0.0)));
            Words::new(
                format!("{}. {}: {a} of customers, {b} of revenue.", title.en, g.name.en),
                format!("{}。「{}」占客户 {a}，占销售额 {b}。", title.zh, g.name.zh),
            )
        }
        None => title.clone(),
    };
    Chart {
        id: "segments",
        title,
        subtitle,
        alt,
        option: chart::dumbbell(&pairs, names, "percent"),
        drill: Drill::on(&["segment"]),
    }
}

fn moves_chart(s: &Summary, moves: &[super::Move], params: &Params) -> Chart {
    let names = score::names(params.scheme);
    let label = |id: &str| {
        names.iter().find(|n| n.0 == id).map_or_else(|| Words::new("Not yet a customer", "尚非客户"), |n| n.1())
    };
    let mut nodes: Vec<(String, Value)> = Vec::new();
    let mut node = |side: &str, id: &str| {
        let key = format!("{side} {id}");
        nodes.iter().position(|n| n.0 == key).unwrap_or_else(|| {
            let w = label(id);
            nodes.push((key, chart::words(w.en, w.zh)));
            nodes.len() - 1
        })
    };
    let links: Vec<Link> = moves
        .iter()
        .map(|m| Link {
            from: node("then", m.from),
            to: node("now", m.to),
            value: m.customers as f64,
            drill: json!({ "segment": m.to }),
        })
        .collect();
    let stayed: usize = moves.iter().filter(|m| m.from == m.to).map(|m| m.customers).sum();
    let fresh: usize = moves.iter().filter(|m| m.from == "not_yet").map(|m| m.customers).sum();
    let moved = s.customers - stayed - fresh;
    let (before, now) = (say::iso_date(params.compare_to.as_deref().unwrap_or_default()), say::iso_date(&s.as_of));
    let title = if moved == 0 {
        Words::new("No customer changed segment", "没有客户换分群")
    } else {
        Words::new(
            format!("{} changed segment", say::counted(moved, "customer", "customers")),
            format!("{} 位客户换了分群", say::count(moved)),
        )
    };
    let n = say::count(s.customers);
    let subtitle = Words::new(
        format!("customers by segment on {} (left) and {} (right); n = {n}", before.en, now.en),
        format!("{}（左）与 {}（右）的分群客户数；n = {n}", before.zh, now.zh),
    );
    let alt = Words::new(
        format!("{}. {} stayed, {} are new.", title.en, say::count(stayed), say::count(fresh)),
        format!("{}。{} 位未变，{} 位为新客户。", title.zh, say::count(stayed), say::count(fresh)),
    );
    Chart {
        id: "migration",
        title,
        subtitle,
        alt,
        option: chart::sankey(&nodes, &links, "count"),
        drill: Drill::on(&["segment"]),
    }
}

//! Revenue in words and pictures.

use serde_json::{Value as Json, json};

use super::{Output, Params, Presentation, Split, Summary};
use crate::analysis::Tile;
use crate::analysis::common::{growth, say, tile};
use crate::chart::{self, Bar, Chart, Drill, Stack};
use crate::error::Words;
use crate::num::order::Order;

/// What fits an axis; earlier periods are left to the table.
const MOST: usize = 120;
const MOST_BARS: usize = 15;

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = vec![timeline(s, params)];
    for split in s.by.iter().take(2) {
        charts.push(shares(s, split));
    }
    if s.by.is_empty() {
        charts.push(order_value(s));
    } else if let Some(split) = s.by.first() {
        charts.extend(movers(s, split));
    }
    Presentation { headline: headline(s), tiles: tiles(s), charts }
}

/// The last two finished periods.
fn last_two(s: &Summary) -> Option<(&super::Span, &super::Span)> {
    let done = s.periods.len() - usize::from(s.open && s.periods.len() > 1);
    Some((s.periods.get(done.checked_sub(1)?)?, s.periods.get(done.checked_sub(2)?)?))
}

fn headline(s: &Summary) -> Words {
    let total = say::money(s.total.revenue);
    // Of less than nothing there is no percentage.
    let compared = last_two(s).filter(|(now, before)| now.revenue >= 0.0 && before.revenue > 0.0);
    match compared.and_then(|(now, before)| Some((now, growth(now.revenue, before.revenue)?))) {
        Some((now, 0.0)) => {
            let (name, sum) = (say::period(&now.period), say::money(now.revenue));
            Words::new(
                format!("{} brought {}, as much as the period before.", name.en, sum.en),
                format!("{}销售额 {}，与上期持平。", name.zh, sum.zh),
            )
        }
        Some((now, change)) => {
            let (name, p, sum) = (say::period(&now.period), say::percent(change.abs()), say::money(now.revenue));
            let (en, zh) = if change < 0.0 { ("less", "减少") } else { ("more", "增加") };
            Words::new(
                format!("{} brought {}, {p} {en} than the period before.", name.en, sum.en),
                format!("{}销售额 {}，较上期{zh} {p}。", name.zh, sum.zh),
            )
        }
        None if s.total.revenue == 0.0 => Words::new(
            format!("No revenue from {}.", say::counted(s.total.orders, "order", "orders")),
            format!("{} 笔订单，没有销售额。", say::count(s.total.orders)),
        ),
        None => Words::new(
            format!("{} of revenue from {}.", total.en, say::counted(s.total.orders, "order", "orders")),
            format!("{} 笔订单，销售额 {}。", say::count(s.total.orders), total.zh),
        ),
    }
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let mut list = vec![
        tile(
            "revenue",
            Words::new("Revenue", "销售额"),
            Some(s.total.revenue),
            "money",
            Words::new("Sum of amounts", "金额合计"),
        ),
        tile(
            "orders",
            Words::new("Orders", "订单数"),
            Some(s.total.orders as f64),
            "count",
            Words::new("Distinct orders", "去重后的订单数"),
        ),
        tile(
            "customers",
            Words::new("Customers", "客户数"),
            Some(s.total.customers as f64),
            "count",
            Words::new("Distinct customers", "去重后的客户数"),
        ),
    ];
    if let Some((now, before)) = last_two(s) {
        let name = say::period(&now.period);
        let mut t = tile(
            "last_period",
            name,
            Some(now.revenue),
            "money",
            Words::new("The last finished period, against the one before", "最近一个完整周期，与上期对比"),
        );
        t.previous = Some(before.revenue);
        t.n = Some(now.orders);
        list.push(t);
    }
    list
}

fn shown(s: &Summary) -> &[super::Span] {
    &s.periods[s.periods.len().saturating_sub(MOST)..]
}

fn range(s: &Summary) -> Words {
    match (shown(s).first(), shown(s).last()) {
        (Some(a), Some(b)) => {
            let (a, b) = (say::period(&a.period), say::period(&b.period));
            Words::new(format!("{} \u{2013} {}", a.en, b.en), format!("{}\u{2013}{}", a.zh, b.zh))
        }
        _ => Words::default(),
    }
}

fn timeline(s: &Summary, _: &Params) -> Chart {
    let list = shown(s);
    let labels: Vec<String> = list.iter().map(|p| p.period.clone()).collect();
    let parts = [
        Stack {
            name: Words::new("returning and unnamed", "老客户与未知客户"),
            values: list.iter().map(|p| (p.revenue - p.new_customer_revenue).max(0.0)).collect(),
        },
        Stack {
            name: Words::new("new customers", "新客户"),
            values: list.iter().map(|p| p.new_customer_revenue.max(0.0)).collect(),
        },
    ];
    let best = list.iter().max_by(|a, b| a.revenue.total_cmp(&b.revenue));
    let (name, sum) =
        best.map_or((Words::default(), Words::default()), |p| (say::period(&p.period), say::money(p.revenue)));
    let title = Words::new(
        format!("The best period was {} with {}", name.en, sum.en),
        format!("销售额最高的周期是 {}，为 {}", name.zh, sum.zh),
    );
    let (en, zh) = if s.open { ("; hatched: not over", "；斜纹：尚未结束") } else { ("", "") };
    let (n, span) = (say::count(s.total.orders), range(s));
    let subtitle = Words::new(
        format!("revenue per period, {}; n = {}{en}", span.en, say::counted(s.total.orders, "order", "orders")),
        format!("每周期销售额，{}；n = {n} 笔订单{zh}", span.zh),
    );
    let total = say::money(s.total.revenue);
    let alt = Words::new(
        format!("{}. Total {} in {}.", title.en, total.en, say::counted(s.periods.len(), "period", "periods")),
        format!("{}。{} 个周期合计 {}。", title.zh, s.periods.len(), total.zh),
    );
    let option = chart::columns(&labels, &parts, "money", s.open, Some("period"));
    Chart { id: "timeline", title, subtitle, alt, option, drill: Drill::on(&["period"]) }
}

fn name(value: &Option<String>) -> Json {
    value.as_ref().map_or_else(|| chart::words("(missing)", "（缺失）"), |v| json!(v))
}

fn plain(value: &Option<String>) -> Words {
    value.as_ref().map_or_else(|| Words::new("(missing)", "（缺失）"), Words::same)
}

fn shares(s: &Summary, split: &Split) -> Chart {
    let bars: Vec<Bar> = split
        .values
        .iter()
        .filter(|v| v.revenue > 0.0)
        .take(MOST_BARS)
        .enumerate()
        .map(|(i, v)| Bar::new(name(&v.value), v.revenue).drill(&split.dimension, v.value.clone()).context(i > 0))
        .collect();
    let first = split.values.first();
    let label = first.map_or_else(Words::default, |v| plain(&v.value));
    let p = first.and_then(|v| v.share).map(say::percent);
    let by = say::dimension(&split.dimension);
    let title = match &p {
        Some(p) => {
            Words::new(format!("{} brings {p} of revenue", label.en), format!("「{}」贡献 {p} 的销售额", label.zh))
        }
        None => Words::new(format!("Revenue by {}", by.en), format!("按{}的销售额", by.zh)),
    };
    let n = split.values.len();
    let cut = if n > MOST_BARS {
        (format!("; the first {MOST_BARS} of {n}"), format!("；仅列前 {MOST_BARS} 项，共 {n} 项"))
    } else {
        Default::default()
    };
    let (orders, span) = (say::count(s.total.orders), range(s));
    let subtitle = Words::new(
        format!("revenue by {}, {}; n = {}{}", by.en, span.en, say::counted(s.total.orders, "order", "orders"), cut.0),
        format!("按{}的销售额，{}；n = {orders} 笔订单{}", by.zh, span.zh, cut.1),
    );
    let three: Vec<(Words, Words)> =
        split.values.iter().take(3).map(|v| (plain(&v.value), say::money(v.revenue))).collect();
    let join = |f: fn(&(Words, Words)) -> String, sep: &str| three.iter().map(f).collect::<Vec<_>>().join(sep);
    let alt = Words::new(
        format!("{}. {}.", title.en, join(|t| format!("{} {}", t.0.en, t.1.en), ", ")),
        format!("{}。{}。", title.zh, join(|t| format!("「{}」{}", t.0.zh, t.1.zh), "，")),
    );
    let id = if s.by.first().is_some_and(|b| b.dimension == split.dimension) { "shares" } else { "shares_2" };
    Chart { id, title, subtitle, alt, option: chart::bars(&bars, "money"), drill: Drill::on(&[&split.dimension]) }
}

/// Growth of the values in the last finished period, largest movements first.
fn movers(s: &Summary, split: &Split) -> Option<Chart> {
    let mut list: Vec<_> = split.values.iter().take(MOST_BARS).filter_map(|v| Some((v, v.growth?))).collect();
    list.order_by(|a, b| b.1.total_cmp(&a.1));
    let (now, before) = last_two(s)?;
    let all = growth(now.revenue, before.revenue)?;
    if list.is_empty() {
        return None;
    }
    let bars: Vec<Bar> =
        list.iter().map(|(v, g)| Bar::new(name(&v.value), *g).drill(&split.dimension, v.value.clone())).collect();
    let up = list.iter().filter(|l| l.1 > 0.0).count();
    let period = say::period(&now.period);
    let title = match (up, list.len()) {
        (0, n) => Words::new(
            if n == 1 { format!("No growth in {}", period.en) } else { format!("None of {n} grew in {}", period.en) },
            format!("{}没有增长的项目", period.zh),
        ),
        (up, n) if up == n => {
            Words::new(format!("All of them grew in {}", period.en), format!("{}各项均增长", period.zh))
        }
        (up, n) => {
            Words::new(format!("{up} of {n} grew in {}", period.en), format!("{}有 {up} 项增长，共 {n} 项", period.zh))
        }
    };
    let earlier = say::period(&before.period);
    let subtitle = Words::new(
        format!(
            "change of revenue, {} against {}; n = {}",
            period.en,
            earlier.en,
            say::counted(now.orders, "order", "orders")
        ),
        format!("销售额变化，{}对比{}；n = {} 笔订单", period.zh, earlier.zh, say::count(now.orders)),
    );
    let alt = Words::new(
        format!("{}. All: {}.", title.en, say::percent(all)),
        format!("{}。总体：{}。", title.zh, say::percent(all)),
    );
    let option = chart::diverging((chart::words("All", "合计"), all), &bars, "percent");
    Some(Chart { id: "growth", title, subtitle, alt, option, drill: Drill::on(&[&split.dimension]) })
}

fn order_value(s: &Summary) -> Chart {
    let list = shown(s);
    let labels: Vec<String> = list.iter().map(|p| p.period.clone()).collect();
    let values = list.iter().map(|p| p.average_order_value).collect();
    let mean = say::money(s.total.revenue / (s.total.orders.max(1)) as f64);
    let title = Words::new(format!("An order is worth {} on average", mean.en), format!("平均每单 {}", mean.zh));
    let (n, span) = (say::count(s.total.orders), range(s));
    let subtitle = Words::new(
        format!("revenue per order, {}; n = {}", span.en, say::counted(s.total.orders, "order", "orders")),
        format!("每单平均金额，{}；n = {n} 笔订单", span.zh),
    );
    let alt = Words::new(format!("{}.", title.en), format!("{}。", title.zh));
    let line = chart::Line { name: Words::new("Average order", "客单价"), values, subject: true };
    Chart {
        id: "order_value",
        title,
        subtitle,
        alt,
        option: chart::lines(&labels, &[line], "money"),
        drill: Drill::on(&["period"]),
    }
}

//! The overview in words and pictures.

use serde_json::json;

use super::{Figures, Output, Params, Presentation, Summary};
use crate::analysis::Tile;
use crate::analysis::common::{ratio, say};
use crate::chart::{self, Bar, Chart, Drill, Line, Stack};
use crate::error::Words;
use crate::table::{Frame, Series};
use crate::time;

pub fn present(output: &Output<Summary>, _: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = vec![revenue(s, &output.frame)];
    // Without a column of customers there is nobody to count.
    if s.figures.customers > 0 {
        charts.extend([customers(s, &output.frame), frequency(s)]);
    }
    Presentation { headline: headline(s), tiles: tiles(s), charts }
}

fn headline(s: &Summary) -> Words {
    let now = say::money(s.figures.revenue);
    let change = s.change.as_ref().and_then(|c| c.get("revenue").copied().flatten());
    let usual = s.usual.as_ref().and_then(|u| u.get("revenue"));
    // Of less than nothing there is no percentage.
    let below = |figures: &Figures| figures.revenue < 0.0;
    match change {
        Some(change) if change != 0.0 && (below(&s.figures) || s.previous.as_ref().is_some_and(below)) => {
            let before = say::money(s.previous.as_ref().map_or(0.0, |p| p.revenue));
            Words::new(
                format!("Revenue is {}, after {} in the span before.", now.en, before.en),
                format!("销售额为 {}，前一时段为 {}。", now.zh, before.zh),
            )
        }
        Some(0.0) => {
            Words::new(format!("Revenue is {}, as before.", now.en), format!("销售额为 {}，与之前持平。", now.zh))
        }
        Some(change) => {
            let p = say::percent(change.abs());
            let inside = usual.map(|u| (u.low..=u.high).contains(&change));
            let (en, zh) = if change < 0.0 { ("fell", "下降") } else { ("rose", "上升") };
            let (tail, tail_zh) = match inside {
                Some(true) => (", within its usual range", "，在常见范围内"),
                Some(false) => (", beyond its usual range", "，超出常见范围"),
                None => ("", ""),
            };
            Words::new(
                format!("Revenue {en} {p} to {}{tail}.", now.en),
                format!("销售额{zh} {p} 至 {}{tail_zh}。", now.zh),
            )
        }
        None => {
            let (n, orders) = (s.figures.customers, s.figures.orders);
            let placed = say::counted(orders, "order", "orders");
            match (n, orders) {
                (_, 0) => Words::new(
                    format!("No orders in this span; refunds come to {}.", now.en),
                    format!("该时段没有订单，退款合计 {}。", now.zh),
                ),
                (0, _) => Words::new(
                    format!("{} brought {}.", say::sentence(&placed), now.en),
                    format!("{} 笔订单，销售额 {}。", say::count(orders), now.zh),
                ),
                _ => Words::new(
                    format!("{} placed {placed} worth {}.", say::counted(n, "customer", "customers"), now.en),
                    format!("{} 位客户下单 {} 笔，共 {}。", say::count(n), say::count(orders), now.zh),
                ),
            }
        }
    }
}

fn tiles(s: &Summary) -> Vec<Tile> {
    let f = &s.figures;
    let p = s.previous.as_ref();
    let n = |v: usize| Some(v as f64);
    let tile = |id: &'static str, label: Words, value, previous, format, definition, n| {
        let usual = s.usual.as_ref().and_then(|u| u.get(id)).map(|u| [u.low, u.high]);
        Tile { id, label, value, format, previous, interval: None, usual, n, definition }
    };
    vec![
        tile(
            "revenue",
            Words::new("Revenue", "销售额"),
            Some(f.revenue),
            p.map(|p| p.revenue),
            "money",
            Words::new("Sum of amounts in the span, refunds as chosen", "时段内金额合计，退款按所选方式处理"),
            Some(f.orders),
        ),
        tile(
            "orders",
            Words::new("Orders", "订单数"),
            n(f.orders),
            p.and_then(|p| n(p.orders)),
            "count",
            Words::new("Distinct orders", "去重后的订单数"),
            Some(f.orders),
        ),
        tile(
            "customers",
            Words::new("Customers who bought", "购买客户数"),
            n(f.customers),
            p.and_then(|p| n(p.customers)),
            "count",
            Words::new("Distinct customers with an order", "有订单的客户数"),
            Some(f.customers),
        ),
        tile(
            "new_customers",
            Words::new("New customers", "新客户"),
            n(f.new_customers),
            p.and_then(|p| n(p.new_customers)),
            "count",
            Words::new("Customers whose first order in the data lies in the span", "首单落在时段内的客户数"),
            Some(f.customers),
        ),
        tile(
            "repeat_rate",
            Words::new("Ordered more than once", "多次购买"),
            f.repeat_rate,
            p.and_then(|p| p.repeat_rate),
            "percent",
            Words::new("Share of customers with at least two orders in the span", "时段内订单数不少于 2 的客户占比"),
            Some(f.customers),
        ),
        tile(
            "average_order_value",
            Words::new("Average order", "客单价"),
            f.average_order_value,
            p.and_then(|p| p.average_order_value),
            "money",
            Words::new("Revenue over orders", "销售额 ÷ 订单数"),
            Some(f.orders),
        ),
    ]
}

fn numbers<'a>(frame: &'a Frame, name: &str) -> &'a [f64] {
    match frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => &[],
    }
}

fn labels(frame: &Frame) -> Vec<String> {
    match frame.get("period") {
        Some(Series::Text(v)) => v.iter().flatten().cloned().collect(),
        _ => Vec::new(),
    }
}

/// The last month is cut short by the end of the span.
fn open(s: &Summary) -> bool {
    time::parse_iso(&s.to).is_some_and(|d| time::civil_from_days(d + 1).2 != 1)
}

fn span(s: &Summary) -> Words {
    match (time::parse_iso(&s.from), time::parse_iso(&s.to)) {
        (Some(a), Some(b)) => say::span(a, b),
        _ => Words::default(),
    }
}

/// Sums that are shown as columns must not be negative; months of refunds only show nothing.
fn revenue(s: &Summary, frame: &Frame) -> Chart {
    let (all, new) = (numbers(frame, "revenue"), numbers(frame, "new_customer_revenue"));
    let back: Vec<f64> = all.iter().zip(new).map(|(a, n)| (a - n).max(0.0)).collect();
    let share = ratio(back.iter().sum(), s.figures.revenue).map(|v| v.clamp(0.0, 1.0));
    let title = match share.filter(|_| s.figures.customers > 0) {
        Some(0.0) => Words::new("All revenue comes from new customers", "销售额全部来自新客户"),
        Some(v) => {
            let p = say::percent(v);
            Words::new(format!("{p} of revenue comes from returning customers"), format!("{p} 的销售额来自老客户"))
        }
        None => Words::new("Revenue by month", "月度销售额"),
    };
    let (span, hatched) = (span(s), open(s));
    let (en, zh) = if hatched { ("; hatched: month not over", "；斜纹：当月未完") } else { ("", "") };
    let n = say::count(s.figures.orders);
    let subtitle = Words::new(
        format!("revenue per month, {}; n = {}{en}", span.en, say::counted(s.figures.orders, "order", "orders")),
        format!("每月销售额，{}；n = {n} 笔订单{zh}", span.zh),
    );
    let parts = [
        Stack { name: Words::new("returning and unnamed", "老客户与未知客户"), values: back },
        Stack { name: Words::new("first month", "新客户当月"), values: new.iter().map(|v| v.max(0.0)).collect() },
    ];
    let total = say::money(s.figures.revenue);
    let alt = Words::new(format!("{}. Total {}.", title.en, total.en), format!("{}。合计 {}。", title.zh, total.zh));
    let option = chart::columns(&labels(frame), &parts, "money", hatched, Some("period"));
    Chart { id: "revenue", title, subtitle, alt, option, drill: Drill::on(&["period"]) }
}

fn customers(s: &Summary, frame: &Frame) -> Chart {
    let line = |name: &str, words, subject| Line {
        name: words,
        values: numbers(frame, name).iter().map(|v| Some(*v)).collect(),
        subject,
    };
    let share = say::percent(ratio(s.figures.new_customers as f64, s.figures.customers as f64).unwrap_or(0.0));
    // From the first day of the data on everyone is new: the best month says more.
    let most = numbers(frame, "customers").iter().zip(labels(frame)).max_by(|a, b| a.0.total_cmp(b.0));
    let title = match most {
        Some((n, label)) if s.figures.new_customers == s.figures.customers => {
            let (n, month) = (say::count(*n as usize), say::period(&label));
            Words::new(
                format!("Most customers bought in {}: {n}", month.en),
                format!("{}购买客户最多：{n} 位", month.zh),
            )
        }
        _ if s.figures.new_customers == 0 => Words::new("No customer is new in this span", "该时段没有新客户"),
        _ => Words::new(format!("{share} of customers are new in this span"), format!("{share} 的客户为时段内新客")),
    };
    let (span, n) = (span(s), say::count(s.figures.customers));
    let subtitle = Words::new(
        format!(
            "customers with an order per month, {}; n = {}",
            span.en,
            say::counted(s.figures.customers, "customer", "customers")
        ),
        format!("每月有订单的客户数，{}；n = {n} 位客户", span.zh),
    );
    let alt = Words::new(
        format!(
            "{}. {}, {} new.",
            title.en,
            say::sentence(&say::counted(s.figures.customers, "customer", "customers")),
            if s.figures.new_customers == 0 { "none".into() } else { say::count(s.figures.new_customers) }
        ),
        format!("{}。客户 {n} 位，其中新客 {} 位。", title.zh, say::count(s.figures.new_customers)),
    );
    let list = [
        line("customers", Words::new("Customers", "客户"), true),
        line("new_customers", Words::new("New customers", "新客户"), false),
    ];
    Chart {
        id: "customers",
        title,
        subtitle,
        alt,
        option: chart::lines(&labels(frame), &list, "count"),
        drill: Drill::on(&["period"]),
    }
}

fn frequency(s: &Summary) -> Chart {
    let bars: Vec<Bar> = s
        .order_counts
        .iter()
        .map(|f| {
            let (en, zh) = match f.orders {
                1 => ("1 order".to_string(), "1 单".to_string()),
                6 => ("6 or more".to_string(), "6 单以上".to_string()),
                n => (n.to_string(), format!("{n} 单")),
            };
            Bar::new(chart::words(en, zh), f.customers as f64).context(f.orders > 1)
        })
        .collect();
    let once = s.order_counts.first().map_or(0, |f| f.customers);
    let p = say::percent(ratio(once as f64, s.figures.customers as f64).unwrap_or(0.0));
    let title = match once {
        0 => Words::new("Every customer ordered more than once", "每位客户都下过不止一单"),
        n if n == s.figures.customers => Words::new("Every customer ordered once", "每位客户都只下过一单"),
        _ => Words::new(format!("{p} of customers ordered once"), format!("{p} 的客户只下过一单")),
    };
    let (span, n) = (span(s), say::count(s.figures.customers));
    let subtitle = Words::new(
        format!("customers by number of orders, {}; n = {n}", span.en),
        format!("按订单数划分的客户数，{}；n = {n}", span.zh),
    );
    let alt = Words::new(
        format!("{}: {} of {n}.", title.en, say::count(once)),
        format!("{}：{n} 位中 {} 位。", title.zh, say::count(once)),
    );
    let option = chart::with(chart::bars(&bars, "count"), "/yAxis/axisTick", json!({ "show": false }));
    Chart { id: "frequency", title, subtitle, alt, option, drill: None }
}

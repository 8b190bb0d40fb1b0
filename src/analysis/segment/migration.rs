//! Who moved between segments: the same segments on the customers as they were at an earlier day.
//!
//! An earlier customer belongs to the segment whose mean is nearest, on the scale of today: for k-means this is what the
//! method itself would say; for the other methods it is the nearest thing to it, and is said so.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::points::squared;
use super::*;
use crate::chart::{self, Cell, Chart, Drill};
use crate::role::Role;
use crate::table::Mask;

/// The features as they were, from the orders before a day.
pub struct Earlier {
    pub day: String,
    pub customers: Vec<String>,
    pub columns: Vec<Vec<f64>>,
}

/// Customers that went from one segment to another; null: not there yet, or without all features.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Move {
    pub from: Option<usize>,
    pub to: Option<usize>,
    pub customers: usize,
    /// Of all that were in `from`.
    pub share: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Migration {
    /// The earlier day (ISO).
    pub compare_to: String,
    /// Customers that had a segment at both days.
    pub both: usize,
    /// Of those, how many stayed where they were.
    pub stayed: usize,
    pub moves: Vec<Move>,
}

pub fn earlier(input: &Input<'_>, cols: &[&Col], day: &str) -> Result<Earlier> {
    let at = crate::time::parse_iso(day).ok_or_else(|| {
        Error::bad_param(
            "compare_to",
            format!("“{day}” is not a day such as 2024-12-09"),
            format!("「{day}」不是 2024-12-09 这样的日期"),
        )
        .remedy("Write the day as year-month-day, such as 2024-12-09.", "请按「年-月-日」书写，如 2024-12-09。")
    })?;
    if !cols.iter().all(|c| c.is_fact()) {
        return Err(Error::bad_param(
            "compare_to",
            "needs customer facts as features: other columns have no past",
            "需要以客户指标为特征：其他列没有历史值",
        )
        .remedy(
            "Take facts such as recency_days, frequency and monetary as features, or leave `compare_to` out.",
            "请用 recency_days、frequency、monetary 等客户指标为特征，或不填 compare_to。",
        ));
    }
    let Some(column) = input.roles.get(Role::Date).and_then(|i| input.table.columns.get(i)) else {
        return Err(Error::bad_param("compare_to", "needs a column with the role date", "需要指定日期列")
            .remedy("Assign the date column, or leave `compare_to` out.", "请指定日期列，或不填 compare_to。")
            .roles(["date"]));
    };
    let days = column.days()?;
    let past: Vec<bool> = (0..input.table.rows)
        .map(|r| days.get(r).is_some_and(|d| *d != i32::MIN && *d < at) && input.filter.is_none_or(|m| m.value(r)))
        .collect();
    if !past.iter().any(|p| *p) {
        return Err(Error::new(Code::NoRows, format!("there is no order before {day}"), format!("{day} 之前没有订单"))
            .param("compare_to")
            .remedy("Choose a later day.", "请选择更晚的日期。"));
    }
    let mask = Mask::from(past);
    let input = Input { table: input.table, roles: input.roles, filter: Some(&mask), facts: input.facts };
    let resolved = resolve(&input, cols, Options { as_of: Some(at), ..Options::default() })?;
    Ok(Earlier {
        day: day.to_string(),
        customers: resolved.customer_ids().unwrap_or_default(),
        columns: resolved.variables.iter().map(|v| v.numbers().map(<[f64]>::to_vec)).collect::<Result<_>>()?,
    })
}

/// How a feature was brought to scale: logarithm or not, centre, unit.
pub type Scaled = (bool, f64, f64);

/// Where each earlier customer was: the segment (from 1) with the nearest of `means`; none where a logarithm does not exist.
pub fn places<'a>(earlier: &'a Earlier, scales: &[Scaled], means: &[Vec<f64>]) -> HashMap<&'a str, usize> {
    let place = |i: usize| {
        let row: Vec<f64> = earlier
            .columns
            .iter()
            .zip(scales)
            .map(|(c, &(log, centre, unit))| ((if log { c[i].ln() } else { c[i] }) - centre) / unit)
            .collect();
        if row.iter().any(|v| !v.is_finite()) {
            return None;
        }
        (0..means.len()).min_by(|&a, &b| squared(&row, &means[a]).total_cmp(&squared(&row, &means[b]))).map(|s| s + 1)
    };
    earlier.customers.iter().enumerate().filter_map(|(i, id)| Some((id.as_str(), place(i)?))).collect()
}

/// The table of moves over `now`: every customer with a segment at either day counts once.
pub fn migration(day: &str, before: &HashMap<&str, usize>, now: &[(&str, Option<usize>)]) -> Migration {
    let mut counts: BTreeMap<(Option<usize>, Option<usize>), usize> = BTreeMap::new();
    let mut met = 0;
    for (id, to) in now {
        let from = before.get(id).copied();
        met += usize::from(from.is_some());
        *counts.entry((from, *to)).or_default() += 1;
    }
    let present: std::collections::HashSet<&str> = now.iter().map(|n| n.0).collect();
    if met < before.len() {
        before.iter().filter(|(id, _)| !present.contains(*id)).for_each(|(_, &from)| {
            *counts.entry((Some(from), None)).or_default() += 1;
        });
    }
    let mut totals: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    counts.iter().for_each(|((from, _), n)| *totals.entry(*from).or_default() += n);
    let sum =
        |f: fn(&(Option<usize>, Option<usize>)) -> bool| counts.iter().filter(|(k, _)| f(k)).map(|(_, n)| n).sum();
    Migration {
        compare_to: day.to_string(),
        both: sum(|k| k.0.is_some() && k.1.is_some()),
        stayed: sum(|k| k.0.is_some() && k.0 == k.1),
        moves: counts
            .iter()
            .map(|(&(from, to), &n)| Move { from, to, customers: n, share: n as f64 / totals[&from].max(1) as f64 })
            .collect(),
    }
}

pub fn chart(m: &Migration, shown: usize) -> Chart {
    let name = |s: Option<usize>, none: (&str, &str)| match s {
        Some(s) => {
            let number = numbered(s);
            chart::words(number.en, number.zh)
        }
        None => chart::words(none.0, none.1),
    };
    let mut from: Vec<Option<usize>> =
        m.moves.iter().map(|v| v.from).filter(|s| s.is_none_or(|s| s <= shown)).collect();
    let mut to: Vec<Option<usize>> = m.moves.iter().map(|v| v.to).filter(|s| s.is_none_or(|s| s <= shown)).collect();
    for list in [&mut from, &mut to] {
        list.sort_by_key(|s| s.unwrap_or(usize::MAX));
        list.dedup();
    }
    let cells: Vec<Cell> = m
        .moves
        .iter()
        .filter_map(|v| {
            Some(Cell {
                x: to.iter().position(|s| *s == v.to)?,
                y: from.iter().position(|s| *s == v.from)?,
                value: Some(v.share),
                tone: chart::seq_step(v.share),
                open: false,
                drill: json!({ "segment_before": v.from, "segment": v.to }),
            })
        })
        .collect();
    let columns: Vec<Value> = to.iter().map(|s| name(*s, ("none now", "现不在"))).collect();
    let rows: Vec<Value> = from.iter().map(|s| name(*s, ("not there yet", "当时不在"))).collect();
    let share = say::percent(m.stayed as f64 / m.both.max(1) as f64);
    let title = Words::new(
        format!("Since {}, {share} of the customers stayed in their segment", say::iso_date(&m.compare_to).en),
        format!("自{}以来，{share} 的客户留在原来的群", say::iso_date(&m.compare_to).zh),
    );
    let (n, stayed, moved) = (say::count(m.both), say::count(m.stayed), say::count(m.both - m.stayed));
    Chart {
        id: "migration",
        title,
        subtitle: Words::new(
            format!("share of a segment then (rows) by segment now (columns), n = {n}"),
            format!("当时各群（行）现在所在的群（列）的占比，n = {n}"),
        ),
        alt: Words::new(
            format!("{n} customers had a segment at both days: {stayed} stayed, {moved} moved"),
            format!("{n} 位客户两个时点都有分群：{stayed} 位未变，{moved} 位变动"),
        ),
        option: chart::heat_map(columns, rows, &cells, "percent"),
        drill: Drill::on(&["segment_before", "segment"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::contract::columns;

    #[test]
    fn moves_by_hand() {
        let before = HashMap::from([("a", 1), ("b", 1), ("c", 2), ("gone", 2)]);
        let now = [("a", Some(1)), ("b", Some(2)), ("c", Some(2)), ("d", Some(1))];
        let m = migration("2024-01-01", &before, &now);
        assert_eq!((m.both, m.stayed), (3, 2));
        let of = |from, to| m.moves.iter().find(|v| (v.from, v.to) == (from, to)).map(|v| (v.customers, v.share));
        assert_eq!(of(Some(1), Some(2)), Some((1, 0.5)));
        assert_eq!(of(None, Some(1)), Some((1, 1.0)));
        assert_eq!(of(Some(2), None), Some((1, 0.5)));
        assert_eq!(m.moves.iter().map(|v| v.customers).sum::<usize>(), 5);
    }

    #[test]
    fn compared_with_the_same_day_nobody_moves() {
        let sample = columns();
        let run = |params: Value| sample.run::<Segments>(&params);
        let base =
            json!({ "features": [{ "fact": "recency_days" }, { "fact": "monetary" }], "k": 3, "stability": false });
        let mut same = base.clone();
        same["compare_to"] = json!("2025-01-01");
        same["as_of"] = json!("2025-01-01");
        let out = run(same).unwrap();
        let m = &out.summary["migration"];
        assert_eq!((&m["both"], &m["stayed"]), (&m["both"], &m["both"]));
        assert!(out.charts.iter().any(|c| c.id == "migration"));
        let mut half = base.clone();
        half["compare_to"] = json!("2023-07-01");
        let m = run(half).unwrap().summary["migration"].clone();
        let counted: u64 = m["moves"].as_array().unwrap().iter().map(|v| v["customers"].as_u64().unwrap()).sum();
        let customers = run(base.clone()).unwrap().summary["n"].as_u64().unwrap();
        assert_eq!(counted, customers, "every customer once");
        for (key, value) in
            [("compare_to", json!("soon")), ("compare_to", json!("1990-01-01")), ("features", json!(["amount"]))]
        {
            let mut p = base.clone();
            p["compare_to"] = json!("2023-07-01");
            p[key] = value;
            assert!(run(p).is_err(), "{key}");
        }
    }
}

//! Histories: what each customer did up to the end of calibration, from orders or from summarised columns.

use std::rc::Rc;

use super::{Columns, Params, TimeUnit};
use crate::analysis::{Input, LeftOut, col, common};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Facts, Orders, as_number, compare_ids};
use crate::table::{Category, Table};
use crate::time;

/// One entry per customer, ascending by id. Times in the unit chosen.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// Of summarised columns; with orders `who` says it.
    pub ids: Vec<String>,
    pub x: Vec<u32>,
    pub t_x: Vec<f64>,
    pub t: Vec<f64>,
    /// Mean day sum over the repeat days, 0 for x = 0; `None` without money.
    pub monetary: Option<Vec<f64>>,
    /// Position of each customer in `Orders`, where there are orders.
    pub who: Vec<u32>,
    pub left_out: Vec<LeftOut>,
    pub warnings: Vec<Words>,
}

impl Histories {
    pub fn len(&self) -> usize {
        self.x.len()
    }
}

/// Where histories come from.
pub enum Source {
    Orders(Rc<Facts>),
    Summarised(Histories),
}

pub fn source(input: &Input<'_>, params: &Params) -> Result<Source> {
    match &params.columns {
        None => Ok(Source::Orders(common::facts(input, params.refunds)?)),
        Some(columns) => summarised(input, columns).map(Source::Summarised),
    }
}

/// Histories of the customers whose first purchase is on or before `end`.
pub fn histories(orders: &Orders, end: i32, unit: TimeUnit) -> Histories {
    let days = unit.days();
    let n = orders.customers();
    let mut out = Histories { monetary: orders.has_money().then(Vec::new), ..Histories::default() };
    for c in 0..n {
        let range = orders.of(c);
        let all = &orders.day[range.clone()];
        let past = all.partition_point(|d| *d <= end);
        let (Some(&first), Some(&last)) = (all[..past].first(), all[..past].last()) else { continue };
        let mut repeats = 0u32;
        let mut before = first;
        for &d in &all[..past] {
            if d != before {
                repeats += 1;
                before = d;
            }
        }
        if let Some(monetary) = &mut out.monetary {
            let from = range.start + all[..past].partition_point(|d| *d == first);
            let sum: i64 = orders.amount[from..range.start + past].iter().sum();
            monetary.push(if repeats == 0 { 0.0 } else { orders.value(sum) / f64::from(repeats) });
        }
        out.who.push(c as u32);
        out.x.push(repeats);
        out.t_x.push(f64::from(last - first) / days);
        out.t.push(f64::from(end - first) / days);
    }
    out
}

/// Purchase days of customer `c` after `from`, up to and with `to`.
pub fn purchases_between(orders: &Orders, c: usize, from: i32, to: i32) -> u32 {
    orders.purchase_days(c).filter(|d| *d > from && *d <= to).count() as u32
}

/// Last day on which a named customer bought.
pub fn last_day(orders: &Orders) -> Option<i32> {
    orders.day[..orders.named()].iter().copied().max()
}

fn numbers(table: &Table, name: &str) -> Result<Vec<f64>> {
    let column = table.column(name)?;
    col::filled(column)?;
    let values = column.numbers()?;
    col::sizes(name, &values)?;
    Ok(values)
}

fn summarised(input: &Input<'_>, columns: &Columns) -> Result<Histories> {
    let table = input.table;
    let (x, t_x, t) =
        (numbers(table, &columns.frequency)?, numbers(table, &columns.recency)?, numbers(table, &columns.t)?);
    let monetary = columns.monetary.as_ref().map(|m| numbers(table, m)).transpose()?;
    let ids: Vec<String> = match &columns.customer {
        Some(name) => {
            let category = table.column(name)?.category();
            let label = |code: u32| (code != Category::MISSING).then(|| category.labels.get(code as usize)).flatten();
            category.codes.iter().map(|c| label(*c).cloned().unwrap_or_default()).collect()
        }
        None => (0..table.rows).map(|r| r.to_string()).collect(),
    };
    let (mut missing, mut wrong) = (0, 0);
    let mut rows = Vec::new();
    for row in 0..table.rows {
        if input.filter.is_some_and(|f| !f.value(row)) {
            continue;
        }
        let values = [x[row], t_x[row], t[row], monetary.as_ref().map_or(0.0, |m| m[row])];
        if values.iter().any(|v| v.is_nan()) || (columns.customer.is_some() && ids[row].is_empty()) {
            missing += 1;
            continue;
        }
        let [x, t_x, t, _] = values;
        // A summary made with rounded times may put the last purchase a hair behind the end.
        let possible =
            x >= 0.0 && x.fract() == 0.0 && x < 1e9 && t_x >= 0.0 && t.is_finite() && t_x <= t + 1e-6 * (1.0 + t);
        if possible { rows.push(row) } else { wrong += 1 }
    }
    let numeric = rows.iter().all(|&r| as_number(&ids[r]).is_some());
    rows.sort_by(|&a, &b| {
        compare_ids(&ids[a], &ids[b], numeric)
            .then(x[a].total_cmp(&x[b]))
            .then(t_x[a].total_cmp(&t_x[b]))
            .then(t[a].total_cmp(&t[b]))
    });
    if rows.is_empty() {
        return Err(Error::new(Code::NoRows, "no usable customer is left", "没有可用的客户").remedy(
            "Check the columns: frequency is a whole number, recency lies between 0 and T.",
            "请检查各列：frequency 须为整数，recency 须在 0 与 T 之间。",
        ));
    }
    let pick = |v: &[f64]| rows.iter().map(|&r| v[r]).collect::<Vec<f64>>();
    let mut left_out = Vec::new();
    for (n, en, zh) in [
        (missing, "missing value", "有缺失值"),
        (
            wrong,
            "impossible history (frequency not whole, or recency beyond T)",
            "历史不合理（次数非整数，或最近购买晚于观察期）",
        ),
    ] {
        if n > 0 {
            left_out.push(LeftOut { reason: Words::new(en, zh), rows: n });
        }
    }
    let mut warnings = Vec::new();
    if columns.customer.is_some() && rows.windows(2).any(|w| ids[w[0]] == ids[w[1]]) {
        warnings.push(Words::new("some customer ids occur more than once", "有客户编号出现多次"));
    }
    Ok(Histories {
        ids: rows.iter().map(|&r| ids[r].clone()).collect(),
        x: rows.iter().map(|&r| x[r] as u32).collect(),
        t_x: rows.iter().map(|&r| t_x[r].min(t[r])).collect(),
        t: pick(&t),
        monetary: monetary.map(|m| pick(&m)),
        who: Vec::new(),
        left_out,
        warnings,
    })
}

/// An ISO date among the parameters.
pub fn day(text: &Option<String>, name: &str) -> Result<Option<i32>> {
    let Some(text) = text else { return Ok(None) };
    time::parse_iso(text).map(Some).ok_or_else(|| {
        Error::bad_param(
            name,
            format!("“{text}” is not a date such as 2024-03-05"),
            format!("「{text}」不是日期，请用 2024-03-05 的形式"),
        )
        .remedy("Write the day as year-month-day, such as 2024-12-09.", "请按「年-月-日」书写，如 2024-12-09。")
    })
}

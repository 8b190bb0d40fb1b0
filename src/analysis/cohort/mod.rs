//! Do new customers come back? Customers grouped by the period of their first order, followed period by period.
//!
//! Method: cohort retention by distinct customers. A cell's difference to the other cohorts of its column is tested by a
//! two-sided test of proportions, Fisher's exact one where fewer than five are expected; Benjamini–Hochberg over the shown cells. Intervals: Wilson (1927).
//! Input: customer, date; amount where there is one. Rows without a customer are left out and counted.
//! Cost: linear in orders. Needs: five customers.

mod charts;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{self, ratio};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Facts, NONE, Orders, Periods, Refunds};
use crate::num::blocks::blocks;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time::Period;

pub struct Cohort;

/// The length of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Week,
    #[default]
    Month,
    Quarter,
}

impl Step {
    fn period(self) -> Period {
        match self {
            Step::Week => Period::Week,
            Step::Month => Period::Month,
            Step::Quarter => Period::Quarter,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The length of a period: `week`, `month` or `quarter`.
    #[schemars(extend("x-zh" = "周期长度：周、月或季度。"))]
    pub period: Step,
    /// How many periods after the first to follow; default: to the last period in the data.
    #[schemars(extend("x-zh" = "首期之后跟踪多少个周期，默认到数据末期。"))]
    pub horizon: Option<usize>,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

/// One cohort. Index 0 of every list is the cohort's own period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Row {
    /// Label of the period of the first order.
    pub cohort: String,
    /// Customers in it.
    pub size: usize,
    /// Distinct customers that ordered in the k-th period after.
    pub active: Vec<usize>,
    /// `active` over `size`, 0–1.
    pub retention: Vec<f64>,
    /// Orders in the k-th period after.
    pub orders: Vec<usize>,
    /// Sum of amounts in the k-th period after, refunds netted as chosen; null without an amount.
    pub revenue: Option<Vec<f64>>,
    /// Sum of amounts up to and including the k-th period, per customer of the cohort; null without an amount.
    pub cumulative_revenue_per_customer: Option<Vec<f64>>,
    /// How many cells at the end are not over yet.
    pub open_cells: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Length of a period.
    pub period: Step,
    /// Label of the last period in the data.
    pub last_period: String,
    /// Customers in all cohorts.
    pub customers: usize,
    /// Sum of all `active` counts.
    pub sum_active: usize,
    /// Cohorts with at least one customer, earliest first.
    pub rows: Vec<Row>,
}

pub struct Prepared {
    facts: Rc<Facts>,
}

/// A result of more cells than this helps nobody and could exhaust memory on wrong dates.
const MOST_CELLS: usize = 2_000_000;

impl Analysis for Cohort {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "cohort",
            title: Words::new("Cohorts", "同期群留存"),
            about: Words::new("Do new customers come back, and what do they bring?", "新客户是否回购，带来多少销售额"),
            question: Question::WillTheyStay,
            needs: vec![Role::Customer, Role::Date],
            uses: vec![Role::Order, Role::Amount, Role::Quantity, Role::UnitPrice],
            wants: vec![],
            frame: vec![
                column("customer", "Customer", "客户", "text")
                    .about("The customer as the file names them", "文件中的客户"),
                column("cohort", "Cohort", "同期群", "period").about("Period of the first order", "首单所在周期"),
                column("first_date", "First order", "首单日期", "date")
                    .about("Day of the first order in the data", "数据中首个订单的日期"),
                column("orders", "Orders", "订单数", "count")
                    .about("Distinct orders of the customer", "该客户去重后的订单数"),
                column("revenue", "Revenue", "消费金额", "money")
                    .about("Sum of the customer's amounts, refunds as chosen", "该客户金额合计，退款按所选方式处理"),
            ],
            formula: Words::new(
                "cohort = period of the first order; retention(k) = distinct customers of the cohort with an order in the k-th period after ÷ cohort size; \
                 value of a customer by k = Σ_{j ≤ k} revenue of the j-th period ÷ customers, over the cohorts in which it is over. The sum over periods \
                 assumes that younger cohorts go on as older ones did",
                "同期群 = 首单所在周期；留存率(k) = 该群在其后第 k 个周期有订单的客户数 ÷ 群规模；\
                 到第 k 期的人均累计 = Σ_{j ≤ k} 第 j 期销售额 ÷ 客户数，每期取已结束该期的各群。跨期相加假设较新的群会像较早的群一样延续",
            ),
            source: "Distinct customers per calendar period; intervals: Wilson (1927); cells: Fisher (1935), Benjamini & Hochberg (1995)",
        }
    }

    fn check(_: &Params) -> Result<()> {
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        Ok(Prepared { facts: common::facts(input, params.refunds)? })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let facts = &prepared.facts;
        let orders = &facts.orders;
        let n = orders.customers();
        if n < 5 {
            return Err(Error::too_little(Words::new("customers with an order", "位有订单的客户"), 5, n).remedy(
                "Give a longer stretch of orders, loosen the filter, or check which column is the customer.",
                "请提供更长时间的订单、放宽筛选，或检查客户列是否正确。",
            ));
        }
        let named = &orders.day[..orders.named()];
        let (first, last) = named.iter().fold((i32::MAX, i32::MIN), |(lo, hi), d| (lo.min(*d), hi.max(*d)));
        let periods = Periods::new(params.period.period(), first, last)?;
        let grid = Grid::count(facts, &periods, params.horizon)?;
        let unit = 10f64.powi(orders.scale as i32);
        let rows: Vec<Row> = grid.rows(&periods, unit, orders.has_money());
        let summary = Summary {
            period: params.period,
            last_period: periods.label(periods.len() - 1),
            customers: n,
            sum_active: rows.iter().flat_map(|r| &r.active).sum(),
            rows,
        };
        let mut output = common::output(facts, true, summary, frame(facts, &periods));
        if periods.open() {
            let label = common::say::period(&periods.label(periods.len() - 1));
            output.warnings.push(Words::new(
                format!("{} is not over; its cells will still rise", label.en),
                format!("{}尚未结束，相应数值还会上升", label.zh),
            ));
        }
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

/// Counts by cohort and age, in one flat array: the cells of cohort `c` begin at `at[c]`.
struct Grid {
    size: Vec<usize>,
    at: Vec<usize>,
    len: Vec<usize>,
    active: Vec<u32>,
    orders: Vec<u32>,
    revenue: Vec<i64>,
}

impl Grid {
    #[inline(never)]
    fn count(facts: &Facts, periods: &Periods, horizon: Option<usize>) -> Result<Grid> {
        let orders = &facts.orders;
        let n = orders.customers();
        let mut size = vec![0usize; periods.len()];
        let cohort: Vec<u32> = (0..n).map(|c| periods.of(orders.day[orders.starts[c] as usize]) as u32).collect();
        cohort.iter().for_each(|p| size[*p as usize] += 1);
        let longest = horizon.map_or(usize::MAX, |h| h.saturating_add(1));
        let len: Vec<usize> =
            (0..periods.len()).map(|p| if size[p] == 0 { 0 } else { (periods.len() - p).min(longest) }).collect();
        let cells: usize = len.iter().sum();
        if cells > MOST_CELLS {
            return Err(Error::new(
                Code::TooLarge,
                format!("{cells} cells are too many to show"),
                format!("结果有 {cells} 个单元格，过多无法展示"),
            )
            .remedy(
                "Choose a longer period, set a horizon, or filter out wrong dates.",
                "请选择更长的周期、设置跟踪期数，或筛除错误日期。",
            ));
        }
        let mut at = vec![0; periods.len()];
        for p in 1..periods.len() {
            at[p] = at[p - 1] + len[p - 1];
        }
        let mut grid = Grid { size, at, len, active: vec![0; cells], orders: vec![0; cells], revenue: vec![0; cells] };
        blocks(n).for_each(|customers| grid.add(customers, &cohort, orders, periods));
        for refund in orders.refunds.iter().filter(|r| r.customer != NONE) {
            let start = cohort[refund.customer as usize] as usize;
            // A refund before the first order belongs to the first period; one after the last to the last.
            let age = periods.of(refund.day).saturating_sub(start);
            if age < grid.len[start] {
                grid.revenue[grid.at[start] + age] += refund.amount;
            }
        }
        Ok(grid)
    }

    #[inline(never)]
    fn add(&mut self, customers: Range<usize>, cohort: &[u32], orders: &Orders, periods: &Periods) {
        for c in customers {
            let start = cohort[c] as usize;
            let (base, len) = (self.at[start], self.len[start]);
            let mut seen = usize::MAX;
            let range = orders.of(c);
            for o in range.clone() {
                let age = periods.of(orders.day[o]) - start;
                if age >= len {
                    break;
                }
                let cell = base + age;
                self.active[cell] += u32::from(age != seen);
                // A further part of an order of the same period is no further order.
                let part = orders.split
                    && (range.start..o).any(|b| {
                        orders.keys[b] == orders.keys[o]
                            && orders.keys[o] != NONE
                            && periods.of(orders.day[b]) - start == age
                    });
                seen = age;
                self.orders[cell] += u32::from(!part);
                self.revenue[cell] += orders.amount.get(o).copied().unwrap_or(0);
            }
        }
    }

    fn rows(&self, periods: &Periods, unit: f64, money: bool) -> Vec<Row> {
        (0..periods.len())
            .filter(|p| self.size[*p] > 0)
            .map(|p| {
                let cells = self.at[p]..self.at[p] + self.len[p];
                let size = self.size[p];
                let revenue = &self.revenue[cells.clone()];
                let mut sum = 0;
                let cumulative = revenue.iter().map(|v| {
                    sum += v;
                    sum as f64 / unit / size as f64
                });
                let whole = self.len[p] == periods.len() - p;
                Row {
                    cohort: periods.label(p),
                    size,
                    active: self.active[cells.clone()].iter().map(|n| *n as usize).collect(),
                    retention: self.active[cells.clone()].iter().map(|n| f64::from(*n) / size as f64).collect(),
                    orders: self.orders[cells].iter().map(|n| *n as usize).collect(),
                    cumulative_revenue_per_customer: money.then(|| cumulative.collect()),
                    revenue: money.then(|| revenue.iter().map(|v| *v as f64 / unit).collect()),
                    open_cells: usize::from(whole && periods.open()),
                }
            })
            .collect()
    }
}

#[inline(never)]
fn frame(facts: &Facts, periods: &Periods) -> Frame {
    let orders = &facts.orders;
    let people = facts.people();
    let cohort = people.first_day.iter().map(|d| periods.of(*d) as u32).collect();
    Frame::default()
        .with("customer", common::customer_series(facts))
        .with("cohort", Series::Coded(cohort, periods.labels()))
        .with("first_date", Series::Date(people.first_day.clone()))
        .with("orders", Series::Number(people.frequency()))
        .with(
            "revenue",
            Series::Number(if orders.has_money() { people.monetary() } else { vec![f64::NAN; people.len()] }),
        )
}

/// Customers that returned in the k-th period over those who could have, all finished cells pooled: (active, size).
fn pooled(rows: &[Row], k: usize) -> (usize, usize) {
    rows.iter().filter(|r| r.active.len() > k + r.open_cells).fold((0, 0), |(a, n), r| (a + r.active[k], n + r.size))
}

/// Wilson's score interval at 95 %.
fn wilson(x: usize, n: usize) -> Option<[f64; 2]> {
    let (x, m) = (x as f64, n as f64);
    let z = 1.959_963_984_540_054;
    let p = ratio(x, m)?;
    let middle = (p + z * z / (2.0 * m)) / (1.0 + z * z / m);
    let half = z / (1.0 + z * z / m) * (p * (1.0 - p) / m + z * z / (4.0 * m * m)).sqrt();
    Some([(middle - half).max(0.0), (middle + half).min(1.0)])
}

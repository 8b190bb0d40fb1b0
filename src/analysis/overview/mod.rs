//! How the business is doing: revenue, orders, customers and their rhythm in a span of days, against the span before.
//!
//! Method: counts and sums; quantiles are type 7; the usual range is the middle 90 % of past changes from one span to the
//! next, all as long as the one shown.
//! Input: customer, date, amount. Cost: linear in orders. Needs: one order.

mod charts;
mod figures;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{self, growth};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Facts, Periods, Refunds};
use crate::num::quantile;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time::{self, Period};

pub use figures::{Figures, Gaps};

pub struct Overview;

/// What the span is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The span of equal length before it.
    Previous,
    /// The same dates a year earlier.
    YearAgo,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// First day (ISO), included; default: the first day in the data.
    #[schemars(extend("x-zh" = "起始日期（含），默认为数据首日。"))]
    pub from: Option<String>,
    /// Last day (ISO), included; default: the last day in the data.
    #[schemars(extend("x-zh" = "结束日期（含），默认为数据末日。"))]
    pub to: Option<String>,
    /// What to compare with; null for nothing.
    #[schemars(extend("x-zh" = "对比对象：上一时段、去年同期或不对比。"))]
    pub compare: Option<Compare>,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

impl Default for Params {
    fn default() -> Self {
        Self { from: None, to: None, compare: Some(Compare::Previous), refunds: Refunds::Net }
    }
}

/// The usual range of a figure's relative change.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Usual {
    /// 5 % quantile of past changes.
    pub low: f64,
    /// 95 % quantile of past changes.
    pub high: f64,
    /// How many past changes there are.
    pub periods: usize,
}

/// Customers with this many orders in the span.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Frequency {
    /// Orders; the last entry holds this many or more.
    pub orders: usize,
    /// Customers.
    pub customers: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// First day, included.
    pub from: String,
    /// Last day, included.
    pub to: String,
    #[serde(flatten)]
    pub figures: Figures,
    /// The figures of the span compared with; null when it does not lie wholly in the data.
    pub previous: Option<Figures>,
    /// Relative change of each figure against `previous` (0.1 is +10 %).
    pub change: Option<BTreeMap<String, Option<f64>>>,
    /// Usual range of these changes; null below 12 past changes.
    pub usual: Option<BTreeMap<String, Usual>>,
    /// Customers by number of orders in the span.
    pub order_counts: Vec<Frequency>,
    /// Each figure in up to 13 spans as long as this one, oldest first; the last is the one shown. Fewer where the data begin
    /// later; null where a mean has no orders.
    pub trend: BTreeMap<String, Vec<Option<f64>>>,
}

pub struct Prepared {
    facts: Rc<Facts>,
}

/// Fewer past changes than this tell no range.
const LEAST_CHANGES: usize = 12;

/// Spans of a trend: a year of months and the same month before it.
const TREND: i32 = 13;

impl Analysis for Overview {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "overview",
            title: Words::new("Overview", "总览"),
            about: Words::new(
                "Revenue, orders and customers against the time before",
                "销售额、订单与客户，及与此前的对比",
            ),
            question: Question::Overview,
            needs: vec![Role::Customer, Role::Date, Role::Amount],
            uses: vec![Role::Order, Role::Quantity, Role::UnitPrice],
            wants: vec![],
            frame: vec![
                column("period", "Month", "月份", "period").about("Calendar month of the order", "订单所在自然月"),
                column("revenue", "Revenue", "销售额", "money")
                    .about("Sum of amounts, refunds as chosen", "金额合计，退款按所选方式处理"),
                column("orders", "Orders", "订单数", "count").about("Distinct orders", "去重后的订单数"),
                column("customers", "Customers", "客户数", "count")
                    .about("Distinct customers with an order", "有订单的客户数"),
                column("new_customers", "New customers", "新客户数", "count")
                    .about("Customers whose first order in the data lies in the month", "首单落在该月的客户数"),
                column("new_customer_revenue", "Revenue of new customers", "新客户销售额", "money")
                    .about("What customers brought in the month of their first order", "客户在首单当月带来的销售额"),
            ],
            formula: Words::new(
                "average order value = revenue ÷ orders; repeat rate = customers with ≥ 2 orders ÷ customers; \
                 gaps = days between a customer’s consecutive purchase days; usual range = 5–95 % quantiles of past changes",
                "客单价 = 销售额 ÷ 订单数；复购率 = 订单数 ≥ 2 的客户 ÷ 客户数；间隔 = 同一客户相邻购买日的天数差；常见范围 = 历史变化的 5–95% 分位数",
            ),
            source: "Counting; quantiles: Hyndman & Fan (1996), type 7",
        }
    }

    fn check(params: &Params) -> Result<()> {
        let (from, to) = (common::day(&params.from, "from")?, common::day(&params.to, "to")?);
        match (from, to) {
            (Some(a), Some(b)) if a > b => Err(Error::bad_param("from", "it must not lie after `to`", "不应晚于 `to`")
                .remedy("Swap the two days, or leave one out.", "请交换两个日期，或不填其中之一。")),
            _ => Ok(()),
        }
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        Ok(Prepared { facts: common::facts(input, params.refunds)? })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let facts = &prepared.facts;
        let orders = &facts.orders;
        let Some(data) = orders.span() else { return Err(no_orders()) };
        let from = common::day(&params.from, "from")?.unwrap_or(data.0);
        let to = common::day(&params.to, "to")?.unwrap_or(data.1);
        if from > to {
            return Err(Error::bad_param("from", "it lies after the last day", "晚于结束日期")
                .remedy("Choose an earlier day, or leave it out.", "请选择更早的日期，或不填。"));
        }
        let figures = figures::of(orders, from, to);
        if figures.orders == 0 && figures.revenue == 0.0 {
            return Err(no_orders());
        }
        let before = params.compare.map(|c| other_span(from, to, c)).filter(|s| s.0 >= data.0);
        let previous = before.map(|(a, b)| figures::of(orders, a, b));
        let change = previous.as_ref().map(|p| figures.changes(p));
        let usual = params.compare.and_then(|c| usual(facts, data.0, from, to, c));
        let summary = Summary {
            from: time::iso(from),
            to: time::iso(to),
            order_counts: figures::order_counts(orders, from, to),
            figures,
            previous,
            change,
            usual,
            trend: trend(facts, data.0, from, to),
        };
        let mut output = common::output(facts, false, summary, months(facts, from, to)?);
        let outside: usize = (0..orders.len())
            .filter(|o| !(from..=to).contains(&orders.day[*o]))
            .map(|o| orders.lines[o] as usize)
            .chain(orders.refunds.iter().filter(|r| !(from..=to).contains(&r.day)).map(|r| r.lines as usize))
            .sum();
        common::leave_out(&mut output, outside, "outside the span of days", "不在所选日期内");
        let unnamed = figures::unnamed(orders, from, to);
        if unnamed > 0 {
            let (have, they) =
                (common::say::form(unnamed, "has", "have"), common::say::form(unnamed, "it counts", "they count"));
            let orders = common::say::counted(unnamed, "order", "orders");
            output.warnings.push(Words::new(
                format!("{orders} {have} no customer: {they} in revenue and orders, not in customers"),
                format!("{} 笔订单没有客户：计入销售额与订单数，不计入客户数", common::say::count(unnamed)),
            ));
        }
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

fn no_orders() -> Error {
    Error::new(Code::NoRows, "no orders lie in this span of days", "所选日期内没有订单")
        .param("from")
        .remedy("Choose other days.", "请选择其他日期。")
}

fn other_span(from: i32, to: i32, compare: Compare) -> (i32, i32) {
    match compare {
        Compare::Previous => (from - (to - from + 1), from - 1),
        Compare::YearAgo => (time::year_before(from), time::year_before(to)),
    }
}

/// Usual changes between past spans of the same length that end where the span shown begins.
fn usual(facts: &Facts, first_day: i32, from: i32, to: i32, compare: Compare) -> Option<BTreeMap<String, Usual>> {
    let length = to - from + 1;
    let mut spans = Vec::new();
    let (mut a, mut b) = (from - length, from - 1);
    while a >= first_day && spans.len() < 400 {
        spans.push((a, b));
        (a, b) = (a - length, b - length);
    }
    let now = figures::basics(&facts.orders, &spans);
    let pairs: Vec<(figures::Basics, figures::Basics)> = match compare {
        Compare::Previous => now.windows(2).map(|w| (w[0], w[1])).collect(),
        Compare::YearAgo => {
            let earlier: Vec<(i32, i32)> = spans.iter().map(|s| other_span(s.0, s.1, compare)).collect();
            let n = earlier.iter().take_while(|s| s.0 >= first_day).count();
            // One by one: shifted by a year, spans that hold a leap day may overlap by it.
            let then = earlier[..n].iter().flat_map(|s| figures::basics(&facts.orders, &[*s]));
            now.iter().copied().zip(then).collect()
        }
    };
    let mut out = BTreeMap::new();
    for (name, pick) in figures::BASICS {
        let changes: Vec<f64> = pairs.iter().filter_map(|(a, b)| growth(pick(a), pick(b))).collect();
        let sorted = quantile::ascending(&changes);
        if sorted.len() >= LEAST_CHANGES
            && let (Some(low), Some(high)) = (quantile::sorted(&sorted, 0.05), quantile::sorted(&sorted, 0.95))
        {
            out.insert(name.to_string(), Usual { low, high, periods: sorted.len() });
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The figures of consecutive spans of the same length, up to the one shown.
fn trend(facts: &Facts, first_day: i32, from: i32, to: i32) -> BTreeMap<String, Vec<Option<f64>>> {
    let length = to - from + 1;
    let spans: Vec<(i32, i32)> = (0..TREND)
        .rev()
        .map(|k| (from - k * length, to - k * length))
        .filter(|s| s.0 >= first_day || s.0 == from)
        .collect();
    let unit = 10f64.powi(facts.orders.scale as i32);
    let list = figures::basics(&facts.orders, &spans);
    let one = |(name, pick): (&'static str, figures::Pick)| {
        let scale = if matches!(name, "revenue" | "average_order_value") { unit } else { 1.0 };
        (name.to_string(), list.iter().map(|b| Some(pick(b) / scale).filter(|v| v.is_finite())).collect())
    };
    figures::BASICS.into_iter().map(one).collect()
}

fn months(facts: &Facts, from: i32, to: i32) -> Result<Frame> {
    let orders = &facts.orders;
    let periods = Periods::new(Period::Month, from, to)?;
    let spans: Vec<(i32, i32)> = (0..periods.len()).map(|p| periods.days(p)).collect();
    let list = figures::basics(orders, &spans);
    let unit = 10f64.powi(orders.scale as i32);
    let numbers = |f: fn(&figures::Basics) -> f64| Series::Number(list.iter().map(f).collect());
    Ok(Frame::default()
        .with("period", Series::Text(periods.labels().into_iter().map(Some).collect()))
        .with("revenue", Series::Number(list.iter().map(|b| b.revenue as f64 / unit).collect()))
        .with("orders", numbers(|b| f64::from(b.orders)))
        .with("customers", numbers(|b| f64::from(b.customers)))
        .with("new_customers", numbers(|b| f64::from(b.new_customers)))
        .with("new_customer_revenue", Series::Number(list.iter().map(|b| b.new_revenue as f64 / unit).collect())))
}

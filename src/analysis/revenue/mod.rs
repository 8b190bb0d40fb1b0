//! Revenue over the calendar, by channel, category, region or any column: growth, share, mix.
//!
//! Method: sums per calendar period and value; distinct orders and customers per cell. A customer is new in the period of the
//! first order in the filtered data.
//! Input: date, amount; customer and the columns of `by` where there are some. Rows without a customer count in revenue and
//! orders, not in customers.
//! Cost: linear in lines. Needs: one order.

mod charts;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{self, growth, ratio};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Cube, Dimension, Facts, Measure, NONE, Periods, Refunds, Tally, count, cube};
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time::Period;

pub struct Revenue;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The length of a period.
    #[schemars(with = "String", extend("enum" = ["day", "week", "month", "quarter", "year"], "x-zh" = "周期长度：日、周、月、季度或年。"))]
    pub period: Period,
    /// Roles or columns to split by, such as `channel` or a column's name.
    #[schemars(extend("x-zh" = "拆分维度：用途（如 channel）或列名。"))]
    pub by: Vec<String>,
    /// First day (ISO), included.
    #[schemars(extend("x-zh" = "起始日期（含）。"))]
    pub from: Option<String>,
    /// Last day (ISO), included.
    #[schemars(extend("x-zh" = "结束日期（含）。"))]
    pub to: Option<String>,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Total {
    /// Sum of amounts, refunds netted as chosen.
    pub revenue: f64,
    /// Distinct orders.
    pub orders: usize,
    /// Distinct customers.
    pub customers: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Span {
    /// Label of the period; periods without an order stay.
    pub period: String,
    /// Sum of amounts.
    pub revenue: f64,
    /// Distinct orders.
    pub orders: usize,
    /// Distinct customers.
    pub customers: usize,
    /// Revenue over orders.
    pub average_order_value: Option<f64>,
    /// Customers whose first order in the filtered data lies here.
    pub new_customers: usize,
    /// Their revenue here.
    pub new_customer_revenue: f64,
    /// Relative change against the period before.
    pub growth: Option<f64>,
    /// Relative change against the same period a year before.
    pub growth_year: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Value {
    /// The value as in the file; null for missing.
    pub value: Option<String>,
    /// Sum of amounts.
    pub revenue: f64,
    /// Distinct orders with a line of this value.
    pub orders: usize,
    /// Distinct customers with a line of this value.
    pub customers: usize,
    /// Share of all revenue, 0–1; null when that is not positive.
    pub share: Option<f64>,
    /// Relative change of the last finished period against the one before.
    pub growth: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Split {
    /// The role or column asked for.
    pub dimension: String,
    /// By revenue, descending.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    pub total: Total,
    /// Every period from the first to the last.
    pub periods: Vec<Span>,
    /// One entry per dimension of `by`.
    pub by: Vec<Split>,
    /// The last period is not over.
    pub open: bool,
}

pub struct Prepared {
    facts: Rc<Facts>,
    dimensions: Vec<Rc<Dimension>>,
    quantity: Option<Rc<Measure>>,
}

/// More cells than this are no cube a person reads, and would exhaust memory.
const MOST_CELLS: usize = 4_000_000;

impl Analysis for Revenue {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "revenue",
            title: Words::new("Revenue", "销售额"),
            about: Words::new(
                "Revenue over time and by channel, category or region",
                "销售额的时间走势与按渠道、品类、地区的构成",
            ),
            question: Question::Overview,
            needs: vec![Role::Date, Role::Amount],
            uses: vec![Role::Customer, Role::Order, Role::Quantity, Role::Channel, Role::Category, Role::Region],
            wants: vec![],
            frame: vec![
                column("period", "Period", "周期", "period").about("Calendar period of the order", "订单所在周期"),
                column("revenue", "Revenue", "销售额", "money")
                    .about("Sum of amounts, refunds as chosen", "金额合计，退款按所选方式处理"),
                column("orders", "Orders", "订单数", "count").about("Distinct orders", "去重后的订单数"),
                column("customers", "Customers", "客户数", "count")
                    .about("Distinct customers with an order", "有订单的客户数"),
                column("quantity", "Quantity", "数量", "number").about("Pieces sold", "售出数量"),
                column("share", "Share of the period", "占该期比例", "percent")
                    .about("Revenue of the line over revenue of its period", "该行销售额 ÷ 所在周期的销售额"),
            ],
            formula: Words::new(
                "revenue = Σ amount per period and value; growth = this period ÷ the one before − 1; share = revenue ÷ revenue of the period",
                "销售额 = 每周期、每取值的金额合计；环比 = 本期 ÷ 上期 − 1；占比 = 销售额 ÷ 该期销售额",
            ),
            source: "Counting; weeks: ISO 8601",
        }
    }

    fn check(params: &Params) -> Result<()> {
        match (common::day(&params.from, "from")?, common::day(&params.to, "to")?) {
            (Some(a), Some(b)) if a > b => Err(Error::bad_param("from", "it must not lie after `to`", "不应晚于 `to`")
                .remedy("Swap the two days, or leave one out.", "请交换两个日期，或不填其中之一。")),
            _ => Ok(()),
        }
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let mut facts = common::facts(input, params.refunds)?;
        let (from, to) = (common::day(&params.from, "from")?, common::day(&params.to, "to")?);
        if from.is_some() || to.is_some() {
            let inside = facts.within(from.unwrap_or(i32::MIN + 1), to.unwrap_or(i32::MAX), input.table.rows);
            facts = Rc::new(facts.filter(&inside));
            if facts.orders.is_empty() {
                return Err(
                    Error::new(Code::NoRows, "no orders lie in this span of days", "所选日期内没有订单").param("from")
                );
            }
        }
        let dimensions =
            params.by.iter().map(|name| common::dimension(input, &facts, name)).collect::<Result<Vec<_>>>()?;
        let column = |i: usize| input.table.columns.get(i).map(|c| facts.measure(c, i));
        let quantity = input.roles.get(Role::Quantity).and_then(column).transpose()?;
        Ok(Prepared { facts, dimensions, quantity })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let Prepared { facts, dimensions, quantity } = prepared;
        let orders = &facts.orders;
        let (first, last) = orders.span().unwrap_or((0, 0));
        let periods = Periods::new(params.period, first, last)?;
        let cells: usize =
            dimensions.iter().map(|d| d.size()).try_fold(periods.len(), |n, s| n.checked_mul(s)).unwrap_or(usize::MAX);
        if cells > MOST_CELLS {
            return Err(Error::new(
                Code::TooLarge,
                "these dimensions have too many combinations to show",
                "所选维度的组合过多，无法展示",
            )
            .param("by")
            .remedy("Choose fewer dimensions, or ones with fewer values.", "请减少维度，或选择取值更少的列。"));
        }
        let measure = quantity.as_ref().map(|q| &q.lines);
        let whole = count(facts, &[], Some(&periods), measure.filter(|_| dimensions.is_empty()));
        let all = (!dimensions.is_empty()).then(|| count(facts, dimensions, Some(&periods), measure));
        let all = all.as_ref().unwrap_or(&whole);
        let spans = spans(facts, &periods, &whole.cells);
        let by =
            (0..dimensions.len()).map(|i| split(facts, dimensions, i, &params.by[i], &periods, &all.cells)).collect();
        let summary = Summary {
            total: Total {
                revenue: orders.value(orders.revenue()),
                orders: orders.distinct(0..orders.len()),
                customers: orders.customers(),
            },
            periods: spans,
            by,
            open: periods.open(),
        };
        let unit = quantity.as_ref().map(|q| 10f64.powi(q.scale as i32));
        let frame = frame(facts, dimensions, &params.by, &periods, &whole.cells, all, unit);
        let mut output = common::output(facts, false, summary, frame);
        if periods.open() {
            let label = periods.label(periods.len() - 1);
            output.warnings.push(Words::new(
                format!("{} is not over", common::say::period(&label).en),
                format!("{}尚未结束", common::say::period(&label).zh),
            ));
        }
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

#[inline(never)]
fn spans(facts: &Facts, periods: &Periods, totals: &[Tally]) -> Vec<Span> {
    let orders = &facts.orders;
    let mut new = vec![(0usize, 0i64); periods.len()];
    let mut first = vec![0usize; orders.customers()];
    for (c, first) in first.iter_mut().enumerate() {
        let range = orders.of(c);
        let at = periods.of(orders.day[range.start]);
        *first = at;
        let slot = &mut new[at];
        slot.0 += 1;
        for o in range.take_while(|o| periods.of(orders.day[*o]) == at) {
            slot.1 += orders.amount.get(o).copied().unwrap_or(0);
        }
    }
    for refund in orders.refunds.iter().filter(|r| r.customer != NONE) {
        let at = periods.of(refund.day);
        if first[refund.customer as usize] == at {
            new[at].1 += refund.amount;
        }
    }
    let revenue = |p: usize| orders.value(totals[p].revenue);
    let ids = orders.distinct_by(periods.len(), |o| periods.of(orders.day[o]));
    let count = |p: usize| ids.as_ref().map_or(totals[p].orders as usize, |ids| ids[p]);
    (0..periods.len())
        .map(|p| Span {
            period: periods.label(p),
            revenue: revenue(p),
            orders: count(p),
            customers: totals[p].customers as usize,
            average_order_value: ratio(revenue(p), count(p) as f64),
            new_customers: new[p].0,
            new_customer_revenue: orders.value(new[p].1),
            growth: p.checked_sub(1).and_then(|q| growth(revenue(p), revenue(q))),
            growth_year: periods.year_before(p).and_then(|q| growth(revenue(p), revenue(q))),
        })
        .collect()
}

/// One of the dimensions on its own; `all`: the cells of all of them.
fn split(
    facts: &Facts,
    dimensions: &[Rc<Dimension>],
    which: usize,
    name: &str,
    periods: &Periods,
    all: &[Tally],
) -> Split {
    let orders = &facts.orders;
    let dimension = &dimensions[which];
    let tallies = cube(facts, &dimensions[which..=which], None);
    let width = periods.len();
    let inner: usize = dimensions[which + 1..].iter().map(|d| d.size()).product();
    let mut revenue = vec![0; dimension.size() * width]; // by value and period
    for (value, own) in all.chunks_exact(inner * width).enumerate() {
        let cells = &mut revenue[value % dimension.size() * width..][..width];
        for by_period in own.chunks_exact(width) {
            cells.iter_mut().zip(by_period).for_each(|(sum, cell)| *sum += cell.revenue);
        }
    }
    let done = width - usize::from(periods.open() && width > 1);
    let whole = orders.revenue();
    let order = dimension.sorted();
    let mut list: Vec<usize> = order.into_iter().filter(|v| tallies[*v] != Tally::default()).collect();
    list.order_by_key(|v| std::cmp::Reverse(tallies[*v].revenue));
    let values = list
        .into_iter()
        .map(|v| {
            let t = tallies[v];
            let at = |p: usize| orders.value(revenue[v * width + p]);
            Value {
                value: dimension.label(v),
                revenue: orders.value(t.revenue),
                orders: t.orders as usize,
                customers: t.customers as usize,
                share: (whole > 0).then(|| t.revenue as f64 / whole as f64),
                growth: if done >= 2 { growth(at(done - 1), at(done - 2)) } else { None },
            }
        })
        .collect();
    Split { dimension: name.to_string(), values }
}

fn frame(
    facts: &Facts,
    dimensions: &[Rc<Dimension>],
    names: &[String],
    periods: &Periods,
    totals: &[Tally],
    cube: &Cube,
    quantity: Option<f64>,
) -> Frame {
    let Cube { cells, sums, .. } = cube;
    let width = periods.len();
    // Values in the contract's order of ids, periods first.
    let sorted: Vec<Vec<usize>> = dimensions.iter().map(|d| d.sorted()).collect();
    let mut values = vec![0usize];
    for (d, order) in dimensions.iter().zip(&sorted) {
        values = values.iter().flat_map(|v| order.iter().map(move |k| v * d.size() + k)).collect();
    }
    let keep = |cell: usize| dimensions.is_empty() || cells[cell] != Tally::default();
    let rows: Vec<(usize, usize)> = (0..width)
        .flat_map(|p| values.iter().map(move |v| (p, v * width + p)))
        .filter(|(_, cell)| keep(*cell))
        .collect();
    let mut frame =
        Frame::default().with("period", Series::Coded(rows.iter().map(|r| r.0 as u32).collect(), periods.labels()));
    let mut stride: usize = dimensions.iter().map(|d| d.size()).product();
    for (d, name) in dimensions.iter().zip(names) {
        stride /= d.size();
        let texts = rows.iter().map(|(_, cell)| d.label(cell / width / stride % d.size())).collect();
        frame = frame.with(name, Series::Text(texts));
    }
    let numbers = |f: &dyn Fn(usize, usize) -> f64| Series::Number(rows.iter().map(|(p, cell)| f(*p, *cell)).collect());
    let unit = 10f64.powi(facts.orders.scale as i32);
    frame
        .with("revenue", numbers(&|_, c| cells[c].revenue as f64 / unit))
        .with("orders", numbers(&|_, c| f64::from(cells[c].orders)))
        .with("customers", numbers(&|_, c| f64::from(cells[c].customers)))
        .with("quantity", numbers(&|_, c| quantity.map_or(f64::NAN, |unit| sums[c] as f64 / unit)))
        .with("share", numbers(&|p, c| ratio(cells[c].revenue as f64, totals[p].revenue as f64).unwrap_or(f64::NAN)))
}

//! Why a figure moved between two spans of days: by customers, frequency and order value, and by each dimension.
//!
//! Method: the bridge is the Shapley value of a product of factors (customers × orders per customer × order value), which
//! sums exactly and needs no order of factors. A dimension's contributions sum to the change: for sums they are differences;
//! for a mean, mix (a value's weight moved) and rate (its own mean moved) by midpoints. A customer or order with several
//! values is shared equally among them. Intervals: jackknife over 20 groups of customers, t with 19 degrees of freedom
//! (Tukey 1958; Wolter, Introduction to Variance Estimation, 2007, ch. 4).
//! Input: date, amount, the columns of `by`; customer where there is one. Cost: linear in lines. Needs: an order in each span.

mod charts;
mod count;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common;
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Dimension, Facts, Refunds};
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Frame, Series};
use count::{Counts, GROUPS};

pub struct ExplainChange;

/// The figure whose change is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    #[default]
    Revenue,
    Orders,
    Customers,
    AverageOrderValue,
}

/// A span of days, both ends in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First day (ISO).
    pub from: String,
    /// Last day (ISO).
    pub to: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The figure whose change is explained.
    #[schemars(extend("x-zh" = "要解释的指标。"))]
    pub metric: Metric,
    /// Roles or columns to split by.
    #[schemars(extend("x-zh" = "拆分维度：用途或列名。"))]
    pub by: Vec<String>,
    /// The earlier span; default: as long as `after`, just before it.
    #[schemars(extend("x-zh" = "之前的时段，默认为紧邻其前的等长时段。"))]
    pub before: Option<Span>,
    /// The later span; default: the last 30 days of the data.
    #[schemars(extend("x-zh" = "之后的时段，默认为数据的最后 30 天。"))]
    pub after: Option<Span>,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

/// Parts of the change by factor; they sum to it. Factors that are not in the figure are 0; null when there is no customer in
/// one of the spans.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Bridge {
    /// More or fewer customers.
    pub customers: Option<f64>,
    /// More or fewer orders per customer.
    pub frequency: Option<f64>,
    /// Larger or smaller orders.
    pub order_value: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct BridgeIntervals {
    pub customers: Option<[f64; 2]>,
    pub frequency: Option<[f64; 2]>,
    pub order_value: Option<[f64; 2]>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Value {
    /// As in the file; null for missing.
    pub value: Option<String>,
    /// The figure within this value, before; null for a mean of no orders.
    pub before: Option<f64>,
    /// The figure within this value, after; null for a mean of no orders.
    pub after: Option<f64>,
    /// Its part of the change.
    pub contribution: f64,
    /// The part due to more or less of this value (orders; for a mean: its weight).
    pub mix: f64,
    /// The part due to what each order or customer of this value brings.
    pub rate: f64,
    /// 95 % interval of the contribution; null with fewer than two customers per group.
    pub ci_low: Option<f64>,
    pub ci_high: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Split {
    /// The role or column asked for.
    pub dimension: String,
    /// 0: every value moved in proportion; towards 1: the change sits in some values.
    pub explained: f64,
    /// By size of contribution, largest first.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    pub metric: Metric,
    /// The figure in the earlier span; null for a mean of no orders.
    pub before: Option<f64>,
    /// The figure in the later span.
    pub after: Option<f64>,
    /// `after` − `before`.
    pub change: f64,
    /// 95 % interval of the change, were the customers drawn anew; null with fewer than two customers per group of the jackknife.
    pub change_ci: Option<[f64; 2]>,
    pub bridge: Bridge,
    /// The same of its parts.
    pub bridge_ci: BridgeIntervals,
    pub dimensions: Vec<Split>,
    /// The earlier span in force.
    pub before_span: Span,
    /// The later span in force.
    pub after_span: Span,
}

pub struct Prepared {
    facts: Rc<Facts>,
    dimensions: Vec<Rc<Dimension>>,
}

impl Analysis for ExplainChange {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "explain_change",
            title: Words::new("Why it changed", "变化原因"),
            about: Words::new("What moved a figure between two spans of days", "两个时段之间指标变化的来源"),
            question: Question::Overview,
            needs: vec![Role::Date, Role::Amount],
            uses: vec![Role::Customer, Role::Order, Role::Region, Role::Channel, Role::Category, Role::Product],
            wants: vec![],
            frame: vec![
                column("dimension", "Dimension", "维度", "text")
                    .about("Column by which the change is split", "拆分变化所用的列"),
                column("value", "Value", "取值", "text").about("Value of that column", "该列的取值"),
                column("before", "Before", "之前", "number")
                    .about("The figure of this value in the earlier span", "该取值在前一时段的指标"),
                column("after", "After", "之后", "number")
                    .about("The figure of this value in the later span", "该取值在后一时段的指标"),
                column("contribution", "Contribution", "贡献", "number")
                    .about("Part of the whole change that lies with this value", "总变化中属于该取值的部分"),
                column("mix", "Mix", "结构", "number").about(
                    "Of means: the part that comes from the value's changed weight",
                    "均值类：来自该取值权重变化的部分",
                ),
                column("rate", "Rate", "水平", "number").about(
                    "Of means: the part that comes from the value's own changed mean",
                    "均值类：来自该取值自身均值变化的部分",
                ),
                column("ci_low", "Interval from", "区间下限", "number")
                    .about("Lower end of the 95 % interval of the contribution", "贡献的 95% 区间下限"),
                column("ci_high", "Interval to", "区间上限", "number")
                    .about("Upper end of the 95 % interval of the contribution", "贡献的 95% 区间上限"),
            ],
            formula: Words::new(
                "revenue = customers × orders per customer × order value; bridge: Shapley value of each factor; \
                 contribution of a value = after − before (sums), or Δweight·(mean − overall mean) + Δmean·weight at midpoints (means). Intervals (of the change, of its factors and of the contributions) by leaving out groups of customers in turn. Assumes that both periods were recorded alike and that customers act independently. It tells where the change sits; it cannot say what brought it about.",
                "销售额 = 客户数 × 人均订单数 × 客单价；各因素取 Shapley 值；取值的贡献 = 之后 − 之前（合计类），均值类为 Δ权重·(该值均值 − 总均值) + Δ均值·权重（取中点）。变化、各因素与贡献的区间由逐组剔除客户得出。假设两期的记录方式一致、客户之间相互独立。本方法指出变化在何处，不能说明变化因何而起。",
            ),
            source: "Shapley (1953); midpoint decomposition; jackknife: Tukey (1958)",
        }
    }

    fn check(params: &Params) -> Result<()> {
        for (span, name) in [(&params.before, "before"), (&params.after, "after")] {
            if let Some(span) = span {
                days(span, name)?;
            }
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let facts = common::facts(input, params.refunds)?;
        if params.metric == Metric::Customers && facts.orders.customers() == 0 {
            return Err(Error::new(
                Code::MissingRole,
                "customers need a customer column",
                "分析客户数需要先指定客户列",
            )
            .roles(["customer"])
            .param("metric"));
        }
        let dimensions =
            params.by.iter().map(|name| common::dimension(input, &facts, name)).collect::<Result<Vec<_>>>()?;
        Ok(Prepared { facts, dimensions })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let Prepared { facts, dimensions } = prepared;
        let last = facts.orders.span().map_or(0, |s| s.1);
        let after = match &params.after {
            Some(span) => days(span, "after")?,
            None => (last - 29, last),
        };
        let before = match &params.before {
            Some(span) => days(span, "before")?,
            None => (after.0 - (after.1 - after.0 + 1), after.0 - 1),
        };
        let spans = [before, after];
        let totals = count::totals(facts, spans);
        for (t, name) in totals.iter().zip(["before", "after"]) {
            if t.orders == 0.0 {
                return Err(Error::new(
                    Code::NoRows,
                    format!("no orders lie in the span `{name}`"),
                    format!("时段 `{name}` 内没有订单"),
                )
                .param(name)
                .remedy("Choose other days.", "请选择其他日期。"));
            }
        }
        let unit = 10f64.powi(facts.orders.scale as i32);
        let figure = |c: &Counts| c.figure(params.metric, unit);
        let (a, b) = (figure(&totals[0]), figure(&totals[1]));
        let change = b.unwrap_or(0.0) - a.unwrap_or(0.0);
        let splits: Vec<Split> = dimensions
            .iter()
            .zip(&params.by)
            .map(|(d, name)| split(facts, d, name, spans, params.metric, change, unit))
            .collect();
        let span = |s: (i32, i32)| Span { from: crate::time::iso(s.0), to: crate::time::iso(s.1) };
        let summary = Summary {
            metric: params.metric,
            before: a,
            after: b,
            change,
            change_ci: None,
            bridge: bridge(&totals, params.metric, unit),
            bridge_ci: BridgeIntervals::default(),
            dimensions: splits,
            before_span: span(before),
            after_span: span(after),
        };
        let summary = if enough(facts) { with_intervals(summary, facts, spans, unit) } else { summary };
        let frame = frame(&summary);
        let mut output = common::output(facts, false, summary, frame);
        let inside = |day: &i32| spans.iter().any(|s| (s.0..=s.1).contains(day));
        let orders = &facts.orders;
        let outside: usize = (0..orders.len())
            .filter(|o| !inside(&orders.day[*o]))
            .map(|o| orders.lines[o] as usize)
            .chain(orders.refunds.iter().filter(|r| !inside(&r.day)).map(|r| r.lines as usize))
            .sum();
        common::leave_out(&mut output, outside, "in neither span of days", "不在两个时段内");
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

fn days(span: &Span, name: &str) -> Result<(i32, i32)> {
    let day = |text: &String| common::day(&Some(text.clone()), name).map(|d| d.unwrap_or(0));
    let (from, to) = (day(&span.from)?, day(&span.to)?);
    if from > to {
        return Err(Error::bad_param(name, "`from` lies after `to`", "`from` 晚于 `to`")
            .remedy("Swap the two days.", "请交换两个日期。"));
    }
    Ok((from, to))
}

/// Shapley value of each factor of a product, from two points.
fn shapley(a: &[f64], b: &[f64]) -> Vec<f64> {
    let n = a.len();
    let factorial = |k: usize| (1..=k).product::<usize>() as f64;
    let product = |set: usize| (0..n).map(|i| if set >> i & 1 == 1 { b[i] } else { a[i] }).product::<f64>();
    (0..n)
        .map(|i| {
            (0..1usize << n)
                .filter(|set| set >> i & 1 == 0)
                .map(|set| {
                    let size = set.count_ones() as usize;
                    let weight = factorial(size) * factorial(n - size - 1) / factorial(n);
                    weight * (product(set | 1 << i) - product(set))
                })
                .sum()
        })
        .collect()
}

fn bridge(totals: &[Counts; 2], metric: Metric, unit: f64) -> Bridge {
    if totals.iter().any(|t| t.customers == 0.0 || t.orders == 0.0) {
        return Bridge::default();
    }
    let factors = |t: &Counts| [t.customers, t.orders / t.customers, t.revenue / unit / t.orders];
    let (a, b) = (factors(&totals[0]), factors(&totals[1]));
    let range = match metric {
        Metric::Revenue => 0..3,
        Metric::Orders => 0..2,
        Metric::Customers => 0..1,
        Metric::AverageOrderValue => 2..3,
    };
    let parts = shapley(&a[range.clone()], &b[range.clone()]);
    let part = |i: usize| if range.contains(&i) { parts.get(i - range.start).copied() } else { Some(0.0) };
    Bridge { customers: part(0), frequency: part(1), order_value: part(2) }
}

/// Fewer customers make no groups to leave out.
fn enough(facts: &Facts) -> bool {
    facts.orders.customers() >= 2 * GROUPS
}

/// Half an interval from (Σ, Σ²) of a figure over the groups left out in turn.
fn half_width((sum, squares): (f64, f64)) -> f64 {
    let groups = GROUPS as f64;
    let t = crate::num::dist::t_quantile(0.975, groups - 1.0);
    t * ((groups - 1.0) / groups * (squares - sum * sum / groups).max(0.0)).sqrt()
}

fn with_intervals(mut s: Summary, facts: &Facts, spans: [(i32, i32); 2], unit: f64) -> Summary {
    let groups = count::by_group(facts, spans);
    let mut spread = [(0.0, 0.0); 4];
    let mut whole = true;
    for g in 0..GROUPS {
        let totals = count::without(&groups, g);
        let figure = |c: &Counts| c.figure(s.metric, unit).unwrap_or(0.0);
        let b = bridge(&totals, s.metric, unit);
        let figures = [Some(figure(&totals[1]) - figure(&totals[0])), b.customers, b.frequency, b.order_value];
        whole &= figures.iter().all(Option::is_some);
        for (sum, v) in spread.iter_mut().zip(figures.map(|v| v.unwrap_or(0.0))) {
            *sum = (sum.0 + v, sum.1 + v * v);
        }
    }
    let about = |v: Option<f64>, i: usize| v.map(|v| [v - half_width(spread[i]), v + half_width(spread[i])]);
    s.change_ci = about(Some(s.change), 0);
    if whole {
        let Bridge { customers, frequency, order_value } = s.bridge;
        s.bridge_ci = BridgeIntervals {
            customers: about(customers, 1),
            frequency: about(frequency, 2),
            order_value: about(order_value, 3),
        };
    }
    s
}

fn split(
    facts: &Facts,
    dimension: &Rc<Dimension>,
    name: &str,
    spans: [(i32, i32); 2],
    metric: Metric,
    change: f64,
    unit: f64,
) -> Split {
    let cells = count::by_value(facts, dimension, spans);
    let whole = cells.all();
    let parts = count::contributions(&whole, metric, unit);
    // Leave one group out at a time; sums are scaled up to the whole.
    let width = parts.len();
    let mut spread = vec![(0.0, 0.0); width];
    for g in 0..GROUPS {
        for (v, p) in count::contributions(&cells.without(g), metric, unit).into_iter().enumerate() {
            spread[v] = (spread[v].0 + p.contribution, spread[v].1 + p.contribution * p.contribution);
        }
    }
    let enough = enough(facts);
    let half = |v: usize| half_width(spread[v]);
    let before: f64 = parts.iter().map(|p| p.before.unwrap_or(0.0)).sum();
    let uneven: f64 = match metric {
        Metric::AverageOrderValue => parts.iter().map(|p| (p.contribution - change * p.weight).abs()).sum(),
        _ if before > 0.0 => {
            parts.iter().map(|p| (p.contribution - change * p.before.unwrap_or(0.0) / before).abs()).sum()
        }
        _ => 0.0,
    };
    let mut order: Vec<usize> = dimension.sorted().into_iter().filter(|v| parts[*v].present).collect();
    order.order_by(|a, b| parts[*b].contribution.abs().total_cmp(&parts[*a].contribution.abs()));
    let values = order
        .into_iter()
        .map(|v| {
            let p = &parts[v];
            Value {
                value: dimension.label(v),
                before: p.before,
                after: p.after,
                contribution: p.contribution,
                mix: p.mix,
                rate: p.rate,
                ci_low: enough.then(|| p.contribution - half(v)),
                ci_high: enough.then(|| p.contribution + half(v)),
            }
        })
        .collect();
    let total = uneven + change.abs();
    Split { dimension: name.to_string(), explained: if total > 0.0 { uneven / total } else { 0.0 }, values }
}

fn frame(s: &Summary) -> Frame {
    let rows: Vec<(&str, &Value)> =
        s.dimensions.iter().flat_map(|d| d.values.iter().map(move |v| (d.dimension.as_str(), v))).collect();
    let numbers = |f: fn(&Value) -> f64| Series::Number(rows.iter().map(|r| f(r.1)).collect());
    Frame::default()
        .with("dimension", Series::Text(rows.iter().map(|r| Some(r.0.to_string())).collect()))
        .with("value", Series::Text(rows.iter().map(|r| r.1.value.clone()).collect()))
        .with("before", numbers(|v| v.before.unwrap_or(f64::NAN)))
        .with("after", numbers(|v| v.after.unwrap_or(f64::NAN)))
        .with("contribution", numbers(|v| v.contribution))
        .with("mix", numbers(|v| v.mix))
        .with("rate", numbers(|v| v.rate))
        .with("ci_low", numbers(|v| v.ci_low.unwrap_or(f64::NAN)))
        .with("ci_high", numbers(|v| v.ci_high.unwrap_or(f64::NAN)))
}

//! Where every customer stands: new, active, loyal, at risk, lapsed or won back; how the stages fill and drain over time.
//!
//! Method: lateness = days since the last purchase ÷ the customer's own median gap. With fewer than two gaps of its own a customer
//! is measured by the median gap of all. Stages at the end of each period use only what was known then.
//! Input: customer, date; amount where there is one. Cost: linear in orders × periods. Needs: one customer with two purchase days.

mod charts;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{self, ratio};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Facts, Periods, Refunds, customers};
use crate::num::quantile;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time::{self, Period};
use stage::{History, STAGES};

/// A median of fewer gaps moves by more than a stage is wide.
const FEW_GAPS: usize = 30;

pub struct Lifecycle;

/// The rules that tell the stages apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Orders from which a customer is loyal (since coming back, if it had lapsed).
    #[schemars(extend("x-zh" = "达到多少笔订单算忠诚（流失后召回的从召回起算）"))]
    pub loyal_orders: u32,
    /// Gaps of its own after which a customer is at risk.
    #[schemars(extend("x-zh" = "超过自身购买间隔的多少倍算有流失风险"))]
    pub at_risk_after: f64,
    /// Gaps of its own after which a customer has lapsed.
    #[schemars(extend("x-zh" = "超过自身购买间隔的多少倍算已流失"))]
    pub lapsed_after: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { loyal_orders: 4, at_risk_after: 1.5, lapsed_after: 3.0 }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The day of judgement (ISO); default: the day after the last order. Later orders are left out.
    #[schemars(extend("x-zh" = "判定日期，默认为最后一笔订单的次日；之后的订单不计入。"))]
    pub as_of: Option<String>,
    /// The rules that tell the stages apart.
    #[schemars(extend("x-zh" = "划分阶段的规则。"))]
    pub rules: Rules,
    /// The period of the flow.
    #[schemars(with = "String", extend("enum" = ["week", "month", "quarter", "year"], "x-zh" = "流量统计的周期。"))]
    pub period: Period,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Stage {
    /// `new`, `active`, `loyal`, `at_risk`, `lapsed` or `won_back`.
    pub id: &'static str,
    /// Its name in both languages.
    pub name: Words,
    /// Customers in it on the day of judgement.
    pub customers: usize,
    /// Share of all customers, 0–1.
    pub share: Option<f64>,
    /// What they have spent so far; null without an amount.
    pub revenue: Option<f64>,
    /// Median days since they entered the stage.
    pub median_days_in_stage: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Flow {
    /// Label of the period; stages are those at its end.
    pub period: String,
    /// Customers per stage.
    pub stages: BTreeMap<&'static str, usize>,
}

/// Customers that were in one stage at the end of a period and in another at the end of the next, all periods pooled.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Transition {
    pub from: &'static str,
    pub to: &'static str,
    /// Customers, counted once per period.
    pub n: usize,
    /// Share of those who were in `from`, 0–1.
    pub p: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// The day of judgement.
    pub as_of: String,
    /// Customers with an order by then.
    pub customers: usize,
    /// Median days between purchase days over all customers: the yardstick for those with fewer than two gaps.
    pub median_gap_days: f64,
    pub stages: Vec<Stage>,
    pub flow: Vec<Flow>,
    pub transitions: Vec<Transition>,
}

pub struct Prepared {
    facts: Rc<Facts>,
}

const MOST_PERIODS: usize = 400;

impl Analysis for Lifecycle {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "lifecycle",
            title: Words::new("Life stages", "客户生命周期"),
            about: Words::new(
                "Who is new, loyal, late, lapsed or back, by their own rhythm",
                "按客户自身节奏划分：新客、忠诚、逾期、流失与召回",
            ),
            question: Question::WillTheyStay,
            needs: vec![Role::Customer, Role::Date],
            uses: vec![Role::Amount, Role::Order, Role::Quantity, Role::UnitPrice],
            wants: vec![],
            frame: vec![
                column("customer", "Customer", "客户", "text").about("The customer as the file names them", "文件中的客户"),
                column("stage", "Stage", "阶段", "text").about("Where the customer stands by their own rhythm on the day of reference", "基准日按客户自身节奏所处的阶段"),
                column("since", "Since", "自何时起", "date").about("Day on which the present stage began", "当前阶段开始的日期"),
                column("last_date", "Last order", "最近订单日期", "date").about("Day of the last order up to the day of reference", "截至基准日的最近订单日期"),
                column("gap_days", "Usual gap", "常见间隔", "days").about("Median of the days between the customer's purchase days; everybody's median where there are too few", "该客户购买日间隔的中位数；间隔太少时用全体中位数"),
                column("lateness", "Lateness (gaps)", "逾期倍数", "number").about("Days since the last purchase over the usual gap: 2 is twice as late as usual", "距上次购买天数 ÷ 常见间隔：2 表示间隔是平常的两倍"),
            ],
            formula: Words::new(
                "lateness = days since the last purchase ÷ median gap; at risk above `at_risk_after`, lapsed above `lapsed_after`; \
                 won back: bought after a gap beyond `lapsed_after`, with fewer than `loyal_orders` orders since. Assumes that customers buy in a rhythm of their own that lasts; those with fewer \
                 than two gaps are measured by everybody's median. A stage is a rule, not a probability: it cannot say who will come back, nor why.",
                "逾期倍数 = 距上次购买天数 ÷ 间隔中位数；超过 at_risk_after 为有流失风险，超过 lapsed_after 为已流失；召回：在超过 lapsed_after 的间隔后再次购买，且此后订单少于 loyal_orders。假设客户有自己且稳定的购买节奏；间隔不足两次者按全体中位数衡量。阶段是规则而非概率：不能说明谁会回来，也不能说明原因。",
            ),
            source: "Rules stated above; quantiles: Hyndman & Fan (1996), type 7",
        }
    }

    fn check(params: &Params) -> Result<()> {
        common::day(&params.as_of, "as_of")?;
        let r = &params.rules;
        if r.loyal_orders < 2 {
            return Err(Error::bad_param("rules", "loyal_orders must be at least 2", "loyal_orders 至少为 2")
                .remedy("Set loyal_orders to 2 or more.", "请将 loyal_orders 设为 2 或更大。"));
        }
        if !(r.at_risk_after > 0.0 && r.at_risk_after <= r.lapsed_after && r.lapsed_after.is_finite()) {
            return Err(Error::bad_param(
                "rules",
                "0 < at_risk_after ≤ lapsed_after",
                "应满足 0 < at_risk_after ≤ lapsed_after",
            )
            .remedy("Give multiples of the median gap, such as 1.5 and 3.", "请填间隔中位数的倍数，如 1.5 与 3。"));
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let facts = common::facts(input, params.refunds)?;
        let Some(as_of) = common::day(&params.as_of, "as_of")? else { return Ok(Prepared { facts }) };
        if facts.orders.span().is_none_or(|s| s.1 <= as_of) {
            return Ok(Prepared { facts });
        }
        let past = facts.within(i32::MIN + 1, as_of, input.table.rows);
        let facts = Rc::new(facts.filter(&past));
        if facts.orders.is_empty() {
            return Err(Error::new(Code::NoRows, "no orders lie before this day", "该日期之前没有订单").param("as_of"));
        }
        Ok(Prepared { facts })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let facts = &prepared.facts;
        let orders = &facts.orders;
        let n = orders.customers();
        let named = &orders.day[..orders.named()];
        let (first, last) = named.iter().fold((i32::MAX, i32::MIN), |(lo, hi), d| (lo.min(*d), hi.max(*d)));
        let gaps: Vec<f64> = (0..n)
            .flat_map(|c| orders.day[orders.of(c)].windows(2).filter(|w| w[1] > w[0]).map(|w| f64::from(w[1] - w[0])))
            .collect();
        let Some(typical) = quantile::median(&gaps) else {
            let what = Words::new("customers with two purchase days", "位在两天以上有购买的客户");
            return Err(Error::too_little(what, 1, 0).remedy(
                "Give a longer stretch of orders, or check which column is the customer.",
                "请提供更长时间的订单，或检查客户列是否正确。",
            ));
        };
        let gaps_few = gaps.len() < FEW_GAPS;
        let as_of = common::day(&params.as_of, "as_of")?.unwrap_or(last + 1);
        let periods = Periods::new(params.period, first, as_of)?;
        if periods.len() > MOST_PERIODS {
            return Err(Error::bad_param(
                "period",
                format!("{} periods are too many; choose a longer one", periods.len()),
                format!("共 {} 个周期，过多，请选择更长的周期", periods.len()),
            )
            .remedy("Take month, quarter or year.", "请选择月、季度或年。"));
        }
        let ends: Vec<i32> = (0..periods.len()).map(|p| periods.days(p).1).collect();
        let mut counts = vec![[0usize; STAGES.len()]; ends.len()];
        let mut moves = [[0usize; STAGES.len()]; STAGES.len()];
        let mut now = Vec::with_capacity(n);
        for c in 0..n {
            let ids = if orders.split { &orders.keys[orders.of(c)] } else { &[] };
            let history = History::new(&orders.day[orders.of(c)], typical, &params.rules).with_ids(ids);
            let mut before = None;
            for (p, end) in ends.iter().enumerate() {
                let Some(at) = history.at(*end) else { continue };
                counts[p][at.stage] += 1;
                if let Some(from) = before {
                    let row: &mut [usize; STAGES.len()] = &mut moves[from];
                    row[at.stage] += 1;
                }
                before = Some(at.stage);
            }
            now.push(history.at(as_of));
        }
        let people = customers(orders, Some(as_of));
        let stages = STAGES
            .iter()
            .enumerate()
            .map(|(k, (id, name))| {
                let here =
                    || now.iter().enumerate().filter_map(|(c, s)| s.as_ref().filter(|s| s.stage == k).map(|s| (c, s)));
                let days: Vec<f64> = here().map(|(_, s)| f64::from(as_of - s.since)).collect();
                Stage {
                    id,
                    name: name(),
                    customers: days.len(),
                    share: ratio(days.len() as f64, n as f64),
                    revenue: orders.has_money().then(|| orders.value(here().map(|(c, _)| people.amount[c]).sum())),
                    median_days_in_stage: quantile::median(&days),
                }
            })
            .collect();
        let transitions = (0..STAGES.len() * STAGES.len())
            .map(|i| (i / STAGES.len(), i % STAGES.len()))
            .filter(|(f, t)| moves[*f][*t] > 0)
            .map(|(f, t)| Transition {
                from: STAGES[f].0,
                to: STAGES[t].0,
                n: moves[f][t],
                p: moves[f][t] as f64 / moves[f].iter().sum::<usize>() as f64,
            })
            .collect();
        let flow = counts
            .iter()
            .enumerate()
            .map(|(p, row)| Flow {
                period: periods.label(p),
                stages: STAGES.iter().zip(row).map(|(s, n)| (s.0, *n)).collect(),
            })
            .collect();
        let pick = |f: &dyn Fn(&stage::At) -> f64| now.iter().map(|s| s.as_ref().map_or(f64::NAN, f)).collect();
        let frame = Frame::default()
            .with("customer", common::customer_series(facts))
            .with(
                "stage",
                Series::Coded(
                    now.iter().map(|s| s.as_ref().map_or(u32::MAX, |s| s.stage as u32)).collect(),
                    STAGES.iter().map(|s| s.0.to_string()).collect(),
                ),
            )
            .with("since", Series::Date(now.iter().map(|s| s.as_ref().map_or(i32::MIN, |s| s.since)).collect()))
            .with("last_date", Series::Date(people.last_day.clone()))
            .with("gap_days", Series::Number(pick(&|s| s.gap)))
            .with("lateness", Series::Number(pick(&|s| s.lateness)));
        let summary =
            Summary { as_of: time::iso(as_of), customers: n, median_gap_days: typical, stages, flow, transitions };
        let mut output = common::output(facts, true, summary, frame);
        let own = (0..n)
            .filter(|&c| orders.day[orders.of(c)].windows(2).filter(|w| w[1] > w[0]).take(2).count() == 2)
            .count();
        if own * 2 < n {
            let gap = common::say::short(typical).en;
            let from = common::say::counted(gaps.len(), "gap", "gaps");
            let (all, few) = (common::say::count(n), common::say::count(own));
            let yard = format!(
                "the median gap of all, {gap} {} (from {from})",
                common::say::form(usize::from(gap == "1"), "day", "days")
            );
            output.choices.push(Words::new(
                match own {
                    0 => format!("nobody bought often enough for a rhythm of their own (two gaps): everybody is measured by {yard}"),
                    _ => format!("only {few} of {all} customers bought often enough for a rhythm of their own (two gaps); the others are measured by {yard}"),
                },
                format!(
                    "{all} 位客户中有 {few} 位的购买次数足以看出自己的节奏（两次间隔）；其余按全部 {} 次间隔的中位数 {gap} 天衡量",
                    common::say::count(gaps.len())
                ),
            ));
        }
        if gaps_few {
            output.warnings.push(Words::new(
                format!("fewer than {FEW_GAPS} gaps between purchases in all: the stages rest on little"),
                format!("全部购买间隔不足 {FEW_GAPS} 次，各阶段的依据很少"),
            ));
        }
        output.choices.push(Words::new(
            format!("as of {}", common::say::date(as_of).en),
            format!("判定日 {}", common::say::date(as_of).zh),
        ));
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

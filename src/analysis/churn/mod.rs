//! Who is leaving, how sure that is, and what it would cost.
//!
//! Method: without contracts, MBG/NBD (`num::btyd`) gives each customer's probability of not buying within the horizon, and
//! lateness is measured against the customer's own rhythm; with contracts (a yes/no column), a logistic model scored out
//! of fold. Input: customer, date, amount; or the event column and features.
//! Needs: 20 customers with 20 gaps between purchases; with contracts 30 rows of which 5 on either side.

mod charts;
mod contractual;
mod rhythm;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::col::{self, Col, YesNo};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column, common};
use crate::error::{Error, Result, Words};
use crate::fact::Refunds;
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Frame, Series};

pub struct Churn;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Contractual when `event` is given.
    #[default]
    Auto,
    Contractual,
    NonContractual,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Do customers end a contract, or just stop coming?
    #[schemars(extend("x-zh" = "合约型（明确终止）还是非合约型（悄然不来）"))]
    pub kind: Kind,
    /// Contractual: the customer has left (1) or not (0); or a column of dates, the day on which each left, empty where none did.
    #[schemars(extend("x-zh" = "合约型：客户是否已流失；或日期列，为流失日期，未流失者为空"))]
    pub event: Option<YesNo>,
    /// Contractual: how long the customer has been there; one of the features.
    #[schemars(extend("x-zh" = "合约型：在网时长，作为特征之一"))]
    pub duration: Option<Col>,
    /// Non-contractual: days without a purchase after which a customer counts as gone; default: 90 % quantile of the gaps.
    #[schemars(extend("x-zh" = "非合约型：多少天未购视为流失；默认为购买间隔的 90% 分位数"))]
    pub churned_after_days: Option<f64>,
    /// The day (ISO) from which is counted; default: the day after the last order. Contracts that end later are still there; by default
    /// every day of leaving counts.
    #[schemars(extend("x-zh" = "基准日（ISO 日期）；默认为最后一个订单的次日。合约型：此后才结束者视为仍在，默认所有流失日期均计入"))]
    pub as_of: Option<String>,
    /// Non-contractual: days ahead for which the probability of not buying is given.
    #[schemars(extend("x-zh" = "非合约型：预测未来多少天内不再购买的概率"))]
    pub horizon_days: f64,
    /// Contractual: what may tell who leaves.
    #[schemars(extend("x-zh" = "合约型：可能预示流失的特征"))]
    pub features: Vec<Col>,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式"))]
    pub refunds: Refunds,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            kind: Kind::Auto,
            event: None,
            duration: None,
            churned_after_days: None,
            as_of: None,
            horizon_days: 90.0,
            features: Vec::new(),
            refunds: Refunds::Net,
        }
    }
}

impl Params {
    fn contractual(&self) -> bool {
        self.kind == Kind::Contractual || self.kind == Kind::Auto && self.event.is_some()
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// `contractual` or `non_contractual`.
    pub kind: Kind,
    /// When a customer counts as gone.
    pub definition: Definition,
    /// Customers looked at.
    pub customers: usize,
    /// Of them, gone by the definition.
    pub churned: usize,
    /// churned / customers.
    pub rate: f64,
    /// Sum of the probabilities on the watch list.
    pub expected_churned: f64,
    /// Σ probability × value over the watch list; null without money.
    pub money_at_risk: Option<f64>,
    /// How well the probabilities told who left; null when there is too little to hold out.
    pub holdout: Option<Holdout>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Definition {
    /// Days without a purchase; null with contracts.
    pub churned_after_days: Option<f64>,
    /// Why this definition.
    pub reason: Words,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Holdout {
    /// Customers scored.
    pub customers: usize,
    /// Of them, those who left in the held-out stretch, or out of fold.
    pub churned: usize,
    /// Area under the ROC curve; 0.5 is chance.
    pub auc: Option<f64>,
    /// Mean −ln of the probability given to what happened.
    pub log_loss: f64,
    /// What to beat.
    pub baseline: Baseline,
    /// Better than the baseline in both.
    pub wins: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Baseline {
    /// `days_since_last`: ranked by days since the last purchase; `base_rate`: the same for everybody.
    pub id: &'static str,
    /// Its area under the ROC curve.
    pub auc: Option<f64>,
    /// Of the overall rate given to everybody.
    pub log_loss: f64,
}

/// A customer on the watch list.
struct Watched {
    customer: String,
    probability: f64,
    /// Days since the last purchase over the customer's own median gap; NaN without a gap.
    lateness: f64,
    /// Money of the last year, with contracts the amount in the customer's row; NaN without money.
    value: f64,
    reasons: Words,
}

pub enum Prepared {
    Rhythm(rhythm::Ready),
    Contracts(Box<contractual::Ready>),
}

impl Analysis for Churn {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "churn",
            title: Words::new("Who is leaving (churn)", "客户流失预警"),
            about: Words::new(
                "Who is about to leave, why it looks so, and the money at risk",
                "哪些客户可能流失、依据是什么、涉及多少金额",
            ),
            question: Question::WillTheyStay,
            needs: vec![Role::Customer, Role::Date],
            uses: vec![Role::Amount, Role::Order, Role::Quantity, Role::UnitPrice],
            wants: vec![],
            frame: vec![
                column("customer", "Customer", "客户", "text")
                    .about("The customer as the file names them", "文件中的客户"),
                column("probability", "Probability to leave", "流失概率", "percent").about(
                    "Chance of no purchase within the days ahead that are set; with contracts, chance to have left",
                    "在设定天数内不再购买的概率；合约型为流失概率",
                ),
                column("lateness", "Late by (own gaps)", "逾期倍数", "number").about(
                    "Days since the last purchase over the customer's own median gap: 2 is twice as late as usual",
                    "距上次购买天数 ÷ 该客户自己的间隔中位数：2 表示间隔是平常的两倍",
                ),
                column("value", "Value", "价值", "money").about(
                    "Spent in the last year; with contracts, the amount in the customer's row",
                    "近一年消费金额；合约型为该客户行中的金额",
                ),
                column("money_at_risk", "Money at risk", "风险金额", "money")
                    .about("Probability to leave times value", "流失概率 × 价值"),
                column("reasons", "Reasons", "依据（英文）", "text")
                    .about("What speaks for leaving, strongest first", "最突出的流失迹象，由强到弱"),
                column("reasons_zh", "Reasons (Chinese)", "依据", "text").about("The same in Chinese", "同上，中文"),
            ],
            formula: Words::new(
                "Without contracts: P(no purchase in h days) = 1 − P(alive)·(1 − ((α+T)/(α+T+h))^(r+x)) by MBG/NBD; lateness = days since the last \
                 purchase / the customer's median gap; gone = no purchase for longer than the 90 % quantile of all gaps. With contracts: \
                 P = 1/(1+e^−(b+wx)), features standardised, l2 = 1, scored in 5 folds. money at risk = probability × value; value = what was spent in the last year, with contracts the amount in the customer's row. Assumes steady \
                 rhythms; a score is no cause: it cannot say that an action would help.",
                "非合约型：P(h 天内不购) = 1 − P(存活)·(1 − ((α+T)/(α+T+h))^(r+x))，用 MBG/NBD；逾期倍数 = 距上次购买天数 / 该客户间隔中位数；\
                 超过全部购买间隔的 90% 分位数未购视为流失。合约型：P = 1/(1+e^−(b+wx))，特征标准化，l2 = 1，5 折外评分。\
                 风险金额 = 概率 × 价值；价值为近一年消费，合约型则为该客户行中的金额。假设购买节奏稳定；评分不是原因，不能说明干预有效。",
            ),
            source: "Batislam, Denizel & Filiztekin 2007; Fader, Hardie & Lee 2005; Hyndman & Fan 1996 (quantiles)",
        }
    }

    fn needs(params: &Params) -> Vec<Role> {
        if params.contractual() { Vec::new() } else { Self::meta().needs }
    }

    fn check(params: &Params) -> Result<()> {
        let positive = |name: &str, v: f64| {
            if v.is_finite() && v > 0.0 {
                Ok(())
            } else {
                Err(Error::bad_param(name, "it must be above 0", "须大于 0")
                    .remedy("Give a number of days, such as 90.", "请填天数，如 90。"))
            }
        };
        positive("horizon_days", params.horizon_days)?;
        if let Some(days) = params.churned_after_days {
            positive("churned_after_days", days)?;
        }
        rhythm::as_of(params)?;
        if let Some(e) = &params.event {
            e.0.check("event")?;
        }
        if let Some(d) = &params.duration {
            d.check("duration")?;
        }
        col::check_all(&params.features, "features")?;
        if params.kind == Kind::Contractual && params.event.is_none() {
            return Err(Error::bad_param("event", "say which column tells who has left", "请指明哪一列表示客户已流失")
                .remedy("Choose the column, and the value that means gone.", "请选择该列，以及表示已流失的值。"));
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        match (&params.event, params.contractual()) {
            (Some(event), true) => contractual::prepare(input, event, params).map(|c| Prepared::Contracts(Box::new(c))),
            _ => rhythm::prepare(input, params).map(Prepared::Rhythm),
        }
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        match prepared {
            Prepared::Rhythm(r) => rhythm::compute(r, params),
            Prepared::Contracts(c) => contractual::compute(c),
        }
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

/// The list by money at risk (without money: by probability), then by customer.
fn frame(mut list: Vec<Watched>) -> Frame {
    let key = |w: &Watched| if w.value.is_finite() { w.probability * w.value } else { 0.0 };
    list.order_by(|a, b| {
        key(b)
            .total_cmp(&key(a))
            .then(b.probability.total_cmp(&a.probability))
            .then_with(|| a.customer.cmp(&b.customer))
    });
    let numbers = |f: fn(&Watched) -> f64| Series::Number(list.iter().map(f).collect());
    Frame::default()
        .with("customer", Series::Text(list.iter().map(|w| Some(w.customer.clone())).collect()))
        .with("probability", numbers(|w| w.probability))
        .with("lateness", numbers(|w| w.lateness))
        .with("value", numbers(|w| w.value))
        .with("money_at_risk", numbers(|w| w.probability * w.value))
        .with("reasons", Series::Text(list.iter().map(|w| Some(w.reasons.en.clone())).collect()))
        .with("reasons_zh", Series::Text(list.iter().map(|w| Some(w.reasons.zh.clone())).collect()))
}

/// From one share to another, as far as they can be told apart.
fn between(low: f64, high: f64) -> Words {
    let (a, b) = (common::say::percent(low), common::say::percent(high));
    if a == b { Words::same(a) } else { Words::new(format!("{a} to {b}"), format!("{a} 至 {b}")) }
}

/// Which of the ten bars of the picture a probability falls into.
fn bar(probability: f64) -> usize {
    ((probability * 10.0) as usize).min(9)
}

fn at_risk(list: &[Watched]) -> Option<f64> {
    let with: Vec<f64> = list.iter().filter(|w| w.value.is_finite()).map(|w| w.probability * w.value).collect();
    (!with.is_empty()).then(|| with.iter().sum())
}

/// Several reasons as one text.
fn joined(list: &[Words]) -> Words {
    let of = |f: fn(&Words) -> &str, between: &str| list.iter().map(f).collect::<Vec<_>>().join(between);
    Words::new(of(|w| &w.en, "; "), of(|w| &w.zh, "；"))
}

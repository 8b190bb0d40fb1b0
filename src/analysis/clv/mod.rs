//! What a customer will bring: how often they will still buy, what they will spend, and how sure that is.
//!
//! Method: BG/NBD, MBG/NBD or Pareto/NBD for purchases, Gamma–Gamma for money, sBG for contracts (sources in `num::btyd`),
//! by maximum likelihood over identical histories. Purchases of one day count as one.
//! Input: customer, date and (for money) amount; or columns that already hold frequency, recency and T.
//! Cost: linear in distinct histories; a million customers take about a second. Needs: 5 customers, one repeat purchase.

mod charts;
mod contract;
mod data;
mod holdout;
mod params;
mod predict;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

use super::{Analysis, Input, LeftOut, Meta, Output, Presentation, Question, column, common};
use crate::error::{Code, Error, Result, Words};
use crate::num::btyd::{self, Fit, Forecast, Groups, spend};
use crate::num::dist::normal_quantile;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time;

use data::{Histories, Source};
pub use holdout::Holdout;
pub use params::{Columns, ModelId, Params, SpendId, TimeUnit};
use predict::{Ask, Purse};

pub struct Clv;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Customers with a purchase up to the end of calibration.
    pub customers: usize,
    /// Of them, with a repeat purchase.
    pub repeat_customers: usize,
    /// Unit of all times below.
    pub time_unit: TimeUnit,
    /// ISO date; null for columns already summarised.
    pub calibration_end: Option<String>,
    /// The model of purchases.
    pub model: ModelId,
    /// By name; null: means nothing at this boundary.
    pub parameters: BTreeMap<String, Option<f64>>,
    /// Standard errors from the Hessian; null: given, or not identified.
    pub std_errors: BTreeMap<String, Option<f64>>,
    /// At these parameters; null where it does not exist.
    pub log_likelihood: Option<f64>,
    /// `no_dropout`: nobody seems to leave; `all_or_nothing`: leaving happens at the first chance or never; `no_heterogeneity`: all customers
    /// alike; null: none of these.
    pub boundary: Option<&'static str>,
    /// In time units.
    pub horizon: f64,
    /// Purchases of all customers within the horizon.
    pub expected_purchases: f64,
    /// Mean probability that a customer will still buy, 0–1.
    pub mean_p_alive: f64,
    /// Repeat purchases of a new customer in the first t.
    pub new_customer: Vec<NewCustomer>,
    /// Discounted value of the repeat purchases of a new customer over `months`, with an interval; null without money.
    pub new_customer_value: Option<Range>,
    /// The model of money; null without money, or when it was not asked for.
    pub spend: Option<Spend>,
    /// Value of all customers.
    pub clv: Total,
    /// Against what happened after `calibration_end`; null when nothing lies behind it.
    pub holdout: Option<Holdout>,
    /// The same check when no end of calibration was given: fitted on the first 70 % of the time, held against the rest.
    pub backtest: Option<Holdout>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NewCustomer {
    /// In time units.
    pub t: f64,
    /// Mean number of repeat purchases by then.
    pub expected_purchases: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Range {
    /// In the unit of the amount column.
    pub value: f64,
    /// Interval from the errors of the parameters; null when they were given.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Spend {
    /// p, q, v.
    pub parameters: BTreeMap<String, f64>,
    /// Standard errors from the Hessian; null: given, or not identified.
    pub std_errors: BTreeMap<String, Option<f64>>,
    /// At these parameters.
    pub log_likelihood: Option<f64>,
    /// Customers with repeat purchases and positive mean spend.
    pub n: usize,
    /// Mean spend a purchase over all customers; null where the model has none (q ≤ 1).
    pub mean: Option<f64>,
    /// Pearson correlation of frequency and mean spend, which the model takes to be 0.
    pub frequency_correlation: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Total {
    /// Months ahead.
    pub months: usize,
    /// A month, 0–1.
    pub discount_rate: f64,
    /// Discounted value of all customers; null without money.
    pub total: Option<f64>,
    /// Interval of what they will bring together: errors of the fitted parameters and the luck of every customer. Null without money.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Standard error of the total from the fitted parameters; null where they were given or are not identified.
    pub std_error_fit: Option<f64>,
    /// Standard deviation of the total at these parameters: what customers happen to do; null where it is infinite (q ≤ 2).
    pub std_error_luck: Option<f64>,
}

impl Total {
    /// The interval is e^±, so that it cannot reach below nothing.
    fn new(params: &Params, total: Option<f64>, errors: predict::Errors) -> Self {
        let z = normal_quantile(0.5 + params.level / 2.0);
        let parts: Vec<f64> = [errors.fit, errors.luck].into_iter().flatten().collect();
        let spread = total.filter(|t| *t > 0.0 && !parts.is_empty()).map(|t| {
            let sd = parts.iter().map(|s| s * s).sum::<f64>().sqrt();
            (t, z * sd / t)
        });
        Total {
            months: params.months,
            discount_rate: params.discount_rate,
            total,
            low: spread.and_then(|(t, s)| finite(t * (-s).exp())),
            high: spread.and_then(|(t, s)| finite(t * s.exp())),
            std_error_fit: total.and(errors.fit),
            std_error_luck: total.and(errors.luck),
        }
    }
}

pub struct Prepared {
    source: Kind,
    left_out: Vec<LeftOut>,
}

enum Kind {
    Purchases(Source),
    Contracts(contract::Contracts),
}

/// Fewer customers, or fewer repeat buyers, and the estimates are said to be shaky.
const SHAKY: (usize, usize) = (100, 30);

impl Analysis for Clv {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "clv",
            title: Words::new("Customer lifetime value", "客户生命周期价值"),
            about: Words::new(
                "How often each customer will still buy and what that is worth, with a check against the past",
                "每位客户未来还会购买多少、价值几何，并用历史数据检验",
            ),
            question: Question::WillTheyStay,
            needs: vec![Role::Customer, Role::Date],
            uses: vec![Role::Amount, Role::Quantity, Role::UnitPrice, Role::Order],
            wants: vec![],
            frame: vec![
                column("customer", "Customer", "客户", "text")
                    .about("The customer as the file names them", "文件中的客户"),
                column("row", "Row", "行", "count")
                    .about("Place of the row in the file, from 1", "该行在文件中的序号，从 1 起"),
                column("frequency", "Repeat purchase days", "复购天数", "count")
                    .about("Days with a purchase after the first one", "首次购买之后有购买的天数"),
                column("recency", "First to last purchase", "首末次购买间隔", "number").about(
                    "From the first purchase to the last, in the unit of time chosen",
                    "首次到最近一次购买的时长，按所选时间单位",
                ),
                column("T", "Time since first purchase", "距首次购买", "number").about(
                    "From the first purchase to the end of the data, in the unit of time chosen",
                    "首次购买到数据截止的时长，按所选时间单位",
                ),
                column("monetary", "Mean spend a repeat day", "复购日均消费", "money")
                    .about("Average of what was spent on the days of repeat purchases", "复购日的平均消费"),
                column("p_alive", "Will still buy", "仍会购买的概率", "percent")
                    .about("Chance that the customer has not left for good", "该客户尚未永久流失的概率"),
                column("expected_purchases", "Expected purchases", "预期购买次数", "number").about(
                    "Purchases to be expected within the horizon, on average over customers alike",
                    "预测时长内的预期购买次数（同类客户的平均）",
                ),
                column("purchases_low", "Own purchases, at least", "本人购买次数下限", "count").about(
                    "Lower end of the range of this customer's own purchases, luck included",
                    "该客户自己购买次数区间的下限，含偶然",
                ),
                column("purchases_high", "Own purchases, at most", "本人购买次数上限", "count").about(
                    "Upper end of the range of this customer's own purchases, luck included",
                    "该客户自己购买次数区间的上限，含偶然",
                ),
                column("expected_spend", "Expected spend a purchase", "预期每次消费", "money").about(
                    "What a purchase should bring, drawn towards the average of all where little is known",
                    "预期每次消费；所知较少时向总体平均靠拢",
                ),
                column("clv", "Expected value", "期望价值", "money").about(
                    "Margin of the expected purchases over the months chosen, discounted to today",
                    "所选月数内预期购买的毛利，折现到今天",
                ),
                column("clv_low", "Expected value, low", "期望价值下限", "money")
                    .about("Lower end of the interval of the expected value", "期望价值区间的下限"),
                column("clv_high", "Expected value, high", "期望价值上限", "money")
                    .about("Upper end of the interval of the expected value", "期望价值区间的上限"),
            ],
            formula: Words::new(
                "BG/NBD: purchases at rate λ ~ Gamma(r, α); after each the customer leaves with probability p ~ Beta(a, b). \
                 L = Γ(r+x)/Γ(r)·α^r·B(a,b+x)/B(a,b)·[(α+T)^−(r+x) + 1{x>0}·a/(b+x−1)·(α+t_x)^−(r+x)]. MBG/NBD: one more chance to leave after \
                 the first purchase. Pareto/NBD: leaving at a rate μ ~ Gamma(s, β). Gamma–Gamma: E[spend] = p(v + x·z̄)/(px + q − 1). \
                 value = margin · spend · Σ_j (E[X(month j)] − E[X(month j−1)])/(1+d)^j. The interval of a customer's value is of the \
                 expected value: delta method on the logarithm, the uncertainty of the fitted parameters, not the luck of one customer. The \
                 interval of a customer's purchases holds that luck: quantiles of the distribution of X(horizon) given the history, at the fitted \
                 parameters; P(X ≥ n | alive) = B(a, b+k+n−1)/B(a, b+k)·P(NBD ≥ n). The interval of the total is of what all customers together will bring: \
                 total·exp(±z·σ/total), σ² = gᵀVg (g: slopes of the total in the parameters, V: their covariance) + Σ Var (each customer's own purchases and \
                 spends at these parameters, independent of each other). Assumes steady rates, no \
                 seasons or campaigns, spend independent of frequency. It cannot say why someone buys, nor what an action would change.",
                "BG/NBD：购买速率 λ ~ Gamma(r, α)；每次购买后以概率 p ~ Beta(a, b) 流失。\
                 L = Γ(r+x)/Γ(r)·α^r·B(a,b+x)/B(a,b)·[(α+T)^−(r+x) + 1{x>0}·a/(b+x−1)·(α+t_x)^−(r+x)]。MBG/NBD：首次购买后即可流失。\
                 Pareto/NBD：以速率 μ ~ Gamma(s, β) 流失。Gamma–Gamma：E[单次消费] = p(v + x·z̄)/(px + q − 1)。\
                 价值 = 毛利率 · 单次消费 · Σ_j (E[X(第 j 月)] − E[X(第 j−1 月)])/(1+d)^j。客户价值的区间是期望价值的区间：对数尺度的 delta 方法，\
                 只含参数估计的不确定性，不含单个客户的偶然。购买次数的区间则包含这种偶然：按历史给定时 X(预测时长) 分布的分位数，参数取拟合值；\
                 P(X ≥ n | 存活) = B(a, b+k+n−1)/B(a, b+k)·P(NBD ≥ n)。合计的区间是全部客户实际带来价值的区间：\
                 合计·exp(±z·σ/合计)，σ² = gᵀVg（g 为合计对参数的斜率，V 为参数协方差）+ Σ Var（参数取拟合值时各客户自身的购买与消费，彼此独立）。假设：速率稳定，无季节与促销，消费额与频次无关。不能说明购买原因，也不能预测干预的效果。",
            ),
            source: "Fader, Hardie & Lee 2005, Marketing Science 24(2); Batislam, Denizel & Filiztekin 2007; Schmittlein, Morrison & Colombo 1987; \
                     Fader, Hardie & Lee 2005, J. Marketing Research 42; Fader & Hardie 2007 (sBG)",
        }
    }

    fn needs(params: &Params) -> Vec<Role> {
        if params.columns.is_some() || params.model == ModelId::SBg { Vec::new() } else { Self::meta().needs }
    }

    fn check(params: &Params) -> Result<()> {
        params.check()
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        if params.model == ModelId::SBg {
            let contracts = contract::prepare(input, params)?;
            return Ok(Prepared { left_out: contracts.left_out.clone(), source: Kind::Contracts(contracts) });
        }
        let source = data::source(input, params)?;
        let left_out = match &source {
            Source::Summarised(h) => h.left_out.clone(),
            Source::Orders(_) => Vec::new(),
        };
        Ok(Prepared { source: Kind::Purchases(source), left_out })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        match &prepared.source {
            Kind::Contracts(contracts) => contract::compute(contracts, params),
            Kind::Purchases(Source::Summarised(h)) => {
                let (summary, frame, mut warnings) = value(h, params, None)?;
                warnings.extend(h.warnings.iter().cloned());
                let (left_out, choices) = (prepared.left_out.clone(), params.choices());
                Ok(Output { summary, frame, used_rows: h.len(), left_out, warnings, choices })
            }
            Kind::Purchases(Source::Orders(facts)) => {
                let orders = &facts.orders;
                let last = data::last_day(orders)
                    .ok_or_else(|| Error::new(Code::NoRows, "no order has a customer", "没有任何订单有客户"))?;
                let end = data::day(&params.calibration_end, "calibration_end")?.unwrap_or(last);
                let h = data::histories(orders, end, params.time_unit);
                if h.len() == 0 {
                    return Err(Error::new(
                        Code::NoRows,
                        format!("nobody had bought by {}", time::iso(end)),
                        format!("{} 之前没有客户购买", time::iso(end)),
                    )
                    .param("calibration_end"));
                }
                let (summary, frame, warnings) = value(&h, params, Some((orders, end, last)))?;
                let mut output = common::output(facts, true, summary, frame);
                let late: usize =
                    (0..orders.named()).filter(|&o| orders.day[o] > end).map(|o| orders.lines[o] as usize).sum();
                common::leave_out(&mut output, late, "after the end of calibration", "晚于校准期末");
                output.warnings.extend(warnings);
                output.choices.extend(params.choices());
                Ok(output)
            }
        }
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

/// Fits, foretells and values. With orders also checks against what followed.
fn value(
    h: &Histories,
    params: &Params,
    orders: Option<(&crate::fact::Orders, i32, i32)>,
) -> Result<(Summary, Frame, Vec<Words>)> {
    let model = params.model.purchases();
    let groups = Groups::new(&h.x, &h.t_x, &h.t);
    let repeat_customers = h.x.iter().filter(|x| **x > 0).count();
    let mut warnings = Vec::new();
    let fit = match params.given(model)? {
        Some(p) => Fit::given(model, p, &groups),
        None => fitted(h, &groups, params, repeat_customers, &mut warnings)?,
    };
    let unit = params.time_unit;
    let ask = Ask {
        horizon: params.horizon.unwrap_or(unit.year()),
        months: params.months,
        level: params.level,
        month: unit.month(),
        discount_rate: params.discount_rate,
    };
    let futures = predict::futures(&fit, &groups, &ask);
    let forecast = Forecast { model, parameters: fit.parameters };
    let (purse, spend) = money(h, params, &mut warnings)?;

    let z = normal_quantile(0.5 + params.level / 2.0);
    let n = h.len();
    let nan = || vec![f64::NAN; n];
    let (mut each, mut value, mut low, mut high) = (nan(), nan(), nan(), nan());
    if let (Some(purse), Some(monetary)) = (&purse, &h.monetary) {
        for i in 0..n {
            let x = f64::from(h.x[i]);
            each[i] = purse.expected(x, monetary[i]);
            value[i] = params.margin * each[i] * futures.discounted[i];
            if let Some(error) = &futures.log_error
                && purse.covariance.is_some()
            {
                let spread = z * (error[i] * error[i] + purse.log_variance(x, monetary[i])).sqrt();
                (low[i], high[i]) = (value[i] * (-spread).exp(), value[i] * spread.exp());
            }
        }
        for v in [&mut low, &mut high] {
            v.iter_mut().filter(|v| v.is_infinite()).for_each(|v| *v = f64::NAN);
        }
    }
    let valued: Vec<f64> = value.iter().copied().filter(|v| v.is_finite()).collect();
    if !valued.is_empty() && valued.len() < n {
        let left = n - valued.len();
        warnings.push(Words::new(
            format!(
                "{} without a repeat purchase {} no expected spend: the spread between customers is too wide (q ≤ 1)",
                common::say::counted(left, "customer", "customers"),
                common::say::form(left, "has", "have")
            ),
            format!("{} 位无复购的客户没有预期消费：客户间差异过大（q ≤ 1）", common::say::count(left)),
        ));
    }
    let errors = purse.as_ref().map_or(predict::Errors { fit: None, luck: None }, |purse| {
        predict::errors(&fit, &groups, h, &futures, purse, params.margin, &value)
    });
    if !valued.is_empty() && errors.luck.is_none() {
        warnings.push(Words::new(
            "spend differs so widely between customers (q ≤ 2) that luck has no measure: the interval of the total holds the errors of the parameters only",
            "客户间消费差异过大（q ≤ 2），偶然波动无法度量：合计的区间只含参数误差",
        ));
    }
    let (holdout, backtest) = match orders {
        None => (None, None),
        Some((orders, end, last)) => checks(orders, end, last, h, &groups, &fit, params)?,
    };
    if let Some(h) = holdout.as_ref().or(backtest.as_ref())
        && let Some(missed) = missed(h)
    {
        warnings.push(missed);
    }
    let at: Vec<f64> = forecast.new_customer(&params.new_customer_at);
    let names = model.names();
    let summary = Summary {
        customers: n,
        repeat_customers,
        time_unit: unit,
        calibration_end: orders.map(|o| time::iso(o.1)),
        model: params.model,
        parameters: names.iter().zip(fit.parameters).map(|(k, v)| (k.to_string(), finite(v))).collect(),
        std_errors: names.iter().zip(fit.std_errors).map(|(k, v)| (k.to_string(), v)).collect(),
        log_likelihood: finite(fit.log_likelihood),
        boundary: fit.boundary.map(btyd::Boundary::id),
        horizon: ask.horizon,
        expected_purchases: futures.expected.iter().sum(),
        mean_p_alive: futures.p_alive.iter().sum::<f64>() / n as f64,
        new_customer: params
            .new_customer_at
            .iter()
            .zip(at)
            .map(|(t, v)| NewCustomer { t: *t, expected_purchases: v })
            .collect(),
        new_customer_value: purse.as_ref().and_then(|p| newcomer(&fit, &ask, p, params, z)),
        spend,
        clv: Total::new(params, (!valued.is_empty()).then(|| valued.iter().sum()), errors),
        holdout,
        backtest,
    };
    if params.parameters.is_none() && fit.boundary.is_none() && summary.mean_p_alive > NOBODY_LEAVES {
        warnings.push(nobody_leaves());
    }
    let [few, many] = futures.purchases;
    let ids = match orders {
        Some((orders, ..)) => h.who.iter().map(|c| Some(orders.customer_id(*c as usize).into_owned())).collect(),
        None => h.ids.iter().cloned().map(Some).collect(),
    };
    let frame = Frame::default()
        .with("customer", Series::Text(ids))
        .with("frequency", Series::Number(h.x.iter().map(|x| f64::from(*x)).collect()))
        .with("recency", Series::Number(h.t_x.clone()))
        .with("T", Series::Number(h.t.clone()))
        .with("monetary", Series::Number(h.monetary.clone().unwrap_or_else(nan)))
        .with("p_alive", Series::Number(futures.p_alive))
        .with("expected_purchases", Series::Number(futures.expected))
        .with("purchases_low", Series::Number(few))
        .with("purchases_high", Series::Number(many))
        .with("expected_spend", Series::Number(each))
        .with("clv", Series::Number(value))
        .with("clv_low", Series::Number(low))
        .with("clv_high", Series::Number(high));
    Ok((summary, frame, warnings))
}

/// Expected over made purchases of a check beyond which the intervals, which take the model to be right, mislead.
const MISSED: [f64; 2] = [0.8, 1.25];

/// The share of the purchases made that the model expected, where it is far off.
fn missed_share(h: &Holdout) -> Option<String> {
    let ratio = h.expected / h.actual;
    (ratio.is_finite() && !(MISSED[0]..=MISSED[1]).contains(&ratio)).then(|| common::say::percent(ratio))
}

fn missed(h: &Holdout) -> Option<Words> {
    let (share, day) = (missed_share(h)?, common::say::iso_date(&h.from));
    Some(Words::new(
        format!(
            "in the check the model expected {share} of the purchases that were made after {}: customers have changed their pace, and the intervals, which take the model to be right, do not hold such an error",
            day.en
        ),
        format!(
            "检验中，模型预期为{}之后实际购买的 {share}：客户的购买节奏已变；区间以模型正确为前提，不含这种误差",
            day.zh
        ),
    ))
}

/// Mean P(alive) from which on it says the same of everybody.
const NOBODY_LEAVES: f64 = 0.999;

fn nobody_leaves() -> Words {
    Words::new(
        "The chance that a customer will still buy is 1 for everybody, because these data show no drop-out: customers buy until the end of the data at a rate that fits without \
         anybody leaving. It does not mean that nobody will leave. Judge customers by how late they are against their own rhythm (lifecycle, \
         churn), give a longer stretch of orders, or try another model",
        "所有客户仍会购买的概率均为 1，因为这些数据看不出流失：即使假设无人离开，购买速率也与数据相符。这不表示不会有人流失。\
         请改看客户超出自己的节奏多久未购（生命周期、流失预警），提供更长时间的订单，或换一种模型",
    )
}

fn finite(v: f64) -> Option<f64> {
    v.is_finite().then_some(v)
}

fn fitted(h: &Histories, groups: &Groups, params: &Params, repeaters: usize, warnings: &mut Vec<Words>) -> Result<Fit> {
    let n = h.len();
    if n < 5 {
        return Err(Error::too_little(Words::new("customers", "位客户"), 5, n).remedy(
            "Give a longer stretch of orders, loosen the filter, or check which column is the customer.",
            "请提供更长时间的订单、放宽筛选，或检查客户列是否正确。",
        ));
    }
    let fit = btyd::fit(params.model.purchases(), groups).ok_or_else(|| {
        Error::too_little(Words::new("customer with a repeat purchase", "位有复购的客户"), 1, repeaters).remedy(
            "Give a longer stretch of orders, or a later end of calibration.",
            "请提供更长时间的订单，或推后校准期末。",
        )
    })?;
    if !fit.converged {
        return Err(Error::new(Code::NotConverged, "the model of purchases did not converge", "购买模型未收敛")
            .remedy("Try another model, or a longer stretch of orders.", "请换一种模型，或提供更长时间的订单。"));
    }
    if n < SHAKY.0 || repeaters < SHAKY.1 {
        warnings.push(Words::new(
            format!(
                "{} of {} bought again: with fewer than {} customers, or {} who bought again, the estimates are shaky",
                common::say::count(repeaters),
                common::say::counted(n, "customer", "customers"),
                SHAKY.0,
                SHAKY.1
            ),
            format!(
                "{} 位客户中有 {} 位复购：客户少于 {} 位或复购少于 {} 位时，估计不稳",
                common::say::count(n),
                common::say::count(repeaters),
                SHAKY.0,
                SHAKY.1
            ),
        ));
    }
    match fit.boundary {
        Some(btyd::Boundary::NoDropout) => warnings.push(nobody_leaves()),
        Some(btyd::Boundary::AllOrNothing) => {
            let [_, _, a, b] = fit.parameters;
            let share = common::say::percent(a / (a + b));
            warnings.push(Words::new(
                format!(
                    "leaving is all or nothing in these data: {share} leave at their first chance, the others never, so the chance of still buying is near 1 for nearly everybody \
                     who bought on after it. Only the share is known, not the two parameters behind it (both run to 0). Judge the others by how \
                     late they are (lifecycle, churn), or give a longer stretch of orders"
                ),
                format!(
                    "这些数据中的流失「非有即无」：{share} 的客户在第一次机会就离开，其余从不离开，因此此后仍购买过的客户仍会购买的概率几乎均接近 1。\
                     只能确定这一占比，无法确定其背后的两个参数（均趋于 0）。请改看客户逾期多久未购（生命周期、流失预警），或提供更长时间的订单"
                ),
            ));
        }
        Some(btyd::Boundary::NoHeterogeneity) => warnings.push(Words::new(
            "these data show no differences between customers: only the quotient of the two parameters is known",
            "这些数据看不出客户之间的差异：只能确定两个参数之比",
        )),
        None => {}
    }
    if fit.boundary == Some(btyd::Boundary::NoDropout) && fit.same_rate {
        warnings.push(Words::new(
            "all customers buy at the same rate: only that rate is known, not the two parameters behind it",
            "所有客户的购买速率相同：只能确定这一速率，无法确定其背后的两个参数",
        ));
    }
    Ok(fit)
}

/// The model of money: asked for, given, or there because the data have money.
fn money(h: &Histories, params: &Params, warnings: &mut Vec<Words>) -> Result<(Option<Purse>, Option<Spend>)> {
    let names = ["p", "q", "v"];
    let (Some(monetary), true) = (&h.monetary, params.wants_spend()) else {
        if params.spend == Some(Some(SpendId::GammaGamma)) && h.monetary.is_none() {
            return Err(Error::new(
                Code::MissingRole,
                "the model of money needs a column for: amount",
                "金额模型还需要指定：amount",
            )
            .roles(["amount"])
            .remedy("Assign the amount column, or set spend to null.", "请指定金额列，或将 spend 设为 null。"));
        }
        return Ok((None, None));
    };
    let used = h.x.iter().zip(monetary).filter(|(x, m)| **x > 0 && **m > 0.0).count();
    let report = |parameters: [f64; 3], errors: [Option<f64>; 3], log_likelihood: f64| Spend {
        parameters: names.iter().zip(parameters).map(|(k, v)| (k.to_string(), v)).collect(),
        std_errors: names.iter().zip(errors).map(|(k, v)| (k.to_string(), v)).collect(),
        log_likelihood: finite(log_likelihood),
        n: used,
        mean: spend::expected_spend(parameters, 0.0, 0.0),
        frequency_correlation: predict::correlation(h),
    };
    if let Some(given) = params.given_spend()? {
        let log_likelihood = spend::log_likelihood(&h.x, monetary, given);
        let purse = Purse { parameters: given, covariance: None };
        return Ok((Some(purse), Some(report(given, [None; 3], log_likelihood))));
    }
    let Some(fit) = spend::fit(&h.x, monetary).filter(|f| f.converged || f.at_edge) else {
        warnings.push(Words::new(
            format!("no value: the model of money needs at least 3 customers with repeat purchases and positive spend, has {used}"),
            format!("无法估值：金额模型至少需要 3 位有复购且消费为正的客户，现有 {used}"),
        ));
        return Ok((None, None));
    };
    if fit.at_edge {
        warnings.push(Words::new(
            "spend hardly varies (between customers, or from purchase to purchase): the model of money is at its edge",
            "消费额几乎没有差异（客户之间或各次之间）：金额模型处于边界",
        ));
    }
    let spend = report(fit.parameters, fit.std_errors, fit.log_likelihood);
    if let Some(r) = spend.frequency_correlation
        && r.abs() > 0.3
    {
        warnings.push(Words::new(
            format!("those who buy more often spend differently (correlation {r:.2}), which the model of money takes not to be so"),
            format!("购买更频繁者的消费额不同（相关系数 {r:.2}），而金额模型假设两者无关"),
        ));
    }
    Ok((Some(Purse { parameters: fit.parameters, covariance: Some(fit.covariance) }), Some(spend)))
}

fn newcomer(fit: &Fit, ask: &Ask, purse: &Purse, params: &Params, z: f64) -> Option<Range> {
    let (purchases, error) = predict::newcomer(fit, ask);
    let value = finite(params.margin * purchases * purse.expected(0.0, 0.0))?;
    let spread =
        error.filter(|_| purse.covariance.is_some()).map(|e| z * (e * e + purse.log_variance(0.0, 0.0)).sqrt());
    Some(Range {
        value,
        low: spread.and_then(|s| finite(value * (-s).exp())),
        high: spread.and_then(|s| finite(value * s.exp())),
    })
}

/// The hold-out after the end of calibration; without one, a back-test on the last 30 % of the time.
fn checks(
    orders: &crate::fact::Orders,
    end: i32,
    last: i32,
    h: &Histories,
    groups: &Groups,
    fit: &Fit,
    params: &Params,
) -> Result<(Option<Holdout>, Option<Holdout>)> {
    let to = data::day(&params.holdout_end, "holdout_end")?.unwrap_or(last);
    if params.holdout_end.is_some() && to <= end {
        return Err(Error::bad_param("holdout_end", "it must lie after the end of calibration", "应晚于校准期末")
            .remedy("Choose a day behind the end of calibration.", "请选择晚于校准期末的日期。"));
    }
    if to > end {
        return Ok((holdout::score(fit, h, groups, orders, end, to, params.time_unit), None));
    }
    let Some(first) = (0..orders.customers()).filter_map(|c| orders.purchase_days(c).next()).min() else {
        return Ok((None, None));
    };
    let cut = first + ((f64::from(end - first)) * 0.7).floor() as i32;
    let past = data::histories(orders, cut, params.time_unit);
    let enough = past.len() >= SHAKY.0 && past.x.iter().filter(|x| **x > 0).count() >= SHAKY.1;
    if params.parameters.is_some() || !enough {
        return Ok((None, None));
    }
    let groups = Groups::new(&past.x, &past.t_x, &past.t);
    let back = btyd::fit(params.model.purchases(), &groups)
        .and_then(|fit| holdout::score(&fit, &past, &groups, orders, cut, end, params.time_unit));
    Ok((None, back))
}

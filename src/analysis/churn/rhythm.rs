//! Without contracts: nobody says goodbye, so the rhythm has to tell.

use std::rc::Rc;

use super::{Baseline, Definition, Holdout, Kind, Params, Summary, Watched, at_risk, common, frame, joined};
use crate::analysis::common::say;
use crate::analysis::{Input, Output};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Facts, Orders};
use crate::num::btyd::{self, Fit, Groups, Model};
use crate::num::{quantile, score};
use crate::time;

pub struct Ready {
    facts: Rc<Facts>,
    /// Days since the last purchase are counted to this day, as rfm counts them.
    as_of: i32,
    /// Last day that was watched: the models' time ends here. The day of reference itself may lie behind the data.
    seen: i32,
}

pub fn as_of(params: &Params) -> Result<Option<i32>> {
    let Some(text) = &params.as_of else { return Ok(None) };
    time::parse_iso(text).map(Some).ok_or_else(|| {
        Error::bad_param(
            "as_of",
            format!("“{text}” is not a date such as 2024-03-05"),
            format!("「{text}」不是日期，请用 2024-03-05 的形式"),
        )
        .remedy("Write the day as year-month-day, such as 2024-12-09.", "请按「年-月-日」书写，如 2024-12-09。")
    })
}

pub fn prepare(input: &Input<'_>, params: &Params) -> Result<Ready> {
    let facts = common::facts(input, params.refunds)?;
    let orders = &facts.orders;
    let last = orders.day[..orders.named()]
        .iter()
        .copied()
        .max()
        .ok_or_else(|| Error::new(Code::NoRows, "no order has a customer", "没有任何订单有客户"))?;
    let as_of = as_of(params)?.unwrap_or(last + 1);
    Ok(Ready { facts, as_of, seen: as_of.min(last) })
}

/// A customer's past up to a day.
struct Past {
    who: usize,
    days: Vec<i32>,
}

impl Past {
    fn gaps(&self) -> Vec<f64> {
        self.days.windows(2).map(|w| f64::from(w[1] - w[0])).collect()
    }
    fn recency(&self, day: i32) -> f64 {
        f64::from(day - self.days.last().copied().unwrap_or(day))
    }
}

fn pasts(orders: &Orders, day: i32) -> Vec<Past> {
    (0..orders.customers())
        .map(|who| Past { who, days: orders.purchase_days(who).take_while(|d| *d <= day).collect() })
        .filter(|p| !p.days.is_empty())
        .collect()
}

/// The model on histories up to `day`, and every customer's probability of no purchase in the next `horizon` days.
fn foretell(list: &[Past], day: i32, horizon: f64) -> Option<(Fit, Vec<f64>)> {
    let x: Vec<u32> = list.iter().map(|p| p.days.len() as u32 - 1).collect();
    let first = |p: &Past| p.days.first().copied().unwrap_or(day);
    let t_x: Vec<f64> =
        list.iter().map(|p| f64::from(p.days.last().copied().unwrap_or(day) - first(p)) / 7.0).collect();
    let t: Vec<f64> = list.iter().map(|p| f64::from(day - first(p)) / 7.0).collect();
    let fit = btyd::fit(Model::MbgNbd, &Groups::new(&x, &t_x, &t)).filter(|f| f.converged)?;
    let [r, alpha, ..] = fit.parameters;
    let ahead = horizon / 7.0;
    let silent = (0..list.len())
        .map(|i| {
            let xf = f64::from(x[i]);
            let alive = fit.model.p_alive(fit.parameters, xf, t_x[i], t[i]);
            // E[e^(−λ·ahead)] for λ ~ Gamma(r + x, α + T).
            let quiet = (-(r + xf) * (ahead / (alpha + t[i])).ln_1p()).exp();
            1.0 - alive * (1.0 - quiet)
        })
        .collect();
    Some((fit, silent))
}

pub fn compute(ready: &Ready, params: &Params) -> Result<Output<Summary>> {
    let orders = &ready.facts.orders;
    let list = pasts(orders, ready.as_of);
    let gaps: Vec<f64> = list.iter().flat_map(Past::gaps).collect();
    if list.len() < 20 {
        return Err(Error::too_little(Words::new("customers with an order", "位有订单的客户"), 20, list.len()).remedy(
            "Give a longer stretch of orders, loosen the filter, or check which column is the customer.",
            "请提供更长时间的订单、放宽筛选，或检查客户列是否正确。",
        ));
    }
    if gaps.len() < 20 {
        return Err(Error::too_little(
            Words::new("gaps between purchases of the same customer", "个同一客户的购买间隔"),
            20,
            gaps.len(),
        )
        .remedy("Give a longer stretch of orders.", "请提供更长时间的订单。"));
    }
    let proposed = quantile::sorted(&quantile::ascending(&gaps), 0.9).unwrap_or(0.0);
    let after = params.churned_after_days.unwrap_or(proposed);
    let (fit, silent) = foretell(&list, ready.seen, params.horizon_days).ok_or_else(|| {
        Error::new(Code::NotConverged, "the model of purchases did not converge", "购买模型未收敛")
            .remedy("Give a longer stretch of orders.", "请提供更长时间的订单。")
    })?;
    let mut warnings = Vec::new();
    if fit.boundary == Some(btyd::Boundary::NoDropout) {
        warnings.push(Words::new(
            "these data show no drop-out, so everybody counts as alive: the probability only says how long the next purchase usually takes. \
             Go by lateness instead, or give a longer stretch of orders",
            "这些数据看不出流失，所有客户均视为存活：概率只反映下次购买通常需要多久。请改看逾期倍数，或提供更长时间的订单",
        ));
    }
    warnings.extend(all_alike(&silent, quantile::median(&gaps)));
    let watched: Vec<Watched> = list
        .iter()
        .zip(&silent)
        .map(|(p, probability)| {
            let recency = p.recency(ready.as_of);
            let usual = quantile::median(&p.gaps());
            let lateness = usual.filter(|u| *u > 0.0).map_or(f64::NAN, |u| recency / u);
            Watched {
                customer: orders.customer_id(p.who).into_owned(),
                probability: *probability,
                lateness,
                value: value(orders, p.who, ready.as_of),
                reasons: reasons(p, recency, usual, ready.as_of),
            }
        })
        .collect();
    let churned = list.iter().filter(|p| p.recency(ready.as_of) > after).count();
    let (days, share) = (say::number(after.round()), list.len() as f64);
    let reason = if params.churned_after_days.is_some() {
        Words::new("set by you", "由您设定")
    } else {
        Words::new(
            format!(
                "nine of ten purchases came within {days} {} of the one before",
                if after.round() == 1.0 { "day" } else { "days" }
            ),
            format!("十次购买中有九次距上次不超过 {days} 天"),
        )
    };
    let summary = Summary {
        kind: Kind::NonContractual,
        definition: Definition { churned_after_days: Some(after), reason },
        customers: list.len(),
        churned,
        rate: churned as f64 / share,
        expected_churned: silent.iter().sum(),
        money_at_risk: at_risk(&watched),
        holdout: holdout(orders, ready.seen, params.horizon_days),
    };
    let mut output = common::output(&ready.facts, true, summary, frame(watched));
    let late: usize =
        (0..orders.named()).filter(|&o| orders.day[o] > ready.as_of).map(|o| orders.lines[o] as usize).sum();
    common::leave_out(&mut output, late, "after the day of reference", "晚于基准日");
    output.warnings.extend(warnings);
    output.choices.push(Words::new(
        format!(
            "as of {}; probability of no purchase in the next {} days",
            say::date(ready.as_of).en,
            say::number(params.horizon_days)
        ),
        format!("基准日 {}；未来 {} 天内不购的概率", say::date(ready.as_of).zh, say::number(params.horizon_days)),
    ));
    Ok(output)
}

/// Said when every probability falls into one bar of the picture: the list then orders customers by money alone.
fn all_alike(probability: &[f64], usual_gap: Option<f64>) -> Option<Words> {
    let (low, high) = probability.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), p| (a.min(*p), b.max(*p)));
    if probability.len() < 2 || super::bar(low) != super::bar(high) {
        return None;
    }
    let (n, between) = (say::count(probability.len()), super::between(low, high));
    let days = say::number(usual_gap.unwrap_or(30.0).max(1.0).round());
    Some(Words::new(
        format!(
            "all {n} customers have nearly the same probability ({}): it cannot tell who is leaving. Sort by lateness, or set \
             the days ahead near the usual gap of {days}",
            between.en
        ),
        format!(
            "全部 {n} 位客户的概率几乎相同（{}），无法据此区分谁会流失。请按逾期倍数排序，或把预测天数设为接近通常间隔的 {days} 天",
            between.zh
        ),
    ))
}

/// Money of the 365 days up to `day`, refunds included.
fn value(orders: &Orders, who: usize, day: i32) -> f64 {
    if !orders.has_money() {
        return f64::NAN;
    }
    let within = |d: i32| d <= day && d > day - 365;
    let bought: i64 = orders.of(who).filter(|&o| within(orders.day[o])).map(|o| orders.amount[o]).sum();
    let back: i64 = orders.refunds_of(who).iter().filter(|r| within(r.day)).map(|r| r.amount).sum();
    orders.value(bought + back).max(0.0)
}

fn reasons(p: &Past, recency: f64, usual: Option<f64>, day: i32) -> Words {
    let ago = say::number(recency);
    let days = |text: &str| if text == "1" { "1 day".to_string() } else { format!("{text} days") };
    let mut list = Vec::new();
    match usual.filter(|u| *u > 0.0) {
        Some(usual) => {
            let times = say::number(recency / usual);
            let usual = say::short(usual).en;
            let every = if usual == "1" { "day".to_string() } else { format!("{usual} days") };
            list.push(if recency > 1.0 * p.gaps().iter().copied().fold(0.0, f64::max) {
                Words::new(
                    format!("last bought {} ago, longer than ever before; usually every {every}", days(&ago)),
                    format!("{ago} 天未购，超过以往任何一次；通常每 {usual} 天一次"),
                )
            } else {
                Words::new(
                    format!("last bought {} ago, {times} times the usual {usual}", days(&ago)),
                    format!("{ago} 天未购，为通常 {usual} 天的 {times} 倍"),
                )
            });
        }
        None => list.push(Words::new(format!("bought once, {} ago", days(&ago)), format!("只买过一次，距今 {ago} 天"))),
    }
    // Half a year against the half year before, where the customer has been there for both.
    if p.days.first().is_some_and(|d| *d <= day - 364) {
        let count = |from: i32, to: i32| p.days.iter().filter(|d| **d > from && **d <= to).count();
        let (now, before) = (count(day - 182, day), count(day - 364, day - 182));
        if before >= 2 && now * 2 <= before {
            list.push(Words::new(
                format!(
                    "{} in the last half year, {before} in the one before",
                    say::counted(now, "purchase", "purchases")
                ),
                format!("近半年购买 {now} 次，此前半年 {before} 次"),
            ));
        }
    }
    joined(&list)
}

/// Fitted `horizon` days earlier and held against what happened since.
fn holdout(orders: &Orders, seen: i32, horizon: f64) -> Option<Holdout> {
    let cut = seen - horizon.round() as i32;
    let list = pasts(orders, cut);
    let (_, silent) = foretell(&list, cut, horizon)?;
    let y: Vec<f64> = list
        .iter()
        .map(|p| {
            let again = orders.purchase_days(p.who).any(|d| d > cut && d <= seen);
            f64::from(u8::from(!again))
        })
        .collect();
    let gone = y.iter().filter(|v| **v == 1.0).count();
    if list.len() < 50 || gone < 5 || list.len() - gone < 5 {
        return None;
    }
    let since: Vec<f64> = list.iter().map(|p| p.recency(cut)).collect();
    let rate = vec![gone as f64 / y.len() as f64; y.len()];
    let (auc, log_loss) = (score::auc(&y, &silent), score::log_loss(&y, &silent));
    let baseline =
        Baseline { id: "days_since_last", auc: score::auc(&y, &since), log_loss: score::log_loss(&y, &rate) };
    let wins = auc > baseline.auc && log_loss < baseline.log_loss;
    Some(Holdout { customers: y.len(), churned: gone, auc, log_loss, baseline, wins })
}

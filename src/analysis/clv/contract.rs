//! Contracts: the shifted-beta-geometric model on whole periods and who ended theirs.

use std::collections::BTreeMap;

use super::{NewCustomer, Params, Summary, Total, predict};
use crate::analysis::col::{self, Col, Kind, YesNo};
use crate::analysis::{Input, LeftOut, Output};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{as_number, compare_ids};
use crate::num::btyd::sbg;
use crate::num::dist::normal_quantile;
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Frame, Series};

/// One entry per contract: by customer where the table names them, else in file order.
pub struct Contracts {
    /// `customer` or `row`, and who.
    key: (&'static str, Series),
    periods: Vec<u32>,
    ended: Vec<bool>,
    pub left_out: Vec<LeftOut>,
    choices: Vec<Words>,
}

/// Longest contract looked at, in periods.
const LONGEST: f64 = 100_000.0;

pub fn prepare(input: &Input<'_>, params: &Params) -> Result<Contracts> {
    let (Some(duration), Some(event)) = (&params.duration, &params.event) else {
        let name = if params.duration.is_none() { "duration" } else { "event" };
        return Err(Error::bad_param(
            name,
            "the model for contracts needs duration (whole periods) and event (ended or not)",
            "合约模型需要 duration（整期数）与 event（是否终止）",
        )
        .remedy("Choose both columns.", "请同时选择这两列。"));
    };
    let mut spec = duration.spec();
    spec.kind = Some(Kind::Number);
    let cols = [Col::Spec(Box::new(spec)), event.col()];
    let mut resolved = col::resolve(input, &[&cols[0], &cols[1]], col::Options::default())?;
    let times = resolved.variables[0].numbers()?.to_vec();
    let good: Vec<u32> = (0..times.len() as u32)
        .filter(|&i| {
            let t = times[i as usize];
            (1.0..=LONGEST).contains(&t) && t.fract() == 0.0
        })
        .collect();
    let bad = times.len() - good.len();
    if bad > 0 {
        resolved.keep(&good);
        resolved.left_out.push(LeftOut {
            reason: Words::new("duration is not a whole number from 1 up", "时长不是不小于 1 的整数"),
            rows: bad,
        });
    }
    let periods: Vec<u32> = resolved.variables[0].numbers()?.iter().map(|t| *t as u32).collect();
    let ended: Vec<bool> = YesNo::values(&resolved.variables[1])?.iter().map(|v| *v == 1.0).collect();
    let named = input.roles.get(Role::Customer).and_then(|c| input.table.columns.get(c));
    let ids = resolved.customer_ids().map(|ids| ids.into_iter().map(Some).collect::<Vec<_>>()).or_else(|| {
        let column = named?;
        Some(resolved.keys.iter().map(|&r| column.text(r as usize).map(|t| t.into_owned())).collect())
    });
    let mut order: Vec<usize> = (0..periods.len()).collect();
    let key = match ids {
        Some(ids) => {
            let numeric = ids.iter().flatten().all(|id| as_number(id).is_some());
            let text = |i: usize| ids[i].as_deref().unwrap_or_default();
            order.order_by(|&a, &b| {
                compare_ids(text(a), text(b), numeric).then(periods[a].cmp(&periods[b])).then(ended[a].cmp(&ended[b]))
            });
            ("customer", Series::Text(order.iter().map(|&i| ids[i].clone()).collect()))
        }
        None => resolved.key_series(),
    };
    Ok(Contracts {
        key,
        periods: order.iter().map(|&i| periods[i]).collect(),
        ended: order.iter().map(|&i| ended[i]).collect(),
        left_out: resolved.left_out,
        choices: resolved.choices,
    })
}

/// Mean and variance of the discounted value of one contract that has stayed `t` periods: renewals are made one after the other until the first
/// that is not.
fn discounted(parameters: [f64; 2], t: usize, params: &Params) -> [f64; 2] {
    let (mut alive, mut so_far, mut mean, mut second) = (1.0, 0.0f64, 0.0, 0.0);
    for j in 1..=params.months {
        alive *= sbg::retention(parameters, (t + j) as f64);
        let more = so_far + params.margin / (1.0 + params.discount_rate).powi(j as i32);
        mean += alive * (more - so_far);
        second += alive * (more * more - so_far * so_far);
        so_far = more;
    }
    [mean, (second - mean * mean).max(0.0)]
}

pub fn compute(c: &Contracts, params: &Params) -> Result<Output<Summary>> {
    let n = c.periods.len();
    if n < 5 {
        return Err(Error::too_little(Words::new("contracts", "份合约"), 5, n).remedy(
            "Loosen the filter, leave out columns with many gaps, or give more rows.",
            "请放宽筛选、去掉缺失较多的列，或提供更多数据。",
        ));
    }
    let longest = c.periods.iter().copied().max().unwrap_or(0) as usize;
    let (mut ended, mut open) = (vec![0.0; longest + 1], vec![0.0; longest + 1]);
    for (t, e) in c.periods.iter().zip(&c.ended) {
        let list = if *e { &mut ended } else { &mut open };
        if let Some(slot) = list.get_mut(*t as usize) {
            *slot += 1.0;
        }
    }
    let given = params.given_contract()?;
    let none = || {
        Error::new(Code::NoEvents, "no contract was ended", "没有任何合约终止")
            .remedy("Check which value means that it was ended.", "请检查哪个值表示终止。")
    };
    let fit = if given.is_none() { Some(sbg::fit(&ended, &open).ok_or_else(none)?) } else { None };
    let parameters = given.or(fit.as_ref().map(|f| f.parameters)).unwrap_or([1.0, 1.0]);
    let horizon = params.horizon.unwrap_or(params.time_unit.year());
    let whole = horizon.floor().clamp(0.0, LONGEST) as usize;
    // By periods stayed: renewals within the horizon, and mean and variance of the value over the months.
    let futures: Vec<(f64, [f64; 2])> = (0..=longest)
        .map(|t| (sbg::expected_renewals(parameters, t as f64, whole), discounted(parameters, t, params)))
        .collect();
    let tail = (1.0 - params.level) / 2.0;
    let own: Vec<[f64; 2]> = (0..=longest)
        .map(|t| [tail, 1.0 - tail].map(|q| sbg::renewals_quantile(parameters, t as f64, whole, q)))
        .collect();
    let renewals = |i: usize| if c.ended[i] { [0.0; 2] } else { own[c.periods[i] as usize] };
    let of = |i: usize| if c.ended[i] { (0.0, [0.0; 2]) } else { futures[c.periods[i] as usize] };
    let expected: Vec<f64> = (0..n).map(|i| of(i).0).collect();
    let value: Vec<f64> = (0..n).map(|i| of(i).1[0]).collect();
    let luck: f64 = (0..n).map(|i| of(i).1[1]).sum();
    // Of open contracts by periods stayed: the slopes of their value in the parameters, by central differences.
    let slopes: Vec<[f64; 2]> = (0..=longest)
        .map(|t| {
            let at = |i: usize, factor: f64| {
                let mut moved = parameters;
                moved[i] *= factor;
                discounted(moved, t, params)[0]
            };
            std::array::from_fn(|i| (at(i, 1.0001) - at(i, 0.9999)) / (0.0002 * parameters[i]))
        })
        .collect();
    let covariance = fit.as_ref().filter(|f| f.boundary.is_none()).map(|f| f.covariance);
    let error = covariance.map(|covariance| {
        let sum = |i: usize| open.iter().zip(&slopes).map(|(n, s)| n * s[i]).sum::<f64>();
        predict::quadratic(&[sum(0), sum(1)], &covariance).sqrt()
    });
    let z = normal_quantile(0.5 + params.level / 2.0);
    // On the logarithm, as with purchases; of a contract that was ended nothing is expected, for sure.
    let end = |i: usize, side: f64| match (covariance, value[i]) {
        (None, _) => f64::NAN,
        (_, 0.0) => 0.0,
        (Some(covariance), v) => {
            v * (side * z * predict::quadratic(&slopes[c.periods[i] as usize], &covariance).sqrt() / v).exp()
        }
    };
    let (low, high): (Vec<f64>, Vec<f64>) = (0..n).map(|i| (end(i, -1.0), end(i, 1.0))).unzip();
    let alive: Vec<f64> = c.ended.iter().map(|e| if *e { 0.0 } else { 1.0 }).collect();
    let nan = || Series::Number(vec![f64::NAN; n]);
    let names = ["alpha", "beta"];
    let summary = Summary {
        customers: n,
        repeat_customers: n,
        time_unit: params.time_unit,
        calibration_end: None,
        model: params.model,
        parameters: names.iter().zip(parameters).map(|(k, v)| (k.to_string(), Some(v))).collect(),
        std_errors: names
            .iter()
            .enumerate()
            .map(|(i, k)| (k.to_string(), fit.as_ref().and_then(|f| f.std_errors[i])))
            .collect::<BTreeMap<_, _>>(),
        log_likelihood: fit.as_ref().map(|f| f.log_likelihood),
        boundary: fit.as_ref().and_then(|f| f.boundary).map(crate::num::btyd::Boundary::id),
        horizon,
        expected_purchases: expected.iter().sum(),
        mean_p_alive: alive.iter().sum::<f64>() / n as f64,
        new_customer: params
            .new_customer_at
            .iter()
            .map(|t| NewCustomer {
                t: *t,
                expected_purchases: sbg::expected_renewals(parameters, 0.0, t.floor().min(LONGEST) as usize),
            })
            .collect(),
        new_customer_value: None,
        spend: None,
        clv: Total::new(
            params,
            Some(value.iter().sum()),
            // Of parameters that are not identified no error is known, and luck alone would look too sure.
            predict::Errors { fit: error, luck: (given.is_some() || error.is_some()).then(|| luck.sqrt()) },
        ),
        holdout: None,
        backtest: None,
    };
    let frame = Frame::default()
        .with(c.key.0, c.key.1.clone())
        .with("frequency", nan())
        .with("recency", nan())
        .with("T", Series::Number(c.periods.iter().map(|t| f64::from(*t)).collect()))
        .with("monetary", nan())
        .with("p_alive", Series::Number(alive))
        .with("expected_purchases", Series::Number(expected))
        .with("purchases_low", Series::Number((0..n).map(|i| renewals(i)[0]).collect()))
        .with("purchases_high", Series::Number((0..n).map(|i| renewals(i)[1]).collect()))
        .with("expected_spend", nan())
        .with("clv", Series::Number(value))
        .with("clv_low", Series::Number(low))
        .with("clv_high", Series::Number(high));
    let mut choices = c.choices.clone();
    choices.extend(params.choices());
    choices.push(Words::new(
        "expected purchases are renewals; value is margin a renewal, discounted",
        "预期购买次数即续约次数；价值为每次续约的金额折现之和",
    ));
    if c.key.0 == "row" {
        choices.push(Words::new(
            "no column is assigned to the customer: contracts are named by their row in the file, from 0",
            "未指定客户列：合约以文件中的行号（从 0 起）表示",
        ));
    }
    let warnings = match fit.and_then(|f| f.boundary) {
        Some(_) => vec![Words::new(
            "all contracts end with the same chance: only alpha/(alpha+beta) is known",
            "所有合约的终止概率相同：只能确定 alpha/(alpha+beta)",
        )],
        None => Vec::new(),
    };
    Ok(Output { summary, frame, used_rows: n, left_out: c.left_out.clone(), warnings, choices })
}

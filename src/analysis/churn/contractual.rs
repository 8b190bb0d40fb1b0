//! With contracts: a column says who has left, and features tell how alike the others are to them.

use super::{Baseline, Definition, Holdout, Kind, Params, Summary, Watched, at_risk, frame, joined, rhythm};
use crate::analysis::col::{self, Col, Spec, YesNo};
use crate::analysis::{Input, LeftOut, Output, say};
use crate::error::{Code, Error, Result, Words};
use crate::num::dense::Matrix;
use crate::num::order::Order;
use crate::num::{logit, score};
use crate::role::Role;
use crate::table::Type;

pub struct Ready {
    /// When a customer counts as gone.
    definition: Words,
    ids: Vec<String>,
    gone: Vec<f64>,
    value: Vec<f64>,
    terms: Vec<col::Term>,
    /// Of each category, the level without a term of its own.
    baselines: Vec<(String, String)>,
    labels: col::Labels,
    left_out: Vec<LeftOut>,
    choices: Vec<Words>,
}

/// A column of dates that says nothing else of itself: the day on which each contract ended, empty where it has not.
fn end_date(input: &Input<'_>, event: &YesNo) -> Option<Spec> {
    let spec = event.0.spec();
    let column = match (&spec.column, spec.role) {
        (Some(name), _) => input.table.column(name).ok(),
        (None, Some(role)) => input.roles.get(role).and_then(|c| input.table.columns.get(c)),
        (None, None) => None,
    }?;
    let bare = spec.equals.is_none() && spec.order.is_none() && spec.present != Some(false);
    (bare && matches!(column.kind, Type::Date | Type::Timestamp)).then_some(spec)
}

fn definition(event: &YesNo, dated: bool, until: Option<i32>) -> Words {
    let name = event.label();
    match (dated, until.map(say::date)) {
        (false, _) => Words::new(format!("“{name}” says who has left"), format!("由「{name}」指明谁已流失")),
        (true, None) => Words::new(
            format!("gone from the day in “{name}”; still there where it is empty"),
            format!("「{name}」有日期者已流失，为空者仍在"),
        ),
        (true, Some(day)) => Words::new(
            format!("gone where “{name}” is no later than {}; still there where it is later or empty", day.en),
            format!("「{name}」不晚于{}者已流失，更晚或为空者仍在", day.zh),
        ),
    }
}

const FOLDS: usize = 5;
/// Ridge on standardised features: keeps separation finite without moving well-founded weights.
const RIDGE: f64 = 1.0;

pub fn prepare(input: &Input<'_>, event: &YesNo, params: &Params) -> Result<Ready> {
    let ended = end_date(input, event);
    let mut cols: Vec<Col> = vec![match &ended {
        Some(spec) => {
            let until = rhythm::as_of(params)?;
            Col::Spec(Box::new(Spec { present: Some(true), until, ..spec.clone() }))
        }
        None => event.col(),
    }];
    cols.extend(params.duration.iter().cloned());
    cols.extend(params.features.iter().cloned());
    let list: Vec<&Col> = cols.iter().collect();
    let resolved = col::resolve(input, &list, col::Options::default())
        .map_err(|e| if e.at.column.as_deref() == Some(event.0.label().as_str()) { event.explain(e) } else { e })?;
    let gone = YesNo::values(&resolved.variables[0])?.to_vec();
    let coded = col::code(&resolved.variables[1..], false)?;
    let (terms, codings) = (coded.terms, coded.codings);
    let named = |role: Role| input.roles.get(role).and_then(|c| input.table.columns.get(c));
    let ids = match (resolved.customer_ids(), named(Role::Customer)) {
        (Some(ids), _) => ids,
        (None, Some(column)) => resolved
            .keys
            .iter()
            .map(|&r| column.text(r as usize).map_or_else(|| r.to_string(), |t| t.into_owned()))
            .collect(),
        (None, None) => resolved.keys.iter().map(u32::to_string).collect(),
    };
    let money = match named(Role::Amount) {
        Some(column) if resolved.customer_ids().is_none() => column.numbers().ok(),
        _ => None,
    };
    let value = match money {
        Some(v) => resolved.keys.iter().map(|&r| v[r as usize]).collect(),
        None => vec![f64::NAN; gone.len()],
    };
    // Folds go by position: equal content must stand in equal places, whatever the order of the file.
    let mut order: Vec<usize> = (0..gone.len()).collect();
    order.order_by(|&a, &b| {
        let features = || terms.iter().map(|t| t.values[a].total_cmp(&t.values[b])).find(|o| o.is_ne());
        ids[a]
            .cmp(&ids[b])
            .then(gone[a].total_cmp(&gone[b]))
            .then_with(|| features().unwrap_or(std::cmp::Ordering::Equal))
    });
    let pick = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    Ok(Ready {
        definition: definition(event, ended.is_some(), rhythm::as_of(params)?),
        ids: order.iter().map(|&i| ids[i].clone()).collect(),
        gone: pick(&gone),
        value: pick(&value),
        terms: terms.into_iter().map(|t| col::Term { values: pick(&t.values), ..t }).collect(),
        baselines: codings.into_iter().map(|c| (c.column, c.baseline)).collect(),
        labels: col::Labels::of(&cols),
        left_out: resolved.left_out,
        choices: resolved.choices,
    })
}

pub fn compute(c: &Ready) -> Result<Output<Summary>> {
    let n = c.gone.len();
    let churned = c.gone.iter().filter(|g| **g == 1.0).count();
    if n < 30 {
        return Err(Error::too_little(Words::new("customers", "位客户"), 30, n).remedy(
            "Loosen the filter, leave out columns with many gaps, or give more rows.",
            "请放宽筛选、去掉缺失较多的列，或提供更多数据。",
        ));
    }
    let fewer = churned.min(n - churned);
    if fewer == 0 {
        let (en, zh) = if churned == 0 {
            ("nobody has left", "没有客户流失")
        } else {
            ("everybody has left", "所有客户都已流失")
        };
        return Err(Error::new(Code::NoVariation, en, zh)
            .param("event")
            .remedy("Check which value means that a customer has left.", "请检查哪个值表示已流失。"));
    }
    if fewer < FOLDS {
        return Err(Error::too_little(
            Words::new("customers who left, and as many who stayed", "位已流失与留存的客户"),
            FOLDS,
            fewer,
        )
        .remedy(
            "Check which value means that a customer has left, or give more rows.",
            "请检查哪个值表示已流失，或提供更多数据。",
        ));
    }
    let rate = churned as f64 / n as f64;
    let (probability, reasons) = if c.terms.is_empty() { (vec![rate; n], Vec::new()) } else { out_of_fold(c)? };
    let watched: Vec<Watched> = (0..n)
        .filter(|&i| c.gone[i] == 0.0)
        .map(|i| Watched {
            customer: c.ids[i].clone(),
            probability: probability[i],
            lateness: f64::NAN,
            value: c.value[i],
            reasons: reasons.get(i).cloned().unwrap_or_default(),
        })
        .collect();
    let flat = vec![rate; n];
    let (auc, log_loss) = (score::auc(&c.gone, &probability), score::log_loss(&c.gone, &probability));
    let baseline = Baseline { id: "base_rate", auc: Some(0.5), log_loss: score::log_loss(&c.gone, &flat) };
    let holdout = (!c.terms.is_empty()).then(|| Holdout {
        customers: n,
        churned,
        auc,
        log_loss,
        wins: auc.is_some_and(|a| a > 0.5) && log_loss < baseline.log_loss,
        baseline,
    });
    let summary = Summary {
        kind: Kind::Contractual,
        definition: Definition { churned_after_days: None, reason: c.definition.clone() },
        customers: n,
        churned,
        rate,
        expected_churned: watched.iter().map(|w| w.probability).sum(),
        money_at_risk: at_risk(&watched),
        holdout,
    };
    let mut warnings = Vec::new();
    if c.terms.is_empty() {
        warnings.push(Words::new(
            "no features: everybody has the overall rate",
            "没有特征：所有客户的概率都等于总体流失率",
        ));
    }
    let mut choices = c.choices.clone();
    choices.push(c.definition.clone());
    Ok(Output { summary, frame: frame(watched), used_rows: n, left_out: c.left_out.clone(), warnings, choices })
}

/// Probabilities of a model that has not seen the row, and what speaks for leaving most, from the same model.
fn out_of_fold(c: &Ready) -> Result<(Vec<f64>, Vec<Words>)> {
    let n = c.gone.len();
    let mut probability = vec![0.0; n];
    let mut reasons = vec![Words::default(); n];
    for fold in 0..FOLDS {
        let train: Vec<usize> = (0..n).filter(|i| i % FOLDS != fold).collect();
        let mut kept: Vec<(usize, f64, f64)> = Vec::new();
        let mut columns = Vec::new();
        for (j, term) in c.terms.iter().enumerate() {
            let mean = train.iter().map(|&i| term.values[i]).sum::<f64>() / train.len() as f64;
            let sd = (train.iter().map(|&i| (term.values[i] - mean).powi(2)).sum::<f64>() / train.len() as f64).sqrt();
            if sd.is_finite() && sd > 1e-12 * (1.0 + mean.abs()) {
                columns.push(train.iter().map(|&i| (term.values[i] - mean) / sd).collect::<Vec<f64>>());
                kept.push((j, mean, sd));
            }
        }
        if kept.is_empty() {
            return Err(Error::new(Code::NoVariation, "no feature varies", "没有任何特征有变化").param("features"));
        }
        let x = Matrix::from_columns(train.len(), &columns);
        let y: Vec<f64> = train.iter().map(|&i| c.gone[i]).collect();
        let fit = logit::fit(&x, &y, RIDGE, true).map_err(|_| {
            Error::new(Code::NotConverged, "the model of leaving did not converge", "流失模型未收敛")
                .remedy("Leave out features that repeat others.", "请去掉相互重复的特征。")
        })?;
        for i in (0..n).filter(|i| i % FOLDS == fold) {
            let mut eta = fit.intercept;
            // One part a column: the levels that a customer does not have speak through the one they have.
            let mut parts: Vec<(&str, f64)> = Vec::new();
            for ((j, mean, sd), w) in kept.iter().zip(&fit.weights) {
                let (column, part) = (c.terms[*j].column.as_str(), w * (c.terms[*j].values[i] - mean) / sd);
                eta += part;
                match parts.last_mut().filter(|p| p.0 == column) {
                    Some(p) => p.1 += part,
                    None => parts.push((column, part)),
                }
            }
            probability[i] = 1.0 / (1.0 + (-eta).exp());
            parts.order_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
            let list: Vec<Words> =
                parts.iter().take(3).filter(|p| p.1 > 0.05).map(|(column, part)| reason(c, column, i, *part)).collect();
            reasons[i] = if list.is_empty() {
                Words::new("nothing speaks for leaving more than for others", "没有比他人更突出的流失迹象")
            } else {
                joined(&list)
            };
        }
    }
    Ok((probability, reasons))
}

/// One contribution to the log-odds, as odds against the average customer.
fn reason(c: &Ready, column: &str, row: usize, part: f64) -> Words {
    let odds = format!("×{:.1}", part.exp());
    let name = c.labels.quoted(column);
    let mut terms = c.terms.iter().filter(|t| t.column == column);
    let baseline = c.baselines.iter().find(|b| b.0 == column).map(|b| b.1.as_str());
    let held = terms.clone().find(|t| t.level.is_some() && t.values.get(row) == Some(&1.0));
    match (held.and_then(|t| t.level.as_deref()).or(baseline), terms.next()) {
        (None, Some(number)) => {
            let value = say::number(number.values.get(row).copied().unwrap_or(0.0));
            Words::new(format!("{} is {value} (odds {odds})", name.en), format!("{}为 {value}（胜算 {odds}）", name.zh))
        }
        (level, _) => {
            let level = level.unwrap_or_default();
            Words::new(
                format!("{} is {level} (odds {odds})", name.en),
                format!("{}为「{level}」（胜算 {odds}）", name.zh),
            )
        }
    }
}

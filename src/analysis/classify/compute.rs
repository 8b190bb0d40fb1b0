//! From complete rows to validated models, their scores and reasons.

use super::apart::Part;
use super::fit::{Fitted, Notes};
use super::validate::{Round, rounds};
use super::*;
use crate::analysis::col::Labels;
use crate::analysis::say;
use crate::num::order::Order;
use crate::num::score;
use crate::table::{Frame, Series};
use crate::work::Work;

const LEAST_ROWS: usize = 50;
const LEAST_EACH: usize = 10;
/// Steps spent on reasons before only the likeliest rows get them.
pub const REASON_STEPS: usize = 2_000_000_000;
/// Terms above which a category must be an id or free text.
const MOST_TERMS: usize = 2_000;

pub fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
    let Some(target) = &params.target else {
        return Err(Error::bad_param("target", "missing", "未指定")
            .remedy("Choose the yes/no column to predict.", "请选择要预测的是/否列。"));
    };
    let as_of = match &params.as_of {
        None => None,
        Some(text) => Some(crate::time::parse_iso(text).ok_or_else(|| {
            Error::bad_param(
                "as_of",
                format!("“{text}” is not a day such as 2024-12-09"),
                format!("「{text}」不是 2024-12-09 这样的日期"),
            )
            .remedy("Write the day as year-month-day, such as 2024-12-09.", "请按「年-月-日」书写，如 2024-12-09。")
        })?),
    };
    let answer = target.col();
    let mut cols: Vec<&Col> = vec![&answer];
    cols.extend(&params.features);
    let group = match &params.validation {
        Some(Validation::Folds(Folds { assign: Assign::Column(col), .. })) => Some(col),
        _ => None,
    };
    cols.extend(group);
    let options = Options { as_of, ..Options::default() };
    let afterwards = afterwards(input, &cols[..1 + params.features.len()], options).map_err(|e| target.explain(e))?;
    let resolved = resolve(input, &cols, options).map_err(|e| told_by_gaps(target.explain(e), &afterwards))?;
    let y = YesNo::values(&resolved.variables[0])?.to_vec();
    let mut variables: Vec<Variable> = resolved.variables[1..].to_vec();
    let groups = if group.is_some() { variables.pop().map(|v| group_codes(&v)).transpose()? } else { None };
    gate(&y, &resolved.variables[0].name).map_err(|e| told_by_gaps(e, &afterwards))?;
    let days = match &params.validation {
        Some(Validation::HoldOut(HoldOut { by: SplitBy::Time, .. })) => {
            Some(days(input, &resolved.keys, resolved.unit)?)
        }
        _ => None,
    };
    let width: usize =
        variables.iter().map(|v| if let Data::Category { labels, .. } = &v.data { labels.len() } else { 1 }).sum();
    // The matrix is only built where a model needs it: an id column may still be looked at on its own.
    let coded = if params.models.is_empty() {
        Vec::new()
    } else if width > MOST_TERMS {
        return Err(too_wide(&variables, width));
    } else {
        code(&variables, false)?.terms
    };
    let terms =
        coded.iter().map(|t| Term { name: t.name.clone(), level: t.level.clone(), variable: t.variable }).collect();
    let columns: Vec<Vec<f64>> = coded.into_iter().map(|t| t.values).collect();
    Ok(Prepared {
        unit: resolved.unit,
        customers: resolved.customer_ids(),
        x: Matrix::from_columns(y.len(), &columns),
        keys: resolved.keys,
        y,
        variables,
        terms,
        groups,
        days,
        left_out: resolved.left_out,
        choices: resolved.choices,
        afterwards,
    })
}

/// Columns whose gaps alone tell the answer: they are filled in when it is known (a closing date, a reason for leaving).
fn afterwards(input: &Input<'_>, cols: &[&Col], options: Options) -> Result<Vec<Leak>> {
    let all = resolve(input, cols, Options { keep_missing: true, ..options })?;
    let Some((answer, features)) = all.variables.split_first() else { return Ok(Vec::new()) };
    let y = YesNo::values(answer)?;
    let known: Vec<usize> = (0..y.len()).filter(|&i| !y[i].is_nan()).collect();
    let truth: Vec<f64> = known.iter().map(|&i| y[i]).collect();
    let leak = |v: &Variable| {
        let there: Vec<f64> = known.iter().map(|&i| f64::from(u8::from(!v.data.is_missing(i)))).collect();
        let auc = score::auc(&truth, &there)?;
        let auc = auc.max(1.0 - auc);
        (auc >= single::TOO_GOOD).then(|| Leak {
            column: v.name.clone(),
            auc,
            why: Words::new(
                format!("whether it is filled in tells the answer (AUC {auc:.3}): it is known only afterwards"),
                format!("仅凭该列是否有值就能判断答案（AUC {auc:.3}）：它只有事后才知道"),
            ),
        })
    };
    Ok(features.iter().filter_map(leak).collect())
}

/// Where such a column emptied the table, it is named.
fn told_by_gaps(error: Error, afterwards: &[Leak]) -> Error {
    match afterwards.first() {
        Some(l) if matches!(error.code, Code::NoVariation | Code::NoRows | Code::TooLittleData) => error.remedy(
            format!("Leave out “{}”: {}.", l.column, l.why.en),
            format!("请去掉「{}」：{}。", l.column, l.why.zh),
        ),
        _ => error,
    }
}

fn too_wide(variables: &[Variable], width: usize) -> Error {
    let widest = variables
        .iter()
        .max_by_key(|v| if let Data::Category { labels, .. } = &v.data { labels.len() } else { 0 })
        .map_or("", |v| v.name.as_str());
    Error::new(
        Code::TooLarge,
        format!("the categories have {width} levels together; “{widest}” has most of them"),
        format!("类别水平共 {width} 个，其中「{widest}」最多"),
    )
    .column(widest)
    .remedy("Leave it out, or merge rare levels with min_count.", "请去掉该列，或用 min_count 合并少见水平。")
}

fn gate(y: &[f64], name: &str) -> Result<()> {
    let positives = y.iter().filter(|v| **v > 0.5).count();
    if positives == 0 || positives == y.len() {
        return Err(Error::new(
            Code::NoVariation,
            format!("“{name}” has the same answer in all {} complete rows", y.len()),
            format!("在 {} 行完整数据中「{name}」的答案都相同", y.len()),
        )
        .column(name)
        .remedy(
            "Check which value means yes, and whether a feature is missing exactly where the answer is the other one.",
            "请检查哪个值表示「是」，以及是否有特征恰好在另一种答案处缺失。",
        ));
    }
    if y.len() < LEAST_ROWS {
        return Err(Error::too_little(Words::new("complete rows", "行完整数据"), LEAST_ROWS, y.len()).remedy(
            "Loosen the filter, leave out columns with many gaps, or give more rows.",
            "请放宽筛选、去掉缺失较多的列，或提供更多数据。",
        ));
    }
    let fewer = positives.min(y.len() - positives);
    if fewer < LEAST_EACH {
        return Err(Error::too_little(Words::new("rows of each answer", "行（每种答案）"), LEAST_EACH, fewer).remedy(
            "Check which value means yes, loosen the filter, or give more rows of the rarer answer.",
            "请检查哪个值表示「是」、放宽筛选，或提供更多少数答案的数据。",
        ));
    }
    Ok(())
}

fn group_codes(v: &Variable) -> Result<Vec<u32>> {
    let codes: Vec<u32> = match &v.data {
        Data::Category { codes, .. } => codes.clone(),
        Data::Number(values) => {
            let mut distinct = crate::num::quantile::ascending(values);
            distinct.dedup();
            values.iter().map(|x| distinct.partition_point(|d| d < x) as u32).collect()
        }
    };
    let folds = codes.iter().copied().max().unwrap_or(0) as usize + 1;
    if !(2..=50).contains(&folds) {
        return Err(Error::bad_param(
            "validation",
            format!("“{}” has {folds} values; folds need 2 to 50", v.name),
            format!("「{}」有 {folds} 个取值；折数应为 2 到 50", v.name),
        )
        .remedy(
            "Choose a column with 2 to 50 values, or random folds.",
            "请选择有 2 到 50 个取值的列，或使用随机分折。",
        ));
    }
    Ok(codes)
}

fn days(input: &Input<'_>, keys: &[u32], unit: Unit) -> Result<Vec<i32>> {
    let column = input.roles.get(Role::Date).and_then(|i| input.table.columns.get(i));
    match (unit, column) {
        (Unit::Row, Some(column)) => {
            let days = column.days()?;
            Ok(keys.iter().map(|&r| days.get(r as usize).copied().unwrap_or(i32::MIN)).collect())
        }
        _ => Err(Error::bad_param(
            "validation",
            "a split by time needs rows as the unit and a column with the role date",
            "按时间划分需要以行为单位，并指定日期列",
        )
        .remedy(
            "Choose a column with 2 to 50 values, or random folds.",
            "请选择有 2 到 50 个取值的列，或使用随机分折。",
        )
        .roles(["date"])),
    }
}

pub async fn compute(p: &Prepared, params: &Params, work: &Work) -> Result<Output<Summary>> {
    let n = p.y.len();
    let positives = p.y.iter().sum::<f64>();
    let base_rate = positives / n as f64;
    let mut warnings = Vec::new();
    let mut choices = p.choices.clone();
    let mut leakage: Vec<Leak> = p.variables.iter().filter_map(|v| single::leak(v, &p.y)).collect();
    leakage.extend(
        p.afterwards.iter().filter(|a| leakage.iter().all(|l| l.column != a.column)).cloned().collect::<Vec<_>>(),
    );
    let labels = Labels::of(&params.features);
    for l in &leakage {
        let column = labels.quoted(&l.column);
        warnings.push(Words::new(format!("{}: {}", column.en, l.why.en), format!("{}：{}", column.zh, l.why.zh)));
    }
    if base_rate.min(1.0 - base_rate) < 0.1 {
        warnings.push(Words::new(
            format!(
                "Only {} of the rows have the rarer answer: accuracy says little, read precision, recall and lift.",
                say::percent(base_rate.min(1.0 - base_rate))
            ),
            format!(
                "较少的一类只占 {}：准确率参考意义不大，请看精确率、召回率与提升度。",
                say::percent(base_rate.min(1.0 - base_rate))
            ),
        ));
    }
    if !params.models.is_empty() {
        choices.push(Words::new(
            "both answers in the same shares in every random fold; rows are not reweighted, so that probabilities stay true",
            "随机分折时每折两种答案的比例相同；不对行重新加权，以保持概率真实",
        ));
    }
    match &params.validation {
        None if !params.models.is_empty() => warnings.push(Words::new(
            "Scored on the rows the models were fitted to: new rows will score worse.",
            "在拟合所用的数据上打分：新数据上的表现会差一些。",
        )),
        Some(Validation::Folds(_)) => choices.push(Words::new("scores are out of fold", "得分均为折外预测")),
        Some(Validation::HoldOut(_)) => {
            choices.push(Words::new("scores are of the test part only", "得分只来自检验部分"))
        }
        None => {}
    }
    let (rounds, fold) = if params.models.is_empty() { (Vec::new(), vec![f64::NAN; n]) } else { rounds(p, params)? };
    let tested: Vec<u32> = {
        let mut t: Vec<u32> = rounds.iter().flat_map(|r| r.test.iter().copied()).collect();
        t.sort_unstable();
        t
    };
    let truth: Vec<f64> = tested.iter().map(|&r| p.y[r as usize]).collect();
    let mut trained = Vec::new();
    let mut models = Vec::new();
    let recipes: Vec<Recipe> = params.models.iter().map(Asked::recipe).collect();
    let parts = apart::fits(p, &rounds, &recipes, params.seed, work).await?;
    for (recipe, parts) in recipes.iter().zip(parts) {
        let run = Trained::new(p, &rounds, recipe, parts);
        if let Some(part) = run.parts.first() {
            note(&part.notes, &p.terms, &labels, &mut warnings);
        }
        models.push(run.result(p, params, &tested, &truth));
        trained.push(run);
    }
    let (best, chosen, chosen_reason) = choose(&models, rounds.len(), &truth);
    let mut frame = Frame::default();
    frame = match &p.customers {
        Some(ids) => frame.with("customer", Series::Text(ids.iter().cloned().map(Some).collect())),
        None => frame.with("row", Series::Integer(p.keys.iter().map(|&k| k as i32).collect())),
    };
    let (probability, reasons) = match chosen {
        Some(at) => {
            let run = &trained[at];
            (run.scores.clone(), run.reasons(p, &rounds, work).await?)
        }
        None => (vec![f64::NAN; n], vec![None; n]),
    };
    if reasons.iter().any(Option::is_some) && tested.iter().any(|&r| reasons[r as usize].is_none()) {
        choices.push(Words::new(
            "reasons for the likeliest rows only: forests are slow to explain",
            "仅对概率最高的行给出原因：森林的解释较慢",
        ));
    }
    let frame = frame
        .with("actual", Series::Small(p.y.iter().map(|&v| u8::from(v > 0.5)).collect()))
        .with("fold", Series::Number(fold))
        .with("probability", Series::Number(probability));
    let frame = with_reasons(frame, reasons);
    let model = match (chosen, params.export) {
        (Some(at), true) => Some(model::export(p, params, &params.models[at].recipe())?),
        _ => None,
    };
    let entropy = -(base_rate * base_rate.ln() + (1.0 - base_rate) * (1.0 - base_rate).ln());
    let summary = Summary {
        unit: if p.customers.is_some() { "customer".into() } else { "row".into() },
        n,
        positives: positives as usize,
        base_rate,
        baseline: Baseline {
            auc: 0.5,
            log_loss: entropy,
            brier: base_rate * (1.0 - base_rate),
            average_precision: base_rate,
        },
        best: best.map(|b| models[b].id),
        chosen: chosen.map(|c| models[c].id),
        chosen_reason,
        leakage,
        information_value: p.variables.iter().map(|v| single::information(v, &p.y, params.woe_bins)).collect(),
        models,
        model,
    };
    Ok(Output { summary, frame, used_rows: n, left_out: p.left_out.clone(), warnings, choices })
}

fn note(notes: &Notes, terms: &[Term], labels: &Labels, warnings: &mut Vec<Words>) {
    let names: Vec<&str> = notes.dropped.iter().filter_map(|&j| terms.get(j)).map(|t| t.name.as_str()).collect();
    if !names.is_empty() {
        let list = labels.list(names);
        warnings.push(Words::new(
            format!("Left out of the logistic regression because earlier columns say the same: {}.", list.en),
            format!("以下各项与前面的列重复，未进入逻辑回归：{}。", list.zh),
        ));
    }
    if let Some(term) = notes.separated.and_then(|j| terms.get(j)) {
        warnings.push(Words::new(
            format!(
                "“{}” separates some answers completely; a small penalty (l2 = 0.1) keeps its weight finite.",
                labels.get(&term.name).en
            ),
            format!("「{}」能完全分开部分答案；用小惩罚（l2 = 0.1）使其系数有限。", labels.get(&term.name).zh),
        ));
    }
}

/// One recipe, fitted in every round.
struct Trained {
    recipe: Recipe,
    /// One a round.
    parts: Vec<Part>,
    /// The fit to all rows, for coefficients.
    whole: Option<Fitted>,
    /// Out-of-fold probability of every row; NaN where a row is in no test part.
    scores: Vec<f64>,
    fold_auc: Vec<Option<f64>>,
    importance: Vec<Importance>,
}

impl Trained {
    fn new(p: &Prepared, rounds: &[Round], recipe: &Recipe, mut parts: Vec<Part>) -> Self {
        let whole = parts.split_off(rounds.len().min(parts.len())).pop().map(|part| part.model);
        let mut scores = vec![f64::NAN; p.y.len()];
        let mut fold_auc = Vec::new();
        for (round, part) in rounds.iter().zip(&parts) {
            let truth: Vec<f64> = round.test.iter().map(|&r| p.y[r as usize]).collect();
            fold_auc.push(score::auc(&truth, &part.scores));
            round.test.iter().zip(&part.scores).for_each(|(&r, &q)| scores[r as usize] = q);
        }
        let importance = importance(&p.variables, &parts);
        Self { recipe: recipe.clone(), parts, whole, scores, fold_auc, importance }
    }

    fn result(&self, p: &Prepared, params: &Params, tested: &[u32], truth: &[f64]) -> ModelResult {
        let q: Vec<f64> = tested.iter().map(|&r| self.scores[r as usize]).collect();
        let ranking = score::ranking(truth, &q);
        let known: Vec<f64> = self.fold_auc.iter().copied().flatten().collect();
        let bins = score::calibration(truth, &q);
        let cheapest = params.cost.as_ref().and_then(|c| {
            let (threshold, cost_per_row) = score::cheapest_threshold(truth, &q, c.false_positive, c.false_negative)?;
            Some(Cheapest { cost_per_row, confusion: confusion(truth, &q, threshold) })
        });
        ModelResult {
            id: self.recipe.id(),
            options: self.recipe.clone(),
            mean_fold_auc: (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64),
            fold_auc: self.fold_auc.clone(),
            auc: ranking.map(|r| r.auc),
            gini: ranking.map(|r| 2.0 * r.auc - 1.0),
            ks: ranking.map(|r| r.ks),
            log_loss: score::log_loss(truth, &q),
            brier: score::brier(truth, &q),
            average_precision: ranking.map(|r| r.average_precision),
            ece: score::ece(&bins),
            gains: gains(truth, &q),
            calibration: calibration(&bins),
            isotonic: steps(truth, &q),
            precision_recall: precision_recall(truth, &q),
            confusion: params.thresholds.iter().map(|&t| confusion(truth, &q, t)).collect(),
            cheapest,
            coefficients: self.coefficients(p),
            importance: self.importance.clone(),
        }
    }

    /// From all rows, as a reader of coefficients expects.
    fn coefficients(&self, p: &Prepared) -> Option<Vec<Coefficient>> {
        let Some(Fitted::Logistic { intercept, weights, sds, .. }) = &self.whole else { return None };
        let mut out = vec![Coefficient {
            name: "(intercept)".into(),
            column: None,
            level: None,
            estimate: *intercept,
            estimate_standardized: None,
        }];
        out.extend(p.terms.iter().enumerate().map(|(j, t)| Coefficient {
            name: t.name.clone(),
            column: p.variables.get(t.variable).map(|v| v.name.clone()),
            level: t.level.clone(),
            estimate: weights[j],
            estimate_standardized: Some(weights[j] * sds[j]),
        }));
        Some(out)
    }

    /// The three variables that moved each row's score most, with sign, strongest first.
    async fn reasons(&self, p: &Prepared, rounds: &[Round], work: &Work) -> Result<Vec<Option<Words>>> {
        let total: usize = rounds.iter().map(|r| r.test.len()).sum();
        let explained = |(part, round): (&Part, &Round)| {
            let affordable = REASON_STEPS / part.model.explaining_cost().max(1) * round.test.len() / total.max(1);
            let mut rows = round.test.clone();
            if affordable < rows.len() {
                rows.sort_by(|&a, &b| self.scores[b as usize].total_cmp(&self.scores[a as usize]));
                rows.truncate(affordable.max(20));
            }
            rows
        };
        let rows: Vec<Vec<u32>> = self.parts.iter().zip(rounds).map(explained).collect();
        let models: Vec<&Fitted> = self.parts.iter().map(|part| &part.model).collect();
        let mut out = vec![None; p.y.len()];
        for (rows, all) in rows.iter().zip(apart::contributions(p, &models, &rows, work).await?) {
            for (&row, parts) in rows.iter().zip(all) {
                out[row as usize] = Some(reason(&p.variables, row as usize, &parts));
            }
        }
        Ok(out)
    }
}

/// `Contract = Month-to-month (+0.81); orders = 2 (+0.44)`; signs: towards yes or towards no.
pub fn reason(variables: &[Variable], row: usize, parts: &[f64]) -> Words {
    let mut order: Vec<usize> = (0..parts.len()).filter(|&v| parts[v] != 0.0).collect();
    order.order_by(|&a, &b| parts[b].abs().total_cmp(&parts[a].abs()));
    let one = |&v: &usize| {
        let variable = &variables[v];
        let name = match (&variable.spec.name, variable.spec.fact) {
            (None, Some(fact)) => fact.words(),
            _ => Words::same(&variable.name),
        };
        let value = match &variable.data {
            Data::Number(values) => {
                let x = values[row];
                if x == x.round() && x.abs() < 1e15 {
                    format!("{x:.0}")
                } else {
                    format!("{:.4}", x).trim_end_matches('0').trim_end_matches('.').to_string()
                }
            }
            Data::Category { codes, labels } => labels.get(codes[row] as usize).map_or("—", String::as_str).to_string(),
        };
        let sign = if parts[v] < 0.0 { '\u{2212}' } else { '+' };
        let said = |name: &str| format!("{name} = {value} ({sign}{:.2})", parts[v].abs());
        Words::new(said(&name.en), said(&name.zh))
    };
    let list: Vec<Words> = order.iter().take(3).map(one).collect();
    let joined = |of: fn(&Words) -> &str, mark: &str| list.iter().map(of).collect::<Vec<_>>().join(mark);
    Words::new(joined(|w| &w.en, "; "), joined(|w| &w.zh, "；"))
}

/// `reasons`, and `reasons_zh` for those who read Chinese.
pub fn with_reasons(frame: Frame, reasons: Vec<Option<Words>>) -> Frame {
    let (en, zh) = reasons.into_iter().map(|r| r.map_or((None, None), |w| (Some(w.en), Some(w.zh)))).unzip();
    frame.with("reasons", Series::Text(en)).with("reasons_zh", Series::Text(zh))
}

fn steps(y: &[f64], q: &[f64]) -> Vec<Isotonic> {
    let all = crate::num::isotonic::isotonic(y, q);
    let together = all.len().div_ceil(200).max(1);
    all.chunks(together)
        .filter_map(|c| {
            let n: usize = c.iter().map(|s| s.n).sum();
            let rate = c.iter().map(|s| s.rate * s.n as f64).sum::<f64>() / n as f64;
            Some(Isotonic { low: c.first()?.low, high: c.last()?.high, n, rate })
        })
        .collect()
}

fn precision_recall(y: &[f64], q: &[f64]) -> Vec<PrecisionRecall> {
    let total: f64 = y.iter().sum();
    let order = score::descending(q);
    let (mut found, mut next, mut out) = (0.0, 1u32, Vec::new());
    for (i, &row) in order.iter().enumerate() {
        found += y[row];
        // Equal scores are called together.
        if order.get(i + 1).is_some_and(|&o| q[o] == q[row]) {
            continue;
        }
        while total > 0.0 && next <= 20 && found / total >= f64::from(next) / 20.0 - 1e-12 {
            out.push(PrecisionRecall { threshold: q[row], recall: found / total, precision: found / (i + 1) as f64 });
            next += 1;
        }
    }
    out
}

pub fn calibration(bins: &[score::Bin; 10]) -> Vec<Calibration> {
    let one = |(b, bin): (usize, &score::Bin)| Calibration {
        low: b as f64 / 10.0,
        high: (b + 1) as f64 / 10.0,
        n: bin.n,
        mean_p: bin.mean_p,
        rate: bin.rate,
    };
    bins.iter().enumerate().map(one).collect()
}

fn gains(y: &[f64], q: &[f64]) -> Vec<Gain> {
    let total: f64 = y.iter().sum();
    let base = total / y.len().max(1) as f64;
    let (mut rows_so_far, mut so_far) = (0, 0);
    let part = |a: usize, b: usize| (b > 0).then(|| a as f64 / b as f64);
    score::deciles(y, q)
        .iter()
        .enumerate()
        .map(|(d, &(rows, positives))| {
            rows_so_far += rows;
            so_far += positives;
            Gain {
                decile: d + 1,
                rows,
                positives,
                rate: part(positives, rows),
                lift: part(positives, rows).filter(|_| base > 0.0).map(|r| r / base),
                cum_positives: so_far,
                cum_gain: if total > 0.0 { so_far as f64 / total } else { 0.0 },
                cum_lift: part(so_far, rows_so_far).filter(|_| base > 0.0).map(|r| r / base),
            }
        })
        .collect()
}

fn confusion(y: &[f64], q: &[f64], threshold: f64) -> Confusion {
    let [tp, fp, missed, tn] = score::confusion(y, q, threshold);
    let part = |a: usize, b: usize| (b > 0).then(|| a as f64 / b as f64);
    Confusion {
        threshold,
        tp,
        fp,
        missed,
        tn,
        accuracy: part(tp + tn, tp + fp + missed + tn),
        precision: part(tp, tp + fp),
        recall: part(tp, tp + missed),
        f1: part(2 * tp, 2 * tp + fp + missed),
        specificity: part(tn, tn + fp),
    }
}

/// Mean fall of the AUC over the rounds when a variable's values are shuffled among the test rows.
fn importance(variables: &[Variable], parts: &[Part]) -> Vec<Importance> {
    let one = |(v, variable): (usize, &Variable)| {
        let drops: Vec<f64> =
            parts.iter().filter_map(|part| part.drops.get(v)).copied().filter(|d| !d.is_nan()).collect();
        let auc_drop = if drops.is_empty() { 0.0 } else { drops.iter().sum::<f64>() / drops.len() as f64 };
        Importance { feature: variable.name.clone(), auc_drop }
    };
    let mut out: Vec<Importance> = variables.iter().enumerate().map(one).collect();
    out.order_by(|a, b| b.auc_drop.total_cmp(&a.auc_drop));
    out
}

/// The best model, the simplest that is not worse by more than a standard error, and why.
fn choose(models: &[ModelResult], rounds: usize, truth: &[f64]) -> (Option<usize>, Option<usize>, Option<Words>) {
    let value = |m: &ModelResult| m.mean_fold_auc.or(m.auc).unwrap_or(0.0);
    let Some(best) = (0..models.len()).rev().max_by(|&a, &b| value(&models[a]).total_cmp(&value(&models[b]))) else {
        return (None, None, None);
    };
    let top = value(&models[best]);
    let folds: Vec<f64> = models[best].fold_auc.iter().copied().flatten().collect();
    let error = if rounds > 1 && folds.len() > 1 {
        let k = folds.len() as f64;
        (folds.iter().map(|v| (v - top) * (v - top)).sum::<f64>() / (k - 1.0) / k).sqrt()
    } else {
        hanley_mcneil(top, truth)
    };
    let simple = |m: &ModelResult| match m.id {
        ModelId::Logistic => 0,
        ModelId::Tree => 1,
        ModelId::BoostedTrees => 2,
        ModelId::RandomForest => 3,
    };
    let chosen = (0..models.len())
        .filter(|&m| value(&models[m]) >= top - error)
        .min_by_key(|&m| (simple(&models[m]), m))
        .unwrap_or(best);
    let (name, best_name) = (name(models[chosen].id), name(models[best].id));
    let words = if chosen == best {
        Words::new(
            format!(
                "{} has the highest AUC ({top:.3}), and no simpler model comes within its standard error ({error:.3})",
                name.en
            ),
            format!("{}的 AUC 最高（{top:.3}），更简单的模型都不在其一个标准误（{error:.3}）之内", name.zh),
        )
    } else {
        Words::new(
            format!(
                "{} is simpler and, at an AUC of {:.3}, within one standard error ({error:.3}) of {} ({top:.3})",
                name.en,
                value(&models[chosen]),
                best_name.en
            ),
            format!(
                "{}更简单，AUC {:.3} 与{}（{top:.3}）相差不到一个标准误（{error:.3}）",
                name.zh,
                value(&models[chosen]),
                best_name.zh
            ),
        )
    };
    (Some(best), Some(chosen), Some(words))
}

/// Standard error of an AUC (Hanley & McNeil 1982).
pub fn hanley_mcneil(auc: f64, truth: &[f64]) -> f64 {
    let p: f64 = truth.iter().sum();
    let n = truth.len() as f64 - p;
    let (q1, q2) = (auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc));
    let variance = (auc * (1.0 - auc) + (p - 1.0) * (q1 - auc * auc) + (n - 1.0) * (q2 - auc * auc)) / (p * n).max(1.0);
    variance.max(0.0).sqrt()
}

pub fn name(id: ModelId) -> Words {
    match id {
        ModelId::Logistic => Words::new("logistic regression", "逻辑回归"),
        ModelId::BoostedTrees => Words::new("boosted trees", "提升树"),
        ModelId::Tree => Words::new("a single tree", "单棵决策树"),
        ModelId::RandomForest => Words::new("random forest", "随机森林"),
    }
}

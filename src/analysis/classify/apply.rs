//! A saved model on another table: scores with reasons, drift, and, where the answers are there, who is right more often.

use serde_json::Value;

use super::compute::{REASON_STEPS, name, reason, with_reasons};
use super::model::{Model, from_json, psi};
use super::*;
use crate::analysis::col::Labels;
use crate::analysis::{Finding, Method, Tile, say};
use crate::chart::{self, Bar, Chart, Line};
use crate::num::{dist, moment::Moments, score};
use crate::table::{Category, Frame, Series};

/// Population stability index from which on a column has moved, and from which on it is another population (Siddiqi 2006).
const MOVED: f64 = 0.1;
const OTHER: f64 = 0.25;
/// A challenger beyond these is more than a person compares.
const MOST_MODELS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Stable,
    Moved,
    Other,
}

/// How much a feature, or `(score)`, differs from what the model learnt from.
#[derive(Clone, Debug, Serialize)]
pub struct Psi {
    pub feature: String,
    pub psi: f64,
    pub verdict: Verdict,
}

/// Rows with a level the model has not seen: taken as `~other` where there is one, else as the baseline.
#[derive(Clone, Debug, Serialize)]
pub struct Unseen {
    pub feature: String,
    pub rows: usize,
    /// The first few of them.
    pub levels: Vec<String>,
    pub taken_as: String,
}

/// How the scores did on answers that are known now.
#[derive(Clone, Debug, Serialize)]
pub struct Outcomes {
    pub n: usize,
    pub positives: usize,
    pub base_rate: f64,
    /// Mean probability: equal to the base rate when the model is calibrated in the large.
    pub mean_probability: f64,
    pub auc: Option<f64>,
    pub log_loss: f64,
    pub brier: f64,
    pub average_precision: Option<f64>,
    pub ece: f64,
    pub calibration: Vec<Calibration>,
}

/// One model on this table.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    pub model: ModelId,
    /// Rows the model was fitted to.
    pub fitted_to: usize,
    pub scored: usize,
    pub psi: Vec<Psi>,
    pub unseen: Vec<Unseen>,
    /// Null without the target column, or without an answer in it.
    pub outcomes: Option<Outcomes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    Champion,
    Challenger,
    Neither,
}

/// Challenger minus champion on the rows both have scored, with 95 % intervals.
#[derive(Clone, Debug, Serialize)]
pub struct Versus {
    pub n: usize,
    /// DeLong's paired test.
    pub auc_difference: Option<f64>,
    pub auc_ci: Option<[f64; 2]>,
    pub auc_p: Option<f64>,
    /// Below zero the challenger is better.
    pub log_loss_difference: f64,
    pub log_loss_ci: Option<[f64; 2]>,
    /// By the AUC; by the log loss where the AUC cannot tell.
    pub better: Better,
}

#[derive(Clone, Debug, Serialize)]
pub struct Challenger {
    #[serde(flatten)]
    pub judged: Judged,
    pub versus: Option<Versus>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Applied {
    /// `row` or `customer`.
    pub unit: String,
    /// Rows (customers) there are under the filter; `scored` says how many had all features.
    pub rows: usize,
    #[serde(flatten)]
    pub champion: Judged,
    pub challengers: Vec<Challenger>,
}

/// Scores of one model, by ascending key.
struct Scored {
    judged: Judged,
    resolved: super::super::col::Resolved,
    scores: Vec<f64>,
    reasons: Vec<Option<Words>>,
    warnings: Vec<Words>,
}

/// Applies the first model, and compares the others with it. `as_of`: the day customer facts are measured at.
pub fn apply(input: &Input<'_>, models: &[Value], as_of: Option<&str>) -> Result<Finding> {
    if models.is_empty() || models.len() > MOST_MODELS {
        return Err(Error::bad_param(
            "model",
            format!("takes 1 to {MOST_MODELS} models, got {}", models.len()),
            format!("应为 1 到 {MOST_MODELS} 个模型，实为 {} 个", models.len()),
        )
        .remedy(
            "Give one saved model, or a list of the champion and its challengers.",
            "请给出一个已保存的模型，或由现用模型与挑战模型组成的列表。",
        ));
    }
    let models: Vec<Model> = models.iter().map(from_json).collect::<Result<_>>()?;
    let champion = &models[0];
    let unit = |m: &Model| m.features.iter().any(Col::is_fact) || m.target.col().is_fact();
    if models.iter().any(|m| unit(m) != unit(champion)) {
        return Err(Error::bad_param(
            "model",
            "some models score rows and others customers: they cannot be compared",
            "有的模型按行打分，有的按客户打分，无法比较",
        )
        .remedy("Apply them one by one.", "请逐个应用。"));
    }
    if models.iter().any(|m| m.target != champion.target) {
        return Err(Error::bad_param(
            "model",
            "the models predict different things: they cannot be compared",
            "各模型预测的目标不同，无法比较",
        )
        .remedy("Apply them one by one.", "请逐个应用。"));
    }
    let day = match as_of {
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
    let options = Options { as_of: day, customers: unit(champion), ..Options::default() };
    let rows = resolve(input, &[], Options { keep_missing: true, ..options })?.n();
    let mut warnings = Vec::new();
    let known = answers(input, champion, options, &mut warnings)?;
    let mut runs = models.iter().map(|m| scored(input, m, options, &known)).collect::<Result<Vec<_>>>()?;
    warnings.extend(runs.iter_mut().flat_map(|r| std::mem::take(&mut r.warnings)));
    warnings.dedup();

    let frame = frame(&runs, &known);
    let (first, rest) = runs.split_at(1);
    let first = &first[0];
    let summary = Applied {
        unit: if options.customers { "customer".into() } else { "row".into() },
        rows,
        champion: first.judged.clone(),
        challengers: rest
            .iter()
            .map(|r| Challenger { judged: r.judged.clone(), versus: versus(first, r, &known) })
            .collect(),
    };
    Ok(Finding {
        headline: headline(&summary),
        tiles: tiles(&summary),
        charts: charts(&summary, &Labels::of(&champion.features), &first.scores),
        method: Method {
            id: "apply",
            title: Words::new("Saved model on new rows", "已保存模型用于新数据"),
            formula: Words::new(
                "PSI = Σ (share now − share then) · ln(share now / share then); difference of AUC by DeLong's paired test",
                "PSI = Σ (现占比 − 原占比) · ln(现占比 / 原占比)；AUC 之差用 DeLong 配对检验",
            ),
            source: "Siddiqi 2006; DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595; Sun & Xu 2014, doi:10.1109/LSP.2014.2337313",
            used_rows: first.scores.len(),
            left_out: first.resolved.left_out.clone(),
            warnings,
            choices: first.resolved.choices.clone(),
        },
        summary: serde_json::to_value(&summary).map_err(|e| {
            Error::new(Code::Internal, format!("the summary could not be written: {e}"), format!("结果无法输出：{e}"))
        })?,
        frame,
    })
}

/// Keys and answers, ascending by key, where the table has the target; none is no fault: the future is not known yet.
fn answers(input: &Input<'_>, model: &Model, options: Options, warnings: &mut Vec<Words>) -> Result<Vec<(u32, f64)>> {
    let found = resolve(input, &[&model.target.col()], options).and_then(|r| {
        let y = r.variables.first().map(YesNo::values).transpose()?.unwrap_or_default();
        Ok(r.keys.iter().copied().zip(y.iter().copied()).collect())
    });
    match found {
        Ok(pairs) => Ok(pairs),
        Err(e) if matches!(e.code, Code::UnknownColumn | Code::NoRows | Code::MissingRole) => Ok(Vec::new()),
        Err(e) => {
            warnings.push(Words::new(
                format!("The answers in this table cannot be used: {}.", e.message.en),
                format!("此表中的答案无法使用：{}。", e.message.zh),
            ));
            Ok(Vec::new())
        }
    }
}

fn answer(known: &[(u32, f64)], key: u32) -> Option<f64> {
    known.binary_search_by_key(&key, |k| k.0).ok().and_then(|i| known.get(i)).map(|k| k.1)
}

fn scored(input: &Input<'_>, model: &Model, options: Options, known: &[(u32, f64)]) -> Result<Scored> {
    let cols: Vec<&Col> = model.features.iter().collect();
    let labels = Labels::of(&model.features);
    let resolved = resolve(input, &cols, options)?;
    let n = resolved.n();
    let (mut warnings, mut unseen, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for (at, v) in resolved.variables.iter().enumerate() {
        let terms: Vec<Option<&str>> = model.terms.iter().filter(|t| t.0 == at).map(|t| t.1.as_deref()).collect();
        let seen = model.profiles.get(at).map(|p| p.levels.as_slice()).unwrap_or_default();
        columns.extend(term_values(v, &terms, seen, &mut unseen)?);
    }
    for u in &unseen {
        let name = labels.quoted(&u.feature);
        warnings.push(Words::new(
            format!(
                "{}: {} {} a value the model has not seen ({}), taken as {}.",
                name.en,
                say::counted(u.rows, "row", "rows"),
                say::form(u.rows, "holds", "hold"),
                u.levels.join(", "),
                u.taken_as
            ),
            format!(
                "{}：{} 行的取值模型未见过（{}），按 {} 处理。",
                name.zh,
                say::count(u.rows),
                u.levels.join("、"),
                u.taken_as
            ),
        ));
    }
    let x = Matrix::from_columns(n, &columns);
    if x.cols != model.terms.len() {
        return Err(Error::new(
            Code::WrongType,
            "a column has another type than in training",
            "有列的类型与训练时不同",
        ));
    }
    let rows: Vec<u32> = (0..n as u32).collect();
    let scores = model.fitted.probabilities(&x, &rows);
    let verdict = |psi: f64| match psi {
        p if p > OTHER => Verdict::Other,
        p if p > MOVED => Verdict::Moved,
        _ => Verdict::Stable,
    };
    let of = |feature: &str, psi: f64| Psi { feature: feature.into(), psi, verdict: verdict(psi) };
    let mut drift: Vec<Psi> =
        resolved.variables.iter().zip(&model.profiles).map(|(v, p)| of(&v.name, psi(p, &v.data))).collect();
    drift.push(of(SCORE, psi(&model.score_profile, &Data::Number(scores.clone()))));
    for d in drift.iter().filter(|d| d.verdict == Verdict::Other) {
        warnings.push(Words::new(
            format!(
                "{} differs from what the model learnt from (PSI {:.2}): its scores may not hold here.",
                input_words(&labels, &d.feature).en,
                d.psi
            ),
            format!("{}与训练数据差别较大（PSI {:.2}）：得分可能不适用。", input_words(&labels, &d.feature).zh, d.psi),
        ));
    }
    let variable: Vec<usize> = model.terms.iter().map(|t| t.0).collect();
    let mut explained = rows.clone();
    let affordable = (REASON_STEPS / model.fitted.explaining_cost().max(1)).max(20);
    if affordable < n {
        explained.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
        explained.truncate(affordable);
        warnings.push(Words::new(
            format!("Reasons for the {affordable} likeliest rows only: forests are slow to explain."),
            format!("仅对概率最高的 {affordable} 行给出原因：森林的解释较慢。"),
        ));
    }
    let mut reasons = vec![None; n];
    let parts = model.fitted.contributions(&x, &explained, &variable, resolved.variables.len());
    for (&row, parts) in explained.iter().zip(&parts) {
        reasons[row as usize] = Some(reason(&resolved.variables, row as usize, parts));
    }
    let (y, q): (Vec<f64>, Vec<f64>) =
        resolved.keys.iter().zip(&scores).filter_map(|(&k, &q)| answer(known, k).map(|y| (y, q))).unzip();
    let judged = Judged {
        model: model.recipe.id(),
        fitted_to: model.n,
        scored: n,
        psi: drift,
        unseen,
        outcomes: outcomes(&y, &q),
    };
    Ok(Scored { judged, resolved, scores, reasons, warnings })
}

fn outcomes(y: &[f64], q: &[f64]) -> Option<Outcomes> {
    if y.is_empty() {
        return None;
    }
    let (n, positives) = (y.len(), y.iter().sum::<f64>());
    let ranking = score::ranking(y, q);
    let bins = score::calibration(y, q);
    Some(Outcomes {
        n,
        positives: positives as usize,
        base_rate: positives / n as f64,
        mean_probability: q.iter().sum::<f64>() / n as f64,
        auc: ranking.map(|r| r.auc),
        log_loss: score::log_loss(y, q),
        brier: score::brier(y, q),
        average_precision: ranking.map(|r| r.average_precision),
        ece: score::ece(&bins),
        calibration: super::compute::calibration(&bins),
    })
}

fn versus(champion: &Scored, challenger: &Scored, known: &[(u32, f64)]) -> Option<Versus> {
    let (mut y, mut a, mut b) = (Vec::new(), Vec::new(), Vec::new());
    for (key, q) in challenger.resolved.keys.iter().zip(&challenger.scores) {
        if let (Some(truth), Ok(at)) = (answer(known, *key), champion.resolved.keys.binary_search(key)) {
            y.push(truth);
            a.push(champion.scores[at]);
            b.push(*q);
        }
    }
    if y.is_empty() {
        return None;
    }
    let z = dist::normal_quantile(0.975);
    let around = |middle: f64, error: f64| [middle - z * error, middle + z * error];
    let auc = score::auc_difference(&y, &a, &b);
    let losses: Vec<f64> =
        (0..y.len()).map(|i| score::log_loss(&y[i..=i], &b[i..=i]) - score::log_loss(&y[i..=i], &a[i..=i])).collect();
    let loss = losses.iter().sum::<f64>() / losses.len() as f64;
    let loss_error = Moments::of(&losses).sd().map(|sd| sd / (losses.len() as f64).sqrt());
    let auc_ci = auc.map(|(d, e)| around(d, e));
    let log_loss_ci = loss_error.map(|e| around(loss, e));
    let side = |ci: Option<[f64; 2]>| match ci {
        Some([low, _]) if low > 0.0 => Better::Challenger,
        Some([_, high]) if high < 0.0 => Better::Champion,
        _ => Better::Neither,
    };
    let by_loss = side(log_loss_ci.map(|[low, high]| [-high, -low]));
    Some(Versus {
        n: y.len(),
        auc_difference: auc.map(|a| a.0),
        auc_ci,
        auc_p: auc.filter(|a| a.1 > 0.0).map(|(d, e)| dist::normal_two_sided(d / e)),
        log_loss_difference: loss,
        log_loss_ci,
        better: if side(auc_ci) == Better::Neither { by_loss } else { side(auc_ci) },
    })
}

/// One row for each that any model scored; `probability` and `reasons` are the champion's, `probability_2` … the challengers'.
fn frame(runs: &[Scored], known: &[(u32, f64)]) -> Frame {
    let mut keys: Vec<u32> = runs.iter().flat_map(|r| r.resolved.keys.iter().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    let at = |run: &Scored, key: &u32| run.resolved.keys.binary_search(key).ok();
    let ids: Vec<Option<Vec<String>>> = runs.iter().map(|r| r.resolved.customer_ids()).collect();
    let mut frame = Frame::default();
    frame = if ids.iter().all(Option::is_some) {
        let id = |key: &u32| {
            runs.iter().zip(&ids).find_map(|(r, ids)| at(r, key).and_then(|i| ids.as_ref()?.get(i).cloned()))
        };
        frame.with("customer", Series::Text(keys.iter().map(id).collect()))
    } else {
        frame.with("row", Series::Integer(keys.iter().map(|&k| k as i32).collect()))
    };
    for (m, run) in runs.iter().enumerate() {
        let place: Vec<Option<usize>> = keys.iter().map(|k| at(run, k)).collect();
        let scores = place.iter().map(|p| p.map_or(f64::NAN, |i| run.scores[i])).collect();
        let called = if m == 0 { "probability".to_string() } else { format!("probability_{}", m + 1) };
        frame = frame.with(&called, Series::Number(scores));
        if m == 0 {
            let reasons = place.iter().map(|p| p.and_then(|i| run.reasons[i].clone())).collect();
            frame = with_reasons(frame, reasons);
        }
    }
    if !known.is_empty() {
        let actual = keys.iter().map(|&k| answer(known, k).unwrap_or(f64::NAN)).collect();
        frame = frame.with("actual", Series::Number(actual));
    }
    frame
}

/// The columns of one variable under the model's terms.
fn term_values(
    v: &Variable,
    terms: &[Option<&str>],
    seen: &[String],
    unseen: &mut Vec<Unseen>,
) -> Result<Vec<Vec<f64>>> {
    match &v.data {
        Data::Number(values) if terms.iter().all(Option::is_none) => Ok(terms.iter().map(|_| values.clone()).collect()),
        Data::Category { codes, labels } if terms.iter().all(Option::is_some) => {
            let other = terms.contains(&Some("~other"));
            let (mut strange, mut levels) = (0usize, Vec::new());
            let level: Vec<Option<&str>> = codes
                .iter()
                .map(|&c| {
                    let missing = c == Category::MISSING;
                    let label =
                        if missing { "~missing" } else { labels.get(c as usize).map_or("~missing", String::as_str) };
                    if terms.contains(&Some(label)) {
                        return Some(label);
                    }
                    if !seen.iter().any(|s| s == label) {
                        strange += 1;
                        if levels.len() < 5 && !levels.iter().any(|l| l == label) {
                            levels.push(label.to_string());
                        }
                    }
                    other.then_some("~other")
                })
                .collect();
            if strange > 0 {
                let baseline = seen.iter().find(|s| !terms.contains(&Some(s.as_str())));
                let taken_as = if other { "~other" } else { baseline.map_or("~other", String::as_str) };
                unseen.push(Unseen { feature: v.name.clone(), rows: strange, levels, taken_as: taken_as.to_string() });
            }
            Ok(terms.iter().map(|t| level.iter().map(|l| f64::from(u8::from(l == t))).collect()).collect())
        }
        data => {
            let now_text = matches!(data, Data::Category { .. });
            let (now, then) = if now_text { ("text", "numbers") } else { ("numbers", "categories") };
            let (now_zh, then_zh) = if now_text { ("文本", "数值") } else { ("数值", "类别") };
            Err(Error::new(
                Code::WrongType,
                format!("“{}” holds {now} here, and held {then} when the model was fitted", v.name),
                format!("「{}」在此表中是{now_zh}，而模型拟合时是{then_zh}", v.name),
            )
            .column(&v.name)
            .remedy("Change the column's type to what it was.", "请把该列改回原来的类型。"))
        }
    }
}

/// The drift of the score itself stands among those of the features under this name.
const SCORE: &str = "(score)";

/// What an input is called in a sentence.
fn input_words(labels: &Labels, feature: &str) -> Words {
    if feature == SCORE { Words::new("the score", "得分") } else { labels.quoted(feature) }
}

fn headline(s: &Applied) -> Words {
    let (en, zh) = if s.unit == "customer" { ("customers", "位客户") } else { ("rows", "行") };
    let (scored, rows) = (say::count(s.champion.scored), say::count(s.rows));
    let moved = s.champion.psi.iter().filter(|p| p.verdict == Verdict::Other).count();
    if let Some((c, v)) = s.challengers.iter().find_map(|c| c.versus.as_ref().map(|v| (c, v))) {
        let (a, b) = (name(s.champion.model), name(c.judged.model));
        let by = v.auc_difference.unwrap_or(0.0);
        return match v.better {
            Better::Challenger => Words::new(
                format!("The challenger ({}) does better on {} new answers (AUC {by:+.3}).", b.en, say::count(v.n)),
                format!("挑战模型（{}）在 {} 个新答案上更好（AUC {by:+.3}）。", b.zh, say::count(v.n)),
            ),
            Better::Champion => Words::new(
                format!(
                    "The champion ({}) still does better on {} new answers (challenger's AUC {by:+.3}).",
                    a.en,
                    say::count(v.n)
                ),
                format!("现用模型（{}）在 {} 个新答案上仍更好（挑战者 AUC {by:+.3}）。", a.zh, say::count(v.n)),
            ),
            Better::Neither => Words::new(
                format!("{} new answers do not tell champion and challenger apart (AUC {by:+.3}).", say::count(v.n)),
                format!("{} 个新答案分不出现用与挑战模型的高下（AUC {by:+.3}）。", say::count(v.n)),
            ),
        };
    }
    if moved > 0 {
        return Words::new(
            format!(
                "{scored} of {rows} {en} were scored, but {moved} {} no longer what the model learnt from.",
                say::form(moved, "input is", "inputs are")
            ),
            format!("{rows} {zh}中有 {scored} {zh}已打分，但有 {moved} 项输入与训练时已大不相同。"),
        );
    }
    match s.champion.outcomes.as_ref().and_then(|o| o.auc) {
        Some(auc) => Words::new(
            format!("{scored} of {rows} {en} were scored; on the answers known the AUC is {auc:.2}."),
            format!("{rows} {zh}中有 {scored} {zh}已打分；在已知答案上 AUC 为 {auc:.2}。"),
        ),
        None => Words::new(
            format!("{scored} of {rows} {en} were scored; what the model sees is like what it learnt from."),
            format!("{rows} {zh}中有 {scored} {zh}已打分；输入与训练数据相近。"),
        ),
    }
}

fn tiles(s: &Applied) -> Vec<Tile> {
    let tile = |id, label, value, format, n, definition| Tile {
        id,
        label,
        value,
        format,
        previous: None,
        interval: None,
        usual: None,
        n: Some(n),
        definition,
    };
    let worst = s.champion.psi.iter().map(|p| p.psi).reduce(f64::max);
    let mut tiles = vec![
        tile(
            "scored",
            Words::new("Scored", "已打分"),
            Some(s.champion.scored as f64),
            "count",
            s.rows,
            Words::new("Rows that have every feature of the model.", "具备模型全部特征的行。"),
        ),
        tile(
            "psi",
            Words::new("Largest drift (PSI)", "最大漂移（PSI）"),
            worst,
            "number",
            s.champion.scored,
            Words::new(
                "Population stability index of the feature that moved most: below 0.1 stable, above 0.25 another population.",
                "变化最大的特征的群体稳定性指数：低于 0.1 稳定，高于 0.25 已是另一群体。",
            ),
        ),
    ];
    if let Some(o) = &s.champion.outcomes {
        tiles.push(tile(
            "auc",
            Words::new("AUC on new answers", "新答案上的 AUC"),
            o.auc,
            "number",
            o.n,
            Words::new("Chance that a row with yes scores above one with no.", "「是」的行得分高于「否」的行的概率。"),
        ));
        tiles.push(tile(
            "log_loss",
            Words::new("Log loss on new answers", "新答案上的对数损失"),
            Some(o.log_loss),
            "number",
            o.n,
            Words::new("Lower is better.", "越低越好。"),
        ));
    }
    tiles
}

fn charts(s: &Applied, labels: &Labels, scores: &[f64]) -> Vec<Chart> {
    let mut list: Vec<&Psi> = s.champion.psi.iter().collect();
    list.sort_by(|a, b| b.psi.total_cmp(&a.psi));
    let bars: Vec<Bar> = list
        .iter()
        .take(15)
        .map(|p| {
            Bar::new(
                if p.feature == SCORE { chart::words("the score", "得分") } else { labels.token(&p.feature) },
                p.psi,
            )
            .context(p.verdict == Verdict::Stable)
        })
        .collect();
    let told: Vec<(Words, f64)> = list.iter().take(3).map(|p| (input_words(labels, &p.feature), p.psi)).collect();
    let join = |f: fn(&(Words, f64)) -> String, by: &str| told.iter().map(f).collect::<Vec<_>>().join(by);
    let title = match list.first().filter(|p| p.verdict != Verdict::Stable) {
        Some(p) => {
            let name = input_words(labels, &p.feature);
            Words::new(format!("{} has moved most", say::sentence(&name.en)), format!("{}变化最大", name.zh))
        }
        None => Words::new("Nothing has moved since the model was fitted", "自模型拟合以来没有明显变化"),
    };
    let mut charts = vec![Chart {
        id: "drift",
        title,
        subtitle: Words::new(
            format!(
                "population stability index of each input; above 0.25 another population, n = {}",
                say::count(s.champion.scored)
            ),
            format!("各输入的群体稳定性指数；高于 0.25 已是另一群体，n = {}", say::count(s.champion.scored)),
        ),
        alt: Words::new(
            join(|t| format!("{} {:.2}", t.0.en, t.1), "; "),
            join(|t| format!("{} {:.2}", t.0.zh, t.1), "；"),
        ),
        option: chart::bars(&bars, "number"),
        drill: None,
    }];
    let mut bins = vec![(0.0, 0.0, 0usize); 20];
    for (b, bin) in bins.iter_mut().enumerate() {
        (bin.0, bin.1) = (b as f64 / 20.0, (b + 1) as f64 / 20.0);
    }
    scores.iter().for_each(|q| bins[((q * 20.0) as usize).min(19)].2 += 1);
    let high = scores.iter().filter(|q| **q >= 0.5).count();
    let x = Words::new("probability", "概率");
    let title = Words::new(
        format!("{} of {} score a half or more", say::count(high), say::count(scores.len())),
        format!("{} 个得分中有 {} 个不低于一半", say::count(scores.len()), say::count(high)),
    );
    charts.push(Chart {
        id: "scores",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("scores, n = {}", say::count(scores.len())),
            format!("得分分布，n = {}", say::count(scores.len())),
        ),
        option: chart::histogram(&bins, [false; 2], &x, "percent"),
        drill: None,
    });
    charts.extend(s.champion.outcomes.as_ref().map(|o| reliability(s, o)));
    charts
}

/// What was said against what happened, for each model with answers.
fn reliability(s: &Applied, o: &Outcomes) -> Chart {
    let used: Vec<usize> = (0..o.calibration.len()).filter(|&b| o.calibration[b].n > 0).collect();
    let labels: Vec<String> = used
        .iter()
        .map(|&b| format!("{:.0}–{:.0}%", o.calibration[b].low * 100.0, o.calibration[b].high * 100.0))
        .collect();
    let mut lines = vec![Line {
        name: Words::new("what was said", "预测概率"),
        values: used.iter().map(|&b| o.calibration[b].mean_p).collect(),
        subject: false,
    }];
    let named = |at: usize, m: &Judged| {
        let n = name(m.model);
        Words::new(format!("{} · {}", at + 1, n.en), format!("{} · {}", at + 1, n.zh))
    };
    let all = std::iter::once(&s.champion).chain(s.challengers.iter().map(|c| &c.judged));
    for (at, m) in all.enumerate() {
        if let Some(o) = &m.outcomes {
            let values = used.iter().map(|&b| o.calibration.get(b).and_then(|c| c.rate)).collect();
            lines.push(Line { name: named(at, m), values, subject: true });
        }
    }
    let title = Words::new(
        format!("{} said yes; the model had said {}", say::percent(o.base_rate), say::percent(o.mean_probability)),
        format!("实际「是」占 {}，模型预测为 {}", say::percent(o.base_rate), say::percent(o.mean_probability)),
    );
    Chart {
        id: "calibration",
        alt: title.clone(),
        title,
        subtitle: Words::new(
            format!("share of yes by predicted probability, ten equal bins, n = {}", say::count(o.n)),
            format!("按预测概率分十等宽箱的「是」的比例，n = {}", say::count(o.n)),
        ),
        option: chart::lines(&labels, &lines, "percent"),
        drill: None,
    }
}

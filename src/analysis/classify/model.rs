//! A fitted model as versioned JSON, and its use on another table, with the drift of what it sees (PSI).

use serde_json::Value;

use super::fit::{Fitted, fit};
use super::*;
use crate::table::Category;
use crate::table::{Frame, Series};

pub const FORMAT: &str = "kelan.model";
pub const VERSION: u32 = 1;
/// Share below which a PSI bin counts as that share, so that an empty bin stays finite.
const FLOOR: f64 = 1e-4;

/// How often what was seen in training: the reference of the population stability index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Upper edges, for numbers.
    pub edges: Vec<f64>,
    /// Levels, for categories.
    pub levels: Vec<String>,
    /// Shares of the bins; for categories the last one is of levels not listed.
    pub shares: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub format: String,
    pub version: u32,
    pub target: YesNo,
    pub features: Vec<Col>,
    /// (variable, level): the model's terms in order.
    pub terms: Vec<(usize, Option<String>)>,
    pub fitted: Fitted,
    pub n: usize,
    pub base_rate: f64,
    pub profiles: Vec<Profile>,
    pub score_profile: Profile,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Drift {
    /// A feature, or `(score)`.
    pub column: String,
    /// Population stability index: below 0.1 stable, above 0.25 another population (Siddiqi 2006).
    pub psi: f64,
}

/// A model's scores of another table.
#[derive(Clone, Debug)]
pub struct Applied {
    /// row or customer, probability, reasons
    pub frame: Frame,
    pub drift: Vec<Drift>,
    pub used_rows: usize,
    pub left_out: Vec<LeftOut>,
    pub warnings: Vec<Words>,
    /// AUC on the new table, when it holds the target too.
    pub auc: Option<f64>,
}

/// The recipe refitted on all rows.
pub fn export(p: &Prepared, params: &Params, recipe: &Recipe) -> Result<Value> {
    let all: Vec<u32> = (0..p.y.len() as u32).collect();
    let (fitted, _) = fit(&p.x, &p.y, &all, recipe, params.seed)?;
    let scores = fitted.probabilities(&p.x, &all);
    let Some(target) = params.target.clone() else {
        return Err(Error::bad_param("target", "missing", "未指定"));
    };
    let model = Model {
        format: FORMAT.into(),
        version: VERSION,
        target,
        features: params.features.clone(),
        terms: p.terms.iter().map(|t| (t.variable, t.level.clone())).collect(),
        n: p.y.len(),
        base_rate: p.y.iter().sum::<f64>() / p.y.len() as f64,
        profiles: p.variables.iter().map(|v| profile(&v.data)).collect(),
        score_profile: profile(&Data::Number(scores)),
        fitted,
    };
    to_json(&model)
}

pub fn to_json(model: &Model) -> Result<Value> {
    serde_json::to_value(model).map_err(|e| {
        Error::new(Code::Internal, format!("the model could not be written: {e}"), format!("模型无法输出：{e}"))
    })
}

/// Reads a model; refuses other formats and later versions in words.
pub fn from_json(json: &Value) -> Result<Model> {
    let bad = |en: String, zh: String| Error::new(Code::BadFile, en, zh);
    if json.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(bad("this is not a Kelan model".into(), "这不是客览的模型文件".into()));
    }
    let version = json.get("version").and_then(Value::as_u64).unwrap_or(0);
    if version != u64::from(VERSION) {
        return Err(bad(
            format!("the model has version {version}; this build reads version {VERSION}"),
            format!("模型版本为 {version}，此版程序可读版本 {VERSION}"),
        ));
    }
    let model: Model = serde_json::from_value(json.clone())
        .map_err(|e| bad(format!("the model cannot be read: {e}"), format!("模型无法读取：{e}")))?;
    let width = model.terms.len();
    let fits = match &model.fitted {
        Fitted::Logistic { weights, means, .. } => weights.len() == width && means.len() == width,
        Fitted::Boosted { trees, .. } | Fitted::Forest { trees } => trees
            .iter()
            .flat_map(|t| &t.nodes)
            .all(|n| (n.left == 0 || (n.feature as usize) < width) && n.left.max(n.right) < u32::MAX),
    };
    let known = model.terms.iter().all(|t| t.0 < model.features.len()) && model.profiles.len() == model.features.len();
    if !(fits && known) {
        return Err(bad("the model's parts do not fit each other".into(), "模型各部分互不相符".into()));
    }
    Ok(model)
}

/// Scores another table. Levels the model has not seen count as `~other` where there is one, else as the baseline, and are reported.
pub fn apply(input: &Input<'_>, model: &Model) -> Result<Applied> {
    let cols: Vec<&Col> = model.features.iter().collect();
    let resolved = resolve(input, &cols, Options::default())?;
    let n = resolved.n();
    if n == 0 {
        return Err(Error::new(Code::NoRows, "no complete row is left to score", "没有可打分的完整行"));
    }
    let mut warnings = Vec::new();
    let mut columns = Vec::new();
    for (at, v) in resolved.variables.iter().enumerate() {
        let terms: Vec<Option<&str>> = model.terms.iter().filter(|t| t.0 == at).map(|t| t.1.as_deref()).collect();
        let seen = model.profiles.get(at).map(|p| p.levels.as_slice()).unwrap_or_default();
        columns.extend(term_values(v, &terms, seen, &mut warnings)?);
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
    let mut drift: Vec<Drift> = resolved
        .variables
        .iter()
        .zip(&model.profiles)
        .map(|(v, p)| Drift { column: v.name.clone(), psi: psi(p, &v.data) })
        .collect();
    drift.push(Drift { column: "(score)".into(), psi: psi(&model.score_profile, &Data::Number(scores.clone())) });
    for d in drift.iter().filter(|d| d.psi > 0.25) {
        warnings.push(Words::new(
            format!(
                "{} differs from what the model learnt from (PSI {:.2}): its scores may not hold here.",
                d.column, d.psi
            ),
            format!("{} 与训练数据差别较大（PSI {:.2}）：得分可能不适用。", d.column, d.psi),
        ));
    }
    // The new outcomes, where the table has them already: the challenger's test.
    let auc = resolve(
        input,
        &[&model.target.col()],
        Options { customers: resolved.unit == Unit::Customer, ..Options::default() },
    )
    .ok()
    .and_then(|r| {
        let y = YesNo::values(r.variables.first()?).ok()?.to_vec();
        let at = |k: &u32| r.keys.binary_search(k).ok().map(|i| y[i]);
        let pairs: Vec<(f64, f64)> =
            resolved.keys.iter().zip(&scores).filter_map(|(k, &q)| at(k).map(|y| (y, q))).collect();
        let (y, q): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        crate::num::score::auc(&y, &q)
    });
    let (key, series) = resolved.key_series();
    let frame = Frame::default().with(key, series).with("probability", Series::Number(scores));
    Ok(Applied { frame, drift, used_rows: n, left_out: resolved.left_out, warnings, auc })
}

/// The columns of one variable under the model's terms.
fn term_values(
    v: &Variable,
    terms: &[Option<&str>],
    seen: &[String],
    warnings: &mut Vec<Words>,
) -> Result<Vec<Vec<f64>>> {
    match &v.data {
        Data::Number(values) if terms.iter().all(Option::is_none) => Ok(terms.iter().map(|_| values.clone()).collect()),
        Data::Category { codes, labels } if terms.iter().all(Option::is_some) => {
            let other = terms.contains(&Some("~other"));
            let mut strange = 0usize;
            let level: Vec<Option<&str>> = codes
                .iter()
                .map(|&c| {
                    let label = if c == Category::MISSING {
                        "~missing"
                    } else {
                        labels.get(c as usize).map_or("~missing", String::as_str)
                    };
                    if terms.contains(&Some(label)) {
                        return Some(label);
                    }
                    if !seen.iter().any(|s| s == label) {
                        strange += 1;
                    }
                    other.then_some("~other")
                })
                .collect();
            if strange > 0 {
                warnings.push(Words::new(
                    format!("{}: {strange} rows have a value the model has not seen.", v.name),
                    format!("{}：{strange} 行的取值模型未见过。", v.name),
                ));
            }
            Ok(terms.iter().map(|t| level.iter().map(|l| f64::from(u8::from(l == t))).collect()).collect())
        }
        _ => Err(Error::new(
            Code::WrongType,
            format!("“{}” has another type than in training", v.name),
            format!("「{}」的类型与训练时不同", v.name),
        )
        .column(&v.name)),
    }
}

fn profile(data: &Data) -> Profile {
    match data {
        Data::Number(values) => {
            let sorted = crate::num::quantile::ascending(values);
            let mut edges: Vec<f64> =
                (1..10).filter_map(|d| crate::num::quantile::sorted(&sorted, d as f64 / 10.0)).collect();
            edges.dedup();
            let mut empty = Profile { edges, levels: Vec::new(), shares: Vec::new() };
            empty.shares = shares(&empty, data);
            empty
        }
        Data::Category { labels, .. } => {
            let levels = labels.iter().take(200).cloned().collect();
            let mut empty = Profile { edges: Vec::new(), levels, shares: Vec::new() };
            empty.shares = shares(&empty, data);
            empty
        }
    }
}

fn shares(p: &Profile, data: &Data) -> Vec<f64> {
    let mut counts;
    match data {
        Data::Number(values) => {
            counts = vec![0.0; p.edges.len() + 1];
            values.iter().for_each(|v| counts[p.edges.partition_point(|e| e < v)] += 1.0);
        }
        Data::Category { codes, labels } => {
            counts = vec![0.0; p.levels.len() + 1];
            let place: Vec<usize> =
                labels.iter().map(|l| p.levels.iter().position(|k| k == l).unwrap_or(p.levels.len())).collect();
            codes.iter().for_each(|&c| counts[place.get(c as usize).copied().unwrap_or(p.levels.len())] += 1.0);
        }
    }
    let n = data.len().max(1) as f64;
    counts.iter().map(|c| c / n).collect()
}

/// Σ (now − then) · ln(now / then).
fn psi(p: &Profile, data: &Data) -> f64 {
    shares(p, data)
        .iter()
        .zip(&p.shares)
        .map(|(now, then)| {
            let (a, e) = (now.max(FLOOR), then.max(FLOOR));
            (a - e) * (a / e).ln()
        })
        .sum()
}

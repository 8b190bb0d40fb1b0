//! A fitted model as versioned JSON, with how often it saw what: the reference of drift (PSI).

use serde_json::Value;

use super::fit::{Fitted, fit};
use super::*;

pub const FORMAT: &str = "kelan.model";
pub const VERSION: u32 = 1;
/// Levels whose share is kept; as many as a model takes.
const MOST_LEVELS: usize = 2_000;
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
    pub recipe: Recipe,
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

/// The recipe refitted on all rows.
pub fn export(p: &Prepared, params: &Params, recipe: &Recipe) -> Result<Value> {
    let all: Vec<u32> = (0..p.y.len() as u32).collect();
    let (fitted, _) = fit(&p.x, &p.y, &all, recipe, params.seed)?;
    let scores = fitted.probabilities(&p.x, &all);
    let Some(target) = params.target.clone() else {
        return Err(Error::bad_param("target", "missing", "未指定")
            .remedy("Choose the yes/no column to predict.", "请选择要预测的是/否列。"));
    };
    let model = Model {
        format: FORMAT.into(),
        version: VERSION,
        recipe: recipe.clone(),
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
    let bad = |en: String, zh: String| {
        Error::new(Code::BadFile, en, zh).remedy(
            "Give a model that this version saved (`classify` with `export`: true); fit and save an older one again.",
            "请提供由此版本保存的模型（classify 的 export 为 true）；较旧的模型请重新拟合并保存。",
        )
    };
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
        Fitted::Logistic { weights, means, sds, .. } => [weights, means, sds].iter().all(|v| v.len() == width),
        Fitted::Boosted { trees, .. } | Fitted::Forest { trees } => trees.iter().all(|t| t.is_sound(width)),
    };
    let known = model.terms.iter().all(|t| t.0 < model.features.len()) && model.profiles.len() == model.features.len();
    check_all(&model.features, "model")?;
    model.target.0.check("model")?;
    if !(fits && known) {
        return Err(bad("the model's parts do not fit each other".into(), "模型各部分互不相符".into()));
    }
    Ok(model)
}

pub fn profile(data: &Data) -> Profile {
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
            let levels = labels.iter().take(MOST_LEVELS).cloned().collect();
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
pub fn psi(p: &Profile, data: &Data) -> f64 {
    shares(p, data)
        .iter()
        .zip(&p.shares)
        .map(|(now, then)| {
            let (a, e) = (now.max(FLOOR), then.max(FLOOR));
            (a - e) * (a / e).ln()
        })
        .sum()
}

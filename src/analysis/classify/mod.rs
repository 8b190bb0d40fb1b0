//! Which customers will say yes? A yes/no column is predicted from others, and the prediction is judged on rows it has not seen.
//!
//! Method: logistic regression (Newton, num::logit), gradient-boosted trees (Friedman 2001; Newton leaves, histograms), CART
//! (Breiman et al. 1984), random forest (Breiman 2001); contributions exact for logistic and TreeSHAP (Lundberg et al. 2018) for trees.
//! Input: a yes/no column and any numbers or categories; rows with a missing value are left out and counted.
//! Cost: logistic O(n·p²) an iteration, boosting O(n·p) a level of a tree. Needs: 50 rows, 10 of each answer.

mod apart;
pub mod apply;
mod compute;
pub mod ensemble;
pub mod fit;
pub mod model;
mod present;
pub mod shap;
mod single;
pub mod tree;
mod validate;

#[cfg(test)]
mod apply_tests;
#[cfg(test)]
mod core_tests;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::col::{Col, Data, Options, Unit, Variable, YesNo, check_all, code, resolve};
use super::{Analysis, Holds, Input, Meta, Output, Presentation, Question, column, want};
use crate::error::{Code, Error, Result, Words};
use crate::fact::LeftOut;
use crate::num::dense::Matrix;
use crate::role::Role;
use crate::work::{self, Work};
pub use apart::tasks;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelId {
    Logistic,
    BoostedTrees,
    Tree,
    RandomForest,
}

/// A model and its options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "model", rename_all = "snake_case", deny_unknown_fields)]
pub enum Recipe {
    /// Log-odds as a weighted sum; `l2` shrinks the weights of standardised features.
    Logistic {
        #[serde(default)]
        l2: f64,
    },
    /// Many small trees, each correcting those before.
    BoostedTrees {
        #[serde(default = "hundred")]
        trees: usize,
        #[serde(default = "three")]
        max_depth: usize,
        #[serde(default = "tenth")]
        learning_rate: f64,
        #[serde(default = "one")]
        min_leaf: usize,
    },
    /// One tree of yes/no questions.
    Tree {
        #[serde(default = "four")]
        max_depth: usize,
        #[serde(default = "one")]
        min_leaf: usize,
    },
    /// The mean of many deep trees on resampled rows.
    RandomForest {
        #[serde(default = "two_hundred")]
        trees: usize,
        #[serde(default = "five")]
        min_leaf: usize,
    },
}

fn one() -> usize {
    1
}
fn three() -> usize {
    3
}
fn four() -> usize {
    4
}
fn five() -> usize {
    5
}
fn hundred() -> usize {
    100
}
fn two_hundred() -> usize {
    200
}
fn tenth() -> f64 {
    0.1
}

/// A model by name, with its defaults, or with options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a model is logistic, boosted_trees, tree or random_forest, or one of them with options: { model, … }"
)]
pub enum Asked {
    Id(ModelId),
    With(Recipe),
}

impl Asked {
    pub fn recipe(&self) -> Recipe {
        match self {
            Asked::With(r) => r.clone(),
            Asked::Id(ModelId::Logistic) => Recipe::Logistic { l2: 0.0 },
            Asked::Id(ModelId::BoostedTrees) => {
                Recipe::BoostedTrees { trees: 100, max_depth: 3, learning_rate: 0.1, min_leaf: 1 }
            }
            Asked::Id(ModelId::Tree) => Recipe::Tree { max_depth: 4, min_leaf: 1 },
            Asked::Id(ModelId::RandomForest) => Recipe::RandomForest { trees: 200, min_leaf: 5 },
        }
    }
}

impl Recipe {
    pub fn id(&self) -> ModelId {
        match self {
            Recipe::Logistic { .. } => ModelId::Logistic,
            Recipe::BoostedTrees { .. } => ModelId::BoostedTrees,
            Recipe::Tree { .. } => ModelId::Tree,
            Recipe::RandomForest { .. } => ModelId::RandomForest,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Seeded, both answers spread evenly; a row keeps its fold as long as the rows before it stay.
    Random,
    /// Index among the rows used, modulo the number of folds.
    Row,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "rows are assigned at `random`, by `row`, or by a column")]
pub enum Assign {
    Way(Way),
    /// One fold for each value of this column.
    Column(Col),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// The latest rows are the test (role `date`).
    Time,
    Random,
}

/// k-fold cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folds {
    pub folds: usize,
    #[serde(default = "at_random")]
    pub assign: Assign,
}

/// One part for training, one for the test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldOut {
    pub test_share: f64,
    #[serde(default = "split_at_random")]
    pub by: SplitBy,
}

fn at_random() -> Assign {
    Assign::Way(Way::Random)
}
fn split_at_random() -> SplitBy {
    SplitBy::Random
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "{ folds, assign }, { test_share, by } or null")]
pub enum Validation {
    Folds(Folds),
    HoldOut(HoldOut),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// What a false alarm costs.
    pub false_positive: f64,
    /// What a missed case costs.
    pub false_negative: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The yes/no column to predict.
    #[schemars(extend("x-zh" = "要预测的是/否列"))]
    pub target: Option<YesNo>,
    /// What it is predicted from.
    #[schemars(extend("x-zh" = "用来预测的列"))]
    pub features: Vec<Col>,
    /// Models to compare, by name or with options; none gives single-column figures only.
    #[schemars(extend("x-zh" = "要比较的模型；为空则只给出单列指标"))]
    pub models: Vec<Asked>,
    /// Probabilities from which on a row counts as yes, for the confusion tables.
    #[schemars(extend("x-zh" = "判为「是」的概率阈值"))]
    pub thresholds: Vec<f64>,
    /// Costs of the two errors; a threshold of least cost is then found.
    #[schemars(extend("x-zh" = "两类错误的代价，据此选择阈值"))]
    pub cost: Option<Cost>,
    /// Bins of numbers for weight of evidence.
    #[schemars(extend("x-zh" = "WOE 分箱数"))]
    pub woe_bins: usize,
    /// Seed of all random steps.
    #[schemars(extend("x-zh" = "随机种子"))]
    pub seed: u64,
    /// How unseen rows are set aside; null scores the rows that were learnt from.
    #[schemars(extend("x-zh" = "如何留出检验数据；null 表示在训练数据上打分"))]
    pub validation: Option<Validation>,
    /// Customer facts are measured at this day (ISO).
    #[schemars(extend("x-zh" = "客户指标的截止日"))]
    pub as_of: Option<String>,
    /// Also returns the chosen model, refitted on all rows, as JSON to be applied to new files.
    #[schemars(extend("x-zh" = "同时返回在全部数据上重新拟合的所选模型（JSON），可用于新文件"))]
    pub export: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            target: None,
            features: Vec::new(),
            models: vec![Asked::Id(ModelId::Logistic), Asked::Id(ModelId::BoostedTrees)],
            thresholds: vec![0.5],
            cost: None,
            woe_bins: 5,
            seed: 1,
            validation: Some(Validation::Folds(Folds { folds: 5, assign: at_random() })),
            as_of: None,
            export: false,
        }
    }
}

/// Complete rows: the answer, the variables as given, and the model matrix.
pub struct Prepared {
    pub unit: Unit,
    pub keys: Vec<u32>,
    pub customers: Option<Vec<String>>,
    pub y: Vec<f64>,
    pub variables: Vec<Variable>,
    /// Terms, column by column; no intercept.
    pub x: Matrix,
    pub terms: Vec<Term>,
    /// Values of the column that assigns folds.
    pub groups: Option<Vec<u32>>,
    /// Day of each row, where the split is by time.
    pub days: Option<Vec<i32>>,
    pub left_out: Vec<LeftOut>,
    pub choices: Vec<Words>,
    /// Columns that are there only when the answer is.
    pub afterwards: Vec<Leak>,
}

/// A column of the model matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub name: String,
    pub level: Option<String>,
    /// Position of its variable.
    pub variable: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Leak {
    pub column: String,
    /// AUC of this column alone.
    pub auc: f64,
    pub why: Words,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gain {
    pub decile: usize,
    pub rows: usize,
    pub positives: usize,
    pub rate: Option<f64>,
    /// Rate over the base rate.
    pub lift: Option<f64>,
    pub cum_positives: usize,
    /// Of all positives.
    pub cum_gain: f64,
    pub cum_lift: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Calibration {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub mean_p: Option<f64>,
    pub rate: Option<f64>,
}

/// A step of the isotonic fit: what scores from `low` to `high` have come to mean.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Isotonic {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub rate: f64,
}

/// How many of those called yes are yes, when so many of all yes are found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PrecisionRecall {
    pub threshold: f64,
    pub recall: f64,
    pub precision: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Confusion {
    pub threshold: f64,
    pub tp: usize,
    pub fp: usize,
    #[serde(rename = "fn")]
    pub missed: usize,
    pub tn: usize,
    pub accuracy: Option<f64>,
    /// Of those called yes.
    pub precision: Option<f64>,
    /// Of the real yes.
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    /// Of the real no.
    pub specificity: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cheapest {
    /// Mean cost a row at this threshold.
    pub cost_per_row: f64,
    pub confusion: Confusion,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Coefficient {
    pub name: String,
    pub column: Option<String>,
    pub level: Option<String>,
    /// Change of the log-odds per unit of the column; from all rows.
    pub estimate: f64,
    /// Per standard deviation.
    pub estimate_standardized: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Importance {
    pub feature: String,
    /// How much the AUC falls on unseen rows when this feature is shuffled (at most 10,000 rows, forests 2,000).
    pub auc_drop: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelResult {
    pub id: ModelId,
    pub options: Recipe,
    /// AUC of each fold; null where a fold has one answer only.
    pub fold_auc: Vec<Option<f64>>,
    pub mean_fold_auc: Option<f64>,
    /// AUC of all scored rows together.
    pub auc: Option<f64>,
    /// 2·AUC − 1.
    pub gini: Option<f64>,
    pub ks: Option<f64>,
    pub log_loss: f64,
    pub brier: f64,
    pub average_precision: Option<f64>,
    pub ece: f64,
    pub gains: Vec<Gain>,
    pub calibration: Vec<Calibration>,
    /// Non-decreasing steps from scores to rates, fitted to the unseen rows (pool adjacent violators); at most 200, merged beyond.
    pub isotonic: Vec<Isotonic>,
    /// Twenty points, at recalls of 5 % to 100 %.
    pub precision_recall: Vec<PrecisionRecall>,
    pub confusion: Vec<Confusion>,
    /// The threshold of least cost, when costs were given.
    pub cheapest: Option<Cheapest>,
    /// Logistic only.
    pub coefficients: Option<Vec<Coefficient>>,
    pub importance: Vec<Importance>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WoeBin {
    /// The level, for a category.
    pub level: Option<String>,
    pub n: usize,
    pub positives: usize,
    pub negatives: usize,
    pub woe: f64,
    pub iv: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Information {
    pub column: String,
    /// Upper edges of the bins of a number; empty for a category.
    pub edges: Vec<f64>,
    pub bins: Vec<WoeBin>,
    pub iv: f64,
}

/// What saying the base rate to everybody would score.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Baseline {
    pub auc: f64,
    pub log_loss: f64,
    pub brier: f64,
    pub average_precision: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// `row` or `customer`.
    pub unit: String,
    pub n: usize,
    pub positives: usize,
    pub base_rate: f64,
    pub baseline: Baseline,
    /// Highest (mean fold) AUC; null without models.
    pub best: Option<ModelId>,
    /// The simplest model within one standard error of the best.
    pub chosen: Option<ModelId>,
    /// Why.
    pub chosen_reason: Option<Words>,
    pub leakage: Vec<Leak>,
    pub models: Vec<ModelResult>,
    pub information_value: Vec<Information>,
    /// The chosen model for `table.apply`, with `export`.
    pub model: Option<serde_json::Value>,
}

pub struct Classify;

impl Analysis for Classify {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "classify",
            title: Words::new("Yes or no", "是与否预测"),
            about: Words::new(
                "Predicts a yes/no column for each row, says how well, and why for each.",
                "预测每行的是与否，说明准确程度和每行的原因。",
            ),
            question: Question::WillTheyStay,
            needs: vec![],
            uses: vec![Role::Target, Role::Customer, Role::Date],
            wants: vec![want("target", Holds::YesNo, 1)],
            frame: vec![
                column("row", "Row", "行", "count")
                    .about("Place of the row in the file, from 1", "该行在文件中的序号，从 1 起"),
                column("customer", "Customer", "客户", "text")
                    .about("The customer as the file names them", "文件中的客户"),
                column("actual", "Actual", "实际", "count")
                    .about("The answer in the data: 1 is yes, 0 is no", "数据中的答案：1 为是，0 为否"),
                column("fold", "Fold", "折", "count").about(
                    "The part of the data in which the row was tested: its model had not seen it",
                    "该行所在的检验部分：评分的模型没有见过它",
                ),
                column("probability", "Probability", "概率", "percent").about(
                    "Chance of a yes, by a model that had not seen the row",
                    "为「是」的概率，由未见过该行的模型给出",
                ),
                column("reasons", "Reasons", "原因（英文）", "text")
                    .about("What moves this row's score most, and which way", "对该行得分影响最大的因素及方向"),
                column("reasons_zh", "Reasons (Chinese)", "原因", "text").about("The same in Chinese", "同上，中文"),
            ],
            formula: Words::new(
                "logistic: ln(p / (1 − p)) = b + Σ wⱼxⱼ; boosting: F ← F + rate · tree(−gradient / curvature); AUC = P(score of a yes > score of a no); WOE = ln((pos + ½)/(P + ½) ÷ (neg + ½)/(N + ½)). Assumes that new rows come about as these did, and that every feature is known before the answer is. A weight or a reason says what the score rests on; it cannot say what causes the answer, nor that changing a feature would change it.",
                "逻辑回归：ln(p / (1 − p)) = b + Σ wⱼxⱼ；提升树：F ← F + 步长 · 树(−梯度 / 曲率)；AUC = P(是的得分 > 否的得分)；WOE = ln((pos + ½)/(P + ½) ÷ (neg + ½)/(N + ½))。假设新数据的产生方式与这些数据相同，且各特征在答案之前已知。权重与依据只说明得分的由来；不能说明答案的原因，也不能说明改变特征就会改变答案。",
            ),
            source: "Friedman 2001, doi:10.1214/aos/1013203451; Chen & Guestrin 2016; Breiman 2001; Lundberg et al. 2018, arXiv:1802.03888; one-standard-error rule: Breiman et al. 1984",
        }
    }

    fn check(params: &Params) -> Result<()> {
        let bad = |name: &str, en: &str, zh: &str| {
            Err(Error::bad_param(name, en, zh)
                .remedy(format!("Set `{name}`: {en}."), format!("请设置 `{name}`：{zh}。")))
        };
        match &params.target {
            Some(target) => target.0.check("target")?,
            None => return bad("target", "name the yes/no column to predict", "请指定要预测的是/否列"),
        }
        if params.features.is_empty() {
            return bad("features", "name at least one column to predict from", "请至少指定一个用来预测的列");
        }
        check_all(&params.features, "features")?;
        if params.thresholds.iter().any(|t| !(0.0..=1.0).contains(t)) {
            return bad("thresholds", "probabilities from 0 to 1", "应为 0 到 1 的概率");
        }
        if !(2..=50).contains(&params.woe_bins) {
            return bad("woe_bins", "2 to 50", "应为 2 到 50");
        }
        if params.cost.as_ref().is_some_and(|c| !(c.false_positive >= 0.0 && c.false_negative >= 0.0)) {
            return bad("cost", "costs of at least 0", "代价不能为负");
        }
        for asked in &params.models {
            let fine = match asked.recipe() {
                Recipe::Logistic { l2 } => l2 >= 0.0 && l2.is_finite(),
                Recipe::BoostedTrees { trees, max_depth, learning_rate, min_leaf } => {
                    (1..=2_000).contains(&trees)
                        && (1..=12).contains(&max_depth)
                        && learning_rate > 0.0
                        && learning_rate <= 1.0
                        && min_leaf >= 1
                }
                Recipe::Tree { max_depth, min_leaf } => (1..=20).contains(&max_depth) && min_leaf >= 1,
                Recipe::RandomForest { trees, min_leaf } => (1..=2_000).contains(&trees) && min_leaf >= 1,
            };
            if !fine {
                return bad(
                    "models",
                    "an option is out of range: l2 ≥ 0, trees 1 to 2,000, max_depth 1 to 20 (boosted 12), learning_rate above 0 up to 1, min_leaf ≥ 1",
                    "模型选项超出范围：l2 ≥ 0，trees 1 到 2000，max_depth 1 到 20（提升树 12），learning_rate 大于 0 至 1，min_leaf ≥ 1",
                );
            }
        }
        match &params.validation {
            Some(Validation::Folds(f)) if !(2..=50).contains(&f.folds) => {
                bad("validation", "2 to 50 folds", "折数应为 2 到 50")
            }
            Some(Validation::HoldOut(h)) if !(h.test_share > 0.0 && h.test_share < 1.0) => {
                bad("validation", "a test_share between 0 and 1", "test_share 应在 0 与 1 之间")
            }
            _ => Ok(()),
        }
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        compute::prepare(input, params)
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        work::here(async |place| compute::compute(prepared, params, place).await)
    }

    async fn compute_apart(prepared: &Prepared, params: &Params, work: &Work) -> Result<Output<Summary>> {
        compute::compute(prepared, params, work).await
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        present::present(output, params)
    }
}

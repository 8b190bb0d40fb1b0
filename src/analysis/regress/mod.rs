//! What goes along with a target when everything else is held: linear, logistic and Poisson regression.
//!
//! Method: least squares by QR of the centred, scaled design; errors classical or HC0–HC3 (White 1980; MacKinnon and White 1985); logistic and Poisson by Newton on the likelihood.
//! Input: a target and features, categories against a named baseline; rows with a missing value are left out.
//! Cost: rows × terms². Needs: more rows than coefficients, and a target that varies.

mod design;
mod general;
mod linear;
mod present;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::col::show::finite;
use super::col::{self, Col, Labels, Options, Term, YesNo, code, resolve};
use super::{Analysis, Holds, Input, LeftOut, Meta, Output, Presentation, Question, column, say, want};
use crate::error::{Error, Result, Words};
use crate::num::dist;
use crate::table::{Frame, Series};

pub struct Regress;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    #[default]
    Linear,
    Logistic,
    Poisson,
}

/// Errors that hold when the spread differs between rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Robust {
    HC0,
    HC1,
    HC2,
    HC3,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What is explained: a number, yes/no (logistic), or counts (Poisson).
    #[schemars(extend("x-zh" = "被解释的列：数值、是/否（logistic）或计数（poisson）"))]
    pub target: Option<Col>,
    /// What explains it.
    #[schemars(extend("x-zh" = "用来解释的列"))]
    pub features: Vec<Col>,
    #[schemars(extend("x-zh" = "模型类型"))]
    pub family: Family,
    /// Kind of errors; null for classical ones; by default HC3 for linear, classical for the others.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Option<Robust>", extend("x-zh" = "稳健标准误的类型；null 为经典标准误；线性模型默认 HC3"))]
    pub robust: Option<Option<Robust>>,
    /// Ridge penalty: l2/2 times the squared weights of the standardised features is added to what is minimised.
    #[schemars(extend("x-zh" = "岭惩罚"))]
    pub l2: f64,
    #[schemars(extend("x-zh" = "是否含截距"))]
    pub intercept: bool,
    /// Level of the intervals.
    #[schemars(extend("x-zh" = "区间的置信水平"))]
    pub level: f64,
}

/// Present, even when null.
fn given<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Option<Robust>>, D::Error> {
    Option::<Robust>::deserialize(d).map(Some)
}

impl Default for Params {
    fn default() -> Self {
        Self {
            target: None,
            features: Vec::new(),
            family: Family::Linear,
            robust: None,
            l2: 0.0,
            intercept: true,
            level: 0.95,
        }
    }
}

impl Params {
    fn robust(&self) -> Option<Robust> {
        if self.l2 > 0.0 {
            return None;
        }
        self.robust.unwrap_or(if self.family == Family::Linear { Some(Robust::HC3) } else { None })
    }
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Summary {
    pub family: Option<&'static str>,
    pub target: String,
    pub n: usize,
    /// `HC0` … `HC3`; null: classical errors.
    pub robust: Option<&'static str>,
    /// Terms left out because earlier ones explain them wholly (or they are constant).
    pub dropped: Vec<String>,
    /// The levels without a coefficient of their own.
    pub baselines: Vec<Baseline>,
    pub coefficients: Vec<Coefficient>,
    pub log_likelihood: Option<f64>,
    pub aic: Option<f64>,
    pub bic: Option<f64>,
    #[serde(flatten)]
    pub linear: Option<Linear>,
    #[serde(flatten)]
    pub general: Option<General>,
    /// Fitted against residual, thinned for the picture.
    #[serde(skip)]
    pub points: Vec<(f64, f64)>,
    /// Normal quantile against residual in standard errors, thinned for the picture; of a linear model.
    #[serde(skip)]
    pub normal_points: Vec<(f64, f64)>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Baseline {
    pub column: String,
    pub level: String,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Coefficient {
    /// `(intercept)`, `tenure`, `Contract=One year`.
    pub name: String,
    pub column: Option<String>,
    pub level: Option<String>,
    pub estimate: f64,
    pub std_error: Option<f64>,
    /// Linear family.
    pub t: Option<f64>,
    /// Other families.
    pub z: Option<f64>,
    pub p: Option<f64>,
    pub ci_low: Option<f64>,
    pub ci_high: Option<f64>,
    /// Variance inflation factor; from 10 on the feature is hard to tell from the others.
    pub vif: Option<f64>,
    /// exp(estimate): odds ratio (logistic) or rate ratio (Poisson).
    pub odds_ratio: Option<f64>,
    /// Weight of the feature divided by its population sd.
    pub estimate_standardized: Option<f64>,
}

/// What only the linear family has.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Linear {
    pub r2: Option<f64>,
    pub adj_r2: Option<f64>,
    /// Classical.
    pub f: Option<f64>,
    pub f_p: Option<f64>,
    pub df_residual: f64,
    /// Classical.
    pub residual_se: Option<f64>,
    pub durbin_watson: Option<f64>,
    pub jarque_bera: Option<f64>,
    pub jarque_bera_p: Option<f64>,
    /// Studentised Lagrange multiplier.
    pub breusch_pagan: Option<f64>,
    pub breusch_pagan_p: Option<f64>,
    /// Largest over smallest singular value of the raw design.
    pub condition_number: Option<f64>,
}

/// What only the other families have.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct General {
    pub positives: Option<usize>,
    pub log_likelihood_null: Option<f64>,
    /// 1 − log-likelihood over that of the intercept alone.
    pub mcfadden_r2: Option<f64>,
    pub lr_chi2: Option<f64>,
    pub lr_p: Option<f64>,
    /// What was minimised: Σ loss + l2/2·‖w‖².
    pub objective: Option<f64>,
    /// Poisson: Pearson's χ² over its degrees of freedom; 1 where counts spread as Poisson says.
    pub dispersion: Option<f64>,
}

pub struct Prepared {
    y: Vec<f64>,
    terms: Vec<Term>,
    target: String,
    baselines: Vec<Baseline>,
    rows: (&'static str, Series),
    left_out: Vec<LeftOut>,
    choices: Vec<Words>,
}

impl Analysis for Regress {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "regress",
            title: Words::new("What explains a column", "回归分析"),
            about: Words::new(
                "How a target goes along with each feature while the others are held, with errors and checks.",
                "在其他因素不变时，目标列与各特征的关系，附误差与诊断。",
            ),
            question: Question::WhoAreMyCustomers,
            needs: vec![],
            uses: vec![],
            wants: vec![want("target", Holds::Number, 1)],
            frame: vec![
                column("row", "Row", "行", "count")
                    .about("Place of the row in the file, from 1", "该行在文件中的序号，从 1 起"),
                column("actual", "Actual", "实际值", "number")
                    .about("The target as it is in the row", "该行中目标列的值"),
                column("fitted", "Fitted", "拟合值", "number")
                    .about("The target as the model has it from the features", "模型根据特征给出的目标值"),
                column("residual", "Residual", "残差", "number").about("Actual less fitted", "实际值 − 拟合值"),
            ],
            formula: Words::new(
                "linear: β = (XᵀX)⁻¹Xᵀy; HC3: (XᵀX)⁻¹ XᵀDX (XᵀX)⁻¹, D = e²/(1−h)²; logistic: max Σ y·η − ln(1+e^η), η = Xβ; Poisson: max Σ y·η − e^η; VIF = 1/(1−R²ⱼ); with l2: + l2/2·‖w‖² on standardised features. Assumes independent rows and effects that add up (on the scale of η); classical errors also assume an even spread, Poisson a variance equal to the mean. It cannot say that a feature causes the target, nor what holds outside the range seen.",
                "线性：β = (XᵀX)⁻¹Xᵀy；HC3：(XᵀX)⁻¹ XᵀDX (XᵀX)⁻¹，D = e²/(1−h)²；logistic：最大化 Σ y·η − ln(1+e^η)，η = Xβ；泊松：最大化 Σ y·η − e^η；VIF = 1/(1−R²ⱼ)；l2：对标准化特征加 l2/2·‖w‖²。假设各行相互独立、效应（在 η 的尺度上）可相加；经典标准误还假设离散均匀，泊松假设方差等于均值。本方法不能说明特征导致了目标，也不能推及所见范围之外。",
            ),
            source: "White 1980, doi:10.2307/1912934; MacKinnon and White 1985, doi:10.1016/0304-4076(85)90158-7; Koenker 1981 (Breusch–Pagan); McCullagh and Nelder 1989",
        }
    }

    fn check(params: &Params) -> Result<()> {
        let target = params.target.as_ref().ok_or_else(|| {
            Error::bad_param("target", "name a column", "请指定一列")
                .remedy("Choose the column to explain.", "请选择要解释的列。")
        })?;
        target.check("target")?;
        col::check_all(&params.features, "features")?;
        if params.features.is_empty() {
            return Err(Error::bad_param("features", "name at least one column", "请至少指定一列")
                .remedy("Choose the columns that may explain it.", "请选择用来解释的列。"));
        }
        if !(params.l2 >= 0.0 && params.l2.is_finite()) {
            return Err(Error::bad_param("l2", "0 or more", "须不小于 0")
                .remedy("Give 0 for no penalty, or a number such as 1.", "不惩罚请填 0，否则填如 1 的数。"));
        }
        if !(params.level > 0.0 && params.level < 1.0) {
            return Err(Error::bad_param("level", "between 0 and 1", "须在 0 与 1 之间")
                .remedy("Give the level as a share, such as 0.95.", "请用 0.95 这样的小数表示置信水平。"));
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let Some(target) = params.target.clone() else {
            return Err(Error::bad_param("target", "name a column", "请指定一列")
                .remedy("Choose the column to explain.", "请选择要解释的列。"));
        };
        let yes_no = YesNo(target.clone());
        let logistic = params.family == Family::Logistic;
        let target = if logistic { yes_no.col() } else { target };
        let mut cols = vec![&target];
        cols.extend(&params.features);
        let resolved = resolve(input, &cols, Options::default());
        let mut r = match resolved {
            Err(e) if logistic && e.at.column == yes_no.0.spec().column => return Err(yes_no.explain(e)),
            other => other?,
        };
        let first = r.variables.remove(0);
        let y = if logistic { YesNo::values(&first)?.to_vec() } else { first.numbers()?.to_vec() };
        let key = r.key_series();
        if let Some(name) = r.variables.iter().find(|v| v.levels() > MOST_LEVELS).map(|v| &v.name) {
            return Err(Error::bad_param(
                "features",
                format!("“{name}” has more than {MOST_LEVELS} levels; give it `min_count`, or leave it out"),
                format!("「{name}」的水平超过 {MOST_LEVELS} 个；请设置 min_count 或去掉该列"),
            )
            .remedy(
                "Set min_count on this column so that rare levels become one, or leave it out.",
                "请为该列设置 min_count 以合并少见水平，或去掉该列。",
            )
            .column(name));
        }
        let coded = code(&r.variables, false)?;
        Ok(Prepared {
            y,
            terms: coded.terms,
            target: first.name,
            baselines: coded.codings.into_iter().map(|c| Baseline { column: c.column, level: c.baseline }).collect(),
            rows: key,
            left_out: r.left_out,
            choices: r.choices,
        })
    }

    fn compute(p: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let design = design::Design::of(&p.terms, p.y.len(), params.intercept)?;
        let fit = match params.family {
            Family::Linear => linear::fit(p, &design, params)?,
            Family::Logistic | Family::Poisson => general::fit(p, &design, params)?,
        };
        let (mut summary, fitted) = fit;
        summary.target = p.target.clone();
        summary.n = p.y.len();
        summary.baselines = p.baselines.clone();
        summary.robust = params.robust().map(|r| match r {
            Robust::HC0 => "HC0",
            Robust::HC1 => "HC1",
            Robust::HC2 => "HC2",
            Robust::HC3 => "HC3",
        });
        let residual: Vec<f64> = p.y.iter().zip(&fitted).map(|(y, f)| y - f).collect();
        let step = fitted.len().div_ceil(1500).max(1);
        summary.points = fitted.iter().zip(&residual).step_by(step).map(|(f, r)| (*f, *r)).collect();
        if let Some(error) = summary.linear.as_ref().and_then(|l| l.residual_se).filter(|e| *e > 0.0) {
            summary.normal_points = normal_points(&residual, error);
        }
        let warnings = warnings(&summary, &Labels::of(&params.features));
        let frame = Frame::default()
            .with(p.rows.0, p.rows.1.clone())
            .with("actual", Series::Number(p.y.clone()))
            .with("fitted", Series::Number(fitted))
            .with("residual", Series::Number(residual));
        Ok(Output {
            summary,
            frame,
            used_rows: p.y.len(),
            left_out: p.left_out.clone(),
            warnings,
            choices: p.choices.clone(),
        })
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        present::present(&output.summary, params)
    }
}

/// A category of more levels is an id.
const MOST_LEVELS: usize = 500;

/// Points of a picture of quantiles.
const QUANTILES: usize = 600;

/// Ordered residuals against the quantiles of the normal law at (i − ½)/n (Wilk & Gnanadesikan 1968). Of many rows, points at equal steps of the
/// normal quantile, so that the tails, where the law is judged, keep theirs.
fn normal_points(residual: &[f64], error: f64) -> Vec<(f64, f64)> {
    let mut sorted: Vec<f64> = residual.iter().map(|r| r / error).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let place = |i: usize| dist::normal_quantile((i as f64 + 0.5) / n as f64);
    let mut ranks: Vec<usize> = (0..n).collect();
    if n > QUANTILES {
        let (low, high) = (place(0), place(n - 1));
        let at = |k: usize| low + (high - low) * k as f64 / (QUANTILES - 1) as f64;
        ranks = (0..QUANTILES).map(|k| ((dist::normal_cdf(at(k)) * n as f64) as usize).min(n - 1)).collect();
        ranks.dedup();
    }
    ranks.into_iter().map(|i| (place(i), sorted[i])).collect()
}

fn warnings(s: &Summary, labels: &Labels) -> Vec<Words> {
    let mut out = Vec::new();
    if !s.dropped.is_empty() {
        let list = labels.list(s.dropped.iter().map(String::as_str));
        out.push(Words::new(
            format!("left out because other features explain them wholly: {}", list.en),
            format!("因可由其他特征完全推出而剔除：{}", list.zh),
        ));
    }
    let inflated: Vec<&str> =
        s.coefficients.iter().filter(|c| c.vif.is_some_and(|v| v > 10.0)).map(|c| c.name.as_str()).collect();
    if !inflated.is_empty() {
        let list = labels.list(inflated);
        out.push(Words::new(
            format!("hard to tell apart from the other features (VIF above 10): {}", list.en),
            format!("与其他特征难以区分（VIF 大于 10）：{}", list.zh),
        ));
    }
    if let Some(d) = s.general.as_ref().and_then(|g| g.dispersion).filter(|d| *d > 1.5 && s.robust.is_none()) {
        let d = say::number(d);
        out.push(Words::new(
            format!("the variance of the counts is {d} times what Poisson says: these errors are too small; ask for robust errors, such as HC1"),
            format!("计数的方差为泊松假设的 {d} 倍，标准误偏小；请改用稳健标准误，如 HC1"),
        ));
    }
    if s.linear.as_ref().and_then(|l| l.r2).is_some_and(|r| r > 1.0 - 1e-9) {
        out.push(Words::new(
            format!("the features give “{}” exactly: it is probably computed from them", s.target),
            format!("这些特征可精确得出「{}」：它很可能就是由它们计算而来", s.target),
        ));
    }
    out
}

/// Fills t or z, p and the interval from the estimate and its error. `df`: `None` for z.
fn infer(c: &mut Coefficient, variance: f64, df: Option<f64>, level: f64) {
    let Some(se) = finite(variance.max(0.0).sqrt()).filter(|s| *s > 0.0) else { return };
    let ratio = c.estimate / se;
    let quantile = match df {
        Some(df) => {
            c.t = finite(ratio);
            c.p = finite(dist::t_two_sided(ratio, df));
            dist::t_quantile(0.5 + level / 2.0, df)
        }
        None => {
            c.z = finite(ratio);
            c.p = finite(dist::normal_two_sided(ratio));
            dist::normal_quantile(0.5 + level / 2.0)
        }
    };
    c.std_error = Some(se);
    c.ci_low = finite(c.estimate - quantile * se);
    c.ci_high = finite(c.estimate + quantile * se);
}

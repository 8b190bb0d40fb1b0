//! How long until it happens, when some have not got there yet.
//!
//! Method: Kaplan–Meier with Greenwood's variance and log-log intervals, Nelson–Aalen, log-rank and Gehan–Wilcoxon, Cox's
//! proportional hazards (sources in `num::survival` and `num::cox`).
//! Input: a duration column (any unit, ≥ 0), a yes/no column for the event; rows with a missing or negative value are left out.
//! Cost: a sort, then linear in rows (Cox: × covariates² an iteration). Needs: 5 rows and one event.

mod charts;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::col::{self, Col, Data, Kind, YesNo};
use super::{Analysis, Holds, Input, LeftOut, Meta, Output, Presentation, Question, column, say, want};
use crate::error::{Code, Error, Result, Words};
use crate::num::cox::{self, Failure};
use crate::num::dist::{chi2_sf, normal_quantile, normal_two_sided};
use crate::num::order::Order;
use crate::num::survival::{Curve, Weight, rank_test};
use crate::table::{Category, Frame, Series};

pub struct Survival;

/// Beyond so many groups a test of all at once says nothing that a person could act on, and its matrix grows with their square.
const MOST_GROUPS: usize = 200;

/// A category of more levels is an id.
const MOST_LEVELS: usize = 100;

/// How events at the same time share the risk set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    #[default]
    Efron,
    Breslow,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Time until the event or until watching ended; any unit, not negative.
    #[schemars(extend("x-zh" = "到事件发生或观察结束为止的时长；任意单位，不为负"))]
    pub duration: Option<Col>,
    /// Whether the event happened (1) or watching ended first (0).
    #[schemars(extend("x-zh" = "事件是否发生：1 为发生，0 为观察先结束"))]
    pub event: Option<YesNo>,
    /// Groups to compare.
    #[schemars(extend("x-zh" = "用于比较的分组列"))]
    pub by: Option<Col>,
    /// Covariates of a Cox model; none: no model.
    #[schemars(extend("x-zh" = "Cox 模型的协变量；为空则不建模"))]
    pub covariates: Vec<Col>,
    /// How Cox's model treats events at the same time.
    #[schemars(extend("x-zh" = "Cox 模型对同时发生事件的处理"))]
    pub ties: Ties,
    /// Times at which the curve is reported.
    #[schemars(extend("x-zh" = "需要报告生存率的时间点"))]
    pub times: Vec<f64>,
    /// End of the restricted mean; default: the largest time.
    #[schemars(extend("x-zh" = "限制平均时长的上限，默认为最大时长"))]
    pub tau: Option<f64>,
    /// Level of the intervals, 0–1.
    #[schemars(extend("x-zh" = "区间的置信水平，0–1"))]
    pub level: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            duration: None,
            event: None,
            by: None,
            covariates: Vec::new(),
            ties: Ties::Efron,
            times: Vec::new(),
            tau: None,
            level: 0.95,
        }
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Rows used.
    pub n: usize,
    /// Of them, with the event.
    pub events: usize,
    /// Time by which half had the event, in the unit of the duration; null when the curve stays above one half.
    pub median: Option<f64>,
    /// Its interval; an end that is not reached is null.
    pub median_ci: [Option<f64>; 2],
    /// The curve at the times asked for.
    pub at_times: Vec<AtTime>,
    /// Mean time within the first `tau`.
    pub restricted_mean: RestrictedMean,
    /// One entry per group of `by`, in the order of their labels; empty without `by`.
    pub groups: Vec<Group>,
    /// Do the groups differ: every event weighs the same. Null without groups.
    pub logrank: Option<RankTest>,
    /// The same with early events weighing more.
    pub gehan_wilcoxon: Option<RankTest>,
    /// Cox's model; null without covariates.
    pub cox: Option<CoxSummary>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AtTime {
    /// In the unit of the duration.
    pub t: f64,
    /// Rows with duration ≥ t.
    pub at_risk: f64,
    /// Share without the event after t, 0–1.
    pub survival: f64,
    /// Log-log interval, lower end.
    pub ci_low: f64,
    /// Upper end.
    pub ci_high: f64,
    /// Greenwood's standard error of the share.
    pub std_error: f64,
    /// Nelson–Aalen: Σ d/n.
    pub cumulative_hazard: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RestrictedMean {
    /// Upper end, in the unit of the duration.
    pub tau: f64,
    /// Mean time without the event within the first `tau`.
    pub value: f64,
    /// Standard error of the mean.
    pub std_error: f64,
    /// Its interval, within 0 and `tau`.
    pub ci: [f64; 2],
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Group {
    /// Its label.
    pub group: String,
    /// Rows.
    pub n: usize,
    /// Of them, with the event.
    pub events: usize,
    /// Time by which half had the event; null when not reached.
    pub median: Option<f64>,
    /// Its interval; an end that is not reached is null.
    pub median_ci: [Option<f64>; 2],
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RankTest {
    /// Test statistic.
    pub chi2: f64,
    /// Groups that can be told apart, less one.
    pub df: usize,
    /// Chance of so large a statistic if the groups were alike.
    pub p: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CoxSummary {
    /// How ties were treated.
    pub ties: Ties,
    /// One per covariate kept, in their order.
    pub coefficients: Vec<Coefficient>,
    /// Covariates left out because they are constant or follow from earlier ones.
    pub dropped: Vec<String>,
    /// Log partial likelihood.
    pub log_likelihood: f64,
    /// The same without covariates.
    pub log_likelihood_null: f64,
    /// Likelihood-ratio test of all coefficients at once; df = number of coefficients.
    pub lr_chi2: f64,
    /// Wald test of the same.
    pub wald_chi2: f64,
    /// Score test of the same.
    pub score_chi2: f64,
    /// Share of comparable pairs that the model orders rightly; 0.5 is chance.
    pub concordance: f64,
    /// Its standard error (infinitesimal jackknife); null where no two rows can be compared.
    pub concordance_std_error: Option<f64>,
    /// Its interval, within 0 and 1; null where all pairs are ordered alike, of which the error says nothing.
    pub concordance_ci: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Coefficient {
    /// `column`, or `column=level`.
    pub name: String,
    /// The column it comes from.
    pub column: String,
    /// The level of a category; null for numbers.
    pub level: Option<String>,
    /// ln hazard ratio per unit.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub std_error: f64,
    /// Estimate over standard error.
    pub z: f64,
    /// Two-sided, normal.
    pub p: f64,
    /// e^estimate: how much sooner per unit; 1 is no difference.
    pub hazard_ratio: f64,
    /// Interval of the hazard ratio, lower end.
    pub ci_low: f64,
    /// Upper end.
    pub ci_high: f64,
    /// Small: the hazard ratio changes with time (scaled Schoenfeld residuals against 1 − Kaplan–Meier just before each event).
    pub schoenfeld_p: Option<f64>,
}

/// Rows in ascending (duration, event, group, covariates): their order in the file cannot show.
pub struct Prepared {
    duration: Vec<f64>,
    event: Vec<bool>,
    group: Vec<u32>,
    labels: Vec<String>,
    terms: Vec<col::Term>,
    left_out: Vec<LeftOut>,
    choices: Vec<Words>,
}

impl Analysis for Survival {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "survival",
            title: Words::new("How long they stay (survival)", "留存时长（生存分析）"),
            about: Words::new(
                "How long until something happens, for whom sooner, with those still waiting counted fairly",
                "事件多久发生、哪些客户更早，并正确计入尚未发生的客户",
            ),
            question: Question::WillTheyStay,
            needs: vec![],
            uses: vec![],
            wants: vec![want("duration", Holds::Duration, 1), want("event", Holds::YesNo, 1)],
            frame: vec![
                column("group", "Group", "分组", "text")
                    .about("Value of the column that groups; all where none does", "分组列的取值；未分组则为全部"),
                column("t", "Time", "时长", "number")
                    .about("Time since the start at which something happened", "自起点起有事件发生的时长"),
                column("at_risk", "Watched until then", "此前仍在观察", "count").about(
                    "Those still watched, and without the event, just before this time",
                    "到此时之前仍在观察且未发生事件者",
                ),
                column("events", "Events", "事件数", "count").about("Events at this time", "在该时长发生的事件数"),
                column("survival", "Share without the event", "未发生占比", "percent").about(
                    "Share that is expected to have had no event up to this time",
                    "到该时长为止预计未发生事件的比例",
                ),
                column("ci_low", "Low", "下限", "percent")
                    .about("Lower end of the interval of that share", "该比例区间的下限"),
                column("ci_high", "High", "上限", "percent")
                    .about("Upper end of the interval of that share", "该比例区间的上限"),
                column("cumulative_hazard", "Cumulative hazard", "累积风险", "number").about(
                    "Sum of events over those watched, up to this time",
                    "截至该时长，各时点事件数 ÷ 观察数之和",
                ),
            ],
            formula: Words::new(
                "S(t) = Π (1 − d/n) over event times ≤ t; interval S^exp(±z·√G/|ln S|) with G = Σ d/(n(n−d)); H(t) = Σ d/n; \
                 log-rank χ² = zᵀV⁻¹z with z = Σ (d_g − d·n_g/n), Gehan–Wilcoxon weighs each time by n; \
                 restricted mean = area under S up to τ, variance Σ A(t)²·d/(n(n−d)) with A(t) the area beyond t; \
                 Cox: h(t|x) = h₀(t)·exp(βx) by partial likelihood; its test of constant ratios sets scaled Schoenfeld residuals against \
                 the clock g(t) = 1 − S just before each event (as R's cox.zph did until survival 3.0; a test on ranks or on ln t gives other p); \
                 concordance C: share of the pairs with a known order in which the riskier had the event first, its error by the infinitesimal \
                 jackknife √Σ ((aᵢ − C·nᵢ)/pairs)² (nᵢ pairs of a row, aᵢ of them right; the model taken as given, on the rows it was fitted to). \
                 Assumes that those whose watching ended are like those still \
                 watched; Cox also that hazard ratios do not change with time (tested). It cannot say why the event comes.",
                "S(t) = 各事件时点 (1 − d/n) 之积；区间为 S^exp(±z·√G/|ln S|)，G = Σ d/(n(n−d))；H(t) = Σ d/n；\
                 对数秩 χ² = zᵀV⁻¹z，z = Σ (d_g − d·n_g/n)，Gehan–Wilcoxon 以 n 加权；限制平均 = S 在 τ 以内的面积，方差为 Σ A(t)²·d/(n(n−d))，A(t) 为 t 以后的面积；\
                 Cox：h(t|x) = h₀(t)·exp(βx)，用偏似然估计；比例性检验把缩放的 Schoenfeld 残差与时间刻度 g(t) = 1 − 各事件前一刻的 S \
                 相对照（同 R survival 3.0 之前的 cox.zph；按名次或 ln t 计时的检验会得出不同的 p）；\
                 一致性 C = 先后已知的对子中，风险较高者先发生的占比，其误差用无穷小刀切法 √Σ ((aᵢ − C·nᵢ)/对子数)²\
                 （nᵢ 为某行的对子数，aᵢ 为其中排对的；视模型为已知，且在拟合所用的行上计算）。\
                 假设：观察提前结束者与仍在观察者无异；Cox 还假设风险比不随时间变化（已检验）。本方法不能说明事件发生的原因。",
            ),
            source: "Kaplan & Meier 1958; Greenwood 1926; Nelson 1972; Aalen 1978; Mantel 1966; Gehan 1965; Cox 1972; Efron 1977; \
                     Grambsch & Therneau 1994; Harrell 1982; Therneau & Watson 2015",
        }
    }

    fn check(params: &Params) -> Result<()> {
        if let Some(d) = &params.duration {
            d.check("duration")?;
        }
        if let Some(e) = &params.event {
            e.0.check("event")?;
        }
        if let Some(by) = &params.by {
            by.check("by")?;
        }
        col::check_all(&params.covariates, "covariates")?;
        if !(params.level > 0.0 && params.level < 1.0) {
            return Err(Error::bad_param("level", "it must lie between 0 and 1", "须在 0 与 1 之间")
                .remedy("Give the level as a share, such as 0.95.", "请用 0.95 这样的小数表示置信水平。"));
        }
        if params.times.iter().any(|t| !t.is_finite() || *t < 0.0) {
            return Err(Error::bad_param("times", "times are numbers from 0 up", "时间点须为不小于 0 的数").remedy(
                "Write the times as a list, such as [12, 24], in the unit of the duration.",
                "请以列表填写，如 [12, 24]，单位与时长列相同。",
            ));
        }
        if params.tau.is_some_and(|t| !t.is_finite() || t <= 0.0) {
            return Err(Error::bad_param("tau", "it must be above 0", "须大于 0").remedy(
                "Give a time above 0 in the unit of the duration, or leave it out.",
                "请填大于 0 的时间，单位与时长列相同，或不填。",
            ));
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let missing = |name: &str, en: &str, zh: &str| {
            Error::bad_param(name, en, zh).remedy(
                "Choose a column of the table: how long each was watched, and whether the event came.",
                "请选择表中的列：观察时长，以及事件是否发生。",
            )
        };
        let duration = params.duration.as_ref().ok_or_else(|| {
            missing("duration", "say which column holds the time until the event", "请指明哪一列是到事件为止的时长")
        })?;
        let event = params.event.as_ref().ok_or_else(|| {
            missing("event", "say which column tells whether the event happened", "请指明哪一列表示事件是否发生")
        })?;
        prepare(input, duration, event, params.by.as_ref(), &params.covariates)
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let p = prepared;
        let n = p.duration.len();
        if n < 5 {
            return Err(Error::too_little(
                Words::new("rows with a time and an event", "行同时有时长与事件的数据"),
                5,
                n,
            )
            .remedy(
                "Loosen the filter, leave out columns with many gaps, or give more rows.",
                "请放宽筛选、去掉缺失较多的列，或提供更多数据。",
            ));
        }
        let events = p.event.iter().filter(|e| **e).count();
        if events == 0 {
            return Err(Error::new(Code::NoEvents, "the event never happened in these rows", "这些行中事件从未发生")
                .remedy(
                    "Check which value means the event, or loosen the filter.",
                    "请检查哪个值表示事件，或放宽筛选条件。",
                ));
        }
        let z = normal_quantile(0.5 + params.level / 2.0);
        let curve = Curve::new(&p.duration, &p.event);
        let largest = p.duration.last().copied().unwrap_or(0.0);
        let tau = params.tau.unwrap_or(largest);
        let mut warnings = Vec::new();
        if tau > largest {
            warnings.push(Words::new(
                "tau lies beyond the last time watched: the curve is carried on flat from there",
                "tau 超过最长观察时间，其后曲线按水平延伸",
            ));
        }
        let mut groups = Vec::new();
        let mut curves = Vec::new();
        let mut members = vec![Vec::new(); p.labels.len()];
        (0..n).for_each(|i| members.get_mut(p.group[i] as usize).into_iter().for_each(|m: &mut Vec<usize>| m.push(i)));
        for (label, rows) in p.labels.iter().zip(&members) {
            let curve = Curve::new(
                &rows.iter().map(|&i| p.duration[i]).collect::<Vec<_>>(),
                &rows.iter().map(|&i| p.event[i]).collect::<Vec<_>>(),
            );
            groups.push(Group {
                group: label.clone(),
                n: curve.n,
                events: curve.events,
                median: curve.quantile(0.5),
                median_ci: curve.median_ci(z),
            });
            curves.push((Some(label.clone()), curve));
        }
        let test = |weight| {
            rank_test(&p.duration, &p.event, &p.group, p.labels.len(), weight).map(|(chi2, df)| RankTest {
                chi2,
                df,
                p: chi2_sf(chi2, df as f64),
            })
        };
        let (logrank, gehan_wilcoxon) =
            if p.labels.len() > 1 { (test(Weight::LogRank), test(Weight::Gehan)) } else { (None, None) };
        let cox = if p.terms.is_empty() { None } else { Some(cox_summary(p, params, z, &mut warnings)?) };
        let at_times = params
            .times
            .iter()
            .map(|&t| {
                let m = curve.at(t, z);
                AtTime {
                    t,
                    at_risk: m.at_risk,
                    survival: m.survival,
                    ci_low: m.ci[0],
                    ci_high: m.ci[1],
                    std_error: m.std_error,
                    cumulative_hazard: m.hazard,
                }
            })
            .collect();
        let summary = Summary {
            n,
            events,
            median: curve.quantile(0.5),
            median_ci: curve.median_ci(z),
            at_times,
            restricted_mean: restricted_mean(&curve, tau, z),
            groups,
            logrank,
            gehan_wilcoxon,
            cox,
        };
        if curves.is_empty() {
            curves.push((None, curve));
        }
        Ok(Output {
            summary,
            frame: frame(&curves, z),
            used_rows: n,
            left_out: p.left_out.clone(),
            warnings,
            choices: p.choices.clone(),
        })
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

fn prepare(input: &Input<'_>, duration: &Col, event: &YesNo, by: Option<&Col>, covariates: &[Col]) -> Result<Prepared> {
    let as_number = |c: &Col| {
        let mut spec = c.spec();
        spec.kind = Some(Kind::Number);
        Col::Spec(Box::new(spec))
    };
    let as_group = |c: &Col| {
        let mut spec = c.spec();
        if spec.equals.is_none() && spec.order.is_none() {
            spec.kind = Some(Kind::Category);
        }
        Col::Spec(Box::new(spec))
    };
    let mut cols = vec![as_number(duration), event.col()];
    cols.extend(by.map(as_group));
    cols.extend(covariates.iter().cloned());
    let list: Vec<&Col> = cols.iter().collect();
    let mut resolved = col::resolve(input, &list, col::Options::default()).map_err(|e| {
        let of_event = e.at.column.as_deref() == Some(event.0.label().as_str());
        if of_event { event.explain(e) } else { e }
    })?;
    let times = resolved.variables[0].numbers()?.to_vec();
    let good: Vec<u32> =
        (0..times.len() as u32).filter(|&i| times[i as usize].is_finite() && times[i as usize] >= 0.0).collect();
    let negative = times.len() - good.len();
    if negative > 0 {
        resolved.keep(&good);
        resolved.left_out.push(LeftOut { reason: Words::new("negative duration", "时长为负"), rows: negative });
    }
    let duration = resolved.variables[0].numbers()?.to_vec();
    let event: Vec<bool> = YesNo::values(&resolved.variables[1])?.iter().map(|v| *v == 1.0).collect();
    let (group, labels) = match by {
        None => (vec![0; duration.len()], Vec::new()),
        Some(_) => groups(&resolved.variables[2].data),
    };
    if labels.len() > MOST_GROUPS {
        let (name, n) = (&resolved.variables[2].name, say::count(labels.len()));
        return Err(Error::bad_param(
            "by",
            format!("“{name}” has {n} groups; at most {MOST_GROUPS} curves can be compared"),
            format!("「{name}」有 {n} 组，最多比较 {MOST_GROUPS} 条曲线"),
        )
        .column(name)
        .remedy(
            "Group by a column with fewer values, or merge rare ones with min_count.",
            "请换用取值较少的列，或用 min_count 合并少见取值。",
        ));
    }
    let first = 2 + usize::from(by.is_some());
    let too_many = |v: &&col::Variable| v.levels() > MOST_LEVELS;
    if let Some(v) = resolved.variables[first..].iter().find(too_many) {
        let name = &v.name;
        return Err(Error::bad_param(
            "covariates",
            format!("“{name}” has more than {MOST_LEVELS} levels; give it `min_count`, or leave it out"),
            format!("「{name}」的水平超过 {MOST_LEVELS} 个；请设置 min_count 或去掉该列"),
        )
        .column(name)
        .remedy(
            "Set min_count on this column so that rare levels become one, or leave it out.",
            "请为该列设置 min_count 以合并少见水平，或去掉该列。",
        ));
    }
    let terms = col::code(&resolved.variables[first..], false)?.terms;
    // One order for equal content.
    let mut order: Vec<u32> = (0..duration.len() as u32).collect();
    order.order_by(|&a, &b| {
        let (a, b) = (a as usize, b as usize);
        let covariates = || terms.iter().map(|t| t.values[a].total_cmp(&t.values[b])).find(|o| o.is_ne());
        duration[a]
            .total_cmp(&duration[b])
            .then(event[a].cmp(&event[b]))
            .then(group[a].cmp(&group[b]))
            .then_with(|| covariates().unwrap_or(std::cmp::Ordering::Equal))
    });
    let pick = |v: &[f64]| order.iter().map(|&i| v[i as usize]).collect::<Vec<f64>>();
    Ok(Prepared {
        event: order.iter().map(|&i| event[i as usize]).collect(),
        group: order.iter().map(|&i| group[i as usize]).collect(),
        terms: terms.into_iter().map(|t| col::Term { values: pick(&t.values), ..t }).collect(),
        duration: pick(&duration),
        labels,
        left_out: resolved.left_out,
        choices: resolved.choices,
    })
}

/// Codes and labels of the groups present, in the order of their labels.
fn groups(data: &Data) -> (Vec<u32>, Vec<String>) {
    match data {
        Data::Number(v) => {
            let mut levels = v.clone();
            levels.order_by(f64::total_cmp);
            levels.dedup();
            let codes = v.iter().map(|x| levels.partition_point(|l| l.total_cmp(x).is_lt()) as u32).collect();
            (codes, levels.iter().map(f64::to_string).collect())
        }
        Data::Category { codes, labels } => {
            let mut present: Vec<u32> = codes.iter().copied().filter(|c| *c != Category::MISSING).collect();
            present.sort_unstable();
            present.dedup();
            present.order_by(|&a, &b| labels[a as usize].cmp(&labels[b as usize]));
            let mut rank = vec![0u32; labels.len()];
            present.iter().enumerate().for_each(|(i, &c)| rank[c as usize] = i as u32);
            let names = present.iter().map(|&c| labels[c as usize].clone()).collect();
            (codes.iter().map(|&c| rank.get(c as usize).copied().unwrap_or(0)).collect(), names)
        }
    }
}

fn cox_summary(p: &Prepared, params: &Params, z: f64, warnings: &mut Vec<Words>) -> Result<CoxSummary> {
    let columns: Vec<Vec<f64>> = p.terms.iter().map(|t| t.values.clone()).collect();
    let ties = match params.ties {
        Ties::Efron => cox::Ties::Efron,
        Ties::Breslow => cox::Ties::Breslow,
    };
    let fit = cox::fit(&p.duration, &p.event, &columns, ties).map_err(|f| failure(&f, &p.terms))?;
    let dropped: Vec<String> =
        (0..p.terms.len()).filter(|i| !fit.kept.contains(i)).map(|i| p.terms[i].name.clone()).collect();
    if !dropped.is_empty() {
        let list = col::Labels::of(&params.covariates).list(dropped.iter().map(String::as_str));
        warnings.push(Words::new(
            format!("left out because they are constant or follow from earlier covariates: {}", list.en),
            format!("以下协变量恒定或可由前面的协变量推出，已略去：{}", list.zh),
        ));
    }
    if (p.event.iter().filter(|e| **e).count() as f64) < 5.0 * fit.kept.len() as f64 {
        warnings.push(Words::new(
            "fewer than 5 events per coefficient: estimates are unstable",
            "每个系数对应的事件不足 5 次，估计不稳定",
        ));
    }
    let coefficients: Vec<Coefficient> = fit
        .kept
        .iter()
        .enumerate()
        .map(|(j, &c)| {
            let (b, se) = (fit.estimate[j], fit.std_error[j]);
            Coefficient {
                name: p.terms[c].name.clone(),
                column: p.terms[c].column.clone(),
                level: p.terms[c].level.clone(),
                estimate: b,
                std_error: se,
                z: b / se,
                p: normal_two_sided(b / se),
                hazard_ratio: b.exp(),
                ci_low: (b - z * se).exp(),
                ci_high: (b + z * se).exp().min(f64::MAX),
                schoenfeld_p: fit.schoenfeld_chi2[j].map(|c| chi2_sf(c, 1.0)),
            }
        })
        .collect();
    let changing: Vec<&Coefficient> =
        coefficients.iter().filter(|c| c.schoenfeld_p.is_some_and(|p| p < 0.05)).collect();
    if !changing.is_empty() {
        let labels = col::Labels::of(&params.covariates);
        let mut list = labels.list(changing.iter().take(6).map(|c| c.name.as_str()));
        if changing.len() > 6 {
            list = Words::new(
                format!("{} and {} more", list.en, changing.len() - 6),
                format!("{}等 {} 项", list.zh, changing.len()),
            );
        }
        warnings.push(Words::new(
            format!("hazard ratios that change with time (Schoenfeld p below 0.05), so that the one figure is an average: {}", list.en),
            format!("以下风险比随时间变化（Schoenfeld p 小于 0.05），所给数值只是平均：{}", list.zh),
        ));
    }
    Ok(CoxSummary {
        ties: params.ties,
        coefficients,
        dropped,
        log_likelihood: fit.log_likelihood,
        log_likelihood_null: fit.log_likelihood_null,
        lr_chi2: 2.0 * (fit.log_likelihood - fit.log_likelihood_null),
        wald_chi2: fit.wald_chi2,
        score_chi2: fit.score_chi2,
        concordance: fit.concordance,
        concordance_std_error: fit.concordance_error,
        concordance_ci: fit
            .concordance_error
            .filter(|e| *e > 0.0)
            .map(|e| [(fit.concordance - z * e).max(0.0), (fit.concordance + z * e).min(1.0)]),
    })
}

fn restricted_mean(curve: &Curve, tau: f64, z: f64) -> RestrictedMean {
    let (value, std_error) = curve.restricted_mean(tau);
    RestrictedMean { tau, value, std_error, ci: [(value - z * std_error).max(0.0), (value + z * std_error).min(tau)] }
}

fn failure(f: &Failure, terms: &[col::Term]) -> Error {
    match f {
        Failure::NoEvents => {
            Error::new(Code::NoEvents, "the event never happened in these rows", "这些行中事件从未发生")
        }
        Failure::NoVariation => {
            Error::new(Code::NoVariation, "no covariate varies in these rows", "这些行中没有任何协变量有变化")
                .param("covariates")
        }
        Failure::Separation(c) => {
            let (name, column) = terms.get(*c).map_or(("", ""), |t| (t.name.as_str(), t.column.as_str()));
            Error::new(
                Code::Separation,
                format!("the coefficient of “{name}” runs to infinity: one side of it never has the event"),
                format!("「{name}」的系数趋于无穷：其一侧从未发生事件"),
            )
            .column(column)
            .remedy(
                "Leave it out, or merge its rare levels with `min_count`.",
                "请去掉此协变量，或用 `min_count` 合并其稀少的水平。",
            )
        }
        Failure::NotConverged => Error::new(Code::NotConverged, "Cox's model did not converge", "Cox 模型未收敛")
            .remedy("Leave out covariates, or merge rare levels.", "请减少协变量，或合并稀少的水平。"),
    }
}

fn frame(curves: &[(Option<String>, Curve)], z: f64) -> Frame {
    let labels: Vec<String> = curves.iter().filter_map(|c| c.0.clone()).collect();
    let mut codes = Vec::new();
    let mut columns: [Vec<f64>; 7] = Default::default();
    for (g, (label, curve)) in curves.iter().enumerate() {
        for i in 0..curve.t.len() {
            codes.push(if label.is_some() { g as u32 } else { u32::MAX });
            let [low, high] = curve.interval(i, z);
            let row = [curve.t[i], curve.at_risk[i], curve.died[i], curve.survival[i], low, high, curve.hazard[i]];
            columns.iter_mut().zip(row).for_each(|(c, v)| c.push(v));
        }
    }
    let names = ["t", "at_risk", "events", "survival", "ci_low", "ci_high", "cumulative_hazard"];
    let mut frame = Frame::default().with("group", Series::Coded(codes, labels));
    for (name, values) in names.iter().zip(columns) {
        frame = frame.with(name, Series::Number(values));
    }
    frame
}

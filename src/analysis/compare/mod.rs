//! Do groups differ, by how much, and by more than chance? Numbers, categories and yes/no; A/B tests.
//!
//! Method: one-way analysis of variance, Kruskal–Wallis, Levene about medians (Brown and Forsythe 1974), Welch's and Student's t, Mann–Whitney (normal, ties, continuity),
//! Kolmogorov–Smirnov; chi-squared, G, Fisher's exact test; two proportions with Wilson, Clopper–Pearson and Newcombe intervals.
//! Input: the measure and the group; rows that lack either are left out. Cost: one sort. Needs: two groups.

mod category;
mod number;
mod plan;
mod present;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::col::{Cell, Col, Data, Kind, Options, Spec, resolve};
use super::{Analysis, Holds, Input, LeftOut, Meta, Output, Presentation, Question, column, want};
use crate::error::{Code, Error, Result, Words};
use crate::table::{Category, Frame, Series, Type};

pub use category::{Chi2, Crosstab, Fisher, GTest, Proportion, Proportions};
pub use number::{Anova, Group, Kruskal, Ks, Levene, MannWhitney, PairTests, TTest};
pub use plan::Plan;

pub struct Compare;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What is compared: a number, a category, or yes/no (0/1 by `equals`, or a boolean column).
    #[schemars(extend("x-zh" = "比较什么：数值、类别，或是/否"))]
    pub measure: Option<Col>,
    /// Which group a row belongs to.
    #[schemars(extend("x-zh" = "按什么分组"))]
    pub by: Option<Col>,
    /// The two groups of the pair tests; by default the first two by code point.
    #[schemars(extend("x-zh" = "两两检验的两组；默认按字码排序的前两组"))]
    pub pair: Option<[Cell; 2]>,
    /// Level of the intervals.
    #[schemars(extend("x-zh" = "区间的置信水平"))]
    pub level: f64,
    /// Chance with which a planned test should find the difference, 0–1; its error of the first kind is 1 − `level`.
    #[schemars(extend("x-zh" = "计划中的检验发现差异的概率（功效），0–1；第一类错误率为 1 − 置信水平"))]
    pub power: f64,
    /// Smallest difference worth finding, in the unit of the measure (yes/no: 0.02 is two percentage points); by default the one observed.
    #[schemars(extend("x-zh" = "值得发现的最小差异，单位同比较对象（是/否：0.02 即两个百分点）；默认为观察到的差异"))]
    pub effect: Option<f64>,
}

impl Default for Params {
    fn default() -> Self {
        Self { measure: None, by: None, pair: None, level: 0.95, power: 0.8, effect: None }
    }
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// `number`, `category` or `yes_no`.
    pub kind: &'static str,
    pub measure: String,
    pub by: String,
    /// Rows used.
    pub n: usize,
    /// Numbers: one per group, by code point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anova: Option<Anova>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kruskal: Option<Kruskal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levene: Option<Levene>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<PairTests>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crosstab: Option<Crosstab>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi2: Option<Chi2>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub g_test: Option<GTest>,
    /// Uncorrected, 0–1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cramers_v: Option<f64>,
    /// Exists for 2 × 2 tables; null beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fisher: Option<Option<Fisher>>,
    /// Yes/no: the pair of groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proportions: Option<Proportions>,
    /// Numbers and yes/no: what these groups could have found, and how large a new test must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
}

enum Values {
    Number(Vec<f64>),
    Category { codes: Vec<u32>, labels: Vec<String>, yes_no: bool },
}

pub struct Prepared {
    measure: String,
    by: String,
    values: Values,
    groups: Vec<u32>,
    labels: Vec<String>,
    left_out: Vec<LeftOut>,
    choices: Vec<Words>,
}

/// A column of whole numbers that are 0 and 1: yes/no, unless it is asked for as a number.
fn zero_one(v: &[f64], kind: Option<Type>) -> bool {
    kind == Some(Type::Integer) && v.contains(&0.0) && v.contains(&1.0) && v.iter().all(|v| *v == 0.0 || *v == 1.0)
}

impl Analysis for Compare {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "compare",
            title: Words::new("Groups compared", "分组比较"),
            about: Words::new(
                "Whether groups differ, by how much, and whether by more than chance; reads out A/B tests.",
                "各组是否有差异、差多少、是否超出偶然；也用于解读 A/B 测试。",
            ),
            question: Question::WhoAreMyCustomers,
            needs: vec![],
            uses: vec![],
            wants: vec![want("by", Holds::Groups, 1), want("measure", Holds::Either, 2)],
            frame: vec![
                column("group", "Group", "组", "text").about("Value of the column that groups", "分组列的取值"),
                column("n", "Rows", "行数", "count").about("Rows of the group that have a value", "该组中有值的行数"),
                column("value", "Mean or share", "均值或占比", "number")
                    .about("Mean of the group; of a yes or no, the share of yes", "该组均值；是/否列则为「是」的占比"),
                column("low", "Interval from", "区间下限", "number")
                    .about("Lower end of the interval at the level chosen", "所选置信水平下的区间下限"),
                column("high", "Interval to", "区间上限", "number")
                    .about("Upper end of the interval at the level chosen", "所选置信水平下的区间上限"),
            ],
            formula: Words::new(
                "F = (SSB/(k−1))/(SSW/(n−k)), η² = SSB/SST; H = 12/(n(n+1))·ΣR²/n − 3(n+1), over ties; Welch t = (x̄a−x̄b)/√(s²a/na + s²b/nb); U = Ra − na(na+1)/2; U/(na·nb): chance of superiority, its interval by the infinitesimal jackknife; d = (x̄a−x̄b)/s pooled, interval from the non-central t; χ² = Σ(O−E)²/E; G = 2ΣO ln(O/E); V = √(χ²/(n·min(r−1, c−1))); z = (pa−pb)/√(p(1−p)(1/na+1/nb)); Newcombe's interval from the two Wilson intervals; relative lift and odds ratio: intervals on the logarithm (Katz, Woolf); planning: n per group = ((z_{1−α/2}√(2p̄(1−p̄)) + z_{power}√(pa(1−pa)+pb(1−pb)))/(pa−pb))², for means by the non-central t. Assumes independent rows, and for t and F means of roughly normal groups (large groups need not be). Only groups that were drawn by lot, as in an A/B test, differ because of what was done to them; of others it cannot say why they differ.",
                "F = (SSB/(k−1))/(SSW/(n−k))，η² = SSB/SST；H = 12/(n(n+1))·ΣR²/n − 3(n+1)，经同值校正；Welch t = (x̄a−x̄b)/√(s²a/na + s²b/nb)；U = Ra − na(na+1)/2；U/(na·nb) 为优势概率，区间用无穷小刀切法；d = (x̄a−x̄b)/合并标准差，区间由非中心 t 分布得出；χ² = Σ(O−E)²/E；G = 2ΣO ln(O/E)；V = √(χ²/(n·min(r−1, c−1)))；z = (pa−pb)/√(p(1−p)(1/na+1/nb))；Newcombe 区间由两个 Wilson 区间得出；相对提升与优势比的区间取对数尺度（Katz、Woolf）；样本量：每组 n = ((z_{1−α/2}√(2p̄(1−p̄)) + z_{功效}√(pa(1−pa)+pb(1−pb)))/(pa−pb))²，均值用非中心 t 分布。假设各行相互独立；t 与 F 检验还假设组均值近似正态（组大时无碍）。只有随机分组（如 A/B 测试）的差异才能归因于所做的处理；其他分组不能说明差异的原因。",
            ),
            source: "Welch 1947; Mann and Whitney 1947; Kruskal and Wallis 1952; Brown and Forsythe 1974; Fleiss, Levin and Paik 2003; Cohen 1988; Woolf 1955; Katz et al. 1978; Steiger and Fouladi 1997; Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
        }
    }

    fn check(params: &Params) -> Result<()> {
        let needed = |name: &str| {
            Error::bad_param(name, "name a column", "请指定一列")
                .remedy("Choose a column of the table.", "请选择表中的一列。")
        };
        params.measure.as_ref().ok_or_else(|| needed("measure"))?.check("measure")?;
        params.by.as_ref().ok_or_else(|| needed("by"))?.check("by")?;
        if !(params.level > 0.0 && params.level < 1.0) {
            return Err(Error::bad_param("level", "between 0 and 1", "须在 0 与 1 之间")
                .remedy("Give the level as a share, such as 0.95.", "请用 0.95 这样的小数表示置信水平。"));
        }
        if !(params.power > 0.0 && params.power < 1.0) {
            return Err(Error::bad_param("power", "between 0 and 1", "须在 0 与 1 之间")
                .remedy("Give the power as a share, such as 0.8.", "请用 0.8 这样的小数表示功效。"));
        }
        if params.effect.is_some_and(|e| !(e.is_finite() && e > 0.0)) {
            return Err(Error::bad_param("effect", "a number above 0", "须为大于 0 的数").remedy(
                "Give the smallest difference worth finding, or leave it out.",
                "请给出值得发现的最小差异，或留空。",
            ));
        }
        if params.pair.as_ref().is_some_and(|[a, b]| a.text() == b.text()) {
            return Err(Error::bad_param("pair", "two different groups", "须为两个不同的组").remedy(
                "Name two groups, or leave `pair` out for the first two.",
                "请指定两个组，或不填以比较前两组。",
            ));
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let (Some(measure), Some(by)) = (&params.measure, &params.by) else {
            return Err(Error::bad_param("measure", "name a column", "请指定一列")
                .remedy("Choose a column of the table.", "请选择表中的一列。"));
        };
        let spec = by.spec();
        let by = Col::Spec(Box::new(Spec { kind: spec.kind.or(Some(Kind::Category)), ..spec }));
        let mut r = resolve(input, &[measure, &by], Options::default())?;
        let (Some(group), Some(value)) = (r.variables.pop(), r.variables.pop()) else {
            return Err(Error::bad_param("measure", "name a column", "请指定一列")
                .remedy("Choose a column of the table.", "请选择表中的一列。"));
        };
        let (groups, labels) = levels(group.data);
        if labels.len() < 2 {
            return Err(Error::new(
                Code::NoVariation,
                format!("“{}” has one group only: there is nothing to compare", group.name),
                format!("「{}」只有一组，无从比较", group.name),
            )
            .column(&group.name));
        }
        if labels.len() > MOST_GROUPS {
            let n = labels.len();
            return Err(Error::bad_param(
                "by",
                format!("“{}” has {n} groups; at most {MOST_GROUPS} can be compared", group.name),
                format!("「{}」有 {n} 组，最多比较 {MOST_GROUPS} 组", group.name),
            )
            .remedy(
                "Group by a column with fewer values, or merge rare ones with min_count.",
                "请换用取值较少的列，或用 min_count 合并少见取值。",
            )
            .column(&group.name));
        }
        let asked = value.spec.kind;
        let boolean = value.kind == Some(Type::Boolean) && asked.is_none();
        let mut choices = r.choices;
        let values = match value.data {
            Data::Number(v)
                if (value.spec.equals.is_some() || zero_one(&v, value.kind)) && asked != Some(Kind::Number) =>
            {
                if value.spec.equals.is_none() {
                    choices.push(Words::new(
                        format!("“{}” holds 0 and 1 only: read as no and yes", value.name),
                        format!("「{}」只含 0 和 1：视为否与是", value.name),
                    ));
                }
                let labels = vec!["0".to_string(), "1".to_string()];
                Values::Category { codes: v.iter().map(|x| *x as u32).collect(), labels, yes_no: true }
            }
            Data::Number(v) => Values::Number(v),
            data => {
                let truth = input.table.position(&value.name).and_then(|i| input.table.columns.get(i));
                let (codes, labels) = levels(data);
                match truth {
                    // A boolean column is yes/no in its own spelling, false first.
                    Some(c) if boolean => {
                        let yes = labels.iter().position(|l| *l == c.spelling[1]);
                        let codes = codes.iter().map(|&k| u32::from(Some(k as usize) == yes)).collect();
                        Values::Category { codes, labels: c.spelling.to_vec(), yes_no: true }
                    }
                    _ => Values::Category { codes, labels, yes_no: false },
                }
            }
        };
        Ok(Prepared { measure: value.name, by: group.name, values, groups, labels, left_out: r.left_out, choices })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let p = prepared;
        let pair = pair(&p.labels, params)?;
        let base = Summary { measure: p.measure.clone(), by: p.by.clone(), n: p.groups.len(), ..Summary::default() };
        let mut summary = match &p.values {
            Values::Number(v) => number::compare(base, v, &p.groups, &p.labels, pair, params.level)?,
            Values::Category { codes, labels, yes_no } => {
                let table = category::Counts::of(&p.groups, &p.labels, codes, labels);
                category::compare(base, &table, *yes_no, pair, params.level)?
            }
        };
        summary.plan = plan::plan(&summary, params)?;
        let warnings = warnings(&summary);
        Ok(Output {
            frame: frame(&summary, params.level),
            used_rows: summary.n,
            summary,
            left_out: p.left_out.clone(),
            warnings,
            choices: p.choices.clone(),
        })
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        present::present(&output.summary, params)
    }
}

const MOST_GROUPS: usize = 1000;

/// Codes and labels without missing entries (resolved data has none).
fn levels(data: Data) -> (Vec<u32>, Vec<String>) {
    match data {
        Data::Category { mut codes, mut labels } => {
            // `missing: "level"` keeps such rows: they are a group of their own.
            if codes.contains(&Category::MISSING) {
                let last = labels.len() as u32;
                labels.push("~missing".to_string());
                codes.iter_mut().filter(|c| **c == Category::MISSING).for_each(|c| *c = last);
            }
            (codes, labels)
        }
        Data::Number(v) => {
            // 0/1 of `equals`, or places of `order`.
            let mut distinct = crate::num::quantile::ascending(&v);
            distinct.dedup();
            let codes = v.iter().map(|x| distinct.partition_point(|d| d < x) as u32).collect();
            (codes, distinct.iter().map(f64::to_string).collect())
        }
    }
}

fn pair(labels: &[String], params: &Params) -> Result<(usize, usize)> {
    let Some(wanted) = &params.pair else { return Ok((0, 1)) };
    let place = |c: &Cell| {
        let text = c.text();
        labels.iter().position(|l| *l == text).ok_or_else(|| {
            let list = labels.iter().take(30).cloned().collect::<Vec<_>>();
            Error::bad_param(
                "pair",
                format!("there is no group “{text}”; the groups are: {}", list.join(", ")),
                format!("没有「{text}」这一组；现有：{}", list.join("、")),
            )
            .remedy("Write the group as it stands in the table.", "请按表中的写法填写组名。")
        })
    };
    Ok((place(&wanted[0])?, place(&wanted[1])?))
}

fn warnings(s: &Summary) -> Vec<Words> {
    let mut out = Vec::new();
    if s.chi2.as_ref().is_some_and(|c| c.smallest_expected < 5.0) {
        out.push(Words::new(
            "some cells are expected to hold fewer than 5 rows: the chi-squared p is rough there",
            "部分单元格的期望行数不足 5，卡方检验的 p 值较粗略",
        ));
    }
    let small: Vec<&str> = s.groups.iter().flatten().filter(|g| g.n < 5).map(|g| g.group.as_str()).take(10).collect();
    if !small.is_empty() {
        out.push(Words::new(
            format!("fewer than 5 rows in: {}", small.join(", ")),
            format!("不足 5 行的组：{}", small.join("、")),
        ));
    }
    if s.levene.as_ref().is_some_and(|l| l.p.is_some_and(|p| p < 0.01)) {
        out.push(Words::new(
            "the groups spread differently: trust Welch's t and Kruskal–Wallis before analysis of variance",
            "各组离散程度不同：请以 Welch t 检验和 Kruskal–Wallis 检验为准，而非方差分析",
        ));
    }
    out
}

fn frame(s: &Summary, level: f64) -> Frame {
    let mut rows: Vec<(String, usize, f64, [f64; 2])> = Vec::new();
    if let Some(groups) = &s.groups {
        for g in groups {
            rows.push((g.group.clone(), g.n, g.mean, g.mean_ci.unwrap_or([f64::NAN; 2])));
        }
    } else if let Some(table) = &s.crosstab {
        // Share of the last value (yes, for yes/no).
        for (group, counts) in table.rows.iter().zip(&table.counts) {
            let n: usize = counts.iter().sum();
            let x = counts.last().copied().unwrap_or(0);
            rows.push((group.clone(), n, x as f64 / n.max(1) as f64, category::wilson(x as f64, n as f64, level)));
        }
    }
    Frame::default()
        .with("group", Series::Text(rows.iter().map(|r| Some(r.0.clone())).collect()))
        .with("n", Series::Integer(rows.iter().map(|r| r.1 as i32).collect()))
        .with("value", Series::Number(rows.iter().map(|r| r.2).collect()))
        .with("low", Series::Number(rows.iter().map(|r| r.3[0]).collect()))
        .with("high", Series::Number(rows.iter().map(|r| r.3[1]).collect()))
}

//! What is in every column: how much is there, how large, how spread, how shaped, what comes most often.
//!
//! Method: quantiles of type 7 (Hyndman and Fan 1996), adjusted skewness and kurtosis (Joanes and Gill 1998), interval of the mean by Student's t.
//! Input: any columns; missing cells are counted per column and left out there. Sums and moments are exact, hence free of row order.
//! Cost: one sort per column of numbers. Needs: one row.

mod present;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::col::{self, Col, Data, Kind, Labels, Options, Spec, resolve, show};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Error, Result, Words};
use crate::num::moment::Moments;
use crate::num::{dist, quantile, sum};
use crate::role::naming::{are_years, counts_rows, names_things, shape};
use crate::table::{Category, Frame, Series, Type};

pub struct Describe;

/// Identifiers that are spoken of one by one.
const TOLD: usize = 6;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Columns to describe; empty: all.
    #[schemars(extend("x-zh" = "要描述的列；留空为全部"))]
    pub columns: Vec<Col>,
    /// Shares at which quantiles are given.
    #[schemars(extend("x-zh" = "分位点"))]
    pub quantiles: Vec<f64>,
    /// Share cut off at each end for the trimmed mean, below 0.5.
    #[schemars(extend("x-zh" = "截尾均值每端去掉的比例，小于 0.5"))]
    pub trim: f64,
    /// Level of the interval of the mean.
    #[schemars(extend("x-zh" = "均值区间的置信水平"))]
    pub level: f64,
    /// Number of histogram bins; by default round edges after Freedman and Diaconis, at most 50.
    #[schemars(extend("x-zh" = "直方图的组数；默认取整边界，至多 50 组"))]
    pub bins: Option<usize>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            quantiles: vec![0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99],
            trim: 0.1,
            level: 0.95,
            bins: None,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// Rows looked at.
    pub rows: usize,
    pub columns: Vec<Description>,
}

/// One column. The figures from `mean` on exist for numbers only.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Description {
    pub name: String,
    /// `integer`, `decimal`, `text`, `boolean`, `date`, `timestamp`; `number` for formulas and facts.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its values name things (ids, codes, phone and row numbers): the figures of numbers are there, but say nothing.
    pub identifier: bool,
    /// Whole numbers that are years of the calendar.
    pub year: bool,
    /// Identifiers: how most of them are written, digits as 9, letters as A and a; null where they have no common form.
    pub shape: Option<String>,
    /// Cells with a value.
    pub n: usize,
    pub missing: usize,
    /// Different values.
    pub distinct: usize,
    /// The ten most frequent values, ties by value.
    pub top: Vec<Top>,
    /// Dates: the first and the last day.
    pub first: Option<String>,
    pub last: Option<String>,
    pub mean: Option<f64>,
    /// Divisor n − 1.
    pub sd: Option<f64>,
    pub variance: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub sum: Option<f64>,
    pub median: Option<f64>,
    /// Interval of the median between two of the values, by the binomial law: it holds without any assumption on their distribution. Null where so few
    /// values cannot give one at this level.
    pub median_ci: Option<[f64; 2]>,
    /// Type 7, keyed by the share as asked for (`"0.25"`).
    pub quantiles: Option<BTreeMap<String, f64>>,
    /// 75 % quantile − 25 % quantile.
    pub iqr: Option<f64>,
    /// Median absolute deviation from the median, raw.
    pub mad: Option<f64>,
    /// Standard error of the mean.
    pub se_mean: Option<f64>,
    /// Interval of the mean by Student's t.
    pub mean_ci: Option<[f64; 2]>,
    /// Mean without the share `trim` at each end.
    pub trimmed_mean: Option<f64>,
    /// sd / mean.
    pub cv: Option<f64>,
    /// Adjusted, G1.
    pub skewness: Option<f64>,
    /// g1.
    pub skewness_biased: Option<f64>,
    /// Excess, adjusted, G2.
    pub kurtosis: Option<f64>,
    /// Excess, g2.
    pub kurtosis_biased: Option<f64>,
    /// Counts in equal bins, ascending; `from` is in, `to` is out but for the last bin. Where a few values lie far out, an open first or last bin
    /// holds them.
    pub histogram: Option<Vec<Bin>>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Top {
    pub value: String,
    pub n: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub n: usize,
    /// Wider than the others: all that lies further out.
    pub open: bool,
}

/// A column brought down to what the figures need.
enum Values {
    /// Ascending.
    Numbers(Vec<f64>),
    /// Label and count, most frequent first.
    Categories(Vec<(String, usize)>),
}

struct Column {
    name: String,
    kind: Option<Type>,
    /// By name and role; a counter of rows shows in its values.
    names_things: bool,
    missing: usize,
    values: Values,
}

pub struct Prepared {
    rows: usize,
    columns: Vec<Column>,
    choices: Vec<Words>,
}

impl Analysis for Describe {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "describe",
            title: Words::new("Every column described", "各列概况"),
            about: Words::new(
                "How much each column holds, what is typical, how far values spread, and what is missing.",
                "每一列有多少数据、典型值是多少、差异有多大、缺了什么。",
            ),
            question: Question::CanITrustThisData,
            needs: vec![],
            uses: vec![],
            wants: vec![],
            frame: vec![
                column("name", "Column", "列", "text").about("Column of the file", "文件中的列"),
                column("type", "Type", "类型（英文）", "text").about("What the column holds", "该列的类型"),
                column("type_zh", "Type (Chinese)", "类型", "text").about("The same in Chinese", "同上，中文"),
                column("n", "Values", "有值", "count").about("Rows with a value", "有值的行数"),
                column("missing", "Missing", "缺失", "count").about("Rows without a value", "没有值的行数"),
                column("distinct", "Distinct", "不同值", "count").about("Different values", "不同取值的个数"),
                column("mean", "Mean", "均值", "number").about("Sum over number of values", "合计 ÷ 个数"),
                column("sd", "Standard deviation", "标准差", "number")
                    .about("Typical distance of a value from the mean", "取值与均值的典型距离"),
                column("min", "Minimum", "最小值", "number").about("Smallest value", "最小的值"),
                column("p25", "25% quantile", "25% 分位数", "number")
                    .about("A quarter of the values are no larger", "四分之一的值不超过它"),
                column("median", "Median", "中位数", "number")
                    .about("Half of the values are no larger", "一半的值不超过它"),
                column("p75", "75% quantile", "75% 分位数", "number")
                    .about("Three quarters of the values are no larger", "四分之三的值不超过它"),
                column("max", "Maximum", "最大值", "number").about("Largest value", "最大的值"),
            ],
            formula: Words::new(
                "mean x̄ = Σx/n; s² = Σ(x−x̄)²/(n−1); quantile of share p: linear between the ordered values at (n−1)p (type 7); interval x̄ ± t·s/√n; interval of the median: the k-th value from either end with P(Bin(n, ½) < k) at most half of what the level leaves; G1 = g1·√(n(n−1))/(n−2), g1 = m₃/m₂^1.5; G2 = (n−1)/((n−2)(n−3))·((n+1)g2 + 6), g2 = m₄/m₂² − 3. Assumes that the rows are a sample of what is meant, independent of each other, for the interval of the mean. It cannot say why a column looks as it does, nor what holds for rows that are missing.",
                "均值 x̄ = Σx/n；s² = Σ(x−x̄)²/(n−1)；分位数：在排序后的第 (n−1)p 位之间线性插值（类型 7）；均值区间 x̄ ± t·s/√n；中位数区间：两端各第 k 个值，使 P(Bin(n, ½) < k) 不超过置信水平之外部分的一半；G1 = g1·√(n(n−1))/(n−2)，g1 = m₃/m₂^1.5；G2 = (n−1)/((n−2)(n−3))·((n+1)g2 + 6)，g2 = m₄/m₂² − 3。均值区间假设各行相互独立、能代表所关心的总体。本方法不能说明某列为何如此，也不能说明缺失的行是什么情况。",
            ),
            source: "Hyndman and Fan 1996, doi:10.2307/2684934 (type 7); Joanes and Gill 1998, doi:10.1111/1467-9884.00122",
        }
    }

    fn check(params: &Params) -> Result<()> {
        col::check_all(&params.columns, "columns")?;
        if params.quantiles.iter().any(|q| !(0.0..=1.0).contains(q)) {
            return Err(Error::bad_param("quantiles", "shares lie between 0 and 1", "分位点须在 0 与 1 之间")
                .remedy("Write them as a list, such as [0.05, 0.5, 0.95].", "请以列表填写，如 [0.05, 0.5, 0.95]。"));
        }
        if !(0.0..0.5).contains(&params.trim) {
            return Err(Error::bad_param("trim", "from 0 to below 0.5", "须在 0 与 0.5 之间")
                .remedy("Give the share cut off at each end, such as 0.1.", "请填两端各去掉的比例，如 0.1。"));
        }
        if params.bins.is_some_and(|b| b == 0 || b > 1000) {
            return Err(Error::bad_param("bins", "from 1 to 1000", "须在 1 与 1000 之间")
                .remedy("Give a number of bars, or leave it out.", "请填柱数，或不填。"));
        }
        check_level(params.level)
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let all: Vec<Col> = input.table.columns.iter().map(|c| Col::from(c.name.as_str())).collect();
        let cols = if params.columns.is_empty() { &all } else { &params.columns };
        let facts = cols.iter().any(Col::is_fact);
        let mut out = Prepared { rows: 0, columns: Vec::new(), choices: Vec::new() };
        // One column at a time: a million rows of every column need not stand beside each other.
        for col in cols {
            let col = dates_by_name(input, col);
            let options = Options { keep_missing: true, any_size: true, customers: facts, ..Options::default() };
            let mut resolved = resolve(input, &[&col], options)?;
            out.rows = resolved.n();
            if let Some(variable) = resolved.variables.pop() {
                let at = variable.spec.column.as_deref().and_then(|n| input.table.position(n));
                let at = at.or_else(|| variable.spec.role.and_then(|r| input.roles.get(r)));
                let role = input.roles.columns.iter().find(|r| Some(*r.1) == at).map(|r| *r.0);
                let own = at.and_then(|i| input.table.columns.get(i)).map_or("", |c| c.name.as_str());
                out.columns.push(Column {
                    names_things: variable.kind.is_some_and(|k| names_things(own, k, role)),
                    name: variable.name,
                    kind: variable.kind,
                    missing: (0..variable.data.len()).filter(|&i| variable.data.is_missing(i)).count(),
                    values: reduce(variable.data),
                });
            }
            out.choices = resolved.choices;
        }
        Ok(out)
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let columns: Vec<Description> = prepared.columns.iter().map(|c| describe(c, params)).collect();
        let mut choices = prepared.choices.clone();
        choices.extend(columns.iter().filter(|c| c.identifier).take(TOLD).map(present::identifier));
        Ok(Output {
            frame: frame(&columns),
            summary: Summary { rows: prepared.rows, columns },
            used_rows: prepared.rows,
            left_out: Vec::new(),
            warnings: Vec::new(),
            choices,
        })
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        present::present(&output.summary, &Labels::of(&params.columns))
    }
}

fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(Error::bad_param("level", "between 0 and 1", "须在 0 与 1 之间")
            .remedy("Give the level as a share, such as 0.95.", "请用 0.95 这样的小数表示置信水平。"))
    }
}

/// Dates are described by their days, not by numbers, unless asked otherwise.
fn dates_by_name(input: &Input<'_>, col: &Col) -> Col {
    let spec = col.spec();
    let date = spec.column.as_deref().and_then(|n| input.table.position(n)).and_then(|i| input.table.columns.get(i));
    match date {
        Some(c) if spec.kind.is_none() && matches!(c.kind, Type::Date | Type::Timestamp) => {
            Col::Spec(Box::new(Spec { kind: Some(Kind::Category), ..spec }))
        }
        _ => col.clone(),
    }
}

fn reduce(data: Data) -> Values {
    match data {
        Data::Number(mut v) => {
            v.retain(|x| !x.is_nan());
            // −0 and 0 are one value.
            v.iter_mut().for_each(|x| *x += 0.0);
            v.sort_unstable_by(f64::total_cmp);
            Values::Numbers(v)
        }
        Data::Category { codes, labels } => {
            let mut counts = vec![0usize; labels.len()];
            codes.iter().filter(|c| **c != Category::MISSING).for_each(|&c| {
                if let Some(n) = counts.get_mut(c as usize) {
                    *n += 1;
                }
            });
            let mut list: Vec<(String, usize)> = labels.into_iter().zip(counts).collect();
            list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            Values::Categories(list)
        }
    }
}

fn describe(c: &Column, params: &Params) -> Description {
    let kind = c.kind.and_then(|k| serde_json::to_value(k).ok()).and_then(|v| v.as_str().map(str::to_string));
    let base = Description {
        name: c.name.clone(),
        kind: kind.unwrap_or_else(|| "number".to_string()),
        missing: c.missing,
        ..Description::default()
    };
    match &c.values {
        Values::Numbers(v) => {
            let (low, high) = (v.first().copied().unwrap_or(f64::NAN), v.last().copied().unwrap_or(f64::NAN));
            let identifier = c.names_things || (c.kind == Some(Type::Integer) && counts_rows(v));
            let labels = || v.iter().map(|x| (x.to_string(), 1));
            Description {
                identifier,
                year: !identifier && c.kind.is_some_and(|k| are_years(&c.name, k, low, high)),
                shape: if identifier { common_shape(labels()) } else { None },
                ..numbers(base, v, params)
            }
        }
        Values::Categories(list) => {
            let date = matches!(c.kind, Some(Type::Date | Type::Timestamp));
            Description {
                identifier: c.names_things,
                shape: if c.names_things { common_shape(list.iter().cloned()) } else { None },
                n: list.iter().map(|l| l.1).sum(),
                distinct: list.len(),
                top: list.iter().take(10).map(|(value, n)| Top { value: value.clone(), n: *n }).collect(),
                first: if date { list.iter().map(|l| &l.0).min().cloned() } else { None },
                last: if date { list.iter().map(|l| &l.0).max().cloned() } else { None },
                ..base
            }
        }
    }
}

/// The form that most of the values have, where it is short enough to be read.
fn common_shape(values: impl Iterator<Item = (String, usize)>) -> Option<String> {
    const LONGEST: usize = 24;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for (value, n) in values {
        all += n;
        if value.chars().count() <= LONGEST {
            *counts.entry(shape(&value)).or_default() += n;
        }
    }
    counts.into_iter().max_by_key(|s| s.1).filter(|s| s.1 * 5 >= all * 3).map(|s| s.0)
}

fn numbers(base: Description, v: &[f64], params: &Params) -> Description {
    let (distinct, top) = runs(v);
    let m = Moments::of(v);
    let q = |p: f64| quantile::sorted(v, p);
    let (low, middle, high) = (q(0.25), q(0.5), q(0.75));
    let mean = (m.n > 0).then_some(m.mean).and_then(show::finite);
    let sd = m.sd().and_then(show::finite);
    let se = sd.map(|s| s / (m.n as f64).sqrt());
    let half = se.map(|s| s * dist::t_quantile(0.5 + params.level / 2.0, m.n as f64 - 1.0));
    let cut = (params.trim * m.n as f64).floor() as usize;
    Description {
        n: m.n,
        distinct,
        top,
        mean,
        sd,
        variance: m.variance().and_then(show::finite),
        min: v.first().copied(),
        max: v.last().copied(),
        sum: show::finite(m.sum).filter(|_| m.n > 0),
        median: middle,
        median_ci: median_interval(v, params.level),
        quantiles: (m.n > 0).then(|| params.quantiles.iter().filter_map(|&p| Some((p.to_string(), q(p)?))).collect()),
        iqr: high.zip(low).map(|(h, l)| h - l),
        mad: middle.and_then(|c| quantile::mad(v, c)),
        se_mean: se,
        mean_ci: mean.zip(half).map(|(m, h)| [m - h, m + h]),
        trimmed_mean: v.get(cut..m.n.saturating_sub(cut)).and_then(sum::mean).and_then(show::finite),
        cv: sd.zip(mean).map(|(s, m)| s / m).and_then(show::finite),
        skewness: m.skewness().and_then(show::finite),
        skewness_biased: m.skewness_biased().and_then(show::finite),
        kurtosis: m.kurtosis().and_then(show::finite),
        kurtosis_biased: m.kurtosis_biased().and_then(show::finite),
        histogram: (m.n > 0).then(|| histogram(v, params.bins)),
        ..base
    }
}

/// Order statistics that the median of the population lies between with at least this probability (Conover 1999, section 3.2). `v` ascending.
fn median_interval(v: &[f64], level: f64) -> Option<[f64; 2]> {
    let n = v.len();
    let tail = (1.0 - level) / 2.0;
    // The smallest count that as many values or fewer lie below the median with probability `tail` or more.
    let (mut low, mut high) = (0, n / 2);
    while low < high {
        let middle = (low + high) / 2;
        if dist::binomial_cdf(middle as i64, n as u64, 0.5) >= tail { high = middle } else { low = middle + 1 }
    }
    let from = low.checked_sub(1)?;
    Some([*v.get(from)?, *v.get(n - 1 - from)?])
}

/// How many values differ, and the ten most frequent.
fn runs(v: &[f64]) -> (usize, Vec<Top>) {
    let mut best: Vec<(f64, usize)> = Vec::new();
    let mut distinct = 0;
    let mut start = 0;
    while let Some(&value) = v.get(start) {
        let n = v[start..].iter().take_while(|x| **x == value).count();
        distinct += 1;
        let place = best.partition_point(|b| b.1 >= n);
        if place < 10 {
            best.insert(place, (value, n));
            best.truncate(10);
        }
        start += n;
    }
    (distinct, best.into_iter().map(|(value, n)| Top { value: value.to_string(), n }).collect())
}

/// Counts of ascending values in equal bins; without a number of bins also in an open one at an end where a few lie far out.
pub fn histogram(v: &[f64], bins: Option<usize>) -> Vec<Bin> {
    let (Some(&min), Some(&max)) = (v.first(), v.last()) else { return Vec::new() };
    if min == max {
        return vec![Bin { from: min, to: max, n: v.len(), open: false }];
    }
    let [low, high] = if bins.is_some() { [min, max] } else { body(v) };
    let mut edges: Vec<f64> = match bins {
        Some(k) => (0..=k).map(|i| if i == k { max } else { min + (max - min) * (i as f64 / k as f64) }).collect(),
        None => round_edges(&v[v.partition_point(|x| *x < low)..v.partition_point(|x| *x <= high)], low, high),
    };
    // The body's largest value stays in a bar of its own.
    if let [.., before, last] = edges[..]
        && high < max
        && last <= high
    {
        edges.push(last + (last - before));
    }
    let [below, above] = [min < low && edges.first() > Some(&min), high < max && edges.last() < Some(&max)];
    if below {
        edges.insert(0, min);
    }
    if above {
        edges.push(max);
    }
    let last = edges.len().saturating_sub(2);
    edges
        .windows(2)
        .enumerate()
        .map(|(i, e)| {
            let from = v.partition_point(|x| *x < e[0]);
            let to = if i == last { v.len() } else { v.partition_point(|x| *x < e[1]) };
            let open = i == 0 && below || i == last && above;
            Bin { from: e[0], to: e[1], n: to.saturating_sub(from), open }
        })
        .collect()
}

/// Where the values lie of which a picture is drawn. When a few stretch the range to more than this many times that of the others, equal bins
/// would put all the others into one.
const STRETCHED: f64 = 4.0;

/// The values within Tukey's outer fences (three interquartile ranges beyond the quartiles), if few lie outside; else the middle 98 %; all of
/// them where neither makes the range much shorter.
fn body(v: &[f64]) -> [f64; 2] {
    let (min, max) = (v[0], v[v.len() - 1]);
    let q = |p: f64| quantile::sorted(v, p).unwrap_or(min);
    let (low, high) = (q(0.25), q(0.75));
    let reach = 3.0 * (high - low);
    let (from, to) = (v.partition_point(|x| *x < low - reach), v.partition_point(|x| *x <= high + reach));
    let few = v.len() - (to - from) <= (v.len() / 20).max(2);
    let [low, high] = if few { [v[from], v[to - 1]] } else { [q(0.01), q(0.99)] };
    if high > low && max - min > STRETCHED * (high - low) { [low, high] } else { [min, max] }
}

/// Whole numbers over no longer a stretch have a bar each.
const EACH: f64 = 30.0;

/// Edges at multiples of 1, 2, 2.5 or 5 times a power of ten; of whole numbers at whole numbers, so that every bar holds as many of them.
fn round_edges(v: &[f64], min: f64, max: f64) -> Vec<f64> {
    let iqr = quantile::sorted(v, 0.75).zip(quantile::sorted(v, 0.25)).map_or(0.0, |(h, l)| h - l);
    let width = 2.0 * iqr / (v.len() as f64).cbrt();
    let wanted = if width > 0.0 { ((max - min) / width).clamp(5.0, 40.0) } else { 20.0 };
    let whole = v.iter().all(|x| x.fract() == 0.0);
    let raw = match (max - min) / wanted {
        _ if whole && max - min <= EACH => 1.0,
        raw if whole => raw.max(1.0),
        raw => raw,
    };
    let power = 10f64.powf(raw.log10().floor());
    let fits = |s: &f64| *s >= raw && !(whole && s.fract() != 0.0);
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|s| s * power).find(fits).unwrap_or(raw);
    let first = (min / step).floor();
    // The last bin has both its ends: of whole numbers the upper one is a number too many.
    let last = if whole { (max / step).floor() + 1.0 } else { (max / step).ceil().max(first + 1.0) };
    if step.is_nan() || step <= 0.0 || step.is_infinite() || last - first > 60.0 {
        return vec![min, max];
    }
    // Division by the inverse where the step is a fraction: edges then print as written (0.3, not 0.30000000000000004).
    let edge = |i: f64| if step < 1.0 { i / (1.0 / step).round().max(1.0) } else { i * step };
    let exact = step >= 1.0 || ((1.0 / step).round() * step - 1.0).abs() < 1e-9;
    let count = (last - first) as usize;
    (0..=count).map(|i| if exact { edge(first + i as f64) } else { (first + i as f64) * step }).collect()
}

/// A type as people call it.
fn kind_words(id: &str) -> Words {
    let (en, zh) = match id {
        "text" => ("text", "文本"),
        "integer" => ("whole number", "整数"),
        "decimal" => ("decimal number", "小数"),
        "boolean" => ("yes/no", "是/否"),
        "date" => ("date", "日期"),
        "timestamp" => ("date and time", "日期时间"),
        _ => ("number", "数值"),
    };
    Words::new(en, zh)
}

fn frame(columns: &[Description]) -> Frame {
    let text = |f: &dyn Fn(&Description) -> String| Series::Text(columns.iter().map(|c| Some(f(c))).collect());
    let count = |f: &dyn Fn(&Description) -> usize| Series::Integer(columns.iter().map(|c| f(c) as i32).collect());
    let number = |f: &dyn Fn(&Description) -> Option<f64>| {
        // The mean of an id is no figure to show.
        let figure = |c: &Description| f(c).filter(|_| !c.identifier).unwrap_or(f64::NAN);
        Series::Number(columns.iter().map(figure).collect())
    };
    let at = |c: &Description, p: &str| c.quantiles.as_ref().and_then(|q| q.get(p)).copied();
    Frame::default()
        .with("name", text(&|c| c.name.clone()))
        .with("type", text(&|c| kind_words(&c.kind).en))
        .with("type_zh", text(&|c| kind_words(&c.kind).zh))
        .with("n", count(&|c| c.n))
        .with("missing", count(&|c| c.missing))
        .with("distinct", count(&|c| c.distinct))
        .with("mean", number(&|c| c.mean))
        .with("sd", number(&|c| c.sd))
        .with("min", number(&|c| c.min))
        .with("p25", number(&|c| at(c, "0.25")))
        .with("median", number(&|c| c.median))
        .with("p75", number(&|c| at(c, "0.75")))
        .with("max", number(&|c| c.max))
}

//! Which columns move together, and whether by more than chance.
//!
//! Method: Pearson; Spearman (1904); Kendall's tau-b by Knight's O(n log n) count (1966), exact p for n ≤ 33 without ties (and where at most one pair is out of
//! order); Cramér's V with Bergsma's bias correction (2013); point-biserial; correlation ratio η; p-values adjusted after Benjamini and Hochberg (1995).
//! Input: numbers and categories; rows with a missing value are left out altogether (`complete`) or per pair (`pairwise`).
//! Cost: n log n per pair. Needs: three rows.

mod measure;
mod present;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::col::{self, Col, Data, Options, Variable, resolve};
use super::{Analysis, Holds, Input, LeftOut, Meta, Output, Presentation, Question, column, say, want};
use crate::error::{Error, Result, Words};
use crate::num::multiple::benjamini_hochberg;
use crate::role::naming::{counts_rows, names_things};
use crate::table::{Column, Frame, Series, Type};

pub struct Correlate;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    #[default]
    Complete,
    Pairwise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Pearson,
    Spearman,
    Kendall,
    CramersV,
    PointBiserial,
    CorrelationRatio,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Columns to compare, at least two; empty: all numbers that are no identifiers, and categories of at most 50 values, up to 30 columns.
    #[schemars(extend("x-zh" = "要比较的列，至少两列；留空为全部数值列（标识列除外）与不超过 50 个值的类别列，至多 30 列"))]
    pub columns: Vec<Col>,
    /// Rows with all columns present, or for each pair those where both are.
    #[schemars(extend("x-zh" = "只用各列齐全的行（complete），或逐对使用两列都有值的行（pairwise）"))]
    pub rows: Rows,
    /// Measures to compute; by default all that fit the two columns.
    #[schemars(extend("x-zh" = "要计算的指标；默认为适用的全部"))]
    pub methods: Option<Vec<Measure>>,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// Rows used (complete), or rows with at least one pair (pairwise).
    pub n: usize,
    /// Names so ordered that columns that move together stand together (average linkage on 1 − |association|).
    pub order: Vec<String>,
    /// x before y in the order of the columns.
    pub pairs: Vec<Pair>,
    #[serde(skip)]
    pub sample: Option<Sample>,
}

/// Points of the strongest pair of numbers, for the picture.
#[derive(Clone, Debug)]
pub struct Sample {
    pub x: String,
    pub y: String,
    pub n: usize,
    pub points: Vec<(f64, f64)>,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Pair {
    pub x: String,
    pub y: String,
    /// Rows behind this pair.
    pub n: usize,
    pub pearson: Option<f64>,
    pub pearson_p: Option<f64>,
    /// Its interval at 95 % (Fisher's z, 4 rows or more).
    pub pearson_ci: Option<[f64; 2]>,
    pub spearman: Option<f64>,
    /// By t.
    pub spearman_p: Option<f64>,
    /// Tau-b.
    pub kendall: Option<f64>,
    pub kendall_p: Option<f64>,
    /// Bias-corrected, 0–1.
    pub cramers_v: Option<f64>,
    pub chi2_p: Option<f64>,
    /// A number against a category of two levels, the later by code point counting 1.
    pub point_biserial: Option<f64>,
    pub point_biserial_p: Option<f64>,
    /// η, 0–1: square root of the share of the number's variance that lies between the categories.
    pub correlation_ratio: Option<f64>,
    pub correlation_ratio_p: Option<f64>,
    /// Leading p (Pearson, else rank, chi-squared, or analysis of variance) after Benjamini–Hochberg over all pairs.
    pub p_adjusted: Option<f64>,
}

impl Pair {
    /// The figure by which the pair is ranked and drawn: signed for numbers.
    pub fn strength(&self) -> Option<f64> {
        self.pearson
            .or(self.spearman)
            .or(self.kendall)
            .or(self.cramers_v)
            .or(self.point_biserial)
            .or(self.correlation_ratio)
    }
    fn leading_p(&self) -> Option<f64> {
        self.pearson_p
            .or(self.spearman_p)
            .or(self.kendall_p)
            .or(self.chi2_p)
            .or(self.point_biserial_p)
            .or(self.correlation_ratio_p)
    }
}

pub struct Prepared {
    variables: Vec<Variable>,
    n: usize,
    left_out: Vec<LeftOut>,
    choices: Vec<Words>,
    warnings: Vec<Words>,
}

impl Analysis for Correlate {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "correlate",
            title: Words::new("What moves together", "相关性"),
            about: Words::new(
                "How strongly columns go along with each other, and whether by more than chance.",
                "各列之间的关联有多强，是否超出偶然。",
            ),
            question: Question::CanITrustThisData,
            needs: vec![],
            uses: vec![],
            wants: vec![want("columns", Holds::Either, 2)],
            frame: vec![
                column("x", "Column", "列", "text").about("One of the two columns", "两列之一"),
                column("y", "Other column", "另一列", "text").about("The other of the two columns", "两列中的另一列"),
                column("n", "Rows", "行数", "count").about("Rows in which both have a value", "两列都有值的行数"),
                column("pearson", "Pearson", "皮尔逊", "number")
                    .about("Straight-line relation of two numbers, −1 to 1", "两个数值列的线性关系，−1 到 1"),
                column("spearman", "Spearman", "斯皮尔曼", "number").about(
                    "Relation of the ranks of two numbers, −1 to 1: straight or not",
                    "两个数值列排名的关系，−1 到 1，不要求直线",
                ),
                column("kendall", "Kendall τ-b", "肯德尔 τ-b", "number").about(
                    "Pairs of rows in the same order less those in the opposite one, −1 to 1",
                    "同序的行对减去异序的行对，−1 到 1",
                ),
                column("cramers_v", "Cramér's V", "克拉默 V", "number")
                    .about("Relation of two columns of groups, 0 to 1", "两个分组列的关系，0 到 1"),
                column("point_biserial", "Point-biserial", "点二列相关", "number")
                    .about("Relation of a number to a yes or no, −1 to 1", "数值列与是/否列的关系，−1 到 1"),
                column("correlation_ratio", "Correlation ratio η", "相关比 η", "number").about(
                    "Root of the share of a number's spread that lies between groups, 0 to 1",
                    "数值的离散中来自组间部分的平方根，0 到 1",
                ),
                column("p_adjusted", "Adjusted p", "校正后 p", "number").about(
                    "Chance of a relation this strong were there none, adjusted for the number of pairs looked at",
                    "若无关系而出现这么强关系的概率，按比较的对数校正",
                ),
            ],
            formula: Words::new(
                "r = Σ(x−x̄)(y−ȳ)/√(Σ(x−x̄)²Σ(y−ȳ)²), p by t = r√((n−2)/(1−r²)), interval tanh(atanh r ± z/√(n−3)); Spearman: r of average ranks; τ-b = (concordant − discordant)/√((pairs − ties in x)(pairs − ties in y)); V = √(φ̃²/min(r̃−1, c̃−1)), φ̃² = max(0, χ²/n − (r−1)(c−1)/(n−1)); η² = between-group ÷ total sum of squares; p adjusted after Benjamini–Hochberg. Assumes independent rows; r also that the relation is a straight line. It cannot say which column acts on which, nor that either does: both may follow a third.",
                "r = Σ(x−x̄)(y−ȳ)/√(Σ(x−x̄)²Σ(y−ȳ)²)，p 由 t = r√((n−2)/(1−r²)) 得出，区间 tanh(atanh r ± z/√(n−3))；斯皮尔曼为平均秩的 r；τ-b =（同序对 − 异序对）/√((总对数 − x 同值对)(总对数 − y 同值对))；V = √(φ̃²/min(r̃−1, c̃−1))，φ̃² = max(0, χ²/n − (r−1)(c−1)/(n−1))；η² = 组间平方和 ÷ 总平方和；p 值经 Benjamini–Hochberg 校正。假设各行相互独立；r 还假设关系为直线。本方法不能说明谁影响谁，也不能说明存在影响：两者可能都随第三个因素变化。",
            ),
            source: "Knight 1966, doi:10.1080/01621459.1966.10480879; Bergsma 2013, doi:10.1016/j.jkss.2012.10.002; Benjamini and Hochberg 1995",
        }
    }

    fn check(params: &Params) -> Result<()> {
        col::check_all(&params.columns, "columns")?;
        if params.columns.len() == 1 {
            return Err(Error::bad_param("columns", "name at least two columns", "至少要有两列").remedy(
                "Add a second column, or leave `columns` empty for all that fit.",
                "请再加一列，或将 columns 留空以比较全部适用的列。",
            ));
        }
        if params.methods.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::bad_param("methods", "an empty list asks for nothing", "列表为空").remedy(
                "Name a measure, such as pearson, or leave `methods` out for all that fit.",
                "请指定指标（如 pearson），或不填以计算全部适用指标。",
            ));
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let Chosen { cols, mut choices, warnings } = if params.columns.is_empty() {
            default_columns(input)
        } else {
            Chosen { cols: params.columns.clone(), ..Chosen::default() }
        };
        if cols.len() < 2 {
            return Err(Error::too_little(Words::new("columns that can be compared", "个可比较的列"), 2, cols.len())
                .remedy(
                    "Name columns in `columns`: ids, dates and free text are not taken by themselves.",
                    "请在 columns 中指定列：编号、日期和自由文本不会自动选入。",
                ));
        }
        let refs: Vec<&Col> = cols.iter().collect();
        let options = Options { keep_missing: params.rows == Rows::Pairwise, ..Options::default() };
        let resolved = resolve(input, &refs, options)?;
        if resolved.n() < 3 {
            return Err(Error::too_little(
                Words::new("rows with values in all columns", "行各列都有值的数据"),
                3,
                resolved.n(),
            )
            .remedy(
                "Take pairs of columns (rows: pairwise), leave out columns with many gaps, or loosen the filter.",
                "请改为逐对使用（rows: pairwise）、去掉缺失较多的列，或放宽筛选。",
            ));
        }
        let n = resolved.n();
        choices.extend(resolved.choices);
        Ok(Prepared { n, variables: resolved.variables, left_out: resolved.left_out, choices, warnings })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let vars = &prepared.variables;
        let wanted = |m: Measure| params.methods.as_ref().is_none_or(|list| list.contains(&m));
        let whole: Option<Vec<measure::Ranked>> =
            (params.rows == Rows::Complete).then(|| vars.iter().map(measure::Ranked::of).collect());
        let mut pairs = Vec::new();
        for i in 0..vars.len() {
            for j in i + 1..vars.len() {
                let pair = match &whole {
                    Some(ranked) => measure::pair(&ranked[i], &ranked[j], &wanted),
                    None => {
                        let (a, b) = measure::both(&vars[i], &vars[j]);
                        measure::pair(&a, &b, &wanted)
                    }
                };
                pairs.push(Pair { x: vars[i].name.clone(), y: vars[j].name.clone(), ..pair });
            }
        }
        adjust(&mut pairs);
        let names: Vec<String> = vars.iter().map(|v| v.name.clone()).collect();
        let sample = sample(&pairs, vars);
        Ok(Output {
            frame: frame(&pairs),
            summary: Summary { n: prepared.n, order: clustered(&names, &pairs), pairs, sample },
            used_rows: prepared.n,
            left_out: prepared.left_out.clone(),
            warnings: prepared.warnings.clone(),
            choices: prepared.choices.clone(),
        })
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        present::present(&output.summary, params)
    }
}

/// What is compared when nobody says, and what is said of it.
#[derive(Default)]
struct Chosen {
    cols: Vec<Col>,
    choices: Vec<Words>,
    warnings: Vec<Words>,
}

/// Names told in a sentence.
const TOLD: usize = 5;

/// Whether the numbers of a column name things (ids, postal codes) or count the rows, by the rule of `describe`.
fn is_identifier(input: &Input<'_>, at: usize, c: &Column) -> bool {
    let role = input.roles.columns.iter().find(|r| *r.1 == at).map(|r| *r.0);
    if c.kind != Type::Integer {
        return false;
    }
    names_things(&c.name, c.kind, role)
        || c.numbers().is_ok_and(|mut v| {
            v.retain(|x| !x.is_nan());
            v.sort_unstable_by(f64::total_cmp);
            counts_rows(&v)
        })
}

fn identifiers(names: &[&str]) -> Words {
    let some = &names[..names.len().min(TOLD)];
    let more = names.len() - some.len();
    let list = |open: char, close: char, comma: &str| {
        some.iter().map(|n| format!("{open}{n}{close}")).collect::<Vec<_>>().join(comma)
    };
    let (rest, rest_zh) = match more {
        0 => Default::default(),
        _ => (format!(" and {}", say::counted(more, "other", "others")), format!("等 {} 列", names.len())),
    };
    Words::new(
        format!(
            "{}{rest} {} things and {} nothing: not compared, unless named in `columns`",
            list('“', '”', ", "),
            say::form(names.len(), "names", "name"),
            say::form(names.len(), "measures", "measure")
        ),
        format!("{}{rest_zh}是标识而非度量：不参与比较，除非在 columns 中指定", list('「', '」', "")),
    )
}

/// All numbers that measure, and categories that repeat; ids and free text compare with nothing.
fn default_columns(input: &Input<'_>) -> Chosen {
    let (mut cols, mut named) = (Vec::new(), Vec::new());
    for (at, c) in input.table.columns.iter().enumerate() {
        if is_identifier(input, at, c) {
            named.push(c.name.as_str());
            continue;
        }
        let fits = match c.kind {
            Type::Integer | Type::Decimal | Type::Boolean => true,
            Type::Text => c.dictionary.as_ref().is_some_and(|d| arrow_array::Array::len(d.as_ref()) <= 50),
            Type::Date | Type::Timestamp => false,
        };
        if fits {
            cols.push(Col::from(c.name.as_str()));
        }
    }
    let total = cols.len();
    cols.truncate(30);
    let mut warnings = Vec::new();
    if total > cols.len() {
        warnings.push(Words::new(
            format!("the first 30 of {total} columns are compared; name others in `columns`"),
            format!("共 {total} 列，只比较前 30 列；可在 columns 中指定其他列"),
        ));
    }
    let choices = if named.is_empty() { Vec::new() } else { vec![identifiers(&named)] };
    Chosen { cols, choices, warnings }
}

fn adjust(pairs: &mut [Pair]) {
    let with: Vec<usize> = (0..pairs.len()).filter(|&i| pairs[i].leading_p().is_some()).collect();
    let p: Vec<f64> = with.iter().filter_map(|&i| pairs[i].leading_p()).collect();
    for (i, adjusted) in with.into_iter().zip(benjamini_hochberg(&p)) {
        pairs[i].p_adjusted = Some(adjusted);
    }
}

/// Leaves of an average-linkage tree on 1 − |association|; ties by position.
fn clustered(names: &[String], pairs: &[Pair]) -> Vec<String> {
    let n = names.len();
    let mut distance = vec![vec![1.0f64; n]; n];
    let mut k = 0;
    for i in 0..n {
        for j in i + 1..n {
            let d = 1.0 - pairs.get(k).and_then(Pair::strength).unwrap_or(0.0).abs();
            distance[i][j] = d;
            distance[j][i] = d;
            k += 1;
        }
    }
    let mut clusters: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    while clusters.len() > 1 {
        let mut best = (f64::INFINITY, 0, 1);
        for a in 0..clusters.len() {
            for b in a + 1..clusters.len() {
                let total: f64 = clusters[a]
                    .iter()
                    .flat_map(|&i| clusters[b].iter().map(move |&j| (i, j)))
                    .map(|(i, j)| distance[i][j])
                    .sum();
                let mean = total / (clusters[a].len() * clusters[b].len()) as f64;
                if mean < best.0 - 1e-12 {
                    best = (mean, a, b);
                }
            }
        }
        let tail = clusters.remove(best.2);
        clusters[best.1].extend(tail);
    }
    clusters.into_iter().flatten().map(|i| names[i].clone()).collect()
}

/// At most 1,000 points, evenly taken through the file.
fn sample(pairs: &[Pair], vars: &[Variable]) -> Option<Sample> {
    let strongest = pairs
        .iter()
        .filter(|p| p.pearson.or(p.spearman).is_some())
        .max_by(|a, b| a.strength().unwrap_or(0.0).abs().total_cmp(&b.strength().unwrap_or(0.0).abs()))?;
    let get = |name: &str| vars.iter().find(|v| v.name == name);
    let (Data::Number(x), Data::Number(y)) = (&get(&strongest.x)?.data, &get(&strongest.y)?.data) else { return None };
    let both: Vec<(f64, f64)> =
        x.iter().zip(y).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).collect();
    let step = both.len().div_ceil(1000).max(1);
    Some(Sample {
        x: strongest.x.clone(),
        y: strongest.y.clone(),
        n: both.len(),
        points: both.into_iter().step_by(step).collect(),
    })
}

fn frame(pairs: &[Pair]) -> Frame {
    let text = |f: &dyn Fn(&Pair) -> &String| Series::Text(pairs.iter().map(|p| Some(f(p).clone())).collect());
    let number =
        |f: &dyn Fn(&Pair) -> Option<f64>| Series::Number(pairs.iter().map(|p| f(p).unwrap_or(f64::NAN)).collect());
    Frame::default()
        .with("x", text(&|p| &p.x))
        .with("y", text(&|p| &p.y))
        .with("n", Series::Integer(pairs.iter().map(|p| p.n as i32).collect()))
        .with("pearson", number(&|p| p.pearson))
        .with("spearman", number(&|p| p.spearman))
        .with("kendall", number(&|p| p.kendall))
        .with("cramers_v", number(&|p| p.cramers_v))
        .with("point_biserial", number(&|p| p.point_biserial))
        .with("correlation_ratio", number(&|p| p.correlation_ratio))
        .with("p_adjusted", number(&|p| p.p_adjusted))
}

//! How few bring how much: ABC classes and concentration of customers, products or any column.
//!
//! Method: cumulative share of items by size; Gini coefficient of the items with a positive sum.
//! Input: amount, and the column asked for. Items whose sum is not positive are left out and counted.
//! Cost: linear in lines, n log n in items. Needs: one item.

#[cfg(test)]
mod tests;

use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::col::Col;
use super::common::abc::{self, Crossing};
use super::common::{self, ratio, say, tile};
use super::{Analysis, Input, Meta, Output, Presentation, Question, Tile, column};
use crate::chart::{self, Bar, Chart, Drill};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Dimension, Facts, Refunds, cube, sums};
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Frame, Series};

pub struct Pareto;

/// What is summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    #[default]
    Revenue,
    Quantity,
    Orders,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// A role or a column: `customer`, `product`, a name, `{ role }` or `{ column }`.
    #[schemars(extend("x-zh" = "分析对象：用途或列。"))]
    pub of: Col,
    /// What is summed per item.
    #[schemars(extend("x-zh" = "度量：销售额、数量或订单数。"))]
    pub measure: Measure,
    /// Cumulative shares at which class A and class B end.
    #[schemars(extend("x-zh" = "A 类与 B 类的累计占比上限。"))]
    pub abc: [f64; 2],
    /// Which class the item on the border belongs to.
    #[schemars(extend("x-zh" = "跨越分界的项目归入上一类还是下一类。"))]
    pub crossing: Crossing,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            of: Col::Name("customer".into()),
            measure: Measure::Revenue,
            abc: [0.8, 0.95],
            crossing: Crossing::Upper,
            refunds: Refunds::Net,
        }
    }
}

/// Items per class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[allow(non_snake_case)]
pub struct Classes {
    /// The few that bring most.
    pub A: usize,
    /// The middle.
    pub B: usize,
    /// The many that bring little.
    pub C: usize,
}

/// The largest fifth of the items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Fifth {
    /// ⌈0.2 · n⌉ items.
    pub n: usize,
    /// Their share of the total, 0–1.
    pub share: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Items with a positive sum.
    pub n: usize,
    /// Their sum.
    pub total: f64,
    /// Items per class.
    pub abc: Classes,
    /// 0: all equal; towards 1: one has all.
    pub gini: Option<f64>,
    /// What the largest fifth brings.
    pub top_20_percent: Fifth,
    /// What is counted: the role or column of `of`.
    pub of: String,
}

pub struct Prepared {
    facts: Rc<Facts>,
    name: String,
    /// Item and its sum in fixed point.
    items: Vec<(Option<String>, i64)>,
    scale: f64,
}

impl Analysis for Pareto {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "pareto",
            title: Words::new("Concentration (ABC)", "集中度（ABC）"),
            about: Words::new(
                "How few customers, products or others bring most of it",
                "少数客户、商品或其他项目贡献了多少",
            ),
            question: Question::WhoAreMyCustomers,
            needs: vec![Role::Amount],
            uses: vec![Role::Customer, Role::Product, Role::Quantity, Role::Order, Role::Date],
            wants: vec![],
            frame: vec![
                column("value", "Item", "项目", "text")
                    .about("What is ranked: a customer, a product, a value", "排序的对象：客户、商品或取值"),
                column("revenue", "Sum", "合计", "money").about(
                    "Sum of what is measured: revenue, quantity or orders",
                    "所选度量的合计：销售额、数量或订单数",
                ),
                column("share", "Share", "占比", "percent").about("Part of the whole", "占总计的比例"),
                column("cumulative_share", "Cumulative share", "累计占比", "percent")
                    .about("Part of the whole up to this line, largest first", "从大到小累计到该行的占比"),
                column("abc", "Class", "类别", "text").about(
                    "A: up to the first cut of the cumulative share; B: up to the second; C: the rest",
                    "A：累计占比到第一分界；B：到第二分界；C：其余",
                ),
            ],
            formula: Words::new(
                "items by sum, descending; cumulative share = Σ so far ÷ Σ all; Gini = 2 Σ i·xᵢ ÷ (n Σ x) − (n + 1) ÷ n, x ascending. Assumes that the sums are complete: what was sold elsewhere is not in them. It cannot say whether concentration is good or bad, nor whether the same names will lead tomorrow.",
                "按合计降序；累计占比 = 累计 ÷ 总计；基尼系数 = 2 Σ i·xᵢ ÷ (n Σ x) − (n + 1) ÷ n（x 升序）。假设合计完整：在别处发生的不在其中。本方法不能说明集中是好是坏，也不能说明领先者明天仍会领先。",
            ),
            source: "Pareto (1896); ABC analysis: Dickie (1951); Gini (1912)",
        }
    }

    fn check(params: &Params) -> Result<()> {
        abc::check(&params.abc)
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let facts = common::facts(input, params.refunds)?;
        let name = target(&params.of)?;
        let scale = 10f64.powi(facts.orders.scale as i32);
        if is_customer(input, &name) && params.measure != Measure::Quantity {
            let people = facts.people();
            let ids = facts.orders.ids.iter().map(|id| Some(id.into_owned()));
            let (values, scale): (Vec<i64>, f64) = match params.measure {
                Measure::Orders => (people.frequency.iter().map(|n| i64::from(*n)).collect(), 1.0),
                _ => (people.amount.clone(), scale),
            };
            return Ok(Prepared { items: ids.zip(values).collect(), name, scale, facts });
        }
        let dimension = common::dimension(input, &facts, &name)?;
        let (values, scale) = measured(input, &facts, &dimension, params.measure)?;
        let sorted = dimension.sorted();
        let items = sorted.into_iter().map(|v| (dimension.label(v), values[v])).collect();
        Ok(Prepared { facts, name, items, scale })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let mut items: Vec<&(Option<String>, i64)> =
            prepared.items.iter().filter(|i| i.1 > 0 && i.0.is_some()).collect();
        if items.is_empty() {
            return Err(Error::new(
                Code::TooLittleData,
                format!("no {} has a positive sum", say::dimension(&prepared.name).en),
                format!("没有任何{}的合计为正", say::dimension(&prepared.name).zh),
            )
            .remedy(
                "Check which column is the amount, or take another measure, such as orders.",
                "请检查金额列是否正确，或换用其他指标，如订单数。",
            ));
        }
        // Stable: equal sums stay in the order of ids.
        items.order_by_key(|i| std::cmp::Reverse(i.1));
        let values: Vec<i64> = items.iter().map(|i| i.1).collect();
        let (classes, cumulative) = abc::classes(&values, &params.abc, params.crossing);
        let count = |k| classes.iter().filter(|c| **c == k).count();
        let total: i128 = values.iter().map(|v| i128::from(*v)).sum();
        let n = values.len();
        let fifth = n.div_ceil(5);
        let summary = Summary {
            n,
            total: total as f64 / prepared.scale,
            abc: Classes { A: count(0), B: count(1), C: count(2) },
            gini: abc::gini(&values),
            top_20_percent: Fifth { n: fifth, share: cumulative.get(fifth - 1).copied() },
            of: prepared.name.clone(),
        };
        let frame = Frame::default()
            .with("value", Series::Text(items.iter().map(|i| i.0.clone()).collect()))
            .with("revenue", Series::Number(values.iter().map(|v| *v as f64 / prepared.scale).collect()))
            .with("share", Series::Number(values.iter().map(|v| *v as f64 / total as f64).collect()))
            .with("cumulative_share", Series::Number(cumulative))
            .with(
                "abc",
                Series::Coded(
                    classes.iter().map(|c| u32::from(*c)).collect(),
                    ["A", "B", "C"].map(String::from).to_vec(),
                ),
            );
        let mut output = common::output(&prepared.facts, false, summary, frame);
        let (lost, nameless) = prepared.items.iter().fold((0, false), |(n, m), i| {
            (n + usize::from(i.1 < 0 && i.0.is_some()), m || (i.0.is_none() && i.1 != 0))
        });
        if lost > 0 {
            output.warnings.push(Words::new(
                format!(
                    "{} with a negative sum {} left out",
                    say::counted(lost, "item", "items"),
                    say::form(lost, "is", "are")
                ),
                format!("{} 个合计为负的项目未计入", say::count(lost)),
            ));
        }
        if nameless {
            output.warnings.push(Words::new("lines without a value are left out", "没有取值的行未计入"));
        }
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        let s = &output.summary;
        let (a, all) = (say::count(s.abc.A), say::count(s.n));
        let what = words_of(s);
        let measure = measure_words(params.measure);
        let cut = say::percent(params.abc[0]);
        let unit = counter(s);
        let headline = if s.n == 1 {
            Words::new(
                format!("There is only one to compare: it brings all {}.", measure.en),
                format!("只有一{unit}{}，贡献全部{}。", what.zh, measure.zh),
            )
        } else {
            let bring = say::form(s.abc.A, "brings", "bring");
            Words::new(
                format!("{a} of {all} {} {bring} {cut} of {}.", what.en, measure.en),
                format!("{all} {unit}{}中，{a} {unit}贡献 {cut} 的{}。", what.zh, measure.zh),
            )
        };
        Presentation { headline, tiles: tiles(s, params), charts: vec![curve(output, params), largest(output, params)] }
    }
}

fn words_of(s: &Summary) -> Words {
    match s.of.as_str() {
        "customer" => Words::new("customers", "客户"),
        "product" => Words::new("products", "商品"),
        name => match say::split_by(name) {
            say::By::Role(role) => Words::new(format!("values of {}", role.en), role.zh),
            say::By::Column(column) => Words::new(format!("values of {}", column.en), format!("{}取值", column.zh)),
        },
    }
}

/// Chinese: what one of them is counted by.
fn counter(s: &Summary) -> &'static str {
    match s.of.as_str() {
        "customer" => "位",
        "product" => "种",
        _ => "个",
    }
}

fn measure_words(measure: Measure) -> Words {
    match measure {
        Measure::Revenue => Words::new("revenue", "销售额"),
        Measure::Quantity => Words::new("quantity", "数量"),
        Measure::Orders => Words::new("orders", "订单数"),
    }
}

fn kind(measure: Measure) -> &'static str {
    if measure == Measure::Revenue { "money" } else { "count" }
}

/// The role or column named by `of`.
fn target(of: &Col) -> Result<String> {
    let spec = of.spec();
    if let Some(role) = spec.role {
        return Ok(role.id().to_string());
    }
    spec.column.ok_or_else(|| {
        Error::bad_param("of", "a role or a column", "应为用途或列")
            .remedy("Write a role such as product, or the name of a column.", "请写用途（如 product）或列名。")
    })
}

fn is_customer(input: &Input<'_>, name: &str) -> bool {
    let at = input.roles.get(Role::Customer);
    at.is_some() && (name == "customer" || input.table.position(name) == at)
}

fn measured(input: &Input<'_>, facts: &Facts, dimension: &Rc<Dimension>, measure: Measure) -> Result<(Vec<i64>, f64)> {
    let one = std::slice::from_ref(dimension);
    Ok(match measure {
        Measure::Revenue => (facts.revenue_by(dimension), 10f64.powi(facts.orders.scale as i32)),
        Measure::Orders => (cube(facts, one, None).iter().map(|t| i64::from(t.orders)).collect(), 1.0),
        Measure::Quantity => {
            let column = input.roles.get(Role::Quantity).and_then(|i| Some((input.table.columns.get(i)?, i)));
            let (column, at) = column.ok_or_else(|| {
                Error::new(Code::MissingRole, "the quantity needs a column", "按数量分析需要指定数量列")
                    .roles(["quantity"])
                    .param("measure")
            })?;
            let quantity = facts.measure(column, at)?;
            (sums(facts, one, None, &quantity.lines), 10f64.powi(quantity.scale as i32))
        }
    })
}

fn tiles(s: &Summary, params: &Params) -> Vec<Tile> {
    let what = words_of(s);
    let n = Some(s.n);
    let cut = say::percent(params.abc[0]);
    let mut list = vec![
        tile("n", what.clone(), Some(s.n as f64), "count", Words::new("Items with a positive sum", "合计为正的项目数")),
        tile(
            "a",
            Words::new("In class A", "A 类数量"),
            Some(s.abc.A as f64),
            "count",
            Words::new(format!("The largest items that together reach {cut}"), format!("累计达到 {cut} 的最大项目")),
        ),
        tile(
            "top",
            Words::new("Largest fifth brings", "前 20% 的占比"),
            s.top_20_percent.share,
            "percent",
            Words::new(
                format!(
                    "Share of the total held by the largest 20 % of the items, rounded up: {} of {}",
                    say::count(s.top_20_percent.n),
                    say::count(s.n)
                ),
                format!(
                    "最大的 20% 项目（向上取整：{} 个中的 {} 个）占总计的比例",
                    say::count(s.n),
                    say::count(s.top_20_percent.n)
                ),
            ),
        ),
        tile(
            "gini",
            Words::new("Gini coefficient", "基尼系数"),
            s.gini,
            "number",
            Words::new("0 if all items are equal, near 1 if one has everything", "0 表示完全平均，接近 1 表示高度集中"),
        ),
        tile(
            "total",
            measure_words(params.measure),
            Some(s.total),
            kind(params.measure),
            Words::new("Sum over the items", "各项合计"),
        ),
    ];
    list.iter_mut().for_each(|t| t.n = n);
    list
}

fn numbers<'a>(frame: &'a Frame, name: &str) -> &'a [f64] {
    match frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => &[],
    }
}

fn curve(output: &Output<Summary>, params: &Params) -> Chart {
    let s = &output.summary;
    let what = words_of(s);
    let measure = measure_words(params.measure);
    let p = say::percent(s.top_20_percent.share.unwrap_or(0.0));
    // Of six, the two that ⌈n/5⌉ takes are no fifth.
    let (top, all, unit) = (s.top_20_percent.n, say::count(s.n), counter(s));
    let largest = match top {
        _ if s.n.is_multiple_of(5) || s.n >= 50 => Words::new("The largest fifth brings", "前 20% "),
        1 => Words::new(format!("The largest of {all} brings"), format!("{all} {unit}中最大的 1 {unit}")),
        _ => Words::new(format!("The {top} largest of {all} bring"), format!("{all} {unit}中最大的 {top} {unit}")),
    };
    let title =
        Words::new(format!("{} {p} of {}", largest.en, measure.en), format!("{}贡献 {p} 的{}", largest.zh, measure.zh));
    let n = say::count(s.n);
    let subtitle = Words::new(
        format!("cumulative share of {} over the share of {}, largest first; n = {n}", measure.en, what.en),
        format!("{}累计占比与{}数量占比，从大到小；n = {n}", measure.zh, what.zh),
    );
    let alt = Words::new(
        format!(
            "{}. Classes A, B, C: {}, {}, {}.",
            title.en,
            say::count(s.abc.A),
            say::count(s.abc.B),
            say::count(s.abc.C)
        ),
        format!(
            "{}。A、B、C 类分别为 {}、{}、{}。",
            title.zh,
            say::count(s.abc.A),
            say::count(s.abc.B),
            say::count(s.abc.C)
        ),
    );
    let axis = Words::new(format!("share of {}", what.en), format!("{}数量占比", what.zh));
    let option = chart::pareto(numbers(&output.frame, "share"), &[(params.abc[0], "A"), (params.abc[1], "B")], &axis);
    Chart { id: "curve", title, subtitle, alt, option, drill: None }
}

fn largest(output: &Output<Summary>, params: &Params) -> Chart {
    let s = &output.summary;
    let what = words_of(s);
    let measure = measure_words(params.measure);
    let (values, shares) = (numbers(&output.frame, "revenue"), numbers(&output.frame, "share"));
    let Some(Series::Text(names)) = output.frame.get("value") else {
        return Chart {
            id: "largest",
            title: what.clone(),
            subtitle: what.clone(),
            alt: what,
            option: json!({}),
            drill: None,
        };
    };
    let bars: Vec<Bar> = names
        .iter()
        .zip(values)
        .take(12)
        .enumerate()
        .map(|(i, (name, v))| Bar::new(json!(name), *v).drill("value", name.clone()).context(i > 0))
        .collect();
    let p = say::percent(shares.first().copied().unwrap_or(0.0));
    let title = Words::new(format!("The largest single one brings {p}"), format!("最大的一{}占 {p}", counter(s)));
    let (shown, unit) = (bars.len(), counter(s));
    let subtitle = Words::new(
        if s.n == 1 {
            format!("{} of the only one", measure.en)
        } else if shown == s.n {
            format!("{} of each of {} {}", measure.en, say::count(s.n), what.en)
        } else {
            format!("{} of the {shown} largest of {} {}", measure.en, say::count(s.n), what.en)
        },
        format!("{} {unit}{}中最大的 {shown} {unit}的{}", say::count(s.n), what.zh, measure.zh),
    );
    let share = ratio(values.iter().take(shown).sum(), s.total).map_or_else(String::new, say::percent);
    let alt = Words::new(format!("{}. Together {share}.", title.en), format!("{}。合计占 {share}。", title.zh));
    Chart {
        id: "largest",
        title,
        subtitle,
        alt,
        option: chart::bars(&bars, kind(params.measure)),
        drill: Drill::on(&["value"]),
    }
}

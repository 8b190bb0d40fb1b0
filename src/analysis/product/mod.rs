//! What sells: revenue, quantity, buyers and repeat purchase per product, ABC by revenue and XYZ by steadiness.
//!
//! Method: ABC by cumulative share of revenue; XYZ by the coefficient of variation of the monthly quantity (n − 1), all months of
//! the data included. Repeat rate: buyers with at least two orders of the product over buyers.
//! Input: product, amount; quantity (else lines), customer, date and product name where there are some.
//! Cost: linear in lines. Needs: one product.

mod charts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::abc::{self, Crossing};
use super::common::{self, ratio};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Dimension, Facts, Measure, Narrow, Periods, Refunds, count, sums};
use crate::num::blocks::blocks;
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time::Period;

pub struct Product;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Cumulative shares of revenue at which class A and class B end.
    #[schemars(extend("x-zh" = "A 类与 B 类的累计销售额占比上限。"))]
    pub abc: [f64; 2],
    /// Which class the product on the border belongs to.
    #[schemars(extend("x-zh" = "跨越分界的商品归入上一类还是下一类。"))]
    pub crossing: Crossing,
    /// Coefficients of variation of the monthly quantity up to which a product is X and Y.
    #[schemars(extend("x-zh" = "X 类与 Y 类的月销量变异系数上限。"))]
    pub xyz: [f64; 2],
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

impl Default for Params {
    fn default() -> Self {
        Self { abc: [0.8, 0.95], crossing: Crossing::Upper, xyz: [0.5, 1.0], refunds: Refunds::Net }
    }
}

/// One ABC class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Class {
    /// Products in it.
    pub products: usize,
    /// Their revenue.
    pub revenue: f64,
    /// Share of all revenue, 0–1.
    pub share_revenue: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Products with a line.
    pub products: usize,
    /// Revenue of all lines with a product, refunds netted as chosen.
    pub revenue: f64,
    /// "A", "B", "C" by cumulative share of revenue; products without positive revenue are C.
    pub abc: BTreeMap<&'static str, Class>,
    /// Products per class of steadiness: "X" steady, "Y", "Z" erratic; null without dates or with fewer than two months.
    pub xyz: Option<BTreeMap<&'static str, usize>>,
    /// Products per combination, such as "AX"; null as `xyz`.
    pub matrix: Option<BTreeMap<String, usize>>,
}

pub struct Prepared {
    facts: Rc<Facts>,
    product: Rc<Dimension>,
    name: Option<Rc<Dimension>>,
    quantity: Option<Rc<Measure>>,
    dated: bool,
}

const ABC: [&str; 3] = ["A", "B", "C"];
const XYZ: [&str; 3] = ["X", "Y", "Z"];

impl Analysis for Product {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "product",
            title: Words::new("Products", "商品"),
            about: Words::new("What sells, how steadily, and to how many", "哪些商品畅销、销售是否稳定、有多少买家"),
            question: Question::WhatDoTheyBuy,
            needs: vec![Role::Product, Role::Amount],
            uses: vec![Role::ProductName, Role::Quantity, Role::Customer, Role::Order, Role::Date],
            wants: vec![],
            frame: vec![
                column("product", "Product", "商品", "text").about("The product as the file names it", "文件中的商品"),
                column("name", "Name", "名称", "text").about("Name of the product in the file", "文件中的商品名称"),
                column("revenue", "Revenue", "销售额", "money")
                    .about("Sum of amounts, refunds as chosen", "金额合计，退款按所选方式处理"),
                column("quantity", "Quantity", "数量", "number").about("Pieces sold", "售出数量"),
                column("orders", "Orders", "订单数", "count").about("Distinct orders that hold it", "含该商品的订单数"),
                column("customers", "Customers", "客户数", "count")
                    .about("Distinct customers who bought it", "购买该商品的客户数"),
                column("repeat_rate", "Bought again", "复购率", "percent").about(
                    "Share of its buyers with at least two orders of it",
                    "购买该商品两次及以上的客户占其购买客户的比例",
                ),
                column("share", "Share of revenue", "销售额占比", "percent")
                    .about("Part of all revenue", "占全部销售额的比例"),
                column("cumulative_share", "Cumulative share", "累计占比", "percent")
                    .about("Part of all revenue up to this line, largest first", "从大到小累计到该行的销售额占比"),
                column("abc", "ABC", "ABC", "text").about(
                    "A: the products that make up the first part of revenue; B: the next; C: the rest",
                    "A：构成销售额前一部分的商品；B：其次；C：其余",
                ),
                column("xyz", "XYZ", "XYZ", "text").about(
                    "How steadily it sells from month to month: X steady, Y variable, Z irregular",
                    "月销量是否平稳：X 平稳，Y 有波动，Z 不规则",
                ),
            ],
            formula: Words::new(
                "ABC: cumulative share of revenue, largest first; XYZ: sd ÷ mean of the monthly quantity; repeat rate = buyers with ≥ 2 orders of the product ÷ buyers",
                "ABC：按销售额从大到小累计占比；XYZ：月销量的标准差 ÷ 均值；复购率 = 购买该商品 ≥ 2 次的客户 ÷ 购买客户",
            ),
            source: "ABC analysis: Dickie (1951); XYZ by coefficient of variation",
        }
    }

    fn check(params: &Params) -> Result<()> {
        abc::check(&params.abc)?;
        let [x, y] = params.xyz;
        if x >= 0.0 && x <= y && y.is_finite() {
            return Ok(());
        }
        Err(Error::bad_param(
            "xyz",
            "two ascending coefficients of variation, such as [0.5, 1]",
            "应为升序的两个变异系数，如 [0.5, 1]",
        )
        .remedy("Give two numbers, the smaller first.", "请给出两个数，小的在前。"))
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let facts = common::facts(input, params.refunds)?;
        let column = |role| input.roles.get(role).and_then(|i| Some((input.table.columns.get(i)?, i)));
        let dimension = |role| column(role).map(|(c, i)| facts.dimension(c, i));
        let Some(product) = dimension(Role::Product) else {
            return Err(
                Error::new(Code::MissingRole, "a product column is needed", "需要指定商品列").roles(["product"])
            );
        };
        let name = dimension(Role::ProductName);
        let quantity = column(Role::Quantity).map(|(c, i)| facts.measure(c, i)).transpose()?;
        Ok(Prepared { product, name, quantity, dated: input.roles.get(Role::Date).is_some(), facts })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let Prepared { facts, product, quantity, .. } = prepared;
        let orders = &facts.orders;
        let one = std::slice::from_ref(product);
        // Without a quantity every line is one.
        let own = if quantity.is_none() { Narrow::Four(vec![1; facts.lines.rows.len()]) } else { Narrow::default() };
        let pieces = quantity.as_ref().map_or(&own, |q| &q.lines);
        let unit = quantity.as_ref().map_or(1.0, |q| 10f64.powi(q.scale as i32));
        let counted = count(facts, one, None, Some(pieces));
        let (tallies, quantities) = (counted.cells, counted.sums);
        let missing = product.labels.len();
        let present = lines_per_value(facts, product);
        let mut list: Vec<usize> = product.sorted().into_iter().filter(|v| *v != missing && present[*v] > 0).collect();
        if list.is_empty() {
            return Err(Error::too_little(Words::new("products with a line", "种有记录的商品"), 1, 0).remedy(
                "Check which column is the product, or loosen the filter.",
                "请检查商品列是否正确，或放宽筛选。",
            ));
        }
        list.order_by_key(|v| std::cmp::Reverse(tallies[*v].revenue));
        let positive: Vec<i64> = list.iter().map(|v| tallies[*v].revenue).filter(|r| *r > 0).collect();
        let (mut classes, mut cumulative) = abc::classes(&positive, &params.abc, params.crossing);
        classes.resize(list.len(), 2);
        cumulative.resize(list.len(), if positive.is_empty() { f64::NAN } else { 1.0 });
        let steadiness = steadiness(prepared, pieces, &list, params)?;
        let total: i64 = list.iter().map(|v| tallies[*v].revenue).sum();
        let share = |r: i64| if total > 0 { r as f64 / total as f64 } else { f64::NAN };

        let mut by_class: BTreeMap<&'static str, Class> = ABC.iter().map(|k| (*k, Class::default())).collect();
        let mut matrix = BTreeMap::new();
        for (i, v) in list.iter().enumerate() {
            let name = ABC[usize::from(classes[i])];
            if let Some(class) = by_class.get_mut(name) {
                class.products += 1;
                class.revenue += tallies[*v].revenue as f64;
            }
            if let Some(s) = &steadiness {
                *matrix.entry(format!("{name}{}", XYZ[usize::from(s[i])])).or_insert(0) += 1;
            }
        }
        for class in by_class.values_mut() {
            class.share_revenue = (total > 0).then(|| class.revenue / total as f64);
            class.revenue /= 10f64.powi(orders.scale as i32);
        }
        let xyz = steadiness.as_ref().map(|s| {
            XYZ.iter()
                .enumerate()
                .map(|(k, name)| (*name, s.iter().filter(|c| usize::from(**c) == k).count()))
                .collect()
        });
        let summary = Summary {
            products: list.len(),
            revenue: orders.value(total),
            abc: by_class,
            xyz,
            matrix: steadiness.is_some().then_some(matrix),
        };
        let names = names(prepared);
        let numbers = |f: &dyn Fn(usize) -> f64| Series::Number(list.iter().map(|v| f(*v)).collect());
        let coded = |codes: Vec<u32>, labels: [&str; 3]| Series::Coded(codes, labels.map(String::from).to_vec());
        let frame = Frame::default()
            .with("product", Series::Text(list.iter().map(|v| product.label(*v)).collect()))
            .with("name", Series::Text(list.iter().map(|v| names.get(*v).cloned().flatten()).collect()))
            .with("revenue", numbers(&|v| orders.value(tallies[v].revenue)))
            .with("quantity", numbers(&|v| quantities[v] as f64 / unit))
            .with("orders", numbers(&|v| f64::from(tallies[v].orders)))
            .with("customers", numbers(&|v| f64::from(tallies[v].customers)))
            .with(
                "repeat_rate",
                numbers(&|v| ratio(f64::from(tallies[v].repeat), f64::from(tallies[v].customers)).unwrap_or(f64::NAN)),
            )
            .with("share", numbers(&|v| share(tallies[v].revenue)))
            .with("cumulative_share", Series::Number(cumulative))
            .with("abc", coded(classes.iter().map(|c| u32::from(*c)).collect(), ABC))
            .with(
                "xyz",
                coded(
                    steadiness
                        .map_or_else(|| vec![u32::MAX; list.len()], |s| s.iter().map(|c| u32::from(*c)).collect()),
                    XYZ,
                ),
            );
        let mut output = common::output(facts, false, summary, frame);
        common::leave_out(&mut output, present[missing] as usize, "no product", "没有商品");
        if quantity.is_none() {
            output
                .choices
                .push(Words::new("no quantity column: every line counts as one", "没有数量列，每行按 1 件计"));
        }
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

fn lines_per_value(facts: &Facts, product: &Dimension) -> Vec<u32> {
    let mut out = vec![0u32; product.size()];
    blocks(facts.lines.rows.len()).for_each(|lines| tally(lines, product, &mut out));
    out
}

#[inline(never)]
fn tally(lines: Range<usize>, product: &Dimension, out: &mut [u32]) {
    lines.for_each(|l| out[product.lines.get(l)] += 1);
}

/// X, Y or Z of each product of `list`; `None` without dates or with fewer than two months.
#[inline(never)]
fn steadiness(prepared: &Prepared, pieces: &Narrow, list: &[usize], params: &Params) -> Result<Option<Vec<u8>>> {
    let Prepared { facts, product, dated, .. } = prepared;
    let Some((first, last)) = facts.orders.span().filter(|_| *dated) else { return Ok(None) };
    let months = Periods::new(Period::Month, first, last)?;
    let width = months.len();
    if width < 2 || width.saturating_mul(product.size()) > 8_000_000 {
        return Ok(None);
    }
    let cells = sums(facts, std::slice::from_ref(product), Some(&months), pieces);
    let n = width as i128;
    let class = |v: &usize| {
        let row = &cells[v * width..(v + 1) * width];
        let sum: i128 = row.iter().map(|q| i128::from(*q)).sum();
        let squares: i128 = row.iter().map(|q| i128::from(*q) * i128::from(*q)).sum();
        // sd ÷ mean with n − 1, from whole numbers: √((n·Σq² − (Σq)²) ÷ (n (n − 1))) ÷ (Σq ÷ n)
        let sd = ((n * squares - sum * sum) as f64 / (n * (n - 1)) as f64).sqrt();
        let cv = if sum > 0 { sd / (sum as f64 / n as f64) } else { f64::INFINITY };
        params.xyz.iter().filter(|edge| cv > **edge).count() as u8
    };
    Ok(Some(list.iter().map(class).collect()))
}

/// The name of each product: where the file spells it differently, the first by code point.
#[inline(never)]
fn names(prepared: &Prepared) -> Vec<Option<String>> {
    let Prepared { facts, product, name, .. } = prepared;
    let Some(name) = name else { return Vec::new() };
    let none = name.labels.len();
    let mut best = vec![none; product.size()];
    for l in 0..facts.lines.rows.len() {
        let (slot, new) = (&mut best[product.lines.get(l)], name.lines.get(l));
        if new != *slot && new != none {
            let smaller = *slot == none || name.labels.get(new as u32) < name.labels.get(*slot as u32);
            *slot = if smaller { new } else { *slot };
        }
    }
    best.into_iter().map(|code| name.label(code)).collect()
}

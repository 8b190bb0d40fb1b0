//! By how many percent sales fall when the price rises by one percent.
//!
//! Method: least squares of ln quantity on ln price, classical errors; the slope is the price elasticity.
//! Input: price and quantity, both above 0; other rows are left out. `by` adds one estimate per group.
//! Needs: three rows and at least two prices. It describes what went together, not what a price change would cause.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::col::show::{count, finite, p, tile, two};
use super::col::{Col, Data, Kind, Options, Spec, resolve};
use super::{Analysis, Holds, Input, LeftOut, Meta, Output, Presentation, Question, Tile, column, want};
use crate::chart::{self, Bar, Chart, Drill, Point};
use crate::error::{Code, Error, Result, Words};
use crate::num::dist;
use crate::num::moment::Moments;
use crate::num::order::Order;
use crate::num::sum::{dot, sum_of};
use crate::role::Role;
use crate::table::{Frame, Series};

pub struct Elasticity;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Price of one unit; by default the role unit_price, or amount over quantity.
    #[schemars(extend("x-zh" = "单价；默认取单价列，或金额 ÷ 数量"))]
    pub price: Option<Col>,
    /// Units sold; by default the role quantity.
    #[schemars(extend("x-zh" = "销量；默认取数量列"))]
    pub quantity: Option<Col>,
    /// One estimate per group as well.
    #[schemars(extend("x-zh" = "按组分别估计"))]
    pub by: Option<Col>,
    /// Level of the intervals.
    #[schemars(extend("x-zh" = "区间的置信水平"))]
    pub level: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { price: None, quantity: None, by: None, level: 0.95 }
    }
}

/// ln quantity = intercept + elasticity · ln price.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// Rows used.
    pub n: usize,
    pub intercept: f64,
    /// Change of quantity in percent when the price rises by one percent.
    pub elasticity: f64,
    pub std_error: Option<f64>,
    pub t: Option<f64>,
    pub p: Option<f64>,
    pub r2: Option<f64>,
    pub ci: Option<[f64; 2]>,
    /// Groups with at least three rows and two prices, most rows first.
    pub groups: Vec<Group>,
    #[serde(skip)]
    pub points: Vec<(f64, f64)>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Group {
    pub group: String,
    pub n: usize,
    pub elasticity: f64,
    pub std_error: Option<f64>,
    pub ci: Option<[f64; 2]>,
}

pub struct Prepared {
    x: Vec<f64>,
    y: Vec<f64>,
    groups: Option<(Vec<u32>, Vec<String>)>,
    left_out: Vec<LeftOut>,
    choices: Vec<Words>,
}

impl Analysis for Elasticity {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "elasticity",
            title: Words::new("Price and quantity", "价格弹性"),
            about: Words::new(
                "By how many percent sales are lower where the price is one percent higher.",
                "价格每高 1%，销量低百分之几。",
            ),
            question: Question::WhatDoTheyBuy,
            needs: vec![],
            uses: vec![Role::UnitPrice, Role::Quantity, Role::Amount],
            wants: vec![
                want("price", Holds::Number, 1).unless(&[Role::Amount]),
                want("quantity", Holds::Number, 1).unless(&[Role::Quantity]),
            ],
            frame: vec![
                column("group", "Group", "组", "text").about("Value of the column that groups", "分组列的取值"),
                column("n", "Rows", "行数", "count")
                    .about("Rows with a price and a quantity above 0", "价格与数量都大于 0 的行数"),
                column("elasticity", "Elasticity", "弹性", "number").about(
                    "Per cent that the quantity changes along with 1 % of price",
                    "价格变动 1% 时数量变动的百分数",
                ),
                column("low", "Interval from", "区间下限", "number")
                    .about("Lower end of the interval at the level chosen", "所选置信水平下的区间下限"),
                column("high", "Interval to", "区间上限", "number")
                    .about("Upper end of the interval at the level chosen", "所选置信水平下的区间上限"),
            ],
            formula: Words::new(
                "ln q = a + e·ln p by least squares; e is the elasticity; classical errors; interval e ± t·se with n − 2 degrees of freedom. Assumes one elasticity over the whole range of prices, and that price moved for reasons of its own. Prices are often set by expected demand: it cannot say what a change of price would cause.",
                "最小二乘 ln q = a + e·ln p，e 为弹性；经典标准误；区间 e ± t·se，自由度 n − 2。假设整个价格区间内弹性不变，且价格变动与需求无关。价格常随预期需求而定：本方法不能说明调价会带来什么。",
            ),
            source: "Any econometrics text, e.g. Wooldridge, Introductory Econometrics, section 2.4 (constant elasticity model)",
        }
    }

    fn check(params: &Params) -> Result<()> {
        for (name, col) in [("price", &params.price), ("quantity", &params.quantity), ("by", &params.by)] {
            if let Some(col) = col {
                col.check(name)?;
            }
        }
        if params.level > 0.0 && params.level < 1.0 {
            Ok(())
        } else {
            Err(Error::bad_param("level", "between 0 and 1", "须在 0 与 1 之间")
                .remedy("Give the level as a share, such as 0.95.", "请用 0.95 这样的小数表示置信水平。"))
        }
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        let quantity = params.quantity.clone().unwrap_or_else(|| Col::role(Role::Quantity));
        let from_amount = params.price.is_none() && input.roles.get(Role::UnitPrice).is_none();
        let price =
            params.price.clone().unwrap_or_else(|| Col::role(if from_amount { Role::Amount } else { Role::UnitPrice }));
        let by = params.by.as_ref().map(|c| {
            let spec = c.spec();
            Col::Spec(Box::new(Spec { kind: spec.kind.or(Some(Kind::Category)), ..spec }))
        });
        let mut cols = vec![&price, &quantity];
        cols.extend(by.as_ref());
        let r = resolve(input, &cols, Options::default())?;
        let (p, q) = (r.variables[0].numbers()?, r.variables[1].numbers()?);
        let price: Vec<f64> = if from_amount { p.iter().zip(q).map(|(a, q)| a / q).collect() } else { p.to_vec() };
        let kept: Vec<usize> =
            (0..price.len()).filter(|&i| price[i] > 0.0 && price[i].is_finite() && q[i] > 0.0).collect();
        let mut left_out = r.left_out.clone();
        if kept.len() < price.len() {
            let reason = Words::new("price or quantity not above 0", "价格或数量不大于 0");
            left_out.push(LeftOut { reason, rows: price.len() - kept.len() });
        }
        let mut choices = r.choices.clone();
        if from_amount {
            choices.push(Words::new("price is amount ÷ quantity", "价格为金额 ÷ 数量"));
        }
        let groups = r.variables.get(2).and_then(|v| match &v.data {
            Data::Category { codes, labels } => Some((kept.iter().map(|&i| codes[i]).collect(), labels.clone())),
            Data::Number(_) => None,
        });
        Ok(Prepared {
            x: kept.iter().map(|&i| price[i].ln()).collect(),
            y: kept.iter().map(|&i| q[i].ln()).collect(),
            groups,
            left_out,
            choices,
        })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let n = prepared.x.len();
        if n < 3 {
            return Err(Error::too_little(
                Words::new("rows with a price and a quantity above 0", "行价格与数量均大于 0 的数据"),
                3,
                n,
            )
            .remedy(
                "Check which columns are price and quantity, or loosen the filter.",
                "请检查价格列与数量列是否正确，或放宽筛选。",
            ));
        }
        let Some(line) = Line::of(&prepared.x, &prepared.y, params.level) else {
            return Err(Error::new(
                Code::NoVariation,
                "the price is always the same: nothing can be said about its effect",
                "价格始终相同，无法判断其影响",
            ));
        };
        let groups = by_group(prepared, params.level);
        let step = n.div_ceil(1000).max(1);
        let points = prepared.x.iter().zip(&prepared.y).step_by(step).map(|(x, y)| (x.exp(), y.exp())).collect();
        let rows: Vec<(String, usize, f64, Option<[f64; 2]>)> =
            std::iter::once((String::new(), n, line.slope, line.ci))
                .chain(groups.iter().map(|g| (g.group.clone(), g.n, g.elasticity, g.ci)))
                .collect();
        let bound = |i: usize| Series::Number(rows.iter().map(|r| r.3.map_or(f64::NAN, |c| c[i])).collect());
        let frame = Frame::default()
            .with("group", Series::Text(rows.iter().map(|r| (!r.0.is_empty()).then(|| r.0.clone())).collect()))
            .with("n", Series::Integer(rows.iter().map(|r| r.1 as i32).collect()))
            .with("elasticity", Series::Number(rows.iter().map(|r| r.2).collect()))
            .with("low", bound(0))
            .with("high", bound(1));
        Ok(Output {
            summary: Summary {
                n,
                intercept: line.intercept,
                elasticity: line.slope,
                std_error: line.se,
                t: line.t,
                p: line.p,
                r2: line.r2,
                ci: line.ci,
                groups,
                points,
            },
            frame,
            used_rows: n,
            left_out: prepared.left_out.clone(),
            warnings: vec![Words::new(
                "this is what went together in the past, not proof of what a price change would cause",
                "这是过去数据中的关系，并不证明调价会带来同样的结果",
            )],
            choices: prepared.choices.clone(),
        })
    }

    fn present(output: &Output<Summary>, _: &Params) -> Presentation {
        present(&output.summary)
    }
}

struct Line {
    intercept: f64,
    slope: f64,
    se: Option<f64>,
    t: Option<f64>,
    p: Option<f64>,
    r2: Option<f64>,
    ci: Option<[f64; 2]>,
}

impl Line {
    fn of(x: &[f64], y: &[f64], level: f64) -> Option<Self> {
        let (mx, my) = (Moments::of(x), Moments::of(y));
        if x.len() < 3 || mx.is_constant() || mx.s2 <= 0.0 {
            return None;
        }
        let dx: Vec<f64> = x.iter().map(|v| v - mx.mean).collect();
        let dy: Vec<f64> = y.iter().map(|v| v - my.mean).collect();
        let sxx = dot(&dx, &dx);
        let slope = dot(&dx, &dy) / sxx;
        let rss = sum_of(dx.iter().zip(&dy).map(|(a, b)| (b - slope * a).powi(2)));
        let df = x.len() as f64 - 2.0;
        let se = finite((rss / df / sxx).sqrt()).filter(|s| *s > 0.0);
        let t = se.map(|s| slope / s);
        let half = se.map(|s| s * dist::t_quantile(0.5 + level / 2.0, df));
        Some(Self {
            intercept: my.mean - slope * mx.mean,
            slope,
            se,
            t,
            p: t.and_then(|t| finite(dist::t_two_sided(t, df))),
            r2: finite(1.0 - rss / my.s2),
            ci: half.map(|h| [slope - h, slope + h]),
        })
    }
}

fn by_group(p: &Prepared, level: f64) -> Vec<Group> {
    let Some((codes, labels)) = &p.groups else { return Vec::new() };
    let mut rows: BTreeMap<u32, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for ((x, y), c) in p.x.iter().zip(&p.y).zip(codes) {
        let entry = rows.entry(*c).or_default();
        entry.0.push(*x);
        entry.1.push(*y);
    }
    let mut out: Vec<Group> = rows
        .into_iter()
        .filter_map(|(c, (x, y))| {
            let line = Line::of(&x, &y, level)?;
            Some(Group {
                group: labels.get(c as usize)?.clone(),
                n: x.len(),
                elasticity: line.slope,
                std_error: line.se,
                ci: line.ci,
            })
        })
        .collect();
    out.order_by(|a, b| b.n.cmp(&a.n).then_with(|| a.group.cmp(&b.group)));
    out
}

fn present(s: &Summary) -> Presentation {
    let sure = s.p.is_some_and(|p| p < 0.05);
    let e = two(s.elasticity);
    let headline = if !sure {
        Words::new(
            "No effect of the price on the quantity could be shown: the elasticity differs from 0 by no more than chance.",
            "未能证明价格影响销量：弹性与 0 的差异未超出偶然。",
        )
    } else if s.elasticity < 0.0 {
        let part = two(-s.elasticity);
        Words::new(
            format!("Where the price is 1% higher, {part}% less is sold."),
            format!("价格每高 1%，销量低 {part}%。"),
        )
    } else {
        Words::new(
            format!("Where the price is 1% higher, {e}% more is sold."),
            format!("价格每高 1%，销量反而高 {e}%。"),
        )
    };
    let tiles = vec![
        Tile {
            interval: s.ci,
            n: Some(s.n),
            ..tile(
                "elasticity",
                ("Elasticity", "弹性"),
                Some(s.elasticity),
                "number",
                ("Percent change of quantity per percent of price.", "价格变化 1% 对应的销量变化百分比。"),
            )
        },
        tile(
            "r2",
            ("Explained", "解释比例"),
            s.r2,
            "percent",
            ("Share of the variation of ln quantity that the price explains.", "价格解释的 ln 销量变化比例。"),
        ),
        tile(
            "p",
            ("Chance", "偶然概率"),
            s.p,
            "number",
            ("How often chance alone gives a slope this steep.", "仅凭偶然出现如此斜率的概率。"),
        ),
    ];
    // Digits enough to see on which side of 0 the interval ends.
    let between = s.ci.map(|ci| (two(ci[0]), two(ci[1])));
    let title = match (sure, between) {
        (true, Some((low, high))) => {
            Words::new(format!("Elasticity {e} ({low} to {high})"), format!("弹性 {e}（{low} 至 {high}）"))
        }
        (false, Some((low, high))) => Words::new(
            format!("Elasticity not different from 0: {e} ({low} to {high})"),
            format!("弹性与 0 的差异未超出偶然：{e}（{low} 至 {high}）"),
        ),
        (_, None) => Words::new(format!("Elasticity {e}"), format!("弹性 {e}")),
    };
    let points: Vec<Point> = s.points.iter().map(|&(x, y)| Point { x, y, group: 0, drill: Value::Null }).collect();
    let (x, y) = (Words::new("price", "价格"), Words::new("quantity", "数量"));
    let chance = s.p.map(p).unwrap_or_default();
    let mut charts = vec![Chart {
        id: "scatter",
        title,
        subtitle: Words::new(
            format!("One point per row, {} of {} shown, {chance}", count(points.len()), count(s.n)),
            format!("每点一行，显示 {} / {}，{chance}", count(points.len()), count(s.n)),
        ),
        alt: Words::new(format!("Quantity against price; elasticity {e}."), format!("数量与价格；弹性 {e}。")),
        option: chart::scatter(&points, std::slice::from_ref(&y), [(&x, "number"), (&y, "number")]),
        drill: None,
    }];
    if !s.groups.is_empty() {
        let list: Vec<Bar> = s
            .groups
            .iter()
            .take(20)
            .map(|g| {
                Bar::new(json!(g.group), g.elasticity.abs()).drill("group", g.group.clone()).context(g.elasticity > 0.0)
            })
            .collect();
        charts.push(Chart {
            id: "groups",
            title: Words::new("How strongly each group follows the price", "各组对价格的敏感程度"),
            subtitle: Words::new(
                "Size of the elasticity; grey: quantity rises with the price",
                "弹性的绝对值；灰色：销量随价格上升",
            ),
            alt: Words::new("Elasticity by group.", "各组的弹性。"),
            option: chart::bars(&list, "number"),
            drill: Drill::on(&["group"]),
        });
    }
    Presentation { headline, tiles, charts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::col::testing::{analyse, close, csv};

    #[test]
    fn a_constant_elasticity_is_found_exactly() {
        // q = 100 p^−2.
        let rows: Vec<String> =
            [1.0f64, 2.0, 4.0, 5.0, 8.0].iter().map(|p| format!("{p},{}", 100.0 / (p * p))).collect();
        let table = csv(&format!("p,q\n{}\n-1,5\n,7\n", rows.join("\n")));
        let out = analyse::<Elasticity>(&table, json!({ "price": "p", "quantity": "q" }), None).unwrap();
        close("elasticity", &out.summary["elasticity"], &json!(-2.0), 1e-12, 0.0);
        close("intercept", &out.summary["intercept"], &json!(100f64.ln()), 1e-12, 0.0);
        assert_eq!(out.method.left_out.iter().map(|l| l.rows).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn groups_and_gates() {
        let table = csv("p,q,g\n1,10,a\n2,6,a\n3,5,a\n1,3,b\n2,2.9,b\n4,2,b\n2,2,c\n");
        let q = json!({ "price": "p", "quantity": "q", "by": "g" });
        let out = analyse::<Elasticity>(&table, q.clone(), None).unwrap();
        assert_eq!(out.summary["groups"].as_array().unwrap().len(), 2);
        assert_eq!(out.frame.rows(), 3);
        assert_eq!(
            analyse::<Elasticity>(&csv("p,q,g\n1,1,a\n"), q.clone(), None).err().unwrap().code,
            Code::TooLittleData
        );
        assert_eq!(
            analyse::<Elasticity>(&csv("p,q,g\n1,1,a\n1,2,a\n1,4,b\n"), q, None).err().unwrap().code,
            Code::NoVariation
        );
        assert_eq!(analyse::<Elasticity>(&table, json!({}), None).err().unwrap().code, Code::MissingRole);
    }

    crate::analysis_contract!(
        Elasticity,
        params = json!({ "by": "channel" }),
        sample = crate::analysis::contract::columns()
    );
}

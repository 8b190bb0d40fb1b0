//! The products in words and pictures.

use serde_json::json;

use super::{Output, Params, Presentation, Summary};
use crate::analysis::Tile;
use crate::analysis::common::{say, tile};
use crate::chart::{self, Bar, Cell, Chart, Drill};
use crate::error::Words;
use crate::table::{Frame, Series};

pub fn present(output: &Output<Summary>, params: &Params) -> Presentation {
    let s = &output.summary;
    let mut charts = vec![largest(output), curve(output, params)];
    charts.extend(matrix(s));
    Presentation { headline: headline(s, params), tiles: tiles(output), charts }
}

fn a_class(s: &Summary) -> (usize, f64) {
    s.abc.get("A").map_or((0, 0.0), |c| (c.products, c.share_revenue.unwrap_or(0.0)))
}

fn headline(s: &Summary, _: &Params) -> Words {
    let (n, share) = a_class(s);
    let (k, n, p, all) = (n, say::count(n), say::percent(share), say::count(s.products));
    if s.products == 1 {
        return Words::new("There is only one product.", "只有一种商品。");
    }
    if share <= 0.0 {
        return Words::new(format!("None of {all} products brings revenue."), format!("{all} 种商品均未带来销售额。"));
    }
    if k == s.products {
        return Words::new(
            format!(
                "{} are needed to reach the first cut: none stands out.",
                if k == 2 { "Both products".into() } else { format!("All {all} products") }
            ),
            format!("{all} 种商品全部计入才达到首个分界，没有突出的商品。"),
        );
    }
    Words::new(
        format!("{n} of {all} products {} {p} of revenue.", say::form(k, "brings", "bring")),
        format!("{all} 种商品中，{n} 种贡献 {p} 的销售额。"),
    )
}

fn numbers<'a>(frame: &'a Frame, name: &str) -> &'a [f64] {
    match frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => &[],
    }
}

fn tiles(output: &Output<Summary>) -> Vec<Tile> {
    let s = &output.summary;
    let (n, share) = a_class(s);
    let rates: Vec<f64> = numbers(&output.frame, "repeat_rate").iter().copied().filter(|v| !v.is_nan()).collect();
    let mut list = vec![
        tile(
            "products",
            Words::new("Products", "商品数"),
            Some(s.products as f64),
            "count",
            Words::new("Products with a line", "有记录的商品数"),
        ),
        tile(
            "revenue",
            Words::new("Revenue", "销售额"),
            Some(s.revenue),
            "money",
            Words::new("Of all lines with a product", "有商品的各行合计"),
        ),
        tile(
            "a",
            Words::new("In class A", "A 类商品"),
            Some(n as f64),
            "count",
            Words::new("The largest products up to the first cut", "累计占比达到首个分界的商品"),
        ),
        tile(
            "a_share",
            Words::new("Their share of revenue", "其销售额占比"),
            Some(share),
            "percent",
            Words::new("What class A brings", "A 类贡献的销售额占比"),
        ),
        tile(
            "repeat",
            Words::new("Bought again, median product", "商品复购率中位数"),
            crate::num::quantile::median(&rates),
            "percent",
            Words::new(
                "Buyers with at least two orders of the product, median over products",
                "购买该商品不少于 2 次的买家占比，取各商品中位数",
            ),
        ),
    ];
    list.iter_mut().for_each(|t| t.n = Some(s.products));
    list
}

fn largest(output: &Output<Summary>) -> Chart {
    let s = &output.summary;
    let texts = |name: &str| match output.frame.get(name) {
        Some(Series::Text(v)) => v.clone(),
        _ => Vec::new(),
    };
    let (ids, names) = (texts("product"), texts("name"));
    let (values, shares) = (numbers(&output.frame, "revenue"), numbers(&output.frame, "share"));
    let shown: Vec<String> = ids
        .iter()
        .zip(&names)
        .map(|(id, name)| name.clone().or_else(|| id.clone()).unwrap_or_default())
        .take(12)
        .collect();
    let bars: Vec<Bar> = shown
        .iter()
        .zip(values)
        .zip(&ids)
        .filter(|((_, v), _)| **v > 0.0)
        .enumerate()
        .map(|(i, ((name, v), id))| Bar::new(json!(name), *v).drill("product", id.clone()).context(i > 0))
        .collect();
    let first = shown.first().cloned().unwrap_or_default();
    let p = say::percent(shares.first().copied().filter(|v| !v.is_nan()).unwrap_or(0.0));
    let title = if bars.is_empty() {
        Words::new("No product brings revenue", "没有商品带来销售额")
    } else {
        Words::new(format!("{first} sells most: {p} of revenue"), format!("「{first}」销售额最高，占 {p}"))
    };
    let (n, all) = (bars.len(), say::count(s.products));
    let subtitle = Words::new(
        if n == s.products {
            format!("revenue of each of {all} {}", say::form(n, "product", "products"))
        } else {
            format!("revenue of the {n} largest of {all} products")
        },
        format!("{all} 种商品中销售额最高的 {n} 种"),
    );
    let three: Vec<String> = shown.iter().take(3).cloned().collect();
    let alt = Words::new(
        format!("{}. Largest: {}.", title.en, three.join(", ")),
        format!("{}。最大的是：「{}」。", title.zh, three.join("」、「")),
    );
    Chart { id: "largest", title, subtitle, alt, option: chart::bars(&bars, "money"), drill: Drill::on(&["product"]) }
}

fn curve(output: &Output<Summary>, params: &Params) -> Chart {
    let s = &output.summary;
    let shares: Vec<f64> = numbers(&output.frame, "share").iter().copied().filter(|v| *v > 0.0).collect();
    let (n, share) = a_class(s);
    let part = say::percent(n as f64 / s.products.max(1) as f64);
    let p = say::percent(share);
    let title =
        Words::new(format!("{part} of products make {p} of revenue"), format!("{part} 的商品贡献 {p} 的销售额"));
    let all = say::count(s.products);
    let subtitle = Words::new(
        format!("cumulative share of revenue over the share of products, largest first; n = {all}"),
        format!("销售额累计占比与商品数量占比，从大到小；n = {all}"),
    );
    let alt = Words::new(
        format!("{}. {} of {}.", title.en, say::count(n), say::counted(s.products, "product", "products")),
        format!("{}。{all} 种中 {n} 种。", title.zh),
    );
    let cuts = [(params.abc[0], "A"), (params.abc[1], "B")];
    let option = chart::pareto(&shares, &cuts, &Words::new("share of products", "商品数量占比"));
    Chart { id: "curve", title, subtitle, alt, option, drill: None }
}

fn matrix(s: &Summary) -> Option<Chart> {
    let counts = s.matrix.as_ref()?;
    let most = counts.values().copied().max().unwrap_or(1) as f64;
    let cells: Vec<Cell> = (0..9)
        .map(|i| {
            let (abc, xyz) = (super::ABC[i / 3], super::XYZ[i % 3]);
            let n = counts.get(&format!("{abc}{xyz}")).copied().unwrap_or(0);
            Cell {
                x: i % 3,
                y: i / 3,
                value: Some(n as f64),
                tone: chart::seq_step(n as f64 / most),
                open: false,
                drill: json!({ "abc": abc, "xyz": xyz }),
            }
        })
        .collect();
    let columns = vec![chart::words("X steady", "X 稳定"), chart::words("Y", "Y"), chart::words("Z erratic", "Z 波动")];
    let option = chart::heat_map(columns, super::ABC.map(|a| json!(a)).to_vec(), &cells, "count");
    let n = counts.get("AZ").copied().unwrap_or(0);
    let title = if n > 0 {
        let products = say::counted(n, "important product", "important products");
        Words::new(
            format!("{products} {} erratically", say::form(n, "sells", "sell")),
            format!("{} 种重要商品销量波动大", say::count(n)),
        )
    } else {
        Words::new("No important product sells erratically", "重要商品销量均较平稳")
    };
    let all = say::count(s.products);
    let subtitle = Words::new(
        format!("products by share of revenue (A–C) and variation of the monthly quantity (X–Z); n = {all}"),
        format!("按销售额占比（A–C）与月销量波动（X–Z）划分的商品数；n = {all}"),
    );
    let alt = Words::new(format!("{}. n = {all}.", title.en), format!("{}。n = {all}。", title.zh));
    Some(Chart { id: "matrix", title, subtitle, alt, option, drill: Drill::on(&["abc", "xyz"]) })
}

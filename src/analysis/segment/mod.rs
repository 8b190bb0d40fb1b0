//! Which kinds of customers are there? Rows or customers are grouped by chosen features, and the groups are described.
//!
//! Method: k-means (MacQueen 1967; k-means++ starts, Arthur & Vassilvitskii 2007), agglomerative clustering (Ward 1963;
//! Lance & Williams 1967), Gaussian mixture (Dempster, Laird & Rubin 1977), DBSCAN (Ester et al. 1996), principal components.
//! Input: numeric columns or customer facts; rows with a missing value are left out and counted.
//! Cost: k-means O(n·k·d) an iteration, hierarchical O(n²) time and memory (n ≤ 8,000; single linkage 30,000).
//! Needs: ten rows, and at least as many different rows as segments.

mod apart;
mod compute;
pub mod dbscan;
pub mod hierarchy;
pub mod indices;
pub mod kmeans;
mod migration;
pub mod mixture;
pub mod pca;
pub mod points;
mod present;
pub mod stability;

#[cfg(test)]
mod core_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::col::{Col, Fact, Labels, Options, Unit, check_all, resolve};
use super::{Analysis, Holds, Input, Meta, Output, Presentation, Question, column, say, want};
use crate::error::{Code, Error, Result, Words};
use crate::fact::LeftOut;
use crate::work::{self, Work};
pub use apart::tasks;
use hierarchy::Linkage;
use points::Scale;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Round segments of least squared distance to their means.
    Kmeans,
    /// Segments merged step by step, with the whole tree of heights.
    Hierarchical,
    /// Overlapping bell-shaped segments of any size and tilt.
    GaussianMixture,
    /// Dense regions of any shape, the rest is noise; finds the number itself.
    Dbscan,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "`k` is a number, a list of numbers, or `auto`")]
pub enum Clusters {
    /// So many segments.
    One(usize),
    /// The best of these numbers.
    Some(Vec<usize>),
    /// `"auto"`: the best of 2 to 8.
    Auto(Auto),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Auto {
    Auto,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "`log` is true, false, or a list of features")]
pub enum Log {
    /// All features, or none.
    All(bool),
    /// These features.
    These(Vec<String>),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// What the segments are made from: numeric columns, expressions or customer facts.
    #[schemars(extend("x-zh" = "用来分群的特征：数值列、表达式或客户指标"))]
    pub features: Vec<Col>,
    /// How segments are formed.
    #[schemars(extend("x-zh" = "分群方法"))]
    pub method: Method,
    /// Number of segments, a list of numbers to try, or `"auto"` (2 to 8).
    #[schemars(extend("x-zh" = "分群个数、候选个数列表，或 auto（2 到 8）"))]
    pub k: Clusters,
    /// How features are brought to one scale.
    #[schemars(extend("x-zh" = "特征如何统一尺度"))]
    pub scale: Scale,
    /// Natural logarithm before scaling: of all features, of none, or of those named.
    #[schemars(extend("x-zh" = "缩放前取自然对数：全部、不取，或指定特征"))]
    pub log: Log,
    /// Starts of k-means; the best is kept.
    #[schemars(extend("x-zh" = "k-means 的起点次数，取最好的一次"))]
    pub starts: usize,
    /// Seed of all random steps.
    #[schemars(extend("x-zh" = "随机种子"))]
    pub seed: u64,
    /// Hierarchical: what the distance of two groups is.
    #[schemars(extend("x-zh" = "层次聚类的组间距离"))]
    pub linkage: Linkage,
    /// DBSCAN: radius of a neighbourhood in scaled units; found from the data when absent.
    #[schemars(extend("x-zh" = "DBSCAN 的邻域半径（缩放后单位），不填则由数据估计"))]
    pub eps: Option<f64>,
    /// DBSCAN: rows within `eps` (itself included) that make a row a core; twice the number of features when absent.
    #[schemars(extend("x-zh" = "DBSCAN 的核心点所需邻点数（含自身），不填为特征数的两倍"))]
    pub min_points: Option<usize>,
    /// Principal components for the map.
    #[schemars(extend("x-zh" = "主成分个数"))]
    pub components: usize,
    /// Customer facts are measured at this day (ISO); the day after the last order when absent.
    #[schemars(extend("x-zh" = "客户指标的截止日，不填为最后订单次日"))]
    pub as_of: Option<String>,
    /// An earlier day (ISO): which segment each customer was in by the orders before it, and who moved. Customer facts only.
    #[schemars(extend("x-zh" = "较早的一天：按此前的订单看各客户当时属于哪一群、谁换了群；仅限客户指标"))]
    pub compare_to: Option<String>,
    /// Whether the segments are tried on 20 bootstrap samples.
    #[schemars(extend("x-zh" = "是否用 20 次自助抽样检验稳定性"))]
    pub stability: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            features: Vec::new(),
            method: Method::Kmeans,
            k: Clusters::Auto(Auto::Auto),
            scale: Scale::Standard,
            log: Log::All(false),
            starts: 10,
            seed: 1,
            linkage: Linkage::Ward,
            eps: None,
            min_points: None,
            components: 2,
            as_of: None,
            compare_to: None,
            stability: true,
        }
    }
}

/// Complete rows of the features, in file (or customer) order, before logarithm and scale.
pub struct Prepared {
    pub unit: Unit,
    /// Row numbers in the file (positions of customers when they are the unit).
    pub rows: Vec<u32>,
    /// Customer ids, or empty when the unit is the row.
    pub customers: Vec<String>,
    pub names: Vec<String>,
    pub columns: Vec<Vec<f64>>,
    /// The customers as they were at `compare_to`.
    pub earlier: Option<migration::Earlier>,
    pub left_out: Vec<LeftOut>,
    pub warnings: Vec<Words>,
    pub choices: Vec<Words>,
}

/// One number of segments that was tried.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Candidate {
    pub k: usize,
    /// Sum of squared distances to the segments' means, scaled units.
    pub inertia: f64,
    /// Rows of each segment, ascending.
    pub sizes: Vec<usize>,
    /// −1 to 1: how much nearer a row is to its own segment than to the next; null with one segment.
    pub silhouette: Option<f64>,
    /// Smaller is better.
    pub davies_bouldin: Option<f64>,
    /// Larger is better.
    pub calinski_harabasz: Option<f64>,
    /// Means in scaled units, ordered by the first coordinate.
    pub centers: Vec<Vec<f64>>,
    /// Gaussian mixture only.
    pub log_likelihood: Option<f64>,
    /// Gaussian mixture only; smaller is better.
    pub bic: Option<f64>,
}

/// How a segment differs from all rows in one feature.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Difference {
    pub feature: String,
    /// (mean of the segment − mean of all) / standard deviation of all, after the logarithm where one is taken.
    pub difference: f64,
    /// In words: "high income".
    pub words: Words,
}

/// The member nearest to the segment's mean.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Medoid {
    /// 0-based row of the file; null for customers.
    pub row: Option<u32>,
    /// Customer id; null for rows.
    pub customer: Option<String>,
    /// Its values, in the features' own units.
    pub values: BTreeMap<String, f64>,
}

/// How a segment is called where people read: by the number it has in the table.
fn numbered(id: usize) -> Words {
    Words::new(format!("Segment {id}"), format!("分群 {id}"))
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Segment {
    /// 1 for the largest.
    pub id: usize,
    pub size: usize,
    /// Of all rows used, noise included.
    pub share: f64,
    /// What sets it apart, in words; "near the average" where nothing does; a number only ("Segment 1") where its stability is below 0.6.
    pub name: Words,
    /// Means in the features' own units.
    pub center: BTreeMap<String, f64>,
    /// Features that lie at least half a standard deviation from the average, most distinctive first.
    pub differs: Vec<Difference>,
    pub medoid: Medoid,
    /// Mean Jaccard similarity over bootstrap samples, 0–1; null when it was not tried.
    pub stability: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pca {
    /// Variances of the components (divisor n − 1), scaled units.
    pub explained_variance: Vec<f64>,
    /// Of the whole variance.
    pub explained_ratio: Vec<f64>,
    /// One row per component, one number per feature; the largest in size is positive.
    pub loadings: Vec<Vec<f64>>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// `row` or `customer`.
    pub unit: String,
    pub n: usize,
    pub method: Method,
    /// Number of segments; for DBSCAN the number found.
    pub k: usize,
    /// Why that many.
    pub k_reason: Words,
    pub features: Vec<String>,
    /// Every number tried, in the order asked for.
    pub candidates: Vec<Candidate>,
    pub segments: Vec<Segment>,
    /// Hierarchical: n − 1 merge heights, ascending; else null.
    pub heights: Option<Vec<f64>>,
    /// DBSCAN: dense groups found; else null.
    pub clusters: Option<usize>,
    /// DBSCAN: rows outside all groups; else null.
    pub noise: Option<usize>,
    /// DBSCAN: rows in the dense inside of a group; else null.
    pub core_points: Option<usize>,
    /// Rows the silhouette was computed from when not all (above 10,000); else null.
    pub silhouette_sample: Option<usize>,
    pub pca: Pca,
    /// With `compare_to`: moves between the segments since; else null.
    pub migration: Option<migration::Migration>,
}

pub struct Segments;

impl Analysis for Segments {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "segment",
            title: Words::new("Segments", "客户分群"),
            about: Words::new(
                "Groups customers or rows that resemble each other, and says what sets each group apart.",
                "把相似的客户或行归为一群，并说明每群有何不同。",
            ),
            question: Question::WhoAreMyCustomers,
            needs: vec![],
            uses: vec![crate::role::Role::Customer, crate::role::Role::Date, crate::role::Role::Amount],
            wants: vec![
                want("features", Holds::Number, 1).unless(&[crate::role::Role::Customer, crate::role::Role::Date]),
            ],
            frame: vec![
                column("row", "Row", "行", "count")
                    .about("Place of the row in the file, from 1", "该行在文件中的序号，从 1 起"),
                column("customer", "Customer", "客户", "text")
                    .about("The customer as the file names them", "文件中的客户"),
                column("segment", "Segment", "分群", "count")
                    .about("Number of the segment; none where it lies outside all", "分群编号；不属于任何群时为空"),
                column("core", "Core of a dense group", "密集核心", "count")
                    .about("1 where enough neighbours lie within the radius", "邻域内点数足够时为 1"),
                column("distance", "Distance to the segment's mean", "与群中心的距离", "number").about(
                    "How far from the middle of its segment, features scaled as said",
                    "到所在群中心的距离，特征按说明缩放",
                ),
                column("pc1", "Map, first axis", "第一主成分", "number").about(
                    "Place on the map along the direction in which the features spread most",
                    "在特征差异最大方向上的位置",
                ),
                column("pc2", "Map, second axis", "第二主成分", "number")
                    .about("Place on the map along the next such direction", "在差异次大方向上的位置"),
            ],
            formula: Words::new(
                "k-means: min Σᵢ ‖xᵢ − m(xᵢ)‖²; silhouette s = (b − a) / max(a, b); stability = mean |A ∩ B| / |A ∪ B| over 20 bootstrap samples. From 32,768 rows on every start of k-means first settles on 8,192 of them, and the best starts go on with all. Assumes that the chosen features, scaled as said, are what likeness means; k-means and Gaussian mixtures also round groups. It cannot say that the segments exist outside these data, nor that they would react differently to anything.",
                "k-means：min Σᵢ ‖xᵢ − m(xᵢ)‖²；轮廓系数 s = (b − a) / max(a, b)；稳定性 = 20 次自助抽样中 |A ∩ B| / |A ∪ B| 的均值。达到 32,768 行时，k-means 每次初始化先在其中 8,192 行上收敛，较优者再用全部行继续。假设所选特征（按所述缩放）足以衡量相似；k-means 与高斯混合还假设各群呈团状。本方法不能说明这些分群在数据之外真实存在，也不能说明各群对任何举措反应不同。",
            ),
            source: "Arthur & Vassilvitskii 2007; Hamerly 2010; Ward 1963; Rousseeuw 1987; Hennig 2007, doi:10.1016/j.csda.2006.11.025; Ester et al. 1996",
        }
    }

    fn check(params: &Params) -> Result<()> {
        let bad = |name: &str, en: &str, zh: &str| {
            Err(Error::bad_param(name, en, zh)
                .remedy(format!("Set `{name}`: {en}."), format!("请设置 `{name}`：{zh}。")))
        };
        if params.features.is_empty() {
            return bad(
                "features",
                "name at least one numeric column or customer fact",
                "请至少指定一个数值列或客户指标",
            );
        }
        check_all(&params.features, "features")?;
        let ks: &[usize] = match &params.k {
            Clusters::One(k) => std::slice::from_ref(k),
            Clusters::Some(ks) => ks,
            Clusters::Auto(_) => &[2],
        };
        if ks.is_empty() || ks.iter().any(|&k| !(1..=100).contains(&k)) {
            return bad("k", "numbers from 1 to 100", "应为 1 到 100 的整数");
        }
        if !(1..=1_000).contains(&params.starts) {
            return bad("starts", "1 to 1,000", "应为 1 到 1000");
        }
        if params.eps.is_some_and(|e| !(e > 0.0 && e.is_finite())) {
            return bad("eps", "a number above 0", "应大于 0");
        }
        if params.min_points == Some(0) {
            return bad("min_points", "at least 1", "至少为 1");
        }
        if params.compare_to.is_some() && params.method == Method::Dbscan {
            return bad(
                "compare_to",
                "DBSCAN has no rule for customers it has not seen; use another method",
                "DBSCAN 无法判定未见过的客户，请换用其他方法",
            );
        }
        if params.components == 0 {
            return bad("components", "at least 1", "至少为 1");
        }
        Ok(())
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

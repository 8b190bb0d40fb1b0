//! From complete rows to segments, candidates, stability and the map.

use std::collections::BTreeMap;

use super::points::{Points, Scale, mean_sd, squared};
use super::*;
use crate::num::order::Order;
use crate::num::quantile;
use crate::table::{Frame, Series};
use crate::work::Work;

/// Fewest rows for which segments mean anything.
const LEAST_ROWS: usize = 10;
/// Rows up to which a tree of all pairwise distances fits a browser tab (n²/2 numbers of 8 bytes).
const TREE_ROWS: usize = 8_000;
/// Single linkage needs no distances in memory, only the time for n².
const SINGLE_ROWS: usize = 30_000;
const DBSCAN_ROWS: usize = 100_000;
/// A feature sets a segment apart from half a standard deviation on.
const DISTINCT: f64 = 0.5;
/// Silhouette below which groups are no more than a cut through one cloud (Kaufman & Rousseeuw 1990: below 0.25 no structure).
const WEAK: f64 = 0.25;
/// Stability below which a segment gets a number and no name (Hennig 2007: below 0.6 it should not be trusted).
const NAMED: f64 = 0.6;

/// The features of the rows (or customers) that have all of them.
pub fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
    let as_of = match &params.as_of {
        None => None,
        Some(text) => Some(crate::time::parse_iso(text).ok_or_else(|| {
            Error::bad_param(
                "as_of",
                format!("“{text}” is not a day such as 2024-12-09"),
                format!("「{text}」不是 2024-12-09 这样的日期"),
            )
            .remedy("Write the day as year-month-day, such as 2024-12-09.", "请按「年-月-日」书写，如 2024-12-09。")
        })?),
    };
    let cols: Vec<&Col> = params.features.iter().collect();
    let resolved = resolve(input, &cols, Options { as_of, ..Options::default() })?;
    let columns = resolved.variables.iter().map(|v| v.numbers().map(<[f64]>::to_vec)).collect::<Result<Vec<_>>>()?;
    let customers = resolved.customer_ids().unwrap_or_default();
    let earlier = params.compare_to.as_ref().map(|day| migration::earlier(input, &cols, day)).transpose()?;
    Ok(Prepared {
        unit: resolved.unit,
        rows: resolved.keys.clone(),
        customers,
        names: resolved.variables.iter().map(|v| v.name.clone()).collect(),
        columns,
        earlier,
        left_out: resolved.left_out,
        warnings: Vec::new(),
        choices: resolved.choices,
    })
}

pub async fn compute(prepared: &Prepared, params: &Params, work: &Work) -> Result<Output<Summary>> {
    let mut run = Run::new(prepared, params)?;
    let found = match params.method {
        Method::Dbscan => run.dense(params, work).await?,
        _ => run.partitions(params, work).await?,
    };
    let stability = run.stability(&found, params, work).await?;
    Ok(run.finish(found, stability, params))
}

/// What a method found; labels in file order, `dbscan::NOISE` outside all segments.
struct Found {
    labels: Vec<u32>,
    k: usize,
    k_reason: Words,
    candidates: Vec<Candidate>,
    heights: Option<Vec<f64>>,
    core: Option<Vec<bool>>,
    silhouette_sample: Option<usize>,
}

struct Run<'a> {
    prepared: &'a Prepared,
    /// What the features are called in words.
    labels: Labels,
    /// Rows of `prepared` used.
    rows: Vec<usize>,
    /// Raw values and values after the logarithm, by feature.
    raw: Vec<Vec<f64>>,
    logged: Vec<Vec<f64>>,
    scales: Vec<migration::Scaled>,
    /// Scaled, file order.
    points: Points,
    /// File order → sorted order.
    order: Vec<usize>,
    distinct: usize,
    left_out: Vec<LeftOut>,
    warnings: Vec<Words>,
    choices: Vec<Words>,
}

impl<'a> Run<'a> {
    fn new(prepared: &'a Prepared, params: &Params) -> Result<Self> {
        let is_log = logs(&prepared.names, &params.log)?;
        let n = prepared.columns.first().map_or(0, Vec::len);
        let rows: Vec<usize> =
            (0..n).filter(|&i| prepared.columns.iter().zip(&is_log).all(|(c, &log)| !log || c[i] > 0.0)).collect();
        let mut left_out = prepared.left_out.clone();
        if rows.len() < n {
            left_out.push(LeftOut {
                reason: Words::new("zero or negative, so without a logarithm", "为零或负数，无法取对数"),
                rows: n - rows.len(),
            });
        }
        if rows.len() < LEAST_ROWS {
            return Err(Error::too_little(Words::new("complete rows", "行完整数据"), LEAST_ROWS, rows.len()).remedy(
                "Loosen the filter, leave out columns with many gaps, or give more rows.",
                "请放宽筛选、去掉缺失较多的列，或提供更多数据。",
            ));
        }
        let take = |c: &Vec<f64>| rows.iter().map(|&i| c[i]).collect::<Vec<f64>>();
        let raw: Vec<Vec<f64>> = prepared.columns.iter().map(take).collect();
        let logged: Vec<Vec<f64>> = raw
            .iter()
            .zip(&is_log)
            .map(|(c, &log)| if log { c.iter().map(|v| v.ln()).collect() } else { c.clone() })
            .collect();
        let mut warnings = prepared.warnings.clone();
        let (mut scaled, mut scales) = (Vec::new(), Vec::new());
        let labels = Labels::of(&params.features);
        for ((name, column), &log) in prepared.names.iter().zip(&logged).zip(&is_log) {
            let (center, unit) = unit(column, params.scale);
            scales.push((log, center, unit));
            if !(unit > 0.0) {
                let (Words { en, zh }, same) = (labels.get(name), prepared.unit == Unit::Customer);
                return Err(Error::new(
                    Code::NoVariation,
                    format!("“{en}” has the same value {}", if same { "for every customer" } else { "in every row" }),
                    format!("「{zh}」{}都相同", if same { "对每位客户" } else { "在每一行" }),
                )
                .column(name)
                .remedy("Leave this feature out.", "请去掉这个特征。"));
            }
            scaled.push(column.iter().map(|v| (v - center) / unit).collect::<Vec<f64>>());
        }
        let points = Points::from_columns(&scaled);
        let order = points.order();
        let distinct = points.distinct(&order);
        let mut choices = prepared.choices.clone();
        choices.push(match params.scale {
            Scale::Standard => {
                Words::new("features scaled to mean 0, standard deviation 1", "特征标准化为均值 0、标准差 1")
            }
            Scale::Robust => {
                Words::new("features scaled to median 0, interquartile range 1", "特征按中位数与四分位距缩放")
            }
            Scale::None => Words::new("features not scaled", "特征未缩放"),
        });
        if is_log.iter().any(|&l| l) {
            let names: Vec<Words> =
                prepared.names.iter().zip(&is_log).filter(|(_, l)| **l).map(|(n, _)| labels.get(n)).collect();
            let join = |f: fn(&Words) -> &str, by: &str| names.iter().map(f).collect::<Vec<_>>().join(by);
            choices.push(Words::new(
                format!("natural logarithm of {}", join(|w| &w.en, ", ")),
                format!("对 {} 取自然对数", join(|w| &w.zh, "、")),
            ));
        }
        if params.scale == Scale::None && prepared.names.len() > 1 {
            warnings.push(Words::new(
                "Features are not scaled, so the one with the largest numbers decides most.",
                "特征未缩放，数值最大的特征起主要作用。",
            ));
        }
        Ok(Self { prepared, labels, rows, raw, logged, scales, points, order, distinct, left_out, warnings, choices })
    }

    /// The numbers of segments to try, and whether they were chosen for the user.
    fn numbers(&self, params: &Params) -> Result<Vec<usize>> {
        let ks = match &params.k {
            Clusters::One(k) => vec![*k],
            Clusters::Some(ks) => ks.clone(),
            Clusters::Auto(_) => (2..=8.min(self.distinct)).collect(),
        };
        let most = ks.iter().copied().max().unwrap_or(2);
        if ks.is_empty() || most > self.distinct {
            return Err(Error::too_little(
                Words::new(format!("different rows for {most} segments"), format!("个互不相同的行（{most} 个分群）")),
                most.max(2),
                self.distinct,
            )
            .remedy("Ask for fewer segments, or take more features.", "请减少分群数，或增加特征。"));
        }
        Ok(ks)
    }

    async fn partitions(&mut self, params: &Params, work: &Work) -> Result<Found> {
        let ks = self.numbers(params)?;
        let n = self.points.n;
        let mut heights = None;
        let mut likelihoods = vec![(None, None); ks.len()];
        let labels: Vec<Vec<u32>> = match params.method {
            Method::Hierarchical => {
                let limit = if params.linkage == Linkage::Single { SINGLE_ROWS } else { TREE_ROWS };
                if n > limit {
                    return Err(too_large(n, limit));
                }
                let merges = hierarchy::tree(&self.points, params.linkage);
                let labels = ks.iter().map(|&k| hierarchy::cut(n, &merges, k)).collect();
                heights = Some(merges.iter().map(|m| m.height).collect());
                labels
            }
            Method::GaussianMixture => {
                let sorted = self.points.take(&self.order);
                let fits = apart::mixtures(&sorted, &ks, params.starts, params.seed, work).await?;
                let mut all = Vec::new();
                for (i, fit) in fits.into_iter().enumerate() {
                    let k = ks[i];
                    let fit = fit.ok_or_else(|| {
                        Error::new(
                            Code::NotConverged,
                            format!("a mixture of {k} components cannot be fitted: one of them shrinks to a point"),
                            format!("{k} 个成分的混合模型无法拟合：有成分收缩为一点"),
                        )
                        .remedy("Use fewer segments or k-means.", "请减少分群个数，或改用 k-means。")
                    })?;
                    likelihoods[i] = (Some(fit.log_likelihood), Some(fit.bic));
                    all.push(self.unsort(&fit.labels));
                }
                all
            }
            _ => {
                let sorted = self.points.take(&self.order);
                let labels = apart::kmeans(&sorted, &ks, params.starts, params.seed, work).await?;
                labels.iter().map(|l| self.unsort(l)).collect()
            }
        };
        // In sorted order, so that the file's order shows neither in the sample nor in the last digit.
        let parts = labels.iter().zip(&ks).map(|(l, &k)| (self.order.iter().map(|&i| l[i]).collect(), k)).collect();
        let sorted = self.points.take(&self.order);
        let (silhouettes, sampled) = apart::silhouettes(&sorted, parts, params.seed, work).await?;
        let mut candidates = Vec::new();
        for (i, (l, k)) in labels.iter().zip(&ks).enumerate() {
            let mut candidate = self.candidate(l, *k, silhouettes[i]);
            (candidate.log_likelihood, candidate.bic) = likelihoods[i];
            candidates.push(candidate);
        }
        let (chosen, k_reason) = choose(&candidates, params);
        let silhouette_sample = sampled.then_some(indices::SAMPLE_ROWS);
        if sampled {
            self.choices.push(Words::new(
                format!("silhouette from a seeded sample of {} rows", say::count(indices::SAMPLE_ROWS)),
                format!("轮廓系数由 {} 行随机样本算出", say::count(indices::SAMPLE_ROWS)),
            ));
        }
        if candidates[chosen].silhouette.is_some_and(|s| s < WEAK) {
            self.warnings.push(Words::new(
                "The groups are not well separated: rows at their borders could belong to either side.",
                "各群之间没有明显界线，边缘的行归入哪一群都说得通。",
            ));
        }
        Ok(Found {
            labels: labels[chosen].clone(),
            k: ks[chosen],
            k_reason,
            candidates,
            heights,
            core: None,
            silhouette_sample,
        })
    }

    /// Labels of sorted rows → labels in file order.
    fn unsort(&self, sorted: &[u32]) -> Vec<u32> {
        let mut labels = vec![0; sorted.len()];
        for (&row, &label) in self.order.iter().zip(sorted) {
            labels[row] = label;
        }
        labels
    }

    fn candidate(&self, labels: &[u32], k: usize, silhouette: Option<f64>) -> Candidate {
        let (means, counts) = kmeans::means(&self.points, k, labels);
        let mut sizes = counts.clone();
        sizes.sort_unstable();
        let mut centers: Vec<Vec<f64>> = means.chunks_exact(self.points.d).map(<[f64]>::to_vec).collect();
        centers.order_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        Candidate {
            k,
            inertia: kmeans::inertia(&self.points, &means, labels),
            sizes,
            silhouette,
            davies_bouldin: indices::davies_bouldin(&self.points, labels, k),
            calinski_harabasz: indices::calinski_harabasz(&self.points, labels, k),
            centers,
            log_likelihood: None,
            bic: None,
        }
    }

    async fn dense(&mut self, params: &Params, work: &Work) -> Result<Found> {
        let (n, d) = (self.points.n, self.points.d);
        if n > DBSCAN_ROWS {
            return Err(too_large(n, DBSCAN_ROWS));
        }
        let min_points = params.min_points.unwrap_or(2 * d);
        let eps = match params.eps {
            Some(eps) => eps,
            None => {
                let eps = self.knee(min_points, params.seed);
                self.choices.push(Words::new(
                    format!(
                        "radius of a neighbourhood: {eps:.3}, where the sorted distances to the {} neighbour bend",
                        say::ordinal(min_points)
                    ),
                    format!("邻域半径 {eps:.3}，取自第 {min_points} 近邻距离曲线的拐点"),
                ));
                eps
            }
        };
        let fit = dbscan::fit(&self.points, eps, min_points);
        let inside: Vec<usize> = (0..n).filter(|&i| fit.labels[i] != dbscan::NOISE).collect();
        let mut candidates = Vec::new();
        let mut silhouette_sample = None;
        if fit.clusters > 0 {
            let part = Self { points: self.points.take(&inside), ..self.shallow() };
            let labels: Vec<u32> = inside.iter().map(|&i| fit.labels[i]).collect();
            let tried = vec![(labels.clone(), fit.clusters)];
            let (s, sampled) = apart::silhouettes(&part.points, tried, params.seed, work).await?;
            silhouette_sample = sampled.then_some(indices::SAMPLE_ROWS);
            candidates.push(part.candidate(&labels, fit.clusters, s[0]));
        } else {
            self.warnings.push(Words::new(
                "No dense group was found: try a larger radius, or ask for fewer neighbours.",
                "没有找到密集的群：可增大邻域半径，或减少所需的邻点数。",
            ));
        }
        let k_reason = Words::new(
            format!(
                "DBSCAN finds the number itself: {} with at least {min_points} points within {eps:.3}",
                say::counted(fit.clusters, "dense group", "dense groups")
            ),
            format!("DBSCAN 自行确定个数：半径 {eps:.3} 内至少 {min_points} 点时有 {} 个密集群", fit.clusters),
        );
        Ok(Found {
            labels: fit.labels,
            k: fit.clusters,
            k_reason,
            candidates,
            heights: None,
            core: Some(fit.core),
            silhouette_sample,
        })
    }

    /// A run that shares nothing but what `candidate` needs.
    fn shallow(&self) -> Run<'a> {
        Run {
            prepared: self.prepared,
            labels: Labels::default(),
            rows: Vec::new(),
            raw: Vec::new(),
            logged: Vec::new(),
            scales: Vec::new(),
            points: Points::default(),
            order: Vec::new(),
            distinct: 0,
            left_out: Vec::new(),
            warnings: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// The bend of the curve of sorted distances to the `min_points`-th neighbour: its point farthest below the chord.
    fn knee(&self, min_points: usize, seed: u64) -> f64 {
        const SAMPLE: usize = 1_000;
        let rows = crate::num::rng::Rng::stream(seed, 55).sample(self.points.n, SAMPLE);
        let mut reach: Vec<f64> = rows
            .iter()
            .map(|&i| {
                let mut near: Vec<f64> = self.points.rows().map(|r| squared(r, self.points.row(i))).collect();
                let at = (min_points - 1).min(near.len() - 1);
                near.select_nth_unstable_by(at, f64::total_cmp).1.sqrt()
            })
            .collect();
        reach.order_by(f64::total_cmp);
        let (first, last) = (reach[0], reach[reach.len() - 1]);
        let steps = (reach.len() - 1).max(1) as f64;
        let mut best = (f64::NEG_INFINITY, last);
        for (i, &r) in reach.iter().enumerate() {
            let below = first + (last - first) * i as f64 / steps - r;
            if below > best.0 {
                best = (below, r);
            }
        }
        if best.1 > 0.0 { best.1 } else { last.max(f64::MIN_POSITIVE) }
    }

    fn finish(mut self, found: Found, stability: Vec<Option<f64>>, params: &Params) -> Output<Summary> {
        let (n, d, k) = (self.points.n, self.points.d, found.k);
        // Largest first; equal sizes by their means.
        let inside: Vec<usize> = (0..n).filter(|&i| found.labels[i] != dbscan::NOISE).collect();
        let part = self.points.take(&inside);
        let old: Vec<u32> = inside.iter().map(|&i| found.labels[i]).collect();
        let (means, counts) = kmeans::means(&part, k, &old);
        let center = |c: usize| &means[c * d..(c + 1) * d];
        let mut by_size: Vec<usize> = (0..k).filter(|&c| counts[c] > 0).collect();
        by_size.order_by(|&a, &b| {
            counts[b].cmp(&counts[a]).then(center(a).partial_cmp(center(b)).unwrap_or(std::cmp::Ordering::Equal))
        });
        let mut number = vec![0usize; k];
        for (i, &c) in by_size.iter().enumerate() {
            number[c] = i;
        }
        let segments: Vec<Segment> = by_size
            .iter()
            .enumerate()
            .map(|(i, &c)| {
                let members: Vec<usize> = inside.iter().copied().filter(|&r| found.labels[r] as usize == c).collect();
                self.segment(i + 1, &members, center(c), stability.get(c).copied().flatten())
            })
            .collect();
        let unstable: Vec<String> =
            segments.iter().filter(|s| !is_stable(s.stability)).map(|s| s.id.to_string()).collect();
        if !unstable.is_empty() {
            self.warnings.push(Words::new(
                format!(
                    "{} {}: a stability below {NAMED} may be an accident of this sample, so {}. Try fewer segments, or other features.",
                    say::form(unstable.len(), "Segment", "Segments"),
                    unstable.join(", "),
                    say::form(unstable.len(), "it gets a number and no name", "they get a number and no name")
                ),
                format!(
                    "分群 {}：稳定性低于 {NAMED}，可能只是本次数据的偶然，因此只编号、不命名。请减少分群数，或换用其他特征。",
                    unstable.join("、")
                ),
            ));
        }
        self.choices
            .push(Words::new("segments are numbered by size, 1 for the largest", "分群按大小编号，1 为最大的一群"));
        let (pca, scores) = pca::pca(&self.points, params.components);
        let mut frame = Frame::default();
        frame = match self.prepared.unit {
            Unit::Row => {
                frame.with("row", Series::Integer(self.rows.iter().map(|&i| self.prepared.rows[i] as i32).collect()))
            }
            Unit::Customer => frame.with(
                "customer",
                Series::Text(self.rows.iter().map(|&i| Some(self.prepared.customers[i].clone())).collect()),
            ),
        };
        let place = |i: usize| (found.labels[i] != dbscan::NOISE).then(|| found.labels[i] as usize);
        let mut distance = vec![f64::NAN; n];
        for i in 0..n {
            if let Some(c) = place(i) {
                distance[i] = squared(self.points.row(i), center(c)).sqrt();
            }
        }
        let core = match &found.core {
            Some(core) => core.iter().map(|&c| f64::from(u8::from(c))).collect(),
            None => vec![f64::NAN; n],
        };
        frame = frame
            .with(
                "segment",
                Series::Number((0..n).map(|i| place(i).map_or(f64::NAN, |c| (number[c] + 1) as f64)).collect()),
            )
            .with("core", Series::Number(core))
            .with("distance", Series::Number(distance));
        for (c, score) in scores.into_iter().enumerate() {
            frame = frame.with(&format!("pc{}", c + 1), Series::Number(score));
        }
        let segment_of = |i: usize| place(i).map(|c| number[c] + 1);
        let migration = self.prepared.earlier.as_ref().map(|earlier| {
            let means: Vec<Vec<f64>> = by_size.iter().map(|&c| center(c).to_vec()).collect();
            let before = migration::places(earlier, &self.scales, &means);
            let ids: Vec<&str> = self.rows.iter().map(|&i| self.prepared.customers[i].as_str()).collect();
            let now: Vec<(&str, Option<usize>)> = ids.iter().enumerate().map(|(i, id)| (*id, segment_of(i))).collect();
            let then = ids.iter().map(|id| before.get(id).map_or(f64::NAN, |s| *s as f64)).collect();
            frame = std::mem::take(&mut frame).with("segment_before", Series::Number(then));
            self.choices.push(Words::new(
                format!(
                    "on {} a customer is in the segment whose mean was nearest, on the scale of today",
                    say::iso_date(&earlier.day).en
                ),
                format!("{}时客户属于均值最近的群，尺度与现在相同", say::iso_date(&earlier.day).zh),
            ));
            migration::migration(&earlier.day, &before, &now)
        });
        let noise = n - inside.len();
        let dense = params.method == Method::Dbscan;
        let summary = Summary {
            unit: match self.prepared.unit {
                Unit::Row => "row".into(),
                Unit::Customer => "customer".into(),
            },
            n,
            method: params.method,
            k,
            k_reason: found.k_reason,
            features: self.prepared.names.clone(),
            candidates: found.candidates,
            segments,
            heights: found.heights,
            clusters: dense.then_some(k),
            noise: dense.then_some(noise),
            core_points: found.core.map(|c| c.iter().filter(|&&c| c).count()),
            silhouette_sample: found.silhouette_sample,
            pca,
            migration,
        };
        Output { summary, frame, used_rows: n, left_out: self.left_out, warnings: self.warnings, choices: self.choices }
    }

    async fn stability(&self, found: &Found, params: &Params, work: &Work) -> Result<Vec<Option<f64>>> {
        if !params.stability || found.k < 2 || params.method == Method::Dbscan {
            return Ok(vec![None; found.k]);
        }
        let sorted = self.points.take(&self.order);
        let labels: Vec<u32> = self.order.iter().map(|&i| found.labels[i]).collect();
        let how = apart::Regroup { method: params.method, linkage: params.linkage, k: found.k, seed: params.seed };
        apart::stability(&sorted, &labels, how, work).await
    }

    fn segment(&self, id: usize, members: &[usize], center: &[f64], stability: Option<f64>) -> Segment {
        let names = &self.prepared.names;
        let mean = |column: &[f64]| members.iter().map(|&i| column[i]).sum::<f64>() / members.len().max(1) as f64;
        let mut differs: Vec<Difference> = names
            .iter()
            .zip(&self.logged)
            .filter_map(|(name, column)| {
                let (all, sd) = mean_sd(column.iter().copied(), column.len());
                let difference = (mean(column) - all) / sd;
                (difference.is_finite() && difference.abs() >= DISTINCT).then(|| Difference {
                    feature: name.clone(),
                    difference,
                    words: wording(self.labels.fact(name), name, difference),
                })
            })
            .collect();
        differs.order_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
        let name = if !is_stable(stability) {
            numbered(id)
        } else if differs.is_empty() {
            Words::new("near the average in everything", "各项都接近平均")
        } else {
            let join = |f: fn(&Words) -> &str, by: &str| {
                differs.iter().take(3).map(|d| f(&d.words).to_string()).collect::<Vec<_>>().join(by)
            };
            Words::new(join(|w| &w.en, ", "), join(|w| &w.zh, "、"))
        };
        let nearest = members
            .iter()
            .copied()
            .min_by(|&a, &b| squared(self.points.row(a), center).total_cmp(&squared(self.points.row(b), center)))
            .unwrap_or(0);
        let at = self.rows[nearest];
        let customer = self.prepared.unit == Unit::Customer;
        Segment {
            id,
            size: members.len(),
            share: members.len() as f64 / self.points.n as f64,
            name,
            center: names.iter().cloned().zip(self.raw.iter().map(|c| mean(c))).collect(),
            differs,
            medoid: Medoid {
                row: (!customer).then(|| self.prepared.rows[at]),
                customer: customer.then(|| self.prepared.customers[at].clone()),
                values: names.iter().cloned().zip(self.raw.iter().map(|c| c[nearest])).collect::<BTreeMap<_, _>>(),
            },
            stability,
        }
    }
}

fn is_stable(stability: Option<f64>) -> bool {
    stability.is_none_or(|j| j >= NAMED)
}

fn wording(fact: Option<Fact>, name: &str, difference: f64) -> Words {
    let (more, very) = (difference > 0.0, difference.abs() >= 1.5);
    if let Some(fact) = fact {
        return fact.much(more, very);
    }
    let (en, zh) = match (more, very) {
        (true, true) => ("very high", "很高"),
        (true, false) => ("high", "偏高"),
        (false, true) => ("very low", "很低"),
        (false, false) => ("low", "偏低"),
    };
    Words::new(format!("{en} {name}"), format!("「{name}」{zh}"))
}

/// Which features are logged.
fn logs(names: &[String], log: &Log) -> Result<Vec<bool>> {
    match log {
        Log::All(all) => Ok(vec![*all; names.len()]),
        Log::These(these) => {
            if let Some(unknown) = these.iter().find(|t| !names.contains(t)) {
                return Err(Error::bad_param(
                    "log",
                    format!("“{unknown}” is not among the features"),
                    format!("「{unknown}」不在特征之中"),
                )
                .remedy(
                    "Name features as they stand in `features`, or say true for all.",
                    "请使用 features 中的名称，或填 true 表示全部。",
                ));
            }
            Ok(names.iter().map(|n| these.contains(n)).collect())
        }
    }
}

fn unit(column: &[f64], scale: Scale) -> (f64, f64) {
    let (mean, sd) = mean_sd(column.iter().copied(), column.len());
    // A constant column has a rounding error for a deviation.
    let varies = column.iter().any(|v| *v != column[0]);
    match scale {
        _ if !varies => (mean, 0.0),
        Scale::Standard => (mean, sd),
        Scale::Robust => {
            let sorted = quantile::ascending(column);
            let q = |p| quantile::sorted(&sorted, p).unwrap_or(mean);
            let range = q(0.75) - q(0.25);
            // More than half of the values are one: the deviation stands in.
            (q(0.5), if range > 0.0 { range } else { sd })
        }
        Scale::None => (0.0, 1.0),
    }
}

fn too_large(n: usize, limit: usize) -> Error {
    Error::new(
        Code::TooLarge,
        format!("{n} rows; this method takes up to {limit}"),
        format!("共 {n} 行，此方法最多支持 {limit} 行"),
    )
    .remedy("Use k-means, or filter the rows.", "请改用 k-means，或先筛选行。")
}

/// The best candidate and why: highest silhouette; for mixtures lowest BIC.
fn choose(candidates: &[Candidate], params: &Params) -> (usize, Words) {
    if candidates.len() == 1 {
        return (0, Words::new("as asked for", "按指定个数"));
    }
    let bic = params.method == Method::GaussianMixture;
    let value = |c: &Candidate| {
        if bic { c.bic.map_or(f64::NEG_INFINITY, |b| -b) } else { c.silhouette.unwrap_or(f64::NEG_INFINITY) }
    };
    let mut ranked: Vec<usize> = (0..candidates.len()).collect();
    ranked.order_by(|&a, &b| value(&candidates[b]).total_cmp(&value(&candidates[a])));
    let (best, next) = (&candidates[ranked[0]], &candidates[ranked[1]]);
    let mut words = if bic {
        Words::new(
            format!(
                "{} segments have the lowest BIC ({:.0}; {} segments {:.0})",
                best.k,
                -value(best),
                next.k,
                -value(next)
            ),
            format!("{} 群的 BIC 最低（{:.0}；{} 群为 {:.0}）", best.k, -value(best), next.k, -value(next)),
        )
    } else {
        Words::new(
            format!(
                "{} segments have the highest silhouette ({:.2}; {} segments {:.2})",
                best.k,
                value(best),
                next.k,
                value(next)
            ),
            format!("{} 群的轮廓系数最高（{:.2}；{} 群为 {:.2}）", best.k, value(best), next.k, value(next)),
        )
    };
    // At the end of what was tried the best may lie further out.
    if candidates.iter().all(|c| c.k <= best.k) {
        words.en += "; more were not tried";
        words.zh += "，未尝试更多的群";
    }
    (ranked[0], words)
}

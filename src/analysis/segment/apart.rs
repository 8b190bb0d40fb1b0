//! The parts of a segmentation that stand alone: starts of k-means and their way to rest, mixtures, rows of the silhouette,
//! bootstrap samples.

use std::borrow::Cow;

use super::hierarchy::{self, Linkage};
use super::indices::{self, Partition};
use super::points::Points;
use super::{Method, kmeans, mixture, stability};
use crate::error::Result;
use crate::work::{Kind, Numbers, Pack, Size, Task, Work};

pub fn tasks() -> [Kind; 5] {
    [Kind::of::<Start>(), Kind::of::<Rest>(), Kind::of::<Mixture>(), Kind::of::<Silhouette>(), Kind::of::<Sample>()]
}

/// Steps of one start of k-means, and of its way to rest, for each row, feature and segment.
const START: f64 = 30.0;
const REST: f64 = 20.0;
/// Rows of the silhouette that make a task.
const BLOCK: usize = 250;

fn pack(points: &Points) -> Pack {
    Pack::default().count(points.n).count(points.d).list(&points.x)
}

fn unpack(numbers: &mut Numbers<'_>) -> Result<Points> {
    Ok(Points { n: numbers.count()?, d: numbers.count()?, x: numbers.list()?.to_vec() })
}

/// A task that needs the points alone.
trait OnPoints: 'static {
    const ID: &'static str;
    fn run(points: &Points, task: Numbers<'_>) -> Result<Vec<f64>>;
}

impl<T: OnPoints> Task for T {
    const ID: &'static str = <T as OnPoints>::ID;
    type Shared<'a> = Cow<'a, Points>;
    fn pack(points: &Cow<'_, Points>) -> Vec<f64> {
        pack(points).0
    }
    fn unpack(mut numbers: Numbers<'_>) -> Result<Cow<'static, Points>> {
        unpack(&mut numbers).map(Cow::Owned)
    }
    fn run(points: &Cow<'_, Points>, task: Numbers<'_>) -> Result<Vec<f64>> {
        <T as OnPoints>::run(points, task)
    }
}

/// k, start, seed → inertia, centres.
struct Start;

impl OnPoints for Start {
    const ID: &'static str = "segment.start";
    fn run(points: &Points, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        let (k, number, seed) = (task.count()?, task.count()?, task.seed()?);
        let fit = kmeans::start(points, k, seed, number);
        Ok(Pack::default().number(fit.inertia).list(&fit.centers).0)
    }
}

/// k, centres → inertia, labels.
struct Rest;

impl OnPoints for Rest {
    const ID: &'static str = "segment.rest";
    fn run(points: &Points, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        let k = task.count()?;
        let fit = kmeans::rest(points, k, task.list()?.to_vec());
        Ok(Pack::default().number(fit.inertia).codes(&fit.labels).0)
    }
}

/// Labels of the best of `starts` runs for every k: what [`kmeans::fit`] finds.
pub async fn kmeans(points: &Points, ks: &[usize], starts: usize, seed: u64, work: &Work) -> Result<Vec<Vec<u32>>> {
    let (shared, size) = (Cow::Borrowed(points), points.x.len());
    let starts = starts.max(1);
    let all = ks.iter().flat_map(|&k| (0..starts).map(move |s| Pack::default().count(k).count(s).seed(seed).0));
    let steps = |each: f64, runs: usize| each * size as f64 * runs as f64;
    let found = work
        .map::<Start>(
            &shared,
            Size { steps: steps(START, starts * ks.iter().sum::<usize>()), shared: size },
            all.collect(),
        )
        .await?;
    let (mut finals, mut counts) = (Vec::new(), Vec::new());
    for (&k, runs) in ks.iter().zip(found.chunks(starts)) {
        let mut loose = Vec::new();
        for run in runs {
            let mut run = Numbers(run);
            loose.push((run.number()?, run.list()?));
        }
        let chosen = kmeans::finalists(&loose.iter().map(|r| r.0).collect::<Vec<_>>());
        counts.push(chosen.len());
        finals.extend(chosen.into_iter().map(|c| Pack::default().count(k).list(loose[c].1).0));
    }
    let steps = steps(REST, ks.iter().zip(&counts).map(|(k, n)| k * n).sum());
    let rested = work.map::<Rest>(&shared, Size { steps, shared: size }, finals).await?;
    let (mut out, mut rest) = (Vec::new(), rested.as_slice());
    for n in counts {
        let (mine, others) = rest.split_at(n);
        rest = others;
        let mut best = (f64::INFINITY, Vec::new());
        for run in mine {
            let mut run = Numbers(run);
            let inertia = run.number()?;
            if best.1.is_empty() || inertia.total_cmp(&best.0).is_lt() {
                best = (inertia, run.codes()?);
            }
        }
        out.push(best.1);
    }
    Ok(out)
}

/// k, starts, seed → log-likelihood, BIC, labels; nothing where it cannot be fitted.
struct Mixture;

impl OnPoints for Mixture {
    const ID: &'static str = "segment.mixture";
    fn run(points: &Points, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        let (k, starts, seed) = (task.count()?, task.count()?, task.seed()?);
        Ok(mixture::fit(points, k, starts, seed).map_or_else(Vec::new, |fit| {
            Pack::default().number(fit.log_likelihood).number(fit.bic).codes(&fit.labels).0
        }))
    }
}

/// A mixture as it comes back.
pub struct Mixed {
    pub log_likelihood: f64,
    pub bic: f64,
    pub labels: Vec<u32>,
}

/// For every k what [`mixture::fit`] finds.
pub async fn mixtures(
    points: &Points,
    ks: &[usize],
    starts: usize,
    seed: u64,
    work: &Work,
) -> Result<Vec<Option<Mixed>>> {
    let all = ks.iter().map(|&k| Pack::default().count(k).count(starts).seed(seed).0).collect();
    let size = points.x.len();
    let each = START * starts as f64 + 100.0 * points.d as f64;
    let steps = size as f64 * ks.iter().sum::<usize>() as f64 * each;
    let found = work.map::<Mixture>(&Cow::Borrowed(points), Size { steps, shared: size }, all).await?;
    found
        .iter()
        .map(|fit| {
            let mut fit = Numbers(fit);
            if fit.0.is_empty() {
                return Ok(None);
            }
            Ok(Some(Mixed { log_likelihood: fit.number()?, bic: fit.number()?, labels: fit.codes()? }))
        })
        .collect()
}

/// Rows from … to → the sum of their silhouettes in every partition.
struct Silhouette;

impl Task for Silhouette {
    const ID: &'static str = "segment.silhouette";
    type Shared<'a> = (Cow<'a, Points>, Vec<Partition>);
    fn pack((points, partitions): &Self::Shared<'_>) -> Vec<f64> {
        let start = pack(points).count(partitions.len());
        partitions.iter().fold(start, |p, (labels, k)| p.count(*k).codes(labels)).0
    }
    fn unpack(mut numbers: Numbers<'_>) -> Result<Self::Shared<'static>> {
        let points = unpack(&mut numbers)?;
        let mut partitions = Vec::new();
        for _ in 0..numbers.count()? {
            let k = numbers.count()?;
            partitions.push((numbers.codes()?, k));
        }
        Ok((Cow::Owned(points), partitions))
    }
    fn run((points, partitions): &Self::Shared<'_>, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        Ok(indices::silhouette_sums(points, partitions, task.count()?..task.count()?))
    }
}

/// Mean silhouette of several partitions of the same rows; `true`: from a seeded sample.
pub async fn silhouettes(
    points: &Points,
    partitions: Vec<Partition>,
    seed: u64,
    work: &Work,
) -> Result<(Vec<Option<f64>>, bool)> {
    let sample = indices::sample(points, &partitions, seed);
    let sampled = sample.is_some();
    let (points, partitions) = match sample {
        Some((points, partitions)) => (Cow::Owned(points), partitions),
        None => (Cow::Borrowed(points), partitions),
    };
    let (n, tried) = (points.n, partitions.len());
    let blocks = (0..n).step_by(BLOCK).map(|at| Pack::default().count(at).count((at + BLOCK).min(n)).0).collect();
    let steps = (n as f64).powi(2) * (points.d + tried) as f64;
    let size = Size { steps, shared: n * (points.d + tried) };
    let shared = (points, partitions);
    let sums = work.map::<Silhouette>(&shared, size, blocks).await?;
    let mean = |p: usize| sums.iter().filter_map(|block| block.get(p)).sum::<f64>() / n as f64;
    let found = shared.1.iter().enumerate().map(|(p, part)| indices::has_neighbours(part).then(|| mean(p))).collect();
    Ok((found, sampled))
}

/// How a bootstrap sample is grouped anew, and what it is compared with.
#[derive(Clone, Copy)]
pub struct Regroup {
    pub method: Method,
    pub linkage: Linkage,
    pub k: usize,
    pub seed: u64,
}

impl Regroup {
    const METHODS: [Method; 3] = [Method::Kmeans, Method::Hierarchical, Method::GaussianMixture];
    const LINKAGES: [Linkage; 4] = [Linkage::Ward, Linkage::Complete, Linkage::Average, Linkage::Single];

    fn rows(&self) -> usize {
        match self.method {
            Method::Hierarchical => 800,
            Method::GaussianMixture => 1_000,
            _ => stability::ROWS,
        }
    }

    fn labels(&self, part: &Points, sample: usize) -> Option<Vec<u32>> {
        let (k, seed) = (self.k, self.seed.wrapping_add(1 + sample as u64));
        match self.method {
            Method::Hierarchical => Some(hierarchy::cut(part.n, &hierarchy::tree(part, self.linkage), k)),
            Method::GaussianMixture => mixture::fit(part, k, 3, seed).map(|f| f.labels),
            _ => Some(kmeans::fit(part, k, 5, seed).labels),
        }
    }
}

/// Number of the sample → for each segment its greatest likeness there; NaN where it was not met.
struct Sample;

impl Task for Sample {
    const ID: &'static str = "segment.sample";
    type Shared<'a> = (Cow<'a, Points>, Cow<'a, [u32]>, Regroup);
    fn pack((points, labels, how): &Self::Shared<'_>) -> Vec<f64> {
        let method = Regroup::METHODS.iter().position(|m| *m == how.method).unwrap_or(0);
        let linkage = Regroup::LINKAGES.iter().position(|l| *l == how.linkage).unwrap_or(0);
        pack(points).codes(labels).count(method).count(linkage).count(how.k).seed(how.seed).0
    }
    fn unpack(mut numbers: Numbers<'_>) -> Result<Self::Shared<'static>> {
        let (points, labels) = (unpack(&mut numbers)?, numbers.codes()?);
        let how = Regroup {
            method: Regroup::METHODS.get(numbers.count()?).copied().unwrap_or(Method::Kmeans),
            linkage: Regroup::LINKAGES.get(numbers.count()?).copied().unwrap_or(Linkage::Ward),
            k: numbers.count()?,
            seed: numbers.seed()?,
        };
        Ok((Cow::Owned(points), Cow::Owned(labels), how))
    }
    fn run((points, labels, how): &Self::Shared<'_>, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        let sample = task.count()?;
        let rows = stability::draw(points.n, how.rows(), how.seed, sample);
        let Some(new) = how.labels(&points.take(&rows), sample) else { return Ok(vec![f64::NAN; how.k]) };
        Ok(stability::likeness(&rows, labels, &new, how.k))
    }
}

/// Mean likeness of every segment over the bootstrap samples; `None` for a segment that no sample met.
pub async fn stability(points: &Points, labels: &[u32], how: Regroup, work: &Work) -> Result<Vec<Option<f64>>> {
    let tasks = (0..stability::SAMPLES).map(|s| Pack::default().count(s).0).collect();
    let (n, d) = (points.n.min(how.rows()) as f64, points.d as f64);
    let one = match how.method {
        Method::Hierarchical => n * n * 5.0,
        Method::GaussianMixture => n * d * how.k as f64 * (START * 3.0 + 100.0 * d),
        _ => n * d * how.k as f64 * START * 5.0,
    };
    let size = Size { steps: stability::SAMPLES as f64 * one, shared: points.x.len() + labels.len() };
    let shared = (Cow::Borrowed(points), Cow::Borrowed(labels), how);
    let found = work.map::<Sample>(&shared, size, tasks).await?;
    let mean = |c: usize| {
        let met: Vec<f64> = found.iter().filter_map(|s| s.get(c)).copied().filter(|v| !v.is_nan()).collect();
        (!met.is_empty()).then(|| met.iter().sum::<f64>() / met.len() as f64)
    };
    Ok((0..how.k).map(mean).collect())
}

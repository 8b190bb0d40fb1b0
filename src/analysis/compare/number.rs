//! Numbers by group.

use schemars::JsonSchema;
use serde::Serialize;

use super::Summary;
use crate::analysis::col::show::finite;
use crate::error::{Code, Error, Result, Words};
use crate::num::moment::Moments;
use crate::num::{cox, dist, ks, power, quantile, rank};

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Group {
    pub group: String,
    pub n: usize,
    pub mean: f64,
    pub sd: Option<f64>,
    pub median: f64,
    /// By Student's t.
    pub mean_ci: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Anova {
    pub f: Option<f64>,
    pub df1: f64,
    pub df2: f64,
    pub p: Option<f64>,
    /// Share of the variance that lies between the groups.
    pub eta_squared: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Kruskal {
    pub h: Option<f64>,
    pub df: f64,
    pub p: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Levene {
    /// About the medians.
    pub w: Option<f64>,
    pub p: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TTest {
    pub t: Option<f64>,
    pub df: Option<f64>,
    pub p: Option<f64>,
    /// Of the difference of the means, a − b.
    pub ci: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MannWhitney {
    /// Of a: how often a value of a is above one of b, ties counting half.
    pub u: f64,
    /// Normal, corrected for ties and continuity.
    pub p: Option<f64>,
    /// Chance that a value of a is above one of b, ties counting half: U over the number of pairs; 0.5 is no difference.
    pub superiority: f64,
    /// Its interval (infinitesimal jackknife), within 0 and 1; null where all pairs are ordered alike, of which the error says nothing.
    pub superiority_ci: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Ks {
    pub d: f64,
    /// One-sample law at round(n1·n2/(n1+n2)).
    pub p: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PairTests {
    pub a: String,
    pub b: String,
    pub welch: TTest,
    pub student: TTest,
    pub mann_whitney: MannWhitney,
    pub ks: Ks,
    /// (mean a − mean b) over the pooled sd.
    pub cohens_d: Option<f64>,
    /// Its interval at `level`, from the non-central t.
    pub cohens_d_ci: Option<[f64; 2]>,
}

pub fn compare(
    base: Summary,
    values: &[f64],
    codes: &[u32],
    labels: &[String],
    pair: (usize, usize),
    level: f64,
) -> Result<Summary> {
    let k = labels.len();
    let mut groups: Vec<Vec<f64>> = vec![Vec::new(); k];
    values.iter().zip(codes).for_each(|(v, c)| groups[*c as usize].push(*v));
    let n = values.len();
    if n < k + 1 {
        return Err(Error::too_little(
            Words::new("rows, one more than there are groups", "行数据（须多于组数）"),
            k + 1,
            n,
        )
        .remedy("Loosen the filter, or group by a column with fewer values.", "请放宽筛选，或换用取值较少的列分组。"));
    }
    let whole = Moments::of(values);
    if whole.is_constant() {
        let name = &base.measure;
        return Err(Error::new(
            Code::NoVariation,
            format!("“{name}” has one value only"),
            format!("「{name}」只有一个值"),
        )
        .column(name));
    }
    groups.iter_mut().for_each(|g| g.sort_unstable_by(f64::total_cmp));
    let moments: Vec<Moments> = groups.iter().map(|g| Moments::of(g)).collect();
    let list = groups.iter().zip(&moments).zip(labels).map(|((g, m), label)| {
        let sd = m.sd();
        let half = sd.map(|s| s / (m.n as f64).sqrt() * dist::t_quantile(0.5 + level / 2.0, m.n as f64 - 1.0));
        Group {
            group: label.clone(),
            n: m.n,
            mean: m.mean,
            sd,
            median: quantile::sorted(g, 0.5).unwrap_or(m.mean),
            mean_ci: half.map(|h| [m.mean - h, m.mean + h]),
        }
    });
    let medians: Vec<f64> = groups.iter().map(|g| quantile::sorted(g, 0.5).unwrap_or(0.0)).collect();
    let spread: Vec<Moments> = groups
        .iter()
        .zip(&medians)
        .map(|(g, c)| Moments::of(&g.iter().map(|v| (v - c).abs()).collect::<Vec<_>>()))
        .collect();
    let distances: Vec<f64> = values.iter().zip(codes).map(|(v, c)| (v - medians[*c as usize]).abs()).collect();
    let levene = f_test(&spread, Moments::of(&distances).mean);
    Ok(Summary {
        kind: "number",
        groups: Some(list.collect()),
        anova: Some(f_test(&moments, whole.mean)),
        kruskal: Some(kruskal(values, codes, k)),
        levene: Some(Levene { w: levene.f, p: levene.p }),
        pair: Some(pair_tests(
            (&labels[pair.0], &groups[pair.0], &moments[pair.0]),
            (&labels[pair.1], &groups[pair.1], &moments[pair.1]),
            level,
        )),
        ..base
    })
}

fn f_test(groups: &[Moments], mean: f64) -> Anova {
    let n: usize = groups.iter().map(|m| m.n).sum();
    let between: f64 = groups.iter().map(|m| m.n as f64 * (m.mean - mean).powi(2)).sum();
    let within: f64 = groups.iter().map(|m| m.s2).sum();
    let (df1, df2) = (groups.len() as f64 - 1.0, n as f64 - groups.len() as f64);
    let f = if df2 > 0.0 && within > 0.0 { finite((between / df1) / (within / df2)) } else { None };
    // No spread within, but between: as far from chance as can be.
    let p = match f {
        Some(f) => finite(dist::f_sf(f, df1, df2)),
        None => (df2 > 0.0 && between > 0.0).then_some(0.0),
    };
    Anova { f, df1, df2, p, eta_squared: finite(between / (between + within)) }
}

fn kruskal(values: &[f64], codes: &[u32], k: usize) -> Kruskal {
    let r = rank::average(values);
    let n = values.len() as f64;
    let (mut sums, mut counts) = (vec![0.0; k], vec![0.0; k]);
    for (rank, &c) in r.ranks.iter().zip(codes) {
        sums[c as usize] += rank;
        counts[c as usize] += 1.0;
    }
    // About the mean rank, so that large n loses nothing to cancellation.
    let middle = (n + 1.0) / 2.0;
    let between: f64 = sums.iter().zip(&counts).map(|(s, c)| c * (s / c - middle).powi(2)).sum();
    let h = 12.0 / (n * (n + 1.0)) * between / (1.0 - r.tie_sum() / (n.powi(3) - n));
    let df = k as f64 - 1.0;
    let h = finite(h);
    Kruskal { h, df, p: h.and_then(|h| finite(dist::chi2_sf(h, df))) }
}

fn pair_tests(a: (&String, &Vec<f64>, &Moments), b: (&String, &Vec<f64>, &Moments), level: f64) -> PairTests {
    let (ma, mb) = (a.2, b.2);
    let (na, nb) = (ma.n as f64, mb.n as f64);
    let difference = ma.mean - mb.mean;
    let test = |se: f64, df: f64| {
        let t = difference / se;
        if !(se > 0.0 && df > 0.0 && t.is_finite()) {
            return TTest { t: None, df: finite(df).filter(|d| *d > 0.0), p: None, ci: None };
        }
        let half = se * dist::t_quantile(0.5 + level / 2.0, df);
        TTest {
            t: Some(t),
            df: Some(df),
            p: finite(dist::t_two_sided(t, df)),
            ci: Some([difference - half, difference + half]),
        }
    };
    let welch = match (ma.variance(), mb.variance()) {
        (Some(va), Some(vb)) => {
            let (ea, eb) = (va / na, vb / nb);
            test((ea + eb).sqrt(), (ea + eb).powi(2) / (ea * ea / (na - 1.0) + eb * eb / (nb - 1.0)))
        }
        _ => test(0.0, 0.0),
    };
    let df = na + nb - 2.0;
    let pooled = if df > 0.0 { (ma.s2 + mb.s2) / df } else { 0.0 };
    PairTests {
        a: a.0.clone(),
        b: b.0.clone(),
        welch,
        student: test((pooled * (1.0 / na + 1.0 / nb)).sqrt(), df),
        mann_whitney: mann_whitney(a.1, b.1, level),
        ks: kolmogorov(a.1, b.1),
        cohens_d: finite(difference / pooled.sqrt()),
        cohens_d_ci: power::d_interval(difference / pooled.sqrt(), [na, nb], level),
    }
}

fn mann_whitney(a: &[f64], b: &[f64], level: f64) -> MannWhitney {
    let both: Vec<f64> = a.iter().chain(b).copied().collect();
    let r = rank::average(&both);
    let (na, nb) = (a.len() as f64, b.len() as f64);
    let n = na + nb;
    let u = r.ranks[..a.len()].iter().sum::<f64>() - na * (na + 1.0) / 2.0;
    let variance = na * nb / 12.0 * (n + 1.0 - r.tie_sum() / (n * (n - 1.0)));
    let z = ((u - na * nb / 2.0).abs() - 0.5) / variance.sqrt();
    // Twice the upper tail of the larger U, as the normal approximation is defined; never above 1.
    let p = if variance > 0.0 { finite((2.0 * dist::normal_sf(z)).min(1.0)) } else { None };
    // Pairs of a and b are those of a concordance in which all of a come before all of b.
    let time: Vec<f64> = b.iter().map(|_| 1.0).chain(a.iter().map(|_| 0.0)).collect();
    let values: Vec<f64> = b.iter().chain(a).copied().collect();
    let (superiority, error) = cox::concordance(&time, &vec![true; time.len()], &values);
    let half = error.filter(|e| *e > 0.0).map(|e| dist::normal_quantile(0.5 + level / 2.0) * e);
    MannWhitney {
        u,
        p,
        superiority,
        superiority_ci: half.map(|h| [(superiority - h).max(0.0), (superiority + h).min(1.0)]),
    }
}

/// Of two ascending samples.
fn kolmogorov(a: &[f64], b: &[f64]) -> Ks {
    let (na, nb) = (a.len() as f64, b.len() as f64);
    let (mut i, mut j, mut d) = (0, 0, 0.0f64);
    while i < a.len() && j < b.len() {
        let value = if a[i] <= b[j] { a[i] } else { b[j] };
        while i < a.len() && a[i] <= value {
            i += 1;
        }
        while j < b.len() && b[j] <= value {
            j += 1;
        }
        d = d.max((i as f64 / na - j as f64 / nb).abs());
    }
    let n = (na * nb / (na + nb)).round_ties_even() as usize;
    Ks { d, p: if n > 0 { finite(ks::sf(n, d)) } else { None } }
}

//! Maximum likelihood for the purchase models.
//!
//! The climb runs in (ln mean rate, ln r, and for the second pair: logit mean and ln size of the Beta, or ln mean and ln s
//! of the Gamma): these are close to uncorrelated, and the edges of the model (no drop-out, everybody alike) lie in the
//! direction of one coordinate. Where the edge is as good as the best inner point, the edge is the answer, by name.

use super::beta::{Ready, evaluate_ready, stay};
use super::{Groups, Model, Natural, pareto};
use crate::num::newton::{self, Local, Peak, invert};
use crate::num::order::Order;

/// Which part of the model the data do not call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// Nobody leaves: the model is the NBD.
    NoDropout,
    /// Everybody buys at the same rate (r and α run to infinity with a fixed quotient), or leaves with the same chance.
    NoHeterogeneity,
    /// Both drop-out parameters run to 0 with a fixed quotient: a share leaves at the first chance, the others never.
    AllOrNothing,
}

impl Boundary {
    /// As results name it.
    pub fn id(self) -> &'static str {
        match self {
            Boundary::NoDropout => "no_dropout",
            Boundary::NoHeterogeneity => "no_heterogeneity",
            Boundary::AllOrNothing => "all_or_nothing",
        }
    }
}

/// A fitted model.
#[derive(Clone, Debug)]
pub struct Fit {
    pub model: Model,
    /// In the order of [`Model::names`]. At `no_dropout` the third is 0 and the fourth means nothing.
    pub parameters: [f64; 4],
    /// `None`: not identified.
    pub std_errors: [Option<f64>; 4],
    /// Covariance of the parameters; zero in rows of what is not identified.
    pub covariance: [[f64; 4]; 4],
    pub log_likelihood: f64,
    pub boundary: Option<Boundary>,
    /// The rates themselves do not differ between customers (also possible together with `no_dropout`).
    pub same_rate: bool,
    pub converged: bool,
}

/// A difference in log-likelihood that no test would notice (twice of it is compared with 3.84).
const SAME: f64 = 1e-3;
/// r beyond which Gamma(r, α) is a point for every purpose: its coefficient of variation is 0.03 %.
const POINT: f64 = 1e7;
/// The starts look for the neighbourhood of the maximum on about this many groups; from millions the way there goes over some more.
const SCOUT: usize = 1_000;
const ADVANCE: usize = 30_000;

/// Coordinates → natural parameters, and the derivatives on the way back.
fn natural(model: Model, c: &[f64]) -> [f64; 4] {
    let (rate, r) = (c[0], c[1]);
    let first = [r.exp(), (r - rate).exp()];
    let second = match model {
        // logit π, ln φ
        Model::BgNbd | Model::MbgNbd => {
            let pi = 1.0 / (1.0 + (-c[2]).exp());
            let rest = 1.0 / (1.0 + c[2].exp());
            [c[3].exp() * pi, c[3].exp() * rest]
        }
        // ln s/β, ln s
        Model::ParetoNbd => [c[3].exp(), (c[3] - c[2]).exp()],
    };
    [first[0], first[1], second[0], second[1]]
}

fn in_coordinates(model: Model, c: &[f64], p: [f64; 4], n: &Natural) -> Local {
    // First to logarithms of the parameters …
    let g: Vec<f64> = (0..4).map(|i| p[i] * n.g[i]).collect();
    let h = |i: usize, j: usize| p[i] * p[j] * n.h[i][j] + if i == j { g[i] } else { 0.0 };
    // … then linearly (ln α = ln r − ln rate), but for the logit, which also bends.
    let pi = 1.0 / (1.0 + (-c[2]).exp());
    let (third, fourth) = match model {
        Model::ParetoNbd => ([0.0, -1.0], [1.0, 1.0]),
        _ => ([1.0 - pi, -pi], [1.0, 1.0]),
    };
    // Rows: coordinates; columns: logarithms of r, α, and of the second pair.
    let jacobian: [[f64; 4]; 4] =
        [[0.0, -1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, third[0], third[1]], [0.0, 0.0, fourth[0], fourth[1]]];
    let mut gradient = vec![0.0; 4];
    let mut hessian = vec![0.0; 16];
    for (u, row) in jacobian.iter().enumerate() {
        gradient[u] = (0..4).map(|i| row[i] * g[i]).sum();
        for (v, column) in jacobian.iter().enumerate() {
            hessian[u * 4 + v] =
                (0..4).flat_map(|i| (0..4).map(move |j| (i, j))).map(|(i, j)| row[i] * column[j] * h(i, j)).sum();
        }
    }
    if model != Model::ParetoNbd {
        hessian[2 * 4 + 2] -= pi * (1.0 - pi) * (g[2] + g[3]);
    }
    Local { value: n.value, gradient, hessian }
}

/// One data set made ready for many evaluations.
enum Source<'a> {
    Beta(Ready<'a>, bool),
    Pareto(&'a Groups),
}

impl<'a> Source<'a> {
    fn new(model: Model, groups: &'a Groups) -> Self {
        match model {
            Model::ParetoNbd => Source::Pareto(groups),
            _ => Source::Beta(Ready::new(groups), model == Model::MbgNbd),
        }
    }
    fn at(&self, p: [f64; 4]) -> Natural {
        match self {
            Source::Beta(ready, modified) => evaluate_ready(ready, p, *modified),
            Source::Pareto(groups) => pareto::evaluate(groups, p),
        }
    }
}

fn climb(model: Model, source: &Source<'_>, start: &[f64], bounds: &[[f64; 2]; 4], most: usize) -> Option<Peak> {
    let f = |c: &[f64]| {
        let p = natural(model, c);
        Some(in_coordinates(model, c, p, &source.at(p)))
    };
    newton::maximise(f, start, bounds, most)
}

/// The NBD alone: nobody leaves. Coordinates ln rate and ln r.
fn climb_nbd(ready: &Ready<'_>, start: [f64; 2], bounds: &[[f64; 2]]) -> Option<Peak> {
    let f = |c: &[f64]| {
        let (r, alpha) = (c[1].exp(), (c[1] - c[0]).exp());
        let Natural { value, g, h } = stay(ready, r, alpha);
        // To ln r (ρ) and ln rate (μ): r = e^ρ, α = e^(ρ−μ).
        let (gr, ga) = (r * g[0], alpha * g[1]);
        let (hrr, hra, haa) = (r * r * h[0][0] + gr, r * alpha * h[0][1], alpha * alpha * h[1][1] + ga);
        let hessian = vec![haa, -(hra + haa), -(hra + haa), hrr + 2.0 * hra + haa];
        Some(Local { value, gradient: vec![-ga, gr + ga], hessian })
    };
    newton::maximise(f, &start, bounds, 200)
}

/// Fits `model` to the groups. `None`: not one repeat purchase, or no watched time, so there is nothing to fit.
pub fn fit(model: Model, groups: &Groups) -> Option<Fit> {
    let (purchases, time, customers) = (groups.purchases(), groups.time(), groups.n.iter().sum::<f64>());
    if purchases <= 0.0 || time <= 0.0 || groups.is_empty() {
        return None;
    }
    let rate = (purchases / time).ln();
    let span = time / customers;
    let limit = POINT.ln();
    let second = match model {
        Model::ParetoNbd => [[-span.ln() - 25.0, -span.ln() + 14.0], [-12.0, 14.0]],
        _ => [[-20.0, 16.0], [-9.0, 14.0]],
    };
    let bounds = [[rate - 20.0, rate + 20.0], [-12.0, limit], second[0], second[1]];

    // Moments of the NBD give the first guess of r; drop-out makes rates look lower and more mixed than they are.
    let mean = purchases / customers;
    let square: f64 =
        groups.x.iter().zip(&groups.n).map(|(&x, n)| n * (f64::from(x) - mean).powi(2)).sum::<f64>() / customers;
    let r0 = if square > mean { (mean * mean / (square - mean)).clamp(0.02, 20.0) } else { 20.0 };
    let starts: Vec<[f64; 4]> = match model {
        Model::ParetoNbd => [(0.6, 0.6, 4.0), (1.0, 1.0, 1.0), (0.3, 3.0, 10.0), (1.0, 0.3, 0.3)]
            .iter()
            .map(|(s, size, life)| [rate + 0.4, (r0 * size).ln(), -(span * life).ln(), f64::ln(*s)])
            .collect(),
        _ => [(0.25, 3.0, 1.0), (0.1, 1.0, 2.0), (0.02, 10.0, 1.0), (0.6, 1.0, 4.0)]
            .iter()
            .map(|(pi, phi, size)| [rate + 0.3, f64::ln(r0 * size), f64::ln(pi / (1.0 - pi)), f64::ln(*phi)])
            .collect(),
    };

    let thinned = |most: usize| (groups.len() > 2 * most).then(|| groups.thinned(groups.len().div_ceil(most)));
    let (few, some) = (thinned(SCOUT), thinned(ADVANCE));
    let scout = Source::new(model, few.as_ref().unwrap_or(groups));
    let advance = some.as_ref().map(|some| Source::new(model, some));
    let mut found: Vec<Peak> = starts.iter().filter_map(|s| climb(model, &scout, s, &bounds, 100)).collect();
    found.order_by(|a, b| b.local.value.total_cmp(&a.local.value));
    let all = Source::new(model, groups);
    // The other starts matter only where the best one fails on all the data.
    let mut best: Option<Peak> = None;
    for peak in &found {
        if best.as_ref().is_some_and(|b| b.converged) {
            break;
        }
        let nearer = advance.as_ref().and_then(|some| climb(model, some, &peak.at, &bounds, 100));
        if let Some(p) = climb(model, &all, &nearer.as_ref().unwrap_or(peak).at, &bounds, 300)
            && best.as_ref().is_none_or(|b| p.local.value > b.local.value)
        {
            best = Some(p);
        }
    }
    let best = best?;
    let counted;
    let ready = match &all {
        Source::Beta(ready, _) => ready,
        Source::Pareto(groups) => {
            counted = Ready::new(groups);
            &counted
        }
    };
    let alone = climb_nbd(ready, [rate, f64::ln(r0)], &bounds[..2])?;
    if best.local.value - alone.local.value < SAME {
        return Some(edge_no_dropout(model, groups, ready, alone, limit));
    }
    Some(inner(model, &all, best, limit, &bounds))
}

fn edge_no_dropout(model: Model, groups: &Groups, ready: &Ready<'_>, peak: Peak, limit: f64) -> Fit {
    let (mut r, mut alpha) = (peak.at[1].exp(), (peak.at[1] - peak.at[0]).exp());
    let mut value = peak.local.value;
    // Poisson: the same rate for everybody, known in closed form.
    let rate = groups.purchases() / groups.time();
    let edge = stay(ready, POINT, POINT / rate).value;
    let same_rate = peak.at[1] >= limit - 1.0 || value - edge < SAME;
    let mut std_errors = [None; 4];
    let mut covariance = [[0.0; 4]; 4];
    if same_rate {
        (r, alpha) = (POINT, POINT / rate);
        value = value.max(edge);
    } else {
        // Hessian in (ln rate, ln r) at the maximum, then by the chain rule to r and α = r/rate.
        let negative: Vec<f64> = peak.local.hessian.iter().map(|v| -v).collect();
        if let Some(v) = invert(&negative, 2) {
            let (var_rho, var_alpha, cov) = (v[3], v[0] + v[3] - 2.0 * v[1], v[3] - v[1]);
            covariance[0][0] = r * r * var_rho;
            covariance[1][1] = alpha * alpha * var_alpha;
            covariance[0][1] = r * alpha * cov;
            covariance[1][0] = covariance[0][1];
            std_errors[0] = Some(covariance[0][0].sqrt());
            std_errors[1] = Some(covariance[1][1].sqrt());
        }
    }
    Fit {
        model,
        parameters: [r, alpha, 0.0, f64::NAN],
        std_errors,
        covariance,
        log_likelihood: value,
        boundary: Some(Boundary::NoDropout),
        same_rate,
        converged: peak.converged,
    }
}

fn inner(model: Model, all: &Source<'_>, mut peak: Peak, limit: f64, bounds: &[[f64; 2]; 4]) -> Fit {
    let mut same_rate = false;
    let mut same_leaving = false;
    // A large r (or a large second size) that gains nothing over its limit is the limit.
    if peak.at[1] > 3.0
        && let Some(edge) = at_limit(model, all, &peak, 1, limit)
        && peak.local.value - edge.local.value < SAME
    {
        same_rate = true;
        peak = edge;
    }
    let size = 14.0;
    if peak.at[3] > 3.0
        && let Some(edge) = at_limit(model, all, &peak, 3, size)
        && peak.local.value - edge.local.value < SAME
    {
        same_leaving = true;
        peak = edge;
    }
    // The other end: so small a size of the Beta that chances are 0 or 1. In Pareto/NBD a share leaves at once where ln s/β has no limit.
    let all_or_nothing = match model {
        Model::ParetoNbd => peak.at[2] > bounds[2][1] - 0.5,
        _ => {
            let floor = bounds[3][0];
            let edge = if peak.at[3] < -3.0 { at_limit(model, all, &peak, 3, floor) } else { None };
            match edge {
                Some(edge) if peak.local.value - edge.local.value < SAME => {
                    peak = edge;
                    true
                }
                _ => peak.at[3] < floor + 0.5,
            }
        }
    };
    let parameters = natural(model, &peak.at);
    let same_leaving = same_leaving || all_or_nothing;
    let identified: Vec<usize> = (0..4).filter(|i| if *i < 2 { !same_rate } else { !same_leaving }).collect();
    // In coordinates all directions but the ones at the edge are estimated; parameters they make up get errors.
    let free: Vec<usize> = (0..4).filter(|i| (*i != 1 || !same_rate) && (*i != 3 || !same_leaving)).collect();
    let m = free.len();
    let negative: Vec<f64> = (0..m * m).map(|k| -peak.local.hessian[free[k / m] * 4 + free[k % m]]).collect();
    let mut covariance = [[0.0; 4]; 4];
    let mut std_errors = [None; 4];
    if let Some(v) = invert(&negative, m) {
        let slopes = parameter_slopes(model, &peak.at, parameters);
        for i in 0..4 {
            for j in 0..4 {
                covariance[i][j] = (0..m)
                    .flat_map(|p| (0..m).map(move |q| (p, q)))
                    .map(|(p, q)| slopes[i][free[p]] * v[p * m + q] * slopes[j][free[q]])
                    .sum();
            }
        }
        for &i in &identified {
            std_errors[i] = Some(covariance[i][i].sqrt()).filter(|s| s.is_finite());
        }
    }
    Fit {
        model,
        parameters,
        std_errors,
        covariance,
        log_likelihood: peak.local.value,
        boundary: match all_or_nothing {
            true => Some(Boundary::AllOrNothing),
            false => (same_rate || same_leaving).then_some(Boundary::NoHeterogeneity),
        },
        same_rate,
        converged: peak.converged,
    }
}

/// The best point with coordinate `which` held at `value`.
fn at_limit(model: Model, all: &Source<'_>, peak: &Peak, which: usize, value: f64) -> Option<Peak> {
    let mut bounds = [[-40.0, 40.0]; 4];
    bounds[which] = [value, value];
    let mut start = peak.at.clone();
    start[which] = value;
    climb(model, all, &start, &bounds, 200)
}

/// ∂ parameter / ∂ coordinate.
fn parameter_slopes(model: Model, c: &[f64], p: [f64; 4]) -> [[f64; 4]; 4] {
    let pi = 1.0 / (1.0 + (-c[2]).exp());
    let (third, fourth) = match model {
        Model::ParetoNbd => ([0.0, p[2]], [-p[3], p[3]]),
        _ => ([p[2] * (1.0 - pi), p[2]], [-p[3] * pi, p[3]]),
    };
    [[0.0, p[0], 0.0, 0.0], [-p[1], p[1], 0.0, 0.0], [0.0, 0.0, third[0], third[1]], [0.0, 0.0, fourth[0], fourth[1]]]
}

impl Fit {
    /// A model whose parameters are given, not fitted: no errors.
    pub fn given(model: Model, parameters: [f64; 4], groups: &Groups) -> Self {
        Self {
            model,
            parameters,
            std_errors: [None; 4],
            covariance: [[0.0; 4]; 4],
            log_likelihood: model.log_likelihood(groups, parameters).unwrap_or(f64::NAN),
            boundary: None,
            same_rate: false,
            converged: true,
        }
    }
}

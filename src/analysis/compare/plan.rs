//! Before the next test: what groups of this size could have found, and how many rows a given difference takes.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Params, Summary};
use crate::error::{Error, Result};
use crate::num::power;

/// Two-sided test of the pair, the second group being the baseline.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    /// `two_proportions` (pooled z) or `two_means` (t).
    pub test: &'static str,
    /// Error of the first kind, 1 − `level`.
    pub alpha: f64,
    /// Chance to find the difference.
    pub power: f64,
    /// Rate or mean of the second group.
    pub baseline: f64,
    /// Pooled standard deviation; null for rates.
    pub sd: Option<f64>,
    /// Smallest true difference that groups of the size at hand find with this power (rates: rise above the baseline); null where there is none.
    pub detectable: Option<f64>,
    /// The same over the baseline.
    pub detectable_relative: Option<f64>,
    /// The difference planned for: the one asked for, else the size of the observed one; null when that is 0.
    pub effect: Option<f64>,
    /// Rows per group that find `effect` with this power, unrounded.
    pub n_per_group: Option<f64>,
}

pub fn plan(s: &Summary, params: &Params) -> Result<Option<Plan>> {
    if let Some(two) = &s.proportions {
        return rates(two.a.rate, two.b.rate, [two.a.n as f64, two.b.n as f64], params).map(Some);
    }
    let (Some(groups), Some(pair)) = (&s.groups, &s.pair) else { return Ok(None) };
    let find = |name: &str| groups.iter().find(|g| g.group == name);
    let (Some(a), Some(b)) = (find(&pair.a), find(&pair.b)) else { return Ok(None) };
    let squares = |g: &super::Group| g.sd.map_or(0.0, |sd| sd * sd * (g.n as f64 - 1.0));
    let n = [a.n as f64, b.n as f64];
    let df = n[0] + n[1] - 2.0;
    let sd = Some(((squares(a) + squares(b)) / df).sqrt()).filter(|sd| sd.is_finite() && *sd > 0.0);
    let alpha = 1.0 - params.level;
    let detectable = sd.and_then(|sd| power::detectable_d(n, alpha, params.power).map(|d| d * sd));
    let effect = params.effect.or(Some((a.mean - b.mean).abs())).filter(|e| *e > 0.0);
    Ok(Some(Plan {
        test: "two_means",
        alpha,
        power: params.power,
        baseline: b.mean,
        sd,
        detectable,
        detectable_relative: relative(detectable, b.mean),
        effect,
        n_per_group: effect.zip(sd).and_then(|(e, sd)| power::t_size(e / sd, alpha, params.power)),
    }))
}

fn rates(a: f64, base: f64, n: [f64; 2], params: &Params) -> Result<Plan> {
    let alpha = 1.0 - params.level;
    let inside = |p: f64| p > 0.0 && p < 1.0;
    // Up where there is room, else down.
    let other = match params.effect {
        Some(e) => Some([base + e, base - e].into_iter().find(|p| inside(*p)).ok_or_else(|| {
            Error::bad_param(
                "effect",
                format!("the rate of the second group is {base:.4}: it can neither rise nor fall by {e}"),
                format!("第二组的占比为 {base:.4}，不可能升降 {e}"),
            )
            .remedy("Give a share, such as 0.02 for two percentage points.", "请用小数表示，如两个百分点为 0.02。")
        })?),
        None => (a != base).then_some(a),
    };
    let detectable = inside(base).then(|| power::detectable_rise(base, n, alpha, params.power)).flatten();
    let size = |p: f64| power::proportions_size(p, base, alpha, params.power);
    Ok(Plan {
        test: "two_proportions",
        alpha,
        power: params.power,
        baseline: base,
        sd: None,
        detectable,
        detectable_relative: relative(detectable, base),
        effect: other.map(|p| (p - base).abs()),
        n_per_group: other.map(size).filter(|n| n.is_finite() && *n > 0.0),
    })
}

fn relative(difference: Option<f64>, base: f64) -> Option<f64> {
    difference.map(|d| d / base.abs()).filter(|r| r.is_finite())
}

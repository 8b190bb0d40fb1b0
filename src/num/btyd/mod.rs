//! "Buy till you die": how often customers buy and when they silently stop, from three numbers a customer.
//!
//! x: repeat purchases; t_x: time of the last one; T: time watched; all counted from the customer's first purchase.
//! Sources: Schmittlein, Morrison & Colombo 1987 (Pareto/NBD); Fader, Hardie & Lee 2005, Marketing Science 24(2), 275–284
//! (BG/NBD); Batislam, Denizel & Filiztekin 2007 and Hoppe & Wagner 2007 (MBG/NBD); Fader & Hardie 2007 (sBG);
//! Fader, Hardie & Lee 2005, J. Marketing Research 42, 415–430, and Fader & Hardie 2013 (Gamma–Gamma).

mod beta;
mod fit;
mod forecast;
pub mod luck;
mod pareto;
pub mod sbg;
pub mod spend;

pub use fit::{Boundary, Fit, fit};
pub use forecast::Forecast;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Which model of buying and leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    BgNbd,
    MbgNbd,
    ParetoNbd,
}

impl Model {
    /// Names of the four parameters, in the order used everywhere here.
    pub fn names(self) -> [&'static str; 4] {
        match self {
            Model::BgNbd | Model::MbgNbd => ["r", "alpha", "a", "b"],
            Model::ParetoNbd => ["r", "alpha", "s", "beta"],
        }
    }

    /// Chances to leave before the present: after each repeat purchase (BG), and once more after the first one (MBG).
    pub(crate) fn chances(self, x: f64) -> f64 {
        if self == Model::MbgNbd { x + 1.0 } else { x }
    }

    /// Log-likelihood of the grouped customers at given parameters; `None` where it is undefined.
    pub fn log_likelihood(self, groups: &Groups, parameters: [f64; 4]) -> Option<f64> {
        let value = match self {
            Model::ParetoNbd => pareto::evaluate(groups, parameters).value,
            _ => beta::evaluate(groups, parameters, self == Model::MbgNbd).value,
        };
        value.is_finite().then_some(value)
    }

    /// Probability that a customer with this history will still buy. `parameters[2] == 0` means nobody leaves.
    pub fn p_alive(self, p: [f64; 4], x: f64, t_x: f64, t: f64) -> f64 {
        self.p_alive_slopes(p, x, t_x, t).0
    }

    /// P(alive) and the derivatives of its logarithm in the parameters.
    pub fn p_alive_slopes(self, p: [f64; 4], x: f64, t_x: f64, t: f64) -> (f64, [f64; 4]) {
        if p[2] == 0.0 {
            return (1.0, [0.0; 4]);
        }
        match self {
            Model::ParetoNbd => pareto::p_alive(p, x, t_x, t),
            _ => beta::p_alive(p, x, self.chances(x), t_x, t),
        }
    }
}

/// Customers with the same (x, t_x, T) share everything a model can say of them: they are computed once.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    pub x: Vec<u32>,
    pub t_x: Vec<f64>,
    pub t: Vec<f64>,
    /// Customers in the group.
    pub n: Vec<f64>,
    /// Group of every customer, in the order given.
    pub of: Vec<u32>,
}

/// Multiplicative hashing: a million histories are hashed.
#[derive(Default)]
pub struct Quick(u64);

/// A map whose keys are a few numbers.
pub type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u32(&mut self, v: u32) {
        self.write_u64(u64::from(v));
    }
    fn write_u64(&mut self, v: u64) {
        // Whole numbers as f64 end in zeros: the high bits of the product, which all others reach, are folded down to where a table looks.
        let product = (self.0.rotate_left(5) ^ v).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }
}

impl Groups {
    /// Groups equal histories. Groups are in ascending (x, t_x, T), whatever the order of the customers.
    pub fn new(x: &[u32], t_x: &[f64], t: &[f64]) -> Self {
        // Times are few and far between against customers: their ranks make a key that sorts fast, where a table of all histories would miss the
        // cache at every customer.
        let ((t_x_rank, t_x), (t_rank, t)) = (ranks(t_x), ranks(t));
        let mut keys: Vec<(u128, u32)> = (0..x.len())
            .map(|i| (u128::from(x[i]) << 64 | u128::from(t_x_rank[i]) << 32 | u128::from(t_rank[i]), i as u32))
            .collect();
        keys.sort_unstable();
        let mut out = Self { of: vec![0; x.len()], ..Self::default() };
        let mut before = None;
        for (key, i) in keys {
            if before != Some(key) {
                out.x.push((key >> 64) as u32);
                out.t_x.push(t_x[(key >> 32) as u32 as usize]);
                out.t.push(t[key as u32 as usize]);
                out.n.push(0.0);
                before = Some(key);
            }
            let group = out.n.len() - 1;
            out.n[group] += 1.0;
            out.of[i as usize] = group as u32;
        }
        out
    }

    pub fn len(&self) -> usize {
        self.x.len()
    }
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// Every `step`-th group: enough to find the neighbourhood of the maximum cheaply.
    fn thinned(&self, step: usize) -> Self {
        let pick = |v: &[f64]| v.iter().step_by(step).copied().collect::<Vec<f64>>();
        Self {
            x: self.x.iter().step_by(step).copied().collect(),
            t_x: pick(&self.t_x),
            t: pick(&self.t),
            n: pick(&self.n),
            of: Vec::new(),
        }
    }

    fn purchases(&self) -> f64 {
        self.x.iter().zip(&self.n).map(|(&x, n)| f64::from(x) * n).sum()
    }
    fn time(&self) -> f64 {
        self.t.iter().zip(&self.n).map(|(t, n)| t * n).sum()
    }
}

/// The rank of every value among the different ones, and these, ascending.
fn ranks(values: &[f64]) -> (Vec<u32>, Vec<f64>) {
    let mut seen: QuickMap<u64, u32> = QuickMap::default();
    let mut different = Vec::new();
    let mut out: Vec<u32> = values
        .iter()
        .map(|v| {
            *seen.entry(v.to_bits()).or_insert_with(|| {
                different.push(*v);
                different.len() as u32 - 1
            })
        })
        .collect();
    let mut order: Vec<u32> = (0..different.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| different[a as usize].total_cmp(&different[b as usize]));
    let mut rank = vec![0u32; different.len()];
    order.iter().enumerate().for_each(|(new, &old)| rank[old as usize] = new as u32);
    out.iter_mut().for_each(|r| *r = rank[*r as usize]);
    (out, order.iter().map(|&i| different[i as usize]).collect())
}

/// Value and derivatives of a log-likelihood in its natural parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Natural {
    pub value: f64,
    pub g: [f64; 4],
    pub h: [[f64; 4]; 4],
}

impl Natural {
    fn mirror(mut self) -> Self {
        for i in 0..4 {
            for j in 0..i {
                self.h[i][j] = self.h[j][i];
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;

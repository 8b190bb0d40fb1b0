//! Numerics that more than one room needs: sums, quantiles, ranks, randomness, small linear algebra, optimisers, distributions.
//!
//! Everything here is pure and takes slices; missing values are the caller's business. Tolerances stand in [`tolerance`].

pub mod blocks;
pub mod btyd;
pub mod cox;
pub mod dense;
pub mod dist;
pub mod hyp2f1;
pub mod isotonic;
pub mod ks;
pub mod logit;
pub mod moment;
pub mod multiple;
pub mod newton;
pub mod optimize;
pub mod order;
pub mod polygamma;
pub mod power;
pub mod quadrature;
pub mod quantile;
pub mod rank;
pub mod rng;
pub mod score;
pub mod special;
pub mod sum;
pub mod survival;

/// Tolerances, each with its reason. A room that needs another one says why beside its use.
pub mod tolerance {
    /// Convergence of a Newton step relative to the parameter: one more quadratic step would change nothing that prints.
    pub const NEWTON_STEP: f64 = 1e-10;
    /// Relative gradient norm at which an optimiser stops: near the noise of a sum of 10⁶ log terms.
    pub const GRADIENT: f64 = 1e-9;
    /// A centred, scaled column whose part not explained by earlier columns is shorter than this is collinear: data written with nine digits still
    /// count as their own, sums of other columns do not.
    pub const COLLINEAR: f64 = 1e-9;
    /// Off-diagonal mass at which a Jacobi sweep stops, relative to the diagonal: the eigenvalues then agree to rounding.
    pub const JACOBI: f64 = 1e-15;
    /// Continued fractions and series stop when a term no longer changes an f64.
    pub const SERIES: f64 = 1e-16;
    /// Quantiles of distributions are found by bisection and secants to this relative width, three digits beyond what is shown anywhere.
    pub const ROOT: f64 = 1e-14;
    /// Linear predictor beyond which a fitted probability is 0 or 1 to print: a logistic coefficient that drives every case of a level there runs to infinity.
    pub const SEPARATION_ETA: f64 = 15.0;
}

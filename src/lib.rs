//! Kelan turns customer files into customer insight. This file is the map of the house; it holds no logic.
//!
//! ```text
//! bytes ──read──▶ Table ──role──▶ facts ──analysis──▶ findings ──chart──▶ page
//! ```
//!
//! Who may import whom is written in CONTRIBUTING.md and kept by `tests/shape.rs`.

#[cfg(feature = "engine")]
pub mod analysis;
#[cfg(feature = "engine")]
pub mod chart;
pub mod error;
#[cfg(feature = "engine")]
pub mod fact;
#[cfg(feature = "engine")]
pub mod job;
pub mod num;
pub mod read;
#[cfg(feature = "engine")]
pub mod role;
pub mod table;
pub mod text;
pub mod time;
#[cfg(feature = "engine")]
pub mod work;

#[cfg(target_arch = "wasm32")]
pub mod wasm;

//! (room being furnished)

pub mod name;

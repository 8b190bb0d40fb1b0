//! Long loops in steps.
//!
//! A browser first compiles a function quickly and badly, and well only once it has proved busy; the call that is under way does not
//! profit. So a loop over a million rows is a short function (`#[inline(never)]`) called for one block after the other: the first blocks
//! prove it busy, the others run well, and little has to be compiled.

use std::ops::Range;

/// Items in a block.
pub const BLOCK: usize = 1 << 13;

/// `0..n` in blocks.
pub fn blocks(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).step_by(BLOCK).map(move |from| from..(from + BLOCK).min(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_everything_once() {
        for n in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            assert!(blocks(n).flatten().eq(0..n), "{n}");
            assert!(blocks(n).all(|b| !b.is_empty() && b.len() <= BLOCK));
        }
    }
}

//! Stable sorts for lists that are short or sorted once: the code of the sort exists once, not once for every element type.
//!
//! The standard library's sort is compiled anew for each type and comparison, 5 to 9 kB a time; sixty of them were a tenth of
//! the WebAssembly. Here the comparison goes through a pointer, which costs some nanoseconds a call. Sorts inside hot loops
//! keep the standard library's.

use std::cmp::Ordering;

pub trait Order<T> {
    /// As `sort_by`.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);
    /// As `sort_by_key`.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut from: Vec<usize> = (0..self.len()).collect();
        sort(&mut from, &mut |a, b| compare(&self[a], &self[b]));
        arrange(self, &mut from);
    }
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }
}

fn sort(list: &mut [usize], compare: &mut dyn FnMut(usize, usize) -> Ordering) {
    list.sort_by(|a, b| compare(*a, *b));
}

/// Moves the item at `from[i]` to `i`, for every `i`; `from` is used up.
fn arrange<T>(items: &mut [T], from: &mut [usize]) {
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let next = std::mem::replace(&mut from[at], at);
            if next == start || next == at {
                break;
            }
            items.swap(at, next);
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_orders_as_the_standard_library_does(list in prop::collection::vec((0u8..20, 0u32..1000), 0..200)) {
            let (mut ours, mut theirs) = (list.clone(), list);
            ours.order_by_key(|p| p.0);
            theirs.sort_by_key(|p| p.0);
            prop_assert_eq!(&ours, &theirs);
            ours.order_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            theirs.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            prop_assert_eq!(ours, theirs);
        }
    }
}

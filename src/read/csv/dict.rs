//! Distinct texts and their codes, in order of first appearance: a small open-addressing table over one buffer of bytes.
//!
//! As long as every new text is above all before it, as ids given one after the other are, comparing with the last one tells that it
//! is new, and there is no table.

use std::cmp::Ordering;
use std::ops::Range;

use super::word::{self, Short};

/// Where a text that is not there would stand.
pub struct Free {
    slot: usize,
    hash: u32,
}

/// How many texts are fetched together.
pub const FETCHED: usize = 64;

#[derive(Default)]
pub struct Dict {
    /// Hash in the upper half, code + 1 in the lower; 0 is free. Empty while the texts rise.
    slots: Vec<u64>,
    pub bytes: Vec<u8>,
    /// Entry `i` ends here; it begins where the one before ends.
    pub ends: Vec<u32>,
    /// How many texts are expected.
    expected: usize,
}

impl Dict {
    /// Every text so far was above those before it.
    #[inline(always)]
    pub fn rises(&self) -> bool {
        self.slots.is_empty()
    }

    /// While the texts rise: the code of one that is the last, or above it. For any other the table is needed: [`settle`](Self::settle).
    pub fn rise(&mut self, text: &[u8]) -> Option<u32> {
        if !self.rises() {
            return None;
        }
        let n = self.len();
        match if n == 0 { Ordering::Greater } else { text.cmp(self.get(n - 1)) } {
            Ordering::Less => return None,
            Ordering::Equal => return Some(n as u32 - 1),
            Ordering::Greater => {}
        }
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        Some(n as u32)
    }

    /// Makes the table of the texts there are, if it is not there yet.
    pub fn settle(&mut self) {
        if self.rises() {
            self.make_table();
        }
    }

    #[cold]
    fn make_table(&mut self) {
        let size = slots_for(self.len().max(self.expected));
        self.slots = vec![0; size];
        for code in 0..self.len() {
            let start = self.start(code);
            let hash = word::hash(&self.bytes, start, self.ends[code] as usize - start);
            let mut slot = hash as usize & (size - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = u64::from(hash) << 32 | (code as u64 + 1);
        }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, code: usize) -> &[u8] {
        let start = if code == 0 { 0 } else { self.ends.get(code - 1).map_or(0, |&e| e as usize) };
        let end = self.ends.get(code).map_or(start, |&e| e as usize);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The code under which `is` finds a text.
    #[inline(always)]
    fn probe(&self, hash: u32, is: impl Fn(usize) -> bool) -> Result<u32, Free> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let s = self.slots[slot];
            if s == 0 {
                return Err(Free { slot, hash });
            }
            if (s >> 32) as u32 == hash && is((s as u32 - 1) as usize) {
                return Ok(s as u32 - 1);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The code of a text of this hash that is there, `len` bytes from `at` on.
    #[inline(always)]
    fn find(&self, hash: u32, bytes: &[u8], at: usize, len: usize) -> Result<u32, Free> {
        let is = |code: usize| {
            let start = self.start(code);
            self.ends[code] as usize - start == len && word::same(&self.bytes, start, bytes, at, len)
        };
        self.probe(hash, is)
    }

    #[inline(always)]
    fn start(&self, code: usize) -> usize {
        if code == 0 { 0 } else { self.ends[code - 1] as usize }
    }

    /// Adds what was not found.
    fn add(&mut self, free: Free, text: &[u8]) -> u32 {
        self.bytes.extend_from_slice(text);
        self.added(free)
    }

    /// Without a call to copy so few bytes.
    #[inline(always)]
    fn spell(&mut self, short: &Short) {
        let (text, len) = word::spell(short);
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(&text);
        self.bytes.truncate(end);
    }

    /// The last bytes are a new text.
    #[inline(always)]
    fn added(&mut self, Free { slot, hash }: Free) -> u32 {
        let code = self.ends.len() as u32;
        self.slots[slot] = u64::from(hash) << 32 | u64::from(code + 1);
        self.ends.push(self.bytes.len() as u32);
        // Three quarters full: small enough to stay in the processor's cache matters more than short probes.
        if self.ends.len() * 4 > self.slots.len() * 3 {
            self.grow(self.slots.len() * 2);
        }
        code
    }

    /// Hashes of the texts, for [`code_of`](Self::code_of); of a dictionary that is settled. Looks where each would stand and what stands there, so that the processor
    /// fetches from a large table what will be needed: for many at a time, not for one after the other.
    #[inline(never)]
    pub fn fetch(&self, bytes: &[u8], texts: impl Iterator<Item = Range<usize>>, hashes: &mut Vec<u32>) {
        hashes.clear();
        hashes.extend(texts.map(|t| word::hash(bytes, t.start, t.len())));
        let mask = self.slots.len() - 1;
        let mut known = [0; FETCHED];
        let mut n = 0;
        for &hash in hashes.iter().take(FETCHED) {
            let s = self.slots[hash as usize & mask];
            known[n] = (s as u32).wrapping_sub(1);
            n += usize::from((s >> 32) as u32 == hash && s != 0);
        }
        let near = |&code: &u32| self.bytes.get(self.start(code as usize)).copied().unwrap_or_default();
        std::hint::black_box(known[..n].iter().map(near).fold(0, |seen, byte| seen ^ byte));
    }

    /// The code of the text of `len` bytes from `at` on, new or known. What stands behind it does not matter, but it is quicker
    /// where something does.
    #[inline(always)]
    pub fn code_at(&mut self, bytes: &[u8], at: usize, len: usize) -> u32 {
        self.settle();
        self.code_of(word::hash(bytes, at, len), bytes, at, len)
    }

    /// The same where the hash is known, and the dictionary settled.
    #[inline(always)]
    pub fn code_of(&mut self, hash: u32, bytes: &[u8], at: usize, len: usize) -> u32 {
        match self.find(hash, bytes, at, len) {
            Ok(code) => code,
            Err(free) => self.add(free, bytes.get(at..at + len).unwrap_or_default()),
        }
    }

    /// Makes room for so many texts.
    pub fn reserve(&mut self, texts: usize) {
        self.expected = texts;
        let size = slots_for(texts);
        if size > self.slots.len() && !self.rises() {
            self.grow(size);
        }
    }

    #[cold]
    fn grow(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![0; size]);
        for s in old.into_iter().filter(|&s| s != 0) {
            let mut slot = (s >> 32) as usize & (size - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = s;
        }
    }
}

fn slots_for(texts: usize) -> usize {
    (texts * 4 / 3 + 1).next_power_of_two().max(64)
}

/// A dictionary that also keeps its short texts as words: most cells are found by comparing three numbers.
#[derive(Default)]
pub struct ShortDict {
    dict: Dict,
    /// By code; [`word::LONG`] for texts that are too long. Empty while the texts rise.
    shorts: Vec<Short>,
    /// While they rise: the last one.
    last: Short,
}

impl ShortDict {
    pub fn len(&self) -> usize {
        self.dict.len()
    }
    pub fn reserve(&mut self, texts: usize) {
        self.dict.reserve(texts);
        self.dict.ends.reserve(texts);
    }
    /// While the texts rise: the last one, and its code.
    pub fn last(&self) -> Option<(Short, u32)> {
        (self.dict.rises() && self.len() > 0).then(|| (self.last, self.len() as u32 - 1))
    }
    /// While the texts rise: the code of one that is above all others, and needs no care (`word::is_bare`).
    #[inline(always)]
    pub fn rise(&mut self, short: &Short) -> Option<u32> {
        if !self.dict.rises() || !(self.len() == 0 || word::above(short, &self.last)) || !word::is_bare(short) {
            return None;
        }
        self.last = *short;
        self.dict.spell(short);
        self.dict.ends.push(self.dict.bytes.len() as u32);
        Some(self.len() as u32 - 1)
    }
    fn settle(&mut self) {
        if self.dict.rises() {
            self.make_table();
        }
    }
    #[cold]
    fn make_table(&mut self) {
        self.dict.settle();
        self.shorts.reserve(self.len().max(self.dict.expected));
        let texts = (0..self.len()).map(|code| self.dict.get(code));
        self.shorts.extend(texts.map(|text| word::short(text, 0, text.len()).unwrap_or(word::LONG)));
    }
    #[inline(always)]
    pub fn find_short(&mut self, short: &Short) -> Result<u32, Free> {
        self.settle();
        let is = |code: usize| self.shorts.get(code).is_some_and(|s| word::is(s, short));
        self.dict.probe(word::hash_short(short), is)
    }
    pub fn find(&mut self, text: &[u8]) -> Option<u32> {
        self.settle();
        self.dict.find(word::hash(text, 0, text.len()), text, 0, text.len()).ok()
    }
    /// Adds what [`find_short`](Self::find_short) did not find.
    #[inline(always)]
    pub fn add_short(&mut self, free: Free, short: &Short) -> u32 {
        self.shorts.push(*short);
        self.dict.spell(short);
        self.dict.added(free)
    }
    /// The code of a text, new or known.
    pub fn code(&mut self, text: &[u8]) -> u32 {
        self.code_at(text, 0, text.len())
    }
    #[inline(never)]
    pub fn code_at(&mut self, bytes: &[u8], at: usize, len: usize) -> u32 {
        self.settle();
        let code = self.dict.code_at(bytes, at, len);
        if self.shorts.len() < self.dict.len() {
            self.shorts.push(word::short(bytes, at, len).unwrap_or(word::LONG));
        }
        code
    }
    pub fn into_dict(self) -> Dict {
        self.dict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_follow_first_appearance_through_growth() {
        let mut dict = Dict::default();
        for round in 0..2 {
            for i in 0..5000u32 {
                let text = format!("item {} {i}", i.wrapping_mul(2_654_435_761) % 1000);
                assert_eq!(dict.code_at(text.as_bytes(), 0, text.len()), i, "round {round}");
                assert_eq!(dict.get(i as usize), text.as_bytes());
            }
        }
        assert_eq!(dict.code_at(b"x", 1, 0), 5000);
        assert_eq!(dict.code_at(b"x", 1, 0), 5000);
        assert_eq!(dict.len(), 5001);
    }

    #[test]
    fn texts_that_are_fetched_together_get_the_same_codes() {
        let texts: Vec<String> = (0..300).map(|i| format!("{}{}", "long ".repeat(i % 7), i * i % 90)).collect();
        let (mut one, mut many, mut hashes) = (Dict::default(), Dict::default(), Vec::new());
        for some in texts.chunks(FETCHED) {
            let bytes = some.concat();
            many.settle();
            let mut end = 0;
            let places: Vec<Range<usize>> = some
                .iter()
                .map(|t| {
                    end += t.len();
                    end - t.len()..end
                })
                .collect();
            many.fetch(bytes.as_bytes(), places.iter().cloned(), &mut hashes);
            for ((text, at), &hash) in some.iter().zip(places).zip(&hashes) {
                let code = one.code_at(text.as_bytes(), 0, text.len());
                assert_eq!(many.code_of(hash, bytes.as_bytes(), at.start, at.len()), code, "{text:?}");
                assert_eq!(many.get(code as usize), text.as_bytes());
            }
        }
        assert!(many.len() > FETCHED);
    }

    proptest! {
        /// Rising or not, at first or throughout: the codes are those of first appearance.
        #[test]
        fn texts_that_rise_get_the_codes_that_all_others_do(
            mut texts in prop::collection::vec("[ab\\u{0}é]{0,3}|[a-c]{20,26}", 0..40), sorted in 0usize..40
        ) {
            let sorted = sorted.min(texts.len());
            texts[..sorted].sort();
            let (mut dict, mut shorts) = (Dict::default(), ShortDict::default());
            let mut seen: Vec<&str> = Vec::new();
            for (i, text) in texts.iter().enumerate() {
                let code = seen.iter().position(|t| t == text).unwrap_or_else(|| {
                    seen.push(text);
                    seen.len() - 1
                }) as u32;
                let text = text.as_bytes();
                let risen = dict.rise(text);
                prop_assert!(risen.is_some() || i >= sorted);
                prop_assert_eq!(risen.unwrap_or_else(|| dict.code_at(text, 0, text.len())), code);
                let short = word::short(text, 0, text.len());
                let last = shorts.last().filter(|last| short.is_some_and(|s| word::is(&s, &last.0))).map(|last| last.1);
                let risen = last.or_else(|| short.and_then(|short| shorts.rise(&short)));
                prop_assert_eq!(risen.unwrap_or_else(|| shorts.code(text)), code);
            }
            for (code, text) in seen.iter().enumerate() {
                prop_assert_eq!(dict.get(code), text.as_bytes());
                prop_assert_eq!(shorts.find(text.as_bytes()), Some(code as u32));
            }
        }
    }

    #[test]
    fn short_and_long_texts_keep_apart() {
        let mut dict = ShortDict::default();
        let texts: Vec<Vec<u8>> = (0..40).flat_map(|n| [vec![b'a'; n], vec![0; n + 1]]).collect();
        for round in 0..2 {
            for (i, text) in texts.iter().enumerate() {
                let short = word::short(text, 0, text.len());
                let found = match &short {
                    Some(short) => dict.find_short(short).ok(),
                    None => dict.find(text),
                };
                assert_eq!(found, (round == 1).then_some(i as u32), "{text:?}");
                // Every other short one as the reader adds it.
                match short.as_ref().filter(|_| i % 4 < 2).map(|short| (dict.find_short(short), short)) {
                    Some((Err(free), short)) => assert_eq!(dict.add_short(free, short), i as u32),
                    _ => assert_eq!(dict.code(text), i as u32),
                }
            }
            dict.reserve(1000);
        }
        assert_eq!(dict.into_dict().get(7), texts[7].as_slice());
    }
}

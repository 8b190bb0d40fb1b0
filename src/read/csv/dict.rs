//! Distinct texts and their codes, in order of first appearance: a small open-addressing table over one buffer of bytes.

use super::word;

pub struct Dict {
    /// Hash in the upper half, code + 1 in the lower; 0 is free.
    slots: Vec<u64>,
    pub bytes: Vec<u8>,
    /// Entry `i` ends here; it begins where the one before ends.
    pub ends: Vec<u32>,
}

impl Default for Dict {
    fn default() -> Self {
        Self { slots: vec![0; 64], bytes: Vec::new(), ends: Vec::new() }
    }
}

impl Dict {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, code: usize) -> &[u8] {
        let start = if code == 0 { 0 } else { self.ends.get(code - 1).map_or(0, |&e| e as usize) };
        let end = self.ends.get(code).map_or(start, |&e| e as usize);
        self.bytes.get(start..end).unwrap_or_default()
    }

    #[inline(always)]
    fn is(&self, code: usize, bytes: &[u8], at: usize, len: usize) -> bool {
        let start = if code == 0 { 0 } else { self.ends[code - 1] as usize };
        self.ends[code] as usize - start == len && word::same(&self.bytes, start, bytes, at, len)
    }

    /// The code of a text that is there; or the slot in which it would stand, and its hash.
    #[inline(always)]
    pub fn find(&self, bytes: &[u8], at: usize, len: usize) -> Result<u32, (usize, u32)> {
        let hash = word::hash(bytes, at, len);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let s = self.slots[slot];
            if s == 0 {
                return Err((slot, hash));
            }
            if (s >> 32) as u32 == hash {
                let code = s as u32 - 1;
                if self.is(code as usize, bytes, at, len) {
                    return Ok(code);
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Adds what [`find`](Self::find) did not find.
    pub fn add(&mut self, slot: usize, hash: u32, text: &[u8]) -> u32 {
        let code = self.ends.len() as u32;
        self.slots[slot] = u64::from(hash) << 32 | u64::from(code + 1);
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        // Three quarters full: small enough to stay in the processor's cache matters more than short probes.
        if self.ends.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        code
    }

    /// The code of a text, new or known.
    pub fn code(&mut self, text: &[u8]) -> u32 {
        match self.find(text, 0, text.len()) {
            Ok(code) => code,
            Err((slot, hash)) => self.add(slot, hash, text),
        }
    }

    #[cold]
    fn grow(&mut self) {
        let size = self.slots.len() * 2;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_first_appearance_through_growth() {
        let mut dict = Dict::default();
        for round in 0..2 {
            for i in 0..5000u32 {
                let text = format!("item {} {i}", i.wrapping_mul(2_654_435_761) % 1000);
                assert_eq!(dict.code(text.as_bytes()), i, "round {round}");
                assert_eq!(dict.get(i as usize), text.as_bytes());
            }
        }
        assert_eq!(dict.code(b""), 5000);
        assert_eq!(dict.code(b""), 5000);
        assert_eq!(dict.len(), 5001);
    }
}

//! The fast way from bytes to cells: 64 bytes at a time are classified into a bit mask of separators and quotes.
//!
//! For dialects of one delimiter byte, quotes and line ends. [`super::record`] is its plain twin, and does all others.

use super::record::{self, Kind, MAX_QUOTED, MAX_STRAYS, Rules};
use crate::read::Delimiter;

/// A cell's bytes: `start..end` of the slice, or of the batch's `arena` when unquoting had to copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub start: u32,
    end: u32,
}

const IN_ARENA: u32 = 1 << 31;

impl Cell {
    #[inline(always)]
    pub fn slice(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }
    fn arena(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 | IN_ARENA }
    }
    #[inline(always)]
    pub fn end(self) -> usize {
        (self.end & !IN_ARENA) as usize
    }
    #[inline(always)]
    pub fn in_arena(self) -> bool {
        self.end & IN_ARENA != 0
    }
}

/// What is wrong with a record; rows count within the part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ragged {
    pub row: u32,
    pub kind: RaggedKind,
    /// Cells found.
    pub cells: u32,
    /// The surplus cells as they stand in the file; the text behind an unclosed quote is in its cell.
    pub raw: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RaggedKind {
    Short = 0,
    Long = 1,
    Unclosed = 2,
}

/// Some hundred records, cell by cell, column after column.
#[derive(Default)]
pub struct Batch {
    pub rows: usize,
    pub capacity: usize,
    cells: Vec<Cell>,
    pub arena: Vec<u8>,
}

impl Batch {
    pub fn new(columns: usize) -> Self {
        // 64 kB of cells, so that a batch stays in the processor's cache; at least some rows for very wide tables.
        let capacity = (8192 / columns.max(1)).clamp(4, 1024);
        Self { rows: 0, capacity, cells: vec![Cell::default(); capacity * columns], arena: Vec::new() }
    }
    pub fn column(&self, column: usize) -> &[Cell] {
        let from = column * self.capacity;
        self.cells.get(from..from + self.rows).unwrap_or_default()
    }
    #[inline(always)]
    fn put(&mut self, column: usize, cell: Cell) {
        if let Some(slot) = self.cells.get_mut(column * self.capacity + self.rows) {
            *slot = cell;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The batch is full.
    Full,
    /// Every record that begins before the limit is done.
    Done,
    /// The last record does not end within the bytes given.
    NeedMore,
}

/// Walks through the records of a slice.
pub struct Scanner<'a> {
    bytes: &'a [u8],
    rules: &'a Rules,
    columns: usize,
    /// Where the next record begins.
    pub at: usize,
    /// Records that begin here or later belong to the next slice.
    limit: usize,
    is_last: bool,
    fast: Option<u8>,
    /// Comment records so far.
    pub comments: u64,
    pub blanks: u64,
    /// Line ends so far: `\n`, `\r\n`, `\r`.
    pub newlines: [u64; 3],
    pub ragged: Vec<Ragged>,
    rows_before: u32,
}

impl<'a> Scanner<'a> {
    pub fn new(bytes: &'a [u8], at: usize, limit: usize, is_last: bool, rules: &'a Rules, columns: usize) -> Self {
        let plain = rules.escape.is_none() || rules.escape == rules.quote;
        let fast = match &rules.delimiter {
            Delimiter::Bytes(d) if d.len() == 1 && plain && !rules.trim_around_quotes && Some(d[0]) != rules.quote => {
                d.first().copied()
            }
            _ => None,
        };
        Self {
            bytes,
            rules,
            columns,
            at,
            limit,
            is_last,
            fast,
            comments: 0,
            blanks: 0,
            newlines: [0; 3],
            ragged: Vec::new(),
            rows_before: 0,
        }
    }

    /// The same, by the plain way only: the twin for tests.
    #[cfg(test)]
    pub fn plain(mut self) -> Self {
        self.fast = None;
        self
    }

    /// Fills the batch with the next records.
    pub fn fill(&mut self, batch: &mut Batch) -> Stop {
        batch.rows = 0;
        batch.arena.clear();
        let stop = match self.fast {
            Some(delimiter) => self.fill_fast(batch, delimiter),
            None => self.fill_plain(batch),
        };
        self.rows_before += batch.rows as u32;
        stop
    }

    fn fill_plain(&mut self, batch: &mut Batch) -> Stop {
        while batch.rows < batch.capacity {
            if self.at >= self.limit || self.at >= self.bytes.len() {
                return Stop::Done;
            }
            let record = record::record(self.bytes, self.at, self.rules);
            if !self.is_last && !record.ends_in_sight(self.bytes.len()) {
                return Stop::NeedMore;
            }
            let record = record::refit(self.bytes, record, self.rules, self.columns);
            self.at = record.next;
            self.count_newline(record.next);
            match record.kind {
                Kind::Comment => self.comments += 1,
                Kind::Blank => self.blanks += 1,
                Kind::Data => self.put_record(batch, record),
            }
        }
        Stop::Full
    }

    fn put_record(&mut self, batch: &mut Batch, record: record::Record) {
        let row = self.rows_before + batch.rows as u32;
        let found = record.cells.len();
        let base = self.bytes.as_ptr() as usize;
        let mut surplus = Vec::new();
        for (i, cell) in record.cells.iter().enumerate() {
            if cell.unclosed {
                self.ragged.push(Ragged { row, kind: RaggedKind::Unclosed, cells: i as u32, raw: Vec::new() });
            }
            if i >= self.columns {
                if i > self.columns {
                    surplus.push(b',');
                }
                surplus.extend_from_slice(&cell.text);
                continue;
            }
            let slot = match &cell.text {
                std::borrow::Cow::Borrowed(text) => {
                    let start = text.as_ptr() as usize - base;
                    Cell::slice(start, start + text.len())
                }
                std::borrow::Cow::Owned(text) => {
                    let start = batch.arena.len();
                    batch.arena.extend_from_slice(text);
                    Cell::arena(start, batch.arena.len())
                }
            };
            batch.put(i, slot);
        }
        for i in found..self.columns {
            batch.put(i, Cell::default());
        }
        self.note_shape(row, found, surplus);
        batch.rows += 1;
    }

    fn note_shape(&mut self, row: u32, found: usize, surplus: Vec<u8>) {
        let cells = found as u32;
        if found < self.columns {
            self.ragged.push(Ragged { row, kind: RaggedKind::Short, cells, raw: Vec::new() });
        } else if surplus.iter().any(|&b| b != b',') {
            // A separator at the end of every line makes no cell.
            self.ragged.push(Ragged { row, kind: RaggedKind::Long, cells, raw: surplus });
        }
    }

    fn count_newline(&mut self, next: usize) {
        let last = next.checked_sub(1).and_then(|i| self.bytes.get(i));
        let before = next.checked_sub(2).and_then(|i| self.bytes.get(i));
        match (before, last) {
            (Some(b'\r'), Some(b'\n')) => self.newlines[1] += 1,
            (_, Some(b'\n')) => self.newlines[0] += 1,
            (_, Some(b'\r')) => self.newlines[2] += 1,
            _ => {}
        }
    }

    fn fill_fast(&mut self, batch: &mut Batch, delimiter: u8) -> Stop {
        let bytes = self.bytes;
        // No quote: a byte that stands for nothing else, the line feed.
        let quote = self.rules.quote.unwrap_or(b'\n');
        let wanted = [delimiter, b'\n', b'\r', quote];
        let mut record = self.at;
        'records: loop {
            if record >= self.limit || record >= bytes.len() {
                self.at = record;
                return Stop::Done;
            }
            if batch.rows == batch.capacity {
                self.at = record;
                return Stop::Full;
            }
            if let Some(comment) = &self.rules.comment
                && bytes[record..].starts_with(comment)
            {
                let Some(next) = self.line_end(record) else {
                    self.at = record;
                    return Stop::NeedMore;
                };
                self.comments += 1;
                record = next;
                continue;
            }
            // From here, records without a comment follow each other within one walk over the masks.
            let mut block = record & !63;
            let mut mask = masks(bytes, block, wanted) & (!0u64 << (record & 63));
            let mut start = record;
            let mut column = 0usize;
            let mut quoted = false;
            loop {
                while mask == 0 {
                    block += 64;
                    if block >= bytes.len() {
                        // The end of the bytes ends the record, if it is the end of the file.
                        if !self.is_last {
                            self.at = record;
                            return Stop::NeedMore;
                        }
                        batch_put(batch, self.columns, column, start, bytes.len(), quoted);
                        self.end_record(batch, record, start, bytes.len(), column, quoted);
                        record = bytes.len();
                        continue 'records;
                    }
                    mask = masks(bytes, block, wanted);
                }
                let mut e = block + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if e < start {
                    continue;
                }
                let Some(&found) = bytes.get(e) else { continue };
                let mut b = found;
                if b == quote && b != b'\n' {
                    if e != start {
                        continue;
                    }
                    match close(bytes, e, quote, delimiter) {
                        Close::At { quote_at, doubled, odd } => {
                            if quote_at + 1 >= bytes.len() && !self.is_last {
                                self.at = record;
                                return Stop::NeedMore;
                            }
                            if odd {
                                match self.put_broken(batch, record) {
                                    Some(next) => record = next,
                                    None => {
                                        self.at = record;
                                        return Stop::NeedMore;
                                    }
                                }
                                continue 'records;
                            }
                            quoted = true;
                            if column < self.columns {
                                let cell = if doubled {
                                    let from = batch.arena.len();
                                    undouble(&bytes[e + 1..quote_at], quote, &mut batch.arena);
                                    Cell::arena(from, batch.arena.len())
                                } else {
                                    Cell::slice(e + 1, quote_at)
                                };
                                batch.put(column, cell);
                            }
                            e = quote_at + 1;
                            if e >= bytes.len() {
                                self.end_record(batch, record, start, e, column, true);
                                record = e;
                                continue 'records;
                            }
                            b = bytes[e];
                            block = e & !63;
                            // The bit of `e` itself is spent; shifting twice keeps the count below 64.
                            mask = masks(bytes, block, wanted) & ((!0u64 << (e & 63)) << 1);
                        }
                        Close::Never => {
                            if !self.is_last && e + MAX_QUOTED > bytes.len() {
                                self.at = record;
                                return Stop::NeedMore;
                            }
                            match self.put_broken(batch, record) {
                                Some(next) => record = next,
                                None => {
                                    self.at = record;
                                    return Stop::NeedMore;
                                }
                            }
                            continue 'records;
                        }
                    }
                } else if column < self.columns {
                    batch.put(column, Cell::slice(start, e));
                }
                if b == delimiter {
                    column += 1;
                    start = e + 1;
                    // A quoted first cell makes the record more than blank; later cells make it so anyway.
                    continue;
                }
                let next = if b == b'\r' {
                    if e + 1 >= bytes.len() && !self.is_last {
                        self.at = record;
                        return Stop::NeedMore;
                    }
                    if bytes.get(e + 1) == Some(&b'\n') {
                        self.newlines[1] += 1;
                        e + 2
                    } else {
                        self.newlines[2] += 1;
                        e + 1
                    }
                } else {
                    self.newlines[0] += 1;
                    e + 1
                };
                if column + 1 == self.columns && (column > 0 || quoted) {
                    batch.rows += 1;
                } else {
                    self.end_record(batch, record, start, e, column, quoted);
                }
                record = next;
                if record >= self.limit || batch.rows == batch.capacity || self.rules.comment.is_some() {
                    continue 'records;
                }
                start = record;
                column = 0;
                quoted = false;
            }
        }
    }

    /// A record with broken quotes: the plain way finds the reading that fits the table. Gives where the next one begins;
    /// `None` when its end is not in sight.
    #[cold]
    fn put_broken(&mut self, batch: &mut Batch, begin: usize) -> Option<usize> {
        let first = record::record(self.bytes, begin, self.rules);
        if !self.is_last && !first.ends_in_sight(self.bytes.len()) {
            return None;
        }
        let found = record::refit(self.bytes, first, self.rules, self.columns);
        let next = found.next;
        self.count_newline(next);
        self.put_record(batch, found);
        Some(next)
    }

    /// Behind the line that begins at `from`; `None` when its end is not in sight.
    fn line_end(&mut self, from: usize) -> Option<usize> {
        let rest = &self.bytes[from..];
        match rest.iter().position(|&b| b == b'\n' || b == b'\r') {
            Some(i) if rest[i] == b'\r' && i + 1 == rest.len() && !self.is_last => None,
            Some(i) if rest[i] == b'\r' && rest.get(i + 1) == Some(&b'\n') => {
                self.newlines[1] += 1;
                Some(from + i + 2)
            }
            Some(i) => {
                self.newlines[if rest[i] == b'\r' { 2 } else { 0 }] += 1;
                Some(from + i + 1)
            }
            None => self.is_last.then_some(self.bytes.len()),
        }
    }

    /// A record whose number of cells needs a look: blank, short, long, or of one column. Its last cell ends at `end`.
    fn end_record(&mut self, batch: &mut Batch, record: usize, start: usize, end: usize, column: usize, quoted: bool) {
        let found = column + 1;
        if column == 0 && !quoted && self.bytes[record..end].iter().all(|&b| b == b' ' || b == b'\t') {
            self.blanks += 1;
            return;
        }
        let row = self.rows_before + batch.rows as u32;
        for i in found..self.columns {
            batch.put(i, Cell::default());
        }
        let surplus = if found > self.columns {
            let again = record::record(&self.bytes[..end], record, self.rules);
            let texts: Vec<&[u8]> = again.cells.iter().skip(self.columns).map(|c| c.text.as_ref()).collect();
            texts.join(&b',')
        } else {
            Vec::new()
        };
        let _ = start;
        self.note_shape(row, found, surplus);
        batch.rows += 1;
    }
}

fn batch_put(batch: &mut Batch, columns: usize, column: usize, start: usize, end: usize, _quoted: bool) {
    if column < columns {
        batch.put(column, Cell::slice(start, end));
    }
}

enum Close {
    /// `odd`: a quote on the way was neither doubled nor closing.
    At {
        quote_at: usize,
        doubled: bool,
        odd: bool,
    },
    Never,
}

/// The quote that closes the cell opened at `open`: neither doubled nor inside.
fn close(bytes: &[u8], open: usize, quote: u8, delimiter: u8) -> Close {
    let limit = bytes.len().min(open.saturating_add(MAX_QUOTED));
    let mut at = open + 1;
    let mut doubled = false;
    let mut strays = 0usize;
    while at < limit && strays <= MAX_STRAYS {
        if bytes[at] != quote {
            at += 1;
            continue;
        }
        match bytes.get(at + 1) {
            Some(&b) if b == quote => {
                doubled = true;
                at += 2;
                strays += usize::from(strays > 0);
            }
            None => return Close::At { quote_at: at, doubled, odd: strays > 0 },
            Some(&b) if b == delimiter || b == b'\n' || b == b'\r' => {
                return Close::At { quote_at: at, doubled, odd: strays > 0 };
            }
            // Neither doubled nor at the end of the cell: literal.
            Some(_) => {
                strays += 1;
                at += 1;
            }
        }
    }
    Close::Never
}

fn undouble(raw: &[u8], quote: u8, out: &mut Vec<u8>) {
    let mut i = 0;
    while let Some(&b) = raw.get(i) {
        out.push(b);
        i += if b == quote && raw.get(i + 1) == Some(&quote) { 2 } else { 1 };
    }
}

/// One bit per byte of `bytes[at..at + 64]` that is one of the wanted; bytes beyond the end give no bit.
#[inline(always)]
fn masks(bytes: &[u8], at: usize, wanted: [u8; 4]) -> u64 {
    match bytes.get(at..at + 64).and_then(|b| <&[u8; 64]>::try_from(b).ok()) {
        Some(block) => classify(block, wanted),
        None => {
            let mut block = [0u8; 64];
            let rest = bytes.get(at..).unwrap_or_default();
            block[..rest.len()].copy_from_slice(rest);
            classify(&block, wanted) & ((1u64 << rest.len()) - 1)
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn classify(block: &[u8; 64], wanted: [u8; 4]) -> u64 {
    use core::arch::wasm32::*;
    // A closure, since a function with a target feature is no `FnMut`.
    #[allow(clippy::redundant_closure)]
    let [a, b, c, d] = wanted.map(|b| u8x16_splat(b));
    let mut out = 0u64;
    for i in 0..4 {
        // SAFETY: 16 bytes at 16·i lie inside the 64 of the block; v128_load asks for no alignment.
        let v = unsafe { v128_load(block.as_ptr().add(16 * i).cast()) };
        let hit = v128_or(v128_or(u8x16_eq(v, a), u8x16_eq(v, b)), v128_or(u8x16_eq(v, c), u8x16_eq(v, d)));
        out |= u64::from(u8x16_bitmask(hit)) << (16 * i);
    }
    out
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn classify(block: &[u8; 64], wanted: [u8; 4]) -> u64 {
    use core::arch::x86_64::*;
    let mut out = 0u64;
    // SAFETY: SSE2 is part of x86-64; 16 bytes at 16·i lie inside the 64 of the block; the load asks for no alignment.
    unsafe {
        let [a, b, c, d] = wanted.map(|w| _mm_set1_epi8(w as i8));
        for i in 0..4 {
            let v = _mm_loadu_si128(block.as_ptr().add(16 * i).cast());
            let ab = _mm_or_si128(_mm_cmpeq_epi8(v, a), _mm_cmpeq_epi8(v, b));
            let cd = _mm_or_si128(_mm_cmpeq_epi8(v, c), _mm_cmpeq_epi8(v, d));
            out |= u64::from(_mm_movemask_epi8(_mm_or_si128(ab, cd)) as u32) << (16 * i);
        }
    }
    out
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
#[inline(always)]
fn classify(block: &[u8; 64], wanted: [u8; 4]) -> u64 {
    classify_swar(block, wanted)
}

/// Eight bytes at a time in plain integers: for processors without the instructions above, and their twin in tests.
#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
fn classify_swar(block: &[u8; 64], wanted: [u8; 4]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let mut out = 0u64;
    for (i, eight) in block.chunks_exact(8).enumerate() {
        let word = eight.iter().rev().fold(0u64, |w, &b| w << 8 | u64::from(b));
        let mut hit = 0u64;
        for w in wanted {
            let x = word ^ (ONES * u64::from(w));
            // The high bit of each byte that is zero, without carries between bytes.
            hit |= !(((x & LOW) + LOW) | x | LOW);
        }
        // Gathers the eight high bits into one byte.
        out |= (hit >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56 << (8 * i);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_classifying_agree() {
        let mut state = 7u32;
        for _ in 0..2000 {
            let mut block = [0u8; 64];
            for b in &mut block {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *b = b",\n\r\"ab\x80\xac;\x8a,"[(state >> 24) as usize % 11];
            }
            let wanted = [b',', b'\n', b'\r', b'"'];
            let slow = block.iter().enumerate().fold(0u64, |m, (i, b)| m | u64::from(wanted.contains(b)) << i);
            assert_eq!(classify_swar(&block, wanted), slow);
            assert_eq!(classify(&block, wanted), slow);
        }
    }
}

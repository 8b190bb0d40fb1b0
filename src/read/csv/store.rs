//! One column of a table in the making: parts as they arrived, text keys already those of the whole column.

use std::borrow::Cow;

use super::dict::{Dict, FETCHED};
use super::part::{Odd, OddKind, PartColumn, Values};
use crate::read::{ColumnPlan, value};
use crate::table::{Format, Type, print_date};

pub struct Chunk {
    pub values: Values,
    pub scale: u32,
    /// One bit per row; `None`: all there.
    pub valid: Option<Vec<u8>>,
    pub start: u32,
}

impl Chunk {
    pub fn is_valid(&self, i: usize) -> bool {
        self.valid.as_ref().is_none_or(|v| v.get(i / 8).is_some_and(|b| b >> (i % 8) & 1 == 1))
    }
    fn truncate(&mut self, rows: usize) {
        match &mut self.values {
            Values::Int32(v) => v.truncate(rows),
            Values::Int64(v) => v.truncate(rows),
            Values::Float(v) => v.truncate(rows),
            Values::Bool(v) | Values::Key8(v) => v.truncate(rows),
            Values::Key16(v) => v.truncate(rows),
            Values::Key32(v) => v.truncate(rows),
        }
    }
}

pub struct Store {
    pub plan: ColumnPlan,
    pub chunks: Vec<Chunk>,
    /// Text columns: the distinct values, words for missing not among them.
    pub dict: Dict,
    /// By rows of the table.
    pub odd: Odd,
    pub offsets: Vec<(u32, i16)>,
    pub rows: u32,
}

const MISSING: u32 = u32::MAX;

impl Store {
    pub fn new(plan: ColumnPlan) -> Self {
        Self { plan, chunks: Vec::new(), dict: Dict::default(), odd: Odd::default(), offsets: Vec::new(), rows: 0 }
    }

    /// Appends a part's column. `false`: the distinct texts exceed what one column can hold.
    pub fn push(&mut self, part: PartColumn) -> bool {
        let start = self.rows;
        let rows = part.values.len() as u32;
        let (values, valid) = match part.values {
            Values::Key8(keys) => self.merge_text(
                keys.into_iter().map(u32::from),
                &part.text_bytes,
                &part.text_ends,
                part.valid,
                &part.odd,
            ),
            Values::Key16(keys) => self.merge_text(
                keys.into_iter().map(u32::from),
                &part.text_bytes,
                &part.text_ends,
                part.valid,
                &part.odd,
            ),
            Values::Key32(keys) => {
                self.merge_text(keys.into_iter(), &part.text_bytes, &part.text_ends, part.valid, &part.odd)
            }
            values => {
                for (row, kind, text) in part.odd.iter() {
                    self.odd.push(start + row, kind, text);
                }
                (values, part.valid)
            }
        };
        let offsets = part.offset_rows.iter().zip(&part.offset_minutes);
        self.offsets.extend(offsets.map(|(row, minutes)| (start + row, *minutes as i16)));
        self.chunks.push(Chunk { values, scale: part.scale.into(), valid, start });
        self.rows += rows;
        self.dict.bytes.len() < i32::MAX as usize
    }

    /// Local keys become the column's. Words for missing leave a hole, and their spelling beside it.
    fn merge_text(
        &mut self,
        keys: impl ExactSizeIterator<Item = u32>,
        bytes: &[u8],
        ends: &[u32],
        valid: Option<Vec<u8>>,
        odd: &Odd,
    ) -> (Values, Option<Vec<u8>>) {
        let mut words: Vec<(u32, &[u8])> = Vec::new();
        let mut holes = false;
        let place = |local: usize| {
            let begin = local.checked_sub(1).and_then(|i| ends.get(i)).map_or(0, |&e| e as usize);
            begin..(ends[local] as usize).max(begin)
        };
        let mut map: Vec<u32> = Vec::with_capacity(ends.len());
        let plan = &self.plan;
        let mut missing = |local: usize, text| {
            let yes = value::is_missing(text, plan);
            holes |= yes;
            if yes && !text.is_empty() {
                words.push((local as u32, text));
            }
            yes
        };
        let text = |local: usize| bytes.get(place(local)).unwrap_or_default();
        for local in 0..ends.len() {
            let text = text(local);
            match if missing(local, text) { Some(MISSING) } else { self.dict.rise(text) } {
                Some(code) => map.push(code),
                None => break,
            }
        }
        if map.len() < ends.len() {
            self.dict.reserve(self.dict.len() + ends.len());
            self.dict.settle();
        }
        let mut hashes: Vec<u32> = Vec::with_capacity(FETCHED);
        for from in (map.len()..ends.len()).step_by(FETCHED) {
            let some = from..(from + FETCHED).min(ends.len());
            self.dict.fetch(bytes, some.clone().map(place), &mut hashes);
            for (local, &hash) in some.zip(&hashes) {
                let at = place(local);
                map.push(match missing(local, text(local)) {
                    true => MISSING,
                    false => self.dict.code_of(hash, bytes, at.start, at.len()),
                });
            }
        }
        let global = |local: u32| map.get(local as usize).copied().unwrap_or(MISSING);
        let start = self.rows;
        if !holes {
            for (row, kind, text) in odd.iter() {
                self.odd.push(start + row, kind, text);
            }
            return (narrow_keys(keys.map(global), self.dict.len()), valid);
        }
        let mut valid = valid.unwrap_or_else(|| vec![0xff; keys.len().div_ceil(8)]);
        let mut next = 0;
        let mut out = Vec::with_capacity(keys.len());
        for (row, local) in keys.enumerate() {
            let code = global(local);
            let listed = next < odd.len() && odd.get(next).0 as usize == row;
            if listed {
                let (_, kind, text) = odd.get(next);
                self.odd.push(start + row as u32, kind, text);
                next += 1;
            }
            if code == MISSING {
                if let Some(b) = valid.get_mut(row / 8) {
                    *b &= !(1 << (row % 8));
                }
                if let (false, Ok(i)) = (listed, words.binary_search_by_key(&local, |w| w.0)) {
                    self.odd.push(start + row as u32, OddKind::Missing, words[i].1);
                }
                out.push(0);
            } else {
                out.push(code);
            }
        }
        (narrow_keys(out.into_iter(), self.dict.len()), Some(valid))
    }

    pub fn truncate(&mut self, rows: u32) {
        while self.chunks.last().is_some_and(|c| c.start >= rows && self.chunks.len() > 1) {
            self.chunks.pop();
        }
        if let Some(last) = self.chunks.last_mut() {
            last.truncate(rows.saturating_sub(last.start) as usize);
        }
        let kept = self.odd.rows.partition_point(|&r| r < rows);
        self.odd.rows.truncate(kept);
        self.odd.kinds.truncate(kept);
        self.odd.ends.truncate(kept);
        self.odd.bytes.truncate(self.odd.ends.last().map_or(0, |&e| e as usize));
        self.offsets.retain(|o| o.0 < rows);
        self.rows = rows;
    }

    /// The cell as in the file.
    pub fn exact(&self, row: u32) -> Cow<'_, str> {
        if let Ok(i) = self.odd.rows.binary_search(&row) {
            return String::from_utf8_lossy(self.odd.get(i).2);
        }
        self.print(row)
    }

    /// The value as the file would write it; empty when there is none.
    fn print(&self, row: u32) -> Cow<'_, str> {
        let Some(k) = self.chunks.partition_point(|c| c.start <= row).checked_sub(1) else { return Cow::Borrowed("") };
        let (chunk, i) = (&self.chunks[k], (row - self.chunks[k].start) as usize);
        if !chunk.is_valid(i) {
            return Cow::Borrowed("");
        }
        match &chunk.values {
            Values::Key8(v) => self.label(v.get(i).map(|&k| k.into())),
            Values::Key16(v) => self.label(v.get(i).map(|&k| k.into())),
            Values::Key32(v) => self.label(v.get(i).copied()),
            Values::Bool(v) => {
                Cow::Borrowed(v.get(i).map_or("", |&b| self.plan.spelling[usize::from(b != 0)].as_str()))
            }
            Values::Float(v) => {
                let mut out = String::new();
                super::convert::number_format(&self.plan.format)
                    .print_float(v.get(i).copied().unwrap_or(0.0), &mut out);
                Cow::Owned(out)
            }
            Values::Int32(v) => self.print_long(row, v.get(i).copied().unwrap_or(0).into(), chunk.scale),
            Values::Int64(v) => self.print_long(row, v.get(i).copied().unwrap_or(0), chunk.scale),
        }
    }

    fn print_long(&self, row: u32, v: i64, scale: u32) -> Cow<'static, str> {
        let mut out = String::new();
        let day = 86_400_000_000i64;
        match (self.plan.kind, &self.plan.format) {
            (Type::Date, Format::Date(parts)) => print_date(v as i32, 0, None, parts, &mut out),
            (Type::Date, _) => out = crate::time::iso(v as i32),
            (Type::Timestamp, Format::Date(parts)) => {
                let offset = self.offsets.binary_search_by_key(&row, |o| o.0).ok().map(|k| self.offsets[k].1);
                print_date(v.div_euclid(day) as i32, v.rem_euclid(day), offset, parts, &mut out);
            }
            (Type::Timestamp, _) => out = crate::table::print_timestamp(v),
            _ => super::convert::number_format(&self.plan.format).print(v, scale as u8, &mut out),
        }
        Cow::Owned(out)
    }

    fn label(&self, key: Option<u32>) -> Cow<'_, str> {
        // The dictionary holds checked UTF-8; should it ever not, a replaced character is better than a panic.
        key.map_or(Cow::Borrowed(""), |k| String::from_utf8_lossy(self.dict.get(k as usize)))
    }

    /// The same column with every cell as its text.
    pub fn into_text(self) -> Store {
        let plan = ColumnPlan { missing: self.plan.missing.clone(), given: self.plan.given, ..ColumnPlan::text() };
        self.reread(plan)
    }

    /// The same column read anew by another plan, from the text of its cells.
    pub fn reread(self, plan: ColumnPlan) -> Store {
        let mut out = Store::new(plan);
        for (k, chunk) in self.chunks.iter().enumerate() {
            let end = self.chunks.get(k + 1).map_or(self.rows, |c| c.start);
            let mut converter = super::convert::Converter::new(&out.plan);
            for row in chunk.start..end {
                converter.add_one(self.exact(row).as_bytes());
            }
            out.push(converter.finish());
        }
        out
    }
}

fn narrow_keys(keys: impl Iterator<Item = u32>, distinct: usize) -> Values {
    match distinct {
        0..=0x100 => Values::Key8(keys.map(|k| k as u8).collect()),
        0x101..=0x1_0000 => Values::Key16(keys.map(|k| k as u16).collect()),
        _ => Values::Key32(keys.collect()),
    }
}

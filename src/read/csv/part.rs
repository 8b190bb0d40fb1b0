//! One slice of a file, parsed: typed columns, and what did not go as planned. It travels between workers as one blob.

use super::scan::{Ragged, RaggedKind};

#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Integers, mantissas, days.
    Int32(Vec<i32>),
    /// Integers, mantissas, microseconds.
    Int64(Vec<i64>),
    Float(Vec<f64>),
    /// 0 and 1.
    Bool(Vec<u8>),
    /// Codes into the part's own `texts`, in order of first appearance.
    Key8(Vec<u8>),
    Key16(Vec<u16>),
    Key32(Vec<u32>),
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Values::Int32(v) => v.len(),
            Values::Int64(v) => v.len(),
            Values::Float(v) => v.len(),
            Values::Bool(v) | Values::Key8(v) => v.len(),
            Values::Key16(v) => v.len(),
            Values::Key32(v) => v.len(),
        }
    }
}

/// Why a cell's text is kept beside its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OddKind {
    /// The value is right, the spelling is not the column's.
    Raw = 0,
    /// No value of the column's type; the value is missing.
    Misfit = 1,
    /// A word for missing.
    Missing = 2,
    /// A text with bytes that are no UTF-8, replaced: the column holds the replacement.
    BadText = 3,
}

impl OddKind {
    fn of(byte: u8) -> Self {
        match byte {
            0 => OddKind::Raw,
            1 => OddKind::Misfit,
            2 => OddKind::Missing,
            _ => OddKind::BadText,
        }
    }
}

/// Texts of a few rows, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Odd {
    pub rows: Vec<u32>,
    pub kinds: Vec<u8>,
    pub ends: Vec<u32>,
    pub bytes: Vec<u8>,
}

impl Odd {
    pub fn push(&mut self, row: u32, kind: OddKind, text: &[u8]) {
        self.rows.push(row);
        self.kinds.push(kind as u8);
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
    }
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    pub fn get(&self, i: usize) -> (u32, OddKind, &[u8]) {
        let start = if i == 0 { 0 } else { self.ends.get(i - 1).map_or(0, |&e| e as usize) };
        let end = self.ends.get(i).map_or(start, |&e| e as usize);
        let text = self.bytes.get(start..end).unwrap_or_default();
        (self.rows.get(i).copied().unwrap_or(0), OddKind::of(self.kinds.get(i).copied().unwrap_or(0)), text)
    }
    pub fn iter(&self) -> impl Iterator<Item = (u32, OddKind, &[u8])> {
        (0..self.len()).map(|i| self.get(i))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PartColumn {
    pub values: Values,
    /// Decimals of the mantissas.
    pub scale: u8,
    /// One bit per row, lowest first; `None`: nothing is missing.
    pub valid: Option<Vec<u8>>,
    pub odd: Odd,
    /// Text columns: the distinct texts, as bytes and ends.
    pub text_bytes: Vec<u8>,
    pub text_ends: Vec<u32>,
    /// Timestamps that state an offset: row, minutes east of UTC.
    pub offset_rows: Vec<u32>,
    pub offset_minutes: Vec<i32>,
}

impl PartColumn {
    /// Adds to integers: the numbers of baskets, when the part takes its place in the file.
    pub fn shift(&mut self, by: u64) {
        if let Values::Int32(v) = &mut self.values {
            v.iter_mut().for_each(|x| *x = x.saturating_add(by as i32));
        }
    }
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Part {
    /// The slice that was asked for, in bytes of the UTF-8 file.
    pub slice: [u64; 2],
    /// Where the first record of the slice begins, and where the next slice's first record must begin.
    pub begin: u64,
    pub next: u64,
    pub rows: u32,
    /// Layout of baskets: how many there are; their numbers count from 0 in each part.
    pub records: u32,
    pub columns: Vec<PartColumn>,
    pub ragged: Vec<Ragged>,
    pub comments: u64,
    pub blanks: u64,
    pub newlines: [u64; 3],
    /// The bytes given end inside a record: give more and parse again. Nothing else is set.
    pub need_more: bool,
}

/// Writes and reads little-endian numbers in sections that begin at multiples of eight bytes.
struct Writer(Vec<u8>);

macro_rules! section {
    ($write:ident, $read:ident, $t:ty, $n:expr) => {
        impl Writer {
            fn $write(&mut self, v: &[$t]) {
                self.head(v.len() as u64);
                let at = self.0.len();
                self.0.resize(at + v.len() * $n, 0);
                if let Some(room) = self.0.get_mut(at..) {
                    // Written so that the compiler sees a plain copy.
                    room.chunks_exact_mut($n).zip(v).for_each(|(b, x)| b.copy_from_slice(&x.to_le_bytes()));
                }
                self.align();
            }
        }
        impl Reader<'_> {
            fn $read(&mut self) -> Option<Vec<$t>> {
                let len = usize::try_from(self.head()?).ok()?;
                let raw = self.take(len.checked_mul($n)?)?;
                let mut out: Vec<$t> = vec![Default::default(); len];
                let number = |b: &[u8]| b.try_into().map(<$t>::from_le_bytes).unwrap_or_default();
                out.iter_mut().zip(raw.chunks_exact($n)).for_each(|(x, b)| *x = number(b));
                self.align();
                Some(out)
            }
        }
    };
}

impl Writer {
    fn head(&mut self, v: u64) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }
    fn align(&mut self) {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let out = self.bytes.get(self.at..self.at.checked_add(n)?)?;
        self.at += n;
        Some(out)
    }
    fn head(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
    fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }
}

section!(u8s, read_u8s, u8, 1);
section!(u16s, read_u16s, u16, 2);
section!(u32s, read_u32s, u32, 4);
section!(i32s, read_i32s, i32, 4);
section!(i64s, read_i64s, i64, 8);
section!(f64s, read_f64s, f64, 8);

const MAGIC: u64 = 0x4b4c_5041_5254_3031;

impl Part {
    /// The part as one flat blob, to be transferred to another worker.
    pub fn to_blob(&self) -> Vec<u8> {
        // About what the columns take, so that the blob need not grow.
        let size: usize =
            self.columns.iter().map(|c| c.values.len() * 8 + c.text_bytes.len() + c.odd.bytes.len()).sum();
        let mut w = Writer(Vec::with_capacity(size + 4096));
        for v in
            [MAGIC, self.slice[0], self.slice[1], self.begin, self.next, u64::from(self.rows), u64::from(self.records)]
        {
            w.head(v);
        }
        let [a, b, c] = self.newlines;
        for v in [self.comments, self.blanks, a, b, c, u64::from(self.need_more), self.columns.len() as u64] {
            w.head(v);
        }
        for c in &self.columns {
            match &c.values {
                Values::Int32(v) => (w.head(0), w.i32s(v)),
                Values::Int64(v) => (w.head(1), w.i64s(v)),
                Values::Float(v) => (w.head(2), w.f64s(v)),
                Values::Bool(v) => (w.head(3), w.u8s(v)),
                Values::Key8(v) => (w.head(4), w.u8s(v)),
                Values::Key16(v) => (w.head(5), w.u16s(v)),
                Values::Key32(v) => (w.head(6), w.u32s(v)),
            };
            w.head(u64::from(c.scale));
            w.head(u64::from(c.valid.is_some()));
            w.u8s(c.valid.as_deref().unwrap_or_default());
            w.u32s(&c.odd.rows);
            w.u8s(&c.odd.kinds);
            w.u32s(&c.odd.ends);
            w.u8s(&c.odd.bytes);
            w.u8s(&c.text_bytes);
            w.u32s(&c.text_ends);
            w.u32s(&c.offset_rows);
            w.i32s(&c.offset_minutes);
        }
        w.head(self.ragged.len() as u64);
        for r in &self.ragged {
            w.head(u64::from(r.row));
            w.head(r.kind as u64);
            w.head(u64::from(r.cells));
            w.u8s(&r.raw);
        }
        w.0
    }

    /// `None`: not a blob of [`to_blob`](Self::to_blob).
    pub fn from_blob(bytes: &[u8]) -> Option<Self> {
        let mut r = Reader { bytes, at: 0 };
        if r.head()? != MAGIC {
            return None;
        }
        let slice = [r.head()?, r.head()?];
        let (begin, next, rows, records) = (r.head()?, r.head()?, r.head()? as u32, r.head()? as u32);
        let (comments, blanks) = (r.head()?, r.head()?);
        let newlines = [r.head()?, r.head()?, r.head()?];
        let need_more = r.head()? != 0;
        let count = r.head()?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let values = match r.head()? {
                0 => Values::Int32(r.read_i32s()?),
                1 => Values::Int64(r.read_i64s()?),
                2 => Values::Float(r.read_f64s()?),
                3 => Values::Bool(r.read_u8s()?),
                4 => Values::Key8(r.read_u8s()?),
                5 => Values::Key16(r.read_u16s()?),
                6 => Values::Key32(r.read_u32s()?),
                _ => return None,
            };
            let scale = r.head()? as u8;
            let has_valid = r.head()? != 0;
            let valid = r.read_u8s()?;
            columns.push(PartColumn {
                values,
                scale,
                valid: has_valid.then_some(valid),
                odd: Odd { rows: r.read_u32s()?, kinds: r.read_u8s()?, ends: r.read_u32s()?, bytes: r.read_u8s()? },
                text_bytes: r.read_u8s()?,
                text_ends: r.read_u32s()?,
                offset_rows: r.read_u32s()?,
                offset_minutes: r.read_i32s()?,
            });
        }
        let mut ragged = Vec::new();
        for _ in 0..r.head()? {
            ragged.push(Ragged {
                row: r.head()? as u32,
                kind: match r.head()? {
                    0 => RaggedKind::Short,
                    1 => RaggedKind::Long,
                    _ => RaggedKind::Unclosed,
                },
                cells: r.head()? as u32,
                raw: r.read_u8s()?,
            });
        }
        Some(Self { slice, begin, next, rows, records, columns, ragged, comments, blanks, newlines, need_more })
    }
}

//! A table as one flat buffer, for the way between two instances of WebAssembly: a few lines of JSON, then the arrays' own buffers.
//!
//! Arrow's IPC code is larger than the rest of the engine and rarely needed, so it has a module of its own (feature `arrow`);
//! this is how the columns get there and back. Only values cross: spellings and formats of a file stay behind.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use serde::{Deserialize, Serialize};

use super::{Column, Table, Type};
use crate::error::{Code, Error, Result};

#[derive(Serialize, Deserialize)]
struct Head {
    name: String,
    rows: usize,
    columns: Vec<PackedColumn>,
}

#[derive(Serialize, Deserialize)]
struct PackedColumn {
    name: String,
    kind: Type,
    /// Number of distinct texts; `None` for other types.
    texts: Option<usize>,
    chunks: Vec<PackedChunk>,
}

#[derive(Serialize, Deserialize)]
struct PackedChunk {
    held: Held,
    len: usize,
    nulls: bool,
}

/// The arrays a [`Column`] may be held in.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Held {
    UInt8,
    UInt16,
    UInt32,
    Boolean,
    Int32,
    Int64,
    Decimal32(u8, i8),
    Decimal64(u8, i8),
    Float64,
    Date32,
    Timestamp,
}

/// Does the same for the primitive type behind a [`Held`]; the boolean is no primitive.
macro_rules! by_type {
    ($held:expr, $f:ident ( $($arg:expr),* ), boolean = $boolean:expr) => {
        match $held {
            Held::UInt8 => $f::<UInt8Type>($($arg),*),
            Held::UInt16 => $f::<UInt16Type>($($arg),*),
            Held::UInt32 => $f::<UInt32Type>($($arg),*),
            Held::Int32 => $f::<Int32Type>($($arg),*),
            Held::Int64 => $f::<Int64Type>($($arg),*),
            Held::Decimal32(..) => $f::<Decimal32Type>($($arg),*),
            Held::Decimal64(..) => $f::<Decimal64Type>($($arg),*),
            Held::Float64 => $f::<Float64Type>($($arg),*),
            Held::Date32 => $f::<Date32Type>($($arg),*),
            Held::Timestamp => $f::<TimestampMicrosecondType>($($arg),*),
            Held::Boolean => $boolean,
        }
    };
}

impl Held {
    fn of(array: &dyn Array) -> Option<Self> {
        Some(match array.data_type() {
            DataType::UInt8 => Held::UInt8,
            DataType::UInt16 => Held::UInt16,
            DataType::UInt32 => Held::UInt32,
            DataType::Boolean => Held::Boolean,
            DataType::Int32 => Held::Int32,
            DataType::Int64 => Held::Int64,
            DataType::Decimal32(precision, scale) => Held::Decimal32(*precision, *scale),
            DataType::Decimal64(precision, scale) => Held::Decimal64(*precision, *scale),
            DataType::Float64 => Held::Float64,
            DataType::Date32 => Held::Date32,
            DataType::Timestamp(..) => Held::Timestamp,
            _ => return None,
        })
    }
    fn data_type(self) -> DataType {
        match self {
            Held::Decimal32(precision, scale) => DataType::Decimal32(precision, scale),
            Held::Decimal64(precision, scale) => DataType::Decimal64(precision, scale),
            _ => by_type!(self, plain_type(), boolean = DataType::Boolean),
        }
    }
}

fn plain_type<T: ArrowPrimitiveType>() -> DataType {
    T::DATA_TYPE
}

/// The columns' names, types and values.
pub fn pack(table: &Table) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let columns = table.columns.iter().map(|c| pack_column(c, &mut body)).collect::<Option<Vec<_>>>();
    let head = columns.map(|columns| Head { name: table.name.clone(), rows: table.rows, columns });
    let head = head.and_then(|h| serde_json::to_vec(&h).ok()).ok_or_else(damaged)?;
    let mut out = Vec::with_capacity(16 + head.len() + body.len());
    out.extend_from_slice(&(head.len() as u64).to_le_bytes());
    out.extend_from_slice(&head);
    pad(&mut out);
    out.extend_from_slice(&body);
    Ok(out)
}

fn pack_column(column: &Column, body: &mut Vec<u8>) -> Option<PackedColumn> {
    if let Some(texts) = &column.dictionary {
        put(body, texts.offsets().inner().inner().as_slice());
        put(body, texts.values().as_slice());
    }
    let chunks = column
        .chunks
        .iter()
        .map(|chunk| {
            let held = Held::of(chunk)?;
            let nulls = chunk.nulls().filter(|n| n.null_count() > 0);
            if let Some(nulls) = nulls {
                put(body, nulls.inner().sliced().as_slice());
            }
            by_type!(
                held,
                put_values(chunk, body),
                boolean = put(body, chunk.as_boolean().values().sliced().as_slice())
            );
            Some(PackedChunk { held, len: chunk.len(), nulls: nulls.is_some() })
        })
        .collect::<Option<Vec<_>>>()?;
    let texts = column.dictionary.as_ref().map(|d| d.len());
    Some(PackedColumn { name: column.name.clone(), kind: column.kind, texts, chunks })
}

fn put_values<T: ArrowPrimitiveType>(chunk: &ArrayRef, body: &mut Vec<u8>) {
    put(body, chunk.as_primitive::<T>().values().inner().as_slice());
}

fn put(body: &mut Vec<u8>, bytes: &[u8]) {
    body.extend_from_slice(bytes);
    pad(body);
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
}

/// What [`pack`] packed.
pub fn unpack(bytes: &[u8]) -> Result<Table> {
    let mut rest = Rest(bytes);
    read(&mut rest).ok_or_else(damaged)
}

fn read(rest: &mut Rest<'_>) -> Option<Table> {
    let length = u64::from_le_bytes(rest.take(8)?.try_into().ok()?);
    let head: Head = serde_json::from_slice(rest.take(usize::try_from(length).ok()?)?).ok()?;
    let columns = head.columns.iter().map(|c| read_column(c, rest)).collect::<Option<Vec<_>>>()?;
    columns.iter().all(|c| c.len() == head.rows).then_some(Table { name: head.name, columns, rows: head.rows })
}

fn read_column(packed: &PackedColumn, rest: &mut Rest<'_>) -> Option<Column> {
    let dictionary = match packed.texts {
        None => None,
        Some(texts) => {
            let ends = rest.take(texts.checked_add(1)?.checked_mul(4)?)?;
            let ends: Vec<i32> = ends.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            // Offsets of a slice do not begin at 0.
            let first = *ends.first()?;
            let values = rest.take(usize::try_from(*ends.last()?).ok()?)?;
            if first < 0 || !ends.is_sorted() {
                return None;
            }
            let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
            Some(Arc::new(StringArray::try_new(offsets, Buffer::from(values), None).ok()?))
        }
    };
    let chunks = packed.chunks.iter().map(|c| read_chunk(c, rest)).collect::<Option<Vec<_>>>()?;
    let mut column = Column::new(&packed.name, packed.kind, chunks);
    column.dictionary = dictionary;
    Some(column)
}

fn read_chunk(chunk: &PackedChunk, rest: &mut Rest<'_>) -> Option<ArrayRef> {
    let nulls = if chunk.nulls { Some(NullBuffer::new(rest.bits(chunk.len)?)) } else { None };
    by_type!(
        chunk.held,
        read_values(chunk, nulls, rest),
        boolean = Some(Arc::new(BooleanArray::new(rest.bits(chunk.len)?, nulls)))
    )
}

fn read_values<T: ArrowPrimitiveType>(
    chunk: &PackedChunk,
    nulls: Option<NullBuffer>,
    rest: &mut Rest<'_>,
) -> Option<ArrayRef> {
    let bytes = rest.take(chunk.len.checked_mul(size_of::<T::Native>())?)?;
    let values = ScalarBuffer::<T::Native>::new(Buffer::from(bytes), 0, chunk.len);
    let array = PrimitiveArray::<T>::try_new(values, nulls).ok()?;
    Some(Arc::new(array.with_data_type(chunk.held.data_type())))
}

/// Bytes not yet read; whatever is taken ends at a multiple of 8.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let taken = self.0.get(..n)?;
        self.0 = self.0.get(n.checked_next_multiple_of(8)?..)?;
        Some(taken)
    }
    fn bits(&mut self, n: usize) -> Option<BooleanBuffer> {
        Some(BooleanBuffer::new(Buffer::from(self.take(n.div_ceil(8))?), 0, n))
    }
}

fn damaged() -> Error {
    Error::new(Code::Internal, "a table was damaged between two modules", "表在两个模块之间传送时损坏")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    fn sample() -> Table {
        Table::from_cells(vec![
            ("city", Cells::Text(vec![Some("上海".into()), None, Some("Ulm".into()), Some("上海".into()), None])),
            ("n", Cells::Integer(vec![Some(1), Some(-5), None, Some(i64::MAX), Some(0)])),
            ("price", Cells::Decimal(vec![Some(1234), None, Some(5), Some(-1), Some(0)], 2)),
            ("x", Cells::Number(vec![Some(0.1), None, Some(-2.5), Some(1e300), Some(0.0)])),
            ("ok", Cells::Boolean(vec![Some(true), Some(false), None, Some(true), Some(false)])),
            ("day", Cells::Date(vec![Some(19_000), None, Some(-1), Some(0), Some(1)])),
            ("at", Cells::Timestamp(vec![Some(1), None, Some(-1), Some(1_700_000_000_000_000), Some(0)])),
        ])
    }

    fn texts(table: &Table) -> Vec<Vec<Option<String>>> {
        let cell = |c: &Column, r| c.text(r).map(|t| t.into_owned());
        table.columns.iter().map(|c| (0..table.rows).map(|r| cell(c, r)).collect()).collect()
    }

    #[test]
    fn every_type_arrives_as_it_left() {
        let table = sample();
        let again = unpack(&pack(&table).unwrap()).unwrap();
        assert_eq!(texts(&again), texts(&table));
        assert!(table.columns.iter().zip(&again.columns).all(|(a, b)| (a.kind, &a.name) == (b.kind, &b.name)));
    }

    #[test]
    fn slices_leave_as_what_they_show() {
        let mut table = sample();
        for column in &mut table.columns {
            let sliced = column.chunks.iter().map(|c| c.slice(1, 3)).collect();
            let (dictionary, kind) = (column.dictionary.take(), column.kind);
            *column = Column::new(column.name.clone(), kind, sliced);
            column.dictionary = dictionary;
        }
        table.rows = 3;
        assert_eq!(texts(&unpack(&pack(&table).unwrap()).unwrap()), texts(&table));
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let bytes = pack(&sample()).unwrap();
        for cut in 0..bytes.len() {
            assert!(unpack(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        assert_eq!(unpack(&pack(&Table::default()).unwrap()).unwrap().rows, 0);
    }
}

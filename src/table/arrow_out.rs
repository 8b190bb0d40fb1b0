//! A table as an Arrow IPC file: for pyarrow, the npm package `apache-arrow`, DuckDB and the like.
//!
//! Text leaves as `Dictionary<Int32, Utf8>`, decimals as `Float64` (few readers know narrow decimals), the rest as it is held.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal32Type, Decimal64Type, Int32Type, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, RecordBatchOptions};
use arrow_array::{Int64Array, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use super::{Column, Table, Type, decimal};
use crate::error::{Code, Error, Result};

/// The whole table as the bytes of an Arrow IPC file.
pub fn to_arrow(table: &Table) -> Result<Vec<u8>> {
    write(table).map_err(|e| {
        Error::new(
            Code::Internal,
            format!("the table cannot be written as Arrow: {e}"),
            format!("表无法写成 Arrow 格式：{e}"),
        )
    })
}

fn write(table: &Table) -> std::result::Result<Vec<u8>, ArrowError> {
    let fields: Vec<Field> = table.columns.iter().map(|c| Field::new(&c.name, data_type(c), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut writer = FileWriter::try_new(Vec::new(), &schema)?;
    // A retyped column may be chunked otherwise: batches end wherever some chunk ends.
    let mut ends: Vec<usize> = table.columns.iter().flat_map(chunk_ends).collect();
    ends.push(table.rows);
    ends.sort_unstable();
    ends.dedup();
    let mut from = 0;
    for to in ends.into_iter().filter(|&e| e > 0 && e <= table.rows) {
        let arrays: Vec<ArrayRef> =
            table.columns.iter().map(|c| export(c, from, to)).collect::<std::result::Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(to - from));
        writer.write(&RecordBatch::try_new_with_options(schema.clone(), arrays, &options)?)?;
        from = to;
    }
    writer.finish()?;
    writer.into_inner()
}

fn chunk_ends(column: &Column) -> Vec<usize> {
    let mut end = 0;
    let grow = |c: &ArrayRef| {
        end += c.len();
        end
    };
    column.chunks.iter().map(grow).collect()
}

fn data_type(column: &Column) -> DataType {
    match column.kind {
        Type::Text => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        Type::Decimal => DataType::Float64,
        Type::Boolean => DataType::Boolean,
        Type::Date => DataType::Date32,
        Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        Type::Integer if column.chunks.iter().any(|c| c.data_type() == &DataType::Int64) => DataType::Int64,
        Type::Integer => DataType::Int32,
    }
}

/// Rows `from..to`, which lie in one chunk.
fn export(column: &Column, from: usize, to: usize) -> std::result::Result<ArrayRef, ArrowError> {
    let Some((chunk, at)) = column.locate(from) else {
        return Err(ArrowError::InvalidArgumentError(format!("column {} has no row {from}", column.name)));
    };
    let chunk = chunk.slice(at, to - from);
    let keys = |values: Int32Array| -> std::result::Result<ArrayRef, ArrowError> {
        let dictionary = column.dictionary.clone().unwrap_or_else(|| Arc::new(StringArray::from(Vec::<&str>::new())));
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(values, dictionary)?))
    };
    let wide = data_type(column) == DataType::Int64;
    Ok(match chunk.data_type() {
        DataType::UInt8 => keys(chunk.as_primitive::<UInt8Type>().unary(i32::from))?,
        DataType::UInt16 => keys(chunk.as_primitive::<UInt16Type>().unary(i32::from))?,
        DataType::UInt32 => keys(chunk.as_primitive::<UInt32Type>().unary(|k| k as i32))?,
        DataType::Int32 if wide => {
            let wide: Int64Array = chunk.as_primitive::<Int32Type>().unary(i64::from);
            Arc::new(wide)
        }
        DataType::Decimal32(_, scale) => {
            let unit = 10f64.powi(i32::from(*scale));
            let floats: Float64Array = chunk.as_primitive::<Decimal32Type>().unary(|v| f64::from(v) / unit);
            Arc::new(floats)
        }
        DataType::Decimal64(_, scale) => {
            let scale = u32::from(scale.unsigned_abs());
            let floats: Float64Array = chunk.as_primitive::<Decimal64Type>().unary(|v| decimal::nearest(v, scale));
            Arc::new(floats)
        }
        _ => chunk,
    })
}

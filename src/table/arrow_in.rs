//! A table from Arrow IPC, file or stream, plain or with dictionaries.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, RecordBatch, make_array, new_empty_array};
use arrow_array::{BooleanArray, Date32Array, Decimal64Array, Float64Array, Int64Array, TimestampMicrosecondArray};
use arrow_data::transform::MutableArrayData;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, SchemaRef, TimeUnit};

use super::column::MICROS_PER_DAY;
use super::{Cells, Column, Table, Type};
use crate::error::{Code, Error, Result};

const FILE_MAGIC: &[u8] = b"ARROW1";

/// Reads an Arrow IPC file or stream. Columns of types that have no counterpart here (lists, structs, binary) are refused by name.
/// Timestamps of a time zone are taken in UTC, as the file holds them.
pub fn from_arrow(bytes: &[u8], name: &str) -> Result<Table> {
    let (schema, batches) = batches(bytes).map_err(|e| unreadable(&e).file(name))?;
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let mut columns = Vec::new();
    for (i, field) in schema.fields().iter().enumerate() {
        let mut arrays: Vec<ArrayRef> = batches.iter().map(|b| b.column(i).clone()).collect();
        // A file without rows still has columns, of types.
        if arrays.is_empty() {
            arrays.push(new_empty_array(field.data_type()));
        }
        columns.push(column(field.name(), &arrays)?);
    }
    Ok(Table { name: name.into(), columns, rows })
}

fn unreadable(e: &ArrowError) -> Error {
    Error::new(Code::BadFile, format!("this Arrow file cannot be read: {e}"), format!("无法读取此 Arrow 文件：{e}"))
}

type Batches = (SchemaRef, Vec<RecordBatch>);

fn batches(bytes: &[u8]) -> std::result::Result<Batches, ArrowError> {
    if bytes.starts_with(FILE_MAGIC) {
        let reader = FileReader::try_new(Cursor::new(bytes), None)?;
        Ok((reader.schema(), reader.collect::<std::result::Result<_, _>>()?))
    } else {
        let reader = StreamReader::try_new(Cursor::new(bytes), None)?;
        Ok((reader.schema(), reader.collect::<std::result::Result<_, _>>()?))
    }
}

macro_rules! cells {
    ($arrays:expr, $t:ty, $f:expr) => {
        $arrays.iter().flat_map(|a| a.as_primitive::<$t>().iter().map(|v| v.map($f))).collect()
    };
}

fn column(name: &str, arrays: &[ArrayRef]) -> Result<Column> {
    let kind = arrays.first().map_or(DataType::Null, |a| a.data_type().clone());
    let one = |array: ArrayRef, kind: Type| Ok(Column::new(name, kind, vec![array]));
    let long = |v: Vec<Option<i64>>| one(Arc::new(Int64Array::from(v)), Type::Integer);
    let float = |v: Vec<Option<f64>>| one(Arc::new(Float64Array::from(v)), Type::Decimal);
    let moment = |v: Vec<Option<i64>>| one(Arc::new(TimestampMicrosecondArray::from(v)), Type::Timestamp);
    match &kind {
        DataType::Int8 => long(cells!(arrays, Int8Type, i64::from)),
        DataType::Int16 => long(cells!(arrays, Int16Type, i64::from)),
        DataType::Int32 => Ok(Column::new(name, Type::Integer, arrays.to_vec())),
        DataType::Int64 => Ok(Column::new(name, Type::Integer, arrays.to_vec())),
        DataType::UInt8 => long(cells!(arrays, UInt8Type, i64::from)),
        DataType::UInt16 => long(cells!(arrays, UInt16Type, i64::from)),
        DataType::UInt32 => long(cells!(arrays, UInt32Type, i64::from)),
        DataType::UInt64 => {
            let wide: Vec<Option<u64>> = cells!(arrays, UInt64Type, |v| v);
            match wide.iter().map(|v| v.map(i64::try_from).transpose()).collect::<std::result::Result<Vec<_>, _>>() {
                Ok(v) => long(v),
                // Beyond 2^63 such numbers are names.
                Err(_) => {
                    Ok(Column::from_cells(name, Cells::Text(wide.iter().map(|v| v.map(|v| v.to_string())).collect())))
                }
            }
        }
        DataType::Float32 => float(cells!(arrays, Float32Type, f64::from)),
        DataType::Float64 => Ok(Column::new(name, Type::Decimal, arrays.to_vec())),
        DataType::Decimal64(_, scale) if (0..=18).contains(scale) => {
            let v: Vec<Option<i64>> = cells!(arrays, Decimal64Type, |v| v);
            let array = Decimal64Array::from(v).with_data_type(DataType::Decimal64(18, *scale));
            one(Arc::new(array), Type::Decimal)
        }
        DataType::Decimal32(_, scale) if (0..=9).contains(scale) => {
            let v: Vec<Option<i64>> = cells!(arrays, Decimal32Type, i64::from);
            let array = Decimal64Array::from(v).with_data_type(DataType::Decimal64(18, *scale));
            one(Arc::new(array), Type::Decimal)
        }
        DataType::Decimal128(_, scale) => wide_decimal(name, *scale, cells!(arrays, Decimal128Type, |v| v)),
        DataType::Decimal256(_, scale) => {
            let wide: Vec<Option<Option<i128>>> = cells!(arrays, Decimal256Type, |v| v.to_i128());
            if wide.contains(&Some(None)) {
                return Err(no_place(name, &kind));
            }
            wide_decimal(name, *scale, wide.into_iter().map(Option::flatten).collect())
        }
        DataType::Boolean => {
            let v: BooleanArray = arrays.iter().flat_map(|a| a.as_boolean().iter()).collect();
            one(Arc::new(v), Type::Boolean)
        }
        DataType::Date32 => Ok(Column::new(name, Type::Date, arrays.to_vec())),
        DataType::Date64 => {
            let v: Vec<Option<i32>> = cells!(arrays, Date64Type, |v| v.div_euclid(MICROS_PER_DAY / 1000) as i32);
            one(Arc::new(Date32Array::from(v)), Type::Date)
        }
        DataType::Timestamp(TimeUnit::Second, _) => {
            moment(cells!(arrays, TimestampSecondType, |v: i64| v.saturating_mul(1_000_000)))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            moment(cells!(arrays, TimestampMillisecondType, |v: i64| v.saturating_mul(1000)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => moment(cells!(arrays, TimestampMicrosecondType, |v| v)),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            moment(cells!(arrays, TimestampNanosecondType, |v: i64| v.div_euclid(1000)))
        }
        DataType::Dictionary(_, values) if !is_text(values) => dictionary(name, arrays),
        DataType::Null => Ok(Column::from_cells(name, Cells::Text(vec![None; arrays.iter().map(|a| a.len()).sum()]))),
        _ => {
            let mut cells: Vec<Option<String>> = Vec::new();
            for array in arrays {
                texts(name, array, &mut cells)?;
            }
            Ok(Column::from_cells(name, Cells::Text(cells)))
        }
    }
}

/// Exact where eighteen digits do, else the nearest floating-point numbers.
fn wide_decimal(name: &str, scale: i8, v: Vec<Option<i128>>) -> Result<Column> {
    let small = |v: i128| i64::try_from(v).ok().filter(|m| m.unsigned_abs() < 1_000_000_000_000_000_000);
    let exact: Option<Vec<Option<i64>>> = v.iter().map(|v| v.map_or(Some(None), |v| small(v).map(Some))).collect();
    let array: ArrayRef = match exact {
        Some(v) if (0..=18).contains(&scale) => {
            Arc::new(Decimal64Array::from(v).with_data_type(DataType::Decimal64(18, scale)))
        }
        _ => {
            let unit = 10f64.powi(i32::from(scale));
            Arc::new(v.iter().map(|v| v.map(|v| v as f64 / unit)).collect::<Float64Array>())
        }
    };
    Ok(Column::new(name, Type::Decimal, vec![array]))
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Codes of numbers, dates and the like: the column of the values themselves.
fn dictionary(name: &str, arrays: &[ArrayRef]) -> Result<Column> {
    let mut plain = Vec::with_capacity(arrays.len());
    for array in arrays {
        let dictionary = array.as_any_dictionary();
        let data = dictionary.values().to_data();
        let mut out = MutableArrayData::new(vec![&data], true, array.len());
        // The keys of an empty dictionary cannot be normalised, and all of them are missing.
        let keys = if data.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
        for i in 0..array.len() {
            match keys.get(i).filter(|_| dictionary.keys().is_valid(i)) {
                Some(&k) => out.try_extend(0, k, k + 1),
                None => out.try_extend_nulls(1),
            }
            .map_err(|e| unreadable(&e).column(name))?;
        }
        plain.push(make_array(out.freeze()));
    }
    column(name, &plain)
}

fn no_place(name: &str, kind: &DataType) -> Error {
    Error::new(
        Code::Unsupported,
        format!("column “{name}” holds Arrow {kind}, which has no place in a flat table"),
        format!("列「{name}」的 Arrow 类型 {kind} 无法放入平面表"),
    )
    .column(name)
}

fn texts(name: &str, array: &ArrayRef, out: &mut Vec<Option<String>>) -> Result<()> {
    let owned = |v: Option<&str>| v.map(str::to_string);
    match array.data_type() {
        DataType::Utf8 => out.extend(array.as_string::<i32>().iter().map(owned)),
        DataType::LargeUtf8 => out.extend(array.as_string::<i64>().iter().map(owned)),
        DataType::Utf8View => out.extend(array.as_string_view().iter().map(owned)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let mut labels = Vec::new();
            texts(name, dictionary.values(), &mut labels)?;
            // The keys of an empty dictionary cannot be normalised, and all of them are missing.
            if labels.is_empty() {
                out.extend(vec![None; array.len()]);
                return Ok(());
            }
            let keys = dictionary.normalized_keys();
            out.extend((0..array.len()).map(|i| {
                if dictionary.keys().is_null(i) {
                    None
                } else {
                    keys.get(i).and_then(|&k| labels.get(k).cloned().flatten())
                }
            }));
        }
        other => return Err(no_place(name, other)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::to_arrow;

    #[test]
    fn a_table_survives_the_way_out_and_in() {
        let table = Table::from_cells(vec![
            ("city", Cells::Text(vec![Some("上海".into()), None, Some("Ulm".into()), Some("上海".into())])),
            ("n", Cells::Integer(vec![Some(1), Some(-5), None, Some(i64::MAX)])),
            ("price", Cells::Decimal(vec![Some(1234), None, Some(5), Some(-1)], 2)),
            ("x", Cells::Number(vec![Some(0.1), None, Some(-2.5), Some(1e300)])),
            ("ok", Cells::Boolean(vec![Some(true), Some(false), None, Some(true)])),
            ("day", Cells::Date(vec![Some(19_000), None, Some(-1), Some(0)])),
            ("at", Cells::Timestamp(vec![Some(1), None, Some(-1), Some(1_700_000_000_000_000)])),
        ]);
        let again = from_arrow(&to_arrow(&table).unwrap(), "t").unwrap();
        assert_eq!(again.rows, 4);
        for (a, b) in table.columns.iter().zip(&again.columns) {
            assert_eq!((a.kind, &a.name), (b.kind, &b.name));
            let texts = |c: &Column| (0..4).map(|r| c.text(r).map(|t| t.into_owned())).collect::<Vec<_>>();
            if a.name != "price" {
                assert_eq!(texts(a), texts(b));
            }
        }
        let prices = again.column("price").unwrap().numbers().unwrap();
        assert!(prices[1].is_nan() && prices[0] == 12.34 && prices[2] == 0.05 && prices[3] == -0.01);
    }

    #[test]
    fn an_empty_table_and_a_broken_file() {
        let empty = Table::from_cells(vec![("a", Cells::Text(Vec::new()))]);
        assert_eq!(from_arrow(&to_arrow(&empty).unwrap(), "t").unwrap().rows, 0);
        for bytes in [&b"ARROW1\0\0garbage"[..], b"", b"\xff\xff\xff\xff\x10\0\0\0", b"ARROW1"] {
            assert_eq!(from_arrow(bytes, "t").err().map(|e| e.code), Some(Code::BadFile));
        }
    }
}

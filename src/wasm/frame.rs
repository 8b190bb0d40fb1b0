//! A frame as flat buffers: text is packed, so that no string is made before it is looked at.

use js_sys::{Array, Float64Array, Int32Array, Object, Uint8Array, Uint32Array};
use wasm_bindgen::JsValue;

use super::set;
use crate::table::{Frame, Series};

pub fn pack(frame: Frame) -> JsValue {
    let out = Object::new();
    set(&out, "rows", &JsValue::from_f64(frame.rows() as f64));
    let columns = Array::new();
    for (name, series) in frame.columns {
        let column = Object::new();
        set(&column, "name", &JsValue::from_str(&name));
        let (kind, nulls) = pack_series(&column, series);
        set(&column, "kind", &JsValue::from_str(kind));
        set(&column, "nulls", &JsValue::from_f64(nulls as f64));
        columns.push(&column);
    }
    set(&out, "columns", &columns);
    out.into()
}

fn pack_series(column: &Object, series: Series) -> (&'static str, usize) {
    match series {
        Series::Number(v) => {
            set(column, "values", &Float64Array::from(v.as_slice()));
            ("number", v.iter().filter(|x| x.is_nan()).count())
        }
        Series::Integer(v) => {
            set(column, "values", &Int32Array::from(v.as_slice()));
            ("integer", 0)
        }
        Series::Small(v) => {
            set(column, "values", &Uint8Array::from(v.as_slice()));
            ("small", 0)
        }
        Series::Date(v) => {
            set(column, "values", &Int32Array::from(v.as_slice()));
            ("date", v.iter().filter(|d| **d == i32::MIN).count())
        }
        Series::Coded(codes, labels) => {
            set(column, "values", &Uint32Array::from(codes.as_slice()));
            set(column, "labels", &labels.iter().map(|l| JsValue::from_str(l)).collect::<Array>());
            ("coded", codes.iter().filter(|c| **c == u32::MAX).count())
        }
        Series::Names(names) => {
            set(column, "bytes", &Uint8Array::from(names.bytes()));
            set(column, "offsets", &Uint32Array::from(names.offsets()));
            ("text", 0)
        }
        Series::Text(cells) => {
            let mut bytes = Vec::with_capacity(cells.iter().flatten().map(String::len).sum());
            let mut offsets = Vec::with_capacity(cells.len() + 1);
            let mut missing = vec![0u8; cells.len().div_ceil(8)];
            let mut nulls = 0;
            offsets.push(0u32);
            for (i, cell) in cells.iter().enumerate() {
                match cell {
                    Some(text) => bytes.extend_from_slice(text.as_bytes()),
                    None => {
                        missing[i / 8] |= 1 << (i % 8);
                        nulls += 1;
                    }
                }
                offsets.push(bytes.len() as u32);
            }
            set(column, "bytes", &Uint8Array::from(bytes.as_slice()));
            set(column, "offsets", &Uint32Array::from(offsets.as_slice()));
            if nulls > 0 {
                set(column, "missing", &Uint8Array::from(missing.as_slice()));
            }
            ("text", nulls)
        }
    }
}

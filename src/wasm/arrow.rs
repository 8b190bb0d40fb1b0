//! The border of the module that knows Arrow's IPC files; tables come and go packed (`table::pack`).

use wasm_bindgen::prelude::*;

use super::thrown;
use crate::table::{from_arrow, pack, to_arrow, unpack};

/// An Arrow IPC file or stream as a packed table.
#[wasm_bindgen]
pub fn arrow_to_packed(bytes: &[u8], name: &str) -> Result<Vec<u8>, JsValue> {
    from_arrow(bytes, name).and_then(|table| pack(&table)).map_err(|e| thrown(&e))
}

/// A packed table as an Arrow IPC file.
#[wasm_bindgen]
pub fn packed_to_arrow(packed: &[u8]) -> Result<Vec<u8>, JsValue> {
    unpack(packed).and_then(|table| to_arrow(&table)).map_err(|e| thrown(&e))
}

//! The border of the module that reads workbooks.

use wasm_bindgen::prelude::*;

use super::{set, thrown, to_js};

/// A sheet of a workbook as CSV: `{ sheet, sheets, csv }`. `sheet`: a name or a number from 0.
#[wasm_bindgen]
pub fn sheet_to_csv(bytes: &[u8], sheet: Option<String>) -> Result<JsValue, JsValue> {
    let text = crate::read::sheet::sheet_to_csv(bytes, sheet.as_deref()).map_err(|e| thrown(&e))?;
    let out: js_sys::Object = to_js(&text)?.into();
    set(&out, "csv", &js_sys::Uint8Array::from(text.csv.as_slice()));
    Ok(out.into())
}

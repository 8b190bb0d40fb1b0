//! The engine's border: requests as JSON text, answers as plain objects and typed arrays.

use wasm_bindgen::prelude::*;

use super::{frame, set, thrown, to_js};
use crate::error::Error;
use crate::job::{Answer, Workspace};

/// The tables, and requests about them.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    pub(super) workspace: Workspace,
}

#[wasm_bindgen]
impl Engine {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// One request as JSON text, one answer `{ value, frame?, bytes? }`; throws error data.
    pub fn call(&mut self, request: &str) -> Result<JsValue, JsValue> {
        let answer = self.workspace.call(request).map_err(|e| thrown(&e))?;
        answer_to_js(answer)
    }
}

/// A synthetic shop as CSV; options as JSON text.
#[wasm_bindgen]
pub fn generate(options: &str) -> Result<Vec<u8>, JsValue> {
    let options = serde_json::from_str(options)
        .map_err(|e| thrown(&Error::bad_param("options", e.to_string(), e.to_string())))?;
    Ok(crate::table::shop::generate(&options))
}

fn answer_to_js(answer: Answer) -> Result<JsValue, JsValue> {
    let out = js_sys::Object::new();
    set(&out, "value", &to_js(&answer.value)?);
    if let Some(table) = answer.frame {
        set(&out, "frame", &frame::pack(table));
    }
    if let Some(bytes) = answer.bytes {
        set(&out, "bytes", &js_sys::Uint8Array::from(bytes.as_slice()));
    }
    Ok(out.into())
}

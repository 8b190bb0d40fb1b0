//! The engine's border: requests as JSON text, answers as plain objects and typed arrays.

use wasm_bindgen::prelude::*;

use super::{frame, set, thrown, to_js};
use crate::error::Error;
use crate::job::{self, Answer, Runner, Workspace};

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

    /// One request as JSON text, one answer `{ value, frame?, bytes?, batch? }`; throws error data.
    pub fn call(&mut self, request: &str) -> Result<JsValue, JsValue> {
        let answer = self.workspace.call(request).map_err(|e| thrown(&e))?;
        answer_to_js(answer)
    }

    /// The answers of a batch's tasks, in their order, as `Float64Array`s; answers as `call` does.
    pub fn resume(&mut self, batch: u32, answers: &js_sys::Array) -> Result<JsValue, JsValue> {
        let answers = answers.iter().map(|a| js_sys::Float64Array::new(&a).to_vec()).collect();
        let answer = self.workspace.resume(batch, answers).map_err(|e| thrown(&e))?;
        answer_to_js(answer)
    }

    /// Nobody will answer this batch.
    pub fn give_up(&mut self, batch: u32) {
        self.workspace.give_up(batch);
    }
}

/// A worker's side of a batch: what its tasks share, unpacked once.
#[wasm_bindgen]
pub struct Tasks {
    run: Runner,
}

#[wasm_bindgen]
impl Tasks {
    #[wasm_bindgen(constructor)]
    pub fn new(kind: &str, shared: &[f64]) -> Result<Tasks, JsValue> {
        Ok(Tasks { run: job::runner(kind, shared).map_err(|e| thrown(&e))? })
    }

    pub fn run(&self, task: &[f64]) -> Result<js_sys::Float64Array, JsValue> {
        let answer = (self.run)(task).map_err(|e| thrown(&e))?;
        Ok(js_sys::Float64Array::from(answer.as_slice()))
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
    if let Some((id, batch)) = answer.batch {
        let tasks = batch.tasks.iter().map(|t| js_sys::Float64Array::from(t.as_slice())).collect::<js_sys::Array>();
        let to = js_sys::Object::new();
        set(&to, "id", &JsValue::from_f64(f64::from(id)));
        set(&to, "kind", &JsValue::from_str(batch.kind));
        set(&to, "shared", &js_sys::Float64Array::from(batch.shared.as_slice()));
        set(&to, "tasks", &tasks);
        set(&out, "batch", &to);
    }
    if let Some(bytes) = answer.bytes {
        set(&out, "bytes", &js_sys::Uint8Array::from(bytes.as_slice()));
    }
    Ok(out.into())
}

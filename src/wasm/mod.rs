//! The thin border: the only room that knows JavaScript. Checks, converts, calls `job` and `read`; no logic of its own.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "engine")]
mod frame;
#[cfg(feature = "engine")]
mod read;
#[cfg(feature = "sheets")]
mod sheet;

use std::cell::RefCell;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::error::Error;

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the words of a panic: the trap that follows says only "unreachable".
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        LAST_PANIC.with_borrow_mut(|text| *text = info.to_string());
    }));
}

#[wasm_bindgen]
pub fn last_panic() -> String {
    LAST_PANIC.with_borrow(String::clone)
}

#[cfg(feature = "engine")]
pub use engine::{Engine, Tasks, generate};
#[cfg(feature = "engine")]
pub use read::{Reading, dialect, parse, read_packed, sniff};

/// Traps on purpose: how the tests see that a lost instance is replaced.
#[wasm_bindgen]
pub fn trap() {
    panic!("asked to trap");
}

#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_string()
}

/// Plain objects, `null` for what is absent. As JSON text, which the engine's own parser takes in one go: making the objects one
/// by one through `serde-wasm-bindgen` took several times as long on a finding with charts.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value).map_err(|e| JsValue::from_str(&e.to_string()))?;
    js_sys::JSON::parse(&text)
}

/// An error as data; the TypeScript side makes a `KelanError` of it.
fn thrown(error: &Error) -> JsValue {
    to_js(error).unwrap_or_else(|e| e)
}

fn set(object: &js_sys::Object, name: &str, value: &JsValue) {
    // Cannot fail: the object is a plain one that was just made.
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(name), value);
}

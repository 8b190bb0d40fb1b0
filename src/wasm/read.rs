//! The border of reading: bytes in, parts between workers, a table into the engine.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::{Engine, set, thrown, to_js};
use crate::job::{self, Plan};
use crate::read::csv::{Begin, Parser};

/// What kind of file this is and how it is encoded; `{ kind, encoding, confidence, bom }`.
#[wasm_bindgen]
pub fn sniff(head: &[u8], options: &str) -> Result<JsValue, JsValue> {
    to_js(&job::sniff(head, options).map_err(|e| thrown(&e))?)
}

/// Delimiter, quote, escape and header of UTF-8 text.
#[wasm_bindgen]
pub fn dialect(head: &[u8], complete: bool, options: &str) -> Result<JsValue, JsValue> {
    to_js(&job::dialect(head, complete, options).map_err(|e| thrown(&e))?)
}

thread_local! {
    /// The parser of the plan last given: the next slice is of the same file.
    static PARSER: RefCell<Option<(String, Parser)>> = const { RefCell::new(None) };
}

/// Parses the records that begin in [base, end); `begin` is where the first one does, or absent for a guess.
/// Answers `{ need_more, blob }`.
#[wasm_bindgen]
pub fn parse(
    plan: &str,
    bytes: &[u8],
    base: f64,
    end: f64,
    begin: Option<f64>,
    last: bool,
) -> Result<JsValue, JsValue> {
    PARSER.with_borrow_mut(|kept| {
        let parser = match kept {
            Some((of, parser)) if of == plan => parser,
            _ => &mut kept.insert((plan.to_string(), Plan::parser(plan).map_err(|e| thrown(&e))?)).1,
        };
        let begin = begin.map_or(Begin::Guess, |at| Begin::At(at as u64));
        let part = parser.parse(bytes, [base as u64, end as u64], begin, last).map_err(|e| thrown(&e))?;
        let out = js_sys::Object::new();
        set(&out, "need_more", &part.need_more.into());
        let blob = if part.need_more { Vec::new() } else { part.to_blob() };
        set(&out, "blob", &js_sys::Uint8Array::from(blob.as_slice()));
        Ok(out.into())
    })
}

/// A table that another module read and packed, into the engine; `bytes` is the size of the file. Answers the table's state.
#[wasm_bindgen]
pub fn read_packed(engine: &mut Engine, packed: &[u8], bytes: f64, options: &str) -> Result<JsValue, JsValue> {
    to_js(&engine.workspace.read_packed(packed, bytes as u64, options).map_err(|e| thrown(&e))?)
}

/// A file being read.
#[wasm_bindgen]
pub struct Reading {
    inner: Option<job::Reading>,
}

#[wasm_bindgen]
impl Reading {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, head: &[u8], size: f64, bytes: f64) -> Result<Reading, JsValue> {
        let inner = job::Reading::new(options, head, size as u64, bytes as u64).map_err(|e| thrown(&e))?;
        Ok(Reading { inner: Some(inner) })
    }

    pub fn plan(&self) -> Result<String, JsValue> {
        self.reading()?.plan().map_err(|e| thrown(&e))
    }
    pub fn begin(&self) -> Result<f64, JsValue> {
        Ok(self.reading()?.begin() as f64)
    }
    /// Where the table ends in a text of so many bytes.
    pub fn end(&self, size: f64) -> Result<f64, JsValue> {
        Ok(self.reading()?.end(size as u64) as f64)
    }
    pub fn rows(&self) -> Result<f64, JsValue> {
        Ok(self.reading()?.rows() as f64)
    }
    pub fn joined(&self) -> Result<f64, JsValue> {
        Ok(self.reading()?.joined() as f64)
    }
    pub fn sample(&self, n: usize) -> Result<JsValue, JsValue> {
        to_js(&self.reading()?.sample(n))
    }

    /// Answers `{ base, end, begin }` of a slice that must be parsed again, or undefined.
    pub fn push(&mut self, part: &[u8]) -> Result<JsValue, JsValue> {
        let reading = self.inner.as_mut().ok_or_else(finished)?;
        let Some((base, end, begin)) = reading.push(part).map_err(|e| thrown(&e))? else {
            return Ok(JsValue::UNDEFINED);
        };
        let out = js_sys::Object::new();
        set(&out, "base", &JsValue::from_f64(base as f64));
        set(&out, "end", &JsValue::from_f64(end as f64));
        set(&out, "begin", &JsValue::from_f64(begin as f64));
        Ok(out.into())
    }

    /// The table goes into the engine; answers its state. The reading is used up.
    pub fn finish(&mut self, engine: &mut Engine) -> Result<JsValue, JsValue> {
        let reading = self.inner.take().ok_or_else(finished)?;
        to_js(&reading.finish(&mut engine.workspace).map_err(|e| thrown(&e))?)
    }

    fn reading(&self) -> Result<&job::Reading, JsValue> {
        self.inner.as_ref().ok_or_else(finished)
    }
}

fn finished() -> JsValue {
    thrown(&crate::error::Error::new(crate::error::Code::Internal, "this file was read already", "此文件已读取完毕"))
}

//! Requests whose rooms are not furnished yet: refused in words.
use serde_json::Value;

use crate::error::{Code, Error, Result};

pub fn refuse(what: &str) -> Error {
    Error::new(Code::Unsupported, format!("{what} is not in this build"), format!("此版本尚不支持 {what}"))
}
pub fn formula(name: &str, _args: &Value) -> Result<Value> {
    Err(refuse(name))
}

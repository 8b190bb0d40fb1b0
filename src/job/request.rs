//! What may be asked of a workspace, and what comes back.

use serde::Deserialize;
use serde_json::Value;

use crate::table::{Frame, Type};
use crate::work::Batch;

/// Everything is named as in the TypeScript engine (`www/src/engine/table.ts`): the two move together.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    Schema {
        table: u32,
    },
    Assign {
        table: u32,
        roles: Value,
    },
    Retype {
        table: u32,
        column: String,
        #[serde(rename = "type")]
        kind: Type,
    },
    Replay {
        table: u32,
        recipe: Vec<Value>,
    },
    Undo {
        table: u32,
    },
    Redo {
        table: u32,
    },
    Analyze {
        table: u32,
        id: String,
        #[serde(default)]
        params: Value,
        #[serde(default)]
        filter: Value,
        /// Whether independent parts may be handed out: the answer is then a batch of tasks, or the finding as ever.
        #[serde(default)]
        apart: bool,
    },
    /// Saved models: the first scores the table, the others are compared with it.
    Apply {
        table: u32,
        models: Vec<Value>,
        #[serde(default)]
        as_of: Option<String>,
        #[serde(default)]
        filter: Value,
    },
    Issues {
        table: u32,
        limit: usize,
        #[serde(default)]
        offset: usize,
        #[serde(default)]
        column: Option<String>,
    },
    Sample {
        table: u32,
        first: usize,
        n: usize,
    },
    Values {
        table: u32,
        column: String,
        limit: usize,
    },
    Count {
        table: u32,
        #[serde(default)]
        filter: Value,
    },
    Customer {
        table: u32,
        id: String,
        #[serde(default)]
        filter: Value,
    },
    Glance {
        table: u32,
        #[serde(default)]
        filter: Value,
        #[serde(default)]
        params: Value,
    },
    ToCsv {
        table: u32,
        header: bool,
        guard: bool,
        encoding: String,
        #[serde(default)]
        filter: Value,
    },
    /// All columns in one buffer, for the module that writes Arrow files.
    Pack {
        table: u32,
    },
    Close {
        table: u32,
    },
    Formula {
        name: String,
        args: Value,
    },
}

/// A small plain value, and what crosses as typed arrays.
#[derive(Default)]
pub struct Answer {
    pub value: Value,
    pub frame: Option<Frame>,
    pub bytes: Option<Vec<u8>>,
    /// Tasks to be done before there is an answer, and the number under which their answers are expected.
    pub batch: Option<(u32, Batch)>,
}

impl Answer {
    pub fn of(value: Value) -> Self {
        Self { value, ..Self::default() }
    }
    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self { bytes: Some(bytes), ..Self::default() }
    }
}

//! One request over a workspace, one answer. Knows no threads, no files, no JavaScript.

mod customer;
mod issue;
mod opened;
mod reading;
mod recipe;
mod request;
mod sample;

pub use opened::Opened;
pub use reading::{Plan, Reading, dialect, sniff};
pub use request::{Answer, Request};

pub use crate::analysis::runner;
pub use crate::work::Runner;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analysis::{self, Finding};
use crate::error::{Code, Error, Result};
use crate::read::{Issue, Source};
use crate::table::Table;
use crate::work::{Step, Underway, Work};

/// The tables that are open.
#[derive(Default)]
pub struct Workspace {
    tables: BTreeMap<u32, Opened>,
    next: u32,
    /// Analyses that wait for the answers of a batch. Each owns its data: its table may change or close meanwhile.
    underway: BTreeMap<u32, Underway<Finding>>,
    next_batch: u32,
}

impl Workspace {
    /// Takes in a table that was read; answers its state.
    pub fn add(&mut self, table: Table, source: Source, issues: Vec<Issue>, options: Value) -> Value {
        let id = self.next;
        self.next += 1;
        let opened = Opened::new(table, source, issues, options);
        let state = opened.state(id);
        self.tables.insert(id, opened);
        state
    }

    /// Takes in a table that the Arrow module read from a file of so many bytes; answers its state.
    pub fn read_packed(&mut self, packed: &[u8], bytes: u64, options: &str) -> Result<Value> {
        let shown = serde_json::from_str(options).unwrap_or(Value::Null);
        let name = reading::parse_options(options)?.name.unwrap_or_default();
        let table = crate::table::unpack(packed)?;
        let source =
            Source { name, bytes, rows: table.rows as u64, encoding: "arrow".into(), table: 1, ..Source::default() };
        Ok(self.add(table, source, Vec::new(), shown))
    }

    pub fn call(&mut self, request: &str) -> Result<Answer> {
        let request: Request = serde_json::from_str(request).map_err(|e| {
            Error::new(Code::BadParam, format!("the request is not understood: {e}"), format!("无法理解此请求：{e}"))
        })?;
        self.run(request)
    }

    fn run(&mut self, request: Request) -> Result<Answer> {
        match request {
            Request::Formula { name, args } => formula(&name, &args).map(Answer::of),
            Request::Close { table } => {
                self.tables.remove(&table);
                Ok(Answer::of(Value::Null))
            }
            Request::Assign { table, roles } => self.change(table, |t| t.assign(&roles)),
            Request::Retype { table, column, kind } => self.change(table, |t| t.retype(&column, kind)),
            Request::Replay { table, recipe } => self.change(table, |t| t.replay(&recipe)),
            Request::Undo { table } => self.change(table, Opened::undo),
            Request::Redo { table } => self.change(table, Opened::redo),
            Request::Schema { table } => Ok(Answer::of(self.opened(table)?.state(table))),
            Request::Analyze { table, id, params, filter, apart } => {
                let work = if apart { Work::apart() } else { Work::here() };
                let mut started = self.opened(table)?.analyze(&id, &params, &filter, work)?;
                let step = started.step()?;
                Ok(self.after(started, step))
            }
            Request::Apply { table, models, as_of, filter } => {
                self.opened(table)?.apply(&models, as_of.as_deref(), &filter)
            }
            Request::Issues { table, limit, offset, column } => {
                Ok(Answer::of(self.opened(table)?.issues(limit, offset, column.as_deref())))
            }
            Request::Sample { table, first, n } => Ok(Answer::of(sample::rows(&self.opened(table)?.table, first, n))),
            Request::Values { table, column, limit } => {
                sample::values(&self.opened(table)?.table, &column, limit).map(Answer::of)
            }
            Request::Count { table, filter } => self.opened(table)?.count(&filter).map(Answer::of),
            Request::Customer { table, id, filter } => self.opened(table)?.customer(&id, &filter).map(Answer::of),
            Request::Glance { table, filter, params } => self.opened(table)?.glance(&filter, &params).map(Answer::of),
            Request::ToCsv { table, header, guard, encoding, filter } => {
                self.opened(table)?.to_csv(header, guard, &encoding, &filter)
            }
            Request::Pack { table } => crate::table::pack(&self.opened(table)?.table).map(Answer::bytes),
        }
    }

    /// Goes on with the analysis that waits for this batch.
    pub fn resume(&mut self, batch: u32, answers: Vec<Vec<f64>>) -> Result<Answer> {
        let mut underway = self.underway.remove(&batch).ok_or_else(|| {
            Error::new(Code::Internal, "no analysis waits for these answers", "没有分析在等待这些结果")
        })?;
        let step = underway.give(answers)?;
        Ok(self.after(underway, step))
    }

    /// Gives up the analysis that waits for this batch.
    pub fn give_up(&mut self, batch: u32) {
        self.underway.remove(&batch);
    }

    fn after(&mut self, underway: Underway<Finding>, step: Step<Finding>) -> Answer {
        match step {
            Step::Done(found) => opened::answer(found),
            Step::Needs(batch) => {
                let id = self.next_batch;
                self.next_batch += 1;
                self.underway.insert(id, underway);
                Answer { batch: Some((id, batch)), ..Answer::default() }
            }
        }
    }

    fn opened(&self, table: u32) -> Result<&Opened> {
        self.tables.get(&table).ok_or_else(no_table)
    }

    fn change(&mut self, table: u32, change: impl FnOnce(&mut Opened) -> Result<()>) -> Result<Answer> {
        let opened = self.tables.get_mut(&table).ok_or_else(no_table)?;
        change(opened)?;
        Ok(Answer::of(opened.state(table)))
    }
}

/// Formulas that need no table: `kelan.fn`.
fn formula(name: &str, args: &Value) -> Result<Value> {
    match name {
        "sample_size" => analysis::formula::sample_size(args),
        "power" => analysis::formula::power(args),
        "adjust_p_values" => {
            analysis::formula::adjust_p_values(&args["p"], args["method"].as_str().unwrap_or_default())
        }
        _ => Err(Error::new(
            Code::UnknownAnalysis,
            format!("there is no formula “{name}”"),
            format!("没有公式「{name}」"),
        )),
    }
}

fn no_table() -> Error {
    Error::new(Code::BadParam, "this table is not open", "此表未打开")
        .remedy("Read the file again.", "请重新读取文件。")
}

/// The registry as the page and the docs know it: metas with the JSON Schemas of params and summary. Build time only.
#[cfg(not(target_arch = "wasm32"))]
pub fn registry_with_schemas() -> Value {
    let entries: Vec<Value> = analysis::registry()
        .iter()
        .map(|entry| {
            let (params, result) = (entry.schemas)();
            let mut value = serde_json::to_value((entry.meta)()).unwrap_or(Value::Null);
            value["params"] = serde_json::json!(params);
            value["result"] = serde_json::json!(result);
            value
        })
        .collect();
    Value::Array(entries)
}

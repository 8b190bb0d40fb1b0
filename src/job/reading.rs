//! One file being read: decides what it is, hands out the plan for the parsers, joins their parts to a table.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Workspace;
use crate::error::{Code, Error, Result};
use crate::read::csv::{Again, Begin, Builder, Parser, Part};
use crate::read::sniff::{self, encoding};
use crate::read::{ColumnPlan, Dialect, Options};

/// All a parser needs to know; travels to the reader workers as JSON text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub dialect: Dialect,
    pub columns: Vec<ColumnPlan>,
}

impl Plan {
    pub fn parser(text: &str) -> Result<Parser> {
        let plan: Plan = serde_json::from_str(text).map_err(|e| {
            Error::new(
                Code::Internal,
                format!("the plan of a file is damaged: {e}"),
                format!("文件的读取方案已损坏：{e}"),
            )
        })?;
        Ok(Parser::new(&plan.dialect, &plan.columns))
    }
}

pub struct Reading {
    plan: Plan,
    builder: Builder,
    options: Value,
    name: String,
    bytes: u64,
}

impl Reading {
    /// `head`: the first bytes of the text, UTF-8, without the mark of encoding. `size`: of that text; `bytes`: of the file.
    pub fn new(options: &str, head: &[u8], size: u64, bytes: u64) -> Result<Self> {
        let shown: Value = serde_json::from_str(options).unwrap_or(Value::Null);
        let options = parse_options(options)?;
        let found = sniff::sniff(head, head.len() as u64 >= size, &options);
        if let Some(table) = options.table
            && (table == 0 || table > found.dialect.tables.len().max(1))
        {
            return Err(no_such_table(found.dialect.tables.len().max(1), size));
        }
        let plan = Plan { dialect: found.dialect, columns: found.plans };
        let builder = Builder::new(&plan.dialect, &plan.columns);
        Ok(Self { builder, plan, options: shown, name: options.name.unwrap_or_default(), bytes })
    }

    pub fn plan(&self) -> Result<String> {
        serde_json::to_string(&self.plan).map_err(|e| {
            Error::new(Code::Internal, format!("the plan cannot be written: {e}"), format!("读取方案无法写出：{e}"))
        })
    }

    /// Offset of the first data record.
    pub fn begin(&self) -> u64 {
        self.plan.dialect.start
    }
    /// Where the table ends: its slices cover the text from `begin` up to here.
    pub fn end(&self, size: u64) -> u64 {
        self.plan.dialect.stop.map_or(size, |stop| stop.min(size))
    }
    pub fn rows(&self) -> u64 {
        self.builder.rows()
    }
    pub fn joined(&self) -> u64 {
        self.builder.joined()
    }

    /// Takes a parsed slice; `Some` when it must be parsed again, from where the record before it really ended.
    pub fn push(&mut self, part: &[u8]) -> Result<Option<(u64, u64, u64)>> {
        let part = Part::from_blob(part)
            .ok_or_else(|| Error::new(Code::Internal, "a parsed part is damaged", "解析结果已损坏"))?;
        Ok(self.builder.push(part)?.map(|Again { slice, begin }| match begin {
            Begin::At(at) => (slice[0], slice[1], at),
            Begin::Guess => (slice[0], slice[1], slice[0]),
        }))
    }

    /// The first rows so far, as text.
    pub fn sample(&self, n: usize) -> Value {
        let rows: Vec<Value> = self
            .builder
            .preview(n)
            .into_iter()
            .map(|row| row.into_iter().map(|cell| if cell.is_empty() { Value::Null } else { json!(cell) }).collect())
            .collect();
        json!({ "columns": self.plan.dialect.names, "rows": rows, "first": 0 })
    }

    /// Joins everything and takes the table into the workspace; answers its state.
    pub fn finish(self, workspace: &mut Workspace) -> Result<Value> {
        let outcome = self.builder.finish(&self.name, self.bytes)?;
        Ok(workspace.add(outcome.table, outcome.source, outcome.records, self.options))
    }
}

fn no_such_table(tables: usize, size: u64) -> Error {
    let error = Error::new(
        Code::BadParam,
        format!("the file has {tables} table{}; `table` counts them from 1", if tables == 1 { "" } else { "s" }),
        format!("文件中有 {tables} 张表；`table` 从 1 开始计数"),
    )
    .param("table");
    if size <= sniff::SAMPLE as u64 {
        return error;
    }
    error.remedy(
        "Several tables of one file are told apart in files of up to 256 kB: cut this one, or give `skip_rows`.",
        "仅在 256 kB 以内的文件中区分多张表：请拆分文件，或使用 `skip_rows`。",
    )
}

pub fn parse_options(options: &str) -> Result<Options> {
    serde_json::from_str(options).map_err(|e| {
        let text = e.to_string();
        match text.strip_prefix("unknown field `").and_then(|t| t.split('`').next()) {
            Some(name) => Error::new(
                Code::UnknownParam,
                format!("`read` has no option `{name}`"),
                format!("`read` 没有选项 `{name}`"),
            )
            .param(name)
            .remedy(
                "It takes name, encoding, delimiter, quote, escape, comment, header, names, skip_rows, types, layout, sheet, table, date_order, decimal, missing.",
                "可用的选项：name、encoding、delimiter、quote、escape、comment、header、names、skip_rows、types、layout、sheet、table、date_order、decimal、missing。",
            ),
            None => Error::bad_param("options", text.clone(), text),
        }
    })
}

/// What kind of file these first bytes begin, and for text its encoding and dialect.
pub fn sniff(head: &[u8], options: &str) -> Result<Value> {
    let options = parse_options(options)?;
    let kind = match head {
        [b'P', b'K', 3 | 5, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => "workbook",
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] | [0xff, 0xff, 0xff, 0xff, ..] => "arrow",
        [b'P', b'A', b'R', b'1', ..] => "parquet",
        _ => "text",
    };
    let found = encoding::detect(head);
    let label = options.encoding.clone().unwrap_or_else(|| found.label.to_string());
    Ok(json!({ "kind": kind, "encoding": label, "confidence": found.confidence, "bom": found.bom > 0 }))
}

/// What `read` would decide about a text: the dialect of its first characters.
pub fn dialect(head: &[u8], complete: bool, options: &str) -> Result<Value> {
    let found = sniff::sniff(head, complete, &parse_options(options)?).dialect;
    let letter = |b: Option<u8>| b.map(|b| char::from(b).to_string());
    Ok(json!({
        "delimiter": delimiter_text(&found),
        "quote": letter(found.quote),
        "escape": letter(found.escape),
        "header": match found.header_rows { 0 => json!(false), 1 => json!(true), n => json!(n) },
    }))
}

fn delimiter_text(dialect: &Dialect) -> String {
    use crate::read::Delimiter;
    match &dialect.delimiter {
        Delimiter::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Delimiter::Whitespace => "whitespace".into(),
        Delimiter::None => "none".into(),
    }
}

//! For tests of the model rooms: tables from CSV text, reference cases, comparisons.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::analysis::{Analysis, Finding, Input, run};
use crate::error::Result;
use crate::fact::Cache;
use crate::role::Roles;
use crate::table::{Cells, Column, Mask, Table};

/// The folder of shared references, where there is one.
pub fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: the folder ../shared with reference data is not here");
    None
}

/// A table from simple CSV: comma, double quotes, a header; columns of whole numbers, numbers, Yes/No or text.
pub fn csv(text: &str) -> Table {
    let mut rows = records(text).into_iter();
    let header = rows.next().unwrap_or_default();
    let rows: Vec<Vec<String>> = rows.collect();
    let columns: Vec<Column> = header
        .iter()
        .enumerate()
        .map(|(j, name)| {
            let cells: Vec<Option<String>> =
                rows.iter().map(|r| r.get(j).map(|c| c.trim().to_string()).filter(|c| !c.is_empty())).collect();
            column(name, cells)
        })
        .collect();
    Table { name: String::new(), rows: rows.len(), columns }
}

fn column(name: &str, cells: Vec<Option<String>>) -> Column {
    let all = |f: &dyn Fn(&str) -> bool| cells.iter().flatten().all(|c| f(c));
    if all(&|c| c.parse::<i64>().is_ok()) {
        return Column::from_cells(
            name,
            Cells::Integer(cells.iter().map(|c| c.as_ref().and_then(|c| c.parse().ok())).collect()),
        );
    }
    if all(&|c| c.parse::<f64>().is_ok()) {
        return Column::from_cells(
            name,
            Cells::Number(cells.iter().map(|c| c.as_ref().and_then(|c| c.parse().ok())).collect()),
        );
    }
    if all(&|c| c == "Yes" || c == "No") {
        let mut column =
            Column::from_cells(name, Cells::Boolean(cells.iter().map(|c| c.as_ref().map(|c| c == "Yes")).collect()));
        column.spelling = ["No".into(), "Yes".into()];
        return column;
    }
    Column::from_cells(name, Cells::Text(cells))
}

fn records(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// A file of the shared folder as a table.
pub fn load(path: &str) -> Option<Table> {
    let file = shared()?.join(path);
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(csv(&text)),
        Err(_) => {
            println!("skipped: {path} is not here");
            None
        }
    }
}

/// The cases of a reference file.
pub fn cases(file: &str) -> Vec<Value> {
    let Some(folder) = shared() else { return Vec::new() };
    let text = std::fs::read_to_string(folder.join("golden").join(file)).unwrap_or_default();
    let all: Value = serde_json::from_str(&text).unwrap_or_default();
    all["cases"].as_array().cloned().unwrap_or_default()
}

/// Runs an analysis on a table without roles, through the erased entry when `id` is registered.
pub fn analyse<A: Analysis>(table: &Table, params: Value, mask: Option<&Mask>) -> Result<Finding> {
    let (roles, facts) = (Roles::default(), Cache::default());
    let input = Input { table, roles: &roles, filter: mask, facts: &facts };
    run(A::meta().id, &input, &params)
}

/// |got − want| ≤ max(abs, rel·|want|).
#[track_caller]
pub fn close(what: &str, got: &Value, want: &Value, rel: f64, abs: f64) {
    match (got, want) {
        (Value::Array(g), Value::Array(w)) => {
            assert_eq!(g.len(), w.len(), "{what}");
            g.iter().zip(w).for_each(|(g, w)| close(what, g, w, rel, abs));
        }
        (Value::Object(g), Value::Object(w)) => {
            for (k, w) in w {
                close(&format!("{what}.{k}"), g.get(k).unwrap_or(&Value::Null), w, rel, abs);
            }
        }
        (g, w) => {
            let (Some(g), Some(w)) = (g.as_f64(), w.as_f64()) else { panic!("{what}: got {g}, want {w}") };
            assert!((g - w).abs() <= abs.max(rel * w.abs()), "{what}: got {g:e}, want {w:e}, off by {:e}", (g - w) / w);
        }
    }
}

//! What does not fit: records of the wrong shape, and cells that are not of their column's type. Nothing of them is lost.

use crate::error::Words;
use crate::read::Issue;
use crate::table::{Column, Table, Type};

/// How many cells of the column do not fit its type.
pub fn count(column: &Column) -> usize {
    cells(column).count()
}

/// Records first, then cells column by column; `of` keeps those of one column.
pub fn list<'a>(table: &'a Table, records: &'a [Issue], of: Option<&'a str>) -> impl Iterator<Item = Issue> + 'a {
    let wanted = move |name: Option<&str>| of.is_none() || of == name;
    let records = records.iter().filter(move |i| wanted(i.column.as_deref())).cloned();
    let cells = table.columns.iter().filter(move |c| wanted(Some(&c.name))).flat_map(|column| {
        cells(column).map(|(row, raw)| Issue {
            row: u64::from(row),
            column: Some(column.name.clone()),
            raw: raw.to_string(),
            reason: reason(column.kind),
        })
    });
    records.chain(cells)
}

/// Cells that the column keeps as text because they have no value of its type.
fn cells(column: &Column) -> impl Iterator<Item = (u32, &str)> {
    let text = column.kind == Type::Text;
    column.raw.iter().filter(move |(row, _)| !text && column.is_null(*row as usize))
}

fn reason(kind: Type) -> Words {
    match kind {
        Type::Integer => Words::new("is not a whole number", "不是整数"),
        Type::Decimal => Words::new("is not a number", "不是数字"),
        Type::Boolean => Words::new("is neither yes nor no", "既不是“是”也不是“否”"),
        Type::Date => Words::new("is not a date", "不是日期"),
        Type::Timestamp => Words::new("is not a date with a time", "不是日期时间"),
        Type::Text => Words::new("is not readable text", "不是可读的文字"),
    }
}

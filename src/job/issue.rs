//! What does not fit: records of the wrong shape, and cells that are not of their column's type. Nothing of them is lost.

use std::collections::BTreeMap;

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

/// Rows that look like the header of a further table in the same file: words in every cell, also where numbers and dates stand.
/// Their table is not lost: its rows follow, as rows of this one.
pub fn headers(table: &Table) -> Vec<Issue> {
    let typed: Vec<&Column> = table.columns.iter().filter(|c| c.kind != Type::Text).collect();
    let mut misfits: BTreeMap<u32, usize> = BTreeMap::new();
    for (row, _) in typed.iter().flat_map(|c| cells(c)) {
        *misfits.entry(row).or_default() += 1;
    }
    let word = |text: &str| !text.chars().any(|c| c.is_numeric());
    let is_header = |row: u32, misfits: usize| {
        let at = row as usize;
        misfits >= 2
            && typed.iter().all(|c| c.is_null(at) && c.raw.get(at).is_none_or(word))
            && table.columns.iter().filter(|c| c.kind == Type::Text).all(|c| c.text(at).is_none_or(|t| word(&t)))
    };
    let found = misfits.into_iter().filter(|(row, n)| is_header(*row, *n));
    found
        .map(|(row, _)| Issue {
            row: u64::from(row),
            column: None,
            raw: table.columns.iter().map(|c| c.exact(row as usize)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", "),
            reason: Words::new(
                "looks like the header of another table in this file; read the file with `skip_rows` to have that table alone",
                "疑似同一文件中另一张表的表头；可用 `skip_rows` 单独读取该表",
            ),
        })
        .take(100)
        .collect()
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
        Type::Boolean => Words::new("is neither yes nor no", "既不是「是」也不是「否」"),
        Type::Date => Words::new("is not a date", "不是日期"),
        Type::Timestamp => Words::new("is not a date with a time", "不是日期时间"),
        Type::Text => Words::new("is not readable text", "不是可读的文字"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    #[test]
    fn the_header_of_a_second_table_is_told_and_a_word_among_numbers_is_not() {
        let mut table = Table::from_cells(vec![
            ("day", Cells::Date(vec![Some(0), None, None, Some(3)])),
            ("amount", Cells::Integer(vec![Some(10), Some(20), None, None])),
            ("who", Cells::Text(["ann", "bob", "region", "cleo"].map(|s| Some(s.to_string())).to_vec())),
        ]);
        table.columns[0].raw.push(1, "unknown");
        table.columns[0].raw.push(2, "month");
        table.columns[1].raw.push(2, "goal");
        table.columns[1].raw.push(3, "n.k.");
        let found: Vec<(u64, String)> = headers(&table).into_iter().map(|i| (i.row, i.raw)).collect();
        assert_eq!(found, [(2, "month, goal, region".to_string())]);
    }
}

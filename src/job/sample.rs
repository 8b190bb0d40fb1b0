//! Looks into a table: rows as text, the distinct values of a column.

use serde_json::{Value, json};

use crate::error::Result;
use crate::table::{Category, Table};

/// Rows `first..first + n`, as text as in the file.
pub fn rows(table: &Table, first: usize, n: usize) -> Value {
    let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    let end = first.saturating_add(n).min(table.rows);
    let rows: Vec<Value> =
        (first..end).map(|row| table.columns.iter().map(|c| json!(c.text(row))).collect::<Value>()).collect();
    json!({ "columns": columns, "rows": rows, "first": first })
}

/// The distinct values of a column, most frequent first, ties in order of first appearance.
pub fn values(table: &Table, column: &str, limit: usize) -> Result<Value> {
    let Category { codes, labels } = table.column(column)?.category();
    let mut counts = vec![0usize; labels.len()];
    for code in codes {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    let mut order: Vec<usize> = (0..labels.len()).filter(|&i| counts[i] > 0).collect();
    let distinct = order.len();
    order.sort_by_key(|&i| std::cmp::Reverse(counts[i]));
    let values: Vec<Value> =
        order.into_iter().take(limit).map(|i| json!({ "value": labels[i], "n": counts[i] })).collect();
    Ok(json!({ "distinct": distinct, "values": values }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    fn table() -> Table {
        let text = |v: &[Option<&str>]| Cells::Text(v.iter().map(|c| c.map(String::from)).collect());
        Table::from_cells(vec![("city", text(&[Some("b"), None, Some("a"), Some("a")]))])
    }

    #[test]
    fn values_come_most_frequent_first_and_missing_is_none_of_them() {
        let found = values(&table(), "city", 10).expect("the column is there");
        assert_eq!(found["distinct"], 2);
        assert_eq!(found["values"][0]["value"], "a");
        assert_eq!(found["values"][1]["n"], 1);
    }

    #[test]
    fn rows_beyond_the_end_are_none() {
        assert_eq!(rows(&table(), 3, 5)["rows"], json!([["a"]]));
        assert_eq!(rows(&table(), 9, 5)["rows"], json!([]));
        assert_eq!(rows(&table(), 1, 1)["rows"], json!([[null]]));
    }
}

//! A table as CSV text: RFC 4180, UTF-8, CRLF.

use std::borrow::Cow;

use super::{Mask, Table};

/// Appends the rows (those of `mask`, if any) to `out`, in order. `header`: the names first. `guard`: text that a spreadsheet
/// would take for a formula gets an apostrophe in front; without it every cell is exactly as in its file.
pub fn to_csv(table: &Table, mask: Option<&Mask>, header: bool, guard: bool, out: &mut Vec<u8>) {
    // A blank line is no record to most readers, so a single empty cell is written with quotes.
    let alone = table.columns.len() == 1;
    if header {
        let names = table.columns.iter().map(|c| Cow::Borrowed(c.name.as_str()));
        record(names, guard, alone, out);
    }
    for row in 0..table.rows {
        if mask.is_none_or(|m| m.value(row)) {
            record(table.columns.iter().map(|c| c.exact(row)), guard, alone, out);
        }
    }
}

fn record<'a>(cells: impl Iterator<Item = Cow<'a, str>>, guard: bool, alone: bool, out: &mut Vec<u8>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let armed = guard && is_formula(&cell);
        let blank = alone && cell.bytes().all(|b| b == b' ' || b == b'\t');
        let quoted = blank || cell.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
        if quoted {
            out.push(b'"');
        }
        if armed {
            out.push(b'\'');
        }
        if quoted && cell.contains('"') {
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
        if quoted {
            out.push(b'"');
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// Begins as a spreadsheet's formulas do. A number with a sign is none.
fn is_formula(cell: &str) -> bool {
    match cell.as_bytes() {
        [b'=' | b'@' | b'\t' | b'\r', ..] => true,
        [b'+' | b'-', rest @ ..] => {
            rest.is_empty() || !rest.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'%'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    fn csv(cells: &[&str], guard: bool) -> String {
        let cells = cells.iter().map(|c| Some(c.to_string())).collect();
        let mut out = Vec::new();
        to_csv(&Table::from_cells(vec![("a", Cells::Text(cells))]), None, true, guard, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(
            csv(&["x", "a,b", "say \"hi\"", "two\nlines", ""], true),
            "a\r\nx\r\n\"a,b\"\r\n\"say \"\"hi\"\"\"\r\n\"two\nlines\"\r\n\"\"\r\n"
        );
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        assert_eq!(
            csv(&["=1+1", "+cmd", "-5.5", "@x", "\ty", "-"], true),
            "a\r\n'=1+1\r\n'+cmd\r\n-5.5\r\n'@x\r\n'\ty\r\n'-\r\n"
        );
        assert_eq!(csv(&["=1+1"], false), "a\r\n=1+1\r\n");
    }

    #[test]
    fn a_mask_keeps_its_rows() {
        let table = Table::from_cells(vec![("n", Cells::Integer(vec![Some(1), Some(2), None]))]);
        let mut out = Vec::new();
        to_csv(&table, Some(&Mask::from(vec![false, true, true])), false, true, &mut out);
        assert_eq!(out, b"2\r\n\"\"\r\n");
    }
}

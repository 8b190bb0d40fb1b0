//! Workbooks (XLSX, XLSM, XLSB, XLS, ODS) by calamine, as CSV text: from there on a sheet is a file like any other, with the
//! same header, total-row, type and role detection. In a WebAssembly of its own (feature `sheets`), loaded on demand.
//!
//! Dates are written ISO, numbers in their shortest decimal form (what the cell holds, not what it shows), booleans TRUE and
//! FALSE, error cells as Excel shows them (#N/A). A merged cell's text is repeated over its range, so that merged headings name
//! every column they cover. Text cells are quoted, so that their blanks and line ends survive.

use std::io::Cursor;

use calamine::{Data, DataType, Dimensions, Range, Reader, SheetVisible, Sheets, open_workbook_auto_from_rs};
use serde::Serialize;

use crate::error::{Code, Error, Result};

/// A sheet, as the sheet chooser shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetInfo {
    pub name: String,
    pub rows: usize,
    pub columns: usize,
    pub hidden: bool,
}

/// One sheet as CSV.
#[derive(Clone, Debug, Serialize)]
pub struct SheetText {
    /// The sheet taken.
    pub sheet: String,
    pub sheets: Vec<SheetInfo>,
    #[serde(skip)]
    pub csv: Vec<u8>,
}

/// More cells than this would not fit a tab's memory as text.
const MAX_CELLS: usize = 60_000_000;

/// The sheet `wanted` (a name, or its number from 0), else the first visible one that has cells.
///
/// Errors: `bad_file` when the workbook is damaged, protected by a password, or has no such sheet.
pub fn sheet_to_csv(bytes: &[u8], wanted: Option<&str>) -> Result<SheetText> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
    let meta: Vec<(String, bool)> =
        book.sheets_metadata().iter().map(|s| (s.name.clone(), s.visible != SheetVisible::Visible)).collect();
    let mut sheets = Vec::with_capacity(meta.len());
    let mut ranges = Vec::with_capacity(meta.len());
    for (name, hidden) in meta {
        // A chart sheet or a broken one is listed as empty, so that the others stay within reach.
        let range = book.worksheet_range(&name).unwrap_or_default();
        let (rows, columns) = range.get_size();
        sheets.push(SheetInfo { name, rows, columns, hidden });
        ranges.push(range);
    }
    let at = match wanted {
        Some(wanted) => sheets
            .iter()
            .position(|s| s.name == wanted)
            .or_else(|| wanted.parse().ok().filter(|i| *i < sheets.len()))
            .ok_or_else(|| no_sheet(wanted, &sheets))?,
        None => sheets
            .iter()
            .position(|s| !s.hidden && s.rows > 0)
            .or_else(|| sheets.iter().position(|s| s.rows > 0))
            .ok_or_else(|| Error::new(Code::BadFile, "the workbook has no cells", "工作簿中没有任何单元格"))?,
    };
    let range = ranges.swap_remove(at);
    let (rows, columns) = range.get_size();
    if rows.saturating_mul(columns) > MAX_CELLS {
        return Err(Error::new(
            Code::TooLarge,
            format!("the sheet has {rows} × {columns} cells, more than {MAX_CELLS}"),
            format!("工作表有 {rows} × {columns} 个单元格，超过 {MAX_CELLS}"),
        )
        .remedy("Save it as CSV, which is read in pieces.", "请另存为 CSV，CSV 会分段读取。"));
    }
    let merged = merged(&mut book, &sheets[at].name);
    Ok(SheetText { sheet: sheets[at].name.clone(), csv: csv(&range, &merged), sheets })
}

fn merged(book: &mut Sheets<Cursor<&[u8]>>, name: &str) -> Vec<Dimensions> {
    match book {
        Sheets::Xlsx(x) => x.merge_cells_by_sheet_name(name).unwrap_or_default(),
        Sheets::Xls(x) => x.merge_cells_by_sheet_name(name).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn csv(range: &Range<Data>, merged: &[Dimensions]) -> Vec<u8> {
    let (top, left) = range.start().unwrap_or_default();
    // Where a merged range's other cells take their text from; a range beyond what was read names nothing.
    let mut source = std::collections::HashMap::new();
    let (rows, columns) = range.get_size();
    for d in merged {
        let (last_row, last_column) = (d.end.0.min(top + rows as u32), d.end.1.min(left + columns as u32));
        for row in d.start.0..=last_row {
            for column in d.start.1..=last_column {
                if (row, column) != d.start {
                    source.insert((row, column), d.start);
                }
            }
        }
    }
    let mut out = Vec::with_capacity(rows * columns * 8);
    for (i, row) in range.rows().enumerate() {
        for (j, cell) in row.iter().enumerate() {
            if j > 0 {
                out.push(b',');
            }
            let from = source.get(&(top + i as u32, left + j as u32)).filter(|_| cell.is_empty());
            write_cell(&mut out, from.and_then(|&at| range.get_value(at)).unwrap_or(cell));
        }
        // A row of one empty cell is a row all the same.
        if row.len() == 1 && row[0].is_empty() {
            out.extend_from_slice(b"\"\"");
        }
        out.push(b'\n');
    }
    out
}

fn write_cell(out: &mut Vec<u8>, cell: &Data) {
    match cell {
        Data::Empty => {}
        Data::Int(v) => out.extend_from_slice(v.to_string().as_bytes()),
        Data::Float(v) => out.extend_from_slice(number(*v).as_bytes()),
        Data::Bool(v) => out.extend_from_slice(if *v { b"TRUE" } else { b"FALSE" }),
        Data::Error(e) => out.extend_from_slice(e.to_string().as_bytes()),
        Data::DateTimeIso(s) | Data::DurationIso(s) | Data::String(s) => quoted(out, s),
        Data::DateTime(d) if d.is_duration() => out.extend_from_slice(number(d.as_f64()).as_bytes()),
        Data::DateTime(d) => {
            let (y, m, day, h, min, s, milli) = d.to_ymd_hms_milli();
            let mut text = format!("{y:04}-{m:02}-{day:02}");
            if (h, min, s, milli) != (0, 0, 0, 0) {
                text += &format!(" {h:02}:{min:02}:{s:02}");
                if milli > 0 {
                    text += &format!(".{milli:03}");
                }
            }
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// Shortest text that reads back as the same double; whole numbers without a point.
fn number(v: f64) -> String {
    if v == v.trunc() && v.abs() < 1e15 { format!("{}", v as i64) } else { v.to_string() }
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn damaged(why: &str) -> Error {
    let protected = why.to_lowercase().contains("password");
    let error = Error::new(
        Code::BadFile,
        format!("the workbook cannot be read: {why}"),
        if protected {
            "工作簿受密码保护，无法读取".to_string()
        } else {
            format!("无法读取工作簿：{why}")
        },
    );
    if protected {
        error.remedy("Save a copy without a password.", "请另存一份不带密码的副本。")
    } else {
        error.remedy(
            "Open it in the program that wrote it and save it again, or save the sheet as CSV.",
            "请用原软件打开后重新保存，或将工作表另存为 CSV。",
        )
    }
}

fn no_sheet(wanted: &str, sheets: &[SheetInfo]) -> Error {
    let names: Vec<&str> = sheets.iter().map(|s| s.name.as_str()).collect();
    Error::new(Code::BadFile, format!("there is no sheet “{wanted}”"), format!("没有名为「{wanted}」的工作表"))
        .remedy(format!("The sheets are: {}.", names.join(", ")), format!("现有工作表：{}。", names.join("、")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn shared(path: &str) -> Option<Vec<u8>> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
        let bytes = std::fs::read(&path).ok();
        if bytes.is_none() {
            eprintln!("skipped: {} is not here", path.display());
        }
        bytes
    }

    fn lines(text: &SheetText) -> Vec<String> {
        String::from_utf8_lossy(&text.csv).lines().map(String::from).collect()
    }

    #[test]
    fn a_chinese_xls_gives_its_orders_sheet_with_dates() {
        let Some(bytes) = shared("superstore_zh/示例-超市.xls") else { return };
        let text = sheet_to_csv(&bytes, Some("订单")).expect("the sheet is there");
        let lines = lines(&text);
        // Counted by the data set's own description: 10,000 order lines, 20 columns.
        assert_eq!(lines.len(), 10_001);
        assert_eq!(lines[0].split(',').count(), 20);
        assert_eq!(text.sheets.len(), 3);
        assert!(lines[1].contains("-"), "{}", lines[1]);
    }

    #[test]
    fn the_workbook_of_a_csv_holds_the_same_number_of_rows() {
        let Some(bytes) = shared("superstore/Superstore.xlsx") else { return };
        let text = sheet_to_csv(&bytes, None).expect("it is sound");
        assert_eq!(lines(&text).len(), 9_995, "help: quoted line ends would raise the count");
    }

    #[test]
    fn every_workbook_of_the_shelf_is_read_or_refused_in_words() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/calamine_tests");
        let Ok(entries) = std::fs::read_dir(&folder) else {
            eprintln!("skipped: {} is not here", folder.display());
            return;
        };
        let (mut read, mut refused) = (0, 0);
        for entry in entries.flatten() {
            let bytes = std::fs::read(entry.path()).expect("the entry is a file");
            match sheet_to_csv(&bytes, None) {
                Ok(text) => {
                    assert!(!text.csv.is_empty(), "{}", entry.path().display());
                    read += 1;
                }
                Err(e) => {
                    assert!(!e.message.zh.is_empty());
                    refused += 1;
                }
            }
        }
        assert!(read >= 55, "{read} read, {refused} refused");
    }

    #[test]
    fn merged_headings_name_every_column_they_cover() {
        let Some(bytes) = shared("calamine_tests/merged_range.xlsx") else { return };
        let text = sheet_to_csv(&bytes, None).expect("it is sound");
        let first = lines(&text).remove(0);
        let cells: Vec<&str> = first.split(',').collect();
        assert!(cells.windows(2).any(|w| w[0] == w[1] && !w[0].is_empty()), "{first}");
    }

    #[test]
    fn numbers_print_as_short_as_they_can() {
        assert_eq!(number(3.0), "3");
        assert_eq!(number(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(number(-2.5), "-2.5");
    }
}

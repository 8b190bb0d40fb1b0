//! Where the table begins, which records are its header, and what the columns are called.

use std::collections::{BTreeMap, BTreeSet};

use super::dialect::is_typed;
use crate::read::csv::record::{Kind, Record};
use crate::read::value::{self, missing};

/// Most records that can be one header.
const MOST: usize = 3;
/// Data records that are looked at.
const LOOK: usize = 200;

/// Positions among the sample's records (comments and blank ones included).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first header record, or the first data record where there is no header.
    pub first: usize,
    pub rows: usize,
    pub width: usize,
}

fn filled(record: &Record) -> usize {
    record.cells.iter().filter(|c| !c.text.trim_ascii().is_empty()).count()
}

fn is_data(record: &Record) -> bool {
    record.kind == Kind::Data
}

/// Finds the table from the record `from` on. `rows`: how many header records the user said there are.
/// `titles`: whether records above the table may be skipped.
pub fn find(records: &[Record], from: usize, rows: Option<usize>, titles: bool) -> Found {
    let data: Vec<usize> = (from..records.len()).filter(|&i| is_data(&records[i])).collect();
    let Some(&start) = data.first() else { return Found { first: from, rows: rows.unwrap_or(0), width: 0 } };
    let modal = modal_width(records, &data);
    let mut first = start;
    if titles {
        first = skip_titles(records, &data, modal);
    }
    let below: Vec<usize> = data.iter().copied().filter(|&i| i >= first).collect();
    let rows = rows.unwrap_or_else(|| header_rows(records, &below, modal));
    let header_width = (0..rows).filter_map(|k| below.get(k)).map(|&i| records[i].cells.len()).max();
    let width = match header_width {
        None => modal.max(1),
        Some(w) => {
            let empty = below.first().map_or(0, |&i| records[i].cells.len() - filled(&records[i]));
            table_width(records, below.get(rows..).unwrap_or_default(), w, empty, modal)
        }
    };
    let width = without_empty_columns(records, &below, rows, width);
    Found { first, rows, width }
}

/// The most frequent width of data records.
pub fn usual_width(records: &[Record]) -> usize {
    let data: Vec<usize> = (0..records.len()).filter(|&i| is_data(&records[i])).collect();
    modal_width(records, &data)
}

/// The most frequent width; the wider of two as frequent.
fn modal_width(records: &[Record], data: &[usize]) -> usize {
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for &i in data.iter().take(LOOK * 5) {
        *widths.entry(records[i].cells.len()).or_default() += 1;
    }
    widths.into_iter().max_by_key(|w| (w.1, w.0)).map_or(0, |w| w.0)
}

/// Records above the table: too narrow, or with a single filled cell where the table has several.
fn skip_titles(records: &[Record], data: &[usize], modal: usize) -> usize {
    let usual = {
        let mut fills: Vec<usize> = data
            .iter()
            .filter(|&&i| records[i].cells.len() == modal)
            .take(LOOK)
            .map(|&i| filled(&records[i]))
            .collect();
        fills.sort_unstable();
        fills.get(fills.len() / 2).copied().unwrap_or(0)
    };
    let is_title = |i: usize| {
        let record = &records[i];
        let n = filled(record);
        if modal <= 1 || usual <= 1 {
            return false;
        }
        let narrow = record.cells.len() + 1 < modal || (record.cells.len() < modal && n <= 1);
        let sparse = n <= 1 || (usual >= 5 && n * 5 < usual * 2);
        // A short first record is the header when the data are only a little wider (row names, trailing separators).
        (narrow && n * 2 <= usual) || (sparse && usual >= 2 && !(modal == 2 && record.cells.len() == 2))
    };
    let mut at = 0;
    while at < data.len().min(40) && is_title(data[at]) {
        at += 1;
    }
    // Nothing but titles: the file is no table with titles.
    match data.get(at) {
        Some(&i) if at < 40 => i,
        _ => data[0],
    }
}

/// Data wider than the header: cells without a name. A trailing separator on every row is no column.
fn table_width(records: &[Record], data: &[usize], header: usize, empty: usize, modal: usize) -> usize {
    if modal <= header {
        // More names than cells, and as many empty ones: stray separators in the header.
        return if modal > 0 && empty > 0 && header - empty <= modal { modal } else { header };
    }
    let wide: Vec<&Record> = data.iter().take(LOOK).map(|&i| &records[i]).filter(|r| r.cells.len() > header).collect();
    let all = data.len().min(LOOK);
    let named = |r: &&Record| r.cells[header..].iter().any(|c| !c.text.trim_ascii().is_empty());
    if wide.len() * 2 > all && wide.iter().any(named) { modal } else { header }
}

/// Columns at the end that have neither a name nor a cell: what separators at the ends of all lines leave.
fn without_empty_columns(records: &[Record], below: &[usize], rows: usize, width: usize) -> usize {
    if rows == 0 || below.len() <= rows {
        return width;
    }
    let used =
        |&i: &usize| records[i].cells.iter().rposition(|c| !c.text.trim_ascii().is_empty()).map_or(0, |at| at + 1);
    let widest = below.iter().map(used).max().unwrap_or(0);
    // R names one column too few.
    let named = below[..rows].iter().map(|&i| records[i].cells.len()).max().unwrap_or(0);
    if named < width { width } else { width.min(widest.max(1)) }
}

/// How many of the leading records name the columns: 0 to [`MOST`].
fn header_rows(records: &[Record], below: &[usize], width: usize) -> usize {
    let Some(&head) = below.first() else { return 0 };
    if below.len() == 1 {
        return usize::from(names_alone(&records[head]));
    }
    let kinds = kinds(records, below, width);
    let typed = |rows: usize| columns_typed(&kinds, rows);
    if !is_header(records, below, 0, &typed(1)) {
        return 0;
    }
    let mut rows = 1;
    while rows < MOST && below.len() > rows + 1 {
        let shares = typed(rows + 1);
        let record = &records[below[rows]];
        let valued: Vec<usize> = (0..width).filter(|&c| shares.get(c).copied().unwrap_or(0.0) >= 0.9).collect();
        let word = |&c: &usize| record.cells.get(c).is_some_and(|cell| is_word(&cell.text));
        let words = valued.iter().filter(|c| word(c)).count();
        let values = valued
            .iter()
            .filter(|&&c| record.cells.get(c).is_some_and(|cell| is_typed(cell.text.trim_ascii())))
            .count();
        // A second header repeats words over columns of values: names again, or units.
        if valued.len() >= 2 && values == 0 && words * 10 >= valued.len() * 7 {
            rows += 1;
        } else {
            break;
        }
    }
    rows
}

fn is_word(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    !missing::is_no_value(cell) && !is_typed(cell)
}

/// Per column, of each of the first records: whether its cell is a value or a word; `None` where there is none.
fn kinds(records: &[Record], data: &[usize], width: usize) -> Vec<Vec<Option<bool>>> {
    (0..width)
        .map(|c| {
            let cells = data.iter().take(LOOK + MOST).map(|&i| records[i].cells.get(c).map(|c| c.text.trim_ascii()));
            cells.map(|cell| cell.filter(|c| !missing::is_no_value(c)).map(is_typed)).collect()
        })
        .collect()
}

/// Share of values (not words) per column among the present cells, behind the first `rows` records.
fn columns_typed(kinds: &[Vec<Option<bool>>], rows: usize) -> Vec<f64> {
    kinds
        .iter()
        .map(|column| {
            let present = column.iter().skip(rows).take(LOOK).flatten();
            let (n, typed) = present.fold((0usize, 0usize), |(n, typed), &v| (n + 1, typed + usize::from(v)));
            if n == 0 { 0.0 } else { typed as f64 / n as f64 }
        })
        .collect()
}

/// A file of one record: names if nothing in it is a value.
fn names_alone(record: &Record) -> bool {
    let cells: Vec<&[u8]> = record.cells.iter().map(|c| c.text.trim_ascii()).filter(|c| !c.is_empty()).collect();
    !cells.is_empty() && cells.iter().all(|c| !is_typed(c) && c.len() <= 64)
}

/// Words that head columns far more often than they stand in cells.
const NAMES: [&str; 66] = [
    "id",
    "name",
    "date",
    "time",
    "year",
    "month",
    "day",
    "type",
    "code",
    "status",
    "value",
    "amount",
    "price",
    "qty",
    "quantity",
    "total",
    "count",
    "city",
    "state",
    "country",
    "region",
    "address",
    "email",
    "phone",
    "age",
    "gender",
    "sex",
    "category",
    "description",
    "comment",
    "comments",
    "title",
    "label",
    "text",
    "review",
    "rating",
    "score",
    "url",
    "user",
    "customer",
    "order",
    "product",
    "item",
    "channel",
    "segment",
    "key",
    "index",
    "num",
    "number",
    "编号",
    "名称",
    "姓名",
    "日期",
    "时间",
    "金额",
    "数量",
    "单价",
    "类别",
    "品类",
    "城市",
    "地区",
    "状态",
    "客户",
    "订单",
    "备注",
    "评价",
];

fn is_header(records: &[Record], below: &[usize], at: usize, typed: &[f64]) -> bool {
    let head = &records[below[at]];
    let data: Vec<&Record> = below[at + 1..].iter().take(LOOK).map(|&i| &records[i]).collect();
    let mut score = 0.0;
    // A header with gaps or repeated names is a poor one; a wide one has many of them and is a header still.
    let mut flaws: f64 = 0.0;
    let mut seen = BTreeSet::new();
    for (c, cell) in head.cells.iter().enumerate() {
        let cell = cell.text.trim_ascii();
        if cell.is_empty() {
            flaws += 0.3;
            continue;
        }
        if !seen.insert(cell.to_ascii_lowercase()) {
            flaws += 0.5;
        }
        let text = String::from_utf8_lossy(cell);
        let words = value::words(&text);
        let known = words.iter().any(|w| NAMES.contains(&w.as_str()))
            || NAMES.iter().any(|n| !n.is_ascii() && text.contains(n));
        let share = typed.get(c).copied().unwrap_or(0.0);
        if is_typed(cell) {
            // Years head columns of numbers; any other value in the first record says that it is data.
            let year = cell.len() == 4 && (cell.starts_with(b"19") || cell.starts_with(b"20"));
            score -= if year {
                0.3
            } else if share >= 0.5 {
                2.0
            } else {
                1.0
            };
            continue;
        }
        if missing::is_any(cell) {
            score -= 0.5;
            continue;
        }
        if share >= 0.9 {
            score += 2.0;
        }
        score += if known { 0.7 } else { 0.1 };
        if cell.len() > 60 {
            score -= 1.0;
        }
        let column: Vec<&[u8]> =
            data.iter().filter_map(|r| r.cells.get(c)).map(|c| c.text.trim_ascii()).filter(|c| !c.is_empty()).collect();
        let again = column.iter().filter(|v| **v == cell).count();
        if again > 0 && column.len() > 2 {
            // A name does not stand among its values, unless the whole header is repeated.
            score -= 1.0;
        } else if share < 0.1 && column.len() >= 3 {
            let distinct: BTreeSet<&[u8]> = column.iter().copied().collect();
            if distinct.len() * 2 <= column.len() {
                // Few levels, and the first record has none of them.
                score += 0.6;
            }
            let widths: BTreeSet<usize> = column.iter().map(|v| v.len()).collect();
            if widths.len() == 1 && !widths.contains(&cell.len()) && column[0].len() > 1 {
                score += 0.8;
            }
            let digits = column.iter().filter(|v| v.iter().any(u8::is_ascii_digit)).count();
            if digits * 10 >= column.len() * 8 && !cell.iter().any(u8::is_ascii_digit) {
                score += 0.5;
            }
        }
    }
    score - flaws.min(1.5) > 0.0
}

/// Column names: header records joined by a blank, empty ones numbered, equal ones told apart.
pub fn names(records: &[&Record], width: usize) -> Vec<String> {
    let offset = usize::from(unnamed_first(records, width));
    let rows: Vec<Vec<&[u8]>> = records.iter().map(|r| named_cells(r, width)).collect();
    let raw: Vec<String> = (0..width)
        .map(|c| {
            let parts: Vec<String> = rows
                .iter()
                .filter_map(|r| r.get(c.checked_sub(offset)?))
                .map(|cell| clean(cell))
                .filter(|t| !t.is_empty())
                .collect();
            parts.join(" ")
        })
        .collect();
    unique(&raw)
}

/// The cells of a header record; of one that is too wide the empty ones are left out, from the first on.
fn named_cells<'a>(record: &'a Record, width: usize) -> Vec<&'a [u8]> {
    let mut surplus = record.cells.len().saturating_sub(width);
    let mut out = Vec::with_capacity(width);
    for cell in &record.cells {
        if surplus > 0 && cell.text.trim_ascii().is_empty() {
            surplus -= 1;
        } else {
            out.push(cell.text.as_ref());
        }
    }
    out
}

/// One name too few: the first column is the unnamed row names of R's `write.table`.
fn unnamed_first(records: &[&Record], width: usize) -> bool {
    !records.is_empty() && records.iter().all(|r| r.cells.len() + 1 == width)
}

fn clean(cell: &[u8]) -> String {
    let cell = value::text(cell);
    let text = String::from_utf8_lossy(cell);
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0')
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Empty names become `column_3` (counted from 1), a repeated `x` becomes `x_2`.
pub fn unique(names: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = names.iter().filter(|n| !n.is_empty()).cloned().collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::with_capacity(names.len());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (i, name) in names.iter().enumerate() {
        let base = if name.is_empty() { format!("column_{}", i + 1) } else { name.clone() };
        let mut candidate = base.clone();
        if used.contains(&candidate) || (name.is_empty() && taken.contains(&candidate)) {
            let n = counts.entry(base.clone()).or_insert(1);
            loop {
                *n += 1;
                candidate = format!("{base}_{n}");
                if !taken.contains(&candidate) && !used.contains(&candidate) {
                    break;
                }
            }
        }
        taken.insert(candidate.clone());
        used.insert(candidate.clone());
        out.push(candidate);
    }
    out
}

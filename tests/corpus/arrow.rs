//! Arrow files that pyarrow and the npm package `apache-arrow` wrote (`arrow/make.py`, `arrow/make.mjs`).

use std::path::Path;

use kelan::table::{Table, Type, from_arrow};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/arrow").join(name)).expect("a file")
}

fn open(name: &str) -> Table {
    from_arrow(&file(name), name).unwrap_or_else(|e| panic!("{name}: {}", e.message.en))
}

/// What a person sees in the four rows of each column.
fn expected(column: &str) -> (Type, [Option<&'static str>; 4]) {
    let days = [Some("2024-02-29"), None, Some("1969-12-31"), Some("1970-01-01")];
    match column {
        "dictionary_of_numbers" => (Type::Integer, [Some("2020"), None, Some("2021"), Some("2020")]),
        "float" => (Type::Decimal, [Some("0.5"), None, Some("-2.25"), Some("0")]),
        "double" => (Type::Decimal, [Some("0.1"), None, Some("-2.5"), Some("1e300")]),
        "bool" => (Type::Boolean, [Some("true"), None, Some("false"), Some("true")]),
        "date32" | "date64" => (Type::Date, days),
        "timestamp_zone" => (Type::Timestamp, [Some("2024-02-29T05:30:15"), None, None, Some("1970-01-01T00:00:00")]),
        "null" => (Type::Text, [None; 4]),
        _ if column.starts_with("decimal") => (Type::Decimal, [Some("12.34"), None, Some("-0.05"), Some("0")]),
        _ if column.starts_with("timestamp") => {
            let at = Some("2024-02-29T13:30:15");
            (Type::Timestamp, [at, None, at, Some("1970-01-01T00:00:00")])
        }
        _ if column.contains("int") && !column.starts_with("dictionary") => {
            (Type::Integer, [Some("1"), None, Some("100"), Some("0")])
        }
        _ => (Type::Text, [Some("上海"), None, Some("Ulm"), Some("")]),
    }
}

fn check(name: &str, columns: usize) {
    let table = open(name);
    assert_eq!((table.rows, table.columns.len()), (4, columns), "{name}");
    for column in &table.columns {
        let (kind, cells) = expected(&column.name);
        assert_eq!(column.kind, kind, "{name}: {}", column.name);
        let number = |t: &str| t.parse::<f64>().ok();
        for (row, wanted) in cells.iter().enumerate() {
            let text = column.text(row);
            let same = match (kind, wanted, text.as_deref()) {
                (Type::Decimal, Some(a), Some(b)) => number(a) == number(b),
                (_, a, b) => *a == b,
            };
            assert!(same, "{name}: {} row {row} is {text:?}, not {wanted:?}", column.name);
        }
    }
}

#[test]
fn files_and_streams_of_pyarrow() {
    check("py.arrow", 29);
    check("py.arrows", 29);
}

#[test]
fn files_and_streams_of_apache_arrow() {
    check("js.arrow", 12);
    check("js.arrows", 12);
}

#[test]
fn a_file_without_rows_keeps_its_columns() {
    let table = open("py_empty.arrow");
    assert_eq!((table.rows, table.columns.len()), (0, 29));
    assert_eq!(table.columns[4].kind, Type::Text);
}

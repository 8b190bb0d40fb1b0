//! Encodings and the small CSV corpora.

use std::collections::BTreeMap;
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

/// `(file, delimiter, header records, skipped, columns, data records)` as a person reads them; columns and records counted with
/// Python's csv module and the delimiter told. No delimiter: one column, where any will do.
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
    ("duckdb_csv/15473_timestamp.csv", "", 1, 0, 1, 4),
    ("duckdb_csv/17705.csv", ",", 1, 0, 3, 3),
    ("duckdb_csv/bad_date.csv", ",", 1, 0, 3, 1),
    ("duckdb_csv/bad_date_2.csv", "|", 1, 0, 2, 5),
    ("duckdb_csv/borked_date.csv", "", 1, 0, 1, 2069),
    ("duckdb_csv/conflict_timestamp.csv", ";", 1, 0, 2, 1),
    ("duckdb_csv/custom_date.csv", ",", 1, 0, 2, 2),
    ("duckdb_csv/date_specificity.csv", "", 1, 0, 1, 2),
    ("duckdb_csv/dates.csv", ",", 1, 0, 2, 1),
    ("duckdb_csv/header_left_space.csv", "", 1, 0, 1, 3),
    ("duckdb_csv/integer_exponent.csv", ",", 1, 0, 3, 3),
    ("duckdb_csv/issue2471.csv", ",", 1, 0, 2, 2300),
    ("duckdb_csv/issue2628_中文.csv", "|", 1, 0, 2, 3),
    ("duckdb_csv/issue6764.csv", ",", 1, 0, 4, 2),
    ("duckdb_csv/issue_16098.csv", ",", 1, 0, 5, 3000),
    ("duckdb_csv/leading_zeros.csv", ",", 1, 0, 8, 6),
    ("duckdb_csv/leading_zeros2.csv", ",", 1, 0, 7, 5),
    ("duckdb_csv/lineitem-carriage.csv", "|", 1, 0, 16, 10),
    ("duckdb_csv/mixed_dates.csv", ",", 1, 0, 2, 5),
    ("duckdb_csv/mixed_decimal.csv", ";", 1, 0, 2, 5),
    ("duckdb_csv/mixed_decimal_delimiter.csv", "|", 1, 0, 2, 5),
    ("duckdb_csv/multi_quote.csv", ",", 1, 0, 2, 7),
    ("duckdb_csv/null_mismatch.csv", "|", 1, 0, 5, 1460),
    ("duckdb_csv/phonenumbers.csv", "", 1, 0, 1, 3),
    ("duckdb_csv/pipe_delim.csv", "|", 1, 0, 4, 1),
    ("duckdb_csv/skip_header.csv", ",", 1, 0, 3, 3),
    ("duckdb_csv/struct.csv", "", 1, 0, 1, 1),
    ("duckdb_csv/timestamp.csv", "", 1, 0, 1, 1),
    ("duckdb_csv/timings.csv", "|", 1, 0, 7, 1095),
    ("duckdb_csv/tpcc_results.csv", ",", 1, 0, 3, 392),
    ("duckdb_csv/venue_pipe_big.csv", "|", 1, 0, 5, 2662),
    ("duckdb_csv/weather.csv", ",", 1, 0, 7, 366),
    ("duckdb_csv/wrongtype.csv", ",", 1, 0, 2, 22),
    ("messytables_horror/simple.psv", "|", 1, 0, 6, 28),
    ("messytables_horror/spanish_chars.csv", ",", 1, 0, 8, 116),
    ("messytables_horror/utf-16le_encoded.csv", ",", 1, 0, 19, 327),
    ("duckdb_csv/dates_special_format.csv", "", 0, 0, 1, 8),
    ("duckdb_csv/mixed_new_line.csv", ",", 0, 0, 3, 3),
    ("duckdb_csv/sales_snippet.csv", "\t", 0, 0, 10, 14),
    ("messytables_horror/null.csv", ",", 0, 0, 4, 10),
    ("messytables_horror/long.csv", "", 0, 0, 1, 4000),
];

#[test]
fn odd_files_have_the_shape_a_person_sees() {
    let Some(root) = data("") else { return };
    // Right and tried, by folder.
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for &(file, delimiter, header, skipped, columns, rows) in SHAPES {
        let Ok(bytes) = std::fs::read(root.join(file)) else {
            println!("skipped: no {file}");
            continue;
        };
        let bytes = decoded(bytes);
        let s = sniff::sniff(&bytes, true, &Options::default());
        let loaded = csv::read(&bytes, &s.dialect, &s.plans, "file", 1 << 16).map_or(0, |o| o.table.rows);
        let d = &s.dialect;
        let found = match &d.delimiter {
            kelan::read::Delimiter::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
            other => format!("{other:?}"),
        };
        let named = if delimiter.is_empty() { "" } else { found.as_str() };
        let got = (named, d.header_rows, d.skipped_rows, d.names.len(), loaded);
        let good = got == (delimiter, header, skipped, columns, rows);
        let count = counts.entry(file.split('/').next().unwrap_or_default()).or_default();
        *count = (count.0 + usize::from(good), count.1 + 1);
        if !good {
            println!("{file}: {got:?}, a person sees {:?}", (delimiter, header, skipped, columns, rows));
        }
    }
    for (folder, (right, all)) in &counts {
        println!("shapes of {folder}: {right} of {all}");
    }
    let wrong: usize = counts.values().map(|c| c.1 - c.0).sum();
    assert!(wrong <= 1, "{wrong}; help: the table of CONTRIBUTING states how many load");
}

/// UTF-8, as the platform's decoder gives it to the reader; of the encodings that the files above have.
fn decoded(bytes: Vec<u8>) -> Vec<u8> {
    let found = encoding::detect(&bytes);
    let body = bytes.get(found.bom..).unwrap_or_default();
    match found.label {
        "utf-16le" => {
            let units: Vec<u16> = body.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            String::from_utf16_lossy(&units).into_bytes()
        }
        "windows-1252" => body.iter().map(|&b| char::from(b)).collect::<String>().into_bytes(),
        _ => body.to_vec(),
    }
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

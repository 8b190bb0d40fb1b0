//! The Pollock benchmark (G. Vitagliano et al.: Pollock: a data loading benchmark, PVLDB 16, 2023): a source table polluted
//! in 2,290 ways, each file with the clean table that it should load as.
//!
//! Score of a file: success + precision, recall and F1 of header cells, records and cells: ten figures. The score is their
//! sum's mean over the files (simple), or weighted by how often a pollution occurs in real files (the weights published
//! with the benchmark). Part of the files is in `../shared`; the others are made here from the source file by the
//! descriptions published with it, so that the figure is one of the whole benchmark.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kelan::read::sniff;
use kelan::read::{Header, Options, csv};

type Rows = Vec<Vec<String>>;

struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Header and records; empty for the empty file.
    clean: Rows,
    weight: f64,
    /// Files of the benchmark that this one stands for.
    share: f64,
    given: Options,
}

pub fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/pollock/polluted_files");
    if !path.is_dir() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// RFC 4180, written anew: the judge must not be the code on trial.
fn parse(text: &str) -> Rows {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    let mut any = false;
    while let Some(c) = chars.next() {
        any = true;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                any = false;
            }
            _ => cell.push(c),
        }
    }
    if any {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// The raw cells of a line of the source file, quotes included.
fn raw_cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c == ',' && !quoted {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
    }
    cells
}

fn given(delimiter: &str, quote: &str, escape: &str, header: usize, skip: usize) -> Options {
    Options {
        delimiter: Some(delimiter.into()),
        quote: Some(quote.into()),
        escape: Some(escape.into()),
        header: Some(Header::Records(header)),
        skip_rows: Some(skip),
        ..Options::default()
    }
}

/// `row_extra_quote0_col3`, `row_less_sep_row0_col3`, `row_field_delimiter_0_0x20`: the polluted record is the header.
fn of_header(name: &str) -> bool {
    ["quote0_", "row0_", "delimiter_0_"].iter().any(|part| name.contains(part))
}

/// The whole benchmark.
fn cases(folder: &Path, everything: bool) -> Vec<Case> {
    let source = std::fs::read_to_string(folder.join("csv/source.csv")).expect("the source file").replace('\r', "");
    let lines: Vec<Vec<String>> = source.lines().map(raw_cells).collect();
    let clean = parse(&source);
    let join = |lines: &[Vec<String>], delimiter: &str, newline: &str| -> String {
        lines.iter().map(|l| l.join(delimiter) + newline).collect()
    };
    let comma = || given(",", "\"", "\"", 1, 0);
    let mut out: Vec<Case> = Vec::new();
    let mut add = |name: String, text: String, clean: Rows, weight: f64, given: Options| {
        out.push(Case { name, bytes: text.into_bytes(), clean, weight, share: 1.0, given });
    };
    let plain = || join(&lines, ",", "\r\n");
    add("source".into(), plain(), clean.clone(), 1.0, comma());
    add("file_no_payload".into(), String::new(), Vec::new(), 15.0, given(",", "\"", "\"", 0, 0));
    add("file_no_trailing_newline".into(), plain().trim_end().to_string(), clean.clone(), 184.0, comma());
    add("file_double_trailing_newline".into(), plain() + "\r\n", clean.clone(), 5.0, comma());
    add(
        "file_no_header".into(),
        join(&lines[1..], ",", "\r\n"),
        clean[1..].to_vec(),
        470.0,
        given(",", "\"", "\"", 0, 0),
    );
    for n in [2usize, 3] {
        let mut text = join(&lines[..1], ",", "\r\n").repeat(n - 1);
        text.push_str(&plain());
        let mut wanted = clean.clone();
        wanted[0] = clean[0].iter().map(|c| vec![c.as_str(); n].join(" ")).collect();
        add(format!("file_header_multirow_{n}"), text, wanted, 47.0, given(",", "\"", "\"", n, 0));
    }
    add("file_header_only".into(), join(&lines[..1], ",", "\r\n"), clean[..1].to_vec(), 3.0, comma());
    add("file_one_data_row".into(), join(&lines[..2], ",", "\r\n"), clean[..2].to_vec(), 4.0, comma());
    let preamble = format!("PREAMBLE{0}\r\n{0}\r\n", ",".repeat(8));
    add("file_preamble".into(), preamble + &plain(), clean.clone(), 282.0, given(",", "\"", "\"", 1, 2));
    for (kind, width) in [("same", 9usize), ("less", 8), ("more", 10)] {
        let second: Vec<Vec<String>> = lines
            .iter()
            .enumerate()
            .map(|(i, l)| {
                let mut l = l.clone();
                l.resize(width, if i == 0 { "col1".to_string() } else { String::new() });
                l
            })
            .collect();
        add(
            format!("file_multitable_{kind}"),
            plain() + &join(&second, ",", "\r\n"),
            clean.clone(),
            188.0 / 3.0,
            comma(),
        );
    }
    for (name, newline, weight) in [("0xD", "\r", 7.0), ("0xA", "\n", 1691.0)] {
        add(format!("file_record_delimiter_{name}"), join(&lines, ",", newline), clean.clone(), weight, comma());
    }
    for (name, delimiter, weight) in
        [("0x9", "\t", 4.0), ("0x3B", ";", 834.0), ("0x20", " ", 4.0), ("0x2C_0x20", ", ", 101.0)]
    {
        let text = join(&lines, delimiter, "\r\n");
        add(format!("file_field_delimiter_{name}"), text, clean.clone(), weight, given(delimiter, "\"", "\"", 1, 0));
    }
    for (name, weight, quote, escape) in [
        ("file_quotation_char_0x27", 11.0, "'", "\""),
        ("file_escape_char_0x5C", 1.0, "\"", "\\"),
        ("file_escape_char_0x00", 7.0, "\"", ""),
    ] {
        let bytes = std::fs::read_to_string(folder.join(format!("csv/{name}.csv"))).expect("a file");
        let clean = parse(&std::fs::read_to_string(folder.join(format!("clean/{name}.csv"))).expect("a file"));
        add(name.into(), bytes, clean, weight, given(",", quote, escape, 1, 0));
    }
    // Every row in the whole benchmark; a part of them stands for all in the daily test.
    let rows: Vec<usize> =
        (0..lines.len()).filter(|r| everything || *r < 2 || r % 27 == 0 || [10, 12].contains(r)).collect();
    // The header stands for itself: what breaks there breaks every row.
    let share = (lines.len() - 1) as f64 / (rows.len() - 1) as f64;
    for r in rows {
        let with = |row: String| -> String {
            let mut all: Vec<String> = lines.iter().map(|l| l.join(",")).collect();
            all[r] = row;
            all.join("\r\n") + "\r\n"
        };
        add(format!("row_field_delimiter_{r}_0x20"), with(lines[r].join(" ")), clean.clone(), 1.0 / 84.0, comma());
        for c in 0..lines[r].len() {
            if c > 0 {
                let row = format!("{}{}", lines[r][..c].join(","), lines[r][c..].join(","));
                add(format!("row_less_sep_row{r}_col{c}"), with(row), clean.clone(), 0.367_751, comma());
            }
            let mut cells = lines[r].clone();
            cells.insert(c, String::new());
            add(format!("row_more_sep_row{r}_col{c}"), with(cells.join(",")), clean.clone(), 0.367_751, comma());
            let mut cells = lines[r].clone();
            cells[c].insert(0, '"');
            let mut wanted = clean.clone();
            wanted[r][c].insert(0, '"');
            add(format!("row_extra_quote{r}_col{c}"), with(cells.join(",")), wanted, 0.009_259, comma());
        }
    }
    for case in out.iter_mut().filter(|c| c.name.starts_with("row_") && !of_header(&c.name)) {
        case.share = share;
    }
    out
}

/// What the engine makes of the file: the header (unless the file has none) and the records, as they stand in the table.
fn load(bytes: &[u8], options: &Options) -> Option<Rows> {
    let s = sniff::sniff(bytes, true, options);
    let outcome = csv::read(bytes, &s.dialect, &s.plans, "file", 1 << 20).ok()?;
    let table = outcome.table;
    let mut rows = Vec::new();
    if s.dialect.header_rows > 0 {
        rows.push(table.columns.iter().map(|c| c.name.clone()).collect());
    }
    for r in 0..table.rows {
        rows.push(table.columns.iter().map(|c| c.exact(r).into_owned()).collect());
    }
    Some(rows)
}

/// The benchmark compares header and record cells by value: numbers and truth values in one spelling, text in lower case.
fn normal(cell: &str) -> String {
    if let Ok(v) = cell.trim().parse::<f64>()
        && v.is_finite()
    {
        return v.to_string();
    }
    if let Some(v) = cell.strip_prefix('$').and_then(|v| v.parse::<f64>().ok()) {
        return format!("${v}");
    }
    cell.to_lowercase()
}

/// Precision, recall, F1 of two multisets. The benchmark divides by the wanted number for the first, as here.
fn measures(wanted: Vec<String>, loaded: Vec<String>) -> [f64; 3] {
    if wanted.is_empty() {
        return [1.0; 3];
    }
    let (w, l) = (wanted.len() as f64, loaded.len() as f64);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    wanted.into_iter().for_each(|c| *counts.entry(c).or_default() += 1);
    let mut common = 0.0;
    for cell in loaded {
        if let Some(n) = counts.get_mut(&cell).filter(|n| **n > 0) {
            *n -= 1;
            common += 1.0;
        }
    }
    if common == 0.0 {
        return [0.0; 3];
    }
    let (p, r) = (common / w, common / l);
    [p, r, 2.0 * p * r / (p + r)]
}

fn score(clean: &Rows, loaded: &Rows) -> f64 {
    let Some(header) = clean.first() else { return 10.0 };
    let normals = |row: &Vec<String>| row.iter().map(|c| normal(c)).collect::<Vec<_>>();
    let records = |rows: &Rows| rows.iter().skip(1).map(|r| normals(r).concat()).collect::<Vec<_>>();
    let cells = |rows: &Rows| rows.iter().flatten().cloned().collect::<Vec<_>>();
    let parts = [
        measures(normals(header), loaded.first().map(normals).unwrap_or_default()),
        measures(records(clean), records(loaded)),
        measures(cells(clean), cells(loaded)),
    ];
    1.0 + parts.iter().flatten().sum::<f64>()
}

/// `(simple, weighted)`, with the kinds of files that lose most printed.
fn run(cases: &[Case], title: &str, options: impl Fn(&Case) -> Options) -> (f64, f64) {
    let (mut simple, mut count, mut weighted, mut weights) = (0.0, 0.0, 0.0, 0.0);
    let mut kinds: BTreeMap<String, (usize, f64, String, f64)> = BTreeMap::new();
    for case in cases {
        let s = load(&case.bytes, &options(case)).map_or(0.0, |rows| score(&case.clean, &rows));
        simple += s * case.share;
        count += case.share;
        weighted += s * case.weight * case.share;
        weights += case.weight * case.share;
        let kind = case.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == 'x');
        let kind = if case.name.starts_with("row_") {
            case.name
                .split("_row")
                .take(2)
                .collect::<Vec<_>>()
                .join("_row")
                .split(|c: char| c.is_ascii_digit())
                .next()
                .unwrap_or(kind)
                .to_string()
        } else {
            case.name.clone()
        };
        let entry = kinds.entry(kind).or_insert((0, 0.0, String::new(), 11.0));
        entry.0 += 1;
        entry.1 += s;
        if s < entry.3 {
            (entry.2, entry.3) = (case.name.clone(), s);
        }
    }
    println!("Pollock, {title}: {:.3} simple, {:.3} weighted ({count:.0} files)", simple / count, weighted / weights);
    for (kind, (n, sum, worst, least)) in &kinds {
        if sum / *n as f64 <= 9.9995 {
            println!("  {kind}: {:.3} over {n}, worst {worst} {least:.3}", sum / *n as f64);
        }
    }
    (simple / count, weighted / weights)
}

#[test]
fn pollock_is_loaded_better_than_by_its_best() {
    let Some(folder) = folder() else { return };
    let cases = cases(&folder, std::env::var_os("KELAN_ALL").is_some());
    // The files made here are the published ones, where those are at hand.
    for case in &cases {
        if let Ok(bytes) = std::fs::read_to_string(folder.join(format!("csv/{}.csv", case.name))) {
            let made = String::from_utf8_lossy(&case.bytes).replace('\r', "");
            // The second of two tables was written by another program, with fewer quotes.
            if !case.name.contains("multitable") {
                assert_eq!(made.trim_end(), bytes.replace('\r', "").trim_end(), "{}", case.name);
            }
            let clean =
                parse(&std::fs::read_to_string(folder.join(format!("clean/{}.csv", case.name))).expect("a file"));
            assert_eq!(case.clean, clean, "{}", case.name);
        }
    }
    let given = run(&cases, "parameters given", |c| c.given.clone());
    let detected = run(&cases, "all detected", |_| Options::default());
    assert!(given.0 >= 9.961 && given.1 >= 9.599, "given {given:?}; help: DuckDB 1.2 has 9.961 and 9.599");
    assert!(detected.0 >= 9.075 && detected.1 >= 8.439, "detected {detected:?}; help: DuckDB 1.2 has 9.075 and 8.439");
}

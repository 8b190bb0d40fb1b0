//! Hostile files at real size and random bytes: an error or row issues, never a panic, never memory without bound.
//!
//! The large ones are fed slice by slice, as the workers are fed, and never stand in memory whole. They are ignored in the daily
//! run for their time: `cargo test --release --test hostile -- --ignored --nocapture --test-threads=1`.

use proptest::prelude::*;

use kelan::error::Code;
use kelan::read::csv::{self, Begin, Builder, MAX_RECORD, Outcome, Parser};
use kelan::read::sniff::{self, encoding};
use kelan::read::{Delimiter, Header, Options, Types};
use kelan::table::Type;

const SLICE: u64 = 4 << 20;

/// Reads a file of `size` bytes that `fill` writes on demand from any offset; memory holds a slice and what it needs beyond.
fn stream(size: u64, fill: impl Fn(u64, &mut [u8])) -> kelan::error::Result<Outcome> {
    let bytes = |from: u64, to: u64| {
        let mut out = vec![0; (to.min(size) - from) as usize];
        fill(from, &mut out);
        out
    };
    let s = sniff::sniff(&bytes(0, sniff::SAMPLE as u64), false, &Options::default());
    let parser = Parser::new(&s.dialect, &s.plans);
    let mut builder = Builder::new(&s.dialect, &s.plans);
    let (mut at, mut next) = (s.dialect.start, s.dialect.start);
    while at < size {
        let end = (at + SLICE).min(size);
        let mut reach = 256 << 10;
        let part = loop {
            let to = (end + reach).min(size);
            let part = parser.parse(&bytes(at, to), [at, end], Begin::At(next.max(at)), to == size)?;
            if !part.need_more {
                break part;
            }
            reach *= 4;
        };
        next = part.next;
        builder.push(part)?;
        at = end;
    }
    builder.finish("hostile", size)
}

/// The most memory this process ever held, in MB.
/// Tests of one process share its peak: each begins with its own.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap_or_default();
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// A header, then one field of a thousand million bytes: plain, or in quotes that close at the very end.
fn one_field(size: u64, quoted: bool) -> kelan::error::Result<Outcome> {
    let head: &[u8] = if quoted { b"id,note\n1,\"" } else { b"id,note\n1," };
    stream(size, |from, out| {
        for (i, b) in out.iter_mut().enumerate() {
            let at = from + i as u64;
            *b = match (head.get(at as usize), quoted && at + 1 == size) {
                (Some(h), _) => *h,
                (None, true) => b'"',
                _ => b'a' + (at % 23) as u8,
            };
        }
    })
}

#[test]
#[ignore = "a thousand million bytes: seconds to a minute"]
fn a_field_of_a_gigabyte_is_refused_in_words() {
    forget_peak();
    for quoted in [false, true] {
        let error = one_field(1_000_000_000, quoted).err().expect("it is refused");
        assert_eq!(error.code, Code::TooLarge, "{}", error.message.en);
        println!("1 GB field, quoted {quoted}: {}; peak {} MB", error.message.en, peak());
    }
    assert!(peak() < 1024, "{} MB", peak());
}

/// A lone quote before 200 MB of good lines costs its own cell, not the file.
fn lone_quote(size: u64) -> Outcome {
    const LINE: &[u8] = b"12345,tea,9.50,2024-01-05\n";
    let head: &[u8] = b"id,product,amount,day\n\"";
    stream(size, |from, out| {
        for (i, b) in out.iter_mut().enumerate() {
            let at = (from + i as u64) as usize;
            *b = match at.checked_sub(head.len()) {
                None => head[at],
                Some(at) => LINE[at % LINE.len()],
            };
        }
    })
    .expect("a table")
}

fn lone_quote_is_right(size: u64) {
    let out = lone_quote(size);
    assert_eq!(out.table.rows as u64, (size - 23).div_ceil(26));
    assert_eq!(out.table.columns.len(), 4);
    assert_eq!(out.records.len().min(2), out.records.len(), "the quote's record, and perhaps the last line");
    assert_eq!(out.table.columns[0].exact(0), "\"12345");
    assert_eq!(out.table.columns[0].exact(1), "12345");
}

#[test]
#[ignore = "200 MB: half a minute"]
fn a_lone_quote_before_200_megabytes() {
    forget_peak();
    lone_quote_is_right(200 << 20);
    println!("lone quote: peak {} MB", peak());
    assert!(peak() < 1500, "{} MB", peak());
}

#[test]
fn a_lone_quote_before_12_megabytes() {
    lone_quote_is_right(12 << 20);
}

/// Their header may be longer than the sample usually is.
fn all_cells_of_so_many_columns_are_there(columns: usize) {
    let line = |f: &dyn Fn(usize) -> String| (0..columns).map(f).collect::<Vec<_>>().join(",") + "\n";
    let mut text = line(&|c| format!("c{c}"));
    for row in 0..5 {
        text += &line(&|c| format!("{}", c * row));
    }
    let s = sniff::sniff(text.as_bytes(), true, &Options::default());
    let out = csv::read(text.as_bytes(), &s.dialect, &s.plans, "wide", SLICE as usize).expect("a table");
    assert_eq!((out.table.columns.len(), out.table.rows, out.records.len()), (columns, 5, 0));
    for c in [0, 1, columns / 2, columns - 1] {
        let column = &out.table.columns[c];
        assert_eq!(column.name, format!("c{c}"));
        assert_eq!(column.numbers().expect("numbers"), (0..5).map(|row| (c * row) as f64).collect::<Vec<_>>());
    }
}

#[test]
fn twenty_thousand_columns_lose_no_cell() {
    all_cells_of_so_many_columns_are_there(20_000);
}

#[test]
#[ignore = "100 000 columns: 1.6 GB"]
fn a_hundred_thousand_columns_lose_no_cell() {
    forget_peak();
    all_cells_of_so_many_columns_are_there(100_000);
    assert!(peak() < 2000, "{} MB", peak());
}

#[test]
fn quotes_in_quotes_in_quotes() {
    for text in ["\"".repeat(30_001), "\"\"".repeat(15_000), "a,\"".repeat(2_000), "\"\n".repeat(2_000)] {
        let s = sniff::sniff(text.as_bytes(), true, &Options::default());
        let out = csv::read(text.as_bytes(), &s.dialect, &s.plans, "quotes", 1 << 16).expect("a table");
        assert_eq!(out.table.columns.len(), s.dialect.names.len());
    }
}

/// Every quote opens and none closes, or the last one closes all: once quadratic, and minutes for a hundred kilobytes.
#[test]
fn dense_quotes_cost_time_in_proportion() {
    for (line, end) in
        [("\"x\n", ""), ("\"x,\"y\n", ""), ("\"\"a,\"\"b\n", ""), ("\"x\n", "\"\n"), ("x,\"y \"z\n", "\",\n")]
    {
        let lines = 500_000 / line.len();
        let text = format!("id,note\n1,2\n{}{end}", line.repeat(lines));
        let options = Options { delimiter: Some(",".into()), header: Some(Header::Given(true)), ..Options::default() };
        let s = sniff::sniff(text.as_bytes(), true, &options);
        let out = csv::read(text.as_bytes(), &s.dialect, &s.plans, "quotes", 1 << 18).expect("a table");
        assert!(out.table.rows >= lines, "{line:?}: {} rows of {lines} lines", out.table.rows);
    }
}

/// Letters that matter to a reader more often than others do.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let special = proptest::sample::select(&b"\"\"',,;;\t|\n\n\r\\ #=0123456789.-/:%\xc2\xa5\xef\xbb\xbf\0aZ"[..]);
    proptest::collection::vec(prop_oneof![6 => special, 1 => any::<u8>()], 0..400)
}

fn options() -> impl Strategy<Value = Options> {
    let one = |list: &'static [&'static str]| {
        proptest::option::weighted(0.3, proptest::sample::select(list).prop_map(String::from))
    };
    let header = prop_oneof![
        Just(None),
        any::<bool>().prop_map(|b| Some(Header::Given(b))),
        (0usize..4).prop_map(|n| Some(Header::Records(n)))
    ];
    let types = proptest::option::weighted(
        0.2,
        proptest::sample::select(
            &[Type::Text, Type::Integer, Type::Decimal, Type::Date, Type::Boolean, Type::Timestamp][..],
        )
        .prop_map(Types::All),
    );
    (
        one(&[",", ";", "\t", "whitespace", "none", ", ", "||"]),
        one(&["\"", "'", ""]),
        one(&["\\", "\"", ""]),
        one(&["#", "//", ""]),
        header,
        proptest::option::weighted(0.2, 0usize..4),
        types,
    )
        .prop_map(|(delimiter, quote, escape, comment, header, skip_rows, types)| Options {
            delimiter,
            quote,
            escape,
            comment,
            header,
            skip_rows,
            types,
            ..Options::default()
        })
}

proptest! {
    // A few seconds.
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes_under_any_dialect_are_a_table_or_an_error(bytes in bytes(), options in options(), slice in 1usize..200) {
        let found = encoding::detect(&bytes);
        let text = bytes.get(found.bom..).unwrap_or_default();
        let s = sniff::sniff(text, true, &options);
        prop_assert_eq!(s.plans.len(), s.dialect.names.len());
        let whole = csv::read(text, &s.dialect, &s.plans, "file", 1 << 20);
        let cut = csv::read(text, &s.dialect, &s.plans, "file", slice);
        match (whole, cut) {
            (Ok(a), Ok(b)) => {
                prop_assert_eq!((a.table.rows, a.table.columns.len()), (b.table.rows, b.table.columns.len()));
                for (x, y) in a.table.columns.iter().zip(&b.table.columns) {
                    prop_assert_eq!(x.kind, y.kind);
                    for row in 0..a.table.rows {
                        prop_assert_eq!(x.exact(row), y.exact(row));
                    }
                }
            }
            (a, b) => prop_assert_eq!(a.err().map(|e| e.code), b.err().map(|e| e.code)),
        }
    }
}

#[test]
fn a_megabyte_of_noise() {
    let mut state = 7u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(1 << 20)
    .collect();
    let s = sniff::sniff(&noise, true, &Options { delimiter: Some(",".into()), ..Options::default() });
    assert_eq!(s.dialect.delimiter, Delimiter::Bytes(b",".to_vec()));
    assert!(csv::read(&noise, &s.dialect, &s.plans, "noise", 1 << 16).is_ok());
    assert!(noise.len() < MAX_RECORD);
}

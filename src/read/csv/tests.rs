use proptest::prelude::*;

use super::record::{self, Kind, Record, Rules};
use super::scan::{Batch, Scanner, Stop};
use super::*;
use crate::read::{Delimiter, Newline};
use crate::table::{Column, Format, NumberFormat, Table, Type};

fn dialect(names: &[&str]) -> Dialect {
    Dialect {
        delimiter: Delimiter::Bytes(b",".to_vec()),
        quote: Some(b'"'),
        escape: None,
        comment: None,
        skipped_rows: 0,
        stop: None,
        tables: Vec::new(),
        table: 1,
        header_rows: 0,
        start: 0,
        names: names.iter().map(|n| n.to_string()).collect(),
        newline: Newline::Lf,
        trim_around_quotes: false,
        drop_totals: false,
        layout: None,
        writing: Default::default(),
        encoding: "utf-8".into(),
    }
}

fn money() -> ColumnPlan {
    ColumnPlan::new(Type::Decimal, Format::Number(NumberFormat { min_decimals: 2, ..NumberFormat::default() }))
}

fn plain(kind: Type) -> ColumnPlan {
    ColumnPlan::new(kind, Format::Plain)
}

fn load(text: &str, names: &[&str], plans: &[ColumnPlan]) -> Outcome {
    read(text.as_bytes(), &dialect(names), plans, "t.csv", 1 << 20).unwrap()
}

/// Everything a table says, without how it is chunked.
fn facts(outcome: &Outcome) -> (Vec<(String, Type, Vec<Option<String>>, Vec<String>)>, String) {
    let column = |c: &Column| {
        let texts = (0..c.len()).map(|r| c.text(r).map(|t| t.into_owned())).collect();
        (c.name.clone(), c.kind, texts, (0..c.len()).map(|r| c.exact(r).into_owned()).collect())
    };
    let dictionaries: Vec<_> = outcome.table.columns.iter().map(|c| c.category().labels).collect();
    (
        outcome.table.columns.iter().map(column).collect(),
        format!("{:?} {:?} {dictionaries:?}", outcome.source, outcome.records),
    )
}

fn exact(table: &Table) -> Vec<Vec<String>> {
    (0..table.rows).map(|r| table.columns.iter().map(|c| c.exact(r).into_owned()).collect()).collect()
}

/// Slices cut at these offsets, parsed by guess, joined in this order, each with the look-ahead it turns out to need.
fn in_slices(bytes: &[u8], dialect: &Dialect, plans: &[ColumnPlan], cuts: &[usize], order: u64) -> Outcome {
    let parser = Parser::new(dialect, plans);
    let mut builder = Builder::new(dialect, plans);
    let mut edges: Vec<usize> = cuts.iter().map(|c| c % (bytes.len() + 1)).collect();
    edges.extend([dialect.start as usize, bytes.len()]);
    edges.retain(|e| *e >= dialect.start as usize);
    edges.sort_unstable();
    edges.dedup();
    let mut slices: Vec<(usize, usize)> = edges.windows(2).map(|w| (w[0], w[1])).collect();
    let mut state = order | 1;
    for i in (1..slices.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        slices.swap(i, (state >> 33) as usize % (i + 1));
    }
    let parse = |from: usize, to: usize, begin: Begin| {
        let mut ahead = 1;
        loop {
            let end = (to + ahead).min(bytes.len());
            let part = parser.parse(&bytes[from..end], [from as u64, to as u64], begin, end == bytes.len()).unwrap();
            if !part.need_more {
                // Through the blob, as between workers.
                return Part::from_blob(&part.to_blob()).unwrap();
            }
            ahead *= 2;
        }
    };
    for (from, to) in slices {
        let begin = if from == dialect.start as usize { Begin::At(from as u64) } else { Begin::Guess };
        let mut again = builder.push(parse(from, to, begin)).unwrap();
        while let Some(wanted) = again {
            again = builder.push(parse(wanted.slice[0] as usize, wanted.slice[1] as usize, wanted.begin)).unwrap();
        }
    }
    builder.finish("t.csv", bytes.len() as u64).unwrap()
}

#[test]
fn cells_get_their_types_and_keep_their_texts() {
    let text = "1,C1,2024-01-01,\"Mug, big\",16.82,yes\n2,C1,2024-01-02,\"5\"\" pipe\",18.90,no\n3,,,x,,\n";
    let mut truth = plain(Type::Boolean);
    truth.spelling = ["no".into(), "yes".into()];
    let plans = [plain(Type::Integer), ColumnPlan::text(), plain(Type::Date), ColumnPlan::text(), money(), truth];
    let out = load(text, &["id", "customer", "day", "product", "price", "ok"], &plans);
    assert_eq!(out.table.rows, 3);
    let kinds: Vec<Type> = out.table.columns.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [Type::Integer, Type::Text, Type::Date, Type::Text, Type::Decimal, Type::Boolean]);
    assert_eq!(exact(&out.table)[1], ["2", "C1", "2024-01-02", "5\" pipe", "18.90", "no"]);
    assert_eq!(exact(&out.table)[2], ["3", "", "", "x", "", ""]);
    assert!(out.table.columns[4].raw.is_empty(), "18.90 is how the column prints");
    assert_eq!(out.table.columns[4].numbers().unwrap()[..2], [16.82, 18.9]);
    assert_eq!(out.table.columns[4].fixed().unwrap().values[..2], [1682, 1890]);
    assert_eq!(out.table.columns[2].days().unwrap()[1], 19_724);
    assert!(out.records.is_empty());
}

#[test]
fn a_cell_that_does_not_fit_is_kept_and_counted() {
    let mut text: String = (0..100).map(|i| format!("{i}\n")).collect();
    text.push_str("n/a?\n");
    let out = load(&text, &["n"], &[plain(Type::Integer)]);
    let column = &out.table.columns[0];
    assert_eq!((column.kind, column.nulls()), (Type::Integer, 1));
    assert_eq!(column.text(100).as_deref(), Some("n/a?"));
    assert_eq!(column.raw.iter().collect::<Vec<_>>(), [(100, "n/a?")]);
}

#[test]
fn a_column_widens_and_gives_up_as_its_cells_demand() {
    let kind = |cells: &str, plan: ColumnPlan| load(cells, &["n"], &[plan]).table.columns[0].kind;
    assert_eq!(kind("1\n2\n", plain(Type::Decimal)), Type::Integer);
    assert_eq!(kind("1\n2.5\n", plain(Type::Integer)), Type::Decimal);
    assert_eq!(kind("1\nx\ny\n", plain(Type::Integer)), Type::Text);
    assert_eq!(kind("1\n007\n", plain(Type::Integer)), Type::Text, "a leading zero makes names of numbers");
    assert_eq!(kind("1\n1234567890123456789012\n", plain(Type::Integer)), Type::Text);
    assert_eq!(kind("1\n0.5\n1e-7\n", plain(Type::Decimal)), Type::Decimal);
    let mut given = plain(Type::Integer);
    given.given = true;
    assert_eq!(kind("1\nx\ny\n", given), Type::Integer, "the user's word stands");
}

#[test]
fn scales_are_joined_over_the_column() {
    let out = load("1.5\n2\n0.125\n-3.10\n", &["n"], &[plain(Type::Decimal)]);
    let fixed = out.table.columns[0].fixed().unwrap();
    assert_eq!((fixed.scale, fixed.values), (3, vec![1500, 2000, 125, -3100]));
    assert_eq!(exact(&out.table).concat(), ["1.5", "2", "0.125", "-3.10"]);
}

#[test]
fn ragged_rows_are_rows_and_listed() {
    let out = load("a,b\nc\nd,e,f,g\nh,i,\n", &["x", "y"], &[]);
    assert_eq!(exact(&out.table), [["a", "b"], ["c", ""], ["d", "e"], ["h", "i"]]);
    let listed: Vec<(u64, &str)> = out.records.iter().map(|i| (i.row, i.raw.as_str())).collect();
    assert_eq!(listed, [(1, ""), (2, "f,g")]);
}

#[test]
fn line_ends_may_mix_and_blank_lines_are_no_rows() {
    let out = load("a,b\r\nc,d\r\re,f\n\n  \ng,h", &["x", "y"], &[]);
    assert_eq!(exact(&out.table), [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]);
    assert_eq!(out.source.newline, Newline::Mixed);
}

#[test]
fn comments_and_totals_are_skipped_and_counted() {
    let mut d = dialect(&["x", "y"]);
    d.comment = Some("#".into());
    d.drop_totals = true;
    let bytes = "# \"one\na,1\n#two\nb,2\n合计,3\n";
    let out = read(bytes.as_bytes(), &d, &[ColumnPlan::text(), plain(Type::Integer)], "t", 5).unwrap();
    assert_eq!(exact(&out.table), [["a", "1"], ["b", "2"]]);
    assert_eq!((out.source.rows, out.source.skipped_rows), (2, 3));
}

#[test]
fn an_unclosed_quote_costs_one_cell_not_the_file() {
    let out = load("a,\"b\nc,d\ne,f\n", &["x", "y"], &[]);
    assert_eq!(exact(&out.table), [["a", "\"b"], ["c", "d"], ["e", "f"]]);
    assert_eq!(out.records.len(), 1);
    assert_eq!(out.records[0].column.as_deref(), Some("y"));
}

#[test]
fn words_for_missing_are_missing_and_kept() {
    let mut number = plain(Type::Integer);
    number.missing = vec!["NULL".into()];
    let mut text = ColumnPlan::text();
    text.missing = vec!["n/a".into()];
    let out = load("1,a\nNULL,n/a\n ,\n", &["x", "y"], &[number, text]);
    assert_eq!(exact(&out.table), [["1", "a"], ["NULL", "n/a"], [" ", ""]]);
    assert_eq!((out.table.columns[0].nulls(), out.table.columns[1].nulls()), (2, 2));
    assert_eq!(out.table.columns[1].text(1), None);
    assert_eq!(out.table.columns[1].category().labels, ["a"]);
}

#[test]
fn day_and_month_are_settled_by_the_whole_column() {
    use crate::table::DatePart::{Day, Literal, Month, Year};
    let slash = || Literal("/".into());
    let parts = vec![Day { padded: false }, slash(), Month { padded: false }, slash(), Year];
    let mut plan = ColumnPlan::new(Type::Date, Format::Date(parts));
    plan.ambiguous = true;
    let mut text: String = (1..10).map(|i| format!("{i}/3/2024\n")).collect();
    text.push_str("10/25/2024\n");
    let out = load(&text, &["d"], &[plan]);
    assert_eq!(crate::time::iso(out.table.columns[0].days().unwrap()[0]), "2024-01-03");
    assert_eq!(crate::time::iso(out.table.columns[0].days().unwrap()[9]), "2024-10-25");
    assert_eq!(exact(&out.table).concat().join("\n"), text.trim_end());
}

#[test]
fn a_record_longer_than_the_limit_is_an_error() {
    let d = dialect(&["x"]);
    let parser = Parser::new(&d, &[]);
    let long = vec![b'x'; MAX_RECORD + 100];
    let error = parser.parse(&long, [0, 10], Begin::At(0), false).unwrap_err();
    assert_eq!(error.code, crate::error::Code::TooLarge);
}

#[test]
fn a_hundred_thousand_columns_are_columns() {
    let names: Vec<String> = (0..100_000).map(|i| i.to_string()).collect();
    let mut d = dialect(&[]);
    d.names = names;
    let line = format!("{}\n", vec!["7"; 100_000].join(","));
    let out = read(line.repeat(2).as_bytes(), &d, &[], "t", 1 << 20).unwrap();
    assert_eq!((out.table.rows, out.table.columns.len()), (2, 100_000));
}

#[test]
fn baskets_become_rows_of_basket_and_item() {
    let d = Dialect { layout: Some(crate::read::Layout::Baskets), ..dialect(&["basket", "item"]) };
    let text = "milk,bread \n\nbutter\n milk,,\"rolls, buns\"\n";
    let expected = [["0", "milk"], ["0", "bread"], ["1", "butter"], ["2", "milk"], ["2", "rolls, buns"]];
    for slice in [1, 7, 100] {
        let out = read(text.as_bytes(), &d, &[], "t", slice).unwrap();
        assert_eq!(exact(&out.table), expected, "slices of {slice}");
    }
    let parts = in_slices(text.as_bytes(), &d, &[], &[3, 9, 20], 5);
    assert_eq!(exact(&parts.table), expected);
}

#[test]
fn any_column_takes_another_type_and_keeps_its_texts() {
    let out = load("1.50,2024-01-05\nx,\n3,2024-02-30\n", &["n", "d"], &[money(), plain(Type::Date)]);
    for column in &out.table.columns {
        let before: Vec<String> = (0..3).map(|r| column.exact(r).into_owned()).collect();
        for kind in [Type::Text, Type::Integer, Type::Decimal, Type::Boolean, Type::Date, Type::Timestamp] {
            let new = retype(column, kind, &Default::default());
            let after: Vec<String> = (0..3).map(|r| new.exact(r).into_owned()).collect();
            assert_eq!((before.clone(), new.len()), (after, 3), "{kind:?}");
            let back = retype(&new, column.kind, &Default::default());
            assert_eq!(before, (0..3).map(|r| back.exact(r).into_owned()).collect::<Vec<_>>());
        }
    }
    assert_eq!(retype(&out.table.columns[0], Type::Decimal, &Default::default()).numbers().unwrap()[0], 1.5);
}

fn rules() -> Rules {
    Rules {
        delimiter: Delimiter::Bytes(b",".to_vec()),
        quote: Some(b'"'),
        escape: None,
        comment: None,
        trim_around_quotes: false,
    }
}

/// The data records, one after the other, as a table of this width has them.
fn records_of<'a>(bytes: &'a [u8], rules: &Rules, width: usize) -> Vec<Record<'a>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let record = record::refit(bytes, record::record(bytes, at, rules), rules, width);
        at = record.next;
        if record.kind == Kind::Data {
            out.push(record);
        }
    }
    out
}

/// Text made of what matters to a parser.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => Just(",".to_string()), 4 => Just("\n".to_string()), 1 => Just("\r\n".to_string()), 1 => Just("\r".to_string()),
        4 => Just("\"".to_string()), 1 => Just("#".to_string()), 1 => Just(" ".to_string()), 1 => Just("\t".to_string()),
        2 => Just("\\".to_string()), 2 => Just("12".to_string()), 1 => Just("-0.50".to_string()), 1 => Just("007".to_string()),
        1 => Just("2024-02-29".to_string()), 1 => Just("客户".to_string()), 1 => Just("x".to_string()), 1 => Just("\0".to_string()),
        1 => Just("1e9".to_string()), 1 => Just("\"a,\nb\"\"c\",".to_string()), 1 => Just("||".to_string()),
        1 => Just("a longer text than sixty-four bytes, which crosses the border of a block".to_string()),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|p| p.concat())
}

fn dialects() -> impl Strategy<Value = Dialect> {
    let delimiter = prop_oneof![
        6 => Just(Delimiter::Bytes(b",".to_vec())),
        1 => Just(Delimiter::Bytes(b"\t".to_vec())),
        1 => Just(Delimiter::Bytes(b"||".to_vec())),
        1 => Just(Delimiter::Whitespace),
        1 => Just(Delimiter::None),
    ];
    let quote = prop_oneof![5 => Just(Some(b'"')), 1 => Just(None)];
    let escape = prop_oneof![4 => Just(None), 1 => Just(Some(b'\\')), 1 => Just(Some(b'"'))];
    let comment = prop_oneof![3 => Just(None), 1 => Just(Some("#".to_string()))];
    (delimiter, quote, escape, comment, any::<bool>(), 1usize..4).prop_map(
        |(delimiter, quote, escape, comment, trim, n)| Dialect {
            delimiter,
            quote,
            escape,
            comment,
            trim_around_quotes: trim,
            ..dialect(&["a", "b", "c"][..n])
        },
    )
}

fn plans() -> Vec<ColumnPlan> {
    vec![plain(Type::Integer), money(), plain(Type::Date)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_fast_way_and_its_plain_twin_agree(text in soup(), columns in 1usize..5) {
        let rules = rules();
        let bytes = text.as_bytes();
        let run = |mut scanner: Scanner| {
            let mut batch = Batch::new(columns);
            let mut rows: Vec<Vec<Vec<u8>>> = Vec::new();
            loop {
                let stop = scanner.fill(&mut batch);
                for r in 0..batch.rows {
                    rows.push((0..columns).map(|c| {
                        let cell = batch.column(c)[r];
                        let from = if cell.in_arena() { &batch.arena[..] } else { bytes };
                        from[cell.start as usize..cell.end()].to_vec()
                    }).collect());
                }
                if stop != Stop::Full { break }
            }
            (rows, scanner.at, scanner.ragged.clone(), scanner.newlines, scanner.blanks)
        };
        let fast = run(Scanner::new(bytes, 0, bytes.len(), true, &rules, columns));
        let slow = run(Scanner::new(bytes, 0, bytes.len(), true, &rules, columns).plain());
        prop_assert_eq!(&fast, &slow);
        prop_assert_eq!(fast.0.len(), records_of(bytes, &rules, columns).len());
    }

    #[test]
    fn any_cutting_in_any_order_gives_the_same_table(
        text in soup(), d in dialects(), cuts in proptest::collection::vec(any::<usize>(), 0..40), order in any::<u64>(),
    ) {
        let whole = read(text.as_bytes(), &d, &plans(), "t.csv", 1 << 20).unwrap();
        let parts = in_slices(text.as_bytes(), &d, &plans(), &cuts, order);
        prop_assert_eq!(facts(&whole), facts(&parts));
        let every: Vec<usize> = (0..=text.len()).collect();
        let bytewise = in_slices(text.as_bytes(), &d, &plans(), &every, order);
        prop_assert_eq!(facts(&whole), facts(&bytewise));
    }

    #[test]
    fn every_cell_keeps_its_exact_text(text in soup(), d in dialects()) {
        let typed = read(text.as_bytes(), &d, &plans(), "t.csv", 64).unwrap();
        let rules = Rules::of(&d);
        let mut expected = Vec::new();
        for record in records_of(text.as_bytes(), &rules, d.names.len()) {
            let mut cells: Vec<String> =
                record.cells.iter().take(d.names.len()).map(|c| String::from_utf8_lossy(&c.text).into_owned()).collect();
            cells.resize(d.names.len(), String::new());
            expected.push(cells);
        }
        prop_assert_eq!(exact(&typed.table), expected);
    }

    #[test]
    fn csv_written_without_guard_is_read_back_cell_by_cell(text in soup(), d in dialects()) {
        let first = read(text.as_bytes(), &d, &plans(), "t.csv", 64).unwrap();
        let mut csv = Vec::new();
        crate::table::to_csv(&first.table, None, false, false, &mut csv);
        let again = read(&csv, &dialect(&["a", "b", "c"][..d.names.len()]), &[], "t.csv", 64).unwrap();
        prop_assert_eq!(exact(&again.table), exact(&first.table));
    }

    #[test]
    fn bytes_of_any_kind_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300), d in dialects()) {
        let whole = read(&bytes, &d, &plans(), "t.csv", 1 << 20).unwrap();
        let parts = in_slices(&bytes, &d, &plans(), &[7, 50, 51, 130], 3);
        prop_assert_eq!(facts(&whole), facts(&parts));
    }

    #[test]
    fn a_damaged_blob_is_refused_or_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Part::from_blob(&bytes);
    }
}

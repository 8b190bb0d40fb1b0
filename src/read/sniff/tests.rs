use super::*;

fn sniffed(text: &str) -> Sniffed {
    sniff(text.as_bytes(), true, &Options::default())
}

fn bytes(text: &str) -> Delimiter {
    Delimiter::Bytes(text.as_bytes().to_vec())
}

#[test]
fn delimiters_quotes_and_names() {
    for (text, delimiter, names) in [
        ("a,b\n1,2\n", ",", &["a", "b"][..]),
        ("a;b\n1,5;2,5\n", ";", &["a", "b"]),
        ("a\tb\n1\t2\n", "\t", &["a", "b"]),
        ("a|b\nx|y\n", "|", &["a", "b"]),
        ("a||b\n1||2\n3||4\n", "||", &["a", "b"]),
        ("a, b, c\n1, 2, 3\n4, 5, 6\n", ", ", &["a", "b", "c"]),
        ("sep=;\na;b\n1;2\n", ";", &["a", "b"]),
        ("name,quote\nx,\"a;b;c\"\ny,\"d;e;f\"\n", ",", &["name", "quote"]),
        ("a,,a\n1,2,3\n", ",", &["a", "column_2", "a_2"]),
        ("id,when\n1,2024-01-01 10:20:30\n2,2024-01-02 10:20:30\n", ",", &["id", "when"]),
    ] {
        let s = sniffed(text);
        assert_eq!(
            (&s.dialect.delimiter, s.dialect.names.as_slice()),
            (&bytes(delimiter), names.map_strings().as_slice()),
            "{text:?}"
        );
    }
}

trait Strings {
    fn map_strings(&self) -> Vec<String>;
}
impl Strings for &[&str] {
    fn map_strings(&self) -> Vec<String> {
        self.iter().map(|s| s.to_string()).collect()
    }
}

#[test]
fn one_column_is_not_cut() {
    assert_eq!(sniffed("when\n2024-01-01 10:20:30\n2024-01-02 11:21:31\n").dialect.names, ["when"]);
    assert_eq!(sniffed("review\nGood, cheap. Nice\nBad\nSo, so, so, long\nFine\n").dialect.names, ["review"]);
}

#[test]
fn headers_titles_and_comments() {
    for (text, skipped, header, names) in [
        ("1,2\n3,4\n", 0, 0, &["column_1", "column_2"][..]),
        ("Report 2024,,\n,,\nid,name,n\n1,x,2\n2,y,3\n", 2, 1, &["id", "name", "n"]),
        ("Report of the year\n\nid,name,n\n1,x,2\n2,y,3\n", 1, 1, &["id", "name", "n"]),
        ("# made by hand\nid,name\n1,x\n2,y\n", 1, 1, &["id", "name"]),
        ("#id,name\n1,x\n2,y\n", 0, 1, &["#id", "name"]),
        ("w,h\ncm,cm\n1,2\n3,4\n", 0, 2, &["w cm", "h cm"]),
        ("id,name\n", 0, 1, &["id", "name"]),
        ("A11 6 A34\nA12 48 A32\nA14 12 A34\n", 0, 0, &["column_1", "column_2", "column_3"]),
        ("a,b\n1,2,\n3,4,\n", 0, 1, &["a", "b"]),
        ("a,b\nr1,1,2\nr2,3,4\n", 0, 1, &["column_1", "a", "b"]),
        ("城市,销量\n上海,5\n北京,6\n", 0, 1, &["城市", "销量"]),
    ] {
        let d = sniffed(text).dialect;
        assert_eq!((d.skipped_rows, d.header_rows, d.names), (skipped, header, names.map_strings()), "{text:?}");
    }
}

#[test]
fn a_broken_sample_never_fails() {
    for text in ["", "\n", "\"", ",", "\u{0}", "\"\"\"", "a", ",,,\n,,,\n", "\r\r\r"] {
        let _ = sniffed(text);
    }
}

#[test]
fn a_stray_quote_costs_its_own_cell_only() {
    let rows = "a,b,c\n1,x,\"one, two\"\n2,y,\"three\"\n";
    for (broken, cells) in [
        ("\"3,z,\"four, five\"\n", ["\"3", "z", "four, five"]),
        ("3,\"\"z\",five\n", ["3", "\"z", "five"]),
        ("3,z,\"\n4,w,\"six, seven\"\n", ["3", "z", "\""]),
        ("3,\"z 5\"\",\"four\"\n", ["3", "z 5\"", "four"]),
    ] {
        let text = format!("{rows}{broken}");
        let s = sniffed(&text);
        let rules = Rules::of(&s.dialect);
        let first = record(text.as_bytes(), rows.len(), &rules);
        let found = refit(text.as_bytes(), first, &rules, 3);
        let got: Vec<String> = found.cells.iter().map(|c| String::from_utf8_lossy(&c.text).into_owned()).collect();
        assert_eq!(got, cells, "{broken:?}");
    }
}

#[test]
fn an_escape_is_one_where_it_protects_something() {
    let text = "path,note\n\"C:\\new\",\"5\\\" pipe\"\n\"D:\\old\",\"6\\\" pipe\"\n";
    let s = sniffed(text);
    assert_eq!(s.dialect.escape, Some(b'\\'));
    let rules = Rules::of(&s.dialect);
    let found = record(text.as_bytes(), s.dialect.start as usize, &rules);
    assert_eq!((found.cells[0].text.as_ref(), found.cells[1].text.as_ref()), (&b"C:\\new"[..], &b"5\" pipe"[..]));
}

#[test]
fn stray_separators_in_the_header_are_no_columns() {
    assert_eq!(sniffed("a,,b\n1,2\n3,4\n5,6\n").dialect.names, ["a", "b"]);
    assert_eq!(sniffed("a,b,\n1,2\n3,4\n").dialect.names, ["a", "b"]);
    assert_eq!(sniffed("a,,b\n1,2,3\n3,4,5\n").dialect.names, ["a", "column_2", "b"]);
}

#[test]
fn a_header_that_stands_again_is_skipped_and_counted() {
    let part =
        |name: &str| format!("id,name,amount\n{}", (0..6).map(|i| format!("{i},{name},{i}.5\n")).collect::<String>());
    let text = part("n") + &part("m");
    let s = sniffed(&text);
    assert_eq!((s.dialect.header_rows, s.plans[2].kind), (1, Type::Decimal));
    let out = crate::read::csv::read(text.as_bytes(), &s.dialect, &s.plans, "file", 7).expect("a table");
    assert_eq!((out.table.rows, out.source.skipped_rows, out.table.columns[2].kind), (12, 1, Type::Decimal));
    // Told that nothing is a comment, the reader leaves the line in.
    let told = sniff(text.as_bytes(), true, &Options { comment: Some(String::new()), ..Options::default() });
    assert_eq!(told.dialect.comment, None);
}

#[test]
fn a_header_longer_than_the_sample_is_read_whole() {
    let names: Vec<String> = (0..40_000).map(|i| format!("column {i}")).collect();
    let row = |v: usize| vec![v.to_string(); names.len()].join(",");
    let text = format!("{}\n{}\n{}\n", names.join(","), row(1), row(2));
    assert!(names.join(",").len() > SAMPLE);
    let found = sniff(text.as_bytes(), true, &Options::default()).dialect;
    assert_eq!((found.names.len(), found.header_rows), (40_000, 1));
}

fn tables_of(text: &str, options: &Options) -> (Vec<String>, usize, Vec<String>, String) {
    let d = sniff(text.as_bytes(), true, options).dialect;
    let end = d.stop.map_or(text.len(), |s| s as usize);
    (d.tables, d.table, d.names, text[d.start as usize..end].to_string())
}

#[test]
fn tables_one_below_another_are_told_apart_and_the_longest_is_read() {
    let text = "Orders 2024\n\norder,day,amount\n1,2024-01-05,10.5\n2,2024-01-06,20\n3,2024-01-07,7\n\nTargets\nregion,goal\nnorth,100\nsouth,80\n\n,,\nstaff,since,pay\nann,2020-01-01,100\n";
    let auto = Options::default();
    let (tables, this, names, body) = tables_of(text, &auto);
    assert_eq!(tables, ["order, day, amount", "region, goal", "staff, since, pay"]);
    assert_eq!((this, names.join(" ")), (1, "order day amount".to_string()));
    assert_eq!(body, "1,2024-01-05,10.5\n2,2024-01-06,20\n3,2024-01-07,7\n\n");
    for (n, wanted, first) in [(2, "region goal", "north,100"), (3, "staff since pay", "ann,2020")] {
        let (_, this, names, body) = tables_of(text, &Options { table: Some(n), ..Options::default() });
        assert_eq!((this, names.join(" ")), (n, wanted.to_string()));
        assert!(body.starts_with(first), "{body}");
    }
    // The longest: a summary above is not the table.
    let text = "kind,n\na,1\nb,2\n\nday,shop,amount\n2024-01-05,x,1\n2024-01-06,y,2\n2024-01-07,x,3\n";
    let (tables, this, _, body) = tables_of(text, &auto);
    assert_eq!((tables.len(), this, body.lines().count()), (2, 2, 3));
    // Also one that is so small beside the other that it could be its title.
    let text = "Report\n\nregion,goal\nnorth,100\n\nOrders\norder,who,day,amount\n1,a,2024-01-05,1\n2,b,2024-01-06,2\n";
    let (tables, this, names, body) = tables_of(text, &auto);
    assert_eq!(tables, ["region, goal", "order, who, day, amount"]);
    assert_eq!((this, names.len(), body.lines().count()), (2, 4, 2));
    let (_, this, names, _) = tables_of(text, &Options { table: Some(1), ..Options::default() });
    assert_eq!((this, names.join(" ")), (1, "region goal".to_string()));
    // What the first line says of the separator holds for every one.
    let text = "sep=;\nid;day;sum\n1;2024-01-02;4\n2;2024-01-03;5\n3;2024-01-04;6\n\ncity, land;goal, set, seen\nRome, IT;1\nOslo, NO;2\n";
    let (_, this, names, _) = tables_of(text, &Options { table: Some(2), ..Options::default() });
    assert_eq!((this, names), (2, vec!["city, land".to_string(), "goal, set, seen".to_string()]));
}

#[test]
fn a_second_table_needs_no_gap_where_its_width_changes_and_lasts() {
    let text = "day,shop,amount\n2024-01-05,x,1\n2024-01-06,y,2\nitem,price\npen,1.5\ncup,3\n";
    let (tables, this, _, body) = tables_of(text, &Options::default());
    assert_eq!((tables.len(), this, body.lines().count()), (2, 1, 2));
}

#[test]
fn gaps_notes_totals_and_repeated_headers_make_no_second_table() {
    for text in [
        // Groups behind blank lines, the header repeated or not.
        "day,amount\n2024-01-05,1\n\n2024-01-06,2\n\nday,amount\n2024-01-07,3\n",
        // A note and a total at the end.
        "day,amount\n2024-01-05,1\n2024-01-06,2\n\nTotal,3\n\nprinted on 2024-02-01\n",
        "day,amount\n2024-01-05,1\n2024-01-06,2\n\nsource,the till\n",
        // Words alone: nothing tells names from values.
        "name,city\nann,rome\nbob,oslo\n\ncleo,paris\ndan,bonn\n",
        // Ragged rows.
        "day,shop,amount\n2024-01-05,x,1\nnote,closed\n2024-01-06,y,2\n2024-01-07,y,2\n",
    ] {
        let (tables, this, _, _) = tables_of(text, &Options::default());
        assert!(tables.is_empty() && this == 1, "{text:?}: {tables:?}");
    }
    // Who says that there is no header has one table in mind.
    let text = "a,1\nb,2\n\nname,n\nc,3\nd,4\n";
    let options = Options { header: Some(Header::Given(false)), ..Options::default() };
    assert!(tables_of(text, &options).0.is_empty());
}

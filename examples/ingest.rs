//! How fast a CSV file becomes a table, natively and in this thread: `cargo run --release --example ingest FILE [REPEATS]`.
//! The columns' plans come from the first megabyte, as in the product.

use std::time::Instant;

use kelan::read::csv::{Begin, Builder, Parser, Part, record};
use kelan::read::value::{Hints, plan};
use kelan::read::{ColumnPlan, Delimiter, Dialect, Newline};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let Some(bytes) = args.get(1).and_then(|path| std::fs::read(path).ok()) else {
        println!("usage: ingest FILE [REPEATS]");
        return;
    };
    let repeats: usize = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(5);
    for _ in 0..repeats {
        run(&bytes);
    }
}

fn run(bytes: &[u8]) {
    let start = Instant::now();
    let mut dialect = Dialect {
        delimiter: Delimiter::Bytes(b",".to_vec()),
        quote: Some(b'"'),
        escape: None,
        comment: None,
        skipped_rows: 0,
        stop: None,
        tables: Vec::new(),
        table: 1,
        header_rows: 1,
        start: 0,
        names: Vec::new(),
        newline: Newline::Lf,
        trim_around_quotes: false,
        drop_totals: true,
        layout: None,
        writing: Default::default(),
        encoding: "utf-8".into(),
    };
    let rules = record::Rules::of(&dialect);
    let sample = &bytes[..bytes.len().min(1 << 18)];
    let records: Vec<record::Record> = record::records(sample, 0, &rules).take(2000).collect();
    let Some((header, body)) = records.split_first() else { return };
    dialect.names = header.cells.iter().map(|c| String::from_utf8_lossy(&c.text).into_owned()).collect();
    dialect.start = header.next as u64;
    let plans: Vec<ColumnPlan> = (0..dialect.names.len())
        .map(|i| {
            let cells: Vec<&[u8]> = body.iter().filter_map(|r| r.cells.get(i)).map(|c| c.text.as_ref()).collect();
            plan(&dialect.names[i], &cells, Hints::default())
        })
        .collect();
    let sniffed = start.elapsed();
    let parser = Parser::new(&dialect, &plans);
    let mut builder = Builder::new(&dialect, &plans);
    let (mut parsing, mut travel, mut joining, mut blobs) = (0.0, 0.0, 0.0, 0);
    let mut at = dialect.start as usize;
    while at < bytes.len() {
        let end = (at + (4 << 20)).min(bytes.len());
        let ahead = (end + (1 << 16)).min(bytes.len());
        let begin = if at == dialect.start as usize { Begin::At(at as u64) } else { Begin::Guess };
        let t = Instant::now();
        let Ok(part) = parser.parse(&bytes[at..ahead], [at as u64, end as u64], begin, ahead == bytes.len()) else {
            return;
        };
        parsing += t.elapsed().as_secs_f64();
        let t = Instant::now();
        let blob = part.to_blob();
        blobs += blob.len();
        let Some(part) = Part::from_blob(&blob) else { return };
        travel += t.elapsed().as_secs_f64();
        let t = Instant::now();
        // A guess is wrong when a record begins exactly at the border, or when the border lies in a quoted cell.
        if let Ok(Some(again)) = builder.push(part) {
            let Ok(part) = parser.parse(&bytes[at..ahead], again.slice, again.begin, ahead == bytes.len()) else {
                return;
            };
            let Ok(None) = builder.push(part) else { return };
        }
        joining += t.elapsed().as_secs_f64();
        at = end;
    }
    let t = Instant::now();
    let Ok(outcome) = builder.finish("file", bytes.len() as u64) else { return };
    let finishing = t.elapsed().as_secs_f64();
    let total = start.elapsed().as_secs_f64();
    let held: usize =
        outcome.table.columns.iter().flat_map(|c| &c.chunks).map(|c| c.get_array_memory_size()).sum::<usize>();
    println!(
        "{} rows, {:.0} ms, {:.0} MB/s: sniff {:.1} parse {:.0} travel {:.0} join {:.0} finish {:.1}; blobs {:.1} MB, held {:.1} MB; {:?}",
        outcome.table.rows,
        total * 1e3,
        bytes.len() as f64 / total / 1e6,
        sniffed.as_secs_f64() * 1e3,
        parsing * 1e3,
        travel * 1e3,
        joining * 1e3,
        finishing * 1e3,
        blobs as f64 / 1e6,
        held as f64 / 1e6,
        outcome.table.columns.iter().map(|c| (c.kind, c.raw.len())).collect::<Vec<_>>(),
    );
}

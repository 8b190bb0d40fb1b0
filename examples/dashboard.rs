//! How long the rooms of a dashboard take on an orders file, natively and in this thread:
//! `cargo run --release --example dashboard FILE [REPEATS] [ID=PARAMS …]`. The first call of a room builds what later ones share.

use std::time::Instant;

use kelan::job::{Plan, Reading, Workspace};
use kelan::read::csv::Begin;

const ROOMS: [&str; 5] = [
    r#"revenue={"period":"year"}"#,
    r#"rfm={}"#,
    r#"cohort={"period":"month"}"#,
    r#"revenue={"period":"month","by":["channel","category"]}"#,
    r#"pareto={"of":{"role":"product"}}"#,
];

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let Some(bytes) = args.get(1).and_then(|path| std::fs::read(path).ok()) else {
        println!("usage: dashboard FILE [REPEATS] [ID=PARAMS …]");
        return;
    };
    let repeats: usize = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(5);
    let mut workspace = Workspace::default();
    if let Err(error) = read(&mut workspace, &bytes) {
        println!("{error:?}");
        return;
    }
    let rooms: Vec<&str> = if args.len() > 3 { args[3..].iter().map(String::as_str).collect() } else { ROOMS.to_vec() };
    for room in rooms {
        let Some((id, params)) = room.split_once('=') else { continue };
        let request = format!(r#"{{"op":"analyze","table":0,"id":"{id}","params":{params}}}"#);
        let mut times = Vec::new();
        let mut told = String::new();
        for _ in 0..repeats {
            let t = Instant::now();
            told = match workspace.call(&request) {
                Ok(answer) => format!(
                    "{} bytes of JSON, {} rows",
                    answer.value.to_string().len(),
                    answer.frame.map_or(0, |f| f.rows())
                ),
                Err(error) => format!("{error:?}"),
            };
            times.push(t.elapsed().as_secs_f64() * 1e3);
        }
        let first = times[0];
        times.sort_by(f64::total_cmp);
        println!("{room}: first {first:.1} ms, best {:.1} ms; {told}", times[0]);
    }
}

fn read(workspace: &mut Workspace, bytes: &[u8]) -> kelan::error::Result<()> {
    let size = bytes.len() as u64;
    let mut reading = Reading::new("{}", &bytes[..bytes.len().min(1 << 18)], size, size)?;
    let parser = Plan::parser(&reading.plan()?)?;
    let (mut at, mut begin) = (reading.begin() as usize, Begin::At(reading.begin()));
    while at < bytes.len() {
        let end = (at + (4 << 20)).min(bytes.len());
        let ahead = (end + (1 << 16)).min(bytes.len());
        let part = parser.parse(&bytes[at..ahead], [at as u64, end as u64], begin, ahead == bytes.len())?;
        begin = Begin::At(part.next);
        reading.push(&part.to_blob())?;
        at = end;
    }
    reading.finish(workspace).map(|_| ())
}

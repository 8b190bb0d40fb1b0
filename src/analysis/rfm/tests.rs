use serde_json::{Value, json};

use super::*;
use crate::analysis::contract::{self, Sample};
use crate::analysis_contract;

analysis_contract!(Rfm);

fn run(sample: &Sample, params: Value) -> crate::analysis::Finding {
    sample.run::<Rfm>(&params).unwrap()
}

#[test]
fn by_hand_five_customers() {
    // Recency 10, 20, 30, 40, 50 days; orders 5, 4, 3, 2, 1; money 500 … 100: scores run straight down.
    let mut sample = contract::orders();
    sample.rows.clear();
    for c in 0..5i32 {
        for o in 0..5 - c {
            let day = time::iso(10_000 - 10 * (c + 1) - o);
            let cells = [&format!("K{c}"), &format!("{c}-{o}"), &day, "P", "P", "x", "x", "x", "1", "100"];
            sample.rows.push(cells.iter().map(|t| Some(t.to_string())).collect());
        }
    }
    let finding = run(&sample, json!({ "as_of": time::iso(10_000) }));
    let frame = &finding.frame;
    assert_eq!(frame.get("recency_days"), Some(&Series::Number(vec![10.0, 20.0, 30.0, 40.0, 50.0])));
    assert_eq!(frame.get("frequency"), Some(&Series::Number(vec![5.0, 4.0, 3.0, 2.0, 1.0])));
    assert_eq!(frame.get("monetary"), Some(&Series::Number(vec![500.0, 400.0, 300.0, 200.0, 100.0])));
    assert_eq!(frame.get("r"), Some(&Series::Small(vec![5, 4, 3, 2, 1])));
    assert_eq!(frame.get("f"), Some(&Series::Small(vec![5, 4, 3, 2, 1])));
    assert_eq!(finding.summary["cells"], json!({ "111": 1, "222": 1, "333": 1, "444": 1, "555": 1 }));
    let of = |id: &str| finding.summary["segments"].as_array().unwrap().iter().find(|s| s["id"] == id).unwrap().clone();
    assert_eq!(of("champion")["revenue"], 500.0);
    assert_eq!(of("hibernating")["customers"], 2);
    assert_eq!(of("new")["mean_monetary"], Value::Null);
}

#[test]
fn each_param_changes_the_output() {
    let sample = contract::orders();
    let plain = run(&sample, json!({}));
    for params in [
        json!({ "as_of": "2024-01-01" }),
        json!({ "scoring": "rank_first" }),
        json!({ "scoring": { "cuts": { "recency": [10, 20, 30, 40], "frequency": [1, 2, 3, 4], "monetary": [1, 2, 3, 4] } } }),
        json!({ "compare_to": "2023-09-01" }),
        json!({ "scheme": "eight" }),
        json!({ "refunds": "drop" }),
    ] {
        let other = run(&sample, params.clone());
        assert_ne!(plain.summary, other.summary, "{params}");
    }
}

#[test]
fn migration_counts_every_customer_of_today_once() {
    let finding = run(&contract::orders(), json!({ "compare_to": "2023-09-01" }));
    let moves = finding.summary["migration"].as_array().unwrap();
    let total: u64 = moves.iter().map(|m| m["customers"].as_u64().unwrap()).sum();
    assert_eq!(total, finding.summary["customers"].as_u64().unwrap());
}

#[test]
fn bad_days_and_edges_are_refused() {
    let sample = contract::orders();
    for params in [
        json!({ "as_of": "soon" }),
        json!({ "compare_to": "2030-01-01" }),
        json!({ "scoring": { "cuts": { "recency": [4, 3, 2, 1], "frequency": [1, 2, 3, 4], "monetary": [1, 2, 3, 4] } } }),
    ] {
        assert_eq!(sample.run::<Rfm>(&params).err().unwrap().code, Code::BadParam, "{params}");
    }
}

/// Eight of ten customers ordered once: three of the five scores of frequency are nobody's, and the grid has no rows of zeros for them.
#[test]
fn scores_that_nobody_has_are_not_drawn_but_said() {
    let mut sample = contract::orders();
    let pattern = sample.rows[0].clone();
    sample.rows = (0..30)
        .map(|i| {
            let who = if i < 8 { i } else { 8 + i % 2 };
            let mut row = pattern.clone();
            row[0] = Some(format!("c{who}"));
            row[1] = Some(format!("o{i}"));
            row[2] = Some(format!("2024-01-{:02}", i + 1));
            row[9] = Some("10".into());
            row
        })
        .collect();
    let finding = run(&sample, json!({}));
    let taken: Vec<&str> =
        ["1", "2", "3", "4", "5"].into_iter().filter(|k| finding.summary["scores"]["F"][*k] != 0).collect();
    assert!(taken.len() < 5, "{}", finding.summary["scores"]);
    let grid = finding.charts.iter().find(|c| c.id == "grid").unwrap();
    assert_eq!(grid.option["yAxis"]["data"].as_array().map(Vec::len), Some(taken.len()), "{}", grid.option["yAxis"]);
    assert!(grid.subtitle.en.contains("not given: too many customers are tied"), "{:?}", grid.subtitle);
    let cells = grid.option["series"][0]["data"].as_array().unwrap();
    assert_eq!(cells.len(), taken.len() * 5);
    // A plain shop has all scores, and nothing to say about it.
    let whole = run(&contract::orders(), json!({ "scoring": "rank_first" }));
    assert!(!whole.charts[0].subtitle.en.contains("not given"));
}

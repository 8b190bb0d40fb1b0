use serde_json::{Value, json};

use super::*;
use crate::analysis::contract;
use crate::analysis_contract;

analysis_contract!(Overview);

fn run(params: Value) -> Value {
    contract::orders().run::<Overview>(&params).unwrap().summary
}

#[test]
fn by_hand_five_customers() {
    let mut sample = contract::orders();
    let rows = [
        ("a", "1", "2024-01-01", "10"),
        ("a", "2", "2024-01-11", "20"),
        ("a", "3", "2024-01-11", "5"),
        ("b", "4", "2024-01-02", "7"),
        ("b", "5", "2024-01-05", "8"),
        ("b", "6", "2024-01-25", "9"),
        ("c", "7", "2024-02-01", "100"),
        ("d", "8", "2024-02-02", "50"),
        ("e", "9", "2024-02-03", "-3"),
    ];
    sample.rows = rows
        .iter()
        .map(|(who, order, day, amount)| {
            [who, order, day, "P", "P", "x", "x", "x", "1", *amount].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    let s = sample.run::<Overview>(&json!({})).unwrap().summary;
    assert_eq!((s["revenue"].as_f64(), s["orders"].as_u64(), s["customers"].as_u64()), (Some(206.0), Some(8), Some(4)));
    assert_eq!(s["repeat_rate"], 0.5);
    // Gaps: a 10; b 3, 20. Type 7: median 10, p25 6.5, p75 15; own means 10 and 11.5.
    assert_eq!(s["gap_days"]["n"], 3);
    assert_eq!(s["median_gap_days"], 10.0);
    assert_eq!((s["gap_days"]["p25"].as_f64(), s["gap_days"]["p75"].as_f64()), (Some(6.5), Some(15.0)));
    assert_eq!(s["gap_days"]["customer_mean"], 10.75);
    assert_eq!(s["previous"], Value::Null);
    assert_eq!(s["order_counts"][0], json!({ "orders": 1, "customers": 2 }));
    let feb = sample.run::<Overview>(&json!({ "from": "2024-02-01", "to": "2024-02-03" })).unwrap().summary;
    assert_eq!((feb["new_customers"].as_u64(), feb["revenue"].as_f64()), (Some(2), Some(147.0)));
    let late = sample.run::<Overview>(&json!({ "from": "2024-01-11", "to": "2024-01-20" })).unwrap().summary;
    assert_eq!(late["previous"]["revenue"], 25.0, "1 to 10 January");
    assert_eq!(late["change"]["revenue"], 0.0);
    assert_eq!(late["returning_customers"], 1);
}

#[test]
fn each_param_changes_the_output() {
    let plain = run(json!({ "from": "2023-10-01", "to": "2023-10-31" }));
    for params in [
        json!({ "from": "2023-09-01", "to": "2023-10-31" }),
        json!({ "from": "2023-10-01", "to": "2023-10-30" }),
        json!({ "from": "2023-10-01", "to": "2023-10-31", "compare": null }),
        json!({ "from": "2023-10-01", "to": "2023-10-31", "compare": "year_ago" }),
    ] {
        assert_ne!(plain, run(params.clone()), "{params}");
    }
    assert_ne!(run(json!({})), run(json!({ "refunds": "drop" })));
}

#[test]
fn the_usual_range_needs_twelve_past_changes() {
    let week = run(json!({ "from": "2024-01-01", "to": "2024-01-07" }));
    assert!(week["usual"]["revenue"]["periods"].as_u64().unwrap() >= 12);
    assert!(week["usual"]["revenue"]["low"].as_f64() < week["usual"]["revenue"]["high"].as_f64());
    assert_eq!(run(json!({ "from": "2023-12-01", "to": "2023-12-31" }))["usual"], Value::Null);
}

#[test]
fn the_trend_ends_with_the_span_shown_and_holds_what_each_span_says_of_itself() {
    let span = |a: &str, b: &str| run(json!({ "from": a, "to": b }));
    let now = span("2023-12-03", "2023-12-30");
    let before = span("2023-11-05", "2023-12-02");
    for (name, list) in now["trend"].as_object().unwrap() {
        let list: Vec<f64> = list.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        assert!(list.len() <= 13 && list.len() >= 2, "{name}: {}", list.len());
        for (value, of) in [(list[list.len() - 1], &now), (list[list.len() - 2], &before)] {
            let said = of[name].as_f64().unwrap();
            assert!((value - said).abs() <= 1e-9 * said.abs().max(1.0), "{name}: {value} {said}");
        }
    }
    assert_eq!(run(json!({}))["trend"]["orders"].as_array().unwrap().len(), 1, "nothing lies before the whole");
}

#[test]
fn spans_that_make_no_sense_are_refused() {
    let code = |p: Value| contract::orders().run::<Overview>(&p).err().unwrap().code;
    assert_eq!(code(json!({ "from": "2024-01-02", "to": "2024-01-01" })), Code::BadParam);
    assert_eq!(code(json!({ "from": "1990-01-01", "to": "1990-02-01" })), Code::NoRows);
    assert_eq!(code(json!({ "from": "1 May" })), Code::BadParam);
}

/// Of a negative base there is no percentage: the words give both figures.
#[test]
fn less_than_nothing_is_no_percentage() {
    let mut sample = contract::orders();
    let rows = [("a", "1", "2024-01-05", "-10"), ("a", "2", "2024-01-15", "4"), ("b", "3", "2024-01-25", "-50")];
    sample.rows = rows
        .iter()
        .map(|(who, order, day, amount)| {
            [who, order, day, "P", "P", "x", "x", "x", "1", *amount].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    for (from, to) in [("2024-01-11", "2024-01-20"), ("2024-01-21", "2024-01-30")] {
        let finding = sample.run::<Overview>(&json!({ "from": from, "to": to })).unwrap();
        let words = &finding.headline;
        assert!(!words.en.contains('%') && !words.zh.contains('%'), "{}", words.en);
    }
    let last = sample.run::<Overview>(&json!({ "from": "2024-01-21", "to": "2024-01-30" })).unwrap().headline;
    assert!(last.en.contains("in the span before"), "{}", last.en);
}

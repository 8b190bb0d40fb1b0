use serde_json::{Value, json};

use super::*;
use crate::analysis::contract;
use crate::analysis_contract;

analysis_contract!(Lifecycle);

fn run(params: Value) -> Value {
    contract::orders().run::<Lifecycle>(&params).unwrap().summary
}

#[test]
fn by_hand_five_customers() {
    let mut sample = contract::orders();
    let days: [(&str, &[&str]); 5] = [
        ("a", &["2024-01-01", "2024-01-11", "2024-01-21", "2024-01-31"]),
        ("b", &["2024-01-01", "2024-01-11", "2024-01-21"]),
        ("c", &["2024-01-30"]),
        ("d", &["2024-01-20", "2024-01-30"]),
        ("e", &["2024-01-15"]),
    ];
    sample.rows = days
        .iter()
        .flat_map(|(who, list)| list.iter().map(move |d| (who, d)))
        .enumerate()
        .map(|(i, (who, day))| {
            let order = i.to_string();
            [who, order.as_str(), day, "P", "P", "x", "x", "x", "1", "10"].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    let f = sample.run::<Lifecycle>(&json!({ "as_of": "2024-02-01" })).unwrap();
    let Some(Series::Coded(codes, labels)) = f.frame.get("stage") else { panic!() };
    let stages: Vec<&str> = codes.iter().map(|c| labels[*c as usize].as_str()).collect();
    assert_eq!(stages, ["loyal", "active", "new", "active", "at_risk"]);
    assert_eq!(f.summary["median_gap_days"], 10.0);
    assert_eq!(f.summary["stages"][2]["revenue"], 40.0);
    assert_eq!(f.summary["flow"][0]["stages"]["new"], 1, "at the end of January e is already late");
    assert_eq!(
        f.headline.en.replace(crate::analysis::say::MONEY, "$"),
        "1 of 5 customers (20%) is later than usual and has spent $10."
    );
    assert!(f.method.warnings.iter().any(|w| w.en.contains("fewer than 30 gaps")), "six gaps are few");
    assert!(
        f.method.choices.iter().any(|w| w.en.starts_with("only 2 of 5 customers")
            && w.en.contains("the median gap of all, 10 days (from 6 gaps)"))
    );
    let late = sample.run::<Lifecycle>(&json!({ "as_of": "2024-04-01" })).unwrap();
    assert_eq!(late.summary["stages"][4]["customers"], 5, "sixty days later all have lapsed");
    assert_eq!(late.headline.en, "Of 5 customers 5 (100%) have lapsed; nobody is just late.");
    assert_eq!(late.headline.zh, "5 位客户中有 5 位（100%）已流失，没有刚逾期未购的。");
}

#[test]
fn each_param_changes_the_output() {
    let plain = run(json!({}));
    for params in [
        json!({ "as_of": "2023-10-01" }),
        json!({ "rules": { "loyal_orders": 2 } }),
        json!({ "rules": { "at_risk_after": 1 } }),
        json!({ "rules": { "lapsed_after": 2 } }),
        json!({ "period": "quarter" }),
        json!({ "refunds": "drop" }),
    ] {
        let other = run(params.clone());
        assert!(plain != other || params["refunds"] == "drop" && plain["stages"] == other["stages"], "{params}");
    }
}

#[test]
fn everybody_is_in_one_stage_and_every_row_of_transitions_sums_to_one() {
    let s = run(json!({}));
    let n: u64 = s["stages"].as_array().unwrap().iter().map(|g| g["customers"].as_u64().unwrap()).sum();
    assert_eq!(n, s["customers"].as_u64().unwrap());
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for t in s["transitions"].as_array().unwrap() {
        *sums.entry(t["from"].to_string()).or_default() += t["p"].as_f64().unwrap();
    }
    assert!(sums.values().all(|p| (p - 1.0).abs() < 1e-12));
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let code = |p: Value| contract::orders().run::<Lifecycle>(&p).err().unwrap().code;
    assert_eq!(code(json!({ "rules": { "at_risk_after": 4 } })), Code::BadParam);
    assert_eq!(code(json!({ "rules": { "loyal_orders": 1 } })), Code::BadParam);
    assert_eq!(code(json!({ "rules": { "loyal": 1 } })), Code::UnknownParam);
}

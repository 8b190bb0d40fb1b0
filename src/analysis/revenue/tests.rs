use serde_json::{Value, json};

use super::*;
use crate::analysis::contract;
use crate::analysis_contract;

analysis_contract!(Revenue, params = json!({ "by": ["channel", "category"] }));

fn run(params: Value) -> Value {
    contract::orders().run::<Revenue>(&params).unwrap().summary
}

#[test]
fn by_hand_five_customers() {
    let mut sample = contract::orders();
    // customer, order, day, category, amount
    let rows = [
        ("a", "1", "2024-01-05", "tea", "10"),
        ("a", "1", "2024-01-05", "cups", "5"),
        ("a", "2", "2024-02-05", "tea", "20"),
        ("b", "3", "2024-01-09", "tea", "7"),
        ("c", "4", "2024-02-09", "cups", "8"),
        ("d", "5", "2024-02-29", "tea", "1"),
        ("e", "6", "2024-02-29", "tea", "2"),
        ("a", "7", "2024-02-20", "tea", "-4"),
    ];
    sample.rows = rows
        .iter()
        .map(|(who, order, day, category, amount)| {
            [who, order, day, "P", "P", category, "x", "x", "1", *amount].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    let finding = sample.run::<Revenue>(&json!({ "by": ["category"] })).unwrap();
    let s = &finding.summary;
    assert_eq!(s["total"], json!({ "revenue": 49.0, "orders": 6, "customers": 5 }));
    let feb = &s["periods"][1];
    assert_eq!((&feb["revenue"], &feb["orders"], &feb["customers"]), (&json!(27.0), &json!(5 - 1), &json!(4)));
    assert_eq!((&feb["new_customers"], &feb["new_customer_revenue"]), (&json!(3), &json!(11.0)));
    assert!((feb["growth"].as_f64().unwrap() - (27.0 / 22.0 - 1.0)).abs() < 1e-12);
    let tea = &s["by"][0]["values"][0];
    assert_eq!(
        (&tea["value"], &tea["revenue"], &tea["orders"], &tea["customers"]),
        (&json!("tea"), &json!(36.0), &json!(5), &json!(4))
    );
    assert_eq!(s["open"], false);
    // Frame: periods × values, values in order of ids; the cells of a period sum to it.
    assert_eq!(finding.frame.rows(), 4);
    assert_eq!(finding.frame.get("revenue"), Some(&Series::Number(vec![5.0, 17.0, 8.0, 19.0])));
    assert_eq!(finding.frame.get("orders"), Some(&Series::Number(vec![1.0, 2.0, 1.0, 3.0])));
    assert_eq!(finding.frame.get("quantity"), Some(&Series::Number(vec![1.0, 2.0, 1.0, 4.0])));
}

#[test]
fn dimensions_that_hold_for_the_whole_order_count_like_those_that_do_not() {
    // Channel is constant within an order; the same values line by line must give the same counts.
    let finding = contract::orders().run::<Revenue>(&json!({ "by": ["channel", "region", "category"] })).unwrap();
    let sum = |name: &str| match finding.frame.get(name) {
        Some(Series::Number(v)) => v.iter().sum::<f64>(),
        _ => f64::NAN,
    };
    assert!((sum("revenue") - finding.summary["total"]["revenue"].as_f64().unwrap()).abs() < 1e-6);
    for split in finding.summary["by"].as_array().unwrap() {
        let values = split["values"].as_array().unwrap();
        let revenue: f64 = values.iter().map(|v| v["revenue"].as_f64().unwrap()).sum();
        assert!((revenue - finding.summary["total"]["revenue"].as_f64().unwrap()).abs() < 1e-6);
        let orders: u64 = values.iter().map(|v| v["orders"].as_u64().unwrap()).sum();
        let all = finding.summary["total"]["orders"].as_u64().unwrap();
        if split["dimension"] == "category" { assert!(orders > all) } else { assert_eq!(orders, all) }
    }
}

#[test]
fn each_param_changes_the_output() {
    let plain = run(json!({}));
    for params in [
        json!({ "period": "week" }),
        json!({ "period": "day" }),
        json!({ "period": "quarter" }),
        json!({ "period": "year" }),
        json!({ "by": ["region"] }),
        json!({ "from": "2023-06-01" }),
        json!({ "to": "2023-06-01" }),
        json!({ "refunds": "drop" }),
    ] {
        assert_ne!(plain, run(params.clone()), "{params}");
    }
}

#[test]
fn a_customer_is_new_in_the_filtered_data_not_in_the_span_before() {
    let s = run(json!({ "from": "2023-06-01" }));
    assert_eq!(s["periods"][0]["new_customers"], s["periods"][0]["customers"]);
}

#[test]
fn an_unknown_dimension_is_named() {
    let error = contract::orders().run::<Revenue>(&json!({ "by": ["colour"] })).err().unwrap();
    assert_eq!((error.code, error.at.column.as_deref()), (Code::UnknownColumn, Some("colour")));
}

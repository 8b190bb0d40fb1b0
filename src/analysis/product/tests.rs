use serde_json::{Value, json};

use super::*;
use crate::analysis::contract;
use crate::analysis_contract;

analysis_contract!(Product);

fn run(params: Value) -> Value {
    contract::orders().run::<Product>(&params).unwrap().summary
}

#[test]
fn by_hand_five_customers() {
    let mut sample = contract::orders();
    // customer, order, day, product, name, quantity, amount
    let rows = [
        ("a", "1", "2024-01-05", "P1", "Tea", "2", "60"),
        ("a", "2", "2024-02-05", "P1", "Black tea", "2", "20"),
        ("b", "3", "2024-01-09", "P1", "Tea", "1", "5"),
        ("b", "3", "2024-01-09", "P2", "Cup", "4", "10"),
        ("c", "4", "2024-02-09", "P3", "Pot", "1", "5"),
        ("d", "5", "2024-02-09", "P4", "Tray", "1", "0"),
        ("e", "6", "2024-02-10", "P5", "Box", "-1", "-3"),
    ];
    sample.rows = rows
        .iter()
        .map(|(who, order, day, product, name, quantity, amount)| {
            [who, order, day, product, name, "x", "x", "x", quantity, *amount]
                .iter()
                .map(|t| Some(t.to_string()))
                .collect()
        })
        .collect();
    let f = sample.run::<Product>(&json!({})).unwrap();
    assert_eq!((&f.summary["products"], &f.summary["revenue"]), (&json!(5), &json!(97.0)));
    // Positive: 85, 10, 5. Cumulative before: 0, .85, .95.
    let products = |k: &str| f.summary["abc"][k]["products"].clone();
    assert_eq!((products("A"), products("B"), products("C")), (json!(1), json!(1), json!(3)));
    let column = |name: &str| f.frame.get(name).cloned().unwrap();
    let Series::Number(repeat) = column("repeat_rate") else { panic!() };
    assert_eq!(repeat[0], 0.5, "a bought P1 twice, b once");
    assert_eq!(column("orders"), Series::Number(vec![3.0, 1.0, 1.0, 1.0, 0.0]));
    assert_eq!(column("quantity"), Series::Number(vec![5.0, 4.0, 1.0, 1.0, -1.0]));
    assert_eq!(
        column("name"),
        Series::Text(["Black tea", "Cup", "Pot", "Tray", "Box"].map(|s| Some(s.into())).to_vec())
    );
    // Monthly quantity of P1: 3 and 2: sd 0.7071 ÷ 2.5 = 0.28, X; the others sold in one month of two: 1.41, Z.
    assert_eq!(f.summary["xyz"], json!({ "X": 1, "Y": 0, "Z": 4 }));
    assert_eq!(f.summary["matrix"]["AX"], 1);
}

#[test]
fn each_param_changes_the_output() {
    let plain = run(json!({}));
    for params in [
        json!({ "abc": [0.5, 0.9] }),
        json!({ "crossing": "lower" }),
        json!({ "xyz": [0.1, 0.2] }),
        json!({ "refunds": "drop" }),
    ] {
        assert_ne!(plain, run(params.clone()), "{params}");
    }
}

#[test]
fn without_dates_and_customers_products_still_rank() {
    let mut sample = contract::orders();
    sample.roles.retain(|r| matches!(r.0, Role::Product | Role::Amount));
    let f = sample.run::<Product>(&json!({})).unwrap();
    assert_eq!(f.summary["xyz"], Value::Null);
    assert_eq!(f.summary["products"], run(json!({}))["products"]);
}

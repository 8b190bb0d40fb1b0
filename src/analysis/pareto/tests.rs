use serde_json::{Value, json};

use super::*;
use crate::analysis::contract;
use crate::analysis_contract;

analysis_contract!(Pareto, params = json!({}), sample = contract::orders(), money = ["total"]);

fn run(params: Value) -> crate::analysis::Finding {
    contract::orders().run::<Pareto>(&params).unwrap()
}

#[test]
fn by_hand_five_customers() {
    let mut sample = contract::orders();
    let money = [("e", "50"), ("a", "30"), ("b", "15"), ("c", "5"), ("d", "-1")];
    sample.rows = money
        .iter()
        .map(|(who, v)| {
            [who, who, "2024-01-01", who, "x", "x", "x", "x", "2", *v].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    let f = sample.run::<Pareto>(&json!({})).unwrap();
    assert_eq!((&f.summary["n"], &f.summary["total"]), (&json!(4), &json!(100.0)));
    assert_eq!(f.summary["abc"], json!({ "A": 2, "B": 1, "C": 1 }));
    assert_eq!(f.summary["top_20_percent"], json!({ "n": 1, "share": 0.5 }));
    // One of four is no fifth.
    let curve = f.charts.iter().find(|c| c.id == "curve").expect("a curve");
    assert_eq!(curve.title, Words::new("The largest of 4 brings 50% of revenue", "4 位中最大的 1 位贡献 50% 的销售额"));
    // x ascending 5, 15, 30, 50: 2·(5 + 30 + 90 + 200)/(4·100) − 5/4 = 0.375
    assert_eq!(f.summary["gini"], 0.375);
    assert_eq!(f.frame.get("value"), Some(&Series::Text(["e", "a", "b", "c"].map(|s| Some(s.into())).to_vec())));
    let by_product = sample.run::<Pareto>(&json!({ "of": "product" })).unwrap();
    assert_eq!(by_product.summary["abc"], f.summary["abc"]);
    let quantity = sample.run::<Pareto>(&json!({ "of": { "role": "product" }, "measure": "quantity" })).unwrap();
    assert_eq!((&quantity.summary["n"], &quantity.summary["total"]), (&json!(5), &json!(10.0)));
}

#[test]
fn each_param_changes_the_output() {
    let plain = run(json!({})).summary;
    for params in [
        json!({ "of": "product" }),
        json!({ "of": { "column": "category" } }),
        json!({ "measure": "orders" }),
        json!({ "measure": "quantity" }),
        json!({ "abc": [0.5, 0.9] }),
        json!({ "crossing": "lower" }),
        json!({ "refunds": "drop" }),
    ] {
        assert_ne!(plain, run(params.clone()).summary, "{params}");
    }
}

#[test]
fn cuts_that_make_no_sense_are_refused() {
    let code = |p: Value| contract::orders().run::<Pareto>(&p).err().unwrap().code;
    assert_eq!(code(json!({ "abc": [0.9, 0.8] })), Code::BadParam);
    assert_eq!(code(json!({ "of": "colour" })), Code::UnknownColumn);
}

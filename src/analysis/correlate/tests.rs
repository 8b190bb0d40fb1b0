use super::*;
use crate::analysis::col::testing::{analyse, cases, close, csv, load};
use crate::error::Code;
use serde_json::{Value, json};

#[test]
fn reference_correlations() {
    for case in cases("01_statistics.json") {
        if !case["id"].as_str().unwrap().ends_with("/correlation") {
            continue;
        }
        let Some(table) = load(case["data"]["path"].as_str().unwrap()) else { return };
        let columns: Vec<Value> = case["params"]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| json!({ "column": c, "as": "number" }))
            .collect();
        let out = analyse::<Correlate>(&table, json!({ "columns": columns, "rows": "complete" }), None).unwrap();
        close("n", &out.summary["n"], &case["params"]["n"], 0.0, 0.0);
        for want in case["expected"]["pairs"].as_array().unwrap() {
            let got = out.summary["pairs"]
                .as_array()
                .unwrap()
                .iter()
                .find(|p| p["x"] == want["x"] && p["y"] == want["y"])
                .unwrap();
            let what = |k: &str| format!("{}~{} {k}", want["x"], want["y"]);
            for (ours, theirs) in [("pearson", "pearson"), ("spearman", "spearman"), ("kendall", "kendall_tau_b")] {
                close(&what(ours), &got[ours], &want[theirs], 1e-9, 1e-12);
            }
            for (ours, theirs) in
                [("pearson_p", "pearson_p"), ("spearman_p", "spearman_p_t_approx"), ("kendall_p", "kendall_p")]
            {
                close(&what(ours), &got[ours], &want[theirs], 1e-6, 1e-300);
            }
        }
        println!("{}: right", case["id"]);
    }
}

fn pair(text: &str, params: Value) -> Value {
    analyse::<Correlate>(&csv(text), params, None).unwrap().summary["pairs"][0].clone()
}

#[test]
fn kendall_by_hand() {
    // Orders 1 2 3 4 against 1 3 2 4: one pair of six out of order, τ = 4/6; 4 of the 24 orders have at most one inversion: p = 2·4/24.
    let p = pair("a,b\n1,1\n2,3\n3,2\n4,4\n", json!({}));
    close("tau", &p["kendall"], &json!(2.0 / 3.0), 1e-15, 0.0);
    close("p", &p["kendall_p"], &json!(8.0 / 24.0), 1e-14, 0.0);
    // Ties in both: x 1 1 2 3, y 1 2 2 3. Concordant 4, discordant 0, tied 1 in x and 1 in y.
    let p = pair("a,b\n1,1\n1,2\n2,2\n3,3\n", json!({}));
    close("tau-b", &p["kendall"], &json!(4.0 / 5.0), 1e-15, 0.0);
}

#[test]
fn categories_by_hand() {
    // 2 × 2 with 30, 10, 10, 30: χ² = 20, φ² = 0.25, corrected (0.25 − 1/79) / (1 − 1/79).
    let mut text = String::from("a,b\n");
    for (x, y, n) in [("p", "u", 30), ("p", "v", 10), ("q", "u", 10), ("q", "v", 30)] {
        (0..n).for_each(|_| text.push_str(&format!("{x},{y}\n")));
    }
    let p = pair(&text, json!({}));
    close("V", &p["cramers_v"], &json!(((0.25 - 1.0 / 79.0) / (1.0 - 1.0 / 79.0_f64)).sqrt()), 1e-12, 0.0);
    assert!(p["pearson"].is_null());
    let p = pair("x,g\n1,a\n2,a\n3,b\n4,b\n", json!({}));
    close("η", &p["correlation_ratio"], &json!((4.0f64 / 5.0).sqrt()), 1e-12, 0.0);
    close("point-biserial", &p["point_biserial"], &json!((4.0f64 / 5.0).sqrt()), 1e-12, 0.0);
    close("the two tests are one", &p["point_biserial_p"], &p["correlation_ratio_p"], 1e-10, 0.0);
}

#[test]
fn signs_scale_and_row_order() {
    let a = pair("a,b\n1,9\n2,7\n3,8\n4,1\n9,0\n", json!({}));
    let b = pair("a,b\n-10,9\n-90,0\n-40,1\n-20,7\n-30,8\n", json!({}));
    for k in ["pearson", "spearman", "kendall"] {
        close(k, &b[k], &json!(-a[k].as_f64().unwrap()), 1e-12, 0.0);
        close(k, &b[format!("{k}_p")], &a[format!("{k}_p")], 1e-9, 0.0);
    }
}

#[test]
fn params_matter_and_bad_ones_are_refused() {
    let table = csv("a,b,c\n1,2,3\n2,,5\n3,4,2\n4,5,9\n5,5,1\n");
    let complete = analyse::<Correlate>(&table, json!({}), None).unwrap();
    let pairwise = analyse::<Correlate>(&table, json!({ "rows": "pairwise" }), None).unwrap();
    assert_eq!((&complete.summary["pairs"][1]["n"], &pairwise.summary["pairs"][1]["n"]), (&json!(4), &json!(5)));
    assert_eq!(complete.method.left_out[0].rows, 1);
    let only = analyse::<Correlate>(&table, json!({ "methods": ["spearman"] }), None).unwrap();
    assert!(only.summary["pairs"][0]["pearson"].is_null() && !only.summary["pairs"][0]["spearman"].is_null());
    assert_eq!(only.summary["order"].as_array().unwrap().len(), 3);
    let one = analyse::<Correlate>(&table, json!({ "columns": ["a"] }), None).err().unwrap();
    assert_eq!(one.code, Code::BadParam);
    assert_eq!(analyse::<Correlate>(&csv("a,b\n1,2\n"), json!({}), None).err().unwrap().code, Code::TooLittleData);
    let flat = analyse::<Correlate>(&csv("a,b\n1,2\n1,3\n1,4\n"), json!({}), None).unwrap();
    assert!(flat.summary["pairs"][0]["pearson"].is_null() && flat.summary["pairs"][0]["kendall"].is_null());
}

#[test]
fn columns_that_move_together_stand_together() {
    let mut text = String::from("a,x,b,y\n");
    for i in 0..40i64 {
        let (u, v) = ((i * 17) % 41, (i * i * 3) % 43);
        text.push_str(&format!("{u},{v},{},{}\n", u * 2 + i % 2, v * 3 - i % 2));
    }
    let out = analyse::<Correlate>(&csv(&text), json!({}), None).unwrap();
    let order: Vec<&str> = out.summary["order"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    let place = |n: &str| order.iter().position(|o| *o == n).unwrap() as i32;
    assert!((place("a") - place("b")).abs() == 1 && (place("x") - place("y")).abs() == 1, "{order:?}");
    assert_eq!(out.charts.len(), 3);
}

crate::analysis_contract!(Correlate, params = json!({}), sample = crate::analysis::contract::columns());

#[test]
fn identifiers_are_not_compared_unless_asked_for() {
    let mut text = String::from("Row,Postal Code,customer_id,price,rooms\n");
    for i in 1..=40 {
        text += &format!("{i},{},{},{},{}\n", 10_000 + 37 * (i % 9), 900 + i * i, 3 * i % 17, i % 5);
    }
    let out = analyse::<Correlate>(&csv(&text), json!({}), None).unwrap();
    let pairs = out.summary["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!((&pairs[0]["x"], &pairs[0]["y"]), (&json!("price"), &json!("rooms")));
    let said = "“Row”, “Postal Code”, “customer_id” name things and measure nothing";
    assert!(out.method.choices.iter().any(|c| c.en.starts_with(said)), "{:?}", out.method.choices);
    assert!(out.method.choices.iter().any(|c| c.zh.starts_with("「Row」「Postal Code」「customer_id」是标识")));

    let out = analyse::<Correlate>(&csv(&text), json!({ "columns": ["Postal Code", "price"] }), None).unwrap();
    assert_eq!(out.summary["pairs"][0]["x"], "Postal Code");
}

/// scipy 1.17.1: `pearsonr(x, y).confidence_interval(0.95)`.
#[test]
fn pearson_has_its_interval() {
    let table = csv("x,y\n1,2\n2,1\n4,5\n8,9\n3,9\n");
    let columns = json!({ "columns": [{ "column": "x", "as": "number" }, { "column": "y", "as": "number" }] });
    let pair = analyse::<Correlate>(&table, columns, None).unwrap().summary["pairs"][0].clone();
    close("r", &pair["pearson"], &json!(0.721907804272789), 1e-14, 0.0);
    close("interval", &pair["pearson_ci"], &json!([-0.4416558917890425, 0.9799984801778189]), 1e-12, 0.0);
}

//! The room on the reference files and by its laws.

use serde_json::{Value, json};

use super::*;
use crate::analysis::{Finding, entry};
use crate::fact::Cache;
use crate::role::Roles;
use crate::table::{Cells, Frame, Series, Table};

/// Delimited text without quotes as a table: a column of numbers is numeric.
fn table(text: &str) -> Table {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<String> = lines.next().unwrap_or("").split(',').map(str::to_string).collect();
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split(',').collect()).collect();
    let columns = header.iter().enumerate().map(|(j, name)| {
        let cells: Vec<&str> = rows.iter().map(|r| r[j]).collect();
        let numeric = cells.iter().all(|c| c.trim().is_empty() || c.parse::<f64>().is_ok());
        let cells = if numeric {
            Cells::Number(cells.iter().map(|c| c.parse().ok()).collect())
        } else {
            Cells::Text(cells.iter().map(|c| (!c.is_empty()).then(|| c.to_string())).collect())
        };
        (name.as_str(), cells)
    });
    Table::from_cells(columns.collect())
}

fn shared(path: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    std::fs::read_to_string(&path).map_err(|_| println!("skipped: {} is not here", path.display())).ok()
}

pub fn run(table: &Table, params: &Value) -> crate::error::Result<Finding> {
    let input = Input { table, roles: &Roles::default(), filter: None, facts: &Cache::default() };
    (entry::<Classify>().run)(&input, params)
}

/// Telco: fourteen terms of the reference case.
fn telco(models: Value, validation: Value) -> Option<(Finding, Value)> {
    let table = table(&shared("data/telco_churn/Telco-Customer-Churn.csv")?);
    let golden: Value = serde_json::from_str(&shared("golden/05_classification.json")?).unwrap();
    let params = json!({
        "target": { "column": "Churn", "equals": "Yes" }, "models": models, "validation": validation, "thresholds": [0.3, 0.5],
        "features": ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges", "Partner", "Dependents", "PaperlessBilling", "Contract", "InternetService", "PaymentMethod"],
    });
    Some((run(&table, &params).unwrap(), golden))
}

fn case<'a>(golden: &'a Value, id: &str) -> &'a Value {
    &golden["cases"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap()["expected"]
}

fn near(got: &Value, want: &Value, tolerance: f64, what: &str) {
    let (g, w) = (got.as_f64(), want.as_f64());
    let fine = match (g, w) {
        (Some(g), Some(w)) => (g - w).abs() <= (tolerance * w.abs()).max(tolerance),
        (None, None) => true,
        _ => false,
    };
    assert!(fine, "{what}: {got} instead of {want}");
}

pub fn numbers<'a>(frame: &'a Frame, name: &str) -> &'a [f64] {
    match frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => panic!("no column {name}"),
    }
}

#[test]
fn telco_in_sample_figures_are_the_reference_ones() {
    let Some((out, golden)) = telco(json!([{ "model": "logistic", "l2": 0 }]), Value::Null) else { return };
    let want = case(&golden, "telco/logit_mle");
    let (s, m) = (&want["in_sample"], &out.summary["models"][0]);
    for key in ["auc", "gini", "ks", "log_loss", "brier", "average_precision", "ece"] {
        near(&m[key], &s[key], 1e-6, key);
    }
    for (d, w) in s["gains_table"].as_array().unwrap().iter().enumerate() {
        for key in ["rows", "positives", "rate", "lift", "cum_positives", "cum_gain", "cum_lift"] {
            near(&m["gains"][d][key], &w[key], 1e-9, key);
        }
    }
    for (b, w) in s["calibration_fixed_bins"].as_array().unwrap().iter().enumerate() {
        for key in ["n", "mean_p", "rate"] {
            near(&m["calibration"][b][key], &w[key], 1e-6, key);
        }
    }
    for (i, t) in ["0.3", "0.5"].iter().enumerate() {
        for (key, w) in s["confusion_p_ge_threshold"][t].as_object().unwrap() {
            near(&m["confusion"][i][key], w, 1e-9, key);
        }
    }
    for c in m["coefficients"].as_array().unwrap() {
        let name = c["name"].as_str().unwrap();
        near(&c["estimate"], &want["coef"][if name == "(intercept)" { "const" } else { name }], 1e-6, name);
    }
    for (p, w) in numbers(&out.frame, "probability").iter().zip(want["first_five_probabilities"].as_array().unwrap()) {
        near(&json!(p), w, 1e-6, "probability");
    }
}

#[test]
fn telco_folds_reach_the_reference() {
    let models = json!([
        { "model": "logistic", "l2": 0 }, { "model": "logistic", "l2": 1 }, { "model": "tree", "max_depth": 4 },
        { "model": "random_forest", "trees": 60, "min_leaf": 5 }, { "model": "boosted_trees" }
    ]);
    let Some((out, golden)) = telco(models, json!({ "folds": 5, "assign": "row" })) else { return };
    let want = case(&golden, "telco/cv5");
    let mean = |i: usize| out.summary["models"][i]["mean_fold_auc"].as_f64().unwrap();
    let reference = |key: &str| want[key][0]["mean_fold_auc"].as_f64().unwrap();
    let keys = [
        "logit_unpenalised",
        "logit_l2_C1",
        "tree_depth4_gini",
        "random_forest_200",
        "gradient_boosting_100x_depth3_lr0.1",
    ];
    for (i, key) in keys.iter().enumerate() {
        println!("{key}: {} reference {}", mean(i), reference(key));
    }
    assert!((mean(0) - reference(keys[0])).abs() < 1e-6);
    assert!((mean(1) - reference(keys[1])).abs() < 1e-5);
    assert!((mean(2) - reference(keys[2])).abs() < 0.015);
    assert!(mean(3) >= reference(keys[3]) - 0.005);
    assert!(mean(4) >= reference(keys[4]) - 0.005);
    near(&out.summary["models"][0]["log_loss"], &want[keys[0]][0]["log_loss"], 1e-6, "log_loss");
    assert_eq!(out.charts.len(), 4);
}

#[test]
fn information_values_are_the_reference_ones() {
    let Some(text) = shared("data/telco_churn/Telco-Customer-Churn.csv") else { return };
    let Some(golden) = shared("golden/05_classification.json") else { return };
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let want = case(&golden, "telco/woe_iv").as_object().unwrap();
    let features: Vec<Value> = want.keys().map(|c| json!({ "column": c, "as": "number" })).collect();
    // The reference leaves out the eleven rows without TotalCharges, which is among these columns.
    let params = json!({ "target": { "column": "Churn", "equals": "Yes" }, "features": features, "models": [], "validation": null });
    let out = run(&table(&text), &params).unwrap();
    for got in out.summary["information_value"].as_array().unwrap() {
        let w = &want[got["column"].as_str().unwrap()];
        near(&got["iv"], &w["iv"], 1e-10, "iv");
        for (g, w) in got["bins"].as_array().unwrap().iter().zip(w["bins"].as_array().unwrap()) {
            near(&g["n"], &w["n"], 1e-12, "n");
            near(&g["woe"], &w["woe"], 1e-10, "woe");
        }
    }
}

/// 300 made-up rows: x tells, c tells a little, z does not.
pub fn made() -> Table {
    let mut rng = crate::num::rng::Rng::new(8);
    let n = 300;
    let (mut x, mut z, mut c, mut y) = (vec![], vec![], vec![], vec![]);
    for _ in 0..n {
        let (a, b, kind) = (rng.normal(), rng.normal(), rng.below(3));
        x.push(Some(a));
        z.push(Some(b));
        c.push(Some(["red", "green", "blue"][kind].to_string()));
        y.push(Some(
            if rng.uniform() < crate::num::special::sigmoid(1.5 * a + kind as f64 - 1.5) { "yes" } else { "no" }
                .to_string(),
        ));
    }
    Table::from_cells(vec![
        ("x", Cells::Number(x)),
        ("z", Cells::Number(z)),
        ("c", Cells::Text(c)),
        ("y", Cells::Text(y)),
    ])
}

fn base() -> Value {
    json!({ "target": { "column": "y", "equals": "yes" }, "features": ["x", "z", "c"] })
}

pub fn with(key: &str, value: Value) -> Value {
    let mut p = base();
    p[key] = value;
    p
}

#[test]
fn equal_seeds_give_equal_answers_and_each_option_changes_something() {
    let t = made();
    let text = |p: &Value| {
        let out = run(&t, p).unwrap();
        format!("{}{:?}", out.summary, out.frame)
    };
    let plain = text(&base());
    assert_eq!(plain, text(&base()));
    for (key, value) in [
        ("models", json!(["tree"])),
        ("models", json!([{ "model": "boosted_trees", "trees": 20 }])),
        ("thresholds", json!([0.3])),
        ("cost", json!({ "false_positive": 1, "false_negative": 5 })),
        ("woe_bins", json!(3)),
        ("seed", json!(2)),
        ("validation", json!({ "folds": 4 })),
        ("validation", json!({ "folds": 5, "assign": "row" })),
        ("validation", json!({ "folds": 3, "assign": "c" })),
        ("validation", json!({ "test_share": 0.3, "by": "random" })),
        ("validation", Value::Null),
        ("export", json!(true)),
    ] {
        assert_ne!(plain, text(&with(key, value.clone())), "{key} {value}");
    }
}

#[test]
fn what_tells_matters_and_the_simplest_good_model_is_chosen() {
    let out = run(&made(), &base()).unwrap();
    assert_eq!(out.summary["chosen"], "logistic", "made by a logistic law: {}", out.summary["chosen_reason"]);
    assert_eq!(out.summary["models"][0]["importance"][0]["feature"], "x");
    let reasons = out.frame.get("reasons").unwrap();
    assert!(matches!(reasons, Series::Text(r) if r.iter().all(Option::is_some)));
}

#[test]
fn a_column_written_after_the_fact_is_named() {
    let mut t = made();
    let y = t.column("y").unwrap().category();
    let copy = y.codes.iter().map(|&c| Some(f64::from(c) * 2.0)).collect();
    t.columns.push(crate::table::Column::from_cells("closed", Cells::Number(copy)));
    let out = run(&t, &with("features", json!(["x", "closed"]))).unwrap();
    assert_eq!(out.summary["leakage"][0]["column"], "closed");
    assert!(out.method.warnings.iter().any(|w| w.en.contains("separates")), "and the logistic regression is held");
}

#[test]
fn a_column_filled_in_afterwards_is_named_even_where_it_empties_the_table() {
    let mut t = made();
    let y = t.column("y").unwrap().category();
    let yes = y.labels.iter().position(|l| l == "yes").unwrap() as u32;
    let when = y.codes.iter().enumerate().map(|(i, &c)| (c == yes).then_some(i as f64)).collect();
    t.columns.push(crate::table::Column::from_cells("left_on", Cells::Number(when)));
    let e = run(&t, &with("features", json!(["x", "left_on"]))).err().unwrap();
    assert!(e.remedy.en.contains("left_on") && e.remedy.zh.contains("left_on"), "{e}");
    assert!(e.remedy.en.contains("only afterwards"));
}

#[test]
fn precision_falls_from_the_first_to_the_base_rate() {
    let out = run(&made(), &base()).unwrap();
    let m = &out.summary["models"][0];
    let points = m["precision_recall"].as_array().unwrap();
    assert_eq!(points.len(), 20);
    let last = &points[19];
    assert_eq!(last["recall"], 1.0);
    assert!(last["precision"].as_f64().unwrap() >= out.summary["base_rate"].as_f64().unwrap() - 1e-12);
    let rows: u64 = m["isotonic"].as_array().unwrap().iter().map(|s| s["n"].as_u64().unwrap()).sum();
    assert_eq!(rows, 300);
    assert!(out.charts.iter().any(|c| c.id == "precision_recall"));
}

#[test]
fn what_cannot_be_predicted_is_refused_in_words() {
    let t = made();
    let code = |p: &Value| run(&t, p).err().unwrap().code;
    assert_eq!(code(&json!({ "features": ["x"] })), Code::BadParam);
    assert_eq!(code(&with("target", json!({ "column": "y", "equals": "maybe" }))), Code::NoVariation);
    assert_eq!(code(&with("target", json!("y"))), Code::WrongType);
    assert_eq!(code(&with("features", json!(["nowhere"]))), Code::UnknownColumn);
    assert_eq!(code(&with("tresholds", json!([0.5]))), Code::UnknownParam);
    assert_eq!(code(&with("models", json!([{ "model": "boosted_trees", "trees": 0 }]))), Code::BadParam);
}

crate::analysis_contract!(
    Classify,
    params = json!({ "target": { "column": "channel", "equals": "app" }, "features": ["quantity", "amount", "region"], "models": ["logistic", { "model": "boosted_trees", "trees": 10 }] }),
    sample = crate::analysis::contract::columns()
);

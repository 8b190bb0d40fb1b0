//! Saved models on other tables.

use serde_json::{Value, json};

use super::tests::{made, numbers, run, with};
use super::*;
use crate::analysis::Finding;
use crate::fact::Cache;
use crate::role::Roles;
use crate::table::{Cells, Column, Series, Table};

fn apply(table: &Table, models: &[Value]) -> Result<Finding> {
    let input = Input { table, roles: &Roles::default(), filter: None, facts: &Cache::default() };
    apply::apply(&input, models, None)
}

fn fitted(table: &Table, model: &str, features: Value) -> (Value, Finding) {
    let mut p = with("export", json!(true));
    p["models"] = json!([model]);
    p["features"] = features;
    p["validation"] = Value::Null;
    let out = run(table, &p).unwrap();
    // As a file would keep it.
    let text = out.summary["model"].to_string();
    (serde_json::from_str(&text).unwrap(), out)
}

fn replaced(table: &Table, name: &str, cells: Cells) -> Table {
    let mut t = table.clone();
    let at = t.position(name).unwrap();
    t.columns[at] = Column::from_cells(name, cells);
    t
}

#[test]
fn a_saved_model_gives_the_same_scores_and_reasons_and_no_drift_on_its_own_rows() {
    let t = made();
    for model in ["logistic", "boosted_trees", "random_forest", "tree"] {
        let (saved, out) = fitted(&t, model, json!(["x", "z", "c"]));
        let again = apply(&t, &[saved]).unwrap();
        for (a, b) in numbers(&again.frame, "probability").iter().zip(numbers(&out.frame, "probability")) {
            assert!((a - b).abs() < 1e-12, "{model}");
        }
        assert_eq!(again.frame.get("reasons"), out.frame.get("reasons"), "{model}");
        let s = &again.summary;
        assert_eq!((s["rows"].as_u64(), s["scored"].as_u64(), &s["model"]), (Some(300), Some(300), &json!(model)));
        assert!(s["psi"].as_array().unwrap().iter().all(|d| d["psi"].as_f64().unwrap().abs() < 1e-12));
        assert!(again.method.warnings.is_empty(), "{:?}", again.method.warnings);
        for key in ["auc", "log_loss", "brier", "ece"] {
            let (a, b) = (s["outcomes"][key].as_f64().unwrap(), out.summary["models"][0][key].as_f64().unwrap());
            assert!((a - b).abs() < 1e-12, "{model} {key}");
        }
        assert_eq!(again.charts.len(), 3);
    }
}

#[test]
fn without_answers_the_table_is_scored_all_the_same_and_missing_cells_are_counted() {
    let t = made();
    let (saved, _) = fitted(&t, "logistic", json!(["x", "c"]));
    let mut x: Vec<Option<f64>> = t.column("x").unwrap().numbers().unwrap().into_iter().map(Some).collect();
    x[3] = None;
    let mut new = replaced(&t, "x", Cells::Number(x));
    new.columns.retain(|c| c.name != "y");
    let out = apply(&new, &[saved]).unwrap();
    assert_eq!((out.summary["rows"].as_u64(), out.summary["scored"].as_u64()), (Some(300), Some(299)));
    assert_eq!(out.summary["outcomes"], Value::Null);
    assert_eq!(out.method.left_out[0].rows, 1);
    assert!(out.frame.get("actual").is_none());
}

#[test]
fn drift_is_the_published_formula() {
    // Two levels, 150/150 when fitted; 240/60 now: (0.8 − 0.5)·ln(0.8/0.5) + (0.2 − 0.5)·ln(0.2/0.5) = 0.41588830833596716
    let level = |few: usize| Cells::Text((0..300).map(|i| Some(if i < few { "a" } else { "b" }.to_string())).collect());
    let t = replaced(&made(), "c", level(150));
    let (saved, _) = fitted(&t, "logistic", json!(["x", "c"]));
    let out = apply(&replaced(&t, "c", level(240)), &[saved]).unwrap();
    let psi = &out.summary["psi"][1];
    assert!((psi["psi"].as_f64().unwrap() - 0.415_888_308_335_967).abs() < 1e-12);
    assert_eq!((&psi["feature"], &psi["verdict"]), (&json!("c"), &json!("other")));
    assert_eq!(out.summary["psi"][0]["verdict"], "stable");
    assert!(out.method.warnings.iter().any(|w| w.en.contains("PSI 0.42") && w.zh.contains("PSI 0.42")));
}

#[test]
fn levels_not_seen_are_counted_named_and_taken_as_said() {
    let t = made();
    let (saved, out) = fitted(&t, "logistic", json!(["x", "c"]));
    let Some(Series::Number(before)) = out.frame.get("probability") else { panic!("no scores") };
    let c = t.column("c").unwrap().category();
    let cells: Vec<Option<String>> = c.codes.iter().map(|&k| Some(c.labels[k as usize].clone())).collect();
    let baseline = cells.iter().position(|v| v.as_deref() == Some("blue")).unwrap();
    let mut new = cells.clone();
    new[baseline] = Some("mauve".into());
    let out = apply(&replaced(&t, "c", Cells::Text(new)), &[saved]).unwrap();
    assert_eq!(out.summary["unseen"], json!([{ "feature": "c", "rows": 1, "levels": ["mauve"], "taken_as": "blue" }]));
    assert!((numbers(&out.frame, "probability")[baseline] - before[baseline]).abs() < 1e-12, "taken as the baseline");
}

#[test]
fn champion_and_challenger_are_told_apart_by_new_answers() {
    let t = made();
    let (good, _) = fitted(&t, "logistic", json!(["x", "c"]));
    let (poor, _) = fitted(&t, "logistic", json!(["z"]));
    let out = apply(&t, &[poor.clone(), good.clone()]).unwrap();
    let v = &out.summary["challengers"][0]["versus"];
    assert_eq!(v["better"], "challenger", "{v}");
    let aucs = [&out.summary["outcomes"]["auc"], &out.summary["challengers"][0]["outcomes"]["auc"]];
    let [a, b] = aucs.map(|v| v.as_f64().unwrap());
    assert!((v["auc_difference"].as_f64().unwrap() - (b - a)).abs() < 1e-12);
    assert!(out.frame.get("probability_2").is_some());
    let back = apply(&t, &[good.clone(), poor]).unwrap();
    assert_eq!(back.summary["challengers"][0]["versus"]["better"], "champion");
    let same = apply(&t, &[good.clone(), good]).unwrap();
    assert_eq!(same.summary["challengers"][0]["versus"]["better"], "neither");
    assert!(!same.headline.zh.is_empty());
}

#[test]
fn what_cannot_be_applied_is_refused_in_words() {
    let t = made();
    let (saved, _) = fitted(&t, "boosted_trees", json!(["x", "c"]));
    let refused = |table: &Table, models: &[Value]| apply(table, models).err().unwrap();
    assert_eq!(refused(&t, &[]).code, Code::BadParam);
    assert_eq!(refused(&t, &[json!({ "format": "other" })]).code, Code::BadFile);
    let mut later = saved.clone();
    later["version"] = json!(99);
    let e = refused(&t, &[later]);
    assert!(e.code == Code::BadFile && e.message.en.contains("99"), "{e}");
    let mut gone = t.clone();
    gone.columns.retain(|c| c.name != "x");
    let e = refused(&gone, std::slice::from_ref(&saved));
    assert_eq!((e.code, e.at.column.as_deref()), (Code::UnknownColumn, Some("x")));
    let text = replaced(&t, "x", Cells::Text((0..300).map(|i| Some(format!("v{}", i % 3))).collect()));
    let e = refused(&text, std::slice::from_ref(&saved));
    assert_eq!((e.code, e.at.column.as_deref()), (Code::WrongType, Some("x")));
    // Damage of a file: a tree that walks in circles, weights that are missing, a feature that is not there.
    let mut circle = saved.clone();
    circle["fitted"]["trees"][0]["nodes"][1]["left"] = json!(1);
    circle["fitted"]["trees"][0]["nodes"][1]["right"] = json!(1);
    assert_eq!(refused(&t, &[circle]).code, Code::BadFile);
    let mut wide = saved.clone();
    wide["fitted"]["trees"][0]["nodes"][0]["feature"] = json!(77);
    assert_eq!(refused(&t, &[wide]).code, Code::BadFile);
    let mut none = saved;
    none["fitted"]["trees"][0]["nodes"] = json!([]);
    assert_eq!(refused(&t, &[none]).code, Code::BadFile);
}

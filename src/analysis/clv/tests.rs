use serde_json::{Value, json};

use super::*;
use crate::analysis::contract::{Kind, Sample, orders};
use crate::role::OrderKey;

// Money is doubled in a test of its own: the log-likelihood of spend moves by n·ln 2, which no list of keys can say.
crate::analysis_contract!(
    Clv,
    params = json!({ "new_customer_at": [10] }),
    sample = Sample { money: None, ..orders() }
);

#[test]
fn doubled_money_doubles_value() {
    let once = orders().run::<Clv>(&json!({})).expect("runs");
    let mut sample = orders();
    for row in &mut sample.rows {
        let money: f64 = row[9].as_ref().and_then(|t| t.parse().ok()).expect("money");
        row[9] = Some((money * 2.0).to_string());
    }
    let twice = sample.run::<Clv>(&json!({})).expect("runs");
    for key in ["/clv/total", "/new_customer_value/value", "/new_customer_value/high", "/spend/mean"] {
        assert!((number(&twice.summary, key) / number(&once.summary, key) - 2.0).abs() < 1e-6, "{key}");
    }
    let (a, b) = (number(&once.summary, "/spend/log_likelihood"), number(&twice.summary, "/spend/log_likelihood"));
    let n = number(&once.summary, "/spend/n");
    assert!((a - b - n * 2f64.ln()).abs() < 1e-6);
    assert_eq!(once.summary["expected_purchases"], twice.summary["expected_purchases"]);
}

fn number(v: &Value, pointer: &str) -> f64 {
    v.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {pointer} in {v}"))
}

/// Customers already summarised: x, t_x, T, mean spend.
fn summarised(rows: &[(u32, f64, f64, f64)]) -> Sample {
    Sample {
        columns: vec![
            ("id", Kind::Number),
            ("x", Kind::Number),
            ("t_x", Kind::Number),
            ("T", Kind::Number),
            ("z", Kind::Number),
        ],
        rows: rows
            .iter()
            .enumerate()
            .map(|(i, r)| {
                [(i + 1).to_string(), r.0.to_string(), r.1.to_string(), r.2.to_string(), r.3.to_string()]
                    .map(Some)
                    .to_vec()
            })
            .collect(),
        roles: vec![],
        order: OrderKey::default(),
        money: Some(4),
    }
}

fn columns() -> Value {
    json!({ "customer": "id", "frequency": "x", "recency": "t_x", "T": "T", "monetary": "z" })
}

#[test]
fn value_of_customers_at_given_parameters_is_the_reference_one() {
    // CDNOW: parameters and values of customers 1 and 6, from the reference implementation.
    let sample = summarised(&[
        (2, 30.428571428571427, 38.857142857142854, 22.345),
        (7, 29.428571428571427, 38.857142857142854, 73.74142857142856),
    ]);
    let f = sample
        .run::<Clv>(&json!({
            "columns": columns(),
            "parameters": { "r": 0.24259452115130012, "alpha": 4.413601986047617, "a": 0.7929220112649225, "b": 2.42590675511531 },
            "spend_parameters": { "p": 6.249572070740558, "q": 3.744224574317667, "v": 15.443521072683822 },
        }))
        .expect("runs");
    let Some(Series::Number(clv)) = f.frame.get("clv") else { panic!("no clv") };
    assert!((clv[0] / 36.2739782216129 - 1.0).abs() < 1e-9, "{clv:?}");
    assert!((clv[1] / 283.5580881140929 - 1.0).abs() < 1e-9, "{clv:?}");
    assert!(f.summary["std_errors"]["r"].is_null());
}

#[test]
fn cdnow_from_its_transactions() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cdnow/CDNOW_sample.txt");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the shared data sets are not here");
        return;
    };
    let rows: Vec<Vec<Option<String>>> = text
        .lines()
        .map(|l| {
            let c: Vec<&str> = l.split_whitespace().collect();
            let date = format!("{}-{}-{}", &c[2][..4], &c[2][4..6], &c[2][6..]);
            vec![Some(c[1].to_string()), Some(date), Some(c[4].to_string())]
        })
        .collect();
    let sample = Sample {
        columns: vec![("customer", Kind::Text), ("date", Kind::Date), ("value", Kind::Number)],
        rows,
        roles: vec![(Role::Customer, 0), (Role::Date, 1), (Role::Amount, 2)],
        order: OrderKey::CustomerDay,
        money: Some(2),
    };
    let f = sample.run::<Clv>(&json!({ "calibration_end": "1997-09-30", "horizon": 39 })).expect("runs");
    let s = &f.summary;
    assert_eq!(number(s, "/customers"), 2357.0);
    assert!((number(s, "/log_likelihood") + 9582.42920667393).abs() < 1e-4);
    for (path, want, tolerance) in [
        ("/parameters/r", 0.24259452115130012, 1e-4),
        ("/parameters/b", 2.42590675511531, 1e-4),
        ("/std_errors/r", 0.012557379328181212, 1e-3),
        ("/std_errors/b", 0.7054118384194811, 1e-3),
        ("/expected_purchases", 1653.408698574427, 1e-4),
        ("/mean_p_alive", 0.8134398264361447, 1e-4),
        ("/spend/parameters/p", 6.249572070740558, 1e-4),
        ("/spend/std_errors/v", 4.159423493040306, 1e-3),
        ("/spend/frequency_correlation", 0.11388791939125481, 1e-9),
    ] {
        let got = number(s, path);
        assert!((got / want - 1.0).abs() < tolerance, "{path}: {got}, wanted {want}");
    }
    assert_eq!(number(s, "/spend/n"), 946.0);
    assert_eq!(s["holdout"]["wins"], json!(true), "{}", s["holdout"]);
    assert_eq!(s["holdout"]["to"], "1998-06-30");
    let (expected, actual) = (number(s, "/holdout/expected"), number(s, "/holdout/actual"));
    assert!((expected / actual - 1.0).abs() < 0.15, "expected {expected}, made {actual}");
}

#[test]
fn each_param_changes_the_output() {
    let mut sample = orders();
    // Negative lines inside orders, so that the choice about refunds matters.
    for i in 0..20 {
        let mut row = sample.rows[i * 7].clone();
        row[9] = Some("-1.50".into());
        sample.rows.push(row);
    }
    let run = |p: Value| {
        let f = sample.run::<Clv>(&p).unwrap_or_else(|e| panic!("{p}: {e}"));
        format!("{} {:?}", f.summary, f.frame)
    };
    let base = run(json!({}));
    for p in [
        json!({ "model": "mbg_nbd" }),
        json!({ "model": "pareto_nbd" }),
        json!({ "spend": null }),
        json!({ "time_unit": "day" }),
        json!({ "calibration_end": "2023-12-01" }),
        json!({ "horizon": 10 }),
        json!({ "months": 6 }),
        json!({ "discount_rate": 0.02 }),
        json!({ "margin": 0.5 }),
        json!({ "new_customer_at": [4] }),
        json!({ "level": 0.8 }),
        json!({ "refunds": "drop" }),
        json!({ "parameters": { "r": 1, "alpha": 5, "a": 1, "b": 2 } }),
        json!({ "spend_parameters": { "p": 6, "q": 4, "v": 15 } }),
    ] {
        assert_ne!(run(p.clone()), base, "{p}");
    }
    let held = run(json!({ "calibration_end": "2023-09-01" }));
    assert_ne!(run(json!({ "calibration_end": "2023-09-01", "holdout_end": "2023-12-01" })), held);
}

#[test]
fn time_units_and_money_units_scale_out() {
    let sample = orders();
    let run = |p: Value| sample.run::<Clv>(&p).expect("runs").summary;
    let (weeks, days) = (run(json!({ "horizon": 10 })), run(json!({ "horizon": 70, "time_unit": "day" })));
    for key in ["/expected_purchases", "/mean_p_alive", "/clv/total"] {
        assert!((number(&weeks, key) / number(&days, key) - 1.0).abs() < 1e-4, "{key}");
    }
}

#[test]
fn contracts_by_the_shifted_beta_geometric() {
    // Fader & Hardie 2007, "high end": survivors of 1,000 after 1 … 7 years; 0.668, 3.806.
    let stay = [1000, 869, 743, 653, 593, 551, 517, 491];
    let mut rows = Vec::new();
    for t in 1..8 {
        rows.extend((stay[t]..stay[t - 1]).map(|_| vec![Some(t.to_string()), Some("1".to_string())]));
    }
    rows.extend((0..491).map(|_| vec![Some("7".to_string()), Some("0".to_string())]));
    let sample = Sample {
        columns: vec![("years", Kind::Number), ("ended", Kind::Number)],
        rows,
        roles: vec![],
        order: OrderKey::default(),
        money: None,
    };
    let p = json!({ "model": "s_bg", "duration": "years", "event": "ended", "horizon": 3, "new_customer_at": [1] });
    let s = sample.run::<Clv>(&p).expect("runs").summary;
    assert!((number(&s, "/parameters/alpha") - 0.668).abs() < 1e-3);
    assert!((number(&s, "/parameters/beta") - 3.806).abs() < 2e-3);
    assert!((number(&s, "/new_customer/0/expected_purchases") - 0.85).abs() < 0.01);
}

#[test]
fn what_cannot_be_answered_is_named() {
    let code = |s: &Sample, p: Value| s.run::<Clv>(&p).map(|f| f.summary.to_string()).expect_err("an error").code;
    let sample = orders();
    assert_eq!(code(&sample, json!({ "calibration_end": "soon" })), Code::BadParam);
    assert_eq!(code(&sample, json!({ "calibration_end": "1999-01-01" })), Code::NoRows);
    assert_eq!(code(&sample, json!({ "parameters": { "r": 1 } })), Code::BadParam);
    assert_eq!(code(&summarised(&[(1, 1.0, 2.0, 3.0)]), json!({})), Code::MissingRole);
    let once: Vec<_> = (0..20).map(|i| (0, 0.0, 10.0 + f64::from(i), 0.0)).collect();
    assert_eq!(code(&summarised(&once), json!({ "columns": columns() })), Code::TooLittleData);
}

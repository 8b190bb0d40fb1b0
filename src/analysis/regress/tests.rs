use super::*;
use crate::analysis::col::testing::{analyse, cases, close, csv, load};
use crate::error::Code;
use crate::table::Mask;
use serde_json::{Value, json};

fn coefficient<'a>(s: &'a Value, name: &str) -> &'a Value {
    s["coefficients"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap_or(&Value::Null)
}

fn number(name: &Value) -> Value {
    json!({ "column": name, "as": "number" })
}

#[test]
fn reference_least_squares() {
    for case in cases("01_statistics.json") {
        let id = case["id"].as_str().unwrap();
        if !id.ends_with("/ols") {
            continue;
        }
        let Some(table) = load(case["data"]["path"].as_str().unwrap()) else { return };
        let (q, e, tolerance) = (&case["params"], &case["expected"], &case["tolerance"]);
        let (rel, abs) = (tolerance["values"]["rel"].as_f64().unwrap(), tolerance["values"]["abs"].as_f64().unwrap());
        let p_rel = tolerance["p_values"]["rel"].as_f64().unwrap();
        let features: Vec<Value> = q["x"].as_array().unwrap().iter().map(number).collect();
        let run = |robust: Value| {
            let params =
                json!({ "target": number(&q["y"]), "features": features, "family": "linear", "robust": robust });
            analyse::<Regress>(&table, params, None).unwrap().summary
        };
        let s = run(Value::Null);
        let name = |c: &str| if c == q["intercept"] { "(intercept)".to_string() } else { c.to_string() };
        for (theirs, ours) in [("coef", "estimate"), ("se", "std_error"), ("t", "t"), ("vif", "vif")] {
            for (c, want) in e[theirs].as_object().unwrap() {
                close(&format!("{id} {c} {ours}"), &coefficient(&s, &name(c))[ours], want, rel, abs);
            }
        }
        for (c, want) in e["p"].as_object().unwrap() {
            close(&format!("{id} {c} p"), &coefficient(&s, &name(c))["p"], want, p_rel, 1e-300);
        }
        for (c, want) in e["ci95"].as_object().unwrap() {
            close(&format!("{id} {c} ci_low"), &coefficient(&s, &name(c))["ci_low"], &want[0], rel, abs);
            close(&format!("{id} {c} ci_high"), &coefficient(&s, &name(c))["ci_high"], &want[1], rel, abs);
        }
        for (ours, theirs) in [
            ("n", "n"),
            ("r2", "r2"),
            ("adj_r2", "adj_r2"),
            ("f", "f"),
            ("log_likelihood", "loglik"),
            ("aic", "aic"),
            ("bic", "bic"),
            ("residual_se", "residual_se"),
            ("durbin_watson", "durbin_watson"),
            ("jarque_bera", "jarque_bera"),
            ("breusch_pagan", "breusch_pagan_lm"),
            ("condition_number", "condition_number"),
        ] {
            close(&format!("{id} {ours}"), &s[ours], &e[theirs], rel, abs);
        }
        close("f_p", &s["f_p"], &e["f_p"], p_rel, 1e-300);
        close("breusch_pagan_p", &s["breusch_pagan_p"], &e["breusch_pagan_p"], p_rel, 1e-300);
        let hc1 = run(json!("HC1"));
        for (c, want) in e["se_hc1"].as_object().unwrap() {
            close(&format!("{id} {c} HC1"), &coefficient(&hc1, &name(c))["std_error"], want, rel, abs);
        }
        println!("{id}: right");
    }
}

#[test]
fn longley_has_the_certified_digits() {
    // NIST StRD, Longley: certified to 15 digits; a good single-precision-free solver keeps ten.
    let Some(table) = load("golden/data/longley/longley.csv") else { return };
    let features = ["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"];
    let s = analyse::<Regress>(&table, json!({ "target": "TOTEMP", "features": features, "robust": null }), None)
        .unwrap()
        .summary;
    for (name, b, se) in [
        ("(intercept)", -3482258.63459582, 890420.383607373),
        ("GNPDEFL", 15.0618722713733, 84.9149257747669),
        ("GNP", -0.358191792925910E-01, 0.334910077722432E-01),
        ("UNEMP", -2.02022980381683, 0.488399681651699),
        ("ARMED", -1.03322686717359, 0.214274163161675),
        ("POP", -0.511041056535807E-01, 0.226073200069370),
        ("YEAR", 1829.15146461355, 455.478499142212),
    ] {
        close(name, &coefficient(&s, name)["estimate"], &json!(b), 1e-10, 0.0);
        close(name, &coefficient(&s, name)["std_error"], &json!(se), 1e-10, 0.0);
    }
    close("r2", &s["r2"], &json!(0.995479004577296), 1e-12, 0.0);
    close("residual", &s["residual_se"], &json!(304.854073561965), 1e-10, 0.0);
    close("f", &s["f"], &json!(330.285339234588), 1e-10, 0.0);
}

/// The telco table with the filter "TotalCharges present", its target and features of the classification cases.
fn telco() -> Option<(crate::table::Table, Mask, Vec<Value>)> {
    let table = load("data/telco_churn/Telco-Customer-Churn.csv")?;
    let mask: Mask = table.column("TotalCharges").unwrap().numbers().unwrap().iter().map(|v| !v.is_nan()).collect();
    let mut features: Vec<Value> = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"]
        .iter()
        .map(|c| json!({ "column": c, "as": "number" }))
        .collect();
    for c in ["Partner", "Dependents", "PaperlessBilling", "Contract", "InternetService", "PaymentMethod"] {
        features.push(json!({ "column": c, "as": "category" }));
    }
    Some((table, mask, features))
}

#[test]
fn reference_logistic() {
    let Some((table, mask, features)) = telco() else { return };
    let target = json!({ "column": "Churn", "equals": "Yes" });
    for case in cases("05_classification.json") {
        let e = &case["expected"];
        if case["id"] == "telco/logit_mle" {
            let out = analyse::<Regress>(
                &table,
                json!({ "target": target, "features": features, "family": "logistic" }),
                Some(&mask),
            )
            .unwrap();
            let s = out.summary;
            let name = |c: &str| if c == "const" { "(intercept)".to_string() } else { c.to_string() };
            for (theirs, ours) in [("coef", "estimate"), ("se", "std_error"), ("z", "z")] {
                for (c, want) in e[theirs].as_object().unwrap() {
                    close(&format!("{c} {ours}"), &coefficient(&s, &name(c))[ours], want, 1e-5, 1e-6);
                }
            }
            for (c, want) in e["p"].as_object().unwrap() {
                close(c, &coefficient(&s, &name(c))["p"], want, 1e-3, 1e-6);
            }
            for key in ["n", "positives"] {
                close(key, &s[key], &e[key], 0.0, 0.0);
            }
            for key in ["log_likelihood", "log_likelihood_null", "aic", "bic"] {
                close(key, &s[key], &e[key], 1e-9, 1e-6);
            }
            close("mcfadden_r2", &s["mcfadden_r2"], &e["mcfadden_r2"], 1e-5, 1e-6);
            close("lr_chi2", &s["lr_chi2"], &e["lr_chi2"], 1e-5, 1e-6);
            println!("telco/logit_mle: right");
        }
        if case["id"] == "telco/logit_l2" {
            for (c, want) in e.as_object().unwrap() {
                let scale: f64 = c.parse().unwrap();
                let s = analyse::<Regress>(
                    &table,
                    json!({ "target": target, "features": features, "family": "logistic", "l2": 1.0 / scale }),
                    Some(&mask),
                )
                .unwrap()
                .summary;
                close(
                    "intercept",
                    &coefficient(&s, "(intercept)")["estimate_standardized"],
                    &want["intercept"],
                    1e-5,
                    1e-6,
                );
                for (name, w) in want["coef"].as_object().unwrap() {
                    close(name, &coefficient(&s, name)["estimate_standardized"], w, 1e-5, 1e-6);
                }
                close("objective", &s["objective"], &json!(want["objective"].as_f64().unwrap() / scale), 1e-9, 1e-6);
                assert!(coefficient(&s, "tenure")["std_error"].is_null());
            }
            println!("telco/logit_l2: right");
        }
    }
}

fn run(text: &str, params: Value) -> Result<crate::analysis::Finding> {
    analyse::<Regress>(&csv(text), params, None)
}

#[test]
fn a_line_by_hand() {
    // y on x = 1 2 3 4 with y = 2 3 5 6: slope 1.4, intercept 0.5, RSS 0.2.
    let out = run("x,y\n1,2\n2,3\n3,5\n4,6\n", json!({ "target": "y", "features": ["x"], "robust": null })).unwrap();
    let s = &out.summary;
    close("slope", &coefficient(s, "x")["estimate"], &json!(1.4), 1e-14, 0.0);
    close("intercept", &coefficient(s, "(intercept)")["estimate"], &json!(0.5), 1e-13, 0.0);
    close("se", &coefficient(s, "x")["std_error"], &json!((0.1f64 / 5.0).sqrt()), 1e-13, 0.0);
    close("r2", &s["r2"], &json!(0.98), 1e-13, 0.0);
    close("vif", &coefficient(s, "x")["vif"], &json!(1.0), 1e-12, 0.0);
    assert_eq!((out.frame.rows(), out.charts.len()), (4, 3));
    // HC3 by hand: leverages 0.7 0.3 0.3 0.7, residuals 0.1 −0.3 0.3 −0.1 → Σ (x−x̄)² e²/(1−h)² / Σ(x−x̄)²².
    let s = run("x,y\n1,2\n2,3\n3,5\n4,6\n", json!({ "target": "y", "features": ["x"] })).unwrap().summary;
    let meat = 2.0 * 2.25 * (0.1f64 / 0.3).powi(2) + 2.0 * 0.25 * (0.3f64 / 0.7).powi(2);
    close("HC3", &coefficient(&s, "x")["std_error"], &json!(meat.sqrt() / 5.0), 1e-12, 0.0);
    assert_eq!(s["robust"], "HC3");
}

#[test]
fn poisson_with_one_yes_no_feature_is_the_log_of_the_ratio_of_means() {
    let out =
        run("y,g\n1,a\n2,a\n3,a\n4,b\n5,b\n9,b\n", json!({ "target": "y", "features": ["g"], "family": "poisson" }))
            .unwrap();
    let c = coefficient(&out.summary, "g=b");
    close("log ratio", &c["estimate"], &json!(3f64.ln()), 1e-9, 0.0);
    close("its error", &c["std_error"], &json!((1.0f64 / 6.0 + 1.0 / 18.0).sqrt()), 1e-9, 0.0);
    assert!(out.summary["positives"].is_null() && c["z"].is_number());
}

#[test]
fn collinear_features_are_dropped_and_named() {
    let text = "a,b,c,k,y\n1,2,3,5,1\n2,1,3,5,3\n3,5,8,5,4\n4,1,5,5,9\n5,7,12,5,2\n6,3,9,5,7\n";
    let out = run(text, json!({ "target": "y", "features": ["a", "b", "c", "k"] })).unwrap();
    assert_eq!(out.summary["dropped"], json!(["c", "k"]));
    assert_eq!(out.summary["coefficients"].as_array().unwrap().len(), 3);
    assert!(out.method.warnings.iter().any(|w| w.en.contains("c, k")));
}

#[test]
fn separation_is_named() {
    let mut text = String::from("y,level,x,z\n");
    for i in 0..40 {
        let level = if i < 8 {
            "gold"
        } else if i % 2 == 0 {
            "blue"
        } else {
            "ash"
        };
        let y = if i < 8 || i % 3 == 0 { "Yes" } else { "No" };
        text.push_str(&format!("{y},{level},{},{}\n", if y == "Yes" { 10 + i % 5 } else { i % 5 }, (i * 7) % 11));
    }
    let code = |features: Value, extra: f64| {
        run(&text, json!({ "target": "y", "features": features, "family": "logistic", "l2": extra }))
    };
    let e = code(json!(["level", "z"]), 0.0).err().unwrap();
    assert_eq!((e.code, e.at.column.as_deref()), (Code::Separation, Some("level=gold")));
    let e = code(json!(["z", "x"]), 0.0).err().unwrap();
    assert_eq!((e.code, e.at.column.as_deref()), (Code::Separation, Some("x")));
    assert!(code(json!(["level", "x"]), 1.0).is_ok(), "a penalty cures it");
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let code = |text: &str, params: Value| run(text, params).err().unwrap().code;
    let q = json!({ "target": "y", "features": ["x"] });
    assert_eq!(code("x,y\n1,2\n2,3\n", q.clone()), Code::TooLittleData);
    assert_eq!(code("x,y\n1,2\n2,2\n3,2\n4,2\n", q.clone()), Code::NoVariation);
    assert_eq!(code("x,y\na,2\nb,\n", json!({ "target": "x", "features": ["y"] })), Code::WrongType);
    assert_eq!(code("x,y\n1,2\n2,3\n", json!({ "target": "y" })), Code::BadParam);
    assert_eq!(code("x,y\n1,2\n2,3\n", json!({ "target": "y", "features": ["x"], "robust": "HC9" })), Code::BadParam);
    assert_eq!(
        code("x,y\n1,2\n2,3\n3,4\n1,1\n", json!({ "target": "y", "features": ["x"], "family": "logistic" })),
        Code::WrongType
    );
    let text = run("x,y\n1,a\n2,b\n3,a\n1,a\n", json!({ "target": "y", "features": ["x"], "family": "logistic" }))
        .err()
        .unwrap();
    assert!(text.code == Code::WrongType && text.remedy.en.contains("equals"), "{text:?}");
    let constant = run("x,y\n5,2\n5,3\n5,9\n", q).unwrap();
    assert_eq!(constant.summary["dropped"], json!(["x"]));
}

#[test]
fn scaling_a_feature_scales_its_coefficient_alone() {
    let text = |f: f64| {
        let rows: Vec<String> =
            (0..30).map(|i| format!("{},{},{}", f64::from(i * 13 % 17) * f, i * 5 % 11, i * 3 % 7)).collect();
        format!("a,b,y\n{}\n", rows.join("\n"))
    };
    let get = |f: f64| run(&text(f), json!({ "target": "y", "features": ["a", "b"] })).unwrap().summary;
    let (one, many) = (get(1.0), get(1000.0));
    close(
        "a",
        &many["coefficients"][1]["estimate"],
        &json!(one["coefficients"][1]["estimate"].as_f64().unwrap() / 1000.0),
        1e-9,
        0.0,
    );
    close("b", &many["coefficients"][2]["estimate"], &one["coefficients"][2]["estimate"], 1e-9, 0.0);
    close("p", &many["coefficients"][1]["p"], &one["coefficients"][1]["p"], 1e-7, 0.0);
    let plain = run(&text(1.0), json!({ "target": "y", "features": ["a", "b"], "intercept": false })).unwrap().summary;
    assert_eq!(plain["coefficients"].as_array().unwrap().len(), 2);
    let wide = run(&text(1.0), json!({ "target": "y", "features": ["a"], "level": 0.5 })).unwrap().summary;
    assert!(coefficient(&wide, "a")["ci_low"].as_f64() > coefficient(&one, "a")["ci_low"].as_f64());
}

crate::analysis_contract!(
    Regress,
    params = json!({ "target": "amount", "features": ["quantity", "region"] }),
    sample = crate::analysis::contract::columns()
);

#[test]
fn figures_beyond_reading_are_not_written_out() {
    // A feature of tiny numbers: one unit of it is far beyond its range.
    let rows: String = (0..80).map(|i| format!("{},{}\n", f64::from(i) * 1e-3, u8::from((i * 7) % 80 < i))).collect();
    let table = csv(&format!("x,y\n{rows}"));
    let f =
        analyse::<Regress>(&table, json!({ "target": "y", "features": ["x"], "family": "logistic" }), None).unwrap();
    let c = coefficient(&f.summary, "x");
    let per_sd = c["estimate_standardized"].as_f64().unwrap().exp();
    assert!(c["odds_ratio"].as_f64().unwrap() > 1e6 && per_sd < 10.0);
    assert!(f.headline.en.contains("one standard deviation more multiplies the odds by "), "{}", f.headline.en);
    assert!(f.headline.en.ends_with(&format!("{per_sd:.2}.")), "{}: {per_sd}", f.headline.en);
    let bad = json!({ "target": { "column": "y", "equals": "0" }, "features": ["x"], "family": "logistic" });
    let f = analyse::<Regress>(&table, bad, None).unwrap();
    assert!(f.headline.en.contains("for y = 0"), "{}", f.headline.en);
}

#[test]
fn an_exact_fit_and_counts_that_spread_are_warned_of() {
    let warns = |text: &str, params: Value, part: &str| {
        let f = analyse::<Regress>(&csv(text), params, None).unwrap();
        f.method.warnings.iter().any(|w| w.en.contains(part))
    };
    let exact: String = (0..40).map(|i| format!("{i},{}\n", 3 * i + 2)).collect();
    assert!(warns(&format!("x,y\n{exact}"), json!({ "target": "y", "features": ["x"] }), "probably computed"));
    let counts: String = (0..60).map(|i| format!("{i},{}\n", if i % 5 == 0 { 40 } else { i % 3 })).collect();
    let poisson = json!({ "target": "y", "features": ["x"], "family": "poisson" });
    assert!(warns(&format!("x,y\n{counts}"), poisson.clone(), "times what Poisson says"));
    let mut robust = poisson;
    robust["robust"] = json!("HC1");
    assert!(!warns(&format!("x,y\n{counts}"), robust, "times what Poisson says"));
}

/// scipy 1.17.1: `stats.norm.ppf((i − 0.5)/n)`; the residuals of longley as statsmodels gives them are in the frame already, so here only their order and scale.
#[test]
fn residuals_stand_against_normal_quantiles() {
    let few = normal_points(&[3.0, -1.0, 2.0, -4.0, 0.0], 2.0);
    let want = [
        (-1.2815515655446004, -2.0),
        (-0.5244005127080409, -0.5),
        (0.0, 0.0),
        (0.5244005127080407, 1.0),
        (1.2815515655446004, 1.5),
    ];
    for (g, w) in few.iter().zip(want) {
        assert!((g.0 - w.0).abs() < 1e-14 && g.1 == w.1, "{g:?} {w:?}");
    }
    // A hundred thousand draws of the law itself: on the line, thinned, both ends kept.
    let mut rng = crate::num::rng::Rng::new(3);
    let draws: Vec<f64> = (0..100_000).map(|_| 5.0 * rng.normal()).collect();
    let many = normal_points(&draws, 5.0);
    assert!(many.len() <= QUANTILES && many.len() > QUANTILES / 2);
    let end = |f: fn(f64, f64) -> f64| draws.iter().copied().reduce(f).unwrap() / 5.0;
    assert_eq!((many[0].1, many[many.len() - 1].1), (end(f64::min), end(f64::max)));
    assert!(many.iter().filter(|p| p.0.abs() < 2.0).all(|(x, y)| (x - y).abs() < 0.05));
    assert!(many.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1));
}

#[test]
fn the_picture_of_quantiles_is_there_for_linear_models_only() {
    let text: String = (0..60).map(|i| format!("{},{},{}\n", i, 2 * i + (i * 7919) % 11, i % 2)).collect();
    let table = csv(&format!("x,y,z\n{text}"));
    let charts = |p: Value| analyse::<Regress>(&table, p, None).unwrap().charts;
    let linear = charts(json!({ "target": "y", "features": ["x"] }));
    let chart = linear.iter().find(|c| c.id == "normal").expect("a picture");
    let series = chart.option["series"].as_array().unwrap();
    assert_eq!((series[0]["data"].as_array().unwrap().len(), series[1]["type"].as_str()), (60, Some("line")));
    assert!(charts(json!({ "target": "z", "features": ["y"], "family": "logistic" })).iter().all(|c| c.id != "normal"));
}

//! Analyses of public data sets that no golden case uses, against pandas, scipy, statsmodels, lifelines and likelihoods written out in Python.
//!
//! `reference/unseen.json` holds the values and the versions of the tools; `reference/unseen.py` computed them. The data lie beside the repository.

use std::path::{Path, PathBuf};

use kelan::analysis::{Finding, Input, run};
use kelan::fact::Cache;
use kelan::read::sniff::{self, encoding};
use kelan::read::{Options, csv};
use kelan::role::{OrderKey, Role, Roles};
use kelan::table::{Mask, Series, Table};
use serde_json::{Value, json};

fn load(name: &str) -> Option<Table> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: the shared data set {name} is not here");
        return None;
    };
    let found = encoding::detect(&bytes);
    let text = &bytes[found.bom..];
    let s = sniff::sniff(text, true, &Options::default());
    Some(csv::read(text, &s.dialect, &s.plans, name, 1 << 20).expect("a table").table)
}

fn reference(part: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("reference/unseen.json")).expect("json");
    assert!(all["tools"]["scipy"].is_string(), "the tools are named");
    all[part].clone()
}

/// Columns alone, without roles.
fn analyse(table: &Table, id: &str, params: Value) -> Finding {
    let (roles, facts) = (Roles::default(), Cache::default());
    let input = Input { table, roles: &roles, filter: None, facts: &facts };
    run(id, &input, &params).unwrap_or_else(|e| panic!("{id}: {e}"))
}

/// |got − want| ≤ relative · |want| + absolute, through lists.
#[track_caller]
fn close(what: &str, got: &Value, want: &Value, relative: f64, absolute: f64) {
    match (got, want) {
        (Value::Array(g), Value::Array(w)) => {
            assert_eq!(g.len(), w.len(), "{what}");
            g.iter().zip(w).for_each(|(g, w)| close(what, g, w, relative, absolute));
        }
        _ => {
            let (Some(g), Some(w)) = (got.as_f64(), want.as_f64()) else { panic!("{what}: got {got}, wanted {want}") };
            assert!((g - w).abs() <= relative * w.abs() + absolute, "{what}: got {g:e}, wanted {w:e}");
        }
    }
}

#[track_caller]
fn all_close(got: &Value, pairs: &[(&str, &Value)], relative: f64) {
    for (path, want) in pairs {
        close(path, got.pointer(path).unwrap_or(&Value::Null), want, relative, 0.0);
    }
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or_else(|| panic!("not a number: {v}"))
}

/// Estimates to a millionth of their standard error (optimisers stop at about 1e-8 of it), errors to 1e-6 of themselves.
#[track_caller]
fn coefficients(what: &str, got: &Value, want: &Value) {
    let list = got.as_array().unwrap_or_else(|| panic!("{what}: no coefficients in {got}"));
    let (estimate, error) =
        (want["estimate"].as_array().expect("a list"), want["std_error"].as_array().expect("a list"));
    assert_eq!(list.len(), estimate.len(), "{what}");
    for ((c, e), se) in list.iter().zip(estimate).zip(error) {
        close(&format!("{what} {}", c["name"]), &c["estimate"], e, 0.0, 1e-6 * number(se));
        close(&format!("{what} {} error", c["name"]), &c["std_error"], se, 1e-6, 0.0);
    }
}

#[test]
fn a_campaign_described_correlated_and_regressed() {
    let Some(table) = load("marketing_campaign/marketing_campaign.csv") else { return };
    let (s, e) = (analyse(&table, "describe", json!({ "columns": ["Income"] })).summary, reference("describe"));
    let income = &s["columns"][0];
    for key in
        ["n", "missing", "mean", "sd", "min", "max", "median", "skewness", "kurtosis", "mad", "trimmed_mean", "mean_ci"]
    {
        close(key, &income[key], &e[key], 1e-10, 0.0);
    }
    for q in ["0.25", "0.9"] {
        close(q, &income["quantiles"][q], &e["quantiles"][q], 1e-12, 0.0);
    }

    let s = analyse(&table, "correlate", json!({ "columns": ["Income", "MntWines", "Recency"] })).summary;
    let e = reference("correlate");
    for pair in s["pairs"].as_array().expect("pairs") {
        let want = &e[format!("{}|{}", pair["x"].as_str().expect("x"), pair["y"].as_str().expect("y"))];
        for key in ["pearson", "spearman", "kendall"] {
            close(key, &pair[key], &want[key], 1e-9, 1e-12);
            close(key, &pair[format!("{key}_p")], &want[format!("{key}_p")], 1e-6, 1e-190);
        }
    }

    let features = json!(["Income", "Kidhome", "Recency", "Year_Birth"]);
    let s = analyse(&table, "regress", json!({ "target": "MntWines", "features": features })).summary;
    let e = reference("ols");
    coefficients("OLS, HC3", &s["coefficients"], &e);
    for key in ["r2", "adj_r2", "f", "durbin_watson", "breusch_pagan", "log_likelihood"] {
        close(key, &s[key], &e[key], 1e-8, 0.0);
    }
    let logistic =
        json!({ "target": { "column": "Response", "equals": 1 }, "features": features, "family": "logistic" });
    let s = analyse(&table, "regress", logistic).summary;
    let e = reference("logistic");
    coefficients("logistic", &s["coefficients"], &e);
    all_close(&s, &[("/log_likelihood", &e["log_likelihood"]), ("/mcfadden_r2", &e["mcfadden_r2"])], 1e-9);
    let s =
        analyse(&table, "regress", json!({ "target": "NumWebPurchases", "features": features, "family": "poisson" }))
            .summary;
    let e = reference("poisson");
    coefficients("Poisson", &s["coefficients"], &e);
    all_close(&s, &[("/log_likelihood", &e["log_likelihood"])], 1e-9);
}

#[test]
fn claims_compared_and_followed_over_time() {
    let Some(table) = load("insurance_fraud/insurance_claims.csv") else { return };
    let measure = json!({ "measure": "total_claim_amount", "by": "fraud_reported", "pair": ["N", "Y"] });
    let (s, e) = (analyse(&table, "compare", measure).summary, reference("compare"));
    let exact = [
        ("/pair/welch/t", &e["t"]),
        ("/pair/welch/df", &e["df"]),
        ("/pair/welch/ci", &e["ci"]),
        ("/pair/mann_whitney/u", &e["u"]),
        ("/kruskal/h", &e["h"]),
        ("/levene/w", &e["levene"]),
        ("/pair/cohens_d", &e["d"]),
    ];
    all_close(&s, &exact, 1e-9);
    all_close(&s, &[("/pair/welch/p", &e["p"]), ("/pair/mann_whitney/p", &e["u_p"]), ("/kruskal/p", &e["h_p"])], 1e-6);
    let categories = json!({ "measure": { "column": "incident_severity", "as": "category" }, "by": "fraud_reported" });
    let (s, e) = (analyse(&table, "compare", categories).summary, reference("chi2"));
    all_close(&s, &[("/chi2/chi2", &e["chi2"]), ("/cramers_v", &e["v"])], 1e-9);
    all_close(&s, &[("/chi2/p", &e["p"])], 1e-6);

    let km = reference("kaplan_meier");
    let event = json!({ "column": "fraud_reported", "equals": "Y" });
    let s = analyse(
        &table,
        "survival",
        json!({ "duration": "months_as_customer", "event": event, "times": km["times"], "by": "insured_sex" }),
    )
    .summary;
    for (i, at) in s["at_times"].as_array().expect("times").iter().enumerate() {
        for key in ["survival", "ci_low", "ci_high", "cumulative_hazard"] {
            close(&format!("{key} at {}", at["t"]), &at[key], &km[key][i], 1e-9, 0.0);
        }
    }
    let e = reference("logrank");
    all_close(&s, &[("/median", &km["median"]), ("/logrank/chi2", &e["chi2"]), ("/logrank/p", &e["p"])], 1e-6);
    let covariates = json!(["age", "policy_annual_premium", "number_of_vehicles_involved"]);
    let cox = json!({ "duration": "months_as_customer", "event": event, "covariates": covariates });
    let (s, e) = (analyse(&table, "survival", cox).summary, reference("cox"));
    coefficients("Cox", &s["cox"]["coefficients"], &e);
    all_close(&s, &[("/cox/log_likelihood", &e["log_likelihood"]), ("/cox/concordance", &e["concordance"])], 1e-9);
}

/// Every third customer of CDNOW's master file.
#[test]
fn other_customers_of_cdnow_valued_and_watched() {
    let Some(table) = load("cdnow/CDNOW_master.txt") else { return };
    let at = |name: &str| table.position(name).unwrap_or_else(|| panic!("no column {name}"));
    let who = at("customer_id");
    let kept: Vec<bool> = (0..table.rows)
        .map(|r| table.columns[who].text(r).and_then(|t| t.parse::<u32>().ok()).is_some_and(|id| id % 3 == 1))
        .collect();
    let mask = Mask::from(kept);
    let columns = [(Role::Customer, who), (Role::Date, at("date")), (Role::Amount, at("dollar_value"))];
    let roles = Roles { columns: columns.into_iter().collect(), order: OrderKey::CustomerDay, ..Roles::default() };
    let facts = Cache::default();
    let analyse = |id: &str, params: Value| {
        let input = Input { table: &table, roles: &roles, filter: Some(&mask), facts: &facts };
        run(id, &input, &params).unwrap_or_else(|e| panic!("{id}: {e}"))
    };
    // Nelder–Mead in Python stops at about 1e-6 of a parameter, where the likelihood is flat to 1e-9.
    for model in ["bg_nbd", "mbg_nbd"] {
        let (s, e) = (analyse("clv", json!({ "model": model })).summary, reference(model));
        assert_eq!(s["customers"], e["customers"], "{model}");
        for (name, want) in ["r", "alpha", "a", "b"].iter().zip(e["parameters"].as_array().expect("four")) {
            close(&format!("{model} {name}"), &s["parameters"][name], want, 1e-4, 0.0);
        }
        all_close(&s, &[("/log_likelihood", &e["log_likelihood"])], 1e-9);
        all_close(&s, &[("/mean_p_alive", &e["mean_p_alive"])], 1e-4);
        if model == "bg_nbd" {
            let e = reference("gamma_gamma");
            assert_eq!(s["spend"]["n"], e["n"]);
            for (name, want) in ["p", "q", "v"].iter().zip(e["parameters"].as_array().expect("three")) {
                close(name, &s["spend"]["parameters"][name], want, 1e-4, 0.0);
            }
            all_close(&s, &[("/spend/log_likelihood", &e["log_likelihood"])], 1e-9);
        }
    }
    let (f, e) = (analyse("churn", json!({ "horizon_days": 90 })), reference("churn"));
    all_close(
        &f.summary,
        &[("/definition/churned_after_days", &e["churned_after_days"]), ("/churned", &e["churned"])],
        0.0,
    );
    all_close(&f.summary, &[("/expected_churned", &e["expected"])], 1e-5);
    let (Some(Series::Text(ids)), Some(Series::Number(p)), Some(Series::Number(late))) =
        (f.frame.get("customer"), f.frame.get("probability"), f.frame.get("lateness"))
    else {
        panic!("no watch list")
    };
    for (id, want) in e["customers"].as_object().expect("customers") {
        let i =
            ids.iter().flatten().position(|c| c.trim_start_matches('0') == id.trim_start_matches('0')).expect("listed");
        close(id, &json!(p[i]), &want[0], 1e-5, 0.0);
        match want[1].as_f64() {
            Some(w) => assert!((late[i] - w).abs() < 1e-9, "{id}: {} times late, wanted {w}", late[i]),
            None => assert!(late[i].is_nan(), "{id} bought once"),
        }
    }
}

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

/// The rows whose text in `column` is wanted.
fn kept(table: &Table, column: &str, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
    let at = table.position(column).unwrap_or_else(|| panic!("no column {column}"));
    (0..table.rows).map(|r| table.columns[at].text(r).is_some_and(|t| wanted(&t))).collect()
}

/// [`analyse`] on some of the rows.
fn analyse_some(table: &Table, rows: &[bool], id: &str, params: Value) -> Finding {
    let (roles, facts, mask) = (Roles::default(), Cache::default(), Mask::from(rows.to_vec()));
    let input = Input { table, roles: &roles, filter: Some(&mask), facts: &facts };
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
    all_close(&s, &[("/log_likelihood", &e["log_likelihood"]), ("/dispersion", &e["dispersion"])], 1e-9);

    let yes = json!({ "column": "Response", "equals": 1 });
    for (family, target) in [("logistic", yes), ("poisson", json!("NumWebPurchases"))] {
        for (kind, want) in reference(family)["robust"].as_object().expect("kinds") {
            let params = json!({ "target": target, "features": features, "family": family, "robust": kind });
            let s = analyse(&table, "regress", params).summary;
            let errors: Value =
                s["coefficients"].as_array().expect("a list").iter().map(|c| c["std_error"].clone()).collect();
            close(&format!("{family} {kind}"), &errors, want, 1e-6, 0.0);
        }
    }
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

/// The hazards of two covariates change with time, by lifelines' residuals and the clock of R's cox.zph.
#[test]
fn recidivism_departs_from_proportional_hazards() {
    let Some(table) = load("../golden/data/rossi/rossi.csv") else { return };
    let e = reference("rossi");
    let params = json!({ "duration": "week", "event": { "column": "arrest", "equals": 1 }, "covariates": e["names"] });
    let s = analyse(&table, "survival", params).summary;
    for (i, c) in s["cox"]["coefficients"].as_array().expect("a list").iter().enumerate() {
        assert_eq!(c["name"], e["names"][i]);
        close(&format!("{} changes with time", c["name"]), &c["schoenfeld_p"], &e["p"][i], 1e-6, 0.0);
    }
}

/// Missing values, levels with a named baseline, rare levels together; every kind of error.
#[test]
fn credit_with_gaps_regressed_and_followed() {
    let Some(table) = load("credit_data_missing/credit_data.csv") else { return };
    let home = json!({ "column": "Home", "baseline": "owner", "min_count": 100 });
    let features = json!(["Age", "Income", home]);
    let e = reference("credit_ols");
    let names = e["names"].as_array().expect("names");
    for (kind, errors) in e["std_error"].as_object().expect("kinds") {
        let robust = if kind == "None" { Value::Null } else { json!(kind) };
        let s =
            analyse(&table, "regress", json!({ "target": "Amount", "features": features, "robust": robust })).summary;
        let list = s["coefficients"].as_array().expect("a list");
        assert_eq!(list.len(), names.len());
        for (i, want) in names.iter().enumerate() {
            let c = list.iter().find(|c| c["name"] == *want).unwrap_or_else(|| panic!("no {want} in {list:?}"));
            close(&format!("{want} {kind}"), &c["estimate"], &e["estimate"][i], 1e-8, 0.0);
            close(&format!("{want} {kind} error"), &c["std_error"], &errors[i], 1e-7, 0.0);
        }
        all_close(&s, &[("/jarque_bera", &e["jarque_bera"])], 1e-8);
        all_close(&s, &[("/condition_number", &e["condition_number"])], 1e-6);
    }

    let bad = json!({ "column": "Status", "equals": "bad" });
    let params = json!({ "target": bad, "features": features, "family": "logistic", "l2": 20 });
    let (s, e) = (analyse(&table, "regress", params).summary, reference("credit_l2"));
    all_close(&s, &[("/objective", &e["objective"])], 1e-9);
    for (i, want) in names.iter().enumerate().skip(1) {
        let c = s["coefficients"].as_array().expect("a list").iter().find(|c| c["name"] == *want).expect("the term");
        close(&format!("{want}, penalised"), &c["estimate_standardized"], &e["weights"][i], 0.0, 1e-6);
    }

    let seniority = kept(&table, "Seniority", |t| t.parse::<f64>().is_ok_and(|v| v > 0.0));
    let params = json!({ "duration": "Seniority", "event": bad, "covariates": features });
    let (s, e) = (analyse_some(&table, &seniority, "survival", params).summary, reference("credit_cox"));
    let list = s["cox"]["coefficients"].as_array().expect("a list");
    for (i, want) in names.iter().skip(1).enumerate() {
        let c = list.iter().find(|c| c["name"] == *want).unwrap_or_else(|| panic!("no {want} in {list:?}"));
        close(&format!("Cox {want}"), &c["estimate"], &e["estimate"][i], 0.0, 1e-6 * number(&e["std_error"][i]));
        close(&format!("Cox {want} error"), &c["std_error"], &e["std_error"][i], 1e-6, 0.0);
    }
    all_close(&s, &[("/cox/log_likelihood", &e["log_likelihood"]), ("/cox/concordance", &e["concordance"])], 1e-9);
}

#[test]
fn shoppers_by_shares_and_by_a_model_out_of_folds() {
    let Some(table) = load("online_shoppers/online_shoppers_intention.csv") else { return };
    let new = json!({ "column": "VisitorType", "equals": "New_Visitor" });
    let params = json!({ "measure": new, "by": "Month", "pair": ["Dec", "Feb"] });
    let (s, e) = (analyse(&table, "compare", params).summary, reference("shares"));
    let p = &s["proportions"];
    for (i, side) in ["a", "b"].iter().enumerate() {
        assert_eq!((&p[side]["x"], &p[side]["n"]), (&e["x"][i], &e["n"][i]), "{p}");
        for kind in ["wilson", "clopper_pearson", "normal"] {
            close(&format!("{side} {kind}"), &p[side][kind], &e[kind][i], 1e-9, 0.0);
        }
    }
    let pairs = [("/z", &e["z"][0]), ("/p", &e["z"][1]), ("/ci_wald", &e["wald"]), ("/ci_newcombe", &e["newcombe"])];
    all_close(p, &pairs, 1e-7);

    let e = reference("shoppers");
    let params = json!({
        "target": { "column": "Revenue", "equals": "TRUE" }, "features": e["features"], "models": [{ "model": "logistic", "l2": 1 }],
        "thresholds": [0.2], "validation": { "folds": 4, "assign": "row" },
    });
    let s = analyse(&table, "classify", params).summary;
    let m = &s["models"][0];
    for key in ["auc", "fold_auc", "log_loss", "brier", "average_precision", "ks"] {
        close(key, &m[key], &e[key], 1e-7, 0.0);
    }
    assert_eq!((&m["confusion"][0]["tp"], &m["confusion"][0]["fp"]), (&e["tp_at_02"], &e["fp_at_02"]));
}

#[test]
fn german_credit_grouped_without_an_answer() {
    let Some(table) = load("german_credit/credit.csv") else { return };
    let features = json!(["months_loan_duration", "amount", "age"]);
    let base = |more: Value| {
        let mut p = json!({ "features": features, "scale": "standard", "log": false, "stability": false });
        p.as_object_mut().expect("params").extend(more.as_object().expect("params").clone());
        p
    };
    for (linkage, e) in reference("trees").as_object().expect("linkages") {
        let params = base(json!({ "method": "hierarchical", "linkage": linkage, "k": 4 }));
        let s = analyse(&table, "segment", params).summary;
        let heights = s["heights"].as_array().expect("heights");
        let last = json!(heights[heights.len() - 20..]);
        close(&format!("{linkage} heights"), &last, &e["last"], 1e-9, 0.0);
        let four = s["candidates"].as_array().expect("k").iter().find(|c| c["k"] == 4).expect("four groups");
        let mut sizes: Vec<u64> = four["sizes"].as_array().expect("sizes").iter().filter_map(Value::as_u64).collect();
        sizes.sort_unstable();
        assert_eq!(json!(sizes), e["sizes"], "{linkage}");
        close(&format!("{linkage} silhouette"), &four["silhouette"], &e["silhouette"], 1e-9, 0.0);
    }
    for e in reference("dbscan").as_array().expect("runs") {
        let params = base(json!({ "method": "dbscan", "eps": e[0], "min_points": e[1] }));
        let s = analyse(&table, "segment", params).summary;
        assert_eq!(json!([s["clusters"], s["noise"], s["core_points"]]), json!([e[2], e[3], e[4]]), "{e}");
    }
}

/// Every third customer of CDNOW's master file.
#[test]
fn other_customers_of_cdnow_valued_and_watched() {
    let Some(table) = load("cdnow/CDNOW_master.txt") else { return };
    let at = |name: &str| table.position(name).unwrap_or_else(|| panic!("no column {name}"));
    let who = at("customer_id");
    let mask = Mask::from(kept(&table, "customer_id", |t| t.parse::<u32>().is_ok_and(|id| id % 3 == 1)));
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
    let e = reference("watch");
    all_close(&f.summary, &[("/money_at_risk", &e["money_at_risk"])], 1e-5);
    let (Some(Series::Number(value)), Some(Series::Text(reasons))) = (f.frame.get("value"), f.frame.get("reasons"))
    else {
        panic!("no values and reasons")
    };
    for (i, want) in e["first"].as_array().expect("thirty").iter().enumerate() {
        let (id, said) = (want[0].as_str().expect("an id"), reasons[i].as_deref().unwrap_or(""));
        assert_eq!(ids[i].as_deref().map(|c| c.trim_start_matches('0')), Some(id.trim_start_matches('0')), "place {i}");
        close(&format!("{id} probability"), &json!(p[i]), &want[1], 1e-5, 0.0);
        close(&format!("{id} value"), &json!(value[i]), &want[2], 1e-9, 0.0);
        assert!(said.contains(&number(&want[3]).to_string()), "{id}: {} days since the last purchase: {said}", want[3]);
        assert_eq!(said.contains("longer than ever"), want[4] == true, "{id}: {said}");
        if let Some(usual) = want[5].as_f64() {
            // "usually every 7.5 days" or "12 times the usual 9", in three digits.
            let rounding = if usual < 100.0 { 0.0 } else { 0.5 };
            let mut figures = said.split([' ', ',', ';']).filter_map(|w| w.parse::<f64>().ok());
            assert!(figures.any(|f| (f - usual).abs() <= rounding), "{id}: the usual {usual} days: {said}");
        }
    }

    for e in reference("lifecycle").as_array().expect("runs") {
        let rules =
            json!({ "loyal_orders": e["rules"][0], "at_risk_after": e["rules"][1], "lapsed_after": e["rules"][2] });
        let s = analyse("lifecycle", json!({ "rules": rules, "as_of": e["as_of"], "period": e["period"] })).summary;
        close("median gap", &s["median_gap_days"], &e["median_gap_days"], 1e-12, 0.0);
        let stages: serde_json::Map<String, Value> = s["stages"]
            .as_array()
            .expect("stages")
            .iter()
            .filter(|v| v["customers"] != 0)
            .map(|v| (v["id"].as_str().expect("an id").to_string(), v["customers"].clone()))
            .collect();
        assert_eq!(Value::Object(stages), e["stages"], "{}", e["as_of"]);
        let flow: Vec<Value> = s["flow"]
            .as_array()
            .expect("flow")
            .iter()
            .map(|f| {
                f["stages"]
                    .as_object()
                    .expect("stages")
                    .iter()
                    .filter(|v| *v.1 != 0)
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect()
            })
            .collect();
        assert_eq!(Value::Array(flow), e["flow"], "{}", e["as_of"]);
        let moves: Vec<&Value> = s["transitions"].as_array().expect("moves").iter().filter(|t| t["n"] != 0).collect();
        assert_eq!(moves.len(), e["transitions"].as_array().expect("moves").len(), "{}", e["as_of"]);
        for want in e["transitions"].as_array().expect("moves") {
            let t = moves
                .iter()
                .find(|t| t["from"] == want[0] && t["to"] == want[1])
                .unwrap_or_else(|| panic!("no {want}"));
            assert_eq!(t["n"], want[2], "{want}");
            close(&format!("{want}"), &t["p"], &want[3], 1e-12, 0.0);
        }
    }
}

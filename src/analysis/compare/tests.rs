use super::*;
use crate::analysis::col::testing::{analyse, cases, close, csv, load};
use serde_json::{Value, json};

fn find<'a>(list: &'a Value, group: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|g| g["group"] == group).unwrap()
}

#[test]
fn reference_tests() {
    for case in cases("01_statistics.json") {
        let id = case["id"].as_str().unwrap();
        if !id.ends_with("/tests") {
            continue;
        }
        let Some(table) = load(case["data"]["path"].as_str().unwrap()) else { return };
        let (params, e) = (&case["params"], &case["expected"]);
        let measure = json!({ "column": params["numeric"], "as": "number" });
        let s =
            analyse::<Compare>(&table, json!({ "measure": measure, "by": params["group"], "pair": e["pair"] }), None)
                .unwrap()
                .summary;
        for (group, want) in e["groups"].as_object().unwrap() {
            close(group, &find(&s["groups"], group)["n"], &want["n"], 0.0, 0.0);
            close(group, &find(&s["groups"], group)["mean"], &want["mean"], 1e-9, 1e-12);
        }
        for (path, key) in [
            ("/anova/f", "anova_f"),
            ("/anova/eta_squared", "eta_squared"),
            ("/kruskal/h", "kruskal_h"),
            ("/levene/w", "levene_median_w"),
            ("/pair/welch/t", "welch_t"),
            ("/pair/welch/df", "welch_df"),
            ("/pair/student/t", "student_t"),
            ("/pair/mann_whitney/u", "mann_whitney_u_first"),
            ("/pair/ks/d", "ks2_d"),
            ("/pair/cohens_d", "cohens_d_pooled"),
        ] {
            close(key, s.pointer(path).unwrap(), &e[key], 1e-9, 1e-12);
        }
        for (path, key) in [
            ("/anova/p", "anova_p"),
            ("/kruskal/p", "kruskal_p"),
            ("/levene/p", "levene_p"),
            ("/pair/welch/p", "welch_p"),
            ("/pair/student/p", "student_p"),
            ("/pair/mann_whitney/p", "mann_whitney_p_asymptotic_continuity"),
            ("/pair/ks/p", "ks2_p_asymp"),
        ] {
            close(key, s.pointer(path).unwrap(), &e[key], 1e-6, 1e-300);
        }
        let measure = json!({ "column": params["second_category"], "as": "category" });
        let s = analyse::<Compare>(&table, json!({ "measure": measure, "by": params["group"] }), None).unwrap().summary;
        assert_eq!(s["crosstab"], e["crosstab"]);
        for (path, key) in [
            ("/chi2/chi2", "chi2"),
            ("/chi2/df", "chi2_df"),
            ("/chi2/chi2_yates", "chi2_yates_if_2x2"),
            ("/g_test/g", "g_test"),
            ("/cramers_v", "cramers_v"),
        ] {
            close(key, s.pointer(path).unwrap(), &e[key], 1e-9, 1e-12);
        }
        close("chi2_p", &s["chi2"]["p"], &e["chi2_p"], 1e-6, 1e-300);
        if e.get("fisher_p").is_some() {
            close("fisher_odds", &s["fisher"]["odds_ratio"], &e["fisher_odds"], 1e-9, 0.0);
            close("fisher_p", &s["fisher"]["p"], &e["fisher_p"], 1e-6, 1e-300);
        } else {
            assert_eq!(s.get("fisher"), Some(&Value::Null), "beyond 2 × 2");
        }
        println!("{id}: right");
    }
}

#[test]
fn reference_proportions() {
    for case in cases("01_statistics.json") {
        let id = case["id"].as_str().unwrap();
        if !id.ends_with("/two_proportions") {
            continue;
        }
        let (q, e) = (&case["params"], &case["expected"]);
        let mut text = String::from("group,outcome\n");
        for (g, x, n) in [("a", "x1", "n1"), ("b", "x2", "n2")] {
            (0..q[n].as_u64().unwrap())
                .for_each(|i| text.push_str(&format!("{g},{}\n", u8::from(i < q[x].as_u64().unwrap()))));
        }
        let params = json!({ "measure": { "column": "outcome", "equals": 1 }, "by": "group", "pair": ["a", "b"] });
        let s = analyse::<Compare>(&csv(&text), params, None).unwrap().summary["proportions"].clone();
        close("x", &s["a"]["x"], &q["x1"], 0.0, 0.0);
        for (path, key) in [
            ("/z", "z_pooled"),
            ("/ci_wald", "ci95_difference_wald"),
            ("/ci_newcombe", "ci95_difference_newcombe"),
            ("/a/wilson", "wilson_1"),
            ("/b/wilson", "wilson_2"),
            ("/a/clopper_pearson", "clopper_pearson_1"),
            ("/a/normal", "normal_1"),
            ("/relative_lift", "relative_lift"),
        ] {
            close(key, s.pointer(path).unwrap(), &e[key], 1e-9, 1e-12);
        }
        close("p", &s["p"], &e["p_two_sided"], 1e-6, 1e-300);
        println!("{id}: right");
    }
}

fn run(text: &str, params: Value) -> Value {
    analyse::<Compare>(&csv(text), params, None).unwrap().summary
}

#[test]
fn a_lady_tasting_tea() {
    // Fisher 1935: 3 of 4 cups right; two-sided p = 34/70, odds ratio 9.
    let text = "poured,said\nm,m\nm,m\nm,m\nm,t\nt,t\nt,t\nt,t\nt,m\n";
    let s = run(text, json!({ "measure": "said", "by": "poured" }));
    close("p", &s["fisher"]["p"], &json!(34.0 / 70.0), 1e-12, 0.0);
    close("odds", &s["fisher"]["odds_ratio"], &json!(9.0), 1e-12, 0.0);
    close("chi2", &s["chi2"]["chi2"], &json!(2.0), 1e-12, 0.0);
    close("yates", &s["chi2"]["chi2_yates"], &json!(0.5), 1e-12, 0.0);
}

#[test]
fn two_small_groups_by_hand() {
    // 1 2 3 against 4 5 6: t = −3/√(2/3), U of a = 0, D = 1, d = −3.
    let s = run("x,g\n1,a\n2,a\n3,a\n4,b\n5,b\n6,b\n", json!({ "measure": "x", "by": "g" }));
    close("t", &s["pair"]["student"]["t"], &json!(-3.0 / (2.0f64 / 3.0).sqrt()), 1e-12, 0.0);
    close("equal variances: Welch is Student", &s["pair"]["welch"]["p"], &s["pair"]["student"]["p"], 1e-12, 0.0);
    close("F is t²", &s["anova"]["f"], &json!(13.5), 1e-12, 0.0);
    close("p of F is p of t", &s["anova"]["p"], &s["pair"]["student"]["p"], 1e-10, 0.0);
    assert_eq!((s["pair"]["mann_whitney"]["u"].as_f64(), s["pair"]["ks"]["d"].as_f64()), (Some(0.0), Some(1.0)));
    close("d", &s["pair"]["cohens_d"], &json!(-3.0), 1e-12, 0.0);
    close("H", &s["kruskal"]["h"], &json!(27.0 / 7.0), 1e-12, 0.0);
}

#[test]
fn swapping_the_pair_swaps_the_signs() {
    let text = "x,g\n1,a\n2,a\n7,a\n4,b\n5,b\n6.5,b\n3,b\n";
    let ab = run(text, json!({ "measure": "x", "by": "g" }));
    let ba = run(text, json!({ "measure": "x", "by": "g", "pair": ["b", "a"] }));
    let t = |s: &Value| s["pair"]["welch"]["t"].as_f64().unwrap();
    assert_eq!(t(&ab), -t(&ba));
    let u = |s: &Value| s["pair"]["mann_whitney"]["u"].as_f64().unwrap();
    assert_eq!(u(&ab) + u(&ba), 12.0);
    close("p", &ab["pair"]["mann_whitney"]["p"], &ba["pair"]["mann_whitney"]["p"], 1e-12, 0.0);
}

#[test]
fn boolean_columns_are_yes_no_and_levels_matter() {
    let text = "churn,plan\nYes,a\nNo,a\nNo,a\nYes,b\nYes,b\nNo,b\n";
    let s = run(text, json!({ "measure": "churn", "by": "plan" }));
    assert_eq!((s["kind"].as_str(), s["proportions"]["a"]["x"].as_u64()), (Some("yes_no"), Some(1)));
    assert_eq!(s["crosstab"]["cols"], json!(["No", "Yes"]));
    let wide = run(text, json!({ "measure": "churn", "by": "plan", "level": 0.99 }));
    assert!(wide["proportions"]["a"]["wilson"][0].as_f64() < s["proportions"]["a"]["wilson"][0].as_f64());
    let out = analyse::<Compare>(&csv(text), json!({ "measure": "churn", "by": "plan" }), None).unwrap();
    assert_eq!((out.charts.len(), out.frame.rows()), (2, 2));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let code = |text: &str, params: Value| analyse::<Compare>(&csv(text), params, None).err().unwrap().code;
    let m = json!({ "measure": "x", "by": "g" });
    assert_eq!(code("x,g\n1,a\n2,a\n", m.clone()), Code::NoVariation);
    assert_eq!(code("x,g\n1,a\n1,b\n1,b\n", m.clone()), Code::NoVariation);
    assert_eq!(code("x,g\n1,a\n2,b\n", m.clone()), Code::TooLittleData);
    assert_eq!(code("x,g\n", m.clone()), Code::NoRows);
    assert_eq!(code("x,g\n1,a\n2,b\n", json!({})), Code::BadParam);
    assert_eq!(code("x,g\n1,a\n2,b\n3,b\n", json!({ "measure": "x", "by": "g", "pair": ["a", "z"] })), Code::BadParam);
    assert_eq!(code("x,g\n1,a\n2,b\n", json!({ "measure": "y", "by": "g" })), Code::UnknownColumn);
    // One row per group, or no spread inside: figures that do not exist are absent.
    let s = run("x,g\n1,a\n1,a\n2,b\n2,b\n", m);
    assert!(s["anova"]["f"].is_null() && s["pair"]["welch"]["t"].is_null() && s["anova"]["p"] == 0.0);
}

/// statsmodels 0.15.0: `samplesize_proportions_2indep_onetail(diff, 0.1, 0.8, alpha=0.05)` (two-sided by default), and the root of
/// `power_proportions_2indep(diff, 0.1, 1000).power − 0.8` by scipy 1.17.1's brentq.
#[test]
fn an_a_b_test_says_what_it_could_have_found_and_what_the_next_one_takes() {
    let mut text = String::from("group,bought\n");
    for (g, x) in [("a", 140), ("b", 100)] {
        (0..1000).for_each(|i| text.push_str(&format!("{g},{}\n", u8::from(i < x))));
    }
    let ask = |extra: Value| {
        let mut p = json!({ "measure": { "column": "bought", "equals": 1 }, "by": "group" });
        extra.as_object().unwrap().iter().for_each(|(k, v)| p[k] = v.clone());
        run(&text, p)["plan"].clone()
    };
    let plan = ask(json!({}));
    assert_eq!((plan["test"].as_str(), plan["baseline"].as_f64()), (Some("two_proportions"), Some(0.1)));
    close("detectable", &plan["detectable"], &json!(0.040745102629916825), 1e-9, 0.0);
    close("relative", &plan["detectable_relative"], &json!(0.40745102629916825), 1e-9, 0.0);
    close("observed effect", &plan["effect"], &json!(0.04), 1e-12, 0.0);
    close("n for it", &plan["n_per_group"], &json!(1034.872405612064), 1e-9, 0.0);
    close("n asked", &ask(json!({ "effect": 0.02 }))["n_per_group"], &json!(3840.8474824362734), 1e-9, 0.0);
    // More power, or a stricter level, takes more rows.
    assert!(ask(json!({ "power": 0.9 }))["n_per_group"].as_f64() > plan["n_per_group"].as_f64());
    assert!(ask(json!({ "level": 0.99 }))["detectable"].as_f64() > plan["detectable"].as_f64());
    let out =
        analyse::<Compare>(&csv(&text), json!({ "measure": { "column": "bought", "equals": 1 }, "by": "group" }), None)
            .unwrap();
    let tile = out.tiles.iter().find(|t| t.id == "detectable").unwrap();
    assert!(
        tile.definition.en.contains("1,035 rows") && tile.definition.zh.contains("1,035"),
        "{}",
        tile.definition.en
    );
}

/// scipy 1.17.1: roots of the power by `stats.nct`.
#[test]
fn a_test_of_means_is_planned_in_the_unit_of_the_measure() {
    let mut text = String::from("g,x\n");
    for i in 0..100 {
        text.push_str(&format!("{},{}\n", if i % 2 == 0 { "a" } else { "b" }, 20.0 + f64::from((i * 37) % 50)));
    }
    let plan = run(&text, json!({ "measure": "x", "by": "g", "effect": 5 }))["plan"].clone();
    let sd = plan["sd"].as_f64().unwrap();
    close("detectable", &plan["detectable"], &json!(0.5658822437555724 * sd), 1e-9, 0.0);
    let plan = run(&text, json!({ "measure": "x", "by": "g", "effect": 0.35 * sd }))["plan"].clone();
    close("n", &plan["n_per_group"], &json!(129.11207656917395), 1e-8, 0.0);
    let refused = |p: Value| analyse::<Compare>(&csv(&text), p, None).err().unwrap();
    for p in [json!({ "power": 1 }), json!({ "effect": 0 }), json!({ "effect": -1 })] {
        let mut all = json!({ "measure": "x", "by": "g" });
        p.as_object().unwrap().iter().for_each(|(k, v)| all[k] = v.clone());
        let e = refused(all);
        assert!(e.code == Code::BadParam && !e.remedy.en.is_empty() && !e.remedy.zh.is_empty());
    }
    // A rate cannot move by more than there is room for.
    let yes = json!({ "measure": { "column": "x", "equals": [20, 21] }, "by": "g", "effect": 2 });
    assert_eq!(refused(yes).at.param.as_deref(), Some("effect"));
}

crate::analysis_contract!(
    Compare,
    params = json!({ "measure": "amount", "by": "region" }),
    sample = crate::analysis::contract::columns()
);

/// scipy 1.17.1: `contingency.relative_risk(308, 657, 264, 586)` and `contingency.odds_ratio(…, kind="sample")`, the A/B test of ab_adsmart. R 4.2.2, survival
/// 3.5.3: `concordance(group ~ value)`.
#[test]
fn effect_sizes_have_intervals() {
    let answers: String = [("exposed", 308, 657), ("control", 264, 586)]
        .iter()
        .flat_map(|(g, x, n)| (0..*n).map(move |i| format!("{g},{}\n", i32::from(i < *x))))
        .collect();
    let table = csv(&format!("group,yes\n{answers}"));
    let s = analyse::<Compare>(
        &table,
        json!({ "measure": { "column": "yes", "equals": 1 }, "by": "group", "pair": ["exposed", "control"] }),
        None,
    )
    .unwrap()
    .summary;
    close(
        "lift",
        &s["proportions"]["relative_lift_ci"],
        &json!([-0.07792657261191205, 0.17433651636269443]),
        1e-12,
        0.0,
    );
    // The table has the groups by code point, control first, and no before yes.
    let odds = &s["fisher"];
    let [low, high] = [0.742933833683852, 1.1617037584186123];
    let want =
        if odds["odds_ratio"].as_f64().unwrap() < 1.0 { json!([low, high]) } else { json!([1.0 / high, 1.0 / low]) };
    close("odds", &odds["odds_ratio_ci"], &want, 1e-12, 0.0);
    let (a, b) = ([3, 1, 4, 1, 5, 9, 2, 6], [5, 3, 5, 8, 9, 7, 9, 3, 2]);
    let rows: String = a.iter().map(|v| format!("a,{v}\n")).chain(b.iter().map(|v| format!("b,{v}\n"))).collect();
    let table = csv(&format!("group,value\n{rows}"));
    let p = json!({ "measure": { "column": "value", "as": "number" }, "by": "group", "level": 0.9 });
    let s = analyse::<Compare>(&table, p, None).unwrap().summary;
    let test = &s["pair"]["mann_whitney"];
    let half = 1.6448536269514722 * 0.127648447532304;
    close("superiority", &test["superiority"], &json!(0.3125), 1e-14, 0.0);
    close("its interval", &test["superiority_ci"], &json!([0.3125 - half, 0.3125 + half]), 1e-11, 0.0);
    close("U over pairs", &json!(test["u"].as_f64().unwrap() / 72.0), &test["superiority"], 1e-14, 0.0);
    // Nobody says yes: no ratio, no interval.
    let none = csv("group,yes\na,0\na,0\na,0\nb,1\nb,0\nb,1\n");
    let s = analyse::<Compare>(&none, json!({ "measure": { "column": "yes", "equals": 1 }, "by": "group" }), None)
        .unwrap()
        .summary;
    assert!(s["proportions"]["relative_lift_ci"].is_null() && s["fisher"]["odds_ratio_ci"].is_null());
}

#[test]
fn a_column_of_noughts_and_ones_is_yes_or_no() {
    let text = "x,g\n0,a\n1,a\n1,a\n0,b\n0,b\n1,b\n";
    let out = analyse::<Compare>(&csv(text), json!({ "measure": "x", "by": "g" }), None).unwrap();
    assert_eq!(
        (out.summary["kind"].as_str(), out.summary["proportions"]["a"]["x"].as_u64()),
        (Some("yes_no"), Some(2))
    );
    assert!(out.method.choices.iter().any(|c| c.en.contains("read as no and yes")), "{:?}", out.method.choices);
    assert_eq!(run(text, json!({ "measure": { "column": "x", "as": "number" }, "by": "g" }))["kind"], "number");
    assert_eq!(run("x,g\n0,a\n1,a\n2,a\n0,b\n0,b\n1,b\n", json!({ "measure": "x", "by": "g" }))["kind"], "number");
}

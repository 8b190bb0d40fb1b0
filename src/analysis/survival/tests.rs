use serde_json::{Value, json};

use super::*;
use crate::analysis::contract::{Kind, Sample};
use crate::role::OrderKey;

/// Freireich 1963: remission in weeks, treated against placebo.
fn remission() -> Sample {
    let treated = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+";
    let placebo = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23";
    let mut rows = Vec::new();
    for (arm, list) in [("6-MP", treated), ("placebo", placebo)] {
        for cell in list.split(' ') {
            let event = if cell.ends_with('+') { "0" } else { "1" };
            rows.push([cell.trim_end_matches('+'), event, arm].iter().map(|c| Some(c.to_string())).collect());
        }
    }
    Sample {
        columns: vec![("weeks", Kind::Number), ("relapse", Kind::Number), ("arm", Kind::Text)],
        rows,
        roles: vec![],
        order: OrderKey::default(),
        money: None,
    }
}

fn params() -> Value {
    json!({ "duration": "weeks", "event": "relapse", "by": "arm", "covariates": ["arm"], "times": [6, 10] })
}

crate::analysis_contract!(Survival, params = params(), sample = remission());

#[test]
fn remission_as_printed() {
    let s = remission().run::<Survival>(&params()).expect("runs").summary;
    let number = |p: &str| s.pointer(p).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {p} in {s}"));
    assert!((number("/logrank/chi2") - 16.793).abs() < 6e-4);
    assert_eq!(
        s["groups"][0],
        json!({ "group": "6-MP", "n": 21, "events": 9, "median": 23.0, "median_ci": [13.0, null] })
    );
    assert_eq!(s["groups"][1]["median"], json!(8.0));
    // Cox with Efron's ties, as every textbook prints it: 1.572 (0.412).
    assert!((number("/cox/coefficients/0/estimate") - 1.5721).abs() < 1e-4);
    assert!((number("/cox/coefficients/0/std_error") - 0.4124).abs() < 1e-4);
    assert_eq!(s["cox"]["coefficients"][0]["name"], "arm=placebo");
}

#[test]
fn each_param_changes_the_output() {
    let run = |p: Value| remission().run::<Survival>(&p).expect("runs").summary;
    let base = run(params());
    for (key, value) in [
        ("by", json!(null)),
        ("covariates", json!([])),
        ("ties", json!("breslow")),
        ("times", json!([7])),
        ("tau", json!(20)),
        ("level", json!(0.8)),
        ("event", json!({ "column": "relapse", "equals": "0" })),
        ("duration", json!({ "expr": "weeks * 7" })),
    ] {
        let mut p = params();
        p[key] = value;
        if key == "event" {
            // Turned round, one arm never has the event: no Cox model.
            p["covariates"] = json!([]);
        }
        assert_ne!(run(p), base, "{key}");
    }
}

#[test]
fn what_cannot_be_answered_is_named() {
    let code = |p: Value| remission().run::<Survival>(&p).map(|f| f.summary.to_string()).expect_err("an error").code;
    assert_eq!(code(json!({})), Code::BadParam);
    assert_eq!(code(json!({ "duration": "weeks", "event": "arm" })), Code::WrongType);
    assert_eq!(code(json!({ "duration": "weeks", "event": { "column": "relapse", "equals": "7" } })), Code::NoEvents);
    assert_eq!(code(json!({ "duration": "weeks", "event": "nothing" })), Code::UnknownColumn);
}

#[test]
fn telco_and_rossi_as_in_r_and_lifelines() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/data/rossi/rossi.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the shared reference results are not here");
        return;
    };
    let mut lines = text.lines();
    let names = ["week", "arrest", "fin", "age", "race", "wexp", "mar", "paro", "prio"];
    assert_eq!(lines.next().map(|l| l.split(',').count()), Some(names.len()));
    let sample = Sample {
        columns: names.iter().map(|n| (*n, Kind::Number)).collect(),
        rows: lines.map(|l| l.split(',').map(|c| Some(c.to_string())).collect()).collect(),
        roles: vec![],
        order: OrderKey::default(),
        money: None,
    };
    let p = json!({ "duration": "week", "event": "arrest", "by": "fin", "times": [10, 52] });
    let s = sample.run::<Survival>(&p).expect("runs").summary;
    let close = |p: &str, want: f64| {
        let got = s.pointer(p).and_then(Value::as_f64).unwrap_or(f64::NAN);
        assert!((got / want - 1.0).abs() < 1e-9, "{p}: {got}, wanted {want}");
    };
    close("/at_times/0/ci_low", 0.9430645979599901);
    close("/at_times/1/std_error", 0.02120510198095878);
    close("/at_times/1/cumulative_hazard", 0.3051275337204023);
    close("/restricted_mean/value", 45.85416666666666);
    // R 4.2.2, survival 3.5.3: `summary(survfit(…), rmean = 52)`.
    close("/restricted_mean/std_error", 0.608509352265362);
    close("/logrank/chi2", 3.837569576549052);
    close("/logrank/p", 0.050116117409005845);
    close("/gehan_wilcoxon/chi2", 3.749499682215498);
    assert_eq!(s["groups"][0]["group"], "0");
    assert_eq!(s["median"], Value::Null);
    // Older men are arrested later (Fox 2002: hazard ratio of age below 1), and a number has no group that could be named.
    for (column, en, zh) in [
        (
            "age",
            "A higher “age” goes with a later “arrest” by more than chance",
            "「age」越高，「arrest」发生得越晚，超出偶然",
        ),
        (
            "prio",
            "A higher “prio” goes with an earlier “arrest” by more than chance",
            "「prio」越高，「arrest」发生得越早，超出偶然",
        ),
    ] {
        let found = sample
            .run::<Survival>(&json!({ "duration": "week", "event": "arrest", "covariates": [column] }))
            .expect("runs");
        let chart = found.charts.iter().find(|c| c.id == "hazard_ratios").expect("a chart");
        assert_eq!((chart.title.en.as_str(), chart.title.zh.as_str()), (en, zh));
    }
    // R: `concordance(coxph(Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio))`, ± 1.6448536 standard errors.
    let p = json!({ "duration": "week", "event": "arrest", "covariates": names[2..], "level": 0.9 });
    let s = sample.run::<Survival>(&p).expect("runs").summary;
    let close = |p: &str, want: f64| {
        let got = s.pointer(p).and_then(Value::as_f64).unwrap_or(f64::NAN);
        assert!((got / want - 1.0).abs() < 1e-8, "{p}: {got}, wanted {want}");
    };
    close("/cox/concordance", 0.640329247099714);
    close("/cox/concordance_std_error", 0.0266581227726475);
    close("/cox/concordance_ci/0", 0.640329247099714 - 1.6448536269514722 * 0.0266581227726475);
    close("/cox/concordance_ci/1", 0.640329247099714 + 1.6448536269514722 * 0.0266581227726475);
}

#[test]
fn the_sentence_names_the_groups_and_the_method_names_its_clock() {
    let found = remission().run::<Survival>(&params()).expect("runs");
    assert_eq!(
        found.headline.en,
        "In “placebo” half have “relapse” by “weeks” = 8, in “6-MP” only by 23 (log-rank p < 0.001)."
    );
    assert_eq!(
        found.headline.zh,
        "「placebo」到「weeks」= 8 时已有一半发生「relapse」，「6-MP」则要到 23（对数秩 p < 0.001）。"
    );
    let turned = json!({ "duration": "weeks", "event": { "column": "relapse", "equals": "0" } });
    let found = remission().run::<Survival>(&turned).expect("runs");
    assert!(found.headline.en.contains("“relapse = 0”"), "{}", found.headline.en);
    assert!(found.method.formula.en.contains("1 − S just before each event"));
    assert!(found.method.formula.zh.contains("1 − 各事件前一刻的 S"));
}

#[test]
fn ratios_that_change_with_time_are_named() {
    // Half of group b leave early and the others never, all of a late: no constant ratio can say so.
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    for i in 0..60 {
        let (t, e, g) = match i {
            0..15 => (i + 1, true, "b"),
            15..30 => (60 + i, false, "b"),
            _ => (i - 14, true, "a"),
        };
        rows.push([t.to_string(), u8::from(e).to_string(), g.into()].into_iter().map(Some).collect());
    }
    let columns = vec![("t", Kind::Number), ("e", Kind::Number), ("g", Kind::Text)];
    let sample = Sample { columns, rows, roles: vec![], order: OrderKey::default(), money: None };
    let found = sample.run::<Survival>(&json!({ "duration": "t", "event": "e", "covariates": ["g"] })).expect("runs");
    let p = found.summary["cox"]["coefficients"][0]["schoenfeld_p"].as_f64().expect("a p");
    assert!(p < 0.05, "{p}");
    assert!(found.method.warnings.iter().any(|w| w.en.contains("change with time") && w.en.ends_with("g=b")));
}

#[test]
fn an_id_is_no_group_and_no_covariate() {
    let rows = (0..1000).map(|i| [i % 9, i % 2, i].iter().map(|v| Some(v.to_string())).collect()).collect();
    let columns = vec![("t", Kind::Number), ("e", Kind::Number), ("id", Kind::Text)];
    let sample = Sample { columns, rows, roles: vec![], order: OrderKey::default(), money: None };
    for key in ["by", "covariates"] {
        let mut p = json!({ "duration": "t", "event": "e" });
        p[key] = if key == "by" { json!("id") } else { json!(["id"]) };
        let error = sample.run::<Survival>(&p).map(|f| f.summary.to_string()).expect_err("refused");
        assert_eq!((error.code, error.at.param.as_deref()), (Code::BadParam, Some(key)));
    }
}

#[test]
fn an_empty_column_and_a_number_beyond_reach_are_called_so() {
    let sample = |kind: fn() -> Kind, cell: Option<&str>| {
        let rows = (0..20)
            .map(|i| {
                vec![
                    if i == 7 { cell.map(str::to_string) } else { cell.map(|_| i.to_string()) },
                    Some((i % 2).to_string()),
                ]
            })
            .collect();
        Sample {
            columns: vec![("t", kind()), ("e", Kind::Number)],
            rows,
            roles: vec![],
            order: OrderKey::default(),
            money: None,
        }
    };
    let error = |s: &Sample, p: Value| s.run::<Survival>(&p).map(|f| f.summary.to_string()).expect_err("refused");
    // Empty, whatever type it was read as, in every place.
    for kind in [(|| Kind::Text) as fn() -> Kind, || Kind::Number] {
        for p in [
            json!({ "duration": "t", "event": "e" }),
            json!({ "duration": "e", "event": "t" }),
            json!({ "duration": "e", "event": "e", "by": "t" }),
            json!({ "duration": "e", "event": "e", "covariates": ["t"] }),
        ] {
            let e = error(&sample(kind, None), p.clone());
            assert_eq!((e.code, e.at.column.as_deref()), (Code::NoRows, Some("t")), "{p} {e:?}");
            assert!(e.message.en.contains("is empty") && e.message.zh.contains("为空") && !e.remedy.en.is_empty());
        }
    }
    // Squares of these leave f64.
    for (cell, said) in [("1e300", "beyond 1e100"), ("-1e200", "beyond 1e100")] {
        let e =
            error(&sample(|| Kind::Number, Some(cell)), json!({ "duration": "e", "event": "e", "covariates": ["t"] }));
        assert!(
            e.code == Code::TooLarge && e.message.en.contains(said) && e.at.column.as_deref() == Some("t"),
            "{e:?}"
        );
    }
    let mut tiny = sample(|| Kind::Number, Some("0"));
    tiny.rows.iter_mut().for_each(|r| r[0] = Some("1e-300".into()));
    let e = error(&tiny, json!({ "duration": "e", "event": "e", "covariates": ["t"] }));
    assert!(e.code == Code::TooLarge && e.message.en.contains("below 1e-100"), "{e:?}");
}

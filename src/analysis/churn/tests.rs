use serde_json::{Value, json};

use super::*;
use crate::analysis::contract::{self, Sample, orders};
use crate::error::Code;
use crate::num::rng::Rng;
use crate::role::OrderKey;

crate::analysis_contract!(Churn, params = json!({}), sample = orders(), money = ["money_at_risk"]);

/// 400 subscribers: those on a monthly plan leave more often, and so do newcomers.
fn subscribers() -> Sample {
    let mut rng = Rng::new(5);
    let rows = (0..400)
        .map(|i| {
            let monthly = rng.uniform() < 0.5;
            let tenure = 1 + rng.below(60);
            let eta = -1.5 + 1.8 * f64::from(u8::from(monthly)) - 0.03 * tenure as f64;
            let gone = rng.uniform() < 1.0 / (1.0 + (-eta).exp());
            let cells = [
                format!("S{i:03}"),
                if monthly { "monthly" } else { "yearly" }.to_string(),
                tenure.to_string(),
                if gone { "Yes" } else { "No" }.to_string(),
                (20 + rng.below(80)).to_string(),
            ];
            cells.into_iter().map(Some).collect()
        })
        .collect();
    use contract::Kind::{Number, Text};
    Sample {
        columns: vec![("id", Text), ("plan", Text), ("tenure", Number), ("left", Text), ("fee", Number)],
        rows,
        roles: vec![(Role::Customer, 0), (Role::Amount, 4)],
        order: OrderKey::default(),
        money: Some(4),
    }
}

fn contracts() -> Value {
    json!({ "event": { "column": "left", "equals": "Yes" }, "duration": "tenure", "features": ["plan"] })
}

mod with_contracts {
    use super::*;

    crate::analysis_contract!(Churn, params = contracts(), sample = subscribers(), money = ["money_at_risk"]);

    #[test]
    fn who_leaves_is_told_better_than_by_chance() {
        let f = subscribers().run::<Churn>(&contracts()).expect("runs");
        let s = &f.summary;
        assert_eq!(s["kind"], "contractual");
        assert!(s["holdout"]["auc"].as_f64().is_some_and(|a| a > 0.7), "{s}");
        assert_eq!(s["holdout"]["wins"], true);
        let stayed = s["customers"].as_u64().zip(s["churned"].as_u64()).map(|(n, c)| (n - c) as usize);
        assert_eq!(Some(f.frame.rows()), stayed, "only those still there are watched");
        let Some(Series::Text(reasons)) = f.frame.get("reasons") else { panic!("no reasons") };
        assert!(reasons.iter().flatten().all(|r| !r.is_empty()));
        let Some(Series::Number(money)) = f.frame.get("money_at_risk") else { panic!("no money") };
        assert!(money.windows(2).all(|w| w[0] >= w[1]));
    }

    #[test]
    fn a_day_of_leaving_says_the_same_as_a_status() {
        let first = crate::time::days_from_civil(2024, 1, 1);
        let mut sample = subscribers();
        sample.columns.push(("left_on", contract::Kind::Date));
        for (i, row) in sample.rows.iter_mut().enumerate() {
            let gone = row[3].as_deref() == Some("Yes");
            row.push(gone.then(|| crate::time::iso(first + (i % 300) as i32)));
        }
        let by_status = sample.run::<Churn>(&contracts()).expect("runs");
        let dated = |as_of: Value| {
            let mut p = contracts();
            p["event"] = json!("left_on");
            p["as_of"] = as_of;
            sample.run::<Churn>(&p).expect("runs")
        };
        let by_day = dated(Value::Null);
        assert_eq!(format!("{:?}", by_day.frame), format!("{:?}", by_status.frame));
        assert!(
            by_day.summary["definition"]["reason"]["en"]
                .as_str()
                .is_some_and(|r| r.contains("still there where it is empty"))
        );
        // Counted from the rows: those whose day comes later are still there.
        let until = first + 99;
        let gone = sample.rows.iter().filter_map(|r| crate::time::parse_iso(r[5].as_deref()?)).filter(|d| *d <= until);
        assert_eq!(dated(json!(crate::time::iso(until))).summary["churned"], gone.count());
    }

    #[test]
    fn a_reason_names_what_the_customer_has() {
        let f = subscribers().run::<Churn>(&contracts()).expect("runs");
        let Some(Series::Text(reasons)) = f.frame.get("reasons") else { panic!("no reasons") };
        let plans = reasons.iter().flatten().filter(|r| r.contains("plan is monthly (odds ×")).count();
        assert!(plans > 20, "monthly is the level without a term of its own: {plans}");
        assert!(reasons.iter().flatten().all(|r| !r.contains("is not")));
    }

    #[test]
    fn one_class_only_is_named() {
        let p = json!({ "event": { "column": "left", "equals": "never" } });
        let code = subscribers().run::<Churn>(&p).map(|f| f.summary.to_string()).expect_err("an error").code;
        assert_eq!(code, Code::NoVariation);
    }
}

#[test]
fn definition_is_the_nine_tenths_quantile_of_the_gaps() {
    let f = orders().run::<Churn>(&json!({})).expect("runs");
    let s = &f.summary;
    assert_eq!(s["kind"], "non_contractual");
    let days = s["definition"]["churned_after_days"].as_f64().expect("days");
    let gone = s["churned"].as_u64().expect("churned");
    let more = orders().run::<Churn>(&json!({ "churned_after_days": days / 3.0 })).expect("runs");
    assert!(more.summary["churned"].as_u64().is_some_and(|n| n > gone));
    let Some(Series::Number(p)) = f.frame.get("probability") else { panic!("no probability") };
    assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
    assert!((p.iter().sum::<f64>() - s["expected_churned"].as_f64().expect("sum")).abs() < 1e-9);
}

#[test]
fn each_param_changes_the_output() {
    let run = |p: Value| {
        let f = orders().run::<Churn>(&p).unwrap_or_else(|e| panic!("{p}: {e}"));
        format!("{} {:?}", f.summary, f.frame)
    };
    let base = run(json!({}));
    for p in [
        json!({ "churned_after_days": 30 }),
        json!({ "as_of": "2024-01-31" }),
        json!({ "horizon_days": 30 }),
        json!({ "refunds": "drop" }),
    ] {
        assert_ne!(run(p.clone()), base, "{p}");
    }
    let of = |p: Value| format!("{:?}", subscribers().run::<Churn>(&p).expect("runs").frame);
    let base = of(contracts());
    for key in ["duration", "features"] {
        let mut p = contracts();
        p.as_object_mut().expect("object").remove(key);
        assert_ne!(of(p), base, "{key}");
    }
    assert_eq!(
        of(json!({ "kind": "contractual", "event": contracts()["event"] })),
        of(json!({ "event": contracts()["event"] }))
    );
}

#[test]
fn more_days_ahead_leave_fewer_silent() {
    let silent = |days: u32| {
        orders().run::<Churn>(&json!({ "horizon_days": days })).expect("runs").summary["expected_churned"]
            .as_f64()
            .expect("sum")
    };
    assert!(silent(10) > silent(60) && silent(60) > silent(400));
}

/// Customers who buy every 20 days without fail, of which nobody stays away.
fn regulars() -> Sample {
    let first = crate::time::days_from_civil(2024, 1, 1);
    let rows = (0..60)
        .flat_map(|c| {
            (0..10).map(move |k| {
                vec![Some(format!("C{c:02}")), Some(crate::time::iso(first + c % 20 + 20 * k)), Some("5".to_string())]
            })
        })
        .collect();
    use contract::Kind::{Date, Number, Text};
    Sample {
        columns: vec![("who", Text), ("when", Date), ("paid", Number)],
        rows,
        roles: vec![(Role::Customer, 0), (Role::Date, 1), (Role::Amount, 2)],
        order: OrderKey::CustomerDay,
        money: Some(2),
    }
}

#[test]
fn probabilities_that_tell_nobody_apart_are_said_to() {
    let said = |sample: &Sample, part: &str| {
        let f = sample.run::<Churn>(&json!({})).expect("runs");
        f.method.warnings.iter().any(|w| w.en.contains(part))
    };
    assert!(said(&regulars(), "nearly the same probability") && said(&regulars(), "no drop-out"));
    assert!(!said(&orders(), "nearly the same probability"));
}

#[test]
fn days_since_the_last_purchase_count_to_the_day_after_the_data() {
    // Bought on the last day: one day ago as of the day after, as in rfm.
    let f = regulars().run::<Churn>(&json!({})).expect("runs");
    let (Some(Series::Text(who)), Some(Series::Number(late))) = (f.frame.get("customer"), f.frame.get("lateness"))
    else {
        panic!("no lateness")
    };
    for (who, late) in who.iter().zip(late) {
        let c: f64 = who.as_ref().and_then(|w| w[1..].parse().ok()).expect("a number");
        assert!((late - (20.0 - c % 20.0) / 20.0).abs() < 1e-12, "{who:?} {late}");
    }
}

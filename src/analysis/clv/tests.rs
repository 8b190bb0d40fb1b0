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
fn contracts_keep_the_names_of_their_customers() {
    let rows: Vec<Vec<Option<String>>> = (0..40u32)
        .map(|i| [format!("{}", 900 - i), (1 + i % 5).to_string(), u8::from(i % 3 == 0).to_string()].map(Some).to_vec())
        .collect();
    let mut sample = Sample {
        columns: vec![("id", Kind::Number), ("years", Kind::Number), ("ended", Kind::Number)],
        rows,
        roles: vec![(Role::Customer, 0)],
        order: OrderKey::default(),
        money: None,
    };
    let p = json!({ "model": "s_bg", "duration": "years", "event": "ended", "horizon": 3 });
    let f = sample.run::<Clv>(&p).expect("runs");
    let Some(Series::Text(who)) = f.frame.get("customer") else { panic!("no customer") };
    assert_eq!((who[0].as_deref(), who[39].as_deref()), (Some("861"), Some("900")), "ascending by id");
    let Some(Series::Number(t)) = f.frame.get("T") else { panic!("no T") };
    assert_eq!((t[0], t[39]), (5.0, 1.0), "each with the years of its own row");
    let (Some(Series::Number(few)), Some(Series::Number(many))) =
        (f.frame.get("purchases_low"), f.frame.get("purchases_high"))
    else {
        panic!("no interval")
    };
    assert!(many[39] == 0.0 && many[1] > 0.0 && few.iter().zip(many).all(|(a, b)| a <= b && *b <= 3.0));
    // Without such a column the contracts have no names: rows are called rows.
    sample.roles.clear();
    let f = sample.run::<Clv>(&p).expect("runs");
    assert!(f.frame.get("customer").is_none());
    let Some(Series::Integer(row)) = f.frame.get("row") else { panic!("no row") };
    assert_eq!(row.to_vec(), (0..40).collect::<Vec<_>>());
}

#[test]
fn a_customer_s_own_purchases_lie_in_their_interval_as_often_as_said() {
    // Simulated from the model itself: 4,000 customers of BG/NBD, 40 weeks seen, 40 weeks ahead.
    let mut rng = crate::num::rng::Rng::new(3);
    let (mut rows, mut after) = (Vec::new(), Vec::new());
    for i in 0..4000u32 {
        // λ ~ Gamma(1, 8), p ~ Beta(1, 3) by its inverse.
        let (rate, leave) = (-(1.0 - rng.uniform()).ln() / 8.0, 1.0 - (1.0 - rng.uniform()).powf(1.0 / 3.0));
        let (mut at, mut x, mut last, mut later) = (0.0, 0u32, 0.0, 0u32);
        loop {
            at += -(1.0 - rng.uniform()).ln() / rate;
            if at > 80.0 {
                break;
            }
            if at <= 40.0 {
                (x, last) = (x + 1, at);
            } else {
                later += 1;
            }
            if rng.uniform() < leave {
                break;
            }
        }
        rows.push((x, last, 40.0, 0.0));
        after.push((i + 1, later));
    }
    let f = summarised(&rows)
        .run::<Clv>(&json!({ "columns": columns(), "spend": null, "horizon": 40, "level": 0.9 }))
        .expect("runs");
    let (Some(Series::Number(few)), Some(Series::Number(many))) =
        (f.frame.get("purchases_low"), f.frame.get("purchases_high"))
    else {
        panic!("no interval")
    };
    let inside = after.iter().enumerate().filter(|(i, (_, n))| (few[*i]..=many[*i]).contains(&f64::from(*n))).count();
    // Whole numbers: at least 90 %, and no more than their steps force.
    let share = inside as f64 / 4000.0;
    assert!((0.89..0.99).contains(&share), "{share}");
    assert!(many.iter().any(|m| *m > 5.0) && many.iter().zip(few).all(|(m, f)| m >= f));
}

/// `n` customers of BG/NBD and Gamma–Gamma, 40 weeks seen, and what all of them really brought in the `months` after, discounted.
fn world(rng: &mut crate::num::rng::Rng, n: usize, months: usize, rate: f64) -> (Vec<(u32, f64, f64, f64)>, f64) {
    let end = 40.0;
    let mut brought = 0.0;
    let rows = (0..n)
        .map(|_| {
            // λ ~ Gamma(1, 8), p ~ Beta(1, 3), ν ~ Gamma(9, 53), spend ~ Gamma(3, ν).
            let (buys, leaves) = (rng.exponential() / 8.0, 1.0 - (1.0 - rng.uniform()).powf(1.0 / 3.0));
            let nu = rng.gamma(9.0) / 53.0;
            let (mut at, mut x, mut last, mut spent) = (0.0, 0u32, 0.0, 0.0);
            loop {
                at += rng.exponential() / buys;
                let month = ((at - end) / WEEKS).ceil();
                if month > months as f64 {
                    break;
                }
                let spend = rng.gamma(3.0) / nu;
                if at <= end {
                    (x, last, spent) = (x + 1, at, spent + spend);
                } else {
                    brought += spend / (1.0 + rate).powf(month);
                }
                if rng.uniform() < leaves {
                    break;
                }
            }
            (x, last, end, if x > 0 { spent / f64::from(x) } else { 0.0 })
        })
        .collect();
    (rows, brought)
}

const WEEKS: f64 = super::predict::WEEKS_PER_MONTH;

/// How often the interval of the total holds what came, and the mean of (what came − total)² over the variance said.
fn covered(customers: usize, worlds: u64, with: &Value) -> (f64, f64) {
    let (mut inside, mut squares) = (0.0, 0.0);
    for w in 0..worlds {
        let mut rng = crate::num::rng::Rng::stream(11, w);
        let (rows, brought) = world(&mut rng, customers, 12, 0.02);
        let mut p = json!({ "columns": columns(), "level": 0.9, "discount_rate": 0.02 });
        with.as_object().into_iter().flatten().for_each(|(k, v)| p[k] = v.clone());
        let s = summarised(&rows).run::<Clv>(&p).expect("runs").summary;
        let (low, high) = (number(&s, "/clv/low"), number(&s, "/clv/high"));
        inside += f64::from(u8::from(low <= brought && brought <= high)) / worlds as f64;
        let part = |key: &str| s.pointer(key).and_then(Value::as_f64).unwrap_or(0.0).powi(2);
        let variance = part("/clv/std_error_fit") + part("/clv/std_error_luck");
        squares += (brought - number(&s, "/clv/total")).powi(2) / variance / worlds as f64;
    }
    (inside, squares)
}

#[test]
fn the_total_of_all_customers_lies_in_its_interval_as_often_as_said() {
    // At the true parameters only luck is left: 90 ± 3.3 % (two standard errors of 400 worlds), and a mean squared error as large as said.
    let truth = json!({
        "parameters": { "r": 1.0, "alpha": 8.0, "a": 1.0, "b": 3.0 }, "spend_parameters": { "p": 3.0, "q": 9.0, "v": 53.0 },
    });
    let (share, squares) = covered(100, 400, &truth);
    assert!((0.865..0.935).contains(&share) && (0.75..1.25).contains(&squares), "{share} {squares}");
    // Fitted, the parameters are uncertain too.
    let (share, squares) = covered(400, 200, &json!({}));
    assert!((0.85..0.95).contains(&share) && (0.7..1.4).contains(&squares), "{share} {squares}");
}

#[test]
fn the_interval_of_the_total_holds_what_it_must() {
    let (rows, _) = world(&mut crate::num::rng::Rng::new(2), 400, 12, 0.0);
    let run = |p: Value| {
        let mut all = json!({ "columns": columns() });
        p.as_object().into_iter().flatten().for_each(|(k, v)| all[k] = v.clone());
        summarised(&rows).run::<Clv>(&all).expect("runs").summary["clv"].clone()
    };
    let get = |v: &Value, key: &str| v[key].as_f64().unwrap_or_else(|| panic!("no {key} in {v}"));
    let base = run(json!({}));
    assert!(get(&base, "low") < get(&base, "total") && get(&base, "total") < get(&base, "high"));
    // A larger margin is another currency; a lower level a narrower interval about the same total.
    let half = run(json!({ "margin": 0.5 }));
    for key in ["total", "low", "high", "std_error_fit", "std_error_luck"] {
        assert!((get(&half, key) / get(&base, key) - 0.5).abs() < 1e-12, "{key}");
    }
    let narrow = run(json!({ "level": 0.5 }));
    assert!(get(&narrow, "low") > get(&base, "low") && get(&narrow, "high") < get(&base, "high"));
    // The luck of many is small against that of few, the errors of given parameters are none.
    let given = run(json!({ "parameters": { "r": 1.0, "alpha": 8.0, "a": 1.0, "b": 3.0 } }));
    assert!(get(&given, "std_error_fit") < get(&base, "std_error_fit"), "only spend is uncertain");
    let all = run(json!({
        "parameters": { "r": 1.0, "alpha": 8.0, "a": 1.0, "b": 3.0 }, "spend_parameters": { "p": 3.0, "q": 9.0, "v": 53.0 },
    }));
    assert!(all["std_error_fit"].is_null() && get(&all, "std_error_luck") > 0.0);
    let none = run(json!({ "spend": null }));
    assert!(["total", "low", "high", "std_error_fit", "std_error_luck"].iter().all(|k| none[k].is_null()), "{none}");
    // Spends so wide that a variance does not exist: the interval is of the parameters, and it is said.
    let wide = json!({ "columns": columns(), "spend_parameters": { "p": 3.0, "q": 1.5, "v": 20.0 } });
    let f = summarised(&rows).run::<Clv>(&wide).expect("runs");
    assert!(f.summary["clv"]["std_error_luck"].is_null() && f.summary["clv"]["low"].is_number());
    assert!(f.method.warnings.iter().any(|w| w.en.contains("q ≤ 2")), "{:?}", f.method.warnings);
}

const SBG_TOTAL: f64 = 1387.2340642934844;
const SBG_ERROR: f64 = 7.16988539238122;

#[test]
fn the_total_of_contracts_has_an_interval() {
    // Fader & Hardie 2007, "high end": 491 of 1,000 are left after 7 years. Every one renews at chances of its own.
    let stay = [1000, 869, 743, 653, 593, 551, 517, 491];
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    for t in 1..8 {
        rows.extend((stay[t]..stay[t - 1]).map(|_| vec![Some(t.to_string()), Some("1".to_string())]));
    }
    rows.extend((0..491).map(|_| vec![Some("7".to_string()), Some("0".to_string())]));
    let columns = vec![("years", Kind::Number), ("ended", Kind::Number)];
    let sample = Sample { columns, rows, roles: vec![], order: OrderKey::default(), money: None };
    let p = |given: Value| {
        let mut p = json!({ "model": "s_bg", "duration": "years", "event": "ended", "months": 1, "discount_rate": 0.0, "margin": 3.0 });
        p["parameters"] = given;
        p
    };
    // One period ahead at α = 1, β = 13: retention 20/21 in year 8, so a binomial of 491.
    let s = sample.run::<Clv>(&p(json!({ "alpha": 1.0, "beta": 13.0 }))).expect("runs").summary;
    let kept = 20.0f64 / 21.0;
    assert!((number(&s, "/clv/total") / (3.0 * 491.0 * kept) - 1.0).abs() < 1e-12);
    let luck = 3.0 * (491.0 * kept * (1.0 - kept)).sqrt();
    assert!((number(&s, "/clv/std_error_luck") / luck - 1.0).abs() < 1e-9);
    assert!(s["clv"]["std_error_fit"].is_null());
    // Fitted, by scipy 1.17.1: the likelihood's Hessian by central differences, slopes of 3·491·(β+7)/(α+β+7) by hand.
    let f = sample.run::<Clv>(&p(Value::Null)).expect("runs");
    let near = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-4, "{got}, wanted {want}");
    near(number(&f.summary, "/clv/total"), SBG_TOTAL);
    near(number(&f.summary, "/clv/std_error_fit"), SBG_ERROR);
    // One open contract: e^± of its error over its value; one that was ended is worth nothing, for sure.
    let (Some(Series::Number(low)), Some(Series::Number(high))) = (f.frame.get("clv_low"), f.frame.get("clv_high"))
    else {
        panic!("no interval")
    };
    let (one, error) = (SBG_TOTAL / 491.0, SBG_ERROR / 491.0);
    near(high[999], one * (1.959964 * error / one).exp());
    near(low[999], one * (-1.959964 * error / one).exp());
    assert_eq!((low[0], high[0]), (0.0, 0.0));
}

#[test]
fn nobody_leaving_is_said_with_its_reason_and_a_way_out() {
    // Everybody buys every ten weeks for as long as watched.
    let rows: Vec<_> =
        (0..60u32).map(|i| (3 + i % 3, f64::from(3 + i % 3) * 10.0, f64::from(3 + i % 3) * 10.0 + 4.0, 5.0)).collect();
    let f = summarised(&rows).run::<Clv>(&json!({ "columns": columns() })).expect("runs");
    assert_eq!(f.summary["boundary"], "no_dropout");
    let said = |part: &str| f.method.warnings.iter().any(|w| w.en.contains(part) || w.zh.contains(part));
    assert!(
        said("still buy is 1 for everybody") && said("longer stretch") && said("均为 1"),
        "{:?}",
        f.method.warnings
    );
}

#[test]
fn what_cannot_be_answered_is_named() {
    let code = |s: &Sample, p: Value| s.run::<Clv>(&p).map(|f| f.summary.to_string()).expect_err("an error").code;
    let sample = orders();
    assert_eq!(code(&sample, json!({ "calibration_end": "soon" })), Code::BadParam);
    assert_eq!(code(&sample, json!({ "calibration_end": "1999-01-01" })), Code::NoRows);
    assert_eq!(code(&sample, json!({ "parameters": { "r": 1 } })), Code::BadParam);
    assert_eq!(code(&summarised(&[(1, 1.0, 2.0, 3.0)]), json!({})), Code::MissingRole);
    let huge: Vec<_> = (0..20).map(|i| (1 + i % 3, 5.0, 10.0, if i == 3 { 1e300 } else { 9.0 })).collect();
    let error = summarised(&huge).run::<Clv>(&json!({ "columns": columns() })).map(|f| f.summary).expect_err("refused");
    assert!(error.code == Code::TooLarge && error.at.column.as_deref() == Some("z"), "{error:?}");
    let mut empty = summarised(&huge);
    empty.rows.iter_mut().for_each(|r| r[3] = None);
    let error = empty.run::<Clv>(&json!({ "columns": columns() })).map(|f| f.summary).expect_err("refused");
    assert!(error.message.en.contains("“T” is empty"), "{error:?}");
    let once: Vec<_> = (0..20).map(|i| (0, 0.0, 10.0 + f64::from(i), 0.0)).collect();
    assert_eq!(code(&summarised(&once), json!({ "columns": columns() })), Code::TooLittleData);
}

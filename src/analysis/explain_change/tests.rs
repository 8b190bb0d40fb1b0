use serde_json::{Value as Json, json};

use super::*;
use crate::analysis::contract;
use crate::analysis_contract;

fn spans() -> Json {
    json!({
        "by": ["region", "category"],
        "before": { "from": "2023-03-01", "to": "2023-08-31" },
        "after": { "from": "2023-09-01", "to": "2024-03-10" }
    })
}

analysis_contract!(
    ExplainChange,
    params = spans(),
    sample = contract::orders(),
    money = [
        "before",
        "after",
        "bridge",
        "contribution",
        "mix",
        "rate",
        "ci_low",
        "ci_high",
        "change",
        "change_ci",
        "bridge_ci"
    ]
);

fn run(extra: Json) -> Json {
    let mut params = spans();
    for (key, value) in extra.as_object().unwrap() {
        params[key] = value.clone();
    }
    contract::orders().run::<ExplainChange>(&params).unwrap().summary
}

const METRICS: [&str; 4] = ["revenue", "orders", "customers", "average_order_value"];

#[test]
fn contributions_and_bridge_add_up_to_the_change() {
    for metric in METRICS {
        let s = run(json!({ "metric": metric }));
        let change = s["change"].as_f64().unwrap();
        let before_after = s["after"].as_f64().unwrap() - s["before"].as_f64().unwrap();
        assert!((change - before_after).abs() < 1e-9);
        let bridge: f64 =
            ["customers", "frequency", "order_value"].iter().map(|k| s["bridge"][k].as_f64().unwrap()).sum();
        assert!((bridge - change).abs() < 1e-6, "{metric}: bridge {bridge}, change {change}");
        for d in s["dimensions"].as_array().unwrap() {
            let sum: f64 = d["values"].as_array().unwrap().iter().map(|v| v["contribution"].as_f64().unwrap()).sum();
            assert!((sum - change).abs() < 1e-6, "{metric} by {}: {sum}, change {change}", d["dimension"]);
            for v in d["values"].as_array().unwrap() {
                let parts = v["mix"].as_f64().unwrap() + v["rate"].as_f64().unwrap();
                assert!((parts - v["contribution"].as_f64().unwrap()).abs() < 1e-9);
            }
            let explained = d["explained"].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&explained));
        }
    }
}

#[test]
fn by_hand_five_customers() {
    let mut sample = contract::orders();
    // customer, order, day, region, amount
    let rows = [
        ("a", "1", "2024-01-05", "N", "10"),
        ("b", "2", "2024-01-06", "S", "20"),
        ("a", "3", "2024-02-05", "N", "10"),
        ("c", "4", "2024-02-06", "N", "30"),
        ("d", "5", "2024-02-07", "N", "10"),
        ("e", "6", "2024-02-08", "S", "40"),
    ];
    sample.rows = rows
        .iter()
        .map(|(who, order, day, region, amount)| {
            [who, order, day, "P", "P", "x", "x", region, "1", *amount].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    let params = json!({
        "by": ["region"],
        "before": { "from": "2024-01-01", "to": "2024-01-31" },
        "after": { "from": "2024-02-01", "to": "2024-02-29" }
    });
    let s = sample.run::<ExplainChange>(&params).unwrap().summary;
    assert_eq!((&s["before"], &s["after"], &s["change"]), (&json!(30.0), &json!(90.0), &json!(60.0)));
    // 2 × 1 × 15 → 4 × 1 × 22.5: customers 2·(15 + 22.5)/2 = 37.5, order value 7.5·3 = 22.5.
    assert_eq!(s["bridge"], json!({ "customers": 37.5, "frequency": 0.0, "order_value": 22.5 }));
    let north = &s["dimensions"][0]["values"][0];
    // 1 order of 10 → 3 of 16⅔: mix 2·13⅓ = 26⅔, rate 6⅔·2 = 13⅓.
    assert_eq!((&north["value"], &north["contribution"]), (&json!("N"), &json!(40.0)));
    assert!((north["mix"].as_f64().unwrap() - 80.0 / 3.0).abs() < 1e-9);
    assert_eq!(north["ci_low"], Json::Null, "four customers give no interval");
    let mean = sample
        .run::<ExplainChange>(&json!({ "metric": "average_order_value", "by": ["region"], "before": params["before"], "after": params["after"] }))
        .unwrap()
        .summary;
    assert_eq!(mean["change"], 7.5);
}

#[test]
fn shapley_of_three_factors_sums_and_treats_equal_factors_alike() {
    let parts = shapley(&[2.0, 2.0, 5.0], &[3.0, 3.0, 5.0]);
    assert!((parts.iter().sum::<f64>() - 25.0).abs() < 1e-12);
    assert!((parts[0] - parts[1]).abs() < 1e-12);
    assert_eq!(parts[2], 0.0);
}

#[test]
fn each_param_changes_the_output() {
    let plain = run(json!({}));
    for extra in [
        json!({ "metric": "orders" }),
        json!({ "by": ["channel"] }),
        json!({ "before": { "from": "2023-04-01", "to": "2023-08-31" } }),
        json!({ "after": { "from": "2023-10-01", "to": "2024-03-10" } }),
        json!({ "refunds": "drop" }),
    ] {
        assert_ne!(plain, run(extra.clone()), "{extra}");
    }
}

#[test]
fn spans_without_orders_are_named() {
    let mut params = spans();
    params["before"] = json!({ "from": "1999-01-01", "to": "1999-02-01" });
    let error = contract::orders().run::<ExplainChange>(&params).err().unwrap();
    assert_eq!((error.code, error.at.param.as_deref()), (Code::NoRows, Some("before")));
    params["before"] = json!({ "from": "2023-02-01", "to": "2023-01-01" });
    assert_eq!(contract::orders().run::<ExplainChange>(&params).err().unwrap().code, Code::BadParam);
}

#[test]
fn an_order_of_several_days_and_customers_is_one_order_in_every_count() {
    let mut sample = contract::orders();
    // January: order 1, paid by a on two days and in both regions. February: order 2 shared by a and b; order 3 by b.
    let rows = [
        ("a", "1", "2024-01-05", "N", "10"),
        ("a", "1", "2024-01-20", "S", "20"),
        ("a", "2", "2024-02-05", "N", "30"),
        ("b", "2", "2024-02-06", "N", "30"),
        ("b", "3", "2024-02-08", "S", "40"),
    ];
    sample.rows = rows
        .iter()
        .map(|(who, order, day, region, amount)| {
            [who, order, day, "P", "P", "x", "x", region, "1", *amount].iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    let s = sample
        .run::<ExplainChange>(&json!({
            "metric": "orders", "by": ["region"],
            "before": { "from": "2024-01-01", "to": "2024-01-31" }, "after": { "from": "2024-02-01", "to": "2024-02-29" }
        }))
        .unwrap()
        .summary;
    assert_eq!((&s["before"], &s["after"]), (&json!(1.0), &json!(2.0)));
    let values = s["dimensions"][0]["values"].as_array().unwrap();
    let parts: Vec<_> =
        values.iter().map(|v| (v["value"].as_str(), v["before"].as_f64(), v["after"].as_f64())).collect();
    // Order 1 is half an order of each region.
    assert_eq!(parts, [(Some("N"), Some(0.5), Some(1.0)), (Some("S"), Some(0.5), Some(1.0))]);
}

/// Kitagawa 1955 ("Components of a difference between two rates"): rate effect Σ (r₁ − r₀)(w₀ + w₁)/2, composition effect
/// Σ (w₁ − w₀)(r₀ + r₁)/2, worked by hand. Every region's mean rises by 10 and yet the mean of all falls: the orders moved to the cheap region.
#[test]
fn mix_and_rate_of_a_mean_are_kitagawa_s_components() {
    let mut sample = contract::orders();
    // January: 4 orders of 50 in N, 6 of 100 in S: mean 80. February: 15 of 60 in N, 5 of 110 in S: mean 72.5.
    let groups = [
        ("2024-01-05", "N", 4, "50"),
        ("2024-01-06", "S", 6, "100"),
        ("2024-02-05", "N", 15, "60"),
        ("2024-02-06", "S", 5, "110"),
    ];
    let mut rows = Vec::new();
    for (day, region, n, amount) in groups {
        for _ in 0..n {
            let (who, order) = (format!("c{}", rows.len()), rows.len().to_string());
            let cells = [&who, &order, day, "P", "P", "x", "x", region, "1", amount];
            rows.push(cells.iter().map(|t| Some(t.to_string())).collect());
        }
    }
    sample.rows = rows;
    let s = sample
        .run::<ExplainChange>(&json!({
            "metric": "average_order_value", "by": ["region"],
            "before": { "from": "2024-01-01", "to": "2024-01-31" }, "after": { "from": "2024-02-01", "to": "2024-02-29" }
        }))
        .unwrap()
        .summary;
    assert_eq!((s["before"].as_f64(), s["after"].as_f64()), (Some(80.0), Some(72.5)));
    let values = s["dimensions"][0]["values"].as_array().unwrap();
    let part = |region: &str, key: &str| {
        values.iter().find(|v| v["value"] == region).and_then(|v| v[key].as_f64()).expect("a number")
    };
    let near = |got: f64, want: f64, what: &str| assert!((got - want).abs() < 1e-9, "{what}: {got}, wanted {want}");
    // Weights 0.4, 0.6 → 0.75, 0.25.
    near(part("N", "rate"), 10.0 * (0.4 + 0.75) / 2.0, "rate N");
    near(part("S", "rate"), 10.0 * (0.6 + 0.25) / 2.0, "rate S");
    near(part("N", "rate") + part("S", "rate"), 10.0, "rate effect");
    near(part("N", "mix") + part("S", "mix"), 0.35 * 55.0 - 0.35 * 105.0, "composition effect");
    // The split of the composition effect counts each region's mean from the mean of all, 76.25 midway.
    near(part("N", "mix"), 0.35 * (55.0 - 76.25), "mix N");
    near(part("S", "mix"), -0.35 * (105.0 - 76.25), "mix S");
    near(part("N", "contribution") + part("S", "contribution"), -7.5, "the change");
}

/// Customers buy in each span with a chance, a number of orders and a size that are known: how often the intervals hold the true change and its parts.
#[test]
fn intervals_hold_the_truth_as_often_as_said() {
    // Per span: chance to buy, mean of the further orders, mean of an order.
    let law = [(0.4, 0.5, 20.0), (0.5, 0.8, 23.0)];
    let (people, worlds) = (240, 250u64);
    let factors = law.map(|(p, more, size)| [f64::from(people) * p, 1.0 + more, size]);
    let truth = shapley(&factors[0], &factors[1]);
    let mut sample = contract::orders();
    let pattern = sample.rows[0].clone();
    let mut inside = [0.0; 4];
    for w in 0..worlds {
        let mut rng = crate::num::rng::Rng::stream(31, w);
        sample.rows.clear();
        for c in 0..people {
            for (s, (chance, more, size)) in law.iter().enumerate() {
                if rng.uniform() >= *chance {
                    continue;
                }
                // A geometric number of further orders.
                let mut k = 0;
                loop {
                    let mut row = pattern.clone();
                    row[0] = Some(format!("K{c}"));
                    row[1] = Some(format!("{c}-{s}-{k}"));
                    row[2] = Some(format!("2024-0{}-{:02}", s + 1, 1 + k.min(27)));
                    row[9] = Some(format!("{:.2}", size * rng.gamma(2.0) / 2.0));
                    sample.rows.push(row);
                    k += 1;
                    if rng.uniform() >= more / (1.0 + more) {
                        break;
                    }
                }
            }
        }
        let spans = json!({ "before": { "from": "2024-01-01", "to": "2024-01-31" }, "after": { "from": "2024-02-01", "to": "2024-02-29" } });
        let s = sample.run::<ExplainChange>(&spans).unwrap().summary;
        let holds =
            |ci: &Json, v: f64| f64::from(u8::from(ci[0].as_f64().unwrap() <= v && v <= ci[1].as_f64().unwrap()));
        let b = &s["bridge_ci"];
        for (share, (ci, v)) in inside.iter_mut().zip([
            (&s["change_ci"], truth.iter().sum::<f64>()),
            (&b["customers"], truth[0]),
            (&b["frequency"], truth[1]),
            (&b["order_value"], truth[2]),
        ]) {
            *share += holds(ci, v) / worlds as f64;
        }
    }
    // 95 % with three standard errors of 250 worlds.
    assert!(inside.iter().all(|v| (0.905..0.99).contains(v)), "{inside:?}");
    // Too few customers for groups: no interval.
    let few = sample
        .rows
        .iter()
        .filter(|r| ["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8"].contains(&r[0].as_deref().unwrap()));
    sample.rows = few.cloned().collect();
    let s = sample.run::<ExplainChange>(&json!({ "before": { "from": "2024-01-01", "to": "2024-01-31" }, "after": { "from": "2024-02-01", "to": "2024-02-29" } })).unwrap().summary;
    assert!(s["change_ci"].is_null() && s["bridge_ci"]["customers"].is_null());
}

use super::*;
use crate::analysis::col::testing::{analyse, cases, close, csv, load};
use crate::error::Code;
use serde_json::{Value, json};

fn named<'a>(summary: &'a Value, name: &str) -> &'a Value {
    summary["columns"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap()
}

#[test]
fn reference_columns() {
    let mut seen = 0;
    for case in cases("01_statistics.json") {
        if !case["id"].as_str().unwrap().ends_with("/descriptive") {
            continue;
        }
        let Some(table) = load(case["data"]["path"].as_str().unwrap()) else { return };
        let columns: Vec<Value> = case["params"]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| json!({ "column": c, "as": "number" }))
            .collect();
        let out = analyse::<Describe>(&table, json!({ "columns": columns }), None).unwrap();
        for (name, want) in case["expected"].as_object().unwrap() {
            let got = named(&out.summary, name);
            for (ours, theirs) in [
                ("n", "n"),
                ("missing", "missing"),
                ("distinct", "distinct"),
                ("mean", "mean"),
                ("sd", "sd_ddof1"),
                ("variance", "variance_ddof1"),
                ("min", "min"),
                ("max", "max"),
                ("sum", "sum"),
                ("quantiles", "quantiles_type7"),
                ("skewness", "skew_adjusted_G1_pandas"),
                ("skewness_biased", "skew_biased_g1"),
                ("kurtosis", "kurtosis_excess_adjusted_G2_pandas"),
                ("kurtosis_biased", "kurtosis_excess_biased_g2"),
                ("se_mean", "se_mean"),
                ("mean_ci", "ci95_mean_t"),
                ("mad", "mad_raw"),
                ("iqr", "iqr"),
                ("trimmed_mean", "trimmed_mean_10pct"),
                ("cv", "cv"),
            ] {
                if let Some(want) = want.get(theirs) {
                    close(&format!("{name} {ours}"), &got[ours], want, 1e-9, 1e-12);
                    seen += 1;
                }
            }
        }
        println!("{}: right", case["id"]);
    }
    assert!(seen > 100 || crate::analysis::col::testing::shared().is_none());
}

#[test]
fn five_values_by_hand() {
    let out = analyse::<Describe>(&csv("x,y\n1,a\n2,b\n2,a\n3,\n12,a\n"), json!({}), None).unwrap();
    let x = named(&out.summary, "x");
    assert_eq!((x["mean"].as_f64(), x["median"].as_f64(), x["mad"].as_f64()), (Some(4.0), Some(2.0), Some(1.0)));
    assert_eq!(x["variance"].as_f64(), Some(20.5));
    assert_eq!(x["top"][0], json!({ "value": "2", "n": 2 }));
    let y = named(&out.summary, "y");
    assert_eq!((y["n"].as_u64(), y["missing"].as_u64(), y["distinct"].as_u64()), (Some(4), Some(1), Some(2)));
    assert_eq!(y["top"][0], json!({ "value": "a", "n": 3 }));
    assert!(y["mean"].is_null());
    assert!(out.charts.len() >= 2);
    assert_eq!(out.frame.rows(), 2);
}

#[test]
fn row_order_does_not_change_a_bit() {
    let values: Vec<f64> = (0..500).map(|i| ((i * 7919) % 1009) as f64 * 0.1 - 30.0).collect();
    let text = |v: &[f64]| format!("x\n{}\n", v.iter().map(f64::to_string).collect::<Vec<_>>().join("\n"));
    let mut turned = values.clone();
    turned.reverse();
    turned.swap(3, 77);
    let a = analyse::<Describe>(&csv(&text(&values)), json!({}), None).unwrap();
    let b = analyse::<Describe>(&csv(&text(&turned)), json!({}), None).unwrap();
    assert_eq!(a.summary.to_string(), b.summary.to_string());
}

#[test]
fn degenerate_columns_have_absences_not_numbers() {
    let out = analyse::<Describe>(&csv("x,y\n1,\n1,\n1,\n"), json!({}), None).unwrap();
    let x = named(&out.summary, "x");
    assert!(x["skewness"].is_null() && x["sd"] == 0.0 && x["histogram"][0]["n"] == 3);
    assert_eq!(named(&out.summary, "y")["n"], 0);
    let one = analyse::<Describe>(&csv("x\n5\n"), json!({}), None).unwrap();
    assert!(named(&one.summary, "x")["sd"].is_null());
    let none = analyse::<Describe>(&csv("x\n"), json!({}), None);
    assert_eq!(none.err().unwrap().code, Code::NoRows);
}

#[test]
fn every_param_changes_the_output() {
    let table = csv("x\n1\n2\n3\n4\n5\n6\n7\n8\n9\n100\n");
    let x = |p: Value| named(&analyse::<Describe>(&table, p, None).unwrap().summary, "x").clone();
    let plain = x(json!({}));
    assert_ne!(x(json!({ "trim": 0.0 }))["trimmed_mean"], plain["trimmed_mean"]);
    assert_ne!(x(json!({ "level": 0.9 }))["mean_ci"], plain["mean_ci"]);
    assert_eq!(x(json!({ "bins": 3 }))["histogram"].as_array().unwrap().len(), 3);
    assert_eq!(x(json!({ "quantiles": [0.3] }))["quantiles"].as_object().unwrap().len(), 1);
    for bad in [json!({ "trim": 0.5 }), json!({ "level": 1.0 }), json!({ "quantiles": [2.0] }), json!({ "bins": 0 })] {
        assert_eq!(analyse::<Describe>(&table, bad, None).err().unwrap().code, Code::BadParam);
    }
    let unknown = analyse::<Describe>(&table, json!({ "colums": [] }), None).err().unwrap();
    assert_eq!(unknown.code, Code::UnknownParam);
}

#[test]
fn histogram_bins_hold_every_value_once() {
    for v in
        [vec![0.1, 0.2, 0.3, 0.4], (0..1000).map(|i| (i as f64).sqrt()).collect(), vec![-5.0, 1e6], vec![1e-9, 2e-9]]
    {
        let v = crate::num::quantile::ascending(&v);
        for bins in [None, Some(1), Some(7)] {
            let h = histogram(&v, bins);
            assert_eq!(h.iter().map(|b| b.n).sum::<usize>(), v.len(), "{h:?}");
            assert!(h[0].from <= v[0] && h[h.len() - 1].to >= v[v.len() - 1]);
        }
    }
}

#[test]
fn bars_of_whole_numbers_hold_equally_many_of_them() {
    // 1 to 14, as pieces of an order are: a bar for each number.
    let v: Vec<f64> = (1..=14).flat_map(|n| vec![f64::from(n); 20]).collect();
    let h = histogram(&v, None);
    assert_eq!(
        h.iter().map(|b| (b.from, b.n)).collect::<Vec<_>>(),
        (1..=14).map(|n| (f64::from(n), 20)).collect::<Vec<_>>()
    );
    // 0 to 999, each once: full bars of one width but for the ends.
    let v: Vec<f64> = (0..1000).map(f64::from).collect();
    let h = histogram(&v, None);
    assert!(h.windows(2).all(|w| w[0].n as f64 == w[0].to - w[0].from && w[0].to == w[1].from), "{h:?}");
}

/// scipy 1.17.1: `quantile_test(v, q=…, p=0.5).confidence_interval(level)`.
#[test]
fn the_median_has_an_interval() {
    let values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];
    let text = format!("x\n{}\n", values.map(|v: i32| v.to_string()).join("\n"));
    let ci = |level: f64| {
        let columns = json!([{ "column": "x", "as": "number" }]);
        let out = analyse::<Describe>(&csv(&text), json!({ "columns": columns, "level": level }), None).unwrap();
        named(&out.summary, "x")["median_ci"].clone()
    };
    assert_eq!((ci(0.95), ci(0.8), ci(0.5)), (json!([3.0, 8.0]), json!([3.0, 7.0]), json!([4.0, 5.0])));
    assert_eq!(median_interval(&(1..=1000).map(f64::from).collect::<Vec<_>>(), 0.95), Some([469.0, 532.0]));
    assert_eq!(median_interval(&[1.0, 2.0, 3.0], 0.95), None);
}

/// What a person expects of a few values far out: the others keep their bars, the few stand in an open one, nobody is lost.
#[test]
fn a_value_far_out_does_not_flatten_the_others() {
    let count = |h: &[Bin]| h.iter().map(|b| b.n).sum::<usize>();
    // Nine small values and a large one.
    let h = histogram(&[1., 2., 3., 4., 5., 6., 7., 8., 9., 100.], None);
    assert!(h.len() > 5 && h.iter().filter(|b| b.n > 0).count() >= 5, "{h:?}");
    let last = &h[h.len() - 1];
    assert!(last.open && last.n >= 1 && last.to == 100.0 && count(&h) == 10, "{h:?}");
    assert!(h[..h.len() - 1].iter().all(|b| !b.open));
    // Both ends, a thousand in between.
    let mut v: Vec<f64> = (0..1000).map(|i| f64::from(i) / 10.0).collect();
    v.extend([-1e9, 5e9]);
    let v = crate::num::quantile::ascending(&v);
    let h = histogram(&v, None);
    assert!(h[0].open && h[0].n == 1 && h[h.len() - 1].open && h[h.len() - 1].n == 1 && count(&h) == 1002, "{h:?}");
    let widths: Vec<f64> = h[1..h.len() - 1].iter().map(|b| b.to - b.from).collect();
    assert!(widths.iter().all(|w| (w - widths[0]).abs() < 1e-9 * widths[0]) && widths.len() >= 5);
    assert!(h.windows(2).all(|w| w[0].to == w[1].from));
    // Two groups far apart are two groups, and what was asked for is done.
    let two: Vec<f64> = (0..100).map(|i| if i < 80 { f64::from(i) } else { 1e6 + f64::from(i) }).collect();
    assert!(histogram(&two, None).iter().all(|b| !b.open));
    assert!(histogram(&v, Some(4)).iter().all(|b| !b.open));
    // Nothing far out: nothing open. Money as it is (log-normal, σ = 1.5): a tail of some per cent at most.
    assert!(histogram(&(0..500).map(f64::from).collect::<Vec<_>>(), None).iter().all(|b| !b.open));
    let mut rng = crate::num::rng::Rng::new(1);
    let money = crate::num::quantile::ascending(&(0..20_000).map(|_| (1.5 * rng.normal()).exp()).collect::<Vec<_>>());
    let h = histogram(&money, None);
    let last = &h[h.len() - 1];
    assert!(last.open && last.n <= 1000 && h.iter().all(|b| b.n < 12_000), "{h:?}");
    // In the picture it is written as such.
    let text = format!("x\n{}\n", (1..=60).chain([100_000]).map(|v| v.to_string()).collect::<Vec<_>>().join("\n"));
    let out = analyse::<Describe>(
        &csv(&text),
        json!({ "columns": [{ "column": "x", "as": "number", "name": "pay" }] }),
        None,
    )
    .unwrap();
    let chart = out.charts.iter().find(|c| c.id == "histogram_1").expect("a histogram");
    assert!(chart.option.to_string().contains("\u{2265} 80"), "{}", chart.option);
    assert!(chart.subtitle.en.contains("1 far out") && chart.subtitle.zh.contains("开口"), "{:?}", chart.subtitle);
}

crate::analysis_contract!(Describe, params = json!({}), sample = crate::analysis::contract::columns());

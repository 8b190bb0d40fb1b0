//! The room's own laws, on made-up rows with known groups.

use super::*;
use crate::num::rng::Rng;
use crate::table::Series;

/// Three round groups of 60, 40 and 20 rows, far apart.
fn three() -> Prepared {
    let mut rng = Rng::new(11);
    let mut columns = vec![Vec::new(), Vec::new()];
    for (n, x, y) in [(60, 10.0, 100.0), (40, 30.0, 100.0), (20, 20.0, 900.0)] {
        for _ in 0..n {
            columns[0].push(x + rng.normal());
            columns[1].push(y + 10.0 * rng.normal());
        }
    }
    of(columns)
}

fn of(columns: Vec<Vec<f64>>) -> Prepared {
    let n = columns[0].len();
    Prepared {
        unit: Unit::Row,
        rows: (0..n as u32).collect(),
        customers: vec![],
        names: (0..columns.len()).map(|j| format!("f{j}")).collect(),
        columns,
        earlier: None,
        left_out: vec![],
        warnings: vec![],
        choices: vec![],
    }
}

fn numbers<'a>(out: &'a Output<Summary>, name: &str) -> &'a [f64] {
    match out.frame.get(name) {
        Some(Series::Number(v)) => v,
        _ => panic!("no column {name}"),
    }
}

#[test]
fn every_partition_method_finds_three_clear_groups() {
    for method in [Method::Kmeans, Method::Hierarchical, Method::GaussianMixture] {
        let out = Segments::compute(&three(), &Params { method, ..Params::default() }).unwrap();
        let s = &out.summary;
        assert_eq!((s.k, s.segments.iter().map(|g| g.size).collect::<Vec<_>>()), (3, vec![60, 40, 20]), "{method:?}");
        assert!(s.segments.iter().all(|g| g.stability.unwrap() > 0.9), "{method:?}");
        assert_eq!(s.candidates.len(), 7);
        assert!(present::present(&out, &Params::default()).charts.len() == 4);
    }
}

#[test]
fn dense_groups_number_themselves_and_leave_noise() {
    let mut p = three();
    p.columns[0].push(60.0);
    p.columns[1].push(500.0);
    p.rows.push(120);
    let out = Segments::compute(&p, &Params { method: Method::Dbscan, ..Params::default() }).unwrap();
    assert_eq!((out.summary.clusters, out.summary.noise.map(|n| n >= 1)), (Some(3), Some(true)));
    assert!(numbers(&out, "segment")[120].is_nan());
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let p = three();
    let n = p.rows.len();
    let back = of(p.columns.iter().map(|c| c.iter().rev().copied().collect()).collect());
    for method in [Method::Kmeans, Method::GaussianMixture, Method::Hierarchical, Method::Dbscan] {
        let params = Params { method, k: Clusters::One(5), ..Params::default() };
        let (a, b) = (Segments::compute(&p, &params).unwrap(), Segments::compute(&back, &params).unwrap());
        let (x, y) = (numbers(&a, "segment"), numbers(&b, "segment"));
        for i in 0..n {
            assert!(x[i] == y[n - 1 - i] || (x[i].is_nan() && y[n - 1 - i].is_nan()), "{method:?} row {i}");
        }
    }
}

#[test]
fn other_units_of_a_feature_give_the_same_segments() {
    let p = three();
    let mut scaled = three();
    scaled.columns[1].iter_mut().for_each(|v| *v = *v * 1000.0 + 5.0);
    for scale in [Scale::Standard, Scale::Robust] {
        let params = Params { scale, k: Clusters::One(4), ..Params::default() };
        let (a, b) = (Segments::compute(&p, &params).unwrap(), Segments::compute(&scaled, &params).unwrap());
        assert_eq!(numbers(&a, "segment"), numbers(&b, "segment"));
    }
}

#[test]
fn equal_seeds_give_equal_answers_and_each_option_changes_something() {
    let p = three();
    let run = |params: Params| serde_json::to_string(&Segments::compute(&p, &params).unwrap().summary).unwrap();
    let base = run(Params::default());
    assert_eq!(base, run(Params::default()));
    for (name, other) in [
        ("k", Params { k: Clusters::Some(vec![2, 4]), ..Params::default() }),
        ("scale", Params { scale: Scale::None, ..Params::default() }),
        ("log", Params { log: Log::These(vec!["f1".into()]), ..Params::default() }),
        ("method", Params { method: Method::Hierarchical, ..Params::default() }),
        ("components", Params { components: 1, ..Params::default() }),
        ("stability", Params { stability: false, ..Params::default() }),
    ] {
        assert_ne!(base, run(other), "{name} changes nothing");
    }
    let tree = |linkage| run(Params { method: Method::Hierarchical, linkage, ..Params::default() });
    assert_ne!(tree(Linkage::Ward), tree(Linkage::Single));
}

#[test]
fn what_cannot_be_grouped_is_refused_in_words() {
    let constant = of(vec![vec![1.0; 20], (0..20).map(f64::from).collect()]);
    assert_eq!(Segments::compute(&constant, &Params::default()).err().unwrap().code, Code::NoVariation);
    let few = of(vec![vec![1.0, 2.0, 3.0]]);
    assert_eq!(Segments::compute(&few, &Params::default()).err().unwrap().code, Code::TooLittleData);
    let two = of(vec![(0..20).map(|i| f64::from(i % 2)).collect()]);
    let five = Params { k: Clusters::One(5), ..Params::default() };
    assert_eq!(Segments::compute(&two, &five).err().unwrap().code, Code::TooLittleData);
    assert!(Segments::compute(&two, &Params::default()).is_ok(), "auto stops at the number of different rows");
}

#[test]
fn rows_without_a_logarithm_are_left_out_and_counted() {
    let mut p = three();
    p.columns[0][7] = 0.0;
    let out = Segments::compute(&p, &Params { log: Log::All(true), ..Params::default() }).unwrap();
    assert_eq!((out.used_rows, out.left_out[0].rows), (119, 1));
    assert_eq!(out.frame.rows(), 119);
}

#[test]
fn segments_describe_themselves() {
    let out = Segments::compute(&three(), &Params { k: Clusters::One(3), ..Params::default() }).unwrap();
    let small = &out.summary.segments[2];
    assert_eq!(small.differs[0].feature, "f1");
    assert!(small.name.en.starts_with("very high f1"), "{}", small.name.en);
    assert!((small.center["f1"] - 900.0).abs() < 10.0, "centers are in the feature's own unit");
    let shares: f64 = out.summary.segments.iter().map(|s| s.share).sum();
    assert!((shares - 1.0).abs() < 1e-12);
}

#[test]
fn the_most_that_was_tried_is_said_to_be_so() {
    let reason = |k: Vec<usize>| {
        Segments::compute(&three(), &Params { k: Clusters::Some(k), ..Params::default() }).unwrap().summary.k_reason
    };
    let (end, inside) = (reason(vec![2, 3]), reason(vec![2, 3, 4]));
    assert!(end.en.starts_with("3 segments") && end.en.ends_with("more were not tried") && end.zh.contains("未尝试"));
    assert!(inside.en.starts_with("3 segments") && !inside.en.contains("not tried"), "{}", inside.en);
}

/// One round cloud: cut into four, the cuts are an accident of the sample.
#[test]
fn what_another_sample_would_cut_differently_gets_a_number_and_no_name() {
    let mut rng = Rng::new(5);
    let columns = vec![(0..400).map(|_| rng.normal()).collect(), (0..400).map(|_| rng.normal()).collect()];
    let out = Segments::compute(&of(columns), &Params { k: Clusters::One(5), ..Params::default() }).unwrap();
    let s = &out.summary.segments;
    assert!(s.iter().any(|g| g.stability.unwrap() < 0.6), "{:?}", s.iter().map(|g| g.stability).collect::<Vec<_>>());
    for g in s {
        let number = g.id.to_string();
        if g.stability.unwrap() < 0.6 {
            assert_eq!((g.name.en.clone(), g.name.zh.clone()), (format!("Segment {number}"), format!("分群 {number}")));
            assert!(out.warnings.iter().any(|w| w.en.contains(&number) && w.en.contains("no name")));
        } else {
            assert!(!g.name.en.starts_with("Segment"), "{}", g.name.en);
        }
    }
    // Table, words and pictures name a segment alike.
    let Some(Series::Number(of)) = out.frame.get("segment") else { panic!("no segments") };
    assert!(of.iter().all(|v| s.iter().any(|g| g.id as f64 == *v)));
    let shown = present::present(&out, &Params::default());
    let cards = serde_json::to_string(&shown.charts.iter().find(|c| c.id == "cards").unwrap().option).unwrap();
    let sizes = serde_json::to_string(&shown.charts.iter().find(|c| c.id == "sizes").unwrap().option).unwrap();
    for g in s {
        assert!(cards.contains(&format!("分群 {}", g.id)) && sizes.contains(&format!("Segment {}", g.id)));
    }
}

#[test]
fn the_map_draws_every_row_up_to_fifty_thousand() {
    let marks = |n: usize| {
        let mut rng = Rng::new(2);
        let columns = (0..2).map(|_| (0..n).map(|i| 8.0 * (i % 2) as f64 + rng.normal()).collect()).collect();
        let params = Params { k: Clusters::One(2), starts: 1, stability: false, ..Params::default() };
        let out = Segments::compute(&of(columns), &params).unwrap();
        let map = present::present(&out, &params).charts.into_iter().find(|c| c.id == "map").unwrap();
        let series = map.option["series"].as_array().unwrap().clone();
        let n = series.iter().map(|s| s["data"].as_array().unwrap().len()).sum::<usize>();
        (n, series[0]["large"] == true, series[0]["drill"].clone())
    };
    assert_eq!(marks(2_000).0, 2_000);
    assert_eq!(marks(20_000), (20_000, true, serde_json::json!({ "segment": 1 })));
    assert!(marks(50_001).0 <= 2_000);
}

crate::analysis_contract!(
    Segments,
    params = serde_json::json!({ "features": [{ "fact": "recency_days" }, { "fact": "monetary" }], "k": [2, 3], "compare_to": "2024-01-01" }),
    sample = crate::analysis::contract::columns()
);

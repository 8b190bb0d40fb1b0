use super::*;

fn all() -> Vec<Value> {
    let periods: Vec<String> = vec!["2024-01".into(), "2024-02".into()];
    let w = Words::new("Revenue", "销售额");
    vec![
        lines(&periods, &[Line { name: w.clone(), values: vec![Some(1.0), None], subject: true }], "money"),
        fan(
            &periods,
            &Fan {
                history: vec![Some(1.0), None],
                median: vec![None, Some(2.0)],
                bands: vec![(95, vec![None, Some(1.0)], vec![None, Some(3.0)])],
                baseline: Some(vec![None, Some(1.5)]),
            },
            "money",
        ),
        steps(&[Step { name: w.clone(), points: vec![(0.0, 1.0, 1.0, 1.0), (5.0, 0.5, 0.4, 0.6)], subject: true }], &w),
        bars(&[Bar::new(json!("a"), 3.0).drill("segment", "a")], "count"),
        diverging((json!("all"), -1.0), &[Bar::new(json!("a"), -3.0), Bar::new(json!("b"), 2.0)], "money"),
        columns(&periods, &[Stack { name: w.clone(), values: vec![1.0, 2.0] }], "money", true, Some("period")),
        histogram(&[(0.0, 1.0, 3), (1.0, 2.0, 5)], [false, true], &w, "number"),
        waterfall((w.clone(), 10.0), &[(w.clone(), -3.0)], (w.clone(), 7.0), "money"),
        pareto(&[0.5, 0.3, 0.2], &[(0.8, "A")], &w),
        heat_map(
            vec![json!("1")],
            vec![json!("a")],
            &[Cell { x: 0, y: 0, value: Some(0.3), tone: grid::seq_step(0.3), open: false, drill: Value::Null }],
            "percent",
        ),
        matrix(
            vec![json!("1")],
            vec![json!("a")],
            [&w, &w],
            &[Cell { x: 0, y: 0, value: None, tone: grid::div_step(-9.0, 1.0), open: true, drill: Value::Null }],
            "count",
        ),
        scatter(&[Point { x: 1.0, y: f64::NAN, group: 0, drill: Value::Null }], &[], [(&w, "days"), (&w, "money")]),
        cloud(
            &[Point { x: 1.0, y: f64::NAN, group: 0, drill: Value::Null }],
            std::slice::from_ref(&w),
            &[json!({ "segment": 1 })],
            [(&w, "days"), (&w, "money")],
        ),
        dumbbell(&[Pair { name: json!("a"), reference: 0.1, subject: 0.2, drill: Value::Null }], [&w, &w], "percent"),
        sankey(
            &[("a0".into(), json!("a")), ("b1".into(), json!("b"))],
            &[Link { from: 0, to: 1, value: 3.0, drill: Value::Null }],
            "count",
        ),
    ]
}

#[test]
fn every_chart_keeps_the_policy_on_tooltips_motion_and_description() {
    for option in all() {
        assert_eq!(option["tooltip"]["renderMode"], "richText", "{option}");
        assert_eq!(option["animation"], false);
        assert_eq!(option["aria"]["enabled"], true);
        assert!(!option["series"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_waterfall_ends_where_its_steps_lead() {
    let w = |t: &str| Words::same(t);
    let option = waterfall((w("before"), 10.0), &[(w("a"), -4.0), (w("b"), 1.0)], (w("after"), 7.0), "money");
    assert_eq!(option["series"][0]["data"], json!([0, 6.0, 6.0, 0]));
    assert_eq!(option["series"][1]["data"][1]["value"], 4.0);
    assert_eq!(option["series"][1]["data"][1]["step"], -4.0);
}

#[test]
fn a_pareto_curve_of_many_items_is_thinned_and_still_ends_at_one() {
    let shares = vec![1.0 / 10_000.0; 10_000];
    let option = pareto(&shares, &[], &Words::same("x"));
    let data = option["series"][0]["data"].as_array().unwrap();
    assert!(data.len() <= 402);
    assert!((data.last().unwrap()[1].as_f64().unwrap() - 1.0).abs() < 1e-9);
}

#[test]
fn colours_of_open_and_missing_cells_need_no_value() {
    assert_eq!(grid::seq_step(f64::NAN), "seq-1");
    assert_eq!(grid::div_step(0.0, 1.0), "div-5");
    assert_eq!(grid::div_step(5.0, 1.0), "div-9");
}

#[test]
fn a_cloud_draws_fifty_thousand_points_in_a_megabyte_and_says_once_what_they_are() {
    let w = Words::same("x");
    let points: Vec<Point> = (0..50_000)
        .map(|i| {
            let v = f64::from(i) / 7.0;
            Point { x: v.sin() * 3.0, y: v.cos() * 1e6, group: (i % 3) as usize, drill: Value::Null }
        })
        .collect();
    let groups = [w.clone(), w.clone(), w.clone()];
    let drills: Vec<Value> = (1..4).map(|k| json!({ "segment": k })).collect();
    let option = cloud(&points, &groups, &drills, [(&w, "number"), (&w, "number")]);
    let series = option["series"].as_array().unwrap();
    assert_eq!(series.iter().map(|s| s["data"].as_array().unwrap().len()).sum::<usize>(), 50_000);
    assert_eq!((&series[2]["drill"], &series[2]["large"]), (&json!({ "segment": 3 }), &json!(true)));
    for (i, p) in points.iter().enumerate().take(300) {
        let pair = &series[i % 3]["data"][i / 3];
        assert!((pair[0].as_f64().unwrap() - p.x).abs() <= 6.0 / 8000.0, "{pair}");
        assert!((pair[1].as_f64().unwrap() - p.y).abs() <= 2e6 / 8000.0, "{pair}");
    }
    let size = serde_json::to_string(&option).unwrap().len();
    assert!(size < 1_250_000, "{size}");
}

use serde_json::{Value, json};

use super::*;
use crate::analysis::contract::{self, Sample};
use crate::{analysis_contract, time};

analysis_contract!(
    Cohort,
    params = json!({}),
    sample = contract::orders(),
    money = ["revenue", "cumulative_revenue_per_customer"]
);

fn shop(orders: &[(&str, &str, &str)]) -> Sample {
    let mut sample = contract::orders();
    sample.rows = orders
        .iter()
        .enumerate()
        .map(|(i, (who, day, amount))| {
            let order = i.to_string();
            let cells = [who, order.as_str(), day, "P", "P", "x", "x", "x", "1", amount];
            cells.iter().map(|t| Some(t.to_string())).collect()
        })
        .collect();
    sample
}

fn five() -> Sample {
    shop(&[
        ("a", "2024-01-05", "10"),
        ("a", "2024-01-20", "10"),
        ("a", "2024-03-01", "5"),
        ("b", "2024-01-31", "20"),
        ("b", "2024-02-01", "30"),
        ("c", "2024-02-10", "7"),
        ("d", "2024-02-11", "8"),
        ("d", "2024-03-15", "9"),
        ("e", "2024-03-31", "1"),
        ("e", "2024-03-31", "-1"),
    ])
}

#[test]
fn by_hand_five_customers() {
    let s = five().run::<Cohort>(&json!({})).unwrap().summary;
    assert_eq!(s["last_period"], "2024-03");
    assert_eq!(s["sum_active"], 8);
    let row = |i: usize, key: &str| s["rows"][i][key].clone();
    assert_eq!(row(0, "active"), json!([2, 1, 1]));
    assert_eq!(row(0, "retention"), json!([1.0, 0.5, 0.5]));
    assert_eq!(row(0, "orders"), json!([3, 1, 1]));
    assert_eq!(row(0, "revenue"), json!([40.0, 30.0, 5.0]));
    assert_eq!(row(0, "cumulative_revenue_per_customer"), json!([20.0, 35.0, 37.5]));
    assert_eq!(row(1, "active"), json!([2, 1]));
    assert_eq!(row(2, "revenue"), json!([0.0]), "the refund is netted");
    assert_eq!(row(0, "open_cells"), 0, "31 March is the last day of its month");
}

#[test]
fn cumulative_value_is_summed_period_by_period() {
    // By hand from the rows above: (40 + 15 + 0)/5, (30 + 9)/4, 5/2.
    let found = five().run::<Cohort>(&json!({})).unwrap();
    let worth = found.charts.iter().find(|c| c.id == "worth").unwrap();
    assert_eq!(worth.option["series"][0]["data"], json!([11.0, 20.75, 23.25]));
    // An early cohort of small buyers, a late one of large ones: where the late one drops out the pooled sum fell from 67 to 12.
    let found = shop(&[
        ("a", "2024-01-05", "10"),
        ("a", "2024-02-05", "1"),
        ("a", "2024-03-31", "1"),
        ("b", "2024-01-06", "10"),
        ("b", "2024-03-05", "1"),
        ("c", "2024-02-07", "100"),
        ("c", "2024-03-07", "1"),
        ("d", "2024-02-08", "100"),
        ("e", "2024-02-09", "100"),
    ])
    .run::<Cohort>(&json!({}))
    .unwrap();
    let worth = found.charts.iter().find(|c| c.id == "worth").unwrap();
    let line: Vec<f64> = serde_json::from_value(worth.option["series"][0]["data"].clone()).unwrap();
    // (20 + 300)/5, + (1 + 1)/5, + 2/2.
    assert!(line.iter().zip([64.0, 64.4, 65.4]).all(|(g, w)| (g - w).abs() < 1e-9) && line.len() == 3, "{line:?}");
}

#[test]
fn the_running_period_is_marked_open() {
    let mut sample = five();
    sample.rows.retain(|r| r[2].as_deref() != Some("2024-03-31"));
    sample.rows.push(shop(&[("f", "2024-02-01", "1")]).rows.remove(0));
    sample.rows.last_mut().unwrap()[1] = Some("new".into());
    let s = sample.run::<Cohort>(&json!({})).unwrap().summary;
    assert_eq!(s["rows"][0]["open_cells"], 1);
}

#[test]
fn each_param_changes_the_output() {
    let sample = contract::orders();
    let plain = sample.run::<Cohort>(&json!({})).unwrap().summary;
    for params in [
        json!({ "period": "quarter" }),
        json!({ "period": "week" }),
        json!({ "horizon": 2 }),
        json!({ "refunds": "drop" }),
    ] {
        assert_ne!(plain, sample.run::<Cohort>(&params).unwrap().summary, "{params}");
    }
}

#[test]
fn without_an_amount_there_is_no_revenue() {
    let mut sample = five();
    sample.roles.retain(|r| r.0 != Role::Amount);
    let s = sample.run::<Cohort>(&json!({})).unwrap().summary;
    assert_eq!(s["rows"][0]["revenue"], Value::Null);
    assert_eq!(s["rows"][0]["active"], json!([2, 1, 1]));
}

#[test]
fn weeks_and_quarters_carry_the_labels_of_the_contract() {
    let label =
        |period: &str| five().run::<Cohort>(&json!({ "period": period })).unwrap().summary["last_period"].clone();
    assert_eq!((label("week"), label("quarter")), (json!("2024-W13"), json!("2024-Q1")));
    assert_eq!(
        time::iso(time::Period::Week.first_day(time::Period::Week.index(time::parse_iso("2024-03-31").unwrap()))),
        "2024-03-25"
    );
}

//! Analyses of orders against reference results computed by independent tools on public data (../shared/golden/02).

use std::path::{Path, PathBuf};
use std::process::Command;

use kelan::analysis::{Finding, Input, run};
use kelan::fact::Cache;
use kelan::role::{OrderKey, Role, Roles};
use kelan::table::{Cells, Series, Table};
use kelan::time;
use serde_json::{Value, json};

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if folder.join("golden").is_dir() {
        return Some(folder);
    }
    println!("skipped: the folder ../shared with the reference results is not here");
    None
}

/// customer, order, day, amount in decimal text
type Lines = Vec<[String; 4]>;

fn cdnow(shared: &Path) -> Lines {
    let text = std::fs::read_to_string(shared.join("data/cdnow/CDNOW_sample.txt")).expect("a readable file");
    text.lines()
        .filter(|l| !l.trim().is_empty())
        .enumerate()
        .map(|(row, line)| {
            let f: Vec<&str> = line.split_whitespace().collect();
            let day = format!("{}-{}-{}", &f[2][..4], &f[2][4..6], &f[2][6..8]);
            [f[1].into(), row.to_string(), day, f[4].into()]
        })
        .collect()
}

fn superstore(shared: &Path) -> Option<Lines> {
    let out = Command::new("gzip").arg("-dc").arg(shared.join("data/superstore/Superstore.csv.gz")).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let mut rows = text.trim_start_matches('\u{feff}').lines().map(fields);
    let head = rows.next()?;
    let at = |name: &str| head.iter().position(|h| h == name);
    let (c, o, d, s) = (at("Customer ID")?, at("Order ID")?, at("Order Date")?, at("Sales")?);
    let line = |r: Vec<String>| {
        let mut mdy = r[d].split('/').map(|p| p.parse::<i32>().unwrap_or(0));
        let (m, day, y) = (mdy.next()?, mdy.next()?, mdy.next()?);
        Some([r[c].clone(), r[o].clone(), format!("{y:04}-{m:02}-{day:02}"), r[s].clone()])
    };
    rows.filter(|r| r.len() == head.len()).map(line).collect()
}

fn fields(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => out.last_mut().expect("a field").push(c),
        }
    }
    out
}

struct Shop {
    table: Table,
    roles: Roles,
    cache: Cache,
}

impl Shop {
    fn new(lines: &Lines, order: OrderKey) -> Self {
        let text = |i: usize| Cells::Text(lines.iter().map(|l| Some(l[i].clone())).collect());
        let table = Table::from_cells(vec![
            ("customer", text(0)),
            ("order", text(1)),
            ("date", Cells::Date(lines.iter().map(|l| time::parse_iso(&l[2])).collect())),
            ("amount", Cells::Number(lines.iter().map(|l| l[3].parse().ok()).collect())),
        ]);
        let columns = [(Role::Customer, 0), (Role::Order, 1), (Role::Date, 2), (Role::Amount, 3)];
        Shop {
            table,
            roles: Roles { columns: columns.into_iter().collect(), order, ..Roles::default() },
            cache: Cache::default(),
        }
    }
    fn run(&self, id: &str, params: Value) -> Finding {
        let input = Input { table: &self.table, roles: &self.roles, filter: None, facts: &self.cache };
        run(id, &input, &params).unwrap_or_else(|e| panic!("{id}: {e}"))
    }
}

fn close(got: &Value, want: &Value, relative: f64, what: &str) {
    match (got, want) {
        (Value::Number(g), Value::Number(w)) => {
            let (g, w) = (g.as_f64().unwrap(), w.as_f64().unwrap());
            assert!((g - w).abs() <= (relative * w.abs()).max(1e-9), "{what}: {g} instead of {w}");
        }
        (Value::Array(g), Value::Array(w)) => {
            assert_eq!(g.len(), w.len(), "{what}");
            g.iter().zip(w).enumerate().for_each(|(i, (g, w))| close(g, w, relative, &format!("{what}[{i}]")));
        }
        _ => assert_eq!(got, want, "{what}"),
    }
}

fn check(shop: &Shop, name: &str, golden: &Value) -> usize {
    let mut checked = 0;
    for case in golden["cases"].as_array().expect("cases") {
        let Some(kind) = case["id"].as_str().and_then(|id| id.strip_prefix(&format!("{name}/"))) else { continue };
        let e = &case["expected"];
        match kind {
            "rfm" => rfm(shop, case, e),
            "abc_customers" => abc(shop, e),
            "cohort_monthly" => cohort(shop, e),
            "repeat_and_gaps" => gaps(shop, e),
            "monthly_kpis" => months(shop, e),
            other => panic!("an unknown case: {other}"),
        }
        checked += 1;
    }
    checked
}

fn rfm(shop: &Shop, case: &Value, e: &Value) {
    // Where the day of the case lies inside the data, a later one is asked for: scores do not change, recencies shift.
    let inside = e["recency_edges"].as_array().unwrap().iter().any(|v| v.as_f64().unwrap() < 0.0);
    let shift = if inside { 1000.0 } else { 0.0 };
    let day = time::parse_iso(case["params"]["observation_date"].as_str().unwrap()).unwrap() + shift as i32;
    let f = shop.run("rfm", json!({ "as_of": time::iso(day) }));
    let (s, q) = (&f.summary, &e["quantile_edge_rule"]);
    close(&s["customers"], &e["customers"], 0.0, "customers");
    close(&s["orders"], &e["totals"]["orders"], 0.0, "orders");
    close(&s["revenue"], &e["totals"]["money"], 1e-9, "revenue");
    let edges = Value::from(
        e["recency_edges"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap() + shift).collect::<Vec<_>>(),
    );
    close(&s["edges"]["recency"], &edges, 1e-9, "recency edges");
    close(&s["edges"]["frequency"], &e["frequency_edges"], 1e-9, "frequency edges");
    close(&s["edges"]["monetary"], &e["monetary_edges"], 1e-9, "monetary edges");
    for k in ["R", "F", "M"] {
        assert_eq!(s["scores"][k], q[k], "{k}");
    }
    assert_eq!(s["cells"], q["RFM_cell_counts"]);
    for segment in s["segments"].as_array().unwrap() {
        let id = segment["id"].as_str().unwrap();
        close(&segment["customers"], q["segment_counts"].get(id).unwrap_or(&json!(0)), 0.0, id);
        close(&segment["revenue"], q["segment_money"].get(id).unwrap_or(&json!(0.0)), 1e-9, id);
    }
    for (i, c) in e["first_ten_customers"].as_array().unwrap().iter().enumerate() {
        let at = |name: &str| match f.frame.get(name) {
            Some(Series::Number(v)) => v[i],
            Some(Series::Small(v)) => f64::from(v[i]),
            _ => f64::NAN,
        };
        let want = |key: &str| c[key].as_f64().unwrap();
        assert_eq!(at("recency_days"), want("recency") + shift);
        assert_eq!((at("frequency"), at("r"), at("f"), at("m")), (want("frequency"), want("R"), want("F"), want("M")));
        assert!((at("monetary") - want("monetary")).abs() < 1e-6);
    }
    let f = shop.run("rfm", json!({ "as_of": time::iso(day), "scoring": "rank_first" }));
    let r = &e["rank_first_rule"];
    for k in ["R", "F", "M"] {
        assert_eq!(f.summary["scores"][k], r[k], "rank_first {k}");
    }
    let cell = |k: &str| f.summary["cells"].get(k).cloned().unwrap_or(json!(0));
    assert_eq!((cell("555"), cell("111")), (r["customers_555"].clone(), r["customers_111"].clone()));
}

fn abc(shop: &Shop, e: &Value) {
    for (crossing, key) in [("upper", "crossing_item_belongs_to_upper_class"), ("lower", "cumulative_including_item")] {
        let s = shop.run("pareto", json!({ "crossing": crossing })).summary;
        for class in ["A", "B", "C"] {
            assert_eq!(s["abc"][class], e[key][class], "{crossing} {class}");
        }
        close(&s["n"], &e["customers_positive"], 0.0, "n");
        close(&s["gini"], &e["gini"], 1e-9, "gini");
        close(&s["top_20_percent"]["n"], &e["top_20_percent_customers"], 0.0, "top n");
        close(&s["top_20_percent"]["share"], &e["top_20_percent_share"], 1e-9, "top share");
    }
}

fn cohort(shop: &Shop, e: &Value) {
    let s = shop.run("cohort", json!({})).summary;
    close(&s["sum_active"], &e["sum_active"], 0.0, "sum_active");
    let (rows, want) = (s["rows"].as_array().unwrap(), e["rows"].as_array().unwrap());
    assert_eq!(rows.len(), want.len());
    for (row, want) in rows.iter().zip(want) {
        assert_eq!((&row["cohort"], &row["size"], &row["active"]), (&want["cohort"], &want["size"], &want["active"]));
        close(&row["retention"], &want["retention"], 1e-12, "retention");
    }
}

fn gaps(shop: &Shop, e: &Value) {
    let s = shop.run("overview", json!({})).summary;
    for (field, key) in [
        ("/customers", "customers"),
        ("/repeat_rate", "repeat_purchase_rate_by_orders"),
        ("/repeat_rate_days", "repeat_purchase_rate_by_days"),
        ("/median_gap_days", "gap_median"),
        ("/gap_days/n", "gaps_n"),
        ("/gap_days/mean", "gap_mean"),
        ("/gap_days/sd", "gap_sd_ddof1"),
        ("/gap_days/p25", "gap_p25"),
        ("/gap_days/p75", "gap_p75"),
        ("/gap_days/p90", "gap_p90"),
        ("/gap_days/customer_mean", "mean_of_customer_mean_gaps"),
        ("/gap_days/customer_median", "median_of_customer_mean_gaps"),
    ] {
        close(s.pointer(field).unwrap(), &e[key], 1e-10, field);
    }
}

fn months(shop: &Shop, e: &Value) {
    let s = shop.run("revenue", json!({})).summary;
    let (rows, want) = (s["periods"].as_array().unwrap(), e["months"].as_array().unwrap());
    assert_eq!(rows.len(), want.len());
    for (row, w) in rows.iter().zip(want) {
        assert_eq!(row["period"], w["month"]);
        for (field, key) in [
            ("customers", "active_customers"),
            ("orders", "orders"),
            ("revenue", "money"),
            ("average_order_value", "average_order_value"),
            ("new_customers", "new_customers"),
            ("new_customer_revenue", "new_customer_money"),
        ] {
            close(&row[field], &w[key], 1e-9, field);
        }
    }
}

fn golden(shared: &Path) -> Value {
    let text = std::fs::read_to_string(shared.join("golden/02_rfm_cohorts.json")).expect("a readable file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn cdnow_agrees_with_the_reference() {
    let Some(shared) = shared() else { return };
    let shop = Shop::new(&cdnow(&shared), OrderKey::Row);
    assert_eq!(check(&shop, "cdnow_sample", &golden(&shared)), 5);
}

#[test]
fn superstore_agrees_with_the_reference() {
    let Some(shared) = shared() else { return };
    let Some(lines) = superstore(&shared) else {
        println!("skipped: gzip is not here to open the file");
        return;
    };
    assert_eq!(lines.len(), 9994);
    let shop = Shop::new(&lines, OrderKey::Columns(vec![1]));
    assert_eq!(check(&shop, "superstore", &golden(&shared)), 5);
    let total = shop.run("revenue", json!({})).summary["total"].clone();
    assert_eq!((&total["orders"], &total["customers"]), (&json!(5009), &json!(793)), "well-known totals");
    close(&total["revenue"], &json!(2_297_200.86), 1e-8, "revenue");
}

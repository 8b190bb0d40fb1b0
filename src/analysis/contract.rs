//! The test every room must pass, whatever it computes: `analysis_contract!(Rfm);` in its tests.
//!
//! Rooms on orders take the sample below. A room that needs parameters, or other data, says so:
//! `analysis_contract!(Survival, params = json!({ … }), sample = lifetimes());`, where the sample is a
//! [`Sample`] whose rows can be permuted, thinned and emptied. `money` names the result keys that double with money.

use serde_json::{Value, json};

use super::contract_words::{Own, faults};
use super::{Analysis, Finding, Input, entry};
use crate::error::{Code, Result};
use crate::fact::Cache;
use crate::role::{OrderKey, Role, Roles};
use crate::table::{Cells, Frame, Series, Table};

/// Rows of text cells with their roles: easy to permute and to damage.
#[derive(Clone)]
pub struct Sample {
    pub columns: Vec<(&'static str, Kind)>,
    pub rows: Vec<Vec<Option<String>>>,
    pub roles: Vec<(Role, usize)>,
    pub order: OrderKey,
    /// Position of the money column, which is doubled.
    pub money: Option<usize>,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    Number,
    Date,
}

impl Sample {
    pub fn table(&self) -> Table {
        let column = |i: usize, kind: Kind| {
            let cells = self.rows.iter().map(|r| r[i].clone());
            match kind {
                Kind::Text => Cells::Text(cells.collect()),
                Kind::Number => Cells::Number(cells.map(|c| c.and_then(|t| t.parse().ok())).collect()),
                Kind::Date => Cells::Date(cells.map(|c| c.and_then(|t| crate::time::parse_iso(&t))).collect()),
            }
        };
        Table::from_cells(self.columns.iter().enumerate().map(|(i, (name, kind))| (*name, column(i, *kind))).collect())
    }
    pub fn roles(&self) -> Roles {
        Roles { columns: self.roles.iter().copied().collect(), order: self.order.clone(), ..Roles::default() }
    }
    pub fn run<A: Analysis>(&self, params: &Value) -> Result<Finding> {
        let (table, roles) = (self.table(), self.roles());
        let input = Input { table: &table, roles: &roles, filter: None, facts: &Cache::default() };
        (entry::<A>().run)(&input, params)
    }
    fn with_rows(&self, f: impl FnOnce(&mut Vec<Vec<Option<String>>>)) -> Self {
        let mut other = self.clone();
        f(&mut other.rows);
        other
    }
}

/// A shop of 40 customers over 15 months: lines of orders with every role the order rooms use, two refunds.
pub fn orders() -> Sample {
    let mut state = 7u64;
    let mut next = |n: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % n
    };
    let mut rows = Vec::new();
    let first = crate::time::days_from_civil(2023, 1, 1);
    for order in 0..160 {
        let customer = next(40).min(next(40));
        let day = crate::time::iso(first + next(450) as i32);
        for _ in 0..1 + next(3) {
            let product = next(12).min(next(12));
            let quantity = 1 + next(3);
            let cents = quantity * (500 + 250 * product);
            let sign = if order % 80 == 79 { "-" } else { "" };
            let cells = [
                format!("C{customer:02}"),
                format!("O{order:03}"),
                day.clone(),
                format!("P{product:02}"),
                format!("Product {product}"),
                ["tea", "cups", "gifts"][(product % 3) as usize].to_string(),
                ["app", "web"][(customer % 2) as usize].to_string(),
                ["North", "East", "South"][(order % 3) as usize].to_string(),
                quantity.to_string(),
                format!("{sign}{}.{:02}", cents / 100, cents % 100),
            ];
            rows.push(cells.into_iter().map(Some).collect());
        }
    }
    use Kind::{Date, Number, Text};
    Sample {
        columns: vec![
            ("customer", Text),
            ("order", Text),
            ("date", Date),
            ("product", Text),
            ("name", Text),
            ("category", Text),
            ("channel", Text),
            ("region", Text),
            ("quantity", Number),
            ("amount", Number),
        ],
        rows,
        roles: vec![
            (Role::Customer, 0),
            (Role::Order, 1),
            (Role::Date, 2),
            (Role::Product, 3),
            (Role::ProductName, 4),
            (Role::Category, 5),
            (Role::Channel, 6),
            (Role::Region, 7),
            (Role::Quantity, 8),
            (Role::Amount, 9),
        ],
        order: OrderKey::Columns(vec![1]),
        money: Some(9),
    }
}

/// The same lines as a plain table: for rooms that take columns, in which no result is known to double with one of them.
pub fn columns() -> Sample {
    Sample { money: None, ..orders() }
}

/// Words in a path that mean money, and words that mean a relation, which money's unit does not touch.
const MONEY: [&str; 6] =
    ["revenue", "monetary", "mean_monetary", "average_order_value", "new_customer_revenue", "money"];
const RELATIONS: [&str; 6] = ["change", "usual", "share", "growth", "gini", "share_revenue"];

pub fn check<A: Analysis>(sample: &Sample, params: &Value, money: &[&str]) {
    let whole = sample.run::<A>(params).unwrap_or_else(|e| panic!("the sample itself fails: {e}"));
    well_formed::<A>(&whole);
    reads_well(A::meta().id, &whole, &Own::of(sample, params));
    unknown_option_is_refused::<A>(sample, params);

    let survives = |what: &str, damaged: Sample| match damaged.run::<A>(params) {
        Ok(finding) => {
            well_formed::<A>(&finding);
            reads_well(&format!("{}, {what}", A::meta().id), &finding, &Own::of(&damaged, params));
        }
        Err(e) => {
            assert_ne!(e.code, Code::Internal, "{what}: {e}");
            assert!(!e.message.en.is_empty() && !e.message.zh.is_empty(), "{what}: the error has no words");
        }
    };
    survives("no rows", sample.with_rows(Vec::clear));
    survives("one row", sample.with_rows(|r| r.truncate(1)));
    if let Some((_, who)) = sample.roles.iter().find(|r| r.0 == Role::Customer) {
        let first = sample.rows[0][*who].clone();
        survives("one customer", sample.with_rows(|rows| rows.retain(|r| r[*who] == first)));
    }
    survives(
        "all rows equal",
        sample.with_rows(|rows| {
            let first = rows[0].clone();
            rows.iter_mut().for_each(|r| *r = first.clone());
        }),
    );
    for column in 0..sample.columns.len() {
        survives(
            "a column with holes",
            sample.with_rows(|rows| {
                rows.iter_mut().step_by(3).for_each(|r| r[column] = None);
            }),
        );
        survives("an empty column", sample.with_rows(|rows| rows.iter_mut().for_each(|r| r[column] = None)));
    }

    // Row order must not show, unless the frame is one row per row of the file.
    if !matches!(whole.frame.columns.first(), Some((name, _)) if name == "row") {
        let mut shuffled = sample.clone();
        let mut state = 99u64;
        for i in (1..shuffled.rows.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            shuffled.rows.swap(i, (state >> 33) as usize % (i + 1));
        }
        let other = shuffled.run::<A>(params).unwrap_or_else(|e| panic!("permuted rows fail: {e}"));
        assert_eq!(whole.summary, other.summary, "help: the order of rows shows in the summary");
        assert_eq!(printed(&whole.frame), printed(&other.frame), "help: the order of rows shows in the frame");
        assert_eq!(whole.headline, other.headline);
    }

    if let Some(column) = sample.money {
        let doubled = sample.with_rows(|rows| {
            for row in rows {
                let value: Option<f64> = row[column].as_ref().and_then(|t| t.parse().ok());
                row[column] = value.map(|v| (v * 2.0).to_string());
            }
        });
        let other = doubled.run::<A>(params).unwrap_or_else(|e| panic!("doubled money fails: {e}"));
        scaled("", &whole.summary, &other.summary, money, 1.0);
    }
}

fn scaled(path: &str, a: &Value, b: &Value, money: &[&str], factor: f64) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            assert_eq!(x.keys().collect::<Vec<_>>(), y.keys().collect::<Vec<_>>(), "{path}");
            for (key, value) in x {
                let listed = money.contains(&key.as_str());
                let relation = RELATIONS.contains(&key.as_str()) || key.starts_with("n_");
                let factor = if relation && !listed {
                    -1.0
                } else if factor > 0.0 && (listed || MONEY.contains(&key.as_str())) {
                    2.0
                } else {
                    factor
                };
                scaled(&format!("{path}.{key}"), value, &y[key], money, factor);
            }
        }
        (Value::Array(x), Value::Array(y)) => {
            assert_eq!(x.len(), y.len(), "{path}");
            for (i, (p, q)) in x.iter().zip(y).enumerate() {
                scaled(&format!("{path}[{i}]"), p, q, money, factor);
            }
        }
        (Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64().unwrap_or(0.0) * factor.abs(), y.as_f64().unwrap_or(0.0));
            let close = (x - y).abs() <= 1e-9 * (1.0 + x.abs());
            assert!(close, "{path}: {x} expected with doubled money, got {y}");
        }
        _ => assert_eq!(a, b, "{path}"),
    }
}

fn unknown_option_is_refused<A: Analysis>(sample: &Sample, params: &Value) {
    let mut params = params.clone();
    params["no_such_option"] = json!(1);
    let error = sample.run::<A>(&params).err().expect("an unknown option must be refused");
    assert_eq!(error.code, Code::UnknownParam, "{error}");
    assert_eq!(error.at.param.as_deref(), Some("no_such_option"));
}

fn well_formed<A: Analysis>(finding: &Finding) {
    let meta = A::meta();
    let rows = finding.frame.rows();
    for (name, series) in &finding.frame.columns {
        assert_eq!(series.len(), rows, "frame column {name}");
        if let Series::Number(v) = series {
            assert!(v.iter().all(|x| !x.is_infinite()), "frame column {name} holds an infinity");
        }
    }
    let names: Vec<&str> = finding.frame.columns.iter().map(|c| c.0.as_str()).collect();
    let unit = ["row", "customer"];
    let either = unit.iter().all(|u| meta.frame.iter().any(|c| c.name == *u));
    for column in &meta.frame {
        let optional = column.name.starts_with('…')
            || (either && unit.contains(&column.name) && names.iter().any(|n| unit.contains(n)));
        assert!(optional || names.contains(&column.name), "frame column {} is announced but missing", column.name);
    }
    assert!(!finding.headline.en.is_empty() && !finding.headline.zh.is_empty(), "a headline in both languages");
    for text in [&finding.headline.en, &finding.headline.zh] {
        assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
    }
    assert!(finding.tiles.len() <= 6, "at most six tiles");
    assert!(finding.charts.len() <= 4, "at most four charts");
    for tile in &finding.tiles {
        assert!(tile.value.is_none_or(f64::is_finite), "tile {}", tile.id);
    }
    for chart in &finding.charts {
        for words in [&chart.title, &chart.subtitle, &chart.alt] {
            assert!(!words.en.is_empty() && !words.zh.is_empty(), "chart {}: words in both languages", chart.id);
        }
        assert_eq!(chart.option["tooltip"]["renderMode"], "richText", "chart {}", chart.id);
        for column in chart.drill.iter().flat_map(|d| &d.columns) {
            assert!(
                names.contains(&column.as_str()),
                "chart {} drills on {column}, which is not in the frame",
                chart.id
            );
        }
    }
}

fn reads_well(room: &str, finding: &Finding, own: &Own) {
    let wrong = faults(room, finding, own);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn printed(frame: &Frame) -> String {
    format!("{frame:?}")
}

/// See the module's text.
#[macro_export]
macro_rules! analysis_contract {
    ($room:ty) => {
        $crate::analysis_contract!($room, params = serde_json::json!({}), sample = $crate::analysis::contract::orders());
    };
    ($room:ty, params = $params:expr) => {
        $crate::analysis_contract!($room, params = $params, sample = $crate::analysis::contract::orders());
    };
    ($room:ty, params = $params:expr, sample = $sample:expr) => {
        $crate::analysis_contract!($room, params = $params, sample = $sample, money = []);
    };
    ($room:ty, params = $params:expr, sample = $sample:expr, money = [$($key:expr),*]) => {
        #[test]
        fn keeps_the_contract_of_all_analyses() {
            $crate::analysis::contract::check::<$room>(&$sample, &$params, &[$($key),*]);
        }
    };
}

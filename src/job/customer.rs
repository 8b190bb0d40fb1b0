//! One customer for the 360° page: orders, rhythm, what describes the customer, what was bought.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::fact::Facts;
use crate::num::quantile;
use crate::role::{self, Role, Roles};
use crate::table::Table;
use crate::time;

/// Roles that describe a customer rather than an order, in the order of the page.
const DESCRIBING: [Role; 6] = [Role::Name, Role::Phone, Role::Email, Role::Segment, Role::Region, Role::Channel];
/// What money may be grouped by: the first that the table has.
const BOUGHT: [Role; 3] = [Role::Category, Role::ProductName, Role::Product];
/// Columns shown beside an order.
const BESIDE: [Role; 4] = [Role::Category, Role::ProductName, Role::Channel, Role::Status];
/// Columns of a table of customers that are shown of one of them.
const COLUMNS: usize = 60;
/// Orders beyond this are counted but not listed.
const LISTED: usize = 2000;

/// Everything the table says of one customer. `facts` are those of the rows in force.
///
/// `gap_days` of an order and the quantiles of gaps are in whole days between purchase days; money is in the unit of the
/// amount column; `recency_days` runs to `as_of`, the day after the last order
/// of anybody in `facts`, as in rfm, lifecycle and churn.
pub fn record(table: &Table, roles: &Roles, facts: &Facts, id: &str) -> Result<Value> {
    let orders = &facts.orders;
    let Some(c) = orders.ids.position(id) else {
        return Err(Error::new(
            Code::NoRows,
            format!("there is no customer “{id}” with an order here"),
            format!("这里没有客户「{id}」的订单"),
        )
        .remedy("A filter may leave the customer out: clear it.", "可能被筛选排除，请清除筛选。"));
    };
    let range = orders.of(c);
    let dated = roles.get(Role::Date).is_some();
    let days: Vec<i32> = orders.purchase_days(c).collect();
    let gaps: Vec<f64> = if dated { days.windows(2).map(|w| f64::from(w[1] - w[0])).collect() } else { Vec::new() };
    let sorted = quantile::ascending(&gaps);
    let as_of = orders.span().map(|s| s.1 + 1);

    let mut before: Option<i32> = None;
    let mut list = Vec::new();
    for o in range.clone().take(LISTED) {
        let day = orders.day.get(o).copied().unwrap_or_default();
        let gap = before.filter(|b| *b != day).map(|b| day - b);
        if before != Some(day) {
            before = Some(day);
        }
        list.push(json!({
            "order": orders.order_id(o),
            "date": dated.then(|| time::iso(day)),
            "amount": orders.has_money().then(|| orders.money(o)),
            "gap_days": if dated { gap } else { None },
            "values": beside(table, roles, facts, o),
        }));
    }

    let revenue = orders.has_money().then(|| {
        let sold: i64 = range.clone().map(|o| orders.amount.get(o).copied().unwrap_or_default()).sum();
        let back: i64 = orders.refunds_of(c).iter().map(|r| r.amount).sum();
        orders.value(sold + back)
    });
    let first_and_last = days.first().zip(days.last()).filter(|_| dated);
    Ok(json!({
        "customer": id,
        "orders": list,
        "order_count": range.len(),
        "revenue": revenue,
        "median_gap_days": quantile::sorted(&sorted, 0.5),
        "gap_p25": quantile::sorted(&sorted, 0.25),
        "gap_p75": quantile::sorted(&sorted, 0.75),
        "first_date": first_and_last.map(|d| time::iso(*d.0)),
        "last_date": first_and_last.map(|d| time::iso(*d.1)),
        "as_of": as_of.filter(|_| dated).map(time::iso),
        "recency_days": first_and_last.zip(as_of).map(|(d, end)| end - *d.1),
        "attributes": attributes(table, roles, facts, &range),
        "groups": groups(table, roles, facts, &range),
    }))
}

/// Table rows of an order.
fn rows(facts: &Facts, order: usize) -> impl Iterator<Item = usize> + '_ {
    let lines = &facts.lines;
    let range = if order + 1 < lines.starts.len() { lines.of(order) } else { 0..0 };
    range.filter_map(|l| lines.rows.get(l).map(|r| *r as usize))
}

/// The distinct values of the columns beside an order, at most three of each.
fn beside(table: &Table, roles: &Roles, facts: &Facts, order: usize) -> Value {
    let mut out = serde_json::Map::new();
    for role in BESIDE {
        let Some(column) = roles.get(role).and_then(|i| table.columns.get(i)) else { continue };
        let mut seen: Vec<String> = Vec::new();
        for row in rows(facts, order) {
            if let Some(text) = column.text(row)
                && !seen.iter().any(|s| *s == *text)
            {
                seen.push(text.into_owned());
            }
        }
        let more = seen.len() > 3;
        seen.truncate(3);
        let text = seen.join(", ") + if more { " …" } else { "" };
        out.insert(column.name.clone(), if text.is_empty() { Value::Null } else { json!(text) });
    }
    Value::Object(out)
}

/// The most frequent value of each describing column, ties by the later row.
fn attributes(table: &Table, roles: &Roles, facts: &Facts, range: &std::ops::Range<usize>) -> Vec<Value> {
    let mut out = Vec::new();
    for role in DESCRIBING {
        let Some(column) = roles.get(role).and_then(|i| table.columns.get(i)) else { continue };
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (at, row) in range.clone().flat_map(|o| rows(facts, o)).enumerate() {
            if let Some(text) = column.text(row) {
                let entry = counts.entry(text.into_owned()).or_default();
                *entry = (entry.0 + 1, at);
            }
        }
        if let Some((value, _)) = counts.into_iter().max_by_key(|(_, n)| *n) {
            let personal = matches!(role, Role::Name | Role::Phone | Role::Email);
            out.push(json!({ "column": column.name, "role": role, "value": value, "personal": personal }));
        }
    }
    if one_row_each(facts) {
        out.extend(own_columns(table, roles, facts, range));
    }
    out
}

/// A table of customers, not of their orders: every customer has one row.
fn one_row_each(facts: &Facts) -> bool {
    facts.orders.customers() > 0 && facts.lines.rows.len() == facts.orders.customers()
}

/// What the one row of a customer says in the columns that are not shown already: those without a role, in the file's order.
fn own_columns(table: &Table, roles: &Roles, facts: &Facts, range: &std::ops::Range<usize>) -> Vec<Value> {
    let Some(row) = range.clone().flat_map(|o| rows(facts, o)).next() else { return Vec::new() };
    let personal = role::personal(table);
    let shown = [Role::Customer, Role::Date, Role::Amount].into_iter().chain(DESCRIBING);
    let shown: Vec<usize> = shown.filter_map(|r| roles.get(r)).collect();
    let columns = table.columns.iter().enumerate().filter(|(i, _)| !shown.contains(i));
    columns
        .filter_map(|(i, column)| {
            let role = roles.columns.iter().find(|r| *r.1 == i).map(|r| *r.0);
            let personal = personal.get(i).is_some_and(Option::is_some);
            let value = column.text(row)?;
            Some(json!({ "column": column.name, "role": role, "value": value, "personal": personal }))
        })
        .take(COLUMNS)
        .collect()
}

/// Money by what was bought, largest first, at most twelve.
fn groups(table: &Table, roles: &Roles, facts: &Facts, range: &std::ops::Range<usize>) -> Vec<Value> {
    let found = BOUGHT.into_iter().find_map(|r| roles.get(r).and_then(|i| table.columns.get(i)).map(|c| (r, c)));
    let (Some((role, column)), true) = (found, facts.orders.has_money()) else { return Vec::new() };
    let mut sums: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for o in range.clone() {
        let mut seen: Vec<String> = Vec::new();
        if o + 1 >= facts.lines.starts.len() {
            continue;
        }
        for line in facts.lines.of(o) {
            let Some(row) = facts.lines.rows.get(line) else { continue };
            let Some(text) = column.text(*row as usize) else { continue };
            let text = text.into_owned();
            let amount = if line < facts.lines.amount.len() { facts.lines.amount.get(line) } else { 0 };
            let entry = sums.entry(text.clone()).or_default();
            entry.0 += amount;
            if !seen.contains(&text) {
                entry.1 += 1;
                seen.push(text);
            }
        }
    }
    let mut list: Vec<(String, (i64, usize))> = sums.into_iter().collect();
    list.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let values: Vec<Value> = list
        .into_iter()
        .take(12)
        .map(|(value, (sum, n))| json!({ "value": value, "amount": facts.orders.value(sum), "orders": n }))
        .collect();
    if values.is_empty() { Vec::new() } else { vec![json!({ "column": column.name, "role": role, "values": values })] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Refunds;
    use crate::role::OrderKey;
    use crate::table::Cells;

    fn shop() -> (Table, Roles) {
        let text = |v: &[&str]| Cells::Text(v.iter().map(|c| Some((*c).to_string())).collect());
        let day = |d: &str| time::parse_iso(d);
        let table = Table::from_cells(vec![
            ("who", text(&["a", "a", "a", "b", "a"])),
            (
                "when",
                Cells::Date(vec![
                    day("2024-01-01"),
                    day("2024-01-11"),
                    day("2024-01-11"),
                    day("2024-03-01"),
                    day("2024-02-10"),
                ]),
            ),
            ("paid", Cells::Number(vec![Some(10.0), Some(5.5), Some(4.5), Some(7.0), Some(-3.0)])),
            ("kind", text(&["tea", "tea", "cup", "tea", "cup"])),
            ("city", text(&["X", "Y", "Y", "Z", "Y"])),
        ]);
        let mut roles = Roles { order: OrderKey::CustomerDay, ..Roles::default() };
        for (role, column) in
            [(Role::Customer, 0), (Role::Date, 1), (Role::Amount, 2), (Role::Category, 3), (Role::Region, 4)]
        {
            roles.columns.insert(role, column);
        }
        (table, roles)
    }

    #[test]
    fn a_customer_by_hand() {
        let (table, roles) = shop();
        let facts = Facts::from_table(&table, &roles, Refunds::Net).expect("orders");
        let r = record(&table, &roles, &facts, "a").expect("a has orders");
        assert_eq!(r["order_count"], 2);
        assert_eq!(r["revenue"], 17.0);
        assert_eq!(r["median_gap_days"], 10.0);
        assert_eq!((r["first_date"].clone(), r["last_date"].clone()), (json!("2024-01-01"), json!("2024-01-11")));
        assert_eq!((r["as_of"].clone(), r["recency_days"].clone()), (json!("2024-03-02"), json!(51)));
        assert_eq!(r["orders"][1]["gap_days"], 10);
        assert_eq!(r["orders"][1]["values"]["kind"], "tea, cup");
        assert_eq!(r["attributes"][0]["value"], "Y");
        assert_eq!(r["groups"][0]["values"][0], json!({ "value": "tea", "amount": 15.5, "orders": 2 }));
    }

    /// A list of contracts: no dates, no orders, a row for every customer.
    #[test]
    fn a_row_for_each_customer_is_shown_as_it_is() {
        let text = |v: &[&str]| Cells::Text(v.iter().map(|c| (!c.is_empty()).then(|| (*c).to_string())).collect());
        let columns = |who: &[&str]| {
            Table::from_cells(vec![
                ("customerID", text(who)),
                ("Contract", text(&["One year", "Monthly", ""])),
                ("tenure", Cells::Number(vec![Some(12.0), Some(1.0), Some(40.0)])),
                ("Paid", Cells::Number(vec![Some(5.0), Some(6.0), Some(7.0)])),
                ("City", text(&["X", "Y", "Z"])),
                ("Mail", text(&["a@b.cn", "c@d.cn", "e@f.cn"])),
            ])
        };
        let mut roles = Roles::default();
        for (role, column) in [(Role::Customer, 0), (Role::Amount, 3), (Role::Region, 4)] {
            roles.columns.insert(role, column);
        }
        let said = |who: &[&str], id: &str| {
            let table = columns(who);
            let facts = Facts::from_table(&table, &roles, Refunds::Net).expect("facts");
            record(&table, &roles, &facts, id).expect("a customer")["attributes"].clone()
        };
        let list = said(&["a", "b", "c"], "b");
        let told: Vec<(&str, &str)> = list
            .as_array()
            .expect("a list")
            .iter()
            .map(|a| (a["column"].as_str().unwrap_or(""), a["value"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(told, [("City", "Y"), ("Contract", "Monthly"), ("tenure", "1"), ("Mail", "c@d.cn")]);
        assert_eq!(list[3]["personal"], true, "an address is masked whatever its role");
        assert_eq!(said(&["a", "b", "c"], "c").as_array().map(Vec::len), Some(3), "no cell, no line");
        // Two rows of one customer: columns may say two things.
        assert_eq!(said(&["a", "b", "b"], "b").as_array().map(Vec::len), Some(1));
    }

    /// rfm, churn and the customer's page count the same days.
    #[test]
    fn days_since_the_last_order_agree_between_rooms() {
        use crate::analysis::{Input, registry};
        use crate::fact::Cache;
        use crate::table::Series;
        let sample = crate::analysis::contract::orders();
        let (table, roles) = (sample.table(), sample.roles());
        let facts = Facts::from_table(&table, &roles, Refunds::Net).expect("orders");
        let run = |id: &str| {
            let input = Input { table: &table, roles: &roles, filter: None, facts: &Cache::default() };
            let entry = registry().into_iter().find(|e| (e.meta)().id == id).expect("a room");
            (entry.run)(&input, &json!({})).expect("runs").frame
        };
        let (rfm, churn) = (run("rfm"), run("churn"));
        let text = |f: &crate::table::Frame, name: &str| match f.get(name) {
            Some(Series::Text(v)) => v.iter().flatten().cloned().collect::<Vec<_>>(),
            Some(Series::Names(v)) => v.iter().map(String::from).collect(),
            _ => panic!("no {name}"),
        };
        let days = match rfm.get("recency_days") {
            Some(Series::Integer(v)) => v.iter().map(|d| f64::from(*d)).collect::<Vec<_>>(),
            Some(Series::Number(v)) => v.to_vec(),
            _ => panic!("no recency"),
        };
        let Some(Series::Number(late)) = churn.get("lateness") else { panic!("no lateness") };
        let (names, watched) = (text(&rfm, "customer"), text(&churn, "customer"));
        let mut seen = 0;
        for (id, recency) in names.iter().zip(days) {
            let page = record(&table, &roles, &facts, id).expect("a page");
            assert_eq!(page["recency_days"].as_f64(), Some(recency), "{id}");
            let at = watched.iter().position(|w| w == id).expect("watched");
            if let Some(gap) = page["median_gap_days"].as_f64().filter(|g| *g > 0.0) {
                assert!((late[at] * gap - recency).abs() < 1e-9, "{id}: {} {gap} {recency}", late[at]);
                seen += 1;
            }
        }
        assert!(seen > 20);
    }

    #[test]
    fn who_has_no_order_is_an_error_in_words() {
        let (table, roles) = shop();
        let facts = Facts::from_table(&table, &roles, Refunds::Net).expect("orders");
        assert_eq!(record(&table, &roles, &facts, "nobody").expect_err("not there").code, Code::NoRows);
    }
}

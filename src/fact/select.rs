//! The filter of the contract: JSON → bitmap of rows.
//!
//! `{ and|or: [f, …] }`, `{ not: f }`, `{ column|role, in|not_in|eq|ne|gt|ge|lt|le|between|present: … }`,
//! `{ customers: [ids] }`, `{ expr: 'monetary > 1000 and channel = "app"' }`. A missing value passes only
//! `present: false`; `not` keeps exactly the rows its inside drops.

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use serde_json::Value;

use super::cache::{Facts, SomeOrders};
use super::ids::Keys;
use super::{Cache, Refunds, expr, filter};
use crate::error::{Error, Result};
use crate::role::{OrderKey, Role, Roles};
use crate::table::filter::{Scalar, Test, days, matches, texts};
use crate::table::{Column, Mask, Table, Type};

/// What a filter may look at.
pub struct Scope<'a> {
    pub table: &'a Table,
    pub roles: &'a Roles,
    /// Customer facts in expressions are those of the whole table, refunds netted.
    pub facts: &'a Cache,
}

type Map = serde_json::Map<String, Value>;

/// The rows a filter keeps; `None` for no filter (`null` or `{}`).
pub fn mask(filter: &Value, scope: &Scope<'_>) -> Result<Option<Mask>> {
    if is_none(filter) {
        return Ok(None);
    }
    evaluate(filter, scope.table.rows, &|asked| {
        Ok(Some(match asked {
            Asked::Leaf(map) => leaf(map, scope)?,
            Asked::Customers(list) => customers(list, scope)?,
            Asked::Expr(text) => expr::mask(text, scope)?,
        }))
    })
}

/// The orders of the rows a filter keeps, without their lines: for a question that is asked once, as while a filter is dragged.
pub fn orders(filter: &Value, scope: &Scope<'_>, refunds: Refunds) -> Result<SomeOrders> {
    let whole = scope.facts.get(scope.table, scope.roles, None, refunds)?;
    if let Some(kept) = groups(filter, scope, &whole)? {
        return Ok(SomeOrders::Made(Box::new(filter::whole_orders(&whole, &kept))));
    }
    let Some(mask) = mask(filter, scope)? else { return Ok(SomeOrders::Kept(whole)) };
    Ok(match scope.facts.known(&mask, refunds) {
        Some(facts) => SomeOrders::Kept(facts),
        None => SomeOrders::Made(Box::new(filter::orders(&whole, &mask))),
    })
}

/// The orders, and behind them the refunds, that a filter keeps where it asks for nothing but what is true of an order as a whole:
/// a quarter of the rows to look at, or less. `None` where it asks for more, and for no filter.
pub(super) fn groups(filter: &Value, scope: &Scope<'_>, facts: &Facts) -> Result<Option<Mask>> {
    if is_none(filter) {
        return Ok(None);
    }
    evaluate(filter, facts.orders.len() + facts.orders.refunds.len(), &|asked| match asked {
        Asked::Leaf(map) => leaf_of_orders(map, scope, facts),
        Asked::Customers(_) | Asked::Expr(_) => Ok(None),
    })
}

fn is_none(filter: &Value) -> bool {
    filter.is_null() || filter.as_object().is_some_and(Map::is_empty)
}

/// What a filter asks of the data, before `and`, `or` and `not`.
enum Asked<'a> {
    Leaf(&'a Map),
    Customers(&'a Value),
    Expr(&'a str),
}

/// A filter on `n` things, of which `answer` knows which have what is asked; `None` when it does not know.
fn evaluate(filter: &Value, n: usize, answer: &dyn Fn(Asked<'_>) -> Result<Option<Mask>>) -> Result<Option<Mask>> {
    let Value::Object(map) = filter else {
        return Err(bad("a filter is an object", "筛选条件应为对象"));
    };
    if map.contains_key("column") || map.contains_key("role") {
        return answer(Asked::Leaf(map));
    }
    let mut entries = map.iter();
    let (Some((key, inner)), None) = (entries.next(), entries.next()) else {
        return Err(bad(
            format!("one of and, or, not, customers, expr stands alone in a filter; here: {}", keys(map)),
            format!("and、or、not、customers、expr 只能单独出现，此处为：{}", keys(map)),
        ));
    };
    match key.as_str() {
        "and" => fold(inner, n, answer, true),
        "or" => fold(inner, n, answer, false),
        "not" => Ok(evaluate(inner, n, answer)?.map(|m| !&m)),
        "customers" => answer(Asked::Customers(inner)),
        "expr" => match inner {
            Value::String(text) => answer(Asked::Expr(text)),
            _ => Err(bad("`expr` is a text", "`expr` 应为文本")),
        },
        other => Err(bad(format!("a filter has no `{other}`"), format!("筛选条件中没有 `{other}`"))),
    }
}

fn fold(list: &Value, n: usize, answer: &dyn Fn(Asked<'_>) -> Result<Option<Mask>>, all: bool) -> Result<Option<Mask>> {
    let Value::Array(list) = list else {
        return Err(bad("`and` and `or` take a list of filters", "`and`、`or` 需要一组筛选条件"));
    };
    let mut out = if all { BooleanBuffer::new_set(n) } else { BooleanBuffer::new_unset(n) };
    for filter in list {
        let Some(next) = evaluate(filter, n, answer)? else { return Ok(None) };
        out = if all { &out & &next } else { &out | &next };
    }
    Ok(Some(out))
}

/// Rows of the named customers.
fn customers(list: &Value, scope: &Scope<'_>) -> Result<Mask> {
    let Some(ids) = scalars(list) else {
        return Err(bad("`customers` takes a list of ids", "`customers` 需要一组客户编号"));
    };
    let Some(column) = scope.roles.get(Role::Customer).and_then(|i| scope.table.columns.get(i)) else {
        return Err(bad("a set of customers needs a customer column", "按客户筛选需要先指定客户列"));
    };
    let wanted: std::collections::HashSet<String> = ids.iter().map(Scalar::text).collect();
    let keys = Keys::of(column);
    let pass: Vec<bool> = (0..keys.labels.len() as u32).map(|c| wanted.contains(keys.labels.get(c).as_ref())).collect();
    Ok(BooleanBuffer::collect_bool(scope.table.rows, |row| {
        pass.get(keys.codes[row] as usize).copied().unwrap_or(false)
    }))
}

fn leaf(map: &Map, scope: &Scope<'_>) -> Result<Mask> {
    let tests = tests(map)?;
    let subject = subject(map, scope)?;
    let mut out = subject.matches(&tests[0])?;
    for test in &tests[1..] {
        out = &out & &subject.matches(test)?;
    }
    Ok(out)
}

/// Of columns of more texts than this no dimension is made for a filter alone.
const MANY: usize = 1 << 16;

/// A leaf on the day of an order, or on a text that all lines of an order agree on.
fn leaf_of_orders(map: &Map, scope: &Scope<'_>, facts: &Facts) -> Result<Option<Mask>> {
    let tests = tests(map)?;
    let Subject::Column(column) = subject(map, scope)? else { return Ok(None) };
    let Some(at) = scope.table.columns.iter().position(|c| std::ptr::eq(c, column)) else { return Ok(None) };
    let of_orders = |test: &Test| {
        let orders = &facts.orders;
        if scope.roles.get(Role::Date) == Some(at) && matches!(column.kind, Type::Date | Type::Timestamp) {
            let all: Vec<i32> = orders.day.iter().copied().chain(orders.refunds.iter().map(|r| r.day)).collect();
            return days(test, all.into_iter());
        }
        if column.kind != Type::Text || column.dictionary.as_ref().is_none_or(|texts| texts.len() >= MANY) {
            return None;
        }
        let dimension = facts.dimension(column, at);
        let codes = dimension.orders.as_ref()?;
        let mut pass = texts(test, (0..dimension.labels.len() as u32).map(|k| dimension.labels.get(k)));
        pass.push(*test == Test::Present(false));
        Some(codes.mask(&pass))
    };
    let mut masks = tests.iter().map(of_orders);
    let first = masks.next().flatten();
    Ok(masks.fold(first, |out, next| Some(&out? & &next?)))
}

/// What a leaf asks of its column: at least one test.
fn tests(map: &Map) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    for (key, value) in map {
        let one =
            || scalar(value).ok_or_else(|| bad(format!("`{key}` takes one value"), format!("`{key}` 需要一个值")));
        let many =
            || scalars(value).ok_or_else(|| bad(format!("`{key}` takes a list"), format!("`{key}` 需要一个列表")));
        tests.push(match key.as_str() {
            "column" | "role" => continue,
            "in" => Test::In(many()?),
            "not_in" => Test::NotIn(many()?),
            "eq" => Test::In(vec![one()?]),
            "ne" => Test::NotIn(vec![one()?]),
            "gt" => Test::Gt(one()?),
            "ge" => Test::Ge(one()?),
            "lt" => Test::Lt(one()?),
            "le" => Test::Le(one()?),
            "between" => match many()?.as_slice() {
                [a, b] => Test::Between(a.clone(), b.clone()),
                _ => return Err(bad("`between` takes two values", "`between` 需要两个值")),
            },
            "present" => match value {
                Value::Bool(yes) => Test::Present(*yes),
                _ => return Err(bad("`present` is true or false", "`present` 只能是 true 或 false")),
            },
            other => return Err(bad(format!("a filter has no `{other}`"), format!("筛选条件中没有 `{other}`"))),
        });
    }
    if tests.is_empty() {
        return Err(bad("a column is named, but nothing is asked of it", "只指定了列，没有给出条件"));
    }
    Ok(tests)
}

/// What a leaf tests: a column, or money computed from quantity and price.
enum Subject<'a> {
    Column(&'a Column),
    Numbers(Vec<f64>),
}

impl Subject<'_> {
    fn matches(&self, test: &Test) -> Result<Mask> {
        match self {
            Subject::Column(column) => matches(column, test),
            Subject::Numbers(values) => {
                let scalars =
                    test.numbers().ok_or_else(|| bad("the amount compares with numbers", "金额只能与数字比较"))?;
                Ok(BooleanBuffer::collect_bool(values.len(), |i| test.number(values[i], &scalars)))
            }
        }
    }
}

fn subject<'a>(map: &Map, scope: &Scope<'a>) -> Result<Subject<'a>> {
    match (map.get("column"), map.get("role")) {
        (Some(Value::String(name)), None) => Ok(Subject::Column(scope.table.column(name)?)),
        (None, Some(role)) => by_role(role, scope),
        _ => Err(bad("a filter names a column or a role, as a text", "筛选条件应以文本指定一列或一个用途")),
    }
}

fn by_role<'a>(value: &Value, scope: &Scope<'a>) -> Result<Subject<'a>> {
    let role: Role = serde_json::from_value(value.clone())
        .map_err(|_| bad(format!("there is no role {value}"), format!("没有名为 {value} 的用途")))?;
    if let Some(column) = role_column(role, scope) {
        return Ok(Subject::Column(column));
    }
    if role == Role::Amount
        && let Some(numbers) = super::build::amounts(scope.table, scope.roles)?
    {
        return Ok(Subject::Numbers(numbers));
    }
    let id = role.id();
    Err(bad(format!("no column has the role {id}"), format!("没有列被指定为 {id}")))
}

/// The column of a role; the order's when its key is one column.
pub fn role_column<'a>(role: Role, scope: &Scope<'a>) -> Option<&'a Column> {
    let key = match (&scope.roles.order, role) {
        (OrderKey::Columns(list), Role::Order) if list.len() == 1 => list.first().copied(),
        _ => None,
    };
    key.or(scope.roles.get(role)).and_then(|i| scope.table.columns.get(i))
}

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::String(t) => Some(Scalar::Text(t.clone())),
        Value::Number(n) => n.as_f64().map(Scalar::Number),
        Value::Bool(b) => Some(Scalar::Bool(*b)),
        _ => None,
    }
}

fn scalars(value: &Value) -> Option<Vec<Scalar>> {
    value.as_array()?.iter().map(scalar).collect()
}

fn keys(map: &Map) -> String {
    map.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

pub(super) fn bad(en: impl std::fmt::Display, zh: impl std::fmt::Display) -> Error {
    Error::bad_param("filter", en, zh)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Code;
    use crate::table::Cells;

    fn data() -> (Table, Roles) {
        let text = |list: &[&str]| Cells::Text(list.iter().map(|s| (!s.is_empty()).then(|| s.to_string())).collect());
        let table = Table::from_cells(vec![
            ("who", Cells::Integer(vec![Some(7), Some(8), Some(7), None, Some(9)])),
            ("day", Cells::Date(vec![Some(0), Some(1), Some(20), Some(3), None])),
            ("money", Cells::Decimal(vec![Some(1000), Some(500), Some(2000), Some(100), Some(1)], 1)),
            ("channel", text(&["app", "web", "web", "", "app"])),
            ("on sale", text(&["yes", "no", "yes", "no", "no"])),
        ]);
        let columns = [(Role::Customer, 0), (Role::Date, 1), (Role::Amount, 2), (Role::Channel, 3)];
        (table, Roles { columns: columns.into_iter().collect(), ..Roles::default() })
    }

    fn kept(filter: Value) -> Result<Vec<usize>> {
        let (table, roles) = data();
        let scope = Scope { table: &table, roles: &roles, facts: &Cache::default() };
        Ok(mask(&filter, &scope)?.map_or((0..5).collect(), |m| m.set_indices().collect()))
    }

    #[test]
    fn leaves_join_with_and_or_not() {
        let app = json!({ "role": "channel", "in": ["app"] });
        let rich = json!({ "column": "money", "ge": 100 });
        assert_eq!(kept(app.clone()).unwrap(), [0, 4]);
        assert_eq!(kept(json!({ "and": [app, rich] })).unwrap(), [0]);
        assert_eq!(kept(json!({ "or": [app, rich] })).unwrap(), [0, 2, 4]);
        assert_eq!(kept(json!({ "not": app })).unwrap(), [1, 2, 3], "a missing channel is not app");
        assert_eq!(kept(json!({ "column": "channel", "ne": "app" })).unwrap(), [1, 2], "but it passes no comparison");
        assert_eq!(kept(json!({ "column": "money", "gt": 10, "lt": 200 })).unwrap(), [0, 1]);
        assert_eq!(kept(json!({})).unwrap().len(), 5);
        assert_eq!(kept(json!({ "and": [] })).unwrap().len(), 5);
        assert_eq!(kept(json!({ "or": [] })).unwrap().len(), 0);
    }

    #[test]
    fn dates_customers_and_presence() {
        assert_eq!(kept(json!({ "role": "date", "between": ["1970-01-02", "1970-01-04"] })).unwrap(), [1, 3]);
        assert_eq!(kept(json!({ "role": "date", "present": false })).unwrap(), [4]);
        assert_eq!(kept(json!({ "customers": ["7", 9] })).unwrap(), [0, 2, 4]);
    }

    #[test]
    fn expressions_read_columns_and_customer_facts() {
        assert_eq!(kept(json!({ "expr": "monetary > 100 and channel = \"web\"" })).unwrap(), [2]);
        assert_eq!(kept(json!({ "expr": "not (`on sale` = 'yes') or frequency >= 2" })).unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(kept(json!({ "expr": "money * 2 + 1 >= 201" })).unwrap(), [0, 2]);
        assert_eq!(kept(json!({ "expr": "channel in (\"app\", \"x\")" })).unwrap(), [0, 4]);
        assert_eq!(
            kept(json!({ "expr": "channel is missing or day between '1970-01-01' and '1970-01-02'" })).unwrap(),
            [0, 1, 3]
        );
        assert_eq!(kept(json!({ "expr": "amount != 50" })).unwrap(), [0, 2, 3, 4]);
        assert_eq!(kept(json!({ "expr": "recency_days <= 2 and who not in (8)" })).unwrap(), [0, 2]);
    }

    #[test]
    fn errors_say_where() {
        let err = |e: &str| kept(json!({ "expr": e })).unwrap_err();
        assert!(err("money > ").message.en.contains("at the end"), "{}", err("money > "));
        assert!(err("money >> 3").message.en.contains("character 8"), "{}", err("money >> 3"));
        assert!(err("(money > 3").message.en.contains(")"), "{}", err("(money > 3"));
        assert_eq!(err("nothing = 3").code, Code::UnknownColumn);
        assert!(err("money > 'abc'").code == Code::WrongType);
        assert!(err("monetary > 'abc'").remedy.en.contains("without quotes"), "{}", err("monetary > 'abc'"));
        assert!(err("channel = app").remedy.en.contains("\"app\""), "{}", err("channel = app"));
        assert!(!err("app = 'channel'").remedy.en.contains("quotes"), "{}", err("app = 'channel'"));
        assert!(err("channel + 1 > 2").code == Code::WrongType);
        assert_eq!(kept(json!({ "column": "x", "eq": 1 })).unwrap_err().code, Code::UnknownColumn);
        assert_eq!(kept(json!({ "column": "money", "about": 1 })).unwrap_err().code, Code::BadParam);
        assert_eq!(kept(json!({ "column": "money" })).unwrap_err().code, Code::BadParam);
        assert_eq!(kept(json!([1])).unwrap_err().code, Code::BadParam);
        assert_eq!(kept(json!({ "and": [], "or": [] })).unwrap_err().code, Code::BadParam);
    }
}

//! What was done to a table, as steps that can be undone, redone and replayed on another file.

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::role::{Given, OrderKey, Role, Tests};
use crate::table::{Table, Type};

/// The choices in force; a table's state is always a function of the file and these.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    pub given: Given,
    /// Types that differ from those found when reading, by column.
    pub types: Vec<(usize, Type)>,
}

/// One step, as the recipe shows it, and the choices after it.
#[derive(Clone, Debug)]
pub struct Step {
    pub shown: Value,
    pub after: Choices,
}

/// Reads `{ role: column | null, order: column | [columns] | { each }, tests: "keep" | "drop" }` into `given`.
pub fn assign(given: &mut Given, table: &Table, roles: &Value) -> Result<()> {
    let wanted = roles
        .as_object()
        .ok_or_else(|| Error::bad_param("roles", "is not an object", "应为对象").remedy(REMEDY.0, REMEDY.1))?;
    for (name, target) in wanted {
        if name == "tests" {
            given.tests = match target.as_str() {
                None if target.is_null() => Tests::Keep,
                Some("keep") => Tests::Keep,
                Some("drop") => Tests::Drop,
                _ => {
                    return Err(Error::bad_param(
                        "tests",
                        "is neither \"keep\" nor \"drop\"",
                        "应为 \"keep\" 或 \"drop\"",
                    )
                    .remedy(
                        "Say \"drop\" to leave out lines that look like tests of the shop, \"keep\" to count them.",
                        "\"drop\" 剔除疑似测试记录，\"keep\" 计入。",
                    ));
                }
            };
            continue;
        }
        let role: Role = serde_json::from_value(json!(name)).map_err(|_| {
            Error::bad_param("roles", format!("there is no role “{name}”"), format!("没有角色「{name}」"))
                .remedy(REMEDY.0, REMEDY.1)
        })?;
        // A role that is named anew loses what it was before.
        given.columns.remove(&role);
        if role == Role::Order {
            given.order = None;
        }
        match target {
            Value::Null => {
                given.columns.insert(role, None);
            }
            Value::String(column) => {
                let at = position(table, column)?;
                // Two columns never take one role, and a column never two.
                given.columns.retain(|_, c| *c != Some(at));
                given.columns.insert(role, Some(at));
            }
            Value::Array(columns) if role == Role::Order => {
                let at =
                    columns.iter().map(|c| position(table, c.as_str().unwrap_or_default())).collect::<Result<_>>()?;
                given.order = Some(OrderKey::Columns(at));
                given.columns.insert(role, None);
            }
            Value::Object(each) if role == Role::Order => {
                given.order = Some(match each.get("each").and_then(Value::as_str) {
                    Some("row") => OrderKey::Row,
                    Some("customer_day") => OrderKey::CustomerDay,
                    _ => return Err(bad_target(name)),
                });
                given.columns.insert(role, None);
            }
            _ => return Err(bad_target(name)),
        }
    }
    Ok(())
}

const REMEDY: (&str, &str) = (
    "Give an object such as { customer: \"column name\", date: \"column name\", amount: null }.",
    "请给出对象，如 { customer: \"列名\", date: \"列名\", amount: null }。",
);

fn bad_target(role: &str) -> Error {
    Error::bad_param(
        "roles",
        format!(
            "“{role}” takes a column name or null (order also a list of columns, or {{ each: \"row\" | \"customer_day\" }})"
        ),
        format!("「{role}」应为列名或 null（order 还可以是列名数组，或 {{ each: \"row\" | \"customer_day\" }}）"),
    )
}

fn position(table: &Table, column: &str) -> Result<usize> {
    table.column(column)?;
    table.position(column).ok_or_else(|| Error::unknown_column(column, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::table::Cells;

    fn table() -> Table {
        Table::from_cells(vec![("a", Cells::Integer(vec![Some(1)])), ("b", Cells::Integer(vec![Some(2)]))])
    }

    #[test]
    fn a_column_takes_one_role_and_a_role_one_column() {
        let mut given = Given::default();
        assign(&mut given, &table(), &json!({ "customer": "a" })).expect("both are known");
        assign(&mut given, &table(), &json!({ "order": "a", "date": "b" })).expect("both are known");
        assert_eq!(given.columns.get(&Role::Customer), None, "help: the column moved to another role");
        assert_eq!(given.columns.get(&Role::Order), Some(&Some(0)));
        assign(&mut given, &table(), &json!({ "order": { "each": "row" } })).expect("a known form");
        assert_eq!(given.order, Some(OrderKey::Row));
        assert_eq!(given.columns.get(&Role::Order), Some(&None));
    }

    #[test]
    fn unknown_names_are_refused_with_a_remedy() {
        let mut given = Given::default();
        let role = assign(&mut given, &table(), &json!({ "buyer": "a" })).expect_err("no such role");
        assert_eq!(role.code, Code::BadParam);
        let column = assign(&mut given, &table(), &json!({ "customer": "z" })).expect_err("no such column");
        assert_eq!(column.code, Code::UnknownColumn);
        assert!(column.remedy.en.contains("a, b"));
    }
}

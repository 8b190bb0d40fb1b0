use super::*;
use crate::analysis::Input;
use crate::error::Code;
use crate::fact::Cache;
use crate::role::Roles;
use crate::table::{Cells, Table};

fn text(cells: &[&str]) -> Cells {
    Cells::Text(cells.iter().map(|c| (!c.is_empty()).then(|| c.to_string())).collect())
}

fn table() -> Table {
    let mut paid = crate::table::Column::from_cells(
        "paid",
        Cells::Boolean(vec![Some(true), Some(false), None, Some(true), Some(false), Some(true)]),
    );
    paid.spelling = ["No".into(), "Yes".into()];
    let mut table = Table::from_cells(vec![
        ("who", text(&["a", "a", "b", "b", "c", "c"])),
        ("price", Cells::Number(vec![Some(1.0), Some(2.0), Some(4.0), None, Some(0.0), Some(10.0)])),
        ("plan b", text(&["gold", "basic", "", "gold", "rare", "basic"])),
        ("day", Cells::Date(vec![Some(0), Some(10), Some(3), Some(4), Some(5), Some(6)])),
        ("code", Cells::Integer(vec![Some(1), Some(0), Some(1), Some(2), Some(0), Some(1)])),
    ]);
    table.columns.push(paid);
    table
}

fn with<T>(roles: &[(Role, usize)], f: impl FnOnce(&Input<'_>) -> T) -> T {
    let table = table();
    let roles = Roles { columns: roles.iter().copied().collect(), ..Roles::default() };
    let facts = Cache::default();
    f(&Input { table: &table, roles: &roles, filter: None, facts: &facts })
}

fn col(json: &str) -> Col {
    serde_json::from_str(json).unwrap()
}

fn one(json: &str) -> Result<Resolved> {
    let col = col(json);
    with(&[], |input| resolve(input, &[&col], Options { keep_missing: true, ..Options::default() }))
}

fn numbers(json: &str) -> Vec<f64> {
    one(json).unwrap().variables[0].numbers().unwrap().to_vec()
}

#[test]
fn every_form_of_the_contract_reads_and_writes() {
    for json in [
        r#""tenure""#,
        r#"{"role":"amount"}"#,
        r#"{"column":"x","equals":"Yes"}"#,
        r#"{"column":"x","equals":[1.0,"b"]}"#,
        r#"{"column":"x","as":"category","baseline":"a","min_count":3,"missing":"level","name":"y"}"#,
        r#"{"column":"x","order":["low","high"]}"#,
        r#"{"expr":"a * 2"}"#,
        r#"{"fact":"monetary"}"#,
    ] {
        let read = col(json);
        let again: Col = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(read, again, "{json}");
        assert!(read.check("x").is_ok(), "{json}");
    }
    let wrong = serde_json::from_str::<Col>(r#"{"colum":"x"}"#).unwrap_err().to_string();
    assert!(wrong.starts_with("unknown field `colum`"), "{wrong}");
    assert_eq!(col(r#"{"column":"x","expr":"y"}"#).check("measure").unwrap_err().code, Code::BadParam);
}

#[test]
fn cells_equal_a_value_by_print_by_number_and_by_truth() {
    let nan = |v: Vec<f64>| v.into_iter().map(|x| if x.is_nan() { -1.0 } else { x }).collect::<Vec<_>>();
    assert_eq!(nan(numbers(r#"{"column":"code","equals":1}"#)), [1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(nan(numbers(r#"{"column":"code","equals":["1","2"]}"#)), [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(nan(numbers(r#"{"column":"price","equals":10}"#)), [0.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
    assert_eq!(nan(numbers(r#"{"column":"paid","equals":"Yes"}"#)), [1.0, 0.0, -1.0, 1.0, 0.0, 1.0]);
    assert_eq!(nan(numbers(r#"{"column":"paid","equals":true}"#)), [1.0, 0.0, -1.0, 1.0, 0.0, 1.0]);
    let yes = YesNo(col(r#""paid""#));
    let values = with(&[], |i| resolve(i, &[&yes.col()], Options::default())).unwrap();
    assert_eq!(YesNo::values(&values.variables[0]).unwrap(), [1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(values.left_out[0].rows, 1);
}

#[test]
fn formulas_follow_the_rules_of_arithmetic() {
    let value = |text: &str| Expr::parse(text).unwrap().at(0, &|name, _| if name == "a b" { 3.0 } else { 2.0 });
    assert_eq!(value("1 + 2 * 3 - 4 / 2"), 5.0);
    assert_eq!(value("-(1 + x) * -2"), 6.0);
    assert_eq!(value("`a b` / x"), 1.5);
    assert_eq!(value("round(2.5) + abs(-1) + sqrt(16)"), 8.0);
    assert_eq!(value("log1p(0) + ln(1)"), 0.0);
    assert_eq!(value("1e3 + 1.5E-1"), 1000.15);
    assert_eq!(value("单价 * 3"), 6.0);
    assert_eq!(value("8 - 4 - 2"), 2.0);
    assert_eq!(value("8 / 4 / 2"), 1.0);
}

#[test]
fn a_bad_formula_says_where() {
    for (text, at) in
        [("1 +", 4), ("price * (2", 11), ("foo(1)", 1), ("a b", 3), ("`open", 1), ("2..3", 1), ("a ^ 2", 3), ("", 1)]
    {
        let error = Expr::parse(text).unwrap_err();
        assert_eq!(error.code, Code::BadParam);
        assert!(error.message.en.contains(&format!("at character {at}:")), "{text}: {}", error.message.en);
    }
    let deep = "(".repeat(5000);
    assert!(Expr::parse(&deep).is_err());
}

#[test]
fn formulas_of_columns_leave_out_what_is_no_number() {
    assert_eq!(numbers(r#"{"expr":"price * 2"}"#)[..3], [2.0, 4.0, 8.0]);
    assert!(numbers(r#"{"expr":"ln(price)"}"#)[4].is_nan(), "ln 0 does not exist");
    let c = col(r#"{"expr":"1 / price"}"#);
    let kept = with(&[], |i| resolve(i, &[&c], Options::default())).unwrap();
    assert_eq!((kept.keys.clone(), kept.left_out[0].rows), (vec![0, 1, 2, 5], 2));
    assert_eq!(one(r#"{"expr":"nowhere + 1"}"#).err().unwrap().code, Code::UnknownColumn);
}

#[test]
fn categories_are_coded_against_a_named_baseline() {
    let names = |json: &str| -> Vec<String> {
        let c = col(json);
        let r = with(&[], |i| resolve(i, &[&c], Options::default())).unwrap();
        code(&r.variables, false).unwrap().terms.into_iter().map(|t| t.name).collect()
    };
    assert_eq!(names(r#""plan b""#), ["plan b=gold", "plan b=rare"]);
    assert_eq!(names(r#"{"column":"plan b","baseline":"rare","name":"p"}"#), ["p=basic", "p=gold"]);
    assert_eq!(names(r#"{"column":"plan b","min_count":2}"#), ["plan b=gold", "plan b=~other"]);
    assert_eq!(names(r#"{"column":"plan b","missing":"level"}"#), ["plan b=gold", "plan b=rare", "plan b=~missing"]);
    assert_eq!(names(r#"{"column":"plan b","missing":"other","min_count":2}"#), ["plan b=gold", "plan b=~other"]);
    assert_eq!(names(r#""paid""#), ["paid=Yes"]);
    assert_eq!(names(r#""price""#), ["price"]);
    let c = col(r#"{"column":"plan b","baseline":"silver"}"#);
    let r = with(&[], |i| resolve(i, &[&c], Options::default())).unwrap();
    assert_eq!(code(&r.variables, false).err().unwrap().code, Code::BadParam);
}

#[test]
fn ordered_levels_are_their_places() {
    let v = numbers(r#"{"column":"plan b","order":["rare","basic","gold"]}"#);
    assert_eq!((v[0], v[1], v[2].is_nan(), v[4]), (2.0, 1.0, true, 0.0));
    assert_eq!(one(r#"{"column":"plan b","order":["rare","basic"]}"#).err().unwrap().code, Code::BadParam);
}

#[test]
fn a_fact_makes_the_customer_the_unit() {
    let roles = [(Role::Customer, 0), (Role::Date, 3), (Role::Amount, 1), (Role::Product, 2)];
    let cols = [
        col(r#"{"fact":"frequency"}"#),
        col(r#"{"fact":"recency_days"}"#),
        col(r#""code""#),
        col(r#"{"fact":"products"}"#),
    ];
    let refs: Vec<&Col> = cols.iter().collect();
    let r = with(&roles, |i| resolve(i, &refs, Options::default())).unwrap();
    assert_eq!(r.unit, Unit::Customer);
    assert_eq!(r.customer_ids().unwrap(), ["a", "b", "c"]);
    assert_eq!(r.variables[0].numbers().unwrap(), [2.0, 1.0, 2.0], "the line without an amount is in no order");
    assert_eq!(r.variables[1].numbers().unwrap(), [1.0, 8.0, 5.0]);
    assert_eq!(r.variables[2].numbers().unwrap(), [0.0, 1.0, 1.0], "the latest line's");
    let missing = with(&[], |i| resolve(i, &[&cols[0]], Options::default()));
    assert_eq!(missing.err().unwrap().code, Code::MissingRole);
}

//! From `Col`s to numbers and categories of the rows, or of the customers, that have them all.

use std::rc::Rc;

use crate::analysis::{Input, LeftOut, missing_role};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Customers, Facts, Refunds, customers};
use crate::num::order::Order;
use crate::role::Role;
use crate::table::{Category, Column, Type};

use super::{Cell, Col, Expr, Fact, Kind, Missing, Spec, YesNo};

/// What one entry of the data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Row,
    Customer,
}

/// How to resolve.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Keep entries with missing values (numbers NaN, categories [`Category::MISSING`]).
    pub keep_missing: bool,
    /// The day of recency and tenure; default: the day after the last order.
    pub as_of: Option<i32>,
    pub refunds: Refunds,
    /// Customers are the unit even when no column is a fact.
    pub customers: bool,
    /// Numbers may be of any size: nothing is squared or multiplied.
    pub any_size: bool,
}

/// The values of one `Col`.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// NaN is missing.
    Number(Vec<f64>),
    /// Labels ascending by code point; [`Category::MISSING`] is missing.
    Category { codes: Vec<u32>, labels: Vec<String> },
}

impl Data {
    pub fn len(&self) -> usize {
        match self {
            Data::Number(v) => v.len(),
            Data::Category { codes, .. } => codes.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn is_missing(&self, i: usize) -> bool {
        match self {
            Data::Number(v) => v[i].is_nan(),
            Data::Category { codes, .. } => codes[i] == Category::MISSING,
        }
    }
    fn keep(&mut self, positions: &[u32]) {
        match self {
            Data::Number(v) => *v = positions.iter().map(|&i| v[i as usize]).collect(),
            Data::Category { codes, .. } => *codes = positions.iter().map(|&i| codes[i as usize]).collect(),
        }
    }
}

/// A resolved `Col`.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name results use: `name` of the `Col`, else the column, formula or fact.
    pub name: String,
    pub data: Data,
    /// The type of the table's column, where it is one.
    pub kind: Option<Type>,
    pub spec: Spec,
}

impl Variable {
    /// Levels of a category that stay after rare ones are merged; 0 for numbers.
    pub fn levels(&self) -> usize {
        let Data::Category { codes, labels } = &self.data else { return 0 };
        let mut counts = vec![0usize; labels.len()];
        codes.iter().for_each(|&c| {
            if let Some(n) = counts.get_mut(c as usize) {
                *n += 1;
            }
        });
        let least = self.spec.min_count.unwrap_or(0);
        counts.iter().filter(|n| **n > 0 && **n >= least).count()
    }
    /// Numbers, or a `wrong_type` error.
    pub fn numbers(&self) -> Result<&[f64]> {
        match &self.data {
            Data::Number(v) => Ok(v),
            Data::Category { .. } => Err(wrong_type(&self.name, "numbers", "数字")),
        }
    }
}

fn wrong_type(name: &str, en: &str, zh: &str) -> Error {
    Error::new(Code::WrongType, format!("“{name}” does not hold {en}"), format!("「{name}」不是{zh}"))
        .column(name)
        .remedy("Choose another column, or change the type of this one.", "请换一列，或更改此列的类型。")
}

/// Resolved columns, of equal length.
pub struct Resolved {
    pub unit: Unit,
    /// Row numbers in the file, or positions of customers, of the entries kept; ascending.
    pub keys: Vec<u32>,
    /// In the order of the `Col`s.
    pub variables: Vec<Variable>,
    pub left_out: Vec<LeftOut>,
    pub choices: Vec<Words>,
    facts: Option<Rc<Facts>>,
}

impl Resolved {
    pub fn n(&self) -> usize {
        self.keys.len()
    }
    /// Customer ids of the entries, when customers are the unit.
    pub fn customer_ids(&self) -> Option<Vec<String>> {
        let facts = self.facts.as_ref()?;
        Some(self.keys.iter().map(|&c| facts.orders.customer_id(c as usize).into_owned()).collect())
    }
    /// The first columns of a frame: `customer`, or `row`.
    pub fn key_series(&self) -> (&'static str, crate::table::Series) {
        match self.customer_ids() {
            Some(ids) => ("customer", crate::table::Series::Text(ids.into_iter().map(Some).collect())),
            None => ("row", crate::table::Series::Integer(self.keys.iter().map(|&r| r as i32).collect())),
        }
    }
    /// Keeps the entries at these positions (ascending).
    pub fn keep(&mut self, positions: &[u32]) {
        self.keys = positions.iter().map(|&i| self.keys[i as usize]).collect();
        self.variables.iter_mut().for_each(|v| v.data.keep(positions));
    }
}

/// Resolves `cols`. The unit is the customer when one of them is a fact; a column of the table is then that of the customer's latest line.
pub fn resolve(input: &Input<'_>, cols: &[&Col], options: Options) -> Result<Resolved> {
    let by_customer = options.customers || cols.iter().any(|c| c.is_fact());
    let source = if by_customer { Source::customers(input, options)? } else { Source::rows(input) };
    if source.picks.is_empty() {
        return Err(Error::new(Code::NoRows, "no rows are left to look at", "没有可供分析的行")
            .remedy("Loosen the filter.", "请放宽筛选条件。"));
    }
    let variables: Vec<Variable> = cols.iter().map(|c| source.variable(input, &c.spec())).collect::<Result<_>>()?;
    let mut resolved = Resolved {
        unit: if by_customer { Unit::Customer } else { Unit::Row },
        keys: match &source.facts {
            Some(_) => (0..source.picks.len() as u32).collect(),
            None => source.picks.clone(),
        },
        variables,
        left_out: source.facts.as_ref().map(|f| f.rows(true).1).unwrap_or_default(),
        choices: source.choices(cols),
        facts: source.facts,
    };
    if !options.any_size {
        resolved.variables.iter().try_for_each(within_reach)?;
    }
    if !options.keep_missing {
        let lacks = |v: &&Variable| (0..v.data.len()).all(|i| v.data.is_missing(i)) && drops(v);
        if let Some(v) = resolved.variables.iter().find(lacks) {
            return Err(empty(&v.name));
        }
        drop_missing(&mut resolved);
        if resolved.keys.is_empty() {
            return Err(Error::new(
                Code::NoRows,
                "no row has a value in every column asked for",
                "没有任何一行在所选各列都有值",
            )
            .remedy("Leave out the column with most missing values.", "请去掉缺失最多的列。"));
        }
    }
    Ok(resolved)
}

/// Whether an entry without a value of it is dropped.
fn drops(v: &Variable) -> bool {
    !matches!(v.data, Data::Category { .. }) || v.spec.missing.unwrap_or_default() == Missing::Drop
}

fn empty(name: &str) -> Error {
    Error::new(
        Code::NoRows,
        format!("“{name}” is empty: no row looked at has a value in it"),
        format!("「{name}」为空：所看的行在该列都没有值"),
    )
    .column(name)
    .remedy("Choose another column, or loosen the filter.", "请换一列，或放宽筛选条件。")
}

/// Numbers whose squares, summed over any table, stay within f64 and do not vanish.
const LARGEST: f64 = 1e100;

fn within_reach(v: &Variable) -> Result<()> {
    let Data::Number(values) = &v.data else { return Ok(()) };
    sizes(&v.name, values)
}

/// Refuses numbers that cannot be computed with.
pub fn sizes(name: &str, values: &[f64]) -> Result<()> {
    let largest = values.iter().copied().filter(|v| !v.is_nan()).fold(0.0f64, |a, v| a.max(v.abs()));
    let refuse = |en: String, zh: String| {
        Err(Error::new(Code::TooLarge, en, zh).column(name).remedy(
            "Correct the value, leave such rows out by a filter, or change the unit by a formula.",
            "请更正该值、用筛选去掉这些行，或用公式换一个单位。",
        ))
    };
    if largest > LARGEST {
        return refuse(
            format!("“{name}” holds {largest:e}: numbers beyond 1e100 cannot be computed with"),
            format!("「{name}」含有 {largest:e}：超过 1e100 的数无法计算"),
        );
    }
    if largest > 0.0 && largest < LARGEST.recip() {
        return refuse(
            format!("the largest number in “{name}” is {largest:e}: below 1e-100 nothing can be computed with"),
            format!("「{name}」中最大的数为 {largest:e}：小于 1e-100 的数无法计算"),
        );
    }
    Ok(())
}

/// Drops entries with a missing value; each is counted under the first column that lacks it.
fn drop_missing(resolved: &mut Resolved) {
    let n = resolved.n();
    let mut keep = vec![true; n];
    for v in &resolved.variables {
        let mut rows = 0;
        for (i, keep) in keep.iter_mut().enumerate() {
            if *keep && v.data.is_missing(i) && drops(v) {
                *keep = false;
                rows += 1;
            }
        }
        if rows > 0 {
            let reason = match v.spec.fact.filter(|_| v.spec.name.is_none()).map(Fact::words) {
                Some(fact) => Words::new(format!("{} not known", fact.en), format!("「{}」未知", fact.zh)),
                None => Words::new(format!("no value in {}", v.name), format!("「{}」无值", v.name)),
            };
            resolved.left_out.push(LeftOut { reason, rows });
        }
    }
    if keep.iter().any(|k| !k) {
        let positions: Vec<u32> = (0..n as u32).filter(|&i| keep[i as usize]).collect();
        resolved.keep(&positions);
    }
}

/// Where values come from: the table's rows that the filter keeps, or the latest row of each customer and the customer's facts.
struct Source {
    /// Row of each entry.
    picks: Vec<u32>,
    /// `picks` is every row of the table.
    whole: bool,
    facts: Option<Rc<Facts>>,
    summary: Option<Customers>,
}

impl Source {
    fn rows(input: &Input<'_>) -> Self {
        let rows = input.table.rows as u32;
        let picks = match input.filter {
            Some(mask) => mask.set_indices().map(|i| i as u32).collect(),
            None => (0..rows).collect(),
        };
        Self { whole: input.filter.is_none(), picks, facts: None, summary: None }
    }

    fn customers(input: &Input<'_>, options: Options) -> Result<Self> {
        let missing: Vec<Role> =
            [Role::Customer, Role::Date].into_iter().filter(|r| input.roles.get(*r).is_none()).collect();
        if !missing.is_empty() {
            let list = Role::list(&missing);
            let columns: Vec<&str> = input.table.columns.iter().map(|c| c.name.as_str()).collect();
            let columns = columns.join(", ");
            return Err(Error::new(
                Code::MissingRole,
                format!("customer facts need a column for: {}", list.en),
                format!("客户指标还需要指定：{}", list.zh),
            )
            .roles(missing.iter().map(|r| r.id()))
            .remedy(format!("Assign one of the columns: {columns}."), format!("请从这些列中指定：{columns}。")));
        }
        let facts = input.facts.get(input.table, input.roles, input.filter, options.refunds)?;
        facts.require_orders()?;
        let picks = (0..facts.orders.customers())
            .map(|c| {
                let orders = facts.orders.of(c);
                let last = orders.end.saturating_sub(1);
                facts.lines.of(last).last().and_then(|i| facts.lines.rows.get(i)).copied().unwrap_or(0)
            })
            .collect();
        let summary = customers(&facts.orders, options.as_of);
        Ok(Self { picks, whole: false, facts: Some(facts), summary: Some(summary) })
    }

    fn choices(&self, cols: &[&Col]) -> Vec<Words> {
        let mut out = self.facts.as_ref().map(|f| f.choices()).unwrap_or_default();
        if self.facts.is_some() && cols.iter().any(|c| !c.is_fact()) {
            out.push(Words::new(
                "columns of the table are those of the customer's latest line",
                "表中的列取该客户最近一行的值",
            ));
        }
        out
    }

    fn pick<T: Copy>(&self, all: Vec<T>) -> Vec<T> {
        if self.whole { all } else { self.picks.iter().filter_map(|&r| all.get(r as usize).copied()).collect() }
    }

    fn variable(&self, input: &Input<'_>, spec: &Spec) -> Result<Variable> {
        let (name, data, kind) = if let Some(text) = &spec.expr {
            (text.clone(), Data::Number(self.formula(input, text)?), None)
        } else if let Some(fact) = spec.fact {
            (fact.id().to_string(), Data::Number(self.fact(input, fact)?), None)
        } else if let Some(role) = spec.role {
            match input.roles.get(role).and_then(|i| input.table.columns.get(i)) {
                Some(column) => (column.name.clone(), self.column(column, spec)?, Some(column.kind)),
                None if role == Role::Amount => {
                    let part = |r| input.roles.get(r).and_then(|i| input.table.columns.get(i));
                    let (Some(quantity), Some(price)) = (part(Role::Quantity), part(Role::UnitPrice)) else {
                        return Err(missing_role(role, input.table));
                    };
                    let product = quantity.numbers()?.into_iter().zip(price.numbers()?).map(|(q, p)| q * p).collect();
                    ("amount".to_string(), Data::Number(self.pick(product)), None)
                }
                None => return Err(missing_role(role, input.table)),
            }
        } else {
            let name = spec.column.as_deref().unwrap_or_default();
            let column = input.table.column(name)?;
            (column.name.clone(), self.column(column, spec)?, Some(column.kind))
        };
        let data = match (&data, spec.kind) {
            (Data::Number(values), Some(Kind::Category)) if spec.expr.is_some() || spec.fact.is_some() => {
                categories(values.iter().map(|v| (!v.is_nan()).then(|| v.to_string())))
            }
            _ => data,
        };
        Ok(Variable { name: spec.name.clone().unwrap_or(name), data, kind, spec: spec.clone() })
    }

    fn column(&self, column: &Column, spec: &Spec) -> Result<Data> {
        if let Some(equals) = &spec.equals {
            return Ok(Data::Number(self.pick(equal(column, equals.list()))));
        }
        if let Some(wanted) = spec.present {
            let mut held: Vec<bool> = (0..column.len()).map(|row| !column.is_null(row)).collect();
            if let (Some(until), Type::Date | Type::Timestamp) = (spec.until, column.kind) {
                held.iter_mut().zip(column.days()?).for_each(|(held, day)| *held &= day <= until);
            }
            return Ok(Data::Number(self.pick(held.into_iter().map(|h| f64::from(u8::from(h == wanted))).collect())));
        }
        if let Some(order) = &spec.order {
            return self.ordered(column, order);
        }
        let by_type = if matches!(column.kind, Type::Text | Type::Boolean) { Kind::Category } else { Kind::Number };
        match spec.kind.unwrap_or(by_type) {
            Kind::Number => Ok(Data::Number(self.pick(numbers(column)?))),
            Kind::Category => {
                let Category { codes, labels } = column.category();
                Ok(sorted_categories(self.pick(codes), labels))
            }
        }
    }

    fn ordered(&self, column: &Column, order: &[Cell]) -> Result<Data> {
        let Category { codes, labels } = column.category();
        let levels: Vec<String> = order.iter().map(Cell::text).collect();
        let codes = self.pick(codes);
        let place: Vec<Option<usize>> = labels.iter().map(|l| levels.iter().position(|x| x == l)).collect();
        let mut out = Vec::with_capacity(codes.len());
        for code in codes {
            out.push(match (code != Category::MISSING).then(|| place.get(code as usize)).flatten() {
                None => f64::NAN,
                Some(Some(p)) => *p as f64,
                Some(None) => {
                    let level = labels.get(code as usize).cloned().unwrap_or_default();
                    return Err(Error::bad_param(
                        "order",
                        format!("the level “{level}” of “{}” is not in it", column.name),
                        format!("缺少「{}」的水平「{level}」", column.name),
                    )
                    .remedy(
                        "Add the level to `order`, or leave such rows out by a filter.",
                        "请在 order 中补上该水平，或用筛选去掉这些行。",
                    )
                    .column(&column.name));
                }
            });
        }
        Ok(Data::Number(out))
    }

    fn formula(&self, input: &Input<'_>, text: &str) -> Result<Vec<f64>> {
        let expr = Expr::parse(text)?;
        let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
        for name in expr.names() {
            let fact =
                Fact::ALL.iter().find(|f| f.0 == name && self.facts.is_some() && input.table.position(name).is_none());
            let values = match fact {
                Some(f) => self.fact(input, f.1)?,
                None => self.pick(numbers(input.table.column(name)?)?),
            };
            columns.push((name.to_string(), values));
        }
        let get = |name: &str| columns.iter().find(|c| c.0 == name).map(|c| c.1.clone()).unwrap_or_default();
        Ok(expr.values(self.picks.len(), &get))
    }

    fn fact(&self, input: &Input<'_>, fact: Fact) -> Result<Vec<f64>> {
        let (Some(facts), Some(summary)) = (&self.facts, &self.summary) else { return Ok(Vec::new()) };
        let money = |values: Vec<f64>| {
            if facts.orders.has_money() { Ok(values) } else { Err(missing_role(Role::Amount, input.table)) }
        };
        match fact {
            Fact::RecencyDays => Ok(summary.recency_days()),
            Fact::Frequency => Ok(summary.frequency()),
            Fact::Monetary => money(summary.monetary()),
            Fact::AverageOrderValue => money(summary.average_order_value()),
            Fact::TenureDays => Ok(summary.tenure_days()),
            Fact::GapDays => Ok(summary.gap_days()),
            Fact::Products => {
                let column = input.roles.get(Role::Product).and_then(|i| input.table.columns.get(i));
                let codes = column.ok_or_else(|| missing_role(Role::Product, input.table))?.category().codes;
                Ok(self.per_customer(facts, |rows| {
                    let mut list: Vec<u32> =
                        rows.filter_map(|r| codes.get(r).copied()).filter(|c| *c != Category::MISSING).collect();
                    list.sort_unstable();
                    list.dedup();
                    list.len() as f64
                }))
            }
            Fact::Quantity => {
                let column = input.roles.get(Role::Quantity).and_then(|i| input.table.columns.get(i));
                let values = column.ok_or_else(|| missing_role(Role::Quantity, input.table))?.numbers()?;
                Ok(self.per_customer(facts, |rows| {
                    crate::num::sum::sum_of(rows.filter_map(|r| values.get(r).copied()).filter(|v| !v.is_nan()))
                }))
            }
        }
    }

    /// `f` of the rows of each customer's orders.
    fn per_customer(&self, facts: &Facts, f: impl Fn(&mut dyn Iterator<Item = usize>) -> f64) -> Vec<f64> {
        (0..facts.orders.customers())
            .map(|c| {
                let mut rows = facts
                    .orders
                    .of(c)
                    .flat_map(|o| facts.lines.of(o))
                    .filter_map(|i| facts.lines.rows.get(i).map(|r| *r as usize));
                f(&mut rows)
            })
            .collect()
    }
}

/// Numbers of a column; dates count as days since 1970-01-01.
fn numbers(column: &Column) -> Result<Vec<f64>> {
    if matches!(column.kind, Type::Date | Type::Timestamp) {
        let day = |d: i32| if d == i32::MIN { f64::NAN } else { f64::from(d) };
        return Ok(column.days()?.into_iter().map(day).collect());
    }
    // A column without any value counts as text, which would be the wrong reason.
    column.numbers().or_else(|e| filled(column).and(Err(e)))
}

/// Refuses a column without any value: its type says nothing.
pub fn filled(column: &Column) -> Result<()> {
    if !column.is_empty() && (0..column.len()).all(|row| column.is_null(row)) {
        Err(empty(&column.name))
    } else {
        Ok(())
    }
}

/// 1 where the cell is one of `wanted`, by its print or, in a column of numbers, by its value.
fn equal(column: &Column, wanted: &[Cell]) -> Vec<f64> {
    let by_value = matches!(column.kind, Type::Integer | Type::Decimal);
    let texts: Vec<String> = wanted.iter().map(Cell::text).collect();
    let Category { codes, labels } = column.category();
    let truth = |c: &Cell, label: &str| {
        column.kind == Type::Boolean
            && matches!(c, Cell::Bool(b) if column.spelling.get(usize::from(*b)).is_some_and(|s| s == label))
    };
    let hit: Vec<f64> = labels
        .iter()
        .map(|label| {
            let value = if by_value { label.parse::<f64>().ok() } else { None };
            let is = texts.contains(label)
                || (value.is_some() && wanted.iter().any(|c| c.number() == value))
                || wanted.iter().any(|c| truth(c, label));
            f64::from(u8::from(is))
        })
        .collect();
    codes.into_iter().map(|c| hit.get(c as usize).copied().unwrap_or(f64::NAN)).collect()
}

/// Labels sorted by code point, those that no entry has left out.
fn sorted_categories(codes: Vec<u32>, labels: Vec<String>) -> Data {
    let mut used = vec![false; labels.len()];
    codes.iter().filter(|c| **c != Category::MISSING).for_each(|&c| used[c as usize] = true);
    let mut order: Vec<usize> = (0..labels.len()).filter(|&i| used[i]).collect();
    order.order_by(|&a, &b| labels[a].cmp(&labels[b]));
    let mut new = vec![Category::MISSING; labels.len()];
    for (place, &old) in order.iter().enumerate() {
        new[old] = place as u32;
    }
    let codes = codes.into_iter().map(|c| if c == Category::MISSING { c } else { new[c as usize] }).collect();
    Data::Category { codes, labels: order.into_iter().map(|i| labels[i].clone()).collect() }
}

fn categories(cells: impl Iterator<Item = Option<String>>) -> Data {
    let mut labels: Vec<String> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    let codes = cells
        .map(|cell| match cell {
            None => Category::MISSING,
            Some(text) => *seen.entry(text).or_insert_with_key(|text| {
                labels.push(text.clone());
                labels.len() as u32 - 1
            }),
        })
        .collect();
    sorted_categories(codes, labels)
}

impl YesNo {
    /// What it says where people read: the column, and the value that is the event unless it is only a yes.
    pub fn label(&self) -> String {
        let spec = self.0.spec();
        let name = self.0.label();
        match &spec.equals {
            Some(values) if spec.name.is_none() => {
                let list: Vec<String> = values.list().iter().map(super::Cell::text).collect();
                let yes = ["1", "y", "yes", "t", "true", "是", "有", "√"];
                if list.iter().all(|v| yes.contains(&v.to_lowercase().as_str())) {
                    name
                } else {
                    format!("{name} = {}", list.join(" / "))
                }
            }
            _ => name,
        }
    }

    /// The `Col` to resolve: read as a number, so that booleans become 0 and 1.
    pub fn col(&self) -> Col {
        let mut spec = self.0.spec();
        if spec.equals.is_none() && spec.order.is_none() && spec.present.is_none() {
            spec.kind = Some(Kind::Number);
        }
        Col::Spec(Box::new(spec))
    }

    /// Refuses the text column that was resolved from [`YesNo::col`] with what to write instead.
    pub fn explain(&self, error: Error) -> Error {
        if error.code != Code::WrongType {
            return error;
        }
        let name = self.0.label();
        not_yes_no(&name, "Yes")
    }

    /// The 0/1 values of a variable resolved from [`YesNo::col`] (NaN where missing): `wrong_type` when it holds anything else.
    pub fn values(variable: &Variable) -> Result<&[f64]> {
        match &variable.data {
            Data::Number(v) if v.iter().all(|v| v.is_nan() || *v == 0.0 || *v == 1.0) => Ok(v),
            Data::Number(_) => Err(not_yes_no(&variable.name, "1")),
            Data::Category { labels, .. } => {
                Err(not_yes_no(&variable.name, labels.last().map_or("Yes", String::as_str)))
            }
        }
    }
}

fn not_yes_no(name: &str, example: &str) -> Error {
    Error::new(
        Code::WrongType,
        format!("“{name}” is not yes/no: it holds values other than 0 and 1"),
        format!("「{name}」不是「是/否」列：含有 0 和 1 以外的值"),
    )
    .column(name)
    .remedy(
        format!("Say which value is yes: {{ \"column\": \"{name}\", \"equals\": \"{example}\" }}."),
        format!("请指明哪个值表示「是」：{{ \"column\": \"{name}\", \"equals\": \"{example}\" }}。"),
    )
}

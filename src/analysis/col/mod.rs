//! Columns in parameters: the contract's `Col`, resolved to numbers or categories, and coded for models.
//!
//! ```text
//! params ──Col──▶ resolve ──Variable──▶ code ──Term──▶ model matrix
//! ```
//!
//! `resolve` decides the unit (rows, or customers as soon as one column is a customer fact), applies the filter, drops rows with a missing
//! value and says how many; `code` turns categories into 0/1 terms with the contract's names.

mod code;
mod expr;
mod resolve;
pub mod show;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Words};
use crate::role::Role;

pub use code::{Coded, Coding, Term, code};
pub use expr::Expr;
pub use resolve::{Data, Options, Resolved, Unit, Variable, filled, resolve, sizes};

/// A column in parameters: its name, or an object that says which column and how it is meant.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Col {
    /// The column with this name.
    Name(String),
    Spec(Box<Spec>),
}

/// Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The column with this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "列名"))]
    pub column: Option<String>,
    /// The column with this role (for `amount` also quantity × unit price).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("x-zh" = "具有此用途的列（金额也可为数量 × 单价）"))]
    pub role: Option<Role>,
    /// A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "逐行计算的公式，如 price * 1.13"))]
    pub expr: Option<String>,
    /// A customer fact; the unit of analysis is then the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "客户指标；此时以客户为分析单位"))]
    pub fact: Option<Fact>,
    /// Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "是/否：单元格等于此值（或其中之一）记 1，否则记 0；缺失仍为缺失"))]
    pub equals: Option<OneOrMany>,
    /// Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "是/否：true 表示有值（如解约日期）记 1，false 表示空值记 1"))]
    pub present: Option<bool>,
    /// With `present` on a column of dates: later days count as empty. Set by the rooms, which know the day.
    #[serde(skip)]
    pub until: Option<i32>,
    /// As a number or as a category; by default text and booleans are categories, the rest numbers.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "作为数值或类别；默认文本与布尔为类别，其余为数值"))]
    pub kind: Option<Kind>,
    /// The level that has no coefficient of its own; by default the first by code point.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "基准水平；默认按字码排序的第一个"))]
    pub baseline: Option<Cell>,
    /// Levels from low to high, coded 0, 1, 2 ….
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "由低到高的水平，编码为 0、1、2 …"))]
    pub order: Option<Vec<Cell>>,
    /// Levels seen less often than this become `~other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "少于此次数的水平并入 ~other"))]
    pub min_count: Option<usize>,
    /// What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "类别缺失时：剔除该行、单列为 ~missing，或并入 ~other"))]
    pub missing: Option<Missing>,
    /// Names the coefficient, feature or frame column.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "系数、特征或结果列的名称"))]
    pub name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Number,
    Category,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    #[default]
    Drop,
    Level,
    Other,
}

/// A customer fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    RecencyDays,
    Frequency,
    Monetary,
    AverageOrderValue,
    TenureDays,
    GapDays,
    Products,
    Quantity,
}

impl Fact {
    pub const ALL: [(&'static str, Fact); 8] = [
        ("recency_days", Fact::RecencyDays),
        ("frequency", Fact::Frequency),
        ("monetary", Fact::Monetary),
        ("average_order_value", Fact::AverageOrderValue),
        ("tenure_days", Fact::TenureDays),
        ("gap_days", Fact::GapDays),
        ("products", Fact::Products),
        ("quantity", Fact::Quantity),
    ];
    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|f| f.1 == self).map_or("", |f| f.0)
    }
    /// What it is called where people read; the id stays in parameters and results.
    pub fn words(self) -> Words {
        let (en, zh) = match self {
            Fact::RecencyDays => ("days since the last order", "距上次购买天数"),
            Fact::Frequency => ("orders", "订单数"),
            Fact::Monetary => ("revenue", "消费金额"),
            Fact::AverageOrderValue => ("average order", "客单价"),
            Fact::TenureDays => ("days as a customer", "成为客户的天数"),
            Fact::GapDays => ("days between purchases", "购买间隔天数"),
            Fact::Products => ("different products", "商品种数"),
            Fact::Quantity => ("pieces bought", "购买件数"),
        };
        Words::new(en, zh)
    }
    /// Much or little of it, as a person says it: "few orders", "订单偏少".
    pub fn much(self, more: bool, very: bool) -> Words {
        let (en, [high, low], zh, [many, little]) = match self {
            Fact::RecencyDays => ("time since the last order", ["long", "short"], "距上次购买", ["久", "近"]),
            Fact::Frequency => ("orders", ["many", "few"], "订单", ["多", "少"]),
            Fact::Monetary => ("revenue", ["high", "low"], "消费", ["高", "低"]),
            Fact::AverageOrderValue => ("average order", ["high", "low"], "客单价", ["高", "低"]),
            Fact::TenureDays => ("time as a customer", ["long", "short"], "成为客户的时间", ["长", "短"]),
            Fact::GapDays => ("gaps between purchases", ["long", "short"], "购买间隔", ["长", "短"]),
            Fact::Products => ("different products", ["many", "few"], "商品种数", ["多", "少"]),
            Fact::Quantity => ("pieces bought", ["many", "few"], "购买件数", ["多", "少"]),
        };
        Words::new(
            format!("{}{} {en}", if very { "very " } else { "" }, if more { high } else { low }),
            format!("{zh}{}{}", if very { "很" } else { "偏" }, if more { many } else { little }),
        )
    }
}

/// How the columns of a result are called where people read: customer facts in words, a column of the table by its own name.
#[derive(Clone, Debug, Default)]
pub struct Labels(Vec<(String, Fact)>);

impl Labels {
    pub fn of<'a>(cols: impl IntoIterator<Item = &'a Col>) -> Self {
        let facts = cols.into_iter().map(Col::spec).filter(|s| s.name.is_none());
        Self(facts.filter_map(|s| s.fact.map(|f| (f.id().to_string(), f))).collect())
    }
    /// The customer fact of this name, unless the person's table calls a column so.
    pub fn fact(&self, name: &str) -> Option<Fact> {
        self.0.iter().find(|l| l.0 == name).map(|l| l.1)
    }
    /// A column or a term of a model (`column=level`).
    pub fn get(&self, name: &str) -> Words {
        if let Some(fact) = self.fact(name) {
            return fact.words();
        }
        match name.split_once('=').and_then(|(column, level)| Some((self.fact(column)?.words(), level))) {
            Some((words, level)) => Words::new(format!("{}={level}", words.en), format!("{}={level}", words.zh)),
            None => Words::same(name),
        }
    }
    /// The same as a token of a chart.
    pub fn token(&self, name: &str) -> serde_json::Value {
        let words = self.get(name);
        if words.en == words.zh { words.en.into() } else { crate::chart::words(words.en, words.zh) }
    }
    /// Several, as a list in a sentence.
    pub fn list<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Words {
        let all: Vec<Words> = names.into_iter().map(|n| self.get(n)).collect();
        let join = |f: fn(&Words) -> &str, by: &str| all.iter().map(f).collect::<Vec<_>>().join(by);
        Words::new(join(|w| &w.en, ", "), join(|w| &w.zh, "、"))
    }
    /// A term of a model with the sign of its weight before it: `+ Region=West`.
    pub fn term(&self, sign: &str, name: &str) -> serde_json::Value {
        let words = self.get(name);
        let (en, zh) = (format!("{sign} {}", words.en), format!("{sign} {}", words.zh));
        if en == zh { en.into() } else { crate::chart::words(en, zh) }
    }
    /// In quotes where it is a name of the person's own, bare where it is ours.
    pub fn quoted(&self, name: &str) -> Words {
        let words = self.get(name);
        if words.en == words.zh { Words::new(words.en, format!("「{}」", words.zh)) } else { words }
    }
}

/// A value as it may stand in parameters: text, a number or a truth value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Cell {
    Text(String),
    Bool(bool),
    Number(f64),
}

impl Cell {
    /// As a cell prints: `1`, `0.5`, `true`, the text.
    pub fn text(&self) -> String {
        match self {
            Cell::Text(t) => t.clone(),
            Cell::Bool(b) => b.to_string(),
            Cell::Number(v) => v.to_string(),
        }
    }
    /// As a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Text(t) => t.trim().parse().ok().filter(|v: &f64| v.is_finite()),
            Cell::Bool(_) => None,
            Cell::Number(v) => Some(*v),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    One(Cell),
    Many(Vec<Cell>),
}

impl OneOrMany {
    pub fn list(&self) -> &[Cell] {
        match self {
            OneOrMany::One(c) => std::slice::from_ref(c),
            OneOrMany::Many(list) => list,
        }
    }
}

/// A `Col` that is 0/1, boolean or of the `equals` or `present` form; 1 is the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct YesNo(pub Col);

// By hand, so that an unknown field is named instead of "did not match any variant".
impl<'de> Deserialize<'de> for Col {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Col;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a column name or an object such as { \"column\": \"…\" }")
            }
            fn visit_str<E: de::Error>(self, v: &str) -> std::result::Result<Col, E> {
                Ok(Col::Name(v.to_string()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Col, A::Error> {
                let spec = Spec::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Col::Spec(Box::new(spec)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl From<&str> for Col {
    fn from(name: &str) -> Self {
        Col::Name(name.to_string())
    }
}

impl Col {
    pub fn role(role: Role) -> Self {
        Col::Spec(Box::new(Spec { role: Some(role), ..Spec::default() }))
    }
    pub fn fact(fact: Fact) -> Self {
        Col::Spec(Box::new(Spec { fact: Some(fact), ..Spec::default() }))
    }
    /// The object form of either form.
    pub fn spec(&self) -> Spec {
        match self {
            Col::Name(name) => Spec { column: Some(name.clone()), ..Spec::default() },
            Col::Spec(spec) => spec.as_ref().clone(),
        }
    }
    pub fn is_fact(&self) -> bool {
        matches!(self, Col::Spec(spec) if spec.fact.is_some())
    }
    /// How to call it before it is resolved.
    pub fn label(&self) -> String {
        let spec = self.spec();
        spec.name
            .or(spec.column)
            .or(spec.expr)
            .or_else(|| spec.role.map(|r| r.id().to_string()))
            .or_else(|| spec.fact.map(|f| f.id().to_string()))
            .unwrap_or_default()
    }
    /// Refuses what names no column or several, and formulas that do not read; `param` is where it stands.
    pub fn check(&self, param: &str) -> Result<()> {
        let spec = self.spec();
        let sources = [spec.column.is_some(), spec.role.is_some(), spec.expr.is_some(), spec.fact.is_some()];
        if sources.iter().filter(|s| **s).count() != 1 {
            return Err(Error::bad_param(
                param,
                "name exactly one of column, role, expr and fact",
                "column、role、expr、fact 须且只能写一个",
            )
            .remedy("Write the name of a column, or one of the four forms.", "请写列名，或四种写法之一。"));
        }
        if let Some(text) = &spec.expr {
            Expr::parse(text).map_err(|e| e.param(param))?;
        }
        if spec.equals.as_ref().is_some_and(|e| e.list().is_empty()) {
            return Err(Error::bad_param(param, "`equals` is an empty list", "`equals` 为空")
                .remedy("Name the value that means yes.", "请写出表示「是」的值。"));
        }
        if spec.present.is_some() && (spec.equals.is_some() || spec.column.is_none() && spec.role.is_none()) {
            return Err(Error::bad_param(
                param,
                "`present` asks whether a cell of a column is filled, and stands alone",
                "`present` 只用于判断某列是否有值，不能与其他写法并用",
            )
            .remedy(
                "Write { \"column\": \"…\", \"present\": true }.",
                "请写作 { \"column\": \"…\", \"present\": true }。",
            ));
        }
        if spec.order.as_ref().is_some_and(|o| o.is_empty()) {
            return Err(Error::bad_param(param, "`order` is an empty list", "`order` 为空").remedy(
                "List the levels from low to high, or leave `order` out.",
                "请从低到高列出各水平，或不填 order。",
            ));
        }
        Ok(())
    }
}

/// [`Col::check`] of a list.
pub fn check_all(cols: &[Col], param: &str) -> Result<()> {
    cols.iter().try_for_each(|c| c.check(param))
}

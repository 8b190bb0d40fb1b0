//! Which column is the customer, the order, the date, the amount …

mod abroad;
mod guess;
pub mod naming;
mod profile;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Words;

pub use guess::{Candidate, Personal, candidates, guess, personal};
pub use profile::Profile;

/// What the values of every column look like; costs more than everything else here, so it is kept.
pub fn profiles(table: &crate::table::Table) -> Vec<Profile> {
    table.columns.iter().map(Profile::of).collect()
}

/// Names are part of the public API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Customer,
    Order,
    Date,
    Amount,
    Quantity,
    UnitPrice,
    Cost,
    Discount,
    Product,
    ProductName,
    Category,
    Channel,
    Region,
    Status,
    Segment,
    Name,
    Phone,
    Email,
    Text,
    Rating,
    Event,
    Session,
    Target,
}

impl Role {
    pub fn id(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Order => "order",
            Role::Date => "date",
            Role::Amount => "amount",
            Role::Quantity => "quantity",
            Role::UnitPrice => "unit_price",
            Role::Cost => "cost",
            Role::Discount => "discount",
            Role::Product => "product",
            Role::ProductName => "product_name",
            Role::Category => "category",
            Role::Channel => "channel",
            Role::Region => "region",
            Role::Status => "status",
            Role::Segment => "segment",
            Role::Name => "name",
            Role::Phone => "phone",
            Role::Email => "email",
            Role::Text => "text",
            Role::Rating => "rating",
            Role::Event => "event",
            Role::Session => "session",
            Role::Target => "target",
        }
    }

    /// What it is called where people read.
    pub fn words(self) -> Words {
        let (en, zh) = match self {
            Role::Customer => ("customer", "客户"),
            Role::Order => ("order", "订单号"),
            Role::Date => ("date", "日期"),
            Role::Amount => ("amount", "金额"),
            Role::Quantity => ("quantity", "数量"),
            Role::UnitPrice => ("unit price", "单价"),
            Role::Cost => ("cost", "成本"),
            Role::Discount => ("discount", "折扣"),
            Role::Product => ("product", "商品"),
            Role::ProductName => ("product name", "商品名称"),
            Role::Category => ("category", "品类"),
            Role::Channel => ("channel", "渠道"),
            Role::Region => ("region", "地区"),
            Role::Status => ("status", "状态"),
            Role::Segment => ("segment", "分层"),
            Role::Name => ("name", "姓名"),
            Role::Phone => ("phone", "电话"),
            Role::Email => ("e-mail", "邮箱"),
            Role::Text => ("text", "文本"),
            Role::Rating => ("rating", "评分"),
            Role::Event => ("event", "事件"),
            Role::Session => ("session", "会话"),
            Role::Target => ("target", "目标"),
        };
        Words::new(en, zh)
    }

    /// Several, as a list in a sentence.
    pub fn list(roles: &[Role]) -> Words {
        let all: Vec<Words> = roles.iter().map(|r| r.words()).collect();
        let join = |f: fn(&Words) -> &str, by: &str| all.iter().map(f).collect::<Vec<_>>().join(by);
        Words::new(join(|w| &w.en, ", "), join(|w| &w.zh, "、"))
    }
}

/// What an order is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OrderKey {
    /// One customer on one day: the default without an order column.
    #[default]
    CustomerDay,
    /// Every row.
    Row,
    /// The combination of these columns (positions); one for a plain order column.
    Columns(Vec<usize>),
}

/// What becomes of lines that look like a test of the shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tests {
    /// They count, and every result says how many there are.
    #[default]
    Keep,
    /// They are left out, and every result says so.
    Drop,
}

/// The roles in force: column positions in the table. `amount` may be absent while quantity × unit_price stand in for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    pub columns: BTreeMap<Role, usize>,
    pub order: OrderKey,
    pub tests: Tests,
}

impl Roles {
    pub fn get(&self, role: Role) -> Option<usize> {
        self.columns.get(&role).copied()
    }
}

/// What the user said about roles; what is not said is guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// `None`: this role is cleared and must not be guessed either.
    pub columns: BTreeMap<Role, Option<usize>>,
    pub order: Option<OrderKey>,
    pub tests: Tests,
}

/// Why a column has its role.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub role: Role,
    /// 0–1; 1 where it was given.
    pub confidence: f64,
    pub reason: Words,
}

/// The roles in force, from the columns' roles and what was said about orders.
pub fn roles(guesses: &[Option<Guess>], given: &Given) -> Roles {
    let columns: BTreeMap<Role, usize> =
        guesses.iter().enumerate().filter_map(|(i, g)| g.as_ref().map(|g| (g.role, i))).collect();
    let order = match (&given.order, columns.get(&Role::Order)) {
        (Some(key), _) => key.clone(),
        (None, Some(&column)) => OrderKey::Columns(vec![column]),
        (None, None) => OrderKey::CustomerDay,
    };
    Roles { columns, order, tests: given.tests }
}

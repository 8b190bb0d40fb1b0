//! Which column is the customer, the order, the date, the amount …

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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

/// The roles in force: column positions in the table. `amount` may be absent while quantity × unit_price stand in for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    pub columns: BTreeMap<Role, usize>,
    pub order: OrderKey,
}

impl Roles {
    pub fn get(&self, role: Role) -> Option<usize> {
        self.columns.get(&role).copied()
    }
}

//! Facts with the account of how they came about, and the cache that shares them between analyses.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use crate::error::{Code, Error, Result, Words};
use crate::role::{OrderKey, Role, Roles};
use crate::table::{Mask, Names, Table};

use super::customers::{Customers, customers};
use super::dimension::{Dimension, Measure};
use super::{LeftOut, Lines, NONE, Orders, Refunds, build, filter, merge};

/// Why a row is in no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Test,
    NoDate,
    NoAmount,
    Negative,
    Zero,
}

#[derive(Clone, Debug)]
pub struct Dropped {
    pub reason: Reason,
    pub rows: Vec<u32>,
}

/// What merging needs to know of the table behind the facts.
#[derive(Clone, Copy, Debug)]
pub struct About {
    pub table_rows: usize,
    /// The table has a date column.
    pub dated: bool,
    /// Rows without an order id where others have one.
    pub unkeyed: usize,
}

/// Orders, the lines behind them, and what was left out on the way.
#[derive(Debug)]
pub struct Facts {
    pub orders: Orders,
    pub lines: Lines,
    pub refunds: Refunds,
    pub warnings: Vec<Words>,
    pub(super) dropped: Vec<Dropped>,
    pub(super) about: About,
    /// Rows that look like tests and are counted all the same.
    pub(super) tests: Vec<u32>,
    order_choice: Words,
    from_price: bool,
    pub(super) dimensions: RefCell<BTreeMap<usize, Rc<Dimension>>>,
    pub(super) measures: RefCell<BTreeMap<usize, Rc<Measure>>>,
    names: OnceCell<Rc<Names>>,
    people: OnceCell<Rc<Customers>>,
}

impl Facts {
    /// Builds the facts of a whole table. Missing roles are absences, not errors: without a customer no order has one,
    /// without a date every day is 0, without an amount there is no money.
    pub fn from_table(table: &Table, roles: &Roles, refunds: Refunds) -> Result<Facts> {
        build::build(table, roles, refunds)
    }

    /// The facts of the rows that `mask` keeps.
    pub fn filter(&self, mask: &Mask) -> Facts {
        filter::filter(self, mask)
    }

    pub(super) fn new(
        orders: Orders,
        lines: Lines,
        dropped: Vec<Dropped>,
        about: About,
        refunds: Refunds,
        roles: &Roles,
    ) -> Facts {
        let order_choice = match &roles.order {
            OrderKey::Columns(list) if list.len() == 1 => {
                Words::new("an order is one order id of one customer", "同一客户的同一订单号为一笔订单")
            }
            OrderKey::Columns(list) => Words::new(
                format!("an order is one combination of {} columns", list.len()),
                format!("{} 列的同一组合为一笔订单", list.len()),
            ),
            OrderKey::Row => Words::new("every row is an order", "每一行为一笔订单"),
            OrderKey::CustomerDay if roles.get(Role::Date).is_none() => {
                Words::new("every row is an order", "每一行为一笔订单")
            }
            OrderKey::CustomerDay => {
                Words::new("an order is one customer on one day", "同一客户同一天的购买计为一笔订单")
            }
        };
        let from_price = roles.get(Role::Amount).is_none() && orders.has_money();
        let warnings = build::warnings(&orders, about.unkeyed);
        let (dimensions, measures) = (RefCell::default(), RefCell::default());
        let tests = Vec::new();
        Facts {
            orders,
            lines,
            refunds,
            warnings,
            dropped,
            about,
            tests,
            order_choice,
            from_price,
            dimensions,
            measures,
            names: OnceCell::new(),
            people: OnceCell::new(),
        }
    }

    /// The facts of parts of a table put together: what [`Facts::from_table`] makes of the parts' rows, one part after the
    /// other. `None` when there is no part, or when they were not all built with the same refund policy.
    pub fn merge(parts: &[&Facts]) -> Option<Facts> {
        merge::merge(parts)
    }

    /// The customers' ids, in the order of the orders.
    pub fn names(&self) -> Rc<Names> {
        self.names.get_or_init(|| Rc::new(self.orders.ids.iter().collect())).clone()
    }

    /// What is known of each customer the day after the last order.
    pub fn people(&self) -> Rc<Customers> {
        self.people.get_or_init(|| Rc::new(customers(&self.orders, None))).clone()
    }

    /// The same choices over other orders.
    pub(super) fn with(&self, orders: Orders, lines: Lines, dropped: Vec<Dropped>, about: About) -> Facts {
        Facts {
            orders,
            lines,
            dropped,
            about,
            tests: Vec::new(),
            refunds: self.refunds,
            warnings: self.warnings.clone(),
            order_choice: self.order_choice.clone(),
            from_price: self.from_price,
            dimensions: RefCell::default(),
            measures: RefCell::default(),
            names: OnceCell::new(),
            people: OnceCell::new(),
        }
    }

    /// Rows used, and rows left out with the reason. With `named_only`, rows without a customer are left out too.
    pub fn rows(&self, named_only: bool) -> (usize, Vec<LeftOut>) {
        let mut out: Vec<LeftOut> = self
            .dropped
            .iter()
            .map(|d| LeftOut {
                rows: d.rows.len(),
                reason: match d.reason {
                    Reason::Test => Words::new("looks like a test of the shop", "疑似店铺测试记录"),
                    Reason::NoDate => Words::new("no date", "没有日期"),
                    Reason::NoAmount => Words::new("no amount", "没有金额"),
                    Reason::Negative => Words::new("negative amount", "金额为负"),
                    Reason::Zero => Words::new("amount is zero", "金额为零"),
                },
            })
            .collect();
        let mut used = self.lines.rows.len();
        if named_only {
            let unnamed: usize = self.orders.lines.iter().skip(self.orders.named()).map(|n| *n as usize).sum();
            let refunded: usize =
                self.orders.refunds.iter().filter(|r| r.customer == NONE).map(|r| r.lines as usize).sum();
            for (rows, en, zh) in [
                (unnamed, "no customer", "没有客户"),
                (refunded, "refund without an order of the same customer", "退款客户没有任何订单"),
            ] {
                if rows > 0 {
                    used -= rows;
                    out.push(LeftOut { reason: Words::new(en, zh), rows });
                }
            }
        }
        (used, out)
    }

    /// The choices in force, in words.
    pub fn choices(&self) -> Vec<Words> {
        let mut list = vec![self.order_choice.clone()];
        if self.orders.has_money() {
            list.push(match self.refunds {
                Refunds::Net => Words::new("refunds netted", "退款已抵减"),
                Refunds::Drop => Words::new("negative lines left out", "剔除负数行"),
                Refunds::PositiveOnly => Words::new("negative and zero lines left out", "剔除负数行与零金额行"),
            });
        }
        match self.tests.len() {
            0 => {}
            1 => list.push(Words::new("1 line that looks like a test is kept", "保留 1 行疑似测试记录")),
            n => list.push(Words::new(
                format!("{n} lines that look like tests are kept"),
                format!("保留 {n} 行疑似测试记录"),
            )),
        }
        if self.from_price {
            list.push(Words::new("amount is quantity × unit price", "金额为数量 × 单价"));
        }
        list
    }

    /// An error in words when no order is left.
    pub fn require_orders(&self) -> Result<()> {
        if !self.orders.is_empty() {
            return Ok(());
        }
        Err(Error::new(Code::NoRows, "no orders are left to look at", "没有可供分析的订单")
            .remedy("Loosen the filter, or check the roles of the columns.", "请放宽筛选条件，或检查各列的用途设置。"))
    }
}

/// Facts already built for one table and its roles. Make a new one when either changes.
///
/// Unfiltered facts are kept per refund policy; of the filtered ones, the last per policy.
#[derive(Default)]
pub struct Cache {
    whole: RefCell<Vec<Rc<Facts>>>,
    last: RefCell<Vec<(Mask, Rc<Facts>)>>,
}

impl Cache {
    /// The facts of the rows that `mask` keeps (`None`: all rows), built on first use.
    pub fn get(&self, table: &Table, roles: &Roles, mask: Option<&Mask>, refunds: Refunds) -> Result<Rc<Facts>> {
        let whole = self.whole(table, roles, refunds)?;
        let Some(mask) = mask else { return Ok(whole) };
        if let Some(facts) = self.known(mask, refunds) {
            return Ok(facts);
        }
        let facts = Rc::new(whole.filter(mask));
        let mut last = self.last.borrow_mut();
        last.retain(|(_, f)| f.refunds != refunds);
        last.push((mask.clone(), facts.clone()));
        Ok(facts)
    }

    fn whole(&self, table: &Table, roles: &Roles, refunds: Refunds) -> Result<Rc<Facts>> {
        let found = self.whole.borrow().iter().find(|f| f.refunds == refunds).cloned();
        if let Some(facts) = found {
            return Ok(facts);
        }
        let facts = Rc::new(Facts::from_table(table, roles, refunds)?);
        self.whole.borrow_mut().push(facts.clone());
        Ok(facts)
    }

    /// The facts of this mask, if they were asked for last.
    pub(super) fn known(&self, mask: &Mask, refunds: Refunds) -> Option<Rc<Facts>> {
        let last = self.last.borrow();
        last.iter().find(|(m, f)| f.refunds == refunds && same(m, mask)).map(|(_, f)| f.clone())
    }
}

/// Orders, kept with their facts or made for one question.
pub enum SomeOrders {
    Kept(Rc<Facts>),
    Made(Box<Orders>),
}

impl Deref for SomeOrders {
    type Target = Orders;
    fn deref(&self) -> &Orders {
        match self {
            SomeOrders::Kept(facts) => &facts.orders,
            SomeOrders::Made(orders) => orders,
        }
    }
}

/// The same bitmap: the same memory, or the same bits.
fn same(a: &Mask, b: &Mask) -> bool {
    (a.len() == b.len() && a.offset() == b.offset() && a.inner().as_ptr() == b.inner().as_ptr()) || a == b
}

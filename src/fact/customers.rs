//! One entry per customer: what the model rooms know of a customer.

use std::ops::Range;

use super::{NONE, Orders};
use crate::num::blocks::blocks;

/// Customer facts, parallel to `Orders::ids`. NaN where a fact does not exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customers {
    /// The day against which recency and tenure are counted.
    pub as_of: i32,
    pub first_day: Vec<i32>,
    pub last_day: Vec<i32>,
    /// Distinct orders.
    pub frequency: Vec<u32>,
    /// Distinct purchase days.
    pub days: Vec<u32>,
    /// Sum of amounts in fixed point, refunds included; 0 when the table has no amount.
    pub amount: Vec<i64>,
    pub scale: u32,
}

/// The facts of every customer. `as_of` defaults to the day after the last order; later orders count all the same: filter
/// them out beforehand where the question is about the past.
pub fn customers(orders: &Orders, as_of: Option<i32>) -> Customers {
    let n = orders.customers();
    let mut out = Customers {
        as_of: as_of.unwrap_or_else(|| orders.day.iter().take(orders.named()).max().map_or(0, |d| d + 1)),
        first_day: Vec::with_capacity(n),
        last_day: Vec::with_capacity(n),
        frequency: Vec::with_capacity(n),
        days: Vec::with_capacity(n),
        amount: Vec::with_capacity(n),
        scale: orders.scale,
    };
    blocks(n).for_each(|some| out.add(some, orders));
    for refund in orders.refunds.iter().filter(|r| r.customer != NONE) {
        if let Some(sum) = out.amount.get_mut(refund.customer as usize) {
            *sum += refund.amount;
        }
    }
    out
}

impl Customers {
    #[inline(never)]
    fn add(&mut self, some: Range<usize>, orders: &Orders) {
        for c in some {
            let range = orders.of(c);
            let days = &orders.day[range.clone()];
            self.first_day.push(days.first().copied().unwrap_or(0));
            self.last_day.push(days.last().copied().unwrap_or(0));
            self.frequency.push(orders.distinct(range.clone()) as u32);
            self.days.push(orders.purchase_days(c).count() as u32);
            self.amount.push(if orders.has_money() { orders.amount[range].iter().sum() } else { 0 });
        }
    }
    pub fn len(&self) -> usize {
        self.first_day.len()
    }
    pub fn is_empty(&self) -> bool {
        self.first_day.is_empty()
    }
    pub fn money(&self, c: usize) -> f64 {
        self.amount[c] as f64 / self.unit()
    }
    fn unit(&self) -> f64 {
        10f64.powi(self.scale as i32)
    }
    /// Whole days from the last order to `as_of`.
    pub fn recency_days(&self) -> Vec<f64> {
        self.last_day.iter().map(|d| f64::from(self.as_of - d)).collect()
    }
    /// Distinct orders.
    pub fn frequency(&self) -> Vec<f64> {
        self.frequency.iter().map(|n| f64::from(*n)).collect()
    }
    /// Sum of amounts.
    pub fn monetary(&self) -> Vec<f64> {
        let unit = self.unit();
        self.amount.iter().map(|v| *v as f64 / unit).collect()
    }
    /// Monetary over frequency.
    pub fn average_order_value(&self) -> Vec<f64> {
        self.monetary().into_iter().zip(&self.frequency).map(|(v, n)| v / f64::from(*n)).collect()
    }
    /// Whole days from the first order to `as_of`.
    pub fn tenure_days(&self) -> Vec<f64> {
        self.first_day.iter().map(|d| f64::from(self.as_of - d)).collect()
    }
    /// Mean days between consecutive purchase days; NaN for customers with one.
    pub fn gap_days(&self) -> Vec<f64> {
        (0..self.len())
            .map(|c| {
                let gaps = self.days[c].saturating_sub(1);
                if gaps == 0 { f64::NAN } else { f64::from(self.last_day[c] - self.first_day[c]) / f64::from(gaps) }
            })
            .collect()
    }
}

impl Customers {
    /// A fact by its name in the contract, or `None` for another name.
    pub fn fact(&self, name: &str) -> Option<Vec<f64>> {
        Some(match name {
            "recency_days" => self.recency_days(),
            "frequency" => self.frequency(),
            "monetary" => self.monetary(),
            "average_order_value" => self.average_order_value(),
            "tenure_days" => self.tenure_days(),
            "gap_days" => self.gap_days(),
            _ => return None,
        })
    }
}

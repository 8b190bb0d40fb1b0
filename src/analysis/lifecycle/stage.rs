//! The stage of one customer on any day, from what was known then.

use super::Rules;
use crate::error::Words;
use crate::fact::NONE;

/// A stage's id and its name in both languages.
pub type Named = (&'static str, fn() -> Words);

pub const STAGES: [Named; 6] = [
    ("new", || Words::new("New", "新客")),
    ("active", || Words::new("Active", "活跃")),
    ("loyal", || Words::new("Loyal", "忠诚")),
    ("at_risk", || Words::new("At risk", "有流失风险")),
    ("lapsed", || Words::new("Lapsed", "已流失")),
    ("won_back", || Words::new("Won back", "已召回")),
];

const NEW: usize = 0;
const ACTIVE: usize = 1;
const LOYAL: usize = 2;
const AT_RISK: usize = 3;
const LAPSED: usize = 4;
const WON_BACK: usize = 5;

pub struct History<'a> {
    /// Days of the customer's orders, ascending.
    orders: &'a [i32],
    /// Ids of the orders where one may stand on several days; else empty, and every entry is an order.
    ids: &'a [u32],
    typical: f64,
    rules: &'a Rules,
}

#[derive(Clone, Debug, PartialEq)]
pub struct At {
    /// Position in [`STAGES`].
    pub stage: usize,
    /// The day on which the stage began.
    pub since: i32,
    /// The yardstick in days.
    pub gap: f64,
    /// Days since the last purchase over the yardstick.
    pub lateness: f64,
}

impl<'a> History<'a> {
    pub fn new(orders: &'a [i32], typical: f64, rules: &'a Rules) -> Self {
        Self { orders, ids: &[], typical, rules }
    }
    pub fn with_ids(self, ids: &'a [u32]) -> Self {
        Self { ids, ..self }
    }

    /// `None` before the first order.
    pub fn at(&self, day: i32) -> Option<At> {
        let known = &self.orders[..self.orders.partition_point(|d| *d <= day)];
        let (&first, &last) = known.first().zip(known.last())?;
        let mut gaps: Vec<i32> = known.windows(2).map(|w| w[1] - w[0]).filter(|g| *g > 0).collect();
        gaps.sort_unstable();
        // One gap is no rhythm: below two the customer is measured by everybody's.
        let gap = match gaps.len() {
            0 | 1 => self.typical,
            n => f64::from(gaps[(n - 1) / 2] + gaps[n / 2]) / 2.0,
        };
        let waited = f64::from(day - last);
        let (risk, lapse) = (self.rules.at_risk_after * gap, self.rules.lapsed_after * gap);
        let after = |limit: f64| last.saturating_add(limit.floor() as i32).saturating_add(1);
        let (stage, since) = if waited > lapse {
            (LAPSED, after(lapse))
        } else if waited > risk {
            (AT_RISK, after(risk))
        } else {
            self.buying(known, first, lapse)
        };
        Some(At { stage, since, gap, lateness: waited / gap })
    }

    fn buying(&self, known: &[i32], first: i32, lapse: f64) -> (usize, i32) {
        let need = self.rules.loyal_orders as usize;
        // The last return after a gap that counts as a lapse; orders count from there.
        let back = (1..known.len()).rev().find(|i| f64::from(known[*i] - known[i - 1]) > lapse);
        match (self.nth_order(need, back.unwrap_or(0), known), back) {
            (Some(loyal), _) => (LOYAL, loyal),
            (None, Some(i)) => (WON_BACK, known[i]),
            (None, None) => match known.iter().find(|d| **d > first) {
                Some(second) => (ACTIVE, *second),
                None => (NEW, first),
            },
        }
    }

    /// The day of the `n`-th order among the `known` from position `from`; an id counts once.
    fn nth_order(&self, n: usize, from: usize, known: &[i32]) -> Option<i32> {
        if self.ids.is_empty() {
            return known.get(from + n - 1).copied();
        }
        let mut seen: Vec<u32> = Vec::with_capacity(n);
        for (day, id) in known.iter().zip(self.ids).skip(from) {
            if *id == NONE || !seen.contains(id) {
                seen.push(*id);
            }
            if seen.len() == n {
                return Some(*day);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_of_several_days_is_one_on_the_way_to_loyal() {
        let rules = Rules::default();
        let days = [0, 8, 16, 24];
        let stage = |ids: &[u32]| History::new(&days, 10.0, &rules).with_ids(ids).at(26).unwrap().stage;
        assert_eq!(rules.loyal_orders, 4);
        assert_eq!((stage(&[1, 2, 3, 4]), stage(&[1, 2, 1, 4])), (LOYAL, ACTIVE));
        assert_eq!(stage(&[1, NONE, NONE, 4]), LOYAL, "orders without an id are each one");
    }

    fn at(orders: &[i32], day: i32) -> (&'static str, i32) {
        let rules = Rules::default();
        let s = History::new(orders, 10.0, &rules).at(day).unwrap();
        (STAGES[s.stage].0, s.since)
    }

    #[test]
    fn a_life_in_stages() {
        assert!(History::new(&[5], 10.0, &Rules::default()).at(4).is_none());
        assert_eq!(at(&[0], 0), ("new", 0));
        assert_eq!(at(&[0], 15), ("new", 0), "1.5 gaps are not yet late");
        assert_eq!(at(&[0], 16), ("at_risk", 16));
        assert_eq!(at(&[0], 30), ("at_risk", 16));
        assert_eq!(at(&[0], 31), ("lapsed", 31));
        assert_eq!(at(&[0, 8], 12), ("active", 8));
        assert_eq!(at(&[0, 8, 16, 24], 26), ("loyal", 24));
        assert_eq!(at(&[0, 0, 0, 0], 2), ("loyal", 0), "four orders on one day");
        // Back after 60 days, when 30 counted as a lapse.
        assert_eq!(at(&[0, 60], 61), ("won_back", 60));
        // By its own rhythm of 8 days, 13 is late and 25 is lost.
        assert_eq!(at(&[0, 8, 16], 16 + 13), ("at_risk", 29));
        assert_eq!(at(&[0, 8, 16], 16 + 25), ("lapsed", 41));
        assert_eq!(at(&[0, 8, 16, 100], 101), ("won_back", 100));
        assert_eq!(at(&[0, 8, 16, 100, 104, 108, 112], 113), ("loyal", 112));
    }
}

//! Calendar periods of a span of days, by table look-up: a million dates cost a million loads, not divisions.

use crate::error::{Code, Error, Result};
use crate::time::Period;

/// The periods from that of the first day to that of the last, without a gap; positions count from 0.
#[derive(Clone, Debug)]
pub struct Periods {
    pub period: Period,
    first_index: i32,
    low: i32,
    last_day: i32,
    table: Vec<u32>,
    count: usize,
}

/// More periods than this are no table a person reads.
const MOST: usize = 20_000;

impl Periods {
    /// Periods of the days `from..=to`; too many are refused.
    pub fn new(period: Period, from: i32, to: i32) -> Result<Self> {
        let (first_index, last_index) = (period.index(from), period.index(to));
        let count = (i64::from(last_index) - i64::from(first_index) + 1).max(0) as usize;
        if count > MOST {
            return Err(Error::new(
                Code::TooLarge,
                format!("the dates span {count} periods; at most {MOST} are shown"),
                format!("日期跨越 {count} 个周期，最多显示 {MOST} 个"),
            )
            .remedy("Choose a longer period, or filter out wrong dates.", "请选择更长的周期，或筛除错误日期。"));
        }
        let mut table = Vec::with_capacity((to - from + 1).max(0) as usize);
        for p in 0..count as i32 {
            let end = (period.first_day(first_index + p + 1)).min(to + 1);
            while from + (table.len() as i32) < end {
                table.push(p as u32);
            }
        }
        Ok(Periods { period, first_index, low: from, last_day: to, table, count })
    }

    pub fn len(&self) -> usize {
        self.count
    }
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
    /// Position of a day's period; days outside the span are the caller's fault and land on the nearest end.
    pub fn of(&self, day: i32) -> usize {
        let i = (day - self.low).clamp(0, self.table.len() as i32 - 1);
        self.table.get(i as usize).copied().unwrap_or(0) as usize
    }
    /// The positions of many days, as [`Periods::of`] says.
    #[inline(never)]
    pub fn place(&self, days: &[i32], out: &mut [u32]) {
        for (at, day) in out.iter_mut().zip(days) {
            *at = self.of(*day) as u32;
        }
    }
    pub fn label(&self, position: usize) -> String {
        self.period.label(self.first_index + position as i32)
    }
    pub fn labels(&self) -> Vec<String> {
        (0..self.count).map(|p| self.label(p)).collect()
    }
    /// First and last day of a period, cut to the span.
    pub fn days(&self, position: usize) -> (i32, i32) {
        let index = self.first_index + position as i32;
        (self.period.first_day(index).max(self.low), (self.period.first_day(index + 1) - 1).min(self.last_day))
    }
    /// The last period goes on after the last day of the data.
    pub fn open(&self) -> bool {
        self.count > 0 && self.period.first_day(self.first_index + self.count as i32) > self.last_day + 1
    }
    /// Position of the same period a year before, if it is in the span.
    pub fn year_before(&self, position: usize) -> Option<usize> {
        let back = match self.period {
            Period::Day => 0,
            Period::Week => 52,
            Period::Month => 12,
            Period::Quarter => 4,
            Period::Year => 1,
        };
        if back > 0 {
            return position.checked_sub(back);
        }
        let day = self.first_index + position as i32;
        let before = crate::time::year_before(day);
        (before >= self.low).then(|| (before - self.first_index) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::days_from_civil;

    #[test]
    fn a_day_finds_the_period_that_the_calendar_says() {
        let (from, to) = (days_from_civil(2023, 11, 17), days_from_civil(2025, 2, 3));
        for period in [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year] {
            let periods = Periods::new(period, from, to).unwrap();
            for day in from..=to {
                assert_eq!(periods.label(periods.of(day)), period.label(period.index(day)));
            }
            assert_eq!(periods.of(from), 0);
            assert_eq!(periods.of(to), periods.len() - 1);
        }
    }

    #[test]
    fn the_last_period_is_open_until_its_last_day() {
        let open = |to| Periods::new(Period::Month, days_from_civil(2024, 1, 1), to).unwrap().open();
        assert!(open(days_from_civil(2024, 2, 28)));
        assert!(!open(days_from_civil(2024, 2, 29)));
    }

    #[test]
    fn the_year_before_a_leap_day_is_the_28th() {
        let p = Periods::new(Period::Day, days_from_civil(2023, 1, 1), days_from_civil(2024, 3, 1)).unwrap();
        let leap = p.of(days_from_civil(2024, 2, 29));
        assert_eq!(p.label(p.year_before(leap).unwrap()), "2023-02-28");
        assert_eq!(p.year_before(3), None);
        assert!(Periods::new(Period::Day, 0, 3_000_000).is_err());
    }
}

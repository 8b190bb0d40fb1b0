//! Civil dates: days since 1970-01-01 in the proleptic Gregorian calendar, no time zones.
//!
//! The algorithms are Howard Hinnant's `days_from_civil` / `civil_from_days` (chrono-Compatible Low-Level Date Algorithms, 2013).

/// Days since 1970-01-01 of a civil date. Months beyond 1–12 are the caller's fault and give a wrong date, not a panic.
pub const fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = if y >= 0 { y } else { y - 399 } / 400;
    let yoe = y - era * 400;
    let mp = (month as i32 + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day as i32 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// `(year, month 1–12, day 1–31)` of a day number.
pub const fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let z = days + 719_468;
    let era = if z >= 0 { z } else { z - 146_096 } / 146_097;
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u32;
    let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// `2024-03-05`
pub fn iso(days: i32) -> String {
    let (y, m, d) = civil_from_days(days);
    format!("{y:04}-{m:02}-{d:02}")
}

/// Parses `YYYY-MM-DD` strictly (parameters, filters). File cells go through `read`'s date dialects.
pub fn parse_iso(text: &str) -> Option<i32> {
    let b = text.as_bytes();
    if b.len() < 10 || b[4] != b'-' || b[7] != b'-' || (b.len() > 10 && b[10] != b'T' && b[10] != b' ') {
        return None;
    }
    let n = |s: &[u8]| s.iter().try_fold(0u32, |v, c| c.is_ascii_digit().then(|| v * 10 + u32::from(c - b'0')));
    let (y, m, d) = (n(&b[..4])? as i32, n(&b[5..7])?, n(&b[8..10])?);
    let days = days_from_civil(y, m, d);
    ((1..=12).contains(&m) && civil_from_days(days) == (y, m, d)).then_some(days)
}

/// The same day a year earlier; 29 February becomes the 28th.
pub const fn year_before(days: i32) -> i32 {
    let (y, m, d) = civil_from_days(days);
    days_from_civil(y - 1, m, if m == 2 && d == 29 { 28 } else { d })
}

/// 0 = Monday … 6 = Sunday.
pub const fn weekday(days: i32) -> u32 {
    (days + 3).rem_euclid(7) as u32
}

/// A calendar period; labels follow the contract: `2024-12-09`, `2024-W50` (ISO 8601), `2024-12`, `2024-Q4`, `2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Day,
    Week,
    #[default]
    Month,
    Quarter,
    Year,
}

impl Period {
    /// A number that grows by exactly one from a period to the next.
    pub const fn index(self, days: i32) -> i32 {
        let (y, m, _) = civil_from_days(days);
        match self {
            Period::Day => days,
            Period::Week => (days + 3).div_euclid(7),
            Period::Month => y * 12 + m as i32 - 1,
            Period::Quarter => y * 4 + (m as i32 - 1) / 3,
            Period::Year => y,
        }
    }

    /// First day of the period with this index.
    pub const fn first_day(self, index: i32) -> i32 {
        match self {
            Period::Day => index,
            Period::Week => index * 7 - 3,
            Period::Month => days_from_civil(index.div_euclid(12), index.rem_euclid(12) as u32 + 1, 1),
            Period::Quarter => days_from_civil(index.div_euclid(4), index.rem_euclid(4) as u32 * 3 + 1, 1),
            Period::Year => days_from_civil(index, 1, 1),
        }
    }

    pub fn label(self, index: i32) -> String {
        match self {
            Period::Day => iso(index),
            Period::Week => {
                // The ISO year of a week is the year of its Thursday.
                let thursday = index * 7;
                let (year, _, _) = civil_from_days(thursday);
                let week = (thursday - days_from_civil(year, 1, 1)) / 7 + 1;
                format!("{year:04}-W{week:02}")
            }
            Period::Month => format!("{:04}-{:02}", index.div_euclid(12), index.rem_euclid(12) + 1),
            Period::Quarter => format!("{:04}-Q{}", index.div_euclid(4), index.rem_euclid(4) + 1),
            Period::Year => format!("{index:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_800_years_survives_the_round_trip() {
        let mut last = days_from_civil(1599, 12, 31);
        for days in days_from_civil(1600, 1, 1)..days_from_civil(2400, 1, 1) {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
            assert_eq!(days, last + 1);
            assert_eq!(parse_iso(&iso(days)), Some(days));
            last = days;
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
        assert_eq!(parse_iso("2023-02-29"), None);
        assert_eq!(weekday(days_from_civil(2026, 11, 21)), 5, "21 November 2026 is a Saturday");
    }

    #[test]
    fn iso_weeks_at_the_turn_of_the_year() {
        // ISO 8601: 2024-12-30 is the Monday of week 1 of 2025; 2021-01-03 is a Sunday in week 53 of 2020.
        let label = |y, m, d| Period::Week.label(Period::Week.index(days_from_civil(y, m, d)));
        assert_eq!(label(2024, 12, 30), "2025-W01");
        assert_eq!(label(2021, 1, 3), "2020-W53");
        assert_eq!(label(2024, 12, 9), "2024-W50");
    }

    #[test]
    fn a_period_starts_on_its_first_day_and_ends_the_day_before_the_next() {
        for period in [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year] {
            for days in days_from_civil(1999, 1, 1)..days_from_civil(2003, 1, 1) {
                let i = period.index(days);
                assert!(period.first_day(i) <= days && days < period.first_day(i + 1), "{period:?} {}", iso(days));
            }
        }
    }
}

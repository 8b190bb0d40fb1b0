//! How a file writes the values of a column. A cell's text is its value printed so, unless the column keeps it raw.

use serde::{Deserialize, Serialize};

use crate::time::civil_from_days;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Text as it is, `1234.5`, `2024-03-05`, `2024-03-05T09:00:00`, a boolean's spelling.
    #[default]
    Plain,
    Number(NumberFormat),
    /// Dates and timestamps.
    Date(Vec<DatePart>),
}

impl Format {
    /// `ymd`, `mdy`, `dmy`: in which order a date column names its parts.
    pub fn date_order(&self) -> Option<&'static str> {
        let Format::Date(parts) = self else { return None };
        let at = |is: fn(&DatePart) -> bool| parts.iter().position(is);
        let day = at(|p| matches!(p, DatePart::Day { .. }))?;
        let month = at(|p| matches!(p, DatePart::Month { .. }))?;
        let year = at(|p| matches!(p, DatePart::Year | DatePart::Year2))?;
        Some(if year < month.min(day) {
            "ymd"
        } else if month < day {
            "mdy"
        } else {
            "dmy"
        })
    }
    /// The decimal mark of a column of numbers.
    pub fn decimal(&self) -> Option<char> {
        match self {
            Format::Number(n) => Some(char::from(n.decimal)),
            _ => None,
        }
    }
}

/// `before` digits `after`: text = value × 10^−`shift`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFormat {
    /// `.` or `,`
    pub decimal: u8,
    /// Between groups of three digits (one ASCII byte); 0: none.
    pub group: u8,
    /// Trailing zeros are written up to this many decimals: 2 in `1.50`, 1 in `2.0`, 0 in `1.5` and `2`.
    pub min_decimals: u8,
    /// `¥`, `$`
    pub before: String,
    /// `%`, `万`, ` 元`
    pub after: String,
    /// The power of ten that `after` means: −2 for %, 4 for 万, 8 for 亿, else 0.
    pub shift: i8,
    /// Negative numbers are written `(1,234)`.
    pub parentheses: bool,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self {
            decimal: b'.',
            group: 0,
            min_decimals: 0,
            before: String::new(),
            after: String::new(),
            shift: 0,
            parentheses: false,
        }
    }
}

impl NumberFormat {
    /// Nothing but digits, a minus and a point.
    pub fn is_plain(&self) -> bool {
        self.decimal == b'.'
            && self.group == 0
            && self.before.is_empty()
            && self.after.is_empty()
            && self.shift == 0
            && !self.parentheses
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatePart {
    /// Four digits.
    Year,
    /// Two digits: 00–68 are 2000–2068, 69–99 are 1969–1999 (POSIX).
    Year2,
    /// Padded to two digits, or not.
    Month {
        padded: bool,
    },
    /// `Mar`
    MonthShort,
    /// `March`
    MonthLong,
    Day {
        padded: bool,
    },
    Hour {
        padded: bool,
    },
    /// 1–12, with a `Half`.
    Hour12 {
        padded: bool,
    },
    Minute,
    Second,
    /// Digits behind the decimal mark of the second (the mark is a `Literal` before it).
    Fraction(u8),
    /// AM/PM
    HalfEn,
    /// 上午/下午
    HalfZh,
    /// `Z`, `+08:00`: as stated per cell in the column's `offsets`.
    Offset {
        colon: bool,
    },
    Literal(String),
    /// Days since 1899-12-30 (Excel on Windows).
    Serial1900,
    /// Days since 1904-01-01 (Excel on old Macs).
    Serial1904,
    /// Seconds (1) or milliseconds (1000) since 1970-01-01T00:00 UTC.
    Epoch(i64),
}

impl NumberFormat {
    /// Writes `mantissa` × 10^−`scale` as this format spells it.
    pub fn print(&self, mantissa: i64, scale: u8, out: &mut String) {
        let negative = mantissa < 0;
        // The printed number is the value divided by 10^shift.
        let decimals = i32::from(scale) + i32::from(self.shift);
        let mut digits = mantissa.unsigned_abs().to_string();
        if decimals < 0 {
            digits.extend(std::iter::repeat_n('0', decimals.unsigned_abs() as usize));
        }
        let decimals = decimals.max(0) as usize;
        if digits.len() <= decimals {
            digits.insert_str(0, &"0".repeat(decimals + 1 - digits.len()));
        }
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        self.assemble(negative, whole, fraction, out);
    }

    /// Writes a float: the shortest digits that are read back as the same double.
    pub fn print_float(&self, value: f64, out: &mut String) {
        let text = (value / 10f64.powi(i32::from(self.shift))).abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        self.assemble(value < 0.0, whole, fraction, out);
    }

    fn assemble(&self, negative: bool, whole: &str, fraction: &str, out: &mut String) {
        if negative {
            out.push(if self.parentheses { '(' } else { '-' });
        }
        out.push_str(&self.before);
        if self.group == 0 {
            out.push_str(whole);
        } else {
            for (i, digit) in whole.chars().enumerate() {
                if i > 0 && (whole.len() - i).is_multiple_of(3) {
                    out.push(char::from(self.group));
                }
                out.push(digit);
            }
        }
        let min = usize::from(self.min_decimals);
        let kept = fraction.trim_end_matches('0').len().max(fraction.len().min(min));
        if kept.max(min) > 0 {
            out.push(char::from(self.decimal));
            out.push_str(&fraction[..kept]);
            out.extend(std::iter::repeat_n('0', min.saturating_sub(kept)));
        }
        out.push_str(&self.after);
        if negative && self.parentheses {
            out.push(')');
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Writes a day and a time of day (microseconds) in the given parts; `offset` is in minutes east of UTC.
pub fn print_date(days: i32, micros: i64, offset: Option<i16>, parts: &[DatePart], out: &mut String) {
    let (y, m, d) = civil_from_days(days);
    let seconds = micros / 1_000_000;
    let (hour, minute, second, fraction) = (seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000);
    let two = |n: i64, padded: bool| if padded { format!("{n:02}") } else { n.to_string() };
    for part in parts {
        match part {
            DatePart::Year => out.push_str(&format!("{y:04}")),
            DatePart::Year2 => out.push_str(&two(i64::from(y.rem_euclid(100)), true)),
            DatePart::Month { padded } => out.push_str(&two(m.into(), *padded)),
            DatePart::MonthShort => out.push_str(&MONTHS[(m as usize + 11) % 12][..3]),
            DatePart::MonthLong => out.push_str(MONTHS[(m as usize + 11) % 12]),
            DatePart::Day { padded } => out.push_str(&two(d.into(), *padded)),
            DatePart::Hour { padded } => out.push_str(&two(hour, *padded)),
            DatePart::Hour12 { padded } => out.push_str(&two((hour + 11) % 12 + 1, *padded)),
            DatePart::Minute => out.push_str(&two(minute, true)),
            DatePart::Second => out.push_str(&two(second, true)),
            DatePart::Fraction(n) => out.push_str(&format!("{fraction:06}")[..usize::from(*n).min(6)]),
            DatePart::HalfEn => out.push_str(if hour < 12 { "AM" } else { "PM" }),
            DatePart::HalfZh => out.push_str(if hour < 12 { "上午" } else { "下午" }),
            DatePart::Offset { colon } => {
                if let Some(minutes) = offset {
                    let sign = if minutes < 0 { '-' } else { '+' };
                    let (h, m) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
                    let mark = if *colon { ":" } else { "" };
                    out.push_str(&format!("{sign}{h:02}{mark}{m:02}"));
                }
            }
            DatePart::Literal(text) => out.push_str(text),
            DatePart::Serial1900 | DatePart::Serial1904 => {
                let epoch = if *part == DatePart::Serial1900 { -25_569 } else { -24_107 };
                out.push_str(&(days - epoch).to_string());
            }
            DatePart::Epoch(unit) => {
                let total = i64::from(days) * 86_400_000_000 + micros;
                out.push_str(&(total / (1_000_000 / (*unit).clamp(1, 1_000_000))).to_string());
            }
        }
    }
}

//! How a file writes the values of a column. A cell's text is its value printed so, unless the column keeps it raw.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Text as it is, `1234.5`, `2024-03-05`, `2024-03-05T09:00:00`, a boolean's spelling.
    #[default]
    Plain,
    Number(NumberFormat),
    /// Dates and timestamps.
    Date(Vec<DatePart>),
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
}

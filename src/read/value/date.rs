//! Dates and times of day as people write them. Whether `3/4/2024` is in March or in April is a property of the column.

use super::month;
use super::number::narrow;
use crate::time::{civil_from_days, days_from_civil};

/// How day and month follow each other where the year comes last (or has two digits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// 3/4/2024 is the fourth of March.
    #[default]
    MonthFirst,
    /// 3/4/2024 is the third of April.
    DayFirst,
}

/// How a date column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateForm {
    /// With separators, month names, 年月日, compact digits; the order decides what is otherwise undecided.
    Written(Order),
    /// Days since 1899-12-30 (or 1904-01-01), the fraction is the time of day: what spreadsheets store.
    Serial { epoch_1904: bool },
    /// Seconds (`unit` 1) or milliseconds (1000) since 1970-01-01T00:00 UTC.
    Epoch { unit: i64 },
}

/// A moment as written: civil day, time of day where given, minutes east of UTC where given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub days: i32,
    pub micros: Option<i64>,
    pub offset: Option<i16>,
    /// Day and month could be exchanged.
    pub swappable: bool,
}

impl Stamp {
    /// Microseconds since 1970-01-01T00:00 local.
    pub fn timestamp(self) -> i64 {
        i64::from(self.days) * DAY_MICROS + self.micros.unwrap_or(0)
    }
}

pub const DAY_MICROS: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;

pub fn parse(cell: &[u8], form: DateForm) -> Option<Stamp> {
    match form {
        DateForm::Written(order) => written(cell, order),
        DateForm::Serial { epoch_1904 } => serial(cell, epoch_1904),
        DateForm::Epoch { unit } => epoch(cell, unit),
    }
}

fn civil(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

/// The turn of the century for two-digit years, as spreadsheets and POSIX have it: 69–99 are 19xx.
fn full_year(year: u32, digits: usize) -> Option<i32> {
    match digits {
        4 => Some(year as i32),
        2 => Some(year as i32 + if year < 69 { 2000 } else { 1900 }),
        _ => None,
    }
}

fn stamp(days: i32) -> Stamp {
    Stamp { days, micros: None, offset: None, swappable: false }
}

/// A small cursor over the cell's ASCII bytes.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
    fn eat(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let b = self.peek().filter(|&b| wanted(b))?;
        self.at += 1;
        Some(b)
    }
    fn blanks(&mut self) {
        while self.eat(|b| b == b' ').is_some() {}
    }
    /// `(value, number of digits)`
    fn number(&mut self) -> Option<(u32, usize)> {
        let start = self.at;
        let mut v = 0u32;
        while let Some(b) = self.eat(|b| b.is_ascii_digit()) {
            v = v.checked_mul(10)?.checked_add(u32::from(b - b'0'))?;
        }
        (self.at > start).then_some((v, self.at - start))
    }
    /// A word; letters beyond ASCII belong to it.
    fn letters(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.eat(is_letter).is_some() {}
        &self.bytes[start..self.at]
    }
    /// `de`, `del`: what Spanish and Portuguese put between the parts of a date.
    fn of(&mut self) {
        let at = self.at;
        if !matches!(self.letters(), b"de" | b"del") || self.eat(|b| b == b' ').is_none() {
            self.at = at;
        }
        self.blanks();
    }
    fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }
}

fn is_letter(b: u8) -> bool {
    b.is_ascii_alphabetic() || !b.is_ascii()
}

fn written(cell: &[u8], order: Order) -> Option<Stamp> {
    // The longest form is like `Wednesday, 25 September 2024 09:00:00.000000 +08:00`.
    if cell.len() < 6 || cell.len() > 64 {
        return None;
    }
    if cell.is_ascii() {
        return western(cell.trim_ascii(), order);
    }
    let text = std::str::from_utf8(cell).ok()?;
    let text = narrow(text);
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Some(plain) = chinese(text.trim()) {
        return western(plain.trim().as_bytes(), order);
    }
    // 5 марта 2024 г.
    let text = text.trim();
    let bare = ["г.", "года", "г"].iter().find_map(|year| text.strip_suffix(year)).unwrap_or(text);
    western(bare.trim_end().as_bytes(), order)
}

/// `2024年3月5日 上午9时05分` → `2024-3-5 AM9:05`, and so in Korean: the rest of the work is shared.
fn chinese(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let words: [(&str, &str); 23] = [
            ("年", "-"),
            ("月", "-"),
            ("日", " "),
            ("号", " "),
            ("上午", " AM "),
            ("凌晨", " AM "),
            ("早上", " AM "),
            ("中午", " PM "),
            ("下午", " PM "),
            ("晚上", " PM "),
            ("午前", " AM "),
            ("午後", " PM "),
            ("时", ":"),
            ("時", ":"),
            ("点", ":"),
            ("分", ":"),
            ("년", "-"),
            ("월", "-"),
            ("일", " "),
            ("오전", " AM "),
            ("오후", " PM "),
            ("시", ":"),
            ("분", ":"),
        ];
        if let Some((word, ascii)) = words.iter().find(|(word, _)| rest.starts_with(word)) {
            out.push_str(ascii);
            rest = &rest[word.len()..];
        } else if rest.starts_with("星期") || rest.starts_with("周") || rest.starts_with("週") {
            let skip = if rest.starts_with("星期") { 3 } else { 2 };
            rest = rest.char_indices().nth(skip).map_or("", |(i, _)| &rest[i..]);
            out.push(' ');
        } else if rest.starts_with(['秒', '整', '초']) {
            rest = &rest[3..];
        } else if c.is_ascii() {
            out.push(c);
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    // 2024年3月 leaves a trailing mark, as do 9时 and 9时05分.
    let out = out.trim().trim_end_matches('-').to_string();
    if let Some((year, month)) = out.split_once('-')
        && year.len() == 4
        && month.len() == 1
    {
        return Some(format!("{year}-0{month}"));
    }
    Some(match out.strip_suffix(':') {
        // 9时: the hour alone needs its minutes to be read as a time.
        Some(head) if !head.rsplit(' ').next().unwrap_or("").contains(':') => format!("{head}:00"),
        Some(head) => head.to_string(),
        None => out,
    })
}

fn western(cell: &[u8], order: Order) -> Option<Stamp> {
    if cell.len() == 14 && cell.iter().all(u8::is_ascii_digit) {
        return compact(cell);
    }
    let moved = year_behind_time(cell);
    let mut c = Cursor { bytes: moved.as_deref().unwrap_or(cell), at: 0 };
    let date = date_part(&mut c, order)?;
    if c.done() {
        return Some(date);
    }
    c.eat(|b| b == b',' || b == b':');
    c.eat(|b| b == b'T' || b == b't');
    c.blanks();
    if c.done() {
        return Some(date);
    }
    let (micros, offset) = time_part(&mut c)?;
    c.done().then_some(Stamp { micros: Some(micros), offset, ..date })
}

fn month_by_name(word: &[u8]) -> Option<u32> {
    month::by_name(std::str::from_utf8(word).ok()?)
}

/// `20240305093000`
fn compact(cell: &[u8]) -> Option<Stamp> {
    let number = |from: usize, to: usize| cell[from..to].iter().fold(0u32, |v, b| v * 10 + u32::from(b - b'0'));
    let days = civil(number(0, 4) as i32, number(4, 6), number(6, 8))?;
    let (hour, minute, second) = (number(8, 10), number(10, 12), number(12, 14));
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    (hour < 24 && minute < 60 && second < 60).then(|| Stamp { micros: Some(seconds * SECOND), ..stamp(days) })
}

/// `Tue Mar 05 09:00:00 UTC 2024`, as Unix prints it, with the year before the time.
fn year_behind_time(cell: &[u8]) -> Option<Vec<u8>> {
    if !cell.first()?.is_ascii_alphabetic() || !cell.last()?.is_ascii_digit() || !cell.contains(&b':') {
        return None;
    }
    let mut words: Vec<&[u8]> = cell.split(|&b| b == b' ').filter(|w| !w.is_empty()).collect();
    let year = words.pop().filter(|w| w.len() == 4 && w.iter().all(u8::is_ascii_digit))?;
    words.insert(words.iter().position(|w| w.contains(&b':'))?, year);
    Some(words.join(&b' '))
}

fn is_weekday(word: &[u8]) -> bool {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let lower = word.to_ascii_lowercase();
    word.len() >= 3 && NAMES.iter().any(|n| n.as_bytes().starts_with(&lower))
}

fn separator(b: u8) -> bool {
    matches!(b, b'-' | b'/' | b'.')
}

fn date_part(c: &mut Cursor, order: Order) -> Option<Stamp> {
    if is_letter(c.peek()?) {
        let mut word = c.letters();
        if is_weekday(word) {
            c.eat(|b| b == b'.');
            c.eat(|b| b == b',');
            c.blanks();
            if c.peek()?.is_ascii_digit() {
                return numeric_date(c, order);
            }
            word = c.letters();
        }
        return month_first_by_name(c, month_by_name(word)?);
    }
    numeric_date(c, order)
}

/// `Mar 5, 2024`, `March 5th 2024`, `Mar-2024`, `Mar 2024`, `Mar-24`, `Mar '24`.
fn month_first_by_name(c: &mut Cursor, month: u32) -> Option<Stamp> {
    c.eat(|b| b == b'.');
    c.blanks();
    c.of();
    let short = c.eat(|b| b == b'-' || b == b'\'').is_some();
    c.eat(separator);
    let (first, digits) = c.number()?;
    // A month has no day 24 without a year: `Mar-24` is the month of that year.
    if digits == 4 || (short && digits == 2 && c.done()) {
        return civil(full_year(first, digits)?, month, 1).map(stamp);
    }
    ordinal(c);
    c.eat(|b| b == b',');
    c.blanks();
    c.eat(separator);
    let (year, digits) = c.number()?;
    civil(full_year(year, digits)?, month, first).map(stamp)
}

fn ordinal(c: &mut Cursor) {
    for word in [&b"st"[..], b"nd", b"rd", b"th", b"er"] {
        if c.bytes[c.at..].starts_with(word) {
            c.at += 2;
            return;
        }
    }
}

fn numeric_date(c: &mut Cursor, order: Order) -> Option<Stamp> {
    let (first, digits) = c.number()?;
    match digits {
        8 => return civil((first / 10_000) as i32, first / 100 % 100, first % 100).map(stamp),
        14 | 12 => return None,
        _ => {}
    }
    if digits > 4 {
        return None;
    }
    let at = c.at;
    ordinal(c);
    c.blanks();
    c.eat(|b| b == b'-' || b == b'.' || b == b'/');
    c.blanks();
    if c.peek().is_some_and(is_letter) {
        // 5-Mar-2024, 5 March 2024, 2024-Mar-05, 5 de marzo de 2024, 2024-W10
        if digits == 4
            && let Some(days) = iso_week(c, first as i32)
        {
            return Some(stamp(days));
        }
        c.of();
        let month = month_by_name(c.letters())?;
        c.eat(|b| b == b'.');
        c.eat(|b| b == b',');
        c.blanks();
        c.of();
        c.eat(separator);
        if digits == 4 {
            let (day, _) = c.number()?;
            return civil(first as i32, month, day).map(stamp);
        }
        let (year, digits) = c.number()?;
        return civil(full_year(year, digits)?, month, first).map(stamp);
    }
    c.at = at;
    let mark = c.eat(separator)?;
    c.blanks();
    let (second, second_digits) = c.number()?;
    if second_digits > 2 {
        return None;
    }
    let third = if c.eat(|b| b == mark).is_some() {
        c.blanks();
        Some(c.number()?)
    } else {
        None
    };
    // 2024. 3. 5., as in Korea.
    if digits == 4 && mark == b'.' {
        c.eat(|b| b == b'.');
    }
    match (digits, third) {
        (4, Some((day, n))) if n <= 2 => civil(first as i32, second, day).map(stamp),
        // 2024-03 is the month, from its first day. 2024.03 is a number.
        (4, None) if mark != b'.' && second_digits == 2 && (1000..3000).contains(&first) => {
            civil(first as i32, second, 1).map(stamp)
        }
        (1..=2, Some((year, n))) => {
            let year = full_year(year, n)?;
            let (month, day) = match order {
                Order::MonthFirst => (first, second),
                Order::DayFirst => (second, first),
            };
            let days = civil(year, month, day)?;
            Some(Stamp { swappable: first <= 12 && second <= 12 && first != second, ..stamp(days) })
        }
        _ => None,
    }
}

/// `W10`, `W10-2`: the week's Monday, or the day given (ISO 8601).
fn iso_week(c: &mut Cursor, year: i32) -> Option<i32> {
    let at = c.at;
    let found = (|| {
        c.eat(|b| b == b'W')?;
        let (week, digits) = c.number()?;
        let day = if c.eat(|b| b == b'-').is_some() { c.number()?.0 } else { 1 };
        if !c.done() || digits != 2 || !(1..=53).contains(&week) || !(1..=7).contains(&day) {
            return None;
        }
        // The fourth of January lies in the first week; day 0 was a Thursday.
        let fourth = civil(year, 1, 4)?;
        let monday = fourth - (fourth + 3).rem_euclid(7);
        Some(monday + (week as i32 - 1) * 7 + day as i32 - 1)
    })();
    if found.is_none() {
        c.at = at;
    }
    found
}

/// `9:05`, `9:05:06.789`, `9:05 PM`, `PM 9:05`, with `Z`, `+08:00`, `+0800`, `UTC`, `GMT` behind.
fn time_part(c: &mut Cursor) -> Option<(i64, Option<i16>)> {
    let mut half = half_day(c);
    c.blanks();
    let (mut hour, digits) = c.number()?;
    let mut minute = 0;
    let mut second = 0;
    let mut fraction = 0i64;
    if digits == 6 {
        // 20240305T093000Z
        (hour, minute, second) = (hour / 10_000, hour / 100 % 100, hour % 100);
    } else if digits > 2 {
        return None;
    } else if c.eat(|b| b == b':').is_some() {
        minute = two_digits(c)?;
        if c.eat(|b| b == b':').is_some() {
            second = two_digits(c)?;
            if c.eat(|b| b == b'.' || b == b',').is_some() {
                let mut unit = SECOND / 10;
                while let Some(b) = c.eat(|b| b.is_ascii_digit()) {
                    fraction += i64::from(b - b'0') * unit;
                    unit /= 10;
                }
            }
        }
    } else if half.is_none() {
        // `2024-03-05 9` is too little; `9 PM` is fine.
        c.blanks();
        half = half_day(c);
        half?;
    }
    c.blanks();
    if half.is_none() {
        half = half_day(c);
        c.blanks();
    }
    let hour = match half {
        Some(false) if hour == 12 => 0,
        Some(true) if hour < 12 => hour + 12,
        _ => hour,
    };
    if minute > 59 || second > 60 || hour > 24 || (hour == 24 && (minute, second) != (0, 0)) {
        return None;
    }
    let offset = zone(c)?;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some((seconds * SECOND + fraction, offset))
}

fn two_digits(c: &mut Cursor) -> Option<u32> {
    c.number().filter(|n| n.1 <= 2).map(|n| n.0)
}

/// `Some(true)` for PM.
fn half_day(c: &mut Cursor) -> Option<bool> {
    let at = c.at;
    let first = c.eat(|b| b.is_ascii_alphabetic())?.to_ascii_lowercase();
    c.eat(|b| b == b'.');
    let second = c.eat(|b| matches!(b, b'm' | b'M'));
    if second.is_none() || !matches!(first, b'a' | b'p') {
        c.at = at;
        return None;
    }
    c.eat(|b| b == b'.');
    Some(first == b'p')
}

/// Outer `None`: something that is no zone stands there.
fn zone(c: &mut Cursor) -> Option<Option<i16>> {
    if c.done() {
        return Some(None);
    }
    if let Some(sign) = c.eat(|b| matches!(b, b'+' | b'-')) {
        let (hours, digits) = c.number()?;
        let minutes = match digits {
            1 | 2 => {
                let minutes = if c.eat(|b| b == b':').is_some() { two_digits(c)? } else { 0 };
                hours * 60 + minutes
            }
            4 => hours / 100 * 60 + hours % 100,
            _ => return None,
        };
        let minutes = i16::try_from(minutes).ok().filter(|&m| m <= 18 * 60)?;
        return Some(Some(if sign == b'-' { -minutes } else { minutes }));
    }
    let word = c.letters();
    let found = zone_by_name(std::str::from_utf8(word).ok()?)?;
    // `GMT+0800 (China Standard Time)`
    let found = match c.peek() {
        Some(b'+' | b'-') => zone(c)?,
        _ => found,
    };
    c.blanks();
    if c.peek() == Some(b'(') && c.bytes.ends_with(b")") {
        c.at = c.bytes.len();
    }
    Some(found)
}

/// Zones as exports write them. `CST` is Chicago's and China's: known as a zone, its offset is not.
pub fn zone_by_name(word: &str) -> Option<Option<i16>> {
    let minutes = match word {
        "Z" | "z" | "UTC" | "GMT" | "UT" | "WET" => 0,
        "EST" | "CDT" => -300,
        "EDT" => -240,
        "MST" | "PDT" => -420,
        "MDT" => -360,
        "PST" | "AKDT" => -480,
        "AKST" => -540,
        "HST" => -600,
        "CET" | "BST" | "WEST" => 60,
        "CEST" | "EET" => 120,
        "EEST" | "MSK" => 180,
        "IST" => 330,
        "HKT" | "SGT" | "AWST" => 480,
        "JST" | "KST" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "CST" => return Some(None),
        _ => return None,
    };
    Some(Some(minutes))
}

fn serial(cell: &[u8], epoch_1904: bool) -> Option<Stamp> {
    let text = std::str::from_utf8(cell.trim_ascii()).ok()?;
    if text.len() > 20 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let v: f64 = text.parse().ok()?;
    // 1900-03-01 to 9999-12-31; earlier serials differ between programs (the leap day 1900 that never was).
    if !(61.0..2_958_466.0).contains(&v) {
        return None;
    }
    let start = if epoch_1904 { days_from_civil(1904, 1, 1) } else { days_from_civil(1899, 12, 30) };
    let days = v.floor();
    // A double holds a serial to about a millisecond: rounded to it, 0.375 is nine o'clock and not a hair before.
    let millis = ((v - days) * 86_400_000.0).round() as i64;
    let micros = text.contains('.').then_some(millis * 1000);
    Some(Stamp { days: start + days as i32, micros, offset: None, swappable: false })
}

fn epoch(cell: &[u8], unit: i64) -> Option<Stamp> {
    let text = std::str::from_utf8(cell.trim_ascii()).ok()?;
    let v: i64 = text.parse().ok()?;
    let micros = v.checked_mul(SECOND / unit.max(1))?;
    let days = i32::try_from(micros.div_euclid(DAY_MICROS)).ok()?;
    Some(Stamp { days, micros: Some(micros.rem_euclid(DAY_MICROS)), offset: Some(0), swappable: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::iso;

    fn print_timestamp(micros: i64) -> String {
        let (days, rest) = (micros.div_euclid(DAY_MICROS), micros.rem_euclid(DAY_MICROS));
        let seconds = rest / SECOND;
        let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = rest % SECOND;
        let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
        format!("{}T{clock}{}", iso(days as i32), fraction.trim_end_matches('0'))
    }

    fn read(cell: &str, order: Order) -> Option<String> {
        parse(cell.as_bytes(), DateForm::Written(order)).map(|s| match s.micros {
            None => iso(s.days),
            Some(_) => {
                let zone = s.offset.map_or(String::new(), |o| format!("{o:+}"));
                format!("{}{zone}", print_timestamp(s.timestamp()))
            }
        })
    }

    #[test]
    fn spellings_of_dates_and_times() {
        for (cell, wanted) in [
            ("2024-03-05", "2024-03-05"),
            ("2024/3/5", "2024-03-05"),
            ("2024.3.5", "2024-03-05"),
            ("20240305", "2024-03-05"),
            ("2024年3月5日", "2024-03-05"),
            ("２０２４年３月５日", "2024-03-05"),
            ("2024年3月", "2024-03-01"),
            ("2024-03", "2024-03-01"),
            ("5-Mar-2024", "2024-03-05"),
            ("05-Mar-24", "2024-03-05"),
            ("5 March 2024", "2024-03-05"),
            ("Mar 5, 2024", "2024-03-05"),
            ("March 5th, 2024", "2024-03-05"),
            ("Sept 5 2024", "2024-09-05"),
            ("Mar 2024", "2024-03-01"),
            ("2024-03-05 09:00", "2024-03-05T09:00:00"),
            ("2024-03-05T09:00:01.250Z", "2024-03-05T09:00:01.25+0"),
            ("2024-03-05 09:00:00+08:00", "2024-03-05T09:00:00+480"),
            ("2024-03-05 09:00:00 -0330", "2024-03-05T09:00:00-210"),
            ("2024-03-05 09:00:00 UTC", "2024-03-05T09:00:00+0"),
            ("2024/3/5 上午9:00", "2024-03-05T09:00:00"),
            ("2024/3/5 下午9:05:06", "2024-03-05T21:05:06"),
            ("2024年3月5日 下午2时05分", "2024-03-05T14:05:00"),
            ("2024年3月5日 9时", "2024-03-05T09:00:00"),
            ("2024年3月5日 星期二", "2024-03-05"),
            ("3/5/2024 9:05 PM", "2024-03-05T21:05:00"),
            ("3/5/24 12:00 AM", "2024-03-05T00:00:00"),
            ("Tue, 5 Mar 2024 09:00:00 GMT", "2024-03-05T09:00:00+0"),
            ("20240305 09:30", "2024-03-05T09:30:00"),
            ("20240305093000", "2024-03-05T09:30:00"),
            ("20240305T093000Z", "2024-03-05T09:30:00+0"),
            ("5. März 2024", "2024-03-05"),
            ("17. Februar 2023", "2023-02-17"),
            ("5 août 2024", "2024-08-05"),
            ("1er juin 2024", "2024-06-01"),
            ("28 de diciembre de 2023", "2023-12-28"),
            ("diciembre de 2023", "2023-12-01"),
            ("5 марта 2024 г.", "2024-03-05"),
            ("5 мая 2024", "2024-05-05"),
            ("2024년 3월 5일", "2024-03-05"),
            ("2024년 3월 5일 오후 3:04", "2024-03-05T15:04:00"),
            ("2024. 3. 5.", "2024-03-05"),
            ("3. 5. 2024", "2024-03-05"),
            ("2024年3月5日下午3时", "2024-03-05T15:00:00"),
            ("Mar-24", "2024-03-01"),
            ("Mar '24", "2024-03-01"),
            ("2024-W10", "2024-03-04"),
            ("2024-W10-2", "2024-03-05"),
            ("2020W53", "2020-12-28"),
            ("Mar 5, 2024 9:00:00 PM PDT", "2024-03-05T21:00:00-420"),
            ("2024-03-05 09:00:00 CST", "2024-03-05T09:00:00"),
            ("Tue Mar 05 09:00:00 2024", "2024-03-05T09:00:00"),
            ("Tue Mar 5 09:00:00 UTC 2024", "2024-03-05T09:00:00+0"),
            ("Tue Mar 05 2024 09:00:00 GMT+0800 (China Standard Time)", "2024-03-05T09:00:00+480"),
            ("05/Mar/2024:09:00:00 +0000", "2024-03-05T09:00:00+0"),
        ] {
            assert_eq!(read(cell, Order::MonthFirst).as_deref(), Some(wanted), "{cell}");
        }
        assert_eq!(read("3/4/2024", Order::DayFirst).as_deref(), Some("2024-04-03"));
        assert_eq!(read("28/01/2018", Order::DayFirst).as_deref(), Some("2018-01-28"));
        assert_eq!(read("28/01/2018", Order::MonthFirst), None);
        assert_eq!(read("3/4/69", Order::DayFirst).as_deref(), Some("1969-04-03"));
    }

    #[test]
    fn what_is_no_date() {
        for cell in [
            "2024-02-30",
            "2024-13-01",
            "20241301",
            "1.5",
            "123456",
            "2024",
            "00:15",
            "13-14-15",
            "1/2",
            "2024.03",
            "Marching 5 2024",
            "2024-03-05x",
            "2024-03-05 25:00",
            "CA-2017-152156",
            "20240305250000",
            "2024-W54",
            "24-Tea-12",
            "Mar 24",
            "10.5.3.2",
            "月",
            "5年",
        ] {
            assert_eq!(read(cell, Order::MonthFirst), None, "{cell}");
        }
    }

    #[test]
    fn spreadsheet_serials_of_both_epochs_and_unix_seconds() {
        let at = |cell: &str, form| parse(cell.as_bytes(), form).map(|s| print_timestamp(s.timestamp()));
        let serial = DateForm::Serial { epoch_1904: false };
        assert_eq!(at("45356", serial).as_deref(), Some("2024-03-05T00:00:00"));
        assert_eq!(at("45356.375", serial).as_deref(), Some("2024-03-05T09:00:00"));
        assert_eq!(at("43894", DateForm::Serial { epoch_1904: true }).as_deref(), Some("2024-03-05T00:00:00"));
        assert_eq!(at("1709629200", DateForm::Epoch { unit: 1 }).as_deref(), Some("2024-03-05T09:00:00"));
        assert_eq!(at("1709629200500", DateForm::Epoch { unit: 1000 }).as_deref(), Some("2024-03-05T09:00:00.5"));
    }
}

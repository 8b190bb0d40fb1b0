//! What a column is, from its name and a sample of its cells.

use std::collections::BTreeSet;

use super::date::{self, DateForm, Order, Stamp};
use super::number::{self, Mark, Number, Spelling};
use super::{missing, shape, truth};
use crate::read::{ColumnPlan, DateOrder, Decimal, Writing};
use crate::table::{DatePart, Format, Type};

/// What the file says about all its columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Cells are separated by semicolons: as a rule because the decimal mark is the comma.
    pub semicolon: bool,
    /// Serial dates count from 1904.
    pub epoch_1904: bool,
    /// What the reader said.
    pub writing: Option<&'a Writing>,
}

impl Hints<'_> {
    fn order(self) -> Option<Order> {
        self.writing?.date_order.map(|order| match order {
            DateOrder::Mdy => Order::MonthFirst,
            DateOrder::Dmy => Order::DayFirst,
        })
    }
    fn mark(self) -> Option<Mark> {
        self.writing?.decimal.map(|mark| match mark {
            Decimal::Point => Mark::Point,
            Decimal::Comma => Mark::Comma,
        })
    }
    /// Words that mean an empty cell, besides the usual ones.
    fn words(&self) -> &[String] {
        self.writing.map_or(&[], |w| &w.missing)
    }
    fn is_missing(self, cell: &[u8]) -> bool {
        missing::is_any(cell) || self.words().iter().any(|w| w.as_bytes() == cell)
    }
    /// Nothing, if the column is one of numbers or dates.
    fn is_no_value(self, cell: &[u8]) -> bool {
        missing::is_no_value(cell) || self.words().iter().any(|w| w.as_bytes() == cell)
    }
}

/// A column may have this share of misfits and still be what the others are.
const MISFITS: f64 = 0.02;
/// Below so many values every one of them counts.
const FEW: usize = 20;

/// The plan of one column. `cells` are the sample's, unquoted; the name may be empty.
pub fn plan(name: &str, cells: &[&[u8]], hints: Hints) -> ColumnPlan {
    let present: Vec<&[u8]> = cells.iter().map(|c| trim(c)).filter(|c| !hints.is_missing(c)).collect();
    let mut plan = if present.is_empty() {
        ColumnPlan { empty: true, ..ColumnPlan::text() }
    } else {
        truth_plan(&present)
            .or_else(|| {
                let values: Vec<&[u8]> = present.iter().copied().filter(|c| !hints.is_no_value(c)).collect();
                date_plan(name, &values, hints).or_else(|| number_plan(name, &values, hints))
            })
            .unwrap_or_else(ColumnPlan::text)
    };
    plan.missing = if plan.kind == Type::Text && !plan.empty {
        missing::among_words(cells.iter().copied())
    } else {
        missing::all()
    };
    plan.missing.extend(hints.words().iter().cloned());
    plan
}

/// A plan for a type that the user has chosen: the format as the cells suggest, the type as told.
pub fn plan_as(kind: Type, cells: &[&[u8]], hints: Hints) -> ColumnPlan {
    let present: Vec<&[u8]> = cells.iter().map(|c| trim(c)).filter(|c| !hints.is_missing(c)).collect();
    let mut plan = match kind {
        Type::Text => ColumnPlan::text(),
        Type::Boolean => {
            let known = present.iter().copied().filter(|c| truth::parse(c).is_some());
            let mut plan = ColumnPlan::new(kind, Format::Plain);
            if let Some(spelling) = truth::spelling(known) {
                plan.spelling = spelling;
            }
            plan
        }
        Type::Integer | Type::Decimal => {
            let mark = decimal_mark(&present, hints).0;
            let cells: Vec<(&[u8], Spelling)> =
                present.iter().filter_map(|c| number::parse(c, mark).map(|n| (*c, n.1))).collect();
            ColumnPlan::new(kind, shape::numbers(&cells, mark))
        }
        Type::Date | Type::Timestamp => {
            let serials = present.iter().filter(|c| is_serial(c)).count();
            if serials * 2 > present.len() && serials > written_days(&present) {
                let part = if hints.epoch_1904 { DatePart::Serial1904 } else { DatePart::Serial1900 };
                ColumnPlan::new(kind, Format::Date(vec![part]))
            } else {
                let (order, ambiguous) = day_order(&present, hints);
                let fitting = present.iter().copied().filter(|c| parse_day(c, order).is_some());
                let format = shape::dates(fitting, order).unwrap_or_else(|| order_only(order));
                ColumnPlan { ambiguous, order_given: hints.order().is_some(), ..ColumnPlan::new(kind, format) }
            }
        }
    };
    plan.given = true;
    plan.missing = if kind == Type::Text { missing::among_words(cells.iter().copied()) } else { missing::all() };
    plan.missing.extend(hints.words().iter().cloned());
    plan
}

fn trim(cell: &[u8]) -> &[u8] {
    cell.trim_ascii()
}

fn enough(fitting: usize, all: usize) -> bool {
    fitting == all || (all >= FEW && (all - fitting) as f64 <= MISFITS * all as f64)
}

#[inline(never)]
fn truth_plan(cells: &[&[u8]]) -> Option<ColumnPlan> {
    let spelling = truth::spelling(cells.iter().copied())?;
    Some(ColumnPlan { spelling, ..ColumnPlan::new(Type::Boolean, Format::Plain) })
}

// ---- dates

/// Words of a header that promise a day or a time.
const DAY_WORDS: [&str; 32] = [
    "date",
    "dates",
    "ts",
    "datum",
    "zeit",
    "fecha",
    "hora",
    "data",
    "jour",
    "heure",
    "дата",
    "время",
    "tarih",
    "day",
    "time",
    "datetime",
    "timestamp",
    "dt",
    "created",
    "updated",
    "birthday",
    "dob",
    "日期",
    "时间",
    "日",
    "生日",
    "月份",
    "年月",
    "時間",
    "month",
    "when",
    "at",
];

pub fn promises_day(name: &str) -> bool {
    let words = crate::read::value::words(name);
    words.iter().any(|w| DAY_WORDS.contains(&w.as_str()))
        || ["日期", "时间", "時間", "生日", "月份", "年月", "日時", "날짜", "일시", "일자"]
            .iter()
            .any(|w| name.contains(w))
        || name.trim().ends_with('日')
}

fn parse_day(cell: &[u8], order: Order) -> Option<Stamp> {
    date::parse(cell, DateForm::Written(order))
}

#[inline(never)]
fn written_days(cells: &[&[u8]]) -> usize {
    cells.iter().filter(|c| parse_day(c, Order::MonthFirst).or_else(|| parse_day(c, Order::DayFirst)).is_some()).count()
}

fn is_serial(cell: &&[u8]) -> bool {
    // 1982 to 2119: what a customer file may hold.
    date::parse(cell, DateForm::Serial { epoch_1904: false }).is_some_and(|s| (4_383..54_788).contains(&s.days))
}

fn order_only(order: Order) -> Format {
    let (month, day) = (DatePart::Month { padded: true }, DatePart::Day { padded: true });
    let mark = || DatePart::Literal("/".into());
    Format::Date(match order {
        Order::MonthFirst => vec![month, mark(), day, mark(), DatePart::Year],
        Order::DayFirst => vec![day, mark(), month, mark(), DatePart::Year],
    })
}

/// The order under which more cells are dates; where both read all, the one in which the file's rows are more in
/// sequence; where that does not tell either, the dot says day first and anything else month first.
#[inline(never)]
fn day_order(cells: &[&[u8]], hints: Hints) -> (Order, bool) {
    if let Some(order) = hints.order() {
        return (order, false);
    }
    let read = |order| cells.iter().map(|c| parse_day(c, order)).collect::<Vec<_>>();
    let (month, day) = (read(Order::MonthFirst), read(Order::DayFirst));
    let count = |stamps: &[Option<Stamp>]| stamps.iter().flatten().count();
    let swappable = month.iter().flatten().any(|s| s.swappable);
    if count(&month) != count(&day) {
        let order = if count(&day) > count(&month) { Order::DayFirst } else { Order::MonthFirst };
        return (order, false);
    }
    if !swappable {
        return (Order::MonthFirst, false);
    }
    // Days of a real log are close to their neighbours; exchanged, they jump by months.
    let jumps = |stamps: &[Option<Stamp>]| -> i64 {
        let days: Vec<i64> = stamps.iter().flatten().map(|s| i64::from(s.days)).collect();
        days.windows(2).map(|w| (w[1] - w[0]).abs()).sum()
    };
    let (by_month, by_day) = (jumps(&month), jumps(&day));
    if by_month * 2 < by_day {
        return (Order::MonthFirst, true);
    }
    if by_day * 2 < by_month {
        return (Order::DayFirst, true);
    }
    let dots = cells.iter().filter(|c| c.contains(&b'.') && !c.contains(&b'/')).count();
    (if dots * 2 > cells.len() { Order::DayFirst } else { Order::MonthFirst }, true)
}

/// Whether the first cells allow that nearly all are of this kind: spares most columns the full look.
fn likely(cells: &[&[u8]], is: impl Fn(&[u8]) -> bool) -> bool {
    let first = cells.get(..40).unwrap_or(cells);
    first.iter().filter(|c| is(c)).count() * 4 >= first.len() * 3
}

#[inline(never)]
fn date_plan(name: &str, cells: &[&[u8]], hints: Hints) -> Option<ColumnPlan> {
    if cells.is_empty() || !likely(cells, |c| c.iter().any(u8::is_ascii_digit) || !c.is_ascii()) {
        return None;
    }
    let any_day = |c: &[u8]| parse_day(c, Order::MonthFirst).or_else(|| parse_day(c, Order::DayFirst)).is_some();
    let promised = promises_day(name);
    if promised && let Some(unit) = epoch_unit(cells) {
        return Some(ColumnPlan::new(Type::Timestamp, Format::Date(vec![DatePart::Epoch(unit)])));
    }
    if !likely(cells, |c| any_day(c) || is_serial(&c)) {
        return None;
    }
    let compact = cells.iter().filter(|c| matches!(c.len(), 8 | 14) && c.iter().all(u8::is_ascii_digit)).count();
    let written = written_days(cells);
    if !enough(written, cells.len()) {
        let serials = cells.iter().filter(is_serial_ref).count();
        // A number between 30,000 and 80,000 is a date only where the header says so.
        if promised && cells.len() > 1 && enough(serials, cells.len()) {
            let timed = cells.iter().any(|c| c.contains(&b'.'));
            let part = if hints.epoch_1904 { DatePart::Serial1904 } else { DatePart::Serial1900 };
            let kind = if timed { Type::Timestamp } else { Type::Date };
            return Some(ColumnPlan::new(kind, Format::Date(vec![part])));
        }
        return None;
    }
    // Eight digits are a date where the header promises one, or where enough of them are days of our times.
    if compact > 0 && !promised && (identifies(name) || compact < 3 || !recent(cells)) {
        return None;
    }
    let (order, ambiguous) = day_order(cells, hints);
    let stamps: Vec<Stamp> = cells.iter().filter_map(|c| parse_day(c, order)).collect();
    if !enough(stamps.len(), cells.len()) {
        return None;
    }
    let kind = if stamps.iter().any(|s| s.micros.is_some()) { Type::Timestamp } else { Type::Date };
    let fitting = cells.iter().copied().filter(|c| parse_day(c, order).is_some());
    let format = shape::dates(fitting, order).unwrap_or_else(|| order_only(order));
    Some(ColumnPlan { ambiguous, order_given: hints.order().is_some(), ..ColumnPlan::new(kind, format) })
}

/// Whole numbers that count seconds, milliseconds or microseconds up to a moment between 2000 and 2069.
fn epoch_unit(cells: &[&[u8]]) -> Option<i64> {
    let moment = |unit: i64| {
        let fits = |c: &&&[u8]| {
            c.iter().all(u8::is_ascii_digit)
                && date::parse(c, DateForm::Epoch { unit }).is_some_and(|s| (10_957..36_524).contains(&s.days))
        };
        enough(cells.iter().filter(fits).count(), cells.len())
    };
    [1, 1_000, 1_000_000].into_iter().find(|&unit| moment(unit))
}

fn is_serial_ref(cell: &&&[u8]) -> bool {
    is_serial(cell)
}

/// 1940 to 2069: beyond, eight digits that happen to be a day are more likely a number.
fn recent(cells: &[&[u8]]) -> bool {
    cells.iter().filter_map(|c| parse_day(c, Order::MonthFirst)).all(|s| (-10_957..36_524).contains(&s.days))
}

// ---- numbers

const ID_WORDS: [&str; 22] = [
    "id",
    "ids",
    "no",
    "nr",
    "num",
    "number",
    "code",
    "key",
    "uid",
    "uuid",
    "guid",
    "sku",
    "zip",
    "zipcode",
    "postal",
    "postcode",
    "phone",
    "mobile",
    "tel",
    "telephone",
    "fax",
    "isbn",
];
const ID_PARTS: [&str; 14] = [
    "编号",
    "编码",
    "代码",
    "单号",
    "账号",
    "帐号",
    "卡号",
    "会员号",
    "订单号",
    "手机",
    "电话",
    "邮编",
    "身份证",
    "货号",
];

/// The header names identifiers.
pub fn identifies(name: &str) -> bool {
    let words = crate::read::value::words(name);
    words.last().is_some_and(|w| ID_WORDS.contains(&w.as_str()))
        || words.first().is_some_and(|w| matches!(w.as_str(), "id" | "zip" | "postal" | "phone" | "mobile"))
        || ID_PARTS.iter().any(|p| name.contains(p))
}

/// The mark under which more cells are numbers, and how many those are.
#[inline(never)]
fn decimal_mark(cells: &[&[u8]], hints: Hints) -> (Mark, usize) {
    let count = |mark| cells.iter().filter(|c| number::parse(c, mark).is_some()).count();
    if let Some(mark) = hints.mark() {
        return (mark, count(mark));
    }
    let (point, comma) = (count(Mark::Point), count(Mark::Comma));
    let undecided = point == comma && hints.semicolon && cells.iter().any(|c| c.contains(&b','));
    if comma > point || undecided { (Mark::Comma, comma) } else { (Mark::Point, point) }
}

#[inline(never)]
fn number_plan(name: &str, cells: &[&[u8]], hints: Hints) -> Option<ColumnPlan> {
    let number = |c: &[u8]| number::parse(c, Mark::Point).or_else(|| number::parse(c, Mark::Comma)).is_some();
    if cells.is_empty() || !likely(cells, number) {
        return None;
    }
    let (mark, fitting) = decimal_mark(cells, hints);
    if !enough(fitting, cells.len()) || is_identifier(name, cells, fitting < cells.len()) {
        return None;
    }
    let parsed: Vec<(&[u8], Number, Spelling)> =
        cells.iter().filter_map(|c| number::parse(c, mark).map(|n| (*c, n.0, n.1))).collect();
    let spelled: Vec<(&[u8], Spelling)> = parsed.iter().map(|p| (p.0, p.2)).collect();
    let format = shape::numbers(&spelled, mark);
    let whole =
        parsed.iter().all(|p| p.1.at_scale(0).is_some() && !p.2.point && !p.2.percent && !p.2.unit && !p.2.currency);
    Some(ColumnPlan::new(if whole { Type::Integer } else { Type::Decimal }, format))
}

/// `+8613812345678`
fn international(cell: &&[u8]) -> bool {
    cell.strip_prefix(b"+").is_some_and(|d| (9..=15).contains(&d.len()) && d.iter().all(u8::is_ascii_digit))
}

/// Two digits or more, E, digits.
fn is_code_with_e(cell: &[u8]) -> bool {
    let mut parts = cell.splitn(2, |b| matches!(b, b'e' | b'E'));
    let (Some(before), Some(behind)) = (parts.next(), parts.next()) else { return false };
    let digits = |d: &[u8]| !d.is_empty() && d.iter().all(u8::is_ascii_digit);
    before.len() >= 2 && digits(before) && digits(behind)
}

/// Digits that name something and count nothing.
#[inline(never)]
fn is_identifier(name: &str, cells: &[&[u8]], misfits: bool) -> bool {
    let digits_only = |c: &&&[u8]| c.iter().all(u8::is_ascii_digit);
    if cells.iter().any(|c| number::leading_zero(c) && c.iter().all(u8::is_ascii_digit)) {
        return true;
    }
    if cells.iter().any(|c| c.len() >= 16 && c.iter().all(u8::is_ascii_digit)) {
        return true;
    }
    let mobile =
        |c: &&[u8]| c.len() == 11 && c[0] == b'1' && (b'3'..=b'9').contains(&c[1]) && c.iter().all(u8::is_ascii_digit);
    if cells.iter().all(mobile) || cells.iter().all(international) {
        return true;
    }
    // 826E43 is an article; a number so large is written 8.26E+45.
    if cells.iter().all(|c| is_code_with_e(c)) {
        return true;
    }
    if misfits {
        // C536379 among 536365: a code. "n.v." among prices: dirt.
        let code = |c: &&&[u8]| {
            let digit = c.iter().any(u8::is_ascii_digit);
            digit && c.iter().any(u8::is_ascii_alphabetic) && number::parse(c, Mark::Point).is_none()
        };
        if identifies(name) || cells.iter().any(|c| code(&c)) {
            return true;
        }
    }
    let widths: BTreeSet<usize> = cells.iter().map(|c| c.len()).collect();
    let long = widths.first().is_some_and(|&w| w >= 8);
    identifies(name) && widths.len() == 1 && long && cells.len() > 1 && cells.iter().all(|c| digits_only(&c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::value::{Reader, Value};

    #[test]
    fn what_the_reader_says_of_dates_marks_and_missing_words_holds() {
        let read = |cells: &[&str], writing: &Writing| {
            let cells: Vec<&[u8]> = cells.iter().map(|c| c.as_bytes()).collect();
            plan("x", &cells, Hints { writing: Some(writing), ..Hints::default() })
        };
        let said = |date_order, decimal, word: &[&str]| Writing {
            date_order,
            decimal,
            missing: word.iter().map(|w| w.to_string()).collect(),
        };
        let days = ["03/04/2024", "05/06/2024", "11/12/2024"];
        for (order, is) in [(DateOrder::Mdy, "mdy"), (DateOrder::Dmy, "dmy")] {
            let p = read(&days, &said(Some(order), None, &[]));
            assert_eq!(p.format.date_order(), Some(is));
            assert!(p.order_given && !p.ambiguous);
        }
        let sums = ["1.234", "5.678", "9.012"];
        assert_eq!(read(&sums, &said(None, Some(Decimal::Point), &[])).kind, Type::Decimal);
        assert_eq!(read(&sums, &said(None, Some(Decimal::Comma), &[])).kind, Type::Integer);
        let p = read(&["1", "2", "keine", "3"], &said(None, None, &["keine"]));
        assert_eq!(p.kind, Type::Integer);
        assert!(p.missing.iter().any(|w| w == "keine"));
    }

    fn of(name: &str, cells: &[&str]) -> ColumnPlan {
        let cells: Vec<&[u8]> = cells.iter().map(|c| c.as_bytes()).collect();
        plan(name, &cells, Hints::default())
    }

    #[test]
    fn types_of_clean_columns() {
        for (name, cells, kind) in [
            ("n", &["1", "2", "-3"][..], Type::Integer),
            ("n", &["1", "2.5"], Type::Decimal),
            ("n", &["1.0", "2.0"], Type::Decimal),
            ("price", &["¥1,234.50", "¥12.00"], Type::Decimal),
            ("share", &["12%", "7%"], Type::Decimal),
            ("ok", &["Yes", "No", ""], Type::Boolean),
            ("有效", &["是", "否"], Type::Boolean),
            ("day", &["20140919", "20131011"], Type::Date),
            ("n", &["20140919", "20131011", "20131012"], Type::Date),
            ("n", &["20140919", "20139999", "20131012"], Type::Integer),
            ("id", &["20140919", "20131011", "20131012"], Type::Text),
            ("date", &["2024年3月5日", "2024年12月15日"], Type::Date),
            ("t", &["2024/3/5 上午9:00", "2024/3/6 下午1:00"], Type::Timestamp),
            ("order date", &["45356", "45357"], Type::Date),
            ("n", &["45356", "45357"], Type::Integer),
            ("sku", &["00123", "00124"], Type::Text),
            ("card", &["6222021234567890", "6222021234567891"], Type::Text),
            ("x", &["13812345678", "13912345678"], Type::Text),
            ("x", &["a", "b"], Type::Text),
            ("x", &["1", "b"], Type::Text),
            ("time", &["00:15", "00:30"], Type::Text),
            ("Weekly", &["1", "NA", "3"], Type::Integer),
            ("TotalCharges", &["29.85", " ", "1889.5"], Type::Decimal),
            ("n", &["1", "unknown", "3"], Type::Integer),
            ("n", &["1", "未知", "暂无", "3"], Type::Integer),
            ("n", &["unknown", "unknown"], Type::Text),
            ("member", &["yes", "no", "unknown"], Type::Text),
            ("created_at", &["1709629200", "1709629299"], Type::Timestamp),
            ("event timestamp", &["1709629200123456", "1709629299123456"], Type::Timestamp),
            ("时间", &["1709629200123", "1709629299123"], Type::Timestamp),
            ("n", &["1709629200", "1709629299"], Type::Integer),
            ("t", &["20240305093000", "20240306093000", "20240307093000"], Type::Timestamp),
            ("交易单号", &["20240305093000", "20240306093000", "20240307093000"], Type::Text),
            ("x", &["+8618283396281", "+8616118090501"], Type::Text),
            ("x", &["556E60", "273E97"], Type::Text),
            ("x", &["5E3", "2.5E4"], Type::Decimal),
            ("n", &["1", "", "n/a"], Type::Integer),
        ] {
            assert_eq!(of(name, cells).kind, kind, "{name} {cells:?}");
        }
        assert!(of("x", &["", "NA"]).empty);
    }

    #[test]
    fn day_and_month_are_told_apart_by_the_whole_column() {
        let order = |cells: &[&str]| {
            let p = of("date", cells);
            (date_order(&p), p.ambiguous)
        };
        assert_eq!(order(&["5/2/2010", "12/2/2010", "19/2/2010"]), (Order::DayFirst, false));
        assert_eq!(order(&["11/8/2017", "6/12/2017", "10/11/2016", "6/16/2017"]), (Order::MonthFirst, false));
        // Undecided by range, decided by sequence: daily rows.
        assert_eq!(order(&["1/2/2010", "2/2/2010", "3/2/2010", "4/2/2010"]), (Order::DayFirst, true));
        assert_eq!(order(&["3/4/2010"]), (Order::MonthFirst, true));
        assert_eq!(order(&["3.4.2010"]), (Order::DayFirst, true));
    }

    fn date_order(p: &ColumnPlan) -> Order {
        match super::super::date_form(&p.format) {
            DateForm::Written(order) => order,
            _ => Order::MonthFirst,
        }
    }

    #[test]
    fn the_decimal_comma_needs_evidence() {
        let p = of("preis", &["1.234,56", "12,5"]);
        assert_eq!(Reader::new(&p).read(b"7,25"), Value::Number(Number::Exact { mantissa: 725, scale: 2 }));
        let cells: Vec<&[u8]> = vec![b"1,234", b"5,678"];
        let english = plan("n", &cells, Hints::default());
        assert_eq!(Reader::new(&english).read(b"1,234"), Value::Integer(1234));
        let european = plan("n", &cells, Hints { semicolon: true, ..Hints::default() });
        assert_eq!(Reader::new(&european).read(b"1,234"), Value::Number(Number::Exact { mantissa: 1234, scale: 3 }));
    }

    #[test]
    fn dirt_is_tolerated_but_codes_are_not() {
        let mut cells: Vec<String> = (100..200).map(|i| i.to_string()).collect();
        cells[50] = "soon".into();
        let of = |name, cells: &[String]| {
            let cells: Vec<&[u8]> = cells.iter().map(|c| c.as_bytes()).collect();
            plan(name, &cells, Hints::default())
        };
        assert_eq!(of("qty", &cells).kind, Type::Integer);
        assert!(!Reader::new(&of("qty", &cells)).fits(b"soon"));
        assert!(Reader::new(&of("qty", &cells)).fits(b"unknown"));
        assert_eq!(of("order id", &cells).kind, Type::Text);
        cells[50] = "C536379".into();
        assert_eq!(of("qty", &cells).kind, Type::Text);
    }
}

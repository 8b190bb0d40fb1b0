//! One column of a part: cells to values, straight from the bytes.

use super::dict::{Dict, ShortDict};
use super::part::{Odd, OddKind, PartColumn, Values};
use super::scan::{Batch, Cell};
use super::word;
use crate::read::ColumnPlan;
use crate::read::value::date::{DAY_MICROS, DateForm};
use crate::read::value::number::{Mark, Number, leading_zero};
use crate::read::value::{self, date, date_form, number};
use crate::table::{DatePart, Format, NumberFormat, Type, decimal, print_date};
use crate::time::days_from_civil;

/// The largest mantissa: eighteen digits.
pub const MAX_MANTISSA: i64 = 999_999_999_999_999_999;
pub const MAX_SCALE: u32 = 18;

pub fn mark_of(format: &NumberFormat) -> Mark {
    if format.decimal == b',' { Mark::Comma } else { Mark::Point }
}

/// The format in which numbers of this column are compared with their text.
pub fn number_format(format: &Format) -> NumberFormat {
    match format {
        Format::Number(f) => f.clone(),
        _ => NumberFormat::default(),
    }
}

enum How {
    Text,
    Number {
        format: NumberFormat,
        plain: bool,
    },
    Boolean {
        no: Vec<u8>,
        yes: Vec<u8>,
    },
    /// `fast`: the byte between the parts of `YYYY?MM?DD`, and for timestamps the one before `HH:MM:SS`.
    Date {
        form: DateForm,
        parts: Vec<DatePart>,
        fast: Option<u8>,
    },
    Timestamp {
        form: DateForm,
        parts: Vec<DatePart>,
        fast: Option<(u8, u8)>,
    },
}

pub struct Converter {
    how: How,
    missing: Vec<Vec<u8>>,
    rows: u32,
    dict: ShortDict,
    keys: Vec<u32>,
    longs: Vec<i64>,
    floats: Option<Vec<f64>>,
    bools: Vec<u8>,
    scale: u32,
    valid: Option<Vec<u8>>,
    odd: Odd,
    offset_rows: Vec<u32>,
    offset_minutes: Vec<i32>,
    /// Dates that were spelled out recently, by hash of their text.
    recent: Vec<(Vec<u8>, i64, Option<i16>, bool)>,
    print: String,
}

/// A cell's bytes: `at..end` of `bytes`.
#[derive(Clone, Copy)]
struct Text<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Text<'a> {
    fn get(self) -> &'a [u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }
}

#[inline(always)]
fn text_of<'a>(bytes: &'a [u8], arena: &'a [u8], cell: Cell) -> Text<'a> {
    Text { bytes: if cell.in_arena() { arena } else { bytes }, at: cell.start as usize, end: cell.end() }
}

impl Converter {
    pub fn new(plan: &ColumnPlan) -> Self {
        let iso = |separator: &str| {
            vec![
                DatePart::Year,
                DatePart::Literal(separator.into()),
                DatePart::Month { padded: true },
                DatePart::Literal(separator.into()),
                DatePart::Day { padded: true },
            ]
        };
        let clock = |mark: &str| {
            let colon = || DatePart::Literal(":".into());
            let hour = DatePart::Hour { padded: true };
            vec![DatePart::Literal(mark.into()), hour, colon(), DatePart::Minute, colon(), DatePart::Second]
        };
        let parts = |otherwise: Vec<DatePart>| match &plan.format {
            Format::Date(parts) => parts.clone(),
            _ => otherwise,
        };
        let how = match plan.kind {
            Type::Text => How::Text,
            Type::Integer | Type::Decimal => {
                let format = number_format(&plan.format);
                How::Number { plain: format.is_plain(), format }
            }
            Type::Boolean => {
                let [no, yes] = plan.spelling.clone().map(String::into_bytes);
                How::Boolean { no, yes }
            }
            Type::Date => {
                let parts = parts(iso("-"));
                let fast = [b'-', b'/', b'.'].into_iter().find(|&s| parts == iso(char::from(s).to_string().as_str()));
                How::Date { form: date_form(&plan.format), parts, fast }
            }
            Type::Timestamp => {
                let parts = parts([iso("-"), clock("T")].concat());
                let fast = [(b'-', b' '), (b'-', b'T'), (b'/', b' ')].into_iter().find(|&(s, t)| {
                    parts
                        == [iso(char::from(s).to_string().as_str()), clock(char::from(t).to_string().as_str())].concat()
                });
                How::Timestamp { form: date_form(&plan.format), parts, fast }
            }
        };
        Self {
            how,
            missing: plan.missing.iter().map(|m| m.clone().into_bytes()).collect(),
            rows: 0,
            dict: ShortDict::default(),
            keys: Vec::new(),
            longs: Vec::new(),
            floats: None,
            bools: Vec::new(),
            scale: 0,
            valid: None,
            odd: Odd::default(),
            offset_rows: Vec::new(),
            offset_minutes: Vec::new(),
            recent: Vec::new(),
            print: String::new(),
        }
    }

    /// Makes room for so many distinct texts.
    pub fn reserve(&mut self, texts: usize) {
        self.dict.reserve(texts);
    }

    /// Adds one column of a batch.
    pub fn add(&mut self, bytes: &[u8], batch: &Batch, column: usize) {
        self.add_cells(bytes, &batch.arena, batch.column(column));
    }

    // The ways are functions of their own: an engine compiles well what is called often, and only that.
    fn add_cells(&mut self, bytes: &[u8], arena: &[u8], cells: &[Cell]) {
        match &self.how {
            How::Text => self.add_text(bytes, arena, cells),
            How::Number { format, plain: true } => {
                let min = u32::from(format.min_decimals);
                self.add_plain_numbers(bytes, arena, cells, min);
            }
            How::Number { .. } => {
                for &cell in cells {
                    self.number(text_of(bytes, arena, cell), None);
                    self.rows += 1;
                }
            }
            How::Boolean { .. } => {
                for &cell in cells {
                    self.boolean(text_of(bytes, arena, cell).get());
                    self.rows += 1;
                }
            }
            How::Date { fast: Some(separator), .. } => self.add_iso_days(bytes, arena, cells, *separator),
            How::Date { .. } => {
                for &cell in cells {
                    self.date(text_of(bytes, arena, cell).get());
                    self.rows += 1;
                }
            }
            How::Timestamp { fast, .. } => self.add_moments(bytes, arena, cells, *fast),
        }
    }

    /// Adds one cell.
    pub fn add_one(&mut self, cell: &[u8]) {
        self.add_cells(cell, &[], &[Cell::slice(0, cell.len())]);
    }

    #[inline(never)]
    fn add_moments(&mut self, bytes: &[u8], arena: &[u8], cells: &[Cell], fast: Option<(u8, u8)>) {
        for &cell in cells {
            let text = text_of(bytes, arena, cell);
            match fast.and_then(|(separator, mark)| iso_moment(text, separator, mark)) {
                Some(micros) => self.longs.push(micros),
                None => self.timestamp(text.get()),
            }
            self.rows += 1;
        }
    }

    #[inline(never)]
    fn add_text(&mut self, bytes: &[u8], arena: &[u8], cells: &[Cell]) {
        // The short text before: often the same.
        let (mut last, mut last_key) = self.dict.last().unwrap_or((word::LONG, 0));
        self.keys.reserve(cells.len());
        for &cell in cells {
            let text = text_of(bytes, arena, cell);
            let key = match word::short(text.bytes, text.at, text.end.wrapping_sub(text.at)) {
                Some(short) if word::is(&short, &last) => last_key,
                Some(short) => {
                    let key = match self.dict.rise(&short) {
                        Some(key) => Some(key),
                        None => match self.dict.find_short(&short) {
                            Ok(key) => Some(key),
                            Err(free) if word::is_bare(&short) => Some(self.dict.add_short(free, &short)),
                            Err(_) => None,
                        },
                    };
                    match key {
                        Some(key) => {
                            (last, last_key) = (short, key);
                            key
                        }
                        None => self.new_text(text),
                    }
                }
                None => self.dict.find(text.get()).unwrap_or_else(|| self.new_text(text)),
            };
            self.keys.push(key);
            self.rows += 1;
        }
    }

    /// A text that is not in the dictionary as it stands: one that has spaces around it never is.
    #[inline(never)]
    fn new_text(&mut self, place: Text) -> u32 {
        let text = place.get();
        let bare = value::text(text);
        if bare.len() != text.len() && std::str::from_utf8(text).is_ok() {
            self.odd.push(self.rows, OddKind::Raw, text);
            return self.dict.code(bare);
        }
        if text.is_ascii() {
            return self.dict.code_at(place.bytes, place.at, text.len());
        }
        match String::from_utf8_lossy(text) {
            std::borrow::Cow::Borrowed(_) => self.dict.code_at(place.bytes, place.at, text.len()),
            std::borrow::Cow::Owned(repaired) => {
                self.odd.push(self.rows, OddKind::BadText, repaired.as_bytes());
                self.dict.code(repaired.as_bytes())
            }
        }
    }

    #[inline(never)]
    fn add_plain_numbers(&mut self, bytes: &[u8], arena: &[u8], cells: &[Cell], min: u32) {
        self.longs.reserve(cells.len());
        for &cell in cells {
            let text = text_of(bytes, arena, cell);
            let found = word::number(text.bytes, text.at, text.end);
            match found {
                Some((mantissa, decimals))
                    if decimals == self.scale
                        && self.floats.is_none()
                        && (decimals == min || (decimals > min && text.bytes.get(text.end - 1) != Some(&b'0'))) =>
                {
                    self.longs.push(mantissa);
                }
                _ => self.number(text, found),
            }
            self.rows += 1;
        }
    }

    fn invalidate(&mut self) {
        let row = self.rows as usize;
        let valid = self.valid.get_or_insert_default();
        if valid.len() <= row / 8 {
            valid.resize(row / 8 + 1, 0xff);
        }
        valid[row / 8] &= !(1 << (row % 8));
    }

    /// Missing or misfit: the row is there, the value is not.
    fn nothing(&mut self, text: &[u8]) {
        self.invalidate();
        if text.is_empty() {
            return;
        }
        self.odd.push(self.rows, if self.is_missing(text) { OddKind::Missing } else { OddKind::Misfit }, text);
    }

    fn is_missing(&self, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        text.is_empty() || self.missing.iter().any(|m| m == text)
    }

    fn push_nothing_number(&mut self, text: &[u8]) {
        match &mut self.floats {
            Some(floats) => floats.push(0.0),
            None => self.longs.push(0),
        }
        self.nothing(text);
    }

    #[inline(never)]
    fn number(&mut self, text: Text, plain: Option<(i64, u32)>) {
        let How::Number { format, .. } = &self.how else { return };
        let cell = text.get();
        if self.is_missing(cell) {
            return self.push_nothing_number(cell);
        }
        let value = match plain {
            Some((mantissa, decimals)) => Number::Exact { mantissa, scale: decimals as u8 },
            // `007` is a name, and so is what has more digits than any amount.
            None if leading_zero(cell) => return self.push_nothing_number(cell),
            None => match number::parse(cell, mark_of(format)) {
                Some((value, _)) => value,
                None => return self.push_nothing_number(cell),
            },
        };
        self.print.clear();
        match value {
            Number::Exact { mantissa, scale } => format.print(mantissa, scale, &mut self.print),
            Number::Float(v) => format.print_float(v, &mut self.print),
        }
        let mut odd = self.print.as_bytes() != cell;
        match value {
            Number::Exact { mantissa, scale } if self.floats.is_none() => {
                if u32::from(scale) > self.scale {
                    self.rescale(u32::from(scale));
                }
                let up = self.scale.wrapping_sub(u32::from(scale));
                let fits =
                    10i64.checked_pow(up).and_then(|p| mantissa.checked_mul(p)).filter(|m| m.abs() <= MAX_MANTISSA);
                match fits {
                    Some(m) if self.floats.is_none() => self.longs.push(m),
                    _ => {
                        self.turn_to_floats();
                        odd |= !self.same_as_float(value, cell);
                        self.push_float(value.to_f64());
                    }
                }
            }
            _ => {
                self.turn_to_floats();
                odd |= !self.same_as_float(value, cell);
                self.push_float(value.to_f64());
            }
        }
        if odd {
            self.odd.push(self.rows, OddKind::Raw, cell);
        }
    }

    fn push_float(&mut self, v: f64) {
        if let Some(floats) = &mut self.floats {
            floats.push(v);
        }
    }

    fn same_as_float(&mut self, value: Number, cell: &[u8]) -> bool {
        let How::Number { format, .. } = &self.how else { return true };
        self.print.clear();
        format.print_float(value.to_f64(), &mut self.print);
        self.print.as_bytes() == cell
    }

    /// All mantissas so far get more decimals.
    fn rescale(&mut self, scale: u32) {
        let factor = 10i64.checked_pow(scale - self.scale);
        let scaled: Option<Vec<i64>> = self
            .longs
            .iter()
            .map(|m| factor.and_then(|f| m.checked_mul(f)).filter(|m| m.abs() <= MAX_MANTISSA))
            .collect();
        match scaled {
            Some(longs) if scale <= MAX_SCALE => {
                self.longs = longs;
                self.scale = scale;
            }
            _ => self.turn_to_floats(),
        }
    }

    /// From here on doubles: some number needs more digits than fixed point has.
    fn turn_to_floats(&mut self) {
        if self.floats.is_some() {
            return;
        }
        let How::Number { format, .. } = &self.how else { return };
        let longs = std::mem::take(&mut self.longs);
        let (floats, odd) = floats_of(&longs, self.scale, self.valid.as_deref(), format, &self.odd);
        self.floats = Some(floats);
        self.odd = odd;
    }

    fn boolean(&mut self, cell: &[u8]) {
        let How::Boolean { no, yes } = &self.how else { return };
        if cell == yes.as_slice() || cell == no.as_slice() {
            self.bools.push(u8::from(cell == yes.as_slice()));
            return;
        }
        let trimmed = cell.trim_ascii();
        if !self.is_missing(cell)
            && let Some(v) =
                [(no, 0), (yes, 1)].into_iter().find(|(word, _)| trimmed.eq_ignore_ascii_case(word)).map(|(_, v)| v)
        {
            self.bools.push(v);
            self.odd.push(self.rows, OddKind::Raw, cell);
            return;
        }
        self.bools.push(0);
        self.nothing(cell);
    }

    #[inline(never)]
    fn add_iso_days(&mut self, bytes: &[u8], arena: &[u8], cells: &[Cell], separator: u8) {
        let (mut head, mut tail, mut last) = (0u64, 0u64, None);
        for &cell in cells {
            let text = text_of(bytes, arena, cell);
            if text.end.wrapping_sub(text.at) == 10 {
                // Two overlapping words hold the ten bytes; rows of one day often follow each other.
                let (h, t) = (word::load(text.bytes, text.at), word::load(text.bytes, text.at + 2));
                if last.is_none() || h != head || t != tail {
                    (head, tail, last) = (h, t, iso_day(h, t, separator));
                }
                if let Some(day) = last {
                    self.longs.push(i64::from(day));
                    self.rows += 1;
                    continue;
                }
            }
            self.date(text.get());
            self.rows += 1;
        }
    }

    /// A date or timestamp spelled otherwise: `(value, offset, as printed)`; remembered for the next time.
    fn moment(&mut self, cell: &[u8]) -> Option<(i64, Option<i16>, bool)> {
        const RECENT: usize = 512;
        if self.is_missing(cell) {
            return None;
        }
        if self.recent.is_empty() {
            self.recent.resize(RECENT, (Vec::new(), 0, None, false));
        }
        let slot = word::hash(cell, 0, cell.len()) as usize % RECENT;
        if let Some((text, value, offset, same)) = self.recent.get(slot)
            && text.as_slice() == cell
        {
            return Some((*value, *offset, *same));
        }
        let (form, parts, with_time) = match &self.how {
            How::Date { form, parts, .. } => (*form, parts, false),
            How::Timestamp { form, parts, .. } => (*form, parts, true),
            _ => return None,
        };
        let stamp = date::parse(cell, form)?;
        // A time of day that is not midnight has no place in a column of dates.
        if !with_time && stamp.micros.is_some_and(|m| m != 0) {
            return None;
        }
        self.print.clear();
        print_date(stamp.days, stamp.micros.unwrap_or(0), stamp.offset, parts, &mut self.print);
        let same = self.print.as_bytes() == cell;
        let value = if with_time { stamp.timestamp() } else { i64::from(stamp.days) };
        if let Some(entry) = self.recent.get_mut(slot) {
            *entry = (cell.to_vec(), value, stamp.offset, same);
        }
        Some((value, stamp.offset, same))
    }

    #[inline(never)]
    fn date(&mut self, cell: &[u8]) {
        match self.moment(cell) {
            Some((day, _, same)) => {
                self.longs.push(day);
                if !same {
                    self.odd.push(self.rows, OddKind::Raw, cell);
                }
            }
            None => {
                self.longs.push(0);
                self.nothing(cell);
            }
        }
    }

    #[inline(never)]
    fn timestamp(&mut self, cell: &[u8]) {
        match self.moment(cell) {
            Some((micros, offset, same)) => {
                self.longs.push(micros);
                if let Some(minutes) = offset {
                    self.offset_rows.push(self.rows);
                    self.offset_minutes.push(i32::from(minutes));
                }
                if !same {
                    self.odd.push(self.rows, OddKind::Raw, cell);
                }
            }
            None => {
                self.longs.push(0);
                self.nothing(cell);
            }
        }
    }

    pub fn finish(mut self) -> PartColumn {
        let texts = self.dict.len();
        let values = match &self.how {
            How::Text => match texts {
                0..=0x100 => Values::Key8(self.keys.iter().map(|&k| k as u8).collect()),
                0x101..=0x1_0000 => Values::Key16(self.keys.iter().map(|&k| k as u16).collect()),
                _ => Values::Key32(self.keys),
            },
            How::Boolean { .. } => Values::Bool(self.bools),
            How::Timestamp { .. } => Values::Int64(self.longs),
            How::Number { .. } | How::Date { .. } => match self.floats {
                Some(floats) => Values::Float(floats),
                None => narrow(self.longs),
            },
        };
        if let Some(valid) = &mut self.valid {
            valid.resize((self.rows as usize).div_ceil(8), 0xff);
        }
        let Dict { bytes: text_bytes, ends: text_ends, .. } = self.dict.into_dict();
        PartColumn {
            values,
            scale: self.scale as u8,
            valid: self.valid,
            odd: self.odd,
            text_bytes,
            text_ends,
            offset_rows: self.offset_rows,
            offset_minutes: self.offset_minutes,
        }
    }
}

pub fn narrow(longs: Vec<i64>) -> Values {
    let wide = longs.iter().fold(0i64, |w, &v| w | (v ^ (v >> 63)));
    if wide >> 31 == 0 { Values::Int32(longs.iter().map(|&v| v as i32).collect()) } else { Values::Int64(longs) }
}

/// Mantissas as doubles; a text that a double would print otherwise joins the odd ones.
pub fn floats_of(longs: &[i64], scale: u32, valid: Option<&[u8]>, format: &NumberFormat, odd: &Odd) -> (Vec<f64>, Odd) {
    let floats: Vec<f64> = longs.iter().map(|&m| decimal::nearest(m, scale)).collect();
    let mut merged = Odd::default();
    let mut next = 0;
    let (mut exact, mut approximate) = (String::new(), String::new());
    for (row, (&m, &f)) in longs.iter().zip(&floats).enumerate() {
        if next < odd.len() && odd.get(next).0 as usize == row {
            let (row, kind, text) = odd.get(next);
            merged.push(row, kind, text);
            next += 1;
            continue;
        }
        // Fifteen digits survive a double.
        let missing = valid.is_some_and(|v| v.get(row / 8).is_some_and(|b| b >> (row % 8) & 1 == 0));
        if missing || m.abs() < 1_000_000_000_000_000 {
            continue;
        }
        exact.clear();
        approximate.clear();
        format.print(m, scale as u8, &mut exact);
        format.print_float(f, &mut approximate);
        if exact != approximate {
            merged.push(row as u32, OddKind::Raw, exact.as_bytes());
        }
    }
    (floats, merged)
}

/// `YYYY?MM?DD` from its first and its last eight bytes.
#[inline(always)]
fn iso_day(head: u64, tail: u64, separator: u8) -> Option<i32> {
    let byte = |w: u64, i: u32| (w >> (8 * i)) as u8;
    if byte(head, 4) != separator || byte(head, 7) != separator {
        return None;
    }
    // YYYYMMDD in one word: four bytes of the year, two of the month, two of the day.
    let w = (head & 0xffff_ffff) | ((head >> 40 & 0xffff) << 32) | (tail & 0xffff_0000_0000_0000);
    let n = word::digits(&w.to_le_bytes(), 0, 8)? as u32;
    let (year, month, day) = ((n / 10_000) as i32, n / 100 % 100, n % 100);
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
        return None;
    }
    Some(days_from_civil(year, month, day))
}

#[inline(always)]
fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `YYYY-MM-DD HH:MM:SS`
#[inline(always)]
fn iso_moment(text: Text, separator: u8, mark: u8) -> Option<i64> {
    if text.end.wrapping_sub(text.at) != 19 || text.bytes.get(text.at + 10) != Some(&mark) {
        return None;
    }
    let at = text.at;
    let day = iso_day(word::load(text.bytes, at), word::load(text.bytes, at + 2), separator)?;
    let clock = word::load(text.bytes, at + 11);
    let byte = |i: u32| (clock >> (8 * i)) as u8;
    if byte(2) != b':' || byte(5) != b':' {
        return None;
    }
    let w = (clock & 0xffff) | ((clock >> 24 & 0xffff) << 16) | ((clock >> 48 & 0xffff) << 32);
    let n = word::digits(&w.to_le_bytes(), 0, 6)? as i64;
    let (hour, minute, second) = (n / 10_000, n / 100 % 100, n % 100);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(i64::from(day) * DAY_MICROS + (hour * 3600 + minute * 60 + second) * 1_000_000)
}

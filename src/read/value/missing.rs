//! The usual spellings of "nothing here", and the columns in which such a word is a value like any other.

/// Missing wherever they stand alone in a cell.
const ALWAYS: [&str; 28] = [
    "NULL",
    "null",
    "Null",
    "(null)",
    "\\N",
    "#N/A",
    "N/A",
    "n/a",
    "N.A.",
    "n.a.",
    "NaN",
    "nan",
    "<NA>",
    "#NULL!",
    "#VALUE!",
    "#DIV/0!",
    "#REF!",
    "#NAME?",
    "?",
    "-",
    "--",
    "—",
    "——",
    "空",
    "(空)",
    "（空）",
    "NaT",
    "#N/A N/A",
];
/// Missing among numbers and dates; among words they may be a level: no debtor, North America, no insurance.
const SOMETIMES: [&str; 12] =
    ["NA", "na", "None", "none", "NONE", "无", "無", "缺失", "未填", "未填写", "(empty)", "(blank)"];

/// Missing among numbers and dates only: among words they say something.
const NO_VALUE: [&str; 26] = [
    "unknown",
    "Unknown",
    "UNKNOWN",
    "missing",
    "Missing",
    "undefined",
    "not available",
    "Not available",
    "Not Available",
    "nil",
    "Nil",
    "NIL",
    "TBD",
    "n.v.",
    "k.A.",
    "s/d",
    "нет данных",
    "未知",
    "不详",
    "不明",
    "暂无",
    "待定",
    "/",
    "//",
    ".",
    "..",
];

/// Every spelling known: for columns of numbers, dates, truth values.
pub fn all() -> Vec<String> {
    ALWAYS.iter().chain(&SOMETIMES).chain(&NO_VALUE).map(|w| w.to_string()).collect()
}

/// Longer cells are no word for missing: most cells need no look at the lists.
const LONGEST: usize = 19;

fn is_one_of(cell: &[u8], lists: &[&[&str]]) -> bool {
    let cell = cell.trim_ascii();
    cell.is_empty() || (cell.len() <= LONGEST && lists.iter().any(|list| list.iter().any(|w| w.as_bytes() == cell)))
}

pub fn is_any(cell: &[u8]) -> bool {
    is_one_of(cell, &[&ALWAYS, &SOMETIMES])
}

/// Nothing, in a column that could be one of numbers or dates.
pub fn is_no_value(cell: &[u8]) -> bool {
    is_one_of(cell, &[&ALWAYS, &SOMETIMES, &NO_VALUE])
}

/// The spellings for a column of words, from a sample of its cells.
///
/// "None" and "无" are a level where the column has few levels. "NA" is one (North America) among short upper-case codes.
pub fn among_words<'a>(cells: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<String> {
    let mut n = 0usize;
    let mut codes = 0usize;
    let mut levels = std::collections::BTreeSet::new();
    for cell in cells.filter(|c| !is_any(c)) {
        n += 1;
        codes += usize::from((2..=4).contains(&cell.len()) && cell.iter().all(u8::is_ascii_uppercase));
        if levels.len() <= 60 {
            levels.insert(cell);
        }
    }
    let category = n > 0 && levels.len() <= 60 && levels.len() * 2 <= n.max(8);
    let of_codes = n > 0 && codes * 10 >= n * 9 && levels.len() > 1;
    let mut out: Vec<String> = ALWAYS.iter().map(|w| w.to_string()).collect();
    for word in SOMETIMES {
        let level = match word {
            "NA" => of_codes,
            "na" | "缺失" | "未填" | "未填写" | "(empty)" | "(blank)" => false,
            _ => category,
        };
        if !level {
            out.push(word.to_string());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(cells: &[&str], word: &str) -> bool {
        among_words(cells.iter().map(|c| c.as_bytes())).iter().any(|w| w == word)
    }

    #[test]
    fn none_is_a_level_among_few_and_nothing_among_many() {
        let debtors = ["none", "guarantor", "none", "co-applicant", "none", "guarantor", "co-applicant", "none"];
        assert!(!missing(&debtors, "none"));
        let notes = ["call back", "none", "moved to Leeds", "asked for a discount", "none", "wants blue", "too late"];
        assert!(missing(&notes, "none"));
        assert!(missing(&notes, "?") && missing(&debtors, "?"));
        assert!(!missing(&notes, "unknown"));
        assert!(is_no_value(b"unknown") && is_no_value("未知".as_bytes()) && !is_any(b"unknown"));
    }

    #[test]
    fn na_is_a_region_among_codes() {
        assert!(!missing(&["NA", "EU", "APAC", "EU", "NA", "APAC"], "NA"));
        assert!(missing(&["Male", "NA", "Female"], "NA"));
    }
}

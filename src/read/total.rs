//! Rows of sums under a table.

/// In lower case and without blanks. A row says so in its first filled cell, alone or with a colon.
const WORDS: [&str; 43] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "总和",
    "汇总",
    "总合计",
    "合計",
    "總計",
    "小計",
    "総計",
    "総合計",
    "합계",
    "총계",
    "총합계",
    "소계",
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "sum",
    "totalsum",
    "totalgeneral",
    "totalgénéral",
    "totalgeral",
    "soustotal",
    "sous-total",
    "summe",
    "gesamt",
    "gesamtsumme",
    "gesamtergebnis",
    "zwischensumme",
    "totale",
    "totaal",
    "razem",
    "suma",
    "ogółem",
    "celkem",
    "toplam",
    "geneltoplam",
    "итого",
    "всего",
    "общийитог",
];

/// Longer texts say more than "total".
const LONGEST: usize = 40;

pub fn is_total(cell: &str) -> bool {
    let cell = cell.trim();
    // No word has a digit: most cells are sent away by theirs.
    if cell.is_empty() || cell.len() > LONGEST || cell.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let word: String =
        cell.chars().filter(|c| !c.is_whitespace() && !matches!(c, ':' | '：')).flat_map(char::to_lowercase).collect();
    WORDS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_in_many_languages_and_nothing_else() {
        for word in ["合计", "合 计：", "Grand Total:", "TOTAL", "합계", "Итого", "Summe", "Total général", "Toplam"]
        {
            assert!(is_total(word), "{word}");
        }
        for word in ["", "Total Wine", "Sumatra", "合计金额上海", "12"] {
            assert!(!is_total(word), "{word}");
        }
    }
}

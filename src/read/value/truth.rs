//! Pairs of words that mean no and yes.

/// `[false, true]`, in lower case.
const PAIRS: [[&str; 2]; 24] = [
    ["false", "true"],
    ["no", "yes"],
    ["n", "y"],
    ["f", "t"],
    ["off", "on"],
    ["否", "是"],
    ["假", "真"],
    ["错", "对"],
    ["×", "√"],
    ["✗", "✓"],
    ["✘", "✔"],
    ["❌", "✅"],
    ["☐", "☑"],
    ["нет", "да"],
    ["nein", "ja"],
    ["nee", "ja"],
    ["non", "oui"],
    ["no", "sí"],
    ["no", "sì"],
    ["no", "si"],
    ["não", "sim"],
    ["nie", "tak"],
    ["いいえ", "はい"],
    ["아니오", "예"],
];
/// Bytes of the longest word.
const LONGEST: usize = 9;

/// The pairs in which the cell means no, and those in which it means yes, a bit each.
fn sides(cell: &[u8]) -> Option<[u32; 2]> {
    if cell.len() > LONGEST {
        return None;
    }
    let text = std::str::from_utf8(cell).ok()?.trim();
    let is = |word: &str| {
        word.eq_ignore_ascii_case(text)
            || (!text.is_ascii() && word.chars().eq(text.chars().flat_map(char::to_lowercase)))
    };
    let mut found = [0; 2];
    for (i, pair) in PAIRS.iter().enumerate() {
        for (side, word) in pair.iter().enumerate() {
            found[side] |= u32::from(is(word)) << i;
        }
    }
    (found != [0; 2]).then_some(found)
}

/// Any known spelling.
pub fn parse(cell: &[u8]) -> Option<bool> {
    sides(cell).map(|[_, yes]| yes != 0)
}

/// `[false, true]` as this column spells them, if every cell is one word of one pair.
///
/// Where only one side was seen the other is spelled in the same case. Single letters must show both sides:
/// a column of nothing but "T" is a code.
pub fn spelling<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Option<[String; 2]> {
    let mut pairs = u32::MAX;
    let mut found: [Option<String>; 2] = [None, None];
    for cell in cells {
        let [no, yes] = sides(cell)?;
        pairs &= no | yes;
        if pairs == 0 {
            return None;
        }
        found[usize::from(yes != 0)].get_or_insert_with(|| String::from_utf8_lossy(cell.trim_ascii()).into_owned());
    }
    let words = PAIRS.get(pairs.trailing_zeros() as usize)?;
    if found.iter().any(Option::is_none) && words.iter().any(|w| w.chars().count() == 1) {
        return None;
    }
    let sample = found.iter().flatten().next()?.clone();
    let like = |word: &str| {
        if sample.chars().all(|c| !c.is_lowercase()) {
            word.to_uppercase()
        } else if sample.starts_with(char::is_uppercase) {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
        } else {
            word.to_string()
        }
    };
    let [no, yes] = found;
    Some([no.unwrap_or_else(|| like(words[0])), yes.unwrap_or_else(|| like(words[1]))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(cells: &[&str]) -> Option<[String; 2]> {
        spelling(cells.iter().map(|c| c.as_bytes()))
    }

    #[test]
    fn a_column_keeps_its_spelling() {
        assert_eq!(pair(&["Yes", "No", "Yes"]), Some(["No".into(), "Yes".into()]));
        assert_eq!(pair(&["TRUE"]), Some(["FALSE".into(), "TRUE".into()]));
        assert_eq!(pair(&["是", "否"]), Some(["否".into(), "是".into()]));
        assert_eq!(pair(&["Y", "N"]), Some(["N".into(), "Y".into()]));
        assert_eq!(pair(&["Да", "Нет"]), Some(["Нет".into(), "Да".into()]));
        assert_eq!(pair(&["No", "Sí"]), Some(["No".into(), "Sí".into()]));
        assert_eq!(pair(&["ja", "nee"]), Some(["nee".into(), "ja".into()]));
        assert_eq!(pair(&["✓", "✗"]), Some(["✗".into(), "✓".into()]));
        assert_eq!(pair(&["はい", "いいえ"]), Some(["いいえ".into(), "はい".into()]));
        assert_eq!(pair(&["НЕТ"]), Some(["НЕТ".into(), "ДА".into()]));
        assert_eq!(pair(&["Não"]), Some(["Não".into(), "Sim".into()]));
        assert_eq!(pair(&["ja", "oui"]), None);
        assert_eq!(pair(&["✓", "✓"]), None);
        assert_eq!(pair(&["Y", "Y"]), None);
        assert_eq!(pair(&["Yes", "No", "Maybe"]), None);
        assert_eq!(pair(&["Yes", "true"]), None);
        assert_eq!(pair(&[]), None);
    }
}

//! Pairs of words that mean no and yes.

/// `[false, true]`, in lower case.
const PAIRS: [[&str; 2]; 9] = [
    ["false", "true"],
    ["no", "yes"],
    ["n", "y"],
    ["f", "t"],
    ["off", "on"],
    ["否", "是"],
    ["假", "真"],
    ["错", "对"],
    ["×", "√"],
];

fn side(cell: &[u8]) -> Option<(usize, bool)> {
    if cell.len() > 5 {
        return None;
    }
    let text = std::str::from_utf8(cell).ok()?.trim();
    PAIRS.iter().enumerate().find_map(|(i, pair)| {
        let at = pair.iter().position(|word| word.eq_ignore_ascii_case(text))?;
        Some((i, at == 1))
    })
}

/// Any known spelling.
pub fn parse(cell: &[u8]) -> Option<bool> {
    side(cell).map(|s| s.1)
}

/// `[false, true]` as this column spells them, if every cell is one word of one pair.
///
/// Where only one side was seen the other is spelled in the same case. Single letters must show both sides:
/// a column of nothing but "T" is a code.
pub fn spelling<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Option<[String; 2]> {
    let mut pair = None;
    let mut found: [Option<String>; 2] = [None, None];
    for cell in cells {
        let (i, yes) = side(cell)?;
        if *pair.get_or_insert(i) != i {
            return None;
        }
        found[usize::from(yes)].get_or_insert_with(|| String::from_utf8_lossy(cell.trim_ascii()).into_owned());
    }
    let words = PAIRS.get(pair?)?;
    if found.iter().any(Option::is_none) && words[0].len() == 1 {
        return None;
    }
    let sample = found.iter().flatten().next()?.clone();
    let like = |word: &str| {
        if sample.chars().all(|c| !c.is_lowercase()) {
            word.to_uppercase()
        } else if sample.starts_with(char::is_uppercase) {
            word[..1].to_uppercase() + &word[1..]
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
        assert_eq!(pair(&["Y", "Y"]), None);
        assert_eq!(pair(&["Yes", "No", "Maybe"]), None);
        assert_eq!(pair(&["Yes", "true"]), None);
        assert_eq!(pair(&[]), None);
    }
}

//! Names of months in the languages of the files we meet.

use std::sync::OnceLock;

const ENGLISH: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// One language a line, January to December, in lower case; forms of one month are parted by a bar.
const OTHERS: [&str; 11] = [
    // German
    "januar|jänner februar märz|mrz april mai juni juli august september oktober november dezember",
    // French
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    // Spanish
    "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre",
    // Portuguese
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    // Italian
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    // Dutch
    "januari februari maart|mrt april mei juni juli augustus september oktober november december",
    // Swedish, Danish, Norwegian
    "januari|januar februari|februar mars|marts april maj|mai juni juli augusti|august september oktober november december|desember",
    // Polish
    "stycznia|styczeń lutego|luty marca|marzec kwietnia|kwiecień maja|maj czerwca|czerwiec lipca|lipiec sierpnia|sierpień \
     września|wrzesień października|październik listopada|listopad grudnia|grudzień",
    // Czech
    "ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září října|říjen \
     listopadu|listopad prosince|prosinec",
    // Turkish
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    // Russian
    "января|январь февраля|февраль марта|март апреля|апрель мая|май июня|июнь июля|июль августа|август сентября|сентябрь \
     октября|октябрь ноября|ноябрь декабря|декабрь",
];

/// The first three letters of all names, in order: nearly no other word of a table begins with them.
fn beginnings() -> &'static [[char; 3]] {
    static BEGINNINGS: OnceLock<Vec<[char; 3]>> = OnceLock::new();
    BEGINNINGS.get_or_init(|| {
        let names = OTHERS.iter().flat_map(|language| language.split([' ', '|'])).chain(ENGLISH);
        let mut list: Vec<[char; 3]> = names.filter_map(beginning).collect();
        list.sort_unstable();
        list.dedup();
        list
    })
}

fn beginning(word: &str) -> Option<[char; 3]> {
    let mut letters = word.chars();
    Some([letters.next()?, letters.next()?, letters.next()?])
}

/// 1–12. A name, or its beginning where no other month of the language begins so: `Mar`, `Sept`, `août`, `дек`.
pub fn by_name(word: &str) -> Option<u32> {
    if word.len() < 3 || word.len() > 24 {
        return None;
    }
    let word = word.to_lowercase();
    beginnings().binary_search(&beginning(&word)?).ok()?;
    if word == "sept" {
        return Some(9);
    }
    if let Some(i) = ENGLISH.iter().position(|n| word == *n || word == n[..3]) {
        return Some(i as u32 + 1);
    }
    OTHERS.iter().find_map(|language| one_of(language, &word))
}

fn one_of(language: &str, word: &str) -> Option<u32> {
    let mut found = None;
    for (month, names) in (1..).zip(language.split_whitespace()) {
        if names.split('|').any(|name| name == word) {
            return Some(month);
        }
        if names.split('|').any(|name| name.starts_with(word)) && found.replace(month).is_some() {
            found = Some(0);
        }
    }
    found.filter(|&month| month > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_many_languages() {
        for (word, month) in [
            ("March", 3),
            ("MAR", 3),
            ("sept", 9),
            ("Februar", 2),
            ("März", 3),
            ("Dez", 12),
            ("août", 8),
            ("juillet", 7),
            ("févr", 2),
            ("diciembre", 12),
            ("ene", 1),
            ("outubro", 10),
            ("giugno", 6),
            ("mei", 5),
            ("października", 10),
            ("мая", 5),
            ("Июнь", 6),
            ("дек", 12),
            ("eylül", 9),
        ] {
            assert_eq!(by_name(word), Some(month), "{word}");
        }
        // Two French months begin so.
        for word in ["jui", "ma", "marching", "tea", "", "é"] {
            assert_eq!(by_name(word), None, "{word}");
        }
        assert!(OTHERS.iter().all(|l| l.split_whitespace().count() == 12));
    }
}

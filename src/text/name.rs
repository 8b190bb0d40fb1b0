//! Names of columns, taken apart.

/// A header's words in lower case: `OrderDate`, `order_date` and `Order Date` have the same ones. Han runs stay whole.
pub fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut last: Option<char> = None;
    let chars: Vec<char> = name.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let camel = last.is_some_and(|l| {
            let next_lower = chars.get(i + 1).is_some_and(|n| n.is_lowercase());
            (l.is_lowercase() && c.is_uppercase()) || (l.is_uppercase() && c.is_uppercase() && next_lower)
        });
        let script = last.is_some_and(|l| l.is_ascii() != c.is_ascii() || l.is_ascii_digit() != c.is_ascii_digit());
        if (!c.is_alphanumeric() || camel || script) && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
            last = Some(c);
        } else {
            last = None;
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_headers() {
        assert_eq!(words("OrderDate"), ["order", "date"]);
        assert_eq!(words("order_date"), ["order", "date"]);
        assert_eq!(words("customerID"), ["customer", "id"]);
        assert_eq!(words("HTTPStatus 2"), ["http", "status", "2"]);
        assert_eq!(words("客户ID"), ["客户", "id"]);
        assert_eq!(words("金额(元)"), ["金额", "元"]);
        assert_eq!(words(""), Vec::<String>::new());
    }
}

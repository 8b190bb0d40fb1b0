//! Columns that name things and do not measure them: ids, codes, phone numbers, row numbers. And whole numbers that are years.

use super::Role;
use crate::table::Type;
use crate::text::name::words;

/// Words with which the name of such a column ends.
const ENDINGS: [&str; 20] = [
    "id",
    "ids",
    "uuid",
    "guid",
    "code",
    "codes",
    "zip",
    "zipcode",
    "postcode",
    "key",
    "no",
    "nr",
    "phone",
    "mobile",
    "tel",
    "telephone",
    "sku",
    "isbn",
    "barcode",
    "号",
];
/// Names that are no more than a counter of rows.
const COUNTERS: [&str; 8] = ["index", "row", "rownum", "rownames", "row number", "row names", "unnamed 0", "行号"];
/// Whole numbers under such a name stand for a group.
const GROUPS: [&str; 5] = ["category", "categories", "类目", "品类", "类别"];
const ENDINGS_ZH: [&str; 14] = [
    "编号",
    "编码",
    "邮编",
    "邮政编码",
    "序号",
    "单号",
    "卡号",
    "账号",
    "帐号",
    "手机号",
    "电话",
    "代码",
    "条码",
    "证号",
];

/// Whether the values of a column name things, by its role and its name. Dates and decimals never do.
pub fn names_things(name: &str, kind: Type, role: Option<Role>) -> bool {
    if !matches!(kind, Type::Integer | Type::Text) {
        return false;
    }
    match role {
        Some(Role::Customer | Role::Order | Role::Product | Role::Session | Role::Phone | Role::Email | Role::Name) => {
            return true;
        }
        // Numbers that stand for a group are codes; texts are labels that people read.
        Some(Role::Category | Role::Region | Role::Channel | Role::Status | Role::Segment) => {
            return kind == Type::Integer;
        }
        Some(_) => return false,
        None => {}
    }
    let list = words(name);
    let last = list.last().map_or("", String::as_str);
    ENDINGS.contains(&last)
        || list.iter().any(|w| w == "postal")
        || (kind == Type::Integer && list.iter().any(|w| GROUPS.iter().any(|g| w.contains(g))))
        || COUNTERS.contains(&list.join(" ").as_str())
        || ENDINGS_ZH.iter().any(|e| last.ends_with(e))
}

/// Ascending whole numbers without a gap from 0 or 1 on, each once: they count the rows.
pub fn counts_rows(ascending: &[f64]) -> bool {
    const LEAST: usize = 20;
    ascending.len() >= LEAST
        && matches!(ascending.first(), Some(0.0 | 1.0))
        && ascending.windows(2).all(|w| w[1] - w[0] == 1.0)
}

/// Whether whole numbers of this range, under this name, are years of the calendar.
pub fn are_years(name: &str, kind: Type, low: f64, high: f64) -> bool {
    let named = words(name).iter().any(|w| matches!(w.as_str(), "year" | "yr") || w.contains('年'));
    kind == Type::Integer && named && low >= 1800.0 && high <= 2200.0
}

/// How an id is written: `CG-12520` as `AA-99999`. Letters and digits only; anything else stays.
pub fn shape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_ascii_digit() => '9',
            c if c.is_lowercase() => 'a',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => '文',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_measures_are_told_apart() {
        for name in [
            "Postal Code",
            "customerID",
            "Row ID",
            "auction_id",
            "Invoice No",
            "邮编",
            "订单编号",
            "手机号",
            "index",
            "category_2",
        ] {
            assert!(names_things(name, Type::Integer, None), "{name}");
        }
        for name in ["number_of_cds", "No of orders", "tenure", "Year_Birth", "price index", "Kidhome", "数量", "Paid"]
        {
            assert!(!names_things(name, Type::Integer, None), "{name}");
        }
        assert!(names_things("who", Type::Text, Some(Role::Customer)));
        assert!(names_things("category_1", Type::Integer, Some(Role::Category)));
        assert!(!names_things("Region", Type::Text, Some(Role::Region)));
        assert!(!names_things("order_id", Type::Decimal, None));
    }

    #[test]
    fn years_by_name_and_range() {
        assert!(are_years("Year_Birth", Type::Integer, 1893.0, 1996.0));
        assert!(are_years("出生年份", Type::Integer, 1950.0, 2001.0));
        assert!(!are_years("Years here", Type::Integer, 1.0, 40.0));
        assert!(!are_years("Income", Type::Integer, 1900.0, 2000.0));
    }

    #[test]
    fn shapes_of_ids() {
        assert_eq!(shape("CG-12520"), "AA-99999");
        assert_eq!(shape("客a1"), "文a9");
    }
}

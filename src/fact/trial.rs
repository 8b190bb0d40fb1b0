//! Lines that look like a test of the shop: an order of “Test Customer”, a product called 测试商品.

use crate::num::blocks::BLOCK;
use crate::role::{OrderKey, Role, Roles};
use crate::table::{Column, Table, Type};

use super::ids::Keys;

/// Words that make a label a test when nothing but [`BESIDE`] stands with them.
const TRIAL: [&str; 5] = ["test", "tests", "testing", "tester", "dummy"];
const BESIDE: [&str; 18] = [
    "order", "orders", "product", "item", "sku", "customer", "user", "account", "payment", "purchase", "do", "not",
    "ship", "com", "example", "mail", "name", "id",
];
/// What may stand with 测试.
const BESIDE_ZH: [&str; 12] =
    ["", "订单", "单", "商品", "产品", "用户", "客户", "账号", "帐号", "会员", "数据", "专用"];

/// No word of the list is without one of these letters, and 测 begins with 0xe6.
#[inline(never)]
fn may_hold_trial(bytes: &[u8]) -> bool {
    let may = |b: &u8| u8::from(matches!(b, b't' | b'T' | b'd' | b'D' | 0xe6));
    // Without a way out within a piece, several bytes are looked at in one step.
    bytes.chunks(64).any(|piece| piece.iter().fold(0, |any, b| any | may(b)) != 0)
}

/// The whole label says that it is a test, so “pregnancy test” and “John Test” are none.
fn is_trial(label: &str) -> bool {
    // Most labels are sent away without being split.
    if !may_hold_trial(label.as_bytes()) {
        return false;
    }
    let letters: String = label.chars().filter(|c| c.is_alphabetic()).collect();
    if let Some((before, after)) = letters.split_once("测试") {
        return BESIDE_ZH.contains(&before) && BESIDE_ZH.contains(&after);
    }
    let mut found = false;
    for word in label.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        let word = word.to_ascii_lowercase();
        let trial = TRIAL.contains(&word.as_str());
        if !trial && !BESIDE.contains(&word.as_str()) {
            return false;
        }
        found |= trial;
    }
    found
}

/// The rows whose customer, order, product, name or e-mail is a test, ascending.
pub fn trial_rows(table: &Table, roles: &Roles) -> Vec<u32> {
    let mut columns: Vec<usize> = [Role::Customer, Role::Product, Role::ProductName, Role::Name, Role::Email]
        .into_iter()
        .filter_map(|role| roles.get(role))
        .collect();
    if let OrderKey::Columns(list) = &roles.order {
        columns.extend(list);
    }
    columns.sort_unstable();
    columns.dedup();
    let mut rows = Vec::new();
    for column in columns.into_iter().filter_map(|i| table.columns.get(i)) {
        mark(column, &mut rows);
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn mark(column: &Column, rows: &mut Vec<u32>) {
    let (Type::Text, Some(labels)) = (column.kind, &column.dictionary) else { return };
    if !labels.value_data().chunks(BLOCK).any(may_hold_trial) {
        return;
    }
    let trial: Vec<bool> = labels.iter().map(|label| label.is_some_and(is_trial)).collect();
    if !trial.contains(&true) {
        return;
    }
    let keys = Keys::of(column);
    // A column with cells kept raw has labels of its own.
    let trial = if keys.labels.len() == trial.len() && column.raw.is_empty() {
        trial
    } else {
        (0..keys.labels.len() as u32).map(|code| is_trial(&keys.labels.get(code))).collect()
    };
    let marked = keys.codes.iter().enumerate().filter(|(_, code)| trial.get(**code as usize).copied().unwrap_or(false));
    rows.extend(marked.map(|(row, _)| row as u32));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_label_that_says_nothing_else_is_a_test() {
        for yes in [
            "test",
            "TEST-001",
            "Test Product 3",
            "test@example.com",
            "dummy",
            "Dummy order",
            "测试",
            "测试商品1",
            "测试订单 20",
            "客户测试",
        ] {
            assert!(is_trial(yes), "{yes}");
        }
        for no in [
            "",
            "Pregnancy test",
            "John Test",
            "Tester's cup",
            "latest",
            "血糖测试仪",
            "内测试用装",
            "order",
            "T-1001",
            "protest",
            "Dummy's Guide",
        ] {
            assert!(!is_trial(no), "{no}");
        }
    }
}

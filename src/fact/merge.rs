//! Facts of parts put together: `merge(split(x)) = x`. Files appended to a table, and facts computed apart, become one.

use std::collections::HashMap;
use std::sync::Arc;

use super::assemble::{Group, Groups, Shape, assemble};
use super::build::warnings;
use super::cache::{About, Dropped, Facts};
use super::ids::{FastMap, Labels, NONE};
use super::money::Narrow;

/// See [`Facts::merge`].
pub fn merge(parts: &[&Facts]) -> Option<Facts> {
    let first = parts.first()?;
    if parts.iter().any(|p| p.refunds != first.refunds) {
        return None;
    }
    let scale = parts.iter().map(|p| p.orders.scale).max().unwrap_or(0);
    let each_row = parts.iter().any(|p| p.orders.each_row);
    let mut whole = Whole { each_row, ..Whole::default() };
    let (mut rows, mut amounts, mut group_of_line) = (Vec::new(), Vec::new(), Vec::new());
    let mut dropped: Vec<Dropped> = Vec::new();
    let mut tests = Vec::new();
    let mut about = About { table_rows: 0, dated: false, unkeyed: 0 };
    for part in parts {
        let offset = about.table_rows as u32;
        rows.extend(part.lines.rows.iter().map(|r| r + offset));
        let unit = 10i64.pow(scale - part.orders.scale);
        amounts.extend((0..part.lines.amount.len()).map(|l| part.lines.amount.get(l).saturating_mul(unit)));
        whole.take(part, unit, &mut group_of_line);
        tests.extend(part.tests.iter().map(|r| r + offset));
        for list in &part.dropped {
            let moved = list.rows.iter().map(|r| r + offset);
            match dropped.iter_mut().find(|d| d.reason == list.reason) {
                Some(known) => known.rows.extend(moved),
                None => dropped.push(Dropped { reason: list.reason, rows: moved.collect() }),
            }
        }
        about.table_rows += part.about.table_rows;
        about.dated |= part.about.dated;
        about.unkeyed += part.about.unkeyed;
    }
    dropped.sort_by_key(|d| d.reason);
    let Whole { groups, customers, keys, .. } = whole;
    let shape = Shape {
        domain: customers.texts.len(),
        customer_labels: customers.labels(),
        split: some_key_twice(&groups.key, keys.texts.len()),
        key_labels: keys.labels(),
        each_row,
        scale,
    };
    let (orders, mut lines) = assemble(groups, &group_of_line, &Narrow::of(amounts), shape);
    lines.rows.iter_mut().for_each(|r| *r = rows[*r as usize]);
    let mut facts = first.with(orders, lines, dropped, about);
    facts.tests = tests;
    facts.warnings = warnings(&facts.orders, about.unkeyed);
    Some(facts)
}

fn some_key_twice(found: &[u32], keys: usize) -> bool {
    let mut seen = vec![false; keys];
    found.iter().any(|key| seen.get_mut(*key as usize).is_some_and(|s| std::mem::replace(s, true)))
}

/// The groups of all parts; a group that several parts hold a part of stands once.
#[derive(Default)]
struct Whole {
    groups: Groups,
    customers: Texts,
    keys: Texts,
    known: FastMap<(u32, u32, i32), u32>,
    each_row: bool,
}

impl Whole {
    fn take(&mut self, part: &Facts, unit: i64, group_of_line: &mut Vec<u32>) {
        let orders = &part.orders;
        let mut customers = Translation::of(&orders.ids.labels);
        let mut keys = Translation::of(&orders.key_labels);
        let mut give = |group: usize, customer: u32, key: u32, day: i32, amount: i64, order: bool| {
            let range = part.lines.of(group);
            let (customer, key) = (customers.code(customer, &mut self.customers), keys.code(key, &mut self.keys));
            let lines = range.len() as u32;
            let fresh = Group { customer, day, amount: amount.saturating_mul(unit), lines, key, order };
            // What has neither an order id nor a customer's day to belong to stays alone.
            let alone = self.each_row || (key == NONE && (customer == NONE || !part.about.dated));
            let next = self.groups.len() as u32;
            let at = if alone { next } else { *self.known.entry((customer, key, day)).or_insert(next) };
            if at == next {
                self.groups.push(fresh);
            } else {
                let (groups, at) = (&mut self.groups, at as usize);
                groups.amount[at] = groups.amount[at].saturating_add(fresh.amount);
                groups.lines[at] += lines;
                groups.order[at] |= order;
            }
            group_of_line.extend(range.map(|_| at));
        };
        for c in 0..=orders.customers() {
            let named = c < orders.customers();
            let range = if named { orders.of(c) } else { orders.named()..orders.len() };
            let who = if named { orders.ids.codes[c] } else { NONE };
            for o in range {
                give(o, who, orders.keys[o], orders.day[o], orders.amount.get(o).copied().unwrap_or(0), true);
            }
        }
        for (i, r) in orders.refunds.iter().enumerate() {
            give(orders.len() + i, r.named, r.key, r.day, r.amount, false);
        }
    }
}

/// Distinct texts of all parts.
#[derive(Default)]
struct Texts {
    texts: Vec<String>,
    codes: HashMap<String, u32>,
}

impl Texts {
    fn labels(self) -> Labels {
        Labels::Own(Arc::new(self.texts))
    }
}

/// A part's codes in terms of the whole, looked up once each.
struct Translation<'a> {
    labels: &'a Labels,
    known: Vec<u32>,
}

impl<'a> Translation<'a> {
    fn of(labels: &'a Labels) -> Self {
        Translation { labels, known: vec![NONE; labels.len()] }
    }
    fn code(&mut self, code: u32, whole: &mut Texts) -> u32 {
        let Some(known) = self.known.get_mut(code as usize) else { return NONE };
        if *known == NONE {
            let text = self.labels.get(code);
            *known = match whole.codes.get(text.as_ref()) {
                Some(at) => *at,
                None => {
                    let at = whole.texts.len() as u32;
                    whole.codes.insert(text.to_string(), at);
                    whole.texts.push(text.into_owned());
                    at
                }
            };
        }
        *known
    }
}

//! Narrowing facts to a filter without going back to the table.

use crate::table::Mask;

use super::build::{name_of, sort_by_two, tie_key};
use super::cache::{Dropped, Facts};
use super::ids::{Ids, NONE};
use super::{Lines, Orders, Refund};

/// What is left of a group of lines.
#[derive(Clone, Copy)]
struct Part {
    /// Its number among orders and refunds before.
    from: u32,
    /// Customer before, [`NONE`] if unnamed.
    customer: u32,
    /// Code of who is named, as in [`Refund::named`].
    named: u32,
    day: i32,
    amount: i64,
    lines: u32,
}

/// The facts of the rows that `mask` keeps: the same as building them from those rows.
pub fn filter(facts: &Facts, mask: &Mask) -> Facts {
    let (orders, lines) = (&facts.orders, &facts.lines);
    let kept = |line: usize| mask.value(lines.rows[line] as usize);
    let (mut kept_orders, mut kept_refunds): (Vec<Part>, Vec<Part>) = (Vec::new(), Vec::new());
    let mut visit = |from: usize, customer: u32, named: u32, day: i32, amount: i64, is_order: bool| {
        let range = lines.of(from);
        let n = range.clone().filter(|l| kept(*l)).count();
        if n == 0 {
            return;
        }
        let mut part = Part { from: from as u32, customer, named, day, amount, lines: n as u32 };
        let mut order = is_order;
        if n < range.len() && orders.has_money() {
            part.amount = range.clone().filter(|l| kept(*l)).map(|l| lines.amount.get(l)).sum();
            order = is_order && range.clone().any(|l| kept(l) && lines.amount.get(l) >= 0);
        }
        if order { kept_orders.push(part) } else { kept_refunds.push(part) }
    };
    for c in 0..=orders.customers() {
        let named = c < orders.customers();
        let range = if named { orders.of(c) } else { orders.named()..orders.len() };
        let (at, who) = if named { (c as u32, orders.ids.codes[c]) } else { (NONE, NONE) };
        for o in range {
            visit(o, at, who, orders.day[o], orders.amount.get(o).copied().unwrap_or(0), true);
        }
    }
    for (i, r) in orders.refunds.iter().enumerate() {
        visit(orders.len() + i, r.customer, r.named, r.day, r.amount, false);
    }
    assemble(facts, mask, kept_orders, kept_refunds)
}

fn assemble(facts: &Facts, mask: &Mask, kept: Vec<Part>, mut back: Vec<Part>) -> Facts {
    let (orders, lines) = (&facts.orders, &facts.lines);
    let people = orders.customers();
    let key = |p: &Part| key_of(orders, p.from);
    // Renumber the customers that still have an order.
    let mut rank = vec![NONE; people];
    let mut codes = Vec::new();
    let mut starts = vec![0u32];
    for part in kept.iter().filter(|p| p.customer != NONE) {
        let slot = &mut rank[part.customer as usize];
        if *slot == NONE {
            *slot = codes.len() as u32;
            codes.push(orders.ids.codes[part.customer as usize]);
            starts.push(starts[starts.len() - 1]);
        }
        if let Some(end) = starts.last_mut() {
            *end += 1;
        }
    }
    for part in &mut back {
        if part.customer != NONE {
            part.customer = rank[part.customer as usize];
        }
    }
    resort(&mut back, codes.len(), orders);
    let groups = || kept.iter().chain(&back);
    let total: usize = groups().map(|p| p.lines as usize).sum();
    let mut rows = Vec::with_capacity(total);
    let mut from = Vec::with_capacity(total);
    let mut line_starts = Vec::with_capacity(kept.len() + back.len() + 1);
    for part in groups() {
        line_starts.push(rows.len() as u32);
        let range = lines.of(part.from as usize);
        let whole = range.len() == part.lines as usize;
        for l in range {
            if whole || mask.value(lines.rows[l] as usize) {
                rows.push(lines.rows[l]);
                from.push(l as u32);
            }
        }
    }
    line_starts.push(rows.len() as u32);
    let amount = lines.amount.gather(&from);
    let new = Orders {
        ids: Ids { codes, labels: orders.ids.labels.clone() },
        starts,
        day: kept.iter().map(|p| p.day).collect(),
        amount: if orders.has_money() { kept.iter().map(|p| p.amount).collect() } else { Vec::new() },
        scale: orders.scale,
        lines: kept.iter().map(|p| p.lines).collect(),
        keys: kept.iter().map(key).collect(),
        key_labels: orders.key_labels.clone(),
        refunds: back
            .iter()
            .map(|p| Refund {
                customer: p.customer,
                named: p.named,
                day: p.day,
                amount: p.amount,
                lines: p.lines,
                key: key(p),
            })
            .collect(),
        each_row: orders.each_row,
        split: orders.split,
    };
    let dropped = facts
        .dropped
        .iter()
        .map(|d| Dropped {
            reason: d.reason,
            rows: d.rows.iter().copied().filter(|r| mask.value(*r as usize)).collect(),
        })
        .filter(|d| !d.rows.is_empty())
        .collect();
    let mut narrowed = facts.with(new, Lines { rows, starts: line_starts, amount }, dropped, facts.about);
    narrowed.tests = facts.tests.iter().copied().filter(|r| mask.value(*r as usize)).collect();
    narrowed
}

fn key_of(orders: &Orders, group: u32) -> u32 {
    let i = group as usize;
    if i < orders.len() { orders.keys[i] } else { orders.refunds.get(i - orders.len()).map_or(NONE, |r| r.key) }
}

fn resort(parts: &mut Vec<Part>, people: usize, orders: &Orders) {
    sort_by_two(parts, people + 1, |p| if p.customer == NONE { people } else { p.customer as usize }, |p| p.day);
    let same = |a: &Part, b: &Part| (a.customer, a.day) == (b.customer, b.day);
    for run in parts.chunk_by_mut(same).filter(|r| r.len() > 1) {
        run.sort_by_cached_key(|p| {
            let key = tie_key(key_of(orders, p.from), &orders.key_labels);
            (key, p.amount, p.lines, name_of(p.named, &orders.ids.labels))
        });
    }
}

//! From groups of lines to orders and refunds in their order: counting sorts, and one list after the other.

use std::ops::Range;

use crate::num::blocks::{BLOCK, blocks};

use super::ids::{Ids, Labels, NONE, sort_codes};
use super::money::{Narrow, gather};
use super::{Lines, Orders, Refund};

/// Beyond this many distinct days a comparison sort is used: counters for millennia would cost more than they save.
const MAX_DAYS: usize = 1 << 20;

/// Lines that belong together, before it is known whether they are an order or a refund.
pub struct Group {
    pub customer: u32,
    pub day: i32,
    pub amount: i64,
    pub lines: u32,
    pub key: u32,
    /// Some line is not negative: an order.
    pub order: bool,
}

/// Many of them, each fact in a list of its own: they are read in another order than they were made in, and a short list stays near.
#[derive(Default)]
pub struct Groups {
    pub customer: Vec<u32>,
    pub day: Vec<i32>,
    pub amount: Vec<i64>,
    pub lines: Vec<u32>,
    pub key: Vec<u32>,
    pub order: Vec<bool>,
}

impl Groups {
    pub fn with_capacity(n: usize) -> Self {
        Groups {
            customer: Vec::with_capacity(n),
            day: Vec::with_capacity(n),
            amount: Vec::with_capacity(n),
            lines: Vec::with_capacity(n),
            key: Vec::with_capacity(n),
            order: Vec::with_capacity(n),
        }
    }
    pub fn len(&self) -> usize {
        self.day.len()
    }
    pub fn push(&mut self, group: Group) {
        self.customer.push(group.customer);
        self.day.push(group.day);
        self.amount.push(group.amount);
        self.lines.push(group.lines);
        self.key.push(group.key);
        self.order.push(group.order);
    }
}

/// What groups alone do not tell of the orders made of them.
pub struct Shape {
    pub customer_labels: Labels,
    /// Customer codes lie below this.
    pub domain: usize,
    pub key_labels: Labels,
    pub each_row: bool,
    pub split: bool,
    pub scale: u32,
}

/// Sorts the groups into orders and refunds. `amounts`: one per line, none without money; `group_of_line`: [`NONE`] where a line is in no group.
pub fn assemble(groups: Groups, group_of_line: &[u32], amounts: &Narrow, shape: Shape) -> (Orders, Lines) {
    let Shape { customer_labels, domain, key_labels, each_row, split, scale } = shape;
    let (ids, rank) = rank_customers(&groups, customer_labels, domain);
    let sorted = sort_groups(&groups, &rank, &ids, &key_labels);
    let lines = lines(&groups, &sorted.groups, group_of_line, amounts);
    let kinds = Orders { ids, scale, key_labels, each_row, split, ..Orders::default() };
    (orders(&groups, sorted, &rank, !amounts.is_empty(), kinds), lines)
}

/// Stable sort by (major, day): two counting sorts where the days allow.
#[inline(never)]
pub fn sort_by_two<T: Copy>(items: &mut Vec<T>, majors: usize, major: impl Fn(&T) -> usize, day: impl Fn(&T) -> i32) {
    let mut days = Days { low: i32::MAX, high: i32::MIN, last: i32::MIN, rise: true };
    items.chunks(BLOCK).for_each(|some| days.see(some, &day));
    let span = if items.is_empty() { 0 } else { (i64::from(days.high) - i64::from(days.low)) as usize + 1 };
    if days.rise {
        // As files of orders mostly are.
        *items = counting_sort(items, majors, major);
    } else if span > MAX_DAYS {
        items.sort_by_key(|t| (major(t), day(t)));
    } else {
        let by_day = counting_sort(items, span, |t| (day(t) - days.low) as usize);
        *items = counting_sort(&by_day, majors, major);
    }
}

/// From when to when, and whether no day is before the one in front of it.
struct Days {
    low: i32,
    high: i32,
    last: i32,
    rise: bool,
}

impl Days {
    #[inline(never)]
    fn see<T>(&mut self, some: &[T], day: &impl Fn(&T) -> i32) {
        for day in some.iter().map(day) {
            self.low = self.low.min(day);
            self.high = self.high.max(day);
            self.rise &= self.last <= day;
            self.last = day;
        }
    }
}

#[inline(never)]
fn counting_sort<T: Copy>(items: &[T], keys: usize, key: impl Fn(&T) -> usize) -> Vec<T> {
    let mut at = vec![0u32; keys + 1];
    items.chunks(BLOCK).for_each(|items| tally(items, &key, &mut at));
    for k in 0..keys {
        at[k + 1] += at[k];
    }
    let Some(&any) = items.first() else { return Vec::new() };
    let mut out = vec![any; items.len()];
    items.chunks(BLOCK).for_each(|items| scatter(items, &key, &mut at, &mut out));
    out
}

#[inline(never)]
fn tally<T>(items: &[T], key: &impl Fn(&T) -> usize, at: &mut [u32]) {
    items.iter().for_each(|item| at[key(item) + 1] += 1);
}

#[inline(never)]
fn scatter<T: Copy>(items: &[T], key: &impl Fn(&T) -> usize, at: &mut [u32], out: &mut [T]) {
    for item in items {
        let slot = &mut at[key(item)];
        out[*slot as usize] = *item;
        *slot += 1;
    }
}

/// Customers with an order, in the contract's order of ids, and the rank of every customer code.
#[inline(never)]
fn rank_customers(groups: &Groups, labels: Labels, domain: usize) -> (Ids, Vec<u32>) {
    let mut rank = vec![NONE; domain];
    let mut codes = Vec::new();
    for (customer, order) in groups.customer.iter().zip(&groups.order) {
        if *order
            && let Some(slot) = rank.get_mut(*customer as usize)
            && *slot == NONE
        {
            *slot = 0;
            codes.push(*customer);
        }
    }
    sort_codes(&mut codes, &labels);
    for (i, code) in codes.iter().enumerate() {
        rank[*code as usize] = i as u32;
    }
    (Ids { codes, labels }, rank)
}

/// Group numbers: orders by customer, day, order id; behind them the refunds, sorted alike.
struct Sorted {
    groups: Vec<u32>,
    /// Of each, in this order: the customer with an order, or how many there are of those; for refunds that much more, and one.
    owner: Vec<u32>,
    day: Vec<i32>,
}

#[inline(never)]
fn sort_groups(groups: &Groups, rank: &[u32], ids: &Ids, labels: &Labels) -> Sorted {
    let nobody = ids.len() as u32;
    let mut owner = Vec::with_capacity(groups.len());
    blocks(groups.len()).for_each(|some| find_owners(some, groups, rank, nobody, &mut owner));
    let mut all: Vec<u32> = (0..groups.len() as u32).collect();
    sort_by_two(&mut all, 2 * (nobody as usize + 1), |g| owner[*g as usize] as usize, |g| groups.day[*g as usize]);
    let (owner, day) = (gather(&owner, &all), gather(&groups.day, &all));
    let mut ties: Vec<Range<usize>> = Vec::new();
    blocks(all.len().saturating_sub(1)).for_each(|pairs| tied(pairs, &owner, &day, &mut ties));
    for tie in ties {
        all[tie].sort_by_cached_key(|g| {
            let g = *g as usize;
            let name = name_of(groups.customer[g], &ids.labels);
            (tie_key(groups.key[g], labels), groups.amount[g], groups.lines[g], name)
        });
    }
    Sorted { groups: all, owner, day }
}

#[inline(never)]
fn find_owners(some: Range<usize>, groups: &Groups, rank: &[u32], nobody: u32, owner: &mut Vec<u32>) {
    let of = |customer: u32| rank.get(customer as usize).map_or(nobody, |rank| (*rank).min(nobody));
    let each = groups.customer[some.clone()].iter().zip(&groups.order[some]);
    owner.extend(each.map(|(customer, order)| of(*customer) + if *order { 0 } else { nobody + 1 }));
}

/// Adds the stretches of neighbours that are equal: pair `i` is places `i` and `i + 1`.
#[inline(never)]
fn tied(pairs: Range<usize>, owner: &[u32], day: &[i32], ties: &mut Vec<Range<usize>>) {
    for i in pairs {
        if (owner[i], day[i]) != (owner[i + 1], day[i + 1]) {
            continue;
        }
        match ties.last_mut().filter(|tie| tie.end == i + 1) {
            Some(tie) => tie.end += 1,
            None => ties.push(i..i + 2),
        }
    }
}

/// The name behind a customer code; nobody's is empty.
pub fn name_of(code: u32, labels: &Labels) -> String {
    if code == NONE { String::new() } else { labels.get(code).into_owned() }
}

/// Order ids in a total order: numbers first, then texts; without an id, last.
pub fn tie_key(key: u32, labels: &Labels) -> (u8, i64, String) {
    if key == NONE {
        return (2, 0, String::new());
    }
    let text = labels.get(key);
    match text.parse::<i64>() {
        Ok(n) => (0, n, String::new()),
        Err(_) => (1, 0, text.into_owned()),
    }
}

#[inline(never)]
fn lines(groups: &Groups, sorted: &[u32], group_of_row: &[u32], amounts: &Narrow) -> Lines {
    let mut place = vec![0u32; groups.len()];
    let mut starts = Vec::with_capacity(sorted.len() + 1);
    starts.push(0);
    sorted.chunks(BLOCK).for_each(|some| put_starts(some, &groups.lines, &mut place, &mut starts));
    let mut list = vec![0u32; starts.last().map_or(0, |n| *n as usize)];
    blocks(group_of_row.len()).for_each(|rows| put_lines(rows, group_of_row, &mut place, &mut list));
    let amount = amounts.gather(&list);
    Lines { rows: list, starts, amount }
}

#[inline(never)]
fn put_starts(some: &[u32], lines: &[u32], place: &mut [u32], starts: &mut Vec<u32>) {
    let mut at = starts.last().copied().unwrap_or(0);
    for &g in some {
        place[g as usize] = at;
        at += lines[g as usize];
        starts.push(at);
    }
}

#[inline(never)]
fn put_lines(rows: Range<usize>, group_of_row: &[u32], place: &mut [u32], list: &mut [u32]) {
    for row in rows {
        let group = group_of_row[row];
        if group != NONE {
            let slot = &mut place[group as usize];
            list[*slot as usize] = row as u32;
            *slot += 1;
        }
    }
}

/// The orders and refunds of the sorted groups; `kinds` holds what is known already.
#[inline(never)]
fn orders(groups: &Groups, sorted: Sorted, rank: &[u32], money: bool, kinds: Orders) -> Orders {
    let Sorted { groups: mut kept, mut owner, mut day } = sorted;
    let customers = kinds.ids.len();
    let n = owner.partition_point(|who| *who as usize <= customers);
    let back = kept.split_off(n);
    owner.truncate(n);
    day.truncate(n);
    let mut starts = vec![0u32; customers + 2];
    owner.chunks(BLOCK).for_each(|some| count_orders(some, &mut starts));
    // Nobody's orders are behind the last customer's.
    starts.truncate(customers + 1);
    for c in 0..customers {
        starts[c + 1] += starts[c];
    }
    let refund = |g: &u32| {
        let g = *g as usize;
        let named = groups.customer[g];
        Refund {
            customer: rank.get(named as usize).copied().unwrap_or(NONE),
            named,
            day: groups.day[g],
            amount: groups.amount[g],
            lines: groups.lines[g],
            key: groups.key[g],
        }
    };
    Orders {
        starts,
        day,
        amount: if money { gather(&groups.amount, &kept) } else { Vec::new() },
        lines: gather(&groups.lines, &kept),
        keys: gather(&groups.key, &kept),
        refunds: back.iter().map(refund).collect(),
        ..kinds
    }
}

#[inline(never)]
fn count_orders(owners: &[u32], starts: &mut [u32]) {
    owners.iter().for_each(|who| starts[*who as usize + 1] += 1);
}

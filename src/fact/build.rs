//! From table rows to orders: codes, counting sorts and sums; no string is hashed or compared per row.

use std::ops::Range;

use crate::error::{Result, Words};
use crate::num::blocks::{BLOCK, blocks};
use crate::role::{OrderKey, Role, Roles, Tests};
use crate::table::Table;

use super::cache::{About, Dropped, Facts, Reason};
use super::ids::{FastMap, Ids, Keys, Labels, NONE, sort_codes};
use super::money::{self, Money, Narrow};
use super::trial::trial_rows;
use super::{Lines, Orders, Refund, Refunds};

/// A missing day, as `Column::days` writes it.
const NO_DAY: i32 = i32::MIN;
/// Beyond this many distinct days a comparison sort is used: counters for millennia would cost more than they save.
const MAX_DAYS: usize = 1 << 20;

/// Lines that belong together, before it is known whether they are an order or a refund.
pub(super) struct Group {
    pub customer: u32,
    pub day: i32,
    pub amount: i64,
    pub lines: u32,
    pub key: u32,
    /// Some line is not negative: an order.
    pub order: bool,
}

pub fn build(table: &Table, roles: &Roles, refunds: Refunds) -> Result<Facts> {
    let rows = table.rows;
    let money = money_of(table, roles)?;
    let days = match roles.get(Role::Date).and_then(|i| table.columns.get(i)) {
        Some(column) => Some(column.days()?),
        None => None,
    };
    let customer = roles.get(Role::Customer).and_then(|i| table.columns.get(i)).map(Keys::of);
    let mut tests = trial_rows(table, roles);
    let mut gone = vec![false; rows];
    let mut dropped = Vec::new();
    if roles.tests == Tests::Drop && !tests.is_empty() {
        tests.iter().for_each(|&r| gone[r as usize] = true);
        dropped.push(Dropped { reason: Reason::Test, rows: std::mem::take(&mut tests) });
    }
    dropped.extend(drop_rows(&gone, days.as_deref(), money.as_ref(), refunds));
    dropped.iter().flat_map(|d| &d.rows).for_each(|&r| gone[r as usize] = true);
    tests.retain(|r| !gone[*r as usize]);

    let dated = days.is_some();
    let scale = money.as_ref().map_or(0, |m| m.scale);
    let amounts = money.map_or(Narrow::default(), |m| Narrow::of(m.values));
    let cells = Cells {
        gone: &gone,
        customer: customer.as_ref().map(|k| k.codes.as_slice()),
        day: days.as_deref(),
        amount: &amounts,
    };
    let mut keyed = key_rows(table, roles, cells);
    // Exactly as many as there will be: a list that grows is held twice for a moment, and here that is the peak.
    let mut grouped = Grouped { groups: Vec::with_capacity(keyed.used), of_key: vec![NONE; keyed.count] };
    let mut group_of_row = std::mem::take(&mut keyed.codes);
    blocks(rows).for_each(|rows| grouped.add(rows, cells, &keyed, &mut group_of_row));
    let groups = grouped.groups;
    // What was needed row by row is given back before the orders are laid out: at ten million rows this is the peak.
    drop((days, gone));

    let (customer_labels, domain) = customer.map_or((Labels::default(), 0), |k| {
        let n = k.labels.len();
        (k.labels, n)
    });
    let Keyed { labels: key_labels, each_row, split, unkeyed, .. } = keyed;
    let shape = Shape { customer_labels, domain, key_labels, each_row, split, scale };
    let (orders, lines) = assemble(&groups, &group_of_row, &amounts, shape);
    let about = About { table_rows: rows, dated, unkeyed };
    let mut facts = Facts::new(orders, lines, dropped, about, refunds, roles);
    facts.tests = tests;
    Ok(facts)
}

/// What the roles say of every row.
#[derive(Clone, Copy)]
struct Cells<'a> {
    gone: &'a [bool],
    customer: Option<&'a [u32]>,
    day: Option<&'a [i32]>,
    /// 0 where there is none; empty without money.
    amount: &'a Narrow,
}

impl Cells<'_> {
    fn who(&self, row: usize) -> u32 {
        self.customer.map_or(NONE, |c| c[row])
    }
    fn when(&self, row: usize) -> i32 {
        self.day.map_or(0, |d| d[row])
    }
}

/// Groups of lines in the making.
struct Grouped {
    groups: Vec<Group>,
    of_key: Vec<u32>,
}

impl Grouped {
    /// `of_row` holds the rows' codes and then their groups, [`NONE`] where a row is in none.
    #[inline(never)]
    fn add(&mut self, rows: Range<usize>, cells: Cells<'_>, keyed: &Keyed, of_row: &mut [u32]) {
        for row in rows {
            if cells.gone[row] {
                of_row[row] = NONE;
                continue;
            }
            let code = of_row[row];
            let slot = &mut self.of_key[code as usize];
            let amount = cells.amount.at(row);
            if *slot == NONE {
                *slot = self.groups.len() as u32;
                let (customer, day, key) = (cells.who(row), cells.when(row), keyed.label_of(code));
                self.groups.push(Group { customer, day, amount, lines: 1, key, order: amount >= 0 });
            } else {
                let group = &mut self.groups[*slot as usize];
                group.amount += amount;
                group.lines += 1;
                group.order |= amount >= 0;
            }
            of_row[row] = *slot;
        }
    }
}

/// What groups alone do not tell of the orders made of them.
pub(super) struct Shape {
    pub customer_labels: Labels,
    /// Customer codes lie below this.
    pub domain: usize,
    pub key_labels: Labels,
    pub each_row: bool,
    pub split: bool,
    pub scale: u32,
}

/// Sorts the groups into orders and refunds. `amounts`: one per line, none without money; `group_of_line`: [`NONE`] where a line is in no group.
pub(super) fn assemble(groups: &[Group], group_of_line: &[u32], amounts: &Narrow, shape: Shape) -> (Orders, Lines) {
    let Shape { customer_labels, domain, key_labels, each_row, split, scale } = shape;
    let (ids, rank) = rank_customers(groups, customer_labels, domain);
    let sorted = sort_groups(groups, &rank, &ids, &key_labels);
    let lines = lines(groups, &sorted, group_of_line, amounts);
    let kinds = Orders { ids, scale, key_labels, each_row, split, ..Orders::default() };
    (orders(groups, &sorted, &rank, !amounts.is_empty(), kinds), lines)
}

/// Warnings about what an order is in these data.
pub(super) fn warnings(orders: &Orders, unkeyed: usize) -> Vec<Words> {
    let mut warnings = Vec::new();
    let shared = shared_keys(orders);
    if shared > 0 {
        let n = shared;
        warnings.push(Words::new(
            format!(
                "{n} order ids occur under more than one customer: one order in totals, one for each customer in theirs"
            ),
            format!("{n} 个订单号出现在多位客户名下：总数计一笔，各客户名下各计一笔"),
        ));
    }
    if unkeyed > 0 {
        let n = unkeyed;
        warnings.push(Words::new(
            format!("{n} rows have no order id; there one customer on one day is an order"),
            format!("{n} 行没有订单号，这些行按同一客户同一天计为一笔订单"),
        ));
    }
    warnings
}

/// How many order ids stand under more than one customer.
#[inline(never)]
fn shared_keys(orders: &Orders) -> usize {
    if !orders.split {
        return 0;
    }
    let named = (0..orders.customers()).flat_map(|c| orders.of(c).map(move |o| (orders.keys[o], orders.ids.codes[c])));
    let back = orders.refunds.iter().map(|r| (r.key, r.named));
    let mut pairs: Vec<(u32, u32)> = named.chain(back).filter(|(key, who)| *key != NONE && *who != NONE).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).count()
}

/// Amount, or quantity × unit price.
#[inline(never)]
pub fn money_of(table: &Table, roles: &Roles) -> Result<Option<Money>> {
    let column = |role| roles.get(role).and_then(|i| table.columns.get(i));
    if let Some(amount) = column(Role::Amount) {
        return Money::of(amount).map(Some);
    }
    match (column(Role::Quantity), column(Role::UnitPrice)) {
        (Some(q), Some(p)) => Money::product(&Money::of(q)?, &Money::of(p)?, &p.name).map(Some),
        _ => Ok(None),
    }
}

fn drop_rows(gone: &[bool], days: Option<&[i32]>, money: Option<&Money>, refunds: Refunds) -> Vec<Dropped> {
    let mut lists: Vec<Dropped> = [Reason::NoDate, Reason::NoAmount, Reason::Negative, Reason::Zero]
        .into_iter()
        .map(|reason| Dropped { reason, rows: Vec::new() })
        .collect();
    let values = money.map(|m| m.values.as_slice());
    blocks(gone.len()).for_each(|rows| drop_some(rows, gone, days, values, refunds, &mut lists));
    lists.retain(|d| !d.rows.is_empty());
    lists
}

#[inline(never)]
fn drop_some(
    rows: Range<usize>,
    gone: &[bool],
    days: Option<&[i32]>,
    money: Option<&[i64]>,
    refunds: Refunds,
    lists: &mut [Dropped],
) {
    for row in rows.filter(|row| !gone[*row]) {
        let list = if days.is_some_and(|d| d[row] == NO_DAY) {
            0
        } else {
            match money.map_or(1, |m| m[row]) {
                money::MISSING => 1,
                v if v < 0 && refunds != Refunds::Net => 2,
                0 if refunds == Refunds::PositiveOnly => 3,
                _ => continue,
            }
        };
        lists[list].rows.push(row as u32);
    }
}

/// A code per row: equal codes are one group of lines.
struct Keyed {
    codes: Vec<u32>,
    /// Codes lie below this; so many of them occur.
    count: usize,
    used: usize,
    labels: Labels,
    /// For codes at or beyond `labels.len()`: the label they carry.
    extra: Vec<u32>,
    named: bool,
    each_row: bool,
    /// Some order id has several groups of lines.
    split: bool,
    unkeyed: usize,
}

impl Keyed {
    fn label_of(&self, code: u32) -> u32 {
        if !self.named {
            return NONE;
        }
        let n = self.labels.len();
        if (code as usize) < n { code } else { self.extra.get(code as usize - n).copied().unwrap_or(NONE) }
    }
}

#[inline(never)]
fn key_rows(table: &Table, roles: &Roles, cells: Cells<'_>) -> Keyed {
    let rows = cells.gone.len();
    let each_row = || Keyed {
        codes: (0..rows as u32).collect(),
        count: rows,
        used: rows,
        labels: Labels::default(),
        extra: Vec::new(),
        named: false,
        each_row: true,
        split: false,
        unkeyed: 0,
    };
    let columns: Vec<&crate::table::Column> = match &roles.order {
        OrderKey::Columns(list) => list.iter().filter_map(|i| table.columns.get(*i)).collect(),
        OrderKey::Row => return each_row(),
        OrderKey::CustomerDay => Vec::new(),
    };
    if columns.is_empty() {
        return if cells.day.is_some() { by_customer_day(cells) } else { each_row() };
    }
    let mut keys = Keys::of(columns[0]);
    for column in &columns[1..] {
        keys = combine(&keys, &Keys::of(column));
    }
    split_by_customer(keys, cells)
}

/// Several key columns as one: the label joins the parts.
fn combine(a: &Keys, b: &Keys) -> Keys {
    let mut seen: FastMap<u64, u32> = FastMap::default();
    let mut labels = Vec::new();
    let codes = a
        .codes
        .iter()
        .zip(&b.codes)
        .map(|(&x, &y)| {
            if x == NONE || y == NONE {
                return NONE;
            }
            *seen.entry(u64::from(x) << 32 | u64::from(y)).or_insert_with(|| {
                labels.push(format!("{} · {}", a.labels.get(x), b.labels.get(y)));
                labels.len() as u32 - 1
            })
        })
        .collect();
    Keys { codes, labels: Labels::Own(std::sync::Arc::new(labels)) }
}

/// A group of lines is (customer, order id, day): an id that occurs under several customers or on several days gets a code for
/// each further one. Such parts are counted as one order by [`Orders::distinct`] and [`Orders::distinct_by`].
fn split_by_customer(keys: Keys, cells: Cells<'_>) -> Keyed {
    let Keys { mut codes, labels } = keys;
    let n = labels.len();
    let mut owners = Owners {
        first: vec![(UNSEEN, 0); n],
        further: FastMap::default(),
        days: FastMap::default(),
        extra: Vec::new(),
        seen: 0,
        unkeyed: 0,
    };
    blocks(codes.len()).for_each(|rows| owners.split(rows, &mut codes, cells));
    let Owners { further, extra, seen, unkeyed, .. } = owners;
    let (count, used) = (n + extra.len(), seen + extra.len());
    Keyed { codes, count, used, labels, extra, named: true, each_row: false, split: !further.is_empty(), unkeyed }
}

const UNSEEN: u32 = NONE - 1;

/// Whose the order ids are, and on which day.
struct Owners {
    /// By code: customer and day of the first line.
    first: Vec<(u32, i32)>,
    further: FastMap<(u32, (u32, i32)), u32>,
    /// Lines without an id: a code for each customer and day.
    days: FastMap<(u32, i32), u32>,
    /// The labels of the codes added.
    extra: Vec<u32>,
    /// Codes of the column that occur.
    seen: usize,
    unkeyed: usize,
}

impl Owners {
    #[inline(never)]
    fn split(&mut self, rows: Range<usize>, codes: &mut [u32], cells: Cells<'_>) {
        let n = self.first.len();
        let extra = &mut self.extra;
        let mut fresh = |label: u32| {
            extra.push(label);
            (n + extra.len() - 1) as u32
        };
        for row in rows {
            if cells.gone[row] {
                continue;
            }
            let (code, here) = (&mut codes[row], (cells.who(row), cells.when(row)));
            if *code == NONE {
                self.unkeyed += 1;
                *code = if here.0 == NONE || cells.day.is_none() {
                    fresh(NONE)
                } else {
                    *self.days.entry(here).or_insert_with(|| fresh(NONE))
                };
                continue;
            }
            let first = &mut self.first[*code as usize];
            if first.0 == UNSEEN {
                *first = here;
                self.seen += 1;
            } else if *first != here {
                let label = *code;
                *code = *self.further.entry((label, here)).or_insert_with(|| fresh(label));
            }
        }
    }
}

/// One customer on one day; a row without a customer is an order of its own.
fn by_customer_day(cells: Cells<'_>) -> Keyed {
    let (rows, gone) = (cells.gone.len(), cells.gone);
    let who = |row: usize| cells.who(row);
    let when = |row: usize| cells.when(row);
    let mut kept: Vec<u32> = (0..rows as u32).filter(|r| !gone[*r as usize] && who(*r as usize) != NONE).collect();
    let people = kept.iter().map(|r| who(*r as usize) as usize + 1).max().unwrap_or(0);
    sort_by_two(&mut kept, people, |r| who(*r as usize) as usize, |r| when(*r as usize));
    let mut codes = vec![NONE; rows];
    let mut count = 0u32;
    let mut last = (NONE, 0);
    for &row in &kept {
        let here = (who(row as usize), when(row as usize));
        if count == 0 || here != last {
            count += 1;
            last = here;
        }
        codes[row as usize] = count - 1;
    }
    for (row, code) in codes.iter_mut().enumerate() {
        if *code == NONE && !gone[row] {
            *code = count;
            count += 1;
        }
    }
    Keyed {
        codes,
        count: count as usize,
        used: count as usize,
        labels: Labels::default(),
        extra: Vec::new(),
        named: false,
        each_row: false,
        split: false,
        unkeyed: 0,
    }
}

/// Stable sort by (major, day): two counting sorts where the days allow.
#[inline(never)]
pub fn sort_by_two<T: Copy>(items: &mut Vec<T>, majors: usize, major: impl Fn(&T) -> usize, day: impl Fn(&T) -> i32) {
    let (low, high) = items.iter().fold((i32::MAX, i32::MIN), |(lo, hi), t| (lo.min(day(t)), hi.max(day(t))));
    let span = if items.is_empty() { 0 } else { (i64::from(high) - i64::from(low)) as usize + 1 };
    if span > MAX_DAYS {
        items.sort_by_key(|t| (major(t), day(t)));
        return;
    }
    let by_day = counting_sort(items, span, |t| (day(t) - low) as usize);
    *items = counting_sort(&by_day, majors, major);
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
fn rank_customers(groups: &[Group], labels: Labels, domain: usize) -> (Ids, Vec<u32>) {
    let mut rank = vec![NONE; domain];
    let mut codes = Vec::new();
    for group in groups.iter().filter(|g| g.order && g.customer != NONE) {
        let slot = &mut rank[group.customer as usize];
        if *slot == NONE {
            *slot = 0;
            codes.push(group.customer);
        }
    }
    sort_codes(&mut codes, &labels);
    for (i, code) in codes.iter().enumerate() {
        rank[*code as usize] = i as u32;
    }
    (Ids { codes, labels }, rank)
}

/// Group numbers: orders by customer, day, order id; behind them the refunds, sorted alike.
#[inline(never)]
fn sort_groups(groups: &[Group], rank: &[u32], ids: &Ids, labels: &Labels) -> Vec<u32> {
    let nobody = ids.len() as u32;
    let who = |g: &Group| if g.customer == NONE { nobody } else { rank[g.customer as usize].min(nobody) };
    let mut all: Vec<u32> = (0..groups.len() as u32).collect();
    let width = nobody as usize + 1;
    sort_by_two(
        &mut all,
        2 * width,
        |g| {
            let group = &groups[*g as usize];
            who(group) as usize + if group.order { 0 } else { width }
        },
        |g| groups[*g as usize].day,
    );
    let mut ties: Vec<Range<usize>> = Vec::new();
    let equal = |a: &Group, b: &Group| (a.order, who(a), a.day) == (b.order, who(b), b.day);
    blocks(all.len().saturating_sub(1)).for_each(|pairs| tied(pairs, &all, groups, &equal, &mut ties));
    for tie in ties {
        all[tie].sort_by_cached_key(|g| {
            let group = &groups[*g as usize];
            (tie_key(group.key, labels), group.amount, group.lines, name_of(group.customer, &ids.labels))
        });
    }
    all
}

/// Adds the stretches of neighbours that are equal: pair `i` is places `i` and `i + 1`.
#[inline(never)]
fn tied(
    pairs: Range<usize>,
    all: &[u32],
    groups: &[Group],
    equal: &impl Fn(&Group, &Group) -> bool,
    ties: &mut Vec<Range<usize>>,
) {
    for i in pairs {
        if !equal(&groups[all[i] as usize], &groups[all[i + 1] as usize]) {
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
fn lines(groups: &[Group], sorted: &[u32], group_of_row: &[u32], amounts: &Narrow) -> Lines {
    let mut place = vec![0u32; groups.len()];
    let mut starts = Vec::with_capacity(sorted.len() + 1);
    let mut at = 0u32;
    for &g in sorted {
        starts.push(at);
        place[g as usize] = at;
        at += groups[g as usize].lines;
    }
    starts.push(at);
    let mut list = vec![0u32; at as usize];
    blocks(group_of_row.len()).for_each(|rows| put_lines(rows, group_of_row, &mut place, &mut list));
    let amount = amounts.gather(&list);
    Lines { rows: list, starts, amount }
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

/// The orders and refunds of `sorted` groups; `kinds` holds what is known already.
#[inline(never)]
fn orders(groups: &[Group], sorted: &[u32], rank: &[u32], money: bool, kinds: Orders) -> Orders {
    let n = groups.iter().filter(|g| g.order).count();
    let customers = kinds.ids.len();
    let mut starts = vec![0u32; customers + 1];
    let mut out = Orders {
        day: Vec::with_capacity(n),
        amount: Vec::with_capacity(if money { n } else { 0 }),
        lines: Vec::with_capacity(n),
        keys: Vec::with_capacity(n),
        ..kinds
    };
    let (kept, back) = sorted.split_at(n);
    kept.chunks(BLOCK).for_each(|some| put_orders(some, groups, rank, money, &mut starts, &mut out));
    for c in 0..customers {
        starts[c + 1] += starts[c];
    }
    out.starts = starts;
    out.refunds = back
        .iter()
        .map(|g| &groups[*g as usize])
        .map(|g| Refund {
            customer: customer_of(g, rank),
            named: g.customer,
            day: g.day,
            amount: g.amount,
            lines: g.lines,
            key: g.key,
        })
        .collect();
    out
}

fn customer_of(group: &Group, rank: &[u32]) -> u32 {
    if group.customer == NONE { NONE } else { rank[group.customer as usize] }
}

/// Adds orders, and counts them for their customers in `starts`.
#[inline(never)]
fn put_orders(some: &[u32], groups: &[Group], rank: &[u32], money: bool, starts: &mut [u32], out: &mut Orders) {
    for group in some.iter().map(|g| &groups[*g as usize]) {
        let customer = customer_of(group, rank);
        if customer != NONE {
            starts[customer as usize + 1] += 1;
        }
        out.day.push(group.day);
        if money {
            out.amount.push(group.amount);
        }
        out.lines.push(group.lines);
        out.keys.push(group.key);
    }
}

/// The amount of every row as numbers, NaN where missing; `None` without an amount.
pub fn amounts(table: &Table, roles: &Roles) -> Result<Option<Vec<f64>>> {
    let Some(money) = money_of(table, roles)? else { return Ok(None) };
    let unit = 10f64.powi(money.scale as i32);
    let number = |v: &i64| if *v == money::MISSING { f64::NAN } else { *v as f64 / unit };
    Ok(Some(money.values.iter().map(number).collect()))
}

//! From table rows to groups of lines: codes and sums; no string is hashed or compared per row.

use std::ops::Range;

use crate::error::{Result, Words};
use crate::num::blocks::blocks;
use crate::role::{OrderKey, Role, Roles, Tests};
use crate::table::Table;

use super::assemble::{Group, Groups, Shape, assemble, sort_by_two};
use super::cache::{About, Dropped, Facts, Reason};
use super::ids::{FastMap, Keys, Labels, NONE};
use super::money::{self, Money, Narrow};
use super::trial::trial_rows;
use super::{Orders, Refunds};

/// A missing day, as `Column::days` writes it.
const NO_DAY: i32 = i32::MIN;
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
    let mut grouped = Grouped { groups: Groups::with_capacity(keyed.used), of_key: vec![NONE; keyed.count] };
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
    let (orders, lines) = assemble(groups, &group_of_row, &amounts, shape);
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
    groups: Groups,
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
                let group = *slot as usize;
                self.groups.amount[group] += amount;
                self.groups.lines[group] += 1;
                self.groups.order[group] |= amount >= 0;
            }
            of_row[row] = *slot;
        }
    }
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

/// The amount of every row as numbers, NaN where missing; `None` without an amount.
pub fn amounts(table: &Table, roles: &Roles) -> Result<Option<Vec<f64>>> {
    let Some(money) = money_of(table, roles)? else { return Ok(None) };
    let unit = 10f64.powi(money.scale as i32);
    let number = |v: &i64| if *v == money::MISSING { f64::NAN } else { *v as f64 / unit };
    Ok(Some(money.values.iter().map(number).collect()))
}

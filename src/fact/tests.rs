use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::role::{OrderKey, Role, Roles, Tests};
use crate::table::{Cells, Mask, Table};

/// customer, order, day, amount in cents
type Row = (Option<u8>, Option<u8>, Option<i32>, Option<i64>);

fn table(rows: &[Row]) -> Table {
    let text = |f: &dyn Fn(&Row) -> Option<String>| Cells::Text(rows.iter().map(f).collect());
    Table::from_cells(vec![
        ("who", text(&|r| r.0.map(|c| format!("c{c}")))),
        ("order", text(&|r| r.1.map(|o| format!("o{o}")))),
        ("day", Cells::Date(rows.iter().map(|r| r.2).collect())),
        ("money", Cells::Decimal(rows.iter().map(|r| r.3).collect(), 2)),
    ])
}

fn roles(order: OrderKey) -> Roles {
    let columns = [(Role::Customer, 0), (Role::Order, 1), (Role::Date, 2), (Role::Amount, 3)];
    Roles { columns: columns.into_iter().collect(), order, ..Roles::default() }
}

fn keyed() -> Roles {
    roles(OrderKey::Columns(vec![1]))
}

/// The slow, clear definition: group rows by (customer, key, day), sum, split orders from refunds.
fn naive(rows: &[Row], order: &OrderKey, refunds: Refunds) -> (Vec<(String, i32, i64, u32)>, Vec<(i32, i64)>, i64) {
    let mut groups: BTreeMap<(String, String), (i32, i64, u32, bool)> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        let (Some(day), Some(money)) = (row.2, row.3) else { continue };
        if (money < 0 && refunds != Refunds::Net) || (money == 0 && refunds == Refunds::PositiveOnly) {
            continue;
        }
        let who = row.0.map_or("~".to_string(), |c| format!("c{c}"));
        let by_day = if row.0.is_some() { format!("day {day}") } else { format!("row {i}") };
        let key = match order {
            OrderKey::Row => format!("row {i}"),
            OrderKey::CustomerDay => by_day,
            OrderKey::Columns(_) => row.1.map_or(by_day, |o| format!("o{o} {day}")),
        };
        let g = groups.entry((who, key)).or_insert((day, 0, 0, false));
        *g = (g.0.min(day), g.1 + money, g.2 + 1, g.3 || money >= 0);
    }
    let mut orders: Vec<_> =
        groups.iter().filter(|g| g.1.3).map(|((who, _), g)| (who.clone(), g.0, g.1, g.2)).collect();
    orders.sort();
    let mut back: Vec<_> = groups.values().filter(|g| !g.3).map(|g| (g.0, g.1)).collect();
    back.sort();
    (orders, back, groups.values().map(|g| g.1).sum())
}

fn flat(orders: &Orders) -> (Vec<(String, i32, i64, u32)>, Vec<(i32, i64)>, i64) {
    let mut list = Vec::new();
    for c in 0..orders.customers() {
        for o in orders.of(c) {
            list.push((orders.customer_id(c).into_owned(), orders.day[o], orders.amount[o], orders.lines[o]));
        }
    }
    for o in orders.named()..orders.len() {
        list.push(("~".into(), orders.day[o], orders.amount[o], orders.lines[o]));
    }
    list.sort();
    let mut back: Vec<_> = orders.refunds.iter().map(|r| (r.day, r.amount)).collect();
    back.sort();
    (list, back, orders.revenue())
}

fn row() -> impl Strategy<Value = Row> {
    (
        proptest::option::weighted(0.85, 0u8..5),
        proptest::option::weighted(0.85, 0u8..9),
        proptest::option::weighted(0.9, 0i32..6),
        proptest::option::weighted(0.9, -3i64..6),
    )
}

fn order_key() -> impl Strategy<Value = OrderKey> {
    prop_oneof![Just(OrderKey::CustomerDay), Just(OrderKey::Row), Just(OrderKey::Columns(vec![1]))]
}

fn wanted() -> impl Strategy<Value = Value> {
    let list = |letter: char, n: u8| {
        proptest::collection::vec(0..n, 0..4)
            .prop_map(move |v| v.iter().map(|i| format!("{letter}{i}")).collect::<Vec<_>>())
    };
    let day = |d: i32| crate::time::iso(d);
    let leaf = prop_oneof![
        3 => list('c', 5).prop_map(|v| json!({ "role": "customer", "in": v })),
        3 => list('o', 9).prop_map(|v| json!({ "column": "order", "not_in": v })),
        1 => any::<bool>().prop_map(|yes| json!({ "column": "who", "present": yes })),
        2 => (0i32..6, 0i32..6).prop_map(move |(a, b)| json!({ "role": "date", "between": [day(a), day(b)] })),
        2 => (0i32..6).prop_map(move |a| json!({ "column": "day", "gt": day(a), "ne": day(a + 1) })),
        1 => (-2i64..5).prop_map(|v| json!({ "column": "money", "ge": v as f64 / 100.0 })),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|v| json!({ "and": v })),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|v| json!({ "or": v })),
            inner.prop_map(|f| json!({ "not": f })),
        ]
    })
}

fn policy() -> impl Strategy<Value = Refunds> {
    prop_oneof![Just(Refunds::Net), Just(Refunds::Drop), Just(Refunds::PositiveOnly)]
}

proptest! {
    #[test]
    fn orders_are_what_the_slow_definition_says(
        rows in proptest::collection::vec(row(), 0..60), order in order_key(), refunds in policy()
    ) {
        let facts = Facts::from_table(&table(&rows), &roles(order.clone()), refunds).unwrap();
        prop_assert_eq!(flat(&facts.orders), naive(&rows, &order, refunds));
        let (used, out) = facts.rows(false);
        prop_assert_eq!(used + out.iter().map(|l| l.rows).sum::<usize>(), rows.len());
        let (used, out) = facts.rows(true);
        prop_assert_eq!(used + out.iter().map(|l| l.rows).sum::<usize>(), rows.len());
        // Lines: every used row once, and the money of an order is that of its lines.
        let mut seen = facts.lines.rows.clone();
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen.len(), facts.lines.rows.len());
        for o in 0..facts.orders.len() {
            let sum: i64 = facts.lines.of(o).map(|l| facts.lines.amount.get(l)).sum();
            prop_assert_eq!(sum, facts.orders.amount[o]);
        }
    }

    #[test]
    fn filtering_facts_is_building_them_from_the_kept_rows(
        rows in proptest::collection::vec(row(), 0..60), keep in proptest::collection::vec(any::<bool>(), 60),
        order in order_key(), refunds in policy()
    ) {
        let roles = roles(order);
        let mask: Mask = keep[..rows.len()].iter().copied().collect();
        let kept: Vec<Row> = rows.iter().zip(&keep).filter(|(_, k)| **k).map(|(r, _)| *r).collect();
        let whole = table(&rows);
        let narrowed = Facts::from_table(&whole, &roles, refunds).unwrap().filter(&mask);
        let built = Facts::from_table(&table(&kept), &roles, refunds).unwrap();
        prop_assert_eq!(&narrowed.orders, &built.orders);
        prop_assert_eq!(&filter::orders(&Facts::from_table(&whole, &roles, refunds).unwrap(), &mask), &built.orders);
        prop_assert_eq!(narrowed.rows(true).0, built.rows(true).0);
        prop_assert_eq!(&narrowed.lines.starts, &built.lines.starts);
        let amounts = |f: &Facts| (0..f.lines.amount.len()).map(|l| f.lines.amount.get(l)).collect::<Vec<_>>();
        let sorted = |f: &Facts| (0..f.lines.starts.len().saturating_sub(1)).map(|g| {
            let mut v: Vec<i64> = f.lines.of(g).map(|l| amounts(f)[l]).collect();
            v.sort_unstable();
            v
        }).collect::<Vec<_>>();
        prop_assert_eq!(sorted(&narrowed), sorted(&built));
    }

    /// Asked of orders as a whole or of every row: the same orders are left.
    #[test]
    fn a_filter_of_whole_orders_keeps_what_the_same_filter_of_rows_does(
        rows in proptest::collection::vec(row(), 0..60), filter in wanted(), order in order_key(), refunds in policy()
    ) {
        let (table, roles, facts) = (table(&rows), roles(order.clone()), Cache::default());
        let scope = Scope { table: &table, roles: &roles, facts: &facts };
        let whole = facts.get(&table, &roles, None, refunds).unwrap();
        let by_rows = filter::orders(&whole, &mask(&filter, &scope).unwrap().unwrap());
        prop_assert_eq!(&*orders(&filter, &scope, refunds).unwrap(), &by_rows);
        // Customer and day are true of an order as a whole, and so is its id where that makes it one; money is not.
        let text = filter.to_string();
        let kept = select::groups(&filter, &scope, &whole).unwrap();
        if text.contains("money") {
            prop_assert!(kept.is_none());
        } else if !text.contains("order") || matches!(order, OrderKey::Columns(_)) {
            prop_assert!(kept.is_some());
        }
    }

    /// The law that appending, parallel work and facts computed elsewhere stand on.
    #[test]
    fn merging_the_parts_of_a_split_gives_the_whole(
        rows in proptest::collection::vec(row(), 0..60), cuts in proptest::collection::vec(0usize..=60, 0..4),
        order in order_key(), refunds in policy()
    ) {
        let roles = roles(order);
        let mut borders: Vec<usize> = cuts.into_iter().map(|c| c.min(rows.len())).chain([0, rows.len()]).collect();
        borders.sort_unstable();
        let parts: Vec<Facts> = borders.windows(2)
            .map(|w| Facts::from_table(&table(&rows[w[0]..w[1]]), &roles, refunds).unwrap())
            .collect();
        let merged = Facts::merge(&parts.iter().collect::<Vec<_>>()).unwrap();
        let whole = Facts::from_table(&table(&rows), &roles, refunds).unwrap();
        prop_assert_eq!(&merged.orders, &whole.orders);
        prop_assert_eq!(merged.orders.split, whole.orders.split);
        prop_assert_eq!(customers(&merged.orders, None), customers(&whole.orders, None));
        prop_assert_eq!(merged.warnings.len(), whole.warnings.len());
        for (a, b) in merged.warnings.iter().zip(&whole.warnings) { prop_assert_eq!(&a.en, &b.en); }
        for named in [false, true] {
            let told = |f: &Facts| { let (n, out) = f.rows(named); (n, out.iter().map(|l| (l.reason.en.clone(), l.rows)).collect::<Vec<_>>()) };
            prop_assert_eq!(told(&merged), told(&whole));
        }
        // Lines: the rows of every group, in file order; of groups that nothing tells apart, in whatever order.
        let lines = |f: &Facts| {
            let mut groups: Vec<Vec<u32>> = (0..f.lines.starts.len() - 1).map(|g| f.lines.rows[f.lines.of(g)].to_vec()).collect();
            groups.sort();
            groups
        };
        prop_assert_eq!(lines(&merged), lines(&whole));
        if let Some((from, to)) = whole.orders.span() {
            let periods = Periods::new(crate::time::Period::Week, from, to).unwrap();
            prop_assert_eq!(cube(&merged, &[], Some(&periods)), cube(&whole, &[], Some(&periods)));
        }
    }

    /// A measure summed on the way is what a pass of its own says.
    #[test]
    fn measures_are_summed_on_the_way(
        rows in proptest::collection::vec(row(), 0..60), order in order_key(), refunds in policy()
    ) {
        let table = table(&rows);
        let facts = Facts::from_table(&table, &roles(order), refunds).unwrap();
        let Some((from, to)) = facts.orders.span() else { return Ok(()) };
        let periods = Periods::new(crate::time::Period::Week, from, to).unwrap();
        let at = table.columns.len() - 1;
        let kind = [facts.dimension(&table.columns[at], at), facts.dimension(&table.columns[0], 0)];
        let money = facts.measure(&table.columns[at], at).unwrap();
        for dimensions in [&kind[..0], &kind[..1], &kind[1..], &kind[..]] {
            let all = count(&facts, dimensions, Some(&periods), Some(&money.lines));
            prop_assert_eq!(&all.cells, &cube(&facts, dimensions, Some(&periods)));
            // The money column summed as a measure is the revenue of the cell.
            prop_assert_eq!(all.cells.iter().map(|c| c.revenue).collect::<Vec<_>>(), all.sums.clone());
            prop_assert_eq!(all.sums, sums(&facts, dimensions, Some(&periods), &money.lines));
        }
    }

    /// Values counted as bits of a word are what the pass over all lines counts, and what a set of each kind holds.
    #[test]
    fn few_values_are_counted_as_many_are(
        rows in proptest::collection::vec(row(), 0..60), order in order_key(), refunds in policy()
    ) {
        let table = table(&rows);
        let facts = Facts::from_table(&table, &roles(order), refunds).unwrap();
        for at in 0..table.columns.len() {
            let one = [facts.dimension(&table.columns[at], at)];
            let cells = cube(&facts, &one, None);
            prop_assert_eq!(&cells, &count(&facts, &one, None, None).cells);
            let mut people = vec![std::collections::HashSet::new(); cells.len()];
            each_order(&facts.orders, |o, c| {
                if c != NONE {
                    facts.lines.of(o).for_each(|l| { people[one[0].lines.get(l)].insert(c); });
                }
            });
            let counted: Vec<usize> = cells.iter().map(|c| c.customers as usize).collect();
            prop_assert_eq!(counted, people.iter().map(|p| p.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        rows in proptest::collection::vec(row(), 0..40), order in order_key(), refunds in policy(), seed in any::<u64>()
    ) {
        let mut shuffled = rows.clone();
        let mut state = seed;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        let roles = roles(order);
        let a = Facts::from_table(&table(&rows), &roles, refunds).unwrap();
        let b = Facts::from_table(&table(&shuffled), &roles, refunds).unwrap();
        prop_assert_eq!(&a.orders, &b.orders);
        prop_assert_eq!(customers(&a.orders, None), customers(&b.orders, None));
    }
}

fn facts(rows: &[Row], refunds: Refunds) -> Facts {
    Facts::from_table(&table(rows), &keyed(), refunds).unwrap()
}

#[test]
fn scattered_lines_of_an_order_are_one_order() {
    let f = facts(
        &[
            (Some(1), Some(1), Some(3), Some(100)),
            (Some(2), Some(2), Some(3), Some(50)),
            (Some(1), Some(1), Some(4), Some(7)),
        ],
        Refunds::Net,
    );
    // Order 1 stands once for each of its days, and is one order all the same.
    assert_eq!((f.orders.len(), f.orders.distinct(0..f.orders.len()), f.orders.customers()), (3, 2, 2));
    let people = customers(&f.orders, None);
    assert_eq!((people.frequency[0], people.amount[0], people.first_day[0], people.last_day[0]), (1, 107, 3, 4));
}

#[test]
fn an_order_id_of_two_customers_is_two_orders_and_said_so() {
    let f = facts(&[(Some(1), Some(1), Some(3), Some(100)), (Some(2), Some(1), Some(3), Some(50))], Refunds::Net);
    assert_eq!(f.orders.len(), 2);
    assert!(f.warnings[0].en.starts_with("1 order ids"));
}

#[test]
fn a_refund_lowers_revenue_but_is_no_order() {
    let rows = [
        (Some(1), Some(1), Some(1), Some(1000)),
        (Some(1), Some(2), Some(9), Some(-400)),
        (Some(2), Some(3), Some(2), Some(-50)),
        (Some(3), Some(4), Some(2), Some(0)),
    ];
    let net = facts(&rows, Refunds::Net);
    assert_eq!((net.orders.len(), net.orders.customers(), net.orders.revenue()), (2, 2, 550));
    let people = customers(&net.orders, None);
    assert_eq!((people.amount, people.last_day, people.frequency), (vec![600, 0], vec![1, 2], vec![1, 1]));
    assert_eq!(net.rows(true).1[0].rows, 1, "the refund of a customer without an order");
    let drop = facts(&rows, Refunds::Drop);
    assert_eq!((drop.orders.len(), drop.orders.revenue(), drop.rows(false).1[0].rows), (2, 1000, 2));
    let positive = facts(&rows, Refunds::PositiveOnly);
    assert_eq!((positive.orders.len(), positive.orders.customers()), (1, 1));
}

#[test]
fn facts_of_five_customers_by_hand() {
    let rows = [
        (Some(1), Some(1), Some(0), Some(100)),
        (Some(1), Some(2), Some(10), Some(200)),
        (Some(1), Some(3), Some(10), Some(300)),
        (Some(1), Some(4), Some(40), Some(400)),
        (Some(2), Some(5), Some(5), Some(50)),
    ];
    let f = facts(&rows, Refunds::Net);
    let people = customers(&f.orders, Some(50));
    assert_eq!(people.recency_days(), [10.0, 45.0]);
    assert_eq!(people.frequency(), [4.0, 1.0]);
    assert_eq!(people.monetary(), [10.0, 0.5]);
    assert_eq!(people.average_order_value(), [2.5, 0.5]);
    assert_eq!(people.tenure_days(), [50.0, 45.0]);
    assert_eq!(people.gap_days()[0], 20.0);
    assert!(people.gap_days()[1].is_nan());
    assert_eq!(f.orders.purchase_days(0).collect::<Vec<_>>(), [0, 10, 40]);
}

#[test]
fn the_cache_builds_once_and_narrows_for_a_filter() {
    let t = table(&[(Some(1), Some(1), Some(1), Some(1)), (Some(2), Some(2), Some(1), Some(1))]);
    let cache = Cache::default();
    let all = cache.get(&t, &keyed(), None, Refunds::Net).unwrap();
    assert!(std::rc::Rc::ptr_eq(&all, &cache.get(&t, &keyed(), None, Refunds::Net).unwrap()));
    let mask: Mask = [true, false].into_iter().collect();
    let one = cache.get(&t, &keyed(), Some(&mask), Refunds::Net).unwrap();
    assert_eq!((all.orders.customers(), one.orders.customers()), (2, 1));
    let again: Mask = [true, false].into_iter().collect();
    assert!(std::rc::Rc::ptr_eq(&one, &cache.get(&t, &keyed(), Some(&again), Refunds::Net).unwrap()));
    assert_eq!(cache.get(&t, &keyed(), None, Refunds::Net).unwrap().orders.customers(), 2);
}

#[test]
fn an_order_of_several_days_and_customers_counts_once_where_it_is_one() {
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    // Order 1: a on days 0 and 40; order 2: shared by a and b on day 5; order 3: b alone.
    let table = Table::from_cells(vec![
        ("who", text(&["a", "a", "a", "b", "b"])),
        ("id", text(&["1", "2", "1", "2", "3"])),
        ("day", Cells::Date(vec![Some(0), Some(5), Some(40), Some(5), Some(41)])),
        ("money", Cells::Integer(vec![Some(10), Some(20), Some(30), Some(40), Some(50)])),
    ]);
    let columns = [(Role::Customer, 0), (Role::Order, 1), (Role::Date, 2), (Role::Amount, 3)].into();
    let roles = Roles { columns, order: OrderKey::Columns(vec![1]), ..Roles::default() };
    let facts = Facts::from_table(&table, &roles, Refunds::Net).expect("it is sound");
    let orders = &facts.orders;
    assert!(orders.split);
    let people = customers(orders, None);
    assert_eq!(people.frequency, [2, 2], "help: a has orders 1 and 2, b has 2 and 3");
    assert_eq!(people.last_day, [40, 41], "help: the last line counts, not the order's first");
    assert_eq!(orders.purchase_days(0).collect::<Vec<_>>(), [0, 5, 40]);
    assert_eq!(orders.distinct(0..orders.len()), 3);
    assert_eq!(orders.distinct_by(2, |o| usize::from(orders.day[o] > 30)), Some(vec![2, 2]));
    assert_eq!(orders.revenue(), 150);
}

#[test]
fn merged_money_keeps_its_decimals_and_no_part_gives_nothing() {
    let part = |cells: Cells| {
        let table = Table::from_cells(vec![
            ("who", Cells::Text(vec![Some("a".into())])),
            ("day", Cells::Date(vec![Some(1)])),
            ("money", cells),
        ]);
        let columns = [(Role::Customer, 0), (Role::Date, 1), (Role::Amount, 2)].into();
        Facts::from_table(&table, &Roles { columns, order: OrderKey::Row, ..Roles::default() }, Refunds::Net).unwrap()
    };
    let (whole, cents) = (part(Cells::Integer(vec![Some(7)])), part(Cells::Decimal(vec![Some(25)], 2)));
    let merged = Facts::merge(&[&whole, &cents]).unwrap();
    assert_eq!((merged.orders.value(merged.orders.revenue()), merged.orders.len()), (7.25, 2));
    assert!(Facts::merge(&[]).is_none());
}

#[test]
fn a_cube_counts_an_order_of_several_days_and_customers_once_a_cell() {
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    // Order 1: a on days 0 and 40, both tea; order 2: shared by a and b on day 5, tea and cups; order 3: b, cups.
    let table = Table::from_cells(vec![
        ("who", text(&["a", "a", "a", "b", "b"])),
        ("id", text(&["1", "2", "1", "2", "3"])),
        ("day", Cells::Date(vec![Some(0), Some(5), Some(40), Some(5), Some(41)])),
        ("money", Cells::Integer(vec![Some(10), Some(20), Some(30), Some(40), Some(50)])),
        ("kind", text(&["tea", "tea", "tea", "tea", "cups"])),
    ]);
    let columns = [(Role::Customer, 0), (Role::Order, 1), (Role::Date, 2), (Role::Amount, 3)].into();
    let facts = Facts::from_table(
        &table,
        &Roles { columns, order: OrderKey::Columns(vec![1]), ..Roles::default() },
        Refunds::Net,
    )
    .unwrap();
    let kind = facts.dimension(&table.columns[4], 4);
    let tally = |revenue, orders, customers, repeat| Tally { revenue, orders, customers, repeat };
    let cells = cube(&facts, std::slice::from_ref(&kind), None);
    assert_eq!(cells, [tally(100, 2, 2, 1), tally(50, 1, 1, 0), Tally::default()], "help: a has orders 1 and 2 in tea");
    assert_eq!(cube(&facts, &[], None), [tally(150, 3, 2, 2)]);
}

#[test]
fn lines_that_look_like_tests_are_kept_and_counted_or_left_out_as_said() {
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    let table = Table::from_cells(vec![
        ("who", text(&["ann", "Test Customer", "bob", "ann"])),
        ("day", Cells::Date(vec![Some(0), Some(1), Some(2), Some(3)])),
        ("money", Cells::Integer(vec![Some(10), Some(20), Some(30), None])),
        ("what", text(&["tea", "tea", "测试商品", "test"])),
    ]);
    let columns = [(Role::Customer, 0), (Role::Date, 1), (Role::Amount, 2), (Role::Product, 3)];
    let facts = |tests| {
        let columns = columns.into_iter().collect();
        Facts::from_table(&table, &Roles { columns, tests, ..Roles::default() }, Refunds::Net).unwrap()
    };
    let said = |f: &Facts| f.choices().iter().any(|c| c.en == "2 lines that look like tests are kept");
    let kept = facts(Tests::Keep);
    assert_eq!((kept.orders.len(), kept.orders.revenue(), said(&kept)), (3, 60, true), "the third has no amount");
    let some = kept.filter(&[true, true, false, true].into_iter().collect::<Mask>());
    assert!(some.choices().iter().any(|c| c.en == "1 line that looks like a test is kept"));
    let without = facts(Tests::Drop);
    assert_eq!((without.orders.len(), without.orders.revenue(), said(&without)), (1, 10, false));
    let (used, out) = without.rows(false);
    assert_eq!((used, out.len(), out[0].rows), (1, 1, 3), "{:?}", out[0].reason.en);
    let merged = Facts::merge(&[&kept, &kept]).unwrap();
    assert!(merged.choices().iter().any(|c| c.en == "4 lines that look like tests are kept"));
}

#[test]
fn names_and_people_are_of_their_own_facts_also_after_a_filter() {
    let rows = [
        (Some(1), Some(1), Some(0), Some(100)),
        (Some(2), Some(2), Some(5), Some(50)),
        (Some(1), Some(3), Some(9), Some(200)),
    ];
    let f = facts(&rows, Refunds::Net);
    let told = |f: &Facts| (f.names().iter().map(String::from).collect::<Vec<_>>(), f.people().amount.clone());
    assert_eq!(told(&f).1, [300, 50]);
    let one = f.filter(&[false, true, false].into_iter().collect::<Mask>());
    assert_eq!(told(&one), (vec![told(&f).0[1].clone()], vec![50]));
    assert_eq!(*one.people(), customers(&one.orders, None));
    assert_eq!(told(&f).1, [300, 50]);
}

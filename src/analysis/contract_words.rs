//! What the words of every room must keep, whatever it found: `contract::check` reads them after every run, and the tests below
//! read every room of the registry on ordinary, large and odd tables. A new room is held to it without being named here.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::contract::{Kind, Sample, orders};
use super::say::MONEY;
use super::{Entry, Finding, registry};
use crate::error::{Code, Words};
use crate::role::Role;

/// Names and values of the person's own table: these are theirs, and stay as they are.
pub struct Own {
    /// Those that could be taken for a fault: longest first.
    odd: Vec<String>,
    all: BTreeSet<String>,
}

impl Own {
    pub fn of(sample: &Sample, params: &Value) -> Self {
        let mut list: Vec<String> = sample.columns.iter().map(|c| c.0.to_string()).collect();
        list.extend(sample.rows.iter().flatten().flatten().cloned());
        names(params, &mut list);
        let all = list.iter().cloned().collect();
        list.retain(|t| t.contains(['_', ' ']) || t.chars().any(is_han));
        list.sort_by_key(|t| std::cmp::Reverse(t.len()));
        list.dedup();
        Self { odd: list, all }
    }
    fn without(&self, text: &str) -> String {
        self.odd.iter().fold(text.to_string(), |text, own| text.replace(own.as_str(), "·"))
    }
}

/// Names that were given to columns in parameters are the person's, too.
fn names(params: &Value, out: &mut Vec<String>) {
    match params {
        Value::Object(map) => map.iter().for_each(|(key, v)| match v {
            Value::String(text) if key == "name" || key == "expr" => out.push(text.clone()),
            other => names(other, out),
        }),
        Value::Array(list) => list.iter().for_each(|v| names(v, out)),
        _ => {}
    }
}

/// Every piece of prose of a finding, with the place it stands at.
fn prose(finding: &Finding) -> Vec<(String, Words)> {
    let mut out = vec![("headline".to_string(), finding.headline.clone())];
    for t in &finding.tiles {
        out.push((format!("tile {}", t.id), t.label.clone()));
        out.push((format!("definition of tile {}", t.id), t.definition.clone()));
    }
    let m = &finding.method;
    out.extend(m.warnings.iter().map(|w| ("warning".to_string(), w.clone())));
    out.extend(m.choices.iter().map(|w| ("choice".to_string(), w.clone())));
    out.extend(m.left_out.iter().map(|l| ("left out".to_string(), l.reason.clone())));
    for c in &finding.charts {
        out.push((format!("title of {}", c.id), c.title.clone()));
        out.push((format!("subtitle of {}", c.id), c.subtitle.clone()));
        out.push((format!("alt of {}", c.id), c.alt.clone()));
        tokens(&c.option, &format!("label of {}", c.id), &mut out);
    }
    pieces(&finding.summary, &mut out);
    out
}

/// Words inside a summary; its names and ids are the contract's.
fn pieces(value: &Value, out: &mut Vec<(String, Words)>) {
    match value {
        Value::Object(map) => match (map.get("en").and_then(Value::as_str), map.get("zh").and_then(Value::as_str)) {
            (Some(en), Some(zh)) => out.push(("summary".to_string(), Words::new(en, zh))),
            _ => map.values().for_each(|v| pieces(v, out)),
        },
        Value::Array(list) => list.iter().for_each(|v| pieces(v, out)),
        _ => {}
    }
}

/// Words inside an option, and names on axes and legends, which are the same in both languages.
fn tokens(value: &Value, at: &str, out: &mut Vec<(String, Words)>) {
    match value {
        Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_str);
            if let (Some(en), Some(zh), 2) = (text("en"), text("zh"), map.len()) {
                out.push((at.to_string(), Words::new(en, zh)));
                return;
            }
            let labels = ["name", "data"];
            for (key, v) in map.iter().filter(|(k, _)| *k != "drill") {
                match v {
                    Value::String(label) if labels.contains(&key.as_str()) && map.contains_key("type") => {
                        out.push((at.to_string(), Words::same(label.clone())));
                    }
                    Value::Array(list) if key == "data" && map.contains_key("type") => {
                        list.iter().for_each(|v| match v {
                            Value::String(label) => out.push((at.to_string(), Words::same(label.clone()))),
                            v => tokens(v, at, out),
                        })
                    }
                    v => tokens(v, at, out),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|v| tokens(v, at, out)),
        _ => {}
    }
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Reads all words of a finding: what a person would stumble over, one line each.
pub fn faults(room: &str, finding: &Finding, own: &Own) -> Vec<String> {
    let mut out = Vec::new();
    for (at, words) in prose(finding) {
        for (text, zh) in [(&words.en, false), (&words.zh, true)] {
            out.extend(fault(text, zh, own).map(|why| format!("{room}, {at}: {why}: {text}")));
        }
        if at == "headline" || at.starts_with("title") {
            out.extend(says_nothing(&words.en).map(|why| format!("{room}, {at}: {why}: {}", words.en)));
        }
        // A sentence of ours has both languages; only names and figures are the same in both.
        let told = at == "summary" || at.starts_with("label") || words.zh.chars().any(is_han);
        let ours = |w: &&str| w.chars().any(char::is_alphabetic) && !own.all.contains(*w);
        if !told && own.without(&words.zh).split([' ', '；', ';']).filter(ours).count() > 3 {
            out.push(format!("{room}, {at}: not in Chinese: {}", words.zh));
        }
    }
    let Words { en, zh } = &finding.headline;
    if !(en.ends_with('.') && zh.ends_with('。')) {
        out.push(format!("{room}: a headline is a sentence: {en} {zh}"));
    }
    for c in finding.charts.iter().filter(|c| c.title.en.ends_with('.') || c.title.zh.ends_with('。')) {
        out.push(format!("{room}: a title has no full stop: {}", c.title.en));
    }
    out
}

/// What is wrong with a text, if anything.
fn fault(text: &str, zh: bool, own: &Own) -> Option<&'static str> {
    let ours = own.without(text);
    if ours.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(is_id) {
        return Some("an id stands where words should");
    }
    if ours.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w == "monetary") {
        return Some("a customer fact goes by its id");
    }
    if zh && english(&ours) {
        return Some("English is left in the Chinese");
    }
    if !zh && ours.chars().any(is_han) {
        return Some("Chinese is left in the English");
    }
    if zero_share(text) {
        return Some("0.0% says neither nothing nor something");
    }
    if text.contains("95.0%") || text.contains("NaN") || text.contains("inf ") || text.contains("null") {
        return Some("a figure that is none, or has false digits");
    }
    if text.split(MONEY).skip(1).any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())) {
        return Some("a mark of money without its figure");
    }
    if !zh && counts(text).any(|(n, noun)| n == "1" && PLURALS.contains(&noun)) {
        return Some("one of many");
    }
    if let Some((_, rest)) = text.split_once("n = ")
        && rest.chars().take_while(char::is_ascii_digit).count() > 3
    {
        return Some("a count without separators");
    }
    None
}

const PLURALS: [&str; 15] = [
    "customers",
    "orders",
    "products",
    "rows",
    "segments",
    "events",
    "groups",
    "columns",
    "pairs",
    "items",
    "contracts",
    "terms",
    "periods",
    "values",
    "cohorts",
];

/// Figures with the word behind each.
fn counts(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let words: Vec<&str> = text.split(' ').collect();
    (1..words.len())
        .map(move |i| (words[i - 1], words[i].trim_matches(|c: char| !c.is_ascii_alphabetic())))
        .filter(|(n, _)| n.starts_with(|c: char| c.is_ascii_digit()))
}

/// Nobody and nothing are words.
fn says_nothing(en: &str) -> Option<&'static str> {
    if counts(en).any(|(n, noun)| n == "0" && PLURALS.contains(&noun)) {
        return Some("say “no …” or what there is instead");
    }
    en.contains("0 of ")
        .then(|| en.split("0 of ").next().is_none_or(|b| !b.ends_with(|c: char| c.is_ascii_digit() || c == ',')))?
        .then_some("say “none of …”")
}

/// `recency_days`: lower case, joined by underscores.
fn is_id(word: &str) -> bool {
    word.contains('_') && !word.starts_with('_') && word.chars().any(|c| c.is_ascii_lowercase())
}

/// Four English words in a row; names of methods and people are shorter.
fn english(text: &str) -> bool {
    let mut run = 0;
    for word in text.split([' ', '-']) {
        let plain = word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
        run = if plain { run + 1 } else { 0 };
        if run > 3 {
            return true;
        }
    }
    false
}

/// `0.0%`, `0.00%` that is not the end of a longer figure.
fn zero_share(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| {
        let figure: String =
            text[..at].chars().rev().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
        figure.contains('.') && !figure.chars().any(|c| ('1'..='9').contains(&c))
    })
}

/// What a room is asked besides its defaults; a room that is not listed is asked nothing.
fn questions(id: &str) -> Vec<Value> {
    let facts = json!([{ "fact": "recency_days" }, { "fact": "frequency" }, { "fact": "monetary" }]);
    match id {
        "segment" => vec![
            json!({ "features": facts, "k": 3 }),
            json!({ "features": facts, "method": "dbscan" }),
            json!({ "features": ["amount"], "k": 2 }),
            json!({ "features": facts, "k": 2, "compare_to": "2023-07-01", "stability": false }),
        ],
        "correlate" => vec![json!({}), json!({ "columns": facts })],
        "regress" => vec![
            json!({ "target": "amount", "features": ["quantity", "region"] }),
            json!({ "target": { "fact": "monetary" }, "features": [{ "fact": "frequency" }, { "fact": "recency_days" }, "region"] }),
            json!({ "target": { "column": "channel", "equals": "app" }, "features": ["quantity"], "family": "logistic" }),
        ],
        "compare" => vec![
            json!({ "measure": "amount", "by": "channel" }),
            json!({ "measure": { "fact": "monetary" }, "by": "channel" }),
            json!({ "measure": "category", "by": "region" }),
            json!({ "measure": { "column": "channel", "equals": "app" }, "by": "region" }),
        ],
        "classify" => vec![
            json!({ "target": { "column": "channel", "equals": "app" }, "features": ["quantity", "amount", "region"] }),
            json!({ "target": { "column": "channel", "equals": "app" }, "features": [{ "fact": "monetary" }, { "fact": "frequency" }] }),
        ],
        "survival" => vec![
            json!({ "duration": "quantity", "event": { "column": "channel", "equals": "app" } }),
            json!({ "duration": { "fact": "tenure_days" }, "event": { "column": "channel", "equals": "app" }, "by": "region", "covariates": [{ "fact": "frequency" }] }),
        ],
        "churn" => vec![
            json!({}),
            json!({ "event": { "column": "channel", "equals": "app" }, "features": [{ "fact": "frequency" }, "region"] }),
        ],
        "rfm" => vec![json!({}), json!({ "scheme": "eight", "compare_to": "2023-07-01" })],
        "revenue" => vec![json!({}), json!({ "by": ["region", "category"] }), json!({ "period": "week" })],
        "cohort" => vec![json!({}), json!({ "period": "week" })],
        "explain_change" => vec![json!({}), json!({ "by": ["region"] })],
        "elasticity" => vec![json!({}), json!({ "by": "channel" })],
        "pareto" => {
            vec![json!({}), json!({ "of": { "role": "region" } }), json!({ "of": "channel", "measure": "orders" })]
        }
        "describe" => vec![json!({}), json!({ "columns": facts })],
        _ => vec![json!({})],
    }
}

/// Tables as they come: the sample, a large one, and those of which little can be said.
fn tables() -> Vec<(&'static str, Sample)> {
    let change = |f: &dyn Fn(usize, &mut Vec<Option<String>>)| {
        let mut s = orders();
        s.rows.iter_mut().enumerate().for_each(|(i, r)| f(i, r));
        s
    };
    let few = |n: usize| {
        let mut s = orders();
        s.rows.truncate(n);
        s
    };
    let amount = 9;
    let mut large = orders();
    large.rows = (0..20)
        .flat_map(|k| {
            large.rows.iter().cloned().map(move |mut r| {
                r[0] = r[0].as_ref().map(|c| format!("{c}-{k}"));
                r[1] = r[1].as_ref().map(|o| format!("{o}-{k}"));
                r
            })
        })
        .collect();
    let mut no_customer = orders();
    no_customer.roles.retain(|r| r.0 != Role::Customer);
    let mut no_money = orders();
    no_money.roles.retain(|r| r.0 != Role::Amount);
    no_money.columns[amount].1 = Kind::Text;
    vec![
        ("the sample", orders()),
        ("twenty of it", large),
        ("six lines", few(6)),
        ("one customer", change(&|_, r| r[0] = Some("C1".into()))),
        ("everyone once", change(&|i, r| (r[0], r[1]) = (Some(format!("C{i}")), Some(format!("O{i}"))))),
        ("one day", change(&|_, r| r[2] = Some("2024-05-05".into()))),
        ("one amount", change(&|_, r| r[amount] = Some("10".into()))),
        ("nothing paid", change(&|_, r| r[amount] = Some("0".into()))),
        ("only refunds", change(&|_, r| r[amount] = Some("-10".into()))),
        ("one channel", change(&|_, r| r[6] = Some("app".into()))),
        ("no customers", no_customer),
        ("no money", no_money),
    ]
}

fn every_room_reads_well(rooms: &[Entry]) -> usize {
    let (mut read_through, mut wrong) = (0, Vec::new());
    for (name, sample) in tables() {
        let (table, roles, facts) = (sample.table(), sample.roles(), crate::fact::Cache::default());
        let input = super::Input { table: &table, roles: &roles, filter: None, facts: &facts };
        for entry in rooms {
            let id = (entry.meta)().id;
            for params in questions(id) {
                let room = format!("{id} {params} on {name}");
                match (entry.run)(&input, &params) {
                    Ok(finding) => {
                        wrong.extend(faults(&room, &finding, &Own::of(&sample, &params)));
                        read_through += 1;
                    }
                    Err(e) => {
                        assert_ne!(e.code, Code::Internal, "{room}: {e}");
                        for words in [&e.message, &e.remedy] {
                            if words.en.is_empty() || !words.zh.chars().any(is_han) {
                                wrong.push(format!("{room}: no words: {e:?}"));
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
    read_through
}

#[test]
fn every_room_reads_well_on_ordinary_and_odd_tables() {
    let read_through = every_room_reads_well(&registry());
    assert!(read_through > 200, "only {read_through} findings were there to read");
}

/// The texts of a finding in which money is marked.
fn priced(id: &str, params: Value) -> Vec<String> {
    let sample = orders();
    let (table, roles, facts) = (sample.table(), sample.roles(), crate::fact::Cache::default());
    let input = super::Input { table: &table, roles: &roles, filter: None, facts: &facts };
    let finding = super::run(id, &input, &params).unwrap_or_else(|e| panic!("{id}: {e}"));
    let marked = |(at, words): (String, Words)| (words.en.contains(MONEY) && words.zh.contains(MONEY)).then_some(at);
    prose(&finding).into_iter().filter_map(marked).collect()
}

#[test]
fn sentences_mark_money_and_nothing_else() {
    for (id, params, at) in [
        ("overview", json!({}), "headline"),
        ("revenue", json!({}), "title of timeline"),
        ("cohort", json!({}), "title of worth"),
        ("rfm", json!({}), "subtitle of segments"),
        ("explain_change", json!({ "by": ["region"] }), "title of dimension"),
    ] {
        let found = priced(id, params);
        assert!(found.iter().any(|f| f == at), "{id}: no money in the {at}, only in {found:?}");
    }
    let orders = priced("explain_change", json!({ "metric": "orders", "by": ["region"] }));
    assert!(orders.is_empty(), "orders are counted, not paid: {orders:?}");
}

#[test]
fn every_column_of_a_table_says_what_it_means() {
    for entry in registry() {
        let meta = (entry.meta)();
        for column in &meta.frame {
            let Words { en, zh } = &column.about;
            let at = format!("{}.{}", meta.id, column.name);
            assert!(!en.is_empty() && *en != column.label.en && !en.ends_with('.'), "{at}: “{en}”");
            assert!(zh.chars().any(is_han) && *zh != column.label.zh && !zh.ends_with('。'), "{at}: 「{zh}」");
        }
    }
}

#[test]
fn what_a_room_wants_is_a_parameter_of_it() {
    for entry in registry() {
        let (meta, (params, _)) = ((entry.meta)(), (entry.schemas)());
        for want in &meta.wants {
            let known = params.pointer(&format!("/properties/{}", want.param)).is_some();
            assert!(known && want.least > 0, "{} wants {}, which is no parameter", meta.id, want.param);
        }
    }
}

#[test]
fn the_rules_find_what_they_are_for() {
    let own = Own { odd: vec!["my_column".into()], all: BTreeSet::new() };
    let wrong = |text: &str, zh: bool| fault(text, zh, &own).is_some();
    for text in ["high recency_days", "low monetary", "0.0% of customers", "1 customers", "n = 7032", "95.0% intervals"]
    {
        assert!(wrong(text, false), "{text}");
    }
    for text in [
        "my_column is high",
        "10.0% more",
        "1 of 2 customers",
        "11 customers",
        "n = 7,032",
        "n = 793",
        "up to 2,001 orders",
    ] {
        assert!(!wrong(text, false), "{text}");
    }
    assert!(wrong(&format!("Revenue is {MONEY}"), false) && !wrong(&format!("Revenue is {MONEY}1.2k"), false));
    assert!(wrong("各群 the groups are not apart", true));
    assert!(!wrong("Kruskal–Wallis 检验", true));
    assert!(says_nothing("0 customers bring 5%").is_some() && says_nothing("0 of 5 grew").is_some());
    assert!(says_nothing("10 of 50 grew").is_none() && says_nothing("20 customers").is_none());
}

#[test]
fn the_method_of_an_analysis_of_value_or_risk_says_what_it_assumes_and_what_it_cannot_say() {
    let rooms = [
        "describe",
        "correlate",
        "regress",
        "compare",
        "segment",
        "lifecycle",
        "clv",
        "survival",
        "churn",
        "classify",
        "explain_change",
        "pareto",
        "elasticity",
    ];
    let known: Vec<&str> = registry().iter().map(|entry| (entry.meta)().id).collect();
    for id in rooms {
        let entry = registry().into_iter().find(|entry| (entry.meta)().id == id);
        let formula = entry.map(|entry| (entry.meta)().formula).unwrap_or_else(|| panic!("no {id} among {known:?}"));
        for (text, wanted) in [(&formula.en, ["ssumes", "cannot say"]), (&formula.zh, ["假设", "不能"])] {
            wanted.iter().for_each(|w| assert!(text.contains(w), "{id}: no “{w}” in: {text}"));
        }
    }
}

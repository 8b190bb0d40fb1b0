//! A role for each column, from what its name says and what its values look like.

use super::abroad;
use super::profile::Profile;
use super::words::{NEUTRAL, OTHER_DATES, OTHER_DATES_ZH, SYNONYMS, UNITS};
use super::{Given, Guess, Role};
use crate::error::Words;
use crate::table::{Table, Type};

/// Below this a guess is left unsaid.
const LEAST: f64 = 0.4;

/// How a column might fill a role.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub column: usize,
    pub role: Role,
    /// 0–1.
    pub confidence: f64,
    pub reason: Words,
}

/// A role for each column (by position), at most one column a role: given ones first, guesses fill the rest.
pub fn guess(profiles: &[Profile], given: &Given) -> Vec<Option<Guess>> {
    let mut out: Vec<Option<Guess>> = vec![None; profiles.len()];
    let mut taken: Vec<Role> = given.columns.keys().copied().collect();
    for (role, column) in &given.columns {
        if let Some(slot) = column.and_then(|c| out.get_mut(c)) {
            *slot = Some(Guess { role: *role, confidence: 1.0, reason: Words::new("assigned by you", "由您指定") });
        }
    }
    if given.order.is_some() {
        taken.push(Role::Order);
    }
    let mut found = candidates_of(profiles);
    found.retain(|c| c.confidence >= LEAST);
    // Best first; equal ones in the order of the roles, then of the columns.
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.role.cmp(&b.role)).then(a.column.cmp(&b.column)));
    for candidate in &found {
        if out[candidate.column].is_none() && !taken.contains(&candidate.role) {
            taken.push(candidate.role);
            out[candidate.column] = Some(Guess {
                role: candidate.role,
                confidence: (candidate.confidence * 100.0).round() / 100.0,
                reason: candidate.reason.clone(),
            });
        }
    }
    stand_in(profiles, &mut out, &taken);
    out
}

/// Columns that could fill a role, best first: what to offer where it is missing.
pub fn candidates(table: &Table, role: Role) -> Vec<Candidate> {
    let profiles: Vec<Profile> = table.columns.iter().map(Profile::of).collect();
    let mut found: Vec<Candidate> = candidates_of(&profiles).into_iter().filter(|c| c.role == role).collect();
    for (column, p) in profiles.iter().enumerate() {
        let known = found.iter().any(|c| c.column == column);
        let fit = fits(role, p);
        if !known && fit > 0.3 && !p.constant() {
            let reason = Words::new("its values could be this", "取值类型相符");
            found.push(Candidate { column, role, confidence: 0.2 * fit, reason });
        }
    }
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.column.cmp(&b.column)));
    found
}

#[inline(never)]
fn candidates_of(profiles: &[Profile]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (column, p) in profiles.iter().enumerate() {
        if p.n == 0 || p.constant() || is_row_number(p) {
            continue;
        }
        for synonyms in &SYNONYMS {
            let role = synonyms.role;
            let name = named(p, synonyms.en, synonyms.zh, role);
            let fit = fits(role, p);
            let by_values = by_values(role, p);
            let score = (name * fit).max(by_values);
            if score > 0.05 {
                let reason = reason(role, p, name * fit >= by_values);
                found.push(Candidate { column, role, confidence: score.min(0.99), reason });
            }
        }
    }
    prefer(profiles, &mut found);
    found
}

/// Row numbers name nothing.
fn is_row_number(p: &Profile) -> bool {
    let name = p.words.join(" ");
    let generic = matches!(
        name.as_str(),
        "row id"
            | "row"
            | "row number"
            | "rownum"
            | "rownames"
            | "row names"
            | "index"
            | "no"
            | "nr"
            | "unnamed 0"
            | "column 1"
            | "序号"
            | "行号"
            | "编号"
    );
    (generic && (p.counts_up || p.unique())) || (p.counts_up && p.words.is_empty())
}

/// How well the name says the role: 0–1.
#[inline(never)]
fn named(p: &Profile, en: &[(&str, f64)], zh: &[(&str, f64)], role: Role) -> f64 {
    let mut words: Vec<&str> = p.words.iter().map(String::as_str).collect();
    while words.len() > 1 && words.last().is_some_and(|w| UNITS.contains(w)) {
        words.pop();
    }
    let whole = words.join(" ");
    let abroad = if abroad::says(&words.concat(), role) { 0.85 } else { 0.0 };
    if !whole.is_ascii() {
        return named_zh(&words.concat().chars().map(simplified).collect::<String>(), zh, role).max(abroad);
    }
    // "date of purchase" is known as a whole; else what stands before "of" is the head.
    let mut best: f64 = abroad;
    let tight = whole.replace(' ', "");
    for &(phrase, strength) in en {
        if phrase.bytes().filter(|b| *b != b' ').eq(tight.bytes()) {
            best = best.max(strength);
            continue;
        }
        let Some(before) = whole.strip_suffix(phrase).and_then(|b| b.strip_suffix(' ')) else { continue };
        let modifiers: Vec<&str> = before.split(' ').collect();
        let neutral = modifiers.iter().all(|m| NEUTRAL.contains(m));
        let single = !phrase.contains(' ');
        // "Customer order id" is an order id all the same; "fuel price" is not the price of what was sold.
        let share = if neutral {
            0.85
        } else if single {
            0.35
        } else {
            0.7
        };
        best = best.max(strength * share);
    }
    if role == Role::Date && words.iter().any(|w| OTHER_DATES.contains(w)) {
        best = if best > 0.0 { 0.3 } else { 0.0 };
    }
    if role == Role::Date
        && best == 0.0
        && p.is_day()
        && words.iter().any(|w| matches!(*w, "date" | "dt" | "day" | "time"))
    {
        best = 0.45;
    }
    if role == Role::Date && best > 0.0 && p.is_day() {
        // A column of days called "something date" is at least a date.
        best = best.max(if words.iter().any(|w| OTHER_DATES.contains(w)) { 0.42 } else { 0.55 });
    }
    best
}

/// Traditional characters of headers as the synonyms have them.
fn simplified(c: char) -> char {
    const PAIRS: &str = "訂订單单編编號号數数價价類类別别會会員员稱称縣县額额購购買买戶户電电話话機机態态時时間间備备註注產产貨货總总實实\
                         營营業业銷销顧顾聯联絡络從从評评論论內内區区";
    PAIRS.chars().zip(PAIRS.chars().skip(1)).step_by(2).find(|pair| pair.0 == c).map_or(c, |pair| pair.1)
}

fn named_zh(name: &str, zh: &[(&str, f64)], role: Role) -> f64 {
    let mut best: f64 = 0.0;
    for &(phrase, strength) in zh {
        if name == phrase {
            best = best.max(strength);
        } else if name.ends_with(phrase) {
            // The longer the known end, the less can stand before it to change its meaning.
            let share = phrase.chars().count() as f64 / name.chars().count() as f64;
            best = best.max(strength * (0.5 + 0.45 * share));
        }
    }
    if role == Role::Date && OTHER_DATES_ZH.iter().any(|w| name.contains(w)) && !name.starts_with("下单") {
        best = best.min(0.42);
    }
    if role == Role::Amount
        && best < 1.0
        && ["优惠", "折扣", "退款", "运费", "税", "成本"].iter().any(|w| name.contains(w))
    {
        best = 0.0;
    }
    best
}

/// How well the values can be what the role says: 0 (cannot) to 1.
fn fits(role: Role, p: &Profile) -> f64 {
    let truth = p.kind == Type::Boolean;
    let few = p.distinct <= 60 || p.variety() < 0.05;
    match role {
        Role::Customer | Role::Order | Role::Session => match p.kind {
            Type::Text | Type::Integer if p.sentences > 0.5 => 0.3,
            Type::Text => 1.0,
            Type::Integer if p.whole && p.min >= 0.0 => 1.0,
            Type::Decimal if p.whole => 0.8,
            _ => 0.0,
        },
        Role::Product => match p.kind {
            // A code of its own for every row is no product anyone buys twice.
            _ if !p.can_name() => 0.0,
            _ if p.n > 50 && p.variety() > 0.9 => 0.8,
            _ => 1.0,
        },
        Role::Date => f64::from(u8::from(p.is_day())),
        Role::Amount | Role::UnitPrice | Role::Cost | Role::Discount => {
            // Two prices are prices; 0 and 1 are no and yes.
            if p.is_number() && (p.distinct > 2 || p.max > 1.0 || p.min < 0.0) { 1.0 } else { 0.0 }
        }
        Role::Quantity => {
            if p.is_number() && p.distinct > 1 {
                if p.whole { 1.0 } else { 0.8 }
            } else {
                0.0
            }
        }
        Role::ProductName => {
            if p.kind == Type::Text {
                1.0
            } else {
                0.0
            }
        }
        Role::Category | Role::Channel | Role::Region | Role::Status | Role::Segment => match p.kind {
            Type::Text if p.sentences > 0.5 => 0.2,
            Type::Text if few => 1.0,
            Type::Text => 0.8,
            Type::Integer if few || role == Role::Region || role == Role::Category => 0.85,
            Type::Boolean if role == Role::Status => 0.5,
            _ => 0.0,
        },
        Role::Event => {
            if p.kind == Type::Text && few {
                1.0
            } else {
                0.0
            }
        }
        Role::Name => {
            if p.kind == Type::Text && p.email < 0.5 && p.sentences < 0.5 && p.hash_number < 0.5 {
                1.0
            } else {
                0.0
            }
        }
        Role::Phone => {
            if p.phone > 0.5 {
                1.0
            } else {
                0.0
            }
        }
        Role::Email => {
            if p.email > 0.5 {
                1.0
            } else {
                0.0
            }
        }
        Role::Text => match p.kind {
            Type::Text if p.length >= 12.0 && p.variety() > 0.3 => 1.0,
            Type::Text if p.variety() > 0.5 && p.length >= 4.0 => 0.8,
            _ => 0.0,
        },
        Role::Rating => {
            let scale = p.is_number() && p.min >= -1.0 && p.max <= 100.0 && p.distinct <= 101 && p.distinct > 1;
            if scale { if p.max <= 10.0 { 1.0 } else { 0.7 } } else { 0.0 }
        }
        Role::Target => {
            if truth || p.distinct == 2 {
                1.0
            } else if p.distinct <= 4 && p.kind == Type::Text {
                0.5
            } else {
                0.0
            }
        }
    }
}

/// What the values say without a name.
fn by_values(role: Role, p: &Profile) -> f64 {
    match role {
        Role::Email if p.email > 0.9 => 0.85,
        // #1001, as Shopify numbers its orders.
        Role::Order if p.hash_number > 0.9 && p.n >= 3 => 0.75,
        Role::Phone if p.phone > 0.95 && p.kind == Type::Text && p.n >= 3 => 0.7,
        Role::Text if p.kind == Type::Text && p.sentences > 0.7 && p.length > 40.0 && p.variety() > 0.5 => 0.45,
        _ => 0.0,
    }
}

/// Rules between columns.
fn prefer(profiles: &[Profile], found: &mut [Candidate]) {
    let has =
        |found: &[Candidate], role: Role, least: f64| found.iter().any(|c| c.role == role && c.confidence >= least);
    let strong_customer = found.iter().any(|c| c.role == Role::Customer && c.confidence > 0.7);
    let strong_product = found.iter().any(|c| c.role == Role::Product && c.confidence > 0.7);
    let dated = has(found, Role::Date, 0.5);
    let orders = has(found, Role::Order, 0.6);
    let many = found.iter().filter(|c| c.role == Role::Date && c.confidence >= LEAST).count();
    for c in found.iter_mut() {
        let p = &profiles[c.column];
        let name = p.words.join(" ");
        match c.role {
            // A bare "id" beside a customer column is the row's own number; where every row has another one in a dated
            // table it is the order's.
            Role::Customer if name == "id" && (strong_customer || (orders && p.unique())) => c.confidence = 0.0,
            Role::Customer if name == "id" && !dated && !p.unique() => c.confidence *= 0.9,
            // One row per customer and no dates: the key is the customer all the same. In a table of orders a customer
            // who never comes back would be strange only if nobody did.
            Role::Customer if orders && p.unique() && p.n > 50 => c.confidence *= 0.8,
            Role::Order if p.n > 3 && p.distinct * 50 < p.n => c.confidence *= 0.4,
            Role::Name if strong_product && name == "name" => c.confidence *= 0.7,
            Role::Product if p.n > 50 && p.unique() && dated => c.confidence *= 0.6,
            Role::Date if many > 1 && p.kind == Type::Date && name == "date" => c.confidence *= 0.99,
            _ => {}
        }
    }
}

/// Columns that take the place of an id the file does not have.
fn stand_in(profiles: &[Profile], out: &mut [Option<Guess>], taken: &[Role]) {
    if !taken.contains(&Role::Product)
        && let Some(name) = out.iter_mut().flatten().find(|g| g.role == Role::ProductName && g.confidence < 1.0)
    {
        let reason = Words::new("no product id: the name stands for the product", "没有商品编号，以商品名称识别商品");
        *name = Guess { role: Role::Product, confidence: name.confidence.min(0.8), reason };
    }
    customer_stands_in(profiles, out, taken);
}

/// Where no column names the customer, a phone number, a nickname or an e-mail address does: people are recognised by it.
fn customer_stands_in(profiles: &[Profile], out: &mut [Option<Guess>], taken: &[Role]) {
    let sales = [Role::Date, Role::Amount, Role::Order];
    let orders = out.iter().flatten().filter(|g| sales.contains(&g.role)).count();
    if taken.contains(&Role::Customer) || orders == 0 {
        return;
    }
    for role in [Role::Phone, Role::Email, Role::Name] {
        let Some(column) = out.iter().position(|g| g.as_ref().is_some_and(|g| g.role == role && g.confidence < 1.0))
        else {
            continue;
        };
        let unique = profiles.get(column).is_some_and(Profile::unique);
        if unique && profiles[column].n > 200 && role == Role::Name {
            continue;
        }
        let (en, zh) = match role {
            Role::Phone => {
                ("no customer id: the phone number stands for the customer", "没有客户编号，以手机号识别客户")
            }
            Role::Email => {
                ("no customer id: the e-mail address stands for the customer", "没有客户编号，以邮箱识别客户")
            }
            _ => ("no customer id: the name stands for the customer", "没有客户编号，以姓名识别客户"),
        };
        out[column] = Some(Guess { role: Role::Customer, confidence: 0.45, reason: Words::new(en, zh) });
        return;
    }
}

fn reason(role: Role, p: &Profile, by_name: bool) -> Words {
    let (en, zh) =
        if by_name { ("its name says so", "列名如此") } else { ("its values look like it", "取值如此") };
    let (more_en, more_zh) = match role {
        Role::Customer | Role::Order | Role::Product if p.unique() => {
            ("; every value occurs once".to_string(), "，每个取值只出现一次".to_string())
        }
        Role::Customer | Role::Order | Role::Product => (
            format!("; {} different values in {} rows looked at", p.distinct, p.n),
            format!("，抽查 {} 行有 {} 个不同取值", p.n, p.distinct),
        ),
        Role::Date => ("; it holds dates".to_string(), "，内容是日期".to_string()),
        Role::Amount | Role::UnitPrice | Role::Cost | Role::Discount | Role::Quantity | Role::Rating => {
            ("; it holds numbers".to_string(), "，内容是数字".to_string())
        }
        Role::Target => (format!("; {} levels", p.distinct), format!("，有 {} 个取值", p.distinct)),
        Role::Category | Role::Channel | Role::Region | Role::Status | Role::Segment | Role::Event => {
            (format!("; {} levels", p.distinct), format!("，有 {} 个取值", p.distinct))
        }
        _ => (String::new(), String::new()),
    };
    Words::new(format!("{en}{more_en}"), format!("{zh}{more_zh}"))
}

/// Personal data, whatever role the column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    Name,
    Phone,
    Email,
    NationalId,
}

/// Which columns hold personal data, by name and values: independent of the roles in force.
pub fn personal(table: &Table) -> Vec<Option<Personal>> {
    let synonyms = |role: Role| SYNONYMS.iter().find(|s| s.role == role);
    table
        .columns
        .iter()
        .map(|column| {
            let p = Profile::of(column);
            if p.email > 0.5 {
                Some(Personal::Email)
            } else if p.national_id > 0.5 {
                Some(Personal::NationalId)
            } else if p.phone > 0.8 && p.kind == Type::Text {
                Some(Personal::Phone)
            } else {
                let s = synonyms(Role::Name)?;
                (named(&p, s.en, s.zh, Role::Name) * fits(Role::Name, &p) >= 0.6).then_some(Personal::Name)
            }
        })
        .collect()
}

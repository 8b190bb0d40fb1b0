//! Who buys lately, often and much: every customer scored 1 to 5 on each, and put into a named segment.
//!
//! Method: Hughes, Strategic Database Marketing (1994); segments by recency and frequency score as usual in CRM suites,
//! or the eight groups above/below the mean. Quantiles are type 7 (Hyndman & Fan 1996), ties share a score.
//! Input: customer, date, amount. Rows without a customer, and orders after `as_of`, are left out and counted.
//! Cost: linear in orders; quantiles by selection. Needs: five customers.

mod charts;
mod glance;
mod score;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{self, ratio};
use super::{Analysis, Input, Meta, Output, Presentation, Question, column};
use crate::error::{Code, Error, Result, Words};
use crate::fact::{Facts, NONE, Orders, Refunds};
use crate::num::blocks::blocks;
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time;

pub use glance::glance;
pub use score::{Edges, SEGMENTS};

pub struct Rfm;

/// How values become scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// Edges at the 20, 40, 60, 80 % quantiles; the score is 1 + the number of edges below the value, so ties share a score.
    #[default]
    QuantileEdge,
    /// By rank, ties in the order of ids: five groups of equal size.
    RankFirst,
    /// By rank, ties share the lowest: 1 + ⌊5 · (rank − 1) / n⌋, as SQL's `percent_rank` would. Recency by the date itself.
    MinRank,
    /// Your own edges, four per dimension, ascending.
    Cuts(Cuts),
}

/// Four ascending edges per dimension; a value on an edge stays below it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    /// Days.
    pub recency: [f64; 4],
    /// Orders.
    pub frequency: [f64; 4],
    /// Money.
    pub monetary: [f64; 4],
}

/// Which segments there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Ten segments by recency and frequency score.
    #[default]
    Ten,
    /// Eight groups: recency, frequency, monetary each above or below its mean.
    Eight,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// The day from which recency is counted (ISO); default: the day after the last order. Later orders are left out.
    #[schemars(extend("x-zh" = "计算距今天数的基准日，默认为最后一笔订单的次日；之后的订单不计入。"))]
    pub as_of: Option<String>,
    /// How values become scores.
    #[schemars(extend("x-zh" = "评分方式：分位数、排名或自定义分界。"))]
    pub scoring: Scoring,
    /// An earlier day (ISO) to compare with: who moved from which segment to which.
    #[schemars(extend("x-zh" = "用于对比的较早日期，给出各分群之间的迁移。"))]
    pub compare_to: Option<String>,
    /// Ten segments by score, or eight groups by the means.
    #[schemars(extend("x-zh" = "分群方案：十类或八类。"))]
    pub scheme: Scheme,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式。"))]
    pub refunds: Refunds,
}

/// How many customers have each score, "1" to "5".
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[allow(non_snake_case)]
pub struct Scores {
    /// Recency: 5 is the most recent.
    pub R: BTreeMap<String, usize>,
    /// Frequency: 5 is the most frequent.
    pub F: BTreeMap<String, usize>,
    /// Monetary: 5 is the highest.
    pub M: BTreeMap<String, usize>,
}

/// One segment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Segment {
    /// Stable name, as in the frame.
    pub id: &'static str,
    /// Its name in both languages.
    pub name: Words,
    /// Customers in it.
    pub customers: usize,
    /// Their sum of amounts.
    pub revenue: f64,
    /// Share of all customers, 0–1.
    pub share_customers: Option<f64>,
    /// Share of all named revenue, 0–1; null when that is not positive.
    pub share_revenue: Option<f64>,
    /// Mean days since the last order.
    pub mean_recency_days: Option<f64>,
    /// Mean orders per customer.
    pub mean_frequency: Option<f64>,
    /// Mean sum of amounts per customer.
    pub mean_monetary: Option<f64>,
}

/// Customers that moved between segments since `compare_to`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Move {
    /// Segment then; `not_yet` for customers without an order then.
    pub from: &'static str,
    /// Segment now.
    pub to: &'static str,
    /// How many.
    pub customers: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// The day from which recency is counted.
    pub as_of: String,
    /// Customers scored.
    pub customers: usize,
    /// Their orders up to `as_of`.
    pub orders: usize,
    /// Their sum of amounts, refunds netted as chosen.
    pub revenue: f64,
    /// Upper edges of scores 1 to 4 (for recency: of scores 5 to 2).
    pub edges: Edges,
    /// Customers per score.
    pub scores: Scores,
    /// Customers per combination "RFM", such as "555"; none empty.
    pub cells: BTreeMap<String, usize>,
    /// The segments, best first; empty ones stay.
    pub segments: Vec<Segment>,
    /// Moves since `compare_to`; null without it.
    pub migration: Option<Vec<Move>>,
}

pub struct Prepared {
    facts: Rc<Facts>,
}

/// Raw values of the customers that had an order by a day.
struct Values {
    as_of: i32,
    /// Position in `Orders::ids`.
    who: Vec<u32>,
    recency: Vec<i64>,
    frequency: Vec<i64>,
    monetary: Vec<i64>,
    scale: f64,
    first: Vec<i32>,
    last: Vec<i32>,
    orders: usize,
    rows_later: usize,
}

#[inline(never)]
fn values(orders: &Orders, as_of: i32) -> Values {
    let n = orders.customers();
    let room = || Vec::with_capacity(n);
    let mut v = Values {
        as_of,
        who: Vec::with_capacity(n),
        recency: room(),
        frequency: room(),
        monetary: room(),
        scale: 10f64.powi(orders.scale as i32),
        first: Vec::with_capacity(n),
        last: Vec::with_capacity(n),
        orders: 0,
        rows_later: 0,
    };
    let mut place = vec![NONE; n];
    blocks(n).for_each(|customers| v.add(customers, orders, &mut place));
    for refund in orders.refunds.iter().filter(|r| r.customer != NONE) {
        let at = place[refund.customer as usize];
        if refund.day <= as_of && at != NONE {
            v.monetary[at as usize] += refund.amount;
        } else {
            v.rows_later += refund.lines as usize;
        }
    }
    v
}

impl Values {
    #[inline(never)]
    fn add(&mut self, customers: Range<usize>, orders: &Orders, place: &mut [u32]) {
        let as_of = self.as_of;
        for c in customers {
            let range = orders.of(c);
            let days = &orders.day[range.clone()];
            // Days ascend, so the orders of the past are a beginning.
            let all = days.last().is_some_and(|d| *d <= as_of);
            let past = if all { days.len() } else { days.partition_point(|d| *d <= as_of) };
            let later = range.start + past..range.end;
            self.rows_later += orders.lines[later].iter().map(|l| *l as usize).sum::<usize>();
            let (Some(first), Some(last)) = (days[..past].first(), days[..past].last()) else { continue };
            place[c] = self.who.len() as u32;
            self.who.push(c as u32);
            self.recency.push(i64::from(as_of - last));
            let past = range.start..range.start + past;
            let placed = orders.distinct(past.clone());
            self.frequency.push(placed as i64);
            self.monetary.push(if orders.has_money() { orders.amount[past].iter().sum() } else { 0 });
            self.first.push(*first);
            self.last.push(*last);
            self.orders += placed;
        }
    }
}

/// Scores and segments of [`Values`].
struct Scored {
    edges: Edges,
    r: Vec<u8>,
    f: Vec<u8>,
    m: Vec<u8>,
    segment: Vec<u8>,
}

#[inline(never)]
fn scored(v: &Values, params: &Params) -> Scored {
    let (edges, r, f, m) = match &params.scoring {
        Scoring::RankFirst => {
            let edges = Edges::quantiles(&v.recency, &v.frequency, &v.monetary, v.scale);
            (edges, score::by_rank(&v.recency), score::by_rank(&v.frequency), score::by_rank(&v.monetary))
        }
        Scoring::MinRank => {
            let edges = Edges::quantiles(&v.recency, &v.frequency, &v.monetary, v.scale);
            // The later the date, the higher the rank; R is turned round below, like the others.
            let date: Vec<i64> = v.recency.iter().map(|days| -days).collect();
            let r = score::by_min_rank(&date).into_iter().map(|s| 6 - s).collect();
            (edges, r, score::by_min_rank(&v.frequency), score::by_min_rank(&v.monetary))
        }
        scoring => {
            let edges = match scoring {
                Scoring::Cuts(c) => Edges { recency: c.recency, frequency: c.frequency, monetary: c.monetary },
                _ => Edges::quantiles(&v.recency, &v.frequency, &v.monetary, v.scale),
            };
            let r = score::by_edges(&v.recency, 1.0, &edges.recency);
            let f = score::by_edges(&v.frequency, 1.0, &edges.frequency);
            let m = score::by_edges(&v.monetary, v.scale, &edges.monetary);
            (edges, r, f, m)
        }
    };
    let r: Vec<u8> = r.into_iter().map(|s| 6 - s).collect();
    let segment = match params.scheme {
        Scheme::Ten => r.iter().zip(&f).map(|(r, f)| score::ten(*r, *f)).collect(),
        Scheme::Eight => score::eight(&v.recency, &v.frequency, &v.monetary),
    };
    Scored { edges, r, f, m, segment }
}

impl Analysis for Rfm {
    type Params = Params;
    type Prepared = Prepared;
    type Summary = Summary;

    fn meta() -> Meta {
        Meta {
            id: "rfm",
            title: Words::new("Value segments (RFM)", "客户价值分群（RFM）"),
            about: Words::new(
                "Who buys lately, often and much, in named segments",
                "按最近购买、购买频次与金额给客户打分并分群",
            ),
            question: Question::WhoAreMyCustomers,
            needs: vec![Role::Customer, Role::Date, Role::Amount],
            uses: vec![Role::Order, Role::Quantity, Role::UnitPrice],
            wants: vec![],
            frame: vec![
                column("customer", "Customer", "客户", "text")
                    .about("The customer as the file names them", "文件中的客户"),
                column("recency_days", "Days since last order", "距上次购买天数", "days")
                    .about("From the last order to the day of reference", "最近一次订单到基准日的天数"),
                column("frequency", "Orders", "订单数", "count")
                    .about("Distinct orders up to the day of reference", "截至基准日去重后的订单数"),
                column("monetary", "Revenue", "消费金额", "money").about(
                    "Sum of amounts up to the day of reference, refunds as chosen",
                    "截至基准日的金额合计，退款按所选方式处理",
                ),
                column("r", "R", "R", "number")
                    .about("Score of recency: 5 bought most lately, 1 longest ago", "最近购买得分：5 为最近，1 为最久"),
                column("f", "F", "F", "number")
                    .about("Score of frequency: 5 ordered most often, 1 least", "购买频次得分：5 为最多，1 为最少"),
                column("m", "M", "M", "number")
                    .about("Score of money: 5 spent most, 1 least", "消费金额得分：5 为最高，1 为最低"),
                column("segment", "Segment", "分群", "text").about("Named group by the scores", "按得分划入的分群"),
                column("first_date", "First order", "首单日期", "date")
                    .about("Day of the first order in the data", "数据中首个订单的日期"),
                column("last_date", "Last order", "最近订单日期", "date")
                    .about("Day of the last order up to the day of reference", "截至基准日的最近订单日期"),
            ],
            formula: Words::new(
                "recency = as_of − day of last order; frequency = distinct orders; monetary = Σ amount; \
                 score = 1 + number of edges below the value (edges: type 7 quantiles at 20, 40, 60, 80 %); R = 6 − score",
                "R = 基准日 − 最近订单日；F = 订单数；M = Σ 金额；得分 = 1 + 低于该值的分界数（分界为 20、40、60、80% 分位数，第 7 类），R 取 6 − 得分",
            ),
            source: "Hughes (1994), Strategic Database Marketing; quantiles: Hyndman & Fan (1996), type 7",
        }
    }

    fn check(params: &Params) -> Result<()> {
        let as_of = common::day(&params.as_of, "as_of")?;
        let before = common::day(&params.compare_to, "compare_to")?;
        if let (Some(a), Some(b)) = (as_of, before)
            && b >= a
        {
            return Err(Error::bad_param("compare_to", "it must lie before as_of", "应早于 as_of")
                .remedy("Choose an earlier day, or leave it out.", "请选择更早的日期，或不填。"));
        }
        if let Scoring::Cuts(cuts) = &params.scoring {
            for edges in [&cuts.recency, &cuts.frequency, &cuts.monetary] {
                if edges.windows(2).any(|w| w[0].is_nan() || w[1].is_nan() || w[0] > w[1]) {
                    return Err(Error::bad_param("scoring", "edges must ascend", "分界必须升序")
                        .remedy("Write each list from low to high.", "请从小到大书写各分界。"));
                }
            }
        }
        Ok(())
    }

    fn prepare(input: &Input<'_>, params: &Params) -> Result<Prepared> {
        Ok(Prepared { facts: common::facts(input, params.refunds)? })
    }

    fn compute(prepared: &Prepared, params: &Params) -> Result<Output<Summary>> {
        let facts = &prepared.facts;
        let orders = &facts.orders;
        let last = orders.day[..orders.named()].iter().max().copied().unwrap_or(0);
        let as_of = common::day(&params.as_of, "as_of")?.unwrap_or(last + 1);
        let v = values(&facts.orders, as_of);
        if v.who.len() < 5 {
            let what = Words::new("customers with an order", "位有订单的客户");
            return Err(Error::too_little(what, 5, v.who.len()).remedy(
                "Give a longer stretch of orders, a later as_of, or check which column is the customer.",
                "请提供更长时间的订单、推后基准日，或检查客户列是否正确。",
            ));
        }
        let s = scored(&v, params);
        let migration = match common::day(&params.compare_to, "compare_to")? {
            None => None,
            Some(before) if before >= as_of => {
                return Err(Error::bad_param("compare_to", "it must lie before as_of", "应早于 as_of")
                    .remedy("Choose an earlier day, or leave it out.", "请选择更早的日期，或不填。"));
            }
            Some(before) => Some(migration(facts, before, &v, &s, params)?),
        };
        let summary = summarise(&v, &s, params, migration);
        let names = score::names(params.scheme);
        // Those who ordered by then: mostly all.
        let ids = if v.who.len() == orders.customers() {
            facts.names()
        } else {
            Rc::new(v.who.iter().map(|c| orders.customer_id(*c as usize)).collect())
        };
        let frame = Frame::default()
            .with("customer", Series::Names(ids))
            .with("recency_days", Series::Number(v.recency.iter().map(|d| *d as f64).collect()))
            .with("frequency", Series::Number(v.frequency.iter().map(|n| *n as f64).collect()))
            .with("monetary", Series::Number(v.monetary.iter().map(|m| *m as f64 / v.scale).collect()))
            .with("r", Series::Small(s.r))
            .with("f", Series::Small(s.f))
            .with("m", Series::Small(s.m))
            .with(
                "segment",
                Series::Coded(
                    s.segment.iter().map(|k| u32::from(*k)).collect(),
                    names.iter().map(|n| n.0.to_string()).collect(),
                ),
            )
            .with("first_date", Series::Date(v.first.clone()))
            .with("last_date", Series::Date(v.last.clone()));
        let mut output = common::output(facts, true, summary, frame);
        common::leave_out(&mut output, v.rows_later, "after the day of reference", "晚于基准日");
        output.choices.push(Words::new(
            format!("as of {}", common::say::date(v.as_of).en),
            format!("基准日 {}", common::say::date(v.as_of).zh),
        ));
        Ok(output)
    }

    fn present(output: &Output<Summary>, params: &Params) -> Presentation {
        charts::present(output, params)
    }
}

fn migration(facts: &Facts, before: i32, now: &Values, scored_now: &Scored, params: &Params) -> Result<Vec<Move>> {
    let then = values(&facts.orders, before);
    if then.who.is_empty() {
        return Err(Error::new(
            Code::TooLittleData,
            format!("no customer had an order by {}", time::iso(before)),
            format!("{} 之前没有任何客户下单", time::iso(before)),
        )
        .param("compare_to")
        .remedy("Choose a later day, or leave it out.", "请选择更晚的日期，或不填。"));
    }
    let s = scored(&then, params);
    let names = score::names(params.scheme);
    let mut segment_then = vec![names.len(); facts.orders.customers()];
    then.who.iter().zip(&s.segment).for_each(|(c, k)| segment_then[*c as usize] = usize::from(*k));
    let mut counts = vec![0usize; (names.len() + 1) * names.len()];
    for (c, k) in now.who.iter().zip(&scored_now.segment) {
        counts[segment_then[*c as usize] * names.len() + usize::from(*k)] += 1;
    }
    let id = |k: usize| names.get(k).map_or("not_yet", |n| n.0);
    Ok(counts
        .iter()
        .enumerate()
        .filter(|(_, n)| **n > 0)
        .map(|(i, n)| Move { from: id(i / names.len()), to: id(i % names.len()), customers: *n })
        .collect())
}

#[inline(never)]
fn summarise(v: &Values, s: &Scored, params: &Params, migration: Option<Vec<Move>>) -> Summary {
    let n = v.who.len();
    let names = score::names(params.scheme);
    // customers, revenue, recency, frequency per segment
    let mut sums = vec![(0usize, 0i64, 0i64, 0i64); names.len()];
    let mut cells = [0usize; 125];
    for i in 0..n {
        let slot = &mut sums[usize::from(s.segment[i])];
        *slot = (slot.0 + 1, slot.1 + v.monetary[i], slot.2 + v.recency[i], slot.3 + v.frequency[i]);
        cells[usize::from(s.r[i] - 1) * 25 + usize::from(s.f[i] - 1) * 5 + usize::from(s.m[i] - 1)] += 1;
    }
    let revenue: i64 = v.monetary.iter().sum();
    let count = |at: fn(usize) -> usize| {
        (1..=5usize)
            .map(|k| (k.to_string(), cells.iter().enumerate().filter(|(i, _)| at(*i) == k - 1).map(|c| c.1).sum()))
            .collect()
    };
    let segments = names
        .iter()
        .zip(&sums)
        .map(|((id, name), sum)| {
            let mean = |total: f64| ratio(total, sum.0 as f64);
            Segment {
                id,
                name: name(),
                customers: sum.0,
                revenue: sum.1 as f64 / v.scale,
                share_customers: ratio(sum.0 as f64, n as f64),
                share_revenue: (revenue > 0).then(|| sum.1 as f64 / revenue as f64),
                mean_recency_days: mean(sum.2 as f64),
                mean_frequency: mean(sum.3 as f64),
                mean_monetary: mean(sum.1 as f64 / v.scale),
            }
        })
        .collect();
    Summary {
        as_of: time::iso(v.as_of),
        customers: n,
        orders: v.orders,
        revenue: revenue as f64 / v.scale,
        edges: s.edges.clone(),
        scores: Scores { R: count(|i| i / 25), F: count(|i| i / 5 % 5), M: count(|i| i % 5) },
        cells: cells
            .iter()
            .enumerate()
            .filter(|(_, n)| **n > 0)
            .map(|(i, n)| (format!("{}{}{}", i / 25 + 1, i / 5 % 5 + 1, i % 5 + 1), *n))
            .collect(),
        segments,
        migration,
    }
}

//! One room per analysis, all of one shape; the registry from which the UI, the docs and the types are generated.

#[cfg(test)]
mod apart_tests;
pub mod churn;
pub mod classify;
pub mod clv;
pub mod cohort;
pub mod col;
pub mod common;
pub mod compare;
#[cfg(test)]
pub mod contract;
#[cfg(test)]
mod contract_words;
pub mod correlate;
pub mod describe;
pub mod elasticity;
pub mod explain_change;
pub mod formula;
pub mod lifecycle;
pub mod overview;
pub mod pareto;
pub mod product;
pub mod regress;
pub mod revenue;
pub mod rfm;
pub mod say;
pub mod segment;
pub mod survival;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::chart::Chart;
use crate::error::{Code, Error, Result, Words};
use crate::role::{Role, Roles};
use crate::table::{Frame, Mask, Table};
use crate::work::{self, Underway, Work};

/// The six questions by which the dashboard groups its rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    Overview,
    WhoAreMyCustomers,
    WillTheyStay,
    WhatDoTheyBuy,
    WhereDoTheyComeFrom,
    WhatComesNext,
    CanITrustThisData,
}

/// What the registry knows of an analysis without running it.
#[derive(Clone, Debug, Serialize)]
pub struct Meta {
    pub id: &'static str,
    pub title: Words,
    /// One sentence a manager understands.
    pub about: Words,
    pub question: Question,
    /// Roles without which it cannot run. `Amount` is also satisfied by quantity × unit price.
    pub needs: Vec<Role>,
    /// Roles it makes use of when they are there.
    pub uses: Vec<Role>,
    /// Columns that must be named by a parameter, since no role names them: what each must hold. In the order to ask for them.
    pub wants: Vec<Want>,
    /// Columns of the frame, in order.
    pub frame: Vec<FrameColumn>,
    /// The formulas, in plain text with Unicode maths.
    pub formula: Words,
    /// Author, year, page or DOI.
    pub source: &'static str,
}

/// What a column must hold to be of use to a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Two values, of which one is the event.
    YesNo,
    /// A number that measures something; no id, no code.
    Number,
    /// A number that is a time until something happened.
    Duration,
    /// Few enough values to be groups.
    Groups,
    /// A number, or groups.
    Either,
}

/// A column that a room cannot do without and that no role names.
#[derive(Clone, Debug, Serialize)]
pub struct Want {
    /// The parameter that takes it.
    pub param: &'static str,
    pub holds: Holds,
    /// Such columns the table must have; a parameter of one column may want two when another takes the first.
    pub least: usize,
    /// Roles that, when all are assigned, stand in for it. `Amount` is also satisfied by quantity × unit price.
    pub unless: Vec<Role>,
}

/// `want("target", Holds::YesNo, 1)`
pub fn want(param: &'static str, holds: Holds, least: usize) -> Want {
    Want { param, holds, least, unless: Vec::new() }
}

impl Want {
    pub fn unless(self, roles: &[Role]) -> Self {
        Self { unless: roles.to_vec(), ..self }
    }
}

/// A column of a room's frame, as the page heads and formats it.
#[derive(Clone, Debug, Serialize)]
pub struct FrameColumn {
    pub name: &'static str,
    pub label: Words,
    /// `text`, `date`, `money`, `count`, `number`, `percent`, `days`.
    pub format: &'static str,
    /// What its figures mean, without a full stop.
    pub about: Words,
}

/// `column("recency_days", "Days since last order", "距上次购买天数", "days").about("From the last order …", "最近一次订单…")`
pub fn column(name: &'static str, en: &str, zh: &str, format: &'static str) -> FrameColumn {
    FrameColumn { name, label: Words::new(en, zh), format, about: Words::default() }
}

impl FrameColumn {
    pub fn about(self, en: &str, zh: &str) -> Self {
        Self { about: Words::new(en, zh), ..self }
    }
}

/// What an analysis sees. It knows no files.
pub struct Input<'a> {
    pub table: &'a Table,
    pub roles: &'a Roles,
    /// Rows kept by the caller's filter; `None` keeps all.
    pub filter: Option<&'a Mask>,
    /// Facts are built once per (roles, filter, refunds) and shared by the analyses.
    pub facts: &'a crate::fact::Cache,
}

pub use crate::fact::LeftOut;

/// How a result came about: shown beside every number.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    pub id: &'static str,
    pub title: Words,
    pub formula: Words,
    pub source: &'static str,
    pub used_rows: usize,
    pub left_out: Vec<LeftOut>,
    pub warnings: Vec<Words>,
    /// The choices in force in words: refunds, dates, what an order is.
    pub choices: Vec<Words>,
}

/// A finished analysis, erased for the border. `headline` is the finding as one sentence (design language, section 9).
pub struct Finding {
    pub summary: Value,
    pub frame: Frame,
    pub method: Method,
    pub headline: Words,
    /// The figures of the KPI strip, most telling first; at most six.
    pub tiles: Vec<Tile>,
    pub charts: Vec<Chart>,
}

/// One figure of the strip under the headline. Counted figures have `usual`, estimated ones `interval` and `n`.
#[derive(Clone, Debug, Serialize)]
pub struct Tile {
    pub id: &'static str,
    pub label: Words,
    pub value: Option<f64>,
    /// `money`, `count`, `number`, `percent`, `days`.
    pub format: &'static str,
    /// The same figure in the period of comparison.
    pub previous: Option<f64>,
    pub interval: Option<[f64; 2]>,
    /// Usual range of the relative change (middle 90 % of past ones).
    pub usual: Option<[f64; 2]>,
    pub n: Option<usize>,
    pub definition: Words,
}

/// What a room computes before it is erased.
pub struct Output<S> {
    pub summary: S,
    pub frame: Frame,
    pub used_rows: usize,
    pub left_out: Vec<LeftOut>,
    pub warnings: Vec<Words>,
    pub choices: Vec<Words>,
}

/// The shape of every room. `prepare` looks at data only, `compute` is pure, `present` words and draws.
pub trait Analysis: 'static {
    /// `#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)] #[serde(default, deny_unknown_fields)]`, every field with
    /// a doc comment (it becomes the TypeScript documentation) and, for the page, `#[schemars(extend("x-zh" = "…"))]`.
    type Params: DeserializeOwned + Serialize + JsonSchema + 'static;
    type Prepared: 'static;
    /// Every field documented with its unit; no NaN, no infinity: what does not exist is `None`.
    type Summary: Serialize + JsonSchema;

    fn meta() -> Meta;
    /// Roles it needs with these parameters, where that differs from `meta().needs` (data given by column instead of role).
    fn needs(_params: &Self::Params) -> Vec<Role> {
        Self::meta().needs
    }
    /// Refuses parameters that make no sense, before any data is touched.
    fn check(params: &Self::Params) -> Result<()>;
    fn prepare(input: &Input<'_>, params: &Self::Params) -> Result<Self::Prepared>;
    fn compute(prepared: &Self::Prepared, params: &Self::Params) -> Result<Output<Self::Summary>>;
    /// `compute` for a room whose cost lies in independent parts: it gives them to `work`. Equal to `compute` to the last bit.
    fn compute_apart(
        prepared: &Self::Prepared,
        params: &Self::Params,
        _work: &Work,
    ) -> impl Future<Output = Result<Output<Self::Summary>>> {
        async { Self::compute(prepared, params) }
    }
    fn present(output: &Output<Self::Summary>, params: &Self::Params) -> Presentation;
}

/// The words and pictures of a finding.
#[derive(Default)]
pub struct Presentation {
    pub headline: Words,
    pub tiles: Vec<Tile>,
    pub charts: Vec<Chart>,
}

/// A registered analysis: its description and an erased way to run it.
pub struct Entry {
    pub meta: fn() -> Meta,
    pub run: fn(&Input<'_>, &Value) -> Result<Finding>,
    /// The same with its independent parts given to `Work`.
    pub start: fn(&Input<'_>, &Value, Work) -> Result<Underway<Finding>>,
    /// Rooms whose models can be saved: how they are applied to a table.
    pub apply: Option<Apply>,
    /// JSON Schemas of params and summary. Called at build time only, to write the TypeScript types and the registry's docs.
    #[cfg(not(target_arch = "wasm32"))]
    pub schemas: fn() -> (schemars::Schema, schemars::Schema),
}

/// Saved models on a table: the first scores it, the others are compared with the first; with the day that counts as today.
pub type Apply = fn(&Input<'_>, &[Value], Option<&str>) -> Result<Finding>;

/// Every analysis of this build, in the order of the contract. In the browser those of `www/src/engine/first-rooms.json` are in the
/// core and stand first; the others are loaded when they are asked for, and are reached through this list alone.
pub fn registry() -> Vec<Entry> {
    // One a line, in the order of the contract.
    vec![
        entry::<overview::Overview>(),
        entry::<rfm::Rfm>(),
        entry::<cohort::Cohort>(),
        entry::<revenue::Revenue>(),
        entry::<product::Product>(),
        entry::<pareto::Pareto>(),
        entry::<describe::Describe>(),
        entry::<correlate::Correlate>(),
        entry::<regress::Regress>(),
        entry::<compare::Compare>(),
        entry::<segment::Segments>(),
        entry::<lifecycle::Lifecycle>(),
        entry::<clv::Clv>(),
        entry::<survival::Survival>(),
        entry::<churn::Churn>(),
        Entry { apply: Some(classify::apply::apply), ..entry::<classify::Classify>() },
        entry::<explain_change::ExplainChange>(),
        entry::<elasticity::Elasticity>(),
    ]
}

/// Starts `id` with `params` (a JSON object; `{}` takes every default); its independent parts are given to `work`.
pub fn start(id: &str, input: &Input<'_>, params: &Value, work: Work) -> Result<Underway<Finding>> {
    for entry in registry() {
        if (entry.meta)().id == id {
            return (entry.start)(input, params, work);
        }
    }
    let known: Vec<&str> = registry().iter().map(|e| (e.meta)().id).collect();
    Err(Error::new(Code::UnknownAnalysis, format!("there is no analysis “{id}”"), format!("没有名为「{id}」的分析"))
        .remedy(format!("Known: {}.", known.join(", ")), format!("可用的分析：{}。", known.join("、"))))
}

/// Runs `id` to its end in place.
pub fn run(id: &str, input: &Input<'_>, params: &Value) -> Result<Finding> {
    start(id, input, params, Work::here())?.finish()
}

/// What a worker needs to do tasks of a kind over `shared`.
pub fn runner(kind: &str, shared: &[f64]) -> Result<work::Runner> {
    let kinds = segment::tasks().into_iter().chain(classify::tasks());
    for known in kinds {
        if known.id == kind {
            return (known.open)(shared);
        }
    }
    Err(Error::new(Code::Internal, format!("there is no task “{kind}”"), format!("没有名为「{kind}」的任务")))
}

/// The registry entry of a room.
pub fn entry<A: Analysis>() -> Entry {
    Entry {
        meta: A::meta,
        run: |input, params| start_typed::<A>(input, params, Work::here())?.finish(),
        start: start_typed::<A>,
        apply: None,
        #[cfg(not(target_arch = "wasm32"))]
        schemas: || {
            // What is written, not what would be accepted: a field that may be null is still always there.
            let written = schemars::generate::SchemaSettings::default().for_serialize().into_generator();
            (schemars::schema_for!(A::Params), written.into_root_schema_for::<A::Summary>())
        },
    }
}

fn start_typed<A: Analysis>(input: &Input<'_>, params: &Value, work: Work) -> Result<Underway<Finding>> {
    let meta = A::meta();
    let params = parse_params::<A::Params>(&meta, params)?;
    A::check(&params)?;
    let missing: Vec<Role> = A::needs(&params).into_iter().filter(|r| !has_role(input.roles, *r)).collect();
    if !missing.is_empty() {
        return Err(missing_roles(&meta, &missing, input.table));
    }
    let prepared = A::prepare(input, &params).map_err(what_to_do)?;
    Ok(Underway::new(work, |work| async move {
        let output = A::compute_apart(&prepared, &params, &work).await.map_err(what_to_do)?;
        let presentation = A::present(&output, &params);
        let summary = serde_json::to_value(&output.summary).map_err(|e| {
            Error::new(Code::Internal, format!("the summary could not be written: {e}"), format!("结果无法输出：{e}"))
        })?;
        Ok(finding(meta, summary, output, presentation))
    }))
}

/// A column that says the same in every row is of no use to any room: what helps is the same everywhere.
fn what_to_do(error: Error) -> Error {
    if error.code == Code::NoVariation && error.remedy.en.is_empty() {
        return error.remedy("Choose another column, or loosen the filter.", "请换一列，或放宽筛选。");
    }
    error
}

fn finding<S>(meta: Meta, summary: Value, output: Output<S>, presentation: Presentation) -> Finding {
    let Presentation { headline, tiles, charts } = presentation;
    Finding {
        summary,
        frame: output.frame,
        method: Method {
            id: meta.id,
            title: meta.title,
            formula: meta.formula,
            source: meta.source,
            used_rows: output.used_rows,
            left_out: output.left_out,
            warnings: output.warnings,
            choices: output.choices,
        },
        headline,
        tiles,
        charts,
    }
}

fn has_role(roles: &Roles, role: Role) -> bool {
    roles.get(role).is_some()
        || (role == Role::Amount && roles.get(Role::Quantity).is_some() && roles.get(Role::UnitPrice).is_some())
}

fn missing_roles(meta: &Meta, missing: &[Role], table: &Table) -> Error {
    let list = missing.iter().map(|r| r.id()).collect::<Vec<_>>();
    let words = Role::list(missing);
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    Error::new(
        Code::MissingRole,
        format!("{} needs a column for: {}", meta.title.en, words.en),
        format!("「{}」还需要指定：{}", meta.title.zh, words.zh),
    )
    .roles(list)
    .remedy(
        format!("Assign one of the columns: {}.", names.join(", ")),
        format!("请从这些列中指定：{}。", names.join("、")),
    )
}

/// A parameter names a role that no column has.
fn missing_role(role: Role, table: &Table) -> Error {
    let words = role.words();
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    Error::new(Code::MissingRole, format!("this needs a column for: {}", words.en), format!("还需要指定：{}", words.zh))
        .roles([role.id()])
        .remedy(
            format!("Assign one of the columns: {}.", names.join(", ")),
            format!("请从这些列中指定：{}。", names.join("、")),
        )
}

/// Params structs use `#[serde(default, deny_unknown_fields)]`; serde's complaint tells which kind of error it was.
fn parse_params<P: DeserializeOwned>(meta: &Meta, params: &Value) -> Result<P> {
    let params = if params.is_null() { Value::Object(Default::default()) } else { params.clone() };
    serde_json::from_value(params).map_err(|e| {
        let text = e.to_string();
        let known = text.split_once("expected ").map_or("see the registry", |t| t.1);
        if let Some(name) = text.strip_prefix("unknown field `").and_then(|t| t.split('`').next()) {
            Error::new(
                Code::UnknownParam,
                format!("{} has no parameter `{name}`", meta.id),
                format!("{} 没有参数 `{name}`", meta.id),
            )
            .param(name)
            .remedy(format!("It takes: {known}."), format!("可用的参数：{known}。"))
        } else {
            Error::new(Code::BadParam, format!("{}: {text}", meta.id), format!("{}：参数不合要求（{text}）", meta.id))
                .remedy(format!("It takes: {known}."), format!("可用的参数：{known}。"))
        }
    })
}

/// Saved models on a table: the first scores it, the others are compared with the first.
pub fn apply(input: &Input<'_>, models: &[Value], as_of: Option<&str>) -> Result<Finding> {
    match registry().iter().find_map(|entry| entry.apply) {
        Some(apply) => apply(input, models, as_of),
        None => Err(Error::new(Code::Internal, "no analysis of this build saves models", "此版本的分析均不保存模型")),
    }
}

/// Revenue by month and customers by segment under a filter, as fast as it goes; `params` are those of `rfm`.
pub fn glance(scope: &crate::fact::Scope<'_>, filter: &Value, params: &Value) -> Result<Value> {
    let meta = rfm::Rfm::meta();
    let found = rfm::glance(scope, filter, &parse_params(&meta, params)?)?;
    serde_json::to_value(found).map_err(|e| {
        Error::new(Code::Internal, format!("the result could not be written: {e}"), format!("结果无法输出：{e}"))
    })
}

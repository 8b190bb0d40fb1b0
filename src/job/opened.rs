//! A table that is open: its data, its roles, its recipe, its facts.

use serde_json::{Value, json};

use super::customer;
use super::issue;
use super::recipe::{self, Choices, Step};
use super::request::Answer;
use crate::analysis::{self, Finding, Input};
use crate::error::{Error, Result, Words};
use crate::fact::{self, Refunds, Scope};
use crate::read::csv::retype;
use crate::read::{Issue, Source, Writing};
use crate::role::{self, Guess, OrderKey, Profile, Role, Roles};
use crate::table::{self, Category, Column, Mask, Table, Type};
use crate::work::{Underway, Work};

pub struct Opened {
    pub table: Table,
    source: Source,
    /// Records of the wrong shape; cells that do not fit their column are found in the columns.
    records: Vec<Issue>,
    options: Value,
    /// What the reader said of how values are written; holds for types chosen later, too.
    writing: Writing,
    /// Types as they were when read.
    found: Vec<Type>,
    distinct: Vec<usize>,
    profiles: Vec<Profile>,
    guesses: Vec<Option<Guess>>,
    roles: Roles,
    choices: Choices,
    steps: Vec<Step>,
    undone: Vec<Step>,
    facts: fact::Cache,
    /// Rows that look like tests of the shop.
    tests: usize,
}

impl Opened {
    pub fn new(table: Table, source: Source, records: Vec<Issue>, options: Value) -> Self {
        let found = table.columns.iter().map(|c| c.kind).collect();
        let distinct = table.columns.iter().map(Column::distinct).collect();
        let profiles = role::profiles(&table);
        let mut records = records;
        records.extend(issue::headers(&table));
        records.sort_by_key(|issue| issue.row);
        let writing = serde_json::from_value(options.clone()).map(|o| Writing::of(&o)).unwrap_or_default();
        let mut opened = Self {
            table,
            source,
            records,
            options,
            writing,
            found,
            distinct,
            profiles,
            guesses: Vec::new(),
            roles: Roles::default(),
            choices: Choices::default(),
            steps: Vec::new(),
            undone: Vec::new(),
            facts: fact::Cache::default(),
            tests: 0,
        };
        opened.take_roles();
        opened
    }

    /// Roles from the choices and the data; whatever was computed under the old ones is dropped.
    fn take_roles(&mut self) {
        self.guesses = role::guess(&self.profiles, &self.choices.given);
        self.roles = role::roles(&self.guesses, &self.choices.given);
        self.facts = fact::Cache::default();
        self.tests = fact::trial_rows(&self.table, &self.roles).len();
    }

    /// What the engine's user sees of a table (`TableState` in TypeScript).
    pub fn state(&self, id: u32) -> Value {
        let schema: Vec<Value> = self
            .table
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| {
                let guess = self.guesses.get(i).and_then(Option::as_ref);
                json!({
                    "name": column.name,
                    "type": column.kind,
                    "role": guess.map(|g| g.role),
                    "confidence": guess.map_or(0.0, |g| g.confidence),
                    "reason_words": guess.map(|g| g.reason.clone()).unwrap_or_default(),
                    "nulls": column.nulls(),
                    "distinct": self.distinct[i],
                    "issues": issue::count(column),
                    "date_order": column.format.date_order(),
                    "decimal": column.format.decimal(),
                })
            })
            .collect();
        json!({
            "table": id,
            "name": self.source.name,
            "rows": self.table.rows,
            "source": self.source,
            "schema": schema,
            "recipe": self.recipe(),
            "issues": self.records.len() + self.table.columns.iter().map(issue::count).sum::<usize>(),
            "undo": self.steps.len(),
            "redo": self.undone.len(),
            "order": self.order_words(),
            "tests": { "rows": self.tests, "policy": self.roles.tests },
        })
    }

    fn order_words(&self) -> Words {
        match &self.roles.order {
            OrderKey::CustomerDay => Words::new("one customer on one day", "同一客户同一天"),
            OrderKey::Row => Words::new("every row", "每一行"),
            OrderKey::Columns(columns) => {
                let names: Vec<&str> =
                    columns.iter().filter_map(|&c| self.table.columns.get(c)).map(|c| c.name.as_str()).collect();
                Words::same(names.join(" + "))
            }
        }
    }

    fn recipe(&self) -> Vec<Value> {
        let mut steps = vec![json!({ "op": "read", "options": self.options })];
        steps.extend(self.steps.iter().map(|s| s.shown.clone()));
        steps
    }

    pub fn assign(&mut self, roles: &Value) -> Result<()> {
        let mut after = self.choices.clone();
        recipe::assign(&mut after.given, &self.table, roles)?;
        self.step(json!({ "op": "assign", "roles": roles }), after)
    }

    pub fn retype(&mut self, column: &str, kind: Type) -> Result<()> {
        self.table.column(column)?;
        let at = self.table.position(column).unwrap_or_default();
        let mut after = self.choices.clone();
        after.types.retain(|(c, _)| *c != at);
        if self.found[at] != kind {
            after.types.push((at, kind));
        }
        self.step(json!({ "op": "retype", "column": column, "type": kind }), after)
    }

    /// Does what a recipe says, from the beginning: steps that stand here are replaced. A step that this table cannot take
    /// is an error, and nothing is changed.
    pub fn replay(&mut self, recipe: &[Value]) -> Result<()> {
        let before = (self.choices.clone(), self.steps.clone());
        self.become_(Choices::default())?;
        self.steps.clear();
        for step in recipe {
            let done = match step["op"].as_str() {
                Some("read") => Ok(()),
                Some("assign") => self.assign(&step["roles"]),
                Some("retype") => serde_json::from_value(step["type"].clone())
                    .map_err(|_| Error::bad_param("recipe", "a type is not known", "类型未知"))
                    .and_then(|kind| self.retype(step["column"].as_str().unwrap_or_default(), kind)),
                _ => Err(Error::bad_param("recipe", format!("step {step} is not known"), format!("未知的步骤 {step}"))),
            };
            if let Err(error) = done {
                self.become_(before.0)?;
                self.steps = before.1;
                return Err(error);
            }
        }
        Ok(())
    }

    pub fn undo(&mut self) -> Result<()> {
        if let Some(step) = self.steps.pop() {
            self.become_(self.steps.last().map(|s| s.after.clone()).unwrap_or_default())?;
            self.undone.push(step);
        }
        Ok(())
    }

    pub fn redo(&mut self) -> Result<()> {
        if let Some(step) = self.undone.pop() {
            self.become_(step.after.clone())?;
            self.steps.push(step);
        }
        Ok(())
    }

    fn step(&mut self, shown: Value, after: Choices) -> Result<()> {
        self.become_(after.clone())?;
        self.steps.push(Step { shown, after });
        self.undone.clear();
        Ok(())
    }

    /// Makes the table what the choices say, from its cells' text: the file is not read again.
    fn become_(&mut self, choices: Choices) -> Result<()> {
        for at in 0..self.table.columns.len() {
            let wanted = choices.types.iter().find(|(c, _)| *c == at).map_or(self.found[at], |(_, kind)| *kind);
            if self.table.columns[at].kind == wanted {
                continue;
            }
            let column = retype(&self.table.columns[at], wanted, &self.writing);
            self.distinct[at] = column.distinct();
            self.profiles[at] = Profile::of(&column);
            self.table.columns[at] = column;
        }
        self.choices = choices;
        self.take_roles();
        Ok(())
    }

    pub fn issues(&self, limit: usize, offset: usize, column: Option<&str>) -> Value {
        issue::list(&self.table, &self.records, column).skip(offset).take(limit).map(|i| json!(i)).collect()
    }

    fn scope(&self) -> Scope<'_> {
        Scope { table: &self.table, roles: &self.roles, facts: &self.facts }
    }

    fn mask(&self, filter: &Value) -> Result<Option<Mask>> {
        fact::mask(filter, &self.scope())
    }

    pub fn analyze(&self, id: &str, params: &Value, filter: &Value, work: Work) -> Result<Underway<Finding>> {
        let mask = self.mask(filter)?;
        let input = Input { table: &self.table, roles: &self.roles, filter: mask.as_ref(), facts: &self.facts };
        analysis::start(id, &input, params, work)
    }

    pub fn apply(&self, models: &[Value], as_of: Option<&str>, filter: &Value) -> Result<Answer> {
        let mask = self.mask(filter)?;
        let input = Input { table: &self.table, roles: &self.roles, filter: mask.as_ref(), facts: &self.facts };
        Ok(answer(analysis::apply(&input, models, as_of)?))
    }

    /// How many rows and customers a filter keeps.
    pub fn count(&self, filter: &Value) -> Result<Value> {
        let mask = self.mask(filter)?;
        let rows = mask.as_ref().map_or(self.table.rows, Mask::count_set_bits);
        let customers = self.roles.get(Role::Customer).and_then(|c| self.table.columns.get(c)).map(|column| {
            let Category { codes, labels } = column.category();
            let mut seen = vec![false; labels.len()];
            for (row, code) in codes.into_iter().enumerate() {
                if let Some(s) = seen.get_mut(code as usize) {
                    *s |= mask.as_ref().is_none_or(|m| m.value(row));
                }
            }
            seen.into_iter().filter(|s| *s).count()
        });
        Ok(json!({ "rows": rows, "customers": customers }))
    }

    pub fn customer(&self, id: &str, filter: &Value) -> Result<Value> {
        let mask = self.mask(filter)?;
        let facts = self.facts.get(&self.table, &self.roles, mask.as_ref(), Refunds::default())?;
        customer::record(&self.table, &self.roles, &facts, id)
    }

    pub fn glance(&self, filter: &Value, params: &Value) -> Result<Value> {
        analysis::glance(&self.scope(), filter, params)
    }

    pub fn to_csv(&self, header: bool, guard: bool, encoding: &str, filter: &Value) -> Result<Answer> {
        let mask = self.mask(filter)?;
        let mut bytes = Vec::new();
        if encoding == "utf-8-bom" {
            bytes.extend_from_slice("\u{feff}".as_bytes());
        }
        table::to_csv(&self.table, mask.as_ref(), header, guard, &mut bytes);
        Ok(Answer::bytes(bytes))
    }
}

pub fn answer(found: Finding) -> Answer {
    let value = json!({
        "summary": found.summary,
        "method": found.method,
        "headline": found.headline,
        "tiles": found.tiles,
        "charts": found.charts,
    });
    Answer { value, frame: Some(found.frame), ..Answer::default() }
}

//! The one error type: what went wrong, where, and what to do about it, in both languages.

use serde::{Deserialize, Serialize};

/// A piece of prose that a person reads, in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Words {
    pub en: String,
    pub zh: String,
}

impl Words {
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
    /// The same text in both languages: names, numbers, symbols.
    pub fn same(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { zh: en.clone(), en }
    }
}

/// Error codes are part of the public API: they never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    UnknownAnalysis,
    UnknownParam,
    BadParam,
    UnknownColumn,
    WrongType,
    MissingRole,
    NoRows,
    NoEvents,
    TooLittleData,
    NoVariation,
    Separation,
    NotConverged,
    BadFile,
    Unsupported,
    TooLarge,
    Cancelled,
    /// A fault of ours: the engine worker trapped. The request failed, the engine was replaced.
    Internal,
}

/// Where in the input the problem lies. `row` is 0-based in the file's data rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Where {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    pub code: Code,
    pub message: Words,
    #[serde(rename = "where")]
    pub at: Where,
    pub remedy: Words,
}

pub type Result<T> = std::result::Result<T, Error>;

/// The name that differs by the fewest letters, if by few: a slip of the keyboard, not another word.
fn nearest<'a>(name: &str, present: &[&'a str]) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let most = (wanted.len() / 3).clamp(1, 3);
    present
        .iter()
        .map(|p| (letters_apart(&wanted, &p.to_lowercase().chars().collect::<Vec<char>>()), *p))
        .filter(|(apart, p)| *apart <= most && *apart < p.chars().count())
        .min_by_key(|(apart, _)| *apart)
        .map(|(_, p)| p)
}

/// Levenshtein's distance.
fn letters_apart(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

impl Error {
    pub fn new(code: Code, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, message: Words::new(en, zh), at: Where::default(), remedy: Words::default() }
    }
    pub fn remedy(mut self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        self.remedy = Words::new(en, zh);
        self
    }
    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.at.column = Some(name.into());
        self
    }
    pub fn param(mut self, name: impl Into<String>) -> Self {
        self.at.param = Some(name.into());
        self
    }
    pub fn row(mut self, row: u64) -> Self {
        self.at.row = Some(row);
        self
    }
    pub fn file(mut self, name: impl Into<String>) -> Self {
        self.at.file = Some(name.into());
        self
    }
    pub fn roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.at.roles = roles.into_iter().map(Into::into).collect();
        self
    }

    pub fn bad_param(name: &str, en: impl std::fmt::Display, zh: impl std::fmt::Display) -> Self {
        Self::new(Code::BadParam, format!("parameter `{name}`: {en}"), format!("参数 `{name}`：{zh}")).param(name)
    }
    pub fn unknown_column(name: &str, present: &[&str]) -> Self {
        let list = present.join(", ");
        if let Some(near) = nearest(name, present) {
            return Self::new(
                Code::UnknownColumn,
                format!("there is no column “{name}”"),
                format!("没有名为「{name}」的列"),
            )
            .column(name)
            .remedy(
                format!("Do you mean “{near}”? The columns are: {list}."),
                format!("是否指「{near}」？现有的列：{list}。"),
            );
        }
        Self::new(Code::UnknownColumn, format!("there is no column “{name}”"), format!("没有名为「{name}」的列"))
            .column(name)
            .remedy(format!("The columns are: {list}."), format!("现有的列：{list}。"))
    }
    /// Below an analysis's data gate: `what` is a plural noun ("customers with two orders").
    pub fn too_little(what: Words, needed: usize, present: usize) -> Self {
        Self::new(
            Code::TooLittleData,
            format!("needs at least {needed} {}, has {present}", what.en),
            format!("至少需要 {needed} {}，现有 {present}", what.zh),
        )
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message.en)?;
        if !self.remedy.en.is_empty() {
            write!(f, ". {}", self.remedy.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

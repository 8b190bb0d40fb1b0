//! Categories as 0/1 terms of a model.

use crate::error::{Error, Result};
use crate::table::Category;

use super::{Data, Missing, Variable};

/// One column of a model matrix, without the intercept.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// `tenure`, `Contract=One year`, `Contract=~other`.
    pub name: String,
    /// The variable's name.
    pub column: String,
    /// The level, for a category.
    pub level: Option<String>,
    /// Position of the variable.
    pub variable: usize,
    pub values: Vec<f64>,
}

/// How a category was coded, to be shown and to be applied to other data.
#[derive(Clone, Debug, PartialEq)]
pub struct Coding {
    pub column: String,
    pub baseline: String,
    /// The levels with a term, in their order.
    pub levels: Vec<String>,
}

/// Terms and how they were coded.
pub struct Coded {
    pub terms: Vec<Term>,
    pub codings: Vec<Coding>,
}

const OTHER: &str = "~other";
const MISSING: &str = "~missing";

/// Terms of the variables in their order. A number is one term; a category has one for each level but the baseline, levels by code point with
/// `~missing` and `~other` last. With `all_levels` there is no baseline (models without intercept, distances).
pub fn code(variables: &[Variable], all_levels: bool) -> Result<Coded> {
    let mut coded = Coded { terms: Vec::new(), codings: Vec::new() };
    for (ix, v) in variables.iter().enumerate() {
        match &v.data {
            Data::Number(values) => coded.terms.push(Term {
                name: v.name.clone(),
                column: v.name.clone(),
                level: None,
                variable: ix,
                values: values.clone(),
            }),
            Data::Category { codes, labels } => category(&mut coded, v, ix, codes, labels, all_levels)?,
        }
    }
    Ok(coded)
}

fn category(
    coded: &mut Coded,
    v: &Variable,
    ix: usize,
    codes: &[u32],
    labels: &[String],
    all_levels: bool,
) -> Result<()> {
    let (codes, labels) = merged(v, codes, labels);
    let mut counts = vec![0usize; labels.len()];
    codes.iter().for_each(|&c| counts[c as usize] += 1);
    let present: Vec<usize> = (0..labels.len()).filter(|&l| counts[l] > 0).collect();
    let baseline = match &v.spec.baseline {
        None => present.first().copied(),
        Some(wanted) => {
            let wanted = wanted.text();
            let found = present.iter().copied().find(|&l| labels[l] == wanted);
            if found.is_none() {
                let list: Vec<&str> = present.iter().take(30).map(|&l| labels[l].as_str()).collect();
                let list = list.join(", ");
                return Err(Error::bad_param(
                    "baseline",
                    format!("“{}” has no level “{wanted}”; it has: {list}", v.name),
                    format!("「{}」没有水平「{wanted}」；现有：{list}", v.name),
                )
                .remedy("Take one of these levels, or leave `baseline` out.", "请从中选择一个水平，或不填 baseline。")
                .column(&v.name));
            }
            found
        }
    };
    let levels: Vec<usize> = present.into_iter().filter(|&l| all_levels || Some(l) != baseline).collect();
    for &l in &levels {
        let level = &labels[l];
        coded.terms.push(Term {
            name: format!("{}={level}", v.name),
            column: v.name.clone(),
            level: Some(level.clone()),
            variable: ix,
            values: codes.iter().map(|&c| f64::from(u8::from(c as usize == l))).collect(),
        });
    }
    coded.codings.push(Coding {
        column: v.name.clone(),
        baseline: baseline.map(|b| labels[b].clone()).unwrap_or_default(),
        levels: levels.into_iter().map(|l| labels[l].clone()).collect(),
    });
    Ok(())
}

/// Rare levels and missing cells under their own names, which stand behind the levels of the file.
fn merged(v: &Variable, codes: &[u32], labels: &[String]) -> (Vec<u32>, Vec<String>) {
    let least = v.spec.min_count.unwrap_or(0);
    let mut counts = vec![0usize; labels.len()];
    codes.iter().filter(|c| **c != Category::MISSING).for_each(|&c| counts[c as usize] += 1);
    let mut names = labels.to_vec();
    let (missing, other) = (names.len() as u32, names.len() as u32 + 1);
    names.extend([MISSING.to_string(), OTHER.to_string()]);
    let absent = if v.spec.missing == Some(Missing::Other) { other } else { missing };
    let codes = codes
        .iter()
        .map(|&c| match c {
            Category::MISSING => absent,
            c if counts[c as usize] < least => other,
            c => c,
        })
        .collect();
    (codes, names)
}

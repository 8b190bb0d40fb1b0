//! What several analyses of orders share: frames of customers, the facts they stand on.

use std::rc::Rc;

pub use super::say;
use super::{Input, LeftOut, Output, Tile};
use crate::error::{Error, Result, Words};
use crate::fact::{Dimension, Facts, Refunds};
use crate::role::Role;
use crate::table::{Frame, Series};
use crate::time;

/// The facts of the input under a refund policy; an error in words when no order is left.
pub fn facts(input: &Input<'_>, refunds: Refunds) -> Result<Rc<Facts>> {
    let facts = input.facts.get(input.table, input.roles, input.filter, refunds)?;
    facts.require_orders()?;
    Ok(facts)
}

/// An output with the account of the facts. `named_only`: rows without a customer are not used.
pub fn output<S>(facts: &Facts, named_only: bool, summary: S, frame: Frame) -> Output<S> {
    let (used_rows, left_out) = facts.rows(named_only);
    Output { summary, frame, used_rows, left_out, warnings: facts.warnings.clone(), choices: facts.choices() }
}

/// Adds a reason to an account; the rows are no longer counted as used.
pub fn leave_out<S>(output: &mut Output<S>, rows: usize, en: &str, zh: &str) {
    if rows > 0 {
        output.used_rows = output.used_rows.saturating_sub(rows);
        output.left_out.push(LeftOut { reason: Words::new(en, zh), rows });
    }
}

/// The customer column of a frame.
#[inline(never)]
pub fn customer_series(facts: &Facts) -> Series {
    Series::Names(facts.names())
}

/// A dimension by role or column name: a role that is assigned comes first.
pub fn dimension(input: &Input<'_>, facts: &Facts, name: &str) -> Result<Rc<Dimension>> {
    let role = serde_json::from_value::<Role>(name.into()).ok();
    let at = match (role.and_then(|r| input.roles.get(r)).or_else(|| input.table.position(name)), role) {
        (Some(at), _) => at,
        (None, Some(role)) => return Err(super::missing_role(role, input.table)),
        (None, None) => {
            return Err(input.table.column(name).err().unwrap_or_else(|| Error::unknown_column(name, &[])));
        }
    };
    let column = input.table.columns.get(at).ok_or_else(|| Error::unknown_column(name, &[]))?;
    Ok(facts.dimension(column, at))
}

/// An ISO date given as a parameter.
pub fn day(text: &Option<String>, name: &str) -> Result<Option<i32>> {
    let Some(text) = text else { return Ok(None) };
    time::parse_iso(text).map(Some).ok_or_else(|| {
        Error::bad_param(
            name,
            format!("“{text}” is not a date such as 2024-03-05"),
            format!("「{text}」不是日期，请用 2024-03-05 的形式"),
        )
        .remedy("Write the day as year-month-day, such as 2024-12-09.", "请按「年-月-日」书写，如 2024-12-09。")
    })
}

/// `part / whole`, absent when the whole is 0.
pub fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part / whole).filter(|v| v.is_finite())
}

/// Relative change, absent when there was nothing before.
pub fn growth(now: f64, before: f64) -> Option<f64> {
    ratio(now - before, before.abs())
}

/// A tile without a comparison.
pub fn tile(id: &'static str, label: Words, value: Option<f64>, format: &'static str, definition: Words) -> Tile {
    Tile { id, label, value, format, previous: None, interval: None, usual: None, n: None, definition }
}

/// ABC classes by cumulative share, and how concentrated a whole is.
pub mod abc {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::{Error, Result};

    /// Which class the item on the border belongs to.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum Crossing {
        /// Class A while the cumulative share before the item is below the first cut.
        #[default]
        Upper,
        /// Class A while the cumulative share including the item is at most the first cut.
        Lower,
    }

    pub fn check(cuts: &[f64; 2]) -> Result<()> {
        let [a, b] = *cuts;
        if a > 0.0 && a <= b && b <= 1.0 {
            return Ok(());
        }
        Err(Error::bad_param(
            "abc",
            "two ascending shares between 0 and 1, such as [0.8, 0.95]",
            "应为 0 到 1 之间升序的两个比例，如 [0.8, 0.95]",
        )
        .remedy("Give two shares, the smaller first.", "请给出两个比例，小的在前。"))
    }

    /// Class 0, 1, 2 (A, B, C) of each of `values`, which are positive and descend; and the cumulative shares.
    pub fn classes(values: &[i64], cuts: &[f64; 2], crossing: Crossing) -> (Vec<u8>, Vec<f64>) {
        let total: i128 = values.iter().map(|v| i128::from(*v)).sum();
        let share = |sum: i128| sum as f64 / total as f64;
        let mut sum = 0i128;
        values
            .iter()
            .map(|v| {
                let before = sum;
                sum += i128::from(*v);
                let class = match crossing {
                    Crossing::Upper => cuts.iter().filter(|c| share(before) >= **c).count(),
                    Crossing::Lower => cuts.iter().filter(|c| share(sum) > **c).count(),
                };
                (class as u8, share(sum))
            })
            .unzip()
    }

    /// Gini coefficient of positive values that descend: 2 Σ i·x_i / (n Σ x) − (n + 1)/n with x ascending.
    pub fn gini(descending: &[i64]) -> Option<f64> {
        let n = descending.len();
        let total: i128 = descending.iter().map(|v| i128::from(*v)).sum();
        let weighted: i128 = descending.iter().enumerate().map(|(i, v)| (n - i) as i128 * i128::from(*v)).sum();
        (total > 0).then(|| 2.0 * weighted as f64 / (n as f64 * total as f64) - (n as f64 + 1.0) / n as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_item_on_the_border_goes_where_it_is_told() {
        // 50, 30, 15, 5 of 100: shares before 0, .5, .8, .95; including .5, .8, .95, 1.
        let values = [50, 30, 15, 5];
        assert_eq!(abc::classes(&values, &[0.8, 0.95], abc::Crossing::Upper).0, [0, 0, 1, 2]);
        assert_eq!(abc::classes(&values, &[0.7, 0.9], abc::Crossing::Upper).0, [0, 0, 1, 2]);
        assert_eq!(abc::classes(&values, &[0.7, 0.9], abc::Crossing::Lower).0, [0, 1, 2, 2]);
        assert_eq!(abc::gini(&[5, 5, 5, 5]), Some(0.0));
        assert_eq!(abc::gini(&[1]), Some(0.0));
        assert_eq!(abc::gini(&[]), None);
        // 1, 3: 2·(1·1 + 2·3)/(2·4) − 3/2 = 0.25
        assert_eq!(abc::gini(&[3, 1]), Some(0.25));
    }

    #[test]
    fn a_ratio_to_nothing_is_absent() {
        assert_eq!(ratio(1.0, 0.0), None);
        assert_eq!(growth(3.0, -2.0), Some(2.5));
    }
}

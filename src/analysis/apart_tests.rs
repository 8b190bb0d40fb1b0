//! Independent parts may be done anywhere and in any order: the finding stays the same to the last bit.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::contract::columns;
use super::{Finding, Input, runner, start};
use crate::error::{Code, Result};
use crate::fact::Cache;
use crate::work::{Step, Work};

/// Hands every batch to two workers that know nothing but its numbers, the last task first; answers how many batches there were.
fn apart(id: &str, input: &Input<'_>, params: &Value) -> Result<(Finding, usize)> {
    let mut underway = start(id, input, params, Work::always_apart())?;
    let (mut step, mut batches) = (underway.step()?, 0);
    loop {
        match step {
            Step::Done(finding) => return Ok((finding, batches)),
            Step::Needs(batch) => {
                batches += 1;
                let workers = [runner(batch.kind, &batch.shared)?, runner(batch.kind, &batch.shared)?];
                let mut answers = vec![Vec::new(); batch.tasks.len()];
                for (i, task) in batch.tasks.iter().enumerate().rev() {
                    answers[i] = workers[i % 2](task)?;
                }
                step = underway.give(answers)?;
            }
        }
    }
}

/// The same both ways: how many batches there were, `None` where both refuse in the same words.
fn same(id: &str, params: &Value, first: usize) -> std::result::Result<Option<usize>, TestCaseError> {
    let sample = columns();
    let (table, roles) = (sample.table(), sample.roles());
    let mask: crate::table::Mask = (0..table.rows).map(|r| r >= first).collect::<Vec<_>>().into();
    let input = Input { table: &table, roles: &roles, filter: Some(&mask), facts: &Cache::default() };
    match (super::run(id, &input, params), apart(id, &input, params)) {
        (Ok(here), Ok((there, batches))) => {
            prop_assert_eq!(here.summary.to_string(), there.summary.to_string());
            // As text, in which a missing number equals itself and the last digit counts.
            prop_assert_eq!(format!("{:?}", here.frame), format!("{:?}", there.frame));
            prop_assert_eq!(here.headline, there.headline);
            prop_assert_eq!(here.method.choices, there.method.choices);
            prop_assert_eq!(here.method.warnings, there.method.warnings);
            Ok(Some(batches))
        }
        (Err(here), Err(there)) => {
            prop_assert_eq!(here.message.en, there.message.en);
            Ok(None)
        }
        (here, there) => Err(TestCaseError::fail(format!("{:?} and {:?}", here.err(), there.err()))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn segments_are_the_same_apart(
        method in prop::sample::select(vec!["kmeans", "hierarchical", "gaussian_mixture", "dbscan"]),
        linkage in prop::sample::select(vec!["ward", "complete", "average", "single"]),
        seed: u64, ks in prop::collection::vec(2usize..6, 1..4), starts in 1usize..6, first in 0usize..100,
    ) {
        let params = json!({
            "features": ["amount", "quantity"], "method": method, "linkage": linkage, "k": ks, "starts": starts, "seed": seed,
        });
        let batches = same("segment", &params, first)?;
        // Density clustering that finds a single group has nothing to hand out.
        prop_assert!(method == "dbscan" || batches.is_none_or(|n| n > 0), "its parts were handed out");
    }

    #[test]
    fn predictions_are_the_same_apart(
        models in prop::sample::subsequence(vec![
            json!({ "model": "logistic", "l2": 0.3 }), json!("boosted_trees"),
            json!({ "model": "boosted_trees", "trees": 7, "learning_rate": 0.21, "max_depth": 4, "min_leaf": 3 }),
            json!({ "model": "tree", "max_depth": 5 }), json!({ "model": "random_forest", "trees": 9 }),
        ], 1..4),
        validation in prop::sample::select(vec![
            json!({ "folds": 3 }), json!({ "folds": 4, "assign": "row" }), json!({ "test_share": 0.3 }),
            json!({ "test_share": 0.25, "by": "time" }), Value::Null,
        ]),
        seed: u64, first in 0usize..60,
    ) {
        let params = json!({
            "target": { "column": "channel", "equals": "app" }, "features": ["amount", "quantity", "region", "category"],
            "models": models, "validation": validation, "seed": seed, "export": seed % 2 == 0,
        });
        let batches = same("classify", &params, first)?;
        let handed = models.len() > 1 || validation.get("folds").is_some();
        prop_assert!(!handed || batches.is_none_or(|n| n > 0), "its parts were handed out");
    }
}

#[test]
fn an_unknown_task_and_cut_numbers_are_refused() {
    assert_eq!(runner("nothing", &[]).err().unwrap().code, Code::Internal);
    for kind in super::segment::tasks().into_iter().chain(super::classify::tasks()) {
        assert!((kind.open)(&[3.0]).is_err(), "{}", kind.id);
    }
}

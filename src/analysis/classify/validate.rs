//! Which rows a model is trained on and which it is judged by.

use super::*;
use crate::num::order::Order;
use crate::num::rng::Rng;

/// One training: rows to learn from, rows to score.
#[derive(Clone)]
pub struct Round {
    pub train: Vec<u32>,
    pub test: Vec<u32>,
}

impl Round {
    /// Learns from what is not tested; from all where all `n` rows are (nothing was set aside). `test` ascends.
    pub fn of(n: usize, test: Vec<u32>) -> Self {
        let all = 0..n as u32;
        let train =
            if test.len() == n { all.collect() } else { all.filter(|r| test.binary_search(r).is_err()).collect() };
        Self { train, test }
    }
}

/// The rounds, and each row's fold (NaN where there is none).
pub fn rounds(prepared: &Prepared, params: &Params) -> Result<(Vec<Round>, Vec<f64>)> {
    let n = prepared.y.len();
    let fold: Vec<u32> = match &params.validation {
        None => return Ok((vec![Round::of(n, (0..n as u32).collect())], vec![f64::NAN; n])),
        Some(Validation::HoldOut(h)) => {
            let test = ((n as f64 * h.test_share).round() as usize).clamp(1, n - 1);
            let order: Vec<usize> = match (h.by, &prepared.days) {
                (SplitBy::Time, Some(days)) => {
                    let mut order: Vec<usize> = (0..n).collect();
                    order.order_by_key(|&i| days[i]); // stable: equal days keep file order
                    order
                }
                _ => shuffled(&prepared.y, params.seed),
            };
            let mut fold = vec![0; n];
            match h.by {
                SplitBy::Time => order[n - test..].iter().for_each(|&i| fold[i] = 1),
                // Every (n / test)-th of a list in which the answers alternate by their share.
                SplitBy::Random => {
                    (0..test).for_each(|k| fold[order[k * n / test]] = 1);
                }
            }
            let rounds = vec![Round::of(n, (0..n as u32).filter(|&i| fold[i as usize] == 1).collect())];
            trainable(&rounds, &prepared.y)?;
            return Ok((rounds, fold.into_iter().map(f64::from).collect()));
        }
        Some(Validation::Folds(f)) => match &f.assign {
            Assign::Way(Way::Row) => (0..n).map(|i| (i % f.folds) as u32).collect(),
            Assign::Way(Way::Random) => {
                let mut fold = vec![0; n];
                for (k, i) in shuffled(&prepared.y, params.seed).into_iter().enumerate() {
                    fold[i] = (k % f.folds) as u32;
                }
                fold
            }
            Assign::Column(_) => prepared.groups.clone().unwrap_or_default(),
        },
    };
    let folds = fold.iter().copied().max().unwrap_or(0);
    let rounds: Vec<Round> = (0..=folds)
        .map(|f| Round::of(n, (0..n as u32).filter(|&i| fold[i as usize] == f).collect()))
        .filter(|r: &Round| !r.test.is_empty())
        .collect();
    trainable(&rounds, &prepared.y)?;
    Ok((rounds, fold.into_iter().map(f64::from).collect()))
}

/// Positives then negatives, each shuffled: dealt out in turn, every fold gets its share of both.
fn shuffled(y: &[f64], seed: u64) -> Vec<usize> {
    let mut rng = Rng::stream(seed, 0xf01d);
    let (mut yes, mut no): (Vec<usize>, Vec<usize>) = (0..y.len()).partition(|&i| y[i] > 0.5);
    rng.shuffle(&mut yes);
    rng.shuffle(&mut no);
    yes.extend(no);
    yes
}

fn trainable(rounds: &[Round], y: &[f64]) -> Result<()> {
    let one_class = |rows: &[u32]| {
        let positives = rows.iter().filter(|&&r| y[r as usize] > 0.5).count();
        positives == 0 || positives == rows.len()
    };
    if rounds.len() < 2 && rounds.iter().any(|r| r.test.is_empty() || r.train.is_empty())
        || rounds.iter().any(|r| one_class(&r.train))
    {
        return Err(Error::new(
            Code::NoVariation,
            "a training part would hold one answer only",
            "某个训练部分只含一种答案",
        )
        .remedy("Use fewer folds, or another way to assign them.", "请减少折数，或换一种分折方式。"));
    }
    Ok(())
}

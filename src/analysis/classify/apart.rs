//! The parts of a classification that stand alone: a model fitted in one round, and the reasons of some rows.

use std::borrow::Cow;

use super::fit::{Fitted, Notes, fit};
use super::tree::{Node, Tree};
use super::validate::Round;
use super::{Prepared, Recipe};
use crate::error::Result;
use crate::num::dense::Matrix;
use crate::num::rng::Rng;
use crate::num::score;
use crate::work::{Kind, Numbers, Pack, Size, Task, Work};

pub fn tasks() -> [Kind; 2] {
    [Kind::of::<Fit>(), Kind::of::<Reasons>()]
}

/// Rows explained by one task: fewer, and calculations that rows share are made too often.
const EXPLAINED: usize = 10_000;

/// What a model learns from: the model matrix, each term's variable, the answers, the rounds.
struct Learning<'a> {
    x: Cow<'a, Matrix>,
    variable: Vec<u32>,
    variables: usize,
    y: Cow<'a, [f64]>,
    rounds: Cow<'a, [Round]>,
    seed: u64,
}

/// A model of one round.
pub struct Part {
    pub model: Fitted,
    pub notes: Notes,
    /// Probabilities of the round's test rows.
    pub scores: Vec<f64>,
    /// By how much the AUC falls when a variable is shuffled among the test rows; NaN where there is no AUC.
    pub drops: Vec<f64>,
}

/// Recipe, round (their number: all rows, nothing to test) → a [`Part`].
struct Fit;

impl Task for Fit {
    const ID: &'static str = "classify.fit";
    type Shared<'a> = Learning<'a>;
    fn pack(l: &Learning<'_>) -> Vec<f64> {
        let start = pack_matrix(Pack::default(), &l.x).codes(&l.variable).count(l.variables).list(&l.y).seed(l.seed);
        l.rounds.iter().fold(start.count(l.rounds.len()), |p, round| p.codes(&round.test)).0
    }
    fn unpack(mut numbers: Numbers<'_>) -> Result<Learning<'static>> {
        let x = unpack_matrix(&mut numbers)?;
        let (variable, variables) = (numbers.codes()?, numbers.count()?);
        let (y, seed) = (numbers.list()?.to_vec(), numbers.seed()?);
        let rounds =
            (0..numbers.count()?).map(|_| Ok(Round::of(y.len(), numbers.codes()?))).collect::<Result<Vec<_>>>()?;
        Ok(Learning { x: Cow::Owned(x), variable, variables, y: Cow::Owned(y), rounds: Cow::Owned(rounds), seed })
    }
    fn run(l: &Learning<'_>, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        let (recipe, number) = (unpack_recipe(&mut task)?, task.count()?);
        let Some(round) = l.rounds.get(number) else {
            let all: Vec<u32> = (0..l.y.len() as u32).collect();
            let (model, notes) = fit(&l.x, &l.y, &all, &recipe, l.seed)?;
            return Ok(pack_part(&Part { model, notes, scores: Vec::new(), drops: Vec::new() }));
        };
        let (model, notes) = fit(&l.x, &l.y, &round.train, &recipe, l.seed.wrapping_add(number as u64))?;
        let scores = model.probabilities(&l.x, &round.test);
        let drops = drops(l, number, round, &recipe, &model);
        Ok(pack_part(&Part { model, notes, scores, drops }))
    }
}

fn drops(l: &Learning<'_>, number: usize, round: &Round, recipe: &Recipe, model: &Fitted) -> Vec<f64> {
    let budget = if matches!(recipe, Recipe::RandomForest { .. }) { 2_000 } else { 10_000 };
    let mut rng = Rng::stream(l.seed, 0x1f00 + number as u64);
    let most = (budget / l.rounds.len().max(1)).max(100);
    let rows: Vec<u32> = rng.sample(round.test.len(), most).into_iter().map(|i| round.test[i]).collect();
    let truth: Vec<f64> = rows.iter().map(|&r| l.y[r as usize]).collect();
    let Some(whole) = score::auc(&truth, &model.probabilities(&l.x, &rows)) else {
        return vec![f64::NAN; l.variables];
    };
    let one = |v: usize| {
        let mut other = rows.clone();
        rng.shuffle(&mut other);
        let from = |j: usize, r: u32, o: u32| if l.variable[j] as usize == v { o } else { r };
        let shuffled = |(&r, &o): (&u32, &u32)| model.probability(|j| l.x.get(from(j, r, o) as usize, j));
        let q: Vec<f64> = rows.iter().zip(&other).map(shuffled).collect();
        score::auc(&truth, &q).map_or(f64::NAN, |auc| whole - auc)
    };
    (0..l.variables).map(one).collect()
}

/// For every recipe its parts, one a round; after them, for a recipe with coefficients, that of all rows.
pub async fn fits(
    p: &Prepared,
    rounds: &[Round],
    recipes: &[Recipe],
    seed: u64,
    work: &Work,
) -> Result<Vec<Vec<Part>>> {
    let parts = |r: &Recipe| rounds.len() + usize::from(matches!(r, Recipe::Logistic { .. }));
    let mut tasks = Vec::new();
    for recipe in recipes {
        tasks.extend((0..parts(recipe)).map(|number| pack_recipe(recipe).count(number).0));
    }
    let (n, width) = (p.y.len() as f64, p.x.cols as f64);
    let steps = recipes.iter().map(|r| parts(r) as f64 * n * steps(r, n, width)).sum();
    let shared = Learning {
        x: Cow::Borrowed(&p.x),
        variable: p.terms.iter().map(|t| t.variable as u32).collect(),
        variables: p.variables.len(),
        y: Cow::Borrowed(&p.y),
        rounds: Cow::Borrowed(rounds),
        seed,
    };
    let answers = work.map::<Fit>(&shared, Size { steps, shared: p.x.data.len() + 2 * p.y.len() }, tasks).await?;
    let mut rest = answers.as_slice();
    let mut out = Vec::new();
    for recipe in recipes {
        let (mine, others) = rest.split_at(parts(recipe));
        rest = others;
        out.push(mine.iter().map(|a| unpack_part(Numbers(a))).collect::<Result<Vec<_>>>()?);
    }
    Ok(out)
}

/// Elementary steps of a fit for each row, roughly.
fn steps(recipe: &Recipe, n: f64, width: f64) -> f64 {
    match recipe {
        Recipe::Logistic { .. } => 10.0 * width * width,
        Recipe::BoostedTrees { trees, max_depth, .. } => (trees * max_depth) as f64 * width,
        Recipe::Tree { max_depth, .. } => *max_depth as f64 * width,
        Recipe::RandomForest { trees, .. } => *trees as f64 * n.log2() * width.sqrt(),
    }
}

/// What is explained: the model matrix, each term's variable, the models.
struct Explained<'a> {
    x: Cow<'a, Matrix>,
    variable: Vec<usize>,
    variables: usize,
    models: Vec<Cow<'a, Fitted>>,
}

/// Model, rows → for each row what each variable adds to its score.
struct Reasons;

impl Task for Reasons {
    const ID: &'static str = "classify.reasons";
    type Shared<'a> = Explained<'a>;
    fn pack(e: &Explained<'_>) -> Vec<f64> {
        let variable: Vec<u32> = e.variable.iter().map(|&v| v as u32).collect();
        let start = pack_matrix(Pack::default(), &e.x).codes(&variable).count(e.variables).count(e.models.len());
        e.models.iter().fold(start, |p, m| pack_model(p, m)).0
    }
    fn unpack(mut numbers: Numbers<'_>) -> Result<Explained<'static>> {
        let x = Cow::Owned(unpack_matrix(&mut numbers)?);
        let variable = numbers.codes()?.into_iter().map(|v| v as usize).collect();
        let variables = numbers.count()?;
        let models =
            (0..numbers.count()?).map(|_| unpack_model(&mut numbers).map(Cow::Owned)).collect::<Result<_>>()?;
        Ok(Explained { x, variable, variables, models })
    }
    fn run(e: &Explained<'_>, mut task: Numbers<'_>) -> Result<Vec<f64>> {
        let (model, rows) = (task.count()?, task.codes()?);
        let Some(model) = e.models.get(model) else { return Ok(Vec::new()) };
        Ok(model.contributions(&e.x, &rows, &e.variable, e.variables).concat())
    }
}

/// What each variable adds to the score of each row; `rows` of each of the `models`, and the answers in that order.
pub async fn contributions(
    p: &Prepared,
    models: &[&Fitted],
    rows: &[Vec<u32>],
    work: &Work,
) -> Result<Vec<Vec<Vec<f64>>>> {
    let chunk = |rows: &[u32]| rows.len().div_ceil(rows.len().div_ceil(EXPLAINED).max(1)).max(1);
    let mut tasks = Vec::new();
    let (mut steps, mut size) = (0.0, p.x.data.len());
    for (number, (model, rows)) in models.iter().zip(rows).enumerate() {
        tasks.extend(rows.chunks(chunk(rows)).map(|part| Pack::default().count(number).codes(part).0));
        let (trees, nodes) = match model {
            Fitted::Boosted { trees, .. } | Fitted::Forest { trees } => {
                (trees.len(), trees.iter().map(|t| t.nodes.len()).sum())
            }
            Fitted::Logistic { .. } => (0, 0),
        };
        steps += rows.len() as f64 * (trees * 50 + p.x.cols) as f64;
        size += nodes * 6;
    }
    let shared = Explained {
        x: Cow::Borrowed(&p.x),
        variable: p.terms.iter().map(|t| t.variable).collect(),
        variables: p.variables.len(),
        models: models.iter().map(|m| Cow::Borrowed(*m)).collect(),
    };
    let answers = work.map::<Reasons>(&shared, Size { steps, shared: size }, tasks).await?;
    let mut answers = answers.iter();
    let all = |rows: &Vec<u32>| {
        let mine = answers.by_ref().take(rows.len().div_ceil(chunk(rows)));
        mine.flat_map(|a| a.chunks(shared.variables.max(1)).map(<[f64]>::to_vec)).collect()
    };
    Ok(rows.iter().map(all).collect())
}

fn pack_matrix(pack: Pack, m: &Matrix) -> Pack {
    pack.count(m.rows).count(m.cols).list(&m.data)
}

fn unpack_matrix(numbers: &mut Numbers<'_>) -> Result<Matrix> {
    Ok(Matrix { rows: numbers.count()?, cols: numbers.count()?, data: numbers.list()?.to_vec() })
}

fn pack_recipe(recipe: &Recipe) -> Pack {
    let pack = Pack::default();
    match *recipe {
        Recipe::Logistic { l2 } => pack.count(0).number(l2),
        Recipe::BoostedTrees { trees, max_depth, learning_rate, min_leaf } => {
            pack.count(1).count(trees).count(max_depth).number(learning_rate).count(min_leaf)
        }
        Recipe::Tree { max_depth, min_leaf } => pack.count(2).count(max_depth).count(min_leaf),
        Recipe::RandomForest { trees, min_leaf } => pack.count(3).count(trees).count(min_leaf),
    }
}

fn unpack_recipe(n: &mut Numbers<'_>) -> Result<Recipe> {
    Ok(match n.count()? {
        0 => Recipe::Logistic { l2: n.number()? },
        1 => Recipe::BoostedTrees {
            trees: n.count()?,
            max_depth: n.count()?,
            learning_rate: n.number()?,
            min_leaf: n.count()?,
        },
        2 => Recipe::Tree { max_depth: n.count()?, min_leaf: n.count()? },
        _ => Recipe::RandomForest { trees: n.count()?, min_leaf: n.count()? },
    })
}

fn pack_model(pack: Pack, model: &Fitted) -> Pack {
    match model {
        Fitted::Logistic { intercept, weights, means, sds } => {
            pack.count(0).number(*intercept).list(weights).list(means).list(sds)
        }
        Fitted::Boosted { base, trees } => pack_trees(pack.count(1).number(*base), trees),
        Fitted::Forest { trees } => pack_trees(pack.count(2), trees),
    }
}

fn unpack_model(n: &mut Numbers<'_>) -> Result<Fitted> {
    Ok(match n.count()? {
        0 => Fitted::Logistic {
            intercept: n.number()?,
            weights: n.list()?.to_vec(),
            means: n.list()?.to_vec(),
            sds: n.list()?.to_vec(),
        },
        1 => Fitted::Boosted { base: n.number()?, trees: unpack_trees(n)? },
        _ => Fitted::Forest { trees: unpack_trees(n)? },
    })
}

fn pack_trees(pack: Pack, trees: &[Tree]) -> Pack {
    trees.iter().fold(pack.count(trees.len()), |pack, tree| {
        tree.nodes.iter().fold(pack.count(tree.nodes.len()), |p, n| {
            let p = p.number(f64::from(n.feature)).number(n.threshold);
            p.number(f64::from(n.left)).number(f64::from(n.right)).number(n.value).number(n.cover)
        })
    })
}

fn unpack_trees(n: &mut Numbers<'_>) -> Result<Vec<Tree>> {
    let node = |n: &mut Numbers<'_>| {
        Ok(Node {
            feature: n.count()? as u32,
            threshold: n.number()?,
            left: n.count()? as u32,
            right: n.count()? as u32,
            value: n.number()?,
            cover: n.number()?,
        })
    };
    (0..n.count()?).map(|_| Ok(Tree { nodes: (0..n.count()?).map(|_| node(n)).collect::<Result<_>>()? })).collect()
}

fn pack_part(part: &Part) -> Vec<f64> {
    let dropped: Vec<u32> = part.notes.dropped.iter().map(|&j| j as u32).collect();
    let separated: Vec<u32> = part.notes.separated.iter().map(|&j| j as u32).collect();
    pack_model(Pack::default(), &part.model).codes(&dropped).codes(&separated).list(&part.scores).list(&part.drops).0
}

fn unpack_part(mut n: Numbers<'_>) -> Result<Part> {
    let model = unpack_model(&mut n)?;
    let notes = Notes {
        dropped: n.codes()?.into_iter().map(|j| j as usize).collect(),
        separated: n.codes()?.first().map(|&j| j as usize),
    };
    Ok(Part { model, notes, scores: n.list()?.to_vec(), drops: n.list()?.to_vec() })
}

//! Independent work: a room says what can be done apart, and does not know where it is done.
//!
//! A [`Task`] stands alone: what its kind shares, its own few numbers (its own seed among them), numbers as the answer. [`Work::map`]
//! answers in the order of the tasks, so that the result is the same, bit for bit, for any number of workers and for none.
//! Handed out work waits as a future that the caller drives by hand ([`Underway`]): no thread, no executor, nothing is computed twice.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::error::{Code, Error, Result};

/// Below so many elementary steps (about 50 ms) a batch is done sooner in place than it is handed out.
const WORTH: f64 = 5e7;
/// Numbers shared by a batch above which every worker's copy would cost too much memory (32 MB each).
const MOST_SHARED: usize = 4_000_000;

/// One kind of task. Packed and unpacked, `Shared` is the same to the last bit.
pub trait Task: 'static {
    const ID: &'static str;
    type Shared<'a>;
    fn pack(shared: &Self::Shared<'_>) -> Vec<f64>;
    fn unpack(numbers: Numbers<'_>) -> Result<Self::Shared<'static>>;
    fn run(shared: &Self::Shared<'_>, task: Numbers<'_>) -> Result<Vec<f64>>;
}

/// A kind of task as a worker knows it, by name.
pub struct Kind {
    pub id: &'static str,
    pub open: fn(&[f64]) -> Result<Runner>,
}

/// Runs tasks over what was shared.
pub type Runner = Box<dyn Fn(&[f64]) -> Result<Vec<f64>>>;

impl Kind {
    pub fn of<T: Task>() -> Self {
        Self {
            id: T::ID,
            open: |numbers| {
                let shared = T::unpack(Numbers(numbers))?;
                Ok(Box::new(move |task| T::run(&shared, Numbers(task))))
            },
        }
    }
}

/// Tasks that may be done anywhere, in any order.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub kind: &'static str,
    pub shared: Vec<f64>,
    pub tasks: Vec<Vec<f64>>,
}

/// What a batch costs, roughly: whether it is worth handing out.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Elementary steps (about a nanosecond each) of all tasks together.
    pub steps: f64,
    /// Numbers the tasks share.
    pub shared: usize,
}

/// What lies between a room that asks and whoever answers.
#[derive(Default)]
enum Exchange {
    #[default]
    Empty,
    Asked(Batch),
    Answered(Vec<Vec<f64>>),
}

/// Where a room's tasks are done.
#[derive(Clone, Default)]
pub struct Work {
    apart: Option<Rc<RefCell<Exchange>>>,
    worth: f64,
}

impl Work {
    /// In place, in order.
    pub fn here() -> Self {
        Self::default()
    }
    /// Handed out where it is worth it.
    pub fn apart() -> Self {
        Self { apart: Some(Rc::default()), worth: WORTH }
    }
    /// Handed out however small.
    #[cfg(test)]
    pub fn always_apart() -> Self {
        Self { worth: 0.0, ..Self::apart() }
    }

    /// The answers of `tasks`, in their order; the first failure in that order, where there is one.
    pub async fn map<T: Task>(
        &self,
        shared: &T::Shared<'_>,
        size: Size,
        tasks: Vec<Vec<f64>>,
    ) -> Result<Vec<Vec<f64>>> {
        let alone = tasks.len() < 2 || size.steps < self.worth || size.shared > MOST_SHARED;
        let Some(exchange) = self.apart.as_ref().filter(|_| !alone) else {
            return tasks.iter().map(|task| T::run(shared, Numbers(task))).collect();
        };
        let wanted = tasks.len();
        *exchange.borrow_mut() = Exchange::Asked(Batch { kind: T::ID, shared: T::pack(shared), tasks });
        let answers = poll_fn(|_| {
            let mut exchange = exchange.borrow_mut();
            match std::mem::take(&mut *exchange) {
                Exchange::Answered(answers) => Poll::Ready(answers),
                unanswered => {
                    *exchange = unanswered;
                    Poll::Pending
                }
            }
        })
        .await;
        if answers.len() == wanted { Ok(answers) } else { Err(cut_short()) }
    }
}

/// Runs what never has to wait.
pub fn here<T>(work: impl AsyncFnOnce(&Work) -> Result<T>) -> Result<T> {
    let place = Work::here();
    let future = std::pin::pin!(work(&place));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => Err(cut_short()),
    }
}

/// Work that stops where it needs answers.
pub struct Underway<T> {
    future: Pin<Box<dyn Future<Output = Result<T>>>>,
    exchange: Option<Rc<RefCell<Exchange>>>,
}

pub enum Step<T> {
    Done(T),
    Needs(Batch),
}

impl<T> Underway<T> {
    pub fn new<F: Future<Output = Result<T>> + 'static>(work: Work, start: impl FnOnce(Work) -> F) -> Self {
        Self { exchange: work.apart.clone(), future: Box::pin(start(work)) }
    }

    /// Goes on until it is done or needs the answers of a batch.
    pub fn step(&mut self) -> Result<Step<T>> {
        match self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done.map(Step::Done),
            Poll::Pending => match self.exchange.as_ref().map(|e| std::mem::take(&mut *e.borrow_mut())) {
                Some(Exchange::Asked(batch)) => Ok(Step::Needs(batch)),
                _ => Err(cut_short()),
            },
        }
    }

    /// The end of what was started in place.
    pub fn finish(mut self) -> Result<T> {
        match self.step()? {
            Step::Done(done) => Ok(done),
            Step::Needs(_) => Err(cut_short()),
        }
    }

    /// The answers of the batch that was needed; then go on.
    pub fn give(&mut self, answers: Vec<Vec<f64>>) -> Result<Step<T>> {
        if let Some(exchange) = &self.exchange {
            *exchange.borrow_mut() = Exchange::Answered(answers);
        }
        self.step()
    }
}

/// Packed numbers as they are read back.
#[derive(Clone, Copy)]
pub struct Numbers<'a>(pub &'a [f64]);

impl<'a> Numbers<'a> {
    pub fn number(&mut self) -> Result<f64> {
        let (first, rest) = self.0.split_first().ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(*first)
    }
    pub fn count(&mut self) -> Result<usize> {
        Ok(self.number()? as usize)
    }
    pub fn seed(&mut self) -> Result<u64> {
        let (high, low) = (self.number()? as u64, self.number()? as u64);
        Ok(high << 32 | low)
    }
    /// The next `n`.
    pub fn take(&mut self, n: usize) -> Result<&'a [f64]> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(taken)
    }
    /// A list that was packed with its length.
    pub fn list(&mut self) -> Result<&'a [f64]> {
        let n = self.count()?;
        self.take(n)
    }
    pub fn codes(&mut self) -> Result<Vec<u32>> {
        Ok(self.list()?.iter().map(|&c| c as u32).collect())
    }
}

/// Numbers to be packed, in the order in which they are read back.
#[derive(Default)]
pub struct Pack(pub Vec<f64>);

impl Pack {
    pub fn number(mut self, x: f64) -> Self {
        self.0.push(x);
        self
    }
    pub fn count(self, n: usize) -> Self {
        self.number(n as f64)
    }
    /// In two halves: not every whole number of 64 bits is a number of 53.
    pub fn seed(self, seed: u64) -> Self {
        self.number((seed >> 32) as f64).number((seed & 0xffff_ffff) as f64)
    }
    pub fn list(mut self, list: &[f64]) -> Self {
        self.0.push(list.len() as f64);
        self.0.extend_from_slice(list);
        self
    }
    pub fn codes(mut self, codes: &[u32]) -> Self {
        self.0.push(codes.len() as f64);
        self.0.extend(codes.iter().map(|&c| f64::from(c)));
        self
    }
}

fn cut_short() -> Error {
    Error::new(Code::Internal, "the numbers of a task are cut short", "任务数据不完整")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Times;
    impl Task for Times {
        const ID: &'static str = "times";
        type Shared<'a> = f64;
        fn pack(shared: &f64) -> Vec<f64> {
            vec![*shared]
        }
        fn unpack(mut numbers: Numbers<'_>) -> Result<f64> {
            numbers.number()
        }
        fn run(shared: &f64, mut task: Numbers<'_>) -> Result<Vec<f64>> {
            Ok(vec![task.number()? * shared])
        }
    }

    const ONE: Size = Size { steps: 1.0, shared: 1 };

    async fn sum(work: &Work) -> Result<f64> {
        let mut total = 0.0;
        for by in [2.0, 3.0] {
            let answers = work.map::<Times>(&by, ONE, vec![vec![1.0], vec![0.1], vec![7.0]]).await?;
            total += answers.iter().map(|a| a[0]).sum::<f64>();
        }
        Ok(total)
    }

    #[test]
    fn handed_out_and_in_place_agree() {
        let place = here(sum).unwrap();
        assert_eq!(place, (2.0 + 0.2 + 14.0) + (3.0 + 0.1 * 3.0 + 21.0));
        let mut underway = Underway::new(Work::always_apart(), |work| async move { sum(&work).await });
        let (mut step, mut batches) = (underway.step().unwrap(), 0);
        let apart = loop {
            match step {
                Step::Done(total) => break total,
                Step::Needs(batch) => {
                    batches += 1;
                    let run = (Kind::of::<Times>().open)(&batch.shared).unwrap();
                    step = underway.give(batch.tasks.iter().map(|t| run(t).unwrap()).collect()).unwrap();
                }
            }
        };
        assert_eq!((apart, batches), (place, 2));
    }

    #[test]
    fn missing_answers_and_cut_numbers_are_errors() {
        let mut underway = Underway::new(Work::always_apart(), |work| async move { sum(&work).await });
        assert!(matches!(underway.step(), Ok(Step::Needs(_))));
        assert!(underway.give(vec![vec![1.0]]).is_err());
        assert!(here(async |work| work.map::<Times>(&1.0, ONE, vec![vec![]]).await).is_err());
    }

    #[test]
    fn packed_numbers_come_back() {
        let packed = Pack::default().count(3).seed(u64::MAX - 5).list(&[0.1, f64::INFINITY]).codes(&[7, u32::MAX]).0;
        let mut read = Numbers(&packed);
        assert_eq!((read.count().unwrap(), read.seed().unwrap()), (3, u64::MAX - 5));
        assert_eq!(read.list().unwrap(), [0.1, f64::INFINITY]);
        assert_eq!(read.codes().unwrap(), [7, u32::MAX]);
        assert!(read.number().is_err());
    }

    #[test]
    fn what_is_small_or_too_large_stays_in_place() {
        for size in [Size { steps: 1e3, shared: 1 }, Size { steps: 1e12, shared: MOST_SHARED + 1 }] {
            let mut underway = Underway::new(Work::apart(), |work| async move {
                work.map::<Times>(&2.0, size, vec![vec![1.0], vec![2.0]]).await
            });
            assert!(matches!(underway.step(), Ok(Step::Done(_))));
        }
    }
}

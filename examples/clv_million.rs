//! How long the purchase models take on one million simulated customers: `cargo run --release --example clv_million`.
//!
//! Customers buy at rates ~ Gamma(0.6, 9) a week and leave with chances ~ Beta(0.8, 2.5), watched for 29 to 104 weeks, with
//! times in whole days. The estimates must come back near these four numbers.

use std::time::Instant;

use kelan::num::btyd::{self, Groups, Model};
use kelan::num::rng::Rng;

fn main() {
    for n in [55_794, 1_000_000] {
        let (x, t_x, t) = simulate(n);
        let start = Instant::now();
        let groups = Groups::new(&x, &t_x, &t);
        println!("{n} customers, {} distinct histories: grouped in {:.0?}", groups.len(), start.elapsed());
        for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
            let start = Instant::now();
            match btyd::fit(model, &groups) {
                Some(f) => {
                    println!("  {model:?}: {:.0?}, {:.4?}, LL {:.3}", start.elapsed(), f.parameters, f.log_likelihood)
                }
                None => println!("  {model:?}: nothing to fit"),
            }
        }
    }
}

fn simulate(n: usize) -> (Vec<u32>, Vec<f64>, Vec<f64>) {
    let mut rng = Rng::new(7);
    let (mut xs, mut t_xs, mut ts) = (Vec::with_capacity(n), Vec::with_capacity(n), Vec::with_capacity(n));
    for _ in 0..n {
        let rate = rng.gamma(0.6) / 9.0;
        let (u, v) = (rng.gamma(0.8), rng.gamma(2.5));
        let leaves = u / (u + v);
        let end = (200 + rng.below(531)) as f64;
        let (mut now, mut x, mut last) = (0.0, 0u32, 0.0);
        loop {
            now += 7.0 * rng.exponential() / rate;
            if now > end {
                break;
            }
            // Purchases of one day count as one.
            if now.floor() > last {
                x += 1;
                last = now.floor();
            }
            if rng.uniform() < leaves {
                break;
            }
        }
        xs.push(x);
        t_xs.push(last / 7.0);
        ts.push(end / 7.0);
    }
    (xs, t_xs, ts)
}

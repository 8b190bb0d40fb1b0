//! The algorithms against the reference figures, on columns read here without the product's reader.

use serde_json::Value;

use super::points::{Points, mean_sd, squared};
use super::*;

fn shared(path: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(_) => {
            println!("skipped: {} is not here", path.display());
            None
        }
    }
}

/// Unquoted delimited text: the named columns, rows with a missing value left out.
fn columns(text: &str, separator: char, names: &[&str]) -> Vec<Vec<f64>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split(separator).collect();
    let at: Vec<usize> = names.iter().map(|n| header.iter().position(|h| h == n).unwrap()).collect();
    let mut out = vec![Vec::new(); names.len()];
    for line in lines {
        let cells: Vec<&str> = line.split(separator).collect();
        let row: Option<Vec<f64>> = at.iter().map(|&i| cells[i].trim().parse().ok()).collect();
        for (o, v) in out.iter_mut().zip(row.into_iter().flatten()) {
            o.push(v);
        }
    }
    out
}

fn standardised(columns: &[Vec<f64>]) -> Points {
    let scaled: Vec<Vec<f64>> = columns
        .iter()
        .map(|c| {
            let (mean, sd) = mean_sd(c.iter().copied(), c.len());
            c.iter().map(|v| (v - mean) / sd).collect()
        })
        .collect();
    Points::from_columns(&scaled)
}

fn floats(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn close(got: f64, want: f64, rel: f64, what: &str) {
    assert!((got - want).abs() <= rel * want.abs() + 1e-10, "{what}: {got} instead of {want}");
}

fn golden(each: impl Fn(&str, &Points, &Value)) {
    let Some(text) = shared("golden/06_clustering.json") else { return };
    let file: Value = serde_json::from_str(&text).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let Some(data) = shared(case["data"]["path"].as_str().unwrap()) else { return };
        let names: Vec<&str> =
            case["params"]["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        let separator = case["data"]["separator"].as_str().and_then(|s| s.chars().next()).unwrap_or(',');
        each(case["id"].as_str().unwrap(), &standardised(&columns(&data, separator, &names)), case);
    }
}

#[test]
fn kmeans_reaches_the_reference_inertia() {
    golden(|id, points, case| {
        if !id.ends_with("/kmeans") {
            return;
        }
        let starts: usize = case["params"]["inits"].as_str().unwrap().split(' ').next().unwrap().parse().unwrap();
        let points = points.take(&points.order());
        for (k, want) in case["expected"].as_object().unwrap() {
            let k: usize = k.parse().unwrap();
            {
                let fit = kmeans::fit(&points, k, starts, 1);
                let best = want["best_inertia"].as_f64().unwrap();
                println!("{id} k={k} starts={starts}: {} / {best}", fit.inertia);
                assert!(fit.inertia <= best * 1.001, "{id} k={k}: inertia {} above {best}", fit.inertia);
                if (fit.inertia / best - 1.0).abs() < 1e-9 {
                    let mut sizes = indices::sizes(&fit.labels, k);
                    sizes.sort_unstable();
                    assert_eq!(
                        sizes.iter().map(|&s| s as f64).collect::<Vec<_>>(),
                        floats(&want["sizes_sorted"]),
                        "{id} k={k}"
                    );
                }
                close(
                    indices::davies_bouldin(&points, &fit.labels, k).unwrap(),
                    want["davies_bouldin"].as_f64().unwrap(),
                    0.005,
                    id,
                );
                close(
                    indices::calinski_harabasz(&points, &fit.labels, k).unwrap(),
                    want["calinski_harabasz"].as_f64().unwrap(),
                    0.005,
                    id,
                );
                if want["silhouette_sampled"] == false {
                    let tried = vec![(fit.labels.clone(), k)];
                    let (s, _) = crate::work::here(async |w| apart::silhouettes(&points, tried, 1, w).await).unwrap();
                    close(s[0].unwrap(), want["silhouette"].as_f64().unwrap(), 0.005, id);
                }
            }
        }
    });
}

#[test]
fn merge_heights_and_sizes_are_the_reference_ones() {
    use hierarchy::Linkage::*;
    golden(|id, points, case| {
        if !id.ends_with("/hierarchical") {
            return;
        }
        for (linkage, name) in [(Ward, "ward"), (Complete, "complete"), (Average, "average"), (Single, "single")] {
            let want = &case["expected"][name];
            let merges = hierarchy::tree(points, linkage);
            let sum: f64 = merges.iter().map(|m| m.height).sum();
            close(sum, want["sum_heights"].as_f64().unwrap(), 1e-8, &format!("{id} {name} sum"));
            for (m, w) in merges.iter().rev().take(5).rev().zip(floats(&want["last5_heights"])) {
                close(m.height, w, 1e-8, &format!("{id} {name} height"));
            }
            for (k, sizes) in want["sizes_at_k"].as_object().unwrap() {
                let k: usize = k.parse().unwrap();
                let mut got = indices::sizes(&hierarchy::cut(points.n, &merges, k), k);
                got.sort_unstable();
                assert_eq!(got.iter().map(|&s| s as f64).collect::<Vec<_>>(), floats(sizes), "{id} {name} k={k}");
            }
        }
    });
}

#[test]
fn dense_groups_and_noise_are_the_reference_ones() {
    golden(|id, points, case| {
        if !id.ends_with("/dbscan") {
            return;
        }
        let (p, e) = (&case["params"], &case["expected"]);
        let fit =
            dbscan::fit(points, p["eps"].as_f64().unwrap(), p["min_points_including_self"].as_u64().unwrap() as usize);
        assert_eq!(fit.clusters as u64, e["clusters"].as_u64().unwrap(), "{id}");
        assert_eq!(
            fit.labels.iter().filter(|&&l| l == dbscan::NOISE).count() as u64,
            e["noise"].as_u64().unwrap(),
            "{id}"
        );
        assert_eq!(fit.core.iter().filter(|&&c| c).count() as u64, e["core_points"].as_u64().unwrap(), "{id}");
        let mut sizes = vec![0.0; fit.clusters];
        for (&l, _) in fit.labels.iter().zip(&fit.core).filter(|(_, c)| **c) {
            sizes[l as usize] += 1.0;
        }
        sizes.sort_by(f64::total_cmp);
        assert_eq!(sizes, floats(&e["core_sizes_sorted"]), "{id}");
    });
}

#[test]
fn the_bounds_skip_nothing_that_plain_iteration_would_move() {
    // A clear oracle: at rest no row is nearer to another centre, and centres are the means.
    golden(|id, points, _| {
        if !id.ends_with("/kmeans") {
            return;
        }
        for k in [2, 5, 9] {
            let fit = kmeans::fit(points, k, 3, 7);
            let (means, _) = kmeans::means(points, k, &fit.labels);
            for (row, &own) in points.rows().zip(&fit.labels) {
                let at = |c: usize| squared(row, &means[c * points.d..(c + 1) * points.d]);
                let least = (0..k).map(at).fold(f64::INFINITY, f64::min);
                assert!(at(own as usize) <= least * (1.0 + 1e-9) + 1e-12, "{id} k={k}");
            }
        }
    });
}

#[test]
fn a_mixture_finds_the_three_kinds_of_iris_better_than_spheres() {
    let Some(text) = shared("golden/data/iris/iris.csv") else { return };
    let names = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"];
    let points = standardised(&columns(&text, ',', &names));
    let fit = mixture::fit(&points, 3, 10, 1).unwrap();
    let mut sizes = indices::sizes(&fit.labels, 3);
    sizes.sort_unstable();
    println!("{sizes:?} {} {}", fit.log_likelihood, fit.bic);
    assert_eq!(sizes, [45, 50, 55]); // as printed by Fraley & Raftery for the unconstrained three-component model of iris
    let two = mixture::fit(&points, 2, 10, 1).unwrap();
    assert!(two.bic < fit.bic, "BIC prefers two components on iris (Fraley & Raftery 1999)");
}

/// Of so many rows a part speaks for all while the starts move; a group that is hardly in that part is found all the same.
#[test]
fn a_rare_group_of_a_large_table_is_found() {
    let mut rng = crate::num::rng::Rng::new(5);
    let home = |i: usize| if i % 3_000 == 1 { 9.0 } else { (i % 3) as f64 };
    let n = 60_000;
    let columns: Vec<Vec<f64>> =
        (0..2).map(|_| (0..n).map(|i| 20.0 * home(i) * home(i) + rng.normal()).collect()).collect();
    let points = Points::from_columns(&columns);
    let fit = kmeans::fit(&points, 4, 10, 1);
    let mut sizes = kmeans::means(&points, 4, &fit.labels).1;
    sizes.sort_unstable();
    let of = |group: f64| (0..n).filter(|&i| home(i) == group).count();
    let mut want = [of(9.0), of(0.0), of(1.0), of(2.0)];
    want.sort_unstable();
    assert_eq!(sizes, want);
    // At rest: every row is nearest to its own centre, and the inertia is what the labels say.
    let nearest = |row: &[f64]| {
        let far = |c: &usize| squared(row, &fit.centers[2 * c..2 * c + 2]);
        (0..4).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap()
    };
    assert!(points.rows().zip(&fit.labels).all(|(row, &label)| nearest(row) == label as usize));
    // About one for each of two features: the noise that was put in.
    close(fit.inertia / (2.0 * n as f64), 1.0, 0.02, "noise");
}

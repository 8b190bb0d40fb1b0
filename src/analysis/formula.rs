//! `kelan.fn`: formulas without a table. JSON in, JSON out, so that the border adds nothing.
//!
//! Sizes and powers: `num::power`; adjusted p-values: Benjamini and Hochberg 1995; Holm 1979.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::num::multiple::{benjamini_hochberg, holm};
use crate::num::power::{arcsine_power, arcsine_size, cohens_h, proportions_size, t_power, t_size};

#[derive(Deserialize)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
enum Size {
    TwoProportions {
        p1: f64,
        p2: f64,
        #[serde(default = "five_percent")]
        alpha: f64,
        #[serde(default = "eighty_percent")]
        power: f64,
    },
    TwoMeans {
        d: f64,
        #[serde(default = "five_percent")]
        alpha: f64,
        #[serde(default = "eighty_percent")]
        power: f64,
    },
}

#[derive(Deserialize)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
enum Power {
    TwoProportions {
        p1: f64,
        p2: f64,
        #[serde(default = "five_percent")]
        alpha: f64,
        n_per_group: f64,
    },
    TwoMeans {
        d: f64,
        #[serde(default = "five_percent")]
        alpha: f64,
        n_per_group: f64,
    },
}

fn five_percent() -> f64 {
    0.05
}
fn eighty_percent() -> f64 {
    0.8
}

fn parse<T: DeserializeOwned>(params: &Value) -> Result<T> {
    serde_json::from_value(params.clone()).map_err(|e| {
        let text = e.to_string();
        let code = if text.starts_with("unknown field") { Code::UnknownParam } else { Code::BadParam };
        Error::new(code, text.clone(), format!("参数不合要求（{text}）"))
    })
}

fn inside(name: &str, v: f64) -> Result<()> {
    if v > 0.0 && v < 1.0 { Ok(()) } else { Err(Error::bad_param(name, "between 0 and 1", "须在 0 与 1 之间")) }
}

/// `sampleSize({ test: "two_proportions", p1, p2, alpha, power })` → `{ n_per_group, n_per_group_arcsine, cohens_h }`;
/// `sampleSize({ test: "two_means", d, alpha, power })` → `{ n_per_group }`. Two-sided; unrounded.
pub fn sample_size(params: &Value) -> Result<Value> {
    match parse(params)? {
        Size::TwoProportions { p1, p2, alpha, power } => {
            for (name, v) in [("p1", p1), ("p2", p2), ("alpha", alpha), ("power", power)] {
                inside(name, v)?;
            }
            if p1 == p2 {
                return Err(Error::bad_param("p2", "differs from p1", "须与 p1 不同"));
            }
            let h = cohens_h(p1, p2);
            Ok(json!({
                "n_per_group": proportions_size(p1, p2, alpha, power),
                "n_per_group_arcsine": arcsine_size(h.abs(), alpha, power),
                "cohens_h": h,
            }))
        }
        Size::TwoMeans { d, alpha, power } => {
            inside("alpha", alpha)?;
            inside("power", power)?;
            if d == 0.0 || !d.is_finite() {
                return Err(Error::bad_param("d", "a finite number other than 0", "须为不等于 0 的数"));
            }
            match t_size(d.abs(), alpha, power) {
                Some(n) => Ok(json!({ "n_per_group": n })),
                None => Err(Error::bad_param(
                    "d",
                    "so large or so small that no sample size fits",
                    "过大或过小，没有合适的样本量",
                )),
            }
        }
    }
}

/// `power({ test: "two_proportions", p1, p2, alpha, n_per_group })` → `{ power }` by the arcsine transform; `two_means` takes `d`.
pub fn power(params: &Value) -> Result<Value> {
    let value = match parse(params)? {
        Power::TwoProportions { p1, p2, alpha, n_per_group } => {
            for (name, v) in [("p1", p1), ("p2", p2), ("alpha", alpha)] {
                inside(name, v)?;
            }
            positive(n_per_group)?;
            arcsine_power(cohens_h(p1, p2).abs(), alpha, n_per_group)
        }
        Power::TwoMeans { d, alpha, n_per_group } => {
            inside("alpha", alpha)?;
            positive(n_per_group)?;
            if n_per_group <= 1.0 || !d.is_finite() {
                return Err(Error::bad_param("n_per_group", "above 1", "须大于 1"));
            }
            t_power(d.abs(), alpha, [n_per_group; 2])
        }
    };
    Ok(json!({ "power": value }))
}

fn positive(n: f64) -> Result<()> {
    if n > 0.0 && n.is_finite() { Ok(()) } else { Err(Error::bad_param("n_per_group", "above 0", "须大于 0")) }
}

/// `adjustPValues(p, method)`: `benjamini_hochberg`, `holm` or `bonferroni`, in the order given.
pub fn adjust_p_values(p: &Value, method: &str) -> Result<Value> {
    let bad = || Error::bad_param("p", "a list of numbers between 0 and 1", "须为 0 与 1 之间的数的列表");
    let list = p.as_array().ok_or_else(bad)?;
    let p: Vec<f64> =
        list.iter().map(|v| v.as_f64().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(bad)).collect::<Result<_>>()?;
    let out = match method {
        "benjamini_hochberg" => benjamini_hochberg(&p),
        "holm" => holm(&p),
        "bonferroni" => p.iter().map(|v| (v * p.len() as f64).min(1.0)).collect(),
        _ => {
            return Err(Error::bad_param(
                "method",
                "benjamini_hochberg, holm or bonferroni",
                "可选 benjamini_hochberg、holm、bonferroni",
            ));
        }
    };
    Ok(json!(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::col::testing::{cases, close};

    #[test]
    fn reference_sizes_powers_and_adjustments() {
        let all = cases("01_statistics.json");
        let Some(case) = all.iter().find(|c| c["id"] == "power_and_multiple_tests") else { return };
        let e = &case["expected"];
        for w in e["two_proportions"].as_array().unwrap() {
            let size = sample_size(&json!({ "test": "two_proportions", "p1": w["p1"], "p2": w["p2"], "alpha": w["alpha"], "power": w["power"] })).unwrap();
            close("n", &size["n_per_group"], &w["n_per_group_pooled_formula"], 1e-4, 1e-6);
            close("n arcsine", &size["n_per_group_arcsine"], &w["n_per_group_cohens_h"], 1e-4, 1e-6);
            close("h", &size["cohens_h"], &w["cohens_h"], 1e-12, 1e-15);
            let got = power(&json!({ "test": "two_proportions", "p1": w["p1"], "p2": w["p2"], "alpha": w["alpha"], "n_per_group": 1000 })).unwrap();
            close("power", &got["power"], &w["power_at_1000_per_group"], 1e-4, 1e-6);
        }
        for w in e["two_means_t"].as_array().unwrap() {
            let size =
                sample_size(&json!({ "test": "two_means", "d": w["d"], "alpha": w["alpha"], "power": w["power"] }))
                    .unwrap();
            close("n", &size["n_per_group"], &w["n_per_group"], 1e-6, 1e-6);
            let back = power(&json!({ "test": "two_means", "d": w["d"], "n_per_group": size["n_per_group"] })).unwrap();
            close("power", &back["power"], &w["power"], 1e-8, 0.0);
        }
        for method in ["benjamini_hochberg", "holm", "bonferroni"] {
            let got = adjust_p_values(&case["params"]["p_values"], method).unwrap();
            close(method, &got, &e[format!("{method}_adjusted")], 1e-12, 1e-15);
        }
    }

    #[test]
    fn wrong_arguments_are_named() {
        assert_eq!(
            sample_size(&json!({ "test": "two_proportions", "p1": 0.1, "p2": 0.1 })).unwrap_err().code,
            Code::BadParam
        );
        assert_eq!(sample_size(&json!({ "test": "two_means", "d": 0.0 })).unwrap_err().code, Code::BadParam);
        assert_eq!(sample_size(&json!({ "test": "three" })).unwrap_err().code, Code::BadParam);
        assert_eq!(
            power(&json!({ "test": "two_proportions", "p1": 0.1, "p2": 0.2 })).unwrap_err().code,
            Code::BadParam
        );
        assert!(adjust_p_values(&json!([0.1, 2.0]), "holm").is_err());
        assert!(adjust_p_values(&json!([0.1]), "sidak").is_err());
        assert_eq!(adjust_p_values(&json!([]), "holm").unwrap(), json!([]));
    }
}

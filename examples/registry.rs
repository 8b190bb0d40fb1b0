//! Prints every analysis of this build as JSON: what it is, and the JSON Schemas of its parameters and its summary.
//! `tools/types.mjs` writes the TypeScript types and the registry from it.

use serde_json::json;

fn main() {
    let entries: Vec<_> = kelan::analysis::registry()
        .iter()
        .map(|entry| {
            let (params, summary) = (entry.schemas)();
            json!({ "meta": (entry.meta)(), "params": params, "summary": summary })
        })
        .collect();
    println!("{}", serde_json::Value::from(entries));
}

//! Who may import whom: reads the `use crate::…` lines of every room and fails on an edge that points the wrong way.
//!
//! The same table stands in CONTRIBUTING.md for people.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms each room may import, beside `error` (which every room may use) and itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("num", &[]),
    ("text", &[]),
    ("time", &[]),
    ("work", &[]),
    ("table", &["time", "num"]),
    ("chart", &["time", "num"]),
    ("read", &["table", "time", "text"]),
    ("role", &["table", "text"]),
    ("fact", &["role", "table", "time", "num"]),
    // `role` is the vocabulary in which an analysis says which columns it needs.
    ("analysis", &["fact", "role", "table", "chart", "num", "text", "time", "work"]),
    ("job", &["read", "role", "fact", "analysis", "table", "chart", "time", "text", "num", "work"]),
    ("wasm", &["job", "read", "table", "chart", "role"]),
];

/// Names that only the border may utter.
const JAVASCRIPT: &[&str] = &["wasm_bindgen", "js_sys", "web_sys", "serde_wasm_bindgen"];

/// Rooms of `analysis` that hold what several analyses share; the others never import each other.
const SHARED_BY_ANALYSES: &[&str] = &["col", "common", "contract", "say"];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        fs::read_dir(dir).expect("a readable folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// A file up to its test module, where that stands in the file itself.
fn product(text: &str) -> &str {
    let inside = |at: usize| text[at..].find([';', '{']).is_some_and(|i| text.as_bytes()[at + i] == b'{');
    let end = text.match_indices("#[cfg(test)]\nmod ").map(|(at, _)| at).find(|at| inside(*at));
    &text[..end.unwrap_or(text.len())]
}

/// The parts of a file that are compiled into the product: comments, strings' contents and the test module left out.
fn code(text: &str) -> String {
    product(text).lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Files that only tests compile: what a `#[cfg(test)]` stands before, `mod name;`.
fn test_modules(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = vec![];
    for file in files {
        let text = fs::read_to_string(file).expect("a readable source");
        let home = match file.file_stem().and_then(|s| s.to_str()) {
            Some("mod" | "lib") => file.with_file_name(""),
            _ => file.with_extension(""),
        };
        for (at, _) in text.match_indices("#[cfg(test)]") {
            let declared =
                text[at..].lines().find(|line| line.contains("mod ")).and_then(|line| line.split("mod ").nth(1));
            if let Some(name) = declared.and_then(|rest| rest.strip_suffix(';')) {
                found.push(home.join(name));
            }
        }
    }
    found
}

/// What follows each `crate::` up to the next room's name, with `crate::{a::…, b}` taken apart.
fn paths_from_crate(code: &str) -> Vec<String> {
    let mut paths = vec![];
    for (at, _) in code.match_indices("crate::") {
        let preceded = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
        if preceded {
            continue;
        }
        expand(&code[at + "crate::".len()..], "", &mut paths);
    }
    paths
}

/// Takes `a::b`, or `{a::b, c::{d, e}}`, apart into whole paths.
fn expand(text: &str, prefix: &str, paths: &mut Vec<String>) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '*')).unwrap_or(text.len());
    let name = &text[..end];
    let rest = &text[end..];
    if let Some(inner) = rest.strip_prefix('{').filter(|_| name.is_empty() || name.ends_with("::")) {
        let (mut depth, mut start) = (0usize, 0);
        for (i, c) in inner.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    let part = inner[start..i].trim();
                    if !part.is_empty() {
                        expand(part, &format!("{prefix}{name}"), paths);
                    }
                    start = i + 1;
                    if c == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
    } else if !name.is_empty() {
        paths.push(format!("{prefix}{name}"));
    }
}

#[test]
fn imports_point_the_allowed_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![];
    sources(&src, &mut files);
    let tests = test_modules(&files);
    let mut wrong = BTreeSet::new();
    for file in files {
        if tests.iter().any(|test| file.starts_with(test) || file == test.with_extension("rs")) {
            continue;
        }
        let inside = file.strip_prefix(&src).expect("a file of src").to_string_lossy().replace('\\', "/");
        let room = inside.split('/').next().unwrap_or("").trim_end_matches(".rs").to_string();
        if room == "lib" {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            wrong.insert(format!("{inside}: the room `{room}` is not in the table of tests/shape.rs"));
            continue;
        };
        let code = code(&fs::read_to_string(&file).expect("a readable source"));
        for path in paths_from_crate(&code) {
            let mut parts = path.split("::");
            let target = parts.next().unwrap_or("").to_string();
            if target != room && target != "error" && !allowed.contains(&target.as_str()) {
                wrong.insert(format!("{inside}: `{room}` imports `{target}`"));
            }
            // One analysis never imports another: what two of them need moves down.
            if room == "analysis" && target == "analysis" && inside != "analysis/mod.rs" {
                let own = inside.split('/').nth(1).unwrap_or("").trim_end_matches(".rs");
                let other = parts.next().unwrap_or("");
                let is_room = src.join("analysis").join(format!("{other}.rs")).exists()
                    || src.join("analysis").join(other).is_dir();
                if is_room && !other.is_empty() && other != own && !SHARED_BY_ANALYSES.contains(&other) {
                    wrong.insert(format!("{inside}: the analysis `{own}` imports the analysis `{other}`"));
                }
            }
        }
        if room != "wasm" {
            for name in JAVASCRIPT {
                if code.contains(&format!("{name}::")) || code.contains(&format!("use {name}")) {
                    wrong.insert(format!("{inside}: only `wasm` may name `{name}`"));
                }
            }
        }
    }
    let list = wrong.into_iter().collect::<Vec<_>>().join("\n  ");
    assert!(
        list.is_empty(),
        "imports that point the wrong way:\n  {list}\nhelp: what two rooms need moves down to a room both may import; CONTRIBUTING.md has the map"
    );
}

#[test]
fn nested_imports_are_read_apart() {
    let paths = paths_from_crate("use crate::{table::{Table, Frame}, error::Result};\nlet x = crate::num::sum(&v);");
    assert_eq!(paths, ["table::Table", "table::Frame", "error::Result", "num::sum"]);
}

/// Where the bracket that opens at `at` closes; brackets in strings do not count.
fn closing(text: &[u8], at: usize) -> usize {
    let (mut depth, mut quoted, mut i) = (0, false, at);
    while i < text.len() {
        match text[i] {
            b'\\' if quoted => i += 1,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
        i += 1;
    }
    text.len()
}

/// The methods called on the value whose expression ends at `at`, one after the other.
fn calls(text: &str, mut at: usize) -> Vec<&str> {
    let mut names = vec![];
    loop {
        let rest = text[at..].trim_start();
        let Some(rest) = rest.strip_prefix('.') else { return names };
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        names.push(name);
        let open = text.len() - rest.len() + name.len();
        if text.as_bytes().get(open) != Some(&b'(') {
            return names;
        }
        at = closing(text.as_bytes(), open);
    }
}

#[test]
fn a_refusal_says_what_to_do_about_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/analysis");
    let mut files = vec![];
    sources(&root, &mut files);
    let tests = test_modules(&files);
    let (mut seen, mut wrong) = (0, vec![]);
    for file in files.iter().filter(|f| !tests.contains(f)) {
        let name = file.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
        // Formulas take numbers from a caller: what is wrong with one is all there is to say.
        if name == "formula.rs" {
            continue;
        }
        let text = fs::read_to_string(file).expect("a readable source");
        let product = product(&text);
        for made in ["Error::bad_param(", "Error::too_little(", "Error::new("] {
            for (at, _) in product.match_indices(made) {
                let open = at + made.len() - 1;
                let end = closing(product.as_bytes(), open);
                let inside = &product[open..end];
                let counts = made != "Error::new(" || inside.contains("BadParam") || inside.contains("TooLittleData");
                if counts {
                    seen += 1;
                    if !calls(product, end).contains(&"remedy") {
                        let line = product[..at].matches('\n').count() + 1;
                        wrong.push(format!("{name}:{line}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "help: say what to do about it with .remedy(english, chinese): {wrong:#?}");
    assert!(seen > 90, "the walk found only {seen} refusals");
}

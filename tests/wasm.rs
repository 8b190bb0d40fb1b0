//! The engine as the browser runs it: the same answers in WebAssembly as natively, through the border.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Float64Array, JSON, Object, Reflect};
use kelan::wasm::{Engine, Reading, parse, sniff};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const SHOP: &str = "order,customer,date,amount,note\n\
    1,a,2024-01-05,10.50,\"quoted, and\nbroken\"\n2,b,2024-01-06,20,\n3,a,2024-02-07,5.25,ü\n\
    4,c,2024-02-08,1,\n5,d,2024-03-01,2,\n6,e,2024-03-02,3,\n";

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).expect("an object")
}

/// Reads the text in slices of `slice` bytes; answers the engine and the table's state.
fn read(text: &str, slice: usize) -> (Engine, JsValue) {
    let bytes = text.as_bytes();
    let mut engine = Engine::new();
    let mut reading = Reading::new("{}", bytes, bytes.len() as f64, bytes.len() as f64).expect("it is a table");
    let plan = reading.plan().expect("a plan");
    let mut at = reading.begin().expect("a beginning") as usize;
    let first = at;
    while at < bytes.len() {
        let end = (at + slice).min(bytes.len());
        let begin = (at == first).then_some(at as f64);
        let last = true;
        let part = parse(&plan, &bytes[at..], at as f64, end as f64, begin, last).expect("a part");
        let mut again = reading.push(&js_sys::Uint8Array::from(get(&part, "blob")).to_vec()).expect("taken");
        while !again.is_undefined() {
            let number = |name: &str| get(&again, name).as_f64().expect("a number");
            let (base, end, begin) = (number("base"), number("end"), number("begin"));
            let part = parse(&plan, &bytes[base as usize..], base, end, Some(begin), last).expect("a part");
            again = reading.push(&js_sys::Uint8Array::from(get(&part, "blob")).to_vec()).expect("taken");
        }
        at = end;
    }
    let state = reading.finish(&mut engine).expect("a table");
    (engine, state)
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).expect("plain data").into()
}

#[wasm_bindgen_test]
fn any_slicing_gives_the_same_table() {
    let (_, whole) = read(SHOP, 1 << 20);
    for slice in [1, 7, 33, 64] {
        let (_, state) = read(SHOP, slice);
        assert_eq!(text(&state), text(&whole), "slices of {slice} bytes");
    }
    assert_eq!(get(&whole, "rows").as_f64(), Some(6.0));
}

#[wasm_bindgen_test]
fn an_analysis_answers_with_plain_data_and_typed_arrays() {
    let (mut engine, _) = read(SHOP, 64);
    let ask = r#"{"op":"analyze","table":0,"id":"rfm","params":{"as_of":"2024-04-01"},"filter":null}"#;
    let answer = engine.call(ask).expect("five customers are enough");
    let summary = get(&get(&answer, "value"), "summary");
    assert_eq!(get(&summary, "customers").as_f64(), Some(5.0));
    // By hand: 10.50 + 20 + 5.25 + 1 + 2 + 3.
    assert_eq!(get(&summary, "revenue").as_f64(), Some(41.75));
    let columns: Array = get(&get(&answer, "frame"), "columns").unchecked_into();
    let monetary = columns.iter().find(|c| get(c, "name") == "monetary").expect("a column of the contract");
    let values: Float64Array = get(&monetary, "values").unchecked_into();
    assert_eq!(values.to_vec(), [15.75, 20.0, 1.0, 2.0, 3.0]);
}

#[wasm_bindgen_test]
fn errors_are_data_with_a_code_and_both_languages() {
    let (mut engine, _) = read(SHOP, 64);
    let refused = engine.call(r#"{"op":"analyze","table":0,"id":"nothing"}"#).expect_err("there is no such room");
    assert_eq!(get(&refused, "code"), "unknown_analysis");
    let message: Object = get(&refused, "message").unchecked_into();
    assert!(get(&message, "zh").as_string().is_some_and(|t| !t.is_empty()));
    assert!(engine.call("not json").is_err());
}

#[wasm_bindgen_test]
fn the_kind_of_a_file_is_seen_from_its_first_bytes() {
    let kind = |bytes: &[u8]| get(&sniff(bytes, "{}").expect("an answer"), "kind").as_string();
    assert_eq!(kind(SHOP.as_bytes()).as_deref(), Some("text"));
    assert_eq!(kind(b"PK\x03\x04....").as_deref(), Some("workbook"));
    assert_eq!(kind(b"ARROW1\0\0").as_deref(), Some("arrow"));
    assert_eq!(kind(b"").as_deref(), Some("text"));
}

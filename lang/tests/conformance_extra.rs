//! More of the pattern functions against the events that Strudel gives: every function and control
//! with patterned arguments, alignments, and functions within functions.

mod common;

use common::{cases, difference, query};
use mag_lang::{Language, Source};

#[test]
fn events_are_strudels() {
    let language = Language::new();
    let base = language.empty();
    let (mut same, mut failures) = (0, Vec::new());
    for case in cases("extra.jsonl") {
        let mag = case["mag"].as_str().expect("mag");
        match language.expression(&base, &Source::new(0, "case", mag)) {
            Err(problems) => failures.push(format!("{mag}: {}", problems[0].message)),
            Ok(pattern) => {
                let want = case["events"].as_array().expect("events");
                match difference(&query(&pattern, 0, 2), want, false) {
                    Some(diff) => failures.push(format!("{mag}: {diff}")),
                    None => same += 1,
                }
            }
        }
    }
    println!("extra.jsonl: {same} the same");
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
}

//! The pattern functions against the events that Strudel gives.

mod common;

use common::{cases, difference, query};
use mag_lang::{Language, Source};

/// The share of Strudel's cases that pass on onsets and on all fragments.
#[test]
fn events_are_strudels() {
    let language = Language::new();
    let base = language.empty();
    let (mut count, mut onsets, mut failures, mut fragments) = (0, 0, Vec::new(), Vec::new());
    for case in cases("functions.jsonl") {
        if case["random"] == true {
            continue;
        }
        count += 1;
        let mag = case["mag"].as_str().expect("mag");
        let want = case["events"].as_array().expect("events");
        let pattern = match language.expression(&base, &Source::new(0, "case", mag)) {
            Ok(pattern) => pattern,
            Err(problems) => {
                failures.push(format!("{mag}: {}", problems[0].message));
                continue;
            }
        };
        let haps = query(&pattern, 0, 4);
        match (difference(&haps, want, true), difference(&haps, want, false)) {
            (Some(diff), _) => failures.push(format!("{mag}: {diff}")),
            (None, Some(diff)) => {
                onsets += 1;
                fragments.push(format!("{mag}: {diff}"));
            }
            (None, None) => onsets += 1,
        }
    }
    println!(
        "functions.jsonl: {onsets} of {count} pass on onsets, {} on all fragments",
        onsets - fragments.len()
    );
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    assert!(
        fragments.is_empty(),
        "fragments of {} differ:\n{}",
        fragments.len(),
        fragments.join("\n")
    );
}

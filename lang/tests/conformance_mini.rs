//! The mini-notation against the events that Strudel gives.

mod common;

use common::{cases, difference, locs_differ, query};

/// Cases in which mag means something else on purpose (see `lang/README.md`).
const DEVIATIONS: [&str; 1] = ["[a b]*-1"];

/// Cases whose places differ on purpose: a word ends where it ends, and every operand that was
/// written lights up.
const OTHER_PLACES: [&str; 3] = ["bd\nsn", "bd(3,8,0)", "bd(<3 5>(1,1),8)"];

#[test]
fn events_are_strudels() {
    let (mut count, mut failures, mut marks) = (0, Vec::new(), Vec::new());
    for case in cases("mini.jsonl") {
        let src = case["src"].as_str().expect("src");
        if case["random"] == true || DEVIATIONS.contains(&src) {
            continue;
        }
        count += 1;
        let pattern = match mag_lang::mini::pattern(src, 0, 0) {
            Ok(pattern) => pattern,
            Err(problem) => {
                failures.push(format!("`{src}`: {problem:?}"));
                continue;
            }
        };
        let haps = query(&pattern, 0, 4);
        let want = case["events"].as_array().expect("events");
        if let Some(diff) = difference(&haps, want, false) {
            failures.push(format!("`{src}`: {diff}"));
        } else if let (Some(diff), false) = (locs_differ(&haps, want), OTHER_PLACES.contains(&src))
        {
            marks.push(format!("`{src}`: {diff}"));
        }
        let steps = pattern.steps.map(|s| s.to_string());
        if steps.as_deref() != case["steps"].as_str() {
            failures.push(format!("`{src}`: steps {steps:?}, want {}", case["steps"]));
        }
    }
    println!("mini.jsonl: {} of {count} cases pass", count - failures.len());
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    assert!(marks.is_empty(), "places of {} differ:\n{}", marks.len(), marks.join("\n"));
}

#[test]
fn strings_that_strudel_refuses_get_a_problem_or_a_meaning() {
    for case in cases("mini_errors.jsonl") {
        let src = case["src"].as_str().expect("src");
        let verdict = case["verdict"].as_str().unwrap_or("");
        let result = mag_lang::mini::pattern(src, 0, 0);
        let obvious = src.trim().is_empty() || verdict != "parse error" || src == "<a . b>";
        assert!(
            result.is_err() || obvious || src.starts_with("a 'b'"),
            "`{src}` should be refused, Strudel: {verdict}"
        );
        if let Err(problem) = result {
            assert!(problem.loc.to() <= src.len().max(1), "`{src}`: {problem:?}");
        }
    }
}

#[test]
fn an_osc_address_is_a_word() {
    for (text, words) in [("/stroke", vec!["/stroke"]), ("</a/b /c>", vec!["/a/b", "/c"])] {
        let pattern = mag_lang::mini::pattern(text, 0, 0).expect("a pattern");
        let heard: Vec<String> = query(&pattern, 0, words.len() as i64)
            .iter()
            .map(|hap| hap.value.to_string())
            .collect();
        assert_eq!(heard, words);
    }
}

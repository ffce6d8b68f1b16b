//! The functions that only Tidal has, against the events that Tidal gives.

mod common;

use common::{cases, difference, query};
use mag_lang::{Language, Source};
use serde_json::Value as Json;

/// Each case of `tidal_only.jsonl` as mag spells it.
const SPELLINGS: [(&str, &str); 48] = [
    ("tidal-002", r#"scan "<3 5>""#),
    ("tidal-004", r#"rot 1 "0 1 2 3""#),
    ("tidal-007", r#"spread fast [1, 2, 4] "a b""#),
    ("tidal-009", r#"spread apply [rev, fast 2] "a b c""#),
    ("tidal-010", r#"whenmod 4 2 rev "a b c""#),
    ("tidal-012", r#"foldEvery [2, 3] rev "a b c""#),
    ("tidal-014", r#"whenT (\t -> t % 1 < 0.5) (fast 2) "a b c d""#),
    ("tidal-017", r#"euclidOff 3 8 2 "a""#),
    ("tidal-020", r#"fastGap 2 "a b c""#),
    ("tidal-022", r#"trunc "<0.75 0.5>" "a b c d""#),
    ("tidal-025", r#"discretise 4 "a""#),
    ("tidal-027", r#"stitch "t f t t" "a" "b""#),
    ("tidal-028", r#"while "1 0" (fast 2) "a b c d""#),
    ("tidal-030", r#"squeeze ["a", "b c", "d e f"] "0 1 0 2""#),
    ("tidal-031", r#"ur 2 {p: "a b", q: "c d e"} "p q""#),
    ("tidal-032", r#"inhabit {a: "x y", b: "z*2"} "a b""#),
    ("tidal-033", r#"spaceOut [1, 0.5, 0.5] "a""#),
    ("tidal-040", r#"segment 4 envL"#),
    ("tidal-042", r#"segment 4 isaw"#),
    ("tidal-044", r#"quantise 1 "0.4 1.6""#),
    ("tidal-045", r#"toScale [0,2,4,5,7,9,11] "0 1 2 7 -1""#),
    ("tidal-046", r#"toScaleIn 12 [0,3,7] "0 1 2 3""#),
    ("tidal-049", r#"toScale [0,2,5,7,9] "0 .. 5""#),
    ("tidal-050", r#"arp "up" "[0,4,7]""#),
    ("tidal-052", r#"rolled "[0,4,7]""#),
    ("tidal-056", r#"note "c'maj7'ii""#),
    ("tidal-057", r#"note "<c'min7 f'dom7>""#),
    ("tidal-058", r#"n ("0 2 4" + "<0 10>")"#),
    ("tidal-059", r#"off 0.25 (.crush 4) (s "bd sn")"#),
    ("tidal-062", r#"fix (.crush 4) (n 1) (s "drum*4" .n "0 1 2 3")"#),
    ("tidal-063", r#"contrast (.crush 4) (.speed 2) (n 1) (s "drum*4" .n "0 1 2 3")"#),
    ("tidal-064", r#"chew 4 "0 [2 1]" (s "a b c d" .speed 1)"#),
    ("tidal-066", r#"striateBy 4 0.5 (s "a")"#),
    ("tidal-067", r#"chop 2 (s "a b")"#),
    ("tidal-070", r#"superimpose (.late 0.125 .speed 2) (s "bd sn")"#),
    ("tidal-073", r#"hurry "<1 [2 4]>" (s "bd sn")"#),
    ("tidal-083", r#""0 1 2" .addMix "10 20""#),
    ("tidal-084", r#""0 1 2" .add "10 20""#),
    ("tidal-085", r#""0 1 2" .addOut "10 20""#),
    ("tidal-086", r#""0 10" .addSqueeze "1 2 3""#),
    ("tidal-087", r#""1 2 3" .sub "1""#),
    ("tidal-088", r#""7 8 9" .mod "4""#),
    ("tidal-089", r#""2 3" .pow "2""#),
    ("tidal-091", r#"ply "<2 3>" "a b""#),
    ("tidal-092", r#"press "a b""#),
    ("tidal-094", r#"beat "0,7,10" 16 "a""#),
    ("tidal-038", r#"segment 1 (smooth "0 1")"#),
    ("tidal-041", r#"segment 4 (cosine .late 0.5)"#),
];

/// Where Strudel has a meaning of its own, which mag follows.
const STRUDELS: [(&str, &str); 2] = [
    ("tidal-037", "`stutWith` is Strudel's `echoWith`: f is done once to each copy"),
    ("tidal-068", "`stut` falls by a factor, as Strudel's does, not in a straight line"),
];

/// Semitones that mag's note names lie above Tidal's: Tidal's c is 0, mag's c is c3, which is 48.
const NOTE_OFFSET: f64 = 48.0;

/// The expected events with notes counted as mag counts them.
fn expected(case: &Json) -> Vec<Json> {
    let mut events = case["events"].as_array().cloned().unwrap_or_default();
    for event in &mut events {
        if let Some(note) = event["value"].get("note").and_then(Json::as_f64) {
            event["value"]["note"] = (note + NOTE_OFFSET).into();
        }
    }
    events
}

#[test]
fn events_are_tidals() {
    let language = Language::new();
    let base = language.empty();
    let (mut same, mut fragments, mut failures) = (0, Vec::new(), Vec::new());
    for case in cases("tidal_only.jsonl") {
        let id = case["id"].as_str().expect("id");
        if STRUDELS.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let Some((_, mag)) = SPELLINGS.iter().find(|(known, _)| *known == id) else {
            failures.push(format!("{id} has no spelling: {}", case["tidal"]));
            continue;
        };
        match language.expression(&base, &Source::new(0, id, mag)) {
            Err(problems) => failures.push(format!("{id} {mag}: {}", problems[0].message)),
            Ok(pattern) => {
                let (haps, want) = (query(&pattern, 0, 4), expected(&case));
                match (difference(&haps, &want, true), difference(&haps, &want, false)) {
                    (Some(diff), _) => failures.push(format!("{id} {mag}: {diff}")),
                    (None, Some(diff)) => fragments.push(format!("{id} {mag}: {diff}")),
                    (None, None) => same += 1,
                }
            }
        }
    }
    println!("tidal_only.jsonl: {same} the same, {} in onsets alone", fragments.len());
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    assert!(fragments.is_empty(), "fragments differ:\n{}", fragments.join("\n"));
}

//! Reading the conformance cases, and comparing event lists with them.
#![allow(dead_code, clippy::expect_used)]

use mag_pattern::{Hap, Pattern, Query, Span, Time, Value};
use serde_json::Value as Json;

/// All cases of a file in `tests/conformance`.
pub fn cases(file: &str) -> Vec<Json> {
    let path = format!("{}/../tests/conformance/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

/// The events of cycles `from..to`, asked one by one, at 0.5 cycles a second.
pub fn query(pattern: &Pattern, from: i64, to: i64) -> Vec<Hap> {
    let mut query = Query::default();
    let mut out = Vec::new();
    for cycle in from..to {
        query.restart();
        pattern.query(Span::cycle(cycle), &mut query, &mut out);
    }
    out
}

fn time(json: &Json) -> Time {
    let text = json.as_str().expect("a time");
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    Time::new(num.parse().expect("numerator"), den.parse().expect("denominator"))
}

fn span(json: &Json) -> Option<Span> {
    let ends = json.as_array()?;
    Some(Span::new(time(&ends[0]), time(&ends[1])))
}

/// Whether a value is the expected one: numbers to 1e-6.
pub fn same_value(value: &Value, json: &Json) -> bool {
    match (value, json) {
        (Value::Num(x), Json::Number(n)) => {
            let want = n.as_f64().expect("a number");
            (x - want).abs() <= 1e-6 * want.abs().max(1.0)
        }
        (Value::Bool(b), Json::Bool(want)) => b == want,
        (Value::Word(w), Json::String(want)) => w.as_str() == want,
        (Value::List(items), Json::Array(want)) => {
            items.len() == want.len() && items.iter().zip(want).all(|(a, b)| same_value(a, b))
        }
        (Value::Map(map), Json::Object(want)) => {
            let want: Vec<_> = want.iter().filter(|(k, _)| *k != "_slices").collect();
            map.len() == want.len()
                && want.iter().all(|(k, v)| {
                    map.get(k.as_str().into()).is_some_and(|ours| same_value(ours, v))
                })
        }
        _ => false,
    }
}

fn matches(hap: &Hap, json: &Json) -> bool {
    hap.whole == span(&json["whole"])
        && Some(hap.part) == span(&json["part"])
        && same_value(&hap.value, &json["value"])
}

fn is_onset(json: &Json) -> bool {
    json["whole"].is_array() && json["whole"][0] == json["part"][0]
}

/// What differs between events and the expected ones, as multisets; `None` if nothing.
pub fn difference(haps: &[Hap], want: &[Json], onsets_only: bool) -> Option<String> {
    let mut left: Vec<&Hap> = haps.iter().filter(|h| !onsets_only || h.has_onset()).collect();
    let mut missing = Vec::new();
    for json in want.iter().filter(|j| !onsets_only || is_onset(j)) {
        match left.iter().position(|hap| {
            if onsets_only {
                hap.whole == span(&json["whole"]) && same_value(&hap.value, &json["value"])
            } else {
                matches(hap, json)
            }
        }) {
            Some(i) => {
                left.swap_remove(i);
            }
            None => missing.push(format!("{} {} {}", json["whole"], json["part"], json["value"])),
        }
    }
    if left.is_empty() && missing.is_empty() {
        return None;
    }
    let extra: Vec<String> =
        left.iter().take(4).map(|h| format!("{:?} {:?} {}", h.whole, h.part, h.value)).collect();
    missing.truncate(4);
    Some(format!("missing {missing:?}, extra {extra:?}"))
}

/// The source ranges of each event, sorted, next to the expected ones.
pub fn locs_differ(haps: &[Hap], want: &[Json]) -> Option<String> {
    for json in want {
        let Some(wanted) = json["locs"].as_array() else { continue };
        let mut wanted: Vec<(usize, usize)> = wanted
            .iter()
            .map(|l| (l[0].as_u64().unwrap_or(0) as usize, l[1].as_u64().unwrap_or(0) as usize))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = haps.iter().filter(|h| matches(h, json)).any(|h| {
            let mut ours: Vec<(usize, usize)> =
                h.locs.as_slice().iter().map(|l| (l.from(), l.to())).collect();
            ours.sort_unstable();
            ours == wanted
        });
        if !found {
            let ours = haps.iter().find(|h| matches(h, json)).map(|h| &h.locs);
            return Some(format!(
                "{} {}: want {wanted:?}, have {ours:?}",
                json["whole"], json["value"]
            ));
        }
    }
    None
}

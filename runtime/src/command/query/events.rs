//! Events as text: JSON for scripts, lines for people.

use mag_lang::Source;
use mag_pattern::{Hap, Span, Time, Value};
use serde::Serialize;
use serde_json::{Map, Number, Value as Json};
use std::cmp::Ordering;

/// An event as scripts read it.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    whole: Option<[String; 2]>,
    part: [String; 2],
    value: Json,
    locs: Vec<[usize; 2]>,
}

/// The answer to a query, one line of JSON.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub events: Vec<Event>,
}

/// The event for scripts; places are characters of `source` from byte `base` on.
pub(super) fn event(hap: &Hap, source: &Source, base: usize) -> Event {
    let chars = |offset: usize| {
        let before = source.text.get(base.min(offset)..offset);
        before.map_or(offset.saturating_sub(base), |text| text.chars().count())
    };
    let here = hap.locs.as_slice().iter().filter(|loc| loc.file() == source.file);
    Event {
        whole: hap.whole.map(edges),
        part: edges(hap.part),
        value: value(&hap.value),
        locs: here.map(|loc| [chars(loc.from()), chars(loc.to())]).collect(),
    }
}

fn edges(span: Span) -> [String; 2] {
    [span.begin.to_string(), span.end.to_string()]
}

/// A number, word, truth, list or map, as JSON has them.
pub(super) fn value(v: &Value) -> Json {
    match v {
        Value::Num(x) => number(*x),
        Value::Bool(b) => Json::Bool(*b),
        Value::Word(word) => Json::String(word.to_string()),
        Value::List(items) => Json::Array(items.iter().map(value).collect()),
        Value::Map(controls) => {
            let entries = controls.iter().map(|(name, v)| (name.to_string(), value(v)));
            Json::Object(entries.collect::<Map<String, Json>>())
        }
    }
}

/// Whole numbers without a point; what is no number is null.
fn number(x: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() <= EXACT {
        Json::Number(Number::from(x as i64))
    } else {
        Number::from_f64(x).map_or(Json::Null, Json::Number)
    }
}

/// Sorts by the part's begin, the whole's begin, the value as JSON, the part's end, the whole's.
pub(super) fn sort(haps: &mut [Hap]) {
    let time = |a: Time, b: Time| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
    let whole = |a: &Hap, b: &Hap, edge: fn(Span) -> Time| match (a.whole, b.whole) {
        (Some(a), Some(b)) => time(edge(a), edge(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    haps.sort_by(|a, b| {
        time(a.part.begin, b.part.begin)
            .then_with(|| whole(a, b, |w| w.begin))
            .then_with(|| value(&a.value).to_string().cmp(&value(&b.value).to_string()))
            .then_with(|| time(a.part.end, b.part.end))
            .then_with(|| whole(a, b, |w| w.end))
    });
}

/// The event as a line for people: when, and what; fragments say which part of the whole they are.
pub(super) fn line(hap: &Hap) -> String {
    let shown = |s: Span| format!("{:>8} {:<8}", s.begin.to_string(), s.end.to_string());
    match hap.whole {
        Some(whole) if whole == hap.part => format!("{} {}", shown(whole), hap.value),
        Some(whole) => {
            let part = hap.part;
            format!(
                "{} {}  (its part from {} to {})",
                shown(whole),
                hap.value,
                part.begin,
                part.end
            )
        }
        None => format!("{} {}  (continuous)", shown(hap.part), hap.value),
    }
}

/// Where places are counted from: behind the opening quote if the text is one string and nothing
/// else, else its start.
pub(super) fn string_start(text: &str) -> usize {
    let trimmed = text.trim();
    let inside = trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inside {
        Some(inside) if !inside.contains('"') => text.len() - text.trim_start().len() + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_strudel_prints_them() {
        let text = |x: f64| number(x).to_string();
        assert_eq!([3.0, -0.5, 1e3, 0.1].map(text), ["3", "-0.5", "1000", "0.1"]);
        assert_eq!([f64::NAN, f64::INFINITY].map(text), ["null", "null"]);
    }

    #[test]
    fn places_count_from_the_quote_of_a_lone_string() {
        assert_eq!(string_start("\"bd sn\""), 1);
        assert_eq!(string_start("  \"bd sn\" "), 3);
        assert_eq!(string_start("s \"bd sn\""), 0);
        assert_eq!(string_start("\"a\" + \"b\""), 0);
        assert_eq!(string_start("bd sn"), 0);
    }
}

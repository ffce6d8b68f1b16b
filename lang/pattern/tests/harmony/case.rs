//! A conformance case: a tree of calls, and the events that it must give.

use super::mini::mini;
use mag_pattern::align::{Align, combine};
use mag_pattern::harmony::{arp, root_notes, scale, scale_transpose, transpose, voicing};
use mag_pattern::{Controls, Pattern, Span, Sym, Value};
use serde_json::Value as Json;
use std::sync::Arc;

/// The pattern that a tree means.
pub fn pattern(tree: &Json) -> Pattern {
    if let Some(number) = tree.as_f64() {
        return Pattern::pure(number);
    }
    if let Some(text) = tree.get("m") {
        return mini(text.as_str().expect("text"));
    }
    let call = tree.as_array().expect("a call");
    let name = call[0].as_str().expect("a name");
    let last = pattern(call.last().expect("an argument"));
    let first = || pattern(&call[1]);
    match name {
        "#" => combine(Align::In, &first(), &last, Arc::new(|a, b| Ok(Some(both(&a, b))))),
        "scale" => lift(first(), last, |v, p| scale(&v.to_string(), p).expect("a scale")),
        "scaleTranspose" => {
            lift(first(), last, |v, p| scale_transpose(v.number().expect("steps"), p))
        }
        "transpose" => lift(first(), last, |v, p| transpose(v, p).expect("an interval")),
        "rootNotes" => lift(first(), last, |v, p| root_notes(v.number().expect("octave"), p)),
        "voicing" => voicing(&last),
        "arp" => arp(&first(), &last),
        control => {
            let control = Sym::new(control);
            last.map(move |v| Value::Map(Controls::one(control, v.clone())))
        }
    }
}

fn both(a: &Value, b: &Value) -> Value {
    let theirs = b.clone().into_controls();
    Value::Map(a.clone().into_controls().union(&theirs, |_, new| new.clone()))
}

/// A function of a plain argument, given a pattern of arguments.
fn lift(
    arguments: Pattern,
    p: Pattern,
    f: impl Fn(&Value, &Pattern) -> Pattern + Send + Sync + 'static,
) -> Pattern {
    match arguments.constant() {
        Some(value) => f(value, &p),
        None => arguments.inner_join(move |value| f(value, &p)),
    }
}

/// Whole, part and value of every event of a cycle, as text, sorted.
pub fn events(p: &Pattern, cycle: i64) -> Vec<String> {
    let show = |span: Span| format!("{}-{}", span.begin, span.end);
    let mut all: Vec<_> = p
        .events(cycle, cycle + 1)
        .into_iter()
        .map(|hap| {
            let whole = hap.whole.map(show).unwrap_or_default();
            format!("{whole} {} {}", show(hap.part), shown(&hap.value))
        })
        .collect();
    all.sort();
    all
}

fn rounded(x: f64) -> String {
    let rounded = (x * 1e6).round() / 1e6;
    format!("{}", rounded + 0.0)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Num(x) => rounded(*x),
        Value::Word(w) => format!("{:?}", w.as_str()),
        Value::Map(m) => {
            let all: Vec<_> = m.sorted().iter().map(|(k, v)| format!("{k}:{}", shown(v))).collect();
            format!("{{{}}}", all.join(","))
        }
        other => format!("{other:?}"),
    }
}

/// A JSON value, shown as [`shown`] does.
pub fn shown_json(value: &Json) -> String {
    match value {
        Json::Number(x) => rounded(x.as_f64().expect("a number")),
        Json::Object(m) => {
            let mut all: Vec<_> = m.iter().map(|(k, v)| format!("{k}:{}", shown_json(v))).collect();
            all.sort();
            format!("{{{}}}", all.join(","))
        }
        other => other.to_string(),
    }
}

/// The events of a cycle that a conformance case lists, as [`events`] gives them.
pub fn listed_events(case: &Json, cycle: i64) -> Vec<String> {
    let text = |span: &Json, i: usize| span[i].as_str().unwrap_or_default().to_string();
    let show = |span: &Json| format!("{}-{}", text(span, 0), text(span, 1));
    let within = |span: &Json| {
        let begin = text(span, 0);
        let mut parts = begin.split('/').map(|n| n.parse::<i64>().expect("an integer"));
        let top = parts.next().expect("a numerator");
        top.div_euclid(parts.next().unwrap_or(1)) == cycle
    };
    let listed = case["events"].as_array().expect("events").iter();
    let mut all: Vec<_> = listed
        .filter(|e| within(&e["part"]))
        .map(|e| format!("{} {} {}", show(&e["whole"]), show(&e["part"]), shown_json(&e["value"])))
        .collect();
    all.sort();
    all
}

//! Prints the events of expressions: one expression a line on standard input, one line of JSON
//! for each on standard output, cycles 0 to 4 asked one by one at half a cycle a second.

use mag_lang::{Language, Source};
use mag_pattern::{Hap, Query, Span, Time, Value};
use serde_json::{Value as Json, json};

fn main() {
    let language = Language::new();
    let base = language.empty();
    for line in std::io::stdin().lines().map_while(Result::ok).filter(|l| !l.trim().is_empty()) {
        let answer = match language.expression(&base, &Source::new(0, "line", &line)) {
            Ok(pattern) => {
                let mut query = Query::default();
                let mut haps = Vec::new();
                let mut trouble = None;
                for cycle in 0..4 {
                    query.restart();
                    pattern.query(Span::cycle(cycle), &mut query, &mut haps);
                    trouble = trouble.or_else(|| query.trouble().map(|t| t.message.clone()));
                }
                let events: Vec<Json> = haps.iter().map(event).collect();
                let steps = pattern.steps.map(|s| s.to_string());
                json!({"mag": line, "steps": steps, "events": events, "trouble": trouble})
            }
            Err(problems) => {
                let all: Vec<String> = problems.iter().map(|p| p.message.clone()).collect();
                json!({"mag": line, "error": all.join("; ")})
            }
        };
        println!("{answer}");
    }
}

fn event(hap: &Hap) -> Json {
    let ends = |s: Span| json!([time(s.begin), time(s.end)]);
    json!({"whole": hap.whole.map(ends), "part": ends(hap.part), "value": value(&hap.value)})
}

fn time(t: Time) -> String {
    t.to_string()
}

fn value(v: &Value) -> Json {
    match v {
        Value::Num(x) => json!(x),
        Value::Bool(b) => json!(b),
        Value::Word(w) => json!(w.as_str()),
        Value::List(items) => items.iter().map(value).collect(),
        Value::Map(map) => {
            map.sorted().into_iter().map(|(k, v)| (k.as_str().to_string(), value(v))).collect()
        }
    }
}

//! The standard library is sound: it reads without a problem, and its examples play.

use mag_lang::{Language, Source};
use mag_pattern::{
    Controls, Phrase, PhraseNote, PhraseRequest, Query, Span, Sym, Time, Value, World,
};
use std::sync::Arc;

/// A world whose models answer everything with one note.
struct Answers;

impl World for Answers {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let mut controls = Controls::one(Sym::new("note"), Value::Num(60.0));
        controls.set(Sym::new("chord"), Value::word("C"));
        let plain = wish.verb.as_str() == "surprise";
        let value = if plain { Value::Num(1.0) } else { Value::from(controls) };
        let notes = vec![PhraseNote::new(Time::ZERO, Time::ONE, value)];
        let length = Time::int(i64::from(wish.bars));
        Some(Arc::new(Phrase { length, notes, stand_in: false }))
    }
}

#[test]
fn reads_without_a_problem() {
    let problems: Vec<String> = Language::stdlib_problems()
        .iter()
        .map(|(source, p)| {
            format!("{}:{}: {}", source.name, source.position(p.loc.from()).line, p.message)
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_name_has_a_summary_and_an_example_that_makes_a_pattern() {
    let language = Language::new();
    let base = language.empty();
    let mut faults = Vec::new();
    for entry in language.entries() {
        if entry.summary.is_empty() || entry.examples.is_empty() {
            faults.push(format!("{}: no summary or no example", entry.name));
        }
        for example in &entry.examples {
            let source = Source::new(0, "example", example);
            match language.expression(&base, &source) {
                Err(problems) => faults.push(format!("{example}: {:?}", problems[0].message)),
                Ok(pattern) => {
                    let mut query = Query::new(&Answers);
                    let mut out = Vec::new();
                    for cycle in 0..4 {
                        pattern.query(Span::cycle(cycle), &mut query, &mut out);
                    }
                    // Nobody plays here.
                    let silent = ["silence", "nothing", "midi", "answer midi"];
                    if let Some(trouble) = query.trouble() {
                        faults.push(format!("{example}: {}", trouble.message));
                    } else if out.is_empty() && !silent.iter().any(|s| example.starts_with(s)) {
                        faults.push(format!("{example}: no events"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_name_is_tagged_and_leads_to_others_that_exist() {
    let language = Language::new();
    let known: Vec<&str> = language.entries().iter().map(|e| e.name.as_str()).collect();
    let mut faults = Vec::new();
    for entry in language.entries() {
        if entry.tags.is_empty() || entry.see.is_empty() {
            faults.push(format!("{}: no tags or no see", entry.name));
        }
        let lost = entry.see.iter().filter(|name| !known.contains(&name.as_str()));
        faults.extend(lost.map(|name| format!("{}: see {name}, which does not exist", entry.name)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_name_is_declared_twice() {
    let language = Language::new();
    let mut names: Vec<&str> = language.entries().iter().map(|e| e.name.as_str()).collect();
    names.sort_unstable();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Three names in four are written in mag.
#[test]
fn most_of_it_is_written_in_mag() {
    let language = Language::new();
    let all = language.entries().len();
    let native = language.entries().iter().filter(|e| e.native).count();
    println!("{all} names, {native} of them in Rust");
    assert!(native * 4 <= all, "{native} of {all} are in Rust");
}

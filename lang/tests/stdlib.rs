//! The standard library is sound: it reads without a problem, and its examples play.

use mag_lang::{Language, Source};

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
                    let mut query = mag_pattern::Query::default();
                    let mut out = Vec::new();
                    for cycle in 0..4 {
                        pattern.query(mag_pattern::Span::cycle(cycle), &mut query, &mut out);
                    }
                    let silent = ["silence", "nothing", "melody"];
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

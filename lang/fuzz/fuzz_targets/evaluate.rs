//! Any text is evaluated; what it plays answers near and far, and what is wrong with it is drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mag_lang::source::{Source, Sources};
use mag_lang::{Language, Mode, NoFiles, Program, report};
use mag_pattern::{Query, Span};
use std::sync::{Arc, LazyLock};

static LANGUAGE: LazyLock<(Language, Arc<Program>)> = LazyLock::new(|| {
    let language = Language::new();
    let base = language.empty();
    (language, base)
});

fuzz_target!(|text: &str| {
    let (language, base) = &*LANGUAGE;
    let source = Source::new(0, "fuzz.mag", text);
    match language.evaluate(base, &source, Mode::File, &NoFiles) {
        Ok(evaluation) => {
            let (mut query, mut out) = (Query::default(), Vec::new());
            for part in evaluation.program.parts.values() {
                for cycle in [0, 1, 2, 3, 1_000_000_000_000, -1_000_000_000_000] {
                    query.restart();
                    out.clear();
                    part.pattern.query(Span::cycle(cycle), &mut query, &mut out);
                    assert!(out.len() <= mag_pattern::query::QUERY_LIMIT);
                }
            }
        }
        Err(problems) => {
            report::render(&problems, &Sources::from(source), false);
        }
    }
});

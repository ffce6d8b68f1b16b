//! Evaluates a text and plays what it makes, near and far, on a small stack.

use mag_lang::source::{Source, Sources};
use mag_lang::{Language, Mode, NoFiles, Program, report};
use mag_pattern::query::QUERY_LIMIT;
use mag_pattern::{Query, Span, Time};
use std::sync::Arc;

/// What became of a text.
pub struct Outcome {
    /// The problems, each on one line: of the evaluation, or met while playing.
    pub problems: Vec<String>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Events of cycles 0 to 3.
    pub events: usize,
}

/// The stack of the threads that evaluate and play.
pub const STACK: usize = 2 << 20;

/// Evaluates `text` as a file, and plays its parts in cycles 0 to 3, far away, and in no time.
pub fn play(language: &Language, base: &Arc<Program>, text: &str) -> Outcome {
    let source = Source::new(0, "set.mag", text);
    let sources = Sources::from(source.clone());
    let mut outcome = Outcome { problems: Vec::new(), accepted: false, events: 0 };
    match language.evaluate(base, &source, Mode::File, &NoFiles) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a word: {text:.200}");
            outcome.problems = problems.iter().map(|p| report::plain(p, &sources)).collect();
            report::render(&problems, &sources, false);
        }
        Ok(evaluation) => {
            outcome.accepted = true;
            for part in evaluation.program.parts.values() {
                for (span, counts) in spans() {
                    let (mut query, mut out) = (Query::default(), Vec::new());
                    part.pattern.query(span, &mut query, &mut out);
                    assert!(out.len() <= QUERY_LIMIT, "{} events: {text:.200}", out.len());
                    outcome.events += if counts { out.len() } else { 0 };
                    let trouble = query.trouble().filter(|_| counts);
                    outcome.problems.extend(trouble.map(|t| t.message.clone()));
                }
            }
        }
    }
    outcome
}

/// Where patterns are asked, and whether their events count.
fn spans() -> impl Iterator<Item = (Span, bool)> {
    let far = 1_000_000_000_000;
    let point = |t| Span::new(t, t);
    let near = (0..4).map(|n| (Span::cycle(n), true));
    near.chain([
        (Span::cycle(far), false),
        (Span::cycle(-far), false),
        (point(Time::new(1, 3)), false),
        (Span::new(Time::ONE, Time::ZERO), false),
        (Span::new(Time::UNDEFINED, Time::UNDEFINED), false),
        (Span::new(Time::int(i64::MAX), Time::int(i64::MAX).add_int(1)), false),
    ])
}

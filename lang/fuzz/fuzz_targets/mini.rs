//! Any mini-notation text becomes a pattern or a located problem; patterns answer near and far.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mag_pattern::{Query, Span};

fuzz_target!(|text: &str| {
    match mag_lang::mini::pattern(text, 0, 0) {
        Ok(pattern) => {
            let (mut query, mut out) = (Query::default(), Vec::new());
            for cycle in [0, 1, 2, 3, 1_000_000_000_000, -1_000_000_000_000] {
                query.restart();
                out.clear();
                pattern.query(Span::cycle(cycle), &mut query, &mut out);
                assert!(out.len() <= mag_pattern::query::QUERY_LIMIT);
            }
        }
        Err(problem) => {
            let (from, to) = (problem.loc.from(), problem.loc.to());
            assert!(from <= to && to <= text.len(), "{problem:?}");
            assert!(text.is_char_boundary(from) && text.is_char_boundary(to), "{problem:?}");
        }
    }
});

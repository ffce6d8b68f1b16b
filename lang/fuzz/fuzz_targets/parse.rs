//! Any text is parsed and its problems are drawn, with every place inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mag_lang::source::{Source, Sources};
use mag_lang::{block, report, syntax};

fuzz_target!(|text: &str| {
    let source = Source::new(0, "fuzz.mag", text);
    let (ast, problems) = syntax::parse(&source);
    for loc in ast.stmts.iter().map(|s| s.loc).chain(problems.iter().map(|p| p.loc)) {
        assert!(loc.from() <= loc.to() && loc.to() <= text.len());
        assert!(text.is_char_boundary(loc.from()) && text.is_char_boundary(loc.to()));
    }
    report::render(&problems, &Sources::from(source), false);
    block::is_complete(text);
    block::blocks(text);
});

//! Every message of the parser, as the performer reads it.

use crate::cases::CASES;
use mag_lang::report;
use mag_lang::source::{Source, Sources};
use mag_lang::syntax::parse;

fn rendered(text: &str) -> String {
    let source = Source::new(0, "set.mag", text);
    let (_, problems) = parse(&source);
    assert!(!problems.is_empty(), "nothing wrong with {text:?}");
    let sources = Sources::from(source);
    let lines: String = problems.iter().map(|p| report::plain(p, &sources) + "\n").collect();
    format!("{}\n{lines}", report::render(&problems, &sources, false))
}

#[test]
fn messages() {
    for (name, text) in CASES {
        insta::with_settings!({ description => *text, omit_expression => true }, {
            insta::assert_snapshot!(*name, rendered(text));
        });
    }
}

#[test]
fn too_deep() {
    insta::assert_snapshot!("too-deep-brackets", rendered(&format!("x: {}", "(".repeat(100_000))));
    insta::assert_snapshot!(
        "too-deep-operators",
        rendered(&format!("x: 1{}", " + 1".repeat(5_000)))
    );
}

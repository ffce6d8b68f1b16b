//! Every message of an evaluation, as the performer reads it: short, in its place, with the fix.

#[path = "messages/cases.rs"]
mod cases;
#[path = "messages/codes.rs"]
mod codes;
#[path = "syntax/cases.rs"]
mod syntax_cases;

use mag_lang::source::Sources;
use mag_lang::{Files, Language, Mode, Problem, Source, report};

/// Files that texts may `use`.
struct Folder;

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "fine.mag" => Ok("let beat = s \"bd*4\"\n".into()),
            "broken.mag" => Ok("let a = 1\nkick: s \"bd\" .fsat 2\n".into()),
            "itself.mag" => Ok("use 'itself.mag'\n".into()),
            _ => Err("no such file".into()),
        }
    }
}

/// What is wrong with a text, as a file.
fn problems(language: &Language, text: &str) -> Vec<Problem> {
    let base = language.empty();
    match language.evaluate(&base, &Source::new(0, "set.mag", text), Mode::File, &Folder) {
        Ok(evaluation) => evaluation.warnings,
        Err(problems) => problems,
    }
}

fn rendered(text: &str, problems: &[Problem]) -> String {
    assert!(!problems.is_empty(), "nothing wrong with {text:?}");
    let sources = Sources::from(Source::new(0, "set.mag", text));
    report::render(problems, &sources, false)
}

#[test]
fn messages() {
    let language = Language::new();
    for (name, text) in cases::CASES {
        let shown = rendered(text, &problems(&language, text));
        insta::with_settings!({ description => *text, omit_expression => true }, {
            insta::assert_snapshot!(*name, shown);
        });
    }
}

#[test]
fn messages_about_too_much() {
    let language = Language::new();
    for (name, text) in cases::too_much() {
        let mut found = problems(&language, &text);
        // (of many the last one says that there were more)
        found.drain(..found.len().saturating_sub(2));
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name, rendered(&text, &found));
        });
    }
}

#[test]
fn messages_about_expressions() {
    let language = Language::new();
    let base = language.empty();
    for (name, text) in [
        ("not-an-expression", "kick: s \"bd\""),
        ("not-an-expression-two", "s \"bd\"\ns \"sn\""),
        ("not-an-expression-empty", ""),
        ("not-an-expression-function", "fast 2"),
    ] {
        let found = language.expression(&base, &Source::new(0, "set.mag", text));
        let found = found.expect_err("a problem");
        insta::with_settings!({ description => text, omit_expression => true }, {
            insta::assert_snapshot!(name, rendered(text, &found));
        });
    }
}

#[test]
fn all_problems_of_a_text_are_told_in_the_order_of_their_places() {
    let text = "kick: s \"bd*\" .fsat 2\nlet f x x = x\nhats: s \"hh\" .every rev 4\n\
                bass: n (\"bd\" + 1)\nlead: melody .every 4 rev .temp 1\nx: nope \"a [b\"\n";
    let found = problems(&Language::new(), text);
    let places: Vec<usize> = found.iter().map(|p| p.loc.from()).collect();
    assert!(places.is_sorted(), "{places:?}");
    insta::with_settings!({ description => text, omit_expression => true }, {
        insta::assert_snapshot!("all-at-once", rendered(text, &found));
    });
}

#[test]
fn messages_are_short() {
    let language = Language::new();
    let texts = cases::CASES.iter().map(|(_, text)| (*text).to_string());
    for text in texts.chain(cases::too_much().into_iter().map(|(_, text)| text)) {
        for problem in problems(&language, &text) {
            let message = &problem.message;
            assert!(message.chars().count() <= 90, "too long to read: {message}");
            assert!(!message.ends_with('.'), "a message is no sentence: {message}");
            let help = problem.help.as_deref().unwrap_or("");
            assert!(help.chars().count() <= 110, "too long to read: {help}");
        }
    }
}

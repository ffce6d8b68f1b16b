//! No text whatever makes the parser or the report panic, hang or eat memory.

use mag_lang::block::{block_at, blocks, is_complete};
use mag_lang::report;
use mag_lang::source::{Source, Sources};
use mag_lang::syntax::parse;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// A text that takes longer does not take linear time: far above what any takes on a busy machine.
const HUNG: Duration = Duration::from_secs(60);

/// Parses, reports and checks that every place lies in the text.
fn survive(text: &str) {
    let source = Source::new(0, "any.mag", text);
    let (ast, problems) = parse(&source);
    for loc in ast.stmts.iter().map(|s| s.loc).chain(problems.iter().map(|p| p.loc)) {
        assert!(loc.to() <= text.len() && loc.from() <= loc.to(), "{loc:?} in {}", text.len());
        assert!(text.is_char_boundary(loc.from()) && text.is_char_boundary(loc.to()), "{loc:?}");
    }
    let sources = Sources::from(source);
    let shown = report::render(&problems, &sources, false);
    assert!(shown.lines().all(|line| line.chars().count() < 250), "a line too long to show");
    report::render(&problems, &sources, true);
    for problem in &problems {
        assert_eq!(report::plain(problem, &sources).lines().count(), 1);
    }
    is_complete(text);
    for offset in 0..=text.len().min(200) {
        block_at(text, offset);
    }
    let whole: Vec<_> = blocks(text).iter().map(|block| block.whole()).collect();
    assert!(whole.windows(2).all(|w| w[0].end <= w[1].start), "blocks overlap");
}

/// Pieces that the language is made of, whole and broken.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "let", "x", "kick:", "native", "out", "tempo", "once", "=", ":", "->", "\\x", "(", ")",
        "[", "]", "{", "}", ",", ".", ".fast", "2", "-7", "1/8", ".5", "1e9", "\"bd*4\"", "\"",
        "'a'", "'", "--", "//", "#", "$", "|+|", "<~", "+", "-", "*", "/", "%", "==", "<", ">",
        "&&", "||", "\n", "\n  ", " ", " ", " ", "é", "“", "”", "~", "`", ";", "\t", "\u{0}",
        "\u{2028}", "a b", "(+ 1)", "(.rev)", "{a: 1}", "[1, 2]", "\r\n",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|w| w.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn any_characters(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn any_ascii(text in "[ -~\n\t]{0,200}") {
        survive(&text);
    }

    #[test]
    fn any_tokens(text in soup()) {
        survive(&text);
    }
}

#[test]
fn deep_and_huge() {
    let n = 100_000;
    let deep = [
        "(".repeat(n),
        "[".repeat(n),
        "{a:".repeat(n),
        ")".repeat(n),
        "([{".repeat(n),
        "(1 +".repeat(n),
        "\\x -> ".repeat(n),
        "- ".repeat(n),
        "-".repeat(n),
        "1+".repeat(n),
        "f (".repeat(n),
        "x .f (.g ".repeat(n),
        "\"".repeat(n + 1),
        "'".repeat(n + 1),
        "x: (".repeat(n),
        "a\n".repeat(n),
        "§\n".repeat(n),
        "§ $".repeat(n),
        "“".repeat(n),
        format!("{}1{}", "(".repeat(n), ")".repeat(n)),
        format!("[{}]", "a:b,".repeat(n)),
        format!("{}1{}", "(+".repeat(199), "+)".repeat(199)),
        ",".repeat(n),
        ".".repeat(n),
    ];
    let levels = format!("x: {}{}{}", "(1 + ".repeat(190), "a ".repeat(n), "+)".repeat(190));
    let quotes = "\" ' ".repeat(n);
    for text in deep.into_iter().chain([levels, quotes]) {
        let start = Instant::now();
        survive(&text);
        let shown: String = text.chars().take(12).collect();
        assert!(start.elapsed() < HUNG, "{shown} took {:?}", start.elapsed());
    }
}

#[test]
fn a_line_of_a_megabyte() {
    for piece in ["s \"bd sn\" .fast 2 + ", "[1, 2, f x], ", "abc ", "x .f 2 ", "((1) (2)) "] {
        let text = format!("x: [{}]", piece.repeat(1_000_000 / piece.len()));
        let start = Instant::now();
        let (_, problems) = parse(&Source::new(0, "long.mag", &text));
        let took = start.elapsed();
        assert!(took < HUNG, "{piece} took {took:?}");
        let sources = Sources::from(Source::new(0, "long.mag", &text));
        assert!(report::render(&problems, &sources, false).len() < 100_000);
        println!("{piece:?}: {took:?}");
    }
}

#[test]
fn a_file_beyond_all_places_is_refused() {
    let (ast, problems) = parse(&Source::new(0, "big.mag", "a\n".repeat(9_000_000)));
    assert!(ast.stmts.is_empty());
    assert_eq!(problems[0].code, "file-size");
}

//! Every message of the parser, as the performer reads it.

use mag_lang::report;
use mag_lang::source::{Source, Sources};
use mag_lang::syntax::parse;

/// A name for the snapshot, and a text with something wrong.
const CASES: &[(&str, &str)] = &[
    ("value-after-operator", "lead: n \"0 2\" + "),
    ("value-after-colon", "kick:\nsnare: s \"sn\""),
    ("value-after-equals", "let x =\n"),
    ("value-between-operators", "let x = 1 + * 2"),
    ("value-in-brackets", "let x = stack ()"),
    ("value-in-list", "let x = [1, , 2]"),
    ("value-left-section", "let f = map (1 +) xs"),
    ("name-after-let", "let = 3"),
    ("name-after-dot", "kick: s \"bd\" . \nsnare: s \"sn\""),
    ("name-after-dot-number", "let x = y.5"),
    ("name-let-in-expression", "let f x = let y = 2"),
    ("equals-in-let", "let x 3"),
    ("equals-in-out", "out screen osc \"127.0.0.1:9000\""),
    ("equals-for-a-part", "kick = s \"bd\""),
    ("equals-inside", "wobble d = sine"),
    ("arrow-in-lambda", "let f = \\x x .rev"),
    ("arrow-of-javascript", "let f = x => x.rev"),
    ("arrow-alone", "let f = x -> x .rev"),
    ("lambda-params", "let f = \\(a, b) -> a"),
    ("colon-indented-part", "kick: s \"bd\"\n  snare: s \"sn\""),
    ("colon-index", "kick: s bd:3"),
    ("comma-in-call", "let x = sine.range(0, 1)"),
    ("comma-outside", "kick: s \"bd\", s \"sn\""),
    ("bracket-unclosed", "kick: s \"bd\" .every 4 (.fast 2\nsnare: s \"sn\""),
    ("bracket-unclosed-inside", "let x = [1, (2, 3]"),
    ("bracket-stray", "kick: s \"bd\") .fast 2"),
    ("bracket-wrong", "let x = (1 + 2]"),
    ("quote-unclosed", "kick: s \"bd*4\nsnare: s \"sn\""),
    ("quote-unclosed-earlier", "kick: s \"bd*4\n  .sound \"keys\"\n"),
    ("quote-unclosed-text", "use 'drums.mag"),
    ("quotes-curly", "kick: s “bd*4” .fast 2"),
    ("quotes-curly-single", "use ‘drums.mag’"),
    ("tidal-dollar", "let x = fast 2 $ s \"bd\""),
    ("tidal-slot", "d1 $ s \"bd*4\""),
    ("tidal-hash", "kick: s \"bd*4\" # speed 2"),
    ("tidal-align", "kick: n \"0 2\" |+| n \"3\""),
    ("tidal-shift", "kick: 0.25 <~ s \"bd\""),
    ("tidal-compose", "kick: every 4 (rev . fast 2) x"),
    ("tidal-section", "kick: s \"bd\" .every 2 (# speed 2)"),
    ("sharp-note", "lead: note c#4"),
    ("comment-slashes", "tempo 124 // faster"),
    ("comment-hash", "# drums\nkick: s \"bd\""),
    ("semicolon", "kick: s \"bd\";"),
    ("rest-outside-quotes", "snare: s ~ sn"),
    ("pattern-outside-quotes", "kick: s \"bd\" .speed <1 2>"),
    ("backticks", "kick: s `bd*4`"),
    ("number-in-name", "kick: s 808bd"),
    ("number-size", "let x = 1e999"),
    ("number-applied", "let x = 2 -1"),
    ("number-applied-twice", "let x = 2 y"),
    ("comparisons-chained", "let f x = 0 < x < 1"),
    ("section-ambiguous", "let f = (* 2 + 1)"),
    ("command-with-expression", "tempo 120 * 2"),
    ("command-with-chain", "mute hats .fast 2"),
    ("native-with-body", "native fast n p = 3"),
    ("table-key", "let x = {1: \"x\"}"),
    ("table-comma", "let x = {a: 1 b: 2}"),
    ("fraction-of-tidal", "let x = y .off (1%8) f"),
];

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

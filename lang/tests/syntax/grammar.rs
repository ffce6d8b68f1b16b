//! Every construct of the language, as the tree that it stands for.

use super::show;
use mag_lang::source::Source;
use mag_lang::syntax::parse;

/// Parses text that has no problems.
fn tree(text: &str) -> String {
    let (ast, problems) = parse(&Source::new(0, "test.mag", text));
    assert!(problems.is_empty(), "{text}: {problems:#?}");
    show::ast(&ast)
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(tree(text), *expected, "{text}");
    }
}

#[test]
fn statements() {
    check(&[
        ("let home = \"d3 dorian\"", "let home = \"d3 dorian\""),
        (
            "let wobble depth = sine .range 300 (300 + depth) .slow 8",
            "let wobble depth = <sine .range 300 (300 + depth) .slow 8>",
        ),
        ("kick: s \"bd*4\"", "kick: (s \"bd*4\")"),
        ("native fast n p", "native fast n p"),
        ("out screen = osc \"127.0.0.1:9000\"", "out screen = (osc \"127.0.0.1:9000\")"),
        ("tempo 124", "!tempo 124"),
        ("meter 3/4", "!meter (3 / 4)"),
        ("hush", "!hush"),
        ("mute hats lead", "!mute hats lead"),
        ("use 'drums.mag'", "!use 'drums.mag'"),
        ("use \"drums.mag\"", "!use \"drums.mag\""),
        ("record stop", "!record stop"),
        ("once s \"cp\" .fast 2", "!once <(s \"cp\") .fast 2>"),
        ("tempo: n 0", "tempo: (n 0)"),
        ("\"bd sn\"", "\"bd sn\""),
        ("out", "out"),
    ]);
}

#[test]
fn chains_take_atoms_and_pipe_the_whole_application() {
    check(&[
        ("s \"bd*4\" .fast 2 .rev", "<(s \"bd*4\") .fast 2 .rev>"),
        ("sine.range 0 1", "<sine .range 0 1>"),
        ("a + b .fast 2", "(a + <b .fast 2>)"),
        ("x .every 4 (.rev) .room 0.2", "<x .every 4 <_ .rev> .room 0.2>"),
        ("(.fast 2 .rev)", "<_ .fast 2 .rev>"),
        (".fast 2 .rev", "<_ .fast 2 .rev>"),
        ("x .off 1/8 (.speed 2)", "<x .off (1 / 8) <_ .speed 2>>"),
        ("off -0.125 f", "(off -0.125 f)"),
        ("x .sometimes (\\p -> p .fast 2) .rev", "<x .sometimes (\\ p -> <p .fast 2>) .rev>"),
        ("rand .range .4 .9", "<rand .range 0.4 0.9>"),
        ("chunk' 4 f", "(chunk' 4 f)"),
        ("s(\"bd\").fast(2)", "<(s \"bd\") .fast 2>"),
        ("s\"bd\".rev", "<(s \"bd\") .rev>"),
        ("use'x.mag'", "!use 'x.mag'"),
    ]);
}

#[test]
fn operators_by_precedence() {
    check(&[
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 * 2 + 3", "((1 * 2) + 3)"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("8 / 4 / 2", "((8 / 4) / 2)"),
        ("a || b && c == d + e % f", "(a || (b && (c == (d + (e % f)))))"),
        ("a < b && c >= d", "((a < b) && (c >= d))"),
        ("(a < b) == c", "((a < b) == c)"),
        ("f x + g y", "((f x) + (g y))"),
        ("-a * b", "((- a) * b)"),
        ("-a .fast 2", "(- <a .fast 2>)"),
        (
            "0 - (abs interval > 7) + (strong && chordtone)",
            "((0 - ((abs interval) > 7)) + (strong && chordtone))",
        ),
    ]);
}

#[test]
fn a_minus_is_a_sign_or_an_operator_by_its_spaces() {
    check(&[
        ("n -7", "(n -7)"),
        ("a - 7", "(a - 7)"),
        ("a-7", "(a - 7)"),
        ("a -b", "(a - b)"),
        ("[-1, - 2, 3 * -4]", "[ -1 -2 (3 * -4)]"),
        ("(-1)", "-1"),
        ("(- 1)", "(_ - 1)"),
        ("(-x)", "(- x)"),
        ("(+ 1)", "(_ + 1)"),
        ("(* x .fast 2)", "(_ * <x .fast 2>)"),
        ("a - -.5", "(a - -0.5)"),
        ("a*-1", "(a * -1)"),
        ("1e3 + 2.5e-2", "(1000 + 0.025)"),
    ]);
}

#[test]
fn a_slash_between_numbers_is_a_fraction_where_it_stands_alone() {
    check(&[
        ("f 1/8", "(f (1 / 8))"),
        ("f -1/8", "(f (-1 / 8))"),
        ("x/1/8", "((x / 1) / 8)"),
        ("2*1/8", "((2 * 1) / 8)"),
        ("x * 1/8", "(x * (1 / 8))"),
        ("f 1 / 8", "((f 1) / 8)"),
    ]);
}

#[test]
fn lists_tables_lambdas() {
    check(&[
        ("[a, b c, [1, 2],]", "[ a (b c) [ 1 2]]"),
        ("[\n  a,\n  b\n]", "[ a b]"),
        ("{a: \"x\", b: s \"y\" .rev}", "{ a=\"x\" b=<(s \"y\") .rev>}"),
        ("{}", "{}"),
        ("[]", "[]"),
        ("\\x y -> x + y .rev", "(\\ x y -> (x + <y .rev>))"),
        ("f \\x -> g \\y -> x", "(f (\\ x -> (g (\\ y -> x))))"),
    ]);
}

#[test]
fn strings_hold_what_would_be_comments_and_quotes() {
    check(&[
        (r#"s "bd -- sn""#, r#"(s "bd -- sn")"#),
        ("s 'it\\'s \\\\ C:\\dir' -- comment", "(s 'it's \\ C:\\dir')"),
        ("x: s \"bd\n  sn\" -- end\n  .rev", "x: <(s \"bd\\n  sn\") .rev>"),
        ("é: ñ \"日本 ♪\"", "é: (ñ \"日本 ♪\")"),
    ]);
}

#[test]
fn places_are_bytes_of_the_file() {
    let text = "-- é\nlead: n \"0 [1 2]\" .scale 'é' + 1/8\n";
    let source = Source::new(3, "test.mag", text);
    let (ast, problems) = parse(&source);
    assert!(problems.is_empty());
    let stmt = &ast.stmts[0];
    assert_eq!(source.slice(stmt.loc), "lead: n \"0 [1 2]\" .scale 'é' + 1/8");
    assert_eq!(stmt.doc, "é");
    let debug = format!("{stmt:?}");
    for piece in ["n \"0 [1 2]\" .scale 'é'", "\"0 [1 2]\"", ".scale 'é'", "1/8", "8"] {
        let from = text.find(piece).unwrap();
        let place = format!("{:?}", source.loc(from, from + piece.len()));
        assert!(debug.contains(&place), "{piece} {place}");
    }
}

#[test]
fn docs_are_the_comments_right_above() {
    let text = "-- not this\n\n-- Plays it fast.\n--\n-- > s \"bd\" .fast 2\nnative fast n p\n\n\
                   let y = 1\n-- later\n  .more\nlet x = 1";
    let (ast, _) = parse(&Source::new(0, "t", text));
    assert_eq!(ast.stmts[0].doc, "Plays it fast.\n\n> s \"bd\" .fast 2");
    assert_eq!((ast.stmts[1].doc.as_str(), ast.stmts[2].doc.as_str()), ("", ""));
}

#[test]
fn the_taste_of_the_language_page() {
    let text = r#"-- first.mag
tempo 124

let home = "d3 dorian"
let wobble depth = sine .range 300 (300 + depth) .slow 8

kick:  s "bd*4"
snare: s "~ sn" .room 0.2 .sometimes (.ply 2)
hats:  s "hh*8" .gain (rand .range 0.4 0.9) .swing 0.1
bass:  n "0 [~ 0] 3 <5 7>" .scale home .sound "bass" .lpf (wobble 1500)

-- a phrase from the melody model, over a chord pattern, tilted by a reward
lead:  melody .bars 4 .over "<Dm7 G7 Dm7 Am7>" .seed "<1 1 2 1>" .temp 0.95
         .tilt (0 - (abs interval > 7) + (strong && chordtone))
         .every 4 (.rev) .sound "keys" .delay 0.3

-- listens to a keyboard for two bars, then answers for two
duet:  answer midi .bars 2 .sound "piano"

-- strokes for the screen, in time
cat:   sketch "cat" .osc "/stroke"
"#;
    let expected = r#"!tempo 124
let home = "d3 dorian"
let wobble depth = <sine .range 300 (300 + depth) .slow 8>
kick: (s "bd*4")
snare: <(s "~ sn") .room 0.2 .sometimes <_ .ply 2>>
hats: <(s "hh*8") .gain <rand .range 0.4 0.9> .swing 0.1>
bass: <(n "0 [~ 0] 3 <5 7>") .scale home .sound "bass" .lpf (wobble 1500)>
lead: <melody .bars 4 .over "<Dm7 G7 Dm7 Am7>" .seed "<1 1 2 1>" .temp 0.95 .tilt ((0 - ((abs interval) > 7)) + (strong && chordtone)) .every 4 <_ .rev> .sound "keys" .delay 0.3>
duet: <(answer midi) .bars 2 .sound "piano">
cat: <(sketch "cat") .osc "/stroke">"#;
    assert_eq!(tree(text), expected);
}

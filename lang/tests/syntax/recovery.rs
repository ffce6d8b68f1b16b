//! One mistake loses no other statement, and every mistake is told, at its place.

use super::show;
use mag_lang::source::Source;
use mag_lang::syntax::ast::StmtKind;
use mag_lang::syntax::parse;

/// What each problem points at, and its kind.
fn faults(text: &str) -> Vec<(String, &'static str)> {
    let source = Source::new(0, "test.mag", text);
    let (_, problems) = parse(&source);
    problems.iter().map(|p| (source.slice(p.loc).to_string(), p.code)).collect()
}

fn pairs<'a>(faults: &'a [(String, &'static str)]) -> Vec<(&'a str, &'static str)> {
    faults.iter().map(|(text, code)| (text.as_str(), *code)).collect()
}

#[test]
fn three_mistakes_are_all_told_and_the_rest_survives() {
    let text = "tempo 124\n\nkick: s \"bd*4\" .every 4 (.fast 2\nsnare: s \"~ sn\"\n\
                hats: s \"hh*8\" # gain 0.9\nlet x = [1, 2 +, 3]\nbass: n \"0 3\" .sound 'bass'\n";
    let source = Source::new(0, "test.mag", text);
    let (ast, problems) = parse(&source);
    let told = faults(text);
    let expected = [("(", "unclosed-bracket"), ("#", "foreign-operator"), (",", "missing-value")];
    assert_eq!(pairs(&told), expected);
    let lines: Vec<_> = problems.iter().map(|p| source.position(p.loc.from()).line).collect();
    assert_eq!(lines, [3, 5, 6]);
    assert_eq!(
        show::ast(&ast),
        "!tempo 124\nkick: <(s \"bd*4\") .every 4 <_ .fast 2>>\nsnare: (s \"~ sn\")\n\
         hats: ERROR\nlet x = ERROR\nbass: <(n \"0 3\") .sound 'bass'>"
    );
}

#[test]
fn mistakes_inside_separate_brackets_are_all_told() {
    let told = faults("x: f (1 +) [2 *] {a: } (.g .) \"ok\"");
    let expected = [
        (")", "missing-value"),
        ("]", "missing-value"),
        ("}", "missing-value"),
        (")", "missing-name"),
    ];
    assert_eq!(pairs(&told), expected);
}

#[test]
fn a_bracketed_mistake_keeps_what_is_round_it() {
    let (ast, problems) = parse(&Source::new(0, "t", "x: f (1 +) .rev\ny: g [1, (2 *)] 3"));
    assert_eq!(problems.len(), 2);
    assert_eq!(show::ast(&ast), "x: <(f ERROR) .rev>\ny: (g [ 1 ERROR] 3)");
}

#[test]
fn a_name_stays_known_whatever_follows_it() {
    let (ast, problems) = parse(&Source::new(0, "t", "let f a b = ,\nkick: + +\nlead:"));
    assert_eq!(problems.len(), 3);
    assert_eq!(show::ast(&ast), "let f a b = ERROR\nkick: ERROR\nlead: ERROR");
}

#[test]
fn an_open_string_ends_with_its_block() {
    let (ast, problems) = parse(&Source::new(0, "t", "a: s \"bd\nb: s \"sn\"\n"));
    assert_eq!(problems.len(), 1);
    assert!(matches!(&ast.stmts[1].kind, StmtKind::Part { name, .. } if name.name == "b"));
}

#[test]
fn a_commented_continuation_does_not_end_the_statement() {
    let text =
        "lead: melody\n-- .every 4 (.rev)\n  .sound \"keys\"\n\n  .room 0.2\n]\nkick: s \"bd\"";
    assert_eq!(pairs(&faults(text)), [("]", "stray-bracket")]);
    let (ast, _) = parse(&Source::new(0, "t", text));
    assert_eq!(show::ast(&ast), "lead: <melody .sound \"keys\" .room 0.2>\nkick: (s \"bd\")");
}

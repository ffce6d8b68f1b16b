//! Reports of problems with unusual places.

use mag_lang::problem::Problem;
use mag_lang::report::{plain, render};
use mag_lang::source::{Source, Sources};

/// The report of a problem at `[from, to)` of `text`.
fn shown(text: &str, from: usize, to: usize) -> String {
    let source = Source::new(0, "set.mag", text);
    let problem = Problem::error("test", source.loc(from, to), "wrong");
    render(&[problem], &Sources::from(source), false)
}

/// The text above the pointer, from the pointer on, of a report that has one.
fn pointed(report: &str) -> Option<String> {
    let lines: Vec<&str> = report.lines().collect();
    let row = lines.iter().position(|line| line.contains("╰─"))?;
    let pointer = lines.get(row - 1)?.chars().position(|c| c == '┬')?;
    Some(lines.get(row - 2)?.chars().skip(pointer).collect())
}

#[test]
fn points_at_the_characters_in_question() {
    let text = "one\nnaïve ♪ two three\n";
    let from = text.find("two").unwrap();
    assert_eq!(pointed(&shown(text, from, from + 1)).as_deref(), Some("two three"));
    assert!(shown(text, from, from + 3).contains("set.mag:2:9"));
}

#[test]
fn cuts_a_long_line_round_the_place() {
    let text = format!("{}♪ HERE {}", "é".repeat(400_000), "x".repeat(100_000));
    let from = text.find("HERE").unwrap();
    let report = shown(&text, from, from + 1);
    assert!(report.lines().all(|line| line.chars().count() < 140), "{report}");
    assert!(report.contains("set.mag:1:400003"), "{report}");
    assert!(pointed(&report).is_some_and(|text| text.starts_with("HERE")), "{report}");
}

#[test]
fn survives_any_place() {
    for text in ["", "\n", "a", "é\n\u{1b}[2J\u{7}\t\u{2028}b\r\nc", "\n\n\n"] {
        for from in 0..12 {
            for to in [0, from, from + 1, from + 7, 1 << 30] {
                let report = shown(text, from, to);
                assert!(report.starts_with("Error: wrong\n"), "{report}");
                assert!(!report.contains(['\u{1b}', '\u{7}', '\u{2028}']), "{report:?}");
            }
        }
    }
}

#[test]
fn notes_in_other_files_and_far_away_are_named() {
    let text = format!("let x = 1{}x y", "\n".repeat(1000));
    let sources = {
        let mut sources = Sources::new();
        sources.add("set.mag", &text);
        sources.add("é.mag", "é\nnative fast n p");
        sources
    };
    let set = sources.get(0).unwrap();
    let std = sources.get(1).unwrap();
    let problem = Problem::warning("test", set.loc(1009, 1010), "wrong")
        .note(set.loc(4, 5), "defined here")
        .note(std.loc(10, 14), "declared here");
    let report = render(std::slice::from_ref(&problem), &sources, false);
    for piece in ["Warning: wrong", "set.mag:1001:1", "set.mag:1:5: defined", "é.mag:2:8: declared"]
    {
        assert!(report.contains(piece), "{piece} in {report}");
    }
    assert_eq!(plain(&problem, &sources), "set.mag:1001:1: warning: wrong");
    let lost = Problem::error("test", mag_pattern::Loc::new(9, 0, 1), "wrong");
    assert_eq!(render(&[lost], &sources, false), "?: error: wrong\n");
}

#[test]
fn a_flood_of_problems_is_counted() {
    let source = Source::new(0, "t", "a");
    let problems = vec![Problem::error("test", source.loc(0, 1), "wrong"); 1234];
    assert!(render(&problems, &source.into(), false).ends_with("and 1184 more\n"));
}

#[test]
fn suggestions_read_as_a_sentence() {
    let help = |names: &[&str]| {
        Problem::error("t", mag_pattern::Loc::new(0, 0, 0), "m").did_you_mean(names).help
    };
    assert_eq!(help(&[]), None);
    assert_eq!(help(&["scale"]).as_deref(), Some("did you mean `scale`?"));
    assert_eq!(help(&["a", "b", "c"]).as_deref(), Some("did you mean `a`, `b` or `c`?"));
}

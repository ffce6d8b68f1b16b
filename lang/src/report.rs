//! Problems as text for people: the line, a pointer into it, and the likely fix.

mod excerpt;

use crate::problem::{Problem, Severity};
use crate::source::Sources;
use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind};
use excerpt::{Excerpt, printable};
use mag_pattern::Loc;
use std::ops::Range;

/// So many problems are drawn; of the others only the number is said.
const MAX_DRAWN: usize = 50;

/// How far from the problem, in lines, another place may be and still be drawn with it.
const MAX_DISTANCE: usize = 200;

/// All problems, drawn one after the other, with the marks of a terminal if `color`.
pub fn render(problems: &[Problem], sources: &Sources, color: bool) -> String {
    let drawn = problems.iter().take(MAX_DRAWN).map(|problem| draw(problem, sources, color));
    let mut text = drawn.collect::<Vec<_>>().join("\n");
    if problems.len() > MAX_DRAWN {
        text.push_str(&format!("\nand {} more\n", problems.len() - MAX_DRAWN));
    }
    if color { sixteen(&text) } else { text }
}

/// The same in the sixteen colours that every terminal has, as its owner chose them: ariadne draws
/// frames in greys of 256, which projectors swallow and the console of Linux does not know.
fn sixteen(text: &str) -> String {
    const OWN: &str = "\x1b[39m";
    let greys = ["\x1b[38;5;246m", "\x1b[38;5;249m", "\x1b[38;5;240m"];
    let text = greys.iter().fold(text.to_owned(), |text, grey| text.replace(grey, OWN));
    text.replace("\x1b[38;5;115m", "\x1b[32m")
}

/// One line without colour, as other programs read it: `file:line:col: error: …`.
pub fn plain(problem: &Problem, sources: &Sources) -> String {
    let place = place(problem.loc, sources);
    let mut line = format!("{place}: {}: {}", problem.severity.word(), problem.message);
    for more in [detail(problem), problem.help.clone()].into_iter().flatten() {
        line.push_str("; ");
        line.push_str(&more);
    }
    printable(&line.replace('\n', " "))
}

/// `file:line:col`, or as much of it as is known.
fn place(loc: Loc, sources: &Sources) -> String {
    match sources.get(loc.file()) {
        None => "?".into(),
        Some(source) => {
            let at = source.position(loc.from());
            format!("{}:{}:{}", source.name, at.line, at.column)
        }
    }
}

/// `expected …, found …`, or the half of it that is known.
fn detail(problem: &Problem) -> Option<String> {
    match (&problem.expected, &problem.found) {
        (Some(expected), Some(found)) => Some(format!("expected {expected}, found {found}")),
        (Some(expected), None) => Some(format!("expected {expected}")),
        (None, Some(found)) => Some(format!("found {found}")),
        (None, None) => None,
    }
}

/// A place to draw, with its words.
struct Mark<'a> {
    loc: Loc,
    text: &'a str,
    main: bool,
}

fn draw(problem: &Problem, sources: &Sources, color: bool) -> String {
    let Some(source) = sources.get(problem.loc.file()) else {
        return plain(problem, sources) + "\n";
    };
    let text = detail(problem).unwrap_or_else(|| "here".into());
    let mut marks = vec![Mark { loc: problem.loc, text: &text, main: true }];
    let mut far = Vec::new();
    let line = |loc: Loc| source.line_index(loc.from());
    for (loc, text) in &problem.notes {
        let near =
            loc.file() == source.file && line(*loc).abs_diff(line(problem.loc)) <= MAX_DISTANCE;
        match near {
            true => marks.push(Mark { loc: *loc, text, main: false }),
            false => far.push(format!("{}: {text}", place(*loc, sources))),
        }
    }
    // Sorted, because ariadne starts a new frame when a label is above the one before it.
    marks.sort_by_key(|mark| mark.loc.from());
    let excerpt = Excerpt::new(source, &marks.iter().map(|mark| mark.loc).collect::<Vec<_>>());
    let name = printable(&source.name);
    let span = |loc| (name.as_str(), excerpt.chars(loc));
    let report = report(problem, span(problem.loc), &marks, far, color, span);
    let mut bytes = Vec::new();
    let lines = ariadne::Source::from(excerpt.text());
    // Writing to memory cannot fail; should drawing fail all the same, the plain line says it all.
    if report.write((name.as_str(), lines), &mut bytes).is_err() {
        return plain(problem, sources) + "\n";
    }
    let drawn = String::from_utf8_lossy(&bytes);
    let shown = excerpt.position(problem.loc);
    let at = source.position(problem.loc.from());
    let text = drawn.replacen(
        &format!("{name}:{}:{} ", shown.line, shown.column),
        &format!("{name}:{}:{} ", at.line, at.column),
        1,
    );
    text.lines().map(|line| line.trim_end().to_string() + "\n").collect()
}

type Span<'n> = (&'n str, Range<usize>);

fn report<'n>(
    problem: &Problem,
    at: Span<'n>,
    marks: &[Mark<'_>],
    far: Vec<String>,
    color: bool,
    span: impl Fn(Loc) -> Span<'n>,
) -> Report<'static, Span<'n>> {
    let (kind, main) = match problem.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
    };
    // Characters, not bytes: with bytes ariadne 0.6 may cut a character of a second file in two.
    let config = Config::default()
        .with_color(color)
        .with_char_set(CharSet::Unicode)
        .with_index_type(IndexType::Char);
    let mut report =
        Report::build(kind, at).with_config(config).with_message(printable(&problem.message));
    for mark in marks {
        let (color, priority) = if mark.main { (main, 1) } else { (Color::Cyan, 0) };
        let label = Label::new(span(mark.loc)).with_color(color).with_priority(priority);
        report.add_label(label.with_message(printable(mark.text)));
    }
    if let Some(help) = &problem.help {
        report.add_help(printable(help));
    }
    far.into_iter().for_each(|note| report.add_note(printable(&note)));
    report.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn reports_need_no_more_than_sixteen_colours() {
        let source = Source::new(1, "set.mag", "kick: s \"bd\" .fsat 2\n");
        let loc = source.loc(14, 18);
        let problem = Problem::error("unknown-name", loc, "no").help("did you mean `fast`?");
        let warning = Problem::warning("unknown-part", loc, "no").note(loc, "here, too");
        let drawn = render(&[problem, warning], &Sources::from(source), true);
        assert!(drawn.contains("\x1b[31m"), "an error is red: {drawn:?}");
        assert!(!drawn.contains("38;5") && !drawn.contains("38;2"), "{drawn:?}");
    }
}

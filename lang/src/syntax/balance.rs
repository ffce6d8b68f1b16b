//! Brackets: pairs them, tells of those without a partner, and keeps trees shallow.

use super::token::{Bracket, Tok, Token};
use crate::problem::Problem;
use chumsky::span::SimpleSpan;
use mag_pattern::Loc;

/// How deep brackets may nest.
pub const MAX_NESTING: usize = 200;
/// How deep a tree may get: brackets, operators, signs and lambdas together.
pub const MAX_DEPTH: usize = 400;

/// A bracket that is open.
struct Group {
    bracket: Bracket,
    span: SimpleSpan,
    /// Tree depth where it opened, and depth now: both grow with operators, a comma resets the latter.
    base: usize,
}

/// Makes the brackets of `tokens[first..]` pair up, by leaving out stray closing ones, taking wrong ones for right and adding
/// missing ones (of no width). False if the statement is too deep to parse.
pub(crate) fn balance(
    file: u16,
    tokens: &mut Vec<Token<'_>>,
    first: usize,
    problems: &mut Vec<Problem>,
) -> bool {
    let loc = |span: SimpleSpan| Loc::new(file, span.start, span.end);
    let input = tokens.split_off(first.min(tokens.len()));
    let end = input.last().map_or(0, |(_, span)| span.end);
    let (mut open, mut depth): (Vec<Group>, usize) = (Vec::new(), 0);
    for (tok, span) in input {
        match tok {
            Tok::Open(bracket) => {
                open.push(Group { bracket, span, base: depth });
                depth += 1;
            }
            Tok::Op(_) | Tok::Neg | Tok::Lambda | Tok::Foreign(_) | Tok::Equals | Tok::Colon => {
                depth += 1;
            }
            Tok::Comma => depth = open.last().map_or(0, |group| group.base + 1),
            _ => {}
        }
        if open.len() > MAX_NESTING || depth > MAX_DEPTH {
            problems.push(too_deep(loc(span), open.len() > MAX_NESTING));
            return false;
        }
        if let Tok::Close(bracket) = tok {
            let same = open.iter().rposition(|group| group.bracket == bracket);
            let Some(partner) = same else {
                problems.push(stray(bracket, loc(span), open.last(), loc));
                if let Some(group) = open.pop() {
                    depth = group.base;
                    tokens.push((Tok::Close(group.bracket), span));
                }
                continue;
            };
            for group in open.drain(partner + 1..).rev() {
                problems.push(unclosed(&group, loc(group.span)).note(
                    loc(span),
                    format!("this `{}` closes an outer bracket", bracket.close()),
                ));
                tokens.push((Tok::Close(group.bracket), (span.start..span.start).into()));
            }
            depth = open.pop().map_or(0, |group| group.base);
        }
        tokens.push((tok, span));
    }
    for group in open.into_iter().rev() {
        problems.push(unclosed(&group, loc(group.span)));
        tokens.push((Tok::Close(group.bracket), (end..end).into()));
    }
    true
}

fn unclosed(group: &Group, loc: Loc) -> Problem {
    let (open, close) = (group.bracket.open(), group.bracket.close());
    Problem::error("unclosed-bracket", loc, format!("this `{open}` is never closed"))
        .expected(format!("a closing `{close}`"))
        .help(format!("add the closing `{close}`"))
}

fn stray(
    bracket: Bracket,
    loc: Loc,
    open: Option<&Group>,
    place: impl Fn(SimpleSpan) -> Loc,
) -> Problem {
    let close = bracket.close();
    let Some(group) = open else {
        return Problem::error("stray-bracket", loc, format!("this `{close}` closes nothing"))
            .help(format!("take it out, or open it with `{}`", bracket.open()));
    };
    let message = format!("`{close}` does not close `{}`", group.bracket.open());
    Problem::error("wrong-bracket", loc, message)
        .expected(format!("`{}`", group.bracket.close()))
        .found(format!("`{close}`"))
        .note(place(group.span), "opened here")
}

fn too_deep(loc: Loc, brackets: bool) -> Problem {
    let problem = Problem::error("too-deep", loc, "nested too deeply");
    match brackets {
        true => problem.expected(format!("at most {MAX_NESTING} brackets inside one another")),
        false => problem.expected(format!("at most {MAX_DEPTH} operators in one expression")),
    }
    .help("give parts of it names with `let`")
}

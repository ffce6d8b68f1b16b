//! From text to a tree: blocks, tokens, brackets, statements. Never fails; tells all problems.

pub mod ast;
mod balance;
mod command;
mod expr;
mod fault;
mod foreign;
mod lex;
mod operator;
mod stmt;
mod token;

pub use balance::{MAX_DEPTH, MAX_NESTING};
pub use command::{COMMANDS, Command, command_named};
pub(crate) use lex::lex;
pub(crate) use token::{Tok, Token};

use crate::block::{Block, blocks};
use crate::problem::Problem;
use crate::source::{MAX_LEN, Source};
use ast::{Ast, Stmt};
use fault::Scene;
use std::ops::Range;

/// After so many problems the rest of a file is not read.
const MAX_PROBLEMS: usize = 1000;

/// The tree of a source and everything that is wrong with its text, in the order of the text.
///
/// A statement that is wrong in part stays in the tree, with `ExprKind::Error` in the place of that
/// part, so that its name is known; one that is wrong altogether is left out.
pub fn parse(source: &Source) -> (Ast, Vec<Problem>) {
    let mut problems = Vec::new();
    if source.text.len() > MAX_LEN {
        let problem = Problem::error("file-size", source.loc(0, 0), "this file is too large");
        problems.push(problem.expected(format!("at most {MAX_LEN} bytes")));
        return (Ast::default(), problems);
    }
    let (blocks, tokens) = tokens(source, &mut problems);
    let scene = Scene { file: source.file, text: &source.text, tokens: &tokens };
    let rules = stmt::Statements::new(scene);
    let mut ast = Ast::default();
    for (block, range) in blocks {
        let tokens = tokens.get(range).unwrap_or(&[]);
        let Some((_, last)) = tokens.last() else { continue };
        for tokens in statements(tokens) {
            let Some((_, first)) = tokens.first() else { continue };
            if let Some(kind) = rules.parse(tokens, &mut problems) {
                let loc = source.loc(first.start, tokens.last().map_or(last.end, |t| t.1.end));
                ast.stmts.push(Stmt { kind, loc, doc: block.doc(&source.text) });
            }
        }
        if problems.len() > MAX_PROBLEMS {
            problems.push(too_many(source, last.end));
            break;
        }
    }
    problems.sort_by_key(|problem| problem.loc.from());
    (ast, problems)
}

/// The statements of a block: one, or `at WHEN` and the one behind it.
fn statements<'t, 's>(tokens: &'t [Token<'s>]) -> impl Iterator<Item = &'t [Token<'s>]> {
    let prefixed = match tokens {
        [(Tok::Name("at"), _), (Tok::Name(_) | Tok::Num(_) | Tok::Text(_), _), _, ..] => 2,
        _ => 0,
    };
    let (before, rest) = tokens.split_at(prefixed);
    [before, rest].into_iter().filter(|tokens| !tokens.is_empty())
}

/// The blocks of a source, each with the range of its tokens; those too deep to parse left out.
fn tokens<'s>(
    source: &'s Source,
    problems: &mut Vec<Problem>,
) -> (Vec<(Block, Range<usize>)>, Vec<Token<'s>>) {
    let (mut tokens, mut ranges) = (Vec::new(), Vec::new());
    for block in blocks(&source.text) {
        let first = tokens.len();
        lex(source.file, &source.text, block.code.clone(), &mut tokens, problems);
        if balance::balance(source.file, &mut tokens, first, problems) {
            ranges.push((block, first..tokens.len()));
        } else {
            tokens.truncate(first);
        }
        if problems.len() > MAX_PROBLEMS {
            break;
        }
    }
    (ranges, tokens)
}

fn too_many(source: &Source, at: usize) -> Problem {
    Problem::error("too-many-problems", source.loc(at, at), "too many problems")
        .found(format!("more than {MAX_PROBLEMS}"))
        .help("the rest of the file was not read")
}

//! Operators: from a flat row of operands to a tree, by precedence.

use super::ast::{Expr, ExprKind, Op};
use super::fault::{Fault, Scene};
use super::foreign;
use super::token::Bracket;
use crate::problem::Problem;
use chumsky::span::SimpleSpan;
use mag_pattern::Loc;

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Infix<'s> {
    /// One of mag's operators.
    Own(Op),
    /// Another language's; told, never evaluated.
    Foreign(&'s str),
    /// `:` where no entry of a table is.
    Colon,
}

/// Builds the tree of `first` and the operators and operands after it; `emit` hears the problems.
pub(super) fn tree<'s>(
    scene: Scene<'_, 's>,
    first: Expr,
    rest: Vec<(Infix<'s>, SimpleSpan, Expr)>,
    mut emit: impl FnMut(Fault<'s>),
) -> Expr {
    let whole = rest.last().map_or(first.loc, |(_, _, last)| first.loc.join(last.loc));
    let (mut own, mut foreign) = (Vec::with_capacity(rest.len()), false);
    let mut left = &first;
    for (infix, span, right) in &rest {
        match infix {
            Infix::Own(op) => {
                let at = scene.loc(*span);
                if let Some(problem) = fraction_of_tidal(left, *op, at, right) {
                    emit(Fault::told(problem));
                }
            }
            Infix::Foreign(symbol) => {
                emit(Fault::told(foreign::explain(symbol, scene.loc(*span), left, Some(right))));
                foreign = true;
            }
            Infix::Colon => {
                emit(Fault::told(stray_colon(scene, *span, left)));
                foreign = true;
            }
        }
        left = right;
    }
    if foreign {
        return Expr { kind: ExprKind::Error, loc: whole };
    }
    for (infix, span, right) in rest {
        if let Infix::Own(op) = infix {
            own.push((op, scene.loc(span), right));
        }
    }
    let mut rest = own.into_iter().peekable();
    let mut row = Row { rest: &mut rest, problems: Vec::new() };
    let expr = row.climb(first, 0);
    row.problems.into_iter().for_each(|problem| emit(Fault::told(problem)));
    expr
}

/// `1%8`: in Tidal a fraction, in mag a remainder.
fn fraction_of_tidal(left: &Expr, op: Op, at: Loc, right: &Expr) -> Option<Problem> {
    let ExprKind::Num(n) = left.kind else { return None };
    let ExprKind::Num(d) = right.kind else { return None };
    let touching = left.loc.to() == at.from() && at.to() == right.loc.from();
    (op == Op::Mod && touching && n.fract() == 0.0 && d.fract() == 0.0).then(|| {
        Problem::warning("remainder", at, "`%` is the remainder of a division here")
            .help(format!("the fraction is {n}/{d}"))
    })
}

/// A `:` in the middle of an expression.
fn stray_colon(scene: Scene<'_, '_>, span: SimpleSpan, left: &Expr) -> Problem {
    let problem = Problem::error("stray-colon", scene.loc(span), "`:` does not belong here");
    if scene.bracket(span.start) == Some(Bracket::Curly) {
        return problem.help("put a `,` between the entries of a table");
    }
    problem.help(match last_name(left) {
        Some((from, name)) if scene.starts_indented_line(from) => {
            format!("the part `{name}` must start in column 0; an indented line continues the last")
        }
        _ if scene.is_head(span.start) && scene.gap_after(span.end) => {
            "the name of a part is one word of letters, digits and `_`: `my_part: …`".into()
        }
        _ => "a part is `name: …` in column 0; an index such as bd:3 goes in double quotes".into(),
    })
}

/// The name that an expression ends with, and where it starts, if it ends with one.
pub(super) fn last_name(expr: &Expr) -> Option<(usize, &str)> {
    match &expr.kind {
        ExprKind::Name(name) => Some((expr.loc.from(), name)),
        ExprKind::Apply { args, .. } => args.last().and_then(last_name),
        ExprKind::Chain { links, .. } => links.last()?.args.last().and_then(last_name),
        _ => None,
    }
}

struct Row<'r> {
    rest: &'r mut std::iter::Peekable<std::vec::IntoIter<(Op, Loc, Expr)>>,
    problems: Vec<Problem>,
}

impl Row<'_> {
    /// Takes every operator that binds at least as tight as `least`; calls itself once per level
    /// of precedence at most.
    fn climb(&mut self, mut left: Expr, least: u8) -> Expr {
        let mut last = None;
        while let Some((op, op_loc, right)) = self.rest.next_if(|(op, ..)| precedence(*op) >= least)
        {
            let right = self.climb(right, precedence(op) + 1);
            if let Some((before, loc)) = last.filter(|_| compares(op)) {
                self.problems.push(chained_comparison((before, loc), (op, op_loc)));
            }
            last = compares(op).then_some((op, op_loc));
            left = binary(left, op, op_loc, right);
        }
        left
    }
}

/// `left op right`.
pub(super) fn binary(left: Expr, op: Op, op_loc: Loc, right: Expr) -> Expr {
    let loc = left.loc.join(right.loc);
    let (left, right) = (Box::new(left), Box::new(right));
    Expr { kind: ExprKind::Binary { op, op_loc, left, right }, loc }
}

/// How tight an operator binds; all bind looser than a sign, a chain or an application.
pub(super) fn precedence(op: Op) -> u8 {
    match op {
        Op::Or => 0,
        Op::And => 1,
        Op::Eq | Op::Ne | Op::Lt | Op::Gt | Op::Le | Op::Ge => 2,
        Op::Add | Op::Sub => 3,
        Op::Mul | Op::Div | Op::Mod => 4,
    }
}

fn compares(op: Op) -> bool {
    precedence(op) == precedence(Op::Eq)
}

fn chained_comparison((first, first_loc): (Op, Loc), (op, loc): (Op, Loc)) -> Problem {
    let message = format!("`{}` and `{}` cannot follow one another", first.symbol(), op.symbol());
    let problem =
        Problem::error("chained-comparison", loc, message).note(first_loc, "after this one");
    problem.help(match (first, op) {
        (Op::Lt, Op::Gt) => "a pattern such as <1 2> goes in double quotes: \"<1 2>\"",
        _ => "compare two at a time: `a < b && b < c`",
    })
}

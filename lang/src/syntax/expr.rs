//! The grammar of expressions, with recovery at brackets.

use super::ast::{Expr, ExprKind, Ident, Link, Op};
use super::fault::{Fault, Scene, Tokens, Want};
use super::operator::{self, Infix};
use super::token::{Bracket, Tok};
use crate::problem::Problem;
use chumsky::prelude::*;

/// What every rule of the grammar shares: the kind of its errors.
pub(super) type Extra<'s> = extra::Err<Fault<'s>>;

/// A rule of the grammar that yields `T`.
pub(super) trait Rule<'t, 's: 't, T>:
    Parser<'t, Tokens<'t, 's>, T, Extra<'s>> + Clone
{
}

impl<'t, 's: 't, T, P: Parser<'t, Tokens<'t, 's>, T, Extra<'s>> + Clone> Rule<'t, 's, T> for P {}

/// A whole expression.
pub(super) fn expr<'t, 's: 't>(scene: Scene<'t, 's>) -> impl Rule<'t, 's, Expr> {
    recursive(|expr| {
        let atom = atom(scene, expr.clone()).boxed();
        let lambda = lambda(scene, expr).boxed();
        let arg = atom.or(lambda).labelled(Want::Value).boxed();
        let operand = signed(scene, chain(scene, arg)).boxed();
        let infix = infix().map_with(|infix, e| (infix, e.span()));
        operand
            .clone()
            .then(infix.then(operand).map(|((i, at), b)| (i, at, b)).repeated().collect::<Vec<_>>())
            .validate(move |(first, rest), _, emitter| {
                operator::tree(scene, first, rest, |fault| emitter.emit(fault))
            })
    })
}

/// A single thing: a number, a string, a name, or something in brackets.
pub(super) fn atom<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    choice((
        plain(scene),
        round(scene, expr.clone()),
        list(scene, expr.clone()),
        table(scene, expr),
    ))
    .labelled(Want::Value)
}

/// Atoms of one token.
fn plain<'t, 's: 't>(scene: Scene<'t, 's>) -> impl Rule<'t, 's, Expr> {
    let kind = select! {
        Tok::Num(n) => ExprKind::Num(n),
        Tok::Ratio(n, d, slash) => ratio(scene, n, d, slash),
        Tok::Mini(text) => ExprKind::Mini(text.into()),
        Tok::Text(text) => ExprKind::Text(unescape(text)),
        Tok::Name(name) => ExprKind::Name(name.into()),
        Tok::Bad => ExprKind::Error,
    };
    kind.map_with(move |kind, e| Expr { kind, loc: scene.loc(e.span()) })
}

/// `1/8`, its parts in place round the slash.
fn ratio(scene: Scene<'_, '_>, n: f64, d: f64, slash: SimpleSpan) -> ExprKind {
    let digits = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
    let before = scene.text.get(..slash.start).unwrap_or("");
    let after = scene.text.get(slash.end..).unwrap_or("");
    let from = before.trim_end_matches(digits).len();
    let to = slash.end + after.find(|c| !digits(c)).unwrap_or(after.len());
    let number = |n, from: usize, to: usize| {
        Box::new(Expr { kind: ExprKind::Num(n), loc: scene.loc((from..to).into()) })
    };
    let (left, right) = (number(n, from, slash.start), number(d, slash.end, to));
    ExprKind::Binary { op: Op::Div, op_loc: scene.loc(slash), left, right }
}

/// A single-quoted text without its escapes.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| c == '\\' && matches!(next, '\'' | '\\'));
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

/// A name.
pub(super) fn name<'t, 's: 't>(scene: Scene<'t, 's>) -> impl Rule<'t, 's, Ident> {
    select! { Tok::Name(name) => name }
        .map_with(move |name: &str, e| Ident { name: name.into(), loc: scene.loc(e.span()) })
        .labelled(Want::Name)
}

/// `( … )`: grouping, or a section such as `(+ 1)`.
fn round<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let operator = just(Tok::Neg).not().ignore_then(infix());
    let operator = operator.map_with(|infix, e| (infix, e.span())).or_not();
    let parts = expr.separated_by(just(Tok::Comma)).at_least(1).collect::<Vec<_>>();
    let inside = operator.then(parts).validate(move |(operator, parts), e, emitter| {
        let mut parts = parts.into_iter();
        let error = Expr { kind: ExprKind::Error, loc: scene.loc(e.span()) };
        let (Some(first), second) = (parts.next(), parts.next()) else { return error };
        if let Some(second) = second {
            if scene.closes_by_itself(second.loc.to()) {
                return error; // an unclosed bracket, told already
            }
            emitter.emit(Fault::told(comma_call(scene, &first, &second)));
            return error;
        }
        match operator {
            None => first,
            Some((infix, span)) => section(scene, (infix, span), first, |f| emitter.emit(f)),
        }
    });
    bracketed(scene, Bracket::Round, inside)
        .map_with(move |inner, e| Expr { loc: scene.loc(e.span()), ..inner })
}

/// `range(0, 1)`, as in JavaScript.
fn comma_call(scene: Scene<'_, '_>, first: &Expr, second: &Expr) -> Problem {
    const LISTS: [&str; 8] =
        ["stack", "cat", "seq", "fastcat", "slowcat", "randcat", "layer", "overlay"];
    let between = mag_pattern::Loc::new(first.loc.file(), first.loc.to(), second.loc.from());
    let problem = Problem::error("comma-in-brackets", between, "no comma between arguments");
    match scene.called(first.loc.from()) {
        Some(name) if LISTS.contains(&name) => {
            problem.help(format!("`{name}` takes a list: `{name} [a, b]`"))
        }
        Some(name) => problem.help(format!("write `{name} a b`, with spaces; a list is `[a, b]`")),
        None => problem.help("write `range 0 1`, with spaces; a list is `[a, b]`"),
    }
}

/// `(+ 1)`: the function that adds one.
fn section<'s>(
    scene: Scene<'_, 's>,
    (infix, span): (Infix<'s>, SimpleSpan),
    right: Expr,
    mut emit: impl FnMut(Fault<'s>),
) -> Expr {
    let (op_loc, loc) = (scene.loc(span), scene.loc(span).join(right.loc));
    let Infix::Own(op) = infix else {
        let left = Expr { kind: ExprKind::Error, loc: op_loc };
        return operator::tree(scene, left, vec![(infix, span, right)], emit);
    };
    if let ExprKind::Binary { op: inner, op_loc: inner_loc, .. } = right.kind
        && operator::precedence(inner) <= operator::precedence(op)
        && right.loc.from() > op_loc.to().saturating_sub(1)
        && !scene.text.get(right.loc.from()..).is_some_and(|t| t.starts_with('('))
    {
        let message = format!("`({} a {} b)` can be read in two ways", op.symbol(), inner.symbol());
        let problem = Problem::error("ambiguous-section", inner_loc, message);
        emit(Fault::told(problem.help(format!("bracket what follows `{}`", op.symbol()))));
    }
    Expr { kind: ExprKind::Section { op, op_loc, right: Box::new(right) }, loc }
}

/// `[a, b]`
fn list<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let items = expr.separated_by(just(Tok::Comma)).allow_trailing().collect().map(ExprKind::List);
    let inside = items.map_with(move |kind, e| Expr { kind, loc: scene.loc(e.span()) });
    bracketed(scene, Bracket::Square, inside)
        .map_with(move |inner, e| Expr { loc: scene.loc(e.span()), ..inner })
}

/// `{a: "x", b: "y"}`
fn table<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let entry = name(scene).then_ignore(just(Tok::Colon)).then(expr);
    let items = entry.separated_by(just(Tok::Comma)).allow_trailing().collect();
    let inside =
        items.map(ExprKind::Table).map_with(move |kind, e| Expr { kind, loc: scene.loc(e.span()) });
    bracketed(scene, Bracket::Curly, inside)
        .map_with(move |inner, e| Expr { loc: scene.loc(e.span()), ..inner })
}

/// `inside` between brackets; what does not parse there becomes an `Error`, and parsing goes on
/// after the closing bracket.
fn bracketed<'t, 's: 't>(
    scene: Scene<'t, 's>,
    bracket: Bracket,
    inside: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let (open, close) = (just(Tok::Open(bracket)), just(Tok::Close(bracket)));
    let skipped = open
        .then(custom(skip_group))
        .map_with(move |_, e| Expr { kind: ExprKind::Error, loc: scene.loc(e.span()) });
    inside.delimited_by(open, close).recover_with(via_parser(skipped)).boxed()
}

/// Passes over the rest of a group, up to and with the bracket that closes it; brackets pair up.
fn skip_group<'t, 's: 't>(
    input: &mut chumsky::input::InputRef<'t, '_, Tokens<'t, 's>, Extra<'s>>,
) -> Result<(), Fault<'s>> {
    let mut open = 1;
    while open > 0 {
        match input.next() {
            Some(Tok::Open(_)) => open += 1,
            Some(Tok::Close(_)) => open -= 1,
            Some(_) => {}
            None => break,
        }
    }
    Ok(())
}

/// `\x y -> body`
fn lambda<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let params = name(scene).repeated().at_least(1).collect();
    just(Tok::Lambda).ignore_then(params).then_ignore(just(Tok::Arrow)).then(expr).map_with(
        move |(params, body), e| Expr {
            kind: ExprKind::Lambda { params, body: Box::new(body) },
            loc: scene.loc(e.span()),
        },
    )
}

/// An application with the links of a chain after it, or such links alone.
fn chain<'t, 's: 't>(
    scene: Scene<'t, 's>,
    arg: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let link = link(scene, arg.clone()).boxed();
    let base = arg.repeated().at_least(1).collect::<Vec<_>>().validate(move |atoms, _, emitter| {
        application(scene, atoms, |problem| emitter.emit(Fault::told(problem)))
    });
    let based = base.then(link.clone().repeated().collect::<Vec<_>>()).map(|(base, links)| {
        let Some(last) = links.last() else { return base };
        let loc = base.loc.join(last.loc);
        Expr { kind: ExprKind::Chain { base: Some(Box::new(base)), links }, loc }
    });
    let bare = link.repeated().at_least(1).collect().map_with(move |links, e| Expr {
        kind: ExprKind::Chain { base: None, links },
        loc: scene.loc(e.span()),
    });
    based.or(bare)
}

/// `f a b` from its atoms; a number in front is told.
fn application(scene: Scene<'_, '_>, mut atoms: Vec<Expr>, mut emit: impl FnMut(Problem)) -> Expr {
    let args = atoms.split_off(1.min(atoms.len()));
    let Some(f) = atoms.pop() else {
        return Expr { kind: ExprKind::Error, loc: Default::default() };
    };
    let Some((first, last)) = args.first().zip(args.last()) else { return f };
    let loc = f.loc.join(last.loc);
    if matches!(f.kind, ExprKind::Num(_)) {
        let error = Expr { kind: ExprKind::Error, loc };
        if scene.after(loc.to()) == Some(Tok::Colon) {
            return error; // a comma is missing in a table: told at the colon
        }
        let problem = Problem::error("applied-number", f.loc, "a number takes no arguments");
        emit(match first.kind {
            ExprKind::Num(n) if n < 0.0 => {
                problem.help(format!("to subtract, put a space after the `-`: `- {}`", -n))
            }
            _ => problem.note(first.loc, "an operator is missing before this"),
        });
        return error;
    }
    Expr { kind: ExprKind::Apply { f: Box::new(f), args }, loc }
}

/// `.name args…`
fn link<'t, 's: 't>(
    scene: Scene<'t, 's>,
    arg: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Link> {
    let dot = just(Tok::Dot).validate(move |_, e, emitter| {
        if let Some(problem) = scene.loose_dot(e.span()) {
            emitter.emit(Fault::told(problem));
        }
    });
    dot.ignore_then(name(scene))
        .then(arg.repeated().collect())
        .map_with(move |(name, args), e| Link { name, args, loc: scene.loc(e.span()) })
}

/// An operand with any number of signs before it.
fn signed<'t, 's: 't>(
    scene: Scene<'t, 's>,
    operand: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let minus = select! { Tok::Neg => (), Tok::Op(Op::Sub) => () };
    minus.map_with(|_, e| e.span()).repeated().foldr(operand, move |sign: SimpleSpan, inner| {
        let loc = scene.loc(sign).join(inner.loc);
        match inner.kind {
            ExprKind::Num(n) if n >= 0.0 => Expr { kind: ExprKind::Num(-n), loc },
            kind => {
                let inner = Expr { kind, loc: inner.loc };
                Expr { kind: ExprKind::Neg(Box::new(inner)), loc }
            }
        }
    })
}

/// What may stand between two operands.
fn infix<'t, 's: 't>() -> impl Rule<'t, 's, Infix<'s>> {
    select! {
        Tok::Op(op) => Infix::Own(op),
        Tok::Neg => Infix::Own(Op::Sub),
        Tok::Foreign(symbol) => Infix::Foreign(symbol),
        Tok::Equals => Infix::Foreign("="),
        Tok::Colon => Infix::Colon,
    }
}

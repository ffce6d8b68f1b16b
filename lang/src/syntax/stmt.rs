//! The grammar of statements; which rule applies is told by their first two tokens.

use super::MAX_PROBLEMS;
use super::ast::{Expr, ExprKind, Param, StmtKind};
use super::command::command_named;
use super::expr::{Extra, Rule, atom, expr, name};
use super::fault::{Fault, Scene, Tokens, Want, input};
use super::foreign;
use super::token::{Tok, Token};
use crate::problem::Problem;
use chumsky::prelude::*;
use chumsky::span::SimpleSpan;

type Boxed<'t, 's> = chumsky::Boxed<'t, 't, Tokens<'t, 's>, StmtKind, Extra<'s>>;

/// The rules for statements, made once for a file.
pub(super) struct Statements<'t, 's> {
    scene: Scene<'t, 's>,
    define: Boxed<'t, 's>,
    native: Boxed<'t, 's>,
    part: Boxed<'t, 's>,
    synth: Boxed<'t, 's>,
    out: Boxed<'t, 's>,
    command: Boxed<'t, 's>,
    gradual: Boxed<'t, 's>,
    once: Boxed<'t, 's>,
    bare: Boxed<'t, 's>,
}

impl<'t, 's: 't> Statements<'t, 's> {
    /// The rules, for the tokens of `scene`.
    pub(super) fn new(scene: Scene<'t, 's>) -> Self {
        let expr = expr(scene).boxed();
        let ident = name(scene).boxed();
        let body = body(scene, expr.clone()).boxed();
        let params = ident.clone().repeated().collect::<Vec<_>>();
        let equals = just(Tok::Equals);
        let define = just(Tok::Let)
            .ignore_then(ident.clone())
            .then(params.clone())
            .then_ignore(equals)
            .then(body.clone())
            .map(|((name, params), body)| StmtKind::Let { name, params, body });
        let native = any()
            .ignore_then(ident.clone())
            .then(params)
            .then_ignore(end())
            .map(|(name, params)| StmtKind::Native { name, params });
        let colon = just(Tok::Colon).ignored().or(equals.validate(move |_, e, emitter| {
            let left = Expr { kind: ExprKind::Error, loc: scene.loc(e.span()) };
            emitter.emit(Fault::told(foreign::explain("=", left.loc, &left, None)));
        }));
        let part = ident
            .clone()
            .then_ignore(colon)
            .then(body.clone())
            .map(|(name, body)| StmtKind::Part { name, body });
        let synth = any()
            .ignore_then(ident.clone())
            .then(param(scene, expr.clone()).repeated().collect::<Vec<_>>())
            .then_ignore(just(Tok::Equals))
            .then(body.clone())
            .map(|((name, params), body)| StmtKind::Synth { name, params, body });
        let out = any()
            .ignore_then(ident.clone())
            .then_ignore(equals)
            .then(body.clone())
            .map(|(name, target)| StmtKind::Out { name, target });
        let args = atom(scene, expr.clone()).repeated().collect();
        let command = ident
            .clone()
            .then(args)
            .then_ignore(end())
            .map(|(name, args)| StmtKind::Command { name, args });
        // (the dot of `tempo 140 .over 8` is a matter of taste)
        let args =
            just(Tok::Dot).or_not().ignore_then(atom(scene, expr.clone())).repeated().collect();
        let gradual = ident
            .clone()
            .then(args)
            .then_ignore(end())
            .map(|(name, args)| StmtKind::Command { name, args });
        let once =
            ident.then(body.clone()).map(|(name, arg)| StmtKind::Command { name, args: vec![arg] });
        Statements {
            scene,
            define: define.boxed(),
            native: native.boxed(),
            part: part.boxed(),
            synth: synth.boxed(),
            out: out.boxed(),
            command: command.boxed(),
            gradual: gradual.boxed(),
            once: once.boxed(),
            bare: body.map(StmtKind::Expr).boxed(),
        }
    }

    /// Parses the tokens of one statement.
    pub(super) fn parse(
        &self,
        tokens: &'t [Token<'s>],
        problems: &mut Vec<Problem>,
    ) -> Option<StmtKind> {
        let scene = Scene { tokens, ..self.scene };
        if let Some(problem) = foreign::sonic(&scene) {
            problems.push(problem);
            return None;
        }
        let (kind, faults) = self.rule(tokens).parse(input(tokens)).into_output_errors();
        let told =
            faults.into_iter().take(MAX_PROBLEMS + 1).filter_map(|fault| scene.explain(fault));
        problems.extend(told);
        kind
    }

    fn rule(&self, tokens: &[Token<'s>]) -> &Boxed<'t, 's> {
        let at = |i: usize| tokens.get(i).map(|(tok, _)| *tok);
        match (at(0), at(1)) {
            (Some(Tok::Let), _) => &self.define,
            (Some(Tok::Name(_)), Some(Tok::Colon | Tok::Equals)) => &self.part,
            (Some(Tok::Name("native")), Some(Tok::Name(_))) => &self.native,
            (Some(Tok::Name("synth")), Some(Tok::Name(_))) => &self.synth,
            (Some(Tok::Name("out")), Some(Tok::Name(_))) => &self.out,
            (Some(Tok::Name(word)), _) => match command_named(word)
                .filter(|command| command.starts(tokens.get(1..).unwrap_or(&[])))
            {
                Some(command) if command.takes_expr => &self.once,
                Some(_) if takes_time(tokens) => &self.gradual,
                Some(_) => &self.command,
                None => &self.bare,
            },
            _ => &self.bare,
        }
    }
}

/// Whether a command says `.over` so many cycles.
fn takes_time(tokens: &[Token]) -> bool {
    let over = |pair: &[Token]| matches!(pair, [(Tok::Dot, _), (Tok::Name("over"), _)]);
    tokens.windows(2).any(over)
}

/// `cutoff=800`: an argument of an instrument, its `=` touching its name.
fn param<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Param> {
    let equals =
        just(Tok::Equals).try_map(move |_, span: SimpleSpan| match scene.gap_before(span.start) {
            true => Err(Fault::silent(span)),
            false => Ok(()),
        });
    let default = atom(scene, expr).validate(move |value, _, emitter| {
        let ratio = matches!(&value.kind, ExprKind::Binary { left, right, .. }
            if [left, right].iter().all(|x| matches!(x.kind, ExprKind::Num(_))));
        if !ratio && !matches!(value.kind, ExprKind::Num(_) | ExprKind::Error) {
            let message = "the default of an argument is a plain number";
            emitter.emit(Fault::told(Problem::error("synth-default", value.loc, message)));
            return Expr { kind: ExprKind::Error, loc: value.loc };
        }
        value
    });
    name(scene)
        .then(equals.ignore_then(default).or_not())
        .map(|(name, default)| Param { name, default })
}

/// An expression up to the end of the statement; what does not parse becomes an `Error`, so that
/// the name it belongs to stays known.
fn body<'t, 's: 't>(
    scene: Scene<'t, 's>,
    expr: impl Rule<'t, 's, Expr> + 't,
) -> impl Rule<'t, 's, Expr> {
    let rest = any()
        .repeated()
        .map_with(move |_, e| Expr { kind: ExprKind::Error, loc: scene.loc(e.span()) });
    expr.then_ignore(end()).labelled(Want::Value).recover_with(via_parser(rest))
}

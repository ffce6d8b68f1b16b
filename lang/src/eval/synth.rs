//! The `synth` statement: a definition becomes an instrument, or all that is wrong with it is told.

mod build;
mod call;
mod forms;
mod names;
mod value;

use super::stmt::Reader;
use super::{Eval, Fault};
use crate::meaning::{Body, Function, Meaning};
use crate::problem::Problem;
use crate::scope::Binding;
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Op, Param, StmtKind};
use crate::synth::{Argument, Synth};
use build::Builder;
use mag_graph::{Given, MAX_ARGUMENTS};
use mag_pattern::{Loc, Sym};
use std::sync::Arc;

/// Controls that say which sound plays, where and when: no instrument can have them as its own.
const RESERVED: [&str; 16] = [
    "s", "sound", "midinote", "freq", "gate", "velocity", "gain", "orbit", "cut", "legato", "clip",
    "out", "osc", "nudge", "room", "delay",
];

impl Reader<'_> {
    /// Makes controls of the arguments of all instruments of a text, so that its patterns may set
    /// them wherever they stand.
    pub(super) fn declare(&mut self, ast: &Ast) {
        for stmt in &ast.stmts {
            let StmtKind::Synth { params, .. } = &stmt.kind else { continue };
            for Param { name, .. } in params {
                let scope = &self.program.scope;
                let known = scope.get(&name.name).is_some() && !scope.is_part(&name.name);
                if !known && !reserved(&name.name) {
                    let control = Body::Control(Sym::new(&name.name));
                    let function = Function {
                        name: name.name.as_str().into(),
                        signature: format!("{} value", name.name).into(),
                        arity: 1,
                        given: Vec::new(),
                        body: control,
                    };
                    let meaning = Meaning::Function(function);
                    let scope = std::mem::take(&mut self.program.scope);
                    let binding = Binding { meaning, loc: name.loc };
                    self.program.scope = scope.define(&name.name, binding);
                }
            }
        }
    }

    pub(super) fn synth(&mut self, name: &Ident, params: &[Param], body: &Expr) -> Eval<()> {
        crate::names::twice(&mut self.eval, body);
        let idents: Vec<Ident> = params.iter().map(|p| p.name.clone()).collect();
        crate::names::parameters_twice(&mut self.eval, &idents);
        let arguments = self.arguments(params);
        let mut builder = Builder::new(&mut self.eval, &self.program, name, &idents);
        let graph = builder.graph(body);
        let warnings = builder.warnings;
        // (an argument that is wrong is not called useless, too)
        let arguments = arguments?;
        self.warnings.extend(warnings);
        let (graph, program) = graph?;
        let synth = Synth {
            name: name.name.as_str().into(),
            arguments,
            program: Arc::new(program),
            loc: name.loc,
            graph,
        };
        self.program.synths.insert(name.name.clone(), Arc::new(synth));
        Ok(())
    }

    fn arguments(&mut self, params: &[Param]) -> Eval<Vec<Argument>> {
        if let Some(extra) = params.get(MAX_ARGUMENTS) {
            let problem =
                Problem::error("too-large", extra.name.loc, "too many arguments for an instrument");
            return self.eval.report(problem.expected(format!("up to {MAX_ARGUMENTS}")));
        }
        let all: Vec<Eval<Argument>> = params.iter().map(|param| self.argument(param)).collect();
        all.into_iter().collect()
    }

    fn argument(&mut self, param: &Param) -> Eval<Argument> {
        let Ident { name, loc } = &param.name;
        let problem = |message: String| Problem::error("synth-argument", *loc, message);
        if reserved(name) {
            let given = Given::named(name).is_some();
            let what = if given { "is given by every note" } else { "belongs to every sound" };
            let problem = problem(format!("`{name}` {what}: it cannot be an argument"));
            return self.eval.report(match given {
                true => problem.help("leave it out of the arguments and use it"),
                false => problem.help("give the argument another name"),
            });
        }
        let control = match self.program.scope.get(name) {
            Some(Meaning::Function(Function { body: Body::Control(names), .. })) => {
                let first = names.as_str().split([':', '=']).next().unwrap_or(name);
                Sym::new(first)
            }
            other => {
                let what = match other {
                    Some(Meaning::Function(_)) => "a function",
                    Some(_) => "a name of a pattern",
                    None => "no control",
                };
                let message = format!("`{name}` is {what}: it cannot be an argument, too");
                let help = format!(
                    "give the argument another name: patterns set it by its name, and `.{name}` \
                     is taken"
                );
                return self.eval.report(problem(message).help(help));
            }
        };
        if reserved(control.as_str()) {
            let message = format!("`{name}` sets `{}`: it cannot be an argument", control.as_str());
            return self.eval.report(problem(message).help("give the argument another name"));
        }
        let Some(default) = &param.default else {
            let problem = problem(format!("the argument `{name}` needs a default"));
            return self.eval.report(problem.help(format!("such as `{name}=1`, without spaces")));
        };
        let default = plain(default).ok_or(Fault)? as f32;
        Ok(Argument { name: name.clone(), control, default })
    }
}

fn reserved(name: &str) -> bool {
    RESERVED.contains(&name) || Given::named(name).is_some()
}

/// A number as it is written: `3`, `-0.5`, `1/8`.
fn plain(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Num(x) => Some(*x),
        ExprKind::Binary { op: Op::Div, left, right, .. } => Some(plain(left)? / plain(right)?),
        _ => None,
    }
}

/// A place in the stdlib means where it was called from.
fn at(loc: Loc, site: Option<Loc>) -> Loc {
    if loc.file() == super::STDLIB_FILE { site.unwrap_or(loc) } else { loc }
}

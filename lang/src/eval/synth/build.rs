//! From the expression of a definition to a graph.

use super::at;
use super::value::{Body, Env, Function, Local, Signal, Value};
use crate::eval::{Eval, Evaluator, Fault};
use crate::problem::Problem;
use crate::program::Program;
use crate::syntax::ast::{Expr, ExprKind, Ident, Op};
use mag_graph::{Graph, Kind, Reason, Source, compile};
use mag_pattern::Loc;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Expressions within expressions.
const DEPTH: usize = 150;

/// A definition being read.
pub(super) struct Builder<'e> {
    pub eval: &'e mut Evaluator,
    pub program: &'e Program,
    /// The instrument being defined.
    pub defining: &'e Ident,
    /// Its arguments.
    pub params: &'e [Ident],
    /// Those that its definition mentions.
    pub used: BTreeSet<String>,
    pub graph: Graph,
    /// Where each generator of the graph was written.
    locs: Vec<Loc>,
    pub warnings: Vec<Problem>,
    /// The call from the performer's text into the stdlib that is being read.
    pub site: Option<Loc>,
    depth: usize,
    salt: u32,
    full: bool,
    /// The two sides of the sum that the definition is, if it is one.
    sides: Option<[(Signal, Loc); 2]>,
}

impl<'e> Builder<'e> {
    pub fn new(
        eval: &'e mut Evaluator,
        program: &'e Program,
        defining: &'e Ident,
        params: &'e [Ident],
    ) -> Builder<'e> {
        Builder {
            eval,
            program,
            defining,
            params,
            used: BTreeSet::new(),
            graph: Graph::new(params.len().min(mag_graph::MAX_ARGUMENTS) as u8),
            locs: Vec::new(),
            warnings: Vec::new(),
            site: None,
            depth: 0,
            salt: 0,
            full: false,
            sides: None,
        }
    }

    /// The graph of a definition, and the program that it becomes.
    pub fn graph(&mut self, body: &Expr) -> Eval<(Graph, mag_graph::Program)> {
        let before = self.eval.problems.len();
        let arguments = self.params.iter().take(mag_graph::MAX_ARGUMENTS).enumerate();
        let env = arguments.fold(None, |outer, (i, param)| {
            let value = Value::Signal(Signal::Mono(Source::Argument(i as u8)));
            bound(outer, &param.name, value)
        });
        let value = self.expr(body, &env)?;
        let signal = self.signal(value, body.loc)?;
        if self.eval.problems.len() > before {
            return Err(Fault);
        }
        self.unused();
        self.one_sided();
        let graph = std::mem::take(&mut self.graph);
        let graph = match signal {
            Signal::Mono(x) => graph.with_out(&[x]),
            Signal::Stereo(left, right) => graph.with_out(&[left, right]),
        };
        match compile(&graph) {
            Ok(program) => Ok((graph, program)),
            Err(faults) => {
                for fault in faults {
                    let node = fault.node.and_then(|n| self.locs.get(n as usize));
                    let loc = node.copied().unwrap_or(body.loc);
                    let _reported: Eval<()> = self.eval.report(limit(fault.reason, loc));
                }
                Err(Fault)
            }
        }
    }

    fn unused(&mut self) {
        for param in self.params.iter().filter(|param| !self.used.contains(&param.name)) {
            let message = format!("the argument `{}` changes nothing", param.name);
            self.warnings.push(Problem::warning("unused-argument", param.loc, message));
        }
    }

    /// Warns of `a + b .mul (adsr …)`, where only `b` has the envelope.
    fn one_sided(&mut self) {
        let Some([(left, left_loc), (right, right_loc)]) = self.sides.take() else { return };
        let dies = |signal: Signal| {
            let alone = self.graph.clone().with_out(&[signal.left()]);
            compile(&alone).is_ok_and(|program| program.dies)
        };
        if dies(right) && !dies(left) {
            let message = "this sounds past the envelope of what follows it";
            let problem = Problem::warning("one-sided", left_loc, message);
            let problem = problem.note(right_loc, "the chain belongs to this alone");
            self.warnings.push(problem.help("bracket what it is for: `(a + b) .lpf … .mul …`"));
        }
    }

    /// Reports a problem; inside the stdlib it is the caller's.
    pub fn report<T>(&mut self, mut problem: Problem) -> Eval<T> {
        problem.loc = at(problem.loc, self.site);
        self.eval.report(problem)
    }

    /// What an expression means.
    pub fn expr(&mut self, expr: &Expr, env: &Env) -> Eval<Value> {
        self.eval.spend(at(expr.loc, self.site), 1)?;
        if self.depth >= DEPTH {
            let problem = Problem::error("too-deep", expr.loc, "nested too deeply");
            return self.report(problem.help("give names to the pieces with `synth`"));
        }
        self.depth += 1;
        let value = self.kind(expr, env);
        self.depth -= 1;
        value
    }

    fn kind(&mut self, expr: &Expr, env: &Env) -> Eval<Value> {
        match &expr.kind {
            ExprKind::Num(x) => Ok(number(*x as f32)),
            ExprKind::Text(text) => Ok(Value::Word(text.clone())),
            ExprKind::Mini(text) => Ok(Value::Word(format!("\"{text}\""))),
            ExprKind::Name(name) => self.name(name, expr.loc, env),
            ExprKind::Apply { f, args } => {
                let callee = self.expr(f, env);
                let args = self.all(args, env);
                self.apply(callee?, f.loc, args?, expr.loc)
            }
            ExprKind::Chain { base: Some(base), links } => {
                let start = self.expr(base, env);
                self.links(start, base.loc, links, env)
            }
            ExprKind::Chain { base: None, links } => {
                let body = Body::Chain { links: links.clone().into(), env: env.clone() };
                Ok(function("(chain)", body))
            }
            ExprKind::Binary { op, op_loc, left, right } => {
                let (a, b) = (self.expr(left, env), self.expr(right, env));
                let a = a.and_then(|a| self.signal(a, left.loc));
                let b = b.and_then(|b| self.signal(b, right.loc));
                let (a, b) = (a?, b?);
                let chained = matches!(right.kind, ExprKind::Chain { .. });
                if self.depth == 1 && chained && matches!(op, Op::Add | Op::Sub) {
                    self.sides = Some([(a, left.loc), (b, right.loc)]);
                }
                Ok(Value::Signal(self.operator(*op, a, b, *op_loc)))
            }
            ExprKind::Section { op, right, .. } => {
                let value = self.expr(right, env)?;
                let right = self.signal(value, right.loc)?;
                Ok(function("(operator)", Body::Section { op: *op, right }))
            }
            ExprKind::Neg(inner) => {
                let value = self.expr(inner, env)?;
                let signal = self.signal(value, inner.loc)?;
                let minus = Signal::Mono(Source::Const(-1.0));
                Ok(Value::Signal(self.operator(Op::Mul, signal, minus, expr.loc)))
            }
            ExprKind::Lambda { params, body } => {
                let (params, body) = (params.clone().into(), Arc::new((**body).clone()));
                Ok(function("(function)", Body::Lambda { params, body, env: env.clone() }))
            }
            ExprKind::List(items) => {
                let values = self.all(items, env)?;
                Ok(Value::List(values))
            }
            ExprKind::Table(_) => {
                let problem = Problem::error("not-a-signal", expr.loc, "a signal is needed here");
                self.report(problem.expected("a signal").found("a table"))
            }
            ExprKind::Error => Err(Fault),
        }
    }

    /// All of several expressions, so that all their problems are told.
    pub fn all(&mut self, exprs: &[Expr], env: &Env) -> Eval<Vec<(Value, Loc)>> {
        let values: Vec<Eval<Value>> = exprs.iter().map(|e| self.expr(e, env)).collect();
        values.into_iter().zip(exprs).map(|(value, e)| Ok((value?, e.loc))).collect()
    }

    /// `a op b`, for each channel.
    pub fn operator(&mut self, op: Op, a: Signal, b: Signal, loc: Loc) -> Signal {
        let (kind, a, b) = match op {
            Op::Add => (Kind::Add, a, b),
            Op::Sub => (Kind::Sub, a, b),
            Op::Mul => (Kind::Mul, a, b),
            Op::Div => (Kind::Div, a, b),
            Op::Mod => (Kind::Mod, a, b),
            Op::Lt => (Kind::Lt, a, b),
            Op::Gt => (Kind::Lt, b, a),
            Op::Le => (Kind::Le, a, b),
            Op::Ge => (Kind::Le, b, a),
            Op::Eq | Op::Ne => (Kind::Eq, a, b),
            Op::And => (Kind::Min, a, b),
            Op::Or => (Kind::Max, a, b),
        };
        let result = self.spread(kind, &[a, b], loc, false);
        match op {
            Op::Ne => {
                let one = Signal::Mono(Source::Const(1.0));
                self.spread(Kind::Sub, &[one, result], loc, false)
            }
            _ => result,
        }
    }

    /// A generator for each channel of its inputs.
    pub fn spread(&mut self, kind: Kind, inputs: &[Signal], loc: Loc, random: bool) -> Signal {
        let one = |channel: fn(Signal) -> Source, this: &mut Self| {
            let inputs: Vec<Source> = inputs.iter().map(|input| channel(*input)).collect();
            let salt = if random { this.fresh() } else { 0 };
            this.add(kind, &inputs, salt, loc)
        };
        let left = one(Signal::left, self);
        if inputs.iter().any(|input| input.is_stereo()) {
            return Signal::Stereo(left, one(Signal::right, self));
        }
        Signal::Mono(left)
    }

    /// A number that no other generator of the graph has.
    pub fn fresh(&mut self) -> u32 {
        self.salt += 1;
        self.salt
    }

    /// Adds a generator that was written at `loc`.
    pub fn add(&mut self, kind: Kind, inputs: &[Source], salt: u32, loc: Loc) -> Source {
        let loc = at(loc, self.site);
        if self.graph.full() {
            if !std::mem::replace(&mut self.full, true) {
                let _reported: Eval<()> = self.eval.report(limit(Reason::TooManyOps, loc));
            }
            return Source::Const(0.0);
        }
        self.locs.push(loc);
        self.graph.add(kind, inputs, salt)
    }
}

/// An instrument that is too much for a voice.
fn limit(reason: Reason, loc: Loc) -> Problem {
    let problem =
        Problem::error("synth-too-large", loc, format!("too much for one voice: {reason}"));
    match reason {
        Reason::TooMuchDelay(_) | Reason::TooManyLines => problem.help(
            "a time that a pattern sets takes 1 s: bound it, `(time .min 0.2)`; echoes: `.delay`",
        ),
        _ => problem.help("leave something out, or make two instruments of it"),
    }
}

pub(super) fn number(x: f32) -> Value {
    Value::Signal(Signal::Mono(Source::Const(x)))
}

pub(super) fn function(name: &str, body: Body) -> Value {
    Value::Function(Function { name: name.into(), given: Vec::new(), body })
}

/// With one more name bound.
pub(super) fn bound(outer: Env, name: &str, value: Value) -> Env {
    Some(Arc::new(Local { name: name.into(), value, outer }))
}

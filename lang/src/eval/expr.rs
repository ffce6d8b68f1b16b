//! Expressions to meanings.

use super::{Eval, Evaluator};
use crate::meaning::{Body, Function, Meaning};
use crate::mini;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::suggest::nearest;
use crate::syntax::ast::{Expr, ExprKind, Ident, Link, Op};
use mag_pattern::align::{Align, combine};
use mag_pattern::arith::Operation;
use mag_pattern::{Loc, Locs, Pattern, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Evaluator {
    /// What an expression means in a scope.
    pub fn expr(&mut self, expr: &Expr, scope: &Scope) -> Eval {
        self.deeper(expr.loc, |this| this.expr_kind(expr, scope))
    }

    fn expr_kind(&mut self, expr: &Expr, scope: &Scope) -> Eval {
        match &expr.kind {
            // A bare number sounds all the time: it would be lit all the time, so it has no place.
            ExprKind::Num(x) => Ok(Meaning::pattern(Pattern::pure(*x))),
            ExprKind::Mini(text) => self.mini(text, expr.loc),
            ExprKind::Text(text) => Ok(Meaning::Text(text.as_str().into())),
            ExprKind::Name(name) => self.name(name, expr.loc, scope),
            ExprKind::Apply { f, args } => self.application(expr, f, args, scope),
            ExprKind::Chain { base: Some(base), links } => self.chain(base, links, scope),
            ExprKind::Chain { base: None, links } => {
                self.spend_reading(expr.loc)?;
                self.sized(chain_function(links, scope), expr.loc)
            }
            ExprKind::Binary { op, op_loc, left, right } => {
                let (a, b) = (self.expr(left, scope), self.expr(right, scope));
                self.binary(*op, *op_loc, (a?, left.loc), (b?, right.loc))
            }
            ExprKind::Section { op, right, .. } => {
                let right = Arc::new(self.expr(right, scope)?);
                let body = Body::Section { op: *op, right };
                self.sized(Meaning::Function(function("(operator)", 1, body)), expr.loc)
            }
            ExprKind::Neg(inner) => self.negative(inner, scope),
            ExprKind::Lambda { params, body } => {
                self.spend_reading(body.loc)?;
                self.sized(lambda("(function)", params, body, scope), expr.loc)
            }
            ExprKind::List(items) => {
                let items = self.all(items, scope)?;
                self.sized(Meaning::List(items), expr.loc)
            }
            ExprKind::Table(rows) => {
                let table = self.table(rows, scope)?;
                self.sized(table, expr.loc)
            }
            ExprKind::Error => Err(super::Fault),
        }
    }

    fn mini(&mut self, text: &str, loc: Loc) -> Eval {
        self.spend_reading(loc)?;
        match mini::pattern(text, loc.file(), loc.from() + 1) {
            Ok(pattern) => Ok(Meaning::Pattern(pattern, Some(text.into()))),
            Err(problem) => self.report(problem),
        }
    }

    /// Looks a name up.
    pub fn name(&mut self, name: &str, loc: Loc, scope: &Scope) -> Eval {
        self.used.insert(name.to_string());
        let broken = self.broken.contains(name) && scope.parameter_loc(name).is_none();
        if broken || self.problems.len() > super::MAX_PROBLEMS {
            return Err(super::Fault);
        }
        if let Some(meaning) = scope.get(name) {
            let weight = meaning.weight();
            if weight > 8 {
                self.spend(loc, weight / 8)?;
            }
            return Ok(meaning.clone());
        }
        if self.defining.as_deref() == Some(name) {
            let message = format!("`{name}` cannot be made of itself");
            let problem = Problem::error("recursion", loc, message);
            return self.report(problem.help("to do something n times, write `.applyN n f`"));
        }
        if self.coming.contains(name) {
            let problem = Problem::error("unknown-name", loc, format!("`{name}` comes later"));
            let help = format!("a part is known in what follows it: write `{name}: …` above this");
            return self.report(problem.help(help));
        }
        let names = scope.names();
        let near = nearest(name, names.iter().copied(), 3);
        let problem = Problem::error("unknown-name", loc, format!("nothing is called `{name}`"));
        if let Some(help) = super::habits::help(name) {
            return self.report(problem.help(help));
        }
        let problem = match near.is_empty() {
            true if crate::generator::is_modifier(name) => {
                problem.help(format!("it is written after a model: `melody .{name} …`"))
            }
            true => problem.help(format!("words that sound go in double quotes: \"{name}\"")),
            false => problem.did_you_mean(&near),
        };
        self.report(problem)
    }

    /// All of several expressions, so that all their problems are reported.
    pub fn all(&mut self, exprs: &[Expr], scope: &Scope) -> Eval<Vec<Meaning>> {
        let meanings: Vec<Eval> = exprs.iter().map(|e| self.expr(e, scope)).collect();
        meanings.into_iter().collect()
    }

    /// Arguments with their places.
    pub fn arguments(&mut self, args: &[Expr], scope: &Scope) -> Eval<Vec<(Meaning, Loc)>> {
        let meanings = self.all(args, scope)?;
        Ok(meanings.into_iter().zip(args).map(|(m, e)| (m, arg_loc(e, scope))).collect())
    }

    fn application(&mut self, expr: &Expr, f: &Expr, args: &[Expr], scope: &Scope) -> Eval {
        let (callee, given) = (self.expr(f, scope), self.arguments(args, scope));
        self.apply(callee?, arg_loc(f, scope), given?, expr.loc)
    }

    fn table(&mut self, rows: &[(Ident, Expr)], scope: &Scope) -> Eval {
        let meanings: Vec<Eval> = rows.iter().map(|(_, e)| self.expr(e, scope)).collect();
        let meanings: Eval<Vec<Meaning>> = meanings.into_iter().collect();
        let names = rows.iter().map(|(name, _)| name.name.clone());
        Ok(Meaning::Table(names.zip(meanings?).collect()))
    }

    fn negative(&mut self, inner: &Expr, scope: &Scope) -> Eval {
        let meaning = self.expr(inner, scope)?;
        let pattern = self.pattern_of(meaning, inner.loc)?;
        let minus = Pattern::pure(-1.0);
        let depth = pattern.depth;
        let negative = combine(Align::In, &pattern, &minus, operation("mul"));
        self.deepen(negative, depth, inner.loc)
    }

    /// `a op b`, in the rhythm of the left.
    pub fn binary(&mut self, op: Op, op_loc: Loc, a: (Meaning, Loc), b: (Meaning, Loc)) -> Eval {
        let left = self.pattern_of(a.0, a.1);
        let right = self.pattern_of(b.0, b.1);
        let (left, right) = (left?, right?);
        let joined = combine(Align::In, &left, &right, operation(operator_name(op)));
        self.deepen(joined, left.depth.max(right.depth), op_loc)
    }

    /// A pattern that is one level deeper than what it was made of.
    pub fn deepen(&mut self, mut pattern: Pattern, inner: u16, loc: Loc) -> Eval {
        if usize::from(inner) + 2 >= mag_pattern::query::DEPTH_LIMIT {
            let problem = Problem::error("too-deep", loc, "patterns nested too deeply");
            return self
                .report(problem.help("use a shorter chain, or fewer functions in functions"));
        }
        pattern.depth = inner + 1;
        self.deepest = self.deepest.max(pattern.depth);
        Ok(Meaning::pattern(pattern))
    }

    /// The pattern that a meaning stands for.
    pub fn pattern_of(&mut self, meaning: Meaning, loc: Loc) -> Eval<Pattern> {
        match meaning {
            Meaning::Pattern(p, _) => Ok(p),
            Meaning::Generator(g) => {
                let depth = g.depth() + 1;
                let mut pattern = g.into_pattern();
                pattern.depth = depth;
                Ok(pattern)
            }
            Meaning::Text(text) => Ok(Pattern::pure_at(Value::word(&text), written(loc))),
            Meaning::Function(f) => {
                let missing = f.arity - f.given.len();
                let what =
                    format!("`{}` still needs {}", f.name, super::number::arguments(missing));
                let problem = Problem::error("not-a-pattern", loc, what)
                    .expected("a pattern")
                    .found("a function");
                let problem = match signature(&f) {
                    Some(text) => problem.help(format!("it is called like this: `{text}`")),
                    None => problem,
                };
                self.report(problem)
            }
            other => {
                let problem = Problem::error("not-a-pattern", loc, "a pattern is needed here")
                    .expected("a pattern")
                    .found(other.kind());
                self.report(match other {
                    Meaning::List(_) => problem
                        .help("`stack [ ]` plays a list at once, `cat [ ]` one thing a cycle"),
                    _ => problem,
                })
            }
        }
    }
}

/// Where an argument was written: for a parameter, where its value was.
fn arg_loc(expr: &Expr, scope: &Scope) -> Loc {
    match &expr.kind {
        ExprKind::Name(name) => scope.parameter_loc(name).unwrap_or(expr.loc),
        _ => expr.loc,
    }
}

/// The places of an event that a piece of the performer's text made; the stdlib's own text never
/// lights up.
pub(crate) fn written(loc: Loc) -> Locs {
    if loc.file() == super::STDLIB_FILE { Locs::none() } else { Locs::one(loc) }
}

/// How a function is called, if it has a name of its own.
pub(crate) fn signature(f: &Function) -> Option<String> {
    (!f.signature.is_empty()).then(|| f.signature.to_string())
}

pub(crate) fn function(name: &str, arity: usize, body: Body) -> Function {
    Function { name: name.into(), signature: "".into(), arity, given: Vec::new(), body }
}

/// A function written in mag.
pub(crate) fn lambda(name: &str, params: &[Ident], body: &Expr, scope: &Scope) -> Meaning {
    let arity = params.len();
    let mut names = BTreeSet::new();
    crate::names::mentioned(body, &mut names);
    let scope = scope.capture(&names);
    let nesting = scope.nesting().saturating_add(1);
    let (params, body) = (params.to_vec().into(), Arc::new(body.clone()));
    let body = Body::Lambda { params, body, scope, nesting };
    Meaning::Function(function(name, arity, body))
}

fn chain_function(links: &[Link], scope: &Scope) -> Meaning {
    let name = links.iter().map(|l| format!(".{}", l.name.name)).collect::<Vec<_>>().join(" ");
    let mut names = BTreeSet::new();
    crate::names::mentioned_in_links(links, &mut names);
    let scope = scope.capture(&names);
    let nesting = scope.nesting().saturating_add(1);
    let body = Body::Chain { links: links.to_vec().into(), scope, nesting };
    Meaning::Function(function(&format!("({name})"), 1, body))
}

/// The operation of a name that is known to exist.
pub(crate) fn operation(name: &str) -> mag_pattern::align::Combine {
    match Operation::named(name) {
        Some(operation) => operation.combine(),
        None => Arc::new(|a, _| Ok(Some(a))),
    }
}

fn operator_name(op: Op) -> &'static str {
    match op {
        Op::Add => "add",
        Op::Sub => "sub",
        Op::Mul => "mul",
        Op::Div => "div",
        Op::Mod => "mod",
        Op::Eq => "eq",
        Op::Ne => "ne",
        Op::Lt => "lt",
        Op::Gt => "gt",
        Op::Le => "lte",
        Op::Ge => "gte",
        Op::And => "and",
        Op::Or => "or",
    }
}

//! Application: functions given their arguments.

use super::{Eval, Evaluator, Frame};
use crate::meaning::{Body, Function, Meaning};
use crate::native::{Kind, Native, Run, lift};
use crate::problem::Problem;
use mag_pattern::{Loc, Pattern};

/// A native function at work, with the evaluator at hand.
pub(crate) struct Call<'a> {
    /// The evaluator, for functions among the arguments.
    pub eval: &'a mut Evaluator,
    /// Arguments with their places.
    pub args: Vec<(Meaning, Loc)>,
    /// Where the call stands.
    pub loc: Loc,
    /// What it is called in messages.
    pub name: String,
}

impl Evaluator {
    /// Gives arguments to a function; too few make a function that waits for the rest.
    pub fn apply(
        &mut self,
        callee: Meaning,
        callee_loc: Loc,
        args: Vec<(Meaning, Loc)>,
        loc: Loc,
    ) -> Eval {
        if args.is_empty() {
            return Ok(callee);
        }
        let Meaning::Function(mut f) = callee else {
            let extra = args.first().map_or(loc, |(_, l)| *l);
            let problem = Problem::error("not-a-function", callee_loc, "this takes no arguments")
                .expected("a function")
                .found(callee.kind())
                .note(extra, "given here");
            return self.report(problem);
        };
        let room = f.arity - f.given.len();
        let mut args = args.into_iter();
        f.given.extend(args.by_ref().take(room));
        let rest: Vec<_> = args.collect();
        if f.given.len() < f.arity {
            return Ok(Meaning::Function(f));
        }
        let signature = super::expr::signature(&f);
        let name = f.name.clone();
        let result = self.run(f, callee_loc, loc)?;
        match (rest.first(), &result) {
            (Some((_, extra)), Meaning::Pattern(..)) => {
                let message = format!("`{name}` has one argument too many");
                let problem = Problem::error("argument-count", *extra, message);
                self.report(match signature {
                    Some(s) => problem.help(format!("it is called like this: `{s}`")),
                    None => problem,
                })
            }
            _ => self.apply(result, callee_loc, rest, loc),
        }
    }

    fn run(&mut self, f: Function, callee_loc: Loc, loc: Loc) -> Eval {
        self.spend(loc)?;
        let depth = f.given.iter().map(|(m, _)| m.depth()).max().unwrap_or(0);
        match f.body {
            Body::Native(native) => {
                let result = self.native(native, f.given, loc)?;
                match result {
                    Meaning::Pattern(p, None) => self.deepen(p, depth, loc),
                    other => Ok(other),
                }
            }
            Body::Operation(operation, align) => {
                let mut given = f.given.into_iter();
                let (Some(right), Some(left)) = (given.next(), given.next()) else {
                    return Err(super::Fault);
                };
                let right = self.pattern_of(right.0, right.1);
                let (left, right) = (self.pattern_of(left.0, left.1)?, right?);
                let joined = mag_pattern::align::combine(align, &left, &right, operation.combine());
                self.deepen(joined, depth, loc)
            }
            Body::Control(control) => {
                let Some((arg, arg_loc)) = f.given.into_iter().next() else {
                    return Err(super::Fault);
                };
                let value = self.control_argument(arg, arg_loc)?;
                let made = crate::native::control::controls(control, &value);
                self.deepen(made, depth, loc)
            }
            Body::Lambda { params, body, scope } => {
                let mut inner = scope;
                for (param, (meaning, arg_loc)) in params.iter().zip(f.given) {
                    inner = inner.bind(&param.name, meaning, arg_loc);
                }
                self.calls.push(Frame { name: f.name, loc });
                let result = self.expr(&body, &inner);
                self.calls.pop();
                result
            }
            Body::Chain { links, scope } => {
                let Some((base, base_loc)) = f.given.into_iter().next() else {
                    return Err(super::Fault);
                };
                self.deeper(loc, |this| this.links(Ok(base), base_loc, &links, &scope))
            }
            Body::Section { op, right } => {
                let Some(left) = f.given.into_iter().next() else { return Err(super::Fault) };
                self.binary(op, callee_loc, left, ((*right).clone(), callee_loc))
            }
        }
    }

    fn native(&mut self, native: &'static Native, args: Vec<(Meaning, Loc)>, loc: Loc) -> Eval {
        let name = self.called(native.name);
        match native.run {
            Run::Plain(run) => {
                let mut ready = Vec::with_capacity(args.len());
                let mut fault = false;
                for (i, ((meaning, arg_loc), kind)) in
                    args.into_iter().zip(native.takes).enumerate()
                {
                    match self.argument(meaning, arg_loc, *kind, &name, i) {
                        Ok(arg) => ready.push(arg),
                        Err(_) => fault = true,
                    }
                }
                if fault {
                    return Err(super::Fault);
                }
                match lift::run(native, run, ready) {
                    Ok(pattern) => Ok(Meaning::pattern(pattern)),
                    Err(failure) => {
                        let at =
                            failure.loc.filter(|l| l.file() != super::STDLIB_FILE).unwrap_or(loc);
                        let message = format!("`{name}`: {}", failure.message);
                        self.report(Problem::error("bad-argument", at, message))
                    }
                }
            }
            Run::Build(run) => {
                let mut call = Call { eval: self, args, loc, name };
                call.check(native.takes)?;
                run(&mut call)
            }
        }
    }

    /// An argument as the kind that a native takes.
    fn argument(
        &mut self,
        meaning: Meaning,
        loc: Loc,
        kind: Kind,
        name: &str,
        i: usize,
    ) -> Eval<lift::Arg> {
        use lift::Arg;
        let wrong = |this: &mut Self, meaning: &Meaning| {
            let problem = Problem::error("argument-kind", loc, format!("`{name}` cannot use this"));
            let problem = problem.expected(kind.describe()).found(meaning.kind());
            let problem = match (kind, meaning) {
                (Kind::Fun, Meaning::Pattern(..)) => {
                    problem.help("a function is written `rev`, `(.fast 2)` or `(\\x -> …)`")
                }
                (_, Meaning::Function(_)) if i == 0 => {
                    problem.help("are the arguments in the right order? the pattern comes last")
                }
                _ => problem,
            };
            this.report(problem)
        };
        match (kind, meaning) {
            (Kind::Pat, m @ (Meaning::Pattern(..) | Meaning::Generator(_) | Meaning::Text(_))) => {
                Ok(Arg::Pattern(self.pattern_of(m, loc)?))
            }
            (Kind::Text, Meaning::Pattern(p, text)) => {
                let spelled = text.and_then(|t| crate::native::spaced_scale(&t));
                Ok(Arg::Value(spelled.unwrap_or(p), loc))
            }
            (
                Kind::Time | Kind::Num | Kind::Int | Kind::Val | Kind::Text,
                m @ (Meaning::Pattern(..) | Meaning::Text(_)),
            ) => Ok(Arg::Value(self.pattern_of(m, loc)?, loc)),
            (Kind::Val, Meaning::List(items)) => {
                self.constant_list(items, loc).map(|p| Arg::Value(p, loc))
            }
            (Kind::List | Kind::Choice, Meaning::List(items)) => {
                let patterns: Vec<Eval<Pattern>> =
                    items.into_iter().map(|m| self.item_pattern(m, loc)).collect();
                Ok(Arg::List(patterns.into_iter().collect::<Eval<Vec<_>>>()?))
            }
            (Kind::Choice, Meaning::Table(rows)) => {
                let mut named = Vec::new();
                for (key, m) in rows {
                    named.push((key, self.pattern_of(m, loc)?));
                }
                Ok(Arg::Table(named))
            }
            (Kind::Pairs, Meaning::List(items)) => self.rows(items, loc).map(Arg::Rows),
            (_, meaning) => wrong(self, &meaning),
        }
    }

    fn item_pattern(&mut self, meaning: Meaning, loc: Loc) -> Eval<Pattern> {
        match meaning {
            Meaning::List(items) => {
                let inner: Vec<Eval<Pattern>> =
                    items.into_iter().map(|m| self.item_pattern(m, loc)).collect();
                Ok(mag_pattern::cat::fastcat(inner.into_iter().collect::<Eval<Vec<_>>>()?))
            }
            other => self.pattern_of(other, loc),
        }
    }

    /// A list of lists, each as patterns: `[[3, "a"], [1, "b"]]`.
    fn rows(&mut self, items: Vec<Meaning>, loc: Loc) -> Eval<Vec<Vec<Pattern>>> {
        let mut rows = Vec::new();
        for item in items {
            let row = match item {
                Meaning::List(cells) => cells,
                single => vec![single],
            };
            let cells: Vec<Eval<Pattern>> =
                row.into_iter().map(|m| self.item_pattern(m, loc)).collect();
            rows.push(cells.into_iter().collect::<Eval<Vec<_>>>()?);
        }
        Ok(rows)
    }

    /// A list of plain values as one value.
    fn constant_list(&mut self, items: Vec<Meaning>, loc: Loc) -> Eval<Pattern> {
        let mut values = Vec::new();
        for item in items {
            let pattern = self.pattern_of(item, loc)?;
            match pattern.constant() {
                Some(value) => values.push(value.clone()),
                None => {
                    let problem =
                        Problem::error("argument-kind", loc, "this list must hold plain values");
                    return self.report(problem);
                }
            }
        }
        Ok(Pattern::pure(mag_pattern::Value::list(values)))
    }
}

impl Call<'_> {
    /// Checks that functions, lists and numbers stand where they should.
    fn check(&mut self, takes: &[Kind]) -> Eval<()> {
        let mut fault = false;
        for (i, kind) in takes.iter().enumerate() {
            let Some((meaning, loc)) = self.args.get(i) else { continue };
            let fits = match kind {
                Kind::Fun => matches!(meaning, Meaning::Function(_)),
                Kind::Funs => matches!(meaning, Meaning::List(_)),
                _ => true,
            };
            if !fits {
                let name = &self.name;
                let problem =
                    Problem::error("argument-kind", *loc, format!("`{name}` cannot use this"))
                        .expected(kind.describe())
                        .found(meaning.kind())
                        .help("a function is written `rev`, `(.fast 2)` or `(\\x -> …)`");
                let _reported: Eval<()> = self.eval.report(problem);
                fault = true;
            }
        }
        if fault { Err(super::Fault) } else { Ok(()) }
    }
    /// Argument `i` as a pattern.
    pub fn pattern(&mut self, i: usize) -> Eval<Pattern> {
        let (meaning, loc) = self.args[i].clone();
        self.eval.pattern_of(meaning, loc)
    }
    /// Argument `i` as one plain number.
    pub fn number(&mut self, i: usize) -> Eval<f64> {
        let loc = self.args[i].1;
        let pattern = self.pattern(i)?;
        match pattern.constant().and_then(|v| v.number()) {
            Some(x) => Ok(x),
            None => {
                let message = format!("`{}` needs one plain number here", self.name);
                self.eval.report(Problem::error("argument-kind", loc, message).expected("a number"))
            }
        }
    }
    /// Function `i` done to a pattern.
    pub fn call(&mut self, i: usize, to: Pattern) -> Eval<Pattern> {
        let (f, loc) = self.args[i].clone();
        self.apply(f, loc, to)
    }
    /// A function done to a pattern.
    pub fn apply(&mut self, f: Meaning, loc: Loc, to: Pattern) -> Eval<Pattern> {
        let result = self.eval.apply(f, loc, vec![(Meaning::pattern(to), loc)], self.loc)?;
        self.eval.pattern_of(result, loc)
    }
    /// Argument `i` as a list.
    pub fn list(&self, i: usize) -> Vec<Meaning> {
        match &self.args[i].0 {
            Meaning::List(items) => items.clone(),
            other => vec![other.clone()],
        }
    }
    /// The place of argument `i`.
    pub fn place(&self, i: usize) -> Loc {
        self.args[i].1
    }
}

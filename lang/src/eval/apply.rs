//! Application: functions given their arguments.

use super::{Eval, Evaluator, Frame};
use crate::meaning::{Body, Function, Meaning};
use crate::native::Run;
use crate::problem::Problem;
use mag_pattern::Loc;

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
            if loc.file() == super::STDLIB_FILE && callee_loc.file() != super::STDLIB_FILE {
                return self.needs_function(&callee, callee_loc);
            }
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
            return self.sized(Meaning::Function(f), loc);
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
        self.spend(loc, 1)?;
        let depth = f.given.iter().map(|(m, _)| m.depth()).max().unwrap_or(0);
        match f.body {
            Body::Native(native) => {
                let outer = std::mem::take(&mut self.deepest);
                let site = self.site(&f, loc);
                let result = match native.run {
                    Run::Plain(run) => self.plain(native, run, f.given, &site),
                    Run::Build(run) => self.build(native, run, f.given, &site),
                };
                // What its functions made is inside of what it made.
                let inner = depth.max(self.deepest);
                self.deepest = outer.max(inner);
                match result? {
                    Meaning::Pattern(p, None) => self.deepen(p, inner, loc),
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
            Body::Lambda { params, body, scope, .. } => {
                self.spend_reading(body.loc)?;
                let mut inner = scope;
                for (param, (meaning, arg_loc)) in params.iter().zip(f.given) {
                    inner = inner.bind(&param.name, meaning, arg_loc);
                }
                self.calls.push(Frame { name: f.name, signature: f.signature, loc });
                let result = self.expr(&body, &inner);
                self.calls.pop();
                result
            }
            Body::Chain { links, scope, .. } => {
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
}

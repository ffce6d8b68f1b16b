//! Chains: `base .name args…`.

use super::{Eval, Evaluator};
use crate::generator::{Generator, is_modifier};
use crate::meaning::{Body, Function, Meaning};
use crate::problem::Problem;
use crate::scope::Scope;
use crate::syntax::ast::{Expr, ExprKind, Ident, Link};
use mag_pattern::{Loc, Pattern, Sym};

impl Evaluator {
    pub(super) fn chain(&mut self, base: &Expr, links: &[Link], scope: &Scope) -> Eval {
        let start = self.expr(base, scope);
        self.links(start, base.loc, links, scope)
    }

    /// Pipes a meaning through links. Goes on after a failure to find the problems in later ones.
    pub(super) fn links(&mut self, start: Eval, loc: Loc, links: &[Link], scope: &Scope) -> Eval {
        let mut now = start;
        let mut at = loc;
        // The link that made the phrases of a model a pattern like any other.
        let mut settled = None;
        for link in links {
            let generator = matches!(now, Ok(Meaning::Generator(_)));
            let modifier = is_modifier(&link.name.name);
            // (a part that is called `fill` takes no modifier away)
            let free = scope.get(&link.name.name).is_none() || scope.is_part(&link.name.name);
            now = match now {
                Err(fault) if modifier => Err(fault),
                Ok(Meaning::Generator(model)) if model.verb.takes(&link.name.name) => {
                    self.modifier(*model, link, scope)
                }
                Ok(Meaning::Generator(model)) if modifier && free => {
                    self.inapplicable(model.verb, link)
                }
                Ok(_) if modifier && free => self.misplaced(link, settled),
                base => self.link(base, at, link, scope),
            };
            if generator && matches!(now, Ok(Meaning::Pattern(..))) {
                settled = Some(&link.name);
            }
            at = at.join(link.loc);
        }
        now
    }

    /// A modifier of generators after something else.
    fn misplaced(&mut self, link: &Link, settled: Option<&Ident>) -> Eval {
        let name = &link.name.name;
        let problem =
            |message: String| Problem::error("misplaced-modifier", link.name.loc, message);
        self.report(match settled {
            Some(before) => problem(format!("`.{name}` comes too late"))
                .note(before.loc, "from here on it is a pattern, not a model")
                .help(format!("put `.{name}` before `.{}`", before.name)),
            None => problem(format!("`.{name}` is for models such as `melody`"))
                .found("a pattern before it")
                .help(format!("write `melody .{name} …`")),
        })
    }

    /// A modifier of other models than this one.
    fn inapplicable(&mut self, verb: &crate::generator::Verb, link: &Link) -> Eval {
        let name = &link.name.name;
        let message = format!("`{}` does not take `.{name}`", verb.name);
        let others: Vec<&str> = crate::generator::VERBS
            .iter()
            .filter(|other| other.takes(name))
            .map(|other| other.name)
            .collect();
        let own: Vec<String> = verb.all_modifiers().map(|own| format!(".{own}")).collect();
        let problem = Problem::error("generator-modifier", link.name.loc, message)
            .expected(own.join(" "))
            .help(format!("`.{name}` is for {}", others.join(", ")));
        self.report(problem)
    }

    fn link(&mut self, base: Eval, base_loc: Loc, link: &Link, scope: &Scope) -> Eval {
        let name = link.name.name.as_str();
        let callee = self.name(name, link.name.loc, scope);
        let args = self.arguments(&link.args, scope);
        let (base, callee, args) = (base?, callee?, args?);
        match callee {
            Meaning::Function(Function { body: Body::Control(control), .. }) if args.len() <= 1 => {
                self.control_link(base, base_loc, control, args, link)
            }
            Meaning::Function(f) => {
                self.count_arguments(&f, &base, args.len() + 1, (link, scope))?;
                let mut all = args;
                all.push((base, base_loc));
                self.apply(Meaning::Function(f), link.name.loc, all, link.loc)
            }
            other => {
                let problem = Problem::error(
                    "not-a-function",
                    link.name.loc,
                    format!("`{name}` is not a function"),
                );
                self.report(problem.expected("a function after the dot").found(other.kind()))
            }
        }
    }

    fn count_arguments(
        &mut self,
        f: &Function,
        base: &Meaning,
        n: usize,
        (link, scope): (&Link, &Scope),
    ) -> Eval<()> {
        let wanted = f.arity - f.given.len();
        if n == wanted || (n > wanted && wanted == 0) {
            return Ok(());
        }
        let needs = super::number::arguments(wanted - 1);
        let found = if n == 1 { "none".into() } else { (n - 1).to_string() };
        let mut problem = Problem::error(
            "argument-count",
            link.loc,
            format!("`.{}` takes {needs}, found {found}", link.name.name),
        );
        if let Some(signature) = super::expr::signature(f) {
            problem =
                problem.help(format!("`{signature}`; the pattern before the dot is the last"));
        }
        if let (Some(inner), true) = (function_among(&link.args, scope), n > wanted) {
            let outer = &link.name.name;
            problem = problem.help(format!(
                "a function and its arguments go in brackets: `.{outer} … (.{inner} …)`"
            ));
        }
        if matches!(base, Meaning::Function(_)) {
            problem = problem.found("a function before the dot");
        }
        self.report(super::habits::call(&link.name.name, problem))
    }

    /// `x .speed 2` sets a control; `x .note` makes plain values one.
    fn control_link(
        &mut self,
        base: Meaning,
        base_loc: Loc,
        control: Sym,
        args: Vec<(Meaning, Loc)>,
        link: &Link,
    ) -> Eval {
        let pattern = self.pattern_of(base, base_loc)?;
        let Some((arg, loc)) = args.into_iter().next() else {
            let made = crate::native::control::controls(control, &pattern);
            return self.deepen(made, pattern.depth, link.loc);
        };
        let value = self.control_argument(arg, loc)?;
        let depth = pattern.depth.max(value.depth);
        let set = crate::native::control::set(control, &pattern, &value);
        self.deepen(set, depth, link.loc)
    }

    /// What a control is set to: a pattern, or plain text as one word.
    pub(super) fn control_argument(&mut self, arg: Meaning, loc: Loc) -> Eval<Pattern> {
        self.pattern_of(arg, loc)
    }

    fn modifier(&mut self, mut generator: Generator, link: &Link, scope: &Scope) -> Eval {
        let args = self.arguments(&link.args, scope)?;
        let mut args = args.into_iter();
        let result = match (args.next(), args.next()) {
            (_, Some((_, loc))) => {
                let message = format!("`.{}` takes one argument", link.name.name);
                return self.report(Problem::error("argument-count", loc, message));
            }
            (arg, None) => generator.modify(&link.name.name, arg.as_ref().map(|(m, _)| m)),
        };
        match result {
            Ok(()) => Ok(Meaning::Generator(Box::new(generator))),
            Err(why) => {
                let written = link.args.first().map_or(link.loc, |e| e.loc);
                let loc = why.loc.filter(|loc| loc.file() == written.file()).unwrap_or(written);
                self.report(Problem::error("generator-modifier", loc, why.message))
            }
        }
    }
}

/// The name of a function among arguments that wants more than one of its own.
fn function_among<'e>(args: &'e [Expr], scope: &Scope) -> Option<&'e str> {
    args.iter().find_map(|arg| match &arg.kind {
        ExprKind::Name(name) => match scope.get(name)? {
            Meaning::Function(f) => (f.arity > f.given.len() + 1).then_some(name.as_str()),
            _ => None,
        },
        _ => None,
    })
}

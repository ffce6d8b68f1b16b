//! Natives given their arguments: each as the kind that the native takes.

use super::{Call, Eval, Evaluator, Site};
use crate::meaning::Meaning;
use crate::native::{Build, Kind, Native, Plain, lift};
use crate::problem::Problem;
use mag_pattern::{Loc, Pattern};

impl Evaluator {
    /// Calls a native that works on plain values.
    pub(super) fn plain(
        &mut self,
        native: &'static Native,
        run: Plain,
        args: Vec<(Meaning, Loc)>,
        site: &Site,
    ) -> Eval {
        let mut ready = Vec::with_capacity(args.len());
        let mut fault = false;
        for ((meaning, arg_loc), kind) in args.into_iter().zip(native.takes) {
            match self.argument(meaning, arg_loc, *kind, site) {
                Ok(arg) => ready.push(arg),
                Err(_) => fault = true,
            }
        }
        if fault {
            return Err(super::Fault);
        }
        match lift::run(native, run, ready, &site.name) {
            Ok(pattern) => Ok(Meaning::pattern(pattern)),
            Err(failure) => {
                let at = failure.loc.filter(|l| l.file() != super::STDLIB_FILE).unwrap_or(site.loc);
                let problem = Problem::error("bad-argument", at, failure.message);
                self.report(with_signature(problem, site, ""))
            }
        }
    }

    /// Calls a native that calls functions among its arguments.
    pub(super) fn build(
        &mut self,
        native: &'static Native,
        run: Build,
        args: Vec<(Meaning, Loc)>,
        site: &Site,
    ) -> Eval {
        let mut fault = false;
        for ((meaning, arg_loc), kind) in args.iter().zip(native.takes) {
            let fits = match kind {
                Kind::Fun => matches!(meaning, Meaning::Function(_)),
                Kind::Funs => matches!(meaning, Meaning::List(_)),
                _ => true,
            };
            if !fits {
                let problem = wrong_kind(meaning, *arg_loc, *kind, site);
                let _reported: Eval<()> = self.report(problem);
                fault = true;
            }
        }
        if fault {
            return Err(super::Fault);
        }
        run(&mut Call { eval: self, args, loc: site.loc, name: site.name.to_string() })
    }

    /// The stdlib was given something else where it calls a function.
    pub(super) fn needs_function(&mut self, given: &Meaning, given_loc: Loc) -> Eval {
        let Some(frame) = self.outside() else { return Err(super::Fault) };
        let (name, signature) = (frame.name.clone(), frame.signature.clone());
        let site = Site { name, signature, loc: frame.loc };
        self.report(wrong_kind(given, given_loc, Kind::Fun, &site))
    }

    /// An argument as the kind that a native takes.
    fn argument(&mut self, meaning: Meaning, loc: Loc, kind: Kind, site: &Site) -> Eval<lift::Arg> {
        use lift::Arg;
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
            (_, meaning) => {
                let problem = wrong_kind(&meaning, loc, kind, site);
                self.report(problem)
            }
        }
    }

    /// An item of a list as a pattern; a list in it is a sequence.
    fn item_pattern(&mut self, meaning: Meaning, loc: Loc) -> Eval<Pattern> {
        match meaning {
            Meaning::List(items) => {
                let depth = items.iter().map(Meaning::depth).max().unwrap_or(0);
                let inner: Vec<Eval<Pattern>> =
                    items.into_iter().map(|m| self.item_pattern(m, loc)).collect();
                let row = mag_pattern::cat::fastcat(inner.into_iter().collect::<Eval<Vec<_>>>()?);
                let deeper = self.deepen(row, depth, loc)?;
                self.pattern_of(deeper, loc)
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
                    let message = "this list must hold plain values";
                    let problem = Problem::error("argument-kind", loc, message);
                    return self.report(problem.expected("numbers or words such as [0, 0.25]"));
                }
            }
        }
        Ok(Pattern::pure(mag_pattern::Value::list(values)))
    }
}

/// The problem of an argument that a function cannot use.
fn wrong_kind(meaning: &Meaning, arg_loc: Loc, kind: Kind, site: &Site) -> Problem {
    let message = match kind {
        Kind::Fun => format!("`{}` needs a function here", site.name),
        Kind::Num | Kind::Time | Kind::Int => format!("`{}` needs a number here", site.name),
        Kind::List | Kind::Choice | Kind::Pairs | Kind::Funs => {
            format!("`{}` needs a list here", site.name)
        }
        Kind::Val | Kind::Text | Kind::Pat => format!("`{}` needs a pattern here", site.name),
    };
    let problem = Problem::error("argument-kind", arg_loc, message)
        .expected(kind.describe())
        .found(meaning.kind());
    let hint = match (kind, meaning) {
        (Kind::Fun, _) => "a function is written `rev`, `(.fast 2)` or `(\\x -> …)`",
        (Kind::List | Kind::Choice, _) => "a list is written `[\"bd\", \"sn hh\"]`",
        (Kind::Funs, _) => "a list of functions is written `[rev, (.fast 2)]`",
        (_, Meaning::Function(_)) => "the pattern that is changed comes last",
        _ => "",
    };
    with_signature(problem, site, hint)
}

/// Says how the function is called, and a hint.
fn with_signature(problem: Problem, site: &Site, hint: &str) -> Problem {
    match (&*site.signature, hint) {
        ("", "") => problem,
        ("", hint) => problem.help(hint),
        (signature, "") => problem.help(format!("it is called like this: `{signature}`")),
        (signature, hint) => problem.help(format!("`{signature}`: {hint}")),
    }
}

//! The commands that take time: `fade`, `xfade`, `nudge`, and how long a change takes.

use super::super::Eval;
use super::super::stmt::Reader;
use super::text_of;
use crate::problem::Problem;
use crate::program::{Action, Fader};
use crate::syntax::ast::{Expr, ExprKind, Ident};
use mag_pattern::{Loc, Time};

/// Cycles that a fade takes if nothing is said.
const FADE: i64 = 8;
/// The longest fade, in cycles.
const LONGEST: f64 = 4096.0;
/// The furthest nudge, in milliseconds.
const FURTHEST: f64 = 10_000.0;

impl Reader<'_> {
    /// Takes `over 8` off the end of arguments.
    pub(super) fn over<'e>(&mut self, args: &'e [Expr]) -> Eval<(&'e [Expr], Option<Time>)> {
        match args {
            [rest @ .., word, length] if is_word(word, "over") => {
                Ok((rest, Some(self.cycles(length)?)))
            }
            _ => Ok((args, None)),
        }
    }

    /// A length in cycles.
    fn cycles(&mut self, arg: &Expr) -> Eval<Time> {
        let pattern = self.expr_pattern(arg)?;
        match pattern.constant().and_then(|v| v.number()) {
            Some(x) if (0.0..=LONGEST).contains(&x) => Ok(Time::from_f64(x)),
            _ => {
                let problem = Problem::error("bad-argument", arg.loc, "this is no length");
                self.eval.report(problem.expected(format!("a number of cycles, 0 to {LONGEST}")))
            }
        }
    }

    /// One number within a range, which is described for whoever misses it.
    pub(super) fn one_within(
        &mut self,
        name: &Ident,
        args: &[Expr],
        loc: Loc,
        (from, to, expected): (f64, f64, &str),
    ) -> Eval<f64> {
        let x = self.one_number(name, args, loc)?;
        if (from..=to).contains(&x) {
            return Ok(x);
        }
        let message = format!("this {} cannot be played", name.name);
        self.eval.report(Problem::error("bad-argument", loc, message).expected(expected))
    }

    /// `now`, `beat`, `bar`, or a number of bars.
    pub(super) fn quantum(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<String> {
        let arg = self.one(name, args, loc)?;
        let bars = |x: f64| x.fract() == 0.0 && (1.0..=1024.0).contains(&x);
        let word = match &arg.kind {
            ExprKind::Num(x) if bars(*x) => Some(format!("{x}")),
            _ => text_of(arg).ok().filter(|text| {
                ["now", "beat", "bar", "cycle"].contains(&text.as_str())
                    || text.parse().is_ok_and(bars)
            }),
        };
        match word {
            Some(word) => Ok(word),
            None => {
                let problem = Problem::error("bad-argument", arg.loc, "this is no quantum");
                self.eval.report(problem.expected("now, beat, bar or a number of bars"))
            }
        }
    }

    /// `nudge 20`, `nudge by -5`.
    pub(super) fn nudge(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<()> {
        let (by, args) = match args {
            [word, rest @ ..] if is_word(word, "by") => (true, rest),
            _ => (false, args),
        };
        let range = (-FURTHEST, FURTHEST, "-10000 to 10000 milliseconds");
        let x = self.one_within(name, args, loc, range)?;
        let from = if by { self.program.nudge } else { 0.0 };
        self.program.nudge = (from + x).clamp(-FURTHEST, FURTHEST);
        self.program.said.nudge = Some(self.program.nudge);
        self.actions.push(Action::Say(format!("nudge: {} ms", self.program.nudge)));
        Ok(())
    }

    /// `xfade 4`, `xfade 2 pad lead`, `xfade pad lead 2`.
    pub(super) fn xfade(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<()> {
        let (length, parts) = match args {
            // (as `fade` has it)
            [parts @ .., length] if matches!(length.kind, ExprKind::Num(_)) => (length, parts),
            [length, parts @ ..] => (length, parts),
            [] => return self.one(name, args, loc).map(|_| ()),
        };
        let cycles = self.cycles(length)?;
        if parts.is_empty() {
            self.program.xfade = cycles;
            self.program.xfades.clear();
            self.program.said.xfade = Some(cycles);
            self.program.said.xfades.clear();
            return Ok(());
        }
        self.parts_named(parts, |program, part| {
            program.xfades.insert(part.clone(), cycles);
            program.said.xfades.insert(part, cycles);
        })
    }

    /// `fade out pad 8`, `fade in`, `fade in pad .over 4`.
    pub(super) fn fade(&mut self, args: &[Expr], loc: Loc) -> Eval<()> {
        let (args, over) = self.over(args)?;
        let (up, rest) = match args {
            [word, rest @ ..] if is_word(word, "in") => (true, rest),
            [word, rest @ ..] if is_word(word, "out") => (false, rest),
            _ => {
                let problem = Problem::error("bad-argument", loc, "fade in, or out?");
                return self.eval.report(problem.help("write `fade out pad 8` or `fade in pad 8`"));
            }
        };
        let (parts, over) = match (over, rest) {
            (None, [parts @ .., length]) if matches!(length.kind, ExprKind::Num(_)) => {
                (parts, self.cycles(length)?)
            }
            (over, parts) => (parts, over.unwrap_or(Time::int(FADE))),
        };
        let fader = Fader { up, over };
        if parts.is_empty() {
            let all: Vec<String> = self.program.parts.keys().cloned().collect();
            self.program.faders.extend(all.iter().map(|part| (part.clone(), fader)));
            self.program.said.faded.extend(all.into_iter().map(|part| (part, fader)));
            return Ok(());
        }
        self.parts_named(parts, |program, part| {
            program.faders.insert(part.clone(), fader);
            program.said.faded.insert(part, fader);
        })
    }
}

fn is_word(expr: &Expr, word: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if name == word)
}

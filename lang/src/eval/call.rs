//! What a native sees that calls functions among its arguments.

use super::{Eval, Evaluator};
use crate::meaning::Meaning;
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

impl Call<'_> {
    /// Argument `i` as a pattern.
    pub fn pattern(&mut self, i: usize) -> Eval<Pattern> {
        let (meaning, loc) = self.args[i].clone();
        self.eval.pattern_of(meaning, loc)
    }
    /// Argument `i` as one plain number.
    pub fn number(&mut self, i: usize) -> Eval<f64> {
        let (meaning, loc) = self.args[i].clone();
        let kind = meaning.kind();
        let pattern = self.eval.pattern_of(meaning, loc)?;
        match pattern.constant().and_then(|v| v.number()) {
            Some(x) if x.is_finite() => Ok(x),
            not_finite => {
                let found = not_finite.map_or(kind, |_| "something like 1/0".into());
                let message = format!("`{}` needs one plain number here", self.name);
                let problem = Problem::error("argument-kind", loc, message);
                self.eval.report(problem.expected("a number").found(found))
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

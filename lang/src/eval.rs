//! Evaluation: from the tree of a text to what it means.
//!
//! An [`Evaluator`] walks expressions and gathers all problems. It has limits in depth and work,
//! so that no text can make it hang, and it never panics.

mod apply;
mod chain;
mod expr;
mod number;
pub(crate) mod stmt;

use crate::meaning::Meaning;
use crate::problem::Problem;
use mag_pattern::Loc;
use std::collections::HashSet;

pub(crate) use apply::Call;

/// File number of the stdlib: problems inside it are reported where it was called from.
pub const STDLIB_FILE: u16 = u16::MAX;

/// Applications that one evaluation may make.
const FUEL: u32 = 100_000;
/// Calls within calls.
const CALL_DEPTH: usize = 150;

/// A failure whose problem has been reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault;

pub(crate) type Eval<T = Meaning> = Result<T, Fault>;

/// One evaluation of one text.
pub(crate) struct Evaluator {
    /// What went wrong so far.
    pub problems: Vec<Problem>,
    /// Own names that were looked up.
    pub used: HashSet<String>,
    fuel: u32,
    /// The calls from the performer's text into the stdlib that are being evaluated.
    calls: Vec<Frame>,
    depth: usize,
}

/// A call of a function written in mag.
struct Frame {
    name: std::sync::Arc<str>,
    loc: Loc,
}

impl Evaluator {
    pub fn new() -> Evaluator {
        let (problems, used, calls) = (Vec::new(), HashSet::new(), Vec::new());
        Evaluator { problems, used, fuel: FUEL, calls, depth: 0 }
    }

    /// Reports a problem; inside the stdlib it is the caller's.
    pub fn report<T>(&mut self, problem: Problem) -> Eval<T> {
        let problem = self.at_caller(problem);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        Err(Fault)
    }

    fn at_caller(&self, mut problem: Problem) -> Problem {
        if problem.loc.file() == STDLIB_FILE {
            let outside = self.calls.iter().rev().find(|f| f.loc.file() != STDLIB_FILE);
            problem.loc = outside.map_or(problem.loc, |f| f.loc);
        }
        problem
    }

    /// The name that the performer called, while the stdlib does its work.
    pub fn called(&self, name: &str) -> String {
        let outside = self.calls.iter().position(|f| f.loc.file() != STDLIB_FILE);
        match outside.and_then(|i| self.calls.get(i)) {
            Some(frame) if name.starts_with('_') => frame.name.to_string(),
            _ => name.to_string(),
        }
    }

    /// Pays for one application.
    fn spend(&mut self, loc: Loc) -> Eval<()> {
        if self.fuel == 0 {
            let problem =
                Problem::error("too-much-work", loc, "this takes too much work to evaluate");
            return self
                .report(problem.help("functions that call functions many times over add up"));
        }
        self.fuel -= 1;
        Ok(())
    }

    /// Runs `f` one level deeper.
    fn deeper<T>(&mut self, loc: Loc, f: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.depth >= CALL_DEPTH {
            return self.report(Problem::error("too-deep", loc, "calls nested too deeply"));
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }
}

//! Evaluation: from the tree of a text to what it means.
//!
//! An [`Evaluator`] walks expressions and gathers all problems. It has limits in depth and work,
//! so that no text can make it hang, and it never panics.

mod apply;
mod argument;
mod call;
mod chain;
mod command;
mod expr;
pub(crate) mod habits;
mod number;
pub(crate) mod stmt;
mod synth;

use crate::meaning::{Body, Function, Meaning};
use crate::problem::Problem;
use mag_pattern::Loc;
use std::collections::HashSet;
use std::sync::Arc;

pub(crate) use call::Call;
pub(crate) use expr::written;

/// File number of the stdlib: problems inside it are reported where it was called from.
pub const STDLIB_FILE: u16 = u16::MAX;

/// Work that one evaluation may do: applications, and text of functions and patterns that is read
/// again for each.
const FUEL: usize = 200_000;
/// The same for a function that is called while a pattern is playing.
const BRIEF_FUEL: usize = 500;
/// Calls within calls.
const CALL_DEPTH: usize = 120;
/// After so many problems the others are not told.
const MAX_PROBLEMS: usize = 200;
/// Lists and arguments that one meaning may hold.
const MAX_WEIGHT: usize = 20_000;
/// Functions and lists that may be built on each other.
const MAX_NESTING: u16 = 200;

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
    /// Names whose definition failed: that was reported, and their uses are not.
    pub broken: HashSet<String>,
    /// Parts further down in the text.
    pub coming: HashSet<String>,
    /// The name whose definition is being read.
    pub defining: Option<String>,
    /// What was reported already.
    told: HashSet<(Loc, String)>,
    fuel: usize,
    /// The calls from the performer's text into the stdlib that are being evaluated.
    calls: Vec<Frame>,
    depth: usize,
    /// The deepest pattern made since a native was called.
    deepest: u16,
}

/// A call of a function written in mag.
struct Frame {
    name: Arc<str>,
    signature: Arc<str>,
    loc: Loc,
}

/// A call as the performer sees it.
struct Site {
    /// What was called.
    name: Arc<str>,
    /// How it is called: `every n f p`; empty if it has no name.
    signature: Arc<str>,
    /// Where the call stands, perhaps in the stdlib.
    loc: Loc,
}

impl Evaluator {
    pub fn new() -> Evaluator {
        Evaluator {
            problems: Vec::new(),
            used: HashSet::new(),
            broken: HashSet::new(),
            coming: HashSet::new(),
            defining: None,
            told: HashSet::new(),
            fuel: FUEL,
            calls: Vec::new(),
            depth: 0,
            deepest: 0,
        }
    }

    /// An evaluator for one call while a pattern is playing, where time is short.
    pub fn brief() -> Evaluator {
        Evaluator { fuel: BRIEF_FUEL, ..Evaluator::new() }
    }

    /// Reports a problem; inside the stdlib it is the caller's.
    pub fn report<T>(&mut self, problem: Problem) -> Eval<T> {
        let problem = self.at_caller(problem);
        if self.problems.len() == MAX_PROBLEMS {
            let message = format!("more than {MAX_PROBLEMS} problems");
            let last = Problem::error("too-many-problems", problem.loc, message);
            self.problems.push(last.help("the others are told when these are mended"));
        }
        if self.problems.len() < MAX_PROBLEMS
            && self.told.insert((problem.loc, problem.message.clone()))
        {
            self.problems.push(problem);
        }
        Err(Fault)
    }

    fn at_caller(&self, mut problem: Problem) -> Problem {
        if problem.loc.file() == STDLIB_FILE {
            problem.loc = self.outside().map_or(problem.loc, |f| f.loc);
        }
        problem
    }

    /// The innermost call in the performer's own text.
    fn outside(&self) -> Option<&Frame> {
        self.calls.iter().rev().find(|f| f.loc.file() != STDLIB_FILE)
    }

    /// What the performer called while `f` is called at `loc`: that function, or the one of the
    /// stdlib that does its work with it.
    fn site(&self, f: &Function, loc: Loc) -> Site {
        let inside = loc.file() == STDLIB_FILE || f.name.starts_with('_');
        match self.outside().filter(|_| inside) {
            Some(frame) => {
                Site { name: frame.name.clone(), signature: frame.signature.clone(), loc }
            }
            None => Site { name: f.name.clone(), signature: f.signature.clone(), loc },
        }
    }

    /// Reports a problem unless one of its kind has been reported: more of it would tell nothing.
    fn report_once<T>(&mut self, problem: Problem) -> Eval<T> {
        let told = self.problems.iter().any(|p| p.code == problem.code);
        if told { Err(Fault) } else { self.report(problem) }
    }

    /// Pays for work.
    pub(crate) fn spend(&mut self, loc: Loc, work: usize) -> Eval<()> {
        if self.fuel < work {
            self.fuel = 0;
            let problem = Problem::error("too-much-work", loc, "this takes too much work");
            return self
                .report_once(problem.help("functions that call functions many times over add up"));
        }
        self.fuel -= work;
        Ok(())
    }

    /// Pays for reading the text at `loc` again.
    fn spend_reading(&mut self, loc: Loc) -> Eval<()> {
        self.spend(loc, 1 + (loc.to() - loc.from()) / 32)
    }

    /// A list or function, unless it has grown too large to be copied about.
    pub(crate) fn sized(&mut self, meaning: Meaning, loc: Loc) -> Eval {
        let weight = meaning.weight();
        if weight > MAX_WEIGHT {
            let problem = Problem::error("too-large", loc, "this list is too large");
            return self.report(problem.expected(format!("up to {MAX_WEIGHT} things in all")));
        }
        if meaning.nesting() > MAX_NESTING {
            let message = "functions built on functions too deeply";
            return self.report_once(Problem::error("too-deep", loc, message));
        }
        let kept = match &meaning {
            Meaning::Function(Function {
                body: Body::Lambda { scope, .. } | Body::Chain { scope, .. },
                ..
            }) => scope.weight(),
            _ => 0,
        };
        self.spend(loc, (weight + kept) / 8)?;
        Ok(meaning)
    }

    /// Runs `f` one level deeper.
    fn deeper<T>(&mut self, loc: Loc, f: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.depth >= CALL_DEPTH {
            let problem = |message: &str| Problem::error("too-deep", loc, message);
            return self.report_once(match self.calls.len() > CALL_DEPTH / 4 {
                true => problem("functions call each other without end")
                    .help("no function can call itself, nor through another one"),
                false => problem("nested too deeply").help("give names to the pieces with `let`"),
            });
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }
}

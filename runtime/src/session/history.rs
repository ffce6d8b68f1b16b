//! The programs that were accepted, to step back and forth in.

use mag_lang::Program;
use std::collections::VecDeque;
use std::sync::Arc;

/// Steps that can be undone: more than anybody counts. Each keeps the patterns of its program, a
/// fifth of a megabyte for a thousand events a cycle.
const STEPS: usize = 128;

/// What plays, what played before, and what was undone.
pub struct History {
    past: VecDeque<Arc<Program>>,
    current: Arc<Program>,
    future: Vec<Arc<Program>>,
}

impl History {
    /// A history that begins with `program`.
    pub fn new(program: Arc<Program>) -> History {
        History { past: VecDeque::new(), current: program, future: Vec::new() }
    }
    /// What plays.
    pub fn current(&self) -> &Arc<Program> {
        &self.current
    }
    /// A new program; what was undone is forgotten.
    pub fn push(&mut self, program: Arc<Program>) {
        self.past.push_back(std::mem::replace(&mut self.current, program));
        self.future.clear();
        if self.past.len() > STEPS {
            self.past.pop_front();
        }
    }
    /// The same step with another program, one that sounds the same.
    pub fn replace(&mut self, program: Arc<Program>) {
        self.current = program;
    }
    /// One step back, if there is one.
    pub fn undo(&mut self) -> Option<Arc<Program>> {
        let before = self.past.pop_back()?;
        self.future.push(std::mem::replace(&mut self.current, before));
        Some(self.current.clone())
    }
    /// One step forward again, if one was undone.
    pub fn redo(&mut self) -> Option<Arc<Program>> {
        let after = self.future.pop()?;
        self.past.push_back(std::mem::replace(&mut self.current, after));
        Some(self.current.clone())
    }
}

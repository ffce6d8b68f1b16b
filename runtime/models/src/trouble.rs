//! What went wrong with a model, in words for the performer.

use std::fmt;

/// A refusal with its likely fix: what was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong, naming what was expected and what was found.
    pub what: String,
    /// The likely way out.
    pub fix: String,
}

impl Trouble {
    /// A trouble and its likely fix.
    pub fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { what: what.into(), fix: fix.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.what, self.fix)
    }
}

impl std::error::Error for Trouble {}

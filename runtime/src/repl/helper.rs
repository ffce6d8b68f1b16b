//! What rustyline asks while a line is edited: when it is done, how to go on, how it looks.

use super::paint::paint;
use super::words::Words;
use mag_lang::block;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper, Result};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Helps with the line that is being typed.
#[derive(Helper)]
pub(super) struct Assistant {
    pub words: Arc<Mutex<Words>>,
    pub color: bool,
}

impl Assistant {
    fn words(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a block that ends here can be evaluated, or more lines must follow.
///
/// A first line that is complete is evaluated at once; a block of several lines ends with an
/// empty line, so that a chain can go on from line to line.
pub(super) fn is_done(text: &str) -> bool {
    match text.rsplit_once('\n') {
        None => block::is_complete(text),
        Some((_, last)) => last.trim().is_empty(),
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> Result<ValidationResult> {
        let done = is_done(context.input());
        Ok(if done { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context) -> Result<(usize, Vec<String>)> {
        Ok(self.words().complete(line, at))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, _: &Context) -> Option<String> {
        if at < line.len() { None } else { self.words().wanted(line) }
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        match self.color {
            true => Cow::Owned(paint(line, at, &self.words())),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.color
    }
}

#[cfg(test)]
mod tests {
    use super::is_done;

    #[test]
    fn one_line_or_a_block_that_an_empty_line_ends() {
        assert!(is_done("kick: s \"bd*4\""));
        assert!(is_done(""));
        assert!(!is_done("kick: s (\"bd*4\""));
        assert!(!is_done("let x ="));
        assert!(!is_done("lead: melody .bars 4\n  .over \"Dm7\""));
        assert!(is_done("lead: melody .bars 4\n  .over \"Dm7\"\n"));
        assert!(is_done("kick: s (\"bd*4\"\n"), "an empty line ends what cannot be ended");
    }
}

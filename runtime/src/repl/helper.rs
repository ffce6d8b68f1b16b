//! What rustyline asks while a line is edited: when it is done, how to go on, how it looks.

use super::MARGIN;
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

/// How the margin of a line that goes on is shown: as wide as it is.
const GOES_ON: &str = "\n...  ";

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

/// The block as the language wants it: a line that goes on from an unfinished one need not be
/// indented at the prompt.
pub(super) fn indented(text: &str) -> String {
    let mut block = String::with_capacity(text.len() + 8);
    for line in text.replace(MARGIN, "\n").lines() {
        let goes_on = !block.is_empty() && !block::is_complete(&block);
        if !block.is_empty() {
            block.push('\n');
        }
        if goes_on && !line.starts_with(char::is_whitespace) && !line.is_empty() {
            block.push_str("  ");
        }
        block.push_str(line);
    }
    block
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
        let line = match line.contains(MARGIN) {
            true => Cow::Owned(line.replace(MARGIN, GOES_ON)),
            false => Cow::Borrowed(line),
        };
        if self.color { Cow::Owned(paint(&line, at, &self.words())) } else { line }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, line: &str, _: usize, _: CmdKind) -> bool {
        self.color || line.contains(MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::{indented, is_done};

    #[test]
    fn an_unfinished_line_goes_on_in_column_0() {
        assert_eq!(indented("pad: note ([\"c\",\n\"e\"])\n"), "pad: note ([\"c\",\n  \"e\"])");
        assert_eq!(indented("a: s \"x\"\nb: s \"y\"\n"), "a: s \"x\"\nb: s \"y\"");
        assert_eq!(indented("a: s \"x\"\n  .rev"), "a: s \"x\"\n  .rev");
        // The margin that the prompt gives is none of the text.
        let typed = "a: s \"x\"\n     b: s (\"y\"\n     )\n       .rev\n     ";
        assert_eq!(indented(typed), "a: s \"x\"\nb: s (\"y\"\n  )\n  .rev");
    }

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

//! The mini-notation: text in double quotes to a pattern.
//!
//! [`parse()`] reads the text into a small tree, [`build()`] makes the pattern. The parser is written
//! by hand because strings are parsed on every keystroke of a performance and must point to the
//! exact character that is wrong.

mod build;
mod flat;
mod parse;
pub mod tree;

use crate::problem::Problem;
use mag_pattern::{Loc, Pattern};

pub use build::build;
pub use parse::parse;

/// The pattern of a mini-notation text whose first byte lies at `from` in file `file`.
///
/// # Errors
/// One [`Problem`], at the character where the text stops making sense.
pub fn pattern(text: &str, file: u16, from: usize) -> Result<Pattern, Problem> {
    let (tree, height) = parse::measured(text, file, from)?;
    let mut pattern = build(&tree);
    pattern.depth = height as u16 + 1;
    Ok(pattern)
}

/// The place of bytes `[from, to)` of a text that starts at `base` in `file`.
pub(crate) fn place(file: u16, base: usize, from: usize, to: usize) -> Loc {
    Loc::new(file, base + from, base + to)
}

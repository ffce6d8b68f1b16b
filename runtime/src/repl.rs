//! The prompt: blocks typed by the performer, help, and patterns drawn as rolls.
//!
//! | file | what |
//! | --- | --- |
//! | `prompt` | the line editor on its thread; messages above the line |
//! | `helper`, `paint` | when a block is done, colours |
//! | `words`, `files` | completion |
//! | `manual` | help from the standard library's comments |
//! | `roll` | a pattern as a small piano-roll |

mod files;
mod helper;
pub mod manual;
mod paint;
pub mod prompt;
pub use mag_lang::roll;
pub mod words;

/// What the prompt puts in front of the lines of a block that follow the first, as wide as itself;
/// none of the text.
const MARGIN: &str = "\n     ";

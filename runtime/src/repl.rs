//! The prompt: blocks typed by the performer, help, and patterns drawn as rolls.
//!
//! | file | what |
//! | --- | --- |
//! | `prompt` | the line editor on its thread; messages above the line |
//! | `helper`, `paint`, `words` | when a block is done, colours, completion |
//! | `manual` | help from the standard library's comments |
//! | `roll` | a pattern as a small piano-roll |

mod helper;
pub mod manual;
mod paint;
pub mod prompt;
pub use mag_lang::roll;
pub mod words;

//! The prompt: blocks typed by the performer, help, and patterns drawn as rolls.

pub mod manual;
pub mod roll;

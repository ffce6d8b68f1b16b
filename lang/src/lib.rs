//! The mag language: text in, Program out. No IO, clock, thread or print.

pub mod block;
pub mod problem;
pub mod source;
pub mod syntax;

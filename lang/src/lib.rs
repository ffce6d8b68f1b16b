//! The mag language: text in, Program out. No IO, clock, thread or print.

pub mod block;
pub mod doc;
pub mod mini;
pub mod problem;
pub mod report;
pub mod source;
pub mod suggest;
pub mod syntax;

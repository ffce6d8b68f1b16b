//! The mag language: text in, Program out. No IO, clock, thread or print.
//!
//! [`syntax::parse`] makes a tree and never fails; [`Language::evaluate`] makes a [`Program`] of
//! it, or a list of all its [`Problem`]s; [`report::render`] turns those into text.

pub mod block;
pub mod doc;
mod eval;
mod generator;
pub mod instruments;
mod language;
mod meaning;
pub mod mini;
mod names;
mod native;
mod probe;
pub mod problem;
pub mod program;
pub mod reference;
pub mod report;
pub mod roll;
mod scope;
pub mod source;
mod stdlib;
pub mod suggest;
pub mod syntax;
pub mod synth;
pub mod words;

pub use generator::{Generator, MODIFIERS, PAGES, Page, VERBS, Verb, verb};
pub use language::{Files, Language, NoFiles};
pub use problem::{Problem, Severity};
pub use program::{Action, Evaluation, Fader, Mode, Part, Program, Shown, Target};
pub use scope::Scope;
pub use source::Source;
pub use stdlib::FILES as STDLIB;
pub use synth::Synth;

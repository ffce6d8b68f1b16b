//! The algebra of patterns: exact time, events, combinators. No text, no sound.

pub mod loc;
pub use loc::Loc;

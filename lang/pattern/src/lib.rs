//! The algebra of patterns: exact time, events, combinators. No text, no sound, no clock.
//!
//! [`Time`] is exact and counted in cycles. A [`Pattern`] answers a [`Query`] about a [`Span`]
//! with [`Hap`]s (events). Everything else makes patterns from patterns.

// `!(a < b)` on times is meant: it also holds when one of them is undefined (an overflow).
#![allow(clippy::neg_cmp_op_on_partial_ord)]

pub mod align;
pub mod arith;
pub mod cat;
pub mod chance;
pub mod controls;
pub mod euclid;
pub mod hap;
pub mod harmony;
pub mod join;
pub mod loc;
pub mod note;
pub mod pattern;
mod pointwise;
pub mod query;
pub mod sample;
pub mod seq;
pub mod shift;
pub mod signal;
pub mod span;
pub mod step;
pub mod sym;
pub mod time;
pub mod value;
pub mod world;

pub use controls::Controls;
pub use hap::{Hap, Locs};
pub use loc::Loc;
pub use pattern::Pattern;
pub use query::Query;
pub use span::Span;
pub use sym::Sym;
pub use time::Time;
pub use value::Value;
pub use world::{
    Call, Given, Nowhere, Phrase, PhraseNote, PhraseRequest, Played, Role, Trouble, World,
};

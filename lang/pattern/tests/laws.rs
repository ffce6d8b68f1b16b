//! The laws of the algebra, on patterns made at random.
#![allow(clippy::expect_used)] // helpers of tests fail by panicking

#[path = "laws/algebra.rs"]
mod algebra;
#[path = "laws/made.rs"]
mod made;
#[path = "laws/queries.rs"]
mod queries;
#[path = "laws/time.rs"]
mod time;

//! The laws of the algebra, on patterns made at random.

#[path = "laws/algebra.rs"]
mod algebra;
#[path = "laws/made.rs"]
mod made;
#[path = "laws/queries.rs"]
mod queries;
#[path = "laws/time.rs"]
mod time;

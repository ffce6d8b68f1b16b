//! The tree of a mini-notation text.

use mag_pattern::{Loc, Time, Value};

/// Steps in a row, as in `a b c`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The steps.
    pub steps: Vec<Step>,
    /// Marked with `^`: its steps count for the whole.
    pub counts: bool,
}

/// One step with what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What sounds.
    pub term: Term,
    /// Operators, in order.
    pub ops: Vec<Change>,
    /// Its share of the sequence.
    pub weight: Time,
}

/// What a step is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// `~` or `-`.
    Rest,
    /// A word or number.
    Atom(Value, Loc),
    /// `[…]`, and the whole text.
    Group(Layers),
    /// `<…>`: a step a cycle.
    Slow(Vec<Sequence>),
    /// `{…}%n`: layers that go at the same pace.
    Polymeter(Vec<Sequence>, Option<Box<Step>>),
}

/// How the sequences of a group lie to each other.
#[derive(Clone, Debug, PartialEq)]
pub enum Layers {
    /// `a b, c d`: at once. A single sequence too.
    Stack(Vec<Sequence>),
    /// `a | b`: one of them each cycle; the number tells choices of one text apart.
    Choice(Vec<Sequence>, i64),
    /// `a b . c d`: each one step.
    Feet(Vec<Sequence>),
}

/// An operator behind a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// `*n`
    Fast(Box<Step>),
    /// `/n`
    Slow(Box<Step>),
    /// `!n`
    Replicate(i64),
    /// `(hits,steps,rotation)`
    Euclid(Box<Step>, Box<Step>, Option<Box<Step>>),
    /// `?share`; the number tells several of one text apart.
    Degrade(f64, i64),
    /// `:n`
    Tail(Box<Step>),
    /// `.. n`
    Range(Box<Step>),
}

impl Step {
    /// A bare term.
    pub fn plain(term: Term) -> Step {
        Step { term, ops: Vec::new(), weight: Time::ONE }
    }
}

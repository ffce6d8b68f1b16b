//! Why a graph cannot be played.

use crate::{MAX_COST, MAX_DELAY, MAX_LINES, MAX_OPS, MAX_UNITS};

/// A reason, and the node at which it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// The node, if it is one's.
    pub node: Option<u32>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// A node hears itself, not through a delay.
    Cycle,
    /// More generators than a voice can run.
    TooManyOps,
    /// More generators with a memory than a voice can keep.
    TooManyUnits,
    /// More delay lines than a voice can keep.
    TooManyLines,
    /// Its delay lines together remember so many seconds.
    TooMuchDelay(f32),
    /// A voice of it would take too much of the machine.
    TooCostly(u32),
    /// It has no output, or one of more than two channels, or hears what is not there.
    Malformed,
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Reason::Cycle => f.write_str("a generator hears itself"),
            Reason::TooManyOps => write!(f, "more than {MAX_OPS} generators in one instrument"),
            Reason::TooManyUnits => {
                write!(f, "more than {MAX_UNITS} generators that remember something")
            }
            Reason::TooManyLines => {
                write!(f, "more than {MAX_LINES} delay lines in one instrument")
            }
            Reason::TooMuchDelay(seconds) => {
                write!(f, "{seconds:.2} seconds of delay lines, of at most {MAX_DELAY} for a voice")
            }
            Reason::TooCostly(cost) => {
                write!(f, "{cost} multiplications a frame, of at most {MAX_COST} for a voice")
            }
            Reason::Malformed => f.write_str("a graph without a proper output"),
        }
    }
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.reason.fmt(f)
    }
}

impl core::error::Error for Fault {}

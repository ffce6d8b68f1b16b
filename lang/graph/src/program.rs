//! What an engine runs: operations in order, each reading registers and writing one.

use crate::ugen::{Given, Kind};
use crate::{MAX_ARGUMENTS, MAX_INPUTS};

/// What an operation reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A number.
    Const(f32),
    /// A register.
    Register(u16),
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Op {
    /// What it does.
    pub kind: Kind,
    /// What it reads.
    pub inputs: [Operand; MAX_INPUTS],
    /// The register that it writes.
    pub out: u16,
    /// Its unit of state, if it keeps one.
    pub unit: u16,
    /// Its delay line, if it has one.
    pub line: u16,
    /// Seed of what it draws at random, beside the note's.
    pub salt: u32,
}

/// A graph, ready to be run block by block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The operations, each after those whose registers it reads.
    pub ops: Vec<Op>,
    /// Registers in all: first those of [`Given`], then the arguments, then the rest.
    pub registers: u16,
    /// How many arguments there are.
    pub arguments: u8,
    /// Units of state.
    pub units: u16,
    /// Seconds that each delay line remembers.
    pub lines: Vec<f32>,
    /// One channel, or left and right.
    pub out: Vec<Operand>,
    /// Whether it falls silent by itself after the note.
    pub dies: bool,
    /// Work of a voice, in multiplications a frame.
    pub cost: u32,
}

impl Program {
    /// The register of what every note gives.
    #[must_use]
    pub fn given(given: Given) -> u16 {
        given as u16
    }

    /// The register of argument `i`.
    #[must_use]
    pub fn argument(i: u8) -> u16 {
        Given::ALL.len() as u16 + u16::from(i).min(MAX_ARGUMENTS as u16)
    }

    /// Seconds that all its delay lines remember.
    #[must_use]
    pub fn delay(&self) -> f32 {
        self.lines.iter().sum()
    }
}

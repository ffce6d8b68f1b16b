//! Registers: a signal of one block, which may be one number throughout.

use mag_graph::Operand;
use multiversion::multiversion;

use crate::BLOCK;
use crate::math::largest;

/// A signal of one block, as an operation writes it.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct Register {
    /// Its number; none if it moves.
    still: f32,
    frames: Box<[f32; BLOCK]>,
    len: usize,
}

/// A signal of one block, as an operation reads it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal<'a> {
    /// The same number in all frames.
    Still(f32),
    /// A number for each frame.
    Moving(&'a [f32]),
}

impl Register {
    /// A register that holds 0.
    pub fn new() -> Self {
        Register { still: 0.0, frames: Box::new([0.0; BLOCK]), len: 0 }
    }

    /// Holds one number throughout.
    pub fn set(&mut self, x: f32) {
        self.still = bound(x);
    }

    /// Room for a number for each of `len` frames.
    pub fn moving(&mut self, len: usize) -> &mut [f32] {
        self.still = f32::NAN;
        self.len = len.min(BLOCK);
        &mut self.frames[..self.len]
    }

    /// Whether it is one number throughout.
    pub fn is_still(&self) -> bool {
        !self.still.is_nan()
    }

    /// What it holds.
    pub fn signal(&self) -> Signal<'_> {
        match self.is_still() {
            true => Signal::Still(self.still),
            false => Signal::Moving(&self.frames[..self.len]),
        }
    }

    /// Changes places with another. (Field by field: as a whole, the processor would have to wait
    /// for what was written a moment ago in smaller pieces, a twentieth of a voice's time.)
    pub fn trade(&mut self, other: &mut Register) {
        core::mem::swap(&mut self.still, &mut other.still);
        core::mem::swap(&mut self.frames, &mut other.frames);
        core::mem::swap(&mut self.len, &mut other.len);
    }

    /// Keeps what it holds finite.
    pub fn guard(&mut self) {
        if !self.is_still() {
            guard(&mut self.frames[..self.len]);
        }
    }
}

/// No signal goes beyond it.
const LIMIT: f32 = 1e6;

/// What an operation reads.
pub(super) fn read(input: Operand, registers: &[Register]) -> Signal<'_> {
    match input {
        Operand::Const(x) => Signal::Still(x),
        Operand::Register(r) => {
            registers.get(usize::from(r)).map_or(Signal::Still(0.0), Register::signal)
        }
    }
}

/// 0 for what is no number; the rest within ±[`LIMIT`].
#[multiversion(targets("x86_64+avx2"))]
fn guard(frames: &mut [f32]) {
    for y in frames {
        *y = bound(*y);
    }
}

/// The same for one number.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub(super) fn bound(x: f32) -> f32 {
    // By choices that are done for eight numbers at once.
    let x = if x.is_nan() { 0.0 } else { x };
    let x = if x < LIMIT { x } else { LIMIT };
    if x > -LIMIT { x } else { -LIMIT }
}

impl<'a> Signal<'a> {
    /// Its value at a frame.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    pub fn at(self, i: usize) -> f32 {
        match self {
            Signal::Still(x) => x,
            Signal::Moving(frames) => frames.get(i).copied().unwrap_or(0.0),
        }
    }

    /// Its value at the first frame: what is read once.
    pub fn first(self) -> f32 {
        self.at(0)
    }

    /// Its number, if it does not move.
    pub fn still(self) -> Option<f32> {
        match self {
            Signal::Still(x) => Some(x),
            Signal::Moving(_) => None,
        }
    }

    /// All of its frames, in `room` if it does not move.
    pub fn frames(self, len: usize, room: &'a mut [f32; BLOCK]) -> &'a [f32] {
        match self {
            Signal::Still(x) => {
                room[..len].fill(x);
                &room[..len]
            }
            Signal::Moving(frames) => frames,
        }
    }

    /// Writes its frames.
    pub fn copy(self, to: &mut [f32]) {
        match self {
            Signal::Still(x) => to.fill(x),
            Signal::Moving(frames) => to.iter_mut().zip(frames).for_each(|(y, x)| *y = *x),
        }
    }

    /// Its largest absolute value.
    pub fn size(self) -> f32 {
        match self {
            Signal::Still(x) => x.abs(),
            Signal::Moving(frames) => largest(frames),
        }
    }
}

//! Registers: a signal of one block, which may be one number throughout.

use crate::BLOCK;

/// A signal of one block, as an operation writes it.
#[derive(Clone, Debug)]
pub(super) struct Register {
    /// Its number, if it does not move.
    still: Option<f32>,
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
        Register { still: Some(0.0), frames: Box::new([0.0; BLOCK]), len: 0 }
    }

    /// Holds one number throughout.
    pub fn set(&mut self, x: f32) {
        self.still = Some(if x.is_nan() { 0.0 } else { x.clamp(-LIMIT, LIMIT) });
    }

    /// Room for a number for each of `len` frames.
    pub fn moving(&mut self, len: usize) -> &mut [f32] {
        self.still = None;
        self.len = len.min(BLOCK);
        &mut self.frames[..self.len]
    }

    /// Whether it is one number throughout.
    pub fn is_still(&self) -> bool {
        self.still.is_some()
    }

    /// What it holds.
    pub fn signal(&self) -> Signal<'_> {
        match self.still {
            Some(x) => Signal::Still(x),
            None => Signal::Moving(&self.frames[..self.len]),
        }
    }

    /// Keeps what it holds finite.
    pub fn guard(&mut self) {
        if self.still.is_none() {
            guard(&mut self.frames[..self.len]);
        }
    }
}

/// No signal goes beyond it.
const LIMIT: f32 = 1e6;

/// 0 for what is no number; the rest within ±[`LIMIT`].
fn guard(frames: &mut [f32]) {
    for y in frames {
        let x = y.clamp(-LIMIT, LIMIT);
        *y = if x.is_nan() { 0.0 } else { x };
    }
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
            Signal::Moving(frames) => frames.iter().fold(0.0, |most, x| most.max(x.abs())),
        }
    }
}

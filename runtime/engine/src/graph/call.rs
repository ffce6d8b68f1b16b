//! What an operation is given to do its work.

use crate::noise::mix;
use crate::wavetable::Tables;

use super::line::Line;
use super::register::Signal;

/// One operation on one block of one voice.
pub(super) struct Call<'a> {
    /// Its inputs; those that it does not have are 0.
    pub inputs: [Signal<'a>; mag_graph::MAX_INPUTS],
    /// Frames of this block.
    pub len: usize,
    /// Frames a second.
    pub rate: f32,
    /// The waves that all share.
    pub tables: &'a Tables,
    /// Seeds of the note and of the operation.
    pub seeds: (u32, u32),
    /// Frames of the voice before this block.
    pub age: u64,
    /// Frames until the note is released, from its start.
    pub duration: u64,
    /// Its delay line.
    pub line: Line<'a>,
}

impl Call<'_> {
    /// Seed of what it draws at random.
    pub fn seed(&self) -> u32 {
        let (note, op) = self.seeds;
        mix(u64::from(note) << 32 | u64::from(op)) as u32
    }

    /// A time in seconds as whole frames.
    pub fn frames(&self, seconds: f32) -> u32 {
        (seconds.max(0.0) * self.rate) as u32
    }
}

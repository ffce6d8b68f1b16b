//! What an operation is given to do its work.

use crate::wavetable::Tables;

use super::lines::Line;
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
    /// Seed of what it draws at random.
    pub seed: u32,
    /// Frames of the voice before this block.
    pub age: u64,
    /// Frames until the note is released, from its start.
    pub duration: u64,
    /// Its delay line.
    pub line: Line<'a>,
}

impl Call<'_> {
    /// A time in seconds as whole frames.
    pub fn frames(&self, seconds: f32) -> u32 {
        (seconds.max(0.0) * self.rate) as u32
    }
}

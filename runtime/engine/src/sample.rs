//! Recorded sounds: what a caller hands in, and where the engine keeps it while voices play it.

use std::sync::Arc;

use mag_graph::Formula;
use rtrb::Producer;

use crate::convolver::Impulse;
use crate::synth::cycles;

/// Silent frames before and after each channel, so that an interpolator may look beyond the ends.
pub(crate) const PAD: usize = 4;
/// Numbers that a sample may have: 0 to 8191.
pub const SAMPLES: usize = 8192;
/// Recordings kept beyond their time because voices still play them, at most.
const SPARE: usize = 512;

/// Number under which a recording is known to the engine; the caller gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleId(pub u16);

/// A recording of one or two channels in memory, shared by all who play it.
#[derive(Clone, Debug)]
pub struct SampleBuffer {
    /// The channels one after the other, each with `PAD` silent frames before and after it.
    data: Arc<[f32]>,
    frames: usize,
    stereo: bool,
    rate: u32,
    made: Option<Made>,
}

/// What else travels to the engine as a recording.
#[derive(Clone, Debug)]
enum Made {
    Formula(Arc<Formula>),
    Room(Arc<Impulse>),
}

impl SampleBuffer {
    /// A recording from interleaved samples at `rate` frames a second: one channel, or the first
    /// two of more. An incomplete last frame is left out; what is not a finite number becomes 0.
    #[must_use]
    pub fn interleaved(samples: &[f32], channels: usize, rate: u32) -> Self {
        let channels = channels.max(1);
        let frames = samples.len() / channels;
        let stereo = channels > 1;
        let mut data = Vec::with_capacity((1 + usize::from(stereo)) * (frames + 2 * PAD));
        for channel in 0..1 + usize::from(stereo) {
            data.extend([0.0; PAD]);
            let of_channel = samples.chunks_exact(channels).filter_map(|frame| frame.get(channel));
            data.extend(of_channel.map(|x| if x.is_finite() { *x } else { 0.0 }));
            data.extend([0.0; PAD]);
        }
        SampleBuffer { data: data.into(), frames, stereo, rate: rate.max(1), made: None }
    }

    /// What the sound `user` reads: a wave of these partials, level and phase in turns each, the
    /// first of them at the note; at most 512 are heard.
    #[must_use]
    pub fn wave(partials: &[(f32, f32)]) -> Self {
        SampleBuffer::interleaved(&cycles(partials), 1, 1)
    }

    /// What the sound `bytebeat` reads.
    #[must_use]
    pub fn of_formula(formula: Formula) -> Self {
        let made = Some(Made::Formula(Arc::new(formula)));
        SampleBuffer { made, ..SampleBuffer::interleaved(&[], 1, 1) }
    }

    /// What an orbit's reverb may be in place of its own: the room whose response to a click this
    /// recording is, from the share `begin` of it on, at `speed` (backwards if negative), for an
    /// engine at `rate` frames a second. At most six seconds are heard.
    #[must_use]
    pub fn impulse(&self, rate: u32, speed: f32, begin: f32) -> Self {
        let made = Some(Made::Room(Arc::new(Impulse::new(self, rate, speed, begin))));
        SampleBuffer { made, ..SampleBuffer::interleaved(&[], 1, rate) }
    }

    /// The formula, if it is one.
    pub(crate) fn formula(&self) -> Option<&Formula> {
        match &self.made {
            Some(Made::Formula(formula)) => Some(formula),
            _ => None,
        }
    }

    /// The room, if it is one.
    pub(crate) fn room(&self) -> Option<&Impulse> {
        match &self.made {
            Some(Made::Room(impulse)) => Some(impulse),
            _ => None,
        }
    }

    /// Bytes of memory that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let frames = self.frames * (1 + usize::from(self.stereo));
        frames * size_of::<f32>() + self.room().map_or(0, Impulse::bytes)
    }

    /// Number of frames.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Frames a second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate)
    }

    /// Whether it has two channels.
    #[must_use]
    pub fn stereo(&self) -> bool {
        self.stereo
    }

    /// A channel, 0 or 1, with its silent ends.
    pub(crate) fn channel(&self, channel: usize) -> &[f32] {
        let length = self.frames + 2 * PAD;
        let from = if self.stereo { channel * length } else { 0 };
        self.data.get(from..from + length).unwrap_or(&[])
    }
}

/// Place of a recording in the store.
pub(crate) type Cell = u16;

/// The recordings that an engine has. None is ever freed here: what is replaced travels back.
pub(crate) struct Store {
    cells: Vec<Option<SampleBuffer>>,
    free: Vec<Cell>,
    names: Vec<Option<Cell>>,
    /// Cells that no number names any more, while voices still play them.
    retired: Vec<Cell>,
    back: Producer<SampleBuffer>,
}

impl Store {
    /// An empty store that gives back what it no longer needs through `back`.
    pub fn new(back: Producer<SampleBuffer>) -> Self {
        let room = SAMPLES + SPARE;
        Store {
            cells: (0..room).map(|_| None).collect(),
            free: (0..room as Cell).rev().collect(),
            names: vec![None; SAMPLES],
            retired: Vec::with_capacity(room),
            back,
        }
    }

    /// Where the recording `id` lies.
    pub fn find(&self, id: SampleId) -> Option<Cell> {
        self.names.get(usize::from(id.0)).copied().flatten()
    }

    /// The recording in a cell.
    pub fn get(&self, cell: Cell) -> Option<&SampleBuffer> {
        self.cells.get(usize::from(cell))?.as_ref()
    }

    /// Puts `buffer`, or nothing, in the place of what `id` named. Voices that play the old one
    /// go on. Gives the buffer back if there is no room for it.
    pub fn replace(&mut self, id: SampleId, buffer: Option<SampleBuffer>) -> Option<SampleBuffer> {
        let Some(name) = self.names.get_mut(usize::from(id.0)) else { return buffer };
        if buffer.is_some() && self.free.is_empty() {
            return buffer;
        }
        self.retired.extend(name.take());
        if let Some(buffer) = buffer
            && let Some(cell) = self.free.pop()
        {
            self.cells[usize::from(cell)] = Some(buffer);
            self.names[usize::from(id.0)] = Some(cell);
        }
        None
    }

    /// Sends back the retired recordings that nobody uses.
    pub fn clear_out(&mut self, mut used: impl FnMut(Cell) -> bool) {
        let Store { cells, free, retired, back, .. } = self;
        retired.retain(|&cell| {
            if used(cell) || back.is_full() {
                return true;
            }
            if let Some(buffer) = cells[usize::from(cell)].take() {
                // There is room, and nobody else writes.
                let _ = back.push(buffer);
            }
            free.push(cell);
            false
        });
    }

    /// Sends back a recording that found no room; false if the way back is blocked.
    pub fn refuse(&mut self, buffer: SampleBuffer) -> Result<(), SampleBuffer> {
        self.back.push(buffer).map_err(|rtrb::PushError::Full(buffer)| buffer)
    }

    /// Whether anything waits to be sent back.
    pub fn has_retired(&self) -> bool {
        !self.retired.is_empty()
    }
}

//! What the engine tells about itself, through atomics.

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::graph::GraphId;
use crate::synth::SoundId;

/// The state of an engine, as of its last block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Frames handed out so far.
    pub frame: u64,
    /// Voices that sound.
    pub voices: u32,
    /// Voices faded early, and shots refused, because all voices were busy.
    pub stolen: u64,
    /// Voices that [`crate::Engine::guard`] faded, because rendering took too long.
    pub shed: u64,
    /// Shots that came too late for their frame; they started at once.
    pub late: u64,
    /// Shots that found the queue full and were lost.
    pub dropped: u64,
    /// Voices silenced because they made something that is not a number.
    pub broken: u64,
    /// Voices that did not start because there was no memory for their delay lines.
    pub starved: u64,
    /// Loudest sample since the peak was last asked for.
    pub peak: f32,
}

/// Why a voice is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It made something that is not a number, and was silenced.
    Broken,
    /// There was no memory left for its delay lines.
    Starved,
}

/// A voice that is not heard, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which part of the performance it belonged to.
    pub part: u16,
    /// Its sound.
    pub sound: SoundId,
    /// The graph that it played, if it was one.
    pub graph: Option<GraphId>,
    /// What happened to it.
    pub cause: Cause,
}

/// The atomics between an engine and its control.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub frame: AtomicU64,
    pub voices: AtomicU32,
    pub stolen: AtomicU64,
    pub shed: AtomicU64,
    pub late: AtomicU64,
    pub dropped: AtomicU64,
    pub broken: AtomicU64,
    pub starved: AtomicU64,
    /// Bits of a float that is not negative, so that larger bits are a larger number.
    pub peak: AtomicU32,
    pub panic: AtomicBool,
}

impl Shared {
    /// Counts one more; only the engine writes.
    pub fn count(counter: &AtomicU64) {
        Shared::add(counter, 1);
    }

    /// Counts some more; only the engine writes.
    pub fn add(counter: &AtomicU64, more: u64) {
        counter.store(counter.load(Relaxed) + more, Relaxed);
    }

    /// Raises the peak.
    pub fn raise(&self, peak: f32) {
        self.peak.fetch_max(peak.max(0.0).to_bits(), Relaxed);
    }

    /// Reads all, and lets the peak start anew.
    pub fn read(&self) -> Stats {
        Stats {
            frame: self.frame.load(Relaxed),
            voices: self.voices.load(Relaxed),
            stolen: self.stolen.load(Relaxed),
            shed: self.shed.load(Relaxed),
            late: self.late.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            broken: self.broken.load(Relaxed),
            starved: self.starved.load(Relaxed),
            peak: f32::from_bits(self.peak.swap(0, Relaxed)),
        }
    }
}

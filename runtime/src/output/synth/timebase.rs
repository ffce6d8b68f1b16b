//! The engine's time against the performance's: told by whoever pulls the engine, read by outputs.

use crate::clock::Frame;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// Where the engine's frames lie on the timeline: whoever pulls the engine keeps it true.
#[derive(Debug, Default)]
pub struct Timebase {
    offset: AtomicI64,
    pulled: AtomicI64,
    running: AtomicBool,
    /// How often somebody began to pull the engine.
    starts: AtomicU64,
}

impl Timebase {
    /// A frame of the timeline is the frame of the engine with the same number, for ever.
    pub fn offline() -> Timebase {
        Timebase { running: AtomicBool::new(true), ..Timebase::default() }
    }

    /// The frame of the timeline plus this is the engine's; `None` while nobody pulls the engine.
    pub fn offset(&self) -> Option<Frame> {
        self.running.load(Ordering::Acquire).then(|| self.offset.load(Ordering::Relaxed))
    }

    /// How far the engine has been pulled, in its own frames.
    pub fn pulled(&self) -> Frame {
        self.pulled.load(Ordering::Relaxed)
    }

    /// The engine is pulled and has come to its frame `pulled`; this is the offset.
    pub fn run(&self, offset: Frame, pulled: Frame) {
        self.offset.store(offset, Ordering::Relaxed);
        self.pulled.store(pulled, Ordering::Relaxed);
        if !self.running.load(Ordering::Relaxed) {
            self.starts.fetch_add(1, Ordering::Relaxed);
            self.running.store(true, Ordering::Release);
        }
    }

    /// How often somebody began to pull the engine: with each new card the frames lie elsewhere.
    pub(super) fn starts(&self) -> u64 {
        self.starts.load(Ordering::Relaxed)
    }

    /// Nobody pulls the engine any more.
    pub fn stop(&self) {
        self.running.store(false, Ordering::Release);
    }
}

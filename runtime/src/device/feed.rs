//! What the sound card's callback pulls: the engine's samples, and where its frames lie in time.

use super::drift::Drift;
use super::load::{Buffer, Pace, thread_time};
use super::{RATE, Tap};
use crate::clock::Frame;
use crate::moments::Moments;
use crate::output::synth::Timebase;
use crate::priority::{self, Urgency};
use crate::timing::Timing;
use mag_engine::Engine;
use rodio::{ChannelCount, Sample, SampleRate, Source};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

/// Frames that are rendered together.
const BLOCK: usize = 64;

/// At this block the thread asks for real time, once and without touching memory: the very first
/// blocks may be pulled by the thread that opens the card.
const OWN: u32 = 32;

/// How long a block sounds.
const LENGTH: Duration = Duration::from_nanos(BLOCK as u64 * 1_000_000_000 / RATE as u64);

/// The one source that the card plays. It never waits: the engine's lock is free but for the
/// moment in which one card takes over from another.
pub struct Feed {
    engine: Arc<Mutex<Engine>>,
    timebase: Arc<Timebase>,
    moments: Moments,
    drift: Drift,
    tap: Arc<Tap>,
    timing: Arc<Timing>,
    pace: Pace,
    /// What the wall clock said of the buffer before.
    before: f32,
    /// Blocks made so far, while few, and when the last one was.
    blocks: u32,
    /// What the other blocks of a buffer last.
    rest: Duration,
    pulled: Instant,
    block: [f32; 2 * BLOCK],
    next: usize,
}

impl Feed {
    /// Feeds the samples of `engine` to a card that asks for `buffer` of its frames at once, keeps
    /// `timebase` true, lets `tap` hear it and notes in `timing` how it keeps up.
    pub fn new(
        engine: Arc<Mutex<Engine>>,
        timebase: Arc<Timebase>,
        moments: Moments,
        tap: Arc<Tap>,
        (timing, buffer): (Arc<Timing>, u32),
    ) -> Feed {
        let (drift, pace) = (Drift::new(RATE), Pace::new(buffer, RATE));
        let (block, next) = ([0.0; 2 * BLOCK], 2 * BLOCK);
        let (before, blocks, pulled) = (0.0, 0, Instant::now());
        let rest = LENGTH * buffer.saturating_sub(BLOCK as u32) / BLOCK as u32;
        Feed {
            engine,
            timebase,
            moments,
            drift,
            tap,
            timing,
            pace,
            before,
            blocks,
            rest,
            pulled,
            block,
            next,
        }
    }

    fn refill(&mut self) {
        self.blocks = self.blocks.saturating_add(1);
        if self.blocks == OWN {
            self.timing.audio.granted(priority::ask(Urgency::Audio));
        }
        let mut engine = match self.engine.try_lock() {
            Ok(engine) => engine,
            Err(TryLockError::Poisoned(engine)) => engine.into_inner(),
            Err(TryLockError::WouldBlock) => return self.block.fill(0.0),
        };
        let (from, busy) = (Instant::now(), thread_time());
        let block = &mut self.block;
        if catch_unwind(AssertUnwindSafe(|| engine.render(block))).is_err() {
            self.block.fill(0.0);
        }
        let busy = thread_time().saturating_sub(busy);
        let span = (from, Instant::now());
        if let Some(buffer) = self.pace.block(BLOCK as u32, span, busy) {
            self.timing.load.count(&buffer);
            engine.guard(strain(&buffer, self.before));
            self.before = buffer.share;
        }
        let pulled = engine.frame() as Frame;
        let now = Instant::now();
        let offset = self.drift.follow(pulled, self.moments.since_origin(now));
        self.timebase.run(offset, pulled);
        self.tap.pour(&self.block);
        let audio = &self.timing.audio;
        audio.rendered(now.saturating_duration_since(from), LENGTH);
        audio.drifts(self.drift.millionths());
        if now.saturating_duration_since(self.pulled) > LENGTH / 2 {
            // The first block of a callback; where the card really is shows with its last.
            audio.wake.add(self.drift.tardy().saturating_sub(self.rest));
        }
        self.pulled = now;
    }
}

/// The load that voices are to be let go for: what the thread worked, or what two buffers in a row
/// took. One that took long because the system let the thread wait costs no voice.
fn strain(buffer: &Buffer, before: f32) -> f32 {
    buffer.busy.max(buffer.share.min(before))
}

impl Iterator for Feed {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if self.next >= self.block.len() {
            self.refill();
            self.next = 0;
        }
        let sample = self.block.get(self.next).copied();
        self.next += 1;
        sample
    }
}

impl Source for Feed {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> ChannelCount {
        ChannelCount::MIN.saturating_add(1)
    }
    fn sample_rate(&self) -> SampleRate {
        SampleRate::MIN.saturating_add(RATE - 1)
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_work_or_two_slow_buffers_cost_voices() {
        let buffer = |share, busy| Buffer { frames: 512, share, busy, late: false };
        assert_eq!(strain(&buffer(3.0, 0.2), 0.2), 0.2, "the system let the thread wait once");
        assert_eq!(strain(&buffer(1.2, 1.1), 0.2), 1.1, "there was too much to do");
        assert_eq!(strain(&buffer(1.2, 0.4), 1.5), 1.2, "others take the core again and again");
    }
}

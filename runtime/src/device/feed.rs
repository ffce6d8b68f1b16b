//! What the sound card's callback pulls: the engine's samples, and where its frames lie in time.

use super::load::{Buffer, Load, Pace, thread_time};
use super::{RATE, Tap};
use crate::clock::Frame;
use crate::moments::Moments;
use crate::output::synth::Timebase;
use mag_engine::Engine;
use rodio::{ChannelCount, Sample, SampleRate, Source};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

/// Frames that are rendered together.
const BLOCK: usize = 64;

/// The one source that the card plays. It never waits: the engine's lock is free but for the
/// moment in which one card takes over from another.
pub struct Feed {
    engine: Arc<Mutex<Engine>>,
    timebase: Arc<Timebase>,
    moments: Moments,
    drift: Drift,
    tap: Arc<Tap>,
    load: Arc<Load>,
    pace: Pace,
    /// What the wall clock said of the buffer before.
    before: f32,
    block: [f32; 2 * BLOCK],
    next: usize,
}

impl Feed {
    /// Feeds the samples of `engine` to a card that asks for `buffer` of its frames at once, keeps
    /// `timebase` true, lets `tap` hear it and counts in `load` how it keeps up.
    pub fn new(
        engine: Arc<Mutex<Engine>>,
        timebase: Arc<Timebase>,
        moments: Moments,
        tap: Arc<Tap>,
        (load, buffer): (Arc<Load>, u32),
    ) -> Feed {
        let (drift, pace) = (Drift::default(), Pace::new(buffer, RATE));
        let (block, next) = ([0.0; 2 * BLOCK], 2 * BLOCK);
        Feed { engine, timebase, moments, drift, tap, load, pace, before: 0.0, block, next }
    }

    fn refill(&mut self) {
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
            self.load.count(&buffer);
            engine.guard(strain(&buffer, self.before));
            self.before = buffer.share;
        }
        let pulled = engine.frame() as Frame;
        let offset = self.drift.follow(pulled - self.moments.now(), Instant::now());
        self.timebase.run(offset, pulled);
        self.tap.pour(&self.block);
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
        SampleRate::MIN.saturating_add(crate::device::RATE - 1)
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

/// Frames by which the card's clock may differ from the estimate before it is a jump.
const JUMP: Frame = 960;
/// How long the largest difference is looked for before the estimate moves towards it.
const WINDOW: Duration = Duration::from_secs(1);
/// The share of the way that it then moves.
const SHARE: f64 = 0.2;

/// Follows the drift of the card's clock against the system's.
///
/// Callbacks come in bursts and late, never early: so the *largest* difference between engine and
/// timeline in a window is where the card really is. The estimate glides there by a frame or so a
/// second, so notes keep their exact distances; only a jump (a card that stalled) is followed at
/// once.
#[derive(Debug, Default)]
struct Drift {
    estimate: Option<f64>,
    largest: Frame,
    since: Option<Instant>,
    /// The first window is over.
    settled: bool,
}

impl Drift {
    fn follow(&mut self, seen: Frame, now: Instant) -> Frame {
        let since = *self.since.get_or_insert(now);
        let fresh = self.estimate.is_none();
        let estimate = self.estimate.get_or_insert(seen as f64);
        let ahead = seen - estimate.round() as Frame;
        if fresh || ahead > if self.settled { JUMP } else { 0 } {
            (*estimate, self.largest) = (seen as f64, seen);
            return seen;
        }
        self.largest = self.largest.max(seen);
        if now.duration_since(since) >= WINDOW {
            let off = self.largest as f64 - *estimate;
            *estimate += if off.abs() > JUMP as f64 { off } else { off * SHARE };
            (self.largest, self.since, self.settled) = (seen, Some(now), true);
        }
        estimate.round() as Frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`Drift`] says while a card that runs `rate` times as fast as it should pulls buffers
    /// of 512 frames, with callbacks up to `jitter` late.
    fn run(seconds: u64, rate: f64, jitter: f64) -> Vec<Frame> {
        let start = Instant::now();
        let mut drift = Drift::default();
        let mut offsets = Vec::new();
        let period = 512.0 / 48_000.0 / rate;
        for n in 0..(seconds as f64 / period) as i64 {
            let wobble = jitter * ((n * 7919 % 101) as f64 / 101.0);
            let at = n as f64 * period + wobble;
            for block in 1..=8 {
                let pulled = n * 512 + block * 64;
                let now = start + Duration::from_secs_f64(at);
                offsets.push(drift.follow(pulled - (at * 48_000.0) as Frame, now));
            }
        }
        offsets
    }

    #[test]
    fn only_work_or_two_slow_buffers_cost_voices() {
        let buffer = |share, busy| Buffer { frames: 512, share, busy, late: false };
        assert_eq!(strain(&buffer(3.0, 0.2), 0.2), 0.2, "the system let the thread wait once");
        assert_eq!(strain(&buffer(1.2, 1.1), 0.2), 1.1, "there was too much to do");
        assert_eq!(strain(&buffer(1.2, 0.4), 1.5), 1.2, "others take the core again and again");
    }

    #[test]
    fn a_perfect_card_keeps_its_offset() {
        let offsets = run(20, 1.0, 0.0);
        let settled = &offsets[offsets.len() / 2..];
        assert!(settled.iter().all(|o| (510..=513).contains(o)), "{:?}", settled.last());
    }

    #[test]
    fn late_callbacks_do_not_move_notes() {
        let offsets = run(20, 1.0, 0.004);
        let settled = &offsets[offsets.len() / 2..];
        let (low, high) = (settled.iter().min(), settled.iter().max());
        assert!(low.zip(high).is_some_and(|(l, h)| h - l <= 4), "{low:?} {high:?}");
    }

    #[test]
    fn a_fast_card_is_followed() {
        // 100 millionths fast: 4.8 frames a second, 480 in 100 seconds.
        let offsets = run(100, 1.0001, 0.001);
        let last = offsets.last().copied().unwrap_or(0);
        let behind = 512 + 480 - last;
        assert!((0..=40).contains(&behind), "{last}: {behind} behind");
    }
}

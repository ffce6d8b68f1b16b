//! How the sound card's buffers are kept up with: counted on the audio thread in atomics, read by
//! anybody.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A pause between two blocks that is the card's mixing, not its waiting.
const MIXING: Duration = Duration::from_micros(60);

/// The counters. One thread writes them, the audio callback; nobody ever waits.
#[derive(Debug, Default)]
pub struct Load {
    buffers: AtomicU64,
    missed: AtomicU64,
    late: AtomicU64,
    xruns: AtomicU64,
    frames: AtomicU32,
    /// Bits of floats that are not negative, so that larger bits are a larger number.
    last: AtomicU32,
    worst: AtomicU32,
    recent: AtomicU32,
}

/// What the counters said at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Buffers that were made.
    pub buffers: u64,
    /// Those whose making took longer than they last: each may have been heard as a gap.
    pub missed: u64,
    /// Those that the card asked for more than a buffer later than they were due: the system let
    /// the audio thread wait.
    pub late: u64,
    /// Gaps that the card's driver reported.
    pub xruns: u64,
    /// Frames of a buffer.
    pub frames: u32,
    /// Share of its time that the last buffer took, 1 being all of it.
    pub last: f32,
    /// The largest share so far.
    pub worst: f32,
    /// The largest share since the last call of [`Load::recent`].
    pub recent: f32,
}

impl Load {
    /// Counts a gap that the driver reported.
    pub fn xrun(&self) {
        self.xruns.fetch_add(1, Relaxed);
    }

    /// Counts a buffer.
    pub(super) fn count(&self, buffer: &Buffer) {
        self.buffers.fetch_add(1, Relaxed);
        self.missed.fetch_add(u64::from(buffer.share > 1.0), Relaxed);
        self.late.fetch_add(u64::from(buffer.late), Relaxed);
        self.frames.store(buffer.frames, Relaxed);
        let bits = buffer.share.max(0.0).to_bits();
        self.last.store(bits, Relaxed);
        self.worst.fetch_max(bits, Relaxed);
        self.recent.fetch_max(bits, Relaxed);
    }

    /// All of them.
    pub fn read(&self) -> Reading {
        Reading {
            buffers: self.buffers.load(Relaxed),
            missed: self.missed.load(Relaxed),
            late: self.late.load(Relaxed),
            xruns: self.xruns.load(Relaxed),
            frames: self.frames.load(Relaxed),
            last: f32::from_bits(self.last.load(Relaxed)),
            worst: f32::from_bits(self.worst.load(Relaxed)),
            recent: f32::from_bits(self.recent.load(Relaxed)),
        }
    }

    /// The same, after which `recent` starts anew: for whoever shows it again and again.
    pub fn recent(&self) -> Reading {
        let recent = f32::from_bits(self.recent.swap(0, Relaxed));
        Reading { recent, ..self.read() }
    }
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.buffers == 0 {
            return f.write_str("the sound card has not asked for anything yet");
        }
        let Reading { buffers, missed, late, xruns, frames, .. } = self;
        let percent = |share: f32| (100.0 * share).round();
        write!(
            f,
            "{buffers} buffers of {frames} frames, {missed} missed, {late} late, {xruns} xruns; \
             the last took {} % of its time, the slowest {} %",
            percent(self.last),
            percent(self.worst)
        )
    }
}

/// What is known of a buffer once it is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Buffer {
    /// Its length.
    pub frames: u32,
    /// Share of its time that making it took, by the clock on the wall.
    pub share: f32,
    /// Share of its time that the thread had of a core; the same where the system does not tell.
    pub busy: f32,
    /// Whether the card asked for it more than a buffer too late.
    pub late: bool,
}

/// Adds up blocks to the buffers that the card asks for at once.
#[derive(Debug)]
pub(super) struct Pace {
    /// Frames of a buffer, and how long they last.
    frames: u32,
    length: Duration,
    taken: u32,
    spent: Duration,
    busy: Duration,
    /// When the buffer was begun, and the one before.
    begun: Option<Instant>,
    before: Option<Instant>,
    ended: Option<Instant>,
}

impl Pace {
    /// Of buffers of `frames` frames, at `rate` frames a second.
    pub fn new(frames: u32, rate: u32) -> Pace {
        let frames = frames.max(1);
        let length = Duration::from_secs_f64(f64::from(frames) / f64::from(rate.max(1)));
        let (spent, busy) = (Duration::ZERO, Duration::ZERO);
        let (begun, before, ended) = (None, None, None);
        Pace { frames, length, taken: 0, spent, busy, begun, before, ended }
    }

    /// Takes in a block of `frames` frames that was made from `from` to `to` with `busy` of a
    /// core's time; the buffer if it is complete.
    pub fn block(
        &mut self,
        frames: u32,
        (from, to): (Instant, Instant),
        busy: Duration,
    ) -> Option<Buffer> {
        // Between the blocks of a buffer the card's own mixing counts, its waiting does not.
        let pause = self.ended.map_or(Duration::ZERO, |end| from.saturating_duration_since(end));
        let mixing = self.begun.is_some() && pause < MIXING;
        let pause = if mixing { pause } else { Duration::ZERO };
        self.spent += pause + to.saturating_duration_since(from);
        self.busy += busy;
        self.ended = Some(to);
        self.taken += frames;
        self.begun.get_or_insert(from);
        if self.taken < self.frames {
            return None;
        }
        self.taken -= self.frames;
        let share = |time: Duration| (time.as_secs_f64() / self.length.as_secs_f64()) as f32;
        let begun = self.begun.take();
        let gap = begun.zip(self.before).map(|(now, then)| now.saturating_duration_since(then));
        let late = gap.is_some_and(|gap| gap > 2 * self.length);
        let buffer =
            Buffer { frames: self.frames, share: share(self.spent), busy: share(self.busy), late };
        self.before = begun;
        (self.spent, self.busy) = (Duration::ZERO, Duration::ZERO);
        Some(buffer)
    }
}

/// Time that this thread has had of a core so far.
#[cfg(unix)]
pub(super) fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.max(0) as u64, time.tv_nsec.clamp(0, 999_999_999) as u32)
}

/// Time that has passed: this system does not tell what a thread had of it.
#[cfg(not(unix))]
pub(super) fn thread_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Buffers of 256 frames at 48 kHz in blocks of 64, each taking `share` of its time; the `odd`
    /// one is asked for `delay` too late.
    fn buffers(count: u32, share: f64, odd: u32, delay: Duration) -> Vec<Buffer> {
        let (mut pace, start) = (Pace::new(256, 48_000), Instant::now());
        let block = Duration::from_secs_f64(64.0 / 48_000.0);
        let mut made = Vec::new();
        for n in 0..count {
            let mut now = start + n * 4 * block + if n >= odd { delay } else { Duration::ZERO };
            for _ in 0..4 {
                let end = now + block.mul_f64(share);
                made.extend(pace.block(64, (now, end), block.mul_f64(share / 2.0)));
                now = end;
            }
        }
        made
    }

    #[test]
    fn blocks_add_up_to_buffers() {
        for share in [0.1, 0.5, 0.99] {
            let made = buffers(20, share, 99, Duration::ZERO);
            assert_eq!(made.len(), 20);
            for buffer in made {
                assert!((f64::from(buffer.share) - share).abs() < 1e-3, "{buffer:?}");
                assert!((f64::from(buffer.busy) - share / 2.0).abs() < 1e-3, "{buffer:?}");
                assert!(!buffer.late);
            }
        }
    }

    #[test]
    fn a_buffer_that_the_card_asks_for_too_late_is_counted_once() {
        let load = Load::default();
        for buffer in buffers(20, 0.3, 10, Duration::from_millis(6)) {
            load.count(&buffer);
        }
        let reading = load.read();
        assert_eq!((reading.buffers, reading.late, reading.missed), (20, 1, 0));
        let slow = load.recent();
        assert!((slow.recent - 0.3).abs() < 1e-3 && load.recent().recent == 0.0);
        assert_eq!(load.read().worst, slow.worst);
    }

    #[test]
    fn what_takes_longer_than_it_lasts_is_missed() {
        let load = Load::default();
        buffers(3, 1.2, 99, Duration::ZERO).iter().for_each(|buffer| load.count(buffer));
        load.xrun();
        let reading = load.read();
        assert_eq!((reading.missed, reading.xruns, reading.frames), (3, 1, 256));
        assert!(reading.to_string().contains("3 missed"), "{reading}");
    }

    #[test]
    fn the_time_of_a_thread_does_not_run_while_it_sleeps() {
        let before = thread_time();
        std::thread::sleep(Duration::from_millis(30));
        let slept = thread_time().saturating_sub(before);
        assert!(!cfg!(unix) || slept < Duration::from_millis(25), "{slept:?}");
    }
}

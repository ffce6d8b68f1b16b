//! Where the sound card's frames lie on the system's clock: a line through what its callbacks
//! show, followed without a step. Pure: told the time.
//!
//! A callback comes when the card wants frames, or late, never early. So of the differences
//! between frames pulled and time passed the *largest* of a window is where the card really is.
//! Through these maxima goes a line (least squares, those far below it left out as callbacks that
//! were all late); its slope is how much faster the card's clock runs. What is answered glides to
//! that line, so that notes keep their distances when the estimate changes; only a card that
//! stalled or was replaced is followed at once.

use crate::clock::Frame;
use std::time::Duration;

/// Seconds of a window.
const WINDOW: f64 = 0.5;
/// Windows that the line goes through: half a minute.
const WINDOWS: usize = 64;
/// Windows that are needed before the slope is believed.
const ENOUGH: usize = 12;
/// Seconds after which the answer has come most of the way to the line.
const GLIDE: f64 = 1.0;
/// The most that the answer moves towards the line: a thousandth of time, which nobody hears.
const SLEW: f64 = 0.001;
/// The most that a card's clock is believed to be off.
const SLOPE: f64 = 0.001;
/// Seconds off the line that are a jump, followed at once.
const JUMP: f64 = 0.020;
/// Seconds below the line that, window after window, are a card that lost time.
const STALL: f64 = 0.0008;
/// Windows that have to say so.
const SURE: u32 = 3;

/// Follows one card.
#[derive(Debug)]
pub struct Drift {
    rate: f64,
    /// The difference that was seen first: all others are kept relative to it.
    base: Option<Frame>,
    /// Maxima of windows: time in seconds, difference in frames.
    windows: [(f64, f64); WINDOWS],
    kept: usize,
    next: usize,
    /// The maximum of this window, and when it began.
    largest: (f64, f64),
    since: f64,
    /// The line: a moment, the difference there, frames a second.
    line: (f64, f64, f64),
    /// Windows in a row that lay below the line.
    below: u32,
    /// The first window is over.
    settled: bool,
    /// What was answered last, and when.
    answer: f64,
    at: f64,
    tardy: f64,
}

impl Drift {
    /// Knows nothing yet of a card that is to make `rate` frames a second.
    pub fn new(rate: u32) -> Drift {
        Drift {
            rate: f64::from(rate.max(1)),
            base: None,
            windows: [(0.0, 0.0); WINDOWS],
            kept: 0,
            next: 0,
            largest: (0.0, f64::MIN),
            since: 0.0,
            line: (0.0, 0.0, 0.0),
            below: 0,
            settled: false,
            answer: 0.0,
            at: 0.0,
            tardy: 0.0,
        }
    }

    /// The card has pulled `pulled` frames at the moment `now` since any fixed moment: answers
    /// what to add to a frame of the system's clock to get the card's.
    pub fn follow(&mut self, pulled: Frame, now: Duration) -> Frame {
        let whole = i128::from(pulled) * 1_000_000_000 - now.as_nanos() as i128 * self.rate as i128;
        let frames = whole.div_euclid(1_000_000_000) as Frame;
        let rest = whole.rem_euclid(1_000_000_000) as f64 / 1e9;
        let t = now.as_secs_f64();
        let Some(base) = self.base else {
            self.base = Some(frames);
            self.anchor(t, rest);
            return frames;
        };
        let seen = (frames - base) as f64 + rest;
        self.glide(t);
        self.tardy = ((self.answer - seen) / self.rate).max(0.0);
        let ahead = seen - self.answer;
        if ahead > JUMP * self.rate {
            self.anchor(t, seen);
        } else if !self.settled && ahead > 0.0 {
            (self.answer, self.line) = (seen, (t, seen, 0.0));
        }
        if seen > self.largest.1 {
            self.largest = (t, seen);
        }
        if t - self.since >= WINDOW {
            self.close_window(t);
        }
        base + self.answer.round() as Frame
    }

    /// How much faster the card's clock runs than the system's, in millionths.
    pub fn millionths(&self) -> f64 {
        self.line.2 / self.rate * 1e6
    }

    /// How late the callback came that was told last.
    pub fn tardy(&self) -> Duration {
        Duration::from_secs_f64(self.tardy.min(1e6))
    }

    /// Begins anew at what is seen now; the slope is kept.
    fn anchor(&mut self, t: f64, seen: f64) {
        (self.kept, self.next, self.below, self.settled) = (0, 0, 0, false);
        (self.answer, self.at, self.line) = (seen, t, (t, seen, self.line.2));
        (self.largest, self.since) = ((t, seen), t);
    }

    fn glide(&mut self, t: f64) {
        let passed = (t - self.at).clamp(0.0, 10.0);
        self.at = t;
        let (from, height, slope) = self.line;
        let off = height + slope * (t - from) - self.answer;
        let most = SLEW * self.rate * passed;
        let step = off * (1.0 - (-passed / GLIDE).exp());
        self.answer += slope * passed + step.clamp(-most, most);
    }

    fn close_window(&mut self, t: f64) {
        let (when, largest) = self.largest;
        (self.largest, self.since, self.settled) = ((t, f64::MIN), t, true);
        let (from, height, slope) = self.line;
        let off = (largest - (height + slope * (when - from))) / self.rate;
        if off < -JUMP {
            return self.anchor(t, largest);
        }
        self.below = if off < -STALL { self.below + 1 } else { 0 };
        if self.below >= SURE {
            // The card lost time: the line begins anew here, and the answer glides to it.
            (self.kept, self.next, self.below) = (0, 0, 0);
            self.line = (when, largest, slope);
        }
        if let Some(slot) = self.windows.get_mut(self.next) {
            *slot = (when, largest);
        }
        self.next = (self.next + 1) % WINDOWS;
        self.kept = (self.kept + 1).min(WINDOWS);
        self.fit(when);
    }

    /// The line through the windows, those far below it left out.
    fn fit(&mut self, now: f64) {
        let kept = self.windows.get(..self.kept).unwrap_or_default();
        let enough = self.kept >= ENOUGH;
        let mut slope = self.line.2;
        let mut floor = f64::MIN;
        let mut height = 0.0;
        for _ in 0..3 {
            let good = |slope: f64, height: f64| {
                let off = move |t: f64, d: f64| d - (height + slope * (t - now));
                kept.iter().filter(move |(t, d)| floor == f64::MIN || off(*t, *d) >= floor)
            };
            let (mut n, mut st, mut sd, mut stt, mut std) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (t, d) in good(slope, height) {
                let t = t - now;
                (n, st, sd, stt, std) = (n + 1.0, st + t, sd + d, stt + t * t, std + t * d);
            }
            if n < 1.0 {
                return;
            }
            let spread = n * stt - st * st;
            if enough && spread > 1e-6 {
                slope = ((n * std - st * sd) / spread).clamp(-SLOPE * self.rate, SLOPE * self.rate);
            }
            height = (sd - slope * st) / n;
            let far: f64 =
                good(slope, height).map(|(t, d)| (d - height - slope * (t - now)).abs()).sum();
            floor = -(2.0 * far / n).max(2.0);
        }
        self.line = (now, height, slope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// A card whose clock runs `rate` times as fast: buffers of 512 frames, each callback up to
    /// `jitter` seconds late, one in a thousand 30 ms late. Answers what it says and the truth.
    fn run(seconds: f64, rate: f64, jitter: f64, mut each: impl FnMut(f64, Frame, f64)) -> Drift {
        let mut drift = Drift::new(48_000);
        let period = 512.0 / RATE / rate;
        let mut chance = 1u64;
        for n in 0..(seconds / period) as i64 {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let uniform = (chance >> 40) as f64 / (1u64 << 24) as f64;
            let late = if (chance >> 33).is_multiple_of(1000) { 0.030 } else { jitter * uniform };
            let at = 1.0 + n as f64 * period + late;
            let said = drift.follow((n + 1) * 512, Duration::from_secs_f64(at));
            let truth = 512.0 - RATE + (at - 1.0) * RATE * (rate - 1.0);
            each(at, said, truth);
        }
        drift
    }

    #[test]
    fn ten_hours_of_a_fast_card_stay_together_with_the_wire() {
        let (mut worst, mut step, mut before) = (0.0f64, 0, None);
        let drift = run(36_000.0, 1.000_080, 0.003, |at, said, truth| {
            if at > 10.0 {
                worst = worst.max((said as f64 - truth).abs());
            }
            if at > 5.0
                && let Some(before) = before
            {
                step = step.max(Frame::abs(said - before));
            }
            before = Some(said);
        });
        // 80 millionths are 2.9 seconds in ten hours; half a millisecond is 24 frames.
        assert!(worst < 24.0, "{worst} frames away from the wire");
        assert!(step <= 1, "a step of {step} frames between two callbacks");
        assert!((drift.millionths() - 80.0).abs() < 10.0, "{}", drift.millionths());
    }

    #[test]
    fn a_punctual_card_keeps_its_offset() {
        let mut worst = 0.0f64;
        run(60.0, 1.0, 0.0, |at, said, truth| {
            if at > 3.0 {
                worst = worst.max((said as f64 - truth).abs());
            }
        });
        assert!(worst <= 2.0, "{worst}");
    }

    #[test]
    fn a_card_that_lost_time_is_glided_after() {
        let mut drift = Drift::new(48_000);
        let (mut last, mut step) = (None, 0);
        for n in 0..3000i64 {
            // After ten seconds 4 ms were lost once and for all.
            let lost = if n > 937 { 0.004 } else { 0.0 };
            let at = Duration::from_secs_f64(n as f64 * 512.0 / RATE + lost);
            let said = drift.follow(n * 512, at);
            step = step.max(last.map_or(0, |last: Frame| (said - last).abs()));
            last = Some(said);
        }
        assert!(last.is_some_and(|last| (last + 192).abs() <= 3), "{last:?}");
        assert!(step <= 1, "{step}");
    }

    #[test]
    fn a_card_that_stalled_is_followed_at_once() {
        let mut drift = Drift::new(48_000);
        let mut last = 0;
        for n in 0..400i64 {
            let lost = if n > 200 { 0.5 } else { 0.0 };
            last = drift.follow(n * 512, Duration::from_secs_f64(n as f64 * 512.0 / RATE + lost));
        }
        assert!((last + 24_000).abs() <= 3, "{last}");
    }
}

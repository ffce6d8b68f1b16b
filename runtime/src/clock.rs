//! Where cycles lie on the timeline of frames, over changes of tempo: pure and without drift.
//!
//! While one tempo holds, the frame of a moment `t` (in cycles) is
//!
//! ```text
//! frame(t) = round(frame₀ + (t − cycle₀) · rate · 60 · beats / tempo)
//! ```
//!
//! where `cycle₀`, `frame₀` is where the tempo last changed (both 0 at first; `frame₀` is kept
//! unrounded), `beats` the beats of a bar and `tempo` beats a minute. Every frame is computed from
//! that anchor and never by adding up, so ten hours are as exact as one second. Playing, rendering
//! and whoever predicts onsets use this one formula.
//!
//! A tempo that glides does so evenly in time: beats a minute grow by the same amount each second.
//! After `u` cycles of a glide from `v` to `w` over `n` cycles it stands at
//! `x(u) = √(v² + (w² − v²)·u/n)`, and `u` cycles take `2u / (v + x(u))` bars' worth of minutes: the
//! mean of the two tempos, as for any even acceleration.
//!
//! What the performer shifts by `nudge` is added on top: it grows evenly over a few beats, so that
//! time never jumps and the order of events never changes.

use mag_pattern::Time;

/// A moment of the timeline, in frames: 0 is the start of the first cycle, negative is before it.
pub type Frame = i64;

/// Changes of tempo that are remembered; those further back are not asked for any more.
const KEPT: usize = 256;

/// From here on one tempo holds, once the glide to it is over.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    cycle: Time,
    frame: f64,
    /// Beats a minute where it begins.
    from: f64,
    /// Beats a minute after the glide.
    to: f64,
    /// Cycles of the glide.
    over: Time,
    beats: u32,
}

impl Segment {
    /// Beats a minute, `u` cycles after its beginning.
    fn tempo(&self, u: f64) -> f64 {
        let over = self.over.to_f64();
        match u {
            u if u >= over => self.to,
            u if u <= 0.0 => self.from,
            u => (self.from.powi(2) + (self.to.powi(2) - self.from.powi(2)) * u / over).sqrt(),
        }
    }
    fn position(&self, t: Time, rate: f64) -> f64 {
        let (u, over) = ((t - self.cycle).to_f64(), self.over.to_f64());
        if over <= 0.0 || u <= 0.0 {
            // (before the first segment its tempo holds)
            let tempo = if over <= 0.0 { self.to } else { self.from };
            return self.frame + u * rate * 60.0 * f64::from(self.beats) / tempo;
        }
        let gliding = u.min(over);
        let passed = 2.0 * gliding / (self.from + self.tempo(u)) + (u - gliding) / self.to;
        self.frame + passed * rate * 60.0 * f64::from(self.beats)
    }
    /// Cycles after its beginning at an unrounded frame: the inverse of `position`.
    fn cycles(&self, frame: f64, rate: f64) -> f64 {
        let passed = (frame - self.frame) / (rate * 60.0 * f64::from(self.beats));
        let over = self.over.to_f64();
        let glide = 2.0 * over / (self.from + self.to);
        match passed {
            x if over <= 0.0 => x * self.to,
            x if x <= 0.0 => x * self.from,
            x if x < glide => self.from * x + (self.to - self.from) / glide * x * x / 2.0,
            x => over + (x - glide) * self.to,
        }
    }
}

/// From here on everything comes later by so many frames, once the slide to it is over.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shift {
    cycle: Time,
    over: Time,
    from: f64,
    to: f64,
}

impl Shift {
    fn at(&self, t: Time) -> f64 {
        let x = ((t - self.cycle).to_f64() / self.over.to_f64().max(1e-9)).clamp(0.0, 1.0);
        self.from + (self.to - self.from) * x
    }
}

/// The map between cycles and frames: exact, in pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    rate: u32,
    first: Segment,
    later: Vec<Segment>,
    shifts: Vec<Shift>,
}

/// A tempo that can be played: finite and at least one beat in 100 minutes.
fn playable(tempo: f64) -> f64 {
    if tempo.is_finite() { tempo.clamp(0.01, 100_000.0) } else { 120.0 }
}

impl Clock {
    /// A clock of `rate` frames a second that starts with `tempo` beats a minute and `beats`
    /// beats a cycle.
    pub fn new(rate: u32, tempo: f64, beats: u32) -> Clock {
        Clock::starting_at(Time::ZERO, rate, tempo, beats)
    }

    /// The same with the moment `cycle` on frame 0.
    pub fn starting_at(cycle: Time, rate: u32, tempo: f64, beats: u32) -> Clock {
        let to = playable(tempo);
        let first =
            Segment { cycle, frame: 0.0, from: to, to, over: Time::ZERO, beats: beats.max(1) };
        Clock { rate: rate.max(1), first, later: Vec::new(), shifts: Vec::new() }
    }

    /// Moves the timeline so that the moment `start` falls on frame 0; tempos, glides and slides
    /// stay where they are in the music.
    pub fn begin_at(&mut self, start: Time) {
        let by = self.position(start);
        self.first.frame -= by;
        self.later.iter_mut().for_each(|segment| segment.frame -= by);
    }

    /// Frames a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// From `at` on, `tempo` and `beats` hold, the tempo after a glide `over` so many cycles; what
    /// was decided for later is forgotten. Where that tempo holds already, or a glide to it is under
    /// way, nothing changes.
    pub fn retempo(&mut self, at: Time, tempo: f64, beats: u32, over: Time) {
        self.later.retain(|s| s.cycle < at);
        let (to, beats) = (playable(tempo), beats.max(1));
        let now = self.segment(at);
        if now.to == to && now.beats == beats {
            return;
        }
        let u = at - now.cycle;
        let from = now.tempo(u.to_f64());
        // (a change of meter alone lets the glide go on)
        let left = if now.to == to { (now.over - u).max(Time::ZERO) } else { over };
        let jumps = at <= self.first.cycle || from == to || left <= Time::ZERO;
        let (from, over) = if jumps { (to, Time::ZERO) } else { (from, left) };
        let frame = now.position(at, f64::from(self.rate));
        self.later.push(Segment { cycle: at, frame, from, to, over, beats });
        if self.later.len() > KEPT {
            self.first = self.later.remove(0);
        }
    }

    /// From `at` on, everything slides to `seconds` later than it would come without.
    pub fn shift(&mut self, at: Time, seconds: f64) {
        self.shifts.retain(|s| s.cycle < at);
        let to = seconds * f64::from(self.rate);
        let now = self.shifts.last();
        if now.map_or(0.0, |s| s.to) == to {
            return;
        }
        let from = self.shifted(at);
        let segment = self.segment(at);
        let beat = 60.0 / segment.tempo((at - segment.cycle).to_f64());
        // So slowly that the tempo bends by a quarter at most.
        let beats = (4.0 * (to - from).abs() / f64::from(self.rate) / beat).ceil().max(1.0);
        let over = Time::new(beats.min(1e6) as i64, i64::from(segment.beats));
        self.shifts.push(Shift { cycle: at, over, from, to });
        if self.shifts.len() > KEPT {
            self.shifts.remove(0);
        }
    }

    /// The frame at which the moment `t` falls.
    pub fn frame(&self, t: Time) -> Frame {
        self.position(t).round() as Frame
    }

    /// The same unrounded.
    pub fn position(&self, t: Time) -> f64 {
        self.segment(t).position(t, f64::from(self.rate)) + self.shifted(t)
    }

    /// Seconds from frame 0.
    pub fn seconds(&self, t: Time) -> f64 {
        self.position(t) / f64::from(self.rate)
    }

    /// Beats a minute at the moment `t`.
    pub fn tempo(&self, t: Time) -> f64 {
        let segment = self.segment(t);
        segment.tempo((t - segment.cycle).to_f64())
    }

    /// Cycles a second at the moment `t`.
    pub fn cps(&self, t: Time) -> f64 {
        self.tempo(t) / 60.0 / f64::from(self.segment(t).beats)
    }

    /// Beats of a cycle at the moment `t`.
    pub fn beats(&self, t: Time) -> u32 {
        self.segment(t).beats
    }

    /// The first moment at or after `frame` on a grid of about a millisecond, whose fractions
    /// stay small however long it plays.
    pub fn cycle_at(&self, frame: Frame) -> Time {
        let near = self.unshifted(frame as f64);
        if self.shifts.is_empty() {
            return self.not_before(frame, near);
        }
        // A shift changes slowly, so each look comes much closer.
        let look = |at: Time, _| self.unshifted(frame as f64 - self.shifted(at));
        self.not_before(frame, (0..12).fold(near, look))
    }

    /// The moment on the grid at or after an unrounded frame, as it would be without shifts.
    fn unshifted(&self, frame: f64) -> Time {
        let (segment, grid) = (self.segment_of(frame), self.grid_of(frame));
        let steps = (segment.cycles(frame, f64::from(self.rate)) * grid as f64).ceil();
        segment.cycle + Time::new(steps as i64, grid)
    }

    /// The first moment of the grid around `near` that is not before `frame`.
    fn not_before(&self, frame: Frame, near: Time) -> Time {
        let step = Time::new(1, self.grid_of(frame as f64));
        let mut at = near;
        for _ in 0..64 {
            if self.frame(at) >= frame {
                break;
            }
            at = at + step;
        }
        at
    }

    fn grid_of(&self, frame: f64) -> i64 {
        let segment = self.segment_of(frame);
        // (the faster of the two tempos: a step must not last longer than it should)
        grid(60.0 * f64::from(segment.beats) / segment.from.max(segment.to))
    }

    /// The first multiple of `quantum` cycles at or after `t`.
    pub fn next_multiple(t: Time, quantum: Time) -> Time {
        let times = t / quantum;
        if times.is_defined() { Time::int(times.ceil()) * quantum } else { t }
    }

    fn shifted(&self, t: Time) -> f64 {
        self.shifts.iter().rev().find(|s| s.cycle <= t).map_or(0.0, |s| s.at(t))
    }

    fn segment(&self, t: Time) -> Segment {
        let after = self.later.partition_point(|s| s.cycle <= t);
        after.checked_sub(1).and_then(|i| self.later.get(i)).copied().unwrap_or(self.first)
    }

    fn segment_of(&self, frame: f64) -> Segment {
        let after = self.later.partition_point(|s| s.frame <= frame);
        after.checked_sub(1).and_then(|i| self.later.get(i)).copied().unwrap_or(self.first)
    }
}

/// Parts of a cycle that last about a millisecond: a power of two.
fn grid(seconds_a_cycle: f64) -> i64 {
    let parts = (seconds_a_cycle * 1000.0).clamp(1.0, 1_000_000.0) as u64;
    parts.next_power_of_two() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_exact_after_ten_hours() {
        let clock = Clock::new(48_000, 124.0, 4);
        // 10 hours at 124 bpm are 18,600 bars; one bar is 240/124 s = 92,903.2258… frames.
        assert_eq!(clock.frame(Time::int(18_600)), 10 * 3600 * 48_000);
        assert_eq!(clock.frame(Time::int(1)), 92_903);
        assert_eq!(clock.frame(Time::new(18_600 * 3 + 1, 3)), 10 * 3600 * 48_000 + 30_968);
    }

    #[test]
    fn a_change_of_tempo_bends_time_without_a_jump() {
        let mut clock = Clock::new(1000, 60.0, 4);
        clock.retempo(Time::int(2), 120.0, 4, Time::ZERO);
        clock.retempo(Time::int(3), 120.0, 3, Time::ZERO);
        let frames: Vec<Frame> = (0..6).map(|n| clock.frame(Time::int(n))).collect();
        assert_eq!(frames, [0, 4000, 8000, 10_000, 11_500, 13_000]);
        assert_eq!(clock.cps(Time::new(5, 2)), 0.5);
    }

    #[test]
    fn an_earlier_change_takes_the_place_of_later_ones() {
        let mut clock = Clock::new(1000, 60.0, 4);
        clock.retempo(Time::int(2), 120.0, 4, Time::ZERO);
        clock.retempo(Time::int(1), 240.0, 4, Time::ZERO);
        assert_eq!(clock.frame(Time::int(3)), 4000 + 2 * 1000);
    }

    #[test]
    fn a_moment_found_from_a_frame_is_never_before_it() {
        let mut clock = Clock::new(48_000, 93.7, 7);
        clock.retempo(Time::new(7, 3), 211.0, 4, Time::ZERO);
        for frame in (-50_000..5_000_000).step_by(9_973) {
            let t = clock.cycle_at(frame);
            let late = clock.frame(t) - frame;
            assert!((0..=96).contains(&late), "{late} frames late at {frame}");
            assert!(t.denominator() <= 3 * 8192);
        }
    }

    #[test]
    fn multiples() {
        let beat = Time::new(1, 4);
        assert_eq!(Clock::next_multiple(Time::new(1, 3), beat), Time::new(1, 2));
        assert_eq!(Clock::next_multiple(Time::new(1, 2), beat), Time::new(1, 2));
        assert_eq!(Clock::next_multiple(Time::new(-1, 8), beat), Time::ZERO);
    }

    #[test]
    fn a_glide_is_the_integral_of_its_tempo() {
        // Beats a minute grow evenly in time from 90 to 150 over 8 bars of 4.
        let mut clock = Clock::new(48_000, 90.0, 4);
        clock.retempo(Time::int(2), 150.0, 4, Time::int(8));
        let start = clock.position(Time::int(2));
        // 32 beats at a mean of 120 a minute are 16 seconds.
        assert!((clock.position(Time::int(10)) - start - 16.0 * 48_000.0).abs() < 1e-6);
        assert_eq!((clock.tempo(Time::int(2)), clock.tempo(Time::int(10))), (90.0, 150.0));
        // Step by step: time advances by the tempo that holds in the middle of each small step.
        let (mut cycle, mut minutes, step) = (0.0f64, 0.0f64, 1e-6);
        while cycle < 8.0 {
            let tempo = 90.0 + 60.0 * (minutes + step / 2.0) / (16.0 / 60.0);
            cycle += tempo * step / 4.0;
            minutes += step;
            let exact = clock.position(Time::from_f64(cycle) + Time::int(2)) - start;
            assert!((exact - minutes * 60.0 * 48_000.0).abs() < 4.0, "after {cycle} cycles");
        }
        // And at the tempo that it came to from there on.
        let bar = clock.position(Time::int(12)) - clock.position(Time::int(11));
        assert!((bar - 1.6 * 48_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_glide_that_is_asked_for_again_goes_on() {
        let mut clock = Clock::new(48_000, 90.0, 4);
        clock.retempo(Time::int(2), 150.0, 4, Time::int(8));
        let before = clock.clone();
        clock.retempo(Time::int(5), 150.0, 4, Time::int(8));
        assert_eq!(clock, before);
        clock.retempo(Time::int(5), 100.0, 4, Time::ZERO);
        assert_eq!(clock.position(Time::int(5)), before.position(Time::int(5)), "no jump in time");
        assert_eq!(clock.tempo(Time::int(5)), 100.0);
    }

    #[test]
    fn a_shift_slides_in_and_keeps_the_order_of_time() {
        for seconds in [0.02, -0.02, -0.3, 2.0] {
            let plain = Clock::new(48_000, 120.0, 4);
            let mut clock = plain.clone();
            clock.shift(Time::int(3), seconds);
            let late = |t: Time| (clock.position(t) - plain.position(t)) / 48_000.0;
            assert_eq!(late(Time::int(3)), 0.0);
            assert!((late(Time::int(9)) - seconds).abs() < 1e-9);
            let steps: Vec<f64> = (0..9 * 64).map(|n| clock.position(Time::new(n, 64))).collect();
            assert!(steps.windows(2).all(|w| w[1] > w[0] + 0.7 * 1500.0), "a quarter at most");
        }
    }

    #[test]
    fn moments_are_found_through_glides_and_shifts() {
        let mut clock = Clock::new(48_000, 93.7, 7);
        clock.retempo(Time::new(7, 3), 211.0, 4, Time::int(5));
        clock.shift(Time::int(3), -0.25);
        clock.shift(Time::int(9), 0.1);
        clock.retempo(Time::int(11), 60.0, 4, Time::new(3, 2));
        for frame in (-50_000..5_000_000).step_by(4_973) {
            let late = clock.frame(clock.cycle_at(frame)) - frame;
            assert!((0..=200).contains(&late), "{late} frames late at {frame}");
        }
    }

    #[test]
    fn a_clock_that_begins_anew_goes_on_as_it_was() {
        let mut whole = Clock::new(48_000, 100.0, 4);
        whole.retempo(Time::int(10), 140.0, 4, Time::int(8));
        whole.shift(Time::int(13), 0.05);
        let mut resumed = whole.clone();
        let start = Time::int(14);
        resumed.begin_at(start);
        assert_eq!(resumed.frame(start), 0);
        assert_eq!(resumed.tempo(start), whole.tempo(start), "halfway through the glide");
        for n in 0..40 {
            let t = start + Time::new(n, 4);
            let since = whole.position(t) - whole.position(start);
            assert!((resumed.position(t) - since).abs() < 1e-6, "{t}");
        }
    }
}

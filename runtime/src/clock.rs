//! Where cycles lie on the timeline of frames, over changes of tempo: pure and without drift.
//!
//! Between two changes of tempo the frame of a moment `t` (in cycles) is
//!
//! ```text
//! frame(t) = round(frame₀ + (t − cycle₀) · rate · 60 · beats / tempo)
//! ```
//!
//! where `cycle₀`, `frame₀` is where the tempo last changed (both 0 at first; `frame₀` is kept
//! unrounded), `beats` the beats of a bar and `tempo` beats a minute. Every frame is computed from
//! that anchor and never by adding up, so ten hours are as exact as one second. Playing, rendering
//! and whoever predicts onsets use this one formula.

use mag_pattern::Time;

/// A moment of the timeline, in frames: 0 is the start of cycle 0, negative is before it.
pub type Frame = i64;

/// From here on one tempo holds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    cycle: Time,
    frame: f64,
    tempo: f64,
    beats: u32,
}

impl Segment {
    fn frames_a_cycle(&self, rate: f64) -> f64 {
        rate * 60.0 * f64::from(self.beats) / self.tempo
    }
    fn position(&self, t: Time, rate: f64) -> f64 {
        self.frame + (t - self.cycle).to_f64() * rate * 60.0 * f64::from(self.beats) / self.tempo
    }
}

/// The map between cycles and frames: exact, piecewise linear.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    rate: u32,
    first: Segment,
    later: Vec<Segment>,
}

/// A tempo that can be played: finite and at least one beat in 100 minutes.
fn playable(tempo: f64) -> f64 {
    if tempo.is_finite() { tempo.clamp(0.01, 100_000.0) } else { 120.0 }
}

impl Clock {
    /// A clock of `rate` frames a second that starts with `tempo` beats a minute and `beats`
    /// beats a cycle.
    pub fn new(rate: u32, tempo: f64, beats: u32) -> Clock {
        let tempo = playable(tempo);
        let first = Segment { cycle: Time::ZERO, frame: 0.0, tempo, beats: beats.max(1) };
        Clock { rate: rate.max(1), first, later: Vec::new() }
    }

    /// Frames a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// From `at` on, `tempo` and `beats` hold; what was decided for later is forgotten.
    pub fn retempo(&mut self, at: Time, tempo: f64, beats: u32) {
        self.later.retain(|s| s.cycle < at);
        let (tempo, beats) = (playable(tempo), beats.max(1));
        let now = self.segment(at);
        if now.tempo != tempo || now.beats != beats {
            let frame = now.position(at, f64::from(self.rate));
            self.later.push(Segment { cycle: at, frame, tempo, beats });
        }
    }

    /// The frame at which the moment `t` falls.
    pub fn frame(&self, t: Time) -> Frame {
        self.position(t).round() as Frame
    }

    /// The same unrounded.
    pub fn position(&self, t: Time) -> f64 {
        self.segment(t).position(t, f64::from(self.rate))
    }

    /// Seconds from the start of cycle 0.
    pub fn seconds(&self, t: Time) -> f64 {
        self.position(t) / f64::from(self.rate)
    }

    /// Cycles a second at the moment `t`.
    pub fn cps(&self, t: Time) -> f64 {
        let segment = self.segment(t);
        segment.tempo / 60.0 / f64::from(segment.beats)
    }

    /// Beats of a cycle at the moment `t`.
    pub fn beats(&self, t: Time) -> u32 {
        self.segment(t).beats
    }

    /// The first moment at or after `frame` on a grid of about a millisecond, whose fractions
    /// stay small however long it plays.
    pub fn cycle_at(&self, frame: Frame) -> Time {
        let segment = self.segment_of(frame);
        let length = segment.frames_a_cycle(f64::from(self.rate));
        let grid = grid(length / f64::from(self.rate));
        let steps = ((frame as f64 - segment.frame) / length * grid as f64).ceil();
        let near = segment.cycle + Time::new(steps as i64, grid);
        if self.frame(near) < frame { near + Time::new(1, grid) } else { near }
    }

    /// The first multiple of `quantum` cycles at or after `t`.
    pub fn next_multiple(t: Time, quantum: Time) -> Time {
        let times = t / quantum;
        if times.is_defined() { Time::int(times.ceil()) * quantum } else { t }
    }

    fn segment(&self, t: Time) -> Segment {
        let after = self.later.partition_point(|s| s.cycle <= t);
        after.checked_sub(1).and_then(|i| self.later.get(i)).copied().unwrap_or(self.first)
    }

    fn segment_of(&self, frame: Frame) -> Segment {
        let after = self.later.partition_point(|s| s.frame <= frame as f64);
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
        clock.retempo(Time::int(2), 120.0, 4);
        clock.retempo(Time::int(3), 120.0, 3);
        let frames: Vec<Frame> = (0..6).map(|n| clock.frame(Time::int(n))).collect();
        assert_eq!(frames, [0, 4000, 8000, 10_000, 11_500, 13_000]);
        assert_eq!(clock.cps(Time::new(5, 2)), 0.5);
    }

    #[test]
    fn an_earlier_change_takes_the_place_of_later_ones() {
        let mut clock = Clock::new(1000, 60.0, 4);
        clock.retempo(Time::int(2), 120.0, 4);
        clock.retempo(Time::int(1), 240.0, 4);
        assert_eq!(clock.frame(Time::int(3)), 4000 + 2 * 1000);
    }

    #[test]
    fn a_moment_found_from_a_frame_is_never_before_it() {
        let mut clock = Clock::new(48_000, 93.7, 7);
        clock.retempo(Time::new(7, 3), 211.0, 4);
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
}

//! Attack, decay, sustain, release: every segment ends on its exact frame.

use crate::math::exp;

/// Curvature of decay and release: they fall by e⁻⁵ of their span before the end is snapped to.
const CURVE: f32 = 5.0;
/// Frames of a curve that are computed from the same starting point.
const STRIDE: usize = 8;

/// Times in frames and the sustain level of an envelope.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Frames from silence to full level.
    pub attack: u32,
    /// Frames from full level to `sustain`.
    pub decay: u32,
    /// Level held until the gate closes.
    pub sustain: f32,
    /// Frames from the closing of the gate to silence.
    pub release: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    Attack,
    Decay,
    Sustain,
    Release,
    #[default]
    Done,
}

/// How the level moves within a segment. The level of frame n, from 1 on, follows from n alone,
/// so that the frames may be asked for in any portions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Level,
    Line,
    Curve,
}

/// A running envelope, 0 to 1: linear attack, exponential decay and release. What is looked at while
/// it rests stands first.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Adsr {
    left: u64,
    gate: u64,
    /// Where a line starts, what a curve approaches.
    base: f32,
    stage: Stage,
    shape: Shape,
    /// Frames of this segment that have passed.
    passed: u64,
    /// Slope of a line.
    slope: f32,
    /// Distance of a curve from its base at the last multiple of `STRIDE` frames.
    span: f64,
    /// Its factors after 1 to `STRIDE` frames.
    powers: [f32; STRIDE],
    stride: f64,
    /// Level of the last frame.
    level: f32,
    goal: f32,
    times: Times,
}

impl Adsr {
    /// An envelope whose gate is open for `gate` frames.
    #[must_use]
    pub fn new(times: Times, gate: u64) -> Self {
        let mut adsr = Adsr { times, gate, ..Adsr::default() };
        adsr.enter(Stage::Attack);
        adsr
    }

    /// Whether it has come to its end; it then stays at 0.
    #[must_use]
    pub fn done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Whether the gate has closed.
    #[must_use]
    pub fn released(&self) -> bool {
        matches!(self.stage, Stage::Release | Stage::Done)
    }

    /// Writes the next `out.len()` frames.
    #[inline]
    pub fn fill(&mut self, mut out: &mut [f32]) {
        if let Some(level) = self.hold(out.len()) {
            return out.fill(level);
        }
        while !out.is_empty() {
            let (now, later) = out.split_at_mut(self.room(out.len()));
            match self.shape {
                Shape::Level => now.fill(self.base),
                Shape::Line => self.write_line(now),
                Shape::Curve => self.write_curve(now),
            }
            self.pass(now.len());
            out = later;
        }
    }

    /// Passes over `frames` frames, at least one; the level of the last of them.
    pub fn skip(&mut self, frames: usize) -> f32 {
        let mut left = frames.max(1);
        loop {
            let now = self.room(left);
            left -= now;
            let level = self.pass(now);
            if left == 0 {
                return level;
            }
        }
    }

    /// The level of the next `frames` frames if it does not move within them; it passes over them.
    #[inline]
    pub fn hold(&mut self, frames: usize) -> Option<f32> {
        let frames = frames as u64;
        let room = if self.released() { self.left } else { self.left.min(self.gate) };
        if self.shape != Shape::Level || room <= frames {
            return None;
        }
        self.left -= frames;
        self.gate = self.gate.saturating_sub(frames);
        Some(self.base)
    }

    /// How many of `frames` frames belong to one segment; closes the gate when it is time.
    fn room(&mut self, frames: usize) -> usize {
        if self.gate == 0 && !self.released() {
            self.enter(Stage::Release);
        }
        let room = if self.released() { self.left } else { self.left.min(self.gate) };
        (frames as u64).min(room) as usize
    }

    /// Moves on by some frames of the present segment; the level of the last of them.
    fn pass(&mut self, frames: usize) -> f32 {
        if frames == 0 {
            return self.level;
        }
        let last = self.passed % STRIDE as u64 + frames as u64 - 1;
        for _ in 0..last / STRIDE as u64 {
            self.span *= self.stride;
        }
        let level = match self.shape {
            Shape::Level => self.base,
            Shape::Line => self.base + self.slope * (self.passed + frames as u64) as f32,
            Shape::Curve => self.base + self.span as f32 * self.powers[last as usize % STRIDE],
        };
        if last % STRIDE as u64 == STRIDE as u64 - 1 {
            self.span *= self.stride;
        }
        self.passed += frames as u64;
        self.left -= frames as u64;
        self.gate = self.gate.saturating_sub(frames as u64);
        self.level = level;
        self.advance();
        level
    }

    /// Writes a stretch of a line. (A count that fits in 31 bits is turned into a number eight
    /// frames at a time; the number is the same.)
    #[inline]
    fn write_line(&self, out: &mut [f32]) {
        if let Ok(passed) = i32::try_from(self.passed + out.len() as u64) {
            let first = passed - out.len() as i32 + 1;
            for (i, y) in out.iter_mut().enumerate() {
                *y = self.base + self.slope * (first + i as i32) as f32;
            }
        } else {
            for (i, y) in out.iter_mut().enumerate() {
                *y = self.base + self.slope * (self.passed + i as u64 + 1) as f32;
            }
        }
    }

    /// Writes a stretch of a curve.
    #[inline]
    fn write_curve(&self, mut out: &mut [f32]) {
        let mut span = self.span;
        let mut at = (self.passed % STRIDE as u64) as usize;
        while !out.is_empty() {
            let (now, later) = out.split_at_mut((STRIDE - at).min(out.len()));
            for (y, power) in now.iter_mut().zip(&self.powers[at..]) {
                *y = self.base + span as f32 * power;
            }
            span *= self.stride;
            at = 0;
            out = later;
        }
    }

    /// Passes on to the next stages while no frame is left in this one.
    fn advance(&mut self) {
        while self.left == 0 {
            self.level = self.goal;
            self.enter(match self.stage {
                Stage::Attack => Stage::Decay,
                Stage::Decay => Stage::Sustain,
                Stage::Sustain | Stage::Release | Stage::Done => Stage::Done,
            });
        }
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.passed = 0;
        let Times { attack, decay, sustain, release } = self.times;
        match stage {
            Stage::Attack => self.line(1.0, attack),
            Stage::Decay => self.curve(sustain, decay),
            Stage::Sustain if sustain <= 0.0 => self.enter(Stage::Done),
            Stage::Sustain => self.stay(sustain),
            Stage::Release => self.curve(0.0, release),
            Stage::Done => self.stay(0.0),
        }
        if stage != Stage::Done {
            self.advance();
        }
    }

    fn line(&mut self, goal: f32, frames: u32) {
        (self.shape, self.goal, self.left) = (Shape::Line, goal, u64::from(frames));
        self.base = self.level;
        self.slope = (goal - self.level) / frames.max(1) as f32;
    }

    /// Falls from the present level so that `goal` is reached after `frames`.
    fn curve(&mut self, goal: f32, frames: u32) {
        (self.shape, self.goal, self.left) = (Shape::Curve, goal, u64::from(frames));
        let rest = exp(-CURVE);
        self.base = goal - (self.level - goal) * rest / (1.0 - rest);
        self.span = f64::from(self.level) - f64::from(self.base);
        let factor = 1.0 - f64::from(exp_less_one(CURVE / frames.max(1) as f32));
        self.stride = 1.0;
        for power in &mut self.powers {
            self.stride *= factor;
            *power = self.stride as f32;
        }
    }

    fn stay(&mut self, level: f32) {
        (self.shape, self.goal, self.left) = (Shape::Level, level, u64::MAX);
        (self.base, self.level) = (level, level);
    }
}

/// 1 - e⁻ˣ without loss of precision for a small `x`.
fn exp_less_one(x: f32) -> f32 {
    if x > 0.1 { 1.0 - exp(-x) } else { x * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(times: Times, gate: u64, frames: usize, chunk: usize) -> Vec<f32> {
        let mut adsr = Adsr::new(times, gate);
        let mut out = vec![0.0; frames];
        out.chunks_mut(chunk).for_each(|c| adsr.fill(c));
        out
    }

    #[test]
    fn segments_end_on_their_frames() {
        let times = Times { attack: 100, decay: 200, sustain: 0.5, release: 300 };
        let y = run(times, 1000, 1400, 1400);
        assert!((y[49] - 0.5).abs() < 1e-3, "half way up");
        assert!((y[99] - 1.0).abs() < 1e-3, "full level at the end of the attack");
        assert!((y[299] - 0.5).abs() < 1e-3, "sustain level at the end of the decay");
        assert_eq!(y[600], 0.5);
        assert!(y[1000] < 0.5, "falls with the first frame after the gate");
        assert!(y[1299] < 1e-3 && y[1298] > 0.0);
        assert_eq!(y[1300], 0.0);
        let mid = 0.5 * ((-2.5f32).exp() - (-5f32).exp()) / (1.0 - (-5f32).exp());
        assert!((y[1149] - mid).abs() < 1e-3, "exponential in between");
    }

    #[test]
    fn every_frame_has_the_level_of_its_formula() {
        let curve = |x: f64| ((-5.0 * x).exp() - (-5f64).exp()) / (1.0 - (-5f64).exp());
        let mut worst = 0.0f64;
        for (a, d, s, r) in [(100, 200, 0.5f32, 300), (1, 7, 0.2, 1), (4800, 24_000, 0.7, 9600)] {
            let gate = u64::from(a + d) + 500;
            let times = Times { attack: a, decay: d, sustain: s, release: r };
            let y = run(times, gate, gate as usize + r as usize + 10, 64);
            let sustain = f64::from(s);
            for (n, y) in y.iter().enumerate() {
                // The n-th frame is the (n + 1)-th step.
                let n = n as f64 + 1.0;
                let (a, d, r, gate) = (f64::from(a), f64::from(d), f64::from(r), gate as f64);
                let exact = if n <= a {
                    n / a
                } else if n <= a + d {
                    sustain + (1.0 - sustain) * curve((n - a) / d)
                } else if n <= gate {
                    sustain
                } else {
                    sustain * curve(((n - gate) / r).min(1.0))
                };
                worst = worst.max((f64::from(*y) - exact).abs());
            }
        }
        println!("envelope: within {worst:.1e} of its formula at every frame");
        assert!(worst < 2e-5, "{worst}");
    }

    #[test]
    fn the_chunks_do_not_matter() {
        let times = Times { attack: 10, decay: 33, sustain: 0.2, release: 77 };
        let whole = run(times, 50, 200, 200);
        for chunk in [1, 3, 64] {
            assert_eq!(run(times, 50, 200, chunk), whole);
        }
    }

    #[test]
    fn to_skip_is_to_read_the_last_frame() {
        let times = Times { attack: 9, decay: 40, sustain: 0.3, release: 70 };
        for portion in [1, 5, 16, 64] {
            let all = run(times, 60, 192, portion);
            let mut adsr = Adsr::new(times, 60);
            for last in (portion - 1..192).step_by(portion) {
                assert_eq!(adsr.skip(portion), all[last], "frame {last}, {portion} at a time");
            }
        }
    }

    #[test]
    fn times_of_zero_work() {
        let y = run(Times { attack: 0, decay: 0, sustain: 1.0, release: 0 }, 5, 8, 8);
        assert_eq!(y, [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(run(Times::default(), 0, 4, 4), [0.0; 4]);
    }

    #[test]
    fn a_gate_that_closes_in_the_attack_releases_from_there() {
        let y = run(Times { attack: 100, decay: 10, sustain: 1.0, release: 50 }, 50, 150, 7);
        assert!((y[49] - 0.5).abs() < 1e-3);
        assert!(y[50] < y[49]);
        assert_eq!(y[100], 0.0);
    }
}

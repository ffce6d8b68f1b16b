//! Attack, decay, sustain, release: every segment ends on its exact frame.

use crate::math::exp;

/// Curvature of decay and release: they fall by e⁻⁵ of their span before the end is snapped to.
const CURVE: f32 = 5.0;

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

/// A running envelope, 0 to 1: linear attack, exponential decay and release.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adsr {
    times: Times,
    stage: Stage,
    level: f64,
    factor: f64,
    term: f64,
    goal: f64,
    left: u64,
    gate: u64,
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
    pub fn fill(&mut self, mut out: &mut [f32]) {
        while !out.is_empty() {
            if self.gate == 0 && !self.released() {
                self.enter(Stage::Release);
            }
            let room = if self.released() { self.left } else { self.left.min(self.gate) };
            let n = (out.len() as u64).min(room) as usize;
            let (now, later) = out.split_at_mut(n);
            if self.factor == 1.0 && self.term == 0.0 {
                now.fill(self.level as f32);
            } else {
                for y in now {
                    self.level = self.level * self.factor + self.term;
                    *y = self.level as f32;
                }
            }
            out = later;
            self.left -= n as u64;
            self.gate = self.gate.saturating_sub(n as u64);
            self.advance();
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
        let Times { attack, decay, sustain, release } = self.times;
        match stage {
            Stage::Attack => self.line(1.0, attack),
            Stage::Decay => self.curve(f64::from(sustain), decay),
            Stage::Sustain if sustain <= 0.0 => self.enter(Stage::Done),
            Stage::Sustain => self.hold(f64::from(sustain)),
            Stage::Release => self.curve(0.0, release),
            Stage::Done => self.hold(0.0),
        }
        if stage != Stage::Done {
            self.advance();
        }
    }

    fn line(&mut self, goal: f64, frames: u32) {
        self.goal = goal;
        self.left = u64::from(frames);
        self.factor = 1.0;
        self.term = (goal - self.level) / f64::from(frames.max(1));
    }

    /// Falls from the present level so that `goal` is reached after `frames`.
    fn curve(&mut self, goal: f64, frames: u32) {
        self.goal = goal;
        self.left = u64::from(frames);
        let rest = f64::from(exp(-CURVE));
        let asymptote = goal - (self.level - goal) * rest / (1.0 - rest);
        self.factor = 1.0 - f64::from(exp_less_one(CURVE / frames.max(1) as f32));
        self.term = asymptote * (1.0 - self.factor);
    }

    fn hold(&mut self, level: f64) {
        self.level = level;
        self.goal = level;
        self.left = u64::MAX;
        self.factor = 1.0;
        self.term = 0.0;
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
    fn the_chunks_do_not_matter() {
        let times = Times { attack: 10, decay: 33, sustain: 0.2, release: 77 };
        let whole = run(times, 50, 200, 200);
        for chunk in [1, 3, 64] {
            assert_eq!(run(times, 50, 200, chunk), whole);
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

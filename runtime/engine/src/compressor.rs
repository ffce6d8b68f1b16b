//! The dynamics of an orbit: a compressor, and the duck that other orbits' sounds set off.

use crate::BLOCK;
use crate::bus::Stereo;
use crate::filter::OnePole;
use crate::math::{exp2, log2};
use crate::param::Param;
use crate::shot::Shot;

/// Decibels of a doubling.
const DOUBLE: f32 = 6.020_6;

/// A compressor with a soft knee that hears both channels as one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Compressor {
    on: bool,
    /// Decibels.
    threshold: f32,
    ratio: f32,
    knee: f32,
    /// Shares of the way a frame.
    attack: f32,
    release: f32,
    level: f32,
}

impl Compressor {
    /// Takes the settings that `shot` gives: the last one wins.
    pub fn set(&mut self, shot: &Shot, rate: f32) {
        if shot.given(Param::Compressor) {
            self.on = true;
            self.threshold = shot.get(Param::Compressor);
            self.ratio = shot.get(Param::CompressorRatio);
            self.knee = shot.get(Param::CompressorKnee);
            let share = |p| OnePole::share(1.0 / (core::f32::consts::TAU * shot.get(p) * rate));
            self.attack = share(Param::CompressorAttack);
            self.release = share(Param::CompressorRelease);
        }
    }

    /// Compresses a block in place; the gains, if it is on.
    pub fn run(&mut self, x: &mut Stereo) -> Option<[f32; BLOCK]> {
        if !self.on {
            return None;
        }
        let mut gains = [1.0; BLOCK];
        let [left, right] = x;
        for ((l, r), to) in left.iter_mut().zip(right).zip(&mut gains) {
            let size = l.abs().max(r.abs());
            let share = if size > self.level { self.attack } else { self.release };
            self.level += share * (size - self.level);
            let gain = exp2(self.reduction(DOUBLE * log2(self.level.max(1e-6))) / DOUBLE);
            (*l, *r) = (*l * gain, *r * gain);
            *to = gain;
        }
        Some(gains)
    }

    /// Decibels by which a level in decibels is changed.
    fn reduction(&self, level: f32) -> f32 {
        let over = level - self.threshold;
        let slope = 1.0 / self.ratio - 1.0;
        if 2.0 * over.abs() < self.knee {
            let way = over + 0.5 * self.knee;
            slope * way * way / (2.0 * self.knee)
        } else {
            slope * over.max(0.0)
        }
    }
}

/// A level that falls when it is told to, and comes back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duck {
    /// Frame within the present block, or later, at which it falls, and how deep.
    due: Option<(u64, f32)>,
    level: f32,
    goal: f32,
    down: f32,
    up: f32,
}

impl Duck {
    /// One that does nothing.
    pub fn new(rate: f32) -> Self {
        Duck { due: None, level: 1.0, goal: 1.0, down: 1.0 / (0.003 * rate), up: 1.0 }
    }

    /// Falls by `depth` from frame `at` on, within `down` seconds, and is back `up` seconds later.
    pub fn set(&mut self, at: u64, depth: f32, (down, up): (f32, f32), rate: f32) {
        self.due = Some((at, 1.0 - depth));
        self.down = 1.0 / (down * rate).max(1.0);
        self.up = 1.0 / (up * rate).max(1.0);
    }

    /// Changes the block that starts at frame `block`.
    pub fn run(&mut self, block: u64, x: &mut Stereo) {
        if self.due.is_none() && self.level >= 1.0 {
            return;
        }
        let [left, right] = x;
        for (i, (l, r)) in left.iter_mut().zip(right).enumerate() {
            if let Some((at, depth)) = self.due
                && at <= block + i as u64
            {
                self.goal = depth;
                self.due = None;
            }
            if self.level > self.goal && self.goal < 1.0 {
                self.level = (self.level - self.down).max(self.goal);
            } else {
                self.goal = 1.0;
                self.level = (self.level + self.up).min(1.0);
            }
            // Its square: the ear hears the way back as even.
            let gain = self.level * self.level;
            (*l, *r) = (*l * gain, *r * gain);
        }
    }
}

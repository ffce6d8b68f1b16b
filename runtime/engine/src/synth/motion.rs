//! A value that an envelope and a slow oscillator move: the place in a wavetable, and its warp.

use super::Onset;
use crate::effect::sweep::times;
use crate::effect::swing::Swing;
use crate::envelope::Adsr;
use crate::param::Param;

/// The parameters of a motion.
pub(super) struct Names {
    pub base: Param,
    pub depth: Param,
    pub envelope: [Param; 4],
    pub rate: Param,
    pub reach: Param,
    /// Shape, skew.
    pub shape: [Param; 2],
    pub offset: Param,
}

/// Of the place in a wavetable.
pub(super) const PLACE: Names = Names {
    base: Param::Wt,
    depth: Param::WtEnv,
    envelope: [Param::WtAttack, Param::WtDecay, Param::WtSustain, Param::WtRelease],
    rate: Param::WtRate,
    reach: Param::WtDepth,
    shape: [Param::WtShape, Param::WtSkew],
    offset: Param::WtOffset,
};

/// Of the warp.
pub(super) const WARP: Names = Names {
    base: Param::Warp,
    depth: Param::WarpEnv,
    envelope: [Param::WarpAttack, Param::WarpDecay, Param::WarpSustain, Param::WarpRelease],
    rate: Param::WarpRate,
    reach: Param::WarpDepth,
    shape: [Param::WarpShape, Param::WarpSkew],
    offset: Param::WarpOffset,
};

/// A moving value, 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Motion {
    base: f32,
    depth: f32,
    envelope: Adsr,
    swing: Swing,
    reach: f32,
    offset: f32,
    now: f32,
}

impl Motion {
    /// What a shot asks for.
    pub fn new(names: &Names, onset: &Onset) -> Self {
        let shot = onset.shot;
        let shaped = names.envelope.iter().any(|&p| shot.asked(p));
        let depth = if shaped && !shot.given(names.depth) { 0.5 } else { shot.get(names.depth) };
        let [shape, skew] = names.shape.map(|p| shot.get(p));
        let mut motion = Motion {
            base: shot.get(names.base),
            depth,
            envelope: Adsr::new(times(names.envelope, shot, onset.rate), shot.duration),
            swing: Swing::new(shot.get(names.rate), (shape, skew, 0.0), onset.rate),
            reach: shot.get(names.reach),
            offset: shot.get(names.offset),
            now: 0.0,
        };
        motion.now = motion.value(0.0);
        motion
    }

    fn value(&self, level: f32) -> f32 {
        let swing = if self.swing.moves() {
            2.0 * self.reach * (self.swing.level() + self.offset)
        } else {
            0.0
        };
        (self.base + self.depth * level + swing).clamp(0.0, 1.0)
    }

    /// Where it is now and where after `frames` frames.
    pub fn pass(&mut self, frames: usize) -> (f32, f32) {
        if self.depth == 0.0 && !self.swing.moves() {
            return (self.now, self.now);
        }
        let level = self.envelope.skip(frames);
        self.swing.pass(frames);
        let before = self.now;
        self.now = self.value(level);
        (before, self.now)
    }
}

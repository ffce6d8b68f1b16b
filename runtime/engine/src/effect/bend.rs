//! Movements of a voice's pitch: acceleration, vibrato, pitch envelope.

use crate::math::{exp2, sin_turns};
use crate::param::Param;
use crate::shot::Shot;

/// The pitch of one voice over its life.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bend {
    moves: bool,
    /// Change of the factor each frame.
    accelerate: f32,
    /// Turns a frame, and semitones.
    vibrato: (f32, f32),
    /// Semitones, frames of rise, frames of fall.
    envelope: (f32, f32, f32),
}

impl Bend {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let accelerate = shot.get(Param::Accelerate) / (shot.duration.max(1) as f32);
        let vibrato = (shot.get(Param::Vibrato) / rate, shot.get(Param::VibratoDepth));
        let envelope = (
            shot.get(Param::PitchEnv),
            shot.get(Param::PitchAttack) * rate,
            (shot.get(Param::PitchDecay) * rate).max(1.0),
        );
        let moves = accelerate != 0.0 || vibrato.0 > 0.0 || envelope.0 != 0.0;
        Bend { moves, accelerate, vibrato, envelope }
    }

    /// Factor of the pitch `age` frames after the start.
    pub fn at(&self, age: u64) -> f32 {
        if !self.moves {
            return 1.0;
        }
        let age = age as f32;
        let glide = (1.0 + self.accelerate * age).clamp(1.0 / 64.0, 64.0);
        let mut semitones = 0.0;
        if self.vibrato.0 > 0.0 {
            semitones += self.vibrato.1 * sin_turns((age * self.vibrato.0).fract());
        }
        let (depth, rise, fall) = self.envelope;
        if depth != 0.0 {
            let level = if age < rise { age / rise } else { exp2(-7.0 * (age - rise) / fall) };
            semitones += depth * level;
        }
        glide * exp2(semitones / 12.0)
    }
}

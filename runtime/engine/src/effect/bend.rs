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
    /// Semitones from where it comes, and frames until it has arrived.
    glide: (f32, f32),
    /// Turns a frame, and semitones.
    vibrato: (f32, f32),
    /// Semitones, frames of rise, frames of fall.
    envelope: (f32, f32, f32),
}

impl Bend {
    /// What `shot` asks for.
    /// `previous` is the part's note before this one.
    pub fn new(shot: &Shot, previous: Option<f32>, rate: f32) -> Self {
        let accelerate = shot.get(Param::Accelerate) / (shot.duration.max(1) as f32);
        let vibrato = (shot.get(Param::Vibrato) / rate, shot.get(Param::VibratoDepth));
        let envelope = (
            shot.get(Param::PitchEnv),
            shot.get(Param::PitchAttack) * rate,
            (shot.get(Param::PitchDecay) * rate).max(1.0),
        );
        let glide = shot.get(Param::Glide) * rate;
        let glide = match previous {
            Some(note) if glide >= 1.0 => (note - shot.get(Param::MidiNote), glide),
            _ => (0.0, 1.0),
        };
        let moves = glide.0 != 0.0 || accelerate != 0.0 || vibrato.0 > 0.0 || envelope.0 != 0.0;
        Bend { moves, accelerate, glide, vibrato, envelope }
    }

    /// Factor of the pitch `age` frames after the start.
    pub fn at(&self, age: u64) -> f32 {
        if !self.moves {
            return 1.0;
        }
        let age = age as f32;
        let faster = (1.0 + self.accelerate * age).clamp(1.0 / 64.0, 64.0);
        let mut semitones = self.glide.0 * (1.0 - age / self.glide.1).max(0.0);
        if self.vibrato.0 > 0.0 {
            semitones += self.vibrato.1 * sin_turns((age * self.vibrato.0).fract());
        }
        let (depth, rise, fall) = self.envelope;
        if depth != 0.0 {
            let level = if age < rise { age / rise } else { exp2(-7.0 * (age - rise) / fall) };
            semitones += depth * level;
        }
        faster * exp2(semitones / 12.0)
    }
}

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
    envelope: Pitch,
}

impl Bend {
    /// What `shot` asks for.
    /// `previous` is the part's note before this one.
    pub fn new(shot: &Shot, previous: Option<f32>, rate: f32) -> Self {
        let accelerate = shot.get(Param::Accelerate) / (shot.duration.max(1) as f32);
        let vibrato = (shot.get(Param::Vibrato) / rate, shot.get(Param::VibratoDepth));
        let envelope = Pitch::new(shot, rate);
        let glide = shot.get(Param::Glide) * rate;
        let glide = match previous {
            Some(note) if glide >= 1.0 => (note - shot.get(Param::MidiNote), glide),
            _ => (0.0, 1.0),
        };
        let moves = glide.0 != 0.0 || accelerate != 0.0 || vibrato.0 > 0.0 || envelope.depth != 0.0;
        Bend { moves, accelerate, glide, vibrato, envelope }
    }

    /// Whether it does anything.
    pub fn moves(&self) -> bool {
        self.moves
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
        if self.envelope.depth != 0.0 {
            semitones += self.envelope.at(age);
        }
        faster * exp2(semitones / 12.0)
    }
}

/// The pitch envelope.
#[derive(Clone, Copy, Debug, Default)]
struct Pitch {
    /// Semitones.
    depth: f32,
    /// Frames.
    rise: f32,
    fall: f32,
    release: f32,
    gate: f32,
    sustain: f32,
    /// Level at which the note is in tune.
    anchor: f32,
    straight: bool,
}

impl Pitch {
    fn new(shot: &Shot, rate: f32) -> Self {
        const SHAPE: [Param; 4] =
            [Param::PitchAttack, Param::PitchDecay, Param::PitchSustain, Param::PitchRelease];
        let sustain = shot.get(Param::PitchSustain);
        let asked = shot.asked(Param::PitchAnchor);
        // Where only its shape is given it moves by a semitone, as in superdough.
        let shaped = SHAPE.iter().any(|&p| shot.asked(p)) && !shot.given(Param::PitchEnv);
        Pitch {
            depth: if shaped { 1.0 } else { shot.get(Param::PitchEnv) },
            rise: shot.get(Param::PitchAttack) * rate,
            fall: (shot.get(Param::PitchDecay) * rate).max(1.0),
            release: (shot.get(Param::PitchRelease) * rate).max(1.0),
            gate: shot.duration as f32,
            sustain,
            anchor: if asked { shot.get(Param::PitchAnchor) } else { sustain },
            straight: shot.get(Param::PitchCurve) < 1.0,
        }
    }

    fn fallen(&self, share: f32) -> f32 {
        if self.straight { (1.0 - share).max(0.0) } else { exp2(-7.0 * share) }
    }

    fn held(&self, age: f32) -> f32 {
        if age < self.rise {
            return age / self.rise;
        }
        self.sustain + (1.0 - self.sustain) * self.fallen((age - self.rise) / self.fall)
    }

    /// Semitones after `age` frames.
    fn at(&self, age: f32) -> f32 {
        let level = if age > self.gate && self.sustain > 0.0 {
            self.held(self.gate) * self.fallen((age - self.gate) / self.release)
        } else {
            self.held(age)
        };
        self.depth * (level - self.anchor)
    }
}

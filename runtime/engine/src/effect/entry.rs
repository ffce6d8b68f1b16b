//! What happens to a tone before its filters: noise is mixed in, the ladder is driven harder.

use crate::math::exp;
use crate::noise::{Noise, Pink};
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// Drive of the ladder that leaves the level as it is, superdough's default.
const EVEN: f32 = 0.69;

/// Noise and drive of one voice; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    noise: Noise,
    pink: Pink,
    mix: f32,
    drive: f32,
}

impl Entry {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, seed: u32) -> Self {
        let ladder = shot.get(Param::FilterType) as u32 == 1 && shot.given(Param::Lpf);
        let drive = if ladder { exp(shot.get(Param::Drive) - EVEN) } else { 1.0 };
        let mix = shot.get(Param::NoiseMix);
        Entry { noise: Noise::new(seed ^ 0x5EED), pink: Pink::default(), mix, drive }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.mix > 0.0 || self.drive != 1.0
    }

    /// Changes the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        if self.mix > 0.0 {
            let before = *self;
            for (channel, x) in frames.channels().enumerate() {
                if channel == 1 {
                    // The same noise on both sides.
                    (self.noise, self.pink) = (before.noise, before.pink);
                }
                for y in x {
                    let hiss = self.pink.next(self.noise.white());
                    *y += self.mix * (hiss - *y);
                }
            }
        }
        if self.drive != 1.0 {
            frames.channels().flatten().for_each(|y| *y *= self.drive);
        }
    }
}

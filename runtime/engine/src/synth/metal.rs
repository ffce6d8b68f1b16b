//! Metal: six squares that share no common pitch, as in the TR-808's cymbals and hats.

use super::Moment;
use crate::noise::Noise;
use crate::wavetable::{Phase, increment, read};

/// Frequencies of the six oscillators, in hertz (the 808's nominal values).
const PITCHES: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];

/// Six square oscillators.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Metal {
    phases: [Phase; 6],
    tuning: f32,
}

impl Metal {
    /// Starts at phases drawn from `noise`; `tuning` is a factor of all pitches.
    pub fn new(tuning: f32, noise: &mut Noise) -> Self {
        Metal { phases: core::array::from_fn(|_| noise.bits()), tuning }
    }

    /// Overwrites `out` with the next stretch, about ±1.
    pub fn render(&mut self, moment: &Moment, out: &mut [f32]) {
        out.fill(0.0);
        for (phase, pitch) in self.phases.iter_mut().zip(PITCHES) {
            let frequency = (pitch * self.tuning * moment.bend() / moment.rate).min(0.45);
            let step = increment(frequency);
            let cycle = moment.tables.saw.at(frequency);
            for y in out.iter_mut() {
                *y += 0.25 * (read(cycle, phase.wrapping_add(1 << 31)) - read(cycle, *phase));
                *phase = phase.wrapping_add(step);
            }
        }
    }
}

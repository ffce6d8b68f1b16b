//! The DJ's filter: one knob, low-pass to the left, high-pass to the right.

use crate::filter::{Pass, Svf, gain};
use crate::math::exp2;
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// Damping: a slight peak, as on a mixer.
const DAMPING: f32 = 1.0;
/// Half width of the middle, where it does nothing.
const MIDDLE: f32 = 0.01;

/// The filter of one voice; off unless the shot turns the knob.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Djf {
    pass: Pass,
    gain: f32,
    filters: [Svf; 2],
}

impl Djf {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let knob = shot.get(Param::Djf) - 0.5;
        if knob.abs() < MIDDLE {
            return Djf::default();
        }
        // Ten octaves to either side: 20 Hz to 20 kHz.
        let (pass, hertz) = if knob < 0.0 {
            (Pass::Low, 20_000.0 * exp2(20.0 * knob))
        } else {
            (Pass::High, 20.0 * exp2(20.0 * knob - 0.2))
        };
        Djf { pass, gain: gain(hertz / rate), filters: Default::default() }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.gain != 0.0
    }

    /// Filters the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        if !self.on() {
            return;
        }
        for (filter, x) in self.filters.iter_mut().zip(frames.channels()) {
            x.iter_mut().for_each(|y| *y = filter.tick(self.pass, self.gain, DAMPING, *y));
        }
    }
}

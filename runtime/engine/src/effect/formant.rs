//! Vowels: five resonances in parallel, as a throat has them, moving freely between neighbours.

use crate::filter::{Pass, Svf, gain};
use crate::math::exp2;
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// Resonances of a vowel.
const COUNT: usize = 5;

/// (hertz, decibels, bandwidth in hertz) of each resonance of a sung vowel, tenor.
type Vowel = [(f32, f32, f32); COUNT];

/// a, e, i, o, u as sung; ae, aa, oe, ue, y, uh, un, en, an, on after phoneticians' means.
const VOWELS: [Vowel; 15] = [
    [
        (650., 0., 80.),
        (1080., -6., 90.),
        (2650., -7., 120.),
        (2900., -8., 130.),
        (3250., -22., 140.),
    ],
    [
        (400., 0., 70.),
        (1700., -14., 80.),
        (2600., -12., 100.),
        (3200., -14., 120.),
        (3580., -20., 120.),
    ],
    [
        (290., 0., 40.),
        (1870., -15., 90.),
        (2800., -18., 100.),
        (3250., -20., 120.),
        (3540., -30., 120.),
    ],
    [
        (400., 0., 70.),
        (800., -10., 80.),
        (2600., -12., 100.),
        (2800., -12., 130.),
        (3000., -26., 135.),
    ],
    [
        (350., 0., 40.),
        (600., -20., 60.),
        (2700., -17., 100.),
        (2900., -14., 120.),
        (3300., -26., 120.),
    ],
    [
        (690., 0., 70.),
        (1660., -6., 90.),
        (2490., -12., 110.),
        (3300., -18., 130.),
        (3900., -24., 140.),
    ],
    [
        (750., 0., 70.),
        (1150., -5., 90.),
        (2450., -14., 110.),
        (3100., -16., 130.),
        (3700., -26., 140.),
    ],
    [
        (380., 0., 70.),
        (1500., -12., 90.),
        (2250., -15., 110.),
        (3200., -20., 130.),
        (3800., -28., 140.),
    ],
    [
        (270., 0., 70.),
        (1650., -16., 90.),
        (2150., -18., 110.),
        (3150., -22., 130.),
        (3700., -30., 140.),
    ],
    [
        (300., 0., 70.),
        (2050., -14., 90.),
        (2700., -18., 110.),
        (3400., -22., 130.),
        (3900., -30., 140.),
    ],
    [
        (500., 0., 70.),
        (1300., -10., 90.),
        (2400., -16., 110.),
        (3250., -20., 130.),
        (3750., -28., 140.),
    ],
    [
        (550., 0., 70.),
        (1100., -8., 90.),
        (2500., -20., 110.),
        (3200., -24., 130.),
        (3700., -34., 140.),
    ],
    [
        (560., 0., 70.),
        (1650., -10., 90.),
        (2500., -18., 110.),
        (3300., -24., 130.),
        (3900., -34., 140.),
    ],
    [
        (620., 0., 70.),
        (950., -7., 90.),
        (2550., -18., 110.),
        (3200., -22., 130.),
        (3700., -32., 140.),
    ],
    [
        (430., 0., 70.),
        (750., -9., 90.),
        (2500., -20., 110.),
        (2900., -22., 130.),
        (3400., -34., 140.),
    ],
];
/// Brings the narrow bands back to the loudness of what went in.
const MAKEUP: f32 = 3.0;

/// The vowel of one voice; off unless the shot gives one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Formant {
    on: bool,
    /// Warped gain, damping and level of each band.
    bands: [(f32, f32, f32); COUNT],
    filters: [[Svf; COUNT]; 2],
}

impl Formant {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        if !shot.given(Param::Vowel) {
            return Formant::default();
        }
        let place = shot.get(Param::Vowel).clamp(0.0, 4.0);
        let first = (place as usize).min(VOWELS.len() - 2);
        let share = place - first as f32;
        let between = |a: f32, b: f32| a + share * (b - a);
        let bands = core::array::from_fn(|i| {
            let (a, b) = (VOWELS[first][i], VOWELS[first + 1][i]);
            let (hertz, width) = (between(a.0, b.0), between(a.2, b.2));
            let level = MAKEUP * exp2(between(a.1, b.1) / 6.0206);
            (gain(hertz / rate), width / hertz, level)
        });
        Formant { on: true, bands, filters: Default::default() }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.on
    }

    /// Sings the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        if !self.on {
            return;
        }
        for (filters, x) in self.filters.iter_mut().zip(frames.channels()) {
            for y in x {
                let input = *y;
                *y = 0.0;
                for (filter, &(g, damping, level)) in filters.iter_mut().zip(&self.bands) {
                    *y += level * filter.tick(Pass::Band, g, damping, input);
                }
            }
        }
    }
}

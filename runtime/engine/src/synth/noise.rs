//! Sustained noise, white and pink.

use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::noise::{Noise, Pink};
use crate::param::Param;

const BASE: SynthDef = SynthDef {
    name: "white",
    aliases: &["noise"],
    doc: "White noise.",
    params: &[],
    defaults: &[
        (Param::Attack, 0.001),
        (Param::Decay, 0.05),
        (Param::Sustain, 0.6),
        (Param::Release, 0.01),
    ],
    level: 0.16,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, || Hiss { pink: None, noise: Noise::new(0) }),
};

/// White noise.
pub(super) const WHITE: SynthDef = BASE;

/// Pink noise.
pub(super) const PINK: SynthDef = SynthDef {
    name: "pink",
    aliases: &[],
    doc: "Pink noise.",
    level: 0.28,
    make: |voices, _| bank(voices, || Hiss { pink: Some(Pink::default()), noise: Noise::new(0) }),
    ..BASE
};

struct Hiss {
    pink: Option<Pink>,
    noise: Noise,
}

impl Tone for Hiss {
    fn start(&mut self, onset: &Onset) {
        self.noise = Noise::new(onset.seed);
        if let Some(pink) = &mut self.pink {
            *pink = Pink::default();
        }
    }

    fn render(&mut self, _: &Moment, out: &mut Frames) -> Life {
        for y in out.mono() {
            let white = self.noise.white();
            *y = match &mut self.pink {
                Some(pink) => pink.next(white),
                None => white,
            };
        }
        Life::Sounding
    }
}

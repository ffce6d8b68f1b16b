//! Sustained noise: white, pink, brown, and the crackle of dust.

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

/// Brown noise.
pub(super) const BROWN: SynthDef = SynthDef {
    name: "brown",
    aliases: &[],
    doc: "Brown noise.",
    level: 0.55,
    make: |voices, _| bank(voices, Brown::default),
    ..BASE
};

/// Crackle.
pub(super) const CRACKLE: SynthDef = SynthDef {
    name: "crackle",
    aliases: &["dust"],
    doc: "Crackle, as of dust on a record; `density` says how much.",
    params: &[Param::Density],
    level: 0.5,
    make: |voices, _| bank(voices, || Crackle { density: 0.0, first: true, noise: Noise::new(0) }),
    ..BASE
};

/// White noise added up, with a leak.
#[derive(Default)]
struct Brown {
    noise: Option<Noise>,
    level: f32,
}

impl Tone for Brown {
    fn start(&mut self, onset: &Onset) {
        *self = Brown { noise: Some(Noise::new(onset.seed)), level: 0.0 };
    }

    fn render(&mut self, _: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        for y in out.mono() {
            self.level = (self.level + 0.02 * noise.white()) / 1.02;
            *y = 3.5 * self.level;
        }
        Life::Sounding
    }
}

/// Single clicks at random.
struct Crackle {
    /// The chance of a click in each frame.
    density: f32,
    /// It begins with one.
    first: bool,
    noise: Noise,
}

impl Tone for Crackle {
    fn start(&mut self, onset: &Onset) {
        // As in superdough: a hundredth of the density is the chance of each frame.
        let density = 0.01 * onset.shot.get(Param::Density) * 48_000.0 / onset.rate;
        *self = Crackle { density, first: true, noise: Noise::new(onset.seed) };
    }

    fn render(&mut self, _: &Moment, out: &mut Frames) -> Life {
        for y in out.mono() {
            let clicks = core::mem::take(&mut self.first) || self.noise.unit() < self.density;
            *y = if clicks { self.noise.white() } else { 0.0 };
        }
        Life::Sounding
    }
}

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

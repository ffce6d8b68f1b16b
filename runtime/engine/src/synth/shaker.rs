//! The shaker: grains that swell and die.

use super::strike::{Fall, SILENT};
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::filter::{OnePole, Pass, Svf, gain};
use crate::noise::Noise;
use crate::param::Param;

/// The shaker.
pub(super) const DEF: SynthDef = SynthDef {
    name: "sh",
    aliases: &["shaker"],
    doc: "Shaker; n: 0 soft, 1 short, 2 bright.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.75,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| bank(voices, Shaker::default),
};

/// Seconds of swell, seconds of decay, centre in hertz.
const VARIANTS: [(f32, f32, f32); 3] =
    [(0.028, 0.16, 5600.0), (0.012, 0.09, 6400.0), (0.02, 0.13, 8200.0)];

#[derive(Default)]
struct Shaker {
    swell: f32,
    rise: f32,
    centre: f32,
    fall: Fall,
    band: Svf,
    grains: OnePole,
    noise: Option<Noise>,
}

impl Tone for Shaker {
    fn start(&mut self, onset: &Onset) {
        let &(swell, decay, centre) = onset.variant(&VARIANTS);
        self.rise = 1.0 / (swell * onset.rate).max(1.0);
        self.swell = 0.0;
        self.centre = centre * onset.tuning();
        self.fall = Fall::new(1.0, decay, onset.rate);
        self.band = Svf::default();
        self.grains = OnePole::default();
        self.noise = Some(Noise::new(onset.seed));
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let centre = gain(self.centre * moment.bend() / moment.rate);
        let grain = OnePole::share(900.0 / moment.rate);
        for y in out.mono() {
            self.swell = (self.swell + self.rise).min(1.0);
            let level = if self.swell < 1.0 { self.swell * self.swell } else { self.fall.tick() };
            let white = noise.white();
            let clatter = 0.5 + 2.5 * self.grains.low(grain, noise.white()).abs();
            *y = self.band.tick(Pass::Band, centre, 0.7, white * clatter) * level;
        }
        if self.fall.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

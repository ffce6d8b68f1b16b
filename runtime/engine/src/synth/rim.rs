//! The rim shot: two short, hard modes and a click.

use super::strike::{Blow, Fall, SILENT, Strike};
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::filter::{Pass, Svf, gain};
use crate::math::saturate;
use crate::noise::Noise;
use crate::param::Param;

/// The rim shot.
pub(super) const DEF: SynthDef = SynthDef {
    name: "rim",
    aliases: &["rs"],
    doc: "Rim shot; n: 0 woody, 1 sharp like claves.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.5,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| bank(voices, Rim::default),
};

/// Frequencies in hertz and the decay in seconds.
const VARIANTS: [(f32, f32, f32); 2] = [(462.0, 1710.0, 0.07), (1240.0, 2510.0, 0.09)];

#[derive(Default)]
struct Rim {
    low: Strike,
    high: Strike,
    click: Fall,
    band: Svf,
    noise: Option<Noise>,
}

impl Tone for Rim {
    fn start(&mut self, onset: &Onset) {
        let &(low, high, decay) = onset.variant(&VARIANTS);
        let tuning = onset.tuning();
        let blow = Blow { hertz: low * tuning, drop: 0.1, drop_time: 0.01, decay, level: 0.8 };
        self.low = Strike::new(&blow, onset.rate);
        let blow = Blow { hertz: high * tuning, level: 0.9, decay: decay * 0.7, ..blow };
        self.high = Strike::new(&blow, onset.rate);
        self.click = Fall::new(onset.velocity(), 0.012, onset.rate);
        self.band = Svf::default();
        self.noise = Some(Noise::new(onset.seed));
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let bend = moment.bend();
        let centre = gain(3800.0 / moment.rate);
        for y in out.mono() {
            let click = self.band.tick(Pass::Band, centre, 1.0, noise.white() * self.click.tick());
            *y = saturate(1.8 * (self.low.tick(bend) + self.high.tick(bend) + click)) * 0.9;
        }
        if self.low.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

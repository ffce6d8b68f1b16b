//! The rim shot: two short, hard modes and a click.

use super::strike::{Blow, Fall, SILENT, Strike};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
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
    make: |voices, _| rims(voices, &VARIANTS),
};

/// Frequencies in hertz and the decay in seconds.
const VARIANTS: [(f32, f32, f32); 2] = [(462.0, 1710.0, 0.07), (1240.0, 2510.0, 0.09)];

/// A rim shot as the TR-808's.
pub(super) const KIT_808: SynthDef = SynthDef {
    name: "tr808_rim",
    aliases: &["808rs", "808rim", "tr808_rs"],
    doc: "Rim shot as of a TR-808; n: 0 rim, 1 claves.",
    make: |voices, _| rims(voices, &[(455.0, 1667.0, 0.05), (2500.0, 2510.0, 0.06)]),
    ..DEF
};

/// A rim shot as the TR-909's.
pub(super) const KIT_909: SynthDef = SynthDef {
    name: "tr909_rim",
    aliases: &["909rs", "909rim", "tr909_rs"],
    doc: "Rim shot as of a TR-909.",
    make: |voices, _| rims(voices, &[(220.0, 500.0, 0.06)]),
    ..DEF
};

fn rims(voices: usize, variants: &'static [(f32, f32, f32)]) -> Box<dyn Synth> {
    bank(voices, || Rim { variants, ..Rim::default() })
}

#[derive(Default)]
struct Rim {
    variants: &'static [(f32, f32, f32)],
    low: Strike,
    high: Strike,
    click: Fall,
    band: Svf,
    noise: Option<Noise>,
}

impl Tone for Rim {
    fn start(&mut self, onset: &Onset) {
        let &(low, high, decay) = onset.variant(self.variants);
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

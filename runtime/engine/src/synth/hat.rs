//! Hi-hats, closed and open; each stops the other.

use super::metal::Metal;
use super::strike::{Fall, SILENT};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
use crate::BLOCK;
use crate::filter::{OnePole, Pass, Svf, gain};
use crate::noise::Noise;
use crate::param::Param;

/// Closed hi-hat.
pub(super) const CLOSED: SynthDef = SynthDef {
    name: "hh",
    aliases: &["hat", "ch", "hc", "superhat"],
    doc: "Closed hi-hat; n: 0 crisp, 1 metallic, 2 sandy, 3 longer, 4 bright as a 909.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.42,
    ends: Ends::Itself,
    choke: 1,
    make: |voices, _| hats(voices, 1.0, &VARIANTS),
};

/// Open hi-hat.
pub(super) const OPEN: SynthDef = SynthDef {
    name: "oh",
    aliases: &["openhat", "ho"],
    doc: "Open hi-hat, stopped by the closed one; n as for `hh`.",
    make: |voices, _| hats(voices, 5.5, &VARIANTS),
    ..CLOSED
};

struct Variant {
    metal: f32,
    sand: f32,
    tuning: f32,
    floor: f32,
    decay: f32,
}

const VARIANTS: [Variant; 5] = [
    Variant { metal: 0.8, sand: 0.5, tuning: 1.35, floor: 5600.0, decay: 0.13 },
    Variant { metal: 1.2, sand: 0.1, tuning: 1.0, floor: 4600.0, decay: 0.14 },
    Variant { metal: 0.15, sand: 0.9, tuning: 1.5, floor: 6800.0, decay: 0.1 },
    Variant { metal: 0.9, sand: 0.4, tuning: 1.2, floor: 5200.0, decay: 0.19 },
    Variant { metal: 0.6, sand: 0.7, tuning: 1.7, floor: 7600.0, decay: 0.16 },
];

/// Where the highest highs begin to fade, in hertz.
const AIR: f32 = 9000.0;

fn hats(voices: usize, length: f32, variants: &'static [Variant]) -> Box<dyn Synth> {
    bank(voices, || Hat { length, variants, ..Hat::default() })
}

/// A closed hi-hat as the TR-808's: six squares and nothing else.
pub(super) const CLOSED_808: SynthDef = SynthDef {
    name: "tr808_hh",
    aliases: &["808hc", "808hh"],
    doc: "Closed hi-hat as of a TR-808; n: 0 even, 1 short, 2 dark.",
    level: 0.76,
    make: |voices, _| hats(voices, 1.0, &OF_808),
    ..CLOSED
};

/// The open one.
pub(super) const OPEN_808: SynthDef = SynthDef {
    name: "tr808_oh",
    aliases: &["808oh"],
    doc: "Open hi-hat as of a TR-808, stopped by the closed one; n as for `tr808_hh`.",
    level: 0.76,
    make: |voices, _| hats(voices, 5.0, &OF_808),
    ..CLOSED
};

/// A closed hi-hat as the TR-909's: a short, bright recording of metal.
pub(super) const CLOSED_909: SynthDef = SynthDef {
    name: "tr909_hh",
    aliases: &["909hh", "909hc"],
    doc: "Closed hi-hat as of a TR-909; n: 0 bright, 1 short, 2 thick.",
    make: |voices, _| hats(voices, 1.0, &OF_909),
    ..CLOSED
};

/// The open one.
pub(super) const OPEN_909: SynthDef = SynthDef {
    name: "tr909_oh",
    aliases: &["909oh"],
    doc: "Open hi-hat as of a TR-909, stopped by the closed one; n as for `tr909_hh`.",
    make: |voices, _| hats(voices, 4.6, &OF_909),
    ..CLOSED
};

const OF_808: [Variant; 3] = [
    Variant { metal: 1.3, sand: 0.0, tuning: 1.0, floor: 6200.0, decay: 0.12 },
    Variant { metal: 1.3, sand: 0.0, tuning: 1.04, floor: 6800.0, decay: 0.07 },
    Variant { metal: 1.3, sand: 0.0, tuning: 0.9, floor: 4800.0, decay: 0.15 },
];

const OF_909: [Variant; 3] = [
    Variant { metal: 0.7, sand: 0.63, tuning: 1.5, floor: 5600.0, decay: 0.16 },
    Variant { metal: 0.7, sand: 0.69, tuning: 1.6, floor: 6200.0, decay: 0.09 },
    Variant { metal: 0.92, sand: 0.57, tuning: 1.3, floor: 4600.0, decay: 0.2 },
];

#[derive(Default)]
struct Hat {
    variants: &'static [Variant],
    length: f32,
    metal: Metal,
    mix: (f32, f32),
    floor: f32,
    body: Fall,
    tip: Fall,
    high: [Svf; 2],
    air: OnePole,
    noise: Option<Noise>,
}

impl Tone for Hat {
    fn start(&mut self, onset: &Onset) {
        let v: &Variant = onset.variant(self.variants);
        let mut noise = Noise::new(onset.seed);
        self.metal = Metal::new(v.tuning * onset.tuning(), &mut noise);
        self.mix = (v.metal, v.sand);
        self.floor = v.floor * onset.tuning().sqrt();
        self.body = Fall::new(0.75, v.decay * self.length, onset.rate);
        self.tip = Fall::new(0.6 * onset.velocity(), 0.03, onset.rate);
        self.high = [Svf::default(); 2];
        self.air = OnePole::default();
        self.noise = Some(noise);
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let out = out.mono();
        let mut metal = [0.0; BLOCK];
        let metal = &mut metal[..out.len()];
        self.metal.render(moment, metal);
        let floor = gain(self.floor / moment.rate);
        let air = OnePole::share(AIR / moment.rate);
        for (y, metal) in out.iter_mut().zip(metal) {
            let x = self.air.low(air, self.mix.0 * *metal + self.mix.1 * noise.white());
            let once = self.high[0].tick(Pass::High, floor, 0.9, x);
            let twice = self.high[1].tick(Pass::High, floor, 1.4, once);
            *y = twice * (self.body.tick() + self.tip.tick()) * 1.9;
        }
        if self.body.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

//! Toms: low, mid, high.

use super::strike::{Blow, Fall, SILENT, Strike};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
use crate::filter::OnePole;
use crate::math::saturate;
use crate::noise::Noise;
use crate::param::Param;

/// Low tom.
pub(super) const LOW: SynthDef = SynthDef {
    name: "lt",
    aliases: &["lowtom"],
    doc: "Low tom; n: 0 electronic, 1 long, 2 dry.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.6,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| toms(voices, 78.0, &VARIANTS),
};

/// Mid tom.
pub(super) const MID: SynthDef = SynthDef {
    name: "mt",
    aliases: &["tom", "midtom"],
    doc: "Mid tom; n: 0 electronic, 1 long, 2 dry.",
    make: |voices, _| toms(voices, 116.0, &VARIANTS),
    ..LOW
};

/// High tom.
pub(super) const HIGH: SynthDef = SynthDef {
    name: "ht",
    aliases: &["hightom"],
    doc: "High tom; n: 0 electronic, 1 long, 2 dry.",
    make: |voices, _| toms(voices, 168.0, &VARIANTS),
    ..LOW
};

struct Variant {
    drop: f32,
    drop_time: f32,
    decay: f32,
    skin: f32,
}

const VARIANTS: [Variant; 3] = [
    Variant { drop: 0.75, drop_time: 0.28, decay: 0.75, skin: 0.35 },
    Variant { drop: 0.4, drop_time: 0.5, decay: 1.4, skin: 0.2 },
    Variant { drop: 0.3, drop_time: 0.08, decay: 0.4, skin: 0.6 },
];

fn toms(voices: usize, hertz: f32, variants: &'static [Variant]) -> Box<dyn Synth> {
    bank(voices, || Tom { hertz, variants, ..Tom::default() })
}

/// A tom of a kit.
pub(super) const LOW_808: SynthDef = SynthDef {
    name: "tr808_lt",
    aliases: &["808lt"],
    doc: "Low tom as of a TR-808; n: 0 even, 1 conga.",
    make: |voices, _| toms(voices, 92.0, &OF_808),
    ..LOW
};

/// A tom of a kit.
pub(super) const MID_808: SynthDef = SynthDef {
    name: "tr808_mt",
    aliases: &["808mt"],
    doc: "Mid tom as of a TR-808; n: 0 even, 1 conga.",
    make: |voices, _| toms(voices, 135.0, &OF_808),
    ..LOW
};

/// A tom of a kit.
pub(super) const HIGH_808: SynthDef = SynthDef {
    name: "tr808_ht",
    aliases: &["808ht"],
    doc: "High tom as of a TR-808; n: 0 even, 1 conga.",
    make: |voices, _| toms(voices, 187.0, &OF_808),
    ..LOW
};

/// A tom of a kit.
pub(super) const LOW_909: SynthDef = SynthDef {
    name: "tr909_lt",
    aliases: &["909lt"],
    doc: "Low tom as of a TR-909; n: 0 even, 1 long.",
    make: |voices, _| toms(voices, 84.0, &OF_909),
    ..LOW
};

/// A tom of a kit.
pub(super) const MID_909: SynthDef = SynthDef {
    name: "tr909_mt",
    aliases: &["909mt"],
    doc: "Mid tom as of a TR-909; n: 0 even, 1 long.",
    make: |voices, _| toms(voices, 122.0, &OF_909),
    ..LOW
};

/// A tom of a kit.
pub(super) const HIGH_909: SynthDef = SynthDef {
    name: "tr909_ht",
    aliases: &["909ht"],
    doc: "High tom as of a TR-909; n: 0 even, 1 long.",
    make: |voices, _| toms(voices, 175.0, &OF_909),
    ..LOW
};

const OF_808: [Variant; 2] = [
    Variant { drop: 0.3, drop_time: 0.25, decay: 0.62, skin: 0.12 },
    Variant { drop: 0.12, drop_time: 0.08, decay: 0.36, skin: 0.0 },
];

const OF_909: [Variant; 2] = [
    Variant { drop: 0.9, drop_time: 0.16, decay: 0.7, skin: 0.3 },
    Variant { drop: 0.7, drop_time: 0.3, decay: 1.2, skin: 0.22 },
];

#[derive(Default)]
struct Tom {
    variants: &'static [Variant],
    hertz: f32,
    body: Strike,
    overtone: Strike,
    skin: Fall,
    dull: OnePole,
    noise: Option<Noise>,
}

impl Tone for Tom {
    fn start(&mut self, onset: &Onset) {
        let v: &Variant = onset.variant(self.variants);
        let hertz = self.hertz * onset.tuning();
        let Variant { drop, drop_time, decay, skin } = *v;
        let decay = decay * (116.0 / self.hertz).sqrt();
        let body = Blow { hertz, drop, drop_time, decay, level: 0.85 };
        self.body = Strike::new(&body, onset.rate);
        let over = Blow { hertz: hertz * 1.59, level: 0.3, decay: decay * 0.35, ..body };
        self.overtone = Strike::new(&over, onset.rate);
        self.skin = Fall::new(skin * onset.velocity(), 0.09, onset.rate);
        self.dull = OnePole::default();
        self.noise = Some(Noise::new(onset.seed));
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let share = OnePole::share((self.hertz * 14.0 / moment.rate).min(0.4));
        let bend = moment.bend();
        for y in out.mono() {
            let body = self.body.tick(bend) + self.overtone.tick(bend);
            let skin = self.dull.low(share, noise.white()) * self.skin.tick();
            *y = saturate(1.2 * (body + skin));
        }
        if self.body.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

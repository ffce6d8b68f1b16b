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
    make: |voices, _| toms(voices, 78.0),
};

/// Mid tom.
pub(super) const MID: SynthDef = SynthDef {
    name: "mt",
    aliases: &["tom", "midtom"],
    doc: "Mid tom; n: 0 electronic, 1 long, 2 dry.",
    make: |voices, _| toms(voices, 116.0),
    ..LOW
};

/// High tom.
pub(super) const HIGH: SynthDef = SynthDef {
    name: "ht",
    aliases: &["hightom"],
    doc: "High tom; n: 0 electronic, 1 long, 2 dry.",
    make: |voices, _| toms(voices, 168.0),
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

fn toms(voices: usize, hertz: f32) -> Box<dyn Synth> {
    bank(voices, || Tom { hertz, ..Tom::default() })
}

#[derive(Default)]
struct Tom {
    hertz: f32,
    body: Strike,
    overtone: Strike,
    skin: Fall,
    dull: OnePole,
    noise: Option<Noise>,
}

impl Tone for Tom {
    fn start(&mut self, onset: &Onset) {
        let v: &Variant = onset.variant(&VARIANTS);
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

//! The bass drum.

use super::strike::{Blow, Fall, SILENT, Strike};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
use crate::filter::OnePole;
use crate::math::saturate;
use crate::noise::Noise;
use crate::param::Param;

/// The bass drum.
pub(super) const DEF: SynthDef = SynthDef {
    name: "bd",
    aliases: &["kick", "super808"],
    doc: "Bass drum; n: 0 tight, 1 long, 2 hard, 3 deep and soft, 4 short and dry, 5 and 6 punchy as a 909.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.85,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| kicks(voices, &VARIANTS),
};

struct Variant {
    body: Blow,
    /// A second, faster drop of the pitch: the beater.
    snap: f32,
    drive: f32,
    click: f32,
}

const fn body(hertz: f32, drop: f32, drop_time: f32, decay: f32) -> Blow {
    Blow { hertz, drop, drop_time, decay, level: 1.0 }
}

const VARIANTS: [Variant; 7] = [
    Variant { body: body(49.0, 2.4, 0.16, 0.62), snap: 7.0, drive: 1.7, click: 0.3 },
    Variant { body: body(45.0, 0.9, 0.14, 1.9), snap: 3.0, drive: 1.3, click: 0.14 },
    Variant { body: body(52.0, 3.6, 0.2, 0.7), snap: 9.0, drive: 4.5, click: 0.45 },
    Variant { body: body(42.0, 1.6, 0.12, 0.6), snap: 2.0, drive: 1.0, click: 0.05 },
    Variant { body: body(60.0, 1.3, 0.08, 0.32), snap: 5.0, drive: 1.5, click: 0.5 },
    Variant { body: body(54.0, 3.1, 0.1, 0.5), snap: 4.0, drive: 2.4, click: 0.75 },
    Variant { body: body(50.0, 4.2, 0.13, 0.9), snap: 6.0, drive: 3.2, click: 0.6 },
];

/// A bass drum as the TR-808's: a bridged filter that is struck and rings on.
pub(super) const KIT_808: SynthDef = SynthDef {
    name: "tr808_bd",
    aliases: &["808bd", "808"],
    doc: "Bass drum as of a TR-808; n: 0 round, 1 long, 2 short, 3 booming and driven.",
    make: |voices, _| kicks(voices, &OF_808),
    ..DEF
};

/// A bass drum as the TR-909's: a bent triangle with a click of noise.
pub(super) const KIT_909: SynthDef = SynthDef {
    name: "tr909_bd",
    aliases: &["909bd", "909"],
    doc: "Bass drum as of a TR-909; n: 0 punchy, 1 long, 2 short and hard, 3 driven.",
    make: |voices, _| kicks(voices, &OF_909),
    ..DEF
};

const OF_808: [Variant; 4] = [
    Variant { body: body(48.5, 0.55, 0.05, 1.0), snap: 1.6, drive: 1.0, click: 0.12 },
    Variant { body: body(46.0, 0.5, 0.06, 2.6), snap: 1.4, drive: 1.0, click: 0.08 },
    Variant { body: body(52.0, 0.6, 0.04, 0.42), snap: 2.0, drive: 1.1, click: 0.2 },
    Variant { body: body(44.0, 0.9, 0.09, 2.2), snap: 2.0, drive: 3.4, click: 0.2 },
];

const OF_909: [Variant; 4] = [
    Variant { body: body(54.0, 3.1, 0.1, 0.5), snap: 4.0, drive: 2.4, click: 0.75 },
    Variant { body: body(50.0, 3.6, 0.13, 0.95), snap: 5.0, drive: 2.6, click: 0.6 },
    Variant { body: body(58.0, 3.4, 0.08, 0.3), snap: 6.0, drive: 2.8, click: 1.0 },
    Variant { body: body(50.0, 4.2, 0.13, 0.9), snap: 6.0, drive: 5.0, click: 0.7 },
];

fn kicks(voices: usize, variants: &'static [Variant]) -> Box<dyn Synth> {
    bank(voices, || Kick { variants, ..Kick::default() })
}

#[derive(Default)]
struct Kick {
    variants: &'static [Variant],
    body: Strike,
    snap: Fall,
    click: Fall,
    dull: OnePole,
    noise: Option<Noise>,
    drive: f32,
}

impl Tone for Kick {
    fn start(&mut self, onset: &Onset) {
        let variant: &Variant = onset.variant(self.variants);
        let rate = onset.rate;
        let hertz = variant.body.hertz * onset.tuning();
        self.body = Strike::new(&Blow { hertz, ..variant.body }, rate);
        self.snap = Fall::new(variant.snap * onset.velocity(), 0.022, rate);
        self.click = Fall::new(variant.click * onset.velocity(), 0.018, rate);
        self.dull = OnePole::default();
        self.noise = Some(Noise::new(onset.seed));
        self.drive = variant.drive;
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let share = OnePole::share(4500.0 / moment.rate);
        let bend = moment.bend();
        let makeup = 1.0 / saturate(self.drive);
        for y in out.mono() {
            let body = self.body.tick(bend * (1.0 + self.snap.tick()));
            let click = self.dull.low(share, noise.white()) * self.click.tick();
            *y = makeup * saturate(self.drive * body) + click;
        }
        if self.body.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

//! The snare drum: two modes of the skin and the rattle of the wires.

use super::strike::{Blow, Fall, SILENT, Strike};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
use crate::filter::{Pass, Svf, gain};
use crate::math::saturate;
use crate::noise::Noise;
use crate::param::Param;

/// The snare drum.
pub(super) const DEF: SynthDef = SynthDef {
    name: "sn",
    aliases: &["snare", "sd"],
    doc: "Snare; n: 0 crisp, 1 tight and electronic, 2 fat, 3 high, 4 noisy, 5 and 6 bright as a 909.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.6,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| snares(voices, &VARIANTS),
};

struct Variant {
    hertz: f32,
    /// The upper mode over the lower.
    overtone: f32,
    decay: f32,
    body: f32,
    wires: f32,
    wires_decay: f32,
    /// Centre of the rattle, in hertz.
    colour: f32,
    drive: f32,
}

const VARIANTS: [Variant; 7] = [
    Variant {
        hertz: 186.0,
        overtone: 1.78,
        decay: 0.24,
        body: 0.8,
        wires: 0.75,
        wires_decay: 0.34,
        colour: 5200.0,
        drive: 1.4,
    },
    Variant {
        hertz: 176.0,
        overtone: 1.78,
        decay: 0.18,
        body: 0.8,
        wires: 0.5,
        wires_decay: 0.2,
        colour: 4200.0,
        drive: 1.1,
    },
    Variant {
        hertz: 148.0,
        overtone: 1.78,
        decay: 0.34,
        body: 0.95,
        wires: 0.6,
        wires_decay: 0.42,
        colour: 3300.0,
        drive: 1.9,
    },
    Variant {
        hertz: 262.0,
        overtone: 1.78,
        decay: 0.16,
        body: 0.6,
        wires: 0.75,
        wires_decay: 0.26,
        colour: 7000.0,
        drive: 1.3,
    },
    Variant {
        hertz: 196.0,
        overtone: 1.78,
        decay: 0.12,
        body: 0.45,
        wires: 1.0,
        wires_decay: 0.5,
        colour: 4600.0,
        drive: 2.2,
    },
    Variant {
        hertz: 204.0,
        overtone: 1.78,
        decay: 0.16,
        body: 0.75,
        wires: 0.9,
        wires_decay: 0.3,
        colour: 6200.0,
        drive: 1.6,
    },
    Variant {
        hertz: 178.0,
        overtone: 1.78,
        decay: 0.22,
        body: 0.9,
        wires: 0.85,
        wires_decay: 0.45,
        colour: 5600.0,
        drive: 2.2,
    },
];

/// A snare as the TR-808's: two bridged filters and a whisper of noise.
pub(super) const KIT_808: SynthDef = SynthDef {
    name: "tr808_sd",
    aliases: &["808sd", "808sn", "tr808_sn"],
    doc: "Snare as of a TR-808; n: 0 even, 1 tonal, 2 snappy.",
    level: 0.9,
    make: |voices, _| snares(voices, &OF_808),
    ..DEF
};

/// A snare as the TR-909's: bright, with a body that drops.
pub(super) const KIT_909: SynthDef = SynthDef {
    name: "tr909_sd",
    aliases: &["909sd", "909sn", "tr909_sn"],
    doc: "Snare as of a TR-909; n: 0 bright, 1 low and snappy, 2 short.",
    make: |voices, _| snares(voices, &OF_909),
    ..DEF
};

const OF_808: [Variant; 3] = [
    Variant {
        hertz: 238.0,
        overtone: 2.0,
        decay: 0.14,
        body: 0.75,
        wires: 0.45,
        wires_decay: 0.22,
        colour: 3600.0,
        drive: 1.05,
    },
    Variant {
        hertz: 228.0,
        overtone: 2.0,
        decay: 0.22,
        body: 0.95,
        wires: 0.2,
        wires_decay: 0.16,
        colour: 3200.0,
        drive: 1.05,
    },
    Variant {
        hertz: 246.0,
        overtone: 2.0,
        decay: 0.11,
        body: 0.55,
        wires: 0.85,
        wires_decay: 0.34,
        colour: 4200.0,
        drive: 1.1,
    },
];

const OF_909: [Variant; 3] = [
    Variant {
        hertz: 204.0,
        overtone: 1.6,
        decay: 0.16,
        body: 0.75,
        wires: 0.9,
        wires_decay: 0.3,
        colour: 6200.0,
        drive: 1.6,
    },
    Variant {
        hertz: 178.0,
        overtone: 1.6,
        decay: 0.22,
        body: 0.9,
        wires: 0.85,
        wires_decay: 0.45,
        colour: 5600.0,
        drive: 2.2,
    },
    Variant {
        hertz: 216.0,
        overtone: 1.6,
        decay: 0.11,
        body: 0.8,
        wires: 0.7,
        wires_decay: 0.18,
        colour: 6600.0,
        drive: 1.9,
    },
];

fn snares(voices: usize, variants: &'static [Variant]) -> Box<dyn Synth> {
    bank(voices, || Snare { variants, ..Snare::default() })
}

#[derive(Default)]
struct Snare {
    variants: &'static [Variant],
    low: Strike,
    high: Strike,
    wires: Fall,
    stick: Fall,
    colour: f32,
    band: Svf,
    floor: Svf,
    drive: f32,
    noise: Option<Noise>,
}

impl Tone for Snare {
    fn start(&mut self, onset: &Onset) {
        let v: &Variant = onset.variant(self.variants);
        let tuning = onset.tuning();
        let blow = Blow {
            hertz: v.hertz * tuning,
            drop: 0.55,
            drop_time: 0.06,
            decay: v.decay,
            level: v.body,
        };
        self.low = Strike::new(&blow, onset.rate);
        let high = Blow {
            hertz: v.hertz * v.overtone * tuning,
            decay: v.decay * 0.6,
            level: v.body * 0.5,
            ..blow
        };
        self.high = Strike::new(&high, onset.rate);
        let hard = 0.4 + 0.6 * onset.velocity();
        self.wires = Fall::new(v.wires * hard, v.wires_decay, onset.rate);
        self.stick = Fall::new(0.7 * onset.velocity(), 0.03, onset.rate);
        self.colour = v.colour * tuning.sqrt();
        self.drive = v.drive;
        self.band = Svf::default();
        self.floor = Svf::default();
        self.noise = Some(Noise::new(onset.seed));
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let bend = moment.bend();
        let centre = gain(self.colour / moment.rate);
        let floor = gain(1400.0 / moment.rate);
        for y in out.mono() {
            let white = noise.white();
            let band = self.band.tick(Pass::Band, centre, 1.1, white);
            let rattle = self.floor.tick(Pass::High, floor, 1.2, 0.8 * white + 1.3 * band);
            let hiss = rattle * self.wires.tick() + white * self.stick.tick() * 0.4;
            let skin = self.low.tick(bend) + self.high.tick(bend);
            *y = saturate(self.drive * (skin + hiss)) * 0.9;
        }
        let level = self.wires.level().max(self.low.level());
        if level < SILENT { Life::Over } else { Life::Sounding }
    }
}

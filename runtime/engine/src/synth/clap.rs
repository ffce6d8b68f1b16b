//! Hand claps: a few bursts of noise close together, then the room.

use super::strike::{Fall, SILENT};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
use crate::filter::{Pass, Svf, gain};
use crate::noise::Noise;
use crate::param::Param;

/// Hand claps.
pub(super) const DEF: SynthDef = SynthDef {
    name: "cp",
    aliases: &["clap", "superclap"],
    doc: "Hand claps; n: 0 classic, 1 tight, 2 wide and loose.",
    params: &[Param::N, Param::Speed],
    defaults: &[],
    level: 0.9,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| claps(voices, &VARIANTS),
};

struct Variant {
    /// Hands that clap before the last.
    hands: u32,
    /// Seconds between two of them.
    gap: f32,
    tail: f32,
    hertz: f32,
}

const VARIANTS: [Variant; 3] = [
    Variant { hands: 3, gap: 0.0105, tail: 0.3, hertz: 1150.0 },
    Variant { hands: 2, gap: 0.008, tail: 0.16, hertz: 1500.0 },
    Variant { hands: 5, gap: 0.0125, tail: 0.45, hertz: 980.0 },
];

/// Hand claps as the TR-808's.
pub(super) const KIT_808: SynthDef = SynthDef {
    name: "tr808_cp",
    aliases: &["808cp"],
    doc: "Hand claps as of a TR-808; n: 0 even, 1 roomy.",
    make: |voices, _| claps(voices, &OF_808),
    ..DEF
};

/// Hand claps as the TR-909's.
pub(super) const KIT_909: SynthDef = SynthDef {
    name: "tr909_cp",
    aliases: &["909cp"],
    doc: "Hand claps as of a TR-909; n: 0 even, 1 tight.",
    make: |voices, _| claps(voices, &OF_909),
    ..DEF
};

const OF_808: [Variant; 2] = [
    Variant { hands: 3, gap: 0.0105, tail: 0.26, hertz: 1020.0 },
    Variant { hands: 3, gap: 0.0115, tail: 0.55, hertz: 950.0 },
];

const OF_909: [Variant; 2] = [
    Variant { hands: 4, gap: 0.0095, tail: 0.2, hertz: 1320.0 },
    Variant { hands: 3, gap: 0.008, tail: 0.11, hertz: 1480.0 },
];

fn claps(voices: usize, variants: &'static [Variant]) -> Box<dyn Synth> {
    bank(voices, || Clap { variants, ..Clap::default() })
}

#[derive(Default)]
struct Clap {
    variants: &'static [Variant],
    hands: u32,
    gap: u32,
    wait: u32,
    hertz: f32,
    tail: f32,
    burst: Fall,
    room: Fall,
    band: Svf,
    high: Svf,
    noise: Option<Noise>,
}

impl Tone for Clap {
    fn start(&mut self, onset: &Onset) {
        let v: &Variant = onset.variant(self.variants);
        self.hands = v.hands;
        self.gap = (v.gap * onset.rate) as u32;
        self.wait = self.gap;
        self.hertz = v.hertz * onset.tuning();
        self.tail = v.tail;
        self.burst = Fall::new(1.0, 0.03, onset.rate);
        self.room = Fall::default();
        self.band = Svf::default();
        self.high = Svf::default();
        self.noise = Some(Noise::new(onset.seed));
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let centre = gain(self.hertz * moment.bend() / moment.rate);
        let air = gain(700.0 / moment.rate);
        for y in out.mono() {
            if self.hands > 0 {
                self.wait = self.wait.saturating_sub(1);
                if self.wait == 0 {
                    self.hands -= 1;
                    self.wait = self.gap;
                    let last = self.hands == 0;
                    let length = if last { 0.09 } else { 0.03 };
                    self.burst = Fall::new(1.0, length, moment.rate);
                    if last {
                        self.room = Fall::new(0.3, self.tail, moment.rate);
                    }
                }
            }
            let level = self.burst.tick() + self.room.tick();
            let white = noise.white() * level;
            let band = self.band.tick(Pass::Band, centre, 0.5, white);
            *y = self.high.tick(Pass::High, air, 1.0, 1.9 * band + 0.22 * white);
        }
        let level = self.burst.level().max(self.room.level());
        if self.hands == 0 && level < SILENT { Life::Over } else { Life::Sounding }
    }
}

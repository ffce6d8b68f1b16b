//! The cowbell: two squares a rough fifth apart, through a band-pass.

use super::strike::{Fall, SILENT};
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::filter::{Pass, Svf, gain};
use crate::param::Param;
use crate::wavetable::{Phase, increment, read};

/// The cowbell.
pub(super) const DEF: SynthDef = SynthDef {
    name: "cb",
    aliases: &["cowbell", "tr808_cb", "808cb", "808cow", "tr909_cb"],
    doc: "Cowbell.",
    params: &[Param::Speed],
    defaults: &[],
    level: 0.5,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| bank(voices, Cowbell::default),
};

/// The 808's two oscillators, in hertz.
const PITCHES: [f32; 2] = [540.0, 800.0];

#[derive(Default)]
struct Cowbell {
    tuning: f32,
    phases: [Phase; 2],
    hit: Fall,
    ring: Fall,
    band: Svf,
}

impl Tone for Cowbell {
    fn start(&mut self, onset: &Onset) {
        *self = Cowbell {
            tuning: onset.tuning(),
            phases: [0; 2],
            hit: Fall::new(0.7 * onset.velocity(), 0.05, onset.rate),
            ring: Fall::new(0.6, 0.55, onset.rate),
            band: Svf::default(),
        };
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let tuning = self.tuning * moment.bend() / moment.rate;
        let pitches = PITCHES.map(|p| (p * tuning).min(0.45));
        let steps = pitches.map(increment);
        let cycles = pitches.map(|p| moment.tables.saw.at(p));
        let centre = gain(1100.0 * tuning);
        for y in out.mono() {
            let mut x = 0.0;
            for ((phase, step), cycle) in self.phases.iter_mut().zip(steps).zip(cycles) {
                x += read(cycle, phase.wrapping_add(1 << 31)) - read(cycle, *phase);
                *phase = phase.wrapping_add(step);
            }
            let level = self.hit.tick() + self.ring.tick();
            *y = level * (0.55 * self.band.tick(Pass::Band, centre, 0.9, x) + 0.08 * x);
        }
        if self.ring.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

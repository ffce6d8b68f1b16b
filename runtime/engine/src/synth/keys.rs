//! An electric piano: two FM pairs, the tone bar and the tine.

use super::strike::{Fall, SILENT};
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::math::{floor, sin_turns};
use crate::param::Param;
use crate::wavetable::{Phase, increment, read};

/// The electric piano.
pub(super) const DEF: SynthDef = SynthDef {
    name: "keys",
    aliases: &["epiano", "rhodes"],
    doc: "An FM electric piano: soft when played softly, biting when struck hard.",
    params: &[Param::Velocity],
    defaults: &[(Param::Attack, 0.001), (Param::Release, 0.18), (Param::Velocity, 0.75)],
    level: 0.34,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, Keys::default),
};

/// Modulator of the tine over the note.
const TINE: f32 = 14.0;
/// Rate of the stereo tremolo, in hertz.
const SWAY: f32 = 4.3;

#[derive(Default)]
struct Keys {
    frequency: f32,
    phase: Phase,
    tine_phase: Phase,
    bar: Fall,
    bite: Fall,
    tine: Fall,
    /// Modulator of the tine, as a ratio kept below half the rate.
    tine_ratio: f32,
    sway: f32,
}

impl Tone for Keys {
    fn start(&mut self, onset: &Onset) {
        let hertz = onset.hertz();
        let velocity = onset.velocity();
        let low = (261.6 / hertz).sqrt().clamp(0.3, 2.0);
        let bite = (0.25 + 1.9 * velocity * velocity) * low.min(1.4);
        *self = Keys {
            frequency: hertz / onset.rate,
            bar: Fall::new(0.72, (5.5 * low).min(9.0), onset.rate),
            bite: Fall::new(bite, 1.6 * low, onset.rate),
            tine: Fall::new(0.34 * velocity, 0.7 * low.min(1.0), onset.rate),
            tine_ratio: TINE.min((7500.0 / hertz).floor().max(1.0)),
            ..Keys::default()
        };
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let sine = &moment.tables.sine;
        let frequency = self.frequency * moment.bend();
        let step = increment(frequency);
        let tine_step = increment(frequency * self.tine_ratio);
        let turn = SWAY / moment.rate;
        let (left, right) = out.both();
        for (l, r) in left.iter_mut().zip(right) {
            let modulator = self.bite.tick() * read(sine, self.phase);
            let bar = self.bar.tick() * read(sine, shifted(self.phase, modulator));
            let level = self.tine.tick();
            let ring = 2.6 * level * read(sine, self.tine_phase);
            let tine = level * read(sine, shifted(self.phase, ring));
            let y = bar + tine;
            let sway = 0.12 * sin_turns(self.sway);
            *l = y * (1.0 + sway);
            *r = y * (1.0 - sway);
            self.phase = self.phase.wrapping_add(step);
            self.tine_phase = self.tine_phase.wrapping_add(tine_step);
            self.sway += turn;
        }
        self.sway -= floor(self.sway);
        if self.bar.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}

/// `phase` moved by `radians`.
#[inline]
fn shifted(phase: Phase, radians: f32) -> Phase {
    phase.wrapping_add((radians * (4_294_967_296.0 / core::f32::consts::TAU)) as i64 as u32)
}

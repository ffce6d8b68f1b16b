//! A drawbar organ: sines at whole ratios of one phase, a click, percussion, a turning horn.

use super::strike::Fall;
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::math::{floor, sin_turns};
use crate::noise::Noise;
use crate::param::Param;
use crate::wavetable::{Phase, increment, read};

/// The organ.
pub(super) const DEF: SynthDef = SynthDef {
    name: "organ",
    aliases: &["superhammond"],
    doc: "A drawbar organ with percussion and a rotating horn.",
    params: &[],
    defaults: &[(Param::Attack, 0.004), (Param::Release, 0.05)],
    level: 0.2,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, Organ::default),
};

/// Drawbars 16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1': multiple of the 16' phase, level.
const DRAWBARS: [(u32, f32); 9] = [
    (1, 0.3),
    (3, 0.2),
    (2, 0.42),
    (4, 0.24),
    (6, 0.1),
    (8, 0.13),
    (10, 0.04),
    (12, 0.05),
    (16, 0.07),
];

/// Turns of the horn a second.
const HORN: f32 = 5.6;

#[derive(Default)]
struct Organ {
    phase: Phase,
    /// Frequency of the 16' drawbar, in cycles a frame.
    frequency: f32,
    horn: f32,
    percussion: Fall,
    click: Fall,
    noise: Option<Noise>,
}

impl Tone for Organ {
    fn start(&mut self, onset: &Onset) {
        let mut noise = Noise::new(onset.seed);
        self.frequency = 0.5 * onset.hertz() / onset.rate;
        self.phase = 0;
        self.horn = noise.unit();
        self.percussion = Fall::new(0.35 * onset.velocity(), 0.5, onset.rate);
        self.click = Fall::new(0.12, 0.012, onset.rate);
        self.noise = Some(noise);
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let sine = &moment.tables.sine;
        let (left, right) = out.both();
        let turn = HORN / moment.rate;
        let doppler = 1.0 + 0.0012 * sin_turns(self.horn);
        let frequency = self.frequency * moment.bend() * doppler;
        let step = increment(frequency);
        let heard = DRAWBARS.map(|(times, level)| {
            (times, if frequency * times as f32 > 0.45 { 0.0 } else { level })
        });
        let third = if frequency * 6.0 > 0.45 { 0.0 } else { 1.0 };
        for (l, r) in left.iter_mut().zip(right) {
            let mut y = 0.0;
            for (times, level) in heard {
                y += level * read(sine, self.phase.wrapping_mul(times));
            }
            y += third * self.percussion.tick() * read(sine, self.phase.wrapping_mul(6));
            y += self.click.tick() * noise.white();
            let sway = 0.16 * sin_turns(self.horn);
            *l = y * (0.9 + sway);
            *r = y * (0.9 - sway);
            self.phase = self.phase.wrapping_add(step);
            self.horn += turn;
        }
        self.horn -= floor(self.horn);
        Life::Sounding
    }
}

//! A church-like bell: tuned modes, of which the low ones ring longest.

use super::partials::{Mode, Partials};
use super::strike::SILENT;
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::param::Param;

/// The bell.
pub(super) const DEF: SynthDef = SynthDef {
    name: "bell",
    aliases: &[],
    doc: "A tuned bell that rings on after its note.",
    params: &[],
    defaults: &[(Param::Attack, 0.0), (Param::Release, 7.0)],
    level: 0.26,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, Bell::default),
};

/// Ratio to the note, level, share of the longest decay: hum, prime, tierce, quint, nominal, …;
/// pairs a fraction of a hertz apart warble.
const MODES: [(f32, f32, f32); 12] = [
    (0.5, 0.22, 1.0),
    (0.9994, 0.36, 0.8),
    (1.0006, 0.26, 0.9),
    (1.19, 0.26, 0.55),
    (1.5, 0.1, 0.4),
    (2.0, 0.34, 0.42),
    (2.0031, 0.14, 0.5),
    (2.51, 0.12, 0.25),
    (3.01, 0.13, 0.2),
    (4.1, 0.12, 0.14),
    (5.43, 0.09, 0.09),
    (6.79, 0.07, 0.06),
];

#[derive(Default)]
struct Bell {
    left: Partials<1>,
    right: Partials<1>,
}

impl Tone for Bell {
    fn start(&mut self, onset: &Onset) {
        let hertz = onset.hertz();
        let longest = (7.0 * (260.0 / hertz).sqrt()).clamp(1.0, 12.0);
        self.left.clear();
        self.right.clear();
        for (i, (ratio, level, share)) in MODES.into_iter().enumerate() {
            let bright = if i > 5 { onset.velocity() } else { 1.0 };
            let frequency = hertz * ratio / onset.rate;
            let mode = Mode { frequency, level: level * bright, decay: longest * share };
            if i % 2 == 0 {
                self.left.strike(mode, onset.rate);
            } else {
                self.right.strike(mode, onset.rate);
            }
        }
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let (left, right) = out.both();
        left.fill(0.0);
        right.fill(0.0);
        self.left.add(moment.bend(), left);
        self.right.add(moment.bend(), right);
        for (l, r) in left.iter_mut().zip(right) {
            (*l, *r) = (*l + 0.7 * *r, *r + 0.7 * *l);
        }
        let level = self.left.level().max(self.right.level());
        if level < SILENT { Life::Over } else { Life::Sounding }
    }
}

//! A piano: stiff strings with their stretched partials, two to a note, each with its own decay.

use super::partials::{Mode, Partials};
use super::strike::{Fall, SILENT};
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::BLOCK;
use crate::filter::OnePole;
use crate::math::{exp, exp2, sin_turns};
use crate::noise::Noise;
use crate::param::Param;

/// The piano.
pub(super) const DEF: SynthDef = SynthDef {
    name: "piano",
    aliases: &["superpiano"],
    doc: "A grand piano: partials of stiff strings, brighter when struck harder.",
    params: &[],
    defaults: &[(Param::Attack, 0.0), (Param::Release, 0.22)],
    level: 0.25,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, Piano::default),
};

/// Most partials of a string.
const MOST: usize = 24;

/// Partials on either side of the stereo picture: each partial has a string left and one right.
#[derive(Default)]
struct Piano {
    left: Partials<3>,
    right: Partials<3>,
    thump: Fall,
    dull: OnePole,
    noise: Option<Noise>,
}

/// Stiffness of the string of a MIDI note (fit of Rauhala and Välimäki to grand pianos).
fn stiffness(note: f32) -> f32 {
    let key = note.clamp(21.0, 108.0) - 20.0;
    exp(-0.0847 * key - 5.82) + exp(0.0926 * key - 13.64)
}

impl Tone for Piano {
    fn start(&mut self, onset: &Onset) {
        let hertz = onset.hertz();
        let note = 69.0 + 12.0 * (hertz / 440.0).log2();
        let velocity = onset.velocity();
        let stiff = stiffness(note);
        let decay = 15.0 * exp2(-(note - 21.0) / 17.0);
        let brightness = (900.0 + 3.0 * hertz) * (0.35 + velocity);
        self.left.clear();
        self.right.clear();
        for n in 1..=MOST {
            let order = n as f32;
            let stretch = ((1.0 + stiff * order * order) / (1.0 + stiff)).sqrt();
            let at = hertz * order * stretch;
            if at > 11_000.0 {
                break;
            }
            let hammer = 0.12 + sin_turns(order / 16.4).abs();
            let level = 0.62 * hammer * exp(-at / brightness) / exp2(0.25 * (order - 1.0).min(4.0));
            let decay = decay / (1.0 + at / 1800.0);
            let frequency = at / onset.rate;
            let prompt = Mode { frequency: frequency * 0.999_88, level, decay };
            let after =
                Mode { frequency: frequency * 1.000_12, level: 0.4 * level, decay: decay * 2.4 };
            let (first, second) = if n % 2 == 1 { (prompt, after) } else { (after, prompt) };
            self.left.strike(first, onset.rate);
            self.right.strike(second, onset.rate);
        }
        self.thump = Fall::new(0.35 * velocity, 0.07, onset.rate);
        self.dull = OnePole::default();
        self.noise = Some(Noise::new(onset.seed));
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let (left, right) = out.both();
        let mut a = [0.0; BLOCK];
        let mut b = [0.0; BLOCK];
        let (a, b) = (&mut a[..left.len()], &mut b[..right.len()]);
        self.left.add(moment.bend(), a);
        self.right.add(moment.bend(), b);
        let share = OnePole::share(700.0 / moment.rate);
        for (((l, r), a), b) in left.iter_mut().zip(right).zip(a).zip(b) {
            let thump = self.dull.low(share, noise.white()) * self.thump.tick();
            *l = *a + 0.65 * *b + thump;
            *r = *b + 0.65 * *a + thump;
        }
        let level = self.left.level().max(self.right.level());
        if level < SILENT { Life::Over } else { Life::Sounding }
    }
}

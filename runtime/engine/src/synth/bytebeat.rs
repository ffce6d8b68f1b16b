//! Byte beats: a formula of the time, whose lowest eight bits are the sample.

use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::param::Param;
use crate::sample::Cell;

/// Steps of the time in a period of the note, as in superdough: `t` alone is a saw at its pitch.
const STEPS: f64 = 256.0;

/// A byte beat.
pub(super) const DEF: SynthDef = SynthDef {
    name: "bytebeat",
    aliases: &[],
    doc: "A formula of the time `t`, given by `byteBeatExpression`; `n` picks one of eight.",
    params: &[Param::ByteBeatStart],
    defaults: &[
        (Param::MidiNote, 36.0),
        (Param::Attack, 0.001),
        (Param::Decay, 0.05),
        (Param::Sustain, 0.6),
        (Param::Release, 0.01),
    ],
    level: 0.25,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, ByteBeat::default),
};

#[derive(Default)]
struct ByteBeat {
    cell: Option<Cell>,
    time: f64,
    step: f64,
}

impl Tone for ByteBeat {
    fn start(&mut self, onset: &Onset) {
        self.cell = onset.shot.sample.and_then(|id| onset.samples.find(id));
        self.step = f64::from(onset.hertz()) * STEPS / f64::from(onset.rate);
        // Without a start the time goes on from note to note, as if it had never stopped.
        self.time = match onset.shot.asked(Param::ByteBeatStart) {
            true => f64::from(onset.shot.get(Param::ByteBeatStart)),
            false => onset.begin as f64 * self.step,
        };
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let formula = self.cell.and_then(|cell| moment.samples.get(cell)?.formula());
        let step = self.step * f64::from(moment.bend());
        for y in out.mono() {
            // Without a formula it is that of the time itself.
            *y = match formula {
                Some(formula) => formula.sample(self.time),
                None => self.time.rem_euclid(STEPS).floor() as f32 * (1.0 / 127.5) - 1.0,
            };
            self.time += step;
        }
        Life::Sounding
    }
}

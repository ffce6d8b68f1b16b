//! The frequency shifter: every partial moves by the same number of hertz.

use crate::filter::flush;
use crate::math::{cos_turns, hertz, sin_turns};
use crate::param::Param;
use crate::shot::Shot;

/// Allpass coefficients of two chains whose outputs stay 90° apart from 0.002 to 0.998 of half the
/// sample rate (O. Niemitalo, "Hilbert transform", 1999–2003).
const REAL: [f32; 4] = [0.692_387_8, 0.936_065_43, 0.988_229_5, 0.998_748_84];
const IMAGINARY: [f32; 4] = [0.402_192_12, 0.856_171_1, 0.972_290_95, 0.995_288_5];

/// One chain: what went in and came out of each section, one and two frames ago.
#[derive(Clone, Copy, Debug, Default)]
struct Chain([[f32; 2]; 5]);

impl Chain {
    #[inline]
    fn tick(&mut self, coefficients: &[f32; 4], x: f32) -> f32 {
        let mut x = x;
        for (i, a) in coefficients.iter().enumerate() {
            let y = a * a * (x + self.0[i + 1][1]) - self.0[i][1];
            self.0[i] = [x, self.0[i][0]];
            x = flush(y);
        }
        self.0[4] = [x, self.0[4][0]];
        x
    }
}

/// The shifter of one channel; off unless the shot gives one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shift {
    turn: f32,
    turns: f32,
    real: Chain,
    imaginary: Chain,
    late: f32,
}

impl Shift {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let note = hertz(shot.get(Param::MidiNote));
        let by = shot.get(Param::FreqShift) + note * shot.get(Param::FreqShiftNote);
        let turns = shot.get(Param::FreqShiftPhase) / core::f32::consts::TAU;
        let turn = (by / rate).clamp(-0.5, 0.5);
        Shift { turn, turns: turns - turns.floor(), ..Shift::default() }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.turn != 0.0
    }

    /// Shifts a stretch in place.
    pub fn run(&mut self, x: &mut [f32]) {
        for y in x {
            let real = core::mem::replace(&mut self.late, self.real.tick(&REAL, *y));
            let imaginary = self.imaginary.tick(&IMAGINARY, *y);
            *y = real * cos_turns(self.turns) + imaginary * sin_turns(self.turns);
            self.turns += self.turn;
            self.turns -= self.turns.floor();
        }
    }
}

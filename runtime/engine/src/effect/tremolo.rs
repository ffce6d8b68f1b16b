//! Tremolo: a level that swings.

use crate::math::sin_turns;
use crate::param::Param;
use crate::shot::Shot;

/// The tremolo of one voice; off unless the shot gives its rate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tremolo {
    turn: f32,
    depth: f32,
    turns: f32,
}

impl Tremolo {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let turn = shot.get(Param::Tremolo) / rate;
        Tremolo { turn, depth: shot.get(Param::TremoloDepth), turns: 0.25 }
    }

    /// Whether it does anything.
    pub fn moves(&self) -> bool {
        self.turn != 0.0
    }

    /// Scales a level curve in place; it starts at full level.
    pub fn run(&mut self, level: &mut [f32]) {
        if !self.moves() {
            return;
        }
        for y in level {
            *y *= 1.0 - self.depth * 0.5 * (1.0 - sin_turns(self.turns));
            self.turns += self.turn;
        }
        self.turns -= self.turns.floor();
    }
}

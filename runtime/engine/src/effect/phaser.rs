//! Phaser: six allpass filters whose corner swings, mixed with the sound itself.

use crate::BLOCK;
use crate::filter::{flush, gain};
use crate::math::{exp2, log2, sin_turns};
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// First-order allpass filters in a row: three notches.
const STAGES: usize = 6;

/// The phaser of one voice; off unless the shot gives its rate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Phaser {
    /// Turns a frame.
    turn: f32,
    turns: f32,
    depth: f32,
    /// Middle of the swing in cycles a frame, and octaves to either side.
    center: f32,
    swing: f32,
    states: [[f32; STAGES]; 2],
}

impl Phaser {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let center = shot.get(Param::PhaserCenter);
        // The sweep is told in hertz from end to end.
        let high = 1.0 + shot.get(Param::PhaserSweep) / center;
        Phaser {
            turn: shot.get(Param::Phaser) / rate,
            turns: 0.0,
            depth: shot.get(Param::PhaserDepth),
            center: center / rate,
            swing: (log2(high) * 0.5).min(3.0),
            states: Default::default(),
        }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.turn != 0.0
    }

    /// Phases the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        if !self.on() {
            return;
        }
        let at = |turns: f32| {
            let g = gain(self.center * exp2(self.swing * sin_turns(turns.fract())));
            (g - 1.0) / (g + 1.0)
        };
        let (from, to) = (at(self.turns), at(self.turns + self.turn * BLOCK as f32));
        for (states, x) in self.states.iter_mut().zip(frames.channels()) {
            let step = (to - from) / BLOCK as f32;
            let mut a = from;
            for y in x {
                let mut u = *y;
                for state in states.iter_mut() {
                    let out = a * u + *state;
                    *state = u - a * out;
                    u = out;
                }
                *y += 0.5 * self.depth * (u - *y);
                a += step;
            }
            *states = states.map(flush);
        }
        self.turns = (self.turns + self.turn * BLOCK as f32).fract();
    }
}

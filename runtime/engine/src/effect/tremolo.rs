//! Tremolo: a level that swings.

use super::swing::Swing;
use crate::param::Param;
use crate::shot::Shot;

/// The tremolo of one voice; off unless the shot gives its rate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tremolo {
    swing: Swing,
    depth: f32,
}

impl Tremolo {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let [hertz, shape, skew, phase, depth] = [
            Param::Tremolo,
            Param::TremoloShape,
            Param::TremoloSkew,
            Param::TremoloPhase,
            Param::TremoloDepth,
        ]
        .map(|p| shot.get(p));
        // Unless it is told otherwise it starts at full level.
        let phase = if shape == 1.0 { phase + 0.25 } else { phase };
        Tremolo { swing: Swing::new(hertz, (shape, skew, phase), rate), depth }
    }

    /// Whether it does anything.
    pub fn moves(&self) -> bool {
        self.swing.moves()
    }

    /// Scales a level curve in place.
    pub fn run(&mut self, level: &mut [f32]) {
        for y in level {
            *y *= 1.0 - self.depth * (1.0 - self.swing.level());
            self.swing.pass(1);
        }
    }
}

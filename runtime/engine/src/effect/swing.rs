//! A slow oscillator: what filters, tremolo and wavetables swing with.

use crate::math::sin_turns;

/// Shapes of a swing, in superdough's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Triangle,
    Sine,
    Ramp,
    Saw,
    Square,
}

/// A slow oscillator between 0 and 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Swing {
    shape: Shape,
    skew: f32,
    /// Turns a frame.
    turn: f32,
    turns: f32,
}

impl Swing {
    /// One of `hertz` at `rate` frames a second, from `phase` (0 to 1) on. `shape` counts triangle,
    /// sine, ramp, saw, square; `skew` is where in its turn a triangle is at its top, and how long
    /// a square stays up.
    pub fn new(hertz: f32, (shape, skew, phase): (f32, f32, f32), rate: f32) -> Self {
        let shape = match shape as u32 {
            0 => Shape::Triangle,
            1 => Shape::Sine,
            2 => Shape::Ramp,
            3 => Shape::Saw,
            _ => Shape::Square,
        };
        Swing { shape, skew, turn: hertz / rate, turns: phase.fract() }
    }

    /// Whether it moves at all.
    pub fn moves(&self) -> bool {
        self.turn > 0.0
    }

    /// Where it is now.
    pub fn level(&self) -> f32 {
        let t = self.turns;
        match self.shape {
            Shape::Triangle if t < self.skew => t / self.skew,
            Shape::Triangle => (1.0 - t) / (1.0 - self.skew).max(1e-6),
            Shape::Sine => 0.5 + 0.5 * sin_turns(t),
            Shape::Ramp => t,
            Shape::Saw => 1.0 - t,
            Shape::Square => f32::from(u8::from(t < self.skew)),
        }
    }

    /// Lets `frames` frames pass.
    pub fn pass(&mut self, frames: usize) {
        self.turns += self.turn * frames as f32;
        self.turns -= self.turns.floor();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_where_they_should_be() {
        // (shape, at a quarter, at three quarters), skew one half.
        for (shape, early, late) in [
            (0.0, 0.5, 0.5),
            (1.0, 1.0, 0.0),
            (2.0, 0.25, 0.75),
            (3.0, 0.75, 0.25),
            (4.0, 1.0, 0.0),
        ] {
            let at = |phase| Swing::new(1.0, (shape, 0.5, phase), 100.0).level();
            assert!((at(0.25) - early).abs() < 1e-5 && (at(0.75) - late).abs() < 1e-5, "{shape}");
        }
        let mut swing = Swing::new(2.0, (2.0, 0.5, 0.0), 100.0);
        swing.pass(60);
        assert!((swing.level() - 0.2).abs() < 1e-5);
    }
}

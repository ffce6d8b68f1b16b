//! What a generator remembers from one block to the next.

use crate::envelope::Adsr;
use crate::noise::{Noise, Pink};
use crate::wavetable::Phase;

/// Oscillators of a supersaw.
pub(super) const SAWS: usize = 7;

/// The state of one generator; which one, its kind says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Unit {
    /// It has not run yet.
    #[default]
    Fresh,
    /// Where an oscillator is.
    Phase(Phase),
    /// Where those of a supersaw are.
    Saws([Phase; SAWS]),
    /// Where an oscillator is, and how bright its table was.
    Wave(Phase, Option<usize>),
    /// A source of chance.
    Noise(Noise),
    /// The same with its filter.
    Pink(Noise, Pink),
    /// The same with its level.
    Walk(Noise, f32),
    /// The same with a clock.
    Steps(Noise, Phase, f32),
    /// A clock and what is held.
    Held(Phase, f32),
    /// A state-variable filter, with two of them, or a ladder.
    Poles([f32; 4]),
    /// The last value.
    Last(f32),
    /// The last input and output.
    Pair(f32, f32),
    /// An envelope.
    Adsr(Adsr),
}

/// The state of a unit in the shape that the kind at work wants, made at its first block.
macro_rules! state {
    ($unit:expr, $($path:ident)::+($($name:ident),+), $fresh:expr) => {
        if matches!($unit, $crate::graph::unit::Unit::Fresh) {
            *$unit = $fresh;
        }
        let $($path)::+($($name),+) = $unit else { return };
    };
}
pub(super) use state;

//! The pad: a unison of saws over a soft octave, through a filter that opens slowly.

use super::stack::{Layer, READS, Recipe, Shape, stack};
use super::{Ends, SynthDef};
use crate::param::Param;

/// Wide detuned saws that swell.
pub(super) const DEF: SynthDef = SynthDef {
    name: "pad",
    aliases: &[],
    doc: "A slow, wide pad of detuned saws.",
    params: READS,
    defaults: &[
        (Param::Unison, 7.0),
        (Param::Detune, 0.22),
        (Param::Spread, 0.9),
        (Param::Attack, 0.35),
        (Param::Release, 1.1),
        (Param::Lpf, 900.0),
        (Param::LpResonance, 0.05),
        (Param::LpEnv, 1.4),
        (Param::LpAttack, 0.9),
        (Param::LpDecay, 2.5),
        (Param::LpSustain, 0.45),
        (Param::LpRelease, 1.5),
    ],
    level: 0.17,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| stack(voices, RECIPE),
};

const RECIPE: Recipe = Recipe {
    layers: &[
        Layer { shape: Shape::Saw, above: 0.0, level: 1.0, unison: true },
        Layer { shape: Shape::Triangle, above: -12.0, level: 0.5, unison: false },
    ],
    random: true,
};

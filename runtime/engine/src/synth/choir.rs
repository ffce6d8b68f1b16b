//! The choir: several slightly different saws, as throats make them, sung through a vowel.

use super::stack::{Layer, READS, Recipe, Shape, stack};
use super::{Ends, SynthDef};
use crate::param::Param;

/// Voices that sing a vowel.
pub(super) const DEF: SynthDef = SynthDef {
    name: "choir",
    aliases: &[],
    doc: "A choir that sings; `vowel` 0 to 4 moves through a e i o u.",
    params: READS,
    defaults: &[
        (Param::Vowel, 0.0),
        (Param::Unison, 5.0),
        (Param::Detune, 0.2),
        (Param::Spread, 0.8),
        (Param::Vibrato, 5.1),
        (Param::VibratoDepth, 0.12),
        (Param::Attack, 0.12),
        (Param::Release, 0.35),
        (Param::Lpf, 6500.0),
    ],
    level: 0.22,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| stack(voices, Recipe { layers: LAYERS, random: true }),
};

const LAYERS: &[Layer] = &[Layer { shape: Shape::Saw, above: 0.0, level: 1.0, unison: true }];

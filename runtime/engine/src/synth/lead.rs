//! The lead: two saws and a pulse, with a filter that opens on each note.

use super::stack::{Layer, READS, Recipe, Shape, stack};
use super::{Ends, SynthDef};
use crate::param::Param;

/// A bright mono-like lead.
pub(super) const DEF: SynthDef = SynthDef {
    name: "lead",
    aliases: &[],
    doc: "A singing lead of two saws and a pulse, with a filter that opens on each note.",
    params: READS,
    defaults: &[
        (Param::Unison, 2.0),
        (Param::Detune, 0.16),
        (Param::Spread, 0.3),
        (Param::PulseWidth, 0.32),
        (Param::Attack, 0.004),
        (Param::Decay, 0.25),
        (Param::Sustain, 0.75),
        (Param::Release, 0.12),
        (Param::Lpf, 1500.0),
        (Param::LpResonance, 0.22),
        (Param::FilterType, 2.0),
        (Param::LpEnv, 1.8),
        (Param::LpAttack, 0.004),
        (Param::LpDecay, 0.35),
        (Param::LpSustain, 0.45),
        (Param::LpRelease, 0.2),
    ],
    level: 0.2,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| stack(voices, RECIPE),
};

const RECIPE: Recipe = Recipe {
    layers: &[
        Layer { shape: Shape::Saw, above: 0.0, level: 1.0, unison: true },
        Layer { shape: Shape::Pulse, above: 0.0, level: 0.6, unison: false },
    ],
    random: true,
};

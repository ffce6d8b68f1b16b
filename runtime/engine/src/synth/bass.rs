//! The bass: saws over a square an octave below, through a ladder that snaps open.

use super::stack::{Layer, READS, Recipe, Shape, stack};
use super::{Ends, SynthDef};
use crate::param::Param;

/// The bass.
pub(super) const DEF: SynthDef = SynthDef {
    name: "bass",
    aliases: &[],
    doc: "A fat analogue-style bass with a ladder filter; `lpf`, `lpenv` and `resonance` shape it.",
    params: READS,
    defaults: &[
        (Param::MidiNote, 36.0),
        (Param::Unison, 2.0),
        (Param::Detune, 0.1),
        (Param::Spread, 0.0),
        (Param::PulseWidth, 0.4),
        (Param::Attack, 0.002),
        (Param::Decay, 0.3),
        (Param::Sustain, 0.75),
        (Param::Release, 0.06),
        (Param::Lpf, 480.0),
        (Param::LpResonance, 0.22),
        (Param::FilterType, 1.0),
        (Param::LpEnv, 2.7),
        (Param::LpAttack, 0.002),
        (Param::LpDecay, 0.3),
        (Param::LpSustain, 0.35),
        (Param::LpRelease, 0.1),
    ],
    level: 0.38,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| stack(voices, Recipe { layers: LAYERS, random: false }),
};

const LAYERS: &[Layer] = &[
    Layer { shape: Shape::Saw, above: 0.0, level: 0.75, unison: true },
    Layer { shape: Shape::Pulse, above: 0.0, level: 0.3, unison: false },
    Layer { shape: Shape::Sine, above: 0.0, level: 0.3, unison: false },
    Layer { shape: Shape::Square, above: -12.0, level: 0.2, unison: false },
];

//! The raw waves: saw, square, triangle, sine, pulse, and the supersaw.

use super::stack::{Layer, READS, Recipe, Shape, stack};
use super::{Ends, SynthDef};
use crate::param::Param;

const fn one(shape: Shape) -> [Layer; 1] {
    [Layer { shape, above: 0.0, level: 1.0, unison: true }]
}

const SAW_LAYER: &[Layer] = &one(Shape::Saw);
const SQUARE_LAYER: &[Layer] = &one(Shape::Square);
const TRIANGLE_LAYER: &[Layer] = &one(Shape::Triangle);
const SINE_LAYER: &[Layer] = &one(Shape::Sine);
const PULSE_LAYER: &[Layer] = &one(Shape::Pulse);

/// superdough's envelope for its plain waves.
const SHORT: &[(Param, f32)] =
    &[(Param::Attack, 0.001), (Param::Decay, 0.05), (Param::Sustain, 0.6), (Param::Release, 0.01)];

const BASE: SynthDef = SynthDef {
    name: "saw",
    aliases: &["sawtooth"],
    doc: "A band-limited saw.",
    params: READS,
    defaults: SHORT,
    level: 0.25,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| stack(voices, Recipe { layers: SAW_LAYER, random: false }),
};

/// A saw.
pub(super) const SAW: SynthDef = BASE;

/// A square.
pub(super) const SQUARE: SynthDef = SynthDef {
    name: "square",
    aliases: &["sqr", "supersquare"],
    doc: "A band-limited square.",
    level: 0.18,
    make: |voices, _| stack(voices, Recipe { layers: SQUARE_LAYER, random: false }),
    ..BASE
};

/// A triangle.
pub(super) const TRIANGLE: SynthDef = SynthDef {
    name: "triangle",
    aliases: &["tri"],
    doc: "A band-limited triangle.",
    level: 0.3,
    make: |voices, _| stack(voices, Recipe { layers: TRIANGLE_LAYER, random: false }),
    ..BASE
};

/// A sine.
pub(super) const SINE: SynthDef = SynthDef {
    name: "sine",
    aliases: &["sin"],
    doc: "A sine; with `fm` and `fmh` a two-operator FM voice.",
    level: 0.3,
    make: |voices, _| stack(voices, Recipe { layers: SINE_LAYER, random: false }),
    ..BASE
};

/// A pulse.
pub(super) const PULSE: SynthDef = SynthDef {
    name: "pulse",
    aliases: &["superpwm"],
    doc: "A band-limited pulse of width `pw`.",
    level: 0.18,
    make: |voices, _| stack(voices, Recipe { layers: PULSE_LAYER, random: false }),
    ..BASE
};

/// Seven saws.
pub(super) const SUPERSAW: SynthDef = SynthDef {
    name: "supersaw",
    aliases: &["super"],
    doc: "Seven detuned saws across the stereo field.",
    defaults: &[
        (Param::Unison, 7.0),
        (Param::Detune, 0.3),
        (Param::Spread, 0.8),
        (Param::Attack, 0.004),
        (Param::Decay, 0.1),
        (Param::Sustain, 0.8),
        (Param::Release, 0.06),
    ],
    level: 0.18,
    make: |voices, _| stack(voices, Recipe { layers: SAW_LAYER, random: true }),
    ..BASE
};

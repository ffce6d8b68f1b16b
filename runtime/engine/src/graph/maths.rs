//! Arithmetic and shapes: what makes of each frame another, and of a still number a still number.

use mag_graph::{Kind, fold};
use multiversion::multiversion;

use super::call::Call;
use super::register::{Register, Signal};
use crate::BLOCK;
use crate::effect::grit;
use crate::math::{cos_turns, exp2, floor, hertz, log2, ratio, saturate, sin_turns};

/// Writes what `kind` makes of its first two inputs.
pub(super) fn map(kind: Kind, call: &mut Call, out: &mut Register) {
    let [a, b, ..] = call.inputs;
    if let (Signal::Still(a), Signal::Still(b)) = (a, b) {
        return out.set(one(kind, a, b));
    }
    let (mut room_a, mut room_b) = ([0.0; BLOCK], [0.0; BLOCK]);
    let (a, b) = (a.frames(call.len, &mut room_a), b.frames(call.len, &mut room_b));
    each(kind, a, b, out.moving(call.len));
}

/// The same for all frames, one loop for each kind.
#[multiversion(targets("x86_64+avx2"))]
fn each(kind: Kind, a: &[f32], b: &[f32], out: &mut [f32]) {
    macro_rules! row {
        ($f:expr) => {
            for ((y, a), b) in out.iter_mut().zip(a).zip(b) {
                *y = $f(*a, *b);
            }
        };
    }
    match kind {
        Kind::Add => row!(|a: f32, b: f32| a + b),
        Kind::Sub => row!(|a: f32, b: f32| a - b),
        Kind::Mul => row!(|a: f32, b: f32| a * b),
        Kind::Div => row!(|a: f32, b: f32| if b == 0.0 { 0.0 } else { a / b }),
        Kind::Min => row!(|a: f32, b: f32| if a < b { a } else { b }),
        Kind::Max => row!(|a: f32, b: f32| if a > b { a } else { b }),
        Kind::Tanh => row!(|a: f32, _| saturate(a)),
        Kind::Clip => row!(|a: f32, _| a.clamp(-1.0, 1.0)),
        Kind::Abs => row!(|a: f32, _| a.abs()),
        Kind::Fold => row!(|a: f32, _| grit::fold(a)),
        Kind::Pow => row!(pow),
        Kind::MidiHz => row!(|a: f32, _| hertz(a.clamp(-200.0, 200.0))),
        Kind::MidiRatio => row!(|a: f32, _| ratio(a.clamp(-200.0, 200.0))),
        Kind::DbAmp => row!(|a: f32, _| exp2(a * DECIBEL)),
        Kind::PanLeft => row!(|a: f32, _| left(a)),
        Kind::PanRight => row!(|a: f32, _| right(a)),
        kind => row!(|a, b| one(kind, a, b)),
    }
}

/// Octaves of a decibel: log₂(10) / 20.
const DECIBEL: f32 = 0.166_096_4;

/// One frame.
fn one(kind: Kind, a: f32, b: f32) -> f32 {
    match kind {
        Kind::Mod if b == 0.0 => 0.0,
        Kind::Mod => a - b * floor((a / b).clamp(-1e9, 1e9)),
        Kind::Pow => pow(a, b),
        Kind::Tanh => saturate(a),
        Kind::Fold => grit::fold(a),
        Kind::Sqrt => a.max(0.0).sqrt(),
        Kind::Crush => {
            // The first input is the number of bits.
            let steps = exp2(a.clamp(1.0, 16.0) - 1.0);
            (b * steps).round() / steps
        }
        Kind::MidiHz => hertz(a.clamp(-200.0, 200.0)),
        Kind::MidiRatio => ratio(a.clamp(-200.0, 200.0)),
        Kind::DbAmp => exp2(a * DECIBEL),
        Kind::PanLeft => left(a),
        Kind::PanRight => right(a),
        kind => fold(kind, a, b).unwrap_or(0.0),
    }
}

#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn left(place: f32) -> f32 {
    core::f32::consts::SQRT_2 * cos_turns(0.25 * place.clamp(0.0, 1.0))
}

#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn right(place: f32) -> f32 {
    core::f32::consts::SQRT_2 * sin_turns(0.25 * place.clamp(0.0, 1.0))
}

/// A power of the size, with the sign of the base.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn pow(a: f32, b: f32) -> f32 {
    let size = if a == 0.0 { 0.0 } else { exp2(b * log2(a.abs())) };
    if b == 0.0 { 1.0 } else { size.copysign(a) }
}

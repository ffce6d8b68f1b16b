//! Arithmetic and shapes: what makes of each frame another, and of a still number a still number.

use mag_graph::{Kind, fold};
use multiversion::multiversion;

use super::register::{Register, Signal, bound};
use crate::effect::grit;
use crate::math::{cos_turns, exp2, floor, hertz, log2, ratio, saturate, sin_turns};

/// Whether `kind` is one of these.
pub(super) fn knows(kind: Kind) -> bool {
    use Kind::{
        Abs, Add, Clip, Crush, DbAmp, Div, Eq, Floor, Fold, Le, Lt, Max, MidiHz, MidiRatio, Min,
        Mod, Mul, PanLeft, PanRight, Pow, Sqrt, Sub, Tanh,
    };
    matches!(
        kind,
        Add | Sub
            | Mul
            | Div
            | Mod
            | Min
            | Max
            | Pow
            | Lt
            | Le
            | Eq
            | Tanh
            | Clip
            | Fold
            | Crush
            | Abs
            | Floor
            | Sqrt
            | MidiHz
            | MidiRatio
            | DbAmp
            | PanLeft
            | PanRight
    )
}

/// Writes what `kind` makes of two inputs, within bounds.
pub(super) fn map(kind: Kind, (a, b): (Signal, Signal), len: usize, out: &mut Register) {
    if let (Signal::Still(a), Signal::Still(b)) = (a, b) {
        return out.set(one(kind, a, b));
    }
    // What stands still comes second where the order is all the same: that loop is the plainest.
    let (a, b) = match (kind, a) {
        (Kind::Add | Kind::Mul, Signal::Still(_)) => (b, a),
        _ => (a, b),
    };
    each(kind, (a, b), out.moving(len));
}

/// The same for all frames, one loop for each kind. (Loops in a macro, not in a function that is
/// given another: only so are they compiled for the instruction set.)
#[multiversion(targets("x86_64+avx2"))]
fn each(kind: Kind, (a, b): (Signal, Signal), out: &mut [f32]) {
    macro_rules! loops {
        ($f:expr) => {
            match (a, b) {
                (Signal::Moving(a), Signal::Moving(b)) => {
                    for ((y, a), b) in out.iter_mut().zip(a).zip(b) {
                        *y = bound($f(*a, *b));
                    }
                }
                (Signal::Moving(a), Signal::Still(b)) => {
                    for (y, a) in out.iter_mut().zip(a) {
                        *y = bound($f(*a, b));
                    }
                }
                (Signal::Still(a), b) => {
                    for (i, y) in out.iter_mut().enumerate() {
                        *y = bound($f(a, b.at(i)));
                    }
                }
            }
        };
    }
    match kind {
        Kind::Add => loops!(|a: f32, b: f32| a + b),
        Kind::Sub => loops!(|a: f32, b: f32| a - b),
        Kind::Mul => loops!(|a: f32, b: f32| a * b),
        Kind::Div => loops!(|a: f32, b: f32| if b == 0.0 { 0.0 } else { a / b }),
        Kind::Min => loops!(|a: f32, b: f32| if a < b { a } else { b }),
        Kind::Max => loops!(|a: f32, b: f32| if a > b { a } else { b }),
        Kind::Tanh => loops!(|a: f32, _| saturate(a)),
        Kind::Clip => loops!(|a: f32, _| a.clamp(-1.0, 1.0)),
        Kind::Abs => loops!(|a: f32, _| a.abs()),
        Kind::Fold => loops!(|a: f32, _| grit::fold(a)),
        Kind::Pow => loops!(pow),
        Kind::MidiHz => loops!(|a: f32, _| hertz(a.clamp(-200.0, 200.0))),
        Kind::MidiRatio => loops!(|a: f32, _| ratio(a.clamp(-200.0, 200.0))),
        Kind::DbAmp => loops!(|a: f32, _| exp2(a * DECIBEL)),
        Kind::PanLeft => loops!(|a: f32, _| left(a)),
        Kind::PanRight => loops!(|a: f32, _| right(a)),
        Kind::Mod => loops!(modulo),
        Kind::Lt => loops!(|a: f32, b: f32| flag(a < b)),
        Kind::Le => loops!(|a: f32, b: f32| flag(a <= b)),
        Kind::Eq => loops!(|a: f32, b: f32| flag(a == b)),
        Kind::Floor => loops!(|a: f32, _| floor(a)),
        Kind::Sqrt => loops!(|a: f32, _| a.max(0.0).sqrt()),
        Kind::Crush => loops!(crush),
        kind => loops!(|a, b| one(kind, a, b)),
    }
}

/// Octaves of a decibel: log₂(10) / 20.
const DECIBEL: f32 = 0.166_096_4;

/// One frame.
fn one(kind: Kind, a: f32, b: f32) -> f32 {
    match kind {
        Kind::Mod => modulo(a, b),
        Kind::Pow => pow(a, b),
        Kind::Tanh => saturate(a),
        Kind::Fold => grit::fold(a),
        Kind::Sqrt => a.max(0.0).sqrt(),
        Kind::Crush => crush(a, b),
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
fn flag(x: bool) -> f32 {
    f32::from(u8::from(x))
}

#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn modulo(a: f32, b: f32) -> f32 {
    let rest = a - b * floor((a / b).clamp(-1e9, 1e9));
    if b == 0.0 { 0.0 } else { rest }
}

/// `x` in steps of so many bits; halves are rounded away from 0.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn crush(bits: f32, x: f32) -> f32 {
    let steps = exp2(bits.clamp(1.0, 16.0) - 1.0);
    let x = x * steps;
    let whole = x as i32 as f32;
    let more = if (x - whole).abs() >= 0.5 { 1f32.copysign(x) } else { 0.0 };
    // (from 2²³ on there are whole numbers only)
    let rounded = if x.abs() < 8_388_608.0 { whole + more } else { x };
    rounded / steps
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

//! Arithmetic that gives the same bits everywhere: powers, sines, tangents, saturation. What the
//! kernels use is always inlined, so that it is compiled for their instruction set.
#![allow(clippy::inline_always)]

use multiversion::multiversion;

/// 2 to the power of `x`, relative error below 1e-6, `x` limited to ±126.
#[must_use]
#[inline(always)]
pub fn exp2(x: f32) -> f32 {
    let x = x.clamp(-126.0, 126.0);
    let shifted = x + SHIFT;
    let whole = shifted - SHIFT;
    let y = (x - whole) * core::f32::consts::LN_2;
    let p = 1.0
        + y * (1.0
            + y * (0.5
                + y * (1.0 / 6.0 + y * (1.0 / 24.0 + y * (1.0 / 120.0 + y * (1.0 / 720.0))))));
    // The low bits of what was shifted are the whole number itself.
    p * f32::from_bits(shifted.to_bits().wrapping_sub(SHIFT.to_bits()).wrapping_add(127) << 23)
}

/// Logarithm of a positive number to the base 2, error below 1e-5.
#[must_use]
#[inline(always)]
pub fn log2(x: f32) -> f32 {
    let bits = x.max(f32::MIN_POSITIVE).to_bits();
    // The mantissa between 1/√2 and √2; the series of the inverse hyperbolic tangent.
    let whole = (bits.wrapping_sub(0x3F35_04F3) as i32) >> 23;
    let mantissa = f32::from_bits(bits.wrapping_sub((whole << 23) as u32));
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let s = t * t;
    let series = 1.0 + s * (1.0 / 3.0 + s * (1.0 / 5.0 + s * (1.0 / 7.0 + s * (1.0 / 9.0))));
    whole as f32 + 2.0 * core::f32::consts::LOG2_E * t * series
}

/// e to the power of `x`.
#[must_use]
pub fn exp(x: f32) -> f32 {
    exp2(x * core::f32::consts::LOG2_E)
}

/// What leaves no room for a fraction when it is added: 1.5 · 2²³.
const SHIFT: f32 = 12_582_912.0;

/// The nearest whole number, for |x| < 2²².
#[must_use]
#[inline(always)]
fn nearest(x: f32) -> f32 {
    (x + SHIFT) - SHIFT
}

/// The next lower whole number, for |x| < 2³¹; much faster than a library call.
#[must_use]
#[inline(always)]
pub fn floor(x: f32) -> f32 {
    let whole = x as i32 as f32;
    if whole > x { whole - 1.0 } else { whole }
}

/// Sine of `turns` full turns, absolute error below 2e-7 within ±1000 turns of zero.
#[must_use]
#[inline(always)]
pub fn sin_turns(turns: f32) -> f32 {
    let x = turns - nearest(turns);
    let x = if x > 0.25 {
        0.5 - x
    } else if x < -0.25 {
        -0.5 - x
    } else {
        x
    };
    let y = x * core::f32::consts::TAU;
    let s = y * y;
    y * (1.0
        + s * (-1.0 / 6.0
            + s * (1.0 / 120.0
                + s * (-1.0 / 5040.0 + s * (1.0 / 362_880.0 + s * (-1.0 / 39_916_800.0))))))
}

/// Cosine of `turns` full turns.
#[must_use]
#[inline(always)]
pub fn cos_turns(turns: f32) -> f32 {
    sin_turns(turns + 0.25)
}

/// tan(π·x) for 0 ≤ x < 0.5: the warped gain of a filter at `x` cycles a sample.
#[must_use]
#[inline(always)]
pub fn warp(x: f32) -> f32 {
    sin_turns(0.5 * x) / cos_turns(0.5 * x)
}

/// A tanh-like saturation: slope 1 at 0, ±1 from ±3 on (Padé approximant).
#[must_use]
#[inline(always)]
pub fn saturate(x: f32) -> f32 {
    let x = x.clamp(-3.0, 3.0);
    let s = x * x;
    x * (27.0 + s) / (27.0 + 9.0 * s)
}

/// Between the second and the third of four frames, by the cubic through all (Lagrange's).
#[must_use]
#[inline(always)]
pub fn lagrange(f: f32, [x0, x1, x2, x3]: [f32; 4]) -> f32 {
    let (a, b, c) = (f + 1.0, f - 1.0, f - 2.0);
    x1 * a * b * c * 0.5 - x0 * f * b * c * (1.0 / 6.0) - x2 * a * f * c * 0.5
        + x3 * a * f * b * (1.0 / 6.0)
}

/// Frequency in hertz of a MIDI note number.
#[must_use]
pub fn hertz(note: f32) -> f32 {
    440.0 * exp2((note - 69.0) / 12.0)
}

/// Frequency ratio of an interval in semitones.
#[must_use]
pub fn ratio(semitones: f32) -> f32 {
    exp2(semitones / 12.0)
}

/// Factor a frame with which a level falls by 60 dB in `seconds` at `rate` frames a second.
#[must_use]
pub fn fall(seconds: f32, rate: f32) -> f32 {
    exp2(-9.965_784 / (seconds * rate).max(1.0))
}

/// The largest absolute value; not a finite number if any is none.
#[must_use]
#[multiversion(targets("x86_64+avx2"))]
pub fn largest(x: &[f32]) -> f32 {
    size(x)
}

/// The same within a kernel. The bits of a positive number are larger for a larger number, and
/// largest for what is none.
#[must_use]
#[inline(always)]
pub fn size(x: &[f32]) -> f32 {
    let mut most = 0;
    for x in x {
        most = most.max(x.to_bits() & 0x7FFF_FFFF);
    }
    f32::from_bits(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_exact_functions() {
        for i in -4000..4000 {
            let x = i as f32 * 0.01;
            let e = f64::from(x).exp2();
            assert!((f64::from(exp2(x)) / e - 1.0).abs() < 1e-6, "exp2 {x}");
            let s = (f64::from(x) * core::f64::consts::TAU).sin();
            assert!((f64::from(sin_turns(x)) - s).abs() < 3e-6, "sin {x}");
        }
        for i in 1..490 {
            let x = i as f32 * 0.001;
            let t = (f64::from(x) * core::f64::consts::PI).tan();
            assert!((f64::from(warp(x)) / t - 1.0).abs() < 1e-5, "tan {x}");
        }
        for i in 1..2000 {
            let x = (i as f32 * 0.01).powi(3);
            assert!((log2(x) - x.log2()).abs() < 1e-5, "log2 {x}");
        }
        assert!((hertz(60.0) - 261.625_58).abs() < 1e-3);
        assert!((fall(2.0, 1000.0).powi(2000) - 0.001).abs() < 1e-5);
    }
}

//! Band-limited single-cycle waves: one table per third of an octave, none with a harmonic
//! above half the sample rate.

mod family;
mod fourier;

use family::Families;
pub(crate) use family::level;
#[cfg(test)]
pub(crate) use fourier::{Complex, Fourier};

use std::sync::OnceLock;

use crate::blep::Blep;
use crate::math::sin_turns;

/// Frames of a table.
const SIZE: usize = 2048;
/// Bits of a phase below the table index.
const FINE: u32 = 21;
/// Tables per octave.
const STEPS: i32 = 3;
/// Octaves from the lowest table up to half the sample rate.
const OCTAVES: i32 = 10;

/// One cycle, with its first frame repeated at the end.
pub type Cycle = [f32; SIZE + 1];

/// A position in a cycle: 2³² is one turn, so it wraps by itself and never drifts.
pub type Phase = u32;

/// Phase advanced each frame at `frequency` cycles a frame.
#[must_use]
#[inline]
pub fn increment(frequency: f32) -> Phase {
    (frequency.clamp(0.0, 0.5) * 4_294_967_296.0) as u32
}

/// The wave at `phase`, linearly interpolated.
#[must_use]
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub fn read(cycle: &Cycle, phase: Phase) -> f32 {
    let i = (phase >> FINE) as usize;
    let f = (phase & ((1 << FINE) - 1)) as f32 * (1.0 / (1u32 << FINE) as f32);
    cycle[i] + f * (cycle[i + 1] - cycle[i])
}

/// A wave as a series of ever duller tables.
#[derive(Debug)]
pub struct Wave(Vec<Cycle>);

impl Wave {
    /// Builds the tables of Σ `partial(k)`·sin(2πk·phase).
    fn new(sine: &Cycle, partial: impl Fn(usize) -> f64) -> Self {
        let levels = OCTAVES * STEPS;
        let mut sum = vec![0.0f64; SIZE];
        let mut done = 0;
        let mut tables = Vec::new();
        for level in (0..levels).rev() {
            let top = 2f64.powf(f64::from(level + 1) / f64::from(STEPS) - f64::from(OCTAVES) - 1.0);
            let harmonics = ((0.5 / top) as usize).clamp(1, SIZE / 2 - 1);
            for k in done + 1..=harmonics {
                let level = partial(k);
                for (i, y) in sum.iter_mut().enumerate() {
                    *y += level * f64::from(sine[(i * k) % SIZE]);
                }
            }
            done = done.max(harmonics);
            let mut cycle = [0.0; SIZE + 1];
            for (i, y) in cycle.iter_mut().enumerate() {
                *y = sum[i % SIZE] as f32;
            }
            tables.push(cycle);
        }
        tables.reverse();
        Wave(tables)
    }

    /// The brightest table that has no alias at `frequency` cycles a frame.
    #[must_use]
    #[inline]
    pub fn at(&self, frequency: f32) -> &Cycle {
        let bits = frequency.max(1e-9).to_bits();
        let octave = (bits >> 23) as i32 - 127 + OCTAVES + 1;
        let mantissa = f32::from_bits((bits & 0x007F_FFFF) | 0x3F80_0000);
        let third = i32::from(mantissa > 1.259_921) + i32::from(mantissa > 1.587_401);
        let level = (octave * STEPS + third).clamp(0, self.0.len() as i32 - 1);
        &self.0[level as usize]
    }
}

/// The waves that all voices share.
#[derive(Debug)]
pub struct Tables {
    /// A sine.
    pub sine: Box<Cycle>,
    /// A rising saw, -1 at phase 0.
    pub saw: Wave,
    /// A triangle, 0 and rising at phase 0.
    pub triangle: Wave,
    /// What turns plain saws into band-limited ones.
    pub(crate) blep: Blep,
    /// Recorded single cycles.
    pub(crate) families: Families,
}

impl Tables {
    /// The tables, which all engines of a program share: computed when the first is built.
    #[must_use]
    pub fn shared() -> &'static Tables {
        static SHARED: OnceLock<Tables> = OnceLock::new();
        SHARED.get_or_init(Tables::new)
    }

    /// Computes all tables.
    #[must_use]
    pub fn new() -> Self {
        let mut sine = Box::new([0.0; SIZE + 1]);
        for (i, y) in sine.iter_mut().enumerate() {
            *y = sin_turns((i % SIZE) as f32 / SIZE as f32);
        }
        let saw = Wave::new(&sine, |k| -core::f64::consts::FRAC_2_PI / k as f64);
        let triangle = Wave::new(&sine, |k| {
            let sign = [0.0, 1.0, 0.0, -1.0][k % 4];
            sign * 8.0 / (core::f64::consts::PI * k as f64).powi(2)
        });
        Tables { sine, saw, triangle, blep: Blep::new(), families: Families::new() }
    }
}

impl Default for Tables {
    fn default() -> Self {
        Tables::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Level in dB of `x` at `frequency` cycles a frame, by a Blackman-Harris-windowed DFT.
    fn level(x: &[f32], frequency: f64) -> f64 {
        let n = x.len() as f64;
        let (mut re, mut im, mut norm) = (0.0, 0.0, 0.0);
        for (i, &y) in x.iter().enumerate() {
            let t = core::f64::consts::TAU * i as f64 / n;
            let w =
                0.35875 - 0.48829 * t.cos() + 0.14128 * (2.0 * t).cos() - 0.01168 * (3.0 * t).cos();
            let p = core::f64::consts::TAU * frequency * i as f64;
            re += w * f64::from(y) * p.cos();
            im += w * f64::from(y) * p.sin();
            norm += w;
        }
        20.0 * (2.0 * re.hypot(im) / norm).max(1e-12).log10()
    }

    #[test]
    fn aliases_of_a_5_khz_saw_are_below_minus_70_db() {
        let tables = Tables::new();
        let f = 5003.0 / 48_000.0;
        let inc = increment(f);
        let cycle = tables.saw.at(f);
        let x: Vec<f32> = (0..8192u32).map(|i| read(cycle, i.wrapping_mul(inc))).collect();
        let first = level(&x, f64::from(f));
        assert!((first - 20.0 * core::f64::consts::FRAC_2_PI.log10()).abs() < 0.1);
        let mut worst = f64::MIN;
        for bin in 4..4092 {
            let at = f64::from(bin) / 8192.0;
            let harmonic = (at / f64::from(f)).round().clamp(1.0, 4.0) * f64::from(f);
            if (at - harmonic).abs() > 6.0 / 8192.0 {
                worst = worst.max(level(&x, at) - first);
            }
        }
        println!("aliases of a 5 kHz saw: {worst:.1} dB");
        assert!(worst < -70.0, "{worst}");
    }

    #[test]
    fn low_notes_have_all_their_harmonics_and_the_right_shape() {
        let tables = Tables::new();
        let cycle = tables.saw.at(50.0 / 48_000.0);
        for i in 100..1900u32 {
            let x = f64::from(i) / 1948.0 * 0.95 + 0.02;
            let y = read(cycle, (x * 4_294_967_296.0) as u32);
            assert!((f64::from(y) - (2.0 * x - 1.0)).abs() < 0.05, "{x}: {y}");
        }
        let triangle = tables.triangle.at(50.0 / 48_000.0);
        assert!((read(triangle, 1 << 30) - 1.0).abs() < 0.01);
        assert!(read(triangle, 0).abs() < 1e-4);
    }
}

//! What lies between the samples: a windowed sinc over the eight nearest ones.

use crate::math::sin_turns;

/// Samples that each value is made from.
pub(crate) const TAPS: usize = 8;
/// Places between two samples for which the weights are worked out; they move in lines between.
const PLACES: usize = 128;
/// Bits of a place below its row.
const FINE: u32 = 32 - PLACES.ilog2();
/// Shape of the window (Kaiser's beta): flat to about 18 kHz of 24, mirrors 60 dB down.
const BETA: f64 = 5.5;

/// The weights of each place, and their way to the next.
#[derive(Debug)]
pub(crate) struct Sinc(Vec<[[f32; TAPS]; 2]>);

/// The modified Bessel function of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

/// Kaiser's window, 1 at 0 and next to nothing at ±1.
pub(crate) fn kaiser(beta: f64, x: f64) -> f64 {
    bessel(beta * (1.0 - x * x).max(0.0).sqrt()) / bessel(beta)
}

/// sin(πx)/(πx)
pub(crate) fn sinc(x: f64) -> f64 {
    let turns = 0.5 * (x - 2.0 * (0.5 * x).round());
    if x == 0.0 { 1.0 } else { f64::from(sin_turns(turns as f32)) / (core::f64::consts::PI * x) }
}

impl Sinc {
    /// Works out the weights.
    pub fn new() -> Self {
        let weights = |place: usize| -> [f32; TAPS] {
            let share = place as f64 / PLACES as f64;
            let row: [f64; TAPS] = core::array::from_fn(|i| {
                let x = i as f64 - (TAPS / 2 - 1) as f64 - share;
                sinc(x) * kaiser(BETA, x / (TAPS / 2) as f64)
            });
            let sum: f64 = row.iter().sum();
            row.map(|y| (y / sum) as f32)
        };
        let row = |place| {
            let (here, next) = (weights(place), weights(place + 1));
            [here, core::array::from_fn(|i| next[i] - here[i])]
        };
        Sinc((0..PLACES).map(row).collect())
    }

    /// The value at `place` (2³² is one sample) after the fourth of eight samples.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    pub fn between(&self, x: &[f32; TAPS], place: u32) -> f32 {
        let share = (place & ((1 << FINE) - 1)) as f32 * (1.0 / (1u32 << FINE) as f32);
        let Some([weights, way]) = self.0.get((place >> FINE) as usize) else { return 0.0 };
        let mut y = [0.0; TAPS];
        for i in 0..TAPS {
            y[i] = x[i] * (weights[i] + share * way[i]);
        }
        ((y[0] + y[4]) + (y[2] + y[6])) + ((y[1] + y[5]) + (y[3] + y[7]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_come_out_as_they_went_in() {
        let sinc = Sinc::new();
        for (hertz, limit) in [(100.0, 1e-4), (1000.0, 1e-3), (5000.0, 1e-3), (12_000.0, 4e-3)] {
            let wave = |t: f64| (core::f64::consts::TAU * hertz / 48_000.0 * t).sin();
            let x: [f32; TAPS] = core::array::from_fn(|i| wave(i as f64 + 0.3) as f32);
            for place in 0..1000u32 {
                let place = place * 4_294_967;
                let exact = wave(3.3 + f64::from(place) / 4_294_967_296.0);
                let off = f64::from(sinc.between(&x, place)) - exact;
                assert!(off.abs() < limit, "{hertz} Hz: {off}");
            }
            assert!((sinc.between(&x, 0) - x[3]).abs() < 1e-6);
        }
    }
}

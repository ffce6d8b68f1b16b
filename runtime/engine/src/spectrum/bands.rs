//! A delay that differs from band to band: sixteen resonances, each fed with what sounded a while
//! ago (SuperDirt's spectral delay).

use super::wish::LONGEST;
use crate::BLOCK;
use crate::math::exp2;

/// Bands.
const BANDS: usize = 16;
/// Frequencies of the lowest and of the highest, in hertz.
const SPAN: (f32, f32) = (40.0, 17_000.0);
/// Bandwidth of each as a share of its frequency.
const WIDTH: f32 = 0.005;
/// Loudness of what passes by, and of the bands.
const LEVELS: (f32, f32) = (0.2, 4.0);

/// The bands of one channel; state-variable filters, side by side.
pub(super) struct Bands {
    line: Vec<f32>,
    at: usize,
    rate: f32,
    delays: [usize; BANDS],
    /// Coefficients of the filters: the first two of each, and its damping.
    a: [[f32; BANDS]; 2],
    state: [[f32; BANDS]; 2],
}

impl Bands {
    pub fn new(rate: f32) -> Self {
        let octaves = (SPAN.1 / SPAN.0).log2() / (BANDS - 1) as f32;
        let mut a = [[0.0; BANDS]; 2];
        let [first, second] = &mut a;
        for (band, (first, second)) in first.iter_mut().zip(second).enumerate() {
            let hertz = (SPAN.0 * exp2(octaves * band as f32)).min(0.45 * rate);
            let g = (core::f32::consts::PI * hertz / rate).tan();
            *first = 1.0 / (1.0 + g * (g + WIDTH));
            *second = g * *first;
        }
        let line = vec![0.0; ((LONGEST * rate) as usize + 2).next_power_of_two()];
        Bands { line, at: 0, rate, delays: [0; BANDS], a, state: [[0.0; BANDS]; 2] }
    }

    /// Starts anew: band i of 1 to 16 is late by that share of `seconds` which the bits of i that are
    /// in `pattern` make of 16.
    pub fn start(&mut self, (seconds, pattern): (f32, u32)) {
        self.line.fill(0.0);
        self.state = [[0.0; BANDS]; 2];
        for (band, delay) in (1u32..).zip(&mut self.delays) {
            let share = (band & pattern) as f32 / BANDS as f32;
            *delay = ((share * seconds * self.rate) as usize).min(self.line.len() - 1);
        }
    }

    /// Changes a block in place.
    pub fn run(&mut self, x: &mut [f32; BLOCK]) {
        let mask = self.line.len() - 1;
        let [one, two] = &mut self.state;
        let [a0, a1] = &self.a;
        for y in x {
            self.line[self.at & mask] = *y;
            let mut sum = 0.0;
            let late: [f32; BANDS] = core::array::from_fn(|band| {
                self.line[self.at.wrapping_sub(self.delays[band]) & mask]
            });
            for band in 0..BANDS {
                let v = late[band] - two[band];
                let high = a0[band] * one[band] + a1[band] * v;
                let low = two[band] + a1[band] / a0[band] * high;
                one[band] = 2.0 * high - one[band];
                two[band] = 2.0 * low - two[band];
                sum += high;
            }
            *y = LEVELS.0 * *y + LEVELS.1 * WIDTH * sum;
            self.at = self.at.wrapping_add(1);
        }
        // What has died away would cost more than what sounds.
        one.iter_mut().chain(two).filter(|s| s.abs() < 1e-15).for_each(|s| *s = 0.0);
    }
}
